//! Putting few things in order with little code.
//!
//! Owns: a stable sort that is compiled once, whatever it sorts; the standard library's is several kilobytes for each kind of
//! thing, and all of a background's code is read and compiled at every wake-up. Never for what is sorted by the thousand: each
//! comparison is a call through a pointer.

use std::cmp::Ordering;

/// Stable sorting of slices, as `sort`, `sort_by` and `sort_by_key` do it.
pub trait InOrder<T> {
    /// Sorts by a comparison.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by a key.
    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Sorts by the things' own order.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> InOrder<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut from = places(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        for first in 0..from.len() {
            // Round the circle of places that take from each other.
            let mut place = first;
            while from[place] != first {
                let next = from[place];
                self.swap(place, next);
                from[place] = place;
                place = next;
            }
            from[place] = place;
        }
    }
}

/// For each place of the sorted slice, where what belongs there stands.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|&a, &b| compare(a, b));
    places
}

#[cfg(test)]
mod tests {
    use super::InOrder;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let mut seed = 7u32;
        let mut next = move |most: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % most
        };
        for count in (0..40).chain([100, 1000]) {
            for most in [1, 3, 1000] {
                let things: Vec<(u32, u32)> = (0..count).map(|_| (next(most), next(1000))).collect();
                let (mut ours, mut theirs) = (things.clone(), things);
                ours.order_by_key(|t| t.0);
                theirs.sort_by_key(|t| t.0);
                assert_eq!(ours, theirs, "by key, and stable");
                ours.order_by(|a, b| b.cmp(a));
                theirs.sort_by(|a, b| b.cmp(a));
                assert_eq!(ours, theirs, "by comparison");
                ours.order();
                theirs.sort();
                assert_eq!(ours, theirs, "by itself");
            }
        }
    }
}
