//! What is said of each arc in a few bits, and of few arcs in a number.
//!
//! Owns: the bits, and the counts that make numbers quick to find. Never: knows what a mark leads to. Numbers that
//! most arcs lack are kept as marks and the numbers there are: small as it stands, not only when packed.

use super::bytes::{Reader, place};
use crate::lexicon::PackError;
use std::ops::Range;

/// Every so many-th mark is known by place.
const SAMPLE: usize = 32;

/// What is said of an arc, side by side: whoever asks one thing asks the others too, and together they pack better.
#[cfg(any(feature = "sources", test))]
pub const LAST: u8 = 1;
/// It leads elsewhere than to what stands right behind its state.
pub const JUMPS: u8 = 2;
/// It settles the number.
pub const SETTLES: u8 = 4;
/// It settles the number that was settled last before it.
pub const AGAIN: u8 = 8;
/// It settles the number behind the one that such an arc settled last before it: no column holds it.
#[cfg(any(feature = "sources", test))]
pub const FRESH: u8 = SETTLES | AGAIN;

/// Bits of an arc.
const WIDTH: usize = 4;
/// Arcs of one word.
const WORD: usize = u64::BITS as usize / WIDTH;
/// Words between two places for which the marks before are counted. Counts pack badly: few are kept, and the rest is
/// counted anew.
const RUN: usize = 16;
/// Arcs of one run: what settles a number again stands in the run of the arc that settled it.
#[cfg(any(feature = "sources", test))]
pub const REACH: usize = RUN * WORD;
/// One mark for all arcs of a word.
const EACH: u64 = 0x1111_1111_1111_1111;

/// Where numbers that no column holds begin at most: numbers have 16 bits, and whoever adds them up must not run over.
pub const MOST_FRESH: u32 = 1 << 16;

/// A number that an arc settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// The one at a place of the column.
    Kept(usize),
    /// The so many-th of those that no column holds.
    Fresh(usize),
}

/// From so many words before the middle on: [`EACH`] for these, and nothing behind.
static UP_TO: [u64; 2 * RUN] = {
    let mut up_to = [0; 2 * RUN];
    let mut at = 0;
    while at < RUN {
        up_to[at] = EACH;
        at += 1;
    }
    up_to
};

/// What is said of each arc: [`LAST`] of its state, [`JUMPS`], [`SETTLES`], [`AGAIN`] or both of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    words: Vec<u64>,
    /// How many jump before each run.
    jumps: Vec<u32>,
    /// How many settle a number of the column before each run.
    settled: Vec<u32>,
    /// How many settle one that no column holds.
    fresh: Vec<u32>,
}

impl Marks {
    /// The marks of arcs in order.
    #[cfg(any(feature = "sources", test))]
    pub fn of(arcs: &[u8]) -> Self {
        let word = |arcs: &[u8]| arcs.iter().rev().fold(0, |word, &arc| word << WIDTH | u64::from(arc));
        Self::counted(arcs.chunks(WORD).map(word).collect())
    }

    fn counted(words: Vec<u64>) -> Self {
        let before = |lanes: fn(u64) -> u64| {
            let runs = words.chunks(RUN).map(|run| run.iter().map(|&w| lanes(w).count_ones() as usize).sum::<usize>());
            let mut counts = Vec::with_capacity(words.len().div_ceil(RUN));
            counts.extend(runs.scan(0, |all, here| Some(std::mem::replace(all, *all + here) as u32)));
            counts
        };
        Self { jumps: before(jumping), settled: before(settling_kept), fresh: before(settling_fresh), words }
    }

    /// The last arc of the state that an arc belongs to; there must be one.
    #[inline]
    pub fn last(&self, arc: usize) -> usize {
        let (mut word, shift) = (arc / WORD, arc % WORD * WIDTH);
        let mut bits = (self.words[word] & EACH) >> shift << shift;
        while bits == 0 {
            word += 1;
            bits = self.words[word] & EACH;
        }
        word * WORD + bits.trailing_zeros() as usize / WIDTH
    }

    /// The arc behind the end of so many states, counted from one that begins a state; there must be so many.
    #[inline]
    pub fn behind_ends(&self, arc: usize, states: usize) -> usize {
        if states == 0 {
            return arc;
        }
        let (mut word, shift) = (arc / WORD, arc % WORD * WIDTH);
        let mut bits = (self.words[word] & EACH) >> shift << shift;
        let mut left = states;
        loop {
            let here = bits.count_ones() as usize;
            if here >= left {
                (1..left).for_each(|_| bits &= bits - 1);
                return word * WORD + bits.trailing_zeros() as usize / WIDTH + 1;
            }
            left -= here;
            word += 1;
            bits = self.words[word] & EACH;
        }
    }

