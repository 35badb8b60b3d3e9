//! The training's test: what counts as passed, what is kept of it, and where its result is on the way to the programme.

use crate::programme::Round;
use serde::{Deserialize, Serialize};

/// The pass mark where no round sets one.
pub const PASS_PERCENT: u32 = 80;
/// What a round may set.
pub const PASS_RANGE: std::ops::RangeInclusive<u32> = 50..=100;

/// How the answers about one mark were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MarkResult {
    /// The mark's id; where an item turns on none, its group's word.
    pub mark: String,
    /// Right answers.
    pub right: u32,
    /// Answers.
    pub asked: u32,
}

/// A test that was finished, as the training's page tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Percent of the points.
    pub score: u32,
    /// The deck's title.
    pub deck: String,
    /// Hash of its items ([`crate::Attestation::deck_sha256`]).
    pub deck_sha256: String,
    /// By mark.
    pub marks: Vec<MarkResult>,
    /// Tests that were finished since the last pass, this one included.
    pub attempts: u32,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
}

/// Where the result is on its way to the programme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Told {
    /// No round asked for it: it stays here.
    #[default]
    Nobody,
    /// It waits, and goes by itself.
    Waits,
    /// The endpoint has it, and signed that.
    Has {
        /// Since when, by the endpoint's clock.
        at: String,
    },
    /// The endpoint does not take it.
    Refused,
}

/// A test that was passed. Kept by the background; nothing else says that somebody passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingPass {
    /// When, RFC 3339 UTC, by the device's clock.
    pub passed_on: String,
    /// Percent of the points.
    pub score: u32,
    /// The deck's title.
    pub deck: String,
    /// Id of the round whose pass mark was asked for; empty: none asks for training.
    pub round: String,
    /// Where the result is.
    #[serde(default)]
    pub told: Told,
}

/// The round whose test has still to be passed before a report goes, and its pass mark. A pass counts for every round whose
/// mark it reaches, whichever asked for it; where a round wants it attested, only one that goes or went to the endpoint.
#[must_use]
pub fn still_asked<'a>(rounds: &'a [Round], pass: Option<&TrainingPass>) -> Option<(&'a Round, u32)> {
    let (mark, round) = pass_mark(rounds);
    let attested = rounds.iter().any(|r| r.training_attested);
    let counts =
        |pass: &TrainingPass| pass.score >= mark && !(attested && matches!(pass.told, Told::Nobody | Told::Refused));
    round.filter(|_| !pass.is_some_and(counts)).map(|round| (round, mark))
}

/// The pass mark of the rounds that run: the highest that one of those asks for which ask for training at all, with that
/// round; else [`PASS_PERCENT`].
#[must_use]
pub fn pass_mark(rounds: &[Round]) -> (u32, Option<&Round>) {
    let asked = rounds.iter().filter(|r| r.training_required);
    let highest = asked.max_by_key(|r| r.training_pass_percent.unwrap_or(PASS_PERCENT));
    (highest.map_or(PASS_PERCENT, |r| r.training_pass_percent.unwrap_or(PASS_PERCENT)), highest)
}

#[cfg(test)]
mod tests {
    use super::{Told, TrainingPass, pass_mark, still_asked};
    use crate::programme::Round;

    fn round(id: &str, asks: bool, percent: Option<u32>) -> Round {
        serde_json::from_value(serde_json::json!({
            "id": id, "name": id, "from": "2026-11-02", "until": "2026-11-29", "training_required": asks,
            "training_pass_percent": percent,
        }))
        .expect("a round")
    }

    #[test]
    fn a_test_is_asked_for_until_it_is_passed_well_enough() {
        let rounds = [round("a", true, None), round("b", false, Some(100)), round("c", true, Some(90))];
        let passed = |score| TrainingPass {
            passed_on: "2026-11-03T10:00:00Z".into(),
            score,
            deck: String::new(),
            round: "a".into(),
            told: Told::Nobody,
        };
        let asked = |rounds, score: Option<u32>| {
            still_asked(rounds, score.map(passed).as_ref()).map(|(round, mark)| (round.id.clone(), mark))
        };
        assert_eq!(asked(&rounds, None), Some(("c".into(), 90)));
        assert_eq!(asked(&rounds, Some(89)), Some(("c".into(), 90)));
        assert_eq!(asked(&rounds, Some(90)), None);
        assert_eq!(asked(&rounds[..1], Some(80)), None);
        assert_eq!(asked(&rounds[1..2], None), None, "no round asks");
        assert_eq!(asked(&[], None), None);

        let attested = [Round { training_attested: true, ..rounds[0].clone() }];
        for (told, asks) in [
            (Told::Nobody, true),
            (Told::Refused, true),
            (Told::Waits, false),
            (Told::Has { at: "2026-11-03T10:00:01Z".into() }, false),
        ] {
            let pass = TrainingPass { told, ..passed(100) };
            assert_eq!(still_asked(&attested, Some(&pass)).is_some(), asks, "{pass:?}");
        }
    }

    #[test]
    fn the_strictest_round_that_asks_for_training_sets_the_mark() {
        let of = |rounds: &[Round]| {
            let (mark, by) = pass_mark(rounds);
            (mark, by.map(|r| r.id.clone()))
        };
        assert_eq!(of(&[]), (80, None));
        assert_eq!(of(&[round("a", false, Some(95))]), (80, None));
        assert_eq!(of(&[round("a", true, None)]), (80, Some("a".into())));
        assert_eq!(of(&[round("a", true, Some(70)), round("b", true, Some(90))]), (90, Some("b".into())));
        assert_eq!(of(&[round("a", true, Some(60))]), (60, Some("a".into())));
    }
}
