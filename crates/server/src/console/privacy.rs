//! What people ask about data on them, for leads: who asks, which cases it is about, by when; the answer, the erasure, the refusal.
//! And keeping a case longer, for a named ground.

use super::session::{Bare, Halt, Posted, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::clock;
use crate::store::cases::Case;
use crate::store::erasure::{self, Erased, Why};
use crate::store::organisations::{self, NAME_CHARS, Organisation};
use crate::store::privacy::{self, Asked, Kind, Picture, Request, State as Stands};
use crate::store::steps::Actor;
use crate::store::{StoreError, cases, word};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Date;
use spotter_model::archive::{self, File};
use spotter_model::report::is_marketplace;

/// Longest line of a form, in characters.
const LINE_CHARS: usize = 200;
/// Longest reason, in characters.
const REASON_CHARS: usize = 1_000;
/// Most pictures of one archive, and their bytes: the words have the rest.
const PART_FILES: usize = 60;
const PART_BYTES: u64 = 48 * 1024 * 1024;
/// Most cases that a request names by their numbers.
const NAMED: usize = 50;
/// Longest that a case is kept for one ground: then the ground is looked at again.
const KEEP_DAYS: i64 = 3 * 366;

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Access => "access",
        Kind::Erasure => "erasure",
        Kind::Objection => "objection",
    }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LINE_CHARS && !text.chars().any(char::is_control)
}

fn refused(status: StatusCode, sentence: &str) -> Response {
    let body =
        html! { p { (sentence) " Nothing was changed." } p { a href="/console/privacy" { "Back to the requests" } } };
    layout::problem(status, "Not taken", body)
}

