//! The detector behind one door: a batch in, marks out. Text is never echoed beyond the reasons' short quotes.
//!
//! It is made once, when the extension is built: the build runs [`Assessor::prepare`] in the module and ships
//! the module's memory as it stands then, so that a background that wakes up has nothing to read or build.

use spotter_detector::{Detector, PackError, Scratch};
use spotter_model::messages::{Mark, Reason, Span, What};
use spotter_model::{Assessment, CueKind, Date, Level, Listing, limits};
use std::sync::OnceLock;

/// The detector with its built-in pack.
pub struct Assessor(Detector);

static READY: OnceLock<Assessor> = OnceLock::new();

impl Assessor {
    /// Makes the detector from a pack and goes through it once, so that what it makes at its first use is made
    /// as well.
    ///
    /// # Errors
    /// When the pack does not verify.
    pub fn prepare(pack: &[u8]) -> Result<(), PackError> {
        let detector = Detector::from_pack(pack)?;
        if let Some(day) = Date::new(2026, 1, 1) {
            let listing = Listing { title: "e l e p h a n t ivory 象牙".into(), ..Listing::default() };
            let _ = detector.explain(&detector.assess(&listing, day));
        }
        READY.get_or_init(|| Self(detector));
        Ok(())
    }

    /// The one that [`Self::prepare`] made.
    #[must_use]
    pub fn ready() -> Option<&'static Self> {
        READY.get()
    }

    /// The pack's version.
    #[must_use]
    pub fn pack_version(&self) -> &str {
        self.0.pack_version()
    }

    /// One listing.
    #[must_use]
    pub fn assess(&self, listing: &Listing, as_of: Date) -> Assessment {
        self.0.assess(listing, as_of)
    }

    /// In plain parts.
    #[must_use]
    pub fn explain(&self, assessment: &Assessment) -> (What, Vec<Reason>) {
        self.0.explain(assessment)
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
                let a = self.0.assess_with(&mut scratch, &[], listing, as_of);
                (a.level > Level::None).then(|| {
                    let (what, reasons) = self.explain(&a);
                    Mark {
                        index,
                        level: a.level,
                        reportable: a.reportable,
                        score: a.score,
                        what,
                        reasons,
                        sentences: self.0.sentences(&[], listing, &a, as_of),
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
        let assessor = Assessor::ready().expect("it was prepared");
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