    /// The place of an arc's jump among all jumps, if it has one.
    #[inline]
    pub fn jump(&self, arc: usize) -> Option<usize> {
        self.has(arc, JUMPS).then(|| self.rank(&self.jumps, arc, jumping))
    }

    /// Whether an arc settles the number.
    #[inline]
    pub fn settles(&self, arc: usize) -> bool {
        self.has(arc, SETTLES | AGAIN)
    }

    /// An arc's number, for one that settles it.
    #[inline]
    pub fn settled(&self, arc: usize) -> Number {
        let mut word = arc / WORD;
        let mut bits = (self.words[word] & (EACH * u64::from(SETTLES))) << (60 - arc % WORD * WIDTH);
        let mut arc = arc;
        // The last arc that says more than "again": in a pack that was checked there is one in this run.
        while bits == 0 {
            arc = word * WORD - 1;
            word -= 1;
            bits = self.words[word] & (EACH * u64::from(SETTLES));
        }
        arc -= bits.leading_zeros() as usize / WIDTH;
        if self.has(arc, AGAIN) {
            Number::Fresh(self.rank(&self.fresh, arc, settling_fresh))
        } else {
            Number::Kept(self.rank(&self.settled, arc, settling_kept))
        }
    }

    #[inline]
    fn has(&self, arc: usize, mark: u8) -> bool {
        self.words[arc / WORD] >> (arc % WORD * WIDTH) & u64::from(mark) != 0
    }

    /// How many arcs before this one have a mark, of which a word's first bits of four say. Counted side by side and added up once: many a machine has no
    /// instruction that counts bits.
    #[inline]
    fn rank(&self, runs: &[u32], arc: usize, lanes: impl Fn(u64) -> u64) -> usize {
        const FOUR: u64 = 0x0f0f_0f0f_0f0f_0f0f;
        const BYTES: u64 = 0x0101_0101_0101_0101;
        let (word, shift) = (arc / WORD, arc % WORD * WIDTH);
        let run = word / RUN;
        // Fifteen words at most, so that nothing is carried from four bits to the next; and less than 256 marks altogether.
        let before = word - run * RUN;
        let whole: u64 = match self.words[run * RUN..].first_chunk::<RUN>() {
            // All of them, so that nobody has to guess how many: those behind count nothing.
            Some(all) => all.iter().zip(&UP_TO[RUN - before..]).map(|(w, up_to)| lanes(*w) & up_to).sum(),
            None => self.words[run * RUN..word].iter().map(|w| lanes(*w)).sum(),
        };
        let part = lanes(self.words[word]) & ((1 << shift) - 1);
        let bytes = (whole & FOUR) + (whole >> 4 & FOUR) + (part & FOUR) + (part >> 4 & FOUR);
        runs[run] as usize + (bytes.wrapping_mul(BYTES) >> 56) as usize
    }

    /// How many arcs jump.
    pub fn count_jumps(&self) -> usize {
        self.words.iter().map(|&w| jumping(w).count_ones() as usize).sum()
    }

    /// How many arcs settle a number of the column.
    pub fn count_kept(&self) -> usize {
        self.words.iter().map(|&w| settling_kept(w).count_ones() as usize).sum()
    }

    /// The last arcs of all states, in order.
    pub fn ends(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, word)| places(word & EACH).map(move |bit| at * WORD + bit / WIDTH))
    }

    /// Its columns as they lie in memory.
    pub fn places(&self) -> [Range<usize>; 4] {
        [place(&self.words), place(&self.jumps), place(&self.settled), place(&self.fresh)]
    }

    /// Appends the marks, two arcs a byte.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.words.iter().for_each(|w| out.extend_from_slice(&w.to_le_bytes()));
    }

    /// Reads the marks of `length` arcs.
    ///
    /// # Errors
    /// When they end early, a run settles a number again before it settled one, or an arc behind the last is marked.
    pub fn read(from: &mut Reader<'_>, length: usize) -> Result<Self, PackError> {
        let words = words(from.take(length.div_ceil(WORD) * 8)?);
        let beyond = words.last().is_some_and(|w| !length.is_multiple_of(WORD) && w >> (length % WORD * WIDTH) != 0);
        let early = words.chunks(RUN).any(|run| {
            let settling = run.iter().find(|w| *w & (EACH * u64::from(SETTLES | AGAIN)) != 0);
            settling.is_some_and(|w| {
                let first = |mark| (w & (EACH * u64::from(mark))).trailing_zeros() as usize / WIDTH;
                first(AGAIN) < first(SETTLES)
            })
        });
        if beyond || early { Err(PackError::Tables) } else { Ok(Self::counted(words)) }
    }
}

