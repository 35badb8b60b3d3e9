//! The rounds that run, kept in memory so that a report does not read the whole programme again. Owns nothing but the copy.

use crate::ranking::{self, Find};
use crate::store::Store;
use crate::store::published::{self, What};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spotter_model::dsse::Envelope;
use spotter_model::programme::Round;
use spotter_model::{Date, Programme, training};
use std::sync::{Arc, Mutex, PoisonError};

/// The programme with this hash; none where nothing that can be read is published.
#[derive(Default)]
pub struct Rounds {
    held: Mutex<(String, Arc<Option<Programme>>)>,
}

impl Rounds {
    /// Whether a round of the published programme looks for this today.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn look_for(&self, store: &Store, today: Date, find: &Find<'_>) -> sqlx::Result<bool> {
        let programme = self.programme(store).await?;
        let rounds = programme.as_ref().as_ref().map_or(&[][..], |p| &p.rounds);
        Ok(ranking::in_focus(rounds, today, find))
    }

    /// The name of the round that takes reports of trained spotters alone, today and for this cohort, and its pass mark:
    /// the strictest of several.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn test_asked(&self, store: &Store, today: Date, cohort: &str) -> sqlx::Result<Option<(String, u32)>> {
        let programme = self.programme(store).await?;
        let current = programme.iter().flat_map(|p| p.current(today, cohort)).filter(|r| r.training_attested);
        let rounds: Vec<Round> = current.cloned().collect();
        let (mark, round) = training::pass_mark(&rounds);
        Ok(round.map(|round| (round.name.clone(), mark)))
    }

    /// Every round of the published programme, in its order.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn all(&self, store: &Store) -> sqlx::Result<Vec<Round>> {
        Ok(self.programme(store).await?.as_ref().as_ref().map_or_else(Vec::new, |p| p.rounds.clone()))
    }

    /// The published programme, whether it counts today or not.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn programme(&self, store: &Store) -> sqlx::Result<Arc<Option<Programme>>> {
        let hash = published::hash(store.read(), What::Programme).await?.unwrap_or_default();
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if held.0 == hash {
            return Ok(held.1);
        }
        let bytes = published::get(store.read(), What::Programme).await?.unwrap_or_default();
        let programme = Arc::new(read(&bytes));
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = (hash, Arc::clone(&programme));
        Ok(programme)
    }
}

/// What is published was verified when it was put there; what cannot be read sets nothing apart.
fn read(bytes: &[u8]) -> Option<Programme> {
    let envelope: Option<Envelope> = serde_json::from_slice(bytes).ok();
    let payload = envelope.and_then(|e| STANDARD.decode(e.payload).ok());
    payload.and_then(|p| Programme::known(&p))
}
