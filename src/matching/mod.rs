//! Finding the lexicon's patterns in folded text, and the boundaries of words by script.
//!
//! Owns: the engine, and where a word begins and ends. Never: weighs a match.
//!
//! [`Words`] comes ready-made from the pack and is what ships. `aho-corasick`, built from the same patterns, is the
//! reference that it is tested against and measured beside.

mod boundary;
mod bytes;
mod gate;
mod graph;
mod marks;
mod words;

pub use boundary::stands;
pub use words::Words;

use crate::lexicon::PackError;
use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// What finds patterns.
#[derive(Debug)]
pub struct Engine {
    words: Words,
    reference: Option<Reference>,
    /// What finds an overlay's patterns, and the number of its first sense.
    overlay: Option<(Words, u32)>,
}

/// An automaton over all patterns, and their senses.
#[derive(Debug)]
struct Reference {
    automaton: AhoCorasick,
    senses: Vec<u32>,
}

impl Engine {
    /// Takes the tables as they are: nothing is built.
    #[must_use]
    pub fn ready(words: Words) -> Self {
        Self { words, reference: None, overlay: None }
    }

    /// Builds an automaton of the `aho-corasick` crate from the patterns and searches with that.
    ///
    /// # Errors
    /// When the patterns are too many or too long for one.
    pub fn built(words: Words) -> Result<Self, PackError> {
        let (patterns, senses): (Vec<_>, Vec<_>) = words.patterns()?.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns)
            .map_err(|_| PackError::Tables)?;
        Ok(Self { words, reference: Some(Reference { automaton, senses }), overlay: None })
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

    /// Calls `found(sense, start, end)` for every pattern that may stand, as [`Words::find`] does.
    pub fn find(&self, text: &str, open: &[(usize, usize)], mut found: impl FnMut(u32, usize, usize)) {
        if let Some((words, first)) = &self.overlay {
            words.find(text, open, |sense, start, end| found(first + sense, start, end));
        }
        let Some(reference) = &self.reference else {
            return self.words.find(text, open, found);
        };
        let mut all: Vec<(usize, usize, usize)> = reference
            .automaton
            .find_overlapping_iter(text)
            .map(|m| (m.start(), m.end(), m.pattern().as_usize()))
            .collect();
        all.sort_unstable();
        for (start, end, pattern) in all {
            if start < end {
                found(reference.senses[pattern], start, end);
            }
        }
    }
}

#[cfg(test)]
mod tests;
