//! Figures over many cases, added up by the database: no case is ever read into memory for them. What they are made of is
//! written along by [`kept`]; how they are shown is no matter of this module.

pub mod flagged;
pub mod kept;
pub mod refused;
pub mod years;

use super::sql::{Pool, Row};
use sqlx::{AssertSqlSafe, Row as _};

/// Most rows of one figure; the rest is said to be left out.
pub const ROWS: i64 = 200;

/// Which cases count: opened within these days, and reported first by somebody of these cohorts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// The day behind the last one.
    pub to: String,
    /// Cohorts; empty: all.
    pub cohorts: Vec<String>,
}

impl Range {
    /// The cohorts as one text that a name is looked for in; empty: all. No name has the sign between them.
    fn cohorts(&self) -> String {
        let all: Vec<&str> = self.cohorts.iter().map(String::as_str).collect();
        if all.is_empty() { String::new() } else { format!("\u{1f}{}\u{1f}", all.join("\u{1f}")) }
    }
}

/// What cases can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The most probable group.
    Group,
    /// CITES trade terms; a case may have several.
    Product,
    /// The marketplace's host.
    Marketplace,
    /// Its country.
    Country,
    /// The offer's language.
    Language,
    /// How sellers hide it; a case may have several.
    Method,
    /// The day on which the first report came.
    Day,
    /// The month of that day.
    Month,
}

impl By {
    /// Where the value stands, and the condition of the join. The plus makes the database begin at the cases of these days.
    const fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::Group => ("k.main_group", ""),
            Self::Marketplace => ("k.marketplace", ""),
            Self::Country => ("k.country", ""),
            Self::Language => ("k.language", ""),
            Self::Day => ("k.day", ""),
            Self::Month => ("substr(k.day, 1, 7)", ""),
            Self::Product => ("f.value", "JOIN case_facts f ON f.kind = 'product' AND f.case_id = +k.id"),
            Self::Method => ("f.value", "JOIN case_facts f ON f.kind = 'method' AND f.case_id = +k.id"),
        }
    }
}

/// How many cases, and how far they got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// What they have in common; empty: it is not known.
    pub value: String,
    /// All.
    pub cases: u64,
    /// An expert's confirmation stands.
    pub confirmed: u64,
    /// A notice went to the company.
    pub told: u64,
    /// A person looked and found it removed, by the two outcomes that count.
    pub removed: u64,
    /// It stood there again after it had gone.
    pub relisted: u64,
}

/// The condition of every figure: days, and cohorts where some are asked. Its values are `$1` to `$3`.
fn within(range: &Range) -> &'static str {
    if range.cohorts.is_empty() {
        "k.day >= $1 AND k.day < $2 AND $3 = ''"
    } else {
        "k.day >= $1 AND k.day < $2 AND instr($3, '\u{1f}' || k.cohort || '\u{1f}') > 0"
    }
}

const SUMS: &str = "count(*), CAST(coalesce(sum(k.stands), 0) AS BIGINT), count(k.tell_s), count(k.remove_s), CAST(coalesce(sum(k.relisted), 0) AS BIGINT)";

fn count(row: &Row) -> sqlx::Result<Count> {
    let n = |at: usize| Ok::<_, sqlx::Error>(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or_default());
    Ok(Count { value: row.try_get(0)?, cases: n(1)?, confirmed: n(2)?, told: n(3)?, removed: n(4)?, relisted: n(5)? })
}

/// Cases by what they have in common, the most frequent first; at most [`ROWS`], but all days.
///
/// # Errors
/// Where the database fails.
pub async fn counts(pool: &Pool, by: By, range: &Range) -> sqlx::Result<Vec<Count>> {
    let ((value, join), within) = (by.sql(), within(range));
    let end = if by == By::Day { "ORDER BY 1".to_owned() } else { format!("ORDER BY 2 DESC, 1 LIMIT {ROWS}") };
    let sql = format!("SELECT {value}, {SUMS} FROM cases k {join} WHERE {within} GROUP BY 1 {end}");
    // Safe: made of literals of this file and our own words.
    let rows =
        sqlx::query(AssertSqlSafe(sql)).bind(&range.from).bind(&range.to).bind(range.cohorts()).fetch_all(pool).await?;
    rows.iter().map(count).collect()
}

