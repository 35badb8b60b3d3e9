//! Where words begin and end, by script.
//!
//! Owns: which neighbouring characters belong to one word, what may be written together with a word, and whether a
//! use of a pattern may stand where it was found. Never: looks for anything.

use crate::lexicon::Use;
use crate::normalize::kinds::{self, ARABIC, HANGUL, JOINING};

fn is_arabic(c: char) -> bool {
    kinds::of(c) & ARABIC != 0
}

/// Whether two neighbouring characters belong to one word.
fn continues(a: char, b: char) -> bool {
    kinds::of(a) & kinds::of(b) & JOINING != 0
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
    is_arabic(first) && text[start..end].chars().count() >= 3 && is_proclitic(word_before(text, start))
}

fn right_ok(text: &str, start: usize, end: usize, open: bool) -> bool {
    let (Some(after), Some(last)) = (text[end..].chars().next(), text[start..end].chars().next_back()) else {
        return true;
    };
    open || !continues(last, after) || kinds::of(last) & kinds::of(after) & HANGUL != 0
}

/// The part of a word that stands before `at`.
fn word_before(text: &str, at: usize) -> &str {
    let head = &text[..at];
    let from = head.char_indices().rev().take_while(|(_, c)| is_arabic(*c)).last().map_or(at, |(i, _)| i);
    &head[from..]
}

/// Articles and prepositions that Arabic writes together with the word.
#[must_use]
pub fn is_proclitic(prefix: &str) -> bool {
    matches!(prefix, "ال" | "وال" | "بال" | "فال" | "كال" | "لل" | "ولل" | "و" | "ب" | "ل" | "ف" | "ك")
}
