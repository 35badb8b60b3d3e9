//! The rounds of the published programme: what each looks for and where, when and for whom, and how far what was reported in
//! it got. Reads alone: a programme is written and signed away from this server.
//!
//! Never: a figure of one spotter. What a seller may learn of a round, this page's readers know already.

use super::session::{Halt, Reviewer};
use super::trends::wanted::Wanted;
use super::{layout, text, words};
use crate::app::Shared;
use crate::store::trends::{self, Count};
use axum::extract::State;
use maud::{Markup, html};
use spotter_model::programme::Round;
use spotter_model::{Date, Programme};

/// Rounds that ended whose figures are counted for the page; those of older ones are one click away.
const ENDED: usize = 3;
/// Days before its last one on which a programme is said to end soon.
const SOON_DAYS: i64 = 14;

/// Where a round stands on a day. In the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Runs,
    Comes,
    Ended,
}

fn when(round: &Round, today: Date) -> When {
    if today < round.from {
        When::Comes
    } else if today > round.until {
        When::Ended
    } else {
        When::Runs
    }
}

/// `GET /console/rounds`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let (programme, today) = (app.rounds.programme(&app.store).await?, app.today());
    let mut figures = vec![];
    if let Some(programme) = programme.as_ref() {
        for round in ordered(programme, today) {
            let over = figures.iter().filter(|(r, _): &&(&Round, _)| when(r, today) == When::Ended).count();
            let counted = match when(round, today) {
                When::Comes => None,
                When::Ended if over >= ENDED => None,
                _ => Some(trends::sum(app.store.read(), &Wanted::of(round).range()).await?),
            };
            figures.push((round, counted));
        }
    }
    let body = html! {
        h1 { "Rounds" }
        p.muted.class-lead { "What spotters look for, as the signed programme says. A coordinator writes it, signs it away from this server and publishes it with " kbd { "spotter-server publish" } "." }
        p.row {
            @if reviewer.may("GET", "/console/trends") { a.button href="/console/trends" { "Trends" } }
            @if reviewer.may("GET", "/console/class") { a.button href="/console/class" { "Class" } }
            @if reviewer.may("GET", "/console/trends/imported") { a.button href="/console/trends/imported" { "Past rounds, imported" } }
        }
        @match programme.as_ref() {
            None => p { "No programme is published: spotters look wherever they like, and every report is taken." },
            Some(programme) => {
                (about(programme, today))
                @if figures.is_empty() { p { "This programme has no rounds." } }
                @for (round, counted) in &figures { (one(&reviewer, round, counted.as_ref(), today)) }
            }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Rounds", &body))
}

/// What runs first, then what comes soonest, then what ended last.
fn ordered(programme: &Programme, today: Date) -> Vec<&Round> {
    let mut rounds: Vec<&Round> = programme.rounds.iter().collect();
    rounds.sort_by(|a, b| {
        let by_day = match when(a, today) {
            When::Ended => b.until.cmp(&a.until),
            When::Runs => a.until.cmp(&b.until),
            When::Comes => a.from.cmp(&b.from),
        };
        when(a, today).cmp(&when(b, today)).then(by_day).then_with(|| a.id.cmp(&b.id))
    });
    rounds
}

fn about(programme: &Programme, today: Date) -> Markup {
    let left = programme.expires.days_since_epoch() - today.days_since_epoch();
    html! {
        @if left < 0 { p.alert { "This programme ended on " (programme.expires) ": spotters see no round of it. Publish a newer one." } }
        @else if left < SOON_DAYS { p.alert { "This programme ends on " (programme.expires) ". Publish a newer one before." } }
        p.muted { "Programme " (programme.serial) ", counts until " (programme.expires)
            @match programme.revoked.len() { 0 => "", 1 => ", takes one key back", n => { ", takes " (n) " keys back" } } "." }
    }
}

/// Values in a row, each as foreign text.
fn listed(values: &[String], none: &str) -> Markup {
    html! {
        @if values.is_empty() { (none) }
        @for (n, value) in values.iter().enumerate() { @if n > 0 { ", " } (text::line(value, 60)) }
    }
}

fn one(reviewer: &Reviewer, round: &Round, counted: Option<&Count>, today: Date) -> Markup {
    let groups: Vec<String> = round.groups.iter().map(|g| words::mark(g.word())).collect();
    let hosts: Vec<String> = round.marketplaces.iter().map(|m| m.host.clone()).collect();
    let terms: Vec<String> = round.terms.iter().map(|t| t.text.clone()).collect();
    html! {
        section.card.term {
            h2 { (text::line(&round.name, 120)) " "
                @match when(round, today) {
                    When::Runs => span.tag { "running" },
                    When::Comes => span.tag { "to come" },
                    When::Ended => span.tag { "ended" },
                }
            }
            dl.facts {
                div { dt { "Days" } dd { (round.from) " to " (round.until) } }
                div { dt { "For" } dd { (listed(&round.cohorts, "every spotter")) } }
                div { dt { "Looks for" } dd { (listed(&groups, "everything")) } }
                div { dt { "Languages" } dd { (listed(&round.languages, "all")) } }
                div { dt { "Marketplaces" } dd { (listed(&hosts, "all")) } }
                @if round.minimum_per_week > 0 { div { dt { "Asked of each spotter" } dd { (round.minimum_per_week) " a week" } } }
                @if round.training_required || round.training_attested { div { dt { "Training" } dd { (training(round)) } } }
                @if round.audit_one_in > 0 { div { dt { "Ten-second checks" } dd { "one listing in " (round.audit_one_in) } } }
            }
            @if !terms.is_empty() { details { summary { (terms.len()) @if terms.len() == 1 { " search term" } @else { " search terms" } } p dir="auto" { (listed(&terms, "")) } } }
            @if let Some(count) = counted {
                dl.facts.class-facts {
                    div { dt { "Cases" } dd { (count.cases) } }
                    div { dt { "Confirmed" } dd { (count.confirmed) } }
                    div { dt { "Company told" } dd { (count.told) } }
                    div { dt { "Removal seen" } dd { (count.removed) } }
                    div { dt { "There again" } dd { (count.relisted) } }
                }
            }
            @if when(round, today) != When::Comes {
                p.row {
                    @if reviewer.may("GET", "/console/trends") { a href={ "/console/trends" (Wanted::of(round).query()) } { "Its figures" } }
                    @if round.training_attested && reviewer.may("GET", "/console/class") { a href={ "/console/class?round=" (round.id) } { "What the class knows" } }
                }
            }
        }
    }
}

fn training(round: &Round) -> String {
    let percent = round.training_pass_percent.unwrap_or(spotter_model::training::PASS_PERCENT);
    let known = if round.training_attested { ", which has to have reached this server" } else { "" };
    format!("a pass of the test with {percent} %{known}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(id: &str, from: &str, until: &str) -> Round {
        serde_json::from_value(serde_json::json!({ "id": id, "name": id, "from": from, "until": until })).unwrap()
    }

    #[test]
    fn what_runs_comes_first_and_what_ended_last_before_what_ended_long_ago() {
        let programme: Programme = serde_json::from_value(serde_json::json!({
            "schema": "wildlife-programme/1", "serial": 1, "expires": "2026-12-31", "rounds": [],
        }))
        .unwrap();
        let rounds = vec![
            round("long-ago", "2025-01-01", "2025-01-31"),
            round("later", "2027-01-01", "2027-01-31"),
            round("ended", "2026-10-01", "2026-11-26"),
            round("last-day", "2026-11-01", "2026-11-27"),
            round("first-day", "2026-11-27", "2026-12-31"),
            round("soon", "2026-11-28", "2026-11-30"),
        ];
        let programme = Programme { rounds, ..programme };
        let order: Vec<&str> =
            ordered(&programme, "2026-11-27".parse().unwrap()).iter().map(|r| r.id.as_str()).collect();
        assert_eq!(order, ["last-day", "first-day", "soon", "later", "ended", "long-ago"]);
    }
}
