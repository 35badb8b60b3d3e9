//! Clients that are slow or many, and a server that is asked to end.

use super::server::{Server, until};
use crate::soak;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
