//! Runs the preparation of a WebAssembly module at build time and writes its memory back into the module.
//!
//! Owns: the run (under an interpreter, with every import refusing), the copy of memory and globals, and the
//! layout of the data segments; and, for the module itself, [`sweep`]. Never: shrinks, optimises or links code
//! beyond dropping what only the preparation used. The result is a plain module that any browser compiles.
#![deny(missing_docs)]

mod inside;
#[cfg(not(target_arch = "wasm32"))]
mod outside;
#[cfg(test)]
mod tests;

pub use inside::sweep;
#[cfg(not(target_arch = "wasm32"))]
pub use outside::{Figures, Plan, SnapshotError, snapshot};
