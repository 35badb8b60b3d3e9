//! Personal data: what is sealed, what an erasure leaves, what time erases by itself, and what people who ask get. With the real
//! server as a process of its own where files are looked through.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Browser, Device, Page, Running, report, uuid};
use reqwest::Client;
use serde_json::{Value, json};
use spotter_model::archive;
use spotter_model::dsse::{AUDIT_TYPE, BLOB_TYPE, CODING_TYPE, CONTACT_TYPE, REPORT_TYPE, SUGGESTION_TYPE};
use spotter_model::survey::Protocol;
use spotter_server::keys::Keys;
use spotter_server::sign::{hex, sha256_hex};
use spotter_server::store::engine::Engine;
use spotter_server::store::{Store, cases, erasure, reporters, surveys};
use spotter_survey::share;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const SERVER: &str = env!("CARGO_BIN_EXE_spotter-server");
const HOST: &str = "market.example";

/// What the seller, and what people wrote about them; each is looked for in every form.
const MARKERS: [&str; 24] = [
    "Qvseller Ambrosius",
    "Qvtitle Netsuke",
    "Qvdescription of it",
    "1234.77 Qvprice",
    "Qvplace Harbour",
    "qvaddress-4711",
    "qvitem-9911",
    "Qvalternative text",
    "Qvnote of a spotter",
    "Qvpicture bytes inside",
    "Qvcontact message",
    "Qvmeaning of a word",
    "Qvreason for spotters",
    "Qvnote among reviewers",
    "Qvfacts for an agency",
    "Qvway it was sent",
    "Qvwords of the agency",
    "Qvwords of the company",
    "Qvseen at the check",
    "Qvsecond title",
    "Qvreason of a known case",
    "Qvtitle in a survey",
    "Qvplace in a survey",
    "Qvnote of a coder",
];
const OTHER: &str = "Wxother seller";

/// Every form in which a text may lie in a file.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let mut all = vec![text.as_bytes().to_vec(), text.to_lowercase().into_bytes()];
    all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    all.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    all.extend([hex(text.as_bytes()).into_bytes(), hex(text.as_bytes()).to_uppercase().into_bytes()]);
    // JSON and pages keep these letters; base64 has three alignments, of which the inner part is the same whatever surrounds it.
    for shift in 0..3_usize {
        let padded = [&vec![b'x'; shift], text.as_bytes()].concat();
        let whole = padded.len() / 3 * 3;
        let code = STANDARD.encode(&padded[..whole]);
        let inner = &code[if shift == 0 { 0 } else { 4 }..];
        all.extend([inner.as_bytes().to_vec(), inner.replace('+', "-").replace('/', "_").into_bytes()]);
    }
    all
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

/// Which markers stand in which files, names of files included. Line breaks of mail are taken out first, since base64 is folded there.
fn hits(folder: &Path, markers: &[&str]) -> (usize, Vec<String>) {
    let mut all = vec![];
    files(folder, &mut all);
    let mut found = vec![];
    // Every form by its first four bytes: one walk through each file looks for all of them.
    let mut starts: HashMap<[u8; 4], Vec<(&str, Vec<u8>)>> = HashMap::new();
    for marker in markers {
        for form in forms(marker) {
            starts.entry(form[..4].try_into().unwrap()).or_default().push((marker, form));
        }
    }
    for file in &all {
        let mut bytes = std::fs::read(file).unwrap();
        if file.extension().is_some_and(|e| e == "eml") {
            bytes.retain(|b| !b"\r\n".contains(b));
        }
        bytes.extend_from_slice(file.to_string_lossy().as_bytes());
        for at in 0..bytes.len().saturating_sub(3) {
            for (marker, form) in starts.get(&bytes[at..at + 4]).into_iter().flatten() {
                if bytes[at..].starts_with(form) {
                    found.push(format!("{marker} at {at} in {}", file.display()));
                }
            }
        }
    }
    (all.len(), found)
}

fn none(folder: &Path, what: &str) -> usize {
    let (files, found) = hits(folder, &MARKERS);
    assert!(files > 2 && found.is_empty(), "{what}: {found:#?}");
    files
}

/// The server, with what it says on standard output and standard error kept in files.
struct Process {
    child: Child,
    origin: String,
    metrics: String,
}

impl Process {
    fn start(data: &Path, logs: &Path) -> Self {
        Self::start_with(data, logs, &[])
    }

