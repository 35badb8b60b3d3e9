//! Decks that trainers bring and take with them, as JSON or CSV.
//!
//! Owns both forms, and what is said of a file that is wrong: every fault with its line. Never: a deck that is half
//! taken; a file with one fault is not taken at all.

use super::cards::Card;
use super::items::{Item, NEEDED, PICTURE_FIELDS, TITLE_CHARS};
use super::json::{Json, Value, quoted};
use crate::words::{Sentence, sentence, sentence_of};
use spotter_model::csv::runs;

/// What the file says it is.
pub const FORMAT: &str = "wildlife-deck/1";
/// Largest file.
pub const FILE_BYTES: usize = 8 * 1024 * 1024;
/// Most items.
const ITEMS: usize = 500;
/// Most faults that are shown.
const FAULTS: usize = 50;
/// Columns of the CSV form.
const COLUMNS: [&str; 16] = [
    "id",
    "group",
    "lang",
    "title",
    "text",
    "price",
    "seen",
    "answer",
    "why",
    "why_lang",
    "card",
    "mark",
    "picture",
    "picture_alt",
    "picture_licence",
    "picture_credit",
];
/// A deck.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deck {
    /// Its title.
    pub title: String,
    /// Its items.
    pub items: Vec<Item>,
}

/// What is wrong, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: Sentence,
}

fn problem(line: usize, what: Sentence) -> Problem {
    Problem { line, what }
}

/// Items as files hold them, one to a line: what a deck's hash is of.
pub fn lines(items: &[Item]) -> String {
    items.iter().map(|item| item.json() + "\n").collect()
}

impl Deck {
    /// A deck of these.
    pub fn of(title: String, items: Vec<Item>) -> Self {
        Self { title, items }
    }

