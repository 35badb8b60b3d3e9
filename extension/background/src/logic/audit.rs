//! Checks in ordinary rounds: which of a page's listings count as seen today, which one is offered, and what the endpoint is
//! told. Keeps nothing and sends nothing (see `browser::audits`).
//!
//! Which unflagged listing is drawn follows from a key that this device made and tells nobody: nobody can foresee it, and
//! the same listing is drawn today or never.

use super::survey::hmac;
use super::urls;
use serde::{Deserialize, Serialize};
use spotter_model::audit::{AUDIT_DAY_SCHEMA, AUDIT_SCHEMA, Audit, AuditDay, Looked, Offer};
use spotter_model::coding::OnPage;
use spotter_model::programme::Round;
use spotter_model::survey::salted;
use spotter_model::{Date, Level, limits, report};
use std::collections::{BTreeMap, HashSet};

/// Hex digits of a keyed hash that are kept to know a listing again on the same day.
const SHORT: usize = 16;

/// What is offered, with what its answer will say of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// As the panel shows it.
    pub offer: Offer,
    /// Of which round and platform, at which rate, on which day.
    pub of: Of,
}

/// A round's rate on one platform and day: what is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Of {
    /// Host of the marketplace.
    pub marketplace: String,
    /// The day, UTC.
    pub day: Date,
    /// Id of the round.
    pub round: String,
    /// Its rate.
    pub one_in: u32,
}

/// What was seen on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Of what.
    pub of: Of,
    /// Flagged listings.
    pub flagged: u32,
    /// The others.
    pub unflagged: u32,
    /// Of them offered.
    pub offered: u32,
    /// The beginnings of the keyed hashes of all that were counted.
    pub seen: Vec<String>,
}

impl Day {
    fn new(of: Of) -> Self {
        Self { of, flagged: 0, unflagged: 0, offered: 0, seen: Vec::new() }
    }
}

/// What is kept besides days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The device's own key, 64 hex digits; empty: none was made yet.
    pub key: String,
    /// The page that something was offered on last, by its keyed hash, and how often.
    pub page: (String, u32),
    /// What is offered now.
    pub offer: Option<Offered>,
}

/// A page that was read.
pub struct Page<'a> {
    /// Its address, as the content script told it.
    pub url: &'a str,
    /// Its tab.
    pub tab_id: i32,
    /// Its cards in page order.
    pub cards: &'a [OnPage],
    /// Today, UTC.
    pub today: Date,
}

/// The round of these that has listings of this marketplace checked.
#[must_use]
pub fn round<'a>(rounds: &'a [Round], host: &str) -> Option<&'a Round> {
    rounds.iter().find(|round| round.audit_one_in > 0 && round.looks_at(host))
}

fn bytes(hex: &str) -> Vec<u8> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    hex.as_bytes().chunks(2).filter_map(pair).collect()
}

/// The keyed hash of a listing, its first 16 bytes.
fn keyed(key: &str, host: &str, listing: &str) -> [u8; 16] {
    let whole = hmac(&bytes(key), &salted(host, listing));
    std::array::from_fn(|i| whole[i])
}

/// Whether an unflagged listing is drawn: its keyed hash, read as a number, is a multiple of the rate.
fn drawn(id: [u8; 16], one_in: u32) -> bool {
    u128::from_be_bytes(id).is_multiple_of(u128::from(one_in.max(1)))
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|b| format!("{b:02x}")).collect()
}

/// Counts a page's listings and offers one of them, where one may be. `before`: the keyed hashes of all that ever were
/// offered here. Gives the listing that is newly offered.
pub fn look(
    kept: &mut Kept,
    days: &mut BTreeMap<Of, Day>,
    rounds: &[Round],
    page: &Page<'_>,
    before: &HashSet<String>,
) -> Option<String> {
    let this = hex(&keyed(&kept.key, "page", page.url));
    if kept.page.0 != this {
        kept.page = (this, 0);
    }
    let mut here: Option<Offered> = None;
    let mut candidate: Option<Offered> = None;
    for card in page.cards {
        let found = &card.finding;
        let host = card.marketplace.as_str();
        let Some(url) = urls::strip(&found.url).filter(|u| u.len() <= limits::URL_BYTES) else { continue };
        let Some(round) = round(rounds, host).filter(|_| report::is_marketplace(host)) else { continue };
        let named = if card.listing_id.is_empty() { &url } else { &card.listing_id };
        let id = keyed(&kept.key, host, named);
        let listing = hex(&id);
        let of =
            Of { marketplace: host.to_owned(), day: page.today, round: round.id.clone(), one_in: round.audit_one_in };
        let offer = || Offer {
            listing: listing.clone(),
            tab_id: page.tab_id,
            key: limits::cut(&found.key, 64).to_owned(),
            title: limits::cut(&found.title, limits::TITLE_BYTES).to_owned(),
            price: limits::cut(&found.price, limits::SHORT_BYTES).to_owned(),
        };
        if let Some(now) = kept.offer.as_ref().filter(|now| now.offer.listing == listing) {
            // A page that was loaded anew has other keys.
            here = Some(Offered { offer: offer(), of: now.of.clone() });
        }
        let day = days.entry(of.clone()).or_insert_with(|| Day::new(of.clone()));
        let short = &listing[..SHORT];
        if !day.seen.iter().any(|seen| seen == short) {
            if day.flagged + day.unflagged >= limits::AUDIT_SEEN {
                continue;
            }
            day.seen.push(short.to_owned());
            if found.level > Level::None {
                day.flagged += 1;
            } else {
                day.unflagged += 1;
            }
        }
        let may = found.level == Level::None && !found.reported && !before.contains(&listing);
        if candidate.is_none() && may && drawn(id, round.audit_one_in) {
            candidate = Some(Offered { offer: offer(), of });
        }
    }
    days.retain(|_, day| !day.seen.is_empty());
    if here.is_some() {
        kept.offer = here;
        return None;
    }
    let new = candidate.filter(|_| kept.page.1 < limits::AUDIT_PAGE)?;
    if let Some(day) = days.get_mut(&new.of) {
        // One that was seen as flagged earlier today and is no longer is counted as it was seen first.
        day.offered = (day.offered + 1).min(day.unflagged);
    }
    kept.page.1 += 1;
    let listing = new.offer.listing.clone();
    kept.offer = Some(new);
    Some(listing)
}

/// What the endpoint is told of an answer; `None` where it would not keep to the contract.
#[must_use]
pub fn answer(offered: &Offered, answer: Looked, software: &str, id: String) -> Option<Audit> {
    let of = &offered.of;
    let audit = Audit {
        schema: AUDIT_SCHEMA.into(),
        id,
        round: of.round.clone(),
        marketplace: of.marketplace.clone(),
        day: of.day,
        one_in: of.one_in,
        listing: offered.offer.listing.clone(),
        answer,
        software: limits::cut(software, limits::SHORT_BYTES).to_owned(),
    };
    audit.check().is_ok().then_some(audit)
}

/// What the endpoint is told of a day that is over; `None` where it would not keep to the contract.
#[must_use]
pub fn over(day: &Day, today: Date, software: &str, id: String) -> Option<AuditDay> {
    let of = &day.of;
    let told = AuditDay {
        schema: AUDIT_DAY_SCHEMA.into(),
        id,
        round: of.round.clone(),
        marketplace: of.marketplace.clone(),
        day: of.day,
        one_in: of.one_in,
        flagged: day.flagged,
        unflagged: day.unflagged,
        offered: day.offered,
        software: limits::cut(software, limits::SHORT_BYTES).to_owned(),
    };
    (of.day < today && told.check().is_ok()).then_some(told)
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
