//! The review console: server-rendered pages that work without script and by keyboard alone.
//!
//! Owns pages, forms and sessions. Foreign text is only ever shown through `text`; no address that a report names
//! is ever fetched, and no picture is handed on as it came.

pub mod alike;
pub mod answer;
pub mod assign;
pub mod bulk;
pub mod case;
pub mod checks;
pub mod class;
pub mod companies;
pub mod contacts;
pub mod decide;
pub mod defer;
pub mod facets;
pub mod figure;
pub mod filter;
pub mod form;
pub mod gold;
pub mod highlight;
pub mod imports;
pub mod law;
pub mod layout;
pub mod notes;
pub mod notices;
pub mod organisations;
pub mod package;
pub mod passkeys;
pub mod people;
pub mod pictures;
pub mod privacy;
pub mod queue;
pub mod referrals;
pub mod returned;
pub mod rounds;
pub mod search;
pub mod second;
pub mod session;
pub mod surveys;
pub mod terms;
pub mod text;
pub mod trends;
pub mod views;
pub mod wellbeing;
pub mod words;

use crate::app::Shared;
use crate::config::Origin;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::html;

/// Nothing but our own style, script and pictures; forms only to ourselves; no frames, no base, no inline anything.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
                   base-uri 'none'; frame-ancestors 'none'";

/// Largest form.
const FORM_BYTES: usize = 16 * 1024;

/// The routes.
pub fn routes(app: &Shared) -> Router<Shared> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/console") }))
        .route("/join", get(layout::join))
        .route("/console", get(queue::page))
        .route("/console/search", get(search::page))
        .route("/console/alike", get(alike::page))
        .route("/console/views", post(views::keep))
        .route("/console/views/{id}/drop", post(views::drop))
        .route("/console/bulk", post(bulk::preview))
        .route("/console/bulk/do", post(bulk::post))
        .route("/console/bulk/{id}", get(bulk::page))
        .route("/console/bulk/{id}/undo", post(bulk::undo))
        .route("/console/login", get(session::login_page).post(session::login))
        .route("/console/logout", post(session::logout))
        .route("/console/keys", get(layout::keys).post(session::set_keys))
        .route("/console/cases/{id}", get(case::page))
        .route("/console/cases/{id}/evidence", get(case::evidence))
        .route("/console/cases/{id}/decide", post(decide::post))
        .route("/console/cases/{id}/defer", post(defer::post))
        .route("/console/cases/{id}/assign", post(assign::post))
        .route("/console/cases/{id}/notes", post(notes::post))
        .route("/console/cases/{id}/notice", get(notices::compose).post(notices::post))
        .route("/console/cases/{id}/notice/withdraw", post(notices::withdraw))
        .route("/console/cases/{id}/hold", post(notices::hold))
        .merge(referrals::routes())
        .route("/console/checks", get(checks::page))
        .route("/console/checks/{id}", post(checks::post))
        .route("/console/notices", get(notices::page))
        .route("/console/notices/{id}", get(notices::one))
        .route("/console/notices/{id}/pdf", get(notices::pdf))
        .route("/console/notices/{id}/approve", post(notices::approve))
        .route("/console/notices/{id}/try", post(notices::try_now))
        .route("/console/companies", get(companies::page).post(companies::keep))
        .route("/console/companies/{id}", get(companies::one))
        .route("/console/companies/{id}/clauses", post(companies::add_clause))
        .route("/console/companies/{id}/secrets", post(companies::secrets))
        .merge(crate::public::routes())
        .route("/answer/{secret}", get(answer::page).post(answer::post))
        .route("/answer/{secret}/pdf", get(answer::pdf))
        .route("/console/reports/{number}/package", post(package::post))
        .route("/console/terms", get(terms::page))
        .route("/console/terms/{seq}/decide", post(terms::decide))
        .route("/console/contacts", get(contacts::page))
        .route("/console/contacts/{seq}/done", post(contacts::done))
        .route("/console/class", get(class::page))
        .route("/console/rounds", get(rounds::page))
        .route("/console/class.csv", get(class::file))
        .route("/console/privacy", get(privacy::page).post(privacy::add))
        .route("/console/privacy/{id}", get(privacy::one))
        .route("/console/privacy/{id}/export", post(privacy::export))
        .route("/console/privacy/{id}/erase", post(privacy::erase))
        .route("/console/privacy/{id}/answered", post(privacy::answered))
        .route("/console/privacy/{id}/refuse", post(privacy::refuse))
        .route("/console/cases/{id}/keep", post(privacy::keep))
        .merge(surveys::routes())
        .merge(trends::routes())
        .merge(returned::routes())
        .merge(imports::routes())
        .merge(gold::routes())
        .merge(passkeys::routes())
        .route("/console/people", get(people::page))
        .route("/console/people/invite", post(people::invite))
        .route("/console/people/{id}/role", post(people::set_role))
        .route("/console/people/{id}/organisation", post(organisations::move_person))
        .route("/console/organisations", get(organisations::page).post(organisations::keep))
        .route("/console/organisations/{id}", get(organisations::one))
        .route("/console/organisations/{id}/retire", post(organisations::retire))
        .route("/console/people/{id}/end", post(people::end))
        .route("/console/people/{id}/reset", post(people::reset))
        .route("/console/people/{id}/passkeys/end", post(people::end_passkeys))
        .route("/console/wellbeing", get(wellbeing::page).post(wellbeing::post))
        .route("/console/second", get(second::page))
        .route("/console/second/start", post(second::start))
        .route("/console/second/begin", post(second::begin))
        .route("/console/second/end", post(second::end))
        .route("/console/welcome/{code}", get(people::welcome).post(people::join))
        .route("/console/pictures/{sha256}", get(pictures::picture))
        .route("/console/console.css", get(layout::css))
        .route("/console/console.js", get(layout::js))
        .route("/console/icon.svg", get(layout::icon))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn_with_state(std::sync::Arc::clone(app), same_site))
        .layer(from_fn(policy))
}

