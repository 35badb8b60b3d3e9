//! How often whom is listened to: by network address before any work, by device once its signature holds.

use crate::problem::{Answer, Refusal};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

/// Most names that one gauge remembers. Beyond them it forgets: whoever can speak under so many names is held back by no limit
/// by name, and must not fill the memory.
pub const MOST: usize = 50_000;
/// Names are counted once in so many questions: counting looks at every part of the table.
const COUNTED: usize = 256;

/// A limiter by some name, of bounded size.
pub struct Gauge<K: Hash + Eq + Clone> {
    quota: Quota,
    limiter: RwLock<DefaultKeyedRateLimiter<K>>,
    questions: AtomicUsize,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Gauge<K> {
    /// So many a minute, all at once or spread.
    #[must_use]
    pub fn per_minute(n: u32) -> Self {
        Self::new(Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)))
    }

    /// By a quota.
    #[must_use]
    pub fn new(quota: Quota) -> Self {
        let limiter = RwLock::new(RateLimiter::keyed(quota));
        Self { quota, limiter, questions: AtomicUsize::new(0), clock: DefaultClock::default() }
    }

    /// Takes one, or says in how many whole seconds there is one.
    ///
    /// # Errors
    /// Seconds to wait, at least 1.
    pub fn take(&self, key: &K) -> Result<(), u64> {
        if self.questions.fetch_add(1, Ordering::Relaxed).is_multiple_of(COUNTED) && self.len() >= MOST {
            self.make_room();
        }
        let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        limiter.check_key(key).map_err(|no| no.wait_time_from(self.clock.now()).as_secs() + 1)
    }

    /// Forgets whoever has a full share again, and where that is not half of them, everybody: then each is met as new, and
    /// this work is not done again soon.
    fn make_room(&self) {
        let mut limiter = self.limiter.write().unwrap_or_else(PoisonError::into_inner);
        limiter.retain_recent();
        if limiter.len() > MOST / 2 {
            *limiter = RateLimiter::keyed(self.quota);
        } else {
            limiter.shrink_to_fit();
        }
    }

    /// How many names are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.limiter.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets whoever has not been heard of for long.
    pub fn shrink(&self) {
        let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        limiter.retain_recent();
        limiter.shrink_to_fit();
    }
}

/// What counts as one address: a whole network in IPv6, where everyone has 2^64 of them.
#[must_use]
pub fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        },
    }
}

/// Filters of what is known that a spotter may have in an hour: one for each marketplace that is opened, not for all.
const KNOWN_PER_HOUR: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// The intake's limits.
pub struct Limits {
    keys: Gauge<String>,
    known: Gauge<String>,
    addresses: Gauge<IpAddr>,
}

impl Limits {
    /// So many requests a minute by device and by address.
    #[must_use]
    pub fn new(per_key: u32, per_address: u32) -> Self {
        let known = Gauge::new(Quota::per_hour(KNOWN_PER_HOUR));
        Self { keys: Gauge::per_minute(per_key), known, addresses: Gauge::per_minute(per_address) }
    }

    /// Counts a request of this device.
    ///
    /// # Errors
    /// 429.
    pub fn key(&self, key_id: &str) -> Answer<()> {
        self.keys.take(&key_id.to_owned()).map_err(|seconds| {
            Refusal::too_many(format!(
                "This device sends more than is taken. Nothing was stored. Keep it and send it again in {seconds} s."
            ))
            .retry_after(seconds)
        })
    }

    /// Counts a question of this spotter after what is known.
    ///
    /// # Errors
    /// 429.
    pub fn known(&self, spotter: &str) -> Answer<()> {
        self.known.take(&spotter.to_owned()).map_err(|seconds| {
            Refusal::too_many("So many marketplaces nobody looks at in an hour. Nothing is lost: ask again later.")
                .retry_after(seconds)
        })
    }

    /// Counts a request from this address.
    ///
    /// # Errors
    /// 429.
    pub fn address(&self, ip: IpAddr) -> Answer<()> {
        self.addresses.take(&network(ip)).map_err(|seconds| {
            Refusal::too_many(format!("More requests come from this network than are taken. Nothing was stored. Keep it and send it again in {seconds} s.")).retry_after(seconds)
        })
    }

    /// How much is remembered.
    #[must_use]
    pub fn sizes(&self) -> [(&'static str, usize); 3] {
        [("keys", self.keys.len()), ("known", self.known.len()), ("addresses", self.addresses.len())]
    }

    /// Forgets whoever has not been heard of for long.
    pub fn shrink(&self) {
        self.keys.shrink();
        self.known.shrink();
        self.addresses.shrink();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_does_not_use_up_anothers_share() {
        let gauge = Gauge::per_minute(2);
        assert!(gauge.take(&"a").is_ok() && gauge.take(&"a").is_ok());
        let wait = gauge.take(&"a").unwrap_err();
        assert!((1..=31).contains(&wait), "{wait}");
        assert!(gauge.take(&"b").is_ok());
    }

    #[test]
    fn a_hundred_thousand_names_do_not_fill_the_memory() {
        let limits = Limits::new(1, 1);
        for n in 0..100_000_u32 {
            let ip = IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) | (u128::from(n) << 64)));
            assert!(limits.address(ip).is_ok(), "everybody has a share");
            assert!(limits.key(&format!("{n:043}")).is_ok());
            if n % 1_000 == 0 {
                let sizes = limits.sizes();
                assert!(sizes.iter().all(|(_, size)| *size <= MOST + COUNTED), "{sizes:?} after {n}");
            }
        }
        let sizes = limits.sizes();
        assert!(sizes.iter().any(|(_, size)| *size > 0) && sizes.iter().all(|(_, size)| *size <= MOST + COUNTED));
        // The limit still holds for whoever came last.
        assert!(limits.address("192.0.2.1".parse().unwrap()).is_ok());
        assert!(limits.address("192.0.2.1".parse().unwrap()).is_err());
    }

    #[test]
    fn a_full_table_first_forgets_whoever_may_ask_again_anyway() {
        let gauge: Gauge<u32> = Gauge::new(Quota::per_second(NonZeroU32::new(1_000_000).unwrap()));
        let slow: Gauge<u32> = Gauge::per_minute(1);
        for n in 0..(MOST as u32 + 1_000) {
            let _ = gauge.take(&n);
            let _ = slow.take(&n);
        }
        assert!(gauge.len() <= MOST && slow.len() <= MOST, "{} {}", gauge.len(), slow.len());
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let ip = |t: &str| t.parse::<IpAddr>().unwrap();
        assert_eq!(network(ip("2001:db8::1")), network(ip("2001:db8::ffff:1")));
        assert_ne!(network(ip("2001:db8::1")), network(ip("2001:db8:0:1::1")));
        assert_eq!(network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
    }
}
