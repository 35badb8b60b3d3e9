//! A notice as a document to be typeset: the parts of its text, and nothing that is not in it.

use super::render::{Fact, Part, Rendered};
use super::words;
use spotter_pdf::{Block, Document, Says, Text};

/// The document of a notice. `written_at` is when it was written, empty for a preview.
#[must_use]
pub fn document(rendered: &Rendered, number: &str, written_at: &str) -> Document {
    let w = words::of(&rendered.lang);
    Document {
        lang: rendered.lang.clone(),
        title: rendered.subject.clone(),
        // An organisation; no person is in it.
        author: rendered.json["reporter"]["org"].as_str().unwrap_or_default().to_owned(),
        foot: number.to_owned(),
        made_at: written_at.to_owned(),
        blocks: blocks(rendered),
        says: Says { page: w.page.to_owned(), missing: w.missing.to_owned(), cut: w.cut.to_owned() },
    }
}

fn blocks(rendered: &Rendered) -> Vec<Block> {
    // Written before its parts were kept.
    if rendered.parts.is_empty() {
        return rendered.text.split("\n\n").map(|p| Block::Paragraph(p.trim_end().to_owned())).collect();
    }
    let field = |fact: &Fact| {
        let value = fact.value.clone();
        Block::Field(fact.label.clone(), if fact.foreign { Text::Foreign(value) } else { Text::Own(value) })
    };
    rendered
        .parts
        .iter()
        .flat_map(|part| match part {
            Part::Words(words) => vec![Block::Paragraph(words.clone())],
            Part::Facts(facts) | Part::Stated(facts) => facts.iter().map(field).collect(),
        })
        .collect()
}
