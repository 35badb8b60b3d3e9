//! Groups of open cases: two cases are in one group where a picture of the one is near a picture of the other, or where others
//! between them are. The same cases give the same groups, in whatever order they came.

use super::near::Near;
use super::{Reader, bring};
use crate::pdq::Hash;
use sqlx::Row as _;
use std::collections::{BTreeMap, HashMap};

/// Most pairs of an open case and a picture that are read, the newest cases first.
const MOST: i64 = 200_000;

/// The groups of two cases and more, the largest first, then by the lowest number. Each by number.
pub type Groups = Vec<Vec<i64>>;

/// Makes the groups.
///
/// # Errors
/// Where the database fails.
pub async fn of_open(pool: &Reader) -> sqlx::Result<Groups> {
    let rows = sqlx::query(
        "SELECT DISTINCT r.case_id, a.id FROM cases c JOIN reports r ON r.case_id = c.id JOIN report_blobs n ON n.report_seq = r.seq \
         JOIN alike a ON a.sha256 = n.sha256 WHERE c.waits = 1 AND c.erased_at = '' AND a.outcome <> 'screenshot' ORDER BY 1 DESC, 2 LIMIT $1",
    )
    .bind(MOST)
    .fetch_all(pool.pool())
    .await?;
    let pairs = rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect::<sqlx::Result<Vec<(i64, i64)>>>()?;
    let hashes: HashMap<i64, Hash> = {
        let mut held = pool.looks.held.lock().await;
        bring(pool, &mut held).await?;
        pairs.iter().filter_map(|(_, picture)| Some((*picture, held.hashes.get(*picture)?))).collect()
    };
    // Many of many may be near each other: that is no work for a thread that answers.
    let made = tokio::task::spawn_blocking(move || group(&pairs, &hashes)).await;
    made.map_err(|e| sqlx::Error::Io(std::io::Error::other(e)))
}

/// Which of them hang together.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

fn group(pairs: &[(i64, i64)], hashes: &HashMap<i64, Hash>) -> Groups {
    let mut cases: Vec<i64> = pairs.iter().map(|(case, _)| *case).collect();
    cases.sort_unstable();
    cases.dedup();
    let place: HashMap<i64, usize> = cases.iter().enumerate().map(|(at, case)| (*case, at)).collect();
    let mut sets = Sets((0..cases.len()).collect());
    // The same picture in several cases first; then the same hash; then those that are near: each asks only once.
    let mut of_picture: HashMap<i64, usize> = HashMap::new();
    let mut of_hash: HashMap<Hash, usize> = HashMap::new();
    for (case, picture) in pairs {
        let at = place[case];
        sets.join(at, *of_picture.entry(*picture).or_insert(at));
        if let Some(hash) = hashes.get(picture) {
            sets.join(at, *of_hash.entry(*hash).or_insert(at));
        }
    }
    let mut near = Near::default();
    let distinct: Vec<(Hash, usize)> = of_hash.into_iter().collect();
    for (n, (hash, at)) in distinct.iter().enumerate() {
        for (_, other) in near.of(hash) {
            sets.join(*at, distinct[other as usize].1);
        }
        near.add(n as i64, *hash);
    }
    let mut all: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    for (at, case) in cases.iter().enumerate() {
        all.entry(sets.root(at)).or_default().push(*case);
    }
    let mut groups: Groups = all.into_values().filter(|cases| cases.len() > 1).collect();
    groups.sort_by_key(|cases| (std::cmp::Reverse(cases.len()), cases[0]));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdq::NEAR;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn groups_are_what_hangs_together_and_order_does_not_matter(
            seeds in proptest::collection::vec(proptest::array::uniform4(any::<u64>()), 1..5),
            pictures in proptest::collection::vec((0_i64..12, 0_usize..5, proptest::collection::vec(0_usize..256, 0..24)), 0..30),
            turn in any::<u64>(),
        ) {
            let mut hashes = HashMap::new();
            let mut pairs = vec![];
            for (picture, (case, seed, bits)) in pictures.iter().enumerate() {
                let mut words = seeds[seed % seeds.len()];
                for bit in bits {
                    words[bit / 64] ^= 1 << (bit % 64);
                }
                if turn >> (picture % 64) & 1 == 0 {
                    hashes.insert(picture as i64, Hash(words));
                }
                pairs.push((*case, picture as i64));
                // One file in two cases.
                if picture % 5 == 4 {
                    pairs.push(((case + 1) % 12, picture as i64));
                }
            }
            // By hand: join whatever two share, until nothing changes.
            let mut label: BTreeMap<i64, i64> = pairs.iter().map(|(case, _)| (*case, *case)).collect();
            loop {
                let before = label.clone();
                for (one, a) in &pairs {
                    for (other, b) in &pairs {
                        let same = a == b || matches!((hashes.get(a), hashes.get(b)), (Some(a), Some(b)) if a.distance(b) <= NEAR);
                        if same {
                            let least = label[one].min(label[other]);
                            label.insert(*one, least);
                            label.insert(*other, least);
                        }
                    }
                }
                if before == label {
                    break;
                }
            }
            let mut want: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
            for (case, label) in label {
                want.entry(label).or_default().push(case);
            }
            let mut want: Groups = want.into_values().filter(|g| g.len() > 1).collect();
            want.sort_by_key(|g| (std::cmp::Reverse(g.len()), g[0]));
            prop_assert_eq!(&group(&pairs, &hashes), &want);
            pairs.reverse();
            prop_assert_eq!(&group(&pairs, &hashes), &want);
        }
    }
}
