//! Steps of a case: each is a row of the table in `spotter_model::case`, with its guards, its row in the history and its
//! link in the chain. Owns: the only place that writes a case's state.

use super::cases::{self, Case};
use super::sql::Truth;
use super::{Tx, sealing, word};
use crate::audit;
use crate::cases::second_opinion;
use spotter_model::case::{Guard, Who};
use spotter_model::{CaseState, Event};

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A reviewer, by number.
    Reviewer(i64),
    /// The server by itself.
    Server,
    /// A company, by number.
    Company(i64),
    /// An agency, by the number of the referral that it has.
    Agency(i64),
}

impl Actor {
    fn who(self) -> Who {
        match self {
            Self::Reviewer(_) => Who::Reviewer,
            Self::Server => Who::Server,
            Self::Company(_) => Who::Company,
            Self::Agency(_) => Who::Agency,
        }
    }

    pub(super) fn reviewer(self) -> Option<i64> {
        if let Self::Reviewer(id) = self { Some(id) } else { None }
    }

    /// As in the audit.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Reviewer(id) => format!("reviewer:{id}"),
            Self::Server => "server".to_owned(),
            Self::Company(id) => format!("company:{id}"),
            Self::Agency(id) => format!("agency:{id}"),
        }
    }
}

/// Why a step was not taken.
#[derive(Debug)]
pub enum NotDecided {
    /// No such case.
    Unknown,
    /// It has moved on since the page was made.
    Stale(Box<Case>),
    /// The table has no such step.
    NotAllowed(Box<Case>),
    /// Confirming needs the evidence to have been opened.
    EvidenceUnopened,
    /// Whoever asked for a second opinion cannot confirm alone.
    SecondPersonNeeded,
    /// The other case is none, this one, or itself a duplicate; or other cases are duplicates of this one.
    NoOriginal,
    /// The database failed.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for NotDecided {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// What a reviewer does with more than a button: a notice or a date belongs to it, and its own form takes it.
const WITH_MORE: [Event; 3] = [Event::Notice, Event::Withdraw, Event::Hold];

/// What a reviewer decides.
pub struct Verdict<'a> {
    /// The case.
    pub case_id: i64,
    /// The version that the reviewer saw.
    pub version: i64,
    /// Who.
    pub reviewer_id: i64,
    /// What.
    pub event: Event,
    /// What spotters are told.
    pub public_reason: &'a str,
    /// The case that this one is a duplicate of.
    pub original: Option<i64>,
}

/// The case in the version that was seen.
///
/// # Errors
/// Where there is none, or it has moved on.
pub async fn seen(tx: &mut Tx, case_id: i64, version: i64) -> Result<Case, NotDecided> {
    let case = cases::find_in(tx, case_id).await?.ok_or(NotDecided::Unknown)?;
    if !case.erased_at.is_empty() {
        return Err(NotDecided::NotAllowed(Box::new(case)));
    }
    if case.version == version { Ok(case) } else { Err(NotDecided::Stale(Box::new(case))) }
}

/// Takes a decision, or says why not. Nothing is stored unless all holds. Returns what happened: a first confirmation may
/// have become a request for a second one.
///
/// # Errors
/// See [`NotDecided`].
pub async fn decide(tx: &mut Tx, verdict: &Verdict<'_>, now: &str) -> Result<Event, NotDecided> {
    let case = seen(tx, verdict.case_id, verdict.version).await?;
    let event = by_rule(tx, &case, verdict).await?;
    let step = case.state.step_by(event, Who::Reviewer).filter(|s| !WITH_MORE.contains(&s.event));
    let Some(step) = step else {
        return Err(NotDecided::NotAllowed(Box::new(case)));
    };
    for guard in step.guards {
        match guard {
            Guard::EvidenceOpened if !evidence_opened(tx, &case, verdict.reviewer_id).await? => {
                return Err(NotDecided::EvidenceUnopened);
            }
            Guard::OtherReviewer if asked_by(tx, &case).await? == Some(verdict.reviewer_id) => {
                return Err(NotDecided::SecondPersonNeeded);
            }
            Guard::OtherCaseStands if !original_stands(tx, &case, verdict.original).await? => {
                return Err(NotDecided::NoOriginal);
            }
            _ => {}
        }
    }
    if event == Event::Duplicate {
        sqlx::query("UPDATE cases SET duplicate_of = $1 WHERE id = $2")
            .bind(verdict.original)
            .bind(case.id)
            .execute(&mut **tx)
            .await?;
    }
    // What was said with the decision stays said through what the company does; a case that waits again says nothing.
    let said = (case.state.is_open() || step.to.is_open()).then_some(verdict.public_reason);
    take(tx, &case, event, Actor::Reviewer(verdict.reviewer_id), said, now).await?;
    super::leases::release(tx, case.id).await?;
    Ok(event)
}

