//! The action plan's pages: the goals with what each year brought, one goal with its history, and the form that a lead changes
//! it by.

use super::super::form::Pairs;
use super::super::session::{Halt, Reviewer};
use super::super::{error_page, layout, text, words};
use crate::app::Shared;
use crate::store::plan::{self, Goal, Kept, Made};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use spotter_model::csv;

/// Longest goal, indicator, baseline or target, in characters.
const LINE: usize = 300;
/// Longest note of a year, in characters.
const NOTE: usize = 2_000;
/// Years that a goal may have notes of.
const YEARS: usize = 30;

const POST: &str = "/console/trends/plan";

/// `GET /console/trends/plan`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Response, Halt> {
    let all = plan::all(app.store.read()).await?;
    let may = reviewer.may("POST", POST);
    let (ended, held): (Vec<_>, Vec<_>) = all.iter().partition(|m| m.goal.ended);
    let body = html! {
        h1 { "Action plan" }
        p.muted.class-lead { "What the programme wants to reach, by what it is seen, where it began, where it is to end, and what each year brought." }
        @if held.is_empty() { p { "No goal yet." } } @else {
            div.scroll tabindex="0" role="region" aria-label="Goals" { (table(&held)) }
            p.muted { a href="/console/trends/plan.csv" { "As CSV" } }
        }
        @if !ended.is_empty() {
            h2.under { "Given up" }
            ul.terms { @for m in &ended { li { a href=(address(m.goal.goal)) { (text::line(&m.goal.title, LINE)) } " " span.muted { (words::time(&m.at)) } } } }
        }
        @if may { (form(&reviewer, &Goal::default(), year(&app), None)) }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Action plan", &body).into_response())
}

fn year(app: &Shared) -> i32 {
    (app.clock)().year()
}

fn address(goal: i64) -> String {
    format!("/console/trends/plan/{goal}")
}

fn table(goals: &[&Made]) -> Markup {
    html! {
        table.class {
            caption.sr { "Goals" }
            thead { tr { th scope="col" { "Goal" } th scope="col" { "Indicator" } th scope="col" { "Baseline" } th scope="col" { "Target" } th scope="col" { "Newest year" } } }
            tbody { @for m in goals { tr {
                th scope="row" { a href=(address(m.goal.goal)) { (text::line(&m.goal.title, LINE)) } }
                td { (text::line(&m.goal.indicator, LINE)) }
                td { (text::line(&m.goal.baseline, LINE)) }
                td { (text::line(&m.goal.target, LINE)) }
                td { @if let Some((year, note)) = m.goal.notes.last_key_value() { b { (year) } " " (text::line(note, 300)) } @else { span.muted { "nothing yet" } } }
            } } }
        }
    }
}

fn form(reviewer: &Reviewer, goal: &Goal, year: i32, why: Option<&str>) -> Markup {
    let new = goal.goal == 0;
    let mut years: Vec<String> = goal.notes.keys().cloned().collect();
    if !new && !years.contains(&year.to_string()) {
        years.push(year.to_string());
    }
    let line = |name: &str, label: &str, value: &str, needed: bool| {
        html! { label { span { (label) } input name=(name) value=(value) maxlength=(LINE) required[needed]; } }
    };
    html! {
        form.card.term method="post" action=(POST) {
            h2 { @if new { "Add a goal" } @else { "Change it" } }
            (layout::csrf(reviewer))
            input type="hidden" name="goal" value=(goal.goal);
            input type="hidden" name="version" value=(goal.version);
            @if let Some(why) = why { p.alert role="alert" { (why) } }
            (line("title", "Goal: what is to be reached", &goal.title, true))
            (line("indicator", "Indicator: by what it is seen", &goal.indicator, true))
            div.fields {
                (line("baseline", "Baseline: where it began, with its date", &goal.baseline, false))
                (line("target", "Target: where it is to end, and when", &goal.target, false))
            }
            @for year in years.iter().rev() {
                label.reason { span { "What " (year) " brought" } textarea name={ "note-" (year) } rows="3" maxlength=(NOTE) { (goal.notes.get(year).map_or("", String::as_str)) } }
            }
            @if !new { label.row { input type="checkbox" name="ended" value="yes" checked[goal.ended]; span { "Given up: it stays with its history" } } }
            div.buttons { button.primary { "Keep" } }
        }
    }
}

/// `GET /console/trends/plan/{id}`: one goal, with its history.
///
/// # Errors
/// The page that says why not.
pub async fn one(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    shown(&app, &reviewer, id.map_or(0, |Path(id)| id), None).await
}

/// A goal; where something was typed that was not kept, the form has it and says why.
async fn shown(
    app: &Shared,
    reviewer: &Reviewer,
    id: i64,
    typed: Option<(&Goal, StatusCode, &str)>,
) -> Result<Response, Halt> {
    let versions = plan::versions(app.store.read(), id).await?;
    let Some(newest) = versions.first() else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    let may = reviewer.may("POST", POST);
    let goal = &newest.goal;
    let body = html! {
        h1 { (text::line(&goal.title, LINE)) }
        p { a href=(POST) { "Action plan" } @if goal.ended { " · given up" } }
        (facts(goal))
        @if may { (form(reviewer, typed.map_or(goal, |t| t.0), year(app), typed.map(|t| t.2))) }
        details {
            summary { "History: " (words::count(versions.len(), "version", "versions")) }
            @for m in &versions {
                section.card.term {
                    h2 { "Version " (m.goal.version) }
                    p.muted { (text::line(&m.by, 80)) " · " (words::time(&m.at)) @if m.goal.ended { " · given up" } }
                    p { b { (text::line(&m.goal.title, LINE)) } }
                    (facts(&m.goal))
                }
            }
        }
    };
    let status = typed.map_or(StatusCode::OK, |t| t.1);
    Ok((status, layout::page(Some(app), Some(reviewer), "Goal", &body)).into_response())
}

