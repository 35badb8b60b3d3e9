//! Pictures that look alike: on a case's page the other cases that have such pictures, and a page of the groups of open cases that share
//! some. A shared picture is a hint; the words here say nothing more.
//!
//! Owns the copy of the groups, made anew at most twice a minute. Pictures are shown only to whoever may open evidence, once it was
//! opened, blurred and without colour as there.

use super::session::{Halt, Reviewer};
use super::{layout, text, words};
use crate::app::Shared;
use crate::pdq;
use crate::store::alike::groups::{self, Groups};
use crate::store::alike::{self, Alike, Nearness, Other};
use crate::store::cases::Case;
use axum::extract::State;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a copy of the groups is good.
const GOOD_S: i64 = 30;
/// How long one is shown while a new one is made.
const OLD_S: i64 = 300;
/// Groups on the page.
const GROUPS: usize = 25;
/// Cases of a group that are named.
const NAMED: usize = 8;

/// The groups, and when they were made.
#[derive(Default)]
pub struct Copy {
    held: Mutex<Option<(i64, Arc<Groups>)>>,
    /// Held while they are made: never twice at once.
    making: Arc<tokio::sync::Mutex<()>>,
}

impl Copy {
    /// The copy, where it is of these last seconds. A clock that was set back must not keep it.
    fn of(&self, now: i64, seconds: i64) -> Option<Arc<Groups>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|(at, _)| (0..seconds).contains(&(now - at))).map(|(_, groups)| Arc::clone(groups))
    }
}

/// The groups of open cases, as they were not long ago. Of many pictures they take seconds: whoever asks gets the old ones,
/// unless those are too old, while new ones are made.
///
/// # Errors
/// Where the database fails.
pub async fn groups(app: &Shared) -> sqlx::Result<Arc<Groups>> {
    let now = app.now_s();
    if let Some(fresh) = app.groups.of(now, GOOD_S) {
        return Ok(fresh);
    }
    if let Some(old) = app.groups.of(now, OLD_S) {
        if let Ok(alone) = Arc::clone(&app.groups.making).try_lock_owned() {
            let app = Arc::clone(app);
            tokio::spawn(async move {
                let _alone = alone;
                // The old ones stay until they are too old; then whoever asks is told.
                if let Err(error) = make(&app, now).await {
                    tracing::warn!(%error, "the groups of shared pictures were not made anew");
                }
            });
        }
        return Ok(old);
    }
    let _alone = app.groups.making.lock().await;
    match app.groups.of(now, GOOD_S) {
        Some(fresh) => Ok(fresh),
        None => make(app, now).await,
    }
}

async fn make(app: &Shared, now: i64) -> sqlx::Result<Arc<Groups>> {
    let made = Arc::new(groups::of_open(app.store.reader()).await?);
    *app.groups.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&made)));
    Ok(made)
}

/// How near, as people say it.
fn how(nearness: Nearness) -> &'static str {
    match nearness {
        Nearness::File => "The same file",
        Nearness::Bits(0..=10) => "The same picture",
        Nearness::Bits(11..=20) => "Nearly the same",
        Nearness::Bits(_) => "Similar",
    }
}

fn measured(nearness: Nearness) -> String {
    match nearness {
        Nearness::File => "Every byte is the same".to_owned(),
        Nearness::Bits(bits) => {
            format!("PDQ: {bits} of 256 bits differ; from {} on it is another picture", pdq::NEAR + 1)
        }
    }
}

/// Other cases whose pictures are like those of this one, in words. Nothing, where this one has no pictures.
pub fn section(reviewer: &Reviewer, alike: &Alike, opened: bool) -> Markup {
    let seen = alike.compared + alike.plain + alike.unreadable;
    html! {
        @if seen + alike.waiting > 0 {
            section.alike aria-label="Similar pictures" {
                h2 { "Similar pictures" }
                @if alike.others.is_empty() {
                    @if seen > 0 { p.muted { "No other case has a picture like one of this case." } }
                } @else {
                    ul { @for other in &alike.others { li { (near(other)) " in " (link("case", &other.case)) } } }
                    @if alike.all > alike.others.len() {
                        p.muted { "The nearest " (alike.others.len()) " of " @if alike.more { "more than " } (alike.all) " cases." }
                    }
                    p.muted {
                        @if reviewer.decides() { @if opened { "The pictures stand below the evidence. " } @else { "The pictures are shown once the evidence is open. " } }
                        "A shared picture can be one that many sellers copy: it does not say that the seller or the item is the same."
                    }
                }
                (left_out(alike))
            }
        }
    }
}

