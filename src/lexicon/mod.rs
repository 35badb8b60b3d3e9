//! The lexicon: what the detector knows, as data.
//!
//! Owns: the compiled form ([`Lexicon`]), the pack file around it ([`pack`]), and, with the feature `sources`,
//! the reviewed text files that it is compiled from ([`source`], [`compile`]). Never: matches or weighs
//! anything. `docs/lexicon-format.md` describes both formats.

#[cfg(feature = "sources")]
mod check;
#[cfg(feature = "sources")]
mod compile;
pub mod pack;
#[cfg(feature = "sources")]
pub mod source;

#[cfg(feature = "sources")]
pub use check::check;
#[cfg(feature = "sources")]
pub use compile::{compile, link};
pub use pack::PackError;
#[cfg(feature = "sources")]
pub use source::{Problem, Sources, read_dir};

use serde::{Deserialize, Serialize};
use spotter_model::{Appendix, CueKind, Date, Group};

/// Everything that a pack holds besides its automaton.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lexicon {
    /// The register's taxa.
    pub taxa: Vec<Taxon>,
    /// The trade's words by meaning.
    pub concepts: Vec<Concept>,
    /// The folded texts that are looked for, one after the other.
    pub pattern_text: String,
    /// Where each pattern ends in `pattern_text`.
    pub pattern_ends: Vec<u32>,
    /// Where each pattern's uses end in `uses`.
    pub use_ends: Vec<u32>,
    /// What each pattern means, grouped by pattern.
    pub uses: Vec<Use>,
    /// Spellings that must be met exactly, marks and all.
    pub exact: Vec<String>,
    /// How cues add up.
    pub weights: Weights,
}

/// A taxon of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taxon {
    /// Never changes.
    pub id: String,
    /// Without authorship.
    pub scientific_name: String,
    /// Its listings, past, present and announced.
    pub listings: Vec<Listed>,
}

/// One listing of a taxon in the appendices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// How cues add up: natural log-odds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// A listing without a cue.
    pub prior: f64,
    /// By kind, then strength.
    pub base: Base,
    /// Factor by field.
    #[serde(default)]
    pub field: FieldFactors,
    /// Added once where both sides stand.
    #[serde(default)]
    pub interaction: Interactions,
    /// Share that each further concept of a kind counts, after the strongest.
    #[serde(default)]
    pub decay: Decay,
    /// Scores from which the levels begin.
    pub threshold: Thresholds,
    /// From log-odds to probability.
    #[serde(default)]
    pub calibration: Calibration,
}

/// Base weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named as the kinds are")]
pub struct Base {
    pub name: ByStrength,
    pub commodity: ByStrength,
    pub trade: ByStrength,
    pub code: ByStrength,
    pub claim: ByStrength,
    pub method: ByStrength,
    pub lookalike: ByStrength,
}

impl Base {
    /// The weight of a kind at a strength.
    #[must_use]
    pub fn of(&self, kind: CueKind, strength: Strength) -> f64 {
        let row = match kind {
            CueKind::Name => &self.name,
            CueKind::Commodity => &self.commodity,
            CueKind::Trade => &self.trade,
            CueKind::Code => &self.code,
            CueKind::Claim => &self.claim,
            CueKind::Method => &self.method,
            CueKind::Lookalike => &self.lookalike,
        };
        match strength {
            Strength::Strong => row.strong,
            Strength::Medium => row.medium,
            Strength::Weak => row.weak,
        }
    }
}

/// One weight for each strength.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named as the strengths are")]
pub struct ByStrength {
    pub strong: f64,
    pub medium: f64,
    pub weak: f64,
}

/// How much a field counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "named as the fields are")]
pub struct FieldFactors {
    pub title: f64,
    pub description: f64,
    pub price: f64,
    pub category: f64,
    pub seller: f64,
    pub location: f64,
    pub images: f64,
}

impl Default for FieldFactors {
    fn default() -> Self {
        Self { title: 1.0, description: 0.8, price: 0.5, category: 0.6, seller: 0.3, location: 0.0, images: 0.8 }
    }
}

impl FieldFactors {
    /// The factor of a field.
    #[must_use]
    pub fn of(&self, field: spotter_model::Field) -> f64 {
        use spotter_model::Field;
        match field {
            Field::Title => self.title,
            Field::Description => self.description,
            Field::Price => self.price,
            Field::Category => self.category,
            Field::Seller => self.seller,
            Field::Location => self.location,
            Field::Images => self.images,
        }
    }
}

/// What company adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Interactions {
    /// A name and a commodity that fits it.
    pub name_commodity_compatible: f64,
    /// The same, at most four words apart in one field.
    pub name_commodity_near: f64,
    /// A medium or strong name and a trade cue.
    pub name_trade: f64,
    /// A commodity and a trade cue.
    pub commodity_trade: f64,
    /// A name and a claim.
    pub name_claim: f64,
    /// A commodity and a claim.
    pub commodity_claim: f64,
    /// A method beside a name or commodity.
    pub method_any: f64,
    /// A name, commodity or code word was written so as to hide it.
    pub disguised: f64,
}

/// What each further concept of a kind counts, as a share of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "named as the kinds are")]
pub struct Decay {
    pub name: f64,
    pub commodity: f64,
    pub trade: f64,
    pub code: f64,
    pub claim: f64,
    pub method: f64,
    pub lookalike: f64,
}

impl Default for Decay {
    fn default() -> Self {
        Self { name: 0.3, commodity: 0.3, trade: 0.5, code: 0.5, claim: 0.5, method: 0.5, lookalike: 0.5 }
    }
}

