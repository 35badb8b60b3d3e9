//! The detector as a whole: one table of listings run against both engines, the pack's ways to be wrong, and
//! what holds for any text.

use proptest::prelude::*;
use spotter_detector::lexicon::{self, compile, pack};
use spotter_detector::{Detector, PackError, Scratch, testing};
use spotter_model::{Assessment, CueKind, Date, Field, Level, Listing, limits};
use std::sync::LazyLock;

static READY: LazyLock<Detector> = LazyLock::new(|| Detector::from_pack(&testing::pack()).unwrap());
static BUILT: LazyLock<Detector> = LazyLock::new(|| Detector::from_pack_building(&testing::pack()).unwrap());

fn day() -> Date {
    "2026-11-23".parse().unwrap()
}

fn titled(title: &str) -> Listing {
    Listing { id: "t".into(), title: title.into(), ..Listing::default() }
}

fn check(a: &Assessment, listing: &Listing) {
    assert!((0.0..=1.0).contains(&a.score) && a.score <= a.wildlife_score && a.wildlife_score <= 1.0);
    assert!(a.cues.len() <= limits::CUES && a.taxa.len() <= limits::TAXA);
    for cue in &a.cues {
        // What JavaScript's slice would give.
        let utf16: Vec<u16> = listing.text(cue.field).encode_utf16().collect();
        let slice = &utf16[cue.start as usize..cue.end as usize];
        assert_eq!(String::from_utf16(slice).unwrap(), cue.text);
        assert!(!cue.text.is_empty());
    }
    assert!(a.cues.is_sorted_by_key(|c| (c.field, c.start)));
}

/// Both engines must give the same bytes.
fn assess(listing: &Listing) -> Assessment {
    let (ready, built) = (READY.assess(listing, day()), BUILT.assess(listing, day()));
    let bytes = |a: &Assessment| serde_json::to_vec(a).unwrap();
    assert_eq!(bytes(&ready), bytes(&built));
    check(&ready, listing);
    ready
}

#[test]
fn latin_names_beyond_their_patterns() {
    for (title, cue) in [
        ("Galeocerdo", "Galeocerdo"),
        ("Galeocerdo cuvier, tooth", "Galeocerdo cuvier"),
        ("Galeocerdo arcticus", "Galeocerdo arcticus"),
        ("Galeocerdo cf. arcticus", "Galeocerdo cf. arcticus"),
        ("Galeocerdo spp.", "Galeocerdo spp"),
        // Not written as Latin names are.
        ("GALEOCERDO ARCTICUS", "GALEOCERDO"),
        ("galeocerdo arcticus", "galeocerdo"),
        ("Galeocerdo Arcticus", "Galeocerdo"),
        ("Galeocerdo leather", "Galeocerdo"),
    ] {
        let a = assess(&titled(title));
        let found: Vec<&str> = a.cues.iter().filter(|c| c.kind == CueKind::Name).map(|c| c.text.as_str()).collect();
        assert_eq!(found, [cue], "{title}");
        assert!(a.cues[0].weight > 0.0, "{title}");
    }
}

