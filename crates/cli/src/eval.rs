//! `spotter eval`: how right the detector is on labelled listings.
//!
//! The detector sees the fields and never the labels. Rows whose label is null are skipped and counted. Levels:
//! a listing is flagged when its level is at least `possible`; the same figures are given at `likely`. For
//! `label_wildlife` the wildlife score is measured against the same two thresholds.

use crate::input::{self, Line, Lines};
use crate::metrics::{self, Outcomes, Scored};
use crate::{End, Failure, With};
use serde::{Deserialize, Serialize};
use spotter_detector::Detector;
use spotter_model::{Assessment, Date, Group, Level, Listing};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;

const BINS: usize = 10;
const ROUNDS: usize = 1000;

/// What a row says besides the listing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Labels {
    label: Option<u8>,
    label_wildlife: Option<u8>,
    group: Option<String>,
    trap: Option<String>,
    lang: Option<String>,
}

struct Row {
    listing: Listing,
    labels: Labels,
    file: usize,
}

struct Judged<'a> {
    row: &'a Row,
    found: Assessment,
}

/// The figures of one label.
#[derive(Serialize)]
struct Figures {
    rows: usize,
    positives: usize,
    skipped: usize,
    possible: At,
    likely: At,
    roc_auc: Option<f64>,
    average_precision: Option<f64>,
    brier: Option<f64>,
    calibration_error: Option<f64>,
    calibration_interval_95: Option<(f64, f64)>,
}

/// The figures of one threshold.
#[derive(Serialize)]
struct At {
    hits: usize,
    false_alarms: usize,
    misses: usize,
    passed: usize,
    precision: Option<f64>,
    recall: Option<f64>,
    f1: Option<f64>,
    false_alarms_per_1000: Option<f64>,
}

impl From<Outcomes> for At {
    fn from(o: Outcomes) -> Self {
        Self {
            hits: o.hits,
            false_alarms: o.false_alarms,
            misses: o.misses,
            passed: o.passed,
            precision: o.precision(),
            recall: o.recall(),
            f1: o.f1(),
            false_alarms_per_1000: o.per_thousand(),
        }
    }
}

#[derive(Serialize)]
struct Slice {
    name: String,
    rows: usize,
    positives: usize,
    possible: At,
    likely: At,
}

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

#[derive(Serialize)]
struct Report {
    pack: String,
    as_of: Date,
    files: Vec<String>,
    rows: usize,
    bad_lines: usize,
    seconds: f64,
    label: Option<Figures>,
    label_wildlife: Option<Figures>,
    /// Among the hits at `possible` whose row names a group: how often it is among the groups found, and first.
    right_group: Option<f64>,
    right_group_first: Option<f64>,
    by_file: Vec<Slice>,
    by_group: Vec<Slice>,
    by_lang: Vec<Slice>,
    by_trap: Vec<Slice>,
    worst_misses: Vec<Example>,
    worst_false_alarms: Vec<Example>,
}

/// Runs the command.
pub fn run(with: &With, labels: &[PathBuf], json: Option<&Path>, worst: usize) -> Result<End, Failure> {
    let detector = with.detector()?;
    let as_of = with.as_of();
    let (rows, bad_lines) = read(labels)?;
    let start = std::time::Instant::now();
    let judged = judge(&detector, as_of, &rows);
    let seconds = start.elapsed().as_secs_f64();
    let report = report(&detector, as_of, labels, &judged, bad_lines, seconds, worst);
    let mut out = std::io::stdout().lock();
    out.write_all(table(&report).as_bytes())
        .or_else(|e| if e.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(e) })
        .map_err(|e| Failure::new(format!("the table cannot be written: {e}")))?;
    if let Some(path) = json {
        let text = serde_json::to_vec_pretty(&report).map_err(|e| Failure::new(e.to_string()))?;
        std::fs::write(path, text).map_err(|e| Failure::new(format!("{}: cannot be written: {e}", path.display())))?;
    }
    Ok(if bad_lines > 0 { End::Complaints } else { End::Fine })
}

fn read(files: &[PathBuf]) -> Result<(Vec<Row>, usize), Failure> {
    let mut rows = vec![];
    let mut bad = 0;
    for (file, path) in files.iter().enumerate() {
        let say = |e: std::io::Error| Failure::new(format!("{}: {e}", path.display()));
        let mut lines = Lines::new(std::fs::File::open(path).map_err(say)?);
        while let Some(batch) = lines.batch().map_err(say)? {
            for (line, number) in batch.lines.into_iter().zip(batch.first..) {
                let row = match line {
                    Line::TooLong => Err("the line is too long".to_owned()),
                    Line::Text(text) => input::listing(&text).and_then(|listing| {
                        let Some(listing) = listing else { return Ok(None) };
                        let labels: Labels = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
                        if [labels.label, labels.label_wildlife].into_iter().flatten().any(|l| l > 1) {
                            return Err("a label is 0, 1 or null".into());
                        }
                        Ok(Some(Row { listing, labels, file }))
                    }),
                };
                match row {
                    Ok(row) => rows.extend(row),
                    Err(what) => {
                        eprintln!("spotter: {} line {number} skipped: {what}", path.display());
                        bad += 1;
                    }
                }
            }
        }
    }
    Ok((rows, bad))
}

