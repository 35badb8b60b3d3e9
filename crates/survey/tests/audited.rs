//! The published figures: against values that were computed elsewhere, where they are withheld, and in 100 seeded worlds each.

use spotter_model::archive::{self as zip, File};
use spotter_model::audit::Looked;
use spotter_model::case::CheckOutcome;
use spotter_survey::archive::Compared;
use spotter_survey::audited::{
    Answered, Checked, Data, Decided, Decision, ENOUGH, Figure, Noticed, Outcome, Seen, Stratum, platforms, recall,
    table,
};
use spotter_survey::audited_archive::{files, recompute};
use spotter_survey::interval::Estimate;

fn near(e: Option<Estimate>, [value, low, high]: [f64; 3]) {
    let e = e.expect("an estimate");
    for (is, want) in [(e.value, value), (e.low, low), (e.high, high)] {
        assert!((is - want).abs() < 1e-9, "{e:?}, not {value} {low} {high}");
    }
}

fn stratum([flagged, unflagged, checked, missed]: [u64; 4]) -> Stratum {
    Stratum { flagged, unflagged, checked, missed }
}

/// Values by a program of its own: binomial tails summed term by term, their ends found by halving, in Python.
#[test]
fn recall_is_what_an_independent_program_says() {
    type Row = (u64, u64, &'static [[u64; 4]], [f64; 3]);
    let table: [Row; 5] = [
        (45, 50, &[[60, 1000, 50, 1]], [0.729_729_729_729_729_7, 0.274_806_315_669_533_7, 0.983_145_333_792_746_9]),
        (45, 50, &[[60, 1000, 50, 0]], [1.0, 0.353_284_721_594_281_8, 1.0]),
        (
            20,
            40,
            &[[30, 400, 40, 2], [100, 3000, 30, 1]],
            [0.351_351_351_351_351_37, 0.053_538_363_818_492_58, 0.967_275_714_347_629_8],
        ),
        // Nothing was answered at the second rate: it is left out.
        (
            20,
            40,
            &[[30, 400, 40, 2], [100, 3000, 0, 0]],
            [0.428_571_428_571_428_55, 0.112_480_137_000_331_82, 0.910_966_557_941_917_7],
        ),
        // More was checked than the counts know of yet.
        (12, 12, &[[12, 5, 10, 3]], [0.8, 0.735_191_770_348_76, 0.8]),
    ];
    for (confirmed, decided, strata, want) in table {
        let strata: Vec<Stratum> = strata.iter().copied().map(stratum).collect();
        near(recall(confirmed, decided, &strata), want);
    }
    assert_eq!(recall(5, 10, &[]), None, "nothing was checked");
    assert_eq!(recall(5, 10, &[stratum([9, 90, 0, 0])]), None);
    assert_eq!(recall(0, 0, &[stratum([9, 90, 10, 1])]), None, "nothing was decided");
    assert_eq!(recall(0, 10, &[stratum([9, 90, 10, 0])]), None, "nothing to find");
}

const A: &str = "a.example";

fn rows(n: usize, answer: Looked) -> impl Iterator<Item = Answered> {
    (0..n).map(move |_| Answered { platform: A.into(), one_in: 20, answer })
}

/// A platform with 30 checks, 12 decisions, 20 notices and 10 looks again, each with some of which it cannot be told.
fn data() -> Data {
    let many = |n: usize| (0..n).map(|_| A.to_owned());
    let decided = |n, decision| many(n).map(move |platform| Decided { platform, decision });
    let noticed = |n, outcome| many(n).map(move |platform| Noticed { platform, outcome });
    let checked = |n, outcome| many(n).map(move |platform| Checked { platform, outcome });
    let seen = |flagged, unflagged| Seen { platform: A.into(), one_in: 20, flagged, unflagged, offered: 35 };
    Data {
        answers: rows(1, Looked::Protected).chain(rows(49, Looked::Not)).chain(rows(4, Looked::CannotTell)).collect(),
        seen: vec![seen(40, 600), seen(20, 400)],
        decisions: decided(45, Decision::Confirmed)
            .chain(decided(5, Decision::Dismissed))
            .chain(decided(7, Decision::CannotTell))
            .collect(),
        notices: noticed(17, Outcome::Stands)
            .chain(noticed(1, Outcome::Refused))
            .chain(noticed(1, Outcome::Corrected))
            .chain(noticed(1, Outcome::Reinstated))
            .collect(),
        checks: checked(5, CheckOutcome::NoticePageSaysRemoved)
            .chain(checked(3, CheckOutcome::RemovedConfirmedByCompany))
            .chain(checked(1, CheckOutcome::Up))
            .chain(checked(1, CheckOutcome::Relisted))
            .chain(checked(6, CheckOutcome::EndedOrSold))
            .collect(),
    }
}

#[test]
fn figures_are_what_an_independent_program_says_and_what_cannot_be_told_counts_as_neither() {
    let all = platforms(&data());
    assert_eq!(all.len(), 1);
    let is = |figure: Figure, counts: [u64; 3], want: [f64; 3]| {
        let Figure::Is { estimate, of, hits, open } = figure else { panic!("withheld") };
        assert_eq!([of, hits, open], counts);
        near(estimate, want);
    };
    is(all[0].recall, [50, 1, 4], [0.729_729_729_729_729_7, 0.274_806_315_669_533_7, 0.983_145_333_792_746_9]);
    is(all[0].wrongful, [20, 2, 1], [0.1, 0.027_866_481_213_768_224, 0.301_033_645_228_487_3]);
    is(all[0].removals, [10, 8, 6], [0.8, 0.490_162_471_536_641_8, 0.943_317_848_545_624_8]);
    let Figure::Is { of, hits, open, .. } = all[0].precision else { panic!("withheld") };
    assert_eq!([of, hits, open], [50, 45, 7]);
}

#[test]
fn of_nine_it_is_said_that_they_are_fewer_and_their_rows_stay() {
    let mut data = data();
    data.checks.truncate(9);
    data.notices.truncate(9);
    let all = platforms(&data);
    assert_eq!((all[0].removals, all[0].wrongful), (Figure::Fewer, Figure::Fewer));
    assert!(table(&all).csv().contains("\"a.example\",\"Verified removals\",\"fewer than 10\""));
    let shown = data.clone().published();
    assert!(shown.checks.is_empty() && shown.notices.is_empty() && shown.answers.len() == data.answers.len());
    // Nine decisions: neither precision nor recall.
    data.decisions.truncate(9);
    assert_eq!(platforms(&data), [], "a platform of which nothing may be said is not even named");
    assert_eq!(data.published(), Data::default());
    let mut few = self::data();
    few.answers.truncate(9);
    assert_eq!(platforms(&few)[0].recall, Figure::Fewer);
    assert!(few.clone().published().answers.is_empty() && few.published().seen.is_empty());
    assert_eq!(ENOUGH, 10);
}

#[test]
fn rows_in_any_order_give_the_same_bytes_and_a_changed_row_is_noticed() {
    let made = files(&data());
    let mut turned = data();
    turned.answers.reverse();
    turned.checks.reverse();
    turned.notices.reverse();
    turned.decisions.reverse();
    assert_eq!(files(&turned), made);
    let archive = zip::write(&made).expect("an archive");
    let all = recompute(&zip::read(&archive).expect("it reads")).expect("rows");
    assert!(all.len() == made.len() && all.iter().all(|c| matches!(c, Compared::Same(_))), "{all:?}");
    let text = String::from_utf8_lossy(&archive).to_lowercase();
    assert!(!text.contains("illegal") && !text.contains("http"), "no address is in it");

    let mut changed = made;
    let rows: &mut File = changed.iter_mut().find(|f| f.name == "data/answers.jsonl").expect("rows");
    let text = String::from_utf8(rows.bytes.clone()).expect("text");
    rows.bytes = text.replacen("\"not\"", "\"protected\"", 1).into_bytes();
    let archive = zip::write(&changed).expect("an archive");
    let all = recompute(&zip::read(&archive).expect("it reads")).expect("rows");
    assert!(all.iter().any(|c| matches!(c, Compared::Differs(name, _) if name == "figures.csv")), "{all:?}");
}

/// Checks, decisions and reports of a world: what is true, and what recall is taken for.
fn world([flagged, unflagged]: [u64; 2], [right, miss]: [f64; 2], rates: &[u64], seed: u64) -> (f64, Estimate) {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut hits, mut misses, mut decided, mut confirmed, mut strata) = (0, 0, 0, 0, vec![]);
    for one_in in rates {
        let mut s = Stratum { flagged, unflagged, ..Stratum::default() };
        for _ in 0..flagged {
            let is = random.f64() < right;
            hits += u64::from(is);
            // People report two in three of what was flagged.
            if random.u8(..3) < 2 {
                decided += 1;
                confirmed += u64::from(is);
            }
        }
        for _ in 0..unflagged {
            let is = random.f64() < miss;
            misses += u64::from(is);
            // Drawn by itself, and answered with yes or no four times out of five.
            if random.u64(..*one_in) == 0 && random.u8(..5) < 4 {
                s.checked += 1;
                s.missed += u64::from(is);
            }
        }
        strata.push(s);
    }
    (hits as f64 / (hits + misses) as f64, recall(confirmed, decided, &strata).expect("an estimate"))
}

#[test]
fn the_recalls_interval_holds_the_truth_in_ninety_of_a_hundred() {
    type World = ([u64; 2], [f64; 2], &'static [u64]);
    let worlds: [World; 5] = [
        ([300, 5_000], [0.85, 0.02], &[10]),
        ([120, 2_000], [0.70, 0.01], &[20]),
        ([60, 400], [0.50, 0.05], &[5]),
        ([1_000, 20_000], [0.95, 0.001], &[50]),
        ([200, 3_000], [0.80, 0.02], &[10, 40]),
    ];
    for (sizes, shares, rates) in worlds {
        let held = (0..100)
            .filter(|seed| {
                let (truth, e) = world(sizes, shares, rates, *seed);
                assert!(e.low <= e.value && e.value <= e.high && e.low >= 0.0 && e.high <= 1.0, "{e:?}");
                e.low <= truth && truth <= e.high
            })
            .count();
        println!("{sizes:?} {shares:?} one in {rates:?}: {held} of 100 intervals hold the truth");
        assert!(held >= 90, "{sizes:?} {shares:?} {rates:?}: {held}");
    }
}
