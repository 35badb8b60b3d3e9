//! What the training asks of the background: the detector's word on practice listings, and that the test was passed.
//!
//! A pass is kept, and where a round asks for the training its result goes to the endpoint: signed like a report, tried
//! again like one, and ahead of reports. Never: a draft or a report of a practice listing; nothing of them is kept.

use super::app::{App, tell_pages};
use super::store::{self, After, Identity, Saying, StoreFailed};
use super::{delivery, keys, now, rounds, tell};
use crate::logic::answers::{self, Reply, Verdict};
use crate::logic::outbox::Entry;
use crate::logic::sentence::Sentence;
use crate::logic::{backoff, signed, time};
use spotter_model::attestation::{ATTESTATION_SCHEMA, Attestation, Attested};
use spotter_model::dsse::{ATTESTATION_TYPE, ATTESTED_TYPE, Envelope};
use spotter_model::limits;
use spotter_model::messages::{Answer, Event};
use spotter_model::programme::Round;
use spotter_model::training::{Test, Told, TrainingPass, pass_mark, still_asked};
use spotter_model::{Field, Listing};
use std::rc::Rc;

/// Where results go below `/v1/`.
pub const ROOM: &str = "attestations";

/// What the detector says of these.
pub fn practise(app: &App, listings: Vec<Listing>) -> Result<Answer, Sentence> {
    let fits = |l: &Listing| Field::ALL.iter().all(|f| l.text(*f).len() <= Listing::limit(*f));
    if listings.len() > limits::BATCH_LISTINGS || !listings.iter().all(fits) {
        return Err(Sentence::new("bg_internal"));
    }
    let marks = app.assessor().map(|a| a.marks(&listings, time::utc_date(now()))).unwrap_or_default();
    Ok(Answer::Practised { marks })
}

/// Refuses where a round that runs asks for a test that was not passed yet.
pub async fn check(entries: &[Entry]) -> Result<(), Sentence> {
    let today = rounds::today(entries, None).await?;
    let pass = store::training().await?;
    match still_asked(today.as_ref().map_or(&[][..], |r| &r.now), pass.as_ref()) {
        Some((round, mark)) => Err(Sentence::with("bg_training_first", &[&round.name, &mark.to_string()])),
        None => Ok(()),
    }
}

/// The test was done: kept where that is a pass, together with what the endpoint is told where a round asks for it and the
/// person knew.
pub async fn trained(app: &Rc<App>, test: Test, told: bool) -> Result<(), Sentence> {
    let today = rounds::today(&store::entries().await?, None).await?;
    let (mark, round) = pass_mark(today.as_ref().map_or(&[][..], |r| &r.now));
    if test.score < mark || test.score > 100 {
        return Err(Sentence::with("bg_training_below", &[&mark.to_string()]));
    }
    let identity = store::identity().await?;
    let saying = match identity.zip(round.filter(|_| told)) {
        Some(((identity, _), round)) => Some(attested(&test, round, &identity.enrolled.origin).await?),
        None => None,
    };
    let pass = TrainingPass {
        passed_on: time::rfc3339(now()),
        score: test.score,
        deck: limits::cut(&test.deck, limits::SHORT_BYTES).to_owned(),
        round: round.map(|r| r.id.clone()).unwrap_or_default(),
        told: if saying.is_some() { Told::Waits } else { Told::Nobody },
    };
    // Whatever becomes of this background, the alarm sends what is kept.
    if saying.is_some() {
        delivery::insure(now());
    }
    store::set_training(&pass, saying.as_ref()).await?;
    delivery::wake(app.clone());
    tell_pages(&Event::StateChanged).await;
    Ok(())
}

