//! Hostile content goes the whole way and fires nowhere: signed reports in by the real interface; the console's pages,
//! files for spreadsheets, notices by every channel, evidence packages and the pages for anybody out. What comes out is
//! read by parsers that are not ours. `tests/e2e/hostile-console.test.mjs` opens the same in real browsers.

mod common;
#[path = "hostile/looks.rs"]
mod looks;
#[path = "hostile/pictures.rs"]
mod pictures;
#[path = "../../pdf/tests/read/mod.rs"]
mod read;
#[path = "hostile/way.rs"]
mod way;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use common::{Browser, Device, Page, Running};
use serde_json::{Value, json};
use spotter_server::notices::outbox;
use spotter_server::sign::sha256_hex;
use std::path::Path;
use std::sync::{Arc, Mutex};
use way::{Payload, Tally};

/// Hosts with a company each, by its channel; the last one has none, and its reports carry a seller's claims.
const HOSTS: [&str; 5] = ["email.example", "webhook.example", "pull.example", "csv.example", "other.example"];

type Arrived = Arc<Mutex<Vec<(HeaderMap, Vec<u8>)>>>;

/// A company's server that keeps what it gets as it came.
async fn company() -> (String, Arrived) {
    async fn take(State(inbox): State<Arrived>, headers: HeaderMap, body: Bytes) -> StatusCode {
        inbox.lock().unwrap().push((headers, body.to_vec()));
        StatusCode::NO_CONTENT
    }
    let inbox = Arrived::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://127.0.0.1:{}/wildlife", listener.local_addr().unwrap().port());
    let router = Router::new().route("/wildlife", post(take)).with_state(Arc::clone(&inbox));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = hyper_util::service::TowerToHyperService::new(router.clone());
            let io = hyper_util::rt::TokioIo::new(stream);
            tokio::spawn(async move {
                let _ = hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
            });
        }
    });
    (address, inbox)
}

struct World {
    server: Running,
    one: Browser,
    csrf: String,
    inbox: Arrived,
    token: String,
    tally: Tally,
    /// Of the reports of hosts without a company, in order.
    numbers: Vec<String>,
}

impl World {
    async fn start() -> Self {
        // One folder further in, so that a file beside the data would be seen.
        let server = Running::with(|s| s.data = s.data.join("inner")).await;
        let mut one = server.reviewer_with_session("Reviewer One").await;
        let csrf = one.get("/console/keys").await.field("csrf");
        let (address, inbox) = company().await;
        let mut token = String::new();
        for (n, channel) in ["email", "webhook", "pull", "csv"].into_iter().enumerate() {
            let company = format!("/console/companies/{}", n + 1);
            let contact = format!("trust@{}", HOSTS[n]);
            let fields = [
                ("csrf", csrf.as_str()),
                ("id", "0"),
                ("name", HOSTS[n]),
                ("languages", ["en", "de", "fr", "en"][n]),
                ("hosts", HOSTS[n]),
                ("channel", channel),
                ("contact", &contact),
                ("address", if channel == "webhook" { address.as_str() } else { "" }),
                ("item_format", "{id}"),
                ("answer_days", "90"),
            ];
            assert_eq!(one.post("/console/companies", &fields).await.location(), company);
            let clause = [
                ("csrf", csrf.as_str()),
                ("title", "Animal products"),
                ("address", "https://market.example/rules"),
                ("read_on", "2026-11-20"),
            ];
            assert_eq!(one.post(&format!("{company}/clauses"), &clause).await.status, 303);
            let page = one.post(&format!("{company}/secrets"), &[("csrf", &csrf)]).await.text;
            if channel == "pull" {
                token = page.split("<dd>").nth(2).unwrap().split('<').next().unwrap().to_owned();
            }
        }
        Self { server, one, csrf, inbox, token, tally: Tally::default(), numbers: vec![] }
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields = [&[("csrf", self.csrf.as_str())][..], fields].concat();
        self.one.post(path, &fields).await
    }

    async fn get(&mut self, place: &str, what: &str, path: &str) -> Page {
        let page = self.one.get(path).await;
        self.tally.page(place, what, &page);
        page
    }

