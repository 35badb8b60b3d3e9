//! The queue through the console: its order with reasons, every filter, kept views, the search, cases given to a reviewer,
//! and that its queries walk through their index.

mod common;

use common::{Browser, Device, Running, report, uuid};
use serde_json::{Value, json};
use spotter_model::CaseState;
use spotter_server::store::sql::Truth;
use spotter_server::{audit, serve, store};

async fn with(reports: &[Value]) -> (Running, Device, Browser, Browser) {
    let server = Running::start().await;
    let device = server.device().await;
    for one in reports {
        device.send(&server, one).await;
    }
    let (one, two) = (server.reviewer("Reviewer One").await, server.reviewer("Reviewer Two").await);
    (server, device, one, two)
}

/// A synthetic report with some of its fields changed, by JSON pointers.
fn like(listing: &str, changes: &[(&str, Value)]) -> Value {
    let mut sent = report(listing);
    for (at, value) in changes {
        let (parent, name) = at.rsplit_once('/').unwrap();
        sent.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    sent
}

fn on(host: &str, listing: &str, more: &[(&str, Value)]) -> Value {
    let address = format!("https://{host}/item/{listing}");
    let mut changes = vec![("/place/marketplace", json!(host))];
    for field in ["/place/url_canonical", "/place/url_at_match", "/place/url_observed"] {
        changes.push((field, json!(address)));
    }
    changes.extend_from_slice(more);
    like(listing, &changes)
}

/// The cases of a page, in their order.
async fn rows(browser: &mut Browser, path: &str) -> Vec<i64> {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    let table = page.text.split("<table class=\"queue\">").nth(1).unwrap_or("").split("</table>").next().unwrap();
    let links = table.split("href=\"/console/cases/").skip(1);
    links.map(|s| s.split('"').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn more_reasons_come_first_and_the_oldest_among_equals() {
    let level = |level: &str| ("/assessment/level", json!(level));
    let (server, device, mut one, _) = with(&[
        like("1", &[level("none"), ("/missed_by_detector", json!(true))]),
        like("2", &[level("possible")]),
        like("3", &[]),
        like("4", &[]),
        like("5", &[level("none"), ("/missed_by_detector", json!(true))]),
    ])
    .await;
    assert_eq!(rows(&mut one, "/console").await, [3, 4, 1, 2, 5]);
    // Reported again: its second report moves it up, and says so.
    let mut again = like("4", &[]);
    again["report_id"] = uuid().into();
    device.send(&server, &again).await;
    assert_eq!(rows(&mut one, "/console").await, [4, 3, 1, 2, 5]);
    let page = one.get("/console").await.text;
    assert!(page.contains(">several</span>") && page.contains(">missed</span>"));

    // The next case is the next row; behind the last one it goes on from the first.
    assert_eq!(one.decide(1, "cannot_tell", "").await.location(), "/console/cases/2?done=1");
    assert_eq!(one.decide(5, "cannot_tell", "").await.location(), "/console/cases/4?done=5");
    let case = one.get("/console/cases/3").await.text;
    assert!(
        case.contains("href=\"/console/cases/2\" rel=\"next\"")
            && case.contains("href=\"/console/cases/4\" rel=\"prev\"")
    );

    // A week later what still waits comes before what is fresh.
    server.move_clock(7 * 86_400 + 60);
    serve::expire(&server.app).await.unwrap();
    let mut one = server.reviewer("Reviewer One").await;
    device.send(&server, &like("6", &[])).await;
    assert_eq!(rows(&mut one, "/console").await, [4, 3, 2, 6]);
    assert!(one.get("/console").await.text.contains(">long wait</span>"));
    serve::expire(&server.app).await.unwrap();
    assert_eq!(rows(&mut one, "/console").await, [4, 3, 2, 6], "it counts once");
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn whoever_is_often_right_comes_first() {
    let (server, device, mut one, _) = with(&(1..=10).map(|n| report(&n.to_string())).collect::<Vec<_>>()).await;
    for case in 1..=10 {
        one.get(&format!("/console/cases/{case}/evidence")).await;
        assert_eq!(one.decide(case, if case < 9 { "confirm" } else { "invalid" }, "").await.status, 303);
    }
    server.device().await.send(&server, &report("11")).await;
    device.send(&server, &report("12")).await;
    assert_eq!(rows(&mut one, "/console").await, [11, 12], "not counted yet");
    serve::expire(&server.app).await.unwrap();
    device.send(&server, &report("13")).await;
    assert_eq!(rows(&mut one, "/console").await, [13, 11, 12]);
    assert!(one.get("/console/cases/13").await.text.contains("often right"));
}

#[tokio::test]
async fn every_filter_and_the_views_that_are_kept() {
    let (server, _, mut one, mut two) = with(&[
        on("www.allegro.pl", "1", &[("/assessment/groups", json!(["parrots"]))]),
        on("www.ebay.de", "2", &[("/listing/lang", json!("de-AT")), ("/assessment/level", json!("possible"))]),
        on("market.example", "3", &[]),
    ])
    .await;
    for (query, want) in [
        ("group=parrots", vec![1]),
        ("level=possible", vec![2]),
        ("marketplace=market.example", vec![3]),
        ("country=PL", vec![1]),
        ("country=DE&language=de", vec![2]),
        // The marketplace speaks one language alone.
        ("language=pl", vec![1]),
        ("age=1", vec![]),
        ("mine=1", vec![]),
        ("state=new&country=DE", vec![2]),
        ("state=invalid&country=DE", vec![]),
        ("group=parrots&country=DE", vec![]),
        ("country=%22%3E%3Cscript%3E", vec![1, 3, 2]),
    ] {
        assert_eq!(rows(&mut one, &format!("/console?{query}")).await, want, "{query}");
    }
    let csrf = one.get("/console").await.field("csrf");
    let keep = |name: &'static str, query: &'static str| [("csrf", csrf.as_str()), ("name", name), ("query", query)];
    let kept = one.post("/console/views", &keep("Austria's", "country=DE&language=de&after=9.9&x=y")).await;
    assert_eq!(kept.location(), "/console?country=DE&language=de");
    let page = one.get("/console?country=DE&language=de").await.text;
    assert!(page.contains("Austria") && page.contains("Drop this view"));
    assert!(!two.get("/console").await.text.contains("Austria"), "views are a reviewer's own");
    for (name, query) in [("", "country=DE"), ("No filter", "after=9.9"), ("No filter", "")] {
        assert_eq!(one.post("/console/views", &keep(name, query)).await.status, 422, "{name} {query}");
    }
    // Another reviewer cannot drop it.
    let theirs = two.get("/console").await.field("csrf");
    two.post("/console/views/1/drop", &[("csrf", &theirs)]).await;
    assert!(one.get("/console").await.text.contains("Austria"));
    one.post("/console/views/1/drop", &[("csrf", &csrf)]).await;
    assert!(!one.get("/console").await.text.contains("Austria"));
    let names: Vec<String> = (0..13).map(|n| format!("View {n}")).collect();
    for (n, name) in names.iter().enumerate() {
        let fields = [("csrf", csrf.as_str()), ("name", name), ("query", "country=PL")];
        assert_eq!(one.post("/console/views", &fields).await.status, if n < 12 { 303 } else { 409 });
    }

    server.move_clock(86_400 + 60);
    let mut one = server.reviewer("Reviewer One").await;
    assert_eq!(rows(&mut one, "/console?age=1").await, [1, 3, 2]);
    assert_eq!(rows(&mut one, "/console?age=3").await, Vec::<i64>::new());
}

#[tokio::test]
async fn a_case_that_was_given_to_a_reviewer_is_offered_to_nobody_else() {
    let (server, _, mut one, mut two) = with(&[report("1"), report("2"), report("3")]).await;
    let csrf = one.get("/console/cases/2").await.field("csrf");
    for (to, want) in [("2", 303), ("99", 422)] {
        assert_eq!(one.post("/console/cases/2/assign", &[("csrf", &csrf), ("to", to)]).await.status, want);
    }
    assert_eq!(rows(&mut two, "/console?mine=1").await, [2]);
    assert_eq!(rows(&mut one, "/console?mine=1").await, Vec::<i64>::new());
    assert_eq!(one.decide(1, "invalid", "").await.location(), "/console/cases/3?done=1", "passed over");
    assert_eq!(two.decide(1, "reopen", "").await.location(), "/console/cases/1");
    assert_eq!(two.decide(1, "invalid", "").await.location(), "/console/cases/2?done=1");
    assert_eq!(rows(&mut one, "/console").await, [2, 3], "it is hidden from nobody");
    assert_eq!(one.decide(2, "invalid", "").await.status, 303, "and forbids nobody to decide");
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn the_search_finds_numbers_and_words_of_any_script() {
    let titled = |listing, title: &str| like(listing, &[("/listing/title", json!(title))]);
    let (server, device, mut one, _) = with(&[
        titled("71", "СЛОНОВАЯ кость, резьба"),
        titled("72", "古董象牙雕刻"),
        titled("73", "Ein 100 % _echter_ Elfenbein-Ring"),
        report("74"),
    ])
    .await;
    one.decide(4, "invalid", "").await;
    for (question, want) in [
        ("слоновая", vec![1]),
        ("%E8%B1%A1%E7%89%99", vec![2]),
        ("RING+elfenbein", vec![3]),
        // Not a pattern but a sign.
        ("100+%25+_echter_", vec![3]),
        ("%25", vec![3]),
        ("id:74", vec![4]),
        ("market.example", vec![4, 3, 2, 1]),
        ("ring+netsuke", vec![]),
        ("synthetic-seller", vec![]),
        ("%3Cscript%3E", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(rows(&mut one, &format!("/console/search?q={question}")).await, want, "{question}");
    }
    for question in ["3", "ws-2026-000003", "WS-2026-000003"] {
        assert_eq!(
            one.get(&format!("/console/search?q={question}")).await.location(),
            "/console/cases/3",
            "{question}"
        );
    }
    // A listing that changed its title is found by the new one.
    device.send(&server, &titled("74", "Renamed shell comb")).await;
    assert_eq!(rows(&mut one, "/console/search?q=shell+comb").await, [4]);
    assert_eq!(rows(&mut one, "/console/search?q=netsuke").await, Vec::<i64>::new());
}

#[tokio::test]
async fn the_states_that_wait_are_those_of_the_table() {
    let (server, ..) = with(&[report("1")]).await;
    let mut tx = server.app.store.begin().await.unwrap();
    for state in CaseState::ALL {
        let Truth(waits) = sqlx::query_scalar("UPDATE cases SET state = $1 RETURNING waits")
            .bind(store::word(&state))
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        assert_eq!(waits, state.is_open(), "{state:?}");
    }
}
