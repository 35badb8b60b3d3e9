//! Cases: opened and joined by reports, read by the console. Their steps are in `steps`.

use super::steps::{self, Actor};
use super::{Tx, parse_word, word};
use crate::audit;
use spotter_model::case::Who;
use spotter_model::{CaseState, Event, Level};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqlitePool};

/// Rows of the queue on one page.
pub const PAGE: usize = 25;

/// A case as the queue shows it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its number.
    pub id: i64,
    /// The marketplace's host.
    pub marketplace: String,
    /// Where it stands.
    pub state: CaseState,
    /// Counts its decisions.
    pub version: i64,
    /// When its first report came.
    pub opened_at: String,
    /// When it was last decided or opened again.
    pub changed_at: String,
    /// What spotters are told.
    pub public_reason: String,
    /// Title of the newest report's listing.
    pub title: String,
    /// Its price.
    pub price: String,
    /// What the detector said.
    pub level: Level,
    /// Its score.
    pub score: f64,
    /// The most probable group, or empty.
    pub main_group: String,
    /// Reported by a spotter though the detector had not flagged it.
    pub missed: bool,
    /// How many reports it has.
    pub reports: i64,
    /// How many claims the seller makes in the newest one.
    pub claims: i64,
    /// The case that it is a duplicate of.
    pub duplicate_of: Option<i64>,
    /// The queue does not offer it before this time; empty: it does.
    pub deferred_until: String,
    /// Nobody is told before this time; empty: no agency asked.
    pub hold_until: String,
    /// The agency that asked.
    pub hold_agency: String,
}

const COLUMNS: &str = "id, marketplace, state, version, opened_at, changed_at, public_reason, title, price, level, \
                       score, main_group, missed, reports, claims, duplicate_of, deferred_until, hold_until, hold_agency";

fn case(row: &SqliteRow) -> sqlx::Result<Case> {
    Ok(Case {
        id: row.try_get(0)?,
        marketplace: row.try_get(1)?,
        state: parse_word(row.try_get(2)?)?,
        version: row.try_get(3)?,
        opened_at: row.try_get(4)?,
        changed_at: row.try_get(5)?,
        public_reason: row.try_get(6)?,
        title: row.try_get(7)?,
        price: row.try_get(8)?,
        level: parse_word(row.try_get(9)?)?,
        score: row.try_get(10)?,
        main_group: row.try_get(11)?,
        missed: row.try_get(12)?,
        reports: row.try_get(13)?,
        claims: row.try_get(14)?,
        duplicate_of: row.try_get(15)?,
        deferred_until: row.try_get(16)?,
        hold_until: row.try_get(17)?,
        hold_agency: row.try_get(18)?,
    })
}

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM cases {rest}"))
}

/// A report's view of the case that it opens or joins.
pub struct Subject<'a> {
    /// The marketplace's host.
    pub marketplace: &'a str,
    /// The listing within it.
    pub listing_key: &'a str,
    /// Copies for the queue.
    pub title: &'a str,
    /// Copies for the queue.
    pub price: &'a str,
    /// Copies for the queue.
    pub level: Level,
    /// Copies for the queue.
    pub score: f64,
    /// Copies for the queue.
    pub main_group: &'a str,
    /// The detector had not flagged it.
    pub missed: bool,
    /// How many claims the seller makes.
    pub claims: i64,
    /// Hash of the listing's text.
    pub text_sha256: &'a [u8; 32],
}

