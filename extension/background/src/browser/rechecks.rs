//! What the spotter saw at a listing that the endpoint asks about. Nothing here or elsewhere opens the listing: she does, or not.
//! The answer and the report's note of it are kept in one transaction; delivery is that of checks.

use super::app::{App, tell_pages};
use super::store::{self, META, OUTBOX, StoreFailed, begin, commit, key, parse, put};
use super::survey_store::{queue, room};
use super::{audits, delivery, keys, now, webext};
use crate::logic::outbox::Entry;
use crate::logic::sentence::Sentence;
use crate::logic::time;
use spotter_model::dsse::RECHECK_TYPE;
use spotter_model::limits;
use spotter_model::messages::Event;
use spotter_model::recheck::{RECHECK_SCHEMA, Recheck, Saw};
use std::rc::Rc;

/// The setting: the panel asks. Not by default.
pub const ASK: &str = "ask_again";

/// Whether the spotter wants to be asked.
pub async fn wanted() -> bool {
    webext::setting(ASK).await.as_bool().unwrap_or(false)
}

/// Keeps an answer. A question that is no longer open was answered already: the button was pressed twice, or what was said of the
/// first time was lost.
pub async fn say(app: &Rc<App>, report_id: &str, saw: Saw) -> Result<(), Sentence> {
    let Some((identity, _)) = store::identity().await? else { return Err(Sentence::new("bg_not_enrolled")) };
    let seen_at = time::rfc3339(now() + store::skew_ms().await?.unwrap_or(0.0));
    // Whatever becomes of this background, the alarm sends what is kept.
    delivery::insure(now());
    let tx = begin(&[OUTBOX, META], true).await?;
    let kept = async { Ok::<_, StoreFailed>(tx.object_store(OUTBOX)?.get(key(report_id))?.await?) };
    let Some(mut entry) = parse::<Entry>(kept.await?).filter(Entry::is_asked) else { return Ok(()) };
    if !room(&tx, 1).await? {
        return Err(Sentence::with("bg_survey_full", &[&limits::SURVEY_WAITING.to_string()]));
    }
    let told = Recheck { schema: RECHECK_SCHEMA.into(), id: keys::uuid(), report_id: report_id.into(), saw, seen_at };
    let record = audits::record(&identity, "rechecks", RECHECK_TYPE, &told.id, &told);
    queue(&tx, &record.ok_or_else(|| Sentence::new("bg_internal"))?)?;
    entry.answer(saw);
    put(&tx, OUTBOX, report_id, &entry)?;
    commit(tx).await?;
    delivery::wake(app.clone());
    tell_pages(&Event::StateChanged).await;
    Ok(())
}
