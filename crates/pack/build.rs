//! Compiles `lexicon/` into the pack that the crate carries.

use spotter_detector::lexicon;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon");
    println!("cargo::rerun-if-changed={}", folder.display());
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
    let out = std::env::var_os("OUT_DIR").map(|dir| Path::new(&dir).join("lexicon.pack"));
    match out.map(|path| std::fs::write(path, pack)) {
        Some(Ok(())) => ExitCode::SUCCESS,
        _ => {
            println!("cargo::error=the pack cannot be written to OUT_DIR");
            ExitCode::FAILURE
        }
    }
}
