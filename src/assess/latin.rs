//! Names of the register beyond what a pattern can say: a genus with an epithet that nobody wrote down, and which of
//! its names count only in company.
//!
//! Owns: both rules. Never: finds a pattern, weighs.

use super::gather::{Found, Hit, read, shares_group, speaks};
use super::standing::{Sort, Standing};
use crate::lexicon::{ConceptRef, Lexicon, Strength};
use spotter_model::InOrder;
use spotter_model::{Field, Listing};

/// Shortest epithet that is taken for one.
const EPITHET: usize = 5;
/// From this length on a genus is hardly an ordinary word.
const LONG_GENUS: usize = 7;
/// How Latin epithets end, as hardly another word does.
const ENDINGS: &[&str] = &[
    "us", "um", "is", "ii", "ae", "ensis", "ense", "ata", "ana", "ica", "ina", "osa", "ella", "illa", "ula", "ides",
    "ifera", "ifolia", "iflora", "eri", "ini", "oni", "ani", "ori", "eni", "ali", "eli", "mei", "nei", "iva", "anda",
    "enda", "lla", "aria", "inea", "rea", "ceps", "ior", "pes", "color", "oides", "ens", "clada", "dora", "ida",
];
/// Ordinary words with such an ending.
const WORDS: &[&str] = &[
    "album",
    "aquarium",
    "atlantis",
    "basis",
    "bonus",
    "campus",
    "cactus",
    "circus",
    "corpus",
    "crisis",
    "discus",
    "focus",
    "forum",
    "genus",
    "hibiscus",
    "jesus",
    "lotus",
    "maximum",
    "medium",
    "minimum",
    "minus",
    "museum",
    "opus",
    "oasis",
    "platinum",
    "plus",
    "premium",
    "quantum",
    "status",
    "stadium",
    "tennis",
    "titanium",
    "venus",
    "versus",
    "versatilis",
    "virus",
    "america",
    "africa",
    "china",
    "medina",
    "marina",
    "cortina",
    "cinta",
    "vanilla",
    "villa",
    "paella",
    "umbrella",
    "mantilla",
    "gorilla",
    "guerilla",
    "data",
    "strata",
    "botanica",
    "fabrica",
    "musica",
    "practica",
    "casual",
    "luxus",
    "grand",
    "gratis",
    "paris",
    "unis",
    "avis",
    "devis",
    "depuis",
    "aussi",
    "mini",
    "mani",
    "sushi",
    "alumni",
    "terrarium",
    "vivarium",
    "paludarium",
    "helium",
    "geranium",
    "petroleum",
    "linoleum",
    "serum",
    "rhodium",
    "sodium",
    "calcium",
];

/// Gives a genus that is followed by an epithet the strength of a species, and takes the epithet in: "Varanus
/// boehmei", "Varanus cf. prasinus", "Varanus spp.". Only where both are written as Latin names are.
pub fn binomials(lexicon: &Lexicon, listing: &Listing, found: &mut Found) {
    let mut longer = false;
    for hit in &mut found.hits {
        let concept = lexicon.concept(hit.concept);
        if !is_genus(&concept) || hit.disguised {
            continue;
        }
        let folded = &found.folded[hit.field];
        let name = folded.text.get(hit.start..hit.end).unwrap_or("");
        if !name.eq_ignore_ascii_case(concept.label) {
            continue;
        }
        let text = read(listing, Field::ALL[hit.field]);
        let original = |from: usize, to: usize| {
            let (from, to) = folded.source(text, from, to);
            text.get(from..to).unwrap_or("")
        };
        if !original(hit.start, hit.end).starts_with(char::is_uppercase) {
            continue;
        }
        let mut at = hit.end;
        let mut next = || -> Option<(usize, usize)> {
            let rest = folded.text.get(at..)?.strip_prefix(' ')?;
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let from = at + 1;
            at = from + end;
            (end > 0).then_some((from, at))
        };
        let Some((from, to)) = next() else { continue };
        let word = &folded.text[from..to];
        if matches!(word, "sp" | "spp" | "hybrid") {
            (hit.end, hit.strength) = (to, hit.strength.max(Strength::Medium));
            longer = true;
            continue;
        }
        let epithet = if matches!(word, "cf" | "aff") { next() } else { Some((from, to)) };
        if let Some((from, to)) = epithet
            && is_epithet(&folded.text[from..to], name.len())
            && original(from, to).starts_with(char::is_lowercase)
        {
            (hit.end, hit.strength) = (to, Strength::Strong);
            longer = true;
        }
    }
    if longer {
        // What covers others must stand before them.
        found.hits.order_by_key(|h| (h.field, h.start, std::cmp::Reverse(h.end)));
    }
}

