//! How what a case says is sealed on its way into the database, and how a database from before is sealed as a whole.
//!
//! Owns the order of that: case by case, each in a transaction; then contacts, suggestions and pictures; then the database is
//! written anew, so that no page of it holds what it held. Broken off, it goes on at the next start.

use super::cases::kinds;
use super::sql::Truth;
use super::{
    Store, StoreError, Tx, blobs, checks, contacts, erasure, notes, notices, referrals, reporters, reports,
    suggestions, surveys,
};
use crate::intake::sellers;
use crate::keys::Keys;
use spotter_model::Report;
use sqlx::Row as _;

/// Set once everything is sealed.
const DONE: &str = "sealed";
/// Set once who reported is sealed, and what coders wrote.
const LINKED: &str = "sealed_linkage";
/// Cases that are sealed in one transaction.
const BATCH: i64 = 200;

/// The place of a case's key.
///
/// # Errors
/// Where there is no such case, or the database fails.
pub async fn slot_of(tx: &mut Tx, case_id: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT slot FROM cases WHERE id = $1").bind(case_id).fetch_one(&mut **tx).await
}

/// Seals text for a case.
///
/// # Errors
/// Where the case was erased, or the database fails.
pub async fn seal(tx: &mut Tx, case_id: i64, kind: &str, text: &str) -> sqlx::Result<String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let slot = slot_of(tx, case_id).await?;
    Ok(tx.keys().seal_text(slot, kind, text)?)
}

/// Seals what a version before this one kept as it was.
///
/// # Errors
/// Where the database, a blob or the keys fail.
pub async fn seal_old(store: &Store) -> Result<(), StoreError> {
    if store.meta(DONE).await?.is_some() {
        return Ok(());
    }
    let Truth(any) =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cases) OR EXISTS (SELECT 1 FROM blobs) OR EXISTS (SELECT 1 FROM contacts) OR EXISTS (SELECT 1 FROM suggestions)")
            .fetch_one(store.read())
            .await?;
    if any {
        loop {
            let mut tx = store.begin_overwriting().await?;
            let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM cases WHERE slot IS NULL ORDER BY id LIMIT $1")
                .bind(BATCH)
                .fetch_all(&mut *tx)
                .await?;
            for id in &ids {
                one_case(&mut tx, *id).await?;
            }
            tx.commit().await?;
            if ids.len() < BATCH as usize {
                break;
            }
        }
        own_keys(store).await?;
        pictures(store).await?;
        // The secret of marks from before: they are made another way now.
        let mut tx = store.begin().await?;
        sqlx::query("DELETE FROM meta WHERE name = 'seller_secret'").execute(&mut *tx).await?;
        tx.commit().await?;
        store.rewrite().await?;
    }
    store.set_meta_once(DONE, "1").await?;
    Ok(())
}

/// Seals who reported what, and what coders of surveys wrote, where a version before this one kept it as it was.
///
/// # Errors
/// Where the database or the keys fail.
pub async fn seal_linkage(store: &Store) -> Result<(), StoreError> {
    if store.meta(LINKED).await?.is_some() {
        return Ok(());
    }
    if erasure::last_place(store.read()).await? > store.keys().places()? {
        return Err(StoreError::OldKeys);
    }
    let mut any = false;
    loop {
        let mut tx = store.begin_overwriting().await?;
        let (linked, coded) =
            (reporters::seal_old(&mut tx, BATCH).await?, surveys::records::seal_old(&mut tx, BATCH).await?);
        tx.commit().await?;
        if !linked && !coded {
            break;
        }
        any = true;
    }
    if any {
        store.rewrite().await?;
    }
    store.set_meta_once(LINKED, "1").await?;
    Ok(())
}

/// Texts that hang on a case: table, column, what it is sealed as, and how the table finds its case.
const TEXTS: [(&str, &str, &str, &str); 8] = [
    ("decisions", "public_reason", kinds::SAID, "case_id = $1"),
    ("notes", "text", notes::TEXT, "case_id = $1"),
    ("notices", "rendered", notices::RENDERED, "case_id = $1"),
    ("answers", "text", notices::ANSWER, "notice_id IN (SELECT id FROM notices WHERE case_id = $1)"),
    ("checks", "seen", checks::SEEN, "case_id = $1"),
    ("referrals", "facts", referrals::kinds::FACTS, "case_id = $1"),
    ("referrals", "sent_how", referrals::kinds::HOW, "case_id = $1"),
    ("referrals", "said", referrals::kinds::SAID, "case_id = $1"),
];

