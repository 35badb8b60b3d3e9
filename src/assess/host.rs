//! The host and path of a listing's address, told apart as browsers do, or not at all.
//!
//! Never guesses: an address that a browser would have to repair belongs to no platform.

use spotter_model::limits;

/// Host in lower case and path of an http(s) address.
///
/// Browsers hand out international hosts in their ASCII form (`xn--`); a host with other letters is none, so
/// that a look-alike letter never passes for a platform.
#[must_use]
pub fn host_and_path(url: &str) -> Option<(String, &str)> {
    if url.len() > limits::URL_BYTES {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    // A backslash ends the host as a slash does: browsers read it so.
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) => host,
        Some(_) => return None,
        None => host,
    };
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    crate::lexicon::policy::is_host(&host).then_some((host, path))
}

/// Whether `host` is `suffix` or below it.
#[must_use]
pub fn is_below(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::{host_and_path, is_below};

    #[test]
    fn addresses() {
        for (url, want) in [
            ("https://www.ebay.de/itm/1", Some(("www.ebay.de", "/itm/1"))),
            ("HTTPS://WWW.EBAY.DE:443/itm/1?x#y", Some(("www.ebay.de", "/itm/1?x#y"))),
            ("http://ebay.de", Some(("ebay.de", ""))),
            ("https://ebay.de.?q", Some(("ebay.de", "?q"))),
            ("https://user:pass@ebay.de/", Some(("ebay.de", "/"))),
            ("https://ebay.de@evil.example/", Some(("evil.example", "/"))),
            ("https://evil.example\\@ebay.de/", Some(("evil.example", "\\@ebay.de/"))),
            ("https://evil.example/?u=https://ebay.de", Some(("evil.example", "/?u=https://ebay.de"))),
            ("https://xn--eby-7cd.de/", Some(("xn--eby-7cd.de", "/"))),
            // A Cyrillic letter, a full-width dot, an escape, a tab: a browser would have rewritten them.
            ("https://eb\u{430}y.de/", None),
            ("https://ebay\u{3002}de/", None),
            ("https://ebay%2Ede/", None),
            ("https://eb\tay.de/", None),
            ("https:ebay.de", None),
            ("//ebay.de/", None),
            ("/itm/1", None),
            ("javascript://ebay.de/%0aalert(1)", None),
            ("https://localhost/", None),
            ("https://127.0.0.1/", None),
            ("https://[::1]/", None),
            ("https://ebay..de/", None),
            ("https://-ebay.de/", None),
            ("https://ebay.de:443443/", None),
            ("https://", None),
            ("", None),
        ] {
            let got = host_and_path(url);
            assert_eq!(got.as_ref().map(|(h, p)| (h.as_str(), *p)), want, "{url}");
        }
        assert_eq!(host_and_path(&format!("https://ebay.de/{}", "x".repeat(3_000))), None);
    }

    #[test]
    fn suffixes_end_at_labels() {
        for (host, suffix, below) in [
            ("ebay.de", "ebay.de", true),
            ("www.ebay.de", "ebay.de", true),
            ("notebay.de", "ebay.de", false),
            ("ebay.de.evil.example", "ebay.de", false),
            ("de", "ebay.de", false),
        ] {
            assert_eq!(is_below(host, suffix), below, "{host} {suffix}");
        }
    }
}
