//! An exported report: a zip with a signed manifest, which anyone can check without the endpoint.
//!
//! Two makers: the endpoint, which signs the manifest with its receipt key and keeps the device's signature, offset and
//! skew sealed unless an administrator releases them; and the device, which exports its own outbox and signs with its
//! own key. The manifest lists every file with its hash, and every part that is not there with the reason. This module
//! builds and names; it signs nothing. `spotter verify` reads it.

use crate::archive::File;
use crate::report::{Evidence, Report};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The value of [`Manifest::schema`].
pub const PACKAGE_SCHEMA: &str = "wildlife-package/1";
/// Payload type of the manifest's envelope.
pub const PACKAGE_TYPE: &str = "application/vnd.wildlife-package.v1+json";

/// The envelope of the manifest, as JSON. The first file.
pub const MANIFEST: &str = "manifest.json";
/// The exact body that the device signed.
pub const REPORT: &str = "report.json";
/// The device's signature over it: a [`DeviceSignature`].
pub const SIGNATURE: &str = "signature.json";
/// What the endpoint states of a report whose exact body is sealed.
pub const STATEMENT: &str = "statement.json";
/// The envelope of the endpoint's receipt, as JSON.
pub const RECEIPT: &str = "receipt.json";

/// What the package says, for people to read. Made from the rest by the endpoint; the last file.
pub const SUMMARY: &str = "summary.pdf";

/// What stays sealed in a statement: JSON pointers into a report.
pub const SEALED_FIELDS: [&str; 3] = ["/utc_offset_minutes", "/clock_skew_ms", "/client/locale"];

/// Who made a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maker {
    /// The endpoint.
    Endpoint,
    /// The device that made the report.
    Device,
}

/// Why a part is not in the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// The endpoint holds it and gives it out only when an administrator releases it.
    Sealed,
    /// It was deleted where the package was made.
    Erased,
    /// It had not arrived where the package was made, or there was none yet.
    NotReceived,
    /// The endpoint could not make it. Only of the summary, which is made from the rest.
    NotMade,
}

/// A part that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    /// The name that it would have.
    pub name: String,
    /// Why.
    pub why: Absence,
    /// Since when, RFC 3339 UTC, or empty where that is not known.
    #[serde(default)]
    pub since: String,
}

/// A file of the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Lower-case hex SHA-256.
    pub sha256: String,
}

/// The manifest: what is in the package, who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always [`PACKAGE_SCHEMA`].
    pub schema: String,
    /// The report's UUID.
    pub report_id: String,
    /// Who made it.
    pub made_by: Maker,
    /// When, by the maker's clock, RFC 3339 UTC.
    pub made_at: String,
    /// Standard base64 of the raw public key that signed the manifest.
    pub key: String,
    /// Standard base64 of the endpoint's raw public key, which signed the receipt; the same as `key` where the
    /// endpoint made the package; empty where there is no receipt.
    pub server_key: String,
    /// The endpoint's name for the spotter within this case; empty in a device's own export.
    #[serde(default)]
    pub spotter: String,
    /// Every file but the manifest, in the archive's order.
    pub files: Vec<Listed>,
    /// What is not there, and why.
    pub absent: Vec<Absent>,
}

/// The device's signature over the exact body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceSignature {
    /// Fingerprint of the device's key.
    pub key_id: String,
    /// Standard base64 of the raw public key.
    pub public_key: String,
    /// Standard base64 of the signature, over [`crate::dsse::pae`] of [`crate::dsse::REPORT_TYPE`] and the body.
    pub signature: String,
}

/// Lower-case hex SHA-256.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// The name that the blob of a piece of evidence has in a package; `None` where no blob belongs to it.
#[must_use]
pub fn blob_name(item: &Evidence) -> Option<String> {
    let ending = match item.media_type.as_deref()? {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        _ => return None,
    };
    item.has_blob().then(|| format!("evidence/{}.{ending}", item.sha256.as_deref().unwrap_or_default()))
}

/// What the manifest lists of these files.
#[must_use]
pub fn listed(files: &[File]) -> Vec<Listed> {
    let one = |f: &File| Listed { name: f.name.clone(), bytes: f.bytes.len() as u64, sha256: sha256_hex(&f.bytes) };
    files.iter().map(one).collect()
}

/// The statement of a report whose exact body stays sealed: all of it but [`SEALED_FIELDS`]. `None` where the body is
/// no report.
#[must_use]
pub fn statement(body: &[u8]) -> Option<Vec<u8>> {
    crate::json::read::<Report>(body).ok()?;
    let mut value: serde_json::Value = serde_json::from_slice(body).ok()?;
    for pointer in SEALED_FIELDS {
        let (parent, field) = pointer.rsplit_once('/')?;
        let parent = if parent.is_empty() { Some(&mut value) } else { value.pointer_mut(parent) };
        parent?.as_object_mut()?.remove(field);
    }
    serde_json::to_vec(&value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{EvidenceKind, EvidenceState};

    #[test]
    fn blobs_are_named_by_their_hash() {
        let hash = "ab".repeat(32);
        let item = Evidence::blob(EvidenceKind::Picture, hash.clone(), "image/jpeg", 3);
        assert_eq!(blob_name(&item), Some(format!("evidence/{hash}.jpg")));
        assert_eq!(blob_name(&Evidence::text()), None);
        assert_eq!(blob_name(&Evidence::without(EvidenceKind::Picture, EvidenceState::Gone)), None);
    }

    #[test]
    fn a_statement_holds_nothing_that_is_sealed() {
        assert_eq!(statement(b"{}"), None);
        assert_eq!(statement(b"not JSON"), None);
    }
}
