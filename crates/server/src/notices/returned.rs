//! The weekly file as a company sends it back: which of its notices were wrong. Owns how it is read; changes nothing.
//!
//! Spreadsheets write commas, semicolons or tabs, leave columns out and put others in. Two columns are needed, by their names:
//! `notice` and `false_positive`. Every line that cannot be understood is named; with one such line nothing of the file counts.

use std::collections::HashMap;

/// Largest file, in bytes.
pub const BYTES: usize = 1024 * 1024;
/// Most lines that say something.
pub const LINES: usize = 5_000;
/// Most faults that are named.
pub const FAULTS: usize = 50;
/// Longest number of a notice that is looked up.
const NUMBER_CHARS: usize = 40;

/// A line that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands, from 1, the head included.
    pub line: u64,
    /// The notice's number.
    pub number: String,
    /// The secret of its answer link, where the file still has it.
    pub secret: String,
    /// Whether the notice was wrong.
    pub wrong: bool,
}

/// A line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands, from 1, the head included.
    pub line: u64,
    /// What is wrong with it, a sentence.
    pub why: String,
}

impl Fault {
    /// A fault of a line.
    pub fn of(line: u64, why: impl Into<String>) -> Self {
        Self { line, why: why.into() }
    }
}

/// What a file says: lines in their order, and how many left `false_positive` empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Each notice once.
    pub lines: Vec<Line>,
    /// Lines without an answer.
    pub empty: usize,
}

/// The separator that the head has most of.
fn separator(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |c: u8| head.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(b',')
}

/// A cell without what spreadsheets and our own file put around it.
fn bare(cell: &str) -> &str {
    cell.trim().trim_start_matches('\'').trim()
}

/// The line of a record. The reader's place is before the empty lines that it skips.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let from = usize::try_from(at.byte()).unwrap_or(usize::MAX).min(text.len());
    let skipped = text.as_bytes()[from..].iter().take_while(|b| **b == b'\n').count();
    at.line() + skipped as u64
}

fn answer(cell: &str) -> Option<Option<bool>> {
    match bare(cell).to_ascii_lowercase().as_str() {
        "" => Some(None),
        "yes" => Some(Some(true)),
        "no" => Some(Some(false)),
        _ => None,
    }
}

