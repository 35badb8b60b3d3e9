//! Features -> log-odds, and each cue's share of them.
//!
//! Owns: the sum. Additions and multiplications in a fixed order: the same bytes on every platform.

use super::features::{Owner, Values};
use crate::lexicon::Weights;

/// Both sums, and what each cue adds to the first.
#[derive(Debug)]
pub struct Sum {
    /// Log-odds of an offer of something listed.
    pub listed: f64,
    /// Log-odds of an offer of anything wild.
    pub wildlife: f64,
    /// Each cue's share of `listed`, in the order of what stands.
    pub shares: Vec<f64>,
}

/// Adds up.
pub fn sum(weights: &Weights, values: &Values, standing: usize) -> Sum {
    let mut sum = Sum { listed: 0.0, wildlife: 0.0, shares: vec![0.0; standing] };
    for v in &values.0 {
        let pair = weights.of(v.feature);
        let listed = pair.listed * v.value;
        sum.listed += listed;
        sum.wildlife += pair.wildlife * v.value;
        match v.owner {
            Owner::Listing => {}
            Owner::One(i) => sum.shares[i] += listed,
            Owner::Two(i, j) => {
                sum.shares[i] += listed / 2.0;
                sum.shares[j] += listed / 2.0;
            }
        }
    }
    sum
}
