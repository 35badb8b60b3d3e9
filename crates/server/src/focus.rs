//! The rounds that run, kept in memory so that a report does not read the whole programme again. Owns nothing but the copy.

use crate::ranking::{self, Find};
use crate::store::Store;
use crate::store::published::{self, What};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spotter_model::dsse::Envelope;
use spotter_model::programme::Round;
use spotter_model::{Date, Programme};
use std::sync::{Arc, Mutex, PoisonError};

/// The rounds of the programme with this hash.
#[derive(Default)]
pub struct Rounds {
    held: Mutex<(String, Arc<Vec<Round>>)>,
}

impl Rounds {
    /// Whether a round of the published programme looks for this today.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn look_for(&self, store: &Store, today: Date, find: &Find<'_>) -> sqlx::Result<bool> {
        let hash = published::hash(store.read(), What::Programme).await?.unwrap_or_default();
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rounds = if held.0 == hash {
            held.1
        } else {
            let bytes = published::get(store.read(), What::Programme).await?.unwrap_or_default();
            let rounds = Arc::new(read(&bytes));
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = (hash, Arc::clone(&rounds));
            rounds
        };
        Ok(ranking::in_focus(&rounds, today, find))
    }
}

/// What is published was verified when it was put there; what cannot be read sets nothing apart.
fn read(bytes: &[u8]) -> Vec<Round> {
    let envelope: Option<Envelope> = serde_json::from_slice(bytes).ok();
    let payload = envelope.and_then(|e| STANDARD.decode(e.payload).ok());
    payload.and_then(|p| Programme::read(&p).ok()).map_or_else(Vec::new, |p| p.rounds)
}
