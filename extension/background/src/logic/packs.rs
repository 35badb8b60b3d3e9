//! The programme's own words, in a pack that its coordinator signed: which of those that an endpoint offers is
//! believed, and what is kept of it. The endpoint hands packs on; it can withhold one and make none.
//!
//! Owns: the decision, and the sentence for each reason to refuse. What was believed stays while something else is
//! refused. Never: fetches a pack, stores one, lays one over the built-in words.

use super::sentence::Sentence;
use super::signed::{fingerprint, unbase64};
use super::time;
use serde::{Deserialize, Serialize};
use spotter_detector::PackError;
use spotter_detector::lexicon::overlay::{OpenedOverlay, OverlayError};
use spotter_detector::lexicon::signed::{self, Claim, SignedError, Trust};
use spotter_model::Date;
use spotter_model::messages::ProgrammeWords;

/// What is kept about packs, beside the bytes of the one that is held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The newest that was believed, also when its time is over: nothing older takes its place.
    pub held: Option<Held>,
    /// Why what the endpoint offers now is not used.
    pub trouble: Option<Sentence>,
    /// When the endpoint last answered, by the device's clock.
    pub asked_ms: f64,
}

/// A pack that was believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its version.
    pub version: String,
    /// The last day on which it counts.
    pub expires: Date,
    /// Its number.
    pub serial: u64,
    /// Fingerprint of the key that signed it.
    pub key: String,
    /// How many spellings it knows.
    pub spellings: u32,
    /// What the endpoint calls these bytes.
    pub tag: String,
}

/// A pack whose signature holds, and which may be laid over the built-in words if it fits there.
#[derive(Debug)]
pub struct Offer {
    /// What is kept of it once it lies there.
    pub held: Held,
    /// What is in it.
    pub words: OpenedOverlay,
}

/// Whom a device believes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Raw public keys, standard base64: those that the invitation named, as the enrolment keeps them.
    pub trusted: Vec<String>,
    /// Fingerprints of those that the coordinator took back.
    pub revoked: Vec<String>,
}

impl Keys {
    fn trust(&self, newest: u64) -> Trust {
        let raw = |key: &String| unbase64(key).and_then(|raw| <[u8; 32]>::try_from(raw).ok());
        let keys: Vec<[u8; 32]> = self.trusted.iter().filter_map(raw).collect();
        let back = keys.iter().filter(|key| self.revoked.contains(&fingerprint(*key)));
        Trust { revoked: back.map(signed::key_id).collect(), keys, newest }
    }
}

impl Kept {
    /// Looks at a pack that the endpoint offers, before anything in it is read.
    ///
    /// # Errors
    /// The sentence that says why it is not believed, whatever its signature.
    pub fn claim<'a>(&self, pack: &'a [u8], keys: &Keys) -> Result<Claim<'a>, Sentence> {
        let newest = self.held.as_ref().map_or(0, |held| held.serial);
        signed::claimed(pack, &keys.trust(newest)).map_err(|why| refusal(&why))
    }

    /// What to do with it; `holds`: whether its signature does.
    ///
    /// # Errors
    /// The sentence that says why it is not used.
    pub fn read(&self, claim: &Claim<'_>, holds: bool, tag: &str, today: Date) -> Result<Offer, Sentence> {
        let verified = claim.overlay(holds, today).map_err(|why| refusal(&why))?;
        let words = verified.opened;
        let spellings = words.words.patterns().map_err(|_| Sentence::new("bg_pack_damaged"))?.len();
        let held = Held {
            version: words.version.clone(),
            expires: words.expires,
            serial: verified.serial,
            key: fingerprint(&claim.public),
            spellings: u32::try_from(spellings).unwrap_or(u32::MAX),
            tag: tag.chars().take(TAG_CHARS).collect(),
        };
        Ok(Offer { held, words })
    }

    /// The pack that is held, out of what was stored: its signature is checked again, and it is read only while its time
    /// lasts.
    #[must_use]
    pub fn waking<'a>(&self, pack: &'a [u8], keys: &Keys, today: Date) -> Option<Claim<'a>> {
        self.held.as_ref().filter(|held| today <= held.expires)?;
        self.claim(pack, keys).ok()
    }

    /// What was offered lies over the built-in words.
    pub fn taken(&mut self, held: Held) {
        self.held = Some(held);
        self.trouble = None;
    }

    /// What was offered is not used.
    pub fn refused(&mut self, why: Sentence) {
        self.trouble = Some(why);
    }

    /// Nothing is offered, or what is held already. That may be by a key that was taken back since.
    pub fn nothing_new(&mut self, keys: &Keys) {
        let back = self.held.as_ref().is_some_and(|held| keys.revoked.contains(&held.key));
        self.trouble = back.then(|| Sentence::new("bg_pack_revoked"));
    }

    /// After joining under other keys: what one that is no longer trusted had signed does not count. Whether anything
    /// was forgotten.
    pub fn trust_only(&mut self, keys: &[String]) -> bool {
        let prints: Vec<String> = keys.iter().filter_map(|key| unbase64(key)).map(|raw| fingerprint(&raw)).collect();
        let forgotten = self.held.as_ref().is_some_and(|held| !prints.contains(&held.key));
        if forgotten {
            *self = Self::default();
        }
        forgotten
    }

    /// What the person sees of it; `None` where the endpoint never answered. `in_use`: the pack lies over the built-in
    /// words now.
    #[must_use]
    pub fn shown(&self, in_use: bool) -> Option<ProgrammeWords> {
        if self.asked_ms == 0.0 {
            return None;
        }
        let held = self.held.as_ref();
        Some(ProgrammeWords {
            version: held.map(|h| h.version.clone()).unwrap_or_default(),
            expires: held.map(|h| h.expires),
            spellings: held.map_or(0, |h| h.spellings),
            in_use,
            asked_at: time::rfc3339(self.asked_ms),
            trouble: self.trouble.clone().map(|Sentence(key, args)| (key, args)),
        })
    }
}

/// Most of what an endpoint may call a pack.
const TAG_CHARS: usize = 128;

/// Why a pack is not believed.
fn refusal(why: &SignedError) -> Sentence {
    match why {
        SignedError::Pack(PackError::Format(_) | PackError::Reserved | PackError::Kind) => {
            Sentence::new("bg_pack_other")
        }
        SignedError::Unsigned | SignedError::Forged => Sentence::new("bg_pack_signature"),
        SignedError::UnknownKey(_) => Sentence::new("bg_pack_key"),
        SignedError::RevokedKey(_) => Sentence::new("bg_pack_revoked"),
        SignedError::Older { .. } => Sentence::new("bg_pack_older"),
        SignedError::Expired(_) => Sentence::new("bg_pack_expired"),
        _ => Sentence::new("bg_pack_damaged"),
    }
}

/// Why a pack that is believed does not fit over the built-in words.
#[must_use]
pub fn misfit(why: &OverlayError) -> Sentence {
    Sentence::new(match why {
        OverlayError::Pack(_) => "bg_pack_damaged",
        _ => "bg_pack_other",
    })
}

#[cfg(test)]
#[path = "packs_tests.rs"]
mod tests;
