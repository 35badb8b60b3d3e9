//! Pictures that look alike, with the real server: found across cases, shown by the rules of evidence, gone with an erasure, and
//! looked at in the end whoever ends the server in between. `SPOTTER_ALIKE_PICTURES=100000` gives figures.

mod common;
#[path = "hostile/pictures.rs"]
#[allow(dead_code, reason = "the hostile tests use the rest")]
mod hostile;
#[allow(dead_code, reason = "the kill test uses the rest")]
mod soak;

use common::{Browser, Device, Running, postgres, report};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;
use spotter_server::sign::sha256_hex;
use spotter_server::store::alike::{self, groups, waiting};
use spotter_server::store::erasure::{self, Why};
use spotter_server::store::rounds::{self, Round};
use spotter_server::store::steps::Actor;
use spotter_server::store::{Store, blobs};
use std::io::Cursor;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// A synthetic picture with large and small things in it.
fn scene(seed: u64) -> DynamicImage {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut picture = RgbImage::from_pixel(480, 360, Rgb([90, 110, 120]));
    for n in 0..400_u32 {
        let size = 8 + 160 / (1 + n / 12);
        let (x0, y0) = (random.u32(0..480), random.u32(0..360));
        let colour = Rgb([random.u8(..), random.u8(..), random.u8(..)]);
        for y in y0..(y0 + size).min(360) {
            for x in x0..(x0 + size).min(480) {
                picture.put_pixel(x, y, colour);
            }
        }
    }
    picture.into()
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    picture.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

fn jpeg(picture: &DynamicImage, width: u32, quality: u8) -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    let resized = picture.resize(width, width, FilterType::CatmullRom);
    resized.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).unwrap();
    out.into_inner()
}