    /// A payload's reports, one for each host, as cases with consecutive numbers from `first` on.
    async fn hand_in(&mut self, device: &Device, payload: &Payload, n: usize) {
        let (text, what) = (payload.text.as_str(), payload.id.as_str());
        for host in HOSTS {
            let mut report = way::filled(host, n, text);
            if host == "other.example" {
                report["assessment"]["claims"] = json!([text]);
                report["source"] = json!(if n.is_multiple_of(2) { "page" } else { "pasted" });
                report["card_only"] = json!(true);
                for (at, bent) in way::bent(&report, text) {
                    let path = format!("/v1/reports/{}", bent["report_id"].as_str().unwrap());
                    let answer = way::put(&self.server, device, &path, spotter_model::dsse::REPORT_TYPE, &bent).await;
                    let status = self.tally.machine(&format!("a report's {at}"), what, answer).await;
                    assert!((400..500).contains(&status), "{what}: {at} took it");
                }
            }
            let accepted = device.send(&self.server, &report).await;
            if host == "other.example" {
                let receipt = common::opened(&self.server.app, &accepted["receipt"], spotter_model::dsse::RECEIPT_TYPE);
                self.numbers.push(receipt["number"].as_str().unwrap().to_owned());
            }
        }
        if let Err(why) = way::tell(&self.server, device, text, &mut self.tally, what).await {
            panic!("{what}: {why}");
        }
    }

    /// Every page of the queue, with the preview of all its rows decided at once.
    async fn queue(&mut self) {
        let mut next = Some("/console".to_owned());
        while let Some(path) = next {
            let page = self.get("the queue", &path, &path).await;
            let (chosen, more) = way::boxes(&page.text);
            assert!(!chosen.is_empty());
            let mut fields =
                vec![("csrf".to_owned(), self.csrf.clone()), ("decision".to_owned(), "cannot_tell".to_owned())];
            fields.extend(chosen.into_iter().map(|value| ("case".to_owned(), value)));
            let preview = way::post(&mut self.one, "/console/bulk", &fields).await;
            assert_eq!(preview.status, 200);
            self.tally.page("several at once, previewed", &path, &preview);
            if more.is_none() {
                fields.push(("reason".to_owned(), "<script>fired=1</script>".to_owned()));
                let done = way::post(&mut self.one, "/console/bulk/do", &fields).await;
                let done = done.location().to_owned();
                self.get("several at once, decided", &path, &done).await;
                assert_eq!(self.post(&format!("{done}/undo"), &[]).await.status, 303);
            }
            next = more;
        }
    }

    /// Looked at, decided, noted, and told to the company where the host has one.
    async fn review(&mut self, payload: &Payload, case: i64, host: &str) {
        let (text, what) = (payload.text.as_str(), payload.id.as_str());
        let at = format!("/console/cases/{case}");
        let page = self.get("a case with its evidence", what, &format!("{at}/evidence")).await;
        assert_eq!(page.status, 200, "{what}");
        // It stands there as words: nothing was swallowed, and nothing became mark-up.
        let (read, sent) = (looks::words_of(&page.text, "h1.title"), spotter_model::limits::cut(text, 500));
        let shown = if sent.trim().is_empty() { "(no title)" } else { sent };
        assert_eq!(looks::bare(&read), looks::bare(shown), "{what}");
        let version = page.field("version");
        let reason: String = text.chars().take(200).collect();
        let with = [("version", version.as_str()), ("reason", reason.as_str())];
        if host == "other.example" {
            let done = self.post(&format!("{at}/decide"), &[&with[..], &[("decision", "confirm")]].concat()).await;
            assert_eq!(done.status, 303, "{what}: {}", done.text);
            let note: String = if text.trim().is_empty() { "x".into() } else { text.chars().take(900).collect() };
            let noted = self.post(&format!("{at}/notes"), &[("note", note.as_str())]).await;
            self.tally.page("a note", what, &noted);
            self.get("a case with reasons and notes", what, &at).await;
            return;
        }
        let done = self.post(&format!("{at}/decide"), &[&with[..], &[("decision", "confirm")]].concat()).await;
        assert_eq!(done.status, 303, "{what}: {}", done.text);
        let clause = HOSTS.iter().position(|h| *h == host).unwrap() + 1;
        let (clause, version) = (clause.to_string(), (version.parse::<i64>().unwrap() + 1).to_string());
        let policy = [("version", version.as_str()), ("kind", "policy"), ("clause", &clause)];
        let preview = self.post(&format!("{at}/notice"), &policy).await;
        assert_eq!(preview.status, 200, "{what}: {}", preview.text);
        self.tally.page("a notice, previewed", what, &preview);
        let seen = preview.field("seen");
        let sent = self
            .post(&format!("{at}/notice"), &[&policy[..], &[("seen", seen.as_str()), ("send", "yes")]].concat())
            .await;
        assert_eq!(sent.location(), at, "{what}: {}", sent.text);
        if host == "email.example" {
            // The other kind takes words that reviewers copy out of listings.
            let said: String = text.chars().take(300).collect();
            let all = [
                ("version", version.as_str()),
                ("kind", "dsa16"),
                ("provision", said.as_str()),
                ("facts", &said),
                ("missing", &said),
            ];
            let other = self.post(&format!("{at}/notice"), &all).await;
            self.tally.page("a notice that alleges illegality", what, &other);
        }
    }

