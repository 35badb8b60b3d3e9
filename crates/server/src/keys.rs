//! The server's keys as a pair that fits its database. Without this, a database that came back from a backup without its
//! `secrets/` would be given new keys in silence, and everything signed or sealed with the old ones would be void.
//!
//! Owns: what the database remembers of the keys, which is a fingerprint and one sealed word; neither opens anything.

use crate::sign::{KeyError, ServerKey};
use crate::store::Store;
use crate::vault::Vault;
use std::path::Path;

const FINGERPRINT: &str = "server_fingerprint";
const SEALED: &str = "data_key_check";
/// To whom the sealed word belongs.
const OWNER: &str = "meta:data_key_check";

/// Why keys do not fit.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// No file, though the database was kept under one.
    #[error(
        "secrets/{0} is missing, and this database was kept under one. Put the saved copy back. Only if no copy is left: \
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
    /// The database failed.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Opens both keys, or makes them where the database never had any. With `new`, whatever lies there becomes right, and what
/// is missing is made.
///
/// # Errors
/// See [`Unfit`].
pub async fn open(store: &Store, secrets: &Path, new: bool) -> Result<(ServerKey, Vault), Unfit> {
    let there = |file: &str| secrets.join(file).exists();
    let (fingerprint, sealed) = (store.meta(FINGERPRINT).await?, store.meta(SEALED).await?);
    if !new {
        for (known, file) in [(&fingerprint, "server.key"), (&sealed, "data.key")] {
            if known.is_some() && !there(file) {
                return Err(Unfit::Missing(file));
            }
        }
    }
    let (key, vault) = (ServerKey::open(secrets)?, Vault::open(secrets)?);
    let signs = fingerprint.as_deref() == Some(key.fingerprint());
    let opens = sealed.as_deref().is_some_and(|sealed| vault.unseal(OWNER, sealed).is_ok());
    if !new && fingerprint.is_some() && !signs {
        return Err(Unfit::Other("server.key"));
    }
    if !new && sealed.is_some() && !opens {
        return Err(Unfit::Other("data.key"));
    }
    if !signs {
        store.set_meta(FINGERPRINT, key.fingerprint()).await?;
    }
    if !opens {
        store.set_meta(SEALED, &vault.seal(OWNER, "opens")).await?;
    }
    Ok((key, vault))
}
