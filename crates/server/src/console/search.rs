//! The search: a case's number, a report's number, or words of the title, the listing's id or address, and the marketplace.

use super::session::{Halt, Reviewer};
use super::{layout, queue};
use crate::app::Shared;
use crate::store::search::{SEARCH_WORDS, search};
use crate::store::{cases, leases, queue as store};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// Longest question, in characters.
const CHARS: usize = 200;

/// The address's question.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// The form, for the queue and the page of what was found.
pub fn form(asked: &str) -> Markup {
    html! {
        form.search role="search" method="get" action="/console/search" {
            label { span.sr { "Search cases" } input type="search" name="q" value=(asked) maxlength=(CHARS) placeholder="Words, case or report number" data-key="/" autocomplete="off" spellcheck="false"; }
            button { "Search" kbd { "/" } }
        }
    }
}

/// `GET /console/search`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let asked: String = asked.map(|Query(a)| a.q).unwrap_or_default().trim().chars().take(CHARS).collect();
    let pool = app.store.reader();
    // A number leads straight to its case; a listing whose id is that number is still found by its address.
    if let Ok(id) = asked.parse::<i64>()
        && cases::find(pool, id).await?.is_some()
    {
        return Ok(layout::see(&format!("/console/cases/{id}")).into_response());
    }
    if let Some(id) = store::of_report(pool, &asked.to_uppercase()).await? {
        return Ok(layout::see(&format!("/console/cases/{id}")).into_response());
    }
    let words: Vec<String> = asked.split_whitespace().map(str::to_lowercase).collect();
    let (rows, more) = if words.is_empty() { (vec![], false) } else { search(pool, &words).await? };
    let present = leases::present(pool, reviewer.session.reviewer_id, &app.now()).await?;
    let body = html! {
        h1.sr { "Search" }
        div.filters { (form(&asked)) a href="/console" { "To the queue" } }
        @if rows.is_empty() {
            section.card.narrow.empty {
                h2 { @if words.is_empty() { "What are you looking for?" } @else { "Nothing found" } }
                p { "Words of the title, the listing's id or address, and the marketplace are searched, in all cases, open or decided. All words have to stand there; at most " (SEARCH_WORDS) " count. Sellers are not searched." }
            }
        } @else {
            (queue::table(&rows, (app.clock)(), &present, None))
            p.pages { span.muted { (rows.len()) @if more { " newest" } " shown" @if words.len() > SEARCH_WORDS { "; only the first " (SEARCH_WORDS) " words count" } } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Search", &body).into_response())
}
