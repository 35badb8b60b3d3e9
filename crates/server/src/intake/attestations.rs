//! `PUT /v1/attestations/{uuid}`: the result of the training's test is verified, stored as it came, and acknowledged.
//!
//! Idempotent like a report: the same bytes get the same signed answer. What a device says of itself is what it says: a
//! signature proves whose result it is, not who sat before the screen.

use super::gather;
use crate::app::{Peer, Shared};
use crate::problem::{Answer, Refusal};
use crate::sign::sha256_hex;
use crate::store::attestations::{self, Signed};
use crate::{audit, clock};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use spotter_model::Attestation;
use spotter_model::attestation::Attested;
use spotter_model::dsse::{ATTESTATION_TYPE, ATTESTED_TYPE, Envelope};
use spotter_model::limits::SMALL_BODY_BYTES;

/// How many of one device are taken in 24 hours.
const A_DAY: i64 = 50;

/// The handler: 201 when new, 200 where the same bytes came before.
///
/// # Errors
/// See the OpenAPI document.
pub async fn put(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let put = gather::put(&app, ip, id, &headers, body, ATTESTATION_TYPE, SMALL_BODY_BYTES).await?;
    let new: Attestation = gather::json(&put.bytes)?;
    new.check().map_err(|(at, what)| Refusal::unprocessable(what).at(at))?;
    gather::same_id(&new.id, &put, "/id")?;
    let gather::Put { id, device, signature, bytes } = put;

    let body_sha256 = sha256_hex(&bytes);
    let mut tx = app.store.begin().await?;
    if let Some(stored) = attestations::find(&mut tx, &id).await? {
        if stored.key_id != device.key_id || stored.body_sha256 != body_sha256 {
            return Err(Refusal::conflict("The stored result stays as it is. A new one needs a new id."));
        }
        let receipt: Envelope = serde_json::from_str(&stored.receipt).map_err(|_| unwritten())?;
        return Ok((StatusCode::OK, Json(receipt)).into_response());
    }
    let now = (app.clock)();
    let day_ago = clock::stamp(now - time::Duration::hours(24));
    if attestations::count_since(&mut tx, &device.key_id, &day_ago).await? >= A_DAY {
        return Err(Refusal::too_many("This device sent as many as are taken in a day. Keep it and send it tomorrow.")
            .retry_after(3600));
    }
    let received_at = clock::stamp(now);
    let attested =
        Attested { attestation_id: id.clone(), body_sha256: body_sha256.clone(), received_at: received_at.clone() };
    let payload = serde_json::to_vec(&attested).map_err(|_| unwritten())?;
    let receipt = app.key.envelope(ATTESTED_TYPE, &payload);
    let signed = Signed {
        key_id: &device.key_id,
        spotter: &device.spotter,
        body: &bytes,
        body_sha256: &body_sha256,
        signature: &signature,
        received_at: &received_at,
        receipt: &serde_json::to_string(&receipt).map_err(|_| unwritten())?,
    };
    attestations::insert(&mut tx, &new, &signed).await?;
    let (actor, about) = (format!("device:{}", device.key_id), format!("attestation:{id}"));
    let entry = audit::Entry { actor: &actor, action: "training.attested", subject: &about, detail: "" };
    audit::append(&mut tx, &received_at, entry).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(receipt)).into_response())
}

fn unwritten() -> Refusal {
    Refusal::internal("The answer could not be written. Nothing was stored.")
}
