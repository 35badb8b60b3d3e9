//! Answers that are not what was asked for: each is refused, nothing is kept of it, and nobody comes in.

use super::common::{Browser, PASSWORD, Running};
use super::token::{Bend, Token};
use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use spotter_server::config::Origin;
use spotter_server::console::passkeys::judge;
use webauthn_rs::prelude::{Passkey, PublicKeyCredential, RegisterPublicKeyCredential, Uuid};

/// Every way of one browser to say something untrue.
fn bends(port: &str) -> Vec<(&'static str, Bend)> {
    let at = |origin: &str| Bend { origin: Some(origin.to_owned()), ..Bend::default() };
    let (same, base) = (format!("http://localhost:{port}"), Bend::default());
    vec![
        ("another place", at("https://evil.example")),
        ("another port", at("http://localhost:1")),
        ("another scheme", at(&same.replace("http:", "https:"))),
        ("a name below", at(&same.replace("localhost", "a.localhost"))),
        ("by its number", at(&same.replace("localhost", "127.0.0.1"))),
        ("a place that is none", at("nowhere")),
        ("another name", Bend { rp: Some("evil.example".into()), ..base.clone() }),
        ("nobody showed who they are", Bend { unverified: true, ..base.clone() }),
        ("another challenge", Bend { challenge: Some(B64.encode([1; 32])), ..base.clone() }),
        ("no challenge", Bend { challenge: Some(String::new()), ..base.clone() }),
        ("in a frame", Bend { framed: true, ..base.clone() }),
        ("another kind", Bend { kind: Some("payment.get"), ..base }),
    ]
}

