//! How far two coders agree beyond chance: Cohen's kappa and Krippendorff's alpha.
//!
//! Written here: no kept crate has alpha. Held to krippendorff and scikit-learn from PyPI by tests.

use std::collections::BTreeMap;

/// How far two values are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The same or not.
    Nominal,
    /// By how many values lie between them.
    Ordinal,
    /// By their difference.
    Interval,
}

/// Cohen's kappa of pairs of answers. `None` where there are none, or where both said one and the same throughout.
#[must_use]
pub fn kappa<T: Ord>(pairs: &[(T, T)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let (mut first, mut second) = (BTreeMap::<&T, f64>::new(), BTreeMap::<&T, f64>::new());
    let mut same = 0.0;
    for (a, b) in pairs {
        *first.entry(a).or_default() += 1.0;
        *second.entry(b).or_default() += 1.0;
        same += f64::from(u8::from(a == b));
    }
    let chance: f64 =
        first.iter().map(|(value, times)| times * second.get(value).unwrap_or(&0.0)).sum::<f64>() / (n * n);
    (n > 0.0 && chance < 1.0).then(|| (same / n - chance) / (1.0 - chance))
}

/// Krippendorff's alpha of units, each with the values that coders gave it; units with fewer than two say nothing. `None`
/// where nothing is left or all values are one and the same.
#[must_use]
pub fn alpha(units: &[Vec<f64>], metric: Metric) -> Option<f64> {
    let units: Vec<&Vec<f64>> = units.iter().filter(|u| u.len() >= 2 && u.iter().all(|v| v.is_finite())).collect();
    let mut values: Vec<f64> = units.iter().flat_map(|u| u.iter().copied()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let place = |v: f64| values.binary_search_by(|w| w.total_cmp(&v)).unwrap_or(0);
    // How often each value was given.
    let mut times = vec![0.0; values.len()];
    for v in units.iter().flat_map(|u| u.iter()) {
        times[place(*v)] += 1.0;
    }
    let before: Vec<f64> = times
        .iter()
        .scan(0.0, |sum, n| {
            *sum += n;
            Some(*sum)
        })
        .collect();
    let apart = |a: usize, b: usize| -> f64 {
        let (low, high) = (a.min(b), a.max(b));
        match metric {
            _ if low == high => 0.0,
            Metric::Nominal => 1.0,
            Metric::Interval => (values[high] - values[low]).powi(2),
            Metric::Ordinal => {
                let between = before[high] - before[low] + times[low];
                (between - f64::midpoint(times[low], times[high])).powi(2)
            }
        }
    };
    let total: f64 = times.iter().sum();
    let mut observed = 0.0;
    for unit in &units {
        let sum: f64 = (0..unit.len())
            .flat_map(|i| (0..unit.len()).filter(move |j| *j != i).map(move |j| (i, j)))
            .map(|(i, j)| apart(place(unit[i]), place(unit[j])))
            .sum();
        observed += sum / (unit.len() - 1) as f64;
    }
    let mut expected = 0.0;
    for a in 0..values.len() {
        for b in 0..values.len() {
            expected += times[a] * times[b] * apart(a, b);
        }
    }
    (total >= 2.0 && expected > 0.0).then(|| 1.0 - (total - 1.0) * observed / expected)
}

/// Values of any kind as numbers, for the nominal metric.
#[must_use]
pub fn numbered<T: Ord + Clone>(units: &[Vec<T>]) -> Vec<Vec<f64>> {
    let mut all: Vec<&T> = units.iter().flatten().collect();
    all.sort();
    all.dedup();
    let place = |v: &T| all.binary_search(&v).map_or(-1.0, |n| n as f64);
    units.iter().map(|u| u.iter().map(place).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty units and two or three coders, from a recurrence that Python repeats: no file is needed.
    fn synthetic() -> Vec<Vec<f64>> {
        let mut x: u64 = 12_345;
        let mut next = |n: u64| {
            x = (x * 1_103_515_245 + 12_345) % (1 << 31);
            (x >> 16) % n
        };
        (0..40)
            .map(|_| {
                let truth = next(5);
                (0..2 + next(2)).map(|_| if next(10) < 7 { truth } else { next(5) } as f64).collect()
            })
            .collect()
    }

    include!("agree_golden.rs");

    /// `krippendorff.alpha(reliability_data=…, level_of_measurement=m)` and `sklearn.metrics.cohen_kappa_score` of the first
    /// two; krippendorff 0.9 and scikit-learn 1 from PyPI: the script stands in agree_golden.rs.
    #[test]
    fn alpha_and_kappa_are_what_python_says() {
        let units = synthetic();
        let pairs: Vec<(i64, i64)> = units.iter().map(|u| (u[0] as i64, u[1] as i64)).collect();
        for (is, want) in [
            (alpha(&units, Metric::Nominal), ALPHA[0]),
            (alpha(&units, Metric::Ordinal), ALPHA[1]),
            (alpha(&units, Metric::Interval), ALPHA[2]),
            (kappa(&pairs), KAPPA),
        ] {
            assert!((is.expect("a value") - want).abs() < 1e-12, "{is:?}, not {want}");
        }
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        assert_eq!(kappa::<u8>(&[]), None);
        assert_eq!(kappa(&[(1, 1), (1, 1)]), None, "all the same: chance explains it");
        assert_eq!(kappa(&[(1, 1), (2, 2)]), Some(1.0));
        assert_eq!(alpha(&[vec![1.0], vec![]], Metric::Nominal), None);
        assert_eq!(alpha(&[vec![1.0, 1.0]], Metric::Interval), None);
        assert_eq!(alpha(&[vec![1.0, 1.0], vec![2.0, 2.0]], Metric::Ordinal), Some(1.0));
        assert_eq!(numbered(&[vec!["b", "a"], vec!["b"]]), [vec![1.0, 0.0], vec![1.0]]);
    }
}
