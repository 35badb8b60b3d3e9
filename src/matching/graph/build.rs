//! Building the word graph: the smallest set of states, then their order.
//!
//! Owns: both. Never part of the extension.

use super::{BLOCKS, Column, Graph, MAX_ARCS, Parts};
use crate::matching::fresh::Settled;
use crate::matching::marks::{Bits, JUMPS, LAST, Marks};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

/// No number is settled here.
const OPEN: u32 = u32::MAX;
/// Farthest that an arc leads forward, counted in arcs.
const FARTHEST: usize = u16::MAX as usize - BLOCKS;
/// Blocks for states that many arcs lead to; those that remain are for what lies too far away.
const MOST_SHARED: usize = BLOCKS - 2048;

/// Label, state, number settled.
type Arc = (u8, u32, u32);

/// Builds the graph of sorted, distinct patterns.
///
/// # Errors
/// When there are too many for the columns.
pub fn build(patterns: &[(&str, u32)]) -> Result<Graph, String> {
    Ok(build_fresh(patterns, 0..0)?.0)
}

/// The same, in which numbers of `fresh` go by where they are settled first: also says what each of them was before.
///
/// # Errors
/// When there are too many for the columns, or one of these numbers is settled nowhere.
pub fn build_fresh(patterns: &[(&str, u32)], fresh: Range<u32>) -> Result<(Graph, Vec<u32>), String> {
    if let Some((text, number)) = patterns.iter().find(|(_, number)| *number > u32::from(u16::MAX)) {
        return Err(format!("{text:?} has sense {number}, at most {} are told apart", u16::MAX));
    }
    let mut states = States::default();
    let root = states.of(patterns, 0, false);
    let (graph, before) = Layout::of(states.all, root)?.write(fresh)?;
    if graph.is_sound() { Ok((graph.ready(), before)) } else { Err("the terms make no sound graph".into()) }
}

/// Distinct states. What an arc leads to stands before the arc's own state.
#[derive(Default)]
struct States {
    all: Vec<Vec<Arc>>,
    known: HashMap<Vec<Arc>, u32>,
}

impl States {
    /// The state for patterns that agree in their first `depth` bytes. With `settled` their number is known already.
    fn of(&mut self, patterns: &[(&str, u32)], depth: usize, settled: bool) -> u32 {
        let mut arcs: Vec<Arc> = vec![];
        let mut rest = patterns;
        if let Some(((text, number), others)) = rest.split_first()
            && text.len() == depth
        {
            arcs.push((0, 0, if settled { OPEN } else { *number }));
            rest = others;
        }
        while let Some((text, number)) = rest.first() {
            let label = text.as_bytes()[depth];
            let same = rest.iter().take_while(|(t, _)| t.as_bytes()[depth] == label).count();
            let (group, others) = rest.split_at(same);
            // The walk enters behind the first character: nothing is settled before.
            let behind = text.chars().next().is_some_and(|c| depth >= c.len_utf8());
            let settles = !settled && behind && group.iter().all(|(_, n)| n == number);
            let target = self.of(group, depth + 1, settled || settles);
            arcs.push((label, target, if settles { *number } else { OPEN }));
            rest = others;
        }
        if arcs.is_empty() {
            // No patterns at all: an end at the root, which no walk asks for.
            arcs.push((0, 0, 0));
        }
        if let Some(&state) = self.known.get(&arcs) {
            return state;
        }
        let state = self.all.len() as u32;
        self.all.push(arcs.clone());
        self.known.insert(arcs, state);
        state
    }
}

/// A block that more arcs lead to is no guest: such blocks stand together, first those that most arcs lead to, so that
/// their numbers are alike.
const MOST_HOSTS: u32 = 40;

/// Which states begin blocks, where they stand, and how long everything is.
struct Layout {
    states: Vec<Vec<Arc>>,
    /// States that begin blocks.
    begins: Vec<bool>,
    /// The block that stands right behind a state which leads to blocks alone: one arc that need not jump.
    guests: Vec<Option<u32>>,
    /// The blocks' numbers.
    numbers: Vec<usize>,
    /// The states that stand in no other's block, in order; the root last.
    order: Vec<u32>,
    /// Arcs of each state with all that stands in its block behind it.
    sizes: Vec<usize>,
}

