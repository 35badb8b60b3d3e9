//! `wildlife-report/1`: what a spotter saw and when. The body is signed as bytes; see [`crate::dsse`].

use crate::{Assessment, Listing, evidence, limits};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::net::{Ipv4Addr, Ipv6Addr};

pub use crate::evidence::{Evidence, EvidenceKind, EvidenceState};

/// The schema's name and version, the value of [`Report::schema`].
pub const SCHEMA: &str = "wildlife-report/1";

/// A report. Unknown fields are allowed, stay in the stored bytes, and are not interpreted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// UUID (version 4, lower case, with hyphens) made by the device; the idempotency key.
    pub report_id: String,
    /// When the spotter pressed Report, by the device's clock, RFC 3339 UTC.
    pub created_at: String,
    /// When the page was read and the listing matched, RFC 3339 UTC.
    pub matched_at: String,
    /// The device's offset from UTC in minutes. Stays sealed at the server.
    pub utc_offset_minutes: i16,
    /// Server time minus device time in milliseconds, as last seen; absent: never seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub clock_skew_ms: Option<i64>,
    /// What made the report.
    pub client: Client,
    /// Where the listing is.
    pub place: Place,
    /// How the spotter came by the listing.
    #[serde(default)]
    pub source: Source,
    /// The listing as read, within the limits of [`crate::limits`].
    pub listing: Listing,
    /// Read from a card on a results page, not from the listing's own page.
    pub card_only: bool,
    /// The spotter reports what the detector did not flag.
    pub missed_by_detector: bool,
    /// The detector's answer at match; the seller's claims are among it.
    pub assessment: Assessment,
    /// What the spotter takes it for.
    #[serde(default)]
    pub chosen: Choice,
    /// Ids of the identification marks that the spotter saw in it and ticked; at most [`limits::MARKS`].
    #[serde(default)]
    pub marks: Vec<String>,
    /// Concept ids of the seller's methods that the spotter ticked; at most [`limits::METHODS`].
    #[serde(default)]
    pub methods_ticked: Vec<String>,
    /// The spotter's own words; at most [`limits::NOTE_CHARS`] characters.
    #[serde(default)]
    pub note: String,
    /// The spotter states that no contact with the seller was made.
    pub no_contact_made: bool,
    /// What is attached, and why what is missing is missing.
    pub evidence: Vec<Evidence>,
}

/// How the spotter came by the listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Source {
    /// The extension read it on a page that the spotter had open.
    #[default]
    Page,
    /// The spotter pasted a link, and what else is known of it: seen in a phone app, for instance. Nothing was read
    /// from the marketplace.
    Pasted,
}

/// What the spotter takes the specimen for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Choice {
    /// The spotter chose nothing.
    #[default]
    NotAsked,
    /// The spotter chose "not sure".
    NotSure,
    /// One of these, most fitting first; at most [`limits::CHOSEN_TAXA`].
    Taxa {
        /// The taxa.
        taxa: Vec<ChosenTaxon>,
    },
}

/// A taxon that the spotter chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChosenTaxon {
    /// The register's id.
    pub id: String,
    /// Darwin Core `scientificName`, without authorship.
    #[serde(rename = "scientificName")]
    pub scientific_name: String,
}

/// Software that made a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Client {
    /// Version of the extension.
    pub extension: String,
    /// `chromium` or `firefox`; empty where technical data stays on the device.
    pub browser: String,
    /// Version of the lexicon pack; with an overlay, both with `+` between them.
    pub pack: String,
    /// BCP-47 language of the extension's screens; empty where `browser` is. Stays sealed at the server.
    pub locale: String,
}

/// Addresses of a listing. User-info, fragments and tracking parameters are already stripped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// Host of the marketplace, lower case, without a leading `www.`.
    pub marketplace: String,
    /// The marketplace's id for the listing where the address holds one, else empty.
    #[serde(default)]
    pub listing_id: String,
    /// The listing's own address.
    pub url_canonical: String,
    /// Address of the page when the listing was matched.
    pub url_at_match: String,
    /// Address of the page when the spotter pressed Report.
    pub url_observed: String,
}

impl Place {
    /// What a case is about, within its marketplace: the marketplace's own id where the report has one, else the
    /// address.
    #[must_use]
    pub fn key(&self) -> String {
        if self.listing_id.is_empty() {
            format!("url:{}", self.url_canonical)
        } else {
            format!("id:{}", self.listing_id)
        }
    }
}

