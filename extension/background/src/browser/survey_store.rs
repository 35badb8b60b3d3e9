//! What surveys keep: which are assigned, the frame of each search, what is laid before the coder with its draft and
//! codings, and records on their way. Beside everything else in `meta`, each under a name of its own, so that a change of
//! one form writes that form alone. Every change is one transaction.

use super::keys;
use super::store::{Kept as Read, META, Saying, StoreFailed, begin, commit, key, parse, put};
use crate::logic::sentence::Sentence;
use crate::logic::survey::{Added, Far, Kept};
use idb::{KeyRange, Query, Transaction};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use spotter_model::InOrder;
use spotter_model::coding::{CodingForm, Item, SurveyTask};
use spotter_model::limits;

const ASSIGNED: &str = "survey/assigned";
const OUT: &str = "survey/out/";

/// A frame, a coding, a check's answer or counts, or what was seen again, that the endpoint does not have yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// What goes where, and when.
    pub saying: Saying,
    /// The survey; empty: it is of none.
    pub survey: String,
    /// When it was made: records go in that order.
    pub made_ms: f64,
    /// The endpoint refused it; it is kept and tried again after a long while.
    pub refused: bool,
    /// Why it is still here.
    pub trouble: Option<Sentence>,
}

fn far_of(survey: &str) -> String {
    format!("survey/far/{survey}")
}

fn frame_of(survey: &str, task: &str) -> String {
    format!("survey/frame/{survey}/{task}")
}

fn items_of(survey: &str, task: &str) -> String {
    format!("survey/item/{survey}/{task}/")
}

fn below(prefix: &str) -> Read<Query> {
    Ok(KeyRange::bound(&key(prefix), &key(&format!("{prefix}\u{ffff}")), None, None)?.into())
}

async fn read<T: DeserializeOwned>(tx: &Transaction, name: &str) -> Read<Option<T>> {
    Ok(parse(tx.object_store(META)?.get(key(name))?.await?))
}

async fn all<T: DeserializeOwned>(tx: &Transaction, prefix: &str) -> Read<Vec<T>> {
    let all = tx.object_store(META)?.get_all(Some(below(prefix)?), None)?.await?;
    Ok(all.into_iter().filter_map(|v| parse(Some(v))).collect())
}

/// What the endpoint assigned.
pub async fn assigned() -> Read<Vec<Kept>> {
    let tx = begin(&[META], false).await?;
    Ok(read(&tx, ASSIGNED).await?.unwrap_or_default())
}

/// Keeps what is assigned; the work of `gone` goes.
pub async fn set_assigned(kept: &[Kept], gone: &[String]) -> Read<()> {
    let tx = begin(&[META], true).await?;
    put(&tx, META, ASSIGNED, &kept)?;
    for survey in gone {
        tx.object_store(META)?.delete(key(&far_of(survey)))?;
        for prefix in [format!("survey/frame/{survey}/"), format!("survey/item/{survey}/")] {
            tx.object_store(META)?.delete(below(&prefix)?)?;
        }
    }
    commit(tx).await
}

/// How far the searches of a survey are.
pub async fn far(survey: &str) -> Read<Far> {
    let tx = begin(&[META], false).await?;
    Ok(read(&tx, &far_of(survey)).await?.unwrap_or_default())
}

/// What waits, in the order in which it was made.
pub async fn records() -> Read<Vec<Record>> {
    let tx = begin(&[META], false).await?;
    let mut records: Vec<Record> = all(&tx, OUT).await?;
    records.order_by(|a, b| a.made_ms.total_cmp(&b.made_ms));
    Ok(records)
}

/// How a search stands.
pub async fn task(survey: &str, task: &str) -> Read<SurveyTask> {
    let tx = begin(&[META], false).await?;
    let far: Far = read(&tx, &far_of(survey)).await?.unwrap_or_default();
    let mut items: Vec<Item> = all(&tx, &items_of(survey, task)).await?;
    items.order_by_key(|item| item.position);
    let progress = far.get(task).copied().unwrap_or_default();
    Ok(SurveyTask { survey: survey.to_owned(), task: task.to_owned(), progress, items })
}

/// Whether so many more records may wait.
pub(super) async fn room(tx: &Transaction, more: usize) -> Read<bool> {
    let waiting = tx.object_store(META)?.get_all_keys(Some(below(OUT)?), None)?.await?.len();
    Ok(waiting + more <= limits::SURVEY_WAITING)
}

/// One more record that waits.
pub(super) fn queue(tx: &Transaction, record: &Record) -> Read<()> {
    put(tx, META, &format!("{OUT}{}", record.saying.id), record)
}

/// Why a change was not made.
pub enum Not {
    /// The storage failed.
    Failed,
    /// It may not be made.
    Because(Sentence),
}

impl From<StoreFailed> for Not {
    fn from(_: StoreFailed) -> Self {
        Self::Failed
    }
}

impl From<idb::Error> for Not {
    fn from(_: idb::Error) -> Self {
        Self::Failed
    }
}

