//! Finding the lexicon's patterns in folded text, and the boundaries of words by script.
//!
//! Owns: the two engines behind one face, and where a word begins and ends. Never: weighs a match.
//!
//! `daachorse` comes ready-made from the pack and is what ships; `aho-corasick` is built from the patterns and
//! serves as reference, and where memory is kept ready-made in another way.

use crate::lexicon::{Lexicon, PackError, Use};
use crate::normalize::tables::{is_arabic, is_hangul, is_unsegmented, is_word_sign};
use aho_corasick::AhoCorasick;
use daachorse::CharwiseDoubleArrayAhoCorasick as Daachorse;

/// An automaton over the lexicon's patterns.
pub enum Engine {
    /// Read from the pack.
    Ready(Daachorse<u32>),
    /// Built from the patterns.
    Built(AhoCorasick),
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ready(_) => "Ready",
            Self::Built(_) => "Built",
        })
    }
}

/// Serialises the ready-made automaton of a lexicon.
///
/// # Errors
/// What the library says where patterns are too many or too long.
pub fn automaton(lexicon: &Lexicon) -> Result<Vec<u8>, String> {
    let patterns = (0..lexicon.patterns()).map(|i| (lexicon.pattern(i), i as u32));
    Daachorse::with_values(patterns).map(|a| a.serialize()).map_err(|e| e.to_string())
}

impl Engine {
    /// Reads the ready-made automaton.
    ///
    /// # Errors
    /// When the bytes are no automaton, or one that could run in circles.
    pub fn ready(bytes: &[u8]) -> Result<Self, PackError> {
        if !failures_end(bytes) {
            return Err(PackError::Automaton);
        }
        match Daachorse::deserialize(bytes) {
            Ok((automaton, [])) => Ok(Self::Ready(automaton)),
            _ => Err(PackError::Automaton),
        }
    }

    /// Builds an automaton from the patterns.
    ///
    /// # Errors
    /// When the patterns are too many or too long for one.
    pub fn built(lexicon: &Lexicon) -> Result<Self, PackError> {
        AhoCorasick::builder()
            .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
            .build((0..lexicon.patterns()).map(|i| lexicon.pattern(i)))
            .map(Self::Built)
            .map_err(|_| PackError::Automaton)
    }

    /// Calls `found(pattern, start, end)` for every occurrence, overlapping ones too, in order of their ends.
    pub fn find(&self, lexicon: &Lexicon, text: &str, mut found: impl FnMut(u32, usize, usize)) {
        match self {
            Self::Ready(automaton) => {
                for m in automaton.find_overlapping_iter(text) {
                    // An automaton from a hostile pack may claim anything: take its word for nothing.
                    let length = lexicon.pattern_len(m.value() as usize);
                    if let Some(start) = m.end().checked_sub(length)
                        && length > 0
                        && text.is_char_boundary(start)
                        && text.is_char_boundary(m.end())
                    {
                        found(m.value(), start, m.end());
                    }
                }
            }
            Self::Built(automaton) => {
                for m in automaton.find_overlapping_iter(text) {
                    found(m.pattern().as_u32(), m.start(), m.end());
                }
            }
        }
    }
}

/// Whether every chain of failure links in a serialised automaton ends at the root. `daachorse` checks that
/// every link stays inside, but not that following them comes to an end, so a hostile pack could hang a scan.
///
/// Relies on the serialised layout: a count, then 16 bytes a state (base, check, failure, output). A test fails
/// when a new release lays it out in another way. Unused states name the dead state as their parent and are
/// never entered, as long as no chain leads to the dead state.
fn failures_end(bytes: &[u8]) -> bool {
    const ROOT: usize = 0;
    const DEAD: usize = 1;
    let word =
        |at: usize| -> Option<usize> { Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize) };
    let check = |state: usize| word(4 + state * 16 + 4);
    let failure = |state: usize| word(4 + state * 16 + 8);
    let Some(count) = word(0) else { return false };
    if count < 2 || count > bytes.len() / 16 || check(DEAD) != Some(DEAD) {
        return false;
    }
    // 0: not seen; 1: on the chain that is being followed; 2: ends at the root.
    let mut seen = vec![0u8; count];
    seen[ROOT] = 2;
    let mut chain = vec![];
    for state in 2..count {
        if check(state) == Some(DEAD) {
            continue;
        }
        let mut at = state;
        while seen[at] == 0 {
            seen[at] = 1;
            chain.push(at);
            match failure(at) {
                Some(next) if next < count && next != DEAD => at = next,
                _ => return false,
            }
        }
        if seen[at] == 1 {
            return false;
        }
        for done in chain.drain(..) {
            seen[done] = 2;
        }
    }
    true
}

/// Whether a use of a pattern may stand at `start..end` of `text`, judged by the words around it.
#[must_use]
pub fn stands(text: &str, start: usize, end: usize, used: &Use) -> bool {
    left_ok(text, start, end, used.open_left) && right_ok(text, start, end, used.open_right)
}

fn left_ok(text: &str, start: usize, end: usize, open: bool) -> bool {
    let (Some(before), Some(first)) = (text[..start].chars().next_back(), text[start..end].chars().next()) else {
        return true;
    };
    if open || !continues(before, first) {
        return true;
    }
    // Arabic writes its article and short prepositions together with the word.
    is_arabic(first) && text[start..end].chars().count() >= 3 && is_proclitic(word_before(text, start))
}

fn right_ok(text: &str, start: usize, end: usize, open: bool) -> bool {
    let (Some(after), Some(last)) = (text[end..].chars().next(), text[start..end].chars().next_back()) else {
        return true;
    };
    // Korean writes particles together with the word.
    open || !continues(last, after) || (is_hangul(last) && is_hangul(after))
}

/// Whether two neighbouring characters belong to one word.
fn continues(a: char, b: char) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return (a.is_ascii_alphabetic() && b.is_ascii_alphabetic()) || (a.is_ascii_digit() && b.is_ascii_digit());
    }
    if is_unsegmented(a) || is_unsegmented(b) {
        return false;
    }
    let letter = |c: char| c.is_alphabetic() || is_word_sign(c);
    (letter(a) && letter(b)) || (a.is_numeric() && b.is_numeric())
}

/// The part of a word that stands before `at`.
fn word_before(text: &str, at: usize) -> &str {
    let head = &text[..at];
    let from = head.char_indices().rev().take_while(|(_, c)| is_arabic(*c)).last().map_or(at, |(i, _)| i);
    &head[from..]
}

fn is_proclitic(prefix: &str) -> bool {
    matches!(prefix, "ال" | "وال" | "بال" | "فال" | "كال" | "لل" | "ولل" | "و" | "ب" | "ل" | "ف" | "ك")
}

#[cfg(test)]
mod tests;
