//! Surveys: what a protocol fixes before anyone looks, and what coders send of what they saw.
//!
//! A protocol is written by the lead, frozen when it starts, and changed afterwards by amendments alone. A coder's device
//! sends two kinds of record, signed as bytes like a report and idempotent by their UUID: the frame, which listings a
//! search showed, by salted id and place alone, and the coding of one advertisement. Wherever something is asked, "cannot
//! tell" is an answer.

use crate::report::{is_id, is_marketplace, is_utc_time, is_uuid};
use crate::suggestion::Unfit;
use crate::{Date, Group, Level, limits};
use serde::{Deserialize, Serialize};

/// The value of [`Protocol::schema`].
pub const PROTOCOL_SCHEMA: &str = "wildlife-survey-protocol/1";
/// The value of [`Frame::schema`].
pub const FRAME_SCHEMA: &str = "wildlife-survey-frame/1";
/// The value of [`Coding::schema`].
pub const CODING_SCHEMA: &str = "wildlife-survey-coding/1";

/// What stands for the search words in an address.
pub const PLACEHOLDER: &str = crate::programme::PLACEHOLDER;

/// What is looked at of a search's results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Sampling {
    /// All results from the first to this place, counted from 1.
    Census {
        /// The last place.
        depth: u32,
    },
    /// Result pages drawn at random: which ones follows from the seed, the task and nothing else.
    RandomPages {
        /// How many pages of each search.
        pages: u32,
        /// Out of the first so many.
        of: u32,
        /// The seed.
        seed: u32,
    },
}

/// On what the programme rests that it may look at these pages for a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum GroundKind {
    /// Pages that anybody may open, looked at by people.
    Public,
    /// The marketplace gave its permission.
    Permission,
    /// Article 40(12) of Regulation (EU) 2022/2065.
    #[serde(rename = "dsa_40_12")]
    Dsa40,
    /// Another research ground, named in the text.
    Research,
}

/// A marketplace of a survey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Market {
    /// Its host, lower case, without a leading `www.`.
    pub host: String,
    /// ISO 3166-1 alpha-2, upper case: the country that it stands for in the survey.
    pub country: String,
    /// Address of its search with [`PLACEHOLDER`] in it.
    pub search: String,
    /// The ground for looking.
    pub ground: GroundKind,
    /// The ground in words: who permitted what, when; or where its terms were read, with the day.
    pub ground_text: String,
}

/// A search term of a survey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Term {
    /// The words.
    pub text: String,
    /// Their BCP-47 language.
    pub lang: String,
    /// What they look for.
    pub group: Group,
    /// Hosts of the marketplaces that are searched with it; empty: all.
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// A change after the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Amendment {
    /// The version that it made.
    pub version: u32,
    /// The day.
    pub on: Date,
    /// Why.
    pub reason: String,
}

/// What is fixed before anyone looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Protocol {
    /// Always [`PROTOCOL_SCHEMA`].
    pub schema: String,
    /// Its id.
    pub id: String,
    /// 1, and one more for each amendment.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// What is asked, in a sentence or two.
    pub question: String,
    /// First day of looking.
    pub from: Date,
    /// Last day of looking.
    pub until: Date,
    /// What is looked for.
    pub groups: Vec<Group>,
    /// Where.
    pub markets: Vec<Market>,
    /// With which words.
    pub terms: Vec<Term>,
    /// How much of the results.
    pub sampling: Sampling,
    /// What makes an advertisement count, a sentence each.
    pub inclusion: Vec<String>,
    /// What keeps it out, the same.
    #[serde(default)]
    pub exclusion: Vec<String>,
    /// Percent of the tasks that two coders do independently, 0 to 100.
    pub double_coded_percent: u32,
    /// Of the listings that the detector did not flag, one in so many is offered for coding too; 1 to 1000.
    pub unflagged_one_in: u32,
    /// Coded advertisements may be sent as reports.
    #[serde(default)]
    pub reports: bool,
    /// What was changed after the start, oldest first.
    #[serde(default)]
    pub amendments: Vec<Amendment>,
}

/// One search that a coder is asked to make: a marketplace with a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Task {
    /// Its id within the survey.
    pub id: String,
    /// Host of the marketplace.
    pub host: String,
    /// The words.
    pub term: String,
    /// Their BCP-47 language.
    pub lang: String,
    /// What they look for.
    pub group: Group,
    /// Address of the search, words included.
    pub address: String,
    /// Result pages to look at, counted from 1, where pages are drawn at random; empty for a census.
    #[serde(default)]
    pub pages: Vec<u32>,
}

