//! Refusals: every way in which a request can fail, as problem+json. Stores nothing, decides nothing.

use crate::faults::{self, Fault};
use crate::observe::Refused;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use spotter_model::Problem;
use spotter_model::problem::{PROBLEM_KIND, PROBLEM_TYPE};
use std::borrow::Cow;

/// A refused request.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    name: &'static str,
    title: &'static str,
    detail: Cow<'static, str>,
    pointer: Option<String>,
    retry_after: Option<u64>,
    fault: Option<Fault>,
}

/// Result of a handler.
pub type Answer<T = Response> = Result<T, Refusal>;

macro_rules! refusals {
    ($($(#[$doc:meta])* $make:ident = $status:ident, $name:literal, $title:literal;)*) => {
        impl Refusal {
            $($(#[$doc])* #[must_use] pub fn $make(detail: impl Into<Cow<'static, str>>) -> Self {
                Self { status: StatusCode::$status, name: $name, title: $title, detail: detail.into(), pointer: None, retry_after: None, fault: None }
            })*

            /// Every name, status and title, for the documentation.
            pub const ALL: &'static [(&'static str, StatusCode, &'static str)] = &[$(($name, StatusCode::$status, $title)),*];
        }
    };
}

refusals! {
    /// 400.
    bad_request = BAD_REQUEST, "bad-request", "The request is not understood.";
    /// 401.
    unauthorised = UNAUTHORIZED, "not-signed", "The request is not signed by an enrolled device.";
    /// 403.
    invitation_unknown = FORBIDDEN, "invitation-unknown", "This invitation is not known here.";
    /// 403.
    forbidden = FORBIDDEN, "forbidden", "This is not allowed.";
    /// 403.
    training_needed = FORBIDDEN, "training-needed", "The round asks for a passed test first.";
    /// 403.
    survey_not_running = FORBIDDEN, "survey-not-running", "This survey takes nothing in.";
    /// 403.
    task_not_assigned = FORBIDDEN, "task-not-assigned", "This task was given to somebody else.";
    /// 404.
    not_found = NOT_FOUND, "not-found", "There is nothing at this address.";
    /// 405.
    method = METHOD_NOT_ALLOWED, "method-not-allowed", "This address does not take that method.";
    /// 408.
    too_slow = REQUEST_TIMEOUT, "too-slow", "The request took too long to arrive.";
    /// 409.
    conflict = CONFLICT, "report-differs", "Another report is stored under this id.";
    /// 409.
    record_differs = CONFLICT, "record-differs", "Another record is stored under this id.";
    /// 410.
    invitation_used = GONE, "invitation-used", "This invitation has been used up.";
    /// 413.
    too_large = PAYLOAD_TOO_LARGE, "too-large", "The request is larger than allowed.";
    /// 415.
    media_type = UNSUPPORTED_MEDIA_TYPE, "media-type", "This media type is not accepted here.";
    /// 422.
    unprocessable = UNPROCESSABLE_ENTITY, "breaks-the-contract", "The content breaks the contract.";
    /// 429.
    too_many = TOO_MANY_REQUESTS, "too-many-requests", "Too many requests.";
    /// 500.
    internal = INTERNAL_SERVER_ERROR, "internal", "The endpoint failed.";
    /// 503.
    unavailable = SERVICE_UNAVAILABLE, "unavailable", "The endpoint takes nothing in right now.";
}

impl Refusal {
    /// A full disk or a busy database passes; the client keeps what it has and comes again.
    fn failed(fault: Fault) -> Self {
        let no = Self::unavailable("Nothing of this request was stored. Keep it and send it again later.");
        Self { fault: Some(fault), ..no.retry_after(fault.retry_after()) }
    }

    /// Names the field.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Says when to come again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What happened, for a page.
    #[must_use]
    pub fn sentences(&self) -> (&'static str, &str) {
        (self.title, &self.detail)
    }

    /// The body.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem {
            kind: format!("{PROBLEM_KIND}{}", self.name),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.to_string(),
            pointer: self.pointer.clone(),
        }
    }

    /// The refusal for a status that some layer answered in its own words.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(""),
            StatusCode::METHOD_NOT_ALLOWED => Self::method(""),
            StatusCode::REQUEST_TIMEOUT => Self::too_slow(""),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(""),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::media_type(""),
            StatusCode::UNPROCESSABLE_ENTITY => Self::unprocessable(""),
            s if s.is_client_error() => Self { status: s, ..Self::bad_request("") },
            s => Self { status: s, ..Self::internal("") },
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.problem()).unwrap_or_default();
        let mut response = (self.status, Body::from(body)).into_response();
        response.extensions_mut().insert(Refused(self.name));
        if let Some(fault) = self.fault {
            response.extensions_mut().insert(fault);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        if faults::is_of_the_request(&error) {
            return Self::unprocessable(
                "It has a character that no text holds, or a word that is too long. Nothing was stored.",
            );
        }
        let fault = Fault::from(&error);
        tracing::error!(fault = fault.word(), %error, "the database failed a request");
        Self::failed(fault)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        let fault = Fault::from(&error);
        tracing::error!(fault = fault.word(), %error, "what keeps pictures failed a request");
        Self::failed(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;
    use spotter_model::problem::NAMES;

    #[test]
    fn every_problem_is_one_that_the_extension_has_words_for() {
        let ours: Vec<&str> = Refusal::ALL.iter().map(|(name, ..)| *name).collect();
        assert_eq!(ours, NAMES);
        assert!(Refusal::too_large("").problem().key().is_some_and(|key| key == "problem_too_large"));
    }
}
