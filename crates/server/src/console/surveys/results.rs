//! Results: the page with every table and chart, the same as files, the rates, and what may be published.

use super::super::form::Pairs;
use super::super::session::{Halt, Reviewer};
use super::super::{error_page, figure, layout, text};
use super::one::file;
use super::{Fault, Named, alerts, read, remember, stands};
use crate::app::Shared;
use crate::store::surveys::{self, State as Stands, Survey, results};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use spotter_model::archive::{self as zip, File};
use spotter_survey::data::Data;
use spotter_survey::figures::Figures;
use spotter_survey::money::Rates;
use spotter_survey::{archive, public};

/// A survey's data: as it stands, or as it was frozen. `None` before the start.
pub(super) async fn data(app: &Shared, survey: &Survey) -> Result<Option<Data>, Halt> {
    if survey.state != Stands::Frozen {
        return Ok(results::data(&app.store, &app.vault, survey).await?);
    }
    let Some((bytes, _)) = results::archive(app.store.read(), &survey.protocol.id).await? else { return Ok(None) };
    Ok(zip::read(&bytes).ok().and_then(|files| archive::data(&files).ok()))
}

/// The figures. Made beside the requests of others: a large survey takes a while.
async fn figures(app: &Shared, survey: &Survey) -> Result<Option<(Figures, Data)>, Halt> {
    let Some(data) = data(app, survey).await? else { return Ok(None) };
    Ok(tokio::task::spawn_blocking(move || (Figures::of(&data), data)).await.ok())
}

/// `GET /console/surveys/{id}/results`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer, Named(survey): Named) -> Result<Response, Halt> {
    shown(&app, &reviewer, &survey, None, &[]).await
}

pub(super) async fn shown(
    app: &Shared,
    reviewer: &Reviewer,
    survey: &Survey,
    typed: Option<&str>,
    faults: &[Fault],
) -> Result<Response, Halt> {
    let Some((figures, data)) = figures(app, survey).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let here = format!("/console/surveys/{}", survey.protocol.id);
    let frozen = results::archive(app.store.read(), &survey.protocol.id).await?.map(|(_, sha256)| sha256);
    let body = html! {
        h1 { "Results: " (text::line(&survey.protocol.title, 120)) }
        p.muted.class-lead { "What was offered and what sellers claim, as coders read it. No figure says that an offer breaks a law." }
        p.row {
            a.button href=(here) { "The survey (" (stands(survey.state)) ")" }
            @if survey.state == Stands::Running { a.button href={ (here) "/adjudicate" } { "Where coders differ" } }
            a.button href={ (here) "/public.zip" } { "What may be published" }
            @if frozen.is_some() { a.button.primary href={ (here) "/archive.zip" } { "The archive" } }
        }
        @if let Some(sha256) = &frozen { dl.facts { div.address { dt { "SHA-256 of the archive" } dd { bdi { (sha256) } } } } }
        nav.filters aria-label="Tables" { ul { @for t in &figures.tables { li { a href={ "#" (t.id) } { (t.title) } } } } }
        @for t in &figures.tables {
            @let chart = figures.charts.iter().find(|c| c.id == t.id).map(|c| (c, format!("{here}/charts/{}", t.id)));
            (figure::table(t, chart, &format!("{here}/tables/{}", t.id)))
        }
        @if survey.state == Stands::Running { (rates_form(reviewer, &here, typed, data.rates.as_ref(), faults)) (freeze_form(reviewer, &here)) }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, layout::page(Some(app), Some(reviewer), "Results", &body)).into_response())
}