/// Whether errors at this path are shown to a person.
#[must_use]
pub fn is_page(path: &str) -> bool {
    path == "/"
        || path == "/join"
        || path == "/console"
        || path.starts_with("/before-you-buy")
        || path == "/yearly"
        || path.starts_with("/yearly/")
        || path == "/quality"
        || path.starts_with("/quality.")
        || path == "/privacy"
        || (path.starts_with("/console/") && !passkeys::is_for_script(path))
        || path == "/answer"
        || path.starts_with("/answer/")
        || path.starts_with("/agency/")
}

async fn policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CSP));
    response
}

/// Refuses requests under another host's name, and forms that another site sent.
async fn same_site(State(app): State<Shared>, request: Request, next: Next) -> Response {
    match refuse(&app.origin, request.method(), request.headers()) {
        Some(page) => page,
        None => next.run(request).await,
    }
}

fn refuse(origin: &Origin, method: &Method, headers: &HeaderMap) -> Option<Response> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if !text(header::HOST).is_some_and(|host| origin.is_host(host)) {
        let here = format!("This console answers at {} only.", origin.as_str());
        return Some(layout::problem(StatusCode::MISDIRECTED_REQUEST, "Another address", html! { p { (here) } }));
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let ours = match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text(header::ORIGIN).and_then(|o| o.split_once("://")).is_some_and(|(_, host)| origin.is_host(host)),
    };
    let elsewhere = html! { p { "This form did not come from the console, so nothing was done. Open the console and try again there." } };
    (!ours).then(|| layout::problem(StatusCode::FORBIDDEN, "Sent from elsewhere", elsewhere))
}

/// A page for an error that no handler put into words.
#[must_use]
pub fn error_page(status: StatusCode) -> Response {
    let (title, sentence) = match status {
        StatusCode::NOT_FOUND => ("Not here", "There is no such page. Nothing was changed."),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("Not like that", "This address does not take that kind of request. Nothing was changed.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Too long", "What was sent is longer than allowed. Nothing was changed. Shorten it and send it again.")
        }
        s if s.is_client_error() => {
            ("Not understood", "The request was not understood. Nothing was changed. Go back and try again.")
        }
        _ => (
            "A fault",
            "The console failed, and nothing was changed. Try again; if it stays so, tell whoever runs this server.",
        ),
    };
    layout::problem(status, title, html! { p { (sentence) } }).into_response()
}
