//! Indonesian and Malay: doubled plurals, -nya, ber-. Filipino: the linker.

use super::{Word, with};

/// Indonesian and Malay.
pub fn malay(words: &[Word]) -> Vec<String> {
    let mut made = vec![];
    let (head, last) = (&words[0], words.len() - 1);
    if head.inflects {
        let doubled = format!("{0} {0}", head.folded);
        made.push(with(words, 0, &doubled));
        if last == 0 {
            made.push(format!("ber{}", head.folded));
        }
    }
    if words[last].inflects && !words[last].folded.ends_with("nya") {
        made.push(with(words, last, &format!("{}nya", words[last].folded)));
    }
    made
}

/// Filipino: a word that ends in a vowel or n takes the linker before the next one.
pub fn filipino(words: &[Word]) -> Vec<String> {
    let at = words.len() - 1;
    let word = &words[at];
    if !word.inflects {
        return vec![];
    }
    match word.folded.chars().next_back() {
        Some('a' | 'e' | 'i' | 'o' | 'u') => vec![with(words, at, &format!("{}ng", word.folded))],
        Some('n') => vec![with(words, at, &format!("{}g", word.folded))],
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::{forms, tests::has};

    #[test]
    fn doubled_and_attached() {
        has("id", "burung kakatua", &["burung-burung kakatua", "burung kakatuanya"]);
        has("ms", "penyu", &["penyu-penyu", "penyunya"]);
        has("id", "gading", &["gadingnya", "bergading"]);
    }

    #[test]
    fn linkers() {
        has("fil", "buwaya", &["buwayang"]);
        has("fil", "pawikan", &["pawikang"]);
        assert_eq!(forms("fil", "pagong", false), Vec::<String>::new());
    }
}
