//! A survey's arithmetic: who searches what, how well coders agree, what was found, and the same figures again from the
//! archive.
//!
//! Pure: no file, no clock, no network, no randomness that a seed does not fix. Whoever has the same records gets the same
//! bytes.
#![deny(missing_docs)]

pub mod ads;
pub mod agree;
pub mod archive;
pub mod audited;
pub mod audited_archive;
pub mod canonical;
pub mod chart;
pub mod data;
pub mod figures;
pub mod interval;
pub mod money;
pub mod preregistration;
pub mod public;
pub mod share;
pub mod table;
pub mod yearly;
