//! Notices from the console to a company and back: preview, undo, second reviewer, every channel, a company that is down
//! for three days, holds, silence, answers.

mod common;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use common::{Browser, Device, Page, Running, postgres, report};
use serde_json::{Value, json};
use spotter_server::notices::channels::signature;
use spotter_server::notices::outbox;
use spotter_server::store::companies;
use std::sync::{Arc, Mutex};

/// A request as it arrived: its key, its signature, its body read and raw.
type Got = (String, String, Value, Vec<u8>);

/// A company's server: what it got, and what it answers.
#[derive(Default)]
struct Inbox {
    got: Mutex<Vec<Got>>,
    down: Mutex<Option<StatusCode>>,
}

async fn company_server() -> (String, Arc<Inbox>) {
    async fn take(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> StatusCode {
        if let Some(status) = *inbox.down.lock().unwrap() {
            return status;
        }
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        let json = serde_json::from_slice(&body).unwrap();
        inbox.got.lock().unwrap().push((text("idempotency-key"), text("wildlife-signature"), json, body.to_vec()));
        StatusCode::NO_CONTENT
    }
    let inbox = Arc::new(Inbox::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://127.0.0.1:{}/wildlife", listener.local_addr().unwrap().port());
    let router = Router::new().route("/wildlife", post(take)).with_state(Arc::clone(&inbox));
    tokio::spawn(async move { axum_serve(listener, router).await });
    (address, inbox)
}

/// axum without its own server: the crate is built without that feature.
async fn axum_serve(listener: tokio::net::TcpListener, router: Router) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let service = hyper_util::service::TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let io = hyper_util::rt::TokioIo::new(stream);
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
        });
    }
}

struct World {
    server: Running,
    device: Device,
    one: Browser,
    two: Browser,
}

async fn world(reports: &[Value], channel: &str, address: &str) -> World {
    let server = Running::with(|s| s.trusted_flagger = "Example Authority".into()).await;
    world_on(server, reports, channel, address).await
}

async fn world_on(server: Running, reports: &[Value], channel: &str, address: &str) -> World {
    let device = server.device().await;
    for one in reports {
        device.send(&server, one).await;
    }
    let (mut one, two) = (server.reviewer("Reviewer One").await, server.reviewer("Reviewer Two").await);
    let csrf = one.get("/console/companies").await.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("id", "0"),
        ("name", "Market Example"),
        ("languages", "de en"),
        ("hosts", "market.example\nwww.market.example\nebay.co.uk"),
        ("channel", channel),
        ("contact", "trust@market.example"),
        ("address", address),
        ("item_format", "M-{id}"),
        ("answer_days", "14"),
    ];
    assert_eq!(one.post("/console/companies", &fields).await.location(), "/console/companies/1");
    let clause = [
        ("csrf", csrf.as_str()),
        ("title", "Tierprodukte"),
        ("address", "https://market.example/regeln"),
        ("read_on", "2026-11-20"),
    ];
    assert_eq!(one.post("/console/companies/1/clauses", &clause).await.status, 303);
    let mut world = World { server, device, one, two };
    if channel == "webhook" {
        world.secrets().await;
    }
    world
}

async fn confirm(browser: &mut Browser, case: i64) {
    browser.get(&format!("/console/cases/{case}/evidence")).await;
    assert_eq!(browser.decide(case, "confirm", "").await.status, 303);
}

async fn form(browser: &mut Browser, case: i64, action: &str, more: &[(&str, &str)]) -> Page {
    let page = browser.get(&format!("/console/cases/{case}")).await;
    let (csrf, version) = (page.field("csrf"), page.field("version"));
    let mut fields = vec![("csrf", csrf.as_str()), ("version", version.as_str())];
    fields.extend_from_slice(more);
    browser.post(&format!("/console/cases/{case}/{action}"), &fields).await
}

const POLICY: &[(&str, &str)] = &[("kind", "policy"), ("clause", "1")];
const DSA16: &[(&str, &str)] = &[
    ("kind", "dsa16"),
    ("provision", "Synthetic Act, section 1"),
    ("facts", "Carved, with crossing lines."),
    ("missing", "No certificate is shown."),
];

