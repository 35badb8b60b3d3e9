//! What spotters saw again: who is asked about which report, and the answers, until an expert has looked.
//!
//! Asked is whoever reported a case whose check is due, by any of her devices, once for each check. The answers are sealed with the
//! case, and erased with it; none of them moves it.

use super::reporters::{REPORTER, Sent};
use super::{Reader, Tx, parse_word, sealing, sql, word};
use crate::audit;
use crate::keys::Shut;
use spotter_model::recheck::{Recheck, Saw};
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::{HashMap, HashSet};

/// Reports that a spotter is asked about at once: those whose check has waited longest.
const ASKED: usize = 20;
/// Reports that are looked through for them, newest first: those whose status is told.
const REPORTS: usize = 500;
/// Answers that a page shows of a case.
const SHOWN: i64 = 20;
/// What the sender's key id is sealed as.
const SENDER: &str = "rechecks.sender";
/// What the exact bytes are sealed as.
const BODY: &str = "rechecks.body";
/// What their signature is sealed as.
const SIGNATURE: &str = "rechecks.signature";
/// What a spotter's mark is made for.
const MARK: &str = "recheck";

/// The reports that a spotter is asked about, and since when each check is due.
///
/// # Errors
/// Where the database fails.
pub async fn asked(pool: &Reader, sent: &Sent, spotter: &str, now: &str) -> sqlx::Result<HashMap<String, String>> {
    let sql = format!(
        "SELECT r.report_id, k.id, k.due_at, c.slot FROM reports r JOIN cases c ON c.id = r.case_id JOIN checks k ON k.case_id = c.id \
         WHERE r.seq IN ({}) AND k.outcome IS NULL AND k.due_at <= $1 AND c.erased_at = '' ORDER BY k.due_at, r.seq",
        sent.newest(REPORTS)
    );
    // Safe, here and below: numbers.
    let due: Vec<(String, i64, String, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).bind(now).fetch_all(pool.pool()).await?;
    if due.is_empty() {
        return Ok(HashMap::new());
    }
    let checks: Vec<i64> = due.iter().map(|(_, check, ..)| *check).collect();
    let sql = format!("SELECT check_id, sender_mark FROM rechecks WHERE check_id IN ({})", sql::numbers(&checks));
    let told: Vec<(i64, Vec<u8>)> = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(pool.pool()).await?;
    let told: HashSet<(i64, Vec<u8>)> = told.into_iter().collect();
    let mut asked = HashMap::new();
    for (report, check, due_at, slot) in due {
        let mark = match pool.keys().mark_in(slot, MARK, spotter.as_bytes()) {
            Ok(mark) => mark.to_vec(),
            // It is being erased.
            Err(Shut::Gone) => continue,
            Err(shut) => return Err(shut.into()),
        };
        if !told.contains(&(check, mark)) {
            asked.insert(report, due_at);
        }
        if asked.len() == ASKED {
            break;
        }
    }
    Ok(asked)
}

/// What is stored under an id.
pub struct Stored {
    /// The device that sent it.
    pub key_id: String,
    /// Its exact bytes.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: String,
}

/// What is stored under this id.
///
/// # Errors
/// Where the database fails.
pub async fn find(tx: &mut Tx, id: &str) -> sqlx::Result<Option<Stored>> {
    let row = sqlx::query("SELECT sender, body, received_at FROM rechecks WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|r| {
        let key_id = tx.keys().open_text(SENDER, r.try_get(0)?)?;
        let body = tx.keys().open_bytes(BODY, r.try_get(1)?)?.unwrap_or_default();
        Ok(Stored { key_id, body, received_at: r.try_get(2)? })
    })
    .transpose()
}

/// A check that is due, of the case of a report.
pub struct Open {
    /// Its number.
    pub check_id: i64,
    /// Its case.
    pub case_id: i64,
    /// Since when.
    pub due_at: String,
}

