//! Documents in many scripts, with the fonts of this machine (`cargo xtask test` installs them): what a reader gets out of them
//! again, that nothing is an empty box, that the same document gives the same bytes, and that no text breaks it.

mod read;

use proptest::prelude::*;
use read::read;
use spotter_pdf::{Block, Document, Fonts, NotMade, Says, Text, typeset};
use std::path::PathBuf;
use std::sync::LazyLock;

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    Fonts::find(&[PathBuf::from("/usr/share/fonts")]).expect("fonts-noto-core and fonts-noto-cjk are installed")
});

/// A sentence of each language, with marks, joined letters and stacked vowels where the script has them.
const SENTENCES: &[(&str, &str)] = &[
    ("en", "Bracelet, carved, with fine crossing lines; it was said to be old."),
    ("de", "Geschnitzter Armreif, größer als üblich, für Sammler – „sehr alt“."),
    ("vi", "Vòng tay được chạm khắc, những đường vân mảnh giao nhau, rất cũ."),
    ("ar", "سوار منحوت من مادة بيضاء، قديم جداً، للبيع"),
    ("fa", "دستبند کنده‌کاری شده، بسیار قدیمی"),
    ("he", "צמיד מגולף, ישן מאוד, למכירה"),
    ("th", "กำไลแกะสลักเก่าแก่ที่มีลวดลายเส้นละเอียดและน้ำหนักดีมากสำหรับนักสะสมทุกคนที่ชอบของเก่า"),
    ("zh", "古老的雕刻手镯，有细细的交叉纹路，适合收藏。"),
    ("ja", "古い彫刻の腕輪、細かい線が交差しています。"),
    ("ko", "오래된 조각 팔찌, 가는 선이 교차합니다."),
    ("hi", "पुराना नक्काशीदार कंगन, बारीक रेखाएँ"),
    ("ru", "Старый резной браслет с тонкими пересекающимися линиями."),
];

fn one(lang: &str, text: &str) -> Document {
    Document {
        lang: lang.to_owned(),
        title: text.to_owned(),
        author: "An organisation".to_owned(),
        foot: "N-1".to_owned(),
        made_at: "2026-11-28T10:00:00.000Z".to_owned(),
        blocks: vec![
            Block::Heading("1".to_owned()),
            Block::Paragraph(text.to_owned()),
            Block::Field("2".to_owned(), Text::Own(text.to_owned())),
            Block::Field("3".to_owned(), Text::Foreign(text.to_owned())),
            Block::Quote(text.to_owned()),
        ],
        says: Says::default(),
    }
}

fn of(document: &Document) -> Vec<u8> {
    typeset(&FONTS, document).unwrap()
}

