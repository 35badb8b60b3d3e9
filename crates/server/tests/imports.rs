//! Old lists that come in: what a lead sees before, what is kept, that nothing comes twice, and that no case and no pack has any of it.

mod common;

use common::{Browser, Page, Running};
use reqwest::Method;
use scraper::{Html, Selector};
use spotter_server::roles::Role;
use spotter_server::store::{people, suggestions};

const BOUNDARY: &str = "a-boundary-of-the-test";

const OLD: &str = "Date found;Site;URL;Species;Status;Name\n\
    05.03.2024;Market;https://market.example/item/1;elephant;removed;Oak 12\n\
    06.03.2024;Market;https://market.example/item/2;=HYPERLINK(\"http://x\");confirmed;Oak 12\n\
    07.04.2024;;https://bazaar.example/9;pangolin;no;Elm 3\n\
    soon;Market;;elephant;removed;\n";

/// A form as browsers send it where a file is in it.
async fn send(browser: &mut Browser, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Page {
    let csrf = browser.get("/console/keys").await.field("csrf");
    let mut body = vec![];
    for (name, value) in [("csrf", csrf.as_str())].iter().chain(fields) {
        let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    let request = browser.request(Method::POST, "/console/imports").header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}")).body(body);
    browser.go(request).await
}

/// The fields of the form that shows what columns are, as a browser would send them again.
fn fields_of(page: &Page) -> Vec<(String, String)> {
    let html = Html::parse_document(&page.text);
    let all = |css: &str| Selector::parse(css).unwrap();
    let mut fields = vec![];
    for input in html.select(&all("main form input[type=hidden]")) {
        let (name, value) = (input.attr("name").unwrap(), input.attr("value").unwrap());
        if name != "csrf" {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    for select in html.select(&all("main form select")) {
        let chosen = select.select(&all("option[selected]")).next();
        let value = chosen.and_then(|o| o.attr("value")).unwrap_or_default();
        fields.push((select.attr("name").unwrap().to_owned(), value.to_owned()));
    }
    fields
}

async fn again(browser: &mut Browser, page: &Page, step: &str, change: &[(&str, &str)]) -> Page {
    let mut fields = fields_of(page);
    for (name, value) in change {
        fields.iter_mut().find(|(n, _)| n == name).unwrap().1 = (*value).to_owned();
    }
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("step", step));
    send(browser, &fields, None).await
}

async fn finds(server: &Running) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM past_finds").fetch_one(server.app.store.read()).await.unwrap()
}

#[tokio::test]
async fn old_finds_are_shown_first_then_kept_once_and_never_as_cases() {
    let server = Running::start().await;
    let mut lead = server.reviewer_with_session("Lead One").await;
    let shown = send(&mut lead, &[("kind", "rounds")], Some(("C:\\old\\spring 2024.csv", OLD.as_bytes()))).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    for said in [
        "spring 2024.csv",
        "3 rows are new",
        "0 known already, 1 left out",
        "There is no day that can be read.",
        "2024-03-05 · market.example · elephant · elephant · removed",
        "Import 3 rows",
    ] {
        assert!(shown.text.contains(said), "it lacks {said}: {}", shown.text);
    }
    assert!(!shown.text.contains("old\\spring"), "no folder of somebody's machine");
    assert_eq!(finds(&server).await, 0, "nothing was kept by looking");
    // Columns changed behind what was shown are shown first.
    let other = again(&mut lead, &shown, "keep", &[("c3", "")]).await;
    assert!(other.text.contains("Look at it once more") && finds(&server).await == 0, "{}", other.text);
    // What was said is known the next time the same headings come.
    let known = send(&mut lead, &[("kind", "rounds")], Some(("again.csv", OLD.as_bytes()))).await;
    assert!(fields_of(&known).contains(&("c3".to_owned(), String::new())), "remembered");
    let missing = again(&mut lead, &known, "look", &[("c0", "")]).await;
    assert!(missing.text.contains("Say which column is the date."), "{}", missing.text);
    let back = again(&mut lead, &missing, "look", &[("c0", "date"), ("c3", "words")]).await;
    let kept = again(&mut lead, &back, "keep", &[]).await;
    assert!(kept.text.contains("3 rows are new, of 4."), "{}", kept.text);
    assert_eq!(finds(&server).await, 3);

    // The same file again brings nothing, whoever saved it anew with other ends of lines.
    let twice = send(&mut lead, &[("kind", "rounds")], Some(("x.csv", OLD.replace('\n', "\r\n").as_bytes()))).await;
    assert!(twice.text.contains("No rows are new") && twice.text.contains("3 known already"), "{}", twice.text);
    let none = again(&mut lead, &twice, "keep", &[]).await;
    assert!(none.text.contains("Nothing has changed yet") && finds(&server).await == 3, "{}", none.text);
    // One more line is one more find.
    let longer = format!("{OLD}08.04.2024;;https://bazaar.example/10;pangolin;;\n");
    let more = send(&mut lead, &[("kind", "rounds")], Some(("x.csv", longer.as_bytes()))).await;
    assert!(again(&mut lead, &more, "keep", &[]).await.text.contains("1 row is new, of 5."));

    // Figures of their own; no case, no figure of trends, no address and no name anywhere in the database.
    let page = lead.get("/console/trends/imported").await;
    assert!(page.text.contains("Nobody here decided these finds") && page.text.contains("By month, imported"));
    let csv = lead.get("/console/trends/imported/months").await.text;
    let rows: Vec<&str> = csv.lines().skip(1).collect();
    assert_eq!(rows, [r#""2024-04","2","0","0","1","1","2","1""#, r#""2024-03","2","1","1","0","0","2","1""#], "{csv}");
    let words = lead.get("/console/trends/imported/words").await.text;
    assert!(words.contains("\"'=hyperlink"), "what looks like a formula does not run: {words}");
    let cases: i64 = sqlx::query_scalar("SELECT count(*) FROM cases").fetch_one(server.app.store.read()).await.unwrap();
    assert_eq!(cases, 0);
    assert!(!lead.get("/console/trends").await.text.contains("market.example"));
    let marks: Vec<(Vec<u8>, Vec<u8>, String)> =
        sqlx::query_as("SELECT listing, spotter, marketplace FROM past_finds WHERE spotter IS NOT NULL")
            .fetch_all(server.app.store.read())
            .await
            .unwrap();
    assert!(marks.len() == 3 && marks.iter().all(|(l, s, m)| l.len() == 32 && s.len() == 32 && !m.contains("item")));
    let chain: Vec<(String, String)> =
        sqlx::query_as("SELECT actor, detail FROM audit WHERE action = 'imported' ORDER BY seq")
            .fetch_all(server.app.store.read())
            .await
            .unwrap();
    assert_eq!(chain.len(), 2);
    assert!(chain[0].1.starts_with("rounds: 3 of 4 rows, file ") && chain[0].0.starts_with("reviewer:"), "{chain:?}");
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
    assert!(lead.get("/console/imports").await.text.contains("again.csv"));
}

#[tokio::test]
async fn terms_wait_for_the_expert_and_none_comes_twice() {
    let server = Running::start().await;
    let mut lead = server.reviewer_with_session("Lead One").await;
    let list = "Keyword\tLanguage\tMeaning\tExample\nox bone\tEnglish\tivory\tox bone bangle\n象牙\tChinese\tivory\t\nox bone\ten\t\t\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(list.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let shown = send(&mut lead, &[("kind", "terms")], Some(("terms.txt", &utf16))).await;
    assert!(shown.text.contains("2 rows are new") && shown.text.contains("further up"), "{}", shown.text);
    assert!(again(&mut lead, &shown, "keep", &[]).await.text.contains("2 rows are new, of 3."));
    let waiting = lead.get("/console/terms").await;
    assert!(
        waiting.text.contains("Imported list") && waiting.text.contains("ivory · ox bone bangle"),
        "{}",
        waiting.text
    );
    assert!(suggestions::accepted(server.app.store.read()).await.unwrap().is_empty(), "nothing is a word by itself");
    let body: Vec<u8> = sqlx::query_scalar("SELECT body FROM suggestions ORDER BY seq")
        .fetch_one(server.app.store.read())
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&body).contains("ox bone"), "sealed like any other");

    let csrf = waiting.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("accept", "yes"),
        ("word", "ox bone"),
        ("lang", "en"),
        ("concept", "commodity.ivory-netsuke"),
    ];
    let first = waiting.text.split("action=\"/console/terms/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(lead.post(&format!("/console/terms/{first}"), &fields).await.status, 303);
    let again_shown = send(&mut lead, &[("kind", "terms")], Some(("terms.txt", &utf16))).await;
    for said in ["No rows are new", "a word already", "imported before"] {
        assert!(again_shown.text.contains(said), "{said}: {}", again_shown.text);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_nobody_but_leads_imports() {
    let server = Running::start().await;
    let mut lead = server.reviewer_with_session("Lead One").await;
    for (file, said) in [
        (&b"PK\x03\x04 no workbook"[..], "damaged"),
        (b"", "no row"),
        (b"\xd0\xcf\x11\xe0", "old or locked"),
        (b"a\0b", "no text"),
    ] {
        let page = send(&mut lead, &[("kind", "rounds")], Some(("x", file))).await;
        assert!(
            page.status == 422 && page.text.contains(said) && page.text.contains("Nothing was changed"),
            "{}",
            page.text
        );
    }
    assert_eq!(send(&mut lead, &[("kind", "sellers")], Some(("x", b"a\n1\n"))).await.status, 422);
    let hostile = "date,site\n<script>alert(1)</script>,\u{202e}x\n2024-01-01,\"<img src=x onerror=alert(1)>\"\n";
    let page = send(&mut lead, &[("kind", "rounds")], Some(("<b>.csv", hostile.as_bytes()))).await;
    assert!(
        page.status == 200 && !page.text.contains("<script>alert") && !page.text.contains("<img src=x"),
        "{}",
        page.text
    );
    let changed = again(&mut lead, &page, "keep", &[("table", "line,date,site\nx,2024-01-01,a.example\n")]).await;
    assert!(changed.status == 422 && changed.text.contains("came back changed"), "{}", changed.text);
    let large = vec![b'x'; 9 * 1024 * 1024];
    let request = send(&mut lead, &[("kind", "rounds")], Some(("x", &large))).await;
    assert!((400..500).contains(&request.status), "{}", request.status);

    let mut reviewer = server.reviewer_with_session("Reviewer Two").await;
    let mut tx = server.app.store.begin().await.unwrap();
    people::set_role_by_name(&mut tx, "Reviewer Two", Role::Reviewer).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reviewer.get("/console/imports").await.status, 403);
    assert_eq!(send(&mut reviewer, &[("kind", "rounds")], Some(("x", OLD.as_bytes()))).await.status, 403);
    assert_eq!(reviewer.get("/console/trends/imported").await.status, 200);
    assert_eq!(finds(&server).await, 0);
    // A form without our own token changes nothing.
    let body =
        format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\nrounds\r\n--{BOUNDARY}--\r\n");
    let request = lead.request(Method::POST, "/console/imports").header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}")).body(body);
    assert_eq!(lead.go(request).await.status, 403);
}
