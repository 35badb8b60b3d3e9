//! Requests as the document describes them, and what becomes of them in other hands: fields of another type, missing, doubled
//! or endless; bytes that are no JSON; signatures that do not fit; addresses, methods and headers that are odd.

use super::answer::Operation;
use super::common::{Running, uuid};
use super::make::Maker;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use spotter_model::dsse::{BLOB_TYPE, HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, REQUEST_TYPE};
use spotter_server::clock;
use spotter_server::sign::sha256_hex;

/// A request, ready to be sent.
#[derive(Clone)]
pub struct Sent {
    pub operation: Operation,
    pub method: String,
    pub address: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    /// The address is no longer that of the operation.
    pub elsewhere: bool,
    /// It may be too odd to be HTTP.
    pub breaks_http: bool,
    pub bent: &'static str,
}

impl Sent {
    pub fn name(&self) -> String {
        self.operation.name()
    }

    /// What the server was asked for: another method or address is another operation, if any.
    pub fn asks(&self) -> String {
        let at = if self.elsewhere { "elsewhere" } else { &self.operation.path };
        format!("{} {at}", self.method)
    }

    pub fn shown(&self) -> String {
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(300)]).into_owned();
        let address: String = self.address.chars().take(200).collect();
        format!("{} {address} ({}) {body}", self.method, self.bent)
    }

    pub fn request(&self, server: &Running) -> RequestBuilder {
        let method = self.method.parse().unwrap();
        let mut request = server.http.request(method, server.url(&self.address));
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), value.as_slice());
        }
        if self.body.is_empty() { request } else { request.body(self.body.clone()) }
    }

    fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
    }
}

/// A request as the document wants it, signed by the device.
fn plain(maker: &mut Maker, operation: &Operation) -> Sent {
    let described = &operation.described;
    let id = uuid();
    let mut sent = Sent {
        operation: operation.clone(),
        method: operation.method.to_uppercase(),
        address: operation.path.replace("{uuid}", &id).replace("{id}", "survey-1"),
        headers: vec![],
        body: vec![],
        elsewhere: false,
        breaks_http: false,
        bent: "as described",
    };
    let mut kind = String::new();
    if let Some((media, body)) = maker.body(described, &id) {
        sent.set("content-type", media.clone());
        (kind, sent.body) = (media, body);
    }
    let mut asked = vec![];
    for parameter in described["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query") {
        let name = parameter["name"].as_str().unwrap_or_default();
        if parameter["required"] == true || maker.rng.bool() {
            let value = if name == "after" { maker.rng.u32(..9).to_string() } else { "market.example".to_owned() };
            asked.push(format!("{name}={value}"));
        }
    }
    if !asked.is_empty() {
        sent.address = format!("{}?{}", sent.address, asked.join("&"));
    }
    if described["security"].is_array() {
        sent.set("authorization", format!("Bearer {}", maker.token));
    }
    sign(maker, &mut sent, &kind);
    sent
}

/// Signs what is there, where the operation is signed: whoever holds a device may send anything.
fn sign(maker: &mut Maker, sent: &mut Sent, kind: &str) {
    let wants = |name: &str| {
        sent.operation.described["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == name))
    };
    let (signed, dated) = (wants(HEADER_KEY), wants(HEADER_DATE));
    if !signed {
        return;
    }
    let (kind, payload) = if sent.operation.path.ends_with("{sha256}") {
        let hash = sha256_hex(&sent.body);
        sent.address = sent.address.replace("{sha256}", &hash);
        (BLOB_TYPE.to_owned(), hash.into_bytes())
    } else if dated {
        let date = clock::stamp(time::OffsetDateTime::now_utc());
        sent.set(HEADER_DATE, date.clone());
        (REQUEST_TYPE.to_owned(), format!("{} {} {date}", sent.method, sent.address).into_bytes())
    } else {
        // Under `application/json` too it is the operation's own type that is signed.
        let own = sent.operation.described["requestBody"]["content"].as_object();
        let own = own.and_then(|c| c.keys().find(|k| k.contains("vnd."))).cloned();
        (own.unwrap_or_else(|| kind.to_owned()), sent.body.clone())
    };
    let signature = maker.device.sign(&kind, &payload);
    sent.set(HEADER_KEY, maker.device.key_id.clone());
    sent.set(HEADER_SIGNATURE, signature);
}

/// A place in a value: a pointer to any of its parts.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, v)| places(v, &format!("{here}/{}", name.replace('~', "~0").replace('/', "~1")), all)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, v)| places(v, &format!("{here}/{n}"), all)),
        _ => {}
    }
}

