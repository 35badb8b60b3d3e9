//! Which database keeps the rows, and how a connection to it is made: a file of SQLite in the data folder, or a PostgreSQL server.
//!
//! Owns what differs between them: connections, the beginning of a transaction, migrations. Every query is written for both, see
//! [`super::sql`]. A folder remembers its server, so that commands beside `serve` find it; the address holds no password.

use super::StoreError;
use super::sql::{Connection, Pool};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// The database's file, where it is one.
pub(crate) const DATABASE: &str = "spotter.db";
/// The log beside it.
pub(super) const LOG: &str = "spotter.db-wal";
/// In it a data folder remembers the server that has its rows.
pub const REMEMBERED: &str = "database.url";
/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whoever writes to PostgreSQL holds this lock: one writer over all processes, as with a file. What is numbered by the newest
/// number and one, and what is read and then decided on, is right because of it. A fresh look is taken after the lock was had.
const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(5787213827046133840)";
/// A server whose disk or network hangs holds the others up no longer than that.
const WRITER: &str = "SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = '60s'";
/// What several queries of one transaction read is of one moment.
const READER: &str = "SET default_transaction_read_only = on; SET default_transaction_isolation = 'repeatable read'";

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A server, which several processes may use at the same time.
    Postgres,
}

/// Where a PostgreSQL server is: `postgres://USER@HOST/DATABASE`, without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let scheme = ["postgres://", "postgresql://"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
        let rest =
            scheme.ok_or("must be postgres://USER@HOST/DATABASE, or postgres:///DATABASE?host=/FOLDER/OF/SOCKET")?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let password = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
        if password || rest.contains("password=") {
            return Err("must hold no password: give it in PGPASSWORD, or in the file that PGPASSFILE names");
        }
        text.parse::<AnyConnectOptions>().map_err(|_| "is no address")?;
        Ok(Self(text.to_owned()))
    }
}

/// A database to connect to.
#[derive(Clone)]
pub struct Engine {
    kind: Kind,
    options: AnyConnectOptions,
    /// What a writing connection is told first.
    writer: String,
    /// What a reading one is.
    reader: String,
}

impl Engine {
    /// A file of SQLite, for one connection. Made where it is missing, if `make`.
    ///
    /// # Errors
    /// Where its name is no text.
    pub fn file(path: &Path, make: bool) -> sqlx::Result<Self> {
        let path = path.to_str().ok_or_else(|| sqlx::Error::Configuration("a folder's name is not UTF-8".into()))?;
        let mut url = "sqlite://".to_owned();
        for byte in path.bytes() {
            match byte {
                b'/' | b'.' | b'-' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => url.push(char::from(byte)),
                // Writing into a string never fails.
                _ => drop(write!(url, "%{byte:02X}")),
            }
        }
        url.push_str(if make { "?mode=rwc" } else { "?mode=rw" });
        Self::new(Kind::Sqlite, &url, "PRAGMA busy_timeout = 30000".to_owned(), "")
    }

    /// The database of a data folder: the server that it remembers, else its own file. Commits last, if `synced`.
    ///
    /// # Errors
    /// Where the folder cannot be read, or what it remembers is no address.
    pub fn of(data: &Path, synced: bool) -> Result<Self, StoreError> {
        if let Some(address) = remembered(data)? {
            return Ok(Self::server(&address, synced)?);
        }
        let synchronous = if synced { "FULL" } else { "OFF" };
        // The log makes readers and the writer independent; a commit returns after it was synced.
        let both =
            format!("PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}");
        let mut own = Self::file(&data.join(DATABASE), true)?;
        own.reader = format!("{both}; PRAGMA query_only = 1");
        own.writer = both;
        Ok(own)
    }

    /// A server. Commits last, if `synced`.
    ///
    /// # Errors
    /// Where its address is none that the library takes.
    pub fn server(address: &Address, synced: bool) -> sqlx::Result<Self> {
        let synchronous = if synced { "on" } else { "off" };
        let writer = format!("SET synchronous_commit = {synchronous}; {WRITER}");
        Self::new(Kind::Postgres, address.as_str(), writer, READER)
    }

