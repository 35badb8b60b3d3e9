//! The life of a case: its states, what can happen to it, who may do it and under which condition.
//!
//! Owns: the one table that the code, the console and `docs/case-life.md` read. It holds no text for people and no data
//! of a case; leases and deferral are fields beside the state, never states that hide a case.

use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CaseState {
    /// Just opened by a report.
    New,
    /// Waiting for a reviewer again.
    Queued,
    /// One reviewer has looked; another is needed.
    NeedsSecondOpinion,
    /// Likely protected and should not be there.
    Confirmed,
    /// Fine where it is.
    NotProhibited,
    /// The evidence does not allow a decision.
    CannotTell,
    /// The same offer as another case.
    DuplicateOf,
    /// Not for this programme.
    OutOfScope,
    /// Not a usable report.
    Invalid,
    /// A notice to the company is written, and can still be taken back.
    NoticePending,
    /// An agency asked that nobody is told until a date.
    OnHold,
    /// The company was told.
    Notified,
    /// The company said that it received the notice.
    Acknowledged,
    /// The company took the listing down.
    Removed,
    /// The company hid it from some, or took its reach.
    Restricted,
    /// The company let it stand.
    Refused,
    /// The company did not answer in time.
    NoResponse,
    /// The organisation complained about the company's decision.
    Complaint,
    /// The company put it back.
    Reinstated,
    /// The organisation took its notice back.
    Corrected,
    /// Nothing more is done.
    Closed,
}

/// What can happen to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Event {
    /// Likely protected and should not be there.
    Confirm,
    /// The same, where a rule asks for a second reviewer.
    ConfirmFirst,
    /// Fine where it is.
    NotProhibited,
    /// The evidence does not allow a decision.
    CannotTell,
    /// Ask another reviewer.
    SecondOpinion,
    /// The same offer as another case.
    Duplicate,
    /// Not for this programme.
    OutOfScope,
    /// Not a usable report.
    Invalid,
    /// The case waits again.
    Reopen,
    /// A notice to the company is written.
    Notice,
    /// The notice is taken back before it went.
    Withdraw,
    /// An agency asks that nobody is told.
    Hold,
    /// The hold ends.
    Release,
    /// The notice went out.
    Send,
    /// The company received it.
    Acknowledge,
    /// The company took the listing down.
    Remove,
    /// The company hid it from some.
    Restrict,
    /// The company let it stand.
    Refuse,
    /// The company let the time pass.
    Silence,
    /// The organisation complains about the company's decision.
    Complain,
    /// The company put the listing back.
    Reinstate,
    /// The organisation takes its notice back.
    Correct,
    /// The same listing stands there again.
    Relist,
    /// Nothing more is done.
    Close,
}

/// Who may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person at the console.
    Reviewer,
    /// The server by itself.
    Server,
    /// The company, through the link in its notice.
    Company,
    /// An agency, through the link of a referral.
    Agency,
}

/// What must hold besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// This reviewer opened the evidence as it is now.
    EvidenceOpened,
    /// Another reviewer than the one who asked.
    OtherReviewer,
    /// A rule asks for a second reviewer.
    RuleAsks,
    /// No rule asks for one.
    NoRuleAsks,
    /// The other case exists and is no duplicate, and no case is a duplicate of this one.
    OtherCaseStands,
    /// The server: only where a report shows a text that no report of the case showed.
    NewText,
    /// The time for taking it back is not over.
    UndoOpen,
    /// The time for taking it back is over, and the channel took the notice.
    Delivered,
    /// The server: only after the hold's date.
    HoldOver,
    /// The company's time to answer has passed.
    AnswerOverdue,
}

/// One row: in any of these states, this leads there, for these, under these conditions.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The states it starts from.
    pub from: &'static [CaseState],
    /// What happens.
    pub event: Event,
    /// The state it leads to.
    pub to: CaseState,
    /// Who may do it.
    pub who: &'static [Who],
    /// What must hold besides.
    pub guards: &'static [Guard],
}

