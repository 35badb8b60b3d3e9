//! `spotter lexicon register`: derives the generated part of the register from the published checklist.
//!
//! Owns: the command and its tables. Never: touches a file that people write.

pub mod annotation;
pub mod derive;
pub mod tables;

use crate::{End, Failure};
use std::path::Path;

/// Reads both tables and writes `taxa.tsv` and `names.tsv`; the same tables give the same bytes.
pub fn run(checklist: &Path, vernacular: &Path, source: &str, out: &Path) -> Result<End, Failure> {
    let taxa = derive::taxa(&tables::checklist(checklist)?, source);
    let names = derive::names(&tables::vernacular(vernacular)?, source);
    std::fs::create_dir_all(out).map_err(|e| Failure::new(format!("{}: cannot be made: {e}", out.display())))?;
    for (name, text) in [("taxa.tsv", &taxa.text), ("names.tsv", &names.text)] {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(|e| Failure::new(format!("{}: cannot be written: {e}", path.display())))?;
    }
    println!(
        "{}: {} taxa with {} synonyms ({} synonyms were no names and were left out), {} names of {} taxa",
        out.display(),
        taxa.entries,
        taxa.names,
        taxa.left_out,
        names.names,
        names.entries,
    );
    Ok(End::Fine)
}
