//! The checks of a package. Bounds first; then the frame, the manifest, every file against it, and what signatures and
//! receipt say of each other. What depends on something broken is not judged.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use spotter_model::archive::{self, ReadFile};
use spotter_model::dsse::{Envelope, RECEIPT_TYPE, REPORT_TYPE, pae};
use spotter_model::package::{
    Absence, DeviceSignature, MANIFEST, Maker, Manifest, PACKAGE_SCHEMA, PACKAGE_TYPE, RECEIPT, REPORT, SIGNATURE,
    STATEMENT, SUMMARY, blob_name, sha256_hex,
};
use spotter_model::report::{Evidence, Report, is_utc_time};
use spotter_model::{Receipt, limits};

/// What a sentence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It was checked and holds.
    Holds,
    /// It does not hold.
    Broken,
    /// It is kept back where the package was made.
    Sealed,
    /// It was deleted.
    Erased,
    /// It had not arrived.
    Missing,
    /// What to know about the rest.
    Note,
}

/// One sentence, and the file that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it says.
    pub said: Said,
    /// The file in the package, or `package` for its frame.
    pub item: String,
    /// In words.
    pub sentence: String,
}

/// Longest manifest.
const MANIFEST_BYTES: usize = 256 * 1024;

/// The frame's name in findings.
pub const FRAME: &str = "package";

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn say(&mut self, said: Said, item: &str, sentence: impl Into<String>) {
        // A maker's words reach a terminal: no control characters, and not for ever.
        let plain = |text: &str| limits::cut(text, 1024).replace(|c: char| c.is_control(), "?");
        self.0.push(Finding { said, item: plain(item), sentence: plain(&sentence.into()) });
    }
}

/// base64url without padding of SHA-256 over a raw public key.
pub fn fingerprint(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(key))
}

fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

fn signed(key: &[u8; 32], kind: &str, payload: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(key)
        .is_ok_and(|key| key.verify_strict(&pae(kind, payload), &Signature::from_bytes(signature)).is_ok())
}

/// Reads an envelope that is written exactly as our own writer writes it: no byte of it is without meaning.
fn envelope(bytes: &[u8], kind: &str) -> Result<(Envelope, Vec<u8>), &'static str> {
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(|_| "it is no signed envelope")?;
    if serde_json::to_vec(&envelope).ok().as_deref() != Some(bytes) {
        return Err("it is not written as it was signed");
    }
    if envelope.payload_type != kind {
        return Err("it was signed for another purpose");
    }
    let payload = STANDARD.decode(&envelope.payload).map_err(|_| "its payload is damaged")?;
    Ok((envelope, payload))
}

/// Whether an envelope's only signature is this key's.
fn sealed_by(envelope: &Envelope, kind: &str, payload: &[u8], key: &[u8; 32]) -> bool {
    let [one] = envelope.signatures.as_slice() else { return false };
    one.keyid == fingerprint(key) && decoded::<64>(&one.sig).is_some_and(|sig| signed(key, kind, payload, &sig))
}

/// Checks a package. `trusted` is the endpoint's fingerprint that the reader has from elsewhere.
pub fn package(bytes: &[u8], trusted: Option<&str>) -> Vec<Finding> {
    let mut found = Findings::default();
    let files = match archive::read(bytes) {
        Ok(files) => files,
        Err(refused) => {
            found.say(Said::Broken, FRAME, format!("This is no whole package: {refused}."));
            return found.0;
        }
    };
    let Some((first, rest)) = files.split_first().filter(|(first, _)| first.name == MANIFEST) else {
        found.say(Said::Broken, FRAME, format!("This is no package: it does not begin with {MANIFEST}."));
        return found.0;
    };
    let Some(manifest) = manifest(first, &mut found) else {
        damaged(rest, &mut found);
        return found.0;
    };
    let intact = listed(&manifest, rest, &mut found);
    let endpoint = endpoint_key(&manifest, trusted, &mut found);
    let file = |name: &str| intact.iter().find(|f| f.name == name).map(|f| f.bytes);
    let receipt = receipt(&manifest, file(RECEIPT), endpoint.as_ref(), &mut found);
    let evidence = match (file(REPORT), file(STATEMENT)) {
        (Some(body), _) => report(&manifest, body, file(SIGNATURE), receipt.as_ref(), &mut found),
        (None, Some(statement)) => stated(statement, receipt.as_ref(), &mut found),
        (None, None) => None,
    };
    pictures(evidence.as_deref(), &intact, &manifest, &mut found);
    if file(SUMMARY).is_some() {
        found.say(
            Said::Note,
            SUMMARY,
            format!("{SUMMARY} is for reading: its maker wrote it from the rest of the package, and what counts is the rest."),
        );
    }
    absent(&manifest, &mut found);
    found.0
}

