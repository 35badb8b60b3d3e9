//! A referral: what an organisation hands to an agency about a confirmed case. Its states, what can happen to it and under
//! which condition, and what makes one worth proposing.
//!
//! Owns: the second half of the table that code, console and `docs/case-life.md` read. A referral moves no case: what the
//! company is told, and whether an agency asked to wait, is the case's own life ([`crate::case`]).

use crate::{Group, Report};
use serde::{Deserialize, Serialize};

/// Where a referral stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralState {
    /// Written; nobody else has read it.
    Draft,
    /// One other than its writer approves it as it stands.
    ApprovedOnce,
    /// Two others do: it can be handed over.
    Approved,
    /// The agency has it.
    Sent,
    /// The agency said so.
    Acknowledged,
    /// The agency said what became of it.
    Concluded,
    /// Taken back before it was handed over.
    Withdrawn,
}

/// What can happen to a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralEvent {
    /// Somebody else approves it, the first of two.
    ApproveFirst,
    /// A second one does.
    Approve,
    /// It was handed over.
    Send,
    /// The agency received it.
    Acknowledge,
    /// The agency said what became of it.
    Conclude,
    /// It is taken back.
    Withdraw,
}

impl ReferralEvent {
    /// Whether the agency can say so itself.
    #[must_use]
    pub const fn is_the_agencys(self) -> bool {
        matches!(self, Self::Acknowledge | Self::Conclude)
    }
}

/// What must hold besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralGuard {
    /// Somebody else than who wrote it.
    NotTheWriter,
    /// Somebody else than who approved it first.
    NotTheFirst,
    /// The case's confirmation still stands.
    CaseConfirmed,
}

/// What an agency said of a referral's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralOutcome {
    /// It looks into it, or joined it to something that it looks into.
    Inquiry,
    /// Specimens were seized.
    Seizure,
    /// It went before a court.
    Prosecution,
    /// It does nothing.
    NoAction,
    /// Another agency would have to.
    NotCompetent,
}

impl ReferralOutcome {
    /// Every outcome.
    pub const ALL: [ReferralOutcome; 5] =
        [Self::Inquiry, Self::Seizure, Self::Prosecution, Self::NoAction, Self::NotCompetent];
}

/// One row of the table. Reviewers take these steps, and nothing goes to an agency by itself; what is the agency's to say it can say.
#[derive(Debug, PartialEq, Eq)]
pub struct ReferralStep {
    /// Where it can happen.
    pub from: &'static [ReferralState],
    /// What happens.
    pub event: ReferralEvent,
    /// Where the referral stands then.
    pub to: ReferralState,
    /// What must hold besides.
    pub guards: &'static [ReferralGuard],
}

const fn step(
    from: &'static [ReferralState],
    event: ReferralEvent,
    to: ReferralState,
    guards: &'static [ReferralGuard],
) -> ReferralStep {
    ReferralStep { from, event, to, guards }
}

/// All that can happen to a referral.
pub const REFERRAL_STEPS: &[ReferralStep] = {
    use ReferralEvent as E;
    use ReferralGuard as G;
    use ReferralState as S;
    &[
        step(&[S::Draft], E::ApproveFirst, S::ApprovedOnce, &[G::NotTheWriter, G::CaseConfirmed]),
        step(&[S::ApprovedOnce], E::Approve, S::Approved, &[G::NotTheWriter, G::NotTheFirst, G::CaseConfirmed]),
        step(&[S::Approved], E::Send, S::Sent, &[G::CaseConfirmed]),
        step(&[S::Sent], E::Acknowledge, S::Acknowledged, &[]),
        step(&[S::Sent, S::Acknowledged], E::Conclude, S::Concluded, &[]),
        step(&[S::Draft, S::ApprovedOnce, S::Approved], E::Withdraw, S::Withdrawn, &[]),
    ]
};

impl ReferralState {
    /// Every state, in the order of a referral's life.
    pub const ALL: [ReferralState; 7] = [
        Self::Draft,
        Self::ApprovedOnce,
        Self::Approved,
        Self::Sent,
        Self::Acknowledged,
        Self::Concluded,
        Self::Withdrawn,
    ];

    /// The row for what happens here, or `None` where the table has none.
    #[must_use]
    pub fn step(self, event: ReferralEvent) -> Option<&'static ReferralStep> {
        REFERRAL_STEPS.iter().find(|step| step.event == event && step.from.contains(&self))
    }

    /// Whether it can still be taken back.
    #[must_use]
    pub fn is_ours(self) -> bool {
        self.step(ReferralEvent::Withdraw).is_some()
    }
}

