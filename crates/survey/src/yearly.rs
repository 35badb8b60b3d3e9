//! A year for the public: counts of cases by one thing at a time, none of which stands for fewer than ten, and from none of which such a
//! number follows: not from a table's sum, not from knowing every name that could be in it, not from knowing these rules.
//!
//! Rows that stand for too few are not named. Together with the smallest that stand for enough they go into one row without a name:
//! nobody can tell which of the names in it was which, and a name that is missing may as well stand for none.

use crate::public::WITHHELD;
use crate::table::{Cell, Table};

/// The row without a name, in a table.
pub const OTHERS: &str = "All others together";

/// Cases that have something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What.
    pub name: String,
    /// How many.
    pub cases: u64,
    /// Of how many of them a removal was seen; at most as many.
    pub removed: u64,
}

impl Row {
    fn rest(&self) -> u64 {
        self.cases - self.removed.min(self.cases)
    }
}

/// What may be said of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown {
    /// What they have in common; `None`: the row without a name.
    pub name: Option<String>,
    /// How many, at least `k`.
    pub cases: u64,
    /// Of how many a removal was seen; `None`: kept back.
    pub removed: Option<u64>,
}

/// What may be said of all together; `None`: nothing.
///
/// `k` is how many cases a number stands for at least.
#[must_use]
pub fn total(rows: &[Row], k: u64) -> Option<Shown> {
    let (cases, removed) = sums(rows.iter());
    let few = |n: u64| n > 0 && n < k;
    let fits = !few(removed) && !few(cases - removed);
    (cases >= k).then_some(Shown { name: None, cases, removed: fits.then_some(removed) })
}

fn sums<'a>(rows: impl Iterator<Item = &'a Row>) -> (u64, u64) {
    rows.fold((0, 0), |(c, r), row| (c + row.cases, r + row.removed.min(row.cases)))
}

/// What may be said of each: the rows with a name, the most cases first, and behind them the one without.
#[must_use]
pub fn fold(rows: &[Row], k: u64) -> Vec<Shown> {
    let mut order: Vec<&Row> = rows.iter().filter(|r| r.cases > 0).collect();
    order.sort_by(|a, b| a.cases.cmp(&b.cases).then_with(|| b.name.cmp(&a.name)));
    let small = order.iter().take_while(|r| r.cases < k).count();
    // One that stands for enough goes along, with all that are as large: whoever changes two names without a name round gets the
    // same page, so no name has its number for certain.
    let along =
        order.get(small).map_or(0, |least| order[small..].iter().take_while(|r| r.cases == least.cases).count());
    let together = if small == 0 { 0 } else { small + along };
    let (cases, removed) = sums(order[..together].iter().copied());
    if together > 0 && cases < k {
        return vec![];
    }
    let mut named: Vec<Row> = order[together..].iter().rev().map(|r| (*r).clone()).collect();
    let unnamed = (together > 0).then(|| Row { name: String::new(), cases, removed });
    let names = named.len();
    named.extend(unnamed);
    // Of removals all rows tell or none: kept back one by one, they follow from the others and from these rules.
    let few = |n: u64| n > 0 && n < k;
    let tell = !named.iter().any(|r| few(r.removed) || few(r.rest()));
    let shown = |(n, r): (usize, &Row)| Shown {
        name: (n < names).then(|| r.name.clone()),
        cases: r.cases,
        removed: tell.then_some(r.removed.min(r.cases)),
    };
    named.iter().enumerate().map(shown).collect()
}

