//! One decision for several cases at once: each is an ordinary step of its case, and what became of each is remembered.
//!
//! Owns the rows of `bulks`. Decides nothing itself: `steps` does, with all its guards. Taking back is a further step.

use super::cases::{self, Case};
use super::steps::{self, NotDecided, Verdict};
use super::{Reader, Tx, leases, parse_word, word};
use crate::audit;
use serde::{Deserialize, Serialize};
use spotter_model::Event;
use sqlx::Row as _;

/// Most cases at once: a page of the queue.
pub const MOST: usize = super::queue::PAGE;

/// What can be decided for several at once: what the table lets be taken back. Confirming is not among it, because the
/// evidence has to be opened case by case.
pub const EVENTS: [Event; 4] = [Event::NotProhibited, Event::CannotTell, Event::OutOfScope, Event::Invalid];

/// What became of one of the cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Decided.
    Done,
    /// Left alone: it had another version than the one that was seen.
    MovedOn,
    /// Left alone: another reviewer has it open.
    Taken,
    /// Left alone: the table has no such step from where it stands.
    NotAllowed,
    /// Decided, and taken back.
    Undone,
    /// Decided, and not taken back: somebody has decided since.
    NotUndone,
}

/// One case that was chosen, in the version that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The case.
    pub case_id: i64,
    /// Its version then.
    pub version: i64,
}

/// One of them, after it was tried.
pub struct Tried {
    /// The case as it stood before.
    pub case: Case,
    /// What became of it.
    pub outcome: Outcome,
    /// Who has it open, where that is why it was left alone.
    pub with: String,
}

/// What a reviewer decides for several cases.
pub struct Decision<'a> {
    /// The cases.
    pub chosen: &'a [Chosen],
    /// Who.
    pub reviewer_id: i64,
    /// What: one of [`EVENTS`].
    pub event: Event,
    /// What spotters are told.
    pub public_reason: &'a str,
}

/// Decides each of them, or says why not. A preview is this in a transaction that is dropped. Numbers of no case are passed
/// over.
///
/// # Errors
/// Where the database fails.
pub async fn each(tx: &mut Tx, decision: &Decision<'_>, now: &str) -> sqlx::Result<Vec<Tried>> {
    let mut all = vec![];
    for Chosen { case_id, version } in decision.chosen.iter().copied() {
        let Some(case) = cases::find_in(tx, case_id).await? else { continue };
        let other =
            leases::holder(&mut **tx, case_id, now).await?.filter(|held| held.reviewer_id != decision.reviewer_id);
        if let Some(other) = other.filter(|_| case.version == version) {
            all.push(Tried { case, outcome: Outcome::Taken, with: other.name });
            continue;
        }
        let verdict = Verdict {
            case_id,
            version,
            reviewer_id: decision.reviewer_id,
            event: decision.event,
            public_reason: decision.public_reason,
            original: None,
        };
        let outcome = match steps::decide(tx, &verdict, now).await {
            Ok(_) => Outcome::Done,
            Err(NotDecided::Stale(_)) => Outcome::MovedOn,
            Err(NotDecided::Database(error)) => return Err(error),
            Err(_) => Outcome::NotAllowed,
        };
        all.push(Tried { case, outcome, with: String::new() });
    }
    Ok(all)
}