fn rates_form(reviewer: &Reviewer, here: &str, typed: Option<&str>, rates: Option<&Rates>, faults: &[Fault]) -> Markup {
    let example = "{\n  \"schema\": \"wildlife-survey-rates/1\",\n  \"base\": \"EUR\",\n  \"on\": \"2026-11-02\",\n  \"source\": \"where you read them\",\n  \"rates\": { \"GBP\": \"0.87\" }\n}".to_owned();
    let held = rates.map(|r| serde_json::to_string_pretty(r).unwrap_or_default());
    let json = typed.map(str::to_owned).or(held).unwrap_or(example);
    html! {
        form.card.term method="post" action={ (here) "/rates" } {
            h2 { "Exchange rates" }
            (layout::csrf(reviewer))
            (alerts(faults))
            p.muted { "How much of each currency one of the base is worth, on one day. They are taken from you alone; nothing is fetched." }
            label { span { "Rates, as JSON" } textarea name="rates" rows="8" spellcheck="false" required { (json) } }
            div.buttons { button { "Keep the rates" } }
        }
    }
}

fn freeze_form(reviewer: &Reviewer, here: &str) -> Markup {
    html! {
        form.card.term method="post" action={ (here) "/freeze" } {
            h2 { "Freeze it" }
            (layout::csrf(reviewer))
            p { "Nothing is taken in any more. The archive is written, with data, protocol, codebook and every figure, and the keys of pseudonyms and listing ids are destroyed. This cannot be taken back." }
            label.row { input type="checkbox" name="sure" value="yes" required; span { "All coders have sent what they have, and what they differ in was looked at" } }
            div.buttons { button { "Freeze" } }
        }
    }
}

