//! Written words -> patterns that are looked for.
//!
//! Owns: the marks in front of and inside a written word, its limits, and what becomes of a word that two
//! languages share. Never: knows what a concept means.

use super::kin::Kin;
use super::{Attested, Languages, Strength, Use};
use crate::normalize;
use std::collections::BTreeMap;

/// Longest word.
pub(super) const MAX_TERM_BYTES: usize = 120;

/// A word as its entry says it: the marks taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    /// `?` weak, `!` strong, else the concept's.
    pub strength: Option<Strength>,
    /// `=`: exactly this spelling, and never inflected.
    pub exact: bool,
    /// `*stem`: a word may go on before it.
    pub open_left: bool,
    /// `stem*`: a word may go on after it.
    pub open_right: bool,
    /// The word; with `one*two` both spellings.
    pub spellings: Vec<String>,
}

impl Term {
    /// Reads the marks of a written word.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn parse(written: &str) -> Result<Self, String> {
        let rest = written.trim();
        let (strength, rest) = match rest.split_at_checked(1) {
            Some(("?", rest)) => (Some(Strength::Weak), rest),
            Some(("!", rest)) => (Some(Strength::Strong), rest),
            _ => (None, rest),
        };
        let (exact, rest) = rest.strip_prefix('=').map_or((false, rest), |rest| (true, rest));
        let (open_left, rest) = rest.strip_prefix('*').map_or((false, rest), |rest| (true, rest));
        let (open_right, rest) = rest.strip_suffix('*').map_or((false, rest), |rest| (true, rest));
        if rest.starts_with(['?', '!', '=']) {
            return Err("the marks stand in this order, each once: ? or !, then =, then *".into());
        }
        let spellings = match rest.split_once('*') {
            None => vec![rest.to_owned()],
            Some((head, tail)) if tail.contains('*') || head.is_empty() || tail.is_empty() || exact => {
                return Err("a * stands at the beginning, at the end, and at most once between two parts".into());
            }
            Some((head, tail)) => vec![format!("{head}{tail}"), format!("{head} {tail}")],
        };
        let term = Self { strength, exact, open_left, open_right, spellings };
        term.spellings.iter().try_for_each(|s| term.check(s))?;
        Ok(term)
    }

    fn check(&self, spelling: &str) -> Result<(), String> {
        if spelling.len() > MAX_TERM_BYTES {
            return Err(format!("{} bytes, at most {MAX_TERM_BYTES} are allowed", spelling.len()));
        }
        let folded = normalize::fold(spelling).text;
        let letters = folded.chars().filter(|c| c.is_alphanumeric()).count();
        if letters == 0 && !folded.chars().any(|c| c as u32 >= 0x2190) {
            return Err("nothing is left of it after folding: it has neither letters nor an emoji".into());
        }
        if letters == 1 && folded.is_ascii() {
            return Err("a single letter is in every text: take a longer term".into());
        }
        let unsegmented = folded.chars().any(normalize::tables::is_unsegmented);
        if (self.open_left || self.open_right) && letters < 3 && !unsegmented {
            return Err("a stem needs at least three letters".into());
        }
        // Nearly every word of a text ends with any two letters, and the gate before the tables would have to let all of them pass.
        let first = folded.split(' ').next().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).count();
        if self.open_left && first < 3 && !unsegmented {
            return Err("what may begin inside a word needs at least three letters in its first word".into());
        }
        Ok(())
    }
}

/// Patterns by text, each with its uses.
#[derive(Default)]
pub(super) struct Patterns {
    /// Folded text -> what it means.
    pub by_text: BTreeMap<String, Vec<Use>>,
    /// Spellings that must be met exactly.
    pub exact: Vec<String>,
    /// Which of their words are forms of one.
    pub kin: Kin,
}

