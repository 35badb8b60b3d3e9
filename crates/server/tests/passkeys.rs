//! Passkeys: adding one, coming in by one alone, and every way in which an answer is refused. The devices are another house's
//! software authenticator, so that what is judged here is not what this house wrote.

#[path = "passkeys/bent.rs"]
mod bent;
mod common;
#[path = "passkeys/token.rs"]
mod token;

use common::{Browser, PASSWORD, Page, Running};
use reqwest::Method;
use serde_json::{Value, json};
use spotter_server::audit;
use spotter_server::store::reviewers;
use token::Token;

/// What a page's script does: asks this server in JSON.
async fn ask(browser: &mut Browser, path: &str, body: &Value) -> Page {
    let request = browser.request(Method::POST, path).header("sec-fetch-site", "same-origin").json(body);
    browser.go(request).await
}

fn json_of(page: &Page) -> Value {
    serde_json::from_str(&page.text).unwrap_or_else(|_| panic!("{} {}", page.status, page.text))
}

/// The token of a form on a person's own page.
async fn own(browser: &mut Browser) -> String {
    browser.get("/console/second").await.field("csrf")
}

async fn question_to_add(browser: &mut Browser, name: &str) -> (String, Value) {
    let csrf = own(browser).await;
    let page = ask(browser, "/console/passkeys/add/ask", &json!({ "csrf": csrf, "name": name })).await;
    assert_eq!(page.status, 200, "{}", page.text);
    (csrf, json_of(&page))
}

async fn answer_to_add(browser: &mut Browser, csrf: &str, credential: &Value) -> Page {
    ask(browser, "/console/passkeys/add", &json!({ "csrf": csrf, "credential": credential })).await
}

/// Adds a passkey that this device makes.
async fn add(browser: &mut Browser, token: &mut Token, name: &str) {
    let (csrf, question) = question_to_add(browser, name).await;
    let made = token.make(&question, browser.origin()).await;
    let page = answer_to_add(browser, &csrf, &made).await;
    assert_eq!((page.status, json_of(&page)), (200, json!({ "to": "/console/second" })));
}

/// A browser with the login's page open, and what it is asked there.
async fn question_to_enter(browser: &mut Browser) -> (String, Value) {
    let csrf = browser.get("/console/login").await.field("csrf");
    let page = ask(browser, "/console/passkeys/enter/ask", &json!({ "csrf": csrf })).await;
    assert_eq!(page.status, 200, "{}", page.text);
    (csrf, json_of(&page))
}

async fn answer_to_enter(browser: &mut Browser, csrf: &str, credential: &Value) -> Page {
    ask(browser, "/console/passkeys/enter", &json!({ "csrf": csrf, "credential": credential })).await
}

async fn enter(browser: &mut Browser, token: &mut Token) -> Page {
    let (csrf, question) = question_to_enter(browser).await;
    let signed = token.sign(&question, browser.origin()).await;
    answer_to_enter(browser, &csrf, &signed).await
}

async fn count(server: &Running, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(server.app.store.read()).await.unwrap()
}

