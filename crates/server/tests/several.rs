//! Several servers on one database and one folder: what one wrote the other knows, and no round is done by two at once.
//! That kills of one lose nothing is `kill_soak`'s.

mod common;

use common::{Browser, Running, postgres, report};
use spotter_server::store::erasure::{self, Why};
use spotter_server::store::rounds::{self, Round};
use spotter_server::store::search;
use spotter_server::store::steps::Actor;
use spotter_server::{audit, store};

async fn found(server: &Running) -> usize {
    search::search(server.app.store.reader(), &["netsuke".to_owned()]).await.unwrap().0.len()
}

#[tokio::test]
async fn what_one_server_wrote_the_other_knows() {
    if !postgres::wanted() {
        return;
    }
    let a = Running::start().await;
    let b = a.beside().await;
    let device = a.device().await;
    assert_eq!((found(&a).await, found(&b).await), (0, 0));
    device.send(&a, &report("1")).await;
    device.send(&b, &report("2")).await;
    assert_eq!((found(&a).await, found(&b).await), (2, 2));
    assert_eq!(device.status(&b).await["items"].as_array().unwrap().len(), 2);

    // A reviewer goes from one to the other, as a load balancer sends them; who has a case is known to both.
    let mut one = a.reviewer("Reviewer One").await;
    let mut two = b.reviewer("Reviewer Two").await;
    let mut moved = Browser::with(&b, one.cookies());
    assert_eq!(moved.get("/console").await.status, 200);
    one.get("/console/cases/2").await;
    assert!(two.get("/console/cases/2").await.text.contains("Reviewer One</bdi> has this case open until"));
    let (mut at_once, mut others) = (one.get("/console/cases/1").await, two.get("/console/cases/1").await);
    for page in [&mut at_once, &mut others] {
        assert_eq!(page.field("version"), "1");
    }
    // Two decide on the same version at the same time: one of them does.
    let (first, second) = tokio::join!(one.decide(1, "invalid", ""), two.decide(1, "invalid", ""));
    let mut status = [first.status, second.status];
    status.sort_unstable();
    assert_eq!(status, [303, 409]);

    // The server goes on which somebody had a case open: the case comes back when its time is over.
    drop(one);
    drop(a);
    b.move_clock(store::leases::LEASE_S + 1);
    assert!(!two.get("/console/cases/2").await.text.contains("has this case open"));
    audit::verify(b.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn what_one_server_erased_the_other_finds_no_more() {
    if !postgres::wanted() {
        return;
    }
    let a = Running::start().await;
    let b = a.beside().await;
    let device = a.device().await;
    for n in ["1", "2"] {
        device.send(&a, &report(n)).await;
    }
    assert_eq!(found(&b).await, 2);
    let why = Why::Command("a test".to_owned());
    erasure::erase(&a.app.store, &[1], &why, Actor::Server, &a.app.now()).await.unwrap();
    assert_eq!(found(&b).await, 1);
    assert!(store::cases::find(b.app.store.reader(), 1).await.unwrap().unwrap().title.starts_with("Erased on"));
}

#[tokio::test]
async fn a_round_is_done_by_one_of_them() {
    if !postgres::wanted() {
        return;
    }
    let a = Running::start().await;
    let b = a.beside().await;
    for round in [Round::Outbox, Round::Housekeeping] {
        // The servers do their own at the start.
        let held = loop {
            match rounds::begin(&a.app.store, round).await.unwrap() {
                Some(held) => break held,
                None => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            }
        };
        assert!(rounds::begin(&b.app.store, round).await.unwrap().is_none(), "{round:?}");
        held.end().await.unwrap();
        rounds::begin(&b.app.store, round).await.unwrap().expect("it is free again").end().await.unwrap();
    }
}

/// A commit after a statement that failed is none, though PostgreSQL answers it.
#[tokio::test]
async fn what_failed_within_is_not_called_committed() {
    let server = Running::start().await;
    let mut tx = server.app.store.begin().await.unwrap();
    sqlx::query("INSERT INTO meta (name, value) VALUES ('kept', '1')").execute(&mut *tx).await.unwrap();
    assert!(sqlx::query("INSERT INTO meta (name, value) VALUES ('kept', '2')").execute(&mut *tx).await.is_err());
    let committed = tx.commit().await.is_ok();
    assert_eq!(server.app.store.meta("kept").await.unwrap().is_some(), committed);
    assert_eq!(committed, !postgres::wanted());
}
