//! Whether every example of the lexicon holds. Owns nothing but the question; the detector answers it.

use super::source::{Problem, Sources};
use crate::Detector;
use spotter_model::{Date, Listing};

/// Runs every `must` and `mustnot` of the sources, as a title, through a detector built from them.
#[must_use]
pub fn check(sources: &Sources, detector: &Detector, as_of: Date) -> Vec<Problem> {
    let mut problems = vec![];
    for (file, entry) in &sources.concepts {
        for (examples, wanted) in [(&entry.must, true), (&entry.mustnot, false)] {
            for example in examples {
                let listing = Listing { title: example.text.clone(), ..Listing::default() };
                let found = detector.assess(&listing, as_of).cues.iter().any(|cue| cue.concept == entry.id);
                if found != wanted {
                    let what = if wanted { "must be found in" } else { "must not be found in" };
                    problems.push(Problem::new(
                        file,
                        Some(&entry.id),
                        format!("it {what} {:?}: correct the terms or the example", example.text),
                    ));
                }
            }
        }
    }
    problems
}
