//! Boundaries by script; the tables against the reference; tables that come from outside.

use super::words::Built;
use super::*;
use crate::lexicon::{Attested, Languages, Use};
use crate::normalize::{fold, tables};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn used(open_left: bool, open_right: bool) -> Use {
    Use {
        concept: 0,
        open_left,
        open_right,
        exact: None,
        strength: None,
        attested: Attested::Observed,
        languages: Languages::ANY,
    }
}

#[test]
fn boundaries_by_script() {
    for (text, word, left, right, want) in [
        ("old ivory box", "ivory", false, false, true),
        ("ivorycoast", "ivory", false, false, false),
        ("ivorycoast", "ivory", false, true, true),
        ("mammutelfenbein", "elfenbein", false, false, false),
        ("mammutelfenbein", "elfenbein", true, false, true),
        ("2tusks", "tusks", false, false, true),
        ("老象牙雕", "象牙", false, false, true),
        ("ivory象牙", "ivory", false, false, true),
        ("คองาช้าง", "งาช้าง", false, false, true),
        ("العاج الابيض", "عاج", false, false, true),
        ("زعاج", "عاج", false, false, false),
        ("상아를 팝니다", "상아", false, false, true),
        ("세상아", "상아", false, false, false),
        ("слоновая кость", "кость", false, false, true),
        ("кости", "кость", false, false, false),
        ("हाथीदाँत", "हाथी", false, false, false),
        ("हाथी दाँत", "हाथी", false, false, true),
    ] {
        let Some(start) = text.find(word) else {
            assert!(!want, "{word} is not in {text}");
            continue;
        };
        assert_eq!(stands(text, start, start + word.len(), &used(left, right)), want, "{word} in {text}");
    }
}

/// Patterns with the ways in which each is used, as the compiler would hand them over.
type Patterns = BTreeMap<String, Vec<Use>>;

/// What tables are built from, and the uses by sense; with `alike`, words of phrases that begin alike are forms of one.
fn terms(patterns: &Patterns, alike: bool) -> (Terms, Vec<Vec<Use>>) {
    let (mut terms, mut uses) = (Terms::default(), vec![]);
    for (text, ways) in patterns.iter().filter(|(text, _)| !text.contains(' ')) {
        terms.single.push((text.clone(), uses.len() as u32));
        uses.push(ways.clone());
    }
    let words = || patterns.keys().filter(|text| text.contains(' ')).flat_map(|text| text.split(' '));
    let begins = |word: &str| word.chars().take(if alike { 1 } else { usize::MAX }).collect::<String>();
    let classes: BTreeSet<String> = words().map(begins).collect();
    let class = |word: &str| classes.iter().position(|c| *c == begins(word)).unwrap() as u32;
    let forms: BTreeSet<&str> = words().collect();
    terms.forms = forms.into_iter().map(|word| (word.to_owned(), class(word))).collect();
    let mut phrases: BTreeMap<Vec<u32>, Vec<Use>> = BTreeMap::new();
    for (text, ways) in patterns.iter().filter(|(text, _)| text.contains(' ')) {
        phrases.entry(text.split(' ').map(class).collect()).or_default().extend(ways);
    }
    for (words, ways) in phrases {
        terms.phrases.push((words, uses.len() as u32));
        uses.push(ways);
    }
    (terms, uses)
}

/// The tables, and the uses by sense.
fn tables(patterns: &Patterns, alike: bool) -> (Words, Vec<Vec<Use>>) {
    let (terms, uses) = terms(patterns, alike);
    let built = Words::build(&terms, |sense| uses[sense as usize].clone()).unwrap();
    (built.words, built.senses.iter().map(|&sense| uses[sense as usize].clone()).collect())
}

/// What counts of what is found: what stands, and what lies inside an open stretch.
fn found(engine: &Engine, uses: &[Vec<Use>], text: &str, open: &[(usize, usize)]) -> Vec<(usize, usize, u32, usize)> {
    let mut all = vec![];
    engine.find(text, open, |sense, start, end| {
        for (n, used) in uses[sense as usize].iter().enumerate() {
            if open.iter().any(|o| o.0 <= start && end <= o.1) || stands(text, start, end, used) {
                all.push((start, end, sense, n));
            }
        }
    });
    all.sort_unstable();
    all
}

