//! Known cases: picked by a lead, shown to others without saying so, answered without touching the case, and counted for nobody's shame.

mod common;

use common::{Browser, Page, Running, report};
use spotter_server::roles::Role;
use spotter_server::store::people;

const WHY: &str = "The grain is Schreger-free: bone of cattle.";

/// Six cases, of which the lead has decided the first, and two reviewers.
async fn world() -> (Running, Browser, Browser, Browser) {
    let server = Running::start().await;
    let device = server.device().await;
    for n in 1..=6 {
        device.send(&server, &report(&n.to_string())).await;
    }
    let mut lead = server.reviewer_with_session("Lead One").await;
    let (two, three) =
        (server.reviewer_with_session("Reviewer Two").await, server.reviewer_with_session("Reviewer Three").await);
    let mut tx = server.app.store.begin().await.unwrap();
    for (name, role) in [("Lead One", Role::Lead), ("Reviewer Two", Role::Reviewer), ("Reviewer Three", Role::Reviewer)]
    {
        people::set_role_by_name(&mut tx, name, role).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(lead.decide(1, "not_prohibited", "").await.status, 303);
    (server, lead, two, three)
}

async fn pick(lead: &mut Browser, case: i64, answer: &str, why: &str) -> Page {
    let csrf = lead.get("/console/keys").await.field("csrf");
    lead.post(&format!("/console/cases/{case}/gold"), &[("csrf", &csrf), ("answer", answer), ("why", why)]).await
}

async fn share(lead: &mut Browser, every: &str) -> Page {
    let csrf = lead.get("/console/keys").await.field("csrf");
    lead.post("/console/gold", &[("csrf", &csrf), ("every", every)]).await
}

async fn answer(browser: &mut Browser, case: i64, decision: &str) -> Page {
    let csrf = browser.get("/console/keys").await.field("csrf");
    browser.post(&format!("/console/gold/{case}"), &[("csrf", &csrf), ("decision", decision)]).await
}

/// State, version and number of decisions of a case.
async fn stands(server: &Running, case: i64) -> (String, i64, i64) {
    sqlx::query_as(
        "SELECT state, version, (SELECT count(*) FROM decisions d WHERE d.case_id = c.id) FROM cases c WHERE id = $1",
    )
    .bind(case)
    .fetch_one(server.app.store.read())
    .await
    .unwrap()
}

#[tokio::test]
async fn a_known_case_comes_unsaid_is_answered_once_and_stays_as_it_was() {
    let (server, mut lead, mut two, _) = world().await;
    assert_eq!(share(&mut lead, "2").await.status, 303);
    assert_eq!(pick(&mut lead, 1, "not_prohibited", WHY).await.status, 303);
    assert!(lead.get("/console/cases/1").await.text.contains(WHY), "leads read it on the case's page");
    let before = stands(&server, 1).await;

    assert_eq!(two.decide(2, "invalid", "").await.location(), "/console/cases/3?done=2", "not before two decisions");
    let place = two.decide(3, "invalid", "").await.location().to_owned();
    assert_eq!(place, "/console/gold/1?done=3");
    let page = two.get(&place).await;
    assert_eq!(page.status, 200);
    for known in ["Schreger", "Lead One", "Case 1", "Known case", "is known", "Not prohibited</b>", "cases/1"] {
        assert!(!page.text.contains(known), "it says {known}");
    }
    for shown in ["netsuke", "data-key=\"z\"", "Open the evidence", "disabled"] {
        assert!(page.text.contains(shown), "it lacks {shown}");
    }
    assert_eq!(answer(&mut two, 1, "confirm").await.status, 403, "confirmed only with the evidence open");
    assert!(!two.get("/console/gold/1/evidence").await.text.contains(" disabled"));
    assert_eq!(answer(&mut two, 1, "refuse").await.status, 422);
    assert_eq!(answer(&mut two, 1, "confirm").await.location(), "/console/gold/1");
    let told = two.get("/console/gold/1").await;
    for said in ["Known otherwise", "Not prohibited", WHY, "Lead One", "/console/gold/1/next"] {
        assert!(told.text.contains(said), "it lacks {said}");
    }
    assert_eq!(answer(&mut two, 1, "not_prohibited").await.status, 404, "the first answer stands");
    assert_eq!(stands(&server, 1).await, before, "the case is as it was");
    assert!(two.get("/console/gold/1/next").await.location().starts_with("/console/cases/4"));

    // It does not come again, nor to whoever picked it.
    two.decide(4, "invalid", "").await;
    assert!(two.decide(5, "invalid", "").await.location().starts_with("/console/cases/6"));
    assert_eq!(lead.get("/console/gold/1").await.status, 404);

    let mine = two.get("/console/gold").await.text;
    assert!(mine.contains("Of 1 known case you answered 0 as is known"), "{mine}");
    assert!(!mine.contains("Reviewers</h2>"), "others' figures are the leads'");
    let all = lead.get("/console/gold").await.text;
    assert!(all.contains("Reviewer Two") && all.contains("fewer than 10 say nothing"), "{all}");
    let sealed: String = sqlx::query_scalar("SELECT why FROM gold").fetch_one(server.app.store.read()).await.unwrap();
    assert!(!sealed.is_empty() && !sealed.contains("Schreger"));
}

#[tokio::test]
async fn what_is_dropped_erased_or_decided_by_the_reviewer_is_not_asked() {
    let (server, mut lead, mut two, mut three) = world().await;
    share(&mut lead, "1").await;
    assert_eq!(pick(&mut lead, 2, "confirm", WHY).await.status, 422, "it waits for its decision");
    assert_eq!(pick(&mut lead, 1, "confirm", " ").await.status, 422);
    assert_eq!(pick(&mut lead, 1, "refuse", WHY).await.status, 422);
    assert_eq!(pick(&mut lead, 99, "confirm", WHY).await.status, 404);
    assert_eq!(share(&mut lead, "501").await.status, 422);
    assert_eq!(pick(&mut two, 1, "confirm", WHY).await.status, 403, "leads pick");

    // Two decided case 2 as well, so that only the first one is left for two.
    two.decide(2, "not_prohibited", "").await;
    assert_eq!(pick(&mut lead, 2, "not_prohibited", WHY).await.status, 303);
    assert!(two.decide(3, "invalid", "").await.location().starts_with("/console/cases/"));
    assert_eq!(two.get("/console/gold/2").await.status, 404);
    assert_eq!(three.decide(4, "invalid", "").await.location(), "/console/gold/2?done=4");
    assert_eq!(pick(&mut lead, 2, "drop", "").await.status, 303);
    assert_eq!(three.get("/console/gold/2").await.status, 404);
    assert_eq!(answer(&mut three, 2, "not_prohibited").await.status, 404);

    assert_eq!(pick(&mut lead, 2, "not_prohibited", WHY).await.status, 303, "and picked again");
    let mut tx = server.app.store.begin().await.unwrap();
    sqlx::query("UPDATE cases SET erased_at = '2026-11-25T00:00:00.000Z' WHERE id = 2")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(three.get("/console/gold/2").await.status, 404);
    assert!(three.decide(5, "invalid", "").await.location().starts_with("/console/cases/"));
    assert!(!lead.get("/console/gold").await.text.contains("/console/cases/2\""));

    // Switched off, nothing comes.
    let fourth = server.reviewer_with_session("Reviewer Four").await;
    let (mut four, _) = (fourth, share(&mut lead, "0").await);
    assert_eq!(pick(&mut lead, 1, "cannot_tell", WHY).await.status, 303);
    assert!(four.decide(6, "invalid", "").await.location().starts_with("/console"));
    assert_eq!(four.get("/console/gold/1").await.status, 200, "but whoever is there already may answer");
}
