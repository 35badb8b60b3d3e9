//! What reviewers tell each other on a case. Only the console reads it.

use super::{Reader, Tx, sealing};
use crate::console::notes::Note;
use sqlx::Row as _;

/// Its words are sealed as this.
pub(super) const TEXT: &str = "notes.text";

/// A kept note: who, when, what.
pub struct Kept {
    /// The reviewer.
    pub reviewer: String,
    /// When.
    pub at: String,
    /// What.
    pub note: Note,
}

/// Keeps a note.
///
/// # Errors
/// Where the database fails.
pub async fn add(tx: &mut Tx, case_id: i64, reviewer_id: i64, note: &Note, now: &str) -> sqlx::Result<()> {
    let text = sealing::seal(tx, case_id, TEXT, note.to_store()).await?;
    sqlx::query("INSERT INTO notes (case_id, reviewer_id, text, at) VALUES ($1, $2, $3, $4)")
        .bind(case_id)
        .bind(reviewer_id)
        .bind(text)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The notes of a case, newest first, at most 50.
///
/// # Errors
/// Where the database fails.
pub async fn of_case(pool: &Reader, case_id: i64) -> sqlx::Result<Vec<Kept>> {
    let rows = sqlx::query(
        "SELECT v.name, n.at, n.text FROM notes n JOIN reviewers v ON v.id = n.reviewer_id WHERE n.case_id = $1 ORDER BY n.id DESC LIMIT 50",
    )
    .bind(case_id)
    .fetch_all(pool.pool())
    .await?;
    rows.into_iter()
        .map(|r| {
            let text = pool.keys().open_text(TEXT, r.try_get(2)?)?;
            Ok(Kept { reviewer: r.try_get(0)?, at: r.try_get(1)?, note: Note::from_store(text) })
        })
        .collect()
}
