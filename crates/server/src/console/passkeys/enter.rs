//! Coming in by a passkey alone. One sentence for every passkey that does not open, so that nobody learns which are known here.

use super::super::session;
use super::{judge_of, part, put, question, sent, taken, to};
use crate::app::{App, Peer, Shared};
use crate::audit;
use crate::problem::{Answer, Refusal};
use crate::store::passkeys::{self, Purpose};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use serde::Deserialize;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential, WebauthnError};

/// What stands below the login's form.
pub fn card(app: &App, csrf: &str) -> Markup {
    let button = html! {
        form data-asks="/console/passkeys/enter" {
            input type="hidden" name="csrf" value=(csrf);
            button { "Use a passkey" }
        }
    };
    part(app, &button)
}

fn refused() -> Refusal {
    Refusal::forbidden("This passkey does not open the console. Log in with your password, or with another passkey.")
}

fn too_many(seconds: u64) -> Refusal {
    Refusal::too_many(format!("Too many tries. Wait {seconds} s, then try again.")).retry_after(seconds)
}

/// The login's form, as the script sends it.
#[derive(Deserialize)]
pub struct Asking {
    csrf: String,
}

/// Which login page this is: only a browser that has one open is asked and heard.
fn page_of(app: &App, headers: &HeaderMap, csrf: &str) -> Answer<Vec<u8>> {
    session::login_page_of(app, headers, csrf)
        .ok_or_else(|| Refusal::forbidden("This page was too old. Nothing was done; load it again."))
}

/// `POST /console/passkeys/enter/ask`.
///
/// # Errors
/// Why not.
pub async fn ask(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    headers: HeaderMap,
    asking: Result<Json<Asking>, JsonRejection>,
) -> Answer {
    let page = page_of(&app, &headers, &sent(asking)?.csrf)?;
    app.limits.address(ip)?;
    let (asked, state) = judge_of(&app)?.start_discoverable_authentication().map_err(|_| Refusal::internal(""))?;
    let mut tx = app.store.begin().await?;
    put(&app, &mut tx, &page, (Purpose::Enter, ""), &state).await?;
    tx.commit().await?;
    Ok(Json(question(&asked)?).into_response())
}

/// What a browser signed.
#[derive(Deserialize)]
pub struct Signed {
    csrf: String,
    credential: PublicKeyCredential,
}

/// Whether the browser says that it stood in somebody else's frame. Our pages stand in none, so no honest answer comes out of one;
/// webauthn-rs asks that of new passkeys alone.
fn is_framed(credential: &PublicKeyCredential) -> bool {
    #[derive(Deserialize)]
    struct Said {
        #[serde(rename = "crossOrigin")]
        framed: Option<bool>,
    }
    serde_json::from_slice(&credential.response.client_data_json).is_ok_and(|said: Said| said.framed == Some(true))
}

/// `POST /console/passkeys/enter`.
///
/// # Errors
/// Why not.
pub async fn enter(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    headers: HeaderMap,
    signed: Result<Json<Signed>, JsonRejection>,
) -> Answer {
    let Signed { csrf, credential } = sent(signed)?;
    let page = page_of(&app, &headers, &csrf)?;
    let judge = judge_of(&app)?;
    app.logins.wait(Some(ip), None).map_or(Ok(()), |seconds| Err(too_many(seconds)))?;
    let (_, state): (_, DiscoverableAuthentication) = taken(&app, &page, Purpose::Enter).await?;
    if is_framed(&credential) {
        return Err(refused());
    }
    let (handle, credential_id) = judge.identify_discoverable_authentication(&credential).map_err(|_| refused())?;
    let mut tx = app.store.begin().await?;
    // The device says whose passkey it is; so does what was kept when it was made.
    let known = passkeys::known(&mut tx, credential_id)
        .await?
        .filter(|known| known.handle == handle.as_simple().to_string())
        .ok_or_else(refused)?;
    app.logins.wait(None, Some(&known.reviewer)).map_or(Ok(()), |seconds| Err(too_many(seconds)))?;
    let mut passkey: Passkey = serde_json::from_str(&known.public_key).map_err(|_| Refusal::internal(""))?;
    let result = match judge.finish_discoverable_authentication_v2(&credential, state, &passkey) {
        Ok(result) => result,
        Err(WebauthnError::CredentialPossibleCompromise) => {
            // Somebody else may hold a copy of the key: who leads the programme has to be able to find that out.
            let (who, what) = (format!("reviewer:{}", known.reviewer_id), format!("passkey:{}", known.id));
            let entry =
                audit::Entry { actor: "server", action: "reviewer.passkey_copied", subject: &who, detail: &what };
            audit::append(&mut tx, &app.now(), entry).await?;
            tx.commit().await?;
            return Err(refused());
        }
        Err(_) => return Err(refused()),
    };
    passkey.update_credential(&result);
    let key = serde_json::to_string(&passkey).map_err(|_| Refusal::internal(""))?;
    passkeys::used(&mut tx, known.id, &key, &app.now()).await?;
    let (token, home) = session::begin(&app, &mut tx, known.reviewer_id, &format!("passkey:{}", known.id)).await?;
    tx.commit().await?;
    Ok(session::opened(&app, &token, to(home)))
}
