//! From log-odds to probabilities, and where the levels begin: both from scores of rows that were not fitted on.

use spotter_detector::lexicon::weights::Platt;

/// A sum of log-odds with its label and how much the row counts.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub z: f64,
    pub label: bool,
    pub counts: f64,
}

/// A probability with its label and how much the row counts.
#[derive(Clone, Copy, Debug)]
pub struct Scored {
    pub score: f64,
    pub label: bool,
    pub counts: f64,
    /// Ordinary goods.
    pub everyday: bool,
}

/// Platt's scaling: logistic regression of the label on the score, with his targets, by Newton's method.
pub fn platt(held: &[Held]) -> Platt {
    let of = |label: bool| held.iter().filter(|h| h.label == label).map(|h| h.counts).sum::<f64>();
    let (yes, no) = (of(true), of(false));
    let target = |label: bool| if label { (yes + 1.0) / (yes + 2.0) } else { 1.0 / (no + 2.0) };
    let (mut a, mut b) = (1.0, 0.0);
    for _ in 0..100 {
        // A trace of curvature keeps the step finite where all scores are equal.
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
        for h in held {
            let p = 1.0 / (1.0 + libm::exp(-(a * h.z + b)));
            let (error, curve) = (h.counts * (p - target(h.label)), h.counts * p * (1.0 - p));
            ga += error * h.z;
            gb += error;
            haa += curve * h.z * h.z;
            hab += curve * h.z;
            hbb += curve;
        }
        let determinant = haa * hbb - hab * hab;
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        (a, b) = (a - da, b - db);
        if da.abs().max(db.abs()) < 1e-10 {
            break;
        }
    }
    Platt { a: a.max(0.01), b }
}

/// The least score, in steps of a thousandth, at which no more than `share` of the innocents are alarmed.
pub fn at_most(scored: &[Scored], share: f64) -> f64 {
    let innocents: f64 = scored.iter().filter(|s| !s.label).map(|s| s.counts).sum();
    (1..999)
        .map(|step| f64::from(step) / 1000.0)
        .find(|&threshold| {
            let alarmed: f64 = scored.iter().filter(|s| !s.label && s.score >= threshold).map(|s| s.counts).sum();
            alarmed <= share * innocents
        })
        .unwrap_or(0.999)
}

/// How much of F1 is nothing to choose by: the curve is flat at its top, and where exactly it is highest is chance.
const FLAT: f64 = 0.003;

/// The score, in steps of a hundredth, from which F1 is highest: the middle of those that are as good.
pub fn best_f1(scored: &[Scored]) -> f64 {
    let f1 = |threshold: f64| {
        let sum = |flagged: bool, label: bool| -> f64 {
            scored.iter().filter(|s| (s.score >= threshold) == flagged && s.label == label).map(|s| s.counts).sum()
        };
        let hits = sum(true, true);
        2.0 * hits / (2.0 * hits + sum(true, false) + sum(false, true)).max(1e-12)
    };
    let steps: Vec<(f64, f64)> = (1..100).map(|step| f64::from(step) / 100.0).map(|t| (t, f1(t))).collect();
    let highest = steps.iter().map(|s| s.1).fold(0.0, f64::max);
    let good: Vec<f64> = steps.iter().filter(|s| s.1 >= highest - FLAT).map(|s| s.0).collect();
    good.get(good.len() / 2).copied().unwrap_or(0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(z: f64, label: bool) -> Held {
        Held { z, label, counts: 1.0 }
    }

    // Independent numbers: scipy.optimize.minimize(method="BFGS") of Platt's objective on the same forty scores.
    #[test]
    fn as_scipy_finds() {
        let scores: Vec<Held> = (0..40u32)
            .map(|n| {
                let at = n * 13 % 40;
                let label = at + n * 7 % 15 > 26;
                Held { z: f64::from(at) / 10.0 - 2.0, label, counts: 1.0 + f64::from(n % 3) / 2.0 }
            })
            .collect();
        let got = platt(&scores);
        assert!((got.a - 2.898_214_86).abs() < 1e-6 && (got.b - 0.124_219_19).abs() < 1e-6, "{got:?}");
    }

    #[test]
    fn one_sided_scores_give_a_finite_scale() {
        let got = platt(&[held(1.0, true), held(2.0, true)]);
        assert!(got.a.is_finite() && got.b.is_finite() && got.a > 0.0);
    }

    #[test]
    fn thresholds() {
        let scored: Vec<Scored> = (0..100)
            .map(|i| Scored { score: f64::from(i) / 100.0, label: i >= 60, counts: 1.0, everyday: false })
            .collect();
        // Sixty innocents below 0.6: three of them are 5 %.
        assert!((at_most(&scored, 0.05) - 0.561).abs() < 1e-9, "{}", at_most(&scored, 0.05));
        assert!((best_f1(&scored) - 0.6).abs() < 1e-9);
    }
}
