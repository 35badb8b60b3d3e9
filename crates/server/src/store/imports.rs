//! What spreadsheets brought in: finds of past rounds, kept apart from cases; terms, which wait as suggestions. Owns that the same file
//! twice brings nothing twice, and the figures of past finds.

use super::sql::Pool;
use super::{Reader, Tx, suggestions, word};
use crate::audit;
use crate::imports::Kind;
use crate::imports::columns::{Columns, head_mark};
use crate::imports::finds::{Find, Outcome};
use crate::imports::terms;
use crate::keys::Keys;
use spotter_model::Suggestion;
use sqlx::Row as _;

/// Imports that are listed.
const LIST: i64 = 50;
/// Most rows of a table of figures.
pub const ROWS: i64 = 200;

/// What a line brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Something new.
    New,
    /// What was imported before.
    Before,
    /// A term that was accepted already.
    Accepted,
}

/// An import that was made.
pub struct Made {
    /// Its number.
    pub id: i64,
    /// What the file was.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its rows.
    pub lines: i64,
    /// Those that were new.
    pub taken: i64,
    /// Who did it.
    pub reviewer: String,
    /// When.
    pub at: String,
}

/// Begins an import. Its counts are written by [`end`].
///
/// # Errors
/// Where the database fails.
pub async fn begin(
    tx: &mut Tx,
    kind: Kind,
    (name, sha256): (&str, &str),
    reviewer_id: i64,
    now: &str,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "INSERT INTO imports (kind, name, sha256, lines, taken, reviewer_id, at) VALUES ($1, $2, $3, 0, 0, $4, $5) RETURNING id",
    )
    .bind(word(&kind))
    .bind(name)
    .bind(sha256)
    .bind(reviewer_id)
    .bind(now)
    .fetch_one(&mut **tx)
    .await
}

/// Ends an import, with a link in the chain.
///
/// # Errors
/// Where the database fails.
pub async fn end(
    tx: &mut Tx,
    id: i64,
    (kind, sha256): (Kind, &str),
    (lines, taken): (usize, usize),
    reviewer_id: i64,
    now: &str,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE imports SET lines = $1, taken = $2 WHERE id = $3")
        .bind(lines as i64)
        .bind(taken as i64)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    let (actor, about) = (format!("reviewer:{reviewer_id}"), format!("import:{id}"));
    let detail = format!("{}: {taken} of {lines} rows, file {sha256}", word(&kind));
    audit::append(tx, now, audit::Entry { actor: &actor, action: "imported", subject: &about, detail: &detail }).await
}

/// Keeps a find, unless it was there.
///
/// # Errors
/// Where the database fails.
pub async fn keep_find(tx: &mut Tx, import: i64, find: &Find) -> sqlx::Result<Effect> {
    let keys = tx.keys();
    let (day, nth, group) = (find.day.to_string(), find.nth.to_string(), find.group.map_or("", |g| g.word()));
    let outcome = word(&find.outcome);
    let parts = [&day, &find.marketplace, &find.link, &find.words, group, &outcome, &find.spotter, &nth];
    let mark = keys.mark("past find", &parts.map(str::as_bytes));
    let of = |kind: &str, text: &str| (!text.is_empty()).then(|| keys.mark(kind, &[text.as_bytes()]).to_vec());
    let (listing, spotter) = (of("past listing", &find.link), of("past spotter", &find.spotter));
    let done = sqlx::query(
        "INSERT INTO past_finds (mark, import_id, day, marketplace, main_group, words, outcome, listing, spotter) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind(mark.as_slice())
    .bind(import)
    .bind(day)
    .bind(&find.marketplace)
    .bind(group)
    .bind(&find.words)
    .bind(outcome)
    .bind(listing)
    .bind(spotter)
    .execute(&mut **tx)
    .await?;
    Ok(if done.rows_affected() == 1 { Effect::New } else { Effect::Before })
}

/// The id of a term's suggestion: the same term of the same language has the same.
#[must_use]
pub fn term_id(keys: &Keys, term: &Suggestion) -> String {
    terms::id(&keys.mark("past term", &[term.text.to_lowercase().as_bytes(), term.lang.as_bytes()]))
}

/// Keeps a term as a suggestion that waits, unless it was imported before or is a word already.
///
/// # Errors
/// Where the database fails.
pub async fn keep_term(tx: &mut Tx, import: i64, term: &Suggestion, now: &str) -> sqlx::Result<Effect> {
    let super::sql::Truth(accepted) = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM suggestions WHERE state = 'accepted' AND lower(word) = lower($1) AND ($2 = '' OR lang = $2))",
    )
    .bind(&term.text)
    .bind(&term.lang)
    .fetch_one(&mut **tx)
    .await?;
    if accepted {
        return Ok(Effect::Accepted);
    }
    let term = Suggestion { id: term_id(tx.keys(), term), ..term.clone() };
    let new = suggestions::insert_imported(tx, &term, import, now).await?;
    Ok(if new { Effect::New } else { Effect::Before })
}

