//! What the lexicon holds, in numbers.
//!
//! Owns: what counts as a lemma and what as a form. Never: judges whether it is enough.
//!
//! A lemma is a word that somebody wrote: once for a concept and a language, however it is spelled in capitals or
//! accents, and not where another lemma of the same concept and language gives it by rule. A form is what rules make
//! and nobody wrote. So a plural that stands beside its singular adds nothing to either.

use super::Attested;
use super::patterns::Term;
use super::source::Sharing;
use super::source::{Problem, Sources};
use super::words::{self, WordsFile};
use crate::normalize;
use serde::Serialize;
use spotter_model::CueKind;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// All numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Taxa of the register.
    pub taxa: usize,
    /// Their scientific names, synonyms included.
    pub scientific_names: usize,
    /// Their official names.
    pub official_names: usize,
    /// Concepts by kind.
    pub concepts: BTreeMap<CueKind, usize>,
    /// Ids of concepts that no language has a word for.
    pub without_words: Vec<String>,
    /// By language, in order of its tag.
    pub languages: Vec<Language>,
    /// Lemmas of code words, by attestation and sharing.
    pub code_words: Vec<CodeWords>,
}

/// One language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Language {
    /// Its tag.
    pub language: String,
    /// Whether a native speaker has read the file.
    pub reviewed: bool,
    /// Lemmas.
    pub lemmas: usize,
    /// Forms that rules make of them.
    pub forms: usize,
    /// Lemmas by kind: look-alikes, code words and the others.
    pub kinds: BTreeMap<CueKind, usize>,
    /// Examples.
    pub examples: usize,
}

/// Code words of one attestation and sharing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeWords {
    /// How well they are known.
    pub attested: Attested,
    /// Who may know them.
    pub sharing: Sharing,
    /// How many lemmas.
    pub lemmas: usize,
}

impl Counts {
    /// Lemmas of all languages.
    #[must_use]
    pub fn lemmas(&self) -> usize {
        self.languages.iter().map(|l| l.lemmas).sum()
    }

    /// Forms of all languages.
    #[must_use]
    pub fn forms(&self) -> usize {
        self.languages.iter().map(|l| l.forms).sum()
    }

    /// Lemmas of one kind in all languages.
    #[must_use]
    pub fn of_kind(&self, kind: CueKind) -> usize {
        self.languages.iter().filter_map(|l| l.kinds.get(&kind)).sum()
    }
}

/// A concept, as far as counting goes.
#[derive(Clone, Copy)]
struct Known {
    kind: CueKind,
    attested: Attested,
}

