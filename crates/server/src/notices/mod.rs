//! What a company is told about a listing: the facts of it and the ground, nothing else.
//!
//! Owns: the types from which a notice is made. [`Facts`] are taken from a report by name, field by field; the spotter's
//! note and name are not among them, and what reviewers write to each other has a type that nothing here takes:
//!
//! ```compile_fail
//! use spotter_server::console::notes::Note;
//! use spotter_server::notices::Statement;
//! let note = Note::read("Ask Kim about this seller.").unwrap();
//! let said: Statement = Statement::read(note).unwrap();
//! ```
//!
//! The same with words that were written for the company:
//!
//! ```
//! use spotter_server::notices::Statement;
//! let said: Statement = Statement::read("Carved, with the lines of ivory.").unwrap();
//! ```
//!
//! A rule of the law that is named is one that the register lets be quoted; one that is only known through others has a
//! type that nothing here takes:
//!
//! ```compile_fail
//! use spotter_server::notices::{Ground, Statement};
//! let said = || Statement::read("Carved, with the lines of ivory.").unwrap();
//! let today = "2026-11-27".parse().unwrap();
//! let rule = spotter_law::Mentioned::of(&spotter_law::built_in().rules()[0], today);
//! let ground = Ground::Dsa16 { provision: said(), facts: said(), missing: said(), clause: None, law: rule };
//! ```

pub mod addresses;
pub mod channels;
pub mod outbox;
pub mod pdf;
pub mod pull;
pub mod render;
pub mod restored;
pub mod returned;
pub mod words;

use crate::store::organisations;
use serde::{Deserialize, Serialize};
use spotter_law::Quoted;
use spotter_model::{Date, Report, TaxonMatch};

/// Longest text that a reviewer writes for a company, in characters.
pub const STATEMENT_CHARS: usize = 2_000;

/// What was seen, as a company needs it.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The listing's address.
    pub address: String,
    /// The marketplace's host.
    pub marketplace: String,
    /// The listing's id there; may be empty.
    pub item: String,
    /// Its title, as it was read.
    pub title: String,
    /// When it was read last.
    pub seen_at: String,
    /// What it likely offers.
    pub taxa: Vec<TaxonMatch>,
}

impl Facts {
    /// Taken from the newest report of a case.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        Self {
            address: report.place.url_canonical.clone(),
            marketplace: report.place.marketplace.clone(),
            item: report.place.listing_id.clone(),
            title: report.listing.title.clone(),
            seen_at: report.matched_at.clone(),
            taxa: report.assessment.taxa.iter().take(4).cloned().collect(),
        }
    }
}

/// Words that a reviewer wrote for the company, in its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement(String);

impl Statement {
    /// Reads what was typed. `None` where it is empty or too long.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let text = typed.trim().replace("\r\n", "\n");
        (!text.is_empty() && text.chars().count() <= STATEMENT_CHARS).then_some(Self(text))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A clause of a company's own policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its number.
    pub id: i64,
    /// What it is called there.
    pub title: String,
    /// Where it stands.
    pub address: String,
    /// When it was read, `YYYY-MM-DD`.
    pub read_on: String,
}

/// Why the company is told.
#[derive(Clone, Debug)]
pub enum Ground {
    /// Against the company's own policy. The default; never a notice of illegal content.
    Policy(Clause),
    /// Illegality is alleged. Needs a second reviewer.
    Dsa16 {
        /// The provision that the reviewer names.
        provision: Statement,
        /// What in the listing speaks for it.
        facts: Statement,
        /// The proof of lawful origin that is missing.
        missing: Statement,
        /// The company's own clause, which is named first.
        clause: Option<Clause>,
        /// A rule of the law register. Its type lets none in that may not be quoted.
        law: Option<Quoted<'static>>,
    },
}

/// The two kinds of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// See [`Ground::Policy`].
    Policy,
    /// See [`Ground::Dsa16`].
    Dsa16,
}

impl Ground {
    /// Which kind of notice this ground makes.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Policy(_) => Kind::Policy,
            Self::Dsa16 { .. } => Kind::Dsa16,
        }
    }
}

/// Who speaks: an organisation, never a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Where it is written to.
    pub contact: String,
    /// The host of its endpoint.
    pub domain: String,
    /// Who awarded it the status of trusted flagger; empty: it does not hold it.
    pub trusted_by: String,
}

impl Organisation {
    /// One that shares the endpoint, as it speaks on a day: under the status only while it holds it.
    #[must_use]
    pub fn speaks(own: &organisations::Organisation, domain: &str, today: Date) -> Self {
        Self {
            name: own.name.clone(),
            contact: own.contact.clone(),
            domain: domain.to_owned(),
            trusted_by: if own.holds_status(today) { own.trusted_by.clone() } else { String::new() },
        }
    }
}

/// A notice before it is put into words.
pub struct Letter<'a> {
    /// Who speaks.
    pub organisation: &'a Organisation,
    /// About what.
    pub facts: &'a Facts,
    /// Why.
    pub ground: &'a Ground,
    /// Its number.
    pub number: &'a str,
    /// Its UUID, for machines.
    pub uuid: &'a str,
    /// Where the company answers.
    pub answer: &'a str,
    /// The language it is written in.
    pub words: &'a words::Words,
    /// How the company writes its item ids.
    pub item_format: &'a str,
}

impl Letter<'_> {
    /// Whether it goes out under the status: only where illegality is alleged, and the organisation holds it.
    #[must_use]
    pub fn trusted(&self) -> bool {
        self.ground.kind() == Kind::Dsa16 && !self.organisation.trusted_by.is_empty()
    }
}
