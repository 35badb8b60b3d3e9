//! Checks of a round: the page's listings are counted, one is offered, and the answer is kept before anything is said and
//! delivered with the surveys' records. The counts of a day go once it is over.

use super::app::{App, from_js, to_js};
use super::store::{self, Identity, META, Saying, StoreFailed, begin, commit, key, parse, put};
use super::survey_store::{Record, queue, room};
use super::{delivery, keys, now, rounds, webext};
use crate::logic::audit::{self, Day, Kept, Of, Page};
use crate::logic::sentence::Sentence;
use crate::logic::time;
use idb::{KeyRange, Query, Transaction};
use serde::Serialize;
use spotter_model::audit::{AuditAsk, Looked, Offer};
use spotter_model::coding::Listed;
use spotter_model::dsse::{AUDIT_DAY_TYPE, AUDIT_TYPE};
use spotter_model::limits;
use spotter_model::messages::{Answer, ToContent};
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

type Said<T> = Result<T, Sentence>;

const KEPT: &str = "audit/kept";
const DAYS: &str = "audit/day/";
const OFFERED: &str = "audit/offered/";

/// A step of the panel's.
pub async fn step(app: &Rc<App>, ask: AuditAsk) -> Said<Answer> {
    let offer = match ask {
        AuditAsk::Look { tab_id } => look(app, tab_id).await?,
        AuditAsk::Say { listing, answer } => {
            say(app, &listing, answer).await?;
            None
        }
    };
    Ok(Answer::Audit { offer })
}

fn below(prefix: &str) -> Result<Query, StoreFailed> {
    Ok(KeyRange::bound(&key(prefix), &key(&format!("{prefix}\u{ffff}")), None, None)?.into())
}

fn name(of: &Of) -> String {
    format!("{DAYS}{}/{}/{}/{}", of.day, of.marketplace, of.round, of.one_in)
}

async fn read_kept(tx: &Transaction) -> Result<Kept, StoreFailed> {
    Ok(parse(tx.object_store(META)?.get(key(KEPT))?.await?).unwrap_or_default())
}

fn software(app: &App) -> String {
    format!("{} {}", webext::version(), app.pack())
}

/// 64 hex digits by chance: two UUIDs have 244 bits of it between them.
fn chance() -> String {
    format!("{}{}", keys::uuid(), keys::uuid()).replace('-', "")
}

/// The cards of a tab's page; nothing while it is still being read.
async fn cards(tab_id: i32) -> Option<(String, Vec<spotter_model::coding::OnPage>)> {
    let mut cards = Vec::new();
    loop {
        let from = u32::try_from(cards.len()).unwrap_or(u32::MAX);
        let told = webext::tell_tab(tab_id, &to_js(&ToContent::Listed { from })).await.ok()?;
        let listed = from_js::<Listed>(&told).filter(|listed| !listed.reading)?;
        let more = listed.listings.len().min(limits::BATCH_LISTINGS);
        cards.extend(listed.listings.into_iter().take(more));
        if more == 0 || cards.len() >= limits::AUDIT_SEEN as usize || cards.len() >= listed.total as usize {
            return Some((listed.url, cards));
        }
    }
}

