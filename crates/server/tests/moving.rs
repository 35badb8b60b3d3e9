//! From a file to a PostgreSQL server: a backup of rows in a file, restored into a database. Runs where the tests have one.

mod common;
#[path = "operations/server.rs"]
#[allow(dead_code, reason = "the tests of running it use the rest")]
mod server;
#[allow(dead_code, reason = "the kill test uses the rest")]
mod soak;

use common::{Device, Running, postgres, report, uuid};
use serde_json::json;
use server::{Server, refused, run, said, text};
use spotter_server::notices::outbox;
use spotter_server::sign::sha256_hex;
use spotter_server::store::Store;
use spotter_server::store::engine::{Engine, Kind};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const DAY: i64 = 86_400;

/// An endpoint that has seen most of what there is: reports, pictures, decisions, notices, checks, words, an erasure.
async fn lived_in() -> (Running, Device) {
    let server = Running::in_a_file().await;
    let device = server.device().await;
    let mut lead = server.reviewer_with_session("The lead").await;
    lead.market("Márket Exámple 市場").await;
    let picture = b"\x89PNG\r\n\x1a\nsynthetic".to_vec();
    device.blob(&server, &sha256_hex(&picture), &picture).await;
    for n in 1..=230 {
        device.send(&server, &report(&n.to_string())).await;
    }
    for (case, decision) in [(1, "confirm"), (2, "not_prohibited"), (3, "confirm"), (4, "cannot_tell")] {
        lead.get(&format!("/console/cases/{case}/evidence")).await;
        assert_eq!(lead.decide(case, decision, "").await.status, 303);
    }
    let (csrf, version) = {
        let page = lead.get("/console/cases/1").await;
        (page.field("csrf"), page.field("version"))
    };
    let what = [("csrf", csrf.as_str()), ("version", &version), ("kind", "policy"), ("clause", "1")];
    let seen = lead.post("/console/cases/1/notice", &what).await.field("seen");
    let sent = lead.post("/console/cases/1/notice", &[&what[..], &[("seen", &seen), ("send", "yes")]].concat()).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    for days in [1, 8] {
        server.move_clock(days * DAY);
        outbox::tick(&server.app).await.unwrap();
    }
    let words = json!({ "schema": "wildlife-contact/1", "id": uuid(), "text": "A seller wrote: \u{202e}é 象牙",
        "created_at": server.app.now() });
    let request = server.http.put(server.url(&format!("/v1/contacts/{}", words["id"].as_str().unwrap())));
    let body = serde_json::to_vec(&words).unwrap();
    let kind = spotter_model::dsse::CONTACT_TYPE;
    let answer = device.signed(request.header("content-type", kind), kind, &body).body(body).send().await.unwrap();
    assert!(answer.status().is_client_error() || answer.status().is_success());
    // One points at a case with a higher number.
    let mut tx = server.app.store.begin().await.unwrap();
    for (case, of) in [(5, 230), (230, 6)] {
        sqlx::query("UPDATE cases SET duplicate_of = $1 WHERE id = $2")
            .bind(of)
            .bind(case)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    (server, device)
}

/// How many rows each table of a store has.
async fn counts(store: &Store) -> BTreeMap<String, i64> {
    let tables = match store.kind() {
        Kind::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
        Kind::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
    };
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(store.read()).await.unwrap();
    let mut counts = BTreeMap::new();
    for table in tables.into_iter().filter(|table| table != "_sqlx_migrations") {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        counts.insert(table, sqlx::query_scalar(sql).fetch_one(store.read()).await.unwrap());
    }
    counts
}

/// Words of all cases and links, as the database has them.
async fn words(store: &Store) -> Vec<(String, i64, Option<i64>, f64, Vec<u8>)> {
    let sql = "SELECT r.report_id, c.id, c.duplicate_of, c.score, r.body FROM reports r JOIN cases c ON c.id = r.case_id ORDER BY r.seq";
    sqlx::query_as(sql).fetch_all(store.read()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_a_file_move_into_a_server_for_good() {
    let Some((address, _database)) = postgres::empty() else {
        println!("left out: this is about a PostgreSQL server");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| text(&folder.path().join(name));
    let (mut server, _device) = lived_in().await;
    server.ask_to_stop();
    server.stopped().await;
    let (data, backup, keys, moved) = (text(server.data()), place("backup"), place("keys"), place("moved"));
    said(run(&["backup", "--data", &data, "--output", &backup, "--with-secrets", &keys]));
    let restore = |into: &str, address: &str| {
        run(&["restore", "--from", &backup, "--data", into, "--with-secrets", &keys, "--database", address])
    };
    let words_of = said(restore(&moved, &address));
    assert!(words_of.contains("unbroken"), "{words_of}");
    assert!(!Path::new(&moved).join("spotter.db").exists());

    let (before, after) =
        (Store::open(Path::new(&data), true).await.unwrap(), Store::open(Path::new(&moved), true).await.unwrap());
    assert_eq!((before.kind(), after.kind()), (Kind::Sqlite, Kind::Postgres));
    let (went, came) = (counts(&before).await, counts(&after).await);
    // The backup's own link and owner came after it.
    let changes = ["audit", "meta"];
    for (table, count) in &went {
        assert!(
            changes.contains(&table.as_str()) || came[table] == *count,
            "{table}: {count} went, {} came",
            came[table]
        );
    }
    assert!(went.values().filter(|n| **n > 0).count() > 15, "the endpoint has lived: {went:?}");
    assert_eq!(words(&before).await, words(&after).await);
    before.close().await;
    after.close().await;

    // It goes on where it was: the next numbers are free, the chain holds.
    let again = Server::on(Path::new(&moved), folder.path(), &["--hold-notices"], |_| {});
    let device = again.device().await;
    for seed in 1..4 {
        let id = soak::uuid(&mut fastrand::Rng::with_seed(seed));
        let body = soak::report(&id, 9_000 + seed as usize, None);
        let answer = device.put_report(&again.http, &again.origin(), &id, body).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
    }
    again.stop();
    assert!(said(run(&["audit", "verify", "--data", &moved])).contains("unbroken"));
    // Not twice, and not beside what is there.
    let words_of = refused(restore(&place("twice"), &address));
    assert!(words_of.contains("is not empty"), "{words_of}");
    assert!(!Path::new(&place("twice")).exists());

    // A file whose tables are not ours: no row gets in, and no server starts on what was begun.
    let strange = folder.path().join("strange");
    assert!(Command::new("cp").arg("-r").arg(&backup).arg(&strange).status().unwrap().success());
    let file = Engine::file(&strange.join("spotter.db"), false).unwrap().alone().await.unwrap();
    sqlx::query("ALTER TABLE notes ADD COLUMN odd TEXT").execute(&file).await.unwrap();
    file.close().await;
    let sums = std::fs::read_to_string(strange.join("SHA256SUMS")).unwrap();
    let hash = |at: &Path| sha256_hex(&std::fs::read(at.join("spotter.db")).unwrap());
    std::fs::write(strange.join("SHA256SUMS"), sums.replace(&hash(Path::new(&backup)), &hash(&strange))).unwrap();
    let (other, _other) = postgres::empty().unwrap();
    let half = place("half");
    let words_of = refused(run(&[
        "restore",
        "--from",
        &text(&strange),
        "--data",
        &half,
        "--with-secrets",
        &keys,
        "--database",
        &other,
    ]));
    assert!(words_of.contains("notes.odd") && words_of.contains("were not moved"), "{words_of}");
    let words_of = refused(run(&["serve", "--listen", "127.0.0.1:0", "--data", &half]));
    assert!(words_of.contains("did not come to its end"), "{words_of}");
}
