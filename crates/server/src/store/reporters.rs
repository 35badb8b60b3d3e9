//! Who reported what. It lies sealed under the key of each case, so a copy is held in memory, as of the search: it is brought up to
//! date before it is asked, and what was erased leaves it then.
//!
//! Owns that copy, and the sealed form. No row and no file says who sent a report, not even which two reports one spotter sent.
//! About 60 bytes a report; nothing of it is ever written.

use super::sql::{self, Pool};
use super::{Reader, Tx};
use sqlx::Row as _;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::Mutex;

/// What the device's key id is sealed as.
pub const REPORTER: &str = "reports.reporter";
/// Reports that are opened in one read: others read in between.
const BATCH: i64 = 5_000;
/// Most reports of one spotter that an answer is worked out from: the newest.
const MOST: usize = 20_000;

/// The copy.
#[derive(Default)]
pub struct Index {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// The newest report that it knows of.
    report: i64,
    /// The newest erasure.
    erasure: i64,
    /// Reports of each case, in the order in which they came, with the device.
    cases: HashMap<i64, Vec<(i64, Arc<str>)>>,
    /// Reports of each device with their cases, in that order.
    devices: HashMap<Arc<str>, Vec<(i64, i64)>>,
}

impl Held {
    fn add(&mut self, seq: i64, case_id: i64, key_id: &str) {
        let name = match self.devices.get_key_value(key_id) {
            Some((name, _)) => Arc::clone(name),
            None => Arc::from(key_id),
        };
        self.cases.entry(case_id).or_default().push((seq, Arc::clone(&name)));
        self.devices.entry(name).or_default().push((seq, case_id));
    }

    fn forget(&mut self, case_id: i64) {
        for (_, key_id) in self.cases.remove(&case_id).unwrap_or_default() {
            if let Some(own) = self.devices.get_mut(&key_id) {
                own.retain(|(_, case)| *case != case_id);
            }
        }
    }
}

/// Brings the copy up to date. The first time opens every report's; a server does it at its start.
///
/// # Errors
/// Where the database fails.
pub async fn refresh(pool: &Reader) -> sqlx::Result<()> {
    let mut held = pool.reporters.held.lock().await;
    bring(pool, &mut held).await
}

async fn bring(pool: &Reader, held: &mut Held) -> sqlx::Result<()> {
    let newest: i64 = sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM reports").fetch_one(pool.pool()).await?;
    while held.report < newest {
        let until = (held.report + BATCH).min(newest);
        let rows = sqlx::query(
            "SELECT seq, case_id, reporter FROM reports WHERE seq > $1 AND seq <= $2 AND reporter <> '' ORDER BY seq",
        )
        .bind(held.report)
        .bind(until)
        .fetch_all(pool.pool())
        .await?;
        for row in rows {
            let key_id = pool.keys().open_text(REPORTER, row.try_get(2)?)?;
            if !key_id.is_empty() {
                held.add(row.try_get(0)?, row.try_get(1)?, &key_id);
            }
        }
        held.report = until;
    }
    let erased: Vec<(i64, i64)> = sqlx::query_as("SELECT id, case_id FROM erasures WHERE id > $1 ORDER BY id")
        .bind(held.erasure)
        .fetch_all(pool.pool())
        .await?;
    for (id, case_id) in erased {
        held.forget(case_id);
        held.erasure = id;
    }
    Ok(())
}

/// The spotter's devices, this one among them.
async fn devices_of(pool: &Pool, key_id: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("SELECT d.key_id FROM devices d JOIN devices me USING (spotter) WHERE me.key_id = $1")
        .bind(key_id)
        .fetch_all(pool)
        .await
}

/// What a spotter reported, whichever device sent it.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// The reports, newest first.
    pub reports: Vec<i64>,
    /// Their cases, each once.
    pub cases: Vec<i64>,
}

impl Sent {
    /// The newest reports, at most so many, as a list for `IN (…)`.
    #[must_use]
    pub fn newest(&self, most: usize) -> String {
        sql::numbers(&self.reports[..self.reports.len().min(most)])
    }
}

/// What the spotter of a device reported, of what was not erased: the newest 20,000.
///
/// # Errors
/// Where the database fails.
pub async fn sent_by(pool: &Reader, key_id: &str) -> sqlx::Result<Sent> {
    let devices = devices_of(pool.pool(), key_id).await?;
    let mut held = pool.reporters.held.lock().await;
    bring(pool, &mut held).await?;
    let mut all: Vec<(i64, i64)> =
        devices.iter().filter_map(|d| held.devices.get(d.as_str())).flatten().copied().collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.truncate(MOST);
    let cases: BTreeSet<i64> = all.iter().map(|(_, case)| *case).collect();
    Ok(Sent { reports: all.into_iter().map(|(seq, _)| seq).collect(), cases: cases.into_iter().collect() })
}

