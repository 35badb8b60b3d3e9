//! Building the word graph: the smallest set of states, then their order.
//!
//! Owns: both. Never part of the extension.

use super::{BLOCKS, Column, Graph, MAX_ARCS, Parts};
use crate::matching::marks::{Bits, JUMPS, LAST, Marks, SETTLES};
use std::cmp::Reverse;
use std::collections::HashMap;

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
    if let Some((text, number)) = patterns.iter().find(|(_, number)| *number > u32::from(u16::MAX)) {
        return Err(format!("{text:?} has sense {number}, at most {} are told apart", u16::MAX));
    }
    let mut states = States::default();
    let root = states.of(patterns, 0, false);
    let graph = Layout::of(states.all, root)?.write()?;
    if graph.is_sound() { Ok(graph.ready()) } else { Err("the terms make no sound graph".into()) }
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

/// No number yet.
const UNNUMBERED: usize = usize::MAX;

/// Which states begin blocks, and how long everything is.
struct Layout {
    states: Vec<Vec<Arc>>,
    /// States that begin blocks.
    begins: Vec<bool>,
    /// The blocks' numbers.
    number: Vec<usize>,
    /// The states that begin blocks, in order; the root last.
    blocks: Vec<u32>,
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
            number: vec![UNNUMBERED; count],
            blocks: vec![],
            sizes: vec![0; count],
        };
        // What stands behind a state is measured before it, with blocks for all that is shared. Where these are too
        // many, those stay that spare most arcs, and the others are written more than once.
        let mut shared: Vec<(usize, u32)> = vec![];
        for (state, led_to) in (0u32..).zip(&led_to).filter(|(_, led_to)| **led_to > 0) {
            layout.measure(state as usize);
            if *led_to > 1 {
                layout.begins[state as usize] = true;
                shared.push((layout.sizes[state as usize] * (*led_to as usize - 1), state));
            }
        }
        shared.sort_by_key(|&(spared, state)| (Reverse(spared), state));
        for (_, state) in shared.into_iter().skip(MOST_SHARED) {
            layout.begins[state as usize] = false;
        }
        // A state that gets a block late shortens what it was measured in before.
        while (0..count).filter(|&state| layout.measure(state)).count() > 0 {}
        let mut order: Vec<u32> = (0..count as u32).filter(|&s| layout.begins[s as usize] && s != root).collect();
        order.sort_by_key(|&s| (Reverse(led_to[s as usize]), s));
        if order.len() > BLOCKS {
            return Err("the terms share more endings than there are blocks for".into());
        }
        for state in order {
            layout.give_number(state);
        }
        layout.blocks.push(root);
        if layout.blocks.iter().map(|&s| layout.sizes[s as usize]).sum::<usize>() > MAX_ARCS {
            return Err(format!("the terms make more than the {MAX_ARCS} arcs that fit"));
        }
        Ok(layout)
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
        let mut inline: Vec<usize> = targets.filter(|&t| !self.begins[t]).collect();
        inline.sort_by_key(|&t| (self.sizes[t], t));
        inline.dedup();
        inline
    }

    /// Gives a block its number, and before it those that it leads to.
    fn give_number(&mut self, state: u32) {
        if self.number[state as usize] != UNNUMBERED {
            return;
        }
        let mut open = vec![state];
        while let Some(inside) = open.pop() {
            for at in 0..self.states[inside as usize].len() {
                let (label, target, _) = self.states[inside as usize][at];
                if label == 0 {
                } else if self.begins[target as usize] {
                    self.give_number(target);
                } else {
                    open.push(target);
                }
            }
        }
        self.number[state as usize] = self.blocks.len();
        self.blocks.push(state);
    }

    /// Writes block after block.
    fn write(&self) -> Result<Graph, String> {
        let mut out = Writer::default();
        for &state in &self.blocks {
            out.blocks.push(out.labels.len());
            self.write_state(state as usize, &mut out);
        }
        out.graph()
    }

    fn write_state(&self, state: usize, out: &mut Writer) {
        let inline = self.inline(state);
        let offset = |target| inline.iter().take_while(|&&t| t != target).map(|&t| self.sizes[t]).sum::<usize>();
        for &(label, target, number) in &self.states[state] {
            let jump = match target as usize {
                _ if label == 0 => 0,
                target if self.begins[target] => self.number[target] + 1,
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
    senses: Vec<usize>,
    blocks: Vec<usize>,
}

impl Writer {
    fn arc(&mut self, label: u8, jump: Option<usize>, number: Option<usize>) {
        let marks = [(jump, JUMPS, &mut self.jumps), (number, SETTLES, &mut self.senses)];
        let marks = marks.into_iter().filter_map(|(value, mark, column)| {
            column.push(value?);
            Some(mark)
        });
        self.marks.push(marks.sum());
        self.labels.push(label);
    }

    fn graph(self) -> Result<Graph, String> {
        let length = self.labels.len();
        Ok(Graph::with(Parts {
            marks: Marks::of(&self.marks),
            jumps: column(&self.jumps)?,
            senses: column(&self.senses)?,
            blocks: Bits::at(&self.blocks, length),
            labels: self.labels,
        }))
    }
}

fn column(numbers: &[usize]) -> Result<Column, String> {
    let mut column = Column::default();
    for &number in numbers {
        let [low, high] = u16::try_from(number).map_err(|_| format!("{number} does not fit a column"))?.to_le_bytes();
        column.low.push(low);
        column.high.push(high);
    }
    Ok(column)
}