/// A survey as one coder's device gets it: `GET /v1/surveys` answers with a list of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assigned {
    /// The protocol in force.
    pub protocol: Protocol,
    /// 64 lower-case hex digits: the key under which listing ids are salted, the same for all coders of the survey.
    pub salt: String,
    /// This coder's searches, in the order in which they are best done.
    pub tasks: Vec<Task>,
}

/// A listing that a search showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Framed {
    /// Its salted id ([`salted`]): 32 lower-case hex digits.
    pub listing: String,
    /// Its place among the results, counted from 1.
    pub position: u32,
    /// What the detector said of it.
    pub level: Level,
    /// It was laid before the coder: flagged, or drawn among the unflagged ones.
    pub offered: bool,
}

/// What a search showed: body of `PUT /v1/surveys/{id}/frames/{uuid}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Frame {
    /// Always [`FRAME_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// The survey's id.
    pub survey: String,
    /// The protocol's version.
    pub version: u32,
    /// The task's id.
    pub task: String,
    /// Version of extension and lexicon that looked, as reports name it.
    pub software: String,
    /// By the device's clock, RFC 3339 UTC.
    pub seen_at: String,
    /// What was seen; 1 to [`limits::BATCH_LISTINGS`].
    pub listings: Vec<Framed>,
}

/// An answer to a question about an advertisement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It cannot be told.
    #[default]
    CannotTell,
}

/// Who sells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SellerType {
    /// Somebody who sells what is theirs.
    Private,
    /// A business.
    Business,
    /// An auction house, for others.
    Auction,
    /// It cannot be told.
    #[default]
    CannotTell,
}

/// What kind of specimen is offered, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Specimens {
    /// Darwin Core `scientificName`, at any rank; empty: cannot tell.
    #[serde(rename = "scientificName")]
    pub scientific_name: String,
    /// What it belongs to; absent: cannot tell.
    pub group: Option<Group>,
    /// CITES trade-term code, three capital letters (`LIV` for a live one); empty: cannot tell.
    pub term: String,
    /// How many; absent: cannot tell.
    pub count: Option<u32>,
    /// Unit of the count: empty for specimens, else `kg`, `g`, `l`, `ml`, `m`, `cm` or `pair`.
    pub unit: String,
}

/// What is asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Asking {
    /// A price is named for all that is offered together.
    Stated {
        /// Decimal number with a point, at most two digits after it.
        amount: String,
        /// ISO 4217, three capital letters.
        currency: String,
    },
    /// None is named.
    NotStated,
    /// It cannot be told.
    #[default]
    CannotTell,
}

/// One advertisement as a coder read it: body of `PUT /v1/surveys/{id}/codings/{uuid}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coding {
    /// Always [`CODING_SCHEMA`].
    pub schema: String,
    /// UUID made by the device; the idempotency key.
    pub id: String,
    /// UUID of the same coder's earlier coding of this advertisement that this one takes the place of.
    #[serde(default)]
    pub replaces: Option<String>,
    /// The survey's id.
    pub survey: String,
    /// The protocol's version.
    pub version: u32,
    /// The task's id.
    pub task: String,
    /// The salted id.
    pub listing: String,
    /// The advertisement is one that the protocol counts. On "no" the rest may stay as it is.
    pub included: Answer,
    /// Its address, stripped as a report's.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The seller's handle, or empty. Never leaves the endpoint but as a pseudonym.
    #[serde(default)]
    pub seller: String,
    /// The place named, or empty.
    #[serde(default)]
    pub location: String,
    /// Hex SHA-256 of its first picture's bytes, where the coder's browser had it, or empty.
    #[serde(default)]
    pub picture_sha256: String,
    /// What is offered; at most [`limits::CHOSEN_TAXA`] kinds.
    pub specimens: Vec<Specimens>,
    /// What is asked.
    pub asking: Asking,
    /// Something alive is offered.
    pub live: Answer,
    /// The seller says that it is legal, or names a paper.
    pub legality_claim: Answer,
    /// The seller says that it is old.
    pub age_claim: Answer,
    /// Who sells.
    pub seller_type: SellerType,
    /// A word of the coder to the one who adjudicates; at most 300 characters.
    #[serde(default)]
    pub note: String,
    /// By the device's clock, RFC 3339 UTC.
    pub coded_at: String,
}

/// The bytes whose HMAC-SHA256 under the survey's salt, cut to 16 bytes and written in hex, is a listing's salted id:
/// the marketplace's host, a line feed, and the listing's id there, or its stripped address where it has none.
#[must_use]
pub fn salted(host: &str, listing: &str) -> Vec<u8> {
    format!("{host}\n{listing}").into_bytes()
}

