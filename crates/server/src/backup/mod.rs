//! Backups: the database as of one moment, and every picture that it names, while the server runs.
//!
//! Owns: the form of a backup and how one is made; [`restore`] is the way back. A backup is a folder:
//!
//! - `spotter.db`: a snapshot by `VACUUM INTO`, which holds nothing that was deleted before; or, of rows on a PostgreSQL server,
//!   `spotter.dump`, which is [`server`]'s;
//! - `blobs/`: what it names, sealed as it lies in the data folder or in a bucket; each file is opened on the way, to see that it is whole;
//! - `manifest.json`: what it is, of when, from which version, and what lay for a mail relay, by the files' names alone;
//! - `SHA256SUMS`: the hash of every other file, as `sha256sum -c` reads it. Written last: without it, the backup is incomplete.
//!
//! What cases say of people stands in it only sealed under keys that lie outside, so that an erasure reaches every backup.
//! `secrets/` is in none. [`secrets`] writes it into a file of its own, which belongs somewhere else.

mod moving;
pub mod restore;
pub mod secrets;
mod server;

use crate::keys::{Keys, Shut};
use crate::notices::restored;
use crate::store::depot::Depot;
use crate::store::engine::{DATABASE, Engine, REMEMBERED};
use crate::store::sql::{Connection, Pool};
use crate::store::{OWNER, StoreError, blobs};
use crate::{audit, sign};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The schema's name and version.
const SCHEMA: &str = "wildlife-backup/1";
const MANIFEST: &str = "manifest.json";
const SUMS: &str = "SHA256SUMS";
/// Pictures that are read at once.
const AT_ONCE: usize = 16;
/// Under which name the database remembers when the last backup was made.
pub const LAST: &str = "last_backup";

/// What a backup is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always [`SCHEMA`].
    schema: String,
    /// When it was begun, RFC 3339 in UTC: what was acknowledged before is in it.
    pub made_at: String,
    /// The version that made it.
    pub software: String,
    /// The newest migration of its database.
    pub migration: i64,
    /// Fingerprint of the key that the database was kept under; empty where it never had one.
    pub fingerprint: String,
    /// Files beside this one and the list of hashes.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Reports in it.
    pub reports: i64,
    /// Pictures that the database names and that were missing or damaged where they came from, by their marks.
    pub lost: Vec<String>,
    /// Pictures that a dump names and that were removed since, by their marks: what comes back names them no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
    /// Names of the files that lay for a mail relay or a person. The files stand in plain words, so they are in no backup.
    pub outgoing: Vec<String>,
}

/// Why there is no backup, or none that can be used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// What is sealed cannot be looked at.
    #[error(
        "the keys in {0} are missing or do not open what is here, so nobody can say whether it is whole: put the saved copy back first"
    )]
    Keys(String),
    /// A file of keys is not written over.
    #[error("{0}")]
    NotOver(String),
    /// A folder whose rows are somewhere else does not say where.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A programme of PostgreSQL.
    #[error("{0}")]
    Programme(String),
    /// Rows of a file did not get into a server.
    #[error(
        "the rows were not moved: {0}. No row is in the database, but its tables are: empty both it and the folder before you try again"
    )]
    Moving(String),
    /// The kind of database is another one.
    #[error("{0}")]
    Kind(&'static str),
    /// No server ever ran there.
    #[error("there is no database in {0}")]
    Nothing(String),
    /// The target is there.
    #[error("{0} exists already: a backup is written into a new folder")]
    Exists(String),
    /// The backup is not what it should be.
    #[error("this backup is not used: {0}. Nothing was restored")]
    Damaged(String),
    /// The target is in use.
    #[error("{0} is not empty: a backup is restored into an empty folder only")]
    NotEmpty(String),
}

/// Names the file that an error is about.
fn at(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError + use<> {
    let name = path.display().to_string();
    move |error| BackupError::Io(name, error)
}

/// Makes a backup of `data` in the new folder `output`. `now` is when it began, as it is stored.
///
/// # Errors
/// See [`BackupError`]; what was begun is removed then.
pub async fn make(data: &Path, output: &Path, now: &str) -> Result<Manifest, BackupError> {
    let on_server = data.join(REMEMBERED).exists();
    if !on_server && !data.join(DATABASE).is_file() {
        return Err(BackupError::Nothing(data.display().to_string()));
    }
    match std::fs::DirBuilder::new().mode(0o700).create(output) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(BackupError::Exists(output.display().to_string()));
        }
        made => made.map_err(at(output))?,
    }
    let made = if on_server { of_server(data, output, now).await } else { of_file(data, output, now).await };
    if made.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_dir_all(output);
    }
    made
}

/// What the rows of one moment say.
struct Rows {
    /// Marks of the pictures that they name.
    pictures: Vec<String>,
    migration: i64,
    fingerprint: String,
    reports: i64,
}

