//! Packages of both makers: what holds is said, and every changed byte is named.

use super::check::{FRAME, Finding, Said, fingerprint, package};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};
use spotter_model::archive::{self, File};
use spotter_model::dsse::{Envelope, EnvelopeSignature, RECEIPT_TYPE, REPORT_TYPE, pae};
use spotter_model::package::{
    Absence, Absent, DeviceSignature, MANIFEST, Maker, Manifest, PACKAGE_SCHEMA, PACKAGE_TYPE, RECEIPT, REPORT,
    SIGNATURE, STATEMENT, SUMMARY, listed, sha256_hex, statement,
};
use std::ops::Range;
use std::sync::LazyLock;

const ID: &str = "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59";
const PICTURE: &[u8] = b"\xff\xd8\xff synthetic picture, of no animal";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn envelope(kind: &str, payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let envelope = Envelope {
        payload_type: kind.into(),
        payload: STANDARD.encode(payload),
        signatures: vec![EnvelopeSignature {
            keyid: fingerprint(&key.verifying_key().to_bytes()),
            sig: STANDARD.encode(key.sign(&pae(kind, payload)).to_bytes()),
        }],
    };
    serde_json::to_vec(&envelope).unwrap()
}

fn body() -> Vec<u8> {
    let place = "https://market.example/1";
    let report = json!({
        "schema": "wildlife-report/1", "report_id": ID, "created_at": "2026-11-26T10:00:00Z",
        "matched_at": "2026-11-26T09:59:00Z", "utc_offset_minutes": 60, "clock_skew_ms": 12,
        "client": { "extension": "0.1.0", "browser": "firefox", "pack": "1", "locale": "de" },
        "place": { "marketplace": "market.example", "url_canonical": place, "url_at_match": place, "url_observed": place },
        "listing": { "title": "A synthetic listing" }, "card_only": false, "missed_by_detector": true,
        "assessment": serde_json::to_value(spotter_model::Assessment::default()).unwrap(),
        "no_contact_made": true,
        "evidence": [
            { "kind": "listing_text", "state": "included" },
            { "kind": "picture", "state": "included", "sha256": sha256_hex(PICTURE), "media_type": "image/jpeg", "bytes": PICTURE.len() },
            { "kind": "picture", "state": "included", "sha256": sha256_hex(b"late"), "media_type": "image/png", "bytes": 4 },
        ],
    });
    serde_json::to_vec_pretty(&report).unwrap()
}

struct Made {
    files: Vec<File>,
    manifest: Manifest,
    signer: SigningKey,
}

impl Made {
    fn zip(&self) -> Vec<u8> {
        let payload = serde_json::to_vec(&self.manifest).unwrap();
        let mut files = self.files.clone();
        files.insert(0, File { name: MANIFEST.into(), bytes: envelope(PACKAGE_TYPE, &payload, &self.signer) });
        archive::write(&files).unwrap()
    }
}

/// A package: by the endpoint sealed or released, or by the device.
fn made(by: Maker, released: bool) -> Made {
    let (device, server) = (key(1), key(2));
    let public = |key: &SigningKey| STANDARD.encode(key.verifying_key().to_bytes());
    let file = |name: &str, bytes: Vec<u8>| File { name: name.into(), bytes };
    let signature = DeviceSignature {
        key_id: fingerprint(&device.verifying_key().to_bytes()),
        public_key: public(&device),
        signature: STANDARD.encode(device.sign(&pae(REPORT_TYPE, &body())).to_bytes()),
    };
    let receipt = json!({ "report_id": ID, "body_sha256": sha256_hex(&body()), "received_at": "2026-11-26T10:00:01.000Z", "number": "WS-2026-000001", "joined": false });
    let absent = |name: String, why| Absent { name, why, since: String::new() };
    let mut missing = vec![absent(format!("evidence/{}.png", sha256_hex(b"late")), Absence::NotReceived)];
    let mut files = if released {
        vec![file(REPORT, body()), file(SIGNATURE, serde_json::to_vec(&signature).unwrap())]
    } else {
        missing.push(absent(REPORT.into(), Absence::Sealed));
        vec![file(STATEMENT, statement(&body()).unwrap())]
    };
    files.push(file(RECEIPT, envelope(RECEIPT_TYPE, &serde_json::to_vec(&receipt).unwrap(), &server)));
    files.push(file(&format!("evidence/{}.jpg", sha256_hex(PICTURE)), PICTURE.to_vec()));
    if by == Maker::Endpoint {
        files.push(file(SUMMARY, b"%PDF-1.7 and what a person reads".to_vec()));
    }
    let signer = if by == Maker::Endpoint { server.clone() } else { device };
    let manifest = Manifest {
        schema: PACKAGE_SCHEMA.into(),
        report_id: ID.into(),
        made_by: by,
        made_at: "2026-11-27T08:00:00.000Z".into(),
        key: public(&signer),
        server_key: public(&server),
        spotter: "Spotter 1".into(),
        files: listed(&files),
        absent: missing,
    };
    Made { files, manifest, signer }
}

fn broken(found: &[Finding]) -> Vec<&str> {
    found.iter().filter(|f| f.said == Said::Broken).map(|f| f.item.as_str()).collect()
}

fn all(found: &[Finding]) -> String {
    found.iter().map(|f| format!("{:?} {}\n", f.said, f.sentence)).collect()
}

