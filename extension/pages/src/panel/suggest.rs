//! The form for a word that the lexicon lacks: the words as selected, and what they mean.
//!
//! Owns what was typed. The background keeps it and sends it.

use super::Msg;
use crate::node::{El, On, el};
use crate::words::{Sentence, Words, sentence};
use spotter_model::limits;
use spotter_model::messages::Ask;

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggest {
    /// The word or phrase.
    pub text: String,
    /// What it means.
    pub meaning: String,
    /// Address of the page where it was seen.
    pub seen_at: String,
    /// What is wrong.
    pub error: Option<Sentence>,
    /// The background is being asked.
    pub working: bool,
}

impl Suggest {
    /// Typed into the word's field or into its meaning's.
    pub fn typed(&mut self, meaning: bool, value: &str) {
        if meaning {
            self.meaning = value.chars().take(limits::MEANING_CHARS).collect();
        } else {
            limits::cut(value, limits::TERM_BYTES).clone_into(&mut self.text);
        }
        self.error = None;
    }

    /// The question, or nothing, with `error` set.
    pub fn submit(&mut self) -> Option<Ask> {
        if self.working {
            return None;
        }
        if self.text.trim().is_empty() {
            self.error = Some(sentence("bg_suggestion_text"));
            return None;
        }
        self.working = true;
        let (text, meaning, seen_at) = (self.text.clone(), self.meaning.clone(), self.seen_at.clone());
        Some(Ask::Suggest { text, meaning, seen_at })
    }

    /// The form.
    pub fn view(&self, w: &Words) -> El<Msg> {
        let mut word = el("input")
            .id("suggest-text")
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("dir", "auto")
            .attr("value", self.text.clone())
            .on(On::Input, Msg::SuggestTyped(false));
        if self.error.is_some() {
            word = word.attr("aria-invalid", "true").attr("aria-describedby", "suggest-error");
        }
        let meaning = el("textarea")
            .id("suggest-meaning")
            .attr("rows", "3")
            .attr("dir", "auto")
            .attr("value", self.meaning.clone())
            .on(On::Input, Msg::SuggestTyped(true));
        let label = |id: &str, key: &str| el("label").attr("for", id).text(w.t(key));
        el("form")
            .class("paste")
            .attr("novalidate", "")
            .on(On::Submit, Msg::SuggestSubmit)
            .kid(el("p").class("muted").text(w.t("report_suggest_hint")))
            .kid(label("suggest-text", "report_suggest_text"))
            .kid(word)
            .maybe(
                self.error
                    .as_ref()
                    .map(|e| el("p").id("suggest-error").class("error").attr("role", "alert").text(w.sentence(e))),
            )
            .kid(label("suggest-meaning", "report_suggest_meaning"))
            .kid(meaning)
            .kid(el("p").class("muted small").text(w.t("report_suggest_where")))
            .kid(el("p").class("address").attr("dir", "ltr").text(self.seen_at.clone()))
            .kid(
                el("button")
                    .id("suggest-send")
                    .class("primary")
                    .attr("type", "submit")
                    .attr("aria-disabled", if self.working { "true" } else { "false" })
                    .text(w.t("report_send")),
            )
    }
}
