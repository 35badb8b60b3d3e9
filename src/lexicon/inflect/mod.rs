//! Inflected forms by rule: entries stay lemmas.
//!
//! Owns: which words inflect, and how many forms a lemma may have; each family of languages is a module of pure
//! functions. Never: looks anything up. A rule may make forms that nobody writes: those cost a pattern and find
//! nothing. It must not make a word that means something else, so short words and short forms are left alone.
//!
//! Forms are compared after folding, like everything. That makes umlauts, accents and soft signs of spelling
//! disappear: "zahn" gives "zahne" for "Zähne", and Polish "ą" is "a".

mod austronesian;
mod english;
mod germanic;
mod hindi;
mod romance;
mod semitic;
mod slavic;
mod swahili;
mod turkish;

use crate::normalize;
use std::collections::BTreeSet;

/// Fewest letters of a word that inflects by itself, and of a form.
const SHORTEST: usize = 4;
/// Fewest letters of a word that inflects in company: "tiger rug".
const SHORTEST_PART: usize = 3;
/// Most forms of one lemma.
const MOST: usize = 96;

/// One word of a lemma.
#[derive(Clone, Debug)]
struct Word {
    /// Lower case, with its marks.
    written: String,
    /// As it is compared.
    folded: String,
    /// Neither short, nor an abbreviation, nor with digits.
    inflects: bool,
}

/// Folded forms of a lemma besides itself. None for languages without endings, or without a rule here.
///
/// `open` says that the lemma's end is open (`stem*`): what follows is found anyhow.
#[must_use]
pub fn forms(language: &str, lemma: &str, open: bool) -> Vec<String> {
    let mut words = words(lemma);
    if let Some(last) = words.last_mut() {
        last.inflects &= !open;
    }
    if !words.iter().any(|w| w.inflects) {
        return vec![];
    }
    let made = match language {
        "en" => english::forms(&words),
        "de" => germanic::german(&words),
        "nl" => germanic::dutch(&words),
        "fr" | "es" | "it" | "pt" => romance::forms(language, &words),
        "pl" | "cs" | "ru" | "uk" => slavic::forms(language, &words),
        "tr" => turkish::forms(&words),
        "id" | "ms" => austronesian::malay(&words),
        "fil" => austronesian::filipino(&words),
        "sw" => swahili::forms(&words),
        "ar" => semitic::arabic(&words),
        "fa" => semitic::persian(&words),
        "hi" => hindi::forms(&words),
        _ => vec![],
    };
    let itself = normalize::fold(lemma).text;
    let mut seen = BTreeSet::new();
    made.into_iter()
        .map(|form| normalize::fold(&form).text)
        .filter(|form| *form != itself && letters(form) >= SHORTEST && seen.insert(form.clone()))
        .take(MOST)
        .collect()
}

/// The words of a lemma, split where folding puts a space.
fn words(lemma: &str) -> Vec<Word> {
    let abbreviations: Vec<String> = lemma
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.chars().count() > 1 && w.chars().all(char::is_uppercase))
        .map(str::to_lowercase)
        .collect();
    let spelling = normalize::exact(lemma);
    let shortest = if spelling.contains(' ') { SHORTEST_PART } else { SHORTEST };
    spelling
        .split(' ')
        .filter(|w| !w.is_empty())
        .map(|written| {
            let folded = normalize::fold(written).text;
            let inflects = letters(&folded) >= shortest
                && !folded.contains(|c: char| c.is_numeric() || c == ' ')
                && !abbreviations.iter().any(|a| a == written);
            Word { written: written.to_owned(), folded, inflects }
        })
        .collect()
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric() || normalize::tables::is_word_sign(*c)).count()
}

/// A word without its last `count` characters.
fn cut(word: &str, count: usize) -> &str {
    word.char_indices().rev().nth(count.wrapping_sub(1)).map_or(word, |(at, _)| &word[..at])
}

