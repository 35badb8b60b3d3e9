//! Running: opens the store, listens, tells when it is ready, and goes without losing a request.

use crate::app::{self, App, Peer, Shared};
use crate::config::{Origin, Serve};
use crate::sign::ServerKey;
use crate::store::Store;
use crate::vault::Vault;
use crate::{clock, store};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// Most connections at once; further ones wait in the kernel's queue.
const CONNECTIONS: usize = 1024;
/// How long a client may take to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How long requests under way may take to end when the server goes.
const DRAIN: Duration = Duration::from_secs(10);
/// How often what has expired is removed.
const HOUSEKEEPING: Duration = Duration::from_secs(600);
/// How often it is looked whether something has to go out.
const OUTBOX: Duration = Duration::from_secs(5);
/// How long a blob waits for its report.
pub const ORPHAN_HOURS: i64 = 24;

/// Why the server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The key.
    #[error(transparent)]
    Key(#[from] crate::sign::KeyError),
    /// The socket or a signal.
    #[error("listening on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The settings contradict each other.
    #[error("{0}")]
    Settings(&'static str),
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: Shared,
}

impl Server {
    /// Opens everything and binds the address; connections wait until [`Server::run`].
    ///
    /// # Errors
    /// See [`ServeError`].
    pub async fn bind(settings: &Serve, clock: clock::Clock) -> Result<Self, ServeError> {
        let store = Store::open(&settings.data, settings.synced()).await?;
        let secrets = settings.data.join("secrets");
        let (key, vault) = (ServerKey::open(&secrets)?, Vault::open(&secrets)?);
        store::companies::seal_old(&store, &vault).await?;
        let fail = |e| ServeError::Listen(settings.listen, e);
        let listener = TcpListener::bind(settings.listen).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        let origin = match &settings.public_origin {
            Some(origin) => origin.clone(),
            None if address.ip().is_loopback() => Origin::localhost(address.port()),
            None => {
                return Err(ServeError::Settings("--public-origin is needed where --listen is not a loopback address"));
            }
        };
        store.set_meta("public_origin", origin.as_str()).await?;
        Ok(Self { listener, address, app: App::new(store, (key, vault), clock, origin, settings) })
    }

    /// What the ready line says.
    #[must_use]
    pub fn ready(&self) -> serde_json::Value {
        serde_json::json!({
            "address": self.address.to_string(),
            "origin": self.app.origin.as_str(),
            "fingerprint": self.app.key.fingerprint(),
        })
    }

    /// The shared application.
    #[must_use]
    pub fn app(&self) -> Shared {
        Arc::clone(&self.app)
    }

    /// Serves until `stop` resolves; then refuses what is new, ends what is under way, and closes the store.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let routes = app::router(&self.app);
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(64 * 1024).half_close(false);
        let housekeeping = tokio::spawn(keep_house(Arc::clone(&self.app)));
        let outgoing = tokio::spawn(send_out(Arc::clone(&self.app)));
        let mut stop = std::pin::pin!(stop);
        let mut deadline = None;
        loop {
            let drained = async {
                match deadline {
                    // New connections are still answered (with 503) until the last request under way has ended.
                    Some(at) => {
                        while tokio::time::Instant::now() < at && self.app.in_flight.load(Ordering::SeqCst) > 0 {
                            tokio::time::sleep(Duration::from_millis(10)).await;
                        }
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = &mut stop, if deadline.is_none() => {
                    self.app.draining.store(true, Ordering::SeqCst);
                    deadline = Some(tokio::time::Instant::now() + DRAIN);
                }
                () = drained => break,
                accepted = self.listener.accept() => {
                    let Ok((stream, peer)) = accepted else {
                        // Out of file handles, most likely: let some connections end first.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    };
                    let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
                    // Answers are one small write each; waiting to fill a packet would only delay them.
                    let _ = stream.set_nodelay(true);
                    let service = routes.clone().map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
                        request.extensions_mut().insert(Peer(peer.ip()));
                        request.map(axum::body::Body::new)
                    });
                    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
                    let connection = graceful.watch(connection);
                    tokio::spawn(async move {
                        // A broken connection is the client's to notice.
                        let _ = connection.await;
                        drop(place);
                    });
                }
            }
        }
        drop(self.listener);
        let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
        housekeeping.abort();
        outgoing.abort();
        self.app.store.close().await;
    }
}

/// Removes what has expired, for as long as the server runs.
async fn keep_house(app: Shared) {
    let mut tick = tokio::time::interval(HOUSEKEEPING);
    // The first search reads every case; no reviewer should wait for it.
    if let Err(error) = store::search::refresh(app.store.reader()).await {
        eprintln!("spotter-server: the search: {error}");
    }
    loop {
        tick.tick().await;
        app.limits.shrink();
        app.logins.shrink();
        if let Err(error) = expire(&app).await {
            eprintln!("spotter-server: housekeeping: {error}");
        }
    }
}

/// Sends what is due, for as long as the server runs.
async fn send_out(app: Shared) {
    let mut tick = tokio::time::interval(OUTBOX);
    loop {
        tick.tick().await;
        if let Err(error) = crate::notices::outbox::tick(&app).await {
            eprintln!("spotter-server: notices: {error}");
        }
    }
}

/// Removes orphaned blobs, old sessions and what cases kept for long enough, and brings up to date what orders the queue.
///
/// # Errors
/// Where the store fails.
pub async fn expire(app: &App) -> Result<usize, store::StoreError> {
    let before = clock::stamp((app.clock)() - time::Duration::hours(ORPHAN_HOURS));
    let gone = app.store.blobs.expire(&app.store, &before).await?;
    let mut tx = app.store.begin().await?;
    let (created, seen) = crate::console::session::oldest(app.now_s());
    store::reviewers::expire_sessions(&mut tx, created, seen).await?;
    tx.commit().await?;
    crate::retention::tidy(&app.store, app.keep, (app.clock)()).await?;
    store::standing::count(&app.store).await?;
    let long_ago = clock::stamp((app.clock)() - time::Duration::days(crate::ranking::WAITED_DAYS));
    store::standing::move_up(&app.store, &long_ago).await?;
    Ok(gone)
}

/// From this call on, SIGTERM and SIGINT no longer end the process; the future resolves at the first of them.
///
/// # Errors
/// Where the handlers cannot be installed.
pub fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
