//! What the server hands on as it came: the signed pack, the signed programme, and the public keys of their signer.
//! It holds no key that could make one.

use super::Tx;
use super::sql::Pool;
use sqlx::Row as _;

/// What can be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A signed pack or overlay.
    Pack,
    /// The envelope of a signed programme, as JSON.
    Programme,
    /// Raw public keys, 32 bytes each.
    PackKeys,
}

impl What {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Programme => "programme",
            Self::PackKeys => "pack-keys",
        }
    }
}

/// Puts something in place of what was there.
///
/// # Errors
/// Where the database fails.
pub async fn set(tx: &mut Tx, what: What, bytes: &[u8], now: &str) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO published (name, bytes, sha256, at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes, sha256 = excluded.sha256, at = excluded.at",
    )
    .bind(what.name())
    .bind(bytes)
    .bind(crate::sign::sha256_hex(bytes))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is in place.
///
/// # Errors
/// Where the database fails.
pub async fn get(pool: &Pool, what: What) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar("SELECT bytes FROM published WHERE name = $1").bind(what.name()).fetch_optional(pool).await
}

/// SHA-256 of what is in place, in hex.
///
/// # Errors
/// Where the database fails.
pub async fn hash(pool: &Pool, what: What) -> sqlx::Result<Option<String>> {
    let row =
        sqlx::query("SELECT sha256 FROM published WHERE name = $1").bind(what.name()).fetch_optional(pool).await?;
    row.map(|r| r.try_get(0)).transpose()
}

/// The public keys that sign packs and programmes.
///
/// # Errors
/// Where the database fails.
pub async fn pack_keys(pool: &Pool) -> sqlx::Result<Vec<[u8; 32]>> {
    let bytes = get(pool, What::PackKeys).await?.unwrap_or_default();
    Ok(bytes.chunks_exact(32).filter_map(|key| key.try_into().ok()).collect())
}