impl Rows {
    async fn read(at: &mut Connection) -> sqlx::Result<Self> {
        let fingerprint = "SELECT coalesce((SELECT value FROM meta WHERE name = 'server_fingerprint'), '')";
        let migration = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations";
        Ok(Self {
            pictures: sqlx::query_scalar("SELECT sha256 FROM blobs ORDER BY sha256").fetch_all(&mut *at).await?,
            migration: sqlx::query_scalar(migration).fetch_one(&mut *at).await?,
            fingerprint: sqlx::query_scalar(fingerprint).fetch_one(&mut *at).await?,
            reports: sqlx::query_scalar("SELECT count(*) FROM reports").fetch_one(&mut *at).await?,
        })
    }
}

async fn of_file(data: &Path, output: &Path, now: &str) -> Result<Manifest, BackupError> {
    let live = (open(&data.join(DATABASE)).await?, "BEGIN IMMEDIATE");
    let copy = output.join(DATABASE);
    sqlx::query("VACUUM INTO $1").bind(copy.display().to_string()).execute(&live.0).await?;
    restrict(&copy)?;
    let snapshot = open(&copy).await?;
    sqlx::query("PRAGMA journal_mode = DELETE").fetch_optional(&snapshot).await?;
    let rows = Rows::read(&mut *snapshot.acquire().await?).await?;
    let mut sums = BTreeMap::new();
    let missing = pictures(&live, &rows.pictures, data, output, &mut sums).await?;
    for mark in missing.gone {
        sqlx::query("DELETE FROM blobs WHERE sha256 = $1").bind(mark).execute(&snapshot).await?;
    }
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&snapshot).await?;
    if found != "ok" {
        return Err(BackupError::Damaged(format!("the database itself is damaged: {found}")));
    }
    snapshot.close().await;
    let missing = Missing { gone: vec![], ..missing };
    finish(data, output, now, (DATABASE, rows, missing, sums), &live).await
}

async fn of_server(data: &Path, output: &Path, now: &str) -> Result<Manifest, BackupError> {
    let (engine, address) = server::of(data)?;
    let live = (engine.alone().await?, engine.begin());
    let rows = server::dump(&engine, &address, &output.join(server::DUMP)).await?;
    let mut sums = BTreeMap::new();
    let missing = pictures(&live, &rows.pictures, data, output, &mut sums).await?;
    finish(data, output, now, (server::DUMP, rows, missing, sums), &live).await
}

/// Where is written, and how that begins: behind whoever else does.
type Live = (Pool, &'static str);
type Sums = BTreeMap<String, (String, u64)>;

async fn finish(
    data: &Path,
    output: &Path,
    now: &str,
    (database, rows, missing, mut sums): (&str, Rows, Missing, Sums),
    live: &Live,
) -> Result<Manifest, BackupError> {
    sums.insert(database.to_owned(), hashed(&output.join(database))?);
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        made_at: now.to_owned(),
        software: env!("CARGO_PKG_VERSION").to_owned(),
        migration: rows.migration,
        fingerprint: rows.fingerprint,
        files: sums.len(),
        bytes: sums.values().map(|(_, bytes)| bytes).sum(),
        reports: rows.reports,
        lost: missing.lost,
        gone: missing.gone,
        outgoing: restored::waiting(data).map_err(at(&data.join("outgoing")))?,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| at(output)(e.into()))?;
    sums.insert(MANIFEST.to_owned(), keep(&output.join(MANIFEST), &text)?);
    let list: String = sums.iter().map(|(name, (sha256, _))| format!("{sha256}  {name}\n")).collect();
    sync(&output.join(database))?;
    sync_folders(output, sums.keys())?;
    keep(&output.join(SUMS), list.as_bytes())?;
    sync(output)?;
    remember(live, &manifest).await?;
    live.0.close().await;
    Ok(manifest)
}

/// One connection, which makes and migrates nothing.
async fn open(path: &Path) -> Result<Pool, BackupError> {
    Ok(Engine::file(path, false)?.alone().await?)
}

/// Pictures that are named and not there.
struct Missing {
    /// Or damaged, though they ought to be.
    lost: Vec<String>,
    /// Removed by housekeeping or an erasure since the moment of the rows.
    gone: Vec<String>,
}

