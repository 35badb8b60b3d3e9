//! PDFs out of the console: a notice in its language with the same words as its text, before and after it is sent, in the five
//! scripts that listings have, and the summary in an evidence package; and what stands there where there are no fonts.

mod common;
#[path = "../../pdf/tests/read/mod.rs"]
mod read;

use common::{Browser, Page, Running, report};
use read::read;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use spotter_model::archive;

/// Titles of listings, each in another script.
const TITLES: [&str; 6] = [
    "Carved ivory bangle",
    "Geschnitzter Armreif aus Elfenbein, größer",
    "سوار منحوت من العاج، قديم",
    "กำไลงาช้างแกะสลักเก่าแก่",
    "古老的象牙雕刻手镯",
    "Vòng tay ngà voi chạm khắc cũ",
];

async fn confirmed(server: &Running, title: &str) -> Browser {
    let device = server.device().await;
    let mut sent = report("77");
    sent["listing"]["title"] = title.into();
    sent["listing"]["description"] = format!("{title}. {title}.").into();
    sent["assessment"]["cues"] = Value::Array(vec![]);
    device.send(server, &sent).await;
    let mut one = server.reviewer_with_session("Reviewer One").await;
    let csrf = one.get("/console/companies").await.field("csrf");
    let company = [
        ("csrf", csrf.as_str()),
        ("id", "0"),
        ("name", "Market Example"),
        ("languages", "de en"),
        ("hosts", "market.example"),
        ("channel", "email"),
        ("contact", "trust@market.example"),
        ("address", ""),
        ("item_format", "M-{id}"),
        ("answer_days", "14"),
    ];
    assert_eq!(one.post("/console/companies", &company).await.status, 303);
    let clause = [
        ("csrf", csrf.as_str()),
        ("title", "Tierprodukte"),
        ("address", "https://market.example/regeln"),
        ("read_on", "2026-11-20"),
    ];
    assert_eq!(one.post("/console/companies/1/clauses", &clause).await.status, 303);
    one.get("/console/cases/1/evidence").await;
    assert_eq!(one.decide(1, "confirm", "").await.status, 303);
    one
}

async fn notice(one: &mut Browser, more: &[(&str, &str)]) -> Page {
    let page = one.get("/console/cases/1").await;
    let (csrf, version) = (page.field("csrf"), page.field("version"));
    let mut fields = vec![("csrf", csrf.as_str()), ("version", version.as_str()), ("kind", "policy"), ("clause", "1")];
    fields.extend_from_slice(more);
    one.post("/console/cases/1/notice", &fields).await
}

/// Lets the first notice go; the path of the answer link in it.
async fn link(server: &Running) -> String {
    server.move_clock(11 * 60);
    spotter_server::notices::outbox::tick(&server.app).await.unwrap();
    let notice = spotter_server::store::notices::find(server.app.store.reader(), 1).await.unwrap().unwrap();
    let text = notice.rendered.text;
    text.split_whitespace().find_map(|w| w.find("/answer/").map(|at| w[at..].to_owned())).unwrap()
}

async fn file(request: reqwest::RequestBuilder, kind: &str) -> (HeaderMap, Vec<u8>) {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], kind);
    assert_eq!(
        (&headers["x-content-type-options"], &headers["cache-control"]),
        (&"nosniff".parse().unwrap(), &"no-store".parse().unwrap())
    );
    (headers, answer.bytes().await.unwrap().to_vec())
}

