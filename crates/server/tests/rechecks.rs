//! Spotters look again: asked when a check is due, answered once and signed, shown to the expert, who alone moves the case.

mod common;

use common::{Browser, Device, Running, report, uuid};
use proptest::prelude::*;
use reqwest::Response;
use serde_json::{Value, json};
use spotter_model::dsse::RECHECK_TYPE;
use spotter_model::recheck::Recheck;
use spotter_server::config::Serve;
use spotter_server::notices::outbox;
use spotter_server::store::erasure::{self, Why};
use spotter_server::store::privacy::{self, Asked};
use spotter_server::store::steps::Actor;
use spotter_server::store::{cases, devices};
use spotter_server::{audit, clock, random};

const DAY: i64 = 86_400;

struct World {
    server: Running,
    device: Device,
    reports: Vec<Value>,
}

/// So many cases of one spotter, each with a notice that went out.
async fn notified(count: usize, change: impl FnOnce(&mut Serve)) -> World {
    let server = Running::with(change).await;
    let device = server.device().await;
    let reports: Vec<Value> = (1..=count).map(|n| report(&n.to_string())).collect();
    let mut one = server.reviewer_with_session("Reviewer One").await;
    one.market("Market Example").await;
    for (n, report) in reports.iter().enumerate() {
        device.send(&server, report).await;
        let case = n as i64 + 1;
        one.get(&format!("/console/cases/{case}/evidence")).await;
        assert_eq!(one.decide(case, "confirm", "").await.status, 303);
        let (address, page) =
            (format!("/console/cases/{case}/notice"), one.get(&format!("/console/cases/{case}")).await);
        let (csrf, version) = (page.field("csrf"), page.field("version"));
        let what = [("csrf", csrf.as_str()), ("version", &version), ("kind", "policy"), ("clause", "1")];
        let seen = one.post(&address, &what).await.field("seen");
        let sent = one.post(&address, &[&what[..], &[("seen", &seen), ("send", "yes")]].concat()).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    let world = World { server, device, reports };
    world.after(601).await;
    world
}

impl World {
    async fn after(&self, seconds: i64) {
        self.server.move_clock(seconds);
        outbox::tick(&self.server.app).await.unwrap();
    }

    fn id(&self, n: usize) -> &str {
        self.reports[n]["report_id"].as_str().unwrap()
    }

    fn now(&self) -> String {
        self.server.app.now()
    }

    /// What is asked, newest report first.
    async fn asked(&self, device: &Device) -> Vec<Value> {
        let status = device.status(&self.server).await;
        status["items"].as_array().unwrap().iter().map(|i| i["look_again"].clone()).collect()
    }

    fn told(&self, n: usize, saw: &str) -> Value {
        json!({ "schema": "wildlife-recheck/1", "id": uuid(), "report_id": self.id(n), "saw": saw, "seen_at": self.now() })
    }

    async fn put(&self, device: &Device, body: &Value) -> Response {
        put(&self.server, device, body["id"].as_str().unwrap(), &serde_json::to_vec(body).unwrap()).await
    }

    async fn console(&self) -> Browser {
        self.server.reviewer_with_session("Reviewer One").await
    }

    async fn rows(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM rechecks").fetch_one(self.server.app.store.read()).await.unwrap()
    }
}

async fn put(server: &Running, device: &Device, id: &str, body: &[u8]) -> Response {
    let request = server.http.put(server.url(&format!("/v1/rechecks/{id}"))).header("content-type", RECHECK_TYPE);
    device.signed(request, RECHECK_TYPE, body).body(body.to_vec()).send().await.unwrap()
}

async fn said(answer: Response) -> (u16, String, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    (
        status,
        text("type").replace("urn:wildlife-spotter:problem:", ""),
        format!("{} {}", text("detail"), text("pointer")),
    )
}

#[tokio::test]
async fn a_spotter_is_asked_when_a_check_is_due_and_the_expert_confirms_by_one_key() {
    let w = notified(2, |_| {}).await;
    assert_eq!(w.asked(&w.device).await, [Value::Null, Value::Null], "nothing is due yet");
    let early = said(w.put(&w.device, &w.told(0, "gone")).await).await;
    assert_eq!((early.0, early.1.as_str()), (404, "not-found"), "{early:?}");
    assert!(early.2.contains("no check of it is due"), "{early:?}");

    w.after(8 * DAY).await;
    let asked = w.asked(&w.device).await;
    assert!(asked.iter().all(|since| since.as_str().is_some_and(|s| s < w.now().as_str())), "{asked:?}");
    let item = &w.device.status(&w.server).await["items"][0];
    let mut fields: Vec<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["joined", "look_again", "reason", "report_id", "since", "status"], "since when, and no more");
    // Another spotter is asked nothing, and learns nothing.
    let other = w.server.device().await;
    let unknown =
        json!({ "schema": "wildlife-recheck/1", "id": uuid(), "report_id": uuid(), "saw": "gone", "seen_at": w.now() });
    let theirs = said(w.put(&other, &w.told(1, "gone")).await).await;
    assert_eq!(theirs, said(w.put(&other, &unknown).await).await, "as of a report that is not there");
    assert_eq!(theirs.0, 404);

    let mut one = w.console().await;
    let first = one.get("/console/checks").await.text;
    assert!(first.contains("Case 1</a>") && !first.contains("volunteer"), "{first}");
    let gone = w.told(1, "gone");
    let kept = w.put(&w.device, &gone).await;
    assert_eq!(kept.status(), 201);
    let kept: Value = kept.json().await.unwrap();
    assert_eq!(kept["id"], gone["id"]);
    w.after(2 * DAY + 60).await;
    let again = w.put(&w.device, &gone).await;
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Value>().await.unwrap(), kept, "the same answer however often it comes");
    assert_eq!(w.rows().await, 1);
    assert_eq!(w.asked(&w.device).await[0], Value::Null, "answered");
    assert!(w.asked(&w.device).await[1].is_string());
    // Another answer to the same question, and the same id with other bytes or by somebody else.
    for (device, body) in [
        (&w.device, w.told(1, "offered")),
        (
            &w.device,
            json!({ "saw": "offered", "id": gone["id"], "schema": gone["schema"], "report_id": gone["report_id"], "seen_at": gone["seen_at"] }),
        ),
        (&other, gone.clone()),
    ] {
        let refused = said(w.put(device, &body).await).await;
        assert_eq!((refused.0, refused.1.as_str()), (409, "record-differs"), "{refused:?}");
    }

    // It comes first now, says what was seen and when, and one key does the check; nothing moved before.
    let mut one = w.console().await;
    let page = one.get("/console/checks").await;
    assert!(page.text.contains("Case 2</a>"), "{}", page.text);
    assert!(page.text.contains("A volunteer saw: <b>gone</b>, 2 days ago"), "{}", page.text);
    assert!(page.text.contains("first what volunteers looked at, then the oldest"), "{}", page.text);
    let case = one.get("/console/cases/2").await.text;
    assert!(case.contains("A volunteer saw: gone") && case.contains("Company told"), "{case}");
    for names in [&w.device.key_id, gone["id"].as_str().unwrap()] {
        assert!(!page.text.contains(names) && !case.contains(names), "nobody is named");
    }
    let action = page.text.split("action=\"/console/checks/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields =
        [("csrf", page.field("csrf")), ("version", page.field("version")), ("outcome", "ended_or_sold".into())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(one.post(&format!("/console/checks/{action}"), &fields).await.status, 303);
    assert!(one.get("/console/cases/2").await.text.contains("A volunteer saw: gone"), "it stays with the case");
    assert_eq!(w.device.status(&w.server).await["items"][0]["status"], "closed");
    // Late: the same bytes still get their answer, a new one is too late.
    assert_eq!(w.put(&w.device, &gone).await.status(), 200);
    assert_eq!(w.put(&w.device, &w.told(1, "gone")).await.status(), 404);

    // The chain says what was seen, and not by whom.
    let pool = w.server.app.store.read();
    audit::verify(pool).await.unwrap();
    let links: Vec<(String, String, String)> =
        sqlx::query_as("SELECT actor, subject, detail FROM audit WHERE action = 'case.seen_again'")
            .fetch_all(pool)
            .await
            .unwrap();
    assert_eq!(links, [("device".to_owned(), "case:2".to_owned(), "gone".to_owned())]);
}

#[tokio::test]
async fn an_answer_that_cannot_tell_puts_nothing_first_and_a_new_check_asks_anew() {
    let w = notified(2, |_| {}).await;
    w.after(8 * DAY).await;
    assert_eq!(w.put(&w.device, &w.told(1, "cannot_tell")).await.status(), 201);
    let mut one = w.console().await;
    let page = one.get("/console/checks").await;
    assert!(page.text.contains("Case 1</a>") && page.text.contains("a volunteer saw: could not tell"), "{}", page.text);
    assert_eq!(w.put(&w.device, &w.told(0, "offered")).await.status(), 201);
    // There as before: a week later it is asked again.
    let page = one.get("/console/checks").await;
    let action = page.text.split("action=\"/console/checks/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (csrf, version) = (page.field("csrf"), page.field("version"));
    let fields = [("csrf", csrf.as_str()), ("version", &version), ("outcome", "up")];
    assert_eq!(one.post(&format!("/console/checks/{action}"), &fields).await.status, 303);
    assert_eq!(w.asked(&w.device).await, [Value::Null, Value::Null]);
    w.after(8 * DAY).await;
    assert!(w.asked(&w.device).await[1].is_string());
    assert_eq!(w.put(&w.device, &w.told(0, "ended")).await.status(), 201);
    assert_eq!(w.rows().await, 3);
    // A case that moves on before anybody looked keeps what was seen; its number is nobody else's.
    let mut one = w.console().await;
    assert_eq!(one.decide(1, "refuse", "").await.status, 303);
    let told = one.get("/console/cases/1").await.text;
    assert!(told.contains("A volunteer saw: sold or ended") && told.contains("still offered"), "{told}");
    assert!(!one.get("/console/checks").await.text.contains("sold or ended</b>"));
}

/// A device that took over from a lost one answers for both; one that was signed off answers nothing.
#[tokio::test]
async fn whichever_device_is_the_spotters_now_answers() {
    let w = notified(1, |_| {}).await;
    w.after(8 * DAY).await;
    let pool = w.server.app.store.read();
    let lost: String = sqlx::query_scalar("SELECT key_id FROM devices").fetch_one(pool).await.unwrap();
    let (new, code) = (Device::new(), random::token());
    let mut tx = w.server.app.store.begin().await.unwrap();
    let invited = devices::Invited {
        uses: 1,
        cohort: String::new(),
        tier: spotter_model::Tier::Spotter,
        replaces: Some(lost),
        organisation_id: 1,
    };
    devices::invite(&mut tx, &code, &invited, &w.now()).await.unwrap();
    tx.commit().await.unwrap();
    let joined = w.server.http.post(w.server.url("/v1/enrolments")).json(&new.enrolment(&code)).send().await.unwrap();
    assert_eq!(joined.status(), 201);
    assert!(w.asked(&new).await[0].is_string());
    assert_eq!(w.put(&w.device, &w.told(0, "gone")).await.status(), 401);
    assert_eq!(w.put(&new, &w.told(0, "gone")).await.status(), 201);
}

#[tokio::test]
async fn it_is_sealed_with_the_case_given_to_whom_it_is_about_and_erased() {
    let w = notified(1, |_| {}).await;
    w.after(8 * DAY).await;
    let gone = w.told(0, "gone");
    assert_eq!(w.put(&w.device, &gone).await.status(), 201);
    let store = &w.server.app.store;
    let (sender, body): (String, Vec<u8>) =
        sqlx::query_as("SELECT sender, body FROM rechecks").fetch_one(store.read()).await.unwrap();
    let holds = |bytes: &[u8], words: &str| bytes.windows(words.len()).any(|w| w == words.as_bytes());
    assert!(!holds(sender.as_bytes(), &w.device.key_id) && !holds(&body, w.id(0)) && !sender.is_empty());
    let case = cases::find(store.reader(), 1).await.unwrap().unwrap();
    let asked = Asked { marketplace: case.marketplace.clone(), ..Asked::default() };
    let held = privacy::answer(store.reader(), &asked, &[case], true).await.unwrap().words;
    let seen = &held["cases"][0]["volunteers_saw"];
    assert_eq!(seen[0]["saw"], "gone");
    assert_eq!(seen[0].as_object().unwrap().len(), 2, "what and when: {seen}");

    // Nobody is asked about what is erased, and what was answered is gone.
    erasure::erase(store, &[1], &Why::Command("a test".into()), Actor::Server, &w.now()).await.unwrap();
    assert_eq!(w.rows().await, 0);
    assert_eq!(w.device.status(&w.server).await["items"], json!([]));
    assert_eq!(w.put(&w.device, &gone).await.status(), 404);
    let mut one = w.console().await;
    for page in ["/console/checks", "/console/cases/1"] {
        assert!(!one.get(page).await.text.contains("volunteer"), "{page}");
    }
    audit::verify(store.read()).await.unwrap();
}

#[tokio::test]
async fn a_programme_can_leave_it() {
    let w = notified(1, |s| s.ask_spotters = false).await;
    w.after(8 * DAY).await;
    assert_eq!(w.asked(&w.device).await, [Value::Null]);
    let refused = said(w.put(&w.device, &w.told(0, "gone")).await).await;
    assert_eq!(refused.0, 404);
    assert!(refused.2.contains("does not ask spotters"), "{refused:?}");
    assert_eq!(w.rows().await, 0);
}

#[tokio::test]
async fn who_answers_too_often_waits_and_what_breaks_the_contract_is_refused() {
    let w = notified(1, |s| s.per_key = 30).await;
    w.after(8 * DAY).await;
    let good = w.told(0, "gone");
    let with = |key: &str, value: Value| {
        let mut bad = good.clone();
        bad[key] = value;
        bad
    };
    let off = |days: i64| clock::stamp((w.server.app.clock)() + time::Duration::days(days));
    for (bad, at) in [
        (with("schema", json!("wildlife-recheck/2")), "/schema"),
        (with("report_id", json!("' OR 1=1 --")), "/report_id"),
        (with("saw", json!("bought")), "Not the JSON"),
        (with("saw", json!(["gone"])), "Not the JSON"),
        (with("seen_at", json!("2026-02-31T00:00:00Z")), "/seen_at"),
        (with("seen_at", json!(off(3))), "/seen_at"),
        (with("seen_at", json!(off(-30))), "/seen_at"),
        (with("note", json!("x")), "Not the JSON"),
    ] {
        let refused = said(w.put(&w.device, &bad).await).await;
        assert_eq!((refused.0, refused.1.as_str()), (422, "breaks-the-contract"), "{bad}");
        assert!(refused.2.contains(at), "{bad}: {refused:?}");
    }
    let body = serde_json::to_vec(&good).unwrap();
    assert_eq!(put(&w.server, &w.device, &uuid(), &body).await.status(), 422, "another id");
    assert_eq!(put(&w.server, &w.device, "x", &body).await.status(), 400);
    assert_eq!(put(&w.server, &w.device, &uuid(), &vec![b' '; 100_000]).await.status(), 413);
    assert_eq!(put(&w.server, &Device::new(), good["id"].as_str().unwrap(), &body).await.status(), 401);
    let unsigned = w.server.http.put(w.server.url(&format!("/v1/rechecks/{}", uuid()))).body(body.clone());
    assert_eq!(unsigned.header("content-type", RECHECK_TYPE).send().await.unwrap().status(), 401);
    assert_eq!(w.rows().await, 0, "nothing of it was kept");
    // A clock a day ahead is forgiven, and nothing was seen in the future.
    let ahead = with("seen_at", json!(off(1)));
    assert_eq!(w.put(&w.device, &ahead).await.status(), 201);
    let seen: String =
        sqlx::query_scalar("SELECT seen_at FROM rechecks").fetch_one(w.server.app.store.read()).await.unwrap();
    assert!(seen <= w.now(), "{seen}");
    let mut refused = None;
    for _ in 0..40 {
        let answer = w.put(&w.device, &ahead).await;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status(), 200);
    }
    assert!(refused.expect("it is held back").headers().contains_key("retry-after"));
}

#[tokio::test]
async fn nobody_is_asked_about_more_than_twenty_at_once() {
    let w = notified(23, |_| {}).await;
    w.after(8 * DAY).await;
    let count = |asked: Vec<Value>| asked.iter().filter(|since| since.is_string()).count();
    let asked = w.asked(&w.device).await;
    assert_eq!(count(asked.clone()), 20);
    // Those that have waited longest: the oldest reports here.
    assert!(asked[3..].iter().all(Value::is_string));
    assert_eq!(w.put(&w.device, &w.told(0, "gone")).await.status(), 201);
    assert_eq!(count(w.asked(&w.device).await), 20, "the next one takes its place");
}

proptest! {
    /// Whatever comes is a body that keeps to the contract, or an error; it never panics, and says which field.
    #[test]
    fn any_bytes_are_a_body_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400), id in ".{0,60}", at in ".{0,40}") {
        let _ = serde_json::from_slice::<Recheck>(&bytes);
        let text = json!({ "schema": "wildlife-recheck/1", "id": id, "report_id": uuid(), "saw": "gone", "seen_at": at }).to_string();
        if let Ok(read) = serde_json::from_str::<Recheck>(&text) && read.check().is_ok() {
            prop_assert!(id.len() == 36 && at.ends_with('Z'));
        }
    }
}
