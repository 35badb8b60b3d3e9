//! A bare matcher over synthetic patterns, for breadth beyond today's lexicon.

use spotter_model::{Field, Listing};

#[cfg(feature = "daachorse")]
pub struct Engine(daachorse::CharwiseDoubleArrayAhoCorasick<u32>);
#[cfg(not(feature = "daachorse"))]
pub struct Engine(aho_corasick::AhoCorasick);

#[cfg(all(not(feature = "snapshot"), feature = "daachorse"))]
pub static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/automaton.bin"));
#[cfg(all(not(feature = "snapshot"), not(feature = "daachorse")))]
pub static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/patterns.txt"));

impl Engine {
    #[cfg(feature = "daachorse")]
    pub fn new(bytes: &[u8]) -> Self {
        Self(daachorse::CharwiseDoubleArrayAhoCorasick::deserialize(bytes).expect("made by the build script").0)
    }

    #[cfg(not(feature = "daachorse"))]
    pub fn new(bytes: &[u8]) -> Self {
        let patterns = std::str::from_utf8(bytes).expect("made by the build script");
        let automaton = aho_corasick::AhoCorasick::builder()
            .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
            .match_kind(aho_corasick::MatchKind::LeftmostLongest)
            .build(patterns.lines());
        Self(automaton.expect("made by the build script"))
    }

    pub fn cues(&self, listing: &Listing) -> u32 {
        let mut found = 0;
        for field in Field::ALL {
            #[cfg(feature = "daachorse")]
            let matches = self.0.leftmost_find_iter(listing.text(field)).count();
            #[cfg(not(feature = "daachorse"))]
            let matches = self.0.find_iter(listing.text(field)).count();
            found += u32::try_from(matches).unwrap_or(u32::MAX);
        }
        found
    }

    pub fn assess(&self, listing: &Listing) -> String {
        format!("{{\"cues\":{}}}", self.cues(listing))
    }
}
