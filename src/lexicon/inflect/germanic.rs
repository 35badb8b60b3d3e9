//! German and Dutch: plurals, cases, adjectives before a noun. Umlauts are gone after folding, so that "zahn" and an
//! ending make "Zähne".

use super::{Word, all_choices, cut};

/// German: the last word takes the endings of nouns and adjectives, those before it the endings of adjectives.
pub fn german(words: &[Word]) -> Vec<String> {
    phrase(words, german_noun, german_adjective)
}

/// Dutch: the last word takes the endings of nouns and adjectives, those before it the endings of adjectives.
pub fn dutch(words: &[Word]) -> Vec<String> {
    phrase(words, dutch_noun, dutch_adjective)
}

fn phrase(words: &[Word], noun: fn(&str) -> Vec<String>, adjective: fn(&str) -> Vec<String>) -> Vec<String> {
    let last = words.len() - 1;
    let forms: Vec<Vec<String>> = words
        .iter()
        .enumerate()
        .map(|(i, word)| {
            let more = match word.inflects {
                false => vec![],
                true if i == last => noun(&word.folded),
                true => adjective(&word.folded),
            };
            std::iter::once(word.folded.clone()).chain(more).collect()
        })
        .collect();
    all_choices(&forms)
}

fn add(stem: &str, endings: &[&str]) -> Vec<String> {
    endings.iter().map(|e| format!("{stem}{e}")).collect()
}

fn german_noun(word: &str) -> Vec<String> {
    let ends = |list: &[&str]| list.iter().any(|e| word.ends_with(e));
    if ends(&["in"]) {
        add(word, &["nen"])
    } else if ends(&["us", "um"]) {
        [add(cut(word, 2), &["en", "i", "a"]), add(word, &["se", "s"])].concat()
    } else if ends(&["e"]) {
        add(word, &["n", "s", "r"])
    } else if ends(&["er", "el", "en"]) {
        add(word, &["n", "s"])
    } else if ends(&["a", "i", "o", "u", "y"]) {
        add(word, &["s", "en", "e"])
    } else if ends(&["s", "z", "x"]) {
        add(word, &["e", "en", "es", "er"])
    } else {
        add(word, &["e", "en", "s", "es", "er"])
    }
}

/// Words before a noun that end like an adjective: "grüner Leguan", "blaue Baumwarane".
fn german_adjective(word: &str) -> Vec<String> {
    let stem = ["er", "es", "en", "e"].iter().find_map(|e| word.strip_suffix(e)).filter(|s| s.len() > 2);
    stem.map_or(vec![], |stem| add(stem, &["e", "en"]))
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// The stem before an ending that begins with a vowel: "schildpad" doubles, "haar" shortens, "wolf" softens.
fn dutch_stem(word: &str) -> String {
    let c: Vec<char> = word.chars().rev().take(4).collect();
    let [last, before, third, ..] = c[..] else { return word.to_owned() };
    if is_vowel(last) || matches!(last, 'w' | 'x' | 'j') {
        return word.to_owned();
    }
    let soft = match last {
        'f' => 'v',
        's' => 'z',
        other => other,
    };
    if is_vowel(before) && before == third && before != 'i' {
        format!("{}{before}{soft}", cut(word, 3))
    } else if is_vowel(before) && !is_vowel(third) {
        format!("{word}{last}")
    } else {
        format!("{}{soft}", cut(word, 1))
    }
}

fn dutch_noun(word: &str) -> Vec<String> {
    let ends = |list: &[&str]| list.iter().any(|e| word.ends_with(e));
    let small = if ends(&["a", "e", "i", "o", "u", "y", "l", "n", "r"]) { "tje" } else { "je" };
    let small = add(word, &[small, &format!("{small}s")]);
    if ends(&["e"]) {
        return [add(word, &["s", "n"]), small].concat();
    }
    if ends(&["a", "i", "o", "u", "y"]) {
        // "ara's", "papegaaien", "kanarie".
        return [add(word, &["s", " s", "en"]), small].concat();
    }
    let stem = dutch_stem(word);
    // "schorpioen" and "krokodil" keep a single consonant though their vowel is unstressed or long.
    [add(&stem, &["en", "e"]), add(word, &["en", "s"]), small].concat()
}

fn dutch_adjective(word: &str) -> Vec<String> {
    if let Some(stem) = word.strip_suffix('e') {
        return vec![stem.to_owned()];
    }
    add(&dutch_stem(word), &["e"])
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::tests::has;

    #[test]
    fn german_nouns() {
        for (lemma, wanted) in [
            ("Stoßzahn", &["Stoßzähne", "Stoßzahns", "Stoßzahnes", "Stoßzähnen"][..]),
            ("Schildkröte", &["Schildkröten"]),
            ("Leguan", &["Leguane", "Leguans", "Leguanen"]),
            ("Tigerfell", &["Tigerfelle", "Tigerfells", "Tigerfellen"]),
            ("Elfenbeinschnitzer", &["Elfenbeinschnitzers", "Elfenbeinschnitzern"]),
            ("Löwin", &["Löwinnen"]),
            ("Kakadu", &["Kakadus"]),
            ("Nashornhorn", &["Nashornhörner", "Nashornhorns"]),
            ("Falke", &["Falken"]),
            ("Kaktus", &["Kaktusse"]),
        ] {
            has("de", lemma, wanted);
        }
    }

    #[test]
    fn german_adjectives_go_with_their_noun() {
        has("de", "Grüner Leguan", &["grüne Leguane", "grünen Leguan", "grünen Leguans", "grünen Leguanen"]);
        has("de", "handgeschnitzt", &["handgeschnitzte", "handgeschnitzter", "handgeschnitztes", "handgeschnitzten"]);
    }

    #[test]
    fn dutch_nouns() {
        for (lemma, wanted) in [
            ("schildpad", &["schildpadden", "schildpadje"][..]),
            ("papegaai", &["papegaaien", "papegaaitje"]),
            ("wolf", &["wolven"]),
            ("ivoren beeld", &["ivoren beelden"]),
            ("neushoorn", &["neushoorns", "neushoornen"]),
            ("haaientand", &["haaientanden"]),
            ("kaketoe", &["kaketoes"]),
            ("leguaan", &["leguanen"]),
            ("slang", &["slangen"]),
            ("zeeschildpad", &["zeeschildpadden"]),
            ("schorpioen", &["schorpioenen"]),
            ("lori", &["lori's"]),
        ] {
            has("nl", lemma, wanted);
        }
        has("nl", "groene leguaan", &["groene leguanen", "groen leguaan"]);
        has("nl", "opgezet", &["opgezette"]);
    }
}
