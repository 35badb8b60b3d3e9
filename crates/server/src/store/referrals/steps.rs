//! What becomes of a referral. Owns the only place that writes a referral's state; takes no step that the table does not have.

use super::{kinds, note, referral, select};
use crate::store::sql::Truth;
use crate::store::steps::Actor;
use crate::store::{Tx, cases, sealing, word};
use spotter_model::referral::{ReferralEvent, ReferralGuard, ReferralOutcome};

/// What somebody does with a referral.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// What.
    pub event: ReferralEvent,
    /// Who: a reviewer, or the agency what is its to say.
    pub by: Actor,
    /// By which way it was handed over, or what the agency said.
    pub words: &'a str,
    /// What became of it, where it is concluded.
    pub outcome: Option<ReferralOutcome>,
}

/// Why a step was not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// No such referral, or the table has no such step where it stands.
    NotAllowed,
    /// Whoever wrote it, or approved it first, cannot approve it again.
    SamePerson,
    /// The case is no longer confirmed.
    NotConfirmed,
    /// The organisation that it speaks for takes part no more.
    Retired,
    /// The database failed.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for NotTaken {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Takes a step of the table.
///
/// # Errors
/// See [`NotTaken`].
pub async fn take(tx: &mut Tx, id: i64, deed: &Deed<'_>, now: &str) -> Result<(), NotTaken> {
    let row = sqlx::query(select("WHERE f.id = $1")).bind(id).fetch_optional(&mut **tx).await?;
    let found = row.as_ref().map(|row| referral(tx.keys(), row)).transpose()?.ok_or(NotTaken::NotAllowed)?;
    let step = found.state.step(deed.event).ok_or(NotTaken::NotAllowed)?;
    let reviewer = deed.by.reviewer();
    if reviewer.is_none() && !deed.event.is_the_agencys() {
        return Err(NotTaken::NotAllowed);
    }
    let leaves = [ReferralEvent::ApproveFirst, ReferralEvent::Approve, ReferralEvent::Send].contains(&deed.event);
    if leaves && !found.takes_part {
        return Err(NotTaken::Retired);
    }
    for guard in step.guards {
        match guard {
            ReferralGuard::NotTheWriter if Some(found.written_by) == reviewer => return Err(NotTaken::SamePerson),
            ReferralGuard::NotTheFirst if found.first_by.is_some() && found.first_by == reviewer => {
                return Err(NotTaken::SamePerson);
            }
            ReferralGuard::NotTheWriter | ReferralGuard::NotTheFirst => {}
            ReferralGuard::CaseConfirmed => {
                let case = cases::find_in(tx, found.case_id).await?;
                if !case.is_some_and(|c| c.state.is_confirmed()) {
                    return Err(NotTaken::NotConfirmed);
                }
            }
        }
    }
    let kind = if deed.event == ReferralEvent::Send { kinds::HOW } else { kinds::SAID };
    let words = sealing::seal(tx, found.case_id, kind, deed.words).await?;
    let by = |event| reviewer.filter(|_| deed.event == event);
    let outcome = deed.outcome.filter(|_| deed.event == ReferralEvent::Conclude);
    sqlx::query(
        "UPDATE referrals SET state = $2, changed_at = $3, first_by = coalesce($4, first_by), second_by = coalesce($5, second_by), \
         sent_at = CASE WHEN $6 = 1 THEN $3 ELSE sent_at END, sent_how = CASE WHEN $6 = 1 THEN $7 ELSE sent_how END, \
         said = CASE WHEN $8 = 1 AND $7 <> '' THEN $7 ELSE said END, outcome = $9 WHERE id = $1",
    )
    .bind(id)
    .bind(word(&step.to))
    .bind(now)
    .bind(by(ReferralEvent::ApproveFirst))
    .bind(by(ReferralEvent::Approve))
    .bind(Truth(deed.event == ReferralEvent::Send))
    .bind(words)
    .bind(Truth(matches!(deed.event, ReferralEvent::Acknowledge | ReferralEvent::Conclude)))
    .bind(outcome.map(|o| word(&o)).unwrap_or_default())
    .execute(&mut **tx)
    .await?;
    let action = format!("referral.{}", word(&deed.event));
    note(tx, deed.by, &action, id, now).await?;
    Ok(())
}
