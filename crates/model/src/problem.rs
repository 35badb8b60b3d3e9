//! Errors on the wire: problem+json (RFC 9457).

use serde::{Deserialize, Serialize};

/// Media type of [`Problem`].
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// What went wrong, for machines (`type`, `status`) and for people (`title`, `detail`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// `urn:wildlife-spotter:problem:NAME`; the name never changes.
    #[serde(rename = "type")]
    pub kind: String,
    /// One short sentence, the same for every problem of this type.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// JSON pointer to the field that is wrong, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}