#[tokio::test]
async fn a_passkey_that_was_not_asked_for_is_not_kept() {
    let server = Running::start().await;
    let mut one = server.reviewer_with_session("Reviewer One").await;
    let origin = one.origin().to_owned();
    for (what, bend) in bends(origin.rsplit(':').next().unwrap()) {
        let (csrf, question) = question_to_add(&mut one, what).await;
        let made = Token::new().make_bent(&question, &origin, &bend).await;
        assert_eq!(answer_to_add(&mut one, &csrf, &made).await.status, 403, "{what}");
    }
    // Answered twice; asked anew in between; asked for something else; asked by another session; not asked; too late.
    let (csrf, question) = question_to_add(&mut one, "Replayed").await;
    let made = Token::new().make(&question, &origin).await;
    let mut other = server.reviewer_with_session("Reviewer Two").await;
    let theirs = own(&mut other).await;
    assert_eq!(answer_to_add(&mut other, &theirs, &made).await.status, 403, "another session");
    question_to_add(&mut other, "Theirs").await;
    assert_eq!(answer_to_add(&mut other, &theirs, &made).await.status, 403, "another session's question");
    assert_eq!(answer_to_add(&mut one, &csrf, &made).await.status, 200);
    assert_eq!(answer_to_add(&mut one, &csrf, &made).await.status, 403, "twice");
    let (_, question) = question_to_add(&mut one, "Old").await;
    let old = Token::new().make(&question, &origin).await;
    question_to_add(&mut one, "New").await;
    assert_eq!(answer_to_add(&mut one, &csrf, &old).await.status, 403, "asked anew");
    let (_, question) = question_to_add(&mut one, "Late").await;
    let late = Token::new().make(&question, &origin).await;
    server.move_clock(301);
    assert_eq!(answer_to_add(&mut one, &csrf, &late).await.status, 403, "too late");
    assert_eq!(count(&server, "SELECT count(*) FROM passkeys").await, 1);
    assert_eq!(audited(&server, "reviewer.passkey_added").await, 1);

    // One device's passkey belongs to one person.
    let (theirs, mut question) = question_to_add(&mut other, "Stolen").await;
    question["user"] = json!({ "id": B64.encode([9; 16]), "name": "x", "displayName": "x" });
    let mut same = Token::new();
    add(&mut one, &mut same, "Once").await;
    let again = same.taken_for(&question, &origin).await;
    assert_eq!(answer_to_add(&mut other, &theirs, &again).await.status, 409);

    // What is no answer at all, and what is too long for one.
    let csrf = own(&mut one).await;
    for body in [json!({}), json!({ "csrf": csrf }), json!([1]), json!({ "csrf": csrf, "credential": { "id": 1 } })] {
        assert_eq!(ask(&mut one, "/console/passkeys/add", &body).await.status, 400, "{body}");
    }
    let mut wide = made.clone();
    wide["response"]["attestationObject"] = "A".repeat(13_000).into();
    let page = answer_to_add(&mut one, &csrf, &wide).await;
    assert_eq!((page.status, page.headers["content-type"].to_str().unwrap()), (413, "application/problem+json"));
    let request = one.request(reqwest::Method::POST, "/console/passkeys/add").header("sec-fetch-site", "same-origin");
    let deep = one.go(request.header("content-type", "application/json").body("[".repeat(10_000))).await;
    assert_eq!(deep.status, 400);
    let request = one.request(reqwest::Method::POST, "/console/passkeys/add").header("sec-fetch-site", "cross-site");
    assert_eq!(one.go(request.json(&json!({ "csrf": csrf, "credential": made }))).await.status, 403);
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn nobody_comes_in_by_a_passkey_that_is_not_theirs_or_not_now() {
    let server = Running::start().await;
    let mut one = server.reviewer_with_session("Reviewer One").await;
    let origin = one.origin().to_owned();
    let (mut phone, mut theirs) = (Token::new(), Token::new());
    add(&mut one, &mut phone, "My phone").await;
    let mut other = server.reviewer_with_session("Reviewer Two").await;
    add(&mut other, &mut theirs, "Their phone").await;
    let mut sentences = std::collections::BTreeSet::new();
    for (n, (what, bend)) in bends(origin.rsplit(':').next().unwrap()).into_iter().enumerate() {
        // Ten tries a person.
        let device = if n % 2 == 0 { &mut phone } else { &mut theirs };
        let mut fresh = Browser::new(&server);
        let (csrf, question) = question_to_enter(&mut fresh).await;
        let signed = device.sign_bent(&question, &origin, &bend).await;
        let page = answer_to_enter(&mut fresh, &csrf, &signed).await;
        assert_eq!(page.status, 403, "{what}");
        sentences.insert(json_of(&page)["detail"].to_string());
        assert_eq!(fresh.get("/console").await.location(), "/console/login", "{what}");
    }
    // A passkey of somebody else under this one's name, and the other way round; one that is not known.
    let mut fresh = Browser::new(&server);
    let (csrf, question) = question_to_enter(&mut fresh).await;
    let (mine, others) = (phone.sign(&question, &origin).await, theirs.sign(&question, &origin).await);
    let mut mixed = mine.clone();
    mixed["response"]["userHandle"] = others["response"]["userHandle"].clone();
    let page = answer_to_enter(&mut fresh, &csrf, &mixed).await;
    assert_eq!(page.status, 403);
    sentences.insert(json_of(&page)["detail"].to_string());
    let (csrf, question) = question_to_enter(&mut fresh).await;
    let (mut mixed, others) = (phone.sign(&question, &origin).await, theirs.sign(&question, &origin).await);
    for part in ["authenticatorData", "signature", "userHandle"] {
        mixed["response"][part] = others["response"][part].clone();
    }
    assert_eq!(answer_to_enter(&mut fresh, &csrf, &mixed).await.status, 403);
    let page = enter(&mut fresh, &mut Token::stray().await).await;
    sentences.insert(json_of(&page)["detail"].to_string());
    assert_eq!(sentences.len(), 1, "nobody learns which passkeys are known: {sentences:?}");

    // Without the login's page; on another one; twice; too late.
    let page = ask(&mut Browser::new(&server), "/console/passkeys/enter/ask", &json!({ "csrf": "" })).await;
    assert_eq!(page.status, 403);
    let (csrf, question) = question_to_enter(&mut fresh).await;
    let signed = phone.sign(&question, &origin).await;
    let mut elsewhere = Browser::new(&server);
    assert_eq!(answer_to_enter(&mut elsewhere, &csrf, &signed).await.status, 403, "no page");
    let (its, _) = question_to_enter(&mut elsewhere).await;
    assert_eq!(answer_to_enter(&mut elsewhere, &its, &signed).await.status, 403, "another page's question");
    assert_eq!(answer_to_enter(&mut fresh, &csrf, &signed).await.status, 200);
    // The page's cookie is gone with the login; whoever kept it gains nothing.
    let mut kept = Browser::with(&server, &[("spotter-login".to_owned(), csrf.clone())]);
    assert_eq!(answer_to_enter(&mut kept, &csrf, &signed).await.status, 403, "twice");
    let (csrf, question) = question_to_enter(&mut elsewhere).await;
    let late = phone.sign(&question, &origin).await;
    server.move_clock(301);
    assert_eq!(answer_to_enter(&mut elsewhere, &csrf, &late).await.status, 403, "too late");
    for body in [json!({}), json!({ "csrf": csrf }), json!({ "csrf": csrf, "credential": [] })] {
        assert_eq!(ask(&mut elsewhere, "/console/passkeys/enter", &body).await.status, 400, "{body}");
    }
    let mut wide = late.clone();
    wide["response"]["userHandle"] = "A".repeat(13_000).into();
    assert_eq!(answer_to_enter(&mut elsewhere, &csrf, &wide).await.status, 413);
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn a_copied_key_is_refused_and_the_audit_says_so() {
    let server = Running::start().await;
    let mut one = server.reviewer_with_session("Reviewer One").await;
    let mut phone = Token::new();
    add(&mut one, &mut phone, "My phone").await;
    let mut copy = phone.copy();
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 200);
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 200);
    assert_eq!(audited(&server, "reviewer.passkey_copied").await, 0);
    // The thief's counter lags behind its owner's.
    assert_eq!(enter(&mut Browser::new(&server), &mut copy).await.status, 403);
    assert_eq!(audited(&server, "reviewer.passkey_copied").await, 1);
    assert_eq!(enter(&mut Browser::new(&server), &mut copy).await.status, 403, "the same count");
    let said: (String, String, String) = sqlx::query_as(
        "SELECT actor, subject, detail FROM audit WHERE action = 'reviewer.passkey_copied' ORDER BY seq LIMIT 1",
    )
    .fetch_one(server.app.store.read())
    .await
    .unwrap();
    assert_eq!(said, ("server".into(), "reviewer:1".into(), "passkey:1".into()));
    assert_eq!(enter(&mut Browser::new(&server), &mut phone).await.status, 200, "its owner is not kept out");
    assert_eq!(Browser::new(&server).log_in("Reviewer One", PASSWORD).await.status, 303);
    audit::verify(server.app.store.read()).await.unwrap();
}

