//! `spotter offsets-selftest`: cues of lines of text, for a comparison with JavaScript's `slice`.

use crate::input::{Line, Lines};
use crate::{End, Failure, With};
use serde::Serialize;
use spotter_model::Listing;
use std::io::{self, Write};

#[derive(Serialize)]
struct Case<'a> {
    text: &'a str,
    cues: Vec<Slice<'a>>,
}

#[derive(Serialize)]
struct Slice<'a> {
    start: u32,
    end: u32,
    slice: &'a str,
}

/// One JSON line for each line of text: the text as a title, and what `text.slice(start, end)` must give.
pub fn run(with: &With) -> Result<End, Failure> {
    let detector = with.detector()?;
    let as_of = with.as_of();
    let mut lines = Lines::new(io::stdin().lock());
    let mut out = io::stdout().lock();
    let failed = |e: io::Error| Failure::new(e.to_string());
    while let Some(batch) = lines.batch().map_err(failed)? {
        for line in batch.lines {
            let Line::Text(bytes) = line else { continue };
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let listing = Listing { title: text.clone(), ..Listing::default() };
            let found = detector.assess(&listing, as_of);
            let cues =
                found.cues.iter().map(|c| Slice { start: c.start, end: c.end, slice: &c.text }).collect::<Vec<_>>();
            serde_json::to_writer(&mut out, &Case { text: &text, cues }).map_err(|e| Failure::new(e.to_string()))?;
            out.write_all(b"\n").map_err(failed)?;
        }
    }
    out.flush().map_err(failed)?;
    Ok(End::Fine)
}
