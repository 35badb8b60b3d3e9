//! From a listing just read to the exact report that goes. Reads no clock, signs nothing.

use super::sentence::Sentence;
use super::urls;
use spotter_model::InOrder;
use spotter_model::messages::{Choices, CollectedListing};
use spotter_model::report::{
    Choice, ChosenTaxon, Client, Evidence, EvidenceKind, EvidenceState, Place, Report, SCHEMA, Source,
};
use spotter_model::{Assessment, Field, Listing, limits};

/// What surrounds a report.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// A fresh UUID.
    pub report_id: String,
    /// Now, RFC 3339 UTC.
    pub created_at: String,
    /// The device's offset from UTC.
    pub utc_offset_minutes: i16,
    /// Server time minus device time, as last seen.
    pub clock_skew_ms: Option<i64>,
    /// What makes the report.
    pub client: Client,
    /// Whether there is a screenshot.
    pub screenshot: Evidence,
    /// The listing's pictures.
    pub pictures: Vec<Evidence>,
    /// How the spotter came by it.
    pub source: Source,
}

/// A screenshot that is not there, and why.
#[must_use]
pub fn no_screenshot(state: EvidenceState) -> Evidence {
    Evidence::without(EvidenceKind::Screenshot, state)
}

/// A picture that is not there, and why.
#[must_use]
pub fn picture(state: EvidenceState) -> Evidence {
    Evidence { kind: EvidenceKind::Picture, ..no_screenshot(state) }
}

/// Control characters become spaces, one UTF-16 unit each, so that offsets stay and JSON does not swell.
fn clean(text: &str, bytes: usize) -> String {
    limits::cut(text, bytes)
        .chars()
        .map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c })
        .collect()
}

/// A listing within its limits, with a stripped address.
#[must_use]
pub fn bounded(listing: &Listing) -> Listing {
    let text = |field: Field| clean(listing.text(field), Listing::limit(field));
    Listing {
        id: clean(&listing.id, limits::SHORT_BYTES),
        kind: listing.kind,
        title: text(Field::Title),
        description: text(Field::Description),
        price: text(Field::Price),
        category: text(Field::Category),
        seller: text(Field::Seller),
        location: text(Field::Location),
        url: urls::strip(&listing.url).filter(|u| u.len() <= limits::URL_BYTES).unwrap_or_default(),
        lang: clean(&listing.lang, 64),
        images: text(Field::Images),
    }
}

/// The report as it would go with everything in it, or why there can be none.
///
/// # Errors
/// The page went elsewhere since the match, or the listing breaks the contract.
pub fn draft(
    collected: &CollectedListing,
    around: Circumstances,
    assess: impl Fn(&Listing) -> Assessment,
) -> Result<Report, Sentence> {
    let bad = |pointer: &str| Sentence::with("bg_page_bad", &[pointer]);
    let url = |pointer: &str, url: &str| urls::strip(url).ok_or_else(|| bad(pointer));
    let place = Place {
        marketplace: collected.place.marketplace.clone(),
        listing_id: clean(&collected.place.listing_id, 128),
        url_canonical: url("/place/url_canonical", &collected.place.url_canonical)?,
        url_at_match: url("/place/url_at_match", &collected.place.url_at_match)?,
        url_observed: url("/place/url_observed", &collected.place.url_observed)?,
    };
    if place.url_at_match != place.url_observed {
        return Err(Sentence::with("bg_page_moved", &[&place.url_at_match, &place.url_observed]));
    }
    let listing = bounded(&collected.listing);
    let assessment = assess(&listing);
    let report = Report {
        schema: SCHEMA.into(),
        report_id: around.report_id,
        created_at: around.created_at,
        matched_at: collected.matched_at.clone(),
        utc_offset_minutes: around.utc_offset_minutes,
        clock_skew_ms: around.clock_skew_ms,
        client: around.client,
        place,
        source: around.source,
        listing,
        card_only: collected.card_only,
        missed_by_detector: !collected.flagged,
        assessment,
        chosen: Choice::NotAsked,
        marks: vec![],
        methods_ticked: vec![],
        note: String::new(),
        no_contact_made: true,
        evidence: [Evidence::text(), around.screenshot]
            .into_iter()
            .chain(around.pictures.into_iter().take(limits::PICTURES))
            .collect(),
    };
    report.check().map_err(|e| bad(e.pointer))?;
    Ok(report)
}

