//! The detector: reads a listing and says whether it likely offers protected wildlife, what, and why.
//!
//! Pure Rust: no browser, no clock, no I/O. What it knows comes in a pack ([`lexicon`]); text is folded with a
//! map back to the original ([`normalize`]), matched once ([`matching`]), and what was found is added up
//! (`assess`). The same pack, listing and date give the same bytes on every platform.
//!
//! ```
//! use spotter_detector::{Detector, testing};
//! use spotter_model::{Level, Listing};
//!
//! // A pack with ten concepts; the extension and the command line carry the real one (`spotter_pack::PACK`).
//! let detector = Detector::from_pack(&testing::pack()).expect("the pack is whole");
//! let as_of = "2026-11-23".parse().expect("a date");
//!
//! let listing = Listing {
//!     id: "1".into(),
//!     title: "Old 1v0ry netsuke, genuine elephant tusk".into(),
//!     ..Listing::default()
//! };
//! let found = detector.assess(&listing, as_of);
//! assert_eq!(found.level, Level::Likely);
//! assert!(found.disguised);
//! assert_eq!(found.cues[0].text, "1v0ry");
//! assert_eq!(found.taxa[0].scientific_name, "Loxodonta africana");
//!
//! let (what, reasons) = detector.explain(&found);
//! assert_eq!(what.appendices.len(), 2, "which one depends on the population");
//! assert!(!reasons[0].against);
//!
//! // Look-alikes take the word away.
//! let colour = Listing { title: "Silk blouse, ivory white, size M".into(), ..Listing::default() };
//! assert_eq!(detector.assess(&colour, as_of).level, Level::None);
//! ```
#![deny(missing_docs)]

mod assess;
pub mod lexicon;
pub mod matching;
pub mod normalize;
#[cfg(feature = "sources")]
pub mod testing;

pub use assess::Scratch;
pub use assess::policy::{Decision, Ground, Open, Site};
pub use assess::sentences::{KEYS as SENTENCE_KEYS, TERMS as SENTENCE_TERMS};
pub use lexicon::PackError;

use lexicon::overlay::{self, OpenedOverlay, OverlayError};
use lexicon::pack::{self, Opened};
use lexicon::policy::Rule;
use lexicon::{Ids, Lexicon};
use matching::{Engine, Words};
use spotter_model::messages::{Reason, What};
use spotter_model::phrase::Phrase;
use spotter_model::{Assessment, Date, Listing};
use std::ops::Range;
use std::sync::OnceLock;

/// A lexicon with the tables that find its words, ready to assess. A new pack makes a new detector; an overlay may be
/// laid over one and taken away again.
#[derive(Debug)]
pub struct Detector {
    version: String,
    expires: Date,
    lexicon: Lexicon,
    engine: Engine,
    /// Concepts by id, made when an explanation is first asked for.
    ids: OnceLock<Ids>,
    /// What an overlay lies over.
    beneath: Option<Box<Beneath>>,
}

/// What a detector was before an overlay was laid over it.
#[derive(Debug)]
struct Beneath {
    version: String,
    expires: Date,
    ids: OnceLock<Ids>,
    lexicon: overlay::Beneath,
}

impl Detector {
    /// Reads a pack and checks it from end to end. Its tables come ready-made: nothing heavy is built.
    ///
    /// The checksum finds damage; it is no proof of who made the pack.
    ///
    /// # Errors
    /// The first thing that is wrong with the pack.
    pub fn from_pack(bytes: &[u8]) -> Result<Self, PackError> {
        Self::with(pack::open(bytes)?, |words| Ok(Engine::ready(words)))
    }

    /// The same detector over an automaton of the `aho-corasick` crate, built now from the pack's patterns: the
    /// reference for tests and measurements.
    ///
    /// # Errors
    /// The first thing that is wrong with the pack.
    pub fn from_pack_building(bytes: &[u8]) -> Result<Self, PackError> {
        Self::with(pack::open(bytes)?, Engine::built)
    }

    fn with(opened: Opened, engine: impl FnOnce(Words) -> Result<Engine, PackError>) -> Result<Self, PackError> {
        let Opened { version, expires, lexicon, words } = opened;
        Ok(Self { version, expires, lexicon, engine: engine(words)?, ids: OnceLock::new(), beneath: None })
    }