/// All cases together.
///
/// # Errors
/// Where the database fails.
pub async fn sum(pool: &Pool, range: &Range) -> sqlx::Result<Count> {
    let sql = format!("SELECT '', {SUMS} FROM cases k WHERE {}", within(range));
    // Safe: made of literals of this file and our own words.
    let row =
        sqlx::query(AssertSqlSafe(sql)).bind(&range.from).bind(&range.to).bind(range.cohorts()).fetch_one(pool).await?;
    count(&row)
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// From the first report to the first decision.
    Decision,
    /// From the first confirmation to the first notice that went.
    Notice,
    /// From that notice to the first look that found the listing removed.
    Removal,
}

/// How long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// The company; empty: the marketplace has none.
    pub company: String,
    /// How many cases it is of.
    pub of: u64,
    /// Tenths of hours, rounded half up, within which half of them were through: the smallest time that at least half do not exceed.
    pub median: i64,
    /// The same for nine of ten.
    pub p90: i64,
}

/// Times by company, by name.
///
/// # Errors
/// Where the database fails.
pub async fn times(pool: &Pool, span: Span, range: &Range) -> sqlx::Result<Vec<Times>> {
    let column = match span {
        Span::Decision => "k.decide_s",
        Span::Notice => "k.tell_s",
        Span::Removal => "k.remove_s",
    };
    // Rounding keeps the order, so the rounded times are ranked: there are far fewer of them than of cases.
    let sql = format!(
        "SELECT coalesce(c.name, ''), CAST(d.m AS BIGINT), min(CASE WHEN 2 * d.n >= d.m THEN d.t END), min(CASE WHEN 10 * d.n >= 9 * d.m THEN d.t END) \
         FROM (SELECT e.company, e.t, sum(e.x) OVER (PARTITION BY e.company ORDER BY e.t) AS n, \
         sum(e.x) OVER (PARTITION BY e.company) AS m FROM (SELECT coalesce(h.company_id, 0) AS company, ({column} + 180) / 360 AS t, \
         count(*) AS x FROM cases k LEFT JOIN company_hosts h ON h.host = k.marketplace WHERE {} AND {column} IS NOT NULL \
         GROUP BY 1, 2) e) d LEFT JOIN companies c ON c.id = d.company GROUP BY d.company, c.name, d.m ORDER BY 1 LIMIT {ROWS}",
        within(range)
    );
    // Safe: made of literals of this file.
    let rows =
        sqlx::query(AssertSqlSafe(sql)).bind(&range.from).bind(&range.to).bind(range.cohorts()).fetch_all(pool).await?;
    let one = |r: Row| {
        Ok(Times {
            company: r.try_get(0)?,
            of: u64::try_from(r.try_get::<i64, _>(1)?).unwrap_or_default(),
            median: r.try_get(2)?,
            p90: r.try_get(3)?,
        })
    };
    rows.into_iter().map(one).collect()
}

/// Listings of a company that had gone, and of them those that stood there again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The company; empty: the marketplace has none.
    pub company: String,
    /// A look found them removed, or they stood there again after they had gone.
    pub gone: u64,
    /// They stood there again.
    pub relisted: u64,
}

/// The same by company, the most first.
///
/// # Errors
/// Where the database fails.
pub async fn relisting(pool: &Pool, range: &Range) -> sqlx::Result<Vec<Again>> {
    let sql = format!(
        "SELECT coalesce(c.name, ''), count(*), CAST(sum(k.relisted) AS BIGINT) FROM cases k LEFT JOIN company_hosts h ON h.host = k.marketplace \
         LEFT JOIN companies c ON c.id = h.company_id WHERE {} AND (k.remove_s IS NOT NULL OR k.relisted = 1) \
         GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {ROWS}",
        within(range)
    );
    // Safe: made of literals of this file.
    let rows =
        sqlx::query(AssertSqlSafe(sql)).bind(&range.from).bind(&range.to).bind(range.cohorts()).fetch_all(pool).await?;
    let one = |r: Row| {
        let n = |at: usize| Ok::<_, sqlx::Error>(u64::try_from(r.try_get::<i64, _>(at)?).unwrap_or_default());
        Ok(Again { company: r.try_get(0)?, gone: n(1)?, relisted: n(2)? })
    };
    rows.into_iter().map(one).collect()
}

