//! A survey's records as an archive holds them: no address, no title, no handle, no note; pseudonyms in their place.
//!
//! Owns: how records that devices sent become rows. Which of a coder's codings of one advertisement counts, who coded
//! first and who second, and what a pseudonym is made of.

use crate::canonical::hex;
use crate::money::Rates;
use crate::share::{self, Shared};
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use spotter_model::survey::{Answer, Asking, Coding, Frame, Protocol, SellerType, Specimens};
use spotter_model::{Date, Level};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Makes pseudonyms under a survey's key: HMAC-SHA256 over what it is and the text, cut to 16 bytes, in hex. Once the key is
/// destroyed nobody makes them again, and who holds the listings' salt cannot follow them.
pub struct Pseudonyms(Hmac<Sha256>);

impl Pseudonyms {
    /// From the survey's key.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length")))
    }

    /// The pseudonym of a text; empty stays empty.
    #[must_use]
    pub fn of(&self, what: &str, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let mut mac = self.0.clone();
        mac.update(what.as_bytes());
        mac.update(b"\n");
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes()[..16])
    }
}

/// One coder's coding of one advertisement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Pseudonym of the listing.
    pub listing: String,
    /// The search.
    pub task: String,
    /// Pseudonym of the coder.
    pub coder: String,
    /// 1 for the search's first coder, 2 for its second.
    pub nth: u32,
    /// Day of the coding, by the device's clock.
    pub on: Date,
    /// Marketplace.
    pub host: String,
    /// Country that it stands for.
    pub country: String,
    /// Pseudonym of marketplace and seller, or empty.
    pub seller: String,
    /// Pseudonym of the title, in small letters and with single spaces, or empty.
    pub title: String,
    /// Pseudonym of the picture's hash, or empty.
    pub picture: String,
    /// It counts.
    pub included: Answer,
    /// What is offered.
    pub specimens: Vec<Specimens>,
    /// What is asked.
    pub asking: Asking,
    /// Something alive is offered.
    pub live: Answer,
    /// The seller says that it is legal.
    pub legality_claim: Answer,
    /// The seller says that it is old.
    pub age_claim: Answer,
    /// Who sells.
    pub seller_type: SellerType,
}

/// A listing that a search showed a coder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Pseudonym of the listing.
    pub listing: String,
    /// The search.
    pub task: String,
    /// Pseudonym of the coder.
    pub coder: String,
    /// Day, by the device's clock.
    pub on: Date,
    /// Marketplace.
    pub host: String,
    /// Its place among the results.
    pub position: u32,
    /// What the detector said.
    pub level: Level,
    /// It was laid before the coder.
    pub offered: bool,
}

/// Which coder's answer counts where two differ, as the lead chose. Fields by the names of [`crate::ads::FIELDS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// Pseudonym of the listing; in records before they become rows, its salted id.
    pub listing: String,
    /// By field: pseudonym of the coder whose answer counts; in records, the coder's name.
    pub choices: BTreeMap<String, String>,
}

/// Everything that figures are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The protocol in force at the end.
    pub protocol: Protocol,
    /// Codings, sorted.
    pub rows: Vec<Row>,
    /// Sightings, sorted.
    pub seen: Vec<Seen>,
    /// The lead's choices, sorted.
    pub settled: Vec<Settled>,
    /// The rates, where they were supplied.
    pub rates: Option<Rates>,
}

/// Records as they were sent.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// The protocol in every version, oldest first.
    pub versions: Vec<Protocol>,
    /// Every search with its coders, taken-out ones too.
    pub shares: Vec<Shared>,
    /// Frames, each with its coder.
    pub frames: Vec<(String, Frame)>,
    /// Codings in the order in which they came, each with its coder.
    pub codings: Vec<(String, Coding)>,
    /// The lead's choices, by salted ids and coders' names.
    pub settled: Vec<Settled>,
    /// The rates.
    pub rates: Option<Rates>,
}