fn left_out(alike: &Alike) -> Markup {
    let count = |n: i64| words::count(n as usize, "picture", "pictures");
    let mut said = vec![];
    if alike.waiting > 0 {
        said.push(format!("{} not looked at yet", count(alike.waiting)));
    }
    if alike.plain > 0 {
        said.push(format!("{} with too little in it to be compared", count(alike.plain)));
    }
    if alike.unreadable > 0 {
        said.push(format!("{} that could not be read and is not compared", count(alike.unreadable)));
    }
    html! { @if !said.is_empty() { p.muted { (said.join("; ")) "." } } }
}

/// The same pictures side by side with those of this case: for whoever decides, once the evidence is open.
pub fn side_by_side(reviewer: &Reviewer, case_id: i64, alike: &Alike, opened: bool) -> Markup {
    html! {
        @if opened && reviewer.decides() && !alike.others.is_empty() {
            section.evidence.beside aria-label="Similar pictures, side by side" {
                h2 { "Similar pictures" }
                @for other in &alike.others {
                    p { (near(other)) " in " (link("case", &other.case)) }
                    div.pictures {
                        (figure("This case", case_id, &other.ours))
                        (figure("The other case", other.case.id, &other.theirs))
                    }
                }
            }
        }
    }
}

fn near(other: &Other) -> Markup {
    html! { b title=(measured(other.nearness)) { (how(other.nearness)) } }
}

fn link(word: &str, case: &Case) -> Markup {
    html! {
        a href={ "/console/cases/" (case.id) } { (word) " " (case.id) }
        " · " (words::state(case.state)) " · " (text::line(&case.marketplace, 60)) " · "
        bdi { @if case.title.trim().is_empty() { "(no title)" } @else { (text::line(&case.title, 100)) } }
    }
}

fn figure(whose: &str, case_id: i64, sha256: &str) -> Markup {
    let address = format!("/console/pictures/{sha256}");
    html! {
        figure {
            label.blurred {
                input type="checkbox" aria-label={ "Show the picture of case " (case_id) " sharp" };
                img src=(address) alt={ "Picture of case " (case_id) } loading="lazy";
                span.hint { "Show" }
            }
            figcaption { (whose) " · " a href=(address) target="_blank" rel="noreferrer noopener" { "full size" } }
        }
    }
}

/// `GET /console/alike`: groups of open cases that share pictures, the largest first.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let all = groups(&app).await?;
    let ids: Vec<i64> = all.iter().take(GROUPS).flat_map(|group| group.iter().take(NAMED)).copied().collect();
    let cases = alike::cases_of(app.store.reader(), &ids).await?;
    let body = html! {
        h1 { "Shared pictures" }
        p.class-lead {
            "Open cases that have a picture in common, or one that is nearly the same. A shared picture can be one that many sellers copy: it "
            "does not say that the seller or the item is the same. Each case is decided by its own evidence."
        }
        @if all.is_empty() {
            section.card.narrow.empty {
                h2 { "No open cases share a picture" }
                p { "Pictures are compared soon after they come in. Screenshots are not compared. " a href="/console" { "To the queue" } }
            }
        } @else {
            ol.terms.groups { @for group in all.iter().take(GROUPS) { (one(group, &cases)) } }
            p.muted {
                (words::count(all.len(), "group", "groups"))
                @if all.len() > GROUPS { "; the " (GROUPS) " largest are shown" }
                ". " a href="/console?alike=any" { "All of these cases in the queue" }
            }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Shared pictures", &body))
}

fn one(group: &[i64], cases: &HashMap<i64, Case>) -> Markup {
    let shown: Vec<&Case> = group.iter().take(NAMED).filter_map(|id| cases.get(id)).collect();
    let markets: BTreeSet<&str> = shown.iter().map(|case| case.marketplace.as_str()).collect();
    let Some(first) = group.first() else { return html! {} };
    html! {
        li.card.term {
            h2 {
                (words::count(group.len(), "case", "cases"))
                @if markets.len() > 1 { " on " @if group.len() > NAMED { "at least " } (markets.len()) " marketplaces" }
            }
            ul { @for case in &shown { li { (link("Case", case)) } } }
            p {
                @if group.len() > NAMED { span.muted { "and " (group.len() - NAMED) " more. " } }
                a href={ "/console?alike=" (first) } { "Show them in the queue" }
            }
        }
    }
}
