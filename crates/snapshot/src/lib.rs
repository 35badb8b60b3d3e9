//! Runs the preparation of a WebAssembly module at build time and keeps its memory.
//!
//! Owns: the run (under an interpreter, with every import refusing), the copy of memory and globals, and the
//! layout of the data segments; the division of a module into two; and, for the module itself, [`sweep`]. Never: shrinks,
//! optimises or links code beyond dropping what only the preparation used. The results are plain modules that any browser
//! compiles, with their data inside or in a file beside them.
#![deny(missing_docs)]

mod inside;
#[cfg(not(target_arch = "wasm32"))]
mod outside;
#[cfg(not(target_arch = "wasm32"))]
mod split;
#[cfg(test)]
mod tests;

pub use inside::sweep;
#[cfg(not(target_arch = "wasm32"))]
pub use outside::{Apart, Figures, Plan, SnapshotError, snapshot, snapshot_apart};
#[cfg(not(target_arch = "wasm32"))]
pub use split::{RAN, split, watched};
