//! Cases: opened and joined by reports, read by the console. Their steps are in `steps`, their order in `queue`.

use super::queue::Behind;
use super::reporters::{REPORTER, Sent};
use super::sql::{self, Pool, Row, Truth};
use super::steps::{self, Actor};
use super::{Reader, Tx, parse_word, reporters, sealing, word};
use crate::audit;
use crate::keys::Keys;
use crate::ranking::{self, Grounds, Reason};
use spotter_model::case::Who;
use spotter_model::{CaseState, Event, Level};
use sqlx::Row as _;
use std::collections::HashMap;

/// A spotter's accuracy is of so many decided cases, the last ones.
const COUNTED: i64 = 100;

/// A case as the queue shows it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its number.
    pub id: i64,
    /// The marketplace's host.
    pub marketplace: String,
    /// Where it stands.
    pub state: CaseState,
    /// Counts its decisions.
    pub version: i64,
    /// When its first report came.
    pub opened_at: String,
    /// When it was last decided or opened again.
    pub changed_at: String,
    /// What spotters are told.
    pub public_reason: String,
    /// Title of the newest report's listing.
    pub title: String,
    /// Its price.
    pub price: String,
    /// What the detector said.
    pub level: Level,
    /// Its score.
    pub score: f64,
    /// The most probable group, or empty.
    pub main_group: String,
    /// Reported by a spotter though the detector had not flagged it.
    pub missed: bool,
    /// How many reports it has.
    pub reports: i64,
    /// How many claims the seller makes in the newest one.
    pub claims: i64,
    /// The case that it is a duplicate of.
    pub duplicate_of: Option<i64>,
    /// The queue does not offer it before this time; empty: it does.
    pub deferred_until: String,
    /// Nobody is told before this time; empty: no agency asked.
    pub hold_until: String,
    /// The agency that asked.
    pub hold_agency: String,
    /// The marketplace's country, or empty.
    pub country: String,
    /// The offer's language, or empty.
    pub language: String,
    /// Why it stands where it stands in the queue.
    pub reasons: Vec<Reason>,
    /// The sum of their points.
    pub priority: i64,
    /// The reviewer whom somebody gave it to.
    pub assigned_to: Option<i64>,
    /// When what it said about a person was erased; empty: it was not.
    pub erased_at: String,
    /// Why it is kept past its time, and until when; empty: it is not.
    pub kept: (String, String),
    /// The organisation that answers for what it says about people: the one that invited whoever reported it first.
    pub organisation_id: i64,
}

impl Case {
    /// Its place in the queue.
    #[must_use]
    pub fn place(&self) -> Behind {
        Behind { priority: self.priority, id: self.id }
    }
}

const COLUMNS: &str = "id, marketplace, state, version, opened_at, changed_at, public_reason, title, price, level, \
                       score, main_group, missed, reports, claims, duplicate_of, deferred_until, hold_until, hold_agency, \
                       country, language, reasons, priority, assigned_to, erased_at, keep_ground, keep_until, organisation_id";

/// What a case's own fields are sealed as.
pub mod kinds {
    /// Its title.
    pub const TITLE: &str = "cases.title";
    /// Its price.
    pub const PRICE: &str = "cases.price";
    /// The listing within its marketplace.
    pub const LISTING: &str = "cases.listing";
    /// What spotters are told.
    pub const SAID: &str = "cases.public_reason";
    /// The exact bytes of a report.
    pub const BODY: &str = "reports.body";
    /// The device's signature of them.
    pub const SIGNATURE: &str = "reports.signature";
    /// The receipt for them.
    pub const RECEIPT: &str = "reports.receipt";
}

/// The mark by which a listing's case is found again.
pub(super) fn listing_mark(keys: &Keys, marketplace: &str, listing: &str) -> String {
    crate::sign::hex(&keys.mark("listing", &[marketplace.as_bytes(), listing.as_bytes()]))
}

/// Reads a row of [`columns`].
pub(super) fn case(keys: &Keys, row: &Row) -> sqlx::Result<Case> {
    let erased_at: String = row.try_get(24)?;
    let title = match erased_at.get(..10) {
        Some(day) => format!("Erased on {day}"),
        None => keys.open_text(kinds::TITLE, row.try_get(7)?)?,
    };
    Ok(Case {
        id: row.try_get(0)?,
        marketplace: row.try_get(1)?,
        state: parse_word(row.try_get(2)?)?,
        version: row.try_get(3)?,
        opened_at: row.try_get(4)?,
        changed_at: row.try_get(5)?,
        public_reason: keys.open_text(kinds::SAID, row.try_get(6)?)?,
        title,
        price: keys.open_text(kinds::PRICE, row.try_get(8)?)?,
        level: parse_word(row.try_get(9)?)?,
        score: row.try_get(10)?,
        main_group: row.try_get(11)?,
        missed: row.try_get::<Truth, _>(12)?.0,
        reports: row.try_get(13)?,
        claims: row.try_get(14)?,
        duplicate_of: row.try_get(15)?,
        deferred_until: row.try_get(16)?,
        hold_until: row.try_get(17)?,
        hold_agency: row.try_get(18)?,
        country: row.try_get(19)?,
        language: row.try_get(20)?,
        reasons: ranking::read(row.try_get(21)?),
        priority: row.try_get(22)?,
        assigned_to: row.try_get(23)?,
        erased_at,
        kept: (row.try_get(25)?, row.try_get(26)?),
        organisation_id: row.try_get(27)?,
    })
}

