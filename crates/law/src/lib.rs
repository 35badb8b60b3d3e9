//! The law register: what the rule is where a listing stands.
//!
//! Owns: the rules of `lexicon/law/`, which of them speak of an offer, and which surface may show which ([`gate`]).
//! Never: says that a listing breaks a law, reads a clock, or states a rule that has no source. What a rule asks can
//! only be read through the gate: the text of a [`Rule`] is private to this crate.

mod find;
pub mod gate;
#[cfg(feature = "files")]
mod source;

pub use find::{Fit, Subject};
pub use gate::{Mentioned, Quoted, Standing, Surface};
#[cfg(feature = "files")]
pub use source::{Known, LawFile, Problem, check, parse, read_dir};

use serde::{Deserialize, Serialize};
use spotter_model::{Appendix, Date, Group};
#[cfg(feature = "files")]
use std::sync::LazyLock;

/// How well a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The text of the law was read; article and date of that text are named.
    Primary,
    /// A guide, a press note or an article about it was read, or the text without its date: worded "according to".
    Secondary,
    /// Nobody read it. Stays in the repository.
    Unverified,
}

impl Status {
    /// As it is written in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Unverified => "unverified",
        }
    }
}

/// What a rule speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each name says all there is to say")]
pub enum Act {
    Offer,
    Advert,
    Sale,
    Purchase,
    Hire,
    Swap,
    Gift,
    Display,
    Possession,
    Keeping,
    Import,
    Export,
    Carriage,
    Facilitate,
}

impl Act {
    /// As it is written in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Advert => "advert",
            Self::Sale => "sale",
            Self::Purchase => "purchase",
            Self::Hire => "hire",
            Self::Swap => "swap",
            Self::Gift => "gift",
            Self::Display => "display",
            Self::Possession => "possession",
            Self::Keeping => "keeping",
            Self::Import => "import",
            Self::Export => "export",
            Self::Carriage => "carriage",
            Self::Facilitate => "facilitate",
        }
    }
}

/// Alive, or a part or product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A live animal or plant.
    Live,
    /// Everything else.
    Dead,
}

/// Where a rule stands written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short enough to stand in a sentence.
    pub title: String,
    /// The article or section.
    pub article: String,
    /// Where it was read.
    pub address: String,
    /// Only an excerpt was read.
    #[serde(default)]
    pub excerpt: bool,
}

/// A claim that frees an offer, and what shows that it is true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exempt {
    /// The claim, in one sentence.
    pub claim: String,
    /// The lexicon's claims that stand for it.
    #[serde(default)]
    pub concepts: Vec<String>,
    /// What must be shown for it.
    pub proof: String,
}

/// One rule. What it asks is read through [`Quoted`] or [`Mentioned`] alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    id: String,
    country: String,
    region: Option<String>,
    groups: Vec<Group>,
    taxa: Vec<String>,
    appendices: Vec<Appendix>,
    commodities: Vec<String>,
    form: Option<Form>,
    unless: Vec<String>,
    open: Option<String>,
    acts: Vec<Act>,
    asks: String,
    exempt: Vec<Exempt>,
    source: Source,
    text_date: Option<Date>,
    in_force: Option<Date>,
    status: Status,
    checked_by: String,
    checked_on: Date,
    expires: Date,
}

impl Rule {
    /// Its id; never changes.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How well it is known.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// From this day it has to be checked again.
    #[must_use]
    pub fn expires(&self) -> Date {
        self.expires
    }
}

/// A country, or a union of them, whose rules are held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Country {
    /// ISO 3166-1, or `EU`.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Countries in which its rules hold too.
    pub members: Vec<String>,
}

/// All rules that are held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    countries: Vec<Country>,
    rules: Vec<Rule>,
}

