//! Checks in the console: the one that has waited longest with one key for each outcome, and the others below it.
//!
//! The reviewer opens the live page by hand; nothing here fetches it.

use super::session::{Halt, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::clock;
use crate::store::checks::{self, Due, Past};
use crate::store::rechecks::Told;
use crate::store::steps::NotDecided;
use crate::store::{cases, word};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Report;
use spotter_model::case::CheckOutcome;
use spotter_model::recheck::Saw;
use time::OffsetDateTime;

/// Longest description of what was seen, in characters.
const SEEN_CHARS: usize = 500;
/// Volunteers' words that stand on a card.
const TOLD: usize = 5;

/// An outcome in words.
fn name(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::RemovedConfirmedByCompany => "Removed, the company says so",
        CheckOutcome::NoticePageSaysRemoved => "Removed, the page says so",
        CheckOutcome::EndedOrSold => "Ended or sold",
        CheckOutcome::UnavailableUnknown => "Gone, nothing says why",
        CheckOutcome::GeoOrLogin => "Only elsewhere or after a login",
        CheckOutcome::Up => "There as before",
        CheckOutcome::Relisted => "There again",
    }
}

/// What a volunteer saw, in words.
fn saw(told: &Told) -> &'static str {
    match told.saw {
        Saw::Offered => "still offered",
        Saw::Gone => "gone",
        Saw::Ended => "sold or ended",
        Saw::CannotTell => "could not tell",
    }
}

/// How long ago, in days.
fn days_ago(stamp: &str, now: OffsetDateTime) -> String {
    match clock::read(stamp).map_or(0, |then| (now - then).whole_days()) {
        ..=0 => "less than a day ago".to_owned(),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// What volunteers saw, in one line each.
fn volunteers(told: &[Told], now: OffsetDateTime) -> Markup {
    html! {
        @for one in told.iter().take(TOLD) {
            p { "A volunteer saw: " b { (saw(one)) } ", " (days_ago(&one.seen_at, now)) }
        }
        @if told.len() > TOLD { p.muted { "and " (told.len() - TOLD) " more before" } }
    }
}

/// `GET /console/checks`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let now = (app.clock)();
    let (all, count) = checks::due(app.store.reader(), &clock::stamp(now)).await?;
    let address = match all.first() {
        Some(first) => address(&app, first.case.id).await?,
        None => None,
    };
    let body = html! {
        h1 { "Checks" }
        @if let Some(first) = all.first() { (card(&reviewer, first, address.as_deref(), now)) } @else {
            p.muted { "None is due. A week after a company was told, and a month after it removed a listing, somebody looks again." }
        }
        @if all.len() > 1 {
            section.card.term {
                h2 { (count - 1) " more" @if all.iter().any(Due::is_told) { ": first what volunteers looked at, then the oldest" } @else { ", oldest first" } }
                table.reasons { tbody { @for check in all.iter().skip(1) {
                    tr {
                        td { a href={ "/console/cases/" (check.case.id) } { "case " (check.case.id) } }
                        td { (text::line(&check.case.title, 80)) }
                        td { (text::line(&check.case.marketplace, 48)) }
                        td { (words::state(check.case.state)) }
                        td.muted { "due " (words::time(&check.due_at)) @if let Some(one) = check.told.first() { ", a volunteer saw: " (saw(one)) } }
                    }
                } } }
            }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Checks", &body))
}

async fn address(app: &Shared, case_id: i64) -> Result<Option<String>, Halt> {
    let reports = cases::reports_of(app.store.reader(), case_id, 1).await?;
    let report = reports.first().and_then(|r| serde_json::from_slice::<Report>(&r.body).ok());
    Ok(report.map(|r| r.place.url_canonical))
}

fn card(reviewer: &Reviewer, check: &Due, address: Option<&str>, now: OffsetDateTime) -> Markup {
    let case = &check.case;
    html! {
        form.card.term method="post" action={ "/console/checks/" (check.id) } {
            (layout::csrf(reviewer))
            input type="hidden" name="version" value=(case.version);
            h2 { a href={ "/console/cases/" (case.id) } { "Case " (case.id) } ": " (text::line(&case.title, 160)) }
            p { (words::state(case.state)) span.muted { " · due " (words::time(&check.due_at)) " · " (text::line(&case.marketplace, 80)) } }
            (volunteers(&check.told, now))
            @if let Some(address) = address {
                p { a.button href=(text::href(address)) data-key="o" accesskey="o" rel="noreferrer noopener external" target="_blank" title="Opens the live page in a new tab. The marketplace sees this visit." { "Open the listing" kbd { "o" } } }
            }
            label.reason { span { "What you saw " kbd { "n" } } textarea name="seen" rows="2" maxlength=(SEEN_CHARS) data-key="n" placeholder="Optional. The words of the page, the time." {} }
            div.buttons.outcomes {
                @for (n, outcome) in CheckOutcome::ALL.into_iter().enumerate() {
                    button name="outcome" value=(word(&outcome)) data-key=(n + 1) accesskey=(n + 1) { span { (name(outcome)) } kbd { (n + 1) } }
                }
            }
        }
    }
}

/// What a case shows of its checks.
pub fn section(past: &[Past], next: Option<&str>, told: &[Told], now: OffsetDateTime) -> Markup {
    html! {
        @if !past.is_empty() || next.is_some() || !told.is_empty() {
            section {
                h2 { "Checks" }
                ul.history {
                    @if let Some(next) = next { li.muted { "The next one is due " (words::time(next)) } }
                    @for one in told {
                        li { "A volunteer saw: " (saw(one)) span.muted { " · " (days_ago(&one.seen_at, now)) } }
                    }
                    @for check in past {
                        li { b { (name(check.outcome)) } " by " (text::line(&check.reviewer, 64)) span.muted { " · " (words::time(&check.at)) }
                            @if !check.seen.is_empty() { p.quote dir="auto" { (text::inert(&check.seen)) } } }
                    }
                }
            }
        }
    }
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    version: i64,
    outcome: CheckOutcome,
    #[serde(default)]
    seen: String,
}

impl super::session::Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/checks/{id}`: what was found; then the next one.
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
    let seen = fields.seen.trim().replace("\r\n", "\n");
    if seen.chars().count() > SEEN_CHARS {
        return Ok(error_page(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let (me, now) = (reviewer.session.reviewer_id, app.now());
    let mut tx = app.store.begin().await?;
    match checks::done(&mut tx, id, fields.version, me, fields.outcome, &seen, &now).await {
        Ok(()) => {}
        Err(NotDecided::Database(error)) => return Err(error.into()),
        Err(_) => {
            let body = html! { p { "Another reviewer was first, or the case has moved on. Nothing was changed." } p { a href="/console/checks" { "Back to the checks" } } };
            return Ok(layout::problem(StatusCode::CONFLICT, "Done already", body));
        }
    }
    tx.commit().await?;
    Ok(layout::see("/console/checks").into_response())
}