fn patterns() -> impl Strategy<Value = Patterns> {
    // Letters of all the scripts that differ in their boundaries, few of each, so that words collide.
    let pattern = ("[abé12#象牙ງ상아وباсоहाा ]{1,7}", prop::collection::vec((any::<bool>(), any::<bool>()), 1..3));
    prop::collection::vec(pattern, 1..40).prop_map(|all| {
        let mut patterns = Patterns::new();
        for (text, ways) in all {
            let text = fold(&text).text;
            // Stems have three letters at least, those that may begin inside a word in their first word, and words begin with one.
            let sign = text.starts_with(tables::is_word_sign);
            let short = |text: &str| text.len() < 3 || sign;
            let (short, begins_short) = (short(&text), text.split(' ').next().is_none_or(short));
            if !text.is_empty() {
                let ways = ways.into_iter().map(|(l, r)| used(l && !begins_short, r && !short));
                patterns.entry(text).or_default().extend(ways);
            }
        }
        patterns.entry("ivory".into()).or_default().push(used(false, false));
        patterns
    })
}

/// Words of a text, some of them open: strings and the stretches.
fn texts() -> impl Strategy<Value = (String, Vec<(usize, usize)>)> {
    prop::collection::vec(("[abé12#象牙ງ상아وباсоहाा ]{0,12}", prop::bool::weighted(0.2)), 0..12).prop_map(|parts| {
        let (mut text, mut open) = (String::new(), vec![]);
        for (part, is_open) in parts {
            let part = fold(&part).text;
            if part.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            let start = text.len();
            text.push_str(&part);
            if is_open {
                open.push((start, text.len()));
            }
        }
        (text, open)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn the_tables_find_what_the_reference_finds(patterns in patterns(), alike: bool, (text, open) in texts()) {
        let (words, uses) = tables(&patterns, alike);
        let ready = Engine::ready(words.clone());
        let built = Engine::built(words).unwrap();
        prop_assert_eq!(found(&ready, &uses, &text, &open), found(&built, &uses, &text, &open));
    }

    #[test]
    fn before_other_scripts_are_read_a_text_is_read_alike_or_not_at_all(patterns in patterns(), (text, open) in texts()) {
        let (words, uses) = tables(&patterns, false);
        let before = Engine::ready(words.before_others());
        let read = || found(&before, &uses, &text, &open);
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
            Ok(found_before) => prop_assert_eq!(found_before, found(&Engine::ready(words), &uses, &text, &open)),
            Err(_) => prop_assert!(!text.is_ascii()),
        }
    }

    #[test]
    fn the_tables_hold_the_patterns(patterns in patterns(), alike: bool) {
        let (terms, uses) = terms(&patterns, alike);
        let Built { words, senses, numbers } = Words::build(&terms, |sense| uses[sense as usize].clone()).unwrap();
        let before = |known: Vec<(String, u32)>, numbers: &[u32]| -> Vec<(String, u32)> {
            known.into_iter().map(|(text, number)| (text, numbers[number as usize])).collect()
        };
        prop_assert_eq!(before(words.single().unwrap(), &senses), terms.single.clone());
        prop_assert_eq!(before(words.forms().unwrap(), &numbers), terms.forms.clone());
        let mut phrases: Vec<(Vec<u32>, u32)> = words.phrases().unwrap();
        for (words, sense) in &mut phrases {
            words.iter_mut().for_each(|word| *word = numbers[*word as usize]);
            *sense = senses[*sense as usize];
        }
        phrases.sort_unstable();
        prop_assert_eq!(phrases, terms.phrases.clone());
        let spellings = words.spellings().unwrap();
        let listed: BTreeSet<String> = words.patterns().unwrap().into_iter().map(|p| p.0).collect();
        for pattern in patterns.keys() {
            let plain = |word: &str| spellings.get(word).cloned().unwrap_or_default();
            let plain = pattern.split(' ').map(plain).collect::<Vec<_>>().join(" ");
            prop_assert!(listed.contains(if pattern.contains(' ') { &plain } else { pattern }), "{}", pattern);
        }
        prop_assert_eq!(listed.len(), terms.single.len() + terms.phrases.len());
        prop_assert_eq!(Words::from_bytes(&words.to_bytes()).unwrap(), words);
    }

    #[test]
    fn damaged_tables_are_refused_or_harmless(
        patterns in patterns(),
        alike: bool,
        (text, open) in texts(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let (words, _) = tables(&patterns, alike);
        let mut bytes = words.to_bytes();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(words) = Words::from_bytes(&bytes) {
            words.find(&text, &open, |_, start, end| assert!(text.get(start..end).is_some_and(|t| !t.is_empty())));
        }
    }
}

proptest! {
    // Every stretch of a text is looked at.
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// A phrase stands wherever its words do, each in any of its forms and the first perhaps twice, and nowhere else.
    #[test]
    fn phrases_stand_in_any_forms_of_their_words(patterns in patterns(), (text, _) in texts()) {
        let (terms, uses) = terms(&patterns, true);
        let Built { words, senses, .. } = Words::build(&terms, |sense| uses[sense as usize].clone()).unwrap();
        let mut wanted = BTreeSet::new();
        let places: Vec<usize> = text.char_indices().map(|c| c.0).chain([text.len()]).collect();
        for (n, &start) in places.iter().enumerate() {
            for &end in &places[n + 1..] {
                let mut row: Vec<&str> = text[start..end].split(' ').collect();
                let known = |word: &str| terms.forms.iter().find(|(form, _)| form == word).map(|f| f.1);
                let twice = row.len() > 2 && row[0] == row[1];
                for _ in 0..=usize::from(twice) {
                    let words: Option<Vec<u32>> = row.iter().map(|word| known(word)).collect();
                    let phrase = words.and_then(|words| terms.phrases.iter().find(|(known, _)| *known == words));
                    wanted.extend(phrase.map(|(_, sense)| (start, end, *sense)));
                    row.remove(0);
                }
            }
        }
        let reference = Engine::built(words).unwrap();
        let mut found = BTreeSet::new();
        reference.find(&text, &[], |sense, start, end| {
            if text[start..end].contains(' ') {
                found.insert((start, end, senses[sense as usize]));
            }
        });
        prop_assert_eq!(found, wanted);
    }
}

#[test]
fn what_a_text_needs_is_looked_for_by_its_letters() {
    let patterns: Patterns =
        ["ivory", "象牙", "слоновая", "ngà voi"].map(|t| (t.to_owned(), vec![used(false, false)])).into();
    let before = Engine::ready(tables(&patterns, false).0.before_others());
    let read = |text: &str| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut ends = vec![];
            before.find(text, &[], |_, _, end| ends.push(end));
            ends
        }))
    };
    // Letters with marks, signs and pictures are no reason; nor is a word that the gate refuses.
    for text in ["ivory", "café ivory", "ngà voi", "– ivory € 5 ™ 🐘", "ж ivory"] {
        assert_eq!(read(text).unwrap().len(), 1, "{text}");
    }
    for text in ["象牙", "ivory 象", "слоновая"] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn tables_that_end_early_or_lead_astray_are_refused() {
    let (words, _) =
        tables(&Patterns::from(["ivory", "old ivory"].map(|text| (text.into(), vec![used(true, true)]))), false);
    let good = words.to_bytes();
    for length in 0..good.len() {
        assert_eq!(Words::from_bytes(&good[..length]).unwrap_err(), PackError::Tables);
    }
    let longer: Vec<u8> = good.iter().copied().chain([0]).collect();
    assert!(Words::from_bytes(&longer).is_err());
}

