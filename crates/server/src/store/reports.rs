//! Reports as they came, byte by byte, and what a spotter may hear of them.

use super::cases::kinds;
use super::reporters::{REPORTER, Sent};
use super::sql::Truth;
use super::{Reader, Tx, blobs, parse_word, reporters, sealing};
use crate::keys::{Keys, Shut};
use spotter_model::{CaseState, PublicStatus, StatusItem, Week, WeekCount};
use sqlx::{AssertSqlSafe, Row as _};

/// Reports whose status a spotter is told.
const STATUSES: usize = 500;

/// What is stored under a report's id.
pub struct Stored {
    /// The device that sent it; empty: it was erased.
    pub key_id: String,
    /// Mark of its bytes.
    pub body_mark: String,
    /// The receipt's envelope, as JSON; empty: it was erased.
    pub receipt: String,
}

/// The mark by which the same bytes are known again.
#[must_use]
pub fn body_mark(keys: &Keys, sha256: &str) -> String {
    crate::sign::hex(&keys.mark("body", &[sha256.as_bytes()]))
}

/// A report to store.
pub struct NewReport<'a> {
    /// Its place in the row of all reports.
    pub seq: i64,
    /// Its UUID.
    pub report_id: &'a str,
    /// The device.
    pub key_id: &'a str,
    /// Its case.
    pub case_id: i64,
    /// The exact bytes.
    pub body: &'a [u8],
    /// Their hash.
    pub body_sha256: &'a str,
    /// The device's signature.
    pub signature: &'a [u8; 64],
    /// Hash of the listing's text.
    pub text_sha256: &'a [u8; 32],
    /// Blinds the commitment in the audit.
    pub salt: &'a [u8; 16],
    /// When it came.
    pub received_at: &'a str,
    /// Its number for people.
    pub number: &'a str,
    /// The receipt's envelope, as JSON.
    pub receipt: &'a str,
    /// Its case was there before.
    pub joined: bool,
}

/// What is stored under this id.
///
/// # Errors
/// Where the database fails.
pub async fn find(tx: &mut Tx, report_id: &str) -> sqlx::Result<Option<Stored>> {
    let row = sqlx::query("SELECT reporter, body_sha256, receipt FROM reports WHERE report_id = $1")
        .bind(report_id)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|r| {
        let receipt = tx.keys().open_text(kinds::RECEIPT, r.try_get(2)?)?;
        let key_id = tx.keys().open_text(REPORTER, r.try_get(0)?)?;
        Ok(Stored { key_id, body_mark: r.try_get(1)?, receipt })
    })
    .transpose()
}

/// The next report's place.
///
/// # Errors
/// Where the database fails.
pub async fn next_seq(tx: &mut Tx) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT coalesce(max(seq), 0) + 1 FROM reports").fetch_one(&mut **tx).await
}

