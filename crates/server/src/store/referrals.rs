//! Referrals to agencies, and what makes one worth proposing. Owns: the only place that writes a referral's state.

use super::cases::{self, Case};
use super::{Tx, parse_word, word};
use crate::audit;
use spotter_model::CaseState;
use spotter_model::referral::{
    REPEAT_CASES, ReferralEvent, ReferralGuard, ReferralOutcome, ReferralState, Trigger, VOLUME_CASES,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqlitePool};

/// Most rows of a list.
pub const LIST: i64 = 100;

/// A referral.
#[derive(Clone, Debug)]
pub struct Referral {
    /// Its place.
    pub id: i64,
    /// Its number for people.
    pub number: String,
    /// Its case.
    pub case_id: i64,
    /// Whom it goes to.
    pub agency: String,
    /// Why it was proposed, as it was when it was written.
    pub triggers: Vec<Trigger>,
    /// What its writer states.
    pub facts: String,
    /// Where it stands.
    pub state: ReferralState,
    /// Who wrote it, and who approved it.
    pub written_by: i64,
    /// The same.
    pub first_by: Option<i64>,
    /// Their names, in the same order; empty: nobody yet.
    pub names: [String; 3],
    /// When it was written.
    pub written_at: String,
    /// When it was handed over.
    pub sent_at: Option<String>,
    /// By which way.
    pub sent_how: String,
    /// What became of it.
    pub outcome: Option<ReferralOutcome>,
    /// In the agency's words.
    pub said: String,
}

const COLUMNS: &str = "SELECT f.id, f.number, f.case_id, f.agency, f.triggers, f.facts, f.state, f.written_by, f.first_by, w.name, \
                       coalesce(a.name, ''), coalesce(b.name, ''), f.written_at, f.sent_at, f.sent_how, f.outcome, f.said \
                       FROM referrals f JOIN reviewers w ON w.id = f.written_by LEFT JOIN reviewers a ON a.id = f.first_by \
                       LEFT JOIN reviewers b ON b.id = f.second_by";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

/// Triggers as the database holds them.
#[must_use]
pub fn written(triggers: &[Trigger]) -> String {
    triggers.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn read(triggers: &str) -> Vec<Trigger> {
    triggers.split_whitespace().filter_map(|t| parse_word(t.to_owned()).ok()).collect()
}

fn referral(row: &SqliteRow) -> sqlx::Result<Referral> {
    let outcome: String = row.try_get(15)?;
    Ok(Referral {
        id: row.try_get(0)?,
        number: row.try_get(1)?,
        case_id: row.try_get(2)?,
        agency: row.try_get(3)?,
        triggers: read(row.try_get(4)?),
        facts: row.try_get(5)?,
        state: parse_word(row.try_get(6)?)?,
        written_by: row.try_get(7)?,
        first_by: row.try_get(8)?,
        names: [row.try_get(9)?, row.try_get(10)?, row.try_get(11)?],
        written_at: row.try_get(12)?,
        sent_at: row.try_get(13)?,
        sent_how: row.try_get(14)?,
        outcome: if outcome.is_empty() { None } else { Some(parse_word(outcome)?) },
        said: row.try_get(16)?,
    })
}

/// One referral.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &SqlitePool, id: i64) -> sqlx::Result<Option<Referral>> {
    sqlx::query(select("WHERE f.id = ?")).bind(id).fetch_optional(pool).await?.as_ref().map(referral).transpose()
}

/// The referrals of a case, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn of_case(pool: &SqlitePool, case_id: i64) -> sqlx::Result<Vec<Referral>> {
    let rows =
        sqlx::query(select("WHERE f.case_id = ? ORDER BY f.id DESC LIMIT 20")).bind(case_id).fetch_all(pool).await?;
    rows.iter().map(referral).collect()
}

/// The referrals in these states, newest first, at most [`LIST`].
///
/// # Errors
/// Where the database fails.
pub async fn in_states(pool: &SqlitePool, states: &[ReferralState]) -> sqlx::Result<Vec<Referral>> {
    let states = serde_json::to_string(states).unwrap_or_default();
    let rows = sqlx::query(select("WHERE f.state IN (SELECT value FROM json_each(?)) ORDER BY f.id DESC LIMIT ?"))
        .bind(states)
        .bind(LIST)
        .fetch_all(pool)
        .await?;
    rows.iter().map(referral).collect()
}

