//! Any text through the normaliser and its second reading.
#![no_main]

// Most text on pages is valid; the rest is read as browsers read it.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| spotter_fuzz::check_folding(&String::from_utf8_lossy(bytes)));
