//! Sentences in the reader's language.
//!
//! Owns how keys of `_locales` become text: placeholders are filled here, after the browser handed out the
//! sentence, so foreign text never passes through a template and a sentence may hold elements (a name in
//! italics) wherever the translator put the placeholder. It never glues a sentence from parts.

use crate::node::{El, Node, el};
use spotter_model::Date;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Stands for placeholder 1; the following eight for 2 to 9. Private-use characters, in no sentence.
pub const FIRST_HOLE: char = '\u{E001}';
/// Most placeholders in a sentence: the browsers' own limit.
pub const HOLES: usize = 9;

/// What the keys of an endpoint's problems begin with.
const PROBLEM: &str = "problem_";

/// Where sentences come from: the browser, or a file in tests.
pub trait Source {
    /// The sentence of `key` with [`FIRST_HOLE`] and its followers for the placeholders; empty where there is none.
    fn raw(&self, key: &str) -> String;
    /// A number as this language writes it.
    fn number(&self, n: f64, lang: &str) -> String;
    /// A moment as this language writes it, with its zone; `None` where it is no time.
    fn moment(&self, ms: f64, lang: &str) -> Option<String>;
    /// The time of day.
    fn clock(&self, ms: f64, lang: &str) -> Option<String>;
    /// What this language calls the language of a BCP-47 tag; `None` where the tag is none.
    fn language(&self, tag: &str, lang: &str) -> Option<String>;
    /// What this language calls a country (ISO 3166-1, or `EU`); `None` where it is none.
    fn country(&self, code: &str, lang: &str) -> Option<String>;
    /// Milliseconds since 1970 of an RFC 3339 text.
    fn parse_time(&self, text: &str) -> Option<f64>;
}

/// A sentence that is kept in a page's state: its key and what fills it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Key of `_locales`.
    pub key: String,
    /// Its placeholders, in their order.
    pub args: Vec<String>,
}

/// A sentence without placeholders.
pub fn sentence(key: &str) -> Sentence {
    Sentence { key: key.to_owned(), args: Vec::new() }
}

/// A sentence with placeholders.
pub fn sentence_of(key: &str, args: &[&str]) -> Sentence {
    Sentence { key: key.to_owned(), args: args.iter().map(|a| (*a).to_owned()).collect() }
}

/// The words of one language.
#[derive(Clone)]
pub struct Words {
    source: Rc<dyn Source>,
    known: Rc<RefCell<HashMap<String, Rc<str>>>>,
    lang: Rc<str>,
}

enum Piece<'a> {
    Text(&'a str),
    Hole(usize),
}

fn pieces(raw: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut from = 0;
    for (at, c) in raw.char_indices() {
        let hole = (c as u32).wrapping_sub(FIRST_HOLE as u32) as usize;
        if hole < HOLES {
            if from < at {
                out.push(Piece::Text(&raw[from..at]));
            }
            out.push(Piece::Hole(hole));
            from = at + c.len_utf8();
        }
    }
    if from < raw.len() {
        out.push(Piece::Text(&raw[from..]));
    }
    out
}

impl Words {
    /// Words from `source`.
    pub fn new(source: Rc<dyn Source>) -> Self {
        let lang = source.raw("locale_tag");
        let lang = if lang.is_empty() { "en".into() } else { lang.into() };
        Self { source, known: Rc::default(), lang }
    }

    /// BCP-47 tag of the language that is shown.
    pub fn lang(&self) -> &str {
        &self.lang
    }

    fn raw(&self, key: &str) -> Rc<str> {
        if let Some(known) = self.known.borrow().get(key) {
            return Rc::clone(known);
        }
        let raw: Rc<str> = self.source.raw(key).into();
        self.known.borrow_mut().insert(key.to_owned(), Rc::clone(&raw));
        raw
    }

    /// Whether there is such a sentence.
    pub fn has(&self, key: &str) -> bool {
        !self.raw(key).is_empty()
    }

