//! Where the time of an assessment goes, and how it compares with a bare search for the same surface forms.
//!
//! `cargo bench -p spotter-cli` runs it; `-- pipeline` measures only the stages whose name holds that word. Every
//! round runs every stage once, so that all see the same machine: that is why this is no Criterion bench, which runs
//! one after the other. The table gives the median and the best of the rounds, in megabytes of the original text.
//! The bare searches look for all folded patterns in text that was folded beforehand, and count every occurrence;
//! the whole pipeline folds, searches, decides what stands, weighs and answers.

mod alternation;
mod corpus;
mod counting;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use corpus::Corpus;
use counting::COUNTING;
use daachorse::{CharwiseDoubleArrayAhoCorasick, DoubleArrayAhoCorasick};
use regex::Regex;
use spotter_detector::{Detector, Scratch, normalize};
use spotter_model::{Date, Level, Listing};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

const ROUNDS: usize = 15;
/// The two that the budget compares.
const WHOLE: &str = "whole pipeline";
const BARE: &str = "bare aho-corasick, contiguous NFA";

/// A stage's name and what it does; the number says what came of it, so that nothing is left out as unused.
type Stage<'a> = (&'static str, Box<dyn FnMut() -> usize + 'a>);

/// The searches that are compared with, over the same patterns.
struct Searches {
    aho: AhoCorasick,
    charwise: CharwiseDoubleArrayAhoCorasick<u32>,
    bytewise: DoubleArrayAhoCorasick<u32>,
    alternation: Regex,
}

