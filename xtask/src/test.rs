//! `test`: every check and every test, in the order in which they say most for the time they take.
//!
//! Owns: what runs, and the sum. Never: repeats a test that failed.
//! One build serves all: the tests, the binaries that the browser tests start, and the lexicon check come from
//! one `cargo test --workspace` in the dev profile, which makes every binary that has tests of its own.

use crate::run::{cargo, cmd, ok, root};
use crate::table::{Counts, Table, from_cargo, from_tap};
use crate::{dist, lint, setup};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// How much to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything.
    Full,
    /// No browsers, no long proofs: under two minutes when built.
    Quick,
}

/// Folders of node tests: name, whether they start browsers, and how many files run at once. What measures runs alone:
/// two browsers at once would measure each other.
const NODE_TESTS: &[(&str, bool, u8)] = &[
    ("xtask/js", false, 1),
    ("tests/locales", false, 1),
    ("tests/bench", true, 1),
    ("tests/finder", true, 2),
    ("tests/page", true, 2),
    ("tests/behaviour", true, 2),
    ("tests/pages", true, 2),
    ("tests/e2e", true, 2),
];

/// Tests of the endpoint that run on PostgreSQL, too.
const ON_POSTGRES: &[&str] = &[
    "alike",
    "backups",
    "buckets",
    "bulk",
    "case_life",
    "console",
    "erasure",
    "gold",
    "imports",
    "intake",
    "kill_soak",
    "moving",
    "notices",
    "organisations",
    "passkeys",
    "pdf",
    "programme",
    "quality",
    "queue",
    "rechecks",
    "referrals",
    "requests",
    "roles",
    "several",
    "surveys",
    "trends",
];

/// Suites that take longest: `--quick` leaves them out.
const LONG_SUITES: &[&str] =
    &["alike", "backups", "buckets", "cli", "hostile", "operations", "register", "with_endpoint"];

/// Single tests that do, by a part of their names.
const LONG_TESTS: &[&str] =
    &["both_ways_find_the_same_in_the_corpus", "the_same_picture_stays_near_and_another_is_far"];

/// Tests of the endpoint that run with pictures in a bucket, too. `buckets` always does.
const IN_BUCKET: &[&str] = &["alike", "case_life", "console", "erasure", "intake"];

/// `cargo xtask test`.
pub fn run(extent: Extent) -> Result<ExitCode> {
    setup::for_building()?;
    setup::for_pdfs()?;
    if extent == Extent::Full {
        setup::for_browsers()?;
        setup::for_postgres()?;
    }
    let mut table = Table::default();
    // Much of it runs on one processor; clippy and the tests take the other.
    let (built, binaries) = std::thread::scope(|scope| {
        let extension = scope.spawn(|| dist::build(dist::Packing::Quick));
        lint::rust(&mut table);
        let binaries = table.run("build of the tests", || {
            ok(&mut cargo(&["test", "--locked", "--no-run", "--quiet", "--workspace"])).map(|()| Counts::one(true))
        });
        if binaries {
            table.run("Rust tests", || rust_tests(extent));
            if extent == Extent::Full {
                table.run("the endpoint on PostgreSQL", || again(ON_POSTGRES, "SPOTTER_TEST_DATABASE", "postgres"));
                table.run("the endpoint with a bucket", || again(IN_BUCKET, "SPOTTER_TEST_BLOBS", "s3"));
            }
        }
        let built = table.run("build of the extension", || {
            extension.join().unwrap_or_else(|_| bail!("it could not be built"))?.print();
            Ok(Counts::one(true))
        });
        (built, binaries)
    });
    if extent == Extent::Full {
        table.run("fuzzing", crate::fuzz::short);
    }
    if binaries {
        table.run("lexicon check", || lint::lexicon().map(|()| Counts::one(true)));
    }
    if built {
        lint::scripts(&mut table);
    }
    every_folder_is_listed()?;
    for (folder, browsers, at_once) in NODE_TESTS {
        let wanted = !browsers || (extent == Extent::Full && built && binaries);
        if wanted && !test_files(&root().join(folder))?.is_empty() {
            table.run(&format!("{folder} (node)"), || node_tests(folder, *at_once, false));
        }
    }
    Ok(if table.finish() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Cargo's tests; unless it has to be quick, the libraries' documentation tests are among them.
fn rust_tests(extent: Extent) -> Result<Counts> {
    let mut command = cargo(&["test", "--locked", "--no-fail-fast", "--workspace"]);
    if extent == Extent::Quick {
        command.args(["--lib", "--bins"]);
        for suite in suites()?.iter().filter(|suite| !LONG_SUITES.contains(&suite.as_str())) {
            command.args(["--test", suite]);
        }
        command.arg("--").args(LONG_TESTS.iter().flat_map(|name| ["--skip", name]));
    }
    let (success, output) = shown(&mut command)?;
    let counts = from_cargo(&output);
    // A test that died has no line of its own.
    Ok(Counts { failed: counts.failed.max((!success).into()), ..counts })
}

/// Tests of the endpoint once more, each binary with a PostgreSQL server or an S3-type storage of its own. Without those that are
/// long and ask it for nothing that these do not ask.
fn again(suites: &[&str], variable: &str, value: &str) -> Result<Counts> {
    let mut command = cargo(&["test", "--locked", "--no-fail-fast", "--workspace"]);
    for suite in suites {
        command.args(["--test", suite]);
    }
    let (success, output) = shown(command.env(variable, value))?;
    let counts = from_cargo(&output);
    Ok(Counts { failed: counts.failed.max((!success).into()), ..counts })
}

/// `cargo xtask soak browsers`: everything in browsers at its full length, not the part that fits the tests.
pub fn whole_browsers() -> Result<ExitCode> {
    setup::for_building()?;
    setup::for_browsers()?;
    dist::build(dist::Packing::Quick)?.print();
    ok(&mut cargo(&["build", "--quiet", "--locked", "--workspace", "--bins"]))?;
    let mut table = Table::default();
    for (folder, _, at_once) in NODE_TESTS.iter().filter(|(_, browsers, _)| *browsers) {
        table.run(&format!("{folder} (node)"), || node_tests(folder, *at_once, true));
    }
    Ok(if table.finish() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One folder of node tests, so many files at once; `whole` looks at all of what is long (`tests/part.mjs`).
fn node_tests(folder: &str, at_once: u8, whole: bool) -> Result<Counts> {
    let tap = tempfile::NamedTempFile::new()?;
    let tap_path = tap.path().to_str().context("the temporary folder's name is not UTF-8")?.to_owned();
    let destination = format!("--test-reporter-destination={tap_path}");
    let concurrency = format!("--test-concurrency={at_once}");
    let mut args = vec![
        "--test",
        &concurrency,
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
        "--test-reporter=tap",
        &destination,
    ];
    let files = test_files(&root().join(folder))?;
    args.extend(files.iter().map(String::as_str));
    let (success, _) = shown(cmd("node", &args).env("SPOTTER_WHOLE", if whole { "1" } else { "0" }))?;
    let counts = from_tap(&std::fs::read_to_string(&tap_path)?);
    if counts == Counts::default() {
        bail!("{folder}: node's test runner gave no result");
    }
    Ok(Counts { failed: counts.failed.max((!success).into()), ..counts })
}

/// Names of the workspace's integration tests, sorted.
fn suites() -> Result<BTreeSet<String>> {
    let mut folders = vec![root().join("tests")];
    for entry in std::fs::read_dir(root().join("crates"))? {
        folders.push(entry?.path().join("tests"));
    }
    let mut suites = BTreeSet::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "rs") {
                suites.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
            }
        }
    }
    Ok(suites)
}

/// `*.test.mjs` directly in a folder, sorted.
fn test_files(folder: &Path) -> Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.to_str().is_some_and(|p| p.ends_with(".test.mjs")) {
            files.push(path.to_string_lossy().into_owned());
        }
    }
    files.sort();
    Ok(files)
}

