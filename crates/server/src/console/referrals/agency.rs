//! `/agency/{secret}`: where an agency reads its referral, takes the package, says what became of it, and asks to wait. The link is
//! the key; it shows what the package holds and nothing else of the case, and takes only steps that the tables give to agencies.

use super::super::session::{Bare, Halt, Reviewer};
use super::super::{error_page, layout, text, words};
use super::{Desk, LINE_CHARS, is_line, outcome, package, refused};
use crate::app::{App, Peer, Shared};
use crate::referral;
use crate::store::organisations::NAME_CHARS;
use crate::store::referrals::link;
use crate::store::referrals::steps::{self as deeds, Deed, NotTaken};
use crate::store::steps::{self, Actor};
use crate::store::{cases, word};
use crate::{clock, random};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use spotter_model::case::Who;
use spotter_model::referral::{ReferralEvent as E, ReferralOutcome, ReferralState};
use spotter_model::{CaseState, Event};

/// Longest time for which an agency can ask to wait; reviewers can end it, and it can ask again.
const HOLD_DAYS: i64 = 180;

/// `POST /console/referrals/{id}/link`: a link, shown on this page and never again.
///
/// # Errors
/// The page that says why not.
pub async fn link(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, fields)?;
    let secret = random::token();
    let mut tx = app.store.begin().await?;
    if !link::set(&mut tx, id, &Sha256::digest(secret.as_bytes()), reviewer.session.reviewer_id, &app.now()).await? {
        return Ok(refused(
            StatusCode::CONFLICT,
            "Two others have to approve a referral before anything of it leaves.",
        ));
    }
    tx.commit().await?;
    let body = html! {
        section.card.narrow {
            h1 { "The agency's link" }
            p { "Whoever has it reads the letter, takes the package, says what became of it, and can ask to wait. It is shown once, and an earlier link opens nothing any more. Hand it over as you would the package." }
            p.letter { (app.origin.as_str()) "/agency/" (secret) }
            p { a.button.primary href={ "/console/referrals/" (id) } { "Done" } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Link", &body).into_response())
}

/// What the link shows; none where it opens nothing.
async fn opened(app: &Shared, secret: &str) -> Result<Option<Desk>, Halt> {
    let Some(found) = link::find(app.store.reader(), &Sha256::digest(secret.as_bytes())).await? else {
        return Ok(None);
    };
    let desk = super::desk(app, found.id).await?;
    // What is no longer confirmed before it was handed over, or whose organisation takes part no more, is handed to nobody.
    let leaves = |desk: &Desk| desk.case.state.is_confirmed() && desk.referral.takes_part;
    Ok(desk.filter(|desk| desk.referral.state != ReferralState::Approved || leaves(desk)))
}

/// Slows whoever tries links.
fn too_many(app: &App, Peer(ip): Peer) -> Option<Response> {
    app.limits.address(ip).is_err().then(|| {
        let body = html! { p { "Wait a minute, then try again." } };
        layout::problem(StatusCode::TOO_MANY_REQUESTS, "Too many requests", body)
    })
}

/// `GET /agency/{secret}`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    Extension(peer): Extension<Peer>,
    secret: Result<Path<String>, PathRejection>,
) -> Result<Response, Halt> {
    if let Some(wait) = too_many(&app, peer) {
        return Ok(wait);
    }
    show(&app, &secret.map(|Path(s)| s).unwrap_or_default(), StatusCode::OK, None).await
}

async fn show(app: &Shared, secret: &str, status: StatusCode, said: Option<&str>) -> Result<Response, Halt> {
    let Some(desk) = opened(app, secret).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let now = app.now();
    let (facts, r, case) = (desk.facts(&now), &desk.referral, &desk.case);
    let can = |event: E| event.is_the_agencys() && r.state.step(event).is_some();
    let here = format!("/agency/{secret}");
    let body = html! {
        section.card.narrow {
            h1 { "Referral " (r.number) }
            @if let Some(said) = said { p role="status" { b { (said) } } }
            p.muted { "From " (text::line(&r.organisation, NAME_CHARS)) " to " (text::line(&r.agency, 80)) ". Now: " (stands(r.state)) @if let Some(end) = r.outcome { ". " (ours(end)) } "." }
            @if !r.said.is_empty() { p.muted { "Your words: " (text::line(&r.said, LINE_CHARS)) } }
            details open { summary { "The letter" } p.letter dir="auto" { (text::inert(&referral::letter(&facts))) } }
            details { summary { "For you to issue: a request to preserve data" } p.letter dir="auto" { (text::inert(&referral::preservation(&facts))) } }
            form.more method="post" action={ (here) "/package" } { button { "Take the package" } }
            p.muted { "One file: the letter, the draft, the same for machines, and the evidence of the reports, which anybody checks offline with " code { "spotter verify" } "." }
            @if can(E::Acknowledge) {
                form.more method="post" action=(here) {
                    label { span { "Your reference (optional)" } input name="words" maxlength=(LINE_CHARS) dir="auto"; }
                    button.primary name="say" value=(word(&E::Acknowledge)) { "We have received it" }
                }
            }
            @if can(E::Conclude) {
                form.more method="post" action=(here) {
                    label { span { "What became of it" } select name="outcome" { @for o in ReferralOutcome::ALL { option value=(word(&o)) { (ours(o)) } } } }
                    label { span { "In your words (optional)" } input name="words" maxlength=(LINE_CHARS) dir="auto"; }
                    button name="say" value=(word(&E::Conclude)) { "Tell the organisation" }
                }
            }
            @if case.state == CaseState::OnHold {
                p { "The organisation tells the company nothing until " (words::time(&case.hold_until)) "." }
            } @else if case.state.step_by(Event::Hold, Who::Agency).is_some() {
                form.more method="post" action=(here) {
                    label { span { "Tell the company nothing until (YYYY-MM-DD), at most " (HOLD_DAYS) " days from now" } input name="until" maxlength="10" required inputmode="numeric" placeholder=(&now[..10]); }
                    button name="say" value=(word(&Event::Hold)) { "Ask to wait" }
                }
            } @else { p.muted { "Asking to wait has no effect any more: the company may have been told. To tell us more, write to " (r.contact) "." } }
        }
    };
    Ok((status, layout::page(Some(app), None, "Referral", &body)).into_response())
}

/// A state as the agency sees it.
fn stands(state: ReferralState) -> &'static str {
    match state {
        ReferralState::Acknowledged => "received by you",
        ReferralState::Concluded => "concluded",
        _ => "handed to you",
    }
}

