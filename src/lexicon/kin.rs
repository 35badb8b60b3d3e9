//! Which words of phrases are forms of one word, so that a phrase is kept once and not in all its forms.
//!
//! Owns: what was seen of each word, and which words are taken for one. Never: inflects, or knows what a phrase means.
//!
//! Where a rule made "skóry słoniowe" of "skóra słoniowa", "skóry" stands for "skóra" and "słoniowe" for "słoniowa". Words
//! that are taken for one match in each other's place, in whatever phrase: also where case or number do not agree. So a
//! form is only taken for its lemma where nothing else speaks: in every language that has it in a phrase, it must be a
//! form of that lemma there. Polish "boy" is a form of "boa", but short and an English word as well, and "loris" is a form
//! of "lori" in one language and a word of its own in five: such forms stay words of their own, and their phrases are kept
//! in both. So do words in which two phrases of a concept differ that are marked unlike, as "kara kaplumbağası" and the weak "kara
//! kaplumbağa".

use super::Use;
use super::patterns::Patterns;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Fewest letters of a form, in Latin letters and in others: what is shorter is a word of some language or other.
const SHORTEST: (usize, usize) = (4, 3);
/// How often words are looked for that had better stay apart.
const ROUNDS: usize = 4;
/// The language of names that the register holds.
pub(super) const REGISTER: &str = "";

/// What was seen of words in phrases.
#[derive(Debug, Default)]
pub(super) struct Kin {
    /// Word -> in how many phrases of which languages.
    seen: BTreeMap<String, BTreeMap<String, usize>>,
    /// Lemma and form -> languages.
    forms: BTreeMap<(String, String), BTreeSet<String>>,
}

/// Patterns by the words that they are made of.
#[derive(Debug)]
pub(super) struct Split {
    /// Those of one word.
    pub single: Vec<(String, Vec<Use>)>,
    /// Words of phrases, in order, and what each is a form of.
    pub forms: Vec<(String, u32)>,
    /// Phrases in order.
    pub phrases: Vec<(Vec<u32>, Vec<Use>)>,
}

impl Kin {
    /// A phrase of a language, folded; anything else is no matter.
    pub fn phrase(&mut self, language: &str, text: &str) {
        for word in text.split(' ').filter(|word| word.len() < text.len()) {
            *self.seen.entry(word.to_owned()).or_default().entry(language.to_owned()).or_default() += 1;
        }
    }

    /// A form of a phrase, both folded.
    pub fn form(&mut self, language: &str, lemma: &str, form: &str) {
        self.phrase(language, form);
        let (words, changed): (Vec<&str>, Vec<&str>) = (lemma.split(' ').collect(), form.split(' ').collect());
        if words.len() != changed.len() || words.len() < 2 {
            return;
        }
        for (word, changed) in words.into_iter().zip(changed).filter(|(word, changed)| word != changed) {
            self.forms.entry((word.to_owned(), changed.to_owned())).or_default().insert(language.to_owned());
        }
    }

    /// Whether a form can be nothing but one of this lemma.
    fn is_of(&self, form: &str, languages: &BTreeSet<String>) -> bool {
        let latin = form.chars().next().is_some_and(|c| (c as u32) < 0x250);
        let long = form.chars().count() >= if latin { SHORTEST.0 } else { SHORTEST.1 };
        long && self.seen.get(form).is_some_and(|seen| seen.keys().all(|language| languages.contains(language)))
    }

    /// Words that are taken for one, but for those that stay apart.
    fn classes(&self, words: &BTreeMap<&str, usize>, apart: &BTreeSet<&str>) -> Classes {
        let mut of = Classes((0..words.len()).collect());
        for ((lemma, form), languages) in &self.forms {
            if let (Some(&lemma), Some(&at)) = (words.get(lemma.as_str()), words.get(form.as_str()))
                && !apart.contains(form.as_str())
                && self.is_of(form, languages)
            {
                of.join(lemma, at);
            }
        }
        of
    }

