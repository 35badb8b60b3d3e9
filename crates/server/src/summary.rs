//! The readable summary of an evidence package, made from what the package holds and from nothing else: what is sealed there
//! does not stand here, nor does what reviewers decided or wrote, which no package carries.

use crate::console::case::{by_weight, cue_kind};
use crate::console::words;
use crate::notices::render::{line, lines};
use crate::store::word;
use spotter_model::assessment::{Level, Reportable};
use spotter_model::package::{Absence, Absent, Listed};
use spotter_model::report::{Choice, Source};
use spotter_model::{Receipt, Report};
use spotter_pdf::{Block, Document, Says, Text};

/// Most reasons and most species that are written out; the rest is counted.
const SHOWN: usize = 24;

/// What a summary is written from.
pub struct Facts<'a> {
    /// The report. Its sealed fields are not read.
    pub report: &'a Report,
    /// What the endpoint's receipt says.
    pub receipt: &'a Receipt,
    /// The spotter's name within this case.
    pub spotter: &'a str,
    /// Fingerprint of the endpoint's key.
    pub fingerprint: &'a str,
    /// When the package is made.
    pub made_at: &'a str,
    /// The other files of the package.
    pub files: &'a [Listed],
    /// What is not in it.
    pub absent: &'a [Absent],
}

struct Blocks(Vec<Block>);

impl Blocks {
    fn head(&mut self, words: &str) {
        self.0.push(Block::Heading(words.to_owned()));
    }

    fn say(&mut self, words: impl Into<String>) {
        self.0.push(Block::Paragraph(words.into()));
    }

    /// Ours; nothing where it is empty.
    fn own(&mut self, label: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.0.push(Block::Field(label.to_owned(), Text::Own(value)));
        }
    }

    /// Of the page or of the spotter; nothing where it is empty.
    fn foreign(&mut self, label: &str, value: &str) {
        if !value.trim().is_empty() {
            self.0.push(Block::Field(label.to_owned(), Text::Foreign(lines(value))));
        }
    }
}

fn time(stored: &str) -> String {
    crate::clock::plain(&line(stored, 32))
}

/// The summary.
#[must_use]
pub fn document(facts: &Facts<'_>) -> Document {
    let Facts { report, receipt, .. } = facts;
    let number = line(&receipt.number, 32);
    let mut b = Blocks(vec![]);
    b.say(
        "This is a summary for reading. It was written by the endpoint from the other files of this package, which count where they differ. \
         A bar stands beside words that are the listing's or the spotter's own. What is said of protected wildlife is likely, not established; of the law nothing is said.",
    );
    b.own("Report", &number);
    b.own("Reported by", format!("{}: a name that holds within this case alone", facts.spotter));
    b.own("Package made", format!("{} by the endpoint's clock", time(facts.made_at)));
    listing(&mut b, report);
    told(&mut b, report);
    why(&mut b, report);
    b.head("Receipt");
    b.own("Number", &number);
    b.own("Received", format!("{} by the endpoint's clock", time(&receipt.received_at)));
    b.own("SHA-256 of the report", line(&receipt.body_sha256, 64));
    b.own("Key of the endpoint", format!("fingerprint {}", facts.fingerprint));
    if receipt.joined {
        b.say("The listing had been reported before.");
    }
    b.say("The receipt is signed by the endpoint. It says that the endpoint had the report then; it does not say that the seller posted anything.");
    files(&mut b, facts);
    b.head("To check this package");
    b.say("spotter verify compares every file with the signed list, without a connection. Have the endpoint's fingerprint from somebody else than whoever gave you the package: no package can vouch for itself.");
    Document {
        lang: "en".to_owned(),
        title: format!("Summary of report {number}"),
        author: String::new(),
        foot: number,
        made_at: facts.made_at.to_owned(),
        blocks: b.0,
        says: Says {
            missing: "Not shown here: {count} characters for which the server that made this file has no font ({scripts}). Each is marked \u{fffd}. They stand in the report's own file.".into(),
            cut: "This summary is cut here: what it is made of is longer. The other files of the package are whole.".into(),
            ..Says::default()
        },
    }
}

fn listing(b: &mut Blocks, report: &Report) {
    let l = &report.listing;
    b.head("Listing");
    b.foreign("Marketplace", &report.place.marketplace);
    b.foreign("Address", &report.place.url_canonical);
    b.foreign("Id there", &report.place.listing_id);
    b.foreign("Title", &l.title);
    b.foreign("Price", &l.price);
    b.foreign("Category", &l.category);
    b.foreign("Seller's public name", &l.seller);
    b.foreign("Place named", &l.location);
    b.foreign("Description", &l.description);
    if report.card_only {
        b.say("It was read from a page of results, not from the listing's own page.");
    }
}

