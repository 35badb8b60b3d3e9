//! The address of a bucket: one line that holds everything but the secrets.
//!
//! `s3://BUCKET[/PREFIX]?region=…&endpoint=…&style=…&credentials=…`. Owns what such a line may say; what is half said is refused
//! here, before anything starts.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The longest address.
const MOST: usize = 1_000;
/// The form, for whoever wrote it otherwise.
const FORM: &str =
    "must be s3://BUCKET[/PREFIX]?region=REGION for Amazon's S3, or with &endpoint=https://HOST[:PORT] for another";

/// Where a bucket is and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    pub(super) bucket: String,
    /// Empty, or words with slashes between them.
    pub(super) prefix: String,
    pub(super) region: String,
    /// Scheme, host and port. Amazon's own, where there is none.
    pub(super) endpoint: Option<String>,
    /// Whether the bucket's name stands in the host's and not in the path.
    pub(super) in_host: bool,
    /// The file with the credentials; the environment has them, where there is none.
    pub(super) credentials: Option<PathBuf>,
}

impl Address {
    /// What requests are sent to, with the bucket's name where it belongs.
    pub(super) fn endpoint(&self) -> Option<String> {
        let endpoint = self.endpoint.as_ref()?;
        let (scheme, host) = endpoint.split_once("://")?;
        Some(if self.in_host { format!("{scheme}://{}.{host}", self.bucket) } else { endpoint.clone() })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn of(text: &str, most: usize, also: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || also.contains(c);
    (1..=most).contains(&text.len()) && text.chars().all(fits)
}

/// Words of letters, digits, dots and the like, with slashes between them; none is a way up.
fn is_path(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    text.len() <= 200
        && text.split('/').all(|word| !word.is_empty() && word != "." && word != ".." && word.chars().all(plain))
}

/// Scheme, host and port, and whether anybody on the way can read and change what is sent.
fn endpoint(text: &str) -> Option<(String, bool)> {
    let (scheme, host) = text.split_once("://")?;
    let authority: hyper::http::uri::Authority = host.parse().ok()?;
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return None;
    }
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    let here = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match scheme {
        "https" => Some((text.to_owned(), false)),
        "http" => Some((text.to_owned(), !here)),
        _ => None,
    }
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let rest = text.strip_prefix("s3://").filter(|_| text.len() <= MOST).ok_or(FORM)?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if place.contains('@') {
            return Err(
                "must hold no key: give it in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file with credentials=",
            );
        }
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let ends = |c: char| c.is_ascii_alphanumeric();
        if !of(bucket, 63, ".-") || bucket.len() < 3 || !bucket.starts_with(ends) || !bucket.ends_with(ends) {
            return Err("has no bucket's name: 3 to 63 of a-z, 0-9, dot and hyphen");
        }
        let prefix = prefix.trim_end_matches('/');
        if !prefix.is_empty() && !is_path(prefix) {
            return Err(
                "has a prefix that is none: words of letters, digits, dot, hyphen and underscore, with slashes between them",
            );
        }
        let (mut region, mut at, mut style, mut credentials, mut plain) = (None, None, None, None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(FORM)?;
            let slot = match name {
                "region" => &mut region,
                "endpoint" => &mut at,
                "style" => &mut style,
                "credentials" => &mut credentials,
                "http" => &mut plain,
                _ => {
                    return Err(
                        "says something that is not known: there are region, endpoint, style, credentials and http",
                    );
                }
            };
            if slot.replace(value).is_some() {
                return Err("says something twice");
            }
        }
        let at = match at.map(|text| endpoint(text.trim_end_matches('/'))) {
            Some(None) => return Err("has an endpoint that is none: https://HOST[:PORT], or http:// on loopback"),
            Some(Some((_, true))) if plain != Some("anywhere") => {
                return Err(
                    "has an endpoint without TLS that is not on this machine: whoever is on the way could take pictures away. \
                            If the way is safe otherwise, say so with http=anywhere",
                );
            }
            Some(Some((at, _))) => Some(at),
            None => None,
        };
        let region = match (region, &at) {
            (Some(region), _) if of(region, 64, "-") => region.to_owned(),
            (Some(_), _) => return Err("has a region that is none"),
            // What storages of other houses are content with.
            (None, Some(_)) => "us-east-1".to_owned(),
            (None, None) => return Err("has neither a region nor an endpoint"),
        };
        let in_host = match style {
            Some("path") => false,
            Some("host") => true,
            Some(_) => return Err("has a style that is none: path or host"),
            None => at.is_none() && !bucket.contains('.'),
        };
        if in_host && bucket.contains('.') {
            return Err("has a bucket with a dot in its name: no certificate fits such a host, so say style=path");
        }
        let credentials = match credentials {
            Some(path) if path.strip_prefix('/').is_some_and(is_path) => Some(Path::new(path).to_owned()),
            Some(_) => {
                return Err(
                    "has credentials that are no file: its whole path, of letters, digits, dot, hyphen and underscore",
                );
            }
            None => None,
        };
        Ok(Self {
            text: text.to_owned(),
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            region,
            endpoint: at,
            in_host,
            credentials,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Address;
    use proptest::prelude::*;

    #[test]
    fn an_address_says_all_or_is_refused() {
        for (text, want) in [
            ("s3://pictures?region=eu-central-1", Ok(None)),
            ("s3://pictures/spotter/one?region=eu-central-1", Ok(None)),
            ("s3://pictures?endpoint=https://s3.example.org", Ok(Some("https://s3.example.org"))),
            ("s3://pictures?endpoint=https://s3.example.org:9000/", Ok(Some("https://s3.example.org:9000"))),
            ("s3://pictures?endpoint=https://s3.example.org&style=host", Ok(Some("https://pictures.s3.example.org"))),
            ("s3://pictures?endpoint=http://127.0.0.1:9000", Ok(Some("http://127.0.0.1:9000"))),
            ("s3://pictures?endpoint=http://[::1]:9000", Ok(Some("http://[::1]:9000"))),
            ("s3://pictures?endpoint=http://10.0.0.1:9000&http=anywhere", Ok(Some("http://10.0.0.1:9000"))),
            ("s3://pictures?endpoint=http://10.0.0.1:9000", Err("without TLS")),
            ("s3://pictures?endpoint=http://localhost.example.org", Err("without TLS")),
            ("s3://pictures?endpoint=http://127.0.0.1@example.org", Err("endpoint that is none")),
            ("s3://pictures?endpoint=https://s3.example.org/path", Err("endpoint that is none")),
            ("s3://pictures?endpoint=ftp://s3.example.org", Err("endpoint that is none")),
            ("s3://pictures", Err("neither a region nor an endpoint")),
            ("s3://pictures?region=", Err("region that is none")),
            ("s3://pictures?region=a&region=b", Err("twice")),
            ("s3://pictures?regoin=a", Err("not known")),
            ("s3://id:secret@pictures?region=a", Err("must hold no key")),
            ("s3://pi/x?region=a", Err("no bucket's name")),
            ("s3://Pictures?region=a", Err("no bucket's name")),
            ("s3://pictures/../x?region=a", Err("prefix that is none")),
            ("s3://pictures//x?region=a", Err("prefix that is none")),
            ("s3://pic.tures?region=a&style=host", Err("with a dot")),
            ("s3://pic.tures?region=a", Ok(None)),
            ("s3://pictures?region=a&style=both", Err("style that is none")),
            ("s3://pictures?region=a&credentials=/run/s3/key", Ok(None)),
            ("s3://pictures?region=a&credentials=key", Err("credentials that are no file")),
            ("https://pictures", Err("must be s3://")),
            ("", Err("must be s3://")),
        ] {
            match (text.parse::<Address>(), want) {
                (Ok(address), Ok(endpoint)) => assert_eq!(address.endpoint().as_deref(), endpoint, "{text}"),
                (Err(why), Err(words)) => assert!(why.contains(words), "{text}: {why}"),
                (got, _) => panic!("{text}: {got:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_comes_back_as_it_was(text in "s3://[a-z0-9.@/-]{0,12}(\\?(region|endpoint|style|credentials|http|x)=[a-z0-9:/.@-]{0,20}){0,3}|.{0,40}") {
            if let Ok(address) = text.parse::<Address>() {
                prop_assert_eq!(address.to_string(), text);
                prop_assert!(!address.prefix.split('/').any(|word| word == ".."));
            }
        }
    }
}
