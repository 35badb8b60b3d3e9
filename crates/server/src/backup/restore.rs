//! The way back: a backup is compared with its hashes, whole, before the first byte is written; then it fills an empty folder.
//!
//! Owns: what a backup may contain, and the mark by which a folder that was half filled is never taken for a server's data.

use super::{BackupError, DATABASE, MANIFEST, Manifest, SCHEMA, SUMS, at, hashed, keep, moving, secrets, server, sync};
use crate::notices::restored;
use crate::store::depot::{self, Depot};
use crate::store::engine::{Address, Engine};
use crate::store::sql::Pool;
use crate::{audit, random, sign, store};
use spotter_model::report::is_sha256;
use std::collections::BTreeMap;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Lies in a data folder while it is being filled. [`store::Store::open`] refuses such a folder.
pub const MARK: &str = "restoring";
const NAME_ONE: &str = "this backup has its rows from a PostgreSQL server: name an empty database for them with --database. Nothing was restored";
/// Largest list of hashes.
const SUMS_BYTES: u64 = 1 << 30;

/// What came back.
#[derive(Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// Links of the audit chain, or where it breaks; it did so when the backup was made.
    pub audit: Result<i64, String>,
    /// Whether the keys came back with it.
    pub keys: bool,
}

/// Compares every file of a backup with its hash.
///
/// # Errors
/// What is wrong with it.
pub fn check(from: &Path) -> Result<Manifest, BackupError> {
    whole(from).map(|(manifest, _)| manifest)
}

/// Fills the empty folder `data` from the backup; the empty database `rows`, if one is named; and with the pictures
/// the bucket, if one is named.
///
/// # Errors
/// See [`BackupError`]. A folder that was half filled keeps a mark, and no server starts on it.
pub async fn restore(
    from: &Path,
    data: &Path,
    keys: Option<&Path>,
    (rows, bucket): (Option<&Address>, Option<&depot::Address>),
) -> Result<Restored, BackupError> {
    let (manifest, sums) = whole(from)?;
    match (sums.contains_key(server::DUMP), rows) {
        (true, None) => return Err(BackupError::Kind(NAME_ONE)),
        (_, Some(address)) => server::empty(address).await?,
        (false, None) => {}
    }
    let keys = keys.map(secrets::read).transpose()?;
    // Never that of the server that the rows come from: its bucket is not ours.
    let owner = random::token();
    let bucket = match bucket {
        Some(address) => Some((address, empty_bucket(address, &owner).await?)),
        None => None,
    };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(at(data))?;
    for entry in std::fs::read_dir(data).map_err(at(data))? {
        // A disk of its own has this folder at its root.
        if entry.map_err(at(data))?.file_name() != "lost+found" {
            return Err(BackupError::NotEmpty(data.display().to_string()));
        }
    }
    keep(
        &data.join(MARK),
        b"A backup is being restored here. If that was interrupted: empty this folder and do it again.\n",
    )?;
    sync(data)?;
    for (name, sha256) in sums.iter().filter(|(name, _)| *name != MANIFEST) {
        match (&bucket, name.strip_prefix("blobs/")) {
            (Some((_, depot)), Some(mark)) => hand_over(&from.join(name), depot, &mark[3..], sha256).await?,
            _ => copy(&from.join(name), &data.join(name), sha256)?,
        }
    }
    if let Some((address, _)) = bucket {
        depot::remember(data, address)?;
    }
    if !manifest.outgoing.is_empty() {
        keep(&data.join(restored::LIST), (manifest.outgoing.join("\n") + "\n").as_bytes())?;
    }
    for (name, bytes) in keys.iter().flatten() {
        keep(&data.join("secrets").join(name), bytes)?;
    }
    let database = match (rows, sums.contains_key(server::DUMP)) {
        (Some(address), true) => from_dump(address, data, &manifest).await?,
        (Some(address), false) => into_server(address, data).await?,
        (None, _) => from_file(data).await?,
    };
    let own = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(own).bind(store::OWNER).bind(&owner).execute(&database).await?;
    let audit = match audit::verify(&database).await {
        Ok(links) => Ok(links),
        Err(audit::Broken::Database(error)) => return Err(error.into()),
        Err(broken) => Err(broken.to_string()),
    };
    database.close().await;
    sync(data)?;
    std::fs::remove_file(data.join(MARK)).map_err(at(data))?;
    sync(data)?;
    Ok(Restored { manifest, audit, keys: keys.is_some() })
}

async fn from_file(data: &Path) -> Result<Pool, BackupError> {
    let database = super::open(&data.join(DATABASE)).await?;
    let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&database).await?;
    if found == "ok" { Ok(database) } else { Err(BackupError::Damaged(format!("the database is damaged: {found}"))) }
}

/// The rows of a file, moved to a server. The folder is still marked: what fails on the way is done again from the beginning.
async fn into_server(address: &Address, data: &Path) -> Result<Pool, BackupError> {
    let file = from_file(data).await?;
    let database = moving::rows(&file, &Engine::file(&data.join(DATABASE), false)?, address).await?;
    file.close().await;
    std::fs::remove_file(data.join(DATABASE)).map_err(at(data))?;
    store::engine::remember(data, address)?;
    Ok(database)
}

async fn from_dump(address: &Address, data: &Path, manifest: &Manifest) -> Result<Pool, BackupError> {
    let dump = data.join(server::DUMP);
    let database = server::fill(address, &dump, &manifest.gone).await?;
    std::fs::remove_file(&dump).map_err(at(&dump))?;
    store::engine::remember(data, address)?;
    Ok(database)
}

