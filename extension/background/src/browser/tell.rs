//! What spotters tell besides reports: words that the lexicon lacks, alarms that were false, and to the lead, that they
//! were contacted. False alarms are counted here, by
//! cue; they are sent only where the spotter agreed. What could not be sent is kept, at most [`KEPT`] of it, and tried
//! again whenever the status is asked for.

use super::app::App;
use super::reports::Said;
use super::store::{self, Identity, Saying, StoreFailed};
use super::{delivery, http, keys, now, training, webext};
use crate::logic::answers::Reply;
use crate::logic::sentence::Sentence;
use crate::logic::signed::base64;
use crate::logic::{time, urls};
use serde::Serialize;
use spotter_model::InOrder;
use spotter_model::contact::CONTACT_SCHEMA;
use spotter_model::dsse::{CONTACT_TYPE, FEEDBACK_TYPE, HEADER_KEY, HEADER_SIGNATURE, SUGGESTION_TYPE};
use spotter_model::suggestion::{FEEDBACK_SCHEMA, SUGGESTION_SCHEMA};
use spotter_model::{Contact, FalseAlarm, Feedback, Level, Suggestion, SuggestionKind, limits};
use web_sys::CryptoKey;

/// Where words to the lead go below `/v1/`.
const CONTACTS: &str = "contacts";
/// Most of it that waits.
pub const KEPT: usize = 200;
/// The setting: false alarms are sent.
pub const SHARE: &str = "share_alarms";

/// Whether false alarms are sent. Not by default, and never where the browser keeps such data back.
pub async fn shares() -> bool {
    webext::setting(SHARE).await.as_bool().unwrap_or(false) && webext::technical_data().await
}

/// A new word. It is kept before anything is sent.
pub async fn suggest(text: &str, meaning: &str, seen_at: &str) -> Said<()> {
    let (identity, key) = store::identity().await?.ok_or_else(|| Sentence::new("bg_not_enrolled"))?;
    let suggestion = Suggestion {
        schema: SUGGESTION_SCHEMA.into(),
        id: keys::uuid(),
        kind: SuggestionKind::Term,
        text: text.split_whitespace().collect::<Vec<_>>().join(" "),
        lang: String::new(),
        meaning: meaning.trim().chars().take(limits::MEANING_CHARS).collect(),
        group: None,
        seen_at: urls::strip(seen_at).filter(|u| u.len() <= limits::URL_BYTES).unwrap_or_default(),
        created_at: time::rfc3339(now()),
    };
    suggestion.check().map_err(|_| Sentence::new("bg_suggestion_text"))?;
    keep(&suggestion.id, "suggestions", SUGGESTION_TYPE, &suggestion).await?;
    send_all(&identity, &key).await?;
    Ok(())
}

/// An alarm that was false: counted, and sent where the spotter agreed.
pub async fn false_alarm(app: &App, reason: FalseAlarm, level: Level, concepts: Vec<String>) -> Said<()> {
    let feedback = Feedback {
        schema: FEEDBACK_SCHEMA.into(),
        id: keys::uuid(),
        reason,
        level,
        concepts,
        lang: String::new(),
        pack: app.pack(),
    };
    feedback.check().map_err(|_| Sentence::new("bg_internal"))?;
    store::count_false_alarm(reason, &feedback.concepts).await?;
    if !shares().await {
        return Ok(());
    }
    if let Some((identity, key)) = store::identity().await? {
        keep(&feedback.id, "feedback", FEEDBACK_TYPE, &feedback).await?;
        send_all(&identity, &key).await?;
    }
    Ok(())
}

/// The spotter was contacted. It is kept before anything is sent, and goes before everything else that waits.
pub async fn contacted(text: &str) -> Said<()> {
    let (identity, key) = store::identity().await?.ok_or_else(|| Sentence::new("bg_not_enrolled"))?;
    if !webext::communications().await {
        return Err(Sentence::new("bg_contact_refused"));
    }
    let contact = Contact {
        schema: CONTACT_SCHEMA.into(),
        id: keys::uuid(),
        text: text.trim().chars().take(limits::NOTE_CHARS).collect(),
        created_at: time::rfc3339(now()),
    };
    contact.check().map_err(|_| Sentence::new("bg_contact_text"))?;
    keep(&contact.id, CONTACTS, CONTACT_TYPE, &contact).await?;
    send_all(&identity, &key).await?;
    delivery::ask_later().await;
    Ok(())
}

async fn keep(id: &str, room: &str, kind: &str, body: &impl Serialize) -> Said<()> {
    if store::sayings().await?.len() >= KEPT {
        return Err(Sentence::new("bg_storage"));
    }
    let body = serde_json::to_string(body).map_err(|_| Sentence::new("bg_internal"))?;
    let (origin, tries, due_ms) = (String::new(), 0, 0.0);
    Ok(store::keep_saying(&Saying { id: id.into(), room: room.into(), kind: kind.into(), body, origin, tries, due_ms })
        .await?)
}

/// Puts one to the endpoint.
pub async fn put(identity: &Identity, key: &CryptoKey, saying: &Saying) -> Option<Reply> {
    let signature = keys::sign(key, &saying.kind, saying.body.as_bytes()).await.ok()?;
    let url = format!("{}/v1/{}/{}", identity.enrolled.origin, saying.room, saying.id);
    let signature = base64(&signature);
    let headers = [
        ("Content-Type", saying.kind.as_str()),
        (HEADER_KEY, identity.key_id.as_str()),
        (HEADER_SIGNATURE, signature.as_str()),
    ];
    Some(http::send("PUT", &url, &headers, Some(saying.body.as_bytes())).await?.reply)
}

/// Sends what waits, but for results of the training, which go with the outbox. What the endpoint refuses for good is let go: it would refuse it again.
pub async fn send_all(identity: &Identity, key: &CryptoKey) -> Result<(), StoreFailed> {
    let mut sayings = store::sayings().await?;
    sayings.order_by_key(|saying| saying.room != CONTACTS);
    let told = webext::communications().await;
    // What was allowed once and is no longer stays here until it is again, or is erased.
    let goes = |saying: &Saying| saying.room != training::ROOM && (told || saying.room != CONTACTS);
    for saying in sayings.into_iter().filter(goes) {
        let Some(reply) = put(identity, key, &saying).await else { return Ok(()) };
        match reply.status {
            200 | 201 | 400 | 409 | 413 | 415 | 422 => store::drop_saying(&saying.id).await?,
            _ => return Ok(()),
        }
    }
    Ok(())
}
