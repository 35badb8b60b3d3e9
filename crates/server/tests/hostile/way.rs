//! The way of a payload: into every field that takes it, by the real interface, and out at every place that shows it.

use super::looks;
use crate::common::{Browser, Device, Page, Running, report, uuid};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use spotter_model::dsse::{ATTESTATION_TYPE, CONTACT_TYPE, REPORT_TYPE, SUGGESTION_TYPE};
use spotter_model::limits::cut;
use std::collections::BTreeSet;

/// One payload of `tests/hostile/payloads.json`.
#[derive(Clone, serde::Deserialize)]
pub struct Payload {
    pub id: String,
    pub kind: String,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub make: String,
}

pub fn payloads() -> Vec<Payload> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hostile/payloads.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Where something was looked for, and what was found there.
#[derive(Default)]
pub struct Tally {
    pub places: BTreeSet<String>,
    pub looks: usize,
    pub fired: Vec<String>,
}

impl Tally {
    pub fn note(&mut self, place: &str, what: &str, wrong: Vec<String>) {
        self.places.insert(place.to_owned());
        self.looks += 1;
        self.fired.extend(wrong.into_iter().map(|w| format!("{place}, {what}: {w}")));
    }

    /// A page that a person gets, whatever its status; a fault of the server counts as fired.
    pub fn page(&mut self, place: &str, what: &str, page: &Page) {
        let mut wrong = looks::headers(&page.headers);
        if page.status >= 500 {
            wrong.push(format!("status {}", page.status));
        }
        let kind = page.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        match kind {
            "text/html; charset=utf-8" => wrong.extend(looks::page(&page.text)),
            "text/csv; charset=utf-8" => wrong.extend(looks::rows(page.text.as_bytes())),
            _ if page.text.is_empty() => {}
            _ => wrong.push(format!("content of type {kind:?}")),
        }
        self.note(place, what, wrong);
    }

    /// An answer for machines: JSON, and never a fault.
    pub async fn machine(&mut self, place: &str, what: &str, answer: Response) -> u16 {
        let mut wrong = looks::headers(answer.headers());
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let body = answer.bytes().await.unwrap();
        if status >= 500
            || !(body.is_empty() || matches!(kind.as_str(), "application/json" | "application/problem+json"))
        {
            wrong.push(format!("status {status}, {kind}"));
        }
        self.note(place, what, wrong);
        status
    }
}

/// The payload in every field of a report that takes free text, and as far into the others as they go.
pub fn filled(host: &str, n: usize, text: &str) -> Value {
    let mut r = report(&format!("{}#{n}", cut(text, 100)));
    let web = |end: usize| format!("https://market.example/{}", cut(text, end));
    r["place"]["marketplace"] = json!(host);
    for at in ["url_canonical", "url_at_match", "url_observed"] {
        r["place"][at] = json!(web(1_500));
    }
    for at in ["extension", "browser", "pack", "locale"] {
        r["client"][at] = json!(cut(text, 64));
    }
    for at in ["id", "title", "price", "category", "seller", "location", "images"] {
        r["listing"][at] = json!(cut(text, 500));
    }
    r["listing"]["description"] = json!(format!("{text}\n\n{text}"));
    r["listing"]["lang"] = json!(cut(text, 64));
    r["listing"]["url"] = json!(cut(text, 1_500));
    r["note"] = json!(text.chars().take(1_000).collect::<String>());
    let a = &mut r["assessment"];
    a["id"] = json!(text);
    a["taxa"] = json!([{ "id": text, "scientificName": text, "listings": [{ "appendix": "I", "population": text }] }]);
    for at in ["commodities", "methods", "grounds"] {
        a[at] = json!([text]);
    }
    // Places of cues are numbers from outside too: within, across and beyond the words.
    for (cue, (start, end)) in
        a["cues"].as_array_mut().unwrap().iter_mut().zip([(0, 3), (1, 4_000_000_000_u32), (2, 5)])
    {
        cue["concept"] = json!(text);
        cue["text"] = json!(text);
        cue["start"] = json!(start);
        cue["end"] = json!(end);
    }
    r["chosen"] = json!({ "is": "taxa", "taxa": [{ "id": "x", "scientificName": cut(text, 500) }] });
    r["evidence"][1]["from"] = json!(web(1_500));
    r[text] = json!({ text: text });
    r
}

/// Fields that hold ids, hosts or times: whatever else they are sent is refused, and said so.
pub fn bent(report: &Value, text: &str) -> Vec<(&'static str, Value)> {
    let with = |at: &'static str, value: Value| {
        let mut r = report.clone();
        r["report_id"] = json!(uuid());
        *r.pointer_mut(at).unwrap() = value;
        (at, r)
    };
    // "..." is an id as far as the contract goes.
    if spotter_model::report::is_id(text) || spotter_model::report::is_marketplace(text) {
        return vec![];
    }
    vec![
        with("/schema", json!(text)),
        with("/created_at", json!(text)),
        with("/place/marketplace", json!(text)),
        with("/place/url_canonical", json!(text)),
        with("/listing/kind", json!(text)),
        with("/assessment/level", json!(text)),
        with("/assessment/groups", json!([text])),
        with("/chosen", json!({ "is": "taxa", "taxa": [{ "id": text, "scientificName": "x" }] })),
        with(
            "/evidence",
            json!([{ "kind": "screenshot", "state": "included", "sha256": text, "media_type": text, "bytes": 1 }]),
        ),
        with(
            "/evidence",
            json!([{ "kind": "picture", "state": "included", "sha256": "0".repeat(64), "media_type": text, "bytes": 1 }]),
        ),
    ]
}

