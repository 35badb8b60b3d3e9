//! What the training shows: read from files of the package that no other part of the extension loads.
//!
//! Owns which files those are, what becomes of them, and the decks to start with. Never: the network; a file is fetched
//! from the package alone.

use super::cards::{self, Card, Source};
use super::decks::Deck;
use super::items::Item;
use super::json::Json;
use crate::words::Words;

/// Files that every language has, in the order in which they are read.
const COMMON: [&str; 4] = ["cards.json", "sources.json", "listings.json", "questions.json"];

/// The files for somebody who reads `lang`, by their names below `training/`.
pub fn files(lang: &str) -> Vec<String> {
    let texts = texts(lang);
    let texts = texts.iter().map(|lang| format!("cards.{lang}.json"));
    COMMON.into_iter().map(str::to_owned).chain(texts).collect()
}

/// Languages of the cards for somebody who reads `lang`, the wanted one first.
fn texts(lang: &str) -> Vec<&'static str> {
    let own = cards::LANGUAGES.iter().copied().filter(|l| *l == lang && *l != "en");
    own.chain(["en"]).collect()
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
        let texts: Vec<(&'static str, &str)> = texts.into_iter().zip(rest.iter().map(String::as_str)).collect();
        let (cards, sources) = cards::read(facts, sources, &texts)?;
        let listings = items("listings.json", listings, &cards)?;
        let questions = items("questions.json", questions, &cards)?;
        Ok(Self { cards, sources, listings, questions })
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

fn items(file: &str, text: &str, cards: &[Card]) -> Result<Vec<Item>, String> {
    let json = Json::read(text).map_err(|(line, column)| format!("{file}: no JSON at {line}:{column}"))?;
    let mut items: Vec<Item> = Vec::new();
    for row in json.list().unwrap_or_default() {
        let item = Item::read(row).map_err(|why| format!("{file}: line {}: {} {:?}", row.line, why.key, why.args))?;
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
