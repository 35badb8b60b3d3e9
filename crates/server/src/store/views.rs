//! The views of the queue that a reviewer keeps. A view is a name for a part of the queue's address.

use super::Tx;
use super::sql::Pool;
use sqlx::Row as _;

/// Most views of one reviewer.
pub const MOST: i64 = 12;

/// A kept view.
pub struct View {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The part of the queue's address behind the question mark.
    pub query: String,
}

/// A reviewer's views, in the order in which they were kept.
///
/// # Errors
/// Where the database fails.
pub async fn of(pool: &Pool, reviewer_id: i64) -> sqlx::Result<Vec<View>> {
    let rows = sqlx::query("SELECT id, name, query FROM views WHERE reviewer_id = $1 ORDER BY id")
        .bind(reviewer_id)
        .fetch_all(pool)
        .await?;
    rows.into_iter().map(|r| Ok(View { id: r.try_get(0)?, name: r.try_get(1)?, query: r.try_get(2)? })).collect()
}

/// Keeps a view, in place of one with the same name. Returns whether there was room.
///
/// # Errors
/// Where the database fails.
pub async fn keep(tx: &mut Tx, reviewer_id: i64, name: &str, query: &str) -> sqlx::Result<bool> {
    let renewed = sqlx::query("UPDATE views SET query = $3 WHERE reviewer_id = $1 AND lower(name) = lower($2)")
        .bind(reviewer_id)
        .bind(name)
        .bind(query)
        .execute(&mut **tx)
        .await?;
    if renewed.rows_affected() > 0 {
        return Ok(true);
    }
    let done = sqlx::query(
        "INSERT INTO views (reviewer_id, name, query) SELECT $1, $2, $3 WHERE (SELECT count(*) FROM views WHERE reviewer_id = $1) < $4",
    )
    .bind(reviewer_id)
    .bind(name)
    .bind(query)
    .bind(MOST)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Drops a reviewer's own view.
///
/// # Errors
/// Where the database fails.
pub async fn drop(tx: &mut Tx, reviewer_id: i64, id: i64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM views WHERE id = $1 AND reviewer_id = $2")
        .bind(id)
        .bind(reviewer_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
