//! From a gesture to the outbox: collect, crop, show, keep; and what the person may do afterwards.

use super::app::{App, from_js, tell_pages, tell_tab, to_js};
use super::pictures::{self, Picture};
use super::screenshot::{self, NotTaken};
use super::store::{self, After, KeptDraft};
use super::{delivery, keys, now, training, webext};
use crate::logic::cues;
use crate::logic::images::{self, Header};
use crate::logic::outbox::Entry;
use crate::logic::packaging::{self, Circumstances};
use crate::logic::sentence::Sentence;
use crate::logic::signed::{base64, sha256_hex};
use crate::logic::time;
use gloo_timers::future::TimeoutFuture;
use spotter_model::dsse::REPORT_TYPE;
use spotter_model::limits;
use spotter_model::messages::{
    Answer, Choices, Collected, CollectedListing, Cover, Draft, Event, OutboxState, Thumbnail, ToContent,
};
use spotter_model::report::{Client, Evidence, EvidenceKind, EvidenceState, Source};
use std::rc::Rc;

/// Chromium takes at most two captures a second.
const CAPTURE_PAUSE_MS: u32 = 600;

/// What was asked for, or why not.
pub type Said<T> = Result<T, Sentence>;

/// A gesture outside the panel: make the draft, then make sure that a panel shows it.
pub async fn from_gesture(app: Rc<App>, tab: i32, window: i32, what: &ToContent, opened: bool) {
    match prepare(&app, tab, Some(window), what, false).await {
        Ok(_) => {
            app.refusals.borrow_mut().remove(&tab);
        }
        Err(why) => {
            app.refusals.borrow_mut().insert(tab, why);
        }
    }
    tell_pages(&Event::DraftReady { tab_id: tab }).await;
    if !opened {
        webext::panel_window(tab).await;
    }
}

/// Everything that a draft is made of.
pub struct Gathered {
    /// The listing.
    pub collected: CollectedListing,
    /// Its screenshot, or why there is none.
    pub screenshot: Evidence,
    /// Its pictures, or why there are none.
    pub pictures: Vec<Evidence>,
    /// The bytes of both, by hash.
    pub blobs: Blobs,
    /// The pictures, small.
    pub thumbnails: Vec<Thumbnail>,
    /// What to ask for so that the missing ones can be had.
    pub origins: Vec<String>,
    /// How the spotter came by it.
    pub source: Source,
}

/// Collects the listing, takes what screenshot and pictures the browser allows, keeps the draft, and gives it.
pub async fn prepare(app: &App, tab: i32, window: Option<i32>, what: &ToContent, taken: bool) -> Said<Draft> {
    app.words_laid().await;
    // Before the page is asked for anything.
    if store::identity().await?.is_none() {
        return Err(Sentence::new("bg_not_enrolled"));
    }
    let window = match window {
        Some(window) => Some(window),
        None => webext::window_if_active(tab).await,
    };
    let (collected, shot) = look(tab, window, what).await?;
    let (screenshot, shown) = match shot {
        Ok(png) => {
            let size = u32::try_from(png.len()).unwrap_or(u32::MAX);
            let pixels = images::header(&png).and_then(Header::size);
            let evidence =
                Evidence { pixels, ..Evidence::blob(EvidenceKind::Screenshot, sha256_hex(&png), "image/png", size) };
            (evidence, Some(png))
        }
        Err(state) => (packaging::no_screenshot(state), None),
    };
    let origins = pictures::to_ask_for(&collected.pictures).await;
    let (pictures, mut blobs, thumbnails) = apart(pictures::take(&collected.pictures).await);
    blobs.extend(screenshot.sha256.clone().zip(shown.clone()));
    let source = Source::Page;
    let gathered = Gathered { collected, screenshot, pictures, blobs, thumbnails, origins, source };
    Ok(with_screenshot(keep(app, tab, gathered, taken, false).await?, shown))
}

/// Makes the draft and keeps it. `confirm`: a confirming click is asked for, whatever the policy says.
pub async fn keep(app: &App, tab: i32, gathered: Gathered, taken: bool, confirm: bool) -> Said<Draft> {
    let Some((identity, _)) = store::identity().await? else { return Err(Sentence::new("bg_not_enrolled")) };
    let Gathered { collected, screenshot, pictures, blobs, thumbnails, origins, source } = gathered;
    let made_ms = now();
    let technical = webext::technical_data().await;
    let (browser, locale) = if technical { (webext::browser(), webext::locale()) } else { Default::default() };
    let around = Circumstances {
        report_id: keys::uuid(),
        created_at: time::rfc3339(made_ms),
        utc_offset_minutes: -js_sys::Date::new_0().get_timezone_offset() as i16,
        clock_skew_ms: store::skew_ms().await?.map(|ms| ms as i64),
        client: Client {
            extension: webext::version(),
            browser: browser.into(),
            pack: app.pack(),
            locale: limits::cut(&locale, 64).to_owned(),
        },
        screenshot,
        pictures,
        source,
    };
    let report = packaging::draft(&collected, around, |l| app.assess(l))?;
    let (what, reasons) = app.assessor().map(|a| a.explain(&report.assessment)).unwrap_or_default();
    let policy = &identity.enrolled.policy;
    let draft = Draft {
        tab_id: tab,
        key: collected.key,
        report,
        what,
        reasons,
        screenshot: None,
        thumbnails,
        picture_origins: origins,
        confirm: confirm || store::reports_made().await? < policy.confirm_first,
        undo_ms: policy.undo_ms.min(limits::UNDO_MS_MAX),
    };
    let kept = KeptDraft { draft, made_ms, taken };
    store::keep_draft(&kept, &blobs).await?;
    Ok(kept.draft)
}

