//! Polish declensions, on folded stems.

use super::{Grammar, Row, ends, last_vowel, replace_end};

const VOWELS: &str = "aąeęioóuy";

pub(super) const GRAMMAR: Grammar = Grammar {
    nouns: &[
        Row { ends: &["ia"], cut: 1, endings: ["+ i", "+ i", "e", "a", "+ i", "e", "+ i", "om", "ami", "ach"] },
        Row { ends: &["ka", "ga"], cut: 1, endings: ["i", "~e", "e", "a", "~e", "i", "+ *", "om", "ami", "ach"] },
        Row { ends: &["ja", "la"], cut: 1, endings: ["i", "i", "e", "a", "i", "e", "+ i", "om", "ami", "ach"] },
        Row {
            ends: &["ca", "cza", "dza", "rza", "sza", "ża"],
            cut: 1,
            endings: ["y", "y", "e", "a", "y", "e", "+ y", "om", "ami", "ach"],
        },
        Row { ends: &["a"], cut: 1, endings: ["y", "~e", "e", "a", "~e", "y", "+ *", "om", "ami", "ach"] },
        Row { ends: &["um"], cut: 2, endings: ["um", "um", "um", "um", "um", "a", "ow", "om", "ami", "ach"] },
        Row { ends: &["o", "e"], cut: 1, endings: ["a", "u", "=", "em iem", "~e u", "a", "+ *", "om", "ami", "ach"] },
        Row {
            ends: &["ek"],
            cut: 2,
            endings: ["ka ku", "kowi", "ka", "kiem", "ku", "ki", "kow", "kom", "kami", "kach"],
        },
        Row { ends: &["ec"], cut: 2, endings: ["ca", "cowi", "ca", "cem", "cu", "ce", "cow", "com", "cami", "cach"] },
        Row { ends: &["ieł"], cut: 3, endings: ["la", "lowi", "la", "lem", "le", "ly", "low", "lom", "lami", "lach"] },
        // Labials that were soft once.
        Row {
            ends: &["żółw", "żuraw", "paw", "gołąb", "jastrząb", "karp"],
            cut: 0,
            endings: ["ia", "iowi", "ia", "iem", "iu", "ie", "i", "iom", "iami", "iach"],
        },
        Row { ends: &["k", "g"], cut: 0, endings: ["a u", "owi", "a", "iem", "u", "i", "ow", "om", "ami", "ach"] },
        Row {
            ends: &["ość", "ółć"],
            cut: 0,
            endings: ["i", "i", "=", "ia", "i", "i", "i", "iom", "ami mi iami", "iach"],
        },
        Row {
            ends: &["ć", "ś", "ź", "ń"],
            cut: 0,
            endings: ["i ia", "i iowi", "ia =", "ia iem", "i iu", "i ie", "i iow", "iom", "ami mi iami", "iach"],
        },
        Row {
            ends: &["sz", "rz", "cz", "ż", "c"],
            cut: 0,
            endings: ["a u y", "owi y", "a", "em a", "u y", "e y", "y ow", "om", "ami", "ach"],
        },
        Row {
            ends: &["l", "j"],
            cut: 0,
            endings: ["a u i", "owi i", "a", "em a", "u i", "e", "i ow", "om", "ami", "ach"],
        },
        Row {
            ends: &["b", "d", "f", "h", "ł", "m", "n", "p", "r", "s", "t", "v", "w", "x", "z"],
            cut: 0,
            endings: ["a u", "owi", "a", "em", "~e u", "y", "ow", "om", "ami", "ach"],
        },
    ],
    adjectives: &[
        Row { ends: &["y"], cut: 1, endings: ["ego", "emu", "ego", "ym", "ym", "e", "ych", "ym", "ymi", "ych"] },
        Row {
            ends: &["ki", "gi"],
            cut: 1,
            endings: ["iego", "iemu", "iego", "im", "im", "ie", "ich", "im", "imi", "ich"],
        },
        Row { ends: &["i"], cut: 0, endings: ["ego", "emu", "ego", "m", "m", "e", "ch", "m", "mi", "ch"] },
        Row { ends: &["ka", "ga"], cut: 1, endings: ["iej", "iej", "a", "a", "iej", "ie", "ich", "im", "imi", "ich"] },
        Row { ends: &["ia"], cut: 1, endings: ["ej", "ej", "a", "a", "ej", "e", "ch", "m", "mi", "ch"] },
        Row { ends: &["a"], cut: 1, endings: ["ej", "ej", "a", "a", "ej", "e", "ych", "ym", "ymi", "ych"] },
        Row {
            ends: &["kie", "gie"],
            cut: 2,
            endings: ["iego", "iemu", "=", "im", "im", "ie", "ich", "im", "imi", "ich"],
        },
        Row { ends: &["ie"], cut: 1, endings: ["ego", "emu", "=", "m", "m", "e", "ch", "m", "mi", "ch"] },
        Row { ends: &["e"], cut: 1, endings: ["ego", "emu", "=", "ym", "ym", "e", "ych", "ym", "ymi", "ych"] },
    ],
    surely: &["y", "i", "owa", "ska", "cka", "owe", "skie", "ckie"],
    agree: |noun, adjective| {
        let gender: &[&str] = match noun.chars().next_back() {
            Some('a') => &["a"],
            Some('ć' | 'ś' | 'ź' | 'ń' | 'z' | 'ż' | 'l' | 'c' | 'j' | 'w') => &["a", "y", "i"],
            Some(last) if VOWELS.contains(last) => return true,
            _ => &["y", "i"],
        };
        ends(adjective, gender)
    },
    perhaps: &["na", "ła", "ta", "cza", "ia", "sza", "ża", "wa", "ara", "ne", "łe", "te", "że", "cze"],
    soften: |stem| {
        let rules = [
            ("ch", "sz"),
            ("st", "sci"),
            ("k", "c"),
            ("g", "dz"),
            ("r", "rz"),
            ("t", "ci"),
            ("d", "dzi"),
            ("n", "ni"),
            ("s", "si"),
            ("z", "zi"),
            ("b", "bi"),
            ("p", "pi"),
            ("m", "mi"),
            ("w", "wi"),
            ("f", "fi"),
        ];
        replace_end(stem, &rules)
    },
    returning: |stem| {
        let mut end = stem.chars().rev();
        let (last, before) = (end.next()?, end.next()?);
        (!VOWELS.contains(last) && !VOWELS.contains(before) && matches!(last, 'k' | 'n' | 'l' | 'r' | 'w'))
            .then_some("e")
    },
    oblique: |word| last_vowel(word, VOWELS, 'ą', &["e"]),
};

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::tests::has;

    #[test]
    fn nouns() {
        for (lemma, wanted) in [
            ("papuga", &["papugi", "papudze", "papugę", "papug", "papugom", "papugami", "papugach"][..]),
            ("papużka", &["papużki", "papużce", "papużek", "papużkami"]),
            ("małpa", &["małpy", "małpie", "małpę", "małpami"]),
            ("tygrys", &["tygrysa", "tygrysowi", "tygrysem", "tygrysie", "tygrysy", "tygrysów", "tygrysach"]),
            ("kajman", &["kajmana", "kajmanem", "kajmanie", "kajmany", "kajmanów"]),
            ("kanarek", &["kanarka", "kanarkiem", "kanarki", "kanarków"]),
            ("krokodyl", &["krokodyla", "krokodylem", "krokodyle", "krokodyli"]),
            ("niedźwiedź", &["niedźwiedzia", "niedźwiedziem", "niedźwiedzie", "niedźwiedziami"]),
            ("kość", &["kości", "kością", "kośćmi", "kościach"]),
            ("futro", &["futra", "futrem", "futrze", "futer", "futrami"]),
            ("gałąź", &["gałęzi"]),
            ("słoń", &["słonia", "słoniem", "słonie", "słoni"]),
        ] {
            has("pl", lemma, wanted);
        }
    }

    #[test]
    fn phrases() {
        has("pl", "papuga szara", &["papugi szarej", "papugę szarą", "papugi szare", "papug szarych"]);
        has("pl", "żółw stepowy", &["żółwia stepowego", "żółwie stepowe", "żółwi stepowych"]);
        has("pl", "skóra węża", &["skóry węża", "skórę węża", "skór węża"]);
        has("pl", "ząb rekina", &["zęba rekina", "zęby rekina", "zębów rekina"]);
        has("pl", "kość słoniowa", &["kości słoniowej", "kości słoniowe", "kości słoniowych"]);
        has("pl", "skóra tygrysa", &["skóry tygrysa", "skórę tygrysa", "skór tygrysa"]);
        has("pl", "róg nosorożca", &["rogu nosorożca", "rogi nosorożca", "rogów nosorożca"]);
        has("pl", "rzeźbiony", &["rzeźbionego", "rzeźbionych", "rzeźbione"]);
        has("pl", "wilczy", &["wilczego", "wilcze", "wilczych"]);
        has("pl", "tygrysia skóra", &["tygrysiej skóry", "tygrysią skórę", "tygrysich skór"]);
    }
}
