//! Which granted origins get the content script, and which addresses a grant covers. Asks for nothing; the pages
//! do that.

use spotter_model::InOrder;

/// Sorted, unique match patterns of granted origins on which listings are read. Those for a host and all below it are
/// what the pages ask for where pictures stand: nothing is read there.
#[must_use]
pub fn readable(origins: &[String]) -> Vec<String> {
    let mut out: Vec<String> = origins
        .iter()
        .filter(|o| {
            o.len() <= 300
                && !o.contains("://*.")
                && (o.starts_with("https://")
                    || o.starts_with("http://localhost/")
                    || o.starts_with("http://127.0.0.1/"))
        })
        .cloned()
        .collect();
    out.order();
    out.dedup();
    out
}

/// What to ask for so that the picture at an address may be fetched.
#[must_use]
pub fn picture_pattern(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
    if host.is_empty() || host.len() > 253 || !host.bytes().all(plain) {
        return None;
    }
    match scheme {
        "https" => Some(format!("https://*.{host}/*")),
        "http" if matches!(host, "localhost" | "127.0.0.1") => Some(format!("http://{host}/*")),
        _ => None,
    }
}

/// Whether one of the granted match patterns covers an address that a browser has written out.
#[must_use]
pub fn covers(patterns: &[String], url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return false;
    }
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    patterns.iter().any(|pattern| {
        let Some((wanted, rest)) = pattern.split_once("://") else { return false };
        let Some(of) = rest.strip_suffix("/*") else { return false };
        let schemes = wanted == scheme || (wanted == "*" && matches!(scheme, "http" | "https"));
        let hosts = match of.strip_prefix("*.") {
            Some(above) => host == above || host.strip_suffix(above).is_some_and(|sub| sub.ends_with('.')),
            None => of == "*" || of == host,
        };
        schemes && hosts && !host.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::{covers, picture_pattern, readable};

    #[test]
    fn grants() {
        let patterns = ["https://*.img.example/*", "http://localhost/*", "https://m.example/*"].map(String::from);
        for (url, want) in [
            ("https://a.img.example/1.jpg", true),
            ("https://img.example/1.jpg", true),
            ("https://badimg.example/1.jpg", false),
            ("http://a.img.example/1.jpg", false),
            ("http://localhost:4711/1.jpg", true),
            ("https://m.example:8443/1.jpg?a=b", true),
            ("https://m.example@evil.example/", false),
            ("https://evil.example/https://m.example/", false),
            ("https://sub.m.example/", false),
            ("data:image/png;base64,", false),
            ("", false),
        ] {
            assert_eq!(covers(&patterns, url), want, "{url}");
        }
        for (url, want) in [
            ("https://i.img.example/1.jpg?x=1", Some("https://*.i.img.example/*")),
            ("http://localhost:81/1.jpg", Some("http://localhost/*")),
            ("http://img.example/1.jpg", None),
            ("https://a@img.example/1.jpg", None),
            ("https://*/1.jpg", None),
            ("https:///1.jpg", None),
        ] {
            assert_eq!(picture_pattern(url).as_deref(), want, "{url}");
        }
        assert!(covers(&["https://*/*".into()], "https://any.example/"));
        assert!(covers(&["*://*.x.example/*".into()], "http://x.example/"));
        assert!(!covers(&["https://*/*".into()], "https:///"));
    }

    #[test]
    fn table() {
        let granted = [
            "https://b.example/*",
            "http://localhost/*",
            "http://x.example/*",
            "file:///*",
            "https://b.example/*",
            "https://*.b.example/*",
        ];
        assert_eq!(readable(&granted.map(String::from)), ["http://localhost/*", "https://b.example/*"]);
    }
}
