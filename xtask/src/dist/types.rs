//! The message types for the content script, as TypeScript, from the one place where they are written.

use crate::run::root;
use anyhow::Result;
use spotter_model::coding::Listed;
use spotter_model::limits;
use spotter_model::messages::{CONTENT_PORT, Collected, Event, Findings, FromBackground, ToBackground, ToContent};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use ts_rs::{Config, TS};

/// Where they go; the folder holds nothing else.
const FOLDER: &str = "extension/content/src/generated";

/// Writes them anew; a file that did not change keeps its time.
pub fn write() -> Result<()> {
    let fresh = tempfile::tempdir()?;
    let config = Config::new().with_out_dir(fresh.path());
    ToBackground::export_all(&config)?;
    FromBackground::export_all(&config)?;
    ToContent::export_all(&config)?;
    Findings::export_all(&config)?;
    Collected::export_all(&config)?;
    Listed::export_all(&config)?;
    Event::export_all(&config)?;
    fs::write(fresh.path().join("limits.ts"), constants())?;
    replace(fresh.path(), &root().join(FOLDER))
}

/// The bounds and names that the content script shares with Rust.
fn constants() -> String {
    let mut text = String::from("// Generated from spotter-model by `cargo xtask`; do not edit.\n\n");
    let _ = writeln!(text, "export const CONTENT_PORT = {CONTENT_PORT:?};");
    for (name, value) in [
        ("TITLE_BYTES", limits::TITLE_BYTES),
        ("DESCRIPTION_BYTES", limits::DESCRIPTION_BYTES),
        ("SHORT_BYTES", limits::SHORT_BYTES),
        ("URL_BYTES", limits::URL_BYTES),
        ("BATCH_LISTINGS", limits::BATCH_LISTINGS),
    ] {
        let _ = writeln!(text, "export const {name} = {value};");
    }
    text
}

/// Makes `to` hold exactly the files of `from`.
fn replace(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        if !from.join(entry.file_name()).exists() {
            fs::remove_file(entry.path())?;
        }
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (new, old) = (fs::read(entry.path())?, fs::read(to.join(entry.file_name())));
        if old.ok().as_ref() != Some(&new) {
            fs::write(to.join(entry.file_name()), new)?;
        }
    }
    Ok(())
}
