//! What the queue reads: pages of cases in their order, what is behind and before one, counts, and facets.
//! Knows no page and changes nothing; the search is in `search`.
//!
//! Every query of waiting cases goes through the index `cases_waiting`, which holds all that is filtered by.

use super::cases::{Case, case, columns};
use super::sql::{Connection, Pool, Row};
use super::{Reader, Tx, parse_word, sql, word};
use spotter_model::{CaseState, Level};
use sqlx::Row as _;

/// Rows of the queue on one page.
pub const PAGE: usize = 25;
/// Most values that a filter offers.
const VALUES: i64 = 200;

/// Where a page begins: behind the case with these points and this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Its points.
    pub priority: i64,
    /// Its number.
    pub id: i64,
}

impl Behind {
    /// Before the first.
    pub const START: Self = Self { priority: i64::MAX, id: 0 };
}

/// Which cases the queue shows. Empty texts: all.
#[derive(Clone, Debug)]
pub struct Filter {
    /// One state; absent: all that are open.
    pub state: Option<CaseState>,
    /// One group.
    pub group: String,
    /// What the detector said.
    pub level: Option<Level>,
    /// One marketplace.
    pub marketplace: String,
    /// Its country.
    pub country: String,
    /// The offer's language.
    pub language: String,
    /// Only what was opened until then.
    pub opened_until: String,
    /// Only what was given to this reviewer; 0: all.
    pub assigned_to: i64,
    /// Only cases that were deferred and are not due yet; else, of open ones, only those that are due.
    pub deferred: bool,
    /// Only these; absent: all.
    pub only: Option<Vec<i64>>,
    /// Where the page begins.
    pub behind: Behind,
    /// The time now, as it is stored.
    pub now: String,
}

/// One page of the queue, and whether there are more. What waits comes by its points, then oldest first; what is decided by number.
///
/// # Errors
/// Where the database fails.
pub async fn page(pool: &Reader, filter: &Filter) -> sqlx::Result<(Vec<Case>, bool)> {
    const FITS: &str = "($1 = '' OR state = $1) AND ($2 = '' OR main_group = $2) AND ($3 = '' OR level = $3) AND ($4 = '' OR marketplace = $4) \
         AND ($5 = '' OR country = $5) AND ($6 = '' OR language = $6) AND opened_at <= $7 AND ($8 = 0 OR assigned_to = $8)";
    let open = filter.state.is_none_or(CaseState::is_open);
    let due = if filter.deferred { ">" } else { "<=" };
    let only = filter.only.as_ref().map(|ids| format!("AND id IN ({})", sql::numbers(ids))).unwrap_or_default();
    let which = if open {
        format!(
            "WHERE id IN (SELECT id FROM cases WHERE waits = 1 AND {FITS} {only} AND ($1 <> '' OR deferred_until {due} $9) \
             AND (priority < $10 OR (priority = $10 AND id > $11)) ORDER BY priority DESC, id LIMIT $12) ORDER BY priority DESC, id"
        )
    } else {
        format!("WHERE state = $1 AND {FITS} {only} AND ($9 = $9 AND $10 = $10) AND id > $11 ORDER BY id LIMIT $12")
    };
    let rows = sqlx::query(columns(&which))
        .persistent(filter.only.is_none())
        .bind(filter.state.as_ref().map(word).unwrap_or_default())
        .bind(&filter.group)
        .bind(filter.level.as_ref().map(word).unwrap_or_default())
        .bind(&filter.marketplace)
        .bind(&filter.country)
        .bind(&filter.language)
        .bind(if filter.opened_until.is_empty() { "9999" } else { &filter.opened_until })
        .bind(filter.assigned_to)
        .bind(&filter.now)
        .bind(filter.behind.priority)
        .bind(filter.behind.id)
        .bind(PAGE as i64 + 1)
        .fetch_all(pool.pool())
        .await?;
    one_page(pool, &rows)
}

/// The cases of a page, and whether one more was asked for and found.
pub(super) fn one_page(pool: &Reader, rows: &[Row]) -> sqlx::Result<(Vec<Case>, bool)> {
    let mut cases = rows.iter().map(|row| case(pool.keys(), row)).collect::<sqlx::Result<Vec<_>>>()?;
    let more = cases.len() > PAGE;
    cases.truncate(PAGE);
    Ok((cases, more))
}

