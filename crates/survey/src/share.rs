//! Who searches what: markets times terms, shared out among coders.
//!
//! Everything that looks like chance follows from SHA-256 over the protocol's seed or id and the task, so that whoever has
//! the protocol and the coders' names gets the same tasks, the same pages and the same coders.

use crate::canonical::{hex, sha256};
use sha2::{Digest as _, Sha256};
use spotter_model::programme::search_address;
use spotter_model::survey::{Market, Protocol, Sampling, Task, Term};

/// Most tasks of one survey: what a programme's coders can do in a season, and what a page can show.
pub const TASKS: usize = 10_000;

/// A task with the one or two who do it, each by the name that the caller gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The task.
    pub task: Task,
    /// Who does it; where there are two, they do it independently.
    pub coders: Vec<String>,
}

/// Why tasks cannot be shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unshared {
    /// Nobody was chosen, or one where two are needed.
    #[error("Choose at least one coder, and at least two where tasks are done twice.")]
    Coders,
    /// No search, or too many.
    #[error("Marketplaces and terms must make 1 to 10000 searches.")]
    Tasks,
}

/// A task's id: it stays when an amendment adds other searches.
fn id(market: &Market, term: &Term) -> String {
    let text = [&market.host, &market.country, &term.lang, &term.text].map(String::as_str).join("\n");
    format!("t{}", &sha256(text.as_bytes())[..12])
}

/// The pages of a search that are looked at: of the numbers 1 to `of`, those whose SHA-256 of seed, task and number, each on
/// a line of its own, come first. Every choice of pages is equally likely as far as the hash is random.
#[must_use]
pub fn pages(task: &str, sampling: &Sampling) -> Vec<u32> {
    let Sampling::RandomPages { pages, of, seed } = *sampling else { return vec![] };
    let mut all: Vec<(String, u32)> =
        (1..=of).map(|page| (sha256(format!("{seed}\n{task}\n{page}").as_bytes()), page)).collect();
    all.sort();
    let mut drawn: Vec<u32> = all.into_iter().take(pages as usize).map(|(_, page)| page).collect();
    drawn.sort_unstable();
    drawn
}

/// All searches of a protocol, by market and term as they stand there.
#[must_use]
pub fn tasks(protocol: &Protocol) -> Vec<Task> {
    let mut all: Vec<Task> = vec![];
    let mut seen = std::collections::HashSet::new();
    for market in &protocol.markets {
        for term in protocol.terms.iter().filter(|t| t.hosts.is_empty() || t.hosts.contains(&market.host)) {
            let id = id(market, term);
            // The same words for two groups are one search.
            if !seen.insert(id.clone()) {
                continue;
            }
            all.push(Task {
                pages: pages(&id, &protocol.sampling),
                host: market.host.clone(),
                term: term.text.clone(),
                lang: term.lang.clone(),
                group: term.group,
                address: search_address(&market.search, &term.text),
                id,
            });
        }
    }
    all
}

/// Of each search, by its id: the marketplace's host and the country that it stands for.
pub fn places(protocol: &Protocol) -> impl Iterator<Item = (String, (String, String))> + '_ {
    protocol
        .markets
        .iter()
        .flat_map(move |m| protocol.terms.iter().map(move |t| (id(m, t), (m.host.clone(), m.country.clone()))))
}

