//! Czech declensions, on folded stems.

use super::{Grammar, Row, ends, last_vowel, replace_end};

const VOWELS: &str = "aáeéěiíoóuúůyý";

pub(super) const GRAMMAR: Grammar = Grammar {
    nouns: &[
        Row { ends: &["a"], cut: 1, endings: ["y", "~e", "u", "ou", "~e", "y", "+ *", "am", "ami", "ach"] },
        Row { ends: &["ice"], cut: 1, endings: ["e", "i", "i", "i", "i", "e", "+", "im", "emi", "ich"] },
        Row {
            ends: &["že", "ce", "ule", "ole", "yle", "ile"],
            cut: 1,
            endings: ["e", "i", "i e", "i em", "i", "e", "i", "im", "emi", "ich"],
        },
        // What is young and neuter has -et-: "morče".
        Row {
            ends: &["e", "ě"],
            cut: 1,
            endings: ["e ete", "i eti", "i e", "i etem", "i eti", "e ata", "i at", "im atum", "emi aty", "ich atech"],
        },
        Row { ends: &["í"], cut: 0, endings: ["=", "=", "=", "m", "=", "=", "=", "m", "mi", "ch"] },
        Row { ends: &["o"], cut: 1, endings: ["a", "u", "=", "em", "u ~e", "a", "+ *", "um", "y", "ech ach"] },
        Row {
            ends: &["ek"],
            cut: 2,
            endings: ["ka ku", "ku kovi", "ka", "kem", "ku kovi", "ky ci", "ku", "kum", "ky", "cich kach"],
        },
        Row { ends: &["ec"], cut: 2, endings: ["ce", "ci", "ce", "cem", "ci", "ce ci", "cu", "cum", "ci", "cich"] },
        Row {
            ends: &["el"],
            cut: 2,
            endings: [
                "la lu ele",
                "lu lovi eli",
                "la ele",
                "lem elem",
                "lu eli",
                "ly li",
                "lu elu",
                "lum elum",
                "ly eli",
                "lech",
            ],
        },
        Row { ends: &["ost"], cut: 0, endings: ["i", "i", "=", "i", "i", "i", "i", "em", "mi", "ech"] },
        Row {
            ends: &["c", "č", "ď", "j", "ň", "ř", "š", "ť", "ž"],
            cut: 0,
            endings: ["e i", "i ovi", "e", "em i", "i", "e i ove", "u i", "um im", "i emi", "ich"],
        },
        Row {
            ends: &["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "z"],
            cut: 0,
            endings: ["a u", "u ovi", "a", "em", "u ovi ~e", "y i ove", "u", "um", "y", "ech ich"],
        },
    ],
    adjectives: &[
        Row { ends: &["ý"], cut: 1, endings: ["eho", "emu", "eho", "ym", "em", "e i", "ych", "ym", "ymi", "ych"] },
        Row { ends: &["á"], cut: 1, endings: ["e", "e", "ou", "ou", "e", "e", "ych", "ym", "ymi", "ych"] },
        Row { ends: &["é"], cut: 1, endings: ["eho", "emu", "=", "ym", "em", "a", "ych", "ym", "ymi", "ych"] },
        Row { ends: &["í"], cut: 0, endings: ["ho =", "mu =", "ho =", "m =", "m =", "=", "ch", "m", "mi", "ch"] },
    ],
    surely: &["ý", "á", "é", "ní", "cí", "dí", "ší", "čí"],
    agree: |noun, adjective| match noun.chars().next_back() {
        // Some speakers have it masculine.
        Some('a') if noun.ends_with("koala") => true,
        Some('a') => ends(adjective, &["á", "í"]),
        Some('o') => ends(adjective, &["é", "í"]),
        _ => true,
    },
    perhaps: &[],
    soften: |stem| replace_end(stem, &[("ch", "s"), ("k", "c"), ("h", "z"), ("g", "z")]),
    returning: |stem| {
        let mut end = stem.chars().rev();
        let (last, before) = (end.next()?, end.next()?);
        (!VOWELS.contains(last) && !VOWELS.contains(before) && matches!(last, 'k' | 'n' | 'l' | 'r' | 'v'))
            .then_some("e")
    },
    oblique: |word| last_vowel(word, VOWELS, 'ů', &["o"]),
};

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::tests::has;

    #[test]
    fn nouns() {
        for (lemma, wanted) in [
            ("želva", &["želvy", "želvě", "želvu", "želvou", "želv", "želvám", "želvami", "želvách"][..]),
            ("opice", &["opici", "opicí", "opic", "opicemi"]),
            ("andulka", &["andulky", "andulce", "andulek"]),
            ("papoušek", &["papouška", "papouškem", "papoušci", "papoušků"]),
            ("tygr", &["tygra", "tygrovi", "tygrem", "tygři", "tygrů", "tygrech"]),
            ("slon", &["slona", "slonem", "sloni", "slonů"]),
            ("medvěd", &["medvěda", "medvědi", "medvědů", "medvědech"]),
            ("mládě", &["mláděte", "mláďata", "mláďat", "mláďaty"]),
            ("kost", &["kosti", "kostí", "kostmi"]),
            ("orel", &["orla", "orlem", "orlů"]),
            ("kožešina", &["kožešiny", "kožešinou"]),
            ("dráp", &["drápu", "drápy", "drápů"]),
            ("plstěný kůň", &["plstěného koně"]),
        ] {
            has("cs", lemma, wanted);
        }
    }

    #[test]
    fn phrases() {
        has("cs", "želva zelenavá", &["želvy zelenavé", "želvu zelenavou", "želv zelenavých"]);
        has("cs", "medvědí kůže", &["medvědí kůži", "medvědích kůží"]);
        has("cs", "kůže medvěda", &["kůži medvěda"]);
        has("cs", "vyřezávaný", &["vyřezávaného", "vyřezávané", "vyřezávaných"]);
    }
}
