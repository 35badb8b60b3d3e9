//! Official names: which taxon each belongs to, and how much it says by itself.
//!
//! Owns: `official.toml`, `ambiguous.toml` and the general rules for strength. Never: makes up a name, reads a listing.

use super::super::source::Problem;
use super::files::{AmbiguousFile, OfficialFile};
use super::{Entry, Rank, official};
use crate::lexicon::Strength;
use crate::normalize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// An official name with what it says by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialName {
    /// As published.
    pub text: String,
    /// By its length and words.
    pub strength: Strength,
}

/// Fewest letters of a name that is looked for.
const SHORTEST: usize = 3;

/// Gives the entries their official names.
pub fn attach(
    entries: &mut [Entry],
    rows: &[official::Row],
    file: &OfficialFile,
    ambiguous: &AmbiguousFile,
    problems: &mut Vec<Problem>,
) {
    let places = Places::of(entries, file, problems);
    let strengths = Strengths::of(file, ambiguous);
    for row in rows {
        let Some(at) = places.of_row(row) else { continue };
        let entry = &mut entries[at];
        let scientific: HashSet<String> = std::iter::once(&entry.scientific_name)
            .chain(&entry.synonyms)
            .chain(entry.names.iter().map(|n| &n.text))
            .map(|n| fold(n))
            .collect();
        let mut new: BTreeMap<String, &String> = BTreeMap::new();
        for name in row.names.values().flatten() {
            let folded = fold(name);
            if !scientific.contains(&folded) && folded.chars().filter(|c| c.is_alphanumeric()).count() >= SHORTEST {
                new.entry(folded).or_insert(name);
            }
        }
        entry.names.extend(
            new.into_iter()
                .map(|(folded, name)| OfficialName { text: name.clone(), strength: strengths.of_name(&folded) }),
        );
    }
}

/// Species with their genus cut to a letter, as a text has them that names the genus in full before: "P. regius". Weak,
/// so that they count only in company; left out where more than a few species share one.
#[must_use]
pub fn abbreviations(entries: &[Entry]) -> Vec<(usize, String)> {
    const SHORTEST_EPITHET: usize = 5;
    const MOST: usize = 3;
    let mut by_text: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let mut words = entry.scientific_name.split(' ');
        if let (Rank::Species, Some(genus), Some(epithet)) = (entry.rank, words.next(), words.next())
            && epithet.len() >= SHORTEST_EPITHET
            && let Some(initial) = genus.chars().next()
        {
            by_text.entry(format!("{initial}. {epithet}")).or_default().push(at);
        }
    }
    by_text.retain(|_, species| species.len() <= MOST);
    by_text.into_iter().flat_map(|(text, species)| species.into_iter().map(move |at| (at, text.clone()))).collect()
}

fn fold(text: &str) -> String {
    normalize::fold(text).text.trim().to_owned()
}

/// Where rows of the table belong.
struct Places<'f> {
    by_name: HashMap<String, usize>,
    file: &'f OfficialFile,
    /// Folded words with the entry that they speak for.
    words: Vec<(String, usize)>,
}