/// The codings that count: of each coder and advertisement the one that no later one of theirs takes the place of, and of
/// several such the latest to come.
#[must_use]
pub fn current(codings: &[(String, Coding)]) -> Vec<&(String, Coding)> {
    let whose = |of: &(String, Coding)| (of.0.clone(), of.1.listing.clone());
    let known: HashMap<&str, (String, String)> = codings.iter().map(|c| (c.1.id.as_str(), whose(c))).collect();
    // Only a coder's own coding of the same advertisement gives way.
    let replaced: HashSet<&str> = codings
        .iter()
        .filter_map(|c| c.1.replaces.as_deref().filter(|id| known.get(id).is_some_and(|of| *of == whose(c))))
        .collect();
    let mut last: BTreeMap<(String, String), &(String, Coding)> = BTreeMap::new();
    for coding in codings.iter().filter(|c| !replaced.contains(c.1.id.as_str())) {
        last.insert(whose(coding), coding);
    }
    last.into_values().collect()
}

fn plain(title: &str) -> String {
    title.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn day(time: &str) -> Date {
    let last = || Date::new(9999, 12, 31);
    time.get(..10).and_then(|d| d.parse().ok()).or_else(last).unwrap_or_else(|| unreachable!("the last day is one"))
}

impl Data {
    /// Makes rows of records, under a survey's key.
    #[must_use]
    pub fn of(records: &Records, key: &[u8]) -> Option<Self> {
        let names = Pseudonyms::new(key);
        let protocol = records.versions.last()?.clone();
        let mut places: HashMap<String, (String, String)> = HashMap::new();
        for version in &records.versions {
            places.extend(share::places(version));
        }
        let place = |task: &str| places.get(task).cloned().unwrap_or_default();
        let nth = |task: &str, coder: &str| {
            let share = records.shares.iter().find(|s| s.task.id == task);
            share.and_then(|s| s.coders.iter().position(|c| c == coder)).map_or(1, |n| n as u32 + 1)
        };
        let listing = |id: &str| names.of("listing", id);
        let coder = |name: &str| names.of("coder", name);
        let mut rows: Vec<Row> = current(&records.codings)
            .into_iter()
            .map(|(name, c)| {
                let (host, country) = place(&c.task);
                let seller = if c.seller.is_empty() { String::new() } else { format!("{host}\n{}", c.seller) };
                Row {
                    listing: listing(&c.listing),
                    task: c.task.clone(),
                    coder: coder(name),
                    nth: nth(&c.task, name),
                    on: day(&c.coded_at),
                    seller: names.of("seller", &seller),
                    title: names.of("title", &plain(&c.title)),
                    picture: names.of("picture", &c.picture_sha256),
                    host,
                    country,
                    included: c.included,
                    specimens: c.specimens.clone(),
                    asking: c.asking.clone(),
                    live: c.live,
                    legality_claim: c.legality_claim,
                    age_claim: c.age_claim,
                    seller_type: c.seller_type,
                }
            })
            .collect();
        let mut seen: Vec<Seen> = vec![];
        for (name, frame) in &records.frames {
            for l in &frame.listings {
                seen.push(Seen {
                    listing: listing(&l.listing),
                    task: frame.task.clone(),
                    coder: coder(name),
                    on: day(&frame.seen_at),
                    host: place(&frame.task).0,
                    position: l.position,
                    level: l.level,
                    offered: l.offered,
                });
            }
        }
        let mut settled: Vec<Settled> = records
            .settled
            .iter()
            .map(|s| Settled {
                listing: listing(&s.listing),
                choices: s.choices.iter().map(|(field, name)| (field.clone(), coder(name))).collect(),
            })
            .collect();
        // Order says nothing of who came first to the endpoint.
        rows.sort_by(|a, b| (&a.listing, a.nth, &a.coder).cmp(&(&b.listing, b.nth, &b.coder)));
        seen.sort_by(|a, b| {
            (&a.task, &a.coder, a.on, a.position, &a.listing).cmp(&(&b.task, &b.coder, b.on, b.position, &b.listing))
        });
        settled.sort_by(|a, b| a.listing.cmp(&b.listing));
        Some(Self { protocol, rows, seen, settled, rates: records.rates.clone() })
    }
}
