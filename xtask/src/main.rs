//! The only entry point, the same for people and CI: build, test, demonstrate, measure, package.
//!
//! Owns: the order of the steps and what they need to be there. Never: anything that ships.

mod bench;
mod demo;
mod dist;
mod fuzz;
mod lint;
mod markets;
mod package;
mod pages;
mod run;
mod scan;
mod setup;
mod sizes;
mod soak;
mod table;
mod test;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  dist [--quick]      build the extension: dist/chrome, dist/firefox and their archives; --quick packs these badly
  package             what goes to the stores: archives, sources, bill of materials, licences, hashes (docs/building.md)
                      [--verify: built once more elsewhere, must be the same] [--unofficial: whatever the toolchain]
                      [--record: writes release/toolchain.toml and nothing else]
  sizes               what the built archive and the pack in it are made of, raw and deflated
  demo [--headless]   the whole journey on this machine: marketplace, extension, endpoint, console
  test [--quick]      every check and test; --quick leaves out the browsers, the long suites and the long proofs
  lint                formatting, clippy, TypeScript, browser compatibility, web-ext
  bench scan          listings per second and memory of `spotter scan`
  bench --cold        a killed background to its first assessment, in both browsers
  bench --page        what reading costs a page, in both browsers; writes docs/performance.md
                      [--rounds N] [--browser chromium|firefox]
  pages DIR           how well listings are found on the saved pages of DIR (docs/finder-bench.md)
                      [--browser chromium|firefox] [--general] [--json]
  soak kill           10,000 reports while the endpoint is killed a thousand times
  soak kill-postgres  3,000 reports to two endpoints on one database, while it is killed a hundred times, and while they are
  soak requests       20,000 requests made from the OpenAPI document, valid and bent: no fault, every answer as it says
  soak hostile        every hostile payload in every field, through answers, files and pages
  soak queue          100,000 open cases and 50 reviewers for ten minutes; queue-postgres: the rows on a server
  soak load           200 reports and 20 pictures a second for ten minutes, all read back; load-postgres
  soak kill-client    200 reports in each browser, the background killed between click and receipt of each
  soak browse         ten minutes of browsing in each browser, every request written down
  soak browsers       every test in browsers at its full length: all pages, languages, payloads and kills, not a part
  soak fuzz           ten million executions of each fuzz target, and a planted bug to find
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match command(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dist(packing: dist::Packing) -> Result<ExitCode> {
    dist::build(packing)?.print();
    Ok(ExitCode::SUCCESS)
}

fn command(args: &[&str]) -> Result<ExitCode> {
    match args {
        ["dist"] => dist(dist::Packing::Small),
        ["dist", "--quick"] => dist(dist::Packing::Quick),
        ["package", "--record"] => package::record(),
        ["package", rest @ ..] => package::run(package_wish(rest)?),
        ["sizes"] => sizes::print(),
        ["demo"] => demo::run(demo::Mode::Window),
        ["demo", "--headless"] => demo::run(demo::Mode::Headless),
        ["test"] => test::run(test::Extent::Full),
        ["test", "--quick"] => test::run(test::Extent::Quick),
        ["lint"] => lint::run(),
        ["bench", "scan"] => scan::run(),
        ["bench", "--cold", rest @ ..] => bench::cold(rest),
        ["bench", "--page", rest @ ..] => bench::page(rest),
        ["pages", rest @ ..] => pages::run(rest),
        ["soak", "kill"] => soak::kill(),
        ["soak", "kill-postgres"] => soak::kill_postgres(),
        ["soak", "requests"] => soak::requests(),
        ["soak", "hostile"] => soak::hostile(),
        ["soak", "queue"] => soak::queue(),
        ["soak", "queue-postgres"] => soak::queue_postgres(),
        ["soak", "load"] => soak::load(),
        ["soak", "load-postgres"] => soak::load_postgres(),
        ["soak", "kill-client"] => soak::kill_client(),
        ["soak", "browse"] => soak::browse(),
        ["soak", "browsers"] => test::whole_browsers(),
        ["soak", "fuzz"] => fuzz::soak(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no `{}`.\n\n{USAGE}", other.join(" ")),
    }
}

/// The switches of `package`.
fn package_wish(args: &[&str]) -> Result<package::Wish> {
    let mut wish = package::Wish::default();
    for arg in args {
        match *arg {
            "--verify" => wish.verify = true,
            "--unofficial" => wish.unofficial = true,
            other => bail!("`package` knows no `{other}`.\n\n{USAGE}"),
        }
    }
    Ok(wish)
}
