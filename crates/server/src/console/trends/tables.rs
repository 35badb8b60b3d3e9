//! Every table of trends: what it is called, what has to be known to read it, which of its columns is drawn. Owns the words;
//! the counting is `store::trends`'s.

use crate::clock;
use crate::console::text::attribute;
use crate::console::words;
use crate::store::sql::Pool;
use crate::store::trends::refused::{self, Share};
use crate::store::trends::{self, By, Count, ROWS, Range, Span, Times};
use spotter_model::Date;
use spotter_survey::chart::Chart;
use spotter_survey::table::{Cell, Table};
use std::collections::BTreeMap;

/// The tables, in the order in which they are shown.
pub const ALL: [&str; 12] = [
    "weeks",
    "groups",
    "products",
    "marketplaces",
    "countries",
    "languages",
    "methods",
    "times",
    "relisting",
    "refused",
    "terms",
    "new-terms",
];

const STEPS: [&str; 5] = ["Cases", "Confirmed", "Company told", "Removal seen", "There again"];

fn named(id: &str, title: &str, note: &str, columns: &[&str]) -> Table {
    Table {
        id: id.to_owned(),
        title: title.to_owned(),
        note: note.to_owned(),
        columns: columns.iter().map(|&c| c.to_owned()).collect(),
        heads: 1,
        rows: vec![],
    }
}

fn steps(c: &Count) -> [Cell; 5] {
    [c.cases, c.confirmed, c.told, c.removed, c.relisted].map(Cell::Count)
}

/// Foreign words, for a page, a file and a picture alike: what hides in them becomes one visible sign.
fn foreign(value: &str) -> Cell {
    Cell::Text(attribute(value))
}

fn known(value: &str, unknown: &str) -> Cell {
    if value.is_empty() { Cell::text(unknown) } else { foreign(value) }
}

/// A table by one thing that cases have in common.
fn counted(
    id: &str,
    (title, head, note): (&str, &str, &str),
    counts: &[Count],
    name: impl Fn(&str) -> String,
) -> Table {
    let note = if counts.len() as i64 >= ROWS {
        format!("The {ROWS} with the most cases; the rest is left out. {note}")
    } else {
        note.to_owned()
    };
    let mut table = named(id, title, note.trim(), &[head, STEPS[0], STEPS[1], STEPS[2], STEPS[3], STEPS[4]]);
    let row = |c: &Count| std::iter::once(known(&name(&c.value), "Not known")).chain(steps(c)).collect();
    table.rows = counts.iter().map(row).collect();
    table
}

/// Days added up to weeks by the Monday on which they begin.
fn weeks(days: &[Count]) -> Table {
    let mut all: BTreeMap<String, Count> = BTreeMap::new();
    for day in days {
        let at = clock::read(&format!("{}T00:00:00Z", day.value));
        let monday = at.map_or_else(|| day.value.clone(), |at| clock::day(clock::week_of(at)));
        let week = all.entry(monday).or_default();
        week.cases += day.cases;
        week.confirmed += day.confirmed;
        week.told += day.told;
        week.removed += day.removed;
        week.relisted += day.relisted;
    }
    let mut table = named(
        "weeks",
        "By week",
        "The Monday of the week in which the first report came; days in UTC.",
        &["Week of", STEPS[0], STEPS[1], STEPS[2], STEPS[3], STEPS[4]],
    );
    table.rows = all.iter().map(|(m, c)| std::iter::once(Cell::text(m)).chain(steps(c)).collect()).collect();
    table
}

/// Tenths as they are read.
fn tenths(n: i64) -> Cell {
    let n = n.max(0);
    Cell::Text(format!("{}.{}", n / 10, n % 10))
}

