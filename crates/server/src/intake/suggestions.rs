//! `PUT /v1/suggestions/{uuid}` and `PUT /v1/feedback/{uuid}`: what spotters tell the lexicon. Signed and idempotent
//! like reports; bounded by the day, as each costs a reviewer's time.

use super::{gather, reports};
use crate::app::{Peer, Shared};
use crate::clock;
use crate::problem::{Answer, Refusal};
use crate::store::devices::Device;
use crate::store::suggestions::{self, Kind, Signed};
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use spotter_model::dsse::{FEEDBACK_TYPE, SUGGESTION_TYPE};
use spotter_model::limits::SMALL_BODY_BYTES;
use spotter_model::report::is_uuid;
use spotter_model::{Feedback, Suggestion};

/// Suggestions of one device in 24 hours.
const SUGGESTIONS: i64 = 100;
/// False alarms of one device in 24 hours.
const FALSE_ALARMS: i64 = 500;

/// What every signed small body begins with.
struct Taken {
    id: String,
    device: Device,
    signature: [u8; 64],
    bytes: Bytes,
}

async fn take(
    app: &Shared,
    ip: std::net::IpAddr,
    id: Result<Path<String>, PathRejection>,
    headers: &HeaderMap,
    body: Body,
    kind: &str,
) -> Answer<Taken> {
    app.limits.address(ip)?;
    let id = id.ok().map(|Path(id)| id).filter(|id| is_uuid(id));
    let id = id.ok_or_else(|| Refusal::bad_request("The address must end in a UUID in lower case."))?;
    if !gather::content_type_is(headers, &[kind, "application/json"]) {
        return Err(Refusal::media_type(format!("Send {kind} or application/json.")));
    }
    let claim = gather::claim(headers)?;
    let bytes = gather::body(headers, body, SMALL_BODY_BYTES).await?;
    let device = gather::device(app, &claim).await?;
    gather::verify(app, &device, &claim, kind, &bytes)?;
    Ok(Taken { id, device, signature: claim.signature, bytes })
}

fn read<T: serde::de::DeserializeOwned>(taken: &Taken) -> Answer<T> {
    serde_json::from_slice(&taken.bytes).map_err(|e| Refusal::unprocessable(reports::said(&e)))
}

/// The suggestion's handler: 201 when new, 200 where the same bytes came before.
///
/// # Errors
/// See the OpenAPI document.
pub async fn suggest(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let taken = take(&app, ip, id, &headers, body, SUGGESTION_TYPE).await?;
    let suggestion: Suggestion = read(&taken)?;
    suggestion.check().map_err(|(at, what)| Refusal::unprocessable(what).at(at))?;
    keep(&app, &taken, &suggestion.id, What::Suggestion(&suggestion)).await
}

/// The false alarm's handler: 201 when new, 200 where the same bytes came before.
///
/// # Errors
/// See the OpenAPI document.
pub async fn false_alarm(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let taken = take(&app, ip, id, &headers, body, FEEDBACK_TYPE).await?;
    let feedback: Feedback = read(&taken)?;
    feedback.check().map_err(|(at, what)| Refusal::unprocessable(what).at(at))?;
    keep(&app, &taken, &feedback.id, What::Feedback(&feedback)).await
}

enum What<'a> {
    Suggestion(&'a Suggestion),
    Feedback(&'a Feedback),
}

async fn keep(app: &Shared, taken: &Taken, id: &str, what: What<'_>) -> Answer {
    if id != taken.id {
        return Err(Refusal::unprocessable("Must be the id at the end of the address.").at("/id"));
    }
    let (kind, most) = match what {
        What::Suggestion(_) => (Kind::Suggestion, SUGGESTIONS),
        What::Feedback(_) => (Kind::Feedback, FALSE_ALARMS),
    };
    let key_id = &taken.device.key_id;
    let mut tx = app.store.begin().await?;
    if let Some((whose, body)) = suggestions::find(&mut tx, kind, id).await? {
        return if whose == *key_id && body == taken.bytes {
            Ok(StatusCode::OK.into_response())
        } else {
            Err(Refusal::conflict("What is stored under this id stays as it is. A new one needs a new id."))
        };
    }
    let now = (app.clock)();
    let day_ago = clock::stamp(now - time::Duration::hours(24));
    if suggestions::count_since(&mut tx, kind, key_id, &day_ago).await? >= most {
        return Err(Refusal::too_many("This device sent as many as are taken in a day. Keep it and send it tomorrow.")
            .retry_after(3600));
    }
    let signed = Signed { key_id, body: &taken.bytes, signature: &taken.signature };
    match what {
        What::Suggestion(suggestion) => {
            suggestions::insert(&mut tx, suggestion, &signed, &clock::stamp(now)).await?;
        }
        What::Feedback(feedback) => {
            suggestions::insert_feedback(&mut tx, feedback, &signed, &clock::stamp(now)).await?;
        }
    }
    tx.commit().await?;
    Ok(StatusCode::CREATED.into_response())
}
