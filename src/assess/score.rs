//! What was found -> the assessment.
//!
//! Owns: both probabilities, the level, and the evidence in order. The parts are elsewhere: what stands
//! ([`super::standing`]), what of it is weighed ([`super::features`]), the sum ([`super::sum`]) and what it is
//! ([`super::what`]).

#[cfg(feature = "sources")]
use super::features::Values;
use super::features::features;
use super::gather::{Found, Hit, read, speaks};
use super::standing::{Standing, standing};
use super::sum::sum;
use super::what::what;
use crate::lexicon::{Attested, Feature, Lexicon};
use crate::normalize;
use spotter_model::InOrder;
use spotter_model::{Assessment, Cue, CueKind, Date, Field, Level, Listing, limits};

fn round(p: f64) -> f64 {
    (p * 10_000.0).round() / 10_000.0
}

/// The answer where nothing was found.
#[must_use]
pub fn nothing(lexicon: &Lexicon, listing: &Listing) -> Assessment {
    let (weights, left) = (&lexicon.weights, lexicon.weights.of(Feature::Nothing));
    let score = round(weights.calibration.score.probability(left.listed));
    let wildlife_score = round(weights.calibration.wildlife.probability(left.wildlife)).max(score);
    Assessment { id: listing.id.clone(), score, wildlife_score, ..Assessment::default() }
}

/// What the model sees of a listing: the input of fitting.
#[cfg(feature = "sources")]
#[must_use]
pub fn values(lexicon: &Lexicon, listing: &Listing, found: &Found, as_of: Date) -> Values {
    features(listing, found, &standing(lexicon, listing, found, as_of))
}

/// Weighs what was found.
#[must_use]
pub fn score(lexicon: &Lexicon, listing: &Listing, found: &Found, as_of: Date) -> Assessment {
    let weights = &lexicon.weights;
    let standing = standing(lexicon, listing, found, as_of);
    let values = features(listing, found, &standing);
    let sum = sum(weights, &values, standing.len());
    let mut score = round(weights.calibration.score.probability(sum.listed));
    let inferred = standing.iter().filter(|s| s.sort.is_subject()).all(|s| s.attested == Attested::Inferred);
    if inferred && score >= weights.threshold.likely {
        score = round(weights.threshold.likely - 0.0001);
    }
    let wildlife_score = round(weights.calibration.wildlife.probability(sum.wildlife)).max(score);
    let level = if !values.has_subject() || score < weights.threshold.possible {
        Level::None
    } else if score < weights.threshold.likely {
        Level::Possible
    } else {
        Level::Likely
    };
    let (groups, taxa, commodities) = what(lexicon, &standing, &sum.shares, as_of);
    let ids = |kind: CueKind| {
        let mut ids: Vec<String> = standing.iter().filter(|s| s.concept.kind == kind).map(|s| s.concept.id()).collect();
        ids.order();
        ids
    };
    Assessment {
        id: listing.id.clone(),
        level,
        score,
        wildlife_score,
        taxa,
        groups,
        commodities,
        cues: cues(lexicon, listing, found, &standing, &sum.shares),
        claims: ids(CueKind::Claim),
        methods: ids(CueKind::Method),
        disguised: standing.iter().any(|s| s.hit.disguised && speaks(s.concept.kind)),
        ..Assessment::default()
    }
}

/// The evidence: each concept's best place with its weight, its other places with none; the strongest stay
/// where there are too many; in order of field and place.
fn cues(lexicon: &Lexicon, listing: &Listing, found: &Found, standing: &[Standing<'_>], shares: &[f64]) -> Vec<Cue> {
    let mut chosen: Vec<(&Hit, f64)> = vec![];
    for (s, &share) in standing.iter().zip(shares) {
        if let Some(hit) = found.hits.iter().find(|h| **h == s.hit) {
            chosen.push((hit, share));
        }
    }
    chosen.order_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let again = found.hits.iter().filter(|h| !h.dropped && !standing.iter().any(|s| s.hit == **h));
    chosen.extend(again.map(|h| (h, 0.0)));
    chosen.truncate(limits::CUES);
    chosen.order_by_key(|(h, _)| (h.field, h.start, h.end, h.concept));
    // Counted on from the cue before: they are in order.
    let mut counted = (usize::MAX, 0, 0);
    chosen
        .into_iter()
        .map(|(hit, weight)| {
            let field = Field::ALL[hit.field];
            let text = read(listing, field);
            let (from, to) = found.folded[hit.field].source(text, hit.start, hit.end);
            let concept = lexicon.concept(hit.concept);
            if counted.0 != hit.field || from < counted.1 {
                counted = (hit.field, 0, 0);
            }
            let quote = text.get(from..to).unwrap_or("");
            let start = counted.2 + text.get(counted.1..from).map_or(0, normalize::utf16_len);
            counted = (hit.field, from, start);
            Cue {
                kind: concept.kind,
                concept: concept.id(),
                field,
                start,
                end: start + normalize::utf16_len(quote),
                text: quote.to_owned(),
                weight: round(weight) as f32,
            }
        })
        .collect()
}
