//! Invitations and the devices that joined with them.

use super::sql::{Pool, Row, Truth};
use super::{Tx, parse_word, word};
use sha2::{Digest as _, Sha256};
use spotter_model::Tier;
use sqlx::Row as _;

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
    /// The cohort it belongs to, or empty.
    pub cohort: String,
    /// What it may see and do.
    pub tier: Tier,
    /// The same for all devices of one spotter.
    pub spotter: String,
}

/// An invitation.
#[derive(Clone, Debug)]
pub struct Invited {
    /// How often it may still be used.
    pub uses: i64,
    /// The cohort that it is for.
    pub cohort: String,
    /// What those who join may see and do.
    pub tier: Tier,
    /// The lost device in whose place it puts a new one.
    pub replaces: Option<String>,
    /// The organisation that invites.
    pub organisation_id: i64,
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
pub async fn invite(tx: &mut Tx, code: &str, new: &Invited, now: &str) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO invitations (code_hash, uses_left, created_at, cohort, tier, replaces, organisation_id) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(code_hash(code))
    .bind(new.uses)
    .bind(now)
    .bind(&new.cohort)
    .bind(word(&new.tier))
    .bind(&new.replaces)
    .bind(new.organisation_id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An invitation by its code's hash; `None` where it is unknown.
///
/// # Errors
/// Where the database fails.
pub async fn invitation(tx: &mut Tx, hash: &[u8]) -> sqlx::Result<Option<Invited>> {
    let row =
        sqlx::query("SELECT uses_left, cohort, tier, replaces, organisation_id FROM invitations WHERE code_hash = $1")
            .bind(hash)
            .fetch_optional(&mut **tx)
            .await?;
    row.map(|r| {
        Ok(Invited {
            uses: r.try_get(0)?,
            cohort: r.try_get(1)?,
            tier: parse_word(r.try_get(2)?)?,
            replaces: r.try_get(3)?,
            organisation_id: r.try_get(4)?,
        })
    })
    .transpose()
}

const COLUMNS: &str =
    "SELECT key_id, public_key, pseudonym, revoked_at, invitation, cohort, tier, spotter FROM devices";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

fn device(row: &Row) -> sqlx::Result<Device> {
    let key: Vec<u8> = row.try_get(1)?;
    Ok(Device {
        key_id: row.try_get(0)?,
        public_key: key.try_into().map_err(|_| sqlx::Error::Decode("a device's key is not 32 bytes".into()))?,
        pseudonym: row.try_get(2)?,
        revoked: row.try_get::<Option<String>, _>(3)?.is_some(),
        invitation: row.try_get(4)?,
        cohort: row.try_get(5)?,
        tier: parse_word(row.try_get(6)?)?,
        spotter: row.try_get(7)?,
    })
}

/// A device by its key's id.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Pool, key_id: &str) -> sqlx::Result<Option<Device>> {
    let row = sqlx::query(select("WHERE key_id = $1")).bind(key_id).fetch_optional(pool).await?;
    row.as_ref().map(device).transpose()
}

/// The same, inside a write transaction.
///
/// # Errors
/// Where the database fails.
pub async fn find_in(tx: &mut Tx, key_id: &str) -> sqlx::Result<Option<Device>> {
    let row = sqlx::query(select("WHERE key_id = $1")).bind(key_id).fetch_optional(&mut **tx).await?;
    row.as_ref().map(device).transpose()
}

/// Whether a spotter already has this name.
///
/// # Errors
/// Where the database fails.
pub async fn is_taken(tx: &mut Tx, pseudonym: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM devices WHERE pseudonym = $1)")
        .bind(pseudonym)
        .fetch_one(&mut **tx)
        .await
        .map(|Truth(yes)| yes)
}

/// Keeps a new device and takes one use from its invitation.
///
/// # Errors
/// Where the database fails.
pub async fn enrol(tx: &mut Tx, device: &Device, now: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE invitations SET uses_left = uses_left - 1 WHERE code_hash = $1")
        .bind(&device.invitation)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO devices (key_id, public_key, pseudonym, invitation, enrolled_at, cohort, tier, spotter) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&device.key_id)
    .bind(device.public_key.as_slice())
    .bind(&device.pseudonym)
    .bind(&device.invitation)
    .bind(now)
    .bind(&device.cohort)
    .bind(word(&device.tier))
    .bind(&device.spotter)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The device that a spotter of this name uses.
///
/// # Errors
/// Where the database fails.
pub async fn by_name(tx: &mut Tx, pseudonym: &str) -> sqlx::Result<Option<Device>> {
    let row = sqlx::query(select("WHERE pseudonym = $1")).bind(pseudonym).fetch_optional(&mut **tx).await?;
    row.as_ref().map(device).transpose()
}

/// Signs a device off. Nothing of it is taken from then on.
///
/// # Errors
/// Where the database fails.
pub async fn revoke(tx: &mut Tx, key_id: &str, now: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE devices SET revoked_at = coalesce(revoked_at, $1) WHERE key_id = $2")
        .bind(now)
        .bind(key_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Signs a lost device off and frees its name. Returns the name and whose device it was.
///
/// # Errors
/// Where the database fails.
pub async fn step_aside(tx: &mut Tx, key_id: &str, now: &str) -> sqlx::Result<(String, String)> {
    revoke(tx, key_id, now).await?;
    let row = sqlx::query("SELECT pseudonym, spotter FROM devices WHERE key_id = $1")
        .bind(key_id)
        .fetch_one(&mut **tx)
        .await?;
    let (name, spotter): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    sqlx::query("UPDATE devices SET pseudonym = $1 WHERE key_id = $2")
        .bind(format!("{name} (until {now})"))
        .bind(key_id)
        .execute(&mut **tx)
        .await?;
    Ok((name, spotter))
}

/// The organisation that invited a device's spotter.
///
/// # Errors
/// Where the database fails.
pub async fn organisation_of(tx: &mut Tx, device: &Device) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT organisation_id FROM invitations WHERE code_hash = $1")
        .bind(&device.invitation)
        .fetch_one(&mut **tx)
        .await
}
