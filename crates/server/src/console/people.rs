//! The people of the console: who they are and what they may, inviting them, and ending their access. And the page behind
//! an invitation, where they choose a name and a password.

use super::session::{self, BadPassword, Bare, Halt, Posted, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::{Peer, Shared};
use crate::roles::Role;
use crate::store::attestations::{self, Trained};
use crate::store::organisations::{self, Organisation};
use crate::store::people::{self, Person, Place};
use crate::store::{Tx, factors, passkeys, word};
use crate::{audit, clock, random};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// How long an invitation can be used.
const INVITED_DAYS: i64 = 7;

/// `GET /console/people`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let all = people::all(app.store.read()).await?;
    let spotters = attestations::devices(app.store.read()).await?;
    let places = organisations::active(app.store.read()).await?;
    let own = places.iter().find(|o| o.id == reviewer.session.organisation_id);
    let moves = reviewer.may("POST", "/console/people/{id}/organisation");
    let offered: &[Organisation] = if moves { &places } else { &[] };
    let several = places.len() > 1 || all.iter().any(|p| p.organisation_id != reviewer.session.organisation_id);
    let body = html! {
        h1 { "People" }
        p { a href="/console/gold" { "Known cases, and how answers agree with them" } " · " a href="/console/organisations" { "Organisations" } }
        div.scroll tabindex="-1" {
            table.queue {
                thead { tr { th.wide scope="col" { "Name" } th scope="col" { "Role" } @if several { th scope="col" { "Organisation" } } th scope="col" { "Since" } th scope="col" { "Second factor" } th scope="col" { "Passkeys" } th scope="col" { "Access" } } }
                tbody { @for person in &all { (row(&reviewer, person, several, offered)) } }
            }
        }
        form.card.term method="post" action="/console/people/invite" {
            h2 { "Invite somebody" }
            (layout::csrf(&reviewer))
            @if !moves && own.is_none() { p { "Your organisation takes part no more, so it invites nobody. An admin can move you to another one." } }
            @else {
                div.fields {
                    label { span { "As" } (choice(&reviewer, None)) }
                    @if moves && (places.len() > 1 || own.is_none()) { label { span { "Into" } (into(&places, reviewer.session.organisation_id, "Organisation")) } }
                }
                p.muted { "You get a link to hand over. It can be used once, within " (INVITED_DAYS) " days; whoever opens it chooses a name and a password." }
                div.buttons { button.primary { "Make a link" } }
            }
        }
        @if !spotters.is_empty() { (devices(&spotters, several)) }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "People", &body))
}

/// Spotters' devices, by cohort and name: whether a result of the training's test has come. No score: nobody is ranked.
fn devices(spotters: &[Trained], several: bool) -> Markup {
    html! {
        h2.under { "Spotters" }
        div.scroll tabindex="-1" {
            table.queue {
                thead { tr { th.wide scope="col" { "Name" } th scope="col" { "Cohort" } @if several { th scope="col" { "Invited by" } } th scope="col" { "Since" } th scope="col" { "Training" } } }
                tbody { @for spotter in spotters { tr {
                    td.wide { (text::line(&spotter.pseudonym, 64)) }
                    td { (text::line(&spotter.cohort, 64)) }
                    @if several { td { (text::line(&spotter.organisation, 40)) } }
                    td { (words::time(&spotter.enrolled_at)) }
                    td { @if let Some(at) = &spotter.trained_at { "trained, " (words::time(at)) } @else { span.muted { "no pass has come" } } }
                } } }
            }
        }
    }
}

fn choice(reviewer: &Reviewer, now: Option<Role>) -> Markup {
    html! {
        select name="role" aria-label="Role" {
            @for role in reviewer.session.role.manages() { option value=(word(role)) selected[now.unwrap_or(Role::Reviewer) == *role] { (words::role(*role).0) " (" (words::role(*role).1) ")" } }
        }
    }
}

/// A choice among organisations.
fn into(places: &[Organisation], now: i64, label: &str) -> Markup {
    html! {
        select name="organisation" aria-label=(label) {
            @for one in places { option value=(one.id) selected[one.id == now] { (text::visible(&one.short)) } }
        }
    }
}

