//! The figures for the yearly report of a trusted flagger, Article 22(3) of Regulation (EU) 2022/2065: notices by provider, by
//! type of allegedly illegal content, and by the action taken. Each organisation that holds the status reports for itself.

use super::super::session::{Halt, Reviewer};
use super::super::{error_page, figure, layout, text, words};
use crate::app::Shared;
use crate::store::organisations::{self, NAME_CHARS, Organisation};
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
    organisation: String,
}

/// A year of four digits: what was asked, else the last that is over.
fn year(app: &Shared, asked: &Asked) -> i32 {
    let fits = |y: &i32| (1_000..=9_998).contains(y);
    asked.year.parse().ok().filter(fits).unwrap_or_else(|| (app.clock)().year() - 1)
}

async fn counted(app: &Shared, year: i32) -> sqlx::Result<Vec<Flagged>> {
    let begin = |y: i32| format!("{y:04}-01-01T00:00:00.000Z");
    flagged::between(app.store.read(), &begin(year), &begin(year + 1)).await
}

/// A table of these organisations. The first column says whose a row is, so that a file says it, too.
fn table((id, title, heads): &(&str, &str, &[&str]), all: &[Flagged], whose: &[Organisation]) -> Table {
    // By their numbers: two may have the same name.
    let mut rows: BTreeMap<(i64, Vec<String>), [u64; 6]> = BTreeMap::new();
    for f in all {
        let Some(own) = whose.iter().find(|o| o.id == f.organisation_id) else { continue };
        let group = if f.group.is_empty() { "Not known".to_owned() } else { words::mark(&f.group) };
        let (name, provider) = (text::attribute(&own.name), text::attribute(&f.provider));
        let key = match *id {
            "by-provider" => vec![name, provider],
            "by-type" => vec![name, group],
            _ => vec![name, provider, group],
        };
        let row = rows.entry((own.id, key)).or_default();
        row.iter_mut().zip(f.actions).for_each(|(sum, n)| *sum += n);
    }
    let row = |((_, key), actions): ((i64, Vec<String>), [u64; 6])| {
        let counts = std::iter::once(actions.iter().sum()).chain(actions).map(Cell::Count);
        key.into_iter().map(Cell::Text).chain(counts).collect()
    };
    Table {
        id: format!("{id}-{}", whose.first().map_or(0, |own| own.id)),
        title: whose.iter().fold((*title).to_owned(), |title, own| format!("{title}, {}", text::attribute(&own.short))),
        note: String::new(),
        columns: std::iter::once(&"Organisation").chain(*heads).chain(&ACTIONS).map(|&c| c.to_owned()).collect(),
        heads: heads.len() + 1,
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
    let year = year(&app, &asked.map(|Query(a)| a).unwrap_or_default());
    let all = counted(&app, year).await?;
    let years = flagged::years(app.store.read()).await?;
    let today = app.today();
    let count = |id: i64| -> u64 { all.iter().filter(|f| f.organisation_id == id).flat_map(|f| f.actions).sum() };
    let mut reporting = organisations::all(app.store.read()).await?;
    reporting.retain(|o| o.holds_status(today) || count(o.id) > 0);
    let body = html! {
        h1 { "Trusted flagger: the year " (year) }
        p.muted.class-lead { "What Article 22(3) of Regulation (EU) 2022/2065 asks a trusted flagger to publish at least once a year. Only notices that allege illegality and went out under the status are counted, by the year in which they went (UTC)." }
        @if reporting.is_empty() { p { b { "No organisation of this server holds the status" } ", and none had notices under it in " (year) ". There is nothing to report." } }
        div.filters {
            form.narrow-by method="get" action="/console/trends/article22" {
                label { span { "Year" } input name="year" value=(year) maxlength="4" inputmode="numeric" pattern="[0-9]{4}" required; }
                button { "Show" }
            }
            @if !years.is_empty() { ul { @for y in &years { li { a href={ "?year=" (y) } aria-current=[(*y == year.to_string()).then_some("page")] { (y) } } } } }
        }
        @for own in &reporting {
            h2 { (text::line(&own.name, NAME_CHARS)) }
            @if own.holds_status(today) { p { "Status awarded by " (text::line(&own.trusted_by, NAME_CHARS)) "." } }
            @else { p { b { "It does not hold the status today." } " These notices went while it did." } }
            p { "Notices in " (year) ": " b { (count(own.id)) } }
            @if count(own.id) > 0 {
                @for t in &TABLES { (figure::table(&table(t, &all, std::slice::from_ref(own)), None, &format!("/console/trends/article22/{}?year={year}&organisation={}", t.0, own.id))) }
            }
        }
        @if reporting.iter().any(|o| count(o.id) > 0) {
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

/// `GET /console/trends/article22/{name}`: one table as CSV, of one organisation or of all.
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
    let asked = asked.map(|Query(a)| a).unwrap_or_default();
    let year = year(&app, &asked);
    let mut whose = organisations::all(app.store.read()).await?;
    let mut file = format!("article-22-3-{year}-{name}");
    if !asked.organisation.is_empty() {
        whose.retain(|own| own.id.to_string() == asked.organisation);
        let Some(own) = whose.first() else { return Ok(error_page(StatusCode::NOT_FOUND)) };
        file = format!("article-22-3-{year}-{}-{name}", own.id);
    }
    Ok(figure::csv(&file, &table(which, &counted(&app, year).await?, &whose)))
}