/// Suggested words of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The language that a reviewer gave it; empty: nobody has yet.
    pub lang: String,
    /// Suggested.
    pub suggested: u64,
    /// Of them accepted.
    pub accepted: u64,
    /// Of them declined.
    pub declined: u64,
}

/// Suggestions that came in this time, by language.
///
/// # Errors
/// Where the database fails.
pub async fn terms(pool: &Pool, range: &Range) -> sqlx::Result<Vec<Terms>> {
    let sql = format!(
        "SELECT s.lang, count(*), count(CASE WHEN s.state = 'accepted' THEN 1 END), count(CASE WHEN s.state = 'declined' THEN 1 END) \
         FROM suggestions s JOIN devices v ON v.key_id = s.key_id WHERE s.received_at >= $1 AND s.received_at < $2 \
         AND ($3 = '' OR instr($3, '\u{1f}' || v.cohort || '\u{1f}') > 0) GROUP BY s.lang ORDER BY 2 DESC, 1 LIMIT {ROWS}"
    );
    // Safe: made of literals of this file.
    let rows =
        sqlx::query(AssertSqlSafe(sql)).bind(&range.from).bind(&range.to).bind(range.cohorts()).fetch_all(pool).await?;
    let one = |r: Row| {
        let n = |at: usize| Ok::<_, sqlx::Error>(u64::try_from(r.try_get::<i64, _>(at)?).unwrap_or_default());
        Ok(Terms { lang: r.try_get(0)?, suggested: n(1)?, accepted: n(2)?, declined: n(3)? })
    };
    rows.into_iter().map(one).collect()
}

/// A word that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTerm {
    /// The word.
    pub word: String,
    /// Its language.
    pub lang: String,
    /// What it means, an id of the lexicon.
    pub concept: String,
    /// How many suggested it.
    pub suggested: u64,
    /// When the first was accepted.
    pub accepted_at: String,
}

/// Words whose first acceptance falls into this time, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn new_terms(pool: &Pool, range: &Range) -> sqlx::Result<Vec<NewTerm>> {
    let sql = format!(
        "SELECT word, lang, concept, count(*), min(decided_at) FROM suggestions WHERE state = 'accepted' GROUP BY word, lang, concept \
         HAVING min(decided_at) >= $1 AND min(decided_at) < $2 ORDER BY 5 DESC, 1 LIMIT {ROWS}"
    );
    // Safe: made of literals of this file.
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(&range.from).bind(&range.to).fetch_all(pool).await?;
    let one = |r: Row| {
        Ok(NewTerm {
            word: r.try_get(0)?,
            lang: r.try_get(1)?,
            concept: r.try_get(2)?,
            suggested: u64::try_from(r.try_get::<i64, _>(3)?).unwrap_or_default(),
            accepted_at: r.try_get(4)?,
        })
    };
    rows.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use crate::store::word;
    use spotter_model::CaseState;

    /// The column `stands` is the states in which a confirmation stands.
    #[test]
    fn the_database_and_the_table_agree_on_what_stands() {
        let sql = include_str!("../../../migrations/0019_trends.sql");
        let list = sql.split("(state IN (").nth(1).and_then(|rest| rest.split(')').next()).unwrap();
        let listed: Vec<String> = list.split(',').map(|w| w.trim().trim_matches('\'').to_owned()).collect();
        let stands = CaseState::ALL.into_iter().filter(|s| s.is_confirmed()).map(|s| word(&s));
        assert_eq!(listed, stands.collect::<Vec<_>>());
        let server = include_str!("../../../migrations/postgres/0021_baseline.sql");
        assert!(server.contains(&format!("state IN ('{}')", listed.join("', '"))));
    }
}