/// `GET /console/privacy`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let all = privacy::all(app.store.reader()).await?;
    let erased = erasure::counts(app.store.read()).await?;
    let today = app.today().to_string();
    let ours = organisations::controllers(app.store.read()).await?;
    let body = html! {
        h1 { "Requests about personal data" }
        p { "A seller, or somebody for them, asks what is held about them, asks for it to be erased, or objects. Answer within one month. First make sure that whoever asks is who they say." }
        @if !all.is_empty() {
            section.card.term { div.scroll tabindex="-1" { table.queue {
                thead { tr { th scope="col" { "Request" } th scope="col" { "Kind" } th.wide scope="col" { "About" } @if ours.len() > 1 { th scope="col" { "Addressed to" } } th scope="col" { "Due" } th scope="col" { "State" } } }
                tbody { @for r in &all { tr {
                    td { (r.id) }
                    td { (kind(r.kind)) }
                    td.wide { a href={ "/console/privacy/" (r.id) } { (about(r)) } }
                    @if ours.len() > 1 { td { (text::line(called(&ours, r.organisation_id), 40)) } }
                    td { (r.due_on) @if r.state == Stands::Open && r.due_on < today { " " strong { "overdue" } } }
                    td { (stands(r)) }
                } } }
            } } }
        }
        form.card.term method="post" action="/console/privacy" {
            h2 { "Write down a request" }
            (layout::csrf(&reviewer))
            div.fields.tall {
                label { span { "What is asked for" } select name="kind" { @for k in Kind::ALL { option value=(word(&k)) { (kind(k)) } } } }
                label { span { "It came on" } input type="date" name="received_on" required value=(today) max=(today); }
                @if ours.len() > 1 { label { span { "Addressed to" } select name="organisation" {
                    @for one in &ours { option value=(one.id) selected[one.id == reviewer.session.organisation_id] { (text::visible(&one.short)) } }
                } } }
                label { span { "Marketplace" } input name="marketplace" required maxlength="253" placeholder="market.example" autocomplete="off" spellcheck="false"; }
                label { span { "Seller's public name there" } input name="seller" maxlength=(LINE_CHARS) autocomplete="off" spellcheck="false" dir="auto"; }
                label { span { "Cases, by number" } input name="cases" maxlength="400" autocomplete="off"; }
                label { span { "Who asks, and how to reach them" } input name="who" required maxlength=(LINE_CHARS) autocomplete="off" dir="auto"; }
            }
            p.muted { "Kept sealed. After an erasure it is destroyed together with what it was about." }
            div.buttons { button.primary { "Write it down" } }
        }
        section.card.term {
            h2 { "How long cases keep what they say about a person" }
            table.reasons { tbody { @for class in crate::retention::Class::ALL { tr {
                td { (class.words()) } td { (app.keep.days(class)) " days from the last step" }
            } } } }
            p.muted { "Then it is erased by itself, unless a case page names a ground for keeping it, an agency asked to wait, or a referral is under way." }
            @if !erased.is_empty() { p { "Cases erased so far, by reason: " @for (n, (why, count)) in erased.iter().enumerate() { @if n > 0 { ", " } (why) " (" (count) ")" } "." } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Requests about personal data", &body))
}

/// What an organisation is called here.
fn called(ours: &[Organisation], id: i64) -> &str {
    ours.iter().find(|one| one.id == id).map_or("one that retired", |one| one.short.as_str())
}

/// The seller that was named, or else the cases.
fn whom(asked: &Asked, longest: usize) -> Markup {
    if !asked.seller.is_empty() {
        return text::line(&asked.seller, longest);
    }
    let numbers: Vec<String> = asked.cases.iter().map(i64::to_string).collect();
    let what = if numbers.len() == 1 { "case" } else { "cases" };
    text::line(&format!("{what} {}", numbers.join(", ")), longest)
}

fn about(request: &Request) -> Markup {
    html! { @match &request.asked {
        Some(asked) => { (whom(asked, 80)) span.muted { " · " (text::line(&asked.marketplace, 60)) } },
        None => span.muted { "erased" },
    } }
}

fn stands(request: &Request) -> Markup {
    let words = match request.state {
        Stands::Open => "open",
        Stands::Done => "done",
        Stands::Refused => "refused",
    };
    html! { (words) @if let Some(at) = &request.closed_at { " " (words::time(at)) } }
}

/// A new request.
#[derive(Deserialize)]
pub struct New {
    csrf: String,
    kind: Kind,
    received_on: String,
    marketplace: String,
    #[serde(default)]
    seller: String,
    #[serde(default)]
    cases: String,
    who: String,
    /// To whom; absent: to one's own organisation.
    organisation: Option<i64>,
}

impl Posted for New {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/privacy`.
///
/// # Errors
/// The page that says why not.
pub async fn add(
    State(app): State<Shared>,
    reviewer: Reviewer,
    fields: Result<Form<New>, FormRejection>,
) -> Result<Response, Halt> {
    let Ok(Form(fields)) = fields else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(&fields.csrf)?;
    let numbers: Result<Vec<i64>, _> =
        fields.cases.split(|c: char| c.is_whitespace() || c == ',').filter(|n| !n.is_empty()).map(str::parse).collect();
    let received: Option<Date> = fields.received_on.parse().ok().filter(|day| *day <= app.today());
    let due = received.and_then(privacy::due);
    let marketplace = fields.marketplace.trim().to_lowercase();
    let (Ok(numbers), Some(received), Some(due)) = (numbers, received, due) else {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "A request has a day that is not in the future, and cases by their numbers.",
        ));
    };
    let names_somebody = is_line(&fields.seller) || (fields.seller.trim().is_empty() && !numbers.is_empty());
    if !is_marketplace(&marketplace) || !names_somebody || numbers.len() > NAMED || !is_line(&fields.who) {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "A request names a marketplace by its host, a seller or at most 50 cases, and who asks, in one line each.",
        ));
    }
    let asked = Asked {
        marketplace,
        seller: fields.seller.trim().to_owned(),
        cases: numbers,
        who: fields.who.trim().to_owned(),
    };
    let mut tx = app.store.begin().await?;
    let days = (received.to_string(), due.to_string());
    let me = reviewer.session.reviewer_id;
    let to = fields.organisation.unwrap_or(reviewer.session.organisation_id);
    if organisations::find_in(&mut tx, to).await?.is_none() {
        return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, "There is no such organisation."));
    }
    let id = privacy::add(&mut tx, fields.kind, &asked, (&days.0, &days.1), (to, me), &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/privacy/{id}")).into_response())
}

/// The cases that a request is about, with what holds each.
async fn its_cases(app: &Shared, request: &Request) -> Result<Vec<(Case, Option<String>)>, Halt> {
    let Some(asked) = &request.asked else { return Ok(vec![]) };
    let mut all = vec![];
    for case in privacy::cases_of(app.store.reader(), asked).await? {
        let held = erasure::held_by(app.store.reader(), &case, &app.now()).await?;
        all.push((case, held));
    }
    Ok(all)
}

/// `GET /console/privacy/{id}`.
///
/// # Errors
/// The page that says why not.
pub async fn one(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(request) = privacy::find(app.store.reader(), id.map_or(0, |Path(id)| id)).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let cases = its_cases(&app, &request).await?;
    let to = organisations::find(app.store.read(), request.organisation_id).await?.unwrap_or_default();
    let others: Vec<String> = answering(&app, &cases.iter().map(|(case, _)| case.organisation_id).collect::<Vec<_>>())
        .await?
        .into_iter()
        .filter(|one| one.id != to.id)
        .map(|one| one.name)
        .collect();
    let free = cases.iter().filter(|(_, held)| held.is_none()).count();
    let (mut parts, mut under_way) = (0, false);
    if let Some(asked) = &request.asked {
        let all: Vec<Case> = cases.iter().map(|(case, _)| case.clone()).collect();
        let answer = privacy::answer(app.store.reader(), asked, &all, false).await?;
        parts = self::parts(&answer.pictures).len();
        let left = |case: &serde_json::Value| case["not_in_this_file"]["referrals_under_way"] != 0;
        under_way = answer.words["cases"].as_array().is_some_and(|cases| cases.iter().any(left));
    }
    let here = format!("/console/privacy/{}", request.id);
    let body = html! {
        h1 { "Request " (request.id) ": " (kind(request.kind)) }
        section.card.term {
            p { "Addressed to " (text::line(&to.name, NAME_CHARS)) "." @if !others.is_empty() { " Of the cases below some are another one's to answer for: " (text::line(&others.join(", "), 400)) ". Agree between yourselves who answers." } }
            p { (stands(&request)) " · came on " (request.received_on) " · to be answered by " strong { (request.due_on) } }
            @match &request.asked {
                Some(asked) => {
                    p { "About " strong { (whom(asked, 200)) } " on " (text::line(&asked.marketplace, 253)) }
                    p { "Asked by " (text::line(&asked.who, 200)) }
                },
                None => p { "Who asked, and about whom, was destroyed with what it was about. The audit says which cases were erased." },
            }
            @if !request.reason.is_empty() { p { "Refused because: " } p.quote dir="auto" { (text::inert(&request.reason)) } }
        }
        @if request.asked.is_some() {
            section.card.term {
                h2 { "What is held" }
                @if cases.is_empty() { p { "No case holds this seller. If the name was written another way, write the request down again with that name, or with the cases' numbers." } } @else {
                    table.reasons { tbody { @for (case, held) in &cases { tr {
                        td.key { a href={ "/console/cases/" (case.id) } { "case " (case.id) } }
                        td { (text::line(&case.title, 120)) span.muted { " · " (case.reports) @if case.reports == 1 { " report" } @else { " reports" } " · " (words::state(case.state)) } }
                        td { @if let Some(why) = held { "stays: " (text::line(why, 200)) } }
                    } } } }
                }
                form method="post" action={ (here) "/export" } {
                    (layout::csrf(&reviewer))
                    @if under_way { label.row { input type="checkbox" name="under_way" value="1"; span { "With referrals that are under way. Ask the agency first: the person may not be meant to know yet." } } }
                    p.muted { "An archive with offers, pictures, notices, notes among reviewers, referrals, and what coders of surveys wrote about the seller. No spotter and no reviewer is named, and what spotters noted is left out. Read it before you hand it on." }
                    div.buttons { @for part in 1..=parts {
                        button name="part" value=(part) { "Download what is held, for the person" @if parts > 1 { ": part " (part) " of " (parts) } }
                    } }
                }
            }
        }
        @if request.state == Stands::Open {
            @if request.kind != Kind::Access && free > 0 {
                form.card.term method="post" action={ (here) "/erase" } {
                    h2 { "Erase" }
                    (layout::csrf(&reviewer))
                    p { "What these cases say about the person goes for good: texts, pictures, notices, notes, in every backup too. What stays is that there was a case, and when it was erased. Nobody can take it back." }
                    @if cases.len() > free { p.note { (cases.len() - free) " of " (cases.len()) " cases stay, for the reasons above. Tell the person." } }
                    label.row { input type="checkbox" name="sure" value="1" required; span { "I have checked who asks, and that these are the right cases." } }
                    div.buttons { button.danger { "Erase " (words::count(free, "case", "cases")) } }
                }
            }
            form.card.term method="post" action={ (here) "/answered" } {
                h2 { "Answered without erasing" }
                (layout::csrf(&reviewer))
                p.muted { "The person has the file, or you told them that nothing is held." }
                div.buttons { button { "Mark as answered" } }
            }
            form.card.term method="post" action={ (here) "/refuse" } {
                h2 { "Refuse" }
                (layout::csrf(&reviewer))
                label.reason { span { "Why, as you tell the person" } textarea name="reason" rows="3" required maxlength=(REASON_CHARS) dir="auto" {} }
                p.muted { "Tell them too that they can complain to a supervisory authority, or go to court." }
                div.buttons { button { "Refuse" } }
            }
        }
        p { a href="/console/privacy" { "All requests" } }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Request about personal data", &body).into_response())
}

/// The organisations that answer for cases with these numbers of theirs, each once.
async fn answering(app: &Shared, ids: &[i64]) -> sqlx::Result<Vec<Organisation>> {
    Ok(organisations::all(app.store.read()).await?.into_iter().filter(|one| ids.contains(&one.id)).collect())
}

/// As it stands in the answer.
fn controller(one: &Organisation) -> serde_json::Value {
    serde_json::json!({ "name": one.name, "contact": one.contact, "country": one.country, "says": one.controller })
}

/// An open request, or the page that says that there is none.
async fn open(app: &Shared, id: i64) -> Result<Request, Halt> {
    match privacy::find(app.store.reader(), id).await? {
        Some(request) if request.state == Stands::Open => Ok(request),
        Some(_) => Err(refused(StatusCode::CONFLICT, "This request was closed already.").into()),
        None => Err(error_page(StatusCode::NOT_FOUND).into()),
    }
}

/// `POST /console/privacy/{id}/export`: what is held, as an archive for the person: words and pictures.
///
/// # Errors
/// The page that says why not.
pub async fn export(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Wanted>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let Some(Request { asked: Some(asked), organisation_id, .. }) = privacy::find(app.store.reader(), id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let held = privacy::cases_of(app.store.reader(), &asked).await?;
    let mut answer = privacy::answer(app.store.reader(), &asked, &held, fields.under_way == "1").await?;
    let to = organisations::find(app.store.read(), organisation_id).await?.unwrap_or_default();
    answer.words["controller"] = controller(&to);
    let ids: Vec<i64> = held.iter().map(|case| case.organisation_id).collect();
    answer.words["controllers_of_cases"] = answering(&app, &ids).await?.iter().map(controller).collect();
    let parts = parts(&answer.pictures);
    let part = fields.part.max(1);
    let Some(own) = parts.get(part - 1) else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    answer.words["part"] = serde_json::json!({ "number": part, "of": parts.len() });
    let words = serde_json::to_vec_pretty(&answer.words).unwrap_or_default();
    let mut files = vec![File { name: "held.json".to_owned(), bytes: words }];
    for picture in *own {
        let bytes = app.store.blobs.read(&picture.sha256).await.map_err(sqlx::Error::Io)?;
        files.push(File { name: picture.name.clone(), bytes });
    }
    let Some(archive) = archive::write(&files) else {
        let body = html! { p { "What is held does not fit into an archive of 64 MiB. Nothing was changed. Ask for fewer cases at once, by their numbers." } };
        return Ok(layout::problem(StatusCode::INTERNAL_SERVER_ERROR, "Too large", body));
    };
    let mut tx = app.store.begin().await?;
    let detail = format!("{} cases, part {part} of {}", held.len(), parts.len());
    privacy::note(&mut tx, reviewer.session.reviewer_id, "privacy.exported", id, &detail, &app.now()).await?;
    tx.commit().await?;
    let name = if parts.len() == 1 { format!("request-{id}.zip") } else { format!("request-{id}-{part}.zip") };
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    Ok((headers, archive).into_response())
}

/// The pictures of each archive: as many as fit beside the words.
fn parts(pictures: &[Picture]) -> Vec<&[Picture]> {
    let (mut all, mut from, mut bytes) = (vec![], 0, 0);
    for (at, picture) in pictures.iter().enumerate() {
        if at - from == PART_FILES || (at > from && bytes + picture.bytes > PART_BYTES) {
            all.push(&pictures[from..at]);
            (from, bytes) = (at, 0);
        }
        bytes += picture.bytes;
    }
    all.push(&pictures[from..]);
    all
}

/// The form of a download.
#[derive(Deserialize)]
pub struct Wanted {
    csrf: String,
    #[serde(default)]
    part: usize,
    #[serde(default)]
    under_way: String,
}

impl Posted for Wanted {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// The form of an erasure.
#[derive(Deserialize)]
pub struct Sure {
    csrf: String,
    #[serde(default)]
    sure: String,
}

impl Posted for Sure {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/privacy/{id}/erase`.
///
/// # Errors
/// The page that says why not.
pub async fn erase(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Sure>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let request = open(&app, id).await?;
    if fields.sure != "1" || request.kind == Kind::Access {
        return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, "Say that you have checked who asks."));
    }
    let cases = its_cases(&app, &request).await?;
    let free: Vec<i64> = cases.iter().filter(|(_, held)| held.is_none()).map(|(case, _)| case.id).collect();
    let stay = cases.len() - free.len();
    let (me, now) = (reviewer.session.reviewer_id, app.now());
    let done = erasure::erase(&app.store, &free, &Why::Request(id), Actor::Reviewer(me), &now).await.map_err(failed)?;
    // What stays has to be found again once nothing holds it.
    if stay == 0 {
        let mut tx = app.store.begin().await?;
        privacy::close(&mut tx, id, (Stands::Done, ""), true, me, &now).await?;
        tx.commit().await?;
        app.store.fold_log().await?;
    }
    Ok(layout::page(Some(&app), Some(&reviewer), "Erased", &told(&done, stay)).into_response())
}

fn failed(error: StoreError) -> Halt {
    match error {
        StoreError::Database(error) => error.into(),
        StoreError::Shut(shut) => sqlx::Error::from(shut).into(),
        StoreError::Io(error) => sqlx::Error::Io(error).into(),
        error => {
            tracing::error!(%error, "an erasure failed");
            error_page(StatusCode::INTERNAL_SERVER_ERROR).into()
        }
    }
}

fn told(done: &Erased, stay: usize) -> Markup {
    let many = |n: u64, one, many| words::count(usize::try_from(n).unwrap_or(usize::MAX), one, many).to_lowercase();
    html! {
        section.card.narrow {
            h1 { "Erased" }
            p { (words::count(done.cases.len(), "case", "cases")) " with " (many(done.reports, "report", "reports")) " and " (many(done.pictures, "picture", "pictures")) ". Messages from spotters that named the seller: " (done.contacts) "; suggested words: " (done.suggestions) "; answers of surveys: " (done.codings) "." }
            @if stay > 0 { p.note { (words::count(stay, "case stays", "cases stay")) ". The request is open until then." } }
            @if !done.left.is_empty() {
                p { "These had left before. Tell their receivers that it was erased:" }
                ul { @for number in &done.left { li { (number) } } }
            }
            p { "Files that somebody downloaded are not here: the audit says who made which." }
            p { a.button.primary href="/console/privacy" { "To the requests" } }
        }
    }
}

/// `POST /console/privacy/{id}/answered`.
///
/// # Errors
/// The page that says why not.
pub async fn answered(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, fields)?;
    close(&app, &reviewer, id, (Stands::Done, "")).await
}

