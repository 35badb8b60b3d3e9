//! The generated part of the register: the checklist's taxa as lines of tab-separated text.
//!
//! Owns: the line format, both ways, so that what is written is what is read. Never: decides what a row means.

use super::super::source::Problem;
use super::{ListedEntry, Rank};
use spotter_model::Appendix;
use std::fmt::Write;

/// First column names of `taxa.tsv`.
pub const COLUMNS: &str = "name\trank\tclass\torder\tfamily\tlistings\tsynonyms\tannotation";

/// One accepted taxon of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Scientific name without authorship.
    pub name: String,
    /// Its rank.
    pub rank: Rank,
    /// `Plantae` where the checklist has none.
    pub class: String,
    /// Its order.
    pub order: String,
    /// Its family.
    pub family: String,
    /// What the checklist states, population by population.
    pub listings: Vec<ListedEntry>,
    /// Other names.
    pub synonyms: Vec<String>,
    /// The annotation as published, for readers of the file.
    pub annotation: String,
}

/// How an appendix is written.
#[must_use]
pub fn appendix_name(appendix: Appendix) -> &'static str {
    match appendix {
        Appendix::I => "I",
        Appendix::II => "II",
        Appendix::III => "III",
    }
}

/// Reads an appendix.
#[must_use]
pub fn appendix(text: &str) -> Option<Appendix> {
    [Appendix::I, Appendix::II, Appendix::III].into_iter().find(|&a| appendix_name(a) == text)
}

/// Reads a rank as the checklist writes it.
#[must_use]
pub fn rank(text: &str) -> Option<Rank> {
    Some(match text {
        "order" => Rank::Order,
        "family" => Rank::Family,
        "genus" => Rank::Genus,
        "species" => Rank::Species,
        "subspecies" | "variety" => Rank::Subspecies,
        _ => return None,
    })
}

fn rank_name(rank: Rank) -> &'static str {
    match rank {
        Rank::Order => "order",
        Rank::Family => "family",
        Rank::Genus => "genus",
        Rank::Species => "species",
        Rank::Subspecies => "subspecies",
    }
}

/// Writes the file; rows come sorted by name.
#[must_use]
pub fn write(head: &str, rows: &[Row]) -> String {
    let mut text = String::new();
    for line in head.lines() {
        let _ = writeln!(text, "# {line}");
    }
    let _ = writeln!(text, "{COLUMNS}");
    for row in rows {
        let listings: Vec<String> = row
            .listings
            .iter()
            .map(|l| match &l.population {
                Some(population) => format!("{}: {population}", appendix_name(l.appendix)),
                None => appendix_name(l.appendix).to_owned(),
            })
            .collect();
        let cells = [
            row.name.as_str(),
            rank_name(row.rank),
            &row.class,
            &row.order,
            &row.family,
            &listings.join(" | "),
            &row.synonyms.join(" | "),
            &row.annotation,
        ];
        let _ = writeln!(text, "{}", cells.join("\t"));
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
        let [name_cell, rank_cell, class, order, family, listings, synonyms, annotation] = cells[..] else {
            return Err(problem("it has not eight columns: derive the file again"));
        };
        let listings = list(listings)
            .map(|cell| {
                let (appendix_cell, population) = match cell.split_once(": ") {
                    Some((a, p)) => (a, Some(p.to_owned())),
                    None => (cell, None),
                };
                appendix(appendix_cell).map(|a| ListedEntry { population, ..ListedEntry::plain(a) })
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| problem("a listing begins with no appendix: write I, II or III"))?;
        rows.push(Row {
            name: name_cell.to_owned(),
            rank: rank(rank_cell).ok_or_else(|| problem("an unknown rank"))?,
            class: class.to_owned(),
            order: order.to_owned(),
            family: family.to_owned(),
            listings,
            synonyms: list(synonyms).map(str::to_owned).collect(),
            annotation: annotation.to_owned(),
        });
    }
    Ok(rows)
}

/// The parts of a cell that holds a list.
pub fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(" | ").filter(|part| !part.is_empty())
}

/// Numbered lines of a generated file, cut into cells, after its comments and its line of column names.
///
/// # Errors
/// When the column names are not the expected ones.
pub fn lines<'a>(name: &str, text: &'a str, columns: &str) -> Result<Vec<(usize, Vec<&'a str>)>, Problem> {
    let mut rest = text.lines().enumerate().skip_while(|(_, line)| line.starts_with('#'));
    if rest.next().map(|(_, line)| line) != Some(columns) {
        let what = "its first line after the comments does not name the expected columns: derive the file again";
        return Err(Problem::new(name, None, what));
    }
    Ok(rest.map(|(at, line)| (at + 1, line.split('\t').collect())).collect())
}
