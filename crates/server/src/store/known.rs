//! Which listings of a marketplace are known, for the filter that devices ask for.

use sqlx::SqlitePool;

/// The newest listings of a marketplace that were reported since `since`, by their keys, at most `most`.
///
/// # Errors
/// Where the database fails.
pub async fn of(pool: &SqlitePool, marketplace: &str, since: &str, most: usize) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT listing_key FROM cases WHERE marketplace = ? AND opened_at >= ? ORDER BY opened_at DESC LIMIT ?",
    )
    .bind(marketplace)
    .bind(since)
    .bind(most as i64)
    .fetch_all(pool)
    .await
}
