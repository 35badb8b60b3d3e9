//! `demo`: the whole journey on this machine. Builds, then leaves the rest to `tests/e2e/demo.mjs`, which starts
//! the endpoint, the marketplace and the browser, and ends all that it started.

use crate::run::{cargo, cmd, ok};
use crate::{dist, setup};
use anyhow::{Context, Result};
use std::process::{ExitCode, Stdio};
use std::time::Instant;

/// For a person to try, or for a machine to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A window that stays open until it is ended.
    Window,
    /// Both browsers without a window, one line each.
    Headless,
}

pub fn run(mode: Mode) -> Result<ExitCode> {
    let begun = Instant::now();
    setup::for_building()?;
    setup::for_browsers()?;
    println!("building the extension and the endpoint …");
    // What makes the modules small runs on one processor at its end; the endpoint's crates take the other.
    std::thread::scope(|scope| -> Result<()> {
        let extension = scope.spawn(|| dist::build(dist::Packing::Quick));
        ok(&mut cargo(&["build", "--quiet", "--locked", "-p", "spotter-server"]))?;
        extension.join().map_err(|_| anyhow::anyhow!("the extension could not be built"))?.map(|_| ())
    })?;
    println!("installed and built in {:.0} s", begun.elapsed().as_secs_f64());
    // Ctrl-C reaches the whole foreground group: node ends what it started, we wait for it.
    ctrlc::set_handler(|| {}).context("could not listen for Ctrl-C")?;
    let mut command = cmd("node", &["tests/e2e/demo.mjs"]);
    if mode == Mode::Headless {
        command.arg("--headless");
    }
    let status = command.stdin(Stdio::inherit()).status().context("could not start node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
