//! Errors on the wire: problem+json (RFC 9457).

use serde::{Deserialize, Serialize};

/// Media type of [`Problem`].
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// What the kinds of problems begin with.
pub const PROBLEM_KIND: &str = "urn:wildlife-spotter:problem:";

/// The names of all problems; none ever changes. Each has a sentence in every language of the extension
/// (`problem_NAME` of `_locales`), whatever language the endpoint writes in.
pub const NAMES: [&str; 19] = [
    "bad-request",
    "not-signed",
    "invitation-unknown",
    "forbidden",
    "training-needed",
    "survey-not-running",
    "task-not-assigned",
    "not-found",
    "method-not-allowed",
    "too-slow",
    "report-differs",
    "record-differs",
    "invitation-used",
    "too-large",
    "media-type",
    "breaks-the-contract",
    "too-many-requests",
    "internal",
    "unavailable",
];

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

impl Problem {
    /// Its name; `None` where somebody else's words stand in its place.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.kind.strip_prefix(PROBLEM_KIND).filter(|name| !name.is_empty())
    }

    /// The key under which the extension has a sentence for it; `None` for one that this version does not know.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let name = NAMES.into_iter().find(|name| Some(*name) == self.name())?;
        Some(format!("problem_{}", name.replace('-', "_")))
    }
}
