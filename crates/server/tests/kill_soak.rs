//! What was acknowledged survives SIGKILL, and arrives once. `cargo xtask soak kill` is the long run,
//! `SPOTTER_SEED` repeats one.

#[allow(dead_code, reason = "the durability test uses the rest")]
mod soak;

use std::path::PathBuf;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|v| v.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_kills() {
    let seed = setting("SPOTTER_SEED").unwrap_or_else(|| fastrand::u64(..));
    let reports = usize::try_from(setting("SPOTTER_SOAK_REPORTS").unwrap_or(150)).unwrap();
    let server = PathBuf::from(env!("CARGO_BIN_EXE_spotter-server"));
    let plan = soak::Plan { server, reports, kills: reports / 10, clients: 6, seed };
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