/// Letters in no order: a line that runs right to left is drawn from its end.
fn letters(text: &str) -> Vec<char> {
    let mut all: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200c}')).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn every_language_can_be_read_out_again() {
    for (lang, text) in SENTENCES {
        let bytes = of(&one(lang, text));
        let read = read(&bytes);
        assert_eq!(read.unknown, 0, "{lang}: an empty box, or a glyph that stands for nothing");
        assert!(!read.text.contains('\u{fffd}'), "{lang}: {}", read.text);
        let found = letters(&read.text);
        let gone: Vec<char> = letters(text).into_iter().filter(|c| !found.contains(c)).collect();
        assert!(gone.is_empty(), "{lang}: {gone:?} is not in {}", read.text);
        if let Ok(folder) = std::env::var("SPOTTER_PDF_LOOK") {
            std::fs::write(format!("{folder}/{lang}.pdf"), &bytes).unwrap();
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = one("en", &SENTENCES.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n"));
    let first = of(&document);
    assert_eq!(of(&document), first);
    // Fonts that were found anew, and what was typeset before, change nothing.
    let again = Fonts::find(&[PathBuf::from("/usr/share/fonts")]).unwrap();
    assert_eq!(typeset(&again, &document).unwrap(), first);
    assert_eq!(again.names(), FONTS.names());
    assert!(again.names()[0] == "Noto Sans" && !again.names().iter().any(|n| n.contains("Color Emoji")));
    let later = Document { made_at: "2026-11-29T10:00:00.000Z".to_owned(), ..document };
    assert_ne!(of(&later), first);
}

#[test]
fn arabic_is_joined_and_runs_from_the_right() {
    let paragraph = |text: &str| Document { blocks: vec![Block::Quote(text.to_owned())], ..Document::default() };
    // Three letters that join have other forms in a word than alone, and the first letter stands rightmost.
    let (word, alone) = (read(&of(&paragraph("ببب"))), read(&of(&paragraph("ب ب ب"))));
    let forms = |codes: &[u16]| codes.iter().collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(forms(&word.codes[..3]), 3, "{word:?}");
    assert_eq!(forms(&[alone.codes[0], alone.codes[2], alone.codes[4]]), 1, "letters alone have one form: {alone:?}");
    let mixed = read(&of(&paragraph("אב 12 גד")));
    let text: String = mixed.text.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(text.starts_with("דג12בא"), "drawn from the left: the last letter first, numbers as they are: {text}");
}

#[test]
fn what_no_font_has_is_said() {
    // Not assigned, for private use, and a script that the packages named in docs/operations.md have no font for.
    let document =
        Document { blocks: vec![Block::Quote("a \u{50000}\u{50001} b \u{e000} c".to_owned())], ..Document::default() };
    let read = read(&of(&document));
    assert_eq!(read.unknown, 0);
    let words = read.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("a \u{fffd}\u{fffd} b \u{fffd} c"), "{words}");
    assert!(words.contains("Not shown: 3 characters"), "{words}");
    assert!(words.contains("characters without a meaning 3: U+50000 U+50001 U+E000"), "{words}");
}

#[test]
fn what_hides_or_moves_text_is_a_sign() {
    let hidden = "a\u{202e}b\u{200b}\u{200b}c\u{2066}d\u{0}e\u{feff}f\u{e0041}g";
    let read = read(&of(&Document { blocks: vec![Block::Quote(hidden.to_owned())], ..Document::default() }));
    assert!(read.text.contains("a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}g"), "{}", read.text);
    // A heap of marks over one letter would lie over the lines around it.
    let heap = format!("x{}y", "\u{301}".repeat(200));
    let read = self::read(&of(&Document { blocks: vec![Block::Quote(heap)], ..Document::default() }));
    assert!(read.text.matches('\u{301}').count() <= 6, "{}", read.text);
}

#[test]
fn without_fonts_there_is_none() {
    let empty = tempfile::tempdir().unwrap();
    std::fs::write(empty.path().join("broken.ttf"), b"\0\x01\0\0 no font").unwrap();
    std::fs::write(empty.path().join("broken.ttc"), b"ttcf\0\x01\0\0\xff\xff\xff\xff").unwrap();
    for folder in [empty.path().to_owned(), empty.path().join("nowhere")] {
        let Err(NotMade::NoFonts(named)) = Fonts::find(std::slice::from_ref(&folder)) else {
            panic!("fonts out of nothing")
        };
        assert_eq!(named, folder.display().to_string());
    }
}

#[test]
fn length_is_bounded() {
    let started = std::time::Instant::now();
    let wall = "象".repeat(1_000_000);
    let lines = "x\n".repeat(500_000);
    for text in [wall, "a".repeat(1_000_000), lines, "🐘".repeat(1_000_000), "ب".repeat(1_000_000)] {
        let mut document = one("en", "t");
        document.blocks = vec![Block::Paragraph(text.clone()), Block::Field(text.clone(), Text::Foreign(text.clone()))];
        document.title = text.chars().take(300).collect();
        let bytes = of(&document);
        let read = read(&bytes);
        assert!(read.pages <= spotter_pdf::PAGES + 2, "{} pages", read.pages);
        assert!(
            read.text.replace(['\n', ' '], "").contains("cuthere"),
            "it says that it is cut: {}",
            read.text.chars().rev().take(300).collect::<String>()
        );
        assert!(bytes.len() < 4 << 20, "{} bytes", bytes.len());
    }
    // Bounded, whatever the machine does beside it.
    assert!(started.elapsed().as_secs() < 240, "{:?}", started.elapsed());
}

/// Anything at all, with a bias for what breaks typesetters.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[a-z ]{0,12}",
        Just("\u{202e}".to_owned()),
        Just("\u{200d}".to_owned()),
        Just("\u{fe0f}".to_owned()),
        Just("👩\u{200d}🌾🇻🇳".to_owned()),
        Just("\u{301}\u{1ab0}\u{20dd}".to_owned()),
        Just("العربية ١٢٣ ".to_owned()),
        Just("ภาษาไทย".to_owned()),
        Just("\n\r\t\u{85}\u{2028}".to_owned()),
        Just("ﷺ\u{fdfd}𒀱".to_owned()),
        Just("क्ष्म्य\u{94d}".to_owned()),
        Just("ᄀ\u{1161}\u{11a8}".to_owned()),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]
    #[test]
    fn no_text_breaks_it(title in hostile(), label in hostile(), value in hostile(), quote in hostile(), lang in "(en|ar|ja|)") {
        let document = Document {
            lang,
            title,
            author: value.clone(),
            foot: label.clone(),
            made_at: quote.clone(),
            blocks: vec![
                Block::Heading(quote.clone()),
                Block::Field(label.clone(), Text::Foreign(value.clone())),
                Block::Field(value, Text::Own(label)),
                Block::Quote(quote.clone()),
                Block::Paragraph(quote),
            ],
            says: Says::default(),
        };
        let bytes = typeset(&FONTS, &document);
        prop_assert!(bytes.is_ok(), "{:?}", bytes.err());
        let read = read(&bytes.unwrap());
        prop_assert_eq!(read.unknown, 0);
        prop_assert!(!read.text.chars().any(|c| spotter_model::hidden::hidden(c).is_some_and(|n| !matches!(n, "ZWJ" | "ZWNJ"))));
    }
}
