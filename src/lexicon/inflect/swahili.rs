//! Swahili plurals by prefix, where the prefix shows the class.

use super::{Word, with};

/// The plural of the first word.
pub fn forms(words: &[Word]) -> Vec<String> {
    let word = &words[0];
    if !word.inflects {
        return vec![];
    }
    let plurals: Vec<String> = match word.folded.as_str() {
        w if w.starts_with("ki") => vec![format!("vi{}", &w[2..])],
        w if w.starts_with("ch") && !w.starts_with("chu") => vec![format!("vy{}", &w[2..])],
        w if w.starts_with("mw") => vec![format!("w{}", &w[2..])],
        w if w.starts_with('m') && !w[1..].starts_with(['a', 'e', 'i', 'o', 'u']) => {
            // People and animals, or trees and things.
            vec![format!("wa{}", &w[1..]), format!("mi{}", &w[1..])]
        }
        w if w.starts_with("ji") => vec![format!("me{}", &w[2..]), format!("ma{}", &w[2..])],
        w if w.starts_with(['g', 'b', 'd', 'j', 'z']) => vec![format!("ma{w}")],
        _ => vec![],
    };
    plurals.iter().map(|plural| with(words, 0, plural)).collect()
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::{forms, tests::has};

    #[test]
    fn plurals_by_class() {
        has("sw", "kifaru", &["vifaru"]);
        has("sw", "kiboko", &["viboko"]);
        has("sw", "mdudu", &["wadudu"]);
        has("sw", "mkia wa twiga", &["mikia wa twiga"]);
        has("sw", "jino la kiboko", &["meno la kiboko"]);
        has("sw", "gamba la kobe", &["magamba la kobe"]);
        assert_eq!(forms("sw", "tembo", false), Vec::<String>::new());
        assert_eq!(forms("sw", "chura", false), Vec::<String>::new());
    }
}
