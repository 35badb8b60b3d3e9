//! Any text through the normaliser and its second reading.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Most text on pages is valid; the rest is read as browsers read it.
    let text = String::from_utf8_lossy(bytes);
    spotter_fuzz::check_folding(&text);
    spotter_fuzz::planted(&text);
});
