//! Who works on which open case, and what was put off. Owns the rows of `leases` and the date of deferral; neither hides a
//! case or forbids a decision: the version does that.

use super::Tx;
use super::cases::Case;
use super::sql::{Db, Pool};
use super::steps::Actor;
use crate::audit;
use sqlx::{Executor, Row as _};

/// How long a case stays taken after its page was opened last.
pub const LEASE_S: i64 = 600;

/// Who has a case now.
pub struct Holder {
    /// The reviewer.
    pub reviewer_id: i64,
    /// Their name.
    pub name: String,
    /// Until when.
    pub until: String,
}

/// Who has this case now.
///
/// # Errors
/// Where the database fails.
pub async fn holder(on: impl Executor<'_, Database = Db>, case_id: i64, now: &str) -> sqlx::Result<Option<Holder>> {
    let row = sqlx::query(
        "SELECT v.id, v.name, l.until FROM leases l JOIN reviewers v ON v.id = l.reviewer_id WHERE l.case_id = $1 AND l.until > $2",
    )
    .bind(case_id)
    .bind(now)
    .fetch_optional(on)
    .await?;
    row.map(|r| Ok(Holder { reviewer_id: r.try_get(0)?, name: r.try_get(1)?, until: r.try_get(2)? })).transpose()
}

/// Takes an open case for a reviewer, or for longer, unless another one has it. Whoever takes a case lets go of the others.
///
/// # Errors
/// Where the database fails.
pub async fn take(tx: &mut Tx, case_id: i64, reviewer_id: i64, now: &str, until: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM leases WHERE until <= $1 OR (reviewer_id = $2 AND case_id <> $3)")
        .bind(now)
        .bind(reviewer_id)
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO leases (case_id, reviewer_id, until) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO UPDATE \
         SET until = excluded.until WHERE leases.reviewer_id = excluded.reviewer_id",
    )
    .bind(case_id)
    .bind(reviewer_id)
    .bind(until)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets go of a case, whoever had it.
///
/// # Errors
/// Where the database fails.
pub async fn release(tx: &mut Tx, case_id: i64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM leases WHERE case_id = $1").bind(case_id).execute(&mut **tx).await?;
    Ok(())
}

/// The cases that others have now, with their names.
///
/// # Errors
/// Where the database fails.
pub async fn present(pool: &Pool, reviewer_id: i64, now: &str) -> sqlx::Result<Vec<(i64, String)>> {
    let rows = sqlx::query(
        "SELECT l.case_id, v.name FROM leases l JOIN reviewers v ON v.id = l.reviewer_id \
         WHERE l.reviewer_id <> $1 AND l.until > $2 LIMIT 500",
    )
    .bind(reviewer_id)
    .bind(now)
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// Puts an open case off until a time, or offers it again at once where the time is empty. Returns whether it is open.
///
/// # Errors
/// Where the database fails.
pub async fn defer(tx: &mut Tx, case: &Case, reviewer_id: i64, until: &str, now: &str) -> sqlx::Result<bool> {
    if !case.state.is_open() {
        return Ok(false);
    }
    sqlx::query("UPDATE cases SET deferred_until = $1 WHERE id = $2")
        .bind(until)
        .bind(case.id)
        .execute(&mut **tx)
        .await?;
    release(tx, case.id).await?;
    let (actor, about) = (Actor::Reviewer(reviewer_id).name(), format!("case:{}", case.id));
    let entry = audit::Entry { actor: &actor, action: "case.deferred", subject: &about, detail: until };
    audit::append(tx, now, entry).await?;
    Ok(true)
}
