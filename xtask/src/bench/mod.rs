//! Measurements in the real browsers, against the budgets of the design.
//!
//! Owns: what is built to be measured, and the order of the measurements. The measuring itself is in
//! `tests/bench`. Never: anything that ships.

mod cold;

use anyhow::Result;
use std::process::ExitCode;

/// `bench --cold`: a killed background to its first assessment, as a ratio to one that only answers.
pub fn cold(args: &[&str]) -> Result<ExitCode> {
    cold::run(args)
}
