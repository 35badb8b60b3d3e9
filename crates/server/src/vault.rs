//! What the database keeps of secrets that the server itself has to use again: sealed under a key that lies outside the
//! database. A stolen database or backup of it opens nothing.
//!
//! Owns: the key in `secrets/data.key`, and the sealed form `v1:BASE64(nonce, ciphertext)`. ChaCha20-Poly1305 by ring, which the
//! server has for TLS. What a secret belongs to is sealed with it, so that no row can be given another row's secret.

use crate::random;
use crate::sign::{KeyError, key_file};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::path::Path;

const FORM: &str = "v1:";

/// The key.
pub struct Vault {
    key: LessSafeKey,
}

/// A sealed text that does not open: another key, another owner, or damage.
#[derive(Debug, thiserror::Error)]
#[error("what was sealed does not open with the key in secrets/data.key")]
pub struct Shut;

impl Vault {
    /// Opens the key in `folder`, or makes it at the first start.
    ///
    /// # Errors
    /// Where the file cannot be read or written, or is damaged.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let bytes = key_file(folder, "data.key")?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes);
        let key = key.map_err(|_| KeyError::Damaged(folder.join("data.key").display().to_string()))?;
        Ok(Self { key: LessSafeKey::new(key) })
    }

    /// Seals a secret for its owner.
    #[must_use]
    pub fn seal(&self, owner: &str, secret: &str) -> String {
        // 96 random bits: a few thousand secrets in a server's life are far from where two could meet.
        let nonce = random::bytes::<NONCE_LEN>();
        let mut sealed = secret.as_bytes().to_vec();
        let done =
            self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner), &mut sealed);
        if done.is_err() {
            unreachable!("ring refuses only texts of 256 GiB");
        }
        format!("{FORM}{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed for this owner.
    ///
    /// # Errors
    /// See [`Shut`].
    pub fn unseal(&self, owner: &str, sealed: &str) -> Result<String, Shut> {
        let bytes = sealed.strip_prefix(FORM).and_then(|b| URL_SAFE_NO_PAD.decode(b).ok()).ok_or(Shut)?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(Shut)?;
        let mut rest = rest.to_vec();
        let open = self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(owner), &mut rest);
        String::from_utf8(open.map_err(|_| Shut)?.to_vec()).map_err(|_| Shut)
    }
}

/// Whether a stored text is sealed. Secrets from before were letters, digits, `-` and `_`.
#[must_use]
pub fn is_sealed(stored: &str) -> bool {
    stored.starts_with(FORM)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn a_secret_opens_for_its_owner_and_key_alone() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let vault = Vault::open(one.path()).unwrap();
        assert_eq!(std::fs::metadata(one.path().join("data.key")).unwrap().mode() & 0o777, 0o600);
        let sealed = vault.seal("company:1", "a secret");
        assert!(is_sealed(&sealed) && !sealed.contains("secret") && sealed != vault.seal("company:1", "a secret"));
        assert_eq!(Vault::open(one.path()).unwrap().unseal("company:1", &sealed).unwrap(), "a secret");
        assert!(vault.unseal("company:2", &sealed).is_err());
        assert!(Vault::open(two.path()).unwrap().unseal("company:1", &sealed).is_err());
        for broken in ["", "v1:", "v1:AAAA", "a secret", &sealed[..sealed.len() - 2]] {
            assert!(vault.unseal("company:1", broken).is_err(), "{broken}");
        }
        std::fs::write(one.path().join("data.key"), b"short").unwrap();
        assert!(Vault::open(one.path()).is_err());
    }
}
