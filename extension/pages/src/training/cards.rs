//! Identification cards: what can be seen, what it is mistaken for, what a photo cannot show.
//!
//! Owns how the card files become cards and what makes a card right. A card that no expert signed is a draft, and says
//! so. Never: a mark that the report does not know (`spotter_model::marks`).

use super::json::{Json, Value};
use super::rows;
use spotter_model::{Date, Group, marks};

/// Languages in which the cards' texts are there: `extension/training/cards.LANGUAGE.json`.
pub const LANGUAGES: [&str; 12] = ["en", "de", "fr", "es", "zh-CN", "zh-TW", "ms", "id", "pt", "vi", "th", "ar"];

/// Stands among the texts of a language: whether a native speaker who knows the trade has read them.
pub const REVIEWED: &str = "reviewed";

/// The language among these for somebody who reads `lang`: that one, else the same without its region.
pub fn one_of(languages: &[&'static str], lang: &str) -> Option<&'static str> {
    let base = lang.split('-').next().unwrap_or_default();
    let find = |wanted: &str| languages.iter().copied().find(|l| *l == wanted);
    find(lang).or_else(|| find(base))
}

/// Fields of a card's facts.
const FACTS: [&str; 7] = ["id", "groups", "marks", "against", "drawing", "sources", "signed"];
/// Fields of its text.
const TEXTS: [&str; 6] = ["title", "mark", "lookalike", "limits", "ask", "alt"];

/// A work that cards rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// Its title, and how far it was read.
    pub title: String,
    /// Its year.
    pub year: u16,
}

/// The expert who stands for a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Name and house.
    pub by: String,
    /// The day.
    pub on: Date,
}

/// What a card says, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its title.
    pub title: String,
    /// What can be seen.
    pub mark: String,
    /// What is mistaken for it.
    pub lookalike: String,
    /// What a photo cannot show.
    pub limits: String,
    /// What to ask of the listing.
    pub ask: String,
    /// What the drawing shows, where there is one.
    pub alt: String,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub groups: Vec<Group>,
    /// Marks that speak for it.
    pub marks: Vec<String>,
    /// Marks that speak for a copy.
    pub against: Vec<String>,
    /// Name of its drawing, or empty.
    pub drawing: String,
    /// Ids of the works that it rests on.
    pub sources: Vec<String>,
    /// Absent: a draft.
    pub signed: Option<Signed>,
    /// What it says.
    pub text: Text,
    /// The language of that.
    pub lang: &'static str,
}

