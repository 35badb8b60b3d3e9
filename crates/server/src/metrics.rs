//! Counts and gauges for whoever watches the server, in OpenMetrics' text: what Prometheus and an OpenTelemetry collector read.
//!
//! Owns: every name in it, and the listener on loopback that hands it out. Labels are templates of routes and words of this
//! program, never anything that a client sent: so there is nothing personal in them, and their number is bounded.

use crate::app::Shared;
use crate::faults::Fault;
use crate::intake::limits::Limits;
use crate::ready;
use crate::store::{Store, erasure, privacy, word};
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use sqlx::Row as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// What is written.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds up to which durations are counted; what people notice lies in the middle.
const SECONDS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];

/// A histogram of seconds.
#[must_use]
pub fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    why: &'static str,
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram>,
    reports: Family<Kind, Counter>,
    faults: Family<Kind, Counter>,
    in_flight: Gauge,
    cases: Family<InState, Gauge>,
    notices: Family<InState, Gauge>,
    erased: Family<Why, Gauge>,
    asked: Family<Kind, Gauge>,
    kept_house: Gauge,
    overdue: Gauge,
    ready: Family<Kind, Gauge>,
    bytes: Family<Kind, Gauge>,
    resident: Gauge,
    handles: Gauge,
    remembered: Family<Kind, Gauge>,
    backup: Gauge,
    /// One scrape at a time.
    scraping: tokio::sync::Mutex<()>,
}

impl Metrics {
    /// Registers all of it. `store` brings what it measures itself.
    #[must_use]
    pub fn new(store: &Store) -> Self {
        let durations: Family<Route, Histogram> = Family::new_with_constructor(seconds);
        let mut new = Self {
            registry: Registry::default(),
            requests: Family::default(),
            durations,
            reports: Family::default(),
            faults: Family::default(),
            in_flight: Gauge::default(),
            cases: Family::default(),
            notices: Family::default(),
            erased: Family::default(),
            asked: Family::default(),
            kept_house: Gauge::default(),
            overdue: Gauge::default(),
            ready: Family::default(),
            bytes: Family::default(),
            resident: Gauge::default(),
            handles: Gauge::default(),
            remembered: Family::default(),
            backup: Gauge::default(),
            scraping: tokio::sync::Mutex::default(),
        };
        let mut registry = Registry::with_prefix("spotter");
        let r = &mut registry;
        r.register("requests", "Requests by template of their route; status 0: the client went", new.requests.clone());
        r.register_with_unit("request", "Time to answer", Unit::Seconds, new.durations.clone());
        r.register("requests_in_flight", "Requests that are being answered", new.in_flight.clone());
        r.register("reports", "Reports: new, sent again, or why they were refused", new.reports.clone());
        r.register("store_faults", "Requests that database or disk failed", new.faults.clone());
        r.register_with_unit("write_wait", "Waiting for the one writer", Unit::Seconds, store.waits.clone());
        r.register(
            "cases",
            "Cases by state; new, queued and needs_second_opinion wait for reviewers",
            new.cases.clone(),
        );
        r.register("notices", "Notices in the outbox: waiting, or stuck after eight tries", new.notices.clone());
        r.register(
            "erased_cases",
            "Cases whose words were erased, by why: a request, its time, lost keys",
            new.erased.clone(),
        );
        r.register("privacy_requests", "Requests about personal data: open, and of them overdue", new.asked.clone());
        r.register_with_unit(
            "last_housekeeping_timestamp",
            "When what is over was last erased and removed; 0: not since the start",
            Unit::Seconds,
            new.kept_house.clone(),
        );
        r.register_with_unit("outbox_overdue", "How long the oldest notice is due", Unit::Seconds, new.overdue.clone());
        r.register("ready", "Each check of /readyz: 1 good, 0 not", new.ready.clone());
        r.register_with_unit("disk", "Database, its log, and what is free", Unit::Bytes, new.bytes.clone());
        r.register("remembered", "Keys and addresses that the limits remember", new.remembered.clone());
        r.register_with_unit(
            "last_backup_timestamp",
            "When the last backup was made; 0: never",
            Unit::Seconds,
            new.backup.clone(),
        );
        // Names that every exporter of a process has.
        let process = r.sub_registry_with_prefix("process");
        process.register_with_unit("resident_memory", "Memory in use", Unit::Bytes, new.resident.clone());
        process.register("open_fds", "Open file handles", new.handles.clone());
        new.registry = registry;
        // What has not happened yet stands there as 0, so that an alarm on its growth can be written.
        for fault in Fault::ALL {
            let _ = new.faults.get_or_create(&Kind { kind: fault.word() });
        }
        for kind in ["new", "again"] {
            let _ = new.reports.get_or_create(&Kind { kind });
        }
        new
    }

