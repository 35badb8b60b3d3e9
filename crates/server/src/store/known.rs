//! Which listings of a marketplace are known, for the filter that devices ask for.

use super::Reader;
use super::cases::kinds;

/// The newest listings of a marketplace that were reported since `since`, by their keys, at most `most`.
///
/// # Errors
/// Where the database fails.
pub async fn of(pool: &Reader, marketplace: &str, since: &str, most: usize) -> sqlx::Result<Vec<String>> {
    let sealed: Vec<String> = sqlx::query_scalar(
        "SELECT listing FROM cases WHERE marketplace = $1 AND opened_at >= $2 AND erased_at = '' ORDER BY opened_at DESC LIMIT $3",
    )
    .bind(marketplace)
    .bind(since)
    .bind(most as i64)
    .fetch_all(pool.pool())
    .await?;
    sealed.iter().map(|listing| Ok(pool.keys().open_text(kinds::LISTING, listing)?)).collect()
}
