//! The search: words in title, listing and marketplace. What is searched lies sealed in the database, so a copy is held in
//! memory; it is brought up to date before each search, and what was erased leaves it then.
//!
//! Owns that copy. About 150 bytes a case; nothing of it is ever written.

use super::Reader;
use super::cases::{Case, columns, kinds};
use super::queue::{PAGE, one_page};
use super::sql;
use sqlx::Row as _;
use std::collections::BTreeMap;
use tokio::sync::Mutex;

/// Most words of a search.
pub const SEARCH_WORDS: usize = 4;
/// Reports that are looked at in one read: others read in between.
const BATCH: i64 = 5_000;

/// The copy.
#[derive(Default)]
pub struct Index {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// The newest report that it knows of.
    report: i64,
    /// The newest erasure.
    erasure: i64,
    words: BTreeMap<i64, String>,
}

/// Brings the copy up to date. The first time reads every case; a server does it at its start.
///
/// # Errors
/// Where the database fails.
pub async fn refresh(pool: &Reader) -> sqlx::Result<()> {
    let mut held = pool.index.held.lock().await;
    bring(pool, &mut held).await
}

async fn bring(pool: &Reader, held: &mut Held) -> sqlx::Result<()> {
    let newest: i64 = sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM reports").fetch_one(pool.pool()).await?;
    while held.report < newest {
        let until = (held.report + BATCH).min(newest);
        let rows = sqlx::query(
            "SELECT id, title, listing, marketplace FROM cases WHERE erased_at = '' AND id IN \
             (SELECT case_id FROM reports WHERE seq > $1 AND seq <= $2)",
        )
        .bind(held.report)
        .bind(until)
        .fetch_all(pool.pool())
        .await?;
        for row in rows {
            let (title, listing): (&str, &str) = (row.try_get(1)?, row.try_get(2)?);
            let title = pool.keys().open_text(kinds::TITLE, title)?;
            let listing = pool.keys().open_text(kinds::LISTING, listing)?;
            let marketplace: &str = row.try_get(3)?;
            held.words.insert(row.try_get(0)?, format!("{title} {listing} {marketplace}").to_lowercase());
        }
        held.report = until;
    }
    let erased: Vec<(i64, i64)> = sqlx::query_as("SELECT id, case_id FROM erasures WHERE id > $1 ORDER BY id")
        .bind(held.erasure)
        .fetch_all(pool.pool())
        .await?;
    for (id, case_id) in erased {
        held.words.remove(&case_id);
        held.erasure = id;
    }
    Ok(())
}

/// Cases in whose title, listing or marketplace all these words stand, newest first, at most one page, and whether there are
/// more. At most [`SEARCH_WORDS`] words count; they are in small letters.
///
/// # Errors
/// Where the database fails.
pub async fn search(pool: &Reader, words: &[String]) -> sqlx::Result<(Vec<Case>, bool)> {
    let words = &words[..words.len().min(SEARCH_WORDS)];
    let found: Vec<i64> = {
        let mut held = pool.index.held.lock().await;
        bring(pool, &mut held).await?;
        let fits = |text: &String| words.iter().all(|word| text.contains(word.as_str()));
        held.words.iter().rev().filter(|(_, text)| fits(text)).map(|(id, _)| *id).take(PAGE + 1).collect()
    };
    let which = format!("WHERE id IN ({}) ORDER BY id DESC", sql::numbers(&found));
    let rows = sqlx::query(columns(&which)).persistent(false).fetch_all(pool.pool()).await?;
    one_page(pool, &rows)
}
