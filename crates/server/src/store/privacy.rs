//! What people ask about data on them: access, erasure, objection. Owns the requests, sealed, each under a key of its own, and what
//! a person is given who asks what is held. Erases nothing itself.

use super::cases::{self, Case};
use super::sql::{NOTHING, Pool, Row, Truth};
use super::{Reader, Tx, blobs, checks, erasure, gold, notes, notices, parse_word, rechecks, referrals, surveys, word};
use crate::audit;
use crate::keys::Keys;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spotter_model::referral::ReferralState;
use spotter_model::survey::Coding;
use spotter_model::{Date, Report, package};
use sqlx::Row as _;

/// Closed requests of a list.
const LIST: i64 = 100;
/// Most reports of a case that go into an answer.
const REPORTS: i64 = 1_000;
/// What a request is sealed as.
const ASKED: &str = "privacy_requests.asked";
/// What a reason is sealed as.
const REASON: &str = "privacy_requests.reason";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What is held (Article 15).
    Access,
    /// That it is erased (Article 17).
    Erasure,
    /// That it is not used (Article 21).
    Objection,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Access, Self::Erasure, Self::Objection];
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for an answer.
    Open,
    /// It was answered as it was asked.
    Done,
    /// It was refused, with a reason.
    Refused,
}

/// Who asks, about whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The marketplace's host.
    pub marketplace: String,
    /// The seller's public name there.
    pub seller: String,
    /// Cases that were named besides.
    pub cases: Vec<i64>,
    /// Who asks, and how they are reached.
    pub who: String,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its number.
    pub id: i64,
    /// What is asked for.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// `None`: erased with what it was about.
    pub asked: Option<Asked>,
    /// The day on which it came.
    pub received_on: String,
    /// The day by which it is to be answered.
    pub due_on: String,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// Why it was refused.
    pub reason: String,
    /// The organisation that the person turned to.
    pub organisation_id: i64,
}

/// One month later: the same day, or the month's last.
#[must_use]
pub fn due(received: Date) -> Option<Date> {
    let (year, month, day) = received.parts();
    let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    (28..=day.max(28)).rev().find_map(|last| Date::new(year, month, day.min(last)))
}

const COLUMNS: &str =
    "SELECT id, kind, state, asked, received_on, due_on, closed_at, reason, organisation_id FROM privacy_requests";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

fn request(keys: &Keys, row: &Row) -> sqlx::Result<Request> {
    let asked: Vec<u8> = row.try_get(3)?;
    let asked = if asked.is_empty() { None } else { keys.open_bytes(ASKED, &asked)? };
    let asked = asked.map(|a| serde_json::from_slice(&a)).transpose().map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
    Ok(Request {
        id: row.try_get(0)?,
        kind: parse_word(row.try_get(1)?)?,
        state: parse_word(row.try_get(2)?)?,
        asked,
        received_on: row.try_get(4)?,
        due_on: row.try_get(5)?,
        closed_at: row.try_get(6)?,
        reason: keys.open_text(REASON, row.try_get(7)?)?,
        organisation_id: row.try_get(8)?,
    })
}