fn told(b: &mut Blocks, report: &Report) {
    b.head("What was reported, and when");
    b.own("Page read", format!("{} by the device's clock", time(&report.matched_at)));
    b.own("Reported", format!("{} by the device's clock", time(&report.created_at)));
    if report.source == Source::Pasted {
        b.say("The spotter pasted a link and what else was known; nothing was read from the marketplace.");
    }
    match &report.chosen {
        Choice::NotAsked => {}
        Choice::NotSure => b.own("Taken for", "the spotter was not sure"),
        Choice::Taxa { taxa } => {
            let all: Vec<String> = taxa.iter().map(|t| line(&t.scientific_name, 80)).collect();
            b.own("Taken for", all.join("; "));
        }
    }
    let marks: Vec<String> = report.marks.iter().map(|id| line(&words::mark(id), 200)).collect();
    b.own("Marks that were seen", marks.join("; "));
    b.own("Methods that were ticked", concepts(&report.methods_ticked));
    b.foreign("The spotter's words", &report.note);
    if report.no_contact_made {
        b.say("The spotter states that no contact with the seller was made.");
    }
}

fn concepts(ids: &[String]) -> String {
    ids.iter().map(|id| line(&words::concept(id), 120)).collect::<Vec<_>>().join("; ")
}

fn why(b: &mut Blocks, report: &Report) {
    let a = &report.assessment;
    b.head("Reasons");
    let level = match a.level {
        Level::None => "nothing, or too little",
        Level::Possible => "possible: worth a look",
        Level::Likely => "likely",
    };
    let disguised = if a.disguised { "; a word was disguised" } else { "" };
    b.own("Detector's answer", format!("{level}, {:.0} %{disguised}", a.score.clamp(0.0, 1.0) * 100.0));
    if report.missed_by_detector {
        b.say("The detector had not flagged it: the spotter found it.");
    }
    b.own("Groups", a.groups.iter().map(|g| words::plain(&word(g))).collect::<Vec<_>>().join(", "));
    let taxa = a.taxa.iter().take(SHOWN).map(|t| format!("{} ({})", line(&t.scientific_name, 80), words::listings(t)));
    b.own("Likely species", taxa.collect::<Vec<_>>().join("; "));
    b.own("Trade terms", a.commodities.iter().map(|c| line(&words::product(c), 80)).collect::<Vec<_>>().join(", "));
    b.own("The seller claims", concepts(&a.claims));
    b.own("Methods", concepts(&a.methods));
    let reportable = match a.reportable {
        Reportable::Yes => "a dated rule of the lexicon says so",
        Reportable::Check => "no rule is held for it: a person has to check",
        Reportable::No => "a rule of the lexicon says that this is usually fine here",
    };
    b.own("Worth reporting", reportable);
    let rows = by_weight(&a.cues);
    for (concept, kind, weight, quotes) in rows.iter().take(SHOWN) {
        let label = format!("{weight:+.1} {}: {}", cue_kind(*kind), line(&words::concept(concept), 64));
        let quotes: Vec<String> = quotes.iter().map(|q| line(q, 80)).collect();
        b.foreign(&label, &quotes.join("\n"));
    }
    if rows.len() > SHOWN {
        b.say(format!("{} more reasons are in the report.", rows.len() - SHOWN));
    }
}

fn files(b: &mut Blocks, facts: &Facts<'_>) {
    b.head("Files of this package");
    for file in facts.files {
        b.own(
            &file.name.replace("evidence/", "").chars().take(24).collect::<String>(),
            format!("{} bytes, SHA-256 {}", file.bytes, file.sha256),
        );
    }
    for part in facts.absent {
        let why = match part.why {
            Absence::Sealed => "sealed at the endpoint",
            Absence::Erased => "erased",
            Absence::NotReceived => "had not arrived",
            Absence::NotMade => "not made",
        };
        b.own(&part.name.chars().take(24).collect::<String>(), why);
    }
    for item in facts
        .report
        .evidence
        .iter()
        .filter(|e| !e.has_blob())
        .filter(|e| e.state != spotter_model::report::EvidenceState::Included)
    {
        b.own(&words::plain(&word(&item.kind)), words::plain(&word(&item.state)));
    }
}
