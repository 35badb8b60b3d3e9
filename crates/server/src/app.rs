//! The application: what every handler shares, the routes together, and the layers around them.

use crate::config::{Origin, Serve};
use crate::console::session::LoginGuard;
use crate::console::{alike, facets, passkeys, trends};
use crate::focus::Rounds;
use crate::intake::limits::Limits;
use crate::metrics::Metrics;
use crate::notices::channels::Channels;
use crate::notices::pull;
use crate::pdf::Typesetter;
use crate::problem::Refusal;
use crate::public::quality;
use crate::retention::Keep;
use crate::sign::ServerKey;
use crate::store::Store;
use crate::vault::Vault;
use crate::{clock, console, intake};
use crate::{observe, ready};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use spotter_model::problem::PROBLEM_TYPE;
use spotter_model::{Date, SpotterPolicy};
use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tower_http::catch_panic::CatchPanicLayer;
use webauthn_rs::Webauthn;

/// What every handler shares.
pub struct App {
    /// Database and blobs.
    pub store: Store,
    /// The server's receipt key.
    pub key: ServerKey,
    /// Opens what the database keeps sealed.
    pub vault: Vault,
    /// The one clock.
    pub clock: clock::Clock,
    /// The public origin.
    pub origin: Origin,
    /// The programme's name, on pages behind which no organisation of its own stands.
    pub organisation: String,
    /// The host of the public origin, as notices name it.
    pub domain: String,
    /// Makes PDFs of what leaves.
    pub typesetter: Typesetter,
    /// The ways out to companies.
    pub channels: Channels,
    /// Held by whoever sends: notices go out one round at a time.
    pub sending: tokio::sync::Mutex<()>,
    /// How long cases keep what they say about people.
    pub keep: Keep,
    /// The round's rules.
    pub policy: SpotterPolicy,
    /// How often whom is listened to.
    pub limits: Limits,
    /// How often a login may be tried.
    pub logins: LoginGuard,
    /// What judges passkeys; absent where browsers make none.
    pub passkeys: Option<Webauthn>,
    /// The rounds that run.
    pub rounds: Rounds,
    /// What the queue's filters offer.
    pub facets: facets::Copy,
    /// The published figures of the programme's own quality.
    pub quality: quality::Copy,
    /// Trends that were counted not long ago.
    pub trends: trends::Copies,
    /// Groups of open cases that share pictures.
    pub groups: alike::Copy,
    /// Told when a picture or a report came: somebody may have to look.
    pub pictures_came: tokio::sync::Notify,
    /// Held while a spreadsheet is read: one at a time takes memory.
    pub imports: tokio::sync::Mutex<()>,
    /// Pictures that are re-encoded at once.
    pub pictures: tokio::sync::Semaphore,
    /// Take the client's address from X-Forwarded-For.
    pub forwarded: bool,
    /// Write network addresses into the log.
    pub log_addresses: bool,
    /// Nothing goes out to companies.
    pub hold_notices: bool,
    /// Spotters are asked whether listings are still there.
    pub ask_spotters: bool,
    /// What is counted.
    pub metrics: Metrics,
    /// The copy of what `/readyz` says.
    pub ready: ready::Copy,
    /// About to shut down: `/readyz` says so, everything else is still answered.
    pub leaving: AtomicBool,
    /// Shutting down: nothing new is taken in.
    pub draining: AtomicBool,
    /// Requests that are being answered.
    pub in_flight: AtomicUsize,
}

/// The shared application.
pub type Shared = Arc<App>;

