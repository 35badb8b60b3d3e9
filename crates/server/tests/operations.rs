//! Running it: settings, what is watched, slow and many clients, ending, backups, and disks that fail. All with the real binary in
//! its own process, as whoever runs it has it.

mod common;
#[allow(dead_code, reason = "the kill test uses the rest")]
mod soak;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use soak::Device;
use spotter_server::keys::Keys;
use spotter_server::store::cases::kinds;
use spotter_server::store::{Store, blobs, reports};
use spotter_server::{audit, sign};
use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_spotter-server");

/// A server in its own process, its log in a file.
struct Server {
    child: Child,
    ready: Value,
    log: PathBuf,
    data: PathBuf,
    http: reqwest::Client,
    _folder: Option<TempDir>,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut server = Self::on(&data, folder.path(), arguments, |_| {});
        server._folder = Some(folder);
        server
    }

    /// On this data folder, with the log beside it.
    fn on(data: &Path, beside: &Path, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(arguments);
        change(&mut command);
        Self::from(command, data, beside)
    }

    fn from(mut command: Command, data: &Path, beside: &Path) -> Self {
        let log = beside.join("log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("not ready: {line:?} {}", std::fs::read_to_string(&log).unwrap()));
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { child, ready, log, data: data.to_owned(), http, _folder: None }
    }

    fn origin(&self) -> String {
        format!("http://{}", self.address())
    }

    fn address(&self) -> &str {
        self.ready["address"].as_str().unwrap()
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.origin())).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn device(&self) -> Device {
        let device = Device::new();
        let link = said(run(&["invite", "--data", &self.data.display().to_string()]));
        device.enrol(&self.http, &self.origin(), link.trim().rsplit('.').next().unwrap()).await;
        device
    }

    async fn metrics(&self) -> String {
        let address = self.ready["metrics"].as_str().unwrap();
        self.http.get(format!("http://{address}/metrics")).send().await.unwrap().text().await.unwrap()
    }

    fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_raw(self.child.id() as i32).unwrap()
    }

    fn ask_to_stop(&self) {
        rustix::process::kill_process(self.pid(), rustix::process::Signal::TERM).unwrap();
    }

    fn stop(self) {
        self.ask_to_stop();
        self.ended_well();
    }

    fn ended_well(mut self) {
        assert!(self.child.wait().unwrap().success(), "{}", std::fs::read_to_string(&self.log).unwrap());
    }

    fn lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).unwrap();
        text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|_| panic!("no line of JSON: {l}"))).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().unwrap()
}

