//! Surveys for leads: a list, a new one from a protocol, and one survey's page with its deeds.

pub mod adjudicate;
pub mod one;
pub mod results;

use super::form::Pairs;
use super::session::{Halt, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::store::Tx;
use crate::store::surveys::{self, State as Stands, Survey};
use crate::{audit, clock};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, RawPathParams, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use spotter_model::report::is_id;
use spotter_model::suggestion::Unfit;
use spotter_model::survey::Protocol;

/// Largest form here: a protocol with 400 terms, percent-encoded.
const FORM_BYTES: usize = 512 * 1024;

/// The routes.
pub fn routes() -> Router<Shared> {
    let long = DefaultBodyLimit::max(FORM_BYTES);
    Router::new()
        .route("/console/surveys", get(page).post(keep).layer(long))
        .route("/console/surveys/{id}", get(one::page))
        .route("/console/surveys/{id}/start", post(one::start).layer(long))
        .route("/console/surveys/{id}/amend", post(one::amend).layer(long))
        .route("/console/surveys/{id}/preregistration.txt", get(one::preregistration))
        .route("/console/surveys/{id}/results", get(results::page))
        .route("/console/surveys/{id}/tables/{name}", get(results::csv))
        .route("/console/surveys/{id}/charts/{name}", get(results::chart))
        .route("/console/surveys/{id}/public.zip", get(results::public_zip))
        .route("/console/surveys/{id}/archive.zip", get(results::archive_zip))
        .route("/console/surveys/{id}/adjudicate", get(adjudicate::page).post(adjudicate::post))
        .route("/console/surveys/{id}/rates", post(results::set_rates))
        .route("/console/surveys/{id}/freeze", post(results::freeze))
}

/// A state in a word.
pub(super) fn stands(state: Stands) -> &'static str {
    match state {
        Stands::Draft => "draft",
        Stands::Running => "running",
        Stands::Frozen => "frozen",
    }
}

/// `GET /console/surveys`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let all = surveys::all(app.store.read()).await?;
    let body = html! {
        h1 { "Surveys" }
        p.muted.class-lead { "A survey counts offers: where, in which words and how much is looked at is fixed before anyone looks." }
        @if !all.is_empty() { (list(&all)) }
        (form(&reviewer, &example(clock::date((app.clock)())), &[], "A new survey"))
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Surveys", &body))
}

fn list(all: &[Survey]) -> Markup {
    html! {
        div.scroll tabindex="-1" {
            table.queue {
                caption.sr { "Surveys, those that run first" }
                thead { tr { th.wide scope="col" { "Survey" } th scope="col" { "State" } th scope="col" { "Looking" } th scope="col" { "Version" } th scope="col" { "Started" } } }
                tbody { @for s in all { tr {
                    td.wide { a href={ "/console/surveys/" (s.protocol.id) } { (text::line(&s.protocol.title, 80)) } }
                    td { (stands(s.state)) }
                    td { (s.protocol.from) " to " (s.protocol.until) }
                    td { "version " (s.protocol.version) }
                    td { @if let Some(at) = &s.started_at { (words::time(at)) } @else { span.muted { "not yet" } } }
                } } }
            }
        }
    }
}

/// What is wrong with a protocol: the field, and what it must be.
pub(super) type Fault = (String, String);

/// The form for a protocol, with what is wrong with it.
pub(super) fn form(reviewer: &Reviewer, json: &str, faults: &[Fault], title: &str) -> Markup {
    html! {
        form.card.term method="post" action="/console/surveys" {
            h2 { (title) }
            (layout::csrf(reviewer))
            (alerts(faults))
            label { span { "Protocol, as JSON" } textarea name="protocol" rows="18" spellcheck="false" aria-describedby="protocol-help" required { (json) } }
            p.muted #protocol-help { "Kept as a draft, which you can change until it starts. All fields are explained in the documentation, docs/surveys.md." }
            div.buttons { button.primary { "Keep the draft" } }
        }
    }
}