/// Every allowed step. What is not here is refused.
pub const TRANSITIONS: &[Step] = {
    use CaseState as S;
    use Event as E;
    use Guard as G;
    use Who as W;
    const fn step(
        from: &'static [CaseState],
        event: Event,
        to: CaseState,
        who: &'static [Who],
        guards: &'static [Guard],
    ) -> Step {
        Step { from, event, to, who, guards }
    }
    const REVIEWER: &[Who] = &[W::Reviewer];
    const ANSWER: &[Who] = &[W::Company, W::Reviewer];
    &[
        step(&[S::New, S::Queued], E::Confirm, S::Confirmed, REVIEWER, &[G::EvidenceOpened, G::NoRuleAsks]),
        step(&[S::New, S::Queued], E::ConfirmFirst, S::NeedsSecondOpinion, REVIEWER, &[G::EvidenceOpened, G::RuleAsks]),
        step(&[S::NeedsSecondOpinion], E::Confirm, S::Confirmed, REVIEWER, &[G::EvidenceOpened, G::OtherReviewer]),
        step(&[S::New, S::Queued], E::SecondOpinion, S::NeedsSecondOpinion, REVIEWER, &[]),
        step(&[S::New, S::Queued, S::NeedsSecondOpinion], E::NotProhibited, S::NotProhibited, REVIEWER, &[]),
        step(&[S::New, S::Queued, S::NeedsSecondOpinion], E::CannotTell, S::CannotTell, &[W::Reviewer, W::Server], &[]),
        step(&[S::New, S::Queued, S::NeedsSecondOpinion], E::OutOfScope, S::OutOfScope, REVIEWER, &[]),
        step(&[S::New, S::Queued, S::NeedsSecondOpinion], E::Invalid, S::Invalid, REVIEWER, &[]),
        step(
            &[S::New, S::Queued, S::NeedsSecondOpinion],
            E::Duplicate,
            S::DuplicateOf,
            REVIEWER,
            &[G::OtherCaseStands],
        ),
        step(
            &[S::NotProhibited, S::CannotTell, S::OutOfScope, S::Invalid],
            E::Reopen,
            S::Queued,
            &[W::Reviewer, W::Server],
            &[G::NewText],
        ),
        step(
            &[S::Confirmed, S::DuplicateOf, S::Refused, S::NoResponse, S::Reinstated, S::Corrected, S::Closed],
            E::Reopen,
            S::Queued,
            REVIEWER,
            &[],
        ),
        step(&[S::Confirmed, S::NoResponse, S::Reinstated], E::Notice, S::NoticePending, REVIEWER, &[]),
        step(&[S::NoticePending], E::Withdraw, S::Confirmed, REVIEWER, &[G::UndoOpen]),
        step(&[S::Confirmed, S::NoticePending], E::Hold, S::OnHold, &[W::Agency, W::Reviewer], &[]),
        step(&[S::OnHold], E::Release, S::Confirmed, &[W::Reviewer, W::Server], &[G::HoldOver]),
        step(&[S::NoticePending], E::Send, S::Notified, &[W::Server], &[G::Delivered]),
        step(&[S::Notified, S::NoResponse], E::Acknowledge, S::Acknowledged, ANSWER, &[]),
        step(
            &[S::Notified, S::Acknowledged, S::NoResponse, S::Refused, S::Complaint, S::Reinstated, S::Restricted],
            E::Remove,
            S::Removed,
            ANSWER,
            &[],
        ),
        step(
            &[S::Notified, S::Acknowledged, S::NoResponse, S::Refused, S::Complaint],
            E::Restrict,
            S::Restricted,
            ANSWER,
            &[],
        ),
        step(&[S::Notified, S::Acknowledged, S::NoResponse, S::Complaint], E::Refuse, S::Refused, ANSWER, &[]),
        step(&[S::Notified, S::Acknowledged], E::Silence, S::NoResponse, &[W::Server], &[G::AnswerOverdue]),
        step(&[S::Refused, S::Reinstated], E::Complain, S::Complaint, REVIEWER, &[]),
        step(&[S::Removed, S::Restricted], E::Reinstate, S::Reinstated, ANSWER, &[]),
        step(
            &[
                S::Notified,
                S::Acknowledged,
                S::Removed,
                S::Restricted,
                S::Refused,
                S::NoResponse,
                S::Complaint,
                S::Reinstated,
            ],
            E::Correct,
            S::Corrected,
            REVIEWER,
            &[],
        ),
        step(&[S::Removed, S::Restricted, S::Closed], E::Relist, S::Confirmed, REVIEWER, &[]),
        step(
            &[
                S::Confirmed,
                S::Notified,
                S::Acknowledged,
                S::Removed,
                S::Restricted,
                S::Refused,
                S::NoResponse,
                S::Complaint,
                S::Reinstated,
                S::Corrected,
            ],
            E::Close,
            S::Closed,
            REVIEWER,
            &[],
        ),
    ]
};

