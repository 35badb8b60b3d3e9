//! What changes in the queue by itself: how often each spotter was confirmed, and which cases have waited for long.

use super::{Reader, Store, Tx, cases, reporters};
use crate::ranking::Reason;
use sqlx::Row as _;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    for (spotter, key_id) in decided_since(store.reader(), seen).await? {
        let (confirmed, decided) = cases::accuracy(store.reader(), &key_id).await?;
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

/// Each spotter of whose cases one was decided since, with a device of theirs.
async fn decided_since(pool: &Reader, seen: i64) -> sqlx::Result<BTreeMap<String, String>> {
    let cases: Vec<i64> = sqlx::query_scalar("SELECT DISTINCT case_id FROM decisions WHERE id > $1")
        .bind(seen)
        .fetch_all(pool.pool())
        .await?;
    if cases.is_empty() {
        return Ok(BTreeMap::new());
    }
    let spotters = reporters::spotters(pool.pool()).await?;
    let by = reporters::of_cases(pool, &cases).await?;
    let one = |device: &Arc<str>| spotters.get(&**device).map(|spotter| (spotter.clone(), device.to_string()));
    Ok(by.values().flatten().filter_map(one).collect())
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
