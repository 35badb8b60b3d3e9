//! The model's numbers: one weight for each feature and target, calibration, thresholds, and where they come from.
//!
//! Owns: the list of features with the side on which each may speak, and the form of `weights.toml`. Never:
//! looks at a listing (`assess::features` does) or fits anything (`spotter train` does).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The side on which a feature may speak. Fitting keeps to it, so that no accident of a corpus makes a name speak
/// against its animal, or a toy for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Never below 0.
    For,
    /// Never above 0.
    Against,
    /// The corpus decides.
    Either,
}

/// What a weight is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The listing offers a specimen of a listed taxon.
    Listed,
    /// It offers a real wild animal or plant at all.
    Wildlife,
}

macro_rules! features {
    ($($feature:ident $name:literal $listed:ident $wildlife:ident $what:literal;)*) => {
        /// Everything that the model looks at. Values are 0 or 1, or a small count where it says so.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature { $(#[doc = $what] $feature),* }

        impl Feature {
            /// Every feature, in the order of their weights.
            pub const ALL: &[Feature] = &[$(Feature::$feature),*];

            /// Its name in `weights.toml`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Feature::$feature => $name),* }
            }

            /// What it is, in a sentence.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Feature::$feature => $what),* }
            }

            /// The side on which it may speak.
            #[must_use]
            pub const fn sign(self, target: Target) -> Sign {
                match (self, target) {
                    $((Feature::$feature, Target::Listed) => Sign::$listed,
                    (Feature::$feature, Target::Wildlife) => Sign::$wildlife,)*
                }
            }
        }
    };
}