/// A graph's columns, written down by hand.
fn columns(labels: &[u8], last: u64, (jumping, jumps): (u64, &[u16]), blocks: u64, root: u32) -> Vec<u8> {
    let mut out = (labels.len() as u32).to_le_bytes().to_vec();
    out.extend_from_slice(labels);
    // Two arcs a byte, in whole words: bit 0 for the last of a state, bit 1 for a jump.
    let marks = |arc: usize| (last >> arc & 1 | (jumping >> arc & 1) << 1) as u8;
    let marked = (0..16).map(|byte| marks(2 * byte) | marks(2 * byte + 1) << 4);
    out.extend(marked.chain(std::iter::repeat(0)).take(labels.len().div_ceil(16) * 8));
    out.extend(jumps.iter().map(|j| j.to_le_bytes()[0]).chain(jumps.iter().map(|j| j.to_le_bytes()[1])));
    out.extend_from_slice(&blocks.to_le_bytes());
    out.extend_from_slice(&0u32.to_le_bytes());
    out.extend_from_slice(&root.to_le_bytes());
    out
}

#[test]
fn graphs_that_lead_outside_or_in_circles_are_refused() {
    let read = |bytes: &[u8]| graph::Graph::read(&mut bytes::Reader(bytes));
    // An ending in block 0; "as" and "bs" in block 1, which lead to it; forward jumps count from 0xf000.
    let labels = b"\0absss";
    let good = [0xf001, 0, 0, 0];
    let sound = |jumps: [u16; 4]| columns(labels, 0b11_1101, (0b11_1100, &jumps), 0b11, 1);
    assert!(read(&sound(good)).is_ok());
    let mut over = sound(good);
    let fresh = over.len() - 8;
    over[fresh..fresh + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(read(&over).is_err(), "numbers that run over");
    for (what, jumps) in [
        ("forward to the end", [0xf003, 0, 0, 0]),
        ("forward beyond it", [0xffff, 0, 0, 0]),
        ("to its own state", [1, 0, 0, 0]),
        ("back to a state on the way", [0xf001, 1, 0, 0]),
        ("to a block that is not there", [0xf001, 2, 0, 0]),
        ("to the end, from a state that nothing leads to", [0xf001, 0, 0, 0xf000]),
    ] {
        assert_eq!(read(&sound(jumps)).unwrap_err(), PackError::Tables, "{what}");
    }
    for (what, bad) in [
        ("the last state has no end", columns(labels, 0b01_1101, (0b11_1100, &good), 0b11, 1)),
        ("a block inside a state", columns(labels, 0b11_1101, (0b11_1100, &[0xf001, 1, 0, 0]), 0b101, 1)),
        ("the last arc leads on", columns(labels, 0b11_1101, (0b01_1100, &[0xf001, 0, 0]), 0b11, 1)),
        ("a mark behind the end", columns(labels, 0b111_1101, (0b11_1100, &good), 0b11, 1)),
        ("a root inside a state", columns(labels, 0b11_1101, (0b11_1100, &good), 0b11, 2)),
        ("a root behind the end", columns(labels, 0b11_1101, (0b11_1100, &good), 0b11, 6)),
    ] {
        assert_eq!(read(&bad).unwrap_err(), PackError::Tables, "{what}");
    }
    let endless = columns(&[b'a'; 300], 0, (0, &[]), 1, 0);
    assert!(read(&endless).is_err());
    assert!(read(&columns(&[], 0, (0, &[]), 0, 0)).is_err());
}

#[test]
fn equal_endings_are_shared() {
    let stems = ["elephant", "tiger", "pangolin", "bird"];
    let forms: Vec<(String, u32)> = stems
        .iter()
        .zip(0..)
        .flat_map(|(stem, n)| ["", "en", "s", "es"].map(|ending| (format!("{stem}{ending}"), n)))
        .collect();
    let mut sorted: Vec<(&str, u32)> = forms.iter().map(|(t, n)| (t.as_str(), *n)).collect();
    sorted.sort_unstable();
    let graph = graph::build(&sorted).unwrap();
    // The letters of each stem, and once: ends or goes on with e or s; after e goes on with n or s; ends.
    assert_eq!(graph.arcs(), stems.iter().map(|s| s.len()).sum::<usize>() + 3 + 2 + 1);
}

/// Work grows with the text, not with its square: counted in walks' steps, not in seconds.
#[test]
fn hostile_texts_stay_linear() {
    let nested: Patterns = (1..=100).map(|n| ("a".repeat(n), vec![used(n > 2, n > 2)])).collect();
    let phrases: Patterns =
        (1..=phrases::MOST_WORDS).map(|n| (vec!["a"; n].join(" "), vec![used(false, false)])).collect();
    for (patterns, unit) in [(&nested, "a"), (&phrases, "a "), (&phrases, "é"), (&nested, "象"), (&nested, "ا")] {
        let (words, _) = tables(patterns, false);
        let most = patterns.keys().map(String::len).max().unwrap();
        for count in [1000, 50_000] {
            let text = unit.repeat(count);
            let mut calls = 0;
            words.find(text.trim_end(), &[], |_, _, _| calls += 1);
            assert!(calls <= count * most);
        }
    }
}
