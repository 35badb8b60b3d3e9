//! Cues -> assessment.
//!
//! Owns: which matches stand, what they add up to, and the answer in words. Never: reads a clock, a file or a
//! pack; asks the same question twice.

mod explain;
mod features;
mod gather;
mod grams;
mod host;
mod latin;
mod phrase;
pub mod policy;
mod score;
pub mod sentences;
mod standing;
mod sum;
mod what;

#[cfg(feature = "sources")]
use crate::lexicon::Feature;
use crate::lexicon::Lexicon;
use crate::lexicon::policy::Rule;
use crate::matching::Engine;
use spotter_model::{Assessment, Date, Level, Listing};

pub(crate) use explain::explain;

/// Buffers for a batch: what one assessment leaves in them, the next one writes over.
#[derive(Debug, Default)]
pub struct Scratch(gather::Found);

/// Assesses one listing, by the lexicon's rules and by those of a round.
pub(crate) fn assess(
    (lexicon, engine): (&Lexicon, &Engine),
    Scratch(found): &mut Scratch,
    focus: &[Rule],
    listing: &Listing,
    as_of: Date,
) -> Assessment {
    gather::gather(lexicon, engine, listing, found);
    if found.hits.is_empty() {
        return score::nothing(lexicon, listing);
    }
    let mut a = score::score(lexicon, listing, found, as_of);
    if a.level > Level::None {
        let decision = policy::decide(lexicon, focus, &listing.url, &a, as_of);
        a.reportable = decision.reportable;
        a.grounds = decision.grounds.iter().map(|g| g.rule.id.clone()).collect();
    }
    a
}

/// What the model sees of one listing: every feature that is not 0, with its value. The input of fitting.
#[cfg(feature = "sources")]
pub(crate) fn values(lexicon: &Lexicon, engine: &Engine, listing: &Listing, as_of: Date) -> Vec<(Feature, f64)> {
    let mut found = gather::Found::default();
    gather::gather(lexicon, engine, listing, &mut found);
    score::values(lexicon, listing, &found, as_of).0.into_iter().map(|v| (v.feature, v.value)).collect()
}
