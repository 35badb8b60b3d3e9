//! Referrals from the console to an agency: proposed by triggers, approved by two others, handed over as a package, answered.

mod common;

use common::{Browser, Page, Running, report};
use serde_json::{Value, json};
use spotter_model::archive;

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

    let csrf = one.get("/console/keys").await.field("csrf");
    let request =
        one.request(reqwest::Method::POST, "/console/referrals/1/package").header("sec-fetch-site", "same-origin");
    let answer = request.form(&[("csrf", &csrf)]).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let bytes = answer.bytes().await.unwrap();
    let files = archive::read(&bytes).unwrap();
    let text = |name: &str| String::from_utf8(files.iter().find(|f| f.name == name).unwrap().bytes.to_vec()).unwrap();
    let (letter, draft) = (text("referral.txt"), text("preservation-request-draft.txt"));
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
    let machine: Value = serde_json::from_str(&text("referral.json")).unwrap();
    assert_eq!((&machine["triggers"], &machine["listing"]["id"]), (&json!(["live_great_ape"]), &json!("1")));
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
    // The database itself knows that three stand behind it.
    let mut tx = server.app.store.begin().await.unwrap();
    for wrong in ["second_by = NULL", "second_by = first_by", "first_by = written_by"] {
        let sql = sqlx::AssertSqlSafe(format!("UPDATE referrals SET {wrong} WHERE id = 1"));
        assert!(sqlx::query(sql).execute(&mut *tx).await.is_err(), "{wrong}");
    }
    drop(tx);
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
    let kept: Vec<u8> = sqlx::query_scalar("SELECT seller_mark FROM cases WHERE id = 1")
        .fetch_one(server.app.store.read())
        .await
        .unwrap();
    assert_eq!(kept.len(), 32, "a hash under a key, no name");
}
