//! Pieces of evidence: each is there with its hash, or says by one word of a closed list why it is not.

use crate::limits;
use crate::report::{BadReport, is_sha256};
use serde::{Deserialize, Serialize};

/// What a piece of evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EvidenceKind {
    /// The listing's text, which stands in the report itself.
    ListingText,
    /// The visible part of the tab, or the listing's part of it.
    Screenshot,
    /// A picture of the listing, as the marketplace's server gave it, or as the spotter pasted it.
    Picture,
}

/// Whether a piece of evidence is there, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EvidenceState {
    /// It goes with the report.
    Included,
    /// The browser gave no right to it: a screenshot needs the toolbar, a command or the context menu.
    NotPermitted,
    /// The spotter took it out.
    LeftOut,
    /// It was tried and failed.
    Failed,
    /// It is larger than the limit.
    TooLarge,
    /// The spotter did not grant the host that the picture lies on.
    NotGranted,
    /// The page has none of this kind.
    NotOffered,
    /// The host answered that it is no longer there.
    Gone,
    /// What came is no PNG, JPEG or WebP.
    NotAPicture,
    /// More than a report carries; this one was beyond the limit.
    TooMany,
}

impl EvidenceState {
    /// Every state.
    pub const ALL: [EvidenceState; 10] = [
        Self::Included,
        Self::NotPermitted,
        Self::LeftOut,
        Self::Failed,
        Self::TooLarge,
        Self::NotGranted,
        Self::NotOffered,
        Self::Gone,
        Self::NotAPicture,
        Self::TooMany,
    ];
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// Whether it is there.
    pub state: EvidenceState,
    /// Lower-case hex SHA-256 of the blob that follows, as received; absent for text and for what is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub sha256: Option<String>,
    /// Media type of the blob: `image/png`, `image/jpeg` or `image/webp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub media_type: Option<String>,
    /// Size of the blob in bytes; 0 for text and for what is not there.
    #[serde(default)]
    pub bytes: u32,
    /// Width and height in pixels, where the device knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub pixels: Option<[u32; 2]>,
    /// Address that a picture was had from, or would have been: without user-info and fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub from: Option<String>,
    /// The spotter painted over a part of it before it was hashed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>", optional))]
    pub redacted: bool,
}

impl Evidence {
    /// A blob that goes with the report.
    #[must_use]
    pub fn blob(kind: EvidenceKind, sha256: String, media_type: &str, bytes: u32) -> Self {
        Self {
            sha256: Some(sha256),
            media_type: Some(media_type.to_owned()),
            bytes,
            ..Self::without(kind, EvidenceState::Included)
        }
    }

    /// The listing's text, which stands in the report.
    #[must_use]
    pub fn text() -> Self {
        Self::without(EvidenceKind::ListingText, EvidenceState::Included)
    }

    /// Something without a blob: the text, or what is not there and why.
    #[must_use]
    pub fn without(kind: EvidenceKind, state: EvidenceState) -> Self {
        Self { kind, state, sha256: None, media_type: None, bytes: 0, pixels: None, from: None, redacted: false }
    }

    /// Whether a blob belongs to it.
    #[must_use]
    pub fn has_blob(&self) -> bool {
        self.kind != EvidenceKind::ListingText && self.state == EvidenceState::Included
    }

    /// Checks what types alone cannot.
    fn check(&self) -> Result<(), String> {
        let bad = |what: &str| Err(what.to_owned());
        match (&self.sha256, self.has_blob()) {
            (Some(hash), true) if is_sha256(hash) => {}
            (None, false) => {}
            (Some(_), true) => return bad("sha256 must be 64 lower-case hex digits"),
            (None, true) => return bad("an included blob needs its sha256"),
            (Some(_), false) => return bad("only an included blob has a sha256"),
        }
        if self.has_blob() && (self.media_type.is_none() || self.bytes == 0) {
            return bad("an included blob needs its media_type and its size in bytes");
        }
        if self.bytes as usize > limits::BLOB_BYTES {
            return bad("a blob is larger than 2 MiB");
        }
        if let Some(media) = &self.media_type
            && !matches!(media.as_str(), "image/png" | "image/jpeg" | "image/webp")
        {
            return bad("media_type must be image/png, image/jpeg or image/webp");
        }
        if let Some(from) = &self.from
            && (from.len() > limits::URL_BYTES || !(from.starts_with("https://") || from.starts_with("http://")))
        {
            return bad("from must be an http or https address of at most 2048 bytes");
        }
        Ok(())
    }
}

/// Checks all evidence of a report: the items, and how many there are.
pub(crate) fn check(items: &[Evidence]) -> Result<(), BadReport> {
    let bad = |detail: String| Err(BadReport { pointer: "/evidence", detail });
    if items.len() > limits::EVIDENCE_ITEMS {
        return bad("too many items".to_owned());
    }
    for item in items {
        if let Err(detail) = item.check() {
            return bad(detail);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_has_its_hash_and_what_is_not_has_a_reason() {
        let hash = "0".repeat(64);
        let good = Evidence::blob(EvidenceKind::Picture, hash.clone(), "image/jpeg", 9);
        type Change = fn(&mut Evidence);
        let table: [(Change, bool); 9] = [
            (|_| {}, true),
            (|e| e.sha256 = None, false),
            (|e| e.media_type = None, false),
            (|e| e.bytes = 0, false),
            (|e| e.media_type = Some("image/svg+xml".into()), false),
            (|e| e.state = EvidenceState::Gone, false),
            (|e| e.bytes = u32::MAX, false),
            (|e| e.from = Some("https://pictures.example/1.jpg".into()), true),
            (|e| e.from = Some("file:///1.jpg".into()), false),
        ];
        for (n, (change, fine)) in table.into_iter().enumerate() {
            let mut item = good.clone();
            change(&mut item);
            assert_eq!(check(&[item]).is_ok(), fine, "row {n}");
        }
        for state in EvidenceState::ALL.into_iter().filter(|s| *s != EvidenceState::Included) {
            assert_eq!(check(&[Evidence::text(), Evidence::without(EvidenceKind::Picture, state)]), Ok(()));
        }
        assert!(check(&vec![Evidence::text(); limits::EVIDENCE_ITEMS + 1]).is_err());
    }
}