/// Previews and sends. Returns the preview.
async fn write(browser: &mut Browser, case: i64, what: &[(&str, &str)]) -> Page {
    let preview = form(browser, case, "notice", what).await;
    assert_eq!(preview.status, 200, "{}", preview.text);
    let seen = preview.field("seen");
    let mut fields = what.to_vec();
    fields.extend_from_slice(&[("seen", seen.as_str()), ("send", "yes")]);
    let sent = form(browser, case, "notice", &fields).await;
    assert_eq!(sent.location(), format!("/console/cases/{case}"), "{}", sent.text);
    preview
}

impl World {
    async fn tick(&self) {
        outbox::tick(&self.server.app).await.unwrap();
    }

    async fn after(&self, seconds: i64) {
        self.server.move_clock(seconds);
        self.tick().await;
    }

    async fn status(&self) -> String {
        self.device.status(&self.server).await["items"][0]["status"].as_str().unwrap().to_owned()
    }

    async fn secrets(&mut self) -> (String, String) {
        let csrf = self.one.get("/console/companies/1").await.field("csrf");
        let page = self.one.post("/console/companies/1/secrets", &[("csrf", &csrf)]).await.text;
        let mut shown = page.split("<dd>").skip(1).map(|s| s.split('<').next().unwrap().to_owned());
        (shown.next().unwrap(), shown.next().unwrap())
    }
}

#[tokio::test]
async fn a_policy_notice_goes_out_signed_after_its_undo_and_is_answered() {
    let (address, inbox) = company_server().await;
    let mut w = world(&[report("77")], "webhook", &address).await;
    let (secret, _) = w.secrets().await;
    confirm(&mut w.one, 1).await;
    let csrf = w.one.get("/console/cases/1").await.field("csrf");
    let note = "A word among reviewers about the seller.";
    w.one.post("/console/cases/1/notes", &[("csrf", &csrf), ("note", note)]).await;
    assert!(w.two.get("/console/cases/1").await.text.contains(note));

    // Not what was previewed, or not previewed at all: nothing is written.
    let blind = form(&mut w.one, 1, "notice", &[("kind", "policy"), ("clause", "1"), ("send", "yes")]).await;
    assert!(blind.status == 409 && blind.text.contains("differs from what the preview showed"));
    let preview = write(&mut w.one, 1, POLICY).await;
    assert!(preview.text.contains("Bitte prüfen Sie es nach Ihren eigenen Regeln") && preview.text.contains("M-77"));
    w.tick().await;
    assert!(
        form(&mut w.one, 1, "decide", &[("decision", "notice")]).await.status == 409,
        "a notice is more than a button"
    );
    assert_eq!(form(&mut w.one, 1, "notice/withdraw", &[]).await.status, 303);
    w.after(700).await;
    assert!(inbox.got.lock().unwrap().is_empty(), "what was taken back does not go");

    write(&mut w.one, 1, POLICY).await;
    w.after(590).await;
    assert!(inbox.got.lock().unwrap().is_empty(), "ten minutes are not over");
    assert_eq!(w.status().await, "confirmed");
    w.after(20).await;
    let got = inbox.got.lock().unwrap().clone();
    let [(key, signed, json, body)] = got.as_slice() else { panic!("{} arrived", got.len()) };
    let at: i64 = signed[2..].split(',').next().unwrap().parse().unwrap();
    assert_eq!((key.as_str(), signed), ("WN-2026-000002", &signature(&secret, at, body)));
    for (field, want) in [
        ("xarf_version", json!("4.0.0")),
        ("category", json!("content")),
        ("source_identifier", json!("market.example")),
    ] {
        assert_eq!(json[field], want);
    }
    assert_eq!(
        json["reporter"],
        json!({ "org": "Test programme", "contact": "notices@programme.example", "domain": "localhost" })
    );
    assert_eq!(json["wildlife_notice"]["item_id"], "M-77");
    assert_eq!(json["wildlife_notice"]["kind"], "policy");
    let text = String::from_utf8(body.clone()).unwrap();
    let name = w.device.status(&w.server).await;
    for never in [
        "Reviewer One",
        note,
        "Seen on the first page",
        "synthetic-seller",
        "Article 16",
        "Artikel 16",
        "trusted_flagger",
        &w.device.key_id,
    ] {
        assert!(!text.contains(never), "{never}");
    }
    assert_eq!(name["items"][0]["status"], "notified");
    assert_eq!(form(&mut w.one, 1, "notice/withdraw", &[]).await.status, 409, "too late");

    // The company answers through its link, without an account.
    let link = json["wildlife_notice"]["answer"].as_str().unwrap().to_owned();
    let path = format!("/answer/{}", link.rsplit('/').next().unwrap());
    let mut company = Browser::new(&w.server);
    let page = company.get(&path).await;
    assert!(
        page.status == 200
            && page.text.contains("WN-2026-000002")
            && !page.text.contains("Reviewer")
            && !page.text.contains(note)
    );
    assert_eq!(company.post(&path, &[("answer", "acknowledge")]).await.status, 200);
    assert_eq!(company.post(&path, &[("answer", "confirm")]).await.status, 409, "not a step for companies");
    assert_eq!(company.post(&path, &[("answer", "remove"), ("text", "Removed <b>today</b>.")]).await.status, 200);
    assert_eq!(w.status().await, "removed");
    assert!(w.two.get("/console/cases/1").await.text.contains("Removed &lt;b&gt;today"));
    company.post(&path, &[("answer", "reinstate"), ("text", "It was resin.")]).await;
    assert_eq!(w.status().await, "notified");
    assert_eq!(company.get("/answer/nothing").await.status, 404);
    spotter_server::audit::verify(w.server.app.store.read()).await.unwrap();
}

