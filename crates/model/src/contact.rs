//! "I was contacted": what a spotter tells the programme's lead, at once and outside of any report.
//!
//! Signed as bytes like a report, idempotent by its UUID. It says what happened to the spotter and names no seller
//! beyond what the spotter writes; it never becomes part of a case.

use crate::limits;
use crate::report::{is_utc_time, is_uuid};
use crate::suggestion::Unfit;
use serde::{Deserialize, Serialize};

/// The value of [`Contact::schema`].
pub const CONTACT_SCHEMA: &str = "wildlife-contact/1";

/// Body of `PUT /v1/contacts/{uuid}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Contact {
    /// Always [`CONTACT_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// What happened, in the spotter's words; 1 to [`limits::NOTE_CHARS`] characters.
    pub text: String,
    /// When it was written, by the device's clock, RFC 3339 UTC.
    pub created_at: String,
}

impl Contact {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        if self.schema != CONTACT_SCHEMA {
            return Err(("/schema", "must be wildlife-contact/1"));
        }
        if !is_uuid(&self.id) {
            return Err(("/id", "must be a lower-case UUID"));
        }
        if self.text.trim().is_empty() || self.text.chars().count() > limits::NOTE_CHARS {
            return Err(("/text", "must be 1 to 1000 characters"));
        }
        if !is_utc_time(&self.created_at) {
            return Err(("/created_at", "must be an RFC 3339 time in UTC, ending in Z"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_bounded() {
        let good = Contact {
            schema: CONTACT_SCHEMA.into(),
            id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
            text: "Somebody wrote to me.\nI did not answer.".into(),
            created_at: "2026-11-26T10:00:00Z".into(),
        };
        assert_eq!(good.check(), Ok(()));
        type Break = (fn(&mut Contact), &'static str);
        let table: [Break; 5] = [
            (|c| c.schema = "wildlife-contact/2".into(), "/schema"),
            (|c| c.id.clear(), "/id"),
            (|c| c.text = " \n".into(), "/text"),
            (|c| c.text = "é".repeat(1001), "/text"),
            (|c| c.created_at = "today".into(), "/created_at"),
        ];
        for (change, pointer) in table {
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer);
        }
    }
}