/// The devices that reported each of these cases, in the order of the reports.
///
/// # Errors
/// Where the database fails.
pub async fn of_cases(pool: &Reader, cases: &[i64]) -> sqlx::Result<HashMap<i64, Vec<Arc<str>>>> {
    let mut held = pool.reporters.held.lock().await;
    bring(pool, &mut held).await?;
    let one = |id: &i64| held.cases.get(id).map(|all| (*id, all.iter().map(|(_, key)| Arc::clone(key)).collect()));
    Ok(cases.iter().filter_map(one).collect())
}

/// Whose each device is.
///
/// # Errors
/// Where the database fails.
pub async fn spotters(pool: &Pool) -> sqlx::Result<HashMap<String, String>> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT key_id, spotter FROM devices").fetch_all(pool).await?;
    Ok(rows.into_iter().collect())
}

/// Cases that this writes down as decided for whoever reported them, before they are erased: figures of a spotter count on, and
/// nothing says of which cases they are.
///
/// # Errors
/// Where the database fails.
pub async fn count_on(tx: &mut Tx, case_id: i64, confirmed: bool) -> sqlx::Result<()> {
    let sealed: Vec<String> =
        sqlx::query_scalar("SELECT reporter FROM reports WHERE case_id = $1 AND reporter <> '' ORDER BY seq")
            .bind(case_id)
            .fetch_all(&mut **tx)
            .await?;
    let mut spotters = BTreeSet::new();
    for one in sealed {
        let key_id = tx.keys().open_text(REPORTER, &one)?;
        let spotter: Option<String> = sqlx::query_scalar("SELECT spotter FROM devices WHERE key_id = $1")
            .bind(key_id)
            .fetch_optional(&mut **tx)
            .await?;
        spotters.extend(spotter);
    }
    for spotter in spotters {
        add(tx, &spotter, confirmed).await?;
    }
    Ok(())
}

async fn add(tx: &mut Tx, spotter: &str, confirmed: bool) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO standing (spotter, confirmed, decided, kept_confirmed, kept_decided) VALUES ($1, $2, 1, $2, 1) \
         ON CONFLICT (spotter) DO UPDATE SET kept_confirmed = standing.kept_confirmed + excluded.kept_confirmed, \
         kept_decided = standing.kept_decided + 1",
    )
    .bind(spotter)
    .bind(i64::from(confirmed))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Seals who sent the reports that a version before this one kept in the open. Answers whether there were any.
///
/// # Errors
/// Where the database or the keys fail.
pub async fn seal_old(tx: &mut Tx, limit: i64) -> sqlx::Result<bool> {
    let rows = sqlx::query(
        "SELECT u.seq, u.key_id, c.slot, c.erased_at, c.id, c.state FROM unsealed_reporters u JOIN reports r ON r.seq = u.seq \
         JOIN cases c ON c.id = r.case_id ORDER BY u.seq LIMIT $1",
    )
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        let (seq, key_id): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        let (slot, erased_at): (i64, String) = (row.try_get(2)?, row.try_get(3)?);
        // A key that was destroyed or lost says nothing any more; the erasure of the case follows, or was.
        if erased_at.is_empty() && tx.keys().is_there(slot)? {
            let sealed = tx.keys().seal_text(slot, REPORTER, &key_id)?;
            sqlx::query("UPDATE reports SET reporter = $1 WHERE seq = $2")
                .bind(sealed)
                .bind(seq)
                .execute(&mut **tx)
                .await?;
        } else {
            let (case_id, state): (i64, String) = (row.try_get(4)?, row.try_get(5)?);
            erased_before(tx, (seq, case_id), &key_id, super::parse_word(state)?).await?;
        }
        sqlx::query("DELETE FROM unsealed_reporters WHERE seq = $1").bind(seq).execute(&mut **tx).await?;
    }
    Ok(!rows.is_empty())
}

/// A report of a case that was erased: it counts on for its spotter, once for the case.
async fn erased_before(
    tx: &mut Tx,
    (seq, case_id): (i64, i64),
    key_id: &str,
    state: spotter_model::CaseState,
) -> sqlx::Result<()> {
    if !state.is_confirmed() && !state.is_dismissed() {
        return Ok(());
    }
    // The last of the spotter's reports of the case counts: those before have left the table.
    let spotter: Option<String> = sqlx::query_scalar(
        "SELECT spotter FROM devices d WHERE d.key_id = $1 AND NOT EXISTS (SELECT 1 FROM unsealed_reporters u \
         JOIN reports r ON r.seq = u.seq JOIN devices e ON e.key_id = u.key_id \
         WHERE r.case_id = $2 AND u.seq > $3 AND e.spotter = d.spotter)",
    )
    .bind(key_id)
    .bind(case_id)
    .bind(seq)
    .fetch_optional(&mut **tx)
    .await?;
    match spotter {
        Some(spotter) => add(tx, &spotter, state.is_confirmed()).await,
        None => Ok(()),
    }
}
