//! What changes in the queue by itself: how often each spotter was confirmed, and which cases have waited for long.

use super::sql::Pool;
use super::{Store, Tx, cases};
use crate::ranking::Reason;
use sqlx::Row as _;

/// Cases that are moved up in one transaction: others write in between.
const BATCH: i64 = 500;

/// How many of a spotter's decided cases were confirmed, as last counted.
///
/// # Errors
/// Where the database fails.
pub async fn of(tx: &mut Tx, spotter: &str) -> sqlx::Result<(i64, i64)> {
    let row = sqlx::query("SELECT confirmed, decided FROM standing WHERE spotter = $1")
        .bind(spotter)
        .fetch_optional(&mut **tx)
        .await?;
    row.map_or(Ok((0, 0)), |r| Ok((r.try_get(0)?, r.try_get(1)?)))
}

/// Counts anew for every spotter of whose cases one was decided since the last count.
///
/// # Errors
/// Where the database fails.
pub async fn count(store: &Store) -> sqlx::Result<()> {
    let seen: i64 = store.meta("standing_counted_to").await?.and_then(|n| n.parse().ok()).unwrap_or(0);
    let newest: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM decisions").fetch_one(store.read()).await?;
    for (spotter, key_id) in decided_since(store.read(), seen).await? {
        let (confirmed, decided) = cases::accuracy(store.read(), &key_id).await?;
        let mut tx = store.begin().await?;
        sqlx::query(
            "INSERT INTO standing (spotter, confirmed, decided) VALUES ($1, $2, $3) \
             ON CONFLICT (spotter) DO UPDATE SET confirmed = excluded.confirmed, decided = excluded.decided",
        )
        .bind(&spotter)
        .bind(confirmed)
        .bind(decided)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    if newest == seen { Ok(()) } else { store.set_meta("standing_counted_to", &newest.to_string()).await }
}

async fn decided_since(pool: &Pool, seen: i64) -> sqlx::Result<Vec<(String, String)>> {
    let rows = sqlx::query(
        "SELECT v.spotter, min(v.key_id) FROM decisions d JOIN reports r ON r.case_id = d.case_id \
         JOIN devices v ON v.key_id = r.key_id WHERE d.id > $1 GROUP BY v.spotter",
    )
    .bind(seen)
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// Moves up what was opened before this time and still waits.
///
/// # Errors
/// Where the database fails.
pub async fn move_up(store: &Store, before: &str) -> sqlx::Result<()> {
    loop {
        let mut tx = store.begin().await?;
        let done = sqlx::query(
            "UPDATE cases SET reasons = trim(reasons || ' ' || $1), priority = priority + $2 WHERE id IN \
             (SELECT id FROM cases WHERE waits = 1 AND opened_at < $3 AND instr(reasons, $1) = 0 LIMIT $4)",
        )
        .bind(Reason::Waited.word())
        .bind(Reason::Waited.points())
        .bind(before)
        .bind(BATCH)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        if done.rows_affected() < BATCH as u64 {
            return Ok(());
        }
    }
}
