//! Known cases: decided ones that a lead picked, with the answer that is known of each, and what reviewers answered who were shown
//! them again. Knows no page; an answer here never touches its case.

use super::sql::{Pool, Row, Truth};
use super::{Reader, Tx, parse_word, sealing, word};
use crate::audit;
use spotter_model::Event;
use sqlx::Row as _;

/// The reason is sealed as this.
const WHY: &str = "gold.why";
/// The answers that a known case can have.
pub const ANSWERS: [Event; 3] = [Event::Confirm, Event::NotProhibited, Event::CannotTell];
/// Where the share of known cases is kept, and what it is until somebody sets it: one after so many decisions.
const EVERY: &str = "gold_every";
/// The same, until somebody sets it.
pub const EVERY_CASES: i64 = 25;

/// Who may be shown a known case: whoever neither picked nor decided nor answered it. `$1` is the reviewer.
const FITS: &str = "g.dropped_at = '' AND c.erased_at = '' AND g.picked_by <> $1 \
     AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.case_id = g.case_id AND d.reviewer_id = $1) \
     AND NOT EXISTS (SELECT 1 FROM gold_answers a WHERE a.case_id = g.case_id AND a.reviewer_id = $1)";

/// A known case.
pub struct Known {
    /// What is known to be right.
    pub answer: Event,
    /// Why.
    pub why: String,
    /// Who picked it.
    pub picked_by: String,
    /// When.
    pub picked_at: String,
    /// When it was last to be asked; empty: it still is.
    pub dropped_at: String,
}

/// Picks a case, or says anew what is known of it.
///
/// # Errors
/// Where the database fails.
pub async fn pick(
    tx: &mut Tx,
    case_id: i64,
    reviewer_id: i64,
    answer: Event,
    why: &str,
    now: &str,
) -> sqlx::Result<()> {
    let why = sealing::seal(tx, case_id, WHY, why).await?;
    sqlx::query(
        "INSERT INTO gold (case_id, answer, why, picked_by, picked_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (case_id) DO UPDATE SET answer = excluded.answer, why = excluded.why, picked_by = excluded.picked_by, \
         picked_at = excluded.picked_at, dropped_at = ''",
    )
    .bind(case_id)
    .bind(word(&answer))
    .bind(why)
    .bind(reviewer_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    remember(tx, case_id, reviewer_id, "gold.picked", &word(&answer), now).await
}

/// A known case is asked no more; what was answered stays.
///
/// # Errors
/// Where the database fails.
pub async fn drop(tx: &mut Tx, case_id: i64, reviewer_id: i64, now: &str) -> sqlx::Result<()> {
    let done = sqlx::query("UPDATE gold SET dropped_at = $1 WHERE case_id = $2 AND dropped_at = ''")
        .bind(now)
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    remember(tx, case_id, reviewer_id, "gold.dropped", "", now).await
}

async fn remember(
    tx: &mut Tx,
    case_id: i64,
    reviewer_id: i64,
    action: &str,
    detail: &str,
    now: &str,
) -> sqlx::Result<()> {
    let (actor, subject) = (format!("reviewer:{reviewer_id}"), format!("case:{case_id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &subject, detail }).await
}

/// What is known of a case.
///
/// # Errors
/// Where the database fails.
pub async fn of_case(pool: &Reader, case_id: i64) -> sqlx::Result<Option<Known>> {
    let row = sqlx::query(
        "SELECT g.answer, g.why, v.name, g.picked_at, g.dropped_at FROM gold g JOIN reviewers v ON v.id = g.picked_by WHERE g.case_id = $1",
    )
    .bind(case_id)
    .fetch_optional(pool.pool())
    .await?;
    row.map(|r| {
        Ok(Known {
            answer: parse_word(r.try_get(0)?)?,
            why: pool.keys().open_text(WHY, r.try_get(1)?)?,
            picked_by: r.try_get(2)?,
            picked_at: r.try_get(3)?,
            dropped_at: r.try_get(4)?,
        })
    })
    .transpose()
}

/// After so many decisions comes a known case; 0: never.
///
/// # Errors
/// Where the database fails.
pub async fn every(pool: &Pool) -> sqlx::Result<i64> {
    let kept: Option<String> =
        sqlx::query_scalar("SELECT value FROM meta WHERE name = $1").bind(EVERY).fetch_optional(pool).await?;
    Ok(kept.and_then(|text| text.parse().ok()).unwrap_or(EVERY_CASES))
}

/// Sets after how many decisions a known case comes.
///
/// # Errors
/// Where the database fails.
pub async fn set_every(tx: &mut Tx, reviewer_id: i64, every: i64, now: &str) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(EVERY)
    .bind(every.to_string())
    .execute(&mut **tx)
    .await?;
    let actor = format!("reviewer:{reviewer_id}");
    let detail = every.to_string();
    audit::append(tx, now, audit::Entry { actor: &actor, action: "gold.every", subject: "programme", detail: &detail })
        .await
}

/// The known case that it is this reviewer's turn for, where `every` cases were decided since the last one.
///
/// # Errors
/// Where the database fails.
pub async fn due(pool: &Pool, reviewer_id: i64, every: i64) -> sqlx::Result<Option<i64>> {
    if every <= 0 {
        return Ok(None);
    }
    let first = format!(
        "SELECT g.case_id FROM gold g JOIN cases c ON c.id = g.case_id WHERE {FITS} ORDER BY g.picked_at, g.case_id LIMIT 1"
    );
    let first: Option<i64> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(first)).bind(reviewer_id).fetch_optional(pool).await?;
    if first.is_none() {
        return Ok(None);
    }
    // No further than needed: some have decided many thousand.
    let decided: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT DISTINCT case_id FROM decisions WHERE reviewer_id = $1 \
         AND at > (SELECT coalesce(max(at), '') FROM gold_answers WHERE reviewer_id = $1) LIMIT $2) l",
    )
    .bind(reviewer_id)
    .bind(every)
    .fetch_one(pool)
    .await?;
    Ok(first.filter(|_| decided >= every))
}

