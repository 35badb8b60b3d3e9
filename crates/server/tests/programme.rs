//! What belongs to the programme: joined cases, the spotter's week, suggestions, false alarms, what is known, policy and
//! packs, and devices that come and go.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Device, Running, opened, report, uuid};
use reqwest::Response;
use serde_json::{Value, json};
use spotter_model::dsse::{
    ATTESTATION_TYPE, ATTESTED_TYPE, CONTACT_TYPE, ENROLMENT_TYPE, Envelope, EnvelopeSignature, FEEDBACK_TYPE,
    HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, RECEIPT_TYPE, REQUEST_TYPE, SUGGESTION_TYPE,
};
use spotter_model::known::Known;
use spotter_model::programme::PROGRAMME_TYPE;
use spotter_model::{Invitation, Tier};
use spotter_server::config::Publish;
use spotter_server::{clock, commands, sign};
use std::path::{Path, PathBuf};

async fn ask(server: &Running, device: &Device, path: &str) -> Response {
    let date = clock::stamp((server.app.clock)());
    let request = server.http.get(server.url(path)).header(HEADER_DATE, &date);
    device.signed(request, REQUEST_TYPE, format!("GET {path} {date}").as_bytes()).send().await.unwrap()
}

async fn put(server: &Running, device: &Device, path: &str, kind: &str, body: &Value) -> u16 {
    let bytes = serde_json::to_vec(body).unwrap();
    let request = server.http.put(server.url(path)).header("content-type", kind);
    device.signed(request, kind, &bytes).body(bytes).send().await.unwrap().status().as_u16()
}

fn suggestion(text: &str) -> Value {
    json!({
        "schema": "wildlife-suggestion/1", "id": uuid(), "kind": "term", "text": text, "lang": "en",
        "meaning": "said of carved ivory", "group": "elephant", "seen_at": "https://market.example/1",
        "created_at": "2026-11-26T10:00:00Z",
    })
}

#[tokio::test]
async fn a_second_report_joins_its_case_and_says_so() {
    let server = Running::start().await;
    let (a, b) = (server.device().await, server.device().await);
    let joined = |answer: Value| opened(&server.app, &answer["receipt"], RECEIPT_TYPE)["joined"].clone();
    assert_eq!(joined(a.send(&server, &report("7")).await), false);
    assert_eq!(joined(b.send(&server, &report("7")).await), true);
    assert_eq!(joined(b.send(&server, &report("8")).await), false);
    let items = b.status(&server).await["items"].clone();
    assert_eq!((&items[0]["joined"], &items[1]["joined"]), (&json!(false), &json!(true)));
    assert_eq!(a.status(&server).await["items"][0]["joined"], false);
}

#[tokio::test]
async fn the_week_and_the_accuracy_are_the_spotters_own() {
    let server = Running::start().await;
    let (mine, other) = (server.device().await, server.device().await);
    for listing in ["1", "2", "3"] {
        mine.send(&server, &report(listing)).await;
    }
    other.send(&server, &report("4")).await;
    let fresh = mine.status(&server).await;
    assert_eq!((&fresh["week"]["reports"], &fresh["week"]["decided"]), (&json!(3), &json!([])));
    assert_eq!(fresh["accuracy"], json!({ "confirmed": 0, "decided": 0 }));

    let mut reviewer = server.reviewer("Reviewer One").await;
    reviewer.get("/console/cases/1/evidence").await;
    reviewer.decide(1, "confirm", "").await;
    reviewer.decide(2, "not_prohibited", "A cast of resin.").await;
    reviewer.decide(3, "cannot_tell", "").await;
    reviewer.decide(4, "invalid", "").await;
    let status = mine.status(&server).await;
    let decided = json!([
        { "status": "confirmed", "reports": 1 }, { "status": "not_prohibited", "reports": 1 },
        { "status": "cannot_tell", "reports": 1 },
    ]);
    assert_eq!(status["week"]["decided"], decided);
    assert_eq!(status["accuracy"], json!({ "confirmed": 1, "decided": 2 }));
    let from = status["week"]["from"].as_str().unwrap();
    assert!(from.ends_with("T00:00:00.000Z") && from <= status["server_time"].as_str().unwrap(), "{from}");

    // Next week is a new one; what was decided stays decided.
    server.move_clock(7 * 24 * 3600);
    let later = mine.status(&server).await;
    assert_eq!((&later["week"]["reports"], &later["week"]["decided"]), (&json!(0), &json!([])));
    assert_eq!(later["accuracy"], json!({ "confirmed": 1, "decided": 2 }));
}

