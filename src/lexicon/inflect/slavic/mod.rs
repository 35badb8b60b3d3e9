//! Polish, Czech, Russian and Ukrainian: one engine, and a table of declensions for each language.
//!
//! A word is declined by its ending alone, so a row holds what any word that ends so may take. Adjectives before a
//! noun agree with it; what stands after it either agrees or is a genitive that stays as it is: both are made.

mod czech;
mod polish;
mod russian;
mod ukrainian;

use super::{Word, all_choices, cut};

/// Cases beside the nominative singular: genitive, dative, accusative, instrumental, locative of the singular;
/// nominative, genitive, dative, instrumental, locative of the plural.
const SLOTS: usize = 10;
/// Cases in which sellers write phrases: genitive and accusative, and both in the plural. The others are rare enough
/// for phrases to be found by their words.
const PHRASE_SLOTS: [usize; 4] = [0, 2, 5, 6];

/// A declension.
struct Row {
    /// What the written word ends in, marks and all. The first row that fits is taken.
    ends: &'static [&'static str],
    /// How many letters the endings replace.
    cut: usize,
    /// Endings by slot, apart by spaces. `+` is the bare stem, `*` the bare stem with a vowel that comes back, `~e` an
    /// ending after the softened stem, `=` the word as it is.
    endings: [&'static str; SLOTS],
}

/// What a language declines by.
struct Grammar {
    nouns: &'static [Row],
    adjectives: &'static [Row],
    /// Endings of words that are adjectives even where they stand alone.
    surely: &'static [&'static str],
    /// Whether a noun and an adjective, both in the nominative, can be of one gender.
    agree: fn(&str, &str) -> bool,
    /// Endings without which a word in a phrase is no adjective; none where the adjectives' own endings say it.
    perhaps: &'static [&'static str],
    /// The stem as it is before the softening endings.
    soften: fn(&str) -> String,
    /// The vowel that comes back between two consonants, where one does.
    returning: fn(&str) -> Option<&'static str>,
    /// Other words that the endings may be put to: "ząb" has "zęb", "ріг" has "рог".
    oblique: fn(&Word) -> Vec<String>,
}

type Declined = [Vec<String>; SLOTS];

/// Forms of a lemma.
pub fn forms(language: &str, words: &[Word]) -> Vec<String> {
    match language {
        "pl" => polish::GRAMMAR.phrase(words),
        "cs" => czech::GRAMMAR.phrase(words),
        "ru" => russian::GRAMMAR.phrase(words),
        _ => ukrainian::GRAMMAR.phrase(words),
    }
}

impl Grammar {
    fn phrase(&self, words: &[Word]) -> Vec<String> {
        if let [word] = words {
            let sure = self.surely.iter().any(|e| word.written.ends_with(e));
            let adjective = if sure { self.decline(self.adjectives, word) } else { None };
            let noun = if sure { None } else { self.decline(self.nouns, word) };
            return adjective.into_iter().chain(noun).flatten().flatten().collect();
        }
        let adjectives: Vec<Option<Declined>> = words.iter().map(|w| self.adjective(w)).collect();
        let leading = adjectives.iter().take_while(|a| a.is_some()).count();
        let mut made = vec![];
        for head in 0..=leading.min(words.len() - 1) {
            let word = &words[head];
            let sure = self.surely.iter().any(|e| word.written.ends_with(e));
            if !word.inflects || (sure && head < leading) {
                continue;
            }
            let of_one_gender = |other: &Word| (self.agree)(&word.written, &other.written);
            if !words[..head].iter().all(of_one_gender) {
                continue;
            }
            let noun = self.decline(self.nouns, word);
            // How many words after the head agree with it.
            let behind = words[head + 1..].iter().zip(&adjectives[head + 1..]);
            let agreeing = behind.take_while(|(w, a)| a.is_some() && of_one_gender(w)).count();
            for agreeing in if agreeing == 0 { vec![0] } else { vec![0, agreeing] } {
                if noun.is_none() && head == 0 && agreeing == 0 {
                    continue;
                }
                made.extend(PHRASE_SLOTS.into_iter().flat_map(|slot| {
                    let parts: Vec<Vec<String>> = words
                        .iter()
                        .enumerate()
                        .map(|(i, w)| {
                            let table = match i {
                                _ if i == head => noun.as_ref(),
                                _ if i < head || i <= head + agreeing => adjectives[i].as_ref(),
                                _ => None,
                            };
                            table.map_or_else(|| vec![w.folded.clone()], |t| t[slot].clone())
                        })
                        .collect();
                    all_choices(&parts)
                }));
            }
        }
        made
    }

