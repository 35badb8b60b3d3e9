//! A server in a process of its own, its commands, and what a test asks of them.

use crate::soak::Device;
use serde_json::Value;
use spotter_server::sign;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const BINARY: &str = env!("CARGO_BIN_EXE_spotter-server");

/// A server in its own process, its log in a file.
pub struct Server {
    child: Child,
    pub ready: Value,
    pub log: PathBuf,
    pub data: PathBuf,
    pub http: reqwest::Client,
    _folder: Option<TempDir>,
}

impl Server {
    pub fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut server = Self::on(&data, folder.path(), arguments, |_| {});
        server._folder = Some(folder);
        server
    }

    /// On this data folder, with the log beside it.
    pub fn on(data: &Path, beside: &Path, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(arguments);
        change(&mut command);
        Self::from(command, data, beside)
    }

    pub fn from(mut command: Command, data: &Path, beside: &Path) -> Self {
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

    pub fn origin(&self) -> String {
        format!("http://{}", self.address())
    }

    pub fn address(&self) -> &str {
        self.ready["address"].as_str().unwrap()
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.origin())).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub async fn device(&self) -> Device {
        let device = Device::new();
        let link = said(run(&["invite", "--data", &self.data.display().to_string()]));
        device.enrol(&self.http, &self.origin(), link.trim().rsplit('.').next().unwrap()).await;
        device
    }

    pub async fn metrics(&self) -> String {
        let address = self.ready["metrics"].as_str().unwrap();
        self.http.get(format!("http://{address}/metrics")).send().await.unwrap().text().await.unwrap()
    }

    pub fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_raw(self.child.id() as i32).unwrap()
    }

    pub fn ask_to_stop(&self) {
        rustix::process::kill_process(self.pid(), rustix::process::Signal::TERM).unwrap();
    }

    pub fn stop(self) {
        self.ask_to_stop();
        self.ended_well();
    }

    pub fn ended_well(mut self) {
        assert!(self.child.wait().unwrap().success(), "{}", std::fs::read_to_string(&self.log).unwrap());
    }

    pub fn lines(&self) -> Vec<Value> {
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

pub fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).output().unwrap()
}

/// What a command said that went well.
pub fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a command said that did not.
pub fn refused(output: Output) -> String {
    assert!(!output.status.success(), "it went well: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

pub fn text_of(server: &Server) -> String {
    text(&server.data)
}

pub fn text(path: &Path) -> String {
    path.display().to_string()
}

/// A picture by its first bytes, and its hash.
pub fn picture(random: &mut fastrand::Rng) -> (String, Vec<u8>) {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend((0..random.usize(16..60_000)).map(|_| random.u8(..)));
    (sign::sha256_hex(&bytes), bytes)
}

pub async fn put_picture(server: &Server, device: &Device, (sha256, bytes): &(String, Vec<u8>)) -> reqwest::Response {
    let url = format!("{}/v1/blobs/{sha256}", server.origin());
    let kind = spotter_model::dsse::BLOB_TYPE;
    device.put(&server.http, url, kind, sha256.as_bytes(), bytes.clone()).send().await.unwrap()
}

/// The value of a metric, by its whole name with labels.
pub fn metric(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

/// Waits for what has to come about, for at most ten seconds.
pub async fn until<F: Future<Output = bool>>(what: &str, mut come: impl FnMut() -> F) {
    let end = Instant::now() + Duration::from_secs(10);
    while !come().await {
        assert!(Instant::now() < end, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
