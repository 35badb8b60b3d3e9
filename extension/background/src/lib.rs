//! The extension's background: hosts the detector, packages reports, keeps the outbox, talks to the endpoint.
//!
//! `logic` decides and is tested natively; `browser` does what was decided and exists in wasm alone.
//! `background.js` registers every listener synchronously and forwards events to the exports of `browser`.
//! The background may die at any moment: whatever matters is in IndexedDB before anyone is told that it is.

#[cfg(target_arch = "wasm32")]
mod browser;
pub mod logic;
