//! Referrals from the console to an agency: proposed by triggers, approved by two others, handed over as a package, answered.

mod common;

use common::{Browser, Device, Page, Running, report};
use serde_json::{Value, json};
use spotter_model::referral::{Trigger, VOLUME_CASES, VOLUME_DAYS, of_report};
use spotter_model::{Report, archive};
use spotter_server::intake::sellers;
use spotter_server::keys::Keys;

async fn confirm(browser: &mut Browser, case: i64) {
    browser.get(&format!("/console/cases/{case}/evidence")).await;
    assert_eq!(browser.decide(case, "confirm", "").await.status, 303);
}

async fn post(browser: &mut Browser, path: &str, more: &[(&str, &str)]) -> Page {
    let csrf = browser.get("/console/keys").await.field("csrf");
    browser.post(path, &[&[("csrf", csrf.as_str())], more].concat()).await
}

fn ape(listing: &str) -> Value {
    let mut ape = report(listing);
    ape["listing"]["title"] = json!("Baby chimpanzee, synthetic");
    ape["assessment"]["taxa"] =
        json!([{ "id": "pan-troglodytes", "scientificName": "Pan troglodytes", "listings": [{ "appendix": "I" }] }]);
    ape["assessment"]["groups"] = json!(["primates"]);
    ape["assessment"]["commodities"] = json!(["LIV"]);
    ape
}

/// A confirmed case of its own seller.
async fn confirmed(server: &Running, device: &Device, browser: &mut Browser, case: i64) {
    let mut one = report(&case.to_string());
    one["listing"]["seller"] = json!(format!("synthetic-seller-{case}"));
    device.send(server, &one).await;
    confirm(browser, case).await;
}

