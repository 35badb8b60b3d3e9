//! The words of one language: `words/LANG.toml`, the file that one native speaker can review.
//!
//! Owns: the shape of the file, and which word belongs to which concept with which attestation. Never: says what
//! a concept means; that stands in `concepts/`.

use super::inflect;
use super::patterns::{Patterns, Term};
use super::source::{NO_WORK, Problem, Sharing, Sources};
use super::{Attested, Languages};
use crate::normalize;
use serde::Deserialize;
use spotter_model::CueKind;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Most words of one concept in one language.
const MAX_WORDS: usize = 2_000;

/// A file under `words/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsFile {
    /// BCP-47, or `mul` for any language.
    pub language: String,
    /// Id of a work, for all words that name no other.
    pub source: String,
    /// How well they are known.
    pub attested: Attested,
    /// Whether a native speaker has read the file.
    #[serde(default)]
    pub reviewed: bool,
    /// Concept id -> words.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// Words whose source or attestation differs.
    #[serde(default)]
    pub sourced: Vec<Sourced>,
    /// What must and must not be found.
    #[serde(default)]
    pub example: Vec<Example>,
}

/// Words with a source of their own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sourced {
    /// The concept's id.
    pub concept: String,
    /// Its words.
    pub words: Vec<String>,
    /// Id of a work.
    pub source: String,
    /// How well they are known.
    pub attested: Attested,
    /// Who may know them.
    #[serde(default)]
    pub sharing: Sharing,
    /// For readers of the file.
    #[serde(default)]
    pub note: Option<String>,
}

/// A text, as a title, with what it means and what it does not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The text.
    pub text: String,
    /// Ids of concepts that must stand in it.
    #[serde(default)]
    pub finds: Vec<String>,
    /// Ids of concepts that must not.
    #[serde(default)]
    pub not: Vec<String>,
}

/// Words of one concept that share source and attestation.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The concept's id.
    pub concept: &'a str,
    /// Its words, marks and all.
    pub words: &'a [String],
    /// Id of a work.
    pub source: &'a str,
    /// How well they are known.
    pub attested: Attested,
    /// Who may know them.
    pub sharing: Sharing,
}

impl WordsFile {
    /// All its entries, the sourced ones last.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let plain = self.words.iter().map(|(concept, words)| Entry {
            concept,
            words,
            source: &self.source,
            attested: self.attested,
            sharing: Sharing::Public,
        });
        let sourced = self.sourced.iter().map(|s| Entry {
            concept: &s.concept,
            words: &s.words,
            source: &s.source,
            attested: s.attested,
            sharing: s.sharing,
        });
        plain.chain(sourced)
    }
}

/// How well a word is known: no better than an inferred meaning.
#[must_use]
pub fn attested(concept: Attested, word: Attested) -> Attested {
    if concept == Attested::Inferred { Attested::Inferred } else { word }
}

/// Adds the words of all languages to the patterns, and after all words the forms that are made of them.
pub(super) fn link(
    sources: &Sources,
    works: &HashSet<&str>,
    concepts: &HashMap<String, u32>,
    most: Sharing,
    patterns: &mut Patterns,
    problems: &mut Vec<Problem>,
) {
    let mut lemmas = vec![];
    let borrowers = borrowers(sources, concepts, problems);
    for (file, words) in &sources.words {
        check_file(file, words, works, concepts, problems);
        let languages = Languages::of(&words.language).unwrap_or(Languages::ANY);
        for entry in words.entries() {
            let mut problem = |what: String| problems.push(Problem::new(file, Some(entry.concept), what));
            let Some(&index) = concepts.get(entry.concept) else {
                problem("no concept in concepts/ has this id: correct it, or add the concept there".into());
                continue;
            };
            check_entry(&entry, works, most, &mut problem);
            let owners = borrowers.get(entry.concept).into_iter().flatten().copied();
            for word in entry.words {
                let term = match Term::parse(word) {
                    Ok(term) => term,
                    Err(what) => {
                        problem(format!("the word {word:?}: {what}"));
                        continue;
                    }
                };
                for index in std::iter::once(index).chain(owners.clone()) {
                    let (_, concept) = &sources.concepts[index as usize];
                    let attested = attested(concept.attested, entry.attested);
                    patterns.add(index, &term, attested, languages);
                    lemmas.push((index, words.language.as_str(), term.clone(), attested, concept.kind));
                }
            }
        }
    }
    for (index, language, term, attested, kind) in lemmas {
        let languages = Languages::of(language).unwrap_or(Languages::ANY);
        for (lemma, forms) in forms(language, &term, kind, attested) {
            patterns.kin.phrase(language, &lemma);
            for form in forms {
                patterns.kin.form(language, &lemma, &form);
                patterns.add_form(index, &term, form, attested, languages);
            }
        }
    }
}

