//! What the document says of answers, and whether one is as it says.

use super::bend::Sent;
use boon::{Compiler, Draft, SchemaIndex, Schemas};
use reqwest::Response;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// One operation of the document.
#[derive(Clone)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub described: Value,
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }
}

/// The document, read once.
pub struct Contract {
    pub document: Arc<Value>,
    pub operations: Vec<Operation>,
    schemas: Schemas,
    /// Schema of an answer, by operation, status and media type; `None`: any JSON, or no JSON at all.
    answers: HashMap<(String, String), BTreeMap<String, Option<SchemaIndex>>>,
}

const PLACE: &str = "http://contract.example/openapi.json";

impl Contract {
    pub fn of(document: Value) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.set_default_draft(Draft::V2020_12);
        compiler.add_resource(PLACE, document.clone()).unwrap();
        let (mut operations, mut answers) = (vec![], HashMap::new());
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, described) in methods.as_object().unwrap() {
                let operation = Operation { method: method.clone(), path: path.clone(), described: described.clone() };
                for (status, answer) in described["responses"].as_object().unwrap() {
                    let mut kinds = BTreeMap::new();
                    for (kind, content) in answer["content"].as_object().into_iter().flatten() {
                        let part = |s: &str| {
                            s.replace('~', "~0")
                                .replace('/', "~1")
                                .replace('{', "%7B")
                                .replace('}', "%7D")
                                .replace('+', "%2B")
                        };
                        let at = format!(
                            "{PLACE}#/paths/{}/{method}/responses/{status}/content/{}/schema",
                            part(path),
                            part(kind)
                        );
                        let schema = content.get("schema").map(|_| compiler.compile(&at, &mut schemas).unwrap());
                        kinds.insert(kind.clone(), schema);
                    }
                    answers.insert((operation.name(), status.clone()), kinds);
                }
                operations.push(operation);
            }
        }
        Self { document: Arc::new(document), operations, schemas, answers }
    }

    /// How an answer differs from what the document says.
    pub async fn check(&self, sent: &Sent, answer: Response) -> Vec<String> {
        let status = answer.status().as_u16();
        let header =
            |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let kind = header("content-type");
        let mut wrong = vec![];
        // Any origin may read what the interface says, and nothing beside it.
        let shared = sent.elsewhere || header("access-control-allow-origin") == "*";
        if header("x-content-type-options") != "nosniff" || !shared {
            wrong.push("a header that every answer has is missing".to_owned());
        }
        if matches!(status, 429 | 503) && header("retry-after").parse::<u64>().is_err() {
            wrong.push(format!("{status} without a time to come again"));
        }
        let allow = header("allow");
        let body = match answer.bytes().await {
            Ok(body) => body,
            // It may: what was too long to be read to its end closes the connection.
            Err(_) if sent.breaks_http => return wrong,
            Err(error) => return vec![format!("the answer broke off: {error}")],
        };
        let problem = |wanted: u16| {
            if sent.method == "HEAD" {
                return status == wanted && body.is_empty();
            }
            let read = serde_json::from_slice::<Value>(&body);
            kind == "application/problem+json" && status == wanted && read.is_ok_and(|p| p["status"] == wanted)
        };
        match sent.method.as_str() {
            "OPTIONS" if status == 204 && body.is_empty() => return wrong,
            "HEAD" if !body.is_empty() => wrong.push("a body behind HEAD".to_owned()),
            _ => {}
        }
        // An address that is no longer one of the document's.
        if sent.elsewhere {
            if !(problem(404) || problem(405) || status == 400) {
                wrong.push(format!("{status} {kind} at an address that is none"));
            }
            return wrong;
        }
        let declared = sent.method == sent.operation.method.to_uppercase()
            || (sent.method == "HEAD" && sent.operation.method == "get");
        if !declared {
            if !problem(405) || !allow.to_uppercase().contains(&sent.operation.method.to_uppercase()) {
                wrong.push(format!("{status} {kind}, Allow: {allow:?} for another method"));
            }
            return wrong;
        }
        let Some(kinds) = self.answers.get(&(sent.name(), status.to_string())) else {
            wrong.push(format!("{status} is not in the document: {}", String::from_utf8_lossy(&body)));
            return wrong;
        };
        if sent.method == "HEAD" {
            return wrong;
        }
        if kinds.is_empty() {
            if !body.is_empty() {
                wrong.push(format!("{status} has a body that the document does not know"));
            }
            return wrong;
        }
        let Some(schema) = kinds.get(&kind) else {
            wrong.push(format!("{status} comes as {kind:?}"));
            return wrong;
        };
        if kind.ends_with("json") {
            match (serde_json::from_slice::<Value>(&body), schema) {
                (Err(error), _) => wrong.push(format!("{status} is no JSON: {error}")),
                (Ok(value), Some(schema)) => {
                    if let Err(error) = self.schemas.validate(&value, *schema) {
                        wrong.push(format!("{status} does not fit its schema: {error}"));
                    }
                }
                (Ok(_), None) => {}
            }
        }
        wrong
    }
}
