//! The hand-written part of the register: the shape of each TOML file, and what can be said of a file by itself.
//!
//! Owns: keys and their meaning. Never: puts files together.

use super::{ListedEntry, Status};
use crate::lexicon::EuAnnex;
use serde::Deserialize;
use spotter_model::{Date, Group};
use std::collections::BTreeMap;

/// A file under `rules/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The work that all of it comes from.
    pub source: String,
    /// The rules.
    #[serde(default)]
    pub rule: Vec<Rule>,
}

/// What the appendices say of some taxa and of everything below them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Orders, families, genera, species.
    pub taxa: Vec<String>,
    /// What is left out, with everything below it.
    #[serde(default)]
    pub except: Vec<String>,
    /// The listings; Appendix II where none are given.
    #[serde(default = "appendix_two")]
    pub listings: Vec<ListedEntry>,
    /// Where it differs from the file's.
    #[serde(default)]
    pub source: Option<String>,
    /// How far it can be trusted.
    #[serde(default)]
    pub status: Status,
    /// For readers of the file.
    #[serde(default)]
    pub note: Option<String>,
}

fn appendix_two() -> Vec<ListedEntry> {
    vec![ListedEntry::plain(spotter_model::Appendix::II)]
}

/// A file under `lineage/`: names alone, no listings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineageFile {
    /// The group of all of it.
    pub group: Group,
    /// Other names of orders.
    #[serde(default)]
    pub order: Vec<OrderEntry>,
    /// Families.
    #[serde(default)]
    pub family: Vec<FamilyEntry>,
}

/// An order with other names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderEntry {
    /// Its name.
    pub name: String,
    /// Other names.
    pub synonyms: Vec<String>,
}

/// A family with what is named of it. Names may be followed by ` = synonym`, more than once.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyEntry {
    /// Its name.
    pub name: String,
    /// Its order.
    pub order: String,
    /// Other names.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Genera whose names by themselves are worth finding.
    #[serde(default)]
    pub genera: Vec<String>,
    /// Species and subspecies.
    #[serde(default)]
    pub species: Vec<String>,
    /// Traded taxa that no appendix names (any more): found as wildlife, never as listed.
    #[serde(default)]
    pub unlisted: Vec<String>,
}

/// `groups.toml`: the group of each order, family, genus or species, where the lineage files do not say it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupsFile {
    /// Names of any rank by group; the lowest in a lineage decides.
    pub groups: BTreeMap<Group, Vec<String>>,
}

/// `domestic.toml`: domesticated forms.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomesticFile {
    /// The work that says so.
    pub source: String,
    /// Names by group.
    pub domestic: BTreeMap<Group, Vec<String>>,
}

/// `eu-annex.toml`: where the European Union's annexes differ from the appendices.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnexFile {
    /// The work that all of it comes from.
    pub source: String,
    /// The differences.
    #[serde(default)]
    pub annex: Vec<AnnexEntry>,
}

/// Taxa, with everything below them, in an annex that does not follow from their appendix.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnexEntry {
    /// The annexes.
    pub annex: Vec<EuAnnex>,
    /// Orders, families, genera, species.
    pub taxa: Vec<String>,
    /// What is left out, with everything below it.
    #[serde(default)]
    pub except: Vec<String>,
    /// How far it can be trusted.
    #[serde(default)]
    pub status: Status,
    /// For readers of the file.
    #[serde(default)]
    pub note: Option<String>,
}

/// `changes.toml`: since when taxa are listed as they are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesFile {
    /// The changes.
    #[serde(default)]
    pub change: Vec<Change>,
}

/// One change of the appendices.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Taxa; those below them without a change of their own follow.
    pub taxa: Vec<String>,
    /// The day on which it took effect.
    pub from: Date,
    /// The listings before; none where it was not listed.
    pub before: Vec<ListedEntry>,
    /// The listings since.
    pub after: Vec<ListedEntry>,
    /// In a few words.
    pub what: String,
    /// The work that it rests on.
    pub source: String,
    /// How far it can be trusted.
    #[serde(default)]
    pub status: Status,
}

/// `official.toml`: which taxon an official name belongs to, where the table does not say it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficialFile {
    /// Words of an annotation -> scientific name.
    pub annotations: BTreeMap<String, String>,
    /// The same, where no word of the names decides.
    #[serde(default)]
    pub otherwise: BTreeMap<String, String>,
    /// Scientific name -> words of names.
    pub words: BTreeMap<String, Vec<String>>,
    /// The table's number -> scientific name.
    pub taxa: BTreeMap<String, String>,
}

/// `ambiguous.toml`: official names that are ordinary words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmbiguousFile {
    /// Whole names.
    pub names: Vec<String>,
    /// Words that do not say by themselves that an animal or a plant is meant.
    pub words: Vec<String>,
}
