//! Adds up what stands and says what it means.
//!
//! Owns: the sum of log-odds, both probabilities, the level, and the order of taxa, groups and commodities.
//! Only additions, multiplications and one exponential from `libm`: the same bytes on every platform.

use super::gather::{Found, Hit, NEAR, distance, read, shares_group, speaks};
use crate::lexicon::{Attested, Concept, Effect, Lexicon, Platt, Strength};
use crate::normalize;
use spotter_model::{Assessment, CitesListing, Cue, CueKind, Date, Field, Group, Level, Listing, TaxonMatch, limits};
use std::collections::BTreeMap;

/// One concept that stands, at its best place.
#[derive(Clone, Copy, Debug)]
struct Standing<'a> {
    concept: &'a Concept,
    index: u32,
    /// Its best hit.
    hit: Hit,
    /// Its share of the log-odds of `score`.
    listed: f64,
    /// Its share of the log-odds of `wildlife_score`.
    wild: f64,
    /// What it says before company is counted.
    base: f64,
}

/// The answer where nothing was found.
#[must_use]
pub fn nothing(lexicon: &Lexicon, listing: &Listing) -> Assessment {
    let z = lexicon.weights.prior;
    let score = round(probability(z, lexicon.weights.calibration.score));
    let wild = round(probability(z, lexicon.weights.calibration.wildlife)).max(score);
    Assessment { id: listing.id.clone(), score, wildlife_score: wild, ..Assessment::default() }
}

fn probability(z: f64, platt: Platt) -> f64 {
    let x = (platt.a * z + platt.b).clamp(-40.0, 40.0);
    1.0 / (1.0 + libm::exp(-x))
}

fn round(p: f64) -> f64 {
    (p * 10_000.0).round() / 10_000.0
}

/// Weighs what was found.
#[must_use]
pub fn score(lexicon: &Lexicon, listing: &Listing, found: &Found, as_of: Date) -> Assessment {
    let mut standing = strongest(lexicon, found, as_of);
    let subject = standing.iter().any(|s| speaks(s.concept.kind) && s.base > 0.0);
    if !subject {
        // Without a name, a commodity or a code word the rest is talk.
        for s in &mut standing {
            if s.base > 0.0 {
                (s.listed, s.wild) = (0.0, 0.0);
            }
        }
    } else {
        company(lexicon, found, &mut standing);
    }
    let weights = &lexicon.weights;
    let listed = weights.prior + standing.iter().map(|s| s.listed).sum::<f64>();
    let wild = weights.prior + standing.iter().map(|s| s.wild).sum::<f64>();
    let mut score = round(probability(listed, weights.calibration.score));
    let inferred = standing
        .iter()
        .filter(|s| speaks(s.concept.kind) && s.listed > 0.0)
        .all(|s| s.concept.attested == Attested::Inferred);
    if inferred && score >= weights.threshold.likely {
        score = round(weights.threshold.likely - 0.0001);
    }
    let wildlife_score = round(probability(wild, weights.calibration.wildlife)).max(score);
    let level = if !subject || score < weights.threshold.possible {
        Level::None
    } else if score < weights.threshold.likely {
        Level::Possible
    } else {
        Level::Likely
    };
    let (groups, taxa, commodities) = what(lexicon, &standing, as_of);
    let ids = |kind: CueKind| {
        let mut ids: Vec<String> =
            standing.iter().filter(|s| s.concept.kind == kind).map(|s| s.concept.id.clone()).collect();
        ids.sort();
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
        cues: cues(lexicon, listing, found, &standing),
        claims: ids(CueKind::Claim),
        methods: ids(CueKind::Method),
        disguised: standing.iter().any(|s| s.hit.disguised && speaks(s.concept.kind)),
        ..Assessment::default()
    }
}

