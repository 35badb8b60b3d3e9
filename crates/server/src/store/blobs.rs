//! Blobs on disk, each sealed under a key of its own and named by a keyed mark of its hash. A blob is there whole or not at all;
//! its row in the database says so.

use super::Reader;
use crate::keys::Keys;
use sqlx::Row as _;
use std::io::{Read as _, Write as _};
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
    keys: Arc<Keys>,
    /// Held for reading from writing a file to committing its row, for writing while orphans go.
    gate: Arc<RwLock<()>>,
    /// The same between processes: a file that is locked.
    shared: PathBuf,
}

/// The gate is held until this goes.
pub struct Gate<G> {
    _here: G,
    _everywhere: std::fs::File,
}

impl Blobs {
    /// Opens the folder under `data`, and removes what an interrupted upload left.
    ///
    /// # Errors
    /// Where the folder cannot be had.
    pub fn open(data: &Path, keys: Arc<Keys>) -> std::io::Result<Self> {
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
        let shared = data.join("blobs.lock");
        std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&shared)?;
        Ok(Self { folder, keys, gate: Arc::default(), shared })
    }

    /// Where a blob lies. `mark` is 64 hex digits, so it names no other folder.
    pub(super) fn path(&self, mark: &str) -> PathBuf {
        debug_assert!(spotter_model::report::is_sha256(mark));
        self.folder.join(&mark[..2]).join(mark)
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Taken by an upload from before the file is written until its row is committed.
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

    /// Seals and writes a blob: temporary file, sync, rename, sync of the folders. Returns the place of its key after it is on disk.
    ///
    /// # Errors
    /// Where the disk fails or is full; then nothing is left.
    pub async fn write(&self, sha256: &str, bytes: axum::body::Bytes) -> std::io::Result<i64> {
        let path = self.path(&mark(&self.keys, sha256));
        let keys = Arc::clone(&self.keys);
        let part = self.folder.join(format!("part-{}", crate::random::token()));
        let root = self.folder.clone();
        tokio::task::spawn_blocking(move || {
            let folder = path.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
            if !folder.is_dir() {
                std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
                std::fs::File::open(&root)?.sync_all()?;
            }
            let slot = keys.create()?;
            let bytes = keys.seal(slot, BLOB, &bytes)?;
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
            })?;
            Ok(slot)
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
        let sealed = tokio::fs::read(self.path(&mark(&self.keys, sha256))).await?;
        let open = self.keys.open_bytes(BLOB, &sealed)?;
        open.ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    /// Removes blobs that came before `before` and that no report names. Returns how many.
    ///
    /// # Errors
    /// Where the database or the disk fails.
    pub async fn expire(&self, store: &super::Store, before: &str) -> Result<usize, super::StoreError> {
        let _alone = self.removing().await?;
        let mut tx = store.begin().await?;
        let gone: Vec<(String, Option<i64>)> = sqlx::query_as(
            "DELETE FROM blobs WHERE received_at < $1 AND NOT EXISTS \
             (SELECT 1 FROM report_blobs WHERE report_blobs.sha256 = blobs.sha256) RETURNING sha256, slot",
        )
        .bind(before)
        .fetch_all(&mut *tx)
        .await?;
        self.destroy(&gone)?;
        tx.commit().await?;
        self.remove(&gone)?;
        Ok(gone.len())
    }

    /// Destroys the keys of blobs by their marks: those in their rows, and those in their files where two uploads met.
    pub(super) fn destroy(&self, gone: &[(String, Option<i64>)]) -> Result<(), crate::keys::Shut> {
        let mut slots: Vec<i64> = gone.iter().filter_map(|(_, slot)| *slot).collect();
        for (mark, _) in gone {
            let mut head = [0; 9];
            match std::fs::File::open(self.path(mark)).and_then(|mut file| file.read_exact(&mut head)) {
                Ok(()) => slots.extend(Keys::place(&head)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(e.into()),
            }
        }
        slots.sort_unstable();
        slots.dedup();
        self.keys.destroy(&slots)
    }

    /// Removes the files of blobs whose rows are gone.
    pub(super) fn remove(&self, gone: &[(String, Option<i64>)]) -> std::io::Result<()> {
        for (mark, _) in gone {
            match std::fs::remove_file(self.path(mark)) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }
}

/// What blobs are sealed as.
pub(crate) const BLOB: &str = "blob";

/// The mark of a blob, by its hash: its name in the database and on disk.
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

/// Keeps the row of a blob that is on disk.
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
