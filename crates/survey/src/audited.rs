//! How good the programme itself is, by platform: what the detector finds of what there is, how often what was reported is
//! what it was taken for, how often a notice was wrong, and which removals somebody saw.
//!
//! Owns what a figure is made of and which figures may be published: of a platform with fewer than [`ENOUGH`] of a thing it
//! is said that there are fewer, and the rows stay at the endpoint. No row knows a person, a device, a listing or a day.

use crate::interval::{Estimate, clopper_pearson, wilson};
use crate::table::{Cell, Table};
use serde::{Deserialize, Serialize};
use spotter_model::audit::Looked;
use spotter_model::case::CheckOutcome;
use std::collections::BTreeMap;

/// From so many of a thing on, a figure of a platform is published.
pub const ENOUGH: u64 = 10;
/// What is said where there are not enough.
pub const FEWER: &str = "fewer than 10";

/// A check's answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// Host of the marketplace.
    pub platform: String,
    /// Out of how many unflagged listings it was drawn.
    pub one_in: u32,
    /// What the person said.
    pub answer: Looked,
}

/// What was seen of a platform in all rounds with one rate, each device and day for itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Host of the marketplace.
    pub platform: String,
    /// The rate.
    pub one_in: u32,
    /// Listings that the detector flagged.
    pub flagged: u64,
    /// Listings that it did not flag.
    pub unflagged: u64,
    /// Of these, how many were offered for a check.
    pub offered: u64,
}

/// What experts say of a reported listing that the detector had flagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Likely protected, and should not be there.
    Confirmed,
    /// Not so.
    Dismissed,
    /// The evidence does not allow a decision; never counted as either.
    CannotTell,
}

/// A reported listing that the detector had flagged, as decided now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Host of the marketplace.
    pub platform: String,
    /// What experts say.
    pub decision: Decision,
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing showed it wrong.
    Stands,
    /// The company let the listing stand, and no later decision says who is right; not counted as wrong.
    Refused,
    /// The company took it for wrong: it put the listing back, and nothing came after that.
    Reinstated,
    /// The organisation took it back.
    Corrected,
    /// Experts decided otherwise later.
    DecidedOtherwise,
}

impl Outcome {
    /// Whether the notice was shown wrong.
    #[must_use]
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::Reinstated | Self::Corrected | Self::DecidedOtherwise)
    }
}

/// A notice that was sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noticed {
    /// Host of the marketplace.
    pub platform: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// A listing of which a notice was sent and that somebody looked at again: what was found last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// Host of the marketplace.
    pub platform: String,
    /// What was found.
    pub outcome: CheckOutcome,
}

/// What a look again says of a removal: yes, no, or neither.
#[must_use]
pub fn removed(outcome: CheckOutcome) -> Option<bool> {
    match outcome {
        CheckOutcome::RemovedConfirmedByCompany | CheckOutcome::NoticePageSaysRemoved => Some(true),
        CheckOutcome::Up | CheckOutcome::Relisted => Some(false),
        CheckOutcome::EndedOrSold | CheckOutcome::UnavailableUnknown | CheckOutcome::GeoOrLogin => None,
    }
}

/// Everything that figures are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// Checks.
    pub answers: Vec<Answered>,
    /// What they are out of.
    pub seen: Vec<Seen>,
    /// Decisions.
    pub decisions: Vec<Decided>,
    /// Notices.
    pub notices: Vec<Noticed>,
    /// Looks again.
    pub checks: Vec<Checked>,
}

/// Listings that were not flagged, drawn at one rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stratum {
    /// Flagged ones that were seen beside them.
    pub flagged: u64,
    /// How many there were.
    pub unflagged: u64,
    /// Of them, those that were checked with yes or no.
    pub checked: u64,
    /// Of the checked ones, those that were likely protected: misses.
    pub missed: u64,
}

