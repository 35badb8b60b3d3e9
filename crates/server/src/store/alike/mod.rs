//! Pictures that look alike: of a case those that stand in other cases too, and groups of open cases that share pictures.
//!
//! Owns the copy of all hashes in memory. In the database each lies sealed under its picture's own key and goes with it; the copy is
//! brought up to date before each question, and what was erased leaves it then. Knows no page. How pictures come in is [`waiting`]'s.

pub mod groups;
pub mod near;
pub mod waiting;

use super::Reader;
use super::cases::{Case, case, columns};
use super::sql;
use crate::pdq::Hash;
use near::Near;
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::{BTreeMap, HashMap, HashSet};
use tokio::sync::Mutex;

/// What a look is sealed as.
const LOOK: &str = "picture.look";
/// Rows that are read at once: others ask in between.
const BATCH: i64 = 5_000;
/// Pictures that are in memory, the newest; a tenth more before the oldest go. About 120 MB.
const MOST: i64 = 1_000_000;
/// Most pictures of a case that are compared.
const ASKED: i64 = 64;
/// Most pictures near those of one case that are followed.
const FOLLOWED: usize = 500;
/// Most cases that are counted in which these stand.
const COUNTED: i64 = 1_000;
/// Cases that are shown beside one.
pub const SHOWN: usize = 12;

/// The copy.
#[derive(Default)]
pub struct Copy {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// Rows up to this one are too old.
    floor: i64,
    /// The newest row that was read.
    newest: i64,
    /// The rows that were read and are still there.
    rows: HashSet<i64>,
    hashes: Near,
}

/// What a look keeps sealed: the hash of the bytes, and the one of the looks where the picture is compared.
struct Look {
    sha256: String,
    hash: Option<Hash>,
}

impl Look {
    fn bytes(sha256: &str, hash: Option<&Hash>) -> Vec<u8> {
        let mut out = sha256.as_bytes().to_vec();
        out.extend(hash.map(Hash::bytes).into_iter().flatten());
        out
    }

    fn open(pool: &Reader, sealed: &[u8]) -> sqlx::Result<Option<Self>> {
        let Some(bytes) = pool.keys().open_bytes(LOOK, sealed)? else { return Ok(None) };
        // Of a picture whose reports nobody could read, not even its name is known.
        let (sha256, rest) = bytes.split_at_checked(64).unwrap_or_default();
        Ok(Some(Self {
            sha256: String::from_utf8_lossy(sha256).into_owned(),
            hash: rest.first_chunk().map(Hash::of_bytes),
        }))
    }
}

/// Brings the copy up to date. The first time reads every hash; a server does it at its start.
///
/// # Errors
/// Where the database fails.
pub async fn refresh(pool: &Reader) -> sqlx::Result<()> {
    let mut held = pool.looks.held.lock().await;
    bring(pool, &mut held).await
}

/// Up to which row all are too old, where they were so up to `floor`.
const fn floor(floor: i64, newest: i64) -> i64 {
    if newest - floor > MOST + MOST / 10 { newest - MOST } else { floor }
}

async fn bring(pool: &Reader, held: &mut Held) -> sqlx::Result<()> {
    let newest: i64 = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM alike").fetch_one(pool.pool()).await?;
    held.floor = floor(held.floor, newest);
    held.newest = held.newest.max(held.floor);
    while held.newest < newest {
        let rows = sqlx::query("SELECT id, sealed FROM alike WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3")
            .bind(held.newest)
            .bind(newest)
            .bind(BATCH)
            .fetch_all(pool.pool())
            .await?;
        for row in &rows {
            let id: i64 = row.try_get(0)?;
            if let Some(hash) = Look::open(pool, row.try_get(1)?)?.and_then(|look| look.hash) {
                held.hashes.add(id, hash);
            }
            held.rows.insert(id);
            held.newest = id;
        }
        if rows.len() < BATCH as usize {
            held.newest = newest;
        }
    }
    // Every row between was read, and none comes back: as many as there are means the same ones.
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM alike WHERE id > $1 AND id <= $2")
        .bind(held.floor)
        .bind(held.newest)
        .fetch_one(pool.pool())
        .await?;
    if there != held.rows.len() as i64 {
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM alike WHERE id > $1 AND id <= $2")
            .bind(held.floor)
            .bind(held.newest)
            .fetch_all(pool.pool())
            .await?;
        held.rows = ids.into_iter().collect();
        let Held { rows, hashes, .. } = held;
        hashes.keep(|id| rows.contains(&id));
    }
    Ok(())
}