impl<'f> Places<'f> {
    fn of(entries: &[Entry], file: &'f OfficialFile, problems: &mut Vec<Problem>) -> Self {
        let mut by_name = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_name.insert(entry.scientific_name.clone(), at);
        }
        let mut words = vec![];
        let mut seen: HashMap<String, &str> = HashMap::new();
        let mut known = |name: &str| {
            by_name.get(name).copied().or_else(|| {
                let what = "nothing in the register has this name: correct it";
                problems.push(Problem::new("register/official.toml", Some(name), what));
                None
            })
        };
        for name in file.annotations.values().chain(file.otherwise.values()).chain(file.taxa.values()) {
            known(name);
        }
        let mut twice = vec![];
        for (name, list) in &file.words {
            let Some(at) = known(name) else { continue };
            for word in list {
                let folded = fold(word);
                match seen.insert(folded.clone(), name) {
                    Some(other) if other != name => twice.push((name.clone(), word.clone(), other.to_owned())),
                    _ => words.push((folded, at)),
                }
            }
        }
        for (name, word, other) in twice {
            let what = format!("the word {word:?} also speaks for {other}: give it to one of them");
            problems.push(Problem::new("register/official.toml", Some(&name), what));
        }
        words.sort_by(|a, b| (b.0.len(), &a.0).cmp(&(a.0.len(), &b.0)));
        Self { by_name, file, words }
    }

    fn of_row(&self, row: &official::Row) -> Option<usize> {
        let named = |name: &String| self.by_name.get(name).copied();
        if !row.scientific_name.is_empty() {
            return named(&row.scientific_name);
        }
        let noted = |notes: &BTreeMap<String, String>| {
            notes.iter().find(|(words, _)| row.annotation.contains(words.as_str())).and_then(|(_, name)| named(name))
        };
        self.file
            .taxa
            .get(&row.taxon_id)
            .and_then(named)
            .or_else(|| self.in_annotation(&row.annotation))
            .or_else(|| noted(&self.file.annotations))
            .or_else(|| self.by_words(row))
            .or_else(|| noted(&self.file.otherwise))
    }

    /// "Originally listed as X, which became a synonym of Y" and "from which Y was split" name the taxon.
    fn in_annotation(&self, annotation: &str) -> Option<usize> {
        for mark in ["became a synonym of ", "from which ", "Originally listed as "] {
            let Some((_, rest)) = annotation.split_once(mark) else { continue };
            let mut words = rest.split([' ', ',']);
            let (genus, epithet) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let found = self.by_name.get(&format!("{genus} {epithet}")).or_else(|| self.by_name.get(genus));
            if let Some(&at) = found {
                return Some(at);
            }
        }
        None
    }

    /// What most of the names speak for; the first in the file's order where two have as many.
    fn by_words(&self, row: &official::Row) -> Option<usize> {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for name in row.names.values().flatten() {
            let spaced = format!(" {} ", fold(name));
            // The longest phrase comes first.
            if let Some((_, at)) = self.words.iter().find(|(word, _)| holds(&spaced, word)) {
                *votes.entry(*at).or_default() += 1;
            }
        }
        votes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(at, _)| at)
    }
}

/// Whether a text with a space at both ends holds a word, or its plural in -s.
fn holds(spaced: &str, word: &str) -> bool {
    spaced.match_indices(word).any(|(at, _)| {
        let rest = &spaced[at + word.len()..];
        spaced[..at].ends_with(' ') && (rest.starts_with(' ') || rest.starts_with("s "))
    })
}

/// How much a name says by its words.
struct Strengths {
    kinds: HashSet<String>,
    ordinary: HashSet<String>,
    common: HashSet<String>,
}

impl Strengths {
    fn of(file: &OfficialFile, ambiguous: &AmbiguousFile) -> Self {
        Self {
            kinds: file.words.values().flatten().map(|w| fold(w)).collect(),
            ordinary: ambiguous.names.iter().map(|w| fold(w)).collect(),
            common: ambiguous.words.iter().map(|w| fold(w)).collect(),
        }
    }

    /// One word is ambiguous; so are two of which the last is a thing as often as an animal, or which name no animal
    /// at all. A name that says its kind and two things more hardly means anything else.
    fn of_name(&self, folded: &str) -> Strength {
        let words: Vec<&str> = folded.split(' ').collect();
        let says = |w: &&str| self.kinds.contains(*w) || self.kinds.contains(w.trim_end_matches('s'));
        let kind = words.iter().copied().filter(|w| says(w)).count();
        let common = |w: &&str| self.common.contains(*w) || self.common.contains(w.trim_end_matches('s'));
        let doubtful = words.iter().copied().filter(|w| common(w)).count();
        if self.ordinary.contains(folded) || words.len() < 2 || doubtful == words.len() {
            return Strength::Weak;
        }
        let firm = words.iter().any(|w| says(w) && !common(w));
        match words.len() {
            2 if firm => Strength::Medium,
            2 => Strength::Weak,
            _ if firm => Strength::Strong,
            _ if kind > 0 => Strength::Medium,
            3 => Strength::Weak,
            _ => Strength::Medium,
        }
    }
}
