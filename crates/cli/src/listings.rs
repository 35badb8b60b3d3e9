//! `spotter lexicon listings`: a sample of taxa with what they are listed as and the rule that decided.
//!
//! Owns: the sample and its lines. The listings are the detector's own answer to the scientific name.

use crate::{End, Failure, lexicon};
use spotter_detector::Detector;
use spotter_detector::lexicon::register::{DecidedBy, Entry};
use spotter_model::{CitesListing, Date, Listing};
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
    println!("{} of {all} taxa whose listing follows from a rule, as of {as_of}, seed {seed}", derived.len());
    println!("taxon\tgroup\tlistings\trule\tsource\tstatus");
    for entry in derived {
        let found = answer(&detector, &entry.scientific_name, &entry.id, as_of);
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

/// What the detector answers for a name alone: the listings of that taxon, empty where it is not listed then.
pub fn answer(detector: &Detector, name: &str, id: &str, as_of: Date) -> Option<Vec<CitesListing>> {
    let assessment = detector.assess(&Listing { title: name.to_owned(), ..Listing::default() }, as_of);
    if let Some(taxon) = assessment.taxa.iter().find(|t| t.id == id) {
        return Some(taxon.listings.clone());
    }
    let concept = format!("name.taxon.{id}");
    assessment.cues.iter().any(|c| c.concept == concept).then(Vec::new)
}

/// Listings in one line.
pub fn describe(listings: &[CitesListing]) -> String {
    let mut text = String::new();
    for listing in listings {
        if !text.is_empty() {
            text.push_str("; ");
        }
        let _ = write!(text, "{:?}", listing.appendix);
        if let Some(population) = &listing.population {
            let _ = write!(text, " ({population})");
        }
        if let Some(from) = listing.from {
            let _ = write!(text, " since {from}");
        }
    }
    if text.is_empty() { "not listed".to_owned() } else { text }
}