fn facts(goal: &Goal) -> Markup {
    html! {
        dl.facts {
            div { dt { "Indicator" } dd { (text::line(&goal.indicator, LINE)) } }
            div { dt { "Baseline" } dd { (text::line(&goal.baseline, LINE)) } }
            div { dt { "Target" } dd { (text::line(&goal.target, LINE)) } }
        }
        @for (year, note) in goal.notes.iter().rev() { p.letter dir="auto" { b { (year) } " " (text::inert(note)) } }
    }
}

/// Reads a form.
fn read(fields: &Pairs) -> Result<Goal, &'static str> {
    let line = |name: &str| fields.one(name).trim().to_owned();
    let number = |name: &str| fields.one(name).parse::<i64>().unwrap_or(0);
    let mut goal = Goal {
        goal: number("goal"),
        version: number("version"),
        title: line("title"),
        indicator: line("indicator"),
        baseline: line("baseline"),
        target: line("target"),
        ended: fields.one("ended") == "yes",
        ..Goal::default()
    };
    for (name, value) in fields.iter() {
        let Some(year) = name.strip_prefix("note-") else { continue };
        if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err("A year has four digits.");
        }
        let note = value.trim().replace("\r\n", "\n");
        if !note.is_empty() {
            goal.notes.insert(year.to_owned(), note);
        }
    }
    let fits = |t: &str| t.chars().count() <= LINE && !t.chars().any(char::is_control);
    let all = [&goal.title, &goal.indicator, &goal.baseline, &goal.target];
    if goal.title.is_empty() || goal.indicator.is_empty() || !all.iter().all(|t| fits(t)) {
        return Err("A goal and its indicator are needed; each field is one line of at most 300 characters.");
    }
    if goal.notes.len() > YEARS || goal.notes.values().any(|n| n.chars().count() > NOTE) {
        return Err("A year's note has at most 2,000 characters, and a goal notes of at most 30 years.");
    }
    // Nothing hidden is kept of what somebody goes on writing.
    for field in [&mut goal.title, &mut goal.indicator, &mut goal.baseline, &mut goal.target] {
        *field = text::visible(field).trim().to_owned();
    }
    goal.notes.values_mut().for_each(|note| *note = text::visible_lines(note));
    if goal.title.is_empty() || goal.indicator.is_empty() {
        return Err("A goal and its indicator need words that can be seen.");
    }
    Ok(goal)
}

/// `POST /console/trends/plan`: a new goal, or the next version of one.
///
/// # Errors
/// The page that says why not.
pub async fn keep(State(app): State<Shared>, reviewer: Reviewer, fields: Pairs) -> Result<Response, Halt> {
    reviewer.check(fields.one("csrf"))?;
    let unfit = |why: &str| {
        let body = html! { p { (why) } p { "Nothing was kept. Your browser's Back button brings your words back." } };
        layout::problem(StatusCode::UNPROCESSABLE_ENTITY, "Not yet", body)
    };
    let goal = match read(&fields) {
        Ok(goal) => goal,
        Err(why) => return Ok(unfit(why)),
    };
    let mut tx = app.store.begin().await?;
    let kept = plan::keep(&mut tx, &goal, reviewer.session.reviewer_id, &app.now()).await?;
    match kept {
        Kept::Yes(id) => {
            tx.commit().await?;
            Ok(layout::see(&address(id)).into_response())
        }
        Kept::TooMany => Ok(unfit("There are 60 goals already. Give one up first.")),
        Kept::Stale => {
            drop(tx);
            let why = "Somebody changed this goal while you did. Nothing was kept: above is how it stands now, and here are your words. Keep them again, or leave them.";
            let versions = plan::versions(app.store.read(), goal.goal).await?;
            let Some(newest) = versions.first() else { return Ok(error_page(StatusCode::NOT_FOUND)) };
            let again = Goal { version: newest.goal.version, ..goal };
            shown(&app, &reviewer, again.goal, Some((&again, StatusCode::CONFLICT, why))).await
        }
    }
}

/// `GET /console/trends/plan.csv`: the goals in force, a row for each year's note.
///
/// # Errors
/// The page that says why not.
pub async fn file(State(app): State<Shared>, _reviewer: Reviewer) -> Result<Response, Halt> {
    let mut out = csv::row(&["goal", "indicator", "baseline", "target", "year", "note"]);
    for m in plan::all(app.store.read()).await?.iter().filter(|m| !m.goal.ended) {
        let g = &m.goal;
        let row = |year: &str, note: &str| csv::row(&[&g.title, &g.indicator, &g.baseline, &g.target, year, note]);
        if g.notes.is_empty() {
            out += &row("", "");
        }
        g.notes.iter().for_each(|(year, note)| out += &row(year, note));
    }
    Ok(super::super::figure::csv_text("action-plan", out))
}
