//! `spotter-server`: reads the command line and starts what it names. Every rule lives in the library.

use clap::Parser as _;
use spotter_model::Invitation;
use spotter_server::config::{AuditCommand, Cli, Command, Origin, ReviewerCommand};
use spotter_server::console::session::{BadPassword, hash_password};
use spotter_server::serve::{Server, asked_to_stop};
use spotter_server::sign::ServerKey;
use spotter_server::store::{Store, devices, reviewers};
use spotter_server::{audit, clock, random};
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(settings) => serve(&settings).await,
        Command::Invite { data, uses, public_origin } => invite(&data, uses, public_origin).await,
        Command::Reviewer { command: ReviewerCommand::Add { data, name, .. } } => add_reviewer(&data, &name).await,
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

async fn serve(settings: &spotter_server::config::Serve) -> Result<(), Failure> {
    let server = Server::bind(settings, clock::system()).await?;
    // Before the ready line: whoever read it may already ask the server to stop.
    let stop = asked_to_stop()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", server.ready())?;
    out.flush()?;
    drop(out);
    server.run(stop).await;
    Ok(())
}

async fn invite(data: &Path, uses: u32, origin: Option<Origin>) -> Result<(), Failure> {
    let store = Store::open(data, true).await?;
    let key = ServerKey::open(&data.join("secrets"))?;
    let origin = match origin {
        Some(origin) => origin.as_str().to_owned(),
        None => store.meta("public_origin").await?.ok_or(
            "the server was never started here, so its address is not known: start it, or give --public-origin",
        )?,
    };
    let code = random::token();
    let now = clock::stamp(clock::system()());
    let mut tx = store.begin().await?;
    devices::invite(&mut tx, &code, uses, &now).await?;
    let detail = format!("uses {uses}");
    audit::append(
        &mut tx,
        &now,
        audit::Entry { actor: "command-line", action: "invitation.made", subject: "", detail: &detail },
    )
    .await?;
    tx.commit().await?;
    store.close().await;
    println!("{}", Invitation { origin, fingerprint: key.fingerprint().to_owned(), code });
    Ok(())
}

async fn add_reviewer(data: &Path, name: &str) -> Result<(), Failure> {
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
    store.close().await;
    println!("{links} links, unbroken");
    Ok(())
}
