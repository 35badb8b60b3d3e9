//! The programme of rounds: when spotters look for what, where, and with which words.
//!
//! Written by the coordinator, signed offline with the pack key as a DSSE envelope of [`PROGRAMME_TYPE`], and handed
//! on by the endpoint as it came: whoever breaks into the endpoint cannot send spotters anywhere.

use crate::{Date, Group, limits};
use serde::{Deserialize, Serialize};

/// The value of [`Programme::schema`].
pub const PROGRAMME_SCHEMA: &str = "wildlife-programme/1";
/// Payload type of the signed programme.
pub const PROGRAMME_TYPE: &str = "application/vnd.wildlife-programme.v1+json";

/// What stands for the search words in an address.
pub const PLACEHOLDER: &str = "{terms}";
/// Most rounds of a programme.
const ROUNDS: usize = 24;
/// Most entries of each list in a round.
const LIST: usize = 64;
/// Most keys that are taken back.
const REVOKED: usize = 16;
/// Most search terms of a round.
const TERMS: usize = 200;

/// The rounds, with what holds for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Programme {
    /// Always [`PROGRAMME_SCHEMA`].
    pub schema: String,
    /// Number of this programme: an older one never takes a newer one's place.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub serial: u64,
    /// The last day on which it counts.
    pub expires: Date,
    /// Whom a spotter tells that a seller or anyone else made contact: a `mailto:` or `https:` address, or empty.
    #[serde(default)]
    pub lead: String,
    /// Where a spotter can talk about what was seen: a `mailto:` or `https:` address, or empty.
    #[serde(default)]
    pub debrief: String,
    /// Fingerprints, as invitation links name them, of keys that were taken back: what they signed does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<String>,
    /// The rounds.
    pub rounds: Vec<Round>,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Round {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// The cohorts that take part; empty: all.
    #[serde(default)]
    pub cohorts: Vec<String>,
    /// What it looks for; empty: everything.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// BCP-47 languages that it looks in; empty: all.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Where it looks; empty: everywhere.
    #[serde(default)]
    pub marketplaces: Vec<RoundMarket>,
    /// Reports a week that are asked of each spotter; 0: none in particular.
    #[serde(default)]
    pub minimum_per_week: u32,
    /// The training's test has to be passed before the first report.
    #[serde(default)]
    pub training_required: bool,
    /// The endpoint takes reports only of spotters whose result of the test reached it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub training_attested: bool,
    /// Percent of the test's points that are a pass; absent: [`crate::training::PASS_PERCENT`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub training_pass_percent: Option<u32>,
    /// Of the listings that the detector did not flag, one in so many is offered for a ten-second check; absent or 0: none is.
    #[serde(default, skip_serializing_if = "crate::audit::is_off")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u32>"))]
    pub audit_one_in: u32,
    /// Words to search for.
    #[serde(default)]
    pub terms: Vec<SearchTerm>,
}

/// A marketplace of a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoundMarket {
    /// Its host, lower case, without a leading `www.`.
    pub host: String,
    /// Address of its search with [`PLACEHOLDER`] in it, or empty.
    #[serde(default)]
    pub search: String,
}

/// A word to search for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchTerm {
    /// The words.
    pub text: String,
    /// Their BCP-47 language, or empty.
    #[serde(default)]
    pub lang: String,
    /// What they stand for.
    #[serde(default)]
    pub group: Option<Group>,
}

fn contact_fits(address: &str) -> bool {
    let known = address.starts_with("mailto:") || address.starts_with("https://");
    address.is_empty()
        || (known && address.len() <= 256 && !address.chars().any(|c| c.is_control() || c.is_whitespace()))
}

fn short(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= limits::TERM_BYTES && !text.chars().any(char::is_control)
}

fn is_host(host: &str) -> bool {
    (1..=253).contains(&host.len())
        && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
}

/// A search's address with these words, percent-encoded, in [`PLACEHOLDER`]'s place.
#[must_use]
pub fn search_address(search: &str, words: &str) -> String {
    let mut encoded = String::with_capacity(words.len() * 3);
    for byte in words.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    search.replacen(PLACEHOLDER, &encoded, 1)
}

impl RoundMarket {
    /// The address of a search for these words, which are percent-encoded. `None` where the round gives none.
    #[must_use]
    pub fn search_for(&self, words: &str) -> Option<String> {
        if self.search.is_empty() {
            return None;
        }
        Some(search_address(&self.search, words))
    }

    fn check(&self) -> Result<(), String> {
        if !is_host(&self.host) {
            return Err(format!("{:?} is no host in lower case", limits::cut(&self.host, 64)));
        }
        if self.search.is_empty() {
            return Ok(());
        }
        // The words may stand nowhere but behind the host, which is the marketplace's own.
        let fits =
            self.search.strip_prefix("https://").and_then(|rest| rest.split_once('/')).is_some_and(|(host, path)| {
                let below =
                    host.strip_suffix(self.host.as_str()).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
                is_host(host) && below && path.matches(PLACEHOLDER).count() == 1
            });
        let printable = self.search.len() <= 512 && self.search.bytes().all(|b| b.is_ascii_graphic());
        if fits && printable {
            Ok(())
        } else {
            Err(format!("the search of {} must be https://, on that host, with {PLACEHOLDER} once in it", self.host))
        }
    }
}

