//! What the panel shows of the programme, and which address a search opens.

use super::super::{Effect, Msg, Panel, view};
use super::market;
use crate::api::Tab;
use crate::dom::{App, Fired};
use crate::node::testing::{by_id, text_of, walk};
use crate::node::{El, Node};
use crate::words::testing::{LANGUAGES, words};
use serde_json::json;
use spotter_model::messages::State;
use spotter_model::programme::Round;
use spotter_model::rounds::Rounds;
use spotter_model::training::{Told, TrainingPass};

fn round() -> Round {
    serde_json::from_value(json!({
        "id": "ivory", "name": "Ivory, November", "from": "2026-11-02", "until": "2026-11-29", "groups": ["elephant"],
        "languages": ["de"], "minimum_per_week": 3, "training_required": true,
        "marketplaces": [
            { "host": "plain.example" },
            { "host": "market.example", "search": "https://www.market.example/s?q={terms}" },
            { "host": "other.example", "search": "https://other.example/find/{terms}" },
        ],
        "terms": [{ "text": "alt & beinern", "lang": "de" }, { "text": "netsuke" }],
    }))
    .expect("a round")
}

fn panel(lang: &str, rounds: Rounds) -> Panel {
    let mut panel = Panel::new(words(lang), None, 0.0);
    panel.state = Some(State { rounds: Some(rounds), ..State::default() });
    panel
}

fn running(done: u32) -> Rounds {
    Rounds { now: vec![round()], reports_this_week: done, ..Rounds::default() }
}

fn bar(panel: &Panel) -> Option<(String, String)> {
    let nodes = view::view(panel);
    let mut found = None;
    walk(&nodes, &mut |node| {
        if let Node::El(El { tag: "progress", attrs, .. }) = node {
            let get = |n: &str| attrs.iter().find(|(a, _)| *a == n).map(|(_, v)| v.clone()).unwrap_or_default();
            found = Some((get("value"), get("max")));
        }
    });
    found
}

#[test]
fn the_bar_fills_and_never_overflows() {
    for (done, value) in [(0, "0"), (1, "1"), (3, "3"), (9, "3")] {
        let panel = panel("en", running(done));
        assert_eq!(bar(&panel), Some((value.to_owned(), "3".to_owned())));
        assert!(text_of(&view::view(&panel)).contains(&format!("{done} of 3 reports this week")));
    }
    let mut free = running(2);
    free.now[0].minimum_per_week = 0;
    let panel = panel("en", free);
    assert_eq!(bar(&panel), None, "no number is asked for");
    assert!(text_of(&view::view(&panel)).contains("2 reports this week"));
}

#[test]
fn everything_of_a_round_is_said_in_every_language() {
    for lang in LANGUAGES {
        let panel = panel(lang, running(1));
        let text = text_of(&view::view(&panel));
        let w = words(lang);
        for part in [
            "Ivory, November".to_owned(),
            w.day("2026-11-02".parse().expect("a day")),
            w.day("2026-11-29".parse().expect("a day")),
            w.t("group_elephant"),
            "<de>".to_owned(),
            "plain.example".to_owned(),
            w.count("round_minimum", 3),
            w.t("round_training"),
            "alt & beinern".to_owned(),
        ] {
            assert!(text.contains(&part), "{lang}: {part} in {text}");
        }
    }
}

#[test]
fn the_training_is_asked_for_until_it_is_passed() {
    let mut panel = panel("en", running(0));
    let asks = |panel: &Panel| text_of(&view::view(panel)).contains(&words("en").t("round_training"));
    for (score, asked) in [(None, true), (Some(79), true), (Some(80), false)] {
        let pass = |score| TrainingPass {
            score,
            passed_on: String::new(),
            deck: String::new(),
            round: String::new(),
            told: Told::Nobody,
        };
        panel.state.as_mut().expect("a state").training = score.map(pass);
        assert_eq!(asks(&panel), asked, "{score:?}");
    }
}

#[test]
fn a_search_goes_where_the_person_is_or_chose() {
    let round = round();
    let on = |chosen, here| market(&round, chosen, here).map(|m| m.host.as_str());
    assert_eq!(on("", None), Some("market.example"));
    assert_eq!(on("", Some("shop.other.example")), Some("other.example"));
    assert_eq!(on("", Some("notother.example")), Some("market.example"));
    assert_eq!(on("market.example", Some("other.example")), Some("market.example"));
    assert_eq!(on("plain.example", None), Some("market.example"), "a marketplace without a search cannot be chosen");

    let mut panel = panel("en", running(0));
    let search = |panel: &mut Panel, round: &str, term| panel.update(Msg::Search(round.into(), term), Fired::default());
    let opens = |url: &str| vec![Effect::OpenTab(url.into())];
    assert_eq!(search(&mut panel, "ivory", 0), opens("https://www.market.example/s?q=alt%20%26%20beinern"));
    panel.update(
        Msg::FoundTab(Some(Tab { id: Some(1), url: Some("https://other.example/x".into()) })),
        Fired::default(),
    );
    assert_eq!(search(&mut panel, "ivory", 1), opens("https://other.example/find/netsuke"));
    panel.update(Msg::RoundMarket, Fired { value: "market.example".into(), ..Fired::default() });
    assert_eq!(search(&mut panel, "ivory", 1), opens("https://www.market.example/s?q=netsuke"));
    assert_eq!(search(&mut panel, "ivory", 2), vec![]);
    assert_eq!(search(&mut panel, "gone", 0), vec![]);
}

#[test]
fn without_an_address_the_terms_are_only_told() {
    let mut plain = running(0);
    plain.now[0].marketplaces.clear();
    let panel = panel("en", plain);
    let nodes = view::view(&panel);
    assert!(by_id(&nodes, "market-ivory").is_none());
    let text = text_of(&nodes);
    assert!(text.contains("netsuke") && text.contains("names no search address") && text.contains("Any marketplace"));
}

#[test]
fn a_refused_programme_is_said_beside_the_one_that_stays() {
    let refused = Rounds { trouble: Some(("bg_programme_signature".into(), vec![])), ..running(1) };
    let text = text_of(&view::view(&panel("en", refused)));
    assert!(text.contains("It is not used; what you had before stays.") && text.contains("Ivory, November"), "{text}");
    let coming = Rounds { next: Some(("Parrots".into(), "2026-12-01".parse().expect("a day"))), ..Rounds::default() };
    let text = text_of(&view::view(&panel("en", coming)));
    assert!(text.contains("Next: Parrots , from"), "{text}");
}
