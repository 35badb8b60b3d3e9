//! A document in any script, typeset into a PDF. Owns its model, its bounds, its fonts and its pages.
//!
//! Lines are shaped and broken by `parley`, the file is written by `krilla`: only the glyphs that are used are in it, text
//! can be copied out of it again, and it is tagged, so that a screen reader reads titles, fields and quotes as such (PDF/UA-1
//! is asked for, and what does not keep to it is not written). Nothing here knows a case, a notice or a database; no clock is read and nothing is
//! fetched, so that the same document and the same fonts give the same bytes. Text is hostile: what hides or moves other text becomes
//! a visible sign, what no font can show is counted and named at the end, and length, lines and pages are bounded.

mod fonts;
mod page;
mod text;
mod write;

pub use fonts::Fonts;

/// Most characters of one text; what is beyond is cut.
pub const TEXT_CHARS: usize = 20_000;
/// Most characters of a document.
pub const DOCUMENT_CHARS: usize = 120_000;
/// Most pages. What is beyond is cut.
pub const PAGES: usize = 120;

/// What is to be typeset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// BCP-47 of what the document says itself.
    pub lang: String,
    /// Its title: at the top, and in the file's properties.
    pub title: String,
    /// Who says it: an organisation.
    pub author: String,
    /// At the foot of every page, before the number.
    pub foot: String,
    /// When it was made, RFC 3339 UTC; empty: the file does not say.
    pub made_at: String,
    /// What follows the title.
    pub blocks: Vec<Block>,
    /// The typesetter's own sentences.
    pub says: Says,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// The document's own words; every line of them stands for itself.
    Paragraph(String),
    /// A label and what it stands for.
    Field(String, Text),
    /// Somebody else's words, with a bar beside them.
    Quote(String),
}

/// What stands in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// The document's own words.
    Own(String),
    /// Somebody else's words: with a bar beside them, in their own direction.
    Foreign(String),
}

/// What the typesetter itself has to say, in the document's language.
#[derive(Clone, Debug, PartialEq)]
pub struct Says {
    /// Before the number of a page and of all pages: `{page}`, `{pages}`.
    pub page: String,
    /// Where no font has a character: `{count}`, `{scripts}`.
    pub missing: String,
    /// Where the document is longer than it may be.
    pub cut: String,
}

impl Default for Says {
    fn default() -> Self {
        Self {
            page: "Page {page} of {pages}".into(),
            missing:
                "Not shown: {count} characters, for which this server has no font ({scripts}). Each is marked \u{fffd}."
                    .into(),
            cut: "This document is cut here: it is longer than can be shown.".into(),
        }
    }
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// No folder has a font for plain Latin letters.
    #[error("there is no font in {0}")]
    NoFonts(String),
    /// The library refused what it was given.
    #[error("the PDF could not be written: {0}")]
    Refused(String),
}

/// Typesets a document.
///
/// # Errors
/// See [`NotMade`].
pub fn typeset(fonts: &Fonts, document: &Document) -> Result<Vec<u8>, NotMade> {
    let mut fonts = fonts.lock();
    let pages = page::lay(&mut fonts, document);
    write::pdf(document, &pages)
}
