//! What each character is, in one look: asked for every character of every text.
//!
//! Owns: the table over the basic plane, worked out once from [`super::tables`] and Unicode's properties. Never:
//! holds a fact of its own.

use super::{hans, tables};
use std::sync::LazyLock;

/// Belongs to a word: a letter of a script with spaces, or a sign that belongs to words although it is none.
pub const LETTER: u8 = 1;
/// A digit or another number.
pub const NUMBER: u8 = 2;
/// What neighbouring characters of one word have in common.
pub const JOINING: u8 = LETTER | NUMBER;
/// Hangul: words may end in particles that are written together.
pub const HANGUL: u8 = 4;
/// Arabic: words may begin with an article or a preposition that is written together.
pub const ARABIC: u8 = 8;
/// A letter by Unicode's property, of whatever script.
pub const ALPHABETIC: u8 = 16;
/// Of a script that is written without spaces.
pub const UNSEGMENTED: u8 = 32;
/// Folds to itself, or, where [`TRADITIONAL`] says so, to its simplified form.
pub const SETTLED: u8 = 64;
/// A Han character that has a simplified form.
pub const TRADITIONAL: u8 = 128;

static TABLE: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..0x1_0000u32).map(|c| char::from_u32(c).map_or(0, work_out)).collect());

/// The table, for loops that ask often; beyond its end ask [`of`].
#[must_use]
pub fn table() -> &'static [u8] {
    &TABLE
}

/// What a character is.
#[inline]
#[must_use]
pub fn of(c: char) -> u8 {
    TABLE.get(c as usize).copied().unwrap_or_else(|| work_out(c))
}

/// Beyond the table.
#[cold]
fn beyond(c: u32) -> u8 {
    char::from_u32(c).map_or(0, work_out)
}

fn work_out(c: char) -> u8 {
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    let unsegmented = tables::is_unsegmented(c);
    bit(!unsegmented && (c.is_alphabetic() || tables::is_word_sign(c)), LETTER)
        | bit(!unsegmented && c.is_numeric(), NUMBER)
        | bit(tables::is_hangul(c), HANGUL)
        | bit(tables::is_arabic(c), ARABIC)
        | bit(c.is_alphabetic(), ALPHABETIC)
        | bit(unsegmented, UNSEGMENTED)
        | bit(tables::is_settled(c), SETTLED)
        | bit(hans::simplify(c) != c, TRADITIONAL)
}

/// The character of a UTF-8 text at a byte, and its length. Nothing at the end.
#[inline]
pub fn decode(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = u32::from(*bytes.get(at)?);
    let next = |n: usize| bytes.get(at + n).map_or(0, |&b| u32::from(b & 0x3f));
    Some(match first {
        0..0x80 => (first, 1),
        0x80..0xe0 => ((first & 0x1f) << 6 | next(1), 2),
        0xe0..0xf0 => ((first & 0x0f) << 12 | next(1) << 6 | next(2), 3),
        _ => ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4),
    })
}

/// What the character at a byte is, and its length. `table` is [`table`].
#[inline(always)]
pub fn at(table: &[u8], bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let (c, length) = decode(bytes, at)?;
    let kind = match table.get(c as usize) {
        Some(&kind) => kind,
        None => beyond(c),
    };
    Some((kind, length))
}
