//! Pictures in a bucket, by the real binary and a storage of another house that checks signatures: that they lie there as they lie
//! in a folder, that nothing acknowledged is lost when the storage goes, that what is damaged or swapped is refused, and the way
//! back from a backup.

mod common;
#[path = "operations/server.rs"]
#[allow(dead_code, reason = "the tests of running it use the rest")]
mod server;
#[allow(dead_code, reason = "the kill test uses the rest")]
mod soak;

use common::Running;
use common::bucket::{self, Storage};
use common::postgres::{self, Given};
use rustix::process::Signal;
use server::{Server, picture, put_picture, refused, run, said, text, until};
use spotter_server::keys::Keys;
use spotter_server::store::{Store, blobs};
use spotter_server::{serve, sign};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Where a picture lies below a prefix, by its hash.
fn lies_at(data: &Path, sha256: &str) -> String {
    let mark = blobs::mark(&Keys::open(&data.join("secrets")).unwrap(), sha256);
    format!("{}/{mark}", &mark[..2])
}

/// A server's folder, with a database where the tests use one.
fn folder() -> (tempfile::TempDir, std::path::PathBuf, Option<Given>) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let given = postgres::give(&data);
    (folder, data, given)
}

/// What `serve` says that does not start.
fn not_started(data: &Path, blobs: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(server::BINARY);
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(["--blobs", blobs]);
    command.envs(environment.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while child.try_wait().unwrap().is_none() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    // One that started after all would never end by itself.
    let _ = child.kill();
    refused(child.wait_with_output().unwrap())
}

fn restore(arguments: &[&str], keep: &mut Vec<Given>) -> Output {
    let mut arguments: Vec<String> = ["restore"].iter().chain(arguments).map(|a| (*a).to_owned()).collect();
    if let Some((address, given)) = postgres::empty() {
        arguments.extend(["--database".to_owned(), address]);
        keep.push(given);
    }
    run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

#[tokio::test]
async fn pictures_lie_in_the_bucket_sealed_and_the_key_to_it_nowhere() {
    let storage = Storage::here();
    let (folder, data, _given) = folder();
    // The key comes from the environment here, and from a file in the other tests.
    let secret = storage.secret();
    let environment = [("AWS_ACCESS_KEY_ID", storage.id()), ("AWS_SECRET_ACCESS_KEY", secret.as_str())];
    let server = Server::on(&data, folder.path(), &["--blobs", &storage.bare("one")], |command| {
        command.envs(environment);
    });
    let device = server.device().await;
    let shot = picture(&mut fastrand::Rng::with_seed(1));
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 201);
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 200);
    let object = std::fs::read(storage.object("one", &lies_at(&data, &shot.0))).unwrap();
    assert!(!object.windows(16).any(|window| shot.1.windows(16).next() == Some(window)), "it is not sealed");
    assert!(!data.join("blobs").exists(), "nothing lies in the folder");
    assert_eq!(server.get("/readyz").await.0, 200);
    server.stop();

    // The folder remembers the bucket, and neither it nor the log nor what is printed has the key.
    let remembered = std::fs::read_to_string(data.join("blobs.url")).unwrap();
    assert_eq!(remembered.trim(), storage.bare("one"));
    let check = Command::new(server::BINARY)
        .args(["serve", "--check", "--data", &text(&data), "--blobs", &storage.bare("one")])
        .envs(environment)
        .output()
        .unwrap();
    let help = Command::new(server::BINARY).args(["serve", "--help"]).envs(environment).output().unwrap();
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    for words in [remembered, log, said(check), said(help)] {
        assert!(!words.contains(&secret) && !words.contains(storage.id()), "{words}");
    }
    // Without it, nothing starts.
    let words = not_started(&data, &storage.bare("one"), &[]);
    assert!(words.contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), "{words}");

    // Once more, with the key in a file: the same bucket.
    let server = Server::on(&data, folder.path(), &["--blobs", &storage.address("one")], |_| {});
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 200);
    let store = Store::open(&data, true).await.unwrap();
    assert_eq!(store.blobs.read(&shot.0).await.unwrap(), shot.1);
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn what_is_set_wrong_is_said_at_the_start() {
    let storage = Storage::here();
    let (folder, data, _given) = folder();
    let secret = storage.secret();
    let wrong = folder.path().join("wrong");
    std::fs::write(&wrong, format!("aws_access_key_id = {}\naws_secret_access_key = no-{secret}\n", storage.id()))
        .unwrap();
    let with = |place: &str, file: &Path| {
        format!("s3://{place}?endpoint={}&credentials={}", storage.endpoint(), file.display())
    };
    for (blobs, environment, want) in [
        (with("pictures/a", &wrong), vec![], "403 SignatureDoesNotMatch"),
        (with("nowhere", &storage.key_file()), vec![], "404 NoSuchBucket"),
        (with("pictures/a", &folder.path().join("none")), vec![], "No such file"),
        (storage.bare("a"), vec![("AWS_ACCESS_KEY_ID", "x")], "belong together"),
        ("s3://pictures".to_owned(), vec![], "neither a region nor an endpoint"),
        (with("pictures/../a", &storage.key_file()), vec![], "has a prefix that is none"),
    ] {
        let words = not_started(&data, &blobs, &environment);
        assert!(words.contains(want) && !words.contains(&secret), "{blobs}: {words}");
    }

    // A bucket of one endpoint is no other's, and a folder with pictures takes none.
    let own = Server::on(&data, folder.path(), &["--blobs", &storage.address("mine")], |_| {});
    let device = own.device().await;
    let shot = picture(&mut fastrand::Rng::with_seed(2));
    assert_eq!(put_picture(&own, &device, &shot).await.status(), 201);
    own.stop();
    let words = not_started(&data, &storage.address("empty"), &[]);
    assert!(words.contains("none of this endpoint's pictures"), "{words}");
    let (other_folder, other, _other_given) = self::folder();
    let words = not_started(&other, &storage.address("mine"), &[]);
    assert!(words.contains("pictures of another endpoint"), "{words}");
    std::fs::remove_file(other.join("blobs.url")).unwrap();
    let disk = Server::on(&other, other_folder.path(), &[], |_| {});
    let device = disk.device().await;
    assert_eq!(put_picture(&disk, &device, &shot).await.status(), 201);
    disk.stop();
    let words = not_started(&other, &storage.address("other"), &[]);
    assert!(words.contains("has pictures of its own"), "{words}");
    assert!(!storage.object("other", "endpoint").exists() && !other.join("blobs.url").exists());
}

