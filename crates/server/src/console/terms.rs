//! Words that spotters suggest: a reviewer says what each means, or declines it; and what alarms were called false.
//!
//! What is accepted waits for `spotter-server terms`, which writes it as the source of an overlay. Nothing here
//! reaches a device: packs are signed offline.

use super::session::{Halt, Reviewer};
use super::{layout, text, words};
use crate::app::Shared;
use crate::store::suggestions::{self, Made, Waiting};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::{SuggestionKind, limits};

/// The languages that the lexicon has files for; `mul` is any.
const LANGUAGES: [&str; 26] = [
    "ar", "cs", "de", "en", "es", "fa", "fil", "fr", "hi", "id", "it", "ja", "ko", "ms", "mul", "nl", "pl", "pt", "ru",
    "sw", "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant",
];

/// The address's question.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: Option<i64>,
}

/// `GET /console/terms`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Markup, Halt> {
    let after = asked.ok().and_then(|Query(a)| a.after).unwrap_or(0).max(0);
    let waiting = suggestions::waiting(app.store.reader(), after).await?;
    let false_alarms = suggestions::false_alarms(app.store.read()).await?;
    let body = html! {
        h1 { "Suggested terms" }
        @if reviewer.may("GET", "/console/imports") { p.row { a.button href="/console/imports" { "Import a list" } } }
        @if waiting.is_empty() {
            p.muted { "None waits. Spotters suggest words and ways of selling that the detector does not know; they appear here." }
        }
        ul.terms { @for item in &waiting { li { (suggested(&reviewer, item)) } } }
        @if !waiting.is_empty() {
            datalist #concepts { @for (id, label) in words::concepts() { option value=(id) { (label) } } }
        }
        @if waiting.len() as i64 == suggestions::PAGE {
            @if let Some(last) = waiting.last() { p.pages { a href={ "/console/terms?after=" (last.seq) } rel="next" { "More" } } }
        }
        @if !false_alarms.is_empty() {
            section {
                h2 { "Alarms that spotters called false, by what raised them" }
                table.reasons { tbody { @for (concept, times) in &false_alarms {
                    tr { td.num { (times) } td { (text::line(&words::concept(concept), 80)) } td.muted { (text::line(concept, 80)) } }
                } } }
            }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Terms", &body))
}

fn suggested(reviewer: &Reviewer, item: &Waiting) -> Markup {
    let s = &item.suggestion;
    let language = |code: &str| if LANGUAGES.contains(&s.lang.as_str()) { s.lang == code } else { code == "mul" };
    html! {
        form.card.term method="post" action={ "/console/terms/" (item.seq) "/decide" } {
            (layout::csrf(reviewer))
            p {
                b dir="auto" { (text::line(&s.text, 120)) } " "
                span.tag { @match s.kind { SuggestionKind::Term => "term", SuggestionKind::Method => "method" } } " "
                @if let Some(group) = s.group { span.tag { (words::mark(group.word())) } }
            }
            @if !s.meaning.trim().is_empty() { p.quote dir="auto" { (text::inert(&s.meaning)) } }
            p.muted {
                (text::line(&item.pseudonym, 64)) " · " (words::time(&item.received_at))
                @if !s.seen_at.is_empty() {
                    " · " a href=(text::href(&s.seen_at)) rel="noreferrer noopener external" target="_blank" title="Opens the live page in a new tab. The marketplace sees this visit." { "where it was seen" }
                }
            }
            div.fields {
                label { span { "Word" } input name="word" value=(text::visible(&s.text).trim()) maxlength=(limits::TERM_BYTES) dir="auto"; }
                label { span { "Language" } select name="lang" { @for code in LANGUAGES { option value=(code) selected[language(code)] { (code) } } } }
                label { span { "Meaning (id in the lexicon)" } input name="concept" maxlength="64" list="concepts" autocomplete="off" placeholder="commodity.ivory-netsuke"; }
            }
            div.buttons {
                button.primary name="accept" value="yes" { "Accept" }
                button name="accept" value="no" { "Decline" }
            }
        }
    }
}

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    accept: String,
    #[serde(default)]
    concept: String,
    #[serde(default)]
    lang: String,
    #[serde(default)]
    word: String,
}

impl super::session::Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// Why a term cannot go into the lexicon as it stands.
fn unfit(fields: &Fields) -> Option<&'static str> {
    let term = text::visible(&fields.word);
    let term = term.trim();
    if term.is_empty() || term.len() > limits::TERM_BYTES {
        return Some("A word is one line of 1 to 120 bytes.");
    }
    if !LANGUAGES.contains(&fields.lang.as_str()) {
        return Some("The lexicon has no such language.");
    }
    if !words::is_concept(fields.concept.trim()) {
        return Some(
            "The lexicon has no meaning of this id. A new meaning is written by hand, in the overlay's own file.",
        );
    }
    None
}

/// `POST /console/terms/{seq}/decide`.
///
/// # Errors
/// The page that says why not.
pub async fn decide(
    State(app): State<Shared>,
    reviewer: Reviewer,
    seq: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let (seq, fields) = reviewer.posted(seq, fields)?;
    let accepted = fields.accept == "yes";
    if accepted && let Some(why) = unfit(&fields) {
        let body =
            html! { p { (why) } p { "Nothing was decided." } p { a href="/console/terms" { "Back to the terms" } } };
        return Ok(layout::problem(StatusCode::UNPROCESSABLE_ENTITY, "Not yet", body));
    }
    let term = text::visible(&fields.word);
    let (concept, lang, term) =
        if accepted { (fields.concept.trim(), fields.lang.as_str(), term.trim()) } else { ("", "", "") };
    let made = Made { accepted, concept, lang, word: term, reviewer_id: reviewer.session.reviewer_id };
    let mut tx = app.store.begin().await?;
    let done = suggestions::decide(&mut tx, seq, &made, &app.now()).await?;
    tx.commit().await?;
    if !done {
        let body = html! { p { "Another reviewer was first, or there is no such suggestion. Nothing was changed." } p { a href="/console/terms" { "Back to the terms" } } };
        return Ok(layout::problem(StatusCode::CONFLICT, "Decided already", body));
    }
    Ok(layout::see("/console/terms").into_response())
}
