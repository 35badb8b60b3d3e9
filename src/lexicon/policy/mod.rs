//! Rules: what a platform, a law or a round asks to be reported, and what is usually fine.
//!
//! Owns: the compiled form and its bounds. Never: decides (that is `assess`), never keeps a rule that nobody
//! has read the text of.

#[cfg(feature = "sources")]
mod source;

#[cfg(feature = "sources")]
pub use source::{Known, PlatformEntry, PolicyFile, RuleEntry, check, compile};

use super::EuAnnex;
use serde::{Deserialize, Serialize};
use spotter_model::{Appendix, Date, Group, Reportable};

/// Most platforms of a policy.
pub const MAX_PLATFORMS: usize = 500;
/// Most rules of a policy: every one is looked at for each listing that is at least possible.
pub const MAX_RULES: usize = 2_000;
/// Most items in one list of a rule.
const MAX_ITEMS: usize = 1_000;

/// All rules, and the sites they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The platforms.
    pub platforms: Vec<Platform>,
    /// The rules, those of one platform together.
    pub rules: Vec<Rule>,
}

/// A marketplace or network, under all its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// What rules call it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its hosts; each stands for itself and everything below it.
    pub hosts: Vec<Host>,
}

/// One host of a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// `ebay.com.au`
    pub suffix: String,
    /// ISO 3166 code of the country that its rules are written for; `*` where the address does not say.
    pub country: String,
}

/// Against what an offer stands, where a rule asks to report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// The platform's own rule.
    Platform,
    /// A law of the place.
    Law,
    /// Nothing but the round's wish to see such offers.
    Focus,
    /// Nothing: the rule says what is usually fine.
    Nothing,
}

/// How well a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The rule's own text was read.
    Primary,
    /// A guide, a press note or an article about it was read: always worded "according to".
    Secondary,
    /// The project's or the coordinator's own dated decision, not somebody else's rule.
    Project,
    /// Nobody read it. Stays in the repository; never in a pack.
    Unverified,
}

/// In what form a specimen is offered, told from its trade term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Alive.
    Live,
    /// A raw part or a whole dead animal.
    Part,
    /// Worked, prepared or made into something.
    Product,
    /// The listing does not say.
    Unknown,
}

impl Form {
    /// The form that a CITES trade term stands for.
    #[must_use]
    pub fn of(term: &str) -> Self {
        match term {
            "LIV" | "EGL" | "FIG" | "CUL" | "GRS" => Self::Live,
            "IVC" | "JWI" | "CAR" | "BOC" | "HOC" | "JWL" | "LPS" | "LPL" | "GAR" | "CLO" | "RUG" | "FRN" | "MED"
            | "DER" | "EXT" | "OIL" | "WAX" | "POW" | "HAP" | "KEY" | "CAV" | "WPR" | "ROS" | "SOU" | "FIB" | "COS"
            | "VEN" | "PLY" | "TRN" => Self::Product,
            _ => Self::Part,
        }
    }
}

/// Where a rule stands written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// What people call it, short enough to stand in a sentence.
    pub title: String,
    /// Its address; empty for the project's own decisions.
    pub address: String,
    /// Only an excerpt of it was read.
    pub excerpt: bool,
}

/// One rule. An empty list asks for nothing; all that is asked for must fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Never changes.
    pub id: String,
    /// Index of the platform; none: everywhere.
    pub platform: Option<u32>,
    /// Countries of the platform's hosts.
    pub countries: Vec<String>,
    /// Beginnings of the address's path.
    pub paths: Vec<String>,
    /// Groups, or
    pub groups: Vec<Group>,
    /// taxa: an id, or the id of a genus for all of it.
    pub taxa: Vec<String>,
    /// Taxa that are meant not to be covered.
    pub except_taxa: Vec<String>,
    /// Appendices.
    pub appendices: Vec<Appendix>,
    /// Annexes of the European Union's regulation.
    pub eu_annexes: Vec<EuAnnex>,
    /// CITES trade terms.
    pub commodities: Vec<String>,
    /// Trade terms that are not covered.
    pub except_commodities: Vec<String>,
    /// Forms.
    pub forms: Vec<Form>,
    /// Concepts of which one must stand in the listing. Never lets pass: a claim is no proof.
    pub when: Vec<String>,
    /// Concepts (claims mostly) beside which the rule does not settle it: an exception may hold.
    pub unless: Vec<String>,
    /// What it says of an offer that fits.
    pub reportable: Reportable,
    /// Against what the offer stands.
    pub against: Against,
    /// How well it is known.
    pub status: Status,
    /// Where it stands.
    pub work: Work,
    /// The date that the text itself bears.
    pub text_date: Option<Date>,
    /// When the text was read.
    pub read: Date,
    /// From this day it settles nothing any more.
    pub expires: Date,
    /// What it says, in one sentence of our own.
    pub says: String,
}

impl Rule {
    /// The date to name beside the rule, and whether it is the text's own.
    #[must_use]
    pub fn dated(&self) -> (Date, bool) {
        self.text_date.map_or((self.read, false), |day| (day, true))
    }
}

impl Policy {
    /// Checks what types alone cannot: indices, bounds, and that no rule decides more than its status allows.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), &'static str> {
        if self.platforms.len() > MAX_PLATFORMS || self.rules.len() > MAX_RULES {
            return Err("it holds more platforms or rules than are looked at");
        }
        if self.platforms.iter().any(|p| p.hosts.len() > MAX_ITEMS || p.hosts.iter().any(|h| !is_host(&h.suffix))) {
            return Err("a platform's host is none");
        }
        for rule in &self.rules {
            if rule.platform.is_some_and(|p| p as usize >= self.platforms.len()) {
                return Err("a rule's platform is none");
            }
            let lists = [
                rule.countries.len(),
                rule.paths.len(),
                rule.groups.len(),
                rule.taxa.len(),
                rule.except_taxa.len(),
                rule.appendices.len(),
                rule.eu_annexes.len(),
                rule.commodities.len(),
                rule.except_commodities.len(),
                rule.forms.len(),
                rule.when.len(),
                rule.unless.len(),
            ];
            if lists.iter().any(|&n| n > MAX_ITEMS) {
                return Err("a rule's list is too long");
            }
            if let Some(what) = rule.contradiction() {
                return Err(what);
            }
        }
        Ok(())
    }
}

impl Rule {
    /// What of the rule does not go together.
    #[must_use]
    pub fn contradiction(&self) -> Option<&'static str> {
        if !self.when.is_empty() && self.reportable == Reportable::No {
            return Some("a word of the seller's never lets an offer pass");
        }
        let fine = self.against == Against::Nothing;
        if self.status == Status::Unverified {
            return Some("a rule that nobody read decides nothing");
        }
        if fine != (self.reportable == Reportable::No) && self.against != Against::Platform {
            return Some("a rule is against something, or says that it is usually fine");
        }
        if matches!(self.against, Against::Focus | Against::Nothing) != (self.status == Status::Project) {
            return Some("the project decides what is usually fine and what a round looks for, and nothing else");
        }
        None
    }
}

/// Whether this is a host name in its ASCII form, with at least two labels.
#[must_use]
pub fn is_host(text: &str) -> bool {
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        // Numbers at the end are addresses, not names.
        && !text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
}