    /// Splits patterns into words, and numbers these: a language's words stand together, those first that most phrases
    /// have behind their first word, since such numbers pack best.
    pub fn split(&self, patterns: &Patterns) -> Split {
        let phrases = || patterns.by_text.iter().filter(|(text, _)| text.contains(' '));
        let mut words: BTreeMap<&str, usize> =
            phrases().flat_map(|(text, _)| text.split(' ')).map(|w| (w, 0)).collect();
        words.values_mut().zip(0..).for_each(|(place, at)| *place = at);
        let mut apart: BTreeSet<&str> = BTreeSet::new();
        let mut of = self.classes(&words, &apart);
        for _ in 0..ROUNDS {
            let found = differing(&phrases().collect::<Vec<_>>(), |text| in_classes(&mut of, &words, text));
            let before = apart.len();
            apart.extend(found);
            if apart.len() == before {
                break;
            }
            of = self.classes(&words, &apart);
        }
        let mut spoken: HashMap<usize, BTreeMap<&str, usize>> = HashMap::new();
        for (word, seen) in &self.seen {
            let Some(&at) = words.get(word.as_str()) else { continue };
            let class = spoken.entry(of.of(at)).or_default();
            seen.iter().for_each(|(language, count)| *class.entry(language).or_default() += count);
        }
        let mut met: BTreeMap<Vec<usize>, Vec<Use>> = BTreeMap::new();
        for (text, uses) in phrases() {
            let known = met.entry(in_classes(&mut of, &words, text)).or_default();
            uses.iter().for_each(|used| super::patterns::put(known, *used));
        }
        // A first word that stands twice is found as one, see `matching`.
        let twice = |classes: &Vec<usize>| classes.len() > 2 && classes[0] == classes[1];
        let said = |classes: &Vec<usize>, uses: &[Use]| {
            met.get(&classes[1..]).is_some_and(|once| uses.iter().all(|used| once.contains(used)))
        };
        let spare: Vec<Vec<usize>> = met
            .iter()
            .filter(|(classes, uses)| twice(classes) && said(classes, uses))
            .map(|(c, _)| c.clone())
            .collect();
        spare.iter().for_each(|classes| drop(met.remove(classes)));
        let mut later: HashMap<usize, usize> = HashMap::new();
        met.keys().flat_map(|classes| &classes[1..]).for_each(|&class| *later.entry(class).or_default() += 1);
        let mut order: Vec<usize> = (0..words.len()).filter(|&at| of.of(at) == at).collect();
        let language = |class: &usize| {
            let spoken = spoken.get(class).and_then(|all| all.iter().max_by_key(|&(l, count)| (*count, Reverse(*l))));
            spoken.map_or(REGISTER, |(language, _)| language)
        };
        order.sort_by_key(|class| (language(class), Reverse(later.get(class).copied().unwrap_or(0)), *class));
        let number: HashMap<usize, u32> = order.into_iter().zip(0..).collect();
        let mut phrases: Vec<(Vec<u32>, Vec<Use>)> =
            met.into_iter().map(|(classes, uses)| (classes.iter().map(|c| number[c]).collect(), uses)).collect();
        phrases.sort_by(|a, b| a.0.cmp(&b.0));
        let single = patterns.by_text.iter().filter(|(text, _)| !text.contains(' '));
        Split {
            single: single.map(|(text, uses)| (text.clone(), uses.clone())).collect(),
            forms: words.iter().map(|(word, &at)| ((*word).to_owned(), number[&of.of(at)])).collect(),
            phrases,
        }
    }
}

fn in_classes(of: &mut Classes, words: &BTreeMap<&str, usize>, text: &str) -> Vec<usize> {
    text.split(' ').map(|word| of.of(words[word])).collect()
}

