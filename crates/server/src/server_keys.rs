//! Whether the server's keys are those that its database was kept under. Without this, a database that came back from a backup
//! without its `secrets/` would be given new keys in silence, and everything signed or sealed with the old ones would be void.
//!
//! Owns: what the database remembers of the keys, which is a fingerprint and one sealed word; neither opens anything. Looked at
//! before any key is opened or made, by every command. The keys of cases are [`crate::keys`]'s.

use crate::sign::{KeyError, ServerKey};
use crate::store::sql::Pool;
use crate::store::{Store, erasure};
use crate::vault::Vault;
use std::path::Path;

const FINGERPRINT: &str = "server_fingerprint";
const SEALED: &str = "data_key_check";
/// To whom the sealed word belongs.
const OWNER: &str = "meta:data_key_check";
/// The file of the keys of cases.
const CASES: &str = "cases.keys";

/// Why keys do not fit.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// No file, though the database was kept under one.
    #[error(
        "secrets/{0} is missing, and this database was kept under one. Put the newest saved copy back. Only if no copy is left: \
         start once with --new-keys, which makes everything void that was signed or sealed with the old one"
    )]
    Missing(&'static str),
    /// Another key.
    #[error(
        "secrets/{0} is not the key that this database was kept under. Put the right copy back. Only if none is left: \
         start once with --new-keys, which makes everything void that was signed or sealed with the old one"
    )]
    Other(&'static str),
    /// A key cannot be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A file of keys cannot be put aside.
    #[error("secrets: {0}")]
    Io(#[from] std::io::Error),
    /// The database failed.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

async fn remembered(pool: &Pool, name: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT value FROM meta WHERE name = $1").bind(name).fetch_optional(pool).await
}

/// Whether the keys in `secrets` fit this database, as far as it ever had any. Makes none.
///
/// # Errors
/// See [`Unfit`].
pub async fn check(pool: &Pool, secrets: &Path) -> Result<(), Unfit> {
    let there = |file: &str| secrets.join(file).exists();
    let (fingerprint, sealed) = (remembered(pool, FINGERPRINT).await?, remembered(pool, SEALED).await?);
    let cases = erasure::last_place(pool).await? > 0;
    // The keys of cases are wrapped under `data.key`.
    for (known, file) in [(fingerprint.is_some(), "server.key"), (sealed.is_some() || cases, "data.key")] {
        if known && !there(file) {
            return Err(Unfit::Missing(file));
        }
    }
    if let Some(known) = fingerprint
        && known != ServerKey::open(secrets)?.fingerprint()
    {
        return Err(Unfit::Other("server.key"));
    }
    if let Some(sealed) = sealed
        && Vault::open(secrets)?.unseal(OWNER, &sealed).is_err()
    {
        return Err(Unfit::Other("data.key"));
    }
    if cases && !there(CASES) {
        return Err(Unfit::Missing(CASES));
    }
    Ok(())
}

/// Puts the keys of cases aside where what wraps them is lost: they open nothing then, but for the case that it is found again.
///
/// # Errors
/// See [`Unfit`].
pub async fn put_aside(pool: &Pool, secrets: &Path) -> Result<(), Unfit> {
    let cases = secrets.join(CASES);
    if !cases.exists() {
        return Ok(());
    }
    let fits = secrets.join("data.key").exists()
        && match remembered(pool, SEALED).await? {
            Some(sealed) => Vault::open(secrets)?.unseal(OWNER, &sealed).is_ok(),
            None => true,
        };
    if !fits {
        let now = crate::clock::system()().unix_timestamp();
        std::fs::rename(&cases, secrets.join(format!("{CASES}.shut-{now}")))?;
    }
    Ok(())
}

/// Opens the key that signs and the one that seals, or makes them where the database never had any. With `new`, whatever lies
/// there becomes right, and what is missing is made.
///
/// # Errors
/// See [`Unfit`].
pub async fn open(store: &Store, secrets: &Path, new: bool) -> Result<(ServerKey, Vault), Unfit> {
    if !new {
        check(store.read(), secrets).await?;
    }
    let (key, vault) = (ServerKey::open(secrets)?, Vault::open(secrets)?);
    if store.meta(FINGERPRINT).await?.as_deref() != Some(key.fingerprint()) {
        store.set_meta(FINGERPRINT, key.fingerprint()).await?;
    }
    let sealed = store.meta(SEALED).await?;
    if sealed.is_none_or(|sealed| vault.unseal(OWNER, &sealed).is_err()) {
        store.set_meta(SEALED, &vault.seal(OWNER, "opens")).await?;
    }
    Ok((key, vault))
}
