//! How far the survey can be trusted: agreement of coders, what the detector found and missed, the likely total, and how all
//! of it moved from week to week.

use super::found::CANNOT_TELL;
use crate::ads::{Ad, by_listing};
use crate::agree::{Metric, alpha, kappa, numbered};
use crate::data::{Data, Row, Seen};
use crate::interval::{Estimate, Strata, chapman, recall, wilson};
use crate::money::hundredths;
use crate::table::{Cell, Table};
use spotter_model::survey::{Answer, Asking};
use spotter_model::{Date, Level};
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) fn tables(data: &Data, ads: &[Ad]) -> Vec<Table> {
    vec![agreement(data), detector(data, ads), totals(data), weeks(data)]
}

fn table(id: &str, title: &str, note: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    let columns = columns.iter().map(|c| (*c).to_owned()).collect();
    Table { id: id.into(), title: title.into(), note: note.into(), columns, heads: 1, rows }
}

/// Kinds of one thing in a row, in order, as one word.
fn all(row: &Row, of: impl Fn(&spotter_model::survey::Specimens) -> String) -> String {
    let words: BTreeSet<String> =
        row.specimens.iter().map(of).map(|w| if w.is_empty() { CANNOT_TELL.into() } else { w }).collect();
    if words.is_empty() { CANNOT_TELL.into() } else { words.into_iter().collect::<Vec<_>>().join("+") }
}

/// How many pieces a row names; `None` where it names none.
fn count(row: &Row) -> Option<f64> {
    let named: Vec<u32> = row.specimens.iter().filter(|k| k.unit.is_empty()).filter_map(|k| k.count).collect();
    (!named.is_empty()).then(|| named.iter().map(|n| f64::from(*n)).sum())
}

/// A field whose answers are words.
type Words = (&'static str, fn(&Row) -> String);

fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

const WORDS: [Words; 8] = [
    ("group", |r| all(r, |k| k.group.map_or(String::new(), |g| g.word().to_owned()))),
    ("term", |r| all(r, |k| k.term.clone())),
    ("scientificName", |r| all(r, |k| k.scientific_name.to_lowercase())),
    ("live", |r| word(&r.live)),
    ("legality_claim", |r| word(&r.legality_claim)),
    ("age_claim", |r| word(&r.age_claim)),
    ("seller_type", |r| word(&r.seller_type)),
    ("asking", |r| match &r.asking {
        Asking::Stated { .. } => "stated".into(),
        Asking::NotStated => "not_stated".into(),
        Asking::CannotTell => "cannot_tell".into(),
    }),
];

fn nominal(field: &str, units: &[Vec<String>]) -> Vec<Cell> {
    let pairs: Vec<(&String, &String)> = units.iter().map(|u| (&u[0], &u[1])).collect();
    let same = pairs.iter().filter(|(a, b)| a == b).count() as u64;
    let share = wilson(same, pairs.len() as u64);
    vec![
        Cell::text(field),
        Cell::text("nominal"),
        Cell::Count(pairs.len() as u64),
        Cell::maybe(share.map(|s| s.value)),
        Cell::maybe(kappa(&pairs)),
        Cell::maybe(alpha(&numbered(units), Metric::Nominal)),
    ]
}

fn measured(field: &str, name: &str, units: &[Vec<f64>], metric: Metric) -> Vec<Cell> {
    let same = units.iter().filter(|u| u[0] == u[1]).count() as u64;
    let share = wilson(same, units.len() as u64);
    vec![
        Cell::text(field),
        Cell::text(name),
        Cell::Count(units.len() as u64),
        Cell::maybe(share.map(|s| s.value)),
        Cell::Nothing,
        Cell::maybe(alpha(units, metric)),
    ]
}

/// The advertisements that two coded or more, each with its rows: the first coder's first.
fn twice(data: &Data) -> Vec<Vec<&Row>> {
    by_listing(data).into_values().filter(|rows| rows.len() >= 2).collect()
}

fn agreement(data: &Data) -> Table {
    let twice = twice(data);
    let both: Vec<&Vec<&Row>> =
        twice.iter().filter(|rows| rows[..2].iter().all(|r| r.included == Answer::Yes)).collect();
    let counting = |rows: &[&Row]| -> Vec<Row> {
        rows.iter().filter(|r| r.included == Answer::Yes).map(|r| (*r).clone()).collect()
    };
    let of = |rows: &[Row], f: fn(&Row) -> String| -> Vec<String> { rows.iter().map(f).collect() };
    let included: Vec<Vec<String>> =
        twice.iter().map(|rows| rows.iter().map(|r| word(&r.included)).collect()).collect();
    let both: Vec<Vec<Row>> = both.into_iter().map(|rows| counting(rows)).collect();
    let mut rows = vec![nominal("included", &included)];
    for (field, f) in WORDS {
        rows.push(nominal(field, &both.iter().map(|u| of(u, f)).collect::<Vec<_>>()));
    }
    let counts: Vec<Vec<f64>> =
        both.iter().map(|u| u.iter().filter_map(count).collect()).filter(|u: &Vec<f64>| u.len() >= 2).collect();
    rows.push(measured("count", "ordinal", &counts, Metric::Ordinal));
    let prices: Vec<Vec<f64>> = both.iter().filter_map(|u| same_currency(u)).collect();
    rows.push(measured("price", "interval", &prices, Metric::Interval));
    table(
        "agreement",
        "Agreement of coders",
        "Of advertisements that two coders coded independently, before anything was chosen between them. Kappa compares the first coder with the second; fields after the first, where both say that the advertisement counts. \"Cannot tell\" is an answer like others, but for counts and prices, where only named ones are compared.",
        &["Field", "Scale", "Coded twice", "Same answer", "Cohen's kappa", "Krippendorff's alpha"],
        rows,
    )
}

/// Prices that were named in one currency.
fn same_currency(rows: &[Row]) -> Option<Vec<f64>> {
    let mut named = rows.iter().filter_map(|r| match &r.asking {
        Asking::Stated { amount, currency } => hundredths(amount).map(|h| (h as f64 / 100.0, currency)),
        _ => None,
    });
    let (first, currency) = named.next()?;
    let rest: Vec<f64> = named.filter(|(_, c)| *c == currency).map(|(price, _)| price).collect();
    (!rest.is_empty()).then(|| [vec![first], rest].concat())
}

/// A listing over all its sightings: any mark counts, and so does being laid before a coder.
#[derive(Clone, Copy, Default)]
struct Sight {
    flagged: bool,
    offered: bool,
}

fn sights<'a>(seen: impl Iterator<Item = &'a Seen>) -> BTreeMap<&'a str, Sight> {
    let mut all: BTreeMap<&str, Sight> = BTreeMap::new();
    for s in seen {
        let sight = all.entry(&s.listing).or_default();
        sight.flagged |= s.level != Level::None;
        sight.offered |= s.offered;
    }
    all
}

