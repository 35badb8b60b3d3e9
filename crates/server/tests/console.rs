//! The console as a browser meets it: who gets in, what is refused, and that foreign text stays text.

mod common;

use common::{Browser, PASSWORD, Page, Running, report};
use reqwest::Method;
use serde_json::json;
use spotter_server::sign;
use std::io::Cursor;

async fn with_case() -> (Running, common::Device, Browser) {
    let server = Running::start().await;
    let device = server.device().await;
    device.send(&server, &report("1")).await;
    let reviewer = server.reviewer("Reviewer One").await;
    (server, device, reviewer)
}

#[tokio::test]
async fn nobody_gets_in_without_logging_in() {
    let (server, _, _) = with_case().await;
    let mut stranger = Browser::new(&server);
    let picture = format!("/console/pictures/{}", "0".repeat(64));
    for path in ["/console", "/console/cases/1", "/console/cases/1/evidence", "/console/keys", picture.as_str()] {
        let page = stranger.get(path).await;
        assert_eq!((page.status, page.location()), (303, "/console/login"), "{path}");
        assert!(!page.text.contains("netsuke"));
    }
    let page =
        stranger.post("/console/cases/1/decide", &[("csrf", ""), ("version", "1"), ("decision", "invalid")]).await;
    assert_eq!((page.status, page.location()), (303, "/console/login"));
    for (path, want) in
        [("/", 303), ("/join", 200), ("/console/login", 200), ("/console/console.css", 200), ("/console/nothing", 404)]
    {
        assert_eq!(stranger.get(path).await.status, want, "{path}");
    }
}

