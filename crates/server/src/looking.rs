//! Looking at pictures: each that a report brought is decoded once and hashed by its looks, after the report was acknowledged and beside
//! everything else. What waits is known by the database alone, so an end of the server in between loses nothing.
//!
//! Owns when that happens and how much of the machine it may take: one picture at a time, and half of one processor. What a picture
//! is like is `pdq`'s, what becomes of that is `store::alike`'s.

use crate::app::{App, Shared};
use crate::store::alike::waiting::{self, Outcome, TRIES, Waiting};
use crate::store::rounds::{self, Round};
use crate::store::{StoreError, alike};
use crate::{decode, pdq};
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// How often it is looked whether another process left something; its own wake it.
const TICK: Duration = Duration::from_secs(30);
/// After the first picture of a burst the others are waited for.
const BURST: Duration = Duration::from_millis(200);

/// Looks at what comes, for as long as the server runs.
pub async fn run(app: Shared) {
    // Whoever opens the first case should not wait for every hash.
    if let Err(error) = alike::refresh(app.store.reader()).await {
        tracing::error!(%error, "the hashes of pictures were not made ready");
    }
    loop {
        let pause = match round(&app).await {
            Ok(true) => continue,
            Ok(false) => TICK,
            Err(error) => {
                tracing::error!(%error, "pictures were not looked at; it is tried again");
                TICK
            }
        };
        if tokio::time::timeout(pause, app.pictures_came.notified()).await.is_ok() {
            tokio::time::sleep(BURST).await;
        }
    }
}

/// Looks at a few pictures. Returns whether there may be more.
///
/// # Errors
/// Where the store fails; what was not looked at waits.
pub async fn round(app: &App) -> Result<bool, StoreError> {
    if !waiting::any(app.store.reader()).await? {
        return Ok(false);
    }
    let Some(alone) = rounds::begin(&app.store, Round::Pictures).await? else { return Ok(false) };
    let batch = waiting::next(app.store.reader()).await?;
    let marks: Vec<String> = batch.iter().map(|one| one.mark.clone()).collect();
    let mut tx = app.store.begin().await?;
    waiting::count(&mut tx, &marks, 1).await?;
    tx.commit().await?;
    let (mut looked, mut failed) = (vec![], None);
    for one in &batch {
        let began = Instant::now();
        match look(app, one).await {
            Ok(outcome) => looked.push((one, outcome)),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        tokio::time::sleep(began.elapsed()).await;
    }
    let mut tx = app.store.begin().await?;
    for (one, outcome) in &looked {
        waiting::keep(&mut tx, &one.mark, &one.sha256, *outcome).await?;
    }
    // A disk that fails is no picture's fault.
    waiting::count(&mut tx, &marks[looked.len()..], -1).await?;
    tx.commit().await?;
    let unreadable = looked.iter().filter(|(_, outcome)| *outcome == Outcome::Unreadable).count();
    if unreadable > 0 {
        tracing::warn!(unreadable, "pictures could not be read, and are not compared");
    }
    alone.end().await?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(!batch.is_empty()),
    }
}

async fn look(app: &App, one: &Waiting) -> std::io::Result<Outcome> {
    if one.tries >= TRIES || one.sha256.is_empty() {
        return Ok(Outcome::Unreadable);
    }
    if one.screenshot {
        return Ok(Outcome::Screenshot);
    }
    let bytes = match app.store.blobs.read(&one.sha256).await {
        Ok(bytes) => bytes,
        // It is lost, or was erased just now; or it is damaged, which no other try mends.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => {
            return Ok(Outcome::Unreadable);
        }
        Err(error) => return Err(error),
    };
    let media_type = one.media_type.clone();
    let seen = tokio::task::spawn_blocking(move || {
        let (_, picture) = decode::picture(&bytes, &media_type)?;
        Some(pdq::of(&picture))
    });
    // A decoder that breaks takes its thread with it and nothing else.
    Ok(match seen.await {
        Ok(Some((hash, content))) if content >= pdq::ENOUGH => Outcome::Compared(hash),
        Ok(Some(_)) => Outcome::Plain,
        Ok(None) | Err(_) => Outcome::Unreadable,
    })
}
