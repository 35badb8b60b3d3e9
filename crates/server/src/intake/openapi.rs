//! The contract for machines: JSON Schema of a report and OpenAPI of the intake, made from the model's types.

use super::ROUTES;
use super::surveys::Kept;
use crate::notices::pull;
use crate::problem::Refusal;
use axum::Json;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};
use spotter_model::audit::{Audit, AuditDay};
use spotter_model::dsse::{
    ATTESTATION_TYPE, AUDIT_DAY_TYPE, AUDIT_TYPE, CODING_TYPE, CONTACT_TYPE, Envelope, FEEDBACK_TYPE, FRAME_TYPE,
    HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, RECHECK_TYPE, REPORT_TYPE, SUGGESTION_TYPE,
};
use spotter_model::limits::{BLOB_BYTES, REPORT_BYTES, SMALL_BODY_BYTES};
use spotter_model::problem::PROBLEM_TYPE;
use spotter_model::recheck::Recheck;
use spotter_model::survey::{Assigned, Coding, Frame};
use spotter_model::{
    Attestation, Contact, EnrolmentRequest, Feedback, KnownResponse, Problem, Report, ReportAccepted, SpotterPolicy,
    StatusResponse, Suggestion,
};

/// What identifiers in addresses look like: as `spotter_model::report` checks them.
const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
const SHA256: &str = "^[0-9a-f]{64}$";
const ID: &str = "^[a-z0-9._-]{1,64}$";
const HOST: &str = r"^[a-z0-9.:\[\]-]{1,253}$";

/// `GET /v1/schemas/wildlife-report-1.json`.
pub async fn report_schema() -> Json<Value> {
    Json(report_schema_document())
}

/// The JSON Schema of a report, made from the type. `docs/wildlife-report-1.schema.json` is a copy.
#[must_use]
pub fn report_schema_document() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Report>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("$id".into(), "urn:wildlife-spotter:schema:wildlife-report-1".into());
        object.insert("title".into(), "wildlife-report/1".into());
    }
    schema
}

/// `GET /v1/openapi.json`.
pub async fn openapi() -> Json<Value> {
    Json(document())
}

