//! No rule gets past the gate: whatever a file holds and whatever the day, a notice and a public page are written from
//! primary rules alone that name article and date and have not expired.

use proptest::prelude::*;
use spotter_law::gate::may_reach;
use spotter_law::{Fit, Known, Mentioned, Quoted, Register, Standing, Status, Subject, Surface, check, parse};
use spotter_model::{Date, Group};
use std::collections::HashSet;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A file with one rule for each status and end.
fn file(rules: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "country = \"XX\"\nname = \"Synthetic\"\nchecked_by = \"project\"\nchecked_on = \"2026-01-01\"\nexpires = \"2027-01-01\"\n",
    );
    for (n, (status, expires)) in rules.iter().enumerate() {
        text += &format!(
            "[[rule]]\nid = \"xx.{n}\"\ngroups = [\"elephant\"]\nacts = [\"sale\"]\nasks = \"A synthetic rule, number {n}.\"\n\
             source = {{ title = \"Synthetic Act\", article = \"section {n}\", address = \"https://law.example/{n}\" }}\n\
             text_date = \"2025-05-05\"\nstatus = \"{status}\"\nexpires = \"{expires}\"\nnote = \"Synthetic.\"\n"
        );
    }
    text
}

fn problems(text: &str) -> Vec<String> {
    let files = [("XX.toml".to_owned(), parse("XX.toml", text).unwrap())];
    let concepts = HashSet::from(["claim.antique"]);
    let known = Known { taxa: &["panthera-tigris"], concepts: &concepts };
    check(&files, known, day("2026-06-01")).into_iter().map(|p| p.to_string()).collect()
}

proptest! {
    #[test]
    fn nothing_but_fresh_primary_rules_reaches_a_notice_or_a_public_page(
        rules in prop::collection::vec((prop::sample::select(vec!["primary", "secondary", "unverified"]), 0u8..28, 1u8..12), 1..40),
        month in 1u8..12,
        of_month in 1u8..28,
    ) {
        let today = Date::new(2026, month, of_month).unwrap();
        let written: Vec<(&str, String)> =
            rules.iter().map(|(s, d, m)| (*s, format!("2026-{m:02}-{:02}", d + 1))).collect();
        let entries: Vec<(&str, &str)> = written.iter().map(|(s, e)| (*s, e.as_str())).collect();
        let text = file(&entries);
        let register = Register::of(vec![("XX.toml".to_owned(), parse("XX.toml", &text).unwrap())]);
        let subject = Subject { taxa: &[], groups: &[Group::Elephant], commodities: &[], claims: &[] };

        let want = |pick: &dyn Fn(&str, Date) -> bool| -> HashSet<String> {
            let all = written.iter().enumerate();
            all.filter(|(_, (s, e))| pick(s, day(e))).map(|(n, _)| format!("xx.{n}")).collect()
        };
        let fresh = want(&|status, expires| status == "primary" && today < expires);
        let notice: HashSet<String> = register.quoted("XX", subject, today).iter().map(|(q, _)| q.id().to_owned()).collect();
        let page: HashSet<String> = register.public("XX", today).iter().map(|q| q.id().to_owned()).collect();
        prop_assert_eq!(&notice, &fresh);
        prop_assert_eq!(&page, &fresh);

        let known = want(&|status, _| status != "unverified");
        let console = register.mentioned("XX", subject, today);
        prop_assert_eq!(console.iter().map(|(m, _)| m.id().to_owned()).collect::<HashSet<_>>(), known);
        for (mention, fit) in &console {
            prop_assert_eq!(*fit, Fit::Speaks);
            let n: usize = mention.id()[3..].parse().unwrap();
            let (status, expires) = (written[n].0, day(&written[n].1));
            let said = mention.wording();
            prop_assert_eq!(said.contains("To be checked"), expires <= today, "{}", said);
            prop_assert_eq!(said.contains("According to Synthetic Act"), status == "secondary", "{}", said);
            prop_assert_eq!(mention.standing() == Standing::Read, status == "primary" && today < expires);
        }
    }

    #[test]
    fn the_table_lets_no_more_reach_the_public_than_the_panel(days in 0u16..800, status in 0usize..3) {
        let status = [Status::Primary, Status::Secondary, Status::Unverified][status];
        let today = Date::new(2025 + days / 336, u8::try_from(days / 28 % 12).unwrap() + 1, u8::try_from(days % 28).unwrap() + 1).unwrap();
        let reach = |surface| may_reach(surface, status, day("2026-03-03"), today);
        prop_assert!(!reach(Surface::Notice) || reach(Surface::Console));
        prop_assert!(!reach(Surface::PublicPage) || reach(Surface::Panel));
        prop_assert!(status != Status::Unverified || Surface::ALL.iter().all(|s| !reach(*s)));
        prop_assert!(status == Status::Primary || !reach(Surface::Notice) && !reach(Surface::PublicPage));
    }
}