/// Names what the archive's own checksums show, where the manifest cannot be asked.
fn damaged(files: &[ReadFile<'_>], found: &mut Findings) {
    for file in files.iter().filter(|f| !f.sound) {
        found.say(Said::Broken, file.name, format!("{} was changed: its checksum does not fit.", file.name));
    }
}

fn manifest(file: &ReadFile<'_>, found: &mut Findings) -> Option<Manifest> {
    let mut broken = |what: &str| {
        found.say(Said::Broken, MANIFEST, format!("{MANIFEST} does not hold: {what}. Nothing else can be relied on."));
        None
    };
    if !file.sound {
        return broken("its checksum does not fit");
    }
    if file.bytes.len() > MANIFEST_BYTES {
        return broken("it is longer than a list of contents can be");
    }
    let (envelope, payload) = match envelope(file.bytes, PACKAGE_TYPE) {
        Ok(opened) => opened,
        Err(what) => return broken(what),
    };
    let Ok(manifest) = serde_json::from_slice::<Manifest>(&payload) else {
        return broken("its payload is no manifest of this version");
    };
    if manifest.files.len() > archive::ARCHIVE_FILES || manifest.absent.len() > archive::ARCHIVE_FILES {
        return broken("it lists more than a package holds");
    }
    let Some(key) = decoded::<32>(&manifest.key) else { return broken("it names no key") };
    if manifest.schema != PACKAGE_SCHEMA || !is_utc_time(&manifest.made_at) {
        return broken("its payload is no manifest of this version");
    }
    if !sealed_by(&envelope, PACKAGE_TYPE, &payload, &key) {
        return broken("its signature does not fit");
    }
    let (who, clock) = match manifest.made_by {
        Maker::Endpoint => ("the endpoint", "the endpoint's clock"),
        Maker::Device => ("the device that made the report", "that device's clock"),
    };
    let (id, at) = (&manifest.report_id, &manifest.made_at);
    found.say(
        Said::Holds,
        MANIFEST,
        format!("The package of report {id} was made by {who} at {at} by {clock}, and its list of contents is signed."),
    );
    Some(manifest)
}

/// Every file against the manifest; returns those that are intact.
fn listed<'a>(manifest: &Manifest, files: &[ReadFile<'a>], found: &mut Findings) -> Vec<ReadFile<'a>> {
    let mut intact = vec![];
    for (n, file) in files.iter().enumerate() {
        let Some(listed) = manifest.files.iter().find(|l| l.name == file.name) else {
            found.say(Said::Broken, file.name, format!("{} is in the package and not in its list.", file.name));
            continue;
        };
        if !file.sound || listed.bytes != file.bytes.len() as u64 || listed.sha256 != sha256_hex(file.bytes) {
            found.say(
                Said::Broken,
                file.name,
                format!("{} was changed: its SHA-256 is not the one in the list.", file.name),
            );
        } else if manifest.files.get(n).is_none_or(|l| l.name != file.name) {
            found.say(Said::Broken, file.name, format!("{} stands in another place than in the list.", file.name));
        } else {
            intact.push(file.clone());
        }
    }
    for listed in manifest.files.iter().filter(|l| !files.iter().any(|f| f.name == l.name)) {
        found.say(Said::Broken, &listed.name, format!("{} is in the list and not in the package.", listed.name));
    }
    if intact.len() == files.len() {
        found.say(Said::Holds, FRAME, format!("All {} files have the SHA-256 that the list gives.", files.len()));
    }
    intact
}

