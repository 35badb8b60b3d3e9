//! `soak kill`: the endpoint's own proof that no acknowledged report is lost, at its full length.

use crate::run::{cargo, ok};
use anyhow::Result;
use std::process::ExitCode;

/// Reports that are sent.
const REPORTS: &str = "1000";

pub fn kill() -> Result<ExitCode> {
    // A release build: the more a second holds, the more moments are hit.
    let mut command =
        cargo(&["test", "--locked", "--release", "-p", "spotter-server", "--test", "kill_soak", "--", "--nocapture"]);
    ok(command.env("SPOTTER_SOAK_REPORTS", REPORTS))?;
    Ok(ExitCode::SUCCESS)
}