fn is_genus(concept: &ConceptRef<'_>) -> bool {
    concept.is_register() && !concept.label.contains(' ') && !concept.label.ends_with("idae")
}

/// Beside a long genus, which is no brand or ordinary word, the last letter is enough.
fn is_epithet(word: &str, genus: usize) -> bool {
    let long = word.len() >= if genus >= LONG_GENUS { 4 } else { EPITHET };
    let latin =
        ENDINGS.iter().any(|e| word.ends_with(e)) || (genus >= LONG_GENUS && word.ends_with(['a', 'i', 'e', 's', 'x']));
    long && latin && word.bytes().all(|b| b.is_ascii_lowercase()) && !WORDS.contains(&word)
}

/// Whether a weak name of the register stands within a word that people wrote down for the same animals: theirs
/// counts, and says more.
pub fn is_within_written(lexicon: &Lexicon, outer: &Hit, inner: &Hit) -> bool {
    let (a, b) = (lexicon.concept(outer.concept), lexicon.concept(inner.concept));
    // A scientific name stays: it says which taxon.
    let official = inner.end - inner.start != b.label.len();
    b.is_register()
        && official
        && inner.strength == Strength::Weak
        && !a.is_register()
        && speaks(a.kind)
        && shares_group(&a, &b)
}

/// Leaves out weak names of the register that stand alone: an ordinary word counts only beside another sign of the
/// same animals; a genus, which is hardly one, beside a sign of an offer too. They stay among the cues, with no weight.
pub fn leave_out_lone(standing: &mut Vec<Standing<'_>>) {
    let weak = |s: &Standing<'_>| s.concept.is_register() && s.strength == Strength::Weak;
    let is_scientific = |s: &Standing<'_>| s.hit.end - s.hit.start == s.concept.label.len();
    let lone: Vec<bool> = standing
        .iter()
        .map(|s| {
            weak(s)
                && !standing.iter().any(|other| {
                    let apart = other.index != s.index
                        && (other.hit.field != s.hit.field
                            || other.hit.end <= s.hit.start
                            || s.hit.end <= other.hit.start);
                    let same_animals =
                        other.sort.is_subject() && !weak(other) && shares_group(&other.concept, &s.concept);
                    apart && (same_animals || (other.sort == Sort::Trade && is_scientific(s)))
                })
        })
        .collect();
    let mut at = 0;
    standing.retain(|_| {
        at += 1;
        !lone[at - 1]
    });
}

#[cfg(test)]
mod tests {
    use super::is_epithet;

    #[test]
    fn epithets() {
        for word in ["boehmei", "regius", "madagascariensis", "calyptratus", "hortulana", "gracilis"] {
            assert!(is_epithet(word, 3), "{word}");
        }
        for word in ["valida", "boehmei", "secale", "nana"] {
            assert!(is_epithet(word, 8), "{word}");
        }
        for word in ["premium", "leather", "africa", "tennis", "musica", "us", "Regius", "r2d2us"] {
            assert!(!is_epithet(word, 3), "{word}");
        }
    }
}
