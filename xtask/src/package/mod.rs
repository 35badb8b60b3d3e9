//! `package`: what goes to the stores, and what lets a stranger check it.
//!
//! Owns: what lies in `dist/release`, and what must be true before it does. Never: uploads anything.

mod sbom;
mod sources;
mod toolchain;
mod verify;

use crate::dist::{self, Browser};
use crate::lint;
use crate::run::root;
use crate::setup;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The list of hashes, as `sha256sum --check` reads it.
const SUMS: &str = "SHA256SUMS";

/// What is asked for besides the archives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Another toolchain, or changes that are not committed, do not stop it; every name then says so.
    pub unofficial: bool,
    /// Everything is built once more elsewhere, and must be the same.
    pub verify: bool,
}

/// `cargo xtask package --record`.
pub fn record() -> Result<ExitCode> {
    setup::for_building()?;
    toolchain::record(&toolchain::here()?)?;
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask package`.
pub fn run(wish: Wish) -> Result<ExitCode> {
    setup::for_building()?;
    let here = toolchain::here()?;
    let different =
        toolchain::difference(&toolchain::recorded()?, &here).map(|what| format!("another toolchain: {what}"));
    let checkout = sources::is_checkout();
    let dirty = if checkout { sources::insist_on_clean().err().map(|error| error.to_string()) } else { None };
    let reasons: Vec<String> = different.into_iter().chain(dirty).collect();
    if !reasons.is_empty() && !wish.unofficial {
        bail!("no release: {} (--unofficial builds one that says so)", reasons.join("; "));
    }
    let built = dist::build(dist::Packing::Small)?;
    built.print();
    let name = names(&built.version, !reasons.is_empty());
    let folder = root().join("dist/release");
    dist::remove(&folder)?;
    fs::create_dir_all(&folder)?;
    for (browser, archive) in Browser::ALL.into_iter().zip(&built.archives) {
        for store in stores(browser) {
            fs::copy(archive, folder.join(name(store, "zip")))?;
        }
    }
    if checkout {
        sources::write(&format!("wildlife-spotter-{}", built.version), &folder.join(name("sources", "zip")))?;
    } else {
        println!("no checkout: the archive of sources is left out");
    }
    let lock = fs::read_to_string(root().join("package-lock.json"))?;
    let bill = sbom::bill(&built.version, &here.tools["rustc"], &built.parts, &lock)?;
    fs::write(folder.join(name("sbom", "cdx.json")), bill)?;
    fs::write(folder.join(name("licences", "txt")), &built.licences)?;
    let sums = sums(&folder)?;
    fs::write(folder.join(SUMS), &sums)?;
    lint::web_ext(&folder.join(name("firefox", "zip")))?;
    for (path, size) in dist::files_below(&folder)? {
        println!("{:>12} bytes  {}", size, path.strip_prefix(root())?.display());
    }
    print!("{sums}");
    for reason in reasons {
        println!("unofficial: {reason}");
    }
    if wish.verify { verify::run(&sums, wish.unofficial) } else { Ok(ExitCode::SUCCESS) }
}

/// Stores that take a browser's archive.
fn stores(browser: Browser) -> &'static [&'static str] {
    match browser {
        // Edge takes what Chrome takes.
        Browser::Chrome => &["chrome", "edge"],
        Browser::Firefox => &["firefox"],
    }
}

/// How files of a release are called.
fn names(version: &str, unofficial: bool) -> impl Fn(&str, &str) -> String {
    let mark = if unofficial { "-unofficial" } else { "" };
    let version = version.to_owned();
    move |what, ending| format!("wildlife-spotter-{what}-{version}{mark}.{ending}")
}

/// The hashes of all files of a folder.
fn sums(folder: &Path) -> Result<String> {
    let mut text = String::new();
    for (path, _) in dist::files_below(folder)? {
        let name = path.strip_prefix(folder)?.to_str().context("a file's name is not UTF-8")?.to_owned();
        text += &format!("{:x}  {name}\n", Sha256::digest(fs::read(&path)?));
    }
    Ok(text)
}

/// Where a checkout at `place` keeps its list of hashes.
fn sums_of(place: &Path) -> PathBuf {
    place.join("dist/release").join(SUMS)
}

#[cfg(test)]
mod tests {
    use super::{names, sums};
    use crate::run::root;

    #[test]
    fn names_say_what_is_official() {
        assert_eq!(names("1.2.3", false)("edge", "zip"), "wildlife-spotter-edge-1.2.3.zip");
        assert_eq!(names("1.2.3", true)("sbom", "cdx.json"), "wildlife-spotter-sbom-1.2.3-unofficial.cdx.json");
    }

    #[test]
    fn hashes_are_those_that_sha256sum_prints() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("b"), "abc").unwrap();
        std::fs::write(dir.path().join("a"), "").unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n";
        assert_eq!(sums(dir.path()).unwrap(), [empty, abc].concat());
    }

    #[test]
    fn one_version_stands_in_the_manifest_the_workspace_and_the_list_of_changes() {
        let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).unwrap();
        let version = manifest["version"].as_str().unwrap();
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        assert!(read("CHANGELOG.md").contains(&format!("\n## {version} ")));
    }
}
