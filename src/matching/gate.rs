//! The gate before the word graph: most words of a text begin no pattern, and a look at a few bits says so.
//!
//! Owns: the bits, and the hash that finds them. Never wrong when it refuses; what it lets pass is looked up.

use super::bytes::{Reader, put};
use crate::lexicon::PackError;

/// Lengths of stems' beginnings that are told apart, in bytes; longer stems count by their first eight.
const LENGTHS: [usize; 4] = [3, 4, 6, 8];
/// Bytes of what stands inside a word that are looked at.
pub const WINDOW: usize = 4;
/// Bits for each word that is a pattern: one word in four passes without need.
#[cfg(any(feature = "sources", test))]
const WORD_BITS: usize = 3;
/// Bits for each first word of phrases: one word in four passes without need.
#[cfg(any(feature = "sources", test))]
const FIRST_BITS: usize = 3;
/// Bits for each first word with a beginning of what may follow: one pair in two passes without need, one bit being set
/// for each.
#[cfg(any(feature = "sources", test))]
const PAIR_BITS: f64 = 1.1;
/// Bits for each of what is asked inside a word, of which there is little.
#[cfg(any(feature = "sources", test))]
const INNER_BITS: usize = 24;
/// Bits for each opening and stem.
#[cfg(any(feature = "sources", test))]
const STEM_BITS: usize = 12;
/// Bytes of a word that its hash looks at.
const HASHED: usize = 24;
/// Most words of bits.
const MAX_WORDS: usize = 1 << 18;

/// Multiplies well: the odd number nearest to 2^64 over the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A set that answers "perhaps" or "certainly not".
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bits(Vec<u64>);

impl Bits {
    /// Where a bit of a hash stands: its upper half, brought to the range of the places.
    #[inline]
    fn place(&self, hash: u64) -> usize {
        (((hash >> 32) * (64 * self.0.len() as u64)) >> 32) as usize
    }

    #[inline]
    fn holds(&self, hash: u64) -> bool {
        let place = self.place(hash);
        self.0.get(place / 64).is_some_and(|w| w & (1 << (place % 64)) != 0)
    }

    /// Whether both bits of a hash are there: the second is seldom asked for.
    #[inline]
    fn has(&self, hash: u64) -> bool {
        self.holds(hash) && self.holds(second(hash))
    }

    #[cfg(any(feature = "sources", test))]
    fn with(hashes: &[u64], bits_each: usize) -> Self {
        let mut set = Self::room(hashes.len() * bits_each);
        hashes.iter().flat_map(|&hash| [hash, second(hash)]).for_each(|hash| set.set(hash));
        set
    }

    #[cfg(any(feature = "sources", test))]
    fn room(bits: usize) -> Self {
        Self(vec![0; bits.div_ceil(64).clamp(1, MAX_WORDS)])
    }

    #[cfg(any(feature = "sources", test))]
    fn set(&mut self, hash: u64) {
        let place = self.place(hash);
        self.0[place / 64] |= 1 << (place % 64);
    }

    fn write(&self, out: &mut Vec<u8>) {
        put(out, self.0.len() as u32);
        self.0.iter().for_each(|w| out.extend_from_slice(&w.to_le_bytes()));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let count = from.number()? as usize;
        if !(1..=MAX_WORDS).contains(&count) {
            return Err(PackError::Tables);
        }
        Ok(Self(from.take(8 * count)?.as_chunks::<8>().0.iter().map(|&w| u64::from_le_bytes(w)).collect()))
    }
}

/// What a text is asked before a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// First words of the patterns that end where a word ends.
    words: Bits,
    /// First words of phrases.
    first_words: Bits,
    /// Each of them with the beginning of what may follow.
    pairs: Bits,
    /// The first four bytes of the patterns after which a word may go on.
    openings: Bits,
    /// Their beginnings, by length.
    stems: Bits,
    /// The first four bytes of the patterns before which a word may have begun.
    inner: Bits,
    /// How close to a word's end the last of these may begin.
    reach: u32,
}

/// Up to eight bytes from a place, zeros behind the text's end.
#[inline]
fn load(bytes: &[u8], at: usize) -> u64 {
    if let Some(eight) = bytes.get(at..at + 8) {
        return eight.try_into().map_or(0, u64::from_le_bytes);
    }
    bytes.get(at..).unwrap_or(&[]).iter().rev().fold(0, |n, &b| n << 8 | u64::from(b))
}

/// The first `count` of loaded bytes.
#[inline]
fn first(loaded: u64, count: usize) -> u64 {
    loaded & (u64::MAX >> (64 - 8 * count))
}

