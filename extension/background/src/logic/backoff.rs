//! How long to wait before the next try. Owns the figures; never sleeps.

/// First wait.
pub const FIRST_MS: f64 = 5_000.0;
/// Longest wait of our own; also the bound for a server's own wish is [`LONGEST_ASKED_MS`].
pub const LONGEST_MS: f64 = 15.0 * 60_000.0;
/// Longest wait that a server's `Retry-After` may ask for.
pub const LONGEST_ASKED_MS: f64 = 6.0 * 3_600_000.0;

/// Clocks are set right by moments all the time; that changes no wait.
const SLACK_MS: f64 = 60_000.0;

/// Whether the clock was set back since something was noted at `noted_ms`.
#[must_use]
pub fn set_back(noted_ms: f64, now_ms: f64) -> bool {
    now_ms < noted_ms - SLACK_MS
}

/// Milliseconds until the next try after `tries` failed ones. `jitter` lies in 0..1 and spreads devices by
/// a quarter either way, so that an endpoint that comes back is not met by all of them at once. What the
/// server asked for is a floor.
#[must_use]
pub fn wait_ms(tries: u32, jitter: f64, asked_ms: Option<f64>) -> f64 {
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 };
    let own = (FIRST_MS * 2f64.powi(tries.saturating_sub(1).min(16) as i32)).min(LONGEST_MS) * (0.75 + jitter / 2.0);
    match asked_ms {
        Some(asked) if asked.is_finite() && asked > own => asked.min(LONGEST_ASKED_MS),
        _ => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        for (tries, asked, want) in [
            (0, None, 5_000.0),
            (1, None, 5_000.0),
            (2, None, 10_000.0),
            (4, None, 40_000.0),
            (99, None, 900_000.0),
            (1, Some(60_000.0), 60_000.0),
            (99, Some(1.0), 900_000.0),
            (1, Some(1e12), LONGEST_ASKED_MS),
            (1, Some(f64::NAN), 5_000.0),
        ] {
            assert_eq!(wait_ms(tries, 0.5, asked), want, "{tries} {asked:?}");
        }
    }

    proptest! {
        #[test]
        fn bounded(tries: u32, jitter: f64, asked: Option<f64>) {
            let wait = wait_ms(tries, jitter, asked);
            prop_assert!((FIRST_MS * 0.75..=LONGEST_ASKED_MS).contains(&wait));
        }
    }
}
