//! A round's checks in the panel: one small card below the findings with a listing that was not flagged, and what the person
//! says of it.
//!
//! Owns which offer is shown and what follows from an answer. Nothing here scrolls or opens a page by itself, and nothing
//! takes the focus unless it was pressed.

use super::sheet::button;
use super::{Effect, Msg as Outer, Panel, Sheet, Tag};
use crate::node::{El, el};
use crate::words::{Sentence, foreign, sentence};
use spotter_model::audit::{AuditAsk, Looked, Offer};
use spotter_model::messages::{Answer, Ask};

/// How often a question is asked again that a background left unanswered because it ended. Asking twice changes nothing.
const AGAIN: u8 = 4;

/// What can happen here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Msg {
    /// What the person says; absent: not now.
    Say(Option<Looked>),
    /// Report what the detector missed.
    Report,
    /// Do not.
    Done,
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The listing that is offered.
    pub offer: Option<Offer>,
    /// What is being kept.
    pub saying: Option<Option<Looked>>,
    /// It was missed, and the answer is kept: a report is offered.
    pub missed: Option<Offer>,
    /// The page that was looked at last: tab, address, listings read.
    pub taken: Option<(i32, String, u32)>,
    /// What went wrong.
    pub trouble: Option<Sentence>,
}

fn ask(ask: AuditAsk) -> Effect {
    Effect::Ask(Tag::Audit(ask.clone(), 0), Ask::Audit(ask))
}

impl Panel {
    /// Whether a round of today has listings of this page's marketplace checked.
    fn checks(&self) -> bool {
        let rounds = self.state.as_ref().filter(|s| s.enrolled.is_some()).and_then(|s| s.rounds.as_ref());
        rounds.is_some_and(|rounds| rounds.now.iter().any(|round| round.audit_one_in > 0))
    }

    /// Looks at the page once it was read, and again where it shows more.
    pub(super) fn look_for_checks(&mut self) -> Vec<Effect> {
        let Some((tab_id, page)) = self.shown.tab.zip(self.shown.findings.as_ref()) else {
            self.audit = Work::default();
            return Vec::new();
        };
        let this = (tab_id, page.url.clone(), page.read);
        let elsewhere = |(tab, url, _): &(i32, String, u32)| *tab != this.0 || *url != this.1;
        if self.audit.taken.as_ref().is_some_and(elsewhere) {
            // What was offered stands on another page.
            self.audit = Work::default();
        }
        if !self.checks() || page.waiting > 0 || page.read == 0 || self.audit.taken.as_ref() == Some(&this) {
            return Vec::new();
        }
        self.audit.taken = Some(this);
        vec![ask(AuditAsk::Look { tab_id })]
    }

    pub(super) fn audit_step(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Say(answer) => {
                let Some(offer) = self.audit.offer.as_ref().filter(|_| self.audit.saying.is_none()) else {
                    return Vec::new();
                };
                let listing = offer.listing.clone();
                (self.audit.saying, self.audit.trouble) = (Some(answer), None);
                vec![ask(AuditAsk::Say { listing, answer })]
            }
            Msg::Report => match self.audit.missed.take() {
                Some(offer) => self.prepare(offer.key),
                None => Vec::new(),
            },
            Msg::Done => {
                self.audit.missed = None;
                self.focus("findings");
                self.next_check()
            }
        }
    }

    /// Another one of this page, where there is one.
    fn next_check(&mut self) -> Vec<Effect> {
        self.shown.tab.map(|tab_id| ask(AuditAsk::Look { tab_id })).into_iter().collect()
    }

    pub(super) fn audit_answered(&mut self, asked: AuditAsk, tries: u8, answer: Option<Answer>) -> Vec<Effect> {
        let why = match answer {
            None if tries < AGAIN => {
                return vec![Effect::Ask(Tag::Audit(asked.clone(), tries + 1), Ask::Audit(asked))];
            }
            None => Some(sentence("error_no_answer")),
            Some(Answer::Refused { message, args }) => Some(Sentence { key: message, args }),
            Some(Answer::Audit { offer }) => {
                if let AuditAsk::Look { tab_id } = asked {
                    let here = self.audit.saying.is_none() && self.shown.tab == Some(tab_id);
                    if here {
                        self.audit.offer = offer;
                    }
                    return Vec::new();
                }
                None
            }
            Some(_) => None,
        };
        let AuditAsk::Say { listing, .. } = asked else { return Vec::new() };
        let said = self.audit.saying.take();
        if self.audit.offer.as_ref().is_none_or(|offer| offer.listing != listing) {
            return Vec::new();
        }
        if why.is_some() {
            self.audit.trouble = why;
            self.focus("audit-title");
            return Vec::new();
        }
        let offer = self.audit.offer.take();
        if said.flatten().is_some() {
            self.say(self.words.t("audit_kept"));
        }
        if said.flatten() == Some(Looked::Protected) {
            self.audit.missed = offer;
            self.focus("audit-title");
            return Vec::new();
        }
        if matches!(self.sheet, Sheet::Closed) {
            self.focus("findings");
        }
        self.next_check()
    }
}

