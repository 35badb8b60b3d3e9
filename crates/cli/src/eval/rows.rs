//! Labelled rows, and what the detector says of them.
//!
//! The detector sees the fields and never the labels.

use crate::Failure;
use crate::input::{self, Line, Lines};
use serde::Deserialize;
use spotter_detector::Detector;
use spotter_model::{Assessment, Date, Listing};
use std::path::PathBuf;
use std::thread;

/// What a row says besides the listing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Labels {
    pub label: Option<u8>,
    pub label_wildlife: Option<u8>,
    pub group: Option<String>,
    pub trap: Option<String>,
    pub lang: Option<String>,
}

/// One labelled listing.
pub struct Row {
    pub listing: Listing,
    pub labels: Labels,
    /// The file that it came from, by its place in the arguments.
    pub file: usize,
}

/// A row with the detector's answer.
pub struct Judged<'a> {
    pub row: &'a Row,
    pub found: Assessment,
}

/// Reads every file; lines that are no rows are told and counted.
pub fn read(files: &[PathBuf]) -> Result<(Vec<Row>, usize), Failure> {
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

/// Assesses every row, in order.
pub fn judge<'a>(detector: &Detector, as_of: Date, rows: &'a [Row]) -> Vec<Judged<'a>> {
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