/// Which arcs of a word jump, each by the first of its bits.
#[inline]
fn jumping(word: u64) -> u64 {
    word >> JUMPS.trailing_zeros() & EACH
}

/// Which arcs of a word settle a number of the column.
#[inline]
fn settling_kept(word: u64) -> u64 {
    (word & !(word >> 1)) >> SETTLES.trailing_zeros() & EACH
}

/// Which settle one that no column holds.
#[inline]
fn settling_fresh(word: u64) -> u64 {
    (word & word >> 1) >> SETTLES.trailing_zeros() & EACH
}

/// The bits of a word that are set, lowest first.
fn places(word: u64) -> impl Iterator<Item = usize> {
    std::iter::successors((word != 0).then_some(word), |w| Some(w & (w - 1)).filter(|w| *w != 0))
        .map(|w| w.trailing_zeros() as usize)
}

/// Words as they are stored.
fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().map(|&w| u64::from_le_bytes(w)).collect()
}

/// A bit for each place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Marks at these places.
    #[cfg(any(feature = "sources", test))]
    pub fn at(places: &[usize], length: usize) -> Self {
        let mut bits = Self::none(length);
        places.iter().for_each(|&place| bits.set(place));
        bits
    }

    /// No marks yet, for `length` places.
    pub fn none(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)])
    }

    /// Marks a place.
    pub fn set(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    /// Whether a place is marked.
    pub fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 != 0
    }

    /// Whether a place is marked; none is beyond the end.
    #[inline]
    pub fn holds(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|w| w >> (place % 64) & 1 != 0)
    }

    /// How many are marked before each run of so many words, and at last, how many altogether.
    pub fn counts(&self, run: usize) -> Vec<u32> {
        let runs = self.0.chunks(run).map(|run| run.iter().map(|w| w.count_ones()).sum::<u32>());
        let mut counts = Vec::with_capacity(self.0.len().div_ceil(run) + 1);
        counts.push(0);
        counts.extend(runs.scan(0, |all, here| {
            *all += here;
            Some(*all)
        }));
        counts
    }

    /// How many are marked from the beginning of a word of bits to right before a place that is not beyond the end.
    #[inline]
    pub fn count_between(&self, word: usize, place: usize) -> usize {
        let whole: u32 = self.0[word..place / 64].iter().map(|w| w.count_ones()).sum();
        (whole + (self.0[place / 64] & ((1 << (place % 64)) - 1)).count_ones()) as usize
    }

    /// The places of all marks, in order.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, &word)| places(word).map(move |bit| at * 64 + bit))
    }

    /// Where the bits lie in memory.
    pub fn lies(&self) -> Range<usize> {
        place(&self.0)
    }

    /// Appends the bits.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|w| out.extend_from_slice(&w.to_le_bytes()));
    }

    /// Reads bits for `length` places.
    ///
    /// # Errors
    /// When they end early, or a place behind the last is marked.
    pub fn read(from: &mut Reader<'_>, length: usize) -> Result<Self, PackError> {
        let words = words(from.take(length.div_ceil(64) * 8)?);
        let beyond = words.last().is_some_and(|w| !length.is_multiple_of(64) && w >> (length % 64) != 0);
        if beyond { Err(PackError::Tables) } else { Ok(Self(words)) }
    }
}

/// Marks that are asked for by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbered {
    marks: Bits,
    samples: Vec<u32>,
}

impl Numbered {
    /// Takes marks.
    pub fn new(marks: Bits) -> Self {
        let mut samples: Vec<u32> = marks.places().step_by(SAMPLE).map(|p| p as u32).collect();
        // What it grew by and does not use holds what lay there before.
        samples.shrink_to_fit();
        Self { samples, marks }
    }

    /// Where the n-th mark stands, counted from 0; there must be so many.
    #[inline]
    pub fn place(&self, number: usize) -> usize {
        let near = self.samples[number / SAMPLE] as usize;
        let mut word = near / 64;
        let mut bits = self.marks.0[word] >> (near % 64) << (near % 64);
        let mut left = number % SAMPLE;
        loop {
            let here = bits.count_ones() as usize;
            if left < here {
                (0..left).for_each(|_| bits &= bits - 1);
                return word * 64 + bits.trailing_zeros() as usize;
            }
            left -= here;
            word += 1;
            bits = self.marks.0[word];
        }
    }

