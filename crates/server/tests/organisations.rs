//! Several organisations on one endpoint: each speaks for itself, under its own status and only while that holds; what was sent stays
//! what it was; who retired does nothing more; who answers for data; and names that want to be something else.

mod common;
#[allow(dead_code, reason = "the tests of PDFs use the rest")]
#[path = "../../pdf/tests/read/mod.rs"]
mod read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Browser, Device, PASSWORD, Page, Running, report};
use reqwest::Method;
use serde_json::{Value, json};
use spotter_model::Tier;
use spotter_server::audit;
use spotter_server::notices::outbox;
use spotter_server::roles::Role;
use spotter_server::store::{devices, organisations, people, reviewers};

const POLICY: &[(&str, &str)] = &[("kind", "policy"), ("clause", "1")];
const DSA16: &[(&str, &str)] = &[
    ("kind", "dsa16"),
    ("provision", "Synthetic Act, section 1"),
    ("facts", "Carved, with crossing lines.\n\nTwice."),
    ("missing", "No certificate is shown."),
];
const MARK: &str = "holds the status of trusted flagger";
const OTHER: &str = "Example Trust for Wildlife, registered association";

struct World {
    server: Running,
    admin: Browser,
    /// Of the first organisation, which holds the status by the settings.
    one: Browser,
    /// Of the other one.
    two: Browser,
}

async fn as_role(server: &Running, name: &str, role: Role) -> Browser {
    let browser = server.reviewer_with_session(name).await;
    let mut tx = server.app.store.begin().await.unwrap();
    people::set_role_by_name(&mut tx, name, role).await.unwrap();
    tx.commit().await.unwrap();
    browser
}

async fn csrf(browser: &mut Browser) -> String {
    browser.get("/console/keys").await.field("csrf")
}

/// An organisation's form, with some of its fields otherwise.
async fn keep(admin: &mut Browser, id: i64, change: &[(&str, &str)]) -> Page {
    let (token, id) = (csrf(admin).await, id.to_string());
    let mut fields = vec![
        ("csrf", token.as_str()),
        ("id", &id),
        ("short", "Example Trust"),
        ("name", OTHER),
        ("contact", "notices@trust.example"),
        ("country", "de"),
        ("controller", "Example Trust, 1 Example Street.\nData protection officer: officer@trust.example"),
        ("trusted_by", ""),
        ("trusted_from", ""),
        ("trusted_end", ""),
    ];
    for (name, value) in change {
        fields.iter_mut().find(|(n, _)| n == name).unwrap().1 = value;
    }
    admin.post("/console/organisations", &fields).await
}

/// The first organisation as it stands, with some fields otherwise.
async fn keep_first(admin: &mut Browser, change: &[(&str, &str)]) -> Page {
    let mut fields = vec![
        ("short", "Test programme"),
        ("name", "Test programme"),
        ("contact", "notices@programme.example"),
        ("country", ""),
        ("controller", ""),
        ("trusted_by", "Example Authority"),
    ];
    fields.retain(|(name, _)| change.iter().all(|(n, _)| n != name));
    fields.extend_from_slice(change);
    keep(admin, 1, &fields).await
}

async fn id_of(server: &Running, name: &str) -> i64 {
    reviewers::password_of(server.app.store.read(), name).await.unwrap().unwrap().0
}

async fn move_to(server: &Running, admin: &mut Browser, name: &str, organisation: i64) -> Page {
    let (token, id) = (csrf(admin).await, id_of(server, name).await);
    let to = organisation.to_string();
    admin.post(&format!("/console/people/{id}/organisation"), &[("csrf", &token), ("organisation", &to)]).await
}

