//! Backups and the way back, by the real binary: of rows in a file, and of rows on a PostgreSQL server.

mod common;
#[path = "operations/server.rs"]
#[allow(dead_code, reason = "the tests of running it use the rest")]
mod server;
#[allow(dead_code, reason = "the kill test uses the rest")]
mod soak;

use common::postgres::{self, Given};
use serde_json::Value;
use server::{Server, picture, put_picture, refused, run, said, text, until};
use soak::Device;
use spotter_server::keys::Keys;
use spotter_server::store::cases::kinds;
use spotter_server::store::{Store, blobs, reports};
use spotter_server::{audit, sign};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// The file of a backup that has the rows.
fn rows() -> &'static str {
    if postgres::wanted() { "spotter.dump" } else { "spotter.db" }
}

/// Restores into an empty folder, and into an empty database where the rows are from one.
fn restore(arguments: &[&str], keep: &mut Vec<Given>) -> std::process::Output {
    let mut arguments: Vec<String> =
        ["restore"].iter().chain(arguments).map(|argument| (*argument).to_owned()).collect();
    if let Some((address, given)) = postgres::empty() {
        arguments.extend(["--database".to_owned(), address]);
        keep.push(given);
    }
    run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Where a picture lies, by its hash: its file's name is a mark that only whoever has the keys can make.
fn lies_at(data: &Path, sha256: &str) -> String {
    let mark = blobs::mark(&Keys::open(&data.join("secrets")).unwrap(), sha256);
    format!("blobs/{}/{mark}", &mark[..2])
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

/// Whether the rows of a backup hold these bytes, as they are or as PostgreSQL writes bytes.
fn held(backup: &Path) -> impl Fn(&[u8]) -> bool {
    let file = backup.join(rows());
    let plain = if postgres::wanted() {
        let told = Command::new("pg_restore").args(["--file", "-"]).arg(file).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        told.stdout
    } else {
        std::fs::read(file).unwrap()
    };
    move |what| {
        let hex = sign::hex(what);
        [what, hex.as_bytes()].into_iter().any(|form| plain.windows(form.len()).any(|w| w == form))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_others_write_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| text(&folder.path().join(name));
    let limits = ["--per-key", "1000000", "--per-address", "1000000"];
    let mut databases: Vec<Given> = postgres::give(&folder.path().join("data")).into_iter().collect();
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
    let holds = held(Path::new(&backup));
    assert!(holds(server.ready["fingerprint"].as_str().unwrap().as_bytes()), "what is in it would be found");
    for file in ["server.key", "data.key"] {
        let secret = std::fs::read(folder.path().join("data/secrets").join(file)).unwrap();
        assert!(!holds(&secret), "{file}");
    }
    let cases = std::fs::read(folder.path().join("data/secrets/cases.keys")).unwrap();
    assert!(!holds(&cases[64 + 16..64 + 48]), "a key of a case");
    assert!(!Path::new(&backup).join("secrets").exists());
    let saved: Value = serde_json::from_slice(&std::fs::read(&keys).unwrap()).unwrap();
    let files: Vec<&String> = saved["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["cases.keys", "data.key", "server.key"]);
    let mode =
        |path: &str| std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777;
    assert_eq!((mode(&backup), mode(&keys), mode(&place(&format!("backup/{}", rows())))), (0o700, 0o600, 0o600));

    let again = place("again");
    let words = said(restore(&["--from", &backup, "--data", &again, "--with-secrets", &keys], &mut databases));
    assert!(words.contains("unbroken"), "{words}");
    let store = Store::open(Path::new(&again), true).await.unwrap();
    for (id, hash) in &before {
        let found: Option<String> = sqlx::query_scalar("SELECT body_sha256 FROM reports WHERE report_id = $1")
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

#[tokio::test]
async fn what_is_damaged_incomplete_or_in_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| text(&folder.path().join(name));
    let (data, backup) = (place("data"), place("backup"));
    assert!(refused(run(&["backup", "--data", &data, "--output", &backup])).contains("there is no database"));
    let mut databases: Vec<Given> = postgres::give(Path::new(&data)).into_iter().collect();
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
        ("a bit of the database", Box::new(|b| flip(b.join(rows()), 5_000)), "is damaged: its hash"),
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
        ("half a database", Box::new(|b| std::fs::write(b.join(rows()), "SQLite").unwrap()), "is damaged"),
        ("no database", Box::new(|b| std::fs::remove_file(b.join(rows())).unwrap()), "is missing"),
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
    assert!(refused(restore(&["--from", &backup, "--data", &text(&target)], &mut databases)).contains("is not empty"));
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
    let words = said(restore(&["--from", &backup, "--data", &bare], &mut databases));
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
    let _database = postgres::give(&data);
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

/// What only a server of a database adds: where the rows go, and its programmes.
#[tokio::test]
async fn rows_go_where_they_came_from_and_into_nothing_that_has_some() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| text(&folder.path().join(name));
    let (data, backup) = (place("data"), place("backup"));
    let _database = postgres::give(Path::new(&data));
    Server::on(Path::new(&data), folder.path(), &[], |_| {}).stop();
    said(run(&["backup", "--data", &data, "--output", &backup]));
    let target = place("target");
    let arguments = ["restore", "--from", &backup, "--data", &target];
    if !postgres::wanted() {
        // A database that does not answer: nothing is begun.
        refused(run(&[&arguments[..], &["--database", "postgres://nobody@127.0.0.1:9/none"]].concat()));
        assert!(!Path::new(&target).exists());
        return;
    }
    let words = refused(run(&arguments));
    assert!(words.contains("name an empty database") && words.contains("Nothing was restored"), "{words}");
    let full = std::fs::read_to_string(Path::new(&data).join("database.url")).unwrap();
    let words = refused(run(&[&arguments[..], &["--database", full.trim()]].concat()));
    assert!(words.contains("is not empty"), "{words}");
    assert!(!Path::new(&target).exists());

    // Without its programmes nothing is begun that looks like a backup.
    let without = Command::new(server::BINARY)
        .args(["backup", "--data", &data, "--output", &place("none")])
        .env("PATH", folder.path())
        .output()
        .unwrap();
    assert!(refused(without).contains("pg_dump is not installed"));
    assert!(!Path::new(&place("none")).exists());
    // A dump that pg_restore does not take: the folder keeps its mark, and nothing starts on it.
    let (broken, half) = (place("broken"), place("half"));
    assert!(Command::new("cp").args(["-r", &backup, &broken]).status().unwrap().success());
    std::fs::write(Path::new(&broken).join(rows()), "no dump").unwrap();
    let (hash, old) = (sign::sha256_hex(b"no dump"), std::fs::metadata(Path::new(&backup).join(rows())).unwrap().len());
    let manifest = Path::new(&broken).join("manifest.json");
    let made: Value = serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    let bytes = made["bytes"].as_u64().unwrap();
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace(&format!("\"bytes\": {bytes}"), &format!("\"bytes\": {}", bytes - old + 7)))
        .unwrap();
    let sums = format!("{}  manifest.json\n{hash}  {}\n", sign::sha256_hex(&std::fs::read(&manifest).unwrap()), rows());
    std::fs::write(Path::new(&broken).join("SHA256SUMS"), sums).unwrap();
    let mut databases = vec![];
    let words = refused(restore(&["--from", &broken, "--data", &half], &mut databases));
    assert!(words.contains("pg_restore failed"), "{words}");
    let words = refused(run(&["serve", "--listen", "127.0.0.1:0", "--data", &half]));
    assert!(words.contains("did not come to its end"), "{words}");
}
