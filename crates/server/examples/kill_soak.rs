//! `kill_soak --reports N --kills K [--seed S] [--clients C] [--server PATH]`: prints one line of JSON, and fails
//! where anything acknowledged was lost or anything arrived twice.

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/soak/mod.rs"]
#[allow(dead_code, reason = "the durability test uses the rest")]
mod soak;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
struct Arguments {
    /// Reports to send.
    #[arg(long, default_value_t = 1000)]
    reports: usize,
    /// Times to kill the server with SIGKILL.
    #[arg(long, default_value_t = 100)]
    kills: usize,
    /// Seed of the moments; printed, so that a run can be repeated.
    #[arg(long)]
    seed: Option<u64>,
    /// Clients that send at once.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// The server's binary; by default the one that was built beside this example.
    #[arg(long)]
    server: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let beside = || std::env::current_exe().ok()?.parent()?.parent().map(|d| d.join("spotter-server"));
    let Some(server) = arguments.server.or_else(beside).filter(|p| p.is_file()) else {
        eprintln!("kill_soak: no spotter-server beside this example; build it, or give --server PATH");
        return ExitCode::FAILURE;
    };
    let plan = soak::Plan {
        server,
        servers: 1,
        database: None,
        reports: arguments.reports,
        kills: arguments.kills,
        clients: arguments.clients.max(1),
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..)),
    };
    eprintln!("kill_soak: seed {}", plan.seed);
    match soak::run(&plan).await {
        Ok(outcome) => {
            println!("{}", serde_json::to_string(&outcome).unwrap_or_default());
            let whole = outcome.lost == 0 && outcome.duplicated == 0 && outcome.acknowledged == outcome.sent;
            if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("kill_soak: {error}");
            ExitCode::FAILURE
        }
    }
}
