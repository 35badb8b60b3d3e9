//! What survives the death of the background: outbox, drafts, key. One IndexedDB database; every change is
//! one transaction with strict durability, and nobody is told that something is kept before it committed.
//! Rules about what may happen to a report are in `logic::outbox`, never here.

use super::webext::{get, object};
use crate::logic::outbox::Entry;
use crate::logic::{packs, rounds};
use idb::{DatabaseEvent as _, Factory, KeyRange, ObjectStoreParams, Query, Transaction};
use js_sys::{Array, Function, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use spotter_model::FalseAlarm;
use spotter_model::InOrder;
use spotter_model::messages::{Draft, Enrolled, Standing};
use spotter_model::training::{Told, TrainingPass};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKey;

const NAME: &str = "spotter";
const VERSION: u32 = 1;
/// Reports by id, as JSON.
pub(super) const OUTBOX: &str = "outbox";
/// Bytes: bodies under the report's id, blobs under `ID/HASH`, those of a draft under `draft/ID/HASH`, the signed pack
/// under `pack`.
const PAYLOADS: &str = "payloads";
/// Drafts by report id, as JSON.
const DRAFTS: &str = "drafts";
/// Identity, counters.
pub(super) const META: &str = "meta";
const ALL: [&str; 4] = [OUTBOX, PAYLOADS, DRAFTS, META];

/// Most drafts that are kept, and for how long.
const DRAFTS_KEPT: usize = 20;
const DRAFT_MS: f64 = 24.0 * 3_600_000.0;

/// The storage failed: full, damaged, or closed by the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the extension's storage failed")]
pub struct StoreFailed;

impl From<idb::Error> for StoreFailed {
    fn from(_: idb::Error) -> Self {
        Self
    }
}

impl From<JsValue> for StoreFailed {
    fn from(_: JsValue) -> Self {
        Self
    }
}

impl From<serde_json::Error> for StoreFailed {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

/// What the storage gave.
pub(super) type Kept<T> = Result<T, StoreFailed>;

/// Who this device is to the endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// What the panel shows.
    pub enrolled: Enrolled,
    /// Id to send with each signature.
    pub key_id: String,
    /// The server's raw public key, standard base64.
    pub server_key: String,
    /// The cohort of the invitation, or empty.
    #[serde(default)]
    pub cohort: String,
    /// Raw public keys that sign packs and programmes, standard base64: those that the invitation named, no others.
    #[serde(default)]
    pub pack_keys: Vec<String>,
}

/// A draft with what only the background needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptDraft {
    /// The draft; its blobs lie beside it.
    pub draft: Draft,
    /// When it was made.
    pub made_ms: f64,
    /// Handed to the panel already.
    pub taken: bool,
}

thread_local! {
    static OPEN: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

async fn database() -> Kept<JsValue> {
    if let Some(db) = OPEN.with_borrow(Clone::clone) {
        return Ok(db);
    }
    let mut request = Factory::new()?.open(NAME, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        // A failure here aborts the upgrade, and the open request reports it.
        let Ok(db) = event.database() else { return };
        for store in ALL {
            if !db.store_names().iter().any(|s| s == store) {
                let _ = db.create_object_store(store, ObjectStoreParams::new());
            }
        }
    });
    let db: JsValue = request.await?.into();
    OPEN.set(Some(db.clone()));
    Ok(db)
}

pub(super) async fn begin(stores: &[&str], write: bool) -> Kept<Transaction> {
    for fresh in [false, true] {
        match transaction(&database().await?, stores, write) {
            // The browser may close a connection (storage pressure, profile change): open it once more.
            Err(_) if !fresh => OPEN.set(None),
            begun => return begun,
        }
    }
    Err(StoreFailed)
}

/// What is written is flushed to disk before the transaction says that it committed. The crate has no door for
/// that third argument, so the method is called by name.
fn transaction(db: &JsValue, stores: &[&str], write: bool) -> Kept<Transaction> {
    let names: Array = stores.iter().map(|s| JsValue::from_str(s)).collect();
    let mode = if write { "readwrite" } else { "readonly" };
    let method: Function = get(db, "transaction").dyn_into()?;
    let options = object(&[("durability", "strict".into())]);
    Ok(Transaction::try_from(method.call3(db, &names, &mode.into(), &options)?)?)
}

pub(super) async fn commit(tx: Transaction) -> Kept<()> {
    if tx.await?.is_committed() { Ok(()) } else { Err(StoreFailed) }
}

