//! Where coders differ: one advertisement at a time, their answers side by side, and whose counts.
//!
//! Coders are "first" and "second" here, never named: what is weighed is the answer.

use super::super::form::Pairs;
use super::super::session::{Halt, Reviewer};
use super::super::{error_page, layout, text};
use super::{Named, remember};
use crate::app::Shared;
use crate::store::surveys::{State as Stands, Survey, results};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::survey::{Coding, SellerType, Specimens};
use spotter_survey::ads::differing;
use spotter_survey::data::{Records, current};
use spotter_survey::figures::found::{CANNOT_TELL, answer, price};
use std::collections::BTreeMap;

/// An advertisement that several coded, with the fields in which they differ.
struct Doubtful<'a> {
    listing: &'a str,
    /// Coder and coding, the search's first coder first.
    codings: Vec<(&'a str, &'a Coding)>,
    fields: Vec<&'static str>,
    /// Fields of which the lead chose.
    chosen: BTreeMap<String, String>,
}

impl Doubtful<'_> {
    fn is_open(&self) -> bool {
        self.fields.iter().any(|f| !self.chosen.contains_key(*f))
    }
}

fn doubtful(records: &Records) -> Vec<Doubtful<'_>> {
    let nth = |task: &str, coder: &str| {
        let share = records.shares.iter().find(|s| s.task.id == task);
        share.and_then(|s| s.coders.iter().position(|c| c == coder)).unwrap_or(0)
    };
    let mut by: BTreeMap<&str, Vec<(&str, &Coding)>> = BTreeMap::new();
    for (coder, coding) in current(&records.codings) {
        by.entry(&coding.listing).or_default().push((coder, coding));
    }
    by.into_iter()
        .filter_map(|(listing, mut codings)| {
            codings.sort_by_key(|(coder, c)| (nth(&c.task, coder), coder.to_owned()));
            let fields = differing(&codings.iter().map(|(_, c)| *c).collect::<Vec<_>>());
            let settled = records.settled.iter().find(|s| s.listing == listing);
            let chosen = settled.map(|s| s.choices.clone()).unwrap_or_default();
            (!fields.is_empty()).then_some(Doubtful { listing, codings, fields, chosen })
        })
        .collect()
}

fn name(field: &str) -> &'static str {
    match field {
        "included" => "It counts",
        "specimens" => "What is offered",
        "asking" => "What is asked",
        "live" => "Something alive",
        "legality_claim" => "Said to be legal, or a paper",
        "age_claim" => "Said to be old",
        _ => "Who sells",
    }
}

fn kind(k: &Specimens) -> String {
    let or = |text: &str| if text.is_empty() { CANNOT_TELL.to_owned() } else { text.to_owned() };
    let count = k.count.map_or(CANNOT_TELL.to_owned(), |n| format!("{n} {}", k.unit).trim().to_owned());
    format!(
        "{} ({}), product {}, how many: {count}",
        or(&k.scientific_name),
        k.group.map_or(CANNOT_TELL, |g| g.word()),
        or(&k.term)
    )
}

fn said(c: &Coding, field: &str) -> String {
    match field {
        "included" => answer(c.included).into(),
        "specimens" if c.specimens.is_empty() => CANNOT_TELL.into(),
        "specimens" => c.specimens.iter().map(kind).collect::<Vec<_>>().join("; "),
        "asking" => price(&c.asking),
        "live" => answer(c.live).into(),
        "legality_claim" => answer(c.legality_claim).into(),
        "age_claim" => answer(c.age_claim).into(),
        _ => match c.seller_type {
            SellerType::Private => "private".into(),
            SellerType::Business => "business".into(),
            SellerType::Auction => "auction house".into(),
            SellerType::CannotTell => CANNOT_TELL.into(),
        },
    }
}

/// The address's questions.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    listing: String,
}

