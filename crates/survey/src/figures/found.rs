//! What was found: advertisements and specimens by country, marketplace, group, product, live or not; claims; prices.

use crate::ads::{Ad, Once};
use crate::data::{Data, Row};
use crate::interval::{Z, wilson};
use crate::money::{self, hundredths, quartiles, written};
use crate::table::{Cell, Table};
use spotter_model::survey::{Answer, Asking, SellerType, Specimens};
use std::collections::{BTreeMap, BTreeSet};

/// What stands where a coder could not tell.
pub const CANNOT_TELL: &str = "cannot tell";

/// An answer in words.
#[must_use]
pub fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::CannotTell => CANNOT_TELL,
    }
}

fn seller(kind: SellerType) -> &'static str {
    match kind {
        SellerType::Private => "private",
        SellerType::Business => "business",
        SellerType::Auction => "auction house",
        SellerType::CannotTell => CANNOT_TELL,
    }
}

fn or_unknown(text: &str) -> String {
    if text.is_empty() { CANNOT_TELL.to_owned() } else { text.to_owned() }
}

/// Of a kind of specimen: how many are there for certain. A pair is two; what is weighed or measured, and what cannot be
/// counted, is one at least.
fn pieces(kind: &Specimens) -> u64 {
    match (kind.unit.as_str(), kind.count) {
        ("", Some(n)) => u64::from(n),
        ("pair", Some(n)) => 2 * u64::from(n),
        _ => 1,
    }
}

/// Kinds of a row; an advertisement without any offers one thing of which nothing can be told.
fn kinds(row: &Row) -> Vec<Specimens> {
    if row.specimens.is_empty() { vec![Specimens::default()] } else { row.specimens.clone() }
}

#[derive(Default)]
struct Sum {
    ads: u64,
    specimens: u64,
    sellers: BTreeSet<String>,
    unknown_sellers: u64,
}

/// Advertisements and specimens by some key of each kind; an advertisement counts once for each key.
fn counted(
    id: &str,
    title: &str,
    heads: &[&str],
    once: &Once<'_>,
    note: &str,
    key: impl Fn(&Row, &Specimens) -> Vec<String>,
) -> Table {
    let mut sums: BTreeMap<Vec<String>, Sum> = BTreeMap::new();
    for ad in &once.offers {
        let mut seen = BTreeSet::new();
        for kind in kinds(&ad.row) {
            let key = key(&ad.row, &kind);
            let sum = sums.entry(key.clone()).or_default();
            sum.specimens += pieces(&kind);
            if seen.insert(key) {
                sum.ads += 1;
                if ad.row.seller.is_empty() {
                    sum.unknown_sellers += 1;
                } else {
                    sum.sellers.insert(ad.row.seller.clone());
                }
            }
        }
    }
    let all = once.offers.len() as u64;
    let mut rows: Vec<(Vec<String>, Sum)> = sums.into_iter().collect();
    // What there is most of first; among equals by name.
    rows.sort_by(|a, b| b.1.ads.cmp(&a.1.ads).then_with(|| a.0.cmp(&b.0)));
    let rows = rows
        .into_iter()
        .map(|(key, sum)| {
            let mut cells: Vec<Cell> = key.into_iter().map(Cell::Text).collect();
            cells.extend([Cell::Count(sum.ads), Cell::maybe((all > 0).then(|| sum.ads as f64 / all as f64))]);
            cells.extend([
                Cell::Count(sum.specimens),
                Cell::Count(sum.sellers.len() as u64),
                Cell::Count(sum.unknown_sellers),
            ]);
            cells
        })
        .collect();
    let columns = ["Advertisements", "Share", "Specimens", "Sellers", "Advertisements without a seller's name"];
    Table {
        id: id.into(),
        title: title.into(),
        note: note.into(),
        columns: heads.iter().copied().chain(columns).map(str::to_owned).collect(),
        heads: heads.len(),
        rows,
    }
}

