//! Numbers that a table gives in the order in which it settles them, so that it need not hold them.
//!
//! Owns: which numbers stand in a table, which it settles again, and which are fresh there: the next that no arc before it has.
//! Never: part of the extension.
//!
//! A word of a phrase is a place among spellings and a place among phrases, and one of both has to say which belongs to
//! which. With numbers that go by how often phrases have a word, both did: those that spellings settle for the first time
//! had to be written down, although nearly every one of them is settled once.

use super::marks::{AGAIN, FRESH, REACH, SETTLES};
use std::collections::HashMap;
use std::ops::Range;

/// Numbers as they are settled, arc after arc.
#[derive(Debug, Default)]
pub struct Settled {
    /// Those that go by where they are settled first.
    fresh: Range<usize>,
    /// What these are from now on.
    given: HashMap<usize, usize>,
    /// The number that was settled last, and the last arc of it that says more than "again".
    last: Option<(usize, usize)>,
    /// The numbers that have to be kept.
    pub kept: Vec<usize>,
}

impl Settled {
    /// None yet; those of `fresh` may be given anew.
    pub fn new(fresh: Range<u32>) -> Self {
        Self { fresh: fresh.start as usize..fresh.end as usize, ..Self::default() }
    }

    /// How an arc is marked that settles a number; arcs come in order.
    pub fn mark(&mut self, arc: usize, number: usize) -> u8 {
        let again = |(last, at)| last == number && at / REACH == arc / REACH;
        if self.last.is_some_and(again) {
            return AGAIN;
        }
        self.last = Some((number, arc));
        if self.fresh.contains(&number) && !self.given.contains_key(&number) {
            self.given.insert(number, self.fresh.start + self.given.len());
            return FRESH;
        }
        self.kept.push(self.given.get(&number).copied().unwrap_or(number));
        SETTLES
    }

    /// What each number of the range was before, in order.
    ///
    /// # Errors
    /// When some were not settled.
    pub fn before(&self) -> Result<Vec<u32>, String> {
        let mut before: Vec<(usize, usize)> = self.given.iter().map(|(&before, &now)| (now, before)).collect();
        before.sort_unstable();
        if before.len() != self.fresh.len() {
            return Err("a number that is to be given anew is settled nowhere".into());
        }
        Ok(before.into_iter().map(|(_, before)| before as u32).collect())
    }
}

/// Numbers in a new order: those that stay as they are told apart, one range of fresh ones behind the other.
#[derive(Debug)]
pub struct Order {
    /// What each number was.
    before: Vec<u32>,
    /// What each number is.
    now: HashMap<u32, u32>,
    ranges: Vec<Range<u32>>,
}

impl Order {
    /// Puts numbers in order by the range that each is to be in: 0 for those that only keep their order, 1 and more for those
    /// that go by where they are settled.
    pub fn of(numbers: impl IntoIterator<Item = u32>, ranges: usize, range: impl Fn(u32) -> usize) -> Self {
        let mut before: Vec<u32> = numbers.into_iter().collect();
        before.sort_by_key(|&number| (range(number), number));
        before.dedup();
        let ends = (0..=ranges).map(|r| before.partition_point(|&number| range(number) <= r) as u32);
        let ends: Vec<u32> = ends.collect();
        let now = before.iter().copied().zip(0..).collect();
        Self { now, ranges: ends.windows(2).map(|ends| ends[0]..ends[1]).collect(), before }
    }

    /// What a number is now; one that is not known stays.
    pub fn now(&self, number: u32) -> u32 {
        self.now.get(&number).copied().unwrap_or(number)
    }

    /// The numbers of a range, counted from 1.
    pub fn range(&self, range: usize) -> Range<u32> {
        self.ranges[range - 1].clone()
    }

    /// Takes over how a table put a range in order.
    pub fn put(&mut self, range: usize, order: &[u32]) {
        let order: Vec<u32> = order.iter().map(|&number| self.before[number as usize]).collect();
        let range = self.range(range);
        for (now, before) in range.zip(order) {
            self.before[now as usize] = before;
            self.now.insert(before, now);
        }
    }

    /// What each number was.
    pub fn before(self) -> Vec<u32> {
        self.before
    }
}
