//! One case on one screen: left the listing as it was read, right what a reviewer needs to decide.

use super::highlight::{marked, strength};
use super::session::{Halt, Reviewer};
use super::{
    alike, assign, checks, decide, defer, error_page, gold, law, layout, notes, notices, privacy, referrals, text,
    wellbeing, words,
};
use crate::app::Shared;
use crate::clock;
use crate::store::blobs;
use crate::store::cases::{self, Case, CaseReport, Past};
use crate::store::leases::{self, Holder};
use crate::store::trends::refused;
use crate::store::{
    alike as store_alike, checks as store_checks, gold as store_gold, notes as store_notes, notices as store_notices,
    organisations, queue, rechecks as store_rechecks, referrals as store_referrals, reviewers,
};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::case::Who;
use spotter_model::report::{Choice, Evidence, EvidenceKind, EvidenceState, Source};
use spotter_model::{Cue, CueKind, Event, Field, Report};

/// Most reports of one case whose pictures and notes are shown.
const SHOWN_REPORTS: i64 = 8;

/// The address's questions.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The case that was left just now.
    pub done: Option<i64>,
}

/// `GET /console/cases/{id}`.
///
/// # Errors
/// The page that says why not.
pub async fn page(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Halt> {
    let done = asked.map(|Query(a)| a.done).unwrap_or_default();
    show(&app, &reviewer, id.map(|Path(id)| id).unwrap_or(0), done, false).await
}

/// `GET /console/cases/{id}/evidence`: the same page with the evidence open; remembers that it was.
///
/// # Errors
/// The page that says why not.
pub async fn evidence(
    State(app): State<Shared>,
    reviewer: Reviewer,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Response, Halt> {
    let id = id.map(|Path(id)| id).unwrap_or(0);
    if cases::find(app.store.reader(), id).await?.is_some() {
        let mut tx = app.store.begin().await?;
        cases::evidence_opened(&mut tx, id, reviewer.session.reviewer_id, &app.now()).await?;
        tx.commit().await?;
    }
    show(&app, &reviewer, id, None, true).await
}

/// A report as it was read, with where it came from.
pub struct Read {
    /// The report.
    pub report: Report,
    /// The row.
    pub row: CaseReport,
    /// Confirmed cases and decided cases of its spotter.
    pub accuracy: (i64, i64),
    /// Its evidence, and whether the blob is here.
    pub evidence: Vec<(Evidence, bool)>,
}

/// The reports of a case, newest first, with what of their evidence is here.
///
/// # Errors
/// The page for a database that fails.
pub async fn read(app: &Shared, case_id: i64) -> Result<Vec<Read>, Halt> {
    let pool = app.store.reader();
    let mut all = vec![];
    for row in cases::reports_of(pool, case_id, SHOWN_REPORTS).await? {
        let Ok(report) = serde_json::from_slice::<Report>(&row.body) else { continue };
        let accuracy = cases::accuracy(pool, &row.key_id).await?;
        let mut evidence = vec![];
        for item in report.evidence.iter().filter(|e| e.kind != EvidenceKind::ListingText) {
            let here = match &item.sha256 {
                Some(sha256) => blobs::held(pool, sha256).await?.is_some(),
                None => false,
            };
            evidence.push((item.clone(), here));
        }
        all.push(Read { report, row, accuracy, evidence });
    }
    Ok(all)
}

/// What is left of a case that was erased.
async fn erased(app: &Shared, reviewer: &Reviewer, case: &Case) -> Result<Response, Halt> {
    let history = cases::history(app.store.reader(), case.id).await?;
    let body = html! {
        section.card.term {
            h1 { "Case " (case.id) }
            p { "What this case said about a person was erased on " (words::time(&case.erased_at)) ". The audit says why. Nothing can be done with it any more." }
            p.muted { (words::state(case.state)) " · " (text::line(&case.marketplace, 60)) " · opened " (words::time(&case.opened_at)) " · " (case.reports) @if case.reports == 1 { " report" } @else { " reports" } }
            (past(&history))
            p { a href="/console" { "To the queue" } }
        }
    };
    Ok(layout::page(Some(app), Some(reviewer), "Erased case", &body).into_response())
}

async fn show(app: &Shared, reviewer: &Reviewer, id: i64, done: Option<i64>, open: bool) -> Result<Response, Halt> {
    let pool = app.store.reader();
    let Some(case) = cases::find(pool, id).await? else { return Ok(error_page(StatusCode::NOT_FOUND)) };
    if !case.erased_at.is_empty() {
        return erased(app, reviewer, &case).await;
    }
    let reports = read(app, id).await?;
    let Some(newest) = reports.first() else { return Ok(error_page(StatusCode::INTERNAL_SERVER_ERROR)) };
    let opened = open || cases::has_opened_evidence(pool, id, reviewer.session.reviewer_id).await?;
    let history = cases::history(pool, id).await?;
    let (me, now) = (reviewer.session.reviewer_id, app.now());
    let (next, previous) = (queue::next(pool, &case, me, &now).await?, queue::previous(pool, &case, &now).await?);
    let held = lease(app, &case, reviewer).await?;
    let (told, answers) = (store_notices::of_case(pool, id).await?, store_notices::answers(pool, id).await?);
    let share = match case.state.step_by(Event::Notice, Who::Reviewer) {
        Some(_) => refused::of_host(pool, &case.marketplace).await?,
        None => None,
    };
    let (kept, known) = (store_notes::of_case(pool, id).await?, store_gold::of_case(pool, id).await?);
    let (looked, look) = store_checks::of_case(pool, id).await?;
    let seen = store_rechecks::of_case(pool, id).await?;
    let (worth, referred) = (referrals::form::proposals(app, &case).await?, store_referrals::of_case(pool, id).await?);
    let everybody = reviewers::all(pool).await?;
    let ours = organisations::all(pool).await?;
    let alike = store_alike::of_case(pool, id).await?;
    let undo = decide::undo_banner(app, reviewer, done).await?;
    let reminder = wellbeing::reminder(app, reviewer).await?;
    let body = html! {
        (undo)
        (reminder)
        div.case {
            article.listing aria-label="Listing" {
                (head(&case, &newest.report, next, previous))
                (listing(&reports))
                (evidence_section(Some(reviewer), &format!("/console/cases/{id}"), &reports, opened))
                (alike::side_by_side(reviewer, id, &alike, opened))
            }
            aside.decision aria-label="Decision" {
                div.why {
                    (reading(&newest.report))
                    (law::section(spotter_law::built_in(), &newest.report, app.today()))
                    (spotters(&reports, case.reports))
                    (alike::section(reviewer, &alike, opened))
                    (notices::section(reviewer, &case, &told, &answers, (&now, share.as_ref())))
                    (referrals::form::section(reviewer, &case, &worth, &referred))
                    (checks::section(&looked, look.as_deref(), &seen, (app.clock)()))
                    (past(&history))
                    (notes::section(reviewer, &case, &kept))
                    (gold::section(reviewer, &case, known.as_ref()))
                }
                @if let Some(other) = &held { p.note { (text::line(&other.name, 64)) " has this case open until " (words::time(&other.until)) "." } }
                @if reviewer.decides() { (decide::form(reviewer, &case, opened)) }
                @if ours.len() > 1 { @if let Some(one) = ours.iter().find(|o| o.id == case.organisation_id) { p.muted { "Reported first to " (text::line(&one.short, 40)) ", which answers for the data in it." } } }
                (privacy::keep_form(reviewer, &case))
                @if case.state.is_open() && reviewer.decides() { div.aside-forms { (defer::form(reviewer, &case, &now)) (assign::form(reviewer, &case, &everybody)) } }
            }
        }
    };
    Ok(layout::page(Some(app), Some(reviewer), &format!("Case {id}"), &body).into_response())
}

/// Takes an open case for the reviewer who looks at it, and tells who else has it.
async fn lease(app: &Shared, case: &Case, reviewer: &Reviewer) -> Result<Option<Holder>, Halt> {
    let (me, now) = (reviewer.session.reviewer_id, (app.clock)());
    let until = |seconds| clock::stamp(now + time::Duration::seconds(seconds));
    let holder = leases::holder(app.store.read(), case.id, &clock::stamp(now)).await?;
    // Looking at a page again soon after writes nothing.
    let mine = holder.as_ref().is_some_and(|h| h.reviewer_id == me && h.until > until(leases::LEASE_S / 2));
    if case.state.is_open() && !mine && reviewer.decides() {
        let mut tx = app.store.begin().await?;
        leases::take(&mut tx, case.id, me, &clock::stamp(now), &until(leases::LEASE_S)).await?;
        tx.commit().await?;
    }
    Ok(holder.filter(|h| h.reviewer_id != me))
}

fn head(case: &Case, report: &Report, next: Option<i64>, previous: Option<i64>) -> Markup {
    html! {
        div.casebar {
            span.number { "Case " (case.id) }
            span.state { (words::state(case.state)) }
            @for reason in &case.reasons { @if let Some((name, meaning)) = words::reason(*reason) { span.tag title=(meaning) { (name) } } }
            @if report.source == Source::Pasted { span.tag title="The spotter pasted a link; nothing was read from the marketplace" { "pasted link" } }
            @else if report.card_only { span.tag title="Read from a card on a results page, not from the listing's own page" { "card only" } }
            span.spring {}
            @if let Some(id) = previous { a href={ "/console/cases/" (id) } rel="prev" data-key="k" { "Previous" } }
            @if let Some(id) = next { a href={ "/console/cases/" (id) } rel="next" data-key="j" { "Next" } }
        }
        (title(report))
    }
}

/// The listing's title, with the words that count.
pub fn title(report: &Report) -> Markup {
    html! {
        h1.title dir="auto" {
            @if report.listing.title.trim().is_empty() { span.muted { "(no title)" } }
            @else { (marked(&report.listing.title, Field::Title, &report.assessment.cues)) }
        }
    }
}

/// The listing as the newest report read it, and where earlier ones read otherwise.
pub fn listing(reports: &[Read]) -> Markup {
    html! { @if let Some(newest) = reports.first() { (facts(&newest.report)) (description(&newest.report)) (earlier(reports)) } }
}

/// What the detector made of a report: what, why, and the claims in it.
pub fn reading(report: &Report) -> Markup {
    html! { (what(report)) (reasons(&report.assessment.cues)) (claims(report)) }
}

fn facts(report: &Report) -> Markup {
    let cues = &report.assessment.cues;
    let listing = &report.listing;
    let rows = [
        ("Price", Field::Price),
        ("Seller", Field::Seller),
        ("Place", Field::Location),
        ("Category", Field::Category),
        ("Pictures say", Field::Images),
    ];
    html! {
        dl.facts {
            @for (name, field) in rows {
                @if !listing.text(field).trim().is_empty() {
                    div { dt { (name) } dd dir="auto" { (marked(listing.text(field), field, cues)) } }
                }
            }
            div { dt { "Marketplace" } dd { (text::line(&report.place.marketplace, 253)) } }
            div.address { dt { "Address" } dd {
                bdi { (text::inert(&report.place.url_canonical)) } " "
                a href=(text::href(&report.place.url_canonical)) rel="noreferrer noopener external" target="_blank" title="Opens the live page in a new tab. The marketplace sees this visit." { "Open" span aria-hidden="true" { " ↗" } }
            } }
        }
    }
}

fn description(report: &Report) -> Markup {
    html! {
        section.description aria-label="Description" tabindex="0" {
            @if report.listing.description.trim().is_empty() {
                p.muted {
                    @if report.source == Source::Pasted { "No description: the spotter pasted a link." }
                    @else if report.card_only { "No description: it was read from a card." }
                    @else { "No description." }
                }
            } @else {
                p dir="auto" { (marked(&report.listing.description, Field::Description, &report.assessment.cues)) }
            }
        }
    }
}

/// What earlier reports of the case read, where it differs from the newest: sellers change listings.
fn earlier(reports: &[Read]) -> Markup {
    let mut seen = vec![];
    let mut others = vec![];
    for read in reports {
        let hash = crate::cases::text_hash(&read.report.listing);
        if !seen.contains(&hash) {
            seen.push(hash);
            others.push(read);
        }
    }
    html! {
        @for read in others.iter().skip(1) {
            @let (listing, cues) = (&read.report.listing, &read.report.assessment.cues);
            details.earlier {
                summary { "It read differently " (words::time(&read.report.matched_at)) " (" (read.row.number) ")" }
                p dir="auto" { b { (marked(&listing.title, Field::Title, cues)) } " " (marked(&listing.price, Field::Price, cues)) }
                p dir="auto" { (marked(&listing.description, Field::Description, cues)) }
            }
        }
    }
}

fn why_missing(state: EvidenceState) -> &'static str {
    match state {
        EvidenceState::Included => "on its way: the spotter's browser has not sent it yet",
        EvidenceState::NotPermitted => "the browser gave no right to take it",
        EvidenceState::LeftOut => "left out by the spotter",
        EvidenceState::Failed => "tried, and failed",
        EvidenceState::TooLarge => "larger than 2 MiB",
        EvidenceState::NotGranted => "the spotter did not grant the host that it lies on",
        EvidenceState::NotOffered => "the page had none",
        EvidenceState::Gone => "gone from the marketplace when it was tried",
        EvidenceState::NotAPicture => "what came was no picture",
        EvidenceState::TooMany => "beyond the number that a report carries",
    }
}

fn kind_name(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::ListingText => "Listing text",
        EvidenceKind::Screenshot => "Screenshot",
        EvidenceKind::Picture => "Picture",
    }
}

