//! The lexicon: what the detector knows, as data.
//!
//! Owns: the compiled form ([`Lexicon`]), the pack file around it ([`pack`]), and, with the feature `sources`,
//! the reviewed text files that it is compiled from ([`source`], [`compile`]). Never: matches or weighs
//! anything. `docs/lexicon-format.md` describes both formats.

#[cfg(feature = "sources")]
mod check;
#[cfg(feature = "sources")]
mod compile;
#[cfg(feature = "sources")]
pub mod count;
#[cfg(feature = "sources")]
pub mod inflect;
pub mod language;
pub mod overlay;
pub mod pack;
#[cfg(feature = "sources")]
mod patterns;
pub mod policy;
#[cfg(feature = "sources")]
pub mod register;
pub mod signed;
#[cfg(feature = "sources")]
pub mod source;
pub mod weights;
#[cfg(feature = "sources")]
pub mod words;

#[cfg(feature = "sources")]
pub use check::check;
#[cfg(feature = "sources")]
pub use compile::{compile, compile_overlay, link};
pub use language::Languages;
pub use pack::PackError;
#[cfg(feature = "sources")]
pub use source::{Problem, Sources, read_dir, read_more};
pub use weights::{Feature, Target, Weights};

use serde::{Deserialize, Serialize};
use spotter_model::{Appendix, CueKind, Date, Group};

/// Everything that a pack holds besides the tables that find its patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lexicon {
    /// The register's taxa.
    pub taxa: Vec<Taxon>,
    /// What taxa are protected by; many share one.
    pub protections: Vec<Protection>,
    /// The trade's words by meaning.
    pub concepts: Vec<Concept>,
    /// Where each sense's uses end in `uses`.
    pub use_ends: Vec<u32>,
    /// What patterns mean, grouped by sense: patterns that are used alike have one sense.
    pub uses: Vec<Use>,
    /// Spellings that must be met exactly, marks and all.
    pub exact: Vec<String>,
    /// How cues add up.
    pub weights: Weights,
    /// What to report where.
    pub policy: policy::Policy,
}

/// A taxon of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taxon {
    /// Never changes.
    pub id: String,
    /// Without authorship.
    pub scientific_name: String,
    /// Index of what it is protected by.
    pub protection: u32,
}

/// What a taxon is protected by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Protection {
    /// Its listings, past, present and announced.
    pub listings: Vec<Listed>,
    /// Annexes of the European Union's wildlife trade regulation, several where populations differ.
    pub eu_annex: Vec<EuAnnex>,
}

/// An annex of Regulation (EC) No 338/97.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named as the annexes are")]
pub enum EuAnnex {
    A,
    B,
    C,
    D,
}

/// One listing of a taxon in the appendices.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Listed {
    /// The appendix.
    pub appendix: Appendix,
    /// The population it concerns.
    pub population: Option<String>,
    /// In force from this day.
    pub from: Option<Date>,
    /// In force until the day before.
    pub until: Option<Date>,
}

impl Listed {
    /// Whether it is in force on that day.
    #[must_use]
    pub fn in_force(&self, as_of: Date) -> bool {
        self.from.is_none_or(|from| from <= as_of) && self.until.is_none_or(|until| as_of < until)
    }
}

/// How much a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Ambiguous: needs company.
    Weak,
    /// Usually means it.
    Medium,
    /// Hardly means anything else.
    Strong,
}

/// What a look-alike does to what it stands beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The neighbouring cue does not count.
    Cancel,
    /// The whole listing becomes less likely.
    Dampen,
}

/// How well a word is known to be used so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attested {
    /// Thought of, never seen: alone it never lifts a listing above "possible".
    Inferred,
    /// Seen in the trade.
    Observed,
    /// Stands in a published work.
    Published,
}

/// Something that another concept refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Selector {
    /// One concept.
    Concept(u32),
    /// Any cue of a kind.
    Kind(CueKind),
    /// Any cue of a group.
    Group(Group),
}

