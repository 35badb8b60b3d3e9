//! What was acknowledged survives SIGKILL, and arrives once. `cargo xtask soak kill` is the long run,
//! `SPOTTER_SEED` repeats one.

mod common;
#[allow(dead_code, reason = "the durability test uses the rest")]
mod soak;

use common::postgres;
use std::path::PathBuf;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|v| v.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

/// Sends reports under this plan and judges what came of it.
async fn nothing_is_lost(mut plan: soak::Plan) {
    plan.seed = setting("SPOTTER_SEED").unwrap_or_else(|| fastrand::u64(..));
    let (seed, reports) = (plan.seed, plan.reports);
    let outcome = soak::run(&plan).await.unwrap();
    println!("{}", serde_json::to_string(&outcome).unwrap());
    assert_eq!((outcome.lost, outcome.duplicated), (0, 0), "repeat with SPOTTER_SEED={seed}");
    assert_eq!(
        (outcome.acknowledged, outcome.stored, outcome.cases),
        (reports, reports, reports),
        "SPOTTER_SEED={seed}"
    );
    assert!(
        outcome.kills_while_sending * 3 >= plan.kills * 2,
        "too few kills fell while reports were under way: {outcome:?}"
    );
}

/// A plan with so many reports for each kill.
fn plan(servers: usize, reports: u64, for_each: usize) -> soak::Plan {
    let reports = usize::try_from(setting("SPOTTER_SOAK_REPORTS").unwrap_or(reports)).unwrap();
    let server = PathBuf::from(env!("CARGO_BIN_EXE_spotter-server"));
    soak::Plan { server, servers, database: None, reports, kills: reports / for_each, clients: 6, seed: 0 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_kills() {
    nothing_is_lost(plan(1, 150, 10)).await;
}

/// Two servers share a folder and a database; one of them is killed each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_database_lose_and_double_nothing() {
    if postgres::wanted() {
        nothing_is_lost(plan(2, 150, 10)).await;
    }
}

/// The database's server is killed with all its processes, again and again; it recovers, and so does the endpoint by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_killed_loses_nothing_acknowledged() {
    if postgres::wanted() {
        let database = Some(postgres::Cluster::start());
        nothing_is_lost(soak::Plan { database, ..plan(2, 150, 30) }).await;
    }
}
