//! Notices and the outbox that they wait in. Owns the rows; a notice's step of the case is taken in the same transaction.

use super::sql::{Pool, Row, Truth};
use super::steps::{self, Actor};
use super::{Reader, Tx, cases, parse_word, sealing, word};
use crate::audit;
use crate::keys::Keys;
use crate::notices::Kind;
use crate::notices::render::Rendered;
use serde::{Deserialize, Serialize};
use spotter_model::Event;
use sqlx::Row as _;

/// From so many tries on, a notice counts as stuck: the channel has been failing for hours.
pub const STUCK_TRIES: i64 = 8;

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// A second reviewer has to approve it.
    Second,
    /// In the outbox.
    Pending,
    /// The channel took it.
    Sent,
    /// Taken back before it went.
    Withdrawn,
}

/// A notice.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its place among all.
    pub id: i64,
    /// Its number for people.
    pub number: String,
    /// Its case.
    pub case_id: i64,
    /// Whom it tells.
    pub company_id: i64,
    /// The company's name.
    pub company: String,
    /// Which kind.
    pub kind: Kind,
    /// Where it stands.
    pub state: NoticeState,
    /// What goes out.
    pub rendered: Rendered,
    /// Who wrote it.
    pub written_by: i64,
    /// When.
    pub written_at: String,
    /// It does not go before.
    pub not_before: String,
    /// When it is tried next.
    pub next_try: String,
    /// How often it was tried in vain.
    pub tries: i64,
    /// What went wrong last.
    pub trouble: String,
    /// When it went.
    pub sent_at: Option<String>,
    /// In which order it went.
    pub sent_seq: Option<i64>,
    /// What the console calls the organisation that it speaks for.
    pub organisation: String,
    /// It goes out under the status of trusted flagger.
    pub trusted: bool,
}

/// What waits in the outbox.
pub struct Outbox {
    /// Notices that are to go and have not failed for long.
    pub waiting: i64,
    /// Notices that failed [`STUCK_TRIES`] times or more.
    pub stuck: i64,
    /// Since when the oldest one is due that the server has to bring itself, by mail or webhook.
    pub oldest_due: Option<String>,
}

/// What waits now.
///
/// # Errors
/// Where the database fails.
pub async fn outbox(pool: &Pool, now: &str) -> sqlx::Result<Outbox> {
    let row = sqlx::query(
        "SELECT count(CASE WHEN n.tries < $1 THEN 1 END), count(CASE WHEN n.tries >= $2 THEN 1 END), \
         min(CASE WHEN n.not_before <= $3 AND c.channel IN ('email', 'webhook') THEN n.not_before END) \
         FROM notices n JOIN companies c ON c.id = n.company_id WHERE n.state = 'pending'",
    )
    .bind(STUCK_TRIES)
    .bind(STUCK_TRIES)
    .bind(now)
    .fetch_one(pool)
    .await?;
    Ok(Outbox { waiting: row.try_get(0)?, stuck: row.try_get(1)?, oldest_due: row.try_get(2)? })
}

impl Notice {
    /// Whether somebody should look at the channel.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        self.state == NoticeState::Pending && self.tries >= STUCK_TRIES
    }
}

const COLUMNS: &str = "SELECT n.id, n.number, n.case_id, n.company_id, c.name, n.kind, n.state, n.rendered, n.written_by, n.written_at, \
                       n.not_before, n.next_try, n.tries, n.trouble, n.sent_at, n.sent_seq, o.short, n.trusted FROM notices n \
                       JOIN companies c ON c.id = n.company_id JOIN organisations o ON o.id = n.organisation_id";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

/// What goes out is sealed as this.
pub(super) const RENDERED: &str = "notices.rendered";
/// What a company answered is sealed as this.
pub(super) const ANSWER: &str = "answers.text";

fn notice(keys: &Keys, row: &Row) -> sqlx::Result<Notice> {
    let rendered = keys.open_text(RENDERED, row.try_get(7)?)?;
    let rendered = match rendered.as_str() {
        "" => Rendered::erased(),
        text => serde_json::from_str(text).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
    };
    Ok(Notice {
        id: row.try_get(0)?,
        number: row.try_get(1)?,
        case_id: row.try_get(2)?,
        company_id: row.try_get(3)?,
        company: row.try_get(4)?,
        kind: parse_word(row.try_get(5)?)?,
        state: parse_word(row.try_get(6)?)?,
        rendered,
        written_by: row.try_get(8)?,
        written_at: row.try_get(9)?,
        not_before: row.try_get(10)?,
        next_try: row.try_get(11)?,
        tries: row.try_get(12)?,
        trouble: row.try_get(13)?,
        sent_at: row.try_get(14)?,
        sent_seq: row.try_get(15)?,
        organisation: row.try_get(16)?,
        trusted: row.try_get::<Truth, _>(17)?.0,
    })
}

