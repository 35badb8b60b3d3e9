//! Many open cases and many reviewers at once: no case is offered to two, every decision counts, and how long pages take.
//!
//! Short in the suite; `cargo xtask soak queue` runs it with 100,000 open cases and 50 reviewers for ten minutes, and only
//! then are times judged.

mod common;

use common::{Browser, Running, report};
use spotter_server::store::{sealing, search};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What is measured, and how long its 95th percentile may be in the full run.
const BUDGETS: [(&str, u128); 4] = [("queue", 150), ("decision", 100), ("search", 300), ("case", 150)];

/// Makes the cases as intake would, but all in one transaction.
async fn fill(server: &Running, cases: i64) {
    let body = serde_json::to_vec(&report("1")).unwrap();
    let mut tx = server.app.store.begin().await.unwrap();
    sqlx::query("INSERT INTO invitations (code_hash, uses_left, created_at) VALUES (zeroblob(1), 1, '')")
        .execute(&mut *tx)
        .await
        .unwrap();
    for n in 0..200 {
        let name = format!("device {n}");
        sqlx::query("INSERT INTO devices (key_id, public_key, pseudonym, invitation, enrolled_at, spotter) VALUES ($1, zeroblob(32), $1, zeroblob(1), '', $1)")
            .bind(name)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)";
    // Safe: literals of this file.
    for sql in [
        "INSERT INTO cases (id, marketplace, listing_key, state, version, opened_at, changed_at, title, price, level, score, main_group, \
         missed, reports, country, language, reasons, priority, words) SELECT i, 'market' || (i % 40) || '.example', 'id:' || i, 'new', 1, \
         '2026-11-' || substr(CAST(101 + i * 20 / $1 AS TEXT), 2) || 'T08:00:00.000Z', '2026-11-21T00:00:00.000Z', t, '$ 240', l, 0.9, g, 0, 1, c, s, \
         w, CASE l WHEN 'likely' THEN 4 ELSE 2 END + CASE i % 7 WHEN 0 THEN 2 ELSE 0 END, lower(t || ' id:' || i || ' market' || (i % 40) || '.example') FROM (SELECT i, \
         CASE i % 3 WHEN 0 THEN 'likely' ELSE 'possible' END AS l, CASE i % 3 WHEN 0 THEN 'likely' ELSE 'possible' END AS w, \
         CASE i % 4 WHEN 0 THEN 'elephant' WHEN 1 THEN 'parrots' WHEN 2 THEN 'big-cats' ELSE '' END AS g, \
         CASE i % 5 WHEN 0 THEN 'DE' WHEN 1 THEN 'US' ELSE 'GB' END AS c, CASE i % 5 WHEN 0 THEN 'de' ELSE 'en' END AS s, \
         'Synthetic carving number ' || i || ' of many, with a rather long title' || CASE i % 1000 WHEN 0 THEN ' 象牙' ELSE '' END AS t FROM n) s",
        "INSERT INTO reports (seq, report_id, case_id, body, body_sha256, signature, text_sha256, salt, received_at, number, receipt) \
         SELECT i, 'r' || i, i, $2, '', zeroblob(0), zeroblob(0), zeroblob(0), '2026-11-21T00:00:00.000Z', 'WS-2026-' || substr(CAST(1000000 + i AS TEXT), 2), '{}' FROM n",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(format!("{numbers} {sql}")))
            .bind(cases)
            .bind(&body)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "{numbers} INSERT INTO unsealed_reporters (seq, key_id) SELECT i, 'device ' || (i % 200) FROM n"
    )))
    .bind(cases)
    .execute(&mut *tx)
    .await
    .unwrap();
    // Sealed as a database from before is.
    sqlx::query("DELETE FROM meta WHERE name IN ('sealed', 'sealed_linkage')").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let at = Instant::now();
    sealing::seal_old(&server.app.store).await.unwrap();
    sealing::seal_linkage(&server.app.store).await.unwrap();
    println!("{cases} cases sealed in {} ms", at.elapsed().as_millis());
    // As a server does at its start, before anybody searches.
    let at = Instant::now();
    search::refresh(server.app.store.reader()).await.unwrap();
    println!("read for the search in {} ms", at.elapsed().as_millis());
}

#[derive(Default)]
struct Seen {
    /// Who has which case now.
    held: HashMap<i64, usize>,
    took: HashMap<&'static str, Vec<Duration>>,
    decided: usize,
}

type Shared = Arc<Mutex<Seen>>;

async fn timed<T>(seen: &Shared, what: &'static str, work: impl Future<Output = T>) -> T {
    let at = Instant::now();
    let done = work.await;
    seen.lock().unwrap().took.entry(what).or_default().push(at.elapsed());
    done
}

