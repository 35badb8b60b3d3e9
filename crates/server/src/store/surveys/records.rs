//! Frames and codings as devices sent them. A coding names a seller: it is sealed under a key of its own, and goes with it. A frame
//! names listings by hashes alone, under a salt that is sealed and ends with the survey.

use super::super::{Reader, Tx};
use crate::keys::Keys;
use crate::store::sql::{NOTHING, Pool};
use spotter_model::survey::Coding;
use sqlx::Row as _;

/// What a coding is sealed as.
pub(super) const BODY: &str = "survey_codings.body";
/// What its signature is sealed as.
const SIGNATURE: &str = "survey_codings.signature";

/// The mark by which the same bytes are known again.
#[must_use]
pub fn mark(keys: &Keys, body: &[u8]) -> String {
    crate::sign::hex(&keys.mark("survey record", &[body]))
}

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
    /// Mark of its exact bytes.
    pub mark: String,
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
        "SELECT key_id, mark, received_at FROM survey_codings WHERE id = $1",
    ]);
    // Safe: both are literals.
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await?;
    row.map(|r| {
        let mark = match kind {
            Kind::Frame => mark(tx.keys(), r.try_get(1)?),
            Kind::Coding => r.try_get(1)?,
        };
        Ok(Stored { key_id: r.try_get(0)?, mark, received_at: r.try_get(2)? })
    })
    .transpose()
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
        "INSERT INTO survey_codings (id, survey, task, spotter, key_id, body, signature, received_at, listing, mark) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    ]);
    let (body, signature) = match kind {
        Kind::Frame => (new.body.to_vec(), new.signature.to_vec()),
        Kind::Coding => {
            let slot = tx.keys().create()?;
            (tx.keys().seal(slot, BODY, new.body)?, tx.keys().seal(slot, SIGNATURE, new.signature)?)
        }
    };
    // Safe: both are literals.
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(new.id)
        .bind(new.survey)
        .bind(new.task)
        .bind(new.spotter)
        .bind(new.key_id)
        .bind(body)
        .bind(signature)
        .bind(new.received_at);
    if let Some(listing) = new.listing {
        query = query.bind(listing).bind(mark(tx.keys(), new.body));
    }
    query.execute(&mut **tx).await.map(|_| ())
}

/// Codings that can be read: number, content, and the sealed bytes.
///
/// # Errors
/// Where the database fails.
pub async fn named(tx: &mut Tx) -> sqlx::Result<Vec<(i64, Coding, Vec<u8>)>> {
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT seq, body FROM survey_codings WHERE length(body) > 0 ORDER BY seq")
            .fetch_all(&mut **tx)
            .await?;
    let mut all = vec![];
    for (seq, body) in rows {
        let Some(open) = tx.keys().open_bytes(BODY, &body)? else { continue };
        all.extend(serde_json::from_slice(&open).ok().map(|coding| (seq, coding, body)));
    }
    Ok(all)
}

/// All codings that can be read, in the order in which they came.
///
/// # Errors
/// Where the database fails.
pub async fn codings(pool: &Reader) -> sqlx::Result<Vec<Coding>> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar("SELECT body FROM survey_codings WHERE length(body) > 0 ORDER BY seq")
        .fetch_all(pool.pool())
        .await?;
    let mut all = vec![];
    for body in rows {
        let open = pool.keys().open_bytes(BODY, &body)?;
        all.extend(open.and_then(|open| serde_json::from_slice(&open).ok()));
    }
    Ok(all)
}

/// Takes a coding's words out; that there was one, whose and about which listing stays. Its key goes with whoever asks for it.
///
/// # Errors
/// Where the database fails.
pub async fn erase(tx: &mut Tx, seq: i64) -> sqlx::Result<()> {
    sqlx::query("UPDATE survey_codings SET body = $2, signature = $2 WHERE seq = $1")
        .bind(seq)
        .bind(NOTHING)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// Takes out the words of all codings of a survey. Gives the places of their keys, to be destroyed once that is committed.
///
/// # Errors
/// Where the database fails.
pub async fn erase_all(tx: &mut Tx, survey: &str) -> sqlx::Result<Vec<i64>> {
    let bodies: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT body FROM survey_codings WHERE survey = $1 AND length(body) > 0")
            .bind(survey)
            .fetch_all(&mut **tx)
            .await?;
    sqlx::query("UPDATE survey_codings SET body = $2, signature = $2 WHERE survey = $1")
        .bind(survey)
        .bind(NOTHING)
        .execute(&mut **tx)
        .await?;
    Ok(bodies.iter().filter_map(|body| Keys::place(body)).collect())
}

/// Seals codings that a version before this one kept as they were. Answers whether there were any.
///
/// # Errors
/// Where the database or the keys fail.
pub async fn seal_old(tx: &mut Tx, limit: i64) -> sqlx::Result<bool> {
    let rows: Vec<(i64, Vec<u8>, Vec<u8>, String)> = sqlx::query_as(
        "SELECT c.seq, c.body, c.signature, s.state FROM survey_codings c JOIN surveys s ON s.id = c.survey \
         WHERE c.mark = '' ORDER BY c.seq LIMIT $1",
    )
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?;
    for (seq, body, signature, state) in &rows {
        let mark = mark(tx.keys(), body);
        let (body, signature) = if state == "frozen" {
            (vec![], vec![])
        } else {
            let slot = tx.keys().create()?;
            (tx.keys().seal(slot, BODY, body)?, tx.keys().seal(slot, SIGNATURE, signature)?)
        };
        sqlx::query("UPDATE survey_codings SET body = $1, signature = $2, mark = $3 WHERE seq = $4")
            .bind(body)
            .bind(signature)
            .bind(mark)
            .bind(seq)
            .execute(&mut **tx)
            .await?;
    }
    Ok(!rows.is_empty())
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
