//! `spotter label`: two readers label listings, each alone, in a terminal; and how far they agree.
//!
//! Owns: what a reader sees (fields, never labels, ids of traps or anybody else's answer), the answers on disk, and
//! the table of agreement. Each answer is written before the next listing is shown: nothing is lost, and the same
//! command goes on where it stopped. Never: runs the detector, which would tell the reader what to think.

use crate::input::{self, Line, Lines};
use crate::metrics;
use crate::{End, Failure};
use serde::{Deserialize, Serialize};
use spotter_model::Listing;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

/// What to label, and where the answers go.
#[derive(clap::Args)]
pub struct Options {
    /// The listings, as JSON Lines.
    #[arg(required_unless_present = "kappa")]
    file: Option<PathBuf>,
    /// Who reads; stands beside each answer. A pseudonym will do.
    #[arg(long, default_value = "reader")]
    reader: String,
    /// Where the answers go, as JSON Lines. What is there is kept.
    #[arg(long, required_unless_present = "kappa")]
    out: Option<PathBuf>,
    /// Compare two readers' answers: Cohen's kappa over the listings that both labelled.
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["file", "out"])]
    kappa: Option<Vec<PathBuf>>,
}

/// What a reader may say: offers a specimen of a listed taxon, does not, cannot tell from the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    No,
    Yes,
    CannotTell,
}

const ANSWERS: [(Answer, &str); 3] = [(Answer::No, "no"), (Answer::Yes, "yes"), (Answer::CannotTell, "cannot tell")];

/// One answer, as it stands on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Labelled {
    id: String,
    reader: String,
    answer: Answer,
}

/// Runs the command.
pub fn run(options: &Options) -> Result<End, Failure> {
    if let Some(files) = &options.kappa {
        let [a, b] = files.as_slice() else { return Err(Failure::new("--kappa takes two files")) };
        println!("{}", agreement(&answers(a)?, &answers(b)?));
        return Ok(End::Fine);
    }
    let (Some(file), Some(out)) = (&options.file, &options.out) else {
        return Err(Failure::new("a file of listings and --out are needed"));
    };
    let listings = read(file)?;
    let done = if out.exists() { answers(out)? } else { BTreeMap::new() };
    let mut sink = OpenOptions::new()
        .create(true)
        .append(true)
        .open(out)
        .map_err(|e| Failure::new(format!("{}: cannot be opened: {e}", out.display())))?;
    mend(out, &mut sink).map_err(|e| Failure::new(format!("{}: {e}", out.display())))?;
    let stdin = io::stdin();
    ask(&listings, done, &options.reader, &mut stdin.lock(), &mut io::stdout(), &mut |answer: &Labelled| {
        let mut line = serde_json::to_vec(answer)?;
        line.push(b'\n');
        sink.write_all(&line)?;
        sink.sync_data()
    })
    .map_err(|e| Failure::new(format!("{}: an answer could not be kept: {e}", out.display())))?;
    Ok(End::Fine)
}

/// A last line that was cut off in the middle is ended, so that the next answer begins on its own line.
fn mend(out: &Path, sink: &mut File) -> io::Result<()> {
    let bytes = std::fs::read(out)?;
    if bytes.last().is_some_and(|&b| b != b'\n') { sink.write_all(b"\n") } else { Ok(()) }
}

fn lines(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let say = |e: io::Error| Failure::new(format!("{}: {e}", path.display()));
    let mut lines = Lines::new(File::open(path).map_err(say)?);
    let mut all = vec![];
    while let Some(batch) = lines.batch().map_err(say)? {
        all.extend(batch.lines.into_iter().filter_map(|line| match line {
            Line::Text(text) => Some(text),
            Line::TooLong => None,
        }));
    }
    Ok(all)
}

fn read(path: &Path) -> Result<Vec<Listing>, Failure> {
    let mut listings = vec![];
    for (n, line) in lines(path)?.iter().enumerate() {
        match input::listing(line) {
            Ok(listing) => listings.extend(listing.filter(|l| !l.id.is_empty())),
            Err(what) => eprintln!("spotter: {} line {} skipped: {what}", path.display(), n + 1),
        }
    }
    Ok(listings)
}

/// Answers by listing; the last one counts. A line that was cut off is left out.
fn answers(path: &Path) -> Result<BTreeMap<String, Answer>, Failure> {
    let read = lines(path)?;
    let labelled = read.iter().filter_map(|line| serde_json::from_slice::<Labelled>(line).ok());
    Ok(labelled.map(|l| (l.id, l.answer)).collect())
}

