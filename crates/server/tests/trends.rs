//! Trends: every figure against a plain recount of what happened, the trusted flagger's year, the year for anybody, companies that
//! refuse too much, their files that come back, and the action plan.

mod common;

use common::{Browser, Device, Running, report, uuid};
use fastrand::Rng;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use spotter_model::case::{CheckOutcome, TRANSITIONS, Who};
use spotter_model::{CaseState, Event, Tier};
use spotter_server::console::trends::tables;
use spotter_server::notices::Kind;
use spotter_server::notices::render::Rendered;
use spotter_server::roles::Role;
use spotter_server::store::companies::{Channel, Company};
use spotter_server::store::notices::NewNotice;
use spotter_server::store::steps::{self, Actor};
use spotter_server::store::trends::Range;
use spotter_server::store::{cases, checks, companies, devices, erasure, notices, people, reviewers, word};
use spotter_server::{audit, clock, random};
use spotter_survey::table::Table;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const HOSTS: [&str; 5] = ["a.example", "b.example", "c.example", "allegro.pl", "none.example"];

fn stamp(server: &Running) -> String {
    clock::stamp((server.app.clock)())
}

async fn company(server: &Running, name: &str, hosts: &[&str]) -> i64 {
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

async fn device(server: &Running, cohort: &str) -> Device {
    let (device, code) = (Device::new(), random::token());
    let new = devices::Invited { uses: 1, cohort: cohort.into(), tier: Tier::Spotter, replaces: None };
    let mut tx = server.app.store.begin().await.unwrap();
    devices::invite(&mut tx, &code, &new, &stamp(server)).await.unwrap();
    tx.commit().await.unwrap();
    let answer = server.http.post(server.url("/v1/enrolments")).json(&device.enrolment(&code)).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    device
}

fn filled(host: &str, listing: &str, group: &str, commodities: &[&str], methods: &[&str]) -> Value {
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
async fn reviewers(server: &Running) -> (i64, i64) {
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
async fn write(server: &Running, case_id: i64, company_id: i64, kind: Kind, trusted: bool, by: i64) -> String {
    let (now, secret) = (stamp(server), random::token());
    let mut tx = server.app.store.begin().await.unwrap();
    let case = cases::find_in(&mut tx, case_id).await.unwrap().unwrap();
    let number = format!("WN-2026-{:06}", notices::next_id(&mut tx).await.unwrap());
    let rendered =
        Rendered { lang: "en".into(), subject: "s".into(), text: "t".into(), json: json!({}), cells: vec![] };
    let new = NewNotice {
        number: &number,
        case: &case,
        company_id,
        kind,
        trusted,
        rendered: &rendered,
        answer_hash: &Sha256::digest(secret.as_bytes()),
        written_by: by,
        not_before: &now,
    };
    notices::write(&mut tx, &new, &now).await.unwrap();
    tx.commit().await.unwrap();
    secret
}

/// Sends the newest notice of a case; one that alleges illegality is approved by another first.
async fn send(server: &Running, case_id: i64, other: i64) {
    let now = stamp(server);
    let newest = notices::of_case(server.app.store.reader(), case_id).await.unwrap().remove(0);
    let mut tx = server.app.store.begin().await.unwrap();
    if newest.kind == Kind::Dsa16 {
        assert!(notices::approve(&mut tx, newest.id, other, &now, &now).await.unwrap());
    }
    notices::sent(&mut tx, &newest, "2099-01-01T00:00:00.000Z", &now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn step(server: &Running, case_id: i64, event: Event, actor: Actor) {
    let mut tx = server.app.store.begin().await.unwrap();
    let case = cases::find_in(&mut tx, case_id).await.unwrap().unwrap();
    steps::take(&mut tx, &case, event, actor, None, &stamp(server)).await.unwrap();
    tx.commit().await.unwrap();
}

/// A year of a programme, at random: reports, decisions, notices, answers, looks again.
async fn lived(server: &Running, rng: &mut Rng, listings: usize, happenings: usize) {
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
        let due: Option<i64> = sqlx::query_scalar("SELECT id FROM checks WHERE outcome IS NULL AND case_id = ?")
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

/// What happened to one case, read from what was written down when it did.
#[derive(Default)]
struct Told {
    reports: Vec<(String, Value, String)>,
    state: String,
    host: String,
    /// Decision, what it led to, when.
    decisions: Vec<(String, String, String)>,
    sent: Vec<String>,
    looks: Vec<(String, String)>,
}

impl Told {
    fn opened(&self) -> &str {
        &self.reports[0].0
    }

    fn newest(&self) -> &Value {
        &self.reports.last().unwrap().1
    }

    fn named(&self, fields: &[&str]) -> Vec<String> {
        let all = self.reports.iter().flat_map(|r| fields.iter().map(|f| r.1.pointer(f)));
        let all: BTreeSet<String> =
            all.flatten().flat_map(|v| v.as_array().unwrap()).map(|v| v.as_str().unwrap().to_owned()).collect();
        all.into_iter().collect()
    }

    fn seconds(from: &str, to: &str) -> i64 {
        clock::read(to).unwrap().unix_timestamp() - clock::read(from).unwrap().unix_timestamp()
    }

    fn decide(&self) -> Option<i64> {
        let open = ["new", "queued", "needs_second_opinion"];
        let first = self.decisions.iter().find(|d| !open.contains(&d.1.as_str()))?;
        Some(Self::seconds(self.opened(), &first.2))
    }

    fn tell(&self) -> Option<i64> {
        let confirmed = self.decisions.iter().find(|d| d.0 == "confirm")?;
        Some(Self::seconds(&confirmed.2, self.sent.first()?))
    }

    fn remove(&self) -> Option<i64> {
        let two = ["removed_confirmed_by_company", "notice_page_says_removed"];
        let seen = self.looks.iter().find(|l| two.contains(&l.0.as_str()))?;
        Some(Self::seconds(self.sent.first()?, &seen.1))
    }

    fn relisted(&self) -> bool {
        self.decisions.iter().any(|d| d.0 == "relist")
    }
}

async fn told(server: &Running) -> Vec<Told> {
    let pool = server.app.store.read();
    let mut all: BTreeMap<i64, Told> = BTreeMap::new();
    let rows: Vec<(i64, String, Vec<u8>, String)> = sqlx::query_as(
        "SELECT r.case_id, r.received_at, r.body, d.cohort FROM reports r JOIN devices d ON d.key_id = r.key_id ORDER BY r.seq",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    for (case, at, body, cohort) in rows {
        let body = server.app.store.keys().open_bytes(cases::kinds::BODY, &body).unwrap().unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let case = all.entry(case).or_default();
        case.host = body["place"]["marketplace"].as_str().unwrap().to_owned();
        case.reports.push((at, body, cohort));
    }
    for (case, state) in
        sqlx::query_as::<_, (i64, String)>("SELECT id, state FROM cases").fetch_all(pool).await.unwrap()
    {
        all.get_mut(&case).unwrap().state = state;
    }
    for (case, what, to, at) in sqlx::query_as::<_, (i64, String, String, String)>(
        "SELECT case_id, decision, to_state, at FROM decisions ORDER BY case_id, version",
    )
    .fetch_all(pool)
    .await
    .unwrap()
    {
        all.get_mut(&case).unwrap().decisions.push((what, to, at));
    }
    for (case, at) in sqlx::query_as::<_, (i64, String)>(
        "SELECT case_id, sent_at FROM notices WHERE sent_at IS NOT NULL ORDER BY sent_at",
    )
    .fetch_all(pool)
    .await
    .unwrap()
    {
        all.get_mut(&case).unwrap().sent.push(at);
    }
    for (case, outcome, at) in sqlx::query_as::<_, (i64, String, String)>(
        "SELECT case_id, outcome, at FROM checks WHERE outcome IS NOT NULL ORDER BY at, id",
    )
    .fetch_all(pool)
    .await
    .unwrap()
    {
        all.get_mut(&case).unwrap().looks.push((outcome, at));
    }
    all.into_values().collect()
}

/// A table as a map: what names a row, and its other cells as they are read.
fn shown(table: &Table) -> BTreeMap<String, Vec<String>> {
    let rows: Vec<(String, Vec<String>)> =
        table.rows.iter().map(|r| (r[0].shown(), r[1..].iter().map(|c| c.shown()).collect())).collect();
    let n = rows.len();
    let map: BTreeMap<_, _> = rows.into_iter().collect();
    assert_eq!(map.len(), n, "{} names a row twice", table.id);
    map
}

fn counted(all: &[&Told], by: impl Fn(&Told) -> Vec<String>) -> BTreeMap<String, Vec<String>> {
    let confirmed: Vec<String> = CaseState::ALL.into_iter().filter(|s| s.is_confirmed()).map(|s| word(&s)).collect();
    let mut out: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    for case in all {
        for name in by(case) {
            let row = out.entry(name).or_default();
            let holds = [
                true,
                confirmed.contains(&case.state),
                case.tell().is_some(),
                case.remove().is_some(),
                case.relisted(),
            ];
            row.iter_mut().zip(holds).for_each(|(n, holds)| *n += usize::from(holds));
        }
    }
    out.into_iter().map(|(name, row)| (name, row.map(|n| n.to_string()).to_vec())).collect()
}

fn rank(sorted: &[i64], tenths: usize) -> String {
    let seconds = sorted[(sorted.len() * tenths).div_ceil(10) - 1];
    format!("{:.1}", ((seconds as f64) / 360.0 + 0.5).floor() / 10.0)
}

fn monday(at: &str) -> String {
    let days = clock::read(at).unwrap().date().to_julian_day();
    time::Date::from_julian_day(days - days.rem_euclid(7)).unwrap().to_string()
}

fn company_of(host: &str) -> &'static str {
    match host {
        "a.example" | "b.example" => "Alpha \"&\" <b>",
        "c.example" | "allegro.pl" => "=Beta",
        _ => "No company",
    }
}

async fn compare(server: &Running, all: &[Told], range: &Range) {
    let within = |t: &&Told| {
        t.opened() >= range.from.as_str()
            && t.opened() < range.to.as_str()
            && (range.cohorts.is_empty() || range.cohorts.contains(&t.reports[0].2))
    };
    let cases: Vec<&Told> = all.iter().filter(within).collect();
    let get = async |id: &str| shown(&tables::one(server.app.store.read(), id, range).await.unwrap().unwrap());
    let or = |text: &str| if text.is_empty() { "Not known".to_owned() } else { text.to_owned() };
    let group = |t: &Told| match t.newest()["assessment"]["groups"][0].as_str() {
        Some("elephant") => vec!["Elephants".to_owned()],
        Some("parrots") => vec!["Parrots".to_owned()],
        Some("rhino") => vec!["Rhinoceroses".to_owned()],
        _ => vec!["Not known".to_owned()],
    };
    assert_eq!(get("groups").await, counted(&cases, group));
    assert_eq!(get("marketplaces").await, counted(&cases, |t| vec![t.host.clone()]));
    let country = |t: &Told| vec![if t.host == "allegro.pl" { "PL".to_owned() } else { or("") }];
    assert_eq!(get("countries").await, counted(&cases, country));
    let language = |t: &Told| {
        let said = t.newest()["listing"]["lang"].as_str().unwrap();
        vec![or(if said.is_empty() && t.host == "allegro.pl" { "pl" } else { said })]
    };
    assert_eq!(get("languages").await, counted(&cases, language));
    assert_eq!(get("weeks").await, counted(&cases, |t| vec![monday(t.opened())]));
    let product = |t: &Told| {
        let words = [("IVC", "ivory carving (IVC)"), ("LIV", "live (LIV)"), ("HOR", "horn (HOR)")];
        let named = t.named(&["/assessment/commodities"]);
        words.into_iter().filter(|(c, _)| named.contains(&(*c).to_owned())).map(|(_, w)| w.to_owned()).collect()
    };
    assert_eq!(get("products").await, counted(&cases, product));
    let method = |t: &Told| {
        let name = |m: String| match m.as_str() {
            "method.chat" => "moves the talk to a private chat".to_owned(),
            other => other.replace('-', " "),
        };
        t.named(&["/assessment/methods", "/methods_ticked"]).into_iter().map(name).collect()
    };
    assert_eq!(get("methods").await, counted(&cases, method));

    let mut times: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut again: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for name in ["Alpha \"&\" <b>", "=Beta", "No company"] {
        let of: Vec<&&Told> = cases.iter().filter(|t| company_of(&t.host) == name).collect();
        let spans: [Vec<i64>; 3] = [
            of.iter().filter_map(|t| t.decide()).collect(),
            of.iter().filter_map(|t| t.tell()).collect(),
            of.iter().filter_map(|t| t.remove()).collect(),
        ];
        let mut row = vec![];
        for mut span in spans.clone() {
            span.sort_unstable();
            row.push(span.len().to_string());
            let ranks = [5, 9].map(|tenths| if span.is_empty() { String::new() } else { rank(&span, tenths) });
            row.extend(ranks);
        }
        if spans.iter().any(|s| !s.is_empty()) {
            times.insert(name.to_owned(), row);
        }
        let gone = of.iter().filter(|t| t.remove().is_some() || t.relisted()).count();
        if gone > 0 {
            again.insert(name.to_owned(), [gone, of.iter().filter(|t| t.relisted()).count()]);
        }
    }
    assert_eq!(get("times").await, times);
    let relisting = get("relisting").await;
    assert_eq!(relisting.len(), again.len());
    for (name, [gone, relisted]) in again {
        assert_eq!(relisting[&name][..2], [gone.to_string(), relisted.to_string()], "{name}");
    }
}

/// What migrations fill in for cases from before, run again over what was written along.
async fn filled_in_alike(server: &Running) {
    let sql = include_str!("../migrations/0019_trends.sql");
    let plain: String = sql.lines().filter(|l| !l.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    let state = "SELECT 'c', id, coalesce(decide_s, -1) || ' ' || coalesce(tell_s, -1) || ' ' || coalesce(remove_s, -1) || ' ' || relisted || ' ' || cohort FROM cases \
                 UNION ALL SELECT 'n', id, action || ' ' || action_at FROM notices \
                 UNION ALL SELECT 'f ' || kind, case_id, value FROM case_facts ORDER BY 1, 2, 3";
    let mut tx = server.app.store.begin().await.unwrap();
    let along: Vec<(String, i64, String)> = sqlx::query_as(state).fetch_all(&mut *tx).await.unwrap();
    // The migration meets a database from before anything was sealed.
    sqlx::query("DROP TRIGGER reports_never_change_update").execute(&mut *tx).await.unwrap();
    let sealed: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT seq, body FROM reports").fetch_all(&mut *tx).await.unwrap();
    for (seq, body) in sealed {
        let body = server.app.store.keys().open_bytes(cases::kinds::BODY, &body).unwrap().unwrap();
        let plain = sqlx::query("UPDATE reports SET body = ? WHERE seq = ?").bind(body).bind(seq);
        plain.execute(&mut *tx).await.unwrap();
    }
    for blank in [
        "DELETE FROM case_facts",
        "UPDATE cases SET decide_s = 1, tell_s = 1, remove_s = 1, relisted = 7, cohort = 'x'",
        "UPDATE notices SET action = '', action_at = ''",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(blank)).execute(&mut *tx).await.unwrap();
    }
    let fills = plain.split(';').map(str::trim).filter(|s| s.starts_with("UPDATE ") || s.starts_with("INSERT "));
    let mut n = 0;
    for fill in fills {
        sqlx::query(sqlx::AssertSqlSafe(fill.to_owned())).execute(&mut *tx).await.unwrap();
        n += 1;
    }
    assert_eq!(n, 6, "the fills of the migration");
    let filled: Vec<(String, i64, String)> = sqlx::query_as(state).fetch_all(&mut *tx).await.unwrap();
    for (a, b) in along.iter().zip(&filled) {
        assert_eq!(a, b);
    }
    assert_eq!(along.len(), filled.len());
}

#[tokio::test]
async fn figures_are_those_of_a_plain_recount() {
    for seed in [3, 11] {
        let mut rng = Rng::with_seed(seed);
        let server = Running::start().await;
        lived(&server, &mut rng, 45, 500).await;
        let all = told(&server).await;
        for what in [Told::decide, Told::tell, Told::remove] {
            assert!(all.iter().filter_map(what).count() > 3, "something of everything happens, seed {seed}");
        }
        assert!(all.iter().any(Told::relisted), "seed {seed}");
        let (first, last) = ("0000-01-01".to_owned(), "9999-01-01".to_owned());
        let mut ranges = vec![Range { from: first.clone(), to: last.clone(), cohorts: vec![] }];
        for cohorts in [vec!["autumn"], vec!["spring", "nobody"], vec!["aut"]] {
            let cohorts = cohorts.into_iter().map(str::to_owned).collect();
            ranges.push(Range { from: first.clone(), to: last.clone(), cohorts });
        }
        for _ in 0..4 {
            let (a, b) = (all[rng.usize(..all.len())].opened(), all[rng.usize(..all.len())].opened());
            ranges.push(Range { from: a.min(b)[..10].to_owned(), to: a.max(b)[..10].to_owned(), cohorts: vec![] });
        }
        for range in &ranges {
            compare(&server, &all, range).await;
        }
        filled_in_alike(&server).await;
        audit::verify(server.app.store.read()).await.unwrap();

        // The same on the page, in the file and in the picture, with names that would be mark-up or a formula.
        let mut lead = server.reviewer_with_session("The lead").await;
        let page = lead.get("/console/trends").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Alpha &quot;&amp;&quot; &lt;b&gt;") && !page.text.contains("<b>\""));
        common::html::only_ours(&page.text);
        let until = clock::day((server.app.clock)() + time::Duration::days(1));
        let query = format!("?from=2000-01-01&until={until}");
        let file = lead.get(&format!("/console/trends/tables/times{query}")).await;
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        let rows: Vec<_> = csv::Reader::from_reader(file.text.as_bytes()).records().map(|r| r.unwrap()).collect();
        assert!(rows.iter().any(|r| &r[0] == "'=Beta") && rows.iter().any(|r| &r[0] == "Alpha \"&\" <b>"), "{rows:?}");
        let chart = lead.get(&format!("/console/trends/charts/relisting{query}")).await;
        assert!(chart.headers["content-type"] == "image/svg+xml" && !chart.text.contains("<b>"));
        for missing in ["tables/none", "charts/none", "charts/new-terms"] {
            assert_eq!(lead.get(&format!("/console/trends/{missing}")).await.status, 404, "{missing}");
        }
    }
}

/// Reports, confirms and tells: a case of a host, and the secret of its notice.
async fn told_case(server: &Running, device: &Device, host: &str, listing: &str, kind: (Kind, bool)) -> (i64, String) {
    let (one, two) = reviewers(server).await;
    device.send(server, &filled(host, listing, "elephant", &["IVC"], &[])).await;
    let id: i64 = sqlx::query_scalar("SELECT max(id) FROM cases").fetch_one(server.app.store.read()).await.unwrap();
    step(server, id, Event::Confirm, Actor::Reviewer(one)).await;
    let company = companies::of_host(server.app.store.read(), host).await.unwrap().unwrap();
    let secret = write(server, id, company.id, kind.0, kind.1, one).await;
    send(server, id, two).await;
    (id, secret)
}

async fn as_role(server: &Running, name: &str, role: Role) -> Browser {
    let browser = server.reviewer_with_session(name).await;
    let mut tx = server.app.store.begin().await.unwrap();
    people::set_role_by_name(&mut tx, name, role).await.unwrap();
    tx.commit().await.unwrap();
    browser
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_bytes());
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_trusted_flaggers_year_counts_its_own_notices_alone() {
    let server = Running::with(|s| s.trusted_flagger = "Example Authority".into()).await;
    let device = server.device().await;
    company(&server, "Alpha", &["a.example"]).await;
    company(&server, "=Beta", &["b.example"]).await;
    let year = (server.app.clock)().year();
    // Of the policy, without the status, and of the next year: none of these is in the report.
    for (n, kind) in [(Kind::Policy, false), (Kind::Dsa16, false)].into_iter().enumerate() {
        told_case(&server, &device, "a.example", &format!("no{n}"), kind).await;
    }
    for (n, (host, event)) in [
        ("a.example", Some(Event::Remove)),
        ("a.example", Some(Event::Refuse)),
        ("a.example", None),
        ("b.example", Some(Event::Acknowledge)),
    ]
    .into_iter()
    .enumerate()
    {
        let (case, _) = told_case(&server, &device, host, &format!("yes{n}"), (Kind::Dsa16, true)).await;
        let company = companies::of_host(server.app.store.read(), host).await.unwrap().unwrap().id;
        if let Some(event) = event {
            step(&server, case, event, Actor::Company(company)).await;
        }
    }
    let mut auditor = as_role(&server, "One auditor", Role::Auditor).await;
    let page = auditor.get(&format!("/console/trends/article22?year={year}")).await;
    assert!(page.status == 200 && page.text.contains(&format!("Notices in {year}: <b>4</b>")), "{}", page.text);
    common::html::only_ours(&page.text);
    let file = auditor.get(&format!("/console/trends/article22/by-provider?year={year}")).await.text;
    let cells = |row: &[&str]| row.iter().map(|&c| c.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        rows(&file)[1..],
        [cells(&["'=Beta", "1", "0", "0", "0", "0", "1", "0"]), cells(&["Alpha", "3", "1", "0", "1", "0", "0", "1"])]
    );
    let both = rows(&auditor.get(&format!("/console/trends/article22/by-both?year={year}")).await.text);
    assert_eq!(both[2], cells(&["Alpha", "Elephants", "3", "1", "0", "1", "0", "0", "1"]));
    let other = auditor.get(&format!("/console/trends/article22?year={}", year + 1)).await;
    assert!(other.text.contains("<b>0</b>"));
    assert_eq!(auditor.get("/console/trends/article22/nothing").await.status, 404);
    // Whoever does not hold the status is told so.
    let plain = Running::start().await;
    let page = plain.reviewer_with_session("One").await.get("/console/trends/article22?year=x").await;
    assert!(page.text.contains("does not hold the status") && page.text.contains("nothing to report"));
}

#[tokio::test]
async fn a_year_is_published_once_and_no_small_number_is_in_it() {
    let server = Running::start().await;
    let device = server.device().await;
    let (one, _) = reviewers(&server).await;
    let mut case = 0;
    // Of one country 14, of marketplaces without one 11, of another country 3; of elephants 20, of others 8.
    for (host, n) in [("allegro.pl", 14), ("seller-of-ivory.example", 11), ("ebay.co.uk", 3)] {
        for _ in 0..n {
            let group = if case < 20 { "elephant" } else { "parrots" };
            device.send(&server, &filled(host, &format!("{case}"), group, &["IVC"], &["<script>x</script>"])).await;
            case += 1;
            step(&server, case, Event::Confirm, Actor::Reviewer(one)).await;
        }
    }
    // Not confirmed: not in it.
    device.send(&server, &filled("never.example", "x", "rhino", &[], &[])).await;
    let year = (server.app.clock)().year();
    let path = format!("/console/trends/years/{year}");
    let mut lead = server.reviewer_with_session("The lead").await;
    let mut anybody = Browser::new(&server);
    assert_eq!(lead.get(&path).await.status, 404, "it is not over");
    assert_eq!(anybody.get(&format!("/yearly/{year}")).await.status, 404);

    server.move_clock(366 * 86_400);
    let mut lead = server.reviewer_with_session("The lead").await;
    let mut auditor = as_role(&server, "One auditor", Role::Auditor).await;
    let preview = auditor.get(&path).await;
    assert!(preview.status == 200 && !preview.text.contains("seller-of-ivory") && !preview.text.contains("Parrots"));
    assert!(!preview.text.contains("name=\"sure\""), "an auditor publishes nothing");
    assert_eq!(anybody.get(&format!("/yearly/{year}")).await.status, 404, "a preview publishes nothing");
    let csrf = lead.get("/console/keys").await.field("csrf");
    assert_eq!(lead.post(&path, &[("csrf", &csrf)]).await.status, 422, "not without being sure");
    assert_eq!(lead.post(&path, &[("csrf", &csrf), ("sure", "yes")]).await.status, 303);
    assert_eq!(lead.post(&path, &[("csrf", &csrf), ("sure", "yes")]).await.status, 409, "once");

    let page = anybody.get(&format!("/yearly/{year}")).await;
    assert_eq!(page.status, 200);
    common::html::only_ours(&page.text);
    for hidden in ["GB", "allegro", "seller-of-ivory", "Parrots", "never.example", "synthetic-seller", "<script>x"] {
        assert!(!page.text.contains(hidden), "{hidden}");
    }
    let mut file = async |name: &str| rows(&anybody.get(&format!("/yearly/{year}/{name}.csv")).await.text);
    let cells = |row: [&str; 3]| row.map(str::to_owned).to_vec();
    assert_eq!(file("total").await[1..], [cells([&year.to_string(), "28", "0"])]);
    assert_eq!(file("countries").await[1..], [cells(["PL", "14", "0"]), cells(["All others together", "14", "0"])]);
    assert_eq!(file("groups").await[1..], [cells(["All others together", "28", "0"])]);
    assert_eq!(file("products").await[1..], [cells(["ivory carving (IVC)", "28", "0"])]);
    assert_eq!(anybody.get(&format!("/yearly/{year}/none.csv")).await.status, 404);
    assert!(anybody.get("/yearly").await.text.contains(&format!("href=\"/yearly/{year}\"")));

    // What happens later changes nothing of it, and nobody can.
    step(&server, 1, Event::Close, Actor::Reviewer(one)).await;
    step(&server, 1, Event::Reopen, Actor::Reviewer(one)).await;
    assert_eq!(anybody.get(&format!("/yearly/{year}")).await.text, page.text);
    let mut tx = server.app.store.begin().await.unwrap();
    for sql in ["UPDATE published_years SET tables = '[]'", "DELETE FROM published_years"] {
        assert!(sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await.is_err(), "{sql}");
    }
    drop(tx);
    audit::verify(server.app.store.read()).await.unwrap();
}

#[tokio::test]
async fn a_company_that_refuses_too_much_is_seen_where_notices_are_written() {
    let server = Running::start().await;
    let device = server.device().await;
    let alpha = company(&server, "Alpha <i>", &["a.example"]).await;
    let mut cases = vec![];
    for n in 0..21 {
        cases.push(told_case(&server, &device, "a.example", &format!("{n}"), (Kind::Policy, false)).await.0);
    }
    for case in &cases[..20] {
        step(&server, *case, Event::Remove, Actor::Company(alpha)).await;
    }
    step(&server, cases[0], Event::Reinstate, Actor::Company(alpha)).await;
    // One more that could be told.
    device.send(&server, &filled("a.example", "next", "elephant", &[], &[])).await;
    let (one, _) = reviewers(&server).await;
    step(&server, 22, Event::Confirm, Actor::Reviewer(one)).await;
    let mut lead = server.reviewer_with_session("The lead").await;
    let pages = [
        "/console/companies",
        "/console/companies/1",
        "/console/cases/22",
        "/console/cases/22/notice",
        "/console/trends",
    ];
    for path in pages {
        let page = lead.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains("refused or called wrong:"), "{path}: 1 of 20 is 5 %, not more");
    }
    step(&server, cases[20], Event::Refuse, Actor::Company(alpha)).await;
    for path in pages {
        let page = lead.get(path).await.text;
        assert!(
            page.contains("2 of the last 21 answered notices were refused or called wrong: more than 5 %."),
            "{path}"
        );
    }
    // Silence and receipts are no answers; whatever is older than the last hundred is forgotten.
    for n in 0..100 {
        server.move_clock(60);
        let (case, _) = told_case(&server, &device, "a.example", &format!("more{n}"), (Kind::Policy, false)).await;
        step(&server, case, Event::Acknowledge, Actor::Company(alpha)).await;
        if n == 0 {
            assert!(lead.get("/console/companies").await.text.contains("2 of the last 21"));
        }
        server.move_clock(60);
        step(&server, case, Event::Remove, Actor::Company(alpha)).await;
    }
    let mut lead = server.reviewer_with_session("The lead").await;
    assert!(!lead.get("/console/companies").await.text.contains("refused or called wrong:"));
}

#[tokio::test]
async fn a_companys_file_comes_back_whole_or_not_at_all() {
    let server = Running::start().await;
    let device = server.device().await;
    company(&server, "Alpha", &["a.example"]).await;
    company(&server, "Beta", &["b.example"]).await;
    let mut secrets = vec![];
    for n in 0..3 {
        secrets.push(told_case(&server, &device, "a.example", &format!("{n}"), (Kind::Policy, false)).await.1);
    }
    secrets.push(told_case(&server, &device, "b.example", "b", (Kind::Policy, false)).await.1);
    let number = |n: usize| format!("WN-2026-{n:06}");
    let state = async |case: i64| cases::find(server.app.store.reader(), case).await.unwrap().unwrap().state;
    let links = async || {
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM audit").fetch_one(server.app.store.read()).await.unwrap()
    };
    let mut lead = server.reviewer_with_session("The lead").await;
    let csrf = lead.get("/console/keys").await.field("csrf");
    let path = "/console/companies/1/returned";
    let before = links().await;

    // Another company's, one that there is not, and a line that says nothing: with one such line nothing counts.
    let bad = format!("notice,false_positive\n{},yes\n{},no\nWN-2026-999999,no\n", number(1), number(4));
    let page = lead.post(path, &[("csrf", &csrf), ("file", &bad)]).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("Line 3: ") && page.text.contains("Line 4: ") && !page.text.contains("Line 2: "));
    let page = lead.post(path, &[("csrf", &csrf), ("file", "notice,false_positive\n<b>,<script>\n")]).await;
    assert!(page.status == 422 && page.text.contains("Line 2: ") && !page.text.contains("<script>"));
    common::html::only_ours(&page.text);
    let nothing = format!("notice,false_positive\n{},\n", number(1));
    assert_eq!(lead.post(path, &[("csrf", &csrf), ("file", &nothing)]).await.status, 422);

    // Semicolons, as a spreadsheet of another country writes it: first seen, then kept.
    let good =
        format!("item_id;notice;false_positive\r\n1;{};yes\r\n2;{};No\r\n3;{};\r\n", number(1), number(2), number(3));
    let seen = lead.post(path, &[("csrf", &csrf), ("file", &good)]).await;
    assert!(seen.status == 200 && seen.text.contains("2 notices would change."), "{}", seen.text);
    common::html::only_ours(&seen.text);
    assert_eq!((state(1).await, state(2).await, links().await), (CaseState::Notified, CaseState::Notified, before));
    let hash = seen.field("seen");
    let other = lead.post(path, &[("csrf", &csrf), ("file", &good.replace("No", "yes")), ("seen", &hash)]).await;
    assert!(other.text.contains("Nothing has changed yet."), "another file than the one that was shown");
    let kept = lead.post(path, &[("csrf", &csrf), ("file", &good), ("seen", &hash)]).await;
    assert!(kept.text.contains("2 notices changed."), "{}", kept.text);
    assert_eq!((state(1).await, state(2).await), (CaseState::Refused, CaseState::Acknowledged));
    assert_eq!(state(3).await, CaseState::Notified);
    let again = lead.post(path, &[("csrf", &csrf), ("file", &good)]).await;
    assert!(again.text.contains("No notices would change."));
    let wrong: Vec<Option<i64>> = sqlx::query_scalar("SELECT false_positive FROM notices ORDER BY id")
        .fetch_all(server.app.store.read())
        .await
        .unwrap();
    assert_eq!(wrong, [Some(1), Some(0), None, None]);
    let chained: Vec<String> = sqlx::query_scalar(
        "SELECT action || ' ' || detail FROM audit WHERE action IN ('notice.false_positive', 'company.file_returned') ORDER BY seq",
    )
    .fetch_all(server.app.store.read())
    .await
    .unwrap();
    assert_eq!(chained[..2], ["notice.false_positive yes", "notice.false_positive no"]);
    assert_eq!(chained[2], format!("company.file_returned sha256 {hash}, 2 lines, refuse 1, acknowledge 1"));

    // The company itself, with the links of its own notices and no others.
    let mut theirs = Browser::new(&server);
    assert_eq!(theirs.get("/answer").await.status, 200);
    let line = |n: usize, secret: &str| format!("{},https://x.example/answer/{secret},yes\n", number(n));
    let head = "notice,answer_link,false_positive\n";
    let stolen = format!("{head}{}{}", line(3, &secrets[2]), line(4, &secrets[0]));
    let page = theirs.post("/answer", &[("file", &stolen)]).await;
    assert!(page.status == 422 && page.text.contains("Line 3: ") && !page.text.contains("Line 2: "), "{}", page.text);
    let own = format!("{head}{}{}", line(3, &secrets[2]), line(4, &secrets[3]));
    let seen = theirs.post("/answer", &[("file", &own)]).await;
    assert_eq!((seen.status, state(3).await), (200, CaseState::Notified));
    let kept = theirs.post("/answer", &[("file", &own), ("seen", &seen.field("seen"))]).await;
    assert!(kept.text.contains("2 notices changed."), "{}", kept.text);
    assert_eq!((state(3).await, state(4).await), (CaseState::Refused, CaseState::Refused));
    // What a case no longer waits for is noted and moves nothing.
    step(&server, 2, Event::Remove, Actor::Company(1)).await;
    let late = format!("{head}{}", line(2, &secrets[1]));
    let seen = theirs.post("/answer", &[("file", &late)]).await;
    assert!(seen.text.contains("called wrong; the case stays where it is"));
    theirs.post("/answer", &[("file", &late), ("seen", &seen.field("seen"))]).await;
    assert_eq!(state(2).await, CaseState::Removed);
    assert_eq!(theirs.post("/answer", &[("file", &"x".repeat(4 * 1024 * 1024))]).await.status, 422);

    // A line of a case that was erased meanwhile does not spoil the file, counts, moves nothing, and nothing is written about it.
    let (five, secret) = told_case(&server, &device, "a.example", "five", (Kind::Policy, false)).await;
    let why = erasure::Why::Command("a test".to_owned());
    erasure::erase(&server.app.store, &[five], &why, Actor::Server, &stamp(&server)).await.unwrap();
    let gone = format!("{head}{}", line(5, &secret));
    let seen = theirs.post("/answer", &[("file", &gone)]).await;
    assert!(seen.text.contains("called wrong; the case stays where it is"), "{}", seen.text);
    let kept = theirs.post("/answer", &[("file", &gone), ("seen", &seen.field("seen"))]).await;
    assert!(kept.text.contains("1 notice changed."), "{}", kept.text);
    assert_eq!(state(five).await, CaseState::Notified);
    let left: (Option<i64>, i64) = sqlx::query_as(
        "SELECT n.false_positive, (SELECT count(*) FROM answers a WHERE a.notice_id = n.id) FROM notices n WHERE n.case_id = ?",
    )
    .bind(five)
    .fetch_one(server.app.store.read())
    .await
    .unwrap();
    assert_eq!(left, (Some(1), 0));
    audit::verify(server.app.store.read()).await.unwrap();
}

/// What is not sealed because figures are added up from it holds no words of a listing, and no method that was of one case alone
/// after that case was erased.
#[tokio::test]
async fn figures_keep_nothing_of_a_listing() {
    let server = Running::start().await;
    let device = server.device().await;
    let methods = ["method.chat", "of-one-listing-alone", "Words of the seller", "<b>"];
    device.send(&server, &filled("a.example", "1", "elephant", &["IVC", "Words", "sel", "SELLER"], &methods)).await;
    device.send(&server, &filled("a.example", "2", "elephant", &["IVC"], &["method.chat"])).await;
    let kept = async || {
        sqlx::query_as::<_, (String, i64, String)>("SELECT kind, case_id, value FROM case_facts ORDER BY 1, 2, 3")
            .fetch_all(server.app.store.read())
            .await
            .unwrap()
    };
    let row = |kind: &str, case: i64, value: &str| (kind.to_owned(), case, value.to_owned());
    let mut all = vec![
        row("method", 1, "method.chat"),
        row("method", 1, "of-one-listing-alone"),
        row("method", 2, "method.chat"),
        row("product", 1, "IVC"),
        row("product", 2, "IVC"),
    ];
    assert_eq!(kept().await, all);
    filled_in_alike(&server).await;
    let why = erasure::Why::Time("dismissed");
    erasure::erase(&server.app.store, &[1], &why, Actor::Server, &stamp(&server)).await.unwrap();
    all.remove(1);
    assert_eq!(kept().await, all);
}

#[tokio::test]
async fn the_plan_keeps_every_version() {
    let server = Running::start().await;
    let mut lead = server.reviewer_with_session("The lead").await;
    let csrf = lead.get("/console/keys").await.field("csrf");
    let goal = |id: &'static str, version: &'static str, title: &'static str| {
        vec![("csrf", csrf.as_str()), ("goal", id), ("version", version), ("title", title), ("indicator", "=share <b>")]
    };
    let path = "/console/trends/plan";
    assert_eq!(lead.post(path, &goal("0", "0", "")).await.status, 422, "no goal");
    assert_eq!(lead.post(path, &goal("0", "0", "Less ivory")).await.location(), "/console/trends/plan/1");
    let noted = [&goal("1", "1", "Less ivory on offer")[..], &[("note-2026", "Down.\r\nBy half."), ("baseline", "40")]]
        .concat();
    assert_eq!(lead.post(path, &noted).await.status, 303);
    // Whoever saw the first version keeps nothing, loses no word, and may go on.
    let stale = lead.post(path, &goal("1", "1", "Other words")).await;
    assert_eq!(stale.status, 409);
    assert!(stale.text.contains("value=\"Other words\"") && stale.text.contains("Less ivory on offer"));
    assert_eq!(stale.field("version"), "2");
    assert_eq!(lead.post(path, &goal("7", "0", "No such goal")).await.status, 404);
    for unfit in [("note-20", "x"), ("title", "a\nb"), ("note-2026", &*"x".repeat(2_001))] {
        let fields = [&goal("1", "2", "Less ivory")[..3], &[("indicator", "i"), unfit]].concat();
        assert_eq!(lead.post(path, &fields).await.status, 422, "{}", unfit.0);
    }
    let page = lead.get("/console/trends/plan/1").await;
    common::html::only_ours(&page.text);
    assert!(page.text.contains("Version 1") && page.text.contains("Version 2") && page.text.contains("By half."));
    let file = rows(&lead.get("/console/trends/plan.csv").await.text);
    assert_eq!(file[1], ["Less ivory on offer", "'=share <b>", "40", "", "2026", "Down. By half."]);
    let ended = [&goal("1", "2", "Less ivory on offer")[..], &[("ended", "yes")]].concat();
    assert_eq!(lead.post(path, &ended).await.status, 303);
    assert!(lead.get(path).await.text.contains("Given up"));
    let mut auditor = as_role(&server, "One auditor", Role::Auditor).await;
    let page = auditor.get(path).await;
    assert!(page.status == 200 && !page.text.contains("Add a goal"));
    let theirs = auditor.get("/console/keys").await.field("csrf");
    assert_eq!(
        auditor.post(path, &[("csrf", &theirs), ("goal", "0"), ("title", "x"), ("indicator", "y")]).await.status,
        403
    );
    let mut tx = server.app.store.begin().await.unwrap();
    for sql in ["UPDATE plan_goals SET title = 'x'", "DELETE FROM plan_goals"] {
        assert!(sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await.is_err(), "{sql}");
    }
    drop(tx);
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM audit WHERE action = 'plan.kept'")
        .fetch_one(server.app.store.read())
        .await
        .unwrap();
    assert_eq!(kept, 3);
    audit::verify(server.app.store.read()).await.unwrap();
}

/// Few cases in the suite; with `SPOTTER_TRENDS_CASES=100000` the budget is judged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_cases_are_added_up_by_the_database() {
    let asked = std::env::var("SPOTTER_TRENDS_CASES").ok().and_then(|n| n.parse::<i64>().ok());
    let cases = asked.unwrap_or(2_000);
    let server = Running::start().await;
    for n in 0..30 {
        company(&server, &format!("Company {n}"), &[&format!("market{n}.example")]).await;
    }
    let mut tx = server.app.store.begin().await.unwrap();
    let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";
    for sql in [
        "INSERT INTO cases (id, marketplace, listing_key, state, version, opened_at, changed_at, title, price, level, score, main_group, \
         missed, reports, country, language, words, decide_s, tell_s, remove_s, relisted, cohort) \
         SELECT i, 'market' || (i % 40) || '.example', 'id:' || i, CASE i % 4 WHEN 0 THEN 'removed' WHEN 1 THEN 'confirmed' WHEN 2 THEN 'not_prohibited' ELSE 'new' END, 1, \
         strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-11-01', '-' || (i * 364 / ?1) || ' days'), '2026-11-01T00:00:00.000Z', 'Synthetic carving number ' || i || ' of many, with a rather long title', \
         '$ 240', 'likely', 0.9, 'group' || (i % 23), 0, 1, CASE i % 9 WHEN 0 THEN '' ELSE 'C' || (i % 9) END, CASE i % 12 WHEN 0 THEN '' ELSE 'l' || (i % 12) END, \
         'synthetic carving number ' || i || ' of many, with a rather long title', CASE WHEN i % 4 < 3 THEN (i * 7919) % 900000 END, CASE WHEN i % 4 = 0 THEN (i * 104729) % 90000 END, \
         CASE WHEN i % 8 = 0 THEN (i * 1299709) % 9000000 END, i % 80 = 0, 'autumn' FROM n",
        "INSERT INTO case_facts (kind, case_id, value) SELECT 'product', i, 'P' || (i % 50) FROM n",
        "INSERT INTO case_facts (kind, case_id, value) SELECT 'method', i, 'M' || (i % 17) FROM n WHERE i % 2 = 0",
        "INSERT INTO case_facts (kind, case_id, value) SELECT 'product', i, 'Q' || (i % 7) FROM n WHERE i % 3 = 0",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(format!("{numbers} {sql}"))).bind(cases).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut lead = server.reviewer_with_session("The lead").await;
    let path = "/console/trends?from=2025-11-01&until=2026-11-01";
    let mut took: Vec<Duration> = vec![];
    for _ in 0..7 {
        // The copy of the last time is no longer good.
        server.move_clock(21);
        let began = Instant::now();
        let page = lead.get(path).await;
        took.push(began.elapsed());
        assert!(page.status == 200 && page.text.contains(&format!("<dd>{cases}</dd>")), "{}", page.status);
    }
    took.sort_unstable();
    println!("trends page with {cases} cases: median {:?}, worst of 7 {:?}", took[3], took[6]);
    for id in tables::ALL {
        let began = Instant::now();
        let range = Range { from: "2025".into(), to: "2027".into(), cohorts: vec![] };
        tables::one(server.app.store.read(), id, &range).await.unwrap().unwrap();
        println!("  {id}: {:?}", began.elapsed());
    }
    assert!(asked.is_none() || took[3] <= Duration::from_secs(1), "{:?}", took[3]);
}

