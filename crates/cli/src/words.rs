//! The extension's sentences, for the terminal: the same files, filled in the same way.
//!
//! Never glues a sentence from parts; foreign text never passes through a template.

use crate::Failure;
use spotter_model::Date;
use spotter_model::phrase::{Arg, Phrase};
use std::collections::HashMap;

/// The files that the extension ships, by language.
const FILES: [(&str, &str); 12] = [
    ("en", include_str!("../../../extension/_locales/en/messages.json")),
    ("de", include_str!("../../../extension/_locales/de/messages.json")),
    ("fr", include_str!("../../../extension/_locales/fr/messages.json")),
    ("es", include_str!("../../../extension/_locales/es/messages.json")),
    ("zh_CN", include_str!("../../../extension/_locales/zh_CN/messages.json")),
    ("zh_TW", include_str!("../../../extension/_locales/zh_TW/messages.json")),
    ("ms", include_str!("../../../extension/_locales/ms/messages.json")),
    ("id", include_str!("../../../extension/_locales/id/messages.json")),
    ("th", include_str!("../../../extension/_locales/th/messages.json")),
    ("vi", include_str!("../../../extension/_locales/vi/messages.json")),
    ("pt", include_str!("../../../extension/_locales/pt/messages.json")),
    ("ar", include_str!("../../../extension/_locales/ar/messages.json")),
];

/// Every language.
pub fn languages() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(lang, _)| *lang)
}

#[derive(serde::Deserialize)]
struct Entry {
    message: String,
    #[serde(default)]
    placeholders: HashMap<String, Hole>,
}

#[derive(serde::Deserialize)]
struct Hole {
    content: String,
}

/// The sentences of one language.
pub struct Words(HashMap<String, Entry>);

impl Words {
    /// Those of `lang`, written as a folder of `_locales` or as a BCP-47 tag.
    ///
    /// # Errors
    /// There are none, or they cannot be read.
    pub fn of(lang: &str) -> Result<Self, Failure> {
        let wanted = lang.replace('-', "_");
        let file = FILES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&wanted)).ok_or_else(|| {
            let known: Vec<&str> = languages().collect();
            Failure::new(format!("there are no sentences in {lang:?}; there are {}", known.join(", ")))
        })?;
        serde_json::from_str(file.1).map(Self).map_err(|e| Failure::new(format!("{}: {e}", file.0)))
    }

    /// Whether there is such a sentence.
    #[cfg(test)]
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// A sentence filled in: each placeholder once, from left to right.
    fn filled(&self, key: &str, args: &[String]) -> Option<String> {
        let entry = self.0.get(key)?;
        let mut out = String::new();
        let mut rest = entry.message.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            let Some((name, tail)) = after.split_once('$') else { break };
            let hole = entry.placeholders.get(&name.to_ascii_lowercase());
            let number = hole.and_then(|h| h.content.strip_prefix('$')).and_then(|n| n.parse::<usize>().ok());
            out.push_str(before);
            out.push_str(number.and_then(|n| args.get(n.checked_sub(1)?)).map_or("", String::as_str));
            rest = tail;
        }
        out.push_str(rest);
        Some(out)
    }

    fn day(&self, day: Date) -> String {
        let (year, month, date) = day.parts();
        let month = self.filled(&format!("month_{month}"), &[]).unwrap_or_default();
        self.filled("date_long", &[date.to_string(), month, year.to_string()]).unwrap_or_else(|| day.to_string())
    }

    /// A phrase in this language; its key where the language has no such sentence.
    pub fn say(&self, phrase: &Phrase) -> String {
        let comma = self.filled("list_comma", &[]).unwrap_or_else(|| ", ".into());
        let args: Vec<String> = phrase
            .args
            .iter()
            .map(|arg| match arg {
                Arg::Quote(text) | Arg::Name(text) | Arg::Country(text) => text.clone(),
                Arg::Term(key) => self.filled(key, &[]).unwrap_or_else(|| key.clone()),
                Arg::Latin(names) => names.join(&comma),
                Arg::Day(day) => self.day(*day),
            })
            .collect();
        self.filled(&phrase.key, &args).unwrap_or_else(|| phrase.key.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotter_detector::{SENTENCE_KEYS, SENTENCE_TERMS};
    use spotter_model::phrase::Role;

    #[test]
    fn every_language_has_every_sentence_of_the_detector() {
        for lang in languages() {
            let words = Words::of(lang).unwrap();
            for key in SENTENCE_KEYS {
                assert!(words.has(key), "{lang} {key}");
            }
            for term in SENTENCE_TERMS {
                assert!(words.has(&format!("term_{}", term.to_ascii_lowercase())), "{lang} {term}");
            }
        }
    }

    #[test]
    fn foreign_text_is_no_template_and_dates_are_words() {
        let phrase = |key: &str, args: Vec<Arg>| Phrase::new(Role::For, key, args);
        let en = Words::of("en").unwrap();
        let quote = phrase("why_trade", vec![Arg::Quote("$QUOTE$ $1 {}".into())]);
        assert_eq!(en.say(&quote), "“$QUOTE$ $1 {}” is common in such offers.");
        let args = || vec![Arg::Name("eBay".into()), Arg::Day("2024-05-06".parse().unwrap())];
        assert_eq!(en.say(&phrase("rule_against", args())), "Such offers are against eBay’s rule of 6 May 2024.");
        let zh = Words::of("zh-TW").unwrap();
        assert_eq!(zh.say(&phrase("rule_against", args())), "此類出售違反 eBay 2024年5月6日的規則。");
        assert_eq!(en.say(&phrase("of_tomorrow", vec![])), "of_tomorrow");
        assert!(Words::of("tlh").is_err());
    }
}