/// Why a referral is proposed. A person decides; nothing is written by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A living great ape is offered.
    LiveGreatApe,
    /// Rhino horn is offered.
    RhinoHorn,
    /// Many confirmed cases of one group on one marketplace within [`VOLUME_DAYS`].
    Volume,
    /// One seller of one marketplace has several confirmed cases. Never counted across marketplaces.
    RepeatSeller,
}

impl Trigger {
    /// Every trigger.
    pub const ALL: [Trigger; 4] = [Self::LiveGreatApe, Self::RhinoHorn, Self::Volume, Self::RepeatSeller];
}

/// From so many confirmed cases on, this one included, it is [`Trigger::Volume`].
pub const VOLUME_CASES: i64 = 20;
/// Counted over so many days.
pub const VOLUME_DAYS: i64 = 30;
/// From so many confirmed cases on, this one included, it is [`Trigger::RepeatSeller`].
pub const REPEAT_CASES: i64 = 3;

/// Genera of the great apes.
const GREAT_APES: [&str; 3] = ["Gorilla", "Pan", "Pongo"];
/// Genera of rhinoceroses.
const RHINOS: [&str; 4] = ["Ceratotherium", "Dicerorhinus", "Diceros", "Rhinoceros"];

/// What a report alone gives reason for. It is what the detector and the spotter took it for; a reviewer confirmed the case.
#[must_use]
pub fn of_report(report: &Report) -> Vec<Trigger> {
    let a = &report.assessment;
    let offers = |code: &str| a.commodities.iter().any(|c| c == code);
    let chosen = match &report.chosen {
        crate::report::Choice::Taxa { taxa } => taxa.as_slice(),
        _ => &[],
    };
    let names =
        a.taxa.iter().map(|t| t.scientific_name.as_str()).chain(chosen.iter().map(|t| t.scientific_name.as_str()));
    let genera: Vec<&str> = names.filter_map(|name| name.split_whitespace().next()).collect();
    let of = |these: &[&str]| genera.iter().any(|genus| these.contains(genus));
    let mut all = vec![];
    if of(&GREAT_APES) && offers("LIV") {
        all.push(Trigger::LiveGreatApe);
    }
    if (a.groups.contains(&Group::Rhino) || of(&RHINOS)) && (offers("HOR") || offers("HOP") || offers("HOC")) {
        all.push(Trigger::RhinoHorn);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn nothing_is_sent_without_two_others_and_every_state_is_reached_and_left() {
        for state in ReferralState::ALL {
            let reached = REFERRAL_STEPS.iter().any(|s| s.to == state);
            let left = REFERRAL_STEPS.iter().any(|s| s.from.contains(&state));
            assert!(state == ReferralState::Draft || reached, "{state:?} is out of reach");
            let end = matches!(state, ReferralState::Concluded | ReferralState::Withdrawn);
            assert_eq!(left, !end, "{state:?}");
            for step in REFERRAL_STEPS.iter().filter(|s| s.from.contains(&state)) {
                assert_eq!(state.step(step.event), Some(step), "{state:?} {:?} stands twice", step.event);
            }
        }
        let send = ReferralState::Approved.step(ReferralEvent::Send).unwrap();
        assert_eq!(send.from, [ReferralState::Approved]);
        for approval in [ReferralEvent::ApproveFirst, ReferralEvent::Approve] {
            let row = REFERRAL_STEPS.iter().find(|s| s.event == approval).unwrap();
            assert!(row.guards.contains(&ReferralGuard::NotTheWriter));
        }
        assert!(!ReferralState::Sent.is_ours() && ReferralState::Draft.is_ours());
    }

    fn word(value: impl Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    /// The document is this table. `SPOTTER_WRITE_DOCS=1` writes it anew.
    #[test]
    fn the_document_shows_this_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/case-life.md");
        let list = |words: Vec<String>| words.join(", ");
        let mut table = String::from("| in | happens | becomes | only if |\n|---|---|---|---|\n");
        for s in REFERRAL_STEPS {
            let (from, guards) = (list(s.from.iter().map(word).collect()), list(s.guards.iter().map(word).collect()));
            writeln!(table, "| {from} | {} | {} | {guards} |", word(s.event), word(s.to)).unwrap();
        }
        let text = std::fs::read_to_string(path).unwrap();
        let (begin, end) = ("<!-- the table of referrals -->\n", "<!-- end of the table of referrals -->");
        let (head, rest) = text.split_once(begin).unwrap();
        let (shown, tail) = rest.split_once(end).unwrap();
        if std::env::var_os("SPOTTER_WRITE_DOCS").is_some() {
            std::fs::write(path, format!("{head}{begin}{table}{end}{tail}")).unwrap();
            return;
        }
        assert_eq!(shown, table, "docs/case-life.md differs: run this test with SPOTTER_WRITE_DOCS=1");
    }
}