#[tokio::test]
async fn logging_in_and_out() {
    let (server, _, mut reviewer) = with_case().await;
    assert_eq!(reviewer.get("/console").await.status, 200);
    assert_eq!(reviewer.get("/console/login").await.location(), "/console");

    let mut other = Browser::new(&server);
    let wrong = other.log_in("Reviewer One", "not the password").await;
    let unknown = other.log_in("Nobody", PASSWORD).await;
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert!(
        wrong.text.contains("Name, password or code is wrong.")
            && unknown.text.contains("Name, password or code is wrong.")
    );
    // A form that was not fetched from here first.
    let mut cold = Browser::new(&server);
    let page = cold.post("/console/login", &[("csrf", "x"), ("name", "Reviewer One"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, 403);

    let cookie = {
        let mut fresh = Browser::new(&server);
        let page = fresh.log_in("reviewer one", PASSWORD).await;
        assert_eq!((page.status, page.location()), (303, "/console"));
        page.headers["set-cookie"].to_str().unwrap().to_owned()
    };
    for part in ["spotter-session=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));

    let csrf = reviewer.get("/console").await.field("csrf");
    assert_eq!(reviewer.post("/console/logout", &[("csrf", "wrong")]).await.status, 403);
    assert_eq!(reviewer.post("/console/logout", &[("csrf", &csrf)]).await.location(), "/console/login");
    assert_eq!(reviewer.get("/console").await.status, 303);
}

#[tokio::test]
async fn behind_https_cookies_are_bound_to_the_host() {
    let server = Running::with(|s| s.public_origin = Some("https://reports.example.org".parse().unwrap())).await;
    let ask = |host: &'static str| server.http.get(server.url("/console/login")).header("host", host).send();
    let cookie = ask("reports.example.org").await.unwrap().headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-spotter-login=") && cookie.contains("; Secure"), "{cookie}");
    // A page of another host that resolves to this server gets nothing.
    assert_eq!(ask("evil.example").await.unwrap().status(), 421);
}

#[tokio::test]
async fn sessions_end() {
    let (server, _, mut reviewer) = with_case().await;
    for _ in 0..3 {
        server.move_clock(3600);
        assert_eq!(reviewer.get("/console").await.status, 200, "used within two hours");
    }
    server.move_clock(2 * 3600 + 60);
    assert_eq!(reviewer.get("/console").await.status, 303, "left alone for more than two hours");
    let mut reviewer = server.reviewer("Reviewer Two").await;
    for _ in 0..11 {
        server.move_clock(3600);
        assert_eq!(reviewer.get("/console").await.status, 200);
    }
    server.move_clock(3660);
    assert_eq!(reviewer.get("/console").await.status, 303, "twelve hours after the login");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let (server, _, _) = with_case().await;
    let mut guesser = Browser::new(&server);
    let mut statuses = vec![];
    for n in 0..12 {
        statuses.push(guesser.log_in("Reviewer One", &format!("guess number {n}")).await.status);
    }
    // One try was the reviewer's own login.
    assert_eq!(statuses.iter().filter(|s| **s == 401).count(), 9, "{statuses:?}");
    assert_eq!(statuses[11], 429);
    let page = guesser.log_in("Reviewer One", PASSWORD).await;
    assert!(page.status == 429 && page.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn forms_from_elsewhere_do_nothing() {
    let (server, device, mut reviewer) = with_case().await;
    let page = reviewer.get("/console/cases/1").await;
    let (csrf, version) = (page.field("csrf"), page.field("version"));
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("decision", "invalid"), ("reason", "")];
    let origin = format!("http://localhost:{}", server.origin.rsplit(':').next().unwrap());
    let post = |reviewer: &Browser| reviewer.request(Method::POST, "/console/cases/1/decide").form(&fields);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("x-nothing", "neither header at all"),
    ] {
        let request = post(&reviewer).header(name, value);
        assert_eq!(reviewer.go(request).await.status, 403, "{name}: {value}");
    }
    let mut wrong = fields;
    wrong[0].1 = "wrong";
    assert_eq!(reviewer.post("/console/cases/1/decide", &wrong).await.status, 403);
    assert_eq!(device.status(&server).await["items"][0]["status"], "received");
    // A browser without Sec-Fetch-Site says where it comes from by Origin.
    let request = post(&reviewer).header("origin", origin);
    assert_eq!(reviewer.go(request).await.status, 303);
    assert_eq!(device.status(&server).await["items"][0]["status"], "closed");
}

#[tokio::test]
async fn confirming_needs_the_evidence_opened_by_the_same_person() {
    let (server, device, mut one) = with_case().await;
    let mut two = server.reviewer("Reviewer Two").await;
    assert!(one.get("/console/cases/1").await.text.contains("value=\"confirm\" data-key=\"1\" accesskey=\"1\""));
    assert!(one.get("/console/cases/1").await.text.contains("disabled"));
    two.get("/console/cases/1/evidence").await;
    let refused = one.decide(1, "confirm", "my words").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("Open the evidence first") && refused.text.contains("my words"));
    assert_eq!(device.status(&server).await["items"][0]["status"], "received");
    assert!(one.get("/console/cases/1/evidence").await.text.contains("<h2>Evidence</h2>"));
    assert_eq!(one.decide(1, "confirm", "").await.status, 303);

    // Once the listing changed, what was opened is not all there is.
    let mut changed = report("2");
    device.send(&server, &changed).await;
    one.get("/console/cases/2/evidence").await;
    assert!(!one.get("/console/cases/2").await.text.contains("It read differently"));
    changed["report_id"] = common::uuid().into();
    changed["listing"]["description"] = "Another text.".into();
    device.send(&server, &changed).await;
    assert_eq!(one.decide(2, "confirm", "").await.status, 403);
    let page = one.get("/console/cases/2").await.text;
    assert!(page.contains("It read differently") && page.contains("Another text.") && page.contains("From an estate."));
}

#[tokio::test]
async fn a_stale_page_decides_nothing_and_keeps_the_words() {
    let (server, device, mut one) = with_case().await;
    let mut two = server.reviewer("Reviewer Two").await;
    let page = one.get("/console/cases/1").await;
    let (csrf, version) = (page.field("csrf"), page.field("version"));
    assert_eq!(two.decide(1, "cannot_tell", "Too blurred.").await.status, 303);
    let stale = one
        .post(
            "/console/cases/1/decide",
            &[("csrf", &csrf), ("version", &version), ("decision", "invalid"), ("reason", "typed for a while")],
        )
        .await;
    assert_eq!(stale.status, 409);
    assert!(
        stale.text.contains("The case has moved on")
            && stale.text.contains("Cannot tell")
            && stale.text.contains("typed for a while")
    );
    assert_eq!(device.status(&server).await["items"][0]["reason"], "Too blurred.");
    // A step that the table does not have.
    assert_eq!(one.decide(1, "confirm", "").await.status, 409);
    let nowhere = [("csrf", csrf.as_str()), ("version", &version), ("decision", "invalid")];
    assert_eq!(one.post("/console/cases/99/decide", &nowhere).await.status, 404);
}

#[tokio::test]
async fn undo_takes_the_last_decision_back() {
    let (server, device, mut one) = with_case().await;
    device.send(&server, &report("2")).await;
    let next = one.decide(1, "out_of_scope", "A toy.").await;
    assert_eq!(next.location(), "/console/cases/2?done=1");
    let page = one.get(next.location()).await;
    assert!(page.text.contains("Undo") && page.text.contains("Out of scope"));
    // The banner's own form, as `z` sends it.
    let banner = page.text.split("class=\"banner\"").nth(1).unwrap().split("</form>").next().unwrap();
    assert!(banner.contains("/console/cases/1/decide") && banner.contains("value=\"reopen\""));
    let undone = one.decide(1, "reopen", "").await;
    assert_eq!(undone.location(), "/console/cases/1");
    let items = device.status(&server).await["items"].clone();
    assert_eq!((&items[1]["status"], &items[1]["reason"]), (&json!("received"), &json!("")));
    // Another reviewer is not offered to undo it.
    one.decide(1, "invalid", "").await;
    let mut two = server.reviewer("Reviewer Two").await;
    assert!(!two.get("/console/cases/2?done=1").await.text.contains("class=\"banner\""));
    assert!(two.get("/console/cases/1").await.text.contains("Taken back"));
}

#[tokio::test]
async fn a_second_opinion_is_another_persons() {
    let (server, _, mut one) = with_case().await;
    one.get("/console/cases/1/evidence").await;
    one.decide(1, "second_opinion", "").await;
    let refused = one.decide(1, "confirm", "").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("another reviewer"));
    let mut two = server.reviewer("Reviewer Two").await;
    assert!(two.get("/console?state=needs_second_opinion").await.text.contains("/console/cases/1"));
    two.get("/console/cases/1/evidence").await;
    assert_eq!(two.decide(1, "confirm", "").await.status, 303);
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let server = Running::start().await;
    let device = server.device().await;
    let mut reviewer = server.reviewer("<b>Mallory</b>").await;
    let hostile = [
        "<script>alert(1)</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        "' onmouseover='alert(1)".to_owned(),
        "</title></textarea></style></script><svg/onload=alert(1)>".to_owned(),
        "safe\u{202e}gnp.exe\u{2066}\u{2067}".to_owned(),
        "\u{200b}i\u{200b}v\u{feff}ory\u{0}\u{8}".to_owned(),
        "{{constructor.constructor('alert(1)')()}} ${7*7} <%= 7 %>".to_owned(),
        "e\u{301}\u{301}\u{301}".repeat(200),
        "W".repeat(2_048),
    ];
    for (n, text) in hostile.iter().enumerate() {
        let mut sent = report(&n.to_string());
        let short: String = text.chars().take(80).collect();
        sent["listing"]["title"] = json!(text);
        sent["listing"]["description"] = json!(text.repeat(3));
        for field in ["price", "seller", "location", "category", "images"] {
            sent["listing"][field] = json!(short);
        }
        sent["note"] = json!(short);
        sent["place"]["listing_id"] = json!(format!("{n}{}", &short.chars().take(20).collect::<String>()));
        sent["place"]["url_canonical"] = json!(format!("https://market.example/{short}"));
        sent["assessment"]["taxa"][0]["scientificName"] = json!(short);
        sent["assessment"]["commodities"] = json!([short]);
        sent["assessment"]["claims"] = json!([short]);
        sent["assessment"]["cues"][0]["concept"] = json!(short);
        sent["assessment"]["cues"][0]["text"] = json!(short);
        sent["assessment"]["cues"][1]["end"] = json!(u32::MAX);
        device.send(&server, &sent).await;
    }
    let mut pages = vec![reviewer.get("/console").await];
    for n in 1..=hostile.len() {
        pages.push(reviewer.get(&format!("/console/cases/{n}/evidence")).await);
        reviewer.decide(n as i64, "invalid", "<script>alert(2)</script>").await;
        pages.push(reviewer.get(&format!("/console/cases/{n}")).await);
    }
    for page in pages {
        assert_eq!(page.status, 200);
        let csp = page.headers["content-security-policy"].to_str().unwrap();
        assert!(csp.starts_with("default-src 'none'") && !csp.contains("unsafe"), "{csp}");
        for bad in ["<script>", "<img src=x", "<svg/onload", "<b>Mallory", "\u{202e}", "\u{2066}", "\u{0}", "\u{8}"] {
            assert!(!page.text.contains(bad), "{bad:?} got through");
        }
        common::html::only_ours(&page.text);
    }
}

#[tokio::test]
async fn every_response_carries_the_policy() {
    let (_server, _, mut reviewer) = with_case().await;
    for path in [
        "/",
        "/join",
        "/console",
        "/console/login",
        "/console/keys",
        "/console/notices",
        "/console/checks",
        "/console/notices/1",
        "/console/companies",
        "/console/companies/1",
        "/answer/x",
        "/console/cases/1",
        "/console/cases/1/evidence",
        "/console/cases/99",
        "/console/cases/x",
        "/console/nothing",
        "/console/console.css",
        "/console/console.js",
        "/console/icon.svg",
        "/v1/policy",
        "/healthz",
        "/nothing",
    ] {
        let page = reviewer.get(path).await;
        let csp = page.headers["content-security-policy"].to_str().unwrap();
        assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{path}: {csp}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(page.headers["referrer-policy"], "no-referrer", "{path}");
        assert!(!page.text.contains("style=\"") && !page.text.contains(" onclick"), "{path}");
    }
}

#[tokio::test]
async fn the_queue_is_paged_filtered_and_in_order() {
    let (server, device, mut reviewer) = with_case().await;
    for n in 2..=30 {
        let mut sent = report(&n.to_string());
        if n % 3 == 0 {
            sent["assessment"]["groups"] = json!(["parrots"]);
        }
        device.send(&server, &sent).await;
    }
    let cases = |page: &str| -> Vec<i64> {
        page.split("href=\"/console/cases/").skip(1).map(|s| s.split('"').next().unwrap().parse().unwrap()).collect()
    };
    let first = reviewer.get("/console").await.text;
    assert_eq!(cases(&first), (1..=25).collect::<Vec<_>>());
    assert!(first.contains("href=\"/console?after=4.25\""));
    assert_eq!(cases(&reviewer.get("/console?after=4.25").await.text), (26..=30).collect::<Vec<_>>());
    let parrots = reviewer.get("/console?group=parrots").await.text;
    assert_eq!(cases(&parrots), (1..=10).map(|n| n * 3).collect::<Vec<_>>());
    reviewer.decide(1, "cannot_tell", "").await;
    assert_eq!(cases(&reviewer.get("/console?state=cannot_tell").await.text), [1]);
    assert_eq!(cases(&reviewer.get("/console").await.text)[0], 2);
    for odd in
        ["/console?after=x", "/console?state=%3Cscript%3E&group=%22%3E", "/console?after=-5.x", "/console?done=99999"]
    {
        let page = reviewer.get(odd).await;
        assert!(page.status == 200 && !page.text.contains("%3C") && !page.text.contains("<script>"), "{odd}");
    }
}

#[tokio::test]
async fn pictures_are_encoded_anew() {
    let (server, device, mut reviewer) = with_case().await;
    let mut png = Cursor::new(vec![]);
    image::RgbImage::from_pixel(40, 30, image::Rgb([200, 180, 140]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let mut bytes = png.into_inner();
    bytes.extend_from_slice(b"<script>alert(1)</script>");
    let hash = sign::sha256_hex(&bytes);
    let mut sent = report("2");
    sent["evidence"][1] = json!({ "kind": "screenshot", "state": "included", "sha256": hash, "media_type": "image/png", "bytes": bytes.len() });
    device.send(&server, &sent).await;
    assert!(reviewer.get("/console/cases/2/evidence").await.text.contains("has not sent it yet"));
    assert_eq!(device.blob(&server, &hash, &bytes).await.status(), 201);
    let page = reviewer.get("/console/cases/2/evidence").await;
    assert!(
        page.text.contains(&format!("<img src=\"/console/pictures/{hash}\""))
            && page.text.contains("type=\"checkbox\"")
    );

    let request = reviewer.request(Method::GET, &format!("/console/pictures/{hash}"));
    let picture = request.send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(picture.headers()["content-security-policy"], "default-src 'none'; sandbox");
    assert_eq!(picture.headers()["x-content-type-options"], "nosniff");
    let shown = picture.bytes().await.unwrap();
    assert!(!shown.windows(7).any(|w| w == b"<script"));
    let shown = image::load_from_memory(&shown).unwrap();
    assert_eq!((shown.width(), shown.height()), (40, 30));

    let broken = b"\x89PNG\r\n\x1a\nnothing more".to_vec();
    let hash = sign::sha256_hex(&broken);
    device.blob(&server, &hash, &broken).await;
    assert_eq!(reviewer.get(&format!("/console/pictures/{hash}")).await.status, 422);
    assert_eq!(reviewer.get(&format!("/console/pictures/{}", "0".repeat(64))).await.status, 404);
}

#[tokio::test]
async fn single_keys_can_be_switched_off() {
    let (_server, _, mut reviewer) = with_case().await;
    let page = reviewer.get("/console/keys").await;
    assert!(page.text.contains("/console/console.js"));
    let csrf = page.field("csrf");
    assert_eq!(reviewer.post("/console/keys", &[("csrf", &csrf), ("on", "0")]).await.status, 303);
    assert!(!reviewer.get("/console/cases/1").await.text.contains("console.js"));
}

#[tokio::test]
async fn long_and_broken_forms_are_refused() {
    let (_server, _, mut reviewer) = with_case().await;
    let page = reviewer.get("/console/cases/1").await;
    let (csrf, version) = (page.field("csrf"), page.field("version"));
    let long = "x".repeat(501);
    let fields = [("csrf", csrf.as_str()), ("version", &version), ("decision", "invalid"), ("reason", &long)];
    assert_eq!(reviewer.post("/console/cases/1/decide", &fields).await.status, 422);
    let huge = "x".repeat(20_000);
    assert_eq!(reviewer.post("/console/cases/1/decide", &[("reason", huge.as_str())]).await.status, 413);
    assert_eq!(reviewer.post("/console/cases/1/decide", &[("csrf", csrf.as_str())]).await.status, 422);
    assert!(reviewer.get("/console/cases/1").await.text.contains(">New<"));
}

/// What reviewers set for their own good is theirs alone, reminds, and locks nothing.
#[tokio::test]
async fn whoever_wants_breaks_is_reminded_and_nobody_else() {
    let server = Running::start().await;
    // Six in the morning: no midnight falls between.
    server.move_clock(86_400 + 6 * 3_600 - server.app.now_s() % 86_400);
    let device = server.device().await;
    for n in 0..4 {
        device.send(&server, &report(&n.to_string())).await;
    }
    let (mut one, mut two) = (server.reviewer_with_session("One").await, server.reviewer_with_session("Two").await);
    let set = async |browser: &mut Browser, fields: [&str; 3]| {
        let csrf = browser.get("/console/wellbeing").await.field("csrf");
        let [minutes, cases, day] = fields;
        let all = [
            ("csrf", csrf.as_str()),
            ("grey", "1"),
            ("break_minutes", minutes),
            ("break_cases", cases),
            ("daily_cases", day),
        ];
        browser.post("/console/wellbeing", &all).await.status
    };
    for bad in [
        ["-1", "0", "0"],
        ["241", "0", "0"],
        ["0", "201", "0"],
        ["0", "0", "1001"],
        ["x", "0", "0"],
        ["1.5", "0", "0"],
        ["", "0", "0"],
    ] {
        assert_eq!(set(&mut one, bad).await, 422, "{bad:?}");
    }
    let page = one.get("/console/wellbeing").await.text;
    assert!(!page.contains("checked") && page.matches("value=\"0\"").count() == 3, "{page}");
    assert_eq!(set(&mut one, ["30", "2", "1"]).await, 303);
    let page = one.get("/console/wellbeing").await.text;
    assert!(page.contains("checked") && page.contains("value=\"30\""), "{page}");
    assert!(!two.get("/console/wellbeing").await.text.contains("checked"), "what one set is not another's");

    let reminded = |page: &Page| page.text.contains("Without a pause");
    for browser in [&mut one, &mut two] {
        assert!(!reminded(&browser.get("/console/cases/1/evidence").await));
    }
    assert!(reminded(&one.get("/console/cases/2/evidence").await), "the second one's evidence");
    assert!(!reminded(&two.get("/console/cases/2/evidence").await));
    let page = one.get("/console").await;
    assert!(page.text.contains("Without a pause: the evidence of 2 cases. Time"), "{}", page.text);
    server.move_clock(10 * 60);
    assert!(!reminded(&one.get("/console").await), "ten minutes are a pause");
    // One step each nine minutes is no pause.
    for case in [3, 4] {
        one.get(&format!("/console/cases/{case}/evidence")).await;
        server.move_clock(9 * 60);
    }
    assert_eq!(one.decide(3, "cannot_tell", "").await.status, 303);
    server.move_clock(9 * 60);
    one.decide(4, "cannot_tell", "").await;
    server.move_clock(5 * 60);
    let page = one.get("/console").await;
    assert!(page.text.contains("Without a pause: 32 minutes and the evidence of 2 cases."), "{}", page.text);
    assert!(page.text.contains("You have decided 2 cases today"), "{}", page.text);
    // It reminds; the work can go on.
    assert_eq!(one.decide(1, "cannot_tell", "").await.status, 303);
    assert!(!two.get("/console").await.text.contains("You have decided"));
}
