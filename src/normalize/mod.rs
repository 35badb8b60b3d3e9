//! Text -> folded text, with a map from every folded position back to the original.
//!
//! Owns: what counts as the same spelling (case, compatibility forms, marks, invisible characters, styled
//! letters, Chinese scripts, Arabic letter forms, runs of space and light punctuation) and, in [`disguise`],
//! the second reading of words that were written so as to hide. Never: knows words, or throws text away that
//! it cannot map back.

pub mod disguise;
mod folded;
mod hans;
pub mod kinds;
mod quick;
pub mod tables;
pub mod variants;

pub use folded::Folded;

use caseless::Caseless;
use folded::Writer;
use kinds::{SETTLED, TRADITIONAL};
use quick::Quick;
use tables::Class;
use unicode_normalization::char::decompose_compatible;

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
    let mut writer = Writer::new(out, original);
    let (bytes, table) = (original.as_bytes(), kinds::table());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x80 {
            if tables::FOLDED[usize::from(byte)] == 0 {
                writer.gap(at as u32);
                at += 1;
            } else {
                at = writer.word(at);
            }
            continue;
        }
        let from = at;
        let mut met = None;
        while let Some((c, length)) = kinds::decode(bytes, at) {
            let kind = table.get(c as usize).copied().unwrap_or(0);
            if kind & (SETTLED | TRADITIONAL) != SETTLED {
                met = Some((c, length));
                break;
            }
            at += length;
        }
        if from < at {
            writer.same(from, at);
        }
        if let Some((c, length)) = met
            && c >= 0x80
        {
            other(char::from_u32(c).unwrap_or(' '), at as u32, length, &mut writer);
            at += length;
        }
    }
    writer.finish();
}

/// A character that does not simply stay.
fn other(c: char, at: u32, width: usize, writer: &mut Writer<'_>) {
    match quick::of(c) {
        Quick::Gap => writer.gap(at),
        Quick::Mark => {}
        Quick::Invisible => writer.invisible(),
        Quick::Letters(first, second) => {
            let from = writer.len();
            writer.put(first, at, width);
            if let Some(second) = second {
                writer.put(second, at, width);
            }
            writer.reveal(from);
        }
        Quick::Unknown => rare(c, at, width, writer),
    }
}

/// A character that tables and libraries are asked about.
fn rare(c: char, at: u32, width: usize, writer: &mut Writer<'_>) {
    if tables::is_settled(c) {
        return writer.simplified(hans::simplify(c), at, width);
    }
    match tables::class(c) {
        Class::Mark => return,
        Class::Gap => return writer.gap(at),
        Class::Invisible => return writer.invisible(),
        Class::Plain => {}
    }
    if let Some(letter) = tables::costume(c) {
        writer.emit(letter, at, width);
        writer.hid(writer.len() - 1);
        return;
    }
    let from = writer.len();
    let mut parts = Parts::default();
    expand(c, &mut parts);
    for &part in parts.as_slice() {
        writer.emit(part, at, width);
    }
    writer.reveal(from);
    if tables::is_styled(c) {
        writer.hid(from);
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
    // Every character is one unit, those of four bytes are two.
    text.bytes().map(|b| u32::from(b & 0xc0 != 0x80) + u32::from(b >= 0xf0)).sum()
}

#[cfg(test)]
mod tests;
