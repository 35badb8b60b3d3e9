//! Whether every example of the lexicon holds. Owns nothing but the question; the detector answers it.

use super::source::{Problem, Sources};
use crate::Detector;
use spotter_model::{Date, Listing};

/// Runs every example of every language, as a title, through a detector built from the sources.
#[must_use]
pub fn check(sources: &Sources, detector: &Detector, as_of: Date) -> Vec<Problem> {
    let mut problems = vec![];
    for (file, words) in &sources.words {
        for example in &words.example {
            let listing = Listing { title: example.text.clone(), ..Listing::default() };
            let cues = detector.assess(&listing, as_of).cues;
            for (ids, wanted) in [(&example.finds, true), (&example.not, false)] {
                for id in ids.iter().filter(|id| cues.iter().any(|cue| cue.concept == **id) != wanted) {
                    let what = if wanted { "must be found in" } else { "must not be found in" };
                    let what = format!("it {what} {:?}: correct the words or the example", example.text);
                    problems.push(Problem::new(file, Some(id), what));
                }
            }
        }
    }
    problems
}