    fn adjective(&self, word: &Word) -> Option<Declined> {
        let mut endings = self.surely.iter().chain(self.perhaps);
        let plausible = self.perhaps.is_empty() || endings.any(|e| word.written.ends_with(e));
        if plausible { self.decline(self.adjectives, word) } else { None }
    }

    /// All cases of a word, by the first row that fits its ending.
    fn decline(&self, rows: &[Row], word: &Word) -> Option<Declined> {
        if !word.inflects {
            return None;
        }
        let row = rows.iter().find(|r| r.ends.iter().any(|e| word.written.ends_with(e)))?;
        let stems: Vec<String> = std::iter::once(word.folded.clone()).chain((self.oblique)(word)).collect();
        let stems: Vec<&str> = stems.iter().map(|s| if row.cut == 0 { s.as_str() } else { cut(s, row.cut) }).collect();
        let mut declined: Declined = Default::default();
        for (slot, endings) in declined.iter_mut().zip(row.endings) {
            for stem in &stems {
                slot.extend(endings.split(' ').filter_map(|ending| self.put(stem, ending, &word.folded)));
            }
            if slot.is_empty() {
                slot.push(word.folded.clone());
            }
        }
        Some(declined)
    }

    fn put(&self, stem: &str, ending: &str, word: &str) -> Option<String> {
        match ending {
            "=" => Some(word.to_owned()),
            // "кошк" is no word: before к a vowel always comes back.
            "+" if stem.ends_with(['к', 'k']) && (self.returning)(stem).is_some() => None,
            "+" => Some(stem.to_owned()),
            "*" => {
                let vowel = (self.returning)(stem)?;
                let last = stem.chars().next_back()?;
                Some(format!("{}{vowel}{last}", cut(stem, 1)))
            }
            _ => Some(match ending.strip_prefix('~') {
                Some(ending) => format!("{}{ending}", (self.soften)(stem)),
                None => format!("{stem}{ending}"),
            }),
        }
    }
}

/// Whether a word ends in one of these.
fn ends(word: &str, endings: &[&str]) -> bool {
    endings.iter().any(|e| word.ends_with(e))
}

/// The stem with its end replaced by the first rule that fits.
fn replace_end(stem: &str, rules: &[(&str, &str)]) -> String {
    rules
        .iter()
        .find_map(|(from, to)| stem.strip_suffix(from).map(|head| format!("{head}{to}")))
        .unwrap_or_else(|| stem.to_owned())
}

/// The folded word with its last vowel replaced, where the written one has `from` there, in a closed syllable.
fn last_vowel(word: &Word, vowels: &str, from: char, to: &[&str]) -> Vec<String> {
    let written: Vec<char> = word.written.chars().collect();
    let Some(at) = written.iter().rposition(|c| vowels.contains(*c)) else { return vec![] };
    if written[at] != from || at + 1 == written.len() || written.len() != word.folded.chars().count() {
        return vec![];
    }
    let head: String = word.folded.chars().take(at).collect();
    let tail: String = word.folded.chars().skip(at + 1).collect();
    to.iter().map(|vowel| format!("{head}{vowel}{tail}")).collect()
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::{forms, tests::has};

    /// Forms in which an adjective has another gender than its noun, or an ending that its stem cannot have, are not made.
    #[test]
    fn what_nobody_writes_is_not_made() {
        for (language, lemma, wrong) in [
            ("ru", "кошка", "кошк"),
            ("ru", "живой дельфин", "живие дельфины"),
            ("ru", "чёрный коралл", "черних кораллов"),
            ("ru", "удав песчаный", "удава песчание"),
            ("pl", "skóra antylopy", "skory antylopej"),
            ("pl", "szpon orła", "szponowie orla"),
            ("pl", "kość słoniowa", "koscie sloniowe"),
            ("cs", "kůže", "kuzata"),
            ("uk", "шкура лисий", "шкури лисого"),
        ] {
            let made = forms(language, lemma, false);
            assert!(!made.iter().any(|f| f == wrong), "{language} {lemma}: {wrong} among {made:?}");
        }
        has("cs", "morče", &["morčete", "morčat"]);
        has("ru", "живой дельфин", &["живые дельфины", "живых дельфинов"]);
        has("ru", "большой попугай", &["большие попугаи"]);
        has("ru", "попугай жако", &["попугаи жако"]);
        has("uk", "чорний лелека", &["чорного лелеки"]);
        has("cs", "koala medvídkovitý", &["koaly medvídkovitého"]);
        has("pl", "skóra antylopy", &["skóry antylopy"]);
    }
}
