//! What the extension talks to. Owns the wire: limits first, then signatures, then meaning.
//!
//! Every answer may be read from any origin: no cookie or password is ever taken here, the device's signature
//! authenticates. Every error is problem+json, and leaves nothing behind.

pub mod attestations;
pub mod audits;
pub mod blobs;
pub mod enrol;
pub mod gather;
pub mod limits;
pub mod openapi;
pub mod policy;
pub mod rechecks;
pub mod reports;
pub mod sellers;
pub mod status;
pub mod suggestions;
pub mod surveys;

use crate::app::Shared;
use crate::ready;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use spotter_model::audit::{Audit, AuditDay};
use spotter_model::survey::{Coding, Frame};
use spotter_model::{Contact, Feedback, Suggestion};

/// Every route for machines, as in the OpenAPI document: the intake's, and the one by which companies fetch their notices.
pub const ROUTES: &[(&str, &str)] = &[
    ("post", "/v1/enrolments"),
    ("put", "/v1/blobs/{sha256}"),
    ("put", "/v1/reports/{uuid}"),
    ("get", "/v1/status"),
    ("get", "/v1/policy"),
    ("get", "/v1/packs/current"),
    ("get", "/v1/known"),
    ("put", "/v1/suggestions/{uuid}"),
    ("put", "/v1/feedback/{uuid}"),
    ("put", "/v1/contacts/{uuid}"),
    ("put", "/v1/attestations/{uuid}"),
    ("put", "/v1/audits/{uuid}"),
    ("put", "/v1/audit-days/{uuid}"),
    ("put", "/v1/rechecks/{uuid}"),
    ("get", "/v1/surveys"),
    ("put", "/v1/surveys/{id}/frames/{uuid}"),
    ("put", "/v1/surveys/{id}/codings/{uuid}"),
    ("get", "/v1/notices"),
    ("get", "/v1/schemas/wildlife-report-1.json"),
    ("get", "/v1/openapi.json"),
    ("get", "/healthz"),
    ("get", "/readyz"),
];

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/enrolments", post(enrol::post))
        .route("/v1/blobs/{sha256}", put(blobs::put))
        .route("/v1/reports/{uuid}", put(reports::put))
        .route("/v1/status", get(status::status))
        .route("/v1/policy", get(policy::policy))
        .route("/v1/packs/current", get(policy::pack))
        .route("/v1/known", get(policy::known))
        .route("/v1/suggestions/{uuid}", put(suggestions::put::<Suggestion>))
        .route("/v1/feedback/{uuid}", put(suggestions::put::<Feedback>))
        .route("/v1/contacts/{uuid}", put(suggestions::put::<Contact>))
        .route("/v1/attestations/{uuid}", put(attestations::put))
        .route("/v1/audits/{uuid}", put(audits::put::<Audit>))
        .route("/v1/audit-days/{uuid}", put(audits::put::<AuditDay>))
        .route("/v1/rechecks/{uuid}", put(rechecks::put))
        .route("/v1/surveys", get(surveys::list))
        .route("/v1/surveys/{id}/frames/{uuid}", put(surveys::put::<Frame>))
        .route("/v1/surveys/{id}/codings/{uuid}", put(surveys::put::<Coding>))
        .route("/v1/schemas/wildlife-report-1.json", get(openapi::report_schema))
        .route("/v1/openapi.json", get(openapi::openapi))
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(ready::readyz))
        .fallback(|| async { StatusCode::NOT_FOUND })
}

/// Whether a path belongs to the intake.
#[must_use]
pub fn is_intake(path: &str) -> bool {
    path.starts_with("/v1/") || matches!(path, "/healthz" | "/readyz")
}

/// Lets any origin read an answer, without credentials.
fn allow_any_origin(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("date, etag, retry-after, x-request-id"),
    );
}

/// The layer that answers preflights and marks every answer of the intake, whoever wrote it.
pub async fn cors(request: Request, next: Next) -> Response {
    let ours = is_intake(request.uri().path());
    let mut response = if ours && request.method() == Method::OPTIONS {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, OPTIONS"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("content-type, if-none-match, spotter-key, spotter-signature, spotter-date"),
        );
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        response
    } else {
        next.run(request).await
    };
    if ours {
        allow_any_origin(response.headers_mut());
    }
    response
}
