//! Overlays: what they add, what they leave as it is, and when they are refused.

use proptest::prelude::*;
use spotter_detector::lexicon::overlay::{OverlayError, read_unsigned};
use spotter_detector::lexicon::signed::{self, Trust};
use spotter_detector::lexicon::{self, PackError, Sources, compile_overlay, pack, source};
use spotter_detector::{Detector, testing};
use spotter_model::{Date, Level, Listing};
use std::sync::LazyLock;

const SEED: [u8; 32] = [7; 32];

fn now() -> Date {
    "2026-11-26".parse().unwrap()
}

const CONCEPTS: &str = r#"
[[concept]]
id = "code.moon-milk"
kind = "code"
label = "said to be moon milk"
taxa = ["loxodonta-africana"]
commodity = "IVC"
needs = ["trade.carving"]
strength = "strong"
source = "test"
attested = "observed"
sharing = "enrolled"
"#;

const WORDS: &str = r#"
language = "en"
source = "test"
attested = "observed"
[words]
"code.moon-milk" = ["moon milk"]
[[sourced]]
concept = "name.tiger"
words = ["*stripeling", "=Tígre"]
source = "test"
attested = "observed"
sharing = "enrolled"
"#;

const POLICY: &str = r#"
[platform]
id = "market"
name = "Market"
[platform.hosts]
"market.example" = "DE"
[[rule]]
id = "market.ivory"
groups = ["elephant"]
reportable = "yes"
against = "platform"
status = "primary"
source = { title = "Market, rules", address = "https://market.example/rules" }
read = "2026-11-20"
expires = "2027-11-20"
says = "Ivory may not be offered."
"#;

fn more(concepts: &str, words: &str) -> Sources {
    let concepts = source::parse::<source::ConceptsFile>("concepts/more.toml", concepts).unwrap();
    Sources {
        concepts: concepts.concept.into_iter().map(|c| ("concepts/more.toml".to_owned(), c)).collect(),
        words: vec![("words/en.toml".to_owned(), source::parse("words/en.toml", words).unwrap())],
        policy: vec![("policy/market.toml".to_owned(), source::parse("policy/market.toml", POLICY).unwrap())],
        works: vec![],
        ..testing::sources()
    }
}

fn overlay() -> Vec<u8> {
    compile_overlay(&testing::sources(), &more(CONCEPTS, WORDS)).unwrap()
}

fn plain() -> Detector {
    Detector::from_pack(&testing::pack()).unwrap()
}

fn laid_over() -> Detector {
    let signed = signed::sign(&overlay(), &SEED, 1).unwrap();
    let trust = Trust { keys: vec![signed::public_key(&SEED)], ..Trust::default() };
    let mut detector = plain();
    detector.lay_over(signed::open_overlay(&signed, &trust, now()).unwrap().opened).unwrap();
    detector
}

static PLAIN: LazyLock<Detector> = LazyLock::new(plain);
static OVER: LazyLock<Detector> = LazyLock::new(laid_over);

fn titled(title: &str) -> Listing {
    Listing { title: title.into(), url: "https://market.example/1".into(), ..Listing::default() }
}

#[test]
fn an_overlay_adds_words_meanings_and_rules() {
    for (title, before, after) in [
        ("moon milk netsuke", vec![], vec!["code.moon-milk"]),
        // Its context stands in the base, and is asked for.
        ("moon milk face cream", vec![], vec![]),
        ("a superstripeling", vec![], vec!["name.tiger"]),
        ("Tígre", vec![], vec!["name.tiger"]),
        ("m00n milk netsuke", vec![], vec!["code.moon-milk"]),
        ("elephant", vec!["name.elephant"], vec!["name.elephant"]),
    ] {
        let found = |detector: &Detector| {
            let cues = detector.assess(&titled(title), now()).cues.into_iter().map(|c| c.concept);
            let mut ids: Vec<String> = cues.filter(|id| id != "trade.carving").collect();
            ids.sort();
            ids
        };
        assert_eq!(found(&PLAIN), before, "{title}");
        assert_eq!(found(&OVER), after, "{title}");
    }
    let a = OVER.assess(&titled("moon milk netsuke, hand carved"), now());
    assert!(a.level > Level::None && a.taxa[0].id == "loxodonta-africana" && a.grounds == ["market.ivory"], "{a:?}");
    assert_eq!(OVER.explain(&a).0.commodities, ["IVC"]);
    assert_eq!(OVER.pack_version(), format!("{}+{}", PLAIN.pack_version(), PLAIN.pack_version()));
}

