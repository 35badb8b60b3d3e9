//! Blobs, each sealed under a key of its own and named by a keyed mark of its hash. A blob is there whole or not at all; its row in
//! the database says so. Where its bytes lie is [`super::depot`]'s.

use super::Reader;
use super::depot::Depot;
use crate::keys::Keys;
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::HashSet;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::OffsetDateTime;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// Blobs whose rows are removed in one transaction.
const BATCH: i64 = 200;

/// All blobs.
pub struct Blobs {
    depot: Depot,
    keys: Arc<Keys>,
    /// Held for reading from writing bytes to committing their row, for writing while orphans go.
    gate: Arc<RwLock<()>>,
    /// The same between processes: a file that is locked. Where the bytes lie in a bucket, it is this folder all the same: nobody
    /// seals a blob without the keys that lie in it and are made behind the same kind of lock.
    shared: PathBuf,
}

/// The gate is held until this goes.
pub struct Gate<G> {
    _here: G,
    _everywhere: std::fs::File,
}

impl Blobs {
    /// The blobs of the data folder `data`, whose bytes lie in `depot`.
    ///
    /// # Errors
    /// Where the lock's file cannot be had.
    pub fn open(data: &Path, depot: Depot, keys: Arc<Keys>) -> std::io::Result<Self> {
        let shared = data.join("blobs.lock");
        std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&shared)?;
        Ok(Self { depot, keys, gate: Arc::default(), shared })
    }

    /// Where the bytes lie.
    #[must_use]
    pub const fn depot(&self) -> &Depot {
        &self.depot
    }

    /// Taken by an upload from before its bytes are written until its row is committed.
    ///
    /// # Errors
    /// Where the lock's file cannot be had.
    pub async fn uploading(&self) -> std::io::Result<Gate<OwnedRwLockReadGuard<()>>> {
        let _here = Arc::clone(&self.gate).read_owned().await;
        Ok(Gate { _here, _everywhere: self.lock(std::fs::File::lock_shared).await? })
    }

    pub(super) async fn removing(&self) -> std::io::Result<Gate<OwnedRwLockWriteGuard<()>>> {
        let _here = Arc::clone(&self.gate).write_owned().await;
        Ok(Gate { _here, _everywhere: self.lock(std::fs::File::lock).await? })
    }

    async fn lock(&self, how: fn(&std::fs::File) -> std::io::Result<()>) -> std::io::Result<std::fs::File> {
        let path = self.shared.clone();
        let locked = tokio::task::spawn_blocking(move || {
            let file = std::fs::File::open(path)?;
            how(&file)?;
            Ok(file)
        });
        locked.await.map_err(std::io::Error::other)?
    }

    /// Seals and keeps a blob. Returns the place of its key after it is kept for good.
    ///
    /// # Errors
    /// Where it is not for certain. A folder has nothing of it then; a bucket may get it late, which [`Blobs::sweep`] finds.
    pub async fn write(&self, sha256: &str, bytes: axum::body::Bytes) -> std::io::Result<i64> {
        let keys = Arc::clone(&self.keys);
        let sealed = tokio::task::spawn_blocking(move || {
            let slot = keys.create()?;
            Ok::<_, std::io::Error>((slot, keys.seal(slot, BLOB, &bytes)?))
        });
        let (slot, bytes) = sealed.await.map_err(std::io::Error::other)??;
        self.depot.put(&mark(&self.keys, sha256), bytes).await?;
        Ok(slot)
    }

    /// Whether a picture would be kept.
    ///
    /// # Errors
    /// Where the disk is full, may not be written, or fails; where a bucket does not take it.
    pub async fn probe(&self) -> std::io::Result<()> {
        self.depot.probe().await
    }

    /// Reads a blob.
    ///
    /// # Errors
    /// Where it cannot be read, or is another one than it should be.
    pub async fn read(&self, sha256: &str) -> std::io::Result<Vec<u8>> {
        let sealed = self.depot.get(&mark(&self.keys, sha256)).await?;
        let open = self.keys.open_bytes(BLOB, &sealed)?;
        let bytes = open.ok_or(std::io::ErrorKind::NotFound)?;
        if crate::sign::sha256_hex(&bytes) == sha256 {
            return Ok(bytes);
        }
        Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "a picture lies under the name of another one"))
    }

    /// Removes blobs that came before `before` and that no report names. Returns how many.
    ///
    /// # Errors
    /// Where the database, the disk or the bucket fails.
    pub async fn expire(&self, store: &super::Store, before: &str) -> Result<usize, super::StoreError> {
        let mut all = 0;
        loop {
            let _alone = self.removing().await?;
            let mut tx = store.begin().await?;
            let gone: Vec<(String, Option<i64>)> = sqlx::query_as(
                "DELETE FROM blobs WHERE sha256 IN (SELECT b.sha256 FROM blobs b WHERE b.received_at < $1 AND NOT EXISTS \
                 (SELECT 1 FROM report_blobs n WHERE n.sha256 = b.sha256) ORDER BY b.sha256 LIMIT $2) RETURNING sha256, slot",
            )
            .bind(before)
            .bind(BATCH)
            .fetch_all(&mut *tx)
            .await?;
            self.destroy(&gone).await?;
            tx.commit().await?;
            self.remove(&gone).await?;
            all += gone.len();
            if gone.len() < BATCH as usize {
                return Ok(all);
            }
        }
    }

    /// Removes bytes that came before `before` and that no row names: an upload broke off before its row, or a bucket did late what
    /// nobody waited for any more. Their keys are destroyed like those of others. Returns how many.
    ///
    /// # Errors
    /// Where the database, the disk or the bucket fails.
    pub async fn sweep(&self, store: &super::Store, before: OffsetDateTime) -> Result<usize, super::StoreError> {
        let mut all = 0;
        for two in 0..=u8::MAX {
            let two = format!("{two:02x}");
            let mut old: HashSet<String> = self.depot.older(&two, before).await?.into_iter().collect();
            for named in named(store, &two).await? {
                old.remove(&named);
            }
            if old.is_empty() {
                continue;
            }
            // Once more, now that nobody uploads: it may have come again meanwhile.
            let _alone = self.removing().await?;
            let still: HashSet<String> = self.depot.older(&two, before).await?.into_iter().collect();
            // Behind whoever writes.
            let tx = store.begin().await?;
            tx.rollback().await?;
            let named: HashSet<String> = named(store, &two).await?.into_iter().collect();
            let gone: Vec<(String, Option<i64>)> = old
                .into_iter()
                .filter(|mark| still.contains(mark) && !named.contains(mark))
                .map(|mark| (mark, None))
                .collect();
            for gone in gone.chunks(BATCH as usize) {
                self.destroy(gone).await?;
                self.remove(gone).await?;
            }
            all += gone.len();
        }
        Ok(all)
    }

    /// Destroys the keys of blobs by their marks: those in their rows, and those in their bytes where two uploads met.
    pub(super) async fn destroy(&self, gone: &[(String, Option<i64>)]) -> std::io::Result<()> {
        let names: Vec<&str> = gone.iter().map(|(mark, _)| mark.as_str()).collect();
        let mut slots: Vec<i64> = gone.iter().filter_map(|(_, slot)| *slot).collect();
        slots.extend(self.depot.heads(&names).await?.iter().filter_map(|head| Keys::place(head)));
        slots.sort_unstable();
        slots.dedup();
        Ok(self.keys.destroy(&slots)?)
    }

    /// Removes the bytes of blobs whose rows are gone.
    pub(super) async fn remove(&self, gone: &[(String, Option<i64>)]) -> std::io::Result<()> {
        let names: Vec<&str> = gone.iter().map(|(mark, _)| mark.as_str()).collect();
        self.depot.remove(&names).await
    }
}