    fn new(kind: Kind, url: &str, writer: String, reader: &str) -> sqlx::Result<Self> {
        sqlx::any::install_default_drivers();
        Ok(Self { kind, options: url.parse()?, writer, reader: reader.to_owned() })
    }

    /// Which it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// How a write transaction begins: alone.
    pub(crate) const fn begin(&self) -> &'static str {
        match self.kind {
            Kind::Sqlite => "BEGIN IMMEDIATE",
            Kind::Postgres => WRITE,
        }
    }

    /// The one writer of this process.
    ///
    /// # Errors
    /// Where there is no connection to be had.
    pub async fn alone(&self) -> sqlx::Result<Pool> {
        let options = AnyPoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
        self.pool(options, &self.writer).await
    }

    /// Readers, which cannot write.
    pub(crate) async fn readers(&self) -> sqlx::Result<Pool> {
        self.pool(AnyPoolOptions::new().max_connections(4), &self.reader).await
    }

    async fn pool(&self, options: AnyPoolOptions, begin: &str) -> sqlx::Result<Pool> {
        let begin = begin.to_owned();
        options
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection: &mut Connection, _| {
                let begin = begin.clone();
                Box::pin(async move {
                    // Safe: literals of this file.
                    connection.execute(AssertSqlSafe(begin)).await.map(|_| ())
                })
            })
            .connect_with(self.options.clone())
            .await
    }

    /// The embedded migrations of this database.
    #[must_use]
    pub fn migrator(&self) -> Migrator {
        match self.kind {
            Kind::Sqlite => migrator(),
            Kind::Postgres => of_server(),
        }
    }

    /// Whether what it acknowledges is on disk. A server can be told not to care.
    ///
    /// # Errors
    /// Where it does not, or cannot be asked.
    pub(super) async fn check(&self, pool: &Pool) -> Result<(), StoreError> {
        if self.kind == Kind::Sqlite {
            return Ok(());
        }
        for (setting, want) in [("fsync", "on"), ("full_page_writes", "on"), ("server_encoding", "UTF8")] {
            let found: String = sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(pool).await?;
            if found != want {
                return Err(StoreError::Unsafe(setting, found, want));
            }
        }
        Ok(())
    }
}

