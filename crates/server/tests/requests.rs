//! Requests made from our own OpenAPI document, valid ones and bent ones, at the real server: no answer is a fault, and
//! every answer is one that the document names, of the type and shape that it gives.
//!
//! Short in the suite; `cargo xtask soak requests` sends 20,000. `SPOTTER_REQUESTS_SEED` repeats a run.

#[path = "requests/answer.rs"]
mod answer;
#[path = "requests/bend.rs"]
mod bend;
mod common;
#[path = "requests/make.rs"]
mod make;

use answer::Contract;
use bend::Sent;
use common::{Device, Running, report, uuid};
use fastrand::Rng;
use make::Maker;
use serde_json::Value;
use spotter_model::Tier;
use spotter_server::store::devices;
use spotter_server::store::published::{self, What};
use spotter_server::{clock, random};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

/// How many answers had which status, by what was asked for: what a bent method or address gets is no answer of the operation.
type Counts = Arc<Mutex<BTreeMap<(String, u16), usize>>>;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

/// An invitation that many may use.
async fn invitation(server: &Running) -> String {
    let code = random::token();
    let mut tx = server.app.store.begin().await.unwrap();
    let new = devices::Invited {
        uses: 1_000_000,
        cohort: "autumn".into(),
        tier: Tier::Spotter,
        replaces: None,
        organisation_id: 1,
    };
    devices::invite(&mut tx, &code, &new, &server.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    code
}

/// A company that fetches its notices, and its token.
async fn company(server: &Running) -> String {
    let mut lead = server.reviewer_with_session("The lead").await;
    let csrf = lead.get("/console/companies").await.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("id", "0"),
        ("name", "Market Example"),
        ("languages", "en"),
        ("hosts", "market.example"),
        ("channel", "pull"),
        ("contact", "trust@market.example"),
        ("address", ""),
        ("item_format", "{id}"),
        ("answer_days", "14"),
    ];
    assert_eq!(lead.post("/console/companies", &fields).await.status, 303);
    let page = lead.post("/console/companies/1/secrets", &[("csrf", &csrf)]).await.text;
    page.split("<dd>").nth(2).unwrap().split('<').next().unwrap().to_owned()
}

/// Reports of this device whose cases wait for a check: it may be asked to look at them again.
async fn asked(server: &Running, device: &Device) -> Vec<String> {
    let due = clock::stamp((server.app.clock)() - time::Duration::days(1));
    let mut asked = vec![];
    for _ in 0..6 {
        let report = report(&uuid());
        device.send(server, &report).await;
        let id = report["report_id"].as_str().unwrap().to_owned();
        let mut tx = server.app.store.begin().await.unwrap();
        let new = "INSERT INTO checks (case_id, due_at) SELECT case_id, $1 FROM reports WHERE report_id = $2";
        let made = sqlx::query(new).bind(&due).bind(&id).execute(&mut *tx).await.unwrap();
        assert_eq!(made.rows_affected(), 1);
        tx.commit().await.unwrap();
        asked.push(id);
    }
    asked
}

