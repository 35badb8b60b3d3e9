//! How a spotter joins: one invitation link, one request, one signed answer.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Most pack keys that an invitation or an enrolment names: two, so that one can take the other's place.
pub const PACK_KEYS: usize = 2;

/// The one thing that a spotter is given: `https://ORIGIN/join#FINGERPRINT.CODE`, and behind the code, where the
/// programme signs packs, `.` and the fingerprint of each pack key.
///
/// The fragment never reaches a server, so a link that is opened by mistake reveals nothing in logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Scheme, host and port of the endpoint, without a trailing slash. `https`, or `http` on loopback.
    pub origin: String,
    /// base64url without padding of SHA-256 over the server's raw 32-byte Ed25519 public key (43 characters).
    pub fingerprint: String,
    /// The one-time or cohort code, 8 to 64 characters of `A-Z a-z 0-9 - _`.
    pub code: String,
    /// Fingerprints of the keys that sign packs and programmes, formed as the server's; at most [`PACK_KEYS`].
    pub pack_keys: Vec<String>,
}

/// Why a link is not an invitation. The sentence is fit for the person who pasted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadInvitation {
    /// Not a URL ending in `/join#...`.
    #[error("This is not an invitation link. It should look like https://…/join#…")]
    Shape,
    /// Plain http to a machine that is not this one.
    #[error("This link is not secure: it must begin with https://")]
    NotSecure,
    /// The part behind `#` was cut or changed.
    #[error("The end of this link is damaged. Copy it again as a whole")]
    Damaged,
}

impl FromStr for Invitation {
    type Err = BadInvitation;

    fn from_str(s: &str) -> Result<Self, BadInvitation> {
        let s = s.trim();
        if s.len() > 512 {
            return Err(BadInvitation::Shape);
        }
        let (base, fragment) = s.split_once('#').ok_or(BadInvitation::Shape)?;
        let origin = base.strip_suffix("/join").ok_or(BadInvitation::Shape)?;
        let (scheme, host) = origin.split_once("://").ok_or(BadInvitation::Shape)?;
        if host.is_empty() || host.contains(['/', '?', '@', '\\', ' ']) {
            return Err(BadInvitation::Shape);
        }
        let name = host
            .rsplit_once(':')
            .map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
        match scheme {
            "https" => {}
            "http" if matches!(name, "localhost" | "127.0.0.1" | "[::1]") => {}
            "http" => return Err(BadInvitation::NotSecure),
            _ => return Err(BadInvitation::Shape),
        }
        let mut parts = fragment.split('.');
        let (Some(fingerprint), Some(code)) = (parts.next(), parts.next()) else { return Err(BadInvitation::Damaged) };
        let word = |t: &str| t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let print = |t: &str| t.len() == 43 && word(t);
        let pack_keys: Vec<String> = parts.map(str::to_owned).collect();
        let keys_fit = pack_keys.len() <= PACK_KEYS && pack_keys.iter().all(|k| print(k));
        if !print(fingerprint) || !(8..=64).contains(&code.len()) || !word(code) || !keys_fit {
            return Err(BadInvitation::Damaged);
        }
        Ok(Self { origin: origin.to_owned(), fingerprint: fingerprint.to_owned(), code: code.to_owned(), pack_keys })
    }
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/join#{}.{}", self.origin, self.fingerprint, self.code)?;
        self.pack_keys.iter().try_for_each(|key| write!(f, ".{key}"))
    }
}

/// Body of `POST /v1/enrolments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnrolmentRequest {
    /// The invitation's code.
    pub code: String,
    /// Standard base64 of the device's raw 32-byte Ed25519 public key.
    pub public_key: String,
    /// Standard base64 of the device's signature over [`crate::dsse::pae`] of
    /// [`crate::dsse::REQUEST_TYPE`] and `enrol SP code`: proves that it holds the key.
    pub proof: String,
}