/// Sends a report of this listing with this evidence, and its blobs.
async fn send(server: &Running, device: &Device, listing: &str, evidence: &[(&str, &[u8])]) {
    let mut body = report(listing);
    let items = evidence.iter().map(|(kind, bytes)| {
        json!({ "kind": kind, "state": "included", "bytes": bytes.len(), "sha256": sha256_hex(bytes), "media_type": "image/png" })
    });
    body["evidence"] = items.collect();
    device.send(server, &body).await;
    for (_, bytes) in evidence {
        let answer = device.blob(server, &sha256_hex(bytes), bytes).await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
}

async fn looked(server: &Running) {
    let until = Instant::now() + Duration::from_secs(120);
    while waiting::any(server.app.store.reader()).await.unwrap() {
        assert!(Instant::now() < until, "pictures still wait");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Outcomes with their numbers.
async fn outcomes(store: &Store) -> Vec<(String, i64)> {
    sqlx::query_as("SELECT outcome, count(*) FROM alike GROUP BY outcome ORDER BY 1")
        .fetch_all(store.read())
        .await
        .unwrap()
}

/// The section of a case's page.
async fn section(browser: &mut Browser, path: &str) -> String {
    part(browser, path, "alike").await
}

async fn part(browser: &mut Browser, path: &str, class: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200);
    let from =
        page.text.find(&format!("<section class=\"{class}\"")).unwrap_or_else(|| panic!("{path} has no {class}"));
    page.text[from..].split_once("</section>").unwrap().0.to_owned()
}

/// Cases 1, 2, 3: one picture as it is, saved again, and as it is beside another. 4: another. 5: nothing to see. 6: a screenshot that is the
/// picture, and one that is none.
async fn world() -> (Running, Browser) {
    let server = Running::start().await;
    let device = server.device().await;
    let (one, other) = (scene(1), scene(2));
    let (first, second) = (png(&one), png(&other));
    send(&server, &device, "1", &[("picture", &first)]).await;
    send(&server, &device, "2", &[("picture", &jpeg(&one, 400, 80))]).await;
    send(&server, &device, "3", &[("picture", &jpeg(&one, 700, 70)), ("picture", &first)]).await;
    send(&server, &device, "4", &[("picture", &second)]).await;
    let plain = png(&RgbImage::from_pixel(300, 200, Rgb([200, 10, 10])).into());
    send(&server, &device, "5", &[("picture", &plain)]).await;
    send(&server, &device, "6", &[("screenshot", &jpeg(&one, 480, 90)), ("picture", b"\x89PNG\r\n\x1a\nno picture")])
        .await;
    looked(&server).await;
    let browser = server.reviewer("Reviewer One").await;
    (server, browser)
}

#[tokio::test]
async fn other_cases_with_such_pictures_stand_on_a_cases_page() {
    let (server, mut reviewer) = world().await;
    let counts = outcomes(&server.app.store).await;
    let want = [("compared", 4), ("plain", 1), ("screenshot", 1), ("unreadable", 1)];
    assert_eq!(counts, want.map(|(word, n)| (word.to_owned(), n)));

    let told = section(&mut reviewer, "/console/cases/1").await;
    let (file, saved) = (told.find("The same file").unwrap(), told.find("The same picture").unwrap());
    let (third, second) = (told.find("/console/cases/3").unwrap(), told.find("/console/cases/2").unwrap());
    assert!(file < third && third < saved && saved < second, "the nearest first: {told}");
    for absent in
        ["/console/cases/1\"", "/console/cases/4", "/console/cases/5", "/console/cases/6", "/console/pictures/"]
    {
        assert!(!told.contains(absent), "{absent} in {told}");
    }
    assert!(told.contains("once the evidence is open") && told.contains("does not say that the seller"), "{told}");
    assert!(!reviewer.get("/console/cases/1").await.text.contains("beside"));
    let told = part(&mut reviewer, "/console/cases/1/evidence", "evidence beside").await;
    assert_eq!(told.matches("/console/pictures/").count(), 8, "two of each, with their full size: {told}");
    assert_eq!(told.matches("class=\"blurred\"").count(), 4, "{told}");
    let address = told.split('"').find(|part| part.starts_with("/console/pictures/")).unwrap();
    assert_eq!(reviewer.get(address).await.status, 200);

    for (case, says) in [(4, "No other case"), (5, "too little in it"), (6, "could not be read")] {
        let told = section(&mut reviewer, &format!("/console/cases/{case}")).await;
        assert!(told.contains(says), "{case}: {told}");
    }

    // Whoever only reads is told of the cases and sees no picture.
    let mut auditor = server.reviewer_with_session("Auditor One").await;
    let mut tx = server.app.store.begin().await.unwrap();
    let role = spotter_server::roles::Role::Auditor;
    spotter_server::store::people::set_role_by_name(&mut tx, "Auditor One", role).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!auditor.get("/console/cases/1").await.text.contains("<img"));
    let told = section(&mut auditor, "/console/cases/1").await;
    assert!(
        told.contains("/console/cases/2") && !told.contains("<img") && !told.contains("evidence is open"),
        "{told}"
    );
    assert_eq!(auditor.get(address).await.status, 403);
    assert_eq!(auditor.get("/console/alike").await.status, 200);
}

#[tokio::test]
async fn open_cases_that_share_pictures_are_grouped_and_the_queue_shows_them() {
    let (server, mut reviewer) = world().await;
    let device = server.device().await;
    // A second pair, whose pictures have nothing in them: the same file all the same.
    let dot = png(&RgbImage::from_pixel(40, 40, Rgb([1, 2, 3])).into());
    for listing in ["7", "8"] {
        send(&server, &device, listing, &[("picture", &dot)]).await;
    }
    looked(&server).await;
    let store = &server.app.store;
    assert_eq!(groups::of_open(store.reader()).await.unwrap(), [vec![1, 2, 3], vec![7, 8]]);
    let page = reviewer.get("/console/alike").await.text;
    assert!(page.find("3 cases").unwrap() < page.find("2 cases").unwrap(), "{page}");
    assert!(page.contains("2 groups") && page.contains("/console?alike=1\"") && page.contains("/console?alike=7\""));

    let rows =
        |page: &str| (1..=8).filter(|n| page.contains(&format!("href=\"/console/cases/{n}\""))).collect::<Vec<_>>();
    for (address, want) in [
        ("/console?alike=any", vec![1, 2, 3, 7, 8]),
        ("/console?alike=2", vec![1, 2, 3]),
        ("/console?alike=7&level=likely", vec![7, 8]),
        ("/console?alike=4", vec![]),
        ("/console?alike=999999", vec![]),
        ("/console?alike=-1%20OR%201", (1..=8).collect()),
    ] {
        assert_eq!(rows(&reviewer.get(address).await.text), want, "{address}");
    }
    // What is decided is in no group, once the copy is made anew: nobody waits for that, unless the old one is too old.
    reviewer.decide(2, "invalid", "").await;
    server.move_clock(31);
    assert_eq!(rows(&reviewer.get("/console?alike=2").await.text), [1, 3], "the old groups");
    let mut tries = 0;
    while !rows(&reviewer.get("/console?alike=2").await.text).is_empty() {
        tries += 1;
        assert!(tries < 500, "no new groups");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(rows(&reviewer.get("/console?alike=1").await.text), [1, 3]);
    reviewer.decide(3, "invalid", "").await;
    server.move_clock(301);
    assert_eq!(rows(&reviewer.get("/console?alike=1").await.text), Vec::<i64>::new(), "of none and too old");
    assert!(
        section(&mut reviewer, "/console/cases/1").await.contains("/console/cases/2"),
        "but it stands beside the others"
    );
}

#[tokio::test]
async fn a_hash_is_sealed_and_goes_with_its_case() {
    let (server, mut reviewer) = world().await;
    let store = &server.app.store;
    alike::refresh(store.reader()).await.unwrap();
    assert_eq!(alike::held(store.reader()).await, 4);
    let slots: Vec<i64> =
        sqlx::query_scalar("SELECT slot FROM blobs b JOIN alike a ON a.sha256 = b.sha256 ORDER BY a.id")
            .fetch_all(store.read())
            .await
            .unwrap();
    let sealed: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM alike ORDER BY id").fetch_all(store.read()).await.unwrap();
    let first = sha256_hex(&png(&scene(1)));
    for (slot, bytes) in slots.iter().zip(&sealed) {
        assert_eq!(spotter_server::keys::Keys::place(bytes), Some(*slot), "under the picture's own key");
        assert!(!bytes.windows(16).any(|w| w == &first.as_bytes()[..16]));
    }
    let now = server.app.now();
    let why = || Why::Command("synthetic".to_owned());
    erasure::erase(store, &[2], &why(), Actor::Server, &now).await.unwrap();
    let told = section(&mut reviewer, "/console/cases/1").await;
    assert!(told.contains("/console/cases/3") && !told.contains("/console/cases/2"), "{told}");
    assert_eq!(alike::held(store.reader()).await, 3, "and it left the memory");
    assert!(!store.keys().is_there(slots[1]).unwrap());
    // The picture that two cases show stays with the second one.
    erasure::erase(store, &[1], &why(), Actor::Server, &now).await.unwrap();
    assert_eq!(outcomes(store).await[0], ("compared".to_owned(), 3));
    erasure::erase(store, &[3, 4], &why(), Actor::Server, &now).await.unwrap();
    assert_eq!(outcomes(store).await[0].0, "plain");
    let told = section(&mut reviewer, "/console/cases/5").await;
    assert!(told.contains("No other case"), "{told}");
    alike::refresh(store.reader()).await.unwrap();
    assert_eq!(alike::held(store.reader()).await, 0);
    // New numbers are new ones: what comes now is known.
    let device = server.device().await;
    for listing in ["11", "12"] {
        send(&server, &device, listing, &[("picture", &png(&scene(9)))]).await;
    }
    looked(&server).await;
    let told = section(&mut reviewer, "/console/cases/7").await;
    assert!(told.contains("The same file") && told.contains("/console/cases/8"), "{told}");
}

#[tokio::test]
async fn what_breaks_a_look_is_tried_alone_and_given_up() {
    let (server, _) = world().await;
    let store = &server.app.store;
    let mark = |seed| blobs::mark(store.keys(), &sha256_hex(&png(&scene(seed))));
    let set = async |sql: &'static str, tries: i64, mark: &str| {
        let mut tx = store.begin().await.unwrap();
        sqlx::query(sql).bind(tries).bind(mark).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    // The server itself looks at nothing meanwhile.
    let alone = loop {
        if let Some(alone) = rounds::begin(store, Round::Pictures).await.unwrap() {
            break alone;
        }
    };
    set("DELETE FROM alike WHERE id > $1 AND sha256 <> $2", 0, "").await;
    set("UPDATE blobs SET looked = 0, tries = $1 WHERE sha256 <> $2", 0, "").await;
    set("UPDATE blobs SET tries = $1 WHERE sha256 = $2", 1, &mark(1)).await;
    set("UPDATE blobs SET tries = $1 WHERE sha256 = $2", waiting::TRIES, &mark(2)).await;
    let marks = async || {
        let next = waiting::next(store.reader()).await.unwrap();
        next.into_iter().map(|one| one.mark).collect::<Vec<_>>()
    };
    let fresh = marks().await;
    assert!(fresh.len() == 5 && !fresh.contains(&mark(1)) && !fresh.contains(&mark(2)), "those come first");
    set("UPDATE blobs SET looked = 1 WHERE tries = $1 AND sha256 <> $2", 0, "").await;
    assert_eq!(marks().await, [mark(1)], "then one alone");
    set("UPDATE blobs SET looked = 0 WHERE tries = $1 AND sha256 <> $2", 0, "").await;
    alone.end().await.unwrap();
    server.app.pictures_came.notify_one();
    looked(&server).await;
    let want = [("compared", 3), ("plain", 1), ("screenshot", 1), ("unreadable", 2)];
    assert_eq!(
        outcomes(store).await,
        want.map(|(word, n)| (word.to_owned(), n)),
        "what was tried too often is given up"
    );
}

/// Every hostile picture that intake takes.
#[tokio::test]
async fn hostile_pictures_are_looked_at_once_and_the_server_stays() {
    let server = Running::start().await;
    let device = server.device().await;
    let names: serde_json::Value = serde_json::from_str(include_str!("../../../tests/hostile/payloads.json")).unwrap();
    let mut made = vec![];
    for payload in names["payloads"].as_array().or(names.as_array()).unwrap() {
        if let Some(make) = payload["make"].as_str().filter(|make| !make.is_empty()) {
            made.push(hostile::make(make));
        }
    }
    made.retain(|bytes| spotter_server::intake::blobs::sniff(bytes).is_some() && bytes.len() <= 2 << 20);
    assert!(made.len() > 15, "{}", made.len());
    for (n, bytes) in made.iter().enumerate() {
        send(&server, &device, &format!("{n}"), &[("picture", bytes)]).await;
    }
    looked(&server).await;
    let total: i64 = outcomes(&server.app.store).await.iter().map(|(_, n)| n).sum();
    let tried: i64 =
        sqlx::query_scalar("SELECT max(tries) FROM blobs").fetch_one(server.app.store.read()).await.unwrap();
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM blobs").fetch_one(server.app.store.read()).await.unwrap();
    assert_eq!((total, tried), (kept, 1));
    assert_eq!(server.http.get(server.url("/healthz")).send().await.unwrap().status(), 200);
}

/// SIGKILL right after a picture and its report were acknowledged: the next start looks at it, and so at those of an older version.
#[tokio::test]
async fn pictures_wait_through_a_kill() {
    if postgres::only_a_file("the rows that wait are the same") {
        return;
    }
    let server = PathBuf::from(env!("CARGO_BIN_EXE_spotter-server"));
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let arguments = ["serve", "--data", &data, "--listen", "127.0.0.1:0"];
    let process = soak::Process::start(&server, &arguments).unwrap();
    let origin = format!("http://{}", process.ready["address"].as_str().unwrap());
    let invited = Command::new(&server).args(["invite", "--data", &data]).output().unwrap();
    let code = String::from_utf8(invited.stdout).unwrap().trim().rsplit('.').next().unwrap().to_owned();
    let (http, device) = (reqwest::Client::new(), Device::new());
    let answer = http.post(format!("{origin}/v1/enrolments")).json(&device.enrolment(&code)).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let bytes = png(&scene(3));
    for listing in 0..4 {
        let mut body = report(&listing.to_string());
        body["evidence"] = json!([{ "kind": "picture", "state": "included", "bytes": bytes.len(), "sha256": sha256_hex(&bytes), "media_type": "image/png" }]);
        let id = body["report_id"].as_str().unwrap().to_owned();
        let body = serde_json::to_vec(&body).unwrap();
        let kind = spotter_model::dsse::REPORT_TYPE;
        let put =
            device.signed(http.put(format!("{origin}/v1/reports/{id}")).header("content-type", kind), kind, &body);
        assert_eq!(put.body(body).send().await.unwrap().status(), 201);
    }
    let hash = sha256_hex(&bytes);
    let put =
        device.signed(http.put(format!("{origin}/v1/blobs/{hash}")), spotter_model::dsse::BLOB_TYPE, hash.as_bytes());
    assert_eq!(put.body(bytes).send().await.unwrap().status(), 201);
    // The worker waits for the rest of a burst first.
    process.kill().unwrap();
    let store = Store::open(&PathBuf::from(&data), true).await.unwrap();
    assert!(waiting::any(store.reader()).await.unwrap() && outcomes(&store).await.is_empty());
    store.close().await;
    let process = soak::Process::start(&server, &arguments).unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let store = Store::open(&PathBuf::from(&data), true).await.unwrap();
        let counts = outcomes(&store).await;
        let grouped = groups::of_open(store.reader()).await.unwrap();
        store.close().await;
        if counts == [("compared".to_owned(), 1)] {
            assert_eq!(grouped, [vec![1, 2, 3, 4]]);
            break;
        }
        assert!(Instant::now() < until, "{counts:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    process.stop().unwrap();
}

/// Many pictures in many cases: what a case's page waits for its section.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_pictures_those_that_are_near_are_found_quickly() {
    let full = std::env::var("SPOTTER_ALIKE_PICTURES").ok();
    let pictures: i64 = full.as_deref().map_or(2_000, |n| n.parse().unwrap());
    let server = Running::start().await;
    let store = &server.app.store;
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(7);
    let began = Instant::now();
    let mut tx = store.begin().await.unwrap();
    let body = serde_json::to_vec(&report("1")).unwrap();
    let mut like: Vec<[u64; 4]> = vec![];
    for n in 1..=pictures {
        // Three pictures to a case; one in four is near one before it, some of which are near many.
        let mut words = [random.u64(..), random.u64(..), random.u64(..), random.u64(..)];
        if n % 4 == 0 {
            words = like[(random.usize(0..like.len()) / 7) * 7 % like.len()];
            for _ in 0..random.u32(0..24) {
                words[random.usize(0..4)] ^= 1 << random.u32(0..64);
            }
        } else {
            like.push(words);
        }
        let case = (n + 2) / 3;
        if n % 3 == 1 {
            let slot = tx.keys().create().unwrap();
            let title = tx.keys().seal_text(slot, "cases.title", "Synthetic carving").unwrap();
            let sealed = tx.keys().seal(slot, "reports.body", &body).unwrap();
            sqlx::query("INSERT INTO cases (id, marketplace, listing_key, state, version, opened_at, changed_at, title, price, level, score, main_group, missed, reports, slot) \
                 VALUES ($1, 'market.example', 'k' || CAST($1 AS TEXT), 'new', 1, '2026-11-21T00:00:00.000Z', '2026-11-21T00:00:00.000Z', $2, '', 'likely', 0.9, 'elephant', 0, 1, $3)")
                .bind(case).bind(title).bind(slot).execute(&mut *tx).await.unwrap();
            sqlx::query("INSERT INTO reports (seq, report_id, case_id, body, body_sha256, signature, text_sha256, salt, received_at, number, receipt) \
                 VALUES ($1, 'r' || CAST($1 AS TEXT), $1, $2, '', $3, $3, $3, '2026-11-21T00:00:00.000Z', 'WS-2026-' || CAST($1 AS TEXT), '')")
                .bind(case).bind(sealed).bind(spotter_server::store::sql::NOTHING).execute(&mut *tx).await.unwrap();
        }
        let sha256 = sha256_hex(&n.to_be_bytes());
        let mark = blobs::mark(tx.keys(), &sha256);
        let slot = tx.keys().create().unwrap();
        blobs::keep(&mut tx, &sha256, slot, 1, "image/png", &device.key_id, "2026-11-21T00:00:00.000Z").await.unwrap();
        sqlx::query("INSERT INTO report_blobs (report_seq, sha256) VALUES ($1, $2)")
            .bind(case)
            .bind(&mark)
            .execute(&mut *tx)
            .await
            .unwrap();
        let outcome = waiting::Outcome::Compared(spotter_server::pdq::Hash(words));
        waiting::keep(&mut tx, &mark, &sha256, outcome).await.unwrap();
        if n % 5_000 == 0 || n == pictures {
            // A server's own housekeeping would within a minute; without, plans are those of empty tables.
            sqlx::query("ANALYZE").execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
            tx = store.begin().await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    println!("{pictures} pictures of {} cases made in {} ms", (pictures + 2) / 3, began.elapsed().as_millis());
    let began = Instant::now();
    alike::refresh(store.reader()).await.unwrap();
    println!("  read into memory in {} ms", began.elapsed().as_millis());
    let mut reviewer = server.reviewer_with_session("Reviewer One").await;
    let (mut lookups, mut pages, mut found) = (vec![], vec![], 0);
    for _ in 0..300 {
        let case = random.i64(1..=pictures / 3);
        let began = Instant::now();
        let told = alike::of_case(store.reader(), case).await.unwrap();
        lookups.push(began.elapsed());
        found += told.all;
    }
    for _ in 0..100 {
        let case = random.i64(1..=pictures / 3);
        let began = Instant::now();
        assert_eq!(reviewer.get(&format!("/console/cases/{case}")).await.status, 200);
        pages.push(began.elapsed());
    }
    let began = Instant::now();
    let groups = groups::of_open(store.reader()).await.unwrap();
    let grouped = began.elapsed();
    assert!(found > 100 && !groups.is_empty());
    for (what, took) in [("lookup", &mut lookups), ("page", &mut pages)] {
        took.sort_unstable();
        let at = |share: usize| took[took.len() * share / 100].as_micros() as f64 / 1000.0;
        println!("  {what}: p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms", at(50), at(95), at(99));
    }
    println!("  {} groups, the largest of {} cases, in {} ms", groups.len(), groups[0].len(), grouped.as_millis());
    let p95 = lookups[lookups.len() * 95 / 100];
    assert!(full.is_none() || p95 <= Duration::from_millis(50), "{p95:?}");
}
