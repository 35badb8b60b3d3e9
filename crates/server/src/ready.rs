//! Whether the server should be given requests: what `/readyz` says.
//!
//! Owns: the four checks and the copy of their outcome that is good for a few seconds, so that asking costs nothing whoever
//! asks how often. A stuck outbox does not make the server unready: the intake has nothing to do with a company's mailbox.

use crate::app::{App, Peer, Shared};
use crate::faults::Fault;
use crate::problem::{Answer, Refusal};
use crate::store::notices;
use axum::Json;
use axum::extract::{Extension, State};
use serde::Serialize;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long an outcome is good.
const GOOD: Duration = Duration::from_secs(2);
/// How long the database may take, and what keeps pictures.
const PATIENCE: Duration = Duration::from_secs(3);

/// The outcome, one word each.
#[derive(Clone, Debug, Serialize)]
pub struct Checks {
    /// Whether requests may come.
    pub ready: bool,
    /// Whether something can be written: `ok`, or why not.
    pub database: &'static str,
    /// Whether a picture would find room: `ok`, or why not.
    pub disk: &'static str,
    /// `ok`, `stuck` or `held`; `unknown` where the database does not answer.
    pub outbox: &'static str,
    /// Whether the server is about to end.
    pub draining: bool,
}

impl Checks {
    /// Each check with whether it is good.
    #[must_use]
    pub fn each(&self) -> [(&'static str, bool); 4] {
        [
            ("database", self.database == "ok"),
            ("disk", self.disk == "ok"),
            ("outbox", self.outbox == "ok"),
            ("not_draining", !self.draining),
        ]
    }
}

/// The copy.
#[derive(Default)]
pub struct Copy(tokio::sync::Mutex<Option<(Instant, Checks)>>);

/// The outcome now, or of two seconds ago.
pub async fn now(app: &App) -> Checks {
    let mut held = app.ready.0.lock().await;
    let draining = app.leaving.load(Ordering::SeqCst);
    if let Some((at, checks)) = held.as_ref()
        && at.elapsed() < GOOD
        && checks.draining == draining
    {
        return checks.clone();
    }
    let database = match tokio::time::timeout(PATIENCE, app.store.probe()).await {
        Ok(Ok(())) => "ok",
        Ok(Err(error)) => Fault::from(&error).word(),
        Err(_) => Fault::Busy.word(),
    };
    let disk = match tokio::time::timeout(PATIENCE, app.store.blobs.probe()).await {
        Ok(Ok(())) => "ok",
        Ok(Err(error)) => Fault::from(&error).word(),
        Err(_) => Fault::Away.word(),
    };
    let outbox = match tokio::time::timeout(PATIENCE, notices::outbox(app.store.read(), &app.now())).await {
        Ok(Ok(outbox)) if outbox.stuck > 0 => "stuck",
        Ok(Ok(_)) if app.hold_notices => "held",
        Ok(Ok(_)) => "ok",
        Ok(Err(_)) | Err(_) => "unknown",
    };
    let ready = database == "ok" && disk == "ok" && !draining;
    if !ready {
        tracing::warn!(database, disk, outbox, draining, "not ready");
    }
    let checks = Checks { ready, database, disk, outbox, draining };
    *held = Some((Instant::now(), checks.clone()));
    checks
}

/// `GET /readyz`.
///
/// # Errors
/// 503 with the checks in words, 429.
pub async fn readyz(State(app): State<Shared>, Extension(Peer(ip)): Extension<Peer>) -> Answer<Json<Checks>> {
    app.limits.address(ip)?;
    let checks = now(&app).await;
    if checks.ready {
        return Ok(Json(checks));
    }
    let Checks { database, disk, outbox, draining, .. } = checks;
    let words = format!("Not ready: database {database}, disk {disk}, outbox {outbox}, draining {draining}.");
    Err(Refusal::unavailable(words).retry_after(5))
}
