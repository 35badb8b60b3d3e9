use super::*;
use proptest::prelude::*;
use spotter_model::{Cue, CueKind, ListingKind, TaxonMatch};

fn collected() -> CollectedListing {
    CollectedListing {
        key: "3".into(),
        listing: Listing {
            id: "3".into(),
            kind: ListingKind::Listing,
            title: "Synthetic title".into(),
            description: "Synthetic description".into(),
            seller: "synthetic-seller".into(),
            url: "https://market.example/i/3?utm_source=x#y".into(),
            ..Listing::default()
        },
        place: Place {
            marketplace: "market.example".into(),
            listing_id: "3".into(),
            url_canonical: "https://u:p@market.example/i/3#a".into(),
            url_at_match: "https://market.example/s?q=1&gclid=2".into(),
            url_observed: "https://market.example/s?q=1#b".into(),
        },
        matched_at: "2026-11-23T22:13:54Z".into(),
        card_only: true,
        flagged: false,
        pictures: vec![],
        viewport_box: None,
        pixel_ratio: 1.0,
    }
}

fn around() -> Circumstances {
    Circumstances {
        report_id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
        created_at: "2026-11-23T22:14:00.000Z".into(),
        utc_offset_minutes: 60,
        clock_skew_ms: Some(-3),
        client: Client { extension: "0.1.0".into(), browser: "firefox".into(), pack: "1".into(), locale: "en".into() },
        screenshot: Evidence::blob(EvidenceKind::Screenshot, "a".repeat(64), "image/png", 10),
        pictures: ["b", "c"].map(included).into_iter().chain([picture(EvidenceState::NotGranted)]).collect(),
        source: Source::Page,
    }
}

fn included(digit: &str) -> Evidence {
    Evidence::blob(EvidenceKind::Picture, digit.repeat(64), "image/jpeg", 10)
}

/// Stands for the detector: says which fields it was given.
fn fields(listing: &Listing) -> Assessment {
    let seen = Field::ALL.iter().filter(|f| !listing.text(**f).is_empty()).map(|f| format!("{f:?}")).collect();
    Assessment { claims: seen, ..Assessment::default() }
}

fn all() -> Choices {
    Choices {
        note: " n ".into(),
        with_screenshot: true,
        with_description: true,
        with_seller: true,
        ..Choices::default()
    }
}

#[test]
fn addresses_are_stripped_and_a_moved_page_is_refused() {
    let report = draft(&collected(), around(), fields).unwrap();
    assert_eq!(report.place.url_canonical, "https://market.example/i/3");
    assert_eq!(report.place.url_observed, "https://market.example/s?q=1");
    assert_eq!(report.listing.url, "https://market.example/i/3");
    assert!(report.missed_by_detector && report.no_contact_made);
    let mut moved = collected();
    moved.place.url_observed = "https://market.example/s?q=2".into();
    assert_eq!(draft(&moved, around(), fields).unwrap_err().0, "bg_page_moved");
    let mut strange = collected();
    strange.place.url_canonical = "javascript:alert(1)".into();
    assert_eq!(
        draft(&strange, around(), fields).unwrap_err(),
        Sentence::with("bg_page_bad", &["/place/url_canonical"])
    );
}

#[test]
fn what_is_left_out_is_gone_everywhere() {
    let base = draft(&collected(), around(), fields).unwrap();
    let (report, bytes) = finish(base.clone(), &all(), fields).unwrap();
    assert_eq!(report.note, "n");
    assert_eq!(serde_json::from_slice::<Report>(&bytes).unwrap(), report);
    assert_eq!(report.blobs().count(), 3);
    let less = Choices {
        with_description: false,
        with_seller: false,
        with_screenshot: false,
        without_pictures: vec!["c".repeat(64)],
        ..all()
    };
    let (report, bytes) = finish(base.clone(), &less, fields).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("Synthetic description") && !text.contains("synthetic-seller"));
    assert_eq!(report.assessment.claims, ["Title"]);
    assert_eq!(report.evidence[1], no_screenshot(EvidenceState::LeftOut));
    assert_eq!(
        report.evidence[2..],
        [included("b"), picture(EvidenceState::LeftOut), picture(EvidenceState::NotGranted)]
    );
    assert_eq!(report.blobs().count(), 1);
    let long = Choices { note: "é".repeat(1001), ..all() };
    assert_eq!(finish(base, &long, fields).unwrap_err().0, "bg_note_long");
}

#[test]
fn what_was_ticked_goes_and_taxa_are_the_assessments_own() {
    let mut base = draft(&collected(), around(), fields).unwrap();
    let taxon = |id: &str| TaxonMatch { id: id.into(), scientific_name: format!("Synthetica {id}"), listings: vec![] };
    base.assessment.taxa = vec![taxon("one"), taxon("two")];
    let of = |choices: Choices| finish(base.clone(), &choices, fields).map(|(report, _)| report);
    let strings = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let ticked = Choices {
        taxa: strings(&["two", "of-no-assessment"]),
        marks: strings(&["ivory.grain"]),
        methods: strings(&["method.chat"]),
        ..all()
    };
    let report = of(ticked).unwrap();
    let two = ChosenTaxon { id: "two".into(), scientific_name: "Synthetica two".into() };
    assert_eq!(report.chosen, Choice::Taxa { taxa: vec![two] });
    assert_eq!((report.marks, report.methods_ticked), (strings(&["ivory.grain"]), strings(&["method.chat"])));
    assert_eq!(of(Choices { not_sure: true, taxa: strings(&["two"]), ..all() }).unwrap().chosen, Choice::NotSure);
    assert_eq!(of(all()).unwrap().chosen, Choice::NotAsked);
    assert_eq!(of(Choices { marks: strings(&["no id"]), ..all() }).unwrap_err().1, ["/marks"]);
}

#[test]
fn a_report_that_swells_gives_up_its_weakest_cues() {
    let mut report = draft(&collected(), around(), fields).unwrap();
    report.listing.description = "\\\"".repeat(limits::DESCRIPTION_BYTES / 2);
    for weight in 0..64u8 {
        report.assessment.cues.push(Cue {
            kind: CueKind::Name,
            concept: "synthetic".into(),
            field: Field::Title,
            start: 0,
            end: 1,
            text: "x".repeat(2000),
            weight: f32::from(weight),
        });
    }
    report.assessment.taxa =
        vec![TaxonMatch { id: "t".into(), scientific_name: "Synthetica synthetica".into(), listings: vec![] }];
    let (report, bytes) = finish(report, &all(), fields).unwrap();
    assert!(bytes.len() <= limits::REPORT_BYTES);
    assert_eq!(report.assessment.cues.len(), 16);
    assert!(report.assessment.cues.iter().all(|c| c.weight >= 48.0));
}

proptest! {
    /// Whatever a page's texts are, there is a report within the limit that passes its own check.
    #[test]
    fn any_text_packs(
        title in "\\PC{0,40}|[\\x00-\\x1f\"\\\\]{0,3000}",
        description in "[\\x00-\\x1f\"\\\\象]{0,9000}",
        seller in "\\PC{0,2000}",
        note in "\\PC{0,200}",
    ) {
        let mut c = collected();
        c.listing.title = title;
        c.listing.description = description;
        c.listing.seller = seller;
        let base = draft(&c, around(), fields).unwrap();
        let (report, bytes) = finish(base, &Choices { note, ..all() }, fields).unwrap();
        prop_assert!(bytes.len() <= limits::REPORT_BYTES);
        prop_assert_eq!(report.check(), Ok(()));
        prop_assert_eq!(serde_json::from_slice::<Report>(&bytes).unwrap(), report);
    }
}
