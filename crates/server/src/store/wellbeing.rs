//! What reviewers set for their own good, and what they did lately, for them alone.

use super::Tx;
use super::sql::{Pool, Truth};
use sqlx::Row as _;

/// What a reviewer set. 0: never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Pictures come without colour, also when they are shown sharp.
    pub grey: bool,
    /// A reminder after so many minutes without a pause.
    pub break_minutes: i64,
    /// A reminder after the evidence of so many cases without a pause.
    pub break_cases: i64,
    /// A word when so many cases were decided in a day.
    pub daily_cases: i64,
}

/// What this reviewer set.
///
/// # Errors
/// Where the database fails.
pub async fn of(pool: &Pool, reviewer_id: i64) -> sqlx::Result<Wishes> {
    let row = sqlx::query("SELECT grey, break_minutes, break_cases, daily_cases FROM wellbeing WHERE reviewer_id = $1")
        .bind(reviewer_id)
        .fetch_optional(pool)
        .await?;
    let Some(row) = row else { return Ok(Wishes::default()) };
    Ok(Wishes {
        grey: row.try_get::<Truth, _>(0)?.0,
        break_minutes: row.try_get(1)?,
        break_cases: row.try_get(2)?,
        daily_cases: row.try_get(3)?,
    })
}

/// Keeps what a reviewer set.
///
/// # Errors
/// Where the database fails.
pub async fn set(tx: &mut Tx, reviewer_id: i64, wishes: Wishes) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO wellbeing (reviewer_id, grey, break_minutes, break_cases, daily_cases) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (reviewer_id) DO UPDATE SET grey = excluded.grey, break_minutes = excluded.break_minutes, \
         break_cases = excluded.break_cases, daily_cases = excluded.daily_cases",
    )
    .bind(reviewer_id)
    .bind(Truth(wishes.grey))
    .bind(wishes.break_minutes)
    .bind(wishes.break_cases)
    .bind(wishes.daily_cases)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When this reviewer opened evidence (`true`) or decided (`false`) since `since`, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn steps(pool: &Pool, reviewer_id: i64, since: &str) -> sqlx::Result<Vec<(String, bool)>> {
    let rows = sqlx::query(
        "SELECT at, 1 FROM evidence_views WHERE reviewer_id = $1 AND at >= $2 \
         UNION ALL SELECT at, 0 FROM decisions WHERE reviewer_id = $1 AND at >= $2 ORDER BY 1 DESC",
    )
    .bind(reviewer_id)
    .bind(since)
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(|row| Ok((row.try_get(0)?, row.try_get::<Truth, _>(1)?.0))).collect()
}

/// How many cases this reviewer decided since `since`.
///
/// # Errors
/// Where the database fails.
pub async fn decided(pool: &Pool, reviewer_id: i64, since: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(DISTINCT case_id) FROM decisions WHERE reviewer_id = $1 AND at >= $2")
        .bind(reviewer_id)
        .bind(since)
        .fetch_one(pool)
        .await
}
