//! The action plan: goals with their indicators, and what each year brought. Every version stays; the newest is in force.

use super::Tx;
use super::sql::{Pool, Row, Truth};
use crate::audit;
use sqlx::Row as _;
use std::collections::BTreeMap;

/// Most goals that are in force at once.
pub const GOALS: i64 = 60;

/// One version of a goal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goal {
    /// Its number; 0 before it is kept.
    pub goal: i64,
    /// Counts its changes from 1; 0 before it is kept.
    pub version: i64,
    /// What is to be reached.
    pub title: String,
    /// By what it is seen.
    pub indicator: String,
    /// Where it began.
    pub baseline: String,
    /// Where it is to end.
    pub target: String,
    /// What each year brought.
    pub notes: BTreeMap<String, String>,
    /// It was given up.
    pub ended: bool,
}

/// A version with who made it and when.
pub struct Made {
    /// The version.
    pub goal: Goal,
    /// By whom.
    pub by: String,
    /// When.
    pub at: String,
}

const COLUMNS: &str = "SELECT g.goal, g.version, g.title, g.indicator, g.baseline, g.target, g.notes, g.ended, v.name, g.at \
                       FROM plan_goals g JOIN reviewers v ON v.id = g.reviewer_id";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

fn made(row: &Row) -> sqlx::Result<Made> {
    let notes: String = row.try_get(6)?;
    Ok(Made {
        goal: Goal {
            goal: row.try_get(0)?,
            version: row.try_get(1)?,
            title: row.try_get(2)?,
            indicator: row.try_get(3)?,
            baseline: row.try_get(4)?,
            target: row.try_get(5)?,
            notes: serde_json::from_str(&notes).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
            ended: row.try_get::<Truth, _>(7)?.0,
        },
        by: row.try_get(8)?,
        at: row.try_get(9)?,
    })
}

/// The goals in force and those that were given up, each in its newest version, in the order in which they came.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<Made>> {
    let rows = sqlx::query(select(
        "WHERE g.version = (SELECT max(n.version) FROM plan_goals n WHERE n.goal = g.goal) ORDER BY g.ended, g.goal LIMIT 500",
    ))
    .fetch_all(pool)
    .await?;
    rows.iter().map(made).collect()
}

/// Every version of a goal, newest first, at most 200.
///
/// # Errors
/// Where the database fails.
pub async fn versions(pool: &Pool, goal: i64) -> sqlx::Result<Vec<Made>> {
    let rows =
        sqlx::query(select("WHERE g.goal = $1 ORDER BY g.version DESC LIMIT 200")).bind(goal).fetch_all(pool).await?;
    rows.iter().map(made).collect()
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is the newest version of this goal now.
    Yes(i64),
    /// Somebody changed it meanwhile, or there is no such goal.
    Stale,
    /// There are as many goals as there may be.
    TooMany,
}

/// Keeps a new goal, or the next version of one: `version` is the one that its author saw.
///
/// # Errors
/// Where the database fails.
pub async fn keep(tx: &mut Tx, new: &Goal, reviewer_id: i64, now: &str) -> sqlx::Result<Kept> {
    let goal = if new.goal == 0 {
        let row = sqlx::query(
            "SELECT coalesce(max(goal), 0) + 1, count(CASE WHEN ended = 0 THEN 1 END) FROM plan_goals g \
             WHERE version = (SELECT max(n.version) FROM plan_goals n WHERE n.goal = g.goal)",
        )
        .fetch_one(&mut **tx)
        .await?;
        if row.try_get::<i64, _>(1)? >= GOALS {
            return Ok(Kept::TooMany);
        }
        row.try_get(0)?
    } else {
        new.goal
    };
    let newest: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM plan_goals WHERE goal = $1")
        .bind(goal)
        .fetch_one(&mut **tx)
        .await?;
    if newest != new.version || (new.goal != 0 && newest == 0) {
        return Ok(Kept::Stale);
    }
    sqlx::query(
        "INSERT INTO plan_goals (goal, version, title, indicator, baseline, target, notes, ended, reviewer_id, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(goal)
    .bind(newest + 1)
    .bind(&new.title)
    .bind(&new.indicator)
    .bind(&new.baseline)
    .bind(&new.target)
    .bind(serde_json::to_string(&new.notes).map_err(|e| sqlx::Error::Encode(Box::new(e)))?)
    .bind(Truth(new.ended))
    .bind(reviewer_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    let (actor, about, detail) =
        (format!("reviewer:{reviewer_id}"), format!("goal:{goal}"), format!("version {}", newest + 1));
    audit::append(tx, now, audit::Entry { actor: &actor, action: "plan.kept", subject: &about, detail: &detail })
        .await?;
    Ok(Kept::Yes(goal))
}