#[test]
fn a_primary_rule_without_article_or_date_is_refused_and_does_not_pass_even_unchecked() {
    let whole = file(&[("primary", "2026-12-01")]);
    assert_eq!(problems(&whole), Vec::<String>::new());
    for (cut, with, what) in [
        ("text_date = \"2025-05-05\"\n", "", "names the date of the text"),
        ("article = \"section 0\"", "article = \"\"", "names the article"),
    ] {
        let broken = whole.replace(cut, with);
        let found = problems(&broken);
        assert!(found.len() == 1 && found[0].contains(what) && found[0].contains("xx.0"), "{found:?}");
        // Whoever skips the check still cannot quote it.
        let register = Register::of(vec![("XX.toml".to_owned(), parse("XX.toml", &broken).unwrap())]);
        let rule = &register.rules()[0];
        assert!(Quoted::of(rule, day("2026-06-01")).is_none());
        assert!(Mentioned::of(rule, day("2026-06-01")).is_some());
    }
}

#[test]
fn what_is_incomplete_or_judges_is_named() {
    let whole = file(&[("secondary", "2026-12-01")]);
    for (cut, with, what) in [
        ("https://law.example/0", "", "address"),
        ("A synthetic rule, number 0.", "Such an offer is illegal.", "judges"),
        ("A synthetic rule, number 0.", "no stop at its end", "full stop"),
        ("groups = [\"elephant\"]\n", "", "about everything"),
        ("acts = [\"sale\"]", "acts = []", "what it speaks of"),
        ("id = \"xx.0\"", "id = \"yy.0\"", "must begin with xx."),
        ("expires = \"2026-12-01\"", "expires = \"2029-12-01\"", "twelve months"),
        ("checked_by = \"project\"", "checked_by = \"A Name\"", "a role"),
        ("groups = [\"elephant\"]", "taxa = [\"no-such\"]", "not in register"),
        ("acts = [\"sale\"]", "acts = [\"sale\"]\nunless = [\"claim.no-such\"]", "no concept"),
    ] {
        assert!(whole.contains(cut), "{cut}");
        let found = problems(&whole.replacen(cut, with, 1));
        assert!(found.iter().any(|p| p.contains(what)), "{what}: {found:?}");
    }
    assert!(parse("XX.toml", "country = 1").is_err());
}

#[test]
fn what_is_built_in_says_how_each_rule_is_known() {
    let law = spotter_law::built_in();
    let today = day("2026-11-27");
    let count = |status| law.rules().iter().filter(|r| r.status() == status).count();
    assert!(count(Status::Primary) >= 20, "{}", count(Status::Primary));
    for rule in law.rules() {
        assert_eq!(Quoted::of(rule, today).is_some(), rule.status() == Status::Primary, "{}", rule.id());
        assert!(Quoted::of(rule, rule.expires()).is_none(), "{} outlives its end", rule.id());
    }
    // Hong Kong's ordinance was not read: nothing of it may be quoted.
    assert!(law.public("HK", today).is_empty() && law.public("CH", today).is_empty());
}