/// What the console says of notices that wait.
async fn notices_page(w: &mut World) -> String {
    w.one.get("/console/notices").await.text
}

#[tokio::test]
async fn a_webhook_that_leads_into_the_own_network_is_not_called() {
    let (address, inbox) = company_server().await;
    let server = Running::with(|s| s.webhook_addresses.clear()).await;
    let mut w = world_on(server, &[report("1")], "webhook", &address).await;
    confirm(&mut w.one, 1).await;
    write(&mut w.one, 1, POLICY).await;
    w.after(601).await;
    assert!(inbox.got.lock().unwrap().is_empty());
    assert!(notices_page(&mut w).await.contains("leads into a private network"));
    // The same by a name, which is resolved first.
    let named = address.replace("127.0.0.1", "localhost");
    let mut tx = w.server.app.store.begin().await.unwrap();
    sqlx::query("UPDATE companies SET address = $1").bind(named).execute(&mut *tx).await.unwrap();
    sqlx::query("UPDATE notices SET trouble = ''").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    w.after(3_600).await;
    assert!(inbox.got.lock().unwrap().is_empty());
    assert!(notices_page(&mut w).await.contains("leads into a private network"));
    assert_eq!(w.status().await, "confirmed", "it waits and is not lost");
}

#[tokio::test]
async fn a_secret_lies_sealed_in_the_database_and_an_old_one_is_sealed_at_the_next_start() {
    if postgres::only_a_file("its files are another program's to read") {
        return;
    }
    let (address, inbox) = company_server().await;
    let mut w = world(&[report("1")], "webhook", &address).await;
    let (secret, token) = w.secrets().await;
    let bytes = || {
        let files =
            ["spotter.db", "spotter.db-wal"].map(|f| std::fs::read(w.server.data().join(f)).unwrap_or_default());
        files.concat()
    };
    let holds = |needle: &str| bytes().windows(needle.len()).any(|w| w == needle.as_bytes());
    assert!(!holds(&secret) && !holds(&token) && holds("Market Example"));

    // As a version before this one left it.
    let old = "an-old_secret-that-was-never-sealed";
    let mut tx = w.server.app.store.begin().await.unwrap();
    sqlx::query("UPDATE companies SET secret = $1").bind(old).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(holds(old));
    let app = &w.server.app;
    assert_eq!(companies::seal_old(&app.store, &app.vault).await.unwrap(), 1);
    assert_eq!(companies::seal_old(&app.store, &app.vault).await.unwrap(), 0);
    assert!(!holds(old));
    confirm(&mut w.one, 1).await;
    write(&mut w.one, 1, POLICY).await;
    w.after(601).await;
    let (_, signed, _, body) = inbox.got.lock().unwrap()[0].clone();
    let at: i64 = signed[2..].split(',').next().unwrap().parse().unwrap();
    assert_eq!(signed, signature(old, at, &body), "the company's key is still its key");
}

