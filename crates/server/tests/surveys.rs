//! Surveys at the endpoint: a coder's searches, and what devices send of them, signed and idempotent.

mod common;

use common::{Device, Running, uuid};
use reqwest::Response;
use serde_json::{Value, json};
use spotter_model::dsse::{CODING_TYPE, FRAME_TYPE, HEADER_DATE, REQUEST_TYPE};
use spotter_model::survey::{Assigned, Protocol};
use spotter_server::clock;
use spotter_server::store::surveys;
use spotter_survey::share;

/// Two synthetic marketplaces, six terms, half of the searches done twice.
fn protocol(id: &str) -> Protocol {
    let term = |n: u32| json!({ "text": format!("carved ivory {n}"), "lang": "en", "group": "elephant" });
    let market = |n: u32, country: &str| {
        json!({ "host": format!("market{n}.example"), "country": country, "search": format!("https://market{n}.example/?q={{terms}}"),
                "ground": "public", "ground_text": "Synthetic." })
    };
    serde_json::from_value(json!({
        "schema": "wildlife-survey-protocol/1", "id": id, "version": 1, "title": "Synthetic ivory",
        "question": "How many advertisements offer ivory?", "from": "2026-11-01", "until": "2026-12-12",
        "groups": ["elephant"], "markets": [market(1, "GB"), market(2, "DE")], "terms": (1..=6).map(term).collect::<Vec<_>>(),
        "sampling": { "kind": "random_pages", "pages": 2, "of": 9, "seed": 3 }, "inclusion": ["It offers something for money."],
        "double_coded_percent": 50, "unflagged_one_in": 10,
    }))
    .unwrap()
}

async fn spotter(server: &Running, device: &Device) -> String {
    sqlx::query_scalar("SELECT spotter FROM devices WHERE key_id = $1")
        .bind(&device.key_id)
        .fetch_one(server.app.store.read())
        .await
        .unwrap()
}

