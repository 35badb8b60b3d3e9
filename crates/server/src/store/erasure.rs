//! Erasure: what cases say about a person goes for good, and what remains says that it went, when and why.
//!
//! Owns the order of it. In one transaction all sealed words are taken out of the database and the chain gets its link; then the
//! keys are destroyed; then it is committed. Broken off in between, [`catch_up`] brings it to its end at the next start; the same
//! holds for a database that was put back from before an erasure, since the keys are not in it.

use super::cases::{self, Case, kinds};
use super::sql::{self, NOTHING, Pool, Truth};
use super::steps::{self, Actor};
use super::{Reader, Store, StoreError, Tx, contacts, reporters, suggestions, surveys};
use crate::audit;
use crate::intake::sellers;
use crate::keys::{Keys, Shut};
use spotter_model::{CaseState, Contact, Event, Report, Suggestion};
use sqlx::AssertSqlSafe;

/// Cases that are erased in one transaction.
const BATCH: usize = 100;
/// Places of keys that one query names.
const SLOTS: usize = 10_000;
/// Most cases of one seller that a page shows; an erasure takes all.
pub const MOST: i64 = 1_000;

/// Why something is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A person asked for it: number of the request.
    Request(i64),
    /// Somebody at the command line did, with these words for the audit: no names in them.
    Command(String),
    /// Its time was over: a class of `crate::retention`.
    Time(&'static str),
    /// It had been erased before an older database was put back.
    Restored,
    /// The keys were lost, and nothing opens it any more.
    Lost,
}

impl Why {
    fn word(&self) -> &str {
        match self {
            Self::Request(_) => "request",
            Self::Command(_) => "command",
            Self::Time(class) => class,
            Self::Restored => "restored",
            Self::Lost => "lost",
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Request(id) => format!("asked for in request {id}"),
            Self::Command(words) => format!("at the command line: {words}"),
            Self::Time(class) => format!("time over: {class}"),
            Self::Restored => "erased before, found again in an older database".to_owned(),
            Self::Lost => "its key was lost".to_owned(),
        }
    }
}

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Cases.
    pub cases: Vec<i64>,
    /// Their reports.
    pub reports: u64,
    /// Pictures that no other case shows.
    pub pictures: u64,
    /// Messages to the lead in which the seller was named.
    pub contacts: u64,
    /// Suggestions that named the seller or the page.
    pub suggestions: u64,
    /// Answers of surveys that named the seller.
    pub codings: u64,
    /// Notices and referrals that had left before, by their numbers: their receivers hold copies, and are to be told.
    pub left: Vec<String>,
}

/// The cases in which a seller of a marketplace is named, whatever their state, newest first, at most [`MOST`].
///
/// # Errors
/// Where the database fails.
pub async fn of_seller(pool: &Reader, marketplace: &str, seller: &str) -> sqlx::Result<Vec<Case>> {
    let Some(mark) = sellers::mark(pool.keys(), marketplace, seller) else { return Ok(vec![]) };
    let rows = sqlx::query(cases::columns(
        "WHERE id IN (SELECT case_id FROM case_sellers WHERE mark = $1) ORDER BY id DESC LIMIT $2",
    ))
    .bind(mark.as_slice())
    .bind(MOST)
    .fetch_all(pool.pool())
    .await?;
    rows.iter().map(|row| cases::case(pool.keys(), row)).collect()
}

/// Why a case is not erased though somebody asks: a ground that somebody named, an agency's hold, or a referral under way.
///
/// # Errors
/// Where the database fails.
pub async fn held_by(pool: &Reader, case: &Case, now: &str) -> sqlx::Result<Option<String>> {
    let (ground, until) = &case.kept;
    if !ground.is_empty() && until.as_str() >= &now[..10] {
        return Ok(Some(format!("kept until {until}: {ground}")));
    }
    if case.state == CaseState::OnHold {
        return Ok(Some(format!(
            "{} asked to wait until {}",
            case.hold_agency,
            &case.hold_until[..10.min(case.hold_until.len())]
        )));
    }
    let referral: Option<String> = sqlx::query_scalar(
        "SELECT number FROM referrals WHERE case_id = $1 AND state NOT IN ('withdrawn', 'concluded') ORDER BY id LIMIT 1",
    )
    .bind(case.id)
    .fetch_optional(pool.pool())
    .await?;
    Ok(referral.map(|number| format!("referral {number} is under way")))
}