async fn look(app: &Rc<App>, tab_id: i32) -> Said<Option<Offer>> {
    let today = rounds::today(&[], None).await?;
    let rounds = today.map(|t| t.now).unwrap_or_default();
    if !rounds.iter().any(|round| round.audit_one_in > 0) {
        return Ok(None);
    }
    let Some((url, cards)) = cards(tab_id).await else { return Ok(None) };
    let page = Page { url: &url, tab_id, cards: &cards, today: time::utc_date(now()) };
    let tx = begin(&[META], true).await?;
    let mut kept = read_kept(&tx).await?;
    if kept.key.is_empty() {
        kept.key = chance();
    }
    let read = async {
        let store = tx.object_store(META)?;
        let days = store.get_all(Some(below(DAYS)?), None)?.await?;
        let before = store.get_all_keys(Some(below(OFFERED)?), None)?.await?;
        Ok::<_, StoreFailed>((days, before))
    };
    let (days, before) = read.await?;
    let mut days: BTreeMap<Of, Day> =
        days.into_iter().filter_map(|d| parse::<Day>(Some(d))).map(|d| (d.of.clone(), d)).collect();
    let before: HashSet<String> =
        before.iter().filter_map(|k| Some(k.as_string()?.strip_prefix(OFFERED)?.to_owned())).collect();
    let (was, had) = (kept.clone(), days.clone());
    let new = audit::look(&mut kept, &mut days, &rounds, &page, &before);
    let offer = kept.offer.as_ref().map(|o| o.offer.clone()).filter(|offer| offer.tab_id == tab_id);
    // An offer of this tab whose listing is no longer there cannot be shown.
    let offer = offer.filter(|offer| page.cards.iter().any(|card| card.finding.key == offer.key));
    if kept != was || days != had {
        put(&tx, META, KEPT, &kept)?;
        for (of, day) in days.iter().filter(|(of, day)| had.get(of) != Some(day)) {
            put(&tx, META, &name(of), day)?;
        }
        if let Some(listing) = new {
            put(&tx, META, &format!("{OFFERED}{listing}"), &true)?;
        }
        commit(tx).await?;
    }
    if days.keys().any(|of| of.day < page.today) {
        delivery::wake(app.clone());
    }
    Ok(offer)
}

/// A record that belongs to no survey, on its way to the endpoint that is joined now.
pub(super) fn record(identity: &Identity, room: &str, kind: &str, id: &str, body: &impl Serialize) -> Option<Record> {
    let saying = Saying {
        id: id.to_owned(),
        room: room.to_owned(),
        kind: kind.to_owned(),
        body: serde_json::to_string(body).ok()?,
        origin: identity.enrolled.origin.clone(),
        tries: 0,
        due_ms: 0.0,
    };
    Some(Record { saying, survey: String::new(), made_ms: now(), refused: false, trouble: None })
}

/// From offer to record in one transaction. An offer that is gone was answered already: its answer was lost on the way back.
async fn say(app: &Rc<App>, listing: &str, said: Option<Looked>) -> Said<()> {
    let Some((identity, _)) = store::identity().await? else { return Err(Sentence::new("bg_not_enrolled")) };
    if said.is_some() {
        // Whatever becomes of this background, the alarm sends what is kept.
        delivery::insure(now());
    }
    let tx = begin(&[META], true).await?;
    let mut kept = read_kept(&tx).await?;
    let Some(offered) = kept.offer.take().filter(|o| o.offer.listing == listing) else { return Ok(()) };
    if let Some(said) = said {
        if !room(&tx, 1).await? {
            return Err(Sentence::with("bg_survey_full", &[&limits::SURVEY_WAITING.to_string()]));
        }
        let told = audit::answer(&offered, said, &software(app), keys::uuid());
        let record = told.and_then(|told| record(&identity, "audits", AUDIT_TYPE, &told.id, &told));
        queue(&tx, &record.ok_or_else(|| Sentence::new("bg_internal"))?)?;
    }
    put(&tx, META, KEPT, &kept)?;
    commit(tx).await?;
    delivery::wake(app.clone());
    Ok(())
}

/// Days that are over become records. Their counts and records change places in one transaction.
pub async fn days_over(app: &App) -> Result<(), StoreFailed> {
    let today = time::utc_date(now());
    let Some((identity, _)) = store::identity().await? else { return Ok(()) };
    let tx = begin(&[META], true).await?;
    let days = tx.object_store(META)?.get_all(Some(below(DAYS)?), None)?.await?;
    let over: Vec<Day> = days.into_iter().filter_map(|d| parse::<Day>(Some(d))).filter(|d| d.of.day < today).collect();
    if over.is_empty() || !room(&tx, over.len()).await? {
        return Ok(());
    }
    for day in over {
        let told = audit::over(&day, today, &software(app), keys::uuid());
        if let Some(record) = told.and_then(|t| record(&identity, "audit-days", AUDIT_DAY_TYPE, &t.id, &t)) {
            queue(&tx, &record)?;
        }
        tx.object_store(META)?.delete(key(&name(&day.of)))?;
    }
    commit(tx).await
}
