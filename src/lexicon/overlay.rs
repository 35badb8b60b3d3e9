//! Overlays: a signed pack with only more words, meanings and rules, laid over the built-in one.
//!
//! Owns: what an overlay holds, and how it is joined to a lexicon. Meanings and taxa that the base has are named by
//! id, so that an overlay outlives the numbers of the base it was made beside. Nothing is changed before all of it
//! was found to fit. Never: verifies signatures (`signed`), builds tables (they come ready-made).

use super::pack::{self, PackError};
use super::policy::Policy;
use super::{Concept, Ids, Lexicon, Selector, Use, Uses};
use crate::matching::Words;
use serde::{Deserialize, Serialize};
use spotter_model::Date;
use std::collections::HashSet;

/// Most meanings that an overlay names or brings.
const MAX_MEANINGS: usize = 20_000;

/// What an overlay pack holds besides its tables. Indices count within the overlay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overlay {
    /// Taxa of the base that its concepts speak of.
    pub taxa: Vec<String>,
    /// Meanings that its words and concepts refer to.
    pub meanings: Vec<Meaning>,
    /// Where each sense's uses end in `uses`.
    pub use_ends: Vec<u32>,
    /// What its patterns mean, grouped by sense.
    pub uses: Vec<Use>,
    /// Spellings that must be met exactly.
    pub exact: Vec<String>,
    /// Rules and platforms; a rule of the same id takes the place of the base's.
    pub policy: Policy,
}

/// A meaning that the base has, or a new one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Meaning {
    /// The base's, by id.
    Known(String),
    /// The overlay's own.
    New(Box<Concept>),
}

/// Why an overlay does not go over this lexicon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// It is no overlay.
    #[error("{0}")]
    Pack(#[from] PackError),
    /// It speaks of a meaning that the base lacks.
    #[error("the overlay needs the meaning {0:?}, which this program lacks: update the program")]
    UnknownMeaning(String),
    /// It speaks of a taxon that the base lacks.
    #[error("the overlay needs the taxon {0:?}, which this program lacks: update the program")]
    UnknownTaxon(String),
    /// It brings a meaning that the base has.
    #[error("the overlay brings the meaning {0:?}, which this program has already: fetch a newer overlay")]
    KnownAlready(String),
}

/// An overlay that was read.
#[derive(Debug)]
pub struct OpenedOverlay {
    /// Its version.
    pub version: String,
    /// The day after which it is stale.
    pub expires: Date,
    /// What it holds.
    pub overlay: Overlay,
    /// What finds its patterns.
    pub words: Words,
}

/// Reads an overlay that nobody signed: for those who make one.
///
/// # Errors
/// The first thing that is wrong with it.
#[cfg(feature = "sources")]
pub fn read_unsigned(bytes: &[u8]) -> Result<OpenedOverlay, PackError> {
    pack::whole(bytes)?;
    read(bytes)
}

/// Reads an overlay pack that is whole.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Result<OpenedOverlay, PackError> {
    let parts = pack::parts(bytes, pack::Kind::Overlay)?;
    let (overlay, rest) = postcard::take_from_bytes::<Overlay>(parts.body).map_err(|_| PackError::Lexicon)?;
    if !rest.is_empty() {
        return Err(PackError::Lexicon);
    }
    overlay.validate().map_err(PackError::Inconsistent)?;
    Ok(OpenedOverlay {
        version: parts.version,
        expires: parts.expires,
        overlay,
        words: Words::from_bytes(parts.tables)?,
    })
}

/// Writes an overlay pack, not signed yet.
///
/// # Errors
/// What would make it unreadable.
pub fn write(version: &str, expires: Date, overlay: &Overlay, words: &Words) -> Result<Vec<u8>, PackError> {
    overlay.validate().map_err(PackError::Inconsistent)?;
    let body = postcard::to_allocvec(overlay).map_err(|_| PackError::Lexicon)?;
    pack::assemble(pack::Kind::Overlay, version, expires, &body, &words.to_bytes())
}

