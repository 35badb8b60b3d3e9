//! Where a marketplace is and which language an offer is in, as far as the lexicon says. Owns no list: the hosts are the
//! lexicon's at build time.

/// Hosts with their country and their only language, sorted by host; empty where the lexicon leaves it open.
const HOSTS: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/hosts.rs"));

/// The country (ISO 3166) and the only language of a marketplace; empty where it has several or is not known.
#[must_use]
pub fn of_host(host: &str) -> (&'static str, &'static str) {
    let mut rest = host;
    loop {
        if let Ok(at) = HOSTS.binary_search_by(|(known, ..)| (*known).cmp(rest)) {
            return (HOSTS[at].1, HOSTS[at].2);
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return ("", ""),
        }
    }
}

/// The language of a BCP-47 tag without script and region, in small letters; empty where it is none.
#[must_use]
pub fn language(tag: &str) -> String {
    let first = tag.split(['-', '_']).next().unwrap_or("");
    let fits = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    if fits { first.to_ascii_lowercase() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_bring_their_country_and_language() {
        assert!(HOSTS.is_sorted_by(|a, b| a.0 < b.0) && HOSTS.len() > 100);
        assert_eq!(of_host("allegro.pl"), ("PL", "pl"));
        assert_eq!(of_host("www.ebay.co.uk"), ("GB", ""));
        assert_eq!(of_host("alibaba.com"), ("", ""), "the lexicon says: everywhere");
        assert_eq!(of_host("allegro.pl.example"), ("", ""));
    }

    #[test]
    fn tags_lose_script_and_region() {
        for (tag, want) in [("de-CH", "de"), ("zh_Hant", "zh"), ("FIL", "fil"), ("", ""), ("x", ""), ("<b>", "")] {
            assert_eq!(language(tag), want, "{tag}");
        }
    }
}
