//! `PUT /v1/audits/{uuid}` and `PUT /v1/audit-days/{uuid}`: the answer of a ten-second check, and what was seen of a
//! marketplace on a day. Signed and idempotent like reports; however often one is sent, it counts once.

use super::gather;
use super::surveys::Kept;
use crate::app::{Peer, Shared};
use crate::clock;
use crate::problem::{Answer, Refusal};
use crate::store::Tx;
use crate::store::audits::{self, Kind, Signed};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;
use spotter_model::Date;
use spotter_model::audit::{Audit, AuditDay};
use spotter_model::dsse::{AUDIT_DAY_TYPE, AUDIT_TYPE};
use spotter_model::limits::SMALL_BODY_BYTES;
use spotter_model::suggestion::Unfit;

/// What a device sends of its checks.
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

    /// Its id, and the day that it is of.
    fn place(&self) -> (&str, Date);

    /// Keeps it. Answers whether it is kept: what was told once under another id stays as it was told first.
    fn keep(&self, tx: &mut Tx, by: &Signed<'_>) -> impl Future<Output = sqlx::Result<bool>> + Send;
}

impl Record for Audit {
    const TYPE: &'static str = AUDIT_TYPE;
    const KIND: Kind = Kind::Answer;
    const A_DAY: i64 = 1_000;

    fn check(&self) -> Result<(), Unfit> {
        self.check()
    }

    fn place(&self) -> (&str, Date) {
        (&self.id, self.day)
    }

    async fn keep(&self, tx: &mut Tx, by: &Signed<'_>) -> sqlx::Result<bool> {
        audits::answer(tx, self, by).await
    }
}

impl Record for AuditDay {
    const TYPE: &'static str = AUDIT_DAY_TYPE;
    const KIND: Kind = Kind::Day;
    const A_DAY: i64 = 1_000;

    fn check(&self) -> Result<(), Unfit> {
        self.check()
    }

    fn place(&self) -> (&str, Date) {
        (&self.id, self.day)
    }

    async fn keep(&self, tx: &mut Tx, by: &Signed<'_>) -> sqlx::Result<bool> {
        audits::day(tx, self, by).await
    }
}

/// The handler of both: 201 when new, 200 where the same bytes came before.
///
/// # Errors
/// See the OpenAPI document.
pub async fn put<T: Record>(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let put = gather::put(&app, ip, id, &headers, body, T::TYPE, SMALL_BODY_BYTES).await?;
    let record: T = gather::json(&put.bytes)?;
    record.check().map_err(|(at, what)| Refusal::unprocessable(what).at(at))?;
    let (inside, day) = record.place();
    gather::same_id(inside, &put, "/id")?;
    let gather::Put { id, device, signature, bytes } = &put;

    let mut tx = app.store.begin().await?;
    if let Some(stored) = audits::find(&mut tx, T::KIND, id).await? {
        if stored.key_id != device.key_id || stored.body != *bytes {
            return Err(Refusal::record_differs("What is stored stays as it is."));
        }
        let kept = Kept { id: id.clone(), received_at: stored.received_at };
        return Ok((StatusCode::OK, Json(kept)).into_response());
    }
    let now = (app.clock)();
    // A day begins earlier east of here; a clock may be off a little besides.
    if day > clock::date(now + time::Duration::days(1)) {
        return Err(Refusal::unprocessable("Must not be in the future. Set this device's clock.").at("/day"));
    }
    let day_ago = clock::stamp(now - time::Duration::hours(24));
    if audits::count_since(&mut tx, T::KIND, &device.key_id, &day_ago).await? >= T::A_DAY {
        return Err(Refusal::too_many("This device sent as many as are taken in a day. Keep it and send it tomorrow.")
            .retry_after(3600));
    }
    let received_at = clock::stamp(now);
    let by =
        Signed { key_id: &device.key_id, spotter: &device.spotter, body: bytes, signature, received_at: &received_at };
    if !record.keep(&mut tx, &by).await? {
        return Err(Refusal::record_differs("This device told that before, under another id. What is stored stays."));
    }
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(Kept { id: id.clone(), received_at })).into_response())
}