/// The columns of a case, from the rows that `rest` names.
pub(super) fn columns(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: `rest` is made of literals of this module and of numbers.
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM cases {rest}"))
}

/// A report's view of the case that it opens or joins.
pub struct Subject<'a> {
    /// The marketplace's host.
    pub marketplace: &'a str,
    /// The listing within it.
    pub listing_key: &'a str,
    /// Copies for the queue.
    pub title: &'a str,
    /// Copies for the queue.
    pub price: &'a str,
    /// Copies for the queue.
    pub level: Level,
    /// Copies for the queue.
    pub score: f64,
    /// Copies for the queue.
    pub main_group: &'a str,
    /// The detector had not flagged it.
    pub missed: bool,
    /// How many claims the seller makes.
    pub claims: i64,
    /// The marketplace's country, or empty.
    pub country: &'a str,
    /// The offer's language, or empty.
    pub language: &'a str,
    /// A running round looks for it.
    pub focus: bool,
    /// Its spotter is confirmed most of the time.
    pub accurate: bool,
    /// The cohort of its spotter, or empty.
    pub cohort: &'a str,
    /// The organisation that invited its spotter.
    pub organisation_id: i64,
    /// Hash of the listing's text.
    pub text_sha256: &'a [u8; 32],
}

impl Subject<'_> {
    /// Title and price, as they are kept.
    fn sealed(&self, keys: &Keys, slot: i64) -> sqlx::Result<(String, String)> {
        Ok((keys.seal_text(slot, kinds::TITLE, self.title)?, keys.seal_text(slot, kinds::PRICE, self.price)?))
    }

    /// Its place, with what earlier reports of the case brought.
    fn place(&self, found: Option<&Case>) -> (String, i64) {
        let had = |reason| found.is_some_and(|case| case.reasons.contains(&reason));
        Grounds {
            level: self.level,
            focus: self.focus || had(Reason::Focus),
            accurate: self.accurate || had(Reason::Accurate),
            missed: self.missed && found.is_none_or(|case| case.missed),
            reports: found.map_or(0, |case| case.reports) + 1,
            waited: had(Reason::Waited),
        }
        .place()
    }
}

/// Opens the case of a listing or joins it. Returns its number, and whether it was there before.
///
/// # Errors
/// Where the database fails.
pub async fn open_or_join(tx: &mut Tx, subject: &Subject<'_>, now: &str) -> sqlx::Result<(i64, bool)> {
    let mark = listing_mark(tx.keys(), subject.marketplace, subject.listing_key);
    let found = sqlx::query(columns("WHERE marketplace = $1 AND listing_key = $2"))
        .bind(subject.marketplace)
        .bind(&mark)
        .fetch_optional(&mut **tx)
        .await?;
    let found = found.as_ref().map(|row| case(tx.keys(), row)).transpose()?;
    let (reasons, priority) = subject.place(found.as_ref());
    let Some(found) = found else {
        let slot = tx.keys().create()?;
        let (title, price) = subject.sealed(tx.keys(), slot)?;
        let id = sqlx::query_scalar(
            "INSERT INTO cases (slot, listing, marketplace, listing_key, state, version, opened_at, changed_at, title, price, level, \
             score, main_group, missed, claims, country, language, reasons, priority, cohort, organisation_id, reports) \
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1) RETURNING id",
        )
        .bind(slot)
        .bind(tx.keys().seal_text(slot, kinds::LISTING, subject.listing_key)?)
        .bind(subject.marketplace)
        .bind(&mark)
        .bind(word(&CaseState::New))
        .bind(now)
        .bind(now)
        .bind(title)
        .bind(price)
        .bind(word(&subject.level))
        .bind(subject.score)
        .bind(subject.main_group)
        .bind(Truth(subject.missed))
        .bind(subject.claims)
        .bind(subject.country)
        .bind(subject.language)
        .bind(reasons)
        .bind(priority)
        .bind(subject.cohort)
        .bind(subject.organisation_id)
        .fetch_one(&mut **tx)
        .await?;
        let about = format!("case:{id}");
        audit::append(tx, now, audit::Entry { actor: "server", action: "case.opened", subject: &about, detail: "" })
            .await?;
        return Ok((id, false));
    };
    let slot = sealing::slot_of(tx, found.id).await?;
    let (title, price) = subject.sealed(tx.keys(), slot)?;
    let text_mark = tx.keys().mark_in(slot, "text", subject.text_sha256)?;
    let Truth(text_is_known) =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM reports WHERE case_id = $1 AND text_sha256 = $2)")
            .bind(found.id)
            .bind(text_mark.as_slice())
            .fetch_one(&mut **tx)
            .await?;
    sqlx::query(
        "UPDATE cases SET title = $1, price = $2, level = $3, score = $4, main_group = $5, missed = CASE WHEN $6 = 1 THEN missed ELSE 0 END, \
         claims = $7, country = $8, language = $9, reasons = $10, priority = $11, reports = reports + 1 WHERE id = $12",
    )
    .bind(title)
    .bind(price)
    .bind(word(&subject.level))
    .bind(subject.score)
    .bind(subject.main_group)
    .bind(Truth(subject.missed))
    .bind(subject.claims)
    .bind(subject.country)
    .bind(subject.language)
    .bind(reasons)
    .bind(priority)
    .bind(found.id)
    .execute(&mut **tx)
    .await?;
    if !text_is_known {
        // What was looked at is no longer all there is to see.
        sqlx::query("DELETE FROM evidence_views WHERE case_id = $1").bind(found.id).execute(&mut **tx).await?;
    }
    if crate::cases::reopens(found.state, !text_is_known) {
        steps::take(tx, &found, Event::Reopen, Actor::Server, Some(""), now).await?;
    }
    Ok((found.id, true))
}

