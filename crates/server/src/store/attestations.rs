//! Results of the training's test: as they came, whose they are, and what a cohort's say together.
//!
//! Owns nothing of a person beyond the device's key: what a class knows is added up here, never listed by spotter.

use super::Tx;
use super::sql::{Pool, Row, Truth};
use spotter_model::Attestation;
use sqlx::Row as _;

/// Most cohorts, rounds and marks that a page offers.
const LIST: i64 = 200;

/// What is stored under an attestation's id.
pub struct Stored {
    /// The device that sent it.
    pub key_id: String,
    /// Hash of its bytes.
    pub body_sha256: String,
    /// The envelope that says that it is here, as JSON.
    pub receipt: String,
}

/// A result to store, besides what it says.
pub struct Signed<'a> {
    /// The device.
    pub key_id: &'a str,
    /// Whose it is.
    pub spotter: &'a str,
    /// The exact bytes.
    pub body: &'a [u8],
    /// Their hash.
    pub body_sha256: &'a str,
    /// The device's signature.
    pub signature: &'a [u8; 64],
    /// When it came.
    pub received_at: &'a str,
    /// The envelope that says that it is here, as JSON.
    pub receipt: &'a str,
}

/// What is stored under this id.
///
/// # Errors
/// Where the database fails.
pub async fn find(tx: &mut Tx, id: &str) -> sqlx::Result<Option<Stored>> {
    let row = sqlx::query("SELECT key_id, body_sha256, receipt FROM attestations WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|r| Ok(Stored { key_id: r.try_get(0)?, body_sha256: r.try_get(1)?, receipt: r.try_get(2)? })).transpose()
}

/// How many came from a device since `since`.
///
/// # Errors
/// Where the database fails.
pub async fn count_since(tx: &mut Tx, key_id: &str, since: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM attestations WHERE key_id = $1 AND received_at >= $2")
        .bind(key_id)
        .bind(since)
        .fetch_one(&mut **tx)
        .await
}

/// Keeps one.
///
/// # Errors
/// Where the database fails.
pub async fn insert(tx: &mut Tx, new: &Attestation, signed: &Signed<'_>) -> sqlx::Result<()> {
    let seq: i64 = sqlx::query_scalar(
        "INSERT INTO attestations (id, key_id, body, body_sha256, signature, received_at, receipt, spotter, round, \
         score, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING seq",
    )
    .bind(&new.id)
    .bind(signed.key_id)
    .bind(signed.body)
    .bind(signed.body_sha256)
    .bind(signed.signature.as_slice())
    .bind(signed.received_at)
    .bind(signed.receipt)
    .bind(signed.spotter)
    .bind(&new.round)
    .bind(i64::from(new.score))
    .bind(i64::from(new.attempts))
    .fetch_one(&mut **tx)
    .await?;
    for mark in &new.marks {
        sqlx::query("INSERT INTO attested_marks (seq, mark, hits, asked) VALUES ($1, $2, $3, $4)")
            .bind(seq)
            .bind(&mark.mark)
            .bind(i64::from(mark.right))
            .bind(i64::from(mark.asked))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Whether a result of this spotter's reaches the mark.
///
/// # Errors
/// Where the database fails.
pub async fn reaches(tx: &mut Tx, spotter: &str, mark: u32) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM attestations WHERE spotter = $1 AND score >= $2)")
        .bind(spotter)
        .bind(i64::from(mark))
        .fetch_one(&mut **tx)
        .await
        .map(|Truth(yes)| yes)
}

/// Whose results are added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this cohort (empty: of spotters without one); absent: of all.
    pub cohort: Option<String>,
    /// For this round; absent: for all.
    pub round: Option<String>,
}

/// How a class did on one mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The mark's id, or a group's word.
    pub mark: String,
    /// Right answers.
    pub right: i64,
    /// Answers.
    pub asked: i64,
}

/// What a class knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Spotters who belong to it and were not signed off.
    pub spotters: i64,
    /// Spotters of whom a pass is here.
    pub trained: i64,
    /// Passes.
    pub passes: i64,
    /// Tests that it took to get there.
    pub attempts: i64,
    /// By mark: the least known first, those with few answers last.
    pub marks: Vec<Mark>,
}

