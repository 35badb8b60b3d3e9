//! Turkish: plural, accusative, genitive, possessive, ablative and -li, with vowel harmony. After folding, "ı" and "i"
//! are one letter, and so are "u" and "ü"; whether a suffix takes "a" or "e" is read from the written word.

use super::{Word, cut, with};

/// Forms of the last word.
pub fn forms(words: &[Word]) -> Vec<String> {
    let at = words.len() - 1;
    let word = &words[at];
    if !word.inflects {
        return vec![];
    }
    // A phrase that ends so is a compound; "fildişi" is one that is written together, and others only look like it.
    let carries = word.written.ends_with(['ı', 'i', 'u', 'ü']);
    let mut made = if at > 0 && carries { vec![] } else { plain(word) };
    if carries && (at > 0 || word.folded.len() > 6) {
        made.extend(possessed(word));
    }
    made.iter().map(|form| with(words, at, form)).collect()
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'ı' | 'i' | 'o' | 'ö' | 'u' | 'ü')
}

/// The vowels of suffixes: "a" or "e", and "i" (for "ı" too) or "u" (for "ü" too).
fn harmony(written: &str) -> (&'static str, &'static str) {
    match written.chars().rev().find(|c| is_vowel(*c)) {
        Some('a' | 'ı') => ("a", "i"),
        Some('o' | 'u') => ("a", "u"),
        Some('ö' | 'ü') => ("e", "u"),
        _ => ("e", "i"),
    }
}

/// A noun that nothing is attached to yet.
fn plain(word: &Word) -> Vec<String> {
    let (a, i) = harmony(&word.written);
    let stem = word.folded.as_str();
    let d = if word.written.ends_with(['f', 's', 't', 'k', 'ç', 'ş', 'h', 'p']) { "t" } else { "d" };
    let mut made = vec![
        format!("{stem}l{a}r"),
        format!("{stem}l{a}ri"),
        format!("{stem}l{a}rin"),
        format!("{stem}l{a}rini"),
        format!("{stem}l{i}"),
        format!("{stem}{d}{a}n"),
    ];
    if word.written.ends_with(is_vowel) {
        made.extend([format!("{stem}y{i}"), format!("{stem}n{i}n"), format!("{stem}s{i}"), format!("{stem}s{i}n{i}")]);
        return made;
    }
    for stem in std::iter::once(stem.to_owned()).chain(softened(word)) {
        made.extend([format!("{stem}{i}"), format!("{stem}{i}n"), format!("{stem}{i}n{i}"), format!("{stem}{i}n{i}n")]);
    }
    made
}

/// The stem before a vowel: "köpek" becomes "köpeğ", "ağaç" becomes "ağac".
fn softened(word: &Word) -> Option<String> {
    let soft = match word.written.chars().next_back()? {
        'k' => "g",
        'ç' => "c",
        't' => "d",
        'p' => "b",
        _ => return None,
    };
    Some(format!("{}{soft}", cut(&word.folded, 1)))
}

/// A noun that carries the possessive of a compound: "kaplan derisi", "fil dişi".
fn possessed(word: &Word) -> Vec<String> {
    let (a, i) = harmony(&word.written);
    let stem = word.folded.as_str();
    let mut made = vec![format!("{stem}n{i}"), format!("{stem}n{i}n"), format!("{stem}nd{a}n")];
    let after_vowel = ["sı", "si", "su", "sü"].iter().any(|e| word.written.ends_with(e));
    let base = cut(stem, if after_vowel { 2 } else { 1 });
    made.push(format!("{base}l{a}ri"));
    if let Some(hard) = base.strip_suffix('g') {
        made.push(format!("{hard}kl{a}ri"));
    }
    made
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::tests::has;

    #[test]
    fn nouns() {
        for (lemma, wanted) in [
            ("papağan", &["papağanlar", "papağanı", "papağanın", "papağanlı", "papağanları", "papağandan"][..]),
            ("kaplumbağa", &["kaplumbağalar", "kaplumbağayı", "kaplumbağanın", "kaplumbağası"]),
            ("köpek", &["köpekler", "köpeği", "köpeğin", "köpekten"]),
            ("fildişi", &["fildişleri", "fildişini", "fildişinin", "fildişinden"]),
            ("boynuz", &["boynuzlar", "boynuzu", "boynuzun", "boynuzlu"]),
            ("timsah", &["timsahlar", "timsahı", "timsahtan"]),
            ("ağaç", &["ağaçlar", "ağacı", "ağacın"]),
        ] {
            has("tr", lemma, wanted);
        }
    }

    #[test]
    fn compounds() {
        for (lemma, wanted) in [
            ("kaplan derisi", &["kaplan derileri", "kaplan derisini", "kaplan derisinin", "kaplan derisinden"][..]),
            ("ayı pençesi", &["ayı pençeleri", "ayı pençesini"]),
            ("gergedan boynuzu", &["gergedan boynuzları", "gergedan boynuzunu"]),
            ("yılan balığı", &["yılan balıkları", "yılan balığını"]),
            ("piton çanta", &["piton çantalar", "piton çantası"]),
        ] {
            has("tr", lemma, wanted);
        }
    }
}
