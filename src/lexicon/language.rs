//! The languages that words are written in, as a small set.
//!
//! Owns: which tags there are bits for, and which languages count as one: both Chinese scripts, and Malay and
//! Indonesian, whose sellers share most words. Never: guesses the language of a text.

use serde::{Deserialize, Serialize};

/// Primary tags by bit.
const TAGS: [&str; 23] = [
    "ar", "cs", "de", "en", "es", "fa", "fil", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sw", "th",
    "tr", "uk", "vi", "zh",
];
/// Other primary tags for the same.
const SAME: [(&str, &str); 4] = [("ms", "id"), ("in", "id"), ("tl", "fil"), ("may", "id")];

/// Those that are written with Latin letters beside English and Filipino.
const LATIN: [&str; 12] = ["cs", "de", "es", "fr", "id", "it", "nl", "pl", "pt", "sw", "tr", "vi"];

/// A set of languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Languages(u32);

impl Languages {
    /// Every language: scientific names, emoji, what hobbyists write everywhere.
    pub const ANY: Self = Self(u32::MAX);

    /// The language of a BCP-47 tag; nothing where there is no bit for it.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        let primary = SAME.iter().find(|s| s.0 == primary).map_or(primary.as_str(), |s| s.1);
        TAGS.iter().position(|t| *t == primary).map(|bit| Self(1 << bit))
    }

    /// All of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With the languages that its readers mostly write too: Russian and Ukrainian sellers use both.
    #[must_use]
    pub fn with_kin(self) -> Self {
        let pair = ["ru", "uk"].into_iter().filter_map(Self::of).fold(Self(0), Self::and);
        if self.meets(pair) { self.and(pair) } else { self }
    }

    /// Whether all of them are written with Latin letters, and English is not at home there as it is with Filipino
    /// sellers, who write both.
    #[must_use]
    pub fn is_latin(self) -> bool {
        let latin = LATIN.into_iter().filter_map(Self::of).fold(Self(0), Self::and);
        self.0 & !latin.0 == 0
    }

    /// Whether they share a language.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        let of = |tag| Languages::of(tag).unwrap();
        assert_eq!(of("zh-Hans"), of("zh-TW"));
        assert_eq!(of("ms"), of("id-ID"));
        assert_eq!(of("TL"), of("fil"));
        assert!(!of("de").meets(of("nl")) && of("de").and(of("nl")).meets(of("nl")));
        assert!(of("uk").with_kin().meets(of("ru")) && !of("pl").with_kin().meets(of("ru")));
        assert!(of("pt-BR").meets(Languages::ANY));
        assert!(of("nl").is_latin() && !of("ja").is_latin() && !of("fil").is_latin() && !Languages::ANY.is_latin());
        for unknown in ["", "mul", "x", "klingon"] {
            assert_eq!(Languages::of(unknown), None, "{unknown}");
        }
    }
}
