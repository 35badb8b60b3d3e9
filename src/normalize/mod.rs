//! Text -> folded text, with a map from every folded position back to the original.
//!
//! Owns: what counts as the same spelling (case, compatibility forms, marks, invisible characters, styled
//! letters, Chinese scripts, Arabic letter forms, runs of space and light punctuation) and, in [`disguise`],
//! the second reading of words that were written so as to hide. Never: knows words, or throws text away that
//! it cannot map back.

pub mod disguise;
mod hans;
pub mod tables;

use caseless::Caseless;
use tables::Class;
use unicode_normalization::char::{compose, decompose_compatible};

/// Folded text and where each byte of it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// Lower case, without marks, words parted by single spaces.
    pub text: String,
    /// For each byte of `text`, the byte offset in the original of the character that it comes from.
    map: Vec<u32>,
    /// Places in `text`, as byte ranges, where the spelling itself was hiding something.
    pub hidden: Vec<(usize, usize)>,
}

impl Folded {
    /// The byte range in `original` that `start..end` of the folded text comes from. `original` must be the
    /// text that was folded; ranges outside are clamped.
    #[must_use]
    pub fn source(&self, original: &str, start: usize, end: usize) -> (usize, usize) {
        if start >= end || end > self.map.len() {
            let at = self.map.get(start).map_or(original.len(), |&p| p as usize);
            return (at, at);
        }
        let from = self.map[start] as usize;
        let last = self.map[end - 1] as usize;
        let mut to = last.min(original.len());
        if let Some(c) = original.get(to..).and_then(|rest| rest.chars().next()) {
            to += c.len_utf8();
        }
        // Marks that were dropped or merged belong to their letter.
        while let Some(c) = original.get(to..).and_then(|rest| rest.chars().next()) {
            if !attaches(c) {
                break;
            }
            to += c.len_utf8();
        }
        (from, to)
    }

    /// The original's byte at the beginning of the gap before the word at `at`.
    fn gap_byte(&self, original: &str, at: usize) -> Option<u8> {
        let gap = *self.map.get(at.checked_sub(1)?)?;
        original.as_bytes().get(gap as usize).copied()
    }

    /// How many bytes the folded text has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing was left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn clear(&mut self) {
        self.text.clear();
        self.map.clear();
        self.hidden.clear();
    }
}

