//! The word graph: every pattern of the lexicon as a path of bytes with a number at its end, equal endings shared.
//!
//! Owns: the columns that hold it, the walk along a text, and the check of columns that come from outside. Never:
//! knows what a number means, or where words begin.
//!
//! A state is a stretch of arcs, in order of their labels. An arc's label is the byte that it takes; 0 means that a
//! pattern ends here. Numbers stand where they are settled: on the first arc behind which all patterns have the same,
//! so that all lemmas that inflect alike share the states of their endings. States that several arcs lead to begin
//! blocks, numbered as they stand, and most blocks stand inside another: behind one of the states that lead to them.
//! All other states stand behind the one that leads to them, one right behind it. So most arcs say nothing, and those
//! that do say little: the tables are small as they stand, for a background that wakes up has to read them as they
//! stand.

use super::bytes::{Reader, place, written};
use super::marks::{Bits, MOST_FRESH, Marks, Number, Numbered};
use crate::lexicon::PackError;
#[cfg(any(feature = "sources", test))]
pub use build::{build, build_fresh, column};
use std::ops::Range;

#[cfg(any(feature = "sources", test))]
mod build;

/// Jumps below this name a block; others count the arcs that lie between.
const BLOCKS: usize = 0xf000;
/// Most arcs of one state: as many as there are labels.
const MAX_STATE: usize = 256;
/// Bytes behind the last label, so that eight can always be read at once.
const PADDING: usize = 8;
/// They are no labels, and not the zeros that stand in a memory before anything is written there.
const PAD: u8 = 0xff;
/// Most arcs.
const MAX_ARCS: usize = 1 << 24;
/// No sense, where none was settled: only a hostile pack has such a pattern.
const NOWHERE: usize = usize::MAX;

/// Numbers of two bytes, low and high ones apart: the high ones are mostly small and pack well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    low: Vec<u8>,
    high: Vec<u8>,
}

impl Column {
    /// One of them; there must be so many.
    #[inline]
    pub fn get(&self, at: usize) -> usize {
        usize::from(self.low[at]) | usize::from(self.high[at]) << 8
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.low.len()
    }

    /// Appends them.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.low);
        out.extend_from_slice(&self.high);
    }

    /// Reads so many.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn read(from: &mut Reader<'_>, count: usize) -> Result<Self, PackError> {
        Ok(Self { low: from.take(count)?.to_vec(), high: from.take(count)?.to_vec() })
    }
}

/// A set of patterns, each with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    labels: Vec<u8>,
    /// Which arcs end states, jump and settle numbers.
    marks: Marks,
    /// Where arcs lead to that do not lead to what stands right behind their state.
    jumps: Column,
    /// The numbers that are settled.
    senses: Column,
    /// The first of those that no column holds.
    fresh: u32,
    /// The first arcs of blocks.
    blocks: Numbered,
    /// The first arc of the state that every walk begins with.
    root: usize,
    /// States after each first character of the basic plane.
    first: First,
    /// States after each two ASCII letters, if any pattern begins so.
    second: Vec<u32>,
}

/// Letters of ASCII.
const LETTERS: usize = 26;
/// After these two letters nothing goes on.
const DEAD: u32 = u32::MAX;
/// After these two letters more has to be known than the state.
const LONG_WAY: u32 = u32::MAX - 1;

/// States after first characters. Most characters begin no pattern, and a bit says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct First {
    known: Bits,
    /// How many are known before each run.
    before: Vec<u32>,
    states: Vec<u32>,
}

impl First {
    /// Words of bits between two places for which the bits before are counted.
    const RUN: usize = 1;

    /// Those of a graph, asked again and again: what a vector grew by would ship.
    fn of(graph: &Graph) -> Self {
        let mut most = 0;
        graph.each_first_character(|c, _| most = most.max(c + 1));
        let mut known = Bits::none(most);
        graph.each_first_character(|c, _| known.set(c));
        let before = known.counts(Self::RUN);
        let mut first = Self { states: vec![0; before.last().map_or(0, |&all| all as usize)], known, before };
        graph.each_first_character(|c, state| {
            if let Some(at) = first.place(c) {
                first.states[at] = state as u32;
            }
        });
        first
    }

    #[inline]
    fn place(&self, c: usize) -> Option<usize> {
        let run = c / 64 / Self::RUN;
        self.known.holds(c).then(|| self.before[run] as usize + self.known.count_between(run * Self::RUN, c))
    }

