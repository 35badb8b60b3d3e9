//! The lexicon: what the detector knows, as data.
//!
//! Owns: the compiled form ([`Lexicon`]), the pack file around it ([`pack`]), and, with the feature `sources`,
//! the reviewed text files that it is compiled from ([`source`], [`compile`]). Never: matches or weighs
//! anything. `docs/lexicon-format.md` describes both formats.

#[cfg(feature = "sources")]
mod check;
pub mod columns;
#[cfg(feature = "sources")]
mod compile;
#[cfg(feature = "sources")]
pub mod count;
#[cfg(feature = "sources")]
pub mod inflect;
#[cfg(feature = "sources")]
mod kin;
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
pub mod taxa;
pub mod uses;
pub mod weights;
#[cfg(feature = "sources")]
pub mod words;

#[cfg(feature = "sources")]
pub use check::check;
pub use columns::Texts;
#[cfg(feature = "sources")]
pub use compile::{compile, compile_overlay, link};
pub use language::Languages;
pub use pack::PackError;
#[cfg(feature = "sources")]
pub use source::{Problem, Sources, read_dir, read_more};
pub use taxa::{Taxa, TaxonFacts};
pub use uses::Uses;
pub use weights::{Feature, Target, Weights};

use serde::{Deserialize, Serialize};
use spotter_model::InOrder;
use spotter_model::{Appendix, CueKind, Date, Group};

/// Everything that a pack holds besides the tables that find its patterns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lexicon {
    /// The register's taxa.
    pub taxa: Taxa,
    /// What taxa are protected by; many share one.
    pub protections: Vec<Protection>,
    /// The trade's words by meaning. Their numbers come first, then those of the taxa, then an overlay's.
    pub concepts: Vec<Concept>,
    /// The meanings that an overlay brought.
    #[serde(skip)]
    pub laid_over: Vec<Concept>,
    /// What patterns mean, by sense: patterns that are used alike have one sense.
    pub uses: Uses,
    /// Spellings that must be met exactly.
    pub exact: Texts,
    /// How cues add up.
    pub weights: Weights,
    /// What to report where.
    pub policy: policy::Policy,
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

/// One meaning as it is asked about: a written one, or a taxon by its scientific and official names.
#[derive(Clone, Copy, Debug)]
pub struct ConceptRef<'a> {
    /// None where it follows from the taxon's name.
    own_id: Option<&'a str>,
    /// What it is.
    pub kind: CueKind,
    /// In plain English words; of a taxon its scientific name.
    pub label: &'a str,
    /// Groups that it speaks for.
    pub groups: &'a [Group],
    /// Indices of the taxa that it may mean.
    pub taxa: TaxaOf<'a>,
    /// CITES trade-term codes.
    pub commodities: &'a [String],
    /// Speaks for a real wild specimen.
    pub wild: bool,
    /// Speaks for a listed taxon: decided by the taxa's listings where there are any.
    pub listed: bool,
    /// How much it says.
    pub strength: Strength,
    /// One of these must stand in the same listing.
    pub needs: &'a [Selector],
    /// What a look-alike speaks against; empty: everything near.
    pub cancels: &'a [Selector],
    /// What a look-alike does.
    pub effect: Effect,
    /// How well it is known.
    pub attested: Attested,
}

impl ConceptRef<'_> {
    /// Whether the register made it.
    #[must_use]
    pub fn is_register(&self) -> bool {
        self.own_id.is_none()
    }

    /// Whether it is the written meaning of this id.
    #[must_use]
    pub fn is(&self, id: &str) -> bool {
        self.own_id == Some(id)
    }

    /// `kind.name`; never changes.
    #[must_use]
    pub fn id(&self) -> String {
        self.own_id.map_or_else(|| format!("{}{}", taxa::PREFIX, taxa::id(self.label)), str::to_owned)
    }
}