fn endpoint_key(manifest: &Manifest, trusted: Option<&str>, found: &mut Findings) -> Option<[u8; 32]> {
    if manifest.server_key.is_empty() {
        return None;
    }
    let key = decoded::<32>(&manifest.server_key);
    let Some(key) = key.filter(|_| manifest.made_by == Maker::Device || manifest.key == manifest.server_key) else {
        found.say(Said::Broken, MANIFEST, "The endpoint's key in the list is not one.");
        return None;
    };
    let print = fingerprint(&key);
    match trusted {
        Some(wanted) if wanted == print => {
            found.say(Said::Holds, MANIFEST, format!("The endpoint's key is the one with the fingerprint {print}."));
        }
        Some(wanted) => found.say(
            Said::Broken,
            MANIFEST,
            format!("The endpoint's key has the fingerprint {print}, not {}.", limits::cut(wanted, 64)),
        ),
        None => found.say(
            Said::Note,
            MANIFEST,
            format!("The endpoint's key has the fingerprint {print}. Compare it with the one in the invitation link, or ask the programme: this package cannot vouch for it."),
        ),
    }
    Some(key)
}

fn receipt(manifest: &Manifest, bytes: Option<&[u8]>, key: Option<&[u8; 32]>, found: &mut Findings) -> Option<Receipt> {
    let (bytes, key) = (bytes?, key?);
    let opened = envelope(bytes, RECEIPT_TYPE);
    let good = opened.ok().filter(|(e, payload)| sealed_by(e, RECEIPT_TYPE, payload, key));
    let receipt = good.and_then(|(_, payload)| serde_json::from_slice::<Receipt>(&payload).ok());
    let receipt = receipt.filter(|r| r.report_id == manifest.report_id && is_utc_time(&r.received_at));
    let Some(receipt) = receipt else {
        found.say(Said::Broken, RECEIPT, "The receipt is not the endpoint's for this report.");
        return None;
    };
    let joined = if receipt.joined { " The listing had been reported before." } else { "" };
    found.say(
        Said::Holds,
        RECEIPT,
        format!(
            "The endpoint's receipt {} says that it had a report with the SHA-256 {} on disk at {} by the endpoint's own clock. It does not say that the seller posted anything.{joined}",
            receipt.number, receipt.body_sha256, receipt.received_at
        ),
    );
    Some(receipt)
}

/// The exact body: its hash, the device's signature, what it says.
fn report(
    manifest: &Manifest,
    body: &[u8],
    signature: Option<&[u8]>,
    receipt: Option<&Receipt>,
    found: &mut Findings,
) -> Option<Vec<Evidence>> {
    let parsed = read::<Report>(body).filter(|r| r.report_id == manifest.report_id && r.check().is_ok());
    let Some(report) = parsed else {
        found.say(Said::Broken, REPORT, "The report does not keep to wildlife-report/1, or is another one.");
        return None;
    };
    if let Some(receipt) = receipt {
        if receipt.body_sha256 == sha256_hex(body) {
            found.say(Said::Holds, REPORT, "The report is byte for byte the one that the receipt names.");
        } else {
            found.say(Said::Broken, REPORT, "The report is not the one that the receipt names.");
        }
    }
    if let Some(signature) = signature {
        device(manifest, body, signature, found);
    }
    let contact = if report.no_contact_made { "that no contact was made" } else { "nothing about contact" };
    found.say(
        Said::Note,
        REPORT,
        format!(
            "The spotter states that the listing was read at {} and reported at {} by the device's clock, and {contact}. Of the law it states nothing.",
            report.matched_at, report.created_at
        ),
    );
    Some(report.evidence)
}

