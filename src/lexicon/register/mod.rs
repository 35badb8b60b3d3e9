//! The register: which taxa the appendices list, by what rule, and how each is called.
//!
//! Owns: reading `lexicon/register/` and resolving every taxon's listings before a pack is written. Never: a word of
//! the trade, a weight. `docs/register.md` describes the files; only tools and build scripts compile this.

pub mod checklist;
pub mod files;
mod names;
pub mod official;
mod read;
mod rules;

pub use super::taxa::id;
pub use names::{OfficialName, abbreviations};
pub use read::{Parts, read};
pub use rules::assemble;

use super::EuAnnex;
use serde::{Deserialize, Serialize};
use spotter_model::{Appendix, Date, Group};

/// A taxon with everything that the register says of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The scientific name in lower case with hyphens; never changes.
    pub id: String,
    /// Without authorship.
    pub scientific_name: String,
    /// Its rank.
    pub rank: Rank,
    /// The group that queues and statistics put it in.
    pub group: Group,
    /// Other scientific names.
    pub synonyms: Vec<String>,
    /// Its listings, past, present and announced; none for what no list names.
    pub listings: Vec<ListedEntry>,
    /// Annexes of the European Union's wildlife trade regulation, by population where it has several.
    pub eu_annex: Vec<EuAnnex>,
    /// A domesticated form, which the Convention leaves out.
    pub domestic: bool,
    /// What decided its listings.
    pub decision: Decision,
    /// Official names in English, French and Spanish.
    pub names: Vec<OfficialName>,
}

/// What decided a taxon's listings: for people who check them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The kind of decision.
    pub by: DecidedBy,
    /// The taxon of the rule or row: its own name, or that of a genus, family or order.
    pub taxon: String,
    /// Id of a work in `sources.toml`.
    pub source: String,
    /// How far the statement can be trusted.
    pub status: Status,
}

/// Kinds of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// A row of the checklist.
    Checklist,
    /// A listing rule.
    Rule,
    /// Only some of the taxa below it are listed.
    Below,
    /// A rule or list that takes it out, or none that names it.
    Nothing,
}

/// How far a statement can be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The text itself was read.
    Primary,
    /// General knowledge, or a guide.
    #[default]
    Secondary,
    /// Probably so; nobody has looked it up.
    Unverified,
}

/// Rank of a taxon, the highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each name says all there is to say")]
pub enum Rank {
    Order,
    Family,
    Genus,
    Species,
    Subspecies,
}

/// A listing as written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedEntry {
    /// The appendix.
    pub appendix: Appendix,
    /// The population it concerns.
    #[serde(default)]
    pub population: Option<String>,
    /// In force from this day.
    #[serde(default)]
    pub from: Option<Date>,
    /// In force until the day before.
    #[serde(default)]
    pub until: Option<Date>,
}

impl ListedEntry {
    /// A listing of everything, at all times.
    #[must_use]
    pub fn plain(appendix: Appendix) -> Self {
        Self { appendix, population: None, from: None, until: None }
    }
}

#[cfg(test)]
mod tests;