fn notices(keys: &Keys, rows: &[Row]) -> sqlx::Result<Vec<Notice>> {
    rows.iter().map(|row| notice(keys, row)).collect()
}

/// A notice to keep.
pub struct NewNotice<'a> {
    /// Its place, from [`next_id`].
    pub id: i64,
    /// Its number for people.
    pub number: &'a str,
    /// Its case, as the writer saw it.
    pub case: &'a cases::Case,
    /// Whom it tells.
    pub company_id: i64,
    /// Which kind.
    pub kind: Kind,
    /// It goes out under the status of trusted flagger.
    pub trusted: bool,
    /// What goes out.
    pub rendered: &'a Rendered,
    /// Hash of the secret in its answer link.
    pub answer_hash: &'a [u8],
    /// Who wrote it.
    pub written_by: i64,
    /// For which organisation.
    pub organisation_id: i64,
    /// It does not go before.
    pub not_before: &'a str,
}

/// The next notice's place.
///
/// # Errors
/// Where the database fails.
pub async fn next_id(tx: &mut Tx) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM notices").fetch_one(&mut **tx).await
}

/// Keeps a notice and takes its step. One that alleges illegality waits for a second reviewer.
///
/// # Errors
/// Where the case allows no notice, or the database fails.
pub async fn write(tx: &mut Tx, new: &NewNotice<'_>, now: &str) -> sqlx::Result<()> {
    let state = if new.kind == Kind::Dsa16 { NoticeState::Second } else { NoticeState::Pending };
    let rendered = serde_json::to_string(new.rendered).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let rendered = sealing::seal(tx, new.case.id, RENDERED, &rendered).await?;
    sqlx::query(
        "INSERT INTO notices (id, number, case_id, company_id, kind, trusted, state, rendered, answer_hash, written_by, written_at, \
         not_before, next_try, organisation_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)",
    )
    .bind(new.id)
    .bind(new.number)
    .bind(new.case.id)
    .bind(new.company_id)
    .bind(word(&new.kind))
    .bind(Truth(new.trusted))
    .bind(word(&state))
    .bind(rendered)
    .bind(new.answer_hash)
    .bind(new.written_by)
    .bind(now)
    .bind(new.not_before)
    .bind(new.organisation_id)
    .execute(&mut **tx)
    .await?;
    steps::take(tx, new.case, Event::Notice, Actor::Reviewer(new.written_by), None, now).await
}

/// A second reviewer approves. Returns whether there was something to approve for this reviewer.
///
/// # Errors
/// Where the database fails.
pub async fn approve(tx: &mut Tx, id: i64, reviewer_id: i64, not_before: &str, now: &str) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE notices SET state = 'pending', approved_by = $2, not_before = $3, next_try = $3 \
         WHERE id = $1 AND state = 'second' AND written_by <> $2",
    )
    .bind(id)
    .bind(reviewer_id)
    .bind(not_before)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 {
        note(tx, Actor::Reviewer(reviewer_id), "notice.approved", id, now).await?;
    }
    Ok(done.rows_affected() == 1)
}

/// Takes back what has not gone yet. Returns whether there was such a notice.
///
/// # Errors
/// Where the database fails.
pub async fn withdraw(tx: &mut Tx, case_id: i64, reviewer_id: i64, now: &str) -> sqlx::Result<bool> {
    let id: Option<i64> = sqlx::query_scalar(
        "UPDATE notices SET state = 'withdrawn' WHERE case_id = $1 AND (state = 'second' OR (state = 'pending' AND not_before > $2)) \
         RETURNING id",
    )
    .bind(case_id)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(id) = id {
        note(tx, Actor::Reviewer(reviewer_id), "notice.withdrawn", id, now).await?;
    }
    Ok(id.is_some())
}

