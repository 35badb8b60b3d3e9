//! A whole synthetic survey through the real endpoint: 2 countries, 3 marketplaces, 4 coders, 600 advertisements coded, a fifth
//! of the searches done twice; every table and chart, adjudication, rates, freeze, and every figure again from the archive.
//!
//! All of it is made up, by a generator with fixed seeds; devices have fixed keys, so that the shares are always the same.

mod common;

use common::{Browser, Device, Page, Running, html, uuid};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use spotter_model::archive as zip;
use spotter_model::dsse::{CODING_TYPE, FRAME_TYPE, HEADER_DATE, REQUEST_TYPE};
use spotter_model::survey::Assigned;
use spotter_server::roles::Role;
use spotter_server::store::people;
use spotter_server::{clock, sign};
use spotter_survey::archive::{Compared, reproduce};
use spotter_survey::figures::Figures;

/// Listings that a search shows, and of them those that are laid before the coder.
const SHOWN: usize = 60;
const FLAGGED: usize = 36;
const DRAWN: usize = 4;

fn protocol() -> Value {
    let market = |n: u32, country: &str| {
        json!({ "host": format!("market{n}.example"), "country": country, "search": format!("https://market{n}.example/?q={{terms}}"),
                "ground": "public", "ground_text": "Synthetic." })
    };
    let term = |n: u32, group: &str| json!({ "text": format!("synthetic words {n}"), "lang": "en", "group": group });
    json!({
        "schema": "wildlife-survey-protocol/1", "id": "synthetic-whole", "version": 1, "title": "A synthetic survey",
        "question": "How many made-up advertisements are there?", "from": "2026-11-02", "until": "2026-12-13",
        "groups": ["elephant", "parrots", "pangolin"],
        "markets": [market(1, "GB"), market(2, "DE"), market(3, "DE")],
        "terms": [term(1, "elephant"), term(2, "elephant"), term(3, "parrots"), term(4, "parrots"), term(5, "pangolin")],
        "sampling": { "kind": "census", "depth": 60 }, "inclusion": ["It offers something for money."],
        "double_coded_percent": 20, "unflagged_one_in": 6,
    })
}

/// What is true of one listing, and what a coder makes of it.
struct Made {
    random: fastrand::Rng,
}

impl Made {
    fn of(parts: &[u64]) -> Self {
        Self { random: fastrand::Rng::with_seed(parts.iter().fold(7, |seed, p| seed * 1_000_003 + p)) }
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.random.usize(..of.len())]
    }

    /// Mostly the truth, else any of the answers.
    fn seen<'a, T>(&mut self, truth: &'a T, of: &'a [T]) -> &'a T {
        if self.random.f64() < 0.88 { truth } else { self.one(of) }
    }
}

const ANSWERS: [&str; 3] = ["yes", "no", "cannot_tell"];
const TERMS: [&str; 4] = ["CAR", "TUS", "LIV", ""];
const TAXA: [(&str, &str); 4] = [
    ("Loxodonta africana", "elephant"),
    ("Psittacus erithacus", "parrots"),
    ("Manis javanica", "pangolin"),
    ("", "elephant"),
];
const SELLERS: [&str; 4] = ["private", "business", "auction", "cannot_tell"];
const CURRENCIES: [&str; 3] = ["GBP", "EUR", "USD"];

fn salted(task: usize, n: usize) -> String {
    sign::sha256_hex(format!("{task} {n}").as_bytes())[..32].to_owned()
}

fn is_flagged(n: usize) -> bool {
    n < FLAGGED
}

fn is_offered(n: usize) -> bool {
    n < FLAGGED + DRAWN
}

