//! The case: what a reviewer decides on. One transition table for code, console and docs.

use serde::{Deserialize, Serialize};

/// Where a case stands. Leases, deferral and holds are fields beside it, never states that hide a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CaseState {
    /// Just opened by a report.
    New,
    /// Waiting for a reviewer.
    Queued,
    /// Likely protected and should not be there.
    Confirmed,
    /// A first reviewer asks for another.
    NeedsSecondOpinion,
    /// Fine where it is.
    NotProhibited,
    /// The evidence does not allow a decision.
    CannotTell,
    /// Not for this programme.
    OutOfScope,
    /// Not a usable report.
    Invalid,
}

/// What a reviewer can say of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Decision {
    /// Likely protected and should not be there.
    Confirm,
    /// Fine where it is.
    NotProhibited,
    /// The evidence does not allow a decision.
    CannotTell,
    /// Ask another reviewer.
    SecondOpinion,
    /// Not for this programme.
    OutOfScope,
    /// Not a usable report.
    Invalid,
    /// Take the last decision back; the case waits again.
    Reopen,
}

/// Every allowed step: in this state, this decision leads there. What is not here is refused.
pub const TRANSITIONS: &[(CaseState, Decision, CaseState)] = {
    use CaseState as S;
    use Decision as D;
    &[
        (S::New, D::Confirm, S::Confirmed),
        (S::New, D::NotProhibited, S::NotProhibited),
        (S::New, D::CannotTell, S::CannotTell),
        (S::New, D::SecondOpinion, S::NeedsSecondOpinion),
        (S::New, D::OutOfScope, S::OutOfScope),
        (S::New, D::Invalid, S::Invalid),
        (S::Queued, D::Confirm, S::Confirmed),
        (S::Queued, D::NotProhibited, S::NotProhibited),
        (S::Queued, D::CannotTell, S::CannotTell),
        (S::Queued, D::SecondOpinion, S::NeedsSecondOpinion),
        (S::Queued, D::OutOfScope, S::OutOfScope),
        (S::Queued, D::Invalid, S::Invalid),
        (S::NeedsSecondOpinion, D::Confirm, S::Confirmed),
        (S::NeedsSecondOpinion, D::NotProhibited, S::NotProhibited),
        (S::NeedsSecondOpinion, D::CannotTell, S::CannotTell),
        (S::NeedsSecondOpinion, D::OutOfScope, S::OutOfScope),
        (S::NeedsSecondOpinion, D::Invalid, S::Invalid),
        (S::Confirmed, D::Reopen, S::Queued),
        (S::NotProhibited, D::Reopen, S::Queued),
        (S::CannotTell, D::Reopen, S::Queued),
        (S::OutOfScope, D::Reopen, S::Queued),
        (S::Invalid, D::Reopen, S::Queued),
    ]
};

impl CaseState {
    /// Every state.
    pub const ALL: [CaseState; 8] = [
        Self::New,
        Self::Queued,
        Self::Confirmed,
        Self::NeedsSecondOpinion,
        Self::NotProhibited,
        Self::CannotTell,
        Self::OutOfScope,
        Self::Invalid,
    ];

    /// Where `decision` leads from here, or `None` where it is not allowed.
    #[must_use]
    pub fn after(self, decision: Decision) -> Option<CaseState> {
        TRANSITIONS.iter().find(|(from, by, _)| *from == self && *by == decision).map(|(_, _, to)| *to)
    }

    /// Whether a reviewer still has to decide.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Queued | Self::NeedsSecondOpinion)
    }
}

#[cfg(test)]
mod tests {
    use super::{CaseState, Decision, TRANSITIONS};

    #[test]
    fn the_table_is_a_function_and_every_state_can_be_left() {
        for (i, (from, by, _)) in TRANSITIONS.iter().enumerate() {
            assert!(!TRANSITIONS[..i].iter().any(|(f, b, _)| f == from && b == by), "{from:?} {by:?} stands twice");
        }
        for state in CaseState::ALL {
            assert!(TRANSITIONS.iter().any(|(from, _, _)| *from == state), "{state:?} is a trap");
            assert_eq!(state.after(Decision::Reopen).is_some(), !state.is_open());
        }
    }
}