/// To which organisation somebody belongs; where there are places, with the way to another one.
fn home(reviewer: &Reviewer, person: &Person, places: &[Organisation]) -> Markup {
    let label = format!("Organisation of {}", text::visible(&person.name));
    html! {
        @if person.ended_at.is_none() && places.iter().any(|o| o.id != person.organisation_id) {
            form.inline method="post" action={ "/console/people/" (person.id) "/organisation" } {
                (layout::csrf(reviewer))
                @if places.iter().all(|o| o.id != person.organisation_id) { (text::line(&person.organisation, 40)) " " }
                (into(places, person.organisation_id, &label)) " " button.quiet { "Move" }
            }
        } @else { (text::line(&person.organisation, 40)) }
    }
}

fn row(reviewer: &Reviewer, person: &Person, several: bool, places: &[Organisation]) -> Markup {
    let mine = person.id != reviewer.session.reviewer_id
        && person.ended_at.is_none()
        && reviewer.session.role.manages().contains(&person.role);
    html! {
        tr {
            td.wide { (text::line(&person.name, 64)) @if person.id == reviewer.session.reviewer_id { " " span.tag { "you" } } }
            td { @if mine {
                form.inline method="post" action={ "/console/people/" (person.id) "/role" } { (layout::csrf(reviewer)) (choice(reviewer, Some(person.role))) " " button.quiet { "Change" } }
            } @else { (words::role(person.role).0) } }
            @if several { td { (home(reviewer, person, places)) } }
            td { (words::time(&person.created_at)) }
            td {
                @if !person.has_factor { "off" }
                @else if mine { "on " form.inline method="post" action={ "/console/people/" (person.id) "/reset" } { (layout::csrf(reviewer)) button.quiet title="For somebody whose phone is lost" { "Switch off" } } }
                @else { "on" }
            }
            td {
                @if person.passkeys == 0 { "none" }
                @else if mine { (person.passkeys) " " form.inline method="post" action={ "/console/people/" (person.id) "/passkeys/end" } { (layout::csrf(reviewer)) button.quiet title="For somebody whose device is lost" { "Remove" } } }
                @else { (person.passkeys) }
            }
            td {
                @if let Some(at) = &person.ended_at { "ended " (words::time(at)) }
                @else if mine { form.inline method="post" action={ "/console/people/" (person.id) "/end" } { (layout::csrf(reviewer)) button.quiet { "End access" } } }
                @else { "open" }
            }
        }
    }
}

/// A form with a role.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    role: Role,
    /// Into which organisation somebody is invited; absent: one's own.
    organisation: Option<i64>,
}

impl Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

fn not_yours() -> Response {
    let body = html! { p { "This is for somebody with more rights than you have, or it is about yourself. Nothing was changed." } p { a href="/console/people" { "Back to the people" } } };
    layout::problem(StatusCode::FORBIDDEN, "Not yours to change", body)
}

async fn remember(
    tx: &mut Tx,
    reviewer: &Reviewer,
    action: &str,
    about: &str,
    detail: &str,
    now: &str,
) -> sqlx::Result<()> {
    let actor = format!("reviewer:{}", reviewer.session.reviewer_id);
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: about, detail }).await
}