/// Keeps a case past its time, for a named ground and until a day; without a ground, no longer.
///
/// # Errors
/// Where the database fails.
pub async fn keep(
    tx: &mut Tx,
    case_id: i64,
    reviewer_id: i64,
    ground: &str,
    until: &str,
    now: &str,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE cases SET keep_ground = $1, keep_until = $2 WHERE id = $3 AND erased_at = ''")
        .bind(ground)
        .bind(until)
        .bind(case_id)
        .execute(&mut **tx)
        .await?;
    let (actor, about) = (Actor::Reviewer(reviewer_id).name(), format!("case:{case_id}"));
    let action = if ground.is_empty() { "case.kept_no_longer" } else { "case.kept" };
    audit::append(tx, now, audit::Entry { actor: &actor, action, subject: &about, detail: until }).await
}

/// Erases what these cases say. Those that were erased already are passed over.
///
/// # Errors
/// Where the database, the keys or the disk fail; a batch is erased as a whole or not at all.
pub async fn erase(store: &Store, ids: &[i64], why: &Why, actor: Actor, now: &str) -> Result<Erased, StoreError> {
    let mut all = Erased::default();
    for ids in ids.chunks(BATCH) {
        // No upload lands between reading which pictures go and removing them.
        let _alone = store.blobs.removing().await?;
        let mut tx = store.begin().await?;
        let mut gone = Gone::default();
        for id in ids {
            one_case(&mut tx, *id, why, actor, now, &mut all, &mut gone).await?;
        }
        if let (Why::Request(_) | Why::Command(_), Some(by)) = (why, names(&gone)) {
            elsewhere(&mut tx, &by, actor, now, &mut all, &mut gone).await?;
        }
        super::trends::kept::erased(&mut tx).await?;
        // What could not be destroyed is not called erased: the keys go before the commit.
        store.blobs.destroy(&gone.blobs).await?;
        tx.keys().destroy(&gone.slots)?;
        tx.commit().await?;
        store.blobs.remove(&gone.blobs).await?;
        crate::notices::channels::forget(store.data(), &gone.notices)?;
    }
    store.fold_log().await?;
    Ok(all)
}

/// What a transaction of erasure takes away.
#[derive(Default)]
struct Gone {
    slots: Vec<i64>,
    blobs: Vec<(String, Option<i64>)>,
    notices: Vec<String>,
    /// Names and addresses that are looked for in what hangs on no case.
    names: Vec<String>,
}

fn names(gone: &Gone) -> Option<Vec<String>> {
    let mut names: Vec<String> =
        gone.names.iter().map(|n| n.trim().to_lowercase()).filter(|n| n.chars().count() > 2).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then_some(names)
}