/// What a command said that went well.
fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a command said that did not.
fn refused(output: Output) -> String {
    assert!(!output.status.success(), "it went well: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

fn text_of(server: &Server) -> String {
    text(&server.data)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// A picture by its first bytes, and its hash.
fn picture(random: &mut fastrand::Rng) -> (String, Vec<u8>) {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend((0..random.usize(16..60_000)).map(|_| random.u8(..)));
    (sign::sha256_hex(&bytes), bytes)
}

async fn put_picture(server: &Server, device: &Device, (sha256, bytes): &(String, Vec<u8>)) -> reqwest::Response {
    let url = format!("{}/v1/blobs/{sha256}", server.origin());
    let kind = spotter_model::dsse::BLOB_TYPE;
    device.put(&server.http, url, kind, sha256.as_bytes(), bytes.clone()).send().await.unwrap()
}

/// Where a picture lies, by its hash: its file's name is a mark that only whoever has the keys can make.
fn lies_at(data: &Path, sha256: &str) -> String {
    let mark = blobs::mark(&Keys::open(&data.join("secrets")).unwrap(), sha256);
    format!("blobs/{}/{mark}", &mark[..2])
}

/// The value of a metric, by its whole name with labels.
fn metric(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

/// Waits for what has to come about, for at most ten seconds.
async fn until<F: Future<Output = bool>>(what: &str, mut come: impl FnMut() -> F) {
    let end = Instant::now() + Duration::from_secs(10);
    while !come().await {
        assert!(Instant::now() < end, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spotter.toml");
    std::fs::write(&file, "data = \"from-file\"\nper-key = 1\nper-address = 1\nundo-ms = 100\nforwarded = true\n")
        .unwrap();
    let check = |more: &[&str]| {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--check", "--config"]).arg(&file).args(more);
        command
            .env("SPOTTER_PER_KEY", "2")
            .env("SPOTTER_PER_ADDRESS", "2")
            .env("SPOTTER_WEBHOOK_ADDRESS", "10.0.0.1,::2");
        command
    };
    let printed = said(check(&["--per-key", "3"]).output().unwrap());
    for want in [
        "data = \"from-file\"  # ",
        "per-key = 3  # command line",
        "per-address = 2  # environment, SPOTTER_PER_ADDRESS",
        "undo-ms = 100  # ",
        "forwarded = true  # ",
        "webhook-address = [\"10.0.0.1\", \"::2\"]  # environment, SPOTTER_WEBHOOK_ADDRESS",
        "confirm-first = 3  # default",
        "# public-origin is not set",
    ] {
        assert!(printed.contains(want), "{want:?} is not in\n{printed}");
    }
    assert!(printed.contains("spotter.toml, line 4\n"), "{printed}");
    assert!(!folder.path().join("from-file").exists(), "a check makes nothing");
    // What a variable says is judged as on the command line.
    let bad = refused(check(&[]).env("SPOTTER_PER_KEY", "0").output().unwrap());
    assert!(bad.contains("per-key"), "{bad}");
    for (more, want) in [
        (&["--listen", "0.0.0.0:1"][..], "public-origin is needed"),
        (&["--metrics", "192.0.2.1:9"][..], "metrics must be a loopback address"),
    ] {
        assert!(refused(check(more).output().unwrap()).contains(want));
    }
    std::fs::write(&file, "per-kye = 1\n").unwrap();
    let output = check(&[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = refused(output);
    assert!(
        words.contains("spotter.toml, line 1: \"per-kye\" is no setting. There are: data, listen, public-origin"),
        "{words}"
    );
    let help = said(run(&["serve", "--help"]));
    for want in
        ["SPOTTER_PUBLIC_ORIGIN", "Limits:", "public-origin = \"https://reports.example.org\"", "docs/operations.md"]
    {
        assert!(help.contains(want), "{want} is not in the help");
    }
}

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

/// A connection on which a report's head was sent, and not yet its body.
fn half_sent(server: &Server, length: usize) -> TcpStream {
    let mut slow = TcpStream::connect(server.address()).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "PUT /v1/reports/0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         spotter-key: {}\r\nspotter-signature: {}==\r\ncontent-length: {length}\r\n\r\n{{",
        "A".repeat(43),
        "A".repeat(86)
    );
    slow.write_all(head.as_bytes()).unwrap();
    slow
}

fn rest(stream: &mut TcpStream) -> String {
    let mut answer = vec![];
    // A reset after the answer is as good as an end.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn whoever_ends_it_first_hears_that_it_is_not_ready_and_what_is_under_way_is_finished() {
    let server = Server::start(&["--drain-seconds", "1"]);
    assert_eq!(server.get("/readyz").await.0, 200);
    let mut slow = half_sent(&server, 2);
    server.get("/v1/policy").await;
    server.ask_to_stop();
    until("503 from /readyz", async || server.get("/readyz").await.0 == 503).await;
    let (_, words) = server.get("/readyz").await;
    assert!(words.contains("draining true"), "{words}");
    // The load balancer has its second: others are still served.
    assert_eq!(server.get("/v1/policy").await.0, 200);
    until("503 for what is new", async || server.get("/v1/policy").await.0 == 503).await;
    let refused = server.http.get(format!("{}/v1/policy", server.origin())).send().await.unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(server.get("/healthz").await.0, 200, "it lives");
    // The request that was under way is answered by its own merits.
    slow.write_all(b"}").unwrap();
    let answer = rest(&mut slow);
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    tokio::task::spawn_blocking(move || server.ended_well()).await.unwrap();
}

#[tokio::test]
async fn who_drips_a_head_or_a_body_is_cut_off_and_others_are_served_meanwhile() {
    let server = Server::start(&["--head-seconds", "1", "--body-seconds", "2", "--connections-per-address", "1024"]);
    let device = server.device().await;
    let began = Instant::now();
    // More than there are workers, each sending a byte now and then, as long as somebody listens.
    let stop = Arc::new(AtomicBool::new(false));
    let heads: Vec<TcpStream> = (0..60).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    let bodies: Vec<TcpStream> = (0..60).map(|_| half_sent(&server, 50_000)).collect();
    let drip = |mut streams: Vec<TcpStream>, byte: &'static [u8]| {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || {
            let mut cut = vec![];
            let mut answers = vec![];
            for stream in &streams {
                stream.set_nonblocking(true).unwrap();
            }
            while !streams.is_empty() && !stop.load(Ordering::SeqCst) {
                streams.retain_mut(|stream| {
                    let mut text = [0; 4096];
                    let open = match stream.read(&mut text) {
                        Ok(0) => false,
                        Ok(n) => {
                            answers.push(String::from_utf8_lossy(&text[..n]).into_owned());
                            true
                        }
                        Err(e) => e.kind() == std::io::ErrorKind::WouldBlock,
                    };
                    let open = open && stream.write_all(byte).is_ok();
                    if !open {
                        cut.push(began.elapsed());
                    }
                    open
                });
                std::thread::sleep(Duration::from_millis(100));
            }
            (cut, answers, streams.len())
        })
    };
    let (heads, bodies) = (drip(heads, b"G"), drip(bodies, b" "));
    let mut random = fastrand::Rng::with_seed(5);
    for n in 0..20 {
        let (id, sent) = (soak::uuid(&mut random), Instant::now());
        let answer =
            device.put_report(&server.http, &server.origin(), &id, soak::report(&id, n, None)).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        assert!(sent.elapsed() < Duration::from_secs(3), "a good report waited {:?}", sent.elapsed());
    }
    until("the end of those who drip", async || heads.is_finished() && bodies.is_finished()).await;
    stop.store(true, Ordering::SeqCst);
    let (cut, _, left) = heads.join().unwrap();
    assert_eq!((cut.len(), left), (60, 0));
    assert!(cut.iter().all(|at| *at >= Duration::from_millis(900)), "{cut:?}");
    let (cut, answers, left) = bodies.join().unwrap();
    assert_eq!((cut.len(), left), (60, 0));
    assert!(answers.iter().any(|a| a.starts_with("HTTP/1.1 408") && a.contains("too-slow")), "{:?}", answers.first());
    assert!(cut.iter().all(|at| *at >= Duration::from_millis(1_900)), "{cut:?}");
    server.stop();
}

#[tokio::test]
async fn a_form_that_drips_ends_too() {
    let server = Server::start(&["--body-seconds", "1"]);
    let mut slow = TcpStream::connect(server.address()).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let host = server.ready["origin"].as_str().unwrap().trim_start_matches("http://");
    let head = format!(
        "POST /console/login HTTP/1.1\r\nhost: {host}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nname="
    );
    let began = Instant::now();
    slow.write_all(head.as_bytes()).unwrap();
    let answer = tokio::task::spawn_blocking(move || rest(&mut slow)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 4") && began.elapsed() < Duration::from_secs(6), "{answer}");
    server.stop();
}

#[tokio::test]
async fn one_address_does_not_take_every_connection() {
    let server = Server::start(&["--connections-per-address", "5"]);
    let held: Vec<TcpStream> = (0..5).map(|_| half_sent(&server, 10)).collect();
    until("the sixth is turned away", async || {
        let mut sixth = TcpStream::connect(server.address()).unwrap();
        sixth.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let _ = sixth.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
        rest(&mut sixth).is_empty()
    })
    .await;
    drop(held);
    until("room again", async || {
        server.http.get(format!("{}/healthz", server.origin())).send().await.is_ok_and(|a| a.status() == 200)
    })
    .await;
    server.stop();
}

/// Everything that a client was told.
#[derive(Default)]
struct Told {
    reports: Mutex<Vec<(String, String)>>,
    pictures: Mutex<HashSet<String>>,
}

async fn write_on(server: Arc<Server>, device: Arc<Device>, told: Arc<Told>, stop: Arc<AtomicBool>, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    for n in 0.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let picture = picture(&mut random);
        let answer = put_picture(&server, &device, &picture).await;
        assert!(answer.status().is_success(), "{}", answer.status());
        told.pictures.lock().unwrap().insert(picture.0.clone());
        let id = soak::uuid(&mut random);
        let body = soak::report(&id, seed as usize * 100_000 + n, Some(&picture.0));
        let hash = sign::sha256_hex(&body);
        let answer = device.put_report(&server.http, &server.origin(), &id, body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        told.reports.lock().unwrap().push((id, hash));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_others_write_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| text(&folder.path().join(name));
    let limits = ["--per-key", "1000000", "--per-address", "1000000"];
    let server = Arc::new(Server::on(&folder.path().join("data"), folder.path(), &limits, |_| {}));
    let (told, stop) = (Arc::new(Told::default()), Arc::new(AtomicBool::new(false)));
    let mut writers = vec![];
    for seed in 0..4 {
        let device = Arc::new(server.device().await);
        writers.push(tokio::spawn(write_on(Arc::clone(&server), device, Arc::clone(&told), Arc::clone(&stop), seed)));
    }
    let count = || told.reports.lock().unwrap().len();
    until("forty reports", async || count() >= 40).await;

    let before: Vec<(String, String)> = told.reports.lock().unwrap().clone();
    let pictures_before = told.pictures.lock().unwrap().clone();
    let (data, backup, keys) = (place("data"), place("backup"), place("keys"));
    let arguments = ["backup", "--data", &data, "--output", &backup, "--with-secrets", &keys].map(str::to_owned);
    let made = tokio::task::spawn_blocking(move || run(&arguments.each_ref().map(String::as_str))).await.unwrap();
    let words = said(made);
    assert!(words.starts_with("backed up: "), "{words}");
    let during = count() - before.len();
    assert!(during > 0, "nobody wrote while it was made: {words}");
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    println!("{} reports before, {during} while it was made: {words}", before.len());

    // It can be checked without this program, and holds no key.
    let sums =
        Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&backup).output().unwrap();
    assert!(sums.status.success(), "{}", String::from_utf8_lossy(&sums.stderr));
    let database = std::fs::read(Path::new(&backup).join("spotter.db")).unwrap();
    for file in ["server.key", "data.key"] {
        let secret = std::fs::read(folder.path().join("data/secrets").join(file)).unwrap();
        assert!(!database.windows(32).any(|w| w == secret), "{file}");
    }
    let cases = std::fs::read(folder.path().join("data/secrets/cases.keys")).unwrap();
    assert!(!database.windows(32).any(|w| w == &cases[64 + 16..64 + 48]), "a key of a case");
    assert!(!Path::new(&backup).join("secrets").exists());
    let saved: Value = serde_json::from_slice(&std::fs::read(&keys).unwrap()).unwrap();
    let files: Vec<&String> = saved["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["cases.keys", "data.key", "server.key"]);
    let mode =
        |path: &str| std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777;
    assert_eq!((mode(&backup), mode(&keys), mode(&place("backup/spotter.db"))), (0o700, 0o600, 0o600));

    let again = place("again");
    let words = said(run(&["restore", "--from", &backup, "--data", &again, "--with-secrets", &keys]));
    assert!(words.contains("unbroken"), "{words}");
    let store = Store::open(Path::new(&again), true).await.unwrap();
    for (id, hash) in &before {
        let found: Option<String> = sqlx::query_scalar("SELECT body_sha256 FROM reports WHERE report_id = ?")
            .bind(id)
            .fetch_optional(store.read())
            .await
            .unwrap();
        assert_eq!(found, Some(reports::body_mark(store.keys(), hash)), "an acknowledged report is missing");
    }
    let marks: HashMap<String, String> = told
        .pictures
        .lock()
        .unwrap()
        .iter()
        .map(|sha256| (blobs::mark(store.keys(), sha256), sha256.clone()))
        .collect();
    let named: Vec<String> = sqlx::query_scalar("SELECT sha256 FROM blobs").fetch_all(store.read()).await.unwrap();
    let named: HashSet<String> = named.iter().map(|mark| marks[mark].clone()).collect();
    assert!(pictures_before.is_subset(&named), "an acknowledged picture is missing");
    for sha256 in &named {
        assert_eq!(sign::sha256_hex(&store.blobs.read(sha256).await.unwrap()), *sha256);
    }
    let bodies: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT body_sha256, body FROM reports").fetch_all(store.read()).await.unwrap();
    for (mark, body) in &bodies {
        let open = store.keys().open_bytes(kinds::BODY, body).unwrap().unwrap();
        assert_eq!(reports::body_mark(store.keys(), &sign::sha256_hex(&open)), *mark);
    }
    assert!(audit::verify(store.read()).await.unwrap() > before.len() as i64);
    store.close().await;

    // It answers as the same server: same key, same reports, and takes new ones.
    let restored = Server::on(Path::new(&again), &folder.path().join("again"), &["--hold-notices"], |_| {});
    assert_eq!(restored.ready["fingerprint"], server.ready["fingerprint"]);
    assert_eq!(restored.get("/healthz").await.0, 200);
    let (_, ready) = restored.get("/readyz").await;
    assert!(ready.contains(r#""outbox":"held""#), "{ready}");
    let device = restored.device().await;
    let id = soak::uuid(&mut fastrand::Rng::with_seed(99));
    let answer =
        device.put_report(&restored.http, &restored.origin(), &id, soak::report(&id, 1, None)).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    restored.stop();
    // The live server remembers that it was backed up, in the chain too.
    let server = Arc::into_inner(server).unwrap();
    server.stop();
    assert!(said(run(&["audit", "verify", "--data", &data])).contains("unbroken"));
    let live = Store::open(Path::new(&data), true).await.unwrap();
    assert!(live.meta("last_backup").await.unwrap().is_some());
    // A stopped server is backed up as well.
    live.close().await;
    let cold = place("cold");
    let words = said(run(&["backup", "--data", &data, "--output", &cold]));
    assert!(words.contains("without their newest copy"), "{words}");
    assert!(said(run(&["restore", "--from", &cold, "--check"])).starts_with("whole: "));
}

/// One copy of the keys is kept, the newest: an older one is replaced, a newer one and whatever else is not.
#[tokio::test]
async fn a_file_of_keys_is_replaced_by_newer_ones_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (data, keys) = (folder.path().join("data"), folder.path().join("keys"));
    let server = Server::on(&data, folder.path(), &[], |_| {});
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(11);
    let mut send = async |n: usize| {
        let id = soak::uuid(&mut random);
        let mut body: Value = serde_json::from_slice(&soak::report(&id, n, None)).unwrap();
        body["listing"]["seller"] = format!("Synthetic Seller {n}").into();
        let body = serde_json::to_vec(&body).unwrap();
        assert_eq!(device.put_report(&server.http, &server.origin(), &id, body).send().await.unwrap().status(), 201);
    };
    let mut backups = 0;
    let mut back_up = |to: &Path| {
        backups += 1;
        let output = text(&folder.path().join(format!("backup{backups}")));
        run(&["backup", "--data", &text(&data), "--output", &output, "--with-secrets", &text(to)])
    };
    send(0).await;
    said(back_up(&keys));
    let first = std::fs::read(&keys).unwrap();
    // One of the keys that were saved is destroyed.
    let erase =
        ["erase", "--marketplace", "market.example", "--seller", "Synthetic Seller 0", "--reason", "asked", "--yes"];
    let words = said(run(&[&erase[..], &["--data", &text(&data)]].concat()));
    assert!(words.starts_with("erased: 1 cases"), "{words}");
    std::fs::write(folder.path().join("keys.part"), "what broke off").unwrap();
    said(back_up(&keys));
    let second = std::fs::read(&keys).unwrap();
    assert!(first != second && !folder.path().join("keys.part").exists());

    let mine = folder.path().join("mine");
    std::fs::write(&mine, "mine").unwrap();
    assert!(refused(back_up(&mine)).contains("is no file of keys, so it is not written over"));
    assert_eq!(std::fs::read(&mine).unwrap(), b"mine");
    let other = folder.path().join("other");
    Server::on(&other, folder.path(), &[], |_| {}).stop();
    let strange = folder.path().join("strange");
    let output = text(&folder.path().join("strange-backup"));
    said(run(&["backup", "--data", &text(&other), "--output", &output, "--with-secrets", &text(&strange)]));
    assert!(refused(back_up(&strange)).contains("holds the keys of another endpoint"));
    server.stop();

    // Keys that lie in the folder and are older than the copy: put there by mistake, and not let over it.
    let path = data.join("secrets/cases.keys");
    let now = std::fs::read(&path).unwrap();
    for (what, older) in [
        ("shorter", now[..now.len() - 64].to_vec()),
        ("with a key that was destroyed", {
            let saved: Value = serde_json::from_slice(&first).unwrap();
            STANDARD.decode(saved["files"]["cases.keys"].as_str().unwrap()).unwrap()
        }),
    ] {
        std::fs::write(&path, older).unwrap();
        assert!(refused(back_up(&keys)).contains("holds newer keys"), "{what}");
        assert_eq!(std::fs::read(&keys).unwrap(), second, "{what}");
    }
    std::fs::write(&path, now).unwrap();
    said(back_up(&keys));
}

/// Each key that is missing is refused by every command, and giving it up costs what it sealed and no more.
#[tokio::test]
async fn keys_that_are_given_up_cost_what_they_sealed_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let (data, backup, keys) = (place("data"), place("backup"), place("keys"));
    let server = Server::on(&data, folder.path(), &[], |_| {});
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(12);
    let shot = picture(&mut random);
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 201);
    let id = soak::uuid(&mut random);
    let body = soak::report(&id, 1, Some(&shot.0));
    assert_eq!(device.put_report(&server.http, &server.origin(), &id, body).send().await.unwrap().status(), 201);
    server.stop();
    said(run(&["backup", "--data", &text(&data), "--output", &text(&backup), "--with-secrets", &text(&keys)]));
    for (lost, costs) in [("server.key", false), ("cases.keys", true), ("data.key", true)] {
        let again = place(lost);
        said(run(&["restore", "--from", &text(&backup), "--data", &text(&again), "--with-secrets", &text(&keys)]));
        let file = again.join("secrets").join(lost);
        std::fs::remove_file(&file).unwrap();
        let words = format!("secrets/{lost} is missing");
        for command in ["serve", "invite", "audit verify", "backup"] {
            let mut all: Vec<&str> = command.split(' ').collect();
            let (at, out) = (text(&again), text(&place("never")));
            all.extend(["--data", &at]);
            match command {
                "serve" => all.extend(["--listen", "127.0.0.1:0"]),
                "backup" => all.extend(["--output", &out]),
                _ => {}
            }
            // A backup needs those keys alone that show whether pictures are whole.
            if command != "backup" {
                assert!(refused(run(&all)).contains(&words), "{lost}, {command}");
            } else if costs {
                assert!(refused(run(&all)).contains("put the saved copy back first"), "{lost}");
            }
            assert!(!file.exists() && !place("never").exists(), "{lost}, {command}");
        }
        let fresh = Server::on(&again, folder.path(), &["--new-keys"], |_| {});
        let device = fresh.device().await;
        let id = soak::uuid(&mut random);
        let body = soak::report(&id, 1, None);
        let answer = device.put_report(&fresh.http, &fresh.origin(), &id, body).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{lost}");
        fresh.stop();
        let chain = said(run(&["audit", "verify", "--data", &text(&again)]));
        assert_eq!(chain.contains("case:1: its key was lost"), costs, "{lost}: {chain}");
        let aside = std::fs::read_dir(again.join("secrets")).unwrap().flatten();
        let aside = aside.filter(|e| e.file_name().to_string_lossy().starts_with("cases.keys.shut-")).count();
        assert_eq!(aside, usize::from(lost == "data.key"), "{lost}");
        Server::on(&again, folder.path(), &[], |_| {}).stop();
        let store = Store::open(&again, true).await.unwrap();
        let open: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM cases WHERE erased_at = ''").fetch_all(store.read()).await.unwrap();
        assert_eq!(open, [if costs { 2 } else { 1 }], "{lost}: a new case, or the one that is whole");
        assert_eq!(store.blobs.read(&shot.0).await.ok(), (!costs).then(|| shot.1.clone()), "{lost}: its picture");
        store.close().await;
    }
}

#[tokio::test]
async fn what_is_damaged_incomplete_or_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| text(&folder.path().join(name));
    let (data, backup) = (place("data"), place("backup"));
    assert!(refused(run(&["backup", "--data", &data, "--output", &backup])).contains("there is no database"));
    let server = Server::on(Path::new(&data), folder.path(), &[], |_| {});
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(3);
    let shot = picture(&mut random);
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 201);
    let id = soak::uuid(&mut random);
    let body = soak::report(&id, 1, Some(&shot.0));
    assert_eq!(device.put_report(&server.http, &server.origin(), &id, body).send().await.unwrap().status(), 201);
    std::fs::create_dir_all(folder.path().join("data/outgoing")).unwrap();
    std::fs::write(folder.path().join("data/outgoing/N1.eml"), "a synthetic notice").unwrap();
    said(run(&["backup", "--data", &data, "--output", &backup]));
    assert!(refused(run(&["backup", "--data", &data, "--output", &backup])).contains("exists already"));
    server.stop();
    let blob = lies_at(Path::new(&data), &shot.0);
    assert!(Path::new(&backup).join(&blob).is_file());
    // What waits for a mail relay is in plain words: its name is in the backup, and nothing else of it.
    assert!(!Path::new(&backup).join("outgoing").exists());
    let manifest = std::fs::read_to_string(Path::new(&backup).join("manifest.json")).unwrap();
    assert!(manifest.contains("\"N1.eml\"") && !manifest.contains("synthetic notice"), "{manifest}");

    type Break<'a> = (&'a str, Box<dyn Fn(&Path) + 'a>, &'a str);
    let flip = |path: PathBuf, at: usize| {
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at.min(bytes.len() - 1);
        bytes[at] ^= 1;
        std::fs::write(path, bytes).unwrap();
    };
    let edit = |path: PathBuf, change: &dyn Fn(String) -> String| {
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, change(text)).unwrap();
    };
    let breaks: Vec<Break> = vec![
        ("a bit of the database", Box::new(|b| flip(b.join("spotter.db"), 5_000)), "spotter.db is damaged"),
        ("a bit of a picture", Box::new(|b| flip(b.join(&blob), 9)), "is damaged"),
        ("a bit of the manifest", Box::new(|b| flip(b.join("manifest.json"), 40)), "manifest.json is damaged"),
        (
            "a message in plain words",
            Box::new(|b| {
                std::fs::create_dir(b.join("outgoing")).unwrap();
                std::fs::write(b.join("outgoing/N1.eml"), "a synthetic notice").unwrap();
                let hash = sign::sha256_hex(b"a synthetic notice");
                edit(b.join("SHA256SUMS"), &|t| t + &format!("{hash}  outgoing/N1.eml\n"));
            }),
            "not one of ours",
        ),
        ("half a database", Box::new(|b| std::fs::write(b.join("spotter.db"), "SQLite").unwrap()), "is damaged"),
        ("no database", Box::new(|b| std::fs::remove_file(b.join("spotter.db")).unwrap()), "spotter.db is missing"),
        ("no picture", Box::new(|b| std::fs::remove_file(b.join(&blob)).unwrap()), "is missing"),
        (
            "no list, as of one that was interrupted",
            Box::new(|b| std::fs::remove_file(b.join("SHA256SUMS")).unwrap()),
            "incomplete",
        ),
        (
            "a list without a picture",
            Box::new(|b| {
                std::fs::remove_file(b.join(&blob)).unwrap();
                edit(b.join("SHA256SUMS"), &|t| {
                    t.lines().filter(|l| !l.contains("blobs/")).map(|l| format!("{l}\n")).collect()
                });
            }),
            "does not name everything",
        ),
        ("half a list", Box::new(|b| edit(b.join("SHA256SUMS"), &|t| t[..t.len() - 40].to_owned())), "not one of ours"),
        (
            "a way out",
            Box::new(|b| edit(b.join("SHA256SUMS"), &|t| t + &format!("{}  outgoing/../../x\n", "a".repeat(64)))),
            "not one of ours",
        ),
        (
            "an absolute way out",
            Box::new(|b| edit(b.join("SHA256SUMS"), &|t| t + &format!("{}  /etc/x\n", "a".repeat(64)))),
            "not one of ours",
        ),
        (
            "keys among it",
            Box::new(|b| edit(b.join("SHA256SUMS"), &|t| t + &format!("{}  secrets/server.key\n", "a".repeat(64)))),
            "not one of ours",
        ),
        ("a file too many", Box::new(|b| std::fs::write(b.join("blobs/x"), "x").unwrap()), "is not in SHA256SUMS"),
        (
            "a link in a picture's place",
            Box::new(|b| {
                std::fs::rename(b.join(&blob), b.join("../moved")).unwrap();
                std::os::unix::fs::symlink(b.join("../moved"), b.join(&blob)).unwrap();
            }),
            "is missing",
        ),
        (
            "one of a newer version",
            Box::new(|b| {
                edit(b.join("manifest.json"), &|t| t.replace("\"migration\": ", "\"migration\": 9"));
                let hash = sign::sha256_hex(&std::fs::read(b.join("manifest.json")).unwrap());
                edit(b.join("SHA256SUMS"), &|t| {
                    t.lines()
                        .map(|l| {
                            if l.ends_with("manifest.json") {
                                format!("{hash}  manifest.json\n")
                            } else {
                                format!("{l}\n")
                            }
                        })
                        .collect()
                });
            }),
            "newer than this one",
        ),
    ];
    let target = folder.path().join("target");
    for (what, change, want) in breaks {
        let copy = folder.path().join("copy");
        assert!(Command::new("cp").arg("-r").arg(&backup).arg(&copy).status().unwrap().success());
        change(&copy);
        let words = refused(run(&["restore", "--from", &text(&copy), "--data", &text(&target)]));
        assert!(words.contains(want) && words.contains("Nothing was restored"), "{what}: {words}");
        assert!(!target.exists(), "{what}: something was written");
        std::fs::remove_dir_all(&copy).unwrap();
    }

    std::fs::create_dir(&target).unwrap();
    std::fs::write(target.join("mine"), "mine").unwrap();
    assert!(refused(run(&["restore", "--from", &backup, "--data", &text(&target)])).contains("is not empty"));
    assert_eq!(std::fs::read(target.join("mine")).unwrap(), b"mine");
    assert!(refused(run(&["restore", "--from", &place("nowhere"), "--data", &place("x")])).contains("nowhere"));

    // A folder that was half filled is no server's folder.
    let half = folder.path().join("half");
    std::fs::create_dir(&half).unwrap();
    std::fs::write(half.join("restoring"), "").unwrap();
    let start =
        |data: &str, more: &[&str]| run(&[&["serve", "--listen", "127.0.0.1:0", "--data", data], more].concat());
    assert!(refused(start(&text(&half), &[])).contains("did not come to its end"));

    // Without its keys it does not start: new ones would be void in silence.
    let bare = place("bare");
    let words = said(run(&["restore", "--from", &backup, "--data", &bare]));
    assert!(
        words.contains("put the newest copy of secrets/ with the key")
            && words.contains("1 files lay for a mail relay"),
        "{words}"
    );
    assert!(!Path::new(&bare).join("outgoing").join("N1.eml").exists(), "no relay sends it twice");
    let words = refused(start(&bare, &[]));
    assert!(words.contains("secrets/server.key is missing") && words.contains("--new-keys"), "{words}");
    assert!(!Path::new(&bare).join("secrets").exists(), "no key was made");
    std::fs::create_dir_all(Path::new(&bare).join("secrets")).unwrap();
    std::fs::write(Path::new(&bare).join("secrets/server.key"), [7; 32]).unwrap();
    std::fs::write(Path::new(&bare).join("secrets/data.key"), [8; 32]).unwrap();
    assert!(refused(start(&bare, &[])).contains("secrets/server.key is not the key"));
    // Whoever has lost them says so, once.
    let fresh = Server::on(Path::new(&bare), folder.path(), &["--new-keys"], |_| {});
    fresh.stop();
    Server::on(Path::new(&bare), folder.path(), &[], |_| {}).stop();
    assert!(said(run(&["audit", "verify", "--data", &bare])).contains("case:1: its key was lost"));
    // The database knows of no such notice, so nothing is written about it.
    assert!(
        !Path::new(&bare).join("outgoing-restored").exists()
            && !Path::new(&bare).join("outgoing-restored.txt").exists()
    );
}

#[tokio::test]
async fn a_picture_that_rotted_is_told_and_the_rest_is_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backup) = (folder.path().join("data"), folder.path().join("backup"));
    let server = Server::on(&data, folder.path(), &[], |_| {});
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(8);
    let all: Vec<(String, Vec<u8>)> = (0..6).map(|_| picture(&mut random)).collect();
    for picture in &all {
        assert_eq!(put_picture(&server, &device, picture).await.status(), 201);
    }
    let [good, other, bad @ ..] = &all.iter().map(|p| lies_at(&data, &p.0)).collect::<Vec<_>>()[..] else { panic!() };
    // Something else, a bit in the middle, a bit of the key's place, and another picture.
    std::fs::write(data.join(&bad[0]), "rotten").unwrap();
    for (file, at) in [(&bad[1], 30), (&bad[2], 2)] {
        let mut bytes = std::fs::read(data.join(file)).unwrap();
        bytes[at] ^= 1;
        std::fs::write(data.join(file), bytes).unwrap();
    }
    std::fs::copy(data.join(other), data.join(&bad[3])).unwrap();
    let words = refused(run(&["backup", "--data", &text(&data), "--output", &text(&backup)]));
    assert!(words.contains("4 pictures are missing or damaged"), "{words}");
    let manifest = std::fs::read_to_string(backup.join("manifest.json")).unwrap();
    for file in bad {
        assert!(manifest.contains(&file[10..]) && !backup.join(file).exists(), "{file}: {manifest}");
    }
    assert!(said(run(&["restore", "--from", &text(&backup), "--check"])).starts_with("whole"));
    assert!(backup.join(good).is_file() && backup.join(other).is_file());
    server.stop();
}

