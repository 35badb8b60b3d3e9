//! A small lexicon for examples and tests: synthetic, ten concepts, never shipped in a pack.

use crate::lexicon::weights::{Calibration, Pair, Provenance, Thresholds};
use crate::lexicon::{Feature, Sources, Weights, compile, register, source};

const CHECKLIST: &str = "\
name\trank\tclass\torder\tfamily\tlistings\tsynonyms\tannotation
Loxodonta africana\tspecies\tMammalia\tProboscidea\tElephantidae\tI | II: Botswana, Namibia, South Africa, Zimbabwe\t\t
Panthera tigris\tspecies\tMammalia\tCarnivora\tFelidae\tI\t\t
";

const LINEAGE: &str = r#"
group = "sharks"
[[family]]
name = "Carcharhinidae"
order = "Carcharhiniformes"
genera = ["Galeocerdo"]
species = ["Galeocerdo cuvier"]
"#;

const RULES: &str = r#"
source = "test"
[[rule]]
taxa = ["Galeocerdo cuvier"]
listings = [{ appendix = "II", from = "2023-11-25" }]
"#;

const GROUPS: &str = r#"
[groups]
elephant = ["Proboscidea"]
bigcats = ["Felidae"]
"#;

const CONCEPTS: &str = r#"
[[concept]]
id = "name.elephant"
kind = "name"
label = "elephant"
taxa = ["loxodonta-africana"]
strength = "medium"
source = "test"
attested = "observed"
[[concept]]
id = "commodity.ivory"
kind = "commodity"
label = "ivory"
taxa = ["loxodonta-africana"]
commodity = ["IVC", "TUS"]
strength = "medium"
source = "test"
attested = "published"
[[concept]]
id = "name.tiger"
kind = "name"
label = "tiger"
taxa = ["panthera-tigris"]
strength = "medium"
source = "test"
attested = "observed"
[[concept]]
id = "name.tiger-shark"
kind = "name"
label = "tiger shark"
taxa = ["galeocerdo-cuvier"]
source = "test"
attested = "observed"
[[concept]]
id = "commodity.jaw"
kind = "commodity"
label = "jaw"
commodity = "BON"
strength = "weak"
source = "test"
attested = "observed"
[[concept]]
id = "trade.carving"
kind = "trade"
label = "carved by hand"
source = "test"
attested = "observed"
[[concept]]
id = "code.ox-bone"
kind = "code"
label = "said to be ox bone"
group = "elephant"
commodity = "IVC"
needs = ["trade.carving"]
source = "test"
attested = "published"
[[concept]]
id = "lookalike.colour"
kind = "lookalike"
label = "a colour"
source = "test"
attested = "observed"
[[concept]]
id = "lookalike.plush"
kind = "lookalike"
label = "a toy"
effect = "dampen"
strength = "strong"
source = "test"
attested = "observed"
[[concept]]
id = "claim.antique"
kind = "claim"
label = "said to be antique"
source = "test"
attested = "observed"
"#;

const WORDS: &[(&str, &str)] = &[
    (
        "en",
        r#"
language = "en"
source = "test"
attested = "observed"
[words]
"name.elephant" = ["elephant", "elephants"]
"name.tiger" = ["tiger"]
"name.tiger-shark" = ["tiger shark"]
"commodity.jaw" = ["jaw", "jaws"]
"trade.carving" = ["netsuke", "hand carved"]
"lookalike.colour" = ["white", "colour"]
"lookalike.plush" = ["plush"]
"claim.antique" = ["antique", "genuine"]
[[sourced]]
concept = "commodity.ivory"
words = ["ivory", "tusk", "tusks"]
source = "test"
attested = "published"
[[sourced]]
concept = "code.ox-bone"
words = ["ox bone"]
source = "test"
attested = "published"
[[example]]
text = "an old Elephant"
finds = ["name.elephant"]
[[example]]
text = "Elefanten"
finds = ["name.elephant"]
[[example]]
text = "elephantine effort"
not = ["name.elephant"]
[[example]]
text = "IVORY figure"
finds = ["commodity.ivory"]
[[example]]
text = "象牙雕"
finds = ["commodity.ivory"]
[[example]]
text = "i v o r y box"
finds = ["commodity.ivory"]
[[example]]
text = "ivory white blouse"
not = ["commodity.ivory"]
[[example]]
text = "ivorycoast"
not = ["commodity.ivory"]
[[example]]
text = "tiger shark jaw"
not = ["name.tiger"]
[[example]]
text = "tiger-shark jaw"
finds = ["name.tiger-shark"]
[[example]]
text = "ox-bone netsuke"
finds = ["code.ox-bone"]
[[example]]
text = "ox bone broth"
not = ["code.ox-bone"]
"#,
    ),
    (
        "de",
        r#"
language = "de"
source = "test"
attested = "observed"
[words]
"name.elephant" = ["elefant*"]
"name.tiger" = ["tigerfell"]
"claim.antique" = ["=Bär"]
[[sourced]]
concept = "commodity.ivory"
words = ["*elfenbein*"]
source = "test"
attested = "published"
"#,
    ),
    (
        "zh-Hans",
        r#"
language = "zh-Hans"
source = "test"
attested = "observed"
[words]
"name.elephant" = ["大象"]
[[sourced]]
concept = "commodity.ivory"
words = ["象牙"]
source = "test"
attested = "published"
"#,
    ),
    (
        "ko",
        r#"
language = "ko"
source = "test"
attested = "observed"
[words]
"name.elephant" = ["코끼리"]
[[sourced]]
concept = "commodity.ivory"
words = ["상아"]
source = "test"
attested = "published"
"#,
    ),
    (
        "ar",
        r#"
language = "ar"
source = "test"
attested = "observed"
[[sourced]]
concept = "commodity.ivory"
words = ["عاج"]
source = "test"
attested = "published"
"#,
    ),
    (
        "ja",
        r#"
language = "ja"
source = "test"
attested = "observed"
[[sourced]]
concept = "commodity.ivory"
words = ["象牙"]
source = "test"
attested = "published"
"#,
    ),
];

