//! The detector behind one door: a batch in, marks out. Text is never echoed beyond the reasons' short quotes.
//!
//! It is made once, when the extension is built: the build runs [`Assessor::prepare`] in the module and ships
//! the module's memory as it stands then, so that a background that wakes up has nothing to read or build.

use super::law;
use spotter_detector::lexicon::overlay::{OpenedOverlay, OverlayError};
use spotter_detector::{Detector, PackError, Scratch};
use spotter_law::Subject;
use spotter_model::messages::{Mark, Reason, Span, What};
use spotter_model::{Assessment, CueKind, Date, Level, Listing, limits};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// The detector with its built-in pack, and the programme's own words over it where they are laid there.
pub struct Assessor {
    detector: Detector,
    /// The last day of what lies over the built-in pack.
    until: Option<Date>,
}

static READY: Mutex<Option<Assessor>> = Mutex::new(None);

impl Assessor {
    /// Makes the detector from a pack and goes through it once, so that what it makes at its first use is made
    /// as well.
    ///
    /// # Errors
    /// When the pack does not verify.
    pub fn prepare(pack: &[u8]) -> Result<(), PackError> {
        let assessor = Self { detector: Detector::from_pack(pack)?, until: None };
        if let Some(day) = Date::new(2026, 1, 1) {
            let listing = Listing { title: "e l e p h a n t ivory 象牙".into(), ..Listing::default() };
            let _ = assessor.marks(&[listing], day);
        }
        *READY.lock().unwrap_or_else(PoisonError::into_inner) = Some(assessor);
        Ok(())
    }

    /// What lies where in memory that a listing in Latin letters does not need ([`Detector::later`]), of what
    /// [`Self::prepare`] made.
    #[must_use]
    pub fn later() -> Vec<Range<usize>> {
        let ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
        ready.as_ref().map_or_else(Vec::new, |assessor| assessor.detector.later())
    }

    /// Takes the one that [`Self::prepare`] made: there is one.
    #[must_use]
    pub fn take() -> Option<Self> {
        READY.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Lays the programme's own words over the built-in pack, in place of those that lay there.
    ///
    /// # Errors
    /// What does not fit; then nothing lies there.
    pub fn lay_over(&mut self, words: OpenedOverlay) -> Result<(), OverlayError> {
        self.until = None;
        let until = words.expires;
        self.detector.lay_over(words)?;
        self.until = Some(until);
        Ok(())
    }

    /// The built-in pack alone.
    pub fn lay_aside(&mut self) {
        self.until = None;
        self.detector.lay_aside();
    }

    /// It is this day: words whose time is over are laid aside.
    pub fn today(&mut self, day: Date) {
        if self.until.is_some_and(|until| until < day) {
            self.lay_aside();
        }
    }

    /// Whether a programme's own words lie over the built-in pack.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.until.is_some()
    }

    /// The pack's version, with that of what lies over it.
    #[must_use]
    pub fn pack_version(&self) -> &str {
        self.detector.pack_version()
    }

    /// One listing.
    #[must_use]
    pub fn assess(&self, listing: &Listing, as_of: Date) -> Assessment {
        self.detector.assess(listing, as_of)
    }

    /// In plain parts.
    #[must_use]
    pub fn explain(&self, assessment: &Assessment) -> (What, Vec<Reason>) {
        self.detector.explain(assessment)
    }

    /// The country of the site that an address belongs to: `*` where the host has none, empty where it is not known.
    #[must_use]
    pub fn country(&self, url: &str) -> &str {
        self.detector.site(url).map_or("", |site| site.country)
    }

    /// A batch: one mark for each listing that is at least possible.
    #[must_use]
    pub fn marks(&self, listings: &[Listing], as_of: Date) -> Vec<Mark> {
        let mut scratch = Scratch::default();
        listings
            .iter()
            .zip(0u32..)
            .take(limits::BATCH_LISTINGS)
            .filter_map(|(listing, index)| {
                let a = self.detector.assess_with(&mut scratch, &[], listing, as_of);
                (a.level > Level::None).then(|| {
                    let (what, reasons) = self.explain(&a);
                    let mut sentences = self.detector.sentences(&[], listing, &a, as_of);
                    sentences.extend(law::line(self.country(&listing.url), Subject::of(&a), as_of));
                    Mark {
                        index,
                        level: a.level,
                        reportable: a.reportable,
                        score: a.score,
                        what,
                        reasons,
                        sentences,
                        spans: spans(&a),
                    }
                })
            })
            .collect()
    }
}

/// The words that speak for it; those with at least half of the strongest weight are strong.
fn spans(a: &Assessment) -> Vec<Span> {
    let counts = |kind| !matches!(kind, CueKind::Lookalike | CueKind::Claim);
    let strongest = a.cues.iter().filter(|c| counts(c.kind)).map(|c| c.weight).fold(0.0, f32::max);
    a.cues
        .iter()
        .filter(|c| c.weight > 0.0 && counts(c.kind) && c.start < c.end)
        .map(|c| Span { field: c.field, start: c.start, end: c.end, strong: c.weight * 2.0 >= strongest })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotter_model::{Cue, Field};

    #[test]
    fn the_built_in_pack_makes_it_ready() {
        assert!(Assessor::prepare(b"no pack").is_err());
        Assessor::prepare(spotter_pack::PACK).expect("the built-in pack");
        let assessor = Assessor::take().expect("it was prepared");
        let ivory = Listing { title: "Carved elephant ivory netsuke".into(), ..Listing::default() };
        let marks = assessor.marks(&[Listing::default(), ivory], Date::new(2026, 11, 23).expect("a day"));
        assert_eq!(marks.iter().map(|m| m.index).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn spans_are_what_speaks_for_it() {
        let cue = |kind, weight, end| Cue {
            kind,
            concept: "c".into(),
            field: Field::Title,
            start: 0,
            end,
            text: String::new(),
            weight,
        };
        let a = Assessment {
            cues: vec![
                cue(CueKind::Name, 3.0, 4),
                cue(CueKind::Trade, 1.0, 5),
                cue(CueKind::Lookalike, -2.0, 6),
                cue(CueKind::Claim, 9.0, 7),
                cue(CueKind::Code, 2.0, 0),
            ],
            ..Assessment::default()
        };
        let got: Vec<_> = spans(&a).iter().map(|s| (s.end, s.strong)).collect();
        assert_eq!(got, [(4, true), (5, false)]);
    }
}
