//! Finding patterns in a text, word by word.
//!
//! Owns: which places of a text can begin a pattern at all, and the walks from there. A pattern begins where a word
//! does, after an Arabic article, or, if it may stand inside a word, anywhere in one; each kind of place has its
//! gate. Every place is walked from once at most and no walk is longer than the longest pattern, so the work is
//! linear in the text; and which patterns have a graph of their own, so that a text that holds none of their letters
//! can be looked through before that graph was read. Never: decides whether a match stands; some that don't are found too.

use super::boundary::is_proclitic;
use super::bytes::Reader;
use super::gate::Gate;
use super::graph::Graph;
use crate::lexicon::PackError;
use crate::normalize::kinds::{self, ARABIC, HANGUL, JOINING, LETTER};
use std::ops::Range;

/// All patterns of a lexicon, ready to be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Every pattern that begins with a Latin letter or with none.
    all: Graph,
    /// Every other.
    others: Graph,
    /// Those before which a word may have begun.
    inner: Graph,
    gate: Gate,
}

/// Most patterns that are listed.
const MAX_PATTERNS: usize = 1 << 20;

/// Whether what begins with this byte begins with a letter of another script than the Latin one: from U+0380 to U+0FFF and from
/// U+3000 to U+D7FF. Vietnamese letters and signs of all kinds lie between.
#[inline]
fn is_other(first: u8) -> bool {
    matches!(first, 0xce..=0xe0 | 0xe3..=0xed)
}

impl Words {
    /// Builds the tables from sorted, distinct patterns, each with the number of its sense; `uses` says how a sense
    /// is used.
    ///
    /// # Errors
    /// When there are too many.
    #[cfg(any(feature = "sources", test))]
    pub fn build(patterns: &[(&str, u32)], uses: impl Fn(u32) -> Vec<crate::lexicon::Use>) -> Result<Self, String> {
        if patterns.len() > MAX_PATTERNS {
            return Err(format!("{} terms, at most {MAX_PATTERNS} are allowed", patterns.len()));
        }
        let table = kinds::table();
        let mut openings = super::gate::Openings::default();
        let mut inner = vec![];
        for &(text, sense) in patterns {
            let Some((word, _)) = word_at(table, text.as_bytes(), 0) else { continue };
            let uses = uses(sense);
            if word < text.len() || uses.iter().any(|u| !u.open_right) {
                openings.word(&text[..word]);
            }
            if word == text.len() && uses.iter().any(|u| u.open_right) {
                openings.stem(text);
            }
            if uses.iter().any(|u| u.open_left) {
                openings.inside(text, word);
                inner.push((text, sense));
            }
        }
        let (others, all): (Vec<_>, Vec<_>) =
            patterns.iter().copied().partition(|(text, _)| text.bytes().next().is_some_and(is_other));
        Ok(Self {
            all: super::graph::build(&all)?,
            others: super::graph::build(&others)?,
            inner: super::graph::build(&inner)?,
            gate: openings.gate(),
        })
    }

    /// Calls `found(sense, end)` for every pattern that begins at `start`.
    ///
    /// # Panics
    /// When it needs a graph that was not read yet: what has no such graph would be a wrong answer.
    #[inline]
    fn walk(&self, text: &str, start: usize, found: &mut impl FnMut(u32, usize)) {
        if text.as_bytes().get(start).copied().is_some_and(is_other) {
            assert!(self.others.is_here(), "another script is asked for before its words were read");
            self.others.walk(text, start, found);
        } else {
            self.all.walk(text, start, found);
        }
    }

    /// What lies where in memory that a text without [`is_other`] letters does not need.
    #[must_use]
    pub fn later(&self) -> Vec<Range<usize>> {
        self.others.places()
    }

    /// What is in memory before what comes later: zeros stand there.
    #[cfg(test)]
    #[must_use]
    pub fn before_others(&self) -> Self {
        Self { others: self.others.zeroed(), ..self.clone() }
    }

