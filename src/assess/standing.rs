//! What stands in a listing: each concept once, at its best place.
//!
//! Owns: which of a concept's matches counts, what sort of subject it is, and its place among the others. Never:
//! weighs.

use super::gather::{Found, Hit, speaks};
use super::latin;
use crate::lexicon::{Attested, ConceptRef, Effect, Languages, Lexicon, Strength};
use spotter_model::InOrder;
use spotter_model::{CueKind, Date, Field, Group, Listing};

/// What a standing concept is to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A name of something listed.
    Name,
    /// A part or product of something listed, in one word.
    Product,
    /// A part or product of any animal or plant.
    Part,
    /// A code word.
    Code,
    /// Goods that are mostly made of leather, though nobody says so: what is said where nothing else is.
    Made,
    /// A wild kind, or a product of one, that no list names.
    Other,
    /// A domestic or cultivated kind.
    Tame,
    /// A sign of an offer.
    Trade,
    /// A seller's claim.
    Claim,
    /// A seller's method.
    Method,
    /// Says that the thing is ordinary.
    Lookalike,
    /// A look-alike that takes away what it stands beside.
    Cancelling,
}

impl Sort {
    /// Whether it says what is offered, as far as something listed may be meant.
    pub fn is_subject(self) -> bool {
        self.is_listed() || self == Self::Part
    }

    /// Whether it speaks for something listed by itself.
    pub fn is_listed(self) -> bool {
        matches!(self, Self::Name | Self::Product | Self::Code)
    }
}

/// How far ahead in a listing something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Category, price, seller.
    Aside,
    /// Description, text of pictures.
    Body,
    /// Title.
    Title,
}

impl Place {
    /// Of a hit.
    pub fn of(hit: &Hit) -> Self {
        match Field::ALL[hit.field] {
            Field::Title => Self::Title,
            Field::Description | Field::Images => Self::Body,
            Field::Price | Field::Category | Field::Seller | Field::Location => Self::Aside,
        }
    }
}

/// Whether a word belongs to the listing's language, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// A word of another language, by chance perhaps.
    Foreign,
    /// An English word: sellers everywhere use them.
    English,
    /// A word of the listing's language, of every one, or the language is not known.
    Own,
}

impl Home {
    fn of(word: Languages, page: Option<Languages>, english: Option<Languages>) -> Self {
        match page {
            Some(page) if !word.meets(page) => {
                if english.is_some_and(|e| word.meets(e)) {
                    Self::English
                } else {
                    Self::Foreign
                }
            }
            _ => Self::Own,
        }
    }
}

/// One concept that stands, at its best place.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The concept.
    pub concept: ConceptRef<'a>,
    /// Its index.
    pub index: u32,
    /// Its best hit.
    pub hit: Hit,
    /// What it is to the model.
    pub sort: Sort,
    /// How much the word says.
    pub strength: Strength,
    /// How well the word is known.
    pub attested: Attested,
    /// Where it stands.
    pub place: Place,
    /// Whether it is a word of the listing's language.
    pub home: Home,
}

impl Standing<'_> {
    /// The groups that it speaks for.
    pub fn groups(&self) -> &[Group] {
        self.concept.groups
    }

    /// Whether it is a sign or a claim that sellers of live animals make.
    pub fn is_live_sign(&self) -> bool {
        matches!(self.sort, Sort::Trade | Sort::Claim) && self.concept.commodities.iter().any(|c| c == "LIV")
    }

    /// The order in which those of one sort are counted: a rank that no weight decides, so that fitting and
    /// scoring see the same.
    fn rank(&self) -> u32 {
        let strength = match self.strength {
            Strength::Weak => 0,
            Strength::Medium => 4,
            Strength::Strong => 7,
        };
        let place = match self.place {
            Place::Aside => 0,
            Place::Body => 3,
            Place::Title => 6,
        };
        let home = if self.home == Home::Foreign { 0 } else { 4 };
        2 * (strength + place + home) + u32::from(self.hit.disguised)
    }
}

/// Each concept once, those that say most first.
pub fn standing<'a>(lexicon: &'a Lexicon, listing: &Listing, found: &Found, as_of: Date) -> Vec<Standing<'a>> {
    let (page, english) = (Languages::of(&listing.lang), Languages::of("en"));
    let mut by_concept: Vec<&Hit> = Vec::with_capacity(found.hits.len());
    by_concept.extend(found.hits.iter().filter(|h| !h.dropped));
    by_concept.order_by_key(|h| h.concept);
    let mut standing: Vec<Standing<'a>> = Vec::with_capacity(by_concept.len());
    for hit in by_concept {
        let concept = lexicon.concept(hit.concept);
        let old = standing.last_mut().filter(|s| s.index == hit.concept);
        let new = Standing {
            concept,
            index: hit.concept,
            hit: *hit,
            sort: old.as_ref().map_or_else(|| sort(lexicon, &concept, as_of), |s| s.sort),
            strength: hit.strength,
            attested: hit.attested,
            place: Place::of(hit),
            home: Home::of(hit.languages, page, english),
        };
        match old {
            Some(old) if new.rank() > old.rank() => *old = new,
            Some(_) => {}
            None => standing.push(new),
        }
    }
    standing.order_by_key(|s| (std::cmp::Reverse(s.rank()), s.index));
    latin::leave_out_lone(&mut standing);
    standing
}

fn sort(lexicon: &Lexicon, concept: &ConceptRef<'_>, as_of: Date) -> Sort {
    match concept.kind {
        CueKind::Trade => Sort::Trade,
        CueKind::Claim => Sort::Claim,
        CueKind::Method => Sort::Method,
        // A fossil tooth takes the shark's name away, and is of a wild animal all the same.
        CueKind::Lookalike if concept.wild => Sort::Other,
        CueKind::Lookalike if concept.effect == Effect::Cancel => Sort::Cancelling,
        CueKind::Lookalike => Sort::Lookalike,
        CueKind::Commodity if is_made(concept) => Sort::Made,
        CueKind::Commodity if !has_own(concept) => Sort::Part,
        CueKind::Name | CueKind::Commodity | CueKind::Code => {
            if is_listed(lexicon, concept, as_of) {
                match concept.kind {
                    CueKind::Name => Sort::Name,
                    CueKind::Code => Sort::Code,
                    _ => Sort::Product,
                }
            } else if concept.wild {
                Sort::Other
            } else {
                Sort::Tame
            }
        }
    }
}

/// Whether the concept only says that a thing is mostly made of an animal's skin, whichever it was: it needs no company and keeps none.
pub fn is_made(concept: &ConceptRef<'_>) -> bool {
    concept.kind == CueKind::Commodity && concept.wild && concept.needs.is_empty() && !has_own(concept)
}

/// Whether the concept says anything of taxa by itself. A skin or a claw may be any animal's.
fn has_own(concept: &ConceptRef<'_>) -> bool {
    !concept.taxa.is_empty() || !concept.groups.is_empty() || !speaks(concept.kind)
}

/// Whether the concept speaks for something listed on that day.
fn is_listed(lexicon: &Lexicon, concept: &ConceptRef<'_>, as_of: Date) -> bool {
    concept.listed
        && (concept.taxa.is_empty()
            || concept.taxa.iter().any(|t| lexicon.listings(t).iter().any(|l| l.in_force(as_of))))
}