    fn start_with(data: &Path, logs: &Path, more: &[&str]) -> Self {
        let log = |name: &str| std::fs::OpenOptions::new().create(true).append(true).open(logs.join(name)).unwrap();
        let mut child = Command::new(SERVER)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--organisation",
                "Test programme",
                "--contact",
                "notices@programme.example",
            ])
            .args(["--per-key", "100000", "--per-address", "100000", "--metrics", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(log("stderr"))
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        log("stdout").write_all(line.as_bytes()).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{line:?} {e}"));
        let word = |name: &str| ready[name].as_str().unwrap().to_owned();
        Self { child, origin: word("origin"), metrics: format!("http://{}/metrics", word("metrics")) }
    }

    /// What whoever watches the server sees, kept beside its log.
    async fn watched(&self, http: &Client, logs: &Path) -> String {
        let text = http.get(&self.metrics).send().await.unwrap().text().await.unwrap();
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(logs.join("metrics")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        text
    }

    fn stop(mut self) {
        let pid = rustix::process::Pid::from_raw(self.child.id() as i32).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

fn command(data: &Path, words: &[&str], logs: &Path) -> Output {
    let (verb, rest) = words.split_at(if matches!(words[0], "audit" | "reviewer" | "device") { 2 } else { 1 });
    let mut child = Command::new(SERVER)
        .args(verb)
        .arg("--data")
        .arg(data)
        .args(rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{}\n", common::PASSWORD).as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    let mut log = std::fs::OpenOptions::new().create(true).append(true).open(logs.join("commands")).unwrap();
    log.write_all(&[out.stdout.as_slice(), &out.stderr].concat()).unwrap();
    out
}

fn said(out: &Output) -> String {
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Lets time pass: only a test that stands still may write there.
async fn sql(data: &Path, statements: &[&'static str]) {
    let pool = Engine::of(data, true).unwrap().alone().await.unwrap();
    for statement in statements {
        sqlx::query(*statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
}

struct World {
    http: Client,
    origin: String,
    device: Device,
}

impl World {
    async fn put(&self, path: &str, kind: &str, body: &Value) -> u16 {
        let bytes = serde_json::to_vec(body).unwrap();
        let request = self.http.put(format!("{}{path}", self.origin)).header("content-type", kind);
        self.device.signed(request, kind, &bytes).body(bytes).send().await.unwrap().status().as_u16()
    }

    async fn report(&self, body: &Value) {
        assert_eq!(
            self.put(&format!("/v1/reports/{}", body["report_id"].as_str().unwrap()), REPORT_TYPE, body).await,
            201
        );
    }

    async fn blob(&self, bytes: &[u8]) -> String {
        let hash = sha256_hex(bytes);
        let request = self.http.put(format!("{}/v1/blobs/{hash}", self.origin));
        let answer = self.device.signed(request, BLOB_TYPE, hash.as_bytes()).body(bytes.to_vec()).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        hash
    }

    async fn browser(&self, name: &str) -> Browser {
        let mut browser = Browser::at(self.http.clone(), &self.origin);
        assert_eq!(browser.log_in(name, common::PASSWORD).await.status, 303);
        browser
    }
}

fn picture(words: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), words.as_bytes()].concat()
}

/// A report about the seller who is erased later.
fn about_seller(listing: &str, pictures: &[&str]) -> Value {
    let mut one = report(listing);
    let address = format!("https://{HOST}/item/{}-{listing}", MARKERS[5]);
    one["place"]["listing_id"] = json!(format!("{}-{listing}", MARKERS[6]));
    for place in ["url_canonical", "url_at_match", "url_observed"] {
        one["place"][place] = json!(address);
    }
    one["listing"] = json!({ "id": listing, "kind": "listing", "title": MARKERS[1], "description": MARKERS[2], "price": MARKERS[3],
        "seller": MARKERS[0], "location": MARKERS[4], "url": address, "images": MARKERS[7] });
    one["note"] = json!(MARKERS[8]);
    // No word is marked, so that pages show texts in one piece.
    one["assessment"]["cues"] = json!([]);
    show(&mut one, pictures);
    one
}

fn show(report: &mut Value, pictures: &[&str]) {
    let mut evidence = vec![json!({ "kind": "listing_text", "state": "included", "bytes": 0 })];
    evidence.extend(pictures.iter().map(|hash| json!({ "kind": "picture", "state": "included", "bytes": 30, "sha256": hash, "media_type": "image/png" })));
    report["evidence"] = json!(evidence);
}

async fn form(browser: &mut Browser, page: &str, path: &str, more: &[(&str, &str)]) -> Page {
    let got = browser.get(page).await;
    assert_eq!(got.status, 200, "{page}");
    let csrf = got.field("csrf");
    let version = if got.text.contains("name=\"version\"") { got.field("version") } else { String::new() };
    let mut fields = vec![("csrf", csrf.as_str())];
    fields.extend((!version.is_empty()).then_some(("version", version.as_str())));
    fields.extend_from_slice(more);
    browser.post(path, &fields).await
}

async fn confirm(browser: &mut Browser, case: i64, reason: &str) {
    browser.get(&format!("/console/cases/{case}/evidence")).await;
    assert_eq!(browser.decide(case, "confirm", reason).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_seller_stands_nowhere_and_the_chain_says_so() {
    if common::postgres::only_a_file("its files are another program's to read, and its backups another's to make") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [data, logs, backup, again, today, keys, newer] =
        ["data", "logs", "backup", "again", "today", "keys", "newer"].map(|name| folder.path().join(name));
    let words = |path: &Path| path.display().to_string();
    std::fs::create_dir(&logs).unwrap();
    for name in ["Lead One", "Reviewer Two", "Reviewer Three"] {
        said(&command(&data, &["reviewer", "add", "--name", name, "--password-stdin"], &logs));
    }
    let server = Process::start(&data, &logs);
    let link = said(&command(&data, &["invite"], &logs));
    let code = link.trim().rsplit('#').next().unwrap().split('.').nth(1).unwrap().to_owned();
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut world = World { http, origin: server.origin.clone(), device: Device::new() };
    let joined = world
        .http
        .post(format!("{}/v1/enrolments", world.origin))
        .json(&world.device.enrolment(&code))
        .send()
        .await
        .unwrap();
    assert_eq!(joined.status(), 201);

    // Cases 1, 2 and 4 are the seller's, 3 is another's; one picture is shown by both, case 1 is reported twice.
    let own = world.blob(&picture(MARKERS[9])).await;
    let shared = world.blob(&picture("a picture that two offers show")).await;
    world.report(&about_seller("1", &[&own, &shared])).await;
    world.report(&about_seller("2", &[])).await;
    let mut other = report("3");
    other["listing"]["seller"] = json!(OTHER);
    show(&mut other, &[&shared]);
    world.report(&other).await;
    world.report(&about_seller("4", &[])).await;
    let mut later = about_seller("1", &[&own]);
    later["listing"]["title"] = json!(MARKERS[19]);
    world.report(&later).await;
    let contact = |text: String| json!({ "schema": "wildlife-contact/1", "id": uuid(), "text": text, "created_at": "2026-11-26T10:00:00Z" });
    for text in [format!("{} wrote to me: {}", MARKERS[0], MARKERS[10]), "Somebody else wrote to me.".to_owned()] {
        let body = contact(text);
        assert_eq!(
            world.put(&format!("/v1/contacts/{}", body["id"].as_str().unwrap()), CONTACT_TYPE, &body).await,
            201
        );
    }
    let word = json!({ "schema": "wildlife-suggestion/1", "id": uuid(), "kind": "term", "text": "moon milk", "lang": "en", "meaning": MARKERS[11],
        "seen_at": format!("https://{HOST}/item/{}-1", MARKERS[5]), "created_at": "2026-11-26T10:00:00Z" });
    assert_eq!(
        world.put(&format!("/v1/suggestions/{}", word["id"].as_str().unwrap()), SUGGESTION_TYPE, &word).await,
        201
    );
    let looked = json!({ "schema": "wildlife-audit/1", "id": uuid(), "round": "ivory", "marketplace": HOST, "day": "2026-11-26", "one_in": 20,
        "listing": format!("{:032x}", 1), "answer": "protected", "software": "0.1.0 / 1" });
    assert_eq!(world.put(&format!("/v1/audits/{}", looked["id"].as_str().unwrap()), AUDIT_TYPE, &looked).await, 201);

    // A survey, in which the seller is coded.
    survey(&data, &world).await;

    // What reviewers do with them.
    let (mut one, two, three) =
        (world.browser("Lead One").await, world.browser("Reviewer Two").await, world.browser("Reviewer Three").await);
    let company = [
        ("id", "0"),
        ("name", "Market Example"),
        ("languages", "en"),
        ("hosts", HOST),
        ("channel", "email"),
        ("contact", "trust@market.example"),
        ("address", ""),
        ("item_format", "M-{id}"),
        ("answer_days", "14"),
    ];
    assert_eq!(form(&mut one, "/console/companies", "/console/companies", &company).await.status, 303);
    let clause = [("title", "Animal products"), ("address", "https://market.example/rules"), ("read_on", "2026-11-20")];
    assert_eq!(form(&mut one, "/console/companies/1", "/console/companies/1/clauses", &clause).await.status, 303);
    for case in [1, 2, 3] {
        confirm(&mut one, case, if case == 3 { "" } else { MARKERS[12] }).await;
    }
    let page = "/console/cases/1";
    assert_eq!(form(&mut one, page, "/console/cases/1/notes", &[("note", MARKERS[13])]).await.status, 303);
    let known = [("answer", "confirm"), ("why", MARKERS[20])];
    assert_eq!(form(&mut one, page, "/console/cases/1/gold", &known).await.status, 303);
    let facts = [("agency", "Example Agency"), ("facts", MARKERS[14])];
    assert_eq!(form(&mut one, page, "/console/cases/1/referral", &facts).await.status, 303);
    let step = "/console/referrals/1/step";
    let mut people = [one, two, three];
    for (who, event, words) in
        [(1, "approve_first", ""), (2, "approve", ""), (0, "send", MARKERS[15]), (0, "acknowledge", "")]
    {
        let browser = &mut people[who];
        assert_eq!(
            form(browser, "/console/keys", step, &[("event", event), ("words", words)]).await.status,
            303,
            "{event}"
        );
    }
    let [mut one, _, _] = people;
    // The package is a zip, no text.
    let csrf = one.get("/console/keys").await.field("csrf");
    let package =
        one.request(reqwest::Method::POST, "/console/referrals/1/package").header("sec-fetch-site", "same-origin");
    assert_eq!(package.form(&[("csrf", &csrf)]).send().await.unwrap().status(), 200);
    for case in [1, 2] {
        let path = format!("/console/cases/{case}/notice");
        let preview =
            form(&mut one, &format!("/console/cases/{case}"), &path, &[("kind", "policy"), ("clause", "1")]).await;
        assert!(preview.text.contains(if case == 1 { MARKERS[19] } else { MARKERS[1] }), "{}", preview.text);
        let seen = preview.field("seen");
        let fields = [("kind", "policy"), ("clause", "1"), ("seen", seen.as_str()), ("send", "yes")];
        assert_eq!(form(&mut one, &format!("/console/cases/{case}"), &path, &fields).await.status, 303);
    }
    let chosen = [("decision", "not_prohibited"), ("reason", MARKERS[12]), ("case", "4.1")];
    assert_eq!(form(&mut one, "/console/keys", "/console/bulk/do", &chosen).await.location(), "/console/bulk/1");

    // Ten minutes later the first notice goes, the company answers, and somebody looks again.
    server.stop();
    sql(&data, &["UPDATE notices SET not_before = '2026-01-01T00:00:00.000Z', next_try = '2026-01-01T00:00:00.000Z' WHERE case_id = 1"]).await;
    let server = Process::start(&data, &logs);
    world.origin = server.origin.clone();
    let mut one = world.browser("Lead One").await;
    let from = Instant::now();
    let letter = loop {
        let mut all = vec![];
        if data.join("outgoing").is_dir() {
            files(&data.join("outgoing"), &mut all);
        }
        match all.iter().find(|f| f.extension().is_some_and(|e| e == "eml")) {
            Some(file) => break std::fs::read_to_string(file).unwrap(),
            None => assert!(from.elapsed() < Duration::from_secs(60), "no notice went out"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let body: String = letter.split("\r\n\r\n").nth(1).unwrap().split_whitespace().collect();
    let body = String::from_utf8(STANDARD.decode(body).unwrap()).unwrap();
    let answer = body.split_whitespace().find_map(|w| w.find("/answer/").map(|at| w[at..].to_owned())).unwrap();
    let answer = answer.trim_end_matches(['.', ',']).to_owned();
    let fields = [("answer", "remove"), ("text", MARKERS[17])];
    let mut company = Browser::at(world.http.clone(), &world.origin);
    let told = company.post(&answer, &fields).await;
    assert!(told.status == 200 || told.status == 303, "{} {}", told.status, told.text);
    sql(&data, &["UPDATE checks SET due_at = '2026-01-01T00:00:00.000Z'"]).await;
    let due = one.get("/console/checks").await;
    let check = due
        .text
        .split("/console/checks/")
        .find_map(|s| s.split('"').next()?.parse::<i64>().ok())
        .expect("a check is due");
    let looked = [("outcome", "notice_page_says_removed"), ("seen", MARKERS[18])];
    assert_eq!(form(&mut one, "/console/checks", &format!("/console/checks/{check}"), &looked).await.status, 303);
    // A referral under way holds its case; then it is over.
    let request = [
        ("kind", "erasure"),
        ("received_on", "2026-11-20"),
        ("marketplace", HOST),
        ("seller", " qvSELLER ambrosius "),
        ("cases", ""),
        ("who", "the seller, by mail"),
    ];
    assert_eq!(form(&mut one, "/console/privacy", "/console/privacy", &request).await.location(), "/console/privacy/1");
    let held = one.get("/console/privacy/1").await.text;
    assert!(held.contains("-000001 is under way") && held.contains("2026-12-20"), "{held}");
    let over = [("event", "conclude"), ("words", MARKERS[16]), ("outcome", "inquiry")];
    let concluded = form(&mut one, "/console/keys", step, &over).await;
    assert_eq!(concluded.status, 303, "{}", concluded.text);

    // All of it is there, and can be read in the console; none of it in any file but the message that waits for the mail relay.
    let pages = [
        one.get(page).await.text,
        one.get("/console/referrals/1").await.text,
        one.get("/console/contacts").await.text,
        one.get("/console/terms").await.text,
        one.get("/console/cases/4").await.text,
        one.get("/console/cases/2").await.text,
    ]
    .concat();
    let shown: Vec<&str> = MARKERS.into_iter().filter(|m| !pages.contains(m)).collect();
    assert_eq!(shown, [MARKERS[9], MARKERS[21], MARKERS[22], MARKERS[23]], "what no page shows");
    assert!(one.get("/console/search?q=qvitem-9911-2").await.text.contains("Qvtitle"));
    let (_, found) = hits(&data, &MARKERS);
    assert!(!found.is_empty() && found.iter().all(|hit| hit.contains("/outgoing/WN-")), "{found:#?}");
    // Whoever asks gets all of it, with the pictures, and learns of no spotter and no reviewer.
    let csrf = one.get("/console/keys").await.field("csrf");
    let asked = one.request(reqwest::Method::POST, "/console/privacy/1/export").header("sec-fetch-site", "same-origin");
    let zip = asked.form(&[("csrf", csrf.as_str()), ("part", "1")]).send().await.unwrap().bytes().await.unwrap();
    let given = archive::read(&zip).unwrap();
    let text = String::from_utf8(given[0].bytes.to_vec()).unwrap();
    let held: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((held["cases"].as_array().unwrap().len(), &held["controller"]["name"]), (3, &json!("Test programme")));
    for marker in [0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23] {
        assert!(text.contains(MARKERS[marker]), "{}", MARKERS[marker]);
    }
    for never in [world.device.key_id.as_str(), "Reviewer", "Lead One", MARKERS[8]] {
        assert!(!text.contains(never), "{never}");
    }
    let pictures: Vec<Vec<u8>> = given[1..].iter().map(|f| f.bytes.to_vec()).collect();
    assert!(pictures.len() == 2 && pictures.contains(&picture(MARKERS[9])), "{}", pictures.len());
    let name = held["cases"][2]["reports"][0]["pictures"][0]["file"].as_str().unwrap();
    assert!(given.iter().any(|file| file.name == name), "{name}");
    // A backup beside the running server: the message that waits for the mail relay is not in it, and nothing in it can be read.
    assert!(server.watched(&world.http, &logs).await.contains("spotter_erased_cases{why=\"request\"} 0\n"));
    let to = [words(&backup), words(&keys)];
    said(&command(&data, &["backup", "--output", &to[0], "--with-secrets", &to[1]], &logs));
    let mut looked = none(&backup, "the backup before anything was erased") + none(&logs, "logs");
    let old_keys = std::fs::read(data.join("secrets/cases.keys")).unwrap();
    server.stop();

    // Put back at once, all of it is there, the message too, but not where the relay fetches; and an erasure finds it there.
    let from = ["restore", "--from", &to[0], "--with-secrets", &to[1]];
    assert!(said(&command(&today, &from, &logs)).contains("1 files lay for a mail relay"));
    let server = Process::start_with(&today, &logs, &["--hold-notices"]);
    world.origin = server.origin.clone();
    let mut one = world.browser("Lead One").await;
    assert!(one.get("/console/cases/2").await.text.contains(MARKERS[1]));
    server.stop();
    let mut letters = vec![];
    files(&today.join("outgoing-restored"), &mut letters);
    assert_eq!(letters.len(), 1);
    assert_eq!(std::fs::read_to_string(&letters[0]).unwrap(), letter);
    assert!(!today.join("outgoing").exists() && !today.join("outgoing-restored.txt").exists());
    let sure = ["erase", "--marketplace", HOST, "--seller", MARKERS[0], "--reason", "asked", "--yes"];
    assert!(said(&command(&today, &sure, &logs)).starts_with("erased: 3 cases"));
    looked += none(&today, "erased after a restore");
    assert!(!letters[0].exists());

    // Erased, with the server running.
    let server = Process::start(&data, &logs);
    world.origin = server.origin.clone();
    let mut one = world.browser("Lead One").await;
    one.get("/console/search?q=qvtitle").await;
    assert_eq!(
        form(&mut one, "/console/keys", "/console/privacy/1/erase", &[]).await.status,
        422,
        "not without saying so"
    );
    let done = form(&mut one, "/console/privacy/1", "/console/privacy/1/erase", &[("sure", "1")]).await;
    assert_eq!(done.status, 200);
    for words in [
        "3 cases with 4 reports and 1 picture.",
        "named the seller: 1; suggested words: 1; answers of surveys: 1",
        "WN-20",
        "WR-20",
    ] {
        assert!(done.text.contains(words), "{words}: {}", done.text);
    }
    assert!(!done.text.contains("-000002"), "it never went");
    let after = one.get("/console/cases/1").await;
    assert!(after.status == 200 && after.text.contains("was erased on"), "{}", after.text);
    assert!(
        one.get("/console/search?q=qvtitle").await.text.contains("Nothing found"),
        "the copy in memory forgot it too"
    );
    assert_eq!(company_answers(&world, &answer).await, 404);
    assert_eq!(
        form(
            &mut one,
            "/console/keys",
            "/console/cases/1/decide",
            &[("version", "9"), ("decision", "close"), ("reason", "x")]
        )
        .await
        .status,
        409
    );
    for path in [
        "/console",
        "/console?state=confirmed",
        "/console/notices",
        "/console/notices/1",
        "/console/referrals",
        "/console/referrals/1",
        "/console/contacts",
        "/console/terms",
        "/console/bulk/1",
        "/console/checks",
        "/console/privacy",
        "/console/privacy/1",
        "/console/cases/2",
        "/console/cases/4",
    ] {
        let page = one.get(path).await;
        assert!(page.status < 500, "{path}: {}", page.status);
        for marker in MARKERS {
            assert!(!page.text.contains(marker), "{marker} on {path}");
        }
    }
    assert!(one.get("/console/contacts").await.text.contains("Somebody else wrote to me."));
    // Before it is stopped, when the log is not folded away yet, and after.
    looked += none(&data, "data of the running server");
    world.report(&report("5")).await;
    let watched = server.watched(&world.http, &logs).await;
    assert!(watched.contains("spotter_erased_cases{why=\"request\"} 3\n"), "{watched}");
    let to = [words(&newer), words(&keys)];
    said(&command(&data, &["backup", "--output", &to[0], "--with-secrets", &to[1]], &logs));
    looked += none(&newer, "the backup after it");
    server.stop();
    looked += none(&data, "data") + none(&logs, "logs") + none(&backup, "backup");
    reporters_are_unsaid(&[&data, &backup, &newer], &world.device.key_id).await;

    let chain = said(&command(&data, &["audit", "verify"], &logs));
    assert!(chain.contains("links, unbroken"), "{chain}");
    for case in [1, 2, 4] {
        assert!(chain.contains(&format!("case:{case}: asked for in request 1; reports WS-20")), "{chain}");
    }
    assert_eq!(chain.matches("\nerased 20").count(), 3, "{chain}");
    whole(&data, &shared, &own).await;

    // A backup from before, put back with the keys of now: erased again before anybody reads it, and the chain says that too.
    said(&command(&again, &from, &logs));
    let server = Process::start(&again, &logs);
    world.origin = server.origin.clone();
    let mut one = world.browser("Lead One").await;
    assert!(one.get("/console/cases/2").await.text.contains("was erased on"));
    assert!(one.get("/console/cases/3").await.text.contains(OTHER));
    assert!(one.get("/console/notices").await.status == 200);
    looked += none(&again, "restored backup of the running server");
    assert!(!again.join("outgoing-restored").exists(), "what was erased is not written once more");
    assert!(server.watched(&world.http, &logs).await.contains("spotter_erased_cases{why=\"restored\"} 3\n"));
    server.stop();
    looked += none(&again, "restored backup") + none(&logs, "logs");
    let chain = said(&command(&again, &["audit", "verify"], &logs));
    assert_eq!(chain.matches("found again in an older database").count(), 3, "{chain}");
    whole(&again, &shared, &own).await;

    // Keys that lack those of newer cases: refused, in a sentence.
    let keys = data.join("secrets/cases.keys");
    let mut mixed = std::fs::read(&keys).unwrap();
    std::fs::write(&keys, &old_keys).unwrap();
    let out = command(&data, &["audit", "verify"], &logs);
    assert!(
        !out.status.success() && String::from_utf8_lossy(&out.stderr).contains("cases.keys is older than the database")
    );
    // Keys that came back for what the database knows as erased: destroyed again.
    let pool = Engine::of(&data, true).unwrap().alone().await.unwrap();
    let slots: Vec<i64> =
        sqlx::query_scalar("SELECT slot FROM cases WHERE erased_at <> ''").fetch_all(&pool).await.unwrap();
    pool.close().await;
    for slot in &slots {
        let place = *slot as usize * 64..(*slot as usize + 1) * 64;
        assert_ne!(mixed[place.clone()], old_keys[place.clone()]);
        mixed[place.clone()].copy_from_slice(&old_keys[place]);
    }
    std::fs::write(&keys, &mixed).unwrap();
    assert!(Keys::open(&data.join("secrets")).unwrap().is_there(slots[0]).unwrap(), "it would open again");
    let store = Store::open(&data, true).await.unwrap();
    assert!(slots.len() == 3 && slots.iter().all(|slot| !store.keys().is_there(*slot).unwrap()));
    store.close().await;
    println!(
        "{looked} files looked through for {} markers in {} forms each: 0 hits",
        MARKERS.len(),
        forms("x y z").len()
    );
}

/// A running survey with one coding of the seller, sent by the device.
async fn survey(data: &Path, world: &World) {
    let store = Store::open(data, true).await.unwrap();
    let vault = spotter_server::vault::Vault::open(&data.join("secrets")).unwrap();
    let protocol: Protocol = serde_json::from_value(json!({
        "schema": "wildlife-survey-protocol/1", "id": "ivory", "version": 1, "title": "Synthetic ivory",
        "question": "How many advertisements offer ivory?", "from": "2026-11-01", "until": "2026-12-12", "groups": ["elephant"],
        "markets": [{ "host": HOST, "country": "GB", "search": format!("https://{HOST}/?q={{terms}}"),
            "ground": "public", "ground_text": "Synthetic." }],
        "terms": [{ "text": "term 1", "lang": "en", "group": "elephant" }],
        "sampling": { "kind": "random_pages", "pages": 1, "of": 1, "seed": 3 }, "inclusion": ["It offers something for money."],
        "double_coded_percent": 0, "unflagged_one_in": 10,
    }))
    .unwrap();
    let coders: Vec<String> = sqlx::query_scalar("SELECT spotter FROM devices").fetch_all(store.read()).await.unwrap();
    let shares = share::share(&protocol, &coders, &[]).unwrap();
    let task = shares[0].task.id.clone();
    let mut tx = store.begin().await.unwrap();
    assert!(surveys::keep_draft(&mut tx, &protocol, "2026-11-26T10:00:00.000Z").await.unwrap());
    surveys::set_coders(&mut tx, "ivory", &coders).await.unwrap();
    let draft = surveys::find_in(&mut tx, "ivory").await.unwrap().unwrap();
    surveys::start(&mut tx, &vault, &draft, &shares, "2026-11-26T10:00:00.000Z").await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    for (seller, title) in [(MARKERS[0], MARKERS[21]), (OTHER, "Another offer")] {
        let mut coding = json!({ "schema": "wildlife-survey-coding/1", "id": uuid(), "survey": "ivory", "version": 1, "task": task,
            "listing": "a".repeat(32), "included": "yes", "url": format!("https://{HOST}/item/9"), "title": title, "seller": seller,
            "specimens": [{ "scientificName": "Loxodonta africana", "group": "elephant", "term": "CAR", "count": 2, "unit": "" }],
            "asking": { "kind": "stated", "amount": "120.50", "currency": "GBP" }, "live": "no", "legality_claim": "no",
            "age_claim": "yes", "seller_type": "private", "coded_at": "2026-11-26T10:05:00Z" });
        if seller == MARKERS[0] {
            (coding["location"], coding["note"]) = (json!(MARKERS[22]), json!(MARKERS[23]));
        }
        let path = format!("/v1/surveys/ivory/codings/{}", coding["id"].as_str().unwrap());
        assert_eq!(world.put(&path, CODING_TYPE, &coding).await, 201);
        // Known again by a mark: the bytes are sealed.
        assert_eq!(world.put(&path, CODING_TYPE, &coding).await, 200);
    }
}

/// No row says which device sent a report or a picture, and of what was erased nothing opens that does; in copies from before it
/// neither.
async fn reporters_are_unsaid(folders: &[&Path], key_id: &str) {
    for folder in folders {
        let pool = Engine::file(&folder.join("spotter.db"), true).unwrap().alone().await.unwrap();
        let keys = Keys::open(&folders[0].join("secrets")).unwrap();
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT c.erased_at, r.reporter FROM reports r JOIN cases c ON c.id = r.case_id ORDER BY r.seq",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        // Cases 1, 2, 3, 4 and 1 again.
        assert!(rows.len() >= 5, "{}", folder.display());
        for (n, (erased_at, sealed)) in rows.iter().enumerate() {
            let said = keys.open_text(reporters::REPORTER, sealed).unwrap();
            let other = n == 2 || n > 4;
            assert_eq!(said, if other { key_id } else { "" }, "{} report {n}, erased {erased_at:?}", folder.display());
        }
        // Whatever names the device stands beside nothing that leads to a report.
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
                .fetch_all(&pool)
                .await
                .unwrap();
        let mut names = vec![];
        for table in tables {
            let columns: Vec<(i64, String)> =
                sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT cid, name FROM pragma_table_info('{table}')")))
                    .fetch_all(&pool)
                    .await
                    .unwrap();
            for (_, column) in columns {
                let sql = format!("SELECT count(*) FROM \"{table}\" WHERE instr(CAST(\"{column}\" AS TEXT), $1) > 0");
                let found: i64 =
                    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(key_id).fetch_one(&pool).await.unwrap();
                if found > 0 {
                    names.push(format!("{table}.{column}"));
                }
            }
        }
        // As the spotter, where nothing was lost: the first device's id is the spotter's, too.
        let may = [
            "audit.actor",
            "audit.subject",
            "devices.key_id",
            "devices.spotter",
            "suggestions.key_id",
            "contacts.key_id",
            "audits.key_id",
            "audits.spotter",
            "standing.spotter",
            "survey_coders.spotter",
            "survey_shares.spotter",
            "survey_codings.key_id",
            "survey_codings.spotter",
        ];
        let wrong: Vec<&String> = names.iter().filter(|name| !may.contains(&name.as_str())).collect();
        assert!(wrong.is_empty() && names.len() > 5, "{wrong:?} {names:?}");
        let told: Vec<(String, String)> = sqlx::query_as(
            "SELECT action, subject FROM audit WHERE instr(actor || subject || detail, $1) > 0 AND action LIKE 'report%'",
        )
        .bind(key_id)
        .fetch_all(&pool)
        .await
        .unwrap();
        assert!(told.is_empty(), "{told:?}");
        pool.close().await;
    }
}

async fn company_answers(world: &World, path: &str) -> u16 {
    Browser::at(world.http.clone(), &world.origin).get(path).await.status
}

/// The other seller's case is whole, and so is the picture that both showed.
async fn whole(data: &Path, shared: &str, own: &str) {
    let store = Store::open(data, true).await.unwrap();
    let case = cases::find(store.reader(), 3).await.unwrap().unwrap();
    assert_eq!((case.title.as_str(), case.erased_at.as_str()), ("Carved ivory netsuke, old, signed", ""));
    let rows = cases::reports_of(store.reader(), 3, 9).await.unwrap();
    let kept: Value = serde_json::from_slice(&rows[0].body).unwrap();
    assert_eq!(kept["listing"]["seller"], OTHER);
    assert_eq!(store.blobs.read(shared).await.unwrap(), picture("a picture that two offers show"));
    assert!(store.blobs.read(own).await.is_err());
    assert_eq!(erasure::of_seller(store.reader(), HOST, OTHER).await.unwrap().len(), 1);
    assert!(erasure::of_seller(store.reader(), HOST, MARKERS[0]).await.unwrap().is_empty());
    let left: Vec<i64> = sqlx::query_scalar("SELECT reports FROM cases WHERE erased_at <> '' ORDER BY id")
        .fetch_all(store.read())
        .await
        .unwrap();
    assert_eq!(left, [2, 1, 1], "that there were cases stays");
    store.close().await;
}

#[tokio::test]
async fn time_erases_by_class_and_a_ground_holds() {
    let server = Running::start().await;
    let device = server.device().await;
    for n in 1..=7 {
        device.send(&server, &report(&n.to_string())).await;
    }
    let mut lead = server.reviewer_with_session("Lead One").await;
    for (case, decision) in [(1, "not_prohibited"), (2, "invalid"), (3, "cannot_tell"), (5, "not_prohibited")] {
        assert_eq!(lead.decide(case, decision, "").await.status, 303);
    }
    confirm(&mut lead, 4, "").await;
    let page = lead.get("/console/cases/7").await;
    let fields = [
        ("csrf", page.field("csrf")),
        ("version", page.field("version")),
        ("decision", "duplicate".to_owned()),
        ("reason", String::new()),
        ("original", "4".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(lead.post("/console/cases/7/decide", &fields).await.status, 303);
    let until = spotter_server::clock::day((server.app.clock)() + time::Duration::days(60));
    for (ground, until, status) in [
        ("", "", 303),
        ("Court file 12", "1999-01-01", 422),
        ("Court file 12", "2099-01-01", 422),
        ("Court file 12", until.as_str(), 303),
    ] {
        let done =
            form(&mut lead, "/console/cases/5", "/console/cases/5/keep", &[("ground", ground), ("until", until)]).await;
        assert_eq!(done.status, status, "{ground} {until}");
    }
    assert!(lead.get("/console/cases/5").await.text.contains("Court file 12"));
    let mut days = 0;
    // Days from now on, and which cases are erased then: a dismissed one after 30, one with a ground once that is over, the
    // undecided and the open one after a year, the confirmed one and its duplicate after three.
    for (day, erased) in [
        (29, &[][..]),
        (31, &[1, 2]),
        (61, &[1, 2, 5]),
        (364, &[1, 2, 5]),
        (366, &[1, 2, 3, 5, 6]),
        (1_094, &[1, 2, 3, 5, 6]),
        (1_096, &[1, 2, 3, 4, 5, 6, 7]),
    ] {
        server.move_clock((day - days) * 86_400);
        days = day;
        spotter_server::serve::expire(&server.app).await.unwrap();
        let gone: Vec<i64> = sqlx::query_scalar("SELECT id FROM cases WHERE erased_at <> '' ORDER BY id")
            .fetch_all(server.app.store.read())
            .await
            .unwrap();
        assert_eq!(gone, erased, "day {day}");
    }
    let why: Vec<(i64, String)> = sqlx::query_as("SELECT case_id, why FROM erasures ORDER BY case_id")
        .fetch_all(server.app.store.read())
        .await
        .unwrap();
    let why: Vec<&str> = why.iter().map(|(_, w)| w.as_str()).collect();
    assert_eq!(why, ["dismissed", "dismissed", "undecided", "confirmed", "dismissed", "undecided", "confirmed"]);
    // Nobody's case is offered that nobody can read; the spotter's record stands.
    let (states, _) = spotter_server::store::queue::counts(server.app.store.read(), &server.app.now()).await.unwrap();
    assert!(states.iter().all(|(state, _)| !state.is_open()), "{states:?}");
    let status = device.status(&server).await;
    assert_eq!((&status["accuracy"]["confirmed"], &status["accuracy"]["decided"]), (&json!(1), &json!(4)));
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
    // The same listing, reported anew, is a case of its own; the same bytes of an erased report are not taken again.
    device.send(&server, &report("1")).await;
    assert!(cases::find(server.app.store.reader(), 8).await.unwrap().is_some());
}

#[tokio::test]
async fn requests_are_bounded_refused_with_a_reason_and_for_leads_alone() {
    let server = Running::start().await;
    let device = server.device().await;
    let sent = report("1");
    device.send(&server, &sent).await;
    let mut lead = server.reviewer_with_session("Lead One").await;
    let today = server.app.today().to_string();
    let good = [
        ("kind", "objection"),
        ("received_on", today.as_str()),
        ("marketplace", HOST),
        ("seller", "synthetic-seller"),
        ("cases", ""),
        ("who", "somebody"),
    ];
    let long = "x".repeat(201);
    for (at, wrong) in [
        (1, "2099-01-01"),
        (1, "soon"),
        (2, "not a host"),
        (3, ""),
        (3, long.as_str()),
        (4, "one"),
        (5, ""),
        (0, "gift"),
    ] {
        let mut fields = good;
        fields[at].1 = wrong;
        assert_eq!(form(&mut lead, "/console/privacy", "/console/privacy", &fields).await.status, 422, "{at} {wrong}");
    }
    assert_eq!(form(&mut lead, "/console/privacy", "/console/privacy", &good).await.location(), "/console/privacy/1");
    assert_eq!(form(&mut lead, "/console/keys", "/console/privacy/1/refuse", &[("reason", " ")]).await.status, 422);
    let reason = "The offer is part of a case before a court.";
    assert_eq!(form(&mut lead, "/console/keys", "/console/privacy/1/refuse", &[("reason", reason)]).await.status, 303);
    for again in ["refuse", "answered", "erase"] {
        let fields = [("reason", "x"), ("sure", "1")];
        assert_eq!(
            form(&mut lead, "/console/keys", &format!("/console/privacy/1/{again}"), &fields).await.status,
            409,
            "{again}"
        );
    }
    assert!(lead.get("/console/privacy/1").await.text.contains(reason));
    let kept: (Vec<u8>, String) =
        sqlx::query_as("SELECT asked, reason FROM privacy_requests").fetch_one(server.app.store.read()).await.unwrap();
    assert!(Keys::place(&kept.0).is_some() && !kept.1.contains("court"), "sealed");
    // By the number of a case alone; what is erased goes for good, and the same bytes are not taken again.
    let by_number = [
        ("kind", "erasure"),
        ("received_on", today.as_str()),
        ("marketplace", HOST),
        ("seller", ""),
        ("cases", "1, 99"),
        ("who", "somebody"),
    ];
    form(&mut lead, "/console/privacy", "/console/privacy", &by_number).await;
    for page in ["/console/privacy", "/console/privacy/2"] {
        assert!(lead.get(page).await.text.contains("cases 1, 99"), "{page} says what is asked about");
    }
    assert_eq!(form(&mut lead, "/console/privacy/2", "/console/privacy/2/erase", &[("sure", "1")]).await.status, 200);
    assert!(lead.get("/console/privacy/2").await.text.contains("was destroyed with what it was about"));
    let noted = form(&mut lead, "/console/keys", "/console/cases/1/notes", &[("note", "too late")]).await;
    assert!(noted.status == 409 && noted.text.contains("was erased"), "{}", noted.text);
    let bytes = serde_json::to_vec(&sent).unwrap();
    assert_eq!(device.report(&server, sent["report_id"].as_str().unwrap(), &bytes).await.status(), 409);
    let (mut tx, now) = (server.app.store.begin().await.unwrap(), server.app.now());
    let wrong = cases::find_in(&mut tx, 1).await.unwrap().unwrap();
    assert_eq!(wrong.erased_at[..10], now[..10]);
    drop(tx);
    for sql in [
        "UPDATE reports SET body = zeroblob(1)",
        "UPDATE reports SET number = '', body = zeroblob(0)",
        "UPDATE decisions SET public_reason = 'x'",
    ] {
        server.refuses(sql).await;
    }
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
}
