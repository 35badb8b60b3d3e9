//! `pages DIR`: the finder's own bench. Builds the extension, then leaves the rest to `tests/finder/bench.mjs`, which
//! serves the saved pages of DIR at their own addresses and compares what is found with what is there.

use crate::run::{cmd, ok, root};
use crate::setup;
use anyhow::{Context, Result};
use std::process::ExitCode;

pub fn run(args: &[&str]) -> Result<ExitCode> {
    setup::for_browsers()?;
    // Standard output is the bench's alone: with --json a program reads it.
    eprintln!("building the extension …");
    ok(cmd(std::env::current_exe()?, &["dist"]).stdout(std::io::stderr()))?;
    let status = cmd("node", &[])
        .arg(root().join("tests/finder/bench.mjs"))
        .args(args)
        // DIR is meant from where the command was typed.
        .current_dir(std::env::current_dir()?)
        .status()
        .context("could not start node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
