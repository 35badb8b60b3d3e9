//! Which rules speak of an offer in a country.
//!
//! Owns: when a rule fits. Never: shows one; what it finds has passed the gate already.

use crate::{Form, Mentioned, Quoted, Register, Rule};
use spotter_model::{Assessment, Date, Group, TaxonMatch};

/// What an offer is about, as far as it was told.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The taxa that it may be of.
    pub taxa: &'a [TaxonMatch],
    /// Their groups.
    pub groups: &'a [Group],
    /// CITES trade terms.
    pub commodities: &'a [String],
    /// The lexicon's claims that it makes.
    pub claims: &'a [String],
}

impl<'a> Subject<'a> {
    /// What an assessment found.
    #[must_use]
    pub fn of(a: &'a Assessment) -> Self {
        Self { taxa: &a.taxa, groups: &a.groups, commodities: &a.commodities, claims: &a.claims }
    }
}

/// How a rule fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It speaks of such offers.
    Speaks,
    /// It may: that depends on what was not told, or on a list that was not read.
    May,
}

/// Whether a list that asks for something is met: `None` where it is not, `May` where nothing was told.
fn met(asked: bool, told: bool, some: bool) -> Option<Fit> {
    match (asked, told, some) {
        (false, ..) | (_, true, true) => Some(Fit::Speaks),
        (true, false, _) => Some(Fit::May),
        (true, true, false) => None,
    }
}

