//! Notices that went out under the status of trusted flagger, added up for the yearly report of Article 22(3) of Regulation (EU)
//! 2022/2065. Those alone: the database lets no other notice carry the mark, and what went without it is not in the report.

use crate::store::sql::Pool;
use sqlx::Row as _;

/// What a provider last did about a notice, in the order of the report's columns; the last: nothing yet.
pub const ACTIONS: [&str; 6] = ["remove", "restrict", "refuse", "reinstate", "acknowledge", ""];

/// Notices of one kind from one organisation to one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagged {
    /// The organisation under whose status they went.
    pub organisation_id: i64,
    /// The provider.
    pub provider: String,
    /// The group of what was offered; empty: not known.
    pub group: String,
    /// How many, by [`ACTIONS`].
    pub actions: [u64; 6],
}

/// Notices that went in a time, by organisation, provider and group.
///
/// # Errors
/// Where the database fails.
pub async fn between(pool: &Pool, from: &str, to: &str) -> sqlx::Result<Vec<Flagged>> {
    let rows = sqlx::query(
        "SELECT c.name, k.main_group, n.action, count(*), n.organisation_id FROM notices n JOIN companies c ON c.id = n.company_id \
         JOIN cases k ON k.id = n.case_id WHERE n.kind = 'dsa16' AND n.trusted = 1 AND n.state = 'sent' \
         AND n.sent_at >= $1 AND n.sent_at < $2 GROUP BY n.organisation_id, c.name, k.main_group, n.action ORDER BY n.organisation_id, c.name, k.main_group",
    )
    .bind(from)
    .bind(to)
    .fetch_all(pool)
    .await?;
    let mut all: Vec<Flagged> = vec![];
    for row in rows {
        let (provider, group, action): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let n = u64::try_from(row.try_get::<i64, _>(3)?).unwrap_or_default();
        let organisation_id: i64 = row.try_get(4)?;
        let here = (organisation_id, &provider, &group);
        if all.last().is_none_or(|f| (f.organisation_id, &f.provider, &f.group) != here) {
            all.push(Flagged { organisation_id, provider, group, actions: [0; 6] });
        }
        if let (Some(last), Some(at)) = (all.last_mut(), ACTIONS.iter().position(|a| *a == action)) {
            last.actions[at] += n;
        }
    }
    Ok(all)
}

/// The years in which such notices went, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn years(pool: &Pool) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT DISTINCT substr(sent_at, 1, 4) FROM notices WHERE kind = 'dsa16' AND trusted = 1 AND state = 'sent' ORDER BY 1 DESC",
    )
    .fetch_all(pool)
    .await
}