/// What became of it, as the agency says it.
fn ours(end: ReferralOutcome) -> &'static str {
    match end {
        ReferralOutcome::Inquiry => "We look into it",
        ReferralOutcome::NoAction => "We do nothing",
        end => outcome(end),
    }
}

/// What an agency can say.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Say {
    Acknowledge,
    Conclude,
    Hold,
}

/// The form's fields.
#[derive(Deserialize)]
pub struct Fields {
    say: Say,
    #[serde(default)]
    words: String,
    outcome: Option<ReferralOutcome>,
    #[serde(default)]
    until: String,
}

/// `POST /agency/{secret}`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    Extension(peer): Extension<Peer>,
    secret: Result<Path<String>, PathRejection>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Halt> {
    if let Some(wait) = too_many(&app, peer) {
        return Ok(wait);
    }
    let (Ok(Path(secret)), Ok(Form(fields))) = (secret, fields) else {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    };
    let Some(desk) = opened(&app, &secret).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let said = fields.words.trim();
    if !is_line(said) || (fields.say == Say::Conclude && fields.outcome.is_none()) {
        let why = "Say it in one line of at most 120 characters. Nothing was kept.";
        return show(&app, &secret, StatusCode::UNPROCESSABLE_ENTITY, Some(why)).await;
    }
    let by = Actor::Agency(desk.referral.id);
    let done = match fields.say {
        Say::Hold => hold(&app, &desk, by, fields.until.trim()).await?,
        Say::Acknowledge => tell(&app, &desk, &Deed { event: E::Acknowledge, by, words: said, outcome: None }).await?,
        Say::Conclude => {
            tell(&app, &desk, &Deed { event: E::Conclude, by, words: said, outcome: fields.outcome }).await?
        }
    };
    let (status, words) = match done {
        Ok(words) => (StatusCode::OK, words),
        Err(refusal) => refusal,
    };
    show(&app, &secret, status, Some(words)).await
}

type Done = Result<&'static str, (StatusCode, &'static str)>;

async fn tell(app: &Shared, desk: &Desk, deed: &Deed<'_>) -> Result<Done, Halt> {
    let mut tx = app.store.begin().await?;
    match deeds::take(&mut tx, desk.referral.id, deed, &app.now()).await {
        Ok(()) => tx.commit().await?,
        Err(NotTaken::Database(error)) => return Err(error.into()),
        Err(_) => {
            let why = "That cannot be said now; nothing was changed. It may have been said already.";
            return Ok(Err((StatusCode::CONFLICT, why)));
        }
    }
    Ok(Ok("Thank you. What you said was kept."))
}

async fn hold(app: &Shared, desk: &Desk, by: Actor, day: &str) -> Result<Done, Halt> {
    let (now, until) = (app.now(), format!("{day}T00:00:00.000Z"));
    let last = clock::stamp((app.clock)() + time::Duration::days(HOLD_DAYS));
    if day.parse::<spotter_model::Date>().is_err() || until <= now || until > last {
        let why = "It takes a day in the future, at most 180 days from now. Nothing was changed.";
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, why)));
    }
    let mut tx = app.store.begin().await?;
    let case = cases::find_in(&mut tx, desk.case.id).await?;
    let Some(case) = case.filter(|case| case.state.step_by(Event::Hold, Who::Agency).is_some()) else {
        let why = "It is on hold already, or the company may have been told. Nothing was changed.";
        return Ok(Err((StatusCode::CONFLICT, why)));
    };
    let agency: String = desk.referral.agency.chars().take(80).collect();
    steps::hold(&mut tx, &case, by, &agency, &until, &now).await?;
    tx.commit().await?;
    Ok(Ok("The company is told nothing until that day."))
}

/// `POST /agency/{secret}/package`.
///
/// # Errors
/// The page that says why not.
pub async fn package(
    State(app): State<Shared>,
    Extension(peer): Extension<Peer>,
    secret: Result<Path<String>, PathRejection>,
) -> Result<Response, Halt> {
    if let Some(wait) = too_many(&app, peer) {
        return Ok(wait);
    }
    let secret = secret.map(|Path(s)| s).unwrap_or_default();
    match opened(&app, &secret).await? {
        Some(desk) => package::make(&app, &desk, Actor::Agency(desk.referral.id)).await,
        None => Ok(error_page(StatusCode::NOT_FOUND)),
    }
}
