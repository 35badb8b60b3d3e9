//! What spotters tell the lexicon: words that it lacks, methods that it does not know, and alarms that were false.
//!
//! Both bodies are JSON, signed as bytes like a report, idempotent by their UUID, and hold no listing's text beyond
//! the words in question.

use crate::limits;
use crate::report::{is_id, is_utc_time, is_uuid};
use crate::{Group, Level};
use serde::{Deserialize, Serialize};

/// The value of [`Suggestion::schema`].
pub const SUGGESTION_SCHEMA: &str = "wildlife-suggestion/1";
/// The value of [`Feedback::schema`].
pub const FEEDBACK_SCHEMA: &str = "wildlife-feedback/1";

/// What is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SuggestionKind {
    /// A word or phrase for what is sold.
    Term,
    /// A way of selling that hides it.
    Method,
}

/// Body of `PUT /v1/suggestions/{uuid}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suggestion {
    /// Always [`SUGGESTION_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// The word or phrase as it stood on the page; at most [`limits::TERM_BYTES`] bytes, one line.
    pub text: String,
    /// BCP-47 language, or empty where the spotter does not know it.
    #[serde(default)]
    pub lang: String,
    /// What it means, in the spotter's words; at most [`limits::MEANING_CHARS`] characters.
    #[serde(default)]
    pub meaning: String,
    /// What kind of animal or plant it stands for, where the spotter knows.
    #[serde(default)]
    pub group: Option<Group>,
    /// Address of the page where it was seen, stripped as a report's, or empty.
    #[serde(default)]
    pub seen_at: String,
    /// By the device's clock, RFC 3339 UTC.
    pub created_at: String,
}

/// Why a spotter takes an alarm for a false one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FalseAlarm {
    /// No animal or plant is offered.
    NotWildlife,
    /// It is one, and no list names it.
    NotProtected,
    /// It may be sold here.
    LawfulHere,
    /// Something else.
    Other,
}

impl FalseAlarm {
    /// Every reason.
    pub const ALL: [FalseAlarm; 4] = [Self::NotWildlife, Self::NotProtected, Self::LawfulHere, Self::Other];
}

/// Body of `PUT /v1/feedback/{uuid}`: sent only where the spotter agreed to. No address, no text, no seller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Feedback {
    /// Always [`FEEDBACK_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// Why.
    pub reason: FalseAlarm,
    /// What the detector had said.
    pub level: Level,
    /// Concept ids of the cues behind it; at most [`limits::CUES`].
    pub concepts: Vec<String>,
    /// BCP-47 language of the listing, or empty.
    #[serde(default)]
    pub lang: String,
    /// Version of the lexicon pack.
    pub pack: String,
}

/// Why such a body is refused: JSON pointer and sentence.
pub type Unfit = (&'static str, &'static str);

fn lang_fits(lang: &str) -> bool {
    lang.len() <= 35 && lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl Suggestion {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        if self.schema != SUGGESTION_SCHEMA {
            return Err(("/schema", "must be wildlife-suggestion/1"));
        }
        if !is_uuid(&self.id) {
            return Err(("/id", "must be a lower-case UUID"));
        }
        let text = self.text.trim();
        if text.is_empty() || self.text.len() > limits::TERM_BYTES || self.text.chars().any(char::is_control) {
            return Err(("/text", "must be one line of 1 to 120 bytes"));
        }
        if !lang_fits(&self.lang) {
            return Err(("/lang", "must be a BCP-47 language"));
        }
        if self.meaning.chars().count() > limits::MEANING_CHARS {
            return Err(("/meaning", "at most 300 characters are allowed"));
        }
        let web = self.seen_at.starts_with("https://") || self.seen_at.starts_with("http://");
        if self.seen_at.len() > limits::URL_BYTES || !(self.seen_at.is_empty() || web) {
            return Err(("/seen_at", "must be an http or https address, or empty"));
        }
        if !is_utc_time(&self.created_at) {
            return Err(("/created_at", "must be an RFC 3339 time in UTC, ending in Z"));
        }
        Ok(())
    }
}

impl Feedback {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        if self.schema != FEEDBACK_SCHEMA {
            return Err(("/schema", "must be wildlife-feedback/1"));
        }
        if !is_uuid(&self.id) {
            return Err(("/id", "must be a lower-case UUID"));
        }
        if self.concepts.len() > limits::CUES || !self.concepts.iter().all(|c| is_id(c)) {
            return Err(("/concepts", "must be at most 64 concept ids"));
        }
        if !lang_fits(&self.lang) {
            return Err(("/lang", "must be a BCP-47 language"));
        }
        if self.pack.len() > 64 {
            return Err(("/pack", "at most 64 bytes are allowed"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59";

    #[test]
    fn suggestions_are_bounded() {
        let good = Suggestion {
            schema: SUGGESTION_SCHEMA.into(),
            id: ID.into(),
            kind: SuggestionKind::Term,
            text: "moon milk".into(),
            lang: "en".into(),
            meaning: String::new(),
            group: Some(Group::Elephant),
            seen_at: String::new(),
            created_at: "2026-11-26T10:00:00Z".into(),
        };
        assert_eq!(good.check(), Ok(()));
        type Break = (fn(&mut Suggestion), &'static str);
        let table: [Break; 7] = [
            (|s| s.schema = "wildlife-suggestion/2".into(), "/schema"),
            (|s| s.id.clear(), "/id"),
            (|s| s.text = " ".into(), "/text"),
            (|s| s.text = "two\nlines".into(), "/text"),
            (|s| s.lang = "no such language".into(), "/lang"),
            (|s| s.meaning = "é".repeat(301), "/meaning"),
            (|s| s.seen_at = "javascript:1".into(), "/seen_at"),
        ];
        for (change, pointer) in table {
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer);
        }
    }

    #[test]
    fn feedback_names_concepts_and_nothing_else() {
        let good = Feedback {
            schema: FEEDBACK_SCHEMA.into(),
            id: ID.into(),
            reason: FalseAlarm::NotWildlife,
            level: Level::Likely,
            concepts: vec!["commodity.ivory-netsuke".into()],
            lang: "de".into(),
            pack: "2026.11.23".into(),
        };
        assert_eq!(good.check(), Ok(()));
        let spoken = Feedback { concepts: vec!["Words of a listing".into()], ..good.clone() };
        assert_eq!(spoken.check().unwrap_err().0, "/concepts");
        let many = Feedback { concepts: vec!["c".into(); limits::CUES + 1], ..good };
        assert_eq!(many.check().unwrap_err().0, "/concepts");
    }
}