/// What the detector finds of what there is, from checks and experts' decisions.
///
/// Horvitz and Thompson's estimate: of each rate, the misses among the U unflagged listings are U times the share q of the
/// checked ones; the hits are the share p of the decided ones times the flagged listings F. Recall is Fp / (Fp + the sum of
/// Uq). It rises in p and falls in each q, so that the ends of their Clopper-Pearson intervals give its own: half of the 5 %
/// goes to p, half is shared by the rates. A rate at which nothing was answered says nothing and is left out with what was
/// flagged beside it. `None` where nothing was answered or decided, or there is nothing to find.
#[must_use]
pub fn recall(confirmed: u64, decided: u64, strata: &[Stratum]) -> Option<Estimate> {
    let strata: Vec<Stratum> = strata.iter().copied().filter(|s| s.checked > 0).collect();
    let found = clopper_pearson(confirmed, decided, 0.025)?;
    let flagged: u64 = strata.iter().map(|s| s.flagged).sum();
    let share = 0.025 / strata.len() as f64;
    let mut missed = (0.0, 0.0, 0.0);
    for s in &strata {
        // What was checked was there, also where the day's counts are still on their way.
        let all = s.unflagged.max(s.checked) as f64;
        let q = if s.checked as f64 == all {
            let q = s.missed as f64 / all;
            Estimate { value: q, low: q, high: q }
        } else {
            clopper_pearson(s.missed, s.checked, share)?
        };
        let least = q.low.max(s.missed as f64 / all);
        missed = (missed.0 + all * q.value, missed.1 + all * least, missed.2 + all * q.high);
    }
    let of = |p: f64, misses: f64| {
        let hits = flagged as f64 * p;
        (hits + misses > 0.0).then(|| hits / (hits + misses))
    };
    let value = of(found.value, missed.0)?;
    Some(Estimate {
        value,
        low: of(found.low, missed.2).unwrap_or(0.0).min(value),
        high: of(found.high, missed.1).unwrap_or(1.0).max(value),
    })
}

/// A figure of a platform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// There are fewer than [`ENOUGH`] of what it is made of.
    Fewer,
    /// It is published.
    Is {
        /// The figure; `None`: there is nothing that it could be of.
        estimate: Option<Estimate>,
        /// Of so many.
        of: u64,
        /// So many count.
        hits: u64,
        /// So many of which it could not be told; counted as neither.
        open: u64,
    },
}

/// The figures of one platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Platform {
    /// Its host.
    pub host: String,
    /// What the detector finds of what there is; `of` counts checks, `hits` misses among them.
    pub recall: Figure,
    /// Confirmed among decided.
    pub precision: Figure,
    /// Notices that were shown wrong, among those sent; `open` counts those that the company refused.
    pub wrongful: Figure,
    /// Seen to be removed by the company, among the listings that were looked at again.
    pub removals: Figure,
}

#[derive(Default)]
struct Sum {
    strata: BTreeMap<u32, Stratum>,
    open: u64,
    decided: [u64; 3],
    notices: [u64; 3],
    checks: [u64; 3],
}

fn share([hits, not, open]: [u64; 3]) -> Figure {
    let of = hits + not;
    if of < ENOUGH { Figure::Fewer } else { Figure::Is { estimate: wilson(hits, of), of, hits, open } }
}