// Strengths and places add up in steps ("at least medium", "at least in the description"), each of which can only
// add: what is stronger or stands further ahead never counts less.
features! {
    Nothing "nothing" Either Either "every listing: what is left when nothing was found";
    OnlyLookalike "only.lookalike" Against Against "look-alikes in a listing that names no wild kind (count, at most 3)";
    OnlyCancelled "only.cancelled" Either Either "a look-alike took away all that there was";
    OnlyPart "only.part" Either Either "a part, and no animal or plant that it may be of, or a tame one";
    OnlyPartMedium "only.part.medium" Either For "by a word that says that it is real";
    OnlyMade "only.made" Either For "goods that are mostly made of leather, by kind, maker or finish, where neither it nor an animal is named";
    OnlyMadeMedium "only.made.medium" Either For "by a word that usually means that";
    OnlyTrade "only.trade" Either Either "a sign of an offer, and no animal or plant";
    OnlyLive "only.live" For For "signs and claims of live animals where none is named (count, at most 5)";
    OnlyLiveMany "only.live.many" For For "three of them or more";
    Subject "subject" Either Either "a listed kind is named, or a part or product of one, or a code word stands";
    Name "name" For For "a listed animal or plant is named";
    NameMedium "name.medium" For For "by a word that usually means it";
    NameStrong "name.strong" For For "by a word that hardly means anything else";
    NameBody "name.body" For For "and it stands in the title, the description or a picture's text";
    NameTitle "name.title" For For "and it stands in the title";
    NameMore "name.more" For For "further names (count, at most 2)";
    Product "product" For For "a part or product of a listed kind is named in one word";
    ProductMedium "product.medium" For For "by a word that usually means it";
    ProductStrong "product.strong" For For "by a word that hardly means anything else";
    ProductBody "product.body" For For "and it stands in the title, the description or a picture's text";
    ProductTitle "product.title" For For "and it stands in the title";
    ProductMore "product.more" For For "further products (count, at most 2)";
    Part "part" For For "a part or product of any animal or plant is named";
    PartMedium "part.medium" For For "by a word that usually means it";
    PartStrong "part.strong" For For "by a word that hardly means anything else";
    PartBody "part.body" For For "and it stands in the title, the description or a picture's text";
    PartTitle "part.title" For For "and it stands in the title";
    PartMore "part.more" For For "further parts (count, at most 2)";
    Code "code" For For "a code word stands with its context";
    CodeMedium "code.medium" For For "by a word that usually means it";
    CodeStrong "code.strong" For For "by a word that hardly means anything else";
    CodeBody "code.body" For For "and it stands in the title, the description or a picture's text";
    CodeTitle "code.title" For For "and it stands in the title";
    CodeMore "code.more" For For "further code words (count, at most 2)";
    WeakTitle "weak.title" For For "the strongest name, part, product or code word is weak and stands in the title";
    Other "other" Against For "a wild kind that no list names";
    OtherMedium "other.medium" Against For "by a word that usually means it";
    OtherStrong "other.strong" Against For "by a word that hardly means anything else";
    OtherBody "other.body" Against For "in the title, the description or a picture's text";
    OtherTitle "other.title" Against For "in the title";
    OtherMore "other.more" Against For "further such kinds (count, at most 2)";
    OtherOnly "other.only" Against For "and no listed kind beside it";
    OtherFits "other.fits" Against For "and a part that fits it";
    OtherTrade "other.trade" Against For "and a sign of an offer";
    OtherClaim "other.claim" Against For "and a seller's claim";
    Tame "tame" Against Against "a domestic or cultivated kind";
    TameTitle "tame.title" Against Against "in the title";
    Fits "fits" For For "a name and a part that fits it";
    FitsNear "fits.near" For For "at most four words apart";
    FitsTitle "fits.title" For For "both in the title";
    Agree "agree" For For "two different words for the same group";
    Again "again" For For "the title and the description both speak of the same group";
    Scattered "scattered" Against Against "names of three or more groups that have nothing to do with each other";
    NameTrade "name.trade" For For "a name and a sign of an offer";
    NameTradeLive "name.trade.live" For For "a name and a sign or claim of sellers of live animals";
    ProductTrade "product.trade" For For "a product and a sign of an offer";
    PartTrade "part.trade" For For "a part and a sign of an offer";
    CodeTrade "code.trade" For For "a code word and a sign of an offer beyond its context";
    TradeStrong "trade.strong" For For "a sign of an offer that hardly means anything else";
    TradeMore "trade.more" For For "further signs of an offer (count, at most 3)";
    NameClaim "name.claim" For For "a name and a seller's claim";
    ProductClaim "product.claim" For For "a part, product or code word and a seller's claim";
    ClaimStrong "claim.strong" For For "a claim that is hardly made of anything unlisted, beside a name, product or code word";
    ClaimMore "claim.more" For For "further claims (count, at most 2)";
    Method "method" For For "a seller's method beside a name, part, product or code word";
    MethodMore "method.more" For For "further methods (count, at most 2)";
    Disguised "disguised" For For "a word was written so as to hide it";
    Lookalike "lookalike" Against Against "something says that the thing is ordinary";
    LookalikeMedium "lookalike.medium" Against Against "by a word that usually means that";
    LookalikeStrong "lookalike.strong" Against Against "by a word that hardly means anything else";
    LookalikeNear "lookalike.near" Against Against "at most four words from the strongest name, product, code word or unlisted kind";
    LookalikeBeside "lookalike.beside" Against Against "at most one word from it";
    LookalikeCode "lookalike.code" Against Against "look-alikes beside a code word or a disguised name, and no plain one (count, at most 3)";
    LookalikeLeather "lookalike.leather" Against Against "look-alikes beside leather of an unlisted animal, instead of the others (count, at most 3)";
    LookalikeLeatherStrong "lookalike.leather.strong" Against Against "one of them by a word that hardly means anything else";
    Service "service" Against Against "work is offered on what the customer owns: repair, appraisal, boarding, treatment";
    ServiceTitle "service.title" Against Against "and it is said in the title";
    LookalikeTitle "lookalike.title" Against Against "in the title";
    LookalikeTitleStrong "lookalike.title.strong" Against Against "in the title, by a word that hardly means anything else";
    LookalikeAside "lookalike.aside" Against Against "in the category";
    LookalikeMore "lookalike.more" Against Against "further look-alikes (count, at most 3)";
    LookalikeWeak "lookalike.weak" Against Against "and only weak words stand against it";
    Cancelled "cancelled" Against Against "a look-alike took a word away, others are left";
    CancelledMore "cancelled.more" Against Against "further such look-alikes (count, at most 2)";
    WeakOnly "weak.only" Against Against "only weak words";
    WeakAlone "weak.alone" Against Against "a weak word without any company";
    InferredOnly "inferred.only" Against Against "only words that were thought of and never seen";
    Foreign "foreign" Against Against "the strongest word belongs to another language than the listing's";
    ForeignEnglish "foreign.english" Against Against "the strongest word is English and the listing is not";
    TitleMostly "title.mostly" For For "names, parts, products and code words make up half of the title or more";
    TitleShort "title.short" Either Either "a title of at most four words";
    TitleLittle "title.little" Against Against "names, parts, products and code words make up a fifth of the title or less";
    NameBare "name.bare" Against Against "a name, and nothing of parts, products, offers, claims or methods beside it";
    NameThing "name.thing" Against Against "a name, and an unknown word behind it, most likely a thing that only bears the name (English titles)";
    NameThingSkin "name.thing.skin" For For "the same, where the kind is one that leather is made of";
    NameThingMade "name.thing.made" For For "the same, and goods stand in the listing that are made of leather";
    NameEnd "name.end" For For "a name with nothing unknown before it and nothing behind it, or a number, a sex, an age, a sign of an offer (English titles)";
    NameLate "name.late" Either Either "the same behind unknown words (English titles)";
    OtherThing "other.thing" Against Against "an unlisted kind, and an unknown word behind it (English titles)";
    OtherEnd "other.end" Against For "an unlisted kind with nothing unknown before it and nothing behind it (English titles)";
    OtherLate "other.late" Against Either "the same behind unknown words (English titles)";
    NameFor "name.for" Against Against "a name that stands behind a word that says what something else is for, or comes with (English titles)";
    OtherFor "other.for" Against Against "an unlisted kind that stands so (English titles)";
    Fossil "fossil" Either Against "said to be a fossil, of its age, or found, beside sharks";
    TitleLong "title.long" Against Against "a title of more than twelve words";
    TextNone "text.none" Either Either "no description";
    TextLong "text.long" Against Against "a description of more than sixty words";
    TextLongWeak "text.long.weak" Against Against "and only one word in it";
    PriceNone "price.none" Either Either "no price";
    PriceToken "price.token" For For "a price that is none: 0, 1, 123, 9999";
}

