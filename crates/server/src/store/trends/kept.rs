//! What trends are added up from, written down in the moment in which it happens: durations, relisting, what a company did
//! about a notice, and what a case's reports name. Each is the first that happened, but for what a company did: that is the last.

use crate::clock;
use crate::store::cases::Case;
use crate::store::{Tx, word};
use spotter_model::report::is_id;
use spotter_model::{CaseState, Event};

/// Whole seconds from one stored time to another, `None` where one is no time.
fn seconds(from: &str, to: &str) -> Option<i64> {
    Some(clock::read(to)?.unix_timestamp() - clock::read(from)?.unix_timestamp())
}

/// After a step of a case. The step's row is written already.
///
/// # Errors
/// Where the database fails.
pub async fn step(tx: &mut Tx, case: &Case, event: Event, to: CaseState, now: &str) -> sqlx::Result<()> {
    if case.state.is_open() && !to.is_open() {
        sqlx::query("UPDATE cases SET decide_s = coalesce(decide_s, $1) WHERE id = $2")
            .bind(seconds(&case.opened_at, now))
            .bind(case.id)
            .execute(&mut **tx)
            .await?;
    }
    match event {
        Event::Send => told(tx, case.id, now).await,
        Event::Relist => {
            sqlx::query("UPDATE cases SET relisted = 1 WHERE id = $1").bind(case.id).execute(&mut **tx).await?;
            Ok(())
        }
        Event::Acknowledge | Event::Remove | Event::Restrict | Event::Refuse | Event::Reinstate => {
            acted(tx, case.id, event, now).await
        }
        _ => Ok(()),
    }
}

async fn told(tx: &mut Tx, case_id: i64, now: &str) -> sqlx::Result<()> {
    let confirmed: Option<String> =
        sqlx::query_scalar("SELECT min(at) FROM decisions WHERE case_id = $1 AND decision = $2")
            .bind(case_id)
            .bind(word(&Event::Confirm))
            .fetch_one(&mut **tx)
            .await?;
    sqlx::query("UPDATE cases SET tell_s = coalesce(tell_s, $1) WHERE id = $2")
        .bind(confirmed.and_then(|at| seconds(&at, now)))
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What the company did about the newest notice that went. That a reviewer found the listing up again is not the company's word.
async fn acted(tx: &mut Tx, case_id: i64, event: Event, now: &str) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE notices SET action = $2, action_at = $3 WHERE sent_seq = (SELECT max(sent_seq) FROM notices WHERE case_id = $1) \
         AND NOT ($2 = 'reinstate' AND EXISTS (SELECT 1 FROM checks WHERE case_id = $1 AND at = $3 AND outcome = 'up'))",
    )
    .bind(case_id)
    .bind(word(&event))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A look found the listing removed.
///
/// # Errors
/// Where the database fails.
pub async fn removal_seen(tx: &mut Tx, case_id: i64, now: &str) -> sqlx::Result<()> {
    let told: Option<String> =
        sqlx::query_scalar("SELECT min(sent_at) FROM notices WHERE case_id = $1 AND state = 'sent'")
            .bind(case_id)
            .fetch_one(&mut **tx)
            .await?;
    sqlx::query("UPDATE cases SET remove_s = coalesce(remove_s, $1) WHERE id = $2")
        .bind(told.and_then(|at| seconds(&at, now)))
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether this can be a CITES trade term: three capital letters. Whatever else a report sends in its place is not kept here.
fn is_trade_term(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())
}

/// What a report of a case names: trade terms, and methods that were read or ticked. This table is not sealed, so nothing comes
/// into it that has not the form of a term's or a method's id: no words of the listing.
///
/// # Errors
/// Where the database fails.
pub async fn facts<'a>(
    tx: &mut Tx,
    case_id: i64,
    products: impl Iterator<Item = &'a String>,
    methods: impl Iterator<Item = &'a String>,
) -> sqlx::Result<()> {
    let products = products.filter(|v| is_trade_term(v)).map(|v| ("product", v));
    let methods = methods.filter(|v| is_id(v)).map(|v| ("method", v));
    for (kind, value) in products.chain(methods) {
        sqlx::query("INSERT INTO case_facts (kind, case_id, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(kind)
            .bind(case_id)
            .bind(value)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// After an erasure: a method that no other case has any more goes. It may have been of one listing alone.
///
/// # Errors
/// Where the database fails.
pub async fn erased(tx: &mut Tx) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM case_facts WHERE kind = 'method' AND value IN (SELECT f.value FROM case_facts f JOIN cases c ON c.id = f.case_id \
         WHERE f.kind = 'method' GROUP BY f.value HAVING count(CASE WHEN c.erased_at = '' THEN 1 END) = 0)",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
