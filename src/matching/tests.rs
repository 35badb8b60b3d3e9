//! Boundaries by script, and both engines against each other.

use super::*;
use crate::lexicon::Attested;
use proptest::prelude::*;

fn plain(open_left: bool, open_right: bool) -> Use {
    Use { concept: 0, open_left, open_right, exact: None, strength: None, attested: Attested::Observed }
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
        let start = text.find(word).unwrap_or(usize::MAX);
        if start == usize::MAX {
            assert!(!want, "{word} is not in {text}");
            continue;
        }
        assert_eq!(stands(text, start, start + word.len(), &plain(left, right)), want, "{word} in {text}");
    }
}

fn lexicon(patterns: &[String]) -> Lexicon {
    let mut lexicon = crate::testing::lexicon();
    let mut sorted: Vec<&String> = patterns.iter().filter(|p| !p.is_empty()).collect();
    sorted.sort();
    sorted.dedup();
    lexicon.pattern_text.clear();
    lexicon.pattern_ends.clear();
    lexicon.use_ends.clear();
    lexicon.uses.clear();
    for pattern in sorted {
        lexicon.pattern_text.push_str(pattern);
        lexicon.pattern_ends.push(lexicon.pattern_text.len() as u32);
        lexicon.uses.push(plain(false, false));
        lexicon.use_ends.push(lexicon.uses.len() as u32);
    }
    lexicon
}

fn found(engine: &Engine, lexicon: &Lexicon, text: &str) -> Vec<(usize, usize, u32)> {
    let mut all = vec![];
    engine.find(lexicon, text, |p, s, e| all.push((s, e, p)));
    all.sort_unstable();
    all
}

proptest! {
    #[test]
    fn engines_agree(patterns in prop::collection::vec("[ab象牙é ]{1,5}", 1..30), text in "[ab象牙é c]{0,80}") {
        let lexicon = lexicon(&patterns);
        let ready = Engine::ready(&automaton(&lexicon).unwrap()).unwrap();
        let built = Engine::built(&lexicon).unwrap();
        prop_assert_eq!(found(&ready, &lexicon, &text), found(&built, &lexicon, &text));
    }

    #[test]
    fn a_damaged_automaton_is_refused_or_harmless(
        patterns in prop::collection::vec("[ab象牙é ]{1,5}", 1..10),
        text in "[ab象牙é c]{0,40}",
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let lexicon = lexicon(&patterns);
        let mut bytes = automaton(&lexicon).unwrap();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(engine) = Engine::ready(&bytes) {
            found(&engine, &lexicon, &text);
        }
    }
}

#[test]
fn an_automaton_that_runs_in_circles_is_refused() {
    let lexicon = lexicon(&["abc".into(), "bcd".into(), "cde".into()]);
    let good = automaton(&lexicon).unwrap();
    assert!(Engine::ready(&good).is_ok());
    let count = u32::from_le_bytes(good[..4].try_into().unwrap()) as usize;
    // Two states that fail to each other.
    let mut bad = good.clone();
    let place = |state: usize| 4 + state * 16 + 8;
    for (from, to) in [(2u32, 3u32), (3, 2)] {
        assert!((to as usize) < count);
        bad[place(from as usize)..place(from as usize) + 4].copy_from_slice(&to.to_le_bytes());
    }
    assert_eq!(Engine::ready(&bad).unwrap_err(), PackError::Automaton);
    // The layout that the check relies on: pointing a failure link outside must be what daachorse refuses too.
    let mut outside = good;
    outside[place(2)..place(2) + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(Daachorse::<u32>::deserialize(&outside).is_err());
}
