//! What a class knows: the cohort's results in the training's test, added up by mark. A table, a bar beside each share,
//! and the same as a file for spreadsheets.
//!
//! Never: a row for a person, an order of people, or a share that a handful of answers would make.

use super::session::{Halt, Reviewer};
use super::{layout, text, words};
use crate::app::Shared;
use crate::store::attestations::{self, Class, ENOUGH, Mark, Wanted};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::csv;
use spotter_model::report::is_id;

/// How the address names spotters who belong to no cohort; no cohort's id.
const NO_COHORT: &str = "~";

/// The address's questions. What cannot be read counts as not asked.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    cohort: String,
    round: String,
}

impl Asked {
    fn wanted(&self) -> Wanted {
        // Cohorts are any short line; they reach the database as values and the page as text.
        let cohort = match self.cohort.as_str() {
            "" => None,
            NO_COHORT => Some(String::new()),
            name => Some(name.chars().take(120).collect()),
        };
        Wanted { cohort, round: Some(self.round.clone()).filter(|round| is_id(round)) }
    }
}

fn asked(query: Result<Query<Asked>, QueryRejection>) -> Asked {
    query.map(|Query(asked)| asked).unwrap_or_default()
}

/// `GET /console/class`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Markup, Halt> {
    let asked = asked(query);
    let class = attestations::class(app.store.read(), &asked.wanted()).await?;
    let (cohorts, rounds) = attestations::choices(app.store.read()).await?;
    let body = html! {
        h1 { "What the class knows" }
        p.muted.class-lead { "Results that spotters' devices sent after a pass of the training's test, for rounds that ask for it. Which questions were asked and what was answered stays with them." }
        p.row { a.button href="/console/rounds" { "Rounds" } }
        div.filters {
            form.narrow-by method="get" action="/console/class" {
                (choice("Cohort", "cohort", &asked.cohort, &cohorts))
                (choice("Round", "round", &asked.round, &rounds))
                button { "Show" }
                button formaction="/console/class.csv" { "As CSV" }
            }
        }
        dl.facts.class-facts {
            div { dt { "Spotters" } dd { (class.spotters) } }
            div { dt { "With a pass" } dd { (class.trained) } }
            div { dt { "Passes" } dd { (class.passes) } }
            div { dt { "Tests taken for them" } dd { (class.attempts) } }
        }
        @if class.marks.is_empty() { p { "No result has come yet." } } @else { (table(&class)) }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Class", &body))
}

fn choice(label: &str, name: &str, asked: &str, values: &[String]) -> Markup {
    html! {
        label { span { (label) }
            select name=(name) {
                option value="" { "All" }
                @for value in values {
                    @let value = if value.is_empty() { NO_COHORT } else { value };
                    option value=(value) selected[value == asked] { @if value == NO_COHORT { "Without one" } @else { (text::line(value, 120)) } }
                }
            }
        }
    }
}

fn table(class: &Class) -> Markup {
    html! {
        div.scroll tabindex="-1" {
            table.class {
                caption.sr { "Right answers by mark, the least known first" }
                thead { tr { th scope="col" { "Mark, or kind where none decides" } th.num scope="col" { "Right" } th.num scope="col" { "Of" } th scope="col" { "Share" } } }
                tbody { @for mark in &class.marks {
                    tr { th scope="row" { (text::line(&words::mark(&mark.mark), 160)) } td.num { (mark.right) } td.num { (mark.asked) } td { (share(mark)) } }
                } }
            }
        }
        p.muted.class-lead { "The least known comes first. Under " (ENOUGH) " answers no share is given: it would say more about chance than about the class." }
    }
}

fn percent(mark: &Mark) -> Option<i64> {
    (mark.asked >= ENOUGH).then(|| mark.right * 100 / mark.asked)
}

fn share(mark: &Mark) -> Markup {
    html! {
        @if let Some(percent) = percent(mark) {
            svg.share viewBox="0 0 100 10" width="120" height="12" preserveAspectRatio="none" aria-hidden="true" {
                rect width="100" height="10" {}
                rect.part width=(percent) height="10" {}
            }
            " " (percent) " %"
        } @else { span.muted { "under " (ENOUGH) " answers" } }
    }
}

/// `GET /console/class.csv`: the same table.
///
/// # Errors
/// The page that says why not.
pub async fn file(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let class = attestations::class(app.store.read(), &asked(query).wanted()).await?;
    let mut out = csv::row(&["mark", "words", "right", "of", "share_percent", "note"]);
    for mark in &class.marks {
        let share = percent(mark).map(|p| p.to_string());
        let note = if share.is_some() { String::new() } else { format!("under {ENOUGH} answers") };
        out += &csv::row(&[
            mark.mark.clone(),
            words::mark(&mark.mark),
            mark.right.to_string(),
            mark.asked.to_string(),
            share.unwrap_or_default(),
            note,
        ]);
    }
    let of = |name: HeaderName, value| (name, HeaderValue::from_static(value));
    let headers = [
        of(header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        of(header::CONTENT_DISPOSITION, "attachment; filename=\"class.csv\""),
    ];
    Ok((headers, out).into_response())
}
