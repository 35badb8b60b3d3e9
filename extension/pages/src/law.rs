//! The rule here: what the law asks of an offer, as panel and training show it.
//!
//! Owns: how it looks, and what is asked for it. Never: says what a listing is before the law.

use crate::node::{El, el};
use crate::words::{Words, foreign};
use spotter_model::InOrder;
use spotter_model::messages::{Ask, Finding, LawHere, LawRule, What};
use spotter_model::{Appendix, Assessment, CueKind};

/// Rules that stand open; the others are one press away.
const SHOWN: usize = 2;

/// What is asked about a finding.
pub fn ask_of_finding(f: &Finding, page: &str) -> Ask {
    let claims = f.reasons.iter().filter(|r| r.kind == CueKind::Claim).map(|r| r.concept.clone()).collect();
    let url = if f.url.is_empty() { page } else { &f.url };
    Ask::Law { url: url.to_owned(), country: String::new(), what: f.what.clone(), claims }
}

/// What is asked about a report.
pub fn ask_of_report(a: &Assessment, url: &str) -> Ask {
    let mut appendices: Vec<Appendix> = a.taxa.iter().flat_map(|t| &t.listings).map(|l| l.appendix).collect();
    appendices.order();
    appendices.dedup();
    let what = What {
        groups: a.groups.clone(),
        commodities: a.commodities.clone(),
        scientific_names: a.taxa.iter().map(|t| t.scientific_name.clone()).collect(),
        appendices,
    };
    Ask::Law { url: url.to_owned(), country: String::new(), what, claims: a.claims.clone() }
}

/// What is held, or that nothing is. `by_site`: the country is the site's, not one that was chosen.
pub fn view<A: Clone>(w: &Words, here: &LawHere, by_site: bool) -> El<A> {
    let body = el("div").class("law");
    let country = w.country(&here.country);
    if here.rules.is_empty() {
        let text = match (here.country.is_empty(), here.held) {
            (true, _) => w.t("law_no_place"),
            (_, true) => w.say("law_none", &[&country]),
            (_, false) => w.say("law_not_held", &[&country]),
        };
        return body.kid(el("p").text(text));
    }
    let more = &here.rules[SHOWN.min(here.rules.len())..];
    body.maybe(by_site.then(|| el("p").kid(el("strong").text(w.say("law_in", &[&country])))))
        .kid(rules(w, &here.rules[..here.rules.len().min(SHOWN)]))
        .maybe((!more.is_empty()).then(|| {
            el("details").kid(el("summary").text(w.say("law_more", &[&number(w, more.len())]))).kid(rules(w, more))
        }))
        .kid(el("p").class("muted").text(w.t("law_limits")))
}

fn number(w: &Words, n: usize) -> String {
    w.number(u32::try_from(n).unwrap_or(u32::MAX))
}

fn rules<A: Clone>(w: &Words, rules: &[LawRule]) -> El<A> {
    el("ul").class("reasons law-rules").kids(rules.iter().map(|rule| one(w, rule)))
}

/// English words, from the register.
fn english<A>(text: &str) -> El<A> {
    el("span").attr("lang", "en").attr("dir", "ltr").text(text.to_owned())
}

fn one<A: Clone>(w: &Words, rule: &LawRule) -> El<A> {
    let tag = |text: String| el("span").class("tag").text(text);
    let pair =
        |key: &str, (claim, proof): &(String, String)| w.rich(key, &[english(claim).into(), english(proof).into()]);
    let read = el("a")
        .attr("href", rule.address.clone())
        .attr("target", "_blank")
        .attr("rel", "noreferrer noopener external")
        .text(w.t("law_read"));
    el("li")
        .class("rule")
        .kid(
            el("p")
                .maybe((!rule.region.is_empty()).then(|| el("span").class("tag").kid(foreign(&rule.region))))
                .maybe(rule.check.then(|| tag(w.t("law_check"))))
                .maybe(rule.may.is_some().then(|| tag(w.t("law_may"))))
                .kid(english(&rule.wording)),
        )
        .maybe(rule.may.as_ref().filter(|open| !open.is_empty()).map(|open| el("p").class("muted").kid(english(open))))
        .kid(el("p").class("muted small").kid(english(&rule.citation)).kid(el("span").text(" ")).kid(read))
        .kids(rule.claimed.iter().map(|c| el("p").class("hint").kids(pair("law_claimed", c))))
        .maybe((!rule.exempt.is_empty()).then(|| {
            el("details")
                .kid(el("summary").text(w.t("law_exempt")))
                .kid(el("ul").kids(rule.exempt.iter().map(|c| el("li").kids(pair("law_exempt_one", c)))))
        }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::Node;
    use crate::node::testing::text_of;
    use crate::words::testing::{LANGUAGES, words};

    fn rule() -> LawRule {
        LawRule {
            wording: "A synthetic rule asks for a paper.".into(),
            citation: "Synthetic Act, section 1, text of 2026-01-02".into(),
            address: "https://law.example/1".into(),
            region: String::new(),
            may: Some("It depends on the age.".into()),
            check: true,
            claimed: vec![("Old.".into(), "A dated paper.".into())],
            exempt: vec![("A gift.".into(), "A letter.".into())],
        }
    }

    #[test]
    fn a_rule_is_told_with_its_source_in_every_language_and_nobody_is_judged() {
        for lang in LANGUAGES {
            let w = words(lang);
            let here =
                LawHere { country: "GB".into(), held: true, rules: vec![rule(), rule(), rule()], countries: vec![] };
            let seen: Node<()> = view(&w, &here, true).into();
            let text = text_of(&[seen]);
            for part in
                ["<GB>", "asks for a paper", "text of 2026-01-02", "depends on the age", "A dated paper.", "A letter."]
            {
                assert!(text.contains(part), "{lang}: {part} in {text}");
            }
            assert!(!text.to_lowercase().contains("illegal"), "{lang}");
        }
    }

    #[test]
    fn what_is_not_held_is_said() {
        let w = words("en");
        for (country, held, says) in [
            ("", false, "does not say which country"),
            ("CH", false, "No rules are held for <CH>"),
            ("GB", true, "none that speaks of such an offer"),
        ] {
            let here = LawHere { country: country.into(), held, ..LawHere::default() };
            let seen: Node<()> = view(&w, &here, true).into();
            assert!(text_of(&[seen]).contains(says), "{country}");
        }
    }
}
