//! Measurements in the real browsers, against the budgets of the design.
//!
//! Owns: what is built to be measured, and the order of the measurements. The measuring itself is in
//! `tests/bench`. Never: anything that ships.

mod cold;

use crate::run::{cmd, ok};
use crate::{dist, setup};
use anyhow::Result;
use std::process::ExitCode;

/// `bench --cold`: a killed background to its first assessment, as a ratio to one that only answers.
pub fn cold(args: &[&str]) -> Result<ExitCode> {
    cold::run(args)
}

/// `bench --page`: what reading costs a page in both browsers; writes `docs/performance.md`.
pub fn page(args: &[&str]) -> Result<ExitCode> {
    setup::for_building()?;
    setup::for_browsers()?;
    dist::build(dist::Packing::Quick)?;
    ok(cmd("node", &["tests/bench/reading.mjs", "--report", "docs/performance.md"]).args(args))?;
    Ok(ExitCode::SUCCESS)
}
