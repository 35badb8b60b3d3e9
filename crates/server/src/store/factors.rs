//! Second factors as the database keeps them: sealed, with the place in time of the last code that was taken.

use super::Tx;
use sqlx::Row as _;

/// What is kept of one person.
#[derive(Default)]
pub struct Factor {
    /// In use, sealed; empty: none.
    pub sealed: String,
    /// Waiting for its first code, sealed; empty: none.
    pub new: String,
}

/// A person's factor.
///
/// # Errors
/// Where the database fails.
pub async fn of(tx: &mut Tx, id: i64) -> sqlx::Result<Factor> {
    let row = sqlx::query("SELECT factor, factor_new FROM reviewers WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?;
    row.map_or(Ok(Factor::default()), |r| Ok(Factor { sealed: r.try_get(0)?, new: r.try_get(1)? }))
}

/// Keeps one that waits for its first code.
///
/// # Errors
/// Where the database fails.
pub async fn offer(tx: &mut Tx, id: i64, sealed: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE reviewers SET factor_new = $1 WHERE id = $2").bind(sealed).bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// The one that waited is in use from now on.
///
/// # Errors
/// Where the database fails.
pub async fn begin(tx: &mut Tx, id: i64, step: i64) -> sqlx::Result<()> {
    sqlx::query("UPDATE reviewers SET factor = factor_new, factor_new = '', factor_step = $1 WHERE id = $2")
        .bind(step)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes a code's place in time. `false`: it, or a later one, was taken before.
///
/// # Errors
/// Where the database fails.
pub async fn take(tx: &mut Tx, id: i64, step: i64) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE reviewers SET factor_step = $2 WHERE id = $1 AND factor_step < $2")
        .bind(id)
        .bind(step)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// There is none any more.
///
/// # Errors
/// Where the database fails.
pub async fn end(tx: &mut Tx, id: i64) -> sqlx::Result<()> {
    sqlx::query("UPDATE reviewers SET factor = '', factor_new = '' WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}