impl From<Not> for Sentence {
    fn from(not: Not) -> Self {
        match not {
            Not::Failed => Sentence::new("bg_storage"),
            Not::Because(why) => why,
        }
    }
}

fn full() -> Not {
    Not::Because(Sentence::with("bg_survey_full", &[&limits::SURVEY_WAITING.to_string()]))
}

/// Takes what a look at a page adds: frame, items and records, or nothing of it. Whether anything was added.
pub async fn look(
    survey: &str,
    task: &str,
    tab_id: i32,
    add: impl FnOnce(&[String]) -> (Added, Vec<Record>),
) -> Result<bool, Not> {
    let tx = begin(&[META], true).await?;
    let mut seen: Vec<String> = read(&tx, &frame_of(survey, task)).await?.unwrap_or_default();
    let mut far: Far = read(&tx, &far_of(survey)).await?.unwrap_or_default();
    let (added, records) = add(&seen);
    if !records.is_empty() && !room(&tx, records.len()).await? {
        return Err(full());
    }
    // A page that was loaded anew has other keys.
    for (listing, now) in &added.again {
        let name = format!("{}{listing}", items_of(survey, task));
        if let Some(mut item) = read::<Item>(&tx, &name).await?
            && (item.key != *now || item.tab_id != tab_id)
        {
            (item.key, item.tab_id) = (now.clone(), tab_id);
            put(&tx, META, &name, &item)?;
        }
    }
    let any = !added.framed.is_empty();
    if any {
        seen.extend(added.framed.iter().map(|f| f.listing.clone()));
        put(&tx, META, &frame_of(survey, task), &seen)?;
        for item in &added.items {
            let item = Item { next: keys::uuid(), ..item.clone() };
            put(&tx, META, &format!("{}{}", items_of(survey, task), item.listing), &item)?;
        }
        for record in &records {
            queue(&tx, record)?;
        }
        let progress = far.entry(task.to_owned()).or_default();
        progress.seen = count(seen.len());
        progress.offered += count(added.items.len());
        progress.done = false;
        put(&tx, META, &far_of(survey), &far)?;
    }
    commit(tx).await?;
    Ok(any)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn gone() -> Not {
    Not::Because(Sentence::new("bg_survey_gone"))
}

/// Keeps a form as it is now. One that was saved already is no draft any more.
pub async fn draft(survey: &str, task: &str, listing: &str, form: CodingForm) -> Result<(), Not> {
    let tx = begin(&[META], true).await?;
    let name = format!("{}{listing}", items_of(survey, task));
    let mut item: Item = read(&tx, &name).await?.ok_or_else(gone)?;
    if !item.codings.contains(&form.id) {
        item.draft = Some(form);
        put(&tx, META, &name, &item)?;
    }
    Ok(commit(tx).await?)
}

/// From form to record in one transaction: the record, how it was coded, how far the search is, and the draft gone. A form
/// that was saved already (the answer was lost on its way) stays one record.
pub async fn code(
    survey: &str,
    task: &str,
    listing: &str,
    form: CodingForm,
    make: impl FnOnce(&Item) -> Result<Record, Sentence>,
) -> Result<(), Not> {
    let tx = begin(&[META], true).await?;
    let name = format!("{}{listing}", items_of(survey, task));
    let mut item: Item = read(&tx, &name).await?.ok_or_else(gone)?;
    if item.codings.contains(&form.id) {
        return Ok(());
    }
    let mut far: Far = read(&tx, &far_of(survey)).await?.unwrap_or_default();
    if !room(&tx, 1).await? {
        return Err(full());
    }
    queue(&tx, &make(&item).map_err(Not::Because)?)?;
    if item.codings.is_empty() {
        far.entry(task.to_owned()).or_default().coded += 1;
        put(&tx, META, &far_of(survey), &far)?;
    }
    item.codings.push(form.id.clone());
    item.next = keys::uuid();
    item.draft = None;
    item.coded = Some(form);
    put(&tx, META, &name, &item)?;
    Ok(commit(tx).await?)
}

/// A search is done, or not.
pub async fn done(survey: &str, task: &str, done: bool) -> Read<()> {
    let tx = begin(&[META], true).await?;
    let mut far: Far = read(&tx, &far_of(survey)).await?.unwrap_or_default();
    far.entry(task.to_owned()).or_default().done = done;
    put(&tx, META, &far_of(survey), &far)?;
    commit(tx).await
}

/// The endpoint has it.
pub async fn arrived(id: &str) -> Read<()> {
    let tx = begin(&[META], true).await?;
    tx.object_store(META)?.delete(key(&format!("{OUT}{id}")))?;
    commit(tx).await
}

/// It waits on, unless everything was erased meanwhile.
pub async fn waits(record: &Record) -> Read<()> {
    let tx = begin(&[META], true).await?;
    if tx.object_store(META)?.get_key(key(&format!("{OUT}{}", record.saying.id)))?.await?.is_some() {
        queue(&tx, record)?;
    }
    commit(tx).await
}
