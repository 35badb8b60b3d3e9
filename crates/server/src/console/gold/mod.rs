//! Known cases: which they are, how often they are shown, and how answers agree with what is known.
//!
//! Owns the page of figures, the form on a case's page, and the share. The case as it is shown without saying so is in `blind`. A
//! reviewer sees figures of their own; leads see each reviewer's by name, never in an order of merit, and no figure of anybody's speed.

mod blind;

use super::session::{Halt, Posted, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::store::cases::{self, Case};
use crate::store::gold::{self, ANSWERS, Agreement, Known, Listed};
use crate::store::word;
use axum::Form;
use axum::Router;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Event;

/// Where the page is.
const HERE: &str = "/console/gold";
/// Longest reason, in characters.
const WHY_CHARS: usize = 500;
/// Decisions between two known cases, at most.
const EVERY_MOST: i64 = 500;
/// Fewer answers say nothing of anybody.
const FEWEST: i64 = 10;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route(HERE, get(page).post(share))
        .route("/console/gold/{id}", get(blind::page).post(blind::post))
        .route("/console/gold/{id}/evidence", get(blind::evidence))
        .route("/console/gold/{id}/next", get(blind::next))
        .route("/console/cases/{id}/gold", post(pick))
}

/// The address of the known case that comes now instead of another one, where one is due.
///
/// # Errors
/// Where the database fails.
pub async fn due(app: &Shared, reviewer: &Reviewer) -> sqlx::Result<Option<String>> {
    let pool = app.store.read();
    let case = gold::due(pool, reviewer.session.reviewer_id, gold::every(pool).await?).await?;
    Ok(case.map(|id| format!("{HERE}/{id}")))
}

/// What is known of a case, for leads, and the form that picks it.
pub fn section(reviewer: &Reviewer, case: &Case, known: Option<&Known>) -> Markup {
    let asked = known.filter(|k| k.dropped_at.is_empty());
    html! {
        @if reviewer.may("POST", "/console/cases/{id}/gold") && !case.state.is_open() {
            details.gold {
                summary { "Known case" @if let Some(known) = asked { ": " (words::event(known.answer).1) } }
                @if let Some(known) = asked { p { "Picked by " (text::line(&known.picked_by, 64)) " on " (words::time(&known.picked_at)) "." } }
                form.more method="post" action={ "/console/cases/" (case.id) "/gold" } {
                    (layout::csrf(reviewer))
                    p.muted { "Shown again to reviewers who never decided it, without saying so. Afterwards they read what is known, and why." }
                    fieldset {
                        legend { "What is known to be right" }
                        @for answer in ANSWERS {
                            label.check { input type="radio" name="answer" value=(word(&answer)) required checked[asked.is_some_and(|k| k.answer == answer)]; " " (words::event(answer).1) }
                        }
                    }
                    label.reason { span { "Why" } textarea name="why" rows="2" maxlength=(WHY_CHARS) required placeholder="What in this listing decides it. No names." { (asked.map(|k| k.why.as_str()).unwrap_or_default()) } }
                    button { @if asked.is_some() { "Change it" } @else { "Make it a known case" } }
                }
                @if asked.is_some() {
                    form.more method="post" action={ "/console/cases/" (case.id) "/gold" } {
                        (layout::csrf(reviewer))
                        button.quiet name="answer" value="drop" { "Show it no more" }
                    }
                }
            }
        }
    }
}

/// The form on a case's page.
#[derive(Deserialize)]
pub struct Picking {
    csrf: String,
    answer: String,
    #[serde(default)]
    why: String,
}

