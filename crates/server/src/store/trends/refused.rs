//! How many of the newest answers of a company say that the notice was wrong: it let the listing stand, put it back, or wrote
//! so in the file that came back. Above one in twenty, whoever writes notices has to know.

use crate::store::sql::{Pool, Row};
use sqlx::{AssertSqlSafe, Row as _};

/// So many of the newest answered notices count.
pub const NEWEST: i64 = 100;
/// In percent: more than that is too many.
pub const TOO_MANY_PERCENT: u64 = 5;

/// A company's share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The company's number.
    pub company_id: i64,
    /// Its name.
    pub company: String,
    /// How many notices it answered, the newest [`NEWEST`] at most. A receipt alone is no answer.
    pub answered: u64,
    /// Of them wrong, as the company sees it.
    pub wrong: u64,
}

impl Share {
    /// Whether that is too many.
    #[must_use]
    pub const fn is_too_many(&self) -> bool {
        self.wrong * 100 > self.answered * TOO_MANY_PERCENT
    }

    /// In one sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let notices = if self.answered == 1 {
            "answered notice".to_owned()
        } else {
            format!("{} answered notices", self.answered)
        };
        format!("{} of the last {notices} were refused or called wrong: more than {TOO_MANY_PERCENT} %.", self.wrong)
    }
}

async fn shares(pool: &Pool, company_id: i64) -> sqlx::Result<Vec<Share>> {
    let sql = format!(
        "SELECT c.id, c.name, count(*), CAST(sum(a.wrong) AS BIGINT) FROM (SELECT n.company_id, \
         CASE WHEN n.action IN ('refuse', 'reinstate') OR n.false_positive = 1 THEN 1 ELSE 0 END AS wrong, \
         row_number() OVER (PARTITION BY n.company_id ORDER BY n.action_at DESC, n.id DESC) AS place FROM notices n \
         WHERE n.action_at <> '' AND ($1 = 0 OR n.company_id = $1) \
         AND (n.action IN ('remove', 'restrict', 'refuse', 'reinstate') OR n.false_positive IS NOT NULL)) a \
         JOIN companies c ON c.id = a.company_id WHERE a.place <= {NEWEST} GROUP BY c.id, c.name ORDER BY c.name LIMIT 500"
    );
    // Safe: made of literals of this file.
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(company_id).fetch_all(pool).await?;
    let one = |r: Row| {
        let n = |at: usize| Ok::<_, sqlx::Error>(u64::try_from(r.try_get::<i64, _>(at)?).unwrap_or_default());
        Ok(Share { company_id: r.try_get(0)?, company: r.try_get(1)?, answered: n(2)?, wrong: n(3)? })
    };
    rows.into_iter().map(one).collect()
}

/// Of every company that answered anything, by name.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<Share>> {
    shares(pool, 0).await
}

/// Of the company of a marketplace's host.
///
/// # Errors
/// Where the database fails.
pub async fn of_host(pool: &Pool, host: &str) -> sqlx::Result<Option<Share>> {
    let company: Option<i64> = sqlx::query_scalar("SELECT company_id FROM company_hosts WHERE host = $1")
        .bind(host)
        .fetch_optional(pool)
        .await?;
    match company {
        Some(id) => of(pool, id).await,
        None => Ok(None),
    }
}

/// Of one; `None` where it has answered nothing.
///
/// # Errors
/// Where the database fails.
pub async fn of(pool: &Pool, company_id: i64) -> sqlx::Result<Option<Share>> {
    Ok(shares(pool, company_id).await?.pop())
}
