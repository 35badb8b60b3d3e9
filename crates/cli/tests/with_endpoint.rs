//! What goes through endpoint and command line: an exported report that is verified, and unknown words that become a
//! pack.

#[path = "../../server/tests/common/mod.rs"]
mod common;

use common::{Device, Running, report, uuid};
use serde_json::{Value, json};
use spotter_model::dsse::{HEADER_DATE, REQUEST_TYPE, SUGGESTION_TYPE};
use spotter_server::config::Publish;
use spotter_server::{clock, commands, sign};
use std::path::Path;
use std::process::{Command, Output};

fn spotter(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spotter")).args(arguments).output().unwrap()
}

/// Runs a command that has to do its work; returns what it said.
fn done(arguments: &[&str]) -> String {
    let output = spotter(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exported_report_is_verified_offline() {
    let server = Running::start().await;
    let (device, folder) = (server.device().await, tempfile::tempdir().unwrap());
    let picture = b"\x89PNG\r\n\x1a\n and then something that only has to look like one";
    let hash = sign::sha256_hex(picture);
    let mut sent = report("7");
    let picture_of = |hash: &str, bytes: usize| json!({ "kind": "picture", "state": "included", "sha256": hash, "media_type": "image/png", "bytes": bytes });
    sent["evidence"] = json!([picture_of(&hash, picture.len()), picture_of(&"0".repeat(64), 9), { "kind": "screenshot", "state": "not_permitted" }]);
    device.send(&server, &sent).await;
    assert_eq!(device.blob(&server, &hash, picture).await.status(), 201);
    let id = sent["report_id"].as_str().unwrap();
    let fonts = common::settings(server.data()).fonts;
    let (sealed, released) = (folder.path().join("sealed.zip"), folder.path().join("released.zip"));
    commands::export((server.data(), &fonts), id, &sealed, None).await.unwrap();
    let year = clock::day((server.app.clock)())[..4].to_owned();
    let number = format!("WS-{year}-000001");
    commands::export((server.data(), &fonts), &number, &released, Some("an agency asked")).await.unwrap();
    assert!(commands::export((server.data(), &fonts), id, &sealed, None).await.is_err(), "no file is overwritten");
    assert!(
        commands::export((server.data(), &fonts), "WS-2026-999999", &folder.path().join("none.zip"), None)
            .await
            .is_err()
    );

    let fingerprint = server.app.key.fingerprint();
    let said = done(&["verify", text(&sealed), "--fingerprint", fingerprint]);
    for words in [
        "by the endpoint's own clock",
        "1 pictures are byte for byte",
        "report.json is sealed at the endpoint",
        "had not arrived",
        "summary.pdf is for reading",
        "All that is in this package holds.",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let said = done(&["verify", text(&released), "--fingerprint", fingerprint]);
    for words in ["which the endpoint states was enrolled", "byte for byte the one that the receipt names"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("sealed"), "{said}");

    // The console gives the same, sealed, to whoever is logged in.
    let mut reviewer = server.reviewer("Reviewer One").await;
    let csrf = reviewer.get("/console/cases/1/evidence").await.field("csrf");
    let path = format!("/console/reports/{number}/package");
    let page = reviewer.request(reqwest::Method::POST, &path).header("sec-fetch-site", "same-origin");
    let answer = page.form(&[("csrf", csrf.as_str())]).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let mut zip = answer.bytes().await.unwrap().to_vec();
    let from_console = folder.path().join("console.zip");
    std::fs::write(&from_console, &zip).unwrap();
    assert!(done(&["verify", text(&from_console)]).contains("Compare it with the one in the invitation link"));
    let at = zip.windows(8).position(|w| w == &picture[..8]).unwrap();
    zip[at + 12] ^= 1;
    std::fs::write(&from_console, &zip).unwrap();
    let refused = spotter(&["verify", text(&from_console)]);
    let said = String::from_utf8(refused.stdout).unwrap();
    assert!(refused.status.code() == Some(1) && said.contains(&format!("evidence/{hash}.png was changed")), "{said}");

    // One byte of what a person reads.
    let mut zip = std::fs::read(&sealed).unwrap();
    let at = zip.windows(8).position(|w| w == b"%PDF-1.7").unwrap();
    zip[at + 200] ^= 1;
    let forged = folder.path().join("forged.zip");
    std::fs::write(&forged, &zip).unwrap();
    let refused = spotter(&["verify", text(&forged)]);
    let said = String::from_utf8(refused.stdout).unwrap();
    assert!(refused.status.code() == Some(1) && said.contains("summary.pdf was changed"), "{said}");

    // Where there are no fonts, the package is whole without it, and says so.
    let bare = folder.path().join("bare.zip");
    commands::export((server.data(), folder.path()), id, &bare, None).await.unwrap();
    let said = done(&["verify", text(&bare), "--fingerprint", fingerprint]);
    assert!(said.contains("summary.pdf was not made"), "{said}");
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
}

/// Five invented words in four languages, each in four synthetic listings: the language, the word, the meaning that
/// the reviewer gives it, and what stands around it.
const WORDS: [(&str, &str, &str, [&str; 4]); 5] = [
    (
        "en",
        "brimbelwick",
        "commodity.ivory-netsuke",
        ["old {}, signed", "{} from an estate", "lovely {} 5 cm", "{} x 3, offers"],
    ),
    ("en", "snorvelhide", "name.pangolin", ["{} for sale", "two {} available", "{} scales, dried", "fresh {}"]),
    (
        "de",
        "Quastelbrumm",
        "commodity.ivory-netsuke",
        ["{} alt, signiert", "{} aus Nachlass", "schöner {} 5 cm", "{} VB"],
    ),
    ("fr", "zoubignole", "commodity.ivory-object", ["{} ancienne", "{} sculptée à la main", "belle {}", "{} à vendre"]),
    ("id", "gempluring", "name.pangolin", ["jual {}", "{} siap kirim", "{} hidup", "stok {}"]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_missed_listings_become_a_pack_that_flags_them() {
    let server = Running::start().await;
    let (device, folder) = (server.device().await, tempfile::tempdir().unwrap());
    let titles: Vec<String> =
        WORDS.iter().flat_map(|(_, word, _, around)| around.map(|a| a.replace("{}", word))).collect();
    let lines: String = titles.iter().map(|t| format!("{}\n", json!({ "title": t }))).collect();
    let listings = folder.path().join("listings.jsonl");
    std::fs::write(&listings, lines).unwrap();
    let scan = |pack: Option<&Path>| -> Vec<Value> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotter"));
        command.args(["scan", "--as-of", "2026-11-26"]).stdin(std::fs::File::open(&listings).unwrap());
        if let Some(pack) = pack {
            command.arg("--overlay").arg(pack);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    };
    // Nothing of it is known. Spotters report them all the same.
    let before = scan(None);
    assert!(before.len() == 20 && before.iter().all(|a| a["level"] == "none"), "{before:?}");
    for (n, (title, assessment)) in titles.iter().zip(before).enumerate() {
        let mut sent = report(&format!("missed-{n}"));
        sent["listing"] = json!({ "title": title });
        (sent["missed_by_detector"], sent["assessment"]) = (true.into(), assessment);
        device.send(&server, &sent).await;
    }
    for (lang, word, _, _) in WORDS {
        let body = json!({ "schema": "wildlife-suggestion/1", "id": uuid(), "kind": "term", "text": word, "lang": lang, "created_at": "2026-11-26T10:00:00Z" });
        let bytes = serde_json::to_vec(&body).unwrap();
        let request = server.http.put(server.url(&format!("/v1/suggestions/{}", body["id"].as_str().unwrap())));
        let request = request.header("content-type", SUGGESTION_TYPE);
        assert_eq!(device.signed(request, SUGGESTION_TYPE, &bytes).body(bytes).send().await.unwrap().status(), 201);
    }

    // Experts confirm the cases and say what the words mean.
    let mut reviewer = server.reviewer("Reviewer One").await;
    assert!(reviewer.get("/console/cases/1").await.text.contains("the detector had not flagged it"));
    for case in 1..=20 {
        reviewer.get(&format!("/console/cases/{case}/evidence")).await;
        assert_eq!(reviewer.decide(case, "confirm", "").await.status, 303);
    }
    for (n, (lang, word, concept, _)) in WORDS.iter().enumerate() {
        let csrf = reviewer.get("/console/terms").await.field("csrf");
        let path = format!("/console/terms/{}/decide", n + 1);
        let fields = |concept| {
            [("csrf", csrf.as_str()), ("accept", "yes"), ("word", *word), ("lang", *lang), ("concept", concept)]
        };
        assert_eq!(reviewer.post(&path, &fields("no.such-meaning")).await.status, 422);
        assert_eq!(reviewer.post(&path, &fields(concept)).await.status, 303);
        assert_eq!(reviewer.post(&path, &fields(concept)).await.status, 409, "decided once");
    }

    // Offline: an overlay, compiled and signed. The endpoint hands it on as it is.
    let at = |name: &str| folder.path().join(name);
    let (source, plain, signed, key) = (at("terms"), at("overlay.pack"), at("signed.pack"), at("key"));
    commands::terms(server.data(), &source, "2026.11.26").await.unwrap();
    let lexicon = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lexicon");
    done(&["lexicon", "keygen", text(&key)]);
    done(&["lexicon", "overlay", text(&source), "--base", lexicon, "-o", text(&plain)]);
    done(&["lexicon", "sign", text(&plain), "--key", text(&key), "--serial", "1", "-o", text(&signed)]);
    let public = at("key.pub");
    let what = Publish {
        data: server.data().to_owned(),
        pack_key: vec![public.clone()],
        programme: None,
        pack: Some(signed.clone()),
    };
    commands::publish(&what).await.unwrap();
    let received = at("received.pack");
    std::fs::write(&received, fetch(&server, &device).await).unwrap();
    done(&["lexicon", "verify", text(&received), "--key", text(&public), "--as-of", "2026-11-26"]);

    let after = scan(Some(&received));
    let unflagged: Vec<&String> =
        titles.iter().zip(&after).filter(|(_, a)| a["level"] == "none").map(|(title, _)| title).collect();
    assert!(after.len() == 20 && unflagged.is_empty(), "{unflagged:?}");
}

async fn fetch(server: &Running, device: &Device) -> Vec<u8> {
    let date = clock::stamp((server.app.clock)());
    let request = server.http.get(server.url("/v1/packs/current")).header(HEADER_DATE, &date);
    let request = device.signed(request, REQUEST_TYPE, format!("GET /v1/packs/current {date}").as_bytes());
    request.send().await.unwrap().bytes().await.unwrap().to_vec()
}