    /// Reads a file. `name` is its name; a CSV file has no title of its own.
    ///
    /// # Errors
    /// All that is wrong, at most [`FAULTS`] of it.
    pub fn read(name: &str, text: &str, cards: &[Card]) -> Result<Self, Vec<Problem>> {
        if text.len() > FILE_BYTES {
            return Err(vec![problem(1, sentence("train_fault_large"))]);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let found = if text.trim_start().starts_with('{') { json(text)? } else { csv(name, text)? };
        let Found { title, rows } = found;
        let mut wrong = Vec::new();
        let mut items: Vec<Item> = Vec::new();
        if title.trim().is_empty() || title.chars().count() > TITLE_CHARS {
            wrong.push(problem(1, sentence_of("train_fault_empty", &["title"])));
        }
        if rows.is_empty() || rows.len() > ITEMS {
            wrong.push(problem(1, sentence_of("train_fault_count", &[&ITEMS.to_string()])));
        }
        for row in rows.iter().take(ITEMS) {
            let line = row.line;
            match Item::read(row) {
                Err(what) => wrong.push(problem(line, what)),
                Ok(item) => {
                    let faults = item.faults(cards);
                    wrong.extend(faults.into_iter().map(|f| problem(line, sentence_of(f.key, &[f.field]))));
                    if items.iter().any(|other| other.id == item.id) {
                        wrong.push(problem(line, sentence_of("train_fault_twice", &[&item.id])));
                    }
                    items.push(item);
                }
            }
        }
        wrong.truncate(FAULTS);
        if wrong.is_empty() { Ok(Self::of(title, items)) } else { Err(wrong) }
    }

    /// Reads a deck that was taken before. What this version does not know of it (a card that is gone) does no harm.
    pub fn kept(text: &str) -> Option<Self> {
        let Found { title, rows } = json(text).ok()?;
        let items = rows.iter().map(Item::read).collect::<Result<_, _>>().ok()?;
        Some(Self::of(title, items))
    }

    /// As JSON, an item a line.
    pub fn json(&self) -> String {
        let items: Vec<String> = self.items.iter().map(Item::json).collect();
        let (format, title) = (quoted(FORMAT), quoted(&self.title));
        format!("{{\"format\": {format}, \"title\": {title}, \"items\": [\n{}\n]}}\n", items.join(",\n"))
    }

    /// As CSV (RFC 4180), with a byte order mark, as spreadsheets want it.
    pub fn csv(&self) -> String {
        let mut out = String::from("\u{feff}");
        out.push_str(&COLUMNS.join(","));
        out.push_str("\r\n");
        for item in &self.items {
            let picture = item.picture.clone().unwrap_or_default();
            let cells = [
                item.id.as_str(),
                item.group.word(),
                &item.lang,
                &item.title,
                &item.text,
                &item.price,
                &item.seen,
                item.answer.word(),
                &item.why,
                &item.why_lang,
                &item.card,
                &item.mark,
                &picture.data,
                &picture.alt,
                &picture.licence,
                &picture.credit,
            ];
            out.push_str(&cells.map(cell).join(","));
            out.push_str("\r\n");
        }
        out
    }
}

fn cell(text: &str) -> String {
    let mark = if runs(text) { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

struct Found {
    title: String,
    rows: Vec<Json>,
}

fn json(text: &str) -> Result<Found, Vec<Problem>> {
    let wrong = |line, what| Err(vec![problem(line, what)]);
    let all = match Json::read(text) {
        Ok(all) => all,
        Err((line, column)) => return wrong(line, sentence_of("train_fault_json", &[&column.to_string()])),
    };
    if all.text_of("format") != FORMAT {
        return wrong(1, sentence_of("train_fault_format", &[FORMAT]));
    }
    let Some(rows) = all.get("items").and_then(Json::list) else {
        return wrong(1, sentence_of("train_fault_empty", &["items"]));
    };
    if let Some(stray) = all.stray(&["format", "title", "items"]) {
        return wrong(1, sentence_of("train_fault_unknown", &[stray]));
    }
    Ok(Found { title: all.text_of("title").to_owned(), rows: rows.to_vec() })
}

fn csv(name: &str, text: &str) -> Result<Found, Vec<Problem>> {
    let mut records = records(text).map_err(|line| vec![problem(line, sentence("train_fault_quote"))])?.into_iter();
    let head = records.next().map(|(_, cells)| cells).unwrap_or_default();
    let mut wrong = Vec::new();
    let head: Vec<String> = head.iter().map(|c| c.trim().to_lowercase()).collect();
    for column in head.iter().filter(|c| !COLUMNS.contains(&c.as_str())) {
        wrong.push(problem(1, sentence_of("train_fault_unknown", &[column])));
    }
    for column in NEEDED.iter().filter(|n| !head.iter().any(|c| c == *n)) {
        wrong.push(problem(1, sentence_of("train_fault_column", &[column])));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut rows = Vec::new();
    for (line, cells) in records {
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        if cells.len() > head.len() {
            return Err(vec![problem(line, sentence_of("train_fault_cells", &[&head.len().to_string()]))]);
        }
        let text = |cell: &str| Json { line, value: Value::Text(cell.to_owned()) };
        let mut row: Vec<(String, Json)> = Vec::new();
        let mut picture: Vec<(String, Json)> = Vec::new();
        for (column, cell) in head.iter().zip(&cells) {
            let cell = cell.strip_prefix('\'').filter(|rest| runs(rest)).unwrap_or(cell);
            if cell.is_empty() {
                continue;
            }
            match column.strip_prefix("picture") {
                None => row.push((column.clone(), text(cell))),
                Some("") => picture.push((PICTURE_FIELDS[0].into(), text(cell))),
                Some(part) => picture.push((part.trim_start_matches('_').into(), text(cell))),
            }
        }
        if !picture.is_empty() {
            row.push(("picture".into(), Json { line, value: Value::Object(picture) }));
        }
        rows.push(Json { line, value: Value::Object(row) });
    }
    let title = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    Ok(Found { title, rows })
}

/// The records of a CSV file with the line on which each begins; the line of a quotation mark that is never closed.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, usize> {
    // Spreadsheets of some countries write semicolons.
    let first = text.lines().next().unwrap_or_default();
    let comma = if first.matches(';').count() > first.matches(',').count() { ';' } else { ',' };
    let mut out = Vec::new();
    let (mut line, mut began, mut opened) = (1, 1, None);
    let (mut record, mut cell) = (Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match (opened, c) {
            (Some(_), '"') if chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            (Some(_), '"') => opened = None,
            (Some(_), c) => cell.push(c),
            (None, '"') if cell.is_empty() => opened = Some(line),
            (None, c) if c == comma => record.push(std::mem::take(&mut cell)),
            (None, '\r') if chars.peek() == Some(&'\n') => {}
            (None, '\n' | '\r') => {
                record.push(std::mem::take(&mut cell));
                out.push((began, std::mem::take(&mut record)));
                began = line;
            }
            (None, c) => cell.push(c),
        }
    }
    if let Some(line) = opened {
        return Err(line);
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        out.push((began, record));
    }
    Ok(out)
}

#[cfg(test)]
#[path = "decks_tests.rs"]
mod tests;
