//! Rows on a PostgreSQL server: its own programmes copy them, as of the very moment in which the list of pictures is read.
//!
//! Owns: how `pg_dump` and `pg_restore` are called, and that the database to fill is empty. What they write and read is theirs.
//! No password is handed on: they find it where libpq looks for it, as the server does.

use super::{BackupError, Rows};
use crate::store::engine::{self, Address, Engine};
use crate::store::sql::{Connection, Pool};
use std::path::Path;
use std::process::{Command, Stdio};

/// The rows, in the form that `pg_restore` reads.
pub(super) const DUMP: &str = "spotter.dump";
/// Characters of what a programme complains of.
const COMPLAINT: usize = 500;

/// The server that a data folder remembers.
pub(super) fn of(data: &Path) -> Result<(Engine, Address), BackupError> {
    let address = engine::remembered(data)?.ok_or_else(|| BackupError::Nothing(data.display().to_string()))?;
    Ok((Engine::of(data, true)?, address))
}

/// Copies all rows. Returns what those of the same moment say.
pub(super) async fn dump(engine: &Engine, address: &Address, to: &Path) -> Result<Rows, BackupError> {
    let readers = engine.readers().await?;
    let mut moment = readers.begin().await?;
    let id: String = sqlx::query_scalar("SELECT pg_export_snapshot()").fetch_one(&mut *moment).await?;
    let rows = Rows::read(&mut moment).await?;
    let file = super::restrict_new(to)?;
    let mut dump = Command::new("pg_dump");
    dump.args(["--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s", "--snapshot"]).arg(&id);
    dump.args(["--dbname", address.as_str()]).stdout(file);
    run(dump, "pg_dump").await?;
    moment.rollback().await?;
    readers.close().await;
    Ok(rows)
}

/// A database in which nothing is.
pub(super) async fn empty(address: &Address) -> Result<(), BackupError> {
    let pool = Engine::server(address, true)?.alone().await?;
    let any =
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'";
    let any: i64 = sqlx::query_scalar(any).fetch_one(&pool).await?;
    pool.close().await;
    if any == 0 { Ok(()) } else { Err(BackupError::NotEmpty(format!("the database {}", address.as_str()))) }
}

/// Fills a database: all of it, or nothing. Pictures that are `gone` are named no more.
pub(super) async fn fill(address: &Address, dump: &Path, gone: &[String]) -> Result<Pool, BackupError> {
    let mut restore = Command::new("pg_restore");
    restore.args(["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]);
    restore.args(["--dbname", address.as_str()]).arg(dump).stdout(Stdio::null());
    run(restore, "pg_restore").await?;
    let engine = Engine::server(address, true)?;
    let pool = engine.alone().await?;
    let mut tx = pool.begin_with(engine.begin()).await?;
    for mark in gone {
        let connection: &mut Connection = &mut tx;
        sqlx::query("DELETE FROM blobs WHERE sha256 = $1").bind(mark).execute(connection).await?;
    }
    tx.commit().await?;
    Ok(pool)
}

/// In a thread of its own: the connection that holds the moment goes on meanwhile.
async fn run(mut command: Command, name: &'static str) -> Result<(), BackupError> {
    let done = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).stderr(Stdio::piped()).output()).await;
    let done = done.map_err(std::io::Error::other).flatten();
    match done {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => {
            let said: String = String::from_utf8_lossy(&done.stderr).trim().chars().take(COMPLAINT).collect();
            Err(BackupError::Programme(format!("{name} failed: {said}")))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(BackupError::Programme(format!(
            "{name} is not installed: Debian has it in postgresql-client, as new as the server or newer"
        ))),
        Err(error) => Err(super::at(Path::new(name))(error)),
    }
}
