//! `bench scan`: what `spotter scan` does in a second, and that its memory does not grow with its input.

use crate::run::{cargo, cmd, ok, target};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How many listings, short and long.
const SIZES: [u64; 2] = [10_000, 1_000_000];
/// Most that the long run may use, as a multiple of the short one.
const GROWTH: f64 = 1.1;
/// The short run is over in an instant; the middle of so many says more than one.
const REPEATS: usize = 5;

/// One run.
#[derive(Clone, Copy)]
struct Measured {
    took: Duration,
    peak_kib: u64,
    read: u64,
}

pub fn run() -> Result<ExitCode> {
    ok(&mut cargo(&["build", "--quiet", "--locked", "--release", "-p", "spotter-cli"]))?;
    let spotter = target().join("release/spotter");
    let folder = tempfile::tempdir()?;
    println!("{:>10}  {:>8}  {:>10}  {:>8}  {:>9}", "listings", "seconds", "listings/s", "MB/s", "peak MiB");
    let mut peaks = Vec::new();
    for size in SIZES {
        let input = folder.path().join(format!("{size}.jsonl"));
        generate(&spotter, size, &input)?;
        let repeats = if size == SIZES[0] { REPEATS } else { 1 };
        let mut runs = (0..repeats).map(|_| measure(&spotter, &input, size)).collect::<Result<Vec<_>>>()?;
        runs.sort_by_key(|m| m.took);
        let middle = runs[runs.len() / 2];
        let peak = runs.iter().map(|m| m.peak_kib).max().unwrap_or(0);
        let seconds = middle.took.as_secs_f64();
        println!(
            "{size:>10}  {seconds:>8.2}  {:>10.0}  {:>8.2}  {:>9.1}",
            size as f64 / seconds,
            middle.read as f64 / 1e6 / seconds,
            peak as f64 / 1024.0
        );
        peaks.push(peak as f64);
    }
    let growth = peaks[1] / peaks[0];
    let fine = growth <= GROWTH;
    println!(
        "memory at {} lines is {growth:.3} times that at {} (at most {GROWTH}): {}",
        SIZES[1],
        SIZES[0],
        if fine { "ok" } else { "TOO MUCH" }
    );
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes synthetic listings to a file.
fn generate(spotter: &Path, listings: u64, to: &Path) -> Result<()> {
    let count = listings.to_string();
    ok(cmd(spotter, &["generate", "--lines", &count]).stdout(std::fs::File::create(to)?))
}

/// Scans a file through a pipe, as a person would, and counts the answers.
fn measure(spotter: &Path, input: &Path, listings: u64) -> Result<Measured> {
    let read = input.metadata()?.len();
    let start = Instant::now();
    let mut child = cmd(spotter, &["scan"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = BufWriter::with_capacity(1 << 16, child.stdin.take().context("no pipe")?);
    let stdout = child.stdout.take().context("no pipe")?;
    let file = std::fs::File::open(input)?;
    let feeder = std::thread::spawn(move || -> std::io::Result<u64> {
        let fed = std::io::copy(&mut BufReader::with_capacity(1 << 16, file), &mut stdin)?;
        stdin.flush()?;
        Ok(fed)
    });
    let counter = std::thread::spawn(move || count_lines(stdout));
    let peak_kib = peak_until_end(&mut child)?;
    let took = start.elapsed();
    feeder.join().map_err(|_| anyhow::anyhow!("the feeding thread panicked"))??;
    let answers = counter.join().map_err(|_| anyhow::anyhow!("the counting thread panicked"))??;
    if answers != listings {
        bail!("{answers} answers for {listings} listings");
    }
    Ok(Measured { took, peak_kib, read })
}

fn count_lines(from: impl Read) -> std::io::Result<u64> {
    let mut lines = 0;
    let mut reader = BufReader::with_capacity(1 << 16, from);
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(lines);
        }
        lines += buffer.iter().filter(|b| **b == b'\n').count() as u64;
        let length = buffer.len();
        reader.consume(length);
    }
}

/// Waits for the child's end and returns the kernel's own high-water mark, read until the last moment.
fn peak_until_end(child: &mut Child) -> Result<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        if let Ok(text) = std::fs::read_to_string(&status)
            && let Some(kib) = text.lines().find_map(|l| l.strip_prefix("VmHWM:"))
        {
            peak = peak.max(kib.trim().trim_end_matches(" kB").parse().unwrap_or(0));
        }
        if let Some(ended) = child.try_wait()? {
            if !ended.success() {
                bail!("spotter scan failed ({ended})");
            }
            if peak == 0 {
                bail!("this system does not tell a process's peak memory (no /proc)");
            }
            return Ok(peak);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