proptest! {
    /// Where the overlay finds nothing, everything is as it was.
    #[test]
    fn what_the_overlay_does_not_know_stays(words in prop::collection::vec(
        prop::sample::select(vec!["elephant", "ivory", "tiger", "shark", "netsuke", "white", "ox bone", "antique", "1v0ry", "\u{8c61}\u{7259}", "milk"]), 0..8)) {
        let listing = Listing { title: words.join(" "), ..Listing::default() };
        prop_assert_eq!(PLAIN.assess(&listing, now()), OVER.assess(&listing, now()));
    }
}

#[test]
fn an_overlay_that_does_not_fit_changes_nothing() {
    let extra = CONCEPTS.replace("moon-milk", "star-dust").replace("moon milk", "star dust");
    let mut base = testing::sources();
    base.concepts.extend(more(&extra, WORDS).concepts);
    // Sharing is judged where it stands: this base is made for the test alone.
    let words = WORDS.replace("moon-milk", "star-dust");
    let newer = compile_overlay(&base, &more("", &words)).unwrap();
    let mut detector = plain();
    let why = detector.lay_over(read_unsigned(&newer).unwrap()).unwrap_err();
    assert_eq!(why, OverlayError::UnknownMeaning("code.star-dust".into()));
    assert_eq!(detector.lexicon(), PLAIN.lexicon());

    let mut known = testing::sources();
    let public = more(&CONCEPTS.replace("enrolled", "public"), &WORDS.replace("enrolled", "public"));
    known.concepts.extend(public.concepts);
    known.words.extend(public.words);
    let mut detector = Detector::from_pack(&lexicon::compile(&known).unwrap()).unwrap();
    let why = detector.lay_over(read_unsigned(&overlay()).unwrap()).unwrap_err();
    assert_eq!(why, OverlayError::KnownAlready("code.moon-milk".into()));
}

#[test]
fn a_newer_overlay_takes_the_place_of_the_one_before_and_any_can_be_taken_away() {
    let concepts = CONCEPTS.replace("moon-milk", "star-dust");
    let words = WORDS.replace("moon-milk", "star-dust").replace("moon milk", "star dust");
    let newer = compile_overlay(&testing::sources(), &more(&concepts, &words)).unwrap();
    let (milk, dust) = (titled("moon milk netsuke"), titled("star dust netsuke"));
    let codes = |detector: &Detector, listing: &Listing| {
        detector.assess(listing, now()).cues.iter().filter(|c| c.concept.starts_with("code.")).count()
    };
    let mut detector = laid_over();
    assert_eq!((codes(&detector, &milk), codes(&detector, &dust)), (1, 0));
    detector.lay_over(read_unsigned(&newer).unwrap()).unwrap();
    assert_eq!((codes(&detector, &milk), codes(&detector, &dust)), (0, 1));
    let found = detector.assess(&dust, now());
    assert_eq!(detector.explain(&found).0.commodities, ["IVC"]);
    detector.lay_aside();
    assert_eq!(detector.lexicon(), PLAIN.lexicon());
    assert_eq!((detector.pack_version(), detector.expires()), (PLAIN.pack_version(), PLAIN.expires()));
    for listing in [milk, dust, titled("elephant ivory netsuke")] {
        let found = detector.assess(&listing, now());
        assert_eq!(found, PLAIN.assess(&listing, now()));
        assert_eq!(detector.explain(&found), PLAIN.explain(&found));
    }
}

#[test]
fn kinds_are_not_mixed_up() {
    assert_eq!(Detector::from_pack(&overlay()).unwrap_err(), PackError::Kind);
    assert_eq!(read_unsigned(&testing::pack()).unwrap_err(), PackError::Kind);
    assert_eq!(pack::open(&overlay()).unwrap_err(), PackError::Kind);
}

#[test]
fn what_is_shared_in_confidence_gets_into_no_other_pack() {
    let mut public = testing::sources();
    public.concepts.extend(more(CONCEPTS, WORDS).concepts);
    public.words.extend(more(CONCEPTS, WORDS).words);
    let problems = lexicon::link(&public).unwrap_err();
    assert!(problems.iter().filter(|p| p.what.contains("signed overlay")).count() >= 2, "{problems:?}");
    let experts = CONCEPTS.replace("enrolled", "experts");
    let problems = compile_overlay(&testing::sources(), &more(&experts, WORDS)).unwrap_err();
    assert!(problems.iter().any(|p| p.what.contains("stays on the server")), "{problems:?}");
}

#[test]
fn damaged_overlays_are_refused_without_a_panic() {
    let good = overlay();
    for at in (216..good.len()).step_by(3) {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        assert_eq!(read_unsigned(&bad).unwrap_err(), PackError::Checksum);
    }
}
