//! Companies in the console: who they are, how they are told, what their policy says, and their secrets, shown once.

use super::session::{Halt, Reviewer};
use super::{error_page, layout, text};
use crate::app::Shared;
use crate::config::is_mail_address;
use crate::notices::{Clause, words};
use crate::store::companies::{self, Channel, Company};
use crate::store::trends::refused::{self, Share};
use crate::store::{parse_word, word};
use crate::{audit, random};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Most marketplaces of one company.
const HOSTS: usize = 64;

fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "E-mail: a file for each notice, for a mail relay",
        Channel::Webhook => "Webhook: a signed request to the company",
        Channel::Pull => "Pull: the company asks with its token",
        Channel::Csv => "Weekly file for a spreadsheet",
    }
}

/// `GET /console/companies`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let all = companies::all(app.store.read()).await?;
    let shares = refused::all(app.store.read()).await?;
    let new = Company {
        id: 0,
        name: String::new(),
        hosts: vec![],
        languages: "en".into(),
        channel: Channel::Email,
        contact: String::new(),
        address: String::new(),
        secret: String::new(),
        item_format: "{id}".into(),
        answer_days: 14,
    };
    let body = html! {
        h1 { "Companies" }
        @if all.is_empty() { p.muted { "None yet. A notice goes to the company that a listing's marketplace belongs to." } }
        ul.terms {
            @for company in &all {
                li { a href={ "/console/companies/" (company.id) } { b { (text::line(&company.name, 80)) } } " "
                    span.muted { (text::line(&company.hosts.join(", "), 120)) " · " (channel_name(company.channel)) }
                    (warning(shares.iter().find(|s| s.company_id == company.id))) }
            }
        }
        (form(&reviewer, &new, "Add a company"))
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Companies", &body))
}

/// Where too many of a company's answers say that the notice was wrong; nothing elsewhere.
pub fn warning(share: Option<&Share>) -> Markup {
    html! { @if let Some(share) = share.filter(|s| s.is_too_many()) { p.alert { (share.words()) " Look at the next notice twice." } } }
}

fn form(reviewer: &Reviewer, company: &Company, title: &str) -> Markup {
    html! {
        form.card.term method="post" action="/console/companies" {
            h2 { (title) }
            (layout::csrf(reviewer))
            input type="hidden" name="id" value=(company.id);
            div.fields {
                label { span { "Name" } input name="name" value=(company.name) maxlength="80" required; }
                label { span { "Languages, preferred first" } input name="languages" value=(company.languages) maxlength="40" required; }
                label { span { "E-mail address" } input name="contact" value=(company.contact) maxlength="254" required; }
            }
            label { span { "Hosts of its marketplaces, one to a line" } textarea name="hosts" rows="3" maxlength="4096" required { (company.hosts.join("\n")) } }
            div.fields {
                label { span { "Told by" } select name="channel" { @for c in Channel::ALL { option value=(word(&c)) selected[c == company.channel] { (channel_name(c)) } } } }
                label { span { "Days to answer" } input name="answer_days" value=(company.answer_days) maxlength="3" inputmode="numeric"; }
                label { span { "Webhook's address, if any" } input name="address" value=(company.address) maxlength="2048"; }
            }
            label { span { "How it writes item ids; {id} is the listing's id" } input name="item_format" value=(company.item_format) maxlength="120" required; }
            div.buttons { button.primary { "Keep" } }
        }
    }
}