async fn worker(
    server: Arc<Running>,
    contract: Arc<Contract>,
    mut maker: Maker,
    requests: u64,
    counts: Counts,
) -> Vec<String> {
    let mut wrong = vec![];
    let mut last: Option<Sent> = None;
    for n in 0..requests {
        // What one device may do in a day is soon used up.
        if n.is_multiple_of(400) {
            maker.device = server.device().await;
            maker.asked = asked(&server, &maker.device).await;
            maker.now = server.app.now();
        }
        let again = last.take_if(|_| n.is_multiple_of(11));
        let sent = match again {
            Some(sent) => sent,
            None => bend::bent(&mut maker, &contract.operations),
        };
        let mut answer = sent.request(&server).send().await;
        // A connection that ended behind a refused body may be tried for the next request: that one goes again.
        if answer.is_err() && !sent.breaks_http {
            answer = sent.request(&server).send().await;
        }
        let answer = match answer {
            Ok(answer) => answer,
            // Not HTTP any more: the HTTP layer closes such a connection, or the client refuses to send it.
            Err(error) if error.is_builder() || sent.breaks_http => {
                last = None;
                continue;
            }
            Err(error) => {
                wrong.push(format!("{}: no answer: {error:?}", sent.shown()));
                continue;
            }
        };
        let status = answer.status().as_u16();
        *counts.lock().unwrap().entry((sent.asks(), status)).or_default() += 1;
        wrong.extend(contract.check(&sent, answer).await.into_iter().map(|w| format!("{}: {w}", sent.shown())));
        if status < 300 {
            last = Some(sent);
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_requests_get_the_answers_of_the_document() {
    let full = std::env::var("SPOTTER_REQUESTS").is_ok();
    let requests = setting("SPOTTER_REQUESTS", 1_200);
    let seed = setting("SPOTTER_REQUESTS_SEED", fastrand::u64(..));
    println!("seed {seed}");
    let server = Arc::new(Running::with(|s| (s.per_key, s.per_address) = (10_000_000, 10_000_000)).await);
    let (code, token) = (invitation(&server).await, company(&server).await);
    let mut tx = server.app.store.begin().await.unwrap();
    published::set(&mut tx, What::Pack, b"a pack", &server.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let document: Value = server.http.get(server.url("/v1/openapi.json")).send().await.unwrap().json().await.unwrap();
    let contract = Arc::new(Contract::of(document));
    assert_eq!(contract.operations.len(), spotter_server::intake::ROUTES.len());
    let counts = Counts::default();
    let workers: Vec<_> = (0..4)
        .map(|n| {
            let maker = Maker {
                rng: Rng::with_seed(seed.wrapping_add(n)),
                document: Arc::clone(&contract.document),
                device: Device::new(),
                code: code.clone(),
                token: token.clone(),
                asked: vec![],
                now: String::new(),
            };
            tokio::spawn(worker(Arc::clone(&server), Arc::clone(&contract), maker, requests / 4, Arc::clone(&counts)))
        })
        .collect();
    let mut wrong = vec![];
    for worker in workers {
        wrong.extend(worker.await.unwrap());
    }
    let counts = counts.lock().unwrap();
    let of = |holds: &dyn Fn(u16) -> bool| counts.iter().filter(|((_, s), _)| holds(*s)).map(|(_, n)| n).sum::<usize>();
    let (all, good, faults) = (of(&|_| true), of(&|s| s < 300), of(&|s| s >= 500));
    println!(
        "{all} requests, {good} taken, {} refused, {faults} answers of 5xx, {} beside the document",
        all - good,
        wrong.len()
    );
    for ((name, status), n) in counts.iter() {
        println!("  {name:44} {status} {n:6}");
    }
    assert!(wrong.is_empty(), "{:#?}", &wrong[..wrong.len().min(20)]);
    assert_eq!(faults, 0);
    // Everything was reached from its good side, and most of it from the other one.
    // (No survey runs here: what belongs to one is refused, as the document says.)
    for operation in contract.operations.iter().filter(|o| !o.path.starts_with("/v1/surveys/")) {
        let name = operation.name();
        assert!(counts.iter().any(|((n, s), _)| *n == name && *s < 300), "{name} took nothing");
    }
    assert!(!full || all as u64 >= requests * 99 / 100, "{all} of {requests} were answered");
}

/// Somebody sends a body with a question, and sends it late. The connection must not break off over it.
#[tokio::test]
async fn answers_arrive_whole_behind_bodies_that_nobody_reads() {
    let server = Running::start().await;
    let address = server.url("").trim_start_matches("http://").trim_end_matches('/').to_owned();
    let place = address.replace("localhost", "127.0.0.1").parse().unwrap();
    for (method, wanted) in [("GET", "200"), ("DELETE", "405"), ("OPTIONS", "204")] {
        // Little room, so that the answer is still on its way when the server is done.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut line = socket.connect(place).await.unwrap();
        let head = format!(
            "{method} /v1/openapi.json HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 60000\r\n\r\n"
        );
        line.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        line.write_all(&[b'['; 60_000]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut answer = String::new();
        line.read_to_string(&mut answer).await.unwrap_or_else(|e| panic!("{method}: the answer broke off: {e}"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {wanted} ")), "{answer:.200}");
        assert!(method != "GET" || answer.ends_with('}'), "all of the document");
    }
}
