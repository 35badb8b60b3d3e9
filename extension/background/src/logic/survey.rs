//! A survey on this device: which listings belong to a search's frame, which are laid before the coder, what their words
//! propose. Keeps nothing and sends nothing (see `browser::surveys`).

use super::price;
use super::urls;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spotter_model::coding::{Item, OnPage, Progress, SurveyShown, TaskShown};
use spotter_model::messages::Reason;
use spotter_model::survey::{Assigned, FRAME_SCHEMA, Frame, Framed, Protocol, Sampling, Task, salted};
use spotter_model::{CueKind, Date, Level, limits};
use std::collections::{BTreeMap, HashSet};

/// Claims that say that it is old.
const AGE: [&str; 6] =
    ["claim.antique", "claim.pre-1947", "claim.pre-ban", "claim.heirloom", "claim.mammoth", "claim.fossil"];
/// Claims that say that it is legal, or name a paper.
const LEGALITY: [&str; 12] = [
    "claim.permit",
    "claim.article-10",
    "claim.cites-papers",
    "claim.not-cites",
    "claim.pre-1947",
    "claim.pre-ban",
    "claim.licensed-breeder",
    "claim.registered",
    "claim.sustainable",
    "claim.legal",
    "claim.exempt-amount",
    "claim.museum",
];

/// A survey as it is kept. One that the endpoint no longer names stays, unseen, for as long as an answer may have been
/// wrong: what was framed must not be framed again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What the endpoint said.
    pub assigned: Assigned,
    /// It still says so.
    pub here: bool,
}

/// How far each search of a survey is.
pub type Far = BTreeMap<String, Progress>;

/// Days after a survey's end until its work leaves the device, once all of it arrived.
const KEPT_DAYS: f64 = 30.0;
const DAY_MS: f64 = 86_400_000.0;

/// Whether what the endpoint assigned can be worked with; it is checked before anything of it is kept.
#[must_use]
pub fn fits(assigned: &Assigned) -> bool {
    let task = |t: &Task| {
        spotter_model::report::is_id(&t.id)
            && assigned.protocol.markets.iter().any(|m| m.host == t.host)
            && t.address.len() <= 2 * limits::URL_BYTES
            && (t.address.starts_with("https://") || t.address.starts_with("http://"))
            && t.term.len() <= limits::TERM_BYTES
    };
    assigned.protocol.check().is_ok() && key(&assigned.salt).is_some() && assigned.tasks.iter().all(task)
}

/// What is kept after the endpoint named these, and the ids of surveys whose work may go.
#[must_use]
pub fn renewed(
    before: Vec<Kept>,
    named: Vec<Assigned>,
    today_ms: f64,
    waits: impl Fn(&str) -> bool,
) -> (Vec<Kept>, Vec<String>) {
    let ids: HashSet<String> = named.iter().map(|a| a.protocol.id.clone()).collect();
    let over = super::time::utc_date(today_ms - KEPT_DAYS * DAY_MS);
    let (mut kept, mut gone) = (Vec::new(), Vec::new());
    for old in before.into_iter().filter(|old| !ids.contains(&old.assigned.protocol.id)) {
        let id = old.assigned.protocol.id.clone();
        if old.assigned.protocol.until < over && !waits(&id) {
            gone.push(id);
        } else {
            kept.push(Kept { here: false, ..old });
        }
    }
    kept.extend(named.into_iter().map(|assigned| Kept { assigned, here: true }));
    (kept, gone)
}

/// Whether the protocol looks at pages today.
#[must_use]
pub fn runs(protocol: &Protocol, today: Date) -> bool {
    protocol.from <= today && today <= protocol.until
}

/// The last place that is looked at.
#[must_use]
pub fn depth(protocol: &Protocol) -> u32 {
    match protocol.sampling {
        Sampling::Census { depth } => depth.min(limits::SURVEY_FRAME),
        Sampling::RandomPages { .. } => limits::SURVEY_FRAME,
    }
}

/// As the panel shows it.
#[must_use]
pub fn shown(
    assigned: &Assigned,
    far: &Far,
    today: Date,
    waiting: u32,
    trouble: Option<(String, Vec<String>)>,
) -> SurveyShown {
    let p = &assigned.protocol;
    let task = |t: &Task| TaskShown { task: t.clone(), progress: far.get(&t.id).copied().unwrap_or_default() };
    SurveyShown {
        id: p.id.clone(),
        title: p.title.clone(),
        question: p.question.clone(),
        from: p.from,
        until: p.until,
        running: runs(p, today),
        inclusion: p.inclusion.clone(),
        exclusion: p.exclusion.clone(),
        depth: matches!(p.sampling, Sampling::Census { .. }).then(|| depth(p)),
        reports: p.reports,
        tasks: assigned.tasks.iter().take(limits::SURVEY_TASKS).map(task).collect(),
        waiting,
        trouble,
    }
}

