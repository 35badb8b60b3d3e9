//! The lexicon's source files: TOML that people write and review.
//!
//! Owns: reading a folder, the shape of each file, and problems that name file, entry and what to do. Never:
//! decides what a word weighs. Reads files only when asked to, natively.

use super::words::WordsFile;
use super::{Weights, register};
use serde::{Deserialize, Serialize};
use spotter_model::{CueKind, Date, Group};
use std::fmt;
use std::path::Path;

/// Largest source file.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;
/// Most files.
const MAX_FILES: usize = 2_000;

/// The id that stands for no work at all: nothing is published by it.
pub(super) const NO_WORK: &str = "author-knowledge";

/// Something wrong with a source file, for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the lexicon's folder.
    pub file: String,
    /// The entry, where it is about one.
    pub entry: Option<String>,
    /// What is wrong and what to do.
    pub what: String,
}

impl Problem {
    /// A problem with a file or an entry of it.
    #[must_use]
    pub fn new(file: &str, entry: Option<&str>, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), entry: entry.map(str::to_owned), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            Some(entry) => write!(f, "{}: {entry}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

impl std::error::Error for Problem {}

/// All source files, read but not yet put together.
#[derive(Clone, Debug)]
pub struct Sources {
    /// `pack.toml`.
    pub pack: PackFile,
    /// `weights.toml`.
    pub weights: Weights,
    /// Ids of `sources.toml`.
    pub works: Vec<Work>,
    /// The register's taxa, in order of their ids.
    pub taxa: Vec<register::Entry>,
    /// Concepts with the file that holds each.
    pub concepts: Vec<(String, ConceptEntry)>,
    /// The words of each language, with the file that holds them.
    pub words: Vec<(String, WordsFile)>,
    /// Rules, by file.
    pub policy: Vec<(String, super::policy::PolicyFile)>,
}

/// `pack.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackFile {
    /// The pack's version: a date.
    pub version: String,
    /// The day after which it is stale.
    pub expires: Date,
}

impl PackFile {
    /// The day that its version names.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.version.replace('.', "-").parse().ok()
    }
}

/// One work that entries name as their source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// What entries call it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its year.
    pub year: u16,
    /// Under which terms it is used.
    pub licence: String,
}

/// `sources.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorksFile {
    /// The works.
    #[serde(default)]
    pub source: Vec<Work>,
}

/// A file under `concepts/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConceptsFile {
    /// The concepts.
    #[serde(default)]
    pub concept: Vec<ConceptEntry>,
}

/// A string or a list of strings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// None given.
    #[default]
    None,
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// As a list.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        match self {
            Self::None => vec![],
            Self::One(text) => vec![text.clone()],
            Self::Many(list) => list.clone(),
        }
    }
}

/// Who may know a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sharing {
    /// Anyone: it stands in the repository.
    #[default]
    Public,
    /// Enrolled spotters.
    Enrolled,
    /// Experts on the server.
    Experts,
}

impl Sharing {
    /// Why an entry may not stand where at most `most` may.
    #[must_use]
    pub fn refused(self, most: Self) -> Option<&'static str> {
        match self {
            fine if fine <= most => None,
            Self::Experts => Some("what only experts may know stays on the server: it goes into no pack"),
            _ => Some("only public entries may stand in this folder: enrolled ones go into the signed overlay"),
        }
    }
}

/// A concept as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConceptEntry {
    /// `kind.name`; never changes.
    pub id: String,
    /// What it is.
    pub kind: CueKind,
    /// In plain English words.
    pub label: String,
    /// The group it speaks for.
    #[serde(default)]
    pub group: Option<Group>,
    /// The groups, where several.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Ids of the taxa it may mean.
    #[serde(default)]
    pub taxa: Vec<String>,
    /// CITES trade-term codes.
    #[serde(default)]
    pub commodity: OneOrMany,
    /// Speaks for a real wild specimen.
    #[serde(default)]
    pub wild: Option<bool>,
    /// Speaks for a listed taxon, where no taxa say so.
    #[serde(default)]
    pub listed: Option<bool>,
    /// How much it says.
    #[serde(default)]
    pub strength: Option<super::Strength>,
    /// Concept ids, `kind:x` or `group:x`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Ids of concepts whose words, in every language, are this one's too.
    #[serde(default)]
    pub words_of: Vec<String>,
    /// The same, for look-alikes.
    #[serde(default)]
    pub cancels: Vec<String>,
    /// For look-alikes.
    #[serde(default)]
    pub effect: Option<super::Effect>,
    /// Id of a work.
    pub source: String,
    /// How well the meaning is known; where it is only inferred, so are its words.
    pub attested: super::Attested,
    /// Who may know it.
    #[serde(default)]
    pub sharing: Sharing,
    /// For readers of the file.
    #[serde(default)]
    pub note: Option<String>,
}

/// Reads one source text; `name` is its path in the lexicon's folder.
///
/// # Errors
/// What is wrong with it, and where.
pub fn parse<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, Problem> {
    toml::from_str(text).map_err(|e| {
        let message: String = e.message().chars().take(300).collect();
        let line = e.span().map(|s| text.get(..s.start).unwrap_or("").matches('\n').count() + 1);
        let place = line.map_or(String::new(), |n| format!("line {n}: "));
        Problem::new(name, None, format!("{place}{message}"))
    })
}