fn device(manifest: &Manifest, body: &[u8], signature: &[u8], found: &mut Findings) {
    let good = read::<DeviceSignature>(signature).and_then(|s| {
        let (key, sig) = (decoded::<32>(&s.public_key)?, decoded::<64>(&s.signature)?);
        let own = manifest.made_by == Maker::Endpoint || manifest.key == s.public_key;
        (own && s.key_id == fingerprint(&key) && signed(&key, REPORT_TYPE, body, &sig)).then_some(s.key_id)
    });
    match (good, manifest.made_by) {
        (Some(key), Maker::Endpoint) => found.say(
            Said::Holds,
            SIGNATURE,
            format!("The report is signed by the device key {key}, which the endpoint states was enrolled."),
        ),
        (Some(key), Maker::Device) => found.say(
            Said::Holds,
            SIGNATURE,
            format!("The report is signed by the device key {key}. That it was enrolled only the endpoint can say."),
        ),
        (None, _) => found.say(Said::Broken, SIGNATURE, "The device's signature does not fit the report."),
    }
}

/// What the endpoint states in place of the exact body.
fn stated(statement: &[u8], receipt: Option<&Receipt>, found: &mut Findings) -> Option<Vec<Evidence>> {
    let value = read::<serde_json::Value>(statement);
    let evidence = value.as_ref().and_then(|v| serde_json::from_value::<Vec<Evidence>>(v["evidence"].clone()).ok());
    let Some((value, evidence)) = value.zip(evidence) else {
        found.say(Said::Broken, STATEMENT, "The endpoint's statement cannot be read.");
        return None;
    };
    let hash = receipt.map_or_else(String::new, |r| format!(" with the SHA-256 {}", r.body_sha256));
    let time = |field: &str| {
        value[field].as_str().filter(|t| is_utc_time(t)).unwrap_or("a time that is not stated").to_owned()
    };
    found.say(
        Said::Holds,
        STATEMENT,
        format!("The endpoint states, under its signature, what the report{hash} says; the report's own bytes are not here, so only the endpoint can show that they say it."),
    );
    found.say(
        Said::Note,
        STATEMENT,
        format!(
            "It says that the listing was read at {} and reported at {} by the device's clock.",
            time("matched_at"),
            time("created_at")
        ),
    );
    Some(evidence)
}

/// Every blob that the report names: here and as named, or listed as absent.
fn pictures(evidence: Option<&[Evidence]>, intact: &[ReadFile<'_>], manifest: &Manifest, found: &mut Findings) {
    let Some(evidence) = evidence else { return };
    let named: Vec<(String, &Evidence)> = evidence.iter().filter_map(|e| Some((blob_name(e)?, e))).collect();
    let mut good = 0;
    for (name, item) in &named {
        match intact.iter().find(|f| f.name == *name) {
            Some(file) if item.sha256.as_deref() == Some(&sha256_hex(file.bytes)) => good += 1,
            Some(_) => found.say(Said::Broken, name, format!("{name} is not the picture that the report names.")),
            None if manifest.absent.iter().any(|a| a.name == *name) => {}
            None if manifest.files.iter().any(|f| f.name == *name) => {} // Named above as changed or gone.
            None => found.say(
                Said::Broken,
                name,
                format!("{name} is named in the report; it is neither here nor listed as absent."),
            ),
        }
    }
    for file in intact.iter().filter(|f| f.name.starts_with("evidence/")) {
        if !named.iter().any(|(name, _)| name == file.name) {
            found.say(Said::Broken, file.name, format!("{} is a picture that the report does not name.", file.name));
        }
    }
    if good > 0 {
        found.say(
            Said::Holds,
            "evidence",
            format!("{good} pictures are byte for byte those that the report names by SHA-256."),
        );
    }
}

fn absent(manifest: &Manifest, found: &mut Findings) {
    for part in &manifest.absent {
        let (name, since) =
            (&part.name, if part.since.is_empty() { String::new() } else { format!(", since {}", part.since) });
        match part.why {
            Absence::Sealed => found.say(
                Said::Sealed,
                name,
                format!("{name} is sealed at the endpoint: an administrator can release it{since}."),
            ),
            Absence::Erased => {
                found.say(Said::Erased, name, format!("{name} was erased where this package was made{since}."))
            }
            Absence::NotReceived => {
                found.say(Said::Missing, name, format!("{name} had not arrived where this package was made."))
            }
            Absence::NotMade => found.say(
                Said::Missing,
                name,
                format!("{name} was not made: the rest of the package says all that it would."),
            ),
        }
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}
