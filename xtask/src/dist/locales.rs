//! What of the languages' files goes into the package: names and sentences; the notes for translators stay behind.
//!
//! Owns: which sentences the browser keeps by name in `_locales`, and which stand in `pages/words` without their keys
//! because only pages say them: an array for each language, and the keys once. Never: changes a sentence.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What the keys of sentences begin with that only pages say: not the content script, not the manifest, and not the
/// background itself.
const PAGES: &[&str] = &[
    "audit_", "bg_", "card_", "care_", "empty_", "join_", "options_", "outbox_", "panel_", "problem_", "report_",
    "round_", "status_", "survey_", "train_", "welcome_",
];

/// The language that browsers fall back to, sentence by sentence.
const FALLBACK: &str = "en";

/// Placeholder 1 where pages fill it; the others follow. `words.rs` of the pages knows it.
const FIRST_HOLE: u32 = 0xe001;

/// Whether only pages say the sentence of a key.
pub fn of_pages(key: &str) -> bool {
    PAGES.iter().any(|start| key.starts_with(start))
}

/// Writes the sentences of pages into a folder: `keys.json`, and for each language a file that is called as its tag.
///
/// # Errors
/// A language's file cannot be read, or has something that cannot stand in an array.
pub fn write_words(from: &Path, to: &Path) -> Result<()> {
    let mut languages = BTreeMap::new();
    for folder in fs::read_dir(from)? {
        let path = folder?.path().join("messages.json");
        let file = fs::read(&path).with_context(|| path.display().to_string())?;
        let (tag, said) = said_by_pages(&file).with_context(|| path.display().to_string())?;
        if languages.insert(tag.clone(), said).is_some() {
            bail!("two languages have the tag {tag}");
        }
    }
    let keys: BTreeSet<&String> = languages.values().flat_map(BTreeMap::keys).collect();
    let fallback = languages.get(FALLBACK).with_context(|| format!("there is no language {FALLBACK}"))?;
    fs::create_dir_all(to)?;
    fs::write(to.join("keys.json"), serde_json::to_vec(&keys)?)?;
    for (tag, said) in &languages {
        let sentence = |key: &&String| said.get(*key).or_else(|| fallback.get(*key)).map_or("", String::as_str);
        let all: Vec<&str> = keys.iter().map(sentence).collect();
        fs::write(to.join(format!("{tag}.json")), serde_json::to_vec(&all)?)?;
    }
    Ok(())
}

/// A language's tag, and what pages say in it by key, with a hole for each placeholder.
fn said_by_pages(file: &[u8]) -> Result<(String, BTreeMap<String, String>)> {
    let messages = read(file)?;
    let text = |message: &Value| message["message"].as_str().unwrap_or_default().to_owned();
    let tag = messages.get("locale_tag").map(text).context("it has no locale_tag")?;
    if !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        bail!("{tag:?} is no tag of a language");
    }
    let mut said = BTreeMap::new();
    for (key, message) in messages.iter().filter(|(key, _)| of_pages(key)) {
        if message.get("placeholders").is_some() {
            bail!("{key} has a placeholder that is more than a number");
        }
        said.insert(key.clone(), holed(&text(message)).with_context(|| format!("{key} has a lone dollar sign"))?);
    }
    Ok((tag, said))
}