pub(super) fn key(text: &str) -> JsValue {
    JsValue::from_str(text)
}

/// Everything of one report: its body and its blobs.
fn payloads_of(report_id: &str) -> Kept<Query> {
    Ok(KeyRange::bound(&key(report_id), &key(&format!("{report_id}/\u{ffff}")), None, None)?.into())
}

pub(super) fn parse<T: DeserializeOwned>(value: Option<JsValue>) -> Option<T> {
    spotter_model::json::read(value?.as_string()?.as_bytes()).ok()
}

pub(super) fn put<T: Serialize>(tx: &Transaction, store: &str, id: &str, value: &T) -> Kept<()> {
    tx.object_store(store)?.put(&key(&serde_json::to_string(value)?), Some(&key(id)))?;
    Ok(())
}

fn put_bytes(tx: &Transaction, id: &str, bytes: &[u8]) -> Kept<()> {
    tx.object_store(PAYLOADS)?.put(&Uint8Array::from(bytes), Some(&key(id)))?;
    Ok(())
}

async fn bytes_at(tx: &Transaction, id: &str) -> Kept<Option<Vec<u8>>> {
    let value = tx.object_store(PAYLOADS)?.get(key(id))?.await?;
    Ok(value.and_then(|v| v.dyn_into::<Uint8Array>().ok()).map(|a| a.to_vec()))
}

/// All reports. One that can't be read (written by a later version) stays where it is and is not shown.
pub async fn entries() -> Kept<Vec<Entry>> {
    let tx = begin(&[OUTBOX], false).await?;
    let all = tx.object_store(OUTBOX)?.get_all(None, None)?.await?;
    Ok(all.into_iter().filter_map(|v| parse(Some(v))).collect())
}

/// One report.
pub async fn entry(report_id: &str) -> Kept<Option<Entry>> {
    let tx = begin(&[OUTBOX], false).await?;
    Ok(parse(tx.object_store(OUTBOX)?.get(key(report_id))?.await?))
}

/// What a change makes of a report.
pub enum After {
    /// Store it.
    Keep,
    /// Store it without its bytes: the endpoint has them.
    KeepWithoutBytes,
    /// Leave everything as it was.
    Untouched,
    /// It is gone, bytes and all.
    Gone,
}

/// Changes one report in one transaction; nothing can come between reading and writing.
/// Gives what `change` gave, or `None` where there is no such report.
pub async fn change<T>(report_id: &str, change: impl FnOnce(&mut Entry) -> (After, T)) -> Kept<Option<T>> {
    let tx = begin(&[OUTBOX, PAYLOADS], true).await?;
    let Some(mut entry) = parse::<Entry>(tx.object_store(OUTBOX)?.get(key(report_id))?.await?) else {
        return Ok(None);
    };
    let (after, given) = change(&mut entry);
    if !matches!(after, After::Untouched | After::Gone) {
        put(&tx, OUTBOX, report_id, &entry)?;
    }
    if matches!(after, After::Gone) {
        tx.object_store(OUTBOX)?.delete(key(report_id))?;
    }
    if matches!(after, After::Gone | After::KeepWithoutBytes) {
        tx.object_store(PAYLOADS)?.delete(payloads_of(report_id)?)?;
    }
    commit(tx).await?;
    Ok(Some(given))
}

/// The exact body of a report.
pub async fn body(report_id: &str) -> Kept<Option<Vec<u8>>> {
    bytes_at(&begin(&[PAYLOADS], false).await?, report_id).await
}

/// A blob of a report.
pub async fn blob(report_id: &str, sha256: &str) -> Kept<Option<Vec<u8>>> {
    bytes_at(&begin(&[PAYLOADS], false).await?, &format!("{report_id}/{sha256}")).await
}

/// From draft to outbox in one transaction: entry, body, blobs out of the draft, the count, and the draft gone. A
/// report that is there already (the button was pressed twice) stays as it is.
pub async fn enqueue<'a>(entry: &Entry, body: &[u8], blobs: impl Iterator<Item = &'a str>) -> Kept<()> {
    let id = &entry.report_id;
    let tx = begin(&ALL, true).await?;
    if tx.object_store(OUTBOX)?.get_key(key(id))?.await?.is_some() {
        return Ok(());
    }
    let made = tx.object_store(META)?.get(key("reports_made"))?.await?.and_then(|n| n.as_f64()).unwrap_or(0.0);
    tx.object_store(META)?.put(&(made + 1.0).into(), Some(&key("reports_made")))?;
    put(&tx, OUTBOX, id, entry)?;
    put_bytes(&tx, id, body)?;
    for sha256 in blobs {
        let kept = tx.object_store(PAYLOADS)?.get(key(&format!("draft/{id}/{sha256}")))?.await?;
        tx.object_store(PAYLOADS)?.put(&kept.ok_or(StoreFailed)?, Some(&key(&format!("{id}/{sha256}"))))?;
    }
    remove_draft(&tx, id)?;
    commit(tx).await
}

