//! What the fuzz targets share: the small pack they start from and the checks that several of them make.
//!
//! Owns: invariants in the form of panics. Never: runs a fuzzer by itself; `cargo xtask soak fuzz` does.
#![deny(missing_docs)]

use spotter_detector::normalize::{self, Folded, disguise};
use spotter_model::{Assessment, Level, Listing, limits};

/// Bounds, order and UTF-16 positions of everything that an assessment points at.
///
/// # Panics
/// When one of them is broken: that is the finding.
pub fn check_assessment(listing: &Listing, found: &Assessment) {
    assert!((0.0..=1.0).contains(&found.score), "score {}", found.score);
    assert!((0.0..=1.0).contains(&found.wildlife_score) && found.wildlife_score >= found.score);
    assert!(found.cues.len() <= limits::CUES && found.taxa.len() <= limits::TAXA);
    assert!(found.level == Level::None || !found.cues.is_empty(), "a level without a cue");
    for cue in &found.cues {
        assert!(cue.weight.is_finite());
        let units: Vec<u16> = listing.text(cue.field).encode_utf16().collect();
        let slice = units.get(cue.start as usize..cue.end as usize).expect("a cue inside its field");
        assert!(cue.text.encode_utf16().eq(slice.iter().copied()), "a cue's text is what it points at");
    }
}

/// Folding twice is folding once; every folded position leads back into the original, in order.
///
/// # Panics
/// When one of these is broken.
pub fn check_folding(text: &str) {
    let folded = normalize::fold(text);
    assert_eq!(normalize::fold(&folded.text).text, folded.text, "folding is not idempotent");
    check_sources(text, &folded);
    let readings = ['i', 'l', disguise::NOTHING].map(|one| disguise::plain(&folded, text, one).map(|p| p.0));
    let masked = (0..disguise::MASKED.len()).map(|letter| disguise::unmasked(&folded, text, letter));
    for plain in readings.into_iter().chain(masked).flatten() {
        let mut last = 0;
        for rewritten in &plain.rewritten {
            assert!(last <= rewritten.start && rewritten.start < rewritten.end && rewritten.end <= plain.text.len());
            last = rewritten.end;
            if let Some((from, to)) = plain.folded_range(rewritten.start, rewritten.end) {
                assert!(folded.text.get(from..to).is_some(), "a plain word leads outside the folded text");
            }
        }
    }
}

fn check_sources(text: &str, folded: &Folded) {
    let mut last = 0;
    for (start, c) in folded.text.char_indices() {
        let (from, to) = folded.source(text, start, start + c.len_utf8());
        assert!(last <= from, "positions go back");
        assert!(text.get(from..to).is_some_and(|s| !s.is_empty()), "a folded letter comes from nowhere");
        last = from;
    }
}

/// The planted bug: three letters in a row make it panic. Each is a branch of its own, as in a parser, so that a
/// fuzzer that follows coverage climbs to it.
///
/// # Panics
/// On purpose.
pub fn planted(text: &str) {
    let mut reached = 0;
    for byte in normalize::fold(text).text.bytes() {
        reached = match (reached, byte) {
            (0, b'i') => climbed(1),
            (1, b'v') => climbed(2),
            (2, b'o') => panic!("the planted bug was reached"),
            _ => 0,
        };
    }
}

/// A step that no optimiser merges with another.
#[inline(never)]
fn climbed(step: u8) -> u8 {
    std::hint::black_box(step)
}

/// What a target reads instead of `whole`: as the first byte's lowest bit says, that with bytes changed, three of
/// `edits` for each (place, place, value), or the edits themselves.
#[must_use]
pub fn forged(whole: &[u8], mode: u8, edits: &[u8]) -> Vec<u8> {
    if mode & 1 != 0 {
        return edits.to_vec();
    }
    let mut forged = whole.to_vec();
    for edit in edits.chunks_exact(3) {
        let place = (usize::from(edit[0]) << 8 | usize::from(edit[1])) % forged.len();
        forged[place] = edit[2];
    }
    forged
}
