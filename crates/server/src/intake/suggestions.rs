//! `PUT /v1/suggestions/{uuid}` and `PUT /v1/feedback/{uuid}`: what spotters tell the lexicon; `PUT /v1/contacts/{uuid}`:
//! what they tell the lead. Signed and idempotent like reports; bounded by the day, as each costs somebody's time.

use super::gather;
use crate::app::{Peer, Shared};
use crate::clock;
use crate::problem::{Answer, Refusal};
use crate::store::suggestions::{self, Kind, Signed};
use crate::store::{Tx, contacts};
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;
use spotter_model::dsse::{CONTACT_TYPE, FEEDBACK_TYPE, SUGGESTION_TYPE};
use spotter_model::limits::SMALL_BODY_BYTES;
use spotter_model::suggestion::Unfit;
use spotter_model::{Contact, Feedback, Suggestion};

/// What a spotter tells besides reports.
pub trait Told: DeserializeOwned + Send + Sync {
    /// What is signed.
    const TYPE: &'static str;
    /// Where it is kept.
    const KIND: Kind;
    /// How many of one device are taken in 24 hours.
    const A_DAY: i64;

    /// Its id, which ends the address too.
    fn id(&self) -> &str;

    /// Whether it keeps to the contract.
    ///
    /// # Errors
    /// The first field that does not.
    fn check(&self) -> Result<(), Unfit>;

    /// Keeps it.
    ///
    /// # Errors
    /// Where the database fails.
    fn keep(&self, tx: &mut Tx, signed: &Signed<'_>, now: &str) -> impl Future<Output = sqlx::Result<()>> + Send;
}

impl Told for Suggestion {
    const TYPE: &'static str = SUGGESTION_TYPE;
    const KIND: Kind = Kind::Suggestion;
    const A_DAY: i64 = 100;

    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), Unfit> {
        self.check()
    }

    async fn keep(&self, tx: &mut Tx, signed: &Signed<'_>, now: &str) -> sqlx::Result<()> {
        suggestions::insert(tx, self, signed, now).await
    }
}

impl Told for Feedback {
    const TYPE: &'static str = FEEDBACK_TYPE;
    const KIND: Kind = Kind::Feedback;
    const A_DAY: i64 = 500;

    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), Unfit> {
        self.check()
    }

    async fn keep(&self, tx: &mut Tx, signed: &Signed<'_>, now: &str) -> sqlx::Result<()> {
        suggestions::insert_feedback(tx, self, signed, now).await
    }
}

impl Told for Contact {
    const TYPE: &'static str = CONTACT_TYPE;
    const KIND: Kind = Kind::Contact;
    const A_DAY: i64 = 20;

    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), Unfit> {
        self.check()
    }

    async fn keep(&self, tx: &mut Tx, signed: &Signed<'_>, now: &str) -> sqlx::Result<()> {
        contacts::insert(tx, self, signed, now).await
    }
}

/// The handler: 201 when new, 200 where the same bytes came before.
///
/// # Errors
/// See the OpenAPI document.
pub async fn put<T: Told>(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let put = gather::put(&app, ip, id, &headers, body, T::TYPE, SMALL_BODY_BYTES).await?;
    let told: T = gather::json(&put.bytes)?;
    told.check().map_err(|(at, what)| Refusal::unprocessable(what).at(at))?;
    gather::same_id(told.id(), &put, "/id")?;

    let key_id = &put.device.key_id;
    let mut tx = app.store.begin().await?;
    if let Some((whose, body)) = suggestions::find(&mut tx, T::KIND, &put.id).await? {
        return if whose == *key_id && body == put.bytes {
            Ok(StatusCode::OK.into_response())
        } else {
            Err(Refusal::conflict("What is stored under this id stays as it is. A new one needs a new id."))
        };
    }
    let now = (app.clock)();
    let day_ago = clock::stamp(now - time::Duration::hours(24));
    if suggestions::count_since(&mut tx, T::KIND, key_id, &day_ago).await? >= T::A_DAY {
        return Err(Refusal::too_many("This device sent as many as are taken in a day. Keep it and send it tomorrow.")
            .retry_after(3600));
    }
    let signed = Signed { key_id, body: &put.bytes, signature: &put.signature };
    told.keep(&mut tx, &signed, &clock::stamp(now)).await?;
    tx.commit().await?;
    Ok(StatusCode::CREATED.into_response())
}