/// Coder `coder` reads listing `n` of search `task`.
fn coding(a: &Assigned, task: usize, id: &str, n: usize, coder: u64) -> Value {
    let mut truth = Made::of(&[task as u64, n as u64]);
    let counts = if truth.random.f64() < if is_flagged(n) { 0.85 } else { 0.1 } { "yes" } else { "no" };
    let (taxon, term) = (*truth.one(&TAXA), *truth.one(&TERMS));
    let (legality, age, seller) = (*truth.one(&ANSWERS), *truth.one(&ANSWERS), *truth.one(&SELLERS));
    let (count, price, currency) = (truth.random.u32(1..6), truth.random.u32(20..3_000), *truth.one(&CURRENCIES));
    let live = if term == "LIV" { "yes" } else { "no" };
    // Some sellers put the same thing up twice, and some pictures are used twice.
    let (handle, title) = (truth.random.u32(..90), if n % 12 == 11 { n - 1 } else { n });
    let handle = if n % 12 >= 10 { 1_000 + task as u32 } else { handle };
    let picture = if n % 15 == 14 { 1 } else { n as u64 + 100 };
    let mut eye = Made::of(&[task as u64, n as u64, coder + 1]);
    let counts = *eye.seen(&counts, &ANSWERS);
    let taxon = *eye.seen(&taxon, &TAXA);
    let count = *eye.seen(&count, &[1, 2, 3, 4, 5]);
    let price = *eye.seen(&price, &[10, 100, 1_000]);
    json!({
        "schema": "wildlife-survey-coding/1", "id": uuid(), "survey": a.protocol.id, "version": 1, "task": id, "listing": salted(task, n),
        "included": counts, "url": format!("https://{}/item/{task}-{n}", a.tasks.iter().find(|t| t.id == id).unwrap().host),
        "title": format!("Synthetic Thing {title}"), "seller": format!("synthetic-seller-{handle}"), "location": "Port Example",
        "picture_sha256": sign::sha256_hex(format!("{} {picture}", if picture == 1 { task / 5 } else { task + 100 }).as_bytes()),
        "specimens": [{ "scientificName": taxon.0, "group": taxon.1, "term": eye.seen(&term, &TERMS), "count": count, "unit": "" }],
        "asking": if n % 9 == 8 { json!({ "kind": "not_stated" }) } else { json!({ "kind": "stated", "amount": format!("{price}.50"), "currency": currency }) },
        "live": eye.seen(&live, &ANSWERS), "legality_claim": eye.seen(&legality, &ANSWERS), "age_claim": eye.seen(&age, &ANSWERS),
        "seller_type": eye.seen(&seller, &SELLERS), "note": "A synthetic note.",
        "coded_at": format!("2026-11-{:02}T10:00:00Z", 3 + (task * 2 + n / 20) % 26),
    })
}

fn frame(a: &Assigned, task: usize, id: &str) -> Value {
    let listing = |n: usize| {
        let level = if !is_flagged(n) {
            "none"
        } else if n.is_multiple_of(3) {
            "possible"
        } else {
            "likely"
        };
        json!({ "listing": salted(task, n), "position": n + 1, "level": level, "offered": is_offered(n) })
    };
    json!({ "schema": "wildlife-survey-frame/1", "id": uuid(), "survey": a.protocol.id, "version": 1, "task": id, "software": "0.1.0",
            "seen_at": format!("2026-11-{:02}T09:00:00Z", 3 + (task * 2) % 26), "listings": (0..SHOWN).map(listing).collect::<Vec<_>>() })
}

/// A device with a fixed key.
async fn device(server: &Running, n: u8) -> Device {
    let key = SigningKey::from_bytes(&[n; 32]);
    let key_id = sign::fingerprint(&key.verifying_key().to_bytes());
    let device = Device { key, key_id };
    let code = server.invitation(1).await;
    let answer = server.http.post(server.url("/v1/enrolments")).json(&device.enrolment(&code)).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    device
}

async fn assigned(server: &Running, device: &Device) -> Assigned {
    let date = clock::stamp((server.app.clock)());
    let request = server.http.get(server.url("/v1/surveys")).header(HEADER_DATE, &date);
    let answer =
        device.signed(request, REQUEST_TYPE, format!("GET /v1/surveys {date}").as_bytes()).send().await.unwrap();
    answer.json::<Vec<Assigned>>().await.unwrap().remove(0)
}

async fn put(server: &Running, device: &Device, kind: &str, mime: &str, body: &Value) {
    let path = format!("/v1/surveys/{}/{kind}/{}", body["survey"].as_str().unwrap(), body["id"].as_str().unwrap());
    let bytes = serde_json::to_vec(body).unwrap();
    let request = server.http.put(server.url(&path)).header("content-type", mime);
    let answer = device.signed(request, mime, &bytes).body(bytes).send().await.unwrap();
    assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
}

async fn lead(server: &Running) -> Browser {
    let browser = server.reviewer_with_session("The lead").await;
    let mut tx = server.app.store.begin().await.unwrap();
    people::set_role_by_name(&mut tx, "The lead", Role::Lead).await.unwrap();
    tx.commit().await.unwrap();
    browser
}