    async fn later(&mut self, seconds: i64) {
        self.server.move_clock(seconds);
        // Fifty to a company at once.
        for _ in 0..12 {
            outbox::tick(&self.server.app).await.unwrap();
        }
        self.one = self.server.reviewer_with_session("Reviewer One").await;
        self.csrf = self.one.get("/console/keys").await.field("csrf");
    }

    /// What the companies have. Returns the links to answer by.
    async fn delivered(&mut self, expected: usize) -> Vec<String> {
        let mut links = vec![];
        let folder = self.server.data().join("inner/outgoing");
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        let ends = |p: &Path, ending: &str| p.extension().is_some_and(|e| e == ending);
        let letters: Vec<_> = files.iter().filter(|p| ends(p, "eml")).collect();
        assert_eq!(letters.len(), expected, "a letter for each");
        for letter in letters {
            let wrong = looks::mail(&std::fs::read(letter).unwrap(), "trust@email.example");
            self.tally.note("a notice by mail", &letter.to_string_lossy(), wrong);
        }
        let sheets: Vec<_> = files.iter().filter(|p| ends(p, "csv")).collect();
        assert_eq!(files.len(), expected + sheets.len(), "nothing else was written");
        let mut rows = 0;
        for sheet in sheets {
            let bytes = std::fs::read(sheet).unwrap();
            rows += csv::ReaderBuilder::new().flexible(true).from_reader(&bytes[..]).records().count();
            self.tally.note("a notice in the weekly file", &sheet.to_string_lossy(), looks::rows(&bytes));
        }
        assert_eq!(rows, expected);

        let arrived = self.inbox.lock().unwrap().clone();
        assert_eq!(arrived.len(), expected, "a request for each");
        for (headers, body) in arrived {
            let names: Vec<&str> = headers.keys().map(|n| n.as_str()).collect();
            let known = ["content-type", "idempotency-key", "wildlife-signature", "host", "content-length"];
            let json: Value = serde_json::from_slice(&body).unwrap();
            let mut wrong = looks::json(&json);
            wrong.extend(names.iter().filter(|n| !known.contains(n)).map(|n| format!("a header {n}")));
            let key = headers["idempotency-key"].to_str().unwrap();
            if headers.len() != known.len() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                wrong.push(format!("headers {headers:?}"));
            }
            self.tally.note("a notice by webhook", key, wrong);
            links.push(json["wildlife_notice"]["answer"].as_str().unwrap().to_owned());
        }
        let (mut after, mut pulled) = (0, 0);
        loop {
            let request = self.server.http.get(self.server.url(&format!("/v1/notices?after={after}")));
            let page: Value = request.bearer_auth(&self.token).send().await.unwrap().json().await.unwrap();
            for notice in page["notices"].as_array().unwrap() {
                self.tally.note("a notice by the pull interface", &format!("{after}"), looks::json(notice));
                pulled += 1;
            }
            after = page["after"].as_i64().unwrap();
            if page["notices"].as_array().unwrap().is_empty() {
                break;
            }
        }
        assert_eq!(pulled, expected);
        links
    }

    /// A company answers with the payload in its words.
    async fn answered(&mut self, payload: &Payload, link: &str) {
        let path = format!("/answer/{}", link.rsplit('/').next().unwrap());
        let mut company = Browser::new(&self.server);
        let page = company.get(&path).await;
        assert_eq!(page.status, 200);
        self.tally.page("a company's answer", &payload.id, &page);
        let text: String = payload.text.chars().take(900).collect();
        let said = company.post(&path, &[("answer", "acknowledge"), ("text", &text)]).await;
        assert_eq!(said.status, 200, "{}", payload.id);
        self.tally.page("a company's answer, kept", &payload.id, &said);
    }

    /// A referral in a payload's words, approved by two others, packed, handed over and answered.
    async fn refer(&mut self, payload: &Payload, case: usize, others: &mut [(Browser, String)]) {
        let what = payload.id.as_str();
        let one_line = |chars: usize| {
            let line: String = payload.text.chars().filter(|c| !c.is_control()).take(chars).collect();
            if looks::bare(&line).is_empty() { "x".to_owned() } else { line }
        };
        let facts: String = payload.text.chars().take(1_900).collect();
        let facts = if looks::bare(&facts).is_empty() { "x".to_owned() } else { facts };
        let fields = [("agency", one_line(120)), ("facts", facts)];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let path = format!("/console/cases/{case}/referral");
        let mut at = String::new();
        // Taken back once: the form then holds what was written, to go on from.
        for again in [false, true] {
            let written = self.post(&path, &fields).await;
            at = written.location().to_owned();
            assert!(at.starts_with("/console/referrals/"), "{what}: {}", written.text);
            if !again {
                let taken = self.post(&format!("{at}/step"), &[("event", "withdraw")]).await;
                assert_eq!(taken.status, 303, "{what}");
                self.get("a case with a referral to write anew", what, &format!("/console/cases/{case}")).await;
            }
        }
        for ((browser, csrf), event) in others.iter_mut().zip(["approve_first", "approve"]) {
            let page = browser.get(&at).await;
            assert_eq!(page.status, 200, "{what}");
            self.tally.page("a referral", what, &page);
            let done = browser.post(&format!("{at}/step"), &[("csrf", csrf.as_str()), ("event", event)]).await;
            assert_eq!(done.status, 303, "{what}: {}", done.text);
        }
        let request = self.one.request(reqwest::Method::POST, &format!("{at}/package"));
        let answer =
            request.header("sec-fetch-site", "same-origin").form(&[("csrf", &self.csrf)]).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{what}");
        let mut wrong = looks::headers(answer.headers());
        wrong.extend(looks::referral(&answer.bytes().await.unwrap()));
        self.tally.note("a package for an agency", what, wrong);
        let said = one_line(120);
        for (event, outcome) in [("send", ""), ("acknowledge", ""), ("conclude", "no_action")] {
            let mut fields = vec![("event", event), ("words", said.as_str())];
            fields.extend((!outcome.is_empty()).then_some(("outcome", outcome)));
            let done = self.post(&format!("{at}/step"), &fields).await;
            assert_eq!(done.status, 303, "{what}: {event}: {}", done.text);
        }
        self.get("a referral with the agency's words", what, &at).await;
    }

    /// Trends of what came in: a goal and a company's file in each payload's words, every table as file and as picture, and the year
    /// for anybody.
    async fn trends(&mut self, texts: &[Payload]) {
        for payload in texts {
            let what = payload.id.as_str();
            let plain: String = payload.text.chars().filter(|c| !c.is_control()).take(200).collect();
            let plain = if looks::bare(&plain).is_empty() { "x".to_owned() } else { plain };
            let note: String = payload.text.chars().take(900).collect();
            let goal =
                [("goal", "0"), ("version", "0"), ("title", &plain), ("indicator", &plain), ("baseline", &plain)];
            let kept = self.post("/console/trends/plan", &goal).await;
            // There may be sixty goals; every further one is given up at once.
            if kept.status == 303 {
                let at = kept.location().to_owned();
                let id = at.rsplit('/').next().unwrap().to_owned();
                let year = [("goal", id.as_str()), ("version", "1"), ("title", &plain), ("indicator", &plain)];
                let fields = [&year[..], &[("note-2026", &note), ("ended", "yes")]].concat();
                let ended = self.post("/console/trends/plan", &fields).await;
                assert_eq!(ended.status, 303, "{what}: {}", ended.text);
                self.get("a goal of the plan", what, &at).await;
            }
            let file =
                format!("notice,false_positive\n{},yes\n\"{}\",no\n", payload.text, payload.text.replace('"', "\"\""));
            let shown = self.post("/console/companies/1/returned", &[("file", &file)]).await;
            self.tally.page("a company's file, by a lead", what, &shown);
            let mut company = Browser::new(&self.server);
            let shown = company.post("/answer", &[("file", &file)]).await;
            self.tally.page("a company's file, by the company", what, &shown);
        }
        for id in spotter_server::console::trends::tables::ALL {
            let file = self.one.get(&format!("/console/trends/tables/{id}")).await;
            assert_eq!(file.status, 200, "{id}");
            self.tally.note("a table of trends as a file", id, looks::rows(file.text.as_bytes()));
            let drawn = self.one.get(&format!("/console/trends/charts/{id}")).await;
            if drawn.status == 200 {
                self.tally.note("a chart of trends", id, looks::chart(&drawn.text));
            }
        }
        let file = self.one.get("/console/trends/plan.csv").await;
        self.tally.note("the plan as a file", "all", looks::rows(file.text.as_bytes()));
    }

    /// Pages that list what many sent: followed from their first to their last.
    async fn lists(&mut self) {
        for start in [
            "/console/terms",
            "/console/contacts",
            "/console/people",
            "/console/class",
            "/console/class.csv",
            "/console/notices",
            "/console/checks",
            "/console/referrals",
            "/console/companies",
            "/console/companies/1",
            "/console/trends",
            "/console/trends/article22",
            "/console/trends/years",
            "/console/trends/plan",
            "/console/trends/plan/1",
            "/console?state=notified",
            "/console?state=acknowledged",
            "/console?state=needs_second_opinion",
        ] {
            let mut next = Some(start.to_owned());
            while let Some(path) = next {
                let page = self.get(start, &path, &path).await;
                assert_eq!(page.status, 200, "{path}");
                let document = scraper::Html::parse_document(&page.text);
                let more = scraper::Selector::parse(".pages a[rel=next]").unwrap();
                next = document.select(&more).next().and_then(|a| a.value().attr("href")).map(str::to_owned);
            }
        }
    }

    /// Nothing was written but what the server owns, where it owns it.
    fn files(&mut self) {
        fn walk(at: &Path, all: &mut Vec<String>, root: &Path) {
            for entry in std::fs::read_dir(at).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, all, root)
                } else {
                    all.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned())
                }
            }
        }
        let (mut all, root) = (vec![], self.server.data().to_owned());
        walk(&root, &mut all, &root);
        let name = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
        let ours = |file: &&String| {
            let parts: Vec<&str> = file.split('/').collect();
            parts[0] == "inner"
                && parts.iter().all(|p| name(p))
                && (parts.len() == 2
                    && (parts[1].starts_with("spotter.db")
                        || ["blobs.lock", "blobs.url", "database.url"].contains(&parts[1]))
                    || ["blobs", "outgoing", "secrets"].contains(&parts[1]))
        };
        let strange: Vec<String> = all.iter().filter(|f| !ours(f)).cloned().collect();
        self.tally.note("the data folder", "its files", strange);
    }
}

