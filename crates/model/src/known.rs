//! "Already reported": a filter that says yes for every listing of one marketplace that is known, and now and then for
//! one that is not.
//!
//! A Bloom filter over salted hashes. The salt belongs to one device and one day, so that filters of two devices
//! cannot be compared, and a filter tells nothing about listings that its reader has not seen. It is filled up with
//! random entries to the next power of two, at least 64: how many listings are known is hidden to a factor of two, and
//! at least one answer in a hundred is wrong on purpose (measured: about 2.2 %). What a dishonest spotter can still
//! learn stands in `docs/endpoint.md`.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Most listings that one filter knows, the newest.
pub const MOST: usize = 32_768;
/// Bits for each entry, and bits that each entry sets: 2.2 % wrong answers.
const BITS: usize = 8;
const HASHES: usize = 5;
/// Fewest entries, real and made up.
const FEWEST: usize = 64;

/// Answer to `GET /v1/known?marketplace=HOST`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownResponse {
    /// The marketplace.
    pub marketplace: String,
    /// The day, by the server's clock in UTC; the next day's filter has another salt.
    pub day: String,
    /// Standard base64 of the salt, 16 bytes.
    pub salt: String,
    /// Standard base64 of the filter's bits.
    pub bits: String,
}

/// The filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    salt: [u8; 16],
    bits: Vec<u8>,
}

impl Known {
    /// Makes a filter of at most [`MOST`] keys. `made_up` gives as many random entries as it is asked for, by number;
    /// for one device and day they must be the same each time, or two filters laid side by side would show them.
    #[must_use]
    pub fn of(salt: [u8; 16], keys: &[String], made_up: impl Fn(usize) -> [u8; 32]) -> Self {
        let keys = &keys[..keys.len().min(MOST)];
        // At least one in ten is made up, so that no filter is without them.
        let entries = (keys.len() + keys.len().div_ceil(10)).max(FEWEST).next_power_of_two();
        let mut known = Self { salt, bits: vec![0; entries * BITS / 8] };
        for key in keys {
            known.set(&known.hash(key));
        }
        for n in 0..entries - keys.len() {
            known.set(&made_up(n));
        }
        known
    }

    /// Reads a filter that was received. `None` where it has no lawful size.
    #[must_use]
    pub fn read(salt: [u8; 16], bits: Vec<u8>) -> Option<Self> {
        let entries = bits.len() * 8 / BITS;
        ((FEWEST..=2 * MOST).contains(&entries) && entries.is_power_of_two()).then_some(Self { salt, bits })
    }

    /// The bits.
    #[must_use]
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// Whether the listing with this [`crate::report::Place::key`] is probably known.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        let hash = self.hash(key);
        self.places(&hash).all(|at| self.bits[at / 8] & (1 << (at % 8)) != 0)
    }

    fn hash(&self, key: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"wildlife-spotter known v1\0");
        hash.update(self.salt);
        hash.update(key.as_bytes());
        hash.finalize().into()
    }

    fn places(&self, hash: &[u8; 32]) -> impl Iterator<Item = usize> + use<> {
        let bits = self.bits.len() * 8;
        let hash = *hash;
        (0..HASHES).map(move |n| {
            let four = [hash[4 * n], hash[4 * n + 1], hash[4 * n + 2], hash[4 * n + 3]];
            u32::from_le_bytes(four) as usize % bits
        })
    }

    fn set(&mut self, hash: &[u8; 32]) {
        for at in self.places(hash) {
            self.bits[at / 8] |= 1 << (at % 8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_up(n: usize) -> [u8; 32] {
        Sha256::digest(n.to_le_bytes()).into()
    }

    #[test]
    fn every_known_listing_is_known_and_some_others_seem_so() {
        for count in [0, 1, 50, 64, 100, 1_000, 5_000] {
            let keys: Vec<String> = (0..count).map(|n| format!("id:{n}")).collect();
            let known = Known::of([count as u8; 16], &keys, made_up);
            assert!(keys.iter().all(|key| known.contains(key)));
            let wrong = (0..20_000).filter(|n| known.contains(&format!("id:other-{n}"))).count();
            assert!((200..=1_000).contains(&wrong), "{count}: {wrong} of 20,000");
        }
    }

    #[test]
    fn how_many_there_are_is_hidden_and_the_size_is_bounded() {
        let size = |count: usize| {
            let keys: Vec<String> = (0..count).map(|n| format!("id:{n}")).collect();
            Known::of([0; 16], &keys, made_up).bits().len()
        };
        assert_eq!((size(0), size(58), size(59)), (64, 64, 128));
        assert_eq!(size(MOST), size(MOST + 1_000));
        assert_eq!(size(MOST), 2 * MOST);
    }

    #[test]
    fn what_was_made_is_read_and_other_sizes_are_not() {
        let known = Known::of([1; 16], &["id:7".into()], made_up);
        assert_eq!(Known::read([1; 16], known.bits().to_vec()), Some(known));
        for bytes in [0, 1, 63, 65, 100, 4 * MOST] {
            assert_eq!(Known::read([1; 16], vec![0; bytes]), None, "{bytes}");
        }
        assert!(!Known::read([1; 16], vec![0; 64]).unwrap().contains("id:7"));
    }
}
