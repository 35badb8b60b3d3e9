//! Makes the synthetic patterns, and their automaton for the way that carries it serialised.

#[path = "src/synthetic.rs"]
mod synthetic;

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=src/synthetic.rs");
    let has = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let count = if has("WIDE30K") { 30_000 } else { 5_000 };
    let patterns = synthetic::patterns(count);
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let out = Path::new(&out);
    let automaton = daachorse::CharwiseDoubleArrayAhoCorasickBuilder::new()
        .match_kind(daachorse::MatchKind::LeftmostLongest)
        .build::<_, _, u32>(&patterns)
        .expect("distinct patterns, none empty");
    fs::write(out.join("patterns.txt"), patterns.join("\n")).expect("OUT_DIR is writable");
    fs::write(out.join("automaton.bin"), automaton.serialize()).expect("OUT_DIR is writable");
}