impl CaseState {
    /// Every state, in the order of a case's life.
    pub const ALL: [CaseState; 21] = [
        Self::New,
        Self::Queued,
        Self::NeedsSecondOpinion,
        Self::Confirmed,
        Self::NotProhibited,
        Self::CannotTell,
        Self::DuplicateOf,
        Self::OutOfScope,
        Self::Invalid,
        Self::NoticePending,
        Self::OnHold,
        Self::Notified,
        Self::Acknowledged,
        Self::Removed,
        Self::Restricted,
        Self::Refused,
        Self::NoResponse,
        Self::Complaint,
        Self::Reinstated,
        Self::Corrected,
        Self::Closed,
    ];

    /// The row for what happens here, or `None` where the table has none.
    #[must_use]
    pub fn step(self, event: Event) -> Option<&'static Step> {
        TRANSITIONS.iter().find(|step| step.event == event && step.from.contains(&self))
    }

    /// The row, where this kind of actor may take it.
    #[must_use]
    pub fn step_by(self, event: Event, who: Who) -> Option<&'static Step> {
        self.step(event).filter(|step| step.who.contains(&who))
    }

    /// Whether a reviewer still has to decide.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Queued | Self::NeedsSecondOpinion)
    }

    /// Whether an expert's confirmation stands: what the spotter reported was worth it.
    #[must_use]
    pub fn is_confirmed(self) -> bool {
        matches!(
            self,
            Self::Confirmed
                | Self::NoticePending
                | Self::OnHold
                | Self::Notified
                | Self::Acknowledged
                | Self::Removed
                | Self::Restricted
                | Self::Refused
                | Self::NoResponse
                | Self::Complaint
                | Self::Reinstated
                | Self::Closed
        )
    }

    /// Whether an expert decided that there was nothing to confirm. "Cannot tell" is neither.
    #[must_use]
    pub fn is_dismissed(self) -> bool {
        matches!(self, Self::NotProhibited | Self::OutOfScope | Self::Invalid | Self::Corrected)
    }

    /// Whether the company took it from its buyers, wholly or in part.
    #[must_use]
    pub fn is_removal(self) -> bool {
        matches!(self, Self::Removed | Self::Restricted)
    }
}

/// What a reviewer found on looking at a listing again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CheckOutcome {
    /// The company says that it removed the listing.
    RemovedConfirmedByCompany,
    /// The page says that the company removed it.
    NoticePageSaysRemoved,
    /// It was sold, or the seller ended it.
    EndedOrSold,
    /// It is not there, and nothing says why.
    UnavailableUnknown,
    /// It is shown to others only: elsewhere, or after a login.
    GeoOrLogin,
    /// It is there as before.
    Up,
    /// It had gone and stands there again.
    Relisted,
}

impl CheckOutcome {
    /// Every outcome, in the order of the console's keys.
    pub const ALL: [CheckOutcome; 7] = [
        Self::RemovedConfirmedByCompany,
        Self::NoticePageSaysRemoved,
        Self::EndedOrSold,
        Self::UnavailableUnknown,
        Self::GeoOrLogin,
        Self::Up,
        Self::Relisted,
    ];

    /// Whether it proves a removal. Only these two do: a listing that is merely gone proves nothing.
    #[must_use]
    pub const fn is_removal(self) -> bool {
        matches!(self, Self::RemovedConfirmedByCompany | Self::NoticePageSaysRemoved)
    }

    /// What the outcome makes happen to a case in this state; `None`: it stays where it is and is looked at again.
    #[must_use]
    pub fn event(self, state: CaseState) -> Option<Event> {
        let event = match self {
            Self::RemovedConfirmedByCompany | Self::NoticePageSaysRemoved => Event::Remove,
            Self::EndedOrSold => Event::Close,
            Self::UnavailableUnknown | Self::GeoOrLogin => return None,
            Self::Up => Event::Reinstate,
            Self::Relisted => Event::Relist,
        };
        state.step_by(event, Who::Reviewer).map(|step| step.event)
    }
}

#[cfg(test)]
mod tests {
    use super::{CaseState, CheckOutcome, Event, Guard, TRANSITIONS, Who};
    use std::fmt::Write as _;