/// Copies the pictures that the rows name.
async fn pictures(
    (live, begin): &Live,
    named: &[String],
    data: &Path,
    output: &Path,
    sums: &mut Sums,
) -> Result<Missing, BackupError> {
    let keys = keys_of(data)?;
    let mut missing = Missing { lost: vec![], gone: vec![] };
    let owner: Option<String> =
        sqlx::query_scalar("SELECT value FROM meta WHERE name = $1").bind(OWNER).fetch_optional(live).await?;
    let depot = Depot::of(data, &owner.unwrap_or_default(), false)?;
    let mut under_way = VecDeque::new();
    let mut rest = named.iter();
    loop {
        // The next ones are on their way while one is looked at.
        while under_way.len() < AT_ONCE
            && let Some(mark) = rest.next()
        {
            let (depot, name) = (depot.clone(), mark.clone());
            under_way.push_back((mark, tokio::spawn(async move { depot.get(&name).await })));
        }
        let Some((mark, read)) = under_way.pop_front() else { return Ok(missing) };
        let name = format!("blobs/{}/{mark}", mark.get(..2).unwrap_or_default());
        match read.await.map_err(std::io::Error::other).flatten() {
            Ok(bytes) if is_whole(keys.as_ref(), mark, &bytes).map_err(|e| unopened(data, e))? => {
                let sum = keep(&output.join(&name), &bytes)?;
                sums.insert(name, sum);
            }
            Err(e) if !matches!(e.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => {
                return Err(BackupError::Io(name, e));
            }
            _ => {
                // Behind whoever writes: an erasure destroys keys before it is committed.
                let mut alone = live.begin_with(*begin).await?;
                let still = sqlx::query("SELECT 1 FROM blobs WHERE sha256 = $1");
                let still = still.bind(mark).fetch_optional(&mut *alone).await?;
                alone.rollback().await?;
                let list = if still.is_some() { &mut missing.lost } else { &mut missing.gone };
                list.push(mark.clone());
            }
        }
    }
}

/// The keys of cases, where they are. Makes none.
fn keys_of(data: &Path) -> Result<Option<Keys>, BackupError> {
    let secrets = data.join("secrets");
    if ["data.key", "cases.keys"].iter().any(|file| !secrets.join(file).exists()) {
        return Ok(None);
    }
    Keys::open(&secrets).map(Some).map_err(|_| BackupError::Keys(secrets.display().to_string()))
}

fn unopened(data: &Path, error: Option<std::io::Error>) -> BackupError {
    let secrets = data.join("secrets");
    error.map_or_else(|| BackupError::Keys(secrets.display().to_string()), at(&secrets))
}

/// Whether these bytes are the picture of this mark: what opens, and has the hash that the mark was made of. A database from before
/// pictures were sealed has the hash itself.
fn is_whole(keys: Option<&Keys>, mark: &str, bytes: &[u8]) -> Result<bool, Option<std::io::Error>> {
    if Keys::place(bytes).is_none() {
        return Ok(sign::sha256_hex(bytes) == mark);
    }
    let keys = keys.ok_or(None)?;
    match keys.open_bytes(blobs::BLOB, bytes) {
        Ok(plain) => Ok(plain.is_some_and(|plain| blobs::mark(keys, &sign::sha256_hex(&plain)) == mark)),
        Err(Shut::Io(e)) => Err(Some(e)),
        Err(_) => Ok(false),
    }
}

/// Writes down that everything that is here left in a backup.
async fn remember((live, begin): &Live, made: &Manifest) -> sqlx::Result<()> {
    let mut tx = live.begin_with(*begin).await?;
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(LAST)
    .bind(&made.made_at)
    .execute(&mut *tx)
    .await?;
    let detail = format!("{} files, {} lost", made.files, made.lost.len());
    let entry = audit::Entry { actor: "command-line", action: "backup.made", subject: "", detail: &detail };
    audit::append(&mut tx, &made.made_at, entry).await?;
    tx.commit().await
}

/// Writes a new file to disk, readable for its owner alone. Returns hash and size.
fn keep(path: &Path, bytes: &[u8]) -> Result<(String, u64), BackupError> {
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
    }
    let write = || {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(at(path))?;
    Ok((sign::sha256_hex(bytes), bytes.len() as u64))
}

/// Hash and size of a file of any size.
fn hashed(path: &Path) -> Result<(String, u64), BackupError> {
    let mut file = File::open(path).map_err(at(path))?;
    let (mut hash, mut bytes, mut part) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let n = file.read(&mut part).map_err(at(path))?;
        if n == 0 {
            return Ok((sign::hex(&hash.finalize()), bytes));
        }
        hash.update(&part[..n]);
        bytes += n as u64;
    }
}

/// A new file that its owner alone may read.
fn restrict_new(path: &Path) -> Result<File, BackupError> {
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(at(path))
}

fn restrict(path: &Path) -> Result<(), BackupError> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(path, mode).map_err(at(path))
}

fn sync(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}

/// Syncs the database, and every folder that one of these files lies in, up to `root`.
fn sync_folders<'a>(root: &Path, names: impl Iterator<Item = &'a String>) -> Result<(), BackupError> {
    let parents = names.flat_map(|name| Path::new(name).ancestors().skip(1).map(|p| root.join(p)).collect::<Vec<_>>());
    let folders: std::collections::BTreeSet<PathBuf> = parents.collect();
    folders.iter().try_for_each(|folder| sync(folder))
}