/// Payload of the signed answer (an [`crate::dsse::Envelope`] of type [`crate::dsse::ENROLMENT_TYPE`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnrolmentResponse {
    /// Id to send in `Spotter-Key`.
    pub key_id: String,
    /// Name under which experts see this spotter.
    pub pseudonym: String,
    /// Standard base64 of the server's raw 32-byte public key; its fingerprint must equal the link's.
    pub server_key: String,
    /// The coordinator's name, for "to whom".
    pub organisation: String,
    /// The cohort that the invitation was made for, or empty.
    #[serde(default)]
    pub cohort: String,
    /// What the spotter may see and do.
    #[serde(default)]
    pub tier: Tier,
    /// Standard base64 of the raw 32-byte public keys that sign packs and programmes. Only those count whose
    /// fingerprint stands in the invitation link.
    #[serde(default)]
    pub pack_keys: Vec<String>,
    /// The round's rules for the extension.
    pub policy: SpotterPolicy,
}

/// What a spotter may see and do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Tier {
    /// Reports.
    #[default]
    Spotter,
    /// Also gets the words that are shared among enrolled spotters only.
    Enrolled,
    /// Trains others.
    Trainer,
}

/// What the endpoint asks of the extension. Also the body of `GET /v1/policy`. Nothing in it but the signed programme
/// says where to look or for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpotterPolicy {
    /// Milliseconds between the click and the sending, in which Undo works; at most [`crate::limits::UNDO_MS_MAX`].
    pub undo_ms: u32,
    /// A confirming click is asked for the first so many reports of a device.
    pub confirm_first: u32,
    /// The programme of rounds, signed offline with a pack key ([`crate::programme`]); absent: none is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub programme: Option<crate::dsse::Envelope>,
}

impl Default for SpotterPolicy {
    fn default() -> Self {
        Self { undo_ms: 10_000, confirm_first: 3, programme: None }
    }
}

#[cfg(test)]
mod tests {
    use super::{BadInvitation, Invitation};

    #[test]
    fn links() {
        let print = "A".repeat(43);
        let table: [(String, Result<&str, BadInvitation>); 14] = [
            (format!("https://example.org/join#{print}.CODE-1234.{print}"), Ok("https://example.org")),
            (format!("https://example.org/join#{print}.CODE-1234.short"), Err(BadInvitation::Damaged)),
            (
                format!("https://example.org/join#{print}.CODE-1234.{print}.{print}.{print}"),
                Err(BadInvitation::Damaged),
            ),
            (format!("https://example.org/join#{print}.CODE-1234"), Ok("https://example.org")),
            (format!("  http://localhost:8080/join#{print}.CODE-1234\n"), Ok("http://localhost:8080")),
            (format!("http://127.0.0.1:9/join#{print}.CODE_1234"), Ok("http://127.0.0.1:9")),
            (format!("http://[::1]:9/join#{print}.CODE_1234"), Ok("http://[::1]:9")),
            (format!("http://example.org/join#{print}.CODE-1234"), Err(BadInvitation::NotSecure)),
            (format!("https://user@example.org/join#{print}.CODE-1234"), Err(BadInvitation::Shape)),
            (format!("https://example.org/join/x#{print}.CODE-1234"), Err(BadInvitation::Shape)),
            (format!("javascript://x/join#{print}.CODE-1234"), Err(BadInvitation::Shape)),
            (format!("https://example.org/join#{print}"), Err(BadInvitation::Damaged)),
            (format!("https://example.org/join#{print}.short"), Err(BadInvitation::Damaged)),
            ("https://example.org/join".into(), Err(BadInvitation::Shape)),
        ];
        for (link, want) in table {
            let got = link.parse::<Invitation>();
            assert_eq!(got.as_ref().map(|i| i.origin.as_str()).map_err(|e| *e), want, "{link}");
            if let Ok(i) = got {
                assert_eq!(i.to_string().parse(), Ok(i));
            }
        }
    }
}
