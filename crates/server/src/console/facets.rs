//! The values that the queue's filters offer, counted anew at most twice a minute: a walk through every open case is too
//! long for every page. Owns the copy; a new value may be missing for half a minute.

use crate::app::Shared;
use crate::store::queue::{self, Facets};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long a copy is good.
const GOOD_S: i64 = 30;

/// The copy, when it was made, and whether a new one is being made.
#[derive(Default)]
pub struct Copy {
    held: Mutex<Option<Held>>,
    /// Held while the first copy is made: whoever comes meanwhile waits for it instead of making another.
    first: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Held {
    at_s: i64,
    renewing: bool,
    facets: Arc<Facets>,
}

impl Copy {
    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The copy, and whether whoever asks has to make a new one.
    fn get(&self, now_s: i64) -> Option<(Arc<Facets>, bool)> {
        let mut held = self.held();
        let held = held.as_mut()?;
        let renew = !held.renewing && now_s - held.at_s >= GOOD_S;
        held.renewing |= renew;
        Some((Arc::clone(&held.facets), renew))
    }
}

/// The values now. Only the first page ever waits for them; later ones get the old copy while a new one is made.
///
/// # Errors
/// Where the database fails.
pub async fn now(app: &Shared) -> sqlx::Result<Arc<Facets>> {
    let now = app.now_s();
    if let Some((facets, renew)) = app.facets.get(now) {
        if renew {
            let app = Arc::clone(app);
            tokio::spawn(async move {
                // Where it fails, the old copy stays for as long again.
                let made = queue::facets(app.store.read()).await.map(Arc::new).ok();
                if let Some(held) = app.facets.held().as_mut() {
                    *held =
                        Held { at_s: now, renewing: false, facets: made.unwrap_or_else(|| Arc::clone(&held.facets)) };
                }
            });
        }
        return Ok(facets);
    }
    let _alone = app.facets.first.lock().await;
    if let Some((facets, _)) = app.facets.get(now) {
        return Ok(facets);
    }
    let facets = Arc::new(queue::facets(app.store.read()).await?);
    *app.facets.held() = Some(Held { at_s: now, renewing: false, facets: Arc::clone(&facets) });
    Ok(facets)
}
