//! French, Spanish, Italian and Portuguese: plurals, and the gender of participles.

use super::{Word, all_choices, cut};

/// Words after which the head of a phrase is over, in all four languages.
const AFTER_HEAD: &[&str] = &[
    "a", "al", "alla", "au", "aux", "avec", "com", "con", "d", "da", "dal", "dalle", "das", "de", "del", "della",
    "delle", "dello", "dei", "des", "di", "do", "dos", "du", "e", "em", "en", "et", "in", "o", "ou", "para", "per",
    "por", "pour", "sans", "sem", "senza", "sin", "su", "sur", "y",
];

/// Singular articles, alone or within a preposition: the noun behind one is no plural.
fn singular(language: &str) -> &'static [&'static str] {
    match language {
        "fr" => &["du", "au", "la", "le", "l"],
        "es" => &["del", "al", "la", "el"],
        "it" => &["del", "della", "dello", "dal", "dalla", "al", "alla", "sul", "la", "il", "lo", "l"],
        _ => &["do", "da", "ao", "no", "na"],
    }
}

/// The head's words in the plural, and what follows a preposition in either number.
pub fn forms(language: &str, words: &[Word]) -> Vec<String> {
    let head = words.iter().position(|w| AFTER_HEAD.contains(&w.folded.as_str())).unwrap_or(words.len());
    let plural = |w: &Word| {
        if w.inflects && !AFTER_HEAD.contains(&w.folded.as_str()) {
            plurals(language, w)
        } else {
            vec![w.folded.clone()]
        }
    };
    let same = |w: &Word| vec![w.folded.clone()];
    // Whether a singular article stands before a word, with no other in between.
    let is_one = |at: usize| {
        let before = words[..at].iter().rev().map(|w| w.folded.as_str());
        let mut small = before.filter(|w| AFTER_HEAD.contains(w) || singular(language).contains(w));
        small.next().is_some_and(|w| singular(language).contains(&w))
    };
    let choose = |head_plural: bool, rest_plural: bool| {
        let parts: Vec<Vec<String>> = words
            .iter()
            .enumerate()
            .map(
                |(i, w)| {
                    if if i < head { head_plural } else { rest_plural && !is_one(i) } { plural(w) } else { same(w) }
                },
            )
            .collect();
        all_choices(&parts)
    };
    let mut made = [choose(true, false), choose(true, true), choose(false, true)].concat();
    if let [word] = words
        && word.inflects
    {
        made.extend(genders(language, word));
    }
    made
}

fn add(stem: &str, endings: &[&str]) -> Vec<String> {
    endings.iter().map(|e| format!("{stem}{e}")).collect()
}

fn plurals(language: &str, word: &Word) -> Vec<String> {
    let (w, written) = (word.folded.as_str(), word.written.as_str());
    let ends = |list: &[&str]| list.iter().any(|e| w.ends_with(e));
    match language {
        "fr" if ends(&["s", "x", "z"]) => vec![w.to_owned()],
        "fr" if ends(&["eau", "eu"]) => add(w, &["x"]),
        "fr" if ends(&["al"]) => vec![format!("{}aux", cut(w, 2)), format!("{w}s")],
        "fr" if ends(&["ail"]) => vec![format!("{}aux", cut(w, 3)), format!("{w}s")],
        "fr" => add(w, &["s"]),
        "es" if ends(&["z"]) => add(cut(w, 1), &["ces"]),
        "es" if ends(&["a", "e", "i", "o", "u"]) => {
            // "marroquí" has two plurals.
            let accented = written.ends_with(['í', 'ú']);
            if accented { add(w, &["s", "es"]) } else { add(w, &["s"]) }
        }
        // "gris" has a plural, "cutis" and what is one already have none.
        "es" if ends(&["s", "x"]) => {
            if vowels(w) == 1 {
                add(w, &["es"])
            } else {
                vec![w.to_owned()]
            }
        }
        // Only what comes from elsewhere and ends as no Spanish noun does has a bare -s: "robots", "hámsters".
        "es" if ends(&["l", "n", "r", "d", "j"]) && !ends(&["er"]) && (w.len() > 4 || w != written) => add(w, &["es"]),
        "es" => add(w, &["es", "s"]),
        "it" if written.ends_with(['à', 'è', 'é', 'ì', 'ò', 'ù']) || !ends(&["a", "e", "o"]) => {
            vec![w.to_owned()]
        }
        "it" if ends(&["co", "go"]) => add(cut(w, 1), &["hi", "i"]),
        "it" if ends(&["arca", "lega", "duca"]) => add(cut(w, 1), &["he", "hi"]),
        "it" if ends(&["ca", "ga"]) => add(cut(w, 1), &["he"]),
        "it" if matches!(w, "zio" | "rio" | "leggio") => add(cut(w, 1), &["", "i"]),
        "it" if ends(&["io"]) => add(cut(w, 1), &[""]),
        "it" if ends(&["cia", "gia"]) => [add(cut(w, 2), &["e"]), add(cut(w, 1), &["e"])].concat(),
        "it" if ends(&["ista"]) => add(cut(w, 1), &["i", "e"]),
        "it" if ends(&["a"]) => add(cut(w, 1), &["e"]),
        "it" => add(cut(w, 1), &["i"]),
        "pt" if ends(&["ao"]) => [add(cut(w, 2), &["oes", "aes"]), add(w, &["s"])].concat(),
        "pt" if ends(&["m"]) => add(cut(w, 1), &["ns"]),
        "pt" if ends(&["al", "el", "ol", "ul"]) => add(cut(w, 1), &["is"]),
        "pt" if ends(&["il"]) => [add(cut(w, 1), &["s"]), add(cut(w, 2), &["eis"])].concat(),
        "pt" if ends(&["r", "z"]) => add(w, &["es"]),
        "pt" if ends(&["s"]) => {
            if vowels(w) == 1 {
                add(w, &["es"])
            } else {
                vec![w.to_owned()]
            }
        }
        _ => add(w, &["s"]),
    }
}

