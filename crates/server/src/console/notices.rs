//! Notices in the console: what waits, writing one with a preview, taking it back, holding a case. Sends nothing itself.

use super::companies::warning;
use super::session::{Halt, Reviewer};
use super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::notices::outbox::UNDO;
use crate::notices::pdf::document;
use crate::notices::render::{Rendered, render};
use crate::notices::{Facts, Ground, Kind, Letter, Organisation, STATEMENT_CHARS, Statement};
use crate::pdf::{NoPdf, file};
use crate::store::cases::{self, Case};
use crate::store::companies::{self, Company};
use crate::store::notices::{self, NewNotice, Notice, NoticeState};
use crate::store::organisations::{self, NAME_CHARS};
use crate::store::steps::{self, Actor, NotDecided};
use crate::store::trends::refused::{self, Share};
use crate::{clock, places, random};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use spotter_law::{Fit, Quoted, Subject};
use spotter_model::case::Who;
use spotter_model::{Event, Report};

/// Stands in a preview where the secret of the answer link will be.
const PREVIEW: &str = "…";

/// `GET /console/notices`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let pool = app.store.reader();
    let second = notices::in_state(pool, NoticeState::Second).await?;
    let pending = notices::in_state(pool, NoticeState::Pending).await?;
    let sent = notices::in_state(pool, NoticeState::Sent).await?;
    let (stuck, waiting): (Vec<_>, Vec<_>) = pending.into_iter().partition(Notice::is_stuck);
    let body = html! {
        h1 { "Notices" }
        @if !stuck.is_empty() {
            section.card.term {
                h2.alert { "Stuck: the channel has been failing for hours" }
                (table(&stuck, |n| html! {
                    (n.tries) " tries; " (text::line(&n.trouble, 120)) "; next " (words::time(&n.next_try)) " "
                    @if reviewer.decides() { form.inline method="post" action={ "/console/notices/" (n.id) "/try" } { (layout::csrf(&reviewer)) button.quiet { "Try now" } } }
                }))
            }
        }
        @if !second.is_empty() {
            section.card.term {
                h2 { "A second reviewer has to approve" }
                (table(&second, |n| html! {
                    @if n.written_by == reviewer.session.reviewer_id { "written by you" }
                    @else if reviewer.decides() { form.inline method="post" action={ "/console/notices/" (n.id) "/approve" } { (layout::csrf(&reviewer)) a href={ "/console/notices/" (n.id) } { "read it" } " " button.quiet { "Approve" } } }
                }))
            }
        }
        section.card.term {
            h2 { "Waiting" }
            @if waiting.is_empty() { p.muted { "Nothing waits." } } @else {
                (table(&waiting, |n| html! { @if n.tries == 0 { "goes after " (words::time(&n.not_before)) } @else { (text::line(&n.trouble, 120)) "; next " (words::time(&n.next_try)) } }))
            }
        }
        @if !sent.is_empty() {
            section.card.term { h2 { "Sent" } (table(&sent, |n| html! { @if let Some(at) = &n.sent_at { (words::time(at)) } })) }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Notices", &body))
}

fn table(these: &[Notice], last: impl Fn(&Notice) -> Markup) -> Markup {
    html! {
        table.reasons { tbody { @for n in these {
            tr {
                td { a href={ "/console/notices/" (n.id) } { (n.number) } }
                td { a href={ "/console/cases/" (n.case_id) } { "case " (n.case_id) } }
                td { (text::line(&n.company, 60)) }
                td { (kind_name(n.kind)) @if n.trusted { span.muted { ", trusted flagger" } } }
                td { (text::line(&n.organisation, 40)) }
                td.muted { (last(n)) }
            }
        } } }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Policy => "policy",
        Kind::Dsa16 => "alleges illegality",
    }
}

/// `GET /console/notices/{id}`: what went or goes out, letter by letter.
///
/// # Errors
/// The page that says why not.
pub async fn one(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(notice) = notices::find(app.store.reader(), id.map_or(0, |Path(id)| id)).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let body = html! {
        h1 { "Notice " (notice.number) " to " (text::line(&notice.company, 80)) }
        p.muted { "From " (text::line(notice.rendered.speaker().0, NAME_CHARS)) @if notice.organisation != notice.rendered.speaker().0 { ", now called " (text::line(&notice.organisation, 40)) " here" } }
        @match app.typesetter.ready().await {
            Ok(()) => p { a href={ "/console/notices/" (notice.id) "/pdf" } { "As PDF" } },
            Err(why) => (no_pdf(&why)),
        }
        (shown(&notice.rendered))
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Notice", &body).into_response())
}

/// `GET /console/notices/{id}/pdf`: the same, typeset.
///
/// # Errors
/// The page that says why not.
pub async fn pdf(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(notice) = notices::find(app.store.reader(), id.map_or(0, |Path(id)| id)).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    Ok(typeset(&app, &notice).await)
}

/// A notice that was written as a PDF, or the page that says why there is none.
pub(super) async fn typeset(app: &Shared, notice: &Notice) -> Response {
    let document = document(&notice.rendered, &notice.number, &notice.written_at);
    made(app.typesetter.pdf(document).await, &notice.number)
}

fn made(pdf: Result<Vec<u8>, NoPdf>, name: &str) -> Response {
    match pdf {
        Ok(bytes) => file(name, bytes),
        Err(why) => {
            tracing::warn!(%why, "a notice has no PDF");
            layout::problem(StatusCode::SERVICE_UNAVAILABLE, "No PDF", no_pdf(&why))
        }
    }
}

/// Why there is no PDF, in one sentence.
fn no_pdf(why: &NoPdf) -> Markup {
    html! { p.muted { @match why {
        NoPdf::NoFonts(_) => "There is no PDF of notices, because this server has no fonts: whoever runs it installs some. Everything else works.",
        NoPdf::Failed(_) => "No PDF could be made of this notice. Its text is whole; tell whoever runs this server.",
    } } }
}

fn shown(rendered: &Rendered) -> Markup {
    html! {
        section.card.term.notice lang=(rendered.lang) {
            h2 dir="auto" { (text::inert(&rendered.subject)) }
            p.letter dir="auto" { (text::inert(&rendered.text)) }
            details { summary { "For machines (XARF 4 core)" } p.letter { (text::inert(&serde_json::to_string_pretty(&rendered.json).unwrap_or_default())) } }
        }
    }
}

/// What a case shows of its notices, with the way to the next step.
pub fn section(
    reviewer: &Reviewer,
    case: &Case,
    all: &[Notice],
    answers: &[(Event, String, String)],
    (now, share): (&str, Option<&Share>),
) -> Markup {
    html! {
        @if !all.is_empty() {
            section {
                h2 { "Notices" }
                ul.history { @for n in all {
                    li { a href={ "/console/notices/" (n.id) } { (n.number) } " to " (text::line(&n.company, 60)) " from " (text::line(&n.organisation, 40)) " "
                        span.muted { (kind_name(n.kind)) " · " @match n.state {
                            NoticeState::Second => "a second reviewer has to approve it",
                            NoticeState::Pending => { "goes after " (words::time(&n.not_before)) },
                            NoticeState::Sent => { "sent " @if let Some(at) = &n.sent_at { (words::time(at)) } },
                            NoticeState::Withdrawn => "withdrawn",
                        } } }
                } }
                ul.history { @for (event, said, at) in answers {
                    li { "The company: " b { (words::event(*event).1) } span.muted { " · " (words::time(at)) }
                        @if !said.is_empty() { p.quote dir="auto" { (text::inert(said)) } } }
                } }
            }
        }
        @if reviewer.decides() { (steps_of(reviewer, case, all, (now, share))) }
    }
}

/// What can be done next with a case and its company.
fn steps_of(reviewer: &Reviewer, case: &Case, all: &[Notice], (now, share): (&str, Option<&Share>)) -> Markup {
    html! {
        @if case.state.step_by(Event::Notice, Who::Reviewer).is_some() {
            (warning(share))
            p { a.button href={ "/console/cases/" (case.id) "/notice" } data-key="s" accesskey="s" { "Write a notice" kbd { "s" } } }
        }
        @let open = all.first().is_some_and(|n| n.state == NoticeState::Second || (n.state == NoticeState::Pending && n.not_before.as_str() > now));
        @if case.state.step_by(Event::Withdraw, Who::Reviewer).is_some() && open {
            form method="post" action={ "/console/cases/" (case.id) "/notice/withdraw" } {
                (layout::csrf(reviewer)) input type="hidden" name="version" value=(case.version);
                button data-key="z" accesskey="z" { "Take the notice back" kbd { "z" } }
            }
        }
        @if case.state.step_by(Event::Release, Who::Reviewer).is_some() {
            p { "On hold for " b { (text::line(&case.hold_agency, 80)) } " until " (words::time(&case.hold_until)) ". Nobody is told." }
            form method="post" action={ "/console/cases/" (case.id) "/decide" } {
                (layout::csrf(reviewer)) input type="hidden" name="version" value=(case.version);
                button name="decision" value="release" data-key="h" accesskey="h" { "End the hold" kbd { "h" } }
            }
        }
        @if case.state.step_by(Event::Hold, Who::Reviewer).is_some() {
            details.more {
                summary { "An agency asks to wait" }
                form.fields method="post" action={ "/console/cases/" (case.id) "/hold" } {
                    (layout::csrf(reviewer)) input type="hidden" name="version" value=(case.version);
                    label { span { "Agency" } input name="agency" maxlength="80" required; }
                    label { span { "Until (YYYY-MM-DD)" } input name="until" maxlength="10" required; }
                    button data-key="h" accesskey="h" { "Hold" kbd { "h" } }
                }
            }
        }
    }
}

/// What a reviewer fills in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    csrf: String,
    version: i64,
    kind: String,
    clause: i64,
    provision: String,
    facts: String,
    missing: String,
    /// The id of a rule of the law register.
    law: String,
    /// What the preview showed: a send with other words becomes a preview of them.
    seen: String,
    send: String,
}

impl super::session::Posted for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// A case with its company and what was reported, ready for a notice; or the page that says what is missing.
struct Desk {
    /// Whoever writes speaks for their own organisation, as it is today.
    voice: Organisation,
    organisation_id: i64,
    case: Case,
    company: Company,
    facts: Facts,
    /// Rules of the site's country that speak of such an offer and may be quoted.
    laws: Vec<(Quoted<'static>, Fit)>,
}

async fn desk(app: &Shared, reviewer: &Reviewer, id: i64) -> Result<Result<Desk, Response>, Halt> {
    let pool = app.store.reader();
    let Some(case) = cases::find(pool, id).await? else { return Ok(Err(error_page(StatusCode::NOT_FOUND))) };
    let not_yet = |why: Markup| {
        let back = html! { (why) p { a href={ "/console/cases/" (id) } { "Back to case " (id) } } };
        Ok(Err(layout::problem(StatusCode::CONFLICT, "No notice yet", back)))
    };
    if case.state.step_by(Event::Notice, Who::Reviewer).is_none() {
        return not_yet(
            html! { p { "A case at " b { (words::state(case.state)) } " allows no notice. Nothing was changed." } },
        );
    }
    let own = organisations::find(pool, reviewer.session.organisation_id).await?;
    let Some(own) = own.filter(organisations::Organisation::takes_part) else {
        return not_yet(
            html! { p { "Your organisation takes part no more, so it sends nothing. An admin can move you to another one." } },
        );
    };
    if own.contact.is_empty() {
        return not_yet(
            html! { p { "There is no e-mail address of your organisation. An admin writes it down, " a href={ "/console/organisations/" (own.id) } { "on its page" } "; that of the first organisation can stand in the settings, as --contact." } },
        );
    }
    let Some(company) = companies::of_host(pool, &case.marketplace).await? else {
        return not_yet(
            html! { p { "No company has the host " (text::line(&case.marketplace, 253)) ". " a href="/console/companies" { "Companies" } } },
        );
    };
    let report =
        cases::reports_of(pool, id, 1).await?.first().and_then(|r| serde_json::from_slice::<Report>(&r.body).ok());
    let Some(report) = report else { return Ok(Err(error_page(StatusCode::INTERNAL_SERVER_ERROR))) };
    let (country, _) = places::of_host(&report.place.marketplace);
    let laws = spotter_law::built_in().quoted(country, Subject::of(&report.assessment), app.today());
    let (voice, organisation_id) = (Organisation::speaks(&own, &app.domain, app.today()), own.id);
    Ok(Ok(Desk { voice, organisation_id, case, company, facts: Facts::of(&report), laws }))
}

async fn ground(app: &Shared, desk: &Desk, fields: &Fields) -> sqlx::Result<Option<Ground>> {
    let clauses = companies::clauses(app.store.read(), desk.company.id).await?;
    let clause = clauses.into_iter().find(|c| c.id == fields.clause);
    if fields.kind == "dsa16" {
        let all = [&fields.provision, &fields.facts, &fields.missing].map(|s| Statement::read(s));
        let [Some(provision), Some(facts), Some(missing)] = all else { return Ok(None) };
        let law = desk.laws.iter().find(|(rule, _)| rule.id() == fields.law).map(|(rule, _)| *rule);
        return Ok(Some(Ground::Dsa16 { provision, facts, missing, clause, law }));
    }
    Ok(clause.map(Ground::Policy))
}

fn letter<'a>(desk: &'a Desk, ground: &'a Ground, named: (&'a str, &'a str, &'a str)) -> Letter<'a> {
    Letter {
        organisation: &desk.voice,
        facts: &desk.facts,
        ground,
        number: named.0,
        uuid: named.1,
        answer: named.2,
        words: crate::notices::words::of(&desk.company.languages),
        item_format: &desk.company.item_format,
    }
}

