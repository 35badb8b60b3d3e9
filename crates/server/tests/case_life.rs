//! The life of a case through the console: second opinions by rule, duplicates, deferral, leases, reopening; and that
//! databases of every released schema come forward whole.

mod common;

use common::{Browser, Device, Page, Running, report};
use serde_json::{Value, json};
use spotter_server::store::engine::Engine;
use spotter_server::store::{self, Store};
use spotter_server::{audit, clock};
use std::borrow::Cow;

async fn with(reports: &[Value]) -> (Running, Device, Browser, Browser) {
    let server = Running::start().await;
    let device = server.device().await;
    for one in reports {
        device.send(&server, one).await;
    }
    let (one, two) = (server.reviewer("Reviewer One").await, server.reviewer("Reviewer Two").await);
    (server, device, one, two)
}

async fn confirm(browser: &mut Browser, case: i64) -> Page {
    browser.get(&format!("/console/cases/{case}/evidence")).await;
    browser.decide(case, "confirm", "").await
}

async fn post(browser: &mut Browser, case: i64, action: &str, more: &[(&str, &str)]) -> Page {
    let page = browser.get(&format!("/console/cases/{case}")).await;
    let (csrf, version) = (page.field("csrf"), page.field("version"));
    let mut fields = vec![("csrf", csrf.as_str()), ("version", version.as_str())];
    fields.extend_from_slice(more);
    browser.post(&format!("/console/cases/{case}/{action}"), &fields).await
}

async fn status(device: &Device, server: &Running, newest: usize) -> String {
    device.status(server).await["items"][newest]["status"].as_str().unwrap().to_owned()
}

fn state(page: &Page) -> &str {
    page.text.split("class=\"state\">").nth(1).unwrap().split('<').next().unwrap()
}

#[tokio::test]
async fn a_sellers_claim_asks_for_a_second_reviewer() {
    let mut claimed = report("1");
    claimed["assessment"]["claims"] = json!(["claim.antique"]);
    let (server, device, mut one, mut two) = with(&[claimed]).await;
    assert_eq!(confirm(&mut one, 1).await.status, 303);
    assert_eq!(state(&one.get("/console/cases/1").await), "Second opinion");
    assert_eq!(status(&device, &server, 0).await, "in_review");
    let refused = one.decide(1, "confirm", "").await;
    assert!(refused.status == 403 && refused.text.contains("another reviewer has to confirm"));
    assert_eq!(two.decide(1, "confirm", "").await.status, 403, "the second one has not looked");
    assert_eq!(confirm(&mut two, 1).await.status, 303);
    assert_eq!(status(&device, &server, 0).await, "confirmed");
    let history = two.get("/console/cases/1").await.text;
    assert!(history.contains("Confirmed by the first of two") && history.contains("Reviewer Two"));
}

#[tokio::test]
async fn two_opinions_that_differ_ask_for_a_second_reviewer() {
    let (_server, _, mut one, mut two) = with(&[report("1")]).await;
    one.decide(1, "not_prohibited", "").await;
    two.decide(1, "reopen", "").await;
    confirm(&mut two, 1).await;
    assert_eq!(state(&two.get("/console/cases/1").await), "Second opinion");
    // A reviewer who only corrects themselves needs nobody.
    let (_server, _, mut alone, _) = with(&[report("1")]).await;
    alone.decide(1, "not_prohibited", "").await;
    alone.decide(1, "reopen", "").await;
    confirm(&mut alone, 1).await;
    assert_eq!(state(&alone.get("/console/cases/1").await), "Confirmed");
}

#[tokio::test]
async fn a_duplicate_says_what_its_original_says() {
    let (server, device, mut one, _) = with(&[report("1"), report("2"), report("3")]).await;
    for (wrong, why) in [("", "no number"), ("2", "itself"), ("99", "none"), ("x", "no number")] {
        let refused = post(&mut one, 2, "decide", &[("decision", "duplicate"), ("original", wrong)]).await;
        assert!(refused.status == 422 && refused.text.contains("Which case?"), "{why}");
    }
    let done = post(&mut one, 2, "decide", &[("decision", "duplicate"), ("original", "1")]).await;
    assert_eq!(done.location(), "/console/cases/3?done=2");
    assert!(one.get("/console/cases/2").await.text.contains("href=\"/console/cases/1\">case 1</a>"));
    // No chains, from either end.
    for (case, original) in [(3, "2"), (1, "3")] {
        let refused = post(&mut one, case, "decide", &[("decision", "duplicate"), ("original", original)]).await;
        assert_eq!(refused.status, 422, "{case}");
    }
    assert_eq!(status(&device, &server, 1).await, "received");
    confirm(&mut one, 1).await;
    assert_eq!(status(&device, &server, 1).await, "confirmed");
    one.decide(2, "reopen", "").await;
    assert_eq!(status(&device, &server, 1).await, "received");
}

