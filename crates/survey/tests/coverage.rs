//! The recall's 95 % interval holds the known truth: 100 seeded repetitions of a survey's sampling, for each of several worlds.

use spotter_survey::interval::{Strata, chapman, recall};

/// A world: flagged listings and the share that counts, unflagged ones and the share that counts, 1 in how many is drawn.
type World = (u64, f64, u64, f64, u64);

/// One survey of a world: what is true, and what its sample shows.
fn survey(world: World, seed: u64) -> (f64, Strata) {
    let (flagged, right, unflagged, missed, one_in) = world;
    let mut random = fastrand::Rng::with_seed(seed);
    let count = |n: u64, p: f64, random: &mut fastrand::Rng| (0..n).filter(|_| random.f64() < p).count() as u64;
    let hits = count(flagged, right, &mut random);
    let misses: Vec<bool> = (0..unflagged).map(|_| random.f64() < missed).collect();
    let truth = hits as f64 / (hits + misses.iter().filter(|m| **m).count() as u64) as f64;
    // Each unflagged listing is drawn by itself, as the extension does: 1 in N, so that the sample's size is chance too.
    let drawn: Vec<bool> = misses.into_iter().filter(|_| random.u64(..one_in) == 0).collect();
    let strata = Strata {
        flagged,
        flagged_coded: flagged,
        flagged_count: hits,
        unflagged,
        unflagged_coded: drawn.len() as u64,
        unflagged_count: drawn.iter().filter(|m| **m).count() as u64,
    };
    (truth, strata)
}

#[test]
fn the_recalls_interval_holds_the_truth_in_ninety_of_a_hundred() {
    let worlds: [World; 5] = [
        (300, 0.85, 5_000, 0.02, 10),
        (120, 0.70, 2_000, 0.01, 10),
        (500, 0.90, 800, 0.10, 5),
        (60, 0.50, 400, 0.05, 4),
        (1_000, 0.95, 20_000, 0.001, 20),
    ];
    for world in worlds {
        let held = (0..100)
            .filter(|seed| {
                let (truth, strata) = survey(world, *seed);
                let e = recall(&strata).expect("an estimate");
                assert!(
                    e.low <= e.value && e.value <= e.high && (0.0..=1.0).contains(&e.low) && e.high <= 1.0,
                    "{e:?}"
                );
                e.low <= truth && truth <= e.high
            })
            .count();
        println!("{world:?}: {held} of 100 intervals hold the truth");
        assert!(held >= 90, "{world:?}: {held}");
    }
}

#[test]
fn chapmans_interval_holds_the_truth_in_ninety_of_a_hundred() {
    for (all, first, second) in [(200_u64, 0.7, 0.6), (60, 0.5, 0.8), (1_000, 0.9, 0.9)] {
        let held = (0..100)
            .filter(|seed| {
                let mut random = fastrand::Rng::with_seed(*seed);
                let found: Vec<(bool, bool)> =
                    (0..all).map(|_| (random.f64() < first, random.f64() < second)).collect();
                let count = |f: fn(&(bool, bool)) -> bool| found.iter().filter(|x| f(x)).count() as u64;
                let e = chapman(count(|x| x.0), count(|x| x.1), count(|x| x.0 && x.1)).expect("an estimate");
                e.low <= all as f64 && all as f64 <= e.high
            })
            .count();
        println!("{all} of which {first} and {second} are found: {held} of 100");
        assert!(held >= 90, "{all}: {held}");
    }
}
