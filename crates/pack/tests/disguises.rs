//! Every way to hide a word, applied to words of every script: what is found in plain sight is found hidden as well,
//! and an ordinary word is no offer, however it is spelled.

use spotter_detector::Detector;
use spotter_model::{Assessment, CueKind, Level, Listing};
use std::collections::BTreeSet;

/// Words that are found by themselves, by language.
const HIDDEN: &[(&str, &[&str])] = &[
    ("en", &["pangolin", "tortoiseshell comb", "rhino horn", "elephant ivory", "chimpanzee", "cockatoo"]),
    ("de", &["elfenbein", "schildpatt", "schuppentier", "nashorn", "graupapagei"]),
    ("fr", &["pangolin", "cacatoès", "perroquet gris", "chimpanzé"]),
    ("es", &["marfil de elefante", "pangolín", "guacamayo", "chimpancé"]),
    ("it", &["pangolino", "cacatua", "scimpanzé"]),
    ("pt", &["marfim de elefante", "pangolim", "chimpanzé"]),
    ("nl", &["schubdier", "neushoorn", "chimpansee"]),
    ("pl", &["łuskowiec", "nosorożec", "szympans"]),
    ("cs", &["luskoun", "nosorožec", "šimpanz"]),
    ("id", &["trenggiling", "harimau sumatera", "orangutan"]),
    ("tr", &["pangolin", "gergedan", "şempanze"]),
    ("ru", &["слоновая кость", "панголин", "носорог", "шимпанзе"]),
    ("uk", &["слонова кістка", "панголін", "носоріг", "шимпанзе"]),
    ("zh-Hans", &["穿山甲片", "犀牛角", "玳瑁手镯", "熊胆粉"]),
    ("ja", &["センザンコウ", "チンパンジー", "スローロリス"]),
    ("ko", &["천산갑", "침팬지", "슬로로리스"]),
    ("th", &["งาช้าง", "ตัวลิ่น", "นอแรด"]),
    ("ar", &["وحيد القرن", "شمبانزي", "سن الفيل"]),
    ("fa", &["عاج فیل", "شامپانزه", "پانگولین"]),
    ("hi", &["हाथीदांत", "पैंगोलिन", "गैंडे का सींग"]),
];

/// Ordinary words.
const INNOCENT: &[(&str, &[&str])] = &[
    ("en", &["wooden chair", "bicycle", "winter jacket", "kitchen table", "headphones", "notebook"]),
    ("de", &["esstisch", "fahrrad", "winterjacke", "kühlschrank"]),
    ("fr", &["chaise en bois", "vélo", "manteau", "réfrigérateur"]),
    ("es", &["bicicleta", "lavadora", "zapatillas"]),
    ("it", &["bicicletta", "lavatrice", "divano"]),
    ("pl", &["rower górski", "lodówka", "kurtka zimowa"]),
    ("tr", &["buzdolabı", "bisiklet", "çamaşır makinesi"]),
    ("id", &["sepeda motor", "lemari pakaian", "kulkas"]),
    ("ru", &["велосипед", "холодильник", "куртка зимняя"]),
    ("uk", &["велосипед", "холодильник", "куртка"]),
    ("zh-Hans", &["自行车", "洗衣机", "电脑桌椅"]),
    ("ja", &["自転車", "冷蔵庫", "ヘッドホン"]),
    ("ko", &["자전거", "냉장고", "노트북"]),
    ("th", &["จักรยาน", "ตู้เย็น", "โต๊ะทำงาน"]),
    ("ar", &["دراجة هوائية", "ثلاجة", "طاولة خشب"]),
    ("fa", &["دوچرخه", "یخچال", "میز چوبی"]),
    ("hi", &["साइकिल", "अलमारी", "कुर्सी"]),
];

