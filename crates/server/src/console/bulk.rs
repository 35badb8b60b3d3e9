//! Deciding several cases at once: chosen in the queue, previewed, done, and taken back within ten minutes.
//!
//! Owns the pages. The preview is the decision itself in a transaction that is dropped, so that it cannot promise something else.

use super::session::{Bare, Halt, Reviewer};
use super::{decide, error_page, layout, text, words};
use crate::app::Shared;
use crate::clock;
use crate::notices::outbox::UNDO;
use crate::store::bulk::{self, Bulk, Chosen, Decision, EVENTS, MOST, Outcome, Tried};
use crate::store::cases::Case;
use crate::store::{parse_word, word};
use axum::Form;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use spotter_model::Event;

/// The form that the queue's boxes belong to.
pub const FORM: &str = "chosen";

/// A box in a row of the queue.
pub fn check(case: &Case, checked: bool) -> Markup {
    html! {
        input type="checkbox" form=(FORM) name="case" value={ (case.id) "." (case.version) } checked[checked]
            aria-label={ "Choose case " (case.id) };
    }
}

/// What is done with the chosen rows, below the queue.
pub fn form(reviewer: &Reviewer, all: &str) -> Markup {
    html! {
        form.chosen #(FORM) method="post" action="/console/bulk" {
            (layout::csrf(reviewer))
            a href=(all) data-key="X" { "Choose all shown" }
            label { span { "Chosen cases are " }
                select name="decision" { @for event in EVENTS { option value=(word(&event)) { (words::event(event).1) } } }
            }
            button data-key="b" accesskey="b" { span { "Preview" } kbd { "b" } }
        }
    }
}

/// What a form brings. Its cases come as often as there are boxes, so it is read as pairs.
struct Fields {
    csrf: String,
    event: Option<Event>,
    reason: String,
    chosen: Vec<Chosen>,
    /// More boxes than a page has, or one that names no case.
    foreign: bool,
}

fn read(pairs: Vec<(String, String)>) -> Fields {
    let mut fields = Fields { csrf: String::new(), event: None, reason: String::new(), chosen: vec![], foreign: false };
    for (name, value) in pairs {
        match name.as_str() {
            "csrf" => fields.csrf = value,
            "decision" => fields.event = parse_word(value).ok().filter(|e| EVENTS.contains(e)),
            "reason" => fields.reason = value.trim().replace("\r\n", "\n"),
            "case" => match chosen(&value) {
                Some(one) if fields.chosen.len() < MOST => {
                    if !fields.chosen.iter().any(|c| c.case_id == one.case_id) {
                        fields.chosen.push(one);
                    }
                }
                _ => fields.foreign = true,
            },
            _ => {}
        }
    }
    fields
}

fn chosen(value: &str) -> Option<Chosen> {
    let (id, version) = value.split_once('.')?;
    Some(Chosen { case_id: id.parse().ok()?, version: version.parse().ok()? })
}

/// What is wrong with a form that cannot be previewed or done.
fn wrong(fields: &Fields) -> Option<Response> {
    let say = |title, sentence: String| {
        layout::problem(StatusCode::UNPROCESSABLE_ENTITY, title, html! { p { (sentence) " Nothing was changed." } })
    };
    if fields.event.is_none() {
        let names = EVENTS.map(|event| words::event(event).1).join(", ");
        return Some(say("Not for several at once", format!("Several cases at once can become: {names}.")));
    }
    if fields.foreign {
        return Some(say("Too many", format!("At most {MOST} cases are decided at once.")));
    }
    if fields.chosen.is_empty() {
        return Some(say("No case chosen", "Choose cases by the boxes in the queue's rows.".to_owned()));
    }
    if fields.reason.chars().count() > decide::REASON_CHARS {
        let most = decide::REASON_CHARS;
        return Some(say("That reason is too long", format!("At most {most} characters reach the spotters.")));
    }
    None
}

/// What a form asks for, or the page that says why it cannot be.
fn asked(
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
    reviewer: &Reviewer,
) -> Result<Result<(Fields, Event), Response>, Halt> {
    let Ok(Form(pairs)) = form else { return Ok(Err(error_page(StatusCode::UNPROCESSABLE_ENTITY))) };
    let fields = read(pairs);
    reviewer.check(&fields.csrf)?;
    Ok(match (wrong(&fields), fields.event) {
        (Some(page), _) => Err(page),
        (None, Some(event)) => Ok((fields, event)),
        (None, None) => Err(error_page(StatusCode::UNPROCESSABLE_ENTITY)),
    })
}

