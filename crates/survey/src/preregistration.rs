//! A protocol in readable text, with the hash that names it: what a lead puts on record before anyone looks.

use crate::canonical;
use crate::share;
use spotter_model::survey::{GroundKind, Protocol, Sampling};
use std::fmt::Write as _;

/// A ground in words.
#[must_use]
pub const fn ground(kind: GroundKind) -> &'static str {
    match kind {
        GroundKind::Public => "pages that anybody may open",
        GroundKind::Permission => "the marketplace's permission",
        GroundKind::Dsa40 => "Article 40(12) of Regulation (EU) 2022/2065",
        GroundKind::Research => "a research ground",
    }
}

/// How much is looked at, in a sentence.
#[must_use]
pub fn sampling(sampling: &Sampling) -> String {
    match sampling {
        Sampling::Census { depth } => format!("All results of each search, from the first to place {depth}."),
        Sampling::RandomPages { pages, of, seed } => format!(
            "{pages} of the first {of} result pages of each search: of the numbers 1 to {of}, those whose SHA-256 of seed \
             ({seed}), task and number, each on a line of its own, come first."
        ),
    }
}

/// The text. Its lines end in line feeds; nothing in it depends on when it is written.
#[must_use]
pub fn text(protocol: &Protocol) -> String {
    let mut out = String::new();
    let mut say = |line: &str| {
        out.push_str(line);
        out.push('\n');
    };
    say("Preregistration of a survey");
    say("");
    say(&format!("Title: {}", protocol.title));
    say(&format!("Question: {}", protocol.question));
    say(&format!("Survey: {}, version {}", protocol.id, protocol.version));
    say(&format!(
        "SHA-256 of the protocol as canonical JSON (RFC 8785): {}",
        canonical::sha256(&canonical::json(protocol))
    ));
    say(&format!("Looking: {} to {}", protocol.from, protocol.until));
    let groups: Vec<_> = protocol.groups.iter().map(|g| g.word()).collect();
    say(&format!("Groups: {}", groups.join(", ")));
    say("");
    say("Marketplaces");
    for m in &protocol.markets {
        say(&format!("- {} ({}): {}. {}", m.host, m.country, ground(m.ground), m.ground_text));
        say(&format!("  search: {}", m.search));
    }
    say("");
    say("Search terms");
    for t in &protocol.terms {
        let place = if t.hosts.is_empty() { "all marketplaces".to_owned() } else { t.hosts.join(", ") };
        say(&format!("- {} ({}, {}): {place}", t.text, t.lang, t.group.word()));
    }
    say("");
    say(&format!("Searches: {}", share::tasks(protocol).len()));
    say(&format!("Sampling: {}", sampling(&protocol.sampling)));
    say(&format!(
        "Of the listings that the detector does not flag, 1 in {} is coded too. {} percent of the searches are done by two \
         coders independently.",
        protocol.unflagged_one_in, protocol.double_coded_percent
    ));
    for (title, sentences) in
        [("Counted is what meets all of these", &protocol.inclusion), ("Not counted", &protocol.exclusion)]
    {
        if !sentences.is_empty() {
            say("");
            say(title);
            for sentence in sentences {
                say(&format!("- {sentence}"));
            }
        }
    }
    say("");
    say("Planned figures");
    say("- advertisements and specimens by country, marketplace, group, product, and live or not");
    say("- shares with claims of legality and of age, with 95 % Wilson intervals; asking prices by currency");
    say("- Cohen's kappa and Krippendorff's alpha for each field of advertisements coded twice");
    say("- recall of the detector from the sample of unflagged listings, with a 95 % interval");
    say("- the total by Chapman's estimator from the searches done twice, with a 95 % interval");
    if !protocol.amendments.is_empty() {
        say("");
        say("Amendments");
        for a in &protocol.amendments {
            say(&format!("- version {} on {}: {}", a.version, a.on, a.reason));
        }
    }
    let _ = write!(out, "\nCanonical JSON\n{}\n", String::from_utf8_lossy(&canonical::json(protocol)));
    out
}