/// The server that a data folder remembers.
pub(crate) fn remembered(data: &Path) -> Result<Option<Address>, StoreError> {
    match std::fs::read_to_string(data.join(REMEMBERED)) {
        Ok(text) => text.trim().parse().map(Some).map_err(StoreError::Address),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// Lets a data folder remember its server. One that has its rows in a file already is not changed: a restored backup moves them.
///
/// # Errors
/// Where it has, or cannot be written.
pub fn remember(data: &Path, address: &Address) -> Result<(), StoreError> {
    if data.join(DATABASE).exists() {
        return Err(StoreError::HasFile);
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    if remembered(data)?.is_some_and(|known| known == *address) {
        return Ok(());
    }
    let part = data.join(format!("{REMEMBERED}.{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    writeln!(file, "{}", address.as_str())?;
    file.sync_all()?;
    std::fs::rename(&part, data.join(REMEMBERED))?;
    Ok(std::fs::File::open(data)?.sync_all()?)
}

fn step(number: i64, name: &'static str, sql: &'static str) -> Migration {
    Migration::new(number, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
}

/// Those of PostgreSQL. Two servers that start at once wait for each other: the library holds a lock.
fn of_server() -> Migrator {
    let all = vec![
        step(21, "baseline", include_str!("../../migrations/postgres/0021_baseline.sql")),
        step(22, "known cases", include_str!("../../migrations/postgres/0022_gold.sql")),
        step(23, "passkeys", include_str!("../../migrations/postgres/0023_passkeys.sql")),
        step(24, "alike", include_str!("../../migrations/postgres/0024_alike.sql")),
        step(25, "reporters", include_str!("../../migrations/postgres/0025_reporters.sql")),
        step(26, "agency links", include_str!("../../migrations/postgres/0026_agency_links.sql")),
        step(27, "rechecks", include_str!("../../migrations/postgres/0027_rechecks.sql")),
        step(28, "organisations", include_str!("../../migrations/postgres/0028_organisations.sql")),
    ];
    Migrator { migrations: Cow::Owned(all), ..Migrator::DEFAULT }
}

/// Those of SQLite. Without sqlx's macros, so that no second copy of it is built for the compiler.
#[must_use]
pub fn migrator() -> Migrator {
    let all = vec![
        step(1, "spine", include_str!("../../migrations/0001_spine.sql")),
        step(2, "programme", include_str!("../../migrations/0002_programme.sql")),
        step(3, "case life", include_str!("../../migrations/0003_case_life.sql")),
        step(4, "contacts", include_str!("../../migrations/0004_contacts.sql")),
        step(5, "notices", include_str!("../../migrations/0005_notices.sql")),
        step(6, "checks", include_str!("../../migrations/0006_checks.sql")),
        step(7, "queue", include_str!("../../migrations/0007_queue.sql")),
        step(8, "people", include_str!("../../migrations/0008_people.sql")),
        step(9, "second factor", include_str!("../../migrations/0009_second_factor.sql")),
        step(10, "bulk", include_str!("../../migrations/0010_bulk.sql")),
        step(14, "attestations", include_str!("../../migrations/0014_attestations.sql")),
        step(15, "surveys", include_str!("../../migrations/0015_surveys.sql")),
        step(16, "audits", include_str!("../../migrations/0016_audits.sql")),
        step(17, "referrals", include_str!("../../migrations/0017_referrals.sql")),
        step(19, "trends", include_str!("../../migrations/0019_trends.sql")),
        step(20, "wellbeing", include_str!("../../migrations/0020_wellbeing.sql")),
        step(21, "personal data", include_str!("../../migrations/0021_personal_data.sql")),
        step(22, "known cases", include_str!("../../migrations/0022_gold.sql")),
        step(23, "passkeys", include_str!("../../migrations/0023_passkeys.sql")),
        step(24, "alike", include_str!("../../migrations/0024_alike.sql")),
        step(25, "reporters", include_str!("../../migrations/0025_reporters.sql")),
        step(26, "agency links", include_str!("../../migrations/0026_agency_links.sql")),
        step(27, "rechecks", include_str!("../../migrations/0027_rechecks.sql")),
        step(28, "organisations", include_str!("../../migrations/0028_organisations.sql")),
    ];
    Migrator { migrations: Cow::Owned(all), ..Migrator::DEFAULT }
}

#[cfg(test)]
mod tests {
    use super::{Address, Engine, REMEMBERED, migrator, of_server, remember};
    use crate::store::StoreError;

    #[test]
    fn an_address_is_one_of_a_server_and_holds_no_password() {
        for (text, good) in [
            ("postgres://spotter@db.example.org/spotter?sslmode=verify-full", true),
            ("postgresql:///spotter?host=/run/postgresql", true),
            ("postgres://spotter@[::1]:5433/spotter", true),
            ("postgres://spotter:secret@db.example.org/spotter", false),
            ("postgres:///spotter?host=/run/postgresql&password=secret", false),
            ("sqlite://spotter.db", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<Address>().is_ok(), good, "{text}");
        }
    }

    /// A change of the schema has a file for each.
    #[test]
    fn both_databases_are_at_the_same_number() {
        let newest = |all: sqlx::migrate::Migrator| all.iter().map(|step| step.version).max();
        assert_eq!(newest(migrator()), newest(of_server()));
    }

    #[test]
    fn a_folder_with_a_file_takes_no_server() {
        let folder = tempfile::tempdir().unwrap();
        let address: Address = "postgres:///spotter".parse().unwrap();
        remember(folder.path(), &address).unwrap();
        remember(folder.path(), &address).unwrap();
        assert_eq!(Engine::of(folder.path(), true).unwrap().kind(), super::Kind::Postgres);
        std::fs::remove_file(folder.path().join(REMEMBERED)).unwrap();
        assert_eq!(Engine::of(folder.path(), true).unwrap().kind(), super::Kind::Sqlite);
        std::fs::write(folder.path().join(super::DATABASE), "").unwrap();
        assert!(matches!(remember(folder.path(), &address), Err(StoreError::HasFile)));
    }
}
