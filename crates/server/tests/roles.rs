//! Who may what in the console: every route with every role, invitations, changed roles, and the end of access.

mod common;

use common::{Browser, PASSWORD, Running, report};
use reqwest::Method;
use spotter_server::audit;
use spotter_server::roles::{Role, TABLE};
use spotter_server::store::{people, reviewers, word};
use totp_rs::{Builder, Secret, Totp};

async fn as_role(server: &Running, name: &str, role: Role) -> Browser {
    let browser = server.reviewer_with_session(name).await;
    let mut tx = server.app.store.begin().await.unwrap();
    people::set_role_by_name(&mut tx, name, role).await.unwrap();
    tx.commit().await.unwrap();
    browser
}

async fn world() -> Running {
    let server = Running::start().await;
    server.device().await.send(&server, &report("1")).await;
    server
}

/// A token of this session's forms; every role has the page of keys.
async fn csrf(browser: &mut Browser) -> String {
    browser.get("/console/keys").await.field("csrf")
}

#[tokio::test]
async fn every_route_is_open_to_its_roles_and_shut_to_all_others() {
    let server = world().await;
    for role in Role::ALL {
        let mut browser = as_role(&server, &format!("One {}", word(&role)), role).await;
        for (method, route, roles) in TABLE {
            // It would end the session that the rest of the walk needs.
            if *route == "/console/logout" {
                continue;
            }
            let mut path = (*route).replace("{sha256}", &"0".repeat(64)).replace("{number}", "WS-2026-000001");
            for number in ["{id}", "{seq}"] {
                path = path.replace(number, "1");
            }
            let request = browser.request(Method::from_bytes(method.as_bytes()).unwrap(), &path);
            // A form without its fields: whoever may ask is told what is wrong with it, and nothing is changed.
            let page = browser.go(request.header("sec-fetch-site", "same-origin")).await;
            let shut = page.status == 403 && page.text.contains("Not for your role");
            assert_eq!(shut, !roles.contains(&role), "{role:?} {method} {route}: {}", page.status);
            assert!(
                page.status != 405 && page.location() != "/console/login",
                "{role:?} {method} {route}: {}",
                page.status
            );
        }
        // Pages link to nothing that the role does not have.
        let home = browser.get(role.home()).await;
        assert_eq!(home.status, 200, "{role:?}");
        let places = home.text.split("<nav aria-label=\"Console\">").nth(1).unwrap().split("</nav>").next().unwrap();
        for link in places.split("href=\"").skip(1).map(|part| part.split('"').next().unwrap()) {
            assert!(role.may("GET", link), "{role:?} is offered {link}");
        }
    }
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn an_auditor_reads_a_case_and_finds_nothing_to_press() {
    let server = world().await;
    let mut auditor = as_role(&server, "One auditor", Role::Auditor).await;
    let page = auditor.get("/console/cases/1").await;
    assert_eq!(page.status, 200);
    for form in page.text.split("<form").skip(1) {
        assert!(form.contains("action=\"/console/logout\""), "{form}");
    }
    assert!(page.text.contains("netsuke") && !page.text.contains("/evidence"));
    let holder: i64 =
        sqlx::query_scalar("SELECT count(*) FROM leases").fetch_one(server.app.store.read()).await.unwrap();
    assert_eq!(holder, 0, "reading keeps nobody from working");
    let mut trainer = Browser::new(&server);
    as_role(&server, "One trainer", Role::Trainer).await;
    assert_eq!(trainer.log_in("One trainer", PASSWORD).await.location(), "/console/class");
}

#[tokio::test]
async fn people_come_by_invitation_and_go() {
    let server = world().await;
    let mut lead = server.reviewer("The lead").await;
    let token = csrf(&mut lead).await;
    let invite = |role: &'static str| [("csrf", token.clone()), ("role", role.to_owned())];
    async fn post(browser: &mut Browser, path: &str, fields: &[(&str, String)]) -> common::Page {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        browser.post(path, &fields).await
    }
    let link = |page: &common::Page| {
        let from = page.text.find("/console/welcome/").unwrap();
        page.text[from..].split(['<', '"']).next().unwrap().to_owned()
    };
    // Nobody makes more than they are.
    for role in ["admin", "lead"] {
        assert_eq!(post(&mut lead, "/console/people/invite", &invite(role)).await.status, 403, "{role}");
    }
    assert_eq!(post(&mut lead, "/console/people/invite", &invite("emperor")).await.status, 422);
    let welcome = link(&post(&mut lead, "/console/people/invite", &invite("reviewer")).await);

    let mut guest = Browser::new(&server);
    assert_eq!(guest.get(&welcome).await.status, 200);
    for (name, password) in [("", PASSWORD), ("New One", "short"), ("the LEAD", PASSWORD)] {
        assert_eq!(guest.post(&welcome, &[("name", name), ("password", password)]).await.status, 422, "{name}");
    }
    assert_eq!(guest.post(&welcome, &[("name", "New One"), ("password", PASSWORD)]).await.location(), "/console/login");
    assert_eq!(guest.post(&welcome, &[("name", "Second"), ("password", PASSWORD)]).await.status, 410, "once");
    assert_eq!(guest.get(&welcome).await.status, 410);
    assert_eq!(guest.get("/console/welcome/nothing").await.status, 410);
    assert_eq!(guest.log_in("New One", PASSWORD).await.location(), "/console");
    assert_eq!(guest.get("/console/people").await.status, 403);

    // An invitation that waits too long.
    let old = link(&post(&mut lead, "/console/people/invite", &invite("reviewer")).await);
    server.move_clock(7 * 86_400 + 1);
    assert_eq!(guest.get(&old).await.status, 410);
    let (mut lead, mut guest) = (Browser::new(&server), Browser::new(&server));
    lead.log_in("The lead", PASSWORD).await;
    guest.log_in("New One", PASSWORD).await;
    let token = csrf(&mut lead).await;
    let (id, _) = reviewers::password_of(server.app.store.read(), "New One").await.unwrap().unwrap();
    let theirs = |what: &str| format!("/console/people/{id}/{what}");

    // A new role holds at once; nobody changes themselves.
    let field = |role: &str| [("csrf", token.clone()), ("role", role.to_owned())];
    assert_eq!(post(&mut lead, &theirs("role"), &field("admin")).await.status, 403);
    assert_eq!(post(&mut lead, "/console/people/1/role", &field("auditor")).await.status, 403);
    assert_eq!(post(&mut lead, "/console/people/99/role", &field("auditor")).await.status, 403);
    assert_eq!(guest.decide(1, "cannot_tell", "").await.status, 303);
    assert_eq!(post(&mut lead, &theirs("role"), &field("trainer")).await.status, 303);
    assert_eq!(guest.get("/console/cases/1").await.status, 403);

    // The end of access: sessions and logins, and the invitations of whoever has gone.
    assert_eq!(post(&mut lead, "/console/people/1/end", &field("")).await.status, 403, "not oneself");
    assert_eq!(post(&mut lead, &theirs("end"), &field("")).await.status, 303);
    assert_eq!(guest.get("/console/terms").await.location(), "/console/login");
    assert_eq!(guest.log_in("New One", PASSWORD).await.status, 401);
    assert!(lead.get("/console/cases/1").await.text.contains("New One"), "what they decided stays theirs");
    audit::verify(server.app.store.read()).await.unwrap();
}

/// The app on somebody's phone, from the key on the page.
fn app_of(page: &str) -> Totp {
    let key = page.split("secret=").nth(1).unwrap().split(['&', '<']).next().unwrap();
    Builder::new().with_secret(Secret::try_from_base32(key).unwrap()).build().unwrap()
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_counts_once() {
    let server = world().await;
    let mut lead = server.reviewer("The lead").await;
    let mut one = as_role(&server, "Reviewer One", Role::Reviewer).await;
    let token = csrf(&mut one).await;
    let now = || server.app.now_s().try_into().unwrap();
    assert_eq!(one.post("/console/second/start", &[("csrf", &token)]).await.status, 303);
    let page = one.get("/console/second").await.text;
    let phone = app_of(&page);
    let far = phone.generate(now() + 3_600).to_string();
    let with = |code: &str| [("csrf", token.clone()), ("code", code.to_owned())];
    async fn post(browser: &mut Browser, path: &str, fields: &[(&str, String)]) -> u16 {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        browser.post(path, &fields).await.status
    }
    for wrong in [far.as_str(), "", "abc"] {
        assert_eq!(post(&mut one, "/console/second/begin", &with(wrong)).await, 422, "{wrong}");
    }
    let first = phone.generate(now()).to_string();
    assert_eq!(post(&mut one, "/console/second/begin", &with(&first)).await, 303);
    assert!(one.get("/console/second").await.text.contains("It is on"));
    // The key is shown no more, and lies sealed in the database.
    let stored: String = sqlx::query_scalar("SELECT factor FROM reviewers WHERE name = 'Reviewer One'")
        .fetch_one(server.app.store.read())
        .await
        .unwrap();
    let key = page.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    assert!(stored.starts_with("v1:") && !stored.contains(key) && !one.get("/console/second").await.text.contains(key));

    let mut fresh = Browser::new(&server);
    let mut log_in = async |code: &str| {
        let csrf = fresh.get("/console/login").await.field("csrf");
        let fields = [("csrf", csrf.as_str()), ("name", "Reviewer One"), ("password", PASSWORD), ("code", code)];
        let status = fresh.post("/console/login", &fields).await.status;
        if status == 303 {
            let csrf = fresh.get("/console/keys").await.field("csrf");
            fresh.post("/console/logout", &[("csrf", &csrf)]).await;
        }
        status
    };
    assert_eq!(log_in("").await, 401, "the password alone");
    assert_eq!(log_in(&first).await, 401, "the code that switched it on was used by that");
    server.move_clock(30);
    let second = phone.generate(now()).to_string();
    let spaced = format!("{} {}", &second[..3], &second[3..]);
    assert_eq!((log_in(&far).await, log_in(&spaced).await, log_in(&second).await), (401, 303, 401));

    // It is not replaced behind its owner's back, and only a code or the lead ends it.
    one.post("/console/second/start", &[("csrf", &token)]).await;
    server.move_clock(30);
    let third = phone.generate(now()).to_string();
    assert_eq!(post(&mut one, "/console/second/begin", &with(&third)).await, 422);
    assert_eq!(post(&mut one, "/console/second/end", &with(&far)).await, 422);
    assert_eq!(post(&mut one, "/console/second/end", &with(&third)).await, 303);
    assert_eq!(log_in("").await, 303);

    one.post("/console/second/start", &[("csrf", &token)]).await;
    let phone = app_of(&one.get("/console/second").await.text);
    let code = phone.generate(now()).to_string();
    assert_eq!(post(&mut one, "/console/second/begin", &with(&code)).await, 303);
    assert_eq!(log_in("").await, 401);
    let theirs = csrf(&mut lead).await;
    assert_eq!(lead.post("/console/people/2/reset", &[("csrf", &theirs)]).await.status, 303);
    assert_eq!(log_in("").await, 303);
    audit::verify(server.app.store.read()).await.unwrap();
}
