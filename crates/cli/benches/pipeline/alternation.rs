//! What a plain search by regular expression takes: one alternation of all surface forms, alone and in a pipeline.
//!
//! The pipeline does what any honest one must: it folds case and marks, and maps what it found back to the original.
//! It does not decide what stands and weighs nothing.

use regex::{Regex, RegexBuilder};
use spotter_detector::normalize::tables::{self, Class};
use unicode_normalization::char::decompose_compatible;

/// One alternation, longest forms first, as the first that fits counts.
pub fn build(patterns: &[String]) -> Regex {
    let mut escaped: Vec<String> = patterns.iter().map(|p| regex::escape(p)).collect();
    escaped.sort_by_key(|p| std::cmp::Reverse(p.len()));
    RegexBuilder::new(&escaped.join("|")).size_limit(1 << 30).build().expect("the built-in patterns")
}

/// Folds a text in the simplest way that keeps a map, searches it, and maps back; says how many bytes of the
/// original were found.
pub fn pipeline(regex: &Regex, original: &str, folded: &mut String, map: &mut Vec<u32>) -> usize {
    folded.clear();
    map.clear();
    for (at, c) in original.char_indices() {
        let mut put = |c: char| {
            if tables::class(c) == Class::Plain || c.is_ascii() {
                c.to_lowercase().for_each(|c| folded.push(c));
                map.resize(folded.len(), at as u32);
            }
        };
        if c.is_ascii() { put(c) } else { decompose_compatible(c, put) }
    }
    let source = |at: usize| map.get(at).map_or(original.len(), |&at| at as usize);
    regex.find_iter(folded).map(|m| source(m.end()).saturating_sub(source(m.start()))).sum()
}
