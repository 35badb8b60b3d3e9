//! Pictures that were not looked at yet, and what a look gives. The rows themselves are the queue: what is kept is looked at once,
//! whoever ends in between, and what was there before this was is looked at like the rest.
//!
//! Only pictures that a report names are looked at. A look is counted before it begins; one that took the server with it is
//! tried again alone, behind all others, and given up after [`TRIES`].

use super::{LOOK, Look};
use crate::pdq::Hash;
use crate::store::cases::kinds;
use crate::store::sql::Truth;
use crate::store::{Reader, Tx, blobs};
use spotter_model::Report;
use spotter_model::report::EvidenceKind;
use sqlx::Row as _;

/// Pictures that are taken at once.
const BATCH: i64 = 16;
/// Looks after which a picture counts as one that cannot be read.
pub const TRIES: i64 = 3;
/// Most reports of one picture that are asked what it is.
const REPORTS: i64 = 8;

/// A picture that waits.
pub struct Waiting {
    /// Its mark.
    pub mark: String,
    /// Its kind, by its first bytes.
    pub media_type: String,
    /// The hash of its bytes; empty, where no report says it any more.
    pub sha256: String,
    /// Whether reports call it a screenshot.
    pub screenshot: bool,
    /// Looks that were begun.
    pub tries: i64,
}

/// What a look gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its hash.
    Compared(Hash),
    /// There is too little in it.
    Plain,
    /// Screenshots of one marketplace are all alike.
    Screenshot,
    /// No picture came of it.
    Unreadable,
}

impl Outcome {
    const fn word(self) -> &'static str {
        match self {
            Self::Compared(_) => "compared",
            Self::Plain => "plain",
            Self::Screenshot => "screenshot",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The next ones: those that came first; where all that is left was tried already, one.
///
/// # Errors
/// Where the database fails.
pub async fn next(pool: &Reader) -> sqlx::Result<Vec<Waiting>> {
    let rows = sqlx::query(
        "SELECT sha256, media_type, tries FROM blobs WHERE looked = 0 AND EXISTS \
         (SELECT 1 FROM report_blobs n WHERE n.sha256 = blobs.sha256) ORDER BY tries, received_at, sha256 LIMIT $1",
    )
    .bind(BATCH)
    .fetch_all(pool.pool())
    .await?;
    let mut all: Vec<Waiting> = vec![];
    for row in rows {
        let tries = row.try_get(2)?;
        if tries > 0 && !all.is_empty() {
            break;
        }
        let mark: String = row.try_get(0)?;
        let (sha256, screenshot) = said(pool, &mark).await?;
        all.push(Waiting { mark, media_type: row.try_get(1)?, sha256, screenshot, tries });
        if tries > 0 {
            break;
        }
    }
    Ok(all)
}

/// What reports say of a picture: the hash of its bytes, and whether none calls it a picture of the listing.
async fn said(pool: &Reader, mark: &str) -> sqlx::Result<(String, bool)> {
    let bodies: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT r.body FROM report_blobs n JOIN reports r ON r.seq = n.report_seq WHERE n.sha256 = $1 AND length(r.body) > 0 \
         ORDER BY r.seq LIMIT $2",
    )
    .bind(mark)
    .bind(REPORTS)
    .fetch_all(pool.pool())
    .await?;
    let (mut hash, mut screenshot) = (String::new(), true);
    for body in bodies {
        let Some(body) = pool.keys().open_bytes(kinds::BODY, &body)? else { continue };
        let Ok(report) = serde_json::from_slice::<Report>(&body) else { continue };
        for item in &report.evidence {
            let Some(sha256) = item.sha256.as_deref().filter(|s| blobs::mark(pool.keys(), s) == mark) else { continue };
            sha256.clone_into(&mut hash);
            screenshot &= item.kind != EvidenceKind::Picture;
        }
    }
    Ok((hash, screenshot))
}

/// Whether any waits. Cheap where none does.
///
/// # Errors
/// Where the database fails.
pub async fn any(pool: &Reader) -> sqlx::Result<bool> {
    let Truth(any) = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM blobs WHERE looked = 0 AND EXISTS (SELECT 1 FROM report_blobs n WHERE n.sha256 = blobs.sha256))",
    )
    .fetch_one(pool.pool())
    .await?;
    Ok(any)
}

/// Counts a look that begins, or takes the count back where it was not the picture's fault that none was had.
///
/// # Errors
/// Where the database fails.
pub async fn count(tx: &mut Tx, marks: &[String], by: i64) -> sqlx::Result<()> {
    for mark in marks {
        sqlx::query("UPDATE blobs SET tries = tries + $1 WHERE sha256 = $2")
            .bind(by)
            .bind(mark)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Keeps what a look gave; nothing, where the picture went meanwhile.
///
/// # Errors
/// Where the database or the keys fail.
pub async fn keep(tx: &mut Tx, mark: &str, sha256: &str, outcome: Outcome) -> sqlx::Result<()> {
    // By its name alone: "and looked = 0" leads PostgreSQL through all entries that the index of waiting ones ever had.
    let slot: Option<i64> = sqlx::query_scalar("UPDATE blobs SET looked = 1 WHERE sha256 = $1 RETURNING slot")
        .bind(mark)
        .fetch_optional(&mut **tx)
        .await?
        .flatten();
    let Some(slot) = slot else { return Ok(()) };
    let hash = match &outcome {
        Outcome::Compared(hash) => Some(hash),
        _ => None,
    };
    let sealed = tx.keys().seal(slot, LOOK, &Look::bytes(sha256, hash))?;
    sqlx::query("INSERT INTO alike (sha256, outcome, sealed) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING")
        .bind(mark)
        .bind(outcome.word())
        .bind(sealed)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
