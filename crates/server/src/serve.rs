//! Running: opens the store, listens, tells when it is ready, and goes without losing a request.

use crate::app::{self, App, Peer, Shared};
use crate::body::InTime;
use crate::config::{Origin, Serve};
use crate::faults::Fault;
use crate::intake::limits::network;
use crate::store::Store;
use crate::store::rounds::{self, Round};
use crate::{clock, metrics, server_keys, store};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Most connections at once; further ones wait in the kernel's queue.
const CONNECTIONS: usize = 1024;
/// How long requests under way may take to end when the server goes.
const DRAIN: Duration = Duration::from_secs(10);
/// How often what has expired is removed.
const HOUSEKEEPING: Duration = Duration::from_secs(600);
/// How often it is looked whether something has to go out.
const OUTBOX: Duration = Duration::from_secs(5);
/// How long a blob waits for its report.
pub const ORPHAN_HOURS: i64 = 24;
/// How old bytes are that no row names when they go: far older than any upload under way, whatever a storage's clock says.
const STRAY_HOURS: i64 = 48;
/// How often those are looked for: a list of everything is the dearest question to a storage.
const SWEEP: Duration = Duration::from_secs(24 * 3600);
/// Under which name the database remembers when that was done.
const SWEPT: &str = "blobs_swept_at";

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
    /// The keys are not those that the database was kept under.
    #[error(transparent)]
    Keys(#[from] server_keys::Unfit),
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    metrics: Option<TcpListener>,
    bounds: Bounds,
    app: Shared,
}

/// What a connection may do.
struct Bounds {
    head: Duration,
    body: Duration,
    /// Between saying that the server goes, and refusing.
    notice: Duration,
    per_address: usize,
}

impl Server {
    /// Opens everything and binds the address; connections wait until [`Server::run`].
    ///
    /// # Errors
    /// See [`ServeError`].
    pub async fn bind(settings: &Serve, clock: clock::Clock) -> Result<Self, ServeError> {
        settings.consistent().map_err(ServeError::Settings)?;
        if let Some(address) = &settings.database {
            store::engine::remember(&settings.data, address)?;
        }
        if let Some(address) = &settings.blobs {
            store::depot::remember(&settings.data, address)?;
        }
        let store = if settings.new_keys {
            Store::open_with_new_keys(&settings.data, settings.synced()).await?
        } else {
            Store::open(&settings.data, settings.synced()).await?
        };
        if let Err(error) = store.blobs.depot().check().await {
            if Fault::from(&error) != Fault::Away {
                return Err(store::StoreError::Depot(error.to_string()).into());
            }
            // It comes back by itself; until then pictures wait where they are, and everything else goes on.
            tracing::warn!(%error, "pictures are not taken yet");
        }
        let secrets = settings.data.join("secrets");
        let (key, vault) = server_keys::open(&store, &secrets, settings.new_keys).await?;
        store::companies::seal_old(&store, &vault).await?;
        let fail = |e| ServeError::Listen(settings.listen, e);
        let listener = TcpListener::bind(settings.listen).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        let origin = match &settings.public_origin {
            Some(origin) => origin.clone(),
            None => Origin::localhost(address.port()),
        };
        let metrics = match settings.metrics {
            Some(at) => Some(TcpListener::bind(at).await.map_err(|e| ServeError::Listen(at, e))?),
            None => None,
        };
        let seconds = |n: u32| Duration::from_secs(n.into());
        let bounds = Bounds {
            head: seconds(settings.head_seconds),
            body: seconds(settings.body_seconds),
            notice: seconds(settings.drain_seconds),
            // Behind a proxy, all connections are the proxy's.
            per_address: if settings.forwarded { CONNECTIONS } else { settings.connections_per_address as usize },
        };
        store.set_meta("public_origin", origin.as_str()).await?;
        let first = (settings.organisation.as_str(), settings.contact.as_str(), settings.trusted_flagger.as_str());
        store::organisations::follow(&store, first, &clock::stamp(clock())).await?;
        let app = App::new(store, (key, vault), clock, origin, settings);
        if let Err(error) = crate::notices::restored::write(&app).await {
            tracing::error!(%error, "what lay for a mail relay was not written once more; the next start tries again");
        }
        Ok(Self { listener, address, metrics, bounds, app })
    }

    /// What the ready line says.
    #[must_use]
    pub fn ready(&self) -> serde_json::Value {
        let mut line = serde_json::json!({
            "address": self.address.to_string(),
            "origin": self.app.origin.as_str(),
            "fingerprint": self.app.key.fingerprint(),
        });
        if let Some(at) = self.metrics.as_ref().and_then(|listener| listener.local_addr().ok()) {
            line["metrics"] = at.to_string().into();
        }
        line
    }

    /// The shared application.
    #[must_use]
    pub fn app(&self) -> Shared {
        Arc::clone(&self.app)
    }

