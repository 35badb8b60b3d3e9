//! The rules of a case: which reports share one, when a new report opens a decided one again, when one reviewer is not
//! enough.
//!
//! Pure; the steps themselves come from `spotter_model::case::TRANSITIONS` and from nowhere else.

use sha2::{Digest as _, Sha256};
use spotter_model::case::Who;
use spotter_model::{CaseState, Event, Field, Listing};

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

/// Whether a report opens a decided case again: only where the table lets the server do so, and the listing now says
/// something that no earlier report of the case showed.
#[must_use]
pub fn reopens(state: CaseState, text_is_new: bool) -> bool {
    text_is_new && state.step_by(Event::Reopen, Who::Server).is_some()
}

/// Why a first confirmation is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondReason {
    /// The seller claims that the offer is lawful.
    Claims,
    /// Another reviewer found the same case not prohibited.
    Disagreement,
}

/// The rule for second opinions.
#[must_use]
pub fn second_opinion(claims: i64, another_dismissed: bool) -> Option<SecondReason> {
    if another_dismissed { Some(SecondReason::Disagreement) } else { (claims > 0).then_some(SecondReason::Claims) }
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
            let dismissed = state.is_dismissed() && state != CaseState::Corrected;
            assert_eq!(reopens(state, true), dismissed || state == CaseState::CannotTell, "{state:?}");
        }
    }

    #[test]
    fn a_claim_or_another_opinion_asks_for_a_second_reviewer() {
        assert_eq!(second_opinion(0, false), None);
        assert_eq!(second_opinion(2, false), Some(SecondReason::Claims));
        assert_eq!(second_opinion(2, true), Some(SecondReason::Disagreement));
    }
}
