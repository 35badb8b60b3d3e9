//! Compiles `lexicon/` into the pack that the crate carries.

use spotter_detector::lexicon;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon");
    for part in parts(&folder) {
        println!("cargo::rerun-if-changed={}", part.display());
    }
    let pack = match lexicon::read_dir(&folder).and_then(|sources| lexicon::compile(&sources)) {
        Ok(pack) => pack,
        Err(problems) => {
            for problem in problems {
                println!("cargo::error=lexicon/{problem}");
            }
            println!("cargo::error=run `cargo run -p spotter-cli -- lexicon check` after correcting this");
            return ExitCode::FAILURE;
        }
    };
    let write = || -> Result<(), String> {
        let out = std::env::var_os("OUT_DIR").ok_or("there is no OUT_DIR")?;
        std::fs::write(Path::new(&out).join("lexicon.pack"), &pack).map_err(|e| e.to_string())
    };
    if let Err(what) = write() {
        println!("cargo::error=the pack cannot be written: {what}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What the pack is made of. Descriptions of marketplaces are no part of it: who tries one need not wait for a pack.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| !path.ends_with("marketplaces")).collect()
}