    /// A sentence without placeholders.
    pub fn t(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// A sentence with its placeholders filled by text.
    pub fn say(&self, key: &str, args: &[&str]) -> String {
        let raw = self.raw(key);
        let mut out = String::with_capacity(raw.len());
        for piece in pieces(&raw) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Hole(i) => out.push_str(args.get(i).copied().unwrap_or_default()),
            }
        }
        out
    }

    /// A kept sentence. One that this version does not know (the background may be newer) becomes a sentence
    /// that names the key, never nothing.
    pub fn sentence(&self, sentence: &Sentence) -> String {
        if self.has(&sentence.key) {
            let args: Vec<String> = sentence.args.iter().map(|arg| self.problem(arg)).collect();
            self.say(&sentence.key, &args.iter().map(String::as_str).collect::<Vec<_>>())
        } else {
            self.say("error_unknown", &[&sentence.key])
        }
    }

    /// What fills a kept sentence: where it is an endpoint's problem, that one in words; else as it is.
    fn problem(&self, arg: &str) -> String {
        if arg.starts_with(PROBLEM) && self.has(arg) { self.t(arg) } else { arg.to_owned() }
    }

    /// The endpoint's own words, in whatever language it writes, where a kept sentence holds any beside the problem's.
    pub fn own_words<'a>(&self, sentence: &'a Sentence) -> Option<&'a str> {
        let at = sentence.args.iter().position(|arg| arg.starts_with(PROBLEM) && self.has(arg))?;
        sentence.args.get(at + 1).map(String::as_str).filter(|own| !own.is_empty())
    }

    /// A sentence whose placeholders are elements.
    pub fn rich<A: Clone>(&self, key: &str, args: &[Node<A>]) -> Vec<Node<A>> {
        pieces(&self.raw(key))
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(Node::Text(text.to_owned())),
                Piece::Hole(i) => args.get(i).cloned(),
            })
            .collect()
    }

    /// The form of a sentence for a count: `key_zero` (where there is one), `key_one`, `key_many`; in Arabic also
    /// `key_two`, `key_few` and `key_other`.
    pub fn count(&self, key: &str, n: u32) -> String {
        let form = match n {
            0 if self.has(&format!("{key}_zero")) => "zero",
            1 => "one",
            _ if &*self.lang == "ar" => arabic_form(n),
            _ => "many",
        };
        self.say(&format!("{key}_{form}"), &[&self.number(n)])
    }

    /// A number.
    pub fn number(&self, n: u32) -> String {
        self.source.number(f64::from(n), figures(&self.lang))
    }

    /// A moment from RFC 3339, with its zone; what is no time is shown as it is.
    pub fn moment(&self, rfc3339: &str) -> String {
        self.source
            .parse_time(rfc3339)
            .and_then(|ms| self.source.moment(ms, figures(&self.lang)))
            .unwrap_or_else(|| rfc3339.to_owned())
    }

    /// The time of day of a moment in milliseconds since 1970.
    pub fn clock(&self, ms: f64) -> String {
        self.source.clock(ms, figures(&self.lang)).unwrap_or_default()
    }

    /// A day in words.
    pub fn day(&self, day: Date) -> String {
        let (year, month, day) = day.parts();
        self.say("date_long", &[&day.to_string(), &self.t(&format!("month_{month}")), &year.to_string()])
    }

    /// The name of a language; its tag where it has none.
    pub fn language(&self, tag: &str) -> String {
        self.source.language(tag, &self.lang).unwrap_or_else(|| tag.to_owned())
    }

    /// The name of a country (ISO 3166-1, or `EU`); its code where it has none.
    pub fn country(&self, code: &str) -> String {
        self.source.country(code, &self.lang).unwrap_or_else(|| code.to_owned())
    }

    /// Elements with the language's comma between them.
    pub fn list<A: Clone>(&self, items: Vec<Node<A>>) -> Vec<Node<A>> {
        let comma = self.t("list_comma");
        let mut out = Vec::with_capacity(items.len() * 2);
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                out.push(Node::Text(comma.clone()));
            }
            out.push(item);
        }
        out
    }
}

/// How Arabic counts more than one, by the plural rules of CLDR; `other` is for whole hundreds and what follows them.
fn arabic_form(n: u32) -> &'static str {
    match (n, n % 100) {
        (2, _) => "two",
        (_, 3..=10) => "few",
        (_, 11..=99) => "many",
        _ => "other",
    }
}

/// The tag for the browser's own numbers and days. They stand beside numbers and days that are written here: Arabic
/// with the same digits as prices and receipts, Thai with the year that [`Words::day`] writes.
fn figures(lang: &str) -> &str {
    match lang {
        "ar" => "ar-u-nu-latn",
        "th" => "th-u-ca-gregory",
        other => other,
    }
}

/// Foreign text in a sentence of ours: its direction must not leak into the sentence.
pub fn foreign<A>(text: &str) -> El<A> {
    el("bdi").text(text)
}

#[cfg(test)]
pub mod testing {
    //! Words read from the files that ship.

    use super::{FIRST_HOLE, Source, Words};
    use std::collections::HashMap;
    use std::path::PathBuf;
    use std::rc::Rc;

    /// Languages that ship.
    pub const LANGUAGES: [&str; 12] = ["en", "de", "fr", "es", "zh_CN", "zh_TW", "ms", "id", "th", "vi", "pt", "ar"];

    struct File(HashMap<String, String>);