/// A sentence as the browser would hand it out with holes for what fills it: `$1` is the first, `$$` a dollar sign.
fn holed(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        out.push(match c {
            '$' => match rest.next()? {
                '$' => '$',
                digit @ '1'..='9' => char::from_u32(FIRST_HOLE + digit as u32 - '1' as u32)?,
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

/// A `messages.json` as it ships: what browsers read, on one line. A placeholder that has a name for translators gets
/// its number where it stands, which is what browsers make of it.
pub fn shipped(file: &[u8]) -> Result<Vec<u8>> {
    let mut messages = read(file)?;
    messages.retain(|key, _| !of_pages(key));
    Ok(serde_json::to_vec(&messages)?)
}

/// All of a file's messages, without what only translators read.
fn read(file: &[u8]) -> Result<Map<String, Value>> {
    let mut messages: Map<String, Value> = serde_json::from_slice(file)?;
    for (name, message) in &mut messages {
        let Some(parts) = message.as_object_mut() else { bail!("{name} is not a message") };
        parts.remove("description");
        let text = parts.get("message").and_then(Value::as_str).with_context(|| format!("{name} says nothing"))?;
        if let Some(numbered) = parts.get("placeholders").and_then(|holes| numbered(text, holes)) {
            parts.remove("placeholders");
            parts.insert("message".to_owned(), numbered.into());
        }
    }
    Ok(messages)
}

/// A sentence with the numbers of its placeholders in place of their names. Nothing where a placeholder is more than a
/// number, or where two stand so close that their numbers could be read as a name.
fn numbered(text: &str, holes: &Value) -> Option<String> {
    let mut holes = holes.as_object()?.iter();
    let numbered = holes.try_fold(text.to_owned(), |text, (name, hole)| {
        let number = hole.get("content")?.as_str()?;
        matches!(number.as_bytes(), [b'$', b'1'..=b'9']).then(|| replaced(&text, name, number))
    })?;
    let pieces: Vec<&str> = numbered.split('$').collect();
    // What stands between two signs, and would be a name.
    let named = pieces.get(1..pieces.len() - 1).is_some_and(|inner| {
        inner.iter().any(|piece| piece.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'_')))
    });
    (!named).then_some(numbered)
}

/// A text with `$NAME$` replaced, whatever the name's case.
fn replaced(text: &str, name: &str, number: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    let hole = format!("${name}$").to_ascii_lowercase();
    while let Some(at) = rest.to_ascii_lowercase().find(&hole) {
        out.push_str(&rest[..at]);
        out.push_str(number);
        rest = &rest[at + hole.len()..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{holed, numbered, of_pages, shipped, write_words};
    use std::collections::BTreeSet;
    use std::fs;

    #[test]
    fn only_what_browsers_read_is_shipped() {
        let file = br#"{
          "count": {"message": "$N$ found", "description": "for translators", "placeholders": {"n": {"content": "$1"}}}
        }"#;
        let shipped = String::from_utf8(shipped(file).unwrap()).unwrap();
        assert_eq!(shipped, r#"{"count":{"message":"$1 found"}}"#);
    }

    #[test]
    fn placeholders_that_are_more_than_numbers_stay() {
        let holes = serde_json::json!({"a": {"content": "$1"}, "b": {"content": "$2"}});
        assert_eq!(numbered("„$A$“ in $b$, $A$ ü", &holes).unwrap(), "„$1“ in $2, $1 ü");
        for close in ["$A$$B$", "$A$_$B$", "$C$", "$A$ of $C$"] {
            assert_eq!(numbered(close, &holes), None, "{close}");
        }
        assert_eq!(numbered("$A$", &serde_json::json!({"a": {"content": "$1 %"}})), None);
        assert_eq!(numbered("$A$", &serde_json::json!({"a": {}})), None);
    }

    #[test]
    fn every_language_ships_without_names_of_placeholders() {
        let folder = crate::run::root().join("extension/_locales");
        for language in std::fs::read_dir(folder).unwrap() {
            let path = language.unwrap().path();
            let file = std::fs::read(path.join("messages.json")).unwrap();
            let shipped = String::from_utf8(shipped(&file).unwrap()).unwrap();
            assert!(!shipped.contains("placeholders"), "{}", path.display());
        }
    }

    #[test]
    fn what_pages_say_stands_in_order_and_falls_back_sentence_by_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        for (name, file) in [
            (
                "en",
                r#"{"locale_tag": {"message": "en"}, "panel_b": {"message": "$N$ of $1", "placeholders": {"n": {"content": "$2"}}},
                "panel_a": {"message": "costs $$1"}, "what_x": {"message": "X"}}"#,
            ),
            (
                "zh_TW",
                r#"{"locale_tag": {"message": "zh-TW"}, "panel_c_few": {"message": "一"}, "panel_a": {"message": "二"}}"#,
            ),
        ] {
            fs::create_dir_all(from.join(name)).unwrap();
            fs::write(from.join(name).join("messages.json"), file).unwrap();
        }
        write_words(&from, &to).unwrap();
        let read = |name: &str| -> Vec<String> { serde_json::from_slice(&fs::read(to.join(name)).unwrap()).unwrap() };
        assert_eq!(read("keys.json"), ["panel_a", "panel_b", "panel_c_few"]);
        assert_eq!(read("en.json"), ["costs $1", "\u{e002} of \u{e001}", ""]);
        assert_eq!(read("zh-TW.json"), ["\u{4e8c}", "\u{e002} of \u{e001}", "\u{4e00}"]);
        assert_eq!(holed("5 $"), None);
        assert_eq!(holed("$x"), None);
    }

    /// What the content script, the manifest, the background and the pages' own scripts ask the browser for stays there.
    #[test]
    fn only_pages_say_what_the_browser_does_not_keep() {
        let root = crate::run::root();
        let mut texts = vec![fs::read_to_string(root.join("manifest.json")).unwrap()];
        for folder in ["extension/content/src", "extension/pages", "extension/background/src/browser"] {
            for entry in fs::read_dir(root.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if name == "webext.rs" || (name.ends_with(".ts") && !name.contains("test")) || name.ends_with(".js") {
                    texts.push(fs::read_to_string(path).unwrap());
                }
            }
        }
        let english = fs::read(root.join("extension/_locales/en/messages.json")).unwrap();
        let messages: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&english).unwrap();
        let away: BTreeSet<&String> = messages.keys().filter(|key| of_pages(key)).collect();
        assert!(away.len() > 600, "{}", away.len());
        for key in away {
            let quoted = |quote: char| texts.iter().any(|text| text.contains(&format!("{quote}{key}{quote}")));
            assert!(!['"', '\'', '`'].into_iter().any(quoted), "{key} is asked for by name");
            assert!(!texts[0].contains(&format!("__MSG_{key}__")), "{key} stands in the manifest");
        }
        // What sentences of findings are made of is said on marketplaces' pages as well.
        for kept in
            ["why_both", "rule_none", "listed_one", "law_line", "term_live", "group_parrots", "month_1", "broken"]
        {
            assert!(!of_pages(kept), "{kept}");
        }
    }

    #[test]
    fn a_message_without_words_is_refused() {
        assert!(shipped(br#"{"count": {"description": "for translators"}}"#).is_err());
        assert!(shipped(br#"{"count": "words"}"#).is_err());
    }
}
