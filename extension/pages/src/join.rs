//! The field for the invitation link, the same in the panel and on the options page.
//!
//! Owns what was typed and what is wrong with it. A link is checked here before the background asks anyone;
//! the background alone enrols.

use crate::node::{El, On, el};
use crate::words::{Sentence, Words, sentence};
use spotter_model::enrolment::{BadInvitation, Invitation};

/// State of the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Join {
    /// What stands in it.
    pub link: String,
    /// What is wrong.
    pub error: Option<Sentence>,
    /// The endpoint is being asked.
    pub working: bool,
}

impl Join {
    /// The link to enrol with, or nothing, with `error` set.
    pub fn submit(&mut self) -> Option<String> {
        if self.working {
            return None;
        }
        match self.link.parse::<Invitation>() {
            Ok(invitation) => {
                self.error = None;
                self.working = true;
                Some(invitation.to_string())
            }
            Err(bad) => {
                self.error = Some(sentence(match bad {
                    BadInvitation::Shape => "join_error_shape",
                    BadInvitation::NotSecure => "join_error_not_secure",
                    BadInvitation::Damaged => "join_error_damaged",
                }));
                None
            }
        }
    }

    /// The form; before the rules were agreed to, the way to them.
    pub fn view_after_agreeing<A: Clone>(&self, w: &Words, agreed: bool, typed: A, submit: A, open: A) -> El<A> {
        if agreed {
            return self.view(w, typed, submit);
        }
        el("div").class("join").kid(el("p").text(w.t("join_agree_first"))).kid(
            el("div").class("buttons").kid(
                el("button")
                    .id("agree-first")
                    .class("primary")
                    .attr("type", "button")
                    .on(On::Click, open)
                    .text(w.t("join_agree_open")),
            ),
        )
    }

    /// The form.
    pub fn view<A: Clone>(&self, w: &Words, typed: A, submit: A) -> El<A> {
        let mut field = el("input")
            .id("join-link")
            .attr("type", "text")
            .attr("inputmode", "url")
            .attr("autocomplete", "off")
            .attr("spellcheck", "false")
            .attr("dir", "ltr")
            .attr("placeholder", "https://…/join#…")
            .attr("value", self.link.clone())
            .attr("aria-describedby", if self.error.is_some() { "join-error join-text" } else { "join-text" })
            .on(On::Input, typed);
        if self.error.is_some() {
            field = field.attr("aria-invalid", "true");
        }
        el("form")
            .class("join")
            .attr("novalidate", "")
            .on(On::Submit, submit)
            .kid(el("p").id("join-text").class("muted").text(w.t("join_text")))
            .kid(el("label").attr("for", "join-link").text(w.t("join_label")))
            .kid(
                el("div").class("field-row").kid(field).kid(
                    el("button")
                        .class("primary")
                        .attr("type", "submit")
                        .attr("aria-disabled", if self.working { "true" } else { "false" })
                        .text(w.t(if self.working { "join_working" } else { "join_button" })),
                ),
            )
            .maybe(
                self.error
                    .as_ref()
                    .map(|e| el("p").id("join-error").class("error").attr("role", "alert").text(w.sentence(e))),
            )
            .maybe(self.error.as_ref().and_then(|e| crate::parts::own_words(w, e)))
    }
}
