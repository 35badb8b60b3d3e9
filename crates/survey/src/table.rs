//! Tables and how they are written: the same cells as CSV and for a page.

use serde::{Deserialize, Serialize};
use spotter_model::csv;

/// A cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing can be said.
    Nothing,
    /// How many.
    Count(u64),
    /// Words, a code, or a number that is written already.
    Text(String),
}

impl Cell {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number with four digits after the point: as many as a share of ten thousand has, and fewer than those in which
    /// machines' logarithms differ.
    #[must_use]
    pub fn real(value: f64) -> Self {
        let written = format!("{value:.4}");
        Self::Text(if written == "-0.0000" { "0.0000".into() } else { written })
    }

    /// The same, or nothing.
    #[must_use]
    pub fn maybe(value: Option<f64>) -> Self {
        value.map_or(Self::Nothing, Self::real)
    }

    /// As it is read.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Count(n) => n.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its name in addresses and archives.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What has to be known to read it, or empty.
    pub note: String,
    /// Heads of the columns. The first `heads` name what a row is of.
    pub columns: Vec<String>,
    /// How many columns name the row.
    pub heads: usize,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a spreadsheet. A number stays one, whatever its sign.
fn quoted(text: &str) -> String {
    if text.parse::<f64>().is_ok() { format!("\"{text}\"") } else { csv::cell(text) }
}

impl Table {
    /// Comma-separated values as RFC 4180 says.
    #[must_use]
    pub fn csv(&self) -> String {
        let row = |cells: Vec<String>| format!("{}\r\n", cells.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(","));
        let head = row(self.columns.clone());
        self.rows.iter().fold(head, |out, cells| out + &row(cells.iter().map(Cell::shown).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_run_nothing() {
        let table = Table {
            id: "t".into(),
            title: String::new(),
            note: String::new(),
            columns: vec!["a".into(), "=b".into()],
            heads: 1,
            rows: vec![
                vec![Cell::text("x \"y\"\n"), Cell::Count(3)],
                vec![Cell::real(-0.00001), Cell::real(-0.5)],
                vec![Cell::text("@x"), Cell::Nothing],
            ],
        };
        assert_eq!(
            table.csv(),
            "\"a\",\"'=b\"\r\n\"x \"\"y\"\" \",\"3\"\r\n\"0.0000\",\"-0.5000\"\r\n\"'@x\",\"\"\r\n"
        );
    }
}
