//! The organisations that share this endpoint: who each of them is, whether it holds the status of trusted flagger, and to which one
//! a person belongs. None of them ever goes; one that no longer takes part is retired.
//!
//! Owns the rows. What a notice or a referral said of its organisation lies with the notice and the referral, and no change here reaches
//! it. The first one is that of the settings, and follows them until somebody changes it in the console.

use super::notices::{self, NoticeState};
use super::sql::{Pool, Row, Truth};
use super::steps::{self, Actor};
use super::{Store, Tx, cases, word};
use crate::audit;
use crate::notices::render;
use spotter_model::{Date, Event};
use sqlx::Row as _;

/// The one of the settings.
pub const FIRST: i64 = 1;
/// Longest short name, in characters.
pub const SHORT_CHARS: usize = 40;
/// Longest full name, and name of an authority, in characters.
pub const NAME_CHARS: usize = 160;

/// An organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Its number; 0: it has none yet.
    pub id: i64,
    /// What the console calls it.
    pub short: String,
    /// Its full name.
    pub name: String,
    /// Where it is written to; empty: it can write no notice.
    pub contact: String,
    /// Its country, ISO 3166-1, or empty.
    pub country: String,
    /// Who answers for personal data, and how they are reached.
    pub controller: String,
    /// Who awarded it the status of trusted flagger; empty: nobody did.
    pub trusted_by: String,
    /// The first day of the status, or empty: not written down.
    pub trusted_from: String,
    /// The first day without it again, or empty: it holds.
    pub trusted_end: String,
    /// When it retired; empty: it takes part.
    pub retired_at: String,
}

impl Organisation {
    /// Whether it takes part: invites, and sends.
    #[must_use]
    pub fn takes_part(&self) -> bool {
        self.retired_at.is_empty()
    }

    /// Whether it holds the status of trusted flagger on a day.
    #[must_use]
    pub fn holds_status(&self, today: Date) -> bool {
        let today = today.to_string();
        !self.trusted_by.is_empty()
            && self.trusted_from <= today
            && (self.trusted_end.is_empty() || today < self.trusted_end)
    }
}

const COLUMNS: &str = "SELECT o.id, o.short, o.name, o.contact, o.country, o.controller, o.trusted_by, o.trusted_from, o.trusted_end, \
                       o.retired_at FROM organisations o";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

fn organisation(row: &Row) -> sqlx::Result<Organisation> {
    Ok(Organisation {
        id: row.try_get(0)?,
        short: row.try_get(1)?,
        name: row.try_get(2)?,
        contact: row.try_get(3)?,
        country: row.try_get(4)?,
        controller: row.try_get(5)?,
        trusted_by: row.try_get(6)?,
        trusted_from: row.try_get(7)?,
        trusted_end: row.try_get(8)?,
        retired_at: row.try_get(9)?,
    })
}

/// All of them: those that take part first, then by short name.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<Organisation>> {
    let rows =
        sqlx::query(select("ORDER BY o.retired_at <> '', lower(o.short), o.id LIMIT 500")).fetch_all(pool).await?;
    rows.iter().map(organisation).collect()
}

/// Those that take part.
///
/// # Errors
/// Where the database fails.
pub async fn active(pool: &Pool) -> sqlx::Result<Vec<Organisation>> {
    Ok(all(pool).await?.into_iter().filter(Organisation::takes_part).collect())
}

/// Those that answer for personal data: whoever takes part, and whoever retired and still has cases that say something.
///
/// # Errors
/// Where the database fails.
pub async fn controllers(pool: &Pool) -> sqlx::Result<Vec<Organisation>> {
    let rows = sqlx::query(select(
        "WHERE o.retired_at = '' OR EXISTS (SELECT 1 FROM cases c WHERE c.organisation_id = o.id AND c.erased_at = '') \
         ORDER BY lower(o.name), o.id LIMIT 500",
    ))
    .fetch_all(pool)
    .await?;
    rows.iter().map(organisation).collect()
}

/// One of them.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Pool, id: i64) -> sqlx::Result<Option<Organisation>> {
    let row = sqlx::query(select("WHERE o.id = $1")).bind(id).fetch_optional(pool).await?;
    row.as_ref().map(organisation).transpose()
}

/// The same, inside a write transaction.
///
/// # Errors
/// Where the database fails.
pub async fn find_in(tx: &mut Tx, id: i64) -> sqlx::Result<Option<Organisation>> {
    let row = sqlx::query(select("WHERE o.id = $1")).bind(id).fetch_optional(&mut **tx).await?;
    row.as_ref().map(organisation).transpose()
}

/// The one with this short name, inside a write transaction.
///
/// # Errors
/// Where the database fails.
pub async fn called(tx: &mut Tx, short: &str) -> sqlx::Result<Option<Organisation>> {
    let row = sqlx::query(select("WHERE lower(o.short) = lower($1)")).bind(short).fetch_optional(&mut **tx).await?;
    row.as_ref().map(organisation).transpose()
}