async fn one_case(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    let slot = tx.keys().create()?;
    for (table, column, kind, of_case) in TEXTS {
        // Safe: literals of the table above.
        let sql = format!("SELECT id, {column} FROM {table} WHERE {of_case} AND {column} <> ''");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_all(&mut **tx).await?;
        for row in rows {
            let (row_id, text): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
            let sealed = tx.keys().seal_text(slot, kind, &text)?;
            sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE {table} SET {column} = $1 WHERE id = $2")))
                .bind(sealed)
                .bind(row_id)
                .execute(&mut **tx)
                .await?;
        }
    }
    let mut seller = None;
    let rows = sqlx::query(
        "SELECT seq, body, signature, receipt, text_sha256, body_sha256 FROM reports WHERE case_id = $1 ORDER BY seq",
    )
    .bind(id)
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        let (seq, body): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        let (signature, text_sha256): (Vec<u8>, Vec<u8>) = (row.try_get(2)?, row.try_get(4)?);
        let (receipt, sha256): (String, String) = (row.try_get(3)?, row.try_get(5)?);
        let keys = tx.keys();
        let values = (
            keys.seal(slot, kinds::BODY, &body)?,
            keys.seal(slot, kinds::SIGNATURE, &signature)?,
            keys.seal_text(slot, kinds::RECEIPT, &receipt)?,
            keys.mark_in(slot, "text", &text_sha256)?,
            reports::body_mark(keys, &sha256),
        );
        sqlx::query(
            "UPDATE reports SET body = $1, signature = $2, receipt = $3, text_sha256 = $4, body_sha256 = $5 WHERE seq = $6",
        )
        .bind(values.0)
        .bind(values.1)
        .bind(values.2)
        .bind(values.3.as_slice())
        .bind(values.4)
        .bind(seq)
        .execute(&mut **tx)
        .await?;
        let named: Vec<String> = sqlx::query_scalar("SELECT sha256 FROM report_blobs WHERE report_seq = $1")
            .bind(seq)
            .fetch_all(&mut **tx)
            .await?;
        for sha256 in named {
            sqlx::query("UPDATE report_blobs SET sha256 = $1 WHERE report_seq = $2 AND sha256 = $3")
                .bind(blobs::mark(&tx.keys, &sha256))
                .bind(seq)
                .bind(sha256)
                .execute(&mut **tx)
                .await?;
        }
        // A body that this version cannot read names no seller, and is kept as it is.
        let mark = serde_json::from_slice::<Report>(&body)
            .ok()
            .and_then(|report| sellers::mark(tx.keys(), &report.place.marketplace, &report.listing.seller));
        if let Some(mark) = mark {
            sqlx::query("INSERT INTO case_sellers (mark, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(mark.as_slice())
                .bind(id)
                .execute(&mut **tx)
                .await?;
            seller = Some(mark);
        }
    }
    let row = sqlx::query("SELECT marketplace, listing_key, title, price, public_reason FROM cases WHERE id = $1")
        .bind(id)
        .fetch_one(&mut **tx)
        .await?;
    let [marketplace, listing, title, price, said]: [String; 5] =
        [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?];
    let keys = tx.keys();
    let values = [
        super::cases::listing_mark(keys, &marketplace, &listing),
        keys.seal_text(slot, kinds::LISTING, &listing)?,
        keys.seal_text(slot, kinds::TITLE, &title)?,
        keys.seal_text(slot, kinds::PRICE, &price)?,
        keys.seal_text(slot, kinds::SAID, &said)?,
    ];
    let mut update = sqlx::query(
        "UPDATE cases SET listing_key = $1, listing = $2, title = $3, price = $4, public_reason = $5, words = '', seller_mark = $6, slot = $7 WHERE id = $8",
    );
    for value in values {
        update = update.bind(value);
    }
    update.bind(seller.map(|s| s.to_vec())).bind(slot).bind(id).execute(&mut **tx).await?;
    Ok(())
}

/// Contacts and suggestions: a key for each.
async fn own_keys(store: &Store) -> Result<(), StoreError> {
    for (table, kind) in [("contacts", contacts::BODY), ("suggestions", suggestions::BODY)] {
        let mut tx = store.begin_overwriting().await?;
        // Safe: the literals above.
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT seq, body FROM {table} WHERE length(body) > 0")))
            .fetch_all(&mut *tx)
            .await?;
        for row in rows {
            let (seq, body): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
            if Keys::place(&body).is_some() {
                continue;
            }
            let slot = tx.keys().create()?;
            let sealed = tx.keys().seal(slot, kind, &body)?;
            sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE {table} SET body = $1 WHERE seq = $2")))
                .bind(sealed)
                .bind(seq)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Pictures: sealed under their new names, then rows that say so, then the old files go.
async fn pictures(store: &Store) -> Result<(), StoreError> {
    let old: Vec<String> =
        sqlx::query_scalar("SELECT sha256 FROM blobs WHERE slot IS NULL").fetch_all(store.read()).await?;
    for sha256 in old {
        let bytes = match store.blobs.depot().get(&sha256).await {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut tx = store.begin().await?;
                sqlx::query("DELETE FROM blobs WHERE sha256 = $1").bind(&sha256).execute(&mut *tx).await?;
                tx.commit().await?;
                continue;
            }
            Err(e) => return Err(e.into()),
        };
        let slot = store.blobs.write(&sha256, bytes.into()).await?;
        let mut tx = store.begin().await?;
        sqlx::query("UPDATE blobs SET sha256 = $1, slot = $2 WHERE sha256 = $3")
            .bind(blobs::mark(store.keys(), &sha256))
            .bind(slot)
            .bind(&sha256)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
    // What no row names was left by an upload that broke off, or is the old form of what was sealed just now.
    let rows: Vec<String> = sqlx::query_scalar("SELECT sha256 FROM blobs").fetch_all(store.read()).await?;
    let known: std::collections::HashSet<String> = rows.into_iter().collect();
    // Later than all that is there.
    let end = time::OffsetDateTime::now_utc() + time::Duration::days(1);
    for two in 0..=u8::MAX {
        let there = store.blobs.depot().older(&format!("{two:02x}"), end).await?;
        let old: Vec<&str> = there.iter().map(String::as_str).filter(|name| !known.contains(*name)).collect();
        store.blobs.depot().remove(&old).await?;
    }
    Ok(())
}