/// Every payload in the full run; in the suite every fifth of a kind, and whatever is rare.
fn chosen(full: bool) -> Vec<Payload> {
    let mut seen = std::collections::HashMap::new();
    let mut all = way::payloads();
    all.retain(|p| {
        let nth: &mut usize = seen.entry(p.kind.clone()).or_default();
        *nth += 1;
        full || nth.is_multiple_of(5) || *nth == 1
    });
    all
}

async fn the_whole_way(full: bool) {
    let all = chosen(full);
    let (drawn, texts): (Vec<Payload>, Vec<Payload>) = all.into_iter().partition(|p| p.kind == "picture");
    let mut w = World::start().await;
    let mut device = w.server.device().await;
    for (n, payload) in texts.iter().enumerate() {
        // A device may tell of being contacted twenty times a day.
        if n % 18 == 17 {
            device = w.server.device().await;
        }
        w.hand_in(&device, payload, n).await;
        way::addresses(&w.server, &device, &mut w.one, &payload.text, &mut w.tally, &payload.id).await;
    }
    w.queue().await;
    let mut case = 0;
    for payload in &texts {
        for host in HOSTS {
            case += 1;
            w.review(payload, case, host).await;
        }
    }
    w.later(601).await;
    w.later(8 * 86_400).await;
    let links = w.delivered(texts.len()).await;
    for (payload, link) in texts.iter().zip(&links) {
        w.answered(payload, link).await;
    }
    w.trends(&texts).await;
    w.lists().await;
    let mut others = vec![];
    for name in ["Reviewer Two", "Reviewer Three"] {
        let mut browser = w.server.reviewer_with_session(name).await;
        let csrf = browser.get("/console/keys").await.field("csrf");
        others.push((browser, csrf));
    }
    for (n, payload) in texts.iter().enumerate() {
        w.refer(payload, n * HOSTS.len() + 1, &mut others).await;
        let case = n * HOSTS.len() + 2;
        w.get("a case with a company's answer", &payload.id, &format!("/console/cases/{case}")).await;
        w.get("a notice", &payload.id, &format!("/console/notices/{}", n * 4 + 2)).await;
        let request = w.one.request(reqwest::Method::GET, &format!("/console/notices/{}/pdf", n * 4 + 2));
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()["content-type"]),
            (reqwest::StatusCode::OK, &"application/pdf".parse().unwrap())
        );
        let mut wrong = looks::headers(answer.headers());
        wrong.extend(looks::pdf(&answer.bytes().await.unwrap()));
        w.tally.note("a notice as PDF", &payload.id, wrong);
        let number = w.numbers[n].clone();
        let request = w.one.request(reqwest::Method::POST, &format!("/console/reports/{number}/package"));
        let answer = request.header("sec-fetch-site", "same-origin").form(&[("csrf", &w.csrf)]).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{number}");
        let mut wrong = looks::headers(answer.headers());
        wrong.extend(looks::package(&answer.bytes().await.unwrap()));
        w.tally.note("an evidence package", &payload.id, wrong);
    }
    w.get("referrals to agencies", "all", "/console/referrals").await;
    for payload in &drawn {
        picture(&mut w, &device, payload).await;
    }
    w.files();
    spotter_server::audit::verify(w.server.app.store.read()).await.unwrap();
    let (payloads, t) = (texts.len() + drawn.len(), &w.tally);
    println!("{payloads} payloads, {} places, {} fired ({} looks)", t.places.len(), t.fired.len(), t.looks);
    assert!(t.fired.is_empty(), "{:#?}", &t.fired[..t.fired.len().min(40)]);
    assert!(!full || (payloads >= 200 && t.places.len() >= 30));
}