    #[test]
    fn the_table_is_a_function_and_every_state_can_be_left_and_reached() {
        for state in CaseState::ALL {
            for step in TRANSITIONS.iter().filter(|s| s.from.contains(&state)) {
                let same = TRANSITIONS.iter().filter(|s| s.event == step.event && s.from.contains(&state)).count();
                assert_eq!(same, 1, "{state:?} {:?} stands twice", step.event);
                assert_ne!(state, step.to, "{state:?} {:?} leads nowhere", step.event);
                assert!(!step.who.is_empty());
            }
            assert!(TRANSITIONS.iter().any(|s| s.from.contains(&state)), "{state:?} is a trap");
            assert!(state == CaseState::New || TRANSITIONS.iter().any(|s| s.to == state), "{state:?} is out of reach");
        }
    }

    #[test]
    fn from_everywhere_a_reviewer_can_bring_a_case_back_into_the_queue() {
        for state in CaseState::ALL {
            let mut reached = vec![state];
            let mut at = 0;
            while let Some(from) = reached.get(at).copied() {
                at += 1;
                for step in TRANSITIONS.iter().filter(|s| s.from.contains(&from)) {
                    let alone = step.who.contains(&Who::Reviewer) || step.event == Event::Send;
                    if alone && !reached.contains(&step.to) {
                        reached.push(step.to);
                    }
                }
            }
            assert!(state.is_open() || reached.contains(&CaseState::Queued), "{state:?}");
        }
    }

    #[test]
    fn nobody_confirms_unseen_and_no_company_decides_before_it_was_told() {
        for step in TRANSITIONS {
            if step.to == CaseState::Confirmed && step.from.iter().any(|s| s.is_open()) {
                assert!(step.guards.contains(&Guard::EvidenceOpened), "{step:?}");
            }
            if step.who.contains(&Who::Company) {
                assert!(step.from.iter().all(|s| s.is_confirmed() && !matches!(s, CaseState::Confirmed)), "{step:?}");
            }
            for from in step.from {
                assert!(!(from.is_confirmed() && from.is_dismissed()));
            }
        }
    }

    #[test]
    fn two_outcomes_are_removals_and_a_listing_that_is_merely_gone_is_none() {
        for state in CaseState::ALL {
            for outcome in CheckOutcome::ALL {
                let to = outcome.event(state).and_then(|e| state.step(e)).map(|s| s.to);
                let says_so =
                    matches!(outcome, CheckOutcome::RemovedConfirmedByCompany | CheckOutcome::NoticePageSaysRemoved);
                assert!(to != Some(CaseState::Removed) || says_so, "{outcome:?} in {state:?}");
            }
            let up = CheckOutcome::Up.event(state).and_then(|e| state.step(e)).map(|s| s.to);
            assert_eq!(up, state.is_removal().then_some(CaseState::Reinstated), "{state:?}");
        }
        let told = CaseState::Notified;
        assert_eq!(CheckOutcome::NoticePageSaysRemoved.event(told), Some(Event::Remove));
        assert_eq!(CheckOutcome::EndedOrSold.event(told), Some(Event::Close));
    }

    fn word(value: impl serde::Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    /// The document is this table. `SPOTTER_WRITE_DOCS=1` writes it anew.
    #[test]
    fn the_document_shows_this_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/case-life.md");
        let list = |words: Vec<String>| words.join(", ");
        let mut table = String::from("| in | happens | becomes | who | only if |\n|---|---|---|---|---|\n");
        for s in TRANSITIONS {
            let from = list(s.from.iter().map(word).collect());
            let (who, guards) = (list(s.who.iter().map(word).collect()), list(s.guards.iter().map(word).collect()));
            writeln!(table, "| {from} | {} | {} | {who} | {guards} |", word(s.event), word(s.to)).unwrap();
        }
        let text = std::fs::read_to_string(path).unwrap();
        let (begin, end) = ("<!-- the table -->\n", "<!-- end of the table -->");
        let (head, rest) = text.split_once(begin).unwrap();
        let (shown, tail) = rest.split_once(end).unwrap();
        if std::env::var_os("SPOTTER_WRITE_DOCS").is_some() {
            std::fs::write(path, format!("{head}{begin}{table}{end}{tail}")).unwrap();
            return;
        }
        assert_eq!(shown, table, "docs/case-life.md differs: run this test with SPOTTER_WRITE_DOCS=1");
    }
}
