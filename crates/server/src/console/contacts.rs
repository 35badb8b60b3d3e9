//! "I was contacted": what spotters told the lead and nobody has dealt with yet, oldest first.
//!
//! Nothing here answers a spotter: the lead does, outside of this program. What was dealt with is erased.

use super::session::{Halt, Reviewer};
use super::{layout, text, words};
use crate::app::Shared;
use crate::store::contacts::{self, Waiting};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// The address's question.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: Option<i64>,
}

/// `GET /console/contacts`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Markup, Halt> {
    let after = asked.ok().and_then(|Query(a)| a.after).unwrap_or(0).max(0);
    let waiting = contacts::waiting(app.store.reader(), after).await?;
    let body = html! {
        h1 { "Spotters who were contacted" }
        p.muted { "A spotter who was approached by a seller or anyone else says so here. Answer them yourself, soon, by the way that your programme has for it. \"Dealt with\" erases their words." }
        @if waiting.is_empty() { p { "Nobody waits." } }
        ul.terms { @for item in &waiting { li { (told(&reviewer, item)) } } }
        @if waiting.len() as i64 == contacts::PAGE {
            @if let Some(last) = waiting.last() { p.pages { a href={ "/console/contacts?after=" (last.seq) } rel="next" { "More" } } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Contacted", &body))
}

fn told(reviewer: &Reviewer, item: &Waiting) -> Markup {
    html! {
        form.card.term method="post" action={ "/console/contacts/" (item.seq) "/done" } {
            (layout::csrf(reviewer))
            p { b { (text::line(&item.pseudonym, 64)) } span.muted { " · " (words::time(&item.received_at)) } }
            p.quote dir="auto" { (text::inert(&item.contact.text)) }
            div.buttons { button { "Dealt with" } }
        }
    }
}

/// The form.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
}

impl super::session::Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/contacts/{seq}/done`.
///
/// # Errors
/// The page that says why not.
pub async fn done(
    State(app): State<Shared>,
    reviewer: Reviewer,
    seq: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let (seq, _) = reviewer.posted(seq, fields)?;
    let mut tx = app.store.begin().await?;
    let done = contacts::done(&mut tx, seq, reviewer.session.reviewer_id, &app.now()).await?;
    tx.commit().await?;
    if !done {
        let body = html! { p { "Another reviewer was first, or there is no such message. Nothing was changed." } p { a href="/console/contacts" { "Back to the list" } } };
        return Ok(layout::problem(StatusCode::CONFLICT, "Dealt with already", body));
    }
    Ok(layout::see("/console/contacts").into_response())
}
