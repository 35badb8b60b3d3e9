//! The figures for the yearly report of a trusted flagger, Article 22(3) of Regulation (EU) 2022/2065: notices by provider, by
//! type of allegedly illegal content, and by the action taken.

use super::super::session::{Halt, Reviewer};
use super::super::{error_page, figure, layout, text, words};
use crate::app::Shared;
use crate::store::trends::flagged::{self, Flagged};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use serde::Deserialize;
use spotter_survey::table::{Cell, Table};
use std::collections::BTreeMap;

/// The tables: name, title, heads of the columns that name a row.
const TABLES: [(&str, &str, &[&str]); 3] = [
    ("by-provider", "By provider", &["Provider"]),
    ("by-type", "By type of allegedly illegal content", &["Offers of"]),
    ("by-both", "By provider and type", &["Provider", "Offers of"]),
];
const ACTIONS: [&str; 7] =
    ["Notices", "Removed", "Restricted", "Left standing", "Put back", "Received, no more", "No answer yet"];

/// The address's question.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    year: String,
}

/// A year of four digits: what was asked, else the last that is over.
fn year(app: &Shared, asked: Result<Query<Asked>, QueryRejection>) -> i32 {
    let asked = asked.map(|Query(a)| a.year).unwrap_or_default();
    let fits = |y: &i32| (1_000..=9_998).contains(y);
    asked.parse().ok().filter(fits).unwrap_or_else(|| (app.clock)().year() - 1)
}

async fn counted(app: &Shared, year: i32) -> sqlx::Result<Vec<Flagged>> {
    let begin = |y: i32| format!("{y:04}-01-01T00:00:00.000Z");
    flagged::between(app.store.read(), &begin(year), &begin(year + 1)).await
}

fn table((id, title, heads): &(&str, &str, &[&str]), all: &[Flagged]) -> Table {
    let mut rows: BTreeMap<Vec<String>, [u64; 6]> = BTreeMap::new();
    for f in all {
        let group = if f.group.is_empty() { "Not known".to_owned() } else { words::mark(&f.group) };
        let key = match *id {
            "by-provider" => vec![text::attribute(&f.provider)],
            "by-type" => vec![group],
            _ => vec![text::attribute(&f.provider), group],
        };
        let row = rows.entry(key).or_default();
        row.iter_mut().zip(f.actions).for_each(|(sum, n)| *sum += n);
    }
    let row = |(key, actions): (Vec<String>, [u64; 6])| {
        let counts = std::iter::once(actions.iter().sum()).chain(actions).map(Cell::Count);
        key.into_iter().map(Cell::Text).chain(counts).collect()
    };
    Table {
        id: (*id).to_owned(),
        title: (*title).to_owned(),
        note: String::new(),
        columns: heads.iter().chain(&ACTIONS).map(|&c| c.to_owned()).collect(),
        heads: heads.len(),
        rows: rows.into_iter().map(row).collect(),
    }
}

/// `GET /console/trends/article22`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let year = year(&app, asked);
    let all = counted(&app, year).await?;
    let years = flagged::years(app.store.read()).await?;
    let total: u64 = all.iter().flat_map(|f| f.actions).sum();
    let body = html! {
        h1 { "Trusted flagger: the year " (year) }
        p.muted.class-lead { "What Article 22(3) of Regulation (EU) 2022/2065 asks a trusted flagger to publish at least once a year. Only notices that allege illegality and went out under the status are counted, by the year in which they went (UTC)." }
        @if app.voice.trusted_by.is_empty() {
            p { b { (app.organisation) " does not hold the status" } ", as this server is set up. " @if total > 0 { "These notices went while it did." } @else { "There is nothing to report." } }
        } @else { p { "Status awarded by " (text::line(&app.voice.trusted_by, 200)) "." } }
        div.filters {
            form.narrow-by method="get" action="/console/trends/article22" {
                label { span { "Year" } input name="year" value=(year) maxlength="4" inputmode="numeric" pattern="[0-9]{4}" required; }
                button { "Show" }
            }
            @if !years.is_empty() { ul { @for y in &years { li { a href={ "?year=" (y) } aria-current=[(*y == year.to_string()).then_some("page")] { (y) } } } } }
        }
        p { "Notices in " (year) ": " b { (total) } }
        @if total > 0 {
            @for t in &TABLES { (figure::table(&table(t, &all), None, &format!("/console/trends/article22/{}?year={year}", t.0))) }
            section.figure {
                h2.under { "What the report needs besides" }
                ul {
                    li { "How the organisation keeps its independence from providers: an explanation that these figures cannot give." }
                    li { "It goes to the Digital Services Coordinator that awarded the status, and is made public. It holds no personal data: neither do these tables." }
                }
            }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Trusted flagger", &body).into_response())
}

/// `GET /console/trends/article22/{name}`: one table as CSV.
///
/// # Errors
/// The page that says why not.
pub async fn csv(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    name: Result<Path<String>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let Some(which) = TABLES.iter().find(|t| t.0 == name) else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let year = year(&app, asked);
    let table = table(which, &counted(&app, year).await?);
    Ok(figure::csv(&format!("article-22-3-{year}-{name}"), &table))
}
