//! A notice in words and for machines. Owns its forms: text, JSON (the core of XARF 4), a row of a spreadsheet, and the parts from
//! which text and PDF are made.
//!
//! Text of a listing is foreign: one line, without hidden characters, cut.

use super::{Clause, Ground, Letter, words};
use crate::console::text::attribute;
use serde::{Deserialize, Serialize};
use serde_json::json;
use spotter_law::Quoted;
use spotter_model::{Appendix, TaxonMatch};

/// The columns of a company's weekly file. The last comes back from the company: `yes` where the notice was wrong.
pub const COLUMNS: [&str; 8] =
    ["item_id", "address", "kind", "ground", "notice", "seen_at", "answer_link", "false_positive"];

/// What goes out, as it was previewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    /// The language it is in.
    pub lang: String,
    /// One line.
    pub subject: String,
    /// The whole text.
    pub text: String,
    /// What the text consists of. Empty in notices that were written before it was kept.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// For machines.
    pub json: serde_json::Value,
    /// The cells of [`COLUMNS`], not yet quoted.
    pub cells: Vec<String>,
}

/// A paragraph of a notice, or labels with what they stand for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Sentences.
    Words(String),
    /// Lines of facts.
    Facts(Vec<Fact>),
    /// Statements, each a paragraph.
    Stated(Vec<Fact>),
}

/// A label and what stands behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// In the notice's language.
    pub label: String,
    /// What it stands for.
    pub value: String,
    /// It is the listing's own text.
    pub foreign: bool,
}

impl Part {
    fn text(&self) -> String {
        let all = |facts: &[Fact], between: &str| {
            facts.iter().map(|f| format!("{}: {}", f.label, f.value)).collect::<Vec<_>>().join(between)
        };
        match self {
            Self::Words(words) => words.clone(),
            Self::Facts(facts) => all(facts, "\n"),
            Self::Stated(facts) => all(facts, "\n\n"),
        }
    }
}

fn facts(labels: &[&str], values: &[String], foreign: &[bool]) -> Vec<Fact> {
    let all = labels.iter().zip(values).zip(foreign);
    all.map(|((label, value), foreign)| Fact { label: (*label).to_owned(), value: value.clone(), foreign: *foreign })
        .collect()
}

impl Rendered {
    /// What is left of a notice whose case was erased.
    #[must_use]
    pub fn erased() -> Self {
        let words = "What stood here was erased.".to_owned();
        let (json, parts, cells) = (serde_json::Value::Null, vec![], vec![]);
        Self { lang: "en".into(), subject: words.clone(), text: words, parts, json, cells }
    }
}

/// One line, cut; what is hidden becomes visible.
pub(crate) fn line(text: &str, chars: usize) -> String {
    let plain = attribute(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", &plain[..at]),
        None => plain,
    }
}