/// How the rule fits the offer; `None`: it does not speak of it.
fn fit(rule: &Rule, s: Subject<'_>) -> Option<Fit> {
    let covers = |t: &TaxonMatch| {
        rule.taxa
            .iter()
            .any(|r| t.id.strip_prefix(r.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    };
    let named = s.groups.iter().any(|g| rule.groups.contains(g)) || s.taxa.iter().any(covers);
    let any = rule.groups.is_empty() && rule.taxa.is_empty();
    if !any && !named {
        return None;
    }
    let mut listed = s.taxa.iter().flat_map(|t| &t.listings);
    let listing = met(
        !rule.appendices.is_empty(),
        s.taxa.iter().any(|t| !t.listings.is_empty()),
        listed.any(|l| rule.appendices.contains(&l.appendix)),
    )?;
    let told = !s.commodities.is_empty();
    let term = met(!rule.commodities.is_empty(), told, s.commodities.iter().any(|c| rule.commodities.contains(c)))?;
    let is_live = |code: &String| matches!(code.as_str(), "LIV" | "EGL");
    let form = met(
        rule.form.is_some(),
        told,
        match rule.form {
            Some(Form::Live) => s.commodities.iter().any(is_live),
            _ => s.commodities.iter().any(|c| !is_live(c)),
        },
    )?;
    let excepted = s.claims.iter().any(|c| rule.unless.contains(c)) || rule.open.is_some();
    let rest = if excepted { Fit::May } else { Fit::Speaks };
    Some(listing.max(term).max(form).max(rest))
}

/// What says more first: what surely fits, rules of the country before those of its union and of its regions, what names
/// the animal before what names an appendix.
fn rank(rule: &Rule, fit: Fit, country: &str) -> (Fit, bool, bool, bool) {
    (fit, rule.region.is_some(), rule.country != country, rule.groups.is_empty() && rule.taxa.is_empty())
}

impl Register {
    fn fitting<'a>(&'a self, country: &str, subject: Subject<'_>) -> Vec<(&'a Rule, Fit)> {
        let here = self.rules.iter().filter(|r| self.holds_in(&r.country, country));
        let mut found: Vec<_> = here.filter_map(|r| Some((r, fit(r, subject)?))).collect();
        found.sort_by_key(|(rule, fit)| rank(rule, *fit, country));
        found
    }

    /// Rules for panel and console that speak of an offer in a country.
    #[must_use]
    pub fn mentioned(&self, country: &str, subject: Subject<'_>, today: Date) -> Vec<(Mentioned<'_>, Fit)> {
        let all = self.fitting(country, subject).into_iter();
        all.filter_map(|(rule, fit)| Some((Mentioned::of(rule, today)?, fit))).collect()
    }

    /// Rules for a notice that speak of an offer in a country.
    #[must_use]
    pub fn quoted(&self, country: &str, subject: Subject<'_>, today: Date) -> Vec<(Quoted<'_>, Fit)> {
        let all = self.fitting(country, subject).into_iter();
        all.filter_map(|(rule, fit)| Some((Quoted::of(rule, today)?, fit))).collect()
    }

    /// Every rule of a country that a public page may show.
    #[must_use]
    pub fn public(&self, country: &str, today: Date) -> Vec<Quoted<'_>> {
        let mut all: Vec<&Rule> = self.rules.iter().filter(|r| self.holds_in(&r.country, country)).collect();
        all.sort_by_key(|r| (r.region.is_some(), r.country != country));
        all.into_iter().filter_map(|r| Quoted::of(r, today)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in;
    use spotter_model::{Appendix, CitesListing};

    fn taxon(id: &str, appendix: Appendix) -> TaxonMatch {
        let listing = CitesListing { appendix, population: None, from: None, until: None };
        TaxonMatch { id: id.into(), scientific_name: id.into(), listings: vec![listing] }
    }

    fn ids(country: &str, taxa: &[TaxonMatch], groups: &[Group], commodities: &[&str], claims: &[&str]) -> Vec<String> {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let (commodities, claims) = (owned(commodities), owned(claims));
        let subject = Subject { taxa, groups, commodities: &commodities, claims: &claims };
        let found = built_in().mentioned(country, subject, "2026-11-27".parse().unwrap());
        found.iter().map(|(m, f)| format!("{}{}", m.id(), if *f == Fit::May { "?" } else { "" })).collect()
    }

    #[test]
    fn ivory_in_britain_meets_the_ivory_act_first() {
        let elephant = [taxon("loxodonta-africana", Appendix::I)];
        let found = ids("GB", &elephant, &[Group::Elephant], &["IVC"], &[]);
        assert_eq!(found[..2], ["gb.ivory.dealing", "gb.ivory.species"]);
        assert!(found.contains(&"gb.annex-a.certificate-number".to_owned()), "{found:?}");
    }

    #[test]
    fn mammoth_leaves_it_open_and_a_parrot_is_no_ivory() {
        let found = ids("GB", &[], &[Group::Elephant], &["IVC"], &["claim.mammoth"]);
        assert!(found.contains(&"gb.ivory.dealing?".to_owned()), "{found:?}");
        let parrot = [taxon("psittacus-erithacus", Appendix::I)];
        let found = ids("GB", &parrot, &[Group::Parrots], &["LIV"], &[]);
        assert!(!found.is_empty() && found.iter().all(|id| !id.contains("ivory")), "{found:?}");
    }

    #[test]
    fn a_member_state_adds_the_union_and_states_come_last() {
        let parrot = [taxon("psittacus-erithacus", Appendix::I)];
        let found = ids("DE", &parrot, &[Group::Parrots], &["LIV"], &[]);
        let (own, union) =
            (found.iter().position(|i| i == "de.annex-a.offence"), found.iter().position(|i| i == "eu.annex-a.sale"));
        assert!(own < union && own.is_some(), "{found:?}");
        assert!(!ids("PL", &parrot, &[Group::Parrots], &["LIV"], &[]).iter().any(|i| i.starts_with("de.")));
        let elephant = [taxon("elephas-maximus", Appendix::I)];
        let found = ids("US", &elephant, &[Group::Elephant], &["IVC"], &[]);
        assert!(
            found.iter().position(|i| i.starts_with("us-")) > found.iter().position(|i| i.starts_with("us.")),
            "{found:?}"
        );
        assert!(ids("CH", &elephant, &[Group::Elephant], &["IVC"], &[]).is_empty(), "not held");
    }

    #[test]
    fn what_was_not_told_leaves_it_open() {
        let found = ids("US", &[], &[Group::Bigcats], &[], &[]);
        assert!(found.iter().all(|id| id.ends_with('?')), "{found:?}");
        let tiger = [taxon("panthera-tigris-altaica", Appendix::I)];
        assert!(ids("US", &tiger, &[Group::Bigcats], &["LIV"], &[]).contains(&"us.big-cats".to_owned()));
        assert!(!ids("US", &tiger, &[Group::Bigcats], &["SKI"], &[]).iter().any(|id| id.starts_with("us.big-cats")));
    }
}