/// How often something stands in the audit chain.
async fn audited(server: &Running, action: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM audit WHERE action = $1")
        .bind(action)
        .fetch_one(server.app.store.read())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_passkey_opens_the_console_alone_and_the_password_goes_on_to() {
    let server = Running::start().await;
    let mut one = server.reviewer("Reviewer One").await;
    let (mut phone, mut key) = (Token::new(), Token::new());
    let page = one.get("/console/second").await;
    assert!(page.text.contains("Your passkeys") && page.text.contains("<noscript>"), "{}", page.text);
    let csp = page.headers["content-security-policy"].to_str().unwrap();
    assert!(csp.contains("connect-src 'self'") && csp.contains("default-src 'none'"), "{csp}");
    assert!(
        !one.get("/console/keys").await.headers["content-security-policy"].to_str().unwrap().contains("connect-src")
    );

    let (_, question) = question_to_add(&mut one, "My phone").await;
    assert_eq!((&question["rp"]["id"], &question["attestation"]), (&json!("localhost"), &json!("none")));
    assert_eq!(question["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(question["authenticatorSelection"]["userVerification"], "required");
    add(&mut one, &mut phone, "My phone").await;
    add(&mut one, &mut key, "The <b>key</b>").await;
    let (_, question) = question_to_add(&mut one, "Again").await;
    assert_eq!(question["excludeCredentials"].as_array().unwrap().len(), 2);
    let page = one.get("/console/second").await.text;
    assert!(page.contains("My phone") && page.contains("&lt;b&gt;key") && page.matches("not used yet").count() == 2);

    // Somebody without a session, and without a name.
    let mut fresh = Browser::new(&server);
    let (_, question) = question_to_enter(&mut fresh).await;
    assert_eq!((&question["rpId"], &question["userVerification"]), (&json!("localhost"), &json!("required")));
    assert_eq!(question["allowCredentials"], json!([]), "nobody learns who has passkeys");
    for turn in 0..3 {
        let mut fresh = Browser::new(&server);
        let page = enter(&mut fresh, if turn == 1 { &mut key } else { &mut phone }).await;
        assert_eq!((page.status, json_of(&page)), (200, json!({ "to": "/console" })), "{}", page.text);
        assert_eq!(fresh.get("/console").await.status, 200);
    }
    let page = one.get("/console/second").await.text;
    assert!(page.matches("last used").count() == 2 && !page.contains("not used yet"));
    let ways: Vec<String> =
        sqlx::query_scalar("SELECT detail FROM audit WHERE action = 'reviewer.logged_in' ORDER BY seq")
            .fetch_all(server.app.store.read())
            .await
            .unwrap();
    assert_eq!(ways, ["", "passkey:1", "passkey:2", "passkey:1"]);

    // The other way is what it was.
    assert_eq!(Browser::new(&server).log_in("Reviewer One", PASSWORD).await.status, 303);

    // Of a device its public key is kept, and nothing of who made it.
    let keys: Vec<String> =
        sqlx::query_scalar("SELECT public_key FROM passkeys").fetch_all(server.app.store.read()).await.unwrap();
    for key in keys {
        let key: Value = serde_json::from_str(&key).unwrap();
        assert_eq!(key["cred"]["attestation"], json!({ "data": "None", "metadata": "None" }), "{key}");
        assert_eq!((&key["cred"]["attestation_format"], &key["cred"]["transports"]), (&json!("none"), &json!(null)));
    }
    // Only its owner removes it; it opens nothing then, and the other one does.
    let csrf = own(&mut one).await;
    let mut other = server.reviewer("Reviewer Two").await;
    let theirs = own(&mut other).await;
    other.post("/console/passkeys/1/end", &[("csrf", &theirs)]).await;
    assert_eq!(count(&server, "SELECT count(*) FROM passkeys").await, 2);
    assert_eq!(one.post("/console/passkeys/1/end", &[("csrf", "x")]).await.status, 403);
    assert_eq!(one.post("/console/passkeys/1/end", &[("csrf", &csrf)]).await.location(), "/console/second");
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 403);
    assert_eq!(enter(&mut Browser::new(&server), &mut key).await.status, 200);
    assert_eq!(audited(&server, "reviewer.passkey_added").await, 2);
    assert_eq!(audited(&server, "reviewer.passkey_removed").await, 1);
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn adding_asks_for_a_login_that_is_not_old_and_for_a_name() {
    let server = Running::start().await;
    let mut one = server.reviewer("Reviewer One").await;
    let csrf = own(&mut one).await;
    for name in ["", "   ", &"x".repeat(41), "two\nlines"] {
        let page = ask(&mut one, "/console/passkeys/add/ask", &json!({ "csrf": csrf, "name": name })).await;
        assert_eq!(page.status, 422, "{name:?}");
    }
    let page = ask(&mut one, "/console/passkeys/add/ask", &json!({ "csrf": "x", "name": "A" })).await;
    assert_eq!((page.status, json_of(&page)["title"].clone()), (403, json!("This is not allowed.")));
    let nobody =
        ask(&mut Browser::new(&server), "/console/passkeys/add/ask", &json!({ "csrf": csrf, "name": "A" })).await;
    assert_eq!(nobody.location(), "/console/login");

    let mut phone = Token::new();
    add(&mut one, &mut phone, "My phone").await;
    let (csrf, question) = question_to_add(&mut one, "Late").await;
    let made = Token::new().make(&question, one.origin()).await;
    server.move_clock(15 * 60 + 1);
    assert_eq!(ask(&mut one, "/console/passkeys/add/ask", &json!({ "csrf": csrf, "name": "A" })).await.status, 403);
    assert_eq!(answer_to_add(&mut one, &csrf, &made).await.status, 403);
    one.post("/console/passkeys/1/end", &[("csrf", &csrf)]).await;
    assert_eq!(count(&server, "SELECT count(*) FROM passkeys").await, 1);
    let page = one.get("/console/second").await.text;
    assert!(
        page.contains("Log in again") && !page.contains("/console/passkeys/1/end") && !page.contains("Add a passkey")
    );

    // A login by the passkey is as good.
    let mut again = Browser::new(&server);
    assert_eq!(enter(&mut again, &mut phone).await.status, 200);
    for n in 2..=10 {
        add(&mut again, &mut Token::new(), &format!("Number {n}")).await;
    }
    assert!(!again.get("/console/second").await.text.contains("Add a passkey"));
    let csrf = own(&mut again).await;
    let page = ask(&mut again, "/console/passkeys/add/ask", &json!({ "csrf": csrf, "name": "A" })).await;
    assert!(page.status == 422 && page.text.contains("may have 10"), "{}", page.text);
}

#[tokio::test]
async fn whoever_leads_takes_passkeys_away_and_so_does_the_end_of_access() {
    let server = Running::start().await;
    let mut lead = server.reviewer("The lead").await;
    let mut one = server.reviewer("Reviewer One").await;
    let (id, _) = reviewers::password_of(server.app.store.read(), "Reviewer One").await.unwrap().unwrap();
    let mut phone = Token::new();
    let theirs = |what: &str| format!("/console/people/{id}/{what}");
    let csrf = own(&mut lead).await;
    add(&mut one, &mut phone, "My phone").await;
    // A lead is not above a lead.
    assert_eq!(lead.post(&theirs("passkeys/end"), &[("csrf", &csrf)]).await.status, 403);
    let mut tx = server.app.store.begin().await.unwrap();
    spotter_server::store::people::set_role_by_name(&mut tx, "Reviewer One", spotter_server::roles::Role::Reviewer)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(lead.get("/console/people").await.text.contains(&theirs("passkeys/end")));
    let its = own(&mut one).await;
    assert_eq!(one.post(&theirs("passkeys/end"), &[("csrf", &its)]).await.status, 403);
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 200);
    assert_eq!(lead.post(&theirs("passkeys/end"), &[("csrf", &csrf)]).await.status, 303);
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 403);
    assert_eq!(audited(&server, "reviewer.passkeys_off").await, 1);

    // Ended access ends them; so does a new password from the command line.
    add(&mut one, &mut phone, "My phone").await;
    assert_eq!(lead.post(&theirs("end"), &[("csrf", &csrf)]).await.status, 303);
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 403);
    let mut one = server.reviewer("Reviewer One").await;
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 403, "it does not come back with them");
    add(&mut one, &mut phone, "My phone").await;
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 200);
    server.reviewer("Reviewer One").await;
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 403);
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn tries_are_few_as_with_passwords() {
    let server = Running::start().await;
    let mut one = server.reviewer_with_session("Reviewer One").await;
    let mut phone = Token::new();
    add(&mut one, &mut phone, "My phone").await;
    // By name: passwords and passkeys count together.
    let mut statuses = vec![];
    for _ in 0..12 {
        statuses.push(enter(&mut Browser::new(&server), &mut phone).await.status);
    }
    assert_eq!(statuses, [vec![200; 10], vec![429; 2]].concat());
    assert_eq!(Browser::new(&server).log_in("Reviewer One", PASSWORD).await.status, 429);
    // By address, whoever it is about.
    for _ in 0..17 {
        assert_eq!(enter(&mut Browser::new(&server), &mut Token::stray().await).await.status, 403);
    }
    let page = enter(&mut Browser::new(&server), &mut Token::stray().await).await;
    assert!(page.status == 429 && page.headers.contains_key("retry-after"), "{} {}", page.status, page.text);
}

