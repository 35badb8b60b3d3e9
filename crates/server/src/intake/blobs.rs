//! `PUT /v1/blobs/{sha256}`: a picture or screenshot, before or after the report that names it.

use super::gather;
use crate::app::{Peer, Shared};
use crate::problem::{Answer, Refusal};
use crate::sign::sha256_hex;
use crate::store::blobs;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use spotter_model::dsse::BLOB_TYPE;
use spotter_model::limits::BLOB_BYTES;
use spotter_model::report::is_sha256;

/// Blobs of one device that may wait for their reports.
const ORPHANS: i64 = 64;

/// The media type that the first bytes prove, of those that are accepted.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// The handler: 201 when new, 200 when it is held already.
///
/// # Errors
/// See the OpenAPI document.
pub async fn put(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    hash: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    app.limits.address(ip)?;
    let hash = hash.ok().map(|Path(h)| h).filter(|h| is_sha256(h));
    let hash = hash.ok_or_else(|| Refusal::bad_request("The address must end in a SHA-256 in lower-case hex."))?;
    let claim = gather::claim(&headers)?;
    // The signature covers the hash in the address, so it is checked before two megabytes are read.
    let device = gather::device(&app, &claim).await?;
    gather::verify(&app, &device, &claim, BLOB_TYPE, hash.as_bytes())?;
    let bytes = gather::body(&headers, body, BLOB_BYTES).await?;
    if sha256_hex(&bytes) != hash {
        return Err(Refusal::unprocessable("The bytes do not have the SHA-256 in the address. Nothing was stored."));
    }
    let media_type = sniff(&bytes)
        .ok_or_else(|| Refusal::media_type("Only PNG, JPEG and WebP pictures are kept, told by their first bytes."))?;
    if blobs::held(app.store.reader(), &hash).await?.is_some() {
        return Ok(StatusCode::OK.into_response());
    }
    if blobs::orphans_of(app.store.reader(), &device.key_id).await? >= ORPHANS {
        return Err(Refusal::too_many(
            "Many pictures of this device still wait for their reports. Send the reports first.",
        )
        .retry_after(60));
    }
    let uploading = app.store.blobs.uploading().await?;
    let slot = app.store.blobs.write(&hash, bytes.clone()).await?;
    let mut tx = app.store.begin().await?;
    let new = blobs::keep(&mut tx, &hash, slot, bytes.len(), media_type, &device.key_id, &app.now()).await?;
    tx.commit().await?;
    drop(uploading);
    app.pictures_came.notify_one();
    Ok(if new { StatusCode::CREATED } else { StatusCode::OK }.into_response())
}
