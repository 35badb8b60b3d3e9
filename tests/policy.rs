//! The rules: what the files must be, and what holds for any rule and any listing.

use proptest::prelude::*;
use spotter_detector::lexicon::policy::{Against, Form, Host, Platform, Policy, Rule, Status, Work};
use spotter_detector::lexicon::{Sources, link, source};
use spotter_detector::{Detector, Open, testing};
use spotter_model::phrase::{Arg, Role};
use spotter_model::{Appendix, Assessment, CitesListing, Date, Group, Level, Listing, Reportable, TaxonMatch};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A right rule file, as lines that a test may change.
const RULE: &str = r#"
[platform]
id = "market"
name = "Market"
[platform.hosts]
"market.example" = "DE"
[[rule]]
id = "market.ivory"
groups = ["elephant"]
reportable = "yes"
against = "platform"
status = "primary"
source = { title = "Market, rules", address = "https://market.example/rules" }
text_date = "2024-05-06"
read = "2026-11-20"
expires = "2027-11-20"
says = "Ivory may not be offered."
"#;

fn sources(policy: &str) -> Sources {
    let file = source::parse("policy/market.toml", policy).unwrap_or_else(|p| panic!("{p}"));
    Sources { policy: vec![("policy/market.toml".into(), file)], ..testing::sources() }
}

#[test]
fn a_right_file_is_taken_and_what_nobody_read_stays_behind() {
    let lexicon = link(&sources(RULE)).unwrap().0;
    assert_eq!(lexicon.policy.rules.len(), 1);
    let unread = RULE.replace("\"primary\"", "\"unverified\"").replace("says =", "note = \"to be read\"\nsays =");
    let lexicon = link(&sources(&unread)).unwrap().0;
    assert_eq!((lexicon.policy.rules.len(), lexicon.policy.platforms.len()), (0, 1));
}

#[test]
fn wrong_files_are_refused_with_the_rule_named() {
    for (from, to, says) in [
        ("id = \"market.ivory\"", "id = \"other.ivory\"", "must begin with market"),
        ("groups = [\"elephant\"]", "", "about everything"),
        ("groups = [\"elephant\"]", "taxa = [\"mammuthus\"]", "not in register/"),
        ("groups = [\"elephant\"]", "commodities = [\"ivory\"]", "no CITES trade term"),
        ("groups = [\"elephant\"]", "groups = [\"elephant\"]\nunless = [\"claim.none\"]", "is no concept"),
        ("groups = [\"elephant\"]", "groups = [\"elephant\"]\ncountries = [\"FR\"]", "no host of this file"),
        ("groups = [\"elephant\"]", "groups = [\"elephant\"]\npaths = [\"shop\"]", "begins with a slash"),
        ("expires = \"2027-11-20\"", "expires = \"2028-01-01\"", "at most twelve months later"),
        ("expires = \"2027-11-20\"", "expires = \"2026-11-19\"", "must expire after it was read"),
        (
            "read = \"2026-11-20\"\nexpires = \"2027-11-20\"",
            "read = \"2025-01-01\"\nexpires = \"2026-01-01\"",
            "has expired",
        ),
        ("text_date = \"2024-05-06\"", "text_date = \"2026-11-21\"", "not after it was read"),
        ("read = \"2026-11-20\"\nexpires", "read = \"2026-11-24\"\nexpires", "after the pack's own day"),
        (", address = \"https://market.example/rules\"", "", "needs the address"),
        ("title = \"Market, rules\"", "title = \"\"", "needs a title"),
        ("\"primary\"", "\"unverified\"", "what is missing to verify it"),
        ("\"primary\"", "\"project\"", "has no address"),
        ("reportable = \"yes\"\nagainst = \"platform\"", "reportable = \"no\"\nagainst = \"law\"", "against something"),
        ("against = \"platform\"", "against = \"focus\"", "the project decides"),
        ("reportable = \"yes\"", "when = [\"claim.antique\"]\nreportable = \"no\"", "never lets an offer pass"),
        ("Ivory may not be offered.", "Ivory is illegal here.", "must not call anything illegal"),
        ("Ivory may not be offered.", "Ivory may not be offered", "with a full stop"),
        ("market.example\" = \"DE\"", "www.market.example\" = \"DE\"", "is no host"),
        ("market.example\" = \"DE\"", "m\u{e4}rkt.example\" = \"DE\"", "is no host"),
        ("market.example\" = \"DE\"", "Market.example\" = \"DE\"", "is no host"),
        ("market.example\" = \"DE\"", "market.example\" = \"Germany\"", "is no country"),
    ] {
        let changed = RULE.replacen(from, to, 1);
        assert_ne!(changed, RULE, "{from}");
        let problems = link(&sources(&changed)).expect_err(to);
        assert!(problems.iter().any(|p| p.what.contains(says) && p.entry.is_some()), "{to}: {problems:?}");
    }
}