/// Counts everything.
///
/// # Errors
/// Words of concepts that do not exist, and words that cannot be read: what the check also says.
pub fn count(sources: &Sources) -> Result<Counts, Vec<Problem>> {
    let known: HashMap<&str, Known> =
        sources.concepts.iter().map(|(_, c)| (c.id.as_str(), Known { kind: c.kind, attested: c.attested })).collect();
    let mut concepts: BTreeMap<CueKind, usize> = BTreeMap::new();
    for concept in known.values() {
        *concepts.entry(concept.kind).or_default() += 1;
    }
    let mut problems = vec![];
    let mut languages = vec![];
    let mut code_words: BTreeMap<(Attested, Sharing), usize> = BTreeMap::new();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for (file, words) in &sources.words {
        used.extend(words.entries().filter(|e| !e.words.is_empty()).map(|e| e.concept));
        match language(file, words, &known, &mut code_words) {
            Ok(counted) => languages.push(counted),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    languages.sort_by(|a, b| a.language.cmp(&b.language));
    let mut without_words: Vec<String> =
        known.keys().filter(|id| !used.contains(**id)).map(|id| (*id).to_owned()).collect();
    without_words.sort();
    Ok(Counts {
        taxa: sources.taxa.len(),
        scientific_names: sources.taxa.iter().map(|t| 1 + t.synonyms.len()).sum(),
        official_names: sources.taxa.iter().map(|t| t.names.len()).sum(),
        concepts,
        without_words,
        languages,
        code_words: code_words
            .into_iter()
            .map(|((attested, sharing), lemmas)| CodeWords { attested, sharing, lemmas })
            .collect(),
    })
}

/// A written word, read.
struct Written {
    text: String,
    forms: Vec<String>,
    attested: Attested,
    sharing: Sharing,
}

fn language(
    file: &str,
    words: &WordsFile,
    known: &HashMap<&str, Known>,
    code_words: &mut BTreeMap<(Attested, Sharing), usize>,
) -> Result<Language, Problem> {
    let mut by_concept: BTreeMap<&str, Vec<Written>> = BTreeMap::new();
    for entry in words.entries() {
        let problem = |what: String| Problem::new(file, Some(entry.concept), what);
        let concept = known.get(entry.concept).ok_or_else(|| problem("no concept in concepts/ has this id".into()))?;
        let attested = words::attested(concept.attested, entry.attested);
        for word in entry.words {
            let term = Term::parse(word).map_err(|what| problem(format!("the word {word:?}: {what}")))?;
            by_concept.entry(entry.concept).or_default().push(Written {
                text: term.spellings.first().map_or(String::new(), |s| normalize::fold(s).text),
                forms: words::forms(&words.language, &term, concept.kind, attested)
                    .into_iter()
                    .flat_map(|f| f.1)
                    .collect(),
                attested,
                sharing: entry.sharing,
            });
        }
    }
    let mut counted = Language {
        language: words.language.clone(),
        reviewed: words.reviewed,
        lemmas: 0,
        forms: 0,
        kinds: BTreeMap::new(),
        examples: words.example.len(),
    };
    for (id, mut written) in by_concept {
        // Lemmas are shorter than what is made of them.
        written.sort_by(|a, b| (a.text.chars().count(), &a.text).cmp(&(b.text.chars().count(), &b.text)));
        let mut lemmas: BTreeSet<&str> = BTreeSet::new();
        let mut made: BTreeSet<&str> = BTreeSet::new();
        let kind = known[id].kind;
        for word in &written {
            if made.contains(word.text.as_str()) || !lemmas.insert(&word.text) {
                continue;
            }
            made.extend(word.forms.iter().map(String::as_str));
            *counted.kinds.entry(kind).or_default() += 1;
            if kind == CueKind::Code {
                *code_words.entry((word.attested, word.sharing)).or_default() += 1;
            }
        }
        counted.lemmas += lemmas.len();
        counted.forms += made.difference(&lemmas).count();
    }
    Ok(counted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const CONCEPTS: &str = r#"
[[concept]]
id = "name.bear"
kind = "name"
label = "bear"
group = "bear"
source = "test"
attested = "observed"
[[concept]]
id = "name.seal"
kind = "name"
label = "seal"
group = "marine-mammals"
source = "test"
attested = "observed"
[[concept]]
id = "code.gold"
kind = "code"
label = "gold"
group = "bear"
needs = ["name.bear"]
source = "test"
attested = "observed"
[[concept]]
id = "code.honey"
kind = "code"
label = "honey"
group = "bear"
needs = ["name.bear"]
source = "test"
attested = "inferred"
"#;

    fn counted(words: &[(&str, &str)]) -> Counts {
        count(&testing::sources_with(CONCEPTS, words).unwrap()).unwrap()
    }

    #[test]
    fn a_form_of_a_lemma_is_no_second_lemma() {
        let english = "language = \"en\"\nsource = \"test\"\nattested = \"observed\"\n[words]\n\
            \"name.bear\" = [\"black bears\", \"Black-Bear\", \"black bear\", \"sun bear\"]\n\
            \"code.honey\" = [\"forest honey\"]\n\
            [[sourced]]\nconcept = \"code.gold\"\nwords = [\"soft gold\", \"=GOLD\"]\nsource = \"test\"\n\
            attested = \"published\"\n[[example]]\ntext = \"a bear\"\nnot = [\"name.seal\"]";
        let german = "language = \"de\"\nsource = \"test\"\nattested = \"observed\"\nreviewed = true\n[words]\n\
            \"name.bear\" = [\"braunbär*\"]\n";
        let counts = counted(&[("en", english), ("de", german)]);
        assert_eq!(counts.without_words, ["name.seal"]);
        assert_eq!(counts.concepts, BTreeMap::from([(CueKind::Name, 2), (CueKind::Code, 2)]));
        let [de, en] = &counts.languages[..] else { panic!("{:?}", counts.languages) };
        // "black bear" and "sun bear", "forest honey", "soft gold" and "gold".
        assert_eq!((en.lemmas, en.examples, en.reviewed), (5, 1, false));
        assert_eq!(en.kinds, BTreeMap::from([(CueKind::Name, 2), (CueKind::Code, 3)]));
        // "black bears" and "sun bears", "soft golds"; none of "forest honey", which nobody has attested.
        assert_eq!(en.forms, 3);
        // An open end needs no forms.
        assert_eq!((de.language.as_str(), de.lemmas, de.forms, de.reviewed), ("de", 1, 0, true));
        assert_eq!((counts.lemmas(), counts.forms(), counts.of_kind(CueKind::Name)), (6, 3, 3));
        let code = |attested, lemmas| CodeWords { attested, sharing: Sharing::Public, lemmas };
        assert_eq!(counts.code_words, [code(Attested::Inferred, 1), code(Attested::Published, 2)]);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let file =
            |line: &str| format!("language = \"en\"\nsource = \"test\"\nattested = \"observed\"\n[words]\n{line}");
        for (line, wanted) in
            [("\"name.wolf\" = [\"wolf\"]", "no concept"), ("\"name.bear\" = [\"a\"]", "single letter")]
        {
            let sources = testing::sources_with(CONCEPTS, &[("en", &file(line))]).unwrap();
            let problems = count(&sources).unwrap_err();
            assert!(problems[0].what.contains(wanted) && problems[0].file == "words/en.toml", "{problems:?}");
        }
    }
}
