//! Referrals in the console: proposed, written, approved by two others, handed over, answered.
//!
//! Nothing goes to an agency by itself: a package is made here, and a person hands it over by the way that the agency has.

use super::session::{Bare, Halt, Posted, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::clock;
use crate::export::{self, NotExported, Order};
use crate::referral::{self, Facts};
use crate::store::cases::{self, Case};
use crate::store::referrals::{self, Deed, NewReferral, NotTaken, Referral};
use crate::store::word;
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Report;
use spotter_model::archive::{self, File};
use spotter_model::referral::{ReferralEvent, ReferralOutcome, ReferralState, Trigger, VOLUME_DAYS};

/// Longest statement of facts, in characters.
const FACTS_CHARS: usize = 2_000;
/// Longest line: an agency's name, the way it was handed over, what the agency said.
const LINE_CHARS: usize = 120;
/// Most reports whose packages go with a referral.
const PACKAGES: i64 = 8;

/// A state in words.
fn state(state: ReferralState) -> &'static str {
    match state {
        ReferralState::Draft => "Draft: two others have to approve it",
        ReferralState::ApprovedOnce => "Approved by one: another one has to",
        ReferralState::Approved => "Approved: it can be handed over",
        ReferralState::Sent => "Handed over",
        ReferralState::Acknowledged => "Received by the agency",
        ReferralState::Concluded => "Concluded",
        ReferralState::Withdrawn => "Taken back",
    }
}

fn outcome(outcome: ReferralOutcome) -> &'static str {
    match outcome {
        ReferralOutcome::Inquiry => "It looks into it",
        ReferralOutcome::Seizure => "Specimens were seized",
        ReferralOutcome::Prosecution => "It went before a court",
        ReferralOutcome::NoAction => "It does nothing",
        ReferralOutcome::NotCompetent => "Another agency would have to",
    }
}

/// Why a referral of this case is proposed.
///
/// # Errors
/// Where the database fails.
pub async fn proposals(app: &Shared, case: &Case) -> sqlx::Result<Vec<Trigger>> {
    let since = clock::stamp((app.clock)() - time::Duration::days(VOLUME_DAYS));
    referrals::triggers(app.store.read(), case, &since).await
}

/// What a case shows of its referrals, with the form for one more.
pub fn section(reviewer: &Reviewer, case: &Case, why: &[Trigger], all: &[Referral]) -> Markup {
    let open = all.iter().any(|r| r.state != ReferralState::Withdrawn);
    html! {
        @if !all.is_empty() || !why.is_empty() {
            section {
                h2 { "Agencies" }
                @if !open { @for trigger in why { p.note { "Worth an agency's look: " (referral::trigger(*trigger)) "." } } }
                ul.history { @for r in all {
                    li { a href={ "/console/referrals/" (r.id) } { (r.number) } " to " (text::line(&r.agency, 60)) span.muted { " · " (state(r.state)) } }
                } }
            }
        }
        @if reviewer.decides() && case.state.is_confirmed() {
            details.more {
                summary { "Refer it to an agency" }
                form.fields method="post" action={ "/console/cases/" (case.id) "/referral" } {
                    (layout::csrf(reviewer))
                    label { span { "Agency" } input name="agency" maxlength=(LINE_CHARS) required; }
                    label.reason { span { "What the organisation states" } textarea name="facts" rows="3" maxlength=(FACTS_CHARS) required placeholder="What was seen, in plain words. Nothing that you do not know; no names of spotters." {} }
                    button { "Write a draft" }
                }
            }
        }
    }
}

/// `GET /console/referrals`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    use ReferralState as S;
    let pool = app.store.read();
    let proposed = referrals::proposed(pool).await?;
    let ours = referrals::in_states(pool, &[S::Draft, S::ApprovedOnce, S::Approved]).await?;
    let theirs = referrals::in_states(pool, &[S::Sent, S::Acknowledged]).await?;
    let over = referrals::in_states(pool, &[S::Concluded, S::Withdrawn]).await?;
    let body = html! {
        h1 { "Referrals to agencies" }
        section.card.term {
            h2 { "Proposed" }
            @if proposed.is_empty() { p.muted { "No confirmed case gives reason for one." } } @else {
                table.reasons { tbody { @for case in &proposed { tr {
                    td { a href={ "/console/cases/" (case.id) } { "case " (case.id) } }
                    td { (text::line(&case.title, 120)) }
                    td.muted { (text::line(&case.marketplace, 60)) }
                } } } }
            }
        }
        @for (title, these) in [("Before they are handed over", &ours), ("With an agency", &theirs), ("Over", &over)] {
            @if !these.is_empty() { section.card.term { h2 { (title) } (table(these)) } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Referrals", &body))
}

fn table(these: &[Referral]) -> Markup {
    html! {
        table.reasons { tbody { @for r in these { tr {
            td { a href={ "/console/referrals/" (r.id) } { (r.number) } }
            td { a href={ "/console/cases/" (r.case_id) } { "case " (r.case_id) } }
            td { (text::line(&r.agency, 60)) }
            td.muted { (state(r.state)) @if let Some(end) = r.outcome { ": " (outcome(end)) } }
        } } } }
    }
}

/// A referral with its case and the reports that go with it.
struct Desk {
    referral: Referral,
    case: Case,
    report: Report,
    reports: Vec<String>,
}

impl Desk {
    fn facts<'a>(&'a self, app: &'a Shared, now: &'a str) -> Facts<'a> {
        Facts {
            referral: &self.referral,
            case: &self.case,
            report: &self.report,
            reports: &self.reports,
            organisation: (&app.voice.name, &app.voice.contact),
            now,
        }
    }
}