fn digest(rendered: &Rendered) -> String {
    crate::sign::sha256_hex(rendered.text.as_bytes())
}

/// `GET /console/cases/{id}/notice`.
///
/// # Errors
/// The page that says why not.
pub async fn compose(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let desk = match desk(&app, &reviewer, id.map_or(0, |Path(id)| id)).await? {
        Ok(desk) => desk,
        Err(page) => return Ok(page),
    };
    let fields = Fields { version: desk.case.version, kind: "policy".into(), ..Fields::default() };
    form(&app, &reviewer, &desk, &fields, StatusCode::OK, None, None).await
}

async fn form(
    app: &Shared,
    reviewer: &Reviewer,
    desk: &Desk,
    fields: &Fields,
    status: StatusCode,
    why: Option<&str>,
    preview: Option<&Rendered>,
) -> Result<Response, Halt> {
    let clauses = companies::clauses(app.store.read(), desk.company.id).await?;
    let share = refused::of(app.store.read(), desk.company.id).await?;
    let dsa = fields.kind == "dsa16";
    let fonts = app.typesetter.ready().await;
    let statement = |name: &str, label: &str, value: &str| {
        html! { label.reason { span { (label) } textarea name=(name) rows="2" maxlength=(STATEMENT_CHARS) { (value) } } }
    };
    let body = html! {
        h1 { "Notice to " (text::line(&desk.company.name, 80)) " on case " (desk.case.id) }
        @if let Some(why) = why { p.alert role="alert" { (why) } }
        p.muted { "It speaks for " (text::line(&desk.voice.name, NAME_CHARS)) "." @if dsa && !desk.voice.trusted_by.is_empty() { " It goes under its status of trusted flagger." } }
        (warning(share.as_ref()))
        form.card.term method="post" action={ "/console/cases/" (desk.case.id) "/notice" } {
            (layout::csrf(reviewer))
            input type="hidden" name="version" value=(fields.version);
            label { span { "Kind" } select name="kind" {
                option value="policy" selected[!dsa] { "Against the company's policy" }
                option value="dsa16" selected[dsa] { "Alleges illegality (a second reviewer approves it)" }
            } }
            label { span { "Clause of the policy" } select name="clause" {
                @if clauses.is_empty() { option value="0" { "none yet: add one under Companies" } }
                @for c in &clauses { option value=(c.id) selected[c.id == fields.clause] { (c.title) } }
            } }
            @if !desk.laws.is_empty() {
                label { span { "Rule of the law, where illegality is alleged" } select name="law" {
                    option value="" { "none" }
                    @for (rule, fit) in &desk.laws { option value=(rule.id()) selected[rule.id() == fields.law] {
                        @if *fit == Fit::May { "May apply: " } @if let Some(region) = rule.region() { (region) ": " } (rule.citation())
                    } }
                } }
            }
            details open[dsa] {
                summary { "Where illegality is alleged: in the company's language, about this listing alone" }
                (statement("provision", "Provision, by article", &fields.provision))
                (statement("facts", "Facts that speak for it", &fields.facts))
                (statement("missing", "Proof of lawful origin that is missing", &fields.missing))
            }
            @if let Some(rendered) = preview { input type="hidden" name="seen" value=(digest(rendered)); }
            div.buttons {
                button.primary[preview.is_none()] data-key="p" accesskey="p" { "Preview" kbd { "p" } }
                @if preview.is_some() { button.primary name="send" value="yes" data-key="s" accesskey="s" { "Send in ten minutes" kbd { "s" } } }
                @if preview.is_some() && fonts.is_ok() { button.quiet name="send" value="pdf" { "As PDF" } }
            }
            @if let (Some(_), Err(why)) = (preview, &fonts) { (no_pdf(why)) }
        }
        @if let Some(rendered) = preview { (shown(rendered)) }
    };
    Ok((status, layout::page(Some(app), Some(reviewer), "Notice", &body)).into_response())
}