/// The states in which a confirmation stands, as a JSON array for `json_each`.
fn confirmed() -> String {
    let all: Vec<CaseState> = CaseState::ALL.into_iter().filter(|s| s.is_confirmed()).collect();
    serde_json::to_string(&all).unwrap_or_default()
}

/// What a report leaves on its case for [`triggers`]: what it gives by itself, and whose offer it is, as a keyed hash.
///
/// # Errors
/// Where the database fails.
pub async fn mark(tx: &mut Tx, case_id: i64, alone: &[Trigger], seller: Option<&[u8; 32]>) -> sqlx::Result<()> {
    sqlx::query("UPDATE cases SET refer = ?, seller_mark = ? WHERE id = ?")
        .bind(written(alone))
        .bind(seller.map(|s| s.as_slice()))
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Why a referral of this case is proposed: nothing for a case whose confirmation does not stand. Volume counts decisions
/// since `since`.
///
/// # Errors
/// Where the database fails.
pub async fn triggers(pool: &SqlitePool, case: &Case, since: &str) -> sqlx::Result<Vec<Trigger>> {
    if !case.state.is_confirmed() {
        return Ok(vec![]);
    }
    let row = sqlx::query("SELECT refer, seller_mark FROM cases WHERE id = ?").bind(case.id).fetch_one(pool).await?;
    let mut all = read(row.try_get(0)?);
    let seller: Option<Vec<u8>> = row.try_get(1)?;
    if !case.main_group.is_empty() {
        let volume: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM cases WHERE main_group = ?1 AND state IN (SELECT value FROM json_each(?2)) AND marketplace = ?3 AND changed_at >= ?4",
        )
        .bind(&case.main_group)
        .bind(confirmed())
        .bind(&case.marketplace)
        .bind(since)
        .fetch_one(pool)
        .await?;
        all.extend((volume >= VOLUME_CASES).then_some(Trigger::Volume));
    }
    if let Some(seller) = seller {
        let repeats: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM cases WHERE seller_mark = ?1 AND state IN (SELECT value FROM json_each(?2))",
        )
        .bind(seller)
        .bind(confirmed())
        .fetch_one(pool)
        .await?;
        all.extend((repeats >= REPEAT_CASES).then_some(Trigger::RepeatSeller));
    }
    Ok(all)
}

/// Confirmed cases without a referral that a report alone, or a seller's number of cases, gives reason for; newest first.
///
/// # Errors
/// Where the database fails.
pub async fn proposed(pool: &SqlitePool) -> sqlx::Result<Vec<Case>> {
    let rows = sqlx::query(cases::columns(
        "WHERE state IN (SELECT value FROM json_each(?1)) AND NOT EXISTS (SELECT 1 FROM referrals f WHERE f.case_id = cases.id AND f.state <> 'withdrawn') \
         AND (refer <> '' OR seller_mark IN (SELECT seller_mark FROM cases WHERE seller_mark IS NOT NULL AND state IN (SELECT value FROM json_each(?1)) \
         GROUP BY seller_mark HAVING count(*) >= ?2)) ORDER BY changed_at DESC LIMIT ?3",
    ))
    .bind(confirmed())
    .bind(REPEAT_CASES)
    .bind(LIST)
    .fetch_all(pool)
    .await?;
    rows.iter().map(cases::case).collect()
}

/// A referral to keep.
pub struct NewReferral<'a> {
    /// Its case.
    pub case: &'a Case,
    /// Whom it goes to.
    pub agency: &'a str,
    /// Why it is proposed.
    pub triggers: &'a [Trigger],
    /// What its writer states.
    pub facts: &'a str,
    /// Who wrote it.
    pub written_by: i64,
}

