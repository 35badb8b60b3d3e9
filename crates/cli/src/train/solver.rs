//! Penalised logistic regression with each weight kept on its side.
//!
//! Newton's method; each step's quadratic is minimised by coordinate descent within the bounds, and shortened
//! until the objective falls. Deterministic: sums in the order of the rows, exponentials from `libm`.

use spotter_detector::lexicon::weights::Sign;

/// One row: its features that are not 0, its label, and how much it counts.
#[derive(Clone, Debug)]
pub struct Example {
    pub values: Vec<(usize, f64)>,
    pub label: bool,
    pub counts: f64,
}

/// What is fitted.
pub struct Problem<'a> {
    pub examples: &'a [&'a Example],
    /// For each weight: the side that it is kept on.
    pub signs: &'a [Sign],
    /// Half of this times the square of each weight is added to the loss; the first weight, which every row has,
    /// goes free.
    pub penalty: f64,
}

const STEPS: usize = 100;
const SWEEPS: usize = 500;
const CLOSE: f64 = 1e-9;

/// The log-odds of one row.
pub fn log_odds(weights: &[f64], values: &[(usize, f64)]) -> f64 {
    values.iter().map(|&(feature, value)| weights[feature] * value).sum()
}

fn log1p_exp(x: f64) -> f64 {
    if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) }
}