/// Something that does not belong there.
fn odd(maker: &mut Maker) -> Value {
    match maker.rng.u8(..22) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(i64::MIN),
        4 => json!(u64::MAX),
        5 => json!(1e308),
        6 => json!(0.1),
        7 => json!(""),
        8 => json!("x".repeat(maker.rng.usize(1..40_000))),
        9 => json!("\u{0}\u{1b}\r\n"),
        10 => json!("\u{202e}\u{feff}\u{10ffff}\u{fffd}"),
        11 => json!("é".repeat(700)),
        12 => json!("../../etc/passwd"),
        13 => json!("'; DROP TABLE cases; --"),
        14 => json!([]),
        15 => json!({}),
        16 => json!(vec![json!({}); maker.rng.usize(1..2_000)]),
        17 => (0..100).fold(json!(1), |inner, _| json!([inner])),
        18 => (0..100).fold(json!(1), |inner, _| json!({ "a": inner })),
        19 => json!("2026-02-30T25:61:61Z"),
        20 => json!("https://[::1"),
        _ => json!("999999999999-12-31T23:59:59.999999999Z"),
    }
}

/// Bends a JSON body somewhere inside.
fn inside(maker: &mut Maker, body: &[u8]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(body).ok()?;
    for _ in 0..maker.rng.usize(1..=2) {
        let mut all = vec![];
        places(&value, "", &mut all);
        let at = all[maker.rng.usize(..all.len())].clone();
        let odd = odd(maker);
        match (maker.rng.u8(..8), at.rsplit_once('/')) {
            // A field less, or one that nobody knows.
            (0 | 1, Some((parent, name))) => match value.pointer_mut(parent)? {
                Value::Object(fields) => drop(fields.remove(name)),
                Value::Array(items) => items.clear(),
                _ => {}
            },
            (2, _) => {
                if let Some(fields) = value.pointer_mut(&at)?.as_object_mut() {
                    fields.insert("from_the_future".into(), odd);
                }
            }
            // Many of the same.
            (3, _) => {
                if let Some(items) = value.pointer_mut(&at)?.as_array_mut()
                    && let Some(first) = items.first().cloned()
                {
                    items.extend(std::iter::repeat_n(first, maker.rng.usize(1..600)));
                }
            }
            _ => *value.pointer_mut(&at)? = odd,
        }
    }
    serde_json::to_vec(&value).ok()
}

/// Bends bytes: what is no JSON at all, or JSON that parsers disagree on.
fn bytes(maker: &mut Maker, body: &[u8]) -> Vec<u8> {
    let mut out = body.to_vec();
    match maker.rng.u8(..12) {
        0 => out.truncate(maker.rng.usize(..=out.len())),
        1 if !out.is_empty() => {
            let at = maker.rng.usize(..out.len());
            out[at] ^= 1 << maker.rng.u8(..8);
        }
        2 => out = b"[".repeat(maker.rng.usize(1..30_000)),
        3 => out = b"{\"a\":".repeat(maker.rng.usize(1..6_000)),
        4 => out.clear(),
        5 => out.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
        6 => out.extend_from_slice(b" {}"),
        7 if out.first() == Some(&b'{') => {
            let twice = [b"{\"schema\":\"x\",\"id\":1,\"report_id\":2,".as_slice(), &out[1..]].concat();
            out = twice;
        }
        8 => out = String::from_utf8_lossy(&out).replace("\":\"", "\":\"\\ud800").into_bytes(),
        9 => out = String::from_utf8_lossy(&out).replace(":0", ":1e999").replace("true", "NaN").into_bytes(),
        10 => out = (0..maker.rng.usize(..4_000)).map(|_| maker.rng.u8(..)).collect(),
        _ => out.resize(maker.rng.usize(1..3_000_000), b' '),
    }
    out
}

