//! The training's texts in other languages say what the English ones say.

use super::cards::{LANGUAGES, REVIEWED, one_of};
use super::json::{Json, Value};
use super::material::{Material, SAID, files};
use super::testing::{file, folder, material, material_in};

/// The numbers of a text, sorted: angles, lengths, counts.
fn numbers(text: &str) -> Vec<u32> {
    let mut out: Vec<u32> =
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
    out.sort_unstable();
    out
}

/// Languages of the files `BEGINNING.LANGUAGE.json` that are there, English aside.
fn there(beginning: &str) -> Vec<String> {
    let mut out: Vec<String> = std::fs::read_dir(folder())
        .expect("the training's files")
        .map(|f| f.expect("a file").file_name().to_string_lossy().into_owned())
        .filter_map(|name| Some(name.strip_prefix(beginning)?.strip_suffix("json")?.trim_matches('.').to_owned()))
        .filter(|lang| !lang.is_empty() && lang != "en")
        .collect();
    out.sort();
    out
}

fn sorted(languages: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = languages.iter().filter(|l| **l != "en").map(|l| (*l).to_owned()).collect();
    out.sort();
    out
}

/// What no text of ours says, in any language: a finding is never called a crime, and nobody is shouted at.
const NEVER: [&str; 14] = [
    "illegal",
    "illégal",
    "ilegal",
    "criminal",
    "criminel",
    "kriminell",
    "haram",
    "非法",
    "犯罪",
    "违法",
    "違法",
    "ผิดกฎหมาย",
    "bất hợp pháp",
    "غير قانوني",
];

fn calm(text: &str, at: &str) {
    let text = text.to_lowercase();
    for word in NEVER.into_iter().chain(["!", "！"]) {
        assert!(!text.contains(word), "{at}: {word}");
    }
}

#[test]
fn every_language_has_every_card_with_the_same_parts_and_the_same_numbers() {
    assert_eq!(there("cards."), sorted(&LANGUAGES));
    let english = material().cards;
    for lang in LANGUAGES {
        let cards = material_in(lang).cards;
        assert_eq!(cards.len(), english.len());
        for (card, english) in cards.iter().zip(&english) {
            let at = format!("{lang} {}", card.id);
            assert_eq!((card.lang, &card.id), (lang, &english.id), "{at}");
            let parts = |c: &super::cards::Card| {
                let t = &c.text;
                [&t.title, &t.mark, &t.lookalike, &t.limits, &t.ask, &t.alt].map(Clone::clone)
            };
            for (own, english) in parts(card).iter().zip(parts(english)) {
                assert_eq!(numbers(own), numbers(&english), "{at}: {own}");
                assert!(lang == "en" || own.is_empty() || *own != english, "{at}: still English: {own}");
                calm(own, &at);
            }
        }
    }
}

#[test]
fn every_language_gives_every_reason_and_every_described_picture_with_the_same_numbers() {
    assert_eq!(there("questions."), sorted(&SAID));
    let english = material();
    for lang in SAID {
        let own = material_in(lang);
        let all = |m: &Material| [m.listings.clone(), m.questions.clone()].concat();
        for (item, english) in all(&own).iter().zip(all(&english)) {
            let at = format!("{lang} {}", item.id);
            assert_eq!((&item.id, item.answer, item.why_lang.as_str()), (&english.id, english.answer, lang), "{at}");
            assert_ne!(item.why, english.why, "{at}");
            let described = item.id.starts_with("q-");
            assert_eq!(described, item.title != english.title && item.text != english.text, "{at}");
            assert_eq!(described, item.seen != english.seen, "{at}");
            for (own, english) in [
                (&item.title, &english.title),
                (&item.text, &english.text),
                (&item.seen, &english.seen),
                (&item.why, &english.why),
            ] {
                assert_eq!(numbers(own), numbers(english), "{at}: {own}");
                // What a made-up seller writes is not ours.
                if described || own == &item.why {
                    calm(own, &at);
                }
            }
        }
    }
}

#[test]
fn each_file_of_another_language_says_whether_a_native_speaker_has_read_it() {
    let cards = sorted(&LANGUAGES).into_iter().map(|lang| format!("cards.{lang}.json"));
    let said = sorted(&SAID).into_iter().map(|lang| format!("questions.{lang}.json"));
    for name in cards.chain(said) {
        let json = Json::read(&file(&name)).expect("JSON");
        let reviewed = json.get(REVIEWED).map(|r| &r.value);
        assert!(matches!(reviewed, Some(Value::Word("true" | "false"))), "{name}");
    }
}

#[test]
fn a_reader_gets_their_language_else_the_same_without_its_region_else_english() {
    let languages = ["en", "de", "zh-CN", "pt"];
    for (reads, gets) in
        [("de", Some("de")), ("zh-CN", Some("zh-CN")), ("pt-BR", Some("pt")), ("zh-TW", None), ("sw", None)]
    {
        assert_eq!(one_of(&languages, reads), gets, "{reads}");
    }
    assert_eq!(files("sw"), files("en"));
    assert!(material_in("sw").cards.iter().all(|c| c.lang == "en"));
}

#[test]
fn a_text_without_an_item_is_refused() {
    let Some(lang) = SAID.first() else { return };
    let mut contents: Vec<String> = files(lang).iter().map(|f| file(f)).collect();
    let last = contents.last_mut().expect("the reasons");
    *last = last.replacen("\"q-01\"", "\"q-99\"", 1);
    assert_eq!(Material::read(lang, &contents).expect_err("stray"), "q-99: a text without an item");
}