    /// Serves until `stop` resolves; then says that it goes, refuses what is new, ends what is under way, and closes the store.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, metrics, bounds, app, .. } = self;
        let routes = app::router(&app);
        let graceful = GracefulShutdown::new();
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let guests = Arc::new(Guests::default());
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(bounds.head).max_buf_size(64 * 1024).half_close(false);
        let mut beside = JoinSet::new();
        beside.spawn(keep_house(Arc::clone(&app)));
        beside.spawn(send_out(Arc::clone(&app)));
        beside.spawn(crate::looking::run(Arc::clone(&app)));
        if let Some(listener) = metrics {
            let routes = metrics::router(&app);
            beside.spawn(async move {
                // It ends with the task.
                let _ = axum::serve(listener, routes).await;
            });
        }
        let gone = leave(&app, stop, bounds.notice);
        let mut gone = std::pin::pin!(gone);
        loop {
            // A place first: while there is none, further connections wait in the kernel's queue.
            let next = async {
                let place = Arc::clone(&room).acquire_owned().await;
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                () = &mut gone => break,
                next = next => next,
            };
            let (Ok(place), Ok((stream, peer))) = (place, accepted) else {
                // Out of file handles, most likely: let some connections end first.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            // Whoever has too many is not answered at all: an answer would cost more than the connection.
            let Some(guest) = guests.enter(network(peer.ip()), bounds.per_address) else { continue };
            // Answers are one small write each; waiting to fill a packet would only delay them.
            let _ = stream.set_nodelay(true);
            let service = routes.clone().map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(Peer(peer.ip()));
                request.map(|body| axum::body::Body::new(InTime::new(body, bounds.body)))
            });
            let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                // A broken connection is the client's to notice.
                let _ = connection.await;
                drop((place, guest));
            });
        }
        drop(listener);
        let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
        beside.shutdown().await;
        app.store.close().await;
    }
}

/// Resolves when the server may close: it was asked to, has said so for `notice`, has refused what came since, and the last
/// request under way has ended or [`DRAIN`] is over.
async fn leave(app: &Shared, stop: impl Future<Output = ()>, notice: Duration) {
    stop.await;
    app.leaving.store(true, Ordering::SeqCst);
    tokio::time::sleep(notice).await;
    app.draining.store(true, Ordering::SeqCst);
    let end = tokio::time::Instant::now() + DRAIN;
    // New connections are still answered (with 503) until then.
    while tokio::time::Instant::now() < end && app.in_flight.load(Ordering::SeqCst) > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// How many connections each network has. Never more entries than there are connections.
#[derive(Default)]
struct Guests(Mutex<HashMap<IpAddr, usize>>);

/// One connection of a network; counted until it is dropped.
struct Guest {
    all: Arc<Guests>,
    network: IpAddr,
}

impl Guests {
    fn enter(self: &Arc<Self>, network: IpAddr, most: usize) -> Option<Guest> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(network).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Guest { all: Arc::clone(self), network })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut counts = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.network);
            }
        }
    }
}

/// Removes what has expired, for as long as the server runs.
async fn keep_house(app: Shared) {
    let mut tick = tokio::time::interval(HOUSEKEEPING);
    // The first search reads every case; no reviewer should wait for it.
    if let Err(error) = store::reporters::refresh(app.store.reader()).await {
        tracing::warn!(%error, "who reported what is not in memory yet");
    }
    if let Err(error) = store::search::refresh(app.store.reader()).await {
        tracing::error!(%error, "the search was not made ready");
    }
    loop {
        tick.tick().await;
        app.limits.shrink();
        app.logins.shrink();
        match expire(&app).await {
            Ok(_) => app.metrics.kept_house(app.now_s()),
            Err(error) => tracing::error!(%error, "housekeeping failed"),
        }
    }
}

/// Sends what is due, for as long as the server runs.
async fn send_out(app: Shared) {
    let mut tick = tokio::time::interval(OUTBOX);
    loop {
        tick.tick().await;
        if app.hold_notices {
            continue;
        }
        if let Err(error) = crate::notices::outbox::tick(&app).await {
            tracing::error!(%error, "the outbox failed");
        }
    }
}

/// Removes orphaned blobs, old sessions and what cases kept for long enough, and brings up to date what orders the queue. Nothing,
/// where another process is at it.
///
/// # Errors
/// Where the store fails.
pub async fn expire(app: &App) -> Result<usize, store::StoreError> {
    let Some(alone) = rounds::begin(&app.store, Round::Housekeeping).await? else { return Ok(0) };
    let before = clock::stamp((app.clock)() - time::Duration::hours(ORPHAN_HOURS));
    // A bucket that is away keeps nothing else from being tidied.
    let gone = app.store.blobs.expire(&app.store, &before).await;
    let mut tx = app.store.begin().await?;
    let (created, seen) = crate::console::session::oldest(app.now_s());
    store::reviewers::expire_sessions(&mut tx, created, seen).await?;
    store::passkeys::forget_asks(&mut tx, app.now_s()).await?;
    tx.commit().await?;
    crate::retention::tidy(&app.store, app.keep, (app.clock)()).await?;
    store::standing::count(&app.store).await?;
    let long_ago = clock::stamp((app.clock)() - time::Duration::days(crate::ranking::WAITED_DAYS));
    store::standing::move_up(&app.store, &long_ago).await?;
    let gone = gone? + sweep(app).await?;
    alone.end().await?;
    Ok(gone)
}

/// Removes bytes that no row names, once a day, whichever process does it. In the first day there is nothing old enough.
async fn sweep(app: &App) -> Result<usize, store::StoreError> {
    let now = (app.clock)();
    let Some(last) = app.store.meta(SWEPT).await? else {
        app.store.set_meta_once(SWEPT, &clock::stamp(now)).await?;
        return Ok(0);
    };
    if last > clock::stamp(now - SWEEP) {
        return Ok(0);
    }
    let gone = app.store.blobs.sweep(&app.store, now - time::Duration::hours(STRAY_HOURS)).await?;
    app.store.set_meta(SWEPT, &clock::stamp(now)).await?;
    if gone > 0 {
        tracing::warn!(gone, "pictures that no row names were removed");
    }
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
