//! The company's file comes back: pasted by a lead on the company's page, or by the company itself under `/answer`, where every
//! line carries the link that answers its notice. First what it would do, then the same file again to do it.

use super::session::{Halt, Posted, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::{Peer, Shared};
use crate::notices::returned::{self, BYTES, Fault, Returned};
use crate::sign::sha256_hex;
use crate::store::companies;
use crate::store::returned::{Bringer, Done, Effect, apply, remember};
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

/// Largest form: the file, percent-encoded.
const FORM_BYTES: usize = 3 * BYTES + 4_096;

/// The routes.
pub fn routes() -> Router<Shared> {
    let long = DefaultBodyLimit::max(FORM_BYTES);
    Router::new()
        .route("/console/companies/{id}/returned", post(by_lead).layer(long))
        .route("/answer", get(company_page).post(by_company).layer(long))
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    csrf: String,
    file: String,
    /// The hash of the file whose effects were shown; empty: show them.
    #[serde(default)]
    seen: String,
}

impl Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// Where the form is, and what stands in it besides.
struct Place<'a> {
    action: &'a str,
    csrf: Option<&'a Reviewer>,
}

/// The form that a file is pasted into.
fn form(place: &Place<'_>, file: &str) -> Markup {
    html! {
        form method="post" action=(place.action) {
            @if let Some(reviewer) = place.csrf { (layout::csrf(reviewer)) }
            label { span { "The file, or its lines copied out of a spreadsheet, with the first line" }
                textarea name="file" rows="8" maxlength=(BYTES) spellcheck="false" required { (text::visible_lines(file)) } }
            p.muted { "Columns " kbd { "notice" } " and " kbd { "false_positive" } " (yes, no, or empty)" @if place.csrf.is_none() { ", and " kbd { "answer_link" } " as it was sent" } ". Commas, semicolons or tabs; at most 1 MiB and 5,000 answers." }
            div.buttons { button.primary { "See what it does" } }
        }
    }
}

/// The part of a company's page where its file is pasted.
pub fn part(reviewer: &Reviewer, company_id: i64) -> Markup {
    let action = format!("/console/companies/{company_id}/returned");
    html! {
        section.card.term #returned {
            h2 { "The weekly file came back" }
            p { "What the company wrote into " kbd { "false_positive" } " becomes its decision on each notice. First you see what the file does." }
            (form(&Place { action: &action, csrf: Some(reviewer) }, ""))
        }
    }
}

fn faults(all: &[Fault]) -> Markup {
    html! {
        div.alert role="alert" {
            p { b { "Nothing was changed. " } (words::count(all.len(), "line", "lines")) " to look at:" }
            ul { @for f in all { li { "Line " (f.line) ": " (text::line(&f.why, 200)) } } }
        }
    }
}

const fn effect(done: &Done) -> &'static str {
    match (done.effect, done.line.wrong) {
        (Effect::AsBefore, _) => "as before",
        (Effect::Decided(_), true) => "called wrong; the company lets the listing stand",
        (Effect::Decided(_), false) => "not wrong; received",
        (Effect::Noted, true) => "called wrong; the case stays where it is",
        (Effect::Noted, false) => "not wrong; the case stays where it is",
    }
}

fn preview(place: &Place<'_>, file: &str, sha256: &str, read: &Returned, all: &[Done]) -> Markup {
    let changes = all.iter().filter(|d| d.effect != Effect::AsBefore).count();
    html! {
        p { b { (words::count(changes, "notice", "notices")) " would change. " } "Nothing has changed yet." }
        @if read.empty > 0 { p.muted { (words::count(read.empty, "line", "lines")) " without an answer are left as they are." } }
        div.scroll tabindex="0" role="region" aria-label="What it does" {
            table.class {
                caption.sr { "What it does" }
                thead { tr { th.num scope="col" { "Line" } th scope="col" { "Notice" } th scope="col" { "false_positive" } th scope="col" { "What it does" } } }
                tbody { @for d in all { tr { td.num { (d.line.line) } th scope="row" { (text::line(&d.line.number, 40)) } td { @if d.line.wrong { "yes" } @else { "no" } } td { (effect(d)) } } } }
            }
        }
        @if changes > 0 {
            form.more method="post" action=(place.action) {
                @if let Some(reviewer) = place.csrf { (layout::csrf(reviewer)) }
                input type="hidden" name="seen" value=(sha256);
                input type="hidden" name="file" value=(file);
                div.buttons { button.primary { "Keep it" } }
            }
        }
    }
}