    #[inline]
    fn get(&self, c: u32) -> Option<usize> {
        self.place(c as usize).map(|at| self.states[at] as usize)
    }
}

impl Graph {
    /// Calls `found(number, end)` for every pattern that stands in `text` at `start`, shortest first.
    #[inline]
    pub fn walk(&self, text: &str, start: usize, found: &mut impl FnMut(u32, usize)) {
        let bytes = text.as_bytes();
        let Some((c, length)) = crate::normalize::kinds::decode(bytes, start) else { return };
        let (mut state, mut at) = match self.first.get(c) {
            Some(state) => (state, start + length),
            None if c > 0xffff => (self.root, start),
            None => return,
        };
        match self.second(bytes, start) {
            DEAD => return,
            LONG_WAY => {}
            known => (state, at) = (known as usize, start + 2),
        }
        let mut settled = NOWHERE;
        loop {
            if self.labels[state] == 0 && at > start && text.is_char_boundary(at) {
                found(self.sense(if self.marks.settles(state) { state } else { settled }), at);
            }
            let Some(&byte) = bytes.get(at) else { return };
            let last = self.marks.last(state);
            let Some(arc) = self.arc(state, last, byte) else { return };
            if self.marks.settles(arc) {
                settled = arc;
            }
            state = self.target(arc, last);
            at += 1;
        }
    }

    /// What is known of the state after two ASCII letters at `start`: looked up, since the states that walks begin with have
    /// most arcs.
    #[inline]
    fn second(&self, bytes: &[u8], start: usize) -> u32 {
        let (Some(&first), Some(&second)) = (bytes.get(start), bytes.get(start + 1)) else { return LONG_WAY };
        let (first, second) = (usize::from(first.wrapping_sub(b'a')), usize::from(second.wrapping_sub(b'a')));
        if first >= LETTERS || second >= LETTERS {
            return LONG_WAY;
        }
        self.second.get(first * LETTERS + second).copied().unwrap_or(LONG_WAY)
    }

    /// The same, found by walking.
    fn walk_two(&self, first: u8, second: u8) -> u32 {
        let Some(state) = self.first.get(u32::from(first)) else { return DEAD };
        if self.labels[state] == 0 {
            return LONG_WAY;
        }
        let last = self.marks.last(state);
        match self.arc(state, last, second) {
            None => DEAD,
            Some(arc) if self.marks.settles(arc) => LONG_WAY,
            Some(arc) => self.target(arc, last) as u32,
        }
    }

    /// The number of the pattern that stands at `start..end` of `text`.
    #[inline]
    pub fn lookup(&self, text: &str, start: usize, end: usize) -> Option<u32> {
        let bytes = text.as_bytes().get(..end)?;
        let (c, length) = crate::normalize::kinds::decode(bytes, start)?;
        let (mut state, mut at) = match self.first.get(c) {
            Some(state) => (state, start + length),
            None if c > 0xffff => (self.root, start),
            None => return None,
        };
        match self.second(bytes, start) {
            DEAD => return None,
            LONG_WAY => {}
            known => (state, at) = (known as usize, start + 2),
        }
        let mut settled = NOWHERE;
        while let Some(&byte) = bytes.get(at) {
            let last = self.marks.last(state);
            let arc = self.arc(state, last, byte)?;
            if self.marks.settles(arc) {
                settled = arc;
            }
            state = self.target(arc, last);
            at += 1;
        }
        (self.labels[state] == 0).then(|| self.sense(if self.marks.settles(state) { state } else { settled }))
    }

    /// The number that an arc settles.
    #[inline]
    fn sense(&self, arc: usize) -> u32 {
        if arc == NOWHERE {
            return u32::MAX;
        }
        match self.marks.settled(arc) {
            Number::Kept(at) => self.senses.get(at) as u32,
            Number::Fresh(number) => self.fresh + number as u32,
        }
    }

    /// The state that an arc leads to; its own state ends with `last`.
    #[inline]
    fn target(&self, arc: usize, last: usize) -> usize {
        let Some(jump) = self.marks.jump(arc) else { return last + 1 };
        let jump = self.jumps.get(jump);
        if jump < BLOCKS { self.blocks.place(jump) } else { last + 1 + jump - BLOCKS }
    }

