//! What the person is told: a key of `_locales` and its placeholders. Never holds a page's text
//! other than what the endpoint itself said.

use serde::{Deserialize, Serialize};
use spotter_model::messages::Answer;

/// One sentence for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence(pub String, pub Vec<String>);

impl Sentence {
    /// A sentence without placeholders.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self(key.to_owned(), vec![])
    }

    /// A sentence with placeholders, each cut to 300 characters.
    #[must_use]
    pub fn with(key: &str, args: &[&str]) -> Self {
        Self(key.to_owned(), args.iter().map(|a| a.chars().take(300).collect()).collect())
    }
}

impl From<Sentence> for Answer {
    fn from(s: Sentence) -> Self {
        Answer::Refused { message: s.0, args: s.1 }
    }
}

/// Every key that this crate uses; a test holds `_locales` to it.
pub const KEYS: &[&str] = &[
    "bg_internal",
    "bg_storage",
    "bg_not_enrolled",
    "join_error_shape",
    "join_error_not_secure",
    "join_error_damaged",
    "bg_enrol_offline",
    "bg_enrol_code",
    "bg_enrol_busy",
    "bg_enrol_server",
    "bg_enrol_fingerprint",
    "bg_enrol_answer",
    "bg_enrol_pending",
    "bg_leave_outbox",
    "bg_contact_text",
    "bg_contact_refused",
    "bg_programme_no_key",
    "bg_programme_signature",
    "bg_programme_unreadable",
    "bg_programme_older",
    "bg_pack_no_key",
    "bg_pack_key",
    "bg_pack_revoked",
    "bg_pack_signature",
    "bg_pack_older",
    "bg_pack_expired",
    "bg_pack_damaged",
    "bg_pack_large",
    "bg_pack_other",
    "bg_pasted_link",
    "bg_suggestion_text",
    "bg_survey_gone",
    "bg_survey_over",
    "bg_survey_reading",
    "bg_survey_full",
    "bg_survey_form",
    "bg_picture_kind",
    "bg_picture_large",
    "bg_pictures_many",
    "bg_page_moved",
    "bg_page_gone",
    "bg_page_nothing",
    "bg_page_silent",
    "bg_page_bad",
    "bg_outbox_full",
    "bg_draft_gone",
    "bg_note_long",
    "bg_undo_late",
    "bg_delete_sending",
    "bg_try_offline",
    "bg_try_server",
    "bg_try_busy",
    "bg_try_answer",
    "bg_try_receipt",
    "bg_try_picture",
    "bg_sent_no_picture",
    "bg_refused_key",
    "bg_refused_conflict",
    "bg_refused_body",
    "bg_refused_other",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_written() {
        let text = include_str!("../../../_locales/en/messages.json");
        let all: serde_json::Value = serde_json::from_str(text).unwrap();
        let missing: Vec<_> = KEYS.iter().filter(|k| all[**k]["message"].as_str().is_none()).collect();
        assert!(missing.is_empty(), "not in _locales/en: {missing:?}");
    }

    #[test]
    fn args_are_bounded() {
        assert_eq!(Sentence::with("k", &[&"é".repeat(1000)]).1[0].chars().count(), 300);
    }
}
