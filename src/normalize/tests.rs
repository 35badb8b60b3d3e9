//! Tables and properties of the folding.

use super::{disguise, exact, fold, tables, utf16_len};
use proptest::prelude::*;

#[test]
fn folds() {
    for (text, want) in [
        ("Elephant  IVORY, carved!", "elephant ivory carved"),
        ("  -Ivory- ", "ivory"),
        ("Ｉｖｏｒｙ　象牙", "ivory 象牙"),
        ("Éléphant d’Afrique", "elephant d afrique"),
        ("STRAẞE Straße", "strasse strasse"),
        ("FİLDİŞİ fildişi FILDIŞI", "fildisi fildisi fildisi"),
        ("龜殼", "龟壳"),
        ("i\u{200b}vo\u{200d}ry", "ivory"),
        ("ﾍﾞｯｺｳ べっこう", "ベッコウ べっこう"),
        ("\u{1112}\u{1161}\u{11ab}글", "한글"),
        ("عَاج الأفيال", "عاج الافيال"),
        ("слоновая КОСТЬ", "слоновая кость"),
        ("हाथी दाँत", "हाथी दाँत"),
        ("งาช้าง", "งาช\u{e49}าง"),
        ("𝐈𝐯𝐨𝐫𝐲 ⓘⓥⓞⓡⓨ ɪᴠᴏʀʏ", "ivory ivory ivory"),
        ("🐘 tusk", "🐘 tusk"),
        ("ﬁn", "fin"),
        ("٣٤ 12", "34 12"),
        ("", ""),
        ("...", ""),
    ] {
        let folded = fold(text);
        // Written with the same marks order as the folding leaves it in.
        assert_eq!(folded.text, want, "{text:?}");
    }
}

#[test]
fn reads_disguised_words() {
    for (text, want, disguised) in [
        ("i.v.o.r.y tusk", "ivory tusk", true),
        ("i v o r y tusk", "ivory tusk", true),
        ("1v0ry", "ivory", true),
        ("el3phant tu$k", "elephant tusk", true),
        ("iv.ory", "ivory", true),
        ("iv*ory", "ivory", true),
        ("ivоry", "ivory", true),
        ("слоновaя к0сть", "слоновая кость", true),
        ("old іvоrу box", "old ivory box", true),
        ("象.牙", "象牙", true),
        ("象 牙 雕", "象牙雕", true),
        ("ivoooory", "ivory", false),
        ("rh!no", "rhino", true),
        ("iv🔥ory", "ivory", true),
        ("i✨v✨o✨r✨y", "ivory", true),
        ("🔥 ivory🔥", "", false),
        ("с✨лон", "слон", true),
        ("с*л*о*н", "слон", true),
        ("ع*ا*ج", "عاج", true),
        ("玳*瑁", "玳瑁", true),
        ("i|v|o|r|y", "ivory", true),
        ("|vory", "ivory", true),
        ("elfen.bein", "elfenbein", true),
        ("elfen-bein", "", false),
        ("ع ا ج", "عاج", true),
        ("상 아", "상아", true),
        ("b e a r  b i l e", "bear bile", true),
        ("!vory box", "ivory box", true),
        ("m@rf!m", "marfim", true),
        ("t ij g e r", "tijger", true),
        ("сл0нова к1стка", "слонова кістка", true),
        ("new! tusk", "", false),
        ("TT2140 LED 12V", "", false),
        ("plain words only", "", false),
        ("слон и кость", "", false),
    ] {
        let folded = fold(text);
        let plain = disguise::plain(&folded, text, 'i');
        match plain {
            Some((plain, _)) => {
                assert_eq!(plain.text, want, "{text:?}");
                assert_eq!(plain.rewritten.iter().any(|r| r.disguise), disguised, "{text:?}");
            }
            None => assert_eq!(want, "", "{text:?} was not rewritten"),
        }
    }
    let text = "turt1e";
    assert_eq!(disguise::plain(&fold(text), text, 'l').unwrap().0.text, "turtle");
    let text = "tur1tle";
    assert_eq!(disguise::plain(&fold(text), text, disguise::NOTHING).unwrap().0.text, "turtle");
}

#[test]
fn masked_letters_are_tried_one_after_the_other() {
    for (text, masked, want) in [
        ("iv*ry", true, "ivory"),
        ("с*лон", true, "силон"),
        ("e*ephant", true, "elephant"),
        ("сло*овая", true, "слоновая"),
        ("*vory", false, "*vory"),
        ("ivory * box", false, "ivory * box"),
    ] {
        let folded = fold(text);
        assert_eq!(disguise::masks(&folded) > 0, masked, "{text}");
        let readings = (0..disguise::MASKED.len()).filter_map(|v| disguise::unmasked(&folded, text, v));
        assert_eq!(readings.into_iter().any(|p| p.text == want), masked, "{text}");
    }
}

#[test]
fn a_masked_consonant_is_tried_in_long_words_only() {
    let (text, folded) = ("b*ll", fold("b*ll"));
    let readings = (0..disguise::MASKED.len()).filter_map(|v| disguise::unmasked(&folded, text, v));
    assert!(readings.into_iter().all(|p| p.text != "bkll"));
    let long = "iv*ry ".repeat(1000);
    assert!(disguise::masks(&fold(&long)) < disguise::MASKED.len());
}

#[test]
fn keeps_marks_where_terms_are_exact() {
    assert_eq!(exact("BÄR  fell"), "bär fell");
    assert_eq!(exact("Ba\u{308}r"), "bär");
}