impl Layout {
    fn of(states: Vec<Vec<Arc>>, root: u32) -> Result<Self, String> {
        let count = states.len();
        let mut led_to = vec![0u32; count];
        for (_, target, _) in states.iter().flatten().filter(|arc| arc.0 != 0) {
            led_to[*target as usize] += 1;
        }
        let mut layout = Self {
            states,
            begins: vec![false; count],
            guests: vec![None; count],
            numbers: vec![0; count],
            order: vec![],
            sizes: vec![0; count],
        };
        layout.share(&led_to);
        layout.begins[root as usize] = true;
        layout.lodge(&led_to, root);
        // A state that gets a block late shortens what it was measured in before.
        while (0..count).filter(|&state| layout.measure(state)).count() > 0 {}
        layout.put_in_order(&led_to, root)?;
        Ok(layout)
    }

    /// Gives blocks to what several arcs lead to. Where these are too many, those get one that spare most arcs, and
    /// the others are written more than once.
    fn share(&mut self, led_to: &[u32]) {
        let mut shared: Vec<(usize, u32)> = vec![];
        for (state, led_to) in (0u32..).zip(led_to).filter(|(_, led_to)| **led_to > 0) {
            self.measure(state as usize);
            if *led_to > 1 {
                self.begins[state as usize] = true;
                shared.push((self.sizes[state as usize] * (*led_to as usize - 1), state));
            }
        }
        shared.sort_by_key(|&(spared, state)| (Reverse(spared), state));
        for (_, state) in shared.into_iter().skip(MOST_SHARED) {
            self.begins[state as usize] = false;
        }
    }

    /// Finds hosts for blocks, first for those that few arcs lead to. A host is written once and has nothing else
    /// behind it.
    fn lodge(&mut self, led_to: &[u32], root: u32) {
        let mut written = vec![0u32; self.states.len()];
        let mut hosts: Vec<Vec<u32>> = vec![vec![]; self.states.len()];
        // What leads to a state stands behind it in the list.
        for state in (0..self.states.len()).rev() {
            if self.begins[state] {
                written[state] = 1;
            }
            let alone = self.inline(state).is_empty();
            let mut targets: Vec<usize> =
                self.states[state].iter().filter(|arc| arc.0 != 0).map(|arc| arc.1 as usize).collect();
            targets.sort_unstable();
            targets.dedup();
            for target in targets {
                if !self.begins[target] {
                    written[target] = written[target].saturating_add(written[state]);
                } else if alone && written[state] == 1 {
                    hosts[target].push(state as u32);
                }
            }
        }
        let mut guests: Vec<u32> = (0..self.states.len() as u32)
            .filter(|&s| self.begins[s as usize] && s != root && led_to[s as usize] <= MOST_HOSTS)
            .collect();
        guests.sort_by_key(|&s| (led_to[s as usize], s));
        for guest in guests {
            if let Some(&host) = hosts[guest as usize].iter().rev().find(|&&h| self.guests[h as usize].is_none()) {
                self.guests[host as usize] = Some(guest);
            }
        }
    }

    /// How long a state is, with all behind it. What would lie too far away gets a block of its own; says whether
    /// anything did.
    fn measure(&mut self, state: usize) -> bool {
        let (mut offset, mut late) = (0, false);
        for target in self.inline(state) {
            if offset > FARTHEST {
                self.begins[target] = true;
                late = true;
            } else {
                offset += self.sizes[target];
            }
        }
        self.sizes[state] = self.states[state].len() + offset;
        late
    }

    /// The states that follow a state in its block, the shortest first.
    fn inline(&self, state: usize) -> Vec<usize> {
        let targets = self.states[state].iter().filter(|arc| arc.0 != 0).map(|arc| arc.1 as usize);
        let guest = self.guests[state].map(|guest| guest as usize);
        let mut inline: Vec<usize> = targets.filter(|&t| !self.begins[t] || Some(t) == guest).collect();
        inline.sort_by_key(|&t| (self.sizes[t], t));
        inline.dedup();
        inline
    }

