//! Gathering a request: the body within its bound, the headers of a signed request, the device behind them.

use crate::app::App;
use crate::body::TooSlow;
use crate::clock;
use crate::problem::{Answer, Refusal};
use crate::sign::{self, decode};
use crate::store::devices::{self, Device};
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, Method, Uri, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use spotter_model::dsse::{HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, REQUEST_TYPE};
use spotter_model::limits;
use spotter_model::report::is_uuid;
use std::net::IpAddr;

/// Reads a body of at most `max` bytes. A longer one is refused by its announced length, or as soon as it gets longer.
///
/// # Errors
/// 413, 408, 400 where the connection broke, 415 where it is encoded.
pub async fn body(headers: &HeaderMap, body: Body, max: usize) -> Answer<Bytes> {
    let too_large = || Refusal::too_large(format!("At most {max} bytes are accepted here. Nothing was stored."));
    if headers.get(header::CONTENT_ENCODING).is_some_and(|v| v != "identity") {
        return Err(Refusal::media_type("Send the body without Content-Encoding: the exact bytes are signed."));
    }
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if announced.is_some_and(|n| n > max) {
        return Err(too_large());
    }
    match Limited::new(body, max).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(e) if e.downcast_ref::<LengthLimitError>().is_some() => Err(too_large()),
        Err(e) if too_slow(e.as_ref()) => {
            Err(Refusal::too_slow("The body did not arrive in time. Nothing was stored."))
        }
        Err(_) => Err(Refusal::bad_request("The body broke off. Nothing was stored.")),
    }
}

/// Whether this error, or one behind it, is that the body came too slowly.
fn too_slow(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |e| e.source()).any(|e| e.is::<TooSlow>())
}

/// Whether the content type is one of `accepted`; parameters such as a charset are ignored.
#[must_use]
pub fn content_type_is(headers: &HeaderMap, accepted: &[&str]) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim();
    accepted.iter().any(|a| kind.eq_ignore_ascii_case(a))
}

/// The headers of a signed request, not yet verified.
pub struct Claim {
    /// The device's key id.
    pub key_id: String,
    /// Its signature.
    pub signature: [u8; 64],
}

/// Reads the signature's headers.
///
/// # Errors
/// 401 where one is missing or not of its form.
pub fn claim(headers: &HeaderMap) -> Answer<Claim> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let key_id = text(HEADER_KEY).filter(|k| k.len() == 43);
    let signature = text(HEADER_SIGNATURE).and_then(decode::<64>);
    match (key_id, signature) {
        (Some(key_id), Some(signature)) => Ok(Claim { key_id: key_id.to_owned(), signature }),
        _ => Err(Refusal::unauthorised(
            "Spotter-Key and Spotter-Signature are needed, in the form that the documentation gives.",
        )),
    }
}

/// The enrolled device behind a claim.
///
/// # Errors
/// 401 where there is none or it was revoked.
pub async fn device(app: &App, claim: &Claim) -> Answer<Device> {
    match devices::find(app.store.read(), &claim.key_id).await? {
        Some(device) if device.revoked => Err(Refusal::unauthorised(
            "This device was signed off by the programme. Ask your coordinator for a new invitation.",
        )),
        Some(device) => Ok(device),
        None => Err(Refusal::unauthorised("This device is not enrolled here. Ask your coordinator for an invitation.")),
    }
}

/// How far a device's clock may be off.
const HOURS: i64 = 48;

/// The device behind a signed request without a body: the signature covers method, path with its question, and date.
///
/// # Errors
/// 401 or 429.
pub async fn asked(app: &App, method: &Method, uri: &Uri, headers: &HeaderMap) -> Answer<Device> {
    let claim = claim(headers)?;
    let date = headers.get(HEADER_DATE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let at = clock::read(date).ok_or_else(|| Refusal::unauthorised("Spotter-Date must be an RFC 3339 time."))?;
    if ((app.clock)() - at).abs() > time::Duration::hours(HOURS) {
        return Err(Refusal::unauthorised("Spotter-Date is more than 48 hours off. Set this device's clock."));
    }
    let device = device(app, &claim).await?;
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    verify(app, &device, &claim, REQUEST_TYPE, format!("{method} {path} {date}").as_bytes())?;
    Ok(device)
}

/// Verifies a device's signature over exact bytes, then counts the request against the device.
///
/// # Errors
/// 401 or 429.
pub fn verify(app: &App, device: &Device, claim: &Claim, payload_type: &str, payload: &[u8]) -> Answer<()> {
    if !sign::verify(&device.public_key, payload_type, payload, &claim.signature) {
        return Err(Refusal::unauthorised("The signature does not fit these bytes."));
    }
    app.limits.key(&device.key_id)
}

/// What a device put under an id of its own making: its signature fits these bytes, and no more is known of them.
pub struct Put {
    /// The id at the end of the address.
    pub id: String,
    /// The device.
    pub device: Device,
    /// Its signature.
    pub signature: [u8; 64],
    /// The exact bytes that are signed.
    pub bytes: Bytes,
}

/// Gathers a signed body of at most `most` bytes and of the payload type `kind`.
///
/// # Errors
/// 429, 400, 415, 401, 413, 408.
pub async fn put(
    app: &App,
    ip: IpAddr,
    id: Result<Path<String>, PathRejection>,
    headers: &HeaderMap,
    sent: Body,
    kind: &str,
    most: usize,
) -> Answer<Put> {
    let id = id.ok().map(|Path(id)| id);
    put_at(app, ip, id, headers, sent, kind, most).await
}

/// The same, where the address holds more than the id.
///
/// # Errors
/// See [`put`].
pub async fn put_at(
    app: &App,
    ip: IpAddr,
    id: Option<String>,
    headers: &HeaderMap,
    sent: Body,
    kind: &str,
    most: usize,
) -> Answer<Put> {
    app.limits.address(ip)?;
    let id = id.filter(|id| is_uuid(id));
    let id = id.ok_or_else(|| Refusal::bad_request("The address must end in a UUID in lower case."))?;
    if !content_type_is(headers, &[kind, "application/json"]) {
        return Err(Refusal::media_type(format!("Send {kind} or application/json.")));
    }
    let claim = claim(headers)?;
    let bytes = body(headers, sent, most).await?;
    let device = device(app, &claim).await?;
    verify(app, &device, &claim, kind, &bytes)?;
    Ok(Put { id, device, signature: claim.signature, bytes })
}

/// Reads a JSON body.
///
/// # Errors
/// 422 with what serde says, bounded: it may quote the input.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        let words = error.to_string();
        Refusal::unprocessable(format!("Not the JSON that is expected: {}", limits::cut(&words, 200)))
    })
}

/// Whether a body names the id at the end of its address.
///
/// # Errors
/// 422 where it does not.
pub fn same_id(inside: &str, put: &Put, at: &'static str) -> Answer<()> {
    if inside == put.id {
        return Ok(());
    }
    Err(Refusal::unprocessable("Must be the id at the end of the address.").at(at))
}
