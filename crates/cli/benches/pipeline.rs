//! Where the time of an assessment goes, and how it compares with a bare search for the same surface forms.
//!
//! `cargo bench -p spotter-cli` prints one line a stage, best of several rounds in one run, over 20,000 generated
//! listings. The bare search looks for every folded pattern in text that was folded beforehand.

use spotter_detector::matching::Engine;
use spotter_detector::{Detector, normalize};
use spotter_model::{Field, Level, Listing};
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

const ROUNDS: usize = 25;

fn main() {
    // Tests run benches with --test: then one small round shows that it works.
    let quick = std::env::args().any(|a| a == "--test");
    let lines = if quick { "200" } else { "3000" };
    let output = Command::new(env!("CARGO_BIN_EXE_spotter"))
        .args(["generate", "--lines", lines, "--seed", "3"])
        .output()
        .expect("spotter runs");
    let listings: Vec<Listing> = output
        .stdout
        .split(|&b| b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).expect("a listing"))
        .collect();
    let texts: Vec<&str> = listings
        .iter()
        .flat_map(|l| [l.text(Field::Title), l.text(Field::Description), l.text(Field::Category)])
        .collect();
    let bytes: usize = texts.iter().map(|t| t.len()).sum();
    let foreign: usize = texts.iter().map(|t| t.bytes().filter(|b| !b.is_ascii()).count()).sum();
    let detector = Detector::from_pack(spotter_pack::PACK).expect("the built-in pack");
    let opened = spotter_detector::lexicon::pack::open(spotter_pack::PACK).expect("the built-in pack");
    let patterns = opened.words.patterns().expect("the built-in patterns");
    let ready = Engine::ready(opened.words);
    let built = aho_corasick::AhoCorasick::builder()
        .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
        .build(patterns.iter().map(|p| &p.0))
        .expect("the built-in patterns");
    let charwise: daachorse::CharwiseDoubleArrayAhoCorasick<u32> =
        daachorse::CharwiseDoubleArrayAhoCorasick::new(patterns.iter().map(|p| &p.0)).expect("the built-in patterns");
    let as_of = "2026-11-23".parse().expect("a date");
    let folded: Vec<normalize::Folded> = texts.iter().map(|t| normalize::fold(t)).collect();
    let flagged = listings.iter().filter(|l| detector.assess(l, as_of).level > Level::None).count();
    println!(
        "{} listings, {:.1} MB, {:.0} % not ASCII, {flagged} flagged, {} patterns",
        listings.len(),
        bytes as f64 / 1e6,
        100.0 * foreign as f64 / bytes as f64,
        patterns.len()
    );
    let only = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let time = |name: &str, run: &mut dyn FnMut()| {
        if only.as_deref().is_some_and(|o| o != name) {
            return;
        }
        let best = (0..if quick { 1 } else { ROUNDS })
            .map(|_| {
                let start = Instant::now();
                run();
                start.elapsed().as_secs_f64()
            })
            .fold(f64::INFINITY, f64::min);
        println!("{name:<28} {:>8.1} ms {:>8.1} MB/s", best * 1000.0, bytes as f64 / 1e6 / best);
    };
    time("open pack", &mut || {
        black_box(Detector::from_pack(spotter_pack::PACK).is_ok());
    });
    time("open pack, building", &mut || {
        black_box(Detector::from_pack_building(spotter_pack::PACK).is_ok());
    });
    time("bare search, aho-corasick", &mut || {
        black_box(folded.iter().map(|f| built.find_overlapping_iter(&f.text).count()).sum::<usize>());
    });
    time("bare search, daachorse", &mut || {
        black_box(folded.iter().map(|f| charwise.find_overlapping_iter(&f.text).count()).sum::<usize>());
    });
    time("search", &mut || {
        let mut count = 0usize;
        folded.iter().for_each(|f| ready.find(&f.text, &[], |_, _, _| count += 1));
        black_box(count);
    });
    let mut buffer = normalize::Folded::default();
    time("fold", &mut || {
        for t in &texts {
            normalize::fold_into(t, &mut buffer);
            black_box(&buffer);
        }
    });
    time("second reading", &mut || {
        for (t, f) in texts.iter().zip(&folded) {
            black_box(normalize::disguise::plain(f, t, 'i'));
        }
    });
    time("assess", &mut || {
        for l in &listings {
            black_box(detector.assess(l, as_of));
        }
    });
}
