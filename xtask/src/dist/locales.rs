//! What of a language's file goes into the package: names and sentences; the notes for translators stay behind.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// A `messages.json` as it ships: what browsers read, on one line.
pub fn shipped(file: &[u8]) -> Result<Vec<u8>> {
    let mut messages: Map<String, Value> = serde_json::from_slice(file)?;
    for (name, message) in &mut messages {
        let Some(parts) = message.as_object_mut() else { bail!("{name} is not a message") };
        parts.remove("description");
        parts.get("message").and_then(Value::as_str).with_context(|| format!("{name} says nothing"))?;
    }
    Ok(serde_json::to_vec(&messages)?)
}

#[cfg(test)]
mod tests {
    use super::shipped;

    #[test]
    fn only_what_browsers_read_is_shipped() {
        let file = br#"{
          "count": {"message": "$N$ found", "description": "for translators", "placeholders": {"n": {"content": "$1"}}}
        }"#;
        let shipped = String::from_utf8(shipped(file).unwrap()).unwrap();
        assert_eq!(shipped, r#"{"count":{"message":"$N$ found","placeholders":{"n":{"content":"$1"}}}}"#);
    }

    #[test]
    fn a_message_without_words_is_refused() {
        assert!(shipped(br#"{"count": {"description": "for translators"}}"#).is_err());
        assert!(shipped(br#"{"count": "words"}"#).is_err());
    }
}