/// The words with one of them changed.
fn with(words: &[Word], changed: usize, form: &str) -> String {
    let parts: Vec<&str> =
        words.iter().enumerate().map(|(i, w)| if i == changed { form } else { w.folded.as_str() }).collect();
    parts.join(" ")
}

/// Every choice of one form for each word, the last word's forms varying fastest.
fn all_choices(forms: &[Vec<String>]) -> Vec<String> {
    forms.iter().fold(vec![String::new()], |heads, tails| {
        heads
            .iter()
            .flat_map(|head| {
                tails.iter().map(move |tail| if head.is_empty() { tail.clone() } else { format!("{head} {tail}") })
            })
            .take(MOST + 1)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::forms;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_lemma_in_any_language_is_bounded(
            language in prop::sample::select(vec![
                "en", "de", "nl", "fr", "es", "it", "pt", "pl", "cs", "ru", "uk", "tr", "id", "fil", "sw", "ar", "fa", "hi",
            ]),
            lemma in prop_oneof![
                "[a-zäöüßéñçąęłżğışůř]{0,9}( [a-zäöüéąęłí]{0,9}){0,3}",
                "[а-яёії]{0,9}( [а-яёії]{0,9}){0,3}",
                "\\PC{0,24}",
            ],
            open in any::<bool>(),
        ) {
            let made = forms(language, &lemma, open);
            prop_assert!(made.len() <= super::MOST);
            prop_assert!(made.iter().all(|f| super::letters(f) >= super::SHORTEST));
            prop_assert!(made.iter().all(|f| crate::normalize::fold(f).text == *f));
        }
    }

    /// All forms of real paradigms are found, whatever else is.
    #[track_caller]
    pub fn has(language: &str, lemma: &str, wanted: &[&str]) {
        let mut made = forms(language, lemma, false);
        made.push(crate::normalize::fold(lemma).text);
        for form in wanted {
            let folded = crate::normalize::fold(form).text;
            assert!(made.contains(&folded), "{language} {lemma}: no {form} among {made:?}");
        }
    }

    #[test]
    fn what_is_short_exact_or_a_sign_stays_as_it_is() {
        for (language, lemma) in [
            ("en", "axe"),
            ("de", "DNA"),
            ("de", "THB"),
            ("pl", "wąż"),
            ("en", "1.0.3"),
            ("ja", "象牙"),
            ("ko", "앵무새"),
            ("th", "งาช้าง"),
            ("vi", "ngà voi"),
            ("zh-Hans", "玳瑁"),
            ("mul", "python"),
            ("en", ""),
            ("en", "🐘"),
        ] {
            assert_eq!(forms(language, lemma, false), Vec::<String>::new(), "{language} {lemma}");
        }
        assert_eq!(forms("de", "graupapagei", true), Vec::<String>::new());
    }

    #[test]
    fn forms_are_new_long_enough_and_not_too_many() {
        for (language, lemma) in [
            ("en", "tiger claw"),
            ("de", "grüner leguan"),
            ("nl", "groene leguaan"),
            ("fr", "peau de python"),
            ("es", "loro gris"),
            ("it", "pappagallo cenerino"),
            ("pt", "papagaio verdadeiro"),
            ("pl", "papuga szara duża"),
            ("cs", "želva zelenavá velká"),
            ("ru", "среднеазиатская сухопутная черепаха"),
            ("uk", "папуга сірий великий"),
            ("tr", "kaplan derisi"),
            ("id", "burung kakatua"),
            ("fil", "pawikan"),
            ("sw", "kifaru"),
            ("ar", "جلد نمر"),
            ("fa", "پوست ببر"),
            ("hi", "बाघ की खाल"),
        ] {
            let made = forms(language, lemma, false);
            assert!(!made.is_empty() && made.len() <= super::MOST, "{language} {lemma}: {made:?}");
            let folded = crate::normalize::fold(lemma).text;
            assert!(made.iter().all(|f| *f != folded && super::letters(f) >= super::SHORTEST), "{made:?}");
            let distinct: std::collections::BTreeSet<_> = made.iter().collect();
            assert_eq!(distinct.len(), made.len());
        }
    }
}
