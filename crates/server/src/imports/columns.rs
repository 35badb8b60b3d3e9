//! Which column is which of ours: guessed from the headings, said by a person, and known again for the same headings.

use super::Kind;
use crate::sign::sha256_hex;

/// What a column can be: a word for forms and the database, its name for people, and headings that mean it, in small letters and
/// digits alone.
type Field = (&'static str, &'static str, &'static [&'static str]);

const ROUNDS: &[Field] = &[
    (
        "date",
        "date",
        &["date", "day", "found", "datefound", "dateofreport", "datum", "fecha", "tanggal", "data", "timestamp"],
    ),
    (
        "marketplace",
        "marketplace",
        &[
            "marketplace",
            "market",
            "platform",
            "site",
            "website",
            "plattform",
            "marktplatz",
            "plateforme",
            "plataforma",
        ],
    ),
    ("link", "link", &["link", "url", "address", "listing", "listinglink", "listingurl", "adresse", "enlace", "lien"]),
    ("group", "group", &["group", "kind", "taxon", "gruppe", "groupe", "grupo"]),
    (
        "words",
        "species or product words",
        &[
            "words",
            "species",
            "product",
            "item",
            "keyword",
            "keywords",
            "searchterm",
            "art",
            "produkt",
            "especie",
            "produit",
            "espece",
        ],
    ),
    ("outcome", "outcome", &["outcome", "result", "status", "decision", "ergebnis", "resultado", "resultat"]),
    ("spotter", "spotter's pseudonym", &["spotter", "pseudonym", "reporter", "volunteer", "name", "reportedby"]),
];

const TERMS: &[Field] = &[
    ("term", "term", &["term", "word", "keyword", "searchterm", "begriff", "wort", "terme", "termino", "codeword"]),
    ("lang", "language", &["language", "lang", "sprache", "langue", "idioma", "bahasa"]),
    (
        "meaning",
        "meaning",
        &["meaning", "translation", "english", "description", "bedeutung", "sens", "significado", "notes"],
    ),
    ("group", "group", &["group", "species", "kind", "taxon", "gruppe", "groupe", "grupo", "category"]),
    ("example", "example", &["example", "examples", "usage", "beispiel", "exemple", "ejemplo", "sentence"]),
];

/// What the columns of this kind of file can be: word and name.
pub fn fields(kind: Kind) -> impl Iterator<Item = (&'static str, &'static str)> {
    of(kind).iter().map(|(word, name, _)| (*word, *name))
}

const fn of(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Rounds => ROUNDS,
        Kind::Terms => TERMS,
    }
}

/// A heading without case, accents of writing and signs.
fn plain(heading: &str) -> String {
    let letters = heading.chars().flat_map(char::to_lowercase);
    letters
        .map(|c| match c {
            'é' | 'è' | 'ê' => 'e',
            'á' | 'à' | 'ä' => 'a',
            'ó' | 'ö' => 'o',
            'í' => 'i',
            'ú' | 'ü' => 'u',
            other => other,
        })
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// What each column is: a field's word, or nothing. No field stands twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(Vec<&'static str>);

impl Columns {
    /// Guessed from the headings: each field from the first that means it.
    #[must_use]
    pub fn guess(kind: Kind, head: &[String]) -> Self {
        let mut columns = vec![""; head.len()];
        for (word, _, means) in of(kind) {
            let fits = |n: &usize| columns[*n].is_empty() && means.contains(&plain(&head[*n]).as_str());
            if let Some(n) = (0..head.len()).find(fits) {
                columns[n] = word;
            }
        }
        Self(columns)
    }

    /// As somebody says; what is no field, and what was said of an earlier column, is nothing.
    pub fn said<'a>(kind: Kind, said: impl Iterator<Item = &'a str>, wide: usize) -> Self {
        let mut columns: Vec<&'static str> = vec![];
        for word in said.take(wide) {
            let known = of(kind).iter().map(|(w, ..)| *w).find(|w| *w == word && !columns.contains(w));
            columns.push(known.unwrap_or_default());
        }
        columns.resize(wide, "");
        Self(columns)
    }

    /// Where a field stands.
    #[must_use]
    pub fn place(&self, word: &str) -> Option<usize> {
        self.0.iter().position(|w| *w == word)
    }

    /// The cell of a field; nothing where no column is it.
    #[must_use]
    pub fn cell<'a>(&self, word: &str, cells: &'a [String]) -> &'a str {
        self.place(word).and_then(|n| cells.get(n)).map_or("", String::as_str)
    }

    /// What a column is.
    #[must_use]
    pub fn word(&self, column: usize) -> &'static str {
        self.0.get(column).copied().unwrap_or_default()
    }

    /// All, as they are kept.
    #[must_use]
    pub fn kept(&self) -> String {
        self.0.join(",")
    }
}

/// By which the same headings are known again, in their order.
#[must_use]
pub fn head_mark(head: &[String]) -> String {
    let plain: Vec<String> = head.iter().map(|h| plain(h)).collect();
    sha256_hex(plain.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    #[test]
    fn headings_are_guessed_each_field_once_and_a_person_overrules() {
        let head = head(&["Date found", "Site", "URL", "Species", "Species", "Résultat", "Colour"]);
        let guess = Columns::guess(Kind::Rounds, &head);
        assert_eq!(guess.kept(), "date,marketplace,link,words,,outcome,");
        assert_eq!(Columns::said(Kind::Rounds, guess.kept().split(','), head.len()), guess);
        let said = Columns::said(Kind::Rounds, ["date", "date", "nothing", "link"].into_iter(), 3);
        assert_eq!((said.kept().as_str(), said.place("link"), said.place("date")), ("date,,", None, Some(0)));
        assert_eq!(
            head_mark(&head),
            head_mark(&["date FOUND", "site", "u r l", "species", "species", "Resultat", "colour"].map(str::to_owned))
        );
    }

    #[test]
    fn no_heading_means_two_fields() {
        for kind in Kind::ALL {
            let all: Vec<&str> = of(kind).iter().flat_map(|(_, _, means)| *means).copied().collect();
            assert!(all.iter().all(|m| plain(m) == *m));
            assert!((0..all.len()).all(|n| !all[..n].contains(&all[n])), "{all:?}");
        }
    }
}
