//! Invitations and the devices that joined with them.

use super::Tx;
use sha2::{Digest as _, Sha256};
use sqlx::{Row as _, SqlitePool};

/// An enrolled device.
#[derive(Clone, Debug)]
pub struct Device {
    /// Fingerprint of its key.
    pub key_id: String,
    /// Its raw public key.
    pub public_key: [u8; 32],
    /// The spotter's name for experts.
    pub pseudonym: String,
    /// It may no longer report.
    pub revoked: bool,
    /// Hash of the code that it joined with.
    pub invitation: Vec<u8>,
}

/// What the store keeps instead of a code.
#[must_use]
pub fn code_hash(code: &str) -> Vec<u8> {
    Sha256::digest(code.as_bytes()).to_vec()
}

/// Keeps a new invitation.
///
/// # Errors
/// Where the database fails.
pub async fn invite(tx: &mut Tx, code: &str, uses: u32, now: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO invitations (code_hash, uses_left, created_at) VALUES (?, ?, ?)")
        .bind(code_hash(code))
        .bind(i64::from(uses))
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Uses of an invitation that are left; `None` where it is unknown.
///
/// # Errors
/// Where the database fails.
pub async fn uses_left(tx: &mut Tx, hash: &[u8]) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("SELECT uses_left FROM invitations WHERE code_hash = ?")
        .bind(hash)
        .fetch_optional(&mut **tx)
        .await
}

fn device(row: &sqlx::sqlite::SqliteRow) -> sqlx::Result<Device> {
    let key: Vec<u8> = row.try_get(1)?;
    Ok(Device {
        key_id: row.try_get(0)?,
        public_key: key.try_into().map_err(|_| sqlx::Error::Decode("a device's key is not 32 bytes".into()))?,
        pseudonym: row.try_get(2)?,
        revoked: row.try_get::<Option<String>, _>(3)?.is_some(),
        invitation: row.try_get(4)?,
    })
}

/// A device by its key's id.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &SqlitePool, key_id: &str) -> sqlx::Result<Option<Device>> {
    let row = sqlx::query("SELECT key_id, public_key, pseudonym, revoked_at, invitation FROM devices WHERE key_id = ?")
        .bind(key_id)
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(device).transpose()
}

/// The same, inside a write transaction.
///
/// # Errors
/// Where the database fails.
pub async fn find_in(tx: &mut Tx, key_id: &str) -> sqlx::Result<Option<Device>> {
    let row = sqlx::query("SELECT key_id, public_key, pseudonym, revoked_at, invitation FROM devices WHERE key_id = ?")
        .bind(key_id)
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(device).transpose()
}

/// Whether a spotter already has this name.
///
/// # Errors
/// Where the database fails.
pub async fn is_taken(tx: &mut Tx, pseudonym: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM devices WHERE pseudonym = ?)")
        .bind(pseudonym)
        .fetch_one(&mut **tx)
        .await
}

/// Keeps a new device and takes one use from its invitation.
///
/// # Errors
/// Where the database fails.
pub async fn enrol(
    tx: &mut Tx,
    key_id: &str,
    public_key: &[u8; 32],
    pseudonym: &str,
    code_hash: &[u8],
    now: &str,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE invitations SET uses_left = uses_left - 1 WHERE code_hash = ?")
        .bind(code_hash)
        .execute(&mut **tx)
        .await?;
    sqlx::query("INSERT INTO devices (key_id, public_key, pseudonym, invitation, enrolled_at) VALUES (?, ?, ?, ?, ?)")
        .bind(key_id)
        .bind(public_key.as_slice())
        .bind(pseudonym)
        .bind(code_hash)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
