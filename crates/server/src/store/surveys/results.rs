//! What results are made of: all records of a survey, the lead's choices and rates, and the archive of a frozen one.

use super::super::{Store, Tx};
use super::{Survey, seal};
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
    sql: &'static str,
    survey: &str,
) -> sqlx::Result<Vec<(String, T)>> {
    let rows = sqlx::query(sql).bind(survey).fetch_all(&mut *tx).await?;
    rows.into_iter()
        .map(|r| {
            let body: Vec<u8> = r.try_get(1)?;
            Ok((r.try_get(0)?, serde_json::from_slice(&body).map_err(decode)?))
        })
        .collect()
}

/// All records of a survey, as of one moment.
///
/// # Errors
/// Where the database fails.
pub async fn records(pool: &Pool, survey: &str) -> sqlx::Result<Records> {
    let mut tx = pool.begin().await?;
    read(&mut tx, survey).await
}

/// The same, inside a transaction.
///
/// # Errors
/// Where the database fails.
pub async fn read(tx: &mut Connection, survey: &str) -> sqlx::Result<Records> {
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
        bodies(tx, "SELECT spotter, body FROM survey_frames WHERE survey = $1 ORDER BY seq", survey).await?;
    let codings: Vec<(String, Coding)> =
        bodies(tx, "SELECT spotter, body FROM survey_codings WHERE survey = $1 ORDER BY seq", survey).await?;
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
    let records = records(store.read(), &survey.protocol.id).await?;
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

/// Keeps the archive and destroys the keys.
///
/// # Errors
/// Where the database fails.
pub async fn freeze(tx: &mut Tx, survey: &str, archive: &[u8], now: &str) -> sqlx::Result<()> {
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
    Ok(())
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