/// Keeps a request. Returns its number.
///
/// # Errors
/// Where the database fails.
pub async fn add(
    tx: &mut Tx,
    kind: Kind,
    asked: &Asked,
    (received_on, due_on): (&str, &str),
    (organisation_id, reviewer_id): (i64, i64),
    now: &str,
) -> sqlx::Result<i64> {
    let slot = tx.keys().create()?;
    let plain = serde_json::to_vec(asked).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let id = sqlx::query_scalar(
        "INSERT INTO privacy_requests (kind, state, asked, received_on, due_on, written_by, written_at, organisation_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(word(&kind))
    .bind(word(&State::Open))
    .bind(tx.keys().seal(slot, ASKED, &plain)?)
    .bind(received_on)
    .bind(due_on)
    .bind(reviewer_id)
    .bind(now)
    .bind(organisation_id)
    .fetch_one(&mut **tx)
    .await?;
    let detail = format!("{}, due {due_on}, to organisation:{organisation_id}", word(&kind));
    note(tx, reviewer_id, "privacy.asked", id, &detail, now).await?;
    Ok(id)
}

/// A link in the chain about a request.
///
/// # Errors
/// Where the database fails.
pub async fn note(tx: &mut Tx, reviewer_id: i64, action: &str, id: i64, detail: &str, now: &str) -> sqlx::Result<()> {
    let (actor, about) = (format!("reviewer:{reviewer_id}"), format!("request:{id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &about, detail }).await
}

/// The open ones, by the day on which they are due, and then those that were closed last.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Reader) -> sqlx::Result<Vec<Request>> {
    let rows =
        sqlx::query(select("ORDER BY state <> 'open', CASE state WHEN 'open' THEN due_on END, id DESC LIMIT $1"))
            .bind(LIST)
            .fetch_all(pool.pool())
            .await?;
    rows.iter().map(|row| request(pool.keys(), row)).collect()
}

/// How many are open, and how many of them should have been answered before this day.
///
/// # Errors
/// Where the database fails.
pub async fn open(pool: &Pool, today: &str) -> sqlx::Result<(i64, i64)> {
    sqlx::query_as(
        "SELECT count(*), count(CASE WHEN due_on < $1 THEN 1 END) FROM privacy_requests WHERE state = 'open'",
    )
    .bind(today)
    .fetch_one(pool)
    .await
}

/// One of them.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Reader, id: i64) -> sqlx::Result<Option<Request>> {
    let row = sqlx::query(select("WHERE id = $1")).bind(id).fetch_optional(pool.pool()).await?;
    row.as_ref().map(|row| request(pool.keys(), row)).transpose()
}

/// The cases that a request is about: those of the seller, and those that it names on the same marketplace.
///
/// # Errors
/// Where the database fails.
pub async fn cases_of(pool: &Reader, asked: &Asked) -> sqlx::Result<Vec<Case>> {
    let mut all = erasure::of_seller(pool, &asked.marketplace, &asked.seller).await?;
    for id in &asked.cases {
        if all.iter().all(|case| case.id != *id)
            && let Some(case) = cases::find(pool, *id).await?.filter(|c| c.marketplace == asked.marketplace)
        {
            all.push(case);
        }
    }
    all.retain(|case| case.erased_at.is_empty());
    Ok(all)
}

/// Closes an open request. What was asked is destroyed with what it was about where `forget`. Returns whether it was open.
///
/// # Errors
/// Where the database fails.
pub async fn close(
    tx: &mut Tx,
    id: i64,
    (state, reason): (State, &str),
    forget: bool,
    reviewer_id: i64,
    now: &str,
) -> sqlx::Result<bool> {
    let asked: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT asked FROM privacy_requests WHERE id = $1 AND state = 'open'")
            .bind(id)
            .fetch_optional(&mut **tx)
            .await?;
    let Some(slot) = asked.as_deref().and_then(Keys::place) else { return Ok(false) };
    let reason = tx.keys().seal_text(slot, REASON, reason)?;
    sqlx::query(
        "UPDATE privacy_requests SET state = $1, reason = $2, closed_by = $3, closed_at = $4, asked = CASE WHEN $5 = 1 THEN $7 ELSE asked END WHERE id = $6",
    )
    .bind(word(&state))
    .bind(reason)
    .bind(reviewer_id)
    .bind(now)
    .bind(Truth(forget))
    .bind(id)
    .bind(NOTHING)
    .execute(&mut **tx)
    .await?;
    if forget {
        tx.keys().destroy(&[slot])?;
    }
    note(tx, reviewer_id, &format!("privacy.{}", word(&state)), id, "", now).await?;
    Ok(true)
}

/// Forgets who asked in requests that were closed before a time.
///
/// # Errors
/// Where the database fails.
pub async fn forget_old(tx: &mut Tx, before: &str) -> sqlx::Result<()> {
    let old: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT id, asked FROM privacy_requests WHERE closed_at < $1 AND length(asked) > 0")
            .bind(before)
            .fetch_all(&mut **tx)
            .await?;
    for (id, asked) in &old {
        sqlx::query("UPDATE privacy_requests SET asked = $2, reason = '' WHERE id = $1")
            .bind(id)
            .bind(NOTHING)
            .execute(&mut **tx)
            .await?;
        if let Some(slot) = Keys::place(asked) {
            tx.keys().destroy(&[slot])?;
        }
    }
    Ok(())
}

/// A picture of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its name in the archive.
    pub name: String,
    /// Its hash, by which it is found.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// What a person is given.
pub struct Held {
    /// All that is written.
    pub words: Value,
    /// The pictures, each once.
    pub pictures: Vec<Picture>,
}

/// What is held about a person: in these cases, and in surveys that run. No spotter and no reviewer is in it; what spotters noted beside an
/// offer is counted, since it could give them away. What an agency has under way is counted and left out unless `under_way`.
///
/// # Errors
/// Where the database fails.
pub async fn answer(pool: &Reader, asked: &Asked, cases_held: &[Case], under_way: bool) -> sqlx::Result<Held> {
    let (mut all, mut pictures) = (vec![], vec![]);
    for case in cases_held {
        let (mut reports, mut noted) = (vec![], 0);
        for row in cases::reports_of(pool, case.id, REPORTS).await? {
            let Ok(r) = serde_json::from_slice::<Report>(&row.body) else { continue };
            noted += i64::from(!r.note.trim().is_empty());
            let mut shown = vec![];
            for item in &r.evidence {
                let (Some(name), Some(sha256)) = (package::blob_name(item), item.sha256.as_deref()) else { continue };
                let name = name.replace("evidence/", "pictures/");
                let Some(held) = blobs::held(pool, sha256).await? else { continue };
                let bytes = u64::try_from(held.bytes).unwrap_or_default();
                if pictures.iter().all(|p: &Picture| p.name != name) {
                    pictures.push(Picture { name: name.clone(), sha256: sha256.to_owned(), bytes });
                }
                shown.push(json!({ "file": name, "kind": item.kind }));
            }
            reports.push(json!({
                "number": row.number, "received_at": row.received_at, "seen_at": r.matched_at, "source": r.place.url_canonical,
                "listing_id": r.place.listing_id, "listing": r.listing,
                "assessment": { "level": r.assessment.level, "groups": r.assessment.groups,
                    "species": r.assessment.taxa.iter().map(|t| &t.scientific_name).collect::<Vec<_>>() },
                "pictures": shown,
            }));
        }
        let mut told = vec![];
        for n in notices::of_case(pool, case.id).await? {
            told.push(json!({ "number": n.number, "to": n.company, "state": n.state, "sent_at": n.sent_at, "text": n.rendered.text }));
        }
        let answered: Vec<Value> = notices::answers(pool, case.id)
            .await?
            .into_iter()
            .map(|(what, text, at)| json!({ "at": at, "decision": what, "words": text }))
            .collect();
        let steps: Vec<Value> = cases::history(pool, case.id)
            .await?
            .into_iter()
            .map(|p| json!({ "at": p.at, "step": p.event, "by": p.who, "reason": p.public_reason }))
            .collect();
        let notes: Vec<Value> = notes::of_case(pool, case.id)
            .await?
            .into_iter()
            .map(|n| json!({ "at": n.at, "words": n.note.to_store() }))
            .collect();
        let looked: Vec<Value> = checks::of_case(pool, case.id)
            .await?
            .0
            .into_iter()
            .map(|c| json!({ "at": c.at, "found": c.outcome, "words": c.seen }))
            .collect();
        let seen: Vec<Value> = rechecks::of_case(pool, case.id)
            .await?
            .into_iter()
            .map(|t| json!({ "at": t.seen_at, "saw": t.saw }))
            .collect();
        let known = gold::of_case(pool, case.id).await?.map(|g| json!({ "answer": g.answer, "words": g.why }));
        let (mut referrals, mut left) = (vec![], 0);
        for f in referrals::of_case(pool, case.id).await? {
            let over = matches!(f.state, ReferralState::Concluded | ReferralState::Withdrawn);
            if !over && !under_way {
                left += 1;
                continue;
            }
            referrals.push(
                json!({ "number": f.number, "agency": f.agency, "state": f.state, "written_at": f.written_at,
                "handed_over_at": f.sent_at, "handed_over_by": f.sent_how, "because": f.triggers, "words": f.facts,
                "outcome": f.outcome, "agency_said": f.said }),
            );
        }
        all.push(json!({
            "case": case.id, "marketplace": case.marketplace, "opened_at": case.opened_at, "state": case.state,
            "reports": reports, "companies_told": told, "companies_answered": answered, "steps": steps, "notes_among_reviewers": notes, "looked_again": looked, "volunteers_saw": seen,
            "known_case": known, "referrals": referrals,
            "not_in_this_file": { "notes_of_spotters": noted, "referrals_under_way": left },
        }));
    }
    let coded = coded(pool, asked).await?;
    Ok(Held { words: json!({ "schema": "wildlife-access/2", "cases": all, "surveys": coded }), pictures })
}

/// What coders of running surveys wrote about a seller.
async fn coded(pool: &Reader, asked: &Asked) -> sqlx::Result<Vec<Value>> {
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    if asked.seller.trim().is_empty() {
        return Ok(vec![]);
    }
    let all = surveys::records::codings(pool).await?;
    let here = |c: &Coding| c.url.split('/').nth(2).is_some_and(|host| same(host, &asked.marketplace));
    let one = |c: Coding| {
        json!({ "survey": c.survey, "coded_at": c.coded_at, "source": c.url, "title": c.title, "seller": c.seller,
            "location": c.location, "specimens": c.specimens, "asking": c.asking, "seller_type": c.seller_type, "words": c.note })
    };
    Ok(all.into_iter().filter(|c| same(&c.seller, &asked.seller) && here(c)).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::due;

    #[test]
    fn a_month_ends_on_the_same_day_or_the_last_one() {
        for (received, want) in [
            ("2026-11-27", "2026-12-27"),
            ("2026-12-31", "2027-01-31"),
            ("2027-01-31", "2027-02-28"),
            ("2028-01-30", "2028-02-29"),
            ("2026-08-31", "2026-09-30"),
            ("2026-01-28", "2026-02-28"),
        ] {
            assert_eq!(due(received.parse().unwrap()).unwrap().to_string(), want, "{received}");
        }
    }
}
