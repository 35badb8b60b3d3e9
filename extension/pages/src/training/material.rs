//! What the training shows: read from files of the package that no other part of the extension loads.
//!
//! Owns which files those are and what becomes of them. Never: the network; a file is fetched from the package alone.

use super::cards::{self, Card, Source};

/// A file of the training, by its name below `training/`.
pub fn files(lang: &str) -> Vec<String> {
    let texts = texts(lang);
    let texts = texts.iter().map(|lang| format!("cards.{lang}.json"));
    ["cards.json", "sources.json"].into_iter().map(str::to_owned).chain(texts).collect()
}

/// Languages of the cards for somebody who reads `lang`, the wanted one first.
fn texts(lang: &str) -> Vec<&'static str> {
    let own = cards::LANGUAGES.iter().copied().filter(|l| *l == lang && *l != "en");
    own.chain(["en"]).collect()
}

/// All of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// The cards, in the order in which they are taught.
    pub cards: Vec<Card>,
    /// The works that they rest on.
    pub sources: Vec<Source>,
}

impl Material {
    /// Reads the contents of [`files`], in that order.
    ///
    /// # Errors
    /// What is wrong, for whoever writes the files.
    pub fn read(lang: &str, contents: &[String]) -> Result<Self, String> {
        let texts = texts(lang);
        let [facts, sources, rest @ ..] = contents else { return Err("a file is missing".into()) };
        let texts: Vec<(&'static str, &str)> = texts.into_iter().zip(rest.iter().map(String::as_str)).collect();
        let (cards, sources) = cards::read(facts, sources, &texts)?;
        Ok(Self { cards, sources })
    }

    /// The card of an id.
    pub fn card(&self, id: &str) -> Option<&Card> {
        self.cards.iter().find(|c| c.id == id)
    }
}