async fn desk(app: &Shared, id: i64) -> sqlx::Result<Option<Desk>> {
    let pool = app.store.read();
    let Some(referral) = referrals::find(pool, id).await? else { return Ok(None) };
    let Some(case) = cases::find(pool, referral.case_id).await? else { return Ok(None) };
    let rows = cases::reports_of(pool, case.id, PACKAGES).await?;
    let report = rows.first().and_then(|r| serde_json::from_slice::<Report>(&r.body).ok());
    let reports = rows.into_iter().map(|r| r.number).collect();
    Ok(report.map(|report| Desk { referral, case, report, reports }))
}

/// `GET /console/referrals/{id}`: what goes to the agency, letter by letter, and what can be done next.
///
/// # Errors
/// The page that says why not.
pub async fn one(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(desk) = desk(&app, id.map_or(0, |Path(id)| id)).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let now = app.now();
    let (facts, r) = (desk.facts(&app, &now), &desk.referral);
    let body = html! {
        h1 { "Referral " (r.number) " to " (text::line(&r.agency, 80)) }
        p { b { (state(r.state)) } @if let Some(end) = r.outcome { ": " (outcome(end)) } " · " a href={ "/console/cases/" (r.case_id) } { "case " (r.case_id) } }
        ul.history {
            li { "Written by " (text::line(&r.names[0], 64)) span.muted { " · " (words::time(&r.written_at)) } }
            @for name in r.names[1..].iter().filter(|n| !n.is_empty()) { li { "Approved by " (text::line(name, 64)) } }
            @if let Some(at) = &r.sent_at { li { "Handed over: " (text::line(&r.sent_how, LINE_CHARS)) span.muted { " · " (words::time(at)) } } }
            @if !r.said.is_empty() { li { "The agency: " (text::line(&r.said, LINE_CHARS)) } }
        }
        @if reviewer.decides() { (steps(&reviewer, r)) }
        section.card.term { h2 { "The letter" } p.letter { (text::inert(&referral::letter(&facts))) } }
        section.card.term { h2 { "For the agency to issue" } p.letter { (text::inert(&referral::preservation(&facts))) } }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Referral", &body).into_response())
}

/// The buttons that the table allows this reviewer.
fn steps(reviewer: &Reviewer, r: &Referral) -> Markup {
    use ReferralEvent as E;
    let me = reviewer.session.reviewer_id;
    let can = |event: E| r.state.step(event).is_some();
    let mine = r.written_by == me || r.first_by == Some(me);
    let form = |inside: Markup| {
        html! { form.fields method="post" action={ "/console/referrals/" (r.id) "/step" } { (layout::csrf(reviewer)) (inside) } }
    };
    let button = |event: E, key: &str, label: &str| {
        html! { button.primary name="event" value=(word(&event)) data-key=(key) accesskey=(key) { (label) " " kbd { (key) } } }
    };
    html! {
        @for event in [E::ApproveFirst, E::Approve] { @if can(event) {
            @if mine { p.muted { "Two others than its writer approve it, each for themselves." } } @else { (form(button(event, "s", "Approve it as it stands"))) }
        } }
        @if matches!(r.state, ReferralState::Approved | ReferralState::Sent | ReferralState::Acknowledged) {
            form.inline method="post" action={ "/console/referrals/" (r.id) "/package" } { (layout::csrf(reviewer)) button { "Package for the agency" } }
        }
        @if can(E::Send) { (form(html! {
            label { span { "Handed over by" } input name="words" maxlength=(LINE_CHARS) required placeholder="the agency's portal, a courier"; }
            (button(E::Send, "s", "It was handed over"))
        })) }
        @if can(E::Acknowledge) { (form(html! {
            label { span { "Their reference" } input name="words" maxlength=(LINE_CHARS); }
            (button(E::Acknowledge, "1", "The agency received it"))
        })) }
        @if can(E::Conclude) { (form(html! {
            label { span { "What became of it" } select name="outcome" { @for o in ReferralOutcome::ALL { option value=(word(&o)) { (outcome(o)) } } } }
            label { span { "In their words" } input name="words" maxlength=(LINE_CHARS); }
            (button(E::Conclude, "2", "The agency concluded"))
        })) }
        @if can(E::Withdraw) { (form(html! { button name="event" value=(word(&E::Withdraw)) data-key="z" accesskey="z" { "Take it back " kbd { "z" } } })) }
    }
}

/// A new referral.
#[derive(Deserialize)]
pub struct Draft {
    csrf: String,
    agency: String,
    facts: String,
}

impl Posted for Draft {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

fn is_line(text: &str) -> bool {
    text.chars().count() <= LINE_CHARS && !text.chars().any(char::is_control)
}

fn refused(status: StatusCode, sentence: &str) -> Response {
    layout::problem(
        status,
        "Nothing was changed",
        html! { p { (sentence) } p { a href="/console/referrals" { "To the referrals" } } },
    )
}

/// `POST /console/cases/{id}/referral`.
///
/// # Errors
/// The page that says why not.
pub async fn write(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Draft>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let (agency, facts) = (fields.agency.trim(), fields.facts.trim().replace("\r\n", "\n"));
    if agency.is_empty() || !is_line(agency) || facts.is_empty() || facts.chars().count() > FACTS_CHARS {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "A referral names an agency, in one line, and states facts, in at most 2,000 characters.",
        ));
    }
    let case = cases::find(app.store.read(), id).await?;
    let Some(case) = case else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let triggers = proposals(&app, &case).await?;
    let mut tx = app.store.begin().await?;
    if !cases::find_in(&mut tx, id).await?.is_some_and(|c| c.state.is_confirmed()) {
        return Ok(refused(StatusCode::CONFLICT, "Only a confirmed case is referred."));
    }
    let new = NewReferral {
        case: &case,
        agency,
        triggers: &triggers,
        facts: &facts,
        written_by: reviewer.session.reviewer_id,
    };
    let referral = referrals::write(&mut tx, &new, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/referrals/{referral}")).into_response())
}

/// What is done with a referral.
#[derive(Deserialize)]
pub struct Step {
    csrf: String,
    event: ReferralEvent,
    #[serde(default)]
    words: String,
    outcome: Option<ReferralOutcome>,
}

impl Posted for Step {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/referrals/{id}/step`.
///
/// # Errors
/// The page that says why not.
pub async fn step(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Step>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let said = fields.words.trim();
    let lacks = (fields.event == ReferralEvent::Send && said.is_empty())
        || (fields.event == ReferralEvent::Conclude && fields.outcome.is_none());
    if lacks || !is_line(said) {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Say it in one line of at most 120 characters: by which way it was handed over, or what became of it.",
        ));
    }
    let deed =
        Deed { event: fields.event, reviewer_id: reviewer.session.reviewer_id, words: said, outcome: fields.outcome };
    let mut tx = app.store.begin().await?;
    match referrals::take(&mut tx, id, &deed, &app.now()).await {
        Ok(()) => {}
        Err(NotTaken::Database(error)) => return Err(error.into()),
        Err(NotTaken::NotAllowed) => {
            return Ok(refused(StatusCode::CONFLICT, "It has moved on since this page was made."));
        }
        Err(NotTaken::SamePerson) => {
            return Ok(refused(
                StatusCode::CONFLICT,
                "Two others than its writer approve a referral, each for themselves.",
            ));
        }
        Err(NotTaken::NotConfirmed) => {
            return Ok(refused(StatusCode::CONFLICT, "The case is no longer confirmed. Take the referral back."));
        }
    }
    tx.commit().await?;
    Ok(layout::see(&format!("/console/referrals/{id}")).into_response())
}

/// `POST /console/referrals/{id}/package`: the letter, the draft for the agency, the same for machines, and the reports'
/// sealed packages, in one zip. Remembered in the audit.
///
/// # Errors
/// The page that says why not.
pub async fn package(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, fields)?;
    let Some(desk) = desk(&app, id).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    if matches!(desk.referral.state, ReferralState::Draft | ReferralState::ApprovedOnce | ReferralState::Withdrawn) {
        return Ok(refused(
            StatusCode::CONFLICT,
            "Two others have to approve a referral before anything of it leaves.",
        ));
    }
    let (actor, now) = (format!("reviewer:{}", reviewer.session.reviewer_id), app.now());
    let facts = desk.facts(&app, &now);
    let file = |name: &str, text: String| File { name: name.to_owned(), bytes: text.into_bytes() };
    let mut files = vec![
        file("referral.txt", referral::letter(&facts)),
        file("preservation-request-draft.txt", referral::preservation(&facts)),
        file("referral.json", referral::machine(&facts).to_string()),
    ];
    for number in &desk.reports {
        let order = Order { report: number, actor: &actor, release: None, now: &now };
        match export::from(&app, &order).await {
            Ok(bytes) => files.push(File { name: format!("reports/{number}.zip"), bytes }),
            Err(NotExported::Database(error)) => return Err(error.into()),
            Err(error) => {
                eprintln!("spotter-server: {error}");
                return Ok(error_page(StatusCode::INTERNAL_SERVER_ERROR));
            }
        }
    }
    let Some(archive) = archive::write(&files) else {
        return Ok(refused(
            StatusCode::CONFLICT,
            "Its pictures are more than one package holds. Make the reports' packages one by one, on the case's page.",
        ));
    };
    let mut tx = app.store.begin().await?;
    referrals::exported(&mut tx, reviewer.session.reviewer_id, id, &now).await?;
    tx.commit().await?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}.zip\"", desk.referral.number));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    Ok((headers, archive).into_response())
}
