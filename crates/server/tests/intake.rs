//! The intake, request by request: what is taken, what is refused and how, and that refusals leave nothing behind.

mod common;

use common::{Device, Running, opened, report, uuid};
use reqwest::Response;
use serde_json::{Value, json};
use spotter_model::dsse::{HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, RECEIPT_TYPE, REPORT_TYPE, REQUEST_TYPE};
use spotter_server::store::reports;
use spotter_server::{clock, sign};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and then something that only has to look like one";

/// Status, the problem's short name and its pointer, after checking the form that every error has.
async fn problem(answer: Response) -> (u16, String, Option<String>) {
    let status = answer.status().as_u16();
    let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
    assert_eq!(header("content-type").as_deref(), Some("application/problem+json"), "status {status}");
    assert_eq!(header("access-control-allow-origin").as_deref(), Some("*"));
    assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
    assert!(header("content-security-policy").is_some_and(|p| p.starts_with("default-src 'none'")));
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status);
    assert!(!body["title"].as_str().unwrap().is_empty());
    let name = body["type"].as_str().unwrap().strip_prefix("urn:wildlife-spotter:problem:").unwrap().to_owned();
    (status, name, body["pointer"].as_str().map(str::to_owned))
}

async fn stored(server: &Running) -> (i64, i64, i64) {
    let count = |sql: &'static str| sqlx::query_scalar(sql).fetch_one(server.app.store.read());
    (
        count("SELECT count(*) FROM reports").await.unwrap(),
        count("SELECT count(*) FROM cases").await.unwrap(),
        count("SELECT count(*) FROM blobs").await.unwrap(),
    )
}

#[tokio::test]
async fn enrolment() {
    let server = Running::start().await;
    let post = |body: Value| server.http.post(server.url("/v1/enrolments")).json(&body).send();
    let (code, device) = (server.invitation(2).await, Device::new());
    let good = device.enrolment(&code);

    let mut other_key = good.clone();
    other_key["public_key"] = Device::new().enrolment(&code)["public_key"].clone();
    let mut short_key = good.clone();
    short_key["public_key"] = "AAAA".into();
    let mut surplus = good.clone();
    surplus["surplus"] = 1.into();
    for (body, want) in [
        (other_key, (422, "breaks-the-contract", Some("/proof"))),
        (short_key, (422, "breaks-the-contract", Some("/public_key"))),
        (surplus, (422, "breaks-the-contract", None)),
        (json!({}), (422, "breaks-the-contract", None)),
        (device.enrolment("short"), (422, "breaks-the-contract", Some("/code"))),
        (device.enrolment("never-given-out"), (403, "invitation-unknown", None)),
    ] {
        let (status, name, pointer) = problem(post(body).await.unwrap()).await;
        assert_eq!((status, name.as_str(), pointer.as_deref()), want);
    }

    let first = post(good.clone()).await.unwrap();
    assert_eq!(first.status(), 201);
    let first: Value = first.json().await.unwrap();
    // The answer was lost; the device asks again, and no second use is taken.
    let again = post(good).await.unwrap();
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Value>().await.unwrap(), first);

    assert_eq!(post(Device::new().enrolment(&code)).await.unwrap().status(), 201);
    assert_eq!(problem(post(Device::new().enrolment(&code)).await.unwrap()).await.1, "invitation-used");
    let another = server.invitation(1).await;
    assert_eq!(problem(post(device.enrolment(&another)).await.unwrap()).await.1, "forbidden");
}