/// One reviewer's shift: a look at the queue, a search, then case after case as the console offers them.
async fn shift(mut browser: Browser, me: usize, mut case: i64, (until, think): (Instant, u64), seen: Shared) {
    const QUEUES: [&str; 4] = ["", "?group=parrots&country=US", "?marketplace=market7.example&level=likely", "?mine=1"];
    const SEARCHES: [&str; 4] = ["carving+long", "%E8%B1%A1%E7%89%99", "no+such+words", "id:4711"];
    let mut round = me;
    while Instant::now() < until {
        if round.is_multiple_of(5) {
            let page = timed(&seen, "queue", browser.get(&format!("/console{}", QUEUES[round / 5 % 4]))).await;
            assert_eq!(page.status, 200);
            let page =
                timed(&seen, "search", browser.get(&format!("/console/search?q={}", SEARCHES[round / 5 % 4]))).await;
            assert_eq!(page.status, 200);
        }
        round += 1;
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=2 * think))).await;
        let page = timed(&seen, "case", browser.get(&format!("/console/cases/{case}"))).await;
        let (csrf, version) = (page.field("csrf"), page.field("version"));
        let fields = [("csrf", csrf.as_str()), ("version", &version), ("decision", "cannot_tell"), ("reason", "")];
        let path = format!("/console/cases/{case}/decide");
        // Others may have it from the moment in which the server decided, not before.
        seen.lock().unwrap().held.remove(&case);
        let done = timed(&seen, "decision", browser.post(&path, &fields)).await;
        let Some(next) = done.location().strip_prefix("/console/cases/") else {
            assert_eq!(done.status, 303, "{}", done.text);
            return;
        };
        case = next.split('?').next().unwrap().parse().unwrap();
        let mut all = seen.lock().unwrap();
        all.decided += 1;
        assert_eq!(all.held.insert(case, me), None, "case {case} is offered to two");
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reviewers_share_a_long_queue() {
    let full = std::env::var("SPOTTER_QUEUE_CASES").is_ok();
    let cases = setting("SPOTTER_QUEUE_CASES", 400) as i64;
    let reviewers = setting("SPOTTER_QUEUE_REVIEWERS", 4) as usize;
    let seconds = setting("SPOTTER_QUEUE_SECONDS", 2);
    // Milliseconds that a reviewer looks at a case, on average.
    let think = setting("SPOTTER_QUEUE_THINK_MS", 10);
    let server = Running::start().await;
    fill(&server, cases).await;
    let seen = Shared::default();
    let mut browsers = vec![];
    for me in 0..reviewers {
        browsers.push(server.reviewer_with_session(&format!("Reviewer {me}")).await);
    }
    // Each begins somewhere else; whoever opens a case has it.
    let mut first = vec![];
    for (me, browser) in browsers.iter_mut().enumerate() {
        let case = 1 + me as i64 * (cases / reviewers as i64);
        browser.get(&format!("/console/cases/{case}")).await;
        first.push(case);
    }
    // The first page after a start counts what the filters offer; that is not what a shift waits for.
    browsers[0].get("/console").await;
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut shifts = vec![];
    for (me, (browser, case)) in browsers.into_iter().zip(first).enumerate() {
        seen.lock().unwrap().held.insert(case, me);
        shifts.push(tokio::spawn(shift(browser, me, case, (until, think), Arc::clone(&seen))));
    }
    for shift in shifts {
        shift.await.unwrap();
    }
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM cases WHERE state = 'cannot_tell'")
        .fetch_one(server.app.store.read())
        .await
        .unwrap();
    let seen = seen.lock().unwrap();
    assert!(
        stored >= seen.decided as i64 && stored <= (seen.decided + reviewers) as i64 && seen.decided > reviewers,
        "{stored} {}",
        seen.decided
    );
    println!(
        "{cases} open cases, {reviewers} reviewers who think for {think} ms, {seconds} s: {} decided, none offered to two",
        seen.decided
    );
    let mut late = vec![];
    for (what, budget) in BUDGETS {
        let mut took: Vec<u128> = seen.took.get(what).into_iter().flatten().map(Duration::as_micros).collect();
        took.sort_unstable();
        let at = |share: usize| took.get(took.len() * share / 100).map_or(0, |t| t / 1000);
        println!(
            "  {what:9} {:6} times, p50 {} ms, p95 {} ms (at most {budget}), p99 {} ms",
            took.len(),
            at(50),
            at(95),
            at(99)
        );
        if at(95) > budget {
            late.push(what);
        }
    }
    assert!(!full || late.is_empty(), "too slow: {late:?}");
}
