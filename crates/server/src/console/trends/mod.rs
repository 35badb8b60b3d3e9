//! Trends: what comes in, how far it gets and how long that takes, as tables with charts and files. Owns the pages.
//!
//! Never: a figure of one reviewer or one spotter, an order of people by speed, or a seller.

pub mod article22;
pub mod plan;
pub mod tables;
pub mod wanted;
pub mod years;

use super::session::{Halt, Reviewer};
use super::{error_page, figure, layout, text};
use crate::app::Shared;
use crate::store::trends;
use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use spotter_survey::table::{Cell, Table};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wanted::{Asked, Wanted};

/// Largest form of a goal: the notes of thirty years, percent-encoded.
const PLAN_BYTES: usize = 1024 * 1024;

/// How long a copy is good.
const GOOD_S: i64 = 20;
/// Most copies.
const COPIES: usize = 8;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/console/trends", get(page))
        .route("/console/trends/tables/{name}", get(csv))
        .route("/console/trends/charts/{name}", get(chart))
        .route("/console/trends/article22", get(article22::page))
        .route("/console/trends/article22/{name}", get(article22::csv))
        .route("/console/trends/years", get(years::page))
        .route("/console/trends/years/{id}", get(years::one).post(years::publish))
        .route("/console/trends/plan", get(plan::page).post(plan::keep).layer(DefaultBodyLimit::max(PLAN_BYTES)))
        .route("/console/trends/plan.csv", get(plan::file))
        .route("/console/trends/plan/{id}", get(plan::one))
}

async fn read(app: &Shared, query: Result<Query<Asked>, QueryRejection>) -> sqlx::Result<Wanted> {
    let asked = query.map(|Query(asked)| asked).unwrap_or_default();
    Ok(Wanted::read(&asked, &app.rounds.all(&app.store).await?, app.today()))
}

/// `GET /console/trends`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let wanted = read(&app, query).await?;
    let pool = app.store.read();
    let all = now(&app, &wanted).await?;
    let rounds = app.rounds.all(&app.store).await?;
    let shares = trends::refused::all(pool).await?;
    let query = wanted.query();
    let body = html! {
        h1 { "Trends" }
        p.muted.class-lead { "Cases whose first report came in this time. What was reported is likely protected, no more; what counts as removed was looked at by a person." }
        p.row {
            a.button href="/console/trends/plan" { "Action plan" }
            a.button href="/console/trends/article22" { "Trusted flagger's year" }
            a.button href="/console/trends/years" { "The year, for anybody" }
            a.button href="/console/rounds" { "Rounds" }
            a.button href="/console/trends/imported" { "Past rounds, imported" }
        }
        (wanted.form(&rounds))
        @for share in shares.iter().filter(|s| s.is_too_many()) { p.alert { (text::line(&share.company, 80)) ": " (share.words()) } }
        (sums(&all))
        nav.filters aria-label="Tables" { ul { @for t in all.iter() { li { a href={ "#" (t.id) } { (t.title) } } } } }
        @for t in all.iter() {
            @let chart = tables::chart(t);
            @let drawn = chart.as_ref().map(|c| (c, format!("/console/trends/charts/{}{query}", t.id)));
            (figure::table(t, drawn, &format!("/console/trends/tables/{}{query}", t.id)))
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Trends", &body).into_response())
}

/// All together: the sums of the weeks.
fn sums(all: &[Table]) -> Markup {
    html! {
        @if let Some(weeks) = all.first() { dl.facts.class-facts {
            @for (n, column) in weeks.columns.iter().enumerate().skip(1) {
                div { dt { (column) } dd { (weeks.rows.iter().map(|r| if let Cell::Count(n) = r[n] { n } else { 0 }).sum::<u64>()) } }
            }
        } }
    }
}

/// The tables of one time, as they were counted not long ago.
struct Made {
    at_s: i64,
    wanted: Wanted,
    tables: Arc<Vec<Table>>,
}

/// The copies: a page and its charts are of one moment, and counted once.
#[derive(Default)]
pub struct Copies {
    held: Mutex<VecDeque<Made>>,
    /// Held while one is made: whoever comes meanwhile waits for it instead of making another.
    making: tokio::sync::Mutex<()>,
}

impl Copies {
    fn held(&self) -> MutexGuard<'_, VecDeque<Made>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, wanted: &Wanted, now_s: i64) -> Option<Arc<Vec<Table>>> {
        // A clock that was set back must not keep it.
        let fits = |m: &&Made| m.wanted == *wanted && (m.at_s..m.at_s + GOOD_S).contains(&now_s);
        self.held().iter().find(fits).map(|m| Arc::clone(&m.tables))
    }
}

async fn now(app: &Shared, wanted: &Wanted) -> sqlx::Result<Arc<Vec<Table>>> {
    let now_s = app.now_s();
    if let Some(tables) = app.trends.get(wanted, now_s) {
        return Ok(tables);
    }
    let _alone = app.trends.making.lock().await;
    if let Some(tables) = app.trends.get(wanted, now_s) {
        return Ok(tables);
    }
    let tables = Arc::new(tables::all(app.store.read(), &wanted.range()).await?);
    let mut held = app.trends.held();
    held.retain(|m| m.wanted != *wanted);
    held.push_back(Made { at_s: now_s, wanted: wanted.clone(), tables: Arc::clone(&tables) });
    while held.len() > COPIES {
        held.pop_front();
    }
    Ok(tables)
}

async fn asked_for(
    app: &Shared,
    name: Result<Path<String>, PathRejection>,
    wanted: &Wanted,
) -> Result<Option<Table>, Halt> {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    Ok(now(app, wanted).await?.iter().find(|t| t.id == name).cloned())
}

/// `GET /console/trends/tables/{name}`: one table as CSV.
///
/// # Errors
/// The page that says why not.
pub async fn csv(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    name: Result<Path<String>, PathRejection>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let wanted = read(&app, query).await?;
    match asked_for(&app, name, &wanted).await? {
        Some(table) => Ok(figure::csv(&tables::file_name(&table.id, wanted.from, wanted.until), &table)),
        None => Ok(error_page(StatusCode::NOT_FOUND)),
    }
}

/// `GET /console/trends/charts/{name}`: one chart as SVG.
///
/// # Errors
/// The page that says why not.
pub async fn chart(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    name: Result<Path<String>, PathRejection>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let wanted = read(&app, query).await?;
    match asked_for(&app, name, &wanted).await?.as_ref().and_then(tables::chart) {
        Some(chart) => Ok(figure::svg(&chart)),
        None => Ok(error_page(StatusCode::NOT_FOUND)),
    }
}
