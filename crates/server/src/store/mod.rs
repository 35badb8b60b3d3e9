//! The database and the blobs. Owns how bytes get to disk and stay there; knows no rule of a case.
//!
//! A commit returns after it was synced. There is one writer and a few readers that cannot write; which database it is, is
//! [`engine`]'s to know.

pub mod alike;
pub mod attestations;
pub mod audits;
pub mod blobs;
pub mod bulk;
pub mod cases;
pub mod checks;
pub mod companies;
pub mod contacts;
pub mod depot;
pub mod devices;
pub mod engine;
pub mod erasure;
pub mod factors;
pub mod gold;
pub mod imports;
pub mod known;
pub mod leases;
pub mod notes;
pub mod notices;
pub mod organisations;
pub mod passkeys;
pub mod people;
pub mod plan;
pub mod privacy;
pub mod published;
pub mod quality;
pub mod queue;
pub mod rechecks;
pub mod referrals;
pub mod reporters;
pub mod reports;
pub mod returned;
pub mod reviewers;
pub mod rounds;
pub mod sealing;
pub mod search;
pub mod sql;
pub mod standing;
pub mod steps;
pub mod suggestions;
pub mod surveys;
pub mod trends;
pub mod views;
pub mod wellbeing;

use crate::backup::restore;
use crate::faults::Fault;
use crate::keys::Keys;
use crate::server_keys;
use blobs::Blobs;
use depot::Depot;
pub use engine::migrator;
use engine::{DATABASE, Engine, Kind, LOG};
use erasure::Why;
use prometheus_client::metrics::histogram::Histogram;
use sql::{Connection, Db, Pool, Truth};
use sqlx::Transaction;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Under which name the database remembers what a bucket knows this endpoint by.
pub(crate) const OWNER: &str = "blobs_owner";

/// A write transaction, with the keys that seal what it writes. Dropped without a commit, it leaves nothing behind.
pub struct Tx {
    inner: Transaction<'static, Db>,
    keys: Arc<Keys>,
    kind: Kind,
}

impl Tx {
    /// The keys of cases.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Makes it last. Synced when it returns.
    ///
    /// # Errors
    /// Where the database fails; then nothing was written, or all of it where a server's connection broke with the answer.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        if self.kind == Kind::Postgres {
            // Where a statement failed and nobody minded, PostgreSQL answers a commit with a rollback, which the library takes for
            // one that went well. Any other statement it refuses.
            sqlx::query("SELECT 1").execute(&mut *self.inner).await?;
        }
        self.inner.commit().await
    }

    /// Takes it back, and says whether that went well.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rollback(self) -> sqlx::Result<()> {
        self.inner.rollback().await
    }
}

impl Deref for Tx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.inner
    }
}

/// The readers, with the keys that open what cases keep sealed. Where nothing is sealed, it is the pool that it holds.
pub struct Reader {
    pool: Pool,
    keys: Arc<Keys>,
    index: search::Index,
    looks: alike::Copy,
    reporters: reporters::Index,
}

impl Reader {
    /// The keys of cases.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The pool.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }
}

impl Deref for Reader {
    type Target = Pool;

    fn deref(&self) -> &Pool {
        &self.pool
    }
}

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A backup was not restored to its end.
    #[error(
        "a backup was being restored into this folder and did not come to its end: empty the folder and do it again"
    )]
    HalfFilled,
    /// The folder.
    #[error("the data folder: {0}")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// What the folder remembers.
    #[error("database.url {0}")]
    Address(&'static str),
    /// The rows are in a file of the folder already.
    #[error(
        "spotter.db in the data folder has this endpoint's rows: make a backup, and restore it into a new folder with --database"
    )]
    HasFile,
    /// Where pictures lie.
    #[error("blobs: {0}")]
    Depot(String),
    /// Pictures are in the folder already.
    #[error(
        "the data folder has pictures of its own: to move them into a bucket, make a backup and restore it into a new folder with --blobs"
    )]
    HasPictures,
    /// The server would lose what it acknowledged.
    #[error("the PostgreSQL server has {0} = {1}, which has to be {2}")]
    Unsafe(&'static str, String, &'static str),
    /// A migration.
    #[error("the database's migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A key.
    #[error(transparent)]
    Key(#[from] crate::sign::KeyError),
    /// The keys are not those that the database was kept under.
    #[error(transparent)]
    Unfit(#[from] server_keys::Unfit),
    /// Something sealed.
    #[error(transparent)]
    Shut(#[from] crate::keys::Shut),
    /// Keys and database do not belong together.
    #[error(
        "secrets/cases.keys is older than the database: it lacks keys of cases that are here. Put its newest copy back; an older one \
         must never take its place"
    )]
    OldKeys,
}

