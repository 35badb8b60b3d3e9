//! Every figure of an evaluation, with its interval.
//!
//! Shares carry Wilson's interval; precision at a prevalence what the ends of the intervals of recall and of the
//! innocents alarmed give, which stays honest where nothing was alarmed; everything else the middle 95 % of a seeded
//! bootstrap. Never prints.

use super::rows::Judged;
use crate::metrics::{self, Outcomes, Scored};
use serde::Serialize;
use spotter_detector::lexicon::weights::Thresholds;
use spotter_model::{CueKind, Group, Level};
use std::collections::BTreeMap;

const BINS: usize = 10;
const ROUNDS: usize = 1000;
/// Shares of offers for which precision is told.
const PREVALENCES: [f64; 3] = [0.02, 0.10, 0.40];
/// Groups with fewer offers are told together: a share of three says nothing.
const FEW: usize = 10;

type Interval = Option<(f64, f64)>;

/// A share of something.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    pub part: usize,
    pub whole: usize,
    pub share: Option<f64>,
    pub interval_95: Interval,
}

impl Share {
    pub fn new(part: usize, whole: usize) -> Self {
        let share = (whole > 0).then(|| part as f64 / whole as f64);
        Self { part, whole, share, interval_95: metrics::wilson(part, whole) }
    }
}

/// Precision where offers are so common.
#[derive(Debug, Serialize)]
pub struct AtPrevalence {
    pub prevalence: f64,
    pub precision: Option<f64>,
    pub interval_95: Interval,
}

/// The figures of one threshold.
#[derive(Debug, Serialize)]
pub struct At {
    pub hits: usize,
    pub false_alarms: usize,
    pub misses: usize,
    pub passed: usize,
    pub precision: Option<f64>,
    pub precision_interval_95: Interval,
    pub recall: Option<f64>,
    pub recall_interval_95: Interval,
    pub f1: Option<f64>,
    pub f1_interval_95: Interval,
    pub false_alarms_per_1000: Option<f64>,
    pub false_alarms_per_1000_interval_95: Interval,
    pub precision_at_prevalence: Vec<AtPrevalence>,
}

/// `flagged`: whether each was flagged, with its label.
fn at(flagged: &[(bool, bool)]) -> At {
    let count = |rows: &[Scored]| {
        let mut o = Outcomes::default();
        rows.iter().for_each(|&(f, l)| o.add(f > 0.5, l));
        o
    };
    let scored: Vec<Scored> = flagged.iter().map(|&(f, l)| (f64::from(u8::from(f)), l)).collect();
    let o = count(&scored);
    let (recall, alarmed) =
        (metrics::wilson(o.hits, o.hits + o.misses), metrics::wilson(o.false_alarms, o.false_alarms + o.passed));
    let at_prevalence = |prevalence: f64| AtPrevalence {
        prevalence,
        precision: o
            .recall()
            .zip(o.per_thousand())
            .and_then(|(recall, alarmed)| metrics::precision_at(prevalence, recall, alarmed / 1000.0)),
        interval_95: recall.zip(alarmed).and_then(|(recall, alarmed)| {
            let low = metrics::precision_at(prevalence, recall.0, alarmed.1)?;
            Some((low, metrics::precision_at(prevalence, recall.1, alarmed.0)?))
        }),
    };
    At {
        hits: o.hits,
        false_alarms: o.false_alarms,
        misses: o.misses,
        passed: o.passed,
        precision: o.precision(),
        precision_interval_95: metrics::wilson(o.hits, o.hits + o.false_alarms),
        recall: o.recall(),
        recall_interval_95: metrics::wilson(o.hits, o.hits + o.misses),
        f1: o.f1(),
        f1_interval_95: metrics::bootstrap(&scored, ROUNDS, |rows| count(rows).f1()),
        false_alarms_per_1000: o.per_thousand(),
        false_alarms_per_1000_interval_95: metrics::wilson(o.false_alarms, o.false_alarms + o.passed)
            .map(|(low, high)| (low * 1000.0, high * 1000.0)),
        precision_at_prevalence: PREVALENCES.into_iter().map(at_prevalence).collect(),
    }
}

/// The figures of one label.
#[derive(Debug, Serialize)]
pub struct Figures {
    pub rows: usize,
    pub positives: usize,
    pub skipped: usize,
    pub possible: At,
    pub likely: At,
    pub roc_auc: Option<f64>,
    pub roc_auc_interval_95: Interval,
    pub average_precision: Option<f64>,
    pub average_precision_interval_95: Interval,
    pub brier: Option<f64>,
    pub brier_interval_95: Interval,
    pub calibration_error: Option<f64>,
    pub calibration_interval_95: Interval,
}

/// Score, at least possible, likely, label.
type Answer = (f64, bool, bool, Option<bool>);

