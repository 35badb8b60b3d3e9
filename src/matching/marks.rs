//! What is said of each arc in a bit, and of few arcs in a number.
//!
//! Owns: the bits, and the counts that make numbers quick to find. Never: knows what is marked. Numbers that most arcs
//! lack are kept as marks and the numbers there are: small as it stands, not only when packed.

use super::bytes::Reader;
use crate::lexicon::PackError;

/// Arcs of one page.
const PAGE: usize = 64;
/// Every so many-th mark is known by place.
const SAMPLE: usize = 8;

/// What is said of 64 neighbours, side by side: whoever asks one thing asks the others too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The last arc of each state.
    last: u64,
    /// Arcs that lead elsewhere than to what stands right behind their state.
    jumping: u64,
    /// Arcs that settle the number.
    settling: u64,
    /// How many jump on the pages before.
    jumps: u32,
    /// How many settle on the pages before.
    settled: u32,
}

/// All pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages(Vec<Page>);

impl Pages {
    /// Pages of three columns of bits.
    pub fn new(last: &Bits, jumping: &Bits, settling: &Bits) -> Self {
        let (mut jumps, mut settled) = (0, 0);
        let columns = last.0.iter().zip(&jumping.0).zip(&settling.0);
        let pages = columns.map(|((&last, &jumping), &settling)| {
            let page = Page { last, jumping, settling, jumps, settled };
            jumps += jumping.count_ones();
            settled += settling.count_ones();
            page
        });
        Self(pages.collect())
    }

    /// The last arc of the state that an arc belongs to; there must be one.
    #[inline]
    pub fn last(&self, arc: usize) -> usize {
        let mut page = arc / PAGE;
        let mut bits = self.0[page].last >> (arc % PAGE) << (arc % PAGE);
        while bits == 0 {
            page += 1;
            bits = self.0[page].last;
        }
        page * PAGE + bits.trailing_zeros() as usize
    }

    /// The place of an arc's jump among all jumps, if it has one.
    #[inline]
    pub fn jump(&self, arc: usize) -> Option<usize> {
        let (page, bit) = (&self.0[arc / PAGE], 1u64 << (arc % PAGE));
        (page.jumping & bit != 0).then(|| page.jumps as usize + (page.jumping & (bit - 1)).count_ones() as usize)
    }

    /// Whether an arc settles the number.
    #[inline]
    pub fn settles(&self, arc: usize) -> bool {
        self.0[arc / PAGE].settling >> (arc % PAGE) & 1 != 0
    }

    /// The place of an arc's number among all, for one that settles it.
    #[inline]
    pub fn settled(&self, arc: usize) -> usize {
        let (page, bit) = (&self.0[arc / PAGE], 1u64 << (arc % PAGE));
        page.settled as usize + (page.settling & (bit - 1)).count_ones() as usize
    }

    /// The three columns.
    pub fn columns(&self) -> [Bits; 3] {
        let of = |bits: fn(&Page) -> u64| Bits(self.0.iter().map(bits).collect());
        [of(|p| p.last), of(|p| p.jumping), of(|p| p.settling)]
    }
}

/// A bit for each place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Marks at these places.
    #[cfg(any(feature = "sources", test))]
    pub fn at(places: &[usize], length: usize) -> Self {
        let mut words = vec![0u64; length.div_ceil(64)];
        for place in places {
            words[place / 64] |= 1 << (place % 64);
        }
        Self(words)
    }

    /// Whether a place is marked.
    pub fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 != 0
    }

    /// How many marks there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// The places of all marks, in order.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, &word)| {
            std::iter::successors((word != 0).then_some(word), |w| Some(w & (w - 1)).filter(|w| *w != 0))
                .map(move |w| at * 64 + w.trailing_zeros() as usize)
        })
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
        let bytes = from.take(length.div_ceil(64) * 8)?;
        let words: Vec<u64> = bytes.as_chunks::<8>().0.iter().map(|&w| u64::from_le_bytes(w)).collect();
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
        Self { samples: marks.places().step_by(SAMPLE).map(|p| p as u32).collect(), marks }
    }

    /// Where the n-th mark stands, counted from 0; there must be so many.
    #[inline]
    pub fn place(&self, number: usize) -> usize {
        let near = self.samples[number / SAMPLE] as usize;
        let mut word = near / 64;
        let mut bits = self.marks.0[word] >> (near % 64) << (near % 64);
        // Marks are few steps apart: taking them off one by one is as quick as counting.
        let mut left = number % SAMPLE;
        loop {
            if bits == 0 {
                word += 1;
                bits = self.marks.0[word];
            } else if left > 0 {
                bits &= bits - 1;
                left -= 1;
            } else {
                return word * 64 + bits.trailing_zeros() as usize;
            }
        }
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
            prop_assert_eq!(bits.count(), places.len());
            prop_assert_eq!(&bits.places().collect::<Vec<_>>(), &places);
            let numbered = Numbered::new(bits.clone());
            let pages = Pages::new(&bits, &bits, &bits);
            prop_assert_eq!(pages.columns(), [bits.clone(), bits.clone(), bits]);
            for (n, &place) in places.iter().enumerate() {
                prop_assert_eq!(numbered.place(n), place);
                prop_assert!(pages.settles(place));
                prop_assert_eq!((pages.jump(place), pages.settled(place)), (Some(n), n));
                prop_assert_eq!(pages.last(if n == 0 { 0 } else { places[n - 1] + 1 }), place);
            }
            for place in (0..3001).filter(|p| !places.contains(p)) {
                prop_assert!(!pages.settles(place) && pages.jump(place).is_none());
            }
        }
    }

    #[test]
    fn a_mark_behind_the_end_is_refused() {
        let bytes = 8u64.to_le_bytes();
        assert!(Bits::read(&mut Reader(&bytes), 4).is_ok());
        assert!(Bits::read(&mut Reader(&bytes), 3).is_err());
        assert!(Bits::read(&mut Reader(&bytes), 65).is_err());
    }
}
