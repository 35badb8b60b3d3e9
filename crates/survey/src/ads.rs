//! Advertisements: what several coders said of one made into one answer, and the same offer counted once.

use crate::data::{Data, Row};
use serde::Serialize;
use serde_json::Value;
use spotter_model::survey::Answer;
use std::collections::{BTreeMap, HashMap};

/// The fields in which coders can differ, as a coding names them.
pub const FIELDS: [&str; 7] = ["included", "specimens", "asking", "live", "legality_claim", "age_claim", "seller_type"];

fn take(into: &mut Row, from: &Row, field: &str) {
    match field {
        "included" => into.included = from.included,
        "specimens" => into.specimens.clone_from(&from.specimens),
        "asking" => into.asking.clone_from(&from.asking),
        "live" => into.live = from.live,
        "legality_claim" => into.legality_claim = from.legality_claim,
        "age_claim" => into.age_claim = from.age_claim,
        "seller_type" => into.seller_type = from.seller_type,
        _ => {}
    }
}

/// The fields in which codings of one advertisement differ, as rows or as they were sent. Where no two say that it counts,
/// nothing else is asked.
#[must_use]
pub fn differing<T: Serialize>(codings: &[&T]) -> Vec<&'static str> {
    let all: Vec<Value> = codings.iter().map(|c| serde_json::to_value(c).unwrap_or_default()).collect();
    let differ = |field: &&str| all.windows(2).any(|w| w[0][*field] != w[1][*field]);
    let asked = all.iter().filter(|c| c["included"] == "yes").count() >= 2;
    FIELDS.into_iter().filter(|f| *f == "included" || asked).filter(differ).collect()
}

/// Rows by listing, in order.
#[must_use]
pub fn by_listing(data: &Data) -> BTreeMap<&str, Vec<&Row>> {
    let mut all: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &data.rows {
        all.entry(&row.listing).or_default().push(row);
    }
    all
}

/// A listing with one answer in each field.
#[derive(Clone, Debug)]
pub struct Ad {
    /// The answers. Its coder is the first one.
    pub row: Row,
    /// How many coded it.
    pub coders: usize,
    /// Fields in which they differ and of which the lead chose none.
    pub open: usize,
}

/// One answer for each listing: the first coder's, but where the lead chose another's.
#[must_use]
pub fn ads(data: &Data) -> Vec<Ad> {
    let settled: HashMap<&str, &BTreeMap<String, String>> =
        data.settled.iter().map(|s| (s.listing.as_str(), &s.choices)).collect();
    by_listing(data)
        .into_iter()
        .map(|(listing, rows)| {
            let mut row = rows[0].clone();
            let choices = settled.get(listing);
            let mut open = 0;
            for field in differing(&rows) {
                let chosen = choices.and_then(|c| c.get(field)).and_then(|who| rows.iter().find(|r| r.coder == *who));
                match chosen {
                    Some(from) => take(&mut row, from, field),
                    None => open += 1,
                }
            }
            // Who says that it counts answers the rest, where the first coder did not.
            if row.included == Answer::Yes
                && rows[0].included != Answer::Yes
                && let Some(from) = rows.iter().find(|r| r.included == Answer::Yes)
            {
                for field in &FIELDS[1..] {
                    take(&mut row, from, field);
                }
            }
            Ad { row, coders: rows.len(), open }
        })
        .collect()
}

/// Offers, each counted once.
#[derive(Clone, Debug, Default)]
pub struct Once<'a> {
    /// The offers: of each the advertisement that was coded first.
    pub offers: Vec<&'a Ad>,
    /// Advertisements left out since the same seller put the same title on the same marketplace before.
    pub same_title: u64,
    /// Left out since another advertisement has the same picture.
    pub same_picture: u64,
}

/// Counts what is offered several times once: the same title of the same seller on one marketplace, or the same picture
/// anywhere. The same listing, on other days or in other searches, is one advertisement anyway.
#[must_use]
pub fn once(ads: &[Ad]) -> Once<'_> {
    let counted: Vec<&Ad> = ads.iter().filter(|ad| ad.row.included == Answer::Yes).collect();
    let mut parent: Vec<usize> = (0..counted.len()).collect();
    fn root(parent: &mut [usize], mut n: usize) -> usize {
        while parent[n] != n {
            parent[n] = parent[parent[n]];
            n = parent[n];
        }
        n
    }
    let mut out = Once::default();
    let mut first: HashMap<(&str, &str), usize> = HashMap::new();
    for (kind, key) in [(0, true), (1, false)] {
        for (n, ad) in counted.iter().enumerate() {
            // A seller's pseudonym is of marketplace and handle together.
            let key: (&str, &str) = if key { (&ad.row.seller, &ad.row.title) } else { ("picture", &ad.row.picture) };
            if key.0.is_empty() || key.1.is_empty() {
                continue;
            }
            let other = *first.entry(key).or_insert(n);
            let (a, b) = (root(&mut parent, n), root(&mut parent, other));
            if a != b {
                parent[a] = b;
                if kind == 0 { out.same_title += 1 } else { out.same_picture += 1 }
            }
        }
    }
    let mut best: BTreeMap<usize, &Ad> = BTreeMap::new();
    for (n, ad) in counted.iter().enumerate() {
        let group = root(&mut parent, n);
        let earlier = |b: &&Ad| (b.row.on, &b.row.listing) <= (ad.row.on, &ad.row.listing);
        if !best.get(&group).is_some_and(earlier) {
            best.insert(group, ad);
        }
    }
    out.offers = best.into_values().collect();
    out.offers.sort_by(|a, b| a.row.listing.cmp(&b.row.listing));
    out
}
