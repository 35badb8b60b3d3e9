//! What the panel shows of the programme: the rounds of today, and how far the spotter is this week.
//!
//! Made by the background, out of a programme whose signature held ([`crate::programme`]) and of nothing else.

use crate::{Date, programme::Round};
use serde::{Deserialize, Serialize};

/// The programme as it stands for this spotter today.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    /// The rounds that run today for the spotter's cohort.
    pub now: Vec<Round>,
    /// The name and first day of the next one.
    #[serde(default)]
    pub next: Option<(String, Date)>,
    /// Whom to tell of contact: a `mailto:` or `https:` address, or empty.
    #[serde(default)]
    pub lead: String,
    /// Where to talk about what was seen: the same.
    #[serde(default)]
    pub debrief: String,
    /// Reports that the endpoint took since Monday, 0:00 UTC.
    pub reports_this_week: u32,
    /// Why what the endpoint offers now is not used: a key of `_locales` and its placeholders. What is shown is then the
    /// programme that was believed before, if there was one.
    #[serde(default)]
    pub trouble: Option<(String, Vec<String>)>,
}
