//! Disks that are full, may not be written, or fail.

use super::server::{Server, metric, picture, put_picture};
use crate::soak;
use spotter_server::audit;
use spotter_server::store::Store;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

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
    let again = format!(
        "{mount} && exec \"$2\" --exact disks::a_small_disk_that_is_filled_up_refuses_and_recovers --nocapture"
    );
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &again, "sh"]).arg(disk.path()).arg(std::env::current_exe().unwrap());
    let output = command.env(SMALL_DISK, disk.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
