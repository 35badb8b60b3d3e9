//! The practice marketplace: synthetic listings, read by the real detector, judged by the learner.
//!
//! Owns which listings are shown, what the detector said of them and what the learner did. A report made here stays in
//! this page and is gone with it: nothing here can ask the background for a report.

use super::items::{Item, Right};
use spotter_model::InOrder;
use spotter_model::messages::Mark;
use std::collections::HashMap;

/// Listings on one page of results.
pub const PAGE: usize = 12;

/// What the learner did about a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Reported it, into the sandbox.
    Reported,
    /// Left it.
    Left,
}

/// What that was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Reported what is to be reported.
    Found,
    /// Left what is to be left.
    WellLeft,
    /// Left what should have been reported.
    Missed,
    /// Reported a look-alike.
    FalseAlarm,
    /// Reported what is merely listed.
    MerelyListed,
}

impl Verdict {
    /// Of an answer and a deed.
    pub const fn of(right: Right, done: Done) -> Self {
        match (right, done) {
            (Right::Report, Done::Reported) => Self::Found,
            (Right::Report, Done::Left) => Self::Missed,
            (Right::Listed | Right::CannotTell, Done::Reported) => Self::MerelyListed,
            (Right::Lookalike, Done::Reported) => Self::FalseAlarm,
            (_, Done::Left) => Self::WellLeft,
        }
    }

    /// Whether that was right.
    pub const fn good(self) -> bool {
        matches!(self, Self::Found | Self::WellLeft)
    }

    /// Key of its sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Found => "train_verdict_found",
            Self::WellLeft => "train_verdict_left",
            Self::Missed => "train_verdict_missed",
            Self::FalseAlarm => "train_verdict_false",
            Self::MerelyListed => "train_verdict_listed",
        }
    }
}

/// The marketplace's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Market {
    /// Listings in this language; empty: in all.
    pub lang: String,
    /// The page of results.
    pub page: usize,
    /// What the detector said, by item; an item that it found nothing in is not there.
    pub marks: HashMap<String, Mark>,
    /// The detector has read.
    pub read: bool,
    /// It did not answer.
    pub silent: bool,
    /// What was done, by item.
    pub done: HashMap<String, Done>,
}

impl Market {
    /// All listings of the language.
    pub fn chosen<'a>(&self, items: &'a [Item]) -> Vec<&'a Item> {
        items.iter().filter(|i| self.lang.is_empty() || i.lang == self.lang).collect()
    }

    /// Pages of results.
    pub fn pages(&self, items: &[Item]) -> usize {
        self.chosen(items).len().div_ceil(PAGE).max(1)
    }

    /// Those of this page, look-alikes among the others: in an order that gives nothing away and never changes.
    pub fn shown<'a>(&self, items: &'a [Item]) -> Vec<&'a Item> {
        let mut all = self.chosen(items);
        all.order_by_key(|i| scattered(&i.id));
        all.into_iter().skip(self.page * PAGE).take(PAGE).collect()
    }

    /// What was judged, and how many of that rightly.
    pub fn score(&self, items: &[Item]) -> (u32, u32) {
        let judged = items.iter().filter_map(|i| Some(Verdict::of(i.answer, *self.done.get(&i.id)?)));
        judged.fold((0, 0), |(all, good), verdict| (all + 1, good + u32::from(verdict.good())))
    }
}

/// FNV-1a, then mixed as MurmurHash3 ends: the same on every machine. Without the second step, ids that differ in their
/// last digit alone stay neighbours, and a quiz would ask ten of one kind in a row.
pub fn scattered(text: &str) -> u32 {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    let hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::{Done, Market, PAGE, Verdict};
    use crate::training::items::Right;
    use crate::training::testing::material;

    #[test]
    fn every_deed_has_its_verdict() {
        for (right, done, verdict, good) in [
            (Right::Report, Done::Reported, Verdict::Found, true),
            (Right::Report, Done::Left, Verdict::Missed, false),
            (Right::Listed, Done::Reported, Verdict::MerelyListed, false),
            (Right::Listed, Done::Left, Verdict::WellLeft, true),
            (Right::Lookalike, Done::Reported, Verdict::FalseAlarm, false),
            (Right::Lookalike, Done::Left, Verdict::WellLeft, true),
        ] {
            assert_eq!((Verdict::of(right, done), verdict.good()), (verdict, good), "{right:?} {done:?}");
        }
    }

    #[test]
    fn pages_hold_every_listing_once() {
        let items = material().listings;
        for lang in ["", "en", "zh-Hans"] {
            let mut market = Market { lang: lang.into(), ..Market::default() };
            let mut seen = Vec::new();
            for page in 0..market.pages(&items) {
                market.page = page;
                let shown = market.shown(&items);
                assert!(!shown.is_empty() && shown.len() <= PAGE);
                seen.extend(shown.iter().map(|i| i.id.clone()));
            }
            seen.sort();
            let mut all: Vec<_> = market.chosen(&items).iter().map(|i| i.id.clone()).collect();
            all.sort();
            assert_eq!(seen, all);
        }
    }
}
