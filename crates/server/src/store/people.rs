//! The people of the console: their roles, the invitations by which they come, and the end of their access.

use super::sql::{Pool, Truth};
use super::{Tx, parse_word, word};
use crate::roles::Role;
use sqlx::Row as _;

/// A person.
pub struct Person {
    /// Their number.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Their organisation.
    pub organisation_id: i64,
    /// What the console calls it.
    pub organisation: String,
    /// The login asks them for a code.
    pub has_factor: bool,
    /// How many passkeys they have.
    pub passkeys: i64,
    /// Since when.
    pub created_at: String,
    /// When their access ended; absent: it has not.
    pub ended_at: Option<String>,
}

/// Everybody, by name, those whose access ended last.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<Person>> {
    let sql = "SELECT v.id, v.name, v.role, v.created_at, v.ended_at, v.factor <> '', \
               (SELECT count(*) FROM passkeys p WHERE p.reviewer_id = v.id), o.id, o.short FROM reviewers v \
               JOIN organisations o ON o.id = v.organisation_id ORDER BY v.ended_at IS NOT NULL, lower(v.name) LIMIT 500";
    let rows = sqlx::query(sql).fetch_all(pool).await?;
    rows.into_iter()
        .map(|r| {
            Ok(Person {
                id: r.try_get(0)?,
                name: r.try_get(1)?,
                role: parse_word(r.try_get(2)?)?,
                created_at: r.try_get(3)?,
                ended_at: r.try_get(4)?,
                has_factor: r.try_get::<Truth, _>(5)?.0,
                passkeys: r.try_get(6)?,
                organisation_id: r.try_get(7)?,
                organisation: r.try_get(8)?,
            })
        })
        .collect()
}

/// One of them.
///
/// # Errors
/// Where the database fails.
pub async fn role_of(tx: &mut Tx, id: i64) -> sqlx::Result<Option<Role>> {
    let role: Option<String> =
        sqlx::query_scalar("SELECT role FROM reviewers WHERE id = $1").bind(id).fetch_optional(&mut **tx).await?;
    role.map(parse_word).transpose()
}

/// Gives a person a role. Their open sessions have it at once.
///
/// # Errors
/// Where the database fails.
pub async fn set_role(tx: &mut Tx, id: i64, role: Role) -> sqlx::Result<()> {
    sqlx::query("UPDATE reviewers SET role = $1 WHERE id = $2").bind(word(&role)).bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// The same for a name, from the command line.
///
/// # Errors
/// Where the database fails.
pub async fn set_role_by_name(tx: &mut Tx, name: &str, role: Role) -> sqlx::Result<()> {
    sqlx::query("UPDATE reviewers SET role = $1 WHERE lower(name) = lower($2)")
        .bind(word(&role))
        .bind(name)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends a person's access and sessions; what they decided stays theirs, and what was given to them is anybody's again.
///
/// # Errors
/// Where the database fails.
pub async fn end(tx: &mut Tx, id: i64, now: &str) -> sqlx::Result<()> {
    for sql in [
        "UPDATE reviewers SET ended_at = $2 WHERE id = $1",
        "DELETE FROM sessions WHERE reviewer_id = $1 AND $2 = $2",
        "DELETE FROM passkeys WHERE reviewer_id = $1 AND $2 = $2",
        "DELETE FROM leases WHERE reviewer_id = $1 AND $2 = $2",
        "UPDATE cases SET assigned_to = NULL WHERE assigned_to = $1 AND $2 = $2",
        // Nobody comes in by an invitation of somebody who has gone.
        "DELETE FROM reviewer_invitations WHERE made_by = $1 AND reviewer_id IS NULL AND $2 = $2",
    ] {
        sqlx::query(sql).bind(id).bind(now).execute(&mut **tx).await?;
    }
    Ok(())
}

/// What somebody is invited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// As what.
    pub role: Role,
    /// Into which organisation.
    pub organisation_id: i64,
}

/// Keeps an invitation.
///
/// # Errors
/// Where the database fails.
pub async fn invite(tx: &mut Tx, code_hash: &[u8], place: Place, by: i64, until: &str) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO reviewer_invitations (code_hash, role, made_by, until, organisation_id) VALUES ($1, $2, $3, $4, $5)")
        .bind(code_hash)
        .bind(word(&place.role))
        .bind(by)
        .bind(until)
        .bind(place.organisation_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The place of an invitation that can still be used. One to an organisation that retired cannot.
///
/// # Errors
/// Where the database fails.
pub async fn invited(tx: &mut Tx, code_hash: &[u8], now: &str) -> sqlx::Result<Option<Place>> {
    let row = sqlx::query(
        "SELECT i.role, i.organisation_id FROM reviewer_invitations i JOIN organisations o ON o.id = i.organisation_id \
         WHERE i.code_hash = $1 AND i.reviewer_id IS NULL AND i.until > $2 AND o.retired_at = ''",
    )
    .bind(code_hash)
    .bind(now)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|r| Ok(Place { role: parse_word(r.try_get(0)?)?, organisation_id: r.try_get(1)? })).transpose()
}

/// Makes the account of somebody who came by an invitation, and uses the invitation up.
///
/// # Errors
/// Where the name is taken (a unique violation), or the database fails.
pub async fn join(
    tx: &mut Tx,
    code_hash: &[u8],
    (name, password, place): (&str, &str, Place),
    now: &str,
) -> sqlx::Result<i64> {
    let id = sqlx::query_scalar(
        "INSERT INTO reviewers (name, password, role, created_at, organisation_id) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(name)
    .bind(password)
    .bind(word(&place.role))
    .bind(now)
    .bind(place.organisation_id)
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query("UPDATE reviewer_invitations SET reviewer_id = $1 WHERE code_hash = $2")
        .bind(id)
        .bind(code_hash)
        .execute(&mut **tx)
        .await?;
    Ok(id)
}