/// `GET /console/companies/{id}`.
///
/// # Errors
/// The page that says why not.
pub async fn one(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(company) = companies::find(app.store.read(), id.map_or(0, |Path(id)| id)).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let clauses = companies::clauses(app.store.read(), company.id).await?;
    let share = refused::of(app.store.read(), company.id).await?;
    let words = words::of(&company.languages);
    let body = html! {
        h1 { (text::line(&company.name, 80)) }
        (warning(share.as_ref()))
        p.muted { "Notices are written in: " (words.lang) }
        (form(&reviewer, &company, "Its data"))
        section.card.term {
            h2 { "Clauses of its policy" }
            @if clauses.is_empty() { p.muted { "None yet. A policy notice names one, with where and when it was read." } }
            ul { @for c in &clauses { li { (text::line(&c.title, 120)) " " span.muted { (text::line(&c.address, 120)) " · read " (c.read_on) } } } }
            form method="post" action={ "/console/companies/" (company.id) "/clauses" } {
                (layout::csrf(&reviewer))
                div.fields {
                    label { span { "What it is called" } input name="title" maxlength="200" required; }
                    label { span { "Read on (YYYY-MM-DD)" } input name="read_on" maxlength="10" required; }
                    label { span { "Where it stands (https://…)" } input name="address" maxlength="2048" required; }
                }
                div.buttons { button { "Add the clause" } }
            }
        }
        (super::returned::part(&reviewer, company.id))
        section.card.term {
            h2 { "Secrets" }
            @if company.channel == Channel::Webhook && company.secret.is_empty() { p.alert { "No notice goes to its webhook before it has secrets." } }
            p { "One signs requests to its webhook, the other is its token for the pull. They are shown once; new ones void the old." }
            form method="post" action={ "/console/companies/" (company.id) "/secrets" } { (layout::csrf(&reviewer)) button { "Make new secrets" } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Company", &body).into_response())
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    id: i64,
    name: String,
    languages: String,
    hosts: String,
    channel: String,
    contact: String,
    address: String,
    item_format: String,
    answer_days: i64,
}

/// A webhook on https under a name; plain http only where this server itself runs on loopback.
fn is_webhook(address: &str, local: bool) -> bool {
    let plain = address.len() <= 2_048 && address.bytes().all(|b| b.is_ascii_graphic());
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or("").to_ascii_lowercase();
    match address.split_once("://") {
        Some(("https", rest)) => {
            let host = host(rest);
            let name = host.split(':').next().unwrap_or("");
            let last = name.rsplit('.').next().unwrap_or("");
            plain
                && name.contains('.')
                && !host.contains(['@', '['])
                && last.starts_with(|c: char| c.is_ascii_alphabetic())
        }
        Some(("http", rest)) => {
            plain && local && (host(rest).starts_with("127.0.0.1:") || host(rest).starts_with("localhost:"))
        }
        _ => false,
    }
}

fn read(fields: &Fields, local: bool) -> Result<Company, &'static str> {
    let line = |t: &str, most| !t.is_empty() && t.chars().count() <= most && !t.chars().any(char::is_control);
    let hosts: Vec<String> = fields.hosts.split_whitespace().map(str::to_ascii_lowercase).collect();
    let is_host = |h: &String| {
        h.len() <= 253 && h.contains('.') && h.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
    };
    let channel: Channel = parse_word(fields.channel.clone()).map_err(|_| "There is no such channel.")?;
    let company = Company {
        id: fields.id,
        name: fields.name.trim().to_owned(),
        hosts,
        languages: fields.languages.split_whitespace().collect::<Vec<_>>().join(" "),
        channel,
        contact: fields.contact.trim().to_owned(),
        address: fields.address.trim().to_owned(),
        secret: String::new(),
        item_format: fields.item_format.trim().to_owned(),
        answer_days: fields.answer_days,
    };
    if !line(&company.name, 80) {
        return Err("A name is one line of 1 to 80 characters.");
    }
    if company.hosts.is_empty() || company.hosts.len() > HOSTS || !company.hosts.iter().all(is_host) {
        return Err("Hosts are names such as market.example, one to a line, at most 64.");
    }
    if company.languages.is_empty()
        || !company.languages.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b' ')
    {
        return Err("Languages are codes such as de or pt-BR, with spaces between.");
    }
    if !is_mail_address(&company.contact) {
        return Err("The contact is an e-mail address.");
    }
    if channel == Channel::Webhook && !is_webhook(&company.address, local) {
        return Err("A webhook has an address that begins with https:// and a host's name.");
    }
    if !line(&company.item_format, 120) || !company.item_format.contains("{id}") {
        return Err("The form of item ids is one line with {id} in it.");
    }
    if !(1..=180).contains(&company.answer_days) {
        return Err("A company has 1 to 180 days to answer.");
    }
    Ok(company)
}

fn unfit(why: &str) -> Response {
    let body = html! { p { (why) } p { "Nothing was kept. Your browser's Back button brings your words back." } };
    layout::problem(StatusCode::UNPROCESSABLE_ENTITY, "Not yet", body)
}

/// `POST /console/companies`: a new one, or the changes of one.
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
    let company = match read(&fields, !app.origin.is_https()) {
        Ok(company) => company,
        Err(why) => return Ok(unfit(why)),
    };
    if company.id != 0 && companies::find(app.store.read(), company.id).await?.is_none() {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    let mut tx = app.store.begin().await?;
    let id = match companies::keep(&mut tx, &company, &app.now()).await {
        Ok(id) => id,
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            return Ok(unfit("Another company has this name, or one of these hosts."));
        }
        Err(error) => return Err(error.into()),
    };
    remember(&mut tx, &reviewer, "company.kept", id, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/companies/{id}")).into_response())
}

async fn remember(
    tx: &mut crate::store::Tx,
    reviewer: &Reviewer,
    action: &str,
    id: i64,
    now: &str,
) -> sqlx::Result<()> {
    let (actor, about) = (format!("reviewer:{}", reviewer.session.reviewer_id), format!("company:{id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &about, detail: "" }).await
}

/// A clause's fields.
#[derive(Deserialize)]
pub struct ClauseFields {
    csrf: String,
    title: String,
    address: String,
    read_on: String,
}

impl super::session::Posted for ClauseFields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/companies/{id}/clauses`.
///
/// # Errors
/// The page that says why not.
pub async fn add_clause(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<ClauseFields>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let clause = Clause {
        id: 0,
        title: fields.title.trim().to_owned(),
        address: fields.address.trim().to_owned(),
        read_on: fields.read_on.trim().to_owned(),
    };
    let line = |t: &str, most| !t.is_empty() && t.len() <= most && !t.chars().any(char::is_control);
    let is_day = clause.read_on.parse::<spotter_model::Date>().is_ok();
    if !line(&clause.title, 400) || !line(&clause.address, 2_048) || !clause.address.starts_with("https://") || !is_day
    {
        return Ok(unfit(
            "A clause has a name, an address that begins with https://, and the day on which it was read.",
        ));
    }
    if companies::find(app.store.read(), id).await?.is_none() {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    let mut tx = app.store.begin().await?;
    companies::add_clause(&mut tx, id, &clause).await?;
    remember(&mut tx, &reviewer, "company.clause_added", id, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/companies/{id}")).into_response())
}

/// `POST /console/companies/{id}/secrets`: new ones, shown on this page and never again.
///
/// # Errors
/// The page that says why not.
pub async fn secrets(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<super::session::Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, form)?;
    let Some(company) = companies::find(app.store.read(), id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let (secret, token) = (random::token(), random::token());
    let mut tx = app.store.begin().await?;
    let sealed = app.vault.seal(&company.seal(), &secret);
    companies::set_secrets(&mut tx, id, &sealed, &Sha256::digest(token.as_bytes())).await?;
    remember(&mut tx, &reviewer, "company.secrets_made", id, &app.now()).await?;
    tx.commit().await?;
    let body = html! {
        section.card.narrow {
            h1 { "New secrets of " (text::line(&company.name, 80)) }
            p { "They are shown once. Hand them to the company by a safe way." }
            dl.facts { div { dt { "Signs the webhook" } dd { (secret) } } div { dt { "Token for the pull" } dd { (token) } } }
            p { a.button.primary href={ "/console/companies/" (id) } { "Done" } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Secrets", &body).into_response())
}

#[cfg(test)]
mod tests {
    use super::is_webhook;

    #[test]
    fn webhooks_are_public_names_on_https() {
        for (address, local, want) in [
            ("https://hooks.market.example/wildlife?x=1", false, true),
            ("https://hooks.market.example:8443/", false, true),
            ("http://hooks.market.example/", true, false),
            ("https://10.0.0.1/", true, false),
            ("https://[::1]/", true, false),
            ("https://localhost/", false, false),
            ("https://user@market.example/", false, false),
            ("http://127.0.0.1:1234/", true, true),
            ("http://127.0.0.1:1234/", false, false),
            ("file:///etc/passwd", true, false),
            ("https://market.example/ x", false, false),
        ] {
            assert_eq!(is_webhook(address, local), want, "{address}");
        }
    }
}
