//! Dead Simple Signing Envelope (DSSE v1): what is signed, and how the server's signed answers travel.
//!
//! A signature covers the pre-authentication encoding of a payload type and the exact payload bytes, so
//! nothing is ever re-serialised to be verified. This crate only builds the bytes; keys live elsewhere.

use serde::{Deserialize, Serialize};

/// Payload type of a report body.
pub const REPORT_TYPE: &str = "application/vnd.wildlife-report.v1+json";
/// Payload type of a blob upload; the payload signed is the lower-case hex SHA-256 of the blob.
pub const BLOB_TYPE: &str = "application/vnd.wildlife-blob-sha256";
/// Payload type of a suggestion's body.
pub const SUGGESTION_TYPE: &str = "application/vnd.wildlife-suggestion.v1+json";
/// Payload type of a false alarm's body.
pub const FEEDBACK_TYPE: &str = "application/vnd.wildlife-feedback.v1+json";
/// Payload type of the body of a word to the lead.
pub const CONTACT_TYPE: &str = "application/vnd.wildlife-contact.v1+json";
/// Payload type of the body of a test's result.
pub const ATTESTATION_TYPE: &str = "application/vnd.wildlife-attestation.v1+json";
/// Payload type of the server's word that it has such a result.
pub const ATTESTED_TYPE: &str = "application/vnd.wildlife-attested.v1+json";
/// Payload type of the body of a survey's frame.
pub const FRAME_TYPE: &str = "application/vnd.wildlife-survey-frame.v1+json";
/// Payload type of the body of a survey's coding.
pub const CODING_TYPE: &str = "application/vnd.wildlife-survey-coding.v1+json";
/// Payload type of the body of a ten-second check's answer.
pub const AUDIT_TYPE: &str = "application/vnd.wildlife-audit.v1+json";
/// Payload type of the body of what was seen of a marketplace on a day.
pub const AUDIT_DAY_TYPE: &str = "application/vnd.wildlife-audit-day.v1+json";
/// Payload type of the body of what a spotter saw at a listing again.
pub const RECHECK_TYPE: &str = "application/vnd.wildlife-recheck.v1+json";
/// Payload type of a signed request without a body; the payload is `METHOD SP path SP date`,
/// where `date` is the value of the `Spotter-Date` header.
pub const REQUEST_TYPE: &str = "application/vnd.wildlife-request";
/// Payload type of a receipt.
pub const RECEIPT_TYPE: &str = "application/vnd.wildlife-receipt.v1+json";
/// Payload type of an enrolment answer.
pub const ENROLMENT_TYPE: &str = "application/vnd.wildlife-enrolment.v1+json";

/// Request header: id of the device key that signed.
pub const HEADER_KEY: &str = "Spotter-Key";
/// Request header: standard base64 (with padding) of the 64-byte Ed25519 signature.
pub const HEADER_SIGNATURE: &str = "Spotter-Signature";
/// Request header: RFC 3339 time by the device's clock.
pub const HEADER_DATE: &str = "Spotter-Date";

/// The bytes that an Ed25519 signature covers (DSSE pre-authentication encoding).
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + payload_type.len() + 32);
    out.extend_from_slice(b"DSSEv1 ");
    out.extend_from_slice(payload_type.len().to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(payload_type.as_bytes());
    out.push(b' ');
    out.extend_from_slice(payload.len().to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(payload);
    out
}

/// A DSSE envelope in its JSON form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Envelope {
    /// Media type of the payload.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// Standard base64 of the payload bytes.
    pub payload: String,
    /// At least one signature over [`pae`] of type and payload.
    pub signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EnvelopeSignature {
    /// Fingerprint of the signing key: base64url without padding of SHA-256 over its 32 raw bytes.
    pub keyid: String,
    /// Standard base64 of the 64-byte Ed25519 signature.
    pub sig: String,
}

#[cfg(test)]
mod tests {
    use super::pae;

    #[test]
    fn pae_matches_the_standards_example() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    }
}