fn figures(rows: &[Answer]) -> Option<Figures> {
    let labelled: Vec<_> = rows.iter().filter_map(|&(s, p, l, label)| label.map(|label| (s, p, l, label))).collect();
    if labelled.is_empty() {
        return None;
    }
    let scored: Vec<Scored> = labelled.iter().map(|&(s, _, _, label)| (s, label)).collect();
    let possible: Vec<(bool, bool)> = labelled.iter().map(|&(_, p, _, label)| (p, label)).collect();
    let likely: Vec<(bool, bool)> = labelled.iter().map(|&(_, _, l, label)| (l, label)).collect();
    let error = |rows: &[Scored]| metrics::calibration_error(rows, BINS);
    Some(Figures {
        rows: labelled.len(),
        positives: scored.iter().filter(|s| s.1).count(),
        skipped: rows.len() - labelled.len(),
        possible: at(&possible),
        likely: at(&likely),
        roc_auc: metrics::roc_auc(&scored),
        roc_auc_interval_95: metrics::bootstrap(&scored, ROUNDS, metrics::roc_auc),
        average_precision: metrics::average_precision(&scored),
        average_precision_interval_95: metrics::bootstrap(&scored, ROUNDS, metrics::average_precision),
        brier: metrics::brier(&scored),
        brier_interval_95: metrics::bootstrap(&scored, ROUNDS, metrics::brier),
        calibration_error: error(&scored),
        calibration_interval_95: metrics::bootstrap(&scored, ROUNDS, error),
    })
}

/// Some of the rows, by group, language, trap or file.
#[derive(Debug, Serialize)]
pub struct Slice {
    pub name: String,
    pub rows: usize,
    pub positives: usize,
    /// Rows wrong at `possible`, of all.
    pub wrong: Share,
    /// Offers found at `possible`.
    pub found: Share,
    pub found_likely: Share,
    /// Innocents alarmed at `possible`.
    pub alarmed: Share,
    pub alarmed_likely: Share,
    /// Why those are wrong that are.
    pub why: BTreeMap<&'static str, usize>,
}

