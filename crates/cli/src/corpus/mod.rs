//! `spotter corpus`: the project's own listings, written and composed.
//!
//! Owns: how the corpus lies in its folder, its rows, which of them are held back, and its hash. Never: looks at
//! listings from anywhere else.

mod check;
mod compose;
mod disguise;
mod parts;
mod random;

use crate::{End, Failure, input};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spotter_model::Listing;
use std::path::{Path, PathBuf};

/// What to do with the corpus.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Read every written row and every part, and say what is wrong or missing. Exit status 1 where something is.
    Check {
        /// The folder.
        #[arg(default_value = "tests/corpus")]
        folder: PathBuf,
    },
    /// Put rows together from the parts. The same parts give the same bytes.
    Compose {
        /// The folder.
        #[arg(default_value = "tests/corpus")]
        folder: PathBuf,
        /// Where the rows go; `composed.jsonl` in the folder where it is not given.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// Most bytes of one file.
const MAX_FILE: u64 = 16 << 20;

/// The languages of the corpus.
pub const LANGUAGES: [&str; 25] = [
    "ar", "cs", "de", "en", "es", "fa", "fil", "fr", "hi", "id", "it", "ja", "ko", "ms", "nl", "pl", "pt", "ru", "sw",
    "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant",
];

/// One row. The order of the keys is the order in the files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Never given twice. What stands before the first point is the row's family: rows of one family are made
    /// of the same thing, and stay together when the corpus is divided.
    pub id: String,
    pub lang: String,
    pub title: String,
    pub description: String,
    pub price: String,
    pub category: String,
    pub location: String,
    pub label: u8,
    pub label_wildlife: u8,
    pub group: String,
    pub trap: String,
    pub synthetic: bool,
}

impl Row {
    /// As the detector sees it.
    pub fn listing(&self) -> Listing {
        Listing {
            id: self.id.clone(),
            title: self.title.clone(),
            description: self.description.clone(),
            price: self.price.clone(),
            category: self.category.clone(),
            location: self.location.clone(),
            lang: self.lang.clone(),
            ..Listing::default()
        }
    }

    /// Whether it is held back.
    pub fn held_back(&self) -> bool {
        held_back(&self.id)
    }

    /// The fold that it is scored in.
    pub fn fold(&self, folds: u32) -> u32 {
        draw(&self.id, "fold") % folds
    }

    /// Whether it was put together from parts.
    pub fn composed(&self) -> bool {
        self.id.starts_with("c-")
    }
}

/// A number from a row's family, the same for ever.
fn draw(id: &str, salt: &str) -> u32 {
    let family = id.split('.').next().unwrap_or(id);
    let hash = Sha256::new().chain_update(salt).chain_update(family).finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// Whether the row with this id is held back: a tenth of the families is never fitted on.
pub fn held_back(id: &str) -> bool {
    draw(id, "held back").is_multiple_of(10)
}

/// Every row of a folder, written ones first, with a hash over the files.
pub struct Corpus {
    pub rows: Vec<Row>,
    pub hash: String,
}

/// Files of one kind in a folder, by name.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Failure> {
    let say = |e: std::io::Error| Failure::new(format!("{}: {e}", folder.display()));
    let mut paths = vec![];
    for entry in std::fs::read_dir(folder).map_err(say)? {
        let path = entry.map_err(say)?.path();
        if path.extension().is_some_and(|e| e == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The rows of one file.
fn rows(path: &Path, bytes: &[u8]) -> Result<Vec<Row>, Failure> {
    let lines = bytes.split(|b| *b == b'\n').enumerate().filter(|(_, l)| !l.iter().all(u8::is_ascii_whitespace));
    lines
        .map(|(n, line)| {
            serde_json::from_slice(line).map_err(|e| Failure::new(format!("{} line {}: {e}", path.display(), n + 1)))
        })
        .collect()
}

/// Reads all of it.
pub fn read(folder: &Path) -> Result<Corpus, Failure> {
    let mut paths = files(&folder.join("written"), "jsonl")?;
    paths.push(folder.join("composed.jsonl"));
    let mut corpus = Corpus { rows: vec![], hash: String::new() };
    let mut hash = Sha256::new();
    for path in paths {
        let bytes = input::read_file(&path, MAX_FILE)?;
        corpus.rows.extend(rows(&path, &bytes)?);
        hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(&bytes);
    }
    corpus.hash = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok(corpus)
}

/// Runs the command.
pub fn run(command: &Command) -> Result<End, Failure> {
    match command {
        Command::Check { folder } => check::run(folder),
        Command::Compose { folder, out } => {
            let parts = parts::read_all(&folder.join("parts"))?;
            let out = out.clone().unwrap_or_else(|| folder.join("composed.jsonl"));
            let rows = compose::compose(&parts);
            std::fs::write(&out, compose::bytes(&rows)?)
                .map_err(|e| Failure::new(format!("{}: cannot be written: {e}", out.display())))?;
            println!("{}: {} rows from {} languages", out.display(), rows.len(), parts.len());
            Ok(End::Fine)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str) -> Row {
        let text = String::new;
        Row {
            id: id.into(),
            lang: "en".into(),
            title: text(),
            description: text(),
            price: text(),
            category: text(),
            location: text(),
            label: 0,
            label_wildlife: 0,
            group: text(),
            trap: "everyday".into(),
            synthetic: true,
        }
    }

    #[test]
    fn a_tenth_is_held_back_and_families_stay_together() {
        let held = (0..2000).filter(|n| row(&format!("w-en-{n}")).held_back()).count();
        assert!((140..260).contains(&held), "{held}");
        for n in 0..200 {
            let (a, b) = (row(&format!("c-en-{n}.0")), row(&format!("c-en-{n}.7")));
            assert_eq!((a.held_back(), a.fold(10)), (b.held_back(), b.fold(10)));
        }
    }

    #[test]
    fn what_is_committed_is_what_the_parts_make() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
        let made = compose::bytes(&compose::compose(&parts::read_all(&folder.join("parts")).unwrap())).unwrap();
        let committed = std::fs::read(folder.join("composed.jsonl")).unwrap();
        assert!(made == committed, "run `spotter corpus compose`");
        assert!(made.len() <= 3_000_000, "{} bytes", made.len());
    }

    #[test]
    fn the_corpus_is_sound() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
        assert_eq!(check::complaints(&folder).unwrap(), Vec::<String>::new());
    }
}