/// `POST /console/cases/{id}/notice`: a preview, or what was previewed goes into the outbox.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let desk = match desk(&app, &reviewer, id).await? {
        Ok(desk) => desk,
        Err(page) => return Ok(page),
    };
    let Some(ground) = ground(&app, &desk, &fields).await? else {
        let why = "A policy notice names a clause; one that alleges illegality has all three texts, each of at most 2,000 characters.";
        return form(&app, &reviewer, &desk, &fields, StatusCode::UNPROCESSABLE_ENTITY, Some(why), None).await;
    };
    let preview = render(&letter(&desk, &ground, (PREVIEW, PREVIEW, PREVIEW)));
    if fields.send.is_empty() {
        return form(&app, &reviewer, &desk, &fields, StatusCode::OK, None, Some(&preview)).await;
    }
    if fields.send == "pdf" {
        return Ok(made(app.typesetter.pdf(document(&preview, PREVIEW, "")).await, "preview"));
    }
    if fields.seen != digest(&preview) {
        let why = "This differs from what the preview showed. Read it again.";
        return form(&app, &reviewer, &desk, &fields, StatusCode::CONFLICT, Some(why), Some(&preview)).await;
    }
    let (now, secret) = ((app.clock)(), random::token());
    let mut tx = app.store.begin().await?;
    // Moved, renamed or retired since the preview was asked for: nobody speaks for whom they do not belong to.
    let own = organisations::of_person(&mut tx, reviewer.session.reviewer_id).await?;
    let voice = Organisation::speaks(&own, &app.domain, app.today());
    if !own.takes_part() || own.id != desk.organisation_id || voice != desk.voice {
        return Ok(moved_on(id));
    }
    match steps::seen(&mut tx, id, fields.version).await {
        Ok(_) => {}
        Err(NotDecided::Database(error)) => return Err(error.into()),
        Err(_) => return Ok(moved_on(id)),
    }
    let stamp = clock::stamp(now);
    let place = notices::next_id(&mut tx).await?;
    let number = format!("WN-{}-{place:06}", &stamp[..4]);
    let answer = format!("{}/answer/{secret}", app.origin.as_str());
    let uuid = uuid();
    let letter = letter(&desk, &ground, (&number, &uuid, &answer));
    let new = NewNotice {
        id: place,
        number: &number,
        case: &desk.case,
        company_id: desk.company.id,
        kind: ground.kind(),
        trusted: letter.trusted(),
        rendered: &render(&letter),
        answer_hash: &Sha256::digest(secret.as_bytes()),
        written_by: reviewer.session.reviewer_id,
        organisation_id: desk.organisation_id,
        not_before: &clock::stamp(now + UNDO),
    };
    notices::write(&mut tx, &new, &stamp).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/cases/{id}")).into_response())
}