/// Why a row was judged wrongly, as far as the assessment itself says.
pub fn why(j: &Judged<'_>) -> Option<&'static str> {
    let (label, flagged) = (j.row.labels.label?, j.found.level >= Level::Possible);
    let subject = |k: CueKind| matches!(k, CueKind::Name | CueKind::Commodity | CueKind::Code);
    let cues = &j.found.cues;
    let some = |which: &dyn Fn(&spotter_model::Cue) -> bool| cues.iter().any(which);
    Some(match (label, flagged) {
        (1, false) if !some(&|c| subject(c.kind)) && some(&|c| c.kind == CueKind::Lookalike) => {
            "miss: only a look-alike found, or it took the word away"
        }
        (1, false) if !some(&|c| subject(c.kind)) => "miss: no name, part or code word found",
        (1, false) if some(&|c| c.weight < 0.0 && c.kind == CueKind::Lookalike) => {
            "miss: look-alikes outweigh the words"
        }
        (1, false) => "miss: the words found are too weak",
        (0, true) if some(&|c| c.kind == CueKind::Lookalike) => "alarm: look-alikes found, but outweighed",
        (0, true) if some(&|c| matches!(c.kind, CueKind::Trade | CueKind::Claim | CueKind::Method)) => {
            "alarm: the words stand with signs of an offer, no look-alike found"
        }
        (0, true) => "alarm: the words alone, no look-alike found",
        _ => return None,
    })
}

fn slice(name: String, rows: &[&Judged<'_>]) -> Slice {
    let count = |which: &dyn Fn(&Judged<'_>) -> bool| rows.iter().filter(|j| which(j)).count();
    let offer = |j: &Judged<'_>| j.row.labels.label == Some(1);
    let at_least = |j: &Judged<'_>, level: Level| j.found.level >= level;
    let positives = count(&|j| offer(j));
    let innocents = rows.len() - positives;
    let mut reasons: BTreeMap<&'static str, usize> = BTreeMap::new();
    for reason in rows.iter().filter_map(|j| why(j)) {
        *reasons.entry(reason).or_default() += 1;
    }
    let share = |label: bool, level: Level, whole: usize| {
        Share::new(count(&|j| offer(j) == label && at_least(j, level)), whole)
    };
    Slice {
        name,
        rows: rows.len(),
        positives,
        wrong: Share::new(count(&|j| offer(j) != at_least(j, Level::Possible)), rows.len()),
        found: share(true, Level::Possible, positives),
        found_likely: share(true, Level::Likely, positives),
        alarmed: share(false, Level::Possible, innocents),
        alarmed_likely: share(false, Level::Likely, innocents),
        why: reasons,
    }
}

/// Slices of the labelled rows by a key, in order of the keys.
fn slices(judged: &[&Judged<'_>], key: &dyn Fn(&Judged<'_>) -> Option<String>) -> Vec<Slice> {
    let mut by_key: BTreeMap<String, Vec<&Judged<'_>>> = BTreeMap::new();
    for j in judged.iter().filter(|j| j.row.labels.label.is_some()) {
        if let Some(key) = key(j) {
            by_key.entry(key).or_default().push(j);
        }
    }
    by_key.into_iter().map(|(name, rows)| slice(name, &rows)).collect()
}

/// Everything about a set of rows.
#[derive(Debug, Serialize)]
pub struct Set {
    pub name: String,
    pub rows: usize,
    pub label: Option<Figures>,
    pub label_wildlife: Option<Figures>,
    /// Among the hits at `possible` whose row names a group: how often it is among the groups found, and first.
    pub right_group: Option<f64>,
    pub right_group_share: Share,
    pub right_group_first: Option<f64>,
    /// Offers of the trap "codeword" found at `possible`.
    pub code_words: Share,
    /// Offers of the trap "disguise" found at `possible`.
    pub disguise: Share,
    /// Innocents alarmed.
    pub alarmed_possible: Share,
    pub alarmed_likely: Share,
    pub by_group: Vec<Slice>,
    pub by_lang: Vec<Slice>,
    pub by_trap: Vec<Slice>,
}

/// A group's name as rows write it.
pub fn group_name(group: Group) -> String {
    serde_json::to_value(group).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// All figures of some rows.
pub fn set(name: String, judged: &[&Judged<'_>], thresholds: Thresholds) -> Set {
    let listed: Vec<Answer> = judged
        .iter()
        .map(|j| {
            let level = j.found.level;
            (j.found.score, level >= Level::Possible, level == Level::Likely, j.row.labels.label.map(|l| l == 1))
        })
        .collect();
    let wild: Vec<Answer> = judged
        .iter()
        .map(|j| {
            let s = j.found.wildlife_score;
            let label = j.row.labels.label_wildlife.map(|l| l == 1);
            (s, s >= thresholds.wildlife, s >= thresholds.wildlife.max(thresholds.likely), label)
        })
        .collect();
    let (mut with_group, mut among, mut first) = (0usize, 0usize, 0usize);
    for j in judged.iter().filter(|j| j.found.level >= Level::Possible && j.row.labels.label == Some(1)) {
        // A study's topic is no group.
        let known = |g: &&str| serde_json::from_value::<Group>((*g).into()).is_ok();
        let Some(wanted) = j.row.labels.group.as_deref().filter(known) else { continue };
        with_group += 1;
        among += usize::from(j.found.groups.iter().any(|&g| group_name(g) == wanted));
        first += usize::from(j.found.groups.first().is_some_and(|&g| group_name(g) == wanted));
    }
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let mut offers: BTreeMap<String, usize> = BTreeMap::new();
    for j in judged.iter().filter(|j| j.row.labels.label == Some(1)) {
        if let Some(group) = given(&j.row.labels.group) {
            *offers.entry(group).or_default() += 1;
        }
    }
    let group = |j: &Judged<'_>| {
        let group = given(&j.row.labels.group)?;
        let enough = offers.get(&group).is_some_and(|&n| n >= FEW);
        Some(if enough { group } else { format!("groups with fewer than {FEW} offers") })
    };
    let labelled: Vec<&&Judged<'_>> = judged.iter().filter(|j| j.row.labels.label.is_some()).collect();
    let trap = |wanted: &str| {
        let of: Vec<_> = labelled.iter().filter(|j| j.row.labels.trap.as_deref() == Some(wanted)).collect();
        Share::new(of.iter().filter(|j| j.found.level >= Level::Possible).count(), of.len())
    };
    let innocents: Vec<_> = labelled.iter().filter(|j| j.row.labels.label == Some(0)).collect();
    let alarmed =
        |level: Level| Share::new(innocents.iter().filter(|j| j.found.level >= level).count(), innocents.len());
    let right = Share::new(among, with_group);
    Set {
        name,
        rows: judged.len(),
        label: figures(&listed),
        label_wildlife: figures(&wild),
        right_group: right.share,
        right_group_share: right,
        right_group_first: Share::new(first, with_group).share,
        code_words: trap("codeword"),
        disguise: trap("disguise"),
        alarmed_possible: alarmed(Level::Possible),
        alarmed_likely: alarmed(Level::Likely),
        by_group: slices(judged, &group),
        by_lang: slices(judged, &|j| given(&j.row.labels.lang)),
        by_trap: slices(judged, &|j| given(&j.row.labels.trap)),
    }
}