fn is_salted(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn capitals(text: &str, n: usize) -> bool {
    text.len() == n && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn line(text: &str, bytes: usize) -> bool {
    text.len() <= bytes && !text.chars().any(char::is_control)
}

fn said(text: &str) -> bool {
    !text.trim().is_empty() && line(text, limits::SHORT_BYTES)
}

fn is_amount(text: &str) -> bool {
    let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |t: &str, most: usize| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    digits(whole, 12) && digits(cents, 2)
}

impl Protocol {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        self.faults().first().map_or(Ok(()), |why| Err(*why))
    }

    /// Every field that breaks the contract, for whoever writes the protocol.
    #[must_use]
    pub fn faults(&self) -> Vec<Unfit> {
        let some = |n: usize, most: usize| (1..=most).contains(&n);
        let market = |m: &Market| {
            is_marketplace(&m.host)
                && capitals(&m.country, 2)
                && m.search.len() <= limits::URL_BYTES
                && (m.search.starts_with("https://") || m.search.starts_with("http://"))
                && m.search.contains(PLACEHOLDER)
                && said(&m.ground_text)
        };
        let known = |host: &String| self.markets.iter().any(|m| m.host == *host);
        let term = |t: &Term| {
            said(&t.text) && t.text.len() <= limits::TERM_BYTES && line(&t.lang, 35) && t.hosts.iter().all(known)
        };
        let sampling = match self.sampling {
            Sampling::Census { depth } => (1..=10_000).contains(&depth),
            Sampling::RandomPages { pages, of, .. } => pages >= 1 && pages <= of && of <= 1_000,
        };
        let versions = self.amendments.iter().map(|a| a.version).eq(2..=self.version.max(1));
        let rows: [(bool, Unfit); 15] = [
            (self.schema == PROTOCOL_SCHEMA, ("/schema", "must be wildlife-survey-protocol/1")),
            (is_id(&self.id), ("/id", "must be an id")),
            (self.version >= 1, ("/version", "must be 1 or more")),
            (said(&self.title), ("/title", "must be 1 to 512 bytes")),
            (said(&self.question), ("/question", "must be 1 to 512 bytes")),
            (self.from <= self.until, ("/until", "must not be before the first day")),
            (some(self.groups.len(), 64), ("/groups", "must name at least one group")),
            (
                some(self.markets.len(), 64) && self.markets.iter().all(market),
                ("/markets", "must be 1 to 64, each with host, country, a search with {terms} and its ground"),
            ),
            (
                some(self.terms.len(), 400) && self.terms.iter().all(term),
                ("/terms", "must be 1 to 400, on marketplaces of the survey"),
            ),
            (sampling, ("/sampling", "must be a depth of 1 to 10000, or pages out of at most 1000")),
            (
                some(self.inclusion.len(), 32) && self.inclusion.iter().all(|t| said(t)),
                ("/inclusion", "must be 1 to 32 sentences"),
            ),
            (
                self.exclusion.len() <= 32 && self.exclusion.iter().all(|t| said(t)),
                ("/exclusion", "must be at most 32 sentences"),
            ),
            (self.double_coded_percent <= 100, ("/double_coded_percent", "must be 0 to 100")),
            ((1..=1_000).contains(&self.unflagged_one_in), ("/unflagged_one_in", "must be 1 to 1000")),
            (
                versions && self.amendments.iter().all(|a| said(&a.reason)),
                ("/amendments", "must be one for each version after the first, each with its reason"),
            ),
        ];
        rows.into_iter().filter(|(holds, _)| !holds).map(|(_, why)| why).collect()
    }
}

impl Frame {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        let fits = |l: &Framed| is_salted(&l.listing) && (1..=100_000).contains(&l.position);
        let rows: [(bool, Unfit); 8] = [
            (self.schema == FRAME_SCHEMA, ("/schema", "must be wildlife-survey-frame/1")),
            (is_uuid(&self.id), ("/id", "must be a lower-case UUID")),
            (is_id(&self.survey), ("/survey", "must be a survey's id")),
            (self.version >= 1, ("/version", "must be 1 or more")),
            (is_id(&self.task), ("/task", "must be a task's id")),
            (said(&self.software), ("/software", "must be 1 to 512 bytes")),
            (is_utc_time(&self.seen_at), ("/seen_at", "must be an RFC 3339 time in UTC, ending in Z")),
            (
                (1..=limits::BATCH_LISTINGS).contains(&self.listings.len()) && self.listings.iter().all(fits),
                ("/listings", "must be 1 to 200 salted ids, each with its place"),
            ),
        ];
        rows.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, why)| Err(why))
    }
}