/// The database with its blobs.
pub struct Store {
    engine: Engine,
    read: Reader,
    write: Pool,
    keys: Arc<Keys>,
    data: PathBuf,
    rounds: rounds::Here,
    /// Seconds that write transactions waited for the one writer.
    pub waits: Histogram,
    /// Pictures and screenshots, by hash.
    pub blobs: Blobs,
}

impl Store {
    /// Opens the store in `data`, making or migrating it as needed. `synced` is false only in the test that proves
    /// that it must be true.
    ///
    /// # Errors
    /// Where the folder or the database cannot be had.
    pub async fn open(data: &Path, synced: bool) -> Result<Self, StoreError> {
        Self::opened(data, synced, false).await
    }

    /// The same where keys are lost and no copy is left: what lies there becomes right, what is missing is made, and what was
    /// sealed under lost keys of cases is erased.
    ///
    /// # Errors
    /// Where the folder or the database cannot be had.
    pub async fn open_with_new_keys(data: &Path, synced: bool) -> Result<Self, StoreError> {
        Self::opened(data, synced, true).await
    }

    async fn opened(data: &Path, synced: bool, new_keys: bool) -> Result<Self, StoreError> {
        if restore::is_half_filled(data) {
            return Err(StoreError::HalfFilled);
        }
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data)?;
        let engine = Engine::of(data, synced)?;
        let write = engine.alone().await?;
        engine.check(&write).await?;
        engine.migrator().run(&write).await?;
        // Before a key is made: a database that came back without its keys must not get others in silence.
        let secrets = data.join("secrets");
        if new_keys {
            server_keys::put_aside(&write, &secrets).await?;
        } else {
            server_keys::check(&write, &secrets).await?;
        }
        let keys = Arc::new(Keys::open(&secrets)?);
        if new_keys {
            keys.give_up(erasure::last_place(&write).await?)?;
        }
        let read = engine.readers().await?;
        let read = Reader {
            pool: read,
            keys: Arc::clone(&keys),
            index: search::Index::default(),
            looks: alike::Copy::default(),
            reporters: reporters::Index::default(),
        };
        let (owner, fresh) = owner(&write).await?;
        let blobs = Blobs::open(data, Depot::of(data, &owner, fresh)?, Arc::clone(&keys))?;
        // The new files' names, too, have to survive a power cut.
        std::fs::File::open(data)?.sync_all()?;
        let waits = crate::metrics::seconds();
        let store =
            Self { engine, read, write, keys, data: data.to_owned(), rounds: rounds::Here::default(), waits, blobs };
        sealing::seal_old(&store).await?;
        sealing::seal_linkage(&store).await?;
        erasure::catch_up(&store, if new_keys { Why::Lost } else { Why::Restored }).await?;
        Ok(store)
    }

    /// The readers, for what is not sealed.
    #[must_use]
    pub fn read(&self) -> &Pool {
        &self.read
    }

    /// The readers, with what opens cases.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.read
    }

    /// The keys of cases.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Its folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Begins a write transaction, alone.
    ///
    /// # Errors
    /// Where the database stays busy or fails.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        let began = Instant::now();
        let mut inner = self.write.begin_with(self.engine.begin()).await;
        if self.kind() == Kind::Sqlite && inner.as_ref().is_err_and(is_worn) {
            // Whatever closing it says: a new one is what is wanted.
            let _ = self.write.acquire().await?.close().await;
            inner = self.write.begin_with(self.engine.begin()).await;
        }
        self.waits.observe(began.elapsed().as_secs_f64());
        Ok(Tx { inner: inner?, keys: Arc::clone(&self.keys), kind: self.kind() })
    }

    /// Whether something could be written now. Nothing is.
    ///
    /// # Errors
    /// Where the database is busy, may not be written, or fails.
    pub async fn probe(&self) -> sqlx::Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO meta (name, value) VALUES ('probe', '')").execute(&mut *tx).await?;
        tx.rollback().await
    }

    /// Bytes of the database and of its log, and what is free on the folder's disk. A server's log is its own affair.
    pub async fn sizes(&self) -> [(&'static str, u64); 3] {
        let size = |name: &str| std::fs::metadata(self.data.join(name)).map_or(0, |file| file.len());
        let free = rustix::fs::statvfs(&self.data).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        let database = match self.kind() {
            Kind::Sqlite => size(DATABASE),
            Kind::Postgres => {
                let asked = sqlx::query_scalar::<_, i64>("SELECT pg_database_size(current_database())");
                asked.fetch_one(self.read()).await.ok().and_then(|n| n.try_into().ok()).unwrap_or_default()
            }
        };
        [("database", database), ("log", size(LOG)), ("free", free)]
    }

    /// Which database it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.engine.kind()
    }

    /// The same, and what it replaces is overwritten in the file. A server keeps it until [`Store::rewrite`], or until its own
    /// housekeeping.
    ///
    /// # Errors
    /// Where the database stays busy or fails.
    pub async fn begin_overwriting(&self) -> sqlx::Result<Tx> {
        if self.kind() == Kind::Sqlite {
            // It stays on until the server is started again: it costs a little and hides nothing.
            sqlx::query("PRAGMA secure_delete = ON").fetch_optional(&self.write).await?;
        }
        self.begin().await
    }

    /// Folds the log into the database and empties it. A server does so in its own time.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn fold_log(&self) -> sqlx::Result<()> {
        if self.kind() == Kind::Postgres {
            return Ok(());
        }
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_optional(&self.write).await.map(|_| ())
    }

    /// Writes the database anew, so that nothing of what it held before is left in the file or the log.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rewrite(&self) -> sqlx::Result<()> {
        let all = if self.kind() == Kind::Sqlite { "VACUUM" } else { "VACUUM FULL" };
        sqlx::query(all).execute(&self.write).await?;
        self.fold_log().await
    }

    /// `(journal_mode, synchronous)` of the live writer, where the database is a file.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn pragmas(&self) -> sqlx::Result<(String, i64)> {
        let mut connection = self.write.acquire().await?;
        let mode = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
        let synchronous = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
        Ok((mode, synchronous))
    }

    /// A setting that the store keeps.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn meta(&self, name: &str) -> sqlx::Result<Option<String>> {
        sqlx::query_scalar("SELECT value FROM meta WHERE name = $1").bind(name).fetch_optional(self.read()).await
    }

    /// Keeps a setting.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_meta(&self, name: &str, value: &str) -> sqlx::Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    /// Keeps a setting where there is none yet.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_meta_once(&self, name: &str, value: &str) -> sqlx::Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(name)
            .bind(value)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Closes both pools; the log is folded into the database.
    pub async fn close(&self) {
        self.read.pool.close().await;
        self.write.close().await;
    }
}

