//! `PUT /v1/rechecks/{uuid}`: what a spotter saw at a listing that she was asked about. Signed and idempotent like a report.
//!
//! Taken only while a check of her report's case is due. Whoever else asks hears the same as of a report that is not there.

use super::gather;
use super::surveys::Kept;
use crate::app::{Peer, Shared};
use crate::clock;
use crate::problem::{Answer, Refusal};
use crate::store::rechecks::{self, Signed};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use spotter_model::dsse::RECHECK_TYPE;
use spotter_model::limits::SMALL_BODY_BYTES;
use spotter_model::recheck::Recheck;
use time::Duration;

/// How far a device's clock may be off.
const OFF: Duration = Duration::hours(48);

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
    let put = gather::put(&app, ip, id, &headers, body, RECHECK_TYPE, SMALL_BODY_BYTES).await?;
    let new: Recheck = gather::json(&put.bytes)?;
    new.check().map_err(|(at, what)| Refusal::unprocessable(what).at(at))?;
    gather::same_id(&new.id, &put, "/id")?;
    let gather::Put { id, device, signature, bytes } = put;
    let seen_at = clock::read(&new.seen_at).ok_or_else(|| Refusal::unprocessable("Is no time.").at("/seen_at"))?;

    let mut tx = app.store.begin().await?;
    if let Some(stored) = rechecks::find(&mut tx, &id).await? {
        if stored.key_id != device.key_id || stored.body != *bytes {
            return Err(Refusal::record_differs("What is stored stays as it is."));
        }
        return Ok((StatusCode::OK, Json(Kept { id, received_at: stored.received_at })).into_response());
    }
    if !app.ask_spotters {
        return Err(Refusal::not_found("This programme does not ask spotters to look again. Nothing was stored."));
    }
    let now = (app.clock)();
    let received_at = clock::stamp(now);
    let open = rechecks::open(&mut tx, &new.report_id, &device.spotter, &received_at).await?;
    let open = open.ok_or_else(|| {
        Refusal::not_found("Nothing is asked about this report now: no check of it is due. Nothing was stored.")
    })?;
    let due = clock::read(&open.due_at).unwrap_or(now);
    if seen_at > now + OFF || seen_at < due - OFF {
        return Err(
            Refusal::unprocessable("Must lie between the question and now. Set this device's clock.").at("/seen_at")
        );
    }
    let by = Signed {
        key_id: &device.key_id,
        spotter: &device.spotter,
        body: &bytes,
        signature: &signature,
        received_at: &received_at,
    };
    // A clock that goes ahead saw nothing in the future.
    if !rechecks::keep(&mut tx, &open, &new, &clock::stamp(seen_at.min(now)), &by).await? {
        return Err(Refusal::record_differs("This spotter has answered already. What is stored stays."));
    }
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Kept { id, received_at })).into_response())
}
