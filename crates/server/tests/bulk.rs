//! Several cases decided at once, through the console: the preview tells what will happen, what cannot be is left alone and
//! says why, and all of it can be taken back for ten minutes, as further steps.

mod common;

use common::{Browser, Running, report};
use spotter_server::audit;

async fn with(cases: usize) -> (Running, Browser, Browser) {
    let server = Running::start().await;
    let device = server.device().await;
    for n in 1..=cases {
        device.send(&server, &report(&n.to_string())).await;
    }
    let (one, two) = (server.reviewer("Reviewer One").await, server.reviewer("Reviewer Two").await);
    (server, one, two)
}

/// Posts a decision for these cases as the queue's boxes give them.
async fn post(browser: &mut Browser, path: &str, decision: &str, reason: &str, cases: &[&str]) -> common::Page {
    let csrf = browser.get("/console/keys").await.field("csrf");
    let mut fields = vec![("csrf", csrf.as_str()), ("decision", decision), ("reason", reason)];
    fields.extend(cases.iter().map(|case| ("case", *case)));
    browser.post(path, &fields).await
}

async fn states(server: &Running) -> Vec<String> {
    sqlx::query_scalar("SELECT state FROM cases ORDER BY id").fetch_all(server.app.store.read()).await.unwrap()
}