/// A field of a report that breaks the contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct BadReport {
    /// JSON pointer to the field.
    pub pointer: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

impl Report {
    /// What the report's case is about, within its marketplace: as its place says, unless the card was read on a page
    /// that many cards share and has no address of its own. Then its title tells it from the others.
    #[must_use]
    pub fn key(&self) -> String {
        let key = self.place.key();
        if self.shares_its_address() {
            let title = self.listing.title.split_whitespace().collect::<Vec<_>>().join(" ");
            return format!("{key}#{:x}", Sha256::digest(title));
        }
        key
    }

    /// Whether a card's only address is that of the page with all the others.
    #[must_use]
    pub fn shares_its_address(&self) -> bool {
        let Place { listing_id, url_canonical, url_at_match, .. } = &self.place;
        self.card_only && listing_id.is_empty() && url_canonical == url_at_match
    }

    /// Checks what types alone cannot: sizes, ids, addresses.
    ///
    /// # Errors
    /// The first field that breaks the contract.
    pub fn check(&self) -> Result<(), BadReport> {
        let bad = |pointer, detail: &str| Err(BadReport { pointer, detail: detail.to_owned() });
        let over = |pointer, text: &str, max: usize| {
            if text.len() > max {
                Err(BadReport { pointer, detail: format!("{} bytes, at most {max} are allowed", text.len()) })
            } else {
                Ok(())
            }
        };
        if self.schema != SCHEMA {
            return bad("/schema", "must be wildlife-report/1");
        }
        if !is_uuid(&self.report_id) {
            return bad("/report_id", "must be a lower-case UUID");
        }
        for (pointer, time) in [("/created_at", &self.created_at), ("/matched_at", &self.matched_at)] {
            if !is_utc_time(time) {
                return bad(pointer, "must be an RFC 3339 time in UTC, ending in Z");
            }
        }
        if !(-16 * 60..=16 * 60).contains(&self.utc_offset_minutes) {
            return bad("/utc_offset_minutes", "must lie within 16 hours");
        }
        for (pointer, text) in [
            ("/client/extension", &self.client.extension),
            ("/client/browser", &self.client.browser),
            ("/client/pack", &self.client.pack),
            ("/client/locale", &self.client.locale),
        ] {
            over(pointer, text, 64)?;
        }
        if !is_marketplace(&self.place.marketplace) {
            return bad("/place/marketplace", "must be a host name in lower case");
        }
        over("/place/listing_id", &self.place.listing_id, 128)?;
        for (pointer, url) in [
            ("/place/url_canonical", &self.place.url_canonical),
            ("/place/url_at_match", &self.place.url_at_match),
            ("/place/url_observed", &self.place.url_observed),
        ] {
            over(pointer, url, limits::URL_BYTES)?;
            if !(url.starts_with("https://") || url.starts_with("http://")) {
                return bad(pointer, "must be an http or https address");
            }
        }
        for field in crate::Field::ALL {
            if self.listing.text(field).len() > Listing::limit(field) {
                return bad("/listing", "a text is longer than its limit");
            }
        }
        over("/listing/url", &self.listing.url, limits::URL_BYTES)?;
        over("/listing/id", &self.listing.id, limits::SHORT_BYTES)?;
        over("/listing/lang", &self.listing.lang, 64)?;
        if self.assessment.cues.len() > limits::CUES || self.assessment.taxa.len() > limits::TAXA {
            return bad("/assessment", "too many cues or taxa");
        }
        if self.note.chars().count() > limits::NOTE_CHARS {
            return bad("/note", "at most 1000 characters are allowed");
        }
        for (pointer, ids, max) in
            [("/marks", &self.marks, limits::MARKS), ("/methods_ticked", &self.methods_ticked, limits::METHODS)]
        {
            if ids.len() > max {
                return bad(pointer, "too many");
            }
            if !ids.iter().all(|id| is_id(id)) {
                return bad(pointer, "must be ids of at most 64 characters of a-z, 0-9, dot, hyphen and underscore");
            }
        }
        if let Choice::Taxa { taxa } = &self.chosen {
            if taxa.is_empty() || taxa.len() > limits::CHOSEN_TAXA {
                return bad("/chosen", "1 to 5 taxa");
            }
            if !taxa.iter().all(|t| is_id(&t.id) && t.scientific_name.len() <= limits::SHORT_BYTES) {
                return bad("/chosen", "a taxon needs its id and a name of at most 512 bytes");
            }
        }
        evidence::check(&self.evidence)?;
        Ok(())
    }

