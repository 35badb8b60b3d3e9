//! The parts that rows are composed of: one file a language.
//!
//! Owns: their form (`tests/corpus/README.md` explains it to those who write them). Never: composes.

use super::{MAX_FILE, files};
use crate::{Failure, input};
use serde::Deserialize;
use std::path::Path;

/// What kind of thing it is: decides which sentences, prices and categories go with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Alive.
    Animal,
    /// Alive, or seeds.
    Plant,
    /// Dead, a part, a product, medicine, food.
    Goods,
    /// An ordinary thing.
    #[default]
    Everyday,
}

/// The core of a title.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub text: String,
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default = "everyday")]
    pub trap: String,
    /// Whether a real wild specimen is offered; offers always are.
    #[serde(default)]
    pub wildlife: u8,
    #[serde(default)]
    pub detail: String,
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub price: String,
}

fn everyday() -> String {
    "everyday".into()
}

/// Lists by kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ByKind {
    pub animal: Vec<String>,
    pub plant: Vec<String>,
    pub goods: Vec<String>,
    pub everyday: Vec<String>,
}

impl ByKind {
    /// The list of a kind.
    pub fn of(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::Animal => &self.animal,
            Kind::Plant => &self.plant,
            Kind::Goods => &self.goods,
            Kind::Everyday => &self.everyday,
        }
    }
}

/// One language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    pub language: String,
    /// Where the texts come from; one of `lexicon/sources.toml`.
    pub source: String,
    /// Whether a native speaker has read them.
    pub reviewed: bool,
    pub offers: Vec<Item>,
    pub innocents: Vec<Item>,
    pub everyday: Vec<Item>,
    pub leads: Vec<String>,
    pub tails: Vec<String>,
    pub openings: Vec<String>,
    pub contacts: Vec<String>,
    pub closings: Vec<String>,
    pub strays: Vec<String>,
    pub hints: Vec<String>,
    pub places: Vec<String>,
    pub conditions: ByKind,
    pub claims: ByKind,
    pub prices: ByKind,
    pub categories: ByKind,
}

/// Every language of a folder, by name.
pub fn read_all(folder: &Path) -> Result<Vec<Parts>, Failure> {
    files(folder, "toml")?
        .iter()
        .map(|path| {
            let say = |what: String| Failure::new(format!("{}: {what}", path.display()));
            let bytes = input::read_file(path, MAX_FILE)?;
            let text = std::str::from_utf8(&bytes).map_err(|e| say(e.to_string()))?;
            let parts: Parts = toml::from_str(text).map_err(|e| say(e.to_string()))?;
            if path.file_stem().is_none_or(|s| *s != *parts.language) {
                return Err(say(format!("its language is {:?}", parts.language)));
            }
            Ok(parts)
        })
        .collect()
}
