use super::*;
use serde_json::json;

fn assigned() -> Assigned {
    serde_json::from_value(json!({
        "protocol": {
            "schema": "wildlife-survey-protocol/1", "id": "ivory", "version": 1, "title": "Ivory", "question": "How many?",
            "from": "2026-11-01", "until": "2026-12-01", "groups": ["elephant"],
            "markets": [{"host": "market.example", "country": "US", "search": "https://market.example/?q={terms}",
                "ground": "public", "ground_text": "Read on 2026-10-01."}],
            "terms": [{"text": "ivory", "lang": "en", "group": "elephant"}],
            "sampling": {"kind": "census", "depth": 3}, "inclusion": ["It offers something."], "double_coded_percent": 0,
            "unflagged_one_in": 1
        },
        "salt": "ab".repeat(32),
        "tasks": [{"id": "t1", "host": "market.example", "term": "ivory", "lang": "en", "group": "elephant",
            "address": "https://market.example/?q=ivory"}]
    }))
    .expect("assigned")
}

fn card(n: u32, level: &str, more: serde_json::Value) -> OnPage {
    let mut card = json!({
        "finding": {"key": format!("k{n}"), "title": format!("Synthetic {n}"), "price": "$12.50", "level": level,
            "url": format!("https://www.market.example/item/{n}?utm_source=x"), "reportable": "check",
            "what": {"groups": [], "commodities": [], "scientific_names": [], "appendices": []},
            "reasons": [], "sentences": [], "reported": false},
        "seller": "", "location": "", "listing_id": ""
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        card["finding"][name] = value.clone();
    }
    serde_json::from_value(card).expect("a card")
}

fn looked(a: &Assigned, cards: &[OnPage], seen: &[String]) -> Added {
    look(a, &a.tasks[0], 7, cards, seen)
}

#[test]
fn the_salted_id_is_what_the_contract_says() {
    // echo -ne 'market.example\n4711' | openssl dgst -sha256 -mac HMAC -macopt hexkey:abab…
    let id = mac(&"ab".repeat(32), "market.example", "4711").expect("an id");
    let hex: String = id.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, "9a2fda8b22bdd6d68dc39350d8865538");
    assert!(mac("ab", "h", "l").is_none() && mac(&"xy".repeat(32), "h", "l").is_none());
}

#[test]
fn a_page_adds_each_listing_once_in_its_place() {
    let a = assigned();
    assert!(fits(&a));
    let cards = [card(1, "likely", json!({})), card(2, "none", json!({})), card(1, "likely", json!({"key": "k9"}))];
    let first = looked(&a, &cards, &[]);
    let places: Vec<_> = first.framed.iter().map(|f| (f.position, f.level, f.offered)).collect();
    assert_eq!(places, [(1, Level::Likely, true), (2, Level::None, true)]);
    assert_eq!(first.again, [(first.framed[0].listing.clone(), "k9".to_owned())]);
    let item = &first.items[0];
    assert_eq!((item.url.as_str(), item.tab_id), ("https://www.market.example/item/1", 7));
    assert_eq!(item.asking, Some(("12.50".into(), "USD".into())));
    // A second page goes on where the first ended, and stops at the protocol's depth.
    let seen: Vec<String> = first.framed.iter().map(|f| f.listing.clone()).collect();
    let second =
        looked(&a, &[card(2, "none", json!({})), card(3, "none", json!({})), card(4, "none", json!({}))], &seen);
    assert_eq!(second.framed.iter().map(|f| f.position).collect::<Vec<_>>(), [3]);
    assert_eq!(second.again.len(), 1);
    // What leads away from the marketplace is no result of its search.
    let away = looked(&a, &[card(5, "likely", json!({"url": "https://notmarket.example/item/5"}))], &[]);
    assert_eq!(away, Added::default());
}

#[test]
fn unflagged_ones_are_drawn_at_the_rate_and_alike_for_everybody() {
    let mut a = assigned();
    a.protocol.sampling = Sampling::Census { depth: 10_000 };
    a.protocol.unflagged_one_in = 5;
    let cards: Vec<OnPage> = (0..4_000).map(|n| card(n, "none", json!({}))).collect();
    let one = looked(&a, &cards, &[]);
    let reversed: Vec<OnPage> = cards.iter().rev().cloned().collect();
    let other = looked(&a, &reversed, &[]);
    let drawn = |of: &Added| of.items.iter().map(|i| i.listing.clone()).collect::<HashSet<_>>();
    assert_eq!(drawn(&one), drawn(&other));
    assert!((700..=900).contains(&one.items.len()), "about one in five: {}", one.items.len());
    let frames = frames(&a, "t1", "0.1.0", "2026-11-27T10:00:00Z", &one.framed, || {
        "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into()
    });
    assert_eq!(frames.len(), 20);
    assert!(frames.iter().all(|f| f.check().is_ok()));
}

#[test]
fn claims_are_proposed_with_their_words() {
    let reason = |concept: &str, quote: &str| json!({"kind": "claim", "concept": concept, "label": "", "quote": quote, "against": false});
    let card = card(
        1,
        "likely",
        json!({"reasons": [reason("claim.antique", "Victorian"), reason("claim.permit", "with permit")]}),
    );
    let item = &looked(&assigned(), &[card], &[]).items[0];
    assert_eq!((item.age.as_str(), item.legality.as_str()), ("Victorian", "with permit"));
}

#[test]
fn what_cannot_be_worked_with_is_refused() {
    type Break = fn(&mut Assigned);
    let table: [Break; 5] = [
        |a| a.salt = "ab".into(),
        |a| a.protocol.title.clear(),
        |a| a.tasks[0].address = "javascript:0".into(),
        |a| a.tasks[0].host = "elsewhere.example".into(),
        |a| a.tasks[0].id = "Two words".into(),
    ];
    for change in table {
        let mut bad = assigned();
        change(&mut bad);
        assert!(!fits(&bad));
    }
}

#[test]
fn a_survey_that_is_no_longer_named_stays_until_its_work_is_over() {
    let day = |text: &str| {
        let date: Date = text.parse().expect("a day");
        (0..40_000).map(|n| f64::from(n) * DAY_MS).find(|ms| super::super::time::utc_date(*ms) == date).expect("a day")
    };
    let kept = vec![Kept { assigned: assigned(), here: true }];
    let (during, gone) = renewed(kept.clone(), vec![], day("2026-12-20"), |_| false);
    assert!(!during[0].here && gone.is_empty());
    assert_eq!(renewed(kept.clone(), vec![], day("2027-01-20"), |_| false), (vec![], vec!["ivory".to_owned()]));
    assert_eq!(renewed(kept.clone(), vec![], day("2027-01-20"), |_| true).0.len(), 1);
    assert!(renewed(during, vec![assigned()], day("2026-12-20"), |_| false).0[0].here);
}

#[test]
fn hosts_are_compared_whole() {
    for (url, market, on) in [
        ("https://www.market.example/1", "market.example", true),
        ("https://m.market.example/1", "market.example", true),
        ("https://notmarket.example/1", "market.example", false),
        ("http://localhost:8080/1", "localhost", true),
        ("http://localhost:8080/1", "localhost:8080", true),
        ("http://localhost:8081/1", "localhost:8080", false),
        ("https://market.example.evil/1", "market.example", false),
    ] {
        assert_eq!(is_on(url, market), on, "{url} {market}");
    }
}
