//! The result of the training's test, as a device attests it to the programme: score, and right answers by mark.
//!
//! Signed as bytes like a report, idempotent by its UUID. Never: which questions were asked, or what was answered.

use crate::limits;
use crate::report::{is_id, is_utc_time, is_uuid};
use crate::suggestion::Unfit;
use crate::training::{MarkResult, PASS_RANGE};
use serde::{Deserialize, Serialize};

/// The value of [`Attestation::schema`].
pub const ATTESTATION_SCHEMA: &str = "wildlife-attestation/1";

/// Body of `PUT /v1/attestations/{uuid}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attestation {
    /// Always [`ATTESTATION_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// Id of the round that asks for the training.
    pub round: String,
    /// The deck's title; at most [`limits::SHORT_BYTES`] bytes.
    pub deck: String,
    /// Lower-case hex SHA-256 of the deck's items as a file holds them: the same questions have the same hash.
    pub deck_sha256: String,
    /// Percent of the points, rounded down: two for a right answer, one for "cannot tell" where something could be told.
    pub score: u32,
    /// Right answers by mark; 1 to [`limits::TEST_QUESTIONS`] questions in all.
    pub marks: Vec<MarkResult>,
    /// Tests that were finished since the last pass, this one included.
    pub attempts: u32,
    /// When it was begun, by the device's clock, RFC 3339 UTC.
    pub started_at: String,
    /// When it was over: the same.
    pub ended_at: String,
}

impl Attestation {
    /// Right answers, and all.
    #[must_use]
    pub fn total(&self) -> (u32, u32) {
        self.marks.iter().fold((0, 0), |(right, asked), m| (right + m.right, asked + m.asked))
    }

    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        if self.schema != ATTESTATION_SCHEMA {
            return Err(("/schema", "must be wildlife-attestation/1"));
        }
        if !is_uuid(&self.id) {
            return Err(("/id", "must be a lower-case UUID"));
        }
        if !is_id(&self.round) {
            return Err(("/round", "must be a round's id"));
        }
        if self.deck.trim().is_empty() || self.deck.len() > limits::SHORT_BYTES {
            return Err(("/deck", "must be 1 to 512 bytes"));
        }
        let hex = self.deck_sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if self.deck_sha256.len() != 64 || !hex {
            return Err(("/deck_sha256", "must be 64 lower-case hex digits"));
        }
        self.check_marks()?;
        if !(1..=limits::TEST_ATTEMPTS).contains(&self.attempts) {
            return Err(("/attempts", "must be 1 to 1000"));
        }
        if !is_utc_time(&self.started_at) {
            return Err(("/started_at", "must be an RFC 3339 time in UTC, ending in Z"));
        }
        if !is_utc_time(&self.ended_at) {
            return Err(("/ended_at", "must be an RFC 3339 time in UTC, ending in Z"));
        }
        if self.ended_at < self.started_at {
            return Err(("/ended_at", "must not be before the beginning"));
        }
        Ok(())
    }

    fn check_marks(&self) -> Result<(), Unfit> {
        let most = u32::try_from(limits::TEST_QUESTIONS).unwrap_or(u32::MAX);
        let fits = |m: &MarkResult| is_id(&m.mark) && m.right <= m.asked && (1..=most).contains(&m.asked);
        let once = |n: usize| !self.marks[..n].iter().any(|other| other.mark == self.marks[n].mark);
        if self.marks.len() > limits::TEST_QUESTIONS || !self.marks.iter().all(fits) {
            return Err(("/marks", "must be ids, each with right answers of 1 to 64"));
        }
        if !(0..self.marks.len()).all(once) {
            return Err(("/marks", "each mark may stand once"));
        }
        let (right, asked) = self.total();
        if !(1..=most).contains(&asked) {
            return Err(("/marks", "must be 1 to 64 answers in all"));
        }
        // What was not right is worth nothing, or half.
        let least = right * 100 / asked;
        let best = (right + asked) * 100 / (2 * asked);
        if !(least..=best).contains(&self.score) || !(*PASS_RANGE.start()..=*PASS_RANGE.end()).contains(&self.score) {
            return Err(("/score", "must be a pass, and what the right answers are worth"));
        }
        Ok(())
    }
}

/// What the server signs for a result that it has; the envelope's type is [`crate::dsse::ATTESTED_TYPE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attested {
    /// The attestation's UUID.
    pub attestation_id: String,
    /// Lower-case hex SHA-256 of its exact bytes.
    pub body_sha256: String,
    /// When it was on disk, by the server's clock.
    pub received_at: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Attestation {
        let result = |mark: &str, right, asked| MarkResult { mark: mark.into(), right, asked };
        Attestation {
            schema: ATTESTATION_SCHEMA.into(),
            id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
            round: "ivory-2026".into(),
            deck: "For volunteers".into(),
            deck_sha256: "0".repeat(64),
            score: 91,
            marks: vec![result("ivory.grain", 3, 4), result("parrots", 8, 8)],
            attempts: 2,
            started_at: "2026-11-26T10:00:00Z".into(),
            ended_at: "2026-11-26T10:09:00Z".into(),
        }
    }

    #[test]
    fn a_result_is_bounded_and_its_score_is_what_the_answers_are_worth() {
        assert_eq!(good().check(), Ok(()));
        assert_eq!(good().total(), (11, 12));
        type Break = (fn(&mut Attestation), &'static str);
        let table: [Break; 18] = [
            (|a| a.schema = "wildlife-attestation/2".into(), "/schema"),
            (|a| a.id.clear(), "/id"),
            (|a| a.round = String::new(), "/round"),
            (|a| a.deck = " ".into(), "/deck"),
            (|a| a.deck = "d".repeat(513), "/deck"),
            (|a| a.deck_sha256 = "A".repeat(64), "/deck_sha256"),
            (|a| a.deck_sha256 = "a".repeat(63), "/deck_sha256"),
            (|a| a.score = 90, "/score"),
            (|a| a.score = 96, "/score"),
            (|a| (a.marks[0].right, a.marks[1].right, a.score) = (0, 0, 49), "/score"),
            (|a| a.marks.clear(), "/marks"),
            (|a| a.marks[0].right = 5, "/marks"),
            (|a| a.marks[0].mark = "Two words".into(), "/marks"),
            (|a| a.marks[1].mark = "ivory.grain".into(), "/marks"),
            (|a| a.marks[1].asked = 61, "/marks"),
            (|a| a.attempts = 0, "/attempts"),
            (|a| a.started_at = "today".into(), "/started_at"),
            (|a| a.ended_at = "2026-11-26T09:59:59Z".into(), "/ended_at"),
        ];
        for (change, pointer) in table {
            let mut bad = good();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer, "{bad:?}");
        }
        let half = Attestation { score: 95, ..good() };
        assert_eq!(half.check(), Ok(()), "the wrong answer was \"cannot tell\"");
    }
}
