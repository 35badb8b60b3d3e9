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
use maud::html;
use spotter_survey::table::Table;
use wanted::{Asked, Wanted};

/// Largest form of a goal: the notes of thirty years, percent-encoded.
const PLAN_BYTES: usize = 1024 * 1024;

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
    let (range, pool) = (wanted.range(), app.store.read());
    let table = |id: &'static str| tables::one(pool, id, &range);
    let [
        weeks,
        groups,
        products,
        marketplaces,
        countries,
        languages,
        methods,
        times,
        relisting,
        refused,
        terms,
        new_terms,
    ] = tables::ALL;
    // Side by side, on as many readers as there are.
    let (total, a, b, c, d, e, f, g, h, i, r, j, k) = tokio::try_join!(
        trends::total(pool, &range),
        table(times),
        table(products),
        table(methods),
        table(weeks),
        table(groups),
        table(marketplaces),
        table(countries),
        table(languages),
        table(relisting),
        table(refused),
        table(terms),
        table(new_terms),
    )?;
    // In the order of `ALL`.
    let all: Vec<Table> = [d, e, b, f, g, h, c, a, i, r, j, k].into_iter().flatten().collect();
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
        }
        (wanted.form(&rounds))
        @for share in shares.iter().filter(|s| s.is_too_many()) { p.alert { (text::line(&share.company, 80)) ": " (share.words()) } }
        dl.facts.class-facts {
            div { dt { "Cases" } dd { (total.cases) } }
            div { dt { "Confirmed" } dd { (total.confirmed) } }
            div { dt { "Company told" } dd { (total.told) } }
            div { dt { "Removal seen" } dd { (total.removed) } }
            div { dt { "There again" } dd { (total.relisted) } }
        }
        nav.filters aria-label="Tables" { ul { @for t in &all { li { a href={ "#" (t.id) } { (t.title) } } } } }
        @for t in &all {
            @let chart = tables::chart(t);
            @let drawn = chart.as_ref().map(|c| (c, format!("/console/trends/charts/{}{query}", t.id)));
            (figure::table(t, drawn, &format!("/console/trends/tables/{}{query}", t.id)))
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Trends", &body).into_response())
}

async fn asked_for(
    app: &Shared,
    name: Result<Path<String>, PathRejection>,
    wanted: &Wanted,
) -> Result<Option<Table>, Halt> {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    Ok(tables::one(app.store.read(), &name, &wanted.range()).await?)
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
