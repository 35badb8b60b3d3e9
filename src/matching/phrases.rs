//! Phrases as words that stand one after another, each word by its number: whatever the forms of a word, a phrase holds
//! it once.
//!
//! Owns: the columns, the step from one word to the next, and the check of columns that come from outside. Never: knows
//! how a word is spelled, or what a phrase means.
//!
//! A block is what may follow: the next word of each phrase that begins alike, in order of the words' numbers. Blocks
//! stand level by level: first what follows the first words, in order of these, then what follows the words in the blocks
//! before, in order of those. So a block needs no place of its own: that of the n-th word that leads on stands n-th.

use super::bytes::{Reader, written};
use super::graph::Column;
use super::marks::{Bits, MOST_FRESH, Marks, Number};
use crate::lexicon::PackError;
use std::ops::Range;

/// Most words of one phrase.
pub const MOST_WORDS: usize = 16;
/// Most words in all blocks.
const MAX_STEPS: usize = 1 << 22;
/// Every so many-th block is known by place.
const SAMPLE: usize = 32;
/// Words of bits between two places for which first words are counted.
const RUN: usize = 8;

/// All phrases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrases {
    /// Which words begin phrases.
    begins: Bits,
    /// How many do before each run.
    begun: Vec<u32>,
    /// The words of blocks.
    words: Column,
    /// Which of them end blocks, lead on, and end phrases.
    marks: Marks,
    /// What phrases mean that end.
    senses: Column,
    /// The first sense of those that no column holds.
    fresh: u32,
    /// Where every [`SAMPLE`]th block begins.
    samples: Vec<u32>,
}

/// A word of a phrase, where it stands in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step(usize);

impl Phrases {
    /// The block of what may follow a first word.
    #[inline]
    pub fn after_first(&self, word: u32) -> Option<usize> {
        let word = word as usize;
        if !self.begins.holds(word) {
            return None;
        }
        let run = word / 64 / RUN;
        Some(self.begun[run] as usize + self.begins.count_between(run * RUN, word))
    }

    /// The words of a block, by their places.
    #[inline]
    pub fn block(&self, block: usize) -> Option<Range<usize>> {
        let sample = *self.samples.get(block / SAMPLE)? as usize;
        let from = self.marks.behind_ends(sample, block % SAMPLE);
        Some(from..self.marks.last(from) + 1)
    }

    /// A word in a block.
    #[inline]
    pub fn step(&self, block: &Range<usize>, word: u32) -> Option<Step> {
        let Range { start: mut from, end: mut to } = *block;
        let word = word as usize;
        while from < to {
            let middle = usize::midpoint(from, to);
            match self.words.get(middle).cmp(&word) {
                std::cmp::Ordering::Equal => return Some(Step(middle)),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// What the phrase means that ends with this word, if one does.
    #[inline]
    pub fn sense(&self, step: Step) -> Option<u32> {
        self.marks.settles(step.0).then(|| match self.marks.settled(step.0) {
            Number::Kept(at) => self.senses.get(at) as u32,
            Number::Fresh(number) => self.fresh + number as u32,
        })
    }

    /// The block of what may follow this word.
    #[inline]
    pub fn after(&self, step: Step) -> Option<usize> {
        self.marks.jump(step.0).map(|before| self.firsts() + before)
    }

    /// How many words begin phrases: their blocks come first.
    #[inline]
    fn firsts(&self) -> usize {
        self.begun.last().map_or(0, |&all| all as usize)
    }

    /// All phrases, each with its sense; `most` at most, and nothing if there are more or one is too long.
    #[must_use]
    pub fn all(&self, most: usize) -> Option<Vec<(Vec<u32>, u32)>> {
        let mut all = vec![];
        let mut open: Vec<(Vec<u32>, usize)> =
            self.begins.places().enumerate().map(|(b, w)| (vec![w as u32], b)).collect();
        while let Some((words, block)) = open.pop() {
            for at in self.block(block)? {
                let mut longer = words.clone();
                longer.push(self.words.get(at) as u32);
                if all.len() + open.len() > most || longer.len() > MOST_WORDS {
                    return None;
                }
                if let Some(block) = self.after(Step(at)) {
                    open.push((longer.clone(), block));
                }
                if let Some(sense) = self.sense(Step(at)) {
                    all.push((longer, sense));
                }
            }
        }
        all.sort_unstable();
        Some(all)
    }

    /// Its columns by name, as they are stored.
    #[must_use]
    pub fn columns(&self) -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("begins", written(|out| self.begins.write(out))),
            ("words", written(|out| self.words.write(out))),
            ("marks", written(|out| self.marks.write(out))),
            ("senses", written(|out| self.senses.write(out))),
        ]
    }

    /// Appends the columns.
    pub fn write(&self, out: &mut Vec<u8>) {
        super::bytes::put(out, self.begins.places().last().map_or(0, |last| last as u32 + 1));
        super::bytes::put(out, self.words.len() as u32);
        super::bytes::put(out, self.fresh);
        for (_, column) in self.columns() {
            out.extend_from_slice(&column);
        }
    }

    /// Reads and checks the columns.
    ///
    /// # Errors
    /// When they end early, or are no blocks of which each is reached from one that stands before it.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let (firsts, steps, fresh) = (from.number()? as usize, from.number()? as usize, from.number()?);
        if firsts > 1 << 16 || steps > MAX_STEPS || fresh > MOST_FRESH {
            return Err(PackError::Tables);
        }
        let begins = Bits::read(from, firsts)?;
        let words = Column::read(from, steps)?;
        let marks = Marks::read(from, steps)?;
        let senses = Column::read(from, marks.count_kept())?;
        let phrases = Self::with(begins, words, marks, (senses, fresh));
        if phrases.is_sound() { Ok(phrases) } else { Err(PackError::Tables) }
    }

