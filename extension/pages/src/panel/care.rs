//! Looking after the spotter: a reminder of a break for who wants one, "I was contacted", and whom to talk to.
//!
//! Owns what was typed to the lead. Nothing here counts, rates or nags: the reminder is off until it is asked for.

use super::{Msg, Panel, sheet::button};
use crate::node::{El, Node, On, el};
use crate::words::{Sentence, Words, foreign, sentence};
use spotter_model::limits;
use spotter_model::messages::{Ask, State};

/// The times that are offered, in minutes.
const MINUTES: [u32; 4] = [20, 30, 45, 60];

/// What is told to the lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacted {
    /// What happened.
    pub text: String,
    /// What is wrong.
    pub error: Option<Sentence>,
    /// The background is being asked.
    pub working: bool,
}

impl Contacted {
    /// Typed.
    pub fn typed(&mut self, value: &str) {
        self.text = value.chars().take(limits::NOTE_CHARS).collect();
        self.error = None;
    }

    /// The question, or nothing, with `error` set.
    pub fn submit(&mut self) -> Option<Ask> {
        if self.working {
            return None;
        }
        if self.text.trim().is_empty() {
            self.error = Some(sentence("bg_contact_text"));
            return None;
        }
        self.working = true;
        Some(Ask::Contacted { text: self.text.clone() })
    }

    /// The form.
    pub fn view(&self, panel: &Panel) -> El<Msg> {
        let w = &panel.words;
        let pseudonym = panel.state.as_ref().and_then(|s| s.enrolled.as_ref()).map_or("", |e| e.pseudonym.as_str());
        let name: Node<Msg> = foreign(pseudonym).into();
        let mut field = el("textarea")
            .id("contacted-text")
            .attr("rows", "5")
            .attr("dir", "auto")
            .attr("value", self.text.clone())
            .on(On::Input, Msg::ContactedTyped);
        if self.error.is_some() {
            field = field.attr("aria-invalid", "true").attr("aria-describedby", "contacted-error");
        }
        let error = self
            .error
            .as_ref()
            .map(|e| el("p").id("contacted-error").class("error").attr("role", "alert").text(w.sentence(e)));
        el("form")
            .class("paste")
            .attr("novalidate", "")
            .on(On::Submit, Msg::ContactedSubmit)
            .kid(el("p").kids(w.rich("care_contacted_text", &[name])))
            .kid(el("label").attr("for", "contacted-text").text(w.t("care_contacted_label")))
            .kid(field)
            .maybe(error)
            .kid(
                el("button")
                    .id("contacted-send")
                    .class("primary")
                    .attr("type", "submit")
                    .attr("aria-disabled", if self.working { "true" } else { "false" })
                    .text(w.t("care_contacted_send")),
            )
            .kids(contacts(w, panel.state.as_ref()))
    }
}

/// The reminder, once its time is over.
pub fn reminder(panel: &Panel) -> Option<El<Msg>> {
    let w = &panel.words;
    let reminder = panel.state.as_ref()?.reminder.filter(|r| panel.now >= r.at_ms)?;
    let again = button("", w.t("care_break_again"), Msg::Remind(reminder.minutes)).id("break-again");
    let off = button("quiet", w.t("care_break_off"), Msg::Remind(0)).id("break-off");
    let text = w.say("care_break", &[&w.number(reminder.minutes)]);
    Some(
        el("div")
            .key("break")
            .class("hint break")
            .kid(el("p").attr("role", "status").text(text))
            .kid(el("div").class("buttons").kid(again).kid(off)),
    )
}

/// The fold below the findings.
pub fn view(panel: &Panel) -> Option<El<Msg>> {
    let w = &panel.words;
    let state = panel.state.as_ref()?;
    state.enrolled.as_ref()?;
    let contacted = button("", w.t("care_contacted"), Msg::Contacted).id("contacted");
    Some(
        el("details")
            .key("care")
            .class("care")
            .kid(el("summary").id("care").text(w.t("care_title")))
            .kid(el("div").class("care-body").kid(contacted).kids(contacts(w, Some(state))).kids(timer(w, state))),
    )
}

fn timer(w: &Words, state: &State) -> Vec<El<Msg>> {
    let now = state.reminder.map_or(0, |r| r.minutes);
    let mut offered = MINUTES.to_vec();
    if now > 0 && !offered.contains(&now) {
        offered.push(now);
    }
    let choice = |minutes: u32, label: String| el("option").attr("value", minutes.to_string()).text(label);
    let off = choice(0, w.t("care_timer_off"));
    let times = offered.into_iter().map(|m| choice(m, w.say("care_timer_minutes", &[&w.number(m)])));
    let select = el("select")
        .id("timer")
        .attr("aria-describedby", "timer-hint")
        .kid(off)
        .kids(times)
        .attr("value", now.to_string())
        .on(On::Change, Msg::ChoseReminder);
    let hint = match state.reminder {
        Some(reminder) => w.say("care_timer_at", &[&w.clock(reminder.at_ms)]),
        None => w.t("care_timer_hint"),
    };
    vec![
        el("label").attr("for", "timer").text(w.t("care_timer")),
        select,
        el("p").id("timer-hint").class("muted small").text(hint),
    ]
}

/// Whom to reach, where the programme says so. Its addresses are `mailto:` or `https:`, checked when it was believed.
fn contacts(w: &Words, state: Option<&State>) -> Vec<El<Msg>> {
    let Some(rounds) = state.and_then(|s| s.rounds.as_ref()) else { return Vec::new() };
    [("care_lead", &rounds.lead), ("care_debrief", &rounds.debrief)]
        .into_iter()
        .filter(|(_, address)| address.starts_with("mailto:") || address.starts_with("https://"))
        .map(|(key, address)| {
            let link =
                el("a").attr("href", address.clone()).attr("target", "_blank").attr("rel", "noreferrer noopener");
            el("p").kid(link.text(w.t(key)))
        })
        .collect()
}
