//! The link by which an agency opens its referral. Owns: whose link it is, and from when to when it opens. The link is not kept,
//! only its hash: whoever lost it gets a new one, and the old one opens nothing.

use super::{Referral, note, referral, select};
use crate::store::steps::Actor;
use crate::store::{Reader, Tx, sql};
use spotter_model::referral::ReferralState;

/// Where a referral has a link: two others approved it, and it was not taken back.
pub const STATES: [ReferralState; 4] =
    [ReferralState::Approved, ReferralState::Sent, ReferralState::Acknowledged, ReferralState::Concluded];

/// Gives a referral this link in place of any other. Returns whether it may have one.
///
/// # Errors
/// Where the database fails.
pub async fn set(tx: &mut Tx, id: i64, hash: &[u8], reviewer_id: i64, now: &str) -> sqlx::Result<bool> {
    let states = sql::words(STATES);
    // Safe: our own words.
    let sql = sqlx::AssertSqlSafe(format!("UPDATE referrals SET link_hash = $2 WHERE id = $1 AND state IN ({states})"));
    let changed = sqlx::query(sql).bind(id).bind(hash).execute(&mut **tx).await?.rows_affected();
    if changed == 1 {
        note(tx, Actor::Reviewer(reviewer_id), "referral.link", id, now).await?;
    }
    Ok(changed == 1)
}

/// The referral of a link, unless its case was erased.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Reader, hash: &[u8]) -> sqlx::Result<Option<Referral>> {
    let states = sql::words(STATES);
    let rest = format!(
        "JOIN cases k ON k.id = f.case_id WHERE f.link_hash = $1 AND k.erased_at = '' AND f.state IN ({states})"
    );
    let row = sqlx::query(select(&rest)).bind(hash).fetch_optional(pool.pool()).await?;
    row.as_ref().map(|row| referral(pool.keys(), row)).transpose()
}
