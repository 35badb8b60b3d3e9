//! Hashes, fingerprints and envelopes as bytes. The signatures themselves are made and checked by the
//! browser's WebCrypto, in `browser::keys`.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use spotter_model::dsse::Envelope;
use spotter_model::limits;

/// Lower-case hex SHA-256.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// base64url without padding of SHA-256 over a raw public key.
#[must_use]
pub fn fingerprint(public_key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(public_key))
}

/// Standard base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of standard base64.
#[must_use]
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// An envelope taken apart; the signature is not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The exact payload bytes.
    pub payload: Vec<u8>,
    /// The bytes that the signature covers.
    pub signed: Vec<u8>,
    /// Signatures: fingerprint of the key, 64 bytes.
    pub signatures: Vec<(String, Vec<u8>)>,
}

impl Opened {
    /// The signature that claims to be by this key.
    #[must_use]
    pub fn by(&self, fingerprint: &str) -> Option<&[u8]> {
        self.signatures.iter().find(|(id, _)| id == fingerprint).map(|(_, sig)| sig.as_slice())
    }
}

/// Takes an envelope of the expected type apart, within bounds.
#[must_use]
pub fn open(envelope: &Envelope, payload_type: &str) -> Option<Opened> {
    if envelope.payload_type != payload_type
        || envelope.payload.len() > 2 * limits::REPORT_BYTES
        || envelope.signatures.is_empty()
        || envelope.signatures.len() > 8
    {
        return None;
    }
    let payload = unbase64(&envelope.payload)?;
    let signed = spotter_model::dsse::pae(payload_type, &payload);
    let signatures = envelope
        .signatures
        .iter()
        .filter_map(|s| Some((s.keyid.clone(), unbase64(&s.sig).filter(|b| b.len() == 64)?)))
        .collect();
    Some(Opened { payload, signed, signatures })
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotter_model::dsse::EnvelopeSignature;

    fn envelope() -> Envelope {
        Envelope {
            payload_type: "t".into(),
            payload: base64(b"{}"),
            signatures: vec![EnvelopeSignature { keyid: "k".into(), sig: base64(&[7; 64]) }],
        }
    }

    #[test]
    fn opening() {
        let good = open(&envelope(), "t").unwrap();
        assert_eq!(good.payload, b"{}");
        assert_eq!(good.signed, b"DSSEv1 1 t 2 {}");
        assert_eq!(good.by("k"), Some(&[7u8; 64][..]));
        assert_eq!(good.by("other"), None);
        type Break = fn(&mut Envelope);
        let table: &[Break] = &[
            |e| e.payload_type = "u".into(),
            |e| e.payload = "*".into(),
            |e| e.payload = "A".repeat(200_000),
            |e| e.signatures.clear(),
        ];
        for change in table {
            let mut e = envelope();
            change(&mut e);
            assert_eq!(open(&e, "t"), None, "{e:?}");
        }
        let mut short = envelope();
        short.signatures[0].sig = base64(&[7; 63]);
        assert_eq!(open(&short, "t").unwrap().by("k"), None);
    }

    #[test]
    fn digests() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(fingerprint(&[0; 32]).len(), 43);
    }
}