/// How many reports this device has queued.
pub async fn reports_made() -> Kept<u32> {
    Ok(number("reports_made").await?.map_or(0, |n| n as u32))
}

/// Server time minus device time, as last seen.
pub async fn skew_ms() -> Kept<Option<f64>> {
    number("skew_ms").await
}

async fn number(name: &str) -> Kept<Option<f64>> {
    let tx = begin(&[META], false).await?;
    Ok(tx.object_store(META)?.get(key(name))?.await?.and_then(|n| n.as_f64()))
}

/// Remembers the server's clock.
pub async fn set_skew_ms(skew: f64) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    tx.object_store(META)?.put(&skew.into(), Some(&key("skew_ms")))?;
    commit(tx).await
}

/// Keeps a draft, and lets go of old ones.
pub async fn keep_draft(kept: &KeptDraft, blobs: &[(String, Vec<u8>)]) -> Kept<()> {
    let tx = begin(&[DRAFTS, PAYLOADS], true).await?;
    let all = tx.object_store(DRAFTS)?.get_all(None, None)?.await?;
    let mut old: Vec<KeptDraft> = all.into_iter().filter_map(|v| parse(Some(v))).collect();
    old.order_by(|a, b| b.made_ms.total_cmp(&a.made_ms));
    for (i, d) in old.iter().enumerate() {
        if i + 1 >= DRAFTS_KEPT || kept.made_ms - d.made_ms > DRAFT_MS {
            remove_draft(&tx, &d.draft.report.report_id)?;
        }
    }
    let id = &kept.draft.report.report_id;
    put(&tx, DRAFTS, id, kept)?;
    for (sha256, bytes) in blobs {
        put_bytes(&tx, &format!("draft/{id}/{sha256}"), bytes)?;
    }
    commit(tx).await
}

fn remove_draft(tx: &Transaction, id: &str) -> Kept<()> {
    tx.object_store(DRAFTS)?.delete(key(id))?;
    tx.object_store(PAYLOADS)?.delete(payloads_of(&format!("draft/{id}"))?)?;
    Ok(())
}

/// A draft.
pub async fn draft(report_id: &str) -> Kept<Option<KeptDraft>> {
    let tx = begin(&[DRAFTS], false).await?;
    Ok(parse(tx.object_store(DRAFTS)?.get(key(report_id))?.await?))
}

/// A draft that changed, with one more blob. It must be there still.
pub async fn update_draft(kept: &KeptDraft, sha256: &str, bytes: &[u8]) -> Kept<()> {
    let id = &kept.draft.report.report_id;
    let tx = begin(&[DRAFTS, PAYLOADS], true).await?;
    tx.object_store(DRAFTS)?.get_key(key(id))?.await?.ok_or(StoreFailed)?;
    put(&tx, DRAFTS, id, kept)?;
    put_bytes(&tx, &format!("draft/{id}/{sha256}"), bytes)?;
    commit(tx).await
}

/// A blob of a draft.
pub async fn draft_blob(report_id: &str, sha256: &str) -> Kept<Option<Vec<u8>>> {
    bytes_at(&begin(&[PAYLOADS], false).await?, &format!("draft/{report_id}/{sha256}")).await
}

/// One more blob for a draft that is there.
pub async fn keep_draft_blob(report_id: &str, sha256: &str, bytes: &[u8]) -> Kept<()> {
    let tx = begin(&[DRAFTS, PAYLOADS], true).await?;
    tx.object_store(DRAFTS)?.get_key(key(report_id))?.await?.ok_or(StoreFailed)?;
    put_bytes(&tx, &format!("draft/{report_id}/{sha256}"), bytes)?;
    commit(tx).await
}

