//! The generated official names, as lines of tab-separated text.
//!
//! Owns: the line format, both ways. Never: decides which taxon a name belongs to or what it says.

use super::super::source::Problem;
use super::checklist::{appendix, appendix_name, lines, list};
use spotter_model::Appendix;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// First column names of `names.tsv`.
pub const COLUMNS: &str = "taxon\tappendix\tname\tannotation\ten\tfr\tes";
const LANGUAGES: [&str; 3] = ["en", "fr", "es"];

/// The official names of one taxon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The checklist's number for it.
    pub taxon_id: String,
    /// Its appendix; the first where it is split.
    pub appendix: Appendix,
    /// Not given for Appendix II.
    pub scientific_name: String,
    /// The annotation of its listing, for a part of Appendix II.
    pub annotation: String,
    /// By language.
    pub names: BTreeMap<String, BTreeSet<String>>,
}

/// Writes the file.
#[must_use]
pub fn write(head: &str, rows: &[Row]) -> String {
    let mut text = String::new();
    for line in head.lines() {
        let _ = writeln!(text, "# {line}");
    }
    let _ = writeln!(text, "{COLUMNS}");
    for row in rows {
        let _ = write!(
            text,
            "{}\t{}\t{}\t{}",
            row.taxon_id,
            appendix_name(row.appendix),
            row.scientific_name,
            row.annotation
        );
        for language in LANGUAGES {
            let names: Vec<&str> = row.names.get(language).into_iter().flatten().map(String::as_str).collect();
            let _ = write!(text, "\t{}", names.join(" | "));
        }
        text.push('\n');
    }
    text
}

/// Reads the file; `name` is its path for problems.
///
/// # Errors
/// The first line that is wrong.
pub fn parse(name: &str, text: &str) -> Result<Vec<Row>, Problem> {
    let mut rows = vec![];
    for (number, cells) in lines(name, text, COLUMNS)? {
        let problem = |what: &str| Problem::new(name, None, format!("line {number}: {what}"));
        let [taxon_id, appendix_cell, scientific_name, annotation, ref names @ ..] = cells[..] else {
            return Err(problem("it has too few columns: derive the file again"));
        };
        rows.push(Row {
            taxon_id: taxon_id.to_owned(),
            appendix: appendix(appendix_cell).ok_or_else(|| problem("no appendix: write I, II or III"))?,
            scientific_name: scientific_name.to_owned(),
            annotation: annotation.to_owned(),
            names: LANGUAGES
                .into_iter()
                .zip(names)
                .map(|(language, cell)| (language.to_owned(), list(cell).map(str::to_owned).collect()))
                .collect(),
        });
    }
    Ok(rows)
}