/// Census of the flagged, sample of the others.
#[must_use]
fn strata(sights: &BTreeMap<&str, Sight>, said: &HashMap<&str, Answer>) -> Strata {
    let mut s = Strata::default();
    for (listing, sight) in sights {
        let answer = said.get(listing).copied().filter(|a| *a != Answer::CannotTell);
        let (coded, counts) = (u64::from(answer.is_some()), u64::from(answer == Some(Answer::Yes)));
        if sight.flagged {
            s.flagged += 1;
            s.flagged_coded += coded;
            s.flagged_count += counts;
        } else {
            s.unflagged += 1;
            // What a coder found by other ways is no part of the random sample.
            if sight.offered {
                s.unflagged_coded += coded;
                s.unflagged_count += counts;
            }
        }
    }
    s
}

fn ends(e: Option<Estimate>) -> [Cell; 3] {
    [Cell::maybe(e.map(|e| e.value)), Cell::maybe(e.map(|e| e.low)), Cell::maybe(e.map(|e| e.high))]
}

fn detector(data: &Data, ads: &[Ad]) -> Table {
    let said: HashMap<&str, Answer> = ads.iter().map(|ad| (ad.row.listing.as_str(), ad.row.included)).collect();
    let hosts: BTreeSet<&str> = data.seen.iter().map(|s| s.host.as_str()).collect();
    let mut rows = vec![];
    for host in [None].into_iter().chain(hosts.into_iter().map(Some)) {
        let s = strata(&sights(data.seen.iter().filter(|s| host.is_none_or(|h| s.host == h))), &said);
        let mut cells = vec![Cell::text(host.unwrap_or("all"))];
        cells.extend([s.flagged, s.flagged_coded, s.flagged_count].map(Cell::Count));
        cells.extend(ends(wilson(s.flagged_count, s.flagged_coded)));
        cells.extend([s.unflagged, s.unflagged_coded, s.unflagged_count].map(Cell::Count));
        cells.extend(ends(recall(&s)));
        rows.push(cells);
    }
    table(
        "detector",
        "The detector",
        "Precision: of the flagged listings that were coded, those that count, with Wilson's 95 % interval. Recall: of all that count, those that were flagged; what was missed is estimated from the sample of unflagged listings (Clopper-Pearson, 95 %). \"Cannot tell\" counts as not coded.",
        &[
            "Marketplace",
            "Flagged",
            "Flagged, coded",
            "of them counting",
            "Precision",
            "Precision, lower end",
            "Precision, upper end",
            "Unflagged",
            "Unflagged, drawn and coded",
            "of them counting (missed)",
            "Recall",
            "Recall, lower end",
            "Recall, upper end",
        ],
        rows,
    )
}

