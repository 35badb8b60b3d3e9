//! Giving an open case to a reviewer, or to oneself. It is then offered to that reviewer alone; it forbids nobody to decide.

use super::session::{Halt, Posted, Reviewer};
use super::{error_page, layout, text};
use crate::app::Shared;
use crate::audit;
use crate::store::cases::{self, Case};
use crate::store::{queue, reviewers};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// The form of an open case.
pub fn form(reviewer: &Reviewer, case: &Case, all: &[(i64, String)]) -> Markup {
    html! {
        form.more method="post" action={ "/console/cases/" (case.id) "/assign" } {
            (layout::csrf(reviewer))
            label { span.sr { "Give this case to" } select name="to" {
                option value="0" selected[case.assigned_to.is_none()] { "for anybody" }
                @for (id, name) in all { option value=(id) selected[case.assigned_to == Some(*id)] { "for " (text::line(name, 40)) } }
            } }
            button data-key="a" accesskey="a" { span { "Give" } kbd { "a" } }
        }
    }
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    /// A reviewer's number; 0: anybody.
    to: i64,
}

impl Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/cases/{id}/assign`.
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
    let known = reviewers::all(app.store.read()).await?;
    let to = (fields.to != 0).then_some(fields.to);
    if to.is_some_and(|to| !known.iter().any(|(id, _)| *id == to)) {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let mut tx = app.store.begin().await?;
    let Some(case) = cases::find_in(&mut tx, id).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    queue::assign(&mut tx, case.id, to).await?;
    let (actor, about) = (format!("reviewer:{}", reviewer.session.reviewer_id), format!("case:{id}"));
    let detail = to.map_or_else(|| "nobody".to_owned(), |to| format!("reviewer:{to}"));
    let entry = audit::Entry { actor: &actor, action: "case.assigned", subject: &about, detail: &detail };
    audit::append(&mut tx, &app.now(), entry).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/cases/{id}")).into_response())
}
