//! `spotter train`: fits, calibrates and writes the model's numbers.
//!
//! Owns: which rows count how much, folds, the choice of the penalty, and the form of `weights.toml`. Never: sees
//! a row that is held back before everything is decided, or a listing that is not in the corpus. The same
//! lexicon, corpus and settings give the same bytes.

mod calibrate;
mod solver;

use crate::corpus::{self, Corpus, Row};
use crate::metrics;
use crate::{End, Failure, With};
use calibrate::{Held, Scored};
use solver::{Example, Problem, log_odds};
use spotter_detector::lexicon::weights::{Calibration, Pair, Platt, Provenance, Sign, Target, Thresholds};
use spotter_detector::lexicon::{Feature, Weights};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Folds by families of rows.
const FOLDS: u32 = 10;
/// Penalties that are tried; the one with the least loss on rows that were not fitted on is taken.
const PENALTIES: [f64; 5] = [0.3, 1.0, 3.0, 10.0, 30.0];
/// How much a composed row counts beside a written one: two of a family say little more than one.
const COMPOSED: f64 = 0.5;
/// Share of offers that the scores assume. The corpus holds as many offers as innocents; a marketplace does not.
/// Rows of ordinary goods count so much more that this share results; traps stay as they are.
const PRIOR: f64 = 0.1;
/// Share of the corpus's traps, and of its ordinary goods, that may be alarmed at each level.
const POSSIBLE: Alarms = Alarms { traps: 0.04, everyday: 0.006 };
const LIKELY: Alarms = Alarms { traps: 0.005, everyday: 0.0005 };

/// The most that may be alarmed.
struct Alarms {
    traps: f64,
    everyday: f64,
}

/// What to fit on, and where the numbers go.
#[derive(clap::Args)]
pub struct Options {
    /// The corpus.
    #[arg(long, default_value = "tests/corpus")]
    corpus: PathBuf,
    /// Where the weights go.
    #[arg(long, default_value = "lexicon/weights.toml")]
    out: PathBuf,
}

/// Everything that is known of one target.
struct Fitted {
    weights: Vec<f64>,
    platt: Platt,
    penalty: f64,
    /// Each row fitted on, scored by a model that has not seen its family.
    scored: Vec<Scored>,
    prior: f64,
}