/// Reads the cards. `texts`: a language and its file, the one that is wanted first; a card that it lacks is taken from
/// the next.
///
/// # Errors
/// A sentence that names the card, for whoever writes cards.
pub fn read(facts: &str, sources: &str, texts: &[(&'static str, &str)]) -> Result<(Vec<Card>, Vec<Source>), String> {
    let file = |name: String, text: &str| {
        Json::read(text).map_err(|(line, column)| format!("{name}: no JSON at {line}:{column}"))
    };
    let sources: Vec<Source> = each(&file("sources.json".into(), sources)?, source)?;
    let facts = file("cards.json".into(), facts)?;
    let facts = facts.list().unwrap_or_default();
    let ids: Vec<&str> = facts.iter().map(|json| json.text_of("id")).collect();
    let mut all: Vec<(&'static str, Json)> = Vec::new();
    for (lang, text) in texts {
        let name = format!("cards.{lang}.json");
        let texts = rows::by_id(file(name.clone(), text)?, &ids);
        all.push((lang, texts.ok_or_else(|| format!("{name}: not a row for each card"))?));
    }
    let mut cards: Vec<Card> = Vec::new();
    for json in facts {
        let card = card(json, &all)?;
        check(&card, &sources).map_err(|what| format!("{}: {what}", card.id))?;
        if cards.iter().any(|c| c.id == card.id) {
            return Err(format!("{}: twice", card.id));
        }
        cards.push(card);
    }
    let mut texts = all.iter().flat_map(|(_, texts)| texts.object().unwrap_or_default());
    match texts.find(|(id, _)| id != REVIEWED && cards.iter().all(|c| c.id != *id)) {
        Some((stray, _)) => Err(format!("{stray}: a text without a card")),
        None => Ok((cards, sources)),
    }
}

fn each<T>(json: &Json, one: impl Fn(&Json) -> Option<T>) -> Result<Vec<T>, String> {
    let list = json.list().ok_or("no list")?;
    list.iter().map(|row| one(row).ok_or_else(|| format!("line {} cannot be read", row.line))).collect()
}

fn source(json: &Json) -> Option<Source> {
    let year = match &json.get("year")?.value {
        Value::Number(year) => year.parse().ok()?,
        _ => return None,
    };
    Some(Source { id: json.text_of("id").to_owned(), title: json.text_of("title").to_owned(), year })
}

fn card(json: &Json, texts: &[(&'static str, Json)]) -> Result<Card, String> {
    let id = json.text_of("id").to_owned();
    let of = |what: &str| format!("{id}: {what}");
    if let Some(stray) = json.stray(&FACTS) {
        return Err(of(&format!("unknown field {stray}")));
    }
    let list = |name: &str| json.texts_of(name).ok_or_else(|| of(&format!("{name} is no list of texts")));
    let group = |word: String| {
        let known = crate::parts::GROUPS.into_iter().find(|g| g.word() == word);
        known.ok_or_else(|| of(&format!("unknown group {word}")))
    };
    let signed = match json.get("signed").map(|s| &s.value) {
        Some(Value::Word("null")) => None,
        Some(Value::Object(_)) => {
            Some(signed(json.get("signed")).ok_or_else(|| of("signed by whom, and on which day?"))?)
        }
        _ => return Err(of("signed is null, or by whom and on which day")),
    };
    let found = texts.iter().find_map(|(lang, texts)| Some((*lang, texts.get(&id)?)));
    let (lang, said) = found.ok_or_else(|| of("no text"))?;
    if let Some(stray) = said.stray(&TEXTS) {
        return Err(of(&format!("unknown text {stray}")));
    }
    let text = |name: &str| said.text_of(name).to_owned();
    Ok(Card {
        groups: list("groups")?.into_iter().map(group).collect::<Result<_, _>>()?,
        marks: list("marks")?,
        against: list("against")?,
        drawing: json.text_of("drawing").to_owned(),
        sources: list("sources")?,
        signed,
        text: Text {
            title: text("title"),
            mark: text("mark"),
            lookalike: text("lookalike"),
            limits: text("limits"),
            ask: text("ask"),
            alt: text("alt"),
        },
        lang,
        id,
    })
}

fn signed(json: Option<&Json>) -> Option<Signed> {
    let json = json?;
    let by = json.text_of("by").trim();
    let on = json.text_of("on").parse().ok()?;
    (!by.is_empty()).then(|| Signed { by: by.to_owned(), on })
}

fn check(card: &Card, sources: &[Source]) -> Result<(), String> {
    if card.groups.is_empty() {
        return Err("no group".into());
    }
    for (ids, against) in [(&card.marks, false), (&card.against, true)] {
        for id in ids {
            let mark = marks::by_id(id).ok_or_else(|| format!("unknown mark {id}"))?;
            if mark.against != against || !mark.groups.iter().any(|g| card.groups.contains(g)) {
                return Err(format!("{id} is no such mark of these groups"));
            }
        }
    }
    if card.sources.is_empty() {
        return Err("no source".into());
    }
    if let Some(id) = card.sources.iter().find(|id| sources.iter().all(|s| s.id != **id)) {
        return Err(format!("source {id} is not listed"));
    }
    if card.drawing.is_empty() != card.text.alt.is_empty() {
        return Err("a drawing and the words for it go together".into());
    }
    let Text { title, mark, lookalike, limits, ask, .. } = &card.text;
    if [title, mark, lookalike, limits, ask].iter().any(|t| t.trim().is_empty()) {
        return Err("a part is empty".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Card, read};
    use crate::training::testing::file;

    fn cards() -> Vec<Card> {
        read(&file("cards.json"), &file("sources.json"), &[("en", &file("cards.en.json"))])
            .expect("the cards that ship")
            .0
    }

    #[test]
    fn the_cards_that_ship_are_right_and_their_drawings_are_there() {
        let cards = cards();
        assert!(cards.len() >= 40, "{}", cards.len());
        let mut drawings: Vec<String> = cards.iter().map(|c| c.drawing.clone()).filter(|d| !d.is_empty()).collect();
        drawings.sort();
        let folder = crate::training::testing::folder().join("drawings");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .expect("the drawings")
            .map(|f| f.expect("a file").file_name().to_string_lossy().trim_end_matches(".svg").to_owned())
            .collect();
        there.sort();
        assert_eq!(drawings, there, "each drawing belongs to one card");
        for group in crate::parts::GROUPS {
            assert!(cards.iter().any(|c| c.groups.contains(&group)), "{group:?} has no card");
        }
    }

    /// What a trainer may never teach, and what nobody has looked up.
    #[test]
    fn no_card_asks_to_contact_to_buy_or_to_test_by_damage_and_none_speaks_of_crime() {
        for card in cards() {
            let text = format!("{:?}", card.text).to_lowercase();
            for word in
                ["illegal", "criminal", "hot needle", "burn", "contact the seller", "ask the seller", "scratch it"]
            {
                assert!(!text.contains(word), "{}: {word}", card.id);
            }
        }
    }

    #[test]
    fn the_schreger_angles_are_those_of_the_literature() {
        let cards = cards();
        let text = |id: &str| cards.iter().find(|c| c.id == id).expect("the card").text.clone();
        assert!(text("elephant-ivory").mark.contains("over 115 degrees"));
        assert!(text("mammoth-ivory").mark.contains("under 90 degrees"));
        assert!(text("elephant-ivory").limits.contains("Between 90 and 115 degrees the angles do not decide"));
    }

    #[test]
    fn wrong_cards_are_refused_with_their_name() {
        let facts =
            r#"[{"id":"a","groups":["elephant"],"marks":["ivory.grain"],"against":[],"sources":["s"],"signed":null}]"#;
        let text = r#"{"a":{"title":"t","mark":"m","lookalike":"l","limits":"n","ask":"q"}}"#;
        let sources = r#"[{"id":"s","title":"t","year":2026}]"#;
        assert!(read(facts, sources, &[("en", text)]).is_ok());
        for (from, to, says) in [
            ("ivory.grain", "ivory.gleam", "a: unknown mark ivory.gleam"),
            ("ivory.grain", "copy.moulded", "a: copy.moulded is no such mark"),
            ("\"elephant\"", "\"pangolin\"", "a: ivory.grain is no such mark"),
            ("\"elephant\"", "\"unicorn\"", "a: unknown group unicorn"),
            ("[\"s\"]", "[\"other\"]", "a: source other is not listed"),
            ("[\"s\"]", "[]", "a: no source"),
            ("\"against\"", "\"drawing\":\"d\",\"against\"", "a: a drawing and the words"),
            ("\"id\":\"a\"", "\"id\":\"b\"", "b: no text"),
            ("\"signed\":null", "\"signed\":{\"by\":\"x\"}", "a: signed by whom"),
        ] {
            let why = read(&facts.replacen(from, to, 1), sources, &[("en", text)]).expect_err(says);
            assert!(why.starts_with(says), "{why}");
        }
        let two = text.replacen(
            "}}",
            "},\"b\":{\"title\":\"t\",\"mark\":\"m\",\"lookalike\":\"l\",\"limits\":\"n\",\"ask\":\"q\"}}",
            1,
        );
        assert_eq!(read(facts, sources, &[("en", &two)]).expect_err("stray"), "b: a text without a card");
        let empty = text.replacen("\"l\"", "\" \"", 1);
        assert_eq!(read(facts, sources, &[("en", &empty)]).expect_err("empty"), "a: a part is empty");
    }

    #[test]
    fn a_language_that_lacks_a_card_shows_it_in_the_next() {
        let facts = r#"[{"id":"a","groups":["elephant"],"marks":[],"against":[],"sources":["s"],"signed":{"by":"E","on":"2026-11-26"}},
            {"id":"b","groups":["rhino"],"marks":[],"against":[],"sources":["s"],"signed":null}]"#;
        let one = |id: &str, t: &str| {
            format!(r#""{id}":{{"title":"{t}","mark":"m","lookalike":"l","limits":"n","ask":"q"}}"#)
        };
        let (de, en) = (format!("{{{}}}", one("a", "de-a")), format!("{{{},{}}}", one("a", "en-a"), one("b", "en-b")));
        let sources = r#"[{"id":"s","title":"t","year":2026}]"#;
        let (cards, _) = read(facts, sources, &[("de", &de), ("en", &en)]).expect("right");
        let shown: Vec<_> = cards.iter().map(|c| (c.lang, c.text.title.as_str(), c.signed.is_some())).collect();
        assert_eq!(shown, [("de", "de-a", true), ("en", "en-b", false)]);
    }
}