    /// Hash of the screenshot, where there is one.
    #[must_use]
    pub fn screenshot(&self) -> Option<&str> {
        self.evidence.iter().find(|e| e.kind == EvidenceKind::Screenshot)?.sha256.as_deref()
    }

    /// Hashes of the blobs that belong to this report.
    pub fn blobs(&self) -> impl Iterator<Item = &str> {
        self.evidence.iter().filter_map(|e| e.sha256.as_deref())
    }
}

/// Whether `s` is a host as in [`Place::marketplace`]: in lower case as browsers write it (RFC 1123 names, IPv4, IPv6 in
/// brackets), with its port where it has one. A final dot is refused: the same marketplace would count as two.
#[must_use]
pub fn is_marketplace(s: &str) -> bool {
    if s.len() > 253 {
        return false;
    }
    let (host, port) = match s.rfind(']') {
        Some(end) => (&s[..=end], &s[end + 1..]),
        None => s.split_at(s.find(':').unwrap_or(s.len())),
    };
    if let Some(inside) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        let written = inside.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b':'));
        return written && inside.parse::<Ipv6Addr>().is_ok() && is_port(port);
    }
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    // What ends in a number is an IPv4 address or nothing: browsers read it so, too.
    let number = host.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    is_port(port) && host.split('.').all(label) && (!number || host.parse::<Ipv4Addr>().is_ok())
}

/// Nothing, or `:` and a port as browsers write it.
fn is_port(s: &str) -> bool {
    s.is_empty()
        || s.strip_prefix(':')
            .is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()) && !p.starts_with('0') && p.parse::<u16>().is_ok())
}

