//! A report's evidence package for a reviewer: sealed, made when asked for, remembered in the audit.

use super::session::{Bare, Halt, Reviewer};
use super::{error_page, layout};
use crate::app::Shared;
use crate::export::{self, NotExported, Order};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::html;

/// `POST /console/reports/{number}/package`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    number: Result<Path<String>, PathRejection>,
    fields: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (number, _) = reviewer.posted(number, fields)?;
    let (actor, now) = (format!("reviewer:{}", reviewer.session.reviewer_id), app.now());
    let order = Order { report: &number, actor: &actor, release: None, now: &now };
    let archive = match export::from(&app, &order).await {
        Ok(archive) => archive,
        Err(NotExported::Unknown) => return Ok(error_page(StatusCode::NOT_FOUND)),
        Err(NotExported::Database(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "a package was not written");
            let body = html! { p { "This report could not be written into a package. Nothing was changed. Tell whoever runs this server." } };
            return Ok(layout::problem(StatusCode::INTERNAL_SERVER_ERROR, "No package", body));
        }
    };
    // A number that was found holds letters, digits and hyphens only.
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{number}.zip\""));
    let name = name.unwrap_or(HeaderValue::from_static("attachment"));
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/zip")), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, archive).into_response())
}