impl Posted for Picking {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// One of the answers by its word.
fn answer_of(typed: &str) -> Option<Event> {
    ANSWERS.into_iter().find(|answer| word(answer) == typed)
}

/// `POST /console/cases/{id}/gold`: picks a case, or drops it.
///
/// # Errors
/// The page that says why not.
async fn pick(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Picking>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let (me, why) = (reviewer.session.reviewer_id, fields.why.trim().replace("\r\n", "\n"));
    let mut tx = app.store.begin().await?;
    let Some(case) = cases::find_in(&mut tx, id).await?.filter(|c| c.erased_at.is_empty()) else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    match answer_of(&fields.answer) {
        None if fields.answer == "drop" => gold::drop(&mut tx, id, me, &app.now()).await?,
        Some(answer) if !case.state.is_open() && !why.is_empty() && why.chars().count() <= WHY_CHARS => {
            gold::pick(&mut tx, id, me, answer, &why, &app.now()).await?;
        }
        _ => {
            let body = html! {
                p { "A known case has been decided, and has an answer and a reason of at most " (WHY_CHARS) " characters. Nothing was changed." }
                p { a.button href={ "/console/cases/" (id) } { "Back to case " (id) } }
            };
            return Ok(layout::problem(StatusCode::UNPROCESSABLE_ENTITY, "Not a known case yet", body));
        }
    }
    tx.commit().await?;
    Ok(layout::see(&format!("/console/cases/{id}")).into_response())
}

/// `GET /console/gold`.
///
/// # Errors
/// The page that says why not.
async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Response, Halt> {
    show(&app, &reviewer, StatusCode::OK, None).await
}

async fn show(app: &Shared, reviewer: &Reviewer, status: StatusCode, said: Option<&str>) -> Result<Response, Halt> {
    let (pool, me, leads) = (app.store.read(), reviewer.session.reviewer_id, reviewer.may("POST", HERE));
    let (people, every) = (gold::by_reviewer(pool).await?, gold::every(pool).await?);
    let mine = people.iter().find(|(id, ..)| *id == me).map(|(.., a)| *a).unwrap_or_default();
    let (decided, cannot_tell) = gold::last_hundred(pool, me).await?;
    let listed = if leads { gold::all(pool).await? } else { vec![] };
    let body = html! {
        section.card {
            h1 { "Known cases" }
            @if let Some(said) = said { p.alert role="alert" { (said) } }
            p { "Now and then a case comes whose answer is known. It looks like any other, and nothing follows from what you answer but a page that says what is known, and why." }
            h2 { "Your answers" }
            ul {
                li { (agreed(mine)) }
                li { @if decided == 0 { "You have decided no case yet." } @else { "Of your last " (words::count(decided as usize, "decision", "decisions")) ", " (cannot_tell) " were “cannot tell”, which is an answer like any other." } }
            }
            @if leads {
                h2 { "How often" }
                form.more method="post" action=(HERE) {
                    (layout::csrf(reviewer))
                    label { span { "A known case after so many decisions; 0: never" } input type="number" name="every" min="0" max=(EVERY_MOST) value=(every) required; }
                    button { "Keep this" }
                }
                h2 { "Reviewers" }
                (reviewers(&people))
                h2 { "Cases" }
                (items(&listed))
                p.muted { "A case is picked on its own page once it is decided. It is shown no more when what it says about people is erased." }
            }
        }
    };
    Ok((status, layout::page(Some(app), Some(reviewer), "Known cases", &body)).into_response())
}

fn agreed(a: Agreement) -> Markup {
    html! {
        @if a.answered == 0 { "You have answered no known case yet." }
        @else { "Of " (words::count(a.answered as usize, "known case", "known cases")) " you answered " (a.agreed) " as is known, and " (a.cannot_tell) " with “cannot tell”." }
    }
}

fn reviewers(people: &[(i64, String, Agreement)]) -> Markup {
    html! {
        @if people.is_empty() { p.muted { "Nobody has answered one yet." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Reviewers" { table.class {
                caption.sr { "Answers on known cases by reviewer, by name" }
                thead { tr { th scope="col" { "Reviewer" } th.num scope="col" { "Answered" } th.num scope="col" { "As is known" } th.num scope="col" { "Cannot tell" } } }
                tbody { @for (_, name, a) in people { tr {
                    th scope="row" { (text::line(name, 64)) } td.num { (a.answered) }
                    @if a.answered < FEWEST { td.num.muted colspan="2" { "fewer than " (FEWEST) " say nothing" } }
                    @else { td.num { (a.agreed) } td.num { (a.cannot_tell) } }
                } } }
            } }
        }
    }
}

fn items(listed: &[Listed]) -> Markup {
    html! {
        @if listed.is_empty() { p.muted { "No case was picked yet." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Cases" { table.class {
                caption.sr { "Known cases, the latest first" }
                thead { tr { th scope="col" { "Case" } th scope="col" { "Known" } th.num scope="col" { "Answered" } th.num scope="col" { "As is known" } th.num scope="col" { "Cannot tell" } } }
                tbody { @for item in listed { tr {
                    th scope="row" { a href={ "/console/cases/" (item.case_id) } { "Case " (item.case_id) } @if !item.asked { span.muted { " · shown no more" } } }
                    td { (words::event(item.answer).1) } td.num { (item.agreement.answered) } td.num { (item.agreement.agreed) } td.num { (item.agreement.cannot_tell) }
                } } }
            } }
        }
    }
}

/// The form of the share.
#[derive(Deserialize)]
pub struct Share {
    csrf: String,
    every: String,
}

/// `POST /console/gold`.
///
/// # Errors
/// The page that says why not.
async fn share(
    State(app): State<Shared>,
    reviewer: Reviewer,
    fields: Result<Form<Share>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(&fields.csrf)?;
    let Some(every) = fields.every.trim().parse().ok().filter(|n| (0..=EVERY_MOST).contains(n)) else {
        let said = format!("A whole number from 0 to {EVERY_MOST}. Nothing was changed.");
        return show(&app, &reviewer, StatusCode::UNPROCESSABLE_ENTITY, Some(&said)).await;
    };
    let mut tx = app.store.begin().await?;
    gold::set_every(&mut tx, reviewer.session.reviewer_id, every, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(HERE).into_response())
}