/// What a client hears while the disk fails, and what it finds when it works again.
async fn through_a_fault(server: &Server, fail: impl Fn(bool), seed: u64) {
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(seed);
    let mut acknowledged = vec![];
    let mut refused = vec![];
    let mut send = async |n: usize, want: Option<u16>| {
        let id = soak::uuid(&mut random);
        let answer =
            device.put_report(&server.http, &server.origin(), &id, soak::report(&id, n, None)).send().await.unwrap();
        let (status, wait) = (answer.status().as_u16(), answer.headers().get("retry-after").cloned());
        let body = answer.text().await.unwrap();
        match status {
            201 => acknowledged.push((id, n)),
            503 => {
                assert!(wait.is_some_and(|s| s.to_str().unwrap().parse::<u32>().unwrap() >= 1), "{body}");
                assert!(body.contains("problem:unavailable") && body.contains("Nothing of this request was stored"));
                refused.push((id, n));
            }
            _ => panic!("{status} {body}"),
        }
        assert!(want.is_none_or(|want| want == status), "{n}: {status}, wanted {want:?}: {body}");
        status
    };
    for n in 0..5 {
        send(n, Some(201)).await;
    }
    assert_eq!(server.get("/readyz").await.0, 200);
    fail(true);
    for n in 5..15 {
        send(n, Some(503)).await;
    }
    let mut pictures = fastrand::Rng::with_seed(seed + 1);
    let shot = picture(&mut pictures);
    let answer = put_picture(server, &device, &shot).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let (status, words) = server.get("/readyz").await;
    assert!(status == 503 && !words.contains("database ok, disk ok"), "{status} {words}");
    // Whoever only reads is still answered, and the process lives.
    assert_eq!(server.get("/v1/policy").await.0, 200);
    assert_eq!(server.get("/healthz").await.0, 200);
    fail(false);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let (status, words) = server.get("/readyz").await;
    assert_eq!(status, 200, "it recovers by itself: {words} {:?}", server.lines().last());
    for n in 15..20 {
        send(n, Some(201)).await;
    }
    assert_eq!(put_picture(server, &device, &shot).await.status(), 201);
    // What was refused left nothing, and is taken when it is sent again.
    let store = Store::open(&server.data, true).await.unwrap();
    let count = async |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(store.read()).await.unwrap();
    assert_eq!(count("SELECT count(*) FROM reports").await, acknowledged.len() as i64);
    assert_eq!(count("SELECT count(*) FROM cases").await, acknowledged.len() as i64);
    assert_eq!(count("SELECT count(*) FROM audit WHERE action = 'report.received'").await, acknowledged.len() as i64);
    assert_eq!(count("SELECT count(*) FROM blobs").await, 1);
    for (id, n) in &refused {
        let body = soak::report(id, *n, None);
        assert_eq!(device.put_report(&server.http, &server.origin(), id, body).send().await.unwrap().status(), 201);
    }
    for (id, n) in &acknowledged {
        let body = soak::report(id, *n, None);
        assert_eq!(device.put_report(&server.http, &server.origin(), id, body).send().await.unwrap().status(), 200);
    }
    assert_eq!(count("SELECT count(*) FROM reports").await, 20);
    assert!(audit::verify(store.read()).await.is_ok());
    let check: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(store.read()).await.unwrap();
    assert_eq!(check, "ok");
    let parts = std::fs::read_dir(server.data.join("blobs")).unwrap();
    assert!(parts.flatten().all(|e| !e.file_name().to_string_lossy().starts_with("part-")), "a part was left");
    store.close().await;
}

