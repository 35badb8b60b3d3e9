//! Keys that are missing, old or given up.

use super::server::{Server, picture, put_picture, refused, run, said, text};
use crate::soak;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use spotter_server::store::Store;
use std::path::Path;

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
