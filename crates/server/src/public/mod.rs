//! Pages for anybody: no enrolment, no session, no script.
//!
//! Owns: *Before you buy*, and the shell that [`quality`] stands in, too. Of the law it says only what may be quoted:
//! `Register::public` hands out nothing else.

pub mod privacy;
pub mod quality;
mod quality_words;
mod words;
pub mod yearly;
pub mod yearly_words;

use crate::app::Shared;
use crate::console::{layout, text};
use crate::store::organisations::{self, Organisation};
use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use spotter_law::Quoted;
use words::Words;

/// Where the page is.
const HERE: &str = "/before-you-buy";

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route(HERE, get(start))
        .route("/before-you-buy/{country}", get(country))
        .route(privacy::HERE, get(privacy::page))
        .merge(quality::routes())
        .merge(yearly::routes())
}

/// The address's questions.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    lang: String,
}

/// `GET /before-you-buy`: which country.
pub async fn start(
    State(app): State<Shared>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let w = chosen(&asked.map(|Query(a)| a).unwrap_or_default(), &headers);
    let ours = ours(&app).await;
    let body = html! {
        h1 { (w.title) }
        p { (w.purpose) }
        (countries(w, None))
        (what_it_may_be(w))
        (report(w, &ours))
        (quality::way(w))
    };
    answer(StatusCode::OK, w, w.title, HERE, &body)
}

/// `GET /before-you-buy/{country}`: what may be said of its rules.
pub async fn country(
    State(app): State<Shared>,
    code: Result<Path<String>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let w = chosen(&asked.map(|Query(a)| a).unwrap_or_default(), &headers);
    let code = code.map(|Path(c)| c.to_ascii_uppercase()).unwrap_or_default();
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
        let body = html! { h1 { (w.title) } p { (w.no_country) } (countries(w, None)) };
        return answer(StatusCode::NOT_FOUND, w, w.title, HERE, &body);
    }
    let rules = spotter_law::built_in().public(&code, app.today());
    let ours = ours(&app).await;
    let name = w.country(&code).unwrap_or(&code);
    let body = html! {
        h1 { (w.title) ": " (name) }
        p { (w.purpose) }
        (countries(w, Some(&code)))
        section {
            h2 #rules { (w.rules) }
            @if rules.is_empty() { p { (w.not_held) } } @else {
                p.muted { (w.rules_note) }
                ul.rules { @for rule in rules { (one(w, rule)) } }
            }
        }
        (what_it_may_be(w))
        (report(w, &ours))
        (quality::way(w))
    };
    answer(StatusCode::OK, w, w.title, &format!("{HERE}/{code}"), &body)
}

/// The language that was asked for, else the first of the browser's that there are words for, else English.
fn chosen(asked: &Asked, headers: &HeaderMap) -> &'static Words {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let tags = accepted.split(',').take(16).map(|part| part.split(';').next().unwrap_or("").trim());
    std::iter::once(asked.lang.as_str()).chain(tags).find_map(words::of).unwrap_or(&words::ALL[0])
}

fn countries(w: &Words, here: Option<&str>) -> Markup {
    html! {
        nav.countries aria-label=(w.choose) {
            p { (w.choose) }
            ul { @for country in spotter_law::built_in().countries() {
                li { a href={ (HERE) "/" (country.code) "?lang=" (w.lang) } aria-current=[(here == Some(&country.code)).then_some("page")] {
                    (w.country(&country.code).unwrap_or(&country.name)) } }
            } }
        }
    }
}

/// A day as it is written everywhere here: year first, also among words that run from the right.
fn day(date: impl std::fmt::Display) -> Markup {
    html! { bdi dir="ltr" { (date.to_string()) } }
}

fn one(w: &Words, rule: Quoted<'_>) -> Markup {
    let source = rule.source();
    html! {
        li {
            p lang="en" dir="ltr" { @if let Some(region) = rule.region() { b { (region) ": " } } (rule.asks()) @if let Some(open) = rule.open() { " " (open) } }
            @if !rule.exempt().is_empty() {
                dl.exempt lang="en" dir="ltr" { @for exempt in rule.exempt() { dt { (exempt.claim) } dd { (exempt.proof) } } }
            }
            p.muted {
                a href=(crate::console::text::href(&source.address)) rel="noreferrer noopener external" { bdi { (source.title) ", " (source.article) } } " · "
                (w.text_of) " " (day(rule.text_date()))
                @if source.excerpt { " · " (w.excerpt) }
                " · " (w.checked) " " (day(rule.checked().1))
            }
        }
    }
}

fn what_it_may_be(w: &Words) -> Markup {
    html! {
        section {
            h2 { (w.may_be) }
            dl.kinds { @for [kind, may_be, instead] in &w.kinds {
                dt { (kind) }
                dd { (may_be) br; b { (w.instead) } " " (instead) }
            } }
        }
    }
}

/// Whom one can write to. The page is worth reading without: it is shown where the database does not answer, too.
async fn ours(app: &Shared) -> Vec<Organisation> {
    organisations::active(app.store.read()).await.unwrap_or_default()
}

fn report(w: &Words, ours: &[Organisation]) -> Markup {
    html! {
        section {
            h2 { (w.report) }
            ul { @for way in &w.ways { li { (way) } } }
            @for one in ours.iter().filter(|o| !o.contact.is_empty()) {
                p { (w.this_programme) " " bdi { (text::inert(&one.name)) ", " (one.contact) } }
            }
        }
    }
}

fn answer(status: StatusCode, w: &Words, title: &str, here: &str, body: &Markup) -> Response {
    let languages = html! {
        nav aria-label=(w.language) { @for other in &words::ALL {
            a href={ (here) "?lang=" (other.lang) } lang=(other.lang) hreflang=(other.lang) aria-current=[(other.lang == w.lang).then_some("true")] { (other.name) }
        } }
    };
    in_shell(status, w, title, &languages, body)
}

/// The shell, with or without a choice of languages.
fn in_shell(status: StatusCode, w: &Words, title: &str, languages: &Markup, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang=(w.lang) dir=(w.dir) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Wildlife Spotter" }
                link rel="icon" type="image/svg+xml" href="/console/icon.svg";
                link rel="stylesheet" href=(layout::css_address());
            }
            body {
                a.skip href="#main" { (w.skip) }
                header.topbar {
                    a.brand href={ (HERE) "?lang=" (w.lang) } { (layout::shield("filled")) span { "Wildlife Spotter" } }
                    (languages)
                }
                main.public #main { (body) }
            }
        }
    };
    let vary = HeaderValue::from_static("accept-language");
    let cache = HeaderValue::from_static("public, max-age=600");
    (status, [(header::VARY, vary), (header::CACHE_CONTROL, cache)], page).into_response()
}
