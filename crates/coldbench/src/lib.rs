//! The ways to carry a matcher into a background that has just woken up, one wasm module for each.
//!
//! Owns: nothing that ships. `cargo xtask bench --cold` builds this crate once for each way and measures it in
//! throw-away extensions. Never: part of the extension.
#![cfg(all(
    any(feature = "daachorse", feature = "building"),
    any(feature = "real", feature = "wide5k", feature = "wide30k")
))]

#[cfg_attr(feature = "real", path = "real.rs")]
#[cfg_attr(not(feature = "real"), path = "wide.rs")]
mod engine;

use engine::Engine;
use spotter_model::Listing;
use std::sync::OnceLock;
use wasm_bindgen::prelude::wasm_bindgen;

static ENGINE: OnceLock<Engine> = OnceLock::new();

/// Made at the first use from what the module embeds.
#[cfg(not(any(feature = "snapshot", feature = "evaluated")))]
fn ready() -> &'static Engine {
    ENGINE.get_or_init(|| Engine::new(engine::EMBEDDED))
}

/// Made at build time.
#[cfg(any(feature = "snapshot", feature = "evaluated"))]
fn ready() -> &'static Engine {
    ENGINE.get().expect("the build ran `prebuild`")
}

/// Makes the engine from what the module embeds. Run at build time, by an evaluator that passes nothing on.
#[cfg(feature = "evaluated")]
#[wasm_bindgen]
pub fn prebuild() {
    ENGINE.get_or_init(|| Engine::new(engine::EMBEDDED));
}

/// Makes the engine. Run at build time, the memory is kept; the module embeds nothing to make it from.
#[cfg(feature = "snapshot")]
#[wasm_bindgen]
pub fn prebuild(input: &[u8]) {
    ENGINE.get_or_init(|| Engine::new(input));
}

/// Lets the snapshot leave out what `prebuild` used in passing.
#[cfg(feature = "snapshot")]
#[wasm_bindgen]
pub fn sweep() {
    spotter_snapshot::sweep();
}

/// Assesses one listing in JSON; answers in JSON.
#[wasm_bindgen]
pub fn assess(listing: &str) -> String {
    match serde_json::from_str::<Listing>(listing) {
        Ok(listing) => ready().assess(&listing),
        Err(e) => e.to_string(),
    }
}

/// Runs the engine over listings in JSON lines and answers with the number of cues, so that nothing is
/// optimised away.
#[wasm_bindgen]
pub fn scan(lines: &str) -> u32 {
    let listings = lines.lines().filter_map(|line| serde_json::from_str::<Listing>(line).ok());
    listings.map(|listing| ready().cues(&listing)).sum()
}
