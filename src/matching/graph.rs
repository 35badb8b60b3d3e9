//! The word graph: every pattern of the lexicon as a path of bytes with a number at its end, equal endings shared.
//!
//! Owns: the columns that hold it, the walk along a text, and the check of columns that come from outside. Never:
//! knows what a number means, or where words begin.
//!
//! A state is a stretch of arcs, sorted by label. Each arc holds a label (0: a pattern ends here), the state that
//! it leads to, and a number to add; the sum along a path is the pattern's number. Forms of one lemma carry their
//! number on the stem, so that the endings are the same states for all lemmas that inflect alike. States stand
//! before those that lead to them: no walk can run in circles. An arc says how far back its state begins, and not
//! where: along a stretch of single letters that is the same number again and again, which packs to almost nothing.

use super::bytes::{Reader, put};
use crate::lexicon::PackError;

/// Bits of a state that say where its arcs begin (in an arc: how far before it); the others hold how many there
/// are, less one.
const FIRST_BITS: u32 = 24;
const FIRST: u32 = (1 << FIRST_BITS) - 1;
/// No state.
const NONE: u32 = u32::MAX;
/// Bytes behind the last label, so that eight can always be read at once.
const PADDING: usize = 8;
/// Most arcs.
const MAX_ARCS: usize = FIRST as usize;

/// A set of patterns, each with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    labels: Vec<u8>,
    targets: Vec<u32>,
    adds: Vec<u32>,
    root: u32,
    /// States after each first character of the basic plane: most characters begin no pattern.
    first: Vec<u32>,
}

impl Graph {
    /// Calls `found(number, end)` for every pattern that stands in `text` at `start`, shortest first.
    #[inline]
    pub fn walk(&self, text: &str, start: usize, found: &mut impl FnMut(u32, usize)) {
        let bytes = text.as_bytes();
        let Some((c, length)) = crate::normalize::kinds::decode(bytes, start) else { return };
        let (mut state, mut at) = match self.first.get(c as usize) {
            Some(&state) => (state, start + length),
            None if c > 0xffff => (self.root, start),
            None => return,
        };
        if state == NONE {
            return;
        }
        let mut sum = 0u32;
        loop {
            let from = (state & FIRST) as usize;
            if self.labels[from] == 0 && at > start && text.is_char_boundary(at) {
                found(sum.wrapping_add(self.adds[from]), at);
            }
            let Some(arc) = bytes.get(at).and_then(|&byte| self.arc(state, byte)) else { return };
            sum = sum.wrapping_add(self.adds[arc]);
            state = self.target(arc);
            at += 1;
        }
    }

    /// The state that an arc leads to.
    #[inline]
    fn target(&self, arc: usize) -> u32 {
        let back = self.targets[arc];
        (arc as u32).wrapping_sub(back & FIRST) & FIRST | back & !FIRST
    }

    /// The arc of a state that a byte takes.
    #[inline]
    fn arc(&self, state: u32, byte: u8) -> Option<usize> {
        const LOW: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = LOW << 7;
        let from = (state & FIRST) as usize;
        let count = (state >> FIRST_BITS) as usize + 1;
        let wanted = LOW * u64::from(byte);
        let mut at = 0;
        while at < count {
            let labels: [u8; 8] = self.labels.get(from + at..from + at + 8)?.try_into().ok()?;
            // The lowest byte that is zero after this is the first equal label.
            let differs = u64::from_le_bytes(labels) ^ wanted;
            let equal = differs.wrapping_sub(LOW) & !differs & HIGH;
            if equal != 0 {
                let place = at + equal.trailing_zeros() as usize / 8;
                return (place < count).then_some(from + place);
            }
            at += 8;
        }
        None
    }

    /// How many arcs it has.
    #[must_use]
    pub fn arcs(&self) -> usize {
        self.targets.len()
    }

    /// All patterns with their numbers, in order; at most `most`, and nothing if there are more: sharing could
    /// make a small file mean endless ones.
    #[must_use]
    pub fn patterns(&self, most: usize) -> Option<Vec<(Vec<u8>, u32)>> {
        let mut all = vec![];
        // The next arc of each state on the path, the one past its last, and the sum on the way to it.
        let from = (self.root & FIRST) as usize;
        let mut path = vec![(from, from + (self.root >> FIRST_BITS) as usize + 1, 0u32)];
        let mut text = vec![];
        while let Some((next, end, sum)) = path.last_mut() {
            if next == end {
                path.pop();
                text.pop();
                continue;
            }
            let arc = *next;
            *next += 1;
            let sum = sum.wrapping_add(self.adds[arc]);
            if self.labels[arc] == 0 {
                if all.len() == most {
                    return None;
                }
                all.push((text.clone(), sum));
            } else {
                let target = self.target(arc);
                let from = (target & FIRST) as usize;
                path.push((from, from + (target >> FIRST_BITS) as usize + 1, sum));
                text.push(self.labels[arc]);
            }
        }
        Some(all)
    }

    /// Appends the columns.
    pub fn write(&self, out: &mut Vec<u8>) {
        put(out, self.arcs() as u32);
        put(out, self.root);
        out.extend_from_slice(&self.labels[..self.arcs()]);
        self.targets.iter().chain(&self.adds).for_each(|&n| put(out, n));
    }

