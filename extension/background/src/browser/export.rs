//! A report that was not delivered, as a file that the person may bring to the coordinator another way.
//! Owns what goes into it; the format is `spotter_model::package`, and `spotter verify` checks it.

use super::store::{self, Identity};
use super::{keys, now};
use crate::logic::outbox::Entry;
use crate::logic::sentence::Sentence;
use crate::logic::signed::base64;
use crate::logic::time;
use spotter_model::archive::{self, File};
use spotter_model::dsse::{Envelope, EnvelopeSignature, REPORT_TYPE};
use spotter_model::messages::Answer;
use spotter_model::package::{
    self, Absence, Absent, DeviceSignature, MANIFEST, Maker, Manifest, PACKAGE_SCHEMA, PACKAGE_TYPE, RECEIPT, REPORT,
    SIGNATURE,
};
use web_sys::CryptoKey;

type Said<T> = Result<T, Sentence>;

fn internal<E>(_: E) -> Sentence {
    Sentence::new("bg_internal")
}

/// The file, signed by this device's key.
pub async fn export(report_id: &str) -> Said<Answer> {
    let Some((identity, private)) = store::identity().await? else { return Err(Sentence::new("bg_not_enrolled")) };
    let entry = store::entry(report_id).await?.ok_or_else(|| internal(()))?;
    let body = store::body(report_id).await?.ok_or_else(|| internal(()))?;
    let public = store::public_key().await?.filter(|k| k.len() == 32).ok_or_else(|| internal(()))?;
    let (mut files, mut absent) = parts(&entry, &identity, &private, &public, body).await?;
    match &entry.receipt {
        Some(receipt) => {
            let bytes = serde_json::to_vec(receipt).map_err(internal)?;
            files.push(File { name: RECEIPT.into(), bytes });
        }
        None => absent.push(Absent { name: RECEIPT.into(), why: Absence::NotReceived, since: String::new() }),
    }
    let manifest = Manifest {
        schema: PACKAGE_SCHEMA.into(),
        report_id: report_id.to_owned(),
        made_by: Maker::Device,
        made_at: time::rfc3339(now()),
        key: base64(&public),
        server_key: if entry.receipt.is_some() { identity.server_key.clone() } else { String::new() },
        spotter: String::new(),
        files: package::listed(&files),
        absent,
    };
    let payload = serde_json::to_vec(&manifest).map_err(internal)?;
    let signature = keys::sign(&private, PACKAGE_TYPE, &payload).await.map_err(internal)?;
    let envelope = Envelope {
        payload_type: PACKAGE_TYPE.into(),
        payload: base64(&payload),
        signatures: vec![EnvelopeSignature { keyid: identity.key_id.clone(), sig: base64(&signature) }],
    };
    files.insert(0, File { name: MANIFEST.into(), bytes: serde_json::to_vec(&envelope).map_err(internal)? });
    let bytes = archive::write(&files).ok_or_else(|| internal(()))?;
    Ok(Answer::Exported { name: format!("wildlife-report-{report_id}.zip"), bytes: base64(&bytes) })
}

/// The report with its signature and its blobs, and what is not there of them.
async fn parts(
    entry: &Entry,
    identity: &Identity,
    private: &CryptoKey,
    public: &[u8],
    body: Vec<u8>,
) -> Said<(Vec<File>, Vec<Absent>)> {
    // After joining again under a new key the old signature can be checked by nobody.
    let signature = if entry.key_id == identity.key_id {
        entry.signature.clone()
    } else {
        base64(&keys::sign(private, REPORT_TYPE, &body).await.map_err(internal)?)
    };
    let signed = DeviceSignature { key_id: identity.key_id.clone(), public_key: base64(public), signature };
    let mut files = vec![
        File { name: REPORT.into(), bytes: body },
        File { name: SIGNATURE.into(), bytes: serde_json::to_vec(&signed).map_err(internal)? },
    ];
    let mut absent = vec![];
    for item in &entry.evidence {
        let (Some(name), Some(sha256)) = (package::blob_name(item), item.sha256.as_deref()) else { continue };
        match store::blob(&entry.report_id, sha256).await? {
            Some(bytes) => files.push(File { name, bytes }),
            None => absent.push(Absent { name, why: Absence::Erased, since: String::new() }),
        }
    }
    Ok((files, absent))
}