#[tokio::test]
async fn at_a_bare_address_pages_say_why_there_are_none() {
    let origin = "https://192.0.2.7".parse().unwrap();
    let server = Running::with(|settings| settings.public_origin = Some(origin)).await;
    let page = server.http.get(server.url("/console/login")).header("host", "192.0.2.7").send().await.unwrap();
    let text = page.text().await.unwrap();
    assert!(
        text.contains("reached by an IP address")
            && text.contains("name=\"password\"")
            && !text.contains("passkeys.js")
    );
    let csrf = text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = server
        .http
        .post(server.url("/console/passkeys/enter/ask"))
        .header("host", "192.0.2.7")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", format!("__Host-spotter-login={csrf}"))
        .json(&json!({ "csrf": csrf }))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.unwrap().contains("reached by an IP address"));
}

#[tokio::test]
async fn questions_that_nobody_answers_do_not_fill_the_table() {
    use spotter_server::store::passkeys::{self, MOST_ASKED, Purpose};
    let server = Running::start().await;
    let now = server.app.now_s();
    let mut tx = server.app.store.begin().await.unwrap();
    for n in 0..MOST_ASKED + 20 {
        passkeys::ask(&mut tx, &n.to_be_bytes(), Purpose::Enter, ("", "{}"), now + n).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(count(&server, "SELECT count(*) FROM passkey_asks").await, MOST_ASKED);
    let mut tx = server.app.store.begin().await.unwrap();
    assert!(passkeys::asked(&mut tx, &0_i64.to_be_bytes(), Purpose::Enter, now).await.unwrap().is_none(), "the oldest");
    assert!(passkeys::asked(&mut tx, &100_i64.to_be_bytes(), Purpose::Add, now).await.unwrap().is_none());
    assert!(passkeys::asked(&mut tx, &100_i64.to_be_bytes(), Purpose::Enter, now).await.unwrap().is_none(), "taken");
    assert!(passkeys::asked(&mut tx, &101_i64.to_be_bytes(), Purpose::Enter, now).await.unwrap().is_some());
    tx.commit().await.unwrap();
    server.move_clock(3_600);
    spotter_server::serve::expire(&server.app).await.unwrap();
    assert_eq!(count(&server, "SELECT count(*) FROM passkey_asks").await, 0);
}

#[tokio::test]
async fn a_restored_backup_still_knows_them() {
    use spotter_server::backup;
    if common::postgres::only_a_file("the backups of rows there are tested by themselves") {
        return;
    }
    let server = Running::start().await;
    let mut one = server.reviewer("Reviewer One").await;
    let mut phone = Token::new();
    add(&mut one, &mut phone, "My phone").await;
    let folder = tempfile::tempdir().unwrap();
    let [copy, keys, again] = ["copy", "keys", "again"].map(|name| folder.path().join(name));
    backup::make(server.data(), &copy, &server.app.now()).await.unwrap();
    backup::secrets::write(server.data(), &keys).unwrap();
    backup::restore::restore(&copy, &again, Some(&keys), (None, None)).await.unwrap();
    let restored = Running::with(|settings| settings.data = again).await;
    assert_eq!(enter(&mut Browser::new(&restored), &mut phone).await.status, 200);
    let page = Browser::new(&restored).log_in("Reviewer One", PASSWORD).await;
    assert_eq!(page.location(), "/console");
}