#[tokio::test]
async fn what_is_put_off_is_offered_again_when_it_is_due() {
    let (server, _, mut one, _) = with(&[report("1"), report("2")]).await;
    let stale = post(&mut one, 1, "defer", &[("days", "5")]).await;
    assert_eq!(stale.status, 422, "not one of the choices");
    let done = post(&mut one, 1, "defer", &[("days", "7")]).await;
    assert_eq!(done.location(), "/console/cases/2?done=1");
    assert!(one.get(done.location()).await.text.contains("put off until"));
    let (queue, put_off) = (one.get("/console").await.text, one.get("/console?deferred=1").await.text);
    assert!(!queue.contains("\"/console/cases/1\"") && queue.contains("Put off <b>1</b>"));
    assert!(put_off.contains("\"/console/cases/1\"") && !put_off.contains("\"/console/cases/2\""));
    assert_eq!(one.decide(2, "invalid", "").await.location(), "/console?done=2", "next passes over it");
    server.move_clock(7 * 86_400 + 1);
    let mut one = server.reviewer("Reviewer One").await;
    assert!(one.get("/console").await.text.contains("\"/console/cases/1\""));
    // Taken back by the same key as a decision.
    post(&mut one, 1, "defer", &[("days", "1")]).await;
    assert_eq!(post(&mut one, 1, "defer", &[("days", "0")]).await.location(), "/console/cases/1");
    assert!(one.get("/console").await.text.contains("\"/console/cases/1\""));
    one.decide(1, "invalid", "").await;
    assert_eq!(post(&mut one, 1, "defer", &[("days", "1")]).await.status, 409, "a decided case");
}

#[tokio::test]
async fn two_reviewers_are_not_sent_to_the_same_case() {
    let (server, _, mut one, mut two) = with(&[report("1"), report("2"), report("3")]).await;
    one.get("/console/cases/2").await;
    let seen = two.get("/console/cases/2").await;
    assert!(seen.text.contains("Reviewer One</bdi> has this case open until"));
    assert!(two.get("/console").await.text.contains("open with <bdi>Reviewer One"));
    assert_eq!(two.decide(1, "invalid", "").await.location(), "/console/cases/3?done=1", "not the one that is taken");
    // The lease hides nothing and forbids nothing; the version decides.
    let (csrf, version) = (seen.field("csrf"), seen.field("version"));
    let fields = [("csrf", csrf.as_str()), ("version", &version), ("decision", "cannot_tell")];
    assert_eq!(two.post("/console/cases/2/decide", &fields).await.status, 303);
    assert_eq!(one.decide(2, "invalid", "").await.status, 409);
    // It ends by itself.
    one.get("/console/cases/3").await;
    server.move_clock(601);
    assert!(!two.get("/console/cases/3").await.text.contains("has this case open"));
    let leases: Vec<(i64, i64)> =
        sqlx::query_as("SELECT case_id, reviewer_id FROM leases").fetch_all(server.app.store.read()).await.unwrap();
    assert_eq!(leases, [(3, 2)]);
}

#[tokio::test]
async fn what_is_closed_can_be_opened_again_and_counts_as_confirmed() {
    let (server, device, mut one, _) = with(&[report("1")]).await;
    confirm(&mut one, 1).await;
    one.decide(1, "close", "").await;
    assert_eq!(state(&one.get("/console/cases/1").await), "Closed");
    let said = device.status(&server).await;
    assert_eq!((&said["items"][0]["status"], &said["accuracy"]["confirmed"]), (&json!("closed"), &json!(1)));
    // Not a step of this state, and not one for reviewers at all.
    for event in ["remove", "send", "silence"] {
        assert_eq!(one.decide(1, event, "").await.status, 409, "{event}");
    }
    assert_eq!(one.decide(1, "reopen", "").await.status, 303);
    assert_eq!(status(&device, &server, 0).await, "received");
    audit::verify(server.app.store.read()).await.unwrap();
}