/// The report that the spotter chose, and its exact bytes. What was left out is gone from the assessment
/// too: the listing is assessed again as it goes.
///
/// # Errors
/// The note is too long, or the report can't be brought under the limit.
pub fn finish(
    mut report: Report,
    choices: &Choices,
    assess: impl Fn(&Listing) -> Assessment,
) -> Result<(Report, Vec<u8>), Sentence> {
    let note = choices.note.trim();
    if note.chars().count() > limits::NOTE_CHARS {
        return Err(Sentence::with("bg_note_long", &[&limits::NOTE_CHARS.to_string()]));
    }
    report.note = note.to_owned();
    // Chosen on the sheet, where everything that was read spoke for it.
    report.chosen = chosen(&report.assessment, choices);
    report.marks = choices.marks.clone();
    report.methods_ticked = choices.methods.clone();
    if !choices.with_description {
        report.listing.description.clear();
    }
    if !choices.with_seller {
        report.listing.seller.clear();
    }
    if !choices.with_description || !choices.with_seller {
        report.assessment = assess(&report.listing);
    }
    for item in &mut report.evidence {
        let out = match item.kind {
            EvidenceKind::ListingText => false,
            EvidenceKind::Screenshot => !choices.with_screenshot,
            EvidenceKind::Picture => item.sha256.as_ref().is_some_and(|h| choices.without_pictures.contains(h)),
        };
        if out && item.state == EvidenceState::Included {
            *item = Evidence { kind: item.kind, ..no_screenshot(EvidenceState::LeftOut) };
        }
    }
    let unfit = |pointer: &str| Sentence::with("bg_page_bad", &[pointer]);
    loop {
        report.check().map_err(|e| unfit(e.pointer))?;
        let bytes = serde_json::to_vec(&report).map_err(|_| unfit("/"))?;
        if bytes.len() <= limits::REPORT_BYTES {
            return Ok((report, bytes));
        }
        // Text that swells in JSON: the weakest half of the cues gives way, then further taxa.
        let a = &mut report.assessment;
        if a.cues.len() > 1 {
            let mut weights: Vec<f32> = a.cues.iter().map(|c| c.weight.abs()).collect();
            weights.order_by(|x, y| y.total_cmp(x));
            let keep = a.cues.len() / 2;
            let floor = weights[keep - 1];
            a.cues.retain(|c| c.weight.abs() >= floor);
            a.cues.truncate(keep);
        } else if a.taxa.len() > 1 {
            a.taxa.truncate(a.taxa.len() / 2);
        } else if let Some(item) = report.evidence.iter_mut().find(|e| e.from.is_some()) {
            // Then where pictures came from; the pictures stay.
            item.from = None;
        } else {
            return Err(unfit("/"));
        }
    }
}

/// What the spotter takes it for: of the assessment's taxa only.
fn chosen(assessment: &Assessment, choices: &Choices) -> Choice {
    let find = |id: &String| assessment.taxa.iter().find(|t| t.id == *id);
    let taxa: Vec<ChosenTaxon> = choices
        .taxa
        .iter()
        .filter_map(find)
        .take(limits::CHOSEN_TAXA)
        .map(|t| ChosenTaxon { id: t.id.clone(), scientific_name: t.scientific_name.clone() })
        .collect();
    match (choices.not_sure, taxa.is_empty()) {
        (true, _) => Choice::NotSure,
        (false, true) => Choice::NotAsked,
        (false, false) => Choice::Taxa { taxa },
    }
}

#[cfg(test)]
#[path = "packaging_tests.rs"]
mod tests;