async fn package(browser: &mut Browser, referral: i64) -> Vec<u8> {
    let csrf = browser.get("/console/keys").await.field("csrf");
    let request = browser.request(reqwest::Method::POST, &format!("/console/referrals/{referral}/package"));
    let answer = request.header("sec-fetch-site", "same-origin").form(&[("csrf", &csrf)]).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

fn text(package: &[u8], name: &str) -> String {
    let files = archive::read(package).unwrap();
    String::from_utf8(files.iter().find(|f| f.name == name).unwrap().bytes.to_vec()).unwrap()
}

const DRAFT: &[(&str, &str)] = &[("agency", "Example Agency"), ("facts", "A living animal was offered.\nSeen twice.")];

#[tokio::test]
async fn what_an_agency_gets_was_approved_by_two_others() {
    let server = Running::start().await;
    let device = server.device().await;
    device.send(&server, &ape("1")).await;
    let mut people = vec![];
    for name in ["Reviewer One", "Reviewer Two", "Reviewer Three"] {
        people.push(server.reviewer_with_session(name).await);
    }
    let [one, two, three] = people.as_mut_slice() else { panic!() };
    assert_eq!(post(one, "/console/cases/1/referral", DRAFT).await.status, 409, "not before it is confirmed");
    assert!(!one.get("/console/cases/1").await.text.contains("Worth an agency"));
    confirm(one, 1).await;
    assert!(one.get("/console/cases/1").await.text.contains("a living great ape is offered"));
    assert!(one.get("/console/referrals").await.text.contains("Baby chimpanzee"));
    assert_eq!(post(one, "/console/cases/1/referral", &[("agency", ""), ("facts", "x")]).await.status, 422);
    let written = post(one, "/console/cases/1/referral", DRAFT).await;
    assert_eq!(written.location(), "/console/referrals/1");
    assert!(
        one.get("/console/referrals").await.text.contains("No confirmed case gives reason"),
        "it is no longer proposed"
    );

    let step = "/console/referrals/1/step";
    let approve = |event: &'static str| [("event", event)];
    assert_eq!(post(one, step, &approve("approve_first")).await.status, 409, "not by its writer");
    assert_eq!(post(one, step, &[("event", "send"), ("words", "portal")]).await.status, 409, "not unapproved");
    assert_eq!(post(one, "/console/referrals/1/package", &[]).await.status, 409);
    assert_eq!(post(two, step, &approve("approve_first")).await.status, 303);
    assert_eq!(post(two, step, &approve("approve")).await.status, 409, "not by the same person twice");
    assert_eq!(post(one, step, &approve("approve")).await.status, 409, "not by its writer either");
    assert_eq!(post(three, step, &approve("approve")).await.status, 303);

    let bytes = package(one, 1).await;
    let (letter, draft) = (text(&bytes, "referral.txt"), text(&bytes, "preservation-request-draft.txt"));
    for said in [
        "Example Agency",
        "Pan troglodytes",
        "synthetic-seller",
        "a living great ape is offered",
        "Seen twice.",
        "WR-20",
    ] {
        assert!(letter.contains(said), "{said}: {letter}");
    }
    assert!(
        draft.starts_with("DRAFT.")
            && draft.contains("has no effect unless")
            && draft.contains("https://market.example/item/1")
    );
    for never in ["illegal", "Reviewer", "Seen on the first page", &device.key_id] {
        assert!(!letter.contains(never) && !draft.contains(never), "{never}");
    }
    let machine: Value = serde_json::from_str(&text(&bytes, "referral.json")).unwrap();
    assert_eq!((&machine["triggers"], &machine["listing"]["id"]), (&json!(["live_great_ape"]), &json!("1")));
    let files = archive::read(&bytes).unwrap();
    let inner = files.iter().find(|f| f.name.starts_with("reports/WS-")).unwrap();
    assert!(archive::read(inner.bytes).unwrap().iter().all(|f| f.name != "signature.json"), "the device stays sealed");

    assert_eq!(post(two, step, &[("event", "send")]).await.status, 422, "by which way");
    assert_eq!(post(two, step, &[("event", "send"), ("words", "the agency's portal")]).await.status, 303);
    assert_eq!(post(two, step, &approve("withdraw")).await.status, 409, "what is out is out");
    assert_eq!(post(one, step, &[("event", "acknowledge"), ("words", "Ref <i>7</i>")]).await.status, 303);
    assert!(one.get("/console/referrals/1").await.text.contains("Ref &lt;i&gt;7"));
    assert_eq!(post(one, step, &[("event", "conclude")]).await.status, 422);
    assert_eq!(post(one, step, &[("event", "conclude"), ("outcome", "seizure")]).await.status, 303);
    assert!(one.get("/console/cases/1").await.text.contains("Concluded"));
    // The database itself knows that three stand behind it, and what they stand behind.
    for wrong in [
        "UPDATE referrals SET second_by = NULL",
        "UPDATE referrals SET second_by = first_by",
        "UPDATE referrals SET first_by = written_by",
        "UPDATE referrals SET first_by = second_by, second_by = first_by",
        "UPDATE referrals SET agency = 'Another Agency'",
        "UPDATE referrals SET facts = facts || '.'",
        "UPDATE referrals SET triggers = ''",
        "UPDATE referrals SET reports = ''",
        "UPDATE referrals SET written_by = 2",
        "UPDATE referrals SET written_at = changed_at",
        "DELETE FROM referrals",
    ] {
        server.refuses(wrong).await;
    }
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn a_sellers_cases_are_counted_within_one_marketplace_and_nowhere_else() {
    let server = Running::start().await;
    let device = server.device().await;
    for n in 1..=4 {
        let mut one = report(&n.to_string());
        one["listing"]["seller"] = json!(if n == 4 { " Synthetic-Seller " } else { "synthetic-seller" });
        if n == 3 {
            one["place"]["marketplace"] = json!("other.example");
        }
        device.send(&server, &one).await;
    }
    let mut browser = server.reviewer_with_session("Reviewer One").await;
    for case in 1..=3 {
        confirm(&mut browser, case).await;
    }
    assert!(!browser.get("/console/cases/1").await.text.contains("Worth an agency"), "two here, one elsewhere");
    confirm(&mut browser, 4).await;
    for (case, proposed) in [(1, true), (2, true), (3, false), (4, true)] {
        let page = browser.get(&format!("/console/cases/{case}")).await.text;
        assert_eq!(page.contains("3 or more confirmed cases of this seller"), proposed, "case {case}");
    }
    let pool = server.app.store.read();
    let kept: Vec<u8> = sqlx::query_scalar("SELECT seller_mark FROM cases WHERE id = 1").fetch_one(pool).await.unwrap();
    assert_eq!(kept.len(), 32, "a hash under a key, no name");
    let marked = |keys: &Keys| sellers::mark(keys, "market.example", "synthetic-seller").unwrap().to_vec();
    assert_eq!(kept, marked(server.app.store.keys()));
    let elsewhere = tempfile::tempdir().unwrap();
    assert_ne!(kept, marked(&Keys::open(elsewhere.path()).unwrap()), "what makes it lies outside the database");
    // A report that names no seller takes nothing from the case.
    let mut nobody = report("1");
    nobody["listing"]["seller"] = json!("");
    device.send(&server, &nobody).await;
    assert!(browser.get("/console/cases/1").await.text.contains("3 or more confirmed cases of this seller"));
}

#[tokio::test]
async fn many_of_a_group_on_one_marketplace_are_proposed_for_as_long_as_they_are_new() {
    let server = Running::start().await;
    let device = server.device().await;
    let mut browser = server.reviewer_with_session("Reviewer One").await;
    for case in 1..VOLUME_CASES {
        confirmed(&server, &device, &mut browser, case).await;
    }
    let words = "20 or more confirmed cases of this group on this marketplace within 30 days";
    assert!(!browser.get("/console/cases/1").await.text.contains(words), "one is missing");
    // One more that nobody confirmed counts for nothing.
    device.send(&server, &report("unconfirmed")).await;
    assert!(browser.get("/console/referrals").await.text.contains("No confirmed case gives reason"));
    server.move_clock(1);
    let mut last = report("last");
    last["listing"]["seller"] = json!("another-synthetic-seller");
    device.send(&server, &last).await;
    confirm(&mut browser, VOLUME_CASES + 1).await;
    assert!(browser.get("/console/cases/1").await.text.contains(words));
    let list = browser.get("/console/referrals").await.text;
    assert_eq!(list.matches(words).count() as i64, VOLUME_CASES);
    assert!(!list.contains(&format!("/console/cases/{VOLUME_CASES}\"")), "the one that nobody confirmed");
    // A referral of one leaves the others.
    assert_eq!(post(&mut browser, "/console/cases/1/referral", DRAFT).await.status, 303);
    let list = browser.get("/console/referrals").await.text;
    assert_eq!(list.matches(words).count() as i64, VOLUME_CASES - 1);
    server.move_clock(VOLUME_DAYS * 86_400);
    let mut browser = server.reviewer_with_session("Reviewer One").await;
    assert!(!browser.get("/console/cases/2").await.text.contains(words));
    assert!(browser.get("/console/referrals").await.text.contains("No confirmed case gives reason"));
}

#[tokio::test]
async fn what_others_approved_is_what_leaves_and_what_was_taken_back_is_written_anew() {
    let server = Running::start().await;
    let device = server.device().await;
    let mut people = vec![];
    for name in ["Reviewer One", "Reviewer Two", "Reviewer Three"] {
        people.push(server.reviewer_with_session(name).await);
    }
    let [one, two, three] = people.as_mut_slice() else { panic!() };
    device.send(&server, &ape("1")).await;
    confirm(one, 1).await;
    let draft = [("agency", "Example Agency"), ("facts", "First\n<b>wording</b>.")];
    assert_eq!(post(one, "/console/cases/1/referral", &draft).await.status, 303);
    assert_eq!(post(two, "/console/referrals/1/step", &[("event", "approve_first")]).await.status, 303);
    assert_eq!(post(three, "/console/referrals/1/step", &[("event", "withdraw")]).await.status, 303);
    assert_eq!(post(three, "/console/referrals/1/step", &[("event", "approve")]).await.status, 409);
    assert_eq!(post(one, "/console/referrals/1/package", &[]).await.status, 409);

    // It is proposed again, and its words are there to go on from.
    let page = one.get("/console/cases/1").await.text;
    assert!(page.contains("Worth an agency") && page.contains("value=\"Example Agency\""));
    assert!(page.contains("First\n&lt;b&gt;wording&lt;/b&gt;.</textarea>"));
    assert!(one.get("/console/referrals").await.text.contains("Baby chimpanzee"));
    let again = post(two, "/console/cases/1/referral", DRAFT).await;
    assert_eq!(again.location(), "/console/referrals/2");
    for (browser, event) in [(&mut *one, "approve_first"), (&mut *three, "approve")] {
        let read = browser.get("/console/referrals/2").await.text;
        assert!(read.contains("Baby chimpanzee") && read.contains("Seen twice."));
        assert_eq!(post(browser, "/console/referrals/2/step", &[("event", event)]).await.status, 303);
    }
    // A report that comes later is in no package that somebody approved.
    let before = package(one, 2).await;
    let mut later = ape("1");
    later["listing"]["title"] = json!("Another title, synthetic");
    device.send(&server, &later).await;
    server.move_clock(86_400);
    let mut one = server.reviewer_with_session("Reviewer One").await;
    let after = package(&mut one, 2).await;
    for name in ["referral.txt", "preservation-request-draft.txt"] {
        assert_eq!(text(&before, name), text(&after, name), "{name}");
    }
    let reports =
        |bytes: &[u8]| archive::read(bytes).unwrap().iter().filter(|f| f.name.starts_with("reports/")).count();
    assert_eq!((reports(&before), reports(&after)), (1, 1));
}

#[tokio::test]
async fn a_case_that_is_confirmed_no_more_is_handed_to_nobody() {
    let server = Running::start().await;
    let device = server.device().await;
    let mut people = vec![];
    for name in ["Reviewer One", "Reviewer Two", "Reviewer Three"] {
        people.push(server.reviewer_with_session(name).await);
    }
    let [one, two, three] = people.as_mut_slice() else { panic!() };
    device.send(&server, &ape("1")).await;
    confirm(one, 1).await;
    assert_eq!(post(one, "/console/cases/1/referral", DRAFT).await.status, 303);
    let step = "/console/referrals/1/step";
    assert_eq!(post(two, step, &[("event", "approve_first")]).await.status, 303);
    assert_eq!(post(three, step, &[("event", "approve")]).await.status, 303);
    assert_eq!(one.decide(1, "reopen", "").await.status, 303);
    assert!(one.get("/console/referrals/1").await.text.contains("no longer confirmed"));
    assert_eq!(post(one, "/console/referrals/1/package", &[]).await.status, 409);
    assert_eq!(post(one, step, &[("event", "send"), ("words", "portal")]).await.status, 409);
    assert_eq!(post(one, step, &[("event", "withdraw")]).await.status, 303);
}

#[test]
fn a_report_alone_gives_reason_for_living_great_apes_and_for_rhino_horn() {
    use Trigger as T;
    let table: [(&str, &str, &str, &str, &[Trigger]); 11] = [
        ("a chimpanzee, living", "Pan troglodytes", "primates", "LIV", &[T::LiveGreatApe]),
        ("a gorilla, living", "Gorilla beringei", "primates", "LIV", &[T::LiveGreatApe]),
        ("an orangutan, as a genus", "Pongo", "primates", "LIV", &[T::LiveGreatApe]),
        ("its skull", "Pan troglodytes", "primates", "SKU", &[]),
        ("a leopard, living", "Panthera pardus", "bigcats", "LIV", &[]),
        ("a gibbon, living", "Hylobates lar", "primates", "LIV", &[]),
        ("a horn", "Diceros bicornis", "rhino", "HOR", &[T::RhinoHorn]),
        ("a carving of it", "", "rhino", "HOC", &[T::RhinoHorn]),
        ("a horn that no group was seen in", "Ceratotherium simum", "mammals", "HOP", &[T::RhinoHorn]),
        ("a rhino's skin", "Diceros bicornis", "rhino", "SKI", &[]),
        ("another animal's horn", "Saiga tatarica", "ungulates", "HOR", &[]),
    ];
    for (what, name, group, term, expected) in table {
        let mut value = report("1");
        let taxon = json!([{ "id": "x", "scientificName": name, "listings": [{ "appendix": "I" }] }]);
        value["assessment"]["taxa"] = if name.is_empty() { json!([]) } else { taxon };
        value["assessment"]["groups"] = json!([group]);
        value["assessment"]["commodities"] = json!([term]);
        let read: Report = serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(of_report(&read), expected, "{what}");
        // What the spotter chose counts like what the detector saw.
        value["assessment"]["taxa"] = json!([]);
        value["chosen"] = json!({ "is": "taxa", "taxa": [{ "id": "x", "scientificName": name }] });
        let chosen: Report = serde_json::from_value(value).unwrap();
        assert_eq!(of_report(&chosen), expected, "{what}, chosen");
    }
}

/// A page or a file that is opened without a login.
async fn anybody(server: &Running, path: &str, form: Option<&[(&str, &str)]>) -> (u16, Vec<u8>) {
    let http = reqwest::Client::new();
    let url = format!("{}{path}", server.origin);
    let request = match form {
        Some(form) => http.post(url).header("sec-fetch-site", "same-origin").form(form),
        None => http.get(url),
    };
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

/// The secret of the link that a page shows.
fn secret(page: &Page) -> String {
    let from = page.text.find("/agency/").unwrap() + "/agency/".len();
    page.text[from..].chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

#[tokio::test]
async fn an_agency_reads_answers_and_asks_to_wait_by_its_link_alone() {
    let server = Running::start().await;
    let device = server.device().await;
    let mut people = vec![];
    for name in ["Reviewer One", "Reviewer Two", "Reviewer Three"] {
        people.push(server.reviewer_with_session(name).await);
    }
    let [one, two, three] = people.as_mut_slice() else { panic!() };
    for case in [1, 2] {
        confirmed(&server, &device, one, case).await;
    }
    post(one, "/console/cases/1/referral", DRAFT).await;
    assert_eq!(post(one, "/console/referrals/1/link", &[]).await.status, 409, "nobody else has read it");
    post(two, "/console/referrals/1/step", &[("event", "approve_first")]).await;
    assert_eq!(post(one, "/console/referrals/1/link", &[]).await.status, 409, "one other has");
    post(three, "/console/referrals/1/step", &[("event", "approve")]).await;
    let lost = secret(&post(one, "/console/referrals/1/link", &[]).await);
    let link = format!("/agency/{}", secret(&post(one, "/console/referrals/1/link", &[]).await));
    assert_eq!(anybody(&server, &format!("/agency/{lost}"), None).await.0, 404, "the newer one took its place");
    for wrong in ["/agency/x", "/agency/", &format!("{link}x"), "/agency/%00"] {
        assert_eq!(anybody(&server, wrong, None).await.0, 404, "{wrong}");
    }
    assert_eq!(anybody(&server, "/agency/x/package", Some(&[])).await.0, 404);

    // It reads what the package holds, takes it, and can say nothing before it was handed over.
    let (status, page) = anybody(&server, &link, None).await;
    let page = String::from_utf8(page).unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("A living animal was offered.") && page.contains("has no effect unless"), "{page}");
    for never in ["Reviewer One", "Reviewer Two", &device.key_id, "case 1", "/console/cases"] {
        assert!(!page.contains(never), "{never}");
    }
    let (status, bytes) = anybody(&server, &format!("{link}/package"), Some(&[])).await;
    assert_eq!(status, 200);
    assert_eq!(text(&bytes, "referral.txt"), text(&package(one, 1).await, "referral.txt"));
    assert_eq!(anybody(&server, &link, Some(&[("say", "acknowledge")])).await.0, 409, "not handed over");

    // It asks to wait: a notice that has not gone is taken back, and none goes out meanwhile.
    let version = one.get("/console/cases/1").await.field("version");
    for day in ["", "tomorrow", "2020-01-01", "9999-12-31", "2026-02-30"] {
        assert_eq!(anybody(&server, &link, Some(&[("say", "hold"), ("until", day)])).await.0, 422, "{day}");
    }
    let until = &spotter_server::clock::stamp(time::OffsetDateTime::now_utc() + time::Duration::days(30))[..10];
    assert_eq!(anybody(&server, &link, Some(&[("say", "hold"), ("until", until)])).await.0, 200);
    let case = one.get("/console/cases/1").await;
    assert!(case.text.contains("On hold for ") && case.text.contains(" by the agency"), "{}", case.text);
    assert_ne!(case.field("version"), version);
    assert_eq!(anybody(&server, &link, Some(&[("say", "hold"), ("until", until)])).await.0, 409, "twice");

    // It says that it has it and what became of it, in the order of the table.
    assert_eq!(post(two, "/console/referrals/1/step", &[("event", "send"), ("words", "its link")]).await.status, 303);
    let long = "x".repeat(121);
    for (form, status) in [
        (&[("say", "withdraw")][..], 422),
        (&[("say", "approve")], 422),
        (&[("say", "acknowledge"), ("words", &long)], 422),
        (&[("say", "acknowledge"), ("words", "Ref <i>7</i>")], 200),
        (&[("say", "acknowledge")], 409),
        (&[("say", "conclude")], 422),
        (&[("say", "conclude"), ("outcome", "seizure"), ("words", "Two tusks")], 200),
        (&[("say", "conclude"), ("outcome", "no_action")], 409),
    ] {
        assert_eq!(anybody(&server, &link, Some(form)).await.0, status, "{form:?}");
    }
    let shown = one.get("/console/referrals/1").await.text;
    assert!(shown.contains("Specimens were seized") && shown.contains("Two tusks"), "{shown}");
    let links: Vec<(String, String)> =
        sqlx::query_as("SELECT actor, action FROM audit WHERE subject = 'referral:1' ORDER BY seq")
            .fetch_all(server.app.store.read())
            .await
            .unwrap();
    let theirs: Vec<&str> = links.iter().filter(|(actor, _)| actor == "agency:1").map(|(_, did)| &**did).collect();
    assert_eq!(theirs, ["referral.exported", "referral.acknowledge", "referral.conclude"]);
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();

    // What was taken back opens nothing.
    post(one, "/console/cases/2/referral", DRAFT).await;
    post(two, "/console/referrals/2/step", &[("event", "approve_first")]).await;
    post(three, "/console/referrals/2/step", &[("event", "approve")]).await;
    let link = format!("/agency/{}", secret(&post(one, "/console/referrals/2/link", &[]).await));
    assert_eq!(anybody(&server, &link, None).await.0, 200);
    post(one, "/console/referrals/2/step", &[("event", "withdraw")]).await;
    assert_eq!(anybody(&server, &link, None).await.0, 404);
}