/// What somebody said of these headings before.
///
/// # Errors
/// Where the database fails.
pub async fn columns(pool: &Pool, kind: Kind, head: &[String]) -> sqlx::Result<Option<Columns>> {
    let kept: Option<String> = sqlx::query_scalar("SELECT columns FROM import_columns WHERE kind = $1 AND head = $2")
        .bind(word(&kind))
        .bind(head_mark(head))
        .fetch_optional(pool)
        .await?;
    Ok(kept.map(|kept| Columns::said(kind, kept.split(','), head.len())))
}

/// Remembers what somebody said of these headings.
///
/// # Errors
/// Where the database fails.
pub async fn keep_columns(tx: &mut Tx, kind: Kind, head: &[String], columns: &Columns) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO import_columns (kind, head, columns) VALUES ($1, $2, $3) \
         ON CONFLICT (kind, head) DO UPDATE SET columns = excluded.columns",
    )
    .bind(word(&kind))
    .bind(head_mark(head))
    .bind(columns.kept())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The imports that were made, newest first, at most 50.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<Made>> {
    let rows = sqlx::query(
        "SELECT i.id, i.kind, i.name, i.lines, i.taken, v.name, i.at FROM imports i JOIN reviewers v ON v.id = i.reviewer_id \
         ORDER BY i.id DESC LIMIT $1",
    )
    .bind(LIST)
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Made {
                id: r.try_get(0)?,
                kind: super::parse_word(r.try_get(1)?)?,
                name: r.try_get(2)?,
                lines: r.try_get(3)?,
                taken: r.try_get(4)?,
                reviewer: r.try_get(5)?,
                at: r.try_get(6)?,
            })
        })
        .collect()
}

/// By what past finds are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Their month.
    Month,
    /// Their marketplace.
    Marketplace,
    /// Their group.
    Group,
    /// The words of the list.
    Words,
}

/// Past finds with something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What they have in common; empty: it is not known.
    pub value: String,
    /// All.
    pub finds: u64,
    /// By outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [u64; 4],
    /// Links, each once.
    pub listings: u64,
    /// Spotters, each once.
    pub spotters: u64,
}

/// Past finds, months in their order, everything else the most first.
///
/// # Errors
/// Where the database fails.
pub async fn counts(pool: &Reader, by: By) -> sqlx::Result<Vec<Count>> {
    let (value, order) = match by {
        By::Month => ("substr(day, 1, 7)", "1 DESC"),
        By::Marketplace => ("marketplace", "2 DESC, 1"),
        By::Group => ("main_group", "2 DESC, 1"),
        By::Words => ("words", "2 DESC, 1"),
    };
    let outcomes: Vec<String> =
        Outcome::ALL.iter().map(|o| format!("count(CASE WHEN outcome = '{}' THEN 1 END)", word(o))).collect();
    let sql = format!(
        "SELECT {value}, count(*), {}, count(DISTINCT listing), count(DISTINCT spotter) FROM past_finds \
         GROUP BY 1 ORDER BY {order} LIMIT {ROWS}",
        outcomes.join(", ")
    );
    // Safe: made of literals and our own words.
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(pool.pool()).await?;
    rows.into_iter()
        .map(|r| {
            let n = |at: usize| Ok::<_, sqlx::Error>(u64::try_from(r.try_get::<i64, _>(at)?).unwrap_or_default());
            Ok(Count {
                value: r.try_get(0)?,
                finds: n(1)?,
                outcomes: [n(2)?, n(3)?, n(4)?, n(5)?],
                listings: n(6)?,
                spotters: n(7)?,
            })
        })
        .collect()
}