/// Letters in no order: a line that runs right to left is drawn from its end.
fn letters(text: &str) -> std::collections::BTreeSet<char> {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_notice_as_a_pdf_says_what_its_text_says() {
    for title in TITLES {
        let server = Running::start().await;
        let mut one = confirmed(&server, title).await;
        let preview = notice(&mut one, &[]).await;
        assert!(preview.text.contains("name=\"send\" value=\"pdf\""), "{}", preview.text);
        let csrf = preview.field("csrf");
        let version = preview.field("version");
        let fields =
            [("csrf", csrf.as_str()), ("version", &version), ("kind", "policy"), ("clause", "1"), ("send", "pdf")];
        let request = one.request(Method::POST, "/console/cases/1/notice").header("sec-fetch-site", "same-origin");
        let (headers, before) = file(request.form(&fields), "application/pdf").await;
        assert_eq!(headers["content-disposition"], "attachment; filename=\"preview.pdf\"");
        assert!(read(&before).text.contains("Bitte"), "a preview is of the notice");
        assert_eq!(one.get("/console/notices/1").await.status, 404, "a preview sends nothing");

        let seen = preview.field("seen");
        assert_eq!(notice(&mut one, &[("seen", &seen), ("send", "yes")]).await.location(), "/console/cases/1");
        let page = one.get("/console/notices/1").await;
        assert!(page.text.contains("href=\"/console/notices/1/pdf\""));
        let (headers, bytes) = file(one.request(Method::GET, "/console/notices/1/pdf"), "application/pdf").await;
        assert_eq!(headers["content-disposition"], "attachment; filename=\"WN-2026-000001.pdf\"");
        assert_eq!(file(one.request(Method::GET, "/console/notices/1/pdf"), "application/pdf").await.1, bytes);

        let link = link(&server).await;
        let mut company = Browser::new(&server);
        assert!(company.get(&link).await.text.contains(&format!("href=\"{link}/pdf\"")), "{title}");
        let (headers, same) = file(company.request(Method::GET, &format!("{link}/pdf")), "application/pdf").await;
        assert_eq!(headers["content-disposition"], "attachment; filename=\"WN-2026-000001.pdf\"");
        assert_eq!(same, bytes, "whoever asks");
        assert_eq!(company.get("/answer/another/pdf").await.status, 404);

        let text =
            spotter_server::store::notices::find(server.app.store.reader(), 1).await.unwrap().unwrap().rendered.text;
        let read = read(&bytes);
        assert_eq!((read.unknown, read.pages), (0, 1), "{title}");
        assert!(letters(&read.text).is_superset(&letters(&text)), "{title}: {}", read.text);
        let said = words(&read.text);
        for sentence in
            ["Es handelt sich wahrscheinlich um ein Exemplar", "Loxodonta africana", "WN-2026-000001", "Seite 1 von 1"]
        {
            assert!(said.contains(sentence), "{sentence}: {said}");
        }
        for never in ["Reviewer One", "synthetic-seller", "Seen on the first page"] {
            assert!(!said.contains(never), "{never}");
        }
        look(title, "notice", &bytes);
    }
}

#[tokio::test]
async fn a_package_has_a_summary_of_what_it_holds() {
    for title in TITLES {
        let server = Running::start().await;
        let mut one = confirmed(&server, title).await;
        let csrf = one.get("/console/cases/1/evidence").await.field("csrf");
        let request = one.request(Method::POST, "/console/reports/WS-2026-000001/package");
        let request = request.header("sec-fetch-site", "same-origin").form(&[("csrf", &csrf)]);
        let (_, zip) = file(request, "application/zip").await;
        let files = archive::read(&zip).unwrap();
        let pdf = files.iter().find(|f| f.name == "summary.pdf").unwrap();
        let read = read(pdf.bytes);
        assert_eq!(read.unknown, 0, "{title}");
        assert!(letters(&read.text).is_superset(&letters(title)), "{title}: {}", read.text);
        let said = words(&read.text);
        let manifest: Value = serde_json::from_slice(files[0].bytes).unwrap();
        let receipt = files.iter().find(|f| f.name == "receipt.json").unwrap();
        let statement = files.iter().find(|f| f.name == "statement.json").unwrap();
        for there in [
            "Spotter 1",
            "WS-2026-000001",
            "by the device's clock",
            "statement.json",
            "sealed at the endpoint",
            "Loxodonta africana",
        ] {
            assert!(said.contains(there), "{there}: {said}");
        }
        // Hashes are broken over lines.
        let closed = said.replace(' ', "");
        for file in [receipt, statement] {
            assert!(closed.contains(&spotter_model::package::sha256_hex(file.bytes)), "{}", file.name);
        }
        // Nothing that the package must not carry: who decided, what was sealed.
        for never in ["Reviewer One", "confirm", "utc_offset", "autumn"] {
            assert!(!said.contains(never), "{never}: {said}");
        }
        assert!(manifest["payload"].is_string());
        look(title, "summary", pdf.bytes);
    }
}

/// Keeps a file for whoever wants to look at it.
fn look(title: &str, what: &str, bytes: &[u8]) {
    if let Ok(folder) = std::env::var("SPOTTER_PDF_LOOK") {
        let n = TITLES.iter().position(|t| *t == title).unwrap();
        std::fs::write(format!("{folder}/{what}-{n}.pdf"), bytes).unwrap();
    }
}

#[tokio::test]
async fn without_fonts_everything_else_works() {
    let nothing = tempfile::tempdir().unwrap();
    let server = Running::with(|s| s.fonts = nothing.path().to_owned()).await;
    let mut one = confirmed(&server, TITLES[0]).await;
    let preview = notice(&mut one, &[]).await;
    let sentence = "There is no PDF of notices, because this server has no fonts";
    assert!(preview.text.contains(sentence) && !preview.text.contains("value=\"pdf\""));
    let seen = preview.field("seen");
    assert_eq!(notice(&mut one, &[("seen", &seen), ("send", "pdf")]).await.status, 503);
    assert_eq!(notice(&mut one, &[("seen", &seen), ("send", "yes")]).await.location(), "/console/cases/1");
    let page = one.get("/console/notices/1").await;
    assert!(page.text.contains(sentence) && !page.text.contains("/pdf\""));
    let link = link(&server).await;
    let answer = Browser::new(&server).get(&link).await;
    assert!(answer.status == 200 && !answer.text.contains("PDF"), "{}", answer.text);
    let refused = one.get("/console/notices/1/pdf").await;
    assert!(refused.status == 503 && refused.text.contains(sentence), "{}", refused.text);
    assert_eq!(one.get("/console/notices/2/pdf").await.status, 404);
    let csrf = one.get("/console/cases/1/evidence").await.field("csrf");
    let request = one.request(Method::POST, "/console/reports/WS-2026-000001/package");
    let request = request.header("sec-fetch-site", "same-origin").form(&[("csrf", &csrf)]);
    let (_, zip) = file(request, "application/zip").await;
    assert!(archive::read(&zip).unwrap().iter().all(|f| f.name != "summary.pdf"));
}

#[tokio::test]
async fn strangers_get_no_pdf() {
    let server = Running::start().await;
    confirmed(&server, TITLES[0]).await;
    let mut nobody = Browser::new(&server);
    assert_eq!(nobody.get("/console/notices/1/pdf").await.location(), "/console/login");
}
