//! Every figure against a plain recount of what was written down when it happened.

use super::life::lived;
use crate::common::Running;
use fastrand::Rng;
use serde_json::Value;
use spotter_model::CaseState;
use spotter_server::console::trends::tables;
use spotter_server::store::trends::Range;
use spotter_server::store::{cases, reporters, word};
use spotter_server::{audit, clock};
use spotter_survey::table::Table;
use std::collections::{BTreeMap, BTreeSet};

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
    let rows: Vec<(i64, String, Vec<u8>, String)> =
        sqlx::query_as("SELECT case_id, received_at, body, reporter FROM reports ORDER BY seq")
            .fetch_all(pool)
            .await
            .unwrap();
    for (case, at, body, reporter) in rows {
        let key_id = server.app.store.keys().open_text(reporters::REPORTER, &reporter).unwrap();
        let cohort: String = sqlx::query_scalar("SELECT cohort FROM devices WHERE key_id = $1")
            .bind(key_id)
            .fetch_one(pool)
            .await
            .unwrap();
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
pub async fn filled_in_alike(server: &Running) {
    if crate::common::postgres::only_a_file("no cases from before that schema are there") {
        return;
    }
    let sql = include_str!("../../migrations/0019_trends.sql");
    let plain: String = sql.lines().filter(|l| !l.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    let state = "SELECT 'c', id, coalesce(decide_s, -1) || ' ' || coalesce(tell_s, -1) || ' ' || coalesce(remove_s, -1) || ' ' || relisted || ' ' || cohort FROM cases \
                 UNION ALL SELECT 'n', id, action || ' ' || action_at FROM notices \
                 UNION ALL SELECT 'f ' || kind, case_id, value FROM case_facts ORDER BY 1, 2, 3";
    let mut tx = server.app.store.begin().await.unwrap();
    let along: Vec<(String, i64, String)> = sqlx::query_as(state).fetch_all(&mut *tx).await.unwrap();
    // The migration meets a database from before anything was sealed.
    sqlx::query("DROP TRIGGER reports_never_change_update").execute(&mut *tx).await.unwrap();
    sqlx::query("ALTER TABLE reports ADD COLUMN key_id TEXT").execute(&mut *tx).await.unwrap();
    let sealed: Vec<(i64, Vec<u8>, String)> =
        sqlx::query_as("SELECT seq, body, reporter FROM reports").fetch_all(&mut *tx).await.unwrap();
    let keys = server.app.store.keys();
    for (seq, body, reporter) in sealed {
        let body = keys.open_bytes(cases::kinds::BODY, &body).unwrap().unwrap();
        let reporter = keys.open_text(reporters::REPORTER, &reporter).unwrap();
        let plain = sqlx::query("UPDATE reports SET body = $1, key_id = $2 WHERE seq = $3");
        let plain = plain.bind(body).bind(reporter).bind(seq);
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
        crate::common::html::only_ours(&page.text);
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