/// A picture up, into a case and a package, and down again as a reviewer sees it.
async fn picture(w: &mut World, device: &Device, payload: &Payload) {
    let (bytes, what) = (pictures::make(&payload.make), payload.make.as_str());
    assert!(bytes.len() <= spotter_model::limits::BLOB_BYTES, "{what}: {} bytes", bytes.len());
    let hash = sha256_hex(&bytes);
    let answer = device.blob(&w.server, &hash, &bytes).await;
    let status = w.tally.machine("a picture, uploaded", what, answer).await;
    assert!(matches!(status, 201 | 415), "{what}: {status}");
    let mut report = common::report(what);
    report["place"]["marketplace"] = json!("other.example");
    report["evidence"][1] = json!({ "kind": "picture", "state": "included", "sha256": hash, "media_type": "image/png", "bytes": bytes.len().max(1) });
    let accepted = device.send(&w.server, &report).await;
    let receipt = common::opened(&w.server.app, &accepted["receipt"], spotter_model::dsse::RECEIPT_TYPE);
    let number = receipt["number"].as_str().unwrap();
    let began = std::time::Instant::now();
    let answer = w.one.request(reqwest::Method::GET, &format!("/console/pictures/{hash}")).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let shown = answer.bytes().await.unwrap();
    let mut wrong = looks::headers(&headers);
    let kind = headers["content-type"].to_str().unwrap();
    match status {
        200 => {
            let policy = headers["content-security-policy"].to_str().unwrap();
            let small = image::load_from_memory(&shown).is_ok_and(|p| p.width() <= 1_600 && p.height() <= 1_600);
            if !matches!(kind, "image/png" | "image/jpeg") || !policy.contains("sandbox") || !small {
                wrong.push(format!("{kind} under {policy}"));
            }
            for sign in [b"<script".as_slice(), b"fired", b"%PDF", b"PK\x03\x04"] {
                if shown.windows(sign.len()).any(|part| part == sign) {
                    wrong.push(format!("what hid in it came along: {}", sign.escape_ascii()));
                }
            }
        }
        404 | 422 => wrong.extend(looks::page(&String::from_utf8_lossy(&shown))),
        _ => wrong.push(format!("status {status}")),
    }
    if began.elapsed().as_secs() > 20 {
        wrong.push(format!("it took {:?}", began.elapsed()));
    }
    w.tally.note("a picture, as reviewers see it", what, wrong);
    let package = w.one.request(reqwest::Method::POST, &format!("/console/reports/{number}/package"));
    let answer = package.header("sec-fetch-site", "same-origin").form(&[("csrf", &w.csrf)]).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{what}");
    let wrong = looks::package(&answer.bytes().await.unwrap());
    w.tally.note("an evidence package with pictures", what, wrong);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fifth_of_the_hostile_content_goes_the_whole_way_and_fires_nowhere() {
    the_whole_way(false).await;
}

/// All of it: a long proof.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a long proof: every payload through every channel"]
async fn all_hostile_content_goes_the_whole_way_and_fires_nowhere() {
    the_whole_way(true).await;
}

/// The looks themselves: written raw, as a careless template would, the payloads are found.
#[test]
fn the_looks_see_what_a_careless_server_would_send() {
    let all = way::payloads();
    let of = |kind: &'static str| all.iter().filter(move |p| p.kind == kind);
    let raw = |before: &str, text: &str, after: &str| {
        looks::page(&format!("<!DOCTYPE html><title>x</title><main>{before}{text}{after}</main>"))
    };
    assert_eq!(raw("<p>", "plain", "</p>"), Vec::<String>::new());
    let seen = |p: &Payload| {
        let around = [
            ("<p>", "</p>"),
            ("<p title=\"", "\">x</p>"),
            ("<p title='", "'>x</p>"),
            ("<textarea>", "</textarea>"),
            ("<a href=\"", "\">x</a>"),
        ];
        around.iter().any(|(before, after)| !raw(before, &p.text, after).is_empty())
    };
    // All but a handful, which are for template languages that this server does not have.
    let unseen: Vec<&str> = of("markup").filter(|p| !seen(p)).map(|p| p.text.as_str()).collect();
    assert!(unseen.len() <= 3, "{unseen:?}");
    for p in of("bidi") {
        assert!(!raw("<p>", &p.text, "</p>").is_empty(), "{}: {:?}", p.id, p.text);
    }
    let careless = |p: &&Payload| !looks::rows(format!("{},x\r\n", p.text).as_bytes()).is_empty();
    let (formulas, found) = (of("formula").count(), of("formula").filter(careless).count());
    assert!(found * 10 >= formulas * 8, "{found} of {formulas}");
    let letter = |subject: &str| {
        let head = "From: a@b.example\r\nTo: c@d.example\r\nMessage-ID: <1@b.example>\r\nSubject: ";
        let tail = "\r\nContent-Language: en\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
                    Content-Transfer-Encoding: base64\r\n\r\neA==\r\n";
        looks::mail(format!("{head}{subject}{tail}").as_bytes(), "c@d.example")
    };
    assert_eq!(letter("plain"), Vec::<String>::new());
    for p in of("header").filter(|p| p.text.contains("\nBcc")) {
        assert!(!letter(&p.text).is_empty(), "{}: {:?}", p.id, p.text);
    }
    assert!(!looks::package(b"PK\x03\x04fired").is_empty());
}