    /// Whether there are as many blocks as words that lead to one, each behind the block of its word.
    fn is_sound(&self) -> bool {
        let steps = self.words.len();
        let (mut blocks, mut begin, mut next) = (0, 0, self.firsts());
        for end in self.marks.ends() {
            let leading = (begin..=end).filter(|&at| self.marks.jump(at).is_some()).count();
            // The first block that it leads to.
            if leading > 0 && next <= blocks {
                return false;
            }
            next += leading;
            blocks += 1;
            begin = end + 1;
        }
        begin == steps && blocks == next
    }

    /// Counts what is counted when a pack is read.
    fn with(begins: Bits, words: Column, marks: Marks, (senses, fresh): (Column, u32)) -> Self {
        let begun = begins.counts(RUN);
        let mut samples = Vec::with_capacity(marks.ends().count().div_ceil(SAMPLE));
        let all = std::iter::once(0).chain(marks.ends().map(|end| end as u32 + 1));
        samples.extend(all.step_by(SAMPLE).filter(|&begin| (begin as usize) < words.len()));
        Self { begins, begun, words, marks, senses, fresh, samples }
    }
}

/// The numbers of a phrase's words, and its sense.
#[cfg(any(feature = "sources", test))]
type Phrase = (Vec<u32>, u32);

