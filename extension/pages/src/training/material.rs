//! What the training shows: read from files of the package that no other part of the extension loads.
//!
//! Owns which files those are, what becomes of them, and the decks to start with. Never: the network; a file is fetched
//! from the package alone.

use super::cards::{self, Card, Source};
use super::decks::Deck;
use super::items::Item;
use super::json::Json;
use super::rows;
use crate::words::Words;

/// Files that every language has, in the order in which they are read.
const COMMON: [&str; 4] = ["cards.json", "sources.json", "listings.json", "questions.json"];

/// Languages besides English in which the items' reasons and described pictures are there:
/// `extension/training/questions.LANGUAGE.json`.
pub const SAID: [&str; 11] = ["de", "fr", "es", "zh-CN", "zh-TW", "ms", "id", "pt", "vi", "th", "ar"];

/// The files for somebody who reads `lang`, by their names below `training/`.
pub fn files(lang: &str) -> Vec<String> {
    let texts = texts(lang).into_iter().map(|lang| format!("cards.{lang}.json"));
    let said = cards::one_of(&SAID, lang).map(|lang| format!("questions.{lang}.json"));
    COMMON.into_iter().map(str::to_owned).chain(texts).chain(said).collect()
}

/// Languages of the cards for somebody who reads `lang`, the wanted one first.
fn texts(lang: &str) -> Vec<&'static str> {
    let own = cards::one_of(&cards::LANGUAGES, lang).filter(|l| *l != "en");
    own.into_iter().chain(["en"]).collect()
}

/// How the items name the language of the extension's sentences.
pub fn item_lang(lang: &str) -> &str {
    match lang {
        "zh-CN" => "zh-Hans",
        "zh-TW" => "zh-Hant",
        other => other,
    }
}

/// All of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// The cards, in the order in which they are taught.
    pub cards: Vec<Card>,
    /// The works that they rest on.
    pub sources: Vec<Source>,
    /// The marketplace's listings.
    pub listings: Vec<Item>,
    /// Described pictures, for the quiz alone.
    pub questions: Vec<Item>,
}

impl Material {
    /// Reads the contents of [`files`], in that order.
    ///
    /// # Errors
    /// What is wrong, for whoever writes the files.
    pub fn read(lang: &str, contents: &[String]) -> Result<Self, String> {
        let texts = texts(lang);
        let [facts, sources, listings, questions, rest @ ..] = contents else { return Err("a file is missing".into()) };
        let listings = file("listings.json", listings)?;
        let questions = file("questions.json", questions)?;
        let said = match (cards::one_of(&SAID, lang), rest.get(texts.len())) {
            (Some(lang), Some(text)) => {
                let all = [&listings, &questions].into_iter().flat_map(|items| items.list().unwrap_or_default());
                Some(Said::read(lang, text, &all.map(|item| item.text_of("id")).collect::<Vec<_>>())?)
            }
            _ => None,
        };
        let texts: Vec<(&'static str, &str)> = texts.into_iter().zip(rest.iter().map(String::as_str)).collect();
        let (cards, sources) = cards::read(facts, sources, &texts)?;
        let listings = items("listings.json", &listings, &cards, said.as_ref())?;
        let questions = items("questions.json", &questions, &cards, said.as_ref())?;
        match said.and_then(|s| s.stray(|id| listings.iter().chain(&questions).any(|i| i.id == id))) {
            Some(stray) => Err(format!("{stray}: a text without an item")),
            None => Ok(Self { cards, sources, listings, questions }),
        }
    }

    /// The card of an id.
    pub fn card(&self, id: &str) -> Option<&Card> {
        self.cards.iter().find(|c| c.id == id)
    }

    /// Decks to start with, for somebody who reads these words: for volunteers, what they meet, with described pictures;
    /// for enforcers, what turns on a mark; for companies, words alone.
    pub fn starters(&self, w: &Words) -> [Deck; 3] {
        let lang = item_lang(w.lang());
        let readable = |i: &&Item| i.lang == lang || i.lang == "en";
        let listings = || self.listings.iter().filter(readable);
        let all = || listings().chain(&self.questions);
        [
            Deck::of(w.t("train_deck_volunteers"), all().cloned().collect()),
            Deck::of(w.t("train_deck_enforcers"), all().filter(|i| !i.mark.is_empty()).cloned().collect()),
            Deck::of(w.t("train_deck_staff"), listings().cloned().collect()),
        ]
    }
}

/// What items say in another language: their reasons, and what the described ones show.
struct Said {
    lang: &'static str,
    texts: Json,
}

impl Said {
    fn read(lang: &'static str, text: &str, ids: &[&str]) -> Result<Self, String> {
        let name = format!("questions.{lang}.json");
        let texts = rows::by_id(file(&name, text)?, ids);
        Ok(Self { lang, texts: texts.ok_or_else(|| format!("{name}: not a row for each item"))? })
    }

    /// An item in this language, as far as it is said. One whose title is, is of this language.
    fn say(&self, item: &mut Item) -> Result<(), String> {
        let Some(said) = self.texts.get(&item.id) else { return Ok(()) };
        if let Some(stray) = said.stray(&["title", "text", "seen", "why"]) {
            return Err(format!("{}: unknown text {stray}", item.id));
        }
        for (name, field) in
            [("title", &mut item.title), ("text", &mut item.text), ("seen", &mut item.seen), ("why", &mut item.why)]
        {
            if let Some(text) = said.get(name).and_then(Json::text) {
                text.clone_into(field);
            }
        }
        if said.get("title").is_some() {
            item_lang(self.lang).clone_into(&mut item.lang);
        }
        if said.get("why").is_some() {
            self.lang.clone_into(&mut item.why_lang);
        }
        Ok(())
    }

    /// The first id that is none.
    fn stray(&self, known: impl Fn(&str) -> bool) -> Option<String> {
        let mut ids = self.texts.object().unwrap_or_default().iter().map(|(id, _)| id);
        ids.find(|id| *id != cards::REVIEWED && !known(id)).cloned()
    }
}

fn file(name: &str, text: &str) -> Result<Json, String> {
    Json::read(text).map_err(|(line, column)| format!("{name}: no JSON at {line}:{column}"))
}

fn items(file: &str, json: &Json, cards: &[Card], said: Option<&Said>) -> Result<Vec<Item>, String> {
    let mut items: Vec<Item> = Vec::new();
    for row in json.list().unwrap_or_default() {
        let mut item =
            Item::read(row).map_err(|why| format!("{file}: line {}: {} {:?}", row.line, why.key, why.args))?;
        "en".clone_into(&mut item.why_lang);
        said.map_or(Ok(()), |said| said.say(&mut item))?;
        if let Some(fault) = item.faults(cards).first() {
            return Err(format!("{file}: {}: {} is wrong", item.id, fault.field));
        }
        if items.iter().any(|other| other.id == item.id) {
            return Err(format!("{file}: {} stands twice", item.id));
        }
        items.push(item);
    }
    Ok(items)
}