fn totals(data: &Data) -> Table {
    let mut by: BTreeMap<&str, [BTreeSet<&str>; 2]> = BTreeMap::new();
    let mut coders: HashMap<&str, BTreeSet<u32>> = HashMap::new();
    for row in &data.rows {
        coders.entry(&row.task).or_default().insert(row.nth);
    }
    let seen_twice = |task: &str| coders.get(task).is_some_and(|nths| nths.contains(&1) && nths.contains(&2));
    for row in data.rows.iter().filter(|r| r.included == Answer::Yes && (1..=2).contains(&r.nth) && seen_twice(&r.task))
    {
        for place in ["all", row.country.as_str()] {
            by.entry(place).or_default()[row.nth as usize - 1].insert(&row.listing);
        }
    }
    let mut rows: Vec<Vec<Cell>> = vec![];
    for (place, [first, second]) in by {
        let both = first.intersection(&second).count() as u64;
        let (a, b) = (first.len() as u64, second.len() as u64);
        let mut cells =
            vec![Cell::text(place), Cell::Count(a), Cell::Count(b), Cell::Count(both), Cell::Count(a + b - both)];
        cells.extend(ends(chapman(a, b, both)));
        rows.push(cells);
    }
    rows.sort_by_key(|r| r[0] != Cell::text("all"));
    table(
        "totals",
        "How many there are in the searches done twice",
        "Chapman's estimate of the advertisements that count, seen or not, in the searches that two coders did independently, with Sadinle's 95 % interval. It holds where one coder's finding says nothing of the other's; what is hard for both makes it too low.",
        &["Country", "First coder", "Second coder", "Both", "Seen", "Estimate", "Lower end", "Upper end"],
        rows,
    )
}

/// The week of looking, from 1; 0 before the first day.
fn week(data: &Data, on: Date) -> i64 {
    let days = on.days_since_epoch() - data.protocol.from.days_since_epoch();
    if days < 0 { 0 } else { days / 7 + 1 }
}

#[derive(Default)]
struct Week<'a> {
    codings: u64,
    counting: u64,
    seen: Vec<&'a Seen>,
    pairs: Vec<(Answer, Answer)>,
}

fn weeks(data: &Data) -> Table {
    let mut all: BTreeMap<i64, Week<'_>> = BTreeMap::new();
    for row in &data.rows {
        let week = all.entry(week(data, row.on)).or_default();
        week.codings += 1;
        week.counting += u64::from(row.included == Answer::Yes);
    }
    for seen in &data.seen {
        all.entry(week(data, seen.on)).or_default().seen.push(seen);
    }
    for rows in twice(data) {
        all.entry(week(data, rows[0].on)).or_default().pairs.push((rows[0].included, rows[1].included));
    }
    let rows = all
        .into_iter()
        .map(|(n, week)| {
            let sights = sights(week.seen.into_iter());
            let flagged = sights.values().filter(|s| s.flagged).count() as u64;
            let pairs: Vec<(String, String)> = week.pairs.iter().map(|(a, b)| (word(a), word(b))).collect();
            let same = pairs.iter().filter(|(a, b)| a == b).count() as u64;
            let mut cells = vec![Cell::text(n.to_string()), Cell::Count(week.codings)];
            cells.extend(ends(wilson(week.counting, week.codings)));
            cells.push(Cell::Count(sights.len() as u64));
            cells.push(Cell::maybe(wilson(flagged, sights.len() as u64).map(|e| e.value)));
            cells.push(Cell::Count(pairs.len() as u64));
            cells.push(Cell::maybe(wilson(same, pairs.len() as u64).map(|e| e.value)));
            cells.push(Cell::maybe(kappa(&pairs)));
            cells
        })
        .collect();
    table(
        "weeks",
        "From week to week",
        "Weeks of seven days from the first day of looking. A share that moves, or agreement that falls, is a reason to look at how coders code.",
        &[
            "Week",
            "Codings",
            "Share that counts",
            "Lower end",
            "Upper end",
            "Listings seen",
            "Share flagged",
            "Coded twice",
            "Same answer whether it counts",
            "Kappa of it",
        ],
        rows,
    )
}
