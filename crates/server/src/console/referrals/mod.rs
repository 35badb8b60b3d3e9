//! Referrals in the console: proposed, written, approved by two others, handed over, answered.
//!
//! Owns their routes, the words for where they stand, and what one of them is shown from. Nothing goes to an agency by itself: a
//! package or a link is made here, and a person hands it over by the way that the agency has.

pub mod agency;
pub mod form;
pub mod list;
pub mod one;
pub mod package;

use super::layout;
use crate::app::Shared;
use crate::referral::Facts;
use crate::store::cases::{self, Case};
use crate::store::referrals::{self, Referral};
use crate::store::reports;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;
use spotter_model::Report;
use spotter_model::referral::{ReferralOutcome, ReferralState};

/// Longest line: an agency's name, the way it was handed over, what the agency said. In characters.
const LINE_CHARS: usize = 120;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/console/cases/{id}/referral", post(form::post))
        .route("/console/referrals", get(list::page))
        .route("/console/referrals/{id}", get(one::page))
        .route("/console/referrals/{id}/step", post(one::step))
        .route("/console/referrals/{id}/package", post(package::post))
        .route("/console/referrals/{id}/link", post(agency::link))
        .route("/agency/{secret}", get(agency::page).post(agency::post))
        .route("/agency/{secret}/package", post(agency::package))
}

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

/// One line of at most [`LINE_CHARS`].
fn is_line(text: &str) -> bool {
    text.chars().count() <= LINE_CHARS && !text.chars().any(char::is_control)
}

/// The page that says why nothing was done.
fn refused(status: StatusCode, sentence: &str) -> Response {
    layout::problem(
        status,
        "Nothing was changed",
        html! { p { (sentence) } p { a href="/console/referrals" { "To the referrals" } } },
    )
}

/// A referral with what it is shown from: its case, and the newest of the reports that its writer had.
struct Desk {
    referral: Referral,
    case: Case,
    report: Report,
}

impl Desk {
    fn facts<'a>(&'a self, now: &'a str) -> Facts<'a> {
        Facts {
            referral: &self.referral,
            case: &self.case,
            report: &self.report,
            organisation: (&self.referral.organisation, &self.referral.contact),
            now,
        }
    }
}

async fn desk(app: &Shared, id: i64) -> sqlx::Result<Option<Desk>> {
    let pool = app.store.reader();
    let Some(referral) = referrals::find(pool, id).await? else { return Ok(None) };
    let Some(case) = cases::find(pool, referral.case_id).await? else { return Ok(None) };
    let Some(number) = referral.reports.first() else { return Ok(None) };
    let kept = reports::exported(pool, number).await?;
    let report = kept.and_then(|kept| serde_json::from_slice(&kept.body).ok());
    Ok(report.map(|report| Desk { referral, case, report }))
}