/// The one that a person belongs to now, inside the transaction of what they do.
///
/// # Errors
/// Where the database fails.
pub async fn of_person(tx: &mut Tx, reviewer_id: i64) -> sqlx::Result<Organisation> {
    let row = sqlx::query(select("JOIN reviewers v ON v.organisation_id = o.id WHERE v.id = $1"))
        .bind(reviewer_id)
        .fetch_one(&mut **tx)
        .await?;
    organisation(&row)
}

/// What differs, by name; the status with its values, which a later reader wants to know.
fn changes(old: &Organisation, new: &Organisation) -> String {
    let status = format!("status {:?} from {:?} to {:?}", new.trusted_by, new.trusted_from, new.trusted_end);
    let same_status = (&old.trusted_by, &old.trusted_from, &old.trusted_end)
        == (&new.trusted_by, &new.trusted_from, &new.trusted_end);
    let all = [
        (old.short == new.short, "short name"),
        (old.name == new.name, "name"),
        (old.contact == new.contact, "contact"),
        (old.country == new.country, "country"),
        (old.controller == new.controller, "controller"),
        (same_status, status.as_str()),
    ];
    all.iter().filter(|(same, _)| !same).map(|(_, what)| *what).collect::<Vec<_>>().join(", ")
}

async fn write(tx: &mut Tx, new: &Organisation, kept_by: Option<i64>) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE organisations SET short = $2, name = $3, contact = $4, country = $5, controller = $6, trusted_by = $7, trusted_from = $8, \
         trusted_end = $9, kept_by = coalesce($10, kept_by) WHERE id = $1",
    )
    .bind(new.id)
    .bind(&new.short)
    .bind(&new.name)
    .bind(&new.contact)
    .bind(&new.country)
    .bind(&new.controller)
    .bind(&new.trusted_by)
    .bind(&new.trusted_from)
    .bind(&new.trusted_end)
    .bind(kept_by)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn note(tx: &mut Tx, actor: &str, action: &str, id: i64, detail: &str, now: &str) -> sqlx::Result<()> {
    let subject = format!("organisation:{id}");
    audit::append(tx, now, audit::Entry { actor, action, subject: &subject, detail }).await
}