/// `GET /console/surveys/{id}/adjudicate`: the advertisement that is asked for, or the first that waits.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    Named(survey): Named,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    if survey.state != Stands::Running {
        return Ok(error_page(StatusCode::NOT_FOUND));
    }
    let asked = query.map(|Query(q)| q).unwrap_or_default();
    let records = results::records(app.store.reader(), &survey.protocol.id).await?;
    let all = doubtful(&records);
    let open = all.iter().filter(|d| d.is_open()).count();
    let shown = all.iter().find(|d| d.listing == asked.listing).or_else(|| all.iter().find(|d| d.is_open()));
    let here = format!("/console/surveys/{}", survey.protocol.id);
    let body = html! {
        h1 { "Where coders differ" }
        p.muted.class-lead { (open) " of " (all.len()) " wait. What nobody chooses counts as the first coder has it. Agreement is measured before, on what each coder said." }
        @match shown {
            Some(d) => { (form(&reviewer, &survey, d)) }
            None => { p { "Nothing waits." } }
        }
        p.row { a.button href={ (here) "/results" } { "Results" } a.button href=(here) { "The survey" } }
        @if !all.is_empty() { (list(&here, &all)) }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Where coders differ", &body).into_response())
}

fn list(here: &str, all: &[Doubtful<'_>]) -> Markup {
    html! {
        details { summary { "All of them" }
            ul { @for d in all.iter().take(500) { li {
                a href={ (here) "/adjudicate?listing=" (d.listing) } { (text::line(&d.codings[0].1.title, 80)) }
                " " span.muted { @if d.is_open() { "waits" } @else { "chosen" } }
            } } }
        }
    }
}

fn form(reviewer: &Reviewer, survey: &Survey, d: &Doubtful<'_>) -> Markup {
    let (_, first) = d.codings[0];
    html! {
        form.card.term method="post" action={ "/console/surveys/" (survey.protocol.id) "/adjudicate" } {
            h2 { (text::line(&first.title, 120)) }
            (layout::csrf(reviewer))
            input type="hidden" name="listing" value=(d.listing);
            dl.facts {
                div.address { dt { "Address" } dd { (text::line(&first.url, 300)) } }
                @for (n, (_, c)) in d.codings.iter().enumerate() { @if !c.note.is_empty() { div { dt { "Note of coder " (n + 1) } dd { (text::inert(&c.note)) } } } }
            }
            @for field in &d.fields {
                div.choice role="radiogroup" aria-label=(name(field)) {
                    p { b { (name(field)) } }
                    @for (n, (coder, c)) in d.codings.iter().enumerate() {
                        label.row { input type="radio" name=(field) value=(c.id) checked[d.chosen.get(*field).map(String::as_str) == Some(*coder)]; span { "Coder " (n + 1) ": " (text::line(&said(c, field), 400)) } }
                    }
                }
            }
            div.buttons { button.primary { "Keep" } }
        }
    }
}

/// `POST /console/surveys/{id}/adjudicate`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    Named(survey): Named,
    fields: Pairs,
) -> Result<Response, Halt> {
    reviewer.check(fields.one("csrf"))?;
    let (id, now) = (&survey.protocol.id, app.now());
    let records = results::records(app.store.reader(), id).await?;
    let all = doubtful(&records);
    let Some(d) = all.iter().find(|d| d.listing == fields.one("listing")) else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let mut tx = app.store.begin().await?;
    if !crate::store::surveys::find_in(&mut tx, id).await?.is_some_and(|s| s.state == Stands::Running) {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let mut chosen = vec![];
    for field in &d.fields {
        // By the coding's own id: one that was corrected meanwhile is looked at again before it counts.
        let Some((coder, _)) = d.codings.iter().find(|(_, c)| c.id == fields.one(field)) else { continue };
        results::choose(&mut tx, (id, d.listing, field), coder, reviewer.session.reviewer_id, &now).await?;
        chosen.push(*field);
    }
    if !chosen.is_empty() {
        remember(&mut tx, &reviewer, "survey.adjudicated", id, &format!("{}: {}", d.listing, chosen.join(" ")), &now)
            .await?;
    }
    tx.commit().await?;
    Ok(layout::see(&format!("/console/surveys/{id}/adjudicate")).into_response())
}
