//! The outbox's rules: what each report may do next. Holds no storage and no network; `browser::store`
//! applies each step inside one transaction, `browser::delivery` does the sending.
//!
//! Undoable -> (undo) gone | (due) Waiting -> (taken) Sent | (again) Waiting | (never) Refused -> (retry) Waiting.

use super::backoff;
use super::cues::Cue;
use super::sentence::Sentence;
use serde::{Deserialize, Serialize};
use spotter_model::InOrder;
use spotter_model::PublicStatus;
use spotter_model::dsse::Envelope;
use spotter_model::messages::{OutboxItem, OutboxState};
use spotter_model::recheck::Saw;
use spotter_model::report::Evidence;
use std::collections::HashSet;

/// One report in the outbox. Its bytes and blobs are stored beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The report's UUID: the idempotency key.
    pub report_id: String,
    /// The listing's title.
    pub title: String,
    /// The listing's address.
    pub url: String,
    /// When it was made, RFC 3339 UTC.
    pub created_at: String,
    /// The tab that it came from.
    pub tab_id: i32,
    /// The finding's key there.
    pub finding: String,
    /// Endpoint that it is for.
    pub origin: String,
    /// Key that signed the body.
    pub key_id: String,
    /// Standard base64 of the signature over the body.
    pub signature: String,
    /// Lower-case hex SHA-256 of the body.
    pub body_sha256: String,
    /// What goes with it.
    pub evidence: Vec<Evidence>,
    /// What it was found by; never sent.
    #[serde(default)]
    pub cues: Vec<Cue>,
    /// Where it is.
    pub state: OutboxState,
    /// End of the undo, or time of the next try.
    pub due_ms: f64,
    /// When `due_ms` was set; a clock that reads less than this was set back.
    #[serde(default)]
    pub set_ms: f64,
    /// Failed tries so far.
    pub tries: u32,
    /// Why the last try failed.
    #[serde(default)]
    pub trouble: Option<Sentence>,
    /// The receipt's number.
    #[serde(default)]
    pub number: Option<String>,
    /// The receipt as it came.
    #[serde(default)]
    pub receipt: Option<Envelope>,
    /// What became of it.
    #[serde(default)]
    pub status: Option<PublicStatus>,
    /// The reviewer's public reason.
    #[serde(default)]
    pub reason: String,
    /// The listing had been reported before.
    #[serde(default)]
    pub joined: bool,
    /// Since when the endpoint asks whether the listing is still there.
    #[serde(default)]
    pub asked: Option<String>,
    /// What was answered last, and to which of these questions.
    #[serde(default)]
    pub saw: Option<(String, Saw)>,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The endpoint has it and said so with a receipt that verifies.
    Sent {
        /// The receipt's number.
        number: String,
        /// The receipt.
        receipt: Envelope,
        /// The endpoint took the report but refused a picture for good.
        trouble: Option<Sentence>,
    },
    /// Try again.
    Again {
        /// Why.
        why: Sentence,
        /// What `Retry-After` asked for.
        asked_ms: Option<f64>,
    },
    /// Refused for good.
    Never {
        /// Why.
        why: Sentence,
    },
}

impl Entry {
    /// Takes the entry for sending if it is due. From here on it can't be undone.
    #[must_use]
    pub fn begin(&mut self, now_ms: f64) -> bool {
        let due = self.is_unsent() && self.due_ms <= now_ms;
        if due {
            self.state = OutboxState::Waiting;
        }
        due
    }