/// `POST /console/bulk`: what would happen to each. Changes nothing.
///
/// # Errors
/// The page that says why not.
pub async fn preview(
    State(app): State<Shared>,
    reviewer: Reviewer,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Halt> {
    let (fields, event) = match asked(form, &reviewer)? {
        Ok(asked) => asked,
        Err(page) => return Ok(page),
    };
    let decision = decision(&fields, event, &reviewer);
    let mut tx = app.store.begin().await?;
    let tried = bulk::each(&mut tx, &decision, &app.now()).await?;
    drop(tx);
    let body = shown(&reviewer, event, &tried);
    Ok(layout::page(Some(&app), Some(&reviewer), "Preview", &body).into_response())
}

fn decision<'a>(fields: &'a Fields, event: Event, reviewer: &Reviewer) -> Decision<'a> {
    Decision { chosen: &fields.chosen, reviewer_id: reviewer.session.reviewer_id, event, public_reason: &fields.reason }
}

fn shown(reviewer: &Reviewer, event: Event, tried: &[Tried]) -> Markup {
    let (fit, refused): (Vec<_>, Vec<_>) = tried.iter().partition(|t| t.outcome == Outcome::Done);
    let name = words::event(event).1;
    html! {
        section.card.bulk {
            h1 { (words::count(fit.len(), "case becomes", "cases become")) " “" (name) "”" }
            @if !fit.is_empty() { (table(fit.iter().map(|t| (&t.case, html! { (words::state(t.case.state)) " → " b { (name) } })))) }
            @if !refused.is_empty() {
                h2 { (words::count(refused.len(), "stays as it is", "stay as they are")) }
                (table(refused.iter().map(|t| (&t.case, why(t.outcome, &t.with)))))
            }
            p.muted { "“Confirmed” is not offered here: a case is confirmed only by somebody who opened its evidence, one by one." }
            @if fit.is_empty() { p { a.button.primary href="/console" autofocus { "To the queue" } } } @else {
                form.decide method="post" action="/console/bulk/do" {
                    (layout::csrf(reviewer))
                    input type="hidden" name="decision" value=(word(&event));
                    @for t in &fit { input type="hidden" name="case" value={ (t.case.id) "." (t.case.version) }; }
                    label.reason {
                        span { "Reason for every spotter " kbd { "n" } }
                        textarea name="reason" rows="2" maxlength=(decide::REASON_CHARS) data-key="n" placeholder="Optional. Plain words; no names." {}
                    }
                    div.row {
                        button.primary data-key="s" accesskey="s" { span { "Decide " (words::count(fit.len(), "case", "cases")) } kbd { "s" } }
                        a href="/console" { "Leave all as they are" }
                        span.muted { "Can be taken back for " (UNDO.whole_minutes()) " minutes." }
                    }
                }
            }
        }
    }
}

fn table<'a>(rows: impl Iterator<Item = (&'a Case, Markup)>) -> Markup {
    html! {
        div.scroll tabindex="-1" { table.queue.plain {
            thead { tr { th scope="col" { "Case" } th.wide scope="col" { "Listing" } th scope="col" { "What happens" } } }
            tbody { @for (case, what) in rows {
                tr {
                    td.num { (case.id) }
                    td.wide { div.cut { a href={ "/console/cases/" (case.id) } {
                        @if case.title.trim().is_empty() { "(no title)" } @else { (text::line(&case.title, 160)) }
                    } } }
                    td { (what) }
                }
            } }
        } }
    }
}

fn why(outcome: Outcome, with: &str) -> Markup {
    html! {
        @match outcome {
            Outcome::Done => "Decided",
            Outcome::MovedOn => "Decided or opened again since the queue was shown",
            Outcome::Taken => { @if with.is_empty() { "Another reviewer had it open" } @else { (text::line(with, 40)) " has it open" } }
            Outcome::NotAllowed => "Cannot become this from where it stands",
            Outcome::Undone => "Taken back",
            Outcome::NotUndone => "Not taken back: decided again since",
        }
    }
}