/// The network address that a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        store: Store,
        (key, vault): (ServerKey, Vault),
        clock: clock::Clock,
        origin: Origin,
        settings: &Serve,
    ) -> Shared {
        let domain = origin.authority().split(':').next().unwrap_or_default().to_owned();
        let passkeys = passkeys::judge(&origin, &settings.organisation);
        Arc::new(Self {
            metrics: Metrics::new(&store),
            store,
            key,
            vault,
            clock,
            origin,
            organisation: settings.organisation.clone(),
            domain,
            typesetter: Typesetter::new(&settings.fonts),
            channels: Channels::new(&settings.data, &settings.webhook_addresses),
            sending: tokio::sync::Mutex::new(()),
            keep: Keep::of(settings),
            policy: settings.policy(),
            limits: Limits::new(settings.per_key, settings.per_address),
            logins: LoginGuard::default(),
            passkeys,
            rounds: Rounds::default(),
            facets: facets::Copy::default(),
            quality: quality::Copy::default(),
            trends: trends::Copies::default(),
            groups: alike::Copy::default(),
            pictures_came: tokio::sync::Notify::new(),
            imports: tokio::sync::Mutex::default(),
            pictures: tokio::sync::Semaphore::new(2),
            forwarded: settings.forwarded,
            log_addresses: settings.log_addresses,
            hold_notices: settings.hold_notices,
            ask_spotters: settings.ask_spotters,
            ready: ready::Copy::default(),
            leaving: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
        })
    }

    /// The time now, as it is stored.
    #[must_use]
    pub fn now(&self) -> String {
        clock::stamp((self.clock)())
    }

    /// The day now, in UTC: what the law register's ends are measured against.
    #[must_use]
    pub fn today(&self) -> Date {
        clock::date((self.clock)())
    }

    /// The time now in seconds since 1970.
    #[must_use]
    pub fn now_s(&self) -> i64 {
        (self.clock)().unix_timestamp()
    }
}

/// What is taken off the line of a body that no operation reads.
const UNREAD_BYTES: usize = 128 << 10;

/// Every route behind every layer.
pub fn router(app: &Shared) -> Router {
    let company = Router::new().route("/v1/notices", get(pull::get));
    let routes = Router::new().merge(intake::routes()).merge(company).merge(console::routes(app));
    armour(routes, app).with_state(Arc::clone(app))
}

/// The layers: no panic, no stranger's words, no missing header gets past them.
pub fn armour(routes: Router<Shared>, app: &Shared) -> Router<Shared> {
    routes
        .layer(from_fn(dress))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(from_fn_with_state(Arc::clone(app), gate))
        .layer(from_fn(intake::cors))
        .layer(from_fn(headers))
        .layer(from_fn_with_state(Arc::clone(app), observe::observe))
}

fn on_panic(cause: Box<dyn Any + Send + 'static>) -> Response {
    // Its words may quote the request; where it broke is in the log already.
    drop(cause);
    Refusal::internal(
        "A fault in the endpoint, not in the request. Nothing of it was stored. Keep it and send it again later.",
    )
    .into_response()
}

/// Counts requests, finds the peer, and refuses what is new while the server shuts down.
async fn gate(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    struct Guard<'a>(&'a AtomicUsize);
    impl Drop for Guard<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    app.in_flight.fetch_add(1, Ordering::SeqCst);
    let _guard = Guard(&app.in_flight);
    // Whoever watches has to learn that the server goes, not only that it refuses.
    let watches = matches!(request.uri().path(), "/healthz" | "/readyz");
    if app.draining.load(Ordering::SeqCst) && !watches {
        let mut response = Refusal::unavailable(
            "The endpoint is being restarted. Nothing of this request was stored. Keep it and send it again.",
        )
        .retry_after(5)
        .into_response();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    }
    if app.forwarded
        && let Some(ip) = forwarded_for(request.headers())
    {
        request.extensions_mut().insert(Peer(ip));
    }
    if !matches!(*request.method(), Method::PUT | Method::POST) {
        // Nobody reads it. A connection that is closed over bytes that were never read is reset, and takes the answer along.
        // What is longer, or takes too long, still is.
        let body = std::mem::take(request.body_mut());
        drop(to_bytes(body, UNREAD_BYTES).await);
    }
    next.run(request).await
}

/// The last entry of `X-Forwarded-For`, which the proxy in front wrote itself; what stands before it came from the client.
pub(crate) fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// Gives errors that a library answered in its own words our form: problem+json for machines, a page for people.
async fn dress(request: Request, next: Next) -> Response {
    let machine = !console::is_page(request.uri().path());
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    if machine && kind != PROBLEM_TYPE {
        let allow = response.headers().get(header::ALLOW).cloned();
        let mut dressed = Refusal::of_status(status).into_response();
        if let Some(allow) = allow {
            dressed.headers_mut().insert(header::ALLOW, allow);
        }
        return dressed;
    }
    if !machine && !kind.starts_with("text/html") {
        return console::error_page(status);
    }
    response
}

/// Headers that every response carries. Handlers that need a wider policy set their own first.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
