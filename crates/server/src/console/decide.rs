//! Deciding: the form, its handler, the undo, and the pages for a decision that was not taken.

use super::session::{Halt, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::store::cases::{self, Case, NotDecided, Verdict};
use crate::store::word;
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Decision;

/// Longest reason for the spotter, in characters.
const REASON_CHARS: usize = 500;

const ORDER: [Decision; 7] = [
    Decision::Confirm,
    Decision::NotProhibited,
    Decision::CannotTell,
    Decision::SecondOpinion,
    Decision::OutOfScope,
    Decision::Invalid,
    Decision::Reopen,
];

/// The form of a case: only steps that the table allows from where the case stands.
pub fn form(reviewer: &Reviewer, case: &Case, opened: bool, reason: &str) -> Markup {
    let reason = if reason.is_empty() { &case.public_reason } else { reason };
    html! {
        form.decide method="post" action={ "/console/cases/" (case.id) "/decide" } {
            (layout::csrf(reviewer))
            input type="hidden" name="version" value=(case.version);
            @if case.state.is_open() {
                label.reason {
                    span { "Reason for the spotter " kbd { "n" } }
                    textarea name="reason" rows="2" maxlength=(REASON_CHARS) data-key="n" placeholder="Optional. Plain words; no names." { (reason) }
                }
            } @else {
                p { "Decided: " b { (words::state(case.state)) } ". To decide otherwise, take it back first." }
            }
            div.buttons {
                @for decision in ORDER {
                    @if case.state.after(decision).is_some() {
                        @let (key, name, meaning) = words::decision(decision);
                        @let locked = decision == Decision::Confirm && !opened;
                        button name="decision" value=(word(&decision)) data-key=(key) accesskey=(key) title=(meaning)
                            class=[(decision == Decision::Confirm).then_some("primary")]
                            disabled[locked] aria-describedby=[locked.then_some("locked")] {
                            span { (name) } kbd { (key) }
                        }
                    }
                }
            }
            @if case.state.is_open() && !opened { p.muted #locked { "Confirmed lights up after the evidence was opened." } }
        }
    }
}

/// After a decision: what was decided, and one key to take it back.
///
/// # Errors
/// The page for a database that fails.
pub async fn undo_banner(app: &Shared, reviewer: &Reviewer, done: Option<i64>) -> Result<Markup, Halt> {
    let Some(id) = done else { return Ok(html! {}) };
    let Some(case) = cases::find(app.store.read(), id).await? else { return Ok(html! {}) };
    let mine = cases::history(app.store.read(), id)
        .await?
        .first()
        .is_some_and(|p| p.reviewer_id == Some(reviewer.session.reviewer_id));
    if !mine {
        return Ok(html! {});
    }
    Ok(html! {
        div.banner role="status" {
            span.what-was-done { "Case " (id) ": " b { (words::state(case.state)) } " " span.muted { (text::line(&case.title, 60)) } }
            @if case.state.after(Decision::Reopen).is_some() {
                form method="post" action={ "/console/cases/" (id) "/decide" } {
                    (layout::csrf(reviewer))
                    input type="hidden" name="version" value=(case.version);
                    input type="hidden" name="reason" value="";
                    button name="decision" value=(word(&Decision::Reopen)) data-key="z" accesskey="z" { "Undo" kbd { "z" } }
                }
            } @else { a href={ "/console/cases/" (id) } { "Open it again" } }
        }
    })
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    version: i64,
    decision: Decision,
    #[serde(default)]
    reason: String,
}

/// `POST /console/cases/{id}/decide`: decides and goes on to the next case.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Path(id)) = id else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let Form(fields) = match fields {
        Ok(fields) => fields,
        Err(rejection) => return Ok(error_page(rejection.into_response().status())),
    };
    reviewer.check(&fields.csrf)?;
    let reason = fields.reason.trim().replace("\r\n", "\n");
    if reason.chars().count() > REASON_CHARS {
        return Ok(not_decided(
            &app,
            &reviewer,
            id,
            StatusCode::UNPROCESSABLE_ENTITY,
            "That reason is too long",
            html! {
                p { "At most " (REASON_CHARS) " characters reach the spotter. Nothing was decided; your text stands below." }
            },
            &reason,
        ));
    }
    let verdict = Verdict {
        case_id: id,
        version: fields.version,
        reviewer_id: reviewer.session.reviewer_id,
        decision: fields.decision,
        public_reason: &reason,
    };
    let mut tx = app.store.begin().await?;
    let refused = match cases::decide(&mut tx, &verdict, &app.now()).await {
        Ok(()) => {
            tx.commit().await?;
            return Ok(onwards(&app, id, fields.decision).await?.into_response());
        }
        Err(refused) => refused,
    };
    drop(tx);
    let (status, title, body) = match refused {
        NotDecided::Unknown => return Ok(error_page(StatusCode::NOT_FOUND)),
        NotDecided::Database(error) => return Err(error.into()),
        NotDecided::Stale(case) => (
            StatusCode::CONFLICT,
            "The case has moved on",
            html! {
                p { "It was decided or opened again while you were looking at it; it now stands at " b { (words::state(case.state)) } ". Your decision was not taken. Look at the case again." }
            },
        ),
        NotDecided::NotAllowed(case) => (
            StatusCode::CONFLICT,
            "Not from here",
            html! {
                p { "A case at " b { (words::state(case.state)) } " cannot become " b { (words::decision(fields.decision).1) } ". Nothing was changed. Take the earlier decision back first." }
            },
        ),
        NotDecided::EvidenceUnopened => (
            StatusCode::FORBIDDEN,
            "Open the evidence first",
            html! {
                p { "A case is confirmed only by someone who opened its evidence as it is now. Nothing was decided." }
            },
        ),
        NotDecided::SecondPersonNeeded => (
            StatusCode::FORBIDDEN,
            "Another reviewer is needed",
            html! {
                p { "You asked for the second opinion on this case, so another reviewer has to confirm it. Nothing was changed." }
            },
        ),
    };
    Ok(not_decided(&app, &reviewer, id, status, title, body, &reason))
}

/// Back to a case that was taken back, else on to the next one.
async fn onwards(app: &Shared, id: i64, decision: Decision) -> Result<super::session::Place, Halt> {
    if decision == Decision::Reopen {
        return Ok(layout::see(&format!("/console/cases/{id}")));
    }
    Ok(match cases::next_open(app.store.read(), id).await? {
        Some(next) => layout::see(&format!("/console/cases/{next}?done={id}")),
        None => layout::see(&format!("/console?done={id}")),
    })
}

fn not_decided(
    app: &Shared,
    reviewer: &Reviewer,
    id: i64,
    status: StatusCode,
    title: &str,
    why: Markup,
    reason: &str,
) -> Response {
    let body = html! {
        section.card.narrow {
            h1 { (title) }
            (why)
            @if !reason.is_empty() {
                label.reason { span { "Your reason, kept for copying" } textarea rows="3" readonly { (reason) } }
            }
            p { a.button.primary href={ "/console/cases/" (id) } autofocus { "Back to case " (id) } }
        }
    };
    (status, layout::page(Some(app), Some(reviewer), title, &body)).into_response()
}