#[test]
fn ids_and_hosts_are_used_once() {
    let twice = format!("{RULE}{}", &RULE[RULE.find("[[rule]]").unwrap()..]);
    assert!(link(&sources(&twice)).unwrap_err().iter().any(|p| p.what.contains("another rule has this id")));
    let mut two = sources(RULE);
    let other = RULE.replace("market\"", "shop\"").replace("\"market.ivory", "\"shop.ivory");
    two.policy.push(("policy/shop.toml".into(), source::parse("policy/shop.toml", &other).unwrap()));
    assert!(link(&two).unwrap_err().iter().any(|p| p.what.contains("belongs to another platform")));
}

#[test]
fn a_listing_is_decided_by_where_it_stands() {
    let pack = spotter_detector::lexicon::compile(&sources(RULE)).unwrap();
    let detector = Detector::from_pack(&pack).unwrap();
    let assess = |url: &str, title: &str, on: &str| {
        let listing = Listing { title: title.into(), url: url.into(), ..Listing::default() };
        let a = detector.assess(&listing, day(on));
        (a.level, a.reportable, a.grounds)
    };
    let ivory = "Old elephant ivory netsuke";
    let ground = vec!["market.ivory".to_owned()];
    for (url, title, on, want) in [
        ("https://market.example/1", ivory, "2026-11-23", (Level::Likely, Reportable::Yes, ground.clone())),
        ("https://market.example/1", ivory, "2027-11-20", (Level::Likely, Reportable::Check, ground)),
        ("https://market.example.evil.example/1", ivory, "2026-11-23", (Level::Likely, Reportable::Check, vec![])),
        ("", ivory, "2026-11-23", (Level::Likely, Reportable::Check, vec![])),
        ("https://market.example/1", "a chair", "2026-11-23", (Level::None, Reportable::Check, vec![])),
    ] {
        assert_eq!(assess(url, title, on), want, "{url} {title} {on}");
    }
}

const CODES: [&str; 6] = ["IVC", "LIV", "SKI", "LPS", "CAV", "TEE"];
const TAXA: [&str; 4] = ["python-regius", "python", "loxodonta-africana", "orchidaceae"];
const CLAIMS: [&str; 3] = ["claim.antique", "claim.permit", "claim.mammoth"];

fn some(of: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::sample::select(of).prop_map(str::to_owned), 0..3)
}

fn groups() -> impl Strategy<Value = Vec<Group>> {
    prop::collection::vec(prop::sample::select(vec![Group::Elephant, Group::Snakes, Group::Plants]), 0..3)
}

fn appendices() -> impl Strategy<Value = Vec<Appendix>> {
    prop::collection::vec(prop::sample::select(vec![Appendix::I, Appendix::II]), 0..2)
}