/// `POST /console/bulk/do`: decides those that still can be.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Halt> {
    let (fields, event) = match asked(form, &reviewer)? {
        Ok(asked) => asked,
        Err(page) => return Ok(page),
    };
    let decision = decision(&fields, event, &reviewer);
    let mut tx = app.store.begin().await?;
    let tried = bulk::each(&mut tx, &decision, &app.now()).await?;
    let id = bulk::keep(&mut tx, &decision, &tried, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/bulk/{id}")).into_response())
}

/// Whether this reviewer can still take it back.
fn can_undo(bulk: &Bulk, reviewer: &Reviewer, now: time::OffsetDateTime) -> bool {
    bulk.reviewer_id == reviewer.session.reviewer_id
        && bulk.undone_at.is_none()
        && clock::read(&bulk.at).is_some_and(|at| now < at + UNDO)
        && bulk.cases.iter().any(|(_, outcome, _)| *outcome == Outcome::Done)
}

/// `GET /console/bulk/{id}`: what became of each.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(bulk) = bulk::find(app.store.reader(), id.map_or(0, |Path(id)| id)).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let undo = can_undo(&bulk, &reviewer, (app.clock)());
    let done = bulk.cases.iter().filter(|(_, outcome, _)| *outcome == Outcome::Done).count();
    let body = html! {
        section.card.bulk {
            h1 { (words::count(done, "case", "cases")) " decided: “" (words::event(bulk.event).1) "”" }
            p.muted { "Decided " (words::time(&bulk.at)) @if let Some(at) = &bulk.undone_at { ", taken back " (words::time(at)) } "." }
            (table(bulk.cases.iter().map(|(case, outcome, _)| (case, why(*outcome, "")))))
            div.row {
                a.button.primary href="/console" { "To the queue" }
                @if undo {
                    form method="post" action={ "/console/bulk/" (bulk.id) "/undo" } {
                        (layout::csrf(&reviewer))
                        button data-key="z" accesskey="z" { "Take all back" kbd { "z" } }
                    }
                } @else if done > 0 {
                    span.muted { "To change one of them, open it and take it back there." }
                }
            }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Decided together", &body).into_response())
}

/// `POST /console/bulk/{id}/undo`.
///
/// # Errors
/// The page that says why not.
pub async fn undo(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    form: Result<Form<Bare>, FormRejection>,
) -> Result<Response, Halt> {
    let (id, _) = reviewer.posted(id, form)?;
    // The one writer first, so that nobody else takes it back in between.
    let mut tx = app.store.begin().await?;
    let Some(bulk) = bulk::find(app.store.reader(), id).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    if !can_undo(&bulk, &reviewer, (app.clock)()) {
        let body = html! {
            p { "Several decisions are taken back together for " (UNDO.whole_minutes()) " minutes, by whoever made them, and once. Nothing was changed. Open a case to take its decision back." }
            p { a.button href={ "/console/bulk/" (id) } { "What was decided" } }
        };
        return Ok(layout::notice(StatusCode::CONFLICT, "Not together any more", body));
    }
    bulk::undo(&mut tx, &bulk, &app.now()).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/bulk/{id}")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_within_its_bounds() {
        let pairs = |all: &[(&str, &str)]| all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let fields = read(pairs(&[("case", "3.1"), ("case", "3.2"), ("case", "5.1"), ("decision", "invalid")]));
        let seen: Vec<_> = fields.chosen.iter().map(|c| (c.case_id, c.version)).collect();
        assert_eq!((seen, fields.foreign, fields.event), (vec![(3, 1), (5, 1)], false, Some(Event::Invalid)));
        // What needs the evidence, a second person or a date is nothing for several at once.
        for event in ["confirm", "confirm_first", "second_opinion", "notice", "hold", "close", "x"] {
            assert_eq!(read(pairs(&[("decision", event)])).event, None, "{event}");
        }
        for case in ["3", "a.b", "3.", ".1", "9999999999999999999.1"] {
            assert!(read(pairs(&[("case", case)])).foreign, "{case}");
        }
        let many: Vec<String> = (0..=MOST).map(|n| format!("{n}.1")).collect();
        let many: Vec<_> = many.iter().map(|v| ("case", v.as_str())).collect();
        assert!(read(pairs(&many)).foreign && !read(pairs(&many[..MOST])).foreign);
        assert!(EVENTS.iter().all(|e| {
            let to = spotter_model::CaseState::New.step(*e).unwrap().to;
            to.step(Event::Reopen).is_some()
        }));
    }
}
