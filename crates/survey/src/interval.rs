//! Shares and totals with their 95 % intervals.
//!
//! Wilson's interval for shares that are read as descriptions; Clopper and Pearson's, which never holds less than it says,
//! where a share decides something (recall, and what is missed); Sadinle's for Chapman's estimate of a total.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Beta, ContinuousCDF as _};

/// The standard normal distribution's 97.5 % point.
pub const Z: f64 = 1.959_963_984_540_054;

/// An estimate with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Wilson's score interval of `hits` out of `n`. `None` where `n` is 0.
#[must_use]
pub fn wilson(hits: u64, n: u64) -> Option<Estimate> {
    if n == 0 || hits > n {
        return None;
    }
    let (x, n) = (hits as f64, n as f64);
    let p = x / n;
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // At the ends the formula's own end is exact but for rounding.
    let low = if hits == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if x == n { 1.0 } else { (middle + half).min(1.0) };
    Some(Estimate { value: p, low, high })
}

/// Clopper and Pearson's interval of `hits` out of `n` that misses with `alpha` at most. `None` where `n` is 0.
#[must_use]
pub fn clopper_pearson(hits: u64, n: u64, alpha: f64) -> Option<Estimate> {
    if n == 0 || hits > n {
        return None;
    }
    let (x, all) = (hits as f64, n as f64);
    let low = if hits == 0 { 0.0 } else { Beta::new(x, all - x + 1.0).ok()?.inverse_cdf(alpha / 2.0) };
    let high = if hits == n { 1.0 } else { Beta::new(x + 1.0, all - x).ok()?.inverse_cdf(1.0 - alpha / 2.0) };
    Some(Estimate { value: x / all, low, high })
}

/// What a census of the flagged listings and a sample of the others found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strata {
    /// Listings that the detector flagged.
    pub flagged: u64,
    /// Of them, those that were coded.
    pub flagged_coded: u64,
    /// Of the coded ones, those that count.
    pub flagged_count: u64,
    /// Listings that it did not flag.
    pub unflagged: u64,
    /// Of them, those that were drawn and coded.
    pub unflagged_coded: u64,
    /// Of the coded ones, those that count: misses.
    pub unflagged_count: u64,
}

/// What the detector finds of what there is.
///
/// With F flagged listings, a share p of the coded ones counting, and U unflagged ones, a share q counting: recall is
/// Fp / (Fp + Uq). It falls in q and rises in p, so that the ends of their Clopper-Pearson intervals give its own. Where all
/// flagged ones were coded, p is known and q has the whole 5 %; else each has half. `None` where a stratum with listings has
/// none coded, or nothing was found at all.
#[must_use]
pub fn recall(s: &Strata) -> Option<Estimate> {
    let census = s.flagged_coded == s.flagged;
    let known = |hits: u64, n: u64| {
        let value = if n == 0 { 0.0 } else { hits as f64 / n as f64 };
        Estimate { value, low: value, high: value }
    };
    let found = if census {
        known(s.flagged_count, s.flagged)
    } else {
        clopper_pearson(s.flagged_count, s.flagged_coded, 0.025)?
    };
    let missed = if s.unflagged_coded == s.unflagged {
        known(s.unflagged_count, s.unflagged)
    } else {
        clopper_pearson(s.unflagged_count, s.unflagged_coded, if census { 0.05 } else { 0.025 })?
    };
    let of = |p: f64, q: f64| {
        let (hits, misses) = (s.flagged as f64 * p, s.unflagged as f64 * q);
        (hits + misses > 0.0).then(|| hits / (hits + misses))
    };
    // What was seen to count is there, whatever the interval's end says.
    let seen = s.unflagged_count as f64 / s.unflagged.max(1) as f64;
    let value = of(found.value, missed.value)?;
    Some(Estimate {
        value,
        low: of(found.low, missed.high).unwrap_or(0.0).min(value),
        high: of(found.high, missed.low.max(seen)).unwrap_or(1.0).max(value),
    })
}

/// Chapman's estimate of how many there are, from `first` found by one coder, `second` by another who worked alone, and
/// `both` by both; with Sadinle's interval (transformed logit, with a half added to each cell).
#[must_use]
pub fn chapman(first: u64, second: u64, both: u64) -> Option<Estimate> {
    if both > first.min(second) || first.max(second) == 0 {
        return None;
    }
    let (a, b, m) = (first as f64, second as f64, both as f64);
    let value = (a + 1.0) * (b + 1.0) / (m + 1.0) - 1.0;
    let (both, only_a, only_b) = (m + 0.5, a - m + 0.5, b - m + 0.5);
    let spread = (1.0 / both + 1.0 / only_a + 1.0 / only_b + both / (only_a * only_b)).sqrt();
    let (seen, unseen) = (a + b - m - 0.5, only_a * only_b / both);
    let end = |z: f64| seen + unseen * (z * spread).exp();
    // Never fewer than were seen.
    Some(Estimate { value, low: end(-Z).max(a + b - m), high: end(Z) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(e: Option<Estimate>, [value, low, high]: [f64; 3]) {
        let e = e.expect("an estimate");
        for (is, want) in [(e.value, value), (e.low, low), (e.high, high)] {
            assert!((is - want).abs() < 1e-9, "{e:?}, not {value} {low} {high}");
        }
    }

    /// `python3 -c "from statsmodels.stats.proportion import proportion_confint as c; print(c(x, n, method=m))"`, statsmodels
    /// 0.15 from PyPI, with `m` "wilson" and "beta".
    #[test]
    fn shares_have_the_intervals_that_statsmodels_gives() {
        for (x, n, wilson_ends, exact_ends) in SHARES {
            let p = x as f64 / n as f64;
            near(wilson(x, n), [p, wilson_ends[0], wilson_ends[1]]);
            near(clopper_pearson(x, n, 0.05), [p, exact_ends[0], exact_ends[1]]);
        }
        assert_eq!((wilson(0, 0), clopper_pearson(2, 1, 0.05)), (None, None));
    }

    include!("interval_golden.rs");

    /// Ten turtles marked, fifteen caught, five of them marked: the worked example of many textbooks. Chapman's estimate is
    /// 28.33, Sadinle's interval 21.94 to 64.67, by `python3 -c` with the formula of his paper (2009, equation 8).
    #[test]
    fn totals_are_chapmans() {
        let e = chapman(10, 15, 5).expect("an estimate");
        assert!((e.value - 28.333_333).abs() < 1e-5, "{e:?}");
        assert!((e.low - 21.941).abs() < 0.001 && (e.high - 64.666).abs() < 0.001, "{e:?}");
        assert_eq!(chapman(3, 2, 3), None);
        assert_eq!(chapman(0, 0, 0), None);
        let all = chapman(40, 40, 40).expect("an estimate");
        assert!((all.value - 40.0).abs() < 1e-9 && all.low >= 40.0);
    }

    #[test]
    fn recall_is_known_where_all_was_coded_and_open_where_little_was() {
        let all = Strata {
            flagged: 80,
            flagged_coded: 80,
            flagged_count: 60,
            unflagged: 100,
            unflagged_coded: 100,
            unflagged_count: 20,
        };
        near(recall(&all), [0.75, 0.75, 0.75]);
        let none = Strata { unflagged_coded: 0, unflagged_count: 0, ..all };
        assert_eq!(recall(&none), None);
        let few = recall(&Strata { unflagged_coded: 10, unflagged_count: 2, ..all }).expect("an estimate");
        assert!((few.value - 0.75).abs() < 1e-9 && few.low < 0.6 && few.high > 0.9, "{few:?}");
        assert_eq!(recall(&Strata::default()), None);
    }
}