    /// Its columns as they lie in memory.
    pub fn places(&self) -> [Range<usize>; 2] {
        [self.marks.lies(), place(&self.samples)]
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.marks.0.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// The marks themselves.
    pub fn marks(&self) -> &Bits {
        &self.marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_and_places_agree_with_the_list(places in prop::collection::btree_set(0usize..3000, 1..400)) {
            let places: Vec<usize> = places.into_iter().collect();
            let bits = Bits::at(&places, 3001);
            let mut bytes = vec![];
            bits.write(&mut bytes);
            prop_assert_eq!(&Bits::read(&mut Reader(&bytes), 3001).unwrap(), &bits);
            prop_assert_eq!(&bits.places().collect::<Vec<_>>(), &places);
            let numbered = Numbered::new(bits.clone());
            for (n, &place) in places.iter().enumerate() {
                prop_assert_eq!(numbered.place(n), place);
            }
        }

        #[test]
        fn arcs_are_found_as_they_were_marked(mut arcs in prop::collection::vec(0u8..16, 1..2000)) {
            // What is settled again was settled before.
            arcs.iter_mut().step_by(REACH).for_each(|arc| *arc |= SETTLES);
            let marks = Marks::of(&arcs);
            let mut bytes = vec![];
            marks.write(&mut bytes);
            prop_assert_eq!(&Marks::read(&mut Reader(&bytes), arcs.len()).unwrap(), &marks);
            let with = |mark| arcs.iter().enumerate().filter(move |(_, a)| **a & mark != 0).map(|(at, _)| at);
            prop_assert_eq!(marks.ends().collect::<Vec<_>>(), with(LAST).collect::<Vec<_>>());
            let kept = arcs.iter().filter(|arc| **arc & FRESH == SETTLES).count();
            prop_assert_eq!((marks.count_jumps(), marks.count_kept()), (with(JUMPS).count(), kept));
            let (mut jumps, mut kept, mut fresh, mut settled) = (0, 0, 0, None);
            for (at, arc) in arcs.iter().enumerate() {
                for (n, end) in with(LAST).filter(|end| *end >= at).take(40).enumerate() {
                    prop_assert_eq!(marks.behind_ends(at, n + 1), end + 1);
                }
                prop_assert_eq!(marks.behind_ends(at, 0), at);
                if let Some(end) = with(LAST).find(|end| *end >= at) {
                    prop_assert_eq!(marks.last(at), end);
                }
                prop_assert_eq!(marks.jump(at), (arc & JUMPS != 0).then_some(jumps));
                jumps += usize::from(arc & JUMPS != 0);
                match arc & FRESH {
                    SETTLES => {
                        settled = Some(Number::Kept(kept));
                        kept += 1;
                    }
                    FRESH => {
                        settled = Some(Number::Fresh(fresh));
                        fresh += 1;
                    }
                    _ => {}
                }
                prop_assert_eq!((marks.settles(at), Some(marks.settled(at))), (arc & FRESH != 0, settled));
            }
        }
    }

    #[test]
    fn marks_that_nothing_is_known_of_are_refused() {
        let word = |arcs: u64| Marks::read(&mut Reader(&arcs.to_le_bytes()), 3);
        assert!(word(0x123).is_ok());
        assert!(word(0x1123).is_err(), "a fourth arc");
        assert!(word(0x948).is_err(), "again before anything was settled");
        assert!(word(0x984).is_ok());
        assert!(word(0x98c).is_ok());
        let runs = |second: u64| {
            let words: Vec<u8> =
                [4].iter().chain(&[0; RUN - 1]).chain(&[second]).flat_map(|w: &u64| w.to_le_bytes()).collect();
            Marks::read(&mut Reader(&words), REACH + 2)
        };
        assert!(runs(0x84).is_ok());
        assert!(runs(0x48).is_err(), "again, and nothing was settled in this run");
        assert!(Marks::read(&mut Reader(&[1; 8]), 17).is_err(), "too few");
    }

    #[test]
    fn a_mark_behind_the_end_is_refused() {
        let bytes = 8u64.to_le_bytes();
        assert!(Bits::read(&mut Reader(&bytes), 4).is_ok());
        assert!(Bits::read(&mut Reader(&bytes), 3).is_err());
        assert!(Bits::read(&mut Reader(&bytes), 65).is_err());
    }
}
