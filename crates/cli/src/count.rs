//! `spotter lexicon count`: what the lexicon holds, as a table for people or as JSON.

use crate::{End, Failure};
use spotter_detector::lexicon::{self, count::Counts};
use spotter_model::CueKind;
use std::fmt::Write;
use std::path::Path;

/// Kinds in the order in which they are shown, each with its heading.
const KINDS: [(CueKind, &str); 7] = [
    (CueKind::Name, "names"),
    (CueKind::Commodity, "goods"),
    (CueKind::Lookalike, "look-alikes"),
    (CueKind::Code, "code words"),
    (CueKind::Trade, "trade"),
    (CueKind::Claim, "claims"),
    (CueKind::Method, "methods"),
];

/// Counts a folder.
pub fn run(folder: &Path, json: bool) -> Result<End, Failure> {
    let failed = |problems: Vec<lexicon::Problem>| {
        crate::lexicon::tell(&problems);
        Failure::new(format!("{} problems in {}; nothing was counted", problems.len(), folder.display()))
    };
    let sources = lexicon::read_dir(folder).map_err(failed)?;
    let counts = lexicon::count::count(&sources).map_err(failed)?;
    if json {
        let text = serde_json::to_string_pretty(&counts).map_err(|e| Failure::new(e.to_string()))?;
        println!("{text}");
    } else {
        print!("{}", table(&counts));
    }
    Ok(End::Fine)
}

fn table(counts: &Counts) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    line(format!(
        "{} taxa with {} scientific and {} official names",
        counts.taxa, counts.scientific_names, counts.official_names
    ));
    let concepts: usize = counts.concepts.values().sum();
    let kinds: Vec<String> = KINDS
        .iter()
        .map(|(kind, heading)| format!("{heading} {}", counts.concepts.get(kind).copied().unwrap_or(0)))
        .collect();
    line(format!("{concepts} concepts, {} of them without a word: {}", counts.without_words.len(), kinds.join(", ")));
    line(String::new());
    let row = |name: &str, lemmas: usize, forms: usize, of_kind: &dyn Fn(CueKind) -> usize, end: &str| {
        let mut text = format!("{name:<9}{lemmas:>8}{forms:>9}");
        for (kind, _) in KINDS {
            // Writing to a string cannot fail.
            let _ = write!(text, "{:>13}", of_kind(kind));
        }
        text + end
    };
    let headings: String = KINDS.iter().map(|(_, heading)| format!("{heading:>13}")).collect();
    line(format!("{:<9}{:>8}{:>9}{headings}{:>10}  reviewed", "language", "lemmas", "forms", "examples"));
    for l in &counts.languages {
        let of_kind = |kind| l.kinds.get(&kind).copied().unwrap_or(0);
        let end = format!("{:>10}  {}", l.examples, if l.reviewed { "yes" } else { "no" });
        line(row(&l.language, l.lemmas, l.forms, &of_kind, &end));
    }
    let examples: usize = counts.languages.iter().map(|l| l.examples).sum();
    line(row("all", counts.lemmas(), counts.forms(), &|kind| counts.of_kind(kind), &format!("{examples:>10}")));
    line(String::new());
    for c in &counts.code_words {
        line(format!("code words, {:?}, {:?}: {}", c.attested, c.sharing, c.lemmas).to_lowercase());
    }
    out
}
