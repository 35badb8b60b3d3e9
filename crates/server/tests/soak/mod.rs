//! Reports sent while the server is killed again and again. Shared by the durability test and the soak example.
//!
//! The server is the real binary in its own process, killed with SIGKILL; the clients keep the same id and the same
//! bytes until they are told 200 or 201, as the extension's outbox does.

use crate::common::postgres::{self, Cluster};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use spotter_model::dsse::{self, BLOB_TYPE, HEADER_KEY, HEADER_SIGNATURE, REPORT_TYPE, REQUEST_TYPE};
use spotter_server::store::{Store, blobs, reports};
use spotter_server::{audit, sign};
use sqlx::Row as _;
use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What to do.
pub struct Plan {
    pub server: PathBuf,
    /// Servers that share the data folder; one each time is killed.
    pub servers: usize,
    /// It is killed instead of a server, with everything that is in its memory.
    pub database: Option<Cluster>,
    pub reports: usize,
    pub kills: usize,
    pub clients: usize,
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, serde::Serialize)]
pub struct Outcome {
    pub seed: u64,
    pub sent: usize,
    pub attempts: usize,
    pub acknowledged: usize,
    pub stored: usize,
    pub cases: usize,
    pub blobs_acknowledged: usize,
    pub lost: usize,
    pub duplicated: usize,
    pub kills: usize,
    pub kills_while_sending: usize,
    pub audit_links: i64,
    pub seconds: f64,
}

/// A server process.
pub struct Process {
    child: Child,
    pub ready: Value,
}

impl Process {
    /// Starts the server and waits for its ready line.
    pub fn start(server: &Path, arguments: &[&str]) -> std::io::Result<Self> {
        // A line for each of thousands of requests would bury what went wrong.
        let mut command = Command::new(server);
        let mut child = command.args(arguments).env("SPOTTER_LOG", "warn").stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let ready =
            serde_json::from_str(&line).map_err(|e| std::io::Error::other(format!("not ready: {line:?} {e}")))?;
        Ok(Self { child, ready })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL.
    pub fn kill(mut self) -> std::io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Waits until it has ended.
    pub fn wait(mut self) -> std::io::Result<()> {
        self.child.wait().map(drop)
    }

    /// SIGTERM, and whether it ended well.
    pub fn stop(mut self) -> std::io::Result<bool> {
        let pid = rustix::process::Pid::from_raw(self.child.id() as i32).ok_or(std::io::ErrorKind::NotFound)?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        Ok(self.child.wait()?.success())
    }
}

pub struct Device {
    key: SigningKey,
    key_id: String,
}

impl Device {
    pub fn new() -> Self {
        let key = SigningKey::from_bytes(&spotter_server::random::bytes::<32>());
        let key_id = sign::fingerprint(&key.verifying_key().to_bytes());
        Self { key, key_id }
    }

    fn sign(&self, kind: &str, payload: &[u8]) -> String {
        STANDARD.encode(self.key.sign(&dsse::pae(kind, payload)).to_bytes())
    }

    pub async fn enrol(&self, http: &reqwest::Client, origin: &str, code: &str) {
        let body = json!({
            "code": code,
            "public_key": STANDARD.encode(self.key.verifying_key().to_bytes()),
            "proof": self.sign(REQUEST_TYPE, format!("enrol {code}").as_bytes()),
        });
        let answer = http.post(format!("{origin}/v1/enrolments")).json(&body).send().await.expect("the server answers");
        assert_eq!(answer.status(), 201);
    }

    pub fn put(
        &self,
        http: &reqwest::Client,
        url: String,
        kind: &str,
        signed: &[u8],
        body: Vec<u8>,
    ) -> reqwest::RequestBuilder {
        http.put(url)
            .header("content-type", if kind == BLOB_TYPE { "image/png" } else { kind })
            .header(HEADER_KEY, &self.key_id)
            .header(HEADER_SIGNATURE, self.sign(kind, signed))
            .body(body)
    }