/// Shares the tasks out. `held` are the shares before an amendment: who has a task keeps it.
///
/// New tasks are taken in the order of the SHA-256 of survey and task. Of them, `double_coded_percent` (rounded up) go to the
/// two coders who have least, the rest to the one who has least; among equals, to the one whose hash with the task comes
/// first. No coder has more than one task above another where nothing was held.
///
/// # Errors
/// See [`Unshared`].
pub fn share(protocol: &Protocol, coders: &[String], held: &[Shared]) -> Result<Vec<Shared>, Unshared> {
    let mut names: Vec<&String> = coders.iter().collect();
    names.sort();
    names.dedup();
    if names.is_empty() || (names.len() < 2 && protocol.double_coded_percent > 0) {
        return Err(Unshared::Coders);
    }
    let all = tasks(protocol);
    if !(1..=TASKS).contains(&all.len()) {
        return Err(Unshared::Tasks);
    }
    let place = |what: &str, of: &str| hex(&Sha256::digest(format!("{}\n{what}\n{of}", protocol.id).as_bytes()));
    let had = |id: &str| held.iter().find(|h| h.task.id == id);
    let mut load: Vec<usize> = names.iter().map(|n| held.iter().filter(|h| h.coders.contains(n)).count()).collect();
    let mut new: Vec<&Task> = all.iter().filter(|t| had(&t.id).is_none()).collect();
    new.sort_by_key(|t| place("task", &t.id));
    let double = (new.len() * protocol.double_coded_percent as usize).div_ceil(100);
    let mut given = std::collections::HashMap::new();
    for (n, task) in new.iter().enumerate() {
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_key(|i| (load[*i], place(&task.id, names[*i])));
        order.truncate(if n < double { 2 } else { 1 });
        for i in &order {
            load[*i] += 1;
        }
        given.insert(task.id.clone(), order.into_iter().map(|i| names[i].clone()).collect::<Vec<_>>());
    }
    Ok(all
        .into_iter()
        .map(|task| {
            let coders = given.remove(&task.id).or_else(|| had(&task.id).map(|h| h.coders.clone()));
            Shared { coders: coders.unwrap_or_default(), task }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotter_model::Group;
    use spotter_model::survey::{GroundKind, PROTOCOL_SCHEMA};

    fn protocol(markets: usize, terms: usize, percent: u32) -> Protocol {
        let day = |text: &str| text.parse().expect("a day");
        let market = |n: usize| Market {
            host: format!("market{n}.example"),
            country: "GB".into(),
            search: format!("https://market{n}.example/?q={{terms}}"),
            ground: GroundKind::Public,
            ground_text: "Synthetic.".into(),
        };
        let term = |n: usize| Term {
            text: format!("old ivory {n}"),
            lang: "en".into(),
            group: Group::Elephant,
            hosts: vec![],
        };
        Protocol {
            schema: PROTOCOL_SCHEMA.into(),
            id: "synthetic".into(),
            version: 1,
            title: "Synthetic".into(),
            question: "How many?".into(),
            from: day("2026-11-01"),
            until: day("2026-12-12"),
            groups: vec![Group::Elephant],
            markets: (0..markets).map(market).collect(),
            terms: (0..terms).map(term).collect(),
            sampling: Sampling::Census { depth: 100 },
            inclusion: vec!["It is for sale.".into()],
            exclusion: vec![],
            double_coded_percent: percent,
            unflagged_one_in: 10,
            reports: false,
            amendments: vec![],
        }
    }

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|n| format!("coder {n}")).collect()
    }

    #[test]
    fn tasks_are_markets_times_terms_where_the_term_is_meant() {
        let mut two = protocol(2, 3, 0);
        two.terms[0].hosts = vec!["market1.example".into()];
        two.terms.push(two.terms[1].clone());
        let all = tasks(&two);
        assert_eq!(all.len(), 5, "one term on one market, two on both, and the same words once");
        assert_eq!(all[0].address, "https://market0.example/?q=old%20ivory%201");
        assert!(all.iter().all(|t| spotter_model::report::is_id(&t.id) && t.pages.is_empty()));
    }

    #[test]
    fn shares_are_even_whoever_counts_and_twenty_of_a_hundred_are_done_twice() {
        for (coders, percent, double) in [(4, 20, 24), (3, 0, 0), (7, 100, 120), (2, 1, 2)] {
            let p = protocol(3, 40, percent);
            let shared = share(&p, &names(coders), &[]).expect("shares");
            assert_eq!(shared.iter().filter(|s| s.coders.len() == 2).count(), double);
            assert!(shared.iter().all(|s| s.coders.len() == 1 || s.coders[0] != s.coders[1]));
            let count = |name: &String| shared.iter().filter(|s| s.coders.contains(name)).count();
            let loads: Vec<usize> = names(coders).iter().map(count).collect();
            assert!(loads.iter().max().unwrap() - loads.iter().min().unwrap() <= 1, "{loads:?}");
            let mut turned = names(coders);
            turned.reverse();
            assert_eq!(share(&p, &turned, &[]).expect("shares"), shared, "the order of names is nothing");
        }
    }

    #[test]
    fn who_has_a_task_keeps_it_when_others_are_added() {
        let before = share(&protocol(2, 10, 20), &names(3), &[]).expect("shares");
        let after = share(&protocol(2, 14, 20), &names(4), &before).expect("shares");
        assert_eq!(after.len(), 28);
        for old in &before {
            assert!(after.contains(old), "{}", old.task.id);
        }
        let new = after.iter().filter(|s| s.coders.contains(&"coder 3".to_owned())).count();
        assert!(new >= 6, "who has none gets the new ones first: {new}");
    }

    #[test]
    fn too_few_coders_or_searches_are_said() {
        assert_eq!(share(&protocol(1, 1, 0), &[], &[]), Err(Unshared::Coders));
        assert_eq!(share(&protocol(1, 1, 1), &names(1), &[]), Err(Unshared::Coders));
        assert_eq!(share(&protocol(0, 1, 0), &names(1), &[]), Err(Unshared::Tasks));
    }

    /// How often each page is drawn over many tasks: a uniform draw of 3 out of 10 gives each 600 of 2000, standard
    /// deviation about 20.
    #[test]
    fn pages_are_drawn_evenly_and_always_the_same() {
        let sampling = Sampling::RandomPages { pages: 3, of: 10, seed: 7 };
        let mut times = [0_u32; 11];
        for n in 0..2_000 {
            let drawn = pages(&format!("t{n}"), &sampling);
            assert_eq!((drawn.len(), drawn.windows(2).all(|w| w[0] < w[1])), (3, true));
            for page in drawn {
                times[page as usize] += 1;
            }
        }
        assert_eq!(times[0], 0);
        assert!(times[1..].iter().all(|n| (520..=680).contains(n)), "{times:?}");
        // for n in $(seq 10); do printf "%s %s\n" $(printf '7\nt1\n%s' $n | sha256sum | cut -c1-8) $n; done | sort | head -3
        assert_eq!(pages("t1", &sampling), [2, 4, 6]);
        assert_ne!(pages("t1", &sampling), pages("t1", &Sampling::RandomPages { pages: 3, of: 10, seed: 8 }));
    }
}
