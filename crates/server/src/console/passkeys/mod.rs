//! Passkeys: a device's own lock opens the console, without password and code. What pages and questions share.
//!
//! Owns the rules: which name passkeys are bound to, that a question is answered once, within five minutes and from the browser that
//! was asked, and that of a device only its public key is kept. The cryptography and the formats are webauthn-rs'. A password with a
//! code stays the whole other way: without script, or at an address where browsers have no passkeys, nothing here is needed.

pub mod enter;
pub mod own;

use super::layout;
use crate::app::{App, Shared};
use crate::config::Origin;
use crate::problem::{Answer, Refusal};
use crate::store::Tx;
use crate::store::passkeys::{self, Purpose};
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use maud::{Markup, html};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::LazyLock;
use std::time::Duration;
use webauthn_rs::prelude::{AttestationFormat, Credential, ParsedAttestation, Passkey, Url};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// How long a browser has to answer.
const ANSWER_S: u64 = 300;
/// Largest answer. Without the device maker's statement it has well under a thousand bytes, with some about five thousand.
const ANSWER_BYTES: usize = 12 * 1024;

static JS: &str = include_str!("../../../assets/passkeys.js");
static JS_ADDRESS: LazyLock<String> = LazyLock::new(|| layout::address("/console/passkeys.js", JS));

/// As for every page, and the script may ask this server, and no other.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/console/passkeys/add/ask", post(own::ask))
        .route("/console/passkeys/add", post(own::add))
        .route("/console/passkeys/enter/ask", post(enter::ask))
        .route("/console/passkeys/enter", post(enter::enter))
        .layer(DefaultBodyLimit::max(ANSWER_BYTES))
        .route("/console/passkeys/{id}/end", post(own::end))
        .route("/console/passkeys.js", get(|| async { layout::asset("text/javascript; charset=utf-8", JS) }))
}

/// Whether a script asks at this path, and not a person.
#[must_use]
pub fn is_for_script(path: &str) -> bool {
    path.starts_with("/console/passkeys/add") || path.starts_with("/console/passkeys/enter")
}

/// What judges passkeys for this origin; absent: it is a bare address, for which browsers make none.
#[must_use]
pub fn judge(origin: &Origin, organisation: &str) -> Option<Webauthn> {
    let url: Url = origin.as_str().parse().ok()?;
    let builder = WebauthnBuilder::new(url.domain()?, &url).ok()?;
    builder.rp_name(organisation).timeout(Duration::from_secs(ANSWER_S)).build().ok()
}

fn judge_of(app: &App) -> Answer<&Webauthn> {
    app.passkeys.as_ref().ok_or_else(|| Refusal::forbidden(BARE))
}

const BARE: &str = "Passkeys do not work here, because this server is reached by an IP address, and browsers make them for names alone.";

/// What a page says around its button: the button itself shows only where the script found that it can work.
fn part(app: &App, button: &Markup) -> Markup {
    if app.passkeys.is_none() {
        return html! { p.muted { (BARE) } };
    }
    let here = app.origin.as_str();
    html! {
        div.passkey data-origin=(here) {
            div data-shows="works" hidden { (button) }
            p.muted data-shows="elsewhere" hidden { "Passkeys belong to " a href={ (here) "/console/login" } { (here) } " and do not work at the address by which you came." }
            p.muted data-shows="lacking" hidden { "This browser has no passkeys, or is too old for them here." }
            p role="status" data-shows="waits" {}
            p.alert role="alert" data-shows="refused" {}
        }
        script src=(JS_ADDRESS.as_str()) defer {}
    }
}

/// Lets the page's script ask this server.
pub(super) fn may_ask(mut page: Response) -> Response {
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    page
}

/// What a script sent.
fn sent<T>(body: Result<Json<T>, JsonRejection>) -> Answer<T> {
    body.map(|Json(sent)| sent).map_err(|no| match no {
        JsonRejection::BytesRejection(_) => {
            Refusal::too_large("This is more than a passkey has to say. Nothing was changed.")
        }
        _ => Refusal::bad_request("The browser's answer was not understood. Nothing was changed."),
    })
}

/// Asks a browser, and remembers what.
async fn put(
    app: &App,
    tx: &mut Tx,
    cookie_hash: &[u8],
    (purpose, name): (Purpose, &str),
    state: &impl Serialize,
) -> Answer<()> {
    let state = serde_json::to_string(state).map_err(|_| Refusal::internal(""))?;
    let until_s = app.now_s().saturating_add_unsigned(ANSWER_S);
    Ok(passkeys::ask(tx, cookie_hash, purpose, (name, &state), until_s).await?)
}

/// What this browser was asked, with the name that was to be given. It is gone then, whatever comes of it.
async fn taken<T: DeserializeOwned>(app: &App, cookie_hash: &[u8], purpose: Purpose) -> Answer<(String, T)> {
    let late = || Refusal::forbidden("This took too long, or was answered before. Nothing was changed; try again.");
    let mut tx = app.store.begin().await?;
    let found = passkeys::asked(&mut tx, cookie_hash, purpose, app.now_s()).await?;
    tx.commit().await?;
    let (name, state) = found.ok_or_else(late)?;
    Ok((name, serde_json::from_str(&state).map_err(|_| late())?))
}

/// A question as the script hands it to the browser: what webauthn-rs asks, for a passkey that the device itself finds by this
/// server's name, since nobody says who they are before.
fn question(asked: &impl Serialize) -> Answer<Value> {
    let mut asked = serde_json::to_value(asked).map_err(|_| Refusal::internal(""))?;
    let mut options = asked["publicKey"].take();
    if let Some(device) = options.get_mut("authenticatorSelection") {
        device["residentKey"] = "required".into();
        device["requireResidentKey"] = true.into();
    }
    Ok(options)
}

/// A key as it is kept: without what a device's maker says of it.
fn kept(passkey: Passkey) -> Answer<String> {
    let bare = Credential {
        transports: None,
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
        ..passkey.into()
    };
    serde_json::to_string(&Passkey::from(bare)).map_err(|_| Refusal::internal(""))
}

/// Where the script goes next.
fn to(place: &str) -> Response {
    Json(serde_json::json!({ "to": place })).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_has_a_name_and_no_bare_address() {
        for (origin, want) in [
            ("http://localhost:8080", true),
            ("https://reports.example.org", true),
            ("https://reports.example.org:8443", true),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("https://192.0.2.7", false),
        ] {
            // Not every one of these is taken as a setting.
            if let Ok(origin) = origin.parse::<Origin>() {
                assert_eq!(judge(&origin, "Somebody").is_some(), want, "{}", origin.as_str());
            }
        }
        assert!(judge(&Origin::localhost(80), "").is_some());
    }
}