#[test]
fn a_whole_package_holds_and_says_whose_clock_it_was() {
    let print = fingerprint(&key(2).verifying_key().to_bytes());
    for (by, released) in [(Maker::Endpoint, false), (Maker::Endpoint, true), (Maker::Device, true)] {
        let found = package(&made(by, released).zip(), Some(&print));
        let text = all(&found);
        assert_eq!(broken(&found), [""; 0], "{text}");
        assert!(text.contains("by the endpoint's own clock") && text.contains("by the device's clock"), "{text}");
        assert!(text.contains("Missing") && text.contains("had not arrived"), "{text}");
        assert_eq!(text.contains("report.json is sealed"), !released, "{text}");
        assert_eq!(text.contains("signed by the device key"), released, "{text}");
        assert_eq!(text.contains("summary.pdf is for reading"), by == Maker::Endpoint, "{text}");
    }
    let unknown = package(&made(Maker::Endpoint, true).zip(), None);
    assert!(all(&unknown).contains("cannot vouch for it"));
    assert_eq!(broken(&package(&made(Maker::Endpoint, true).zip(), Some(&"A".repeat(43)))), [MANIFEST]);
}

#[test]
fn what_is_sealed_stands_nowhere_in_a_sealed_package() {
    let made = made(Maker::Endpoint, false);
    let said: Value = serde_json::from_slice(&made.files[0].bytes).unwrap();
    assert!(said.get("utc_offset_minutes").is_none() && said.get("clock_skew_ms").is_none());
    assert!(said["client"].get("locale").is_none() && said["client"]["browser"] == "firefox");
    assert_eq!(said["listing"]["title"], "A synthetic listing");
    let device = fingerprint(&key(1).verifying_key().to_bytes());
    assert!(!String::from_utf8_lossy(&made.zip()).contains(&device));
}

#[test]
fn a_makers_own_lies_are_named() {
    type Lie = fn(&mut Made);
    let table: [(Lie, &str); 8] = [
        (|m| m.manifest.files[0].sha256 = "0".repeat(64), REPORT),
        (|m| m.manifest.absent.clear(), "evidence/"),
        (|m| m.manifest.server_key = STANDARD.encode(key(9).verifying_key().to_bytes()), RECEIPT),
        (|m| m.signer = key(9), MANIFEST),
        (|m| _ = m.manifest.files.pop(), "evidence/"),
        (|m| m.manifest.report_id = ID.replace('0', "1"), REPORT),
        (
            |m| {
                // Another body, listed rightly: the receipt and the device know better.
                m.files[0].bytes = m.files[0].bytes.iter().map(|b| if *b == b'A' { b'B' } else { *b }).collect();
                m.manifest.files = listed(&m.files);
            },
            SIGNATURE,
        ),
        (
            |m| {
                m.files.push(File { name: "evidence/more.png".into(), bytes: vec![] });
                m.manifest.files = listed(&m.files);
            },
            "evidence/more.png",
        ),
    ];
    for (n, (lie, item)) in table.into_iter().enumerate() {
        let mut made = made(Maker::Device, true);
        lie(&mut made);
        let found = package(&made.zip(), None);
        assert!(broken(&found).iter().any(|b| b.starts_with(item)), "lie {n}: {}", all(&found));
    }
    let mut loud = made(Maker::Device, true);
    loud.manifest.absent[0].since = "\u{1b}[2J".into();
    assert!(!all(&package(&loud.zip(), None)).contains('\u{1b}'), "a terminal is not commanded");
}

/// Where each file's content lies in the archive.
fn places(zip: &[u8]) -> Vec<(String, Range<usize>)> {
    let from = |bytes: &[u8]| bytes.as_ptr() as usize - zip.as_ptr() as usize;
    let files = archive::read(zip).unwrap();
    files.iter().map(|f| (f.name.to_owned(), from(f.bytes)..from(f.bytes) + f.bytes.len())).collect()
}

type Places = Vec<(String, Range<usize>)>;

static PACKAGES: LazyLock<Vec<(Vec<u8>, Places)>> = LazyLock::new(|| {
    let makers = [(Maker::Endpoint, false), (Maker::Endpoint, true), (Maker::Device, true)];
    let zips = makers.into_iter().map(|(by, released)| made(by, released).zip());
    zips.map(|zip| (zip.clone(), places(&zip))).collect()
});

/// The file whose content holds this byte is named; a byte of the frame is refused with its place, or the file whose
/// checksum it spoils is named.
fn named(zip: &[u8], places: &[(String, Range<usize>)], at: usize, flip: u8) -> Result<(), TestCaseError> {
    let mut changed = zip.to_vec();
    changed[at] ^= flip;
    let found = package(&changed, None);
    let items = broken(&found);
    match places.iter().find(|(_, place)| place.contains(&at)) {
        Some((name, _)) => prop_assert!(items.contains(&name.as_str()), "byte {} of {}: {:?}", at, name, items),
        None => prop_assert!(items.contains(&FRAME) && all(&found).contains("at byte"), "byte {}: {:?}", at, items),
    }
    Ok(())
}

#[test]
fn every_byte_of_a_package_is_watched() {
    for (zip, places) in PACKAGES.iter() {
        for at in 0..zip.len() {
            named(zip, places, at, 1).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_tampered_byte_anywhere_is_named(which in 0..3_usize, at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let (zip, places) = &PACKAGES[which];
        named(zip, places, at.index(zip.len()), flip)?;
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in any::<prop::sample::Index>()) {
        prop_assert!(!broken(&package(&bytes, None)).is_empty());
        let zip = &PACKAGES[0].0;
        let whole = [&zip[..cut.index(zip.len())], &bytes].concat();
        prop_assert!(whole == *zip || !broken(&package(&whole, None)).is_empty());
    }
}