/// What a posted file leads to: the status, and what is shown.
async fn answer(
    app: &Shared,
    bringer: Bringer,
    place: &Place<'_>,
    fields: &Fields,
) -> Result<(StatusCode, Markup), Halt> {
    // As it is given back in the form: what cannot be seen is no part of it.
    let file = text::visible_lines(&fields.file);
    let sha256 = sha256_hex(file.as_bytes());
    let again = |faults: Markup| html! { (faults) (form(place, &file)) };
    let read = match returned::read(&file) {
        Ok(read) => read,
        Err(all) => return Ok((StatusCode::UNPROCESSABLE_ENTITY, again(faults(&all)))),
    };
    if read.lines.is_empty() {
        let none = html! { p.alert role="alert" { "No line of the file has an answer in false_positive. Nothing was changed." } };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again(none)));
    }
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let done = match apply(&mut tx, bringer, &read.lines, &now).await? {
        Ok(done) => done,
        Err(all) => return Ok((StatusCode::UNPROCESSABLE_ENTITY, again(faults(&all)))),
    };
    if fields.seen != sha256 {
        drop(tx);
        return Ok((StatusCode::OK, preview(place, &file, &sha256, &read, &done)));
    }
    remember(&mut tx, bringer, &sha256, &done, &now).await?;
    tx.commit().await?;
    let changed = done.iter().filter(|d| d.effect != Effect::AsBefore).count();
    Ok((
        StatusCode::OK,
        html! { p role="status" { b { "Kept. " (words::count(changed, "notice", "notices")) " changed." } } },
    ))
}

/// `POST /console/companies/{id}/returned`.
///
/// # Errors
/// The page that says why not.
pub async fn by_lead(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let Some(company) = companies::find(app.store.read(), id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let action = format!("/console/companies/{id}/returned");
    let place = Place { action: &action, csrf: Some(&reviewer) };
    let bringer = Bringer::Lead { reviewer_id: reviewer.session.reviewer_id, company_id: id };
    let (status, shown) = answer(&app, bringer, &place, &fields).await?;
    let body = html! {
        section.card.narrow.wide {
            h1 { "The file of " (text::line(&company.name, 80)) }
            (shown)
            p { a.button href={ "/console/companies/" (id) } { "To the company" } }
        }
    };
    Ok((status, layout::page(Some(&app), Some(&reviewer), "The weekly file", &body)).into_response())
}

const COMPANY: Place<'static> = Place { action: "/answer", csrf: None };

fn company_shell(app: &Shared, status: StatusCode, shown: &Markup) -> Response {
    let body = html! {
        section.card.narrow.wide {
            h1 { "Answer many notices at once" }
            p.muted { "For the weekly file of " (app.organisation) ": write yes into false_positive where a notice was wrong, no where it was not. To say that a listing was removed, use the link in its line." }
            (shown)
        }
    };
    (status, layout::page(Some(app), None, "Answer", &body)).into_response()
}

/// `GET /answer`: where a company sends its file back.
pub async fn company_page(State(app): State<Shared>) -> Response {
    company_shell(&app, StatusCode::OK, &form(&COMPANY, ""))
}

/// `POST /answer`.
///
/// # Errors
/// The page that says why not.
pub async fn by_company(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    if app.limits.address(ip).is_err() {
        let wait = html! { p { "Wait a minute, then try again. Nothing was changed." } };
        return Ok(layout::problem(StatusCode::TOO_MANY_REQUESTS, "Too many requests", wait));
    }
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    let (status, shown) = answer(&app, Bringer::Company, &COMPANY, &fields).await?;
    Ok(company_shell(&app, status, &shown))
}
