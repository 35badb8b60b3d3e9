//! What is stored on this device, for the person whose it is: told as one JSON text, and erased.
//! Owns neither the storage nor what a report is; keys are named, never copied.

use super::app::App;
use super::store::{self, StoreFailed};
use super::{delivery, packs, webext};
use crate::logic::sentence::Sentence;
use crate::logic::signed::{base64, sha256_hex};
use js_sys::JSON;
use serde_json::{Map, Value, json};
use spotter_model::limits;
use spotter_model::messages::Stored;

/// All of it. `pictures`: their bytes as well, as far as they go into one copy.
pub async fn stored(pictures: bool) -> Result<Stored, StoreFailed> {
    let all = store::everything().await?;
    let agreed_at = all.meta.get("agreed_at").and_then(Value::as_str).map(str::to_owned);
    let settings: Value = JSON::stringify(&webext::settings().await)
        .ok()
        .and_then(|text| serde_json::from_slice(String::from(text).as_bytes()).ok())
        .unwrap_or_default();
    let mut room = if pictures { limits::STORED_PICTURES_BYTES } else { 0 };
    let mut bytes = 0;
    let mut payloads = Map::new();
    for (name, content) in &all.payloads {
        bytes += content.len();
        payloads.insert(name.clone(), payload(content, &mut room));
    }
    let key = all.meta.contains_key("identity");
    let (reports, drafts) = (count(all.outbox.len()), count(all.drafts.len()));
    let told = json!({
        "sites": webext::granted().await,
        "settings": settings,
        "kept": all.meta,
        "outbox": all.outbox,
        "drafts": all.drafts,
        "payloads": payloads,
    });
    let text = serde_json::to_string_pretty(&told)?;
    let bytes = if pictures { text.len() } else { text.len() + bytes };
    Ok(Stored { reports, drafts, key, agreed_at, bytes: count(bytes), text })
}

/// A body as what it says, a picture by its hash and, while there is room, its bytes.
fn payload(content: &[u8], room: &mut usize) -> Value {
    if let Ok(body) = serde_json::from_slice::<Value>(content) {
        return body;
    }
    let mut told = json!({ "bytes": content.len(), "sha256": sha256_hex(content) });
    if content.len() <= *room {
        *room -= content.len();
        told["base64"] = base64(content).into();
    }
    told
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Erases everything, and gives back every site. What the browser itself keeps about an extension stays.
pub async fn erase(app: &App) -> Result<(), Sentence> {
    store::forget().await?;
    packs::forgotten(app);
    delivery::nothing_waits();
    webext::no_settings().await.map_err(|_| Sentence::new("bg_storage"))?;
    let granted = webext::granted().await;
    if !granted.is_empty() {
        // A site that a policy of the browser's owner grants can't be given back; the list goes on showing it.
        let _ = webext::give_back(&granted).await;
    }
    Ok(())
}