pub(super) fn alerts(faults: &[Fault]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div.alert role="alert" { p { "Not kept yet:" } ul { @for (at, what) in faults { li { @if !at.is_empty() { b { (text::line(at, 120)) } " " } (text::line(what, 300)) } } } }
        }
    }
}

/// A protocol to begin with, which is one already: made-up places on reserved names.
fn example(today: spotter_model::Date) -> String {
    format!(
        r#"{{
  "schema": "wildlife-survey-protocol/1",
  "id": "my-survey",
  "version": 1,
  "title": "Ivory on two marketplaces",
  "question": "How many advertisements offer ivory, and at what prices?",
  "from": "{today}",
  "until": "{today}",
  "groups": ["elephant"],
  "markets": [
    {{ "host": "market.example", "country": "GB", "search": "https://market.example/search?q={{terms}}",
      "ground": "public", "ground_text": "Anybody may open its search; terms read on {today}." }}
  ],
  "terms": [
    {{ "text": "ivory netsuke", "lang": "en", "group": "elephant", "hosts": [] }}
  ],
  "sampling": {{ "kind": "census", "depth": 200 }},
  "inclusion": ["It offers a thing for money.", "It says or shows that the thing is ivory."],
  "exclusion": ["It offers a thing that only has the colour."],
  "double_coded_percent": 20,
  "unflagged_one_in": 10,
  "reports": false,
  "amendments": []
}}"#
    )
}

/// Reads what a form brings as JSON, and says everything that is wrong with it.
pub(super) fn read<T: DeserializeOwned>(json: &str, check: fn(&T) -> Vec<Unfit>) -> Result<T, Vec<Fault>> {
    let read: T = serde_json::from_str(json).map_err(|e| vec![(String::new(), e.to_string())])?;
    let faults: Vec<Fault> = check(&read).into_iter().map(|(at, what)| (at.to_owned(), what.to_owned())).collect();
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// The survey of an address; who asks for one that is not there gets the page that says so.
pub struct Named(pub Survey);

impl FromRequestParts<Shared> for Named {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let missing = || error_page(StatusCode::NOT_FOUND);
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| missing())?;
        let id = path.iter().find(|(name, _)| *name == "id").map_or("", |(_, id)| id);
        if !is_id(id) {
            return Err(missing());
        }
        let found = surveys::find(app.store.read(), id).await.map_err(|e| Halt::from(e).into_response())?;
        found.map(Self).ok_or_else(missing)
    }
}

pub(super) async fn remember(
    tx: &mut Tx,
    reviewer: &Reviewer,
    action: &str,
    id: &str,
    detail: &str,
    now: &str,
) -> sqlx::Result<()> {
    let (actor, about) = (format!("reviewer:{}", reviewer.session.reviewer_id), format!("survey:{id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &about, detail }).await
}

/// `POST /console/surveys`: a new draft, or a draft's new text.
///
/// # Errors
/// The page that says why not.
pub async fn keep(State(app): State<Shared>, reviewer: Reviewer, fields: Pairs) -> Result<Response, Halt> {
    reviewer.check(fields.one("csrf"))?;
    let json = fields.one("protocol");
    let again = |faults: &[Fault]| {
        let body = html! { h1 { "Surveys" } (form(&reviewer, json, faults, "The protocol")) };
        (StatusCode::UNPROCESSABLE_ENTITY, layout::page(Some(&app), Some(&reviewer), "Surveys", &body)).into_response()
    };
    let protocol = match read(json, Protocol::faults) {
        Ok(protocol) => protocol,
        Err(faults) => return Ok(again(&faults)),
    };
    if protocol.version != 1 {
        return Ok(again(&[("/version".into(), "must be 1 before the start".into())]));
    }
    let now = app.now();
    let mut tx = app.store.begin_overwriting().await?;
    if !surveys::keep_draft(&mut tx, &protocol, &now).await? {
        return Ok(again(&[(
            "/id".into(),
            "is that of a survey that was started; it is changed by an amendment on its page".into(),
        )]));
    }
    remember(&mut tx, &reviewer, "survey.drafted", &protocol.id, "", &now).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/surveys/{}", protocol.id)).into_response())
}