/// Which concepts have the words of another as well, by that one's id.
fn borrowers<'a>(
    sources: &'a Sources,
    concepts: &HashMap<String, u32>,
    problems: &mut Vec<Problem>,
) -> HashMap<&'a str, Vec<u32>> {
    let mut borrowers: HashMap<&str, Vec<u32>> = HashMap::new();
    for (file, entry) in &sources.concepts {
        for id in &entry.words_of {
            match (concepts.get(&entry.id), concepts.contains_key(id) && *id != entry.id) {
                (Some(&index), true) => borrowers.entry(id).or_default().push(index),
                _ => problems.push(Problem::new(
                    file,
                    Some(&entry.id),
                    format!("words_of names {id:?}, which is no other concept: correct the id"),
                )),
            }
        }
    }
    borrowers
}

/// Languages in which a phrase has no forms but its plural.
const FEW_ENDINGS: [&str; 5] = ["en", "es", "fr", "it", "pt"];

/// The folded forms of each spelling of a word that rules make, besides itself.
pub(super) fn forms(language: &str, term: &Term, kind: CueKind, attested: Attested) -> Vec<(String, Vec<String>)> {
    let inflects = !term.exact && inflects(language, term, kind, attested);
    let forms = |s: &String| if inflects { inflect::forms(language, s, term.open_right) } else { vec![] };
    term.spellings.iter().map(|s| (normalize::fold(s).text, forms(s))).collect()
}

/// Whether a word is worth its forms. Names and products are, always. Phrases that only go with them are looked for as
/// they are written where forms would be many, and so are code words that nobody has attested.
fn inflects(language: &str, term: &Term, kind: CueKind, attested: Attested) -> bool {
    let phrase = term.spellings.iter().any(|s| s.contains(' '));
    match kind {
        CueKind::Name | CueKind::Commodity => true,
        CueKind::Code => attested != Attested::Inferred,
        CueKind::Lookalike | CueKind::Trade | CueKind::Claim | CueKind::Method => {
            !phrase || FEW_ENDINGS.contains(&language)
        }
    }
}

fn check_file(
    file: &str,
    words: &WordsFile,
    works: &HashSet<&str>,
    concepts: &HashMap<String, u32>,
    problems: &mut Vec<Problem>,
) {
    let mut problem = |entry: Option<&str>, what: String| problems.push(Problem::new(file, entry, what));
    if !is_language(&words.language) {
        problem(None, format!("{:?} is no language tag: write en, de, zh-Hans or mul for any", words.language));
    }
    if !file.ends_with(&format!("/{}.toml", words.language)) {
        problem(None, format!("it says language = {:?}: a file is called as its language", words.language));
    }
    if !works.contains(words.source.as_str()) {
        problem(None, format!("the source {:?} is not in sources.toml: add the work there", words.source));
    }
    if words.attested == Attested::Published {
        problem(None, "no whole file is published: put what a work names into [[sourced]]".into());
    }
    for example in &words.example {
        if example.text.trim().is_empty() || (example.finds.is_empty() && example.not.is_empty()) {
            problem(Some(&example.text), "an example needs a text and what it `finds` or does `not`".into());
        }
        for id in example.finds.iter().chain(&example.not).filter(|id| !concepts.contains_key(*id)) {
            problem(Some(&example.text), format!("{id:?} is no concept in concepts/: correct the example"));
        }
    }
}

fn check_entry(entry: &Entry<'_>, works: &HashSet<&str>, most: Sharing, problem: &mut impl FnMut(String)) {
    if entry.words.is_empty() || entry.words.len() > MAX_WORDS {
        problem(format!("it has {} words: give it 1 to {MAX_WORDS}, or leave it out", entry.words.len()));
    }
    if !works.contains(entry.source) {
        problem(format!("the source {:?} is not in sources.toml: add the work there", entry.source));
    }
    if entry.attested == Attested::Published && entry.source == NO_WORK {
        problem(format!("what is published names the work that says so, and {NO_WORK} is none"));
    }
    if let Some(what) = entry.sharing.refused(most) {
        problem(what.into());
    }
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()))
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}