/// Keeps a new one, or the changes of one. Returns its number.
///
/// # Errors
/// Where the short name is taken (a unique violation), there is no such organisation, or the database fails.
pub async fn keep(tx: &mut Tx, new: &Organisation, reviewer_id: i64, now: &str) -> sqlx::Result<i64> {
    let actor = Actor::Reviewer(reviewer_id).name();
    if new.id == 0 {
        let id: i64 =
            sqlx::query_scalar("INSERT INTO organisations (short, name, made_at) VALUES ($1, $2, $3) RETURNING id")
                .bind(&new.short)
                .bind(&new.name)
                .bind(now)
                .fetch_one(&mut **tx)
                .await?;
        write(tx, &Organisation { id, ..new.clone() }, Some(reviewer_id)).await?;
        note(tx, &actor, "organisation.made", id, &changes(&Organisation::default(), new), now).await?;
        return Ok(id);
    }
    let old = find_in(tx, new.id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let changed = changes(&old, new);
    if !changed.is_empty() {
        write(tx, new, Some(reviewer_id)).await?;
        note(tx, &actor, "organisation.changed", new.id, &changed, now).await?;
    }
    Ok(new.id)
}

/// Lets the first organisation say what the settings say, unless somebody changed it in the console. What was written before
/// referrals kept for whom they speak has it from now on.
///
/// # Errors
/// Where the database fails.
pub async fn follow(store: &Store, (name, contact, trusted_by): (&str, &str, &str), now: &str) -> sqlx::Result<()> {
    let mut tx = store.begin().await?;
    let by_hand: Option<i64> =
        sqlx::query_scalar("SELECT kept_by FROM organisations WHERE id = $1").bind(FIRST).fetch_one(&mut *tx).await?;
    let Some(old) = find_in(&mut tx, FIRST).await? else { return Err(sqlx::Error::RowNotFound) };
    let mut current = old.clone();
    if by_hand.is_none() {
        let name = render::line(name, NAME_CHARS);
        let short: String = name.chars().take(SHORT_CHARS).collect();
        // Somebody may have made another one of this name: then it stays called what it was.
        if called(&mut tx, &short).await?.is_none_or(|other| other.id == FIRST) {
            current.short = short;
        }
        (current.name, current.contact) = (name, contact.to_owned());
        current.trusted_by = render::line(trusted_by, NAME_CHARS);
        let changed = changes(&old, &current);
        if !changed.is_empty() {
            write(&mut tx, &current, None).await?;
            let made = "UPDATE organisations SET made_at = $1 WHERE id = $2 AND made_at = ''";
            sqlx::query(made).bind(now).bind(FIRST).execute(&mut *tx).await?;
            note(&mut tx, "settings", "organisation.changed", FIRST, &changed, now).await?;
        }
    }
    let named = "UPDATE referrals SET organisation = $1, contact = $2 WHERE organisation = '' AND organisation_id = $3";
    sqlx::query(named).bind(&current.name).bind(&current.contact).bind(FIRST).execute(&mut *tx).await?;
    tx.commit().await
}

/// Moves a person. Their open sessions are of the other organisation at once; what they wrote before stays what it was.
///
/// # Errors
/// Where the database fails.
pub async fn move_person(tx: &mut Tx, id: i64, to: &Organisation, by: i64, now: &str) -> sqlx::Result<()> {
    let done = sqlx::query("UPDATE reviewers SET organisation_id = $1 WHERE id = $2 AND organisation_id <> $1")
        .bind(to.id)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    let (actor, subject) = (Actor::Reviewer(by).name(), format!("reviewer:{id}"));
    let detail = format!("organisation:{}", to.id);
    let entry = audit::Entry { actor: &actor, action: "reviewer.moved", subject: &subject, detail: &detail };
    audit::append(tx, now, entry).await
}

/// Why an organisation cannot retire.
#[derive(Debug)]
pub enum Stays {
    /// It is the last one that takes part.
    Last,
    /// The database failed.
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Stays {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// Retires an organisation. What it has not sent is taken back, so that another one can write it anew; invitations to it open
/// nothing any more.
///
/// # Errors
/// See [`Stays`].
pub async fn retire(tx: &mut Tx, id: i64, by: i64, now: &str) -> Result<(), Stays> {
    let Truth(others) =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM organisations WHERE id <> $1 AND retired_at = '')")
            .bind(id)
            .fetch_one(&mut **tx)
            .await?;
    if !others {
        return Err(Stays::Last);
    }
    let done = sqlx::query("UPDATE organisations SET retired_at = $1, kept_by = $3 WHERE id = $2 AND retired_at = ''")
        .bind(now)
        .bind(id)
        .bind(by)
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    let waiting: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT id, case_id FROM notices WHERE organisation_id = $1 AND state IN ('second', 'pending') ORDER BY id",
    )
    .bind(id)
    .fetch_all(&mut **tx)
    .await?;
    for (notice, case_id) in &waiting {
        sqlx::query("UPDATE notices SET state = $1 WHERE id = $2")
            .bind(word(&NoticeState::Withdrawn))
            .bind(notice)
            .execute(&mut **tx)
            .await?;
        notices::note(tx, Actor::Reviewer(by), "notice.withdrawn", *notice, now).await?;
        if let Some(case) = cases::find_in(tx, *case_id).await?
            && case.state.step(Event::Withdraw).is_some()
        {
            steps::take(tx, &case, Event::Withdraw, Actor::Reviewer(by), None, now).await?;
        }
    }
    let detail = format!("{} notices taken back", waiting.len());
    note(tx, &Actor::Reviewer(by).name(), "organisation.retired", id, &detail, now).await?;
    Ok(())
}

/// Lets a retired organisation take part again.
///
/// # Errors
/// Where the database fails.
pub async fn bring_back(tx: &mut Tx, id: i64, by: i64, now: &str) -> sqlx::Result<()> {
    let done = sqlx::query("UPDATE organisations SET retired_at = '', kept_by = $2 WHERE id = $1 AND retired_at <> ''")
        .bind(id)
        .bind(by)
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    note(tx, &Actor::Reviewer(by).name(), "organisation.back", id, "", now).await
}

/// How many people with access each organisation has.
///
/// # Errors
/// Where the database fails.
pub async fn people(pool: &Pool) -> sqlx::Result<Vec<(i64, i64)>> {
    sqlx::query_as("SELECT organisation_id, count(*) FROM reviewers WHERE ended_at IS NULL GROUP BY organisation_id")
        .fetch_all(pool)
        .await
}

#[cfg(test)]
mod tests {
    use super::Organisation;

    #[test]
    fn a_status_holds_from_its_first_day_to_the_day_before_its_end() {
        let status = |by: &str, from: &str, end: &str| Organisation {
            trusted_by: by.into(),
            trusted_from: from.into(),
            trusted_end: end.into(),
            ..Organisation::default()
        };
        for (one, day, holds) in [
            (status("", "", ""), "2026-11-28", false),
            (status("", "2026-01-01", ""), "2026-11-28", false),
            (status("A", "", ""), "2026-11-28", true),
            (status("A", "2026-11-28", ""), "2026-11-28", true),
            (status("A", "2026-11-29", ""), "2026-11-28", false),
            (status("A", "2026-01-01", "2026-11-29"), "2026-11-28", true),
            (status("A", "2026-01-01", "2026-11-28"), "2026-11-28", false),
        ] {
            assert_eq!(one.holds_status(day.parse().unwrap()), holds, "{one:?} on {day}");
        }
    }
}