    /// A request was answered; status 0: the client went before.
    pub fn request(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        self.requests.get_or_create(&Request { route: route.to_owned(), method, status }).inc();
        self.durations.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// A report was taken or refused.
    pub fn report(&self, kind: &'static str) {
        self.reports.get_or_create(&Kind { kind }).inc();
    }

    /// The store failed a request.
    pub fn fault(&self, fault: Fault) {
        self.faults.get_or_create(&Kind { kind: fault.word() }).inc();
    }

    /// What is over was erased and removed, at this time in seconds since 1970.
    pub fn kept_house(&self, at_s: i64) {
        self.kept_house.set(at_s);
    }

    /// The text, with what is only known when it is asked for.
    ///
    /// # Errors
    /// Where the text cannot be written.
    pub async fn text(&self, app: &Shared) -> Result<String, std::fmt::Error> {
        let _alone = self.scraping.lock().await;
        self.in_flight.set(app.in_flight.load(Ordering::SeqCst) as i64);
        let checks = ready::now(app).await;
        for (kind, good) in checks.each() {
            self.ready.get_or_create(&Kind { kind }).set(i64::from(good));
        }
        if self.ask_database(app).await.is_err() {
            tracing::warn!("metrics: the database does not answer, so its gauges are old");
        }
        for (kind, bytes) in app.store.sizes().await {
            self.bytes.get_or_create(&Kind { kind }).set(bytes as i64);
        }
        for (kind, entries) in Limits::sizes(&app.limits).into_iter().chain(app.logins.sizes()) {
            self.remembered.get_or_create(&Kind { kind }).set(entries as i64);
        }
        self.resident.set(resident().unwrap_or_default());
        self.handles.set(std::fs::read_dir("/proc/self/fd").map_or(0, |all| all.count() as i64));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    async fn ask_database(&self, app: &Shared) -> sqlx::Result<()> {
        let rows = sqlx::query("SELECT state, count(*) FROM cases GROUP BY state").fetch_all(app.store.read()).await?;
        // A state that nothing is in any more has to go to 0.
        for state in spotter_model::CaseState::ALL {
            self.cases.get_or_create(&InState { state: word(&state) }).set(0);
        }
        for row in rows {
            self.cases.get_or_create(&InState { state: row.try_get(0)? }).set(row.try_get(1)?);
        }
        let outbox = crate::store::notices::outbox(app.store.read(), &app.now()).await?;
        self.notices.get_or_create(&InState { state: "waiting".into() }).set(outbox.waiting);
        self.notices.get_or_create(&InState { state: "stuck".into() }).set(outbox.stuck);
        let erased = erasure::counts(app.store.read()).await?;
        for why in erasure::WHY {
            let count = erased.iter().find(|(known, _)| known == why).map_or(0, |(_, count)| *count);
            self.erased.get_or_create(&Why { why }).set(count);
        }
        let (open, late) = privacy::open(app.store.read(), &app.today().to_string()).await?;
        self.asked.get_or_create(&Kind { kind: "open" }).set(open);
        self.asked.get_or_create(&Kind { kind: "overdue" }).set(late);
        let since = outbox.oldest_due.and_then(|due| crate::clock::read(&due));
        self.overdue.set(since.map_or(0, |due| ((app.clock)() - due).whole_seconds().max(0)));
        let backup = app.store.meta(crate::backup::LAST).await?.and_then(|at| crate::clock::read(&at));
        self.backup.set(backup.map_or(0, time::OffsetDateTime::unix_timestamp));
        Ok(())
    }
}

/// Bytes of memory that this process has.
fn resident() -> Option<i64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = pages.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as i64)
}

/// What the listener on loopback answers.
pub fn router(app: &Shared) -> Router {
    Router::new().route("/metrics", get(answer)).with_state(Arc::clone(app))
}

async fn answer(State(app): State<Shared>) -> Response {
    match app.metrics.text(&app).await {
        Ok(text) => ([(header::CONTENT_TYPE, TEXT)], text).into_response(),
        Err(_) => axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
