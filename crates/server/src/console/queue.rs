//! The queue: cases that wait, those with more reasons first and the oldest among equals, 25 to a page.

use super::filter::{Asked, Wanted};
use super::session::{Halt, Reviewer};
use super::{alike, bulk, facets, layout, search, text, views, wellbeing, words};
use crate::app::Shared;
use crate::store::cases::Case;
use crate::store::{leases, queue, views as kept_views};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use maud::{Markup, html};
use spotter_model::CaseState;
use std::sync::Arc;

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
    let done = asked.done.parse().ok();
    let all_chosen = asked.all == "1";
    let wanted = Wanted::read(asked);
    let (me, now, pool) = (reviewer.session.reviewer_id, (app.clock)(), app.store.reader());
    let groups = if wanted.alike.is_some() { alike::groups(&app).await? } else { Arc::default() };
    let (rows, more) = queue::page(pool, &wanted.filter(me, now, &groups)).await?;
    let (by_state, put_off) = queue::counts(pool, &app.now()).await?;
    let facets = facets::now(&app).await?;
    let present = leases::present(pool, me, &app.now()).await?;
    let kept = kept_views::of(pool, me).await?;
    let undo = super::decide::undo_banner(&app, &reviewer, done).await?;
    let open: i64 = by_state.iter().filter(|(s, _)| s.is_open()).map(|(_, n)| n).sum();
    let reminder = wellbeing::reminder(&app, &reviewer).await?;
    let body = html! {
        (undo)
        (reminder)
        h1.sr { "Queue" }
        nav.filters aria-label="Filters" {
            ul.states { (states(&wanted, &by_state, open, put_off)) (views::links(&kept, &wanted.query())) }
            div.tools { (search::form("")) (views::form(&reviewer, &kept, &wanted)) (wanted.form(&facets)) }
        }
        @if rows.is_empty() { (nothing(wanted.state, open)) } @else {
            (table(&rows, now, &present, reviewer.decides().then_some(all_chosen)))
            div.pages {
                @if reviewer.decides() { (bulk::form(&reviewer, &wanted.with_all())) }
                @if wanted.behind.is_some() { a href=(wanted.address(None)) { "From the start" } }
                @if let (true, Some(last)) = (more, rows.last()) { a href=(wanted.address(Some(last.place()))) rel="next" { "More" } }
                span.muted { (rows.len()) " shown, most reasons first, then oldest" }
            }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Queue", &body))
}

fn states(wanted: &Wanted, by_state: &[(CaseState, i64)], open: i64, put_off: i64) -> Markup {
    let count = |s: CaseState| by_state.iter().find(|(t, _)| *t == s).map_or(0, |(_, n)| *n);
    let all = wanted.state.is_none() && !wanted.deferred;
    html! {
        li { a href=(wanted.at(None, false).address(None)) aria-current=[all.then_some("page")] { "Open " b { (open - put_off) } } }
        @if put_off > 0 { li { a href=(wanted.at(None, true).address(None)) aria-current=[wanted.deferred.then_some("page")] { "Put off " b { (put_off) } } } }
        @for s in CaseState::ALL {
            @if s.is_open() || count(s) > 0 {
                li { a href=(wanted.at(Some(s), false).address(None)) aria-current=[(wanted.state == Some(s)).then_some("page")] { (words::state(s)) " " b { (count(s)) } } }
            }
        }
    }
}

/// Cases as rows; `present` are those that others have open. `chosen`: rows have boxes, and whether they are ticked.
pub fn table(rows: &[Case], now: time::OffsetDateTime, present: &[(i64, String)], chosen: Option<bool>) -> Markup {
    let with = |case: &Case| present.iter().find(|(id, _)| *id == case.id).map(|(_, name)| name.as_str());
    html! {
        div.scroll tabindex="-1" {
            table.queue {
                thead { tr {
                    @if chosen.is_some() { th scope="col" { span.sr { "Chosen" } } }
                    th scope="col" { "Case" } th scope="col" { "Detector" } th scope="col" { "Group" } th.wide scope="col" { "Listing" }
                    th scope="col" { "Price" } th scope="col" { "Marketplace" } th.num scope="col" { "Reports" } th.num scope="col" { "Waiting" } th scope="col" { "State" }
                } }
                tbody { @for case in rows { (row(case, now, with(case), chosen)) } }
            }
        }
    }
}

fn row(case: &Case, now: time::OffsetDateTime, with: Option<&str>, chosen: Option<bool>) -> Markup {
    html! {
        tr {
            @if let Some(checked) = chosen { td.box { (bulk::check(case, checked)) } }
            td.num { (case.id) }
            td { (words::level(case.level)) }
            td { (words::plain(&case.main_group)) }
            td.wide { div.cut {
                a href={ "/console/cases/" (case.id) } { @if case.title.trim().is_empty() { "(no title)" } @else { (text::line(&case.title, 160)) } }
                @for reason in &case.reasons {
                    @if let Some((name, meaning)) = words::reason(*reason) { " " span.tag title=(meaning) { (name) } }
                }
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