impl Overlay {
    /// Checks what types alone cannot.
    ///
    /// # Errors
    /// The first thing that is wrong.
    fn validate(&self) -> Result<(), &'static str> {
        let meanings = self.meanings.len();
        if meanings > MAX_MEANINGS || self.taxa.len() > MAX_MEANINGS {
            return Err("an overlay names too much");
        }
        if self.use_ends.last().map_or(0, |&e| e as usize) != self.uses.len() || !self.use_ends.is_sorted() {
            return Err("an overlay's uses are out of order");
        }
        let astray =
            |u: &Use| u.concept as usize >= meanings || u.exact.is_some_and(|exact| exact as usize >= self.exact.len());
        if self.uses.iter().any(astray) {
            return Err("an overlay's use points nowhere");
        }
        for meaning in &self.meanings {
            let Meaning::New(concept) = meaning else { continue };
            let wrong = |s: &Selector| matches!(s, Selector::Concept(c) if *c as usize >= meanings);
            if concept.taxa.iter().any(|&t| t as usize >= self.taxa.len())
                || concept.needs.iter().chain(&concept.cancels).any(wrong)
            {
                return Err("an overlay's concept points nowhere");
            }
        }
        self.policy.validate()
    }

    /// Whether it goes over this lexicon, and where its parts would lie.
    ///
    /// # Errors
    /// What the base lacks, or has already.
    fn fit(&self, base: &Lexicon, ids: &Ids) -> Result<Places, OverlayError> {
        let known = |id: &str| ids.find(base, id);
        let mut next = base.count() as u32;
        if base.count() + self.meanings.len() > usize::from(u16::MAX) {
            return Err(PackError::Inconsistent("it brings more meanings than fit").into());
        }
        let mut fresh = HashSet::new();
        let concepts = self.meanings.iter().map(|meaning| match meaning {
            Meaning::Known(id) => known(id).ok_or(OverlayError::UnknownMeaning(id.clone())),
            Meaning::New(c) if known(&c.id).is_some() || !fresh.insert(c.id.as_str()) => {
                Err(OverlayError::KnownAlready(c.id.clone()))
            }
            Meaning::New(_) => {
                next += 1;
                Ok(next - 1)
            }
        });
        let concepts = concepts.collect::<Result<Vec<u32>, OverlayError>>()?;
        let taxon = |id: &String| base.taxa.find(id).ok_or_else(|| OverlayError::UnknownTaxon(id.clone()));
        Ok(Places { concepts, taxa: self.taxa.iter().map(taxon).collect::<Result<_, _>>()? })
    }

    /// Lays it over a lexicon; `ids` are the lexicon's own. Returns the number of the first sense that is the
    /// overlay's, and what lay beneath.
    ///
    /// # Errors
    /// What the base lacks, or has already; the base is as it was then.
    pub(crate) fn join(self, base: &mut Lexicon, ids: &Ids) -> Result<(u32, Beneath), OverlayError> {
        let places = self.fit(base, ids)?;
        let beneath = Beneath::of(base);
        let select = |s: &Selector| match s {
            Selector::Concept(c) => Selector::Concept(places.concepts[*c as usize]),
            other => *other,
        };
        for meaning in self.meanings {
            let Meaning::New(mut concept) = meaning else { continue };
            concept.taxa = concept.taxa.iter().map(|&t| places.taxa[t as usize]).collect();
            concept.needs = concept.needs.iter().map(select).collect();
            concept.cancels = concept.cancels.iter().map(select).collect();
            base.laid_over.push(*concept);
        }
        let (first, exact) = (base.uses.senses() as u32, base.exact.len() as u32);
        if self.exact.iter().any(|spelling| base.exact.push(spelling).is_err()) {
            beneath.restore(base);
            return Err(PackError::Inconsistent("it has a spelling that is too long").into());
        }
        let uses: Vec<Use> = self
            .uses
            .into_iter()
            .map(|u| Use { concept: places.concepts[u.concept as usize], exact: u.exact.map(|e| e + exact), ..u })
            .collect();
        let ends = self.use_ends.iter().map(|&end| end as usize);
        let senses = std::iter::once(0).chain(ends.clone()).zip(ends).map(|(from, to)| &uses[from..to]);
        if base.uses.extend(senses).is_err() {
            beneath.restore(base);
            return Err(PackError::Inconsistent("it brings more uses than fit").into());
        }
        join_policy(self.policy, &mut base.policy);
        Ok((first, beneath))
    }
}

/// What an overlay changes of a lexicon, as it was before: what an overlay only adds to is told by its length.
#[derive(Debug)]
pub(crate) struct Beneath {
    laid_over: usize,
    exact: usize,
    uses: Uses,
    policy: Policy,
}

impl Beneath {
    fn of(base: &Lexicon) -> Self {
        let (laid_over, exact) = (base.laid_over.len(), base.exact.len());
        Self { laid_over, exact, uses: base.uses.clone(), policy: base.policy.clone() }
    }

    /// Makes the lexicon what it was.
    pub(crate) fn restore(self, base: &mut Lexicon) {
        base.laid_over.truncate(self.laid_over);
        base.exact.truncate(self.exact);
        base.uses = self.uses;
        base.policy = self.policy;
    }
}

/// Where an overlay's parts lie in the base.
struct Places {
    concepts: Vec<u32>,
    taxa: Vec<u32>,
}

/// Platforms by id, rules by id: the newer text of a rule takes the place of the older.
fn join_policy(more: Policy, base: &mut Policy) {
    let platforms: Vec<u32> = more
        .platforms
        .into_iter()
        .map(|platform| {
            let known = base.platforms.iter().position(|p| p.id == platform.id);
            let at = known.unwrap_or(base.platforms.len());
            match known {
                Some(at) => base.platforms[at] = platform,
                None => base.platforms.push(platform),
            }
            at as u32
        })
        .collect();
    for mut rule in more.rules {
        rule.platform = rule.platform.map(|p| platforms[p as usize]);
        match base.rules.iter_mut().find(|r| r.id == rule.id) {
            Some(old) => *old = rule,
            None => base.rules.push(rule),
        }
    }
}
