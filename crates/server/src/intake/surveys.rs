//! `GET /v1/surveys`, `PUT /v1/surveys/{id}/frames/{uuid}` and `PUT /v1/surveys/{id}/codings/{uuid}`: a coder's searches, what
//! they showed, and how advertisements were coded. Signed and idempotent like reports.
//!
//! What was taken once is answered alike for ever, also when the survey is long frozen; what is new is taken while it runs.

use super::gather;
use crate::app::{Peer, Shared};
use crate::clock;
use crate::problem::{Answer, Refusal};
use crate::store::surveys::records::{self, Kind, New};
use crate::store::surveys::{self, State as Stands};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use spotter_model::dsse::{CODING_TYPE, FRAME_TYPE};
use spotter_model::limits::REPORT_BYTES;
use spotter_model::report::is_id;
use spotter_model::suggestion::Unfit;
use spotter_model::survey::{Assigned, Coding, Frame};

/// The answer to a record that is on disk.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Kept {
    /// The record's UUID.
    pub id: String,
    /// When it came, by the endpoint's clock.
    pub received_at: String,
}

/// `GET /v1/surveys`.
///
/// # Errors
/// See the OpenAPI document.
pub async fn list(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Answer<Json<Vec<Assigned>>> {
    app.limits.address(ip)?;
    let device = gather::asked(&app, &method, &uri, &headers).await?;
    Ok(Json(surveys::assigned(&app.store, &app.vault, &device.spotter).await?))
}

/// What a coder's device sends of a survey.
pub trait Record: DeserializeOwned + Send + Sync {
    /// What is signed.
    const TYPE: &'static str;
    /// Where it is kept.
    const KIND: Kind;
    /// How many of one device are taken in 24 hours: more than a person does in a long day, offline days before included.
    const A_DAY: i64;

    /// Whether it keeps to the contract.
    ///
    /// # Errors
    /// The first field that does not.
    fn check(&self) -> Result<(), Unfit>;

    /// Its id, survey, version, task, and a coding's salted listing.
    fn place(&self) -> (&str, &str, u32, &str, Option<&str>);
}

impl Record for Frame {
    const TYPE: &'static str = FRAME_TYPE;
    const KIND: Kind = Kind::Frame;
    const A_DAY: i64 = 10_000;

    fn check(&self) -> Result<(), Unfit> {
        self.check()
    }

    fn place(&self) -> (&str, &str, u32, &str, Option<&str>) {
        (&self.id, &self.survey, self.version, &self.task, None)
    }
}

impl Record for Coding {
    const TYPE: &'static str = CODING_TYPE;
    const KIND: Kind = Kind::Coding;
    const A_DAY: i64 = 5_000;

    fn check(&self) -> Result<(), Unfit> {
        self.check()
    }

    fn place(&self) -> (&str, &str, u32, &str, Option<&str>) {
        (&self.id, &self.survey, self.version, &self.task, Some(&self.listing))
    }
}

/// The handler of both: 201 when new, 200 where the same bytes came before.
///
/// # Errors
/// See the OpenAPI document.
pub async fn put<T: Record>(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let (of, id) = path.map(|Path(both)| both).unwrap_or_default();
    let put = gather::put_at(&app, ip, Some(id), &headers, body, T::TYPE, REPORT_BYTES).await?;
    let record: T = gather::json(&put.bytes)?;
    record.check().map_err(|(at, what)| Refusal::unprocessable(what).at(at))?;
    let (inside, survey, version, task, listing) = record.place();
    gather::same_id(inside, &put, "/id")?;
    if !is_id(&of) || of != survey {
        return Err(Refusal::unprocessable("Must be the survey of the address.").at("/survey"));
    }
    let gather::Put { id, device, signature, bytes } = &put;

    let mut tx = app.store.begin().await?;
    if let Some(stored) = records::find(&mut tx, T::KIND, id).await? {
        if stored.key_id != device.key_id || stored.mark != records::mark(tx.keys(), bytes) {
            return Err(Refusal::record_differs("What is stored stays as it is. A changed record needs a new id."));
        }
        let kept = Kept { id: id.clone(), received_at: stored.received_at };
        return Ok((StatusCode::OK, Json(kept)).into_response());
    }
    let Some(found) = surveys::find_in(&mut tx, survey).await? else {
        return Err(Refusal::not_found("There is no such survey here.").at("/survey"));
    };
    match found.state {
        Stands::Running => {}
        Stands::Draft => {
            return Err(Refusal::survey_not_running("It has not been started. Keep the record and send it later."));
        }
        Stands::Frozen => {
            return Err(Refusal::survey_not_running("It was frozen: its figures are final. Ask its lead."));
        }
    }
    if version > found.protocol.version {
        return Err(Refusal::unprocessable("The survey has no such version.").at("/version"));
    }
    if !surveys::is_assigned(&mut tx, survey, task, &device.spotter).await? {
        return Err(
            Refusal::task_not_assigned("Fetch your tasks anew. What you have can be sent to nobody else.").at("/task")
        );
    }
    let now = (app.clock)();
    let day_ago = clock::stamp(now - time::Duration::hours(24));
    if records::count_since(&mut tx, T::KIND, &device.key_id, &day_ago).await? >= T::A_DAY {
        return Err(Refusal::too_many("This device sent as many as are taken in a day. Keep it and send it tomorrow.")
            .retry_after(3600));
    }
    let received_at = clock::stamp(now);
    let new = New {
        id,
        survey,
        task,
        listing,
        spotter: &device.spotter,
        key_id: &device.key_id,
        body: bytes,
        signature,
        received_at: &received_at,
    };
    records::insert(&mut tx, T::KIND, &new).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Kept { id: id.clone(), received_at })).into_response())
}