fn main() -> ExitCode {
    let only: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    // Tests run benches with --test: then one small round shows that it works.
    let quick = std::env::args().any(|a| a == "--test");
    let (rounds, lines) = if quick { (1, 100) } else { (ROUNDS, 3000) };
    let as_of: Date = "2026-11-23".parse().expect("a date");
    let detector = open(rounds);
    let patterns = patterns(&detector);
    let searches = Searches {
        aho: built("aho-corasick, contiguous NFA", || {
            AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(&patterns).expect("the patterns")
        }),
        charwise: built("daachorse, charwise", || {
            CharwiseDoubleArrayAhoCorasick::new(&patterns).expect("the patterns")
        }),
        bytewise: built("daachorse, bytewise", || DoubleArrayAhoCorasick::new(&patterns).expect("the patterns")),
        alternation: built("regex alternation", || alternation::build(&patterns)),
    };
    let empty = |l: &Listing| detector.assess(l, as_of).cues.is_empty();
    let corpora = [
        Corpus::generate("mixed", "mixed", lines, |_| true),
        Corpus::generate("ASCII", "ascii", lines, |_| true),
        Corpus::generate("without a hit", "plain", lines * 2, empty),
    ];
    let mut slower = false;
    for corpus in &corpora {
        describe(corpus, &detector, as_of);
        let mut stages = stages(corpus, &detector, &searches, as_of);
        stages.retain(|(name, _)| only.is_empty() || only.iter().any(|o| name.contains(o)));
        let speeds = measure(corpus, &mut stages, rounds);
        let of = |name: &str| speeds.iter().find(|s| s.0 == name).map(|s| s.1);
        if let (Some(whole), Some(bare)) = (of(WHOLE), of(BARE)) {
            println!("the whole pipeline is {:.2} times as fast as aho-corasick's bare search", whole / bare);
            slower |= whole < bare;
        }
    }
    if slower && !quick { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Opens the built-in pack and says what that costs.
fn open(rounds: usize) -> Detector {
    let open = || Detector::from_pack(spotter_pack::PACK).expect("the built-in pack");
    let before = COUNTING.live();
    let detector = open();
    let held = COUNTING.live() - before;
    let mut times: Vec<f64> = (0..rounds).map(|_| seconds(|| drop(black_box(open())))).collect();
    println!(
        "pack: {} bytes, {} surface forms; opened in {:.1} ms, holds {:.1} MB",
        spotter_pack::PACK.len(),
        patterns(&detector).len(),
        median(&mut times) * 1000.0,
        held as f64 / 1e6,
    );
    detector
}

fn patterns(detector: &Detector) -> Vec<String> {
    detector.engine().words().patterns().expect("its own patterns").into_iter().map(|p| p.0).collect()
}

/// Builds a search and says what that costs.
fn built<T>(name: &str, build: impl FnOnce() -> T) -> T {
    let (before, start) = (COUNTING.live(), Instant::now());
    let built = build();
    let (ms, held) = (start.elapsed().as_millis(), COUNTING.live() - before);
    println!("{name}: built in {ms} ms, holds {:.1} MB", held as f64 / 1e6);
    built
}

fn describe(corpus: &Corpus, detector: &Detector, as_of: Date) {
    let answers: Vec<_> = corpus.listings.iter().map(|l| detector.assess(l, as_of)).collect();
    let cues: usize = answers.iter().map(|a| a.cues.len()).sum();
    println!(
        "\n{}: {} listings, {:.2} MB, {:.0} % not ASCII, {} different words, {:.1} cues a listing, {} flagged",
        corpus.name,
        answers.len(),
        corpus.bytes as f64 / 1e6,
        corpus.foreign(),
        corpus.words(),
        cues as f64 / answers.len().max(1) as f64,
        answers.iter().filter(|a| a.level > Level::None).count(),
    );
}

/// Everything that is measured over one corpus.
fn stages<'a>(corpus: &'a Corpus, detector: &'a Detector, searches: &'a Searches, as_of: Date) -> Vec<Stage<'a>> {
    let (texts, folded, engine) = (&corpus.texts, &corpus.folded, detector.engine());
    let mut copy = Vec::with_capacity(corpus.bytes);
    let mut buffer = normalize::Folded::default();
    let mut scratch = Scratch::default();
    let (mut lower, mut map) = (String::new(), vec![]);
    vec![
        (
            "floor: one copy, one UTF-8 check",
            Box::new(move || {
                copy.clear();
                texts.iter().for_each(|t| copy.extend_from_slice(t.as_bytes()));
                usize::from(std::str::from_utf8(&copy).is_ok())
            }),
        ),
        (
            "folding",
            Box::new(move || {
                let fold = |t: &String| {
                    normalize::fold_into(t, &mut buffer);
                    buffer.len()
                };
                texts.iter().map(fold).sum()
            }),
        ),
        (
            "second reading",
            Box::new(move || {
                let both = texts.iter().zip(folded);
                both.filter(|(t, f)| normalize::disguise::plain(f, t, 'i').is_some()).count()
            }),
        ),
        (
            "matching alone",
            Box::new(move || {
                let mut count = 0;
                folded.iter().for_each(|f| engine.find(&f.text, &[], |_, _, _| count += 1));
                count
            }),
        ),
        (
            WHOLE,
            Box::new(move || {
                let mut assess = |l| detector.assess_with(&mut scratch, &[], l, as_of).cues.len();
                corpus.listings.iter().map(&mut assess).sum()
            }),
        ),
        (BARE, Box::new(move || folded.iter().map(|f| searches.aho.find_overlapping_iter(&f.text).count()).sum())),
        (
            "bare daachorse, charwise",
            Box::new(move || folded.iter().map(|f| searches.charwise.find_overlapping_iter(&f.text).count()).sum()),
        ),
        (
            "bare daachorse, bytewise",
            Box::new(move || folded.iter().map(|f| searches.bytewise.find_overlapping_iter(&f.text).count()).sum()),
        ),
        (
            "bare regex alternation",
            Box::new(move || folded.iter().map(|f| searches.alternation.find_iter(&f.text).count()).sum()),
        ),
        (
            "regex, folding and mapping back",
            Box::new(move || {
                let mut search = |t: &String| alternation::pipeline(&searches.alternation, t, &mut lower, &mut map);
                texts.iter().map(&mut search).sum()
            }),
        ),
    ]
}

/// Runs all stages in turn, round by round, and prints the table; gives the median speed of each.
fn measure(corpus: &Corpus, stages: &mut [Stage<'_>], rounds: usize) -> Vec<(&'static str, f64)> {
    let mut times: Vec<Vec<f64>> = stages.iter().map(|_| vec![]).collect();
    let mut allocations = vec![0; stages.len()];
    for _ in 0..rounds {
        for (n, (_, run)) in stages.iter_mut().enumerate() {
            let before = COUNTING.calls();
            times[n].push(seconds(|| _ = black_box(run())));
            allocations[n] = COUNTING.calls() - before;
        }
    }
    let (mb, listings) = (corpus.bytes as f64 / 1e6, corpus.listings.len().max(1) as f64);
    println!("{:<36}{:>9}{:>9}{:>13}{:>14}{:>13}", "", "MB/s", "best", "first pass", "listings/s", "allocations");
    stages
        .iter()
        .zip(times)
        .zip(allocations)
        .map(|(((name, _), mut times), allocations)| {
            let first = times[0];
            let middle = median(&mut times);
            println!(
                "{name:<36}{:>9.1}{:>9.1}{:>13.1}{:>14.0}{:>13.2}",
                mb / middle,
                mb / times[0],
                mb / first,
                listings / middle,
                allocations as f64 / listings
            );
            (*name, mb / middle)
        })
        .collect()
}

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

/// Sorts, and gives the middle.
fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
