//! An assessment in parts that a panel or a page can put into words.

use crate::lexicon::{Ids, Lexicon};
use spotter_model::InOrder;
use spotter_model::messages::{Reason, What};
use spotter_model::{Appendix, Assessment, Cue, CueKind};

/// Longest quote, in characters.
const QUOTE_CHARS: usize = 80;
/// Most groups named.
const GROUPS: usize = 3;
/// Most scientific names.
const NAMES: usize = 3;

/// What it probably is, and why.
#[must_use]
pub fn explain(lexicon: &Lexicon, ids: &Ids, a: &Assessment) -> (What, Vec<Reason>) {
    let mut appendices: Vec<Appendix> =
        a.taxa.iter().take(NAMES).flat_map(|t| t.listings.iter().map(|l| l.appendix)).collect();
    appendices.order();
    appendices.dedup();
    let what = What {
        groups: a.groups.iter().take(GROUPS).copied().collect(),
        commodities: a.commodities.clone(),
        scientific_names: a.taxa.iter().take(NAMES).map(|t| t.scientific_name.clone()).collect(),
        appendices,
    };
    let reason = |cue: &Cue| {
        let known = ids.find(lexicon, &cue.concept);
        let label = known.map_or(cue.concept.as_str(), |at| lexicon.concept(at).label);
        Reason {
            kind: cue.kind,
            concept: cue.concept.clone(),
            label: label.to_owned(),
            quote: cue.text.chars().take(QUOTE_CHARS).collect(),
            against: cue.weight < 0.0,
        }
    };
    (what, strongest_first(a).into_iter().map(reason).collect())
}

/// Each concept once, at its best place: what is named, then signs and claims, then what speaks against, strongest first. Signs
/// speak for nothing by themselves, however much they add.
pub(super) fn strongest_first(a: &Assessment) -> Vec<&Cue> {
    let leans = |c: &Cue| matches!(c.kind, CueKind::Trade | CueKind::Claim | CueKind::Method);
    let rank = |c: &Cue| if c.weight < 0.0 { 2 } else { u8::from(leans(c)) };
    let mut cues: Vec<&Cue> = a.cues.iter().collect();
    cues.order_by(|x, y| {
        rank(x)
            .cmp(&rank(y))
            .then(y.weight.abs().total_cmp(&x.weight.abs()))
            .then(x.field.cmp(&y.field))
            .then(x.start.cmp(&y.start))
    });
    let mut seen: Vec<&str> = vec![];
    cues.retain(|c| {
        let new = !seen.contains(&c.concept.as_str());
        seen.push(&c.concept);
        new
    });
    cues
}