/// The bytes of a salt.
fn key(salt: &str) -> Option<Vec<u8>> {
    let hex = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    spotter_model::report::is_sha256(salt).then(|| salt.as_bytes().chunks(2).filter_map(hex).collect())
}

/// HMAC-SHA256 (RFC 2104) under a key of at most one block.
pub(super) fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let pad = |with: u8| (0..BLOCK).map(|i| key.get(i).copied().unwrap_or(0) ^ with).collect::<Vec<u8>>();
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

/// HMAC-SHA256 under the survey's salt, its first 16 bytes.
fn mac(salt: &str, host: &str, listing: &str) -> Option<[u8; 16]> {
    hmac(&key(salt)?, &salted(host, listing))[..16].try_into().ok()
}

/// Whether an unflagged listing is laid before the coder: the salted id, read as a number from its most significant byte
/// on, is a multiple of the rate. The salt makes that random, and the same for everybody.
fn drawn(id: [u8; 16], one_in: u32) -> bool {
    u128::from_be_bytes(id).is_multiple_of(u128::from(one_in.max(1)))
}

/// The host and the rest of an address, the host without a leading `www.`.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whether an address lies on a marketplace, with its port or without.
fn is_on(url: &str, market: &str) -> bool {
    let host = host(url);
    [host, host.rsplit_once(':').map_or(host, |(name, _)| name)]
        .iter()
        .any(|h| h.strip_suffix(market).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}

fn quote(reasons: &[Reason], of: &[&str]) -> String {
    let claims = |r: &&Reason| r.kind == CueKind::Claim && of.contains(&r.concept.as_str()) && !r.quote.is_empty();
    reasons.iter().find(claims).map(|r| limits::cut(&r.quote, limits::SHORT_BYTES).to_owned()).unwrap_or_default()
}

fn text(from: &str, bytes: usize) -> String {
    limits::cut(from, bytes).to_owned()
}

/// What a look at a page adds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Added {
    /// New listings of the frame, in their places.
    pub framed: Vec<Framed>,
    /// Those of them that are laid before the coder.
    pub items: Vec<Item>,
    /// Salted id and key of known ones that stand on this page.
    pub again: Vec<(String, String)>,
}

/// What a page's cards add to the frame of a search. `seen`: the salted ids that it holds, in the order of their places.
#[must_use]
pub fn look(assigned: &Assigned, task: &Task, tab_id: i32, cards: &[OnPage], seen: &[String]) -> Added {
    let protocol = &assigned.protocol;
    let country = protocol.markets.iter().find(|m| m.host == task.host).map_or("", |m| m.country.as_str());
    let mut known: HashSet<String> = seen.iter().cloned().collect();
    let mut position = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    let mut added = Added::default();
    for card in cards {
        let found = &card.finding;
        let Some(url) = urls::strip(&found.url).filter(|u| u.len() <= limits::URL_BYTES && is_on(u, &task.host)) else {
            continue;
        };
        let named = if card.listing_id.is_empty() { &url } else { &card.listing_id };
        let Some(id) = mac(&assigned.salt, &task.host, named) else { continue };
        let listing: String = id.iter().map(|b| format!("{b:02x}")).collect();
        if !known.insert(listing.clone()) {
            added.again.push((listing, found.key.clone()));
            continue;
        }
        if position >= depth(protocol) {
            continue;
        }
        position += 1;
        let offered = found.level > Level::None || drawn(id, protocol.unflagged_one_in);
        added.framed.push(Framed { listing: listing.clone(), position, level: found.level, offered });
        if offered {
            added.items.push(Item {
                listing,
                position,
                key: text(&found.key, 64),
                tab_id,
                title: text(&found.title, limits::TITLE_BYTES),
                price: text(&found.price, limits::SHORT_BYTES),
                url,
                seller: text(&card.seller, limits::SHORT_BYTES),
                location: text(&card.location, limits::SHORT_BYTES),
                level: found.level,
                what: found.what.clone(),
                asking: price::asking(&found.price, country),
                legality: quote(&found.reasons, &LEGALITY),
                age: quote(&found.reasons, &AGE),
                ..Item::default()
            });
        }
    }
    added
}

/// Frames of what was added: as many as there are bounds for.
pub fn frames(
    assigned: &Assigned,
    task: &str,
    software: &str,
    seen_at: &str,
    framed: &[Framed],
    uuid: impl Fn() -> String,
) -> Vec<Frame> {
    let frame = |listings: &[Framed]| Frame {
        schema: FRAME_SCHEMA.into(),
        id: uuid(),
        survey: assigned.protocol.id.clone(),
        version: assigned.protocol.version,
        task: task.to_owned(),
        software: text(software, limits::SHORT_BYTES),
        seen_at: seen_at.to_owned(),
        listings: listings.to_vec(),
    };
    framed.chunks(limits::BATCH_LISTINGS).map(frame).collect()
}

#[cfg(test)]
#[path = "survey_tests.rs"]
mod tests;