/// What the endpoint is told of a test.
async fn attested(test: &Test, round: &Round, origin: &str) -> Result<Saying, Sentence> {
    if store::sayings().await?.len() >= tell::KEPT {
        return Err(Sentence::new("bg_storage"));
    }
    let attestation = Attestation {
        schema: ATTESTATION_SCHEMA.into(),
        id: keys::uuid(),
        round: round.id.clone(),
        deck: limits::cut(&test.deck, limits::SHORT_BYTES).to_owned(),
        deck_sha256: test.deck_sha256.clone(),
        score: test.score,
        marks: test.marks.clone(),
        attempts: test.attempts.min(limits::TEST_ATTEMPTS),
        started_at: time::rfc3339(now() - f64::from(test.took_ms)),
        ended_at: time::rfc3339(now()),
    };
    attestation.check().map_err(|_| Sentence::new("bg_internal"))?;
    let body = serde_json::to_string(&attestation).map_err(|_| Sentence::new("bg_internal"))?;
    let (room, kind, id) = (ROOM.into(), ATTESTATION_TYPE.into(), attestation.id);
    Ok(Saying { id, room, kind, body, origin: origin.to_owned(), tries: 0, due_ms: 0.0 })
}

/// Sends results that wait and are due: before reports, of which some wait for them. Gives when the next one is due.
pub async fn send_waiting(app: &App) -> Result<Option<f64>, StoreFailed> {
    let waiting: Vec<Saying> = store::sayings().await?.into_iter().filter(|s| s.room == ROOM).collect();
    let mut next = None::<f64>;
    for mut saying in waiting {
        let Some((identity, key)) = store::identity().await? else { return Ok(None) };
        // A clock that was set back must not keep it.
        let due = saying.due_ms <= now() || saying.due_ms > now() + backoff::LONGEST_ASKED_MS;
        let answer = match due {
            true => tell::put(&identity, &key, &saying).await,
            false => None,
        };
        let told = match answer.as_ref().map(answers::verdict) {
            Some(Verdict::Taken) => received(&identity, &saying, answer.as_ref()).await,
            Some(Verdict::Never(_)) => Some(Told::Refused),
            _ => None,
        };
        if let Some(told) = told {
            let has = matches!(told, Told::Has { .. });
            store::set_told(&[saying.id], told).await?;
            if has {
                let_go(app).await?;
            }
            tell_pages(&Event::StateChanged).await;
            continue;
        }
        if due {
            let asked = answer.and_then(|reply| reply.retry_after_ms);
            saying.tries = saying.tries.saturating_add(1);
            saying.due_ms = now() + backoff::wait_ms(saying.tries, js_sys::Math::random(), asked);
            store::keep_waiting(&saying).await?;
        }
        next = Some(next.map_or(saying.due_ms, |next| next.min(saying.due_ms)));
    }
    Ok(next)
}

/// Since when the endpoint has it, if the server that was joined signed that for exactly these bytes.
async fn received(identity: &Identity, saying: &Saying, answer: Option<&Reply>) -> Option<Told> {
    let opened = signed::open(&answer?.json::<Envelope>()?, ATTESTED_TYPE)?;
    let server = signed::unbase64(&identity.server_key)?;
    if !keys::verified(&opened, &server, &signed::fingerprint(&server)).await {
        return None;
    }
    let attested: Attested = spotter_model::json::read(&opened.payload).ok()?;
    let same =
        attested.attestation_id == saying.id && attested.body_sha256 == signed::sha256_hex(saying.body.as_bytes());
    same.then_some(Told::Has { at: attested.received_at })
}

/// Reports that waited for the result are due now.
async fn let_go(app: &App) -> Result<(), StoreFailed> {
    for entry in store::entries().await? {
        if entry.trouble.as_ref().is_some_and(|why| why.0 == answers::WAITS_FOR_TRAINING) {
            store::change(&entry.report_id, |e| {
                e.retry(now());
                (After::Keep, ())
            })
            .await?;
            app.pause_until(0.0);
        }
    }
    Ok(())
}

/// Another endpoint, or the same one anew, knows of no pass: what waits for it goes, nothing else of before counts there.
pub async fn joined_anew(origin: &str) -> Result<(), StoreFailed> {
    let (here, elsewhere): (Vec<Saying>, Vec<Saying>) =
        store::sayings().await?.into_iter().filter(|s| s.room == ROOM).partition(|s| s.origin == origin);
    let ids: Vec<String> = elsewhere.into_iter().map(|s| s.id).collect();
    store::set_told(&ids, if here.is_empty() { Told::Nobody } else { Told::Waits }).await
}
