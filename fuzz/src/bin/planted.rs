//! A bug on purpose: what it shows is that the fuzzer climbs and that a crash is seen.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| spotter_fuzz::planted(&String::from_utf8_lossy(bytes)));