    pub fn put_report(&self, http: &reqwest::Client, origin: &str, id: &str, body: Vec<u8>) -> reqwest::RequestBuilder {
        self.put(http, format!("{origin}/v1/reports/{id}"), REPORT_TYPE, &body.clone(), body)
    }
}

/// A synthetic report; some name a blob.
pub fn report(id: &str, n: usize, blob: Option<&str>) -> Vec<u8> {
    let mut evidence = vec![json!({ "kind": "listing_text", "state": "included" })];
    if let Some(sha256) = blob {
        evidence.push(json!({ "kind": "screenshot", "state": "included", "sha256": sha256, "media_type": "image/png", "bytes": 24 }));
    }
    let url = format!("https://market.example/item/{n}");
    let report = json!({
        "schema": "wildlife-report/1", "report_id": id, "created_at": "2026-11-23T22:13:54.123Z", "matched_at": "2026-11-23T22:13:50Z",
        "utc_offset_minutes": 0,
        "client": { "extension": "0.1.0", "browser": "firefox", "pack": "1", "locale": "en" },
        "place": { "marketplace": "market.example", "listing_id": n.to_string(), "url_canonical": url, "url_at_match": url, "url_observed": url },
        "listing": { "id": n.to_string(), "title": format!("Synthetic listing {n}"), "description": "x".repeat(n % 4000) },
        "card_only": false, "missed_by_detector": false,
        "assessment": { "id": "", "level": "possible", "score": 0.5, "wildlife_score": 0.5, "taxa": [], "groups": [], "commodities": [],
                        "cues": [], "claims": [], "methods": [], "disguised": false, "reportable": "check", "grounds": [] },
        "no_contact_made": true, "evidence": evidence,
    });
    serde_json::to_vec(&report).expect("JSON")
}

/// A UUID from a seeded generator: ids only have to differ.
pub fn uuid(random: &mut fastrand::Rng) -> String {
    let h = format!("{:032x}", random.u128(..));
    format!("{}-{}-4{}-a{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
}

#[derive(Default)]
struct Tally {
    attempts: AtomicUsize,
    acknowledged: AtomicUsize,
    acknowledged_ids: Mutex<HashSet<String>>,
    /// Receipts by report; the server may never give two.
    receipts: Mutex<HashMap<String, HashSet<String>>>,
    created_twice: AtomicUsize,
    blobs: Mutex<HashSet<String>>,
}

struct Job {
    id: String,
    body: Vec<u8>,
    blob: Option<(String, Vec<u8>)>,
}

/// Sends one report until it is acknowledged; a connection that breaks says nothing about what was stored.
async fn deliver(http: &reqwest::Client, origin: &str, device: &Device, job: &Job, tally: &Tally) {
    if let Some((sha256, bytes)) = &job.blob {
        loop {
            tally.attempts.fetch_add(1, Ordering::SeqCst);
            let sent = device
                .put(http, format!("{origin}/v1/blobs/{sha256}"), BLOB_TYPE, sha256.as_bytes(), bytes.clone())
                .send()
                .await;
            match sent {
                Ok(answer) if answer.status().is_success() => break,
                Ok(answer) => assert_eq!(answer.status(), 503, "a good blob was refused"),
                Err(_) => tokio::time::sleep(Duration::from_millis(3)).await,
            }
        }
        tally.blobs.lock().expect("no panic").insert(sha256.clone());
    }
    let mut created = 0;
    let mut confirmations = 0;
    // Once acknowledged, it is sent once more: the receipt has to stay the same.
    while confirmations < 2 {
        tally.attempts.fetch_add(1, Ordering::SeqCst);
        let Ok(answer) = device.put_report(http, origin, &job.id, job.body.clone()).send().await else {
            // The client's pause between tries, not a wait for anything.
            tokio::time::sleep(Duration::from_millis(3)).await;
            continue;
        };
        let status = answer.status().as_u16();
        if status == 503 {
            continue;
        }
        assert!(status == 200 || status == 201, "a good report was refused with {status}");
        // 201 is an acknowledgement even if its body breaks off.
        created += usize::from(status == 201);
        if confirmations == 0 {
            tally.acknowledged_ids.lock().expect("no panic").insert(job.id.clone());
            tally.acknowledged.fetch_add(1, Ordering::SeqCst);
        }
        confirmations += 1;
        if let Ok(body) = answer.json::<Value>().await {
            let receipt = body["receipt"].to_string();
            tally.receipts.lock().expect("no panic").entry(job.id.clone()).or_default().insert(receipt);
        }
    }
    if created > 1 {
        tally.created_twice.fetch_add(1, Ordering::SeqCst);
    }
}

/// Carries out the plan.
pub async fn run(plan: &Plan) -> std::io::Result<Outcome> {
    let began = Instant::now();
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let _database = match &plan.database {
        Some(cluster) => {
            cluster.give(&data);
            None
        }
        None => postgres::give(&data),
    };
    let data_text = data.display().to_string();
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let limits = ["--per-key", "1000000", "--per-address", "1000000"];
    let (mut processes, mut addresses) = (vec![], vec![]);
    for _ in 0..plan.servers {
        let fresh = ["serve", "--data", &data_text, "--listen", "127.0.0.1:0"];
        let process = Process::start(&plan.server, &[&fresh, &limits[..]].concat())?;
        addresses.push(process.ready["address"].as_str().unwrap_or_default().to_owned());
        processes.push(process);
    }
    let origins: Vec<String> = addresses.iter().map(|address| format!("http://{address}")).collect();
    let origin = &origins[0];
    let invited = Command::new(&plan.server).args(["invite", "--data", &data_text, "--uses", "4"]).output()?;
    let link = String::from_utf8_lossy(&invited.stdout);
    let code = link.trim().rsplit('.').next().unwrap_or_default().to_owned();
    let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().map_err(std::io::Error::other)?;
    let devices: Vec<Arc<Device>> = (0..4).map(|_| Arc::new(Device::new())).collect();
    for device in &devices {
        device.enrol(&http, origin, &code).await;
    }

    let mut sent: HashMap<String, String> = HashMap::new();
    let mut jobs = vec![];
    for n in 0..plan.reports {
        let id = uuid(&mut random);
        let blob = (n % 10 == 0).then(|| {
            let bytes = [b"\x89PNG\r\n\x1a\n".as_slice(), &random.u128(..).to_be_bytes()].concat();
            (sign::sha256_hex(&bytes), bytes)
        });
        let body = report(&id, n, blob.as_ref().map(|(h, _)| h.as_str()));
        sent.insert(id.clone(), sign::sha256_hex(&body));
        jobs.push(Job { id, body, blob });
    }

    let tally = Arc::new(Tally::default());
    let queue = Arc::new(tokio::sync::Mutex::new(jobs));
    let mut clients = vec![];
    for c in 0..plan.clients {
        let (http, tally, queue) = (http.clone(), Arc::clone(&tally), Arc::clone(&queue));
        let origin = origins[c % origins.len()].clone();
        let device = Arc::clone(&devices[c % devices.len()]);
        clients.push(tokio::spawn(async move {
            loop {
                let Some(job) = queue.lock().await.pop() else { break };
                deliver(&http, &origin, &device, &job, &tally).await;
            }
        }));
    }

    // Kills fall at random counts of acknowledged reports, and a random moment after.
    let mut moments: Vec<usize> = (0..plan.kills).map(|_| random.usize(0..plan.reports.max(1))).collect();
    moments.sort_unstable();
    let mut kills_while_sending = 0;
    let again = |n: usize| {
        let arguments = ["serve", "--data", &data_text, "--listen", &addresses[n]];
        Process::start(&plan.server, &[&arguments, &limits[..]].concat())
    };
    for moment in moments {
        while tally.acknowledged.load(Ordering::SeqCst) < moment {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros(random.u64(0..25_000))).await;
        kills_while_sending += usize::from(tally.acknowledged.load(Ordering::SeqCst) < plan.reports);
        if let Some(cluster) = &plan.database {
            cluster.kill()?;
            cluster.answers();
            continue;
        }
        let n = random.usize(0..plan.servers);
        processes.remove(n).kill()?;
        processes.insert(n, again(n)?);
    }
    for client in clients {
        client.await.map_err(std::io::Error::other)?;
    }
    for process in processes {
        process.kill()?;
    }

    // A last start recovers the log; then the database is read for what is really there.
    let last = again(0)?;
    let stopped = last.stop()?;
    assert!(stopped, "the server ends well on SIGTERM");
    let store = Store::open(&data, true).await.map_err(std::io::Error::other)?;
    let rows = sqlx::query("SELECT report_id, body_sha256 FROM reports")
        .fetch_all(store.read())
        .await
        .map_err(std::io::Error::other)?;
    let mut stored: HashMap<String, usize> = HashMap::new();
    let mut wrong = 0;
    for row in &rows {
        let (id, mark): (String, String) = (row.get(0), row.get(1));
        let kept = reports::exported(store.reader(), &id).await.map_err(std::io::Error::other)?;
        let hash = kept.map(|kept| sign::sha256_hex(&kept.body));
        if hash.is_none()
            || sent.get(&id) != hash.as_ref()
            || mark != reports::body_mark(store.keys(), hash.as_deref().unwrap_or_default())
        {
            wrong += 1;
        }
        *stored.entry(id).or_default() += 1;
    }
    let cases: i64 = sqlx::query_scalar("SELECT count(*) FROM cases")
        .fetch_one(store.read())
        .await
        .map_err(std::io::Error::other)?;
    let counted: i64 = sqlx::query_scalar("SELECT CAST(coalesce(sum(reports), 0) AS BIGINT) FROM cases")
        .fetch_one(store.read())
        .await
        .map_err(std::io::Error::other)?;
    let receipts = tally.receipts.lock().expect("no panic").clone();
    let acknowledged_ids = tally.acknowledged_ids.lock().expect("no panic").clone();
    let acknowledged_blobs = tally.blobs.lock().expect("no panic").clone();
    let mut blobs_lost = 0;
    for sha256 in &acknowledged_blobs {
        let whole = store.blobs.read(sha256).await.is_ok_and(|bytes| sign::sha256_hex(&bytes) == *sha256);
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM blobs WHERE sha256 = $1")
            .bind(blobs::mark(store.keys(), sha256))
            .fetch_one(store.read())
            .await
            .map_err(std::io::Error::other)?;
        blobs_lost += usize::from(!whole || rows != 1);
    }
    let audit_links = audit::verify(store.read()).await.map_err(std::io::Error::other)?;
    let acknowledged = tally.acknowledged.load(Ordering::SeqCst);
    let outcome = Outcome {
        seed: plan.seed,
        sent: sent.len(),
        attempts: tally.attempts.load(Ordering::SeqCst),
        acknowledged,
        stored: stored.len(),
        cases: cases as usize,
        blobs_acknowledged: acknowledged_blobs.len(),
        lost: acknowledged_ids.iter().filter(|id| !stored.contains_key(*id)).count() + wrong + blobs_lost,
        duplicated: stored.values().filter(|n| **n > 1).count()
            + receipts.values().filter(|r| r.len() > 1).count()
            + tally.created_twice.load(Ordering::SeqCst)
            + (counted as usize).abs_diff(stored.len())
            + (cases as usize).saturating_sub(stored.len()),
        kills: plan.kills + 1,
        kills_while_sending,
        audit_links,
        seconds: began.elapsed().as_secs_f64(),
    };
    store.close().await;
    Ok(outcome)
}
