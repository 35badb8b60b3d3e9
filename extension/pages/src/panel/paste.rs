//! "I saw it in an app": a link that was pasted, and what the spotter types about it.
//!
//! Owns what was typed and what is wrong with it. The background makes the draft; pictures are added on its sheet.

use super::{Msg, sheet::button};
use crate::node::{El, On, el};
use crate::words::{Sentence, Words, sentence};
use spotter_model::limits;
use spotter_model::messages::Ask;

/// Key of a draft that did not come from a page.
pub const KEY: &str = "pasted";

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The link.
    Link,
    /// The title.
    Title,
    /// What it says.
    Text,
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paste {
    /// The link.
    pub link: String,
    /// The title.
    pub title: String,
    /// What it says.
    pub text: String,
    /// What is wrong.
    pub error: Option<Sentence>,
    /// The background is being asked.
    pub working: bool,
}

impl Paste {
    /// Takes a field as typed, within its limit.
    pub fn typed(&mut self, field: Field, value: &str) {
        let (to, bytes) = match field {
            Field::Link => (&mut self.link, limits::URL_BYTES),
            Field::Title => (&mut self.title, limits::TITLE_BYTES),
            Field::Text => (&mut self.text, limits::DESCRIPTION_BYTES),
        };
        limits::cut(value, bytes).clone_into(to);
        self.error = None;
    }

    /// The question for a draft, or nothing, with `error` set.
    pub fn submit(&mut self) -> Option<Ask> {
        if self.working {
            return None;
        }
        if self.link.trim().is_empty() {
            self.error = Some(sentence("bg_pasted_link"));
            return None;
        }
        self.working = true;
        Some(Ask::PreparePasted { link: self.link.clone(), title: self.title.clone(), text: self.text.clone() })
    }

    /// The form.
    pub fn view(&self, w: &Words) -> El<Msg> {
        let mut link = el("input")
            .id("paste-link")
            .attr("type", "text")
            .attr("inputmode", "url")
            .attr("autocomplete", "off")
            .attr("spellcheck", "false")
            .attr("dir", "ltr")
            .attr("placeholder", "https://")
            .attr("value", self.link.clone())
            .on(On::Input, Msg::PasteTyped(Field::Link));
        if self.error.is_some() {
            link = link.attr("aria-invalid", "true").attr("aria-describedby", "paste-error");
        }
        let title = el("input")
            .id("paste-title")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("dir", "auto")
            .attr("value", self.title.clone())
            .on(On::Input, Msg::PasteTyped(Field::Title));
        let text = el("textarea")
            .id("paste-text")
            .attr("rows", "5")
            .attr("dir", "auto")
            .attr("value", self.text.clone())
            .on(On::Input, Msg::PasteTyped(Field::Text));
        let label = |id: &str, key: &str| el("label").attr("for", id).text(w.t(key));
        el("form")
            .class("paste")
            .attr("novalidate", "")
            .on(On::Submit, Msg::PasteSubmit)
            .kid(el("p").class("muted").text(w.t("report_paste_hint")))
            .kid(label("paste-link", "report_paste_link"))
            .kid(link)
            .maybe(
                self.error
                    .as_ref()
                    .map(|e| el("p").id("paste-error").class("error").attr("role", "alert").text(w.sentence(e))),
            )
            .kid(label("paste-title", "report_paste_title"))
            .kid(title)
            .kid(label("paste-text", "report_paste_text"))
            .kid(text)
            .kid(
                el("button")
                    .id("paste-next")
                    .class("primary")
                    .attr("type", "submit")
                    .attr("aria-disabled", if self.working { "true" } else { "false" })
                    .text(w.t("report_paste_next")),
            )
    }
}

/// Where pictures are added to such a draft; they may also be pasted.
pub fn add_pictures(w: &Words) -> El<Msg> {
    el("div")
        .class("add-pictures")
        .kid(el("label").attr("for", "add-pictures").text(w.t("report_paste_pictures")))
        .kid(
            el("input")
                .id("add-pictures")
                .attr("type", "file")
                .attr("accept", "image/png,image/jpeg,image/webp")
                .flag("multiple", true)
                .on(On::Change, Msg::PicturesChosen),
        )
        .kid(el("p").class("muted small").text(w.t("report_paste_pictures_hint")))
}

/// The button that begins it.
pub fn begin(w: &Words) -> El<Msg> {
    button("quiet", w.t("report_paste"), Msg::Paste).id("paste")
}
