//! Folded text with its way back to the original.
//!
//! Owns: the map, in straight pieces: where the folding keeps lengths, which is nearly everywhere, one piece holds
//! a whole text. Never: decides what anything folds to.

use super::{attaches, tables};

/// Folded text and where each byte of it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// Lower case, without marks, words parted by single spaces.
    pub text: String,
    pieces: Vec<Piece>,
    /// Spaces of `text`, as places, whose gap in the original is one sign alone.
    pub(super) signs: Vec<u32>,
    /// Places in `text`, as byte ranges, where the spelling itself was hiding something.
    pub hidden: Vec<(usize, usize)>,
}

/// A stretch of the folded text in which places move on with those of the original, until the next piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    folded: u32,
    original: u32,
    /// All of it comes from one character that is shorter.
    flat: bool,
}

impl Folded {
    /// The byte range in `original` that `start..end` of the folded text comes from. `original` must be the
    /// text that was folded; ranges outside are clamped.
    #[must_use]
    pub fn source(&self, original: &str, start: usize, end: usize) -> (usize, usize) {
        if start >= end || end > self.text.len() {
            let at = if start < self.text.len() { self.origin(start) } else { original.len() };
            return (at, at);
        }
        let from = self.origin(start);
        let mut to = original.floor_char_boundary(self.origin(end - 1));
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

    /// Where a byte of the folded text comes from.
    fn origin(&self, at: usize) -> usize {
        let after = self.pieces.partition_point(|p| p.folded as usize <= at);
        let Some(piece) = after.checked_sub(1).and_then(|n| self.pieces.get(n)) else { return 0 };
        piece.original as usize + if piece.flat { 0 } else { at - piece.folded as usize }
    }

    /// Whether the gap before the word at `at` is one sign alone.
    pub(super) fn sign_before(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|space| self.signs.binary_search(&(space as u32)).is_ok())
    }

    /// Empties it, to be used again.
    pub fn clear(&mut self) {
        self.text.clear();
        self.pieces.clear();
        self.signs.clear();
        self.hidden.clear();
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
}

/// Writes a folded text from front to back.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    out: &'a mut Folded,
    original: &'a str,
    text: String,
    /// The original's place less the folded one, as the current piece has it.
    slope: i64,
    /// Where a gap began that is not written yet.
    gap: Option<u32>,
    /// An invisible character stood after this many folded bytes.
    invisible: Option<usize>,
}

impl<'a> Writer<'a> {
    pub fn new(out: &'a mut Folded, original: &'a str) -> Self {
        out.clear();
        let mut text = std::mem::take(&mut out.text);
        text.reserve(original.len());
        Self { out, original, text, slope: i64::MIN, gap: None, invisible: None }
    }

    /// Hands the text over.
    pub fn finish(self) {
        self.out.text = self.text;
    }

    /// The next byte comes from `at`.
    #[inline]
    fn place(&mut self, at: u32) {
        let slope = i64::from(at) - self.text.len() as i64;
        if slope != self.slope {
            self.slope = slope;
            self.out.pieces.push(Piece { folded: self.text.len() as u32, original: at, flat: false });
        }
    }

    /// A gap stands at `at`.
    #[inline]
    pub fn gap(&mut self, at: u32) {
        if self.gap.is_none() {
            self.gap = Some(at);
        }
    }

    /// An invisible character stands here.
    pub fn invisible(&mut self) {
        if self.gap.is_none() {
            self.invisible.get_or_insert(self.text.len());
        }
    }

    /// Writes the gap before what comes from `to`.
    #[inline]
    fn close_gap(&mut self, to: u32) {
        if let Some(at) = self.gap.take()
            && !self.text.is_empty()
        {
            self.place(at);
            // Whether more than one character stands between, whoever asks must look: most gaps are settled here.
            let single = self.original.as_bytes().get(at as usize).is_some_and(|&b| b != b' ' && to <= at + width(b));
            if single {
                self.out.signs.push(self.text.len() as u32);
            }
            self.text.push(' ');
        }
    }

    /// The ASCII letters, digits and signs from `at` on; returns where they end.
    #[inline]
    pub fn word(&mut self, at: usize) -> usize {
        let bytes = &self.original.as_bytes()[at..];
        self.close_gap(at as u32);
        self.place(at as u32);
        let before = self.text.len();
        let end = at + bytes.iter().take_while(|&&b| tables::FOLDED[usize::from(b)] != 0).count();
        self.text.push_str(&self.original[at..end]);
        self.text[before..].make_ascii_lowercase();
        if self.invisible.is_some() {
            self.reveal(before);
        }
        end
    }

    /// Characters that fold to themselves.
    #[inline]
    pub fn same(&mut self, from: usize, to: usize) {
        self.close_gap(from as u32);
        // Invisible characters between these hide nothing.
        self.invisible = None;
        self.place(from as u32);
        self.text.push_str(&self.original[from..to]);
    }

    /// A Han character in its simplified form.
    pub fn simplified(&mut self, c: char, at: u32, width: usize) {
        self.close_gap(at);
        self.invisible = None;
        self.put(c, at, width);
    }

    /// What the character of `width` bytes at `at` folds to, or a part of it.
    pub fn put(&mut self, c: char, at: u32, width: usize) {
        self.close_gap(at);
        if c.len_utf8() > width {
            self.slope = i64::MIN;
            self.out.pieces.push(Piece { folded: self.text.len() as u32, original: at, flat: true });
        } else {
            self.place(at);
        }
        self.text.push(c);
    }

    /// A part that may be a gap, or join the letter before it (Hangul, Kana).
    pub fn emit(&mut self, c: char, at: u32, width: usize) {
        if c == ' ' {
            self.gap(at);
            return;
        }
        if self.gap.is_none()
            && joins(c)
            && let Some(last) = self.last()
            && let Some(whole) = unicode_normalization::char::compose(last, c)
        {
            let from = self.text.len() - last.len_utf8();
            // The place of the letter before: its piece began with it or earlier.
            let begin = self.start_of(from);
            self.text.truncate(from);
            while self.out.pieces.pop_if(|p| p.folded as usize >= from).is_some() {}
            self.slope = i64::MIN;
            self.put(whole, begin, whole.len_utf8());
            return;
        }
        self.put(c, at, width);
    }

    fn start_of(&self, at: usize) -> u32 {
        let piece = self.out.pieces.iter().rev().find(|p| p.folded as usize <= at);
        piece.map_or(0, |p| p.original + if p.flat { 0 } else { at as u32 - p.folded })
    }

    fn last(&self) -> Option<char> {
        self.text.chars().next_back()
    }

    /// How many bytes are written.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Notes that what was written from `from` on hid something.
    pub fn hid(&mut self, from: usize) {
        if from < self.text.len() {
            self.out.hidden.push((from, self.text.len()));
        }
    }

    /// Notes an invisible character between two Latin letters: nothing but hiding needs one there. `from` is where
    /// what follows it was written.
    pub fn reveal(&mut self, from: usize) {
        let Some(at) = self.invisible.take() else { return };
        let latin =
            |place: Option<usize>| place.and_then(|p| self.text.as_bytes().get(p)).is_some_and(u8::is_ascii_alphabetic);
        if latin(Some(from)) && latin(at.checked_sub(1)) {
            self.out.hidden.push((at - 1, at + 1));
        }
    }
}

/// How many bytes the character has that begins with this one.
fn width(first: u8) -> u32 {
    match first {
        0..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

/// Whether the character may be the second half of a Hangul syllable or a voiced Kana.
pub(super) fn joins(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}' | '\u{1161}'..='\u{11ff}')
}
