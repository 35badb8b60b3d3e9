//! What a name in a title is to the word behind it.
//!
//! Owns: whether an animal's or plant's name ends its phrase ("green tree python, 2 years") or only tells what kind of
//! thing the next word is ("python bike lock"). English alone: there the thing stands behind what describes it. Never:
//! weighs, or asks what the unknown thing is.

use super::gather::{Found, Hit, overlaps, read};
use super::standing::{Sort, Standing};
use crate::lexicon::Languages;
use spotter_model::{CueKind, Field, Listing};

/// How many words before a name are looked at.
const REACH: usize = 5;

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// The end of the title or of a part of it, a number, a sex or an age, a sign of an offer; and before the name
    /// nothing that is not known: it is what is offered.
    End,
    /// The same, but unknown words before the name: it may be what a thing shows.
    Late,
    /// A word that nobody knows, most likely the thing that is sold.
    Thing,
}

/// Words behind the animal that is offered itself.
const OF_ANIMALS: &str = "adult adults alive available babies baby breeder breeders captive chick chicks couple cub cubs female \
    females for hen hens juvenile juveniles live male males needs pair pairs proven pup pups ready specimen tame \
    trio wild young";
/// Words that say nothing of whether a thing follows: they join, or describe it further.
const SILENT: &str = "a and antique as at authentic beautiful big black blue brown by dark dried early from full genuine giant \
    gold gray great green grey hand handmade huge in is large light long lot made mens mini natural new nice of \
    old on or orange original pink pre purple rare real red set short silver small tall tan the thick tiny to \
    unisex used vintage white wide with womens yellow you";
/// Words behind which stands what a thing is for, what comes with it, or what it resembles.
const ASIDE: &str = "fits for like w with";
const NUMBERS: &str = "few five four several six some three two";

fn among(words: &str, word: &str) -> bool {
    words.split(' ').any(|w| w == word)
}