impl Round {
    /// Whether it runs on this day and asks this cohort.
    #[must_use]
    pub fn is_for(&self, day: Date, cohort: &str) -> bool {
        self.from <= day && day <= self.until && (self.cohorts.is_empty() || self.cohorts.iter().any(|c| c == cohort))
    }

    /// Whether listings of this marketplace belong to it.
    #[must_use]
    pub fn looks_at(&self, host: &str) -> bool {
        let on = |market: &RoundMarket| {
            host.strip_suffix(market.host.as_str()).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        };
        self.marketplaces.is_empty() || self.marketplaces.iter().any(on)
    }

    fn check(&self) -> Result<(), String> {
        let of = |what: &str| Err(format!("round {:?}: {what}", limits::cut(&self.id, 64)));
        if !crate::report::is_id(&self.id) {
            return of("its id must be at most 64 characters of a-z, 0-9, dot, hyphen and underscore");
        }
        if !short(&self.name) {
            return of("its name must be one line of 1 to 120 bytes");
        }
        if self.until < self.from {
            return of("it ends before it begins");
        }
        let lists = [self.cohorts.len(), self.groups.len(), self.languages.len(), self.marketplaces.len()];
        if lists.into_iter().any(|n| n > LIST) || self.terms.len() > TERMS {
            return of("a list is too long");
        }
        if self.training_attested && !self.training_required {
            return of("training_attested needs training_required");
        }
        if self.training_pass_percent.is_some_and(|percent| !crate::training::PASS_RANGE.contains(&percent)) {
            return of("the training's pass mark must be 50 to 100 percent");
        }
        if self.audit_one_in != 0 && !crate::audit::ONE_IN.contains(&self.audit_one_in) {
            return of("audit_one_in must be 0 (nothing is checked) or 5 to 10000");
        }
        let words = self.cohorts.iter().chain(&self.languages).chain(self.terms.iter().map(|t| &t.text));
        if !words.into_iter().all(|w| short(w)) || self.terms.iter().any(|t| t.lang.len() > 35) {
            return of("cohorts, languages and terms must be lines of 1 to 120 bytes");
        }
        self.marketplaces.iter().try_for_each(RoundMarket::check).or_else(|what| of(&what))
    }
}

impl Programme {
    /// Reads and checks the payload of a signed programme. Whether the signature holds is the caller's to know first.
    ///
    /// # Errors
    /// The first thing that is wrong, as a sentence for the coordinator.
    pub fn read(payload: &[u8]) -> Result<Self, String> {
        Self::checked(payload, |unlike| {
            serde_json::from_slice::<Self>(payload).err().map_or_else(|| unlike.to_string(), |e| e.to_string())
        })
    }

    /// The same where nobody asks what is wrong.
    #[must_use]
    pub fn known(payload: &[u8]) -> Option<Self> {
        Self::checked(payload, |unlike| unlike.to_string()).ok()
    }