/// The figures of every platform of which one may be published, by host.
#[must_use]
pub fn platforms(data: &Data) -> Vec<Platform> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for a in &data.answers {
        let sum = sums.entry(&a.platform).or_default();
        let stratum = sum.strata.entry(a.one_in).or_default();
        match a.answer {
            Looked::Protected => (stratum.checked, stratum.missed) = (stratum.checked + 1, stratum.missed + 1),
            Looked::Not => stratum.checked += 1,
            Looked::CannotTell => sum.open += 1,
        }
    }
    for s in &data.seen {
        let stratum = sums.entry(&s.platform).or_default().strata.entry(s.one_in).or_default();
        (stratum.flagged, stratum.unflagged) = (stratum.flagged + s.flagged, stratum.unflagged + s.unflagged);
    }
    for d in &data.decisions {
        sums.entry(&d.platform).or_default().decided[d.decision as usize] += 1;
    }
    for n in &data.notices {
        let at = &mut sums.entry(&n.platform).or_default().notices;
        at[usize::from(!n.outcome.is_wrong())] += 1;
        at[2] += u64::from(n.outcome == Outcome::Refused);
    }
    for c in &data.checks {
        let at = match removed(c.outcome) {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        sums.entry(&c.platform).or_default().checks[at] += 1;
    }
    let platform = |(host, sum): (&str, Sum)| {
        let strata: Vec<Stratum> = sum.strata.into_values().collect();
        let checked: u64 = strata.iter().map(|s| s.checked).sum();
        let [confirmed, dismissed, _] = sum.decided;
        let recall = if checked < ENOUGH || confirmed + dismissed < ENOUGH {
            Figure::Fewer
        } else {
            Figure::Is {
                estimate: recall(confirmed, confirmed + dismissed, &strata),
                of: checked,
                hits: strata.iter().map(|s| s.missed).sum(),
                open: sum.open,
            }
        };
        Platform {
            host: host.to_owned(),
            recall,
            precision: share(sum.decided),
            wrongful: share(sum.notices),
            removals: share(sum.checks),
        }
    };
    sums.into_iter().map(platform).filter(|p| p.all().iter().any(|f| **f != Figure::Fewer)).collect()
}

impl Platform {
    fn all(&self) -> [&Figure; 4] {
        [&self.recall, &self.precision, &self.wrongful, &self.removals]
    }
}

impl Data {
    /// What may leave the endpoint: the rows behind figures that are published and no others, in an order that says nothing.
    #[must_use]
    pub fn published(mut self) -> Self {
        let shown = platforms(&self);
        let is =
            |host: &str, of: fn(&Platform) -> &Figure| shown.iter().any(|p| p.host == host && *of(p) != Figure::Fewer);
        self.answers.retain(|r| is(&r.platform, |p| &p.recall));
        self.seen.retain(|r| is(&r.platform, |p| &p.recall));
        self.decisions.retain(|r| is(&r.platform, |p| &p.precision));
        self.notices.retain(|r| is(&r.platform, |p| &p.wrongful));
        self.checks.retain(|r| is(&r.platform, |p| &p.removals));
        self.answers.sort();
        self.seen.sort();
        self.decisions.sort();
        self.notices.sort();
        self.checks.sort_by(|a, b| (&a.platform, a.outcome as u8).cmp(&(&b.platform, b.outcome as u8)));
        self
    }
}

const NAMES: [&str; 4] = ["Recall of the detector", "Precision", "Wrongful notices", "Verified removals"];

/// The figures as a table: a row for each platform and figure.
#[must_use]
pub fn table(platforms: &[Platform]) -> Table {
    let row = |platform: &Platform, name: &str, figure: &Figure| {
        let mut cells = vec![Cell::text(&platform.host), Cell::text(name)];
        cells.extend(match figure {
            Figure::Fewer => vec![Cell::text(FEWER); 6],
            Figure::Is { estimate, of, hits, open } => vec![
                Cell::maybe(estimate.map(|e| e.value)),
                Cell::maybe(estimate.map(|e| e.low)),
                Cell::maybe(estimate.map(|e| e.high)),
                Cell::Count(*of),
                Cell::Count(*hits),
                Cell::Count(*open),
            ],
        });
        cells
    };
    Table {
        id: "platforms".into(),
        title: "By platform".into(),
        note: "Shares with the ends of their 95 % intervals. What could not be told counts as neither.".into(),
        columns: ["Platform", "Figure", "Share", "Lower end", "Upper end", "Of", "Counted", "Open"]
            .map(str::to_owned)
            .to_vec(),
        heads: 2,
        rows: platforms.iter().flat_map(|p| NAMES.iter().zip(p.all()).map(|(n, f)| row(p, n, f))).collect(),
    }
}
