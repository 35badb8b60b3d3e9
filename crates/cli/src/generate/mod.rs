//! `spotter generate`: synthetic listings for measurements, made of the lexicon's own terms and of filler.
//!
//! Same seed, same listings. About one in eight carries terms of the lexicon; at least three in ten bytes of
//! mixed text are not ASCII. They measure speed and memory, never accuracy.

mod vocabulary;

use crate::{End, Failure, With};
use spotter_detector::Detector;
use std::io::{self, BufWriter, Write};
use vocabulary::{Script, scripts};

/// What the listings are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Text {
    /// All scripts, everyday words and made-up ones, one listing in eight with terms.
    Mixed,
    /// The same in ASCII alone.
    Ascii,
    /// All scripts, made-up words, no terms.
    Plain,
}

/// Runs the command.
pub fn run(with: &With, text: Text, lines: u64, seed: u64) -> Result<End, Failure> {
    let detector = with.detector()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let result = write(&detector, text, lines, seed, &mut out).and_then(|()| out.flush());
    match result {
        Ok(()) => Ok(End::Fine),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(End::Fine),
        Err(e) => Err(Failure::new(format!("the output cannot be written: {e}"))),
    }
}

fn write(detector: &Detector, kind: Text, lines: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut terms = detector.engine().words().patterns().map_err(io::Error::other)?;
    if kind == Text::Ascii {
        terms.retain(|t| t.0.is_ascii());
    }
    let scripts = scripts();
    for line in 0..lines {
        let script = match (kind, random.u8(..20)) {
            (Text::Ascii, _) | (_, 0..=6) => &scripts[0],
            (_, 7..=10) => &scripts[1],
            (_, 11..=14) => &scripts[2],
            (_, n) => &scripts[3 + (usize::from(n) + random.usize(..4)) % (scripts.len() - 3)],
        };
        let marked = kind != Text::Plain && random.u8(..8) == 0;
        let mut text = |words: usize, marked: bool| {
            let term = marked.then(|| terms[random.usize(..terms.len())].0.as_str());
            sentence(script, kind, words, term, &mut random)
        };
        let title = text(8, marked);
        let description = text(12 + (line % 40) as usize, marked);
        let listing = serde_json::json!({
            "id": format!("synthetic-{line}"),
            "title": title,
            "description": description,
            "price": if kind == Text::Mixed { format!("{} €", 1 + line % 500) } else { format!("{}", 1 + line % 500) },
            "category": text(1, false),
            "synthetic": true,
        });
        serde_json::to_writer(&mut *out, &listing)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Words in a row, one of them followed by the term.
fn sentence(script: &Script, kind: Text, words: usize, term: Option<&str>, random: &mut fastrand::Rng) -> String {
    let mut text = String::new();
    let place = random.usize(..words.max(1));
    for i in 0..words {
        if i > 0 && script.spaced {
            text.push_str(if random.u8(..12) == 0 { ", " } else { " " });
        }
        text.push_str(script.word(random, kind == Text::Plain));
        if let Some(term) = term.filter(|_| i == place) {
            text.push(' ');
            text.push_str(term);
        }
    }
    text
}
