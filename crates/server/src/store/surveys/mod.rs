//! Surveys as they are kept: protocols in every version, tasks with their coders, and what devices sent of them.

pub mod records;
pub mod results;

use super::sql::{Connection, Pool, Row, Truth};
use super::{Store, Tx};
use crate::random;
use crate::vault::Vault;
use spotter_model::survey::{Assigned, Protocol, Task};
use spotter_survey::canonical;
use spotter_survey::share::Shared;
use sqlx::Row as _;

/// Most surveys that a list shows, and that one spotter codes in at a time.
const LIST: i64 = 200;
const CODES_IN: i64 = 20;

/// Where a survey stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It may be changed freely; nobody looks yet.
    Draft,
    /// Its protocol is frozen but for amendments, and records are taken.
    Running,
    /// Nothing is taken any more; the archive says what was found.
    Frozen,
}

/// A survey.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The protocol in force.
    pub protocol: Protocol,
    /// Hex SHA-256 of its canonical JSON.
    pub sha256: String,
    /// Where it stands.
    pub state: State,
    /// Sealed salt, or empty.
    pub salt: String,
    /// Sealed key of pseudonyms, or empty.
    pub pseudonyms: String,
    /// When it was started.
    pub started_at: Option<String>,
    /// When it was frozen.
    pub frozen_at: Option<String>,
}

/// What a survey's secrets are sealed for.
#[must_use]
pub fn seal(survey: &str, what: &str) -> String {
    format!("survey:{survey}:{what}")
}

const COLUMNS: &str = "SELECT protocol, sha256, state, salt, pseudonyms, started_at, frozen_at FROM surveys";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

fn survey(row: &Row) -> sqlx::Result<Survey> {
    let protocol: Vec<u8> = row.try_get(0)?;
    Ok(Survey {
        protocol: serde_json::from_slice(&protocol).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
        sha256: row.try_get(1)?,
        state: super::parse_word(row.try_get(2)?)?,
        salt: row.try_get(3)?,
        pseudonyms: row.try_get(4)?,
        started_at: row.try_get(5)?,
        frozen_at: row.try_get(6)?,
    })
}

/// All surveys, those that run first.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<Survey>> {
    let order = "ORDER BY state = 'frozen', state = 'draft', created_at DESC, id LIMIT $1";
    let rows = sqlx::query(select(order)).bind(LIST).fetch_all(pool).await?;
    rows.iter().map(survey).collect()
}

/// A survey.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Pool, id: &str) -> sqlx::Result<Option<Survey>> {
    sqlx::query(select("WHERE id = $1")).bind(id).fetch_optional(pool).await?.as_ref().map(survey).transpose()
}

/// The same, inside a write transaction.
///
/// # Errors
/// Where the database fails.
pub async fn find_in(tx: &mut Tx, id: &str) -> sqlx::Result<Option<Survey>> {
    sqlx::query(select("WHERE id = $1")).bind(id).fetch_optional(&mut **tx).await?.as_ref().map(survey).transpose()
}