    /// The arc of a state that a byte takes.
    #[inline]
    fn arc(&self, state: usize, last: usize, byte: u8) -> Option<usize> {
        const LOW: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = LOW << 7;
        if byte == 0 {
            return None;
        }
        if state == last {
            return (self.labels[state] == byte).then_some(state);
        }
        let wanted = LOW * u64::from(byte);
        let mut at = state;
        while at <= last {
            let labels: [u8; 8] = self.labels.get(at..at + 8)?.try_into().ok()?;
            // The lowest byte that is zero after this is the first equal label.
            let differs = u64::from_le_bytes(labels) ^ wanted;
            let equal = differs.wrapping_sub(LOW) & !differs & HIGH;
            if equal != 0 {
                let place = at + equal.trailing_zeros() as usize / 8;
                return (place <= last).then_some(place);
            }
            at += 8;
        }
        None
    }

    /// Whether its columns were read into memory: a background that wakes up has some before others.
    #[inline]
    pub fn is_here(&self) -> bool {
        self.labels.last() == Some(&PAD)
    }

    /// Its columns as they lie in memory; [`Self::is_here`] looks at the first of them.
    #[must_use]
    pub fn places(&self) -> Vec<Range<usize>> {
        let Self { labels, marks, jumps, senses, fresh: _, blocks, root: _, first, second } = self;
        let mut places = vec![place(labels)];
        places.extend(marks.places());
        places.extend([&jumps.low, &jumps.high, &senses.low, &senses.high].map(|column| place(column)));
        places.extend(blocks.places());
        places.extend([first.known.lies(), place(&first.before), place(&first.states)]);
        // What is empty lies nowhere.
        places.extend((!second.is_empty()).then(|| place(second)));
        places
    }

    /// As it is in a memory that was not filled yet.
    #[cfg(test)]
    #[must_use]
    pub fn zeroed(&self) -> Self {
        let mut graph = self.clone();
        graph.labels.fill(0);
        graph.first.known = Bits::none(1 << 16);
        graph
    }

    /// How many arcs it has.
    #[must_use]
    pub fn arcs(&self) -> usize {
        self.labels.len() - PADDING
    }

    /// All patterns with their numbers, in order; at most `most`, and nothing if there are more: sharing could
    /// make a small file mean endless ones.
    #[must_use]
    pub fn patterns(&self, most: usize) -> Option<Vec<(Vec<u8>, u32)>> {
        let mut all = vec![];
        // The next arc of each state on the path, its last, and what was settled on the way to it.
        let mut path = vec![(self.root, self.marks.last(self.root), NOWHERE)];
        let mut text = vec![];
        while let Some((next, last, settled)) = path.last_mut() {
            if next > last {
                path.pop();
                text.pop();
                continue;
            }
            let arc = *next;
            *next += 1;
            let settled = if self.marks.settles(arc) { arc } else { *settled };
            if self.labels[arc] == 0 {
                if all.len() == most {
                    return None;
                }
                all.push((text.clone(), self.sense(settled)));
            } else {
                let target = self.target(arc, *last);
                path.push((target, self.marks.last(target), settled));
                text.push(self.labels[arc]);
            }
        }
        Some(all)
    }

