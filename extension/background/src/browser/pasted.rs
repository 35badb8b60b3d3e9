//! Reports of what was seen elsewhere: the draft out of a pasted link, and the pictures that the spotter adds to it.

use super::app::App;
use super::reports::{self, Gathered, Said};
use super::{now, pictures, store};
use crate::logic::packaging;
use crate::logic::sentence::Sentence;
use crate::logic::signed::unbase64;
use crate::logic::{images, pasted, time};
use spotter_model::messages::Draft;
use spotter_model::report::{EvidenceKind, EvidenceState, Source};
use spotter_model::{Level, limits};

/// No tab: nothing of it is open in this browser.
const NO_TAB: i32 = -1;

/// The draft of a pasted link. It always asks for a confirming click: there is more to add.
pub async fn prepare(app: &App, link: &str, title: &str, text: &str) -> Said<Draft> {
    let mut collected = pasted::collected(link, title, text, &time::rfc3339(now()))?;
    collected.listing = packaging::bounded(&collected.listing);
    let nothing_to_read = collected.listing.title.is_empty() && collected.listing.description.is_empty();
    // Without words the detector missed nothing.
    collected.flagged = nothing_to_read || app.assess(&collected.listing).level != Level::None;
    let screenshot = packaging::no_screenshot(EvidenceState::NotOffered);
    let (pictures, blobs, thumbnails, origins) = (vec![], vec![], vec![], vec![]);
    let gathered = Gathered { collected, screenshot, pictures, blobs, thumbnails, origins, source: Source::Pasted };
    reports::keep(app, NO_TAB, gathered, true, true).await
}

/// One more picture for such a draft, as the spotter gave it.
pub async fn add_picture(report_id: &str, data: &str) -> Said<Draft> {
    let Some(mut kept) = store::draft(report_id).await? else { return Err(Sentence::new("bg_draft_gone")) };
    if kept.draft.key != pasted::KEY {
        return Err(Sentence::new("bg_internal"));
    }
    let evidence = &mut kept.draft.report.evidence;
    if evidence.iter().filter(|e| e.kind == EvidenceKind::Picture).count() >= limits::PICTURES {
        return Err(Sentence::with("bg_pictures_many", &[&limits::PICTURES.to_string()]));
    }
    let unfit = || Sentence::new("bg_picture_kind");
    let bytes = data.split_once("base64,").and_then(|(_, base64)| unbase64(base64)).ok_or_else(unfit)?;
    if bytes.len() > limits::BLOB_BYTES {
        return Err(Sentence::new("bg_picture_large"));
    }
    let header = images::header(&bytes).ok_or_else(unfit)?;
    let picture = pictures::included(bytes, header).await;
    let (Some(sha256), Some(bytes)) = (picture.evidence.sha256.clone(), picture.bytes) else { return Err(unfit()) };
    // The same picture twice is one.
    if evidence.iter().all(|e| e.sha256.as_ref() != Some(&sha256)) {
        evidence.push(picture.evidence);
        kept.draft.thumbnails.extend(picture.thumbnail);
        store::update_draft(&kept, &sha256, &bytes).await?;
    }
    Ok(kept.draft)
}
