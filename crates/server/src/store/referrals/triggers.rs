//! What makes a case worth referring. Owns the counts behind the four triggers; writes no referral, and follows no seller
//! from one marketplace to another.

use super::{LIST, kept, read};
use crate::store::cases::{Case, kinds};
use crate::store::sql::{self, Pool, Truth};
use crate::store::{Reader, Tx, parse_word};
use spotter_model::CaseState;
use spotter_model::referral::{REPEAT_CASES, Trigger, VOLUME_CASES};
use sqlx::{AssertSqlSafe, Row as _};

/// The states in which a confirmation stands, as a list for `IN`.
fn confirmed() -> String {
    sql::words(CaseState::ALL.into_iter().filter(|s| s.is_confirmed()))
}

/// What a report leaves on its case: what it gives by itself, and whose offer it is, as a keyed hash. A report without a
/// seller leaves the mark that an earlier one brought.
///
/// # Errors
/// Where the database fails.
pub async fn mark(tx: &mut Tx, case_id: i64, alone: &[Trigger], seller: Option<&[u8; 32]>) -> sqlx::Result<()> {
    sqlx::query("UPDATE cases SET refer = $1, seller_mark = coalesce($2, seller_mark) WHERE id = $3")
        .bind(kept(alone))
        .bind(seller.map(|s| s.as_slice()))
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    if let Some(seller) = seller {
        sqlx::query("INSERT INTO case_sellers (mark, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(seller.as_slice())
            .bind(case_id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Why a referral of this case is proposed: nothing for a case whose confirmation does not stand. Volume counts what was
/// confirmed since `since`, this case among it.
///
/// # Errors
/// Where the database fails.
pub async fn of(pool: &Pool, case: &Case, since: &str) -> sqlx::Result<Vec<Trigger>> {
    if !case.state.is_confirmed() {
        return Ok(vec![]);
    }
    let confirmed = confirmed();
    let sql = format!(
        "SELECT refer, main_group <> '' AND EXISTS (SELECT 1 FROM decisions d WHERE d.case_id = c.id AND d.decision = 'confirm' AND d.at >= $2) \
         AND $3 <= (SELECT count(*) FROM cases o WHERE o.main_group = c.main_group AND o.marketplace = c.marketplace \
         AND o.state IN ({confirmed}) AND o.changed_at >= $2 \
         AND EXISTS (SELECT 1 FROM decisions d WHERE d.case_id = o.id AND d.decision = 'confirm' AND d.at >= $2)), \
         $4 <= (SELECT count(*) FROM cases o WHERE o.seller_mark = c.seller_mark AND o.state IN ({confirmed})) \
         FROM cases c WHERE c.id = $1"
    );
    // Safe: our own words.
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(case.id)
        .bind(since)
        .bind(VOLUME_CASES)
        .bind(REPEAT_CASES)
        .fetch_one(pool)
        .await?;
    all(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)
}

fn all(alone: &str, Truth(volume): Truth, Truth(repeats): Truth) -> sqlx::Result<Vec<Trigger>> {
    let mut all = read(alone);
    all.extend(volume.then_some(Trigger::Volume));
    all.extend(repeats.then_some(Trigger::RepeatSeller));
    Ok(all)
}

/// A case that gives reason for a referral and has none that stands.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// The case.
    pub case_id: i64,
    /// Its title.
    pub title: String,
    /// Where it was offered.
    pub marketplace: String,
    /// Where it stands.
    pub state: CaseState,
    /// Why.
    pub why: Vec<Trigger>,
}

/// Every case for which [`of`] gives a reason and that has no referral but such as were taken back; last changed first.
///
/// # Errors
/// Where the database fails.
pub async fn proposed(pool: &Reader, since: &str) -> sqlx::Result<Vec<Proposed>> {
    let confirmed = confirmed();
    let sql = format!(
        "WITH standing AS MATERIALIZED (SELECT id, title, marketplace, state, main_group, changed_at, refer, seller_mark, \
         main_group <> '' AND changed_at >= $1 AND EXISTS (SELECT 1 FROM decisions d WHERE d.case_id = cases.id AND d.decision = 'confirm' AND d.at >= $1) AS fresh \
         FROM cases WHERE erased_at = '' AND state IN ({confirmed})), \
         volumes AS (SELECT main_group, marketplace FROM standing WHERE fresh GROUP BY main_group, marketplace HAVING count(*) >= $2), \
         repeats AS (SELECT seller_mark FROM standing WHERE seller_mark IS NOT NULL GROUP BY seller_mark HAVING count(*) >= $3), \
         reasons AS (SELECT id, title, marketplace, state, changed_at, refer, fresh AND (main_group, marketplace) IN (SELECT main_group, marketplace FROM volumes) AS volume, \
         seller_mark IS NOT NULL AND seller_mark IN (SELECT seller_mark FROM repeats) AS repeated FROM standing) \
         SELECT id, title, marketplace, state, refer, volume, repeated FROM reasons WHERE (refer <> '' OR volume OR repeated) \
         AND NOT EXISTS (SELECT 1 FROM referrals f WHERE f.case_id = reasons.id AND f.state <> 'withdrawn') \
         ORDER BY changed_at DESC, id DESC LIMIT $4"
    );
    // Safe: our own words.
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(since)
        .bind(VOLUME_CASES)
        .bind(REPEAT_CASES)
        .bind(LIST)
        .fetch_all(pool.pool())
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Proposed {
                case_id: row.try_get(0)?,
                title: pool.keys().open_text(kinds::TITLE, row.try_get(1)?)?,
                marketplace: row.try_get(2)?,
                state: parse_word(row.try_get(3)?)?,
                why: all(row.try_get(4)?, row.try_get(5)?, row.try_get(6)?)?,
            })
        })
        .collect()
}