/// All tables of what was found.
pub(super) fn tables(data: &Data, ads: &[Ad], once: &Once<'_>) -> Vec<Table> {
    let live = |row: &Row, _: &Specimens| vec![answer(row.live).to_owned()];
    let kinds = "An advertisement that offers several kinds counts once for each.";
    let specimens = "Specimens are those that are there for certain: what cannot be counted, and what is weighed or measured, is one.";
    vec![
        overview(data, ads, once),
        counted("countries", "By country", &["Country"], once, specimens, |row, _| vec![row.country.clone()]),
        counted("marketplaces", "By marketplace", &["Country", "Marketplace"], once, "", |row, _| {
            vec![row.country.clone(), row.host.clone()]
        }),
        counted("groups", "By group", &["Group"], once, kinds, |_, kind| {
            vec![kind.group.map_or(CANNOT_TELL, |g| g.word()).to_owned()]
        }),
        counted("products", "By product", &["CITES trade term"], once, kinds, |_, kind| vec![or_unknown(&kind.term)]),
        counted("taxa", "By taxon", &["Scientific name"], once, kinds, |_, kind| {
            vec![or_unknown(&kind.scientific_name)]
        }),
        counted("live", "Alive or not", &["Something alive"], once, "", live),
        counted("sellers", "By kind of seller", &["Seller"], once, "", |row, _| {
            vec![seller(row.seller_type).to_owned()]
        }),
        quantities(once),
        claims(once),
        prices(data, once),
    ]
}

fn overview(data: &Data, ads: &[Ad], once: &Once<'_>) -> Table {
    let with = |answer| ads.iter().filter(|ad| ad.row.included == answer).count() as u64;
    let listings: BTreeSet<&str> = data.seen.iter().map(|s| s.listing.as_str()).collect();
    let rows = [
        ("Listings that searches showed", listings.len() as u64),
        ("Advertisements coded", ads.len() as u64),
        ("of them coded by two or more", ads.iter().filter(|a| a.coders > 1).count() as u64),
        ("Answers in which coders differ and none was chosen", ads.iter().map(|a| a.open as u64).sum()),
        ("Advertisements that count", with(Answer::Yes)),
        ("that do not", with(Answer::No)),
        ("of which it cannot be told", with(Answer::CannotTell)),
        ("Left out: same seller, title and marketplace", once.same_title),
        ("Left out: same picture", once.same_picture),
        ("Offers, each counted once", once.offers.len() as u64),
        ("Specimens offered, at least", once.offers.iter().flat_map(|ad| kinds(&ad.row)).map(|k| pieces(&k)).sum()),
    ];
    Table {
        id: "overview".into(),
        title: "Overview".into(),
        note: "The tables of what was found count offers, each once.".into(),
        columns: vec!["What".into(), "How many".into()],
        heads: 1,
        rows: rows.into_iter().map(|(what, n)| vec![Cell::text(what), Cell::Count(n)]).collect(),
    }
}

fn quantities(once: &Once<'_>) -> Table {
    let mut sums: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
    for kind in once.offers.iter().flat_map(|ad| kinds(&ad.row)) {
        if let Some(n) = kind.count {
            let unit = if kind.unit.is_empty() { "specimens".to_owned() } else { kind.unit.clone() };
            let sum = sums.entry((or_unknown(&kind.term), unit)).or_default();
            *sum = (sum.0 + 1, sum.1 + u64::from(n));
        }
    }
    let row = |((term, unit), (times, n)): ((String, String), (u64, u64))| {
        vec![Cell::Text(term), Cell::Text(unit), Cell::Count(times), Cell::Count(n)]
    };
    Table {
        id: "quantities".into(),
        title: "Quantities, where they are named".into(),
        note: String::new(),
        columns: ["CITES trade term", "Unit", "Times", "Sum"].map(str::to_owned).to_vec(),
        heads: 2,
        rows: sums.into_iter().map(row).collect(),
    }
}

