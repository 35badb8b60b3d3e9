//! Surveys: what the endpoint assigns, what a page's listings add to a frame, and records on their way to the endpoint.
//! Everything is kept before anybody is told that it is, and asked for and sent like the rest (see `delivery`).

use super::app::{App, from_js, tell_pages, to_js};
use super::store::{self, Identity, Saying, StoreFailed};
use super::survey_store::{self, Record};
use super::{delivery, http, keys, now, tell, webext};
use crate::logic::answers::{self, Verdict};
use crate::logic::sentence::Sentence;
use crate::logic::signed::base64;
use crate::logic::survey::{self, Kept};
use crate::logic::{backoff, time};
use serde::{Deserialize, Serialize};
use spotter_model::coding::{About, CodingForm, Item, Listed, SurveyAsk, SurveyShown};
use spotter_model::dsse::{CODING_TYPE, FRAME_TYPE, HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, REQUEST_TYPE};
use spotter_model::messages::{Answer, Event, ToContent};
use spotter_model::survey::{Assigned, Task};
use spotter_model::{limits, report};
use std::rc::Rc;
use web_sys::CryptoKey;

type Said<T> = Result<T, Sentence>;

/// A step of the coder's.
pub async fn step(app: &Rc<App>, ask: SurveyAsk) -> Said<Answer> {
    let (survey, task) = (ask.of().0.to_owned(), ask.of().1.to_owned());
    // At every key: it needs nothing but the form's own place.
    if let SurveyAsk::Draft { listing, form, .. } = ask {
        bounded(&form)?;
        survey_store::draft(&survey, &task, &listing, *form).await?;
        return Ok(Answer::Kept);
    }
    let (assigned, of) = found(&survey, &task).await?;
    match ask {
        SurveyAsk::Task { .. } | SurveyAsk::Draft { .. } => {}
        SurveyAsk::Look { tab_id, .. } => look(app, &assigned, &of, tab_id).await?,
        SurveyAsk::Code { listing, form, .. } => code(app, &assigned, &of, &listing, *form).await?,
        SurveyAsk::Done { done, .. } => {
            survey_store::done(&survey, &task, done).await?;
            tell_pages(&Event::StateChanged).await;
        }
    }
    Ok(Answer::Survey(Box::new(survey_store::task(&survey, &task).await?)))
}

/// A survey and one of its searches.
async fn found(survey: &str, task: &str) -> Said<(Assigned, Task)> {
    let gone = || Sentence::new("bg_survey_gone");
    let kept = survey_store::assigned().await?;
    let kept = kept.into_iter().find(|k| k.assigned.protocol.id == survey).ok_or_else(gone)?;
    let task = kept.assigned.tasks.iter().find(|t| t.id == task).cloned().ok_or_else(gone)?;
    Ok((kept.assigned, task))
}

/// What our own page typed is bounded all the same.
fn bounded(form: &CodingForm) -> Said<()> {
    let size = serde_json::to_string(form).map_or(usize::MAX, |text| text.len());
    let fits = report::is_uuid(&form.id) && form.kinds.len() <= limits::CHOSEN_TAXA && size <= limits::SMALL_BODY_BYTES;
    if fits { Ok(()) } else { Err(Sentence::new("bg_internal")) }
}

/// A record on its way to the endpoint that is joined now.
async fn record(survey: &str, room: &str, kind: &str, id: &str, body: &impl Serialize) -> Said<Record> {
    let Some((identity, _)) = store::identity().await? else { return Err(Sentence::new("bg_not_enrolled")) };
    let body = serde_json::to_string(body).map_err(|_| Sentence::new("bg_internal"))?;
    Ok(made(&identity, survey, room, kind, id, body, now()))
}

fn made(identity: &Identity, survey: &str, room: &str, kind: &str, id: &str, body: String, made_ms: f64) -> Record {
    let saying = Saying {
        id: id.to_owned(),
        room: format!("surveys/{survey}/{room}"),
        kind: kind.to_owned(),
        body,
        origin: identity.enrolled.origin.clone(),
        tries: 0,
        due_ms: 0.0,
    };
    Record { saying, survey: survey.to_owned(), made_ms, refused: false, trouble: None }
}