/// The hash of a word: of its first bytes, where it is long. The length need not go in: words hold no zero bytes.
#[inline]
pub fn hash(bytes: &[u8], start: usize, end: usize) -> u64 {
    let end = end.min(start + HASHED);
    if end <= start + 8 {
        return first(load(bytes, start), end - start).wrapping_mul(SPREAD);
    }
    let mut hash = 0u64;
    let mut at = start;
    while end - at > 8 {
        hash = (hash ^ load(bytes, at)).wrapping_mul(SPREAD);
        hash ^= hash >> 29;
        at += 8;
    }
    (hash ^ first(load(bytes, at), end - at)).wrapping_mul(SPREAD)
}

/// How a word begins: its first byte, and what of the second one counts: of a letter behind ASCII which it is, of anything else
/// that it is none, so that a word of one byte has few beginnings.
#[inline]
fn beginning(first: u8, second: u8) -> u16 {
    let second = match second {
        _ if first >= 0x80 => second,
        b'a'..=b'z' => second,
        _ => 0,
    };
    u16::from_le_bytes([second, first])
}

/// The hash of a word, by its own hash, and the beginning of the one behind it.
#[inline]
fn pair(hash: u64, beginning: u16) -> u64 {
    (hash ^ (hash >> 29) ^ u64::from(beginning)).wrapping_mul(SPREAD)
}

/// The beginnings of what may stand where a form is the last word of a phrase or leads on; `open` where it is the last one of a
/// phrase behind which a word may go on.
#[cfg(any(feature = "sources", test))]
pub fn beginnings(form: &str, open: bool) -> impl Iterator<Item = u16> {
    let bytes = form.as_bytes();
    let first = bytes.first().copied().unwrap_or(0);
    // Behind one letter stands no other, if its word ends there.
    let all = bytes.len() == 1 && (open || !first.is_ascii_alphabetic());
    let letters = (b'a'..=b'z').filter(move |_| all).map(move |second| beginning(first, second));
    std::iter::once(beginning(first, bytes.get(1).copied().unwrap_or(0))).chain(letters)
}

/// Another hash that follows from one.
#[inline]
fn second(hash: u64) -> u64 {
    (hash ^ (hash >> 29)).wrapping_mul(SPREAD)
}

#[inline]
fn stem(loaded: u64, length: usize) -> u64 {
    (first(loaded, length) ^ length as u64).wrapping_mul(SPREAD)
}

#[inline]
fn window(four: u32) -> u64 {
    u64::from(four).wrapping_mul(SPREAD)
}

impl Gate {
    /// Whether a pattern without a space may begin with the word at `start..end`, of which this is the [`hash`].
    #[inline]
    pub fn word(&self, bytes: &[u8], (start, end): (usize, usize), hash: u64) -> bool {
        let opens = || {
            let loaded = load(bytes, start);
            self.openings.has(window(loaded as u32))
                && LENGTHS.iter().any(|&l| l <= end - start && self.stems.has(stem(loaded, l)))
        };
        self.words.has(hash) || opens()
    }

    /// Whether a phrase may begin at `start`, of which the first word ends at `space`, where a space is, and has this hash. A
    /// first word may stand twice.
    #[inline]
    pub fn phrase(&self, bytes: &[u8], (start, space): (usize, usize), hash: u64) -> bool {
        self.first_words.has(hash) && self.follows(bytes, hash, (start, space + 1))
    }

    /// The same for a word whose hash is known to be one of a first word; `word` includes the space.
    fn follows(&self, bytes: &[u8], hash: u64, (start, next): (usize, usize)) -> bool {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let may = |at: usize| self.pairs.holds(pair(hash, beginning(byte(at), byte(at + 1))));
        // The beginning is enough here: whoever compared long words at every place would take too long.
        let same = &bytes[start..next.min(start + HASHED)];
        may(next) || bytes[next..].starts_with(same) && may(next + next - start)
    }

    /// The last place in a word that ends at `end` where a pattern may begin that may stand inside.
    #[inline]
    pub fn last_inside(&self, end: usize) -> usize {
        end.saturating_sub(self.reach as usize)
    }

    /// Whether a pattern that may stand inside a word may begin at `at`.
    #[inline]
    pub fn inside(&self, bytes: &[u8], at: usize) -> bool {
        let four = match bytes.get(at..at + WINDOW) {
            Some(four) => four.try_into().map_or(0, u32::from_le_bytes),
            None => load(bytes, at) as u32,
        };
        self.inner.has(window(four))
    }

    /// Appends the bits.
    pub fn write(&self, out: &mut Vec<u8>) {
        [&self.words, &self.first_words, &self.pairs, &self.openings, &self.stems, &self.inner]
            .iter()
            .for_each(|b| b.write(out));
        put(out, self.reach);
    }

