//! The package for an agency: the letter, the draft for it to issue, the same for machines, and the reports' sealed packages,
//! in one zip. Made when asked for, remembered in the audit; nothing of it before two others approved.

use super::super::error_page;
use super::super::session::{Bare, Halt, Reviewer};
use super::{Desk, desk, refused};
use crate::app::Shared;
use crate::export::{self, NotExported, Order};
use crate::referral;
use crate::store::referrals;
use crate::store::steps::Actor;
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use spotter_model::archive::{self, File};
use spotter_model::referral::ReferralState;

/// `POST /console/referrals/{id}/package`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    fields: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, fields)?;
    match desk(&app, id).await? {
        Some(desk) => make(&app, &desk, Actor::Reviewer(reviewer.session.reviewer_id)).await,
        None => Ok(error_page(StatusCode::NOT_FOUND)),
    }
}

/// The package, for whoever asks.
pub(super) async fn make(app: &Shared, desk: &Desk, by: Actor) -> Result<Response, Halt> {
    // What the agency has already it may have again.
    if desk.referral.state == ReferralState::Approved && !desk.referral.takes_part {
        let why =
            "The organisation that it speaks for takes part no more, so nothing of it leaves. Take the referral back.";
        return Ok(refused(StatusCode::CONFLICT, why));
    }
    match desk.referral.state {
        ReferralState::Draft | ReferralState::ApprovedOnce | ReferralState::Withdrawn => {
            return Ok(refused(
                StatusCode::CONFLICT,
                "Two others have to approve a referral before anything of it leaves.",
            ));
        }
        ReferralState::Approved if !desk.case.state.is_confirmed() => {
            return Ok(refused(StatusCode::CONFLICT, "The case is no longer confirmed. Take the referral back."));
        }
        _ => {}
    }
    let (actor, now) = (by.name(), app.now());
    let facts = desk.facts(&now);
    let file = |name: &str, text: String| File { name: name.to_owned(), bytes: text.into_bytes() };
    let mut files = vec![
        file("referral.txt", referral::letter(&facts)),
        file("preservation-request-draft.txt", referral::preservation(&facts)),
        file("referral.json", referral::machine(&facts).to_string()),
    ];
    for number in &desk.referral.reports {
        let order = Order { report: number, actor: &actor, release: None, now: &now };
        match export::from(app, &order).await {
            Ok(bytes) => files.push(File { name: format!("reports/{number}.zip"), bytes }),
            Err(NotExported::Database(error)) => return Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "a package was not written");
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
    referrals::exported(&mut tx, by, desk.referral.id, &now).await?;
    tx.commit().await?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{}.zip\"", desk.referral.number));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    Ok((headers, archive).into_response())
}