pub async fn put(server: &Running, device: &Device, path: &str, kind: &str, body: &Value) -> Response {
    let bytes = serde_json::to_vec(body).unwrap();
    let request = server.http.put(server.url(path)).header("content-type", kind);
    device.signed(request, kind, &bytes).body(bytes).send().await.unwrap()
}

/// What spotters tell besides reports, with the payload in each free field.
pub async fn tell(server: &Running, device: &Device, text: &str, tally: &mut Tally, what: &str) -> Result<(), String> {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    let one_line = if cut(&plain, 120).trim().is_empty() { "x" } else { cut(&plain, 120) };
    let id = uuid();
    let suggestion = json!({ "schema": "wildlife-suggestion/1", "id": id, "kind": "term", "text": one_line, "lang": "",
        "meaning": text.chars().take(300).collect::<String>(), "seen_at": format!("https://market.example/{}", cut(text, 1_500)),
        "created_at": "2026-11-26T10:00:00Z" });
    let contact_id = uuid();
    let spoken = if text.trim().is_empty() { "x" } else { text };
    let contact = json!({ "schema": "wildlife-contact/1", "id": contact_id,
        "text": spoken.chars().take(1_000).collect::<String>(), "created_at": "2026-11-26T10:00:00Z" });
    let result_id = uuid();
    let deck = if cut(text, 500).trim().is_empty() { "x" } else { cut(text, 500) };
    let result = json!({ "schema": "wildlife-attestation/1", "id": result_id, "round": "round-1", "deck": deck,
        "deck_sha256": "0".repeat(64), "score": 100, "marks": [{ "mark": "ivory.grain", "right": 4, "asked": 4 }],
        "attempts": 1, "started_at": "2026-11-26T10:00:00Z", "ended_at": "2026-11-26T10:09:00Z" });
    for (path, kind, body) in [
        (format!("/v1/suggestions/{id}"), SUGGESTION_TYPE, &suggestion),
        (format!("/v1/contacts/{contact_id}"), CONTACT_TYPE, &contact),
        (format!("/v1/attestations/{result_id}"), ATTESTATION_TYPE, &result),
    ] {
        let answer = put(server, device, &path, kind, body).await;
        if answer.status() != 201 {
            return Err(format!("{path}: {}", answer.text().await.unwrap()));
        }
    }
    // Ids are no place for words.
    let mut odd = result.clone();
    odd["marks"][0]["mark"] = json!(text);
    odd["round"] = json!(text);
    let status = tally
        .machine(
            "an attestation's ids",
            what,
            put(server, device, &format!("/v1/attestations/{result_id}"), ATTESTATION_TYPE, &odd).await,
        )
        .await;
    if status == 201 && !spotter_model::report::is_id(text) { Err("an odd id was taken".to_owned()) } else { Ok(()) }
}

/// Every byte but letters and digits, so that the whole payload stands in one part of an address.
pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// The payload in addresses: of the interface, of the console, and of the pages for anybody.
pub async fn addresses(
    server: &Running,
    device: &Device,
    browser: &mut Browser,
    text: &str,
    tally: &mut Tally,
    what: &str,
) {
    let text = escaped(cut(text, 400));
    for path in ["/v1/blobs/{}", "/v1/reports/{}", "/v1/suggestions/{}", "/v1/contacts/{}"] {
        let request = server.http.put(server.url(&path.replace("{}", &text))).header("content-type", REPORT_TYPE);
        let answer = device.signed(request, REPORT_TYPE, b"{}").body("{}").send().await.unwrap();
        let status = tally.machine(path, what, answer).await;
        assert!((400..500).contains(&status), "{path} {text}: {status}");
    }
    for path in ["/v1/known?marketplace={}", "/v1/notices?after={}", "/v1/{}"] {
        let answer = server.http.get(server.url(&path.replace("{}", &text))).send().await.unwrap();
        let status = tally.machine(path, what, answer).await;
        // Two dots are folded away before they leave the client: that is the way to the console then.
        assert!((303..500).contains(&status), "{path} {text}: {status}");
    }
    for path in [
        "/console/search?q={}",
        "/console?group={}&marketplace={}&level={}&language={}",
        "/console/cases/{}",
        "/console/pictures/{}",
        "/console/notices/{}",
        "/console/referrals/{}",
        "/console/class?cohort={}&round={}",
        "/console/class.csv?cohort={}&round={}",
        "/console/{}",
        "/before-you-buy/{}?lang={}",
        "/before-you-buy?lang={}",
        "/quality?lang={}",
        "/answer/{}",
        "/console/welcome/{}",
        "/join?{}",
    ] {
        let page = browser.get(&path.replace("{}", &text)).await;
        assert!(page.status < 500, "{path} {text}: {}", page.status);
        tally.page(path, what, &page);
    }
}

/// The values of the queue's boxes on this page, and where the next page is.
pub fn boxes(page: &str) -> (Vec<String>, Option<String>) {
    let document = scraper::Html::parse_document(page);
    let all = |selector: &str, name: &str| -> Vec<String> {
        let selector = scraper::Selector::parse(selector).unwrap();
        document.select(&selector).filter_map(|e| e.value().attr(name)).map(str::to_owned).collect()
    };
    (all("table.queue input[type=checkbox]", "value"), all("div.pages a[rel=next]", "href").pop())
}

pub async fn post(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Page {
    let request = browser.request(Method::POST, path).header("sec-fetch-site", "same-origin").form(fields);
    browser.go(request).await
}