/// A weight for each target, in natural log-odds: +0.7 doubles the odds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// For a listed taxon.
    pub listed: f64,
    /// For any wild specimen.
    pub wildlife: f64,
}

/// How cues add up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Table", into = "Table")]
pub struct Weights {
    /// Where the numbers come from.
    pub provenance: Provenance,
    /// Scores from which the levels begin.
    pub threshold: Thresholds,
    /// From log-odds to probability.
    pub calibration: Calibration,
    /// In the order of [`Feature::ALL`].
    weights: Vec<Pair>,
}

/// The form in files: weights by name, so that a person can read them.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    provenance: Provenance,
    threshold: Thresholds,
    calibration: Calibration,
    weight: BTreeMap<String, Pair>,
}

impl TryFrom<Table> for Weights {
    type Error = String;

    fn try_from(mut table: Table) -> Result<Self, String> {
        // A feature that is newer than the file says nothing until the model is fitted again.
        let weights = Feature::ALL.iter().map(|f| table.weight.remove(f.name()).unwrap_or_default()).collect();
        if let Some(name) = table.weight.keys().next() {
            return Err(format!("{name:?} is no feature"));
        }
        Ok(Self { provenance: table.provenance, threshold: table.threshold, calibration: table.calibration, weights })
    }
}

impl From<Weights> for Table {
    fn from(w: Weights) -> Self {
        Self {
            provenance: w.provenance,
            threshold: w.threshold,
            calibration: w.calibration,
            weight: Feature::ALL.iter().map(|f| f.name().to_owned()).zip(w.weights).collect(),
        }
    }
}

/// What the weights were fitted on and how. The same corpus, lexicon and settings give the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// SHA-256 over the corpus files, in order of their names.
    pub corpus: String,
    /// Rows that were fitted on.
    pub rows: u32,
    /// Rows that were held back.
    pub held_back: u32,
    /// Share of offers among the rows fitted on, as they were counted: the prior that `score` assumes.
    pub prior: f64,
    /// The same for `wildlife_score`.
    pub prior_wildlife: f64,
    /// How it was fitted.
    pub solver: String,
    /// Strength of the penalty.
    pub penalty: f64,
    /// Folds by which scores were made for calibration and thresholds.
    pub folds: u32,
    /// How the thresholds were chosen.
    pub levels: String,
}

