//! Signed packs: who made a pack, and whether it may still be used.
//!
//! Owns: what is signed, and one typed error for each reason to refuse. Never: fetches a pack, keeps a key, opens a
//! pack whose signature does not hold. Keys are made and used offline (`spotter lexicon keygen|sign`); whoever
//! holds a server cannot steer what extensions read. Tools check signatures here ([`open`], [`open_overlay`]); the
//! extension has its browser do it, on what a [`Claim`] names.
//!
//! ```text
//!  88  32  key id: SHA-256 of the public key
//! 120  64  Ed25519 signature over "wildlife-spotter pack\0", bytes 0..88 (they hold the checksum), bytes 184..216
//! 184   8  serial number: the next pack has a higher one
//! 192  24  zero
//! ```

use super::overlay::{self, OpenedOverlay};
#[cfg(feature = "sources")]
use super::pack::Opened;
use super::pack::{self, HEADER, PackError, SIGNATURE};
#[cfg(feature = "sources")]
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use spotter_model::Date;

const ID: usize = SIGNATURE;
const SIGNED: usize = ID + 32;
const SERIAL: usize = SIGNED + 64;
const ZERO: usize = SERIAL + 8;
/// No other signature of these keys can be taken for one of a pack.
const DOMAIN: &[u8] = b"wildlife-spotter pack\0";

/// SHA-256 of a raw public key.
pub type KeyId = [u8; 32];

/// The name of a public key.
#[must_use]
pub fn key_id(public: &[u8; 32]) -> KeyId {
    Sha256::digest(public).into()
}

/// Whom a device trusts, and what it has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Public keys: two, so that one can be replaced.
    pub keys: Vec<[u8; 32]>,
    /// Keys that are trusted no more, whatever they sign.
    pub revoked: Vec<KeyId>,
    /// Serial number of the pack in use: nothing older replaces it.
    pub newest: u64,
}

/// Why a signed pack is refused. The pack in use stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignedError {
    /// It is no whole pack.
    #[error("{0}")]
    Pack(#[from] PackError),
    /// Nobody signed it.
    #[error("the pack is not signed: packs from elsewhere must be")]
    Unsigned,
    /// By a key that this device does not trust.
    #[error("the pack is signed by a key that is not trusted here: join again, or ask the coordinator")]
    UnknownKey(KeyId),
    /// By a key that was taken back.
    #[error("the pack is signed by a key that was revoked: ask the coordinator")]
    RevokedKey(KeyId),
    /// The signature is not the key's.
    #[error("the pack's signature does not fit: it was changed on its way, fetch it again")]
    Forged,
    /// Something newer is in use.
    #[error("the pack has number {serial}, number {newest} is in use: nothing older replaces it")]
    Older {
        /// Its number.
        serial: u64,
        /// The number in use.
        newest: u64,
    },
    /// Its time is over.
    #[error("the pack expired on {0}: fetch a newer one")]
    Expired(Date),
}

/// A pack whose signature holds.
#[derive(Debug)]
pub struct Verified<T> {
    /// What is in it.
    pub opened: T,
    /// Its number.
    pub serial: u64,
    /// Who signed it.
    pub key: KeyId,
}

fn message(pack: &[u8]) -> Vec<u8> {
    [DOMAIN, &pack[..SIGNATURE], &pack[SERIAL..HEADER]].concat()
}

/// Signs a whole pack, in place of a signature that it may have.
///
/// # Errors
/// When it is no whole pack.
#[cfg(feature = "sources")]
pub fn sign(pack: &[u8], seed: &[u8; 32], serial: u64) -> Result<Vec<u8>, PackError> {
    pack::whole(pack)?;
    let key = SigningKey::from_bytes(seed);
    let mut signed = pack.to_vec();
    signed[ID..SIGNED].copy_from_slice(&key_id(&key.verifying_key().to_bytes()));
    signed[SERIAL..ZERO].copy_from_slice(&serial.to_le_bytes());
    signed[ZERO..HEADER].fill(0);
    let signature = key.sign(&message(&signed)).to_bytes();
    signed[SIGNED..SERIAL].copy_from_slice(&signature);
    Ok(signed)
}

