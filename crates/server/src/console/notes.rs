//! What reviewers tell each other on a case.
//!
//! [`Note`] cannot be turned into text outside the console and the store: a notice cannot carry one (see `notices`).

use super::session::{Halt, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::store::cases::{self, Case};
use crate::store::notes::{self, Kept};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// Longest note, in characters.
const NOTE_CHARS: usize = 1_000;

/// A note among reviewers.
pub struct Note(String);

impl Note {
    /// Reads what was typed. `None` where it is empty or too long.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let text = typed.trim().replace("\r\n", "\n");
        (!text.is_empty() && text.chars().count() <= NOTE_CHARS).then_some(Self(text))
    }

    pub(crate) fn from_store(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn to_store(&self) -> &str {
        &self.0
    }
}

/// The notes of a case, and the form for one more.
pub fn section(reviewer: &Reviewer, case: &Case, notes: &[Kept]) -> Markup {
    html! {
        details.notes open[!notes.is_empty()] {
            summary { "Notes among reviewers" @if !notes.is_empty() { " (" (notes.len()) ")" } }
            ul.history { @for kept in notes {
                li { b { (text::line(&kept.reviewer, 64)) } span.muted { " · " (words::time(&kept.at)) } p.quote dir="auto" { (text::inert(kept.note.to_store())) } }
            } }
            @if reviewer.decides() { form.more method="post" action={ "/console/cases/" (case.id) "/notes" } {
                (layout::csrf(reviewer))
                label.reason { span.sr { "Note" } textarea name="note" rows="2" maxlength=(NOTE_CHARS) placeholder="Stays in the console; no notice can carry it." {} }
                button { "Add" }
            } }
        }
    }
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    note: String,
}

impl super::session::Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/cases/{id}/notes`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let Some(note) = Note::read(&fields.note) else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    if cases::find(app.store.reader(), id).await?.is_none() {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    let mut tx = app.store.begin().await?;
    notes::add(&mut tx, id, reviewer.session.reviewer_id, &note, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/cases/{id}")).into_response())
}
