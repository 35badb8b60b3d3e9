//! `/answer/{secret}`: where a company says what it decided. The link is the key; it shows the notice and nothing else of the
//! case, and takes only steps that the table gives to companies.

use super::notices::typeset;
use super::session::Halt;
use super::{error_page, layout, text, words};
use crate::app::{Peer, Shared};
use crate::store::cases;
use crate::store::notices::{self, Notice};
use crate::store::organisations::NAME_CHARS;
use crate::store::steps::{self, Actor};
use crate::store::word;
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use spotter_model::case::Who;
use spotter_model::{CaseState, Event};

/// Longest answer, in characters.
const ANSWER_CHARS: usize = 2_000;

/// What a company can say, in its own words.
const SAY: [(Event, &str); 5] = [
    (Event::Acknowledge, "We have received the notice"),
    (Event::Remove, "We have removed the listing"),
    (Event::Restrict, "We have restricted the listing"),
    (Event::Refuse, "The listing stays: say why, also where the notice was wrong"),
    (Event::Reinstate, "We have put the listing back: say why"),
];

async fn notice(app: &Shared, secret: &str) -> sqlx::Result<Option<Notice>> {
    notices::of_answer(app.store.reader(), &Sha256::digest(secret.as_bytes())).await
}

fn too_many(seconds: u64) -> Response {
    layout::problem(
        StatusCode::TOO_MANY_REQUESTS,
        "Too many requests",
        html! { p { "Wait " (seconds) " s, then try again." } },
    )
}

/// `GET /answer/{secret}`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    secret: Result<Path<String>, PathRejection>,
) -> Result<Response, Halt> {
    if app.limits.address(ip).is_err() {
        return Ok(too_many(60));
    }
    let secret = secret.map(|Path(s)| s).unwrap_or_default();
    let Some(notice) = notice(&app, &secret).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let Some(case) = cases::find(app.store.reader(), notice.case_id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    show(&app, &secret, &notice, case.state, StatusCode::OK, None).await
}

/// `GET /answer/{secret}/pdf`: the notice, typeset, whichever way it came.
///
/// # Errors
/// The page that says why not.
pub async fn pdf(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    secret: Result<Path<String>, PathRejection>,
) -> Result<Response, Halt> {
    if app.limits.address(ip).is_err() {
        return Ok(too_many(60));
    }
    let secret = secret.map(|Path(s)| s).unwrap_or_default();
    let Some(notice) = notice(&app, &secret).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    Ok(typeset(&app, &notice).await)
}

async fn show(
    app: &Shared,
    secret: &str,
    notice: &Notice,
    state: CaseState,
    status: StatusCode,
    said: Option<&str>,
) -> Result<Response, Halt> {
    // A server without fonts is no trouble of the company's.
    let pdf = app.typesetter.ready().await.is_ok();
    let can: Vec<_> = SAY.iter().filter(|(event, _)| state.step_by(*event, Who::Company).is_some()).collect();
    let body = html! {
        section.card.narrow {
            h1 { "Notice " (notice.number) }
            @if let Some(said) = said { p role="status" { b { (said) } } }
            p.muted { "From " (text::line(notice.rendered.speaker().0, NAME_CHARS)) " to " (text::line(&notice.company, 80)) ". Now: " (words::state(state)) "." }
            details { summary { "The notice" } p.letter dir="auto" lang=(notice.rendered.lang) { (text::inert(&notice.rendered.text)) } }
            @if pdf { p { a href={ "/answer/" (secret) "/pdf" } { "The notice as PDF" } } }
            @if can.is_empty() { p { "There is nothing to answer now. To tell us more, write to " (notice.rendered.speaker().1) "." } } @else {
                form.more.answer method="post" action={ "/answer/" (secret) } {
                    label.reason { span { "Your reasons, and how the decision can be contested (optional)" } textarea name="text" rows="4" maxlength=(ANSWER_CHARS) {} }
                    div.buttons { @for (event, words) in can { button name="answer" value=(word(event)) { (words) } } }
                }
            }
        }
    };
    Ok((status, layout::page(Some(app), None, "Answer", &body)).into_response())
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    answer: Event,
    #[serde(default)]
    text: String,
}

/// `POST /answer/{secret}`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    secret: Result<Path<String>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    if app.limits.address(ip).is_err() {
        return Ok(too_many(60));
    }
    let (Ok(Path(secret)), Ok(Form(fields))) = (secret, fields) else {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    };
    let said = fields.text.trim().replace("\r\n", "\n");
    if said.chars().count() > ANSWER_CHARS {
        return Ok(error_page(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let Some(notice) = notice(&app, &secret).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let Some(case) = cases::find_in(&mut tx, notice.case_id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let Some(step) = case.state.step_by(fields.answer, Who::Company) else {
        drop(tx);
        let said = "That cannot be said now; nothing was changed. It may have been answered already.";
        return show(&app, &secret, &notice, case.state, StatusCode::CONFLICT, Some(said)).await;
    };
    notices::answered(&mut tx, &notice, fields.answer, &said, &now).await?;
    steps::take(&mut tx, &case, fields.answer, Actor::Company(notice.company_id), None, &now).await?;
    tx.commit().await?;
    show(&app, &secret, &notice, step.to, StatusCode::OK, Some("Thank you. Your answer was kept.")).await
}
