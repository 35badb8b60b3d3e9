//! What is taken out of addresses before they leave the device: user-info, fragments that are no route, tracking parameters.
//! Works on addresses that a browser has already parsed and written out; never fetches anything.

/// Query parameters that follow people, not pages. Compared without case; a trailing `*` is a prefix.
const TRACKING: &[&str] = &[
    "utm_*",
    "mc_cid",
    "mc_eid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "li_fat_id",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "rb_clickid",
    "s_cid",
    "wickedid",
    "sessionid",
    "session_id",
    "phpsessid",
    "jsessionid",
    "sid",
    "_trkparms",
    "_trksid",
    "amdata",
    "campid",
    "mkcid",
    "mkevt",
    "mkrid",
    "toolid",
    "customid",
    "spm",
    "scm",
    "pvid",
    "email",
    "user_email",
];

fn follows(name: &str) -> bool {
    TRACKING.iter().any(|t| match t.strip_suffix('*') {
        Some(prefix) => name.get(..prefix.len()).is_some_and(|n| n.eq_ignore_ascii_case(prefix)),
        None => name.eq_ignore_ascii_case(t),
    })
}

/// Longest route that is part of an address.
const ROUTE_BYTES: usize = 512;

/// Which of its views a site shows under one address: a path of its own behind the sign (`#/item/1`, `#!/item/1`),
/// without what follows people, and without keys. Empty where the fragment is no such path, or a long one.
fn route(fragment: &str) -> String {
    let path = fragment.strip_prefix('!').unwrap_or(fragment);
    let is_route = path.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c| !matches!(c, '/' | '?' | '#')));
    if !is_route || fragment.len() > ROUTE_BYTES || fragment.contains(|c: char| c == '#' || c.is_whitespace()) {
        return String::new();
    }
    let (path, query) = fragment.split_once('?').map_or((fragment, None), |(p, q)| (p, Some(q)));
    let mut out = format!("#{path}");
    let key = |name: &str| name.to_ascii_lowercase().contains("token");
    parameters(query, |name| !follows(name) && !key(name), &mut out);
    out
}

/// Adds the parameters that are wanted to an address.
fn parameters(query: Option<&str>, wanted: impl Fn(&str) -> bool, out: &mut String) {
    let mut sign = '?';
    for pair in query.into_iter().flat_map(|q| q.split('&')).filter(|p| !p.is_empty()) {
        if wanted(pair.split_once('=').map_or(pair, |(name, _)| name)) {
            out.push(sign);
            out.push_str(pair);
            sign = '&';
        }
    }
}

/// The address without user-info, tracking parameters and a fragment that is no route; `None` unless it is http or https.
#[must_use]
pub fn strip(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "https" | "http") {
        return None;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.is_empty() {
        return None;
    }
    let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
    let mut out = format!("{scheme}://{host}{path}");
    parameters(query, |name| !follows(name), &mut out);
    out.push_str(&route(fragment));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::strip;
    use proptest::prelude::*;

    #[test]
    fn table() {
        for (url, want) in [
            ("https://a.example/i/1?utm_source=x&id=7&gclid=1#top", Some("https://a.example/i/1?id=7")),
            ("https://me:secret@a.example/i", Some("https://a.example/i")),
            ("https://a@b@a.example:8443/i?x=1&y=2", Some("https://a.example:8443/i?x=1&y=2")),
            ("http://localhost:1/?FBCLID=1", Some("http://localhost:1/")),
            ("https://a.example?sid=1", Some("https://a.example")),
            ("https://a.example/?siding=oak&&", Some("https://a.example/?siding=oak")),
            ("https://a.example/p#a@b?c", Some("https://a.example/p")),
            ("https://a.example/#/item/7?utm_source=x&v=2", Some("https://a.example/#/item/7?v=2")),
            ("https://a.example/?gclid=1#!/item/7", Some("https://a.example/#!/item/7")),
            ("https://a.example/#/me?access_token=secret", Some("https://a.example/#/me")),
            ("https://a.example/#//item", Some("https://a.example/")),
            ("https://a.example/#/a#/b", Some("https://a.example/")),
            ("https://a.example/#/", Some("https://a.example/")),
            ("https://a.example/#access_token=secret", Some("https://a.example/")),
            ("https:///x", None),
            ("javascript:alert(1)", None),
            ("ftp://a.example/", None),
            ("", None),
        ] {
            assert_eq!(strip(url).as_deref(), want, "{url}");
        }
    }

    proptest! {
        #[test]
        fn a_route_is_bounded(tail in "[a-z/]{0,900}") {
            let stripped = strip(&format!("https://a.example/i#/x{tail}")).unwrap_or_default();
            prop_assert!(stripped.len() <= "https://a.example/i#".len() + super::ROUTE_BYTES);
            prop_assert_eq!(stripped.contains('#'), tail.len() + 2 <= super::ROUTE_BYTES);
        }

        #[test]
        fn stripping_twice_changes_nothing(tail in "[ -~é象]{0,60}") {
            if let Some(once) = strip(&format!("https://{tail}")) {
                let twice = strip(&once);
                prop_assert_eq!(twice.as_ref(), Some(&once));
                prop_assert!(once.split_once('#').is_none_or(|(_, route)| route.starts_with('/') || route.starts_with("!/")));
            }
        }
    }
}