/// Takes the listings of the tab's page into the frame of a search.
async fn look(app: &Rc<App>, assigned: &Assigned, task: &Task, tab_id: i32) -> Said<()> {
    let survey = &assigned.protocol.id;
    if !survey::runs(&assigned.protocol, time::utc_date(now())) {
        return Err(Sentence::new("bg_survey_over"));
    }
    let Some((identity, _)) = store::identity().await? else { return Err(Sentence::new("bg_not_enrolled")) };
    let mut cards = Vec::new();
    loop {
        let from = u32::try_from(cards.len()).unwrap_or(u32::MAX);
        let silent = || Sentence::new("bg_page_silent");
        let told = webext::tell_tab(tab_id, &to_js(&ToContent::Listed { from })).await.map_err(|_| silent())?;
        let listed = from_js::<Listed>(&told).ok_or_else(silent)?;
        if listed.reading {
            return Err(Sentence::new("bg_survey_reading"));
        }
        let more = listed.listings.len().min(limits::BATCH_LISTINGS);
        cards.extend(listed.listings.into_iter().take(more));
        if more == 0 || cards.len() >= limits::SURVEY_FRAME as usize || cards.len() >= listed.total as usize {
            break;
        }
    }
    let software = format!("{} {}", webext::version(), app.pack());
    let at = now();
    delivery::insure(at);
    let add = |seen: &[String]| {
        let added = survey::look(assigned, task, tab_id, &cards, seen);
        let frames = survey::frames(assigned, &task.id, &software, &time::rfc3339(at), &added.framed, keys::uuid);
        let records = frames.iter().zip(0u32..).filter_map(|(frame, n)| {
            let body = serde_json::to_string(frame).ok()?;
            // In their order, although they are made in one moment.
            Some(made(&identity, survey, "frames", FRAME_TYPE, &frame.id, body, at + f64::from(n) / 1_000.0))
        });
        let records = records.collect();
        (added, records)
    };
    if survey_store::look(survey, &task.id, tab_id, add).await? {
        delivery::wake(app.clone());
        tell_pages(&Event::StateChanged).await;
    }
    Ok(())
}

/// An advertisement is coded: one record, however often it is asked for.
async fn code(app: &Rc<App>, assigned: &Assigned, task: &Task, listing: &str, form: CodingForm) -> Said<()> {
    bounded(&form)?;
    let survey = &assigned.protocol.id;
    let blank = record(survey, "codings", CODING_TYPE, &form.id, &()).await?;
    let filled = form.clone();
    let make = |item: &Item| {
        let about = About {
            survey: survey.clone(),
            version: assigned.protocol.version,
            task: task.id.clone(),
            listing: item.listing.clone(),
            url: item.url.clone(),
            title: item.title.clone(),
            seller: item.seller.clone(),
            replaces: item.codings.last().cloned(),
            coded_at: time::rfc3339(now()),
        };
        let coding = filled.coding(&about).map_err(|_| Sentence::new("bg_survey_form"))?;
        let body = serde_json::to_string(&coding).map_err(|_| Sentence::new("bg_internal"))?;
        Ok(Record { saying: Saying { body, ..blank.saying.clone() }, ..blank.clone() })
    };
    delivery::insure(now());
    survey_store::code(survey, &task.id, listing, form, make).await?;
    delivery::wake(app.clone());
    tell_pages(&Event::StateChanged).await;
    Ok(())
}

/// What the panel shows: surveys that are assigned, and those of which something waits.
pub async fn shown() -> Result<Vec<SurveyShown>, StoreFailed> {
    let kept = survey_store::assigned().await?;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let records = survey_store::records().await?;
    let mut out = Vec::new();
    for Kept { assigned, here } in &kept {
        let id = &assigned.protocol.id;
        let waiting: Vec<&Record> = records.iter().filter(|r| r.survey == *id).collect();
        if !here && waiting.is_empty() {
            continue;
        }
        let trouble = waiting.iter().find_map(|r| r.trouble.clone()).map(|why| (why.0, why.1));
        let count = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
        let far = survey_store::far(id).await?;
        let mut survey = survey::shown(assigned, &far, time::utc_date(now()), count, trouble);
        survey.running &= here;
        out.push(survey);
    }
    Ok(out)
}

/// Records that the endpoint does not have.
pub async fn unsent() -> Result<usize, StoreFailed> {
    Ok(survey_store::records().await?.iter().filter(|r| !r.survey.is_empty()).count())
}