/// Words in which phrases differ that would be one, although a concept's use of them says less of one than of another:
/// who wrote both of them, wrote them apart.
fn differing<'a>(
    phrases: &[(&'a String, &'a Vec<Use>)],
    mut classes: impl FnMut(&str) -> Vec<usize>,
) -> BTreeSet<&'a str> {
    let mut alike: BTreeMap<Vec<usize>, Vec<(&str, &[Use])>> = BTreeMap::new();
    for (text, uses) in phrases {
        alike.entry(classes(text)).or_default().push((text, uses));
    }
    let mut differing = BTreeSet::new();
    for alike in alike.values() {
        for (n, (text, uses)) in alike.iter().enumerate() {
            for (other, others) in &alike[..n] {
                let unlike = |used: &Use| {
                    let same = others.iter().find(|o| o.concept == used.concept && o.exact == used.exact);
                    same.is_some_and(|o| o.strength != used.strength)
                };
                if uses.iter().any(unlike) {
                    let pairs = text.split(' ').zip(other.split(' ')).filter(|(a, b)| a != b);
                    pairs.for_each(|(a, b)| differing.extend([a, b]));
                }
            }
        }
    }
    differing
}

/// Words that are taken for one: each says which stands for it, the first in order for all.
struct Classes(Vec<usize>);

impl Classes {
    fn of(&mut self, word: usize) -> usize {
        let mut at = word;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::patterns::Term;
    use crate::lexicon::{Attested, Languages};

    /// The words of all phrases, each with the words that are taken for it.
    fn classes(kin: &Kin, phrases: &[&str]) -> Vec<Vec<String>> {
        let mut patterns = Patterns::default();
        for phrase in phrases {
            patterns.add(0, &Term::parse(phrase).unwrap(), Attested::Observed, Languages::ANY);
        }
        let split = kin.split(&patterns);
        let mut classes: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        split.forms.into_iter().for_each(|(word, class)| classes.entry(class).or_default().push(word));
        classes.into_values().filter(|c| c.len() > 1).collect()
    }

    #[test]
    fn forms_are_taken_for_their_lemma_where_nothing_else_speaks() {
        let mut kin = Kin::default();
        for (language, lemma, form) in [
            ("pl", "skora slonia", "skory slonia"),
            ("pl", "boa dusiciel", "boy dusiciela"),
            ("it", "loro verde", "loris verde"),
            ("ru", "кот рыбак", "коты рыбаки"),
        ] {
            kin.phrase(language, lemma);
            kin.form(language, lemma, form);
        }
        kin.phrase("en", "slow loris");
        let phrases = [
            "skora slonia",
            "skory slonia",
            "boa dusiciel",
            "boy dusiciela",
            "loro verde",
            "loris verde",
            "slow loris",
            "кот рыбак",
            "коты рыбаки",
        ];
        let mut found = classes(&kin, &phrases);
        found.sort();
        assert_eq!(
            found,
            [vec!["dusiciel", "dusiciela"], vec!["skora", "skory"], vec!["кот", "коты"], vec!["рыбак", "рыбаки"]]
        );
        // What is a word elsewhere as well is none of these.
        kin.phrase("cs", "skory test");
        assert_eq!(classes(&kin, &phrases[..2]), Vec::<Vec<String>>::new());
    }

    #[test]
    fn words_that_make_a_difference_stay_apart() {
        let mut kin = Kin::default();
        kin.form("tr", "kara kaplumbaga", "kara kaplumbagasi");
        assert_eq!(classes(&kin, &["kara kaplumbaga", "kara kaplumbagasi"]).len(), 1);
        assert_eq!(classes(&kin, &["?kara kaplumbaga", "kara kaplumbagasi"]), Vec::<Vec<String>>::new());
    }

    #[test]
    fn phrases_are_kept_once() {
        let mut kin = Kin::default();
        kin.phrase("pl", "skora slonia");
        kin.form("pl", "skora slonia", "skory slonia");
        let mut patterns = Patterns::default();
        for phrase in ["skora slonia", "skory slonia", "?skora", "skora slonia zywego"] {
            patterns.add(0, &Term::parse(phrase).unwrap(), Attested::Observed, Languages::ANY);
        }
        let split = kin.split(&patterns);
        assert_eq!(split.single.len(), 1);
        assert_eq!(split.phrases.len(), 2);
        assert_eq!((split.phrases[0].0.len(), split.phrases[0].1.len()), (2, 1));
    }
}