/// Reads a file.
///
/// # Errors
/// Every line that cannot be understood, at most [`FAULTS`].
pub fn read(text: &str) -> Result<Returned, Vec<Fault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // One way to end a line: the reader counts others wrongly.
    let text = &text.replace("\r\n", "\n").replace('\r', "\n");
    if text.len() > BYTES {
        return Err(vec![Fault::of(1, "The file is larger than 1 MiB. Send it in parts.")]);
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator(text))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let head = match records.next() {
        Some(Ok(head)) => head,
        _ => return Err(vec![Fault::of(1, "The file is empty.")]),
    };
    let column = |name: &str| head.iter().position(|c| bare(c).eq_ignore_ascii_case(name));
    let (Some(number), Some(wrong)) = (column("notice"), column("false_positive")) else {
        let why = "The first line has to name the columns, among them notice and false_positive.";
        return Err(vec![Fault::of(1, why)]);
    };
    let link = column("answer_link");
    let (mut returned, mut faults, mut known) = (Returned::default(), vec![], HashMap::<String, (u64, bool)>::new());
    for (n, record) in records.enumerate() {
        let line = record.as_ref().ok().and_then(|r| r.position()).map_or(n as u64 + 2, |at| line_of(text, at));
        let Ok(record) = record else {
            faults.push(Fault::of(line, "It cannot be read as a line of a spreadsheet."));
            break;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cell = |at: usize| bare(record.get(at).unwrap_or_default());
        match (cell(number), answer(cell(wrong))) {
            (_, None) => faults.push(Fault::of(line, "false_positive is yes, no or empty.")),
            ("", _) => faults.push(Fault::of(line, "There is no number of a notice.")),
            (id, _) if id.chars().count() > NUMBER_CHARS => {
                faults.push(Fault::of(line, "That is no number of a notice."));
            }
            (_, Some(None)) => returned.empty += 1,
            (id, Some(Some(wrong))) => match known.get(id) {
                Some((first, other)) if *other != wrong => {
                    faults.push(Fault::of(line, format!("Line {first} says the opposite of the same notice.")));
                }
                Some(_) => {}
                None => {
                    known.insert(id.to_owned(), (line, wrong));
                    let secret = link.map_or("", cell).rsplit('/').next().unwrap_or_default().to_owned();
                    returned.lines.push(Line { line, number: id.to_owned(), secret, wrong });
                }
            },
        }
        if returned.lines.len() > LINES {
            faults.push(Fault::of(line, "More than 5,000 lines have an answer. Send the file in parts."));
        }
        if faults.len() >= FAULTS || returned.lines.len() > LINES {
            break;
        }
    }
    if faults.is_empty() { Ok(returned) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(u64, String, String, bool)> {
        read(text).unwrap().lines.into_iter().map(|l| (l.line, l.number, l.secret, l.wrong)).collect()
    }

    #[test]
    fn spreadsheets_write_it_in_several_ways() {
        let line = |line, number: &str, secret: &str, wrong| (line, number.to_owned(), secret.to_owned(), wrong);
        let ours = format!(
            "\u{feff}{}{}{}",
            spotter_model::csv::row(&crate::notices::render::COLUMNS),
            spotter_model::csv::row(&[
                "1",
                "a",
                "policy",
                "g",
                "WN-2026-000001",
                "t",
                "https://x.example/answer/S1",
                "yes"
            ]),
            spotter_model::csv::row(&[
                "2",
                "a\",\"b",
                "policy",
                "=g",
                "WN-2026-000002",
                "t",
                "https://x.example/answer/S2",
                ""
            ]),
        );
        assert_eq!(said(&ours), [line(2, "WN-2026-000001", "S1", true)]);
        assert_eq!(read(&ours).unwrap().empty, 1);
        assert_eq!(
            said("notice;false_positive\r\nA;NO\r\n\r\nB; Yes \r\n"),
            [line(2, "A", "", false), line(4, "B", "", true)]
        );
        assert_eq!(said("x\tFalse_Positive\tNotice\n1\tyes\t'A\n"), [line(2, "A", "", true)]);
        assert_eq!(said("notice,false_positive\nA,yes\nA,yes\n"), [line(2, "A", "", true)], "twice the same is once");
        assert_eq!(said("notice,false_positive,x\n\"A\",\"yes\",\"several\nlines\"\nB,no\n").last().unwrap().0, 4);
    }

    #[test]
    fn what_cannot_be_understood_is_named_with_its_line() {
        let faults = |text: &str| read(text).unwrap_err().into_iter().map(|f| f.line).collect::<Vec<_>>();
        for (text, want) in [
            ("", vec![1]),
            ("number,wrong\nA,yes\n", vec![1]),
            ("notice,false_positive\nA,maybe\n,yes\nB,no\nC,1\n", vec![2, 3, 5]),
            ("notice,false_positive\nA,yes\nB,no\nA,no\n", vec![4]),
        ] {
            assert_eq!(faults(text), want, "{text:?}");
        }
        assert_eq!(faults(&format!("notice,false_positive\n{}", "A,x\n".repeat(1_000))).len(), FAULTS);
        assert_eq!(faults(&format!("notice,false_positive\n{}", "a,no\n".repeat(300_000))), [1], "too large");
        let many: String = (0..=LINES).map(|n| format!("{n},no\n")).collect();
        assert_eq!(faults(&format!("notice,false_positive\n{many}")), [LINES as u64 + 2]);
        assert_eq!(faults(&format!("notice,false_positive\n{},no\n", "n".repeat(41))), [2]);
    }
}