/// The card, where there is one.
pub fn view(panel: &Panel) -> Option<El<Outer>> {
    let w = &panel.words;
    let work = &panel.audit;
    // Another tab's card is gone with it.
    work.taken.as_ref().filter(|(tab, ..)| Some(*tab) == panel.shown.tab)?;
    let offer = work.offer.as_ref().or(work.missed.as_ref())?;
    let missed = work.offer.is_none();
    let title = if offer.title.is_empty() { w.t("card_untitled") } else { offer.title.clone() };
    let press = |msg: Msg| Outer::Audit(msg);
    let labelled = |el: El<Outer>, key: &str| el.attr("aria-label", w.say(key, &[&title]));
    let show =
        labelled(button("quiet", w.t("card_show"), Outer::Show(offer.key.clone())).id("audit-show"), "card_show_label");
    let card = el("section")
        .key("audit")
        .id("audit")
        .class("card audit")
        .attr("aria-labelledby", "audit-title")
        .kid(el("h2").id("audit-title").attr("tabindex", "-1").class("group").text(w.t("audit_title")))
        .kid(
            el("div")
                .class("card-head")
                .kid(el("h3").attr("dir", "auto").text(title.clone()))
                .maybe((!offer.price.is_empty()).then(|| el("span").class("price").kid(foreign(&offer.price))))
                .kid(show),
        );
    if missed {
        let report =
            labelled(button("primary", w.t("card_report"), press(Msg::Report)).id("audit-report"), "card_report_label");
        let done = button("", w.t("audit_later"), press(Msg::Done)).id("audit-done");
        return Some(card.kid(el("p").text(w.t("audit_missed"))).kid(el("div").class("buttons").kid(report).kid(done)));
    }
    let busy = work.saying.is_some();
    let answer = |id: &str, key: &str, answer: Option<Looked>, class: &str| {
        button(class, w.t(key), press(Msg::Say(answer))).id(id).flag("disabled", busy)
    };
    Some(
        card.kid(el("p").class("muted small").text(w.t("audit_why")))
            .kid(el("p").id("audit-ask").class("audit-ask").text(w.t("audit_ask")))
            .maybe(work.trouble.as_ref().map(|t| el("p").class("trouble").attr("role", "alert").text(w.sentence(t))))
            .kid(
                el("div")
                    .class("buttons")
                    .attr("role", "group")
                    .attr("aria-labelledby", "audit-ask")
                    .kid(answer("audit-1", "audit_protected", Some(Looked::Protected), ""))
                    .kid(answer("audit-2", "audit_not", Some(Looked::Not), ""))
                    .kid(answer("audit-3", "audit_cannot_tell", Some(Looked::CannotTell), ""))
                    .kid(answer("audit-0", "audit_later", None, "quiet")),
            )
            .kid(el("p").class("muted small").text(w.t("audit_sent"))),
    )
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
