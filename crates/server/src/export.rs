//! Exports of one report, to be checked offline with `spotter verify`: sealed, or released by an administrator.
//!
//! Owns: what goes into a package made here and what stays behind, and the audit's link for each export. The device's
//! signature, offset and skew leave only where a reason for releasing them is given.

use crate::app::App;
use crate::audit;
use crate::pdf::Typesetter;
use crate::sign::ServerKey;
use crate::store::{Store, blobs, reports};
use crate::summary;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spotter_model::archive::{self, File};
use spotter_model::dsse::Envelope;
use spotter_model::package::{
    Absence, Absent, DeviceSignature, MANIFEST, Maker, Manifest, PACKAGE_SCHEMA, PACKAGE_TYPE, RECEIPT, REPORT,
    SIGNATURE, STATEMENT, SUMMARY, blob_name, listed, statement,
};
use spotter_model::{Receipt, Report};

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
pub enum NotExported {
    /// No such report.
    #[error("there is no report of that number or id here")]
    Unknown,
    /// What is stored cannot be put into a package.
    #[error("the stored report cannot be written into a package")]
    Unwritten,
    /// The database failed.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A blob cannot be read.
    #[error("a picture cannot be read: {0}")]
    Blob(#[from] std::io::Error),
}

/// Who asks, and for what.
pub struct Order<'a> {
    /// The report's number or id.
    pub report: &'a str,
    /// As in the audit: `reviewer:3`, `command-line`.
    pub actor: &'a str,
    /// Why the sealed parts are released; `None`: they are not.
    pub release: Option<&'a str>,
    /// The time now, as it is stored.
    pub now: &'a str,
}

/// From a running server.
///
/// # Errors
/// See [`NotExported`].
pub async fn from(app: &App, order: &Order<'_>) -> Result<Vec<u8>, NotExported> {
    export(&app.store, &app.key, &app.typesetter, order).await
}

/// Makes a package and remembers that it was made.
///
/// # Errors
/// See [`NotExported`].
pub async fn export(
    store: &Store,
    key: &ServerKey,
    typesetter: &Typesetter,
    order: &Order<'_>,
) -> Result<Vec<u8>, NotExported> {
    let row = reports::exported(store.reader(), order.report).await?.ok_or(NotExported::Unknown)?;
    let report: Report = serde_json::from_slice(&row.body).map_err(|_| NotExported::Unwritten)?;
    let file = |name: &str, bytes: Vec<u8>| File { name: name.to_owned(), bytes };
    let (mut files, mut absent) = (vec![], vec![]);
    let missing = |name: &str, why| Absent { name: name.to_owned(), why, since: String::new() };
    if order.release.is_some() {
        let signature = DeviceSignature {
            key_id: row.key_id.clone(),
            public_key: STANDARD.encode(&row.public_key),
            signature: STANDARD.encode(&row.signature),
        };
        files.push(file(REPORT, row.body.clone()));
        files.push(file(SIGNATURE, serde_json::to_vec(&signature).map_err(|_| NotExported::Unwritten)?));
    } else {
        files.push(file(STATEMENT, statement(&row.body).ok_or(NotExported::Unwritten)?));
        absent.push(missing(REPORT, Absence::Sealed));
        absent.push(missing(SIGNATURE, Absence::Sealed));
    }
    let receipt = receipt(&row.receipt).ok_or(NotExported::Unwritten)?;
    files.push(file(RECEIPT, row.receipt.into_bytes()));
    for item in &report.evidence {
        let (Some(name), Some(sha256)) = (blob_name(item), item.sha256.as_deref()) else { continue };
        if files.iter().any(|f| f.name == name) || absent.iter().any(|a| a.name == name) {
            continue;
        }
        match blobs::held(store.reader(), sha256).await? {
            Some(_) => files.push(file(&name, store.blobs.read(sha256).await?)),
            None => absent.push(missing(&name, Absence::NotReceived)),
        }
    }
    let spotter = format!("Spotter {}", row.place_in_case);
    let facts = summary::Facts {
        report: &report,
        receipt: &receipt,
        spotter: &spotter,
        fingerprint: key.fingerprint(),
        made_at: order.now,
        files: &listed(&files),
        absent: &absent,
    };
    // What a person reads comes first, but it is made from the rest, and counts for nothing beside it.
    match typesetter.pdf(summary::document(&facts)).await {
        Ok(pdf) => files.push(file(SUMMARY, pdf)),
        Err(error) => {
            tracing::warn!(%error, "a package has no summary");
            absent.push(missing(SUMMARY, Absence::NotMade));
        }
    }
    let manifest = Manifest {
        schema: PACKAGE_SCHEMA.to_owned(),
        report_id: report.report_id.clone(),
        made_by: Maker::Endpoint,
        made_at: order.now.to_owned(),
        key: key.public_base64(),
        server_key: key.public_base64(),
        spotter,
        files: listed(&files),
        absent,
    };
    let payload = serde_json::to_vec(&manifest).map_err(|_| NotExported::Unwritten)?;
    let envelope = serde_json::to_vec(&key.envelope(PACKAGE_TYPE, &payload)).map_err(|_| NotExported::Unwritten)?;
    files.insert(0, file(MANIFEST, envelope));
    let archive = archive::write(&files).ok_or(NotExported::Unwritten)?;

    let mut tx = store.begin().await?;
    let about = format!("report:{}", report.report_id);
    let (action, detail) = match order.release {
        Some(reason) => ("report.released", reason),
        None => ("report.exported", ""),
    };
    let entry = audit::Entry { actor: order.actor, action, subject: &about, detail };
    audit::append(&mut tx, order.now, entry).await?;
    tx.commit().await?;
    Ok(archive)
}

/// What a receipt says.
fn receipt(envelope: &str) -> Option<Receipt> {
    let envelope: Envelope = serde_json::from_str(envelope).ok()?;
    serde_json::from_slice(&STANDARD.decode(envelope.payload).ok()?).ok()
}
