//! Blobs on disk, named by their hash. A blob is there whole or not at all; its row in the database says so.

use sqlx::{Row as _, SqlitePool};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// From this age on, a file that was not finished was left by somebody who ended.
const LEFT: Duration = Duration::from_secs(600);
/// Bytes that are written to learn whether there is room.
const PROBE: usize = 256 * 1024;

/// The blob folder.
pub struct Blobs {
    folder: PathBuf,
    /// Held for reading from writing a file to committing its row, for writing while orphans go.
    gate: Arc<RwLock<()>>,
}

impl Blobs {
    /// Opens the folder under `data`, and removes what an interrupted upload left.
    ///
    /// # Errors
    /// Where the folder cannot be had.
    pub fn open(data: &Path) -> std::io::Result<Self> {
        let folder = data.join("blobs");
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        for part in std::fs::read_dir(data.join("blobs"))? {
            let part = part?;
            // A command may open the store beside a server that writes right now.
            let old = part.metadata()?.modified()?.elapsed().is_ok_and(|age| age > LEFT);
            if part.file_name().to_string_lossy().starts_with("part-") && old {
                std::fs::remove_file(part.path())?;
            }
        }
        std::fs::File::open(data)?.sync_all()?;
        Ok(Self { folder, gate: Arc::default() })
    }

    /// Where a blob lies. `sha256` was checked to be 64 hex digits, so it names no other folder.
    fn path(&self, sha256: &str) -> PathBuf {
        debug_assert!(spotter_model::report::is_sha256(sha256));
        self.folder.join(&sha256[..2]).join(sha256)
    }

    /// Taken by an upload from before the file is written until its row is committed.
    pub async fn uploading(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.gate).read_owned().await
    }

    async fn removing(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.gate).write_owned().await
    }

    /// Writes a blob: temporary file, sync, rename, sync of the folders. Returns after it is on disk.
    ///
    /// # Errors
    /// Where the disk fails or is full; then nothing is left.
    pub async fn write(&self, sha256: &str, bytes: axum::body::Bytes) -> std::io::Result<()> {
        let path = self.path(sha256);
        let part = self.folder.join(format!("part-{}", crate::random::token()));
        let root = self.folder.clone();
        tokio::task::spawn_blocking(move || {
            let folder = path.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
            if !folder.is_dir() {
                std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
                std::fs::File::open(&root)?.sync_all()?;
            }
            let write = || {
                let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
                file.write_all(&bytes)?;
                file.sync_all()?;
                std::fs::rename(&part, &path)?;
                std::fs::File::open(folder)?.sync_all()
            };
            write().inspect_err(|_| {
                // The first error is the one to tell; a leftover goes at the next start.
                let _ = std::fs::remove_file(&part);
            })
        })
        .await
        .map_err(std::io::Error::other)?
    }

    /// Whether a picture would find room: some bytes are written, synced and removed again.
    ///
    /// # Errors
    /// Where the disk is full, may not be written, or fails.
    pub async fn probe(&self) -> std::io::Result<()> {
        let part = self.folder.join(format!("part-{}", crate::random::token()));
        tokio::task::spawn_blocking(move || {
            let write = || {
                let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
                file.write_all(&vec![0; PROBE])?;
                file.sync_all()
            };
            let outcome = write();
            match std::fs::remove_file(&part) {
                Err(error) if outcome.is_ok() => Err(error),
                _ => outcome,
            }
        })
        .await
        .map_err(std::io::Error::other)?
    }

    /// Reads a blob.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn read(&self, sha256: &str) -> std::io::Result<Vec<u8>> {
        tokio::fs::read(self.path(sha256)).await
    }

    /// Removes blobs that came before `before` and that no report names. Returns how many.
    ///
    /// # Errors
    /// Where the database or the disk fails.
    pub async fn expire(&self, store: &super::Store, before: &str) -> Result<usize, super::StoreError> {
        let _alone = self.removing().await;
        let mut tx = store.begin().await?;
        let gone: Vec<String> = sqlx::query_scalar(
            "DELETE FROM blobs WHERE received_at < ? AND NOT EXISTS \
             (SELECT 1 FROM report_blobs WHERE report_blobs.sha256 = blobs.sha256) RETURNING sha256",
        )
        .bind(before)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        for sha256 in &gone {
            tokio::fs::remove_file(self.path(sha256)).await?;
        }
        Ok(gone.len())
    }
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
pub async fn held(pool: &SqlitePool, sha256: &str) -> sqlx::Result<Option<Held>> {
    let row =
        sqlx::query("SELECT bytes, media_type FROM blobs WHERE sha256 = ?").bind(sha256).fetch_optional(pool).await?;
    row.map(|r| Ok(Held { bytes: r.try_get(0)?, media_type: r.try_get(1)? })).transpose()
}

/// How many blobs of this key no report names yet.
///
/// # Errors
/// Where the database fails.
pub async fn orphans_of(pool: &SqlitePool, key_id: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "SELECT count(*) FROM blobs WHERE key_id = ? AND NOT EXISTS \
         (SELECT 1 FROM report_blobs WHERE report_blobs.sha256 = blobs.sha256)",
    )
    .bind(key_id)
    .fetch_one(pool)
    .await
}

/// Keeps the row of a blob that is on disk.
///
/// # Errors
/// Where the database fails.
pub async fn keep(
    tx: &mut super::Tx,
    sha256: &str,
    bytes: usize,
    media_type: &str,
    key_id: &str,
    now: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query("INSERT INTO blobs (sha256, bytes, media_type, key_id, received_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(sha256)
        .bind(bytes as i64)
        .bind(media_type)
        .bind(key_id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
