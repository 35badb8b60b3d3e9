//! Fuzzing: libFuzzer over the targets in `fuzz/`, on stable Rust.
//!
//! Owns: the coverage flags, the seeds, how long, and what a run's last lines say. Never: forgives a crash.

use crate::run::{cargo, root, target};
use crate::table::Counts;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// The targets, with the longest input of each in bytes, and the seconds that it has in `cargo xtask test`.
const TARGETS: [(&str, u32, u32); 4] =
    [("archive", 512, 5), ("normalise", 4096, 20), ("pack", 1024, 20), ("scan", 8192, 20)];
/// What is compiled for: naming it keeps build scripts free of the flags.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
/// What libFuzzer needs to see where an input leads: these passes need no nightly compiler.
const COVERAGE: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg",
    "fuzzing",
];
/// The target with a bug on purpose.
const PLANTED: &str = "planted";
/// Seconds that the planted bug may hide at most; it is usually found within a few.
const HIDING: u32 = 240;
/// Executions a target in `cargo xtask soak fuzz`.
const EXECUTIONS: u64 = 10_000_000;

/// How long a target runs.
#[derive(Clone, Copy)]
enum Extent {
    Seconds(u32),
    Executions(u64),
}

/// What a run says of itself.
struct Ran {
    executions: u64,
    coverage: u64,
    crashed: bool,
}

/// For `cargo xtask test`: each target for its seconds, then the planted bug.
pub fn short() -> Result<Counts> {
    campaign(Extent::Seconds)
}

/// `cargo xtask soak fuzz`.
pub fn soak() -> Result<ExitCode> {
    let counts = campaign(|_| Extent::Executions(EXECUTIONS))?;
    println!("{} passed, {} failed", counts.passed, counts.failed);
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every target, for as long as `extent` makes of its seconds.
fn campaign(extent: fn(u32) -> Extent) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut count = |holds: bool| if holds { counts.passed += 1 } else { counts.failed += 1 };
    build()?;
    for ((name, ..), ran) in TARGETS.iter().zip(two_at_a_time(extent)?) {
        println!(
            "fuzz {name}: {} executions, {} edges covered, {}",
            ran.executions,
            ran.coverage,
            if ran.crashed { "CRASHED: see target/fuzz" } else { "0 crashes" }
        );
        count(!ran.crashed && ran.executions > 0 && ran.coverage > 0);
    }
    let ran = run(PLANTED, 64, Extent::Seconds(HIDING))?;
    let found = if ran.crashed { "found" } else { "NOT FOUND" };
    println!("fuzz {PLANTED} bug: {found} after {} executions", ran.executions);
    count(ran.crashed);
    Ok(counts)
}

/// Runs every target; a fuzzer keeps one processor busy, so two run side by side.
fn two_at_a_time(extent: fn(u32) -> Extent) -> Result<Vec<Ran>> {
    let lane = |odd: usize| -> Result<Vec<Ran>> {
        let mine = TARGETS.iter().skip(odd).step_by(2);
        mine.map(|&(name, longest, seconds)| run(name, longest, extent(seconds))).collect()
    };
    let (even, odd) = std::thread::scope(|scope| {
        let odd = scope.spawn(|| lane(1));
        (lane(0), odd.join().unwrap_or_else(|_| bail!("a fuzzer's watcher died")))
    });
    let (mut even, mut odd) = (even?.into_iter(), odd?.into_iter());
    Ok((0..TARGETS.len()).filter_map(|n| if n % 2 == 0 { even.next() } else { odd.next() }).collect())
}

/// Apart from the workspace's own: the flags differ.
fn folder() -> PathBuf {
    target().join("fuzz/build")
}

fn pack() -> PathBuf {
    target().join("fuzz/lexicon.pack")
}

fn build() -> Result<()> {
    let manifest = root().join("fuzz/Cargo.toml");
    let manifest = manifest.to_str().context("the folder's name is not UTF-8")?;
    let mut command =
        cargo(&["build", "--quiet", "--locked", "--release", "--target", TRIPLE, "--manifest-path", manifest]);
    command.env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}")).env("CARGO_TARGET_DIR", folder());
    crate::run::ok(&mut command)?;
    // The lexicon as this command has it: compiling it once more takes longer than the targets.
    Ok(fs::write(pack(), spotter_pack::PACK)?)
}

fn run(name: &str, longest: u32, extent: Extent) -> Result<Ran> {
    let planted = name == PLANTED;
    let inputs = target().join("fuzz/inputs").join(name);
    if planted && inputs.is_dir() {
        // What an earlier run kept would be the answer.
        fs::remove_dir_all(&inputs)?;
    }
    fs::create_dir_all(&inputs)?;
    if !planted {
        seed(name, &inputs)?;
    }
    let mut command = Command::new(folder().join(TRIPLE).join("release").join(name));
    command
        .arg(&inputs)
        .env("SPOTTER_PACK", pack())
        .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=1024", "-verbosity=1"])
        .arg(format!("-max_len={longest}"))
        .arg(format!("-artifact_prefix={}/fuzz/{name}-", target().display()));
    match extent {
        Extent::Seconds(s) => command.arg(format!("-max_total_time={s}")),
        Extent::Executions(n) => command.arg(format!("-runs={n}")),
    };
    let out = command.stdin(Stdio::null()).stdout(Stdio::null()).output().context("the fuzzer did not start")?;
    let log = String::from_utf8_lossy(&out.stderr);
    if !out.status.success() && !planted {
        println!("{log}");
    }
    let ran = read(&log, !out.status.success());
    ensure!(ran.crashed || ran.executions > 0, "{name} said nothing of what it ran");
    Ok(ran)
}

/// Seeds: the project's own synthetic listings.
fn seed(name: &str, inputs: &std::path::Path) -> Result<()> {
    if matches!(name, "archive" | "pack") {
        return Ok(());
    }
    let corpus = crate::dist::files_below(&root().join("tests/corpus"))?;
    let mut files: Vec<PathBuf> = corpus.into_iter().map(|(path, _)| path).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    if files.is_empty() {
        bail!("tests/corpus holds no listings to start from");
    }
    for file in files {
        for (n, line) in fs::read_to_string(&file)?.lines().enumerate().step_by(10) {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            fs::write(inputs.join(format!("seed-{stem}-{n}")), line)?;
        }
    }
    Ok(())
}

/// The figures in libFuzzer's output. After a crash there is no final statistic, but the status lines count.
fn read(log: &str, crashed: bool) -> Ran {
    let last = |key: &str| {
        log.lines()
            .rev()
            .filter_map(|line| line.split_once(key))
            .find_map(|(_, rest)| rest.split_whitespace().next()?.parse::<u64>().ok())
    };
    let status = log
        .lines()
        .rev()
        .filter_map(|line| line.strip_prefix('#'))
        .find_map(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    Ran {
        executions: last("stat::number_of_executed_units:").or(status).unwrap_or(0),
        coverage: last("cov:").unwrap_or(0),
        crashed,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn figures_are_read_from_the_log() {
        let log = "INFO: Seed: 1\n#2\tINITED cov: 10 ft: 11\n#512\tNEW    cov: 42 ft: 50 corp: 3/9b\n\
                   #900\tDONE   cov: 43 ft: 51\nstat::number_of_executed_units: 901\n";
        let ran = read(log, false);
        assert_eq!((ran.executions, ran.coverage, ran.crashed), (901, 43, false));
        let ran = read("#512\tNEW    cov: 42 ft: 50\npanicked\n", true);
        assert_eq!((ran.executions, ran.coverage, ran.crashed), (512, 42, true));
        assert_eq!(read("", false).executions, 0);
    }
}
