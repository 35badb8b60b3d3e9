//! What was acknowledged survives a power cut, shown by the order of system calls. SIGKILL is `kill_soak`'s.

mod common;
#[allow(dead_code, reason = "the kill test uses the rest")]
mod soak;

use soak::{Device, Process};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn server() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_spotter-server"))
}

#[tokio::test]
async fn the_live_writer_syncs_every_commit() {
    if common::postgres::only_a_file("the server of the database syncs; a start with fsync = off is refused") {
        return;
    }
    let server = common::Running::start().await;
    assert_eq!(server.app.store.pragmas().await.unwrap(), ("wal".to_owned(), 2));
}

/// One line of the trace: when it began or ended, and what it was.
#[derive(Debug, PartialEq)]
enum Event {
    /// The head of `PUT /v1/reports/ID` was read.
    Asked(String),
    /// Something was written to the database's log.
    LogWritten,
    /// The log was synced, and the call had returned.
    LogSynced,
    /// `HTTP/1.1 201` begins to leave.
    Created,
}

/// Reads the trace. With threads, a call may be written in two lines; a sync counts only when it has returned.
fn events(trace: &str) -> Vec<Event> {
    let mut syncing: std::collections::HashSet<&str> = Default::default();
    let mut all = vec![];
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        let sync = call.starts_with("fsync(") || call.starts_with("fdatasync(");
        if sync && call.contains("spotter.db-wal>") {
            if call.contains("<unfinished") {
                syncing.insert(thread);
            } else if call.ends_with("= 0") {
                all.push(Event::LogSynced);
            }
        } else if call.starts_with("<...") && (call.contains("fsync resumed") || call.contains("fdatasync resumed")) {
            if syncing.remove(thread) && call.ends_with("= 0") {
                all.push(Event::LogSynced);
            }
        } else if call.starts_with("pwrite64(") && call.contains("spotter.db-wal>") {
            all.push(Event::LogWritten);
        } else if let Some(at) = call.find("PUT /v1/reports/") {
            all.push(Event::Asked(call[at + 16..].chars().take(36).collect()));
        } else if call.contains("\"HTTP/1.1 201 ") {
            all.push(Event::Created);
        }
    }
    all
}

/// How many acknowledgements left after their report came in, was written to the log, and the log was synced.
fn synced_acknowledgements(events: &[Event]) -> (usize, usize) {
    let (mut created, mut good) = (0, 0);
    let (mut asked, mut written, mut synced) = (false, false, false);
    for event in events {
        match event {
            Event::Asked(_) => (asked, written, synced) = (true, false, false),
            // Whatever is written after a sync needs another one.
            Event::LogWritten => (written, synced) = (true, false),
            Event::LogSynced => synced = written,
            Event::Created => {
                if asked {
                    created += 1;
                    good += usize::from(written && synced);
                }
                asked = false;
            }
        }
    }
    (created, good)
}

/// Runs a server under strace, sends reports one after the other, and counts synced acknowledgements.
async fn traced(reports: usize, extra: &[&str]) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let (data, trace) = (folder.path().join("data").display().to_string(), folder.path().join("trace"));
    // strace starts the server, so that no right to attach to another process is needed.
    let wrapper = folder.path().join("traced-server");
    let script = format!(
        "#!/bin/sh\nexec strace -f -y -s 96 -e trace=fsync,fdatasync,write,writev,pwrite64,sendto,sendmsg,read,readv,recvfrom -o '{}' '{}' \"$@\"\n",
        trace.display(),
        server().display()
    );
    std::fs::write(&wrapper, script).unwrap();
    std::fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let arguments = [&["serve", "--data", &data, "--listen", "127.0.0.1:0"], extra].concat();
    let process = Process::start(&wrapper, &arguments).unwrap();
    let origin = format!("http://{}", process.ready["address"].as_str().unwrap());
    let invited = Command::new(server()).args(["invite", "--data", &data]).output().unwrap();
    let code = String::from_utf8(invited.stdout).unwrap().trim().rsplit('.').next().unwrap().to_owned();
    let (http, device) = (reqwest::Client::new(), Device::new());
    device.enrol(&http, &origin, &code).await;
    let mut random = fastrand::Rng::with_seed(7);
    for n in 0..reports {
        let id = soak::uuid(&mut random);
        let answer = device.put_report(&http, &origin, &id, soak::report(&id, n, None)).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }
    // strace passes SIGTERM on to nobody: the server is its child.
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", process.id())).unwrap();
    let pid = rustix::process::Pid::from_raw(children.split_whitespace().next().unwrap().parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    process.wait().unwrap();
    synced_acknowledgements(&events(&std::fs::read_to_string(Path::new(&trace)).unwrap()))
}

/// Whether strace is here. Where it is missing, says so; in CI that is a failure.
fn strace_is_here() -> bool {
    let here = Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    if !here {
        println!("SKIPPED: strace is not installed, so the order of sync and acknowledgement was not checked");
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "strace is needed in CI");
    }
    here
}

#[tokio::test]
async fn every_acknowledgement_follows_a_sync_of_the_log() {
    if !common::postgres::only_a_file("the log is written by another process") && strace_is_here() {
        assert_eq!(traced(12, &[]).await, (12, 12));
    }
}

/// The proof that the test above would notice: the same run with a server that never syncs.
#[cfg(debug_assertions)]
#[tokio::test]
async fn without_syncing_no_acknowledgement_passes_the_check() {
    if !common::postgres::only_a_file("the log is written by another process") && strace_is_here() {
        assert_eq!(traced(12, &["--unsafe-synchronous-off"]).await, (12, 0));
    }
}

#[test]
fn the_trace_is_read_strictly() {
    let id = "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59";
    let ask =
        format!("7 recvfrom(9<socket:[1]>, \"PUT /v1/reports/{id} HTTP/1.1\\r\\n\"..., 8192, 0, NULL, NULL) = 900");
    let write = "8 pwrite64(5</d/spotter.db-wal>, \"..\", 24, 0) = 24";
    let sync = "8 fdatasync(5</d/spotter.db-wal>) = 0";
    let half = ["8 fdatasync(5</d/spotter.db-wal> <unfinished ...>", "8 <... fdatasync resumed>) = 0"];
    let created = "7 writev(9<socket:[1]>, [{iov_base=\"HTTP/1.1 201 Created\\r\\n\"..., iov_len=500}], 1) = 500";
    for (lines, want) in [
        (vec![ask.as_str(), write, sync, created], (1, 1)),
        (vec![&ask, write, half[0], half[1], created], (1, 1)),
        (vec![&ask, write, half[0], created, half[1]], (1, 0)),
        (vec![&ask, write, created, sync], (1, 0)),
        (vec![&ask, sync, write, created], (1, 0)),
        (vec![&ask, write, sync, write, created], (1, 0)),
        (vec![&ask, write, "8 fdatasync(5</d/spotter.db>) = 0", created], (1, 0)),
        (vec![&ask, write, "8 fdatasync(5</d/spotter.db-wal>) = -1 EIO (Input/output error)", created], (1, 0)),
        (vec![created], (0, 0)),
    ] {
        assert_eq!(synced_acknowledgements(&events(&lines.join("\n"))), want, "{lines:#?}");
    }
}
