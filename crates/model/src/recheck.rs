//! Looking again: what a spotter saw at a listing of a report of hers, when the endpoint asked.
//!
//! The question comes with the report's status and says since when it is asked, nothing else. The answer is signed as bytes like
//! a report and idempotent by its UUID. It is a word to the expert who checks; it moves no case.

use crate::report::{is_utc_time, is_uuid};
use crate::suggestion::Unfit;
use serde::{Deserialize, Serialize};

/// The value of [`Recheck::schema`].
pub const RECHECK_SCHEMA: &str = "wildlife-recheck/1";

/// What was seen there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Saw {
    /// It is still offered.
    Offered,
    /// The page is gone, or says that the listing was taken down.
    Gone,
    /// It is there, sold or ended.
    Ended,
    /// It cannot be told.
    CannotTell,
}

impl Saw {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Offered, Self::Gone, Self::Ended, Self::CannotTell];
}

/// Body of `PUT /v1/rechecks/{uuid}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recheck {
    /// Always [`RECHECK_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// The report's UUID.
    pub report_id: String,
    /// What was seen.
    pub saw: Saw,
    /// When, RFC 3339 UTC.
    pub seen_at: String,
}

impl Recheck {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        if self.schema != RECHECK_SCHEMA {
            return Err(("/schema", "must be wildlife-recheck/1"));
        }
        if !is_uuid(&self.id) {
            return Err(("/id", "must be a lower-case UUID"));
        }
        if !is_uuid(&self.report_id) {
            return Err(("/report_id", "must be a lower-case UUID"));
        }
        if !is_utc_time(&self.seen_at) {
            return Err(("/seen_at", "must be an RFC 3339 time in UTC, ending in Z"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rechecks_are_bounded() {
        let good = Recheck {
            schema: RECHECK_SCHEMA.into(),
            id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
            report_id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a60".into(),
            saw: Saw::Gone,
            seen_at: "2026-11-26T10:00:00Z".into(),
        };
        assert_eq!(good.check(), Ok(()));
        type Break = (fn(&mut Recheck), &'static str);
        let table: [Break; 4] = [
            (|r| r.schema = "wildlife-recheck/2".into(), "/schema"),
            (|r| r.id.clear(), "/id"),
            (|r| r.report_id = "../../x".into(), "/report_id"),
            (|r| r.seen_at = "today".into(), "/seen_at"),
        ];
        for (change, pointer) in table {
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer);
        }
        let text = serde_json::to_string(&good).unwrap();
        assert!(serde_json::from_str::<Recheck>(&text.replace("gone", "bought")).is_err());
        assert!(serde_json::from_str::<Recheck>(&text.replace('{', "{\"seller\":\"x\",")).is_err());
    }
}