/// One picture that is here, with the numbers of the reports that carry it.
struct Shown<'a> {
    item: &'a Evidence,
    sha256: &'a str,
    numbers: Vec<&'a str>,
}

/// Every blob once, however many reports carry it.
fn shown(reports: &[Read]) -> Vec<Shown<'_>> {
    let mut all: Vec<Shown<'_>> = vec![];
    for read in reports {
        for (item, _) in read.evidence.iter().filter(|(_, here)| *here) {
            let Some(sha256) = item.sha256.as_deref() else { continue };
            match all.iter_mut().find(|s| s.sha256 == sha256) {
                Some(known) => known.numbers.push(&read.row.number),
                None => all.push(Shown { item, sha256, numbers: vec![&read.row.number] }),
            }
        }
    }
    all
}

/// The evidence, once it is opened, and the way to open it below `place`, the page that it stands on. `packages`: for whom it
/// offers each report's package.
pub fn evidence_section(packages: Option<&Reviewer>, place: &str, reports: &[Read], opened: bool) -> Markup {
    let pictures = shown(reports);
    html! {
        section.evidence #evidence aria-label="Evidence" {
            @if !opened {
                @if packages.is_none_or(Reviewer::decides) { p {
                    a.button.open href={ (place) "/evidence#evidence" } data-key="e" accesskey="e" { "Open the evidence" kbd { "e" } }
                    " " span.muted { (words::count(pictures.len(), "picture", "pictures")) ", and what each report states" }
                } }
            } @else {
                h2 { "Evidence" }
                @if !pictures.is_empty() {
                    div.pictures { @for (n, picture) in pictures.iter().enumerate() { (figure(n + 1, picture)) } }
                }
                ul.states-of-evidence { @for read in reports { li { (statement(packages, read)) } } }
            }
        }
    }
}

