//! What a case shows of its referrals, and writing one more. A draft is kept as it was written; nobody changes it afterwards.

use super::super::session::{Halt, Posted, Reviewer};
use super::super::{error_page, layout, text};
use super::{LINE_CHARS, is_line, refused, state};
use crate::app::Shared;
use crate::clock;
use crate::referral;
use crate::store::cases::{self, Case};
use crate::store::organisations;
use crate::store::referrals::{self, NewReferral, Referral, triggers};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::referral::{ReferralState, Trigger, VOLUME_DAYS};

/// Longest statement of facts, in characters.
const FACTS_CHARS: usize = 2_000;
/// Most reports whose packages go with a referral: the newest.
const PACKAGES: i64 = 8;

/// Since when confirmed cases count for a volume.
pub fn since(app: &Shared) -> String {
    clock::stamp((app.clock)() - time::Duration::days(VOLUME_DAYS))
}

/// Why a referral of this case is proposed.
///
/// # Errors
/// Where the database fails.
pub async fn proposals(app: &Shared, case: &Case) -> sqlx::Result<Vec<Trigger>> {
    triggers::of(app.store.reader(), case, &since(app)).await
}

/// What a case shows of its referrals, with the form for one more. What was taken back is there to be written anew.
pub fn section(reviewer: &Reviewer, case: &Case, why: &[Trigger], all: &[Referral]) -> Markup {
    let open = all.iter().any(|r| r.state != ReferralState::Withdrawn);
    let again = all.first().filter(|r| r.state == ReferralState::Withdrawn);
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
                form.fields.tall method="post" action={ "/console/cases/" (case.id) "/referral" } {
                    (layout::csrf(reviewer))
                    label { span { "Agency" } input name="agency" maxlength=(LINE_CHARS) required value=[again.map(|r| text::visible(&r.agency))] dir="auto"; }
                    label.reason { span { "What the organisation states" } textarea name="facts" rows="4" maxlength=(FACTS_CHARS) required dir="auto" placeholder="What was seen, in plain words. Nothing that you do not know; no names of spotters." { @if let Some(r) = again { (r.facts) } } }
                    button { "Write a draft" }
                }
            }
        }
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

/// `POST /console/cases/{id}/referral`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Draft>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, fields) = reviewer.posted(id, fields)?;
    let (agency, facts) = (fields.agency.trim(), fields.facts.trim().replace("\r\n", "\n"));
    if text::visible(agency).trim().is_empty()
        || !is_line(agency)
        || text::visible(&facts).trim().is_empty()
        || facts.chars().count() > FACTS_CHARS
    {
        return Ok(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "A referral names an agency, in one line of at most 120 characters, and states facts, in at most 2,000.",
        ));
    }
    let pool = app.store.reader();
    let Some(case) = cases::find(pool, id).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let why = proposals(&app, &case).await?;
    let reports: Vec<String> =
        cases::reports_of(pool, id, PACKAGES).await?.into_iter().map(|report| report.number).collect();
    let mut tx = app.store.begin().await?;
    if !cases::find_in(&mut tx, id).await?.is_some_and(|c| c.state.is_confirmed()) {
        return Ok(refused(StatusCode::CONFLICT, "Only a confirmed case is referred."));
    }
    let own = organisations::of_person(&mut tx, reviewer.session.reviewer_id).await?;
    if !own.takes_part() {
        return Ok(refused(
            StatusCode::CONFLICT,
            "Your organisation takes part no more, so it refers nothing. An admin can move you to another one.",
        ));
    }
    let new = NewReferral {
        case: &case,
        agency,
        triggers: &why,
        facts: &facts,
        reports: &reports,
        written_by: reviewer.session.reviewer_id,
        organisation: &own,
    };
    let referral = referrals::write(&mut tx, &new, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/referrals/{referral}")).into_response())
}