/// Reads all source files of a folder.
///
/// # Errors
/// Everything that is wrong, file by file.
pub fn read_dir(folder: &Path) -> Result<Sources, Vec<Problem>> {
    let mut problems = vec![];
    let pack = read_one::<PackFile>(folder, "pack.toml", &mut problems);
    let weights = read_one::<Weights>(folder, "weights.toml", &mut problems);
    let works = read_one::<WorksFile>(folder, "sources.toml", &mut problems).map(|f| f.source);
    let parts = register::read(folder, &mut problems);
    let taxa = register::assemble(&parts).unwrap_or_else(|found| {
        problems.extend(found);
        vec![]
    });
    let mut concepts = vec![];
    for name in list(folder, "concepts", &mut problems) {
        if let Some(file) = read_one::<ConceptsFile>(folder, &name, &mut problems) {
            concepts.extend(file.concept.into_iter().map(|c| (name.clone(), c)));
        }
    }
    let mut words = vec![];
    for name in list(folder, "words", &mut problems) {
        if let Some(file) = read_one::<WordsFile>(folder, &name, &mut problems) {
            words.push((name, file));
        }
    }
    let mut policy = vec![];
    for name in list(folder, "policy", &mut problems) {
        if let Some(file) = read_one::<super::policy::PolicyFile>(folder, &name, &mut problems) {
            policy.push((name, file));
        }
    }
    match (pack, weights, works) {
        (Some(pack), Some(weights), Some(works)) if problems.is_empty() => {
            Ok(Sources { pack, weights, works, taxa, concepts, words, policy })
        }
        _ => Err(problems),
    }
}

/// Reads a folder with only what an overlay adds: `pack.toml`, and of `sources.toml`, `concepts/`, `words/` and
/// `policy/` those that are there. Everything else is the base's.
///
/// # Errors
/// Everything that is wrong, file by file.
pub fn read_more(folder: &Path, base: &Sources) -> Result<Sources, Vec<Problem>> {
    let mut problems = vec![];
    let pack = read_one::<PackFile>(folder, "pack.toml", &mut problems);
    let there = |part: &str| folder.join(part).exists();
    let files = |part: &str, problems: &mut Vec<Problem>| {
        if there(part) { list(folder, part, problems) } else { vec![] }
    };
    let works = there("sources.toml").then(|| read_one::<WorksFile>(folder, "sources.toml", &mut problems)).flatten();
    let mut concepts = vec![];
    for name in files("concepts", &mut problems) {
        let file = read_one::<ConceptsFile>(folder, &name, &mut problems);
        concepts.extend(file.into_iter().flat_map(|f| f.concept).map(|c| (name.clone(), c)));
    }
    let mut words = vec![];
    for name in files("words", &mut problems) {
        words.extend(read_one::<WordsFile>(folder, &name, &mut problems).map(|f| (name, f)));
    }
    let mut policy = vec![];
    for name in files("policy", &mut problems) {
        policy.extend(read_one::<super::policy::PolicyFile>(folder, &name, &mut problems).map(|f| (name, f)));
    }
    match pack {
        Some(pack) if problems.is_empty() => {
            let works = works.map_or_else(Vec::new, |f| f.source);
            Ok(Sources { pack, works, concepts, words, policy, ..base.clone() })
        }
        _ => Err(problems),
    }
}

/// TOML files under `folder/part`, in order of name, with their paths from `folder`.
pub(super) fn list(folder: &Path, part: &str, problems: &mut Vec<Problem>) -> Vec<String> {
    let mut names = vec![];
    let mut open = vec![part.to_owned()];
    while let Some(part) = open.pop() {
        let entries = match std::fs::read_dir(folder.join(&part)) {
            Ok(entries) => entries,
            Err(e) => {
                problems.push(Problem::new(&part, None, format!("the folder cannot be read: {e}")));
                continue;
            }
        };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = format!("{part}/{name}");
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                open.push(path);
            } else if name.ends_with(".toml") && !name.starts_with('.') {
                names.push(path);
            }
        }
    }
    names.sort();
    if names.len() > MAX_FILES {
        problems.push(Problem::new(part, None, format!("more than {MAX_FILES} files: put entries together")));
        names.truncate(MAX_FILES);
    }
    names
}

/// Reads one TOML file of the folder.
pub(super) fn read_one<T: serde::de::DeserializeOwned>(
    folder: &Path,
    name: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let text = read_text(folder, name, problems)?;
    parse(name, &text).map_err(|p| problems.push(p)).ok()
}

/// Reads one file of the folder, if it is not too large.
pub(super) fn read_text(folder: &Path, name: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let path = folder.join(name);
    let read = || -> Result<String, Problem> {
        let problem = |what: String| Problem::new(name, None, what);
        let size = std::fs::metadata(&path).map_err(|e| problem(format!("the file cannot be read: {e}")))?.len();
        if size > MAX_FILE_BYTES {
            return Err(problem(format!("{size} bytes, at most {MAX_FILE_BYTES} are read: split it")));
        }
        std::fs::read_to_string(&path).map_err(|e| problem(format!("the file cannot be read: {e}")))
    };
    read().map_err(|p| problems.push(p)).ok()
}