#[test]
fn a_table_of_titles() {
    use Level::{Likely, None, Possible};
    let table: &[(&str, Level, &[&str])] = &[
        ("Old elephant ivory netsuke", Likely, &["name.elephant", "commodity.ivory", "trade.carving"]),
        ("Elfenbeinfigur, Elefanten", Likely, &["commodity.ivory", "name.elephant"]),
        ("Mammutelfenbein", None, &["commodity.ivory"]),
        ("ivory white blouse", None, &["lookalike.colour"]),
        ("ox bone netsuke", Possible, &["code.ox-bone", "trade.carving"]),
        ("ox bone broth", None, &[]),
        ("white ox bone netsuke", Possible, &["lookalike.colour", "code.ox-bone", "trade.carving"]),
        ("tiger shark jaw", Possible, &["name.tiger-shark", "commodity.jaw"]),
        ("tiger and shark jaw", Possible, &["name.tiger", "commodity.jaw"]),
        ("plush elephant", None, &["lookalike.plush", "name.elephant"]),
        ("netsuke, antique, genuine", None, &["trade.carving", "claim.antique"]),
        ("i.v.o.r.y netsuke", Likely, &["commodity.ivory", "trade.carving"]),
        ("1v0ry netsuke", Likely, &["commodity.ivory", "trade.carving"]),
        ("象.牙 大象", Likely, &["commodity.ivory", "name.elephant"]),
        ("Loxodonta africana", Possible, &["name.taxon.loxodonta-africana"]),
        ("bar stool", None, &[]),
        ("Bär", None, &["claim.antique"]),
        ("العاج", None, &["commodity.ivory"]),
        ("", None, &[]),
    ];
    let mut wrong = vec![];
    for (title, level, concepts) in table {
        let a = assess(&titled(title));
        let mut found: Vec<&str> = a.cues.iter().map(|c| c.concept.as_str()).collect();
        found.sort_unstable();
        found.dedup();
        let mut wanted = concepts.to_vec();
        wanted.sort_unstable();
        if (a.level, &found) != (*level, &wanted) {
            wrong.push(format!("{title}: {:?} {} {found:?}, not {level:?} {wanted:?}", a.level, a.score));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_said_of_a_listing() {
    let listing = Listing {
        id: "7".into(),
        title: "Genuine 1v0ry netsuke".into(),
        description: "From an elephant. Elephant tusk.".into(),
        ..Listing::default()
    };
    let a = assess(&listing);
    assert_eq!(a.id, "7");
    assert_eq!(a.commodities, ["IVC", "TUS"]);
    assert_eq!(a.claims, ["claim.antique"]);
    assert!(a.disguised && a.methods.is_empty() && a.grounds.is_empty());
    assert_eq!(a.taxa[0].listings.len(), 2);
    assert_eq!(serde_json::to_value(a.reportable).unwrap(), "check");
    // Every place is named, each concept weighs once.
    let elephants: Vec<_> = a.cues.iter().filter(|c| c.concept == "name.elephant").collect();
    assert_eq!(elephants.len(), 2);
    assert_eq!(elephants.iter().filter(|c| c.weight != 0.0).count(), 1);
    // Prior and shares make the score.
    let z: f64 = -4.0 + a.cues.iter().map(|c| f64::from(c.weight)).sum::<f64>();
    assert!((1.0 / (1.0 + (-z).exp()) - a.score).abs() < 0.001);
    let (what, reasons) = READY.explain(&a);
    assert_eq!(what.scientific_names, ["Loxodonta africana"]);
    assert_eq!(reasons[0].concept, "commodity.ivory");
    assert!(reasons.iter().all(|r| !r.against));
    assert_eq!(reasons.len(), 4);
}

#[test]
fn nothing_of_one_listing_is_left_for_the_next() {
    let titles = ["Old 1v0ry netsuke, genuine elephant tusk", "", "Oak table", "Varanus boehmei", "ivory white silk"];
    let mut listings: Vec<Listing> = titles.iter().map(|t| titled(t)).collect();
    listings.push(Listing { description: "genuine elephant tusk".into(), ..titled("carving") });
    let mut scratch = Scratch::default();
    for first in &listings {
        for next in &listings {
            for listing in [first, next] {
                assert_eq!(READY.assess_with(&mut scratch, &[], listing, day()), READY.assess(listing, day()));
            }
        }
    }
}

#[test]
fn listings_depend_on_the_day() {
    let shark = titled("tiger shark jaw");
    let before = READY.assess(&shark, "2023-11-24".parse().unwrap());
    let after = READY.assess(&shark, "2023-11-25".parse().unwrap());
    assert!(before.taxa.is_empty() && before.score < after.score);
    assert_eq!(after.taxa[0].id, "galeocerdo-cuvier");
    assert_eq!(before.wildlife_score, after.wildlife_score);
}

#[test]
fn fields_count_differently() {
    let title = assess(&titled("ivory netsuke"));
    let description = assess(&Listing { description: "ivory netsuke".into(), ..Listing::default() });
    let place = assess(&Listing { location: "Ivory".into(), ..Listing::default() });
    assert!(title.score > description.score);
    assert!(place.cues.is_empty());
    assert_eq!(description.cues[0].field, Field::Description);
}

#[test]
fn words_of_another_language_count_less() {
    let on = |lang: &str, title: &str| assess(&Listing { lang: lang.into(), ..titled(title) }).score;
    assert!(on("pl", "Elefanten") < on("de-AT", "Elefanten"));
    // An English word is met everywhere, and so is a scientific name; nothing is held against an unknown language.
    assert_eq!(on("pl", "elephant"), on("en", "elephant"));
    assert_eq!(on("pl", "Loxodonta africana"), on("", "Loxodonta africana"));
    assert_eq!(on("", "Elefanten"), on("de", "Elefanten"));
}

#[test]
fn huge_and_strange_texts_are_bounded() {
    let long = "象牙 ivory elephant 1v0ry ".repeat(5000);
    let listing =
        Listing { title: long.clone(), description: long.clone(), images: long.clone(), seller: long, ..titled("") };
    let a = assess(&listing);
    assert!(a.cues.iter().all(|c| (c.end as usize) <= Listing::limit(c.field)));
    for nasty in
        ["\u{202e}".repeat(3000), "a\u{301}".repeat(3000), "i ".repeat(4000), "i.".repeat(4000), "🐘".repeat(999)]
    {
        assess(&Listing { description: nasty, ..Listing::default() });
    }
}

/// A pack with one thing changed, its checksum made right again.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut bytes = testing::pack();
    change(&mut bytes);
    if bytes.len() >= pack::HEADER {
        let mut sum = Sha256::new();
        sum.update(&bytes[..56]);
        sum.update(&bytes[pack::HEADER..]);
        let sum: [u8; 32] = sum.finalize().into();
        bytes[56..88].copy_from_slice(&sum);
    }
    bytes
}

#[test]
fn each_way_a_pack_can_be_wrong() {
    type Change = fn(&mut Vec<u8>);
    let table: &[(Change, PackError)] = &[
        (|b| b.truncate(0), PackError::TooShort(0)),
        (|b| b.truncate(100), PackError::TooShort(100)),
        (|b| b[0] = b'X', PackError::NotAPack),
        (|b| *b = b"<html>".to_vec(), PackError::NotAPack),
        (|b| b[8] = 9, PackError::Format(9)),
        (|b| b[10] = 2, PackError::Reserved),
        (|b| b[10] = 1, PackError::Kind),
        // A signed pack goes through another door.
        (|b| b[100] = 1, PackError::Reserved),
        (|b| b[24] = 0, PackError::Version),
        (|b| b[24] = 0xff, PackError::Version),
        (|b| b[20..24].copy_from_slice(&20_261_399u32.to_le_bytes()), PackError::Expiry),
        (|b| b[20..24].copy_from_slice(&u32::MAX.to_le_bytes()), PackError::Expiry),
        (|b| b.resize(pack::MAX_BYTES + 1, 0), PackError::TooLarge(pack::MAX_BYTES + 1)),
    ];
    for (change, error) in table {
        assert_eq!(Detector::from_pack(&changed(change)).unwrap_err(), *error);
    }
    assert!(Detector::from_pack(&changed(|_| {})).is_ok());
    let cut = changed(|b| b.truncate(b.len() - 1));
    assert!(matches!(Detector::from_pack(&cut).unwrap_err(), PackError::Length { .. }));
    let mut damaged = testing::pack();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    assert_eq!(Detector::from_pack(&damaged).unwrap_err(), PackError::Checksum);
    // The tables replaced by nothing, lengths and checksum right.
    let empty = changed(|b| {
        let tables = u32::from_le_bytes(b[16..20].try_into().unwrap()) as usize;
        b.truncate(b.len() - tables);
        b[16..20].fill(0);
    });
    assert_eq!(Detector::from_pack(&empty).unwrap_err(), PackError::Tables);
    // Every error is a sentence for a person.
    for error in [PackError::Checksum, PackError::Tables, PackError::Format(7)] {
        assert!(error.to_string().len() > 20);
    }
}

/// One concept, as a file.
fn concept(more: &str) -> String {
    format!(
        "[[concept]]\nid = \"name.x\"\nkind = \"name\"\nlabel = \"x\"\ngroup = \"bear\"\nsource = \"test\"\n\
         attested = \"observed\"\n{more}"
    )
}

/// Its words, as the file of one language.
fn words_file(more: &str) -> String {
    format!("language = \"en\"\nsource = \"test\"\nattested = \"observed\"\n{more}")
}

#[test]
fn concepts_that_are_wrong_say_where_and_what_to_do() {
    let table: &[(String, &str)] = &[
        (concept("").replace("id = \"name.x\"", "id = \"trade.x\""), "the id must be name."),
        (concept("").replace("\"test\"", "\"nowhere\""), "not in sources.toml"),
        (concept("").replace("group = \"bear\"", ""), "needs taxa or a group"),
        (concept("taxa = [\"ursus\"]"), "not in register/"),
        (concept("needs = [\"name.y\"]"), "needs names"),
        (concept("needs = [\"group:bears\"]"), "needs names"),
        (concept("commodity = \"Ivory\""), "trade-term code"),
        (concept("effect = \"cancel\""), "only a look-alike"),
        (concept("cancels = [\"kind:lookalike\"]"), "a name or a commodity"),
        (
            concept("cancels = [\"kind:name\"]")
                .replace("name.x", "trade.x")
                .replace("kind = \"name\"", "kind = \"trade\""),
            "by their ids",
        ),
        (concept("sharing = \"experts\""), "stays on the server"),
        (concept("").replace("\"test\"", "\"author-knowledge\"").replace("observed", "published"), "names the work"),
        (concept("").repeat(2), "ids must differ"),
        (concept("").replace("name", "code"), "a code word needs"),
    ];
    for (text, wanted) in table {
        let problems = compile(&testing::sources_with(text, &[]).unwrap()).unwrap_err();
        assert!(
            problems.iter().any(|p| p.what.contains(wanted) && p.file == "concepts/test.toml" && p.entry.is_some()),
            "{wanted}: {problems:?}"
        );
    }
    for text in ["[[concept]]\nid = 7", "nonsense", &concept("terms = { en = [\"bear\"] }")] {
        let problem = testing::sources_with(text, &[]).unwrap_err();
        assert!(problem.what.contains("line "), "{problem}");
    }
}

#[test]
fn words_that_are_wrong_say_where_and_what_to_do() {
    let words = |list: &str| words_file(&format!("[words]\n\"name.x\" = [{list}]"));
    let sourced = |more: &str| words_file(&format!("[[sourced]]\nconcept = \"name.x\"\nwords = [\"bear\"]\n{more}"));
    let table: &[(String, &str, Option<&str>)] = &[
        (words("\"a\""), "single letter", Some("name.x")),
        (words("\"be*\""), "at least three letters", Some("name.x")),
        (words("\"*be aring\""), "in its first word", Some("name.x")),
        (words("\"--\""), "nothing is left", Some("name.x")),
        (words("\"=?bear\""), "in this order", Some("name.x")),
        (words(""), "0 words", Some("name.x")),
        (words("\"bear\"").replace("name.x", "name.bear"), "no concept in concepts/", Some("name.bear")),
        (words("\"bear\"").replace("\"en\"", "\"English\""), "no language tag", None),
        (words("\"bear\"").replace("\"en\"", "\"de\""), "called as its language", None),
        (words("\"bear\"").replace("\"test\"", "\"nowhere\""), "not in sources.toml", None),
        (words("\"bear\"").replace("observed", "published"), "[[sourced]]", None),
        (sourced("source = \"nowhere\"\nattested = \"observed\""), "not in sources.toml", Some("name.x")),
        (sourced("source = \"author-knowledge\"\nattested = \"published\""), "names the work", Some("name.x")),
        (sourced("source = \"test\"\nattested = \"observed\"\nsharing = \"enrolled\""), "only public", Some("name.x")),
        (words_file("[[example]]\ntext = \"a bear\""), "needs a text and what", Some("a bear")),
        (words_file("[[example]]\ntext = \"a bear\"\nnot = [\"name.bear\"]"), "no concept", Some("a bear")),
    ];
    for (text, wanted, entry) in table {
        let sources = testing::sources_with(&concept(""), &[("en", text)]).unwrap();
        let problems = compile(&sources).unwrap_err();
        let right = |p: &&lexicon::Problem| p.file == "words/en.toml" && p.entry.as_deref() == *entry;
        assert!(problems.iter().filter(right).any(|p| p.what.contains(wanted)), "{wanted}: {problems:?}");
    }
    for text in [words_file("colour = \"red\""), words("\"bear\"").repeat(2), words("7")] {
        let problem = testing::sources_with(&concept(""), &[("en", &text)]).unwrap_err();
        assert!(problem.what.contains("line ") && problem.file == "words/en.toml", "{problem}");
    }
}

/// A detector that knows one name, by these words.
fn knowing(words: &str) -> Detector {
    let sources = testing::sources_with(&concept(""), &[("en", &words_file(words))]).unwrap();
    Detector::from_pack(&compile(&sources).unwrap()).unwrap()
}

/// Which concepts stand in a title, for a lexicon of one code word with its company and its innocents.
fn standing_in(title: &str) -> Vec<String> {
    static CODES: LazyLock<Detector> = LazyLock::new(|| {
        let one = |id: &str, more: &str| {
            let kind = id.split('.').next().unwrap();
            format!(
                "[[concept]]\nid = \"{id}\"\nkind = \"{kind}\"\nlabel = \"x\"\nsource = \"test\"\nattested = \"observed\"\n{more}\n"
            )
        };
        let concepts =
            one("code.bone", "group = \"elephant\"\nneeds = [\"trade.carved\", \"trade.grain\", \"trade.weight\"]")
                + &one("trade.carved", "")
                + &one("trade.grain", "cancels = [\"lookalike.resin\"]")
                + &one("trade.weight", "needs = [\"kind:code\"]")
                + &one("claim.denied", "")
                + &one("lookalike.resin", "effect = \"dampen\"")
                + &one("lookalike.broth", "cancels = [\"group:bear\"]");
        let words = words_file(
            "[words]\n\"code.bone\" = [\"ox bone\"]\n\"trade.carved\" = [\"carved\"]\n\"trade.grain\" = [\"grain\"]\n\
             \"trade.weight\" = [\"per gram\"]\n\"claim.denied\" = [\"not resin\"]\n\"lookalike.resin\" = [\"resin\"]\n\
             \"lookalike.broth\" = [\"ox bone broth\"]",
        );
        let sources = testing::sources_with(&concepts, &[("en", &words)]).unwrap();
        Detector::from_pack(&compile(&sources).unwrap()).unwrap()
    });
    let mut ids: Vec<String> = CODES.assess(&titled(title), day()).cues.into_iter().map(|c| c.concept).collect();
    ids.sort();
    ids
}

#[test]
fn a_code_word_stands_with_its_company_and_against_what_it_pretends_to_be() {
    for (title, wanted) in [
        ("ox bone", &[][..]),
        ("carved ox bone", &["code.bone", "trade.carved"]),
        // Any figure with a unit is a weight, but only beside a code word.
        ("ox bone, 450 g", &["code.bone", "trade.weight"]),
        ("resin, 450 g", &["lookalike.resin"]),
        // Grain refutes resin; that it is carved does not.
        ("carved ox bone, resin", &["code.bone", "lookalike.resin", "trade.carved"]),
        ("ox bone, grain, resin", &["code.bone", "trade.grain"]),
        ("grain, resin", &["lookalike.resin", "trade.grain"]),
        // What is denied is not said.
        ("not resin", &["claim.denied"]),
        // The longer innocent thing is meant.
        ("carved ox bone broth", &["lookalike.broth", "trade.carved"]),
    ] {
        assert_eq!(standing_in(title), wanted, "{title}");
    }
}

#[test]
fn a_word_may_say_more_or_less_than_its_concept() {
    let detector = knowing("[words]\n\"name.x\" = [\"bear\", \"?honey\", \"!bruin\"]");
    let score = |title: &str| detector.assess(&titled(title), day()).score;
    assert!(score("honey") < score("bear") && score("bear") < score("bruin"));
    // At its best place, whatever comes first.
    assert_eq!(score("honey bruin"), score("bruin"));
}

#[test]
fn forms_made_by_rule_are_found_like_their_lemma() {
    let detector = knowing("[words]\n\"name.x\" = [\"?dancing bear\", \"honey\", \"=Ursus\", \"!bruins\", \"bruin\"]");
    let score = |title: &str| detector.assess(&titled(title), day()).score;
    assert!(score("dancing bears") > score("dancing shoes"));
    assert_eq!(score("dancing bears"), score("dancing bear"));
    assert!(score("honeys") > score("dancing bears"));
    assert_eq!(score("ursuses"), score("nothing"));
    // An entry of its own holds against a form that a rule makes.
    assert!(score("bruins") > score("bruin"));
}

#[test]
fn what_is_only_inferred_is_never_likely() {
    let level = |name: &str, commodity: &str| {
        let both = concept("strength = \"strong\"\n")
            + &concept("strength = \"strong\"\n").replace("name", "commodity").replace("observed", commodity);
        let words = words_file(&format!(
            "[words]\n\"commodity.x\" = [\"gall\"]\n\
             [[sourced]]\nconcept = \"name.x\"\nwords = [\"bruin\"]\nsource = \"test\"\nattested = \"{name}\""
        ));
        let sources = testing::sources_with(&both, &[("en", &words)]).unwrap();
        Detector::from_pack(&compile(&sources).unwrap()).unwrap().assess(&titled("bruin gall"), day()).level
    };
    assert_eq!(level("observed", "observed"), Level::Likely);
    assert_eq!(level("inferred", "observed"), Level::Likely);
    // A word is no better known than its meaning.
    assert_eq!(level("observed", "inferred"), Level::Likely);
    assert_eq!(level("inferred", "inferred"), Level::Possible);
}

#[test]
fn its_own_examples_hold() {
    assert_eq!(lexicon::check(&testing::sources(), &READY, day()), []);
    let wrong = words_file(
        "[words]\n\"name.x\" = [\"bear\"]\n[[example]]\ntext = \"a wolf\"\nfinds = [\"name.x\"]\n\
         [[example]]\ntext = \"a bear\"\nnot = [\"name.x\"]",
    );
    let wrong = testing::sources_with(&concept(""), &[("en", &wrong)]).unwrap();
    let detector = Detector::from_pack(&compile(&wrong).unwrap()).unwrap();
    assert_eq!(lexicon::check(&wrong, &detector, day()).len(), 2);
}

#[test]
fn the_same_sources_make_the_same_pack() {
    assert_eq!(testing::pack(), testing::pack());
}

fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => prop::sample::select(vec![
            "ivory", "IVORY", "1v0ry", "i.v.o.r.y", "i v o r y", "ivоry", "iv\u{200b}ory", "elephant", "象牙", "象.牙", "大象",
            "tiger", "shark", "tiger shark", "netsuke", "ox bone", "white", "plush", "antique", "Elfenbein", "عاج", "상아를",
            "Bär", "Loxodonta africana", "jaw", "hand-carved", "🐘", "ivoooory", "e\u{301}",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "\\PC{0,12}",
    ];
    prop::collection::vec((word, prop::sample::select(vec![" ", "", "-", "\n", "，", " / "])), 0..14)
        .prop_map(|parts| parts.into_iter().flat_map(|(w, s)| [w, s.to_owned()]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_listing_gets_a_sound_answer(title in words(), description in words(), images in words()) {
        let listing = Listing { id: "x".into(), title, description, images, ..Listing::default() };
        let a = assess(&listing);
        prop_assert_eq!(&a, &READY.assess(&listing, day()));
        let (_, reasons) = READY.explain(&a);
        prop_assert!(reasons.iter().all(|r| r.quote.chars().count() <= 80 && !r.label.is_empty()));
        // What is named, then signs and claims, then what speaks against.
        let rank = |r: &spotter_model::messages::Reason| (r.against, !r.against && matches!(r.kind, CueKind::Trade | CueKind::Claim | CueKind::Method));
        prop_assert!(reasons.is_sorted_by_key(rank));
        let subject = a.cues.iter().any(|c| matches!(c.kind, CueKind::Name | CueKind::Commodity | CueKind::Code));
        prop_assert!(subject || a.level == Level::None);
    }

    #[test]
    fn a_hostile_pack_is_refused_or_harmless(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        title in words(),
    ) {
        let bytes = changed(|b| {
            for (at, value) in &damage {
                let at = at.index(b.len());
                b[at] = *value;
            }
        });
        for detector in [Detector::from_pack(&bytes), Detector::from_pack_building(&bytes)].into_iter().flatten() {
            let a = detector.assess(&titled(&title), day());
            let _ = detector.explain(&a);
        }
    }

    #[test]
    fn any_bytes_are_no_pack(mut bytes in prop::collection::vec(any::<u8>(), 0..400), magic in any::<bool>()) {
        if magic && bytes.len() >= 8 {
            bytes[..8].copy_from_slice(pack::MAGIC);
        }
        prop_assert!(Detector::from_pack(&bytes).is_err());
    }

    #[test]
    fn any_text_as_a_source_file(text in "(\\[\\[(concept|sourced|example)\\]\\]\n)?([a-z]{1,8} = (\"[^\"\n]{0,9}\"|[0-9]{1,3}|\\[\\])\n){0,9}\\PC{0,30}") {
        let _ = testing::sources_with(&text, &[]).map(|s| compile(&s));
        let _ = testing::sources_with(&concept(""), &[("en", &text)]).map(|s| compile(&s));
    }
}
