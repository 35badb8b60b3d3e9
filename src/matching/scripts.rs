//! Patterns in two graphs, by the letter that they begin with.
//!
//! Owns: which of the two a pattern lies in, and that nobody reads the second before it is there: a text that holds none of its
//! letters can be looked through before that graph was read. Never: where a pattern may begin; see [`super::words`].

use super::bytes::Reader;
use super::graph::Graph;
use crate::lexicon::PackError;
use std::ops::Range;

/// Two graphs as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripts {
    /// Every pattern that begins with a Latin letter or with none.
    latin: Graph,
    /// Every other.
    others: Graph,
}

/// Whether what begins with this byte begins with a letter of another script than the Latin one: from U+0380 to U+0FFF and from
/// U+3000 to U+D7FF. Vietnamese letters and signs of all kinds lie between.
#[inline]
fn is_other(first: u8) -> bool {
    matches!(first, 0xce..=0xe0 | 0xe3..=0xed)
}

/// In which graph a pattern lies, by its range of numbers.
#[cfg(any(feature = "sources", test))]
pub fn lies_in(text: &str) -> usize {
    if text.bytes().next().is_some_and(is_other) { Scripts::OTHERS } else { Scripts::LATIN }
}

impl Scripts {
    /// Builds both from sorted and distinct patterns, whose numbers are put in order: those of [`Self::LATIN`] and of
    /// [`Self::OTHERS`] go by where they are settled.
    ///
    /// # Errors
    /// When there are too many.
    #[cfg(any(feature = "sources", test))]
    pub fn build(all: &[(String, u32)], order: &mut super::fresh::Order) -> Result<Self, String> {
        let all = all.iter().map(|(text, number)| (text.as_str(), order.now(*number)));
        let (others, latin): (Vec<_>, Vec<_>) = all.partition(|(text, _)| lies_in(text) == Self::OTHERS);
        let (latin, before) = super::graph::build_fresh(&latin, order.range(Self::LATIN))?;
        order.put(Self::LATIN, &before);
        let (others, before) = super::graph::build_fresh(&others, order.range(Self::OTHERS))?;
        order.put(Self::OTHERS, &before);
        Ok(Self { latin, others })
    }

    /// The range of numbers that the first graph alone has.
    #[cfg(any(feature = "sources", test))]
    pub const LATIN: usize = 1;
    /// The range of numbers that the second graph alone has.
    #[cfg(any(feature = "sources", test))]
    pub const OTHERS: usize = 2;

    /// Calls `found(number, end)` for every pattern that begins at `start`.
    ///
    /// # Panics
    /// As [`Self::of`].
    #[inline]
    pub fn walk(&self, text: &str, start: usize, found: &mut impl FnMut(u32, usize)) {
        self.of(text, start).walk(text, start, found);
    }

    /// The number of the pattern that stands at `start..end`.
    ///
    /// # Panics
    /// As [`Self::of`].
    #[inline]
    pub fn lookup(&self, text: &str, start: usize, end: usize) -> Option<u32> {
        self.of(text, start).lookup(text, start, end)
    }

    /// The graph of what begins at `start`.
    ///
    /// # Panics
    /// When it was not read yet: what has no such graph would be a wrong answer.
    #[inline]
    fn of(&self, text: &str, start: usize) -> &Graph {
        if text.as_bytes().get(start).copied().is_some_and(is_other) {
            assert!(self.others.is_here(), "another script is asked for before its words were read");
            &self.others
        } else {
            &self.latin
        }
    }

    /// All patterns in order, and their numbers.
    ///
    /// # Errors
    /// When they are more than `most`, or no text, which only a hostile pack can bring about.
    pub fn texts(&self, most: usize) -> Result<Vec<(String, u32)>, PackError> {
        let mut all = self.latin.patterns(most).ok_or(PackError::Tables)?;
        all.extend(self.others.patterns(most - all.len()).ok_or(PackError::Tables)?);
        // A graph of nothing holds an end at its root.
        all.retain(|(text, _)| !text.is_empty());
        all.sort_unstable();
        all.into_iter()
            .map(|(text, number)| Ok((String::from_utf8(text).map_err(|_| PackError::Tables)?, number)))
            .collect()
    }

    /// What lies where in memory that a text without letters of other scripts does not need.
    pub fn later(&self) -> Vec<Range<usize>> {
        self.others.places()
    }

    /// What is in memory before what comes later: zeros stand there.
    #[cfg(test)]
    pub fn before_others(&self) -> Self {
        Self { others: self.others.zeroed(), ..self.clone() }
    }

    /// The columns of both by name.
    pub fn columns(&self) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
        [("latin", &self.latin), ("other", &self.others)].into_iter().flat_map(|(of, graph)| {
            graph.columns().into_iter().map(move |(name, bytes)| (format!("{of} {name}"), bytes))
        })
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        self.latin.write(out);
        self.others.write(out);
    }

    /// # Errors
    /// When they are not sound.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, PackError> {
        Ok(Self { latin: Graph::read(from)?, others: Graph::read(from)? })
    }
}
