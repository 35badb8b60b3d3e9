//! The false alarm button of every finding: four reasons, counted on this device, and the finding folded away.
//!
//! Owns which findings of this page were called false alarms. Whether anything is sent is the background's affair.

use super::{Msg, sheet::button};
use crate::node::{El, el};
use crate::words::Words;
use spotter_model::FalseAlarm;
use spotter_model::messages::{Ask, Finding};
use std::collections::BTreeMap;

/// The reasons with their sentence.
const REASONS: [(FalseAlarm, &str); 4] = [
    (FalseAlarm::NotWildlife, "card_alarm_not_wildlife"),
    (FalseAlarm::NotProtected, "card_alarm_not_protected"),
    (FalseAlarm::LawfulHere, "card_alarm_lawful"),
    (FalseAlarm::Other, "card_alarm_other"),
];

/// What was said of a page's findings, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    page: String,
    said: BTreeMap<String, FalseAlarm>,
}

impl Alarms {
    /// Another page's findings are others.
    pub fn turn_to(&mut self, url: &str) {
        if self.page != url {
            *self = Self { page: url.to_owned(), said: BTreeMap::new() };
        }
    }

    /// What was said of a finding.
    pub fn of(&self, key: &str) -> Option<FalseAlarm> {
        self.said.get(key).copied()
    }

    /// A finding is one; the question that counts it, once.
    pub fn say(&mut self, finding: &Finding, reason: FalseAlarm) -> Option<Ask> {
        if self.said.insert(finding.key.clone(), reason).is_some() {
            return None;
        }
        let mut concepts: Vec<String> =
            finding.reasons.iter().filter(|r| !r.against && !r.concept.is_empty()).map(|r| r.concept.clone()).collect();
        concepts.sort();
        concepts.dedup();
        Some(Ask::FalseAlarm { reason, level: finding.level, concepts })
    }
}

/// The folded reasons of a card, or what was said.
pub fn view(w: &Words, finding: &Finding, said: Option<FalseAlarm>, title: &str) -> El<Msg> {
    if let Some(reason) = said {
        let key = REASONS.iter().find(|(r, _)| *r == reason).map_or("card_alarm_other", |(_, key)| key);
        return el("p").class("muted small").text(w.say("card_alarm_said", &[&w.t(key)]));
    }
    let buttons = REASONS.iter().map(|(reason, key)| {
        button("", w.t(key), Msg::FalseAlarm(finding.key.clone(), *reason)).id(format!("alarm-{key}-{}", finding.key))
    });
    el("details")
        .key("alarm")
        .class("learn-fold")
        .kid(el("summary").attr("aria-label", w.say("card_alarm_label", &[title])).text(w.t("card_alarm")))
        .kid(el("p").class("muted small").text(w.t("card_alarm_hint")))
        .kid(el("div").class("buttons").kids(buttons))
}