/// The public half of a seed.
#[must_use]
#[cfg(feature = "sources")]
pub fn public_key(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// Verifies a pack and only then reads it.
///
/// # Errors
/// The first reason to refuse it: damage, then who, then when.
#[cfg(feature = "sources")]
pub fn open(pack: &[u8], trust: &Trust, as_of: Date) -> Result<Verified<Opened>, SignedError> {
    let (serial, key) = verify(pack, trust, as_of)?;
    Ok(Verified { opened: pack::read(pack)?, serial, key })
}

/// Verifies an overlay and only then reads it.
///
/// # Errors
/// As for [`open`].
#[cfg(feature = "sources")]
pub fn open_overlay(pack: &[u8], trust: &Trust, as_of: Date) -> Result<Verified<OpenedOverlay>, SignedError> {
    let claim = claimed(pack, trust)?;
    claim.overlay(claim.holds(), as_of)
}

/// Whether a signed pack of either kind may be used: its number, and who signed it.
///
/// # Errors
/// The first reason to refuse it: damage, then who, then when.
#[cfg(feature = "sources")]
pub fn verify(pack: &[u8], trust: &Trust, as_of: Date) -> Result<(u64, KeyId), SignedError> {
    let claim = claimed(pack, trust)?;
    claim.judged(claim.holds(), as_of)
}

/// What a pack says of who made it: damage and the key were judged, its signature was not.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    pack: &'a [u8],
    serial: u64,
    newest: u64,
    /// The trusted key that it names.
    pub public: [u8; 32],
    /// The signature.
    pub signature: [u8; 64],
    /// The bytes that it has to be over.
    pub message: Vec<u8>,
}

/// Judges a pack as far as its signature.
///
/// # Errors
/// Damage, or a key that is not trusted.
pub fn claimed<'a>(pack: &'a [u8], trust: &Trust) -> Result<Claim<'a>, SignedError> {
    pack::whole(pack)?;
    if pack[SIGNATURE..HEADER].iter().all(|&b| b == 0) {
        return Err(SignedError::Unsigned);
    }
    if pack[ZERO..HEADER].iter().any(|&b| b != 0) {
        return Err(PackError::Reserved.into());
    }
    let (Ok(key), Ok(signature), Ok(serial)) = (
        KeyId::try_from(&pack[ID..SIGNED]),
        <[u8; 64]>::try_from(&pack[SIGNED..SERIAL]),
        <[u8; 8]>::try_from(&pack[SERIAL..ZERO]),
    ) else {
        return Err(SignedError::Forged);
    };
    if trust.revoked.contains(&key) {
        return Err(SignedError::RevokedKey(key));
    }
    let public = *trust.keys.iter().find(|public| key_id(public) == key).ok_or(SignedError::UnknownKey(key))?;
    let (serial, newest) = (u64::from_le_bytes(serial), trust.newest);
    Ok(Claim { pack, serial, newest, public, signature, message: message(pack) })
}

impl Claim<'_> {
    /// Whether the signature is the key's over the message.
    #[must_use]
    #[cfg(feature = "sources")]
    pub fn holds(&self) -> bool {
        VerifyingKey::from_bytes(&self.public)
            .and_then(|public| public.verify_strict(&self.message, &Signature::from_bytes(&self.signature)))
            .is_ok()
    }

    /// Reads an overlay; `holds`: whether the signature is the key's over the message, as whoever checked it says.
    ///
    /// # Errors
    /// The first reason to refuse it: who, then when, then what is in it.
    pub fn overlay(&self, holds: bool, as_of: Date) -> Result<Verified<OpenedOverlay>, SignedError> {
        let (serial, key) = self.judged(holds, as_of)?;
        Ok(Verified { opened: overlay::read(self.pack)?, serial, key })
    }

    fn judged(&self, holds: bool, as_of: Date) -> Result<(u64, KeyId), SignedError> {
        if !holds {
            return Err(SignedError::Forged);
        }
        let Self { serial, newest, .. } = *self;
        if serial < newest {
            return Err(SignedError::Older { serial, newest });
        }
        let expires = pack::expiry(self.pack)?;
        if expires < as_of {
            return Err(SignedError::Expired(expires));
        }
        Ok((serial, key_id(&self.public)))
    }
}
