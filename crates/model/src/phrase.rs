//! Sentences before they have a language: a key of `_locales` and what fills it.
//!
//! Owns: the shape that the detector writes and that panel, page and command line put into words. Every phrase is
//! one whole sentence whose translator orders the parts; none is glued to another.

use crate::Date;
use serde::{Deserialize, Serialize};

/// What a sentence is about, for order and looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Role {
    /// Speaks for it.
    For,
    /// What the seller says of it: no proof, for or against.
    Claim,
    /// Speaks against it.
    Against,
    /// How it is listed.
    Listed,
    /// Whether to report it.
    Rule,
    /// What the law of the place speaks of.
    Law,
}

/// What fills one placeholder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "value", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Arg {
    /// Words as they stand in the listing: foreign text.
    Quote(String),
    /// A key of `_locales` without placeholders.
    Term(String),
    /// A name or title that no language changes: a platform, a work, an appendix.
    Name(String),
    /// Scientific names.
    Latin(Vec<String>),
    /// A country (ISO 3166-1, or `EU`).
    Country(String),
    /// A day.
    Day(Date),
}

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Phrase {
    /// What it is about.
    pub role: Role,
    /// Key of `_locales`.
    pub key: String,
    /// What fills its placeholders, in their order.
    pub args: Vec<Arg>,
}

impl Phrase {
    /// A sentence.
    #[must_use]
    pub fn new(role: Role, key: &str, args: Vec<Arg>) -> Self {
        Self { role, key: key.to_owned(), args }
    }
}