#[tokio::test]
async fn suggestions_and_false_alarms_are_taken_once_and_within_bounds() {
    let server = Running::start().await;
    let (device, stranger) = (server.device().await, Device::new());
    let good = suggestion("moon milk");
    let path = |kind: &str, body: &Value| format!("/v1/{kind}/{}", body["id"].as_str().unwrap());
    let to = path("suggestions", &good);
    assert_eq!(put(&server, &stranger, &to, SUGGESTION_TYPE, &good).await, 401);
    assert_eq!(put(&server, &device, &to, FEEDBACK_TYPE, &good).await, 415);
    assert_eq!(put(&server, &device, &to, SUGGESTION_TYPE, &good).await, 201);
    assert_eq!(put(&server, &device, &to, SUGGESTION_TYPE, &good).await, 200);
    let mut other = good.clone();
    other["text"] = "sun milk".into();
    assert_eq!(put(&server, &device, &to, SUGGESTION_TYPE, &other).await, 409);
    other["text"] = "two\nlines".into();
    assert_eq!(put(&server, &device, &to, SUGGESTION_TYPE, &other).await, 422);
    assert_eq!(put(&server, &device, &format!("/v1/suggestions/{}", uuid()), SUGGESTION_TYPE, &good).await, 422);

    let alarm = json!({
        "schema": "wildlife-feedback/1", "id": uuid(), "reason": "not_wildlife", "level": "likely",
        "concepts": ["commodity.ivory-netsuke"], "lang": "en", "pack": "2026.11.23",
    });
    let to = path("feedback", &alarm);
    assert_eq!(put(&server, &device, &to, FEEDBACK_TYPE, &alarm).await, 201);
    assert_eq!(put(&server, &device, &to, FEEDBACK_TYPE, &alarm).await, 200);
    let mut wordy = alarm.clone();
    wordy["concepts"] = json!(["Words of the listing"]);
    assert_eq!(put(&server, &device, &to, FEEDBACK_TYPE, &wordy).await, 422);

    for n in 1..100 {
        let one = suggestion(&format!("word {n}"));
        assert_eq!(put(&server, &device, &path("suggestions", &one), SUGGESTION_TYPE, &one).await, 201, "{n}");
    }
    let late = suggestion("one too many");
    assert_eq!(put(&server, &device, &path("suggestions", &late), SUGGESTION_TYPE, &late).await, 429);
    server.move_clock(25 * 3600);
    assert_eq!(put(&server, &device, &path("suggestions", &late), SUGGESTION_TYPE, &late).await, 201);

    let page = server.reviewer("Reviewer One").await.get("/console/terms").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("moon milk") && page.text.contains("commodity.ivory-netsuke"));
}