/// A first confirmation where a rule asks for a second one; else what the reviewer said.
async fn by_rule(tx: &mut Tx, case: &Case, verdict: &Verdict<'_>) -> sqlx::Result<Event> {
    if verdict.event != Event::Confirm || case.state.step(Event::ConfirmFirst).is_none() {
        return Ok(verdict.event);
    }
    let Truth(another_dismissed) = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM decisions WHERE case_id = $1 AND decision = $2 AND reviewer_id <> $3)",
    )
    .bind(case.id)
    .bind(word(&Event::NotProhibited))
    .bind(verdict.reviewer_id)
    .fetch_one(&mut **tx)
    .await?;
    let asked = second_opinion(case.claims, another_dismissed).is_some();
    Ok(if asked { Event::ConfirmFirst } else { Event::Confirm })
}

async fn evidence_opened(tx: &mut Tx, case: &Case, reviewer_id: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM evidence_views WHERE case_id = $1 AND reviewer_id = $2)")
        .bind(case.id)
        .bind(reviewer_id)
        .fetch_one(&mut **tx)
        .await
        .map(|Truth(yes)| yes)
}

/// Who took the last step.
async fn asked_by(tx: &mut Tx, case: &Case) -> sqlx::Result<Option<i64>> {
    let last: Option<Option<i64>> =
        sqlx::query_scalar("SELECT reviewer_id FROM decisions WHERE case_id = $1 ORDER BY version DESC LIMIT 1")
            .bind(case.id)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(last.flatten())
}

async fn original_stands(tx: &mut Tx, case: &Case, original: Option<i64>) -> sqlx::Result<bool> {
    let Some(original) = original.filter(|id| *id != case.id) else { return Ok(false) };
    let Truth(has_duplicates) = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cases WHERE duplicate_of = $1)")
        .bind(case.id)
        .fetch_one(&mut **tx)
        .await?;
    let other = cases::find_in(tx, original).await?;
    Ok(!has_duplicates && other.is_some_and(|c| c.state != CaseState::DuplicateOf))
}

/// One step of the table, with its row and its link in the chain. `said` is what spotters are told from now on; `None`
/// leaves it as it is. The caller has checked the guards.
///
/// # Errors
/// Where the table has no such step for this actor, or the database fails.
pub async fn take(
    tx: &mut Tx,
    case: &Case,
    event: Event,
    actor: Actor,
    said: Option<&str>,
    now: &str,
) -> sqlx::Result<()> {
    let step = case.state.step_by(event, actor.who());
    let to = step.ok_or_else(|| sqlx::Error::Protocol(format!("{:?} cannot {event:?}", case.state)))?.to;
    let said = said.unwrap_or(&case.public_reason);
    let said = sealing::seal(tx, case.id, cases::kinds::SAID, said).await?;
    let done = sqlx::query(
        "UPDATE cases SET state = $1, version = version + 1, changed_at = $2, public_reason = $3, deferred_until = '', \
         duplicate_of = CASE WHEN $1 = $6 THEN duplicate_of END, \
         hold_until = CASE WHEN $1 = $9 THEN hold_until ELSE '' END, hold_agency = CASE WHEN $1 = $9 THEN hold_agency ELSE '' END, \
         removed = CASE WHEN $1 = $7 THEN removed ELSE $8 END WHERE id = $4 AND version = $5",
    )
    .bind(word(&to))
    .bind(now)
    .bind(&said)
    .bind(case.id)
    .bind(case.version)
    .bind(word(&CaseState::DuplicateOf))
    .bind(word(&CaseState::Closed))
    .bind(Truth(to.is_removal()))
    .bind(word(&CaseState::OnHold))
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() != 1 {
        return Err(sqlx::Error::RowNotFound);
    }
    sqlx::query("INSERT INTO decisions (case_id, version, reviewer_id, who, decision, to_state, public_reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(case.id)
        .bind(case.version + 1)
        .bind(actor.reviewer())
        .bind(word(&actor.who()))
        .bind(word(&event))
        .bind(word(&to))
        .bind(&said)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    super::trends::kept::step(tx, case, event, to, now).await?;
    super::checks::plan(tx, case.id, to, now).await?;
    let (actor, action, about) = (actor.name(), format!("case.{}", word(&event)), format!("case:{}", case.id));
    let detail = format!("version {} to {}", case.version + 1, word(&to));
    audit::append(tx, now, audit::Entry { actor: &actor, action: &action, subject: &about, detail: &detail }).await
}

/// An agency asks that nobody is told before a date. What has not gone yet is taken back.
///
/// # Errors
/// Where the table has no such step, or the database fails.
pub async fn hold(tx: &mut Tx, case: &Case, by: Actor, agency: &str, until: &str, now: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE notices SET state = 'withdrawn' WHERE case_id = $1 AND state IN ('second', 'pending')")
        .bind(case.id)
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE cases SET hold_until = $1, hold_agency = $2 WHERE id = $3")
        .bind(until)
        .bind(agency)
        .bind(case.id)
        .execute(&mut **tx)
        .await?;
    take(tx, case, Event::Hold, by, None, now).await
}
