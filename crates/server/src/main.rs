//! `spotter-server`: reads the command line and starts what it names. Every rule lives in the library.

use spotter_server::commands::{self, Failure};
use spotter_server::config::{AuditCommand, Command, DeviceCommand, ReviewerCommand, Serve};
use spotter_server::console::session::{BadPassword, hash_password};
use spotter_server::roles::Role;
use spotter_server::serve::{Server, asked_to_stop};
use spotter_server::settings::{self, Refused, Row, Settled};
use spotter_server::store::{Store, erasure, people, reviewers};
use spotter_server::{audit, clock, log};
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let Settled { cli, rows } = match settings::settle(std::env::args_os().collect()) {
        Ok(settled) => settled,
        Err(Refused::CommandLine(error)) => error.exit(),
        Err(Refused::File(words)) => {
            eprintln!("spotter-server: {words}");
            return ExitCode::from(2);
        }
    };
    let done = match cli.command {
        Command::Serve(settings) if settings.check => check(&settings, &rows),
        Command::Serve(settings) => serve(&settings).await,
        Command::Backup { data, output, with_secrets } => {
            commands::backup(&data, &output, with_secrets.as_deref()).await.map(|said| println!("{said}"))
        }
        Command::Restore { from, data, with_secrets, database, blobs, .. } => {
            commands::restore(&from, data.as_deref(), with_secrets.as_deref(), (database.as_ref(), blobs.as_ref()))
                .await
                .map(|said| println!("{said}"))
        }
        Command::Invite { data, uses, cohort, tier, replaces, organisation, public_origin } => {
            commands::invite(&data, uses, (cohort, tier), (replaces, organisation), public_origin)
                .await
                .map(|said| println!("{said}"))
        }
        Command::Device { command: DeviceCommand::Revoke { data, name } } => {
            commands::revoke(&data, &name).await.map(|said| println!("{said}"))
        }
        Command::Publish(what) => commands::publish(&what).await.map(|said| println!("{said}")),
        Command::Export { data, report, output, release, fonts } => {
            let done = commands::export((&data, &fonts), &report, &output, release.as_deref()).await;
            done.map(|said| println!("{said}"))
        }
        Command::Terms { data, output, version } => {
            commands::terms(&data, &output, &version).await.map(|said| println!("{said}"))
        }
        Command::Erase(what) => commands::erase(&what).await.map(|said| println!("{said}")),
        Command::Reviewer { command: ReviewerCommand::Add { data, name, role, .. } } => {
            add_reviewer(&data, &name, role).await
        }
        Command::Audit { command: AuditCommand::Verify { data } } => verify_audit(&data).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spotter-server: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints what would be used, then says whether it fits together.
fn check(settings: &Serve, rows: &[Row]) -> Result<(), Failure> {
    print!("{}", settings::printed(rows));
    let there = if settings.data.is_dir() { "is there" } else { "is not there yet and would be made" };
    println!("# the data folder {there}");
    Ok(settings.consistent()?)
}

async fn serve(settings: &Serve) -> Result<(), Failure> {
    log::begin(settings.log);
    let server = Server::bind(settings, settings.clock()).await?;
    // Before the ready line: whoever read it may already ask the server to stop.
    let stop = asked_to_stop()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", server.ready())?;
    out.flush()?;
    drop(out);
    server.run(stop).await;
    Ok(())
}

async fn add_reviewer(data: &Path, name: &str, role: Option<Role>) -> Result<(), Failure> {
    let name = name.trim();
    if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
        return Err("a name has 1 to 64 characters".into());
    }
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password)?;
    let password = hash_password(password.trim_end_matches(['\r', '\n'])).map_err(|e: BadPassword| e.to_string())?;
    let store = Store::open(data, true).await?;
    let now = clock::stamp(clock::system()());
    let mut tx = store.begin().await?;
    let new = reviewers::set(&mut tx, name, &password, &now).await?;
    if let Some(role) = role {
        people::set_role_by_name(&mut tx, name, role).await?;
    }
    let action = if new { "reviewer.added" } else { "reviewer.password_set" };
    audit::append(&mut tx, &now, audit::Entry { actor: "command-line", action, subject: "", detail: "" }).await?;
    tx.commit().await?;
    store.close().await;
    println!("{}", if new { "added" } else { "password set; open sessions ended" });
    Ok(())
}

async fn verify_audit(data: &Path) -> Result<(), Failure> {
    let store = Store::open(data, true).await?;
    let links = audit::verify(store.read()).await?;
    let erased = erasure::in_chain(store.read()).await?;
    store.close().await;
    println!("{links} links, unbroken");
    for (at, subject, detail) in &erased {
        println!("erased {at} {subject}: {detail}");
    }
    Ok(())
}