async fn world(channel: &str, listings: &[&str]) -> World {
    let server = Running::with(|s| s.trusted_flagger = "Example Authority".into()).await;
    let device = server.device().await;
    for one in listings {
        device.send(&server, &report(one)).await;
    }
    let mut admin = as_role(&server, "The admin", Role::Admin).await;
    assert_eq!(keep(&mut admin, 0, &[]).await.location(), "/console/organisations/2");
    let one = as_role(&server, "Reviewer One", Role::Reviewer).await;
    let two = as_role(&server, "Reviewer Two", Role::Reviewer).await;
    assert_eq!(move_to(&server, &mut admin, "Reviewer Two", 2).await.status, 303);
    let token = csrf(&mut admin).await;
    let fields = [
        ("csrf", token.as_str()),
        ("id", "0"),
        ("name", "Market Example"),
        ("languages", "en"),
        ("hosts", "market.example"),
        ("channel", channel),
        ("contact", "trust@market.example"),
        ("address", ""),
        ("item_format", "M-{id}"),
        ("answer_days", "14"),
    ];
    assert_eq!(admin.post("/console/companies", &fields).await.location(), "/console/companies/1");
    let clause = [
        ("csrf", token.as_str()),
        ("title", "Animal products"),
        ("address", "https://market.example/rules"),
        ("read_on", "2026-11-20"),
    ];
    assert_eq!(admin.post("/console/companies/1/clauses", &clause).await.status, 303);
    World { server, admin, one, two }
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

/// Confirms, previews and sends off.
async fn write(browser: &mut Browser, case: i64, what: &[(&str, &str)]) -> Page {
    confirm(browser, case).await;
    let preview = form(browser, case, "notice", what).await;
    assert_eq!(preview.status, 200, "{}", preview.text);
    let seen = preview.field("seen");
    let mut fields = what.to_vec();
    fields.extend_from_slice(&[("seen", seen.as_str()), ("send", "yes")]);
    let sent = form(browser, case, "notice", &fields).await;
    assert_eq!(sent.location(), format!("/console/cases/{case}"), "{}", sent.text);
    preview
}

async fn approve(browser: &mut Browser, notice: i64) {
    let token = csrf(browser).await;
    assert_eq!(browser.post(&format!("/console/notices/{notice}/approve"), &[("csrf", &token)]).await.status, 303);
}

impl World {
    async fn after(&self, seconds: i64) {
        self.server.move_clock(seconds);
        outbox::tick(&self.server.app).await.unwrap();
    }

    /// A message's head and text.
    fn mail(&self, number: &str) -> (String, String) {
        let file = self.server.data().join("outgoing").join(format!("{number}.eml"));
        let mail = std::fs::read_to_string(file).unwrap();
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        let body = STANDARD.decode(body.replace("\r\n", "")).unwrap();
        (head.to_owned(), String::from_utf8(body).unwrap())
    }

    fn outgoing(&self) -> usize {
        std::fs::read_dir(self.server.data().join("outgoing")).map_or(0, Iterator::count)
    }

    fn today(&self) -> String {
        self.server.app.today().to_string()
    }

    async fn notice(&self, id: i64) -> spotter_server::store::notices::Notice {
        spotter_server::store::notices::find(self.server.app.store.reader(), id).await.unwrap().unwrap()
    }

    async fn links(&self, action: &str) -> Vec<(String, String, String)> {
        sqlx::query_as("SELECT actor, subject, detail FROM audit WHERE action = $1 ORDER BY seq")
            .bind(action)
            .fetch_all(self.server.app.store.read())
            .await
            .unwrap()
    }
}

/// `NUMBER`, its kind and whose it is; the mark stands where it must, and nowhere else.
#[tokio::test]
async fn each_speaks_for_itself_and_the_mark_is_its_holders_alone() {
    let mut w = world("email", &["1", "2", "3", "4", "5"]).await;
    assert!(w.two.get("/console").await.text.contains("Example Trust"), "whose console it is");
    write(&mut w.one, 1, POLICY).await;
    let preview = write(&mut w.one, 2, DSA16).await;
    assert!(preview.text.contains(MARK) && preview.text.contains("It speaks for"));
    write(&mut w.two, 3, POLICY).await;
    assert!(!write(&mut w.two, 4, DSA16).await.text.contains(MARK));
    // The second reviewer may be anybody's.
    approve(&mut w.two, 2).await;
    approve(&mut w.one, 4).await;
    w.after(601).await;
    for (id, name, contact, marked) in [
        (1, "Test programme", "notices@programme.example", false),
        (2, "Test programme", "notices@programme.example", true),
        (3, OTHER, "notices@trust.example", false),
        (4, OTHER, "notices@trust.example", false),
    ] {
        let (head, text) = w.mail(&format!("WN-2026-{id:06}"));
        assert!(head.starts_with(&format!("From: {contact}\r\n")), "{head}");
        assert!(text.contains(name) && text.contains(contact), "{text}");
        assert_eq!(text.contains(MARK), marked, "{text}");
        let notice = w.notice(id).await;
        let ground = &notice.rendered.json["wildlife_notice"]["ground"];
        assert_eq!(ground["trusted_flagger"].as_bool().unwrap_or(false), marked);
        assert_eq!((notice.trusted, notice.rendered.text.as_str()), (marked, text.as_str()));
        assert_eq!(notice.rendered.json["reporter"]["org"], *name);
    }
    let year = &w.today()[..4];
    let path = format!("/console/trends/article22?year={year}");
    let page = w.one.get(&path).await.text;
    assert!(page.contains("Notices in") && page.contains("<b>1</b>") && !page.contains("Example Trust"), "{page}");

    // The other one holds the status from today on: a notice that it made before stays without, the next one has it.
    let from = w.today();
    let status = [("trusted_by", "Another Authority"), ("trusted_from", from.as_str())];
    assert_eq!(keep(&mut w.admin, 2, &status).await.status, 303);
    assert!(!w.notice(4).await.trusted);
    write(&mut w.two, 5, DSA16).await;
    approve(&mut w.one, 5).await;
    w.after(601).await;
    assert!(w.mail("WN-2026-000005").1.contains("awarded by Another Authority"));
    let page = w.one.get(&path).await.text;
    assert!(page.contains(OTHER) && page.contains("Another Authority") && page.matches("<b>1</b>").count() == 2);
    common::html::only_ours(&page);
    let all = w.one.get(&format!("/console/trends/article22/by-provider?year={year}")).await.text;
    assert!(all.lines().count() == 3 && all.contains("Test programme"), "{all}");
    let path = format!("/console/trends/article22/by-provider?year={year}&organisation=2");
    let own = w.one.get(&path).await.text;
    assert!(own.lines().count() == 2 && own.contains(OTHER) && !own.contains("Test programme"), "{own}");
    assert_eq!(w.one.get("/console/trends/article22/by-provider?organisation=9").await.status, 404);
    audit::verify(w.server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn a_new_name_rewrites_nothing_that_was_made_before() {
    let mut w = world("email", &["1", "2", "3"]).await;
    write(&mut w.two, 1, POLICY).await;
    w.after(601).await;
    let (sent, before) = (w.mail("WN-2026-000001"), w.notice(1).await);
    // One waits, and a referral is written.
    write(&mut w.two, 2, POLICY).await;
    confirm(&mut w.two, 3).await;
    let token = csrf(&mut w.two).await;
    let draft = [("csrf", token.as_str()), ("agency", "Example Agency"), ("facts", "Seen.")];
    let place = w.two.post("/console/cases/3/referral", &draft).await.location().to_owned();
    assert!(w.two.get(&place).await.text.contains(OTHER));

    let renamed = [("short", "Renamed"), ("name", "Renamed Society"), ("contact", "new@renamed.example")];
    assert_eq!(keep(&mut w.admin, 2, &renamed).await.status, 303);
    w.after(601).await;
    assert_eq!(w.notice(1).await.rendered, before.rendered);
    assert_eq!(w.mail("WN-2026-000001"), sent);
    let (head, text) = w.mail("WN-2026-000002");
    assert!(head.contains("From: notices@trust.example") && text.contains(OTHER) && !text.contains("Renamed"));
    let letter = w.two.get(&place).await.text;
    assert!(letter.contains(&format!("From {OTHER} (notices@trust.example)")), "{letter}");
    for sql in [
        "UPDATE notices SET organisation_id = 1 WHERE id = 1",
        "UPDATE referrals SET organisation = 'Another'",
        "UPDATE referrals SET contact = 'x@y.example'",
        "UPDATE referrals SET organisation_id = 1",
        "DELETE FROM organisations WHERE id = 2",
        "DELETE FROM organisations",
    ] {
        w.server.refuses(sql).await;
    }
    // Moving its writer changes nothing of it either; what comes next is the other organisation's.
    assert_eq!(move_to(&w.server, &mut w.admin, "Reviewer Two", 1).await.status, 303);
    assert_eq!(w.notice(2).await.organisation, "Renamed");
    let moved = w.links("reviewer.moved").await;
    assert_eq!(moved.last().unwrap().2, "organisation:1");
    audit::verify(w.server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn a_status_that_ends_before_the_notice_goes_leaves_the_notice_without_it() {
    for channel in ["email", "pull", "csv"] {
        let mut w = world(channel, &["1", "2"]).await;
        write(&mut w.one, 1, DSA16).await;
        let made = w.notice(1).await.rendered;
        assert!(made.text.contains(MARK));
        approve(&mut w.two, 1).await;
        // From today on it does not hold.
        let today = w.today();
        let ended = [("trusted_from", "2020-01-01"), ("trusted_end", today.as_str())];
        assert_eq!(keep_first(&mut w.admin, &ended).await.status, 303);
        let token = csrf(&mut w.admin).await;
        let secrets = w.admin.post("/console/companies/1/secrets", &[("csrf", &token)]).await.text;
        let pull_token = secrets.split("<dd>").nth(2).unwrap().split('<').next().unwrap().to_owned();
        w.after(601).await;
        match channel {
            "pull" => {
                let request = w.server.http.get(w.server.url("/v1/notices")).bearer_auth(&pull_token);
                let page: Value = request.send().await.unwrap().json().await.unwrap();
                assert_eq!(page["notices"][0]["wildlife_notice"]["ground"]["trusted_flagger"], json!(false));
            }
            "csv" => w.after(7 * 86_400).await,
            _ => {}
        }
        let sent = w.notice(1).await;
        assert!(sent.sent_at.is_some() && !sent.trusted, "{channel}");
        let mark = format!("Test programme {MARK}, awarded by Example Authority.\n\n");
        assert_eq!(sent.rendered.text, made.text.replace(&mark, ""), "all else letter by letter");
        assert_eq!(sent.rendered.parts.len(), made.parts.len() - 1);
        assert_eq!(sent.rendered.json["wildlife_notice"]["ground"]["trusted_flagger"], json!(false));
        if channel == "email" {
            assert_eq!(w.mail("WN-2026-000001").1, sent.rendered.text);
        }
        let links = w.links("notice.unmarked").await;
        assert_eq!((links.len(), links[0].0.as_str(), links[0].1.as_str()), (1, "server", "notice:1"));
        let mut one = w.server.reviewer_with_session("Reviewer One").await;
        let year = w.today()[..4].to_owned();
        let page = one.get(&format!("/console/trends/article22?year={year}")).await.text;
        assert!(page.contains("No organisation of this server holds the status"), "{page}");
        // What is made from now on has none from the start.
        assert!(!write(&mut one, 2, DSA16).await.text.contains(MARK));
        audit::verify(w.server.app.store.read()).await.unwrap();
    }
}

#[tokio::test]
async fn who_retired_invites_nobody_and_sends_nothing() {
    let mut w = world("email", &["1", "2", "3", "4"]).await;
    let mut lead = as_role(&w.server, "Lead Two", Role::Lead).await;
    assert_eq!(move_to(&w.server, &mut w.admin, "Lead Two", 2).await.status, 303);
    let token = csrf(&mut lead).await;
    let fields = [("csrf", token.as_str()), ("role", "reviewer")];
    let invited = lead.post("/console/people/invite", &fields).await;
    let from = invited.text.find("/console/welcome/").unwrap();
    let welcome = invited.text[from..].split('<').next().unwrap().to_owned();
    let mut guest = Browser::new(&w.server);
    assert!(guest.get(&welcome).await.text.contains(&format!("Welcome to <bdi>{OTHER}")));
    // One notice waits for a second reviewer, one for its ten minutes; a referral is approved by two.
    write(&mut w.two, 1, DSA16).await;
    write(&mut w.two, 2, POLICY).await;
    confirm(&mut w.two, 3).await;
    let token = csrf(&mut w.two).await;
    let draft = [("csrf", token.as_str()), ("agency", "Example Agency"), ("facts", "Seen.")];
    let referral = w.two.post("/console/cases/3/referral", &draft).await.location().to_owned();
    let steps = async |browser: &mut Browser, event: &str| {
        let token = csrf(browser).await;
        browser
            .post(&format!("{referral}/step"), &[("csrf", &token), ("event", event), ("words", "by hand")])
            .await
            .status
    };
    assert_eq!((steps(&mut w.one, "approve_first").await, steps(&mut lead, "approve").await), (303, 303));
    let code = spotter_server::random::token();
    let new =
        devices::Invited { uses: 9, cohort: String::new(), tier: Tier::Spotter, replaces: None, organisation_id: 2 };
    let mut tx = w.server.app.store.begin().await.unwrap();
    devices::invite(&mut tx, &code, &new, &w.server.app.now()).await.unwrap();
    tx.commit().await.unwrap();

    let token = csrf(&mut w.admin).await;
    let retire = |id: i64, back: &'static str| {
        (format!("/console/organisations/{id}/retire"), [("csrf", token.clone()), ("back", back.to_owned())])
    };
    async fn post(browser: &mut Browser, what: (String, [(&str, String); 2])) -> Page {
        let fields: Vec<(&str, &str)> = what.1.iter().map(|(k, v)| (*k, v.as_str())).collect();
        browser.post(&what.0, &fields).await
    }
    assert_eq!(post(&mut w.admin, retire(9, "no")).await.status, 404);
    assert_eq!(post(&mut w.admin, retire(2, "perhaps")).await.status, 422);
    assert_eq!(post(&mut w.admin, retire(2, "no")).await.status, 303);
    assert_eq!(post(&mut w.admin, retire(1, "no")).await.status, 422, "one has to be left");
    assert_eq!(w.links("organisation.retired").await[0].2, "2 notices taken back");

    // Nothing of it goes, and the cases can be told by others.
    w.after(3_600).await;
    assert_eq!(w.outgoing(), 0);
    for case in [1, 2] {
        let page = w.one.get(&format!("/console/cases/{case}")).await.text;
        assert!(page.contains("Write a notice"), "case {case}");
    }
    let refused = w.two.get("/console/cases/1/notice").await;
    assert!(refused.status == 409 && refused.text.contains("takes part no more"), "{}", refused.text);
    let token = csrf(&mut w.two).await;
    let draft = [("csrf", token.as_str()), ("agency", "Example Agency"), ("facts", "Seen again.")];
    assert_eq!(w.two.post("/console/cases/3/referral", &draft).await.status, 409);
    assert_eq!(steps(&mut w.one, "send").await, 409);
    let token = csrf(&mut w.one).await;
    assert_eq!(w.one.post(&format!("{referral}/package"), &[("csrf", &token)]).await.status, 409);
    // Nobody comes in.
    let token = csrf(&mut lead).await;
    let fields = [("csrf", token.as_str()), ("role", "reviewer")];
    assert_eq!(lead.post("/console/people/invite", &fields).await.status, 409);
    assert!(lead.get("/console/people").await.text.contains("invites nobody"));
    assert_eq!(guest.get(&welcome).await.status, 410);
    assert_eq!(guest.post(&welcome, &[("name", "New One"), ("password", PASSWORD)]).await.status, 410);
    let device = Device::new();
    let joins = w.server.http.post(w.server.url("/v1/enrolments")).json(&device.enrolment(&code)).send().await.unwrap();
    assert!(!joins.status().is_success());
    let said = spotter_server::commands::invite(
        w.server.data(),
        1,
        (String::new(), Tier::Spotter),
        (None, Some("example trust".into())),
        None,
    )
    .await;
    assert!(said.unwrap_err().to_string().contains("invites nobody"));
    assert_eq!(move_to(&w.server, &mut w.admin, "Reviewer One", 2).await.status, 422, "nobody is moved there");
    // Another one writes it; the retired one may come back.
    write_again(&mut w.one, 2).await;
    w.after(601).await;
    assert_eq!(w.outgoing(), 1);
    let token = csrf(&mut w.admin).await;
    let back = [("csrf", token.as_str()), ("back", "yes")];
    assert_eq!(w.admin.post("/console/organisations/2/retire", &back).await.status, 303);
    assert_eq!(guest.get(&welcome).await.status, 200);
    audit::verify(w.server.app.store.read()).await.unwrap();
}

/// A policy notice on a case that is confirmed already.
async fn write_again(browser: &mut Browser, case: i64) {
    let preview = form(browser, case, "notice", POLICY).await;
    let seen = preview.field("seen");
    let fields = [POLICY, &[("seen", seen.as_str()), ("send", "yes")]].concat();
    assert_eq!(form(browser, case, "notice", &fields).await.status, 303);
}

#[tokio::test]
async fn only_an_admin_changes_them_and_each_change_is_a_link() {
    let mut w = world("email", &["1"]).await;
    let mut lead = as_role(&w.server, "The lead", Role::Lead).await;
    assert_eq!(lead.get("/console/organisations").await.status, 200);
    let page = lead.get("/console/organisations/2").await;
    assert!(page.status == 200 && !page.text.contains("action=\"/console/organisations"));
    for (browser, role) in [(&mut lead, "lead"), (&mut w.one, "reviewer")] {
        assert_eq!(keep(browser, 2, &[]).await.status, 403, "{role}");
        assert_eq!(keep(browser, 0, &[("short", "Mine")]).await.status, 403, "{role}");
        assert_eq!(move_to(&w.server, browser, "Reviewer One", 2).await.status, 403, "{role}");
        let token = csrf(browser).await;
        let retire = [("csrf", token.as_str()), ("back", "no")];
        assert_eq!(browser.post("/console/organisations/2/retire", &retire).await.status, 403, "{role}");
    }
    // A lead invites into their own alone.
    let token = csrf(&mut lead).await;
    let other = [("csrf", token.as_str()), ("role", "reviewer"), ("organisation", "2")];
    assert_eq!(lead.post("/console/people/invite", &other).await.status, 403);
    let token = csrf(&mut w.admin).await;
    let other = [("csrf", token.as_str()), ("role", "reviewer"), ("organisation", "2")];
    let invited = w.admin.post("/console/people/invite", &other).await;
    let from = invited.text.find("/console/welcome/").unwrap();
    let welcome = invited.text[from..].split('<').next().unwrap().to_owned();
    let mut guest = Browser::new(&w.server);
    guest.post(&welcome, &[("name", "New One"), ("password", PASSWORD)]).await;
    guest.log_in("New One", PASSWORD).await;
    assert!(guest.get("/console").await.text.contains("title=\"Your organisation\"><bdi>Example Trust"));
    let people = w.admin.get("/console/people").await.text;
    assert!(people.contains("Organisation of New One") && people.contains(">Move<"));
    assert!(!lead.get("/console/people").await.text.contains(">Move<"));

    let [longer, longest, endless] = [41, 161, 2_001].map(|n| "x".repeat(n));
    for (field, value) in [
        ("short", ""),
        ("short", longer.as_str()),
        ("short", "Test programme"),
        ("name", ""),
        ("name", "Two\nlines"),
        ("name", "Turned \u{202e}round"),
        ("name", longest.as_str()),
        ("contact", "nobody"),
        ("contact", "a@b.example\r\nBcc: all@example.org"),
        ("country", "D1"),
        ("country", "DEU"),
        ("controller", endless.as_str()),
        ("controller", "hid\u{200b}den"),
        ("trusted_from", "2026-01-01"),
    ] {
        assert_eq!(keep(&mut w.admin, 2, &[(field, value)]).await.status, 422, "{field} {value:?}");
    }
    for days in [["2026-02-30", ""], ["2026-01-01", "2026-01-01"], ["", "yesterday"]] {
        let status = [("trusted_by", "A"), ("trusted_from", days[0]), ("trusted_end", days[1])];
        assert_eq!(keep(&mut w.admin, 2, &status).await.status, 422, "{days:?}");
    }
    assert_eq!(keep(&mut w.admin, 9, &[("short", "Nine")]).await.status, 404);
    assert_eq!(move_to(&w.server, &mut w.admin, "Reviewer One", 9).await.status, 422);
    assert_eq!(w.admin.get("/console/organisations/9").await.status, 404);

    assert_eq!(keep(&mut w.admin, 2, &[]).await.status, 303, "nothing changed");
    let status = [("country", "FR"), ("trusted_by", "Authority"), ("trusted_from", "2026-01-01")];
    assert_eq!(keep(&mut w.admin, 2, &status).await.status, 303);
    let id = id_of(&w.server, "The admin").await;
    let want = ("country, status \"Authority\" from \"2026-01-01\" to \"\"".to_owned(), format!("reviewer:{id}"));
    let changed = w.links("organisation.changed").await;
    let last = changed.last().unwrap();
    assert_eq!((last.2.clone(), last.0.clone(), last.1.as_str()), (want.0, want.1, "organisation:2"));
    assert_eq!(changed.len(), 2, "the settings' and this one: {changed:?}");
    assert_eq!(w.links("organisation.made").await.len(), 1);
    audit::verify(w.server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn the_first_one_follows_the_settings_until_somebody_changes_it() {
    let mut w = world("email", &["1"]).await;
    let store = &w.server.app.store;
    let first = || async { organisations::find(store.read(), 1).await.unwrap().unwrap() };
    let own = first().await;
    assert_eq!((own.short.as_str(), own.name.as_str()), ("Test programme", "Test programme"));
    assert_eq!((own.contact.as_str(), own.trusted_by.as_str()), ("notices@programme.example", "Example Authority"));
    let now = w.server.app.now();
    let long = format!("{}\u{202e}\n{}", "a".repeat(50), "b".repeat(200));
    organisations::follow(store, (&long, "", ""), &now).await.unwrap();
    let own = first().await;
    assert_eq!((own.short.chars().count(), own.name.chars().count(), own.trusted_by.as_str()), (40, 161, ""));
    assert!(!own.name.contains(['\n', '\u{202e}']));
    // A name that another one has.
    organisations::follow(store, ("EXAMPLE trust", "x@y.example", ""), &now).await.unwrap();
    assert_eq!((first().await.short.len(), first().await.name.as_str()), (40, "EXAMPLE trust"));
    assert_eq!(keep_first(&mut w.admin, &[]).await.status, 303);
    organisations::follow(&w.server.app.store, ("Another", "z@y.example", "Nobody"), &now).await.unwrap();
    let own = organisations::find(w.server.app.store.read(), 1).await.unwrap().unwrap();
    assert_eq!((own.name.as_str(), own.trusted_by.as_str()), ("Test programme", "Example Authority"));
}

#[tokio::test]
async fn whoever_asks_learns_who_answers() {
    let mut w = world("email", &["1"]).await;
    let code = spotter_server::random::token();
    let new =
        devices::Invited { uses: 1, cohort: String::new(), tier: Tier::Spotter, replaces: None, organisation_id: 2 };
    let mut tx = w.server.app.store.begin().await.unwrap();
    devices::invite(&mut tx, &code, &new, &w.server.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let device = Device::new();
    let request = w.server.http.post(w.server.url("/v1/enrolments")).json(&device.enrolment(&code));
    let joined = common::opened(
        &w.server.app,
        &request.send().await.unwrap().json().await.unwrap(),
        spotter_model::dsse::ENROLMENT_TYPE,
    );
    assert_eq!(joined["organisation"], OTHER);
    device.send(&w.server, &report("2")).await;
    // Who reports a case that is there changes nothing.
    device.send(&w.server, &report("1")).await;
    let cases: Vec<i64> = sqlx::query_scalar("SELECT organisation_id FROM cases ORDER BY id")
        .fetch_all(w.server.app.store.read())
        .await
        .unwrap();
    assert_eq!(cases, [1, 2]);
    assert!(w.one.get("/console/cases/2").await.text.contains("Reported first to <bdi>Example Trust"));

    let page = Browser::new(&w.server).get("/privacy").await.text;
    for said in [
        "Test programme",
        OTHER,
        "mailto:notices@trust.example",
        "Data protection officer: officer@trust.example",
        "write to any of them",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let token = csrf(&mut w.admin).await;
    let today = w.today();
    let ask = [
        ("csrf", token.as_str()),
        ("kind", "access"),
        ("received_on", today.as_str()),
        ("marketplace", "market.example"),
        ("seller", "synthetic-seller"),
        ("who", "Somebody, by letter"),
        ("organisation", "2"),
    ];
    let mut wrong = ask;
    wrong[6].1 = "9";
    assert_eq!(w.admin.post("/console/privacy", &wrong).await.status, 422);
    let place = w.admin.post("/console/privacy", &ask).await.location().to_owned();
    let asked = w.admin.get(&place).await.text;
    assert!(
        asked.contains(&format!("Addressed to <bdi>{OTHER}")) && asked.contains("Agree between yourselves who answers"),
        "{asked}"
    );
    assert!(w.admin.get("/console/privacy").await.text.contains("Addressed to"));
    let request = w.admin.request(Method::POST, &format!("{place}/export")).header("sec-fetch-site", "same-origin");
    let archive = request.form(&[("csrf", token.as_str()), ("part", "1")]).send().await.unwrap().bytes().await.unwrap();
    let files = spotter_model::archive::read(&archive).unwrap();
    let held: Value = serde_json::from_slice(files.iter().find(|f| f.name == "held.json").unwrap().bytes).unwrap();
    assert_eq!((&held["controller"]["name"], &held["controller"]["country"]), (&json!(OTHER), &json!("DE")));
    let of_cases: Vec<&str> =
        held["controllers_of_cases"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(of_cases.len(), 2);
    assert!(w.links("privacy.asked").await[0].2.ends_with("to organisation:2"));
}

#[tokio::test]
async fn names_that_want_to_be_something_else_are_text() {
    // As the form takes them, and as something that got past it would leave them.
    const FORMULA: &str = "=HYPERLINK(\"https://x.example\",\"y\")<script>alert(1)</script>";
    const TURNED: &str = "Trust\u{202e}\r\nBcc: all@example.org\u{200b}<b>";
    for channel in ["email", "csv"] {
        let mut w = world(channel, &["1", "2"]).await;
        let hostile = [("short", "=1+1<b>"), ("name", FORMULA), ("trusted_by", "=cmd|' /C calc'!A0")];
        assert_eq!(keep(&mut w.admin, 2, &hostile).await.status, 303);
        write(&mut w.two, 1, DSA16).await;
        approve(&mut w.one, 1).await;
        let mut tx = w.server.app.store.begin().await.unwrap();
        sqlx::query("UPDATE organisations SET name = $1, trusted_by = $1, controller = $1 WHERE id = 2")
            .bind(TURNED)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        write(&mut w.two, 2, POLICY).await;
        w.after(601).await;
        if channel == "csv" {
            w.after(7 * 86_400).await;
            let mut files = std::fs::read_dir(w.server.data().join("outgoing")).unwrap();
            let file = std::fs::read_to_string(files.next().unwrap().unwrap().path()).unwrap();
            assert_eq!(file.lines().count(), 3, "{file}");
        } else {
            let (head, text) = w.mail("WN-2026-000001");
            assert!(text.contains(FORMULA) && head.lines().all(str::is_ascii), "{head}");
            let (head, text) = w.mail("WN-2026-000002");
            assert!(
                !head.contains("Bcc")
                    && head.starts_with("From: notices@trust.example\r\nTo: trust@market.example\r\n"),
                "{head}"
            );
            assert!(
                !text.contains(['\u{202e}', '\u{200b}']) && !text.contains("\nBcc") && text.contains('\u{fffd}'),
                "{text}"
            );
        }
        let mut admin = as_role(&w.server, "The admin", Role::Admin).await;
        let year = w.today()[..4].to_owned();
        for place in [
            "/console/organisations",
            "/console/organisations/2",
            "/console/people",
            "/console/notices",
            "/console/notices/1",
            "/console/notices/2",
            "/console/cases/1",
            "/console/privacy",
            &format!("/console/trends/article22?year={year}"),
            "/privacy",
            "/before-you-buy",
        ] {
            let page = admin.get(place).await;
            assert_eq!(page.status, 200, "{place}");
            common::html::only_ours(&page.text);
            let bare = |c: char| matches!(c, '\u{202e}' | '\u{200b}');
            assert!(!page.text.contains(bare) && !page.text.contains("<script>alert"), "{place}");
        }
        let csv = admin.get(&format!("/console/trends/article22/by-provider?year={year}&organisation=2")).await.text;
        assert!(csv.lines().count() == 2 && !csv.contains('\u{202e}'), "{csv}");
        let mut tx = w.server.app.store.begin().await.unwrap();
        sqlx::query("UPDATE organisations SET name = $1 WHERE id = 2").bind(FORMULA).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let csv = admin.get(&format!("/console/trends/article22/by-provider?year={year}&organisation=2")).await.text;
        let mut rows = csv::ReaderBuilder::new().from_reader(csv.as_bytes());
        let row = rows.records().next().unwrap().unwrap();
        assert!(row[0].starts_with("'=HYPERLINK"), "{csv}");
        let pdf = admin.request(Method::GET, "/console/notices/1/pdf").send().await.unwrap();
        assert_eq!(pdf.headers()["content-type"], "application/pdf");
        let shown = read::read(&pdf.bytes().await.unwrap());
        let words: String = shown.text.split_whitespace().collect();
        assert!(words.contains("=HYPERLINK(") && words.contains("<script>alert(1)</script>"), "{words}");
    }
}

/// Whatever address got into the row: no message is made from one that could be more than an address.
#[tokio::test]
async fn no_message_is_from_an_address_that_is_none() {
    let mut w = world("email", &["1"]).await;
    let mut tx = w.server.app.store.begin().await.unwrap();
    let address = "a@b.example\r\nBcc: all@example.org";
    sqlx::query("UPDATE organisations SET contact = $1 WHERE id = 2").bind(address).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    write(&mut w.two, 1, POLICY).await;
    w.after(601).await;
    assert_eq!(w.outgoing(), 0);
    assert!(w.one.get("/console/notices").await.text.contains("no e-mail address"));
}
