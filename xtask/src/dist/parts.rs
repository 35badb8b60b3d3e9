//! Which parts by others are compiled into the extension: asked of cargo, as it builds the modules.
//!
//! Owns: the list, with licence, hash, and what each part needs. Never: judges a licence (`licences`), or writes a format.

use crate::run::{cargo, output, root};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// The tool whose output ships as glue; it is not linked by any module.
pub const GLUE: &str = "wasm-bindgen-cli-support";

/// A crate by others that ships.
pub struct Part {
    pub name: String,
    pub version: String,
    /// As the crate states it, as an SPDX expression.
    pub licence: String,
    pub authors: Vec<String>,
    pub repository: Option<String>,
    /// SHA-256 of the crate's archive, from the lock file.
    pub sha256: String,
    /// Where its sources lie on this machine.
    pub folder: PathBuf,
    /// Other parts that it links, as `name version`.
    pub needs: Vec<String>,
}

impl Part {
    /// How cargo tells parts apart that share a name.
    pub fn key(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

/// All of them, in the order of their names.
pub fn shipped() -> Result<Vec<Part>> {
    let linked = linked()?;
    let metadata: Value =
        serde_json::from_str(&output(&mut cargo(&["metadata", "--locked", "--quiet", "--format-version", "1"]))?)?;
    let needs = needs(&metadata, &linked)?;
    let hashes = hashes(&fs::read_to_string(root().join("Cargo.lock"))?)?;
    let mut parts = Vec::new();
    for package in metadata["packages"].as_array().context("cargo metadata names no packages")? {
        let text = |field: &str| package[field].as_str().map(str::to_owned);
        let (name, version) = (text("name").unwrap_or_default(), text("version").unwrap_or_default());
        let key = format!("{name} {version}");
        // What has no source is our own.
        if package["source"].is_null() || !(linked.contains(&key) || name == GLUE) {
            continue;
        }
        let manifest = PathBuf::from(text("manifest_path").context("a package without a manifest")?);
        let authors = package["authors"].as_array().into_iter().flatten();
        parts.push(Part {
            licence: text("license").with_context(|| format!("{key} states no licence"))?.replace('/', " OR "),
            authors: authors.filter_map(Value::as_str).map(str::to_owned).collect(),
            repository: text("repository"),
            sha256: hashes.get(&key).cloned().with_context(|| format!("{key} has no hash in Cargo.lock"))?,
            folder: manifest.parent().context("a manifest without a folder")?.to_owned(),
            needs: needs.get(&key).cloned().unwrap_or_default(),
            name,
            version,
        });
    }
    parts.sort_by_key(Part::key);
    if parts.len() < 2 {
        bail!("cargo names no crate that the extension links");
    }
    Ok(parts)
}

/// `name version` of every crate that is linked into a module, with the features that the modules have.
fn linked() -> Result<BTreeSet<String>> {
    let mut args = vec!["tree", "--locked", "--quiet", "--target", "wasm32-unknown-unknown"];
    args.extend(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
    for package in super::wasm::packages() {
        args.extend(["-p", package]);
    }
    Ok(output(&mut cargo(&args))?.lines().filter_map(name_and_version).collect())
}

/// `serde v1.0.0 (a folder) (*)` is `serde 1.0.0`.
fn name_and_version(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    Some(format!("{name} {version}"))
}

/// What each part links of the others.
fn needs(metadata: &Value, linked: &BTreeSet<String>) -> Result<BTreeMap<String, Vec<String>>> {
    let mut keys = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        if let (Some(id), Some(name), Some(version)) =
            (package["id"].as_str(), package["name"].as_str(), package["version"].as_str())
        {
            keys.insert(id, format!("{name} {version}"));
        }
    }
    let mut all = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().context("cargo metadata resolved nothing")? {
        let Some(of) = node["id"].as_str().and_then(|id| keys.get(id)) else { continue };
        let mut found: BTreeSet<String> = BTreeSet::new();
        for dep in node["deps"].as_array().into_iter().flatten() {
            let normal = dep["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k["kind"].is_null()));
            if let Some(key) = dep["pkg"].as_str().and_then(|id| keys.get(id))
                && normal
                && linked.contains(key)
            {
                found.insert(key.clone());
            }
        }
        all.insert(of.clone(), found.into_iter().collect());
    }
    Ok(all)
}

/// The one version of a crate that the lock file holds.
pub fn locked_version(name: &str) -> Result<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    let key = hashes(&lock)?.into_keys().find(|key| key.split(' ').next() == Some(name));
    let version = key.as_deref().and_then(|key| key.split(' ').nth(1));
    version.map(str::to_owned).with_context(|| format!("Cargo.lock does not hold {name}"))
}

/// The hashes of a `Cargo.lock`, by `name version`.
fn hashes(lock: &str) -> Result<BTreeMap<String, String>> {
    let lock: toml::Value = toml::from_str(lock)?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock lists no package")?;
    let entry = |package: &toml::Value| {
        let text = |field: &str| package.get(field).and_then(toml::Value::as_str);
        Some((format!("{} {}", text("name")?, text("version")?), text("checksum")?.to_owned()))
    };
    Ok(packages.iter().filter_map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::{name_and_version, shipped};

    #[test]
    fn lines_of_cargo_tree_are_read() {
        assert_eq!(name_and_version("serde v1.0.229 (*)").as_deref(), Some("serde 1.0.229"));
        assert_eq!(name_and_version("own v0.1.0 (/a path/own)").as_deref(), Some("own 0.1.0"));
        assert_eq!(name_and_version(""), None);
    }

    #[test]
    fn what_ships_is_listed_and_what_only_builds_is_not() {
        let parts = shipped().unwrap();
        let names: Vec<&str> = parts.iter().map(|p| p.name.as_str()).collect();
        for there in ["aho-corasick", "serde_json", "wasm-bindgen", "wasm-bindgen-cli-support"] {
            assert!(names.contains(&there), "{there} ships");
        }
        for not in ["zip", "axum", "proptest", "serde_derive", "spotter-model"] {
            assert!(!names.contains(&not), "{not} does not ship as a part by others");
        }
        assert!(names.is_sorted());
        assert!(parts.iter().all(|p| p.sha256.len() == 64 && p.folder.is_dir()));
    }
}