    /// Its columns by name, as they are stored.
    #[must_use]
    pub fn columns(&self) -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("labels", self.labels[..self.arcs()].to_vec()),
            ("marks", written(|out| self.marks.write(out))),
            ("jumps", written(|out| self.jumps.write(out))),
            ("senses", written(|out| self.senses.write(out))),
            ("blocks", written(|out| self.blocks.marks().write(out))),
        ]
    }

    /// Appends the columns.
    pub fn write(&self, out: &mut Vec<u8>) {
        super::bytes::put(out, self.arcs() as u32);
        for (_, column) in self.columns() {
            out.extend_from_slice(&column);
        }
        super::bytes::put(out, self.fresh);
        super::bytes::put(out, self.root as u32);
    }

    /// Reads and checks the columns.
    ///
    /// # Errors
    /// When they end early, or an arc leads outside or in a circle.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let arcs = from.number()? as usize;
        if arcs == 0 || arcs > MAX_ARCS {
            return Err(PackError::Tables);
        }
        // Room for what [`Self::with`] appends: a vector that grows leaves what it held behind on the heap, and a heap
        // that is kept when the extension is built would ship it.
        let mut labels = Vec::with_capacity(arcs + PADDING);
        labels.extend_from_slice(from.take(arcs)?);
        let marks = Marks::read(from, arcs)?;
        let jumps = Column::read(from, marks.count_jumps())?;
        let senses = Column::read(from, marks.count_kept())?;
        let blocks = Bits::read(from, arcs)?;
        let mut begin = 0;
        for end in marks.ends() {
            if end - begin >= MAX_STATE {
                return Err(PackError::Tables);
            }
            begin = end + 1;
        }
        let fresh = from.number()?;
        let root = from.number()? as usize;
        if begin != arcs || root >= arcs || fresh > MOST_FRESH {
            return Err(PackError::Tables);
        }
        let graph = Self::with(Parts { labels, marks, jumps, senses, fresh, blocks, root });
        if graph.is_sound() { Ok(graph.ready()) } else { Err(PackError::Tables) }
    }

    /// Whether every arc leads to where a state begins, and no way along them comes back to where it began.
    fn is_sound(&self) -> bool {
        let arcs = self.arcs();
        let begins = |place: usize| place < arcs && (place == 0 || self.marks.last(place - 1) == place - 1);
        let blocks = self.blocks.count();
        let mut entered = Bits::none(arcs);
        let mut left = Bits::none(arcs);
        // Each state from the next arc that is to be looked at to its last.
        let mut way: Vec<(usize, usize, usize)> = vec![];
        let mut next = 0;
        loop {
            let Some((state, arc, last)) = way.last_mut() else {
                if next == arcs {
                    return begins(self.root);
                }
                let last = self.marks.last(next);
                if !entered.has(next) {
                    entered.set(next);
                    way.push((next, next, last));
                }
                next = last + 1;
                continue;
            };
            if *arc > *last {
                left.set(*state);
                way.pop();
                continue;
            }
            let target = match self.marks.jump(*arc).map(|at| self.jumps.get(at)) {
                Some(jump) if jump < BLOCKS && jump >= blocks => return false,
                None if self.labels[*arc] == 0 => None,
                _ => Some(self.target(*arc, *last)),
            };
            *arc += 1;
            let Some(target) = target else { continue };
            if !begins(target) || entered.has(target) && !left.has(target) {
                return false;
            }
            if !entered.has(target) {
                entered.set(target);
                way.push((target, target, self.marks.last(target)));
            }
        }
    }

    /// Without the states after first characters: these are found by walking, for which all must be sound.
    fn with(parts: Parts) -> Self {
        let Parts { mut labels, marks, jumps, senses, fresh, blocks, root } = parts;
        labels.resize(labels.len() + PADDING, PAD);
        let blocks = Numbered::new(blocks);
        Self { labels, marks, jumps, senses, fresh, blocks, root, first: First::default(), second: vec![] }
    }

    fn ready(mut self) -> Self {
        self.first = First::of(&self);
        let letters = b'a'..=b'z';
        if letters.clone().any(|c| self.first.get(u32::from(c)).is_some()) {
            let mut second = Vec::with_capacity(LETTERS * LETTERS);
            second.extend(
                letters.clone().flat_map(|a| letters.clone().map(move |b| (a, b))).map(|(a, b)| self.walk_two(a, b)),
            );
            self.second = second;
        }
        self
    }

    /// States after one character. Its arcs settle nothing (see [`build`]); where a hostile pack says otherwise, its
    /// patterns have no number and no more.
    fn each_first_character(&self, mut each: impl FnMut(usize, usize)) {
        let mut open = vec![(self.root, [0u8; 3], 0usize)];
        while let Some((state, mut bytes, length)) = open.pop() {
            let last = self.marks.last(state);
            for arc in state..=last {
                let label = self.labels[arc];
                let expected = match bytes[0] {
                    _ if length == 0 => label < 0x80 || (0xc2..0xf0).contains(&label),
                    _ => (0x80..0xc0).contains(&label),
                };
                if label == 0 || !expected {
                    continue;
                }
                bytes[length] = label;
                match std::str::from_utf8(&bytes[..=length]).ok().and_then(|t| t.chars().next()) {
                    Some(c) => each(c as usize, self.target(arc, last)),
                    None if length < 2 => open.push((self.target(arc, last), bytes, length + 1)),
                    None => {}
                }
            }
        }
    }
}

/// The columns of a graph.
struct Parts {
    labels: Vec<u8>,
    marks: Marks,
    jumps: Column,
    senses: Column,
    fresh: u32,
    blocks: Bits,
    root: usize,
}
