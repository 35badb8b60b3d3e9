//! What a release is built with, recorded in `release/toolchain.toml`: another compiler may give other bytes.
//!
//! Owns: asking the tools, and the comparison. Never: installs one.

use crate::dist::parts;
use crate::run::{cmd, npm_tool, output, root};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;

const FILE: &str = "release/toolchain.toml";
const HEAD: &str = "\
# What a release is built with; `cargo xtask package` refuses anything else.
# Written by `cargo xtask package --record`: after a change of tools, or of a lock file.

";
const LOCKFILES: [&str; 2] = ["Cargo.lock", "package-lock.json"];

/// The tools with their versions, the lock files with their SHA-256.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    pub tools: BTreeMap<String, String>,
    pub lockfiles: BTreeMap<String, String>,
}

/// What is on this machine.
pub fn here() -> Result<Toolchain> {
    let rustc = output(&mut cmd("rustc", &["-vV"]))?;
    let field = |name: &str| {
        let line = rustc.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.map(str::to_owned).with_context(|| format!("rustc states no {name}"))
    };
    let first_word = |text: String, after: &str| {
        let rest = text.trim().trim_start_matches(after).trim();
        rest.split_whitespace().next().unwrap_or_default().to_owned()
    };
    let tools = [
        ("rustc", field("release")?),
        ("rustc-commit", field("commit-hash")?),
        ("rustc-host", field("host")?),
        ("llvm", field("LLVM version")?),
        ("node", first_word(output(&mut cmd("node", &["--version"]))?, "v")),
        ("esbuild", first_word(output(&mut npm_tool("esbuild", &["--version"]))?, "")),
        ("wasm-opt", first_word(output(&mut npm_tool("wasm-opt", &["--version"]))?, "wasm-opt version")),
        ("wasm-bindgen", parts::locked_version(parts::GLUE)?),
    ];
    let hash = |name: &str| -> Result<(String, String)> {
        let bytes = fs::read(root().join(name)).with_context(|| name.to_owned())?;
        Ok((name.to_owned(), format!("{:x}", Sha256::digest(bytes))))
    };
    Ok(Toolchain {
        tools: tools.into_iter().map(|(name, version)| (name.to_owned(), version)).collect(),
        lockfiles: LOCKFILES.into_iter().map(hash).collect::<Result<_>>()?,
    })
}

/// What was recorded.
pub fn recorded() -> Result<Toolchain> {
    let text = fs::read_to_string(root().join(FILE)).with_context(|| format!("{FILE} is missing"))?;
    toml::from_str(&text).with_context(|| FILE.to_owned())
}

/// Records what is on this machine.
pub fn record(here: &Toolchain) -> Result<()> {
    fs::write(root().join(FILE), format!("{HEAD}{}", toml::to_string(here)?))?;
    println!("{FILE} written; commit it");
    Ok(())
}

/// In one line, how this machine differs from the record; nothing where it does not.
pub fn difference(recorded: &Toolchain, here: &Toolchain) -> Option<String> {
    let mut parts = Vec::new();
    for (was, is) in [(&recorded.tools, &here.tools), (&recorded.lockfiles, &here.lockfiles)] {
        for name in was.keys().chain(is.keys().filter(|name| !was.contains_key(*name))) {
            let say = |of: &BTreeMap<String, String>| of.get(name).map_or("none", |v| &v[..v.len().min(12)]).to_owned();
            if was.get(name) != is.get(name) {
                parts.push(format!("{name} is {}, recorded {}", say(is), say(was)));
            }
        }
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::{Toolchain, difference};

    #[test]
    fn every_difference_is_named_in_one_line() {
        let make = |node: &str, hash: &str| Toolchain {
            tools: [("node".to_owned(), node.to_owned()), ("rustc".to_owned(), "1.95.0".to_owned())].into(),
            lockfiles: [("Cargo.lock".to_owned(), hash.to_owned())].into(),
        };
        let (one, two) = (make("20.20.2", "0123456789abcdef"), make("22.1.0", "fedcba9876543210"));
        assert_eq!(difference(&one, &one), None);
        let said = difference(&one, &two).unwrap();
        assert_eq!(said, "node is 22.1.0, recorded 20.20.2; Cargo.lock is fedcba987654, recorded 0123456789ab");
        let mut fewer = make("20.20.2", "0123456789abcdef");
        fewer.tools.remove("rustc");
        assert_eq!(difference(&one, &fewer).unwrap(), "rustc is none, recorded 1.95.0");
        assert_eq!(difference(&fewer, &one).unwrap(), "rustc is 1.95.0, recorded none");
    }
}