/// The newest draft of a tab that nobody took yet; from now on it is taken.
pub async fn take_draft(tab: i32) -> Kept<Option<(KeptDraft, Option<Vec<u8>>)>> {
    let tx = begin(&[DRAFTS, PAYLOADS], true).await?;
    let all = tx.object_store(DRAFTS)?.get_all(None, None)?.await?;
    let newest = all
        .into_iter()
        .filter_map(|v| parse::<KeptDraft>(Some(v)))
        .filter(|d| d.draft.tab_id == tab && !d.taken)
        .max_by(|a, b| a.made_ms.total_cmp(&b.made_ms));
    let Some(mut kept) = newest else { return Ok(None) };
    let id = kept.draft.report.report_id.clone();
    let shot = match kept.draft.report.screenshot() {
        Some(sha256) => bytes_at(&tx, &format!("draft/{id}/{sha256}")).await?,
        None => None,
    };
    kept.taken = true;
    put(&tx, DRAFTS, &id, &kept)?;
    commit(tx).await?;
    Ok(Some((kept, shot)))
}

/// Lets a draft go.
pub async fn drop_draft(report_id: &str) -> Kept<()> {
    let tx = begin(&[DRAFTS, PAYLOADS], true).await?;
    remove_draft(&tx, report_id)?;
    commit(tx).await
}

/// Something that a spotter told the lexicon and that was not sent yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saying {
    /// Its UUID.
    pub id: String,
    /// Where it goes below `/v1/`.
    pub room: String,
    /// Payload type of its body.
    pub kind: String,
    /// The exact body.
    pub body: String,
    /// The one endpoint that it is for; empty: whichever is joined.
    #[serde(default)]
    pub origin: String,
    /// Failed tries so far, where they are counted.
    #[serde(default)]
    pub tries: u32,
    /// When the next one is due.
    #[serde(default)]
    pub due_ms: f64,
}

fn sayings_range() -> Kept<Query> {
    Ok(KeyRange::bound(&key("said/"), &key("said/\u{ffff}"), None, None)?.into())
}

/// What waits to be told.
pub async fn sayings() -> Kept<Vec<Saying>> {
    let tx = begin(&[META], false).await?;
    let all = tx.object_store(META)?.get_all(Some(sayings_range()?), None)?.await?;
    Ok(all.into_iter().filter_map(|v| parse(Some(v))).collect())
}

/// One more.
pub async fn keep_saying(saying: &Saying) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    put(&tx, META, &format!("said/{}", saying.id), saying)?;
    commit(tx).await
}

/// A try failed: it waits on, unless it was taken away meanwhile.
pub async fn keep_waiting(saying: &Saying) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    let name = format!("said/{}", saying.id);
    if tx.object_store(META)?.get_key(key(&name))?.await?.is_some() {
        put(&tx, META, &name, saying)?;
    }
    commit(tx).await
}

/// It was told, or never will be.
pub async fn drop_saying(id: &str) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    tx.object_store(META)?.delete(key(&format!("said/{id}")))?;
    commit(tx).await
}

/// Counts a false alarm for each cue behind it.
pub async fn count_false_alarm(reason: FalseAlarm, concepts: &[String]) -> Kept<()> {
    const CONCEPTS: usize = 5_000;
    let tx = begin(&[META], true).await?;
    let kept = tx.object_store(META)?.get(key("false_alarms"))?.await?;
    let mut counts: BTreeMap<String, BTreeMap<String, u32>> = parse(kept).unwrap_or_default();
    let reason = serde_json::to_value(reason)?.as_str().unwrap_or_default().to_owned();
    for concept in concepts {
        if counts.len() < CONCEPTS || counts.contains_key(concept) {
            *counts.entry(concept.clone()).or_default().entry(reason.clone()).or_default() += 1;
        }
    }
    put(&tx, META, "false_alarms", &counts)?;
    commit(tx).await
}

/// The spotter's week and accuracy, as last said.
pub async fn standing() -> Kept<Option<Standing>> {
    let tx = begin(&[META], false).await?;
    Ok(parse(tx.object_store(META)?.get(key("standing"))?.await?))
}

/// Remembers them.
pub async fn set_standing(standing: &Standing) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    put(&tx, META, "standing", standing)?;
    commit(tx).await
}

/// The training's test as it was last passed.
pub async fn training() -> Kept<Option<TrainingPass>> {
    let tx = begin(&[META], false).await?;
    Ok(parse(tx.object_store(META)?.get(key("training"))?.await?))
}