/// What a bucket knows this endpoint by, made where there is none yet; and whether no row names a picture.
async fn owner(write: &Pool) -> sqlx::Result<(String, bool)> {
    let known = format!("SELECT value FROM meta WHERE name = '{OWNER}'");
    // Safe: a literal of this file.
    let mut owner: Option<String> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(known.clone())).fetch_optional(write).await?;
    if owner.is_none() {
        let insert = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        sqlx::query(insert).bind(OWNER).bind(crate::random::token()).execute(write).await?;
        // Another process may have been faster.
        owner = sqlx::query_scalar(sqlx::AssertSqlSafe(known)).fetch_optional(write).await?;
    }
    let Truth(any) = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blobs)").fetch_one(write).await?;
    Ok((owner.unwrap_or_default(), !any))
}

/// Whether the writer's connection has to go, so that the server recovers by itself once the disk does.
///
/// Where the disk fails a write, SQLite ends the transaction by itself; sqlx (0.9) then fails to roll it back, believes for ever to be
/// inside it, and begins no other. And a connection that was opened while nothing could be written stays without that right.
fn is_worn(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::InvalidSavePointStatement)
        || matches!(Fault::from(error), Fault::ReadOnly | Fault::Broken)
}

/// The name of a unit variant as serde writes it: the database speaks the same vocabulary as the wire.
#[must_use]
pub fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Reads what [`word`] wrote.
///
/// # Errors
/// Where the database holds a word that this version does not know.
pub fn parse_word<T: serde::de::DeserializeOwned>(word: String) -> sqlx::Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}