/// A table of them.
///
/// `sum` says that each case is in one row alone: then the row without a name stands in it. Where a case may be in several,
/// such a row would say nothing.
#[must_use]
pub fn table(id: &str, title: &str, head: &str, rows: &[Row], (k, sum): (u64, bool)) -> Table {
    let number = |n: Option<u64>| n.map_or_else(|| Cell::text(WITHHELD), Cell::Count);
    let name = |s: &Shown| Cell::Text(s.name.clone().unwrap_or_else(|| OTHERS.to_owned()));
    let shown = fold(rows, k).into_iter().filter(|s| sum || s.name.is_some());
    Table {
        id: id.to_owned(),
        title: title.to_owned(),
        note: String::new(),
        columns: [head, "Confirmed cases", "Removal seen"].map(str::to_owned).to_vec(),
        heads: 1,
        rows: shown.map(|s| vec![name(&s), Cell::Count(s.cases), number(s.removed)]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::K;
    use std::collections::HashMap;

    fn rows(counts: &[(u64, u64)]) -> Vec<Row> {
        let one = |(n, (cases, removed)): (usize, &(u64, u64))| Row {
            name: ["a", "b", "c", "d", "e"][n].into(),
            cases: *cases,
            removed: *removed,
        };
        counts.iter().enumerate().map(one).collect()
    }

    fn said(counts: &[(u64, u64)]) -> Vec<(String, u64, Option<u64>)> {
        fold(&rows(counts), K).into_iter().map(|s| (s.name.unwrap_or_default(), s.cases, s.removed)).collect()
    }

    #[test]
    fn small_rows_lose_their_names_and_take_one_along() {
        let row = |name: &str, cases, removed| (name.to_owned(), cases, removed);
        assert_eq!(said(&[(40, 20), (12, 0)]), [row("a", 40, Some(20)), row("b", 12, Some(0))]);
        assert_eq!(said(&[(40, 20), (12, 0), (3, 0)]), [row("a", 40, Some(20)), row("", 15, Some(0))]);
        assert_eq!(said(&[(40, 0), (12, 0), (12, 0), (3, 0)]), [row("a", 40, Some(0)), row("", 27, Some(0))]);
        assert_eq!(said(&[(3, 0), (4, 0)]), [], "seven together are too few");
        assert_eq!(said(&[(9, 0), (9, 0)]), [row("", 18, Some(0))]);
        assert_eq!(said(&[(50, 3), (40, 20)]), [row("a", 50, None), row("b", 40, None)], "3 would be the rest");
        assert_eq!(said(&[(0, 0)]), []);
    }

    /// Everything that is published of a world.
    type Page = (Option<Shown>, Vec<Shown>);

    /// Whoever knows the page, every name that there could be, and these very rules, considers each world that would look the
    /// same. No count from 1 to k - 1, of cases, removals or the rest, may be the same in all of them.
    fn attacked(worlds: &[Vec<(u64, u64)>], k: u64) {
        let mut looks: HashMap<Page, Vec<usize>> = HashMap::new();
        for (n, world) in worlds.iter().enumerate() {
            let all = rows(world);
            let page = (total(&all, k), fold(&all, k));
            for s in page.0.iter().chain(&page.1) {
                let cells = [Some(s.cases), s.removed, s.removed.map(|r| s.cases - r)];
                assert!(cells.iter().flatten().all(|n| *n == 0 || *n >= k), "{world:?}: {page:?}");
            }
            looks.entry(page).or_default().push(n);
        }
        for (page, same) in looks {
            for name in 0..worlds[0].len() {
                for of in [|c: (u64, u64)| c.0, |c: (u64, u64)| c.1, |c: (u64, u64)| c.0 - c.1] {
                    let first = of(worlds[same[0]][name]);
                    let certain = same.iter().all(|n| of(worlds[*n][name]) == first);
                    assert!(!certain || first == 0 || first >= k, "{:?} is given away by {page:?}", worlds[same[0]]);
                }
            }
        }
    }

    /// All counts of so many names that add up to at most `most`: a page's total is in it, so no world is missing.
    fn counts(names: usize, most: u64) -> Vec<Vec<u64>> {
        if names == 0 {
            return vec![vec![]];
        }
        let longer = |rest: Vec<u64>| {
            let left = most - rest.iter().sum::<u64>();
            (0..=left).map(move |n| [&rest[..], &[n]].concat())
        };
        counts(names - 1, most).into_iter().flat_map(longer).collect()
    }

    #[test]
    fn no_small_count_follows_from_what_is_shown() {
        for (names, most, k) in [(2, 60, K), (3, 45, K), (4, 24, 5), (5, 14, 3)] {
            let worlds: Vec<Vec<(u64, u64)>> =
                counts(names, most).into_iter().map(|w| w.into_iter().map(|c| (c, 0)).collect()).collect();
            attacked(&worlds, k);
        }
    }

    #[test]
    fn no_small_count_of_removals_follows_either() {
        for (names, most, k) in [(1, 40, K), (2, 26, 6), (3, 15, 3), (4, 11, 3)] {
            let mut worlds = vec![];
            for cases in counts(names, most) {
                let mut all: Vec<Vec<(u64, u64)>> = vec![vec![]];
                for c in cases {
                    all = all.into_iter().flat_map(|w| (0..=c).map(move |r| [&w[..], &[(c, r)]].concat())).collect();
                }
                worlds.extend(all);
            }
            attacked(&worlds, k);
        }
    }
}