#[tokio::test]
async fn contacts_reach_the_lead_and_are_erased_when_dealt_with() {
    let server = Running::start().await;
    let device = server.device().await;
    let contact = |text: &str| json!({ "schema": "wildlife-contact/1", "id": uuid(), "text": text, "created_at": "2026-11-26T10:00:00Z" });
    let path = |body: &Value| format!("/v1/contacts/{}", body["id"].as_str().unwrap());
    let good = contact("Somebody wrote to me: <b>who are you</b>");
    assert_eq!(put(&server, &Device::new(), &path(&good), CONTACT_TYPE, &good).await, 401);
    assert_eq!(put(&server, &device, &path(&good), SUGGESTION_TYPE, &good).await, 415);
    assert_eq!(put(&server, &device, &path(&good), CONTACT_TYPE, &good).await, 201);
    assert_eq!(put(&server, &device, &path(&good), CONTACT_TYPE, &good).await, 200);
    let long = contact(&"x".repeat(1001));
    assert_eq!(put(&server, &device, &path(&long), CONTACT_TYPE, &long).await, 422);
    for n in 1..20 {
        let one = contact(&format!("again {n}"));
        assert_eq!(put(&server, &device, &path(&one), CONTACT_TYPE, &one).await, 201, "{n}");
    }
    let late = contact("one too many");
    assert_eq!(put(&server, &device, &path(&late), CONTACT_TYPE, &late).await, 429);

    let mut reviewer = server.reviewer("The Lead").await;
    let page = reviewer.get("/console/contacts").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Somebody wrote to me: &lt;b&gt;who are you"), "{}", page.text);
    let csrf = page.field("csrf");
    assert_eq!(reviewer.post("/console/contacts/1/done", &[("csrf", "x")]).await.status, 403);
    assert_eq!(reviewer.post("/console/contacts/1/done", &[("csrf", &csrf)]).await.status, 303);
    assert_eq!(reviewer.post("/console/contacts/1/done", &[("csrf", &csrf)]).await.status, 409);
    let page = reviewer.get("/console/contacts").await;
    assert!(!page.text.contains("who are you") && page.text.contains("again 1"));
    let kept: i64 = sqlx::query_scalar("SELECT max(length(body)) FROM contacts WHERE done_at IS NOT NULL")
        .fetch_one(server.app.store.read())
        .await
        .unwrap();
    assert_eq!(kept, 0, "its words are erased");
}

#[tokio::test]
async fn what_is_known_is_told_one_marketplace_at_a_time_and_not_quite_truly() {
    let server = Running::start().await;
    let (a, b) = (server.device().await, server.device().await);
    for n in 0..20 {
        a.send(&server, &report(&n.to_string())).await;
    }
    let path = "/v1/known?marketplace=market.example";
    let filter = |answer: &Value| {
        let salt = sign::decode::<16>(answer["salt"].as_str().unwrap()).unwrap();
        Known::read(salt, STANDARD.decode(answer["bits"].as_str().unwrap()).unwrap()).unwrap()
    };
    let first: Value = ask(&server, &b, path).await.json().await.unwrap();
    let known = filter(&first);
    assert!((0..20).all(|n| known.contains(&format!("id:{n}"))));
    let wrong = (0..10_000).filter(|n| known.contains(&format!("id:never-{n}"))).count();
    assert!((100..=500).contains(&wrong), "{wrong} of 10,000");

    // The same day: the same filter. Another device, another day, another marketplace: another salt.
    assert_eq!(ask(&server, &b, path).await.json::<Value>().await.unwrap(), first);
    let salts = [
        ask(&server, &a, path).await.json::<Value>().await.unwrap()["salt"].clone(),
        ask(&server, &b, "/v1/known?marketplace=other.example").await.json::<Value>().await.unwrap()["salt"].clone(),
    ];
    assert!(salts.iter().all(|salt| *salt != first["salt"]));
    server.move_clock(24 * 3600);
    let next: Value = ask(&server, &b, path).await.json().await.unwrap();
    assert!(next["salt"] != first["salt"] && next["day"] != first["day"]);
    // A marketplace of which nothing is known answers with a filter like any other.
    let empty: Value = ask(&server, &b, "/v1/known?marketplace=empty.example").await.json().await.unwrap();
    let empty = filter(&empty);
    assert_eq!(empty.bits().len(), known.bits().len());

    for (path, want) in [
        ("/v1/known", 400),
        ("/v1/known?marketplace=", 400),
        ("/v1/known?marketplace=Market", 400),
        ("/v1/known?marketplace=a.example&marketplace=b.example", 400),
    ] {
        assert_eq!(ask(&server, &b, path).await.status(), want, "{path}");
    }
    assert_eq!(ask(&server, &Device::new(), path).await.status(), 401);
    // Reports half a year old are not told any more.
    server.move_clock(200 * 24 * 3600);
    let old: Value = ask(&server, &b, path).await.json().await.unwrap();
    assert!(!(0..20).all(|n| filter(&old).contains(&format!("id:{n}"))));

    let mut statuses = vec![];
    for _ in 0..70 {
        statuses.push(ask(&server, &a, path).await.status().as_u16());
    }
    assert_eq!(statuses.last(), Some(&429));
}

/// A coordinator's key: the file of its public half, and programmes signed with it.
struct Coordinator {
    device: Device,
    public: PathBuf,
}

