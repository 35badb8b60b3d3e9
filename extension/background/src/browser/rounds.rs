//! The programme of rounds that an endpoint offers: verified here, and kept. What is believed is `logic::rounds`' to say.
//! An endpoint may withhold a programme; it can make none, and change none.

use super::keys;
use super::now;
use super::store::{self, Identity, StoreFailed};
use crate::logic::rounds::Kept;
use crate::logic::signed::{self, fingerprint, unbase64};
use spotter_model::dsse::Envelope;
use spotter_model::messages::Standing;
use spotter_model::programme::PROGRAMME_TYPE;
use spotter_model::rounds::Rounds;

/// Takes what an endpoint offers, or that it offers nothing. Whether anything changed.
pub async fn offered(identity: &Identity, envelope: Option<&Envelope>) -> Result<bool, StoreFailed> {
    let before = store::programme().await?;
    let mut kept = before.clone();
    let keys: Vec<Vec<u8>> = identity.pack_keys.iter().filter_map(|key| unbase64(key)).collect();
    kept.trust_only(&keys.iter().map(|key| fingerprint(key)).collect::<Vec<_>>());
    match envelope {
        None => kept.nothing_offered(),
        Some(_) if keys.is_empty() => kept.no_key(),
        Some(envelope) => match verified(envelope, &keys).await {
            Some((payload, key)) => kept.signed(&payload, &key),
            None => kept.not_signed(),
        },
    }
    let changed = kept != before;
    if changed {
        store::set_programme(&kept).await?;
    }
    Ok(changed)
}

/// The payload, and the fingerprint of the trusted key that signed it.
async fn verified(envelope: &Envelope, keys: &[Vec<u8>]) -> Option<(Vec<u8>, String)> {
    let opened = signed::open(envelope, PROGRAMME_TYPE)?;
    for key in keys {
        let print = fingerprint(key);
        if keys::verified(&opened, key, &print).await {
            return Some((opened.payload, print));
        }
    }
    None
}

/// What of it holds today for this spotter.
pub async fn today(
    entries: &[crate::logic::outbox::Entry],
    standing: Option<&Standing>,
) -> Result<Option<Rounds>, StoreFailed> {
    let Some((identity, _)) = store::identity().await? else { return Ok(None) };
    let kept: Kept = store::programme().await?;
    Ok(kept.today(&identity.cohort, now(), entries, standing))
}
