//! `soak`: proofs at their full length, of which the tests hold a short one.
//! `load`: reports and pictures at a steady rate; `load-postgres`, `queue-postgres`: this and `queue` with the rows on a server. `kill`: the endpoint loses no acknowledged report. `kill-postgres`: its database may die, too. `kill-client`: the extension loses none, whenever it dies.
//! `requests`: whatever is sent, the endpoint answers as its OpenAPI document says.
//! `hostile`: no payload of the collection fires anywhere, in answers, files and pages.
//! `queue`: many reviewers share a long queue, and pages stay quick. `browse`: the extension asks for nothing while a person browses.

use crate::run::{cargo, cmd, ok, root};
use crate::{dist, setup};
use anyhow::Result;
use std::process::ExitCode;

/// Reports that are sent while the endpoint is killed, once for every ten.
const REPORTS: &str = "10000";

/// The same while PostgreSQL is killed, once for every thirty; and while one of two endpoints is, once for every ten.
const REPORTS_POSTGRES: &str = "3000";

/// A cluster of the test's own.
const ON_POSTGRES: [(&str, &str); 1] = [("SPOTTER_TEST_DATABASE", "postgres")];

/// Reports a second, and seconds; a tenth of the reports has a picture.
const LOAD: [(&str, &str); 2] = [("SPOTTER_LOAD_RATE", "200"), ("SPOTTER_LOAD_SECONDS", "600")];

/// Generated requests.
const REQUESTS: &str = "20000";

/// Deaths of the background in each browser.
const KILL_POINTS: &str = "200";

/// Minutes in each browser.
const MINUTES: &str = "10";

/// A long queue and its reviewers.
const QUEUE: [(&str, &str); 4] = [
    ("SPOTTER_QUEUE_CASES", "100000"),
    ("SPOTTER_QUEUE_REVIEWERS", "50"),
    ("SPOTTER_QUEUE_SECONDS", "600"),
    ("SPOTTER_QUEUE_THINK_MS", "2000"),
];

/// Needs both browsers; builds the extension first.
pub fn browse() -> Result<ExitCode> {
    setup::for_browsers()?;
    dist::build(dist::Packing::Quick)?.print();
    let test = root().join("tests/behaviour/traffic.test.mjs");
    ok(cmd("node", &["--test"]).arg(test).env("SPOTTER_SOAK_MINUTES", MINUTES))?;
    Ok(ExitCode::SUCCESS)
}

/// Needs both browsers; builds the extension and the endpoint first.
pub fn kill_client() -> Result<ExitCode> {
    setup::for_browsers()?;
    dist::build(dist::Packing::Quick)?.print();
    ok(&mut cargo(&["build", "--quiet", "--locked", "-p", "spotter-server"]))?;
    let test = root().join("tests/e2e/nothing-lost.test.mjs");
    let name = "--test-name-pattern=background killed at";
    ok(cmd("node", &["--test", name]).arg(test).env("SPOTTER_KILL_POINTS", KILL_POINTS))?;
    Ok(ExitCode::SUCCESS)
}

/// Needs both browsers. First what the endpoint answers and writes, read by parsers that are not ours; then its pages.
pub fn hostile() -> Result<ExitCode> {
    setup::for_browsers()?;
    ok(&mut cargo(&[
        "test",
        "--locked",
        "-p",
        "spotter-server",
        "--test",
        "hostile",
        "--",
        "--ignored",
        "--nocapture",
    ]))?;
    ok(&mut cargo(&["build", "--quiet", "--locked", "-p", "spotter-server"]))?;
    let test = root().join("tests/e2e/hostile-console.test.mjs");
    ok(cmd("node", &["--test"]).arg(test).env("SPOTTER_HOSTILE_EVERY", "1"))?;
    Ok(ExitCode::SUCCESS)
}

/// In a release build: the more a second holds, the more moments are hit.
pub fn kill() -> Result<ExitCode> {
    released("kill_soak", &[("SPOTTER_SOAK_REPORTS", REPORTS)])
}

/// The database's server instead, with everything in its memory; two endpoints share it.
pub fn kill_postgres() -> Result<ExitCode> {
    setup::for_postgres()?;
    released("kill_soak", &[&ON_POSTGRES[..], &[("SPOTTER_SOAK_REPORTS", REPORTS_POSTGRES)]].concat())
}

pub fn queue() -> Result<ExitCode> {
    released("queue_load", &QUEUE)
}

pub fn queue_postgres() -> Result<ExitCode> {
    setup::for_postgres()?;
    released("queue_load", &[&ON_POSTGRES[..], &QUEUE].concat())
}

pub fn load() -> Result<ExitCode> {
    released("load", &LOAD)
}

pub fn load_postgres() -> Result<ExitCode> {
    setup::for_postgres()?;
    released("load", &[&ON_POSTGRES[..], &LOAD].concat())
}

/// One of the endpoint's tests in a release build, with these settings.
fn released(test: &str, settings: &[(&str, &str)]) -> Result<ExitCode> {
    let mut command =
        cargo(&["test", "--locked", "--release", "-p", "spotter-server", "--test", test, "--", "--nocapture"]);
    ok(command.envs(settings.iter().copied()))?;
    Ok(ExitCode::SUCCESS)
}

/// In the dev profile: there a sum that overflows is a fault, and shows.
pub fn requests() -> Result<ExitCode> {
    let mut command = cargo(&["test", "--locked", "-p", "spotter-server", "--test", "requests", "--", "--nocapture"]);
    ok(command.env("SPOTTER_REQUESTS", REQUESTS))?;
    Ok(ExitCode::SUCCESS)
}