#[tokio::test]
async fn a_report_is_stored_as_it_came() {
    let server = Running::start().await;
    let device = server.device().await;
    let mut sent = report("7");
    sent["from_the_future"] = json!({ "b": 1, "a": [1.0, 2e3] });
    // Spacing, order and unknown fields have to survive: the bytes are signed.
    let body = serde_json::to_string_pretty(&sent).unwrap().into_bytes();
    let id = sent["report_id"].as_str().unwrap();

    let first = device.report(&server, id, &body).await;
    assert_eq!(first.status(), 201);
    let first: Value = first.json().await.unwrap();
    let receipt = opened(&server.app, &first["receipt"], RECEIPT_TYPE);
    assert_eq!(receipt["body_sha256"], sign::sha256_hex(&body));

    let again = device.report(&server, id, &body).await;
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Value>().await.unwrap(), first);

    let compact = serde_json::to_vec(&sent).unwrap();
    assert_eq!(problem(device.report(&server, id, &compact).await).await.1, "report-differs");
    let thief = server.device().await;
    assert_eq!(problem(thief.report(&server, id, &body).await).await.1, "report-differs");

    let kept = reports::exported(server.app.store.reader(), id).await.unwrap().unwrap();
    let (kept, signature) = (kept.body, kept.signature);
    assert_eq!(kept, body);
    let public = device.key.verifying_key().to_bytes();
    assert!(sign::verify(&public, REPORT_TYPE, &kept, &signature.try_into().unwrap()));
    assert_eq!(stored(&server).await, (1, 1, 0));
}

/// A client that lost its patience five hundred times over: one case, one receipt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_re_sends_at_once_are_one_report() {
    let server = std::sync::Arc::new(Running::start().await);
    let device = std::sync::Arc::new(server.device().await);
    let sent = report("7");
    let (id, body) = (sent["report_id"].as_str().unwrap().to_owned(), serde_json::to_vec(&sent).unwrap());
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..500 {
        let (server, device, id, body) = (server.clone(), device.clone(), id.clone(), body.clone());
        tries.spawn(async move {
            let answer = device.report(&server, &id, &body).await;
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["receipt"].to_string())
        });
    }
    let answers = tries.join_all().await;
    let new = answers.iter().filter(|(status, _)| *status == 201).count();
    assert_eq!((new, answers.iter().filter(|(status, _)| *status == 200).count()), (1, 499));
    assert!(answers.iter().all(|(_, receipt)| *receipt == answers[0].1));
    assert_eq!(stored(&server).await, (1, 1, 0));
    let reports: i64 =
        sqlx::query_scalar("SELECT reports FROM cases").fetch_one(server.app.store.read()).await.unwrap();
    assert_eq!(reports, 1);
}

/// Connections that close or are reset in the middle of head or body leave nothing; the whole report then arrives.
#[tokio::test]
async fn half_written_reports_leave_nothing_behind() {
    let server = Running::start().await;
    let device = server.device().await;
    let sent = report("7");
    let (id, body) = (sent["report_id"].as_str().unwrap().to_owned(), serde_json::to_vec(&sent).unwrap());
    let address = server.origin.strip_prefix("http://").unwrap().to_owned();
    let head = format!(
        "PUT /v1/reports/{id} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {REPORT_TYPE}\r\ncontent-length: {}\r\n{HEADER_KEY}: {}\r\n{HEADER_SIGNATURE}: {}\r\n\r\n",
        body.len(),
        device.key_id,
        device.sign(REPORT_TYPE, &body)
    );
    let whole = [head.as_bytes(), &body].concat();
    for cut in [1, head.len() / 2, head.len(), head.len() + 1, head.len() + body.len() / 2, whole.len() - 1] {
        for reset in [false, true] {
            let mut half = tokio::net::TcpStream::connect(&address).await.unwrap();
            half.write_all(&whole[..cut]).await.unwrap();
            if reset {
                half.set_zero_linger().unwrap();
                drop(half);
            } else {
                half.shutdown().await.unwrap();
                // Whatever is answered, it is no acknowledgement.
                let mut answer = vec![];
                half.read_to_end(&mut answer).await.unwrap();
                assert!(!answer.starts_with(b"HTTP/1.1 20"), "{}", String::from_utf8_lossy(&answer));
            }
        }
    }
    while server.app.in_flight.load(std::sync::atomic::Ordering::SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stored(&server).await, (0, 0, 0));
    device.send(&server, &sent).await;
    assert_eq!(stored(&server).await, (1, 1, 0));
}

