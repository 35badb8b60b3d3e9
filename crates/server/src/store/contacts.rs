//! What spotters tell the lead about being contacted. Owns the erasure: what was dealt with keeps its row and its
//! number, and loses its words.

use super::sql::NOTHING;
use super::suggestions::Signed;
use super::{Reader, Tx};
use crate::audit;
use crate::keys::Keys;
use spotter_model::Contact;
use sqlx::Row as _;

/// Contacts on one page of the console.
pub const PAGE: i64 = 50;
/// Its bytes are sealed as this, under a key of their own.
pub(super) const BODY: &str = "contacts.body";

/// Keeps one.
///
/// # Errors
/// Where the database fails.
pub async fn insert(tx: &mut Tx, contact: &Contact, signed: &Signed<'_>, now: &str) -> sqlx::Result<()> {
    let slot = tx.keys().create()?;
    let body = tx.keys().seal(slot, BODY, signed.body)?;
    sqlx::query("INSERT INTO contacts (id, key_id, body, signature, received_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&contact.id)
        .bind(signed.key_id)
        .bind(body)
        .bind(signed.signature.as_slice())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// One that waits for the lead.
pub struct Waiting {
    /// Its number.
    pub seq: i64,
    /// What the spotter says.
    pub contact: Contact,
    /// Who.
    pub pseudonym: String,
    /// When it came.
    pub received_at: String,
}

/// The oldest that wait behind `after`.
///
/// # Errors
/// Where the database fails.
pub async fn waiting(pool: &Reader, after: i64) -> sqlx::Result<Vec<Waiting>> {
    let rows = sqlx::query(
        "SELECT c.seq, c.body, d.pseudonym, c.received_at FROM contacts c JOIN devices d USING (key_id) \
         WHERE c.done_at IS NULL AND c.seq > $1 ORDER BY c.seq LIMIT $2",
    )
    .bind(after)
    .bind(PAGE)
    .fetch_all(pool.pool())
    .await?;
    rows.into_iter()
        .map(|r| {
            let Some(body) = pool.keys().open_bytes(BODY, r.try_get(1)?)? else { return Ok(None) };
            let contact = serde_json::from_slice(&body).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
            Ok(Some(Waiting { seq: r.try_get(0)?, contact, pseudonym: r.try_get(2)?, received_at: r.try_get(3)? }))
        })
        .filter_map(Result::transpose)
        .collect()
}

/// It was dealt with: its words are erased. Returns whether it still waited.
///
/// # Errors
/// Where the database fails.
pub async fn done(tx: &mut Tx, seq: i64, reviewer_id: i64, now: &str) -> sqlx::Result<bool> {
    let sealed: Option<Vec<u8>> = sqlx::query_scalar("SELECT body FROM contacts WHERE seq = $1 AND done_at IS NULL")
        .bind(seq)
        .fetch_optional(&mut **tx)
        .await?;
    let done = sqlx::query(
        "UPDATE contacts SET body = $4, signature = $4, reviewer_id = $1, done_at = $2 WHERE seq = $3 AND done_at IS NULL",
    )
    .bind(reviewer_id)
    .bind(now)
    .bind(seq)
    .bind(NOTHING)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    // Gone from every backup as well. Before the commit: what could not be destroyed is not called erased.
    if let Some(slot) = sealed.as_deref().and_then(Keys::place) {
        tx.keys().destroy(&[slot])?;
    }
    let (actor, about) = (format!("reviewer:{reviewer_id}"), format!("contact:{seq}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action: "contact.done", subject: &about, detail: "" }).await?;
    Ok(true)
}