fn judge<'a>(detector: &Detector, as_of: Date, rows: &'a [Row]) -> Vec<Judged<'a>> {
    let workers = thread::available_parallelism().map_or(1, usize::from).clamp(1, 8);
    let part = rows.len().div_ceil(workers).max(1);
    thread::scope(|scope| {
        let handles: Vec<_> = rows
            .chunks(part)
            .map(|rows| {
                scope.spawn(move || {
                    rows.iter()
                        .map(|row| Judged { row, found: detector.assess(&row.listing, as_of) })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        handles.into_iter().flat_map(|h| h.join().unwrap_or_default()).collect()
    })
}

fn figures(rows: &[(f64, bool, bool, Option<bool>)]) -> Option<Figures> {
    // Score, at least possible, likely, label.
    let labelled: Vec<_> = rows.iter().filter_map(|&(s, p, l, label)| label.map(|label| (s, p, l, label))).collect();
    if labelled.is_empty() {
        return None;
    }
    let scored: Vec<Scored> = labelled.iter().map(|&(s, _, _, label)| (s, label)).collect();
    let (mut possible, mut likely) = (Outcomes::default(), Outcomes::default());
    for &(_, p, l, label) in &labelled {
        possible.add(p, label);
        likely.add(l, label);
    }
    Some(Figures {
        rows: labelled.len(),
        positives: scored.iter().filter(|s| s.1).count(),
        skipped: rows.len() - labelled.len(),
        possible: possible.into(),
        likely: likely.into(),
        roc_auc: metrics::roc_auc(&scored),
        average_precision: metrics::average_precision(&scored),
        brier: metrics::brier(&scored),
        calibration_error: metrics::calibration_error(&scored, BINS),
        calibration_interval_95: metrics::calibration_interval(&scored, BINS, ROUNDS),
    })
}

fn group_name(group: Group) -> String {
    serde_json::to_value(group).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn report(
    detector: &Detector,
    as_of: Date,
    files: &[PathBuf],
    judged: &[Judged<'_>],
    bad_lines: usize,
    seconds: f64,
    worst: usize,
) -> Report {
    let thresholds = detector.lexicon().weights.threshold;
    let listed: Vec<_> = judged
        .iter()
        .map(|j| {
            let level = j.found.level;
            (j.found.score, level >= Level::Possible, level == Level::Likely, j.row.labels.label.map(|l| l == 1))
        })
        .collect();
    let wild: Vec<_> = judged
        .iter()
        .map(|j| {
            let s = j.found.wildlife_score;
            (s, s >= thresholds.possible, s >= thresholds.likely, j.row.labels.label_wildlife.map(|l| l == 1))
        })
        .collect();
    let (mut with_group, mut among, mut first) = (0usize, 0usize, 0usize);
    for j in judged.iter().filter(|j| j.found.level >= Level::Possible && j.row.labels.label == Some(1)) {
        let Some(wanted) = j.row.labels.group.as_deref().filter(|g| !g.is_empty()) else { continue };
        with_group += 1;
        among += usize::from(j.found.groups.iter().any(|&g| group_name(g) == wanted));
        first += usize::from(j.found.groups.first().is_some_and(|&g| group_name(g) == wanted));
    }
    let share = |n: usize| (with_group > 0).then(|| n as f64 / with_group as f64);
    let name = |path: &PathBuf| path.display().to_string();
    let slices = |key: &dyn Fn(&Judged<'_>) -> Option<String>| -> Vec<Slice> {
        let mut slices: BTreeMap<String, (Outcomes, Outcomes)> = BTreeMap::new();
        for j in judged {
            if let (Some(key), Some(label)) = (key(j), j.row.labels.label) {
                let slice = slices.entry(key).or_default();
                slice.0.add(j.found.level >= Level::Possible, label == 1);
                slice.1.add(j.found.level == Level::Likely, label == 1);
            }
        }
        slices
            .into_iter()
            .map(|(name, (possible, likely))| Slice {
                name,
                rows: possible.hits + possible.misses + possible.false_alarms + possible.passed,
                positives: possible.hits + possible.misses,
                possible: possible.into(),
                likely: likely.into(),
            })
            .collect()
    };
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let examples = |wanted: u8| -> Vec<Example> {
        let mut wrong: Vec<&Judged<'_>> = judged
            .iter()
            .filter(|j| j.row.labels.label == Some(wanted) && (j.found.level >= Level::Possible) != (wanted == 1))
            .collect();
        wrong.sort_by(|a, b| {
            let order = a.found.score.total_cmp(&b.found.score);
            if wanted == 1 { order } else { order.reverse() }
        });
        wrong.into_iter().take(worst).map(|j| example(j, files)).collect()
    };
    Report {
        pack: detector.pack_version().to_owned(),
        as_of,
        files: files.iter().map(name).collect(),
        rows: judged.len(),
        bad_lines,
        seconds,
        label: figures(&listed),
        label_wildlife: figures(&wild),
        right_group: share(among),
        right_group_first: share(first),
        by_file: slices(&|j| files.get(j.row.file).map(name)),
        by_group: slices(&|j| given(&j.row.labels.group)),
        by_lang: slices(&|j| given(&j.row.labels.lang)),
        by_trap: slices(&|j| given(&j.row.labels.trap)),
        worst_misses: examples(1),
        worst_false_alarms: examples(0),
    }
}

fn example(j: &Judged<'_>, files: &[PathBuf]) -> Example {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    Example {
        id: j.row.listing.id.clone(),
        file: files.get(j.row.file).map(|f| f.display().to_string()).unwrap_or_default(),
        lang: text(&j.row.labels.lang),
        group: text(&j.row.labels.group),
        trap: text(&j.row.labels.trap),
        score: j.found.score,
        level: j.found.level,
        title: j.row.listing.title.chars().take(120).collect(),
        cues: j.found.cues.iter().map(|c| format!("{} {:?} {:+.2}", c.concept, c.text, c.weight)).collect(),
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or("-".into(), |v| format!("{v:.3}"))
}

fn table(r: &Report) -> String {
    let mut t = String::new();
    let _ = writeln!(
        t,
        "{} rows in {:.2} s ({:.0} a second), {} bad lines, pack {}, as of {}\n",
        r.rows,
        r.seconds,
        r.rows as f64 / r.seconds.max(1e-9),
        r.bad_lines,
        r.pack,
        r.as_of
    );
    let _ = writeln!(
        t,
        "{:<16} {:<9} {:>6} {:>5} {:>6} {:>9} {:>7} {:>6} {:>11}",
        "label", "flagged", "rows", "yes", "alarms", "precision", "recall", "F1", "alarms/1000"
    );
    for (name, figures) in [("label", &r.label), ("label_wildlife", &r.label_wildlife)] {
        let Some(f) = figures else { continue };
        for (at, level) in [(&f.possible, "possible"), (&f.likely, "likely")] {
            let _ = writeln!(
                t,
                "{name:<16} {level:<9} {:>6} {:>5} {:>6} {:>9} {:>7} {:>6} {:>11}",
                f.rows,
                f.positives,
                at.false_alarms,
                number(at.precision),
                number(at.recall),
                number(at.f1),
                number(at.false_alarms_per_1000)
            );
        }
        let interval = f.calibration_interval_95.map_or("-".into(), |(a, b)| format!("{a:.3} to {b:.3}"));
        let _ = writeln!(
            t,
            "{:<16} ROC AUC {}  average precision {}  Brier {}  calibration error {} ({interval})  {} without label",
            "",
            number(f.roc_auc),
            number(f.average_precision),
            number(f.brier),
            number(f.calibration_error),
            f.skipped
        );
    }
    let _ = writeln!(
        t,
        "right group among the hits {}, as the first {}",
        number(r.right_group),
        number(r.right_group_first)
    );
    for (what, slices) in [("file", &r.by_file), ("group", &r.by_group), ("language", &r.by_lang), ("trap", &r.by_trap)]
    {
        if slices.is_empty() {
            continue;
        }
        let _ = writeln!(
            t,
            "\n{:<28} {:>6} {:>5} | {:>5} {:>6} {:>9} {:>7} | {:>5} {:>6} {:>9} {:>7}",
            format!("by {what}"),
            "rows",
            "yes",
            "hits",
            "alarms",
            "precision",
            "recall",
            "hits",
            "alarms",
            "precision",
            "recall"
        );
        for s in slices {
            // The end of a long path says more than its beginning.
            let name: String = s.name.chars().rev().take(28).collect::<Vec<_>>().into_iter().rev().collect();
            let _ = writeln!(
                t,
                "{name:<28} {:>6} {:>5} | {:>5} {:>6} {:>9} {:>7} | {:>5} {:>6} {:>9} {:>7}",
                s.rows,
                s.positives,
                s.possible.hits,
                s.possible.false_alarms,
                number(s.possible.precision),
                number(s.possible.recall),
                s.likely.hits,
                s.likely.false_alarms,
                number(s.likely.precision),
                number(s.likely.recall)
            );
        }
    }
    for (what, examples) in [("misses", &r.worst_misses), ("false alarms", &r.worst_false_alarms)] {
        if examples.is_empty() {
            continue;
        }
        let _ = writeln!(t, "\nworst {what}");
        for e in examples {
            let _ = writeln!(t, "{:.3} {} [{} {} {}] {}", e.score, e.id, e.lang, e.group, e.trap, e.title);
            for cue in &e.cues {
                let _ = writeln!(t, "      {cue}");
            }
        }
    }
    t
}
