//! The list of referrals, with the cases that give reason for one. Changes nothing.

use super::super::session::{Halt, Reviewer};
use super::super::{layout, text};
use super::{form, outcome, state};
use crate::app::Shared;
use crate::referral;
use crate::store::referrals::{self, Referral, triggers};
use axum::extract::State;
use maud::{Markup, html};
use spotter_model::referral::ReferralState as S;

/// `GET /console/referrals`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let pool = app.store.reader();
    let proposed = triggers::proposed(pool, &form::since(&app)).await?;
    let mut parts = vec![];
    for (title, states) in [
        ("Before they are handed over", &[S::Draft, S::ApprovedOnce, S::Approved][..]),
        ("With an agency", &[S::Sent, S::Acknowledged]),
        ("Over", &[S::Concluded, S::Withdrawn]),
    ] {
        parts.push((title, referrals::in_states(pool, states).await?));
    }
    let body = html! {
        h1 { "Referrals to agencies" }
        section.card.term {
            h2 { "Proposed" }
            @if proposed.is_empty() { p.muted { "No confirmed case gives reason for one." } } @else {
                table.reasons { tbody { @for case in &proposed { tr {
                    td.key { a href={ "/console/cases/" (case.case_id) } { "case " (case.case_id) } }
                    td { (text::line(&case.title, 120)) span.muted { " · " (text::line(&case.marketplace, 60)) } }
                    td.muted { @for (n, why) in case.why.iter().enumerate() { @if n > 0 { "; " } (referral::trigger(*why)) } }
                } } } }
            }
        }
        @for (title, these) in &parts {
            @if !these.is_empty() { section.card.term { h2 { (title) } (table(these)) } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Referrals", &body))
}

fn table(these: &[Referral]) -> Markup {
    html! {
        table.reasons { tbody { @for r in these { tr {
            td.key { a href={ "/console/referrals/" (r.id) } { (r.number) } }
            td { (text::line(&r.agency, 60)) " · " a href={ "/console/cases/" (r.case_id) } { "case " (r.case_id) } }
            td.muted { (text::line(&r.organisation, 60)) " · " (state(r.state)) @if let Some(end) = r.outcome { ": " (outcome(end)) } }
        } } } }
    }
}
