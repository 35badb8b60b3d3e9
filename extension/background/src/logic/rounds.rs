//! The programme of rounds on this device: what is believed, what is refused and why, and what of it holds today.
//! Checks no signature (see `browser::rounds`) and keeps nothing itself.

use super::outbox::Entry;
use super::sentence::Sentence;
use super::signed::{fingerprint, unbase64};
use super::time;
use serde::{Deserialize, Serialize};
use spotter_model::messages::{OutboxState, Standing};
use spotter_model::programme::Programme;
use spotter_model::rounds::Rounds;
use spotter_model::{Date, enrolment};

const DAY_MS: f64 = 86_400_000.0;

/// What is kept of the programme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The newest that was believed.
    pub programme: Option<Programme>,
    /// Fingerprint of the key that signed it.
    pub key: String,
    /// Why what the endpoint offers now is not used.
    pub trouble: Option<Sentence>,
}

/// Those of the keys that the invitation names: the only ones that may sign a programme or a pack.
#[must_use]
pub fn trusted(named: &[String], keys: &[String]) -> Vec<String> {
    let is_named = |key: &&String| {
        unbase64(key).is_some_and(|raw| raw.len() == 32 && named.iter().any(|name| *name == fingerprint(&raw)))
    };
    keys.iter().filter(is_named).take(enrolment::PACK_KEYS).cloned().collect()
}

impl Kept {
    /// Nothing is offered: what was believed stays.
    pub fn nothing_offered(&mut self) {
        self.trouble = None;
    }

    /// No key is trusted, so nothing can be believed.
    pub fn no_key(&mut self) {
        self.trouble = Some(Sentence::new("bg_programme_no_key"));
    }

    /// The signature of what is offered does not hold, or is by nobody who is trusted.
    pub fn not_signed(&mut self) {
        self.trouble = Some(Sentence::new("bg_programme_signature"));
    }

    /// Fingerprints of the keys that the coordinator took back, as the newest programme says.
    #[must_use]
    pub fn revoked(&self) -> &[String] {
        self.programme.as_ref().map_or(&[], |held| &held.revoked)
    }

    /// A payload whose signature by `key` holds. An older one never takes a newer one's place; none counts that a key
    /// signed which was taken back, be it by itself.
    pub fn signed(&mut self, payload: &[u8], key: &str) {
        let key_is_back = |offered: &Programme| self.revoked().iter().chain(&offered.revoked).any(|print| print == key);
        self.trouble = match Programme::known(payload) {
            None => Some(Sentence::new("bg_programme_unreadable")),
            Some(offered) if key_is_back(&offered) => Some(Sentence::new("bg_programme_signature")),
            Some(offered) if self.programme.as_ref().is_some_and(|held| offered.serial < held.serial) => {
                Some(Sentence::new("bg_programme_older"))
            }
            Some(offered) => {
                key.clone_into(&mut self.key);
                self.programme = Some(offered);
                None
            }
        };
    }

    /// After joining under other keys: what one that is no longer trusted had signed does not count.
    pub fn trust_only(&mut self, prints: &[String]) {
        if !prints.contains(&self.key) {
            *self = Self::default();
        }
    }

    /// What of it holds at this moment; `None` where there never was any.
    #[must_use]
    pub fn today(&self, cohort: &str, now_ms: f64, entries: &[Entry], standing: Option<&Standing>) -> Option<Rounds> {
        if self.programme.is_none() && self.trouble.is_none() {
            return None;
        }
        let day = time::utc_date(now_ms);
        let mut rounds = Rounds {
            reports_this_week: reports_this_week(now_ms, entries, standing),
            trouble: self.trouble.clone().map(|Sentence(key, args)| (key, args)),
            ..Rounds::default()
        };
        if let Some(programme) = &self.programme {
            rounds.now = programme.current(day, cohort).cloned().collect();
            rounds.next = next(programme, day, cohort);
            rounds.lead.clone_from(&programme.lead);
            rounds.debrief.clone_from(&programme.debrief);
        }
        Some(rounds)
    }
}

fn next(programme: &Programme, day: Date, cohort: &str) -> Option<(String, Date)> {
    let coming = programme.rounds.iter().filter(|r| day < r.from && r.from <= programme.expires);
    let coming = coming.filter(|r| r.is_for(r.from, cohort)).min_by_key(|r| r.from)?;
    Some((coming.name.clone(), coming.from))
}

/// Monday, 0:00 UTC, of the week of this moment.
#[must_use]
pub fn monday(now_ms: f64) -> f64 {
    // 1970-01-01 was a Thursday.
    let days = (now_ms / DAY_MS).floor();
    (days - (days + 3.0).rem_euclid(7.0)) * DAY_MS
}

/// Reports that arrived in the week: as the endpoint last said, or as many as this device knows of where that is more.
fn reports_this_week(now_ms: f64, entries: &[Entry], standing: Option<&Standing>) -> u32 {
    let from = time::rfc3339(monday(now_ms));
    let sent = entries.iter().filter(|e| e.state == OutboxState::Sent && e.created_at >= from).count();
    let said = standing.filter(|s| s.week.from.get(..10) == from.get(..10)).map_or(0, |s| s.week.reports);
    said.max(u32::try_from(sent).unwrap_or(u32::MAX))
}

#[cfg(test)]
#[path = "rounds_tests.rs"]
mod tests;
