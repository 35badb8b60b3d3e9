//! Frames and codings as devices sent them.

use super::super::Tx;
use crate::store::sql::Pool;
use sqlx::Row as _;

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `survey_frames`.
    Frame,
    /// `survey_codings`.
    Coding,
}

impl Kind {
    const fn of(self, [frame, coding]: [&str; 2]) -> &str {
        match self {
            Self::Frame => frame,
            Self::Coding => coding,
        }
    }
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

/// A record to store.
pub struct New<'a> {
    /// Its UUID.
    pub id: &'a str,
    /// The survey.
    pub survey: &'a str,
    /// The task.
    pub task: &'a str,
    /// The salted id of a coding's advertisement.
    pub listing: Option<&'a str>,
    /// Whose it is.
    pub spotter: &'a str,
    /// The device.
    pub key_id: &'a str,
    /// The exact bytes.
    pub body: &'a [u8],
    /// The device's signature.
    pub signature: &'a [u8; 64],
    /// When it came.
    pub received_at: &'a str,
}

/// What is stored under this id.
///
/// # Errors
/// Where the database fails.
pub async fn find(tx: &mut Tx, kind: Kind, id: &str) -> sqlx::Result<Option<Stored>> {
    let sql = kind.of([
        "SELECT key_id, body, received_at FROM survey_frames WHERE id = $1",
        "SELECT key_id, body, received_at FROM survey_codings WHERE id = $1",
    ]);
    // Safe: both are literals.
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await?;
    row.map(|r| Ok(Stored { key_id: r.try_get(0)?, body: r.try_get(1)?, received_at: r.try_get(2)? })).transpose()
}

/// How many came from a device since `since`.
///
/// # Errors
/// Where the database fails.
pub async fn count_since(tx: &mut Tx, kind: Kind, key_id: &str, since: &str) -> sqlx::Result<i64> {
    let sql = kind.of([
        "SELECT count(*) FROM survey_frames WHERE key_id = $1 AND received_at >= $2",
        "SELECT count(*) FROM survey_codings WHERE key_id = $1 AND received_at >= $2",
    ]);
    // Safe: both are literals.
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(key_id).bind(since).fetch_one(&mut **tx).await
}

/// Keeps one.
///
/// # Errors
/// Where the database fails.
pub async fn insert(tx: &mut Tx, kind: Kind, new: &New<'_>) -> sqlx::Result<()> {
    let sql = kind.of([
        "INSERT INTO survey_frames (id, survey, task, spotter, key_id, body, signature, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        "INSERT INTO survey_codings (id, survey, task, spotter, key_id, body, signature, received_at, listing) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    ]);
    // Safe: both are literals.
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(new.id)
        .bind(new.survey)
        .bind(new.task)
        .bind(new.spotter)
        .bind(new.key_id)
        .bind(new.body)
        .bind(new.signature.as_slice())
        .bind(new.received_at);
    if let Some(listing) = new.listing {
        query = query.bind(listing);
    }
    query.execute(&mut **tx).await.map(|_| ())
}

/// How far a coder is.
pub struct Progress {
    /// Their name for experts.
    pub pseudonym: String,
    /// Searches that are theirs.
    pub tasks: i64,
    /// Of them, those of which a frame has come.
    pub begun: i64,
    /// Frames that came.
    pub frames: i64,
    /// Codings that came, corrections included.
    pub codings: i64,
}

/// How far each coder of a survey is, by name.
///
/// # Errors
/// Where the database fails.
pub async fn progress(pool: &Pool, survey: &str) -> sqlx::Result<Vec<Progress>> {
    let rows = sqlx::query(
        "SELECT coalesce((SELECT max(pseudonym) FROM devices d WHERE d.spotter = c.spotter AND d.revoked_at IS NULL), '(signed off)') AS name, \
         (SELECT count(*) FROM survey_shares s WHERE s.survey = c.survey AND s.spotter = c.spotter), \
         (SELECT count(DISTINCT task) FROM survey_frames f WHERE f.survey = c.survey AND f.spotter = c.spotter), \
         (SELECT count(*) FROM survey_frames f WHERE f.survey = c.survey AND f.spotter = c.spotter), \
         (SELECT count(*) FROM survey_codings k WHERE k.survey = c.survey AND k.spotter = c.spotter) \
         FROM survey_coders c WHERE c.survey = $1 ORDER BY name, c.spotter",
    )
    .bind(survey)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Progress {
                pseudonym: r.try_get(0)?,
                tasks: r.try_get(1)?,
                begun: r.try_get(2)?,
                frames: r.try_get(3)?,
                codings: r.try_get(4)?,
            })
        })
        .collect()
}