/// Stores a report and the hashes that it names.
///
/// # Errors
/// Where the database fails.
pub async fn insert(tx: &mut Tx, new: &NewReport<'_>, named: &[&str]) -> sqlx::Result<()> {
    let slot = sealing::slot_of(tx, new.case_id).await?;
    let Tx { inner, keys, .. } = tx;
    sqlx::query(
        "INSERT INTO reports (seq, report_id, reporter, case_id, body, body_sha256, signature, text_sha256, salt, \
         received_at, number, receipt, joined) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(new.seq)
    .bind(new.report_id)
    .bind(keys.seal_text(slot, REPORTER, new.key_id)?)
    .bind(new.case_id)
    .bind(keys.seal(slot, kinds::BODY, new.body)?)
    .bind(body_mark(keys, new.body_sha256))
    .bind(keys.seal(slot, kinds::SIGNATURE, new.signature)?)
    .bind(keys.mark_in(slot, "text", new.text_sha256)?.as_slice())
    .bind(new.salt.as_slice())
    .bind(new.received_at)
    .bind(new.number)
    .bind(keys.seal_text(slot, kinds::RECEIPT, new.receipt)?)
    .bind(Truth(new.joined))
    .execute(&mut **inner)
    .await?;
    for sha256 in named {
        sqlx::query("INSERT INTO report_blobs (report_seq, sha256) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(new.seq)
            .bind(blobs::mark(keys, sha256))
            .execute(&mut **inner)
            .await?;
        // Beside the report it would say who sent it.
        sqlx::query("UPDATE blobs SET uploader = '' WHERE sha256 = $1 AND uploader <> ''")
            .bind(blobs::mark(keys, sha256))
            .execute(&mut **inner)
            .await?;
    }
    Ok(())
}

/// Of the hashes that a report names, those that the server does not hold, in order.
///
/// # Errors
/// Where the database fails.
pub async fn missing_blobs(tx: &mut Tx, named: &[&str]) -> sqlx::Result<Vec<String>> {
    let mut missing = vec![];
    for sha256 in named {
        let Truth(held) = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blobs WHERE sha256 = $1)")
            .bind(blobs::mark(&tx.keys, sha256))
            .fetch_one(&mut **tx)
            .await?;
        if !held {
            missing.push((*sha256).to_owned());
        }
    }
    missing.sort_unstable();
    missing.dedup();
    Ok(missing)
}

/// What became of a spotter's reports, newest first, at most 500. None of a case that was erased.
///
/// # Errors
/// Where the database fails.
pub async fn statuses(pool: &Reader, sent: &Sent) -> sqlx::Result<Vec<StatusItem>> {
    let sql = format!(
        "SELECT r.report_id, c.state, c.public_reason, CASE WHEN c.changed_at > r.received_at THEN c.changed_at ELSE r.received_at END, r.joined, c.removed FROM reports r \
         JOIN cases m ON m.id = r.case_id JOIN cases c ON c.id = coalesce(m.duplicate_of, m.id) WHERE r.seq IN ({}) ORDER BY r.seq DESC",
        sent.newest(STATUSES)
    );
    // Safe: numbers.
    let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(pool.pool()).await?;
    rows.into_iter()
        .map(|row| {
            let state: CaseState = parse_word(row.try_get(1)?)?;
            Ok(StatusItem {
                report_id: row.try_get(0)?,
                status: PublicStatus::of(state, row.try_get::<Truth, _>(5)?.0),
                reason: pool.keys().open_text(kinds::SAID, row.try_get(2)?)?,
                since: row.try_get(3)?,
                joined: row.try_get::<Truth, _>(4)?.0,
                look_again: None,
            })
        })
        .collect()
}

/// A spotter's week from `from` on: reports that arrived, and what was decided of older and newer ones.
///
/// # Errors
/// Where the database fails.
pub async fn week(pool: &Reader, sent: &Sent, from: &str) -> sqlx::Result<Week> {
    let own = sent.newest(usize::MAX);
    // Safe, here and below: numbers.
    let sql = format!("SELECT count(*) FROM reports WHERE received_at >= $1 AND seq IN ({own})");
    let reports: i64 =
        sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).bind(from).fetch_one(pool.pool()).await?;
    let sql = format!(
        "SELECT c.state, count(*), c.removed FROM reports r JOIN cases c ON c.id = r.case_id WHERE r.seq IN ({own}) AND EXISTS \
         (SELECT 1 FROM decisions n WHERE n.case_id = c.id AND n.version = c.version AND n.at >= $1) GROUP BY c.state, c.removed",
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(from).fetch_all(pool.pool()).await?;
    let mut decided: Vec<WeekCount> = vec![];
    for row in rows {
        let state: CaseState = parse_word(row.try_get(0)?)?;
        if state.is_open() {
            continue;
        }
        let status = PublicStatus::of(state, row.try_get::<Truth, _>(2)?.0);
        let reports = u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX);
        match decided.iter_mut().find(|d| d.status == status) {
            Some(known) => known.reports += reports,
            None => decided.push(WeekCount { status, reports }),
        }
    }
    decided.sort_by_key(|d| d.status);
    Ok(Week { from: from.to_owned(), reports: u32::try_from(reports).unwrap_or(u32::MAX), decided })
}

/// A report as it is exported.
pub struct Exported {
    /// The exact bytes.
    pub body: Vec<u8>,
    /// The device's signature.
    pub signature: Vec<u8>,
    /// The receipt's envelope, as JSON.
    pub receipt: String,
    /// The device.
    pub key_id: String,
    /// Its raw public key.
    pub public_key: Vec<u8>,
    /// Which spotter of the case it was, by their first reports: 1, 2 and so on.
    pub place_in_case: i64,
}

/// A report by its number or id. None that was erased.
///
/// # Errors
/// Where the database fails.
pub async fn exported(pool: &Reader, report: &str) -> sqlx::Result<Option<Exported>> {
    let row = sqlx::query(
        "SELECT body, signature, receipt, reporter, case_id FROM reports WHERE (number = $1 OR report_id = $1) AND length(body) > 0",
    )
    .bind(report)
    .fetch_optional(pool.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let keys = pool.keys();
    let (key_id, case_id) = (keys.open_text(REPORTER, row.try_get(3)?)?, row.try_get::<i64, _>(4)?);
    let public_key = sqlx::query_scalar("SELECT public_key FROM devices WHERE key_id = $1")
        .bind(&key_id)
        .fetch_one(pool.pool())
        .await?;
    let spotters = reporters::spotters(pool.pool()).await?;
    let mut before: Vec<&str> = vec![];
    let by = reporters::of_cases(pool, &[case_id]).await?.remove(&case_id).unwrap_or_default();
    for spotter in by.iter().filter_map(|device| spotters.get(&**device)) {
        if !before.contains(&spotter.as_str()) {
            before.push(spotter);
        }
    }
    let own = spotters.get(&key_id).and_then(|own| before.iter().position(|one| one == own)).ok_or(Shut::Gone)?;
    Ok(Some(Exported {
        body: keys.open_bytes(kinds::BODY, row.try_get(0)?)?.ok_or(Shut::Gone)?,
        signature: keys.open_bytes(kinds::SIGNATURE, row.try_get(1)?)?.ok_or(Shut::Gone)?,
        receipt: keys.open_text(kinds::RECEIPT, row.try_get(2)?)?,
        key_id,
        public_key,
        place_in_case: own as i64 + 1,
    }))
}