/// Copies a file to disk, and once more compares what was written.
fn copy(from: &Path, to: &Path, sha256: &str) -> Result<(), BackupError> {
    if let Some(folder) = to.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
    }
    std::fs::copy(from, to).map_err(at(to))?;
    super::restrict(to)?;
    sync(to)?;
    to.parent().map_or(Ok(()), sync)?;
    let (found, _) = hashed(to)?;
    if found == sha256 {
        Ok(())
    } else {
        Err(BackupError::Damaged(format!("{} changed while it was read", from.display())))
    }
}

/// A bucket in which nothing lies.
async fn empty_bucket(address: &depot::Address, owner: &str) -> Result<Depot, BackupError> {
    let depot = Depot::bucket(address, owner, true);
    let at = |e| BackupError::Io(address.to_string(), e);
    if let Depot::Bucket(bucket) = &depot
        && !bucket.is_empty().await.map_err(at)?
    {
        return Err(BackupError::NotEmpty(address.to_string()));
    }
    Ok(depot)
}

/// Puts a picture into a bucket. What arrives there was signed with its hash.
async fn hand_over(from: &Path, depot: &Depot, mark: &str, sha256: &str) -> Result<(), BackupError> {
    let bytes = std::fs::read(from).map_err(at(from))?;
    if sign::sha256_hex(&bytes) != sha256 {
        return Err(BackupError::Damaged(format!("{} changed while it was read", from.display())));
    }
    depot.put(mark, bytes).await.map_err(at(from))
}

/// A backup in which everything is there, nothing else is, and every hash fits.
fn whole(from: &Path) -> Result<(Manifest, BTreeMap<String, String>), BackupError> {
    let damaged = |what: String| BackupError::Damaged(what);
    let list = from.join(SUMS);
    let size = match std::fs::symlink_metadata(&list) {
        Ok(file) if file.is_file() => file.len(),
        Ok(_) => return Err(damaged(format!("{SUMS} is no file"))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && from.is_dir() => {
            return Err(damaged(format!("it is incomplete, {SUMS} is missing")));
        }
        Err(e) => return Err(at(&list)(e)),
    };
    if size > SUMS_BYTES {
        return Err(damaged(format!("{SUMS} is too large")));
    }
    let text = std::fs::read_to_string(&list).map_err(at(&list))?;
    let mut sums = BTreeMap::new();
    for line in text.lines() {
        let (sha256, name) = line
            .split_once("  ")
            .filter(|(sha256, name)| is_sha256(sha256) && may_hold(name))
            .ok_or_else(|| damaged(format!("{SUMS} has a line that is not one of ours")))?;
        if sums.insert(name.to_owned(), sha256.to_owned()).is_some() {
            return Err(damaged(format!("{SUMS} names {name} twice")));
        }
    }
    let mut bytes = 0;
    for (name, sha256) in &sums {
        let path = from.join(name);
        let there = std::fs::symlink_metadata(&path).is_ok_and(|file| file.is_file());
        if !there {
            return Err(damaged(format!("{name} is missing")));
        }
        let (found, size) = hashed(&path)?;
        if found != *sha256 {
            return Err(damaged(format!("{name} is damaged: its hash is another one")));
        }
        bytes += if name == MANIFEST { 0 } else { size };
    }
    if let Some(stranger) = strangers(from, from, &sums)? {
        return Err(damaged(format!("{} is not in {SUMS}", stranger.display())));
    }
    let manifest = sums.get(MANIFEST).and_then(|_| std::fs::read(from.join(MANIFEST)).ok());
    let manifest: Option<Manifest> = manifest.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let manifest = manifest.filter(|m| {
        m.schema == SCHEMA
            && m.outgoing.iter().all(|name| restored::is_plain(name))
            && m.gone.iter().all(|mark| is_sha256(mark))
    });
    let manifest = manifest.ok_or_else(|| damaged(format!("{MANIFEST} is missing or of another kind")))?;
    if sums.contains_key(DATABASE) == sums.contains_key(server::DUMP)
        || manifest.files + 1 != sums.len()
        || manifest.bytes != bytes
    {
        return Err(damaged(format!("{SUMS} does not name everything that {MANIFEST} counts")));
    }
    let newest = store::migrator().iter().map(|step| step.version).max().unwrap_or_default();
    if manifest.migration > newest {
        let version = &manifest.software;
        return Err(damaged(format!(
            "version {version} made it, which is newer than this one: restore it with that version"
        )));
    }
    Ok((manifest, sums))
}

/// Whether a backup may hold a file of this name.
fn may_hold(name: &str) -> bool {
    let picture = |rest: &str| rest.split_once('/').is_some_and(|(two, mark)| is_sha256(mark) && mark[..2] == *two);
    [DATABASE, server::DUMP, MANIFEST].contains(&name) || name.strip_prefix("blobs/").is_some_and(picture)
}

/// A file that the list does not name.
fn strangers(root: &Path, folder: &Path, sums: &BTreeMap<String, String>) -> Result<Option<PathBuf>, BackupError> {
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let path = entry.path();
        let name = path.strip_prefix(root).unwrap_or(&path);
        if entry.file_type().map_err(at(&path))?.is_dir() {
            if let Some(stranger) = strangers(root, &path, sums)? {
                return Ok(Some(stranger));
            }
        } else if name != Path::new(SUMS) && !name.to_str().is_some_and(|name| sums.contains_key(name)) {
            return Ok(Some(name.to_owned()));
        }
    }
    Ok(None)
}

/// Whether a half-filled folder is no data folder.
#[must_use]
pub fn is_half_filled(data: &Path) -> bool {
    data.join(MARK).exists()
}
