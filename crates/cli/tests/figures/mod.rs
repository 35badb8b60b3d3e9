//! Archives of figures as an endpoint would sign them, and the command that looks at one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;
use spotter_model::archive::File;
use spotter_model::dsse::{Envelope, EnvelopeSignature, pae};
use spotter_survey::archive::MANIFEST;
use std::process::{Command, Output};

/// The key that signs, with standard base64 of its public half.
pub fn key() -> (SigningKey, String) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = STANDARD.encode(key.verifying_key().to_bytes());
    (key, public)
}

/// The signed list of files, as the file that goes before them.
pub fn sealed(kind: &str, manifest: &impl Serialize) -> File {
    let payload = serde_json::to_vec(manifest).expect("JSON");
    let sig = STANDARD.encode(key().0.sign(&pae(kind, &payload)).to_bytes());
    let envelope = Envelope {
        payload_type: kind.into(),
        payload: STANDARD.encode(&payload),
        signatures: vec![EnvelopeSignature { keyid: String::new(), sig }],
    };
    File { name: MANIFEST.into(), bytes: serde_json::to_vec(&envelope).expect("JSON") }
}

/// What `spotter` says of an archive.
pub fn spotter(command: [&str; 2], archive: &[u8], more: &[&str]) -> (Output, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("archive.zip");
    std::fs::write(&path, archive).expect("a file");
    let out =
        Command::new(env!("CARGO_BIN_EXE_spotter")).args(command).arg(&path).args(more).output().expect("it runs");
    let text = String::from_utf8(out.stdout.clone()).expect("text");
    (out, text)
}