/// Several lines; what is hidden becomes visible, line breaks stay.
pub(crate) fn lines(text: &str) -> String {
    text.lines().map(|l| attribute(l).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The id as the company writes it; the address where the listing has none.
fn item(letter: &Letter<'_>) -> String {
    let facts = letter.facts;
    if facts.item.trim().is_empty() {
        return line(&facts.address, 2_048);
    }
    words::fill(letter.item_format, &[("id", &line(&facts.item, 128))])
}

fn appendices(taxon: &TaxonMatch) -> Vec<Appendix> {
    let mut all: Vec<Appendix> = taxon.listings.iter().map(|l| l.appendix).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn species(letter: &Letter<'_>) -> String {
    let w = letter.words;
    let one = |taxon: &TaxonMatch| {
        let all = appendices(taxon);
        let names: Vec<String> = all.iter().map(crate::store::word).collect();
        let listed = words::fill(w.listed[all.len().min(2)], &[("appendices", &names.join("/"))]);
        format!("{} ({listed})", line(&taxon.scientific_name, 80))
    };
    if letter.facts.taxa.is_empty() {
        return w.no_taxa.to_owned();
    }
    letter.facts.taxa.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn clause_line(w: &words::Words, clause: &Clause) -> String {
    let said = [("title", clause.title.as_str()), ("address", &clause.address), ("read", &clause.read_on)];
    words::fill(w.clause, &said)
}

/// Where the rule stands; in English also what it asks, for that sentence is English.
fn law_line(w: &words::Words, rule: Quoted<'_>) -> String {
    let source = rule.source();
    let date = rule.text_date().to_string();
    let said =
        [("title", source.title.as_str()), ("article", &source.article), ("date", &date), ("address", &source.address)];
    let line = words::fill(w.law, &said);
    if w.lang == "en" { format!("{line}\n{}", rule.asks()) } else { line }
}

fn law_for_machines(rule: Quoted<'_>) -> serde_json::Value {
    let source = rule.source();
    json!({ "id": rule.id(), "title": source.title, "article": source.article, "address": source.address,
        "text_of": rule.text_date().to_string(), "excerpt": source.excerpt })
}

/// All forms of a notice.
#[must_use]
pub fn render(letter: &Letter<'_>) -> Rendered {
    let (w, facts, org) = (letter.words, letter.facts, letter.organisation);
    let (item, species, seen) = (item(letter), species(letter), line(&facts.seen_at, 32));
    let (title, address) = (line(&facts.title, 200), line(&facts.address, 2_048));
    let places = [
        ("organisation", org.name.as_str()),
        ("contact", org.contact.as_str()),
        ("by", org.trusted_by.as_str()),
        ("number", letter.number),
        ("item", item.as_str()),
        ("link", letter.answer),
    ];
    let fill = |sentence: &str| words::fill(sentence, &places);
    let (subject, intro) = match letter.ground {
        Ground::Policy(_) => (w.subject_policy, w.intro_policy),
        Ground::Dsa16 { .. } => (w.subject_dsa16, w.intro_dsa16),
    };
    let mut parts = vec![Part::Words(fill(intro))];
    let what = [title.clone(), address.clone(), item.clone(), crate::clock::plain(&seen), species];
    parts.push(Part::Facts(self::facts(&w.labels, &what, &[true, true, true, false, false])));
    let (ground, machine) = match letter.ground {
        Ground::Policy(clause) => {
            parts.push(Part::Words(clause_line(w, clause)));
            (
                clause.title.clone(),
                json!({ "clause": clause.title, "address": clause.address, "read_on": clause.read_on }),
            )
        }
        Ground::Dsa16 { provision, facts, missing, clause, law } => {
            parts.extend(clause.as_ref().map(|c| Part::Words(clause_line(w, c))));
            parts.extend(law.map(|rule| Part::Words(law_line(w, rule))));
            let said = [provision, facts, missing].map(|s| lines(s.as_str()));
            parts.push(Part::Stated(self::facts(&w.alleged, &said, &[false; 3])));
            parts.push(Part::Words(fill(w.good_faith)));
            if letter.trusted() {
                parts.push(Part::Words(fill(w.trusted)));
            }
            let [provision, facts, missing] = &said;
            let machine = json!({ "provision": provision, "facts": facts, "missing_proof": missing,
                "good_faith": fill(w.good_faith), "trusted_flagger": letter.trusted(),
                "clause": clause.as_ref().map(|c| &c.title), "law": law.map(law_for_machines) });
            (line(provision, 200), machine)
        }
    };
    parts.push(Part::Words(fill(w.answer)));
    parts.push(Part::Words(fill(w.end)));
    let kind = crate::store::word(&letter.ground.kind());
    let who = json!({ "org": org.name, "contact": org.contact, "domain": org.domain });
    let taxa: Vec<_> = facts
        .taxa
        .iter()
        .map(|t| json!({ "scientificName": line(&t.scientific_name, 80), "cites": appendices(t) }))
        .collect();
    let json = json!({
        "xarf_version": "4.0.0",
        "report_id": letter.uuid,
        "timestamp": seen,
        "reporter": who,
        "sender": who,
        "source_identifier": facts.marketplace,
        "category": "content",
        "type": "wildlife_trade",
        "evidence_source": "user_report",
        "description": fill(intro),
        "wildlife_notice": {
            "number": letter.number, "kind": kind, "language": w.lang, "address": address, "item_id": item,
            "title": title, "taxa": taxa, "ground": machine, "answer": letter.answer,
        },
    });
    let cells = vec![
        item.clone(),
        address,
        kind,
        ground,
        letter.number.to_owned(),
        seen,
        letter.answer.to_owned(),
        String::new(),
    ];
    Rendered {
        lang: w.lang.to_owned(),
        subject: line(&fill(subject), 200),
        text: parts.iter().map(Part::text).collect::<Vec<_>>().join("\n\n") + "\n",
        parts,
        json,
        cells,
    }
}