/// Remembers that a reviewer opened the evidence.
///
/// # Errors
/// Where the database fails.
pub async fn evidence_opened(tx: &mut Tx, case_id: i64, reviewer_id: i64, now: &str) -> sqlx::Result<()> {
    let done =
        sqlx::query("INSERT INTO evidence_views (case_id, reviewer_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(case_id)
            .bind(reviewer_id)
            .bind(now)
            .execute(&mut **tx)
            .await?;
    if done.rows_affected() == 0 {
        return Ok(());
    }
    let (actor, about) = (format!("reviewer:{reviewer_id}"), format!("case:{case_id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action: "case.evidence_opened", subject: &about, detail: "" })
        .await
}

/// Whether a reviewer opened the evidence.
///
/// # Errors
/// Where the database fails.
pub async fn has_opened_evidence(pool: &Pool, case_id: i64, reviewer_id: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM evidence_views WHERE case_id = $1 AND reviewer_id = $2)")
        .bind(case_id)
        .bind(reviewer_id)
        .fetch_one(pool)
        .await
        .map(|Truth(yes)| yes)
}

/// One case, inside a write transaction.
///
/// # Errors
/// Where the database fails.
pub async fn find_in(tx: &mut Tx, id: i64) -> sqlx::Result<Option<Case>> {
    sqlx::query(columns("WHERE id = $1"))
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?
        .as_ref()
        .map(|row| case(tx.keys(), row))
        .transpose()
}

/// One case.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Reader, id: i64) -> sqlx::Result<Option<Case>> {
    let row = sqlx::query(columns("WHERE id = $1")).bind(id).fetch_optional(pool.pool()).await?;
    row.as_ref().map(|row| case(pool.keys(), row)).transpose()
}

/// Cases whose hold has come to its date, at most 100.
///
/// # Errors
/// Where the database fails.
pub async fn holds_over(pool: &Reader, now: &str) -> sqlx::Result<Vec<Case>> {
    let rows = sqlx::query(columns("WHERE state = 'on_hold' AND hold_until <= $1 ORDER BY id LIMIT 100"))
        .bind(now)
        .fetch_all(pool.pool())
        .await?;
    rows.iter().map(|row| case(pool.keys(), row)).collect()
}

/// The states that are meant, as a list for `IN`.
fn words(meant: impl Fn(CaseState) -> bool) -> String {
    sql::words(CaseState::ALL.into_iter().filter(|s| meant(*s)))
}

/// A report of a case, as the console reads it.
pub struct CaseReport {
    /// The exact bytes.
    pub body: Vec<u8>,
    /// Its number for people.
    pub number: String,
    /// When it came.
    pub received_at: String,
    /// Who sent it.
    pub pseudonym: String,
    /// The device.
    pub key_id: String,
}

/// The newest reports of a case, at most `limit`. None of an erased one.
///
/// # Errors
/// Where the database fails.
pub async fn reports_of(pool: &Reader, case_id: i64, limit: i64) -> sqlx::Result<Vec<CaseReport>> {
    let rows = sqlx::query(
        "SELECT body, number, received_at, reporter FROM reports WHERE case_id = $1 AND length(body) > 0 \
         ORDER BY seq DESC LIMIT $2",
    )
    .bind(case_id)
    .bind(limit)
    .fetch_all(pool.pool())
    .await?;
    let mut names: HashMap<String, String> = HashMap::new();
    let mut all = vec![];
    for r in rows {
        let key_id = pool.keys().open_text(REPORTER, r.try_get(3)?)?;
        let pseudonym = match names.get(&key_id) {
            Some(name) => name.clone(),
            None => {
                let name: Option<String> = sqlx::query_scalar("SELECT pseudonym FROM devices WHERE key_id = $1")
                    .bind(&key_id)
                    .fetch_optional(pool.pool())
                    .await?;
                names.entry(key_id.clone()).or_insert(name.unwrap_or_default()).clone()
            }
        };
        all.push(CaseReport {
            body: pool.keys().open_bytes(kinds::BODY, r.try_get(0)?)?.unwrap_or_default(),
            number: r.try_get(1)?,
            received_at: r.try_get(2)?,
            pseudonym,
            key_id,
        });
    }
    Ok(all)
}

/// One step in a case's history.
pub struct Past {
    /// What happened.
    pub event: Event,
    /// Who did it.
    pub who: Who,
    /// By whom; empty: by no reviewer.
    pub reviewer: String,
    /// By whom.
    pub reviewer_id: Option<i64>,
    /// What spotters were told.
    pub public_reason: String,
    /// When.
    pub at: String,
}

/// A case's decisions, newest first, at most 20.
///
/// # Errors
/// Where the database fails.
pub async fn history(pool: &Reader, case_id: i64) -> sqlx::Result<Vec<Past>> {
    let rows = sqlx::query(
        "SELECT d.decision, coalesce(v.name, ''), d.reviewer_id, d.public_reason, d.at, \
         CASE WHEN d.who <> '' THEN d.who WHEN d.reviewer_id IS NULL THEN 'server' ELSE 'reviewer' END FROM decisions d \
         LEFT JOIN reviewers v ON v.id = d.reviewer_id WHERE d.case_id = $1 ORDER BY d.version DESC LIMIT 20",
    )
    .bind(case_id)
    .fetch_all(pool.pool())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Past {
                event: parse_word(r.try_get(0)?)?,
                who: parse_word(r.try_get(5)?)?,
                reviewer: r.try_get(1)?,
                reviewer_id: r.try_get(2)?,
                public_reason: pool.keys().open_text(kinds::SAID, r.try_get(3)?)?,
                at: r.try_get(4)?,
            })
        })
        .collect()
}

