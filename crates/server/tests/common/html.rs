//! What a page may be made of: the tags and attributes of the templates. Anything else came out of foreign text.

/// Every tag that the templates write.
pub const TAGS: &str = "!DOCTYPE html head meta title link script body a header svg path span nav form input button main div h1 h2 h3 p ul li ol \
                    label select option table thead tbody tr th td caption time bdi b i strong article aside section dl dt dd mark figure \
                    figcaption img details summary textarea kbd datalist br rect fieldset legend";
/// Every attribute that they write.
pub const ATTRIBUTES: &str = "html lang charset name content rel type href src defer class id aria-label aria-current aria-hidden aria-describedby \
                          role viewBox width height d method action value data-key data-go scope title datetime dir tabindex target loading alt \
                          maxlength rows placeholder accesskey disabled readonly form autofocus selected inputmode autocomplete required open lang checked spellcheck list multiple hreflang formaction preserveAspectRatio pattern autocapitalize min max colspan";

/// The tags of a page with the names of their attributes, as a parser of double-quoted HTML sees them.
pub fn tags(page: &str) -> Vec<(String, Vec<String>)> {
    let mut all = vec![];
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let (mut bare, mut quoted) = (String::new(), false);
        for (n, c) in rest.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    rest = &rest[n + 1..];
                    break;
                }
                c if !quoted => bare.push(c),
                _ => {}
            }
        }
        let mut words = bare.split_whitespace().map(|w| w.trim_matches(['/', '=']).to_owned());
        all.push((words.next().unwrap_or_default(), words.filter(|w| !w.is_empty()).collect()));
    }
    all
}

/// Fails where a page has a tag or an attribute that no template writes.
pub fn only_ours(page: &str) {
    for (tag, attributes) in tags(page) {
        assert!(TAGS.split_whitespace().any(|t| t == tag), "<{tag}>");
        for attribute in attributes {
            assert!(ATTRIBUTES.split_whitespace().any(|a| a == attribute), "<{tag} {attribute}>");
        }
    }
}