prop_compose! {
    fn rule()(
        groups in groups(), taxa in some(&TAXA), except_taxa in some(&TAXA), appendices in appendices(),
        commodities in some(&CODES), except_commodities in some(&CODES),
        forms in prop::collection::vec(prop::sample::select(vec![Form::Live, Form::Part, Form::Product, Form::Unknown]), 0..2),
        unless in some(&CLAIMS), when in some(&CLAIMS), everywhere: bool,
        reportable in prop::sample::select(vec![Reportable::Yes, Reportable::Check, Reportable::No]),
        against in prop::sample::select(vec![Against::Platform, Against::Law, Against::Focus, Against::Nothing]),
        status in prop::sample::select(vec![Status::Primary, Status::Secondary, Status::Project, Status::Unverified]),
        expires in prop::sample::select(vec!["2026-11-23", "2026-11-24", "2027-01-01"]), number in 0..40,
    ) -> Rule {
        Rule {
            id: format!("market.rule-{number}"), platform: (!everywhere).then_some(0), countries: vec![], paths: vec![],
            groups, taxa, except_taxa, appendices, eu_annexes: vec![], commodities, except_commodities, forms, when, unless, reportable,
            against, status,
            work: Work { title: "Market, rules".into(), address: String::new(), excerpt: false },
            text_date: None, read: day("2026-01-01"), expires: day(expires), says: "It is so.".into(),
        }
    }
}

prop_compose! {
    fn assessment()(
        groups in groups(), commodities in some(&CODES), claims in some(&CLAIMS), disguised: bool,
        taxa in prop::collection::vec((prop::sample::select(&TAXA[..]), appendices()), 0..3),
    ) -> Assessment {
        Assessment {
            level: Level::Likely, groups, commodities, disguised,
            cues: claims.iter().map(|c| spotter_model::Cue {
                kind: spotter_model::CueKind::Claim, concept: c.clone(), field: spotter_model::Field::Title,
                start: 0, end: 1, text: "x".into(), weight: 0.0,
            }).collect(),
            claims,
            taxa: taxa.into_iter().map(|(id, appendices)| TaxonMatch {
                id: id.into(), scientific_name: id.into(),
                listings: appendices.into_iter()
                    .map(|appendix| CitesListing { appendix, population: None, from: None, until: None })
                    .collect(),
            }).collect(),
            ..Assessment::default()
        }
    }
}

fn policy(rules: Vec<Rule>) -> Policy {
    let host = Host { suffix: "market.example".into(), country: "DE".into() };
    let platform = Platform { id: "market".into(), name: "Market".into(), hosts: vec![host] };
    Policy { platforms: vec![platform], rules }
}

