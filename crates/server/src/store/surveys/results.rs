//! What results are made of: all records of a survey, the lead's choices and rates, and the archive of a frozen one.

use super::super::{Reader, Store, Tx};
use super::records::{self, BODY};
use super::{Survey, seal};
use crate::keys::Keys;
use crate::store::sql::{Connection, Pool};
use crate::vault::Vault;
use spotter_model::survey::{Coding, Frame, Protocol};
use spotter_survey::canonical;
use spotter_survey::data::{Data, Records, Settled};
use spotter_survey::money::Rates;
use sqlx::Row as _;
use std::collections::BTreeMap;

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// Records of one kind in the order in which they came, each with whose it is.
async fn bodies<T: serde::de::DeserializeOwned>(
    tx: &mut Connection,
    (sql, open): (&'static str, impl Fn(Vec<u8>) -> sqlx::Result<Option<Vec<u8>>>),
    survey: &str,
) -> sqlx::Result<Vec<(String, T)>> {
    let rows = sqlx::query(sql).bind(survey).fetch_all(&mut *tx).await?;
    rows.into_iter()
        .map(|r| {
            let Some(body) = open(r.try_get(1)?)? else { return Ok(None) };
            Ok(Some((r.try_get(0)?, serde_json::from_slice(&body).map_err(decode)?)))
        })
        .filter_map(Result::transpose)
        .collect()
}

/// All records of a survey, as of one moment. What was erased is not among them.
///
/// # Errors
/// Where the database fails.
pub async fn records(pool: &Reader, survey: &str) -> sqlx::Result<Records> {
    let mut tx = pool.pool().begin().await?;
    read(&mut tx, pool.keys(), survey).await
}

/// The same, inside a transaction.
///
/// # Errors
/// Where the database fails.
pub async fn read(tx: &mut Connection, keys: &Keys, survey: &str) -> sqlx::Result<Records> {
    let versions: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT protocol FROM survey_versions WHERE survey = $1 ORDER BY version")
            .bind(survey)
            .fetch_all(&mut *tx)
            .await?;
    let versions: Vec<Protocol> =
        versions.iter().map(|v| serde_json::from_slice(v).map_err(decode)).collect::<sqlx::Result<_>>()?;
    let rates: Option<Vec<u8>> = sqlx::query_scalar("SELECT rates FROM surveys WHERE id = $1")
        .bind(survey)
        .fetch_optional(&mut *tx)
        .await?
        .flatten();
    let rates: Option<Rates> = rates.map(|r| serde_json::from_slice(&r).map_err(decode)).transpose()?;
    let shares = super::shares(tx, survey).await?;
    let frames: Vec<(String, Frame)> =
        bodies(tx, ("SELECT spotter, body FROM survey_frames WHERE survey = $1 ORDER BY seq", |b| Ok(Some(b))), survey)
            .await?;
    let open = |body: Vec<u8>| Ok(keys.open_bytes(BODY, &body)?);
    let sql = "SELECT spotter, body FROM survey_codings WHERE survey = $1 AND length(body) > 0 ORDER BY seq";
    let codings: Vec<(String, Coding)> = bodies(tx, (sql, open), survey).await?;
    let rows =
        sqlx::query("SELECT listing, field, spotter FROM survey_choices WHERE survey = $1 ORDER BY listing, field")
            .bind(survey)
            .fetch_all(&mut *tx)
            .await?;
    let mut settled: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for row in rows {
        settled.entry(row.try_get(0)?).or_default().insert(row.try_get(1)?, row.try_get(2)?);
    }
    let settled = settled.into_iter().map(|(listing, choices)| Settled { listing, choices }).collect();
    Ok(Records { versions, shares, frames, codings, settled, rates })
}

/// The key of a survey's pseudonyms; `None` before the start and after the freeze.
#[must_use]
pub fn key(vault: &Vault, survey: &Survey) -> Option<String> {
    vault.unseal(&seal(&survey.protocol.id, "pseudonyms"), &survey.pseudonyms).ok()
}

/// A running survey's data, under its own key.
///
/// # Errors
/// Where the database fails.
pub async fn data(store: &Store, vault: &Vault, survey: &Survey) -> sqlx::Result<Option<Data>> {
    let Some(key) = key(vault, survey) else { return Ok(None) };
    let records = records(store.reader(), &survey.protocol.id).await?;
    Ok(Data::of(&records, key.as_bytes()))
}

/// Keeps a running survey's rates. Answers whether it could: what is frozen stays as it is.
///
/// # Errors
/// Where the database fails.
pub async fn set_rates(tx: &mut Tx, survey: &str, rates: &Rates) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE surveys SET rates = $1 WHERE id = $2 AND state = 'running'")
        .bind(canonical::json(rates))
        .bind(survey)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps whose answer counts in one field of one advertisement.
///
/// # Errors
/// Where the database fails.
pub async fn choose(
    tx: &mut Tx,
    (survey, listing, field): (&str, &str, &str),
    spotter: &str,
    reviewer: i64,
    now: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO survey_choices (survey, listing, field, spotter, reviewer_id, at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (survey, listing, field) DO UPDATE SET spotter = excluded.spotter, \
         reviewer_id = excluded.reviewer_id, at = excluded.at",
    )
    .bind(survey)
    .bind(listing)
    .bind(field)
    .bind(spotter)
    .bind(reviewer)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps the archive, destroys the keys of the survey, and takes out what coders wrote about sellers: the archive has no more need of
/// it. Gives the places of the codings' keys, to be destroyed once that is committed.
///
/// # Errors
/// Where the database fails.
pub async fn freeze(tx: &mut Tx, survey: &str, archive: &[u8], now: &str) -> sqlx::Result<Vec<i64>> {
    sqlx::query("INSERT INTO survey_archives (survey, bytes, sha256) VALUES ($1, $2, $3)")
        .bind(survey)
        .bind(archive)
        .bind(canonical::sha256(archive))
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE surveys SET state = 'frozen', frozen_at = $1, salt = '', pseudonyms = '' WHERE id = $2")
        .bind(now)
        .bind(survey)
        .execute(&mut **tx)
        .await?;
    records::erase_all(tx, survey).await
}

/// The archive of a frozen survey and its hash.
///
/// # Errors
/// Where the database fails.
pub async fn archive(pool: &Pool, survey: &str) -> sqlx::Result<Option<(Vec<u8>, String)>> {
    let row = sqlx::query("SELECT bytes, sha256 FROM survey_archives WHERE survey = $1")
        .bind(survey)
        .fetch_optional(pool)
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).transpose()
}