/// Units of a count; the empty one is specimens.
pub const UNITS: [&str; 8] = ["", "kg", "g", "l", "ml", "m", "cm", "pair"];

impl Coding {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), Unfit> {
        let kind = |s: &Specimens| {
            line(&s.scientific_name, 200)
                && (s.term.is_empty() || capitals(&s.term, 3))
                && s.count.is_none_or(|n| (1..=1_000_000).contains(&n))
                && UNITS.contains(&s.unit.as_str())
        };
        let asking = match &self.asking {
            Asking::Stated { amount, currency } => is_amount(amount) && capitals(currency, 3),
            Asking::NotStated | Asking::CannotTell => true,
        };
        let replaced = self.replaces.as_ref().is_none_or(|id| is_uuid(id) && *id != self.id);
        let address = self.url.starts_with("https://") || self.url.starts_with("http://");
        let rows: [(bool, Unfit); 16] = [
            (self.schema == CODING_SCHEMA, ("/schema", "must be wildlife-survey-coding/1")),
            (is_uuid(&self.id), ("/id", "must be a lower-case UUID")),
            (replaced, ("/replaces", "must be another coding's UUID")),
            (is_id(&self.survey), ("/survey", "must be a survey's id")),
            (self.version >= 1, ("/version", "must be 1 or more")),
            (is_id(&self.task), ("/task", "must be a task's id")),
            (is_salted(&self.listing), ("/listing", "must be 32 lower-case hex digits")),
            (address && line(&self.url, limits::URL_BYTES), ("/url", "must be an http or https address")),
            (line(&self.title, limits::TITLE_BYTES), ("/title", "must be one line of at most 2048 bytes")),
            (line(&self.seller, limits::SHORT_BYTES), ("/seller", "must be one line of at most 512 bytes")),
            (line(&self.location, limits::SHORT_BYTES), ("/location", "must be one line of at most 512 bytes")),
            (
                self.picture_sha256.is_empty() || crate::report::is_sha256(&self.picture_sha256),
                ("/picture_sha256", "must be empty or 64 lower-case hex digits"),
            ),
            (
                self.specimens.len() <= limits::CHOSEN_TAXA && self.specimens.iter().all(kind),
                ("/specimens", "must be at most 5 kinds, with CITES trade terms, counts and units"),
            ),
            (asking, ("/asking", "must be a decimal number and a currency's three capitals")),
            (self.note.chars().count() <= limits::MEANING_CHARS, ("/note", "must be at most 300 characters")),
            (is_utc_time(&self.coded_at), ("/coded_at", "must be an RFC 3339 time in UTC, ending in Z")),
        ];
        rows.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, why)| Err(why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protocol() -> Protocol {
        let day = |text: &str| text.parse().expect("a day");
        Protocol {
            schema: PROTOCOL_SCHEMA.into(),
            id: "ivory-two-countries".into(),
            version: 1,
            title: "Ivory in two countries".into(),
            question: "How many advertisements offer ivory?".into(),
            from: day("2026-11-01"),
            until: day("2026-12-12"),
            groups: vec![Group::Elephant],
            markets: vec![Market {
                host: "market.example".into(),
                country: "GB".into(),
                search: "https://market.example/?q={terms}".into(),
                ground: GroundKind::Public,
                ground_text: "Anybody may open its search; terms read on 2026-10-01.".into(),
            }],
            terms: vec![Term { text: "ivory".into(), lang: "en".into(), group: Group::Elephant, hosts: vec![] }],
            sampling: Sampling::Census { depth: 100 },
            inclusion: vec!["It offers something for money.".into()],
            exclusion: vec![],
            double_coded_percent: 20,
            unflagged_one_in: 10,
            reports: true,
            amendments: vec![],
        }
    }

    fn frame() -> Frame {
        Frame {
            schema: FRAME_SCHEMA.into(),
            id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
            survey: "ivory-two-countries".into(),
            version: 1,
            task: "t1".into(),
            software: "0.1.0".into(),
            seen_at: "2026-11-26T10:00:00Z".into(),
            listings: vec![Framed { listing: "a".repeat(32), position: 1, level: Level::None, offered: false }],
        }
    }

    fn coding() -> Coding {
        Coding {
            schema: CODING_SCHEMA.into(),
            id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
            replaces: None,
            survey: "ivory-two-countries".into(),
            version: 1,
            task: "t1".into(),
            listing: "a".repeat(32),
            included: Answer::Yes,
            url: "https://market.example/1".into(),
            title: "Carving".into(),
            seller: String::new(),
            location: String::new(),
            picture_sha256: String::new(),
            specimens: vec![Specimens { term: "CAR".into(), count: Some(2), ..Specimens::default() }],
            asking: Asking::Stated { amount: "120.50".into(), currency: "GBP".into() },
            live: Answer::No,
            legality_claim: Answer::CannotTell,
            age_claim: Answer::Yes,
            seller_type: SellerType::Private,
            note: String::new(),
            coded_at: "2026-11-26T10:00:00Z".into(),
        }
    }

    #[test]
    fn a_protocol_is_checked_before_it_can_start() {
        assert_eq!(protocol().check(), Ok(()));
        type Break = (fn(&mut Protocol), &'static str);
        let table: [Break; 16] = [
            (|p| p.schema.clear(), "/schema"),
            (|p| p.id = "Two words".into(), "/id"),
            (|p| p.version = 0, "/version"),
            (|p| p.title = " ".into(), "/title"),
            (|p| p.question.clear(), "/question"),
            (|p| p.until = "2026-10-01".parse().expect("a day"), "/until"),
            (|p| p.groups.clear(), "/groups"),
            (|p| p.markets[0].search = "https://market.example/".into(), "/markets"),
            (|p| p.markets[0].ground_text.clear(), "/markets"),
            (|p| p.terms[0].hosts = vec!["elsewhere.example".into()], "/terms"),
            (|p| p.sampling = Sampling::RandomPages { pages: 3, of: 2, seed: 1 }, "/sampling"),
            (|p| p.inclusion.clear(), "/inclusion"),
            (|p| p.exclusion = vec![String::new()], "/exclusion"),
            (|p| p.double_coded_percent = 101, "/double_coded_percent"),
            (|p| p.unflagged_one_in = 0, "/unflagged_one_in"),
            (|p| p.version = 2, "/amendments"),
        ];
        for (change, pointer) in table {
            let mut bad = protocol();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer, "{bad:?}");
        }
        let bad = Protocol { title: String::new(), double_coded_percent: 101, ..protocol() };
        let faults: Vec<_> = bad.faults().into_iter().map(|(at, _)| at).collect();
        assert_eq!(faults, ["/title", "/double_coded_percent"], "all at once");
    }

    #[test]
    fn a_frame_is_bounded() {
        assert_eq!(frame().check(), Ok(()));
        type Break = (fn(&mut Frame), &'static str);
        let table: [Break; 7] = [
            (|f| f.schema.clear(), "/schema"),
            (|f| f.id.clear(), "/id"),
            (|f| f.task = "T".into(), "/task"),
            (|f| f.software.clear(), "/software"),
            (|f| f.seen_at = "now".into(), "/seen_at"),
            (|f| f.listings.clear(), "/listings"),
            (|f| f.listings[0].position = 0, "/listings"),
        ];
        for (change, pointer) in table {
            let mut bad = frame();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer, "{bad:?}");
        }
    }

    #[test]
    fn a_coding_is_bounded() {
        assert_eq!(coding().check(), Ok(()));
        type Break = (fn(&mut Coding), &'static str);
        let table: [Break; 11] = [
            (|c| c.schema.clear(), "/schema"),
            (|c| c.replaces = Some(c.id.clone()), "/replaces"),
            (|c| c.listing = "a".repeat(31), "/listing"),
            (|c| c.url = "javascript:0".into(), "/url"),
            (|c| c.seller = "a\nb".into(), "/seller"),
            (|c| c.picture_sha256 = "A".repeat(64), "/picture_sha256"),
            (|c| c.specimens[0].term = "car".into(), "/specimens"),
            (|c| c.specimens[0].unit = "lb".into(), "/specimens"),
            (|c| c.asking = Asking::Stated { amount: "1,000".into(), currency: "GBP".into() }, "/asking"),
            (|c| c.note = "x".repeat(301), "/note"),
            (|c| c.coded_at.clear(), "/coded_at"),
        ];
        for (change, pointer) in table {
            let mut bad = coding();
            change(&mut bad);
            assert_eq!(bad.check().unwrap_err().0, pointer, "{bad:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = serde_json::to_value(coding()).expect("JSON");
        assert_eq!(serde_json::from_value::<Coding>(text).expect("a coding"), coding());
        let text = serde_json::to_value(frame()).expect("JSON");
        assert_eq!(serde_json::from_value::<Frame>(text).expect("a frame"), frame());
        let text = serde_json::to_value(protocol()).expect("JSON");
        assert_eq!(serde_json::from_value::<Protocol>(text).expect("a protocol"), protocol());
    }
}
