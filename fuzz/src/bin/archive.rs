//! Damaged and forged packages: a small whole archive with bytes changed, cut or added, or anything at all. What is still
//! read must be exactly what would be written.
#![no_main]

use spotter_model::archive::{self, File};
use std::sync::LazyLock;

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let file = |name: &str, bytes: &[u8]| File { name: name.into(), bytes: bytes.to_vec() };
    archive::write(&[file("manifest.json", b"{}"), file("evidence/a.png", b"\x89PNG")]).expect("both fit")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&mode, edits)) = bytes.split_first() else { return };
    let mut forged = spotter_fuzz::forged(&WHOLE, mode, edits);
    if mode & 1 == 0 {
        forged.truncate(forged.len() - usize::from(mode >> 4).min(forged.len()));
    }
    let Ok(read) = archive::read(&forged) else { return };
    if read.iter().all(|file| file.sound) {
        let files: Vec<File> = read.iter().map(|f| File { name: f.name.to_owned(), bytes: f.bytes.to_vec() }).collect();
        assert_eq!(archive::write(&files).as_deref(), Some(forged.as_slice()), "two archives of the same files");
    }
});
