//! What is published of a year: counted once, when a lead publishes it, and kept as it was published.

use super::{By, Range};
use crate::audit;
use crate::store::Tx;
use crate::store::sql::{self, Pool};
use spotter_survey::table::Table;
use spotter_survey::yearly::Row;
use sqlx::{AssertSqlSafe, Row as _};

/// Confirmed cases by what they have in common, and of how many a removal was seen. No row is left out: what may be said of them
/// is decided over all.
///
/// # Errors
/// Where the database fails.
pub async fn rows(pool: &Pool, by: By, range: &Range) -> sqlx::Result<Vec<Row>> {
    let (value, join) = by.sql();
    let sql = format!(
        "SELECT {value}, count(*), count(k.remove_s) FROM cases k {join} WHERE k.day >= $1 AND k.day < $2 AND k.stands = 1 \
         GROUP BY 1"
    );
    // Safe: made of literals of this module.
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(&range.from).bind(&range.to).fetch_all(pool).await?;
    let one = |r: sql::Row| {
        let n = |at: usize| Ok::<_, sqlx::Error>(u64::try_from(r.try_get::<i64, _>(at)?).unwrap_or_default());
        Ok(Row { name: r.try_get(0)?, cases: n(1)?, removed: n(2)? })
    };
    rows.into_iter().map(one).collect()
}

/// A published year.
pub struct Published {
    /// The year.
    pub year: i32,
    /// When it was published.
    pub at: String,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// The years that were published, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn published(pool: &Pool) -> sqlx::Result<Vec<i32>> {
    sqlx::query_scalar("SELECT year FROM published_years ORDER BY year DESC").fetch_all(pool).await
}

/// One of them.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Pool, year: i32) -> sqlx::Result<Option<Published>> {
    let row =
        sqlx::query("SELECT tables, at FROM published_years WHERE year = $1").bind(year).fetch_optional(pool).await?;
    row.map(|r| {
        let tables: String = r.try_get(0)?;
        let tables = serde_json::from_str(&tables).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
        Ok(Published { year, at: r.try_get(1)?, tables })
    })
    .transpose()
}

/// Publishes a year. Returns whether it was not published before: then it stays as it is.
///
/// # Errors
/// Where the database fails.
pub async fn publish(tx: &mut Tx, year: i32, tables: &[Table], reviewer_id: i64, now: &str) -> sqlx::Result<bool> {
    let tables = serde_json::to_string(tables).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let done = sqlx::query(
        "INSERT INTO published_years (year, tables, reviewer_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (year) DO NOTHING",
    )
    .bind(year)
    .bind(&tables)
    .bind(reviewer_id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let (actor, about) = (format!("reviewer:{reviewer_id}"), format!("year:{year}"));
    let detail = format!("sha256 {}", crate::sign::sha256_hex(tables.as_bytes()));
    audit::append(tx, now, audit::Entry { actor: &actor, action: "year.published", subject: &about, detail: &detail })
        .await?;
    Ok(true)
}

/// The first year with a case.
///
/// # Errors
/// Where the database fails.
pub async fn first(pool: &Pool) -> sqlx::Result<Option<i32>> {
    let first: Option<String> = sqlx::query_scalar("SELECT min(opened_at) FROM cases").fetch_one(pool).await?;
    Ok(first.and_then(|at| at.get(..4).and_then(|y| y.parse().ok())))
}