/// Weights by hand: round numbers, so that examples can be followed.
fn weights() -> Weights {
    let by_hand = |feature: Feature| match feature {
        Feature::Nothing => -4.0,
        Feature::Subject => 0.5,
        Feature::Name | Feature::Part => 0.2,
        Feature::NameMedium | Feature::PartMedium => 1.1,
        Feature::NameStrong | Feature::PartStrong => 1.4,
        Feature::Product => 0.3,
        Feature::ProductMedium => 1.8,
        Feature::ProductStrong => 1.6,
        Feature::Code => 1.1,
        Feature::CodeMedium | Feature::CodeStrong | Feature::NameTrade => 1.0,
        Feature::ProductTrade | Feature::PartTrade | Feature::CodeTrade => 1.6,
        Feature::Fits => 1.6,
        Feature::NameClaim => 0.7,
        Feature::ProductMore | Feature::PartMore | Feature::NameMore => 0.6,
        Feature::ProductClaim | Feature::Method | Feature::NameTitle | Feature::ProductTitle => 0.5,
        Feature::Disguised => 1.5,
        Feature::Lookalike | Feature::Cancelled | Feature::Foreign => -1.0,
        Feature::LookalikeMedium | Feature::LookalikeStrong => -1.2,
        _ => 0.0,
    };
    // What no list names says of wildlife what a listed name says.
    let wild = |feature: Feature| match feature {
        Feature::Other => by_hand(Feature::Name),
        Feature::OtherMedium => by_hand(Feature::NameMedium),
        Feature::OtherTitle => by_hand(Feature::NameTitle),
        Feature::OtherStrong => by_hand(Feature::NameStrong),
        Feature::OtherFits => by_hand(Feature::Fits) + by_hand(Feature::Part),
        Feature::OtherOnly => by_hand(Feature::Subject),
        other => by_hand(other),
    };
    let pair = |&feature: &Feature| Pair { listed: by_hand(feature), wildlife: wild(feature) };
    let threshold = Thresholds { possible: 0.3, likely: 0.75, wildlife: 0.5 };
    Weights::new(Provenance::default(), threshold, Calibration::default(), Feature::ALL.iter().map(pair).collect())
        .expect("constant")
}

/// The sources.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "the texts are constants, compiled in every test run")]
pub fn sources() -> Sources {
    sources_with(CONCEPTS, WORDS).expect("the constant sources are right")
}

/// The sources with other concepts and other words, these by language.
///
/// # Errors
/// What is wrong with them.
#[allow(clippy::missing_panics_doc, reason = "the other texts are constants")]
pub fn sources_with(concepts: &str, words: &[(&str, &str)]) -> Result<Sources, source::Problem> {
    let concepts = source::parse::<source::ConceptsFile>("concepts/test.toml", concepts)?;
    let words = words.iter().map(|(language, text)| {
        let file = format!("words/{language}.toml");
        source::parse(&file, text).map(|words| (file, words))
    });
    Ok(Sources {
        pack: source::parse("pack.toml", "version = \"2026.11.23\"\nexpires = \"2027-11-23\"").expect("constant"),
        weights: weights(),
        works: source::parse::<source::WorksFile>(
            "sources.toml",
            "[[source]]\nid = \"test\"\ntitle = \"Synthetic\"\nyear = 2026\nlicence = \"own\"\n\
             [[source]]\nid = \"author-knowledge\"\ntitle = \"None\"\nyear = 2026\nlicence = \"own\"",
        )
        .expect("constant")
        .source,
        taxa: register::assemble(&register_parts()).expect("constant"),
        concepts: concepts.concept.into_iter().map(|c| ("concepts/test.toml".to_owned(), c)).collect(),
        words: words.collect::<Result<_, _>>()?,
        policy: vec![],
    })
}

fn register_parts() -> register::Parts {
    register::Parts {
        checklist: register::checklist::parse("taxa.tsv", CHECKLIST).expect("constant"),
        checklist_source: "test".to_owned(),
        rules: vec![("rules.toml".to_owned(), source::parse("rules.toml", RULES).expect("constant"))],
        lineages: vec![("lineage.toml".to_owned(), source::parse("lineage.toml", LINEAGE).expect("constant"))],
        groups: Some(source::parse("groups.toml", GROUPS).expect("constant")),
        ..register::Parts::default()
    }
}

/// The compiled pack.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "the texts are constants, compiled in every test run")]
pub fn pack() -> Vec<u8> {
    compile(&sources()).expect("the constant sources are right")
}

/// The linked lexicon.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "the texts are constants, compiled in every test run")]
pub fn lexicon() -> crate::lexicon::Lexicon {
    crate::lexicon::link(&sources()).expect("the constant sources are right").0
}

/// A detector of a lexicon in which a test has changed anything but its words.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "in tests the lexicon is one of this module's")]
pub fn detector(lexicon: &crate::lexicon::Lexicon) -> crate::Detector {
    crate::Detector::from_pack(&repacked(lexicon)).expect("the pack that was just written")
}

/// The pack of such a lexicon.
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "in tests the lexicon is one of this module's")]
pub fn repacked(lexicon: &crate::lexicon::Lexicon) -> Vec<u8> {
    let (_, words) = crate::lexicon::link(&sources()).expect("the constant sources are right");
    let expires = "2027-11-23".parse().expect("a date");
    crate::lexicon::pack::write("2026.11.23", expires, lexicon, &words).expect("a pack")
}
