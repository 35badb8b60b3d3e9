//! Deciding: the form, its handler, the undo, and the pages for a decision that was not taken.

use super::session::{Halt, Reviewer};
use super::{error_page, gold, layout, text, words};
use crate::app::Shared;
use crate::clock;
use crate::store::cases::{self, Case};
use crate::store::steps::{self, NotDecided, Verdict};
use crate::store::{leases, queue, word};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Event;
use spotter_model::case::Who;

/// Longest reason for the spotter, in characters.
pub const REASON_CHARS: usize = 500;

/// What a reviewer presses, in the order of the buttons. What needs more than a button has its own form.
const ORDER: [Event; 16] = [
    Event::Confirm,
    Event::NotProhibited,
    Event::CannotTell,
    Event::SecondOpinion,
    Event::OutOfScope,
    Event::Invalid,
    Event::Acknowledge,
    Event::Remove,
    Event::Restrict,
    Event::Refuse,
    Event::Complain,
    Event::Reinstate,
    Event::Correct,
    Event::Relist,
    Event::Reopen,
    Event::Close,
];

/// The form of a case: only steps that the table allows from where the case stands.
pub fn form(reviewer: &Reviewer, case: &Case, opened: bool) -> Markup {
    let open = case.state.is_open();
    html! {
        form.decide method="post" action={ "/console/cases/" (case.id) "/decide" } {
            (layout::csrf(reviewer))
            input type="hidden" name="version" value=(case.version);
            @if open {
                label.reason {
                    span { "Reason for the spotter " kbd { "n" } }
                    textarea name="reason" rows="2" maxlength=(REASON_CHARS) data-key="n" placeholder="Optional. Plain words; no names." { (case.public_reason) }
                }
            } @else { (standing(case)) }
            div.buttons {
                @for event in ORDER {
                    @if case.state.step_by(event, Who::Reviewer).is_some() {
                        @let (key, name, meaning) = words::event(event);
                        @let locked = event == Event::Confirm && !opened;
                        button name="decision" value=(word(&event)) data-key=(key) accesskey=(key) title=(meaning)
                            class=[(event == Event::Confirm).then_some("primary")]
                            disabled[locked] aria-describedby=[locked.then_some("locked")] {
                            span { (name) } kbd { (key) }
                        }
                    }
                }
            }
            @if open && !opened { p.muted #locked { "Confirmed lights up after the evidence was opened." } }
            @if open {
                details.more {
                    summary { "Duplicate of another case" }
                    div.fields {
                        label { span { "Number of the other case" } input name="original" maxlength="18" inputmode="numeric" autocomplete="off"; }
                        button name="decision" value="duplicate" data-key="8" accesskey="8" { span { "Duplicate" } kbd { "8" } }
                    }
                }
            }
        }
    }
}

fn standing(case: &Case) -> Markup {
    html! {
        @if let Some(original) = case.duplicate_of {
            p { "Duplicate of " a href={ "/console/cases/" (original) } { "case " (original) } ". To decide otherwise, take it back first." }
        } @else if case.state.step_by(Event::Reopen, Who::Reviewer).is_some() {
            p { "Decided: " b { (words::state(case.state)) } ". To decide otherwise, take it back first." }
        } @else {
            p { "Stands at: " b { (words::state(case.state)) } "." }
        }
    }
}

/// After a decision: what was decided, and one key to take it back.
///
/// # Errors
/// The page for a database that fails.
pub async fn undo_banner(app: &Shared, reviewer: &Reviewer, done: Option<i64>) -> Result<Markup, Halt> {
    let Some(id) = done else { return Ok(html! {}) };
    let Some(case) = cases::find(app.store.reader(), id).await? else { return Ok(html! {}) };
    if case.deferred_until > app.now() {
        return Ok(super::defer::banner(reviewer, &case));
    }
    let mine = cases::history(app.store.reader(), id)
        .await?
        .first()
        .is_some_and(|p| p.reviewer_id == Some(reviewer.session.reviewer_id));
    if !mine {
        return Ok(html! {});
    }
    Ok(html! {
        div.banner role="status" {
            span.what-was-done { "Case " (id) ": " b { (words::state(case.state)) } " " span.muted { (text::line(&case.title, 60)) } }
            @if case.state.step_by(Event::Notice, Who::Reviewer).is_some() {
                a.button href={ "/console/cases/" (id) "/notice" } data-key="s" accesskey="s" { "Write a notice" kbd { "s" } }
            }
            @if case.state.step_by(Event::Reopen, Who::Reviewer).is_some() {
                form method="post" action={ "/console/cases/" (id) "/decide" } {
                    (layout::csrf(reviewer))
                    input type="hidden" name="version" value=(case.version);
                    input type="hidden" name="reason" value="";
                    button name="decision" value=(word(&Event::Reopen)) data-key="z" accesskey="z" { "Undo" kbd { "z" } }
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
    decision: Event,
    #[serde(default)]
    reason: String,
    /// The case that this one is a duplicate of; browsers send the field empty with every other button.
    #[serde(default)]
    original: String,
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
        event: fields.decision,
        public_reason: &reason,
        original: fields.original.trim().parse().ok(),
    };
    let mut tx = app.store.begin().await?;
    let refused = match steps::decide(&mut tx, &verdict, &app.now()).await {
        Ok(event) => {
            tx.commit().await?;
            return Ok(onwards(&app, &reviewer, id, event).await?.into_response());
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
                p { "A case at " b { (words::state(case.state)) } " cannot become " b { (words::event(fields.decision).1) } ". Nothing was changed. Take the earlier decision back first." }
            },
        ),
        NotDecided::EvidenceUnopened => (
            StatusCode::FORBIDDEN,
            "Open the evidence first",
            html! {
                p { "A case is confirmed only by someone who opened its evidence as it is now. Nothing was decided." }
            },
        ),
        NotDecided::NoOriginal => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Which case?",
            html! {
                p { "A duplicate names the number of another case that is no duplicate itself, and no other case may be a duplicate of this one. Nothing was changed." }
            },
        ),
        NotDecided::SecondPersonNeeded => (
            StatusCode::FORBIDDEN,
            "Another reviewer is needed",
            html! {
                p { "You were the first on this case, or asked for the second opinion, so another reviewer has to confirm it. Nothing was changed." }
            },
        ),
    };
    Ok(not_decided(&app, &reviewer, id, status, title, body, &reason))
}

/// Back to a case that was taken back or is with its company, else on to the next one.
pub async fn onwards(app: &Shared, reviewer: &Reviewer, id: i64, event: Event) -> Result<super::session::Place, Halt> {
    let decided = matches!(
        event,
        Event::Confirm
            | Event::ConfirmFirst
            | Event::NotProhibited
            | Event::CannotTell
            | Event::SecondOpinion
            | Event::Duplicate
            | Event::OutOfScope
            | Event::Invalid
    );
    if !decided {
        return Ok(layout::see(&format!("/console/cases/{id}")));
    }
    match gold::due(app, reviewer).await? {
        Some(place) => Ok(layout::see(&format!("{place}?done={id}"))),
        None => next(app, reviewer, id).await,
    }
}

/// On to the next case, with a banner for the one that was left. The next one is taken in the same moment in which it is
/// chosen, so that two reviewers are never sent to the same case.
pub async fn next(app: &Shared, reviewer: &Reviewer, id: i64) -> Result<super::session::Place, Halt> {
    let (me, now) = (reviewer.session.reviewer_id, app.now());
    let mut tx = app.store.begin().await?;
    let Some(case) = cases::find_in(&mut tx, id).await? else { return Ok(layout::see("/console")) };
    let Some(next) = queue::next_in(&mut tx, &case, me, &now).await? else {
        return Ok(layout::see(&format!("/console?done={id}")));
    };
    let until = clock::stamp((app.clock)() + time::Duration::seconds(leases::LEASE_S));
    leases::take(&mut tx, next, me, &now, &until).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/cases/{next}?done={id}")))
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
