//! The append-only, hash-chained memory of every step. Holds no personal data: salted commitments only.

use crate::store::sql::{Connection, Pool};
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

/// One link to add.
pub struct Entry<'a> {
    /// Who: `reviewer:3`, `device:KEY`, `device` where it must not be said which, `server`.
    pub actor: &'a str,
    /// What: `report.received`, `case.confirm` ...
    pub action: &'a str,
    /// On what: `case:12`, `report:UUID`.
    pub subject: &'a str,
    /// More, without personal data.
    pub detail: &'a str,
}

fn link(prev: &[u8], seq: i64, at: &str, entry: &Entry<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"wildlife-spotter audit v1\0");
    hash.update(prev);
    hash.update(seq.to_be_bytes());
    // Each part with its length, so that no two rows can read the same.
    for part in [at, entry.actor, entry.action, entry.subject, entry.detail] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Adds a link, in the transaction of what it remembers.
///
/// # Errors
/// Where the database fails.
pub async fn append(tx: &mut Connection, at: &str, entry: Entry<'_>) -> sqlx::Result<()> {
    let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetch_optional(&mut *tx).await?;
    let (seq, prev) = match last {
        Some(row) => (row.try_get::<i64, _>(0)? + 1, row.try_get::<Vec<u8>, _>(1)?),
        None => (1, vec![0; 32]),
    };
    let hash = link(&prev, seq, at, &entry);
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, prev, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(seq)
    .bind(at)
    .bind(entry.actor)
    .bind(entry.action)
    .bind(entry.subject)
    .bind(entry.detail)
    .bind(prev)
    .bind(hash.as_slice())
    .execute(tx)
    .await?;
    Ok(())
}

/// What stands in the chain for bytes that may be erased one day.
#[must_use]
pub fn commitment(salt: &[u8], bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(bytes);
    crate::sign::hex(&hash.finalize())
}

/// Why the chain does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// This link is wrong, or the one before it was changed.
    #[error("the chain is broken at link {0}")]
    At(i64),
    /// The database failed.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Recomputes the whole chain and returns its length.
///
/// # Errors
/// The first link that does not hold.
pub async fn verify(pool: &Pool) -> Result<i64, Broken> {
    let (mut seq, mut prev) = (0_i64, vec![0_u8; 32]);
    loop {
        let rows = sqlx::query("SELECT seq, at, actor, action, subject, detail, prev, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT 1000")
            .bind(seq)
            .fetch_all(pool)
            .await?;
        if rows.is_empty() {
            return Ok(seq);
        }
        for row in rows {
            let (at, actor, action, subject, detail): (String, String, String, String, String) =
                (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?, row.try_get(5)?);
            let (n, before, hash): (i64, Vec<u8>, Vec<u8>) = (row.try_get(0)?, row.try_get(6)?, row.try_get(7)?);
            let entry = Entry { actor: &actor, action: &action, subject: &subject, detail: &detail };
            if n != seq + 1 || before != prev || link(&prev, n, &at, &entry).as_slice() != hash {
                return Err(Broken::At(n));
            }
            (seq, prev) = (n, hash);
        }
    }
}
