//! Checks: when a listing is to be looked at again, and what was found. Planned by the steps of a case, done by a person.

use super::rechecks::{self, Told};
use super::steps::{self, Actor, NotDecided};
use super::{Reader, Tx, cases, parse_word, sealing, word};
use crate::audit;
use crate::clock;
use spotter_model::CaseState;
use spotter_model::case::CheckOutcome;
use spotter_model::recheck::Saw;
use sqlx::Row as _;
use time::Duration;

/// What was seen is sealed as this.
pub(super) const SEEN: &str = "checks.seen";
/// Checks on one page.
pub const PAGE: i64 = 25;

/// How long after a step somebody looks again; `None`: nobody has to.
fn wait(state: CaseState) -> Option<Duration> {
    match state {
        CaseState::Removed | CaseState::Restricted => Some(Duration::days(30)),
        CaseState::Notified
        | CaseState::Acknowledged
        | CaseState::NoResponse
        | CaseState::Complaint
        | CaseState::Reinstated => Some(Duration::days(7)),
        _ => None,
    }
}

/// Plans the next look at a case that came to this state. A receipt, silence or a complaint leaves what is planned.
///
/// # Errors
/// Where the database fails.
pub async fn plan(tx: &mut Tx, case_id: i64, state: CaseState, now: &str) -> sqlx::Result<()> {
    if !matches!(state, CaseState::Acknowledged | CaseState::NoResponse | CaseState::Complaint) {
        sqlx::query("DELETE FROM checks WHERE case_id = $1 AND outcome IS NULL")
            .bind(case_id)
            .execute(&mut **tx)
            .await?;
    }
    if let (Some(wait), Some(now)) = (wait(state), clock::read(now)) {
        sqlx::query("INSERT INTO checks (case_id, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(case_id)
            .bind(clock::stamp(now + wait))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// A check that is due.
pub struct Due {
    /// Its number.
    pub id: i64,
    /// Its case.
    pub case: cases::Case,
    /// Since when.
    pub due_at: String,
    /// What volunteers saw since, newest first.
    pub told: Vec<Told>,
}

impl Due {
    /// Whether a volunteer could tell what is there.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.told.iter().any(|told| told.saw != Saw::CannotTell)
    }
}

/// What is due, at most a page, and how many there are. First where a volunteer could tell what is there, then the oldest.
///
/// # Errors
/// Where the database fails.
pub async fn due(pool: &Reader, now: &str) -> sqlx::Result<(Vec<Due>, i64)> {
    let rows = sqlx::query(
        "SELECT id, case_id, due_at FROM checks k WHERE outcome IS NULL AND due_at <= $1 ORDER BY CASE WHEN EXISTS \
         (SELECT 1 FROM rechecks r WHERE r.check_id = k.id AND r.saw <> 'cannot_tell') THEN 0 ELSE 1 END, due_at, id LIMIT $2",
    )
    .bind(now)
    .bind(PAGE)
    .fetch_all(pool.pool())
    .await?;
    let checks = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<Vec<i64>>>()?;
    let mut told = rechecks::of_checks(pool, &checks).await?;
    let mut all = vec![];
    for row in rows {
        if let Some(case) = cases::find(pool, row.try_get(1)?).await? {
            let id = row.try_get(0)?;
            all.push(Due { id, case, due_at: row.try_get(2)?, told: told.remove(&id).unwrap_or_default() });
        }
    }
    let count = sqlx::query_scalar("SELECT count(*) FROM checks WHERE outcome IS NULL AND due_at <= $1")
        .bind(now)
        .fetch_one(pool.pool())
        .await?;
    Ok((all, count))
}

/// Writes down what was found, takes the step that it brings, and plans the next look. Nothing where the check was done by
/// another or the case has moved on.
///
/// # Errors
/// See [`NotDecided`].
pub async fn done(
    tx: &mut Tx,
    id: i64,
    version: i64,
    reviewer_id: i64,
    outcome: CheckOutcome,
    seen: &str,
    now: &str,
) -> Result<(), NotDecided> {
    let case_id: Option<i64> = sqlx::query_scalar("SELECT case_id FROM checks WHERE id = $1 AND outcome IS NULL")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?;
    let case_id = case_id.ok_or(NotDecided::Unknown)?;
    let seen = sealing::seal(tx, case_id, SEEN, seen).await?;
    sqlx::query("UPDATE checks SET outcome = $1, seen = $2, reviewer_id = $3, at = $4 WHERE id = $5")
        .bind(word(&outcome))
        .bind(seen)
        .bind(reviewer_id)
        .bind(now)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    let case = steps::seen(tx, case_id, version).await?;
    let actor = Actor::Reviewer(reviewer_id);
    if outcome.is_removal() {
        super::trends::kept::removal_seen(tx, case.id, now).await?;
    }
    match outcome.event(case.state) {
        // The step plans the next look by itself.
        Some(event) => steps::take(tx, &case, event, actor, None, now).await?,
        None => plan(tx, case.id, case.state, now).await?,
    }
    let (actor, about, found) = (actor.name(), format!("case:{}", case.id), word(&outcome));
    let entry = audit::Entry { actor: &actor, action: "case.checked", subject: &about, detail: &found };
    audit::append(tx, now, entry).await?;
    Ok(())
}

/// A check that was done.
pub struct Past {
    /// What was found.
    pub outcome: CheckOutcome,
    /// What was seen.
    pub seen: String,
    /// By whom.
    pub reviewer: String,
    /// When.
    pub at: String,
}

/// The checks of a case that were done, newest first, at most 20; and when the next one is due.
///
/// # Errors
/// Where the database fails.
pub async fn of_case(pool: &Reader, case_id: i64) -> sqlx::Result<(Vec<Past>, Option<String>)> {
    let rows = sqlx::query(
        "SELECT k.outcome, k.seen, v.name, k.at FROM checks k JOIN reviewers v ON v.id = k.reviewer_id \
         WHERE k.case_id = $1 ORDER BY k.id DESC LIMIT 20",
    )
    .bind(case_id)
    .fetch_all(pool.pool())
    .await?;
    let past = rows
        .into_iter()
        .map(|r| {
            Ok(Past {
                outcome: parse_word(r.try_get(0)?)?,
                seen: pool.keys().open_text(SEEN, r.try_get(1)?)?,
                reviewer: r.try_get(2)?,
                at: r.try_get(3)?,
            })
        })
        .collect::<sqlx::Result<_>>()?;
    let next = sqlx::query_scalar("SELECT due_at FROM checks WHERE case_id = $1 AND outcome IS NULL")
        .bind(case_id)
        .fetch_optional(pool.pool())
        .await?;
    Ok((past, next))
}