/// How many cases there are in each state, and how many open ones are not due yet.
///
/// # Errors
/// Where the database fails.
pub async fn counts(pool: &Pool, now: &str) -> sqlx::Result<(Vec<(CaseState, i64)>, i64)> {
    let by_state = sqlx::query("SELECT state, count(*) FROM cases GROUP BY state").fetch_all(pool).await?;
    let by_state =
        by_state.into_iter().map(|r| Ok((parse_word(r.try_get(0)?)?, r.try_get(1)?))).collect::<sqlx::Result<_>>()?;
    // Only open cases have a date: every step clears it.
    let deferred = sqlx::query_scalar("SELECT count(*) FROM cases WHERE deferred_until <> '' AND deferred_until > $1")
        .bind(now)
        .fetch_one(pool)
        .await?;
    Ok((by_state, deferred))
}

/// The values that open cases have, to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Groups.
    pub groups: Vec<String>,
    /// Marketplaces.
    pub marketplaces: Vec<String>,
    /// Countries.
    pub countries: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
}

/// Reads them all in one walk through the index.
///
/// # Errors
/// Where the database fails.
pub async fn facets(pool: &Pool) -> sqlx::Result<Facets> {
    let mut facets = Facets::default();
    for (column, into) in [
        ("main_group", &mut facets.groups),
        ("marketplace", &mut facets.marketplaces),
        ("country", &mut facets.countries),
        ("language", &mut facets.languages),
    ] {
        // Safe: the columns are the literals above.
        let sql =
            format!("SELECT DISTINCT {column} FROM cases WHERE waits = 1 AND {column} <> '' ORDER BY 1 LIMIT {VALUES}");
        *into = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?;
    }
    Ok(facets)
}

/// What stands in the way of offering a case: it is put off, another reviewer has it, or it was given to another one.
const OFFERED: &str = "waits = 1 AND deferred_until <= $1 AND (assigned_to IS NULL OR assigned_to = $2) AND id <> $3 \
     AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.case_id = cases.id AND l.reviewer_id <> $2 AND l.until > $1)";

/// The open case behind this one that is offered to this reviewer, else the first such one; never this one itself.
///
/// # Errors
/// Where the database fails.
pub async fn next(pool: &Pool, case: &Case, reviewer_id: i64, now: &str) -> sqlx::Result<Option<i64>> {
    let mut connection = pool.acquire().await?;
    let found = walk(&mut connection, case.place(), case.id, reviewer_id, now).await?;
    if found.is_some() { Ok(found) } else { walk(&mut connection, Behind::START, case.id, reviewer_id, now).await }
}

/// The same, and nobody else can be offered it in between.
///
/// # Errors
/// Where the database fails.
pub async fn next_in(tx: &mut Tx, case: &Case, reviewer_id: i64, now: &str) -> sqlx::Result<Option<i64>> {
    let found = walk(tx, case.place(), case.id, reviewer_id, now).await?;
    if found.is_some() { Ok(found) } else { walk(tx, Behind::START, case.id, reviewer_id, now).await }
}

async fn walk(on: &mut Connection, behind: Behind, not: i64, reviewer_id: i64, now: &str) -> sqlx::Result<Option<i64>> {
    // Two ranges of the index instead of one condition with OR, which would walk over everything before.
    for range in ["priority = $4 AND id > $5", "priority < $4 AND $5 = $5"] {
        let sql = format!("SELECT id FROM cases WHERE {OFFERED} AND {range} ORDER BY priority DESC, id LIMIT 1");
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(now)
            .bind(reviewer_id)
            .bind(not)
            .bind(behind.priority)
            .bind(behind.id)
            .fetch_optional(&mut *on)
            .await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The open case before this one that is due.
///
/// # Errors
/// Where the database fails.
pub async fn previous(pool: &Pool, case: &Case, now: &str) -> sqlx::Result<Option<i64>> {
    for (range, order) in [("priority = $2 AND id < $3", "id DESC"), ("priority > $2 AND $3 = $3", "priority, id DESC")]
    {
        let sql = format!(
            "SELECT id FROM cases WHERE waits = 1 AND deferred_until <= $1 AND {range} ORDER BY {order} LIMIT 1"
        );
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(now)
            .bind(case.priority)
            .bind(case.id)
            .fetch_optional(pool)
            .await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The case of a report, by the report's number.
///
/// # Errors
/// Where the database fails.
pub async fn of_report(pool: &Pool, number: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("SELECT case_id FROM reports WHERE number = $1").bind(number).fetch_optional(pool).await
}

/// Gives a case to a reviewer, or to nobody.
///
/// # Errors
/// Where the database fails.
pub async fn assign(tx: &mut Tx, case_id: i64, to: Option<i64>) -> sqlx::Result<()> {
    sqlx::query("UPDATE cases SET assigned_to = $1 WHERE id = $2").bind(to).bind(case_id).execute(&mut **tx).await?;
    Ok(())
}
