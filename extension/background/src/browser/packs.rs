//! The programme's own words: fetched from the endpoint together with the status, kept, and laid over the built-in ones.
//! What is believed is `logic::packs`' to say. Nothing here is asked for on a page's behalf.
//!
//! A background that wakes up must not wait for a database that has nothing for it: a setting says whether a pack is
//! kept. It is set before a pack is stored and taken back after it is gone, so that it never hides one.

use super::app::App;
use super::store::{self, Identity, StoreFailed};
use super::{http, keys, now, webext};
use crate::logic::packs::{self, Kept, Keys, Offer};
use crate::logic::sentence::Sentence;
use crate::logic::signed::base64;
use crate::logic::time;
use spotter_detector::lexicon::overlay::OpenedOverlay;
use spotter_detector::lexicon::signed::Claim;
use spotter_model::dsse::{HEADER_DATE, HEADER_KEY, HEADER_SIGNATURE, REQUEST_TYPE};
use spotter_model::limits;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;
use web_sys::CryptoKey;

/// The setting: a pack is kept.
const HELD: &str = "words_held";

/// Lays the kept pack, if there is one, over the built-in words. Whatever assesses waits for it.
pub fn lay_kept(app: Rc<App>) {
    let to_be = app.clone();
    app.words_are_laid_by(future_to_promise(async move {
        if webext::setting(HELD).await.is_truthy() {
            // What can't be read now is fetched anew with the next status; the built-in words are there meanwhile.
            let _ = lay(&to_be).await;
        }
        Ok(JsValue::UNDEFINED)
    }));
}

async fn lay(app: &App) -> Result<(), StoreFailed> {
    let Some((kept, pack, keys)) = store::pack().await? else { return Ok(()) };
    let today = time::utc_date(now());
    let Some(claim) = kept.waking(&pack, &keys, today) else { return Ok(()) };
    if let Ok(verified) = claim.overlay(holds(&claim).await, today)
        && let Some(mut assessor) = app.assessor()
    {
        // One that fitted once and no longer does belongs to another version of the extension.
        let _ = assessor.lay_over(verified.opened);
    }
    Ok(())
}

/// Asks the endpoint for the pack. Whether anything changed that a person sees.
pub async fn ask(app: &App, identity: &Identity, key: &CryptoKey, date: &str) -> Result<bool, StoreFailed> {
    let request = format!("GET /v1/packs/current {date}");
    let Ok(signature) = keys::sign(key, REQUEST_TYPE, request.as_bytes()).await else { return Ok(false) };
    let before = store::words().await?;
    let tag = before.held.as_ref().map_or("", |held| held.tag.as_str());
    let signature = base64(&signature);
    let headers = [
        (HEADER_KEY, identity.key_id.as_str()),
        (HEADER_SIGNATURE, signature.as_str()),
        (HEADER_DATE, date),
        ("If-None-Match", tag),
    ];
    let headers = &headers[..if tag.is_empty() { 3 } else { 4 }];
    // Without a key to check it by, nothing of it is read.
    let limit = if identity.pack_keys.is_empty() { 0 } else { limits::OVERLAY_BYTES };
    let revoked = store::programme().await?.revoked().to_vec();
    let keys = Keys { trusted: identity.pack_keys.clone(), revoked };
    let url = format!("{}/v1/packs/current", identity.enrolled.origin);
    let Some(fetched) = http::fetch_bounded(&url, headers, limit).await else { return Ok(false) };
    let mut kept = before.clone();
    let mut pack = None;
    match (fetched.status, fetched.body) {
        (200, _) if limit == 0 => kept.refused(Sentence::new("bg_pack_no_key")),
        (200, None) => kept.refused(Sentence::new("bg_pack_large")),
        (200, Some(bytes)) => match read(&kept, &bytes, &fetched.tag, &keys).await {
            Err(why) => kept.refused(why),
            Ok(Offer { held, words }) => match lay_over(app, words).await? {
                Some(why) => kept.refused(why),
                None => {
                    kept.taken(held);
                    pack = Some(bytes);
                }
            },
        },
        (304 | 404, _) => kept.nothing_new(&keys),
        _ => return Ok(false),
    }
    kept.asked_ms = now();
    if pack.is_some() {
        // Before the pack: see above.
        let _ = webext::set_setting(HELD, &true.into()).await;
    }
    let stored = store::keep_words(&identity.key_id, &kept, pack.as_deref()).await;
    if !matches!(stored, Ok(true)) {
        // What lies there must be what is kept: another pack, or none where the device left meanwhile.
        lay_anew(app).await?;
    }
    stored
}

/// Lays over the built-in words what is kept and still believed: a key may have been taken back.
pub async fn lay_anew(app: &App) -> Result<(), StoreFailed> {
    forgotten(app);
    lay(app).await
}

async fn holds(claim: &Claim<'_>) -> bool {
    keys::holds(&claim.public, &claim.signature, &claim.message).await
}

async fn read(kept: &Kept, pack: &[u8], tag: &str, keys: &Keys) -> Result<Offer, Sentence> {
    let claim = kept.claim(pack, keys)?;
    kept.read(&claim, holds(&claim).await, tag, time::utc_date(now()))
}

/// Lays a pack that is believed over the built-in words, or says why it does not fit and puts back what lay there.
async fn lay_over(app: &App, words: OpenedOverlay) -> Result<Option<Sentence>, StoreFailed> {
    let Some(laid) = app.assessor().map(|mut assessor| assessor.lay_over(words)) else { return Ok(None) };
    let Err(why) = laid else { return Ok(None) };
    lay(app).await?;
    Ok(Some(packs::misfit(&why)))
}

/// After joining: a pack that none of the keys signed does not count.
pub async fn trust_only(app: &App, identity: &Identity) -> Result<(), StoreFailed> {
    let mut kept = store::words().await?;
    if kept.trust_only(&identity.pack_keys) {
        store::no_words().await?;
        forgotten(app);
        none_held().await;
    }
    Ok(())
}

/// The pack is gone: the built-in words are what there is.
pub fn forgotten(app: &App) {
    if let Some(mut assessor) = app.assessor() {
        assessor.lay_aside();
    }
}

/// No pack is kept any more. Where this can't be noted, a background looks for it in vain when it wakes up.
pub async fn none_held() {
    let _ = webext::set_setting(HELD, &false.into()).await;
}