/// No room, no right to write, and a disk that fails: three errors of the system calls, in a process of its own.
#[tokio::test]
async fn a_disk_that_is_full_read_only_or_broken_refuses_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("disk.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/disk.c");
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl").output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    // ENOSPC, EROFS, EIO.
    for (seed, errno, word) in [(1, 28, "full"), (2, 30, "read-only"), (3, 5, "broken")] {
        let place = folder.path().join(word);
        std::fs::create_dir(&place).unwrap();
        let (data, order) = (place.join("data"), place.join("order"));
        let server = Server::on(&data, &place, &["--metrics", "127.0.0.1:0"], |command| {
            command.env("LD_PRELOAD", &library).env("FAULT_FILE", &order).env("FAULT_ROOT", &data);
        });
        let fail = |on: bool| {
            if on { std::fs::write(&order, errno.to_string()).unwrap() } else { std::fs::remove_file(&order).unwrap() }
        };
        through_a_fault(&server, fail, seed).await;
        let text = server.metrics().await;
        let faults: f64 = ["full", "read-only", "broken", "busy", "other"]
            .iter()
            .filter_map(|kind| metric(&text, &format!("spotter_store_faults_total{{kind=\"{kind}\"}}")))
            .sum();
        assert_eq!(faults, 11.0, "{text}");
        assert!(server.lines().iter().any(|l| l["level"] == "ERROR" && l["fault"].is_string()));
        assert!(word != "full" || metric(&text, r#"spotter_store_faults_total{kind="full"}"#) == Some(11.0), "{text}");
        server.stop();
    }
}

/// Names the small disk to the test below when it runs again inside its namespace.
const SMALL_DISK: &str = "SPOTTER_SMALL_DISK";

/// The same on a real disk that is really full: a small one in memory, in a namespace in which this test runs once more.
#[tokio::test]
async fn a_small_disk_that_is_filled_up_refuses_and_recovers() {
    let Some(disk) = std::env::var_os(SMALL_DISK).map(PathBuf::from) else {
        return inside_a_namespace_of_its_own();
    };
    let beside = tempfile::tempdir().unwrap();
    let server = Server::on(&disk.join("data"), beside.path(), &[], |_| {});
    let fill = disk.join("fill");
    let fail = |on: bool| {
        if !on {
            return std::fs::remove_file(&fill).unwrap();
        }
        let mut file = std::fs::File::create(&fill).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    };
    through_a_fault(&server, fail, 4).await;
    server.stop();
}

fn inside_a_namespace_of_its_own() {
    let mount = "mount -t tmpfs -o size=6m tmpfs \"$1\"";
    let disk = tempfile::tempdir().unwrap();
    let mut first = Command::new("unshare");
    let can = first.args(["-rm", "sh", "-c", mount, "sh"]).arg(disk.path()).output();
    if !can.is_ok_and(|o| o.status.success()) {
        println!(
            "SKIPPED: no disk can be mounted here, so none was filled up; the errors themselves are another test's"
        );
        return;
    }
    let again =
        format!("{mount} && exec \"$2\" --exact a_small_disk_that_is_filled_up_refuses_and_recovers --nocapture");
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &again, "sh"]).arg(disk.path()).arg(std::env::current_exe().unwrap());
    let output = command.env(SMALL_DISK, disk.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

/// The file of settings that is handed out names every setting, and is right.
#[test]
fn the_settings_that_are_handed_out_are_right_and_complete() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/spotter.toml");
    let printed = said(run(&["serve", "--config", &text(&file), "--check"]));
    let handed_out = std::fs::read_to_string(&file).unwrap();
    for line in printed.lines().filter(|l| !l.starts_with("# the data folder")) {
        let name = line.trim_start_matches("# ").split(' ').next().unwrap();
        assert!(handed_out.contains(&format!("{name} = ")), "{name} is not in deploy/spotter.toml");
    }
    let defaults = said(run(&["serve", "--data", "/var/lib/wildlife-spotter", "--check"]));
    for same in [
        "per-key",
        "per-address",
        "connections-per-address",
        "head-seconds",
        "body-seconds",
        "undo-ms",
        "confirm-first",
    ] {
        let value = |text: &str| {
            text.lines().find(|l| l.starts_with(&format!("{same} ="))).unwrap().split("  #").next().unwrap().to_owned()
        };
        assert_eq!(value(&printed), value(&defaults), "{same} is handed out as something else than the default");
    }
}

/// What reviewers set for their own good is theirs alone, reminds, and locks nothing.
#[tokio::test]
async fn whoever_wants_breaks_is_reminded_and_nobody_else() {
    let server = common::Running::start().await;
    // Six in the morning: no midnight falls between.
    server.move_clock(86_400 + 6 * 3_600 - server.app.now_s() % 86_400);
    let device = server.device().await;
    for n in 0..4 {
        device.send(&server, &common::report(&n.to_string())).await;
    }
    let (mut one, mut two) = (server.reviewer_with_session("One").await, server.reviewer_with_session("Two").await);
    let set = async |browser: &mut common::Browser, fields: [&str; 3]| {
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

    let reminded = |page: &common::Page| page.text.contains("Without a pause");
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