fn claims(once: &Once<'_>) -> Table {
    let n = once.offers.len() as u64;
    let mut rows = vec![];
    type Of = fn(&Row) -> Answer;
    let claims: [(&str, Of); 2] =
        [("that it is legal, or a paper", |r| r.legality_claim), ("that it is old", |r| r.age_claim)];
    for (claim, of) in claims {
        let times = |answer| once.offers.iter().filter(|ad| of(&ad.row) == answer).count() as u64;
        let share = wilson(times(Answer::Yes), n);
        rows.push(vec![
            Cell::text(claim),
            Cell::Count(times(Answer::Yes)),
            Cell::Count(n),
            Cell::maybe(share.map(|s| s.value)),
            Cell::maybe(share.map(|s| s.low)),
            Cell::maybe(share.map(|s| s.high)),
            Cell::Count(times(Answer::CannotTell)),
        ]);
    }
    Table {
        id: "claims".into(),
        title: "Claims of sellers".into(),
        note: format!(
            "Ends are of Wilson's 95 % interval (z = {Z:.4}). A claim is what the seller says; nobody checked it."
        ),
        columns: ["Claim", "Yes", "Of", "Share", "Lower end", "Upper end", "Cannot tell"].map(str::to_owned).to_vec(),
        heads: 1,
        rows,
    }
}

fn prices(data: &Data, once: &Once<'_>) -> Table {
    let (mut by_currency, mut together): (BTreeMap<&str, Vec<i64>>, Vec<i64>) = (BTreeMap::new(), vec![]);
    for ad in &once.offers {
        if let Asking::Stated { amount, currency } = &ad.row.asking
            && let Some(price) = hundredths(amount)
        {
            by_currency.entry(currency).or_default().push(price);
            together.extend(data.rates.as_ref().and_then(|r| r.convert(price, currency)));
        }
    }
    let base = data.rates.as_ref().map(|r| r.base.as_str());
    let line = |name: String, mut all: Vec<i64>, converted: Option<Vec<i64>>| {
        all.sort_unstable();
        let mut cells = vec![Cell::Text(name), Cell::Count(all.len() as u64)];
        let of = |q: Option<[i64; 3]>, n: usize| q.map_or(Cell::Nothing, |q| Cell::Text(written(q[n])));
        let q = quartiles(&all);
        cells.extend([of(q, 0), of(q, 1), of(q, 2)]);
        cells.push(Cell::Text(written(all.iter().fold(0, |sum: i64, p| sum.saturating_add(*p)))));
        let mut other = converted.unwrap_or_default();
        other.sort_unstable();
        cells.push(of(quartiles(&other), 1));
        cells
    };
    let mut rows: Vec<Vec<Cell>> = by_currency
        .into_iter()
        .map(|(currency, all)| {
            let converted = data.rates.as_ref().map(|r| all.iter().filter_map(|p| r.convert(*p, currency)).collect());
            line(currency.to_owned(), all, converted)
        })
        .collect();
    if let Some(base) = base {
        rows.push(line(format!("all, in {base}"), together.clone(), Some(together)));
    }
    let note = data.rates.as_ref().map_or_else(
        || {
            "Prices are for all that an advertisement offers together. No rates were supplied, so none is converted."
                .to_owned()
        },
        |r| {
            format!(
                "Prices are for all that an advertisement offers together. Rates of {}: {}.",
                r.on,
                r.source.trim_end_matches('.')
            )
        },
    );
    let median = base.map_or("Median, converted".to_owned(), |b| format!("Median in {b}"));
    let mut columns: Vec<String> =
        ["Currency", "Prices named", "Lower quartile", "Median", "Upper quartile", "Sum"].map(str::to_owned).to_vec();
    columns.push(median);
    Table { id: "prices".into(), title: "Asking prices".into(), note, columns, heads: 1, rows }
}

/// For whoever shows a price.
#[must_use]
pub fn price(asking: &Asking) -> String {
    match asking {
        Asking::Stated { amount, currency } => {
            hundredths(amount).map_or_else(String::new, |h| format!("{} {currency}", money::written(h)))
        }
        Asking::NotStated => "none named".into(),
        Asking::CannotTell => CANNOT_TELL.into(),
    }
}