type Way = (&'static str, fn(&str) -> Option<String>);

/// Ways that every script knows, then those of scripts with spaces, then those of Latin letters.
const WAYS: &[Way] = &[
    ("dots", |w| Some(between(w, "."))),
    ("spaces", |w| Some(between(w, " "))),
    ("underscores", |w| Some(between(w, "_"))),
    ("stars", |w| Some(between(w, "*"))),
    ("emoji", |w| Some(between(w, "🔥"))),
    ("zero width", |w| Some(between(w, "\u{200b}"))),
    ("soft hyphen", |w| Some(middle(w, "\u{ad}"))),
    ("one star", |w| Some(middle(w, "*"))),
    ("one emoji", |w| Some(middle(w, "✨"))),
    ("struck through", |w| Some(w.chars().flat_map(|c| [c, '\u{336}']).collect())),
    ("drawn out", |w| spaced(w).then(|| w.chars().flat_map(|c| [c; 3]).collect())),
    ("full width", |w| latin(w).then(|| shifted(w, '\u{ff21}'))),
    ("circled", |w| latin(w).then(|| shifted(w, 'Ⓐ'))),
    ("flag letters", |w| latin(w).then(|| shifted(w, '\u{1f1e6}'))),
    ("leet", |w| latin(w).then(|| w.replacen('a', "4", 1).replacen('i', "1", 1))),
    ("leet signs", |w| latin(w).then(|| w.replacen('a', "@", 1).replacen('s', "$", 1))),
    ("cyrillic letters", |w| latin(w).then(|| w.replace('a', "а").replace('o', "о").replace('e', "е"))),
    ("masked vowel", |w| latin(w).then(|| masked(w)).flatten()),
    ("tatweel", |w| w.chars().any(|c| ('ا'..='ي').contains(&c)).then(|| middle(w, "ـ"))),
    ("capitals", |w| spaced(w).then(|| w.to_uppercase())),
    ("apart", |w| (latin(w) && !w.contains(' ')).then(|| middle(w, " "))),
    ("backwards", |w| (latin(w) && !w.contains(' ')).then(|| w.chars().rev().collect())),
];

/// The letters of a word with the marks that belong to each.
fn letters(word: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for c in word.chars() {
        // Thai and Indic vowel signs and tones.
        let mark = matches!(c, '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{900}'..='\u{903}'
            | '\u{93a}'..='\u{94f}');
        match all.last_mut() {
            Some(last) if mark => last.push(c),
            _ => all.push(c.into()),
        }
    }
    all
}

/// Something between all letters of the longest word.
fn between(words: &str, what: &str) -> String {
    longest(words, |w| letters(w).join(what))
}

/// Something in the middle of the longest word.
fn middle(words: &str, what: &str) -> String {
    longest(words, |w| {
        let letters = letters(w);
        let (a, b) = letters.split_at(letters.len() / 2);
        a.concat() + what + &b.concat()
    })
}

fn longest(words: &str, hide: impl Fn(&str) -> String) -> String {
    let long = words.split(' ').max_by_key(|w| w.chars().count()).unwrap();
    words.split(' ').map(|w| if w == long { hide(w) } else { w.into() }).collect::<Vec<_>>().join(" ")
}

fn latin(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_lowercase() || b == b' ')
}

fn spaced(word: &str) -> bool {
    word.chars().all(|c| c == ' ' || c.is_lowercase())
}

fn shifted(word: &str, a: char) -> String {
    let shift = |c: char| char::from_u32(a as u32 + c as u32 - 'a' as u32).unwrap();
    word.chars().map(|c| if c == ' ' { c } else { shift(c) }).collect()
}

/// The first vowel after the first letter, of the longest word, behind a star.
fn masked(words: &str) -> Option<String> {
    let hidden = longest(words, |w| {
        let at = w.char_indices().skip(1).find(|(_, c)| "aeiou".contains(*c)).map(|(i, _)| i);
        at.map_or_else(|| w.into(), |i| format!("{}*{}", &w[..i], &w[i + 1..]))
    });
    (hidden != words).then_some(hidden)
}

fn assess(detector: &Detector, lang: &str, title: &str) -> Assessment {
    let listing = Listing { id: "t".into(), title: title.into(), lang: lang.into(), ..Listing::default() };
    detector.assess(&listing, "2026-11-23".parse().unwrap())
}

/// What a title names: weights are fitted anew, words stay.
fn named(detector: &Detector, lang: &str, title: &str) -> BTreeSet<String> {
    let names = |kind| matches!(kind, CueKind::Name | CueKind::Commodity);
    assess(detector, lang, title).cues.into_iter().filter(|c| names(c.kind)).map(|c| c.concept).collect()
}

#[test]
fn what_is_hidden_is_found() {
    let detector = Detector::from_pack(spotter_pack::PACK).unwrap();
    let (mut tried, mut missed) = (0, vec![]);
    for (lang, words) in HIDDEN {
        for word in *words {
            let plain = named(&detector, lang, word);
            assert!(!plain.is_empty(), "{lang}: {word} is not found in plain sight");
            for (way, hide) in WAYS {
                let Some(hidden) = hide(word) else { continue };
                tried += 1;
                if named(&detector, lang, &hidden).is_disjoint(&plain) {
                    missed.push(format!("{lang} {way}: {hidden}"));
                }
            }
        }
    }
    assert!(tried > 700, "{tried}");
    // What is not undone yet may be this much and no more.
    assert!(missed.len() * 100 <= tried * 3, "{} of {tried}:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn ordinary_words_are_no_offers_however_they_are_spelled() {
    let detector = Detector::from_pack(spotter_pack::PACK).unwrap();
    for (lang, words) in INNOCENT {
        for word in *words {
            for (way, hide) in WAYS {
                let Some(hidden) = hide(word) else { continue };
                assert_eq!(assess(&detector, lang, &hidden).level, Level::None, "{lang} {way}: {hidden}");
            }
        }
    }
}
