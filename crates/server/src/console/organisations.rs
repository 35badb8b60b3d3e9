//! The organisations that share this endpoint, in the console: who each is, its status, who belongs to it, and retiring one. Leads read
//! it; an admin changes it. Says nothing of what was sent: that keeps its own words.

use super::session::{Halt, Posted, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::config::is_mail_address;
use crate::store::organisations::{self, NAME_CHARS, Organisation, SHORT_CHARS, Stays};
use crate::store::people;
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Date;

/// Longest text about who answers for personal data, in characters.
const CONTROLLER_CHARS: usize = 2_000;

/// What the status of an organisation is on a day, in words.
fn status(one: &Organisation, today: Date) -> Markup {
    html! {
        @if one.trusted_by.is_empty() { "none" }
        @else if one.holds_status(today) {
            "awarded by " (text::line(&one.trusted_by, NAME_CHARS))
            @if !one.trusted_from.is_empty() { ", since " (one.trusted_from) }
            @if !one.trusted_end.is_empty() { ", ends on " (one.trusted_end) }
        }
        @else if !one.trusted_end.is_empty() && one.trusted_end <= today.to_string() { "ended on " (one.trusted_end) ", awarded by " (text::line(&one.trusted_by, NAME_CHARS)) }
        @else { "from " (one.trusted_from) " on, awarded by " (text::line(&one.trusted_by, NAME_CHARS)) }
    }
}

/// The same, for a column.
fn in_short(one: &Organisation, today: Date) -> Markup {
    html! {
        @if one.trusted_by.is_empty() { "no" }
        @else if one.holds_status(today) { "yes" }
        @else if !one.trusted_end.is_empty() && one.trusted_end <= today.to_string() { "ended on " (one.trusted_end) }
        @else { "from " (one.trusted_from) " on" }
    }
}

/// `GET /console/organisations`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let all = organisations::all(app.store.read()).await?;
    let people = organisations::people(app.store.read()).await?;
    let count = |id: i64| people.iter().find(|(of, _)| *of == id).map_or(0, |(_, n)| *n);
    let body = html! {
        h1 { "Organisations" }
        p.muted.class-lead { "They share this endpoint: one queue, the same cases, the same companies. Each speaks for itself in the notices and referrals of its own people, and answers for the data of cases that its spotters reported first." }
        div.scroll tabindex="-1" {
            table.queue {
                thead { tr { th scope="col" { "Short name" } th.wide scope="col" { "Name" } th scope="col" { "People" } th scope="col" { "Trusted flagger" } th scope="col" { "Takes part" } } }
                tbody { @for one in &all { tr {
                    td { a href={ "/console/organisations/" (one.id) } { (text::line(&one.short, SHORT_CHARS)) } @if one.id == reviewer.session.organisation_id { " " span.tag { "yours" } } }
                    td.wide { (text::line(&one.name, NAME_CHARS)) @if !one.country.is_empty() { " (" (one.country) ")" } }
                    td { (count(one.id)) }
                    td { (in_short(one, app.today())) }
                    td { @if one.takes_part() { "yes" } @else { "retired " (words::time(&one.retired_at)) } }
                } } }
            }
        }
        p { a href="/console/people" { "The people" } " · " a href="/privacy" { "What sellers are told" } }
        @if reviewer.may("POST", "/console/organisations") { (form(&reviewer, &Organisation::default(), "Add an organisation")) }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Organisations", &body))
}

fn form(reviewer: &Reviewer, one: &Organisation, title: &str) -> Markup {
    html! {
        form.card.term method="post" action="/console/organisations" {
            h2 { (title) }
            (layout::csrf(reviewer))
            input type="hidden" name="id" value=(one.id);
            div.fields {
                label { span { "Short name" } input name="short" value=(text::visible(&one.short)) maxlength=(SHORT_CHARS) required dir="auto"; }
                label { span { "Country, two letters" } input name="country" value=(one.country) maxlength="2" autocomplete="off"; }
                label { span { "Full name, as the law knows it" } input name="name" value=(text::visible(&one.name)) maxlength=(NAME_CHARS) required dir="auto"; }
                label { span { "E-mail address" } input name="contact" value=(one.contact) maxlength="254" autocomplete="off"; }
            }
            label.reason { span { "Who answers for personal data, how they are reached, and the data protection officer, if there is one" }
                textarea name="controller" rows="3" maxlength=(CONTROLLER_CHARS) dir="auto" { (text::visible_lines(&one.controller)) } }
            p.muted { "This stands on the page that tells sellers what is kept about them. The e-mail address stands in every notice; without one the organisation can write none." }
            div.fields {
                label { span { "Status of trusted flagger, awarded by" } input name="trusted_by" value=(text::visible(&one.trusted_by)) maxlength=(NAME_CHARS) dir="auto"; }
                label { span { "Its first day" } input type="date" name="trusted_from" value=(one.trusted_from); }
                label { span { "The first day without it" } input type="date" name="trusted_end" value=(one.trusted_end); }
            }
            p.muted { "Where the status was suspended, withdrawn or ran out, the last field has the day from which it does not hold: notices that go from that day on carry no mark, also those that wait." }
            div.buttons { button.primary { "Keep" } }
        }
    }
}

/// `GET /console/organisations/{id}`.
///
/// # Errors
/// The page that says why not.
pub async fn one(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(one) = organisations::find(app.store.read(), id.map_or(0, |Path(id)| id)).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let people = people::all(app.store.read()).await?;
    let theirs: Vec<_> = people.iter().filter(|p| p.organisation_id == one.id && p.ended_at.is_none()).collect();
    let changes = reviewer.may("POST", "/console/organisations");
    let body = html! {
        h1 { (text::line(&one.name, NAME_CHARS)) }
        section.card.term {
            ul {
                li { "Here called " (text::line(&one.short, SHORT_CHARS)) }
                li { "E-mail: " @if one.contact.is_empty() { "none, so it can write no notice" } @else { (one.contact) } }
                li { "Trusted flagger: " (status(&one, app.today())) }
                @if !one.takes_part() { li { b { "Retired " (words::time(&one.retired_at)) } ": it invites nobody and sends nothing." } }
                li { "People: " @if theirs.is_empty() { "nobody" } @for (n, p) in theirs.iter().enumerate() { @if n > 0 { ", " } (text::line(&p.name, 64)) } }
            }
            @if !one.controller.is_empty() { p.letter dir="auto" { (text::inert(&one.controller)) } }
        }
        @if changes {
            (form(&reviewer, &one, "Its data"))
            form.card.term method="post" action={ "/console/organisations/" (one.id) "/retire" } {
                (layout::csrf(&reviewer))
                @if one.takes_part() {
                    h2 { "Retire it" }
                    p { "It then invites nobody and sends nothing: invitations to it open nothing, notices of it that wait are taken back and can be written by another organisation. What it sent stays, and so do its people, until they are moved or their access ends." }
                    input type="hidden" name="back" value="no";
                    div.buttons { button { "Retire " (text::line(&one.short, SHORT_CHARS)) } }
                } @else {
                    h2 { "It takes part again" }
                    input type="hidden" name="back" value="yes";
                    div.buttons { button { "Let it take part" } }
                }
            }
        }
        p { a href="/console/organisations" { "All organisations" } }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Organisation", &body).into_response())
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    id: i64,
    short: String,
    name: String,
    contact: String,
    country: String,
    controller: String,
    trusted_by: String,
    trusted_from: String,
    trusted_end: String,
}

/// One line without anything hidden in it, of at most so many characters; `None` where it is none.
fn one_line(typed: &str, most: usize) -> Option<String> {
    let typed = typed.trim();
    (typed.chars().count() <= most && text::visible(typed) == typed).then(|| typed.to_owned())
}

/// A day, or nothing.
fn day(typed: &str) -> Option<String> {
    let typed = typed.trim();
    (typed.is_empty() || typed.parse::<Date>().is_ok()).then(|| typed.to_owned())
}

fn read(fields: &Fields) -> Result<Organisation, &'static str> {
    let line = |typed: &str, most| one_line(typed, most).filter(|said| !said.is_empty());
    let short = line(&fields.short, SHORT_CHARS).ok_or("A short name is one line of 1 to 40 characters.")?;
    let name = line(&fields.name, NAME_CHARS).ok_or("A name is one line of 1 to 160 characters.")?;
    let contact = fields.contact.trim().to_owned();
    if !contact.is_empty() && !is_mail_address(&contact) {
        return Err("The contact is an e-mail address.");
    }
    let country = fields.country.trim().to_ascii_uppercase();
    if !country.is_empty() && (country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase())) {
        return Err("A country has two letters, such as DE.");
    }
    let controller = fields.controller.trim().replace("\r\n", "\n");
    if controller.chars().count() > CONTROLLER_CHARS || text::visible_lines(&controller) != controller {
        return Err("Who answers for personal data is said in at most 2,000 characters, without hidden ones.");
    }
    let trusted_by =
        one_line(&fields.trusted_by, NAME_CHARS).ok_or("An authority is one line of at most 160 characters.")?;
    let days = (day(&fields.trusted_from), day(&fields.trusted_end));
    let (Some(trusted_from), Some(trusted_end)) = days else { return Err("Days are written YYYY-MM-DD.") };
    if trusted_by.is_empty() && !(trusted_from.is_empty() && trusted_end.is_empty()) {
        return Err("A status has an authority that awarded it.");
    }
    if !trusted_end.is_empty() && trusted_end <= trusted_from {
        return Err("A status ends after its first day.");
    }
    Ok(Organisation {
        id: fields.id,
        short,
        name,
        contact,
        country,
        controller,
        trusted_by,
        trusted_from,
        trusted_end,
        retired_at: String::new(),
    })
}