proptest! {
    /// A pack with a rule that nobody read, or that contradicts itself, is refused as a whole.
    #[test]
    fn no_unread_rule_gets_into_use(rules in prop::collection::vec(rule(), 1..6)) {
        let wrong = rules.iter().any(|r| r.contradiction().is_some());
        let unread = rules.iter().any(|r| r.status == Status::Unverified);
        prop_assert!(!unread || wrong);
        prop_assert_eq!(policy(rules).validate().is_err(), wrong);
    }

    /// Hearsay is worded as such, what ran out is said to have, and every assessment has a sentence on rules.
    #[test]
    fn no_rule_is_worded_better_than_it_is_known(rules in prop::collection::vec(rule(), 0..8), a in assessment()) {
        let rules: Vec<Rule> = rules.into_iter().filter(|r| r.contradiction().is_none()).collect();
        let mut lexicon = testing::lexicon();
        lexicon.policy = policy(rules);
        let detector = testing::detector(&lexicon);
        let listing = Listing { url: "https://www.market.example/1".into(), ..Listing::default() };
        let now = day("2026-11-23");
        let decision = detector.decision(&[], &listing, &a, now);
        let sentences = detector.sentences(&[], &listing, &a, now);
        let told: Vec<_> = sentences.iter().filter(|s| s.role == Role::Rule).collect();
        prop_assert!(!told.is_empty());
        prop_assert!(told.iter().all(|s| spotter_detector::SENTENCE_KEYS.contains(&s.key.as_str())));
        match decision.grounds.first() {
            None => prop_assert_eq!(&told[0].key, "rule_none"),
            Some(ground) => {
                let key = told[0].key.as_str();
                prop_assert_eq!(key.starts_with("rule_expired"), ground.open == Some(Open::Expired));
                let heard = ground.rule.status == Status::Secondary && key != "rule_open_here";
                prop_assert_eq!(key.ends_with("_according"), heard && ground.open != Some(Open::Expired), "{}", key);
                prop_assert_eq!(
                    key.starts_with("rule_against") || key.starts_with("rule_law") || key == "rule_focus",
                    decision.reportable == Reportable::Yes
                );
                prop_assert_eq!(
                    key.starts_with("rule_fine") || key.starts_with("rule_allowed"),
                    decision.reportable == Reportable::No
                );
            }
        }
    }

    /// What is decided rests on rules in force; what is let pass hides nothing and is covered whole.
    #[test]
    fn decisions_rest_on_rules_in_force(rules in prop::collection::vec(rule(), 0..12), a in assessment()) {
        let rules: Vec<Rule> = rules.into_iter().filter(|r| r.contradiction().is_none()).collect();
        let mut lexicon = testing::lexicon();
        lexicon.policy = policy(rules);
        let now = day("2026-11-23");
        let detector = testing::detector(&lexicon);
        let listing = Listing { url: "https://www.market.example/1".into(), ..Listing::default() };
        let decision = detector.decision(&[], &listing, &a, now);
        prop_assert_eq!(&decision, &detector.decision(&[], &listing, &a, now));
        prop_assert!(decision.grounds.len() <= 8);
        for ground in &decision.grounds {
            let settles = decision.reportable != Reportable::Check;
            prop_assert_eq!(ground.open.is_none(), settles);
            if settles {
                prop_assert_eq!(ground.rule.reportable, decision.reportable);
                prop_assert!(ground.rule.expires > now);
            }
        }
        match decision.reportable {
            Reportable::No => {
                prop_assert!(!a.disguised);
                for ground in &decision.grounds {
                    let r = ground.rule;
                    prop_assert!(r.commodities.is_empty() || a.commodities.iter().all(|c| r.commodities.contains(c)));
                    prop_assert!(r.appendices.is_empty()
                        || a.taxa.iter().flat_map(|t| &t.listings).all(|l| r.appendices.contains(&l.appendix)));
                    prop_assert!(!a.claims.iter().any(|c| r.unless.contains(c)));
                }
            }
            Reportable::Yes => prop_assert!(!decision.grounds.is_empty()),
            Reportable::Check => {}
        }
        // Without an address nothing is settled.
        let nowhere = detector.decision(&[], &Listing::default(), &a, now);
        prop_assert_eq!(nowhere.reportable, Reportable::Check);
        prop_assert!(nowhere.grounds.is_empty());
    }
}

/// "Bone" is not said to be skin because skin is the first of what such words offer.
#[test]
fn words_for_many_parts_are_not_said_to_offer_the_first_of_them() {
    let table: [(&[&str], Option<&str>); 5] = [
        (&["TEE", "BON", "SKI"], None),
        (&["LPS", "LPL", "SKI"], Some("term_lps")),
        (&["SKU", "BON"], Some("term_sku")),
        (&["IVC"], Some("term_ivc")),
        (&[], None),
    ];
    let listing = Listing { title: "Ivory netsuke".into(), ..Listing::default() };
    for (parts, want) in table {
        let mut lexicon = testing::lexicon();
        let ivory = lexicon.concepts.iter_mut().find(|c| c.id == "commodity.ivory").unwrap();
        ivory.commodities = parts.iter().map(|&p| p.to_owned()).collect();
        let detector = testing::detector(&lexicon);
        let a = detector.assess(&listing, day("2026-11-23"));
        let sentences = detector.sentences(&[], &listing, &a, day("2026-11-23"));
        assert!(sentences.iter().any(|s| s.key.starts_with("why_part")), "{parts:?}: {sentences:?}");
        let terms: Vec<&str> = sentences
            .iter()
            .filter(|s| s.key.starts_with("why_part"))
            .flat_map(|s| &s.args)
            .filter_map(|arg| match arg {
                Arg::Term(term) if term.starts_with("term_") => Some(term.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(terms.first().copied(), want, "{parts:?}: {sentences:?}");
    }
}
