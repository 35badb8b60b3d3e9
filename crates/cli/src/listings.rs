//! `spotter lexicon listings` and `changes`: a sample of taxa with what they are listed as and the rule that decided,
//! and the changes of the appendices that the register holds.
//!
//! Owns: the sample and both tables. The listings are those of the pack, in force on the day.

use crate::coverage::Known;
use crate::{End, Failure, lexicon};
use spotter_detector::lexicon::register::{self, DecidedBy, Entry, ListedEntry};
use spotter_model::Date;
use std::fmt::Write;
use std::path::Path;

/// Prints a seeded sample of the taxa whose listing a rule decided.
pub fn run(folder: &Path, sample: usize, seed: u64, as_of: Date) -> Result<End, Failure> {
    let (sources, _, detector) = lexicon::compiled(folder)?;
    let mut derived: Vec<&Entry> = sources.taxa.iter().filter(|t| t.decision.by == DecidedBy::Rule).collect();
    let all = derived.len();
    fastrand::Rng::with_seed(seed).shuffle(&mut derived);
    derived.truncate(sample);
    derived.sort_by(|a, b| a.id.cmp(&b.id));
    let known = Known::of(&detector, as_of);
    println!("{} of {all} taxa whose listing follows from a rule, as of {as_of}, seed {seed}", derived.len());
    println!("taxon\tgroup\tlistings\trule\tsource\tstatus");
    for entry in derived {
        let found = known.listings(&entry.scientific_name);
        let group = serde_json::to_value(entry.group).ok();
        println!(
            "{}\t{}\t{}\t{}\t{}\t{:?}",
            entry.scientific_name,
            group.as_ref().and_then(|g| g.as_str()).unwrap_or(""),
            found.map_or_else(|| "not found".to_owned(), |l| describe(&l)),
            if entry.decision.taxon == entry.scientific_name { "itself" } else { &entry.decision.taxon },
            entry.decision.source,
            entry.decision.status,
        );
    }
    Ok(End::Fine)
}

/// Prints the changes that the register holds, each taxon with what it is listed as on that day.
pub fn changes(folder: &Path, as_of: Date) -> Result<End, Failure> {
    let (_, _, detector) = lexicon::compiled(folder)?;
    let known = Known::of(&detector, as_of);
    let changes = register::read(folder, &mut vec![]).changes.map(|f| f.change).unwrap_or_default();
    let taxa: usize = changes.iter().map(|c| c.taxa.len()).sum();
    println!("{} changes of {taxa} taxa, as of {as_of}", changes.len());
    println!("taxon\twhat\tfrom\tbefore\tafter\tlisted now\tsource\tstatus");
    for change in &changes {
        for taxon in &change.taxa {
            println!(
                "{taxon}\t{}\t{}\t{}\t{}\t{}\t{}\t{:?}",
                change.what,
                change.from,
                describe(&change.before),
                describe(&change.after),
                known.listings(taxon).map_or_else(|| "not found".to_owned(), |l| describe(&l)),
                change.source,
                change.status,
            );
        }
    }
    Ok(End::Fine)
}

/// Listings in one line.
fn describe(listings: &[ListedEntry]) -> String {
    let mut text = String::new();
    for listing in listings {
        if !text.is_empty() {
            text.push_str("; ");
        }
        let _ = write!(text, "{:?}", listing.appendix);
        if let Some(population) = &listing.population {
            let _ = write!(text, " ({population})");
        }
    }
    if text.is_empty() { "not listed".to_owned() } else { text }
}
