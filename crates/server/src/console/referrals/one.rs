//! One referral: what goes to the agency, letter by letter, and the buttons that its table allows. Never changes its words.

use super::super::session::{Halt, Posted, Reviewer};
use super::super::{error_page, layout, text, words};
use super::{LINE_CHARS, desk, is_line, outcome, refused, state};
use crate::app::Shared;
use crate::referral;
use crate::store::organisations::NAME_CHARS;
use crate::store::referrals::Referral;
use crate::store::referrals::steps::{self, Deed, NotTaken};
use crate::store::steps::Actor;
use crate::store::word;
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::referral::{ReferralEvent as E, ReferralOutcome, ReferralState};

/// `GET /console/referrals/{id}`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(desk) = desk(&app, id.map_or(0, |Path(id)| id)).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let now = app.now();
    let (facts, r) = (desk.facts(&now), &desk.referral);
    let body = html! {
        h1 { "Referral " (r.number) " to " (text::line(&r.agency, 80)) }
        p.muted { "From " (text::line(&r.organisation, NAME_CHARS)) }
        section.card.term {
            h2 { (state(r.state)) @if let Some(end) = r.outcome { ": " (outcome(end)) } }
            @if r.state.is_ours() && !desk.case.state.is_confirmed() { p.alert { "Its case is no longer confirmed. Take the referral back." } }
            ul.history {
                li { a href={ "/console/cases/" (r.case_id) } { "Case " (r.case_id) } ": " (words::state(desk.case.state)) }
                li { "Written by " (text::line(&r.names[0], 64)) span.muted { " · " (words::time(&r.written_at)) } }
                @for name in r.names[1..].iter().filter(|n| !n.is_empty()) { li { "Approved by " (text::line(name, 64)) } }
                @if let Some(at) = &r.sent_at { li { "Handed over: " (text::line(&r.sent_how, LINE_CHARS)) span.muted { " · " (words::time(at)) } } }
                @if !r.said.is_empty() { li { "The agency: " (text::line(&r.said, LINE_CHARS)) } }
            }
            @if reviewer.decides() { (buttons(&reviewer, r)) }
        }
        section.card.term { h2 { "The letter" } p.letter dir="auto" { (text::inert(&referral::letter(&facts))) } }
        section.card.term { h2 { "For the agency to issue" } p.letter dir="auto" { (text::inert(&referral::preservation(&facts))) } }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Referral", &body).into_response())
}

/// The buttons that the table allows this reviewer.
fn buttons(reviewer: &Reviewer, r: &Referral) -> Markup {
    let me = reviewer.session.reviewer_id;
    let can = |event: E| r.state.step(event).is_some();
    let mine = r.written_by == me || r.first_by == Some(me);
    let form = |inside: Markup| {
        html! { form.more method="post" action={ "/console/referrals/" (r.id) "/step" } { (layout::csrf(reviewer)) (inside) } }
    };
    let button = |event: E, key: &str, label: &str| {
        // One button stands out: what comes next.
        let next = !(event == E::Conclude && can(E::Acknowledge));
        html! { button.primary[next] name="event" value=(word(&event)) data-key=(key) accesskey=(key) { (label) " " kbd { (key) } } }
    };
    html! {
        @for event in [E::ApproveFirst, E::Approve] { @if can(event) {
            @if mine { p.muted { "Two others than its writer approve it, each for themselves." } } @else { (form(button(event, "s", "Approve it as it stands"))) }
        } }
        @if !matches!(r.state, ReferralState::Draft | ReferralState::ApprovedOnce | ReferralState::Withdrawn) {
            div.buttons {
                form method="post" action={ "/console/referrals/" (r.id) "/package" } { (layout::csrf(reviewer)) button { "Package for the agency" } }
                form method="post" action={ "/console/referrals/" (r.id) "/link" } { (layout::csrf(reviewer)) button { "Link for the agency" } }
            }
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

/// What is done with a referral.
#[derive(Deserialize)]
pub struct Step {
    csrf: String,
    event: E,
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
    let lacks =
        (fields.event == E::Send && said.is_empty()) || (fields.event == E::Conclude && fields.outcome.is_none());
    if lacks || !is_line(said) {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Say it in one line of at most 120 characters: by which way it was handed over, or what became of it.",
        ));
    }
    let deed = Deed {
        event: fields.event,
        by: Actor::Reviewer(reviewer.session.reviewer_id),
        words: said,
        outcome: fields.outcome,
    };
    let mut tx = app.store.begin().await?;
    let why = match steps::take(&mut tx, id, &deed, &app.now()).await {
        Ok(()) => {
            tx.commit().await?;
            return Ok(layout::see(&format!("/console/referrals/{id}")).into_response());
        }
        Err(NotTaken::Database(error)) => return Err(error.into()),
        Err(NotTaken::NotAllowed) => "It has moved on since this page was made.",
        Err(NotTaken::SamePerson) => "Two others than its writer approve a referral, each for themselves.",
        Err(NotTaken::Retired) => {
            "The organisation that it speaks for takes part no more, so nothing of it leaves. Take the referral back."
        }
        Err(NotTaken::NotConfirmed) => "The case is no longer confirmed. Take the referral back.",
    };
    Ok(refused(StatusCode::CONFLICT, why))
}
