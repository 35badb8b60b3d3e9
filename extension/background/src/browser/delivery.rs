//! Sends what is due, one report at a time, and asks what became of those sent. Resumes wherever a dead
//! background left off: whatever is not known to have arrived is sent again, and its UUID makes that harmless.

use super::app::{App, tell_pages};
use super::store::{self, After, Identity, StoreFailed};
use super::{audits, care, http, keys, now, packs, rounds, surveys, tell, training, webext};
use crate::logic::answers::{self, Verdict};
use crate::logic::outbox::{self, Entry, Outcome};
use crate::logic::sentence::Sentence;
use crate::logic::signed::{self, base64, sha256_hex, unbase64};
use crate::logic::time;
use gloo_timers::callback::Timeout;
use spotter_model::dsse::{
    BLOB_TYPE, Envelope, HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, RECEIPT_TYPE, REPORT_TYPE, REQUEST_TYPE,
};
use spotter_model::messages::{Event, Standing};
use spotter_model::report::{EvidenceKind, is_utc_time};
use spotter_model::{Receipt, ReportAccepted, SpotterPolicy, StatusResponse, limits};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::CryptoKey;

/// Alarm that resumes the outbox after the background's death.
pub const ALARM_OUTBOX: &str = "outbox";
/// Alarm that asks what became of reports.
pub const ALARM_STATUS: &str = "status";

/// Chromium's store builds allow no alarm sooner.
const ALARM_FLOOR_MS: f64 = 30_000.0;
const STATUS_MINUTES: f64 = 30.0;
/// The same where no report's fate is open: the programme may have something new.
const PROGRAMME_MINUTES: f64 = 240.0;
/// As soon as alarms ring in Chromium's store builds.
const SOON_MINUTES: f64 = 0.5;
/// Rest of a fresh background before it looks at the outbox by itself.
const START_MS: u32 = 250;
/// Sent reports that stay in the panel's list.
const SENT_KEPT: usize = 500;
/// Longest single timer; later ones are left to the alarm.
const TIMER_MAX_MS: f64 = 600_000.0;

/// [`wake`] in a moment; an alarm or a new report comes before it.
pub fn wake_soon(app: Rc<App>) {
    let later = app.clone();
    app.timer.replace(Some(Timeout::new(START_MS, move || wake(later))));
}

/// Looks at the outbox as soon as the current event is done, and arms timer and alarm for what is later.
pub fn wake(app: Rc<App>) {
    spawn_local(async move {
        if app.sending.replace(true) {
            app.more.set(true);
            return;
        }
        loop {
            app.more.set(false);
            // A failing storage is met again at the next wake-up; nothing was taken off it.
            let next = round(&app).await.unwrap_or(Some(now() + ALARM_FLOOR_MS));
            if !app.more.get() {
                arm(&app, next);
                break;
            }
        }
        app.sending.set(false);
    });
}

/// An alarm is set before a report comes to depend on this background, which may die at any moment after.
pub fn insure(due_ms: f64) {
    webext::alarm_at(ALARM_OUTBOX, due_ms.max(now() + ALARM_FLOOR_MS));
}

/// Everything was erased.
pub fn nothing_waits() {
    webext::no_alarm(ALARM_OUTBOX);
    webext::no_alarm(ALARM_STATUS);
    webext::no_alarm(care::ALARM_BREAK);
}

/// What became of reports is asked for from time to time; what else waits to be told goes with it.
pub async fn ask_later() {
    webext::alarm_every(ALARM_STATUS, STATUS_MINUTES).await;
}

/// The endpoint was joined just now: what its programme has is asked for soon.
pub fn ask_soon() {
    webext::alarm_soon_and_every(ALARM_STATUS, SOON_MINUTES, PROGRAMME_MINUTES);
}