/// Whether `s` is 64 lower-case hex digits.
#[must_use]
pub fn is_sha256(s: &str) -> bool {
    s.len() == 64 && s.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether `s` has the form of an id of the lexicon, the register or a mark.
#[must_use]
pub fn is_id(s: &str) -> bool {
    (1..=64).contains(&s.len()) && s.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'))
}

/// Whether `s` is a UUID in lower case with hyphens.
#[must_use]
pub fn is_uuid(s: &str) -> bool {
    s.len() == 36
        && s.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// Whether `s` looks like `2026-11-23T22:13:54Z`, with optional fractions of a second.
#[must_use]
pub fn is_utc_time(s: &str) -> bool {
    let Some((date, time)) = s.split_once('T') else { return false };
    let Some(time) = time.strip_suffix('Z') else { return false };
    let (clock, fraction) = time.split_once('.').map_or((time, None), |(c, f)| (c, Some(f)));
    let two = |t: &str, max: u8| {
        t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit()) && t.parse::<u8>().is_ok_and(|n| n <= max)
    };
    let mut parts = clock.split(':');
    let clock_ok = matches!((parts.next(), parts.next(), parts.next(), parts.next()), (Some(h), Some(m), Some(s), None) if two(h, 23) && two(m, 59) && two(s, 60));
    date.parse::<crate::Date>().is_ok()
        && clock_ok
        && fraction.is_none_or(|f| (1..=9).contains(&f.len()) && f.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Report {
        Report {
            schema: SCHEMA.into(),
            report_id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
            created_at: "2026-11-23T22:13:54.123Z".into(),
            matched_at: "2026-11-23T22:13:50Z".into(),
            utc_offset_minutes: 60,
            clock_skew_ms: None,
            client: Client {
                extension: "0.1.0".into(),
                browser: "firefox".into(),
                pack: "1".into(),
                locale: "en".into(),
            },
            place: Place {
                marketplace: "market.example".into(),
                listing_id: String::new(),
                url_canonical: "https://market.example/1".into(),
                url_at_match: "https://market.example/".into(),
                url_observed: "https://market.example/".into(),
            },
            source: Source::Page,
            listing: Listing::default(),
            card_only: true,
            missed_by_detector: false,
            assessment: Assessment::default(),
            chosen: Choice::NotAsked,
            marks: vec![],
            methods_ticked: vec![],
            note: String::new(),
            no_contact_made: true,
            evidence: vec![],
        }
    }

    #[test]
    fn a_marketplace_is_a_host_as_browsers_write_it() {
        let (label, long) = ("a".repeat(63), "a".repeat(64));
        for good in [
            "market.example",
            "shop.market.example:8080",
            "xn--mrkt-5qa.example",
            "r3---sn.example",
            "localhost",
            "localhost:4000",
            "192.0.2.7",
            "127.0.0.1:65535",
            "[::1]",
            "[2001:db8::7]:8443",
            "9gag.example",
            label.as_str(),
            &format!("{label}.{label}.{label}.example"),
        ] {
            assert!(is_marketplace(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "...",
            "a:b",
            ":",
            ":80",
            "a:",
            "a:0",
            "a:080",
            "a:65536",
            "a:1:2",
            "a:-1",
            "a:+1",
            "a..b",
            ".a",
            "market.example.",
            "-a.example",
            "a-.example",
            "-",
            "Market.example",
            "market_.example",
            "m\u{e4}rkt.example",
            "192.0.2.256",
            "1.2.3",
            "market.7",
            "7",
            "[",
            "]",
            "[]",
            "[::1",
            "::1",
            "[::1]]",
            "[::1]x",
            "[::1]:",
            "[::G]",
            "[::FFFF]",
            "a[::1]",
            "[fe80::1%eth0]",
            "[market.example]",
            "market.example/x",
            "user@market.example",
            "market example",
            "market.example\n",
            long.as_str(),
            &"a.".repeat(127),
            &format!("{}example", "a.".repeat(124)),
        ] {
            assert!(!is_marketplace(bad), "{bad:?}");
        }
    }

    #[test]
    fn checks_name_the_field() {
        assert_eq!(sample().check(), Ok(()));
        type Break = (fn(&mut Report), &'static str);
        let table: &[Break] = &[
            (|r| r.schema = "wildlife-report/2".into(), "/schema"),
            (|r| r.report_id = r.report_id.to_uppercase(), "/report_id"),
            (|r| r.created_at = "2026-11-23 22:13:54Z".into(), "/created_at"),
            (|r| r.matched_at = "2026-02-30T22:13:54Z".into(), "/matched_at"),
            (|r| r.utc_offset_minutes = 2000, "/utc_offset_minutes"),
            (|r| r.place.marketplace = "Market".into(), "/place/marketplace"),
            (|r| r.place.url_observed = "javascript:1".into(), "/place/url_observed"),
            (|r| r.listing.title = "x".repeat(3000), "/listing"),
            (|r| r.note = "é".repeat(1001), "/note"),
            (|r| r.evidence = vec![Evidence::without(EvidenceKind::Screenshot, EvidenceState::Included)], "/evidence"),
            (|r| r.marks = vec!["Schreger Lines".into()], "/marks"),
            (|r| r.marks = vec!["m".into(); limits::MARKS + 1], "/marks"),
            (|r| r.methods_ticked = vec![String::new()], "/methods_ticked"),
            (|r| r.chosen = Choice::Taxa { taxa: vec![] }, "/chosen"),
        ];
        for (change, pointer) in table {
            let mut r = sample();
            change(&mut r);
            assert_eq!(r.check().unwrap_err().pointer, *pointer);
        }
    }

    #[test]
    fn reports_of_before_these_fields_still_read() {
        let mut value = serde_json::to_value(sample()).unwrap();
        for field in ["source", "chosen", "marks", "methods_ticked"] {
            value.as_object_mut().unwrap().remove(field).unwrap();
        }
        assert_eq!(serde_json::from_value::<Report>(value).unwrap(), sample());
    }

    #[test]
    fn keys_of_ids_and_addresses_never_meet() {
        let mut place = sample().place;
        assert_eq!(place.key(), "url:https://market.example/1");
        place.listing_id = "7".into();
        assert_eq!(place.key(), "id:7");
    }

    #[test]
    fn cards_without_an_address_of_their_own_are_told_apart_by_their_titles() {
        let mut card = sample();
        card.card_only = true;
        card.place.url_at_match = "https://market.example/all".into();
        assert_eq!(card.key(), "url:https://market.example/1", "it has an address of its own");
        card.place.url_canonical.clone_from(&card.place.url_at_match);
        let first = card.key();
        assert!(first.starts_with("url:https://market.example/all#"));
        card.listing.title = format!(" {}\n", card.listing.title.replace(' ', "  "));
        assert_eq!(card.key(), first, "white space is no other listing");
        card.listing.title.push('2');
        assert_ne!(card.key(), first);
        card.card_only = false;
        assert_eq!(card.key(), "url:https://market.example/all", "an item page is one listing");
    }

    #[test]
    fn unknown_fields_are_tolerated() {
        let mut value = serde_json::to_value(sample()).unwrap();
        value["from_the_future"] = 1.into();
        assert_eq!(serde_json::from_value::<Report>(value).unwrap(), sample());
    }
}
