//! `spotter quality recompute` on an archive as the endpoint writes it: whole, with a changed row, and with another's key.

mod figures;

use spotter_model::archive::{self as zip, File};
use spotter_model::audit::Looked;
use spotter_model::package::listed;
use spotter_survey::audited::{Answered, Data, Decided, Decision, Seen};
use spotter_survey::audited_archive::{ARCHIVE_SCHEMA, ARCHIVE_TYPE, Manifest, files};
use std::process::Output;

fn data() -> Data {
    let platform = || "market.example".to_owned();
    let answer = |n| if n == 0 { Looked::Protected } else { Looked::Not };
    let decision = |n| if n < 9 { Decision::Confirmed } else { Decision::Dismissed };
    Data {
        answers: (0..30).map(|n| Answered { platform: platform(), one_in: 20, answer: answer(n) }).collect(),
        seen: vec![Seen { platform: platform(), one_in: 20, flagged: 40, unflagged: 600, offered: 32 }],
        decisions: (0..12).map(|n| Decided { platform: platform(), decision: decision(n) }).collect(),
        ..Data::default()
    }
}

/// What was changed before the list was signed, and after.
fn archive(before: impl Fn(&mut Vec<File>), after: impl Fn(&mut Vec<File>)) -> Vec<u8> {
    let mut files = files(&data());
    before(&mut files);
    let manifest = Manifest {
        schema: ARCHIVE_SCHEMA.into(),
        software: "0.1.0".into(),
        made_on: "2026-11-27".parse().expect("a day"),
        key: figures::key().1,
        files: listed(&files),
    };
    files.insert(0, figures::sealed(ARCHIVE_TYPE, &manifest));
    after(&mut files);
    zip::write(&files).expect("an archive")
}

fn recompute(bytes: &[u8], more: &[&str]) -> (Output, String) {
    figures::spotter(["quality", "recompute"], bytes, more)
}

fn change(files: &mut [File]) {
    let rows = files.iter_mut().find(|f| f.name == "data/answers.jsonl").expect("rows");
    let text = String::from_utf8(rows.bytes.clone()).expect("text");
    rows.bytes = text.replacen("\"protected\"", "\"not\"", 1).into_bytes();
}

#[test]
fn figures_are_made_again_and_a_changed_row_is_refused() {
    let bytes = archive(|_| {}, |_| {});
    assert_eq!(bytes, archive(|_| {}, |_| {}), "the same rows give the same bytes");
    let (out, text) = recompute(&bytes, &[]);
    assert!(out.status.success() && text.ends_with("identical bytes.\n") && !text.contains("BROKEN"), "{text}");
    assert!(text.contains("figures.csv: made again") && text.contains("on 2026-11-27"), "{text}");

    let (out, text) = recompute(&bytes, &["--fingerprint", "another"]);
    assert!(out.status.code() == Some(1) && text.contains("BROKEN   That is the endpoint"), "{text}");

    // Changed after it was signed: the list does not fit, and neither do the figures.
    let (out, text) = recompute(&archive(|_| {}, |files| change(files)), &[]);
    assert_eq!(out.status.code(), Some(1));
    assert!(
        text.contains("BROKEN   9 files are as the list") && text.contains("BROKEN   figures.csv: differs"),
        "{text}"
    );
    // Changed before, by whoever signs: the figures give it away.
    let (out, text) = recompute(&archive(|files| change(files), |_| {}), &[]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text.contains("holds    9 files") && text.contains("BROKEN   figures.csv: differs"), "{text}");

    let (out, text) = recompute(b"no zip", &[]);
    assert!(out.status.code() == Some(1) && text.contains("no archive"), "{text}");
}
