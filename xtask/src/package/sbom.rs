//! The list of what is in a release, as CycloneDX 1.6: for whoever must know whether a flaw in a library touches it.
//!
//! Owns: the format. Says nothing of when and where it was written: the same release gives the same bytes.

use crate::dist::parts::{GLUE, Part};
use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// npm packages that make files which ship, without adding code of their own.
const TOOLS: [&str; 2] = ["binaryen", "esbuild"];

/// The bill of a release.
pub fn bill(version: &str, rust: &str, parts: &[Part], npm_lock: &str) -> Result<String> {
    let refs: BTreeMap<String, String> = parts.iter().map(|p| (p.key(), purl("cargo", &p.name, &p.version))).collect();
    let mut components: Vec<Value> = parts.iter().map(crate_of).collect();
    components.push(json!({
        "type": "library", "bom-ref": "rust-std", "name": "rust-std", "version": rust, "scope": "required",
        "description": "Rust standard library, compiled in", "licenses": [{"expression": "MIT OR Apache-2.0"}],
        "purl": format!("pkg:github/rust-lang/rust@{rust}"),
    }));
    components.push(json!({
        "type": "data", "bom-ref": "cites-checklist", "name": "CITES Checklist (Catalogue of Life)", "version": "2026-03",
        "scope": "required", "licenses": [{"license": {"id": "CC0-1.0"}}],
    }));
    let lock: Value = serde_json::from_str(npm_lock)?;
    for name in TOOLS {
        components.push(tool(name, &lock["packages"][format!("node_modules/{name}")])?);
    }
    let top = format!("wildlife-spotter@{version}");
    let linked = parts.iter().filter(|p| p.name != GLUE).map(|p| refs[&p.key()].clone());
    let mut needs = vec![json!({
        "ref": top,
        "dependsOn": linked.chain(["rust-std".to_owned(), "cites-checklist".to_owned()]).collect::<Vec<_>>(),
    })];
    for part in parts {
        let of: Vec<&String> = part.needs.iter().filter_map(|key| refs.get(key)).collect();
        needs.push(json!({"ref": refs[&part.key()], "dependsOn": of}));
    }
    let serial = serial(&serde_json::to_vec(&components)?);
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": serial, "version": 1,
        "metadata": {"component": {
            "type": "application", "bom-ref": top, "name": "wildlife-spotter", "version": version,
            "licenses": [{"expression": "MIT OR Apache-2.0"}],
        }},
        "components": components, "dependencies": needs,
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

/// A crate. The tool that writes the glue is named, but nothing links it.
fn crate_of(part: &Part) -> Value {
    let purl = purl("cargo", &part.name, &part.version);
    let mut component = json!({
        "type": "library", "bom-ref": purl, "name": part.name, "version": part.version,
        "scope": if part.name == GLUE { "excluded" } else { "required" },
        "hashes": [{"alg": "SHA-256", "content": part.sha256}],
        "licenses": [{"expression": part.licence}], "purl": purl,
    });
    if let Some(url) = &part.repository {
        component["externalReferences"] = json!([{"type": "vcs", "url": url}]);
    }
    component
}

/// An npm package that only builds.
fn tool(name: &str, locked: &Value) -> Result<Value> {
    let text = |field: &str| locked[field].as_str().with_context(|| format!("package-lock.json: {name}: no {field}"));
    let hash = text("integrity")?.strip_prefix("sha512-").with_context(|| format!("{name} has no SHA-512"))?;
    let hash: String = STANDARD.decode(hash)?.iter().map(|byte| format!("{byte:02x}")).collect();
    let purl = purl("npm", name, text("version")?);
    Ok(json!({
        "type": "library", "bom-ref": purl, "name": name, "version": text("version")?, "scope": "excluded",
        "hashes": [{"alg": "SHA-512", "content": hash}],
        "licenses": [{"expression": text("license")?}], "purl": purl,
    }))
}

fn purl(kind: &str, name: &str, version: &str) -> String {
    format!("pkg:{kind}/{name}@{}", version.replace('+', "%2B"))
}

/// A UUID (version 8: made from what it names).
fn serial(of: &[u8]) -> String {
    let mut bytes: [u8; 32] = Sha256::digest(of).into();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::bill;
    use crate::dist::parts::shipped;
    use crate::run::root;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn every_part_is_listed_once_and_every_reference_leads_somewhere() {
        let parts = shipped().unwrap();
        let lock = std::fs::read_to_string(root().join("package-lock.json")).unwrap();
        let text = bill("1.2.3", "1.95.0", &parts, &lock).unwrap();
        assert_eq!(text, bill("1.2.3", "1.95.0", &parts, &lock).unwrap());
        let bill: Value = serde_json::from_str(&text).unwrap();
        let components = bill["components"].as_array().unwrap();
        assert_eq!(components.len(), parts.len() + 4);
        let mut refs: BTreeSet<&str> = components.iter().map(|c| c["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(refs.len(), components.len());
        refs.insert(bill["metadata"]["component"]["bom-ref"].as_str().unwrap());
        for entry in bill["dependencies"].as_array().unwrap() {
            assert!(refs.contains(entry["ref"].as_str().unwrap()));
            for on in entry["dependsOn"].as_array().unwrap() {
                assert!(refs.contains(on.as_str().unwrap()), "{on}");
            }
        }
        let esbuild = components.iter().find(|c| c["name"] == "esbuild").unwrap();
        assert_eq!(esbuild["hashes"][0]["content"].as_str().unwrap().len(), 128);
        assert!(bill.pointer("/metadata/timestamp").is_none(), "the time would make each bill another one");
    }
}