#[cfg(feature = "files")]
/// The files of `lexicon/law/`, as they stood when this was built.
const FILES: [(&str, &str); 8] = [
    ("CN.toml", include_str!("../../../lexicon/law/CN.toml")),
    ("DE.toml", include_str!("../../../lexicon/law/DE.toml")),
    ("EU.toml", include_str!("../../../lexicon/law/EU.toml")),
    ("FR.toml", include_str!("../../../lexicon/law/FR.toml")),
    ("GB.toml", include_str!("../../../lexicon/law/GB.toml")),
    ("HK.toml", include_str!("../../../lexicon/law/HK.toml")),
    ("SG.toml", include_str!("../../../lexicon/law/SG.toml")),
    ("US.toml", include_str!("../../../lexicon/law/US.toml")),
];

#[cfg(feature = "files")]
static BUILT_IN: LazyLock<Register> = LazyLock::new(|| {
    // A file that does not read leaves its country "not held"; a test reads all of them.
    let read = FILES.iter().filter_map(|(name, text)| Some((*name, parse(name, text).ok()?)));
    Register::of(read.map(|(name, file)| (name.to_owned(), file)).collect())
});

/// The register that was built in.
#[cfg(feature = "files")]
#[must_use]
pub fn built_in() -> &'static Register {
    &BUILT_IN
}

impl Register {
    /// The register of these files. Complete only where [`check`] found nothing.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn of(files: Vec<(String, LawFile)>) -> Self {
        let mut register = Self::default();
        for (_, file) in files {
            let (country, rules) = file.compiled();
            register.countries.push(country);
            register.rules.extend(rules);
        }
        register
    }

    /// What leaves the repository: without the rules that nobody read.
    #[must_use]
    pub fn shipped(mut self) -> Self {
        self.rules.retain(|rule| rule.status != Status::Unverified);
        self
    }

    /// The countries whose rules are held, in the order of their codes.
    #[must_use]
    pub fn countries(&self) -> &[Country] {
        &self.countries
    }

    /// Every rule, without what it asks.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The country's own entry, or that of the union that it belongs to; `None`: not held.
    #[must_use]
    pub fn held(&self, code: &str) -> Option<&Country> {
        let own = self.countries.iter().find(|c| c.code == code);
        own.or_else(|| self.countries.iter().find(|c| c.members.iter().any(|m| m == code)))
    }

    /// What people call a country whose rules are held.
    #[must_use]
    pub fn name(&self, code: &str) -> Option<&str> {
        self.countries.iter().find(|c| c.code == code).map(|c| c.name.as_str())
    }

    /// Whether rules of `of` hold in `code`.
    fn holds_in(&self, of: &str, code: &str) -> bool {
        of == code || self.countries.iter().any(|c| c.code == of && c.members.iter().any(|m| m == code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_built_in_and_reads() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon/law");
        let files = read_dir(&folder).unwrap_or_else(|problems| panic!("{problems:?}"));
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, FILES.map(|(name, _)| name));
        assert_eq!(&Register::of(files), built_in());
    }

    #[test]
    fn what_ships_is_the_same_register_without_what_nobody_read() {
        let json = serde_json::to_string(&built_in().clone().shipped()).unwrap();
        let shipped: Register = serde_json::from_str(&json).unwrap();
        assert!(shipped.rules.iter().all(|r| r.status != Status::Unverified) && shipped.rules.len() > 20);
        assert_eq!(shipped.countries, built_in().countries);
        assert!(built_in().rules.iter().filter(|r| r.status != Status::Unverified).eq(&shipped.rules));
    }

    #[test]
    fn a_member_state_has_the_rules_of_its_union_and_others_are_not_held() {
        let law = built_in();
        assert_eq!(law.held("DE").map(|c| c.code.as_str()), Some("DE"));
        assert_eq!(law.held("PL").map(|c| c.code.as_str()), Some("EU"));
        assert_eq!(law.held("CH"), None);
        assert!(law.holds_in("EU", "FR") && !law.holds_in("EU", "GB") && !law.holds_in("DE", "FR"));
    }
}
