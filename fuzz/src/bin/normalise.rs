//! Any text through the normaliser and its second reading.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Most text on pages is valid; the rest is read as browsers read it.
    let text = String::from_utf8_lossy(bytes);
    if cfg!(feature = "planted") {
        // The planted bug alone: what it shows is that the fuzzer climbs and that a crash is seen, and not how fast the
        // checks are.
        spotter_fuzz::planted(&text);
    } else {
        spotter_fuzz::check_folding(&text);
    }
});