/// Builds the tables of sorted, distinct phrases of two words or more. Senses of `fresh` go by where they stand first: also says
/// what each of them was before.
///
/// # Errors
/// When there are too many for the columns, one has too many words, or one of these senses stands nowhere.
#[cfg(any(feature = "sources", test))]
pub fn build(phrases: &[Phrase], fresh: Range<u32>) -> Result<(Phrases, Vec<u32>), String> {
    use super::marks::{JUMPS, LAST};
    let fits = |number: u32| usize::try_from(number).is_ok_and(|n| n < 1 << 16);
    if let Some((words, _)) = phrases.iter().find(|(words, sense)| !fits(*sense) || !words.iter().all(|&w| fits(w))) {
        return Err(format!("phrases have more words or senses than are told apart: {words:?}"));
    }
    if let Some((words, _)) = phrases.iter().find(|(words, _)| !(2..=MOST_WORDS).contains(&words.len())) {
        return Err(format!("a phrase has {} words, at most {MOST_WORDS} are allowed", words.len()));
    }
    let mut firsts: Vec<usize> = phrases.iter().map(|(words, _)| words[0] as usize).collect();
    firsts.dedup();
    let first_fresh = fresh.start;
    let (mut words, mut marks, mut settled) = (vec![], vec![], super::fresh::Settled::new(fresh));
    // Phrases that begin alike, and how many words of them.
    let mut open: std::collections::VecDeque<(&[Phrase], usize)> =
        phrases.chunk_by(|a, b| a.0[0] == b.0[0]).map(|alike| (alike, 1)).collect();
    while let Some((alike, depth)) = open.pop_front() {
        // One that ends here was written down with the word before.
        let going_on = &alike[alike.iter().take_while(|(words, _)| words.len() == depth).count()..];
        for same in going_on.chunk_by(|a, b| a.0[depth] == b.0[depth]) {
            let mut mark = 0;
            if same.iter().any(|(words, _)| words.len() > depth + 1) {
                mark |= JUMPS;
                open.push_back((same, depth + 1));
            }
            if same[0].0.len() == depth + 1 {
                mark |= settled.mark(marks.len(), same[0].1 as usize);
            }
            words.push(same[0].0[depth] as usize);
            marks.push(mark);
        }
        if let Some(last) = marks.last_mut() {
            *last |= LAST;
        }
    }
    if words.len() > MAX_STEPS {
        return Err(format!("phrases have more than the {MAX_STEPS} words that fit"));
    }
    let begins = Bits::at(&firsts, firsts.last().map_or(0, |last| last + 1));
    let (words, senses) = (super::graph::column(&words)?, super::graph::column(&settled.kept)?);
    Ok((Phrases::with(begins, words, Marks::of(&marks), (senses, first_fresh)), settled.before()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn some() -> impl Strategy<Value = BTreeMap<Vec<u32>, u32>> {
        let words = prop::collection::vec(prop_oneof![0u32..6, Just(600u32), Just(65_535)], 2..5);
        prop::collection::btree_map(words, 0u32..5, 0..60)
    }

    proptest! {
        #[test]
        fn phrases_are_found_word_by_word(phrases in some(), asked in prop::collection::vec(0u32..7, 1..6)) {
            let list: Vec<(Vec<u32>, u32)> = phrases.clone().into_iter().collect();
            let built = build(&list, 0..0).unwrap().0;
            prop_assert_eq!(built.all(1000).unwrap(), list.clone());
            let mut bytes = vec![];
            built.write(&mut bytes);
            let mut reader = Reader(&bytes);
            prop_assert_eq!(&Phrases::read(&mut reader).unwrap(), &built);
            prop_assert!(reader.0.is_empty());
            for length in 0..bytes.len() {
                prop_assert!(Phrases::read(&mut Reader(&bytes[..length])).is_err());
            }
            let ways = list.iter().map(|(words, _)| words.clone()).chain([asked]);
            for way in ways {
                let mut block = built.after_first(way[0]);
                for at in 1..way.len() {
                    let step = block.and_then(|b| built.step(&built.block(b)?, way[at]));
                    prop_assert_eq!(step.and_then(|s| built.sense(s)), phrases.get(&way[..=at]).copied());
                    let longer = phrases.keys().any(|p| p.len() > at + 1 && p[..=at] == way[..=at]);
                    block = step.and_then(|s| built.after(s));
                    prop_assert_eq!(block.is_some(), longer);
                }
            }
        }

        #[test]
        fn damaged_phrases_are_refused_or_end(
            phrases in some(),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let list: Vec<(Vec<u32>, u32)> = phrases.into_iter().collect();
            let mut bytes = vec![];
            build(&list, 0..0).unwrap().0.write(&mut bytes);
            for (at, value) in damage {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if let Ok(read) = Phrases::read(&mut Reader(&bytes)) {
                assert!(read.all(1000).is_none_or(|all| all.len() <= 1000));
                for first in 0..700 {
                    let mut block = read.after_first(first);
                    let mut steps = 0;
                    while let Some(step) = block.and_then(|b| (0..700).find_map(|word| read.step(&read.block(b)?, word))) {
                        read.sense(step);
                        block = read.after(step);
                        steps += 1;
                        prop_assert!(steps <= list.len() * 5, "a circle");
                    }
                }
            }
        }
    }

    #[test]
    fn blocks_that_lead_back_or_nowhere_are_refused() {
        // Word 0 begins; block 0 holds the words 1 and 2.
        let read_from = |fresh: u32, marks: u8, senses: u32| {
            let mut bytes = vec![];
            [1, 2, fresh].iter().for_each(|&n| super::super::bytes::put(&mut bytes, n));
            bytes.extend_from_slice(&1u64.to_le_bytes());
            bytes.extend_from_slice(&[1, 2, 0, 0]);
            bytes.extend_from_slice(&u64::from(marks).to_le_bytes());
            bytes.extend((0..2 * senses).map(|_| 0));
            Phrases::read(&mut Reader(&bytes))
        };
        let read = |marks: u8, senses: u32| read_from(0, marks, senses);
        assert!(read(0x54, 2).is_ok());
        assert!(read_from(MOST_FRESH, 0x54, 2).is_ok());
        assert!(read_from(MOST_FRESH + 1, 0x54, 2).is_err(), "numbers that run over");
        assert!(read(0x55, 2).is_err(), "a block that nothing leads to");
        assert!(read(0x56, 2).is_err(), "a word that leads nowhere");
        assert!(read(0x44, 2).is_err(), "a block without an end");
        // The second block is its own.
        assert!(read(0x71, 1).is_err(), "a block that leads to itself");
        assert!(read(0x53, 1).is_ok());
    }

    #[test]
    fn phrases_that_do_not_fit_are_refused() {
        for phrases in
            [vec![(vec![1], 0)], vec![(vec![1; 17], 0)], vec![(vec![1, 1 << 16], 0)], vec![(vec![1, 1], 1 << 16)]]
        {
            assert!(build(&phrases, 0..0).is_err(), "{phrases:?}");
        }
    }
}