fn times(spans: &[Vec<Times>; 3]) -> Table {
    let mut table = named(
        "times",
        "How long it takes, by company",
        "In hours. To the first decision from the first report; to the notice from the confirmation; to the removal from the notice. \
         A removal counts from the day on which a reviewer looked and the company or the page said so. Median: half took no longer.",
        &[
            "Company",
            "Decided",
            "To the decision, median",
            "To the decision, nine of ten within",
            "Told",
            "To the notice, median",
            "To the notice, nine of ten within",
            "Removals seen",
            "To the removal, median",
            "To the removal, nine of ten within",
        ],
    );
    let mut companies: Vec<&str> = spans.iter().flatten().map(|t| t.company.as_str()).collect();
    // Marketplaces of no company come last.
    companies.sort_unstable_by_key(|name| (name.is_empty(), *name));
    companies.dedup();
    for company in companies {
        let mut row = vec![known(company, "No company")];
        for span in spans {
            match span.iter().find(|t| t.company == company) {
                Some(t) => row.extend([Cell::Count(t.of), tenths(t.median), tenths(t.p90)]),
                None => row.extend([Cell::Count(0), Cell::Nothing, Cell::Nothing]),
            }
        }
        table.rows.push(row);
    }
    table
}

/// A share in percent with one digit, rounded half up; nothing where it is of none.
#[must_use]
pub fn percent(part: u64, of: u64) -> Cell {
    if of == 0 {
        return Cell::Nothing;
    }
    let tenths = (2_000 * part + of) / (2 * of);
    Cell::Text(format!("{}.{}", tenths / 10, tenths % 10))
}

fn relisting(companies: Vec<trends::Again>) -> Table {
    let mut table = named(
        "relisting",
        "There again",
        "Cases whose listing was seen removed, or stood there again after it had gone; and in how many of a hundred it did.",
        &["Company", "Had gone", "There again", "Of a hundred"],
    );
    let row = |a: trends::Again| {
        let share = percent(a.relisted, a.gone);
        vec![known(&a.company, "No company"), Cell::Count(a.gone), Cell::Count(a.relisted), share]
    };
    table.rows = companies.into_iter().map(row).collect();
    table
}

fn refused(shares: Vec<Share>) -> Table {
    let mut table = named(
        "refused",
        "Refused or called wrong",
        "Of each company's last 100 answered notices, whenever they went: those whose listing it let stand or put back, and those \
         that it called wrong in the file that came back. More than 5 of a hundred is too many: look at how cases are confirmed.",
        &["Company", "Answered", "Refused or called wrong", "Of a hundred", "Too many"],
    );
    let row = |s: Share| {
        let (share, word) = (percent(s.wrong, s.answered), if s.is_too_many() { "yes" } else { "no" });
        vec![foreign(&s.company), Cell::Count(s.answered), Cell::Count(s.wrong), share, Cell::text(word)]
    };
    table.rows = shares.into_iter().map(row).collect();
    table
}

/// A table by its name; `None` where there is no such table.
///
/// # Errors
/// Where the database fails.
pub async fn one(pool: &Pool, id: &str, range: &Range) -> sqlx::Result<Option<Table>> {
    let by = |by| trends::counts(pool, by, range);
    let same = |v: &str| v.to_owned();
    Ok(Some(match id {
        "weeks" => weeks(&by(By::Day).await?),
        "groups" => counted(id, ("By group", "Group", ""), &by(By::Group).await?, words::mark),
        "products" => counted(
            id,
            ("By product", "CITES trade term", "A case with several counts for each."),
            &by(By::Product).await?,
            words::product,
        ),
        "marketplaces" => counted(id, ("By marketplace", "Marketplace", ""), &by(By::Marketplace).await?, same),
        "countries" => counted(
            id,
            ("By country", "Country of the marketplace", "A marketplace for several countries has none."),
            &by(By::Country).await?,
            same,
        ),
        "languages" => counted(id, ("By language", "Language of the offer", ""), &by(By::Language).await?, same),
        "methods" => counted(
            id,
            ("By method", "How the offer is hidden", "A case with several counts for each."),
            &by(By::Method).await?,
            words::concept,
        ),
        "times" => {
            let (decision, notice, removal) = tokio::try_join!(
                trends::times(pool, Span::Decision, range),
                trends::times(pool, Span::Notice, range),
                trends::times(pool, Span::Removal, range),
            )?;
            times(&[decision, notice, removal])
        }
        "relisting" => relisting(trends::relisting(pool, range).await?),
        "refused" => refused(refused::all(pool).await?),
        "terms" => {
            let note =
                "Words and methods that spotters suggested in this time. The language is the one that a reviewer gave.";
            let mut table =
                named(id, "Suggested terms", note, &["Language", "Suggested", "Accepted", "Declined", "Waiting"]);
            let row = |t: trends::Terms| {
                let waiting = t.suggested.saturating_sub(t.accepted + t.declined);
                let counts = [t.suggested, t.accepted, t.declined, waiting].map(Cell::Count);
                std::iter::once(known(&t.lang, "Not given")).chain(counts).collect()
            };
            table.rows = trends::terms(pool, range).await?.into_iter().map(row).collect();
            table
        }
        "new-terms" => {
            let mut table = named(
                id,
                "New terms",
                "Words that were accepted in this time for the first time, newest first; at most 200. For all cohorts.",
                &["Term", "Language", "Meaning", "Suggested by", "Accepted on"],
            );
            let row = |t: trends::NewTerm| {
                let on = t.accepted_at.get(..10).unwrap_or_default().to_owned();
                vec![
                    foreign(&t.word),
                    foreign(&t.lang),
                    foreign(&words::concept(&t.concept)),
                    Cell::Count(t.suggested),
                    Cell::Text(on),
                ]
            };
            table.rows = trends::new_terms(pool, range).await?.into_iter().map(row).collect();
            table
        }
        _ => return Ok(None),
    }))
}