fn figure(n: usize, picture: &Shown<'_>) -> Markup {
    let kind = kind_name(picture.item.kind);
    let address = format!("/console/pictures/{}", picture.sha256);
    let number = picture.numbers[0];
    let size = picture.item.pixels.map(|[width, height]| format!(" · {width} × {height}")).unwrap_or_default();
    html! {
        figure {
            label.blurred {
                input type="checkbox" aria-label={ "Show " (kind) " " (n) " sharp" };
                img src=(address) alt={ (kind) " " (n) " of report " (number) } loading="lazy";
                span.hint { "Show" }
            }
            figcaption {
                (kind) " · " (number)
                @if picture.numbers.len() > 1 { " and " (picture.numbers.len() - 1) " more" }
                (size)
                @if picture.item.redacted { " · partly painted over by the spotter" }
                " · " a href=(address) target="_blank" rel="noreferrer noopener" { "full size" }
            }
        }
    }
}

/// What one report says of itself: when, and what could not be had.
fn statement(packages: Option<&Reviewer>, read: &Read) -> Markup {
    let r = &read.report;
    html! {
        b { (read.row.number) } " seen " (words::time(&r.matched_at)) ", arrived " (words::time(&read.row.received_at)) ". "
        @if r.source == Source::Pasted { "Pasted by the spotter, not read from the page. " }
        @if !r.no_contact_made { "The spotter does not state that no contact was made. " } @else { "No contact was made. " }
        @for (kind, state, n) in missing(&read.evidence) {
            (kind_name(kind)) @if n > 1 { " (" (n) ")" } ": " (why_missing(state)) ". "
        }
        @if let Some(reviewer) = packages.filter(|r| r.decides()) {
            form.inline method="post" action={ "/console/reports/" (read.row.number) "/package" } {
                (layout::csrf(reviewer)) button.quiet title="For anyone to check offline; the spotter's signature, offset and clock stay sealed" { "Package " (read.row.number) }
            }
        }
    }
}

