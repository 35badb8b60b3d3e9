//! Arabic and Persian, which share a script and little else: sound plurals, the dual, the article inside a phrase;
//! Persian plurals. Broken plurals follow no rule and are entries of their own.

use super::{Word, cut, with};

const ARTICLE: &str = "ال";

/// Arabic. The article before the whole phrase is seen to in matching.
pub fn arabic(words: &[Word]) -> Vec<String> {
    if let [word] = words {
        return if word.inflects { numbers(&word.written) } else { vec![] };
    }
    // "the skin of the tiger", "the grey parrot": the later words have the article, all of them or the last.
    let definite = |from: usize| {
        let parts: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(i, w)| {
                let bare = i < from || w.written.starts_with(ARTICLE) || w.written.chars().count() < 3;
                if bare { w.written.clone() } else { format!("{ARTICLE}{}", w.written) }
            })
            .collect();
        parts.join(" ")
    };
    vec![definite(1), definite(words.len() - 1)]
}

/// The sound plurals and the dual.
fn numbers(word: &str) -> Vec<String> {
    if word.ends_with('ة') {
        let stem = cut(word, 1);
        return ["ات", "تين", "تان"].iter().map(|e| format!("{stem}{e}")).collect();
    }
    ["ات", "ين", "ان", "ون"].iter().map(|e| format!("{word}{e}")).collect()
}

/// Persian: the plural of the first word, joined or apart, alone or bound to what follows.
pub fn persian(words: &[Word]) -> Vec<String> {
    let word = &words[0];
    if word.written.chars().count() < 3 || word.written.ends_with("ها") {
        return vec![];
    }
    ["ها", "های", " ها", " های"].iter().map(|e| with(words, 0, &format!("{}{e}", word.written))).collect()
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::tests::has;

    #[test]
    fn arabic_numbers_and_articles() {
        has("ar", "سلحفاة", &["سلحفاتين"]);
        has("ar", "ببغاء", &["ببغاءات"]);
        has("ar", "تمساح", &["تمساحين", "تمساحان"]);
        has("ar", "جلد نمر", &["جلد النمر"]);
        has("ar", "ببغاء رمادي", &["ببغاء الرمادي"]);
        has("ar", "ناب وحيد القرن", &["ناب الوحيد القرن"]);
    }

    #[test]
    fn persian_plurals() {
        has("fa", "طوطی", &["طوطی‌ها", "طوطی ها", "طوطی‌های"]);
        has("fa", "پوست ببر", &["پوست‌های ببر"]);
    }
}
