//! Answers of checks and counts of days, as devices sent them.

use super::{Tx, word};
use spotter_model::audit::{Audit, AuditDay};
use sqlx::Row as _;

/// What is stored under an id.
pub struct Stored {
    /// The device that sent it.
    pub key_id: String,
    /// Its exact bytes.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: String,
}

/// Who sent a record, and when it came.
pub struct Signed<'a> {
    /// The device.
    pub key_id: &'a str,
    /// Whose it is.
    pub spotter: &'a str,
    /// The exact bytes.
    pub body: &'a [u8],
    /// The device's signature.
    pub signature: &'a [u8; 64],
    /// When it came.
    pub received_at: &'a str,
}

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `audits`.
    Answer,
    /// `audit_days`.
    Day,
}

/// What is stored under this id.
///
/// # Errors
/// Where the database fails.
pub async fn find(tx: &mut Tx, kind: Kind, id: &str) -> sqlx::Result<Option<Stored>> {
    let sql = match kind {
        Kind::Answer => "SELECT key_id, body, received_at FROM audits WHERE id = $1",
        Kind::Day => "SELECT key_id, body, received_at FROM audit_days WHERE id = $1",
    };
    let row = sqlx::query(sql).bind(id).fetch_optional(&mut **tx).await?;
    row.map(|r| Ok(Stored { key_id: r.try_get(0)?, body: r.try_get(1)?, received_at: r.try_get(2)? })).transpose()
}

/// How many came from a device since `since`.
///
/// # Errors
/// Where the database fails.
pub async fn count_since(tx: &mut Tx, kind: Kind, key_id: &str, since: &str) -> sqlx::Result<i64> {
    let sql = match kind {
        Kind::Answer => "SELECT count(*) FROM audits WHERE key_id = $1 AND received_at >= $2",
        Kind::Day => "SELECT count(*) FROM audit_days WHERE key_id = $1 AND received_at >= $2",
    };
    sqlx::query_scalar(sql).bind(key_id).bind(since).fetch_one(&mut **tx).await
}

/// Keeps an answer. Answers whether it is kept: of a listing a device answers once.
///
/// # Errors
/// Where the database fails.
pub async fn answer(tx: &mut Tx, new: &Audit, by: &Signed<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO audits (id, key_id, body, signature, received_at, spotter, marketplace, one_in, answer, listing) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (key_id, listing) DO NOTHING",
    )
    .bind(&new.id)
    .bind(by.key_id)
    .bind(by.body)
    .bind(by.signature.as_slice())
    .bind(by.received_at)
    .bind(by.spotter)
    .bind(&new.marketplace)
    .bind(i64::from(new.one_in))
    .bind(word(&new.answer))
    .bind(&new.listing)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps the counts of a day. Answers whether they are kept: a device counts a day once.
///
/// # Errors
/// Where the database fails.
pub async fn day(tx: &mut Tx, new: &AuditDay, by: &Signed<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO audit_days (id, key_id, body, signature, received_at, spotter, marketplace, round, day, one_in, \
         flagged, unflagged, offered) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (key_id, marketplace, day, round, one_in) DO NOTHING",
    )
    .bind(&new.id)
    .bind(by.key_id)
    .bind(by.body)
    .bind(by.signature.as_slice())
    .bind(by.received_at)
    .bind(by.spotter)
    .bind(&new.marketplace)
    .bind(&new.round)
    .bind(new.day.to_string())
    .bind(i64::from(new.one_in))
    .bind(i64::from(new.flagged))
    .bind(i64::from(new.unflagged))
    .bind(i64::from(new.offered))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