/// From so many answers on a mark's share says something.
pub const ENOUGH: i64 = 5;

/// What these results say together.
///
/// # Errors
/// Where the database fails.
pub async fn class(pool: &Pool, wanted: &Wanted) -> sqlx::Result<Class> {
    let spotters = sqlx::query_scalar(
        "SELECT count(DISTINCT spotter) FROM devices WHERE revoked_at IS NULL AND ($1 IS NULL OR cohort = $1)",
    )
    .bind(&wanted.cohort)
    .fetch_one(pool)
    .await?;
    let whole = sqlx::query(
        "SELECT count(DISTINCT a.spotter), count(*), CAST(coalesce(sum(a.attempts), 0) AS BIGINT) FROM attestations a \
         JOIN devices d USING (key_id) WHERE ($1 IS NULL OR d.cohort = $1) AND ($2 IS NULL OR a.round = $2)",
    )
    .bind(&wanted.cohort)
    .bind(&wanted.round)
    .fetch_one(pool)
    .await?;
    let rows = sqlx::query(
        "SELECT m.mark, CAST(sum(m.hits) AS BIGINT), CAST(sum(m.asked) AS BIGINT) FROM attested_marks m JOIN attestations a USING (seq) \
         JOIN devices d USING (key_id) WHERE ($1 IS NULL OR d.cohort = $1) AND ($2 IS NULL OR a.round = $2) \
         GROUP BY m.mark ORDER BY sum(m.asked) < $3, 1.0 * sum(m.hits) / sum(m.asked), m.mark LIMIT $4",
    )
    .bind(&wanted.cohort)
    .bind(&wanted.round)
    .bind(ENOUGH)
    .bind(LIST)
    .fetch_all(pool)
    .await?;
    let mark = |r: Row| Ok(Mark { mark: r.try_get(0)?, right: r.try_get(1)?, asked: r.try_get(2)? });
    Ok(Class {
        spotters,
        trained: whole.try_get(0)?,
        passes: whole.try_get(1)?,
        attempts: whole.try_get(2)?,
        marks: rows.into_iter().map(mark).collect::<sqlx::Result<_>>()?,
    })
}

/// The cohorts of devices and the rounds of results, to choose from.
///
/// # Errors
/// Where the database fails.
pub async fn choices(pool: &Pool) -> sqlx::Result<(Vec<String>, Vec<String>)> {
    let of = |sql: &'static str| sqlx::query_scalar(sql).bind(LIST).fetch_all(pool);
    let cohorts = of("SELECT DISTINCT cohort FROM devices ORDER BY cohort LIMIT $1").await?;
    let rounds = of("SELECT DISTINCT round FROM attestations ORDER BY round LIMIT $1").await?;
    Ok((cohorts, rounds))
}

/// A spotter's device, for whoever looks after people.
pub struct Trained {
    /// The spotter's name for experts.
    pub pseudonym: String,
    /// Their cohort, or empty.
    pub cohort: String,
    /// What the console calls the organisation that invited them.
    pub organisation: String,
    /// Since when.
    pub enrolled_at: String,
    /// When the newest result came; absent: none did.
    pub trained_at: Option<String>,
}

/// The devices that were not signed off, by cohort and name, at most 500.
///
/// # Errors
/// Where the database fails.
pub async fn devices(pool: &Pool) -> sqlx::Result<Vec<Trained>> {
    let rows = sqlx::query(
        "SELECT d.pseudonym, d.cohort, d.enrolled_at, max(a.received_at), o.short FROM devices d \
         JOIN invitations i ON i.code_hash = d.invitation JOIN organisations o ON o.id = i.organisation_id \
         LEFT JOIN attestations a ON a.spotter = d.spotter WHERE d.revoked_at IS NULL \
         GROUP BY d.key_id, o.short ORDER BY d.cohort, d.pseudonym LIMIT 500",
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Trained {
                pseudonym: r.try_get(0)?,
                cohort: r.try_get(1)?,
                enrolled_at: r.try_get(2)?,
                trained_at: r.try_get(3)?,
                organisation: r.try_get(4)?,
            })
        })
        .collect()
}
