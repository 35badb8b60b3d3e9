//! A published year, for anybody: as a lead published it, and the same as CSV. Counts nothing; what may be said was decided by
//! `spotter_survey::yearly` before it was kept.

use super::{day, in_shell, words};
use crate::app::Shared;
use crate::console::text;
use crate::problem::Refusal;
use crate::store::trends::years;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use spotter_survey::public::{K, WITHHELD};
use spotter_survey::table::{Cell, Table};

/// Where the pages are.
const HERE: &str = "/yearly";

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new().route(HERE, get(list)).route("/yearly/{year}", get(page)).route("/yearly/{year}/{table}", get(csv))
}

/// A page in English, without a choice: the words have not been translated.
fn page_of(status: StatusCode, title: &str, body: &Markup) -> Response {
    in_shell(status, &words::ALL[0], title, &html! {}, body)
}

/// The tables of a year. Where it is published, each is a file, too.
pub fn tables(all: &[Table], year: Option<i32>) -> Markup {
    html! {
        @if all.is_empty() { p { "Fewer than " (K) " cases were confirmed: no figures are shown." } }
        @for t in all.iter().filter(|t| !t.rows.is_empty()) {
            section.figure id=(t.id) {
                h2.under { (t.title) }
                div.scroll tabindex="0" role="region" aria-label=(t.title) {
                    table.class {
                        caption.sr { (t.title) }
                        thead { tr { @for (n, c) in t.columns.iter().enumerate() { @if n == 0 { th scope="col" { (c) } } @else { th.num scope="col" { (c) } } } } }
                        tbody { @for row in &t.rows { tr { @for (n, cell) in row.iter().enumerate() {
                            @if n == 0 { th scope="row" { (text::line(&cell.shown(), 120)) } }
                            @else if matches!(cell, Cell::Count(_)) { td.num { (cell.shown()) } }
                            @else { td.num.muted { (cell.shown()) } }
                        } } } }
                    }
                }
                @if let Some(year) = year { p.muted { a href={ (HERE) "/" (year) "/" (t.id) ".csv" } { "As CSV" } } }
            }
        }
    }
}

fn not_here() -> Response {
    let body = html! { h1 { "Not published" } p { "No figures of this year have been published." } p { a href=(HERE) { "Published years" } } };
    page_of(StatusCode::NOT_FOUND, "Not published", &body)
}

/// `GET /yearly`.
///
/// # Errors
/// 503 where the database fails.
pub async fn list(State(app): State<Shared>) -> Result<Response, Refusal> {
    let all = years::published(app.store.read()).await?;
    let body = html! {
        h1 { "Year by year" }
        p { "What volunteers and experts of " (app.organisation) " found on online marketplaces." }
        @if all.is_empty() { p { "No year has been published yet." } }
        ul { @for year in &all { li { a href={ (HERE) "/" (year) } { (year) } } } }
        p { a href="/quality" { "How good this programme is" } }
    };
    Ok(page_of(StatusCode::OK, "Year by year", &body))
}

/// `GET /yearly/{year}`.
///
/// # Errors
/// 503 where the database fails.
pub async fn page(State(app): State<Shared>, year: Result<Path<i32>, PathRejection>) -> Result<Response, Refusal> {
    let Some(held) = years::find(app.store.read(), year.map_or(0, |Path(y)| y)).await? else { return Ok(not_here()) };
    let on = held.at.get(..10).unwrap_or_default().to_owned();
    let body = html! {
        h1 { (held.year) }
        p { "Listings that volunteers reported to " (app.organisation) " in this year and that experts confirmed: likely protected wildlife that should not be offered there. No figure says that an offer breaks a law." }
        p.muted { "Removal seen: a reviewer looked again after the company was told, and the company or the page said that it was removed. What was merely gone is not counted. No number stands for fewer than " (K) " cases; \"" (WITHHELD) "\" keeps back one from which such a number would follow." }
        (tables(&held.tables, Some(held.year)))
        p.muted { "Published " (day(on)) ". A published year stays as it is." }
        p { a href=(HERE) { "Other years" } " · " a href="/quality" { "How good this programme is" } }
    };
    Ok(page_of(StatusCode::OK, &held.year.to_string(), &body))
}

/// `GET /yearly/{year}/{table}.csv`.
///
/// # Errors
/// 503 where the database fails.
pub async fn csv(
    State(app): State<Shared>,
    path: Result<Path<(i32, String)>, PathRejection>,
) -> Result<Response, Refusal> {
    let Ok(Path((year, name))) = path else { return Ok(not_here()) };
    let held = years::find(app.store.read(), year).await?;
    let table = held.as_ref().and_then(|h| h.tables.iter().find(|t| name.strip_suffix(".csv") == Some(&t.id)));
    let Some(table) = table else { return Ok(not_here()) };
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{year}-{}.csv\"", table.id));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=600")),
    ];
    Ok((headers, table.csv()).into_response())
}
