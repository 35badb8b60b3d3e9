//! What a device may ask: what became of its reports, the round's rules, whether the endpoint lives.

use super::gather;
use crate::app::{Peer, Shared};
use crate::clock;
use crate::problem::{Answer, Refusal};
use crate::store::reports;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, Method, Uri};
use spotter_model::dsse::{HEADER_DATE, REQUEST_TYPE};
use spotter_model::{SpotterPolicy, StatusResponse};

/// How far a device's clock may be off.
const HOURS: i64 = 48;

/// `GET /v1/status`.
///
/// # Errors
/// See the OpenAPI document.
pub async fn status(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Answer<Json<StatusResponse>> {
    app.limits.address(ip)?;
    let claim = gather::claim(&headers)?;
    let date = headers.get(HEADER_DATE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let at = clock::read(date).ok_or_else(|| Refusal::unauthorised("Spotter-Date must be an RFC 3339 time."))?;
    if ((app.clock)() - at).abs() > time::Duration::hours(HOURS) {
        return Err(Refusal::unauthorised("Spotter-Date is more than 48 hours off. Set this device's clock."));
    }
    let device = gather::device(&app, &claim).await?;
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    let payload = format!("{method} {path} {date}");
    gather::verify(&app, &device, &claim, REQUEST_TYPE, payload.as_bytes())?;
    let items = reports::statuses(app.store.read(), &device.key_id).await?;
    Ok(Json(StatusResponse { items, server_time: app.now() }))
}

/// `GET /v1/policy`.
///
/// # Errors
/// 429.
pub async fn policy(State(app): State<Shared>, Extension(Peer(ip)): Extension<Peer>) -> Answer<Json<SpotterPolicy>> {
    app.limits.address(ip)?;
    Ok(Json(app.policy.clone()))
}

/// `GET /healthz`: the database answers.
///
/// # Errors
/// 503.
pub async fn healthz(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
) -> Answer<Json<serde_json::Value>> {
    app.limits.address(ip)?;
    sqlx::query("SELECT 1").execute(app.store.read()).await?;
    Ok(Json(serde_json::json!({ "ok": true })))
}
