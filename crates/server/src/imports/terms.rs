//! A term of a list, out of a row: a suggestion that waits like any other. Never a word of a pack.

use super::columns::Columns;
use super::finds::group;
use super::sheet::Sheet;
use super::{Read, Unfit};
use crate::sign::hex;
use spotter_model::suggestion::SUGGESTION_SCHEMA;
use spotter_model::{Suggestion, SuggestionKind, limits};
use std::collections::HashSet;

/// Names of languages that lists write out, with their codes.
const LANGUAGES: [(&str, &str); 36] = [
    ("arabic", "ar"),
    ("bahasa indonesia", "id"),
    ("chinese", "zh-Hans"),
    ("chinese (simplified)", "zh-Hans"),
    ("chinese (traditional)", "zh-Hant"),
    ("czech", "cs"),
    ("deutsch", "de"),
    ("dutch", "nl"),
    ("english", "en"),
    ("español", "es"),
    ("farsi", "fa"),
    ("filipino", "fil"),
    ("français", "fr"),
    ("french", "fr"),
    ("german", "de"),
    ("hindi", "hi"),
    ("indonesian", "id"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("malay", "ms"),
    ("mandarin", "zh-Hans"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("russian", "ru"),
    ("simplified chinese", "zh-Hans"),
    ("spanish", "es"),
    ("swahili", "sw"),
    ("tagalog", "fil"),
    ("thai", "th"),
    ("traditional chinese", "zh-Hant"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("vietnamese", "vi"),
    ("zh", "zh-Hans"),
];

fn language(text: &str) -> String {
    let lower = text.to_lowercase();
    LANGUAGES.iter().find(|(name, _)| *name == lower).map_or_else(|| text.to_owned(), |(_, code)| (*code).to_owned())
}

/// An id that the same term of the same language always has: version 8, made of a keyed mark.
#[must_use]
pub fn id(mark: &[u8; 32]) -> String {
    let mut b = [0_u8; 16];
    b.copy_from_slice(&mark[..16]);
    (b[6], b[8]) = (b[6] & 0x0f | 0x80, b[8] & 0x3f | 0x80);
    let h = hex(&b);
    format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..])
}

/// What every row says, with its line. The ids are empty: whoever keeps them gives them.
///
/// # Errors
/// Which column is missing, in a sentence.
pub fn read(sheet: &Sheet, columns: &Columns, now: &str) -> Read<Suggestion> {
    if columns.place("term").is_none() {
        return Err("Say which column is the term.");
    }
    let mut seen = HashSet::new();
    let rows = sheet.rows.iter().map(|(line, cells)| {
        let one = one(cells, columns, now).and_then(|term| {
            let first = seen.insert((term.text.to_lowercase(), term.lang.clone()));
            if first { Ok(term) } else { Err(Unfit::new("The file has it already, further up.")) }
        });
        (*line, one)
    });
    Ok(rows.collect())
}

fn one(cells: &[String], columns: &Columns, now: &str) -> Result<Suggestion, Unfit> {
    let cell = |word: &str| columns.cell(word, cells);
    let (meaning, example, said) = (cell("meaning"), cell("example"), cell("group"));
    let known = group(said);
    // A group that is not one of ours still tells the expert something.
    let unknown = if known.is_none() { said } else { "" };
    let all: Vec<&str> = [meaning, unknown, example].into_iter().filter(|part| !part.is_empty()).collect();
    let term = Suggestion {
        schema: SUGGESTION_SCHEMA.to_owned(),
        // Any id, to be checked like one of a device.
        id: id(&[0; 32]),
        kind: SuggestionKind::Term,
        text: cell("term").to_owned(),
        lang: language(cell("lang")),
        meaning: all.join(" \u{b7} ").chars().take(limits::MEANING_CHARS).collect(),
        group: known,
        seen_at: String::new(),
        created_at: now.to_owned(),
    };
    match term.check() {
        Ok(()) => Ok(term),
        Err(("/text", _)) => Err(Unfit::new("A term is 1 to 120 bytes.")),
        Err(("/lang", _)) => {
            Err(Unfit::new(format!("\u{201c}{}\u{201d} is no language that is known here.", cell("lang"))))
        }
        Err((_, why)) => Err(Unfit::new(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, sheet};
    use super::*;

    #[test]
    fn a_list_of_terms_becomes_suggestions() {
        let text = "Keyword,Language,Species,Meaning,Example\nox bone,English,elephant,ivory,\"ox bone bangle, old\"\n\
                    OX BONE,en,,,\n象牙,Chinese,dragon,,\n,en,,,\nx,a b c!,,,\n";
        let sheet = sheet::read(text.as_bytes()).unwrap();
        let columns = Columns::guess(Kind::Terms, &sheet.head);
        let all = read(&sheet, &columns, "2026-11-28T10:00:00.000Z").unwrap();
        let first = all[0].1.as_ref().unwrap();
        assert_eq!(
            (first.text.as_str(), first.lang.as_str(), first.meaning.as_str(), first.group.map(|g| g.word())),
            ("ox bone", "en", "ivory · ox bone bangle, old", Some("elephant"))
        );
        let third = all[2].1.as_ref().unwrap();
        assert_eq!((third.lang.as_str(), third.meaning.as_str(), third.group), ("zh-Hans", "dragon", None));
        for (n, words) in [(1, "further up"), (3, "1 to 120"), (4, "no language")] {
            assert!(all[n].1.as_ref().unwrap_err().0.contains(words), "{:?}", all[n]);
        }
        assert!(read(&sheet, &Columns::default(), "").is_err());
        assert!(LANGUAGES.windows(2).all(|w| w[0].0 < w[1].0));
    }
}
