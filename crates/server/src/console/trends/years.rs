//! Publishing a year: what the page for anybody would show, before a lead publishes it, once.

use super::super::session::{Halt, Posted, Reviewer};
use super::super::text::attribute;
use super::super::{error_page, layout, words};
use crate::app::Shared;
use crate::public::{yearly, yearly_words};
use crate::store::trends::{By, Range, years};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use serde::Deserialize;
use spotter_survey::public::{K, WITHHELD};
use spotter_survey::table::{Cell, Table};
use spotter_survey::yearly::{Row, table, total};

/// The tables of a year: what by, name, title, head; whether a case is in one row alone.
///
/// Countries and not marketplaces: everybody knows where a marketplace is, so that of two tables one gives away what the other folds.
const TABLES: [(By, &str, &str, &str, bool); 6] = [
    (By::Month, "months", "By month of the first report", "Month", true),
    (By::Group, "groups", "By group", "Group", true),
    (By::Product, "products", "By product", "CITES trade term", false),
    (By::Country, "countries", "By country of the marketplace", "Country", true),
    (By::Language, "languages", "By language of the offer", "Language", true),
    (By::Method, "methods", "By how the offer was hidden", "Method", false),
];

fn named(by: By, mut row: Row) -> Row {
    row.name = match by {
        _ if row.name.is_empty() => yearly::UNKNOWN.to_owned(),
        By::Group => words::mark(&row.name),
        // What hides in foreign words becomes one visible sign.
        By::Product => attribute(&words::product(&row.name)),
        By::Method => attribute(&words::concept(&row.name)),
        _ => attribute(&row.name),
    };
    row
}

/// What may be published of a year; nothing where all together are too few.
async fn tables(app: &Shared, year: i32) -> sqlx::Result<Vec<Table>> {
    let range = Range { from: begin(year), to: begin(year + 1), cohorts: vec![] };
    let mut all = vec![];
    for (by, id, title, head, sum) in TABLES {
        let rows: Vec<Row> =
            years::rows(app.store.read(), by, &range).await?.into_iter().map(|r| named(by, r)).collect();
        if by == By::Month {
            let Some(total) = total(&rows, K) else { return Ok(vec![]) };
            let removed = total.removed.map_or_else(|| Cell::text(WITHHELD), Cell::Count);
            all.push(Table {
                id: "total".to_owned(),
                title: "All together".to_owned(),
                note: String::new(),
                columns: ["Year", "Confirmed cases", "Removal seen"].map(str::to_owned).to_vec(),
                heads: 1,
                rows: vec![vec![Cell::text(year.to_string()), Cell::Count(total.cases), removed]],
            });
        }
        let mut one = table(id, title, head, &rows, (K, sum));
        if by == By::Month {
            // In the order of the year; the row without a name stays last.
            one.rows.sort_by_key(|r| (!r[0].shown().starts_with(|c: char| c.is_ascii_digit()), r[0].shown()));
        }
        all.push(one);
    }
    Ok(all)
}

fn begin(year: i32) -> String {
    format!("{year:04}-01-01")
}

/// `GET /console/trends/years`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Response, Halt> {
    let (first, now) = (years::first(app.store.read()).await?, (app.clock)().year());
    let published = years::published(app.store.read()).await?;
    let over: Vec<i32> = (first.unwrap_or(now).max(now - 50)..now).rev().collect();
    let body = html! {
        h1 { "The year, for anybody" }
        p.muted.class-lead { "A year that is over can be published, once. The page names no seller and no spotter, and shows no number that stands for fewer than " (K) " cases, nor one from which such a number follows." }
        @if over.is_empty() { p { "No year with cases is over yet." } }
        ul.terms { @for year in &over {
            li { a href={ "/console/trends/years/" (year) } { b { (year) } } " "
                span.muted { @if published.contains(year) { "published: " a href={ "/yearly/" (year) } { "the page" } } @else { "not published" } } }
        } }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Years", &body).into_response())
}

/// `GET /console/trends/years/{year}`: what is or would be published.
///
/// # Errors
/// The page that says why not.
pub async fn one(
    State(app): State<Shared>,
    reviewer: Reviewer,
    year: Result<Path<i32>, PathRejection>,
) -> Result<Response, Halt> {
    let year = year.map_or(0, |Path(y)| y);
    if !is_over(&app, year) {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    let held = years::find(app.store.read(), year).await?;
    let (published, tables) = match held {
        Some(held) => (Some(held.at), held.tables),
        None => (None, tables(&app, year).await?),
    };
    let may = reviewer.may("POST", "/console/trends/years/{id}");
    let body = html! {
        h1 { (year) ", for anybody" }
        @if let Some(at) = &published {
            p { "Published " (words::time(at)) ": " a href={ "/yearly/" (year) } { "the page" } ". It stays as it is." }
        } @else if may {
            form.card.term method="post" action={ "/console/trends/years/" (year) } {
                h2 { "Publish " (year) }
                (layout::csrf(&reviewer))
                p { "Everything below becomes public. It stays as it is: two states of one year side by side would give single cases away." }
                label.row { input type="checkbox" name="sure" value="yes" required; span { "The cases of " (year) " are decided, and somebody else has read this" } }
                div.buttons { button { "Publish" } }
            }
        } @else { p { "Not published. A lead can publish it." } }
        (yearly::tables(&tables, None, &yearly_words::ALL[0]))
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Year", &body).into_response())
}

fn is_over(app: &Shared, year: i32) -> bool {
    (2_000..(app.clock)().year()).contains(&year)
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    #[serde(default)]
    sure: String,
}

impl Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/trends/years/{id}`.
///
/// # Errors
/// The page that says why not.
pub async fn publish(
    State(app): State<Shared>,
    reviewer: Reviewer,
    year: Result<Path<i32>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let (year, fields) = reviewer.posted(year, fields)?;
    if !is_over(&app, year) {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    if fields.sure != "yes" {
        let why = html! { p { "Say that the year's cases are decided and that somebody else has read the page. Nothing was published." } };
        return Ok(layout::problem(StatusCode::UNPROCESSABLE_ENTITY, "Not yet", why));
    }
    let tables = tables(&app, year).await?;
    let mut tx = app.store.begin().await?;
    let new = years::publish(&mut tx, year, &tables, reviewer.session.reviewer_id, &app.now()).await?;
    tx.commit().await?;
    if !new {
        let why = html! { p { "This year was published before, and stays as it was published." } };
        return Ok(layout::problem(StatusCode::CONFLICT, "Published already", why));
    }
    Ok(layout::see(&format!("/console/trends/years/{year}")).into_response())
}