    /// Calls `found(sense, start, end)` for every pattern that could stand in `text`, in order of beginnings, then
    /// of ends. In the stretches of `open`, which are in order and begin and end with whole words, also for every
    /// pattern that stands anywhere inside.
    pub fn find(&self, text: &str, open: &[(usize, usize)], mut found: impl FnMut(u32, usize, usize)) {
        let table = kinds::table();
        let bytes = text.as_bytes();
        let mut open = open.iter().copied().peekable();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b' ' {
                at += 1;
                continue;
            }
            while open.next_if(|o| o.1 <= at).is_some() {}
            let end = word_at(table, bytes, at);
            let inside = open.peek().is_some_and(|o| o.0 <= at);
            let (Some((end, all)), false) = (end, inside) else {
                self.walk(text, at, &mut |sense, end| found(sense, at, end));
                at += kinds::at(table, bytes, at).map_or(1, |k| k.1);
                continue;
            };
            if all & HANGUL != 0 || self.gate.word(bytes, at, end) {
                self.walk(text, at, &mut |sense, end| found(sense, at, end));
            }
            if all & ARABIC != 0 {
                self.find_in_arabic(text, at, end, &mut found);
            } else {
                for start in at + 1..=self.gate.last_inside(end) {
                    // Most bytes of other scripts are no beginnings.
                    if bytes[start] & 0xc0 != 0x80 && self.gate.inside(bytes, start) {
                        self.inner.walk(text, start, &mut |sense, end| found(sense, start, end));
                    }
                }
            }
            at = end;
        }
    }

    /// Inside a word with Arabic letters a pattern may begin after an article or a preposition.
    fn find_in_arabic(&self, text: &str, from: usize, to: usize, found: &mut impl FnMut(u32, usize, usize)) {
        let bytes = text.as_bytes();
        let mut letters = from;
        for (place, c) in text[from..to].char_indices() {
            let start = from + place;
            let arabic = kinds::of(c) & ARABIC != 0;
            if !arabic {
                letters = start + c.len_utf8();
            }
            if start == from {
                continue;
            }
            if arabic && is_proclitic(&text[letters..start]) && self.gate.word(bytes, start, to) {
                self.walk(text, start, &mut |sense, end| found(sense, start, end));
            } else if self.gate.inside(bytes, start) {
                self.inner.walk(text, start, &mut |sense, end| found(sense, start, end));
            }
        }
    }

    /// All patterns with their senses, in order.
    ///
    /// # Errors
    /// When they are too many or no text, which only a hostile pack can bring about.
    pub fn patterns(&self) -> Result<Vec<(String, u32)>, PackError> {
        let mut all = self.all.patterns(MAX_PATTERNS).ok_or(PackError::Tables)?;
        all.extend(self.others.patterns(MAX_PATTERNS - all.len()).ok_or(PackError::Tables)?);
        // A graph without patterns has an empty one.
        all.retain(|(text, _)| !text.is_empty());
        all.sort_unstable();
        all.into_iter().map(|(t, sense)| Ok((String::from_utf8(t).map_err(|_| PackError::Tables)?, sense))).collect()
    }

    /// The tables' columns by name, for those who weigh them.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, Vec<u8>)> {
        let of = |table: &str, columns: Vec<(&'static str, Vec<u8>)>| -> Vec<(String, Vec<u8>)> {
            columns.into_iter().map(|(name, bytes)| (format!("{table}: {name}"), bytes)).collect()
        };
        let mut gate = vec![];
        self.gate.write(&mut gate);
        [
            of("all", self.all.columns()),
            of("others", self.others.columns()),
            of("inner", self.inner.columns()),
            of("gate", vec![("bits", gate)]),
        ]
        .concat()
    }

    /// The tables as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![];
        self.all.write(&mut out);
        self.others.write(&mut out);
        self.inner.write(&mut out);
        self.gate.write(&mut out);
        out
    }

    /// Reads the tables and checks that no walk can leave them or run in circles.
    ///
    /// # Errors
    /// When they are not sound.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackError> {
        let mut from = Reader(bytes);
        let words = Self {
            all: Graph::read(&mut from)?,
            others: Graph::read(&mut from)?,
            inner: Graph::read(&mut from)?,
            gate: Gate::read(&mut from)?,
        };
        if from.0.is_empty() { Ok(words) } else { Err(PackError::Tables) }
    }
}

/// Where the word that begins at a byte ends, and what its characters are altogether; nothing where none begins:
/// at signs, pictures, and letters of scripts without spaces.
#[inline]
fn word_at(table: &[u8], bytes: &[u8], start: usize) -> Option<(usize, u8)> {
    let (mut last, length) = kinds::at(table, bytes, start)?;
    if last & JOINING == 0 {
        return None;
    }
    let mut all = last;
    let mut end = start + length;
    // Most words are plain ones.
    if last & JOINING == LETTER && length == 1 {
        end += bytes[end..].iter().take_while(|b| b.is_ascii_lowercase()).count();
    }
    while let Some((kind, length)) = kinds::at(table, bytes, end) {
        if kind & last & JOINING == 0 {
            break;
        }
        all |= kind;
        last = kind;
        end += length;
    }
    Some((end, all))
}