impl Decay {
    /// The share for a kind.
    #[must_use]
    pub fn of(&self, kind: CueKind) -> f64 {
        match kind {
            CueKind::Name => self.name,
            CueKind::Commodity => self.commodity,
            CueKind::Trade => self.trade,
            CueKind::Code => self.code,
            CueKind::Claim => self.claim,
            CueKind::Method => self.method,
            CueKind::Lookalike => self.lookalike,
        }
    }
}

/// Where the levels begin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Worth a look.
    pub possible: f64,
    /// An expert would probably agree.
    pub likely: f64,
}

/// Platt scaling of both scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calibration {
    /// For a listed taxon.
    pub score: Platt,
    /// For any wild specimen.
    pub wildlife: Platt,
}

/// `p = 1 / (1 + exp(-(a z + b)))`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Slope.
    pub a: f64,
    /// Offset.
    pub b: f64,
}

impl Default for Platt {
    fn default() -> Self {
        Self { a: 1.0, b: 0.0 }
    }
}

impl Lexicon {
    /// How many patterns there are.
    #[must_use]
    pub fn patterns(&self) -> usize {
        self.pattern_ends.len()
    }

    /// One pattern's text.
    #[must_use]
    pub fn pattern(&self, index: usize) -> &str {
        let from = if index == 0 { 0 } else { self.pattern_ends.get(index - 1).copied().unwrap_or(0) };
        let to = self.pattern_ends.get(index).copied().unwrap_or(from);
        self.pattern_text.get(from as usize..to as usize).unwrap_or("")
    }

    /// One pattern's length in bytes.
    #[must_use]
    pub fn pattern_len(&self, index: usize) -> usize {
        let from = if index == 0 { 0 } else { self.pattern_ends.get(index - 1).copied().unwrap_or(0) };
        self.pattern_ends.get(index).map_or(0, |&to| (to.saturating_sub(from)) as usize)
    }

    /// What one pattern means.
    #[must_use]
    pub fn uses_of(&self, index: usize) -> &[Use] {
        let from = if index == 0 { 0 } else { self.use_ends.get(index - 1).copied().unwrap_or(0) };
        let to = self.use_ends.get(index).copied().unwrap_or(from);
        self.uses.get(from as usize..to as usize).unwrap_or(&[])
    }

    /// Checks what types alone cannot: every index points somewhere, every number is one.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), &'static str> {
        if self.pattern_ends.is_empty() || self.concepts.is_empty() {
            return Err("it holds no patterns");
        }
        if self.use_ends.len() != self.pattern_ends.len() {
            return Err("patterns and uses differ in number");
        }
        if self.pattern_ends.last().map(|&e| e as usize) != Some(self.pattern_text.len())
            || self.use_ends.last().map(|&e| e as usize) != Some(self.uses.len())
        {
            return Err("a table does not end where it should");
        }
        let mut before = 0;
        for &end in &self.pattern_ends {
            if end <= before || !self.pattern_text.is_char_boundary(end as usize) {
                return Err("a pattern is empty or split");
            }
            before = end;
        }
        if !self.use_ends.is_sorted() {
            return Err("uses are out of order");
        }
        let concepts = self.concepts.len();
        if self
            .uses
            .iter()
            .any(|u| u.concept as usize >= concepts || u.exact.is_some_and(|e| e as usize >= self.exact.len()))
        {
            return Err("a use points nowhere");
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
        self.weights.validate()
    }
}

impl Weights {
    /// Checks that every number is finite, bounded and on the right side.
    ///
    /// # Errors
    /// What is wrong.
    pub fn validate(&self) -> Result<(), &'static str> {
        let rows = [
            &self.base.name,
            &self.base.commodity,
            &self.base.trade,
            &self.base.code,
            &self.base.claim,
            &self.base.method,
        ];
        let fine = |w: f64| w.is_finite() && w.abs() <= 100.0;
        if rows.iter().any(|r| [r.strong, r.medium, r.weak].iter().any(|&w| !fine(w) || w < 0.0)) {
            return Err("a base weight is not between 0 and 100");
        }
        let against = &self.base.lookalike;
        if [against.strong, against.medium, against.weak].iter().any(|&w| !fine(w) || w > 0.0) {
            return Err("a look-alike's weight is not between -100 and 0");
        }
        let f = &self.field;
        if [f.title, f.description, f.price, f.category, f.seller, f.location, f.images]
            .iter()
            .any(|w| !(0.0..=10.0).contains(w))
        {
            return Err("a field's factor is not between 0 and 10");
        }
        let i = &self.interaction;
        if [
            i.name_commodity_compatible,
            i.name_commodity_near,
            i.name_trade,
            i.commodity_trade,
            i.name_claim,
            i.commodity_claim,
            i.method_any,
            i.disguised,
            self.prior,
            self.calibration.score.a,
            self.calibration.score.b,
            self.calibration.wildlife.a,
            self.calibration.wildlife.b,
        ]
        .iter()
        .any(|&w| !fine(w))
        {
            return Err("an interaction, the prior or the calibration is not a number between -100 and 100");
        }
        if self.calibration.score.a <= 0.0 || self.calibration.wildlife.a <= 0.0 {
            return Err("a calibration's slope is not above 0");
        }
        let d = &self.decay;
        if [d.name, d.commodity, d.trade, d.code, d.claim, d.method, d.lookalike]
            .iter()
            .any(|w| !(0.0..=1.0).contains(w))
        {
            return Err("a decay is not between 0 and 1");
        }
        if !(0.0 < self.threshold.possible
            && self.threshold.possible < self.threshold.likely
            && self.threshold.likely < 1.0)
        {
            return Err("the thresholds are not 0 < possible < likely < 1");
        }
        Ok(())
    }
}