    /// Numbers the blocks as they will stand.
    fn put_in_order(&mut self, led_to: &[u32], root: u32) -> Result<(), String> {
        let mut lodged = vec![false; self.states.len()];
        self.guests.iter().flatten().for_each(|&guest| lodged[guest as usize] = true);
        self.order = (0..self.states.len() as u32)
            .filter(|&s| self.begins[s as usize] && !lodged[s as usize] && s != root)
            .collect();
        self.order.sort_by_key(|&s| (Reverse(led_to[s as usize]), s));
        self.order.push(root);
        if self.begins.iter().filter(|&&b| b).count() > BLOCKS {
            return Err("the terms share more endings than there are blocks for".into());
        }
        if self.order.iter().map(|&s| self.sizes[s as usize]).sum::<usize>() > MAX_ARCS {
            return Err(format!("the terms make more than the {MAX_ARCS} arcs that fit"));
        }
        let mut next = 0;
        let mut open: Vec<usize> = self.order.iter().rev().map(|&s| s as usize).collect();
        while let Some(state) = open.pop() {
            if self.begins[state] {
                self.numbers[state] = next;
                next += 1;
            }
            open.extend(self.inline(state).into_iter().rev());
        }
        Ok(())
    }

    /// Writes block after block.
    fn write(&self, fresh: Range<u32>) -> Result<(Graph, Vec<u32>), String> {
        let first = fresh.start;
        let mut out = Writer { settled: Settled::new(fresh), ..Writer::default() };
        for &state in &self.order {
            out.root = out.labels.len();
            self.write_state(state as usize, &mut out);
        }
        let before = out.settled.before()?;
        Ok((out.graph(first)?, before))
    }

    fn write_state(&self, state: usize, out: &mut Writer) {
        if self.begins[state] {
            out.blocks.push(out.labels.len());
        }
        let inline = self.inline(state);
        let offset = |target| inline.iter().take_while(|&&t| t != target).map(|&t| self.sizes[t]).sum::<usize>();
        for &(label, target, number) in &self.states[state] {
            let jump = match target as usize {
                _ if label == 0 => 0,
                target if !inline.contains(&target) => self.numbers[target] + 1,
                target if offset(target) == 0 => 0,
                target => BLOCKS + offset(target) + 1,
            };
            out.arc(label, jump.checked_sub(1), (number != OPEN).then_some(number as usize));
        }
        if let Some(marks) = out.marks.last_mut() {
            *marks |= LAST;
        }
        for target in inline {
            self.write_state(target, out);
        }
    }
}

/// The columns as they grow.
#[derive(Default)]
struct Writer {
    labels: Vec<u8>,
    marks: Vec<u8>,
    jumps: Vec<usize>,
    settled: Settled,
    blocks: Vec<usize>,
    /// Where the state begins that was written last: in the end, the root.
    root: usize,
}

impl Writer {
    fn arc(&mut self, label: u8, jump: Option<usize>, number: Option<usize>) {
        let mut marks = 0;
        if let Some(jump) = jump {
            self.jumps.push(jump);
            marks |= JUMPS;
        }
        if let Some(number) = number {
            marks |= self.settled.mark(self.marks.len(), number);
        }
        self.marks.push(marks);
        self.labels.push(label);
    }

    fn graph(self, fresh: u32) -> Result<Graph, String> {
        let length = self.labels.len();
        Ok(Graph::with(Parts {
            marks: Marks::of(&self.marks),
            jumps: column(&self.jumps)?,
            senses: column(&self.settled.kept)?,
            fresh,
            blocks: Bits::at(&self.blocks, length),
            labels: self.labels,
            root: self.root,
        }))
    }
}

/// Numbers as a column.
///
/// # Errors
/// When one has more than two bytes.
pub fn column(numbers: &[usize]) -> Result<Column, String> {
    let mut column = Column::default();
    for &number in numbers {
        let [low, high] = u16::try_from(number).map_err(|_| format!("{number} does not fit a column"))?.to_le_bytes();
        column.low.push(low);
        column.high.push(high);
    }
    Ok(column)
}
