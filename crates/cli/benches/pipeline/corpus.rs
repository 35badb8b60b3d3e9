//! What is searched: generated listings, the same for the same seed.

use spotter_detector::normalize::{self, Folded};
use spotter_model::{Field, Listing};
use std::collections::HashSet;
use std::process::Command;

/// The fields that are read.
const READ: [Field; 4] = [Field::Title, Field::Description, Field::Price, Field::Category];

/// Listings, and their texts as the bare searches get them.
pub struct Corpus {
    pub name: &'static str,
    pub listings: Vec<Listing>,
    /// Every field that is not empty.
    pub texts: Vec<String>,
    /// The same, folded beforehand.
    pub folded: Vec<Folded>,
    /// Bytes of all texts.
    pub bytes: usize,
}

impl Corpus {
    /// `spotter generate --text KIND`, of which those stay that `keep` names.
    pub fn generate(name: &'static str, kind: &str, lines: usize, keep: impl Fn(&Listing) -> bool) -> Self {
        let output = Command::new(env!("CARGO_BIN_EXE_spotter"))
            .args(["generate", "--text", kind, "--lines", &lines.to_string(), "--seed", "3"])
            .output()
            .expect("spotter runs");
        let lines = output.stdout.split(|&b| b == b'\n').filter(|l| !l.is_empty());
        let listings: Vec<Listing> =
            lines.map(|l| serde_json::from_slice(l).expect("a listing")).filter(|l| keep(l)).collect();
        let texts: Vec<String> =
            listings.iter().flat_map(|l| READ.map(|f| l.text(f).to_owned())).filter(|t| !t.is_empty()).collect();
        let folded = texts.iter().map(|t| normalize::fold(t)).collect();
        let bytes = texts.iter().map(String::len).sum();
        Self { name, listings, texts, folded, bytes }
    }

    /// Bytes in a hundred that are not ASCII.
    pub fn foreign(&self) -> f64 {
        let foreign: usize = self.texts.iter().map(|t| t.bytes().filter(|b| !b.is_ascii()).count()).sum();
        100.0 * foreign as f64 / self.bytes.max(1) as f64
    }

    /// Different words.
    pub fn words(&self) -> usize {
        self.folded.iter().flat_map(|f| f.text.split(' ')).collect::<HashSet<_>>().len()
    }
}
