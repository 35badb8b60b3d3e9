//! Reviewers and their sessions. Passwords are kept as argon2id, session tokens as hashes.

use super::sql::{Pool, Truth};
use super::{Tx, parse_word, passkeys};
use crate::roles::Role;
use sqlx::Row as _;

/// A reviewer who is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The reviewer.
    pub reviewer_id: i64,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// The organisation that they belong to.
    pub organisation_id: i64,
    /// What the console calls it.
    pub organisation: String,
    /// Single-key shortcuts are on.
    pub keys_on: bool,
    /// The token that every form of this session carries.
    pub csrf: String,
    /// When it began, seconds since 1970.
    pub created_s: i64,
    /// When it was last used.
    pub seen_s: i64,
}

/// Adds a reviewer, or sets a new password, ends their sessions, second factor and passkeys, and opens access that was ended. Returns whether they are new.
///
/// # Errors
/// Where the database fails.
pub async fn set(tx: &mut Tx, name: &str, password: &str, now: &str) -> sqlx::Result<bool> {
    let known: Option<i64> = sqlx::query_scalar("SELECT id FROM reviewers WHERE lower(name) = lower($1)")
        .bind(name)
        .fetch_optional(&mut **tx)
        .await?;
    match known {
        Some(id) => {
            sqlx::query("UPDATE reviewers SET password = $1, ended_at = NULL, factor = '' WHERE id = $2")
                .bind(password)
                .bind(id)
                .execute(&mut **tx)
                .await?;
            sqlx::query("DELETE FROM sessions WHERE reviewer_id = $1").bind(id).execute(&mut **tx).await?;
            passkeys::end_all(tx, id).await?;
        }
        None => {
            sqlx::query("INSERT INTO reviewers (name, password, created_at) VALUES ($1, $2, $3)")
                .bind(name)
                .bind(password)
                .bind(now)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(known.is_none())
}

/// A reviewer's number and password hash.
///
/// # Errors
/// Where the database fails.
pub async fn password_of(pool: &Pool, name: &str) -> sqlx::Result<Option<(i64, String)>> {
    let row = sqlx::query("SELECT id, password FROM reviewers WHERE lower(name) = lower($1) AND ended_at IS NULL")
        .bind(name)
        .fetch_optional(pool)
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).transpose()
}

/// Switches single-key shortcuts.
///
/// # Errors
/// Where the database fails.
pub async fn set_keys(tx: &mut Tx, reviewer_id: i64, on: bool) -> sqlx::Result<()> {
    sqlx::query("UPDATE reviewers SET keys_on = $1 WHERE id = $2")
        .bind(Truth(on))
        .bind(reviewer_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Begins a session.
///
/// # Errors
/// Where the database fails.
pub async fn begin_session(
    tx: &mut Tx,
    token_hash: &[u8],
    reviewer_id: i64,
    csrf: &str,
    now_s: i64,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO sessions (token_hash, reviewer_id, csrf, created_s, seen_s) VALUES ($1, $2, $3, $4, $5)")
        .bind(token_hash)
        .bind(reviewer_id)
        .bind(csrf)
        .bind(now_s)
        .bind(now_s)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Number and name of everybody who decides cases, by name.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<(i64, String)>> {
    let rows = sqlx::query("SELECT id, name FROM reviewers WHERE ended_at IS NULL AND role IN ('admin', 'lead', 'reviewer') ORDER BY lower(name) LIMIT 500").fetch_all(pool).await?;
    rows.into_iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// A session by its token's hash, however old.
///
/// # Errors
/// Where the database fails.
pub async fn session(pool: &Pool, token_hash: &[u8]) -> sqlx::Result<Option<Session>> {
    let row = sqlx::query(
        "SELECT s.reviewer_id, v.name, v.keys_on, s.csrf, s.created_s, s.seen_s, v.role, o.id, o.short FROM sessions s \
         JOIN reviewers v ON v.id = s.reviewer_id JOIN organisations o ON o.id = v.organisation_id WHERE s.token_hash = $1 AND v.ended_at IS NULL",
    )
    .bind(token_hash)
    .fetch_optional(pool)
    .await?;
    row.map(|r| {
        Ok(Session {
            reviewer_id: r.try_get(0)?,
            name: r.try_get(1)?,
            keys_on: r.try_get::<Truth, _>(2)?.0,
            csrf: r.try_get(3)?,
            created_s: r.try_get(4)?,
            seen_s: r.try_get(5)?,
            role: parse_word(r.try_get(6)?)?,
            organisation_id: r.try_get(7)?,
            organisation: r.try_get(8)?,
        })
    })
    .transpose()
}

/// Notes that a session was used.
///
/// # Errors
/// Where the database fails.
pub async fn touch(tx: &mut Tx, token_hash: &[u8], now_s: i64) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET seen_s = $1 WHERE token_hash = $2")
        .bind(now_s)
        .bind(token_hash)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// Where the database fails.
pub async fn end_session(tx: &mut Tx, token_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash).execute(&mut **tx).await?;
    Ok(())
}

/// Ends every session that began before `created_s` or was last used before `seen_s`.
///
/// # Errors
/// Where the database fails.
pub async fn expire_sessions(tx: &mut Tx, created_s: i64, seen_s: i64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE created_s < $1 OR seen_s < $2")
        .bind(created_s)
        .bind(seen_s)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