/// A server on a day on which the built-in rules were fresh, whatever day it is: they end, and this test should not.
async fn on_a_fresh_day() -> Running {
    let server = Running::with(|s| s.trusted_flagger = "Example Authority".into()).await;
    let day = time::macros::datetime!(2026-11-27 6:00 UTC);
    server.move_clock((day - time::OffsetDateTime::now_utc()).whole_seconds());
    server
}

/// A synthetic report of a site whose country has rules that were read, and others that are known through a guide.
fn british() -> Value {
    let mut report = report("9");
    let address = "https://www.ebay.co.uk/itm/9";
    report["place"]["marketplace"] = json!("ebay.co.uk");
    for key in ["url_canonical", "url_at_match", "url_observed"] {
        report["place"][key] = json!(address);
    }
    report["assessment"]["claims"] = json!(["claim.pre-1947"]);
    report
}

#[tokio::test]
async fn the_law_stands_in_the_console_and_only_what_was_read_in_a_notice() {
    let mut w = world_on(on_a_fresh_day().await, &[british()], "csv", "").await;
    confirm(&mut w.one, 1).await;
    // A claim that would free it asks for a second opinion.
    confirm(&mut w.two, 1).await;
    let page = w.one.get("/console/cases/1").await.text;
    for said in [
        "The law in United Kingdom",
        "Ivory Act 2018, sections 1 and 12, text of 2025-02-07",
        "According to Halsbury",
        "<b>Claimed: </b>Made before 3 March 1947",
        "The registration number; it ends when the owner changes.",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("illegal"), "a panel judges no listing");

    let form_page = w.one.get("/console/cases/1/notice").await.text;
    assert!(form_page.contains("value=\"gb.ivory.dealing\"") && !form_page.contains("gb.annex-a.sale"));
    let with = |law: &'static str| [DSA16, &[("clause", "1"), ("law", law)]].concat();
    let refused = form(&mut w.one, 1, "notice", &with("gb.annex-a.sale")).await.text;
    assert!(
        refused.contains("Vorschrift: Synthetic Act") && !refused.contains("Rechtsvorschrift"),
        "known through a guide"
    );
    let preview = write(&mut w.one, 1, &with("gb.ivory.dealing")).await.text;
    let (clause, law) = (preview.find("Ihre Regel: Tierprodukte"), preview.find("Rechtsvorschrift: Ivory Act 2018"));
    assert!(clause.is_some() && clause < law, "the company's own clause first");
    assert!(preview.contains(
        "Fassung vom 2025-02-07, https://github.com/legalize-dev/legalize-uk/blob/3606858/uk/ukpga-2018-30.md"
    ));
    assert!(
        preview.contains("&quot;id&quot;: &quot;gb.ivory.dealing&quot;")
            || preview.contains("\"id\": \"gb.ivory.dealing\"")
    );
}