    /// Lays a verified overlay over what the pack knows, in place of one that lay there: nothing heavy is built.
    ///
    /// # Errors
    /// What does not fit; then nothing lies over the pack.
    pub fn lay_over(&mut self, overlay: OpenedOverlay) -> Result<(), OverlayError> {
        self.lay_aside();
        let ids = self.ids.get_or_init(|| Ids::of(&self.lexicon));
        let (first, lexicon) = overlay.overlay.join(&mut self.lexicon, ids)?;
        self.engine.set_overlay(Some((overlay.words, first)));
        let version = format!("{}+{}", self.version, overlay.version);
        let expires = self.expires.min(overlay.expires);
        self.beneath = Some(Box::new(Beneath {
            version: std::mem::replace(&mut self.version, version),
            expires: std::mem::replace(&mut self.expires, expires),
            ids: std::mem::take(&mut self.ids),
            lexicon,
        }));
        Ok(())
    }

    /// Takes the overlay away, if one lies there: what is left is what the pack made.
    pub fn lay_aside(&mut self) {
        let Some(beneath) = self.beneath.take() else { return };
        let Beneath { version, expires, ids, lexicon } = *beneath;
        (self.version, self.expires, self.ids) = (version, expires, ids);
        lexicon.restore(&mut self.lexicon);
        self.engine.set_overlay(None);
    }

    /// The pack's version.
    #[must_use]
    pub fn pack_version(&self) -> &str {
        &self.version
    }

    /// The day after which the pack is stale. It still works then; whoever holds the clock decides what to say.
    #[must_use]
    pub fn expires(&self) -> Date {
        self.expires
    }

    /// The knowledge itself, for tools that look into it.
    #[must_use]
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// What lies where in memory that a listing in Latin letters does not need: an extension reads it later, and a listing that
    /// needs it before panics.
    #[must_use]
    pub fn later(&self) -> Vec<Range<usize>> {
        self.engine.words().later()
    }

    /// What finds the knowledge in texts, for tools that look into it.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Assesses one listing as of a day. Deterministic; never panics; work and answer are bounded by
    /// [`spotter_model::limits`]: text beyond a field's limit is not read.
    #[must_use]
    pub fn assess(&self, listing: &Listing, as_of: Date) -> Assessment {
        self.assess_for(&[], listing, as_of)
    }

    /// The same in a round that looks for certain offers: `focus` are its rules, checked by
    /// [`lexicon::policy::Policy::validate`]; those that are no focus rules are not heard.
    #[must_use]
    pub fn assess_for(&self, focus: &[Rule], listing: &Listing, as_of: Date) -> Assessment {
        self.assess_with(&mut Scratch::default(), focus, listing, as_of)
    }

    /// The same for one of many listings: `scratch` goes from one to the next, and where nothing is found, nothing
    /// is allocated but the echo of the listing's id.
    #[must_use]
    pub fn assess_with(&self, scratch: &mut Scratch, focus: &[Rule], listing: &Listing, as_of: Date) -> Assessment {
        assess::assess((&self.lexicon, &self.engine), scratch, focus, listing, as_of)
    }

    /// The rules behind an assessment's `reportable`, with what they say. The listing, the rules and the day must
    /// be those of the assessment.
    #[must_use]
    pub fn decision<'a>(&'a self, focus: &'a [Rule], listing: &Listing, a: &Assessment, as_of: Date) -> Decision<'a> {
        assess::policy::decide(&self.lexicon, focus, &listing.url, a, as_of)
    }

    /// Whose site an address belongs to, where the pack knows it.
    #[must_use]
    pub fn site(&self, url: &str) -> Option<Site<'_>> {
        assess::policy::site(&self.lexicon.policy, url)
    }

    /// What the model sees of a listing: every feature that is not 0, with its value. Fitting starts from here.
    #[cfg(feature = "sources")]
    #[must_use]
    pub fn features(&self, listing: &Listing, as_of: Date) -> Vec<(lexicon::Feature, f64)> {
        assess::values(&self.lexicon, &self.engine, listing, as_of)
    }

    /// The assessment in parts that can be put into words: what it probably is, and the reasons, strongest
    /// first, what speaks against last.
    #[must_use]
    pub fn explain(&self, a: &Assessment) -> (What, Vec<Reason>) {
        assess::explain(&self.lexicon, self.ids(), a)
    }

    /// The same as whole sentences that have no language yet; the listing, the rules and the day as in
    /// [`Self::decision`].
    #[must_use]
    pub fn sentences(&self, focus: &[Rule], listing: &Listing, a: &Assessment, as_of: Date) -> Vec<Phrase> {
        assess::sentences::sentences(&self.lexicon, self.ids(), a, &self.decision(focus, listing, a, as_of))
    }

    fn ids(&self) -> &Ids {
        self.ids.get_or_init(|| Ids::of(&self.lexicon))
    }
}
