//! Checks at the endpoint, taken once whoever repeats them; and the figures for anybody that are made of them.

mod common;

use common::{Browser, Device, Running, report, uuid};
use reqwest::Response;
use serde_json::{Value, json};
use spotter_model::archive as zip;
use spotter_model::dsse::{AUDIT_DAY_TYPE, AUDIT_TYPE};
use spotter_survey::archive::Compared;
use spotter_survey::audited_archive::{ARCHIVE_TYPE, recompute};

const HOST: &str = "market.example";

fn audit(answer: &str, listing: u32) -> Value {
    json!({ "schema": "wildlife-audit/1", "id": uuid(), "round": "ivory", "marketplace": HOST, "day": "2026-11-26", "one_in": 20,
            "listing": format!("{listing:032x}"), "answer": answer, "software": "0.1.0 / 1" })
}

fn counted(day: &str) -> Value {
    json!({ "schema": "wildlife-audit-day/1", "id": uuid(), "round": "ivory", "marketplace": HOST, "day": day, "one_in": 20,
            "flagged": 40, "unflagged": 600, "offered": 30, "software": "0.1.0 / 1" })
}

async fn put(server: &Running, device: &Device, body: &Value) -> Response {
    let (room, kind) = match body["schema"].as_str() {
        Some("wildlife-audit/1") => ("audits", AUDIT_TYPE),
        _ => ("audit-days", AUDIT_DAY_TYPE),
    };
    let bytes = serde_json::to_vec(body).unwrap();
    let url = server.url(&format!("/v1/{room}/{}", body["id"].as_str().unwrap()));
    let request = server.http.put(url).header("content-type", kind);
    device.signed(request, kind, &bytes).body(bytes).send().await.unwrap()
}

