//! Bodies and addresses that keep to the document: made by walking its schemas. What they say in prose alone (a UUID, a
//! time, a host, an id) is filled in by the field's name.

use super::common::{Device, uuid};
use fastrand::Rng;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Makes what is sent.
pub struct Maker {
    pub rng: Rng,
    pub document: Arc<Value>,
    pub device: Device,
    pub code: String,
    pub token: String,
    /// Reports of the device that it is asked about.
    pub asked: Vec<String>,
    /// The server's time, RFC 3339.
    pub now: String,
}

impl Maker {
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.rng.usize(..of.len())]
    }

    /// A value that fits a schema.
    pub fn fitting(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        if let Some(pointer) = schema["$ref"].as_str() {
            let document = Arc::clone(&self.document);
            return self.fitting(document.pointer(&pointer[1..]).unwrap(), name, depth);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        for many in ["enum", "oneOf", "anyOf"] {
            if let Some(all) = schema[many].as_array() {
                let one = all[self.rng.usize(..all.len())].clone();
                let value = if many == "enum" { one } else { self.fitting(&one, name, depth + 1) };
                // A choice may stand beside the fields that all of it have.
                return match (value, schema.get("properties")) {
                    (Value::Object(mut some), Some(_)) => {
                        some.extend(self.object(schema, depth));
                        Value::Object(some)
                    }
                    (value, _) => value,
                };
            }
        }
        let kind = match &schema["type"] {
            Value::Array(all) => all[self.rng.usize(..all.len())].as_str().unwrap_or("null").to_owned(),
            kind => kind.as_str().unwrap_or("null").to_owned(),
        };
        match kind.as_str() {
            "object" => Value::Object(self.object(schema, depth)),
            "array" => {
                let (least, most) =
                    (schema["minItems"].as_u64().unwrap_or(0), schema["maxItems"].as_u64().unwrap_or(3));
                let n = if depth > 6 { least } else { self.rng.u64(least..=most.max(least)) };
                (0..n).map(|_| self.fitting(&schema["items"], name, depth + 1)).collect()
            }
            // Within 16 hours, says the contract in prose.
            "integer" if name == "utc_offset_minutes" => json!(self.rng.i64(-960..=960)),
            "integer" => {
                let (least, most) =
                    (schema["minimum"].as_i64().unwrap_or(0), schema["maximum"].as_i64().unwrap_or(900));
                json!(self.rng.i64(least..=most.max(least)))
            }
            "number" => json!((self.rng.f64() * 1000.0).round() / 1000.0),
            "boolean" => json!(self.rng.bool()),
            "string" => json!(self.words(name)),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Map<String, Value> {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut out = Map::new();
        for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
            if required.contains(&name.as_str()) || self.rng.u8(..10) < 7 {
                out.insert(name.clone(), self.fitting(inner, name, depth + 1));
            }
        }
        out
    }

    /// A text as the contract describes it in words.
    fn words(&mut self, name: &str) -> String {
        match name {
            "code" => self.code.clone(),
            "report_id" | "id" if self.rng.bool() => uuid(),
            "created_at" | "matched_at" | "started_at" => "2026-11-26T10:00:00Z".into(),
            "ended_at" | "server_time" => "2026-11-26T10:09:00.5Z".into(),
            "from" if self.rng.bool() => "https://market.example/p.png".into(),
            "until" => "2027-01-01".into(),
            "marketplace" => self.one(&["market.example", "shop.example:8080", "xn--mrkt-5qa.example"]).into(),
            "url_canonical" | "url_at_match" | "url_observed" | "seen_at" | "url" => {
                format!("https://market.example/item/{}", self.rng.u32(..50))
            }
            "sha256" | "deck_sha256" => "ab".repeat(32),
            "media_type" => self.one(&["image/png", "image/jpeg", "image/webp"]).into(),
            "lang" | "locale" => self.one(&["", "en", "de", "zh-Hant"]).into(),
            "marks" | "methods_ticked" | "concepts" | "mark" | "round" | "id" => {
                self.one(&["ivory.grain", "elephant-ivory", "x_1"]).into()
            }
            "listing_id" => format!("{}", self.rng.u32(..200)),
            _ => self.one(&["Carved", "象牙", "a b c", "é\u{200b}", "ناب", "\u{1f418} tusk", "", "0"]).into(),
        }
    }

    /// The body of an operation, made to be taken, and the media type that it goes under.
    pub fn body(&mut self, described: &Value, id: &str) -> Option<(String, Vec<u8>)> {
        let content = described["requestBody"]["content"].as_object()?;
        let kinds: Vec<&String> = content.keys().collect();
        let kind = kinds[self.rng.usize(..kinds.len())].clone();
        if kind.starts_with("image/") {
            let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
            bytes.extend((0..self.rng.usize(..400)).map(|_| self.rng.u8(..)));
            return Some((kind, bytes));
        }
        let schema = content[&kind]["schema"].clone();
        let mut value = self.fitting(&schema, "", 0);
        self.agree(&mut value, id);
        Some((kind, serde_json::to_vec(&value).unwrap_or_default()))
    }

    /// What fields must say of each other, which no schema can: the id is the address's, a score is worth its answers, a key
    /// is proven by its signature, a blob that is there has a hash.
    fn agree(&mut self, value: &mut Value, id: &str) {
        let Some(body) = value.as_object_mut() else { return };
        for at in ["report_id", "id"] {
            if body.contains_key(at) {
                body.insert(at.into(), json!(id));
            }
        }
        if body.contains_key("proof") {
            *value = Device::new().enrolment(&self.code);
            return;
        }
        if body.contains_key("one_in") {
            let schema = if body.contains_key("answer") { "wildlife-audit/1" } else { "wildlife-audit-day/1" };
            body.insert("schema".into(), json!(schema));
            body.insert("day".into(), json!("2026-11-26"));
            body.insert("one_in".into(), json!(20));
            body.insert("software".into(), json!("0.1.0"));
            if body.contains_key("answer") {
                body.insert("listing".into(), json!(id.replace('-', "")));
            } else {
                // One day is counted once: each has its own round.
                body.insert("round".into(), json!(id));
                body.insert("unflagged".into(), json!(900));
            }
        } else if body.contains_key("deck") {
            body.insert("schema".into(), json!("wildlife-attestation/1"));
            body.insert("marks".into(), json!([{ "mark": "ivory.grain", "right": 4, "asked": 4 }]));
            body.insert("score".into(), json!(100));
            body.insert("attempts".into(), json!(1));
            body.insert("deck".into(), json!("A deck"));
        } else if body.contains_key("saw") {
            body.insert("schema".into(), json!("wildlife-recheck/1"));
            body.insert("report_id".into(), json!(self.asked[self.rng.usize(..self.asked.len())]));
            body.insert("seen_at".into(), json!(self.now));
        } else if body.contains_key("reason") {
            body.insert("schema".into(), json!("wildlife-feedback/1"));
        } else if body.contains_key("place") {
            body.insert("schema".into(), json!("wildlife-report/1"));
            body.insert("chosen".into(), json!({ "is": "not_sure" }));
            for item in body.get_mut("evidence").and_then(Value::as_array_mut).into_iter().flatten() {
                let there = item["state"] == "included" && item["kind"] != "listing_text";
                *item = if there {
                    json!({ "kind": item["kind"], "state": "included", "sha256": "cd".repeat(32), "media_type": "image/png", "bytes": 9 })
                } else {
                    json!({ "kind": item["kind"], "state": item["state"], "bytes": 0 })
                };
            }
        } else if body.contains_key("kind") {
            body.insert("schema".into(), json!("wildlife-suggestion/1"));
            body.insert("text".into(), json!("moon milk"));
        } else if body.contains_key("text") {
            body.insert("schema".into(), json!("wildlife-contact/1"));
            body.insert("text".into(), json!("Somebody wrote to me."));
        }
    }
}