    impl Source for File {
        fn raw(&self, key: &str) -> String {
            self.0.get(key).cloned().unwrap_or_default()
        }
        fn number(&self, n: f64, _: &str) -> String {
            n.to_string()
        }
        fn moment(&self, ms: f64, _: &str) -> Option<String> {
            Some(format!("@{ms}"))
        }
        fn clock(&self, ms: f64, _: &str) -> Option<String> {
            Some(format!("@{ms}"))
        }
        fn language(&self, tag: &str, _: &str) -> Option<String> {
            Some(format!("<{tag}>"))
        }
        fn country(&self, code: &str, _: &str) -> Option<String> {
            Some(format!("<{code}>"))
        }
        fn parse_time(&self, text: &str) -> Option<f64> {
            spotter_model::report::is_utc_time(text).then_some(0.0)
        }
    }

    /// The words of `lang`.
    pub fn words(lang: &str) -> Words {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../_locales").join(lang).join("messages.json");
        let json: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(&path).expect("the language's file")).expect("JSON");
        let mut all = HashMap::new();
        for (key, entry) in json.as_object().expect("an object") {
            let mut message = entry["message"].as_str().expect("a message").to_owned();
            if let Some(holes) = entry.get("placeholders").and_then(|p| p.as_object()) {
                for (name, hole) in holes {
                    let n: u32 = hole["content"].as_str().unwrap().trim_start_matches('$').parse().unwrap();
                    let mark = char::from_u32(FIRST_HOLE as u32 + n - 1).unwrap();
                    message = message.replace(&format!("${}$", name.to_uppercase()), &mark.to_string());
                }
            }
            all.insert(key.clone(), message);
        }
        Words::new(Rc::new(File(all)))
    }
}

#[cfg(test)]
mod tests {
    use super::testing::words;
    use super::{Node, sentence_of};
    use crate::node::{el, testing::text_of};
    use proptest::prelude::*;

    #[test]
    fn sentences_are_filled_and_counted() {
        let w = words("en");
        assert_eq!(w.count("panel_read", 0), "No listings read");
        assert_eq!(w.count("panel_read", 1), "1 listing read");
        assert_eq!(w.count("panel_read", 60), "60 listings read");
        assert_eq!(w.say("cites_two", &["I", "II"]), "CITES I, or II depending on origin");
        assert_eq!(
            w.sentence(&sentence_of("bg_from_the_future", &[])),
            w.say("error_unknown", &["bg_from_the_future"])
        );
        let italic: Node<()> = el("i").text("Loxodonta africana").into();
        assert_eq!(text_of(&w.rich("card_why", &[italic])), "Words that count: Loxodonta africana");
    }

    #[test]
    fn an_endpoints_problem_is_told_in_the_readers_language() {
        use super::testing::LANGUAGES;
        for lang in LANGUAGES {
            let w = words(lang);
            for name in spotter_model::problem::NAMES {
                let key = format!("problem_{}", name.replace('-', "_"));
                assert!(w.has(&key), "{lang}: {key}");
            }
            let refused = sentence_of("bg_refused_body", &["problem_too_large", "At most 1 byte."]);
            assert!(w.sentence(&refused).contains(&w.t("problem_too_large")), "{lang}");
            assert_eq!(w.own_words(&refused), Some("At most 1 byte."));
        }
        let w = words("en");
        // Of a newer endpoint, and of an outbox from before there were keys.
        for old in [&["problem_of_tomorrow", "Own."][..], &["The server's title."], &["", ""]] {
            let told = sentence_of("bg_refused_body", old);
            assert!(w.sentence(&told).contains(old[0]));
            assert_eq!(w.own_words(&told), None);
        }
    }

    #[test]
    fn arabic_counts_in_six_forms() {
        let w = words("ar");
        for (n, said) in [
            (0, "لا بلاغات هذا الأسبوع"),
            (1, "بلاغ واحد هذا الأسبوع"),
            (2, "بلاغان هذا الأسبوع"),
            (10, "10 بلاغات هذا الأسبوع"),
            (11, "11 بلاغًا هذا الأسبوع"),
            (100, "100 بلاغ هذا الأسبوع"),
            (103, "103 بلاغات هذا الأسبوع"),
            (202, "202 بلاغ هذا الأسبوع"),
        ] {
            assert_eq!(w.count("round_reports", n), said);
        }
    }

    proptest! {
        /// What a page writes is never taken for a part of a template.
        #[test]
        fn foreign_text_stays_as_it_is(text in "\\PC{0,40}|[$A-Z1-9\u{E000}-\u{E009}]{0,20}") {
            let w = words("en");
            prop_assert_eq!(w.say("card_why", &[&text]), format!("Words that count: {text}"));
        }
    }
}