/// Remembers that it was passed and, in the same transaction, what the endpoint is to be told of it.
pub async fn set_training(pass: &TrainingPass, saying: Option<&Saying>) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    put(&tx, META, "training", pass)?;
    if let Some(saying) = saying {
        put(&tx, META, &format!("said/{}", saying.id), saying)?;
    }
    commit(tx).await
}

/// These results wait no longer: how the pass stands with the endpoint now.
pub async fn set_told(ids: &[String], told: Told) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    for id in ids {
        tx.object_store(META)?.delete(key(&format!("said/{id}")))?;
    }
    let pass = parse::<TrainingPass>(tx.object_store(META)?.get(key("training"))?.await?);
    if let Some(pass) = pass {
        put(&tx, META, "training", &TrainingPass { told, ..pass })?;
    }
    commit(tx).await
}

/// What is kept of the programme of rounds.
pub async fn programme() -> Kept<rounds::Kept> {
    let tx = begin(&[META], false).await?;
    Ok(parse(tx.object_store(META)?.get(key("programme"))?.await?).unwrap_or_default())
}

/// Keeps it.
pub async fn set_programme(programme: &rounds::Kept) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    put(&tx, META, "programme", programme)?;
    commit(tx).await
}

/// Bytes of the pack of the programme's own words; in no report's range.
const PACK: &str = "pack";

/// What is kept about packs.
pub async fn words() -> Kept<packs::Kept> {
    let tx = begin(&[META], false).await?;
    Ok(parse(tx.object_store(META)?.get(key("words"))?.await?).unwrap_or_default())
}

/// The pack that is held, with what is kept about it and whom this device believes; in one transaction.
pub async fn pack() -> Kept<Option<(packs::Kept, Vec<u8>, packs::Keys)>> {
    let tx = begin(&[META, PAYLOADS], false).await?;
    // An answer that nobody waits for yet is lost: each is asked for and waited for in turn.
    let about = parse(tx.object_store(META)?.get(key("words"))?.await?);
    let identity = tx.object_store(META)?.get(key("identity"))?.await?;
    let identity = identity.and_then(|value| parse::<Identity>(Some(get(&value, "identity"))));
    let programme: rounds::Kept = parse(tx.object_store(META)?.get(key("programme"))?.await?).unwrap_or_default();
    let bytes = bytes_at(&tx, PACK).await?;
    let Some(trusted) = identity.map(|identity| identity.pack_keys) else { return Ok(None) };
    let keys = packs::Keys { trusted, revoked: programme.revoked().to_vec() };
    Ok(about.zip(bytes).map(|(about, bytes)| (about, bytes, keys)))
}

/// Keeps what is known about packs and, where there is a new one, its bytes, in one transaction; only while the device
/// is the one that asked. Whether it still is.
pub async fn keep_words(key_id: &str, kept: &packs::Kept, pack: Option<&[u8]>) -> Kept<bool> {
    let tx = begin(&[META, PAYLOADS], true).await?;
    let value = tx.object_store(META)?.get(key("identity"))?.await?;
    let identity = value.and_then(|value| parse::<Identity>(Some(get(&value, "identity"))));
    if identity.is_none_or(|identity| identity.key_id != key_id) {
        return Ok(false);
    }
    put(&tx, META, "words", kept)?;
    if let Some(pack) = pack {
        put_bytes(&tx, PACK, pack)?;
    }
    commit(tx).await?;
    Ok(true)
}

/// Forgets the pack and what was known about it.
pub async fn no_words() -> Kept<()> {
    let tx = begin(&[META, PAYLOADS], true).await?;
    tx.object_store(META)?.delete(key("words"))?;
    tx.object_store(PAYLOADS)?.delete(key(PACK))?;
    commit(tx).await
}

/// Who this device is, with its private key, which the browser lets nobody read.
pub async fn identity() -> Kept<Option<(Identity, CryptoKey)>> {
    let tx = begin(&[META], false).await?;
    let Some(value) = tx.object_store(META)?.get(key("identity"))?.await? else { return Ok(None) };
    let identity = parse(Some(get(&value, "identity")));
    let private = get(&value, "key").dyn_into::<CryptoKey>().ok();
    Ok(identity.zip(private))
}

/// The public half of this device's key.
pub async fn public_key() -> Kept<Option<Vec<u8>>> {
    let tx = begin(&[META], false).await?;
    let Some(value) = tx.object_store(META)?.get(key("identity"))?.await? else { return Ok(None) };
    Ok(get(&value, "public").dyn_into::<Uint8Array>().ok().map(|a| a.to_vec()))
}