/// One operation's particulars; what all share is added below.
struct Operation {
    summary: &'static str,
    signed: bool,
    dated: bool,
    /// A question in the address, and whether it must be there.
    asked: Option<(&'static str, bool)>,
    /// A company's token.
    bearer: bool,
    body: Option<Value>,
    answers: Vec<(u16, &'static str, Option<Value>)>,
    errors: &'static [u16],
}

fn operation(path: &str, schemas: &mut SchemaGenerator) -> Option<Operation> {
    let json_of = |schema: schemars::Schema| json!({ "application/json": { "schema": schema } });
    let open = Operation {
        summary: "",
        signed: false,
        dated: false,
        asked: None,
        bearer: false,
        body: None,
        answers: vec![],
        errors: &[429, 503],
    };
    Some(match path {
        "/v1/enrolments" => Operation {
            summary: "Join with an invitation's code. The answer is a DSSE envelope of an EnrolmentResponse, signed by the server.",
            body: Some(json!({ "required": true, "content": json_of(schemas.subschema_for::<EnrolmentRequest>()) })),
            answers: vec![
                (201, "Joined.", Some(json_of(schemas.subschema_for::<Envelope>()))),
                (200, "This key had joined with this code before.", Some(json_of(schemas.subschema_for::<Envelope>()))),
            ],
            errors: &[400, 403, 408, 410, 413, 415, 422, 429, 503],
            ..open
        },
        "/v1/blobs/{sha256}" => Operation {
            summary: "Store a picture under its SHA-256. Removed after 24 hours unless a report names it.",
            signed: true,
            body: Some(json!({ "required": true, "description": format!("At most {BLOB_BYTES} bytes."), "content": {
                "image/png": {}, "image/jpeg": {}, "image/webp": {}
            } })),
            answers: vec![(201, "Stored.", None), (200, "Held already.", None)],
            errors: &[400, 401, 408, 413, 415, 422, 429, 503],
            ..open
        },
        "/v1/reports/{uuid}" => {
            let report = schemas.subschema_for::<Report>();
            Operation {
                summary: "Hand in a report. The exact bytes are signed, verified, stored and acknowledged.",
                signed: true,
                body: Some(
                    json!({ "required": true, "description": format!("At most {REPORT_BYTES} bytes."), "content": {
                    REPORT_TYPE: { "schema": report }, "application/json": { "schema": report }
                } }),
                ),
                answers: vec![
                    (201, "Stored and synced to disk.", Some(json_of(schemas.subschema_for::<ReportAccepted>()))),
                    (
                        200,
                        "The same bytes were stored before; the same receipt.",
                        Some(json_of(schemas.subschema_for::<ReportAccepted>())),
                    ),
                ],
                errors: &[400, 401, 403, 408, 409, 413, 415, 422, 429, 503],
                ..open
            }
        }
        "/v1/status" => Operation {
            summary: "What became of the reports of the signing key.",
            signed: true,
            dated: true,
            answers: vec![(200, "The newest 500.", Some(json_of(schemas.subschema_for::<StatusResponse>())))],
            errors: &[401, 429, 503],
            ..open
        },
        "/v1/policy" => Operation {
            summary: "The round's rules for the extension.",
            answers: vec![(200, "The rules.", Some(json_of(schemas.subschema_for::<SpotterPolicy>())))],
            ..open
        },
        "/v1/packs/current" => Operation {
            summary: "The signed pack or overlay that is published, as it was signed. 304 where If-None-Match names it.",
            signed: true,
            dated: true,
            answers: vec![
                (200, "The pack.", Some(json!({ "application/octet-stream": {} }))),
                (304, "The device has it already.", None),
            ],
            errors: &[401, 404, 429, 503],
            ..open
        },
        "/v1/known" => Operation {
            summary: "Which listings of one marketplace are probably known; some that are not seem so, on purpose.",
            signed: true,
            dated: true,
            asked: Some(("marketplace", true)),
            answers: vec![(200, "The filter.", Some(json_of(schemas.subschema_for::<KnownResponse>())))],
            errors: &[400, 401, 429, 503],
            ..open
        },
        "/v1/suggestions/{uuid}" => Operation {
            summary: "Suggest a word or a seller's method for the lexicon.",
            signed: true,
            body: Some(json!({ "required": true, "description": format!("At most {SMALL_BODY_BYTES} bytes."),
                "content": { SUGGESTION_TYPE: { "schema": schemas.subschema_for::<Suggestion>() } } })),
            answers: vec![(201, "Stored.", None), (200, "The same bytes were stored before.", None)],
            errors: &[400, 401, 408, 409, 413, 415, 422, 429, 503],
            ..open
        },
        "/v1/feedback/{uuid}" => Operation {
            summary: "Say that an alarm was false, and which of the lexicon's meanings raised it.",
            signed: true,
            body: Some(json!({ "required": true, "description": format!("At most {SMALL_BODY_BYTES} bytes."),
                "content": { FEEDBACK_TYPE: { "schema": schemas.subschema_for::<Feedback>() } } })),
            answers: vec![(201, "Stored.", None), (200, "The same bytes were stored before.", None)],
            errors: &[400, 401, 408, 409, 413, 415, 422, 429, 503],
            ..open
        },
        "/v1/contacts/{uuid}" => Operation {
            summary: "Tell the programme's lead of having been contacted.",
            signed: true,
            body: Some(json!({ "required": true, "description": format!("At most {SMALL_BODY_BYTES} bytes."),
                "content": { CONTACT_TYPE: { "schema": schemas.subschema_for::<Contact>() } } })),
            answers: vec![(201, "Stored.", None), (200, "The same bytes were stored before.", None)],
            errors: &[400, 401, 408, 409, 413, 415, 422, 429, 503],
            ..open
        },
        "/v1/attestations/{uuid}" => Operation {
            summary: "Attest the result of the training's test. The answer is a DSSE envelope of an Attested, signed by the server.",
            signed: true,
            body: Some(json!({ "required": true, "description": format!("At most {SMALL_BODY_BYTES} bytes."),
                "content": { ATTESTATION_TYPE: { "schema": schemas.subschema_for::<Attestation>() } } })),
            answers: vec![
                (201, "Stored and synced to disk.", Some(json_of(schemas.subschema_for::<Envelope>()))),
                (
                    200,
                    "The same bytes were stored before; the same answer.",
                    Some(json_of(schemas.subschema_for::<Envelope>())),
                ),
            ],
            errors: &[400, 401, 408, 409, 413, 415, 422, 429, 503],
            ..open
        },
        "/v1/surveys" => Operation {
            summary: "The surveys that run and in which the device's spotter codes, each with the spotter's searches.",
            signed: true,
            dated: true,
            answers: vec![(200, "At most 20.", Some(json_of(schemas.subschema_for::<Vec<Assigned>>())))],
            errors: &[401, 429, 503],
            ..open
        },
        "/v1/surveys/{id}/frames/{uuid}" | "/v1/surveys/{id}/codings/{uuid}" => {
            let frames = path.ends_with("frames/{uuid}");
            let (summary, kind, schema) = if frames {
                ("Hand in what a search of a survey showed.", FRAME_TYPE, schemas.subschema_for::<Frame>())
            } else {
                ("Hand in how an advertisement was coded.", CODING_TYPE, schemas.subschema_for::<Coding>())
            };
            let kept = schemas.subschema_for::<Kept>();
            Operation {
                summary,
                signed: true,
                body: Some(json!({ "required": true, "description": format!("At most {REPORT_BYTES} bytes."),
                    "content": { kind: { "schema": schema }, "application/json": { "schema": schema } } })),
                answers: vec![
                    (201, "Stored and synced to disk.", Some(json_of(kept.clone()))),
                    (200, "The same bytes were stored before; the same answer.", Some(json_of(kept))),
                ],
                errors: &[400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503],
                ..open
            }
        }
        "/v1/audits/{uuid}" | "/v1/audit-days/{uuid}" => {
            let (summary, kind, schema) = if path.starts_with("/v1/audits/") {
                let summary = "Hand in the answer of a ten-second check of a listing that the detector did not flag.";
                (summary, AUDIT_TYPE, schemas.subschema_for::<Audit>())
            } else {
                let summary = "Hand in how many listings of a marketplace were seen on a day that is over.";
                (summary, AUDIT_DAY_TYPE, schemas.subschema_for::<AuditDay>())
            };
            let kept = schemas.subschema_for::<Kept>();
            Operation {
                summary,
                signed: true,
                body: Some(json!({ "required": true, "description": format!("At most {SMALL_BODY_BYTES} bytes."),
                    "content": { kind: { "schema": schema }, "application/json": { "schema": schema } } })),
                answers: vec![
                    (201, "Stored and synced to disk.", Some(json_of(kept.clone()))),
                    (200, "The same bytes were stored before; the same answer.", Some(json_of(kept))),
                ],
                errors: &[400, 401, 408, 409, 413, 415, 422, 429, 503],
                ..open
            }
        }
        "/v1/rechecks/{uuid}" => {
            let schema = schemas.subschema_for::<Recheck>();
            let kept = schemas.subschema_for::<Kept>();
            Operation {
                summary: "Say what was seen at the listing of an own report whose check is due (`look_again` in the status).",
                signed: true,
                body: Some(json!({ "required": true, "description": format!("At most {SMALL_BODY_BYTES} bytes."),
                    "content": { RECHECK_TYPE: { "schema": schema }, "application/json": { "schema": schema } } })),
                answers: vec![
                    (201, "Stored and synced to disk.", Some(json_of(kept.clone()))),
                    (200, "The same bytes were stored before; the same answer.", Some(json_of(kept))),
                ],
                errors: &[400, 401, 404, 408, 409, 413, 415, 422, 429, 503],
                ..open
            }
        }
        "/v1/notices" => Operation {
            summary: "A company fetches its notices, in the order in which they went: those behind `after`. Handing one out is sending it.",
            asked: Some(("after", false)),
            bearer: true,
            answers: vec![(200, "At most 100 notices.", Some(json_of(schemas.subschema_for::<pull::Page>())))],
            errors: &[400, 401, 429, 503],
            ..open
        },
        "/v1/schemas/wildlife-report-1.json" => Operation {
            summary: "JSON Schema of a report.",
            answers: vec![(200, "The schema.", Some(json!({ "application/json": {} })))],
            errors: &[503],
            ..open
        },
        "/v1/openapi.json" => Operation {
            summary: "This document.",
            answers: vec![(200, "The document.", Some(json!({ "application/json": {} })))],
            errors: &[503],
            ..open
        },
        "/healthz" => Operation {
            summary: "Whether the endpoint and its database answer.",
            answers: vec![(200, "They do.", Some(json!({ "application/json": {} })))],
            ..open
        },
        "/readyz" => Operation {
            summary: "Whether the endpoint should be given requests: database, disk, outbox, not about to end.",
            answers: vec![(200, "It should.", Some(json!({ "application/json": {} })))],
            errors: &[429, 503],
            ..open
        },
        _ => return None,
    })
}

/// The OpenAPI 3.1 document. A route of [`ROUTES`] without a description is left out, which its test notices.
#[must_use]
pub fn document() -> Value {
    let mut schemas =
        SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into()).into_generator();
    let problem = schemas.subschema_for::<Problem>();
    let mut paths = Map::new();
    for (method, path) in ROUTES {
        let Some(op) = operation(path, &mut schemas) else { continue };
        let mut parameters = vec![];
        for name in path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name) {
            let pattern = match name {
                "uuid" => UUID,
                "sha256" => SHA256,
                _ => ID,
            };
            parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "pattern": pattern } }));
        }
        if let Some((name, required)) = op.asked {
            let schema = match name {
                "after" => json!({ "type": "integer", "format": "int64" }),
                _ => json!({ "type": "string", "pattern": HOST }),
            };
            parameters.push(json!({ "name": name, "in": "query", "required": required, "schema": schema }));
        }
        if op.signed {
            for (name, what, pattern) in [
                (HEADER_KEY, "Fingerprint of the device's key.", "^[A-Za-z0-9_-]{43}$"),
                (
                    HEADER_SIGNATURE,
                    "Standard base64 of the Ed25519 signature over the DSSE pre-authentication encoding.",
                    "^[A-Za-z0-9+/]{86}==$",
                ),
            ] {
                parameters.push(json!({ "name": name, "in": "header", "required": true, "description": what, "schema": { "type": "string", "pattern": pattern } }));
            }
        }
        if op.dated {
            parameters.push(json!({ "name": HEADER_DATE, "in": "header", "required": true, "schema": { "type": "string", "format": "date-time" } }));
        }
        let mut responses = Map::new();
        for (status, what, content) in op.answers {
            let mut response = json!({ "description": what });
            if let Some(content) = content {
                response["content"] = content;
            }
            responses.insert(status.to_string(), response);
        }
        for status in op.errors {
            let names = Refusal::ALL
                .iter()
                .filter(|(_, s, _)| s.as_u16() == *status)
                .map(|(name, _, title)| format!("{name}: {title}"));
            responses.insert(
                status.to_string(),
                json!({ "description": names.collect::<Vec<_>>().join(" "), "content": { PROBLEM_TYPE: { "schema": problem } } }),
            );
        }
        let mut described = json!({ "summary": op.summary, "parameters": parameters, "responses": responses });
        if op.bearer {
            described["security"] = json!([{ "company": [] }]);
        }
        if let Some(body) = op.body {
            described["requestBody"] = body;
        }
        let entry = paths.entry((*path).to_owned()).or_insert_with(|| json!({}));
        entry[*method] = described;
    }
    let schemas = schemas.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Wildlife Spotter intake", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": { "schemas": schemas, "securitySchemes": {
            "company": { "type": "http", "scheme": "bearer", "description": "The token on the company's page." }
        } },
    })
}