/// Opens the case of a listing or joins it. Returns its number, and whether it was there before.
///
/// # Errors
/// Where the database fails.
pub async fn open_or_join(tx: &mut Tx, subject: &Subject<'_>, now: &str) -> sqlx::Result<(i64, bool)> {
    let found = sqlx::query(select("WHERE marketplace = ? AND listing_key = ?"))
        .bind(subject.marketplace)
        .bind(subject.listing_key)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(found) = found.as_ref().map(case).transpose()? else {
        let id = sqlx::query_scalar(
            "INSERT INTO cases (marketplace, listing_key, state, version, opened_at, changed_at, title, price, level, \
             score, main_group, missed, claims, reports) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING id",
        )
        .bind(subject.marketplace)
        .bind(subject.listing_key)
        .bind(word(&CaseState::New))
        .bind(now)
        .bind(now)
        .bind(subject.title)
        .bind(subject.price)
        .bind(word(&subject.level))
        .bind(subject.score)
        .bind(subject.main_group)
        .bind(subject.missed)
        .bind(subject.claims)
        .fetch_one(&mut **tx)
        .await?;
        let about = format!("case:{id}");
        audit::append(tx, now, audit::Entry { actor: "server", action: "case.opened", subject: &about, detail: "" })
            .await?;
        return Ok((id, false));
    };
    let text_is_known: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM reports WHERE case_id = ? AND text_sha256 = ?)")
            .bind(found.id)
            .bind(subject.text_sha256.as_slice())
            .fetch_one(&mut **tx)
            .await?;
    sqlx::query(
        "UPDATE cases SET title = ?, price = ?, level = ?, score = ?, main_group = ?, missed = missed AND ?, \
         claims = ?, reports = reports + 1 WHERE id = ?",
    )
    .bind(subject.title)
    .bind(subject.price)
    .bind(word(&subject.level))
    .bind(subject.score)
    .bind(subject.main_group)
    .bind(subject.missed)
    .bind(subject.claims)
    .bind(found.id)
    .execute(&mut **tx)
    .await?;
    if !text_is_known {
        // What was looked at is no longer all there is to see.
        sqlx::query("DELETE FROM evidence_views WHERE case_id = ?").bind(found.id).execute(&mut **tx).await?;
    }
    if crate::cases::reopens(found.state, !text_is_known) {
        steps::take(tx, &found, Event::Reopen, Actor::Server, Some(""), now).await?;
    }
    Ok((found.id, true))
}

/// Remembers that a reviewer opened the evidence.
///
/// # Errors
/// Where the database fails.
pub async fn evidence_opened(tx: &mut Tx, case_id: i64, reviewer_id: i64, now: &str) -> sqlx::Result<()> {
    let done =
        sqlx::query("INSERT INTO evidence_views (case_id, reviewer_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(case_id)
            .bind(reviewer_id)
            .bind(now)
            .execute(&mut **tx)
            .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    let (actor, about) = (format!("reviewer:{reviewer_id}"), format!("case:{case_id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action: "case.evidence_opened", subject: &about, detail: "" })
        .await
}

/// Whether a reviewer opened the evidence.
///
/// # Errors
/// Where the database fails.
pub async fn has_opened_evidence(pool: &SqlitePool, case_id: i64, reviewer_id: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM evidence_views WHERE case_id = ? AND reviewer_id = ?)")
        .bind(case_id)
        .bind(reviewer_id)
        .fetch_one(pool)
        .await
}

/// One case, inside a write transaction.
///
/// # Errors
/// Where the database fails.
pub async fn find_in(tx: &mut Tx, id: i64) -> sqlx::Result<Option<Case>> {
    sqlx::query(select("WHERE id = ?")).bind(id).fetch_optional(&mut **tx).await?.as_ref().map(case).transpose()
}

/// One case.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &SqlitePool, id: i64) -> sqlx::Result<Option<Case>> {
    sqlx::query(select("WHERE id = ?")).bind(id).fetch_optional(pool).await?.as_ref().map(case).transpose()
}

/// Cases whose hold has come to its date, at most 100.
///
/// # Errors
/// Where the database fails.
pub async fn holds_over(pool: &SqlitePool, now: &str) -> sqlx::Result<Vec<Case>> {
    let rows = sqlx::query(select("WHERE state = 'on_hold' AND hold_until <= ? ORDER BY id LIMIT 100"))
        .bind(now)
        .fetch_all(pool)
        .await?;
    rows.iter().map(case).collect()
}

/// Which cases the queue shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One state; absent: all that are open.
    pub state: Option<CaseState>,
    /// One group; empty: all.
    pub group: String,
    /// Only cases behind this one.
    pub after: i64,
    /// Only cases that were deferred and are not due yet; else, of open ones, only those that are due.
    pub deferred: bool,
    /// The time now, as it is stored.
    pub now: String,
}