/// A key that was made for this invitation code and not taken by an endpoint yet.
pub async fn candidate(code: &str) -> Kept<Option<(CryptoKey, Vec<u8>)>> {
    let tx = begin(&[META], false).await?;
    let Some(value) = tx.object_store(META)?.get(key("candidate"))?.await? else { return Ok(None) };
    if get(&value, "code").as_string().as_deref() != Some(code) {
        return Ok(None);
    }
    let public = get(&value, "public").dyn_into::<Uint8Array>().ok().map(|a| a.to_vec());
    Ok(get(&value, "key").dyn_into::<CryptoKey>().ok().zip(public))
}

/// Keeps a key before its code is spent.
pub async fn set_candidate(code: &str, private: &CryptoKey, public: &[u8]) -> Kept<()> {
    let value = object(&[("code", key(code)), ("key", private.into()), ("public", Uint8Array::from(public).into())]);
    let tx = begin(&[META], true).await?;
    tx.object_store(META)?.put(&value, Some(&key("candidate")))?;
    commit(tx).await
}

/// Remembers who this device is.
pub async fn set_identity(identity: &Identity, private: &CryptoKey, public: &[u8]) -> Kept<()> {
    let value = object(&[
        ("identity", key(&serde_json::to_string(identity)?)),
        ("key", private.into()),
        ("public", Uint8Array::from(public).into()),
    ]);
    let tx = begin(&[META], true).await?;
    tx.object_store(META)?.put(&value, Some(&key("identity")))?;
    tx.object_store(META)?.delete(key("candidate"))?;
    commit(tx).await
}

/// When the rules were agreed to.
pub async fn agreed_at() -> Kept<Option<String>> {
    let tx = begin(&[META], false).await?;
    Ok(tx.object_store(META)?.get(key("agreed_at"))?.await?.and_then(|at| at.as_string()))
}

/// The rules were agreed to.
pub async fn set_agreed_at(at: &str) -> Kept<()> {
    let tx = begin(&[META], true).await?;
    tx.object_store(META)?.put(&key(at), Some(&key("agreed_at")))?;
    commit(tx).await
}

/// Everything that is kept, for the person whose it is.
pub struct Everything {
    /// Reports, as they are kept.
    pub outbox: Vec<serde_json::Value>,
    /// Sheets that were opened, as they are kept.
    pub drafts: Vec<serde_json::Value>,
    /// What else there is, by name; keys are named, never copied.
    pub meta: serde_json::Map<String, serde_json::Value>,
    /// Bodies and pictures, by name.
    pub payloads: Vec<(String, Vec<u8>)>,
}

/// Reads all of it, in one transaction.
pub async fn everything() -> Kept<Everything> {
    let tx = begin(&ALL, false).await?;
    let texts = |values: Vec<JsValue>| values.into_iter().filter_map(|v| parse(Some(v))).collect();
    let outbox = texts(tx.object_store(OUTBOX)?.get_all(None, None)?.await?);
    let drafts = texts(tx.object_store(DRAFTS)?.get_all(None, None)?.await?);
    let mut meta = serde_json::Map::new();
    for name in tx.object_store(META)?.get_all_keys(None, None)?.await? {
        let Some(value) = tx.object_store(META)?.get(name.clone())?.await? else { continue };
        let said = match (value.as_f64(), value.as_string()) {
            (Some(number), _) => number.into(),
            (_, Some(text)) => text.into(),
            // The enrolment, and a key whose code is not spent yet: what is text in them.
            _ => parse(Some(get(&value, "identity"))).unwrap_or_else(|| "a key that nobody can read".into()),
        };
        meta.insert(name.as_string().unwrap_or_default(), said);
    }
    let mut payloads = vec![];
    for name in tx.object_store(PAYLOADS)?.get_all_keys(None, None)?.await? {
        let Some(name) = name.as_string() else { continue };
        if let Some(bytes) = bytes_at(&tx, &name).await? {
            payloads.push((name, bytes));
        }
    }
    Ok(Everything { outbox, drafts, meta, payloads })
}

/// Forgets the enrolment, the key, drafts and what was sent.
pub async fn forget() -> Kept<()> {
    let tx = begin(&ALL, true).await?;
    for store in ALL {
        tx.object_store(store)?.clear()?;
    }
    commit(tx).await
}