impl<'a> From<&'a Concept> for ConceptRef<'a> {
    fn from(c: &'a Concept) -> Self {
        Self {
            own_id: Some(&c.id),
            kind: c.kind,
            label: &c.label,
            groups: &c.groups,
            taxa: TaxaOf::Many(&c.taxa),
            commodities: &c.commodities,
            wild: c.wild,
            listed: c.listed,
            strength: c.strength,
            needs: &c.needs,
            cancels: &c.cancels,
            effect: c.effect,
            attested: c.attested,
        }
    }
}

/// The taxa that a concept may mean.
#[derive(Clone, Copy, Debug)]
pub enum TaxaOf<'a> {
    /// This one.
    One(u32),
    /// Any of these.
    Many(&'a [u32]),
}

impl<'a> TaxaOf<'a> {
    /// Their indices.
    pub fn iter(self) -> impl Iterator<Item = u32> + 'a {
        let (one, many) = match self {
            Self::One(taxon) => (Some(taxon), &[][..]),
            Self::Many(taxa) => (None, taxa),
        };
        one.into_iter().chain(many.iter().copied())
    }

    /// How many they are.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(taxa) => taxa.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Finds concepts by their ids: the places of the written ones, in order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids(Vec<u32>);

impl Ids {
    /// Those of a lexicon.
    #[must_use]
    pub fn of(lexicon: &Lexicon) -> Self {
        let mut all: Vec<u32> = lexicon.written().map(|(at, _)| at).collect();
        all.order_by(|a, b| lexicon.concept(*a).own_id.cmp(&lexicon.concept(*b).own_id));
        Self(all)
    }

    /// The number of the concept of an id, in the same lexicon.
    #[must_use]
    pub fn find(&self, lexicon: &Lexicon, id: &str) -> Option<u32> {
        let written = self.0.binary_search_by(|&at| lexicon.concept(at).own_id.cmp(&Some(id)));
        let taxon = || lexicon.taxa.find(id.strip_prefix(taxa::PREFIX)?).map(|t| lexicon.concepts.len() as u32 + t);
        written.ok().map(|at| self.0[at]).or_else(taxon)
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
pub const MAX_USES: u32 = 255;

impl Lexicon {
    /// A taxon's listings, past, present and announced.
    #[must_use]
    pub fn listings(&self, taxon: u32) -> &[Listed] {
        self.protections.get(self.taxa.protection(taxon)).map_or(&[], |p| &p.listings)
    }

    /// A taxon's annexes in the European Union.
    #[must_use]
    pub fn eu_annex(&self, taxon: u32) -> &[EuAnnex] {
        self.protections.get(self.taxa.protection(taxon)).map_or(&[], |p| &p.eu_annex)
    }

    /// The uses of a sense; none where there is no such sense.
    pub fn uses_of(&self, sense: u32) -> impl Iterator<Item = Use> + '_ {
        self.uses.of_sense(sense)
    }

    /// How many concepts there are: written ones, taxa, an overlay's.
    #[must_use]
    pub fn count(&self) -> usize {
        self.concepts.len() + self.taxa.len() + self.laid_over.len()
    }

    /// A concept by its number, which must be below [`Self::count`].
    #[inline]
    #[must_use]
    pub fn concept(&self, number: u32) -> ConceptRef<'_> {
        let number = number as usize;
        let (written, taxa) = (self.concepts.len(), self.taxa.len());
        match number.checked_sub(written) {
            None => (&self.concepts[number]).into(),
            Some(taxon) if taxon < taxa => self.taxa.concept(taxon as u32),
            Some(over) => (&self.laid_over[over - taxa]).into(),
        }
    }

    /// All concepts but those of the taxa, each with its number.
    pub fn written(&self) -> impl Iterator<Item = (u32, &Concept)> {
        let over = (self.concepts.len() + self.taxa.len()) as u32;
        (0..).zip(&self.concepts).chain((over..).zip(&self.laid_over))
    }

    /// Checks what types alone cannot: every index points somewhere, every number is one.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), &'static str> {
        if self.concepts.is_empty() {
            return Err("it holds no patterns");
        }
        let concepts = self.count();
        self.uses.validate(concepts, self.exact.len())?;
        self.taxa.validate(self.protections.len())?;
        for (_, concept) in self.written() {
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
