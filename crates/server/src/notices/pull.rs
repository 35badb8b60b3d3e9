//! `GET /v1/notices?after=N`: a company fetches its notices with its token. Handing one out is sending it; asking again with
//! the same `after` gives the same ones again.

use crate::app::{Peer, Shared};
use crate::clock;
use crate::notices::outbox;
use crate::problem::{Answer, Refusal};
use crate::store::companies::{self, Channel};
use crate::store::notices;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Notices in one answer.
const PAGE: i64 = 100;

/// The address's question.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: i64,
}

/// What a company gets.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "NoticePage")]
pub struct Page {
    /// In order.
    notices: Vec<serde_json::Value>,
    /// What to ask for next.
    after: i64,
    /// There are more right now.
    more: bool,
}

/// The handler.
///
/// # Errors
/// 401 for an unknown token.
pub async fn get(
    State(app): State<Shared>,
    Extension(Peer(ip)): Extension<Peer>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Answer<Json<Page>> {
    app.limits.address(ip)?;
    let Query(asked) = asked.map_err(|_| Refusal::bad_request("`after` is a number."))?;
    let token =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    let hash = Sha256::digest(token.unwrap_or_default().as_bytes());
    let company = companies::of_token(app.store.read(), &hash).await?.filter(|c| c.channel == Channel::Pull);
    let company = company.ok_or_else(|| Refusal::unauthorised("No company with the channel `pull` has this token."))?;
    {
        let _alone = app.sending.lock().await;
        let now = (app.clock)();
        let stamp = clock::stamp(now);
        let due = clock::stamp(now + time::Duration::days(company.answer_days));
        outbox::unmark(&app, company.id, now).await?;
        let waiting = notices::due(app.store.reader(), company.id, &stamp, PAGE).await?;
        if !waiting.is_empty() {
            let mut tx = app.store.begin().await?;
            for notice in &waiting {
                notices::sent(&mut tx, notice, &due, &stamp).await?;
            }
            tx.commit().await?;
        }
    }
    let page = notices::sent_to(app.store.reader(), company.id, asked.after.max(0), PAGE + 1).await?;
    let more = page.len() as i64 > PAGE;
    let page = &page[..page.len().min(PAGE as usize)];
    let after = page.last().and_then(|n| n.sent_seq).unwrap_or(asked.after);
    Ok(Json(Page { notices: page.iter().map(|n| n.rendered.json.clone()).collect(), after, more }))
}