fn arm(app: &Rc<App>, next: Option<f64>) {
    let Some(due) = next.map(|due| due.max(app.paused_until())) else {
        app.timer.take();
        webext::no_alarm(ALARM_OUTBOX);
        return;
    };
    let wait = (due - now()).max(0.0);
    insure(due);
    let again = app.clone();
    let timer = Timeout::new(wait.min(TIMER_MAX_MS) as u32 + 1, move || wake(again));
    app.timer.replace(Some(timer));
}

/// Sends everything that is due. Gives when the next thing is.
async fn round(app: &App) -> Result<Option<f64>, StoreFailed> {
    let result = training::send_waiting(app).await?;
    loop {
        let entries = store::entries().await?;
        for wrong in entries.iter().filter(|e| Entry::clone(e).heal_clock(now())) {
            store::change(&wrong.report_id, |e| (if e.heal_clock(now()) { After::Keep } else { After::Untouched }, ()))
                .await?;
        }
        for old in outbox::stale(&entries, SENT_KEPT) {
            store::change(&old, |_| (After::Gone, ())).await?;
        }
        if outbox::awaits_status(&entries) || !store::sayings().await?.is_empty() {
            ask_later().await;
        } else if store::identity().await?.is_some() {
            webext::alarm_every(ALARM_STATUS, PROGRAMME_MINUTES).await;
        } else {
            webext::no_alarm(ALARM_STATUS);
        }
        let paused = app.paused_until() > now();
        let due =
            (!paused).then(|| outbox::pick(&entries, now(), &app.in_flight.borrow()).map(|e| e.report_id.clone()));
        let Some(id) = due.flatten() else {
            // Reports first: what a survey has waits for nobody's answer.
            audits::days_over(app).await?;
            let records = surveys::send_waiting().await?;
            return Ok(outbox::next_due(&entries).into_iter().chain(result).chain(records).min_by(f64::total_cmp));
        };
        // The alarm that woke this background is spent.
        insure(now());
        app.in_flight.borrow_mut().insert(id.clone());
        let done = deliver(app, &id).await;
        app.in_flight.borrow_mut().remove(&id);
        tell_pages(&Event::StateChanged).await;
        done?;
    }
}

/// One try of one report.
async fn deliver(app: &App, id: &str) -> Result<(), StoreFailed> {
    let begun = store::change(id, |e| {
        let was = e.state;
        let begun = e.begin(now());
        // A report that waited already goes out even where nothing can be written.
        (if begun && e.state != was { After::Keep } else { After::Untouched }, begun.then(|| e.clone()))
    })
    .await?;
    // Undone or deleted since it was picked.
    let Some(Some(entry)) = begun else { return Ok(()) };
    tell_pages(&Event::StateChanged).await;
    let outcome = attempt(&entry).await?;
    store::change(id, |e| {
        e.answered(outcome.clone(), now(), js_sys::Math::random());
        (if matches!(outcome, Outcome::Sent { .. }) { After::KeepWithoutBytes } else { After::Keep }, e.due_ms)
    })
    .await?
    .inspect(|due| {
        // An endpoint that is down or busy is asked by one report, not by all of them in turn.
        let pause = if matches!(outcome, Outcome::Again { .. }) { *due } else { 0.0 };
        app.pause_until(pause);
    });
    Ok(())
}

fn later(why: Sentence) -> Outcome {
    Outcome::Again { why, asked_ms: None }
}