/// Marks that rows name and that begin with these two digits.
async fn named(store: &super::Store, two: &str) -> sqlx::Result<Vec<String>> {
    // Safe: two digits. The index of marks serves a range.
    let sql = format!("SELECT sha256 FROM blobs WHERE sha256 >= '{two}' AND sha256 < '{two}g'");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(store.read()).await
}

/// What blobs are sealed as.
pub(crate) const BLOB: &str = "blob";

/// The mark of a blob, by its hash: its name in the database and where its bytes lie.
#[must_use]
pub fn mark(keys: &Keys, sha256: &str) -> String {
    crate::sign::hex(&keys.mark("blob", &[sha256.as_bytes()]))
}

/// A blob's row.
pub struct Held {
    /// Size in bytes.
    pub bytes: i64,
    /// `image/png`, `image/jpeg` or `image/webp`, by its magic number.
    pub media_type: String,
}

/// The row of a blob, where the server holds it.
///
/// # Errors
/// Where the database fails.
pub async fn held(pool: &Reader, sha256: &str) -> sqlx::Result<Option<Held>> {
    let row = sqlx::query("SELECT bytes, media_type FROM blobs WHERE sha256 = $1")
        .bind(mark(pool.keys(), sha256))
        .fetch_optional(pool.pool())
        .await?;
    row.map(|r| Ok(Held { bytes: r.try_get(0)?, media_type: r.try_get(1)? })).transpose()
}

/// The mark of a device beside what it uploaded, as long as no report names it.
fn uploader(keys: &Keys, key_id: &str) -> String {
    crate::sign::hex(&keys.mark("uploader", &[key_id.as_bytes()]))
}

/// How many blobs of this key no report names yet.
///
/// # Errors
/// Where the database fails.
pub async fn orphans_of(pool: &Reader, key_id: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM blobs WHERE uploader = $1 AND uploader <> ''")
        .bind(uploader(pool.keys(), key_id))
        .fetch_one(pool.pool())
        .await
}

/// Keeps the row of a blob whose bytes are kept.
///
/// # Errors
/// Where the database fails.
pub async fn keep(
    tx: &mut super::Tx,
    sha256: &str,
    slot: i64,
    bytes: usize,
    media_type: &str,
    key_id: &str,
    now: &str,
) -> sqlx::Result<bool> {
    let sha256 = mark(tx.keys(), sha256);
    let uploader = uploader(tx.keys(), key_id);
    let done = sqlx::query("INSERT INTO blobs (sha256, slot, bytes, media_type, uploader, received_at) VALUES ($1, $2, $3, $4, CASE WHEN EXISTS \
         (SELECT 1 FROM report_blobs b WHERE b.sha256 = $1) THEN '' ELSE $5 END, $6) ON CONFLICT DO NOTHING")
        .bind(sha256)
        .bind(slot)
        .bind(bytes as i64)
        .bind(media_type)
        .bind(uploader)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
