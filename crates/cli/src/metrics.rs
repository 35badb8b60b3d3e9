//! Figures about scores and labels. Pure functions; no detector, no files.

/// How often each of the four outcomes came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Flagged and so labelled.
    pub hits: usize,
    /// Flagged although innocent.
    pub false_alarms: usize,
    /// Not flagged although so labelled.
    pub misses: usize,
    /// Rightly passed over.
    pub passed: usize,
}

impl Outcomes {
    /// Counts one listing.
    pub fn add(&mut self, flagged: bool, label: bool) {
        *match (flagged, label) {
            (true, true) => &mut self.hits,
            (true, false) => &mut self.false_alarms,
            (false, true) => &mut self.misses,
            (false, false) => &mut self.passed,
        } += 1;
    }

    /// Share of the flagged that are so labelled.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.hits, self.hits + self.false_alarms)
    }

    /// Share of the so labelled that are flagged.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.hits, self.hits + self.misses)
    }

    /// Harmonic mean of the two.
    pub fn f1(&self) -> Option<f64> {
        ratio(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)
    }

    /// False alarms among a thousand innocents.
    pub fn per_thousand(&self) -> Option<f64> {
        ratio(self.false_alarms, self.false_alarms + self.passed).map(|r| r * 1000.0)
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A score with its label.
pub type Scored = (f64, bool);

/// Probability that a so labelled listing scores above an innocent one, ties counted half.
pub fn roc_auc(scored: &[Scored]) -> Option<f64> {
    let mut sorted: Vec<Scored> = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let positives = sorted.iter().filter(|s| s.1).count();
    let negatives = sorted.len() - positives;
    if positives == 0 || negatives == 0 {
        return None;
    }
    let mut ranks = 0.0;
    let mut i = 0;
    while i < sorted.len() {
        let same = sorted[i..].iter().take_while(|s| s.0 == sorted[i].0).count();
        let middle = i as f64 + (same as f64 + 1.0) / 2.0;
        ranks += middle * sorted[i..i + same].iter().filter(|s| s.1).count() as f64;
        i += same;
    }
    let p = positives as f64;
    Some((ranks - p * (p + 1.0) / 2.0) / (p * negatives as f64))
}

/// Area under precision over recall by steps; equal scores count as one step.
pub fn average_precision(scored: &[Scored]) -> Option<f64> {
    let mut sorted: Vec<Scored> = scored.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positives = sorted.iter().filter(|s| s.1).count();
    if positives == 0 {
        return None;
    }
    let (mut hits, mut seen, mut area) = (0usize, 0usize, 0.0);
    while seen < sorted.len() {
        let same = sorted[seen..].iter().take_while(|s| s.0 == sorted[seen].0).count();
        let new = sorted[seen..seen + same].iter().filter(|s| s.1).count();
        seen += same;
        hits += new;
        area += (hits as f64 / seen as f64) * (new as f64 / positives as f64);
    }
    Some(area)
}

/// Mean squared distance of score and label.
pub fn brier(scored: &[Scored]) -> Option<f64> {
    let sum: f64 = scored.iter().map(|&(s, l)| (s - f64::from(u8::from(l))).powi(2)).sum();
    (!scored.is_empty()).then(|| sum / scored.len() as f64)
}

/// Expected calibration error over bins of equal mass: mean distance of mean score and share of labels.
pub fn calibration_error(scored: &[Scored], bins: usize) -> Option<f64> {
    let mut sorted: Vec<Scored> = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    calibration_of_sorted(&sorted, bins)
}

fn calibration_of_sorted(sorted: &[Scored], bins: usize) -> Option<f64> {
    if sorted.is_empty() || bins == 0 {
        return None;
    }
    let n = sorted.len();
    let mut error = 0.0;
    for bin in 0..bins.min(n) {
        let part = &sorted[bin * n / bins.min(n)..(bin + 1) * n / bins.min(n)];
        let mean: f64 = part.iter().map(|s| s.0).sum::<f64>() / part.len() as f64;
        let share = part.iter().filter(|s| s.1).count() as f64 / part.len() as f64;
        error += (mean - share).abs() * part.len() as f64 / n as f64;
    }
    Some(error)
}

/// Interval that holds the middle 95 % of the calibration errors of resampled data. Seeded: the same data give
/// the same interval.
pub fn calibration_interval(scored: &[Scored], bins: usize, rounds: usize) -> Option<(f64, f64)> {
    if scored.is_empty() || rounds == 0 {
        return None;
    }
    let mut sorted: Vec<Scored> = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut random = fastrand::Rng::with_seed(20_261_123);
    let mut errors = vec![];
    let mut counts = vec![0u32; sorted.len()];
    let mut sample = Vec::with_capacity(sorted.len());
    for _ in 0..rounds {
        // Drawing counts keeps the sample sorted.
        counts.fill(0);
        for _ in 0..sorted.len() {
            counts[random.usize(..sorted.len())] += 1;
        }
        sample.clear();
        for (s, &count) in sorted.iter().zip(&counts) {
            sample.extend(std::iter::repeat_n(*s, count as usize));
        }
        errors.extend(calibration_of_sorted(&sample, bins));
    }
    errors.sort_by(f64::total_cmp);
    let at = |q: f64| errors.get(((errors.len() - 1) as f64 * q).round() as usize).copied();
    Some((at(0.025)?, at(0.975)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-9)
    }

    #[test]
    fn known_values() {
        // Worked by hand: pairs (0.8>0.4, 0.8>0.1, 0.35<0.4, 0.35>0.1).
        let data = [(0.1, false), (0.4, false), (0.35, true), (0.8, true)];
        assert!(near(roc_auc(&data), 0.75));
        assert!(near(average_precision(&data), 0.5 * 1.0 + 0.5 * 2.0 / 3.0));
        assert!(near(brier(&data), (0.01 + 0.16 + 0.4225 + 0.04) / 4.0));
        assert!(near(calibration_error(&data, 2), (0.5 * (0.225f64 - 0.5).abs()) + 0.5 * (0.6f64 - 0.5).abs()));
        assert!(near(roc_auc(&[(0.5, true), (0.5, false)]), 0.5));
        assert_eq!(roc_auc(&[(0.5, true)]), None);
        assert_eq!(average_precision(&[]), None);
        assert_eq!(brier(&[]), None);
    }

    #[test]
    fn outcomes() {
        let mut o = Outcomes::default();
        for (flagged, label) in [(true, true), (true, false), (false, true), (false, false), (false, false)] {
            o.add(flagged, label);
        }
        assert!(near(o.precision(), 0.5) && near(o.recall(), 0.5) && near(o.f1(), 0.5));
        assert!(near(o.per_thousand(), 1000.0 / 3.0));
        assert_eq!(Outcomes::default().precision(), None);
    }

    #[test]
    fn the_interval_holds_and_repeats() {
        let data: Vec<Scored> = (0..500).map(|i| (f64::from(i) / 500.0, i % 3 == 0)).collect();
        let (low, high) = calibration_interval(&data, 10, 200).unwrap();
        let point = calibration_error(&data, 10).unwrap();
        assert!(low <= point + 0.02 && point <= high + 0.02 && low < high);
        assert_eq!(calibration_interval(&data, 10, 200), Some((low, high)));
    }
}
