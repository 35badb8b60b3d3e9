//! One survey: its protocol and hash, who codes, how far they are; starting it, amending it, and putting it on record.

use super::super::form::Pairs;
use super::super::session::{Halt, Reviewer};
use super::super::{error_page, layout, text, words};
use super::{Fault, Named, alerts, form, read, remember, stands};
use crate::app::Shared;
use crate::clock;
use crate::store::surveys::records::{self, Progress};
use crate::store::surveys::{self, Coder, State as Stands, Survey};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use spotter_model::survey::{Amendment, Protocol};
use spotter_survey::{preregistration, share};

/// `GET /console/surveys/{id}`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer, Named(survey): Named) -> Result<Response, Halt> {
    shown(&app, &reviewer, &survey, None, &[]).await
}

/// The page; with the text of a form that was not taken, and why.
async fn shown(
    app: &Shared,
    reviewer: &Reviewer,
    survey: &Survey,
    typed: Option<&str>,
    faults: &[Fault],
) -> Result<Response, Halt> {
    let p = &survey.protocol;
    let coders = surveys::coders(app.store.read(), &p.id).await?;
    let progress = records::progress(app.store.read(), &p.id).await?;
    let json = serde_json::to_string_pretty(p).unwrap_or_default();
    let body = html! {
        h1 { (text::line(&p.title, 120)) }
        p.muted.class-lead { (text::line(&p.question, 300)) }
        (facts(survey))
        p.row {
            @if survey.state != Stands::Draft { a.button.primary href={ "/console/surveys/" (p.id) "/results" } { "Results" } }
            a.button href={ "/console/surveys/" (p.id) "/preregistration.txt" } { "Text for the preregistration" }
        }
        @match survey.state {
            Stands::Draft => { (start_form(reviewer, survey, &coders, faults)) (form(reviewer, &json, &[], "Change the draft")) }
            Stands::Running => { (table(&progress)) (amend_form(reviewer, survey, typed.unwrap_or(&json), faults)) }
            Stands::Frozen => { (table(&progress)) }
        }
        @if survey.state == Stands::Frozen { details { summary { "The protocol" } p.letter { (text::inert(&json)) } } }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, layout::page(Some(app), Some(reviewer), "Survey", &body)).into_response())
}

fn facts(survey: &Survey) -> Markup {
    let p = &survey.protocol;
    html! {
        dl.facts {
            div { dt { "State" } dd { (stands(survey.state)) @if let Some(at) = &survey.frozen_at { ", " (words::time(at)) } @else if let Some(at) = &survey.started_at { " since " (words::time(at)) } } }
            div { dt { "Looking" } dd { (p.from) " to " (p.until) } }
            div { dt { "Version" } dd { (p.version) } }
            div { dt { "Searches" } dd { (share::tasks(p).len()) } }
            div { dt { "Done twice" } dd { (p.double_coded_percent) " %" } }
            div { dt { "Unflagged ones offered" } dd { "1 in " (p.unflagged_one_in) } }
            div.address { dt { "SHA-256 of the protocol" } dd { bdi { (survey.sha256) } } }
        }
        @if !p.amendments.is_empty() {
            h2.under { "Amendments" }
            ul { @for a in &p.amendments { li { "Version " (a.version) ", " (a.on) ": " (text::line(&a.reason, 512)) } } }
        }
    }
}

fn start_form(reviewer: &Reviewer, survey: &Survey, coders: &[Coder], faults: &[Fault]) -> Markup {
    html! {
        form.card.term method="post" action={ "/console/surveys/" (survey.protocol.id) "/start" } {
            h2 { "Start it" }
            (layout::csrf(reviewer))
            (alerts(faults))
            @if coders.is_empty() { p { "No spotter has joined yet. Coders are chosen among spotters." } }
            @else {
                p { "Who codes? Searches are shared out evenly." }
                ul.coders { @for c in coders { li { label.row { input type="checkbox" name="coder" value=(c.spotter) checked[c.chosen]; (text::line(&c.pseudonym, 64)) @if !c.cohort.is_empty() { " " span.muted { (text::line(&c.cohort, 64)) } } } } } }
                p.muted { "From the start on the protocol is frozen under the hash above. It changes by amendments alone, each with its reason." }
                div.buttons { button.primary { "Start" } }
            }
        }
    }
}

fn amend_form(reviewer: &Reviewer, survey: &Survey, json: &str, faults: &[Fault]) -> Markup {
    html! {
        details open[!faults.is_empty()] {
            summary { "Amend the protocol" }
            form.card.term method="post" action={ "/console/surveys/" (survey.protocol.id) "/amend" } {
                (layout::csrf(reviewer))
                (alerts(faults))
                label { span { "Why" } input name="reason" maxlength="400" required; }
                label { span { "Protocol, as JSON; version and amendments are written for you" } textarea name="protocol" rows="16" spellcheck="false" required { (json) } }
                p.muted { "Searches that stay keep their coders. Those that go are asked of nobody, and what was seen there counts." }
                div.buttons { button.primary { "Amend" } }
            }
        }
    }
}

