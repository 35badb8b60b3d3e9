//! What spotters tell the lead about being contacted. Owns the erasure: what was dealt with keeps its row and its
//! number, and loses its words.

use super::Tx;
use super::suggestions::Signed;
use crate::audit;
use spotter_model::Contact;
use sqlx::{Row as _, SqlitePool};

/// Contacts on one page of the console.
pub const PAGE: i64 = 50;

/// Keeps one.
///
/// # Errors
/// Where the database fails.
pub async fn insert(tx: &mut Tx, contact: &Contact, signed: &Signed<'_>, now: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO contacts (id, key_id, body, signature, received_at) VALUES (?, ?, ?, ?, ?)")
        .bind(&contact.id)
        .bind(signed.key_id)
        .bind(signed.body)
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
pub async fn waiting(pool: &SqlitePool, after: i64) -> sqlx::Result<Vec<Waiting>> {
    let rows = sqlx::query(
        "SELECT c.seq, c.body, d.pseudonym, c.received_at FROM contacts c JOIN devices d USING (key_id) \
         WHERE c.done_at IS NULL AND c.seq > ? ORDER BY c.seq LIMIT ?",
    )
    .bind(after)
    .bind(PAGE)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|r| {
            let body: Vec<u8> = r.try_get(1)?;
            let contact = serde_json::from_slice(&body).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
            Ok(Waiting { seq: r.try_get(0)?, contact, pseudonym: r.try_get(2)?, received_at: r.try_get(3)? })
        })
        .collect()
}

/// It was dealt with: its words are erased. Returns whether it still waited.
///
/// # Errors
/// Where the database fails.
pub async fn done(tx: &mut Tx, seq: i64, reviewer_id: i64, now: &str) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE contacts SET body = x'', signature = x'', reviewer_id = ?, done_at = ? WHERE seq = ? AND done_at IS NULL",
    )
    .bind(reviewer_id)
    .bind(now)
    .bind(seq)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let (actor, about) = (format!("reviewer:{reviewer_id}"), format!("contact:{seq}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action: "contact.done", subject: &about, detail: "" }).await?;
    Ok(true)
}
