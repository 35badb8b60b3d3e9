//! A published year, for anybody: as a lead published it, in the reader's language, and the same as CSV in English. Counts
//! nothing; what may be said was decided by `spotter_survey::yearly` before it was kept.

use super::words::Words as Shell;
use super::yearly_words::{self, TABLES, Words};
use super::{Asked, answer, chosen, day, quality};
use crate::app::Shared;
use crate::console::text;
use crate::problem::Refusal;
use crate::store::trends::years;
use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use spotter_survey::public::WITHHELD;
use spotter_survey::table::{Cell, Table};
use spotter_survey::yearly::OTHERS;

/// Where the pages are.
const HERE: &str = "/yearly";
/// The row of what is not known, as a year is kept.
pub const UNKNOWN: &str = "Not known";

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new().route(HERE, get(list)).route("/yearly/{year}", get(page)).route("/yearly/{year}/{table}", get(csv))
}

/// The tables of a year, in the words of a language. Where it is published, each is a file, too.
pub fn tables(all: &[Table], year: Option<i32>, w: &Words) -> Markup {
    html! {
        @if all.is_empty() { p { (w.few) } }
        @for t in all.iter().filter(|t| !t.rows.is_empty()) {
            @let (title, head) = called(t, w);
            section.figure id=(t.id) {
                h2.under { (title) }
                div.scroll tabindex="0" role="region" aria-label=(title) {
                    table.class {
                        caption.sr { (title) }
                        thead { tr { th scope="col" { (head) } th.num scope="col" { (w.cases) } th.num scope="col" { (w.removed) } } }
                        tbody { @for row in &t.rows { tr { @for (n, cell) in row.iter().enumerate() {
                            @if n == 0 { th scope="row" { bdi { (text::line(&shown(cell, w), 120)) } } }
                            @else if matches!(cell, Cell::Count(_)) { td.num { (cell.shown()) } }
                            @else { td.num.muted { (shown(cell, w)) } }
                        } } } }
                    }
                }
                @if let Some(year) = year { p.muted { a href={ (HERE) "/" (year) "/" (t.id) ".csv" } { (w.csv) } } }
            }
        }
    }
}

/// What a table is called, and the head of its first column. One that this version does not know keeps its own words.
fn called<'a>(table: &'a Table, w: &'a Words) -> (&'a str, &'a str) {
    let known = TABLES.iter().position(|id| *id == table.id).map(|n| w.tables[n]);
    known.unwrap_or_else(|| (&table.title, table.columns.first().map_or("", String::as_str)))
}

fn shown(cell: &Cell, w: &Words) -> String {
    match cell.shown().as_str() {
        UNKNOWN => w.unknown.to_owned(),
        OTHERS => w.others.to_owned(),
        WITHHELD => w.withheld.to_owned(),
        other => yearly_words::name(w.lang, other),
    }
}

/// A sentence with the organisation in it.
fn of_organisation(sentence: &str, app: &Shared) -> Markup {
    let (before, after) = sentence.split_once("{}").unwrap_or((sentence, ""));
    html! { p { (before) bdi { (app.organisation) } (after) } }
}

fn not_here(shell: &Shell, w: &Words) -> Response {
    let body = html! { h1 { (w.missing_title) } p { (w.missing) } p { a href={ (HERE) "?lang=" (shell.lang) } { (w.years) } } };
    answer(StatusCode::NOT_FOUND, shell, w.missing_title, HERE, &body)
}

type Lang = Result<Query<Asked>, QueryRejection>;

fn language(asked: Lang, headers: &HeaderMap) -> (&'static Shell, &'static Words) {
    let shell = chosen(&asked.map(|Query(a)| a).unwrap_or_default(), headers);
    (shell, yearly_words::of(shell.lang))
}

/// `GET /yearly`.
///
/// # Errors
/// 503 where the database fails.
pub async fn list(State(app): State<Shared>, asked: Lang, headers: HeaderMap) -> Result<Response, Refusal> {
    let (shell, w) = language(asked, &headers);
    let all = years::published(app.store.read()).await?;
    let body = html! {
        h1 { (w.title) }
        (of_organisation(w.purpose, &app))
        @if all.is_empty() { p { (w.none) } }
        ul { @for year in &all { li { a href={ (HERE) "/" (year) "?lang=" (shell.lang) } { (year) } } } }
        (quality::way(shell))
    };
    Ok(answer(StatusCode::OK, shell, w.title, HERE, &body))
}

/// `GET /yearly/{year}`.
///
/// # Errors
/// 503 where the database fails.
pub async fn page(
    State(app): State<Shared>,
    year: Result<Path<i32>, PathRejection>,
    asked: Lang,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (shell, w) = language(asked, &headers);
    let held = years::find(app.store.read(), year.map_or(0, |Path(y)| y)).await?;
    let Some(held) = held else { return Ok(not_here(shell, w)) };
    let on = held.at.get(..10).unwrap_or_default().to_owned();
    let body = html! {
        h1 { (held.year) }
        (of_organisation(w.lead, &app))
        p.muted { (w.removal) }
        (tables(&held.tables, Some(held.year), w))
        p.muted { (w.published) " " (day(on)) ". " (w.stays) }
        p { a href={ (HERE) "?lang=" (shell.lang) } { (w.other) } }
        (quality::way(shell))
    };
    Ok(answer(StatusCode::OK, shell, &held.year.to_string(), &format!("{HERE}/{}", held.year), &body))
}

/// `GET /yearly/{year}/{table}.csv`.
///
/// # Errors
/// 503 where the database fails.
pub async fn csv(
    State(app): State<Shared>,
    path: Result<Path<(i32, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (shell, w) = language(Ok(Query(Asked::default())), &headers);
    let Ok(Path((year, name))) = path else { return Ok(not_here(shell, w)) };
    let held = years::find(app.store.read(), year).await?;
    let table = held.as_ref().and_then(|h| h.tables.iter().find(|t| name.strip_suffix(".csv") == Some(&t.id)));
    let Some(table) = table else { return Ok(not_here(shell, w)) };
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{year}-{}.csv\"", table.id));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=600")),
    ];
    Ok((headers, table.csv()).into_response())
}