async fn one_case(
    tx: &mut Tx,
    id: i64,
    why: &Why,
    actor: Actor,
    now: &str,
    all: &mut Erased,
    gone: &mut Gone,
) -> Result<(), StoreError> {
    let Some(case) = cases::find_in(tx, id).await?.filter(|c| c.erased_at.is_empty()) else { return Ok(()) };
    let slot = super::sealing::slot_of(tx, id).await?;
    let numbers: Vec<String> =
        sqlx::query_scalar("SELECT number FROM notices WHERE case_id = $1 AND state = 'sent' ORDER BY id")
            .bind(id)
            .fetch_all(&mut **tx)
            .await?;
    let referred: Vec<String> =
        sqlx::query_scalar("SELECT number FROM referrals WHERE case_id = $1 AND sent_at IS NOT NULL ORDER BY id")
            .bind(id)
            .fetch_all(&mut **tx)
            .await?;
    gone.notices.extend(
        sqlx::query_scalar::<_, String>("SELECT number FROM notices WHERE case_id = $1")
            .bind(id)
            .fetch_all(&mut **tx)
            .await?,
    );
    let bodies: Vec<(Vec<u8>, String)> =
        sqlx::query_as("SELECT body, number FROM reports WHERE case_id = $1 ORDER BY seq")
            .bind(id)
            .fetch_all(&mut **tx)
            .await?;
    for (body, _) in bodies.iter().filter(|(body, _)| !body.is_empty()) {
        let open = tx.keys().open_bytes(kinds::BODY, body)?;
        let Some(report) = open.and_then(|b| serde_json::from_slice::<Report>(&b).ok()) else { continue };
        gone.names.extend([report.listing.seller, report.place.url_canonical, report.listing.url]);
    }

    if case.state.is_confirmed() || case.state.is_dismissed() {
        reporters::count_on(tx, id, case.state.is_confirmed()).await?;
    }

    // Nobody can decide what nobody can read.
    let open =
        sqlx::query("UPDATE notices SET state = 'withdrawn' WHERE case_id = $1 AND state IN ('second', 'pending')");
    open.bind(id).execute(&mut **tx).await?;
    if case.state.is_open() {
        steps::take(tx, &case, Event::CannotTell, Actor::Server, Some(""), now).await?;
    } else if case.state == CaseState::NoticePending && matches!(actor, Actor::Reviewer(_)) {
        steps::take(tx, &case, Event::Withdraw, actor, Some(""), now).await?;
    }
    for sql in [
        "UPDATE notices SET rendered = '', trouble = '', answer_due = NULL WHERE case_id = $1",
        "UPDATE answers SET text = '' WHERE notice_id IN (SELECT id FROM notices WHERE case_id = $1)",
        "UPDATE notes SET text = '' WHERE case_id = $1",
        "DELETE FROM rechecks WHERE case_id = $1",
        "UPDATE checks SET seen = '' WHERE case_id = $1",
        "DELETE FROM checks WHERE case_id = $1 AND outcome IS NULL",
        "UPDATE referrals SET sent_how = '', said = '' WHERE case_id = $1",
        "DELETE FROM leases WHERE case_id = $1",
        "DELETE FROM case_sellers WHERE case_id = $1",
    ] {
        sqlx::query(sql).bind(id).execute(&mut **tx).await?;
    }
    let pictures = its_own_pictures(tx, id).await?;
    all.pictures += pictures.len() as u64;
    gone.blobs.extend(pictures);
    let reports = sqlx::query(
        "UPDATE reports SET body = $2, signature = $2, receipt = '', text_sha256 = $2, salt = $2, body_sha256 = '', reporter = '' WHERE case_id = $1",
    )
    .bind(id)
    .bind(NOTHING)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    sqlx::query(
        "UPDATE cases SET title = '', price = '', listing = '', listing_key = 'erased:' || CAST(id AS TEXT), public_reason = '', words = '', seller_mark = NULL, \
         refer = '', assigned_to = NULL, keep_ground = '', keep_until = '', erased_at = $2 WHERE id = $1",
    )
    .bind(id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query("INSERT INTO erasures (case_id, why, at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(why.word())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    let left: Vec<String> = numbers.into_iter().chain(referred).collect();
    let named: Vec<&str> = bodies.iter().map(|(_, number)| number.as_str()).collect();
    let detail = format!(
        "{}; reports {}; left before: {}",
        why.words(),
        named.join(" "),
        if left.is_empty() { "nothing".to_owned() } else { left.join(" ") }
    );
    let (actor, about) = (actor_name(why, actor), format!("case:{id}"));
    audit::append(tx, now, audit::Entry { actor: &actor, action: "case.erased", subject: &about, detail: &detail })
        .await?;
    gone.slots.push(slot);
    all.cases.push(id);
    all.reports += reports;
    all.left.extend(left);
    Ok(())
}

/// Takes the pictures out of the database that only this case shows; gives their names and the places of their keys.
async fn its_own_pictures(tx: &mut Tx, id: i64) -> sqlx::Result<Vec<(String, Option<i64>)>> {
    let named: Vec<String> = sqlx::query_scalar(
        "DELETE FROM report_blobs WHERE report_seq IN (SELECT seq FROM reports WHERE case_id = $1) RETURNING sha256",
    )
    .bind(id)
    .fetch_all(&mut **tx)
    .await?;
    let mut own = vec![];
    for mark in named {
        let row = sqlx::query_as(
            "DELETE FROM blobs WHERE sha256 = $1 AND NOT EXISTS (SELECT 1 FROM report_blobs b WHERE b.sha256 = $1) RETURNING sha256, slot",
        );
        own.extend(row.bind(mark).fetch_optional(&mut **tx).await?);
    }
    Ok(own)
}

fn actor_name(why: &Why, actor: Actor) -> String {
    if matches!(why, Why::Command(_)) { "command-line".to_owned() } else { actor.name() }
}

/// Whether one of these names stands in a text, as words of their own.
fn mentions(text: &str, names: &[String]) -> bool {
    let text = text.to_lowercase();
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    names.iter().any(|name| {
        text.match_indices(name.as_str())
            .any(|(at, _)| apart(text[..at].chars().next_back()) && apart(text[at + name.len()..].chars().next()))
    })
}

/// What hangs on no case and still names the seller or the page: messages to the lead, suggested words.
async fn elsewhere(
    tx: &mut Tx,
    names: &[String],
    actor: Actor,
    now: &str,
    all: &mut Erased,
    gone: &mut Gone,
) -> Result<(), StoreError> {
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT seq, body FROM contacts WHERE length(body) > 0").fetch_all(&mut **tx).await?;
    for (seq, body) in rows {
        let Some(open) = tx.keys().open_bytes(contacts::BODY, &body)? else { continue };
        let Ok(contact) = serde_json::from_slice::<Contact>(&open) else { continue };
        if !mentions(&contact.text, names) {
            continue;
        }
        sqlx::query("UPDATE contacts SET body = $4, signature = $4, reviewer_id = $1, done_at = $2 WHERE seq = $3")
            .bind(actor.reviewer())
            .bind(now)
            .bind(seq)
            .bind(NOTHING)
            .execute(&mut **tx)
            .await?;
        note(tx, actor, "contact.erased", &format!("contact:{seq}"), now).await?;
        gone.slots.extend(Keys::place(&body));
        all.contacts += 1;
    }
    let rows: Vec<(i64, Vec<u8>, String)> =
        sqlx::query_as("SELECT seq, body, word FROM suggestions WHERE length(body) > 0").fetch_all(&mut **tx).await?;
    for (seq, body, accepted) in rows {
        let Some(open) = tx.keys().open_bytes(suggestions::BODY, &body)? else { continue };
        let Ok(told) = serde_json::from_slice::<Suggestion>(&open) else { continue };
        if ![&told.text, &told.meaning, &told.seen_at, &accepted].iter().any(|text| mentions(text, names)) {
            continue;
        }
        sqlx::query(
            "UPDATE suggestions SET body = $5, signature = $5, state = CASE WHEN state = 'open' OR $4 = 1 THEN 'declined' ELSE state END, \
             word = CASE WHEN $4 = 1 THEN '' ELSE word END, reviewer_id = coalesce(reviewer_id, $1), decided_at = coalesce(decided_at, $2) WHERE seq = $3",
        )
        .bind(actor.reviewer())
        .bind(now)
        .bind(seq)
        // A word that was accepted stays a word, but for one that is the name itself.
        .bind(Truth(mentions(&accepted, names)))
        .bind(NOTHING)
        .execute(&mut **tx)
        .await?;
        note(tx, actor, "suggestion.erased", &format!("suggestion:{seq}"), now).await?;
        gone.slots.extend(Keys::place(&body));
        all.suggestions += 1;
    }
    for (seq, coding, body) in surveys::records::named(tx).await? {
        let told = [&coding.seller, &coding.title, &coding.url, &coding.location, &coding.note];
        if !told.iter().any(|text| mentions(text, names)) {
            continue;
        }
        surveys::records::erase(tx, seq).await?;
        note(tx, actor, "coding.erased", &format!("coding:{seq}"), now).await?;
        gone.slots.extend(Keys::place(&body));
        all.codings += 1;
    }
    Ok(())
}

async fn note(tx: &mut Tx, actor: Actor, action: &str, about: &str, now: &str) -> sqlx::Result<()> {
    audit::append(tx, now, audit::Entry { actor: &actor.name(), action, subject: about, detail: "" }).await
}

/// The last place of a key that this database has anything from; 0: it has nothing that is sealed under keys of cases.
///
/// # Errors
/// Where the database fails.
pub async fn last_place(pool: &Pool) -> sqlx::Result<i64> {
    let last: i64 = sqlx::query_scalar(
        "SELECT coalesce(max(slot), 0) FROM (SELECT slot FROM cases UNION ALL SELECT slot FROM blobs) s",
    )
    .fetch_one(pool)
    .await?;
    // What has a key of its own has its place in what is sealed: eight bytes, the highest first.
    let own: Option<String> = sqlx::query_scalar(
        "SELECT max(hex(substr(b.body, 2, 8))) FROM (SELECT body FROM contacts UNION ALL SELECT body FROM suggestions \
         UNION ALL SELECT body FROM survey_codings UNION ALL SELECT asked FROM privacy_requests) b WHERE hex(substr(b.body, 1, 1)) = '01'",
    )
    .fetch_one(pool)
    .await?;
    let own = own.and_then(|hex| i64::from_str_radix(&hex, 16).ok()).unwrap_or_default();
    Ok(last.max(own))
}

/// Brings to its end what broke off, and erases again what an older database or older keys brought back. `why` is written down of
/// cases whose keys are gone and that the database does not know as erased.
///
/// # Errors
/// Where keys and database do not belong together, or one of them fails.
pub async fn catch_up(store: &Store, why: Why) -> Result<(), StoreError> {
    if last_place(store.read()).await? > store.keys().places()? {
        return Err(StoreError::OldKeys);
    }
    let erased: Vec<i64> =
        sqlx::query_scalar("SELECT slot FROM cases WHERE erased_at <> ''").fetch_all(store.read()).await?;
    let alive = erased.into_iter().filter_map(|slot| match store.keys().is_there(slot) {
        Ok(true) => Some(Ok(slot)),
        Ok(false) => None,
        Err(error) => Some(Err(error)),
    });
    let alive = alive.collect::<Result<Vec<i64>, Shut>>()?;
    if !alive.is_empty() {
        store.keys().destroy(&alive)?;
    }
    let destroyed = store.keys().destroyed()?;
    if destroyed.is_empty() {
        return Ok(());
    }
    let mut back: Vec<i64> = vec![];
    for slots in destroyed.chunks(SLOTS) {
        let sql =
            format!("SELECT id FROM cases WHERE erased_at = '' AND slot IN ({}) ORDER BY id", sql::numbers(slots));
        // Safe: numbers.
        back.extend(sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).persistent(false).fetch_all(store.read()).await?);
    }
    back.sort_unstable();
    let now = crate::clock::stamp(crate::clock::system()());
    if !back.is_empty() {
        erase(store, &back, &why, Actor::Server, &now).await?;
    }
    // Pictures that were put back too, though no case is left that shows them.
    let mut tx = store.begin().await?;
    let mut gone: Vec<(String, Option<i64>)> = vec![];
    for slots in destroyed.chunks(SLOTS) {
        let sql = format!("DELETE FROM blobs WHERE slot IN ({}) RETURNING sha256, slot", sql::numbers(slots));
        // Safe: numbers.
        gone.extend(sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *tx).await?);
    }
    tx.commit().await?;
    store.blobs.remove(&gone).await?;
    Ok(())
}