/// A folder of tests that nobody runs is worse than none.
fn every_folder_is_listed() -> Result<()> {
    for entry in std::fs::read_dir(root().join("tests"))? {
        let entry = entry?;
        let name = format!("tests/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir()
            && !test_files(&entry.path())?.is_empty()
            && !NODE_TESTS.iter().any(|(folder, ..)| *folder == name)
        {
            bail!("{name} holds tests that `cargo xtask test` does not run: list it in xtask/src/test.rs");
        }
    }
    Ok(())
}

/// Runs a command, shows its output as it comes, and returns it.
fn shown(command: &mut Command) -> Result<(bool, String)> {
    let name = crate::run::show(command);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("could not start `{name}`"))?;
    let mut text = String::new();
    for line in BufReader::new(child.stdout.take().context("the child's output is not piped")?).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        text += &line;
        text.push('\n');
    }
    Ok((child.wait()?.success(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packages with the features that are asked of them.
    fn packages(of: &[&str]) -> BTreeSet<String> {
        let mut command = cargo(&["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p} [{f}]"]);
        let out = crate::run::output(command.args(of)).expect("cargo tree runs");
        let whole = |line: &str| line.replace(" (*)", "").replace(" (proc-macro)", "");
        out.lines().filter(|line| !line.is_empty()).map(whole).collect()
    }

    #[test]
    fn what_is_named_is_there() {
        let suites = suites().expect("the folders of tests can be read");
        for name in [LONG_SUITES, ON_POSTGRES, IN_BUCKET].concat() {
            assert!(suites.contains(name), "no integration test is called {name}");
        }
        let sources = crate::run::output(cmd("git", &["grep", "-hE", "^ *(async )?fn "]).current_dir(root()));
        let sources = sources.expect("git lists what is tested");
        for name in LONG_TESTS {
            assert!(sources.contains(&format!("fn {name}(")), "no test is called {name}");
        }
    }

    #[test]
    fn what_xtask_stands_on_is_compiled_once() {
        let own = packages(&["--package", "xtask", "--edges", "normal,build"]);
        let all = packages(&["--workspace", "--edges", "normal,build,dev"]);
        let twice: Vec<_> = own.difference(&all).collect();
        assert!(own.len() > 50 && all.len() > own.len());
        assert!(
            twice.is_empty(),
            "the workspace asks more features of these; ask for as much in xtask/Cargo.toml: {twice:#?}"
        );
    }
}