/// Uploads until it is told to stop; what is answered with 201 is put down.
async fn upload(
    server: Arc<Server>,
    device: Arc<soak::Device>,
    seed: u64,
    stop: Arc<AtomicBool>,
    kept: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    refusals: Arc<AtomicUsize>,
) {
    let mut random = fastrand::Rng::with_seed(seed);
    while !stop.load(Ordering::SeqCst) {
        let shot = picture(&mut random);
        while !stop.load(Ordering::SeqCst) {
            let answer = put_picture(&server, &device, &shot).await;
            match answer.status().as_u16() {
                200 | 201 => {
                    kept.lock().unwrap().insert(shot.0.clone(), shot.1.clone());
                    // It names the picture, so that no device has too many that wait.
                    let id = soak::uuid(&mut random);
                    let body = soak::report(&id, random.usize(0..1_000_000), Some(&shot.0));
                    let told = device.put_report(&server.http, &server.origin(), &id, body).send().await.unwrap();
                    assert_eq!(told.status(), 201, "reports are taken whatever the bucket does");
                    break;
                }
                503 => {
                    assert!(answer.headers().contains_key("retry-after"));
                    refusals.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                other => panic!("{other}"),
            }
        }
    }
}

const KILLED: &str = "a_storage_that_is_killed_again_and_again_loses_nothing_acknowledged";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_is_killed_again_and_again_loses_nothing_acknowledged() {
    tokio::task::spawn_blocking(bucket::be_one).await.unwrap();
    let mut storage = Storage::process(KILLED);
    let (folder, data, _given) = folder();
    let arguments = ["--blobs", &storage.address("soak"), "--per-key", "1000000", "--per-address", "1000000"];
    let server = Arc::new(Server::on(&data, folder.path(), &arguments, |_| {}));
    let (stop, kept, refusals) = (Arc::new(AtomicBool::new(false)), Arc::default(), Arc::new(AtomicUsize::new(0)));
    let kept: Arc<Mutex<HashMap<String, Vec<u8>>>> = kept;
    let mut writers = vec![];
    for seed in 0..4 {
        let device = Arc::new(server.device().await);
        let (stop, kept, refusals) = (Arc::clone(&stop), Arc::clone(&kept), Arc::clone(&refusals));
        writers.push(tokio::spawn(upload(Arc::clone(&server), device, 10 + seed, stop, kept, refusals)));
    }
    // Each round takes a quarter of a minute: that is how long the server goes on trying before it says so.
    const ROUNDS: usize = 2;
    for round in 0..ROUNDS {
        let before = kept.lock().unwrap().len();
        until("pictures are taken", async || kept.lock().unwrap().len() >= before + 12).await;
        storage.kill();
        let refused = refusals.load(Ordering::SeqCst);
        until("pictures are refused", async || refusals.load(Ordering::SeqCst) > refused).await;
        until("the server says so", async || {
            let (status, words) = server.get("/readyz").await;
            status == 503 && words.contains("disk away")
        })
        .await;
        storage.start(KILLED);
        until("it comes back by itself", async || server.get("/readyz").await.0 == 200).await;
        println!("round {round}: {} kept, {} refusals", kept.lock().unwrap().len(), refusals.load(Ordering::SeqCst));
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    // Those that were acknowledged are there, whole.
    let store = Store::open(&data, true).await.unwrap();
    let kept = kept.lock().unwrap().clone();
    assert!(kept.len() >= 12 * ROUNDS);
    for (sha256, bytes) in &kept {
        assert_eq!(store.blobs.read(sha256).await.unwrap(), *bytes);
    }
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM blobs").fetch_one(store.read()).await.unwrap();
    assert!(rows >= kept.len() as i64);
    store.close().await;

    // A server that starts while the storage is away starts, and takes pictures once it is back.
    Arc::into_inner(server).unwrap().stop();
    storage.kill();
    let server = Server::on(&data, folder.path(), &arguments, |_| {});
    let device = server.device().await;
    let shot = picture(&mut fastrand::Rng::with_seed(99));
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 503);
    storage.start(KILLED);
    until("it is taken", async || put_picture(&server, &device, &shot).await.status() == 201).await;
    server.stop();
}

const HANGS: &str = "a_storage_that_hangs_holds_nobody_for_long";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_hangs_holds_nobody_for_long() {
    tokio::task::spawn_blocking(bucket::be_one).await.unwrap();
    let storage = Storage::process(HANGS);
    let (folder, data, _given) = folder();
    let server = Server::on(&data, folder.path(), &["--blobs", &storage.address("slow")], |_| {});
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(3);
    assert_eq!(put_picture(&server, &device, &picture(&mut random)).await.status(), 201);
    storage.signal(Signal::STOP);
    let (shot, began) = (picture(&mut random), Instant::now());
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 503);
    let first = began.elapsed();
    // Whoever comes next does not wait for the same.
    let began = Instant::now();
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 503);
    assert!(
        first < Duration::from_secs(20) && began.elapsed() < Duration::from_secs(1),
        "{first:?} {:?}",
        began.elapsed()
    );
    storage.signal(Signal::CONT);
    until("it is taken", async || put_picture(&server, &device, &shot).await.status() == 201).await;
    let store = Store::open(&data, true).await.unwrap();
    assert_eq!(store.blobs.read(&shot.0).await.unwrap(), shot.1);
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn what_is_damaged_swapped_or_missing_is_refused() {
    let storage = Storage::here();
    let (folder, data, _given) = folder();
    let server = Server::on(&data, folder.path(), &["--blobs", &storage.address("bent")], |_| {});
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(4);
    let shots: Vec<_> = (0..6).map(|_| picture(&mut random)).collect();
    for shot in &shots {
        assert_eq!(put_picture(&server, &device, shot).await.status(), 201);
    }
    let object = |n: usize| storage.object("bent", &lies_at(&data, &shots[n].0));
    let mut bytes = std::fs::read(object(0)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(object(0), bytes).unwrap();
    std::fs::copy(object(2), object(1)).unwrap();
    std::fs::write(object(3), "").unwrap();
    std::fs::remove_file(object(4)).unwrap();
    let store = Store::open(&data, true).await.unwrap();
    let read = async |n: usize| store.blobs.read(&shots[n].0).await.map_err(|e| e.kind());
    assert!(read(0).await.is_err(), "damaged");
    assert_eq!(read(1).await, Err(ErrorKind::InvalidData), "another picture under its name");
    assert_eq!(read(2).await.unwrap(), shots[2].1);
    assert!(read(3).await.is_err(), "empty");
    assert_eq!(read(4).await, Err(ErrorKind::NotFound), "missing");
    assert_eq!(read(5).await.unwrap(), shots[5].1);
    store.close().await;
    // A backup says so, and has the others.
    let backup = text(&folder.path().join("backup"));
    let words = refused(run(&["backup", "--data", &text(&data), "--output", &backup]));
    assert!(words.contains("4 pictures"), "{words}");
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(Path::new(&backup).join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["lost"].as_array().unwrap().len(), 4, "{manifest}");
    server.stop();
}

#[tokio::test]
async fn what_no_row_names_goes_and_so_do_orphans() {
    let storage = Storage::here();
    let server = Running::with(|settings| settings.blobs = Some(storage.address("swept").parse().unwrap())).await;
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(5);
    let shots: Vec<_> = (0..3).map(|_| picture(&mut random)).collect();
    let object = |sha256: &str| storage.object("swept", &lies_at(server.data(), sha256));
    for (sha256, bytes) in &shots[..2] {
        assert_eq!(device.blob(&server, sha256, bytes).await.status(), 201);
    }
    let mut report = common::report("1");
    report["evidence"] = serde_json::json!([
        { "kind": "screenshot", "state": "included", "sha256": shots[0].0, "media_type": "image/png", "bytes": shots[0].1.len() }
    ]);
    device.send(&server, &report).await;
    // One that came and whose row never did, long ago; and one just now, whose row may still come.
    let lost = shots[2].clone();
    let slot = server.app.store.blobs.write(&lost.0, lost.1.clone().into()).await.unwrap();
    let young = picture(&mut random);
    server.app.store.blobs.write(&young.0, young.1.clone().into()).await.unwrap();
    let old = |sha256: &str| {
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(3 * 24 * 3600);
        std::fs::File::options().append(true).open(object(sha256)).unwrap().set_modified(long_ago).unwrap();
    };
    old(&lost.0);
    old(&shots[0].0);
    // Its own housekeeping has been once, and the day is not over.
    until("the first round", async || server.app.store.meta("blobs_swept_at").await.unwrap().is_some()).await;
    assert_eq!(serve::expire(&server.app).await.unwrap(), 0);
    assert!(object(&lost.0).exists());
    server.move_clock(25 * 3600);
    assert_eq!(serve::expire(&server.app).await.unwrap(), 2, "the orphan and the one without a row");
    assert!(!object(&lost.0).exists() && !object(&shots[1].0).exists());
    assert!(object(&shots[0].0).exists() && object(&young.0).exists());
    assert!(!server.app.store.keys().is_there(slot).unwrap(), "its key is gone with it");
    assert_eq!(server.app.store.blobs.read(&shots[0].0).await.unwrap(), shots[0].1);
    assert_eq!(device.blob(&server, &lost.0, &lost.1).await.status(), 201, "it may come again");
}

const ERASED: &str = "an_erasure_is_whole_or_not_at_all_and_a_late_object_cannot_be_read";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_is_whole_or_not_at_all_and_a_late_object_cannot_be_read() {
    tokio::task::spawn_blocking(bucket::be_one).await.unwrap();
    let mut storage = Storage::process(ERASED);
    let (folder, data, _given) = folder();
    let server = Server::on(&data, folder.path(), &["--blobs", &storage.address("erased")], |_| {});
    let device = server.device().await;
    let shot = picture(&mut fastrand::Rng::with_seed(6));
    assert_eq!(put_picture(&server, &device, &shot).await.status(), 201);
    let mut report: serde_json::Value =
        serde_json::from_slice(&soak::report(&soak::uuid(&mut fastrand::Rng::with_seed(7)), 1, Some(&shot.0))).unwrap();
    report["listing"]["seller"] = "synthetic-seller".into();
    let id = report["report_id"].as_str().unwrap().to_owned();
    let body = serde_json::to_vec(&report).unwrap();
    assert_eq!(device.put_report(&server.http, &server.origin(), &id, body).send().await.unwrap().status(), 201);
    let object = storage.object("erased", &lies_at(&data, &shot.0));
    let sealed = std::fs::read(&object).unwrap();
    let erase = [
        "erase",
        "--data",
        &text(&data),
        "--marketplace",
        "market.example",
        "--seller",
        "synthetic-seller",
        "--reason",
        "asked",
        "--yes",
    ]
    .map(str::to_owned);
    let erase = async || {
        let erase = erase.clone();
        tokio::task::spawn_blocking(move || run(&erase.each_ref().map(String::as_str))).await.unwrap()
    };
    let readable = async || {
        let store = Store::open(&data, true).await.unwrap();
        let read = store.blobs.read(&shot.0).await.is_ok();
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM cases WHERE erased_at = ''")
            .fetch_one(store.read())
            .await
            .unwrap();
        store.close().await;
        (read, left)
    };
    // While nobody can say which keys the objects have, nothing is erased.
    storage.kill();
    refused(erase().await);
    storage.start(ERASED);
    assert_eq!(readable().await, (true, 1));
    let words = said(erase().await);
    assert!(words.starts_with("erased: 1 cases"), "{words}");
    assert!(!object.exists());
    assert_eq!(readable().await, (false, 0));
    // An old version of the bucket, or an upload that arrives late: bytes, and no key that opens them.
    std::fs::create_dir_all(object.parent().unwrap()).unwrap();
    std::fs::write(&object, sealed).unwrap();
    assert_eq!(readable().await, (false, 0));
    server.stop();
}

#[tokio::test]
async fn a_backup_comes_back_into_a_folder_and_into_a_bucket() {
    let storage = Storage::here();
    let (folder, data, _given) = folder();
    let place = |name: &str| text(&folder.path().join(name));
    let server = Server::on(&data, folder.path(), &["--blobs", &storage.address("live")], |_| {});
    let device = server.device().await;
    let mut random = fastrand::Rng::with_seed(8);
    let shots: Vec<_> = (0..40).map(|_| picture(&mut random)).collect();
    for (n, shot) in shots.iter().enumerate() {
        assert_eq!(put_picture(&server, &device, shot).await.status(), 201);
        let id = soak::uuid(&mut random);
        let body = soak::report(&id, n, Some(&shot.0));
        assert_eq!(device.put_report(&server.http, &server.origin(), &id, body).send().await.unwrap().status(), 201);
    }
    let (backup, keys) = (place("backup"), place("keys"));
    let words = said(run(&["backup", "--data", &text(&data), "--output", &backup, "--with-secrets", &keys]));
    let sums =
        Command::new("sha256sum").args(["--check", "--quiet", "SHA256SUMS"]).current_dir(&backup).output().unwrap();
    assert!(sums.status.success() && words.starts_with("backed up: "), "{words}");
    for shot in &shots {
        let name = lies_at(&data, &shot.0);
        let copy = std::fs::read(folder.path().join("backup/blobs").join(&name)).unwrap();
        assert_eq!(copy, std::fs::read(storage.object("live", &name)).unwrap(), "as it lies in the bucket");
    }
    let mut databases = vec![];
    // Never over what is there.
    let live =
        ["--from", &backup, "--data", &place("over"), "--with-secrets", &keys, "--blobs", &storage.address("live")];
    let words = refused(restore(&live, &mut databases));
    assert!(words.contains("is not empty") && !folder.path().join("over").join("spotter.db").exists(), "{words}");
    for (name, bucket) in [("again", None), ("apart", Some(storage.address("apart")))] {
        let target = place(name);
        let mut arguments = vec!["--from", &backup, "--data", &target, "--with-secrets", &keys];
        if let Some(address) = &bucket {
            arguments.extend(["--blobs", address]);
        }
        let words = said(restore(&arguments, &mut databases));
        assert!(words.contains("unbroken"), "{words}");
        let target = Path::new(&target);
        assert_eq!(target.join("blobs").join(lies_at(&data, &shots[0].0)).exists(), bucket.is_none());
        // A server on it takes more; it is not the one that the rows came from.
        let again = Server::on(target, target.parent().unwrap(), &["--hold-notices"], |_| {});
        let device = again.device().await;
        let shot = picture(&mut random);
        assert_eq!(put_picture(&again, &device, &shot).await.status(), 201);
        let store = Store::open(target, true).await.unwrap();
        for (sha256, bytes) in shots.iter().chain([&shot]) {
            assert_eq!(sign::sha256_hex(&store.blobs.read(sha256).await.unwrap()), sign::sha256_hex(bytes));
        }
        store.close().await;
        again.stop();
        if bucket.is_some() {
            let words = not_started(target, &storage.address("live"), &[]);
            assert!(words.contains("pictures of another endpoint"), "{words}");
        }
    }
    server.stop();
}
