//! Passkeys as the database keeps them, and what browsers were asked and have not answered. Of a device only its public key is kept.
//! Judges nothing: whether an answer counts is `console::passkeys`' to say.

use super::Tx;
use super::sql::Pool;
use sqlx::Row as _;

/// Most questions that wait for browsers; beyond them the oldest goes. Everybody may ask, and the table must not fill.
pub const MOST_ASKED: i64 = 2_000;

/// A passkey as its owner sees it.
pub struct Kept {
    /// Its number.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub added_at: String,
    /// When it last opened the console; empty: never.
    pub used_at: String,
}

/// A passkey that somebody came with.
pub struct Known {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub reviewer_id: i64,
    /// What they log in as.
    pub reviewer: String,
    /// What they are called towards devices.
    pub handle: String,
    /// The public key with its counter.
    pub public_key: String,
}

/// What a question is for.
#[derive(Clone, Copy)]
pub enum Purpose {
    /// Adding a passkey.
    Add,
    /// Coming in.
    Enter,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Enter => "enter",
        }
    }
}

/// A person's passkeys, the oldest first.
///
/// # Errors
/// Where the database fails.
pub async fn of(pool: &Pool, reviewer_id: i64) -> sqlx::Result<Vec<Kept>> {
    let sql = "SELECT id, name, added_at, used_at FROM passkeys WHERE reviewer_id = $1 ORDER BY id";
    let rows = sqlx::query(sql).bind(reviewer_id).fetch_all(pool).await?;
    rows.into_iter()
        .map(|r| Ok(Kept { id: r.try_get(0)?, name: r.try_get(1)?, added_at: r.try_get(2)?, used_at: r.try_get(3)? }))
        .collect()
}

/// What a person's devices call their passkeys.
///
/// # Errors
/// Where the database fails.
pub async fn credential_ids(tx: &mut Tx, reviewer_id: i64) -> sqlx::Result<Vec<Vec<u8>>> {
    let sql = "SELECT credential_id FROM passkeys WHERE reviewer_id = $1 ORDER BY id";
    sqlx::query_scalar(sql).bind(reviewer_id).fetch_all(&mut **tx).await
}

/// What a person is called towards devices: from now on `new`, where there was nothing.
///
/// # Errors
/// Where the database fails.
pub async fn handle(tx: &mut Tx, reviewer_id: i64, new: &str) -> sqlx::Result<String> {
    sqlx::query("UPDATE reviewers SET handle = $1 WHERE id = $2 AND handle = ''")
        .bind(new)
        .bind(reviewer_id)
        .execute(&mut **tx)
        .await?;
    sqlx::query_scalar("SELECT handle FROM reviewers WHERE id = $1").bind(reviewer_id).fetch_one(&mut **tx).await
}

/// Keeps a passkey; its number.
///
/// # Errors
/// Where a passkey with this id is known (a unique violation), or the database fails.
pub async fn add(
    tx: &mut Tx,
    reviewer_id: i64,
    name: &str,
    (credential_id, public_key): (&[u8], &str),
    now: &str,
) -> sqlx::Result<i64> {
    let sql = "INSERT INTO passkeys (reviewer_id, name, credential_id, public_key, added_at) \
               VALUES ($1, $2, $3, $4, $5) RETURNING id";
    sqlx::query_scalar(sql)
        .bind(reviewer_id)
        .bind(name)
        .bind(credential_id)
        .bind(public_key)
        .bind(now)
        .fetch_one(&mut **tx)
        .await
}

/// A passkey by its device's id, where its owner's access has not ended.
///
/// # Errors
/// Where the database fails.
pub async fn known(tx: &mut Tx, credential_id: &[u8]) -> sqlx::Result<Option<Known>> {
    let sql = "SELECT p.id, p.reviewer_id, v.name, v.handle, p.public_key FROM passkeys p \
               JOIN reviewers v ON v.id = p.reviewer_id WHERE p.credential_id = $1 AND v.ended_at IS NULL";
    let row = sqlx::query(sql).bind(credential_id).fetch_optional(&mut **tx).await?;
    row.map(|r| {
        Ok(Known {
            id: r.try_get(0)?,
            reviewer_id: r.try_get(1)?,
            reviewer: r.try_get(2)?,
            handle: r.try_get(3)?,
            public_key: r.try_get(4)?,
        })
    })
    .transpose()
}

/// It opened the console, and this is its counter now.
///
/// # Errors
/// Where the database fails.
pub async fn used(tx: &mut Tx, id: i64, public_key: &str, now: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE passkeys SET public_key = $1, used_at = $2 WHERE id = $3")
        .bind(public_key)
        .bind(now)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Removes one of a person's. `false`: they have no such.
///
/// # Errors
/// Where the database fails.
pub async fn end(tx: &mut Tx, reviewer_id: i64, id: i64) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM passkeys WHERE reviewer_id = $1 AND id = $2")
        .bind(reviewer_id)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes all of a person's.
///
/// # Errors
/// Where the database fails.
pub async fn end_all(tx: &mut Tx, reviewer_id: i64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM passkeys WHERE reviewer_id = $1").bind(reviewer_id).execute(&mut **tx).await?;
    Ok(())
}

/// Keeps what a browser is asked, instead of what it was asked before.
///
/// # Errors
/// Where the database fails.
pub async fn ask(
    tx: &mut Tx,
    cookie_hash: &[u8],
    purpose: Purpose,
    (name, state): (&str, &str),
    until_s: i64,
) -> sqlx::Result<()> {
    let sql = "DELETE FROM passkey_asks WHERE cookie_hash IN \
               (SELECT cookie_hash FROM passkey_asks ORDER BY until_s DESC, cookie_hash LIMIT 100 OFFSET $1)";
    sqlx::query(sql).bind(MOST_ASKED - 1).execute(&mut **tx).await?;
    let sql = "INSERT INTO passkey_asks (cookie_hash, purpose, name, state, until_s) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (cookie_hash) DO UPDATE SET purpose = excluded.purpose, name = excluded.name, \
               state = excluded.state, until_s = excluded.until_s";
    sqlx::query(sql)
        .bind(cookie_hash)
        .bind(purpose.word())
        .bind(name)
        .bind(state)
        .bind(until_s)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes what a browser was asked for this purpose, with the name that was to be given: once, and not after its end.
///
/// # Errors
/// Where the database fails.
pub async fn asked(
    tx: &mut Tx,
    cookie_hash: &[u8],
    purpose: Purpose,
    now_s: i64,
) -> sqlx::Result<Option<(String, String)>> {
    let sql = "DELETE FROM passkey_asks WHERE cookie_hash = $1 RETURNING purpose, name, state, until_s";
    let row = sqlx::query(sql).bind(cookie_hash).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(None) };
    let (was, until_s): (String, i64) = (row.try_get(0)?, row.try_get(3)?);
    if was != purpose.word() || until_s < now_s {
        return Ok(None);
    }
    Ok(Some((row.try_get(1)?, row.try_get(2)?)))
}

/// Forgets what was not answered in time.
///
/// # Errors
/// Where the database fails.
pub async fn forget_asks(tx: &mut Tx, now_s: i64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM passkey_asks WHERE until_s < $1").bind(now_s).execute(&mut **tx).await?;
    Ok(())
}
