//! Addresses of tabs, as far as the pages need them: whose site is this, and what may be asked for?
//!
//! Owns the split of an address into scheme and host and the match patterns to ask for: of the site, and of the hosts
//! where its marketplace keeps pictures, as the marketplace's description says. It never guesses.

/// Where a tab is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A web page over https, or on this machine: may be granted for good.
    Site(Site),
    /// A web page over plain http: may only be read once, by the toolbar button.
    Insecure(String),
    /// A browser's own page, a file, an extension.
    Restricted,
}

/// A site that may be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Host, with the port where one is written, as people read it.
    pub name: String,
    /// What to ask the browser for to read it. Without a port: Firefox allows none in a pattern.
    pub pattern: String,
}

/// Hosts of a marketplace, ` | `, hosts of its pictures; one marketplace a line. Written by the build.
const PICTURE_HOSTS: &str = include_str!("picture-hosts.txt");

/// Match patterns of where the marketplace of a site pattern keeps its pictures.
pub fn pictures_of(pattern: &str) -> Vec<String> {
    let name = name_of(pattern);
    let below = |host: &str| name == host || name.strip_suffix(host).is_some_and(|rest| rest.ends_with('.'));
    let line = PICTURE_HOSTS.lines().filter_map(|l| l.split_once(" | ")).find(|(hosts, _)| hosts.split(' ').any(below));
    line.map_or_else(Vec::new, |(_, hosts)| hosts.split(' ').map(|h| format!("https://*.{h}/*")).collect())
}

impl Site {
    /// What to ask for in one question: the site, and where its pictures stand.
    pub fn with_pictures(&self) -> Vec<String> {
        std::iter::once(self.pattern.clone()).chain(pictures_of(&self.pattern)).collect()
    }
}

/// What is no longer needed when a site is given back: where its pictures stand, unless a site that stays needs it.
pub fn given_back(pattern: &str, sites: &[String]) -> Vec<String> {
    let needed: Vec<String> = sites.iter().filter(|s| *s != pattern).flat_map(|s| pictures_of(s)).collect();
    pictures_of(pattern).into_iter().filter(|p| !needed.contains(p)).collect()
}

/// What a person may type as a site's address is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSite {
    /// Not an address.
    Shape,
    /// Plain http.
    Insecure,
}

const LOOPBACK: [&str; 2] = ["localhost", "127.0.0.1"];

/// The place of a tab's address.
pub fn place(url: &str) -> Place {
    let Some((scheme, rest)) = url.split_once("://") else { return Place::Restricted };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let Some((host, port)) = split_port(authority) else { return Place::Restricted };
    let host = host.to_ascii_lowercase();
    if !is_host(&host) {
        return Place::Restricted;
    }
    let name = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    match scheme {
        "https" => Place::Site(Site { name, pattern: format!("https://{host}/*") }),
        "http" if LOOPBACK.contains(&host.as_str()) => Place::Site(Site { name, pattern: format!("http://{host}/*") }),
        "http" => Place::Insecure(name),
        _ => Place::Restricted,
    }
}

/// The site that a person typed: a host, or an address of one of its pages.
///
/// # Errors
/// What was typed is no site, or not a secure one.
pub fn typed(text: &str) -> Result<Site, BadSite> {
    let text = text.trim();
    if text.is_empty() || text.len() > 2048 || text.contains(char::is_whitespace) {
        return Err(BadSite::Shape);
    }
    let bare_host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else if LOOPBACK.contains(&bare_host) {
        format!("http://{text}")
    } else {
        format!("https://{text}")
    };
    match place(&with_scheme) {
        Place::Site(site) if LOOPBACK.iter().any(|l| site.pattern.ends_with(&format!("//{l}/*"))) => Ok(site),
        Place::Site(site) if site.name.contains('.') => Ok(site),
        Place::Insecure(_) => Err(BadSite::Insecure),
        _ => Err(BadSite::Shape),
    }
}

/// The part of a match pattern that people read.
pub fn name_of(pattern: &str) -> &str {
    pattern.split_once("://").map_or(pattern, |(_, rest)| rest.trim_start_matches("*.")).trim_end_matches("/*")
}

fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) => {
            Some((host, Some(port)))
        }
        Some(_) => None,
        None => Some((authority, None)),
    }
}

/// Letters, digits, hyphens and dots: browsers hand out hosts in that form (other scripts as punycode).
fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(name: &str, pattern: &str) -> Place {
        Place::Site(Site { name: name.into(), pattern: pattern.into() })
    }

    #[test]
    fn places() {
        for (url, want) in [
            ("https://www.market.example/a?b#c", site("www.market.example", "https://www.market.example/*")),
            ("https://Market.example:8443/", site("market.example:8443", "https://market.example/*")),
            ("https://user:secret@market.example/", site("market.example", "https://market.example/*")),
            ("http://localhost:4711/x", site("localhost:4711", "http://localhost/*")),
            ("http://127.0.0.1/", site("127.0.0.1", "http://127.0.0.1/*")),
            ("http://market.example/", Place::Insecure("market.example".into())),
            ("http://localhost.market.example/", Place::Insecure("localhost.market.example".into())),
            ("about:blank", Place::Restricted),
            ("chrome://extensions", Place::Restricted),
            ("file:///etc/hosts", Place::Restricted),
            ("https://*/", Place::Restricted),
            ("https://", Place::Restricted),
            ("https://[::1]/", Place::Restricted),
            ("", Place::Restricted),
        ] {
            assert_eq!(place(url), want, "{url}");
        }
    }

    #[test]
    fn pictures_are_asked_for_with_their_marketplace() {
        let Ok(site) = typed("https://www.ebay.de/itm/1") else { panic!("a site") };
        assert_eq!(site.with_pictures(), ["https://www.ebay.de/*", "https://*.ebayimg.com/*"]);
        assert_eq!(pictures_of("https://notebay.de/*"), [""; 0]);
        let both = ["https://www.ebay.de/*".to_owned(), "https://www.ebay.com/*".to_owned()];
        assert_eq!(given_back(&both[0], &both), [""; 0]);
        assert_eq!(given_back(&both[0], &both[..1]), ["https://*.ebayimg.com/*"]);
        assert_eq!(name_of("https://*.ebayimg.com/*"), "ebayimg.com");
    }

    #[test]
    fn typed_sites() {
        let good = |t: &str| typed(t).map(|s| s.pattern);
        for (text, want) in [
            ("www.market.example", Ok("https://www.market.example/*")),
            (" https://market.example/search?q=1 ", Ok("https://market.example/*")),
            ("market.example/path", Ok("https://market.example/*")),
            ("localhost:8080", Ok("http://localhost/*")),
            ("http://market.example", Err(BadSite::Insecure)),
            ("market", Err(BadSite::Shape)),
            ("<all_urls>", Err(BadSite::Shape)),
            ("*.example", Err(BadSite::Shape)),
            ("https://*/*", Err(BadSite::Shape)),
            ("two words", Err(BadSite::Shape)),
            ("javascript:alert(1)", Err(BadSite::Shape)),
            ("", Err(BadSite::Shape)),
        ] {
            assert_eq!(good(text), want.map(str::to_owned), "{text}");
        }
        assert_eq!(name_of("https://market.example/*"), "market.example");
    }
}
