//! `POST /v1/enrolments`: a device joins with an invitation's code. Asking again with the same key is harmless.

use super::gather;
use crate::app::{App, Peer, Shared};
use crate::audit;
use crate::problem::{Answer, Refusal};
use crate::random;
use crate::sign::{self, decode};
use crate::store::{Tx, devices, organisations, published};
use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spotter_model::dsse::{ENROLMENT_TYPE, REQUEST_TYPE};
use spotter_model::{EnrolmentRequest, EnrolmentResponse};

/// Largest body.
const MAX: usize = 4 * 1024;

/// The handler: 201 with the signed answer, 200 where this key joined with this code before.
///
/// # Errors
/// See the OpenAPI document.
pub async fn post(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    app.limits.address(ip)?;
    if !gather::content_type_is(&headers, &["application/json"]) {
        return Err(Refusal::media_type("Send application/json."));
    }
    let bytes = gather::body(&headers, body, MAX).await?;
    let request: EnrolmentRequest = gather::json(&bytes)?;
    if !(8..=64).contains(&request.code.len()) {
        return Err(Refusal::unprocessable("A code has 8 to 64 characters.").at("/code"));
    }
    let public = decode::<32>(&request.public_key)
        .ok_or_else(|| Refusal::unprocessable("Must be standard base64 of 32 bytes.").at("/public_key"))?;
    let proof = decode::<64>(&request.proof)
        .ok_or_else(|| Refusal::unprocessable("Must be standard base64 of 64 bytes.").at("/proof"))?;
    let proven = format!("enrol {}", request.code);
    if !sign::verify(&public, REQUEST_TYPE, proven.as_bytes(), &proof) {
        return Err(Refusal::unprocessable("The proof is not this key's signature over this code.").at("/proof"));
    }

    let key_id = sign::fingerprint(&public);
    let code = devices::code_hash(&request.code);
    let now = app.now();
    let mut tx = app.store.begin().await?;
    let left = devices::invitation(&mut tx, &code).await?;
    let left = left.ok_or_else(|| {
        Refusal::invitation_unknown(
            "Nothing was stored. Copy the link again as a whole, or ask your coordinator for another.",
        )
    })?;
    let inviting = organisations::find_in(&mut tx, left.organisation_id).await?;
    let inviting =
        inviting.ok_or_else(|| Refusal::internal("The invitation names no organisation. Nothing was stored."))?;
    if let Some(device) = devices::find_in(&mut tx, &key_id).await? {
        // The first answer may have been lost on its way.
        if device.revoked {
            return Err(Refusal::forbidden("This device was signed off by the programme. Ask your coordinator."));
        }
        if device.invitation == code {
            return Ok((StatusCode::OK, answer(&app, device, inviting.name).await?).into_response());
        }
        return Err(Refusal::forbidden(
            "This device joined with another invitation already. Leave first, then join again.",
        ));
    }
    if !inviting.takes_part() {
        return Err(Refusal::invitation_used(
            "The organisation that invited you takes part no more. Nothing was stored. Ask your coordinator for a new one.",
        ));
    }
    if left.uses == 0 {
        return Err(Refusal::invitation_used("Nothing was stored. Ask your coordinator for a new one."));
    }
    let (pseudonym, spotter) = match &left.replaces {
        // Whoever lost a device keeps the name, and hears of the reports that it sent.
        Some(lost) => devices::step_aside(&mut tx, lost, &now).await?,
        None => (free_pseudonym(&mut tx).await?, key_id.clone()),
    };
    let device = devices::Device {
        key_id: key_id.clone(),
        public_key: public,
        pseudonym,
        revoked: false,
        invitation: code,
        cohort: left.cohort,
        tier: left.tier,
        spotter,
    };
    devices::enrol(&mut tx, &device, &now).await?;
    let about = format!("device:{key_id}");
    if let Some(lost) = left.replaces {
        let gone = format!("device:{lost}");
        let entry = audit::Entry { actor: &about, action: "device.replaced", subject: &gone, detail: "" };
        audit::append(&mut tx, &now, entry).await?;
    }
    audit::append(
        &mut tx,
        &now,
        audit::Entry { actor: &about, action: "device.enrolled", subject: &about, detail: "" },
    )
    .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, answer(&app, device, inviting.name).await?).into_response())
}

async fn answer(app: &App, device: devices::Device, organisation: String) -> Answer<Response> {
    let answer = EnrolmentResponse {
        key_id: device.key_id,
        pseudonym: device.pseudonym,
        cohort: device.cohort,
        tier: device.tier,
        pack_keys: published::pack_keys(app.store.read()).await?.iter().map(|key| STANDARD.encode(key)).collect(),
        server_key: app.key.public_base64(),
        organisation,
        policy: super::policy::current(app).await?,
    };
    let payload = serde_json::to_vec(&answer).map_err(|_| Refusal::internal("The answer could not be written."))?;
    Ok(Json(app.key.envelope(ENROLMENT_TYPE, &payload)).into_response())
}

/// Plants and animals of the hedgerow: a name to be called by that says nothing about the person.
const NAMES: [&str; 32] = [
    "Alder", "Aspen", "Birch", "Bramble", "Cedar", "Clover", "Cricket", "Daisy", "Dove", "Elder", "Fern", "Finch",
    "Hazel", "Heather", "Heron", "Ivy", "Juniper", "Lark", "Linden", "Maple", "Martin", "Meadow", "Moss", "Otter",
    "Poppy", "Reed", "Robin", "Rowan", "Sorrel", "Sparrow", "Thistle", "Willow",
];

async fn free_pseudonym(tx: &mut Tx) -> Answer<String> {
    for _ in 0..64 {
        let [word, a, b] = random::bytes::<3>();
        let number = 100 + u32::from(u16::from_be_bytes([a, b])) % 9900;
        let name = format!("{} {number}", NAMES[usize::from(word) % NAMES.len()]);
        if !devices::is_taken(tx, &name).await? {
            return Ok(name);
        }
    }
    // 316,800 names, nearly all taken: the token makes this one free for certain.
    Ok(format!("Spotter {}", &random::token()[..12]))
}
