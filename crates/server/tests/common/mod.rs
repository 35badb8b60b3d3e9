//! What the integration tests share: a real server on a real database, a device that signs, a reviewer's browser.
#![allow(dead_code, reason = "each test binary uses its part")]

pub mod bucket;
pub mod html;
pub mod postgres;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::Digest as _;
use spotter_model::Tier;
use spotter_model::dsse::{
    self, BLOB_TYPE, Envelope, HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, REPORT_TYPE, REQUEST_TYPE,
};
use spotter_server::app::Shared;
use spotter_server::config::Serve;
use spotter_server::serve::Server;
use spotter_server::store::engine::Kind;
use spotter_server::store::{devices, reviewers};
use spotter_server::{clock, random, sign};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const PASSWORD: &str = "a long enough password";
static PASSWORD_HASH: LazyLock<String> =
    LazyLock::new(|| spotter_server::console::session::hash_password(PASSWORD).unwrap());

/// A running server on a free port, with a clock that can be moved.
pub struct Running {
    pub origin: String,
    pub app: Shared,
    pub http: Client,
    skew_s: Arc<AtomicI64>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
    data: Arc<(TempDir, Option<postgres::Given>)>,
}

pub fn settings(data: &Path) -> Serve {
    Serve {
        listen: "127.0.0.1:0".parse().unwrap(),
        undo_ms: 200,
        confirm_first: 0,
        organisation: "Test programme".into(),
        contact: "notices@programme.example".into(),
        webhook_addresses: vec!["127.0.0.1".parse().unwrap()],
        per_key: 100_000,
        per_address: 100_000,
        connections_per_address: 1024,
        ..Serve::at(data)
    }
}

