//! What spotters suggest and which alarms they take for false, as it came; and what reviewers made of the suggestions.

use super::sql::Pool;
use super::{Reader, Tx, contacts};
use crate::audit;
use spotter_model::{Feedback, Suggestion};
use sqlx::Row as _;

/// Suggestions on one page of the console.
pub const PAGE: i64 = 50;
/// A suggestion's bytes are sealed as this, under a key of their own: they may name a page.
pub(super) const BODY: &str = "suggestions.body";

/// A signed body under an id, and whose it is.
pub struct Signed<'a> {
    /// The device.
    pub key_id: &'a str,
    /// The exact bytes.
    pub body: &'a [u8],
    /// Its signature.
    pub signature: &'a [u8; 64],
}

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `suggestions`.
    Suggestion,
    /// `feedback`.
    Feedback,
    /// `contacts`.
    Contact,
}

impl Kind {
    const fn of(self, [suggestion, feedback, contact]: [&str; 3]) -> &str {
        match self {
            Self::Suggestion => suggestion,
            Self::Feedback => feedback,
            Self::Contact => contact,
        }
    }
}

/// What is stored under an id: the device and the bytes.
///
/// # Errors
/// Where the database fails.
pub async fn find(tx: &mut Tx, kind: Kind, id: &str) -> sqlx::Result<Option<(String, Vec<u8>)>> {
    let sql = kind.of([
        "SELECT key_id, body FROM suggestions WHERE id = $1",
        "SELECT key_id, body FROM feedback WHERE id = $1",
        "SELECT key_id, body FROM contacts WHERE id = $1",
    ]);
    // Safe: all are literals.
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(&mut **tx).await?;
    let sealed = kind.of([BODY, "", contacts::BODY]);
    row.map(|r| {
        let body: Vec<u8> = r.try_get(1)?;
        let open =
            if sealed.is_empty() || body.is_empty() { Some(body) } else { tx.keys().open_bytes(sealed, &body)? };
        // One out of a list has no device.
        Ok((r.try_get::<Option<String>, _>(0)?.unwrap_or_default(), open.unwrap_or_default()))
    })
    .transpose()
}

/// How many came from a device since `since`.
///
/// # Errors
/// Where the database fails.
pub async fn count_since(tx: &mut Tx, kind: Kind, key_id: &str, since: &str) -> sqlx::Result<i64> {
    let sql = kind.of([
        "SELECT count(*) FROM suggestions WHERE key_id = $1 AND received_at >= $2",
        "SELECT count(*) FROM feedback WHERE key_id = $1 AND received_at >= $2",
        "SELECT count(*) FROM contacts WHERE key_id = $1 AND received_at >= $2",
    ]);
    // Safe: all are literals.
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(key_id).bind(since).fetch_one(&mut **tx).await
}