/// The check that is due of the case of this report, where this spotter sent it.
///
/// # Errors
/// Where the database fails.
pub async fn open(tx: &mut Tx, report_id: &str, spotter: &str, now: &str) -> sqlx::Result<Option<Open>> {
    let row = sqlx::query(
        "SELECT k.id, k.case_id, k.due_at, r.reporter FROM reports r JOIN checks k ON k.case_id = r.case_id \
         WHERE r.report_id = $1 AND r.reporter <> '' AND k.outcome IS NULL AND k.due_at <= $2",
    )
    .bind(report_id)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let by = tx.keys().open_text(REPORTER, row.try_get(3)?)?;
    let own: Option<String> =
        sqlx::query_scalar("SELECT spotter FROM devices WHERE key_id = $1").bind(by).fetch_optional(&mut **tx).await?;
    if own.as_deref() != Some(spotter) {
        return Ok(None);
    }
    Ok(Some(Open { check_id: row.try_get(0)?, case_id: row.try_get(1)?, due_at: row.try_get(2)? }))
}

/// Who sent an answer, and when it came.
pub struct Signed<'a> {
    /// The device.
    pub key_id: &'a str,
    /// Whose it is.
    pub spotter: &'a str,
    /// The exact bytes.
    pub body: &'a [u8],
    /// The device's signature.
    pub signature: &'a [u8; 64],
    /// When it came.
    pub received_at: &'a str,
}

/// Keeps an answer. Answers whether it is kept: a spotter answers of a check once.
///
/// # Errors
/// Where the database fails.
pub async fn keep(tx: &mut Tx, open: &Open, new: &Recheck, seen_at: &str, by: &Signed<'_>) -> sqlx::Result<bool> {
    let slot = sealing::slot_of(tx, open.case_id).await?;
    let Tx { inner, keys, .. } = tx;
    let done = sqlx::query(
        "INSERT INTO rechecks (id, case_id, check_id, sender_mark, saw, seen_at, sender, body, signature, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (check_id, sender_mark) DO NOTHING",
    )
    .bind(&new.id)
    .bind(open.case_id)
    .bind(open.check_id)
    .bind(keys.mark_in(slot, MARK, by.spotter.as_bytes())?.as_slice())
    .bind(word(&new.saw))
    .bind(seen_at)
    .bind(keys.seal_text(slot, SENDER, by.key_id)?)
    .bind(keys.seal(slot, BODY, by.body)?)
    .bind(keys.seal(slot, SIGNATURE, by.signature)?)
    .bind(by.received_at)
    .execute(&mut **inner)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    // Not which device: the chain outlives the case.
    let (about, saw) = (format!("case:{}", open.case_id), word(&new.saw));
    let entry = audit::Entry { actor: "device", action: "case.seen_again", subject: &about, detail: &saw };
    audit::append(tx, by.received_at, entry).await?;
    Ok(true)
}

/// What a volunteer saw.
pub struct Told {
    /// What.
    pub saw: Saw,
    /// When.
    pub seen_at: String,
}

/// What was seen for each of these checks, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn of_checks(pool: &Reader, checks: &[i64]) -> sqlx::Result<HashMap<i64, Vec<Told>>> {
    let mut all: HashMap<i64, Vec<Told>> = HashMap::new();
    if checks.is_empty() {
        return Ok(all);
    }
    let numbers = sql::numbers(checks);
    let sql = format!("SELECT check_id, saw, seen_at FROM rechecks WHERE check_id IN ({numbers}) ORDER BY seq DESC");
    // Safe: numbers.
    for row in sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(pool.pool()).await? {
        let told = Told { saw: parse_word(row.try_get(1)?)?, seen_at: row.try_get(2)? };
        all.entry(row.try_get(0)?).or_default().push(told);
    }
    Ok(all)
}

/// What was seen of a case, newest first, at most 20.
///
/// # Errors
/// Where the database fails.
pub async fn of_case(pool: &Reader, case_id: i64) -> sqlx::Result<Vec<Told>> {
    let rows = sqlx::query("SELECT saw, seen_at FROM rechecks WHERE case_id = $1 ORDER BY seq DESC LIMIT $2")
        .bind(case_id)
        .bind(SHOWN)
        .fetch_all(pool.pool())
        .await?;
    rows.into_iter().map(|row| Ok(Told { saw: parse_word(row.try_get(0)?)?, seen_at: row.try_get(1)? })).collect()
}