impl Coordinator {
    fn new(folder: &Path, name: &str) -> Self {
        let device = Device::new();
        let public = folder.join(name);
        let key = device.key.verifying_key().to_bytes();
        std::fs::write(&public, format!("wildlife-spotter pack public key 1 {}\n", sign::hex(&key))).unwrap();
        Self { device, public }
    }

    fn programme(&self, folder: &Path, serial: u64) -> PathBuf {
        let round = json!({ "id": "ivory", "name": "Ivory", "from": "2026-11-02", "until": "2026-11-29" });
        self.programme_of(folder, serial, &[round])
    }

    fn programme_of(&self, folder: &Path, serial: u64, rounds: &[Value]) -> PathBuf {
        let payload = serde_json::to_vec(&json!({
            "schema": "wildlife-programme/1", "serial": serial, "expires": "2099-12-31", "rounds": rounds,
        }))
        .unwrap();
        let envelope = Envelope {
            payload_type: PROGRAMME_TYPE.into(),
            payload: STANDARD.encode(&payload),
            signatures: vec![EnvelopeSignature {
                keyid: self.device.key_id.clone(),
                sig: self.device.sign(PROGRAMME_TYPE, &payload),
            }],
        };
        let file = folder.join(format!("{}-{serial}.json", &self.device.key_id[..8]));
        std::fs::write(&file, serde_json::to_vec(&envelope).unwrap()).unwrap();
        file
    }

    fn pack(&self, folder: &Path) -> PathBuf {
        // Only the header's beginning is looked at here; devices verify packs as a whole.
        let mut pack = vec![0; 300];
        pack[..8].copy_from_slice(b"SPOTPACK");
        let key = self.device.key.verifying_key().to_bytes();
        pack[88..120].copy_from_slice(&STANDARD.decode(base64_of(&sign::fingerprint(&key))).unwrap());
        let file = folder.join(format!("{}.pack", &self.device.key_id[..8]));
        std::fs::write(&file, pack).unwrap();
        file
    }
}

/// base64url without padding, as standard base64.
fn base64_of(url: &str) -> String {
    format!("{}=", url.replace('-', "+").replace('_', "/"))
}

