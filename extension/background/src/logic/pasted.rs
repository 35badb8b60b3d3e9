//! What a spotter saw elsewhere, in a phone app for instance: a link, and what was typed about it, as a listing.
//! Nothing is fetched from the marketplace.

use super::sentence::Sentence;
use super::urls;
use spotter_model::messages::CollectedListing;
use spotter_model::report::Place;
use spotter_model::{Listing, ListingKind, limits};

/// The key of a listing that was pasted.
pub const KEY: &str = "pasted";

/// The listing, ready to become a draft; `flagged` is not known yet.
///
/// # Errors
/// The link is none of the web's.
pub fn collected(link: &str, title: &str, text: &str, at: &str) -> Result<CollectedListing, Sentence> {
    let bad = || Sentence::new("bg_pasted_link");
    let link = link.trim();
    let link = if link.contains("://") { link.to_owned() } else { format!("https://{link}") };
    if link.len() > limits::URL_BYTES || link.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(bad());
    }
    let url = urls::strip(&link).ok_or_else(bad)?;
    let marketplace = host_of(&url).ok_or_else(bad)?;
    let place = Place {
        marketplace,
        listing_id: String::new(),
        url_canonical: url.clone(),
        url_at_match: url.clone(),
        url_observed: url.clone(),
    };
    let listing = Listing {
        kind: ListingKind::Listing,
        title: title.trim().to_owned(),
        description: text.trim().to_owned(),
        url,
        ..Listing::default()
    };
    Ok(CollectedListing {
        key: KEY.into(),
        listing,
        place,
        matched_at: at.to_owned(),
        card_only: false,
        flagged: false,
        pictures: vec![],
        viewport_box: None,
        pixel_ratio: 1.0,
    })
}

/// The host in lower case, without a leading `www.`, with its port where one is written.
fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#', '\\']).next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let name = host.split(':').next()?;
    let fits = name.split('.').count() > 1
        && name.split('.').all(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    fits.then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        let at = "2026-11-23T22:13:54Z";
        for (link, want) in [
            (
                "https://www.Market.example/i/1?utm_source=x#top",
                Some(("market.example", "https://www.Market.example/i/1")),
            ),
            (" market.example/i/1 ", Some(("market.example", "https://market.example/i/1"))),
            ("https://me:secret@market.example/i", Some(("market.example", "https://market.example/i"))),
            ("https://market.example:8443/", Some(("market.example:8443", "https://market.example:8443/"))),
            ("market", None),
            ("two words.example", None),
            ("javascript://market.example/", None),
            ("https://", None),
            ("https://..example/", None),
            ("", None),
        ] {
            let got = collected(link, " Title ", "", at).map(|c| (c.place.marketplace, c.place.url_canonical)).ok();
            assert_eq!(got, want.map(|(m, u)| (m.to_owned(), u.to_owned())), "{link}");
        }
        assert_eq!(collected(&"x".repeat(9_000), "", "", at).unwrap_err().0, "bg_pasted_link");
        assert_eq!(collected("a.example", " Title ", " text ", at).unwrap().listing.title, "Title");
    }
}
