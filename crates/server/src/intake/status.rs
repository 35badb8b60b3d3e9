//! What became of a spotter's reports, and whether the endpoint lives.

use super::gather;
use crate::app::{Peer, Shared};
use crate::clock;
use crate::problem::Answer;
use crate::store::{cases, rechecks, reporters, reports};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, Method, Uri};
use spotter_model::{Accuracy, StatusResponse};

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
    let device = gather::asked(&app, &method, &uri, &headers).await?;
    let (pool, now) = (app.store.reader(), (app.clock)());
    let sent = reporters::sent_by(pool, &device.key_id).await?;
    let mut items = reports::statuses(pool, &sent).await?;
    if app.ask_spotters {
        let mut asked = rechecks::asked(pool, &sent, &device.spotter, &clock::stamp(now)).await?;
        for item in &mut items {
            item.look_again = asked.remove(&item.report_id);
        }
    }
    let week = reports::week(pool, &sent, &clock::stamp(clock::week_of(now))).await?;
    let (confirmed, decided) = cases::accuracy_of(pool, &device.key_id, &sent).await?;
    // At most 100 of each.
    let accuracy = Accuracy { confirmed: confirmed as u32, decided: decided as u32 };
    Ok(Json(StatusResponse { items, server_time: clock::stamp(now), week, accuracy }))
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
