//! Where words begin and end, by script.
//!
//! Owns: which neighbouring characters belong to one word, what may be written together with a word, and whether a
//! use of a pattern may stand where it was found. Never: looks for anything.

use super::bytes::decode;
use crate::lexicon::Use;
use crate::normalize::tables::{is_arabic, is_hangul, is_unsegmented, is_word_sign};
use std::sync::LazyLock;

/// Letters, and signs that belong to words although they are none.
pub const LETTER: u8 = 1;
/// Digits and other numbers.
pub const NUMBER: u8 = 2;
/// What neighbouring characters of one word have in common.
pub const JOINING: u8 = LETTER | NUMBER;
/// Words may end in particles that are written together.
pub const HANGUL: u8 = 4;
/// Words may begin with an article or a preposition that is written together.
pub const ARABIC: u8 = 8;

/// What the characters of the basic plane are: asked for each character, so looked up.
static KINDS: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..0x1_0000u32).map(|c| char::from_u32(c).map_or(0, work_out)).collect());

/// The table, for loops that ask often.
pub fn kinds() -> &'static [u8] {
    &KINDS
}

fn work_out(c: char) -> u8 {
    if is_unsegmented(c) {
        return 0;
    }
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    bit(c.is_alphabetic() || is_word_sign(c), LETTER)
        | bit(c.is_numeric(), NUMBER)
        | bit(is_hangul(c), HANGUL)
        | bit(is_arabic(c), ARABIC)
}

/// What the character at a byte is, and its length.
#[inline]
pub fn kind_at(kinds: &[u8], bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let (c, length) = decode(bytes, at)?;
    let kind = match kinds.get(c as usize) {
        Some(&kind) => kind,
        None => char::from_u32(c).map_or(0, work_out),
    };
    Some((kind, length))
}

fn kind(c: char) -> u8 {
    KINDS.get(c as usize).copied().unwrap_or_else(|| work_out(c))
}

/// Whether two neighbouring characters belong to one word.
fn continues(a: char, b: char) -> bool {
    kind(a) & kind(b) & JOINING != 0
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
    open || !continues(last, after) || (is_hangul(last) && is_hangul(after))
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
