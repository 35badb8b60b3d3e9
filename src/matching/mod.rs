//! Finding the lexicon's patterns in folded text, and the boundaries of words by script.
//!
//! Owns: the engine, and where a word begins and ends. Never: weighs a match.
//!
//! [`Words`] comes ready-made from the pack and is what ships. `aho-corasick`, built from the same patterns, is the
//! reference that it is tested against and measured beside.

mod boundary;
mod bytes;
#[cfg(any(feature = "sources", test))]
mod fresh;
mod gate;
mod graph;
mod marks;
mod phrases;
mod scripts;
mod words;

pub use boundary::stands;
#[cfg(any(feature = "sources", test))]
pub use words::Terms;
pub use words::Words;

use crate::lexicon::PackError;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::HashMap;

/// What finds patterns.
#[derive(Debug)]
pub struct Engine {
    words: Words,
    reference: Option<Reference>,
    /// What finds an overlay's patterns, and the number of its first sense.
    overlay: Option<(Words, u32)>,
}

/// An automaton over all patterns without a space, and over all words of phrases.
#[derive(Debug)]
struct Reference {
    automaton: AhoCorasick,
    meanings: Vec<Meaning>,
    phrases: HashMap<Vec<u32>, u32>,
}

/// What a text of the automaton is.
#[derive(Clone, Copy, Debug)]
enum Meaning {
    /// A pattern, by its sense.
    Single(u32),
    /// A word of phrases, by its number.
    Word(u32),
}

impl Reference {
    fn of(words: &Words) -> Result<Self, PackError> {
        let single = words.single()?.into_iter().map(|(text, sense)| (text, Meaning::Single(sense)));
        let forms = words.forms()?.into_iter().map(|(text, word)| (text, Meaning::Word(word)));
        let (texts, meanings): (Vec<_>, Vec<_>) = single.chain(forms).unzip();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(texts)
            .map_err(|_| PackError::Tables)?;
        Ok(Self { automaton, meanings, phrases: words.phrases()?.into_iter().collect() })
    }

    /// Whatever stands anywhere, in order of beginnings, then of ends.
    fn find(&self, text: &str) -> Vec<(usize, usize, u32)> {
        let (mut all, mut words) = (vec![], vec![]);
        for found in self.automaton.find_overlapping_iter(text).filter(|m| m.start() < m.end()) {
            match self.meanings[found.pattern().as_usize()] {
                Meaning::Single(sense) => all.push((found.start(), found.end(), sense)),
                Meaning::Word(word) => words.push((found.start(), found.end(), word)),
            }
        }
        words.sort_unstable();
        // Every row of words with a space between each two, for as long as phrases are.
        let longest = self.phrases.keys().map(Vec::len).max().unwrap_or(0);
        let mut rows: Vec<(usize, usize, Vec<u32>)> = vec![];
        for &(from, to, word) in &words {
            rows.push((from, to, vec![word]));
            // A first word that stands twice counts once as well.
            let (first, rest) = (&text[from..to], &text[to..]);
            if rest.strip_prefix(' ').is_some_and(|rest| rest.strip_prefix(first).is_some_and(|r| r.starts_with(' '))) {
                rows.push((from, to + 1 + first.len(), vec![word]));
            }
        }
        for _ in 1..longest {
            let mut longer = vec![];
            for (from, to, row) in &rows {
                if text.as_bytes().get(*to) != Some(&b' ') {
                    continue;
                }
                let next = words.partition_point(|w| w.0 < to + 1);
                for &(_, end, word) in words[next..].iter().take_while(|w| w.0 == to + 1) {
                    let row = [&row[..], &[word]].concat();
                    all.extend(self.phrases.get(&row).map(|&sense| (*from, end, sense)));
                    longer.push((*from, end, row));
                }
            }
            rows = longer;
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Engine {
    /// Takes the tables as they are: nothing is built.
    #[must_use]
    pub fn ready(words: Words) -> Self {
        Self { words, reference: None, overlay: None }
    }

    /// Builds an automaton of the `aho-corasick` crate from the patterns and searches with that, phrases word by word.
    ///
    /// # Errors
    /// When the patterns are too many or too long for one.
    pub fn built(words: Words) -> Result<Self, PackError> {
        let reference = Reference::of(&words)?;
        Ok(Self { words, reference: Some(reference), overlay: None })
    }

    /// Searches an overlay's tables as well, whose senses are counted from the number beside them; or no longer.
    pub(crate) fn set_overlay(&mut self, overlay: Option<(Words, u32)>) {
        self.overlay = overlay;
    }

    /// The patterns.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Whether the overlay brought a pattern of this sense.
    #[must_use]
    pub fn is_added(&self, sense: u32) -> bool {
        self.overlay.as_ref().is_some_and(|&(_, first)| sense >= first)
    }

    /// Calls `found(sense, start, end)` for every pattern that may stand, as [`Words::find`] does.
    pub fn find(&self, text: &str, open: &[(usize, usize)], mut found: impl FnMut(u32, usize, usize)) {
        self.each(&mut found, &|words, found| words.find(text, open, found), |_| true, text);
    }

    /// The same for patterns that begin before a place and end behind it, as [`Words::find_across`] does.
    pub fn find_across(&self, text: &str, joint: usize, mut found: impl FnMut(u32, usize, usize)) {
        let is_across = |(start, end)| start < joint && joint < end;
        self.each(&mut found, &|words, found| words.find_across(text, joint, found), is_across, text);
    }

    /// The same for patterns that are all of a line, as [`Words::find_whole`] does.
    pub fn find_whole(&self, text: &str, line: (usize, usize), mut found: impl FnMut(u32, usize, usize)) {
        self.each(&mut found, &|words, found| words.find_whole(text, line, found), |place| place == line, text);
    }

    /// What a search of tables finds in the overlay and in our own, or an automaton in their place. Whoever is told of a find is called
    /// through a pointer: finds are few, and each kind of search is compiled once.
    fn each(
        &self,
        found: Found<'_>,
        search: &dyn Fn(&Words, Found<'_>),
        counts: impl Fn((usize, usize)) -> bool,
        text: &str,
    ) {
        if let Some((words, first)) = &self.overlay {
            search(words, &mut |sense, start, end| found(first + sense, start, end));
        }
        let Some(reference) = &self.reference else { return search(&self.words, found) };
        for (start, end, sense) in reference.find(text) {
            if counts((start, end)) {
                found(sense, start, end);
            }
        }
    }
}

/// Who is told of a find: its sense, its first byte and one past its last.
type Found<'a> = &'a mut dyn FnMut(u32, usize, usize);

#[cfg(test)]
mod tests;
