//! What is counted, logged and told of readiness; and that nobody is in it.

use super::server::{Server, metric, run, said, text, text_of, until};
use crate::soak;
use serde_json::Value;

#[tokio::test]
async fn what_is_watched_is_counted_and_says_nothing_of_anybody() {
    let server = Server::start(&["--metrics", "127.0.0.1:0"]);
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(1);
    let id = soak::uuid(&mut random);
    let mut marked: Value = serde_json::from_slice(&soak::report(&id, 7, None)).unwrap();
    marked["listing"]["title"] = "MARKER-TITLE".into();
    marked["listing"]["seller"] = "MARKER-SELLER".into();
    marked["note"] = "MARKER-NOTE".into();
    let body = serde_json::to_vec(&marked).unwrap();
    let mut ids = vec![];
    for status in [201, 200] {
        let answer = device.put_report(&server.http, &server.origin(), &id, body.clone()).send().await.unwrap();
        assert_eq!(answer.status(), status);
        ids.push(answer.headers()["x-request-id"].to_str().unwrap().to_owned());
    }
    let broken = br#"{"MARKER-BODY": 1}"#.to_vec();
    assert_eq!(device.put_report(&server.http, &server.origin(), &id, broken).send().await.unwrap().status(), 422);
    for path in [
        "/MARKER-PATH",
        "/v1/known?marketplace=MARKER-QUERY",
        "/answer/MARKER-SECRET",
        "/console/search?q=MARKER-SEARCH",
    ] {
        let request = server.http.get(format!("{}{path}", server.origin())).header("user-agent", "MARKER-AGENT");
        let _ =
            request.header("x-forwarded-for", "203.0.113.77").header("cookie", "a=MARKER-COOKIE").send().await.unwrap();
    }
    let strange = reqwest::Method::from_bytes(b"MARKERMETHOD").unwrap();
    let _ = server.http.request(strange, format!("{}/v1/policy", server.origin())).send().await.unwrap();
    assert_eq!(server.get("/healthz").await, (200, r#"{"ok":true}"#.to_owned()));
    let (status, ready) = server.get("/readyz").await;
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let want = serde_json::json!({ "ready": true, "database": "ok", "disk": "ok", "outbox": "ok", "draining": false });
    assert_eq!((status, ready), (200, want));

    let text = server.metrics().await;
    for (name, value) in [
        (r#"spotter_requests_total{route="/v1/reports/{uuid}",method="PUT",status="201"}"#, 1.0),
        (r#"spotter_requests_total{route="/v1/reports/{uuid}",method="PUT",status="422"}"#, 1.0),
        (r#"spotter_requests_total{route="(none)",method="GET",status="404"}"#, 1.0),
        (r#"spotter_requests_total{route="/v1/policy",method="other",status="405"}"#, 1.0),
        (r#"spotter_request_seconds_count{route="/v1/reports/{uuid}"}"#, 3.0),
        (r#"spotter_reports_total{kind="new"}"#, 1.0),
        (r#"spotter_reports_total{kind="again"}"#, 1.0),
        (r#"spotter_reports_total{kind="breaks-the-contract"}"#, 1.0),
        (r#"spotter_store_faults_total{kind="busy"}"#, 0.0),
        (r#"spotter_cases{state="new"}"#, 1.0),
        (r#"spotter_cases{state="confirmed"}"#, 0.0),
        (r#"spotter_notices{state="stuck"}"#, 0.0),
        (r#"spotter_ready{kind="database"}"#, 1.0),
        (r#"spotter_remembered{kind="keys"}"#, 1.0),
        ("spotter_last_backup_timestamp_seconds", 0.0),
        ("spotter_outbox_overdue_seconds", 0.0),
        (r#"spotter_erased_cases{why="command"}"#, 0.0),
        (r#"spotter_erased_cases{why="dismissed"}"#, 0.0),
        (r#"spotter_privacy_requests{kind="open"}"#, 0.0),
    ] {
        assert_eq!(metric(&text, name), Some(value), "{name} in\n{text}");
    }
    assert!(metric(&text, "spotter_process_resident_memory_bytes").unwrap() > 1e6, "{text}");
    assert!(metric(&text, r#"spotter_disk_bytes{kind="free"}"#).unwrap() > 0.0);
    assert!(metric(&text, "spotter_write_wait_seconds_count").unwrap() >= 1.0);
    until("the first housekeeping", async || {
        metric(&server.metrics().await, "spotter_last_housekeeping_timestamp_seconds").unwrap() > 1e9
    })
    .await;
    assert!(text.ends_with("# EOF\n"));
    // Every line is a comment, or a name, perhaps labels, and a number.
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        assert!(line.rsplit_once(' ').is_some_and(|(_, n)| n.parse::<f64>().is_ok()), "{line}");
    }
    // The listener for reports does not have them.
    assert_eq!(server.get("/metrics").await.0, 404);

    let lines = server.lines();
    let line = lines.iter().find(|l| l["span"]["id"] == ids[0].as_str()).expect("the request has its line");
    assert_eq!(
        (line["status"].as_u64(), &line["span"]["route"], &line["span"]["method"]),
        (Some(201), &"/v1/reports/{uuid}".into(), &"PUT".into())
    );
    assert!(line["ms"].is_u64() && line["timestamp"].is_string() && line["level"] == "INFO", "{line}");
    assert!(lines.iter().any(|l| l["refused"] == "breaks-the-contract"));
    // Nor do a backup's own words, and what an erasure leaves behind in either.
    let backup = server.data.with_file_name("backup");
    said(run(&["backup", "--data", &text_of(&server), "--output", &self::text(&backup)]));
    let erase = ["erase", "--marketplace", "market.example", "--seller", "marker-seller", "--reason", "asked", "--yes"];
    let words = said(run(&[&erase[..], &["--data", &text_of(&server)]].concat()));
    assert!(words.starts_with("erased: 1 cases"), "{words}");
    let after = server.metrics().await;
    assert_eq!(metric(&after, r#"spotter_erased_cases{why="command"}"#), Some(1.0));
    assert!(metric(&after, "spotter_last_backup_timestamp_seconds").unwrap() > 1e9);
    let [manifest, sums] = ["manifest.json", "SHA256SUMS"].map(|f| std::fs::read_to_string(backup.join(f)).unwrap());
    let log = std::fs::read_to_string(&server.log).unwrap();
    let told = [
        ("metrics", &text),
        ("metrics after", &after),
        ("log", &log),
        ("manifest", &manifest),
        ("list of hashes", &sums),
    ];
    for (what, text) in told {
        for secret in ["MARKER", "127.0.0.1", "203.0.113.77", &id, "market.example", "Synthetic listing"] {
            assert!(!text.contains(secret), "{secret} is in the {what}");
        }
    }
    server.stop();
}

#[tokio::test]
async fn addresses_are_logged_only_where_somebody_says_so_and_levels_leave_out_what_they_say() {
    let server = Server::start(&["--log-addresses", "--forwarded"]);
    let url = format!("{}/v1/policy", server.origin());
    server.http.get(&url).header("x-forwarded-for", "198.51.100.1, 203.0.113.77").send().await.unwrap();
    assert!(server.lines().iter().any(|l| l["span"]["address"] == "203.0.113.77"), "{:?}", server.lines());
    server.stop();
    let quiet = Server::start(&["--log", "warn"]);
    quiet.get("/v1/policy").await;
    assert!(quiet.lines().is_empty(), "{:?}", quiet.lines());
    quiet.stop();
}
