//! Where the time of an assessment goes, and how it compares with a bare search for the same surface forms.
//!
//! `cargo bench -p spotter-cli` runs it. Every round runs every stage once, so that all see the same machine; the
//! table gives the median and the best of the rounds. The bare searches look for all folded patterns in text that
//! was folded beforehand, and count every occurrence; the whole pipeline folds, searches, decides what stands,
//! weighs and answers. The listings are generated: same seed, same listings.

mod counting;

use counting::COUNTING;
use spotter_detector::{Detector, Scratch, normalize};
use spotter_model::{Date, Field, Level, Listing};
use std::collections::HashSet;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::time::Instant;

const ROUNDS: usize = 15;

/// What is searched.
struct Corpus {
    name: &'static str,
    listings: Vec<Listing>,
    texts: Vec<String>,
    folded: Vec<normalize::Folded>,
    bytes: usize,
}

fn corpus(name: &'static str, kind: &str, lines: usize, keep: impl Fn(&Listing) -> bool) -> Corpus {
    let output = Command::new(env!("CARGO_BIN_EXE_spotter"))
        .args(["generate", "--text", kind, "--lines", &lines.to_string(), "--seed", "3"])
        .output()
        .expect("spotter runs");
    let listings: Vec<Listing> = output
        .stdout
        .split(|&b| b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).expect("a listing"))
        .filter(keep)
        .collect();
    let fields = [Field::Title, Field::Description, Field::Price, Field::Category];
    let texts: Vec<String> =
        listings.iter().flat_map(|l| fields.map(|f| l.text(f).to_owned())).filter(|t| !t.is_empty()).collect();
    let folded = texts.iter().map(|t| normalize::fold(t)).collect();
    let bytes = texts.iter().map(String::len).sum();
    Corpus { name, listings, texts, folded, bytes }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() -> ExitCode {
    // Tests run benches with --test: then one small round shows that it works.
    let quick = std::env::args().any(|a| a == "--test");
    let (rounds, lines) = if quick { (1, 100) } else { (ROUNDS, 3000) };
    let as_of: Date = "2026-11-23".parse().expect("a date");
    let before = COUNTING.live();
    let detector = Detector::from_pack(spotter_pack::PACK).expect("the built-in pack");
    let held = COUNTING.live() - before;
    let mut opening: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            black_box(Detector::from_pack(spotter_pack::PACK).is_ok());
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    let patterns: Vec<String> =
        detector.engine().words().patterns().expect("its own patterns").into_iter().map(|p| p.0).collect();
    let middle = median(&mut opening);
    println!(
        "pack: {} bytes, {} surface forms; open it holds {held} bytes; opened in {middle:.1} ms (best {:.1})",
        spotter_pack::PACK.len(),
        patterns.len(),
        opening[0],
    );
    let aho = aho_corasick::AhoCorasick::builder()
        .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
        .build(&patterns)
        .expect("the built-in patterns");
    let charwise: daachorse::CharwiseDoubleArrayAhoCorasick<u32> =
        daachorse::CharwiseDoubleArrayAhoCorasick::new(&patterns).expect("the built-in patterns");
    let bytewise: daachorse::DoubleArrayAhoCorasick<u32> =
        daachorse::DoubleArrayAhoCorasick::new(&patterns).expect("the built-in patterns");
    let bare = |l: &Listing| detector.assess(l, as_of).cues.is_empty();
    let corpora = [
        corpus("mixed", "mixed", lines, |_| true),
        corpus("ASCII", "ascii", lines, |_| true),
        corpus("without a hit", "plain", lines * 2, bare),
    ];
    let mut slower = false;
    for c in &corpora {
        let foreign: usize = c.texts.iter().map(|t| t.bytes().filter(|b| !b.is_ascii()).count()).sum();
        let words: HashSet<&str> = c.folded.iter().flat_map(|f| f.text.split(' ')).collect();
        let hits: usize = c.listings.iter().map(|l| detector.assess(l, as_of).cues.len()).sum();
        let flagged = c.listings.iter().filter(|l| detector.assess(l, as_of).level > Level::None).count();
        let mb = c.bytes as f64 / 1e6;
        let listings = c.listings.len().max(1) as f64;
        println!(
            "\n{}: {listings} listings, {mb:.2} MB, {:.0} % not ASCII, {} different words, {:.1} cues a listing, \
             {flagged} flagged",
            c.name,
            100.0 * foreign as f64 / c.bytes.max(1) as f64,
            words.len(),
            hits as f64 / listings,
        );
        let mut buffer = normalize::Folded::default();
        let mut scratch = Scratch::default();
        let mut copy = Vec::with_capacity(c.bytes);
        let engine = detector.engine();
        type Stage<'a> = (&'a str, Box<dyn FnMut() -> usize + 'a>);
        let mut stages: Vec<Stage> = vec![
            (
                "floor: one copy, one UTF-8 check",
                Box::new(|| {
                    copy.clear();
                    c.texts.iter().for_each(|t| copy.extend_from_slice(t.as_bytes()));
                    usize::from(std::str::from_utf8(&copy).is_ok())
                }),
            ),
            (
                "folding",
                Box::new(|| {
                    let mut length = 0;
                    for t in &c.texts {
                        normalize::fold_into(t, &mut buffer);
                        length += buffer.len();
                    }
                    length
                }),
            ),
            (
                "second reading",
                Box::new(|| {
                    let both = c.texts.iter().zip(&c.folded);
                    both.filter(|(t, f)| normalize::disguise::plain(f, t, 'i').is_some()).count()
                }),
            ),
            (
                "matching alone",
                Box::new(|| {
                    let mut count = 0;
                    c.folded.iter().for_each(|f| engine.find(&f.text, &[], |_, _, _| count += 1));
                    count
                }),
            ),
            (
                "whole pipeline",
                Box::new(|| {
                    let mut cues = 0;
                    for l in &c.listings {
                        cues += detector.assess_with(&mut scratch, &[], l, as_of).cues.len();
                    }
                    cues
                }),
            ),
            (
                "bare aho-corasick, contiguous NFA",
                Box::new(|| c.folded.iter().map(|f| aho.find_overlapping_iter(&f.text).count()).sum()),
            ),
            (
                "bare daachorse, charwise",
                Box::new(|| c.folded.iter().map(|f| charwise.find_overlapping_iter(&f.text).count()).sum()),
            ),
            (
                "bare daachorse, bytewise",
                Box::new(|| c.folded.iter().map(|f| bytewise.find_overlapping_iter(&f.text).count()).sum()),
            ),
        ];
        let mut times: Vec<Vec<f64>> = stages.iter().map(|_| vec![]).collect();
        let mut allocations = vec![0; stages.len()];
        for _ in 0..rounds {
            for (n, (_, run)) in stages.iter_mut().enumerate() {
                let (before, start) = (COUNTING.calls(), Instant::now());
                black_box(run());
                times[n].push(start.elapsed().as_secs_f64());
                allocations[n] = COUNTING.calls() - before;
            }
        }
        println!("{:<36}{:>9}{:>9}{:>13}{:>14}", "", "MB/s", "best", "listings/s", "allocations");
        let mut speeds = vec![];
        for (n, (name, _)) in stages.iter().enumerate() {
            let middle = median(&mut times[n]);
            speeds.push(mb / middle);
            println!(
                "{name:<36}{:>9.1}{:>9.1}{:>13.0}{:>14.2}",
                mb / middle,
                mb / times[n][0],
                listings / middle,
                allocations[n] as f64 / listings
            );
        }
        let ratio = speeds[4] / speeds[5];
        println!("the whole pipeline is {ratio:.2} times as fast as aho-corasick's bare search");
        slower |= ratio < 1.0;
    }
    if slower && !quick { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
