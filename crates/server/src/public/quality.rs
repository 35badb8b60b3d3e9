//! How good this programme is, by platform, for anybody: the page, the same as CSV, and the archive from which everyone can
//! make every figure again. Made anew at most every ten minutes, whoever asks how often.
//!
//! Owns the page and the copy. What a figure is, and which may be published, is `spotter_survey::audited`'s to say.

use super::quality_words::{self, Figures as Named, Words};
use super::words::Words as Shell;
use super::{Asked, answer, chosen, day};
use crate::app::Shared;
use crate::problem::Refusal;
use crate::store::quality as store;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use spotter_model::Date;
use spotter_model::archive::{self as zip, File};
use spotter_survey::archive::MANIFEST;
use spotter_survey::audited::{Figure, Platform, platforms, table};
use spotter_survey::audited_archive::{ARCHIVE_SCHEMA, ARCHIVE_TYPE, Manifest, files};
use spotter_survey::interval::Estimate;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the page is.
const HERE: &str = "/quality";
/// How long a copy is good.
const GOOD_S: i64 = 600;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new().route(HERE, get(page)).route("/quality.csv", get(csv)).route("/quality.zip", get(archive))
}

/// Page, table and archive of one moment: they never differ.
struct Made {
    at_s: i64,
    on: Date,
    platforms: Vec<Platform>,
    csv: String,
    archive: Vec<u8>,
}

/// The copy.
#[derive(Default)]
pub struct Copy {
    held: Mutex<Option<Arc<Made>>>,
    /// Held while one is made: whoever comes meanwhile waits for it instead of making another.
    making: tokio::sync::Mutex<()>,
}

impl Copy {
    fn get(&self, now_s: i64) -> Option<Arc<Made>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not keep it.
        held.clone().filter(|made| (made.at_s..made.at_s + GOOD_S).contains(&now_s))
    }
}

async fn now(app: &Shared) -> Result<Arc<Made>, Refusal> {
    let at_s = app.now_s();
    if let Some(made) = app.quality.get(at_s) {
        return Ok(made);
    }
    let _alone = app.quality.making.lock().await;
    if let Some(made) = app.quality.get(at_s) {
        return Ok(made);
    }
    let data = store::data(app.store.reader()).await?.published();
    let (beside, on) = (Arc::clone(app), app.today());
    let made = tokio::task::spawn_blocking(move || {
        let files = files(&data);
        let platforms = platforms(&data);
        let csv = table(&platforms).csv();
        signed(&beside, on, files).map(|archive| Made { at_s, on, platforms, csv, archive })
    });
    let made = made.await.ok().flatten().map(Arc::new).ok_or_else(|| {
        Refusal::internal("The figures do not fit into an archive of 64 MiB. Tell whoever runs this server.")
    })?;
    *app.quality.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
    Ok(made)
}

fn signed(app: &Shared, made_on: Date, mut files: Vec<File>) -> Option<Vec<u8>> {
    let manifest = Manifest {
        schema: ARCHIVE_SCHEMA.to_owned(),
        software: env!("CARGO_PKG_VERSION").to_owned(),
        made_on,
        key: app.key.public_base64(),
        files: spotter_model::package::listed(&files),
    };
    let payload = serde_json::to_vec(&manifest).ok()?;
    let envelope = serde_json::to_vec(&app.key.envelope(ARCHIVE_TYPE, &payload)).ok()?;
    files.insert(0, File { name: MANIFEST.to_owned(), bytes: envelope });
    zip::write(&files)
}

/// The way to the page, for the pages beside it.
pub(super) fn way(shell: &Shell) -> Markup {
    let w = quality_words::of(shell.lang);
    html! { p { a href={ (HERE) "?lang=" (shell.lang) } { (w.title) } } }
}

/// `GET /quality`.
pub async fn page(
    State(app): State<Shared>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let shell = chosen(&asked.map(|Query(a)| a).unwrap_or_default(), &headers);
    let made = match now(&app).await {
        Ok(made) => made,
        Err(refusal) => return refusal.into_response(),
    };
    let w = quality_words::of(shell.lang);
    let body = html! {
        h1 { (w.title) }
        p { (w.purpose) }
        @if made.platforms.is_empty() { p { (w.none) } }
        div.platforms { @for platform in &made.platforms { (one(w, platform)) } }
        section {
            h2 { (w.again) }
            p { (w.again_how) }
            p.command dir="ltr" { kbd { "spotter quality recompute quality.zip --fingerprint " (app.key.fingerprint()) } }
            p.row { a.button href="/quality.zip" { (w.archive) } a.button href="/quality.csv" { "CSV" } }
            p.muted.made { (w.made_on) " " (day(made.on)) " · " (w.note) }
        }
        p { a href={ "/before-you-buy?lang=" (shell.lang) } { (shell.title) } }
    };
    answer(StatusCode::OK, shell, w.title, HERE, &body)
}

/// A share as it is read.
fn percent(share: f64) -> Markup {
    html! { bdi dir="ltr" { (format!("{:.1} %", 100.0 * share)) } }
}

fn one(w: &Words, platform: &Platform) -> Markup {
    let id = format!("p-{}", platform.host);
    let rows = [
        (&w.recall, &platform.recall),
        (&w.precision, &platform.precision),
        (&w.wrongful, &platform.wrongful),
        (&w.removals, &platform.removals),
    ];
    html! {
        section.card aria-labelledby=(id) {
            h2 id=(id) { bdi dir="ltr" { (crate::console::text::line(&platform.host, 253)) } }
            dl { @for (named, figure) in rows { (row(w, named, figure)) } }
        }
    }
}

fn row(w: &Words, named: &Named, figure: &Figure) -> Markup {
    html! {
        dt { (named.name) }
        dd {
            @match figure {
                Figure::Fewer => p { (w.fewer) },
                Figure::Is { estimate, of, hits, open } => {
                    @match estimate {
                        Some(Estimate { value, low, high }) => p { b { (percent(*value)) } " " span.muted { (w.interval) " " (percent(*low)) " – " (percent(*high)) } },
                        None => p { (w.nothing) },
                    }
                    p.muted { (named.of) " " (of) " · " (named.hits) " " (hits) " · " (named.open) " " (open) }
                }
            }
            p.muted { (named.means) }
        }
    }
}

fn file(kind: &'static str, name: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=600")),
    ];
    (headers, bytes).into_response()
}

/// `GET /quality.csv`.
///
/// # Errors
/// 503 where the database fails.
pub async fn csv(State(app): State<Shared>) -> Result<Response, Refusal> {
    let bytes = now(&app).await?.csv.clone().into_bytes();
    Ok(file("text/csv; charset=utf-8", "attachment; filename=\"quality.csv\"", bytes))
}

/// `GET /quality.zip`.
///
/// # Errors
/// 503 where the database fails.
pub async fn archive(State(app): State<Shared>) -> Result<Response, Refusal> {
    Ok(file("application/zip", "attachment; filename=\"quality.zip\"", now(&app).await?.archive.clone()))
}