/// Where the levels begin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Worth a look.
    pub possible: f64,
    /// An expert would probably agree.
    pub likely: f64,
    /// `wildlife_score` from which a listing counts as wildlife in figures.
    pub wildlife: f64,
}

/// Platt scaling of both scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

impl Platt {
    /// The probability of a sum of log-odds. One exponential from `libm`: the same bytes on every platform.
    #[must_use]
    pub fn probability(self, z: f64) -> f64 {
        let x = (self.a * z + self.b).clamp(-40.0, 40.0);
        1.0 / (1.0 + libm::exp(-x))
    }
}

impl Weights {
    /// With a weight for each feature, in the order of [`Feature::ALL`].
    ///
    /// # Errors
    /// What is wrong with the numbers.
    pub fn new(
        provenance: Provenance,
        threshold: Thresholds,
        calibration: Calibration,
        weights: Vec<Pair>,
    ) -> Result<Self, &'static str> {
        let new = Self { provenance, threshold, calibration, weights };
        new.validate().map(|()| new)
    }

    /// The weight of a feature.
    #[must_use]
    pub fn of(&self, feature: Feature) -> Pair {
        self.weights.get(feature as usize).copied().unwrap_or_default()
    }

    /// Checks that every number is finite, bounded and on the right side.
    ///
    /// # Errors
    /// What is wrong.
    pub fn validate(&self) -> Result<(), &'static str> {
        let fine = |w: f64| w.is_finite() && w.abs() <= 100.0;
        let sided = |w: f64, sign: Sign| match sign {
            Sign::For => w >= 0.0,
            Sign::Against => w <= 0.0,
            Sign::Either => true,
        };
        if self.weights.len() != Feature::ALL.len() {
            return Err("there is not one weight for each feature");
        }
        for (feature, pair) in Feature::ALL.iter().zip(&self.weights) {
            if !fine(pair.listed) || !fine(pair.wildlife) {
                return Err("a weight is not a number between -100 and 100");
            }
            if !sided(pair.listed, feature.sign(Target::Listed))
                || !sided(pair.wildlife, feature.sign(Target::Wildlife))
            {
                return Err("a weight speaks on the wrong side");
            }
        }
        for platt in [self.calibration.score, self.calibration.wildlife] {
            if !fine(platt.a) || !fine(platt.b) || platt.a <= 0.0 {
                return Err("a calibration is not a number between -100 and 100, or its slope is not above 0");
            }
        }
        let t = &self.threshold;
        if !(0.0 < t.possible && t.possible < t.likely && t.likely < 1.0 && 0.0 < t.wildlife && t.wildlife < 1.0) {
            return Err("the thresholds are not 0 < possible < likely < 1 and 0 < wildlife < 1");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights() -> Weights {
        crate::testing::lexicon().weights
    }

    #[test]
    fn a_table_goes_both_ways() {
        let text = toml::to_string(&weights()).unwrap();
        assert_eq!(toml::from_str::<Weights>(&text).unwrap(), weights());
        let wrong = text.replace("[weight.again]", "[weight.again-not]");
        let what = toml::from_str::<Weights>(&wrong).unwrap_err().to_string();
        assert!(what.contains("\"again-not\" is no feature"), "{what}");
    }

    #[test]
    fn names_differ() {
        let names: std::collections::BTreeSet<&str> = Feature::ALL.iter().map(|f| f.name()).collect();
        assert_eq!(names.len(), Feature::ALL.len());
    }

    #[test]
    fn numbers_on_the_wrong_side_are_refused() {
        let good = weights();
        assert_eq!(good.validate(), Ok(()));
        let change = |feature: Feature, listed: f64| {
            let mut w = good.clone();
            w.weights[feature as usize].listed = listed;
            w.validate()
        };
        assert!(change(Feature::NameStrong, -0.1).is_err());
        assert!(change(Feature::Lookalike, 0.1).is_err());
        assert!(change(Feature::Nothing, f64::NAN).is_err());
        assert!(change(Feature::Nothing, -100.5).is_err());
        let mut w = good.clone();
        w.threshold.likely = w.threshold.possible;
        assert!(w.validate().is_err());
        let mut w = good;
        w.calibration.score.a = 0.0;
        assert!(w.validate().is_err());
    }
}