/// Keeps a draft, new or in an older draft's place. Answers whether it could: what runs or is frozen stays as it is.
///
/// # Errors
/// Where the database fails.
pub async fn keep_draft(tx: &mut Tx, protocol: &Protocol, now: &str) -> sqlx::Result<bool> {
    let bytes = canonical::json(protocol);
    let done = sqlx::query(
        "INSERT INTO surveys (id, state, version, protocol, sha256, created_at) VALUES ($1, 'draft', $2, $3, $4, $5) \
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, protocol = excluded.protocol, \
         sha256 = excluded.sha256 WHERE surveys.state = 'draft'",
    )
    .bind(&protocol.id)
    .bind(i64::from(protocol.version))
    .bind(&bytes)
    .bind(canonical::sha256(&bytes))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Starts a draft: its protocol is frozen, its keys are made, its tasks are shared out.
///
/// # Errors
/// Where the database fails.
pub async fn start(tx: &mut Tx, vault: &Vault, survey: &Survey, shares: &[Shared], now: &str) -> sqlx::Result<()> {
    let id = &survey.protocol.id;
    let key = || canonical::hex(&random::bytes::<32>());
    sqlx::query("UPDATE surveys SET state = 'running', salt = $1, pseudonyms = $2, started_at = $3 WHERE id = $4")
        .bind(vault.seal(&seal(id, "salt"), &key()))
        .bind(vault.seal(&seal(id, "pseudonyms"), &key()))
        .bind(now)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    keep_version(tx, &survey.protocol, now).await?;
    keep_shares(tx, id, shares).await
}

/// Puts an amended protocol into force, and its tasks with their coders.
///
/// # Errors
/// Where the database fails.
pub async fn amend(tx: &mut Tx, protocol: &Protocol, shares: &[Shared], now: &str) -> sqlx::Result<()> {
    let bytes = canonical::json(protocol);
    sqlx::query("UPDATE surveys SET version = $1, protocol = $2, sha256 = $3 WHERE id = $4")
        .bind(i64::from(protocol.version))
        .bind(&bytes)
        .bind(canonical::sha256(&bytes))
        .bind(&protocol.id)
        .execute(&mut **tx)
        .await?;
    keep_version(tx, protocol, now).await?;
    keep_shares(tx, &protocol.id, shares).await
}

async fn keep_version(tx: &mut Tx, protocol: &Protocol, now: &str) -> sqlx::Result<()> {
    let bytes = canonical::json(protocol);
    sqlx::query("INSERT INTO survey_versions (survey, version, protocol, sha256, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&protocol.id)
        .bind(i64::from(protocol.version))
        .bind(&bytes)
        .bind(canonical::sha256(&bytes))
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn keep_shares(tx: &mut Tx, survey: &str, shares: &[Shared]) -> sqlx::Result<()> {
    sqlx::query("UPDATE survey_tasks SET place = NULL WHERE survey = $1").bind(survey).execute(&mut **tx).await?;
    for (place, share) in shares.iter().enumerate() {
        let task = serde_json::to_string(&share.task).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
        sqlx::query(
            "INSERT INTO survey_tasks (survey, id, place, task) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (survey, id) DO UPDATE SET place = excluded.place, task = excluded.task",
        )
        .bind(survey)
        .bind(&share.task.id)
        .bind(place as i64)
        .bind(task)
        .execute(&mut **tx)
        .await?;
        for (nth, spotter) in (1..).zip(&share.coders) {
            sqlx::query(
                "INSERT INTO survey_shares (survey, task, nth, spotter) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            )
            .bind(survey)
            .bind(&share.task.id)
            .bind(i64::from(nth))
            .bind(spotter)
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(())
}

/// Keeps who codes.
///
/// # Errors
/// Where the database fails.
pub async fn set_coders(tx: &mut Tx, survey: &str, spotters: &[String]) -> sqlx::Result<()> {
    for spotter in spotters {
        sqlx::query("INSERT INTO survey_coders (survey, spotter) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(survey)
            .bind(spotter)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// A spotter who may be chosen, or was.
#[derive(Clone, Debug)]
pub struct Coder {
    /// The same for all devices of one spotter.
    pub spotter: String,
    /// Their name for experts.
    pub pseudonym: String,
    /// Their cohort, or empty.
    pub cohort: String,
    /// They code in this survey.
    pub chosen: bool,
}

/// The spotters whose device was not signed off, and those who code in this survey.
///
/// # Errors
/// Where the database fails.
pub async fn coders(pool: &Pool, survey: &str) -> sqlx::Result<Vec<Coder>> {
    let rows = sqlx::query(
        "SELECT d.spotter, min(d.pseudonym), min(d.cohort), min(c.spotter) IS NOT NULL FROM devices d \
         LEFT JOIN survey_coders c ON c.survey = $1 AND c.spotter = d.spotter \
         WHERE d.revoked_at IS NULL GROUP BY d.spotter ORDER BY 3, 2 LIMIT 500",
    )
    .bind(survey)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Coder {
                spotter: r.try_get(0)?,
                pseudonym: r.try_get(1)?,
                cohort: r.try_get(2)?,
                chosen: r.try_get::<Truth, _>(3)?.0,
            })
        })
        .collect()
}

/// The tasks of a survey with their coders, in the protocol's order; those that an amendment took out come last.
///
/// # Errors
/// Where the database fails.
pub async fn shares(tx: &mut Connection, survey: &str) -> sqlx::Result<Vec<Shared>> {
    let rows = sqlx::query(
        "SELECT t.task, s.spotter FROM survey_tasks t LEFT JOIN survey_shares s ON s.survey = t.survey AND s.task = t.id \
         WHERE t.survey = $1 ORDER BY t.place IS NULL, t.place, t.id, s.nth",
    )
    .bind(survey)
    .fetch_all(&mut *tx)
    .await?;
    let mut all: Vec<Shared> = vec![];
    for row in rows {
        let task: Task = read(row.try_get(0)?)?;
        let spotter: Option<String> = row.try_get(1)?;
        match all.last_mut().filter(|last| last.task.id == task.id) {
            Some(last) => last.coders.extend(spotter),
            None => all.push(Shared { task, coders: spotter.into_iter().collect() }),
        }
    }
    Ok(all)
}

fn read(task: String) -> sqlx::Result<Task> {
    serde_json::from_str(&task).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

/// The surveys that run and in which a spotter codes, each with that spotter's tasks.
///
/// # Errors
/// Where the database fails, or a salt does not open.
pub async fn assigned(store: &Store, vault: &Vault, spotter: &str) -> sqlx::Result<Vec<Assigned>> {
    let rows = sqlx::query(select(
        "WHERE state = 'running' AND id IN (SELECT survey FROM survey_shares WHERE spotter = $1) ORDER BY started_at, id LIMIT $2",
    ))
    .bind(spotter)
    .bind(CODES_IN)
    .fetch_all(store.read())
    .await?;
    let mut all = vec![];
    for row in &rows {
        let found = survey(row)?;
        let id = &found.protocol.id;
        let tasks: Vec<String> = sqlx::query_scalar(
            "SELECT t.task FROM survey_tasks t JOIN survey_shares s ON s.survey = t.survey AND s.task = t.id \
             WHERE t.survey = $1 AND s.spotter = $2 AND t.place IS NOT NULL ORDER BY t.place",
        )
        .bind(id)
        .bind(spotter)
        .fetch_all(store.read())
        .await?;
        let salt = vault.unseal(&seal(id, "salt"), &found.salt).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
        let tasks = tasks.into_iter().map(read).collect::<sqlx::Result<_>>()?;
        all.push(Assigned { protocol: found.protocol, salt, tasks });
    }
    Ok(all)
}

/// Whether a task is this spotter's.
///
/// # Errors
/// Where the database fails.
pub async fn is_assigned(tx: &mut Tx, survey: &str, task: &str, spotter: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM survey_shares WHERE survey = $1 AND task = $2 AND spotter = $3)")
        .bind(survey)
        .bind(task)
        .bind(spotter)
        .fetch_one(&mut **tx)
        .await
        .map(|Truth(yes)| yes)
}
