//! Referrals to agencies as they are kept: written once, read again, never changed.
//!
//! Owns the rows. What makes one worth proposing is in [`triggers`], what becomes of one in [`steps`]. Hands nothing over.

pub mod link;
pub mod steps;
pub mod triggers;

use super::cases::Case;
use super::organisations::Organisation;
use super::sql::{self, Row};
use super::steps::Actor;
use super::{Reader, Tx, parse_word, sealing, word};
use crate::audit;
use crate::keys::Keys;
use spotter_model::referral::{ReferralOutcome, ReferralState, Trigger};
use sqlx::Row as _;

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
    /// Numbers of the reports that its writer had, newest first: what comes later is in no referral that others approved.
    pub reports: Vec<String>,
    /// Where it stands.
    pub state: ReferralState,
    /// Who wrote it.
    pub written_by: i64,
    /// Who approved it first.
    pub first_by: Option<i64>,
    /// Names of its writer and of the two who approved it; empty: nobody yet.
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
    /// The organisation that it speaks for, by its name when it was written.
    pub organisation: String,
    /// Where that one is written to, as it was then.
    pub contact: String,
    /// Whether that one still takes part.
    pub takes_part: bool,
}

const COLUMNS: &str = "SELECT f.id, f.number, f.case_id, f.agency, f.triggers, f.facts, f.reports, f.state, f.written_by, f.first_by, \
                       w.name, coalesce(a.name, ''), coalesce(b.name, ''), f.written_at, f.sent_at, f.sent_how, f.outcome, f.said, \
                       f.organisation, f.contact, o.retired_at FROM referrals f JOIN organisations o ON o.id = f.organisation_id \
                       JOIN reviewers w ON w.id = f.written_by LEFT JOIN reviewers a ON a.id = f.first_by \
                       LEFT JOIN reviewers b ON b.id = f.second_by";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this module and our own words.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

/// Triggers as the database holds them.
fn kept(triggers: &[Trigger]) -> String {
    triggers.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn read(triggers: &str) -> Vec<Trigger> {
    triggers.split_whitespace().filter_map(|t| parse_word(t.to_owned()).ok()).collect()
}

/// What is sealed, and as what.
pub(super) mod kinds {
    /// What its writer states.
    pub const FACTS: &str = "referrals.facts";
    /// By which way it went.
    pub const HOW: &str = "referrals.sent_how";
    /// What the agency said.
    pub const SAID: &str = "referrals.said";
}

fn referral(keys: &Keys, row: &Row) -> sqlx::Result<Referral> {
    let (reports, outcome): (String, String) = (row.try_get(6)?, row.try_get(16)?);
    Ok(Referral {
        id: row.try_get(0)?,
        number: row.try_get(1)?,
        case_id: row.try_get(2)?,
        agency: row.try_get(3)?,
        triggers: read(row.try_get(4)?),
        facts: keys.open_text(kinds::FACTS, row.try_get(5)?)?,
        reports: reports.split_whitespace().map(str::to_owned).collect(),
        state: parse_word(row.try_get(7)?)?,
        written_by: row.try_get(8)?,
        first_by: row.try_get(9)?,
        names: [row.try_get(10)?, row.try_get(11)?, row.try_get(12)?],
        written_at: row.try_get(13)?,
        sent_at: row.try_get(14)?,
        sent_how: keys.open_text(kinds::HOW, row.try_get(15)?)?,
        outcome: if outcome.is_empty() { None } else { Some(parse_word(outcome)?) },
        said: keys.open_text(kinds::SAID, row.try_get(17)?)?,
        organisation: row.try_get(18)?,
        contact: row.try_get(19)?,
        takes_part: row.try_get::<String, _>(20)?.is_empty(),
    })
}

/// One referral.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Reader, id: i64) -> sqlx::Result<Option<Referral>> {
    let row = sqlx::query(select("WHERE f.id = $1")).bind(id).fetch_optional(pool.pool()).await?;
    row.as_ref().map(|row| referral(pool.keys(), row)).transpose()
}

/// The referrals of a case, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn of_case(pool: &Reader, case_id: i64) -> sqlx::Result<Vec<Referral>> {
    let rows = sqlx::query(select("WHERE f.case_id = $1 ORDER BY f.id DESC LIMIT 20"))
        .bind(case_id)
        .fetch_all(pool.pool())
        .await?;
    rows.iter().map(|row| referral(pool.keys(), row)).collect()
}

/// The referrals in these states, newest first, at most [`LIST`].
///
/// # Errors
/// Where the database fails.
pub async fn in_states(pool: &Reader, states: &[ReferralState]) -> sqlx::Result<Vec<Referral>> {
    let states = sql::words(states);
    let rows = sqlx::query(select(&format!("WHERE f.state IN ({states}) ORDER BY f.id DESC LIMIT $1")))
        .bind(LIST)
        .fetch_all(pool.pool())
        .await?;
    rows.iter().map(|row| referral(pool.keys(), row)).collect()
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
    /// Numbers of the reports that go with it, newest first.
    pub reports: &'a [String],
    /// Who wrote it.
    pub written_by: i64,
    /// For which organisation.
    pub organisation: &'a Organisation,
}

/// Keeps a draft. Returns its place.
///
/// # Errors
/// Where the database fails.
pub async fn write(tx: &mut Tx, new: &NewReferral<'_>, now: &str) -> sqlx::Result<i64> {
    let id: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM referrals").fetch_one(&mut **tx).await?;
    let facts = sealing::seal(tx, new.case.id, kinds::FACTS, new.facts).await?;
    sqlx::query(
        "INSERT INTO referrals (id, number, case_id, agency, triggers, facts, reports, state, written_by, written_at, changed_at, \
         organisation_id, organisation, contact) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13)",
    )
    .bind(id)
    .bind(format!("WR-{}-{id:06}", &now[..4]))
    .bind(new.case.id)
    .bind(new.agency)
    .bind(kept(new.triggers))
    .bind(facts)
    .bind(new.reports.join(" "))
    .bind(word(&ReferralState::Draft))
    .bind(new.written_by)
    .bind(now)
    .bind(new.organisation.id)
    .bind(&new.organisation.name)
    .bind(&new.organisation.contact)
    .execute(&mut **tx)
    .await?;
    note(tx, Actor::Reviewer(new.written_by), "referral.written", id, now).await?;
    Ok(id)
}

/// Remembers that it was put into a package.
///
/// # Errors
/// Where the database fails.
pub async fn exported(tx: &mut Tx, by: Actor, id: i64, now: &str) -> sqlx::Result<()> {
    note(tx, by, "referral.exported", id, now).await
}

async fn note(tx: &mut Tx, by: Actor, action: &str, id: i64, now: &str) -> sqlx::Result<()> {
    let (actor, about) = (by.name(), format!("referral:{id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &about, detail: "" }).await
}
