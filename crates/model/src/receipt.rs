//! What the server says on accepting a report: "received then", never "the seller posted".

use crate::dsse::Envelope;
use serde::{Deserialize, Serialize};

/// Payload of a receipt envelope ([`crate::dsse::RECEIPT_TYPE`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// The report's UUID.
    pub report_id: String,
    /// Lower-case hex SHA-256 of the exact body bytes.
    pub body_sha256: String,
    /// When the server had it on disk, RFC 3339 UTC.
    pub received_at: String,
    /// Number that a person can quote.
    pub number: String,
    /// The listing was reported before, by this device or another: the report joined its case.
    #[serde(default)]
    pub joined: bool,
}

/// Body of the answer to `PUT /v1/reports/{uuid}`: 201 when new, 200 when the same bytes came before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportAccepted {
    /// The same envelope for the same bytes, always.
    pub receipt: Envelope,
    /// Hashes of evidence that the report names and the server does not hold yet.
    pub missing_blobs: Vec<String>,
}
