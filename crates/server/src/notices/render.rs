//! A notice in words and for machines. Owns its forms: text, JSON (the core of XARF 4), a row of a spreadsheet, and the parts from
//! which text and PDF are made.
//!
//! Text of a listing is foreign: one line, without hidden characters, cut.

use super::{Clause, Ground, Letter, words};
use crate::console::text::attribute;
use crate::store::organisations::NAME_CHARS;
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

/// The whole text of these parts.
fn whole(parts: &[Part]) -> String {
    parts.iter().map(Part::text).collect::<Vec<_>>().join("\n\n") + "\n"
}

fn facts(labels: &[&str], values: &[String], foreign: &[bool]) -> Vec<Fact> {
    let all = labels.iter().zip(values).zip(foreign);
    all.map(|((label, value), foreign)| Fact { label: (*label).to_owned(), value: value.clone(), foreign: *foreign })
        .collect()
}

impl Rendered {
    /// Name and address of the organisation that speaks, as they were when the notice was made.
    #[must_use]
    pub fn speaker(&self) -> (&str, &str) {
        let said = |key: &str| self.json["reporter"][key].as_str().unwrap_or_default();
        (said("org"), said("contact"))
    }

    /// The same without the sentence that the organisation is a trusted flagger; everything else stays letter by letter. `None` where
    /// that sentence cannot be told from the others.
    #[must_use]
    pub fn unmarked(&self) -> Option<Self> {
        let mut new = self.clone();
        let ground = new.json.pointer_mut("/wildlife_notice/ground")?;
        if ground.get("trusted_flagger") != Some(&serde_json::Value::Bool(true)) {
            return Some(new);
        }
        let good_faith = ground.get("good_faith")?.as_str()?.to_owned();
        ground["trusted_flagger"] = false.into();
        // It stands right behind the statement of good faith; the last such, since a reviewer may have quoted one.
        if new.parts.is_empty() {
            let mut paragraphs: Vec<&str> = self.text.split("\n\n").collect();
            let at = paragraphs.iter().rposition(|p| *p == good_faith)? + 1;
            // Behind it come the way to answer and the end.
            if at + 2 >= paragraphs.len() {
                return None;
            }
            paragraphs.remove(at);
            new.text = paragraphs.join("\n\n");
        } else {
            let at = new.parts.iter().rposition(|p| *p == Part::Words(good_faith.clone()))? + 1;
            if at + 2 >= new.parts.len() {
                return None;
            }
            new.parts.remove(at);
            new.text = whole(&new.parts);
        }
        Some(new)
    }

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
    let (name, by) = (line(&org.name, NAME_CHARS), line(&org.trusted_by, NAME_CHARS));
    let contact = line(&org.contact, 254);
    let places = [
        ("organisation", name.as_str()),
        ("contact", contact.as_str()),
        ("by", by.as_str()),
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
    let who = json!({ "org": name, "contact": contact, "domain": org.domain });
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
    Rendered { lang: w.lang.to_owned(), subject: line(&fill(subject), 200), text: whole(&parts), parts, json, cells }
}

#[cfg(test)]
mod tests {
    use super::{Part, Rendered, render};
    use crate::notices::{Facts, Ground, Letter, Organisation, Statement, words};
    use proptest::prelude::*;

    fn notice(by: &str, lang: &str, facts: &str) -> Rendered {
        let said = |text: &str| Statement::read(text).unwrap();
        let (provision, missing) = (said("Synthetic Act, section 1"), said("No certificate is shown."));
        let ground = Ground::Dsa16 { provision, facts: said(facts), missing, clause: None, law: None };
        let organisation = Organisation {
            name: "Example Trust".into(),
            contact: "notices@trust.example".into(),
            domain: "trust.example".into(),
            trusted_by: by.into(),
        };
        let seen = Facts {
            address: "https://market.example/item/1".into(),
            marketplace: "market.example".into(),
            item: "1".into(),
            title: "Carving".into(),
            seen_at: "2026-11-23T22:13:50Z".into(),
            taxa: vec![],
        };
        render(&Letter {
            organisation: &organisation,
            facts: &seen,
            ground: &ground,
            number: "WN-2026-000001",
            uuid: "u",
            answer: "https://reports.example.org/answer/x",
            words: words::of(lang),
            item_format: "{id}",
        })
    }

    proptest! {
        /// Whatever a reviewer wrote, the notice's own sentences among it.
        #[test]
        fn without_the_mark_a_notice_is_what_it_would_have_been(
            lang in prop::sample::select(vec!["en", "de", "fr", "es"]),
            typed in "x[a-z \n]{0,60}",
            quotes in 0_usize..3,
        ) {
            let marked = notice("Example Authority", lang, "x");
            let own = marked.parts.iter().filter_map(|p| if let Part::Words(w) = p { Some(w.as_str()) } else { None });
            let quoted = own.collect::<Vec<_>>().join("\n\n");
            let facts = format!("{typed}\n\n{}{typed}", format!("{quoted}\n\n").repeat(quotes));
            let facts: String = facts.chars().take(crate::notices::STATEMENT_CHARS).collect();
            let (marked, plain) = (notice("Example Authority", lang, &facts), notice("", lang, &facts));
            prop_assert_ne!(&marked.text, &plain.text);
            prop_assert_eq!(marked.unmarked(), Some(plain.clone()));
            prop_assert_eq!(plain.unmarked(), Some(plain.clone()));
            // As an earlier version kept it: the text alone.
            let old = Rendered { parts: vec![], ..marked };
            prop_assert_eq!(old.unmarked().map(|r| r.text), Some(plain.text));
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_left() {
        let mut bent = notice("Example Authority", "en", "x");
        bent.parts.retain(|p| !matches!(p, Part::Words(w) if w.contains("good faith")));
        assert_eq!(bent.unmarked(), None);
        bent.parts.clear();
        bent.text = "Something else.\n".into();
        assert_eq!(bent.unmarked(), None);
        assert_eq!(Rendered::erased().unmarked(), None);
    }
}