/// Asks the endpoint which surveys are this coder's. Whether anything changed.
pub async fn ask(identity: &Identity, key: &CryptoKey, date: &str) -> Result<bool, StoreFailed> {
    let request = format!("GET /v1/surveys {date}");
    let Ok(signature) = keys::sign(key, REQUEST_TYPE, request.as_bytes()).await else { return Ok(false) };
    let signature = base64(&signature);
    let headers = [(HEADER_KEY, identity.key_id.as_str()), (HEADER_SIGNATURE, signature.as_str()), (HEADER_DATE, date)];
    let url = format!("{}/v1/surveys", identity.enrolled.origin);
    let Some(fetched) = http::fetch_bounded(&url, &headers, limits::SURVEYS_BYTES).await else { return Ok(false) };
    // An older endpoint knows no surveys; one in trouble says nothing about them.
    let (200, Some(bytes)) = (fetched.status, fetched.body) else { return Ok(false) };
    let Ok(named) = spotter_model::json::read::<Vec<Assigned>>(&bytes) else { return Ok(false) };
    let named: Vec<Assigned> = named.into_iter().filter(survey::fits).collect();
    let before = survey_store::assigned().await?;
    let waiting = survey_store::records().await?;
    let (kept, gone) = survey::renewed(before.clone(), named, now(), |id| waiting.iter().any(|r| r.survey == id));
    if kept == before {
        return Ok(false);
    }
    survey_store::set_assigned(&kept, &gone).await?;
    Ok(true)
}

/// The endpoint's word that it has a record.
#[derive(Deserialize)]
struct Has {
    id: String,
}

/// Sends what waits and is due, in the order in which it was made. Gives when the next try is due. An endpoint that is down
/// or busy is asked by one record, not by all of them in turn.
pub async fn send_waiting() -> Result<Option<f64>, StoreFailed> {
    let mut next = None::<f64>;
    let mut changed = false;
    for mut record in survey_store::records().await? {
        let Some((identity, key)) = store::identity().await? else { return Ok(None) };
        // For another endpoint: it waits until that one is joined again.
        if record.saying.origin != identity.enrolled.origin {
            continue;
        }
        // A clock that was set back must not keep it.
        let due = record.saying.due_ms <= now() || record.saying.due_ms > now() + backoff::LONGEST_ASKED_MS;
        if !due {
            next = Some(next.map_or(record.saying.due_ms, |next| next.min(record.saying.due_ms)));
            if record.refused { continue } else { break }
        }
        // The alarm that woke this background is spent.
        delivery::insure(now());
        let answer = tell::put(&identity, &key, &record.saying).await;
        let verdict = match &answer {
            None => answers::silence(&identity.enrolled.origin),
            Some(reply) => match answers::verdict(reply) {
                Verdict::Taken if reply.json::<Has>().is_none_or(|has| has.id != record.saying.id) => {
                    Verdict::Again(Sentence::new("bg_try_answer"), None)
                }
                verdict => verdict,
            },
        };
        let tries = record.saying.tries.saturating_add(1);
        let (why, wait, refused) = match verdict {
            Verdict::Taken => {
                survey_store::arrived(&record.saying.id).await?;
                changed = true;
                continue;
            }
            Verdict::Again(why, asked) => (why, backoff::wait_ms(tries, js_sys::Math::random(), asked), false),
            // What the endpoint refuses of a check or of a look again it has already, or would refuse again.
            Verdict::Never(_) if record.survey.is_empty() => {
                survey_store::arrived(&record.saying.id).await?;
                continue;
            }
            // Nothing of a survey is thrown away: what is refused today is offered again much later.
            Verdict::Never(why) => (why, backoff::LONGEST_ASKED_MS, true),
        };
        changed |= record.trouble.as_ref() != Some(&why);
        (record.trouble, record.refused) = (Some(why), refused);
        (record.saying.tries, record.saying.due_ms) = (tries, now() + wait);
        survey_store::waits(&record).await?;
        next = Some(next.map_or(record.saying.due_ms, |next| next.min(record.saying.due_ms)));
        if !refused {
            break;
        }
    }
    if changed {
        tell_pages(&Event::StateChanged).await;
    }
    Ok(next)
}
