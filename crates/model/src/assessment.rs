//! What the detector says about a listing, and why.

use crate::{Date, Field};
use serde::{Deserialize, Serialize};

/// How sure the detector is that a listing offers a specimen of a listed taxon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Level {
    /// Nothing that speaks for it, or too little.
    #[default]
    None,
    /// Worth a look.
    Possible,
    /// An expert would probably agree.
    Likely,
}

/// Whether a dated rule says that such a listing should be reported. Listed is not the same as reportable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Reportable {
    /// A rule in force says so; it is named in `grounds`.
    Yes,
    /// No rule is held: a person has to check.
    #[default]
    Check,
    /// A rule says that this is usually fine here.
    No,
}

/// A CITES appendix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Appendix {
    /// Appendix I.
    I,
    /// Appendix II.
    II,
    /// Appendix III.
    III,
}

/// One listing of a taxon in the CITES appendices. A taxon may have several, by population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CitesListing {
    /// The appendix.
    pub appendix: Appendix,
    /// The population it concerns; absent: all not named elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub population: Option<String>,
    /// In force from this day; absent: long in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub from: Option<Date>,
    /// In force until the day before this one; absent: no end known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub until: Option<Date>,
}

/// A taxon that the listing may offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaxonMatch {
    /// The register's id; never changes for a taxon.
    pub id: String,
    /// Darwin Core `scientificName`, without authorship.
    #[serde(rename = "scientificName")]
    pub scientific_name: String,
    /// The listings in force on the assessment's date.
    pub listings: Vec<CitesListing>,
}

/// The groups of taxa that queues, statistics and training are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs, reason = "each name says all there is to say")]
pub enum Group {
    Elephant,
    Rhino,
    Bigcats,
    Bear,
    Pangolin,
    Primates,
    Parrots,
    Raptors,
    Birds,
    Crocodilians,
    Snakes,
    Lizards,
    Turtles,
    Tortoiseshell,
    Amphibians,
    Sharks,
    Fish,
    CoralsShells,
    MarineMammals,
    Ungulates,
    Mammals,
    Arthropods,
    Plants,
}

impl Group {
    /// As it is written in files and messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Elephant => "elephant",
            Self::Rhino => "rhino",
            Self::Bigcats => "bigcats",
            Self::Bear => "bear",
            Self::Pangolin => "pangolin",
            Self::Primates => "primates",
            Self::Parrots => "parrots",
            Self::Raptors => "raptors",
            Self::Birds => "birds",
            Self::Crocodilians => "crocodilians",
            Self::Snakes => "snakes",
            Self::Lizards => "lizards",
            Self::Turtles => "turtles",
            Self::Tortoiseshell => "tortoiseshell",
            Self::Amphibians => "amphibians",
            Self::Sharks => "sharks",
            Self::Fish => "fish",
            Self::CoralsShells => "corals-shells",
            Self::MarineMammals => "marine-mammals",
            Self::Ungulates => "ungulates",
            Self::Mammals => "mammals",
            Self::Arthropods => "arthropods",
            Self::Plants => "plants",
        }
    }
}

/// What a cue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CueKind {
    /// A name of a taxon, as sellers write it or as science does.
    Name,
    /// A part or product (CITES trade term), or both in one word ("tortoiseshell", "Elfenbein").
    Commodity,
    /// A sign of an offer of that kind: breeding pair, DNA-sexed, hand-carved, rehoming fee.
    Trade,
    /// A code word that counts only beside its context.
    Code,
    /// Speaks against: colour, print, brand, toy, faux, dish, place.
    Lookalike,
    /// A seller's claim: permit, antique, mammoth, captive-bred.
    Claim,
    /// A seller's method: moved to chat, placeholder price, discreet shipping.
    Method,
}

/// One piece of evidence in the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cue {
    /// What it is.
    pub kind: CueKind,
    /// The lexicon's concept id.
    pub concept: String,
    /// The field it stands in.
    pub field: Field,
    /// First UTF-16 code unit in that field's original text.
    pub start: u32,
    /// One past the last UTF-16 code unit.
    pub end: u32,
    /// The original text between them.
    pub text: String,
    /// Its share of the log-odds; negative speaks against.
    pub weight: f32,
}

/// The detector's answer for one listing. Same pack, listing and date: same bytes, on every platform.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assessment {
    /// The listing's id, echoed.
    pub id: String,
    /// In three words.
    pub level: Level,
    /// Calibrated probability that the listing offers a specimen of a CITES-listed taxon, rounded to 4 decimals.
    pub score: f64,
    /// Calibrated probability that it offers a real wild-animal or wild-plant specimen at all.
    pub wildlife_score: f64,
    /// Taxa it may offer, most probable first.
    pub taxa: Vec<TaxonMatch>,
    /// Groups of those taxa, most probable first.
    pub groups: Vec<Group>,
    /// CITES trade-term codes, most probable first: `IVC`, `LIV`, `SKI` ...
    pub commodities: Vec<String>,
    /// The evidence, in order of field and place.
    pub cues: Vec<Cue>,
    /// Concept ids of the claims found.
    pub claims: Vec<String>,
    /// Concept ids of the methods found.
    pub methods: Vec<String>,
    /// A cue was written so as to hide it (spaced letters, look-alike letters, leetspeak).
    pub disguised: bool,
    /// Whether a rule says to report it.
    pub reportable: Reportable,
    /// Ids of the rules behind `reportable`.
    pub grounds: Vec<String>,
}