    /// Reads the bits. Wrong ones can hide a pattern, nothing else.
    ///
    /// # Errors
    /// When they end early or are too many, or a pattern would begin where a word has ended.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let gate = Self {
            words: Bits::read(from)?,
            first_words: Bits::read(from)?,
            pairs: Bits::read(from)?,
            openings: Bits::read(from)?,
            stems: Bits::read(from)?,
            inner: Bits::read(from)?,
            reach: from.number()?,
        };
        if gate.reach == 0 { Err(PackError::Tables) } else { Ok(gate) }
    }
}

/// Collects what the gate must let pass.
#[cfg(any(feature = "sources", test))]
#[derive(Debug)]
pub struct Openings {
    words: Vec<u64>,
    first_words: Vec<u64>,
    pairs: Vec<u64>,
    openings: Vec<u64>,
    stems: Vec<u64>,
    inner: Vec<u64>,
    reach: u32,
}

#[cfg(any(feature = "sources", test))]
impl Default for Openings {
    fn default() -> Self {
        Self {
            words: vec![],
            first_words: vec![],
            pairs: vec![],
            openings: vec![],
            stems: vec![],
            inner: vec![],
            reach: u32::MAX,
        }
    }
}

#[cfg(any(feature = "sources", test))]
impl Openings {
    /// A pattern whose first word is complete.
    pub fn word(&mut self, word: &str) {
        self.words.push(hash(word.as_bytes(), 0, word.len()));
    }

    /// Phrases whose first word is this one, by how the next one begins, see [`beginnings`].
    pub fn first_word(&mut self, word: &str, next: impl IntoIterator<Item = u16>) {
        let hash = hash(word.as_bytes(), 0, word.len());
        self.first_words.push(hash);
        self.pairs.extend(next.into_iter().map(|beginning| pair(hash, beginning)));
    }

    /// A pattern of one word that may go on.
    pub fn stem(&mut self, text: &str) {
        windows(text, &mut self.openings);
        let length = LENGTHS.iter().copied().filter(|&l| l <= text.len()).max();
        match length {
            Some(length) => self.stems.push(stem(load(text.as_bytes(), 0), length)),
            // Shorter than anything that is told apart: whatever begins with it must pass.
            None => {
                let free = 8 * (LENGTHS[0] - text.len());
                for rest in 0..1u64 << free {
                    self.stems.push(stem(load(text.as_bytes(), 0) | rest << (8 * text.len()), LENGTHS[0]));
                }
                self.word(text);
            }
        }
    }

    /// A pattern before which a word may have begun; its first word has `length` bytes.
    pub fn inside(&mut self, text: &str, length: usize) {
        windows(text, &mut self.inner);
        self.reach = self.reach.min(length as u32);
    }

    /// The gate.
    #[must_use]
    pub fn gate(mut self) -> Gate {
        let Self { words, first_words, pairs, openings, stems, inner, .. } = &mut self;
        for hashes in [words, first_words, pairs, openings, stems, inner] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        let mut pairs = Bits::room((self.pairs.len() as f64 * PAIR_BITS) as usize);
        self.pairs.iter().for_each(|&hash| pairs.set(hash));
        Gate {
            words: Bits::with(&self.words, WORD_BITS),
            first_words: Bits::with(&self.first_words, FIRST_BITS),
            pairs,
            openings: Bits::with(&self.openings, STEM_BITS),
            stems: Bits::with(&self.stems, STEM_BITS),
            inner: Bits::with(&self.inner, INNER_BITS),
            reach: self.reach,
        }
    }
}

/// What may be met in the window where a text stands: after a short one, anything.
#[cfg(any(feature = "sources", test))]
fn windows(text: &str, into: &mut Vec<u64>) {
    let known = text.len().min(WINDOW);
    let loaded = first(load(text.as_bytes(), 0), known) as u32;
    let free = 8 * (WINDOW - known) as u32;
    into.extend((0..1u64 << free).map(|rest| window(loaded | (rest << (8 * known)) as u32)));
}

#[cfg(test)]
mod tests {
    use super::{Gate, Openings, Reader};

    #[test]
    fn a_gate_that_reaches_past_a_words_end_is_refused() {
        for (reach, accepted) in [(u32::MAX, true), (4, true), (1, true), (0, false)] {
            let mut bytes = Vec::new();
            Gate { reach, ..Openings::default().gate() }.write(&mut bytes);
            assert_eq!(Gate::read(&mut Reader(&bytes)).is_ok(), accepted, "{reach}");
        }
    }
}
