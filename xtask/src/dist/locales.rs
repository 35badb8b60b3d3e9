//! What of a language's file goes into the package: names and sentences; the notes for translators stay behind.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// A `messages.json` as it ships: what browsers read, on one line. A placeholder that has a name for translators gets
/// its number where it stands, which is what browsers make of it.
pub fn shipped(file: &[u8]) -> Result<Vec<u8>> {
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
    Ok(serde_json::to_vec(&messages)?)
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
    use super::{numbered, shipped};

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
    fn a_message_without_words_is_refused() {
        assert!(shipped(br#"{"count": {"description": "for translators"}}"#).is_err());
        assert!(shipped(br#"{"count": "words"}"#).is_err());
    }
}