#[tokio::test]
async fn refused_reports_leave_nothing_behind() {
    let server = Running::start().await;
    let device = server.device().await;
    let good = report("7");
    let id = good["report_id"].as_str().unwrap().to_owned();
    let body = serde_json::to_vec(&good).unwrap();
    let url = server.url(&format!("/v1/reports/{id}"));
    let put = |body: &[u8]| device.signed(server.http.put(&url), REPORT_TYPE, body).body(body.to_vec());
    let typed = |body: &[u8]| put(body).header("content-type", REPORT_TYPE);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value = good.clone();
        change(&mut value);
        serde_json::to_vec(&value).unwrap()
    };

    let huge = changed(&|r| r["listing"]["title"] = "x".repeat(100_000).into());
    let long_title = changed(&|r| r["listing"]["title"] = "x".repeat(3_000).into());
    let other_id = changed(&|r| r["report_id"] = uuid().into());
    let script = changed(&|r| r["place"]["url_canonical"] = "javascript:alert(1)".into());
    let deep = [b"[".repeat(30_000), b"]".repeat(30_000)].concat();
    let unsigned = server.http.put(&url).header("content-type", REPORT_TYPE).body(body.clone());
    let stranger = Device::new();
    let requests = [
        (typed(&huge), 413, "too-large", None),
        (typed(&long_title), 422, "breaks-the-contract", Some("/listing")),
        (typed(&other_id), 422, "breaks-the-contract", Some("/report_id")),
        (typed(&script), 422, "breaks-the-contract", Some("/place/url_canonical")),
        (typed(&deep), 422, "breaks-the-contract", None),
        (typed(b"{"), 422, "breaks-the-contract", None),
        (typed(b""), 422, "breaks-the-contract", None),
        (put(&body), 415, "media-type", None),
        (put(&body).header("content-type", "text/plain"), 415, "media-type", None),
        (typed(&body).header("content-encoding", "gzip"), 415, "media-type", None),
        (unsigned, 401, "not-signed", None),
        (typed(&body).body([&body[..], b" "].concat()), 401, "not-signed", None),
        (
            stranger
                .signed(server.http.put(&url).header("content-type", REPORT_TYPE), REPORT_TYPE, &body)
                .body(body.clone()),
            401,
            "not-signed",
            None,
        ),
        (
            // A signature for another purpose does not count for this one.
            device
                .signed(server.http.put(&url).header("content-type", REPORT_TYPE), REQUEST_TYPE, &body)
                .body(body.clone()),
            401,
            "not-signed",
            None,
        ),
    ];
    for (n, (request, status, name, pointer)) in requests.into_iter().enumerate() {
        let got = problem(request.send().await.unwrap()).await;
        assert_eq!((got.0, got.1.as_str(), got.2.as_deref()), (status, name, pointer), "request {n}");
    }
    let upper = server.url(&format!("/v1/reports/{}", id.to_uppercase()));
    let request = device
        .signed(server.http.put(upper).header("content-type", REPORT_TYPE), REPORT_TYPE, &body)
        .body(body.clone());
    assert_eq!(problem(request.send().await.unwrap()).await.0, 400);
    assert_eq!(stored(&server).await, (0, 0, 0));

    sqlx::query("UPDATE devices SET revoked_at = '2026'")
        .execute(&mut *server.app.store.begin().await.unwrap())
        .await
        .unwrap();
    // The transaction above was dropped without a commit, so the device still counts.
    assert_eq!(typed(&body).send().await.unwrap().status(), 201);
    let mut tx = server.app.store.begin().await.unwrap();
    sqlx::query("UPDATE devices SET revoked_at = '2026'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(problem(typed(&body).send().await.unwrap()).await.0, 401);
}

#[tokio::test]
async fn every_error_is_a_problem() {
    let server = Running::start().await;
    for (method, path, want) in [
        ("GET", "/v1/nothing", (404, "not-found")),
        ("GET", "/nothing", (404, "not-found")),
        ("PUT", "/v1/reports/", (404, "not-found")),
        ("DELETE", "/v1/policy", (405, "method-not-allowed")),
        ("GET", "/v1/enrolments", (405, "method-not-allowed")),
        ("PUT", "/v1/reports/%ff", (400, "bad-request")),
        ("PUT", "/v1/blobs/..%2f..%2fetc", (400, "bad-request")),
        ("PUT", "/v1/blobs/00", (400, "bad-request")),
        ("GET", "/v1/status", (401, "not-signed")),
        ("POST", "/v1/enrolments", (415, "media-type")),
    ] {
        let answer = server.http.request(method.parse().unwrap(), server.url(path)).send().await.unwrap();
        if path == "/nothing" {
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
            assert_eq!(answer.status(), 404);
            continue;
        }
        let (status, name, _) = problem(answer).await;
        assert_eq!((status, name.as_str()), want, "{method} {path}");
    }
}