#[tokio::test]
async fn what_the_preview_says_is_what_happens() {
    let (server, mut one, mut two) = with(6).await;
    // The boxes carry the version that the queue showed.
    let queue = one.get("/console?all=1").await.text;
    for n in 1..=6 {
        assert!(queue.contains(&format!("name=\"case\" value=\"{n}.1\" checked")), "case {n}");
    }
    assert!(!one.get("/console").await.text.contains(" checked aria-label"), "none is chosen by itself");
    // Since then case 2 was decided, case 3 is open with another reviewer, case 4 is confirmed.
    two.decide(2, "invalid", "").await;
    one.get("/console/cases/4/evidence").await;
    one.decide(4, "confirm", "").await;
    two.get("/console/cases/3").await;
    let chosen = ["1.1", "2.1", "3.1", "4.2", "5.1", "5.1", "77.1"];
    let preview = post(&mut one, "/console/bulk", "not_prohibited", "", &chosen).await;
    assert_eq!(preview.status, 200);
    let text = &preview.text;
    assert!(text.contains("2 cases become “Not prohibited”") && text.contains("3 stay as they are"), "{text}");
    for why in [
        "Decided or opened again since the queue was shown",
        "<bdi>Reviewer Two</bdi> has it open",
        "Cannot become this from where it stands",
        "“Confirmed” is not offered here",
    ] {
        assert!(text.contains(why), "{why}");
    }
    let kept: Vec<_> = text.split("name=\"case\" value=\"").skip(1).map(|s| s.split('"').next().unwrap()).collect();
    assert_eq!(kept, ["1.1", "5.1"]);
    assert_eq!(
        states(&server).await,
        ["new", "invalid", "new", "confirmed", "new", "new"],
        "a preview changes nothing"
    );

    // In between case 5 moves on: it is left alone, the other is decided.
    two.decide(5, "cannot_tell", "").await;
    let done = post(&mut one, "/console/bulk/do", "not_prohibited", "Fine there.", &kept).await;
    assert_eq!((done.status, done.location()), (303, "/console/bulk/1"));
    assert_eq!(states(&server).await, ["not_prohibited", "invalid", "new", "confirmed", "cannot_tell", "new"]);
    let result = one.get("/console/bulk/1").await.text;
    assert!(result.contains("1 case decided") && result.contains("Decided or opened again since"));
    assert!(one.get("/console/cases/1").await.text.contains("Fine there."), "every spotter is told");

    // Another reviewer reads it, and cannot take it back.
    assert!(!two.get("/console/bulk/1").await.text.contains("Take all back"));
    let theirs = two.get("/console/keys").await.field("csrf");
    assert_eq!(two.post("/console/bulk/1/undo", &[("csrf", &theirs)]).await.status, 409);
    assert_eq!(one.get("/console/bulk/2").await.status, 404);
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn it_is_taken_back_as_a_further_step_within_ten_minutes() {
    let (server, mut one, mut two) = with(4).await;
    post(&mut one, "/console/bulk/do", "out_of_scope", "", &["1.1", "2.1", "3.1"]).await;
    two.decide(3, "reopen", "").await;
    let csrf = one.get("/console/bulk/1").await.field("csrf");
    assert_eq!(one.post("/console/bulk/1/undo", &[("csrf", "x")]).await.status, 403);
    assert_eq!(one.post("/console/bulk/1/undo", &[("csrf", &csrf)]).await.location(), "/console/bulk/1");
    assert_eq!(states(&server).await, ["queued", "queued", "queued", "new"]);
    let result = one.get("/console/bulk/1").await.text;
    assert!(result.contains("taken back ") && result.contains("Not taken back: decided again since"));
    assert_eq!(one.post("/console/bulk/1/undo", &[("csrf", &csrf)]).await.status, 409, "once");
    let versions: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM cases ORDER BY id").fetch_all(server.app.store.read()).await.unwrap();
    assert_eq!(versions, [3, 3, 3, 1]);
    // Nothing was deleted: the chain has each step and the two that are about all of them.
    let said: Vec<(String, String)> =
        sqlx::query_as("SELECT action, detail FROM audit WHERE subject = 'bulk:1' ORDER BY seq")
            .fetch_all(server.app.store.read())
            .await
            .unwrap();
    let said: Vec<_> = said.iter().map(|(a, d)| (a.as_str(), d.as_str())).collect();
    assert_eq!(said, [("bulk.out_of_scope", "3 of 3 cases"), ("bulk.undone", "2 taken back, 1 decided since")]);
    let steps: i64 =
        sqlx::query_scalar("SELECT count(*) FROM audit WHERE action IN ('case.out_of_scope', 'case.reopen')")
            .fetch_one(server.app.store.read())
            .await
            .unwrap();
    assert_eq!(steps, 6);

    post(&mut one, "/console/bulk/do", "invalid", "", &["4.1"]).await;
    server.move_clock(601);
    let late = one.get("/console/bulk/2").await;
    assert!(!late.text.contains("Take all back") && late.text.contains("open it and take it back there"));
    assert_eq!(one.post("/console/bulk/2/undo", &[("csrf", &csrf)]).await.status, 409);
    assert_eq!(states(&server).await[3], "invalid");
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn nothing_is_confirmed_in_bulk_and_foreign_forms_do_nothing() {
    let (server, mut one, _) = with(2).await;
    one.get("/console/cases/1/evidence").await;
    let many: Vec<String> = (1..=26).map(|n| format!("{n}.1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let long = "x".repeat(501);
    for path in ["/console/bulk", "/console/bulk/do"] {
        for (decision, reason, cases) in [
            ("confirm", "", &["1.1"][..]),
            ("reopen", "", &["1.1"]),
            ("", "", &["1.1"]),
            ("invalid", "", &[]),
            ("invalid", "", &["<b>.1"]),
            ("invalid", "", &many),
            ("invalid", &long, &["1.1"]),
        ] {
            let page = post(&mut one, path, decision, reason, cases).await;
            assert_eq!(page.status, 422, "{path} {decision} {cases:?}");
        }
        let page = one.post(path, &[("csrf", "x"), ("decision", "invalid"), ("case", "1.1")]).await;
        assert_eq!(page.status, 403);
    }
    assert_eq!(states(&server).await, ["new", "new"]);
    // Nothing fits: the preview says so and offers nothing to press.
    one.decide(1, "invalid", "").await;
    let page = post(&mut one, "/console/bulk", "invalid", "", &["1.1"]).await.text;
    assert!(page.contains("No cases become “Invalid”") && !page.contains("/console/bulk/do"));
}