type Blobs = Vec<(String, Vec<u8>)>;

/// Pictures as evidence, as bytes by hash, and as the sheet shows them.
fn apart(pictures: Vec<Picture>) -> (Vec<Evidence>, Blobs, Vec<Thumbnail>) {
    let (mut evidence, mut blobs, mut thumbnails) = (vec![], vec![], vec![]);
    for picture in pictures {
        blobs.extend(picture.evidence.sha256.clone().zip(picture.bytes));
        thumbnails.extend(picture.thumbnail);
        evidence.push(picture.evidence);
    }
    (evidence, blobs, thumbnails)
}

fn with_screenshot(mut draft: Draft, bytes: Option<Vec<u8>>) -> Draft {
    draft.screenshot = bytes.map(|b| format!("data:image/png;base64,{}", base64(&b)));
    draft
}

type Crop = Result<Vec<u8>, EvidenceState>;

/// The listing and its crop. The box is read before and after the capture: a page that moved between, because
/// the panel opened beside it or by itself, would give a picture of something else, perhaps of the spotter's
/// own account.
async fn look(tab: i32, window: Option<i32>, what: &ToContent) -> Said<(CollectedListing, Crop)> {
    let mut before = collect(tab, what).await?;
    let Some(window) = window else { return Ok((before, Err(EvidenceState::NotPermitted))) };
    for attempt in 0..3 {
        if attempt > 0 {
            TimeoutFuture::new(CAPTURE_PAUSE_MS).await;
        }
        let shot = match screenshot::take(window).await {
            Ok(shot) => shot,
            Err(NotTaken::TooSoon) => continue,
            Err(NotTaken::Because(state)) => return Ok((before, Err(state))),
        };
        let after = collect(tab, what).await?;
        let (was, is) = (before.viewport_box, after.viewport_box);
        before = after;
        if was == is {
            let Some(place) = is else { return Ok((before, Err(EvidenceState::Failed))) };
            let crop = shot.crop(place, before.pixel_ratio).await;
            return Ok((before, crop));
        }
    }
    Ok((before, Err(EvidenceState::Failed)))
}

async fn collect(tab: i32, what: &ToContent) -> Said<CollectedListing> {
    let silent = || Sentence::new("bg_page_silent");
    let mut answer = webext::tell_tab(tab, &to_js(what)).await;
    if answer.is_err() {
        // A site that was never granted: a gesture gives the right to read this page once.
        webext::inject(tab).await.map_err(|_| silent())?;
        answer = webext::tell_tab(tab, &to_js(what)).await;
    }
    match from_js::<Collected>(&answer.map_err(|_| silent())?).ok_or_else(silent)? {
        Collected::Listing(listing) => Ok(*listing),
        Collected::MovedOn { url_at_match, url_now } => {
            Err(Sentence::with("bg_page_moved", &[&url_at_match, &url_now]))
        }
        Collected::Gone => Err(Sentence::new("bg_page_gone")),
        Collected::Nothing => Err(Sentence::new("bg_page_nothing")),
    }
}

/// What a gesture made for this tab: a draft, words to suggest, or why there is none.
pub async fn take_draft(app: &App, tab: i32) -> Said<Option<Answer>> {
    if let Some((text, seen_at)) = app.suggestions.borrow_mut().remove(&tab) {
        return Ok(Some(Answer::Suggestion { text, seen_at }));
    }
    if let Some((kept, bytes)) = store::take_draft(tab).await? {
        return Ok(Some(Answer::Draft(Box::new(with_screenshot(kept.draft, bytes)))));
    }
    match app.refusals.borrow_mut().remove(&tab) {
        Some(why) => Err(why),
        None => Ok(None),
    }
}