/// The states that are meant, as a JSON array for `json_each`.
fn words(meant: impl Fn(CaseState) -> bool) -> String {
    let states = CaseState::ALL.into_iter().filter(|s| meant(*s));
    serde_json::to_string(&states.collect::<Vec<_>>()).unwrap_or_default()
}

/// One page of the queue, oldest first, and whether there are more.
///
/// # Errors
/// Where the database fails.
pub async fn queue(pool: &SqlitePool, filter: &Filter) -> sqlx::Result<(Vec<Case>, bool)> {
    let rows = sqlx::query(select(
        "WHERE state IN (SELECT value FROM json_each(?1)) AND (?2 = '' OR main_group = ?2) AND id > ?3 \
         AND (?4 OR (deferred_until > ?5) = ?6) ORDER BY id LIMIT ?7",
    ))
    .bind(words(|s| filter.state.map_or(s.is_open(), |want| want == s)))
    .bind(&filter.group)
    .bind(filter.after)
    .bind(filter.state.is_some())
    .bind(&filter.now)
    .bind(filter.deferred)
    .bind(PAGE as i64 + 1)
    .fetch_all(pool)
    .await?;
    let mut cases = rows.iter().map(case).collect::<sqlx::Result<Vec<_>>>()?;
    let more = cases.len() > PAGE;
    cases.truncate(PAGE);
    Ok((cases, more))
}

/// How many cases there are of each kind.
pub struct Counts {
    /// In each state.
    pub by_state: Vec<(CaseState, i64)>,
    /// Open ones in each group.
    pub by_group: Vec<(String, i64)>,
    /// Open ones that are not due yet.
    pub deferred: i64,
}

/// The counts that the queue shows.
///
/// # Errors
/// Where the database fails.
pub async fn counts(pool: &SqlitePool, now: &str) -> sqlx::Result<Counts> {
    let by_state = sqlx::query("SELECT state, count(*) FROM cases GROUP BY state").fetch_all(pool).await?;
    let by_state =
        by_state.into_iter().map(|r| Ok((parse_word(r.try_get(0)?)?, r.try_get(1)?))).collect::<sqlx::Result<_>>()?;
    let by_group = sqlx::query(
        "SELECT main_group, count(*) FROM cases WHERE state IN (SELECT value FROM json_each(?)) AND main_group <> '' \
         GROUP BY main_group ORDER BY 2 DESC, 1",
    )
    .bind(words(CaseState::is_open))
    .fetch_all(pool)
    .await?;
    let by_group = by_group.into_iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect::<sqlx::Result<_>>()?;
    let deferred = sqlx::query_scalar(
        "SELECT count(*) FROM cases WHERE deferred_until > ? AND state IN (SELECT value FROM json_each(?))",
    )
    .bind(now)
    .bind(words(CaseState::is_open))
    .fetch_one(pool)
    .await?;
    Ok(Counts { by_state, by_group, deferred })
}

/// The open case behind `id` that is due and that no other reviewer holds, else the first such one; never `id` itself.
///
/// # Errors
/// Where the database fails.
pub async fn next_open(pool: &SqlitePool, id: i64, reviewer_id: i64, now: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "SELECT id FROM cases WHERE state IN (SELECT value FROM json_each(?1)) AND id <> ?2 AND deferred_until <= ?4 \
         AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.case_id = cases.id AND l.reviewer_id <> ?3 AND l.until > ?4) \
         ORDER BY id < ?2, id LIMIT 1",
    )
    .bind(words(CaseState::is_open))
    .bind(id)
    .bind(reviewer_id)
    .bind(now)
    .fetch_optional(pool)
    .await
}