/// A random UUID, version 4.
fn uuid() -> String {
    let mut b = random::bytes::<16>();
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    let h = crate::sign::hex(&b);
    format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..])
}

fn moved_on(id: i64) -> Response {
    let body = html! { p { "The case changed while you were looking at it. Nothing was done." } p { a href={ "/console/cases/" (id) } { "Back to case " (id) } } };
    layout::problem(StatusCode::CONFLICT, "The case has moved on", body)
}

/// A case's form with nothing but its version.
#[derive(Deserialize)]
pub struct Versioned {
    csrf: String,
    version: i64,
    #[serde(default)]
    agency: String,
    #[serde(default)]
    until: String,
}

impl super::session::Posted for Versioned {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /console/cases/{id}/notice/withdraw`.
///
/// # Errors
/// The page that says why not.
pub async fn withdraw(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Versioned>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let (me, now) = (reviewer.session.reviewer_id, app.now());
    let mut tx = app.store.begin().await?;
    let case = match steps::seen(&mut tx, id, fields.version).await {
        Ok(case) => case,
        Err(NotDecided::Database(error)) => return Err(error.into()),
        Err(_) => return Ok(moved_on(id)),
    };
    if case.state.step_by(Event::Withdraw, Who::Reviewer).is_none() || !notices::withdraw(&mut tx, id, me, &now).await?
    {
        let body = html! { p { "The ten minutes are over, or there is nothing to take back. The case page shows what can be done now." } p { a href={ "/console/cases/" (id) } { "Back to case " (id) } } };
        return Ok(layout::problem(StatusCode::CONFLICT, "Too late", body));
    }
    steps::take(&mut tx, &case, Event::Withdraw, Actor::Reviewer(me), None, &now).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/cases/{id}")).into_response())
}

/// `POST /console/cases/{id}/hold`.
///
/// # Errors
/// The page that says why not.
pub async fn hold(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Versioned>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let (now, agency) = (app.now(), fields.agency.trim());
    let until = format!("{}T00:00:00.000Z", fields.until.trim());
    let is_day = fields.until.trim().parse::<spotter_model::Date>().is_ok() && until > now;
    if agency.is_empty() || agency.chars().count() > 80 || agency.chars().any(char::is_control) || !is_day {
        let body = html! { p { "A hold names the agency and a day in the future. Nothing was changed." } };
        return Ok(layout::problem(StatusCode::UNPROCESSABLE_ENTITY, "Not yet", body));
    }
    let mut tx = app.store.begin().await?;
    let case = match steps::seen(&mut tx, id, fields.version).await {
        Ok(case) if case.state.step_by(Event::Hold, Who::Reviewer).is_some() => case,
        Err(NotDecided::Database(error)) => return Err(error.into()),
        _ => return Ok(moved_on(id)),
    };
    steps::hold(&mut tx, &case, Actor::Reviewer(reviewer.session.reviewer_id), agency, &until, &now).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/cases/{id}")).into_response())
}

/// `POST /console/notices/{id}/approve`.
///
/// # Errors
/// The page that says why not.
pub async fn approve(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<super::session::Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, form)?;
    let now = (app.clock)();
    let mut tx = app.store.begin().await?;
    let not_before = clock::stamp(now + UNDO);
    let done = notices::approve(&mut tx, id, reviewer.session.reviewer_id, &not_before, &clock::stamp(now)).await?;
    tx.commit().await?;
    if !done {
        let body = html! { p { "Whoever wrote a notice cannot approve it, or it was approved or taken back already. Nothing was changed." } };
        return Ok(layout::problem(StatusCode::CONFLICT, "Not approved", body));
    }
    Ok(layout::see("/console/notices").into_response())
}

/// `POST /console/notices/{id}/try`.
///
/// # Errors
/// The page that says why not.
pub async fn try_now(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<super::session::Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, form)?;
    let Some(notice) = notices::find(app.store.reader(), id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let mut tx = app.store.begin().await?;
    notices::try_now(&mut tx, notice.company_id, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see("/console/notices").into_response())
}
