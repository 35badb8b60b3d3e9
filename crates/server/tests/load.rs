//! Reports and pictures at a steady rate: what is accepted, how long it takes, what memory does, and that all of it can be read back.
//!
//! Short and slow in the suite; `cargo xtask soak load` sends 200 reports and 20 pictures of 300 KiB a second for ten minutes.
//! A report's time counts from the moment in which it was due, whether or not earlier ones were answered: a server that falls
//! behind shows it.

mod common;
#[allow(dead_code, reason = "the kill test uses the rest")]
mod soak;

use soak::{Device, Process, report, uuid};
use spotter_model::dsse::BLOB_TYPE;
use spotter_server::store::{Store, reports};
use spotter_server::{audit, sign};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Every so many-th report has a picture.
const A_PICTURE_IN: u64 = 10;
const PICTURE_BYTES: usize = 300 * 1024;
const DEVICES: u64 = 50;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |v| v.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

#[derive(Default)]
struct Told {
    /// What was acknowledged, with the hash of the bytes that were sent.
    reports: HashMap<String, String>,
    pictures: Vec<String>,
    took: BTreeMap<&'static str, Vec<Duration>>,
    errors: BTreeMap<String, usize>,
}

impl Told {
    /// Whether it was accepted; the time is kept either way.
    fn heard(&mut self, what: &'static str, due: Instant, answer: &reqwest::Result<reqwest::Response>) -> bool {
        self.took.entry(what).or_default().push(due.elapsed());
        let error = match answer {
            Ok(answer) if answer.status() == 201 => return true,
            Ok(answer) => answer.status().to_string(),
            Err(_) => "no answer".to_owned(),
        };
        *self.errors.entry(format!("{what}: {error}")).or_default() += 1;
        false
    }
}

struct Sender {
    http: reqwest::Client,
    origin: String,
    devices: Vec<Device>,
    told: Mutex<Told>,
}

impl Sender {
    /// One report, and its picture before it where it has one.
    async fn send(&self, n: u64, due: Instant) {
        let mut random = fastrand::Rng::new();
        let device = &self.devices[(n % DEVICES) as usize];
        let picture = n.is_multiple_of(A_PICTURE_IN).then(|| {
            let mut bytes = vec![0; PICTURE_BYTES];
            random.fill(&mut bytes);
            bytes[..8].copy_from_slice(b"\x89PNG\r\n\x1a\n");
            (sign::sha256_hex(&bytes), bytes)
        });
        let named = picture.as_ref().map(|(sha256, _)| sha256.clone());
        if let Some((sha256, bytes)) = picture {
            let url = format!("{}/v1/blobs/{sha256}", self.origin);
            let answer = device.put(&self.http, url, BLOB_TYPE, sha256.as_bytes(), bytes).send().await;
            let mut told = self.told.lock().unwrap();
            if told.heard("picture", due, &answer) {
                told.pictures.push(sha256);
            }
        }
        // A report that waited for its picture is not late by that.
        let due = if named.is_some() { Instant::now() } else { due };
        let id = uuid(&mut random);
        let body = report(&id, n as usize, named.as_deref());
        let hash = sign::sha256_hex(&body);
        let answer = device.put_report(&self.http, &self.origin, &id, body).send().await;
        let mut told = self.told.lock().unwrap();
        if told.heard("report", due, &answer) {
            told.reports.insert(id, hash);
        }
    }
}

/// KiB of memory that a process holds.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn start(data: &str) -> Process {
    // All of it comes from one address.
    let limits = ["--per-key", "1000000", "--per-address", "1000000", "--connections-per-address", "1024"];
    let server = Path::new(env!("CARGO_BIN_EXE_spotter-server"));
    Process::start(server, &[&["serve", "--data", data, "--listen", "127.0.0.1:0"], &limits[..]].concat()).unwrap()
}

/// Everything that was acknowledged is there as it was sent. Returns how many links the audit chain has.
async fn read_back(data: &Path, told: &Told) -> i64 {
    let store = Store::open(data, true).await.unwrap();
    for (id, hash) in &told.reports {
        let kept = reports::exported(store.reader(), id).await.unwrap().unwrap_or_else(|| panic!("{id} is lost"));
        assert_eq!(sign::sha256_hex(&kept.body), *hash, "{id} is kept otherwise than it was sent");
    }
    for sha256 in &told.pictures {
        assert_eq!(sign::sha256_hex(&store.blobs.read(sha256).await.unwrap()), *sha256);
    }
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM reports").fetch_one(store.read()).await.unwrap();
    assert_eq!(kept, told.reports.len() as i64, "what was not acknowledged is not there, and nothing twice");
    let links = audit::verify(store.read()).await.unwrap();
    store.close().await;
    links
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_at_a_steady_rate_is_accepted_and_can_be_read_back() {
    let rate = setting("SPOTTER_LOAD_RATE", 40);
    let seconds = setting("SPOTTER_LOAD_SECONDS", 3);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _database = common::postgres::give(&data);
    let process = start(data.to_str().unwrap());
    let origin = format!("http://{}", process.ready["address"].as_str().unwrap());
    let server = env!("CARGO_BIN_EXE_spotter-server");
    let invited =
        Command::new(server).args(["invite", "--uses", &DEVICES.to_string(), "--data"]).arg(&data).output().unwrap();
    let link = String::from_utf8(invited.stdout).unwrap();
    let code = link.trim().rsplit('.').next().unwrap();
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    let mut devices = vec![];
    for _ in 0..DEVICES {
        let device = Device::new();
        device.enrol(&http, &origin, code).await;
        devices.push(device);
    }
    let sender = Arc::new(Sender { http, origin, devices, told: Mutex::default() });

    let before = memory(process.id());
    let began = tokio::time::Instant::now();
    let mut under_way = tokio::task::JoinSet::new();
    let mut most = before;
    for n in 0..rate * seconds {
        let due = began + Duration::from_micros(n * 1_000_000 / rate);
        tokio::time::sleep_until(due).await;
        let sender = Arc::clone(&sender);
        under_way.spawn(async move { sender.send(n, due.into_std()).await });
        while let Some(done) = under_way.try_join_next() {
            done.unwrap();
        }
        if n % rate == 0 {
            most = most.max(memory(process.id()));
        }
    }
    while let Some(done) = under_way.join_next().await {
        done.unwrap();
    }
    let took = began.elapsed();
    let after = memory(process.id());
    assert!(process.stop().unwrap(), "the server ends well on SIGTERM");

    let told = std::mem::take(&mut *sender.told.lock().unwrap());
    println!(
        "{rate} reports and {} pictures of 300 KiB a second for {seconds} s ({:.1} s until the last was answered)",
        rate / A_PICTURE_IN,
        took.as_secs_f64()
    );
    for (what, mut times) in told.took.clone() {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
        println!(
            "  {what:8} {:6} sent, p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
            times.len(),
            at(50),
            at(99),
            at(100)
        );
    }
    println!(
        "  accepted: {} reports, {} pictures; errors: {:?}; memory {} MiB before, {} MiB after, {} MiB at most",
        told.reports.len(),
        told.pictures.len(),
        told.errors,
        before / 1024,
        after / 1024,
        most / 1024
    );
    let links = read_back(&data, &told).await;
    println!("  read back: {} reports, {} pictures; {links} links verify", told.reports.len(), told.pictures.len());
    assert!(told.errors.is_empty(), "{:?}", told.errors);
    assert_eq!(told.reports.len() as u64, rate * seconds);
}
