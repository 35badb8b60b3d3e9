//! English plurals.

use super::{Word, cut, with};

/// Words after which the head of a phrase is over.
const AFTER_HEAD: &[&str] = &["of", "in", "with", "from", "on", "for", "to", "by", "at", "and", "or", "without"];
/// Plurals that no rule makes; also at the end of compounds ("eyetooth").
const IRREGULAR: &[(&str, &[&str])] = &[
    ("tooth", &["teeth"]),
    ("foot", &["feet"]),
    ("goose", &["geese"]),
    ("mouse", &["mice"]),
    ("wolf", &["wolves"]),
    ("calf", &["calves"]),
    ("leaf", &["leaves"]),
    ("half", &["halves"]),
    ("shelf", &["shelves"]),
    ("knife", &["knives"]),
    ("hoof", &["hooves", "hoofs"]),
    ("scarf", &["scarves", "scarfs"]),
    ("child", &["children"]),
    ("woman", &["women"]),
    ("vertebra", &["vertebrae"]),
];

/// The plural of the head: the last word, or the one before "of", "with" and the like.
pub fn forms(words: &[Word]) -> Vec<String> {
    let head = words.iter().position(|w| AFTER_HEAD.contains(&w.folded.as_str())).unwrap_or(words.len());
    let Some(at) = head.checked_sub(1).filter(|&at| words[at].inflects) else { return vec![] };
    plurals(&words[at].folded).iter().map(|plural| with(words, at, plural)).collect()
}

fn plurals(word: &str) -> Vec<String> {
    if let Some((end, plurals)) = IRREGULAR.iter().find(|(end, _)| word.ends_with(end)) {
        let stem = word.strip_suffix(end).unwrap_or("");
        return plurals.iter().map(|p| format!("{stem}{p}")).collect();
    }
    let ends = |list: &[&str]| list.iter().any(|e| word.ends_with(e));
    if ends(&["ed", "ly"]) || (word.ends_with('s') && !ends(&["ss", "us", "is"])) {
        // Participles and adverbs have no plural, and what ends in s has it already.
        vec![]
    } else if ends(&["ay", "ey", "oy", "uy"]) {
        vec![format!("{word}s")]
    } else if word.ends_with('y') {
        vec![format!("{}ies", cut(word, 1))]
    } else if word.ends_with("is") {
        vec![format!("{}es", cut(word, 2))]
    } else if ends(&["s", "x", "z", "ch", "sh"]) {
        vec![format!("{word}es")]
    } else if word.ends_with('o') {
        vec![format!("{word}s"), format!("{word}es")]
    } else {
        vec![format!("{word}s")]
    }
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::{forms, tests::has};

    #[test]
    fn plurals() {
        for (lemma, plural) in [
            ("tiger claw", "tiger claws"),
            ("Canary", "canaries"),
            ("donkey", "donkeys"),
            ("lynx", "lynxes"),
            ("ostrich", "ostriches"),
            ("flamingo", "flamingos"),
            ("buffalo", "buffaloes"),
            ("whale tooth", "whale teeth"),
            ("eyetooth", "eyeteeth"),
            ("maned wolf", "maned wolves"),
            ("cactus", "cactuses"),
            ("bird of paradise", "birds of paradise"),
            ("tortoise with papers", "tortoises with papers"),
        ] {
            has("en", lemma, &[plural]);
        }
    }

    #[test]
    fn what_has_no_plural_gets_none() {
        for lemma in ["hand carved", "tiger claws", "legally"] {
            assert_eq!(forms("en", lemma, false), Vec::<String>::new(), "{lemma}");
        }
    }
}