    /// Reads and checks the columns.
    ///
    /// # Errors
    /// When they end early, or an arc leads outside or forward.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, PackError> {
        let arcs = from.number()? as usize;
        let root = from.number()?;
        if arcs > MAX_ARCS {
            return Err(PackError::Tables);
        }
        let labels = from.take(arcs)?.to_vec();
        let targets = from.numbers(arcs)?;
        let adds = from.numbers(arcs)?;
        let last = |state: u32| (state & FIRST) as usize + (state >> FIRST_BITS) as usize;
        // Far enough back for the whole state to stand before the arc, and not before the beginning.
        let behind = |arc: usize, back: u32| {
            ((back >> FIRST_BITS) as usize) < (back & FIRST) as usize && (back & FIRST) as usize <= arc
        };
        let sound = labels.iter().zip(&targets).enumerate().all(|(arc, (&l, &t))| l == 0 || behind(arc, t));
        if !sound || last(root) >= arcs {
            return Err(PackError::Tables);
        }
        Ok(Self::with(labels, targets, adds, root))
    }

    fn with(mut labels: Vec<u8>, targets: Vec<u32>, adds: Vec<u32>, root: u32) -> Self {
        labels.resize(targets.len() + PADDING, 0);
        let mut graph = Self { labels, targets, adds, root, first: vec![] };
        graph.first = graph.first_characters();
        graph
    }

    /// States after one character. Its arcs add nothing (see [`build`]); where a hostile pack says otherwise, its
    /// numbers come out wrong and no more.
    fn first_characters(&self) -> Vec<u32> {
        let mut first = vec![];
        let mut open = vec![(self.root, [0u8; 3], 0usize)];
        while let Some((state, mut bytes, length)) = open.pop() {
            let from = (state & FIRST) as usize;
            for arc in from..=from + (state >> FIRST_BITS) as usize {
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
                    Some(c) => {
                        if first.len() <= c as usize {
                            first.resize(c as usize + 1, NONE);
                        }
                        first[c as usize] = self.target(arc);
                    }
                    None if length < 2 => open.push((self.target(arc), bytes, length + 1)),
                    None => {}
                }
            }
        }
        first
    }
}

/// Builds the smallest graph of sorted, distinct patterns.
///
/// # Errors
/// When there are too many arcs for the columns.
#[cfg(any(feature = "sources", test))]
pub fn build(patterns: &[(&str, u32)]) -> Result<Graph, String> {
    let mut builder = Builder::default();
    let (root, _) = builder.state(patterns, 0);
    if builder.targets.len() > MAX_ARCS {
        return Err(format!("the terms make {} arcs, at most {MAX_ARCS} fit", builder.targets.len()));
    }
    Ok(Graph::with(builder.labels, builder.targets, builder.adds, root))
}

#[cfg(any(feature = "sources", test))]
#[derive(Default)]
struct Builder {
    labels: Vec<u8>,
    targets: Vec<u32>,
    adds: Vec<u32>,
    known: std::collections::HashMap<Vec<(u8, u32, u32)>, u32>,
}

#[cfg(any(feature = "sources", test))]
impl Builder {
    /// The state for patterns that agree in their first `depth` bytes, and what all their numbers have in common:
    /// the smallest, which the arc to this state adds.
    fn state(&mut self, patterns: &[(&str, u32)], depth: usize) -> (u32, u32) {
        let mut arcs: Vec<(u8, u32, u32)> = vec![];
        let mut rest = patterns;
        if let Some(((text, number), others)) = rest.split_first()
            && text.len() == depth
        {
            arcs.push((0, 0, *number));
            rest = others;
        }
        while let Some((text, _)) = rest.first() {
            let label = text.as_bytes()[depth];
            let same = rest.iter().take_while(|(t, _)| t.as_bytes()[depth] == label).count();
            let (group, others) = rest.split_at(same);
            let (target, number) = self.state(group, depth + 1);
            arcs.push((label, target, number));
            rest = others;
        }
        // Nothing moves above the first character: the walk enters behind it.
        let behind = patterns.first().is_some_and(|(t, _)| t.chars().next().is_some_and(|c| depth > c.len_utf8()));
        let common = if behind { arcs.iter().map(|a| a.2).min().unwrap_or(0) } else { 0 };
        arcs.iter_mut().for_each(|a| a.2 -= common);
        if let Some(&state) = self.known.get(&arcs) {
            return (state, common);
        }
        if arcs.is_empty() {
            // No patterns at all: an end at the root, which no walk asks for.
            arcs.push((0, 0, 0));
        }
        let state = self.labels.len() as u32 | ((arcs.len() as u32 - 1) << FIRST_BITS);
        for &(label, target, number) in &arcs {
            let arc = self.labels.len() as u32;
            let back = if label == 0 { 0 } else { arc - (target & FIRST) };
            self.labels.push(label);
            self.targets.push(back | target & !FIRST);
            self.adds.push(number);
        }
        self.known.insert(arcs, state);
        (state, common)
    }
}