fn unfit(why: &str) -> Response {
    let body = html! { p { (why) } p { "Nothing was kept. Your browser's Back button brings your words back." } };
    layout::problem(StatusCode::UNPROCESSABLE_ENTITY, "Not yet", body)
}

/// `POST /console/organisations`: a new one, or the changes of one.
///
/// # Errors
/// The page that says why not.
pub async fn keep(
    State(app): State<Shared>,
    reviewer: Reviewer,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(&fields.csrf)?;
    let new = match read(&fields) {
        Ok(new) => new,
        Err(why) => return Ok(unfit(why)),
    };
    let mut tx = app.store.begin().await?;
    let id = match organisations::keep(&mut tx, &new, reviewer.session.reviewer_id, &app.now()).await {
        Ok(id) => id,
        Err(sqlx::Error::RowNotFound) => return Ok(error_page(StatusCode::NOT_FOUND)),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            return Ok(unfit("Another organisation has this short name."));
        }
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    Ok(layout::see(&format!("/console/organisations/{id}")).into_response())
}

/// Whether one retires or comes back.
#[derive(Deserialize)]
pub struct Going {
    csrf: String,
    back: String,
}

impl Posted for Going {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/organisations/{id}/retire`.
///
/// # Errors
/// The page that says why not.
pub async fn retire(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Going>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let (me, now) = (reviewer.session.reviewer_id, app.now());
    // Nothing of it is on its way out meanwhile.
    let _alone = app.sending.lock().await;
    let mut tx = app.store.begin().await?;
    if organisations::find_in(&mut tx, id).await?.is_none() {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    let done = match fields.back.as_str() {
        "yes" => organisations::bring_back(&mut tx, id, me, &now).await.map_err(Stays::from),
        "no" => organisations::retire(&mut tx, id, me, &now).await,
        _ => return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)),
    };
    match done {
        Ok(()) => tx.commit().await?,
        Err(Stays::Last) => return Ok(unfit("One organisation at least has to take part.")),
        Err(Stays::Database(error)) => return Err(error.into()),
    }
    Ok(layout::see(&format!("/console/organisations/{id}")).into_response())
}

/// Where a person is moved to.
#[derive(Deserialize)]
pub struct Moved {
    csrf: String,
    organisation: i64,
}

impl Posted for Moved {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/people/{id}/organisation`.
///
/// # Errors
/// The page that says why not.
pub async fn move_person(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Moved>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let mut tx = app.store.begin().await?;
    if people::role_of(&mut tx, id).await?.is_none() {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    let Some(to) = organisations::find_in(&mut tx, fields.organisation).await?.filter(Organisation::takes_part) else {
        return Ok(unfit("There is no such organisation, or it takes part no more."));
    };
    organisations::move_person(&mut tx, id, &to, reviewer.session.reviewer_id, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see("/console/people").into_response())
}
