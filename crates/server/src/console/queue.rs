//! The queue: cases that wait, oldest first, 25 to a page, filtered by state and group.

use super::session::{Halt, Reviewer};
use super::{layout, text, words};
use crate::app::Shared;
use crate::store::cases::{self, Case, Counts, Filter};
use crate::store::{leases, parse_word, word};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::CaseState;

/// The address's questions. What cannot be read counts as not asked.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    group: String,
    after: Option<i64>,
    done: Option<i64>,
    deferred: Option<u8>,
}

fn address(state: Option<CaseState>, group: &str, after: Option<i64>) -> String {
    let mut parts = vec![];
    if let Some(state) = state {
        parts.push(format!("state={}", word(&state)));
    }
    if !group.is_empty() {
        parts.push(format!("group={group}"));
    }
    if let Some(after) = after {
        parts.push(format!("after={after}"));
    }
    if parts.is_empty() { "/console".to_owned() } else { format!("/console?{}", parts.join("&")) }
}

/// `GET /console`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Markup, Halt> {
    let asked = asked.map(|Query(a)| a).unwrap_or_default();
    let state: Option<CaseState> = parse_word(asked.state).ok();
    // Only a word of the vocabulary gets into an address or a query.
    let group = parse_word::<spotter_model::Group>(asked.group).map(|g| word(&g)).unwrap_or_default();
    let deferred = asked.deferred == Some(1) && state.is_none();
    let now = app.now();
    let filter =
        Filter { state, group: group.clone(), after: asked.after.unwrap_or(0).max(0), deferred, now: now.clone() };
    let (rows, more) = cases::queue(app.store.read(), &filter).await?;
    let Counts { by_state, by_group, deferred: put_off } = cases::counts(app.store.read(), &now).await?;
    let present = leases::present(app.store.read(), reviewer.session.reviewer_id, &now).await?;
    let open: i64 = by_state.iter().filter(|(s, _)| s.is_open()).map(|(_, n)| n).sum();
    let count = |s: CaseState| by_state.iter().find(|(t, _)| *t == s).map_or(0, |(_, n)| *n);
    let undo = super::decide::undo_banner(&app, &reviewer, asked.done).await?;
    let now = (app.clock)();
    let body = html! {
        (undo)
        h1.sr { "Queue" }
        nav.filters aria-label="Filters" {
            ul.states {
                li { a href=(address(None, &group, None)) aria-current=[(state.is_none() && !deferred).then_some("page")] { "Open " b { (open - put_off) } } }
                @if put_off > 0 { li { a href="/console?deferred=1" aria-current=[deferred.then_some("page")] { "Put off " b { (put_off) } } } }
                @for s in CaseState::ALL {
                    @if s.is_open() || count(s) > 0 {
                        li { a href=(address(Some(s), &group, None)) aria-current=[(state == Some(s)).then_some("page")] { (words::state(s)) " " b { (count(s)) } } }
                    }
                }
            }
            form method="get" action="/console" {
                @if let Some(s) = state { input type="hidden" name="state" value=(word(&s)); }
                label { span { "Group" }
                    select name="group" {
                        option value="" { "All" }
                        @for (g, n) in &by_group { option value=(g) selected[*g == group] { (words::plain(g)) " (" (n) ")" } }
                        @if !group.is_empty() && !by_group.iter().any(|(g, _)| *g == group) { option value=(group) selected { (words::plain(&group)) " (0)" } }
                    }
                }
                button { "Show" }
            }
        }
        @if rows.is_empty() { (nothing(state, open)) } @else {
            div.scroll tabindex="-1" {
                table.queue {
                    thead { tr {
                        th scope="col" { "Case" } th scope="col" { "Detector" } th scope="col" { "Group" } th.wide scope="col" { "Listing" }
                        th scope="col" { "Price" } th scope="col" { "Marketplace" } th.num scope="col" { "Reports" } th.num scope="col" { "Waiting" } th scope="col" { "State" }
                    } }
                    tbody { @for case in &rows { (row(case, now, present.iter().find(|(id, _)| *id == case.id).map(|(_, name)| name.as_str()))) } }
                }
            }
            p.pages {
                @if filter.after > 0 { a href=(address(state, &group, None)) { "From the start" } }
                @if let (true, Some(last)) = (more, rows.last()) { a href=(address(state, &group, Some(last.id))) rel="next" { "More" } }
                span.muted { (rows.len()) " shown, oldest first" }
            }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Queue", &body))
}

fn row(case: &Case, now: time::OffsetDateTime, with: Option<&str>) -> Markup {
    html! {
        tr {
            td.num { (case.id) }
            td { (words::level(case.level)) }
            td { (words::plain(&case.main_group)) }
            td.wide { div.cut {
                a href={ "/console/cases/" (case.id) } { @if case.title.trim().is_empty() { "(no title)" } @else { (text::line(&case.title, 160)) } }
                @if case.missed { " " span.tag title="A spotter reported it; the detector had not flagged it" { "missed" } }
                @if let Some(name) = with { " " span.tag { "open with " (text::line(name, 24)) } }
            } }
            td { div.cut.price { (text::line(&case.price, 24)) } }
            td { div.cut.market { (text::line(&case.marketplace, 48)) } }
            td.num.reports { (case.reports) }
            td.num { time datetime=(case.opened_at) title=(case.opened_at) { (words::ago(&case.opened_at, now)) } }
            td { (words::state(case.state)) }
        }
    }
}

fn nothing(state: Option<CaseState>, open: i64) -> Markup {
    html! {
        section.card.narrow.empty {
            @if state.is_none() && open == 0 {
                h2 { "Nothing waits" }
                p { "Every report that came in has been decided. New ones appear here, oldest first; a listing that several spotters report is one case." }
            } @else {
                h2 { "No case fits this filter" }
                p { (open) " open in all. " a href="/console" { "Show all open cases" } }
            }
        }
    }
}