/// How many hashes the copy has.
pub async fn held(pool: &Reader) -> usize {
    pool.looks.held.lock().await.hashes.len()
}

/// How near two pictures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// The same bytes.
    File,
    /// So many of 256 bits differ.
    Bits(u32),
}

/// Another case with a picture like one of this case.
pub struct Other {
    /// It.
    pub case: Case,
    /// How near the two nearest pictures are.
    pub nearness: Nearness,
    /// The picture of this case, by the hash of its bytes.
    pub ours: String,
    /// The one of the other case.
    pub theirs: String,
}

/// What is known of the pictures of a case.
#[derive(Default)]
pub struct Alike {
    /// Other cases, the nearest first, then the newest; at most [`SHOWN`].
    pub others: Vec<Other>,
    /// How many there are in all.
    pub all: usize,
    /// Whether there may be more than were counted.
    pub more: bool,
    /// Pictures that are compared.
    pub compared: i64,
    /// Pictures with too little in them to be compared.
    pub plain: i64,
    /// Pictures that could not be read.
    pub unreadable: i64,
    /// Pictures that were not looked at yet.
    pub waiting: i64,
}

/// What other cases have pictures like those of this one.
///
/// # Errors
/// Where the database fails.
pub async fn of_case(pool: &Reader, case_id: i64) -> sqlx::Result<Alike> {
    // From the case on, so that every step goes by an index whatever a database believes of its tables.
    const ITS: &str = "FROM reports r JOIN report_blobs n ON n.report_seq = r.seq JOIN blobs b ON b.sha256 = n.sha256 \
         LEFT JOIN alike a ON a.sha256 = b.sha256 WHERE r.case_id = $1";
    let mut told = Alike::default();
    // Safe: literals of this file.
    let counts = sqlx::query(AssertSqlSafe(format!(
        "SELECT CASE WHEN b.looked = 0 THEN 'waiting' ELSE coalesce(a.outcome, '') END, count(DISTINCT b.sha256) {ITS} GROUP BY 1"
    )));
    for row in counts.bind(case_id).fetch_all(pool.pool()).await? {
        let n: i64 = row.try_get(1)?;
        match row.try_get::<&str, _>(0)? {
            "compared" => told.compared = n,
            "plain" => told.plain = n,
            "unreadable" => told.unreadable = n,
            "waiting" => told.waiting = n,
            _ => {}
        }
    }
    if told.compared + told.plain + told.unreadable == 0 {
        return Ok(told);
    }
    let ours = sqlx::query(AssertSqlSafe(format!(
        "SELECT DISTINCT a.id {ITS} AND a.outcome IN ('compared', 'plain', 'unreadable') ORDER BY 1 LIMIT $2"
    )));
    let ours: Vec<i64> = ours
        .bind(case_id)
        .bind(ASKED)
        .fetch_all(pool.pool())
        .await?
        .iter()
        .map(|row| row.try_get(0))
        .collect::<sqlx::Result<_>>()?;
    let near = nearest(pool, &ours).await?;
    let ids: Vec<i64> = near.keys().copied().collect();
    let found = AssertSqlSafe(format!(
        "SELECT DISTINCT r.case_id, a.id FROM alike a JOIN report_blobs n ON n.sha256 = a.sha256 JOIN reports r ON r.seq = n.report_seq \
         WHERE a.id IN ({}) AND r.case_id <> $1 ORDER BY 1 DESC, 2 LIMIT $2",
        sql::numbers(&ids)
    ));
    // Lists make every query another one: nothing to remember.
    let found = sqlx::query(found).persistent(false).bind(case_id).bind(COUNTED).fetch_all(pool.pool()).await?;
    told.more = found.len() as i64 == COUNTED || near.len() == FOLLOWED;
    // Of each case its nearest picture.
    let mut best: BTreeMap<i64, (Nearness, i64, i64)> = BTreeMap::new();
    for row in &found {
        let (other, theirs): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let Some((nearness, ours)) = near.get(&theirs) else { continue };
        let pair = (*nearness, *ours, theirs);
        best.entry(other).and_modify(|known| *known = pair.min(*known)).or_insert(pair);
    }
    told.all = best.len();
    let mut best: Vec<(i64, (Nearness, i64, i64))> = best.into_iter().collect();
    best.sort_by_key(|(id, (nearness, ..))| (*nearness, std::cmp::Reverse(*id)));
    best.truncate(SHOWN);
    told.others = shown(pool, &best).await?;
    Ok(told)
}

