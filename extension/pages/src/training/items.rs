//! Practice items: synthetic listings and described pictures, each with what it is and why.
//!
//! Owns their form and what makes one right; the same for the files that ship and for decks that trainers bring. Never:
//! anything of a real listing or a real person.

use super::cards::Card;
use super::json::{Json, quoted};
use crate::words::{Sentence, sentence_of};
use spotter_model::{Group, Listing, limits, marks};

/// Most characters of a title, and of any other text of an item.
pub const TITLE_CHARS: usize = 200;
/// The same for its other texts.
pub const TEXT_CHARS: usize = 1_000;
/// Longest picture, as a data URL.
pub const PICTURE_BYTES: usize = 400 * 1024;
/// What a picture may be.
const PICTURES: [&str; 3] = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,"];

/// Fields of an item; the last alone is no text.
const FIELDS: [&str; 13] =
    ["id", "group", "lang", "title", "text", "price", "seen", "answer", "why", "why_lang", "card", "mark", "picture"];
/// Those that must say something.
pub const NEEDED: [&str; 6] = ["id", "group", "lang", "title", "answer", "why"];
/// Fields of a picture.
pub const PICTURE_FIELDS: [&str; 4] = ["data", "alt", "licence", "credit"];

/// What is to be done about an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Likely protected wildlife: report it.
    Report,
    /// On the lists, but openly and usually lawfully sold: leave it, unless a rule of the place says otherwise.
    Listed,
    /// Something else.
    Lookalike,
    /// What is there does not decide.
    CannotTell,
}

impl Right {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Report, Self::Listed, Self::Lookalike, Self::CannotTell];

    /// Key of its sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Report => "train_right_report",
            Self::Listed => "train_right_listed",
            Self::Lookalike => "train_right_lookalike",
            Self::CannotTell => "train_right_cannot_tell",
        }
    }

    /// As it is written in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Listed => "listed",
            Self::Lookalike => "lookalike",
            Self::CannotTell => "cannot-tell",
        }
    }
}

/// A picture that a trainer may show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// A data URL.
    pub data: String,
    /// What it shows.
    pub alt: String,
    /// Its licence.
    pub licence: String,
    /// Who made it.
    pub credit: String,
}

/// An item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id, unique in its deck.
    pub id: String,
    /// What it is about.
    pub group: Group,
    /// BCP-47 language of title and text.
    pub lang: String,
    /// The listing's title.
    pub title: String,
    /// What it says.
    pub text: String,
    /// Its price.
    pub price: String,
    /// What a picture would show, in words.
    pub seen: String,
    /// What is to be done.
    pub answer: Right,
    /// Why.
    pub why: String,
    /// BCP-47 language of that; empty: not known, as in many decks that trainers bring.
    pub why_lang: String,
    /// The card that explains it, or empty.
    pub card: String,
    /// The mark that it turns on, or empty.
    pub mark: String,
    /// A picture with its licence.
    pub picture: Option<Picture>,
}

/// What is wrong with an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Key of `_locales`; its first placeholder is the field.
    pub key: &'static str,
    /// The field.
    pub field: &'static str,
}

