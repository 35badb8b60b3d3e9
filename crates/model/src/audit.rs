//! Audited truth: in a round that asks for it, one in so many of the listings that the detector did not flag is offered for a
//! ten-second check, and each day's listings are counted.
//!
//! Two signed messages, idempotent by their UUIDs like a report: a check's answer, which names the listing by a hash under a
//! key of the device alone, and the counts of a day, which name no listing. Never: an address, a title, a seller.

use crate::report::{is_id, is_marketplace, is_uuid};
use crate::suggestion::Unfit;
use crate::{Date, limits};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// The value of [`Audit::schema`].
pub const AUDIT_SCHEMA: &str = "wildlife-audit/1";
/// The value of [`AuditDay::schema`].
pub const AUDIT_DAY_SCHEMA: &str = "wildlife-audit-day/1";

/// Out of how many unflagged listings a round may have one checked.
pub const ONE_IN: RangeInclusive<u32> = 5..=10_000;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
pub(crate) fn is_off(one_in: &u32) -> bool {
    *one_in == 0
}

/// What a person said of a listing after a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Looked {
    /// Likely protected wildlife: the detector missed it.
    Protected,
    /// It is not.
    Not,
    /// It cannot be told; never counted as either.
    CannotTell,
}

/// A check's answer: body of `PUT /v1/audits/{uuid}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Audit {
    /// Always [`AUDIT_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// Id of the round.
    pub round: String,
    /// Host of the marketplace, as reports name it.
    pub marketplace: String,
    /// The day on which it was offered, UTC by the device's clock.
    pub day: Date,
    /// Out of how many unflagged listings it was drawn, as the round said.
    pub one_in: u32,
    /// 32 lower-case hex digits: a keyed hash of the listing, under a key that never leaves the device.
    pub listing: String,
    /// What the person said.
    pub answer: Looked,
    /// Version of extension and lexicon that did not flag it, as reports name it.
    pub software: String,
}

/// What a device saw of a marketplace on a day that is over: body of `PUT /v1/audit-days/{uuid}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditDay {
    /// Always [`AUDIT_DAY_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// Id of the round.
    pub round: String,
    /// Host of the marketplace, as reports name it.
    pub marketplace: String,
    /// The day, UTC by the device's clock.
    pub day: Date,
    /// The round's rate on that day.
    pub one_in: u32,
    /// Listings that the detector flagged, each counted once.
    pub flagged: u32,
    /// Listings that it did not flag, each counted once; together at most [`limits::AUDIT_SEEN`].
    pub unflagged: u32,
    /// Of these, how many were drawn and laid before the person, answered or not.
    pub offered: u32,
    /// Version of extension and lexicon that looked, as reports name it.
    pub software: String,
}

/// A listing that is offered for a check: from the background to the panel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its keyed hash.
    pub listing: String,
    /// The tab in which it is shown.
    pub tab_id: i32,
    /// Its key on that page.
    pub key: String,
    /// The title as on the page.
    pub title: String,
    /// The price as on the page.
    pub price: String,
}

crate::json::typed! {
/// A step of the checks: from the panel to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum AuditAsk ("AuditAsk" by "step") as AuditAskRead {
    /// A tab's page was read: it is counted, and one of its listings may be offered.
    Look {
        /// The tab.
        tab_id: i32,
    },
    /// What the person says of the listing that was offered.
    Say {
        /// Its keyed hash.
        listing: String,
        /// What it is; absent: not now.
        answer: Option<Looked>,
    },
}}

/// Whether this is a keyed hash in its form.
#[must_use]
pub fn is_keyed(hash: &str) -> bool {
    hash.len() == 32 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn common(
    (schema, wanted): (&str, &str),
    id: &str,
    round: &str,
    marketplace: &str,
    one_in: u32,
    software: &str,
) -> Result<(), Unfit> {
    let line = !software.is_empty() && software.len() <= limits::SHORT_BYTES && !software.chars().any(char::is_control);
    let rows = [
        (schema == wanted, ("/schema", "must be the schema of this address")),
        (is_uuid(id), ("/id", "must be a lower-case UUID")),
        (is_id(round), ("/round", "must be a round's id")),
        (is_marketplace(marketplace), ("/marketplace", "must be a host in lower case")),
        (ONE_IN.contains(&one_in), ("/one_in", "must be 5 to 10000")),
        (line, ("/software", "must be one line of 1 to 512 bytes")),
    ];
    rows.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, why)| Err(why))
}