#[tokio::test]
async fn anybody_reads_before_you_buy_and_nothing_there_is_hearsay() {
    let server = on_a_fresh_day().await;
    let mut anybody = Browser::new(&server);
    let start = anybody.get("/before-you-buy").await;
    assert!(start.status == 200 && start.text.contains("lang=\"en\"") && !start.text.contains("<script"));
    let britain = anybody.get("/before-you-buy/gb?lang=fr").await.text;
    assert!(
        britain.contains("lang=\"fr\"")
            && britain.contains("Ivory Act 2018")
            && britain.contains("version du <bdi dir=\"ltr\">2025-02-07</bdi>")
    );
    for code in ["gb", "us", "de", "fr", "pl", "sg", "cn"] {
        let page = anybody.get(&format!("/before-you-buy/{code}")).await.text;
        assert!(page.contains("ul class=\"rules\"") && !page.contains("According to"), "{code}");
        assert!(!page.contains("Halsbury") && !page.contains("reference guide"), "{code}");
    }
    for code in ["HK", "CH"] {
        let page = anybody.get(&format!("/before-you-buy/{code}")).await;
        assert!(page.status == 200 && page.text.contains("No rule of this country was read"), "{code}");
    }
    assert_eq!(anybody.get("/before-you-buy/nowhere").await.status, 404);
    // A year later everything has to be read again.
    server.move_clock(366 * 86_400);
    let later = anybody.get("/before-you-buy/GB").await.text;
    assert!(later.contains("No rule of this country was read") && !later.contains("Ivory Act"));
}

#[tokio::test]
async fn illegality_is_alleged_by_two() {
    let (address, inbox) = company_server().await;
    let mut w = world(&[report("1")], "webhook", &address).await;
    confirm(&mut w.one, 1).await;
    let lacking =
        form(&mut w.one, 1, "notice", &[("kind", "dsa16"), ("provision", "x"), ("facts", ""), ("missing", "y")]).await;
    assert_eq!(lacking.status, 422);
    write(&mut w.one, 1, DSA16).await;
    w.after(3_600).await;
    assert!(inbox.got.lock().unwrap().is_empty());
    let csrf = w.one.get("/console/notices").await.field("csrf");
    assert_eq!(w.one.post("/console/notices/1/approve", &[("csrf", &csrf)]).await.status, 409, "not by the writer");
    let csrf = w.two.get("/console/notices").await.field("csrf");
    assert_eq!(w.two.post("/console/notices/1/approve", &[("csrf", &csrf)]).await.status, 303);
    w.tick().await;
    assert!(inbox.got.lock().unwrap().is_empty(), "the ten minutes begin with the approval");
    w.after(601).await;
    let json = inbox.got.lock().unwrap()[0].2.clone();
    let ground = &json["wildlife_notice"]["ground"];
    assert_eq!((&ground["provision"], &ground["trusted_flagger"]), (&json!("Synthetic Act, section 1"), &json!(true)));
    assert!(json["description"].as_str().unwrap().contains("Artikel 16"));
    // The database itself knows it.
    for wrong in ["approved_by = NULL", "approved_by = written_by", "trusted = 1, kind = 'policy'"] {
        w.server.refuses(&format!("UPDATE notices SET {wrong} WHERE id = 1")).await;
    }
}

#[tokio::test]
async fn a_company_that_is_down_for_three_days_gets_each_notice_once_and_in_order() {
    let (address, inbox) = company_server().await;
    let reports: Vec<Value> = (1..=5).map(|n| report(&n.to_string())).collect();
    let mut w = world(&reports, "webhook", &address).await;
    *inbox.down.lock().unwrap() = Some(StatusCode::SERVICE_UNAVAILABLE);
    for case in 1..=5 {
        confirm(&mut w.one, case).await;
        write(&mut w.one, case, POLICY).await;
        w.after(60).await;
    }
    for _ in 0..144 {
        w.after(1_800).await;
    }
    let mut reviewer = w.server.reviewer("Reviewer One").await;
    let page = reviewer.get("/console/notices").await.text;
    assert!(page.contains("Stuck") && page.contains("answered 503"), "{page}");
    *inbox.down.lock().unwrap() = None;
    // Somebody saw it and does not wait for the next try.
    let csrf = reviewer.get("/console/notices").await.field("csrf");
    assert_eq!(reviewer.post("/console/notices/1/try", &[("csrf", &csrf)]).await.status, 303);
    for _ in 0..10 {
        w.after(1_800).await;
    }
    let keys: Vec<String> = inbox.got.lock().unwrap().iter().map(|(key, ..)| key.clone()).collect();
    assert_eq!(keys, (1..=5).map(|n| format!("WN-2026-{n:06}")).collect::<Vec<_>>());
    assert!(!reviewer.get("/console/notices").await.text.contains("Stuck"));
}

