//! Trends: every figure against a plain recount of what happened, the trusted flagger's year, the year for anybody, companies that
//! refuse too much, their files that come back, and the action plan.

mod common;

#[path = "trends/life.rs"]
mod life;
#[path = "trends/recount.rs"]
mod recount;

use common::{Browser, Device, Running};
use life::{company, filled, reviewers, send, stamp, step, write};
use recount::filled_in_alike;
use spotter_model::{CaseState, Event};
use spotter_server::audit;
use spotter_server::console::trends::tables;
use spotter_server::notices::Kind;
use spotter_server::public::yearly_words::{ALL, name};
use spotter_server::roles::Role;
use spotter_server::store::steps::Actor;
use spotter_server::store::trends::Range;
use spotter_server::store::{cases, companies, erasure, people};
use std::time::{Duration, Instant};

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
        [
            cells(&["Test programme", "'=Beta", "1", "0", "0", "0", "0", "1", "0"]),
            cells(&["Test programme", "Alpha", "3", "1", "0", "1", "0", "0", "1"])
        ]
    );
    let both = rows(&auditor.get(&format!("/console/trends/article22/by-both?year={year}")).await.text);
    assert_eq!(both[2], cells(&["Test programme", "Alpha", "Elephants", "3", "1", "0", "1", "0", "0", "1"]));
    let other = auditor.get(&format!("/console/trends/article22?year={}", year + 1)).await;
    assert!(other.text.contains("<b>0</b>"));
    assert_eq!(auditor.get("/console/trends/article22/nothing").await.status, 404);
    // Whoever does not hold the status is told so.
    let plain = Running::start().await;
    let page = plain.reviewer_with_session("One").await.get("/console/trends/article22?year=x").await;
    assert!(
        page.text.contains("No organisation of this server holds the status")
            && page.text.contains("nothing to report")
    );
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
    assert!(anybody.get("/yearly").await.text.contains(&format!("href=\"/yearly/{year}?lang=en\"")));

    // The same figures in the reader's language.
    for w in &ALL {
        let said = anybody.get(&format!("/yearly/{year}?lang={}", w.lang)).await;
        assert_eq!(said.status, 200);
        common::html::only_ours(&said.text);
        let numbers = |text: &str| text.matches("<td class=\"num").count();
        assert_eq!(numbers(&said.text), numbers(&page.text), "{}", w.lang);
        for word in
            [w.lead.split_once("{}").unwrap().1, w.others, w.cases, w.tables[2].0, &name(w.lang, "ivory carving (IVC)")]
        {
            assert!(said.text.contains(word), "{}: {word}", w.lang);
        }
        assert!(w.lang == "en" || !said.text.contains("All others"), "{}", w.lang);
        assert!(anybody.get(&format!("/yearly?lang={}", w.lang)).await.text.contains(w.title), "{}", w.lang);
        let missing = anybody.get(&format!("/yearly/1?lang={}", w.lang)).await;
        assert!(missing.status == 404 && missing.text.contains(w.missing), "{}", w.lang);
    }

    // What happens later changes nothing of it, and nobody can.
    step(&server, 1, Event::Close, Actor::Reviewer(one)).await;
    step(&server, 1, Event::Reopen, Actor::Reviewer(one)).await;
    assert_eq!(anybody.get(&format!("/yearly/{year}")).await.text, page.text);
    for sql in ["UPDATE published_years SET tables = '[]'", "DELETE FROM published_years"] {
        server.refuses(sql).await;
    }
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
        "SELECT n.false_positive, (SELECT count(*) FROM answers a WHERE a.notice_id = n.id) FROM notices n WHERE n.case_id = $1",
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
    for sql in ["UPDATE plan_goals SET title = 'x'", "DELETE FROM plan_goals"] {
        server.refuses(sql).await;
    }
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
    if common::postgres::only_a_file("its cases are made in SQLite's own words") {
        return;
    }
    let asked = std::env::var("SPOTTER_TRENDS_CASES").ok().and_then(|n| n.parse::<i64>().ok());
    let cases = asked.unwrap_or(2_000);
    let server = Running::start().await;
    for n in 0..30 {
        company(&server, &format!("Company {n}"), &[&format!("market{n}.example")]).await;
    }
    let mut tx = server.app.store.begin().await.unwrap();
    let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)";
    for sql in [
        "INSERT INTO cases (id, marketplace, listing_key, state, version, opened_at, changed_at, title, price, level, score, main_group, \
         missed, reports, country, language, words, decide_s, tell_s, remove_s, relisted, cohort) \
         SELECT i, 'market' || (i % 40) || '.example', 'id:' || i, CASE i % 4 WHEN 0 THEN 'removed' WHEN 1 THEN 'confirmed' WHEN 2 THEN 'not_prohibited' ELSE 'new' END, 1, \
         strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-11-01', '-' || (i * 364 / $1) || ' days'), '2026-11-01T00:00:00.000Z', 'Synthetic carving number ' || i || ' of many, with a rather long title', \
         '$ 240', 'likely', 0.9, 'group' || (i % 23), 0, 1, CASE i % 9 WHEN 0 THEN '' ELSE 'C' || (i % 9) END, CASE i % 12 WHEN 0 THEN '' ELSE 'l' || (i % 12) END, \
         'synthetic carving number ' || i || ' of many, with a rather long title', CASE WHEN i % 4 < 3 THEN (i * 7919) % 900000 END, CASE WHEN i % 4 = 0 THEN (i * 104729) % 90000 END, \
         CASE WHEN i % 8 = 0 THEN (i * 1299709) % 9000000 END, CASE WHEN i % 80 = 0 THEN 1 ELSE 0 END, 'autumn' FROM n",
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