/// `GET /console/surveys/{id}/tables/{name}`: one table as CSV.
///
/// # Errors
/// The page that says why not.
pub async fn csv(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    Named(survey): Named,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Halt> {
    let figures = figures(&app, &survey).await?;
    let Some(table) = figures.as_ref().and_then(|(f, _)| f.table(&name)) else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    Ok(file("text/csv; charset=utf-8", &format!("{}-{}.csv", survey.protocol.id, table.id), table.csv()))
}

/// `GET /console/surveys/{id}/charts/{name}`: one chart as SVG.
///
/// # Errors
/// The page that says why not.
pub async fn chart(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    Named(survey): Named,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Halt> {
    let figures = figures(&app, &survey).await?;
    let chart = figures.as_ref().and_then(|(f, _)| f.charts.iter().find(|c| c.id == name));
    let Some(chart) = chart else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    Ok(figure::svg(chart))
}

/// `GET /console/surveys/{id}/public.zip`: the tables that may be published.
///
/// # Errors
/// The page that says why not.
pub async fn public_zip(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    Named(survey): Named,
) -> Result<Response, Halt> {
    let Some((figures, data)) = figures(&app, &survey).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let one = |name: &str, bytes: String| File { name: name.to_owned(), bytes: bytes.into_bytes() };
    let mut files = vec![
        one(
            "README.txt",
            format!(
                "{}\n\nNumbers that stand for fewer than {} advertisements or sellers, and those from which such a number would follow, are withheld.\nThe figures count what was offered and what sellers claim. They do not say that an offer breaks a law.\n",
                survey.protocol.title,
                public::K
            ),
        ),
        one("preregistration.txt", spotter_survey::preregistration::text(&data.protocol)),
    ];
    files.extend(public::tables(&figures).iter().map(|t| one(&format!("{}.csv", t.id), t.csv())));
    let Some(bytes) = zip::write(&files) else { return Ok(error_page(StatusCode::INTERNAL_SERVER_ERROR)) };
    Ok(file("application/zip", &format!("{}-public.zip", survey.protocol.id), bytes))
}

/// `POST /console/surveys/{id}/rates`.
///
/// # Errors
/// The page that says why not.
pub async fn set_rates(
    State(app): State<Shared>,
    reviewer: Reviewer,
    Named(survey): Named,
    fields: Pairs,
) -> Result<Response, Halt> {
    reviewer.check(fields.one("csrf"))?;
    let json = fields.one("rates");
    let rates = match read(json, Rates::faults) {
        Ok(rates) => rates,
        Err(faults) => return shown(&app, &reviewer, &survey, Some(json), &faults).await,
    };
    let mut tx = app.store.begin_overwriting().await?;
    // What is frozen stays as it was frozen.
    if !results::set_rates(&mut tx, &survey.protocol.id, &rates).await? {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    }
    remember(&mut tx, &reviewer, "survey.rates_kept", &survey.protocol.id, "", &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/surveys/{}/results#prices", survey.protocol.id)).into_response())
}

/// `GET /console/surveys/{id}/archive.zip`.
///
/// # Errors
/// The page that says why not.
pub async fn archive_zip(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    Named(survey): Named,
) -> Result<Response, Halt> {
    match results::archive(app.store.read(), &survey.protocol.id).await? {
        Some((bytes, _)) => Ok(file("application/zip", &format!("{}.zip", survey.protocol.id), bytes)),
        None => Ok(error_page(StatusCode::NOT_FOUND)),
    }
}

/// `POST /console/surveys/{id}/freeze`.
///
/// # Errors
/// The page that says why not.
pub async fn freeze(
    State(app): State<Shared>,
    reviewer: Reviewer,
    Named(survey): Named,
    fields: Pairs,
) -> Result<Response, Halt> {
    reviewer.check(fields.one("csrf"))?;
    if fields.one("sure") != "yes" {
        let why = "Say that all was sent and looked at before you freeze.".to_owned();
        return shown(&app, &reviewer, &survey, None, &[(String::new(), why)]).await;
    }
    let now = app.now();
    // What is destroyed is overwritten in the file, too; so is every older place of a survey's row, from its first writing on.
    let mut tx = app.store.begin_overwriting().await?;
    let held = surveys::find_in(&mut tx, &survey.protocol.id).await?.filter(|s| s.state == Stands::Running);
    let key = held.as_ref().and_then(|s| results::key(&app.vault, s));
    let (Some(held), Some(key)) = (held, key) else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    let records = results::read(&mut tx, app.store.keys(), &held.protocol.id).await?;
    let Some(data) = Data::of(&records, key.as_bytes()) else {
        return Ok(error_page(StatusCode::INTERNAL_SERVER_ERROR));
    };
    let Some(bytes) = made(&app, &held, &data, &now) else {
        let body = html! { p { "This survey does not fit into an archive of 64 MiB. Nothing was changed. Tell whoever runs this server." } };
        return Ok(layout::problem(StatusCode::INTERNAL_SERVER_ERROR, "Too large", body));
    };
    let places = results::freeze(&mut tx, &held.protocol.id, &bytes, &now).await?;
    let sha256 = spotter_survey::canonical::sha256(&bytes);
    remember(&mut tx, &reviewer, "survey.frozen", &held.protocol.id, &sha256, &now).await?;
    tx.commit().await?;
    app.store.keys().destroy(&places).map_err(sqlx::Error::from)?;
    app.store.fold_log().await?;
    Ok(layout::see(&format!("/console/surveys/{}/results", held.protocol.id)).into_response())
}

fn made(app: &Shared, survey: &Survey, data: &Data, now: &str) -> Option<Vec<u8>> {
    let mut files = archive::files(data);
    let manifest = archive::Manifest {
        schema: archive::ARCHIVE_SCHEMA.to_owned(),
        survey: survey.protocol.id.clone(),
        version: survey.protocol.version,
        protocol_sha256: survey.sha256.clone(),
        software: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now.to_owned(),
        key: app.key.public_base64(),
        files: spotter_model::package::listed(&files),
    };
    let payload = serde_json::to_vec(&manifest).ok()?;
    let envelope = serde_json::to_vec(&app.key.envelope(archive::ARCHIVE_TYPE, &payload)).ok()?;
    files.insert(0, File { name: archive::MANIFEST.to_owned(), bytes: envelope });
    zip::write(&files)
}