fn table(progress: &[Progress]) -> Markup {
    html! {
        h2.under { "Coders" }
        div.scroll tabindex="-1" {
            table.class {
                caption.sr { "How far each coder is" }
                thead { tr { th scope="col" { "Coder" } th.num scope="col" { "Searches" } th.num scope="col" { "Begun" } th.num scope="col" { "Pages seen" } th.num scope="col" { "Coded" } } }
                tbody { @for p in progress { tr {
                    th scope="row" { (text::line(&p.pseudonym, 64)) } td.num { (p.tasks) } td.num { (p.begun) } td.num { (p.frames) } td.num { (p.codings) }
                } } }
            }
        }
    }
}

/// `POST /console/surveys/{id}/start`.
///
/// # Errors
/// The page that says why not.
pub async fn start(
    State(app): State<Shared>,
    reviewer: Reviewer,
    Named(survey): Named,
    fields: Pairs,
) -> Result<Response, Halt> {
    reviewer.check(fields.one("csrf"))?;
    let known = surveys::coders(app.store.read(), &survey.protocol.id).await?;
    let chosen: Vec<String> =
        fields.all("coder").filter(|value| known.iter().any(|c| c.spotter == *value)).map(str::to_owned).collect();
    let shares = match share::share(&survey.protocol, &chosen, &[]) {
        Ok(shares) => shares,
        Err(why) => return shown(&app, &reviewer, &survey, None, &[(String::new(), why.to_string())]).await,
    };
    let now = app.now();
    let mut tx = app.store.begin_overwriting().await?;
    // Read again behind the lock: two leads may press at once, and the draft may have changed since.
    let Some(draft) = surveys::find_in(&mut tx, &survey.protocol.id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    if draft.state != Stands::Draft || draft.sha256 != survey.sha256 {
        let why = "It was started or changed meanwhile. Look at it again.".to_owned();
        drop(tx);
        return shown(&app, &reviewer, &draft, None, &[(String::new(), why)]).await;
    }
    surveys::set_coders(&mut tx, &draft.protocol.id, &chosen).await?;
    surveys::start(&mut tx, &app.vault, &draft, &shares, &now).await?;
    remember(&mut tx, &reviewer, "survey.started", &draft.protocol.id, &draft.sha256, &now).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/surveys/{}", draft.protocol.id)).into_response())
}

/// The protocol that an amendment makes of a text, or what is wrong with it.
fn amended(before: &Protocol, json: &str, reason: &str, on: spotter_model::Date) -> Result<Protocol, Vec<Fault>> {
    let mut new: Protocol = serde_json::from_str(json).map_err(|e| vec![(String::new(), e.to_string())])?;
    if new.id != before.id {
        return Err(vec![("/id".into(), "must stay as it is".into())]);
    }
    new.version = before.version + 1;
    new.amendments.clone_from(&before.amendments);
    new.amendments.push(Amendment { version: new.version, on, reason: reason.trim().to_owned() });
    let new = read(&serde_json::to_string(&new).unwrap_or_default(), Protocol::faults)?;
    let same = Protocol { version: before.version, amendments: before.amendments.clone(), ..new.clone() };
    if same == *before { Err(vec![(String::new(), "nothing is changed".into())]) } else { Ok(new) }
}

/// `POST /console/surveys/{id}/amend`.
///
/// # Errors
/// The page that says why not.
pub async fn amend(
    State(app): State<Shared>,
    reviewer: Reviewer,
    Named(survey): Named,
    fields: Pairs,
) -> Result<Response, Halt> {
    reviewer.check(fields.one("csrf"))?;
    let (json, now) = (fields.one("protocol"), app.now());
    let mut tx = app.store.begin_overwriting().await?;
    let Some(before) = surveys::find_in(&mut tx, &survey.protocol.id).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let held = surveys::shares(&mut tx, &survey.protocol.id).await?;
    let known = surveys::coders(app.store.read(), &survey.protocol.id).await?;
    let chosen: Vec<String> = known.into_iter().filter(|c| c.chosen).map(|c| c.spotter).collect();
    let on = clock::date((app.clock)());
    let made = if before.state == Stands::Running {
        amended(&before.protocol, json, fields.one("reason"), on).and_then(|new| {
            let shares = share::share(&new, &chosen, &held).map_err(|e| vec![(String::new(), e.to_string())])?;
            Ok((new, shares))
        })
    } else {
        Err(vec![(String::new(), "only a survey that runs is amended".into())])
    };
    let (new, shares) = match made {
        Ok(made) => made,
        Err(faults) => {
            drop(tx);
            return shown(&app, &reviewer, &before, Some(json), &faults).await;
        }
    };
    surveys::amend(&mut tx, &new, &shares, &now).await?;
    remember(&mut tx, &reviewer, "survey.amended", &new.id, &format!("version {}", new.version), &now).await?;
    tx.commit().await?;
    Ok(layout::see(&format!("/console/surveys/{}", new.id)).into_response())
}

/// `GET /console/surveys/{id}/preregistration.txt`.
///
/// # Errors
/// The page that says why not.
pub async fn preregistration(_reviewer: Reviewer, Named(survey): Named) -> Result<Response, Halt> {
    Ok(file(
        "text/plain; charset=utf-8",
        &format!("{}-preregistration.txt", survey.protocol.id),
        preregistration::text(&survey.protocol),
    ))
}

/// A file to keep. Names are made of ids.
pub(crate) fn file(kind: &'static str, name: &str, bytes: impl Into<axum::body::Body>) -> Response {
    let shown = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, shown.unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    (headers, bytes.into()).into_response()
}