/// Pictures near these, the nearest first: each with how near it is, and to which of these.
async fn nearest(pool: &Reader, ours: &[i64]) -> sqlx::Result<HashMap<i64, (Nearness, i64)>> {
    let mut held = pool.looks.held.lock().await;
    bring(pool, &mut held).await?;
    let mut all: HashMap<i64, (Nearness, i64)> = HashMap::new();
    for id in ours {
        let own = (Nearness::File, *id);
        all.entry(*id).and_modify(|known| *known = own.min(*known)).or_insert(own);
        let Some(hash) = held.hashes.get(*id) else { continue };
        for (distance, other) in held.hashes.of(&hash).into_iter().filter(|(_, other)| other != id) {
            let pair = (Nearness::Bits(distance), *id);
            all.entry(other).and_modify(|known| *known = pair.min(*known)).or_insert(pair);
        }
    }
    drop(held);
    if all.len() > FOLLOWED {
        let mut sorted: Vec<_> = all.into_iter().collect();
        sorted.sort_unstable_by_key(|(id, (nearness, _))| (*nearness, *id));
        sorted.truncate(FOLLOWED);
        all = sorted.into_iter().collect();
    }
    Ok(all)
}

async fn shown(pool: &Reader, best: &[(i64, (Nearness, i64, i64))]) -> sqlx::Result<Vec<Other>> {
    let mut cases = cases_of(pool, &best.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    let mut looks: HashMap<i64, String> = HashMap::new();
    let ids: Vec<i64> = best.iter().flat_map(|(_, (_, ours, theirs))| [*ours, *theirs]).collect();
    let sealed = AssertSqlSafe(format!("SELECT id, sealed FROM alike WHERE id IN ({})", sql::numbers(&ids)));
    for row in sqlx::query(sealed).persistent(false).fetch_all(pool.pool()).await? {
        if let Some(look) = Look::open(pool, row.try_get(1)?)? {
            looks.insert(row.try_get(0)?, look.sha256);
        }
    }
    let other = |(id, (nearness, ours, theirs)): &(i64, (Nearness, i64, i64))| {
        // What was erased a moment ago is not there.
        let case = cases.remove(id)?;
        Some(Other { case, nearness: *nearness, ours: looks.get(ours)?.clone(), theirs: looks.get(theirs)?.clone() })
    };
    Ok(best.iter().filter_map(other).collect())
}

/// Cases by their numbers. None that was erased.
///
/// # Errors
/// Where the database fails.
pub async fn cases_of(pool: &Reader, ids: &[i64]) -> sqlx::Result<HashMap<i64, Case>> {
    let which = format!("WHERE erased_at = '' AND id IN ({})", sql::numbers(ids));
    let rows = sqlx::query(columns(&which)).persistent(false).fetch_all(pool.pool()).await?;
    rows.iter().map(|row| case(pool.keys(), row).map(|case| (case.id, case))).collect()
}

#[cfg(test)]
mod tests {
    use super::{MOST, floor};

    #[test]
    fn the_oldest_leave_the_memory_once_there_are_a_tenth_too_many() {
        assert_eq!([floor(0, 0), floor(0, MOST), floor(0, MOST + MOST / 10)], [0; 3]);
        assert_eq!(floor(0, MOST + MOST / 10 + 1), MOST / 10 + 1);
        assert_eq!(floor(7, 3 * MOST), 2 * MOST);
    }
}