/// What the chain says of erasures: when, which case, and why with the numbers of what went.
///
/// # Errors
/// Where the database fails.
pub async fn in_chain(pool: &Pool) -> sqlx::Result<Vec<(String, String, String)>> {
    sqlx::query_as("SELECT at, subject, detail FROM audit WHERE action = 'case.erased' ORDER BY seq")
        .fetch_all(pool)
        .await
}

/// All that stands in the column `why`.
pub const WHY: [&str; 7] = ["request", "command", "dismissed", "undecided", "confirmed", "restored", "lost"];

/// How many cases were erased, by why, most first.
///
/// # Errors
/// Where the database fails.
pub async fn counts(pool: &Pool) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as("SELECT why, count(*) FROM erasures GROUP BY why ORDER BY 2 DESC, 1").fetch_all(pool).await
}

/// Cases in these states whose last step lies before a time, and that nothing holds, at most `limit`. A duplicate stays as long as the case that it belongs to.
///
/// # Errors
/// Where the database fails.
pub async fn over(pool: &Pool, states: &[CaseState], before: &str, today: &str, limit: i64) -> sqlx::Result<Vec<i64>> {
    let sql = format!(
        "SELECT c.id FROM cases c JOIN cases o ON o.id = coalesce(c.duplicate_of, c.id) WHERE c.erased_at = '' \
         AND o.state IN ({}) AND o.changed_at < $1 AND c.changed_at < $1 AND (c.keep_ground = '' OR c.keep_until < $2) \
         AND NOT EXISTS (SELECT 1 FROM referrals f WHERE f.case_id = c.id AND f.state NOT IN ('withdrawn', 'concluded')) ORDER BY c.id LIMIT $3",
        sql::words(states)
    );
    // Safe: our own words.
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(before).bind(today).bind(limit).fetch_all(pool).await
}
