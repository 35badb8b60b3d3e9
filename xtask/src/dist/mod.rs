//! `dist`: from the sources to `dist/chrome`, `dist/firefox` and one archive of each.
//!
//! Owns: what lies where in the packed extension. Never: changes what a room wrote, beyond compiling it.
//! The same sources give the same bytes; what did not change is not built again.

pub mod archive;
mod licences;
mod locales;
mod manifest;
pub mod parts;
mod places;
mod restricted;
mod training;
mod types;
pub mod wasm;

pub use archive::Packing;
pub use wasm::{FEATURES as WASM_FEATURES, prebuild};

use crate::run::{npm_tool, ok, root};
use crate::{markets, setup};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The two browsers that a build is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Chrome,
    Firefox,
}

impl Browser {
    pub const ALL: [Browser; 2] = [Browser::Chrome, Browser::Firefox];

    pub fn name(self) -> &'static str {
        match self {
            Self::Chrome => "chrome",
            Self::Firefox => "firefox",
        }
    }
}

/// What was built.
pub struct Built {
    lines: Vec<String>,
    /// The version that the manifest names.
    pub version: String,
    /// The archives, in the order of [`Browser::ALL`].
    pub archives: Vec<PathBuf>,
    /// The parts by others that ship, and the text of their licences.
    pub parts: Vec<parts::Part>,
    pub licences: String,
}

impl Built {
    pub fn print(&self) {
        for line in &self.lines {
            println!("{line}");
        }
    }
}

/// Files and folders that are copied as they are: from, to.
const COPIES: &[(&str, &str)] = &[
    ("icons", "icons"),
    ("extension/_locales", "_locales"),
    ("extension/pages", "pages"),
    ("extension/training", "training"),
    ("extension/background/background.js", "background.js"),
];

/// What of a copied folder goes into the package.
const SHIPPED: &[&str] = &["html", "css", "js", "json", "png", "svg"];

/// Builds everything.
pub fn build(packing: Packing) -> Result<Built> {
    setup::for_building()?;
    let source: Value =
        serde_json::from_slice(&fs::read(root().join("manifest.json")).context("manifest.json is missing")?)
            .context("manifest.json is not JSON")?;
    types::write()?;
    markets::write()?;
    let content = content_script()?;
    let wasm = wasm::build()?;
    let parts = parts::shipped()?;
    licences::check(&parts)?;
    let licences = licences::text(&parts)?;
    let version = source["version"].as_str().context("manifest.json names no version")?.to_owned();

    let mut lines = Vec::new();
    let mut archives = Vec::new();
    for browser in Browser::ALL {
        // Built beside and moved in whole, so that a failed build never leaves half a folder.
        let staging = root().join("dist").join(format!(".{}", browser.name()));
        remove(&staging)?;
        fs::create_dir_all(&staging)?;
        for (from, to) in COPIES {
            copy(&root().join(from), &staging.join(to))?;
        }
        locales::write_words(&root().join("extension/_locales"), &staging.join("pages/words"))?;
        training::to_rows(&staging.join("training"))?;
        fs::write(staging.join("content.js"), &content)?;
        for part in &wasm {
            for (name, bytes) in &part.files {
                let path = staging.join(part.folder).join(name);
                fs::create_dir_all(path.parent().expect("a file lies in a folder"))?;
                fs::write(path, bytes)?;
            }
        }
        bundle(&staging)?;
        let manifest = manifest::derive(&source, browser)?;
        fs::write(staging.join("manifest.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
        fs::write(staging.join(licences::FILE), &licences)?;
        manifest::check_files(&manifest, &staging)?;
        places::check(&staging)?;

        let folder = root().join("dist").join(browser.name());
        remove(&folder)?;
        fs::rename(&staging, &folder)?;

        let archive = root().join("dist").join(format!("wildlife-spotter-{}-{version}.zip", browser.name()));
        let size = archive::write(&folder, &archive, &crate::run::target().join("xtask/packed"), packing)?;
        lines.push(format!(
            "dist/{}: {}; {}: {}",
            browser.name(),
            kib(files_below(&folder)?.iter().map(|f| f.1).sum()),
            archive.file_name().unwrap_or_default().to_string_lossy(),
            kib(size),
        ));
        archives.push(archive);
    }
    lines.extend(restricted::check(&archives, spotter_pack::PACK)?);
    for part in &wasm {
        lines.push(part.note.clone());
    }
    Ok(Built { lines, version, archives, parts, licences })
}

/// Bundles the content script into one classic script, as short as it can be: every page parses it. The map by which a
/// stranger's stack trace is read stays beside the build (`target/xtask/content.js.map`), and a build can be repeated.
fn content_script() -> Result<Vec<u8>> {
    let entry = root().join("extension/content/src/main.ts");
    if !entry.is_file() {
        bail!("extension/content/src/main.ts is missing");
    }
    let out = crate::run::target().join("xtask/content.js");
    fs::create_dir_all(out.parent().expect("a file lies in a folder"))?;
    let outfile = format!("--outfile={}", out.display());
    ok(&mut npm_tool(
        "esbuild",
        &[
            "extension/content/src/main.ts",
            "--bundle",
            "--format=iife",
            "--target=chrome140,firefox140",
            "--charset=utf8",
            "--legal-comments=none",
            "--minify",
            "--sourcemap=external",
            "--log-level=warning",
            &outfile,
        ],
    ))?;
    Ok(fs::read(out)?)
}

/// Makes one file of the background's listeners and of what wasm-bindgen wrote for its module, both as readable as they
/// were: whoever wakes up would read one after the other.
fn bundle(staging: &Path) -> Result<()> {
    const GLUE: &str = "background/spotter_background.js";
    let mut args = vec!["background.js", "--bundle", "--format=esm", "--target=chrome140,firefox140", "--charset=utf8"];
    args.extend(["--log-level=warning", "--outfile=background.js", "--allow-overwrite"]);
    ok(npm_tool("esbuild", &args).current_dir(staging))?;
    fs::remove_file(staging.join(GLUE)).with_context(|| format!("{GLUE} is missing"))
}

/// Copies a file or a folder; of a folder only what ships, and never sources or tests.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        fs::create_dir_all(to.parent().expect("a file lies in a folder"))?;
        if from.file_name().is_some_and(|name| name == "messages.json") {
            let shipped = locales::shipped(&fs::read(from)?).with_context(|| from.display().to_string())?;
            fs::write(to, shipped)?;
        } else {
            fs::copy(from, to)?;
        }
        return Ok(());
    }
    if !from.is_dir() {
        bail!("{} is missing", from.strip_prefix(root()).unwrap_or(from).display());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if !matches!(name.to_str(), Some("src" | "tests" | "target")) {
                copy(&path, &to.join(name))?;
            }
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| SHIPPED.contains(&e)) {
            copy(&path, &to.join(name))?;
        }
    }
    Ok(())
}

/// Every file below a folder with its size, sorted by name.
pub fn files_below(folder: &Path) -> Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let entry = entry?;
            let meta = entry.metadata()?;
            if meta.is_dir() {
                folders.push(entry.path());
            } else {
                files.push((entry.path(), meta.len()));
            }
        }
    }
    files.sort();
    Ok(files)
}

pub fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
        _ => Ok(()),
    }
}

/// A size as people read it.
pub fn kib(bytes: u64) -> String {
    format!("{}.{} KiB", bytes / 1024, bytes % 1024 * 10 / 1024)
}
