//! A known case as it is shown: like any other, without its number, its history and what became of it; then what is known, and why.

use super::{HERE, answer_of};
use crate::app::Shared;
use crate::console::case::{self, Read};
use crate::console::session::{Halt, Posted, Reviewer};
use crate::console::{decide, error_page, law, layout, text, wellbeing, words};
use crate::store::cases;
use crate::store::gold::{self, ANSWERS};
use crate::store::word;
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Event;

/// `GET /console/gold/{id}`: the case, or what is known of it once it was answered.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    asked: Result<Query<case::Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let done = asked.map(|Query(a)| a.done).unwrap_or_default();
    show(&app, &reviewer, id.map(|Path(id)| id).unwrap_or(0), done, false).await
}

/// `GET /console/gold/{id}/evidence`: the same with the evidence open; remembers that it was.
///
/// # Errors
/// The page that says why not.
pub async fn evidence(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let (id, me) = (id.map(|Path(id)| id).unwrap_or(0), reviewer.session.reviewer_id);
    if gold::fits(app.store.read(), id, me).await? {
        let mut tx = app.store.begin().await?;
        cases::evidence_opened(&mut tx, id, me, &app.now()).await?;
        tx.commit().await?;
    }
    show(&app, &reviewer, id, None, true).await
}

async fn show(app: &Shared, reviewer: &Reviewer, id: i64, done: Option<i64>, open: bool) -> Result<Response, Halt> {
    let (pool, me) = (app.store.reader(), reviewer.session.reviewer_id);
    if let Some(said) = gold::answered(pool, id, me).await? {
        return told(app, reviewer, id, said).await;
    }
    if !gold::fits(pool, id, me).await? {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    let reports = case::read(app, id).await?;
    let Some(newest) = reports.first() else { return Ok(error_page(StatusCode::INTERNAL_SERVER_ERROR)) };
    let opened = open || cases::has_opened_evidence(pool, id, me).await?;
    let place = format!("{HERE}/{id}");
    let body = html! {
        (decide::undo_banner(app, reviewer, done).await?)
        (wellbeing::reminder(app, reviewer).await?)
        div.case {
            article.listing aria-label="Listing" {
                (head(newest))
                (case::listing(&reports))
                (case::evidence_section(None, &place, &reports, opened))
            }
            aside.decision aria-label="Decision" {
                div.why {
                    (case::reading(&newest.report))
                    (law::section(spotter_law::built_in(), &newest.report, app.today()))
                }
                (form(reviewer, &place, opened))
            }
        }
    };
    Ok(layout::page(Some(app), Some(reviewer), "Case", &body).into_response())
}

fn head(newest: &Read) -> Markup {
    html! {
        div.casebar { span.number { "Case" } span.state { (words::state(spotter_model::CaseState::New)) } }
        (case::title(&newest.report))
    }
}

fn form(reviewer: &Reviewer, place: &str, opened: bool) -> Markup {
    html! {
        form.decide method="post" action=(place) {
            (layout::csrf(reviewer))
            div.buttons {
                @for answer in ANSWERS {
                    @let (key, name, meaning) = words::event(answer);
                    @let locked = answer == Event::Confirm && !opened;
                    button name="decision" value=(word(&answer)) data-key=(key) accesskey=(key) title=(meaning)
                        class=[(answer == Event::Confirm).then_some("primary")] disabled[locked] aria-describedby=[locked.then_some("locked")] {
                        span { (name) } kbd { (key) }
                    }
                }
            }
            @if !opened { p.muted #locked { "Confirmed lights up after the evidence was opened." } }
        }
    }
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    decision: String,
}

impl Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/gold/{id}`: an answer. The first one stands, and the case stays as it is.
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
    let (pool, me) = (app.store.reader(), reviewer.session.reviewer_id);
    let Some(answer) = answer_of(&fields.decision) else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    if !gold::fits(pool, id, me).await? {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    if answer == Event::Confirm && !cases::has_opened_evidence(pool, id, me).await? {
        let body = html! {
            p { "A case is confirmed only by someone who opened its evidence as it is now. Nothing was decided." }
            p { a.button.primary href={ (HERE) "/" (id) } { "Back to the case" } }
        };
        return Ok(layout::problem(StatusCode::FORBIDDEN, "Open the evidence first", body));
    }
    let mut tx = app.store.begin().await?;
    gold::answer(&mut tx, id, me, answer, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("{HERE}/{id}")).into_response())
}

/// `GET /console/gold/{id}/next`: on to the case that comes behind it in the queue.
///
/// # Errors
/// The page for a database that fails.
pub async fn next(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    Ok(decide::next(&app, &reviewer, id.map(|Path(id)| id).unwrap_or(0)).await?.into_response())
}

/// What is known, after the answer.
async fn told(app: &Shared, reviewer: &Reviewer, id: i64, said: Event) -> Result<Response, Halt> {
    let Some(known) = gold::of_case(app.store.reader(), id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let agrees = known.answer == said;
    let body = html! {
        section.card.narrow.term {
            h1 { @if agrees { "As is known" } @else { "Known otherwise" } }
            p { "That was a case whose answer is known. Your answer: " b { (words::event(said).1) } @if !agrees { ". Known: " b { (words::event(known.answer).1) } } "." }
            @if !known.why.is_empty() { p.quote dir="auto" { (text::inert(&known.why)) } }
            p.muted { "The case stays as it was decided. Think that what is known is wrong? Tell " (text::line(&known.picked_by, 64)) "." }
            p {
                a.button.primary href={ (HERE) "/" (id) "/next" } data-key="j" accesskey="j" autofocus { "To the next case" kbd { "j" } }
            }
            p {
                a href={ "/console/cases/" (id) } { "Look at case " (id) } " · " a href=(HERE) { "Your answers" }
            }
        }
    };
    Ok(layout::page(Some(app), Some(reviewer), "A known case", &body).into_response())
}