async fn attempt(entry: &Entry) -> Result<Outcome, StoreFailed> {
    let id = &entry.report_id;
    let Some((identity, key)) = store::identity().await? else {
        return Ok(Outcome::Never { why: Sentence::new("bg_not_enrolled") });
    };
    let Some(body) = store::body(id).await?.filter(|b| sha256_hex(b) == entry.body_sha256) else {
        return Ok(Outcome::Never { why: Sentence::new("bg_internal") });
    };
    // After joining again under a new key the old signature is worth nothing; the bytes stay what they are.
    let signature = if entry.key_id == identity.key_id {
        entry.signature.clone()
    } else {
        let Ok(fresh) = keys::sign(&key, REPORT_TYPE, &body).await else {
            return Ok(later(Sentence::new("bg_internal")));
        };
        base64(&fresh)
    };
    let client = Client { identity: &identity, key: &key };
    let mut trouble = None;
    // The first time pictures go ahead; afterwards the endpoint says which it lacks.
    let mut wanted: Vec<String> = if entry.tries == 0 { hashes(entry) } else { vec![] };
    for _ in 0..3 {
        for sha256 in &wanted {
            let Some(bytes) = store::blob(id, sha256).await? else {
                trouble = Some(Sentence::with("bg_sent_no_picture", &[""]));
                continue;
            };
            match client.put_blob(sha256, media_type(entry, sha256), &bytes).await {
                Verdict::Taken => {}
                Verdict::Again(why, asked_ms) => return Ok(Outcome::Again { why, asked_ms }),
                // The report counts for more than its picture: it goes without.
                Verdict::Never(why) => trouble = Some(answers::without_picture(why)),
            }
        }
        let url = format!("{}/v1/reports/{id}", identity.enrolled.origin);
        let answered = client.put(&url, REPORT_TYPE, &signature, &body).await;
        let (verdict, accepted) = match answered {
            None => (answers::silence(&identity.enrolled.origin), None),
            Some(reply) => (answers::verdict(&reply), reply.json::<ReportAccepted>()),
        };
        match verdict {
            Verdict::Again(why, asked_ms) => return Ok(Outcome::Again { why, asked_ms }),
            Verdict::Never(why) => return Ok(Outcome::Never { why }),
            Verdict::Taken => {}
        }
        let Some(ReportAccepted { receipt, missing_blobs }) = accepted else {
            return Ok(later(Sentence::new("bg_try_answer")));
        };
        let Some(read) = client.receipt(&receipt, entry).await else {
            return Ok(later(Sentence::new("bg_try_receipt")));
        };
        let mine = hashes(entry);
        wanted = missing_blobs.into_iter().filter(|b| mine.contains(b)).collect();
        if wanted.is_empty() || trouble.is_some() {
            return Ok(Outcome::Sent { number: read.number, receipt, trouble });
        }
    }
    Ok(later(Sentence::new("bg_try_picture")))
}

fn hashes(entry: &Entry) -> Vec<String> {
    let blobs = entry.evidence.iter().filter(|e| e.kind != EvidenceKind::ListingText);
    blobs.filter_map(|e| e.sha256.clone()).take(limits::EVIDENCE_ITEMS).collect()
}

fn media_type<'a>(entry: &'a Entry, sha256: &str) -> &'a str {
    let blob = entry.evidence.iter().find(|e| e.sha256.as_deref() == Some(sha256));
    blob.and_then(|e| e.media_type.as_deref()).unwrap_or("image/png")
}

struct Client<'a> {
    identity: &'a Identity,
    key: &'a CryptoKey,
}

impl Client<'_> {
    async fn put(&self, url: &str, kind: &str, signature: &str, body: &[u8]) -> Option<answers::Reply> {
        let headers =
            [("Content-Type", kind), (HEADER_KEY, self.identity.key_id.as_str()), (HEADER_SIGNATURE, signature)];
        let answered = http::send("PUT", url, &headers, Some(body)).await?;
        if let Some(skew) = answered.skew_ms {
            // A clock that can't be noted down is asked for again by the next answer.
            let _ = store::set_skew_ms(skew).await;
        }
        Some(answered.reply)
    }

    async fn put_blob(&self, sha256: &str, media_type: &str, bytes: &[u8]) -> Verdict {
        let Ok(signature) = keys::sign(self.key, BLOB_TYPE, sha256.as_bytes()).await else {
            return Verdict::Again(Sentence::new("bg_internal"), None);
        };
        let url = format!("{}/v1/blobs/{sha256}", self.identity.enrolled.origin);
        match self.put(&url, media_type, &base64(&signature), bytes).await {
            Some(reply) => answers::verdict(&reply),
            None => answers::silence(&self.identity.enrolled.origin),
        }
    }

    /// The receipt, if the server that was joined signed it for exactly these bytes.
    async fn receipt(&self, envelope: &Envelope, entry: &Entry) -> Option<Receipt> {
        let opened = signed::open(envelope, RECEIPT_TYPE)?;
        let server = unbase64(&self.identity.server_key)?;
        if !keys::verified(&opened, &server, &signed::fingerprint(&server)).await {
            return None;
        }
        let receipt: Receipt = spotter_model::json::read(&opened.payload).ok()?;
        (receipt.report_id == entry.report_id && receipt.body_sha256 == entry.body_sha256).then_some(receipt)
    }
}

