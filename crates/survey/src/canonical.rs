//! One way to write a protocol, so that its hash names it: RFC 8785.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Canonical JSON (RFC 8785) of a value of ours.
#[must_use]
pub fn json<T: Serialize>(value: &T) -> Vec<u8> {
    // Only maps with keys that are not text and numbers that are not finite can fail; our types have neither.
    serde_json_canonicalizer::to_vec(value).unwrap_or_default()
}

/// Lower-case hex SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|n| char::from(b"0123456789abcdef"[usize::from(n)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_order_and_nothing_is_put_between() {
        let value: serde_json::Value =
            serde_json::from_str("{ \"b\": [1, \"é\\n\"], \"a\": {\"d\":null,\"c\":true} }").expect("JSON");
        assert_eq!(
            String::from_utf8(json(&value)).expect("text"),
            "{\"a\":{\"c\":true,\"d\":null},\"b\":[1,\"é\\n\"]}"
        );
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
