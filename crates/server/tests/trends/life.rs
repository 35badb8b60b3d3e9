//! A programme that lives: companies, spotters and reviewers, and what they do with cases.

use crate::common::{Device, Running, report, uuid};
use fastrand::Rng;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use spotter_model::case::{CheckOutcome, TRANSITIONS, Who};
use spotter_model::{CaseState, Event, Tier};
use spotter_server::notices::Kind;
use spotter_server::notices::render::Rendered;
use spotter_server::store::companies::{Channel, Company};
use spotter_server::store::notices::NewNotice;
use spotter_server::store::steps::{self, Actor};
use spotter_server::store::{cases, checks, companies, devices, notices, reviewers};
use spotter_server::{clock, random};

pub const HOSTS: [&str; 5] = ["a.example", "b.example", "c.example", "allegro.pl", "none.example"];

pub fn stamp(server: &Running) -> String {
    clock::stamp((server.app.clock)())
}

pub async fn company(server: &Running, name: &str, hosts: &[&str]) -> i64 {
    let new = Company {
        id: 0,
        name: name.into(),
        hosts: hosts.iter().map(|&h| h.to_owned()).collect(),
        languages: "en".into(),
        channel: Channel::Csv,
        contact: "trust@market.example".into(),
        address: String::new(),
        secret: String::new(),
        item_format: "{id}".into(),
        answer_days: 14,
    };
    let mut tx = server.app.store.begin().await.unwrap();
    let id = companies::keep(&mut tx, &new, &stamp(server)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub async fn device(server: &Running, cohort: &str) -> Device {
    let (device, code) = (Device::new(), random::token());
    let new =
        devices::Invited { uses: 1, cohort: cohort.into(), tier: Tier::Spotter, replaces: None, organisation_id: 1 };
    let mut tx = server.app.store.begin().await.unwrap();
    devices::invite(&mut tx, &code, &new, &stamp(server)).await.unwrap();
    tx.commit().await.unwrap();
    let answer = server.http.post(server.url("/v1/enrolments")).json(&device.enrolment(&code)).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    device
}

pub fn filled(host: &str, listing: &str, group: &str, commodities: &[&str], methods: &[&str]) -> Value {
    let mut one = report(listing);
    one["report_id"] = json!(uuid());
    one["place"]["marketplace"] = json!(host);
    for name in ["url_canonical", "url_at_match", "url_observed"] {
        one["place"][name] = json!(format!("https://{host}/item/{listing}"));
    }
    one["assessment"]["groups"] = if group.is_empty() { json!([]) } else { json!([group]) };
    one["assessment"]["commodities"] = json!(commodities);
    one["assessment"]["methods"] = json!(methods);
    one
}

/// A second reviewer and a first one, by number.
pub async fn reviewers(server: &Running) -> (i64, i64) {
    let mut ids = vec![];
    for name in ["Reviewer One", "Reviewer Two"] {
        let mut tx = server.app.store.begin().await.unwrap();
        reviewers::set(&mut tx, name, "no password", &stamp(server)).await.unwrap();
        tx.commit().await.unwrap();
        ids.push(reviewers::password_of(server.app.store.read(), name).await.unwrap().unwrap().0);
    }
    (ids[0], ids[1])
}

/// Writes a notice on a confirmed case. Returns the secret of its link.
pub async fn write(server: &Running, case_id: i64, company_id: i64, kind: Kind, trusted: bool, by: i64) -> String {
    let (now, secret) = (stamp(server), random::token());
    let mut tx = server.app.store.begin().await.unwrap();
    let case = cases::find_in(&mut tx, case_id).await.unwrap().unwrap();
    let id = notices::next_id(&mut tx).await.unwrap();
    let number = format!("WN-2026-{id:06}");
    let rendered = Rendered {
        lang: "en".into(),
        subject: "s".into(),
        text: "t".into(),
        parts: vec![],
        json: json!({}),
        cells: vec![],
    };
    let new = NewNotice {
        id,
        number: &number,
        case: &case,
        company_id,
        kind,
        trusted,
        rendered: &rendered,
        answer_hash: &Sha256::digest(secret.as_bytes()),
        written_by: by,
        organisation_id: 1,
        not_before: &now,
    };
    notices::write(&mut tx, &new, &now).await.unwrap();
    tx.commit().await.unwrap();
    secret
}

/// Sends the newest notice of a case; one that alleges illegality is approved by another first.
pub async fn send(server: &Running, case_id: i64, other: i64) {
    let now = stamp(server);
    let newest = notices::of_case(server.app.store.reader(), case_id).await.unwrap().remove(0);
    let mut tx = server.app.store.begin().await.unwrap();
    if newest.kind == Kind::Dsa16 {
        assert!(notices::approve(&mut tx, newest.id, other, &now, &now).await.unwrap());
    }
    notices::sent(&mut tx, &newest, "2099-01-01T00:00:00.000Z", &now).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn step(server: &Running, case_id: i64, event: Event, actor: Actor) {
    let mut tx = server.app.store.begin().await.unwrap();
    let case = cases::find_in(&mut tx, case_id).await.unwrap().unwrap();
    steps::take(&mut tx, &case, event, actor, None, &stamp(server)).await.unwrap();
    tx.commit().await.unwrap();
}

/// A year of a programme, at random: reports, decisions, notices, answers, looks again.
pub async fn lived(server: &Running, rng: &mut Rng, listings: usize, happenings: usize) {
    let (one, two) = reviewers(server).await;
    let first = company(server, "Alpha \"&\" <b>", &["a.example", "b.example"]).await;
    let second = company(server, "=Beta", &["c.example", "allegro.pl"]).await;
    let spotters = [device(server, "autumn").await, device(server, "spring").await, device(server, "").await];
    let company_of = |host: &str| match host {
        "a.example" | "b.example" => first,
        _ => second,
    };
    for n in 0..listings {
        server.move_clock(rng.i64(0..=86_400));
        let groups = ["elephant", "parrots", "rhino", ""];
        let products: Vec<&str> = ["IVC", "LIV", "HOR"].into_iter().filter(|_| rng.bool()).collect();
        let methods: Vec<&str> = ["method.chat", "plain-packing"].into_iter().filter(|_| rng.bool()).collect();
        // Some listings are reported again, and then say something else.
        let listing = if n > 4 && rng.u8(..4) == 0 { rng.usize(..n) } else { n };
        let host = HOSTS[listing % HOSTS.len()];
        let mut one = filled(host, &format!("L{listing}"), groups[rng.usize(..4)], &products, &methods);
        one["listing"]["lang"] = json!(["de", "en", "", "th"][rng.usize(..4)]);
        one["methods_ticked"] = if rng.bool() { json!(["ticked-one"]) } else { json!([]) };
        spotters[rng.usize(..3)].send(server, &one).await;
    }
    let all: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM cases ORDER BY id").fetch_all(server.app.store.read()).await.unwrap();
    for _ in 0..happenings {
        server.move_clock(rng.i64(1..=2 * 86_400));
        let case = cases::find(server.app.store.reader(), all[rng.usize(..all.len())]).await.unwrap().unwrap();
        if case.state == CaseState::NoticePending {
            send(server, case.id, two).await;
            continue;
        }
        // Most of what happens is what brings a case on.
        let onward: Vec<_> = TRANSITIONS.iter().filter(|s| s.from.contains(&case.state)).collect();
        let preferred = [Event::Confirm, Event::Notice, Event::Remove, Event::Refuse, Event::Relist, Event::Reinstate];
        let liked: Vec<_> = onward.iter().filter(|s| preferred.contains(&s.event)).collect();
        let chosen = if rng.u8(..3) > 0 && !liked.is_empty() {
            liked[rng.usize(..liked.len())]
        } else {
            &onward[rng.usize(..onward.len())]
        };
        match chosen.event {
            Event::Notice if case.marketplace == "none.example" => {}
            Event::Notice => {
                let kind = if rng.bool() { Kind::Policy } else { Kind::Dsa16 };
                let trusted = kind == Kind::Dsa16 && rng.u8(..4) > 0;
                write(server, case.id, company_of(&case.marketplace), kind, trusted, one).await;
            }
            Event::Send | Event::Hold | Event::Duplicate | Event::Silence => {}
            event if chosen.who.contains(&Who::Company) && rng.bool() => {
                step(server, case.id, event, Actor::Company(company_of(&case.marketplace))).await;
            }
            event if chosen.who.contains(&Who::Reviewer) => step(server, case.id, event, Actor::Reviewer(one)).await,
            _ => {}
        }
        let due: Option<i64> = sqlx::query_scalar("SELECT id FROM checks WHERE outcome IS NULL AND case_id = $1")
            .bind(case.id)
            .fetch_optional(server.app.store.read())
            .await
            .unwrap();
        if let (Some(check), true) = (due, rng.bool()) {
            server.move_clock(rng.i64(1..=9 * 86_400));
            let outcome = CheckOutcome::ALL[rng.usize(..7)];
            let mut tx = server.app.store.begin().await.unwrap();
            let case = cases::find_in(&mut tx, case.id).await.unwrap().unwrap();
            checks::done(&mut tx, check, case.version, one, outcome, "", &stamp(server)).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}