/// Asks what became of the reports, and for the round's rules. An endpoint that does not answer is asked again
/// by the next alarm.
pub async fn refresh_status(app: &Rc<App>) -> Result<(), StoreFailed> {
    let Some((identity, key)) = store::identity().await? else { return Ok(()) };
    let origin = identity.enrolled.origin.clone();
    let date = time::rfc3339(now() + store::skew_ms().await?.unwrap_or(0.0));
    let request = format!("GET /v1/status {date}");
    let Ok(signature) = keys::sign(&key, REQUEST_TYPE, request.as_bytes()).await else { return Ok(()) };
    let signature = base64(&signature);
    let headers = [(HEADER_KEY, identity.key_id.as_str()), (HEADER_SIGNATURE, &signature), (HEADER_DATE, &date)];
    let Some(answered) = http::send("GET", &format!("{origin}/v1/status"), &headers, None).await else {
        return Ok(());
    };
    if let Some(skew) = answered.skew_ms {
        store::set_skew_ms(skew).await?;
    }
    if answered.reply.status != 200 {
        return Ok(());
    }
    let Some(status) = answered.reply.json::<StatusResponse>() else { return Ok(()) };
    let mut changed = false;
    for item in status.items.iter().take(limits::OUTBOX_REPORTS) {
        changed |= store::change(&item.report_id, |e| {
            let reason = limits::cut(&item.reason, limits::TITLE_BYTES);
            let asked = item.look_again.as_deref().filter(|since| is_utc_time(since));
            let new = e.status != Some(item.status)
                || e.reason != reason
                || e.joined != item.joined
                || e.asked.as_deref() != asked;
            if new {
                e.status = Some(item.status);
                e.reason = reason.to_owned();
                e.joined = item.joined;
                e.asked = asked.map(str::to_owned);
            }
            (if new { After::Keep } else { After::Untouched }, new)
        })
        .await?
        .unwrap_or(false);
    }
    let standing = Standing { week: status.week, accuracy: status.accuracy };
    if store::standing().await?.as_ref() != Some(&standing) {
        store::set_standing(&standing).await?;
        changed = true;
    }
    tell::send_all(&identity, &key).await?;
    changed |= packs::ask(app, &identity, &key, &date).await?;
    changed |= surveys::ask(&identity, &key, &date).await?;
    if let Some(answered) = http::send("GET", &format!("{origin}/v1/policy"), &[], None).await
        && answered.reply.status == 200
        && let Some(mut policy) = answered.reply.json::<SpotterPolicy>()
    {
        // Nothing of a programme stands anywhere before its signature was checked.
        if rounds::offered(&identity, policy.programme.take().as_ref()).await? {
            packs::lay_anew(app).await?;
            changed = true;
        }
        if policy != identity.enrolled.policy {
            let mut next = identity;
            next.enrolled.policy = policy;
            let public = store::public_key().await?.unwrap_or_default();
            store::set_identity(&next, &key, &public).await?;
            changed = true;
        }
    }
    if changed {
        tell_pages(&Event::StateChanged).await;
    }
    wake(app.clone());
    Ok(())
}
