//! What is stored on this device: shown, saved as a file, erased.
//!
//! Owns the section's state and looks. What is stored is the background's to say and to erase.

use super::{Effect, Msg, Tag};
use crate::node::{El, Node, On, el};
use crate::options::view::section;
use crate::words::Words;
use spotter_model::messages::{Ask, Stored};

/// Name of the saved file.
pub const FILE: &str = "wildlife-spotter-data.json";

/// What a person does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Show everything.
    Show,
    /// Hide it again.
    Hide,
    /// Save a copy.
    Save,
    /// Ask whether to erase.
    AskErase,
    /// Erase.
    Erase,
    /// Do not.
    Keep,
}

/// The section's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// What is stored, once the background said.
    pub stored: Option<Stored>,
    /// All of it is shown.
    pub shown: bool,
    /// Erase was pressed once.
    pub erasing: bool,
}

impl Data {
    /// What a step asks of the browser, and where the focus goes.
    pub fn take(&mut self, step: Step) -> (Option<Effect>, Option<&'static str>) {
        match step {
            Step::Show => {
                self.shown = true;
                (Some(Effect::Ask(Tag::Stored, Ask::Stored { pictures: false })), Some("data-show"))
            }
            Step::Hide => {
                self.shown = false;
                (None, Some("data-show"))
            }
            Step::Save => (Some(Effect::Ask(Tag::Copy, Ask::Stored { pictures: true })), None),
            Step::AskErase => {
                self.erasing = true;
                (None, Some("data-keep"))
            }
            Step::Erase => {
                *self = Self::default();
                (Some(Effect::Ask(Tag::Erase, Ask::Erase)), None)
            }
            Step::Keep => {
                self.erasing = false;
                (None, Some("data-erase"))
            }
        }
    }

    /// The section; nothing before the background said what is stored.
    pub fn view(&self, w: &Words) -> Option<El<Msg>> {
        let stored = self.stored.as_ref()?;
        let button = |id: &'static str, class: &str, key: &str, step: Step| {
            el("button").id(id).attr("type", "button").class(class).on(On::Click, Msg::Data(step)).text(w.t(key))
        };
        let show = if self.shown {
            button("data-show", "", "options_data_hide", Step::Hide)
        } else {
            button("data-show", "", "options_data_show", Step::Show)
        };
        let all = el("pre").id("data-all").attr("dir", "ltr").attr("tabindex", "0").text(stored.text.clone());
        // A group: the section around it is the landmark of that name.
        let all = all.attr("aria-labelledby", "h-data").attr("role", "group");
        let erase = if self.erasing {
            el("div").class("sure").kid(el("p").attr("role", "alert").text(w.t("options_data_erase_sure"))).kid(
                el("div")
                    .class("buttons")
                    .kid(button("data-erase-yes", "danger", "options_data_erase_yes", Step::Erase))
                    .kid(button("data-keep", "", "options_data_erase_no", Step::Keep)),
            )
        } else {
            el("div").class("buttons").kid(button("data-erase", "", "options_data_erase", Step::AskErase))
        };
        let section = section(w, "h-data", "options_data_heading")
            .kid(el("p").text(w.t("options_data_text")))
            .kid(facts(w, stored))
            .kid(el("div").class("buttons").kid(show).kid(button("data-save", "", "options_data_save", Step::Save)))
            .maybe(self.shown.then_some(all))
            .kid(erase);
        Some(section)
    }
}

fn facts(w: &Words, stored: &Stored) -> El<Msg> {
    let fact = |key: &str, value: String| {
        let value: Node<Msg> = Node::Text(value);
        el("div").kid(el("dt").text(w.t(key))).kid(el("dd").kid(value))
    };
    let key = if stored.key { "options_data_key_there" } else { "options_data_none" };
    let agreed = stored.agreed_at.as_deref().map_or_else(|| w.t("options_data_none"), |at| w.moment(at));
    el("dl")
        .class("facts")
        .kid(fact("options_data_reports", w.number(stored.reports)))
        .kid(fact("options_data_drafts", w.number(stored.drafts)))
        .kid(fact("options_data_key", w.t(key)))
        .kid(fact("options_data_agreed", agreed))
        .kid(fact("options_data_bytes", w.say("options_data_kib", &[&w.number(stored.bytes.div_ceil(1024))])))
}