/// Remembers what [`each`] did, in its transaction. Returns the number under which it can be read and taken back.
///
/// # Errors
/// Where the database fails.
pub async fn keep(tx: &mut Tx, decision: &Decision<'_>, tried: &[Tried], now: &str) -> sqlx::Result<i64> {
    let id = sqlx::query_scalar("INSERT INTO bulks (reviewer_id, event, at) VALUES ($1, $2, $3) RETURNING id")
        .bind(decision.reviewer_id)
        .bind(word(&decision.event))
        .bind(now)
        .fetch_one(&mut **tx)
        .await?;
    for one in tried {
        sqlx::query("INSERT INTO bulk_cases (bulk_id, case_id, version, outcome) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(one.case.id)
            .bind(one.case.version + i64::from(one.outcome == Outcome::Done))
            .bind(word(&one.outcome))
            .execute(&mut **tx)
            .await?;
    }
    let done = tried.iter().filter(|t| t.outcome == Outcome::Done).count();
    let action = format!("bulk.{}", word(&decision.event));
    noted(tx, id, decision.reviewer_id, &action, &format!("{done} of {} cases", tried.len()), now).await?;
    Ok(id)
}

async fn noted(tx: &mut Tx, id: i64, reviewer_id: i64, action: &str, detail: &str, now: &str) -> sqlx::Result<()> {
    let (actor, subject) = (steps::Actor::Reviewer(reviewer_id).name(), format!("bulk:{id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &subject, detail }).await
}

/// A decision for several cases, as it is read again.
pub struct Bulk {
    /// Its number.
    pub id: i64,
    /// Who decided.
    pub reviewer_id: i64,
    /// What.
    pub event: Event,
    /// When.
    pub at: String,
    /// When it was taken back; absent: it was not.
    pub undone_at: Option<String>,
    /// The cases as they stand now, with what became of them then and the version that it made.
    pub cases: Vec<(Case, Outcome, i64)>,
}

/// One of them.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Reader, id: i64) -> sqlx::Result<Option<Bulk>> {
    let row = sqlx::query("SELECT reviewer_id, event, at, undone_at FROM bulks WHERE id = $1")
        .bind(id)
        .fetch_optional(pool.pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut bulk = Bulk {
        id,
        reviewer_id: row.try_get(0)?,
        event: parse_word(row.try_get(1)?)?,
        at: row.try_get(2)?,
        undone_at: row.try_get(3)?,
        cases: vec![],
    };
    let rows = sqlx::query("SELECT case_id, outcome, version FROM bulk_cases WHERE bulk_id = $1 ORDER BY case_id")
        .bind(id)
        .fetch_all(pool.pool())
        .await?;
    for row in rows {
        if let Some(case) = cases::find(pool, row.try_get(0)?).await? {
            bulk.cases.push((case, parse_word(row.try_get(1)?)?, row.try_get(2)?));
        }
    }
    Ok(Some(bulk))
}

/// Takes back what was decided, case by case; whatever was decided again since stays. Only what is still marked as done is
/// touched, so that twice does nothing more.
///
/// # Errors
/// Where the database fails.
pub async fn undo(tx: &mut Tx, bulk: &Bulk, now: &str) -> sqlx::Result<()> {
    let (mut back, mut stays) = (0, 0);
    for (case, outcome, version) in &bulk.cases {
        if *outcome != Outcome::Done {
            continue;
        }
        let verdict = Verdict {
            case_id: case.id,
            version: *version,
            reviewer_id: bulk.reviewer_id,
            event: Event::Reopen,
            public_reason: "",
            original: None,
        };
        let outcome = match steps::decide(tx, &verdict, now).await {
            Ok(_) => Outcome::Undone,
            Err(NotDecided::Database(error)) => return Err(error),
            Err(_) => Outcome::NotUndone,
        };
        if outcome == Outcome::Undone {
            back += 1
        } else {
            stays += 1
        }
        sqlx::query("UPDATE bulk_cases SET outcome = $1 WHERE bulk_id = $2 AND case_id = $3 AND outcome = 'done'")
            .bind(word(&outcome))
            .bind(bulk.id)
            .bind(case.id)
            .execute(&mut **tx)
            .await?;
    }
    let first = sqlx::query("UPDATE bulks SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL")
        .bind(now)
        .bind(bulk.id)
        .execute(&mut **tx)
        .await?;
    if first.rows_affected() == 1 {
        noted(tx, bulk.id, bulk.reviewer_id, "bulk.undone", &format!("{back} taken back, {stays} decided since"), now)
            .await?;
    }
    Ok(())
}