/// Bytes that are nearly right: these, with one changed, some left out, or some put in.
fn nearly(right: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let len = right.len();
    prop_oneof![
        (0..len, 1..=255_u8).prop_map({
            let right = right.clone();
            move |(at, by)| right.iter().enumerate().map(|(n, b)| if n == at { b ^ by } else { *b }).collect()
        }),
        (0..len).prop_map({
            let right = right.clone();
            move |at| right[..at].to_vec()
        }),
        (0..len, proptest::collection::vec(any::<u8>(), 1..40))
            .prop_map(move |(at, more)| { [&right[..at], &more, &right[at..]].concat() }),
        proptest::collection::vec(any::<u8>(), 0..600),
        // Lengths that promise more than there is, and depth.
        (0_u8..=255, 1_usize..9_000).prop_map(|(byte, n)| vec![byte; n]),
    ]
}

#[tokio::test]
async fn bytes_that_are_nearly_right_are_refused_and_break_nothing() {
    let judge = judge(&Origin::localhost(7), "Test programme").unwrap();
    let origin = "http://localhost:7";
    let (asked, state) = judge.start_passkey_registration(Uuid::from_u128(7), "x", "x", None).unwrap();
    let mut token = Token::new();
    let asked = serde_json::to_value(&asked).unwrap()["publicKey"].clone();
    let made = token.make(&asked, origin).await;
    let read = |value: &Value| serde_json::from_value::<RegisterPublicKeyCredential>(value.clone()).unwrap();
    let passkey: Passkey = judge.finish_passkey_registration(&read(&made), &state).unwrap();
    let bytes = |value: &Value, part: &str| B64.decode(value["response"][part].as_str().unwrap()).unwrap();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() });
    // Without a maker's statement nobody signs what a new passkey says of itself: some changes stay a passkey, of another key.
    for part in ["attestationObject", "clientDataJSON"] {
        runner
            .run(&nearly(bytes(&made, part)), |bent| {
                let mut other = made.clone();
                other["response"][part] = B64.encode(&bent).into();
                let _ = judge.finish_passkey_registration(&read(&other), &state);
                Ok(())
            })
            .unwrap();
    }
    let (asked, state) = judge.start_discoverable_authentication().unwrap();
    let signed = token.sign(&serde_json::to_value(&asked).unwrap()["publicKey"], origin).await;
    let read = |value: &Value| serde_json::from_value::<PublicKeyCredential>(value.clone()).unwrap();
    judge.finish_discoverable_authentication_v2(&read(&signed), state.clone(), &passkey).unwrap();
    for part in ["authenticatorData", "clientDataJSON", "signature"] {
        let right = bytes(&signed, part);
        runner
            .run(&nearly(right.clone()), |bent| {
                let mut other = signed.clone();
                other["response"][part] = B64.encode(&bent).into();
                let done = judge.finish_discoverable_authentication_v2(&read(&other), state.clone(), &passkey);
                prop_assert!(done.is_err() || bent == right, "{part}: {bent:02x?}");
                Ok(())
            })
            .unwrap();
    }
}
