//! Cues -> assessment.
//!
//! Owns: which matches stand, what they add up to, and the answer in words. Never: reads a clock, a file or a
//! pack; asks the same question twice.

mod explain;
mod gather;
mod score;

use crate::lexicon::Lexicon;
use crate::matching::Engine;
use spotter_model::{Assessment, Date, Listing};

pub(crate) use explain::explain;

/// Assesses one listing.
pub(crate) fn assess(lexicon: &Lexicon, engine: &Engine, listing: &Listing, as_of: Date) -> Assessment {
    let found = gather::gather(lexicon, engine, listing);
    if found.hits.is_empty() {
        return score::nothing(lexicon, listing);
    }
    score::score(lexicon, listing, &found, as_of)
}