/// A database as each released schema left it, with a case, a report, a decision and a reviewer in it.
#[tokio::test]
async fn every_released_schema_comes_forward() {
    if common::postgres::only_a_file("no older schema was released there") {
        return;
    }
    let all = store::migrator().migrations.len();
    assert_eq!(all, 24, "a new schema: add what it keeps to this test");
    for released in 1..=all {
        let folder = tempfile::tempdir().unwrap();
        let pool = Engine::file(&folder.path().join("spotter.db"), true).unwrap().alone().await.unwrap();
        let mut old = store::migrator();
        old.migrations = Cow::Owned(old.migrations.iter().take(released).cloned().collect());
        old.run(&pool).await.unwrap();
        let mut claimed = report("1");
        claimed["assessment"]["claims"] = json!(["claim.antique", "claim.permit"]);
        for sql in [
            "INSERT INTO invitations (code_hash, uses_left, created_at) VALUES (x'00', 1, '2026-01-01T00:00:00.000Z')",
            "INSERT INTO devices (key_id, public_key, pseudonym, invitation, enrolled_at) VALUES ('k', zeroblob(32), 'Birch 1', x'00', '2026-01-01T00:00:00.000Z')",
            "INSERT INTO reviewers (name, password, created_at) VALUES ('Reviewer One', 'x', '2026-01-01T00:00:00.000Z')",
            "INSERT INTO cases (marketplace, listing_key, state, version, opened_at, changed_at, public_reason, title, price, level, score, main_group, missed, reports) \
             VALUES ('market.example', '1', 'confirmed', 2, '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', 'Said.', 'T', '', 'likely', 0.9, 'elephant', 0, 1)",
            "INSERT INTO decisions (case_id, version, reviewer_id, decision, to_state, public_reason, at) VALUES (1, 2, 1, 'confirm', 'confirmed', 'Said.', '2026-01-02T00:00:00.000Z')",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        let (own, its) = if released < 21 { ("key_id, ", "'k', ") } else { ("", "") };
        let sql = format!(
            "INSERT INTO reports (report_id, {own}case_id, body, body_sha256, signature, text_sha256, salt, received_at, number, receipt) \
             VALUES ('r', {its}1, $1, '', x'', x'', x'', '2026-01-01T00:00:00.000Z', 'WS-2026-000001', '{{}}')",
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(serde_json::to_vec(&claimed).unwrap()).execute(&pool).await.unwrap();
        if released >= 21 {
            // Broken off before who reported it was sealed.
            sqlx::query("INSERT INTO unsealed_reporters (seq, key_id) VALUES (1, 'k')").execute(&pool).await.unwrap();
        }
        if released >= 10 {
            for sql in [
                "INSERT INTO bulks (reviewer_id, event, at) VALUES (1, 'invalid', '2026-01-03T00:00:00.000Z')",
                "INSERT INTO bulk_cases (bulk_id, case_id, version, outcome) VALUES (1, 1, 2, 'not_allowed')",
            ] {
                sqlx::query(sql).execute(&pool).await.unwrap();
            }
        }
        if released >= 12 {
            let sql = "INSERT INTO surveys (id, state, version, protocol, sha256, created_at) \
                       VALUES ('ivory', 'draft', 1, x'7b7d', '', '2026-01-03T00:00:00.000Z')";
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        if released >= 13 {
            for sql in [
                "INSERT INTO audits (id, key_id, body, signature, received_at, spotter, marketplace, one_in, answer, listing) \
                 VALUES ('a', 'k', x'7b7d', x'', '2026-01-03T00:00:00.000Z', 'Birch 1', 'market.example', 20, 'not', 'l')",
                "INSERT INTO audit_days (id, key_id, body, signature, received_at, spotter, marketplace, round, day, one_in, flagged, unflagged, offered) \
                 VALUES ('d', 'k', x'7b7d', x'', '2026-01-03T00:00:00.000Z', 'Birch 1', 'market.example', 'r', '2026-01-02', 20, 1, 40, 2)",
            ] {
                sqlx::query(sql).execute(&pool).await.unwrap();
            }
        }
        if released >= 14 {
            let sql = "INSERT INTO referrals (id, number, case_id, agency, triggers, facts, reports, state, written_by, written_at, changed_at) \
                       VALUES (1, 'WR-2026-000001', 1, 'Example Agency', 'rhino_horn', 'Seen.', 'WS-2026-000001', 'draft', 1, '2026-01-03T00:00:00.000Z', '2026-01-03T00:00:00.000Z')";
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        if released >= 15 {
            let sql = "INSERT INTO plan_goals (goal, version, title, indicator, baseline, target, notes, ended, reviewer_id, at) \
                       VALUES (1, 1, 'Less', 'Cases', '', '', '{}', 0, 1, '2026-01-03T00:00:00.000Z')";
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        if released >= 16 {
            let sql = "INSERT INTO wellbeing (reviewer_id, grey, break_minutes, break_cases, daily_cases) VALUES (1, 1, 50, 0, 40)";
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        if released >= 18 {
            for sql in [
                "INSERT INTO gold (case_id, answer, why, picked_by, picked_at) VALUES (1, 'confirm', '', 1, '2026-01-03T00:00:00.000Z')",
                "INSERT INTO gold_answers (case_id, reviewer_id, answer, at) VALUES (1, 1, 'cannot_tell', '2026-01-03T00:00:00.000Z')",
            ] {
                sqlx::query(sql).execute(&pool).await.unwrap();
            }
        }
        if released >= 19 {
            for sql in [
                "INSERT INTO passkeys (reviewer_id, name, credential_id, public_key, added_at) VALUES (1, 'My phone', x'01', '{}', '2026-01-03T00:00:00.000Z')",
                "INSERT INTO passkey_asks (cookie_hash, purpose, name, state, until_s) VALUES (x'02', 'enter', '', '{}', 1)",
            ] {
                sqlx::query(sql).execute(&pool).await.unwrap();
            }
        }
        if released >= 20 {
            let (own, its) = if released < 21 { ("key_id, ", "'k', ") } else { ("", "") };
            let sql = format!(
                "INSERT INTO blobs (sha256, bytes, media_type, {own}received_at, looked) VALUES ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, 'image/png', {its}'2026-01-03T00:00:00.000Z', 1)"
            );
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
            let sql = "INSERT INTO alike (sha256, outcome, sealed) VALUES ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'unreadable', x'')";
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        if released >= 22 {
            sqlx::query("UPDATE referrals SET link_hash = x'01'").execute(&pool).await.unwrap();
        }
        if released >= 23 {
            let sql = "INSERT INTO rechecks (id, case_id, sender_mark, saw, seen_at, sender, body, signature, received_at) \
                       VALUES ('x', 1, x'01', 'gone', '2026-01-03T00:00:00.000Z', '', x'', x'', '2026-01-03T00:00:00.000Z')";
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        if released >= 24 {
            for sql in [
                "INSERT INTO organisations (short, name, made_at) VALUES ('Trust', 'Example Trust', '2026-01-03T00:00:00.000Z')",
                "UPDATE reviewers SET organisation_id = 2",
            ] {
                sqlx::query(sql).execute(&pool).await.unwrap();
            }
        }
        pool.close().await;

        let store = Store::open(folder.path(), true).await.unwrap();
        let case = store::cases::find(store.reader(), 1).await.unwrap().unwrap();
        assert_eq!(
            (case.state, case.version, case.public_reason.as_str(), case.title.as_str()),
            (spotter_model::CaseState::Confirmed, 2, "Said.", "T")
        );
        // What was there in plain text is sealed, opens, and stands nowhere in the files any more.
        let rows = store::cases::reports_of(store.reader(), 1, 9).await.unwrap();
        assert_eq!(rows[0].body, serde_json::to_vec(&claimed).unwrap(), "schema {released}");
        let seller = claimed["listing"]["seller"].as_str().unwrap();
        let found = store::erasure::of_seller(store.reader(), "market.example", seller).await.unwrap();
        assert_eq!(found.len(), 1, "schema {released}");
        for file in ["spotter.db", "spotter.db-wal"] {
            let bytes = std::fs::read(folder.path().join(file)).unwrap();
            for words in ["Said.", seller, "claim.permit", "Seen."] {
                assert!(
                    !bytes.windows(words.len()).any(|w| w == words.as_bytes()),
                    "schema {released}: {words} in {file}"
                );
            }
        }
        assert_eq!((rows[0].key_id.as_str(), rows[0].pseudonym.as_str()), ("k", "Birch 1"), "schema {released}");
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM unsealed_reporters").fetch_one(store.read()).await.unwrap();
        assert_eq!(left, 0, "schema {released}");
        // A claim counts from the schema on that knows it.
        assert_eq!(case.claims, if released < 3 { 2 } else { 0 }, "schema {released}");
        let past = store::cases::history(store.reader(), 1).await.unwrap();
        assert_eq!((past[0].who, past[0].reviewer.as_str()), (spotter_model::case::Who::Reviewer, "Reviewer One"));
        let together = store::bulk::find(store.reader(), 1).await.unwrap();
        assert_eq!(together.map_or(0, |bulk| bulk.cases.len()), usize::from(released >= 10));
        let surveys: Vec<String> = sqlx::query_scalar("SELECT id FROM surveys").fetch_all(store.read()).await.unwrap();
        assert_eq!(surveys.len(), usize::from(released >= 12), "schema {released}");
        let checks: (i64, i64) =
            sqlx::query_as("SELECT (SELECT COUNT(*) FROM audits), (SELECT COUNT(*) FROM audit_days)")
                .fetch_one(store.read())
                .await
                .unwrap();
        let kept = i64::from(released >= 13);
        assert_eq!(checks, (kept, kept), "schema {released}");
        let referred = store::referrals::of_case(store.reader(), 1).await.unwrap();
        let numbers: Vec<&str> = referred.iter().map(|r| r.number.as_str()).collect();
        assert_eq!(numbers, if released >= 14 { vec!["WR-2026-000001"] } else { vec![] }, "schema {released}");
        let linked: i64 = sqlx::query_scalar("SELECT count(*) FROM referrals WHERE link_hash IS NOT NULL")
            .fetch_one(store.read())
            .await
            .unwrap();
        assert_eq!(linked, i64::from(released >= 22), "schema {released}");
        let seen = store::rechecks::of_case(store.reader(), 1).await.unwrap();
        assert_eq!(seen.len(), usize::from(released >= 23), "schema {released}");
        // The organisation of the settings is the first one, and everything from before is its own.
        let now = clock::stamp(clock::system()());
        store::organisations::follow(&store, ("Programme", "notices@programme.example", "Authority"), &now)
            .await
            .unwrap();
        let ours = store::organisations::all(store.read()).await.unwrap();
        let names: Vec<&str> = ours.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, if released >= 24 { vec!["Programme", "Example Trust"] } else { vec!["Programme"] });
        assert!(ours[0].holds_status("2026-11-28".parse().unwrap()) && case.organisation_id == 1, "schema {released}");
        let theirs = store::people::all(store.read()).await.unwrap()[0].organisation_id;
        assert_eq!(theirs, if released >= 24 { 2 } else { 1 }, "schema {released}");
        let referred = store::referrals::of_case(store.reader(), 1).await.unwrap();
        assert!(
            referred
                .iter()
                .all(|r| (r.organisation.as_str(), r.contact.as_str()) == ("Programme", "notices@programme.example"))
        );
        // What trends are made of is filled in for what was there before.
        let filled: (Option<i64>, i64) =
            sqlx::query_as("SELECT decide_s, (SELECT count(*) FROM case_facts) FROM cases WHERE id = 1")
                .fetch_one(store.read())
                .await
                .unwrap();
        assert_eq!(filled, if released < 15 { (Some(86_400), 2) } else { (None, 0) }, "schema {released}");
        let goals = store::plan::all(store.read()).await.unwrap();
        assert_eq!(goals.len(), usize::from(released >= 15), "schema {released}");
        let own: i64 = sqlx::query_scalar("SELECT count(*) FROM wellbeing").fetch_one(store.read()).await.unwrap();
        assert_eq!(own, i64::from(released >= 16), "schema {released}");
        let known = store::gold::all(store.read()).await.unwrap();
        let answers: Vec<i64> = known.iter().map(|k| k.agreement.cannot_tell).collect();
        assert_eq!(answers, if released >= 18 { vec![1] } else { vec![] }, "schema {released}");
        // The old case takes new steps.
        let mut tx = store.begin().await.unwrap();
        let now = clock::stamp(clock::system()());
        let verdict = store::steps::Verdict {
            case_id: 1,
            version: 2,
            reviewer_id: 1,
            event: spotter_model::Event::Close,
            public_reason: "",
            original: None,
        };
        store::steps::decide(&mut tx, &verdict, &now).await.unwrap();
        tx.commit().await.unwrap();
        let sent = store::reporters::sent_by(store.reader(), "k").await.unwrap();
        assert_eq!(store::reports::statuses(store.reader(), &sent).await.unwrap().len(), 1);
        store.close().await;
    }
}