impl Item {
    /// What the detector reads.
    pub fn listing(&self) -> Listing {
        Listing {
            id: self.id.clone(),
            title: self.title.clone(),
            description: self.text.clone(),
            price: self.price.clone(),
            lang: self.lang.clone(),
            // A name that can never be a marketplace (RFC 2606): no rule of a real one applies.
            url: format!("https://practice.invalid/item/{}", self.id),
            ..Listing::default()
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is missing, or what no item has.
    pub fn read(json: &Json) -> Result<Self, Sentence> {
        let wrong = |key, what: &str| Err(sentence_of(key, &[what]));
        if json.object().is_none() {
            return wrong("train_fault_item", "{ }");
        }
        if let Some(stray) = json.stray(&FIELDS) {
            return wrong("train_fault_unknown", stray);
        }
        if let Some(field) = NEEDED.into_iter().find(|field| json.text_of(field).trim().is_empty()) {
            return wrong("train_fault_empty", field);
        }
        let no_text = |json: &Json, fields: &[&'static str]| {
            fields.iter().copied().find(|field| json.get(field).is_some_and(|v| v.text().is_none()))
        };
        if let Some(field) = no_text(json, &FIELDS[..FIELDS.len() - 1]) {
            return wrong("train_fault_item", field);
        }
        let (group, answer) = (json.text_of("group"), json.text_of("answer"));
        let Some(group) = crate::parts::GROUPS.into_iter().find(|g| g.word() == group) else {
            return wrong("train_fault_group", group);
        };
        let Some(answer) = Right::ALL.into_iter().find(|r| r.word() == answer) else {
            return Err(sentence_of("train_fault_answer", &[answer, &Right::ALL.map(Right::word).join(", ")]));
        };
        let picture = match json.get("picture") {
            None => None,
            Some(picture) => {
                let strange = picture.object().is_none() || no_text(picture, &PICTURE_FIELDS).is_some();
                if strange || picture.stray(&PICTURE_FIELDS).is_some() {
                    return wrong("train_fault_item", "picture");
                }
                let of = |field: &str| picture.text_of(field).to_owned();
                Some(Picture { data: of("data"), alt: of("alt"), licence: of("licence"), credit: of("credit") })
            }
        };
        let of = |field: &str| json.text_of(field).to_owned();
        Ok(Self {
            id: of("id"),
            group,
            lang: of("lang"),
            title: of("title"),
            text: of("text"),
            price: of("price"),
            seen: of("seen"),
            answer,
            why: of("why"),
            why_lang: of("why_lang"),
            card: of("card"),
            mark: of("mark"),
            picture,
        })
    }

    /// As JSON, on one line.
    pub fn json(&self) -> String {
        let pair = |name: &str, text: &str| format!("{}: {}", quoted(name), quoted(text));
        let fields = [
            ("id", self.id.as_str()),
            ("group", self.group.word()),
            ("lang", &self.lang),
            ("title", &self.title),
            ("text", &self.text),
            ("price", &self.price),
            ("seen", &self.seen),
            ("answer", self.answer.word()),
            ("why", &self.why),
            ("why_lang", &self.why_lang),
            ("card", &self.card),
            ("mark", &self.mark),
        ];
        let mut pairs: Vec<String> =
            fields.iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| pair(name, text)).collect();
        if let Some(p) = &self.picture {
            let parts = [("data", &p.data), ("alt", &p.alt), ("licence", &p.licence), ("credit", &p.credit)];
            pairs.push(format!("\"picture\": {{{}}}", parts.map(|(name, text)| pair(name, text)).join(", ")));
        }
        format!("{{{}}}", pairs.join(", "))
    }

    /// What is wrong with it, all of it.
    pub fn faults(&self, cards: &[Card]) -> Vec<Fault> {
        let mut out = Vec::new();
        let mut wrong = |bad: bool, key, field| {
            if bad {
                out.push(Fault { key, field });
            }
        };
        let id = self.id.len() <= 64 && !self.id.is_empty();
        let id = id && self.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        wrong(!id, "train_fault_id", "id");
        wrong(self.title.trim().is_empty(), "train_fault_empty", "title");
        wrong(self.why.trim().is_empty(), "train_fault_empty", "why");
        wrong(self.lang.is_empty() || self.lang.len() > 35, "train_fault_empty", "lang");
        wrong(self.why_lang.len() > 35, "train_fault_long", "why_lang");
        wrong(self.title.chars().count() > TITLE_CHARS, "train_fault_long", "title");
        for (field, text) in [("text", &self.text), ("why", &self.why), ("seen", &self.seen), ("price", &self.price)] {
            wrong(
                text.chars().count() > TEXT_CHARS || text.len() > limits::DESCRIPTION_BYTES,
                "train_fault_long",
                field,
            );
        }
        wrong(!self.card.is_empty() && cards.iter().all(|c| c.id != self.card), "train_fault_unknown", "card");
        wrong(!self.mark.is_empty() && marks::by_id(&self.mark).is_none(), "train_fault_unknown", "mark");
        if let Some(picture) = &self.picture {
            let data = PICTURES.iter().any(|p| picture.data.starts_with(p)) && picture.data.len() <= PICTURE_BYTES;
            wrong(!data, "train_fault_picture", "picture");
            for (field, text) in [
                ("picture_alt", &picture.alt),
                ("picture_licence", &picture.licence),
                ("picture_credit", &picture.credit),
            ] {
                wrong(text.trim().is_empty(), "train_fault_empty", field);
                wrong(text.chars().count() > TITLE_CHARS, "train_fault_long", field);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Item, Picture, Right};
    use crate::training::testing::material;
    use spotter_model::Group;
    use std::collections::BTreeMap;

    #[test]
    fn the_marketplace_holds_every_group_eight_languages_and_as_many_lookalikes_as_wildlife() {
        let material = material();
        let items = &material.listings;
        assert!(items.len() >= 120, "{}", items.len());
        let mut languages = BTreeMap::new();
        for item in items {
            *languages.entry(item.lang.as_str()).or_insert(0) += 1;
            assert!(!item.card.is_empty(), "{}: no card explains it", item.id);
            let card = material.card(&item.card).expect("its card");
            let explained =
                item.mark.is_empty() || card.marks.contains(&item.mark) || card.against.contains(&item.mark);
            assert!(explained, "{}: its card does not know {}", item.id, item.mark);
        }
        assert_eq!(languages.len(), 8, "{languages:?}");
        for group in crate::parts::GROUPS {
            assert!(items.iter().any(|i| i.group == group), "{group:?}");
        }
        let count = |right| items.iter().filter(|i| i.answer == right).count();
        assert_eq!(count(Right::Lookalike), count(Right::Report) + count(Right::Listed));
        assert!(count(Right::Listed) >= 15, "{}", count(Right::Listed));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let cards = material().cards;
        let good = Item {
            id: "a-1".into(),
            group: Group::Bear,
            lang: "en".into(),
            title: "t".into(),
            text: String::new(),
            price: String::new(),
            seen: String::new(),
            answer: Right::Report,
            why: "w".into(),
            why_lang: String::new(),
            card: "bear-parts".into(),
            mark: "part.claws-teeth".into(),
            picture: None,
        };
        assert_eq!(good.faults(&cards), []);
        let bad = Item {
            id: "a 1".into(),
            title: " ".into(),
            why: "w".repeat(2_000),
            card: "unicorn".into(),
            mark: "horn.glow".into(),
            picture: Some(Picture {
                data: "https://elsewhere.example/p.png".into(),
                alt: "a".into(),
                ..Picture::default()
            }),
            ..good
        };
        let fields: Vec<(&str, &str)> = bad.faults(&cards).iter().map(|Fault { key, field }| (*key, *field)).collect();
        assert_eq!(
            fields,
            [
                ("train_fault_id", "id"),
                ("train_fault_empty", "title"),
                ("train_fault_long", "why"),
                ("train_fault_unknown", "card"),
                ("train_fault_unknown", "mark"),
                ("train_fault_picture", "picture"),
                ("train_fault_empty", "picture_licence"),
                ("train_fault_empty", "picture_credit"),
            ]
        );
    }
}