/// What is looked up for common characters is what is worked out for all others.
#[test]
fn the_fast_path_is_the_slow_path() {
    type Way = fn(char, u32, usize, &mut super::Writer<'_>);
    let fold = |text: &str, way: Way| {
        let mut folded = super::Folded::default();
        let mut writer = super::Writer::new(&mut folded, text);
        for (at, c) in text.char_indices() {
            if c.is_ascii() {
                writer.word(at);
            } else {
                way(c, at as u32, c.len_utf8(), &mut writer);
            }
        }
        writer.finish();
        folded
    };
    for c in ('\u{80}'..='\u{ffff}').filter(|&c| super::quick::of(c) != super::Quick::Unknown) {
        for text in [format!("{c}"), format!("a{c}b"), format!("a\u{200b}{c}\u{200b}b")] {
            assert_eq!(fold(&text, super::other), fold(&text, super::rare), "{text:?}");
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    let nasty = prop::collection::vec(
        prop_oneof![
            any::<char>(),
            prop::sample::select("aeioué ıİßöÅ .-_*,1034$@|🔥·\u{200b}\u{200d}\u{301}\u{308}\u{feff}\u{202e}ｉﾊﾞか\u{3099}한\u{1112}\u{1161}\u{11ab}龜牙Ωωςяжвіабع\u{64b}ة🐘🇨🇮👨\u{200d}👩𝐈ⓥᴏﬁ㎏ᾳ\u{345}ŉǰẞ\n\t".chars().collect::<Vec<_>>()),
            prop::char::range(' ', '~'),
        ],
        0..60,
    );
    nasty.prop_map(|chars| chars.into_iter().collect())
}

#[test]
fn settled_letters_fold_to_themselves() {
    for c in ('\0'..=char::MAX).filter(|&c| super::tables::is_settled(c)) {
        assert_eq!(super::tables::class(c), super::Class::Plain, "{c}");
        let mut parts = super::Parts::default();
        super::expand(c, &mut parts);
        let mut long = super::Folded::default();
        let mut writer = super::Writer::new(&mut long, "");
        for &part in parts.as_slice() {
            writer.emit(part, 0, part.len_utf8());
        }
        writer.finish();
        // Hangul and Kana come apart and together again.
        assert_eq!(long.text, super::hans::simplify(c).to_string(), "{c}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn positions_map_back(text in text()) {
        let folded = fold(&text);
        let places: Vec<_> = folded.text.char_indices().map(|(at, c)| folded.source(&text, at, at + c.len_utf8())).collect();
        prop_assert!(places.is_sorted_by_key(|p| p.0));
        let utf16: Vec<u16> = text.encode_utf16().collect();
        for (at, c) in folded.text.char_indices() {
            let (from, to) = folded.source(&text, at, at + c.len_utf8());
            prop_assert!(from < to && to <= text.len());
            prop_assert!(text.is_char_boundary(from) && text.is_char_boundary(to));
            let slice = &utf16[utf16_len(&text[..from]) as usize..utf16_len(&text[..to]) as usize];
            prop_assert_eq!(String::from_utf16(slice).unwrap(), &text[from..to]);
        }
        for &(from, to) in &folded.hidden {
            prop_assert!(from <= to && to <= folded.text.len());
        }
    }

    #[test]
    fn folding_is_idempotent(text in text()) {
        let once = fold(&text).text;
        prop_assert_eq!(&fold(&once).text, &once);
    }

    #[test]
    fn disguises_map_back(text in text()) {
        let folded = fold(&text);
        let readings = ['i', 'l', disguise::NOTHING].map(|one| disguise::plain(&folded, &text, one).map(|p| p.0));
        let masked = (0..2).map(|vowel| disguise::unmasked(&folded, &text, vowel));
        for plain in readings.into_iter().chain(masked).flatten() {
            for (at, c) in plain.text.char_indices() {
                let (from, to) = plain.folded_range(at, at + c.len_utf8()).unwrap();
                prop_assert!(folded.text.is_char_boundary(from) && folded.text.is_char_boundary(to));
                prop_assert!(to <= folded.text.len());
            }
            for r in plain.rewritten {
                prop_assert!(r.start <= r.end && r.end <= plain.text.len());
            }
        }
    }
}

/// Words that the second reading passes by are those that a closer look leaves alone.
#[test]
fn words_that_hint_at_nothing_are_passed_by() {
    for c in '\u{800}'..='\u{ffff}' {
        assert_eq!(tables::confusable(c), None, "{c}: no longer beyond the table of look-alikes");
    }
    // Drawn out, spaced out, of two alphabets, of look-alikes alone, with a sign inside: each still rewritten.
    for (text, plain) in [
        ("ivooory ring", "ivory ring"),
        ("слооон стоит", "слон стоит"),
        ("big ivorу ring", "big ivory ring"),
        ("the bone is іvоrу", "bone is ivory"),
        ("ring i v o r y ring", "ring ivory ring"),
        ("an i.vory ring", "an ivory ring"),
        ("象 牙 carving", "象牙 carving"),
        ("старый сло✨н", "старыи слон"),
        ("старый сл·он", "старыи слон"),
    ] {
        let folded = fold(text);
        let read = disguise::plain(&folded, text, 'i').map(|p| p.0.text);
        assert!(read.as_deref().is_some_and(|r| r.contains(plain)), "{text}: {read:?}");
    }
    for text in ["solid oak table", "слон стоит тут", "हाथी दांत", "عاج قديم", "an old, big, ring"]
    {
        assert_eq!(disguise::plain(&fold(text), text, 'i'), None, "{text}");
    }
}