async fn post(lead: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = lead.get("/console/keys").await.field("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    lead.post(path, &all).await
}

async fn bytes(lead: &Browser, path: &str) -> Vec<u8> {
    let answer = lead.request(reqwest::Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.unwrap().to_vec()
}

/// Field, coded twice, Cohen's kappa, Krippendorff's alpha; by agreement.py beside this file, which reads the archive's codings:
///
/// `SURVEY_ARCHIVE=whole.zip cargo test -p spotter-server --test survey_whole; python3 crates/server/tests/agreement.py whole.zip`
///
/// with krippendorff 0.9, scikit-learn 1.9 and numpy from PyPI.
const PYTHON: [(&str, &str, &str, &str); 11] = include!("agreement.golden");

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_is_planned_coded_weighed_frozen_and_made_again() {
    let server = Running::start().await;
    let mut lead = lead(&server).await;
    let mut devices = vec![];
    for n in 1..=4 {
        devices.push(device(&server, n).await);
    }

    // Planned: errors by field, then a draft, then the start with four coders.
    let mut bad = protocol();
    bad["double_coded_percent"] = json!(101);
    bad["title"] = json!("");
    let page = post(&mut lead, "/console/surveys", &[("protocol", &bad.to_string())]).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("/title") && page.text.contains("/double_coded_percent"), "all faults at once");
    let page = post(&mut lead, "/console/surveys", &[("protocol", &protocol().to_string())]).await;
    assert_eq!((page.status, page.location()), (303, "/console/surveys/synthetic-whole"));
    let here = "/console/surveys/synthetic-whole";
    let draft = lead.get(here).await;
    html::only_ours(&draft.text);
    let page = post(&mut lead, &format!("{here}/start"), &[("coder", &devices[0].key_id)]).await;
    assert_eq!(page.status, 422, "one coder cannot do a search twice");
    let coders: Vec<(&str, &str)> = devices.iter().map(|d| ("coder", d.key_id.as_str())).collect();
    assert_eq!(post(&mut lead, &format!("{here}/start"), &coders).await.status, 303);
    let text = lead.get(&format!("{here}/preregistration.txt")).await.text;
    let hash: String =
        sqlx::query_scalar("SELECT sha256 FROM surveys").fetch_one(server.app.store.read()).await.unwrap();
    assert!(text.contains(&hash) && lead.get(here).await.text.contains(&hash), "the hash is shown");

    // Coded: every search by its coders, through the endpoint.
    let mut all: Vec<Assigned> = vec![];
    for device in &devices {
        all.push(assigned(&server, device).await);
    }
    let mut ids: Vec<&String> = all.iter().flat_map(|a| a.tasks.iter().map(|t| &t.id)).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 15);
    let mut codings = 0;
    for (coder, (device, a)) in devices.iter().zip(&all).enumerate() {
        for t in &a.tasks {
            let task = ids.iter().position(|id| **id == t.id).unwrap();
            put(&server, device, "frames", FRAME_TYPE, &frame(a, task, &t.id)).await;
            for n in (0..SHOWN).filter(|n| is_offered(*n)) {
                put(&server, device, "codings", CODING_TYPE, &coding(a, task, &t.id, n, coder as u64)).await;
                codings += 1;
            }
        }
    }
    assert_eq!(codings, 600 + 120, "600 advertisements, 3 of 15 searches twice");

    // Weighed: all tables and charts, and the numbers that Python has.
    let results = lead.get(&format!("{here}/results")).await;
    assert_eq!(results.status, 200);
    html::only_ours(&results.text);
    let tables = [
        "overview",
        "countries",
        "marketplaces",
        "groups",
        "products",
        "taxa",
        "live",
        "sellers",
        "quantities",
        "claims",
        "prices",
        "agreement",
        "detector",
        "totals",
        "weeks",
    ];
    for table in tables {
        assert!(results.text.contains(&format!("id=\"{table}\"")), "{table}");
        let csv = lead.get(&format!("{here}/tables/{table}")).await;
        assert!(csv.status == 200 && csv.text.lines().count() > 1, "{table}: {}", csv.text);
    }
    let charts =
        ["countries", "marketplaces", "groups", "products", "live", "claims", "agreement", "weeks", "detector"];
    for chart in charts {
        let svg = lead.get(&format!("{here}/charts/{chart}")).await;
        assert!(svg.status == 200 && svg.text.starts_with("<svg "), "{chart}");
        assert!(results.text.contains(&format!("{here}/charts/{chart}")), "{chart} is on the page");
    }
    assert!(results.text.contains("<th scope=\"row\"><bdi>GB</bdi></th>"));

    // Chosen: the first disagreement, field by field the second coder's.
    let page = lead.get(&format!("{here}/adjudicate")).await;
    html::only_ours(&page.text);
    assert!(page.text.contains("Coder 1") && page.text.contains("Coder 2") && !page.text.contains(&devices[0].key_id));
    let listing = page.field("listing");
    let waiting =
        |text: &str| text.split("class-lead\">").nth(1).unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    // The codings behind the buttons of one field, the first coder's first.
    let behind = |field: &str| -> Vec<String> {
        let button = format!("name=\"{field}\" value=\"");
        let parts = page.text.split(&button).skip(1);
        parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let seconds: Vec<(&str, String)> =
        spotter_survey::ads::FIELDS.iter().filter_map(|f| Some((*f, behind(f).into_iter().nth(1)?))).collect();
    assert!(!seconds.is_empty());
    let before = waiting(&page.text);
    // What was corrected since the page was made is not chosen unseen.
    let old: Vec<(&str, &str)> = seconds
        .iter()
        .map(|(f, _)| (*f, "00000000-0000-4000-8000-000000000000"))
        .chain([("listing", listing.as_str())])
        .collect();
    assert_eq!(post(&mut lead, &format!("{here}/adjudicate"), &old).await.status, 303);
    assert_eq!(waiting(&lead.get(&format!("{here}/adjudicate")).await.text), before);
    let fields: Vec<(&str, &str)> =
        seconds.iter().map(|(f, id)| (*f, id.as_str())).chain([("listing", listing.as_str())]).collect();
    assert_eq!(post(&mut lead, &format!("{here}/adjudicate"), &fields).await.status, 303);
    assert_eq!(waiting(&lead.get(&format!("{here}/adjudicate")).await.text), before - 1);

    // Converted: bad rates are refused by field, good ones convert.
    let bad =
        json!({ "schema": "wildlife-survey-rates/1", "base": "EUR", "on": "2026-11-02", "source": "", "rates": {} })
            .to_string();
    let page = post(&mut lead, &format!("{here}/rates"), &[("rates", &bad)]).await;
    assert!(page.status == 422 && page.text.contains("/source"));
    let rates = json!({ "schema": "wildlife-survey-rates/1", "base": "EUR", "on": "2026-11-02", "source": "Made up.", "rates": { "GBP": "0.87", "USD": "1.16" } });
    assert_eq!(post(&mut lead, &format!("{here}/rates"), &[("rates", &rates.to_string())]).await.status, 303);
    assert!(lead.get(&format!("{here}/tables/prices")).await.text.contains("\"all, in EUR\""));

    // `SURVEY_LOOK=300 cargo test -p spotter-server --test survey_whole -- --nocapture`: for whoever wants to see its pages.
    if let Some(seconds) = std::env::var("SURVEY_LOOK").ok().and_then(|s| s.parse().ok()) {
        println!("{} {:?}", server.url(here), lead.cookies());
        tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    }

    // Amended: with a reason; nobody loses a search.
    let mut more = protocol();
    more["terms"].as_array_mut().unwrap().push(json!({ "text": "one more", "lang": "en", "group": "pangolin" }));
    let page = post(&mut lead, &format!("{here}/amend"), &[("protocol", &more.to_string()), ("reason", "")]).await;
    assert!(page.status == 422 && page.text.contains("/amendments"), "no amendment without a reason");
    let page = post(
        &mut lead,
        &format!("{here}/amend"),
        &[("protocol", &more.to_string()), ("reason", "A word was missing.")],
    )
    .await;
    assert_eq!(page.status, 303);
    let after = assigned(&server, &devices[0]).await;
    assert!(after.protocol.version == 2 && all[0].tasks.iter().all(|t| after.tasks.contains(t)));

    // Published: nothing of a person, nothing small.
    let public = bytes(&lead, &format!("{here}/public.zip")).await;
    let public = zip::read(&public).unwrap();
    let all_public: String = public.iter().map(|f| String::from_utf8(f.bytes.to_vec()).unwrap()).collect();
    assert!(public.iter().any(|f| f.name == "countries.csv") && all_public.contains("\"GB\""));
    for secret in ["synthetic-seller", "Synthetic Thing", "Lower quartile", "(missed)"] {
        assert!(!all_public.contains(secret), "{secret} is in the public export");
    }

    // Frozen: not without a word, then for good; the keys are gone from the file, too.
    let sealed: (String, String) =
        sqlx::query_as("SELECT salt, pseudonyms FROM surveys").fetch_one(server.app.store.read()).await.unwrap();
    assert_eq!(post(&mut lead, &format!("{here}/freeze"), &[]).await.status, 422);
    assert_eq!(post(&mut lead, &format!("{here}/freeze"), &[("sure", "yes")]).await.status, 303);
    assert_eq!(post(&mut lead, &format!("{here}/freeze"), &[("sure", "yes")]).await.status, 422);
    assert_eq!(post(&mut lead, &format!("{here}/rates"), &[("rates", &rates.to_string())]).await.status, 422);
    for entry in std::fs::read_dir(server.data()).unwrap().flatten().filter(|e| e.path().is_file()) {
        let held = std::fs::read(entry.path()).unwrap();
        for secret in [&sealed.0, &sealed.1] {
            assert!(
                !held.windows(secret.len()).any(|w| w == secret.as_bytes()),
                "{:?} holds a destroyed key",
                entry.path()
            );
        }
    }
    let frozen = lead.get(&format!("{here}/results")).await;
    assert_eq!(frozen.status, 200);
    html::only_ours(&frozen.text);

    // Made again: every figure from the data alone, identical bytes.
    let archive = bytes(&lead, &format!("{here}/archive.zip")).await;
    if let Ok(path) = std::env::var("SURVEY_ARCHIVE") {
        std::fs::write(path, &archive).unwrap();
    }
    assert!(frozen.text.contains(&sign::sha256_hex(&archive)));
    let files = zip::read(&archive).unwrap();
    let compared = reproduce(&files).unwrap();
    assert!(compared.iter().all(|c| matches!(c, Compared::Same(_))), "{compared:?}");
    let svgs = compared.iter().filter(|c| matches!(c, Compared::Same(name) if name.ends_with(".svg"))).count();
    let csvs = compared.iter().filter(|c| matches!(c, Compared::Same(name) if name.ends_with(".csv"))).count();
    assert_eq!((csvs, svgs), (tables.len(), charts.len()));
    println!("{} files made again from the archive, identical bytes: {csvs} tables, {svgs} charts", compared.len());
    let text: String = files.iter().map(|f| String::from_utf8_lossy(f.bytes).into_owned()).collect();
    for secret in [
        "synthetic-seller",
        "Synthetic Thing",
        "Port Example",
        "A synthetic note",
        "/item/",
        devices[0].key_id.as_str(),
        &salted(0, 0),
    ] {
        assert!(!text.contains(secret), "{secret} is in the archive");
    }
    let data = spotter_survey::archive::data(&files).unwrap();
    let figures = Figures::of(&data);
    let agreement = figures.table("agreement").unwrap();
    for (field, n, kappa, alpha) in PYTHON {
        let row = agreement.rows.iter().find(|r| r[0].shown() == field).unwrap();
        let shown: Vec<String> = [2, 4, 5].iter().map(|c| row[*c].shown()).collect();
        assert_eq!(shown, [n, kappa, alpha], "{field}");
        println!("{field}: {n} coded twice, kappa {kappa}, alpha {alpha}, as Python has it");
    }

    // One byte of the data changed, and what follows from it differs.
    let row = files.iter().find(|f| f.name == "data/codings.jsonl").unwrap();
    let other = String::from_utf8(row.bytes.to_vec())
        .unwrap()
        .replacen("\"included\":\"yes\"", "\"included\":\"no\"", 1)
        .into_bytes();
    let changed: Vec<zip::ReadFile<'_>> = files
        .iter()
        .map(|f| if f.name == row.name { zip::ReadFile { bytes: &other, ..f.clone() } } else { f.clone() })
        .collect();
    assert!(
        reproduce(&changed)
            .unwrap()
            .iter()
            .any(|c| matches!(c, Compared::Differs(name, _) if name == "tables/overview.csv"))
    );
}
