//! Reads the folder `lexicon/register/`.
//!
//! Owns: which file is what. Never: resolves a listing.

use super::super::source::{self, Problem};
use super::files::{
    AmbiguousFile, AnnexFile, ChangesFile, DomesticFile, GroupsFile, LineageFile, OfficialFile, RuleFile,
};
use super::{checklist, official};
use std::path::Path;

/// All files of the register, read but not yet put together; each hand-written one with its path.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// `generated/taxa.tsv`.
    pub checklist: Vec<checklist::Row>,
    /// The work that the generated files come from.
    pub checklist_source: String,
    /// `generated/names.tsv`.
    pub names: Vec<official::Row>,
    /// `official.toml`.
    pub official: Option<OfficialFile>,
    /// `ambiguous.toml`.
    pub ambiguous: Option<AmbiguousFile>,
    /// `rules/*.toml`.
    pub rules: Vec<(String, RuleFile)>,
    /// `lineage/*.toml`.
    pub lineages: Vec<(String, LineageFile)>,
    /// `groups.toml`.
    pub groups: Option<GroupsFile>,
    /// `domestic.toml`.
    pub domestic: Option<DomesticFile>,
    /// `eu-annex.toml`.
    pub annexes: Option<AnnexFile>,
    /// `changes.toml`.
    pub changes: Option<ChangesFile>,
}

const NAMES: &str = "register/generated/names.tsv";
const TAXA: &str = "register/generated/taxa.tsv";

/// Reads the register of a lexicon's folder.
#[must_use]
pub fn read(folder: &Path, problems: &mut Vec<Problem>) -> Parts {
    let mut parts = Parts::default();
    if let Some(text) = source::read_text(folder, TAXA, problems) {
        parts.checklist_source = source_of(&text).to_owned();
        match checklist::parse(TAXA, &text) {
            Ok(rows) => parts.checklist = rows,
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(text) = source::read_text(folder, NAMES, problems) {
        match official::parse(NAMES, &text) {
            Ok(rows) => parts.names = rows,
            Err(problem) => problems.push(problem),
        }
    }
    parts.official = source::read_one(folder, "register/official.toml", problems);
    parts.ambiguous = source::read_one(folder, "register/ambiguous.toml", problems);
    for name in source::list(folder, "register/rules", problems) {
        parts.rules.extend(source::read_one::<RuleFile>(folder, &name, problems).map(|f| (name, f)));
    }
    for name in source::list(folder, "register/lineage", problems) {
        parts.lineages.extend(source::read_one::<LineageFile>(folder, &name, problems).map(|f| (name, f)));
    }
    parts.groups = source::read_one(folder, "register/groups.toml", problems);
    parts.domestic = source::read_one(folder, "register/domestic.toml", problems);
    parts.annexes = source::read_one(folder, "register/eu-annex.toml", problems);
    parts.changes = source::read_one(folder, "register/changes.toml", problems);
    parts
}

/// The work that a generated file names in its comment `# source: ID`.
fn source_of(text: &str) -> &str {
    text.lines().take_while(|l| l.starts_with('#')).find_map(|l| l.strip_prefix("# source: ")).unwrap_or("")
}