/// What is not here, the same kinds and reasons together.
fn missing(evidence: &[(Evidence, bool)]) -> Vec<(EvidenceKind, EvidenceState, usize)> {
    let mut all: Vec<(EvidenceKind, EvidenceState, usize)> = vec![];
    for (item, _) in evidence.iter().filter(|(_, here)| !here) {
        match all.iter_mut().find(|(kind, state, _)| (*kind, *state) == (item.kind, item.state)) {
            Some((.., n)) => *n += 1,
            None => all.push((item.kind, item.state, 1)),
        }
    }
    all
}

fn what(report: &Report) -> Markup {
    let a = &report.assessment;
    let groups: Vec<String> = a.groups.iter().map(|g| words::plain(&crate::store::word(g))).collect();
    html! {
        section.what {
            p.headline {
                (words::level(a.level))
                strong { @if groups.is_empty() { "No group" } @else { (groups.join(", ")) } }
                span.score title="Probability by the detector that the listing offers a specimen of a CITES-listed taxon" { (format!("{:.0} %", a.score.clamp(0.0, 1.0) * 100.0)) }
            }
            @if !a.commodities.is_empty() { p.muted { "Trade terms: " (text::line(&a.commodities.join(", "), 80)) } }
            @if a.disguised { p.note { "A word was disguised (spaced, look-alike or substituted letters)." } }
            @if !a.taxa.is_empty() {
                ul.taxa {
                    @for taxon in a.taxa.iter().take(4) {
                        li { i { (text::line(&taxon.scientific_name, 80)) } " " span { (words::listings(taxon)) } }
                    }
                    @if a.taxa.len() > 4 { li.muted { "and " (a.taxa.len() - 4) " more" } }
                }
            }
        }
    }
}