/// A link in the chain about a notice.
///
/// # Errors
/// Where the database fails.
pub(super) async fn note(tx: &mut Tx, actor: Actor, action: &str, id: i64, now: &str) -> sqlx::Result<()> {
    let (actor, about) = (actor.name(), format!("notice:{id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &about, detail: "" }).await
}

/// The companies that something waits for.
///
/// # Errors
/// Where the database fails.
pub async fn waiting_companies(pool: &Pool, now: &str) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar(
        "SELECT DISTINCT company_id FROM notices WHERE state = 'pending' AND not_before <= $1 ORDER BY company_id",
    )
    .bind(now)
    .fetch_all(pool)
    .await
}

/// What waits for a company and may go, in order. Only where the case still waits for it: a held case sends nothing, and neither
/// does an organisation that retired.
///
/// # Errors
/// Where the database fails.
pub async fn due(pool: &Reader, company_id: i64, before: &str, limit: i64) -> sqlx::Result<Vec<Notice>> {
    let rows = sqlx::query(select(
        "JOIN cases k ON k.id = n.case_id WHERE n.company_id = $1 AND n.state = 'pending' AND n.not_before <= $2 \
         AND k.state = 'notice_pending' AND o.retired_at = '' ORDER BY n.not_before, n.id LIMIT $3",
    ))
    .bind(company_id)
    .bind(before)
    .bind(limit)
    .fetch_all(pool.pool())
    .await?;
    notices(pool.keys(), &rows)
}

/// What is due and would go under a status that its organisation does not hold on this day.
///
/// # Errors
/// Where the database fails.
pub async fn unduly_marked(pool: &Reader, company_id: i64, before: &str, today: &str) -> sqlx::Result<Vec<Notice>> {
    let rows = sqlx::query(select(
        "WHERE n.company_id = $1 AND n.state = 'pending' AND n.not_before <= $2 AND n.trusted = 1 \
         AND NOT (o.trusted_by <> '' AND o.trusted_from <= $3 AND (o.trusted_end = '' OR o.trusted_end > $3)) ORDER BY n.id",
    ))
    .bind(company_id)
    .bind(before)
    .bind(today)
    .fetch_all(pool.pool())
    .await?;
    notices(pool.keys(), &rows)
}

/// A notice that has not gone says from now on what `rendered` says, and does not go under the status.
///
/// # Errors
/// Where the database fails.
pub async fn unmark(tx: &mut Tx, notice: &Notice, rendered: &Rendered, now: &str) -> sqlx::Result<()> {
    let words = serde_json::to_string(rendered).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let words = sealing::seal(tx, notice.case_id, RENDERED, &words).await?;
    let done = sqlx::query("UPDATE notices SET rendered = $1, trusted = 0 WHERE id = $2 AND state = 'pending'")
        .bind(words)
        .bind(notice.id)
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    note(tx, Actor::Server, "notice.unmarked", notice.id, now).await
}

/// The channel took it: remembers that, and takes the case's step.
///
/// # Errors
/// Where the database fails.
pub async fn sent(tx: &mut Tx, notice: &Notice, answer_due: &str, now: &str) -> sqlx::Result<()> {
    let done = sqlx::query(
        "UPDATE notices SET state = 'sent', sent_at = $2, answer_due = $3, trouble = '', \
         sent_seq = (SELECT coalesce(max(sent_seq), 0) + 1 FROM notices) WHERE id = $1 AND state = 'pending'",
    )
    .bind(notice.id)
    .bind(now)
    .bind(answer_due)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    if let Some(case) = cases::find_in(tx, notice.case_id).await? {
        steps::take(tx, &case, Event::Send, Actor::Server, None, now).await?;
    }
    note(tx, Actor::Server, "notice.sent", notice.id, now).await
}

/// The channel did not take it.
///
/// # Errors
/// Where the database fails.
pub async fn failed(tx: &mut Tx, id: i64, trouble: &str, next_try: &str) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE notices SET tries = tries + 1, trouble = $1, next_try = $2 WHERE id = $3 AND state = 'pending'",
    )
    .bind(trouble)
    .bind(next_try)
    .bind(id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Tries what waits for a company at once.
///
/// # Errors
/// Where the database fails.
pub async fn try_now(tx: &mut Tx, company_id: i64, now: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE notices SET next_try = $1 WHERE company_id = $2 AND state = 'pending' AND tries > 0")
        .bind(now)
        .bind(company_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Those that went to a company after `after`, in the order in which they went. What was erased is handed out no more.
///
/// # Errors
/// Where the database fails.
pub async fn sent_to(pool: &Reader, company_id: i64, after: i64, limit: i64) -> sqlx::Result<Vec<Notice>> {
    let rows = sqlx::query(select(
        "JOIN cases k ON k.id = n.case_id WHERE n.company_id = $1 AND n.state = 'sent' AND n.sent_seq > $2 AND k.erased_at = '' ORDER BY n.sent_seq LIMIT $3",
    ))
    .bind(company_id)
    .bind(after)
    .bind(limit)
    .fetch_all(pool.pool())
    .await?;
    notices(pool.keys(), &rows)
}

/// The notices of a case, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn of_case(pool: &Reader, case_id: i64) -> sqlx::Result<Vec<Notice>> {
    let rows = sqlx::query(select("WHERE n.case_id = $1 ORDER BY n.id DESC LIMIT 10"))
        .bind(case_id)
        .fetch_all(pool.pool())
        .await?;
    notices(pool.keys(), &rows)
}

/// Those in one state: what waits oldest first, what went newest first; at most 100.
///
/// # Errors
/// Where the database fails.
pub async fn in_state(pool: &Reader, state: NoticeState) -> sqlx::Result<Vec<Notice>> {
    let rows = sqlx::query(select(
        "WHERE n.state = $1 ORDER BY CASE WHEN $1 = 'sent' THEN -n.sent_seq ELSE n.id END LIMIT 100",
    ))
    .bind(word(&state))
    .fetch_all(pool.pool())
    .await?;
    notices(pool.keys(), &rows)
}

/// One notice.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Reader, id: i64) -> sqlx::Result<Option<Notice>> {
    let row = sqlx::query(select("WHERE n.id = $1")).bind(id).fetch_optional(pool.pool()).await?;
    row.as_ref().map(|row| notice(pool.keys(), row)).transpose()
}

/// One notice by its number for people.
///
/// # Errors
/// Where the database fails.
pub async fn of_number(pool: &Reader, number: &str) -> sqlx::Result<Option<Notice>> {
    let row = sqlx::query(select("WHERE n.number = $1")).bind(number).fetch_optional(pool.pool()).await?;
    row.as_ref().map(|row| notice(pool.keys(), row)).transpose()
}

/// The notices that went to a company in one moment, in their order.
///
/// # Errors
/// Where the database fails.
pub async fn sent_at(pool: &Reader, company_id: i64, at: &str) -> sqlx::Result<Vec<Notice>> {
    let rows = sqlx::query(select("WHERE n.company_id = $1 AND n.sent_at = $2 ORDER BY n.sent_seq"))
        .bind(company_id)
        .bind(at)
        .fetch_all(pool.pool())
        .await?;
    notices(pool.keys(), &rows)
}

/// One notice by its number for people, inside a write transaction.
///
/// # Errors
/// Where the database fails.
pub async fn by_number(tx: &mut Tx, number: &str) -> sqlx::Result<Option<Notice>> {
    let row = sqlx::query(select("WHERE n.number = $1")).bind(number).fetch_optional(&mut **tx).await?;
    row.as_ref().map(|row| notice(tx.keys(), row)).transpose()
}

/// The notice that an answer link belongs to, once it went and until its case was erased.
///
/// # Errors
/// Where the database fails.
pub async fn of_answer(pool: &Reader, hash: &[u8]) -> sqlx::Result<Option<Notice>> {
    let row = sqlx::query(select(
        "JOIN cases k ON k.id = n.case_id WHERE n.answer_hash = $1 AND n.state = 'sent' AND k.erased_at = ''",
    ))
    .bind(hash)
    .fetch_optional(pool.pool())
    .await?;
    row.as_ref().map(|row| notice(pool.keys(), row)).transpose()
}

/// Remembers what a company answered.
///
/// # Errors
/// Where the database fails.
pub async fn answered(tx: &mut Tx, notice: &Notice, event: Event, text: &str, now: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE notices SET answer_due = NULL WHERE id = $1").bind(notice.id).execute(&mut **tx).await?;
    let text = sealing::seal(tx, notice.case_id, ANSWER, text).await?;
    sqlx::query("INSERT INTO answers (notice_id, event, text, at) VALUES ($1, $2, $3, $4)")
        .bind(notice.id)
        .bind(word(&event))
        .bind(text)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    note(tx, Actor::Company(notice.company_id), "notice.answered", notice.id, now).await
}

/// What companies answered on a case, newest first: what, their words, when.
///
/// # Errors
/// Where the database fails.
pub async fn answers(pool: &Reader, case_id: i64) -> sqlx::Result<Vec<(Event, String, String)>> {
    let rows = sqlx::query(
        "SELECT a.event, a.text, a.at FROM answers a JOIN notices n ON n.id = a.notice_id WHERE n.case_id = $1 ORDER BY a.id DESC LIMIT 20",
    )
    .bind(case_id)
    .fetch_all(pool.pool())
    .await?;
    rows.into_iter()
        .map(|r| Ok((parse_word(r.try_get(0)?)?, pool.keys().open_text(ANSWER, r.try_get(1)?)?, r.try_get(2)?)))
        .collect()
}

/// Sent notices whose time for an answer has passed.
///
/// # Errors
/// Where the database fails.
pub async fn unanswered(pool: &Reader, now: &str) -> sqlx::Result<Vec<Notice>> {
    let rows = sqlx::query(select("WHERE n.answer_due <= $1 ORDER BY n.id LIMIT 100"))
        .bind(now)
        .fetch_all(pool.pool())
        .await?;
    notices(pool.keys(), &rows)
}

/// No longer waits for an answer to this notice.
///
/// # Errors
/// Where the database fails.
pub async fn stop_waiting(tx: &mut Tx, id: i64) -> sqlx::Result<()> {
    sqlx::query("UPDATE notices SET answer_due = NULL WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}
