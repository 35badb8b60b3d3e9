//! Damaged and forged packs: a small whole pack with bytes changed, cut or added, its checksum mended so that
//! what lies behind it is reached; whatever is still accepted must assess without a panic.
#![no_main]

use sha2::{Digest, Sha256};
use spotter_detector::{Detector, lexicon::pack, testing};
use spotter_model::{Date, Listing};
use std::sync::LazyLock;

/// Where the checksum stands, and what it leaves out: the format is described in `lexicon::pack`.
const SUM: usize = 56;

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(testing::pack);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&mode, edits)) = bytes.split_first() else { return };
    let mut forged = spotter_fuzz::forged(&WHOLE, mode, edits);
    if mode & 1 == 0 && mode & 2 != 0 {
        forged.truncate(forged.len() - usize::from(mode >> 3).min(forged.len()));
    }
    if mode & 4 == 0 && forged.len() >= pack::HEADER {
        let mut sum = Sha256::new();
        sum.update(&forged[..SUM]);
        sum.update(&forged[pack::HEADER..]);
        let sum = sum.finalize();
        forged[SUM..SUM + 32].copy_from_slice(&sum);
    }
    let opened = Detector::from_pack(&forged);
    let (Ok(detector), Some(day)) = (opened, Date::new(2026, 11, 26)) else { return };
    let listing = Listing {
        title: "Old 1v0ry netsuke, elephant tusk, tiger, 象牙 大象 코끼리 Elefantenfuß".into(),
        description: "ivory coast shirt; e l e p h a n t".into(),
        ..Listing::default()
    };
    let found = detector.assess(&listing, day);
    let _ = detector.explain(&found);
});