#[tokio::test]
async fn a_panic_is_answered_and_the_server_lives() {
    use axum::routing::get;
    use tower::ServiceExt as _;
    let server = Running::start().await;
    let broken = axum::Router::new().route("/v1/broken", get(|| async { panic!("a fault that the test made") as () }));
    let router = spotter_server::app::armour(broken, &server.app).with_state(server.app.clone());
    let request = || axum::http::Request::get("/v1/broken").body(axum::body::Body::empty()).unwrap();
    for _ in 0..2 {
        let answer = router.clone().oneshot(request()).await.unwrap();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    assert_eq!(server.app.in_flight.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn blobs_come_before_or_after_their_report_and_orphans_go() {
    let server = Running::start().await;
    let device = server.device().await;
    let hash = sign::sha256_hex(PNG);
    let mut sent = report("7");
    sent["evidence"][1] = json!({ "kind": "screenshot", "state": "included", "sha256": hash, "media_type": "image/png", "bytes": PNG.len() });

    let accepted = device.send(&server, &sent).await;
    assert_eq!(accepted["missing_blobs"], json!([hash]));
    assert_eq!(device.blob(&server, &hash, PNG).await.status(), 201);
    assert_eq!(device.blob(&server, &hash, PNG).await.status(), 200);
    let body = serde_json::to_vec(&sent).unwrap();
    let again: Value = device.report(&server, sent["report_id"].as_str().unwrap(), &body).await.json().await.unwrap();
    assert_eq!(again["missing_blobs"], json!([]));
    assert_eq!(server.app.store.blobs.read(&hash).await.unwrap(), PNG);

    let other = sign::sha256_hex(b"other");
    assert_eq!(problem(device.blob(&server, &other, PNG).await).await.0, 422);
    assert_eq!(problem(device.blob(&server, &other, b"other").await).await.0, 415);
    let big = vec![0; 2 * 1024 * 1024 + 1];
    assert_eq!(problem(device.blob(&server, &sign::sha256_hex(&big), &big).await).await.0, 413);
    assert_eq!(problem(Device::new().blob(&server, &hash, PNG).await).await.0, 401);

    let orphan = [PNG, b"orphan"].concat();
    let orphan_hash = sign::sha256_hex(&orphan);
    assert_eq!(device.blob(&server, &orphan_hash, &orphan).await.status(), 201);
    assert_eq!(spotter_server::serve::expire(&server.app).await.unwrap(), 0);
    server.move_clock(25 * 3600);
    assert_eq!(spotter_server::serve::expire(&server.app).await.unwrap(), 1);
    assert!(server.app.store.blobs.read(&orphan_hash).await.is_err());
    assert!(server.app.store.blobs.read(&hash).await.is_ok());
}

#[tokio::test]
async fn one_device_cannot_fill_the_disk_with_orphans() {
    let server = Running::start().await;
    let device = server.device().await;
    for n in 0..65_u32 {
        let bytes = [PNG, &n.to_be_bytes()].concat();
        let want = if n < 64 { 201 } else { 429 };
        assert_eq!(device.blob(&server, &sign::sha256_hex(&bytes), &bytes).await.status(), want, "{n}");
    }
}

#[tokio::test]
async fn status_is_for_the_signer_alone_and_not_for_ever() {
    let server = Running::start().await;
    let (mine, other) = (server.device().await, server.device().await);
    mine.send(&server, &report("1")).await;
    other.send(&server, &report("2")).await;
    assert_eq!(mine.status(&server).await["items"].as_array().unwrap().len(), 1);

    let ask = |date: String, path: &'static str, signed: &'static str| {
        let request = server.http.get(server.url(path)).header(HEADER_DATE, &date);
        mine.signed(request, REQUEST_TYPE, format!("{signed} {date}").as_bytes())
    };
    let at = |hours: i64| clock::stamp((server.app.clock)() + time::Duration::hours(hours));
    for (request, want) in [
        (ask(at(47), "/v1/status", "GET /v1/status"), 200),
        (ask(at(-47), "/v1/status", "GET /v1/status"), 200),
        (ask(at(49), "/v1/status", "GET /v1/status"), 401),
        (ask(at(-49), "/v1/status", "GET /v1/status"), 401),
        (ask("yesterday".into(), "/v1/status", "GET /v1/status"), 401),
        (ask(at(0), "/v1/status?x=1", "GET /v1/status"), 401),
        (ask(at(0), "/v1/status", "PUT /v1/status"), 401),
    ] {
        assert_eq!(request.send().await.unwrap().status(), want);
    }
    let mixed = server
        .http
        .get(server.url("/v1/status"))
        .header(HEADER_DATE, at(0))
        .header(HEADER_KEY, &other.key_id)
        .header(HEADER_SIGNATURE, mine.sign(REQUEST_TYPE, format!("GET /v1/status {}", at(0)).as_bytes()));
    assert_eq!(mixed.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn limits_say_when_to_come_again() {
    let server = Running::with(|s| s.per_key = 3).await;
    let device = server.device().await;
    for n in 0..3 {
        device.send(&server, &report(&n.to_string())).await;
    }
    let late = report("late");
    let body = serde_json::to_vec(&late).unwrap();
    let answer = device.report(&server, late["report_id"].as_str().unwrap(), &body).await;
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    assert_eq!(problem(answer).await.1, "too-many-requests");
    // Another device is not in its way, and a wrong signature takes nothing from anyone's share.
    server.device().await.send(&server, &report("other")).await;

    let server = Running::with(|s| s.per_address = 5).await;
    let mut statuses = vec![];
    for _ in 0..7 {
        statuses.push(server.http.get(server.url("/v1/policy")).send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn behind_a_proxy_the_last_forwarded_address_counts() {
    let server = Running::with(|s| (s.per_address, s.forwarded) = (1, true)).await;
    let ask =
        |forwarded: &'static str| server.http.get(server.url("/v1/policy")).header("x-forwarded-for", forwarded).send();
    assert_eq!(ask("203.0.113.9, 198.51.100.1").await.unwrap().status(), 200);
    assert_eq!(ask("203.0.113.10, 198.51.100.1").await.unwrap().status(), 429);
    assert_eq!(ask("203.0.113.9, 198.51.100.2").await.unwrap().status(), 200);
}

#[tokio::test]
async fn any_origin_may_ask_and_no_cookie_is_wanted() {
    let server = Running::start().await;
    let options = server.http.request(reqwest::Method::OPTIONS, server.url(&format!("/v1/reports/{}", uuid())));
    let answer = options
        .header("origin", "chrome-extension://abc")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "content-type,spotter-key,spotter-signature")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 204);
    let header = |name: &str| answer.headers().get(name).map_or("", |v| v.to_str().unwrap());
    assert_eq!(header("access-control-allow-origin"), "*");
    for wanted in ["content-type", "spotter-key", "spotter-signature", "spotter-date"] {
        assert!(header("access-control-allow-headers").contains(wanted), "{wanted}");
    }
    assert!(header("access-control-allow-methods").contains("PUT"));
    assert_eq!(header("access-control-allow-credentials"), "");
    // The console stays its own.
    let console = server.http.get(server.url("/console/login")).send().await.unwrap();
    assert!(console.headers().get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn the_contract_is_published_and_holds() {
    let server = Running::start().await;
    let get = |path: &'static str| {
        let request = server.http.get(server.url(path));
        async { request.send().await.unwrap().json::<Value>().await.unwrap() }
    };
    let mut schema = get("/v1/schemas/wildlife-report-1.json").await;
    let required: Vec<&str> = schema["required"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
    for field in ["schema", "report_id", "place", "listing", "assessment", "evidence"] {
        assert!(required.contains(&field), "{field}");
    }
    assert!(!required.contains(&"note"));
    assert_ne!(schema["additionalProperties"], false, "unknown fields are allowed");
    // In an order of its own, whatever order the library keeps here.
    schema.sort_all_objects();
    let copy = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/wildlife-report-1.schema.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    if std::env::var_os("SPOTTER_WRITE_SCHEMA").is_some() {
        std::fs::write(copy, &text).unwrap();
    }
    let kept = std::fs::read_to_string(copy).unwrap();
    assert!(kept == text, "docs/wildlife-report-1.schema.json is old: run this test with SPOTTER_WRITE_SCHEMA=1");

    let document = get("/v1/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    let described: usize = paths.values().map(|p| p.as_object().unwrap().len()).sum();
    assert_eq!(described, spotter_server::intake::ROUTES.len());
    for (method, path) in spotter_server::intake::ROUTES {
        assert!(paths[*path][*method]["responses"].is_object(), "{method} {path} is not described");
        // And it is really served: anything but 404 and 405. (Who is not enrolled does not hear that no pack is there.)
        let address = path.replace("{sha256}", &"0".repeat(64)).replace("{uuid}", &uuid());
        let status = server
            .http
            .request(method.to_uppercase().parse().unwrap(), server.url(&address))
            .send()
            .await
            .unwrap()
            .status();
        assert!(status != 404 && status != 405, "{method} {path} is not served");
    }
    // Every reference inside leads somewhere.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    assert_eq!(get("/v1/policy").await, json!({ "undo_ms": 200, "confirm_first": 0 }));
    assert_eq!(get("/healthz").await, json!({ "ok": true }));
}

#[tokio::test]
async fn one_listing_is_one_case_and_news_opens_it_again() {
    let server = Running::start().await;
    let (a, b) = (server.device().await, server.device().await);
    a.send(&server, &report("7")).await;
    b.send(&server, &report("7")).await;
    assert_eq!(stored(&server).await, (2, 1, 0));
    let mut reviewer = server.reviewer("Reviewer One").await;
    reviewer.decide(1, "not_prohibited", "A cast of resin.").await;
    assert_eq!(a.status(&server).await["items"][0]["status"], "not_prohibited");
    assert_eq!(b.status(&server).await["items"][0]["reason"], "A cast of resin.");

    // The same text again changes nothing; new text opens the case again.
    b.send(&server, &report("7")).await;
    assert_eq!(b.status(&server).await["items"][0]["status"], "not_prohibited");
    let mut changed = report("7");
    changed["listing"]["description"] = "Now it says something else.".into();
    b.send(&server, &changed).await;
    let status = b.status(&server).await;
    assert_eq!((&status["items"][0]["status"], &status["items"][0]["reason"]), (&json!("received"), &json!("")));

    // A confirmed case stays confirmed.
    reviewer.get("/console/cases/1/evidence").await;
    reviewer.decide(1, "confirm", "").await;
    changed = report("7");
    changed["listing"]["price"] = "$ 1".into();
    b.send(&server, &changed).await;
    assert_eq!(b.status(&server).await["items"][0]["status"], "confirmed");
    assert_eq!(stored(&server).await, (5, 1, 0));
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn the_audit_cannot_be_changed_unnoticed() {
    let server = Running::start().await;
    let device = server.device().await;
    device.send(&server, &report("7")).await;
    for sql in ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "UPDATE reports SET body = zeroblob(1)"] {
        server.refuses(sql).await;
    }
    let links = spotter_server::audit::verify(server.app.store.read()).await.unwrap();
    let mut tx = server.app.store.begin().await.unwrap();
    let drop = if common::postgres::wanted() {
        "DROP TRIGGER audit_is_append_only_update ON audit"
    } else {
        "DROP TRIGGER audit_is_append_only_update"
    };
    sqlx::query(drop).execute(&mut *tx).await.unwrap();
    sqlx::query("UPDATE audit SET detail = 'something else' WHERE seq = 2").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(links > 2);
    let broken = spotter_server::audit::verify(server.app.store.read()).await.unwrap_err();
    assert!(matches!(broken, spotter_server::audit::Broken::At(2)), "{broken}");
}

/// A request under way when the server is asked to stop is finished; one that comes after gets 503 or no connection.
#[tokio::test]
async fn shutting_down_finishes_what_is_under_way() {
    let mut server = Running::start().await;
    let device = server.device().await;
    let sent = report("7");
    let (id, body) = (sent["report_id"].as_str().unwrap().to_owned(), serde_json::to_vec(&sent).unwrap());
    let address = server.origin.strip_prefix("http://").unwrap().to_owned();
    let mut slow = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "PUT /v1/reports/{id} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {REPORT_TYPE}\r\ncontent-length: {}\r\n{HEADER_KEY}: {}\r\n{HEADER_SIGNATURE}: {}\r\n\r\n",
        body.len(),
        device.key_id,
        device.sign(REPORT_TYPE, &body)
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(&body[..10]).await.unwrap();
    while server.app.in_flight.load(std::sync::atomic::Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    server.ask_to_stop();
    while !server.app.draining.load(std::sync::atomic::Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    let late = server.http.get(server.url("/v1/policy")).send().await.unwrap();
    assert_eq!(late.headers()["retry-after"], "5");
    assert_eq!(problem(late).await.1, "unavailable");

    slow.write_all(&body[10..]).await.unwrap();
    let mut answer = vec![0; 12];
    slow.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 201");
    server.stopped().await;
    assert!(server.http.get(server.url("/v1/policy")).send().await.is_err());
}

mod fuzz {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let raw = prop::collection::vec(any::<u8>(), 0..2_000);
        // A good report with one place overwritten by anything.
        let mutated = (any::<prop::sample::Index>(), any::<u8>(), any::<bool>()).prop_map(|(at, byte, cut)| {
            let mut body = serde_json::to_vec(&report("7")).unwrap();
            let at = at.index(body.len());
            body[at] = byte;
            if cut {
                body.truncate(at);
            }
            body
        });
        // A good report with one value replaced by any other JSON.
        let fields = prop::sample::select(vec![
            "/listing/title",
            "/listing/price",
            "/place/listing_id",
            "/assessment/score",
            "/assessment/cues/0/start",
            "/assessment/cues/0/weight",
            "/assessment/groups/0",
            "/assessment/level",
            "/utc_offset_minutes",
            "/evidence",
            "/note",
            "/created_at",
            "/assessment/taxa/0/listings",
        ]);
        let value = prop_oneof![
            any::<String>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
            Just(json!([])),
            Just(json!("\u{0}\u{202e}<script>")),
        ];
        let replaced = (fields, value).prop_map(|(field, value)| {
            let mut body = report("7");
            *body.pointer_mut(field).unwrap() = value;
            serde_json::to_vec(&body).unwrap()
        });
        prop_oneof![raw, mutated, replaced]
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_signed_bytes_break_the_server() {
        let server = Running::start().await;
        let device = server.device().await;
        let mut reviewer = server.reviewer("Reviewer One").await;
        let runtime = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            let mut runner =
                TestRunner::new(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() });
            let run = runner.run(&bytes(), |body| {
                let id = serde_json::from_slice::<Value>(&body)
                    .ok()
                    .and_then(|v| v["report_id"].as_str().map(str::to_owned));
                let id = id.filter(|id| spotter_model::report::is_uuid(id)).unwrap_or_else(uuid);
                let answer = runtime.block_on(device.report(&server, &id, &body));
                let status = answer.status().as_u16();
                prop_assert!(matches!(status, 200 | 201 | 401 | 409 | 413 | 422), "{}", status);
                Ok(())
            });
            run.unwrap();
        });
        // Whatever was taken can be shown.
        let (reports, cases, _) = stored(&server).await;
        assert!(reports > 0);
        for case in 1..=cases {
            assert_eq!(reviewer.get(&format!("/console/cases/{case}")).await.status, 200, "case {case}");
        }
        assert_eq!(reviewer.get("/console").await.status, 200);
    }
}
