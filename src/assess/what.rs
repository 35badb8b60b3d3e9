//! What it probably is: groups, taxa and commodities, each most probable first.
//!
//! Never: decides whether it is offered at all.

use super::standing::{Sort, Standing};
use crate::lexicon::Lexicon;
use spotter_model::InOrder;
use spotter_model::{CitesListing, CueKind, Date, Group, TaxonMatch, limits};
use std::collections::BTreeMap;

/// Groups, taxa, commodities.
pub type What = (Vec<Group>, Vec<TaxonMatch>, Vec<String>);

/// What the subjects mean together. `weights` are their shares of the log-odds, in the order of `standing`.
pub fn what(lexicon: &Lexicon, standing: &[Standing<'_>], weights: &[f64], as_of: Date) -> What {
    let is_what = |s: &Standing<'_>| s.sort.is_subject() || matches!(s.sort, Sort::Other | Sort::Tame);
    let subjects = || standing.iter().zip(weights).filter(|(s, _)| is_what(s));
    // A name settles which of a commodity's animals are meant.
    let named: Vec<Group> =
        subjects().filter(|(s, _)| s.sort == Sort::Name).flat_map(|(s, _)| s.groups().iter().copied()).collect();
    let meant = |s: &Standing<'_>, group: Group| {
        s.concept.kind == CueKind::Name
            || s.groups().len() < 2
            || named.contains(&group)
            || !s.groups().iter().any(|g| named.contains(g))
    };
    let mut groups: BTreeMap<Group, f64> = BTreeMap::new();
    let mut commodities: BTreeMap<&str, f64> = BTreeMap::new();
    let mut taxa: Vec<(u32, f64)> = vec![];
    for (s, &weight) in subjects() {
        // Those without weight stay behind all others, in the order of what they say.
        let weight = weight.max(0.0) + 0.01;
        let among = s.groups().iter().filter(|g| meant(s, **g)).count().max(1) as f64;
        for &group in s.groups().iter().filter(|g| meant(s, **g)) {
            *groups.entry(group).or_default() += weight / among;
        }
        for code in s.concept.commodities {
            *commodities.entry(code).or_default() += weight;
        }
        // A narrow name says more of each of its taxa than a wide one.
        let share = weight / s.concept.taxa.len().max(1) as f64;
        taxa.extend(s.concept.taxa.iter().map(|taxon| (taxon, share)));
    }
    let mut groups: Vec<(Group, f64)> = groups.into_iter().collect();
    groups.order_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut commodities: Vec<(&str, f64)> = commodities.into_iter().collect();
    commodities.order_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    // Added up in the order of what says it: the same bytes everywhere.
    taxa.order_by_key(|t| t.0);
    taxa.dedup_by(|next, sum| {
        let same = next.0 == sum.0;
        if same {
            sum.1 += next.1;
        }
        same
    });
    taxa.order_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let taxa = taxa
        .into_iter()
        .filter_map(|(taxon, _)| {
            let listings: Vec<CitesListing> = lexicon
                .listings(taxon)
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
                id: lexicon.taxa.id(taxon),
                scientific_name: lexicon.taxa.name(taxon).to_owned(),
                listings,
            })
        })
        .take(limits::TAXA)
        .collect();
    (groups.into_iter().map(|g| g.0).collect(), taxa, commodities.into_iter().map(|c| c.0.to_owned()).collect())
}