/// Of a spotter's last 100 decided cases, whichever device reported them: how many were confirmed, and how many there
/// are. "Cannot tell" counts for neither: the spotter was not wrong.
///
/// # Errors
/// Where the database fails.
pub async fn accuracy(pool: &Reader, key_id: &str) -> sqlx::Result<(i64, i64)> {
    accuracy_of(pool, key_id, &reporters::sent_by(pool, key_id).await?).await
}

/// The same, of what is known to be the spotter's. Cases that were erased count where fewer than 100 are left, by the share of them
/// that was confirmed.
///
/// # Errors
/// Where the database fails.
pub async fn accuracy_of(pool: &Reader, key_id: &str, sent: &Sent) -> sqlx::Result<(i64, i64)> {
    let (confirmed, decided) = (words(CaseState::is_confirmed), words(|s| s.is_confirmed() || s.is_dismissed()));
    let sql = format!(
        "SELECT count(CASE WHEN l.state IN ({confirmed}) THEN 1 END), count(*) FROM (SELECT c.state \
         FROM cases c WHERE c.id IN ({}) AND c.state IN ({decided}) ORDER BY c.changed_at DESC LIMIT {COUNTED}) l",
        sql::numbers(&sent.cases)
    );
    // Safe: our own words and numbers.
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(false).fetch_one(pool.pool()).await?;
    let (good, all): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let kept: Option<(i64, i64)> = sqlx::query_as(
        "SELECT kept_confirmed, kept_decided FROM standing WHERE spotter = (SELECT spotter FROM devices WHERE key_id = $1)",
    )
    .bind(key_id)
    .fetch_optional(pool.pool())
    .await?;
    let (kept_good, kept_all) = kept.unwrap_or_default();
    let more = kept_all.min(COUNTED - all);
    if more < 1 {
        return Ok((good, all));
    }
    // To the nearest.
    Ok((good + (2 * kept_good * more + kept_all) / (2 * kept_all), all + more))
}
