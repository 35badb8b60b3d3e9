//! What devices are told of the programme: `GET /v1/policy`, `GET /v1/packs/current`, `GET /v1/known`.
//!
//! Policy and packs that say where to look and what to mark come signed from elsewhere and leave as they came.

use super::gather;
use crate::app::{App, Peer, Shared};
use crate::clock;
use crate::problem::{Answer, Refusal};
use crate::store::published::{self, What};
use crate::store::{devices, known};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use spotter_model::known::{Known, KnownResponse, MOST};
use spotter_model::report::is_marketplace;
use spotter_model::{SpotterPolicy, dsse};

/// How long a listing counts as known.
const DAYS: i64 = 180;

/// The rules as they stand.
///
/// # Errors
/// Where the database fails.
pub async fn current(app: &App) -> Answer<SpotterPolicy> {
    let programme = published::get(app.store.read(), What::Programme).await?;
    let programme = programme.and_then(|bytes| serde_json::from_slice::<dsse::Envelope>(&bytes).ok());
    Ok(SpotterPolicy { programme, ..app.policy.clone() })
}

/// `GET /v1/policy`.
///
/// # Errors
/// 429.
pub async fn policy(State(app): State<Shared>, Extension(Peer(ip)): Extension<Peer>) -> Answer<Json<SpotterPolicy>> {
    app.limits.address(ip)?;
    Ok(Json(current(&app).await?))
}

/// `GET /v1/packs/current`: the signed pack, byte by byte; 304 where the device names the one it has.
///
/// # Errors
/// See the OpenAPI document.
pub async fn pack(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    app.limits.address(ip)?;
    gather::asked(&app, &method, &uri, &headers).await?;
    let Some(hash) = published::hash(app.store.read(), What::Pack).await? else {
        return Err(Refusal::not_found("No pack is published here."));
    };
    let tag = format!("\"{hash}\"");
    let tag_header = HeaderValue::from_str(&tag).map_err(|_| Refusal::internal("The pack has no name."))?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|has| has.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag_header)]).into_response());
    }
    let Some(bytes) = published::get(app.store.read(), What::Pack).await? else {
        return Err(Refusal::not_found("No pack is published here."));
    };
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(([(header::CONTENT_TYPE, kind), (header::ETAG, tag_header)], bytes).into_response())
}

/// The question of `GET /v1/known`.
#[derive(Deserialize)]
pub struct Asked {
    marketplace: String,
}

/// `GET /v1/known?marketplace=HOST`.
///
/// # Errors
/// See the OpenAPI document.
pub async fn known(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Answer<Json<KnownResponse>> {
    app.limits.address(ip)?;
    let device = gather::asked(&app, &method, &uri, &headers).await?;
    let marketplace = asked.ok().map(|Query(a)| a.marketplace).filter(|m| is_marketplace(m));
    let marketplace = marketplace
        .ok_or_else(|| Refusal::bad_request("Ask for one marketplace: ?marketplace=HOST, in lower case."))?;
    app.limits.known(&device.spotter)?;
    let now = (app.clock)();
    let since = clock::stamp(now - time::Duration::days(DAYS));
    let keys = known::of(app.store.reader(), &marketplace, &since, MOST).await?;
    let day = clock::day(now);
    let root = root(&app, &device, &day, &marketplace).await?;
    let mut salt = [0; 16];
    salt.copy_from_slice(&derived(&root, b"salt", 0)[..16]);
    let filter = Known::of(salt, &keys, |n| derived(&root, b"made up", n as u64));
    let (salt, bits) = (STANDARD.encode(salt), STANDARD.encode(filter.bits()));
    Ok(Json(KnownResponse { marketplace, day, salt, bits }))
}

/// What a device's filter of one day and marketplace grows from. Nobody can work it out without the server's secret,
/// and it is the same each time, so that two filters of a day laid side by side show nothing.
async fn root(app: &App, device: &devices::Device, day: &str, marketplace: &str) -> Answer<[u8; 32]> {
    let secret = match app.store.meta("known_secret").await? {
        Some(secret) => secret,
        None => {
            app.store.set_meta_once("known_secret", &crate::random::token()).await?;
            let kept = app.store.meta("known_secret").await?;
            kept.ok_or_else(|| Refusal::internal("The server's secret could not be kept."))?
        }
    };
    let mut hash = Sha256::new();
    for part in ["wildlife-spotter known root v1", &secret, &device.spotter, day, marketplace] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    Ok(hash.finalize().into())
}

fn derived(root: &[u8; 32], what: &[u8], n: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(root);
    hash.update(what);
    hash.update(n.to_be_bytes());
    hash.finalize().into()
}