/// Whether a character that follows another is shown on it or with it.
fn attaches(c: char) -> bool {
    !c.is_ascii()
        && (tables::class(c) == Class::Mark
            || matches!(c, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}'))
}

/// Folds a text.
#[must_use]
pub fn fold(original: &str) -> Folded {
    let mut out = Folded::default();
    fold_into(original, &mut out);
    out
}

/// Folds a text into a buffer that is used again and again.
pub fn fold_into(original: &str, out: &mut Folded) {
    out.clear();
    if original.is_ascii() {
        ascii(original, out);
    } else {
        any(original, out);
    }
}

/// The fast path.
fn ascii(original: &str, out: &mut Folded) {
    let mut text = std::mem::take(&mut out.text).into_bytes();
    text.reserve(original.len());
    out.map.reserve(original.len());
    let mut gap: Option<u32> = None;
    for (i, &b) in original.as_bytes().iter().enumerate() {
        let folded = tables::ASCII[usize::from(b & 0x7f)];
        if folded == 0 {
            gap.get_or_insert(i as u32);
        } else {
            if let Some(at) = gap.take()
                && !text.is_empty()
            {
                text.push(b' ');
                out.map.push(at);
            }
            text.push(folded);
            out.map.push(i as u32);
        }
    }
    // The table holds ASCII alone.
    out.text = String::from_utf8(text).unwrap_or_default();
}

/// The general path; the same result as [`ascii`] on ASCII.
fn any(original: &str, out: &mut Folded) {
    out.text.reserve(original.len());
    out.map.reserve(original.len());
    let mut gap: Option<u32> = None;
    // An invisible character stood after this many folded bytes.
    let mut invisible: Option<usize> = None;
    for (i, c) in original.char_indices() {
        let at = i as u32;
        if c.is_ascii() {
            let folded = tables::ASCII[c as usize & 0x7f];
            if folded == 0 {
                gap.get_or_insert(at);
                continue;
            }
            flush_gap(&mut gap, out);
            reveal(&mut invisible, folded as char, out);
            out.text.push(folded as char);
            out.map.push(at);
            continue;
        }
        if tables::is_settled(c) {
            flush_gap(&mut gap, out);
            // Invisible characters between these hide nothing.
            invisible = None;
            push(hans::simplify(c), at, out);
            continue;
        }
        match tables::class(c) {
            Class::Mark => continue,
            Class::Gap => {
                gap.get_or_insert(at);
                continue;
            }
            Class::Invisible => {
                if gap.is_none() {
                    invisible.get_or_insert(out.text.len());
                }
                continue;
            }
            Class::Plain => {}
        }
        let before = out.text.len();
        if let Some(plain) = tables::costume(c) {
            emit(plain, at, &mut gap, out);
            out.hidden.push((out.text.len() - 1, out.text.len()));
            continue;
        }
        let mut parts = Parts::default();
        expand(c, &mut parts);
        for &part in parts.as_slice() {
            emit(part, at, &mut gap, out);
        }
        let first = out.text.get(before..).and_then(|t| t.chars().next()).unwrap_or(' ');
        reveal(&mut invisible, first, out);
        if tables::is_styled(c) && out.text.len() > before {
            out.hidden.push((before, out.text.len()));
        }
    }
}

/// A few characters on the stack.
#[derive(Default)]
struct Parts {
    chars: [char; 20],
    len: usize,
}

impl Parts {
    fn push(&mut self, c: char) {
        // The longest compatibility decomposition has 18 characters.
        if self.len < self.chars.len() {
            self.chars[self.len] = c;
            self.len += 1;
        }
    }

    fn as_slice(&self) -> &[char] {
        &self.chars[..self.len]
    }
}

/// Everything that one character folds to, gaps as spaces.
fn expand(c: char, out: &mut Parts) {
    if let Some(text) = tables::letter(c) {
        text.chars().for_each(|t| out.push(t));
        return;
    }
    // Decompose, fold case, decompose again: case folding makes some new compositions.
    decompose_compatible(c, |part| {
        for lower in std::iter::once(part).default_case_fold() {
            decompose_compatible(lower, |piece| {
                if piece.is_ascii() {
                    match tables::ASCII[piece as usize & 0x7f] {
                        0 => out.push(' '),
                        b => out.push(b as char),
                    }
                    return;
                }
                match tables::class(piece) {
                    Class::Mark | Class::Invisible => {}
                    Class::Gap => out.push(' '),
                    Class::Plain => {
                        if let Some(text) = tables::letter(piece) {
                            text.chars().for_each(|t| out.push(t));
                        } else {
                            out.push(hans::simplify(tables::costume(piece).unwrap_or(piece)));
                        }
                    }
                }
            });
        }
    });
}

fn flush_gap(gap: &mut Option<u32>, out: &mut Folded) {
    if let Some(at) = gap.take()
        && !out.text.is_empty()
    {
        out.text.push(' ');
        out.map.push(at);
    }
}

/// Appends one folded character, joined to the one before where the two are one letter (Hangul, Kana).
fn emit(c: char, at: u32, gap: &mut Option<u32>, out: &mut Folded) {
    if c == ' ' {
        gap.get_or_insert(at);
        return;
    }
    if gap.is_none()
        && joins(c)
        && let Some(last) = out.text.chars().next_back()
        && let Some(whole) = compose(last, c)
    {
        let from = out.text.len() - last.len_utf8();
        let start = out.map[from];
        out.text.truncate(from);
        out.map.truncate(from);
        push(whole, start, out);
        return;
    }
    flush_gap(gap, out);
    push(c, at, out);
}

/// Whether the character may be the second half of a Hangul syllable or a voiced Kana.
fn joins(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}' | '\u{1161}'..='\u{11ff}')
}

fn push(c: char, at: u32, out: &mut Folded) {
    out.text.push(c);
    out.map.resize(out.text.len(), at);
}

/// Notes an invisible character between two Latin letters: nothing but hiding needs one there.
fn reveal(invisible: &mut Option<usize>, now: char, out: &mut Folded) {
    let Some(at) = invisible.take() else { return };
    let before = out.text.get(..at).and_then(|t| t.chars().next_back());
    if now.is_ascii_alphabetic() && before.is_some_and(|c| c.is_ascii_alphabetic()) {
        out.hidden.push((at.saturating_sub(1), at + 1));
    }
}

/// The spelling that exact terms are compared by: composed, lower case, runs of gaps as one space, marks kept.
#[must_use]
pub fn exact(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase) {
        let gap = if c.is_ascii() { tables::ASCII[c as usize & 0x7f] == 0 } else { tables::class(c) == Class::Gap };
        if gap {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if c.is_ascii() || tables::class(c) != Class::Invisible {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// UTF-16 code units of `text`.
#[must_use]
pub fn utf16_len(text: &str) -> u32 {
    if text.is_ascii() { text.len() as u32 } else { text.chars().map(|c| c.len_utf16() as u32).sum() }
}

#[cfg(test)]
mod tests;