/// Every table, in the order of [`ALL`], counted side by side on as many readers as there are.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool, range: &Range) -> sqlx::Result<Vec<Table>> {
    let table = |id: &'static str| one(pool, id, range);
    let [
        weeks,
        groups,
        products,
        marketplaces,
        countries,
        languages,
        methods,
        times,
        relisting,
        refused,
        terms,
        new_terms,
    ] = ALL;
    // What takes longest begins first.
    let (c, h, g, a, b, d, e, f, i, j, k, l) = tokio::try_join!(
        table(products),
        table(times),
        table(methods),
        table(weeks),
        table(groups),
        table(marketplaces),
        table(countries),
        table(languages),
        table(relisting),
        table(refused),
        table(terms),
        table(new_terms),
    )?;
    Ok([a, b, c, d, e, f, g, h, i, j, k, l].into_iter().flatten().collect())
}

/// What is drawn of a table.
#[must_use]
pub fn chart(table: &Table) -> Option<Chart> {
    let (column, title) = match table.id.as_str() {
        "weeks" => (STEPS[0], "Cases by week"),
        "groups" => (STEPS[0], "Cases by group"),
        "products" => (STEPS[0], "Cases by product"),
        "marketplaces" => (STEPS[0], "Cases by marketplace"),
        "countries" => (STEPS[0], "Cases by country"),
        "languages" => (STEPS[0], "Cases by language"),
        "methods" => (STEPS[0], "Cases by method"),
        "times" => ("To the removal, median", "Hours from the notice to the removal, median"),
        "relisting" => ("There again", "Cases that stood there again"),
        "refused" => ("Of a hundred", "Refused or called wrong, of a hundred answered notices"),
        "terms" => ("Suggested", "Suggested terms by language"),
        _ => return None,
    };
    // The newest weeks are the ones that are drawn, in the order of time.
    if table.id == "weeks" {
        let skip = table.rows.len().saturating_sub(40);
        return Chart::of(&Table { rows: table.rows[skip..].to_vec(), ..table.clone() }, column, title);
    }
    Chart::of(table, column, title)
}

/// What the file of a table is called.
#[must_use]
pub fn file_name(id: &str, from: Date, until: Date) -> String {
    format!("trends-{id}-{from}-{until}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_half_up() {
        for (part, of, want) in [(0, 7, "0.0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 2_000, "0.1"), (5, 5, "100.0")] {
            assert_eq!(percent(part, of).shown(), want, "{part} of {of}");
        }
        assert_eq!(percent(0, 0), Cell::Nothing);
    }

    #[test]
    fn days_become_weeks_from_monday_on() {
        let day = |value: &str, cases| Count { value: value.into(), cases, ..Count::default() };
        let table = weeks(&[day("2026-11-22", 1), day("2026-11-23", 2), day("2026-11-29", 4), day("2026-11-30", 8)]);
        let shown: Vec<(String, String)> = table.rows.iter().map(|r| (r[0].shown(), r[1].shown())).collect();
        let want = [("2026-11-16", "1"), ("2026-11-23", "6"), ("2026-11-30", "8")];
        assert_eq!(shown, want.map(|(w, n)| (w.to_owned(), n.to_owned())));
    }
}