#[tokio::test]
async fn a_held_case_sends_nothing_until_its_date() {
    let (address, inbox) = company_server().await;
    let mut w = world(&[report("1")], "webhook", &address).await;
    confirm(&mut w.one, 1).await;
    write(&mut w.one, 1, POLICY).await;
    assert_eq!(form(&mut w.one, 1, "hold", &[("agency", "Example Agency"), ("until", "2020-01-01")]).await.status, 422);
    let until = spotter_server::clock::day((w.server.app.clock)() + time::Duration::days(3));
    assert_eq!(form(&mut w.one, 1, "hold", &[("agency", "Example Agency"), ("until", &until)]).await.status, 303);
    assert!(w.two.get("/console/cases/1").await.text.contains("On hold for"));
    for _ in 0..2 {
        w.after(86_400).await;
    }
    let mut two = w.server.reviewer("Reviewer Two").await;
    assert!(two.get("/console/cases/1").await.text.contains("On hold for"));
    w.after(86_400).await;
    let mut two = w.server.reviewer("Reviewer Two").await;
    assert!(two.get("/console/cases/1").await.text.contains("Hold ended"));
    w.after(86_400).await;
    assert!(inbox.got.lock().unwrap().is_empty(), "the notice was taken back with the hold");
    assert_eq!(w.status().await, "confirmed");
}

#[tokio::test]
async fn a_company_that_pulls_gets_pages_in_order_and_silence_is_seen() {
    let mut w = world(&[report("1"), report("2")], "pull", "").await;
    let (_, token) = w.secrets().await;
    confirm(&mut w.one, 1).await;
    confirm(&mut w.one, 2).await;
    // Written first, approved later: it goes second, and is not skipped.
    write(&mut w.one, 1, DSA16).await;
    write(&mut w.one, 2, POLICY).await;
    w.after(601).await;
    let pull = async |after: i64, token: &str| {
        let request = w.server.http.get(w.server.url(&format!("/v1/notices?after={after}")));
        let answer = request.bearer_auth(token).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(pull(0, "wrong").await.0, 401);
    assert_eq!(pull(0, "").await.0, 401);
    let (status, page) = pull(0, &token).await;
    assert_eq!((status, page["notices"].as_array().unwrap().len(), &page["more"]), (200, 1, &json!(false)));
    assert_eq!(page["notices"][0]["wildlife_notice"]["number"], "WN-2026-000002");
    let csrf = w.two.get("/console/notices").await.field("csrf");
    w.two.post("/console/notices/1/approve", &[("csrf", &csrf)]).await;
    w.after(601).await;
    let (_, next) = pull(page["after"].as_i64().unwrap(), &token).await;
    assert_eq!(next["notices"][0]["wildlife_notice"]["number"], "WN-2026-000001");
    let (_, again) = pull(0, &token).await;
    assert_eq!(again["notices"].as_array().unwrap().len(), 2, "asking again gives the same again");
    assert_eq!(w.status().await, "notified");
    w.after(15 * 86_400).await;
    let mut one = w.server.reviewer("Reviewer One").await;
    assert!(one.get("/console?state=no_response").await.text.contains("/console/cases/1"));
    assert_eq!(w.status().await, "notified", "spotters hear that the company was told");
}

#[tokio::test]
async fn mail_and_spreadsheets_carry_hostile_titles_as_text() {
    let mut hostile = report("=cmd|' /C calc'!A0");
    hostile["listing"]["title"] = json!("x\r\nBcc: all@example.org\r\n\r\n\u{202e}<script>=1");
    let (mut mail, mut sheet) = (world(&[hostile.clone()], "email", "").await, world(&[hostile], "csv", "").await);
    for w in [&mut mail, &mut sheet] {
        confirm(&mut w.one, 1).await;
        write(&mut w.one, 1, POLICY).await;
        w.after(601).await;
    }
    let read = |w: &World, ends: &str| {
        let folder = w.server.data().join("outgoing");
        let mut names: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().path()).collect();
        names.retain(|n| n.to_string_lossy().ends_with(ends));
        names.iter().map(|n| std::fs::read_to_string(n).unwrap()).collect::<Vec<_>>()
    };
    let letters = read(&mail, ".eml");
    let (head, _) = letters[0].split_once("\r\n\r\n").unwrap();
    assert!(head.contains("To: trust@market.example") && !head.contains("Bcc"), "{head}");
    assert!(head.lines().all(|l| l.len() <= 998 && l.is_ascii()));
    assert!(read(&sheet, ".csv").is_empty(), "the week is not over");
    sheet.after(7 * 86_400).await;
    let files = read(&sheet, ".csv");
    assert_eq!(files.len(), 1);
    let rows: Vec<&str> = files[0].lines().collect();
    assert_eq!(rows.len(), 2, "{}", files[0]);
    assert!(rows[0].ends_with("\"false_positive\"") && rows[1].starts_with("\"M-=cmd|"), "{}", rows[1]);
    sheet.after(7 * 86_400).await;
    assert_eq!(read(&sheet, ".csv").len(), 1, "once");
    assert_eq!(sheet.status().await, "notified");
}

