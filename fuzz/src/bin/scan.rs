//! Any bytes as input of `spotter scan`: lines, listings, assessments.
#![no_main]

#[path = "../../../crates/cli/src/input.rs"]
#[allow(dead_code, reason = "of the command line's reader only lines and listings are under test")]
mod input;

use spotter_detector::Detector;
use spotter_model::Date;
use std::sync::LazyLock;

/// The command line's error, as far as `input` needs it.
struct Failure;

impl Failure {
    fn new(_: impl Into<String>) -> Self {
        Self
    }
}

static DETECTOR: LazyLock<(Detector, Date)> = LazyLock::new(|| {
    let pack = std::env::var_os("SPOTTER_PACK").expect("SPOTTER_PACK names the built-in pack: start it by `cargo xtask soak fuzz`");
    let detector = Detector::from_pack(&std::fs::read(pack).expect("a file that can be read")).expect("the built-in pack");
    (detector, Date::new(2026, 11, 26).expect("a day"))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (detector, day) = &*DETECTOR;
    let mut lines = input::Lines::new(bytes);
    while let Some(batch) = lines.batch().expect("reading from memory") {
        for line in batch.lines {
            let input::Line::Text(text) = line else { continue };
            let Ok(Some(listing)) = input::listing(&text) else { continue };
            let found = detector.assess(&listing, *day);
            spotter_fuzz::check_assessment(&listing, &found);
            assert_eq!(detector.assess(&listing, *day), found, "the same listing twice");
        }
    }
});
