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

/// The middle 95 % of what a measure gives on resampled data. Seeded: the same data give the same interval.
pub fn bootstrap(scored: &[Scored], rounds: usize, measure: impl Fn(&[Scored]) -> Option<f64>) -> Option<(f64, f64)> {
    if scored.is_empty() || rounds == 0 {
        return None;
    }
    let mut sorted: Vec<Scored> = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut random = fastrand::Rng::with_seed(20_261_123);
    let mut results = vec![];
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
        results.extend(measure(&sample));
    }
    results.sort_by(f64::total_cmp);
    let at = |q: f64| results.get(((results.len().max(1) - 1) as f64 * q).round() as usize).copied();
    Some((at(0.025)?, at(0.975)?))
}

/// Wilson's 95 % interval of a share.
pub fn wilson(part: usize, whole: usize) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if whole == 0 {
        return None;
    }
    let (n, p) = (whole as f64, part as f64 / whole as f64);
    let scale = 1.0 / (1.0 + Z * Z / n);
    let middle = scale * (p + Z * Z / (2.0 * n));
    let half = scale * Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

/// Precision where so large a share of all listings are offers, from recall and the share of innocents alarmed.
pub fn precision_at(prevalence: f64, recall: f64, alarmed: f64) -> Option<f64> {
    let (hits, alarms) = (prevalence * recall, (1.0 - prevalence) * alarmed);
    (hits + alarms > 0.0).then(|| hits / (hits + alarms))
}

/// Cohen's kappa of two readers who gave each thing one of some answers, with its 95 % interval by the large-sample
/// standard error (Fleiss, Cohen and Everitt 1969). `table[i][j]`: the first said i, the second j.
pub fn kappa(table: &[Vec<usize>]) -> Option<(f64, (f64, f64))> {
    let n: usize = table.iter().flatten().sum();
    if n == 0 {
        return None;
    }
    let share = |count: usize| count as f64 / n as f64;
    let k = table.len();
    let row: Vec<f64> = table.iter().map(|r| share(r.iter().sum())).collect();
    let column: Vec<f64> = (0..k).map(|j| share(table.iter().map(|r| r[j]).sum())).collect();
    let observed: f64 = (0..k).map(|i| share(table[i][i])).sum();
    let expected: f64 = (0..k).map(|i| row[i] * column[i]).sum();
    if (1.0 - expected).abs() < 1e-12 {
        return None;
    }
    let kappa = (observed - expected) / (1.0 - expected);
    let mut diagonal = 0.0;
    let mut rest = 0.0;
    for i in 0..k {
        for j in 0..k {
            let p = share(table[i][j]);
            if i == j {
                diagonal += p * (1.0 - (row[i] + column[i]) * (1.0 - kappa)).powi(2);
            } else {
                rest += p * (column[i] + row[j]).powi(2);
            }
        }
    }
    let last = (kappa - expected * (1.0 - kappa)).powi(2);
    let variance = (diagonal + (1.0 - kappa).powi(2) * rest - last).max(0.0) / (n as f64 * (1.0 - expected).powi(2));
    let half = 1.959_963_984_540_054 * variance.sqrt();
    Some((kappa, ((kappa - half).max(-1.0), (kappa + half).min(1.0))))
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
        let error = |s: &[Scored]| calibration_error(s, 10);
        let (low, high) = bootstrap(&data, 200, error).unwrap();
        let point = calibration_error(&data, 10).unwrap();
        assert!(low <= point + 0.02 && point <= high + 0.02 && low < high);
        assert_eq!(bootstrap(&data, 200, error), Some((low, high)));
    }

    #[test]
    fn intervals_of_shares() {
        // Independent numbers: statsmodels 0.15, stats.proportion.proportion_confint(method="wilson").
        for (part, whole, low, high) in
            [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (29, 29, 0.8830, 1.0)]
        {
            let got = wilson(part, whole).unwrap();
            assert!((got.0 - low).abs() < 6e-5 && (got.1 - high).abs() < 6e-5, "{part} of {whole}: {got:?}");
        }
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn precision_follows_prevalence() {
        assert!(near(precision_at(0.5, 0.9, 0.1), 0.9));
        assert!(near(precision_at(0.02, 1.0, 0.02), 0.02 / (0.02 + 0.98 * 0.02)));
        assert_eq!(precision_at(0.1, 0.0, 0.0), None);
    }

    #[test]
    fn agreement() {
        // Worked by hand: observed 0.7, expected 0.5 (the textbook's 20-5-10-15).
        let (k, (low, high)) = kappa(&[vec![20, 5], vec![10, 15]]).unwrap();
        assert!((k - 0.4).abs() < 1e-9 && low < 0.4 && high > 0.4);
        // Independent numbers: statsmodels 0.15, stats.inter_rater.cohens_kappa on the same tables.
        assert!((low - 0.151_092_29).abs() < 1e-7 && (high - 0.648_907_71).abs() < 1e-7, "{low} {high}");
        let (k, (low, high)) = kappa(&[vec![40, 3, 2], vec![4, 30, 1], vec![2, 5, 13]]).unwrap();
        assert!((k - 0.729_299_36).abs() < 1e-7);
        assert!((low - 0.613_799_93).abs() < 1e-7 && (high - 0.844_798_80).abs() < 1e-7, "{low} {high}");
        assert_eq!(kappa(&[vec![5, 0], vec![0, 0]]), None);
        assert_eq!(kappa(&[]), None);
    }
}