/// Runs the command.
pub fn run(with: &With, options: &Options) -> Result<End, Failure> {
    let detector = with.detector()?;
    // On the pack's own day, so that the same sources give the same numbers on any day.
    let own_day = || detector.pack_version().replace('.', "-").parse().ok();
    let as_of = with.as_of.or_else(own_day).unwrap_or_else(crate::today);
    let corpus = corpus::read(&options.corpus)?;
    let seen: Vec<(&Row, Vec<(usize, f64)>)> = corpus
        .rows
        .iter()
        .map(|row| {
            let values = detector.features(&row.listing(), as_of);
            // A feature that is counted comes several times.
            let mut summed = std::collections::BTreeMap::<usize, f64>::new();
            for (feature, value) in values {
                *summed.entry(feature as usize).or_default() += value;
            }
            (row, summed.into_iter().collect())
        })
        .collect();
    let listed = fit(&seen, Target::Listed);
    let wildlife = fit(&seen, Target::Wildlife);
    let round = |x: f64, by: f64| (x * by).round() / by;
    let weights = listed
        .weights
        .iter()
        .zip(&wildlife.weights)
        .map(|(l, w)| Pair { listed: round(*l, 1e4) + 0.0, wildlife: round(*w, 1e4) + 0.0 })
        .collect();
    let rounded = |p: Platt| Platt { a: round(p.a, 1e4), b: round(p.b, 1e4) };
    let level = |most: &Alarms| {
        let of = |everyday: bool| -> Vec<Scored> {
            listed.scored.iter().filter(|s| s.label || s.everyday == everyday).copied().collect()
        };
        calibrate::at_most(&of(false), most.traps).max(calibrate::at_most(&of(true), most.everyday))
    };
    let possible = level(&POSSIBLE);
    let threshold = Thresholds {
        possible,
        likely: level(&LIKELY).max(possible + 0.001),
        wildlife: calibrate::best_f1(&wildlife.scored),
    };
    let calibration = Calibration { score: rounded(listed.platt), wildlife: rounded(wildlife.platt) };
    let held = corpus.rows.iter().filter(|r| r.held_back()).count();
    let provenance = Provenance {
        corpus: corpus.hash.clone(),
        rows: (corpus.rows.len() - held) as u32,
        held_back: held as u32,
        prior: round(listed.prior, 1e4),
        prior_wildlife: round(wildlife.prior, 1e4),
        solver: "penalised logistic regression with signs, Newton with coordinate descent".into(),
        penalty: listed.penalty,
        folds: FOLDS,
        levels: format!(
            "by folds not fitted on: at most {} of traps and {} of ordinary goods alarmed at possible, {} and {} at likely; wildlife where F1 is highest",
            percent(POSSIBLE.traps),
            percent(POSSIBLE.everyday),
            percent(LIKELY.traps),
            percent(LIKELY.everyday)
        ),
    };
    let weights = Weights::new(provenance, threshold, calibration, weights).map_err(Failure::new)?;
    std::fs::write(&options.out, text(&weights))
        .map_err(|e| Failure::new(format!("{}: cannot be written: {e}", options.out.display())))?;
    report(&corpus, &seen, &weights, &[&listed, &wildlife], &options.out);
    Ok(End::Fine)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn is_everyday(row: &Row) -> bool {
    row.trap == "everyday"
}

/// How much a row counts by itself.
fn base(row: &Row) -> f64 {
    if row.composed() { COMPOSED } else { 1.0 }
}

/// How much each row counts.
fn counts(rows: &[&Row]) -> Vec<f64> {
    let sum = |which: &dyn Fn(&Row) -> bool| -> f64 { rows.iter().filter(|r| which(r)).map(|r| base(r)).sum() };
    let offers = sum(&|r| r.label == 1);
    let traps = sum(&|r| r.label == 0 && !is_everyday(r));
    let everyday = sum(&is_everyday);
    let factor = ((offers / PRIOR - offers - traps) / everyday.max(1e-9)).max(1.0);
    rows.iter().map(|r| base(r) * if is_everyday(r) { factor } else { 1.0 }).collect()
}

fn label(row: &Row, target: Target) -> bool {
    match target {
        Target::Listed => row.label == 1,
        Target::Wildlife => row.label_wildlife == 1,
    }
}

fn fit(seen: &[(&Row, Vec<(usize, f64)>)], target: Target) -> Fitted {
    let signs: Vec<Sign> = Feature::ALL.iter().map(|f| f.sign(target)).collect();
    let rows: Vec<&(&Row, Vec<(usize, f64)>)> = seen.iter().filter(|(row, _)| !row.held_back()).collect();
    let counts = counts(&rows.iter().map(|(row, _)| *row).collect::<Vec<_>>());
    let examples: Vec<Example> = rows
        .iter()
        .zip(counts)
        .map(|((row, values), counts)| Example { values: values.clone(), label: label(row, target), counts })
        .collect();
    // The second question makes no level. Its weights are fitted on the rows as they are, so that they learn from what is
    // hard and not from ordinary goods again and again; its scale knows the prior.
    let fitted_on: Vec<Example> = rows
        .iter()
        .zip(&examples)
        .map(|((row, _), e)| match target {
            Target::Listed => e.clone(),
            Target::Wildlife => Example { counts: base(row), ..e.clone() },
        })
        .collect();
    let solve = |examples: &[&Example], penalty: f64| Problem { examples, signs: &signs, penalty }.solve();
    // Scores of each row by a model that has not seen its family.
    let by_folds = |penalty: f64| -> Vec<Held> {
        let mut held = vec![Held { z: 0.0, label: false, counts: 0.0 }; examples.len()];
        for fold in 0..FOLDS {
            let rest: Vec<&Example> =
                rows.iter().zip(&fitted_on).filter(|((row, _), _)| row.fold(FOLDS) != fold).map(|(_, e)| e).collect();
            let weights = solve(&rest, penalty);
            for (i, ((row, _), e)) in rows.iter().zip(&examples).enumerate() {
                if row.fold(FOLDS) == fold {
                    held[i] = Held { z: log_odds(&weights, &e.values), label: e.label, counts: e.counts };
                }
            }
        }
        held
    };
    let loss = |held: &[Held]| -> f64 {
        held.iter().map(|h| h.counts * libm::log1p(libm::exp(if h.label { -h.z } else { h.z }))).sum()
    };
    let (penalty, held, _) = PENALTIES
        .into_iter()
        .map(|penalty| {
            let held = by_folds(penalty);
            let loss = loss(&held);
            (penalty, held, loss)
        })
        .min_by(|a, b| a.2.total_cmp(&b.2))
        .expect("there are penalties");
    let platt = calibrate::platt(&held);
    let all: Vec<&Example> = fitted_on.iter().collect();
    let count: f64 = examples.iter().map(|e| e.counts).sum();
    Fitted {
        weights: solve(&all, penalty),
        platt,
        penalty,
        scored: held
            .iter()
            .zip(&rows)
            .map(|(h, (row, _))| Scored {
                score: platt.probability(h.z),
                label: h.label,
                counts: h.counts,
                everyday: is_everyday(row),
            })
            .collect(),
        prior: examples.iter().filter(|e| e.label).map(|e| e.counts).sum::<f64>() / count,
    }
}

/// The file: sorted as the model lists its features, each with what it is.
fn text(w: &Weights) -> String {
    let mut t = String::from(
        "# How cues add up. Made by `spotter train`; do not edit by hand. Log-odds (natural logarithm): +0.7 doubles the\n\
         # odds, -0.7 halves them. docs/model.md explains the features, the fit and the prior.\n\n",
    );
    let p = &w.provenance;
    let _ = writeln!(
        t,
        "[provenance]\ncorpus = {:?}\nrows = {}\nheld_back = {}\nprior = {:?}\nprior_wildlife = {:?}\nsolver = {:?}\npenalty = {:?}\nfolds = {}\nlevels = {:?}\n",
        p.corpus, p.rows, p.held_back, p.prior, p.prior_wildlife, p.solver, p.penalty, p.folds, p.levels
    );
    let _ = writeln!(
        t,
        "[threshold]\npossible = {:?}\nlikely = {:?}\nwildlife = {:?}\n",
        w.threshold.possible, w.threshold.likely, w.threshold.wildlife
    );
    let platt = |p: Platt| format!("{{ a = {:?}, b = {:?} }}", p.a, p.b);
    let _ = writeln!(
        t,
        "# p = 1 / (1 + exp(-(a * z + b))), z being the sum of log-odds.\n[calibration]\nscore = {}\nwildlife = {}\n\n[weight]",
        platt(w.calibration.score),
        platt(w.calibration.wildlife)
    );
    for &feature in Feature::ALL {
        let pair = w.of(feature);
        let _ = writeln!(
            t,
            "{:<20} = {{ listed = {:?}, wildlife = {:?} }} # {}",
            format!("{:?}", feature.name()),
            pair.listed,
            pair.wildlife,
            feature.what()
        );
    }
    t
}

/// What was fitted, and how right it is on the rows held back.
fn report(corpus: &Corpus, seen: &[(&Row, Vec<(usize, f64)>)], weights: &Weights, fitted: &[&Fitted], out: &Path) {
    println!("{}: {} rows, {} held back", out.display(), corpus.rows.len(), weights.provenance.held_back);
    let targets = [
        ("listed", Target::Listed, weights.calibration.score, weights.threshold.possible),
        ("wildlife", Target::Wildlife, weights.calibration.wildlife, weights.threshold.wildlife),
    ];
    println!(
        "{:<9} {:>7} {:>7} {:>9} | held back: {:>6} {:>6} {:>6} {:>6}",
        "target", "penalty", "prior", "threshold", "rows", "AUC", "F1", "Brier"
    );
    for ((name, target, platt, threshold), fitted) in targets.into_iter().zip(fitted) {
        let scored: Vec<metrics::Scored> = seen
            .iter()
            .filter(|(row, _)| row.held_back())
            .map(|(row, values)| {
                let z = values.iter().map(|&(f, v)| v * side(weights.of(Feature::ALL[f]), target)).sum();
                (platt.probability(z), label(row, target))
            })
            .collect();
        let mut outcomes = metrics::Outcomes::default();
        for &(score, label) in &scored {
            outcomes.add(score >= threshold, label);
        }
        let number = |x: Option<f64>| x.map_or("-".into(), |x| format!("{x:.3}"));
        println!(
            "{name:<9} {:>7} {:>7.3} {threshold:>9.3} |            {:>6} {:>6} {:>6} {:>6}",
            fitted.penalty,
            fitted.prior,
            scored.len(),
            number(metrics::roc_auc(&scored)),
            number(outcomes.f1()),
            number(metrics::brier(&scored))
        );
    }
}

fn side(pair: Pair, target: Target) -> f64 {
    match target {
        Target::Listed => pair.listed,
        Target::Wildlife => pair.wildlife,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_again() {
        let weights = spotter_detector::testing::lexicon().weights;
        assert_eq!(toml::from_str::<Weights>(&text(&weights)).unwrap(), weights);
    }
}