/// Each concept once, at its best place, with what it says by itself, strongest first.
fn strongest<'a>(lexicon: &'a Lexicon, found: &Found, as_of: Date) -> Vec<Standing<'a>> {
    let weights = &lexicon.weights;
    let mut best: BTreeMap<u32, Standing<'a>> = BTreeMap::new();
    for hit in found.hits.iter().filter(|h| !h.dropped) {
        let concept = &lexicon.concepts[hit.concept as usize];
        // A look-alike that has cancelled its neighbour leaves a weak doubt.
        let strength = match (concept.kind, concept.effect) {
            (CueKind::Lookalike, Effect::Cancel) => Strength::Weak,
            _ => concept.strength,
        };
        let base = weights.base.of(concept.kind, strength) * weights.field.of(Field::ALL[hit.field]);
        let new = Standing { concept, index: hit.concept, hit: *hit, listed: base, wild: base, base };
        best.entry(hit.concept)
            .and_modify(|old| {
                if base.abs() > old.base.abs() || (base == old.base && hit.disguised && !old.hit.disguised) {
                    *old = new;
                }
            })
            .or_insert(new);
    }
    let mut standing: Vec<Standing<'a>> = best.into_values().collect();
    standing.sort_by(|a, b| b.base.abs().total_cmp(&a.base.abs()).then(a.index.cmp(&b.index)));
    // Each further concept of a kind says less than the one before.
    let mut seen: [f64; 7] = [1.0; 7];
    for s in &mut standing {
        let factor = &mut seen[s.concept.kind as usize];
        s.listed *= *factor;
        s.wild *= *factor;
        *factor *= weights.decay.of(s.concept.kind);
        if speaks(s.concept.kind) {
            if !is_listed(lexicon, s.concept, as_of) {
                s.listed = 0.0;
            }
            if !s.concept.wild && has_own(s.concept) {
                s.wild = 0.0;
            }
        }
    }
    standing
}

/// Whether the concept says anything of taxa by itself.
fn has_own(concept: &Concept) -> bool {
    !concept.taxa.is_empty() || !concept.groups.is_empty() || concept.kind == CueKind::Name
}

/// Whether the concept speaks for something listed on that day. A commodity of any animal (a skin, a claw)
/// speaks for both.
fn is_listed(lexicon: &Lexicon, concept: &Concept, as_of: Date) -> bool {
    if !has_own(concept) {
        return true;
    }
    if concept.taxa.is_empty() {
        return concept.listed;
    }
    concept.listed
        && concept
            .taxa
            .iter()
            .filter_map(|&t| lexicon.taxa.get(t as usize))
            .any(|t| t.listings.iter().any(|l| l.in_force(as_of)))
}

