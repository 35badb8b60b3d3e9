//! Putting a case off: until when, and the way back. Decides nothing.

use super::session::{Halt, Reviewer};
use super::{decide, error_page, layout, words};
use crate::app::Shared;
use crate::clock;
use crate::store::cases::Case;
use crate::store::leases;
use crate::store::steps::{self, NotDecided};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// The days that can be chosen.
const DAYS: [(i64, &str); 4] = [(1, "a day"), (3, "three days"), (7, "a week"), (30, "a month")];

/// The form of an open case.
pub fn form(reviewer: &Reviewer, case: &Case, now: &str) -> Markup {
    html! {
        form.more method="post" action={ "/console/cases/" (case.id) "/defer" } {
            (layout::csrf(reviewer))
            input type="hidden" name="version" value=(case.version);
            @if case.deferred_until.as_str() > now {
                p { "Put off until " (words::time(&case.deferred_until)) "." }
                button name="days" value="0" data-key="d" accesskey="d" { span { "Offer it again" } kbd { "d" } }
            } @else {
                label { span.sr { "Put off for" } select name="days" { @for (days, words) in DAYS { option value=(days) selected[days == 7] { "for " (words) } } } }
                button data-key="d" accesskey="d" { span { "Put off" } kbd { "d" } }
            }
        }
    }
}

/// After a case was put off: one key to offer it again.
pub fn banner(reviewer: &Reviewer, case: &Case) -> Markup {
    html! {
        div.banner role="status" {
            span.what-was-done { "Case " (case.id) ": put off until " (words::time(&case.deferred_until)) }
            form method="post" action={ "/console/cases/" (case.id) "/defer" } {
                (layout::csrf(reviewer))
                input type="hidden" name="version" value=(case.version);
                button name="days" value="0" data-key="z" accesskey="z" { "Undo" kbd { "z" } }
            }
        }
    }
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    version: i64,
    days: i64,
}

impl super::session::Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/cases/{id}/defer`.
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
    if fields.days != 0 && !DAYS.iter().any(|(days, _)| *days == fields.days) {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let again = fields.days == 0;
    let until = if again { String::new() } else { clock::stamp((app.clock)() + time::Duration::days(fields.days)) };
    let mut tx = app.store.begin().await?;
    let done = match steps::seen(&mut tx, id, fields.version).await {
        Ok(case) => leases::defer(&mut tx, &case, reviewer.session.reviewer_id, &until, &app.now()).await?,
        Err(NotDecided::Database(error)) => return Err(error.into()),
        Err(NotDecided::Unknown) => return Ok(error_page(StatusCode::NOT_FOUND)),
        Err(_) => false,
    };
    tx.commit().await?;
    if !done {
        let body = html! { p { "The case was decided while you were looking at it. Nothing was changed." } p { a href={ "/console/cases/" (id) } { "Back to case " (id) } } };
        return Ok(layout::problem(StatusCode::CONFLICT, "The case has moved on", body));
    }
    if again {
        return Ok(layout::see(&format!("/console/cases/{id}")).into_response());
    }
    Ok(decide::next(&app, &reviewer, id).await?.into_response())
}