#[tokio::test]
async fn a_weeks_later_look_takes_one_key_and_only_the_companys_word_is_a_removal() {
    let (address, _inbox) = company_server().await;
    let mut w = world(&[report("1"), report("2")], "webhook", &address).await;
    for case in 1..=2 {
        confirm(&mut w.one, case).await;
        write(&mut w.one, case, POLICY).await;
    }
    w.after(601).await;
    assert!(w.one.get("/console/checks").await.text.contains("None is due"));
    assert!(w.one.get("/console/cases/1").await.text.contains("The next one is due"));
    let mut one = Browser::new(&w.server);
    let mut look = async |w: &World, days: i64, outcome: &str| {
        w.after(days * 86_400).await;
        one = w.server.reviewer("Reviewer One").await;
        let page = one.get("/console/checks").await;
        let (csrf, version) = (page.field("csrf"), page.field("version"));
        let action = page.text.split("action=\"/console/checks/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields =
            [("csrf", csrf.as_str()), ("version", &version), ("outcome", outcome), ("seen", "As <i>seen</i>.")];
        let done = one.post(&format!("/console/checks/{action}"), &fields).await;
        assert_eq!((done.status, done.location()), (303, "/console/checks"));
        // Once: the same form again finds the check done.
        assert_eq!(one.post(&format!("/console/checks/{action}"), &fields).await.status, 409);
        page.text
    };
    // Case 1 is there, case 2 has gone without a word; a week later case 1 was removed and case 2 sold.
    assert!(look(&w, 8, "up").await.contains("1 more, oldest first"));
    assert_eq!(status(&w, 1).await, "notified");
    look(&w, 0, "unavailable_unknown").await;
    assert_eq!(status(&w, 0).await, "notified", "merely gone is no removal");
    look(&w, 8, "notice_page_says_removed").await;
    assert_eq!(status(&w, 1).await, "removed");
    look(&w, 0, "ended_or_sold").await;
    assert_eq!(status(&w, 0).await, "closed");
    // A month later it is back: confirmed as it is, a new notice can be written.
    look(&w, 31, "relisted").await;
    assert_eq!(status(&w, 1).await, "confirmed");
    let page = one.get("/console/cases/1").await.text;
    assert!(page.contains("Write a notice") && page.contains("As &lt;i&gt;seen") && page.contains("There as before"));
    assert!(one.get("/console/checks").await.text.contains("None is due"));
    spotter_server::audit::verify(w.server.app.store.read()).await.unwrap();
}

async fn status(w: &World, newest: usize) -> String {
    w.device.status(&w.server).await["items"][newest]["status"].as_str().unwrap().to_owned()
}
