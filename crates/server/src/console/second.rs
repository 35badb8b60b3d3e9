//! The second factor: codes from an app (RFC 6238, six digits, half a minute). Switching it on and off, and the check at the login.
//!
//! Owns the secret's form and the rule that a code is taken once. The secret lies sealed in the database.

use super::session::{Bare, Halt, Posted, Reviewer};
use super::{error_page, layout, passkeys};
use crate::app::Shared;
use crate::store::{Tx, factors};
use crate::{audit, random};
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use serde::Deserialize;
use totp_rs::{Builder, Secret};

fn owner(id: i64) -> String {
    format!("reviewer:{id}:factor")
}

/// The place in time of a code, where it is one of this secret's around now.
fn place(app: &Shared, id: i64, sealed: &str, code: &str) -> Option<i64> {
    let secret = Secret::try_from_base32(app.vault.unseal(&owner(id), sealed).ok()?).ok()?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = Builder::new().with_secret(secret).build().ok()?.check(&digits, u64::try_from(app.now_s()).ok()?)?;
    i64::try_from(step).ok()
}

/// Whether whoever knows the password may come in: there is no second factor, or this is a code that was not used.
///
/// # Errors
/// Where the database fails.
pub async fn passes(app: &Shared, tx: &mut Tx, id: i64, code: &str) -> sqlx::Result<bool> {
    let factor = factors::of(tx, id).await?;
    if factor.sealed.is_empty() {
        return Ok(true);
    }
    match place(app, id, &factor.sealed, code) {
        Some(step) => factors::take(tx, id, step).await,
        None => Ok(false),
    }
}

/// `GET /console/second`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Response, Halt> {
    show(&app, &reviewer, StatusCode::OK, None).await
}

async fn show(app: &Shared, reviewer: &Reviewer, status: StatusCode, said: Option<&str>) -> Result<Response, Halt> {
    let id = reviewer.session.reviewer_id;
    let mut tx = app.store.begin().await?;
    let factor = factors::of(&mut tx, id).await?;
    drop(tx);
    let own = passkeys::own::card(app, reviewer).await?;
    let new = app.vault.unseal(&owner(id), &factor.new).ok();
    let code = html! { label.reason { span { "Code" } input name="code" maxlength="12" inputmode="numeric" autocomplete="one-time-code" required; } };
    let body = html! {
        section.card.narrow {
            h1 { "Your second factor" }
            @if let Some(said) = said { p.alert role="alert" { (said) } }
            @if !factor.sealed.is_empty() {
                p { "It is on: the login asks for a code from your app." }
                form method="post" action="/console/second/end" { (layout::csrf(reviewer)) (code) p { button { "Switch it off" } } }
            } @else if let Some(secret) = &new {
                p { "Put this key into your app as a time-based account, then write the code that it shows." }
                p.letter { @for (n, part) in secret.as_bytes().chunks(4).enumerate() { @if n > 0 { " " } (String::from_utf8_lossy(part)) } }
                p.muted { "Or open it there: " span.letter { (address(app, &reviewer.session.name, secret)) } }
                form method="post" action="/console/second/begin" { (layout::csrf(reviewer)) (code) p { button.primary { "Switch it on" } } }
                form method="post" action="/console/second/start" { (layout::csrf(reviewer)) button.quiet { "Make another key" } }
            } @else {
                p { "A password can be seen or guessed. With a code from an app on your phone beside it, that is not enough to come in." }
                form method="post" action="/console/second/start" { (layout::csrf(reviewer)) button.primary { "Make a key" } }
            }
            p.muted { "If your phone is lost, whoever leads the programme switches it off for you." }
        }
        (own)
    };
    Ok(passkeys::may_ask((status, layout::page(Some(app), Some(reviewer), "How you log in", &body)).into_response()))
}

/// The key as apps open it. Everything but letters and digits is escaped.
fn address(app: &Shared, name: &str, secret: &str) -> String {
    let plain = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    let host = plain(app.origin.authority());
    format!("otpauth://totp/{host}:{}?secret={secret}&issuer={host}", plain(name))
}

async fn remember(tx: &mut Tx, app: &Shared, id: i64, action: &str) -> sqlx::Result<()> {
    let who = format!("reviewer:{id}");
    audit::append(tx, &app.now(), audit::Entry { actor: &who, action, subject: &who, detail: "" }).await
}

/// `POST /console/second/start`: a new key, shown until its first code came.
///
/// # Errors
/// The page that says why not.
pub async fn start(
    State(app): State<Shared>,
    reviewer: Reviewer,
    form: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(form)) = form else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(form.csrf())?;
    let id = reviewer.session.reviewer_id;
    let secret = Secret::from(random::bytes::<20>()).to_base32();
    let mut tx = app.store.begin().await?;
    factors::offer(&mut tx, id, &app.vault.seal(&owner(id), &secret)).await?;
    tx.commit().await?;
    Ok(layout::see("/console/second").into_response())
}

/// A form with a code.
#[derive(Deserialize)]
pub struct Fields {
    csrf: String,
    code: String,
}

const WRONG: &str = "This is not the code of this moment. Nothing was changed; try the next one.";

/// `POST /console/second/begin`.
///
/// # Errors
/// The page that says why not.
pub async fn begin(
    State(app): State<Shared>,
    reviewer: Reviewer,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(&fields.csrf)?;
    let id = reviewer.session.reviewer_id;
    let mut tx = app.store.begin().await?;
    let factor = factors::of(&mut tx, id).await?;
    // One that is in use is not replaced unless it was switched off with a code of its own.
    let step = if factor.sealed.is_empty() { place(&app, id, &factor.new, &fields.code) } else { None };
    let Some(step) = step else {
        drop(tx);
        return show(&app, &reviewer, StatusCode::UNPROCESSABLE_ENTITY, Some(WRONG)).await;
    };
    factors::begin(&mut tx, id, step).await?;
    remember(&mut tx, &app, id, "reviewer.factor_on").await?;
    tx.commit().await?;
    Ok(layout::see("/console/second").into_response())
}

/// `POST /console/second/end`.
///
/// # Errors
/// The page that says why not.
pub async fn end(
    State(app): State<Shared>,
    reviewer: Reviewer,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(&fields.csrf)?;
    let id = reviewer.session.reviewer_id;
    // A session that was left open must not be a place to try codes.
    if app.logins.names.take(&reviewer.session.name.to_lowercase()).is_err() {
        return show(
            &app,
            &reviewer,
            StatusCode::TOO_MANY_REQUESTS,
            Some("Too many tries. Wait a minute, then try again."),
        )
        .await;
    }
    let mut tx = app.store.begin().await?;
    if !passes(&app, &mut tx, id, &fields.code).await? {
        drop(tx);
        return show(&app, &reviewer, StatusCode::UNPROCESSABLE_ENTITY, Some(WRONG)).await;
    }
    factors::end(&mut tx, id).await?;
    remember(&mut tx, &app, id, "reviewer.factor_off").await?;
    tx.commit().await?;
    Ok(layout::see("/console/second").into_response())
}
