//! How long what cases say about people is kept, by class, and the job that erases what is over.
//!
//! Owns the classes. A case with a named ground, a hold or a referral under way stays until that has ended.

use crate::clock;
use crate::config::Serve;
use crate::store::erasure::{self, Erased, Why};
use crate::store::steps::Actor;
use crate::store::{Store, StoreError, privacy};
use spotter_model::CaseState;
use time::{Duration, OffsetDateTime};

/// Cases that the job erases before others may write again.
const BATCH: i64 = 100;

/// What a case's time follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Found to be nothing, or wrongly told to a company.
    Dismissed,
    /// Nobody could tell, or nobody has decided.
    Undecided,
    /// Confirmed, and whatever became of it.
    Confirmed,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dismissed, Self::Undecided, Self::Confirmed];

    /// As it stands beside an erasure.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dismissed => "dismissed",
            Self::Undecided => "undecided",
            Self::Confirmed => "confirmed",
        }
    }

    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Dismissed => "found to be nothing, or wrongly told to a company",
            Self::Undecided => "nobody could tell, or nobody has decided",
            Self::Confirmed => "confirmed by reviewers, and whatever became of it",
        }
    }

    /// The class of a state; `None`: its time does not run. A duplicate's is that of the case that it belongs to; an agency's
    /// hold and a notice on its way end first.
    #[must_use]
    pub fn of(state: CaseState) -> Option<Self> {
        match state {
            CaseState::OnHold | CaseState::NoticePending | CaseState::DuplicateOf => None,
            s if s.is_dismissed() => Some(Self::Dismissed),
            s if s.is_confirmed() => Some(Self::Confirmed),
            _ => Some(Self::Undecided),
        }
    }
}

/// Days for each class, from the last step of the case on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// See [`Class::Dismissed`].
    pub dismissed: u32,
    /// See [`Class::Undecided`].
    pub undecided: u32,
    /// See [`Class::Confirmed`].
    pub confirmed: u32,
}

impl Keep {
    /// As it was set.
    #[must_use]
    pub fn of(settings: &Serve) -> Self {
        Self {
            dismissed: settings.keep_dismissed_days,
            undecided: settings.keep_undecided_days,
            confirmed: settings.keep_confirmed_days,
        }
    }

    /// Days of a class.
    #[must_use]
    pub const fn days(&self, class: Class) -> u32 {
        match class {
            Class::Dismissed => self.dismissed,
            Class::Undecided => self.undecided,
            Class::Confirmed => self.confirmed,
        }
    }
}

/// Erases what is over.
///
/// # Errors
/// Where the store fails.
pub async fn tidy(store: &Store, keep: Keep, now: OffsetDateTime) -> Result<Erased, StoreError> {
    let mut all = Erased::default();
    let (stamp, today) = (clock::stamp(now), clock::day(now));
    for class in Class::ALL {
        let states: Vec<CaseState> = CaseState::ALL.into_iter().filter(|s| Class::of(*s) == Some(class)).collect();
        let before = clock::stamp(now - Duration::days(keep.days(class).into()));
        loop {
            let ids = erasure::over(store.read(), &states, &before, &today, BATCH).await?;
            if ids.is_empty() {
                break;
            }
            let done = erasure::erase(store, &ids, &Why::Time(class.word()), Actor::Server, &stamp).await?;
            all.cases.extend(done.cases);
            all.reports += done.reports;
            all.pictures += done.pictures;
        }
    }
    let mut tx = store.begin().await?;
    let before = clock::stamp(now - Duration::days(keep.confirmed.into()));
    privacy::forget_old(&mut tx, &before).await?;
    tx.commit().await?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_class_but_those_that_end_by_themselves() {
        let none: Vec<CaseState> = CaseState::ALL.into_iter().filter(|s| Class::of(*s).is_none()).collect();
        assert_eq!(none.len(), 3, "{none:?}");
        for (state, class) in [
            (CaseState::NotProhibited, Class::Dismissed),
            (CaseState::Invalid, Class::Dismissed),
            (CaseState::Corrected, Class::Dismissed),
            (CaseState::Confirmed, Class::Confirmed),
            (CaseState::Removed, Class::Confirmed),
            (CaseState::Closed, Class::Confirmed),
            (CaseState::CannotTell, Class::Undecided),
            (CaseState::New, Class::Undecided),
        ] {
            assert_eq!(Class::of(state), Some(class), "{state:?}");
        }
    }
}