/// Keeps a suggestion.
///
/// # Errors
/// Where the database fails.
pub async fn insert(tx: &mut Tx, suggestion: &Suggestion, signed: &Signed<'_>, now: &str) -> sqlx::Result<()> {
    let slot = tx.keys().create()?;
    let body = tx.keys().seal(slot, BODY, signed.body)?;
    sqlx::query("INSERT INTO suggestions (id, key_id, body, signature, received_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&suggestion.id)
        .bind(signed.key_id)
        .bind(body)
        .bind(signed.signature.as_slice())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps a suggestion out of a list that was imported: it has no device and no signature. Answers whether it was new.
///
/// # Errors
/// Where the database fails.
pub async fn insert_imported(tx: &mut Tx, suggestion: &Suggestion, import: i64, now: &str) -> sqlx::Result<bool> {
    let there: Option<i64> = sqlx::query_scalar("SELECT seq FROM suggestions WHERE id = $1")
        .bind(&suggestion.id)
        .fetch_optional(&mut **tx)
        .await?;
    if there.is_some() {
        return Ok(false);
    }
    let plain = serde_json::to_vec(suggestion).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let slot = tx.keys().create()?;
    let body = tx.keys().seal(slot, BODY, &plain)?;
    sqlx::query("INSERT INTO suggestions (id, body, signature, received_at, import_id) VALUES ($1, $2, $3, $4, $5)")
        .bind(&suggestion.id)
        .bind(body)
        .bind(super::sql::NOTHING)
        .bind(now)
        .bind(import)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

/// Keeps a word about a false alarm, counted by concept.
///
/// # Errors
/// Where the database fails.
pub async fn insert_feedback(tx: &mut Tx, feedback: &Feedback, signed: &Signed<'_>, now: &str) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO feedback (id, key_id, body, signature, reason, received_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&feedback.id)
    .bind(signed.key_id)
    .bind(signed.body)
    .bind(signed.signature.as_slice())
    .bind(super::word(&feedback.reason))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    for concept in &feedback.concepts {
        sqlx::query("INSERT INTO feedback_concepts (feedback_id, concept) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(&feedback.id)
            .bind(concept)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// A suggestion that waits for a reviewer.
pub struct Waiting {
    /// Its number.
    pub seq: i64,
    /// What the spotter suggests.
    pub suggestion: Suggestion,
    /// Who; of a list that was imported, those words.
    pub pseudonym: String,
    /// When it came.
    pub received_at: String,
}

/// The oldest suggestions that wait behind `after`.
///
/// # Errors
/// Where the database fails.
pub async fn waiting(pool: &Reader, after: i64) -> sqlx::Result<Vec<Waiting>> {
    let rows = sqlx::query(
        "SELECT s.seq, s.body, coalesce(d.pseudonym, 'Imported list'), s.received_at FROM suggestions s LEFT JOIN devices d USING (key_id) \
         WHERE s.state = 'open' AND s.seq > $1 ORDER BY s.seq LIMIT $2",
    )
    .bind(after)
    .bind(PAGE)
    .fetch_all(pool.pool())
    .await?;
    rows.into_iter()
        .map(|r| {
            let Some(body) = pool.keys().open_bytes(BODY, r.try_get(1)?)? else { return Ok(None) };
            let suggestion = serde_json::from_slice(&body).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
            Ok(Some(Waiting { seq: r.try_get(0)?, suggestion, pseudonym: r.try_get(2)?, received_at: r.try_get(3)? }))
        })
        .filter_map(Result::transpose)
        .collect()
}

/// What a reviewer made of a suggestion.
pub struct Made<'a> {
    /// Whether it goes into the lexicon.
    pub accepted: bool,
    /// The meaning's id.
    pub concept: &'a str,
    /// The language.
    pub lang: &'a str,
    /// The word as the lexicon writes it.
    pub word: &'a str,
    /// Who.
    pub reviewer_id: i64,
}

/// Decides on a suggestion that waits. Returns whether it still did.
///
/// # Errors
/// Where the database fails.
pub async fn decide(tx: &mut Tx, seq: i64, made: &Made<'_>, now: &str) -> sqlx::Result<bool> {
    let state = if made.accepted { "accepted" } else { "declined" };
    let done = sqlx::query(
        "UPDATE suggestions SET state = $1, concept = $2, lang = $3, word = $4, reviewer_id = $5, decided_at = $6 \
         WHERE seq = $7 AND state = 'open'",
    )
    .bind(state)
    .bind(made.concept)
    .bind(made.lang)
    .bind(made.word)
    .bind(made.reviewer_id)
    .bind(now)
    .bind(seq)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let (actor, about) = (format!("reviewer:{}", made.reviewer_id), format!("suggestion:{seq}"));
    let action = if made.accepted { "suggestion.accepted" } else { "suggestion.declined" };
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &about, detail: made.concept }).await?;
    Ok(true)
}

/// An accepted term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The meaning's id.
    pub concept: String,
    /// The language.
    pub lang: String,
    /// The word as the lexicon writes it.
    pub word: String,
}

/// All accepted terms, each once, ordered by language, meaning and word.
///
/// # Errors
/// Where the database fails.
pub async fn accepted(pool: &Pool) -> sqlx::Result<Vec<Term>> {
    let rows = sqlx::query(
        "SELECT DISTINCT lang, concept, word FROM suggestions WHERE state = 'accepted' ORDER BY lang, concept, word",
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(|r| Ok(Term { lang: r.try_get(0)?, concept: r.try_get(1)?, word: r.try_get(2)? })).collect()
}

/// Concepts by how often an alarm of theirs was called false, most often first, at most 50.
///
/// # Errors
/// Where the database fails.
pub async fn false_alarms(pool: &Pool) -> sqlx::Result<Vec<(String, i64)>> {
    let rows = sqlx::query(
        "SELECT concept, count(*) FROM feedback_concepts GROUP BY concept ORDER BY 2 DESC, concept LIMIT 50",
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}