/// Shows listing after listing and keeps each answer, until all are answered or the reader leaves.
fn ask(
    listings: &[Listing],
    mut done: BTreeMap<String, Answer>,
    reader: &str,
    keys: &mut impl BufRead,
    out: &mut impl Write,
    keep: &mut impl FnMut(&Labelled) -> io::Result<()>,
) -> io::Result<()> {
    writeln!(
        out,
        "Does the listing likely offer a specimen of a CITES-listed animal or plant?\n\
         1 yes, 0 no, c cannot tell from the text, b back to the one before, q leave (what was answered is kept)."
    )?;
    let mut at = listings.iter().position(|l| !done.contains_key(&l.id)).unwrap_or(listings.len());
    while let Some(listing) = listings.get(at) {
        write!(out, "\n[{} of {}]\n{}> ", at + 1, listings.len(), shown(listing))?;
        out.flush()?;
        let mut line = String::new();
        if keys.read_line(&mut line)? == 0 {
            break;
        }
        let answer = match line.trim() {
            "1" => Answer::Yes,
            "0" => Answer::No,
            "c" => Answer::CannotTell,
            "b" => {
                at = at.saturating_sub(1);
                continue;
            }
            "q" => break,
            _ => {
                writeln!(out, "1, 0, c, b or q")?;
                continue;
            }
        };
        keep(&Labelled { id: listing.id.clone(), reader: reader.to_owned(), answer })?;
        done.insert(listing.id.clone(), answer);
        at = (at + 1..listings.len()).find(|&n| !done.contains_key(&listings[n].id)).unwrap_or(listings.len());
    }
    writeln!(out, "\n{} of {} answered.", listings.iter().filter(|l| done.contains_key(&l.id)).count(), listings.len())
}

/// The fields as text. Control characters could steer the terminal: they become spaces.
fn shown(listing: &Listing) -> String {
    let plain =
        |text: &str| -> String { text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect() };
    let mut text = String::new();
    for (name, value) in [
        ("title", &listing.title),
        ("text", &listing.description),
        ("price", &listing.price),
        ("category", &listing.category),
        ("seller", &listing.seller),
        ("place", &listing.location),
        ("pictures", &listing.images),
    ] {
        if !value.is_empty() {
            text += &format!("{name:>9}: {}\n", plain(value));
        }
    }
    text
}

fn agreement(a: &BTreeMap<String, Answer>, b: &BTreeMap<String, Answer>) -> String {
    let mut table = vec![vec![0usize; ANSWERS.len()]; ANSWERS.len()];
    for (id, &first) in a {
        if let Some(&second) = b.get(id) {
            table[first as usize][second as usize] += 1;
        }
    }
    let n: usize = table.iter().flatten().sum();
    let same: usize = (0..ANSWERS.len()).map(|i| table[i][i]).sum();
    let mut text = format!("{n} listings labelled by both, {same} alike\n{:<12}", "A \\ B");
    for (_, name) in ANSWERS {
        text += &format!("{name:>12}");
    }
    for ((_, name), row) in ANSWERS.iter().zip(&table) {
        text += &format!("\n{name:<12}");
        for count in row {
            text += &format!("{count:>12}");
        }
    }
    text + &match metrics::kappa(&table) {
        Some((kappa, (low, high))) => format!("\nCohen's kappa {kappa:.3} (95 % interval {low:.3} to {high:.3})"),
        None => "\nCohen's kappa cannot be given: there is nothing on which they could differ".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(id: &str) -> Listing {
        Listing { id: id.into(), title: format!("title {id}\u{1b}[2J"), ..Listing::default() }
    }

    fn session(done: &[(&str, Answer)], keys: &str) -> (Vec<(String, Answer)>, String) {
        let listings = [listing("a"), listing("b"), listing("c")];
        let done = done.iter().map(|(id, answer)| ((*id).to_owned(), *answer)).collect();
        let (mut kept, mut out) = (vec![], vec![]);
        ask(&listings, done, "r", &mut keys.as_bytes(), &mut out, &mut |l: &Labelled| {
            kept.push((l.id.clone(), l.answer));
            Ok(())
        })
        .unwrap();
        (kept, String::from_utf8(out).unwrap())
    }

    #[test]
    fn answers_are_kept_and_resumed() {
        let (kept, out) = session(&[], "1\nx\n0\n");
        assert_eq!(kept, [("a".into(), Answer::Yes), ("b".into(), Answer::No)]);
        assert!(out.contains("2 of 3 answered") && !out.contains('\u{1b}'), "{out}");
        let (kept, out) = session(&[("a", Answer::Yes), ("b", Answer::No)], "b\nc\nc\n");
        assert_eq!(kept, [("b".into(), Answer::CannotTell), ("c".into(), Answer::CannotTell)]);
        assert!(!out.contains("title a") && out.contains("3 of 3 answered"), "{out}");
        assert_eq!(session(&[], "q\n1\n").0, []);
    }

    #[test]
    fn a_cut_off_answer_is_ended_and_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.jsonl");
        std::fs::write(&path, "{\"id\":\"a\",\"reader\":\"r\",\"answer\":\"yes\"}\n{\"id\":\"b\",\"rea").unwrap();
        let mut sink = OpenOptions::new().append(true).open(&path).unwrap();
        mend(&path, &mut sink).unwrap();
        sink.write_all(b"{\"id\":\"c\",\"reader\":\"r\",\"answer\":\"no\"}\n").unwrap();
        let got = answers(&path).unwrap();
        assert_eq!(got.into_iter().collect::<Vec<_>>(), [("a".into(), Answer::Yes), ("c".into(), Answer::No)]);
    }

    #[test]
    fn agreement_counts_what_both_saw() {
        let map = |all: &[(&str, Answer)]| all.iter().map(|(i, a)| ((*i).to_owned(), *a)).collect::<BTreeMap<_, _>>();
        let text = agreement(
            &map(&[("a", Answer::Yes), ("b", Answer::No), ("x", Answer::No)]),
            &map(&[("a", Answer::Yes), ("b", Answer::No), ("y", Answer::No)]),
        );
        assert!(text.starts_with("2 listings labelled by both, 2 alike") && text.contains("kappa 1.000"), "{text}");
    }
}