/// Whether a case may be shown to this reviewer as one whose answer is known.
///
/// # Errors
/// Where the database fails.
pub async fn fits(pool: &Pool, case_id: i64, reviewer_id: i64) -> sqlx::Result<bool> {
    let one = format!(
        "SELECT EXISTS (SELECT 1 FROM gold g JOIN cases c ON c.id = g.case_id WHERE g.case_id = $2 AND {FITS})"
    );
    let fits: Truth =
        sqlx::query_scalar(sqlx::AssertSqlSafe(one)).bind(reviewer_id).bind(case_id).fetch_one(pool).await?;
    Ok(fits.0)
}

/// Keeps an answer; the first one stands. Returns whether it was the first.
///
/// # Errors
/// Where the database fails.
pub async fn answer(tx: &mut Tx, case_id: i64, reviewer_id: i64, answer: Event, now: &str) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO gold_answers (case_id, reviewer_id, answer, at) VALUES ($1, $2, $3, $4) ON CONFLICT (case_id, reviewer_id) DO NOTHING",
    )
    .bind(case_id)
    .bind(reviewer_id)
    .bind(word(&answer))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a reviewer answered on a known case.
///
/// # Errors
/// Where the database fails.
pub async fn answered(pool: &Pool, case_id: i64, reviewer_id: i64) -> sqlx::Result<Option<Event>> {
    let said: Option<String> =
        sqlx::query_scalar("SELECT answer FROM gold_answers WHERE case_id = $1 AND reviewer_id = $2")
            .bind(case_id)
            .bind(reviewer_id)
            .fetch_optional(pool)
            .await?;
    said.map(parse_word).transpose()
}

/// How often known cases were answered: as is known, not so, and "cannot tell" where more is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Answers.
    pub answered: i64,
    /// As is known.
    pub agreed: i64,
    /// "Cannot tell".
    pub cannot_tell: i64,
}

const COUNTS: &str =
    "count(a.answer), count(*) FILTER (WHERE a.answer = g.answer), count(*) FILTER (WHERE a.answer = 'cannot_tell')";

fn agreement(row: &Row, from: usize) -> sqlx::Result<Agreement> {
    Ok(Agreement { answered: row.try_get(from)?, agreed: row.try_get(from + 1)?, cannot_tell: row.try_get(from + 2)? })
}

/// Each reviewer's, by name: whoever answered at least one.
///
/// # Errors
/// Where the database fails.
pub async fn by_reviewer(pool: &Pool) -> sqlx::Result<Vec<(i64, String, Agreement)>> {
    let all = format!(
        "SELECT v.id, v.name, {COUNTS} FROM gold_answers a JOIN gold g ON g.case_id = a.case_id \
         JOIN reviewers v ON v.id = a.reviewer_id GROUP BY v.id, v.name ORDER BY v.name"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(all)).fetch_all(pool).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?, agreement(r, 2)?))).collect()
}

/// One known case in the list of them.
pub struct Listed {
    /// The case.
    pub case_id: i64,
    /// What is known.
    pub answer: Event,
    /// Whether it is still asked.
    pub asked: bool,
    /// What was answered.
    pub agreement: Agreement,
}

/// All known cases that are not erased, the latest first, at most 200.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<Listed>> {
    let all = format!(
        "SELECT g.case_id, g.answer, g.dropped_at, {COUNTS} FROM gold g JOIN cases c ON c.id = g.case_id \
         LEFT JOIN gold_answers a ON a.case_id = g.case_id WHERE c.erased_at = '' \
         GROUP BY g.case_id, g.answer, g.dropped_at, g.picked_at ORDER BY g.picked_at DESC, g.case_id DESC LIMIT 200"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(all)).fetch_all(pool).await?;
    rows.iter()
        .map(|r| {
            Ok(Listed {
                case_id: r.try_get(0)?,
                answer: parse_word(r.try_get(1)?)?,
                asked: r.try_get::<String, _>(2)?.is_empty(),
                agreement: agreement(r, 3)?,
            })
        })
        .collect()
}

/// Of this reviewer's last hundred decisions on waiting cases, how many there were, and how many were "cannot tell".
///
/// # Errors
/// Where the database fails.
pub async fn last_hundred(pool: &Pool, reviewer_id: i64) -> sqlx::Result<(i64, i64)> {
    let row = sqlx::query(
        "SELECT count(*), count(*) FILTER (WHERE decision = 'cannot_tell') FROM (SELECT decision FROM decisions WHERE reviewer_id = $1 \
         AND decision IN ('confirm', 'confirm_first', 'not_prohibited', 'cannot_tell', 'out_of_scope', 'invalid') ORDER BY id DESC LIMIT 100) l",
    )
    .bind(reviewer_id)
    .fetch_one(pool)
    .await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}