impl Audit {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        let schema = (self.schema.as_str(), AUDIT_SCHEMA);
        common(schema, &self.id, &self.round, &self.marketplace, self.one_in, &self.software)?;
        if is_keyed(&self.listing) { Ok(()) } else { Err(("/listing", "must be 32 lower-case hex digits")) }
    }
}

impl AuditDay {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        let schema = (self.schema.as_str(), AUDIT_DAY_SCHEMA);
        common(schema, &self.id, &self.round, &self.marketplace, self.one_in, &self.software)?;
        let seen = self.flagged.saturating_add(self.unflagged);
        if !(1..=limits::AUDIT_SEEN).contains(&seen) {
            return Err(("/unflagged", "flagged and unflagged together must be 1 to 5000"));
        }
        if self.offered > self.unflagged {
            return Err(("/offered", "must not be more than was not flagged"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit() -> Audit {
        Audit {
            schema: AUDIT_SCHEMA.into(),
            id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
            round: "ivory-2026".into(),
            marketplace: "market.example".into(),
            day: "2026-11-27".parse().unwrap(),
            one_in: 20,
            listing: "0123456789abcdef".repeat(2),
            answer: Looked::CannotTell,
            software: "0.1.0 / 1".into(),
        }
    }

    fn day() -> AuditDay {
        let Audit { id, round, marketplace, day, one_in, software, .. } = audit();
        let schema = AUDIT_DAY_SCHEMA.into();
        AuditDay { schema, id, round, marketplace, day, one_in, flagged: 3, unflagged: 40, offered: 2, software }
    }

    #[test]
    fn answers_are_bounded() {
        assert_eq!(audit().check(), Ok(()));
        type Break = (fn(&mut Audit), &'static str);
        let table: [Break; 11] = [
            (|a| a.schema = AUDIT_DAY_SCHEMA.into(), "/schema"),
            (|a| a.id = "1".into(), "/id"),
            (|a| a.round = "Two words".into(), "/round"),
            (|a| a.marketplace = "Market.example".into(), "/marketplace"),
            (|a| a.marketplace = "a/b".into(), "/marketplace"),
            (|a| a.one_in = 4, "/one_in"),
            (|a| a.one_in = 10_001, "/one_in"),
            (|a| a.listing = "https://market.example/1".into(), "/listing"),
            (|a| a.listing = "A".repeat(32), "/listing"),
            (|a| a.software.clear(), "/software"),
            (|a| a.software = "1\n".into(), "/software"),
        ];
        for (change, pointer) in table {
            let mut bad = audit();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer, "{bad:?}");
        }
    }

    #[test]
    fn counts_are_bounded() {
        assert_eq!(day().check(), Ok(()));
        type Break = (fn(&mut AuditDay), &'static str);
        let table: [Break; 5] = [
            (|d| d.schema = AUDIT_SCHEMA.into(), "/schema"),
            (|d| (d.flagged, d.unflagged, d.offered) = (0, 0, 0), "/unflagged"),
            (|d| d.unflagged = 4_998, "/unflagged"),
            (|d| d.flagged = u32::MAX, "/unflagged"),
            (|d| d.offered = 41, "/offered"),
        ];
        for (change, pointer) in table {
            let mut bad = day();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer, "{bad:?}");
        }
    }

    #[test]
    fn an_answer_carries_nothing_that_was_not_agreed() {
        let mut value = serde_json::to_value(audit()).unwrap();
        value["url"] = "https://market.example/1".into();
        assert!(serde_json::from_value::<Audit>(value).is_err());
    }
}