/// The next request: one in three as described, the others bent in one way.
pub fn bent(maker: &mut Maker, operations: &[Operation]) -> Sent {
    let operation = operations[maker.rng.usize(..operations.len())].clone();
    let mut sent = plain(maker, &operation);
    let kind = sent
        .headers
        .iter()
        .find(|(n, _)| n == "content-type")
        .map(|(_, v)| String::from_utf8_lossy(v).into_owned())
        .unwrap_or_default();
    match maker.rng.u8(..18) {
        0..=5 => {}
        6..=8 => {
            sent.bent = "a field";
            if let Some(body) = inside(maker, &sent.body) {
                sent.body = body;
                readdress(&mut sent);
                sign(maker, &mut sent, &kind);
            }
        }
        9 | 10 if !sent.body.is_empty() => {
            sent.bent = "bytes";
            sent.body = bytes(maker, &sent.body);
            readdress(&mut sent);
            sign(maker, &mut sent, &kind);
        }
        11 => {
            sent.bent = "bytes under an old signature";
            sent.body = bytes(maker, &sent.body);
        }
        12 => header(maker, &mut sent),
        13 => {
            sent.bent = "a header less";
            if !sent.headers.is_empty() {
                let n = maker.rng.usize(..sent.headers.len());
                sent.headers.remove(n);
            }
        }
        14 => method(maker, &mut sent),
        15 => question(maker, &mut sent),
        _ => address(maker, &mut sent),
    }
    // What is too long is refused by its announced length, and the connection ended while it is still being sent.
    sent.breaks_http |= sent.body.len() > 100_000;
    sent
}

/// A blob's address is its hash: another body has another one.
fn readdress(sent: &mut Sent) {
    if sent.operation.path.ends_with("{sha256}") {
        sent.address = sent.operation.path.clone();
    }
}

fn header(maker: &mut Maker, sent: &mut Sent) {
    sent.bent = "a header";
    let name = maker.one(&[
        "content-type",
        "content-encoding",
        HEADER_KEY,
        HEADER_SIGNATURE,
        HEADER_DATE,
        "authorization",
        "if-none-match",
        "accept",
        "origin",
        "cookie",
        "range",
        "expect",
        "x-forwarded-for",
        "accept-language",
        "x-http-method-override",
    ]);
    let value: Vec<u8> = match maker.rng.u8(..8) {
        0 => vec![],
        1 => b"x".repeat(maker.rng.usize(1..9_000)),
        2 => b"\xff\xfe\x80".to_vec(),
        3 => b"text/html; charset=utf-16".to_vec(),
        4 => b"9999-99-99T99:99:99Z".to_vec(),
        5 => b"gzip, deflate, br".to_vec(),
        6 => b"Bearer ".to_vec(),
        _ => b"bytes=0-,-1, \"a\", W/\"b\", *".to_vec(),
    };
    // Whoever announces "100-continue" and means something else is told so by the HTTP layer.
    sent.breaks_http = name == "expect";
    sent.set(name, value);
}

fn method(maker: &mut Maker, sent: &mut Sent) {
    sent.bent = "a method";
    sent.method = maker
        .one(&["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "X"])
        .to_owned();
}

fn question(maker: &mut Maker, sent: &mut Sent) {
    sent.bent = "a question";
    let asked = maker.one(&[
        "?marketplace=",
        "?marketplace=a&marketplace=b",
        "?marketplace=%00",
        "?marketplace=%ff%fe",
        "?marketplace=A.example",
        "?after=-1",
        "?after=9223372036854775808",
        "?after=1e3",
        "?after=",
        "?after=9223372036854775807",
        "?%",
        "?a=%zz&&&=",
        "?after=1&after=2",
        "?marketplace[]=x",
    ]);
    let path = sent.address.split('?').next().unwrap_or_default().to_owned();
    sent.address = format!("{path}{asked}");
    let kind = String::new();
    if sent.operation.described["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == HEADER_DATE))
        && maker.rng.bool()
    {
        sign(maker, sent, &kind);
    }
}

/// What stands at the end of the address, or the address itself.
fn address(maker: &mut Maker, sent: &mut Sent) {
    sent.bent = "an address";
    let odd = maker.one(&[
        "x",
        "%00",
        "%ff%fe",
        "..%2f..%2fetc%2fpasswd",
        "0B8E4A52-9B0E-4C5E-8F3A-5F1D2C3B4A59",
        "00000000-0000-0000-0000-00000000000g",
        "%20",
        "%E8%B1%A1",
        "'",
        "{uuid}",
        "0",
    ]);
    let long = "a".repeat(maker.rng.usize(1..9_000));
    let odd = if maker.rng.u8(..6) == 0 { long.as_str() } else { odd };
    let path = sent.operation.path.clone();
    if path.contains('{') && maker.rng.u8(..4) > 0 {
        sent.address = format!("{}{odd}", path.split('{').next().unwrap_or_default());
        // Where two parts are asked for, one alone is no address.
        sent.elsewhere = path.matches('{').count() > 1;
    } else {
        sent.address = match maker.rng.u8(..3) {
            0 => format!("{}/{odd}", path.replace(['{', '}'], "")),
            1 => format!("/v1/{odd}"),
            _ => format!("/v1{}", path.replace(['{', '}'], "")),
        };
        sent.elsewhere = true;
    }
}
