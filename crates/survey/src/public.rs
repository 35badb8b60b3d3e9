//! What may be published of a survey: tables alone, and no number that stands for fewer than ten advertisements or fewer than
//! ten sellers, nor one from which such a number follows.

use crate::figures::Figures;
use crate::table::{Cell, Table};
use std::collections::BTreeSet;

/// How many advertisements, and how many sellers, a number stands for at least.
pub const K: u64 = 10;
/// What stands where a number is kept back.
pub const WITHHELD: &str = "withheld";

fn number(table: &Table, row: &[Cell], column: &str) -> u64 {
    let at = table.columns.iter().position(|c| c == column);
    match at.map(|n| &row[n]) {
        Some(Cell::Count(n)) => *n,
        _ => 0,
    }
}

/// The rows of a group that are kept back: those that stand for too few, and as many more, the smallest first, as it takes
/// that what the group's sum leaves over for them stands for enough.
fn withheld(rows: &[(usize, u64, u64)]) -> BTreeSet<usize> {
    let mut order = rows.to_vec();
    order.sort_by_key(|(n, ads, _)| (*ads, *n));
    let mut hidden: BTreeSet<usize> =
        order.iter().filter(|(_, ads, sellers)| *ads < K || *sellers < K).map(|(n, _, _)| *n).collect();
    let sum = |hidden: &BTreeSet<usize>| order.iter().filter(|r| hidden.contains(&r.0)).map(|r| r.1).sum::<u64>();
    while !hidden.is_empty() && (hidden.len() < 2 || sum(&hidden) < K) {
        match order.iter().find(|(n, _, _)| !hidden.contains(n)) {
            Some((n, _, _)) => hidden.insert(*n),
            None => break,
        };
    }
    hidden
}

/// One of the tables of offers, with what is kept back. `shut` are first cells whose rows are kept back in any case.
fn counted(table: &Table, grouped: bool, shut: &BTreeSet<String>) -> (Table, BTreeSet<String>) {
    let mut groups: std::collections::BTreeMap<String, Vec<(usize, u64, u64)>> = std::collections::BTreeMap::new();
    for (n, row) in table.rows.iter().enumerate() {
        let unknown = number(table, row, "Advertisements without a seller's name");
        let sellers = number(table, row, "Sellers") + u64::from(unknown > 0);
        let key = if grouped { row[0].shown() } else { String::new() };
        groups.entry(key).or_default().push((n, number(table, row, "Advertisements"), sellers));
    }
    let mut hidden: BTreeSet<usize> = BTreeSet::new();
    for (key, rows) in groups {
        if shut.contains(&key) { hidden.extend(rows.iter().map(|r| r.0)) } else { hidden.extend(withheld(&rows)) }
    }
    let mut out = table.clone();
    let kept = out.columns.iter().position(|c| c == "Sellers").unwrap_or(out.columns.len());
    out.columns.truncate(kept);
    for (n, row) in out.rows.iter_mut().enumerate() {
        row.truncate(kept);
        if hidden.contains(&n) {
            row[table.heads..].fill(Cell::text(WITHHELD));
        }
    }
    (out, hidden.iter().map(|n| table.rows[*n][0].shown()).collect())
}

/// A table without these columns.
fn without(table: &Table, columns: &[&str]) -> Table {
    let keep: Vec<usize> =
        (0..table.columns.len()).filter(|n| !columns.contains(&table.columns[*n].as_str())).collect();
    Table {
        columns: keep.iter().map(|n| table.columns[*n].clone()).collect(),
        rows: table.rows.iter().map(|r| keep.iter().map(|n| r[*n].clone()).collect()).collect(),
        ..table.clone()
    }
}

fn keep_back(table: &mut Table, small: impl Fn(&[Cell]) -> bool) {
    for row in &mut table.rows {
        if small(row) {
            row[table.heads..].fill(Cell::text(WITHHELD));
        }
    }
}

/// The tables that may be published.
#[must_use]
pub fn tables(figures: &Figures) -> Vec<Table> {
    let mut out = vec![];
    let few = |cell: &Cell| matches!(cell, Cell::Count(1..K));
    let mut shut = BTreeSet::new();
    for table in &figures.tables {
        match table.id.as_str() {
            "overview" => {
                let mut table = table.clone();
                // Of the three answers the third follows from two and their sum.
                let answers = 4..=6;
                let any = answers.clone().any(|n| table.rows.get(n).is_some_and(|r| few(&r[1])));
                for (n, row) in table.rows.iter_mut().enumerate() {
                    if few(&row[1]) || (any && answers.contains(&n)) {
                        row[1] = Cell::text(WITHHELD);
                    }
                }
                out.push(table);
            }
            "countries" => {
                let (table, hidden) = counted(table, false, &BTreeSet::new());
                shut = hidden;
                out.push(table);
            }
            "marketplaces" => out.push(counted(table, true, &shut).0),
            "groups" | "products" | "taxa" | "live" | "sellers" => out.push(counted(table, false, &BTreeSet::new()).0),
            "claims" => {
                let mut table = without(table, &["Cannot tell"]);
                keep_back(&mut table, |r| match (&r[1], &r[2]) {
                    (Cell::Count(yes), Cell::Count(n)) => *yes < K || n - yes < K,
                    _ => true,
                });
                out.push(table);
            }
            "prices" => {
                let mut table = without(table, &["Lower quartile", "Upper quartile", "Sum"]);
                keep_back(&mut table, |r| matches!(r[1], Cell::Count(0..K)));
                out.push(table);
            }
            "agreement" => {
                let mut table = table.clone();
                keep_back(&mut table, |r| matches!(r[2], Cell::Count(0..K)));
                out.push(table);
            }
            "detector" => {
                let mut table = without(table, &["of them counting (missed)"]);
                keep_back(&mut table, |r| matches!(r[3], Cell::Count(0..K)));
                out.push(table);
            }
            "totals" => {
                let mut table = table.clone();
                keep_back(&mut table, |r| r[1..=4].iter().any(few));
                out.push(table);
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_back_cannot_be_worked_out() {
        let hidden = |rows: &[(u64, u64)]| -> Vec<usize> {
            let rows: Vec<_> = rows.iter().enumerate().map(|(n, (ads, sellers))| (n, *ads, *sellers)).collect();
            withheld(&rows).into_iter().collect()
        };
        assert!(hidden(&[(50, 20), (40, 12)]).is_empty());
        assert_eq!(hidden(&[(50, 20), (40, 12), (3, 3)]), [1, 2], "one alone would be the rest of the sum");
        assert_eq!(hidden(&[(50, 20), (40, 12), (3, 3), (4, 4)]), [1, 2, 3], "seven together are too few");
        assert_eq!(hidden(&[(50, 20), (40, 12), (6, 3), (7, 4)]), [2, 3]);
        assert_eq!(hidden(&[(50, 2), (40, 12), (30, 11)]), [0, 2], "many of few sellers");
        assert_eq!(hidden(&[(3, 3)]), [0]);
    }
}
