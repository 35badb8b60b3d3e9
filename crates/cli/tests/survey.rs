//! `spotter survey reproduce` on an archive as the endpoint writes it: whole, with a changed byte, and with another's key.

mod figures;

use spotter_model::archive::{self as zip, File};
use spotter_model::package::listed;
use spotter_survey::archive::{ARCHIVE_SCHEMA, ARCHIVE_TYPE, Manifest, files};
use spotter_survey::data::{Data, Records};
use spotter_survey::{canonical, share};
use std::process::Output;

fn records() -> Records {
    let protocol = serde_json::from_value(serde_json::json!({
        "schema": "wildlife-survey-protocol/1", "id": "synthetic", "version": 1, "title": "Synthetic", "question": "How many?",
        "from": "2026-11-02", "until": "2026-12-13", "groups": ["elephant"],
        "markets": [{ "host": "market.example", "country": "GB", "search": "https://market.example/?q={terms}", "ground": "public", "ground_text": "Synthetic." }],
        "terms": [{ "text": "synthetic", "lang": "en", "group": "elephant" }], "sampling": { "kind": "census", "depth": 20 },
        "inclusion": ["It is offered."], "double_coded_percent": 0, "unflagged_one_in": 5,
    }))
    .expect("a protocol");
    let shares = share::share(&protocol, &["a coder".to_owned()], &[]).expect("shares");
    let coding = |n: u32| {
        serde_json::from_value(serde_json::json!({
            "schema": "wildlife-survey-coding/1", "id": format!("0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a{n:02}"), "survey": "synthetic", "version": 1,
            "task": shares[0].task.id, "listing": format!("{n:032x}"), "included": if n.is_multiple_of(3) { "no" } else { "yes" },
            "url": format!("https://market.example/{n}"), "title": format!("Synthetic {n}"), "seller": format!("synthetic-{n}"),
            "specimens": [{ "scientificName": "Loxodonta africana", "group": "elephant", "term": "CAR", "count": 1, "unit": "" }],
            "asking": { "kind": "stated", "amount": "10", "currency": "GBP" }, "live": "no", "legality_claim": "no", "age_claim": "yes",
            "seller_type": "private", "coded_at": "2026-11-05T10:00:00Z",
        }))
        .expect("a coding")
    };
    let codings = (0..20).map(|n| ("a coder".to_owned(), coding(n))).collect();
    Records { versions: vec![protocol], shares, codings, ..Records::default() }
}

fn archive(change: impl Fn(&mut Vec<File>)) -> Vec<u8> {
    let data = Data::of(&records(), b"a key").expect("data");
    let mut files = files(&data);
    let manifest = Manifest {
        schema: ARCHIVE_SCHEMA.into(),
        survey: "synthetic".into(),
        version: 1,
        protocol_sha256: canonical::sha256(&canonical::json(&data.protocol)),
        software: "0.1.0".into(),
        made_at: "2026-12-20T10:00:00Z".into(),
        key: figures::key().1,
        files: listed(&files),
    };
    files.insert(0, figures::sealed(ARCHIVE_TYPE, &manifest));
    change(&mut files);
    zip::write(&files).expect("an archive")
}

fn reproduce(bytes: &[u8], more: &[&str]) -> (Output, String) {
    figures::spotter(["survey", "reproduce"], bytes, more)
}

#[test]
fn an_archive_is_made_again_and_a_changed_byte_is_named() {
    let bytes = archive(|_| {});
    let (out, text) = reproduce(&bytes, &[]);
    assert!(out.status.success() && text.contains("identical bytes.\n") && !text.contains("BROKEN"), "{text}");
    assert!(
        text.contains("tables/countries.csv: made again") && text.contains("charts/countries.svg: made again"),
        "{text}"
    );

    let (out, text) = reproduce(&bytes, &["--fingerprint", "another"]);
    assert!(out.status.code() == Some(1) && text.contains("BROKEN   That is the endpoint"), "{text}");

    let changed = archive(|files| {
        let data = files.iter_mut().find(|f| f.name == "data/codings.jsonl").expect("data");
        let text = String::from_utf8(data.bytes.clone()).expect("text").replacen(
            "\"included\":\"yes\"",
            "\"included\":\"no\"",
            1,
        );
        data.bytes = text.into_bytes();
    });
    let (out, text) = reproduce(&changed, &[]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text.contains("BROKEN   tables/overview.csv: differs from byte"), "{text}");
    assert!(
        text.lines().any(|l| l.starts_with("BROKEN") && l.ends_with("files are as the list names them, by SHA-256.")),
        "{text}"
    );

    let foreign = archive(|files| files.push(File { name: "tables/more.csv".into(), bytes: vec![] }));
    let (out, text) = reproduce(&foreign, &[]);
    assert!(
        out.status.code() == Some(1) && text.contains("BROKEN   tables/more.csv: nothing of the data makes it."),
        "{text}"
    );
    let (out, text) = reproduce(b"no zip", &[]);
    assert!(out.status.code() == Some(1) && text.contains("no archive"), "{text}");
}