/// `POST /console/people/invite`: a link, shown on this page and never again.
///
/// # Errors
/// The page that says why not.
pub async fn invite(
    State(app): State<Shared>,
    reviewer: Reviewer,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(&fields.csrf)?;
    if !reviewer.session.role.manages().contains(&fields.role) {
        return Ok(not_yours());
    }
    let code = random::token();
    let until = clock::stamp((app.clock)() + time::Duration::days(INVITED_DAYS));
    let mut tx = app.store.begin().await?;
    let own = organisations::of_person(&mut tx, reviewer.session.reviewer_id).await?.id;
    let organisation_id = fields.organisation.unwrap_or(own);
    if organisation_id != own && !reviewer.may("POST", "/console/people/{id}/organisation") {
        return Ok(not_yours());
    }
    let place = Place { role: fields.role, organisation_id };
    let Some(to) = organisations::find_in(&mut tx, organisation_id).await?.filter(Organisation::takes_part) else {
        let body = html! { p { "There is no such organisation, or it takes part no more, so it invites nobody. Nothing was made." } };
        return Ok(layout::problem(StatusCode::CONFLICT, "No invitation", body));
    };
    let hash = Sha256::digest(code.as_bytes());
    people::invite(&mut tx, &hash, place, reviewer.session.reviewer_id, &until).await?;
    let detail = format!("{} of organisation:{}", word(&fields.role), to.id);
    remember(&mut tx, &reviewer, "reviewer.invited", "", &detail, &app.now()).await?;
    tx.commit().await?;
    let body = html! {
        section.card.narrow {
            h1 { "An invitation" }
            p { "As " (words::role(fields.role).0) " of " (text::line(&to.short, 40)) ", until " (words::time(&until)) ". It is shown once; hand it over by a safe way." }
            p.letter { (app.origin.as_str()) "/console/welcome/" (code) }
            p { a.button.primary href="/console/people" { "Done" } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Invitation", &body).into_response())
}

/// Whether the one who asks may change this person.
async fn may_change(tx: &mut Tx, reviewer: &Reviewer, id: i64) -> sqlx::Result<bool> {
    let role = people::role_of(tx, id).await?;
    Ok(id != reviewer.session.reviewer_id && role.is_some_and(|r| reviewer.session.role.manages().contains(&r)))
}

/// `POST /console/people/{id}/role`.
///
/// # Errors
/// The page that says why not.
pub async fn set_role(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let mut tx = app.store.begin().await?;
    if !may_change(&mut tx, &reviewer, id).await? || !reviewer.session.role.manages().contains(&fields.role) {
        return Ok(not_yours());
    }
    people::set_role(&mut tx, id, fields.role).await?;
    remember(&mut tx, &reviewer, "reviewer.role", &format!("reviewer:{id}"), &word(&fields.role), &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see("/console/people").into_response())
}

/// What can be taken from somebody.
enum Own {
    /// All that they may do here.
    Access,
    /// The code that the login asks for.
    Factor,
    /// Every passkey.
    Passkeys,
}

/// Takes it away, by whoever may change this person, and remembers who did.
async fn take_away(
    app: &Shared,
    reviewer: &Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<Bare>, FormRejection>,
    own: Own,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, form)?;
    let now = app.now();
    let mut tx = app.store.begin().await?;
    if !may_change(&mut tx, reviewer, id).await? {
        return Ok(not_yours());
    }
    let action = match own {
        Own::Access => people::end(&mut tx, id, &now).await.map(|()| "reviewer.ended"),
        Own::Factor => factors::end(&mut tx, id).await.map(|()| "reviewer.factor_off"),
        Own::Passkeys => passkeys::end_all(&mut tx, id).await.map(|_| "reviewer.passkeys_off"),
    }?;
    remember(&mut tx, reviewer, action, &format!("reviewer:{id}"), "", &now).await?;
    tx.commit().await?;
    Ok(layout::see("/console/people").into_response())
}

/// `POST /console/people/{id}/end`.
///
/// # Errors
/// The page that says why not.
pub async fn end(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    take_away(&app, &reviewer, id, form, Own::Access).await
}

/// `POST /console/people/{id}/reset`: no second factor any more, for somebody whose phone is lost.
///
/// # Errors
/// The page that says why not.
pub async fn reset(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    take_away(&app, &reviewer, id, form, Own::Factor).await
}

/// `POST /console/people/{id}/passkeys/end`: no passkey any more, for somebody whose device is lost.
///
/// # Errors
/// The page that says why not.
pub async fn end_passkeys(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    take_away(&app, &reviewer, id, form, Own::Passkeys).await
}

fn gone() -> Response {
    let body =
        html! { p { "This invitation was used, is too old, or was taken back. Ask whoever sent it for a new one." } };
    layout::problem(StatusCode::GONE, "This link leads nowhere any more", body)
}

fn welcome_form(
    app: &Shared,
    organisation: &str,
    code: &str,
    status: StatusCode,
    name: &str,
    message: Option<&str>,
) -> Response {
    let body = html! {
        section.card.login {
            h1 { "Welcome to " (text::line(organisation, organisations::NAME_CHARS)) }
            @if let Some(message) = message { p.alert role="alert" { (message) } }
            form method="post" action={ "/console/welcome/" (code) } {
                label { "Name to log in with" input name="name" value=(name) autocomplete="username" required maxlength="64" autocapitalize="none" spellcheck="false"; }
                label { "Password, at least twelve characters" input name="password" type="password" autocomplete="new-password" required maxlength="256"; }
                button.primary { "Join" }
            }
            p.muted { "Other reviewers see your name; companies and spotters never do." }
        }
    };
    (status, layout::page(Some(app), None, "Welcome", &body)).into_response()
}

fn code_of(code: Result<Path<String>, PathRejection>) -> String {
    code.map(|Path(code)| code).unwrap_or_default()
}

/// `GET /console/welcome/{code}`.
///
/// # Errors
/// The page that says why not.
pub async fn welcome(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Halt> {
    if app.limits.address(ip).is_err() {
        return Ok(error_page(StatusCode::TOO_MANY_REQUESTS));
    }
    let code = code_of(code);
    let mut tx = app.store.begin().await?;
    let known = people::invited(&mut tx, &Sha256::digest(code.as_bytes()), &app.now()).await?;
    let Some(place) = known else { return Ok(gone()) };
    let own = organisations::find_in(&mut tx, place.organisation_id).await?.unwrap_or_default();
    Ok(welcome_form(&app, &own.name, &code, StatusCode::OK, "", None))
}

/// What somebody chose.
#[derive(Deserialize)]
pub struct Chosen {
    name: String,
    password: String,
}

/// `POST /console/welcome/{code}`: makes the account. Whoever has the code may, once.
///
/// # Errors
/// The page that says why not.
pub async fn join(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    code: Result<Path<String>, PathRejection>,
    form: Result<Form<Chosen>, FormRejection>,
) -> Result<Response, Halt> {
    if app.limits.address(ip).is_err() {
        return Ok(error_page(StatusCode::TOO_MANY_REQUESTS));
    }
    let (code, Ok(Form(chosen))) = (code_of(code), form) else {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    };
    let hash = Sha256::digest(code.as_bytes());
    let name = chosen.name.trim().to_owned();
    let (known, own) = {
        let mut tx = app.store.begin().await?;
        let known = people::invited(&mut tx, &hash, &app.now()).await?;
        (
            known,
            organisations::find_in(&mut tx, known.map_or(0, |place| place.organisation_id)).await?.unwrap_or_default(),
        )
    };
    let again = |message: &str| {
        Ok(welcome_form(&app, &own.name, &code, StatusCode::UNPROCESSABLE_ENTITY, &name, Some(message)))
    };
    // Nothing costly is done for a code that is none.
    if known.is_none() {
        return Ok(gone());
    }
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        return again("A name has 1 to 64 characters.");
    }
    let password = match session::hash_in_turn(&app, chosen.password).await {
        Ok(hash) => hash,
        Err(BadPassword::Length) => return again("A password has 12 to 256 characters."),
        Err(BadPassword::Hash) => return Ok(error_page(StatusCode::SERVICE_UNAVAILABLE)),
    };
    let mut tx = app.store.begin().await?;
    let Some(place) = people::invited(&mut tx, &hash, &app.now()).await? else { return Ok(gone()) };
    let id = match people::join(&mut tx, &hash, (&name, &password, place), &app.now()).await {
        Ok(id) => id,
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            return again("This name is taken. Choose another one.");
        }
        Err(error) => return Err(error.into()),
    };
    let detail = format!("{} of organisation:{}", word(&place.role), place.organisation_id);
    let actor = format!("reviewer:{id}");
    audit::append(
        &mut tx,
        &app.now(),
        audit::Entry { actor: &actor, action: "reviewer.joined", subject: "", detail: &detail },
    )
    .await?;
    tx.commit().await?;
    Ok(layout::see("/console/login").into_response())
}