/// One meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concept {
    /// `kind.name`; never changes.
    pub id: String,
    /// What it is.
    pub kind: CueKind,
    /// In plain English words.
    pub label: String,
    /// Groups that it speaks for.
    pub groups: Vec<Group>,
    /// Indices of the taxa that it may mean.
    pub taxa: Vec<u32>,
    /// CITES trade-term codes.
    pub commodities: Vec<String>,
    /// Speaks for a real wild specimen.
    pub wild: bool,
    /// Speaks for a listed taxon: decided by the taxa's listings where there are any.
    pub listed: bool,
    /// How much it says.
    pub strength: Strength,
    /// One of these must stand in the same listing.
    pub needs: Vec<Selector>,
    /// What a look-alike speaks against; empty: everything near.
    pub cancels: Vec<Selector>,
    /// What a look-alike does.
    pub effect: Effect,
    /// How well it is known.
    pub attested: Attested,
}

impl Concept {
    /// Whether the register made it: a taxon by its scientific and official names.
    #[must_use]
    pub fn is_register(&self) -> bool {
        self.id.starts_with("name.taxon.")
    }
}

/// One way in which a pattern is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Use {
    /// The concept's index.
    pub concept: u32,
    /// A word may go on before it.
    pub open_left: bool,
    /// A word may go on after it.
    pub open_right: bool,
    /// Index of the exact spelling that is asked for.
    pub exact: Option<u32>,
    /// How much this word says, where it is not what the concept's words usually say.
    pub strength: Option<Strength>,
    /// How well this word is known.
    pub attested: Attested,
    /// The languages that it is a word of.
    pub languages: Languages,
}

/// Most uses of one sense: each is looked at wherever a pattern stands.
pub const MAX_USES: u32 = 256;

impl Lexicon {
    /// A taxon's listings, past, present and announced.
    #[must_use]
    pub fn listings(&self, taxon: &Taxon) -> &[Listed] {
        self.protections.get(taxon.protection as usize).map_or(&[], |p| &p.listings)
    }

    /// A taxon's annexes in the European Union.
    #[must_use]
    pub fn eu_annex(&self, taxon: &Taxon) -> &[EuAnnex] {
        self.protections.get(taxon.protection as usize).map_or(&[], |p| &p.eu_annex)
    }

    /// The uses of a sense; none where there is no such sense.
    #[must_use]
    pub fn uses_of(&self, sense: u32) -> &[Use] {
        let sense = sense as usize;
        let from = if sense == 0 { 0 } else { self.use_ends.get(sense - 1).copied().unwrap_or(0) };
        let to = self.use_ends.get(sense).copied().unwrap_or(from);
        self.uses.get(from as usize..to as usize).unwrap_or(&[])
    }

    /// Checks what types alone cannot: every index points somewhere, every number is one.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), &'static str> {
        if self.use_ends.is_empty() || self.concepts.is_empty() {
            return Err("it holds no patterns");
        }
        if self.use_ends.last().map(|&e| e as usize) != Some(self.uses.len()) {
            return Err("a table does not end where it should");
        }
        let mut before = 0;
        for &end in &self.use_ends {
            if end < before || end - before > MAX_USES {
                return Err("uses are out of order or too many for one sense");
            }
            before = end;
        }
        let concepts = self.concepts.len();
        if self
            .uses
            .iter()
            .any(|u| u.concept as usize >= concepts || u.exact.is_some_and(|e| e as usize >= self.exact.len()))
        {
            return Err("a use points nowhere");
        }
        if self.taxa.iter().any(|t| t.protection as usize >= self.protections.len()) {
            return Err("a taxon points nowhere");
        }
        for concept in &self.concepts {
            let wrong = |s: &Selector| matches!(s, Selector::Concept(c) if *c as usize >= concepts);
            if concept.taxa.iter().any(|&t| t as usize >= self.taxa.len())
                || concept.needs.iter().any(wrong)
                || concept.cancels.iter().any(wrong)
            {
                return Err("a concept points nowhere");
            }
        }
        self.policy.validate()?;
        self.weights.validate()
    }
}
