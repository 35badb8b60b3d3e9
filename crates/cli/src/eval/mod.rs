//! `spotter eval`: how right the detector is on labelled listings, and how sure that is.
//!
//! Rows whose label is null are skipped and counted. A listing is flagged when its level is at least `possible`;
//! the same figures are given at `likely`. For `label_wildlife` the wildlife score is measured against the
//! pack's own threshold for it.

mod figures;
mod report;
mod rows;
mod table;

use crate::{End, Failure, With, corpus};
use figures::{Set, set};
use rows::{Judged, Row};
use serde::Serialize;
use spotter_detector::Detector;
use spotter_detector::lexicon::weights::{Provenance, Thresholds};
use spotter_model::{Date, Level};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What to measure on, and where the figures go.
#[derive(clap::Args)]
pub struct Options {
    /// JSON Lines with `label`, `label_wildlife`, `group` and `trap` beside each listing.
    #[arg(long, required = true, num_args = 1..)]
    labels: Vec<PathBuf>,
    /// Of the project's own corpus: only the rows that are held back from fitting.
    #[arg(long)]
    held_back: bool,
    /// Also write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Also write the error analysis as a page (docs/detection.md is made so). No text of any row is quoted.
    #[arg(long)]
    report: Option<PathBuf>,
    /// How many of the worst misses and false alarms to show.
    #[arg(long, default_value_t = 12)]
    worst: usize,
}

/// A row that was judged wrongly.
#[derive(Serialize)]
struct Example {
    id: String,
    file: String,
    lang: String,
    group: String,
    trap: String,
    score: f64,
    level: Level,
    title: String,
    cues: Vec<String>,
}

/// Everything that is written as JSON: all rows together first, then each file.
#[derive(Serialize)]
struct Report {
    pack: String,
    as_of: Date,
    files: Vec<String>,
    bad_lines: usize,
    seconds: f64,
    thresholds: Thresholds,
    provenance: Provenance,
    #[serde(flatten)]
    all: Set,
    by_file: Vec<Set>,
    worst_misses: Vec<Example>,
    worst_false_alarms: Vec<Example>,
}

/// Runs the command.
pub fn run(with: &With, options: &Options) -> Result<End, Failure> {
    let detector = with.detector()?;
    let as_of = with.as_of();
    let (mut rows, bad_lines) = rows::read(&options.labels)?;
    rows.retain(|row| !options.held_back || corpus::held_back(&row.listing.id));
    let start = std::time::Instant::now();
    let judged = rows::judge(&detector, as_of, &rows);
    let seconds = start.elapsed().as_secs_f64();
    let report = evaluate(&detector, as_of, options, &judged, bad_lines, seconds);
    let mut out = std::io::stdout().lock();
    out.write_all(table::table(&report).as_bytes())
        .or_else(|e| if e.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(e) })
        .map_err(|e| Failure::new(format!("the table cannot be written: {e}")))?;
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|e| Failure::new(format!("{}: cannot be written: {e}", path.display())))
    };
    if let Some(path) = &options.json {
        write(path, &serde_json::to_vec_pretty(&report).map_err(|e| Failure::new(e.to_string()))?)?;
    }
    if let Some(path) = &options.report {
        write(path, report::page(&report).as_bytes())?;
    }
    Ok(if bad_lines > 0 { End::Complaints } else { End::Fine })
}

fn evaluate(
    detector: &Detector,
    as_of: Date,
    options: &Options,
    judged: &[Judged<'_>],
    bad_lines: usize,
    seconds: f64,
) -> Report {
    let files: Vec<String> = options.labels.iter().map(|p| p.display().to_string()).collect();
    let weights = &detector.lexicon().weights;
    let all: Vec<&Judged<'_>> = judged.iter().collect();
    let of_file = |file: usize| -> Vec<&Judged<'_>> { judged.iter().filter(|j| j.row.file == file).collect() };
    Report {
        pack: detector.pack_version().to_owned(),
        as_of,
        bad_lines,
        seconds,
        thresholds: weights.threshold,
        provenance: weights.provenance.clone(),
        all: set("all files".into(), &all, weights.threshold),
        by_file: files.iter().enumerate().map(|(n, f)| set(f.clone(), &of_file(n), weights.threshold)).collect(),
        worst_misses: worst(judged, &files, 1, options.worst),
        worst_false_alarms: worst(judged, &files, 0, options.worst),
        files,
    }
}

/// The rows with this label that were judged wrongly, worst first.
fn worst(judged: &[Judged<'_>], files: &[String], label: u8, most: usize) -> Vec<Example> {
    let mut wrong: Vec<&Judged<'_>> = judged
        .iter()
        .filter(|j| j.row.labels.label == Some(label) && (j.found.level >= Level::Possible) != (label == 1))
        .collect();
    wrong.sort_by(|a, b| {
        let order = a.found.score.total_cmp(&b.found.score);
        if label == 1 { order } else { order.reverse() }
    });
    wrong.into_iter().take(most).map(|j| example(j, files)).collect()
}

fn example(j: &Judged<'_>, files: &[String]) -> Example {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let Row { listing, labels, file } = j.row;
    Example {
        id: listing.id.clone(),
        file: files.get(*file).cloned().unwrap_or_default(),
        lang: text(&labels.lang),
        group: text(&labels.group),
        trap: text(&labels.trap),
        score: j.found.score,
        level: j.found.level,
        title: listing.title.chars().take(120).collect(),
        cues: j.found.cues.iter().map(|c| format!("{} {:?} {:+.2}", c.concept, c.text, c.weight)).collect(),
    }
}