async fn counts(server: &Running) -> (i64, i64) {
    sqlx::query_as("SELECT (SELECT count(*) FROM audits), (SELECT count(*) FROM audit_days)")
        .fetch_one(server.app.store.read())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_check_and_a_day_count_once_however_often_they_are_sent() {
    let server = Running::start().await;
    let (a, b) = (server.device().await, server.device().await);
    for body in [audit("protected", 1), counted("2026-11-26")] {
        let first = put(&server, &a, &body).await;
        assert_eq!(first.status(), 201);
        let first: Value = first.json().await.unwrap();
        server.move_clock(60);
        for _ in 0..3 {
            let again = put(&server, &a, &body).await;
            assert_eq!(again.status(), 200);
            assert_eq!(again.json::<Value>().await.unwrap(), first, "the same answer");
        }
        let mut other = body.clone();
        other["software"] = json!("0.2.0");
        assert_eq!(put(&server, &a, &other).await.status(), 409, "other bytes under its id");
        assert_eq!(put(&server, &b, &body).await.status(), 409, "another device's id");
        // The same thing told under a new id, as a device would that lost its memory of having told it.
        other["id"] = json!(uuid());
        let answer = put(&server, &a, &other).await;
        assert_eq!(answer.status(), 409);
        assert_eq!(answer.json::<Value>().await.unwrap()["type"], "urn:wildlife-spotter:problem:record-differs");
    }
    assert_eq!(counts(&server).await, (1, 1));
    // What another device says of the same hash is of another listing: each has its own key.
    assert_eq!(put(&server, &b, &audit("not", 1)).await.status(), 201);
    assert_eq!(put(&server, &b, &counted("2026-11-26")).await.status(), 201);
    assert_eq!(counts(&server).await, (2, 2));
}

#[tokio::test]
async fn what_does_not_belong_is_refused_and_leaves_nothing() {
    let server = Running::start().await;
    let device = server.device().await;
    let with = |mut body: Value, field: &str, value: Value| {
        body[field] = value;
        body
    };
    let good = audit("not", 7);
    let day = counted("2026-11-26");
    type Row = (Value, u16, &'static str);
    let rows: [Row; 14] = [
        (with(good.clone(), "answer", json!("perhaps")), 422, ""),
        (with(good.clone(), "url", json!("https://market.example/1")), 422, ""),
        (with(good.clone(), "listing", json!("https://market.example/1")), 422, "/listing"),
        (with(good.clone(), "one_in", json!(1)), 422, "/one_in"),
        (with(good.clone(), "one_in", json!(-20)), 422, ""),
        (with(good.clone(), "marketplace", json!("<script>")), 422, "/marketplace"),
        (with(good.clone(), "day", json!("2026-13-01")), 422, ""),
        (with(good.clone(), "day", json!("2126-11-26")), 422, "/day"),
        (with(good.clone(), "software", json!("x".repeat(513))), 422, "/software"),
        (with(good.clone(), "software", json!("x".repeat(9_000))), 413, ""),
        (with(day.clone(), "flagged", json!(4_999)), 422, "/unflagged"),
        (with(day.clone(), "unflagged", json!(u64::MAX)), 422, ""),
        (with(day.clone(), "offered", json!(601)), 422, "/offered"),
        (with(day.clone(), "listings", json!(["x"])), 422, ""),
    ];
    for (body, status, pointer) in rows {
        let answer = put(&server, &device, &body).await;
        assert_eq!(answer.status(), status, "{body}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["pointer"].as_str().unwrap_or(""), pointer, "{problem}");
    }
    assert_eq!(put(&server, &Device::new(), &good).await.status(), 401);
    let bytes = serde_json::to_vec(&good).unwrap();
    let path = format!("/v1/audits/{}", good["id"].as_str().unwrap());
    let request = |kind: &str| server.http.put(server.url(&path)).header("content-type", kind).body(bytes.clone());
    let as_day = device.signed(request(AUDIT_TYPE), AUDIT_DAY_TYPE, &bytes).send().await.unwrap();
    assert_eq!(as_day.status(), 401, "signed as something else");
    assert_eq!(device.signed(request(AUDIT_DAY_TYPE), AUDIT_TYPE, &bytes).send().await.unwrap().status(), 415);
    let elsewhere = server.http.put(server.url(&format!("/v1/audits/{}", uuid()))).header("content-type", AUDIT_TYPE);
    let answer = device.signed(elsewhere, AUDIT_TYPE, &bytes).body(bytes.clone()).send().await.unwrap();
    assert_eq!(answer.status(), 422, "another id in the address");
    assert_eq!(counts(&server).await, (0, 0));
}

#[tokio::test]
async fn a_device_is_listened_to_a_thousand_times_a_day() {
    let server = Running::start().await;
    let device = server.device().await;
    let mut tx = server.app.store.begin().await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
         INSERT INTO audits (id, key_id, body, signature, received_at, spotter, marketplace, one_in, answer, listing) \
         SELECT 'x' || i, $1, zeroblob(0), zeroblob(0), $2, '', 'market.example', 20, 'not', 'x' || i FROM n",
    )
    .bind(&device.key_id)
    .bind(server.app.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let more = audit("not", 1);
    let answer = put(&server, &device, &more).await;
    assert_eq!(answer.status(), 429);
    assert!(answer.headers().contains_key("retry-after"));
    server.move_clock(86_401);
    assert_eq!(put(&server, &device, &more).await.status(), 201);
}

/// Cases that were decided, told, answered and looked at again, as rows: how they come about is other tests' to prove.
async fn worked(server: &Running, devices: &[Device; 3]) {
    for n in 0..62 {
        devices[n % 3].send(server, &report(&format!("{n}"))).await;
    }
    let mut tx = server.app.store.begin().await.unwrap();
    for sql in [
        "UPDATE cases SET state = CASE WHEN id <= 45 THEN 'confirmed' WHEN id <= 50 THEN 'not_prohibited' WHEN id <= 57 THEN 'cannot_tell' ELSE 'new' END",
        // Of these nobody knows how the detector did.
        "UPDATE cases SET missed = 1, state = 'confirmed' WHERE id > 60",
        "INSERT INTO reviewers (id, name, password, created_at) VALUES (900, 'Synthetic', '', '')",
        "INSERT INTO companies (id, name, languages, channel, contact, address, item_format, answer_days, changed_at) VALUES (900, 'Synthetic', 'en', 'csv', '', '', '', 9, '')",
        "INSERT INTO notices (number, case_id, company_id, kind, trusted, state, rendered, answer_hash, written_by, written_at, not_before, next_try, sent_at, sent_seq) \
         SELECT 'N' || id, id, 900, 'policy', 0, 'sent', '{}', zeroblob(CAST(id AS INTEGER)), 900, '', '', '', '2026-11-01T00:00:00.000Z', id FROM cases WHERE id <= 20",
        "INSERT INTO decisions (case_id, version, who, decision, to_state, public_reason, at) VALUES \
         (1, 91, 'company', 'remove', 'removed', '', '2026-11-02T00:00:00.000Z'), (1, 92, 'company', 'reinstate', 'reinstated', '', '2026-11-03T00:00:00.000Z'), \
         (2, 91, 'reviewer', 'correct', 'corrected', '', '2026-11-02T00:00:00.000Z'), (3, 91, 'company', 'refuse', 'refused', '', '2026-11-02T00:00:00.000Z'), \
         (4, 91, 'company', 'remove', 'removed', '', '2026-11-02T00:00:00.000Z'), (4, 92, 'reviewer', 'reinstate', 'reinstated', '', '2026-11-04T00:00:00.000Z'), \
         (5, 91, 'reviewer', 'correct', 'corrected', '', '2026-10-02T00:00:00.000Z')",
        "INSERT INTO checks (case_id, due_at, outcome, at) SELECT id, '', CASE WHEN id <= 4 THEN 'up' WHEN id <= 12 THEN 'notice_page_says_removed' ELSE 'ended_or_sold' END, \
         '2026-11-04T00:00:00.000Z' FROM cases WHERE id BETWEEN 3 AND 18",
        // Looked at twice: the last look counts. Nobody was told of the other one.
        "INSERT INTO checks (case_id, due_at, outcome, at) VALUES (3, '', 'relisted', '2026-11-05T00:00:00.000Z'), (40, '', 'up', '2026-11-05T00:00:00.000Z')",
    ] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn anybody_reads_the_figures_and_makes_them_again() {
    let server = Running::start().await;
    let devices = [server.device().await, server.device().await, server.device().await];
    let device = &devices[0];
    let mut anybody = Browser::new(&server);
    let empty = anybody.get("/quality").await;
    assert!(empty.status == 200 && empty.text.contains("fewer than 10 of everything"), "{}", empty.text);

    worked(&server, &devices).await;
    for n in 0..54 {
        let answer = if n == 0 {
            "protected"
        } else if n < 50 {
            "not"
        } else {
            "cannot_tell"
        };
        assert_eq!(put(&server, &devices[n as usize % 3], &audit(answer, n)).await.status(), 201);
    }
    let day = |day: &str, flagged: u32, unflagged: u32| {
        let mut body = counted(day);
        (body["flagged"], body["unflagged"]) = (json!(flagged), json!(unflagged));
        body
    };
    assert_eq!(put(&server, device, &day("2026-11-25", 40, 600)).await.status(), 201);
    assert_eq!(put(&server, device, &day("2026-11-26", 20, 400)).await.status(), 201);
    // Elsewhere there is too little of everything: not even its name is public.
    let mut few = audit("protected", 900);
    few["marketplace"] = json!("few.example");
    assert_eq!(put(&server, device, &few).await.status(), 201);

    assert!(
        anybody.get("/quality").await.text.contains("fewer than 10 of everything"),
        "a copy is good for ten minutes"
    );
    server.move_clock(600);
    let csv = anybody.get("/quality.csv").await;
    assert_eq!(
        csv.text.lines().skip(1).collect::<Vec<_>>(),
        [
            r#""market.example","Recall of the detector","0.7297","0.2748","0.9831","50","1","4""#,
            r#""market.example","Precision","0.9000","0.7864","0.9565","50","45","7""#,
            r#""market.example","Wrongful notices","0.1000","0.0279","0.3010","20","2","1""#,
            r#""market.example","Verified removals","0.8000","0.4902","0.9433","10","8","6""#,
        ]
    );
    let page = anybody.get("/quality").await;
    assert!(page.text.contains("73.0 %") && !page.text.contains("<script") && !page.text.contains("few.example"));
    assert!(!page.text.to_lowercase().contains("illegal"));
    assert!(anybody.get("/before-you-buy").await.text.contains("href=\"/quality?lang=en\""));

    let address = format!("{}/quality.zip", server.origin.replace("127.0.0.1", "localhost"));
    let fetch = || async { server.http.get(&address).send().await.unwrap().bytes().await.unwrap() };
    let bytes = fetch().await;
    assert_eq!(bytes, fetch().await, "the same bytes for everyone");
    let files = zip::read(&bytes).unwrap();
    let envelope: Value = serde_json::from_slice(files[0].bytes).unwrap();
    let manifest = common::opened(&server.app, &envelope, ARCHIVE_TYPE);
    assert_eq!(manifest["files"].as_array().unwrap().len(), files.len() - 1);
    assert!(recompute(&files).unwrap().iter().all(|c| matches!(c, Compared::Same(_))));
    assert_eq!(files.iter().find(|f| f.name == "figures.csv").unwrap().bytes, csv.text.as_bytes());
    let text = String::from_utf8_lossy(&bytes);
    for secret in [device.key_id.as_str(), "few.example", "synthetic-seller", "2026-11-2", &format!("{:032x}", 3)] {
        assert!(!text.contains(secret), "{secret}");
    }
}

/// One enrolled device, or two, must not get a name of their choice onto a public page, whatever they send.
#[tokio::test]
async fn a_marketplace_that_fewer_than_three_spotters_stand_behind_is_not_named() {
    let server = Running::start().await;
    let devices = [server.device().await, server.device().await, server.device().await];
    let send = async |device: &Device, host: &str, n: u32| {
        let mut check = audit("not", n);
        check["marketplace"] = json!(host);
        assert_eq!(put(&server, device, &check).await.status(), 201);
        let mut found = report(&format!("{host}-{n}"));
        found["place"]["marketplace"] = json!(host);
        device.send(&server, &found).await;
    };
    for n in 0..12 {
        send(&devices[0], "one.example", n).await;
        send(&devices[n as usize % 2], "two.example", 100 + n).await;
        send(&devices[n as usize % 3], "three.example", 200 + n).await;
    }
    for host in ["one.example", "two.example", "three.example"] {
        let mut day = counted("2026-11-26");
        day["marketplace"] = json!(host);
        assert_eq!(put(&server, &devices[0], &day).await.status(), 201);
    }
    let mut tx = server.app.store.begin().await.unwrap();
    sqlx::query("UPDATE cases SET state = 'confirmed'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();

    let csv = Browser::new(&server).get("/quality.csv").await.text;
    let page = Browser::new(&server).get("/quality").await.text;
    for text in [&csv, &page] {
        assert!(text.contains("three.example"), "{text}");
        assert!(!text.contains("one.example") && !text.contains("two.example"), "{text}");
    }
    assert!(csv.contains(r#""three.example","Precision","1.0000""#), "{csv}");
    assert!(csv.contains(r#""three.example","Recall of the detector""#), "{csv}");

    // A spotter who lost a device is one spotter with two: the third one who reports makes the difference.
    let lost = format!("UPDATE devices SET spotter = '{}' WHERE key_id = '{}'", devices[0].key_id, devices[1].key_id);
    let mut tx = server.app.store.begin().await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(lost)).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    server.move_clock(600);
    let csv = Browser::new(&server).get("/quality.csv").await.text;
    assert!(!csv.contains("Precision"), "{csv}");
}