impl Running {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Serve)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = settings(data.path());
        change(&mut settings);
        let database = postgres::give(&settings.data);
        if settings.blobs.is_none() {
            bucket::give(&settings.data);
        }
        Self::on(Arc::new((data, database)), &settings).await
    }

    /// With its rows in a file, wherever the tests have theirs.
    pub async fn in_a_file() -> Self {
        let data = tempfile::tempdir().unwrap();
        let settings = settings(data.path());
        Self::at(Arc::new((data, None)), &settings).await
    }

    /// Another server on the same folder and database, with a clock of its own.
    pub async fn beside(&self) -> Self {
        Self::on(Arc::clone(&self.data), &settings(self.data())).await
    }

    async fn on(data: Arc<(TempDir, Option<postgres::Given>)>, settings: &Serve) -> Self {
        let running = Self::at(data, settings).await;
        assert_eq!(running.app.store.kind() == Kind::Postgres, postgres::wanted());
        running
    }

    async fn at(data: Arc<(TempDir, Option<postgres::Given>)>, settings: &Serve) -> Self {
        let skew_s = Arc::new(AtomicI64::new(0));
        let skew = Arc::clone(&skew_s);
        let clock: clock::Clock =
            Arc::new(move || time::OffsetDateTime::now_utc() + time::Duration::seconds(skew.load(Ordering::SeqCst)));
        let server = Server::bind(settings, clock).await.unwrap();
        let app = server.app();
        let address = server.ready()["address"].as_str().unwrap().to_owned();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { origin: format!("http://{address}"), app, http, skew_s, stop: Some(stop), task: Some(task), data }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The server's folder, for commands beside it.
    pub fn data(&self) -> &Path {
        self.data.0.path()
    }

    pub fn move_clock(&self, seconds: i64) {
        self.skew_s.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Asks the server to stop; [`Running::stopped`] waits for it.
    pub fn ask_to_stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    pub async fn stopped(&mut self) {
        self.task.take().unwrap().await.unwrap();
    }

    pub async fn invitation(&self, uses: u32) -> String {
        let code = random::token();
        let mut tx = self.app.store.begin().await.unwrap();
        let new = devices::Invited {
            uses: uses.into(),
            cohort: "autumn".into(),
            tier: Tier::Spotter,
            replaces: None,
            organisation_id: 1,
        };
        devices::invite(&mut tx, &code, &new, &self.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        code
    }

    pub async fn device(&self) -> Device {
        let device = Device::new();
        let code = self.invitation(1).await;
        let answer = self.http.post(self.url("/v1/enrolments")).json(&device.enrolment(&code)).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        device
    }

    pub async fn reviewer(&self, name: &str) -> Browser {
        let mut tx = self.app.store.begin().await.unwrap();
        reviewers::set(&mut tx, name, &PASSWORD_HASH, &self.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut browser = Browser::new(self);
        browser.log_in(name, PASSWORD).await;
        browser
    }
}

impl Running {
    /// The database itself refuses this, whoever asks: by a constraint or a trigger, and not because it does not understand it.
    pub async fn refuses(&self, sql: &str) {
        let mut tx = self.app.store.begin().await.unwrap();
        let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await;
        let Err(sqlx::Error::Database(error)) = done else { panic!("{sql}: {done:?}") };
        let code = error.code().unwrap_or_default();
        let refused = if postgres::wanted() {
            code.starts_with("23") || code == "P0001"
        } else {
            // SQLITE_CONSTRAINT, the lowest byte of its kinds.
            code.parse::<u32>().is_ok_and(|code| code & 0xff == 19)
        };
        assert!(refused, "{sql}: {code} {error}");
    }

    /// A reviewer who is logged in already: logins from one address are few on purpose.
    pub async fn reviewer_with_session(&self, name: &str) -> Browser {
        let mut tx = self.app.store.begin().await.unwrap();
        reviewers::set(&mut tx, name, &PASSWORD_HASH, &self.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        let (id, _) = reviewers::password_of(self.app.store.read(), name).await.unwrap().unwrap();
        let token = random::token();
        let hash = sha2::Sha256::digest(token.as_bytes());
        let mut tx = self.app.store.begin().await.unwrap();
        reviewers::begin_session(&mut tx, &hash, id, &random::token(), self.app.now_s()).await.unwrap();
        tx.commit().await.unwrap();
        let mut browser = Browser::new(self);
        browser.cookies.push(("spotter-session".to_owned(), token));
        browser
    }
}

/// A device that signs as the extension does.
pub struct Device {
    pub key: SigningKey,
    pub key_id: String,
}

impl Device {
    pub fn new() -> Self {
        let key = SigningKey::from_bytes(&random::bytes::<32>());
        let key_id = sign::fingerprint(&key.verifying_key().to_bytes());
        Self { key, key_id }
    }

    pub fn sign(&self, kind: &str, payload: &[u8]) -> String {
        STANDARD.encode(self.key.sign(&dsse::pae(kind, payload)).to_bytes())
    }

    pub fn enrolment(&self, code: &str) -> Value {
        json!({
            "code": code,
            "public_key": STANDARD.encode(self.key.verifying_key().to_bytes()),
            "proof": self.sign(REQUEST_TYPE, format!("enrol {code}").as_bytes()),
        })
    }

    pub fn signed(&self, request: RequestBuilder, kind: &str, payload: &[u8]) -> RequestBuilder {
        request.header(HEADER_KEY, &self.key_id).header(HEADER_SIGNATURE, self.sign(kind, payload))
    }

    pub async fn report(&self, server: &Running, id: &str, body: &[u8]) -> Response {
        let request = server.http.put(server.url(&format!("/v1/reports/{id}"))).header("content-type", REPORT_TYPE);
        self.signed(request, REPORT_TYPE, body).body(body.to_vec()).send().await.unwrap()
    }

    /// Sends a report as it is and expects it to be new.
    pub async fn send(&self, server: &Running, report: &Value) -> Value {
        let body = serde_json::to_vec(report).unwrap();
        let answer = self.report(server, report["report_id"].as_str().unwrap(), &body).await;
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    pub async fn blob(&self, server: &Running, hash: &str, bytes: &[u8]) -> Response {
        let request = server.http.put(server.url(&format!("/v1/blobs/{hash}")));
        self.signed(request, BLOB_TYPE, hash.as_bytes()).body(bytes.to_vec()).send().await.unwrap()
    }

    pub async fn status(&self, server: &Running) -> Value {
        let date = clock::stamp((server.app.clock)());
        let request = server.http.get(server.url("/v1/status")).header(HEADER_DATE, &date);
        let answer =
            self.signed(request, REQUEST_TYPE, format!("GET /v1/status {date}").as_bytes()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }
}

pub fn uuid() -> String {
    let h = sign::hex(&random::bytes::<16>());
    format!("{}-{}-4{}-a{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
}

/// A synthetic report of a listing with this number.
pub fn report(listing: &str) -> Value {
    let title = "Carved ivory netsuke, old, signed";
    json!({
        "schema": "wildlife-report/1",
        "report_id": uuid(),
        "created_at": "2026-11-23T22:13:54.123Z",
        "matched_at": "2026-11-23T22:13:50Z",
        "utc_offset_minutes": 60,
        "client": { "extension": "0.1.0", "browser": "chromium", "pack": "1", "locale": "en" },
        "place": {
            "marketplace": "market.example",
            "listing_id": listing,
            "url_canonical": format!("https://market.example/item/{listing}"),
            "url_at_match": format!("https://market.example/item/{listing}"),
            "url_observed": format!("https://market.example/item/{listing}"),
        },
        "listing": {
            "id": listing, "kind": "listing", "title": title, "price": "$ 240.00", "seller": "synthetic-seller",
            "description": "From an estate. Carved, 5 cm. Shipped in a plain box.", "location": "Port Example",
        },
        "card_only": false,
        "missed_by_detector": false,
        "assessment": {
            "id": listing, "level": "likely", "score": 0.93, "wildlife_score": 0.95,
            "taxa": [{ "id": "loxodonta-africana", "scientificName": "Loxodonta africana",
                       "listings": [{ "appendix": "I" }, { "appendix": "II", "population": "Botswana" }] }],
            "groups": ["elephant"], "commodities": ["IVC"],
            "cues": [
                { "kind": "name", "concept": "elephant-ivory", "field": "title", "start": 7, "end": 12, "text": "ivory", "weight": 2.4 },
                { "kind": "commodity", "concept": "carving", "field": "title", "start": 0, "end": 6, "text": "Carved", "weight": 0.9 },
                { "kind": "method", "concept": "plain-packing", "field": "description", "start": 43, "end": 52, "text": "plain box", "weight": 0.3 },
            ],
            "claims": [], "methods": ["plain-packing"], "disguised": false, "reportable": "check", "grounds": [],
        },
        "note": "Seen on the first page.",
        "no_contact_made": true,
        "evidence": [{ "kind": "listing_text", "state": "included", "bytes": 0 }, { "kind": "screenshot", "state": "not_permitted", "bytes": 0 }],
    })
}

/// The payload of an envelope, after its signature was verified against the server's key.
pub fn opened(app: &Shared, envelope: &Value, kind: &str) -> Value {
    let envelope: Envelope = serde_json::from_value(envelope.clone()).unwrap();
    assert_eq!(envelope.payload_type, kind);
    assert_eq!(envelope.signatures[0].keyid, app.key.fingerprint());
    let payload = STANDARD.decode(&envelope.payload).unwrap();
    let public = sign::decode::<32>(&app.key.public_base64()).unwrap();
    let signature = sign::decode::<64>(&envelope.signatures[0].sig).unwrap();
    assert!(sign::verify(&public, kind, &payload, &signature));
    serde_json::from_slice(&payload).unwrap()
}

/// A reviewer's browser: keeps cookies, sends what a browser sends.
pub struct Browser {
    http: Client,
    origin: String,
    cookies: Vec<(String, String)>,
}

pub struct Page {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |v| v.to_str().unwrap())
    }

    /// The value of the first hidden field of this name.
    pub fn field(&self, name: &str) -> String {
        let at = self.text.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no field {name}"));
        let rest = &self.text[at..];
        let from = rest.find("value=\"").unwrap() + 7;
        rest[from..].split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    /// What a real browser needs to go on as this one, for a person who wants to see a page.
    pub fn cookies(&self) -> &[(String, String)] {
        &self.cookies
    }

    /// Where the pages are.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn new(server: &Running) -> Self {
        let port = server.origin.rsplit(':').next().unwrap();
        Self { http: server.http.clone(), origin: format!("http://localhost:{port}"), cookies: vec![] }
    }

    /// At a server, as somebody who is known already.
    pub fn with(server: &Running, cookies: &[(String, String)]) -> Self {
        Self { cookies: cookies.to_owned(), ..Self::new(server) }
    }

    /// At a server that is a process of its own.
    pub fn at(http: Client, origin: &str) -> Self {
        Self { http, origin: origin.to_owned(), cookies: vec![] }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let jar = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
        self.http.request(method, format!("{}{path}", self.origin)).header("cookie", jar)
    }

    pub async fn go(&mut self, request: RequestBuilder) -> Page {
        let answer = request.send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(n, _)| n != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Page { status: answer.status().as_u16(), headers: answer.headers().clone(), text: answer.text().await.unwrap() }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path);
        self.go(request).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.request(Method::POST, path).header("sec-fetch-site", "same-origin").form(fields);
        self.go(request).await
    }

    pub async fn log_in(&mut self, name: &str, password: &str) -> Page {
        let csrf = self.get("/console/login").await.field("csrf");
        self.post("/console/login", &[("csrf", &csrf), ("name", name), ("password", password)]).await
    }

    /// Writes down a company of `market.example` that gets its notices by mail, with one clause. Both have number 1.
    pub async fn market(&mut self, name: &str) {
        let csrf = self.get("/console/companies").await.field("csrf");
        let company = [
            ("csrf", csrf.as_str()),
            ("id", "0"),
            ("name", name),
            ("languages", "en"),
            ("hosts", "market.example"),
            ("channel", "email"),
            ("contact", "trust@market.example"),
            ("address", ""),
            ("item_format", "{id}"),
            ("answer_days", "14"),
        ];
        assert_eq!(self.post("/console/companies", &company).await.location(), "/console/companies/1");
        let clause = [
            ("csrf", csrf.as_str()),
            ("title", "Animal products"),
            ("address", "https://market.example/rules"),
            ("read_on", "2026-11-20"),
        ];
        assert_eq!(self.post("/console/companies/1/clauses", &clause).await.status, 303);
    }

    pub async fn decide(&mut self, case: i64, decision: &str, reason: &str) -> Page {
        let page = self.get(&format!("/console/cases/{case}")).await;
        let (csrf, version) = (page.field("csrf"), page.field("version"));
        self.post(
            &format!("/console/cases/{case}/decide"),
            &[("csrf", &csrf), ("version", &version), ("decision", decision), ("reason", reason)],
        )
        .await
    }
}