/// Both genders and numbers of a participle that stands alone: "tallado", "sculpté".
fn genders(language: &str, word: &Word) -> Vec<String> {
    let (w, written) = (word.folded.as_str(), word.written.as_str());
    let stem = |ends: &[&str]| ends.iter().any(|e| w.ends_with(e)).then(|| cut(w, 1));
    match language {
        "fr" if written.ends_with('é') => add(w, &["e", "s", "es"]),
        "es" => stem(&["ado", "ada", "ido", "ida"]).map_or(vec![], |s| add(s, &["o", "a", "os", "as"])),
        "it" => stem(&["ato", "ata", "ito", "ita", "uto", "uta"]).map_or(vec![], |s| add(s, &["o", "a", "i", "e"])),
        "pt" => stem(&["ado", "ada", "ido", "ida"]).map_or(vec![], |s| add(s, &["o", "a", "os", "as"])),
        _ => vec![],
    }
}

fn vowels(word: &str) -> usize {
    word.chars().filter(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')).count()
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::tests::has;

    #[test]
    fn french() {
        for (lemma, wanted) in [
            ("perroquet gris", &["perroquets gris"][..]),
            ("peau de python", &["peaux de python", "peaux de pythons", "peau de pythons"]),
            ("oiseau", &["oiseaux"]),
            ("animal", &["animaux"]),
            ("corail", &["coraux"]),
            ("défense d'éléphant", &["défenses d'éléphant", "défenses d'éléphants"]),
            ("sculpté", &["sculptée", "sculptés", "sculptées"]),
            ("bracelet en ivoire", &["bracelets en ivoire"]),
        ] {
            has("fr", lemma, wanted);
        }
    }

    #[test]
    fn spanish() {
        for (lemma, wanted) in [
            ("loro gris", &["loros grises"][..]),
            ("tortuga mora", &["tortugas moras"]),
            ("halcón", &["halcones"]),
            ("lombriz", &["lombrices"]),
            ("colmillo de elefante", &["colmillos de elefante", "colmillos de elefantes"]),
            ("tallado", &["tallada", "tallados", "talladas"]),
            ("yacaré overo", &["yacarés overos"]),
        ] {
            has("es", lemma, wanted);
        }
    }

    /// Forms that break a rule are not made: they would cost a spelling each and find nothing.
    #[test]
    fn what_nobody_writes_is_not_made() {
        for (language, lemma, wrong) in [
            ("es", "león", "leons"),
            ("es", "coral teñido", "corals tenidos"),
            ("fr", "renard du désert", "renard du deserts"),
            ("pt", "varano da savana", "varano da savanas"),
            ("it", "pesce del lago", "pesce del laghi"),
            ("it", "avorio", "avorii"),
        ] {
            let made = crate::lexicon::inflect::forms(language, lemma, false);
            assert!(!made.iter().any(|f| f == wrong), "{language} {lemma}: {wrong}");
        }
        has("es", "hámster", &["hámsters", "hámsteres"]);
        has("es", "robot", &["robots"]);
        has("fr", "renard du désert", &["renards du désert"]);
        has("pt", "dente de onça", &["dentes de onças", "dente de onças"]);
    }

    #[test]
    fn italian() {
        for (lemma, wanted) in [
            ("pappagallo cenerino", &["pappagalli cenerini"][..]),
            ("tartaruga", &["tartarughe"]),
            ("zanna d'elefante", &["zanne d'elefante"]),
            ("serpente", &["serpenti"]),
            ("cacatua bianca", &["cacatue bianche"]),
            ("artiglio di orso", &["artigli di orso", "artigli di orsi"]),
            ("intagliato", &["intagliata", "intagliati", "intagliate"]),
            ("porco", &["porci", "porchi"]),
        ] {
            has("it", lemma, wanted);
        }
    }

    #[test]
    fn portuguese() {
        for (lemma, wanted) in [
            ("papagaio", &["papagaios"][..]),
            ("gavião", &["gaviões"]),
            ("marfim", &["marfins"]),
            ("coral negro", &["corais negros"]),
            ("pele de onça", &["peles de onça", "peles de onças"]),
            ("réptil", &["répteis"]),
            ("esculpido", &["esculpida", "esculpidos", "esculpidas"]),
            ("calao", &["calaos"]),
        ] {
            has("pt", lemma, wanted);
        }
    }
}
