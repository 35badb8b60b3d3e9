//! The rules of a case: which reports share one, and when a new report opens a decided one again.
//!
//! Pure; the steps themselves come from `spotter_model::case::TRANSITIONS` and from nowhere else.

use sha2::{Digest as _, Sha256};
use spotter_model::{CaseState, Field, Listing};

/// Hash of what the listing said. Fields are kept apart by their lengths.
#[must_use]
pub fn text_hash(listing: &Listing) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in Field::ALL {
        let text = listing.text(field);
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

/// Whether a report opens a decided case again: only where the listing now says something that no earlier report
/// of the case showed, and the earlier decision did not already confirm it.
#[must_use]
pub fn reopens(state: CaseState, text_is_new: bool) -> bool {
    text_is_new && !state.is_open() && state != CaseState::Confirmed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_text_between_fields_is_a_change() {
        let a = Listing { title: "ab".into(), ..Listing::default() };
        let b = Listing { title: "a".into(), description: "b".into(), ..Listing::default() };
        assert_ne!(text_hash(&a), text_hash(&b));
        let other_id = Listing { id: "x".into(), ..a.clone() };
        assert_eq!(text_hash(&a), text_hash(&other_id));
    }

    #[test]
    fn only_news_reopens_and_never_a_confirmation() {
        for state in CaseState::ALL {
            assert!(!reopens(state, false));
            assert_eq!(reopens(state, true), !state.is_open() && state != CaseState::Confirmed, "{state:?}");
        }
    }
}
