//! A weight in grams or kilograms, whatever the figure: no word list can hold it.
//!
//! Owns: units in every language, and the figure before them. Never: decides what a weight says; it is company for a
//! code word and nothing else.

use super::gather::{Found, Hit};
use crate::lexicon::{Attested, Languages, Lexicon, Selector, Strength};
use crate::normalize::tables;
use spotter_model::{CueKind, Field};

/// The concept that a weight stands for.
const CONCEPT: &str = "trade.weight";
/// Words and signs for grams and kilograms, as people write them.
const UNITS: &[&str] = &[
    "g",
    "gr",
    "grs",
    "gm",
    "gms",
    "gram",
    "grams",
    "gramm",
    "gramme",
    "grammes",
    "gramo",
    "gramos",
    "grama",
    "gramas",
    "grammi",
    "grammo",
    "gramow",
    "gramy",
    "gramu",
    "gam",
    "kg",
    "kilo",
    "kilos",
    "г",
    "гр",
    "грамм",
    "граммов",
    "грамма",
    "грам",
    "грамів",
    "кг",
    "غ",
    "غم",
    "جم",
    "غرام",
    "جرام",
    "غراما",
    "كيلو",
    "گرم",
    "ग्राम",
    "किलो",
    "克",
    "公克",
    "公斤",
    "グラム",
    "キロ",
    "그램",
    "킬로",
    "กรัม",
    "กก",
    "กิโล",
];

/// Adds weights to what was found, where a code word asks for them.
pub fn add(lexicon: &Lexicon, found: &mut Found) {
    let asked = found.hits.iter().find_map(|h| {
        let concept = lexicon.concept(h.concept);
        (concept.kind == CueKind::Code).then_some(&concept.needs)?.iter().find_map(|s| match s {
            Selector::Concept(c) if lexicon.concept(*c).id() == CONCEPT => Some(*c),
            _ => None,
        })
    });
    let Some(concept) = asked else { return };
    for field in [Field::Title as usize, Field::Description as usize] {
        let at = find(&found.folded[field].text);
        let known = |&(start, end): &(usize, usize)| {
            !found.hits.iter().any(|h| h.field == field && h.concept == concept && h.start < end && start < h.end)
        };
        if let Some((start, end)) = at.filter(known) {
            let hit = Hit {
                concept,
                field,
                start,
                end,
                strength: Strength::Weak,
                attested: Attested::Observed,
                languages: Languages::ANY,
                disguised: false,
                added: false,
                dropped: false,
            };
            // In order of field and place, longest first.
            let place = found.hits.partition_point(|h| (h.field, h.start) < (field, start));
            found.hits.insert(place, hit);
        }
    }
}

/// The first figure of a folded text that a unit follows, as a byte range.
fn find(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(digit) = text[from..].find(|c: char| c.is_ascii_digit()) {
        let start = from + digit;
        let figure = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |n| start + n);
        let gap = usize::from(text[figure..].starts_with(' '));
        let rest = &text[figure + gap..];
        let word = &rest[..rest.find(' ').unwrap_or(rest.len())];
        let is = |unit: &&&str| word == **unit || (goes_on(unit) && word.starts_with(**unit));
        // "5g" is a telephone.
        let unit = UNITS.iter().find(is).filter(|u| **u != "g" || figure - start > 1);
        if let Some(unit) = unit {
            return Some((start, figure + gap + unit.len()));
        }
        from = figure;
    }
    None
}

/// Whether a unit is written together with what follows.
fn goes_on(unit: &str) -> bool {
    unit.starts_with(|c| tables::is_unsegmented(c) || tables::is_hangul(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize;

    #[test]
    fn units_are_written_as_they_are_folded() {
        for unit in UNITS {
            assert_eq!(normalize::fold(unit).text, **unit);
        }
    }

    #[test]
    fn weights_of_every_script() {
        for (text, weight) in [
            ("carved, 450 g", Some("450 g")),
            ("Gewicht: 96gr.", Some("96gr")),
            ("вес 120 грамм", Some("120 грамм")),
            ("手串46克左右", Some("46克")),
            ("น้ำหนัก 55 กรัม", Some("55 กรัม")),
            ("size 12, 3.5 kg", Some("5 kg")),
            ("5G phone, 20 cm, 12 gallons", None),
            ("2024", None),
        ] {
            let folded = normalize::fold(text).text;
            assert_eq!(find(&folded).map(|(from, to)| &folded[from..to]), weight, "{text}");
        }
    }
}