impl Patterns {
    /// Adds one word of a concept.
    ///
    /// Languages may share a word of one concept. Then the more open use holds and the better attestation, but the
    /// lesser strength: a word that is ambiguous in one language is so on any page.
    pub fn add(&mut self, concept: u32, term: &Term, attested: Attested, languages: Languages) {
        for spelling in &term.spellings {
            let exact = term.exact.then(|| self.exact_index(spelling));
            let (strength, open_left, open_right) = (term.strength, term.open_left, term.open_right);
            let uses = self.by_text.entry(normalize::fold(spelling).text).or_default();
            put(uses, Use { concept, open_left, open_right, exact, strength, attested, languages });
        }
    }

    /// Adds a form of a word, made by rule. Where the concept has the form as a word of its own, that one holds.
    pub fn add_form(&mut self, concept: u32, term: &Term, form: String, attested: Attested, languages: Languages) {
        let uses = self.by_text.entry(form).or_default();
        if let Some(same) = uses.iter_mut().find(|u| u.concept == concept && u.exact.is_none()) {
            same.languages = same.languages.and(languages);
        } else {
            let Term { strength, open_left, open_right, .. } = *term;
            uses.push(Use { concept, open_left, open_right, exact: None, strength, attested, languages });
        }
    }

    fn exact_index(&mut self, spelling: &str) -> u32 {
        let text = normalize::exact(spelling);
        let at = self.exact.iter().position(|e| *e == text).unwrap_or_else(|| {
            self.exact.push(text);
            self.exact.len() - 1
        });
        at as u32
    }
}

/// Adds a use to those of one text, of which each concept has one, and one more for each exact spelling.
pub(super) fn put(uses: &mut Vec<Use>, used: Use) {
    let Some(same) = uses.iter_mut().find(|u| u.concept == used.concept && u.exact == used.exact) else {
        uses.push(used);
        return;
    };
    same.open_left |= used.open_left;
    same.open_right |= used.open_right;
    same.strength = lesser(same.strength, used.strength);
    same.attested = same.attested.max(used.attested);
    same.languages = same.languages.and(used.languages);
}

/// The lesser of two strengths; none is the concept's own, between an explicit weak and an explicit strong.
fn lesser(a: Option<Strength>, b: Option<Strength>) -> Option<Strength> {
    let rank = |s: Option<Strength>| match s {
        Some(Strength::Weak) => 0,
        None | Some(Strength::Medium) => 1,
        Some(Strength::Strong) => 2,
    };
    if rank(a) <= rank(b) { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_in_their_order() {
        let (weak, strong) = (Some(Strength::Weak), Some(Strength::Strong));
        for (written, strength, [exact, open_left, open_right], spellings) in [
            ("tiger claw", None, [false, false, false], &["tiger claw"][..]),
            ("?jako", weak, [false, false, false], &["jako"]),
            ("!=Bär", strong, [true, false, false], &["Bär"]),
            ("*elfenbein*", None, [false, true, true], &["elfenbein"]),
            ("?*stein", weak, [false, true, false], &["stein"]),
            ("!one*two*", strong, [false, false, true], &["onetwo", "one two"]),
        ] {
            let term = Term::parse(written).unwrap();
            let spellings = spellings.iter().map(|s| (*s).to_owned()).collect();
            assert_eq!(term, Term { strength, exact, open_left, open_right, spellings }, "{written}");
        }
        for wrong in ["?!jako", "=?jako", "==jako", "a*b*c", "=one*two", "", "?", "a", "be*"] {
            assert!(Term::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_shared_word_is_as_weak_as_in_the_language_that_doubts_it() {
        let add = |words: &[(&str, Attested)]| {
            let mut patterns = Patterns::default();
            for (word, attested) in words {
                patterns.add(7, &Term::parse(word).unwrap(), *attested, Languages::ANY);
            }
            patterns.by_text["jako"].clone()
        };
        let uses = add(&[("!jako", Attested::Inferred), ("?jako", Attested::Observed), ("jako*", Attested::Inferred)]);
        assert_eq!(uses.len(), 1);
        assert_eq!((uses[0].strength, uses[0].attested), (Some(Strength::Weak), Attested::Observed));
        assert!(uses[0].open_right && !uses[0].open_left);
        assert_eq!(add(&[("!jako", Attested::Inferred), ("jako", Attested::Inferred)])[0].strength, None);
    }
}