/// Keeps a draft. Returns its place.
///
/// # Errors
/// Where the database fails.
pub async fn write(tx: &mut Tx, new: &NewReferral<'_>, now: &str) -> sqlx::Result<i64> {
    let id: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM referrals").fetch_one(&mut **tx).await?;
    sqlx::query(
        "INSERT INTO referrals (id, number, case_id, agency, triggers, facts, state, written_by, written_at, changed_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
    )
    .bind(id)
    .bind(format!("WR-{}-{id:06}", &now[..4]))
    .bind(new.case.id)
    .bind(new.agency)
    .bind(written(new.triggers))
    .bind(new.facts)
    .bind(word(&ReferralState::Draft))
    .bind(new.written_by)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    note(tx, new.written_by, "referral.written", id, now).await?;
    Ok(id)
}

async fn note(tx: &mut Tx, reviewer_id: i64, action: &str, id: i64, now: &str) -> sqlx::Result<()> {
    let (actor, about) = (format!("reviewer:{reviewer_id}"), format!("referral:{id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &about, detail: "" }).await
}

/// Remembers that it was put into a package.
///
/// # Errors
/// Where the database fails.
pub async fn exported(tx: &mut Tx, reviewer_id: i64, id: i64, now: &str) -> sqlx::Result<()> {
    note(tx, reviewer_id, "referral.exported", id, now).await
}

/// What a reviewer does with a referral.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// What.
    pub event: ReferralEvent,
    /// Who.
    pub reviewer_id: i64,
    /// By which way it was handed over, or what the agency said.
    pub words: &'a str,
    /// What became of it, where it is concluded.
    pub outcome: Option<ReferralOutcome>,
}

/// Why a step was not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// No such referral, or the table has no such step where it stands.
    NotAllowed,
    /// Whoever wrote it, or approved it first, cannot approve it again.
    SamePerson,
    /// The case is no longer confirmed.
    NotConfirmed,
    /// The database failed.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for NotTaken {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Takes a step of the table.
///
/// # Errors
/// See [`NotTaken`].
pub async fn take(tx: &mut Tx, id: i64, deed: &Deed<'_>, now: &str) -> Result<(), NotTaken> {
    let row = sqlx::query(select("WHERE f.id = ?")).bind(id).fetch_optional(&mut **tx).await?;
    let found = row.as_ref().map(referral).transpose()?.ok_or(NotTaken::NotAllowed)?;
    let step = found.state.step(deed.event).ok_or(NotTaken::NotAllowed)?;
    for guard in step.guards {
        match guard {
            ReferralGuard::NotTheWriter if found.written_by == deed.reviewer_id => return Err(NotTaken::SamePerson),
            ReferralGuard::NotTheFirst if found.first_by == Some(deed.reviewer_id) => return Err(NotTaken::SamePerson),
            ReferralGuard::CaseConfirmed => {
                let case = cases::find_in(tx, found.case_id).await?;
                if !case.is_some_and(|c| c.state.is_confirmed()) {
                    return Err(NotTaken::NotConfirmed);
                }
            }
            _ => {}
        }
    }
    let by = |event| (deed.event == event).then_some(deed.reviewer_id);
    sqlx::query(
        "UPDATE referrals SET state = ?2, changed_at = ?3, first_by = coalesce(?4, first_by), second_by = coalesce(?5, second_by), \
         sent_at = CASE WHEN ?6 THEN ?3 ELSE sent_at END, sent_how = CASE WHEN ?6 THEN ?7 ELSE sent_how END, \
         said = CASE WHEN ?8 THEN ?7 ELSE said END, outcome = ?9 WHERE id = ?1",
    )
    .bind(id)
    .bind(word(&step.to))
    .bind(now)
    .bind(by(ReferralEvent::ApproveFirst))
    .bind(by(ReferralEvent::Approve))
    .bind(deed.event == ReferralEvent::Send)
    .bind(deed.words)
    .bind(matches!(deed.event, ReferralEvent::Acknowledge | ReferralEvent::Conclude))
    .bind(deed.outcome.filter(|_| deed.event == ReferralEvent::Conclude).map(|o| word(&o)).unwrap_or_default())
    .execute(&mut **tx)
    .await?;
    let action = format!("referral.{}", word(&deed.event));
    note(tx, deed.reviewer_id, &action, id, now).await?;
    Ok(())
}