    /// Waits for its undo or its next try.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        matches!(self.state, OutboxState::Undoable | OutboxState::Waiting)
    }

    /// Records how a try ended.
    pub fn answered(&mut self, outcome: Outcome, now_ms: f64, jitter: f64) {
        match outcome {
            Outcome::Sent { number, receipt, trouble } => {
                self.state = OutboxState::Sent;
                self.number = Some(number);
                self.receipt = Some(receipt);
                self.status.get_or_insert(PublicStatus::Received);
                self.trouble = trouble;
            }
            // A late failure (a second background, an answer that crossed) never takes a receipt away.
            _ if self.state == OutboxState::Sent => {}
            Outcome::Again { why, asked_ms } => {
                self.tries = self.tries.saturating_add(1);
                self.state = OutboxState::Waiting;
                self.wait_until(now_ms + backoff::wait_ms(self.tries, jitter, asked_ms), now_ms);
                self.trouble = Some(why);
            }
            Outcome::Never { why } => {
                self.tries = self.tries.saturating_add(1);
                self.state = OutboxState::Refused;
                self.trouble = Some(why);
            }
        }
    }

    /// Whether an undo may delete it now.
    #[must_use]
    pub fn may_undo(&self, in_flight: bool) -> bool {
        self.state == OutboxState::Undoable && !in_flight
    }

    /// Whether the person may delete it now: not while it is being sent.
    #[must_use]
    pub fn may_delete(&self, in_flight: bool) -> bool {
        !in_flight || !self.is_unsent()
    }

    /// The person asks for a try now.
    pub fn retry(&mut self, now_ms: f64) {
        if matches!(self.state, OutboxState::Waiting | OutboxState::Refused) {
            self.state = OutboxState::Waiting;
            self.wait_until(now_ms, now_ms);
        }
    }

    /// Whether it is asked about and not answered. The endpoint asks on until it has the answer; that is no new question.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        let asked = self.asked.as_ref();
        self.state == OutboxState::Sent && asked.is_some() && self.saw.as_ref().map(|(to, _)| to) != asked
    }

    /// Answers the question that is open.
    pub fn answer(&mut self, saw: Saw) {
        if let Some(asked) = self.asked.clone().filter(|_| self.is_asked()) {
            self.saw = Some((asked, saw));
        }
    }

    fn wait_until(&mut self, due_ms: f64, now_ms: f64) {
        self.due_ms = due_ms;
        self.set_ms = now_ms;
    }

    /// A clock that was set back must not keep a report: the wait begins anew, as long as it was. What the endpoint
    /// asked for stays kept that way, and so does an undo.
    pub fn heal_clock(&mut self, now_ms: f64) -> bool {
        let wrong = self.is_unsent()
            && (backoff::set_back(self.set_ms, now_ms) || self.due_ms > now_ms + backoff::LONGEST_ASKED_MS);
        if wrong {
            let wait = if self.set_ms > 0.0 { self.due_ms - self.set_ms } else { 0.0 };
            self.wait_until(now_ms + wait.clamp(0.0, backoff::LONGEST_ASKED_MS), now_ms);
        }
        wrong
    }

    /// For the panel's list. `paused_until_ms`: the whole outbox waits for the endpoint until then.
    #[must_use]
    pub fn item(&self, paused_until_ms: f64) -> OutboxItem {
        let next = match self.state {
            OutboxState::Undoable => Some(self.due_ms),
            OutboxState::Waiting => Some(self.due_ms.max(paused_until_ms)),
            OutboxState::Sent | OutboxState::Refused => None,
        };
        OutboxItem {
            report_id: self.report_id.clone(),
            title: self.title.clone(),
            url: self.url.clone(),
            created_at: self.created_at.clone(),
            state: self.state,
            next_try_ms: next,
            tries: self.tries,
            trouble: self.trouble.clone().map(|Sentence(key, args)| (key, args)),
            number: self.number.clone(),
            status: self.status,
            reason: self.reason.clone(),
            joined: self.joined,
            asked: self.is_asked(),
            saw: self.saw.as_ref().map(|(_, saw)| *saw),
            evidence: self.evidence.clone(),
        }
    }
}

/// The report to send now: due, not in flight, the one that waits longest.
#[must_use]
pub fn pick<'a>(entries: &'a [Entry], now_ms: f64, in_flight: &HashSet<String>) -> Option<&'a Entry> {
    entries
        .iter()
        .filter(|e| e.is_unsent() && e.due_ms <= now_ms && !in_flight.contains(&e.report_id))
        .min_by(|a, b| a.due_ms.total_cmp(&b.due_ms).then_with(|| a.created_at.cmp(&b.created_at)))
}

/// When the next report is due.
#[must_use]
pub fn next_due(entries: &[Entry]) -> Option<f64> {
    entries.iter().filter(|e| e.is_unsent()).map(|e| e.due_ms).min_by(f64::total_cmp)
}

/// Whether any report's fate may still change.
#[must_use]
pub fn awaits_status(entries: &[Entry]) -> bool {
    entries.iter().any(|e| {
        e.state == OutboxState::Sent && !matches!(e.status, Some(PublicStatus::Removed | PublicStatus::Closed))
    })
}

/// Sent reports beyond the newest `keep`: they may leave the list.
#[must_use]
pub fn stale(entries: &[Entry], keep: usize) -> Vec<String> {
    let mut sent: Vec<&Entry> = entries.iter().filter(|e| e.state == OutboxState::Sent).collect();
    sent.order_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.report_id.cmp(&b.report_id)));
    sent.iter().skip(keep).map(|e| e.report_id.clone()).collect()
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