pub(crate) fn cue_kind(kind: CueKind) -> &'static str {
    match kind {
        CueKind::Name => "name",
        CueKind::Commodity => "product",
        CueKind::Trade => "trade word",
        CueKind::Code => "code word",
        CueKind::Lookalike => "look-alike",
        CueKind::Claim => "claim",
        CueKind::Method => "method",
    }
}

/// A concept, what it is, the sum of its words' weights, and some of them.
type Why<'a> = (&'a str, CueKind, f32, Vec<&'a str>);

/// One row for each concept: its words, and the sum of their weights, strongest first, what speaks against last.
pub(crate) fn by_weight(cues: &[Cue]) -> Vec<Why<'_>> {
    let mut rows: Vec<Why<'_>> = vec![];
    for cue in cues {
        match rows.iter_mut().find(|(concept, kind, ..)| *concept == cue.concept && *kind == cue.kind) {
            Some((_, _, weight, quotes)) => {
                *weight += cue.weight;
                if !quotes.contains(&cue.text.as_str()) && quotes.len() < 3 {
                    quotes.push(&cue.text);
                }
            }
            None => rows.push((&cue.concept, cue.kind, cue.weight, vec![&cue.text])),
        }
    }
    rows.sort_by(|a, b| b.2.total_cmp(&a.2));
    rows
}

