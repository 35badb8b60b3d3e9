//! Hashes in memory, and which of them are near one: without looking at all of them.
//!
//! Two hashes that differ in at most 31 of 256 bits differ in at most one bit of at least one of their sixteen pieces. So every
//! hash stands in sixteen chains, one for each piece, and whoever asks walks the chains of each piece and of its sixteen neighbours: of
//! 100,000 hashes some hundreds are compared. About 110 bytes a hash, and 4 MiB for the heads of the chains.

use crate::pdq::{Hash, NEAR};
use std::collections::HashMap;

/// Pieces of a hash.
const PIECES: usize = 16;
/// Bits of a piece.
const BITS: usize = 16;
/// The end of a chain.
const END: u32 = u32::MAX;

/// The hashes, each under a number.
pub struct Near {
    /// Where each chain begins: for each piece, by its value.
    heads: Vec<u32>,
    rows: Vec<Row>,
    places: HashMap<i64, u32>,
}

struct Row {
    id: i64,
    hash: Hash,
    next: [u32; PIECES],
}

impl Default for Near {
    fn default() -> Self {
        Self { heads: vec![END; PIECES << BITS], rows: vec![], places: HashMap::new() }
    }
}

fn piece(hash: &Hash, n: usize) -> usize {
    (hash.0[n / 4] >> (n % 4 * BITS)) as usize & ((1 << BITS) - 1)
}

impl Near {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The hash under a number.
    #[must_use]
    pub fn get(&self, id: i64) -> Option<Hash> {
        self.places.get(&id).map(|at| self.rows[*at as usize].hash)
    }

    /// Adds one. A number that is there already keeps its hash.
    pub fn add(&mut self, id: i64, hash: Hash) {
        let at = self.rows.len() as u32;
        if at == END || self.places.contains_key(&id) {
            return;
        }
        let mut next = [END; PIECES];
        for (n, next) in next.iter_mut().enumerate() {
            let head = &mut self.heads[n << BITS | piece(&hash, n)];
            *next = std::mem::replace(head, at);
        }
        self.rows.push(Row { id, hash, next });
        self.places.insert(id, at);
    }

    /// Keeps those whose numbers are in `ids`, and forgets the others' hashes.
    pub fn keep(&mut self, ids: impl Fn(i64) -> bool) {
        let kept: Vec<(i64, Hash)> = self.rows.iter().filter(|row| ids(row.id)).map(|row| (row.id, row.hash)).collect();
        *self = Self::default();
        for (id, hash) in kept {
            self.add(id, hash);
        }
    }

    /// The numbers of those near a hash, with in how many bits they differ: the nearest first, by number among equals.
    #[must_use]
    pub fn of(&self, hash: &Hash) -> Vec<(u32, i64)> {
        let mut found = vec![];
        for n in 0..PIECES {
            let own = piece(hash, n);
            for value in std::iter::once(own).chain((0..BITS).map(|bit| own ^ 1 << bit)) {
                let mut at = self.heads[n << BITS | value];
                while let Some(row) = self.rows.get(at as usize) {
                    at = row.next[n];
                    let distance = row.hash.distance(hash);
                    if distance <= NEAR && first_piece(&row.hash, hash) == n {
                        found.push((distance, row.id));
                    }
                }
            }
        }
        found.sort_unstable();
        found
    }
}

/// The first piece in which two hashes are near: so that one that is met in several chains counts once.
fn first_piece(one: &Hash, other: &Hash) -> usize {
    (0..PIECES).find(|n| (piece(one, *n) ^ piece(other, *n)).count_ones() <= 1).unwrap_or(PIECES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn apart(hash: &Hash, bits: &[usize]) -> Hash {
        let mut words = hash.0;
        for bit in bits {
            words[bit / 64] ^= 1 << (bit % 64);
        }
        Hash(words)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn it_finds_what_a_walk_over_all_finds(
            seeds in proptest::collection::vec(proptest::array::uniform4(any::<u64>()), 1..12),
            steps in proptest::collection::vec((0_usize..12, proptest::collection::vec(0_usize..256, 0..44)), 0..60),
        ) {
            let all: Vec<Hash> = seeds.iter().map(|s| Hash(*s))
                .chain(steps.iter().map(|(of, bits)| apart(&Hash(seeds[of % seeds.len()]), bits)))
                .collect();
            let mut near = Near::default();
            for (id, hash) in all.iter().enumerate() {
                near.add(id as i64, *hash);
                near.add(id as i64, Hash([0; 4]));
            }
            near.keep(|id| id % 7 != 3);
            for hash in &all {
                let mut want: Vec<(u32, i64)> = all.iter().enumerate()
                    .filter(|(id, _)| id % 7 != 3)
                    .map(|(id, other)| (other.distance(hash), id as i64))
                    .filter(|(distance, _)| *distance <= NEAR)
                    .collect();
                want.sort_unstable();
                prop_assert_eq!(near.of(hash), want);
            }
        }
    }

    /// The worst way to spread 31 differences over sixteen pieces still leaves one piece with a single one.
    #[test]
    fn thirty_one_are_found_however_they_lie_and_thirty_two_are_not() {
        let hash = Hash([0x0123_4567_89ab_cdef, 7, u64::MAX, 0]);
        let mut near = Near::default();
        near.add(1, hash);
        let spread: Vec<usize> = (0..32).map(|n| n % 16 * 16 + n / 16 * 5).collect();
        assert_eq!(near.of(&apart(&hash, &spread[..31])), [(31, 1)]);
        assert_eq!(near.of(&apart(&hash, &spread)), []);
        let heaped: Vec<usize> = (100..131).collect();
        assert_eq!(near.of(&apart(&hash, &heaped)), [(31, 1)]);
        near.keep(|_| false);
        assert!(near.is_empty() && near.of(&hash).is_empty() && near.get(1).is_none());
    }
}
