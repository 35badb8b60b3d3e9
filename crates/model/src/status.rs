//! What became of a report: one vocabulary for the spotter's panel, the console and the docs.

use crate::CaseState;
use serde::{Deserialize, Serialize};

/// What a spotter sees of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PublicStatus {
    /// Arrived, not looked at yet.
    Received,
    /// An expert has it, or a second one is asked.
    InReview,
    /// An expert agrees that it likely offers protected wildlife that should not be there.
    Confirmed,
    /// An expert says that it is fine there.
    NotProhibited,
    /// The evidence does not allow a decision.
    CannotTell,
    /// The company was told.
    Notified,
    /// The company removed or restricted it.
    Removed,
    /// Not for this programme, or not a valid report.
    Closed,
}

impl PublicStatus {
    /// What a spotter sees of a case in this state. `removed`: the company had taken it down before the case was closed.
    #[must_use]
    pub fn of(state: CaseState, removed: bool) -> Self {
        match state {
            CaseState::New | CaseState::Queued => Self::Received,
            CaseState::NeedsSecondOpinion => Self::InReview,
            CaseState::Confirmed | CaseState::NoticePending | CaseState::OnHold => Self::Confirmed,
            CaseState::NotProhibited => Self::NotProhibited,
            CaseState::CannotTell => Self::CannotTell,
            CaseState::Notified
            | CaseState::Acknowledged
            | CaseState::Refused
            | CaseState::NoResponse
            | CaseState::Complaint
            | CaseState::Reinstated => Self::Notified,
            CaseState::Removed | CaseState::Restricted => Self::Removed,
            CaseState::Closed if removed => Self::Removed,
            CaseState::OutOfScope
            | CaseState::Invalid
            | CaseState::Corrected
            | CaseState::Closed
            | CaseState::DuplicateOf => Self::Closed,
        }
    }
}

/// One report's status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusItem {
    /// The report's UUID.
    pub report_id: String,
    /// What became of it.
    pub status: PublicStatus,
    /// The reviewer's public reason; empty where none was given.
    #[serde(default)]
    pub reason: String,
    /// When this became so, RFC 3339 UTC.
    pub since: String,
    /// The listing had been reported before: the report joined its case.
    #[serde(default)]
    pub joined: bool,
    /// A check of its case is due since then (RFC 3339 UTC), and this spotter has not answered: whether the listing is still there
    /// may be said by [`crate::recheck::Recheck`]. Absent where nothing is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_again: Option<String>,
}

/// The spotter's week: since Monday, 0:00 UTC, by the server's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Week {
    /// When it began, RFC 3339 UTC.
    pub from: String,
    /// Reports that arrived in it.
    pub reports: u32,
    /// Of the spotter's reports, however old: how many were decided in it, by what became of them.
    pub decided: Vec<WeekCount>,
}

/// How many reports became so in the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WeekCount {
    /// What became of them.
    pub status: PublicStatus,
    /// How many.
    pub reports: u32,
}

/// How often experts agreed, over the spotter's last 100 decided cases. "Cannot tell" counts for neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accuracy {
    /// Confirmed cases.
    pub confirmed: u32,
    /// Decided cases.
    pub decided: u32,
}

/// Answer to `GET /v1/status`: the reports of the key that signed the request, newest first, at most 500.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusResponse {
    /// The reports.
    pub items: Vec<StatusItem>,
    /// The server's clock, RFC 3339 UTC.
    pub server_time: String,
    /// The spotter's week.
    #[serde(default)]
    pub week: Week,
    /// The spotter's accuracy.
    #[serde(default)]
    pub accuracy: Accuracy,
}
