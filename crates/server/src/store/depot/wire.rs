//! How requests reach a storage: over the HTTP client and the TLS library that webhooks go out by, so that there is no second of
//! either. Signing, retries and what a request says are `object_store`'s.
//!
//! Owns the bounds of one try: how long it may take, how much of an answer is read; and what a refusal is called. No word of an
//! answer's text goes on but its code: it may repeat what we signed with.

use super::MOST;
use async_trait::async_trait;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as Tcp;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody,
    HttpService,
};
use std::time::Duration;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long one try may take, all of it.
const TRY: Duration = Duration::from_secs(10);
/// A connection that nobody used for so long is not used again: storages close theirs, and a request that meets that is lost.
const IDLE: Duration = Duration::from_secs(15);
/// A page of a list with a thousand long names is the largest answer beside a blob.
const ANSWER: usize = 4 << 20;
const _: () = assert!(MOST < ANSWER);

/// The client.
#[derive(Clone, Debug)]
pub(super) struct Wire(Client<HttpsConnector<Tcp>, HttpRequestBody>);

impl Wire {
    pub(super) fn new() -> Self {
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_nodelay(true);
        let tls = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(tcp);
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE);
        Self(client.build(tls))
    }
}

impl HttpConnector for Wire {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

/// A storage said no, and will say so again.
#[derive(Debug, thiserror::Error)]
#[error("the bucket's storage refused: {status} {code}")]
pub(super) struct Refused {
    pub status: u16,
    /// Its word for why.
    pub code: String,
}

/// An answer that is longer than any that we ask for.
#[derive(Debug, thiserror::Error)]
#[error("an object in the bucket is larger than any of ours")]
pub(super) struct TooLong;

/// An answer that broke off.
#[derive(Debug, thiserror::Error)]
#[error("the storage's answer broke off")]
struct BrokeOff;

#[async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let asked = async {
            let answer = self.0.request(request).await.map_err(|error| {
                // All that we ask can be asked again.
                let kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Interrupted };
                HttpError::new(kind, error)
            })?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER).collect().await;
            let body = body.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    HttpError::new(HttpErrorKind::Unknown, TooLong)
                } else {
                    HttpError::new(HttpErrorKind::Interrupted, BrokeOff)
                }
            });
            let body = body?.to_bytes();
            match refusal(head.status.as_u16(), &body) {
                Some(refused) => Err(HttpError::new(HttpErrorKind::Unknown, refused)),
                None => Ok(HttpResponse::from_parts(head, HttpResponseBody::from(body))),
            }
        };
        match tokio::time::timeout(TRY, asked).await {
            Ok(answer) => answer,
            Err(late) => Err(HttpError::new(HttpErrorKind::Timeout, late)),
        }
    }
}

/// What is refused for good. What is not there, what passes and what is tried again goes on as it is.
fn refusal(status: u16, body: &[u8]) -> Option<Refused> {
    let code = code(body);
    let final_ = match status {
        404 => code == "NoSuchBucket",
        408 | 429 => false,
        300..=499 | 507 => true,
        _ => false,
    };
    final_.then_some(Refused { status, code })
}

/// What stands in `<Code>`, if it is a word.
fn code(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let word = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map_or("", |(word, _)| word);
    let plain = word.len() <= 64 && word.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { word.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::{code, refusal};

    #[test]
    fn a_refusal_is_told_by_its_code_alone() {
        let body = b"<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><StringToSign>secret</StringToSign></Error>";
        assert_eq!(refusal(403, body).unwrap().to_string(), "the bucket's storage refused: 403 SignatureDoesNotMatch");
        assert_eq!(code(b"<Code>two words</Code>"), "");
        assert_eq!(code(b"<Code>\xff"), "");
        assert!(refusal(404, b"<Error><Code>NoSuchKey</Code></Error>").is_none());
        assert!(refusal(404, b"<Error><Code>NoSuchBucket</Code></Error>").is_some());
        for (status, want) in
            [(200, false), (301, true), (400, true), (416, true), (429, false), (500, false), (503, false), (507, true)]
        {
            assert_eq!(refusal(status, b"").is_some(), want, "{status}");
        }
    }
}