async fn close(app: &Shared, reviewer: &Reviewer, id: i64, how: (Stands, &str)) -> Result<Response, Halt> {
    open(app, id).await?;
    let mut tx = app.store.begin().await?;
    let was_open = privacy::close(&mut tx, id, how, false, reviewer.session.reviewer_id, &app.now()).await?;
    tx.commit().await?;
    if !was_open {
        return Ok(refused(StatusCode::CONFLICT, "This request was closed already."));
    }
    Ok(layout::see(&format!("/console/privacy/{id}")).into_response())
}

/// The form of a refusal.
#[derive(Deserialize)]
pub struct Refusing {
    csrf: String,
    reason: String,
}

impl Posted for Refusing {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/privacy/{id}/refuse`.
///
/// # Errors
/// The page that says why not.
pub async fn refuse(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Refusing>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let reason = fields.reason.trim().replace("\r\n", "\n");
    if text::visible(&reason).trim().is_empty() || reason.chars().count() > REASON_CHARS {
        return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, "A refusal has a reason of at most 1,000 characters."));
    }
    close(&app, &reviewer, id, (Stands::Refused, &reason)).await
}

/// What a case shows to leads: whether it is kept past its time, and the form for it.
pub fn keep_form(reviewer: &Reviewer, case: &Case) -> Markup {
    let (ground, until) = &case.kept;
    html! {
        @if !ground.is_empty() { p.note { "Kept until " (until) ": " (text::line(ground, LINE_CHARS)) } }
        @if reviewer.may("POST", "/console/cases/{id}/keep") {
            details.more {
                summary { "Keep it longer" }
                form.fields.tall method="post" action={ "/console/cases/" (case.id) "/keep" } {
                    (layout::csrf(reviewer))
                    label { span { "Ground" } input name="ground" maxlength=(LINE_CHARS) value=(text::visible(ground)) dir="auto" placeholder="Such as the file number of a court. No names."; }
                    label { span { "Until" } input type="date" name="until" value=(until); }
                    p.muted { "Without a ground, its time runs again." }
                    button { "Keep it" }
                }
            }
        }
    }
}

/// The form of keeping.
#[derive(Deserialize)]
pub struct Keeping {
    csrf: String,
    #[serde(default)]
    ground: String,
    #[serde(default)]
    until: String,
}

impl Posted for Keeping {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/cases/{id}/keep`.
///
/// # Errors
/// The page that says why not.
pub async fn keep(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Keeping>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let (ground, mut until) = (fields.ground.trim(), fields.until.trim());
    if ground.is_empty() {
        until = "";
    } else {
        let last = clock::date((app.clock)() + time::Duration::days(KEEP_DAYS));
        let day: Option<Date> = until.parse().ok().filter(|day| *day >= app.today() && *day <= last);
        if !is_line(ground) || day.is_none() {
            return Ok(refused(
                StatusCode::UNPROCESSABLE_ENTITY,
                "A case is kept for a ground, in one line of at most 200 characters, and until a day within three years.",
            ));
        }
    }
    let mut tx = app.store.begin().await?;
    let case = cases::find_in(&mut tx, id).await?.filter(|c| c.erased_at.is_empty());
    if case.is_none() {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    erasure::keep(&mut tx, id, reviewer.session.reviewer_id, ground, until, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/cases/{id}")).into_response())
}