/// Into the outbox, all at once; from then on the report is safe. Asking twice queues once.
pub async fn queue(app: &Rc<App>, report_id: &str, choices: &Choices, covered: &[Cover]) -> Said<Answer> {
    if let Some(entry) = store::entry(report_id).await? {
        return Ok(queued(report_id, entry.due_ms - now()));
    }
    let Some((identity, key)) = store::identity().await? else { return Err(Sentence::new("bg_not_enrolled")) };
    let Some(kept) = store::draft(report_id).await? else { return Err(Sentence::new("bg_draft_gone")) };
    let entries = store::entries().await?;
    training::check(&entries).await?;
    let waiting = entries.iter().filter(|e| e.state != OutboxState::Sent).count();
    if waiting >= limits::OUTBOX_REPORTS {
        return Err(Sentence::with("bg_outbox_full", &[&waiting.to_string()]));
    }
    let KeptDraft { mut draft, .. } = kept;
    if choices.with_screenshot && !covered.is_empty() {
        cover(&mut draft, covered).await?;
    }
    let cues = cues::of(&draft.reasons);
    let (report, body) = packaging::finish(draft.report, choices, |l| app.assess(l))?;
    let signature = keys::sign(&key, REPORT_TYPE, &body).await.map_err(|_| Sentence::new("bg_internal"))?;
    let entry = Entry {
        report_id: report.report_id.clone(),
        title: report.listing.title.clone(),
        url: report.place.url_canonical.clone(),
        created_at: report.created_at.clone(),
        tab_id: draft.tab_id,
        finding: draft.key,
        origin: identity.enrolled.origin,
        key_id: identity.key_id,
        signature: base64(&signature),
        body_sha256: sha256_hex(&body),
        evidence: report.evidence.clone(),
        cues,
        state: OutboxState::Undoable,
        due_ms: now() + f64::from(draft.undo_ms),
        set_ms: now(),
        tries: 0,
        trouble: None,
        number: None,
        receipt: None,
        status: None,
        reason: String::new(),
        joined: false,
        asked: None,
        saw: None,
    };
    delivery::insure(entry.due_ms);
    store::enqueue(&entry, &body, report.blobs()).await?;
    delivery::wake(app.clone());
    tell_tab(entry.tab_id, &ToContent::Reported { key: entry.finding.clone(), reported: true }).await;
    tell_pages(&Event::StateChanged).await;
    Ok(queued(report_id, f64::from(draft.undo_ms)))
}

/// Paints over parts of a draft's screenshot; from then on the painted one is its evidence. A screenshot that can't be
/// painted over never goes.
async fn cover(draft: &mut Draft, covered: &[Cover]) -> Said<()> {
    let report_id = draft.report.report_id.clone();
    let Some(item) = draft.report.evidence.iter_mut().find(|e| e.kind == EvidenceKind::Screenshot) else {
        return Ok(());
    };
    let Some(was) = &item.sha256 else { return Ok(()) };
    let failed = || Sentence::new("bg_internal");
    let png = store::draft_blob(&report_id, was).await?.ok_or_else(failed)?;
    let painted = screenshot::cover(&png, covered).await.map_err(|_| failed())?;
    let sha256 = sha256_hex(&painted);
    store::keep_draft_blob(&report_id, &sha256, &painted).await?;
    item.bytes = u32::try_from(painted.len()).unwrap_or(u32::MAX);
    item.sha256 = Some(sha256);
    item.redacted = true;
    Ok(())
}

fn queued(report_id: &str, left_ms: f64) -> Answer {
    Answer::Queued {
        report_id: report_id.to_owned(),
        undo_ms: left_ms.clamp(0.0, f64::from(limits::UNDO_MS_MAX)) as u32,
    }
}

/// Takes a report back, or a draft away.
pub async fn undo(app: &App, report_id: &str) -> Said<()> {
    let in_flight = app.in_flight.borrow().contains(report_id);
    let undone = store::change(report_id, |entry| {
        let may = entry.may_undo(in_flight);
        let place = (entry.tab_id, entry.finding.clone());
        (if may { After::Gone } else { After::Untouched }, may.then_some(place))
    })
    .await?;
    match undone {
        None => store::drop_draft(report_id).await?,
        Some(None) => return Err(Sentence::new("bg_undo_late")),
        Some(Some((tab, key))) => tell_tab(tab, &ToContent::Reported { key, reported: false }).await,
    }
    tell_pages(&Event::StateChanged).await;
    Ok(())
}

/// Try now.
pub async fn retry(app: &Rc<App>, report_id: &str) -> Said<()> {
    delivery::insure(now());
    store::change(report_id, |entry| {
        entry.retry(now());
        (After::Keep, ())
    })
    .await?;
    app.pause_until(0.0);
    delivery::wake(app.clone());
    Ok(())
}

/// Off the list.
pub async fn delete(app: &App, report_id: &str) -> Said<()> {
    let in_flight = app.in_flight.borrow().contains(report_id);
    let deleted = store::change(report_id, |entry| {
        let may = entry.may_delete(in_flight);
        (if may { After::Gone } else { After::Untouched }, may)
    })
    .await?;
    if deleted == Some(false) {
        return Err(Sentence::new("bg_delete_sending"));
    }
    tell_pages(&Event::StateChanged).await;
    Ok(())
}