    fn checked(payload: &[u8], why: impl Fn(crate::json::Unlike) -> String) -> Result<Self, String> {
        if payload.len() > limits::PROGRAMME_BYTES {
            return Err(format!("at most {} bytes are allowed", limits::PROGRAMME_BYTES));
        }
        let programme: Self = crate::json::read(payload).map_err(why)?;
        programme.check().map(|()| programme)
    }

    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), String> {
        if self.schema != PROGRAMME_SCHEMA {
            return Err(format!("schema must be {PROGRAMME_SCHEMA}"));
        }
        if !contact_fits(&self.lead) || !contact_fits(&self.debrief) {
            return Err("lead and debrief must be mailto: or https: addresses of at most 256 bytes, or empty".into());
        }
        if self.rounds.len() > ROUNDS {
            return Err(format!("at most {ROUNDS} rounds are allowed"));
        }
        let print = |key: &String| {
            key.len() == 43 && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        if self.revoked.len() > REVOKED || !self.revoked.iter().all(print) {
            return Err(format!("revoked must be at most {REVOKED} fingerprints of keys"));
        }
        for (n, round) in self.rounds.iter().enumerate() {
            round.check()?;
            if self.rounds[..n].iter().any(|other| other.id == round.id) {
                return Err(format!("round {:?} stands twice", round.id));
            }
        }
        Ok(())
    }

    /// The rounds that run on this day for this cohort; none once the programme has expired.
    pub fn current<'a>(&'a self, day: Date, cohort: &'a str) -> impl Iterator<Item = &'a Round> + 'a {
        self.rounds.iter().filter(move |r| day <= self.expires && r.is_for(day, cohort))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn sample() -> Value {
        json!({
            "schema": "wildlife-programme/1", "serial": 3, "expires": "2027-01-31",
            "lead": "mailto:lead@programme.example", "debrief": "",
            "rounds": [{
                "id": "ivory-2026-11", "name": "Ivory, November", "from": "2026-11-02", "until": "2026-11-29",
                "cohorts": ["autumn"], "groups": ["elephant"], "languages": ["en", "de"],
                "marketplaces": [{ "host": "market.example", "search": "https://www.market.example/s?q={terms}" }],
                "minimum_per_week": 3, "training_required": true,
                "terms": [{ "text": "ox bone & \"old\"", "lang": "en", "group": "elephant" }],
            }],
        })
    }

    fn read(change: impl FnOnce(&mut Value)) -> Result<Programme, String> {
        let mut value = sample();
        change(&mut value);
        Programme::read(&serde_json::to_vec(&value).unwrap())
    }

    #[test]
    fn rounds_run_on_their_days_and_for_their_cohorts() {
        let programme = read(|_| {}).unwrap();
        let runs = |day: &str, cohort| programme.current(day.parse().unwrap(), cohort).count();
        for (day, cohort, want) in [
            ("2026-11-01", "autumn", 0),
            ("2026-11-02", "autumn", 1),
            ("2026-11-29", "autumn", 1),
            ("2026-11-30", "autumn", 0),
            ("2026-11-10", "spring", 0),
        ] {
            assert_eq!(runs(day, cohort), want, "{day} {cohort}");
        }
        let over = read(|p| p["expires"] = "2026-11-09".into()).unwrap();
        assert_eq!(over.current("2026-11-10".parse().unwrap(), "autumn").count(), 0);
    }

    #[test]
    fn searches_lead_to_their_marketplace_and_nowhere_else() {
        let round = read(|_| {}).unwrap().rounds.remove(0);
        let address = round.marketplaces[0].search_for(&round.terms[0].text).unwrap();
        assert_eq!(address, "https://www.market.example/s?q=ox%20bone%20%26%20%22old%22");
        for search in [
            "http://market.example/?q={terms}",
            "https://other.example/?q={terms}",
            "https://notmarket.example/?q={terms}",
            "https://market.example@other.example/?q={terms}",
            "https://{terms}.market.example/",
            "https://market.example/",
            "https://market.example/{terms}{terms}",
            "https://market.example:8443/?q={terms}",
            "https://market.example/ ?q={terms}",
            "javascript:alert({terms})",
        ] {
            let refused = read(|p| p["rounds"][0]["marketplaces"][0]["search"] = search.into());
            assert!(refused.is_err(), "{search}");
        }
    }

    #[test]
    fn a_round_without_checks_is_written_as_before_and_one_with_them_says_how_many() {
        let off = read(|p| p["rounds"][0]["audit_one_in"] = 0.into()).unwrap();
        assert_eq!((off.rounds[0].audit_one_in, &off), (0, &read(|_| {}).unwrap()));
        assert!(!serde_json::to_string(&off).unwrap().contains("audit"), "older extensions read it");
        for n in [5, 20, 10_000] {
            assert_eq!(read(|p| p["rounds"][0]["audit_one_in"] = n.into()).unwrap().rounds[0].audit_one_in, n);
        }
        let round = &off.rounds[0];
        for (host, on) in
            [("market.example", true), ("m.market.example", true), ("notmarket.example", false), ("", false)]
        {
            assert_eq!(round.looks_at(host), on, "{host}");
        }
        let everywhere = read(|p| p["rounds"][0]["marketplaces"] = json!([])).unwrap();
        assert!(everywhere.rounds[0].looks_at("any.example"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        type Break = fn(&mut Value);
        let table: [(Break, &str); 11] = [
            (|p| p["rounds"][0]["audit_one_in"] = 4.into(), "audit_one_in"),
            (|p| p["rounds"][0]["audit_one_in"] = 10_001.into(), "audit_one_in"),
            (|p| p["rounds"][0]["audit_one_in"] = (-5).into(), "expected u32"),
            (|p| p["schema"] = "x".into(), "schema"),
            (|p| p["lead"] = "javascript:1".into(), "lead"),
            (|p| p["rounds"][0]["until"] = "2026-11-01".into(), "ends before"),
            (|p| p["rounds"][0]["name"] = "".into(), "name"),
            (|p| p["rounds"][0]["surprise"] = 1.into(), "surprise"),
            (
                |p| {
                    (p["rounds"][0]["training_required"], p["rounds"][0]["training_attested"]) =
                        (false.into(), true.into())
                },
                "needs training_required",
            ),
            (|p| p["rounds"] = json!([p["rounds"][0], p["rounds"][0]]), "twice"),
            (|p| p["debrief"] = format!("https://{}", "x".repeat(70_000)).into(), "bytes"),
        ];
        for (change, word) in table {
            let said = read(change).unwrap_err();
            assert!(said.contains(word), "{said}");
        }
    }
}