/// Finds the first name of a sort whose phrase ends in the title, or else the first that stands before an unknown
/// thing: its place among what stands, and which of the two it is.
pub fn behind(listing: &Listing, found: &Found, standing: &[Standing<'_>], sort: Sort) -> Option<(usize, Behind)> {
    let english = Languages::of("en")?;
    if !Languages::of(&listing.lang)?.meets(english) {
        return None;
    }
    let title = Field::Title as usize;
    let mut first: Option<(usize, Behind)> = None;
    for hit in found.hits.iter().take_while(|h| h.field <= title).filter(|h| !h.dropped && h.field == title) {
        if !hit.languages.meets(english) {
            continue;
        }
        let Some(i) = standing.iter().position(|s| s.index == hit.concept && s.sort == sort) else { continue };
        match behind_hit(listing, found, standing, hit) {
            Some(Behind::End) => return Some((i, Behind::End)),
            Some(other) if first.is_none() => first = Some((i, other)),
            _ => {}
        }
    }
    first
}

/// Whether every name of a sort in the title stands behind a word that says what something else is for or comes with
/// ("food for ball python", "knife with leather sheath"): the place of the first among what stands.
pub fn is_for(listing: &Listing, found: &Found, standing: &[Standing<'_>], sort: Sort) -> Option<usize> {
    let english = Languages::of("en")?;
    if !Languages::of(&listing.lang)?.meets(english) {
        return None;
    }
    let title = Field::Title as usize;
    let mut first = None;
    for hit in found.hits.iter().take_while(|h| h.field <= title).filter(|h| !h.dropped && h.field == title) {
        let Some(i) = standing.iter().position(|s| s.index == hit.concept && s.sort == sort) else { continue };
        if !hit.languages.meets(english) || !is_aside(found, hit) {
            return None;
        }
        first.get_or_insert(i);
    }
    first
}

/// Whether such a word stands before a name, with nothing between them but what describes it or is known.
fn is_aside(found: &Found, hit: &Hit) -> bool {
    let before = found.folded[hit.field].text.get(..hit.start).unwrap_or("");
    let mut end = before.len();
    for word in before.split(' ').rev().take(REACH) {
        let here = Hit { start: end - word.len(), end, ..*hit };
        end = here.start.saturating_sub(1);
        let known = || found.hits.iter().any(|h| !h.dropped && overlaps(h, &here));
        if among(ASIDE, word) && !word.is_empty() {
            return !known();
        }
        if !word.is_empty() && !among(SILENT, word) && !among(NUMBERS, word) && !known() {
            return false;
        }
    }
    false
}

/// Whether nothing but what is known stands before a name: numbers, other cues that are no look-alikes, words that
/// describe.
fn leads(found: &Found, standing: &[Standing<'_>], hit: &Hit) -> bool {
    let mut at = 0;
    found.folded[hit.field].text.get(..hit.start).unwrap_or("").split(' ').all(|word| {
        let here = Hit { start: at, end: at + word.len(), ..*hit };
        at = here.end + 1;
        let known = |h: &&Hit| {
            !h.dropped
                && overlaps(h, &here)
                && standing.iter().any(|s| s.index == h.concept && s.concept.kind != CueKind::Lookalike)
        };
        !word.starts_with(|c: char| c.is_ascii_lowercase())
            || among(SILENT, word)
            || among(OF_ANIMALS, word)
            || among(NUMBERS, word)
            || found.hits.iter().any(|h| known(&h))
    })
}

fn behind_hit(listing: &Listing, found: &Found, standing: &[Standing<'_>], hit: &Hit) -> Option<Behind> {
    let end = || Some(if leads(found, standing, hit) { Behind::End } else { Behind::Late });
    let folded = &found.folded[hit.field];
    let rest = folded.text.get(hit.end..)?;
    if rest.is_empty() {
        return end();
    }
    let rest = rest.strip_prefix(' ')?;
    let word = rest.split(' ').next().unwrap_or(rest);
    let next = Hit { start: hit.end + 1, end: hit.end + 1 + word.len(), ..*hit };
    for known in found.hits.iter().filter(|h| !h.dropped && overlaps(h, &next)) {
        match standing.iter().find(|s| s.index == known.concept).map(|s| s.sort) {
            Some(Sort::Trade | Sort::Claim | Sort::Method) => return end(),
            // Goods of leather are a thing like any other.
            Some(Sort::Made) | None => {}
            // What is known has weights of its own.
            Some(_) => return None,
        }
    }
    if !word.starts_with(|c: char| c.is_ascii_lowercase()) || among(OF_ANIMALS, word) {
        return end();
    }
    let text = read(listing, Field::Title);
    let (from, to) = folded.source(text, hit.end - 1, next.start + 1);
    let gap = text.get(from..to).unwrap_or("");
    if gap.chars().any(|c| !c.is_alphanumeric() && !c.is_whitespace()) {
        return end();
    }
    (!among(SILENT, word)).then_some(Behind::Thing)
}

#[cfg(test)]
mod tests {
    use super::{ASIDE, NUMBERS, OF_ANIMALS, SILENT, among};
    use crate::lexicon::Feature;
    use crate::testing::detector;
    use spotter_model::Listing;

    #[test]
    fn words_are_in_one_list_alone() {
        for word in OF_ANIMALS.split(' ') {
            assert!(!among(SILENT, word) && !among(NUMBERS, word) && !word.is_empty(), "{word}");
        }
        for word in SILENT.split(' ') {
            assert!(!among(NUMBERS, word) && !word.is_empty(), "{word}");
        }
        for word in ASIDE.split(' ') {
            assert!(!among(NUMBERS, word) && !word.is_empty(), "{word}");
        }
    }

    #[test]
    fn what_a_name_is_to_the_word_behind_it() {
        let lexicon = crate::testing::lexicon();
        let detector = detector(&lexicon);
        let of = |lang: &str, title: &str| {
            let listing = Listing { lang: lang.into(), title: title.into(), ..Listing::default() };
            let among = [Feature::NameThing, Feature::NameEnd, Feature::NameLate];
            let date = "2026-11-20".parse().unwrap();
            let found = detector.features(&listing, date).into_iter().map(|(f, _)| f).find(|f| among.contains(f));
            found.map(Feature::name)
        };
        for (title, behind) in [
            ("tiger", Some("name.end")),
            ("Two tigers available", Some("name.end")),
            ("Large orange tiger, 2 years", Some("name.end")),
            ("Tiger - with cage", Some("name.end")),
            ("Tiger 12 inch", Some("name.end")),
            ("Tiger vintage", None),
            ("Tiger slingshot bands", Some("name.thing")),
            ("New tiger slingshot", Some("name.thing")),
            ("Zippered corkscrew tiger", Some("name.late")),
            // What is known behind it has weights of its own.
            ("Tiger jaw", None),
            // A name that ends its phrase is meant, whatever the other one does.
            ("Tiger, or tiger slingshot", Some("name.end")),
        ] {
            assert_eq!(of("en", title), behind, "{title}");
        }
        // What something is for or comes with is not offered.
        let aside = |title: &str| {
            let listing = Listing { lang: "en".into(), title: title.into(), ..Listing::default() };
            detector.features(&listing, "2026-11-20".parse().unwrap()).iter().any(|(f, _)| *f == Feature::NameFor)
        };
        for title in ["Corkscrew for tiger", "Corkscrew with large tiger", "Corkscrew for two tigers"] {
            assert!(aside(title), "{title}");
        }
        for title in ["Tiger for sale", "Tiger with cage", "Tiger, corkscrew for tiger", "Tiger"] {
            assert!(!aside(title), "{title}");
        }
        // Elsewhere the thing may stand before what describes it, and an unknown language may be any.
        assert_eq!(of("fr", "tiger slingshot"), None);
        assert_eq!(of("", "tiger slingshot"), None);
    }
}