#[tokio::test]
async fn policy_and_packs_come_signed_from_elsewhere() {
    let server = Running::start().await;
    let (device, folder) = (server.device().await, tempfile::tempdir().unwrap());
    let (ours, strangers) = (Coordinator::new(folder.path(), "a.pub"), Coordinator::new(folder.path(), "b.pub"));
    let publish = |pack_key: Vec<&Coordinator>, programme: Option<PathBuf>, pack: Option<PathBuf>| Publish {
        data: server.data().to_owned(),
        pack_key: pack_key.into_iter().map(|c| c.public.clone()).collect(),
        programme,
        pack,
    };
    assert_eq!(ask(&server, &device, "/v1/packs/current").await.status(), 404);
    let programme = ours.programme(folder.path(), 3);
    let refused = commands::publish(&publish(vec![], Some(programme.clone()), None)).await.unwrap_err().to_string();
    assert!(refused.contains("not signed by a pack key that is published"), "{refused}");
    let all = publish(vec![&ours], Some(programme.clone()), Some(ours.pack(folder.path())));
    let done = commands::publish(&all).await.unwrap();
    assert!(done.contains("programme number 3 with 1 rounds"), "{done}");

    // An older programme, a stranger's, a stranger's pack, nothing at all.
    for (what, word) in [
        (publish(vec![], Some(ours.programme(folder.path(), 3)), None), "number 3 is in place"),
        (publish(vec![], Some(strangers.programme(folder.path(), 9)), None), "not signed by"),
        (publish(vec![], None, Some(strangers.pack(folder.path()))), "not a pack that a published"),
        (publish(vec![], None, None), "nothing to publish"),
    ] {
        let refused = commands::publish(&what).await.unwrap_err().to_string();
        assert!(refused.contains(word), "{refused}");
    }

    let policy: Value = server.http.get(server.url("/v1/policy")).send().await.unwrap().json().await.unwrap();
    assert_eq!(policy["programme"], serde_json::from_slice::<Value>(&std::fs::read(programme).unwrap()).unwrap());
    assert_eq!(policy["undo_ms"], 200);
    let pack = ask(&server, &device, "/v1/packs/current").await;
    let tag = pack.headers()["etag"].clone();
    assert_eq!(pack.bytes().await.unwrap(), std::fs::read(ours.pack(folder.path())).unwrap());
    let date = clock::stamp((server.app.clock)());
    let again =
        server.http.get(server.url("/v1/packs/current")).header(HEADER_DATE, &date).header("if-none-match", tag);
    let again = device.signed(again, REQUEST_TYPE, format!("GET /v1/packs/current {date}").as_bytes());
    assert_eq!(again.send().await.unwrap().status(), 304);
    assert_eq!(server.http.get(server.url("/v1/packs/current")).send().await.unwrap().status(), 401);

    // The link names the key; the enrolment brings it.
    let link = commands::invite(server.data(), 1, ("autumn".into(), Tier::Trainer), (None, None), None).await.unwrap();
    let link: Invitation = link.parse().unwrap();
    assert_eq!(link.pack_keys, std::slice::from_ref(&ours.device.key_id));
    let body = Device::new().enrolment(&link.code);
    let joined: Value =
        server.http.post(server.url("/v1/enrolments")).json(&body).send().await.unwrap().json().await.unwrap();
    let joined = opened(&server.app, &joined, ENROLMENT_TYPE);
    assert_eq!((&joined["cohort"], &joined["tier"]), (&json!("autumn"), &json!("trainer")));
    let key = sign::decode::<32>(joined["pack_keys"][0].as_str().unwrap()).unwrap();
    assert_eq!(sign::fingerprint(&key), link.pack_keys[0]);
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn rounds_are_shown_with_how_far_they_got_and_nobodys_own_figures() {
    let server = Running::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut lead = server.reviewer_with_session("The lead").await;
    assert!(lead.get("/console/rounds").await.text.contains("No programme is published"));
    let device = server.device().await;
    device.send(&server, &report("1")).await;
    device.send(&server, &report("2")).await;
    lead.get("/console/cases/1/evidence").await;
    lead.decide(1, "confirm", "").await;

    let day = |days: i64| {
        let at = (server.app.clock)() + time::Duration::days(days);
        clock::stamp(at)[..10].to_owned()
    };
    let hostile = "<script>x</script>";
    let ours = Coordinator::new(folder.path(), "a.pub");
    let rounds = [
        json!({ "id": "past", "name": "Last spring", "from": day(-60), "until": day(-30) }),
        json!({ "id": "next", "name": "Next winter", "from": day(30), "until": day(60) }),
        json!({ "id": "elsewhere", "name": "Another class", "from": day(-1), "until": day(7), "cohorts": ["spring", hostile] }),
        json!({
            "id": "now", "name": "Ivory now", "from": day(-1), "until": day(6), "groups": ["elephant", "parrots"],
            "languages": ["de", "th"], "minimum_per_week": 5, "training_required": true, "training_attested": true,
            "marketplaces": [{ "host": "market.example" }], "terms": [{ "text": hostile }], "audit_one_in": 20,
        }),
    ];
    let publish = Publish {
        data: server.data().to_owned(),
        pack_key: vec![ours.public.clone()],
        programme: Some(ours.programme_of(folder.path(), 1, &rounds)),
        pack: None,
    };
    commands::publish(&publish).await.unwrap();

    let page = lead.get("/console/rounds").await;
    assert_eq!(page.status, 200);
    common::html::only_ours(&page.text);
    assert!(!page.text.contains(hostile) && page.text.contains("&lt;script&gt;x"));
    let parts: Vec<&str> = page.text.split("<section").skip(1).collect();
    let names: Vec<_> = ["Ivory now", "Another class", "Next winter", "Last spring"].to_vec();
    assert!(parts.len() == 4 && parts.iter().zip(names).all(|(part, name)| part.contains(name)), "{}", page.text);
    for word in [
        "Elephants",
        "Parrots",
        "de",
        "th",
        "market.example",
        "5 a week",
        "one listing in 20",
        "Cases</dt><dd>2",
        "Confirmed</dt><dd>1",
        "?round=now",
    ] {
        assert!(parts[0].contains(word), "{word}: {}", parts[0]);
    }
    assert!(parts[1].contains("Cases</dt><dd>0"), "of other cohorts: {}", parts[1]);
    assert!(!parts[2].contains("Cases</dt>") && !parts[2].contains("?round="), "{}", parts[2]);
    assert!(parts[3].contains("Cases</dt><dd>0"), "{}", parts[3]);
    assert!(!page.text.contains("This programme end"));

    server.move_clock(86_400 * 365 * 80);
    let late = server.reviewer_with_session("Another lead").await.get("/console/rounds").await.text;
    assert!(
        late.contains("This programme ended on <bdi>2099-12-31") || late.contains("This programme ended on 2099-12-31")
    );
}

#[tokio::test]
async fn a_lost_device_is_replaced_and_a_revoked_one_is_not_heard() {
    let server = Running::start().await;
    let join = |device: &Device, code: &str| {
        server.http.post(server.url("/v1/enrolments")).json(&device.enrolment(code)).send()
    };
    let (old, new) = (Device::new(), Device::new());
    let code = server.invitation(1).await;
    let first = opened(&server.app, &join(&old, &code).await.unwrap().json().await.unwrap(), ENROLMENT_TYPE);
    let name = first["pseudonym"].as_str().unwrap().to_owned();
    let sent = report("7");
    old.send(&server, &sent).await;

    assert!(
        commands::invite(server.data(), 1, (String::new(), Tier::Spotter), (Some("Nobody 1".into()), None), None)
            .await
            .is_err()
    );
    let link = commands::invite(server.data(), 1, (String::new(), Tier::Spotter), (Some(name.clone()), None), None)
        .await
        .unwrap();
    let code = link.parse::<Invitation>().unwrap().code;
    // Until the new device joins, the old one counts.
    assert_eq!(old.status(&server).await["items"].as_array().unwrap().len(), 1);
    let answer = join(&new, &code).await.unwrap();
    assert_eq!(answer.status(), 201);
    let second = opened(&server.app, &answer.json().await.unwrap(), ENROLMENT_TYPE);
    assert_eq!((&second["pseudonym"], &second["cohort"]), (&json!(name), &json!("autumn")));
    // The name and the reports went over; the lost device is not heard any more, and cannot come back.
    let status = new.status(&server).await;
    assert_eq!(status["items"][0]["report_id"], sent["report_id"]);
    assert_eq!(status["week"]["reports"], 1);
    let body = serde_json::to_vec(&report("8")).unwrap();
    assert_eq!(old.report(&server, &uuid(), &body).await.status(), 401);
    assert_eq!(join(&old, &code).await.unwrap().status(), 403);
    // The answer was lost: asking again takes nothing and gives the same.
    assert_eq!(join(&new, &code).await.unwrap().status(), 200);

    commands::revoke(server.data(), &name).await.unwrap();
    assert_eq!(new.report(&server, &uuid(), &body).await.status(), 401);
    assert!(commands::revoke(server.data(), "Nobody 1").await.is_err());
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
}

/// A result of a test: right answers and answers, about lines along ivory and about parrots.
fn attestation(score: u32, lines: (u32, u32), parrots: (u32, u32)) -> Value {
    json!({
        "schema": "wildlife-attestation/1", "id": uuid(), "round": "ivory", "deck": "For volunteers",
        "deck_sha256": "a".repeat(64), "score": score, "attempts": 2,
        "marks": [{ "mark": "ivory.grain", "right": lines.0, "asked": lines.1 },
                  { "mark": "parrots", "right": parrots.0, "asked": parrots.1 }],
        "started_at": "2026-11-26T10:00:00Z", "ended_at": "2026-11-26T10:09:00Z",
    })
}

fn to(body: &Value) -> String {
    format!("/v1/attestations/{}", body["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_result_is_taken_once_from_the_device_that_signed_it_and_within_bounds() {
    let server = Running::start().await;
    let (device, other) = (server.device().await, server.device().await);
    let good = attestation(91, (3, 4), (8, 8));
    let bytes = serde_json::to_vec(&good).unwrap();
    let send = |key: &str, signature: String, bytes: &[u8]| {
        let request = server.http.put(server.url(&to(&good))).header("content-type", ATTESTATION_TYPE);
        request.header(HEADER_KEY, key).header(HEADER_SIGNATURE, signature).body(bytes.to_vec()).send()
    };
    let mine = || device.sign(ATTESTATION_TYPE, &bytes);
    // Forged, signed for another purpose, signed by another device, of a device that is not enrolled.
    let mut forged = bytes.clone();
    let at = forged.windows(2).position(|two| two == b"91").unwrap();
    forged[at + 1] = b'2';
    assert_eq!(send(&device.key_id, mine(), &forged).await.unwrap().status(), 401);
    assert_eq!(send(&device.key_id, device.sign(SUGGESTION_TYPE, &bytes), &bytes).await.unwrap().status(), 401);
    assert_eq!(send(&other.key_id, mine(), &bytes).await.unwrap().status(), 401);
    assert_eq!(put(&server, &Device::new(), &to(&good), ATTESTATION_TYPE, &good).await, 401);

    let first = send(&device.key_id, mine(), &bytes).await.unwrap();
    assert_eq!(first.status(), 201);
    let first: Value = first.json().await.unwrap();
    let says = opened(&server.app, &first, ATTESTED_TYPE);
    assert_eq!((&says["attestation_id"], &says["body_sha256"]), (&good["id"], &json!(sign::sha256_hex(&bytes))));
    let again = send(&device.key_id, mine(), &bytes).await.unwrap();
    assert_eq!((again.status().as_u16(), again.json::<Value>().await.unwrap()), (200, first), "the same answer");

    // Other bytes under its id, its bytes under another id, its bytes as somebody else's.
    let mut better = good.clone();
    (better["score"], better["marks"][0]["right"]) = (json!(100), json!(4));
    assert_eq!(put(&server, &device, &to(&good), ATTESTATION_TYPE, &better).await, 409);
    assert_eq!(put(&server, &device, &format!("/v1/attestations/{}", uuid()), ATTESTATION_TYPE, &good).await, 422);
    assert_eq!(put(&server, &other, &to(&good), ATTESTATION_TYPE, &good).await, 409);
    // A score that its answers are not worth, and none that is a pass.
    for (score, right) in [(100, 3), (90, 3), (45, 0)] {
        let mut odd = attestation(score, (right, 4), (if right == 0 { 5 } else { 8 }, 8));
        odd["id"] = json!(uuid());
        assert_eq!(put(&server, &device, &to(&odd), ATTESTATION_TYPE, &odd).await, 422, "{score}");
    }
    let mut wide = attestation(91, (3, 4), (8, 8));
    wide["deck"] = "d".repeat(9_000).into();
    assert_eq!(put(&server, &device, &to(&wide), ATTESTATION_TYPE, &wide).await, 413);

    for n in 1..50 {
        let one = attestation(91, (3, 4), (8, 8));
        assert_eq!(put(&server, &device, &to(&one), ATTESTATION_TYPE, &one).await, 201, "{n}");
    }
    let late = attestation(91, (3, 4), (8, 8));
    assert_eq!(put(&server, &device, &to(&late), ATTESTATION_TYPE, &late).await, 429);
    assert_eq!(put(&server, &other, &to(&late), ATTESTATION_TYPE, &late).await, 201);
    spotter_server::audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn the_class_sees_marks_added_up_and_the_people_page_who_is_trained() {
    let server = Running::start().await;
    let devices = [server.device().await, server.device().await, server.device().await];
    for (device, result) in [
        (&devices[0], attestation(91, (1, 2), (10, 10))),
        (&devices[1], attestation(83, (2, 2), (8, 10))),
        (&devices[1], attestation(100, (0, 0), (12, 12))),
    ] {
        let mut result = result;
        // A mark that nobody was asked about does not stand in a result.
        result["marks"].as_array_mut().unwrap().retain(|m| m["asked"] != 0);
        assert_eq!(put(&server, device, &to(&result), ATTESTATION_TYPE, &result).await, 201);
    }
    let mut lead = server.reviewer("The lead").await;
    let page = lead.get("/console/class?cohort=autumn&round=ivory").await.text;
    let facts: Vec<&str> = page.split("<dd>").skip(1).map(|rest| rest.split("</dd>").next().unwrap()).take(4).collect();
    assert_eq!(facts, ["3", "2", "3", "6"], "spotters, with a pass, passes, tests");
    let (parrots, lines) = (page.find("Parrots").unwrap(), page.find("Fine lines along its length").unwrap());
    assert!(parrots < lines && page.contains("93 %") && page.contains("under 5 answers"), "{page}");
    let names = |text: &str, server: &Running| {
        let app = std::sync::Arc::clone(&server.app);
        let text = text.to_owned();
        async move {
            let sql = "SELECT pseudonym FROM devices ORDER BY enrolled_at, pseudonym";
            let all: Vec<String> = sqlx::query_scalar(sql).fetch_all(app.store.read()).await.unwrap();
            all.into_iter().map(|name| text.contains(&name)).collect::<Vec<_>>()
        }
    };
    assert_eq!(names(&page, &server).await, [false; 3], "nobody by name");
    let none = lead.get("/console/class?cohort=%3Cb%3E&round=%22").await;
    assert!(none.status == 200 && none.text.contains("No result has come yet.") && !none.text.contains("<b>"));
    assert!(lead.get("/console/class?cohort=~").await.text.contains("No result has come yet."));
    let file = lead.get("/console/class.csv").await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        file.text,
        "\"mark\",\"words\",\"right\",\"of\",\"share_percent\",\"note\"\r\n\
         \"parrots\",\"Parrots\",\"30\",\"32\",\"93\",\"\"\r\n\
         \"ivory.grain\",\"Fine lines along its length\",\"3\",\"4\",\"\",\"under 5 answers\"\r\n"
    );
    let people = lead.get("/console/people").await.text;
    assert_eq!(names(&people, &server).await, [true; 3]);
    assert_eq!((people.matches("trained, ").count(), people.matches("no pass has come").count()), (2, 1));
}

#[tokio::test]
async fn a_round_may_take_reports_of_trained_spotters_alone() {
    let server = Running::start().await;
    let (device, folder) = (server.device().await, tempfile::tempdir().unwrap());
    let ours = Coordinator::new(folder.path(), "a.pub");
    let early = report("1");
    device.send(&server, &early).await;
    let day = |days: i64| clock::day((server.app.clock)() + time::Duration::days(days));
    let publish = async |serial: u64, cohort: &str| {
        let round = json!({
            "id": "ivory", "name": "Ivory, trained", "from": day(-1), "until": day(9), "cohorts": [cohort],
            "training_required": true, "training_attested": true, "training_pass_percent": 85,
        });
        let all = Publish {
            data: server.data().to_owned(),
            pack_key: if serial == 1 { vec![ours.public.clone()] } else { vec![] },
            programme: Some(ours.programme_of(folder.path(), serial, &[round])),
            pack: None,
        };
        commands::publish(&all).await.unwrap();
    };
    let later = report("2");
    let bytes = serde_json::to_vec(&later).unwrap();
    let send = || device.report(&server, later["report_id"].as_str().unwrap(), &bytes);

    publish(1, "autumn").await;
    let refused = send().await;
    assert_eq!(refused.status(), 403);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["type"], "urn:wildlife-spotter:problem:training-needed");
    assert!(problem["detail"].as_str().unwrap().contains("Ivory, trained"), "{problem}");
    assert_eq!(device.status(&server).await["items"].as_array().unwrap().len(), 1, "nothing of it was stored");
    let again = serde_json::to_vec(&early).unwrap();
    let again = device.report(&server, early["report_id"].as_str().unwrap(), &again).await;
    assert_eq!(again.status(), 200, "what was taken before stays taken");

    // A pass below the round's mark is not enough; one of somebody else's neither.
    for (who, result, answer) in [
        (&device, attestation(83, (3, 4), (7, 8)), 403),
        (&server.device().await, attestation(100, (4, 4), (8, 8)), 403),
        (&device, attestation(91, (3, 4), (8, 8)), 201),
    ] {
        assert_eq!(put(&server, who, &to(&result), ATTESTATION_TYPE, &result).await, 201, "{result}");
        assert_eq!(send().await.status(), answer, "{result}");
    }
    // Another cohort's round asks nobody here.
    publish(2, "spring").await;
    server.device().await.send(&server, &report("3")).await;
}