impl Problem<'_> {
    fn penalty_of(&self, feature: usize) -> f64 {
        if feature == 0 { 0.0 } else { self.penalty }
    }

    /// What is made small.
    pub fn loss(&self, weights: &[f64]) -> f64 {
        let rows: f64 = self
            .examples
            .iter()
            .map(|e| {
                let z = log_odds(weights, &e.values);
                e.counts * log1p_exp(if e.label { -z } else { z })
            })
            .sum();
        rows + weights.iter().enumerate().map(|(j, w)| self.penalty_of(j) * w * w / 2.0).sum::<f64>()
    }

    /// Gradient, and the matrix of second derivatives.
    fn derivatives(&self, weights: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let n = weights.len();
        let (mut gradient, mut second) = (vec![0.0; n], vec![vec![0.0; n]; n]);
        for e in self.examples {
            let p = 1.0 / (1.0 + libm::exp(-log_odds(weights, &e.values)));
            let (error, curve) = (e.counts * (p - f64::from(u8::from(e.label))), e.counts * p * (1.0 - p));
            for &(i, x) in &e.values {
                gradient[i] += error * x;
                for &(j, y) in &e.values {
                    second[i][j] += curve * x * y;
                }
            }
        }
        for (j, w) in weights.iter().enumerate() {
            gradient[j] += self.penalty_of(j) * w;
            // A trace of curvature keeps the step finite where no row has the feature.
            second[j][j] += self.penalty_of(j) + 1e-9;
        }
        (gradient, second)
    }

    fn keep(&self, feature: usize, weight: f64) -> f64 {
        match self.signs[feature] {
            Sign::For => weight.max(0.0),
            Sign::Against => weight.min(0.0),
            Sign::Either => weight,
        }
    }

    /// The weights.
    pub fn solve(&self) -> Vec<f64> {
        let n = self.signs.len();
        let mut weights = vec![0.0; n];
        let mut loss = self.loss(&weights);
        for _ in 0..STEPS {
            let (gradient, second) = self.derivatives(&weights);
            let goal = self.minimise(&weights, &gradient, &second);
            let mut share = 1.0;
            let (next, lower) = loop {
                let next: Vec<f64> = weights
                    .iter()
                    .zip(&goal)
                    .enumerate()
                    .map(|(j, (w, g))| self.keep(j, w + share * (g - w)))
                    .collect();
                let lower = self.loss(&next);
                if lower <= loss || share < 1e-6 {
                    break (next, lower);
                }
                share /= 2.0;
            };
            let moved = weights.iter().zip(&next).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            (weights, loss) = (next, lower.min(loss));
            if moved < CLOSE {
                break;
            }
        }
        weights
    }

    /// The least point of the quadratic around `from`, within the bounds.
    fn minimise(&self, from: &[f64], gradient: &[f64], second: &[Vec<f64>]) -> Vec<f64> {
        let mut at = from.to_vec();
        // Gradient of the quadratic at `at`.
        let mut slope = gradient.to_vec();
        for _ in 0..SWEEPS {
            let mut most: f64 = 0.0;
            for j in 0..at.len() {
                let next = self.keep(j, at[j] - slope[j] / second[j][j]);
                let by = next - at[j];
                if by != 0.0 {
                    for (s, row) in slope.iter_mut().zip(second) {
                        *s += row[j] * by;
                    }
                    at[j] = next;
                    most = most.max(by.abs());
                }
            }
            if most < CLOSE / 10.0 {
                break;
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixty rows of three features by formula, so that any other program can make the same.
    fn rows() -> Vec<Example> {
        (0..60u32)
            .map(|i| {
                let (a, b, c) = (f64::from(i % 3), f64::from(i % 7) / 3.0, f64::from((i * i) % 5 % 2));
                let label = i % 3 * 3 + i % 7 + i * 5 % 11 > 11;
                Example { values: vec![(0, 1.0), (1, a), (2, b), (3, c)], label, counts: 1.0 + f64::from(i % 2) / 2.0 }
            })
            .collect()
    }

    fn solve(signs: &[Sign], penalty: f64) -> (Vec<f64>, f64) {
        let rows = rows();
        let examples: Vec<&Example> = rows.iter().collect();
        let problem = Problem { examples: &examples, signs, penalty };
        let weights = problem.solve();
        let loss = problem.loss(&weights);
        (weights, loss)
    }

    fn near(got: &[f64], want: &[f64]) {
        for (g, w) in got.iter().zip(want) {
            assert!((g - w).abs() < 2e-6, "{got:?} {want:?}");
        }
    }

    const FREE: [Sign; 4] = [Sign::Either; 4];

    // Independent numbers: scikit-learn 1.9.1, LogisticRegression(C=1/penalty, solver="newton-cholesky", tol=1e-12)
    // with sample_weight, on the same sixty rows; its intercept is not penalised either.
    #[test]
    fn as_scikit_learn_finds() {
        near(&solve(&FREE, 1.0).0, &[-2.789_328_18, 1.198_808_39, 1.226_099_3, -0.083_434_34]);
        near(&solve(&FREE, 0.1).0, &[-3.298_025_89, 1.404_954_24, 1.504_014_74, -0.100_435_49]);
    }

    // Independent numbers: scipy 1.17.1, scipy.optimize.minimize(method="L-BFGS-B", bounds=...) of the same objective.
    #[test]
    fn as_scipy_finds_within_bounds() {
        use Sign::{Against, Either, For};
        let (weights, loss) = solve(&[Either, For, For, Against], 1.0);
        near(&weights, &[-2.789_328_18, 1.198_808_39, 1.226_099_3, -0.083_434_35]);
        assert!((loss - 39.055_885_548).abs() < 1e-7);
        let (weights, loss) = solve(&[Either, Against, Either, For], 1.0);
        near(&weights, &[-1.383_794_74, 0.0, 1.057_454_47, 0.0]);
        assert!((loss - 46.412_720_361).abs() < 1e-7);
    }

    #[test]
    fn nothing_breaks_it() {
        // One class only, a feature that no row has, no rows at all.
        let yes = Example { values: vec![(0, 1.0), (1, 1.0)], label: true, counts: 1.0 };
        for examples in [vec![], vec![&yes], vec![&yes, &yes]] {
            let weights = Problem { examples: &examples, signs: &[Sign::Either; 3], penalty: 1.0 }.solve();
            assert!(weights.iter().all(|w| w.is_finite() && w.abs() < 1e6), "{weights:?}");
        }
    }
}