/// Adds what stands beside what. Each interaction is added once and shared between its two sides.
fn company(lexicon: &Lexicon, found: &Found, standing: &mut [Standing<'_>]) {
    use CueKind::{Claim, Code, Commodity, Method, Name, Trade};
    let i = &lexicon.weights.interaction;
    let firm = |s: &Standing<'_>| s.concept.strength > Strength::Weak;
    let pair = |standing: &[Standing<'_>], a: &dyn Fn(&Standing<'_>) -> bool, b: &dyn Fn(&Standing<'_>) -> bool| {
        for (x, first) in standing.iter().enumerate().filter(|(_, s)| s.base > 0.0 && a(s)) {
            for (y, second) in standing.iter().enumerate().filter(|(_, s)| s.base > 0.0 && b(s)) {
                if x != y && shares_group(first.concept, second.concept) {
                    return Some((x, y));
                }
            }
        }
        None
    };
    let kind = |wanted: CueKind| move |s: &Standing<'_>| s.concept.kind == wanted;
    let fits = pair(standing, &kind(Name), &kind(Commodity));
    let near = fits.is_some_and(|(x, y)| {
        let names = found.hits.iter().filter(|h| !h.dropped && h.concept == standing[x].index);
        names.into_iter().any(|n| {
            found.hits.iter().any(|c| {
                !c.dropped
                    && c.concept == standing[y].index
                    && c.field == n.field
                    && distance(&found.folded[n.field].text, (n.start, n.end), (c.start, c.end)) <= NEAR
            })
        })
    });
    let additions = [
        (fits, i.name_commodity_compatible),
        (fits.filter(|_| near), i.name_commodity_near),
        (pair(standing, &|s| s.concept.kind == Name && firm(s), &kind(Trade)), i.name_trade),
        (pair(standing, &|s| matches!(s.concept.kind, Commodity | Code), &kind(Trade)), i.commodity_trade),
        (pair(standing, &kind(Name), &kind(Claim)), i.name_claim),
        (pair(standing, &|s| matches!(s.concept.kind, Commodity | Code), &kind(Claim)), i.commodity_claim),
        (pair(standing, &|s| speaks(s.concept.kind), &kind(Method)), i.method_any),
    ];
    for (sides, weight) in additions {
        let Some((x, y)) = sides else { continue };
        // Company of what is not listed says nothing of a listed taxon, and so for what is not wild.
        let listed = standing[x].listed > 0.0 && standing[y].listed > 0.0;
        let wild = standing[x].wild > 0.0 && standing[y].wild > 0.0;
        for side in [x, y] {
            standing[side].listed += if listed { weight / 2.0 } else { 0.0 };
            standing[side].wild += if wild { weight / 2.0 } else { 0.0 };
        }
    }
    if let Some(hidden) = standing.iter_mut().find(|s| s.hit.disguised && speaks(s.concept.kind)) {
        hidden.listed += if hidden.listed > 0.0 { i.disguised } else { 0.0 };
        hidden.wild += if hidden.wild > 0.0 { i.disguised } else { 0.0 };
    }
}

type What = (Vec<Group>, Vec<TaxonMatch>, Vec<String>);

/// What it probably is: groups, taxa and commodities, each most probable first.
fn what(lexicon: &Lexicon, standing: &[Standing<'_>], as_of: Date) -> What {
    let subjects = || standing.iter().filter(|s| speaks(s.concept.kind) && s.base > 0.0);
    // A name settles which of a commodity's animals are meant.
    let named: Vec<Group> =
        subjects().filter(|s| s.concept.kind == CueKind::Name).flat_map(|s| s.concept.groups.clone()).collect();
    let meant = |s: &Standing<'_>, group: Group| {
        s.concept.kind == CueKind::Name
            || s.concept.groups.len() < 2
            || named.contains(&group)
            || !s.concept.groups.iter().any(|g| named.contains(g))
    };
    let mut groups: BTreeMap<Group, f64> = BTreeMap::new();
    let mut commodities: BTreeMap<&str, f64> = BTreeMap::new();
    let mut taxa: BTreeMap<u32, f64> = BTreeMap::new();
    for s in subjects() {
        let weight = s.base.max(s.listed);
        let among = s.concept.groups.iter().filter(|g| meant(s, **g)).count().max(1) as f64;
        for &group in s.concept.groups.iter().filter(|g| meant(s, **g)) {
            *groups.entry(group).or_default() += weight / among;
        }
        for code in &s.concept.commodities {
            *commodities.entry(code).or_default() += weight;
        }
        // A narrow name says more of each of its taxa than a wide one.
        let share = weight / s.concept.taxa.len().max(1) as f64;
        for &taxon in &s.concept.taxa {
            *taxa.entry(taxon).or_default() += share;
        }
    }
    let mut groups: Vec<(Group, f64)> = groups.into_iter().collect();
    groups.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut commodities: Vec<(&str, f64)> = commodities.into_iter().collect();
    commodities.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let mut taxa: Vec<(u32, f64)> = taxa.into_iter().collect();
    taxa.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let taxa = taxa
        .into_iter()
        .filter_map(|(t, _)| lexicon.taxa.get(t as usize))
        .filter_map(|taxon| {
            let listings: Vec<CitesListing> = taxon
                .listings
                .iter()
                .filter(|l| l.in_force(as_of))
                .map(|l| CitesListing {
                    appendix: l.appendix,
                    population: l.population.clone(),
                    from: l.from,
                    until: l.until,
                })
                .collect();
            (!listings.is_empty()).then(|| TaxonMatch {
                id: taxon.id.clone(),
                scientific_name: taxon.scientific_name.clone(),
                listings,
            })
        })
        .take(limits::TAXA)
        .collect();
    (groups.into_iter().map(|g| g.0).collect(), taxa, commodities.into_iter().map(|c| c.0.to_owned()).collect())
}

/// The evidence: each concept's best place with its weight, its other places with none; the strongest stay
/// where there are too many; in order of field and place.
fn cues(lexicon: &Lexicon, listing: &Listing, found: &Found, standing: &[Standing<'_>]) -> Vec<Cue> {
    let mut chosen: Vec<(&Hit, f64)> = vec![];
    for s in standing {
        if let Some(hit) = found.hits.iter().find(|h| **h == s.hit) {
            chosen.push((hit, s.listed));
        }
    }
    chosen.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let again = found.hits.iter().filter(|h| !h.dropped && !standing.iter().any(|s| s.hit == **h));
    chosen.extend(again.map(|h| (h, 0.0)));
    chosen.truncate(limits::CUES);
    chosen.sort_by_key(|(h, _)| (h.field, h.start, h.end, h.concept));
    // Counted on from the cue before: they are in order.
    let mut counted = (usize::MAX, 0, 0);
    chosen
        .into_iter()
        .map(|(hit, weight)| {
            let field = Field::ALL[hit.field];
            let text = read(listing, field);
            let (from, to) = found.folded[hit.field].source(text, hit.start, hit.end);
            let concept = &lexicon.concepts[hit.concept as usize];
            if counted.0 != hit.field || from < counted.1 {
                counted = (hit.field, 0, 0);
            }
            let quote = text.get(from..to).unwrap_or("");
            let start = counted.2 + text.get(counted.1..from).map_or(0, normalize::utf16_len);
            counted = (hit.field, from, start);
            Cue {
                kind: concept.kind,
                concept: concept.id.clone(),
                field,
                start,
                end: start + normalize::utf16_len(quote),
                text: quote.to_owned(),
                weight: round(weight) as f32,
            }
        })
        .collect()
}