/// For a person who wants to see the pages: serves a lived year, with a lead's cookies, for so many seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it waits to be looked at"]
async fn pages_to_look_at() {
    let server = Running::with(|s| s.trusted_flagger = "Example Authority".into()).await;
    lived(&server, &mut Rng::with_seed(5), 160, 900).await;
    server.move_clock(366 * 86_400);
    let mut lead = server.reviewer_with_session("The lead").await;
    let csrf = lead.get("/console/keys").await.field("csrf");
    for title in ["Fewer offers of ivory on the five largest marketplaces", "Notices answered within a week"] {
        let goal = [
            ("csrf", csrf.as_str()),
            ("goal", "0"),
            ("version", "0"),
            ("title", title),
            ("indicator", "Confirmed cases a month"),
        ];
        lead.post("/console/trends/plan", &goal).await;
    }
    let year = (server.app.clock)().year() - 1;
    for year in 2026..=year {
        lead.post(&format!("/console/trends/years/{year}"), &[("csrf", &csrf), ("sure", "yes")]).await;
    }
    let first: String =
        sqlx::query_scalar("SELECT min(opened_at) FROM cases").fetch_one(server.app.store.read()).await.unwrap();
    let year = first[..4].parse::<i32>().unwrap() + 1;
    println!("LOOK {} {} {year} {:?}", lead.origin(), &first[..10], lead.cookies());
    let seconds = std::env::var("SPOTTER_LOOK_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(60);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}