/// The open case before `id` that is due.
///
/// # Errors
/// Where the database fails.
pub async fn previous_open(pool: &SqlitePool, id: i64, now: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "SELECT id FROM cases WHERE state IN (SELECT value FROM json_each(?)) AND id < ? AND deferred_until <= ? \
         ORDER BY id DESC LIMIT 1",
    )
    .bind(words(CaseState::is_open))
    .bind(id)
    .bind(now)
    .fetch_optional(pool)
    .await
}

/// A report of a case, as the console reads it.
pub struct CaseReport {
    /// The exact bytes.
    pub body: Vec<u8>,
    /// Its number for people.
    pub number: String,
    /// When it came.
    pub received_at: String,
    /// Who sent it.
    pub pseudonym: String,
    /// The device.
    pub key_id: String,
}

/// The newest reports of a case, at most `limit`.
///
/// # Errors
/// Where the database fails.
pub async fn reports_of(pool: &SqlitePool, case_id: i64, limit: i64) -> sqlx::Result<Vec<CaseReport>> {
    let rows = sqlx::query(
        "SELECT r.body, r.number, r.received_at, d.pseudonym, r.key_id FROM reports r JOIN devices d USING (key_id) \
         WHERE r.case_id = ? ORDER BY r.seq DESC LIMIT ?",
    )
    .bind(case_id)
    .bind(limit)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(CaseReport {
                body: r.try_get(0)?,
                number: r.try_get(1)?,
                received_at: r.try_get(2)?,
                pseudonym: r.try_get(3)?,
                key_id: r.try_get(4)?,
            })
        })
        .collect()
}

/// One step in a case's history.
pub struct Past {
    /// What happened.
    pub event: Event,
    /// Who did it.
    pub who: Who,
    /// By whom; empty: by no reviewer.
    pub reviewer: String,
    /// By whom.
    pub reviewer_id: Option<i64>,
    /// What spotters were told.
    pub public_reason: String,
    /// When.
    pub at: String,
}

/// A case's decisions, newest first, at most 20.
///
/// # Errors
/// Where the database fails.
pub async fn history(pool: &SqlitePool, case_id: i64) -> sqlx::Result<Vec<Past>> {
    let rows = sqlx::query(
        "SELECT d.decision, coalesce(v.name, ''), d.reviewer_id, d.public_reason, d.at, \
         CASE WHEN d.who <> '' THEN d.who WHEN d.reviewer_id IS NULL THEN 'server' ELSE 'reviewer' END FROM decisions d \
         LEFT JOIN reviewers v ON v.id = d.reviewer_id WHERE d.case_id = ? ORDER BY d.version DESC LIMIT 20",
    )
    .bind(case_id)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Past {
                event: parse_word(r.try_get(0)?)?,
                who: parse_word(r.try_get(5)?)?,
                reviewer: r.try_get(1)?,
                reviewer_id: r.try_get(2)?,
                public_reason: r.try_get(3)?,
                at: r.try_get(4)?,
            })
        })
        .collect()
}

/// Of a spotter's last 100 decided cases, whichever device reported them: how many were confirmed, and how many there
/// are. "Cannot tell" counts for neither: the spotter was not wrong.
///
/// # Errors
/// Where the database fails.
pub async fn accuracy(pool: &SqlitePool, key_id: &str) -> sqlx::Result<(i64, i64)> {
    let row = sqlx::query(
        "SELECT coalesce(sum(state IN (SELECT value FROM json_each(?2))), 0), count(*) FROM (SELECT DISTINCT c.id, c.state, \
         c.changed_at FROM reports r JOIN cases c ON c.id = r.case_id WHERE r.key_id IN (SELECT d.key_id FROM devices d \
         JOIN devices me USING (spotter) WHERE me.key_id = ?1) AND c.state IN (SELECT value FROM json_each(?3)) \
         ORDER BY c.changed_at DESC LIMIT 100)",
    )
    .bind(key_id)
    .bind(words(CaseState::is_confirmed))
    .bind(words(|s| s.is_confirmed() || s.is_dismissed()))
    .fetch_one(pool)
    .await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}