fn reasons(cues: &[Cue]) -> Markup {
    let rows = by_weight(cues);
    let shown = 7;
    let line = |(concept, kind, weight, quotes): &Why<'_>| {
        html! {
            tr {
                td.num.weight { span class={ "bar " (strength(*weight)) } aria-hidden="true" {} (format!("{weight:+.1}")) }
                td { @for (n, q) in quotes.iter().enumerate() { @if n > 0 { ", " } "“" (text::line(q, 40)) "”" } }
                td.muted { (cue_kind(*kind)) ": " (text::line(&words::concept(concept), 64)) }
            }
        }
    };
    html! {
        section {
            h2 { "Why" }
            @if rows.is_empty() { p.muted { "The detector found no words that count." } } @else {
                table.reasons {
                    caption.sr { "Reasons by weight; what speaks against has a minus" }
                    tbody { @for row in rows.iter().take(shown) { (line(row)) } }
                }
                @if rows.len() > shown {
                    details { summary { (rows.len() - shown) " more" } table.reasons { tbody { @for row in rows.iter().skip(shown) { (line(row)) } } } }
                }
            }
        }
    }
}

fn claims(report: &Report) -> Markup {
    let a = &report.assessment;
    let all = |ids: &[String]| ids.iter().map(|id| words::concept(id)).collect::<Vec<_>>().join("; ");
    html! {
        @if !(a.claims.is_empty() && a.methods.is_empty()) {
            section.claims {
                @if !a.claims.is_empty() { p { b { "Seller claims: " } (text::line(&all(&a.claims), 200)) } }
                @if !a.methods.is_empty() { p { b { "Methods: " } (text::line(&all(&a.methods), 200)) } }
            }
        }
    }
}

fn spotters(reports: &[Read], all: i64) -> Markup {
    html! {
        section {
            h2 { (if all == 1 { "1 report".to_owned() } else { format!("{all} reports") }) }
            ul.spotters {
                @for read in reports {
                    li {
                        b { (text::line(&read.row.pseudonym, 64)) } " "
                        span.muted {
                            @match read.accuracy { (_, 0) => "none decided yet", (confirmed, decided) => { (confirmed) " of " (decided) " confirmed so far" } }
                            " · " (read.row.number)
                        }
                        (saw(&read.report))
                        @if !read.report.note.trim().is_empty() { p.quote dir="auto" { (text::inert(&read.report.note)) } }
                    }
                }
            }
        }
    }
}

/// What the spotter chose and ticked.
fn saw(report: &Report) -> Markup {
    let all = |ids: &[String]| ids.iter().map(|id| words::concept(id)).collect::<Vec<_>>().join("; ");
    html! {
        @match &report.chosen {
            Choice::NotAsked => {}
            Choice::NotSure => p { b { "Takes it for: " } "not sure" }
            Choice::Taxa { taxa } => p { b { "Takes it for: " }
                @for (n, taxon) in taxa.iter().enumerate() { @if n > 0 { ", or " } i { (text::line(&taxon.scientific_name, 80)) } }
            }
        }
        @if !report.marks.is_empty() { p { b { "Marks seen: " } (text::line(&all(&report.marks), 400)) } }
        @if !report.methods_ticked.is_empty() { p { b { "Methods seen: " } (text::line(&all(&report.methods_ticked), 400)) } }
    }
}

fn past(history: &[Past]) -> Markup {
    html! {
        @if !history.is_empty() {
            section {
                h2 { "History" }
                ul.history {
                    @for step in history {
                        li {
                            @match (step.event, step.who) {
                                (Event::Reopen, Who::Server) => "Opened again: the listing changed",
                                (Event::Reopen, _) => b { "Taken back" },
                                (event, _) => b { (words::event(event).1) },
                            }
                            @match step.who {
                                Who::Reviewer => { " by " (text::line(&step.reviewer, 64)) }
                                Who::Company => " by the company",
                                Who::Agency => " by the agency",
                                Who::Server => {}
                            }
                            span.muted { " · " (words::time(&step.at)) }
                            @if !step.public_reason.is_empty() { p.quote dir="auto" { (text::inert(&step.public_reason)) } }
                        }
                    }
                }
            }
        }
    }
}
