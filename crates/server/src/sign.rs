//! Signatures: the server's own key, the envelopes that it signs, and the checks of what devices sign.
//!
//! Signatures cover exact bytes; nothing is ever re-serialised to be verified.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use spotter_model::dsse::{Envelope, EnvelopeSignature, pae};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// The server's receipt key.
pub struct ServerKey {
    key: SigningKey,
    fingerprint: String,
}

/// Why a key of the server cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key at {0}: {1}")]
    Io(String, std::io::Error),
    /// The file does not hold a key.
    #[error(
        "the key at {0} is damaged: it must hold 32 bytes. Put the saved copy back; what was made with it is void without it"
    )]
    Damaged(String),
}

/// base64url without padding of SHA-256 over a raw public key.
#[must_use]
pub fn fingerprint(public: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(public))
}

/// Lower-case hex SHA-256.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The 32 secret bytes in this file of `folder`; made at the first start. The folder is 0700, the file 0600.
///
/// # Errors
/// Where the file cannot be read or written, or is damaged.
pub fn key_file(folder: &Path, file: &str) -> Result<[u8; 32], KeyError> {
    let path = folder.join(file);
    let name = path.display().to_string();
    let io = |e| KeyError::Io(name.clone(), e);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    match std::fs::read(&path) {
        Ok(bytes) => <[u8; 32]>::try_from(bytes).map_err(|_| KeyError::Damaged(name.clone())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let seed = crate::random::bytes::<32>();
            let part = folder.join(format!("{file}.{}", std::process::id()));
            let mut new =
                std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).map_err(io)?;
            new.write_all(&seed).and_then(|()| new.sync_all()).map_err(io)?;
            // A hard link fails where another process was first, so no key is ever overwritten.
            let linked = std::fs::hard_link(&part, &path);
            std::fs::remove_file(&part).map_err(io)?;
            match linked {
                Ok(()) => {
                    std::fs::File::open(folder).and_then(|d| d.sync_all()).map_err(io)?;
                    Ok(seed)
                }
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => key_file(folder, file),
                Err(e) => Err(io(e)),
            }
        }
        Err(e) => Err(io(e)),
    }
}

impl ServerKey {
    /// Opens the key in `folder`, or makes it at the first start. The folder is 0700, the file 0600.
    ///
    /// # Errors
    /// Where the file cannot be read or written, or is damaged.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let seed = key_file(folder, "server.key")?;
        let key = SigningKey::from_bytes(&seed);
        let fingerprint = fingerprint(&key.verifying_key().to_bytes());
        Ok(Self { key, fingerprint })
    }

    /// Fingerprint of the public half, as in invitation links.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Standard base64 of the raw public half.
    #[must_use]
    pub fn public_base64(&self) -> String {
        STANDARD.encode(self.key.verifying_key().to_bytes())
    }

    /// Signs `payload` as `payload_type`.
    #[must_use]
    pub fn envelope(&self, payload_type: &str, payload: &[u8]) -> Envelope {
        let signature = self.key.sign(&pae(payload_type, payload));
        Envelope {
            payload_type: payload_type.to_owned(),
            payload: STANDARD.encode(payload),
            signatures: vec![EnvelopeSignature {
                keyid: self.fingerprint.clone(),
                sig: STANDARD.encode(signature.to_bytes()),
            }],
        }
    }
}

/// Reads standard base64 of exactly `N` bytes. Bounded: longer text is refused unread.
#[must_use]
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() > N.div_ceil(3) * 4 {
        return None;
    }
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// Whether `signature` is `public`'s over `payload` as `payload_type`. Weak keys and malleable signatures are refused.
#[must_use]
pub fn verify(public: &[u8; 32], payload_type: &str, payload: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(public)
        .is_ok_and(|key| key.verify_strict(&pae(payload_type, payload), &Signature::from_bytes(signature)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("secrets");
        let first = ServerKey::open(&folder).unwrap();
        let again = ServerKey::open(&folder).unwrap();
        assert_eq!(first.fingerprint(), again.fingerprint());
        assert_eq!(first.fingerprint().len(), 43);
        let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("server.key"))), (0o700, 0o600));
        std::fs::write(folder.join("server.key"), b"short").unwrap();
        assert!(matches!(ServerKey::open(&folder), Err(KeyError::Damaged(_))));
    }

    #[test]
    fn envelopes_verify_and_every_change_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let key = ServerKey::open(dir.path()).unwrap();
        let public = decode::<32>(&key.public_base64()).unwrap();
        let envelope = key.envelope("type", b"payload");
        let sig = decode::<64>(&envelope.signatures[0].sig).unwrap();
        assert!(verify(&public, "type", b"payload", &sig));
        assert!(!verify(&public, "typo", b"payload", &sig));
        assert!(!verify(&public, "type", b"payloae", &sig));
        // The identity point verifies anything without strictness.
        let weak = {
            let mut k = [0; 32];
            k[0] = 1;
            k
        };
        let forged = {
            let mut s = [0; 64];
            s[0] = 1;
            s
        };
        assert!(!verify(&weak, "type", b"payload", &forged));
    }
}
