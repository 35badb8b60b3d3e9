//! A reviewer's own views of the queue: keep the filter that is in use under a name, or drop one.

use super::filter::{Asked, Wanted};
use super::session::{Halt, Posted, Reviewer};
use super::{error_page, layout};
use crate::app::Shared;
use crate::store::views::{self, View};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// Longest name, in characters.
const NAME_CHARS: usize = 40;

/// Links to the views, for the row of states.
pub fn links(kept: &[View], here: &str) -> Markup {
    html! {
        @for view in kept {
            li { a.view href={ "/console?" (view.query) } aria-current=[(view.query == here).then_some("page")] { (super::text::line(&view.name, NAME_CHARS)) } }
        }
    }
}

/// Keeping the filter in use, and dropping what was kept.
pub fn form(reviewer: &Reviewer, kept: &[View], wanted: &Wanted) -> Markup {
    let query = wanted.query();
    let here = kept.iter().find(|view| view.query == query);
    html! {
        @if let Some(view) = here {
            form method="post" action={ "/console/views/" (view.id) "/drop" } { (layout::csrf(reviewer)) button.quiet { "Drop this view" } }
        } @else if !query.is_empty() {
            form method="post" action="/console/views" {
                (layout::csrf(reviewer))
                input type="hidden" name="query" value=(query);
                label { span { "Keep as" } input name="name" maxlength=(NAME_CHARS) required autocomplete="off"; }
                button { "Keep" }
            }
        }
    }
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    name: String,
    query: String,
}

/// `POST /console/views`.
///
/// # Errors
/// The page that says why not.
pub async fn keep(
    State(app): State<Shared>,
    reviewer: Reviewer,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(&fields.csrf)?;
    let name = fields.name.trim();
    // The address is read and written anew, so that nothing but a filter is kept.
    let uri = format!("/console?{}", fields.query).parse().ok();
    let wanted = uri.and_then(|uri| Query::<Asked>::try_from_uri(&uri).ok()).map(|Query(a)| Wanted::read(a));
    let query = wanted.map(|w| w.query()).unwrap_or_default();
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) || query.is_empty() {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let mut tx = app.store.begin().await?;
    let kept = views::keep(&mut tx, reviewer.session.reviewer_id, name, &query).await?;
    tx.commit().await?;
    if !kept {
        let body = html! { p { "You keep " (views::MOST) " views already. Drop one first: open it, then press Drop this view." } };
        return Ok(layout::problem(StatusCode::CONFLICT, "No room for another view", body));
    }
    Ok(layout::see(&format!("/console?{query}")).into_response())
}

impl Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/views/{id}/drop`.
///
/// # Errors
/// The page that says why not.
pub async fn drop(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<super::session::Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, form)?;
    let mut tx = app.store.begin().await?;
    views::drop(&mut tx, reviewer.session.reviewer_id, id).await?;
    tx.commit().await?;
    Ok(layout::see("/console").into_response())
}
