//! The outermost layer: gives each request an id, writes its one line into the log and counts it.
//!
//! Owns: what is told of a request, which is its route's template, method, status and duration; never its path, its headers
//! or its body. The network address only where the settings say so.

use crate::app::{Peer, Shared, forwarded_for};
use crate::faults::Fault;
use crate::{random, sign};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument as _;

/// The header in which the answer says its request's id, for whoever reports trouble.
const REQUEST_ID: &str = "x-request-id";

/// What a refusal is called; put into the answer's extensions by whoever refuses.
#[derive(Clone, Copy, Debug)]
pub struct Refused(pub &'static str);

/// A request on its way. Dropped before it is done: the client went, or the server ended.
struct Watched<'a> {
    app: &'a Shared,
    route: &'a str,
    method: &'static str,
    began: Instant,
    done: bool,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.app.metrics.request(self.route, self.method, 0, self.began.elapsed());
            tracing::info!(ms = self.began.elapsed().as_millis() as u64, "the client went before the answer");
        }
    }
}

/// The layer.
pub async fn observe(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("(none)", MatchedPath::as_str);
    let method = known(request.method());
    let id = sign::hex(&random::bytes::<8>());
    let span = tracing::error_span!("request", id, method, route, address = tracing::field::Empty);
    if app.log_addresses {
        let behind = app.forwarded.then(|| forwarded_for(request.headers())).flatten();
        let address = behind.or_else(|| request.extensions().get::<Peer>().map(|Peer(ip)| *ip));
        span.record("address", address.map(|ip| ip.to_string()));
    }
    let watched = async {
        let mut watched = Watched { app: &app, route, method, began: Instant::now(), done: false };
        let mut response = next.run(request).await;
        watched.done = true;
        let (status, took) = (response.status().as_u16(), watched.began.elapsed());
        let refused = response.extensions().get::<Refused>().map(|Refused(name)| *name);
        app.metrics.request(route, method, status, took);
        if let Some(fault) = response.extensions().get::<Fault>() {
            app.metrics.fault(*fault);
        }
        if route == "/v1/reports/{uuid}" && method == "PUT" {
            app.metrics.report(match status {
                201 => "new",
                200 => "again",
                _ => refused.unwrap_or("other"),
            });
        }
        tracing::info!(status, ms = took.as_millis() as u64, refused, "answered");
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    };
    watched.instrument(span).await
}

/// Methods are any word that a client likes; only these are told apart.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
