//! Templates of addresses: `/item/*/{n}.html`. Bounded by how they are made, so that no address, however long, takes
//! time: `*` stays within one part of the path, and a template holds few of them.
//!
//! | in a template | stands for |
//! |---|---|
//! | `{n}` | the id: at least three digits |
//! | `{id}` | the id: letters, digits, `-` and `_` |
//! | `*` | anything without `/` |
//! | `?name={n}` | at the end: the id is the parameter `name`, whatever else is asked |
//!
//! The content script holds the same rules (`marketplaces.ts`); the examples of each file are tried in both.

/// Longest template.
const MAX_CHARS: usize = 80;
/// Most wildcards of one template.
const MAX_STARS: usize = 5;
/// As a path that is never read: the first page alone.
const FIRST_PAGE: &str = "/";
/// Longest id.
const MAX_ID: usize = 64;

/// Why a template of a listing's address is refused.
pub fn problem(template: &str) -> Option<&'static str> {
    let marks = template.matches("{n}").count() + template.matches("{id}").count();
    let rest = template.replace("{n}", "").replace("{id}", "");
    if template.chars().count() > MAX_CHARS {
        Some("is too long")
    } else if !template.starts_with('/') {
        Some("must begin with /")
    } else if marks == 0 || marks > 2 {
        Some("must hold {n} or {id}, at most twice")
    } else if rest.contains(['{', '}']) {
        Some("knows only {n} and {id} in braces")
    } else if template.contains("}{") || template.contains("}*") || template.contains("**") {
        Some("must have something that ends a {n}, {id} or *")
    } else if template.matches('*').count() > MAX_STARS {
        Some("has too many *")
    } else if !rest.chars().all(|c| c.is_ascii_alphanumeric() || "/*-_.?=;~".contains(c)) {
        Some("holds a character that no template may")
    } else {
        None
    }
}

/// Why a path that is never read is refused.
pub fn path_problem(path: &str) -> Option<&'static str> {
    if path == FIRST_PAGE {
        None
    } else if path.len() > MAX_CHARS {
        Some("is too long")
    } else if !path.starts_with('/') || path.len() < 2 || path.ends_with('/') {
        Some("must begin with / and end with a word")
    } else if !path.split('/').skip(1).all(|part| part == "*" || is_word(part)) {
        Some("is made of whole words and *")
    } else {
        None
    }
}

fn is_word(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.;".contains(c))
}

/// Whether a path lies at or below one that is never read.
pub fn is_below(path: &str, prefix: &str) -> bool {
    let path = path.to_ascii_lowercase();
    if prefix == FIRST_PAGE {
        return path == FIRST_PAGE;
    }
    let mut parts = path.split('/').filter(|p| !p.is_empty());
    prefix.split('/').filter(|p| !p.is_empty()).all(|want| parts.next().is_some_and(|part| want == "*" || want == part))
}

/// The id in an address's path and query, by a template.
pub fn id(template: &str, path: &str, query: &str) -> Option<String> {
    let (shape, parameter) = match template.split_once('?') {
        Some((shape, parameter)) => (shape, Some(parameter)),
        None => (template, None),
    };
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    let shape = if shape.len() > 1 { shape.trim_end_matches('/') } else { shape };
    let mut found = take(shape, path)?;
    if let Some((name, mark)) = parameter.and_then(|p| p.split_once('=')) {
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        found.extend(take(mark, value)?);
    }
    let id = found.join(".");
    (!id.is_empty() && id.len() <= MAX_ID).then_some(id)
}

/// The ids in a text that a template fits as a whole. Takes as much as it can, and less where the rest wants it.
fn take(template: &str, text: &str) -> Option<Vec<String>> {
    for (mark, least, fits) in [("{n}", 3, is_digit as fn(u8) -> bool), ("{id}", 1, is_id)] {
        if let Some(rest) = template.strip_prefix(mark) {
            let most = text.bytes().take(MAX_ID).take_while(|b| fits(*b)).count();
            return (least..=most).rev().find_map(|n| {
                let mut found = vec![text[..n].to_owned()];
                found.extend(take(rest, &text[n..])?);
                Some(found)
            });
        }
    }
    match template.chars().next() {
        None => text.is_empty().then(Vec::new),
        Some('*') => {
            let most = text.bytes().take_while(|b| *b != b'/').count();
            (0..=most).rev().filter(|n| text.is_char_boundary(*n)).find_map(|n| take(&template[1..], &text[n..]))
        }
        Some(c) => take(&template[c.len_utf8()..], text.strip_prefix(c)?),
    }
}

const fn is_digit(b: u8) -> bool {
    b.is_ascii_digit()
}

const fn is_id(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'-' || b == b'_'
}

#[cfg(test)]
mod tests {
    use super::{id, is_below, path_problem, problem};

    #[test]
    fn ids_in_addresses() {
        for (template, path, query, want) in [
            ("/itm/{n}", "/itm/1234567", "x=1", Some("1234567")),
            ("/itm/{n}", "/itm/1234567/", "", Some("1234567")),
            ("/itm/{n}", "/itm/12345x", "", None),
            ("/itm/*/{n}", "/itm/some-words/1234567", "", Some("1234567")),
            ("/itm/*/{n}", "/itm/a/b/1234567", "", None),
            ("/*-ID{id}.html", "/blue-lamp-CID99-ID16wbqX.html", "", Some("16wbqX")),
            ("/*-i.{n}.{n}", "/Lamp-i.1234.99887766", "", Some("1234.99887766")),
            ("/item.htm?id={n}", "/item.htm", "spm=1&id=778899", Some("778899")),
            ("/item.htm?id={n}", "/item.htm", "spm=1", None),
            ("/*_{n}-v", "/lamp_of_brass_4455-v", "", Some("4455")),
        ] {
            assert_eq!(id(template, path, query).as_deref(), want, "{template} {path}");
        }
    }

    #[test]
    fn paths_by_whole_words() {
        for (path, prefix, want) in [
            ("/messages", "/messages", true),
            ("/Messages/t/12", "/messages", true),
            ("/messages-of-old", "/messages", false),
            ("/en/inbox/3", "/*/inbox", true),
            ("/inbox", "/*/inbox", false),
            ("/", "/", true),
            ("/x", "/", false),
        ] {
            assert_eq!(is_below(path, prefix), want, "{path} {prefix}");
        }
    }

    #[test]
    fn what_is_not_bounded_is_refused() {
        for good in ["/itm/{n}", "/*/p/{id}", "/item.htm?id={n}", "/*-i.{n}.{n}"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in [
            "itm/{n}",
            "/itm",
            "/{n}{n}",
            "/**{n}",
            "/{x}{n}",
            "/*/*/*/*/*/*/{n}",
            "/(a+)+{n}",
            "/{n}*",
            "/{n}/{n}/{n}",
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
        for bad in ["", "x", "/x/", "/A", "/a b", "/a//b", "/a*"] {
            assert!(path_problem(bad).is_some(), "{bad}");
        }
        assert_eq!(path_problem("/*/my-account"), None);
    }
}