async fn started(server: &Running, protocol: &Protocol, devices: &[&Device]) {
    let mut coders = vec![];
    for device in devices {
        coders.push(spotter(server, device).await);
    }
    let shares = share::share(protocol, &coders, &[]).unwrap();
    let mut tx = server.app.store.begin().await.unwrap();
    assert!(surveys::keep_draft(&mut tx, protocol, &server.app.now()).await.unwrap());
    surveys::set_coders(&mut tx, &protocol.id, &coders).await.unwrap();
    let survey = surveys::find_in(&mut tx, &protocol.id).await.unwrap().unwrap();
    surveys::start(&mut tx, &server.app.vault, &survey, &shares, &server.app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn assigned(server: &Running, device: &Device) -> Vec<Assigned> {
    let date = clock::stamp((server.app.clock)());
    let request = server.http.get(server.url("/v1/surveys")).header(HEADER_DATE, &date);
    let answer =
        device.signed(request, REQUEST_TYPE, format!("GET /v1/surveys {date}").as_bytes()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn put(server: &Running, device: &Device, path: &str, kind: &str, body: &Value) -> Response {
    let bytes = serde_json::to_vec(body).unwrap();
    let request = server.http.put(server.url(path)).header("content-type", kind);
    device.signed(request, kind, &bytes).body(bytes).send().await.unwrap()
}

fn frame(survey: &str, task: &str) -> Value {
    json!({ "schema": "wildlife-survey-frame/1", "id": uuid(), "survey": survey, "version": 1, "task": task, "software": "0.1.0",
            "seen_at": "2026-11-26T10:00:00Z",
            "listings": [{ "listing": "a".repeat(32), "position": 1, "level": "likely", "offered": true },
                         { "listing": "b".repeat(32), "position": 2, "level": "none", "offered": false }] })
}

fn coding(survey: &str, task: &str) -> Value {
    json!({ "schema": "wildlife-survey-coding/1", "id": uuid(), "survey": survey, "version": 1, "task": task,
            "listing": "a".repeat(32), "included": "yes", "url": "https://market1.example/1", "title": "Carving",
            "specimens": [{ "scientificName": "Loxodonta africana", "group": "elephant", "term": "CAR", "count": 2, "unit": "" }],
            "asking": { "kind": "stated", "amount": "120.50", "currency": "GBP" }, "live": "no", "legality_claim": "no",
            "age_claim": "yes", "seller_type": "private", "coded_at": "2026-11-26T10:05:00Z" })
}

fn path(kind: &str, body: &Value) -> String {
    format!("/v1/surveys/{}/{kind}/{}", body["survey"].as_str().unwrap(), body["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_coders_device_gets_its_searches_and_nobody_elses() {
    let server = Running::start().await;
    let (a, b, stranger) = (server.device().await, server.device().await, server.device().await);
    let p = protocol("ivory");
    assert_eq!(assigned(&server, &a).await, [], "nothing runs yet");
    started(&server, &p, &[&a, &b]).await;
    let (mine, theirs) = (assigned(&server, &a).await, assigned(&server, &b).await);
    assert_eq!((mine.len(), theirs.len()), (1, 1));
    assert_eq!((&mine[0].protocol, mine[0].salt.len()), (&p, 64));
    assert_eq!(mine[0].salt, theirs[0].salt);
    // 12 searches, 6 of them twice.
    assert_eq!((mine[0].tasks.len(), theirs[0].tasks.len()), (9, 9));
    assert_eq!(mine[0].tasks.iter().filter(|t| theirs[0].tasks.contains(t)).count(), 6);
    assert!(mine[0].tasks.iter().all(|t| t.pages.len() == 2 && t.address.starts_with("https://market")));
    assert_eq!(assigned(&server, &stranger).await, []);
    let stored: (String, String) =
        sqlx::query_as("SELECT salt, pseudonyms FROM surveys").fetch_one(server.app.store.read()).await.unwrap();
    assert!(!stored.0.contains(&mine[0].salt) && stored.1.starts_with("v1:"), "secrets are sealed");
}

#[tokio::test]
async fn frames_and_codings_are_kept_once_whoever_asks_again() {
    let server = Running::start().await;
    let (a, b) = (server.device().await, server.device().await);
    let p = protocol("ivory");
    started(&server, &p, &[&a, &b]).await;
    let (mine, theirs) = (assigned(&server, &a).await.remove(0).tasks, assigned(&server, &b).await.remove(0).tasks);
    let task = mine.iter().find(|t| !theirs.contains(t)).unwrap().id.clone();
    let (f, c) = (frame("ivory", &task), coding("ivory", &task));
    for (kind, mime, body) in [("frames", FRAME_TYPE, &f), ("codings", CODING_TYPE, &c)] {
        let first = put(&server, &a, &path(kind, body), mime, body).await;
        assert_eq!(first.status(), 201);
        let first: Value = first.json().await.unwrap();
        assert_eq!(first["id"], body["id"]);
        assert!(clock::read(first["received_at"].as_str().unwrap()).is_some());
        server.move_clock(60);
        let again = put(&server, &a, &path(kind, body), mime, body).await;
        assert_eq!(again.status(), 200);
        assert_eq!(again.json::<Value>().await.unwrap(), first, "the same answer");
        let mut other = body.clone();
        other["version"] = json!(1);
        other[if kind == "frames" { "software" } else { "title" }] = json!("another");
        let problem = put(&server, &a, &path(kind, &other), mime, &other).await;
        assert_eq!(problem.status(), 409);
        assert_eq!(problem.json::<Value>().await.unwrap()["type"], "urn:wildlife-spotter:problem:record-differs");
        assert_eq!(put(&server, &b, &path(kind, body), mime, body).await.status(), 409, "another device's id");
    }
    let count: (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM survey_frames), (SELECT count(*) FROM survey_codings)")
            .fetch_one(server.app.store.read())
            .await
            .unwrap();
    assert_eq!(count, (1, 1));
}

#[tokio::test]
async fn what_does_not_belong_is_refused_in_words() {
    let server = Running::start().await;
    let (a, b) = (server.device().await, server.device().await);
    let p = protocol("ivory");
    started(&server, &p, &[&a, &b]).await;
    let (mine, theirs) = (assigned(&server, &a).await.remove(0).tasks, assigned(&server, &b).await.remove(0).tasks);
    let only = mine.iter().find(|t| !theirs.contains(t)).unwrap().id.clone();
    let good = coding("ivory", &only);
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    type Row = (Value, u16, &'static str, &'static str);
    let rows: [Row; 6] = [
        (with("survey", json!("nowhere")), 404, "not-found", "/survey"),
        (with("task", json!("t0")), 403, "task-not-assigned", "/task"),
        (with("version", json!(2)), 422, "breaks-the-contract", "/version"),
        (with("listing", json!("A")), 422, "breaks-the-contract", "/listing"),
        (with("included", json!("perhaps")), 422, "breaks-the-contract", ""),
        (with("extra", json!(1)), 422, "breaks-the-contract", ""),
    ];
    for (body, status, name, pointer) in rows {
        let answer = put(&server, &a, &path("codings", &body), CODING_TYPE, &body).await;
        assert_eq!(answer.status(), status, "{body}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["type"], format!("urn:wildlife-spotter:problem:{name}"), "{problem}");
        assert_eq!(problem["pointer"].as_str().unwrap_or(""), pointer, "{problem}");
    }
    let answer = put(&server, &b, &path("codings", &good), CODING_TYPE, &good).await;
    assert_eq!(answer.status(), 403, "another coder's search");
    let elsewhere = format!("/v1/surveys/other/codings/{}", good["id"].as_str().unwrap());
    assert_eq!(put(&server, &a, &elsewhere, CODING_TYPE, &good).await.status(), 422);
    assert_eq!(put(&server, &a, "/v1/surveys/ivory/codings/1", CODING_TYPE, &good).await.status(), 400);
    assert_eq!(put(&server, &Device::new(), &path("codings", &good), CODING_TYPE, &good).await.status(), 401);
    assert_eq!(put(&server, &a, &path("codings", &good), FRAME_TYPE, &good).await.status(), 415);

    assert_eq!(put(&server, &a, &path("codings", &good), CODING_TYPE, &good).await.status(), 201);
    // Frozen: what was taken is answered as before, nothing new comes in, and nothing is asked of coders any more.
    let mut tx = server.app.store.begin().await.unwrap();
    sqlx::query("UPDATE surveys SET state = 'frozen'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(put(&server, &a, &path("codings", &good), CODING_TYPE, &good).await.status(), 200);
    let late = with("id", json!(uuid()));
    let answer = put(&server, &a, &path("codings", &late), CODING_TYPE, &late).await;
    assert_eq!(answer.status(), 403);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["type"], "urn:wildlife-spotter:problem:survey-not-running", "{problem}");
    assert_eq!(assigned(&server, &a).await, []);
}
