//! One request to the endpoint: no cookies, no referrer, no redirects, no cache, within a time.
//! What an answer means is decided in `logic::answers`. And one picture of a granted host, in the same way.

use super::now;
use super::webext::{Answer, get};
use crate::logic::answers::{ANSWER_BYTES, Reply};
use js_sys::{Promise, Uint8Array};
use spotter_model::report::EvidenceState;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReadableStreamDefaultReader, ReferrerPolicy, Request, RequestCache, RequestCredentials,
    RequestInit, RequestRedirect, Response,
};

/// Shorter than the time after which browsers end an idle background.
const TIMEOUT_MS: u32 = 25_000;

/// A picture that takes longer is not waited for: a person is.
const PICTURE_MS: u32 = 8_000;

#[wasm_bindgen]
extern "C" {
    fn fetch(request: &Request) -> Promise;
}

/// An answer and the server's clock, where it said.
pub struct Answered {
    /// The answer.
    pub reply: Reply,
    /// Server time minus device time.
    pub skew_ms: Option<f64>,
}

/// `None`: no answer, for whatever reason.
pub async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Option<Answered> {
    exchange(method, url, headers, body).await.ok()
}

/// A plain request to the endpoint.
fn plain(method: &str, headers: &[(&str, &str)]) -> Answer<RequestInit> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    let fields = Headers::new()?;
    for (name, value) in headers {
        fields.set(name, value)?;
    }
    init.set_headers_headers(&fields);
    Ok(init)
}

async fn exchange(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer<Answered> {
    let init = plain(method, headers)?;
    if let Some(bytes) = body {
        init.set_body_opt_u8_array(Some(&Uint8Array::from(bytes)));
    }
    let response: Response = JsFuture::from(fetch(&Request::new_with_str_and_init(url, &init)?)).await?.dyn_into()?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let server_ms = header("date").map(|d| js_sys::Date::parse(&d)).filter(|ms| ms.is_finite());
    let retry_after_ms = header("retry-after").and_then(|value| {
        let seconds = value.trim().parse::<u32>().ok().map(|s| f64::from(s) * 1_000.0);
        seconds.or_else(|| Some(js_sys::Date::parse(&value) - server_ms.unwrap_or_else(now)).filter(|ms| *ms > 0.0))
    });
    let announced = header("content-length").and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    let body = if announced > ANSWER_BYTES {
        Vec::new()
    } else {
        let buffer = Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?);
        buffer.slice(0, buffer.length().min(ANSWER_BYTES as u32)).to_vec()
    };
    let reply = Reply { status: response.status(), body, retry_after_ms };
    // The header has whole seconds: half a second more is nearer on average.
    Ok(Answered { reply, skew_ms: server_ms.map(|ms| ms + 500.0 - now()) })
}

/// An answer whose bytes may be many.
pub struct Fetched {
    /// HTTP status.
    pub status: u16,
    /// What the endpoint calls these bytes, or empty.
    pub tag: String,
    /// The bytes; `None` where they are more than the limit.
    pub body: Option<Vec<u8>>,
}

/// Asks for bytes that the endpoint hands on, and reads no more of them than `limit`. `None`: no answer.
pub async fn fetch_bounded(url: &str, headers: &[(&str, &str)], limit: usize) -> Option<Fetched> {
    let read = async || -> Answer<Fetched> {
        let request = Request::new_with_str_and_init(url, &plain("GET", headers)?)?;
        let response: Response = JsFuture::from(fetch(&request)).await?.dyn_into()?;
        let tag = response.headers().get("etag").ok().flatten().unwrap_or_default();
        Ok(Fetched { status: response.status(), tag, body: bounded(&response, limit).await? })
    };
    read().await.ok()
}

/// The bytes of an answer, or `None` where they are more than the limit: then the rest is not read.
async fn bounded(response: &Response, limit: usize) -> Answer<Option<Vec<u8>>> {
    let Some(body) = response.body() else { return Ok(Some(Vec::new())) };
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into()?;
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if get(&chunk, "done").is_truthy() {
            return Ok(Some(bytes));
        }
        let part: Uint8Array = get(&chunk, "value").dyn_into()?;
        if bytes.len() + part.length() as usize > limit {
            // Whether the server hears that no more is wanted changes nothing here.
            let _ = JsFuture::from(reader.cancel()).await;
            return Ok(None);
        }
        bytes.extend_from_slice(&part.to_vec());
    }
}

/// A picture's bytes as they come, or why there are none. Read only up to the limit.
pub async fn picture(url: &str, limit: usize) -> Result<Vec<u8>, EvidenceState> {
    read_picture(url, limit).await.unwrap_or(Err(EvidenceState::Failed))
}

async fn read_picture(url: &str, limit: usize) -> Answer<Result<Vec<u8>, EvidenceState>> {
    let init = RequestInit::new();
    init.set_method("GET");
    init.set_credentials(RequestCredentials::Omit);
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PICTURE_MS)));
    let fields = Headers::new()?;
    // What the endpoint keeps; servers that send what the browser likes best would send others.
    fields.set("Accept", "image/jpeg,image/png,image/webp;q=0.9")?;
    init.set_headers_headers(&fields);
    let response: Response = JsFuture::from(fetch(&Request::new_with_str_and_init(url, &init)?)).await?.dyn_into()?;
    if matches!(response.status(), 404 | 410) {
        return Ok(Err(EvidenceState::Gone));
    }
    if !response.ok() || response.body().is_none() {
        return Ok(Err(EvidenceState::Failed));
    }
    Ok(bounded(&response, limit).await?.ok_or(EvidenceState::TooLarge))
}
