//! The rule here: what the law asks of an offer where it stands.
//!
//! Owns: the register as it ships, and what of it panel and pages get. Never: says what a listing is before the law, or
//! shows a rule that did not pass the gate for the panel.

use spotter_law::{Fit, Mentioned, Register, Standing, Subject};
use spotter_model::messages::{LawHere, LawRule, What};
use spotter_model::phrase::{Arg, Phrase, Role};
use spotter_model::{CitesListing, Date, TaxonMatch};
use std::sync::{LazyLock, Mutex};

/// Most rules of one answer.
const RULES: usize = 12;

/// Keys of `_locales` that stand in phrases of this module.
pub const KEYS: [&str; 3] = ["law_line", "law_line_according", "law_line_check"];

/// The register as the build wrote it. Where memory is kept (`prebuild`), it is read and wiped when the extension is
/// built: zeros weigh nothing in the archive.
static WRITTEN: Mutex<[u8; include_bytes!(concat!(env!("OUT_DIR"), "/law.json")).len()]> =
    Mutex::new(*include_bytes!(concat!(env!("OUT_DIR"), "/law.json")));

static REGISTER: LazyLock<Register> = LazyLock::new(|| {
    let Ok(mut written) = WRITTEN.lock() else { return Register::default() };
    let register = spotter_model::json::read(&written[..]).unwrap_or_default();
    written.fill(0);
    register
});

/// The one line of a badge: what says most about such an offer in that country.
#[must_use]
pub fn line(country: &str, subject: Subject<'_>, today: Date) -> Option<Phrase> {
    let (rule, _) = REGISTER.mentioned(country, subject, today).into_iter().next()?;
    let key = match rule.standing() {
        Standing::Read => KEYS[0],
        Standing::According => KEYS[1],
        Standing::Check => KEYS[2],
    };
    Some(Phrase::new(Role::Law, key, vec![Arg::Country(country.to_owned()), Arg::Name(rule.citation())]))
}

/// All that is held for such an offer in a country; `*` and the empty one are no country.
#[must_use]
pub fn here(country: &str, what: &What, claims: &[String], today: Date) -> LawHere {
    let country = if country == "*" { "" } else { country };
    let listings: Vec<CitesListing> = what
        .appendices
        .iter()
        .map(|&appendix| CitesListing { appendix, population: None, from: None, until: None })
        .collect();
    let taxon = |name: &String| TaxonMatch {
        id: name.to_lowercase().replace(' ', "-"),
        scientific_name: name.clone(),
        listings: listings.clone(),
    };
    let taxa: Vec<TaxonMatch> = what.scientific_names.iter().map(taxon).collect();
    let subject = Subject { taxa: &taxa, groups: &what.groups, commodities: &what.commodities, claims };
    let found = REGISTER.mentioned(country, subject, today);
    LawHere {
        country: country.to_owned(),
        held: REGISTER.held(country).is_some(),
        rules: found.into_iter().take(RULES).map(|(rule, fit)| told(rule, fit, claims)).collect(),
        countries: REGISTER.countries().iter().map(|c| c.code.clone()).collect(),
    }
}

fn told(rule: Mentioned<'_>, fit: Fit, claims: &[String]) -> LawRule {
    let (claimed, exempt) =
        rule.exempt().iter().partition::<Vec<_>, _>(|e| e.concepts.iter().any(|c| claims.contains(c)));
    let pairs = |of: Vec<&spotter_law::Exempt>| of.into_iter().map(|e| (e.claim.clone(), e.proof.clone())).collect();
    LawRule {
        wording: rule.wording(),
        citation: rule.citation(),
        address: rule.source().address.clone(),
        region: rule.region().unwrap_or_default().to_owned(),
        may: (fit == Fit::May).then(|| rule.open().unwrap_or_default().to_owned()),
        check: rule.standing() == Standing::Check,
        claimed: pairs(claimed),
        exempt: pairs(exempt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotter_model::{Appendix, Group};

    fn ivory() -> What {
        What {
            groups: vec![Group::Elephant],
            commodities: vec!["IVC".into()],
            scientific_names: vec!["Loxodonta africana".into()],
            appendices: vec![Appendix::I, Appendix::II],
        }
    }

    fn today() -> Date {
        "2026-11-27".parse().unwrap()
    }

    #[test]
    fn the_register_ships_whole_but_for_what_nobody_read() {
        assert_eq!(*REGISTER, spotter_law::built_in().clone().shipped());
    }

    #[test]
    fn each_place_gets_its_own_rules_and_unknown_ones_say_so() {
        for (country, held, some) in
            [("GB", true, true), ("DE", true, true), ("PL", true, true), ("CH", false, false), ("*", false, false)]
        {
            let got = here(country, &ivory(), &[], today());
            assert_eq!((got.held, !got.rules.is_empty()), (held, some), "{country}");
            assert!(got.rules.len() <= RULES && got.countries.contains(&"GB".to_owned()));
        }
        let british = here("GB", &ivory(), &[], today());
        assert!(british.rules[0].citation.starts_with("Ivory Act 2018"), "{:?}", british.rules[0]);
        let orchid = What { groups: vec![Group::Plants], ..What::default() };
        assert!(here("GB", &orchid, &[], today()).rules.iter().all(|r| !r.citation.starts_with("Ivory Act")));
    }

    #[test]
    fn a_claim_stands_with_what_would_show_it() {
        let rules = spotter_law::built_in();
        let subject = Subject { taxa: &[], groups: &[Group::Elephant], commodities: &["IVC".into()], claims: &[] };
        let exempt: Vec<String> = rules
            .mentioned("GB", subject, today())
            .iter()
            .flat_map(|(r, _)| r.exempt())
            .flat_map(|e| e.concepts.clone())
            .collect();
        let got = here("GB", &ivory(), &exempt[..1], today());
        assert!(got.rules.iter().any(|r| r.claimed.iter().any(|(_, proof)| !proof.is_empty())), "{got:?}");
    }

    #[test]
    fn the_line_names_country_and_text_and_a_read_rule_that_ran_out_is_to_be_checked() {
        let subject = Subject { taxa: &[], groups: &[Group::Elephant], commodities: &["IVC".into()], claims: &[] };
        let now = line("GB", subject, today()).unwrap();
        assert_eq!((now.role, now.key.as_str()), (Role::Law, "law_line"));
        assert!(
            matches!(&now.args[..], [Arg::Country(place), Arg::Name(text)] if place == "GB" && text.starts_with("Ivory Act"))
        );
        let later = line("GB", subject, "2028-11-27".parse().unwrap()).unwrap();
        assert_eq!(later.key, "law_line_check");
        assert_eq!(line("CH", subject, today()), None);
        assert_eq!(line("", subject, today()), None);
    }
}
