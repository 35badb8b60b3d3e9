//! The listing's pictures: fetched where their host was granted, kept as the bytes that came, hashed, and shown
//! small. Whatever can't be had says why. Hosts that nobody granted are never asked.

use super::webext::{self, Answer};
use super::{drawing, http};
use crate::logic::images::{self, Header};
use crate::logic::packaging::picture;
use crate::logic::signed::{base64, sha256_hex};
use crate::logic::{sites, urls};
use js_sys::{Array, Promise};
use spotter_model::InOrder;
use spotter_model::limits;
use spotter_model::messages::{PictureSource, Thumbnail};
use spotter_model::report::{Evidence, EvidenceKind, EvidenceState};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{ImageBitmapOptions, ResizeQuality};

/// Addresses that are tried for one picture.
const ADDRESSES: usize = 3;
/// Width of what the panel shows.
const SHOWN: u32 = 240;

/// What became of one picture.
pub struct Picture {
    /// For the report.
    pub evidence: Evidence,
    /// Its bytes as they came.
    pub bytes: Option<Vec<u8>>,
    /// For the sheet.
    pub thumbnail: Option<Thumbnail>,
}

type Got = Result<(Vec<u8>, Header), EvidenceState>;
/// With the address that it was had from, or would have been.
type GotFrom = Result<((Vec<u8>, Header), Option<String>), (EvidenceState, Option<String>)>;

/// All pictures of a listing, side by side; the same bytes only once.
pub async fn take(sources: &[PictureSource]) -> Vec<Picture> {
    let sources: Vec<PictureSource> = sources.iter().take(limits::PICTURES).cloned().collect();
    if sources.is_empty() {
        return vec![];
    }
    let granted = Rc::new(webext::granted().await);
    let failed = Err((EvidenceState::Failed, None));
    let got: Rc<RefCell<Vec<GotFrom>>> = Rc::new(RefCell::new(vec![failed; sources.len()]));
    let all: Array = sources
        .into_iter()
        .enumerate()
        .map(|(i, source)| {
            let (granted, got) = (granted.clone(), got.clone());
            JsValue::from(future_to_promise(async move {
                let one = fetch_first(&source, &granted).await;
                got.borrow_mut()[i] = one;
                Ok(JsValue::UNDEFINED)
            }))
        })
        .collect();
    // None of them rejects.
    let _ = JsFuture::from(Promise::all(&all)).await;
    let mut pictures: Vec<Picture> = vec![];
    for one in got.take() {
        let made = match one {
            Ok(((bytes, header), from)) => {
                let mut made = included(bytes, header).await;
                made.evidence.from = from;
                made
            }
            Err((state, from)) => {
                Picture { evidence: Evidence { from, ..picture(state) }, bytes: None, thumbnail: None }
            }
        };
        let hash = &made.evidence.sha256;
        if hash.is_none() || pictures.iter().all(|p| p.evidence.sha256 != *hash) {
            pictures.push(made);
        }
    }
    pictures
}

/// Match patterns of hosts that were not granted and hold the pictures.
pub async fn to_ask_for(sources: &[PictureSource]) -> Vec<String> {
    let granted = webext::granted().await;
    let first = sources.iter().take(limits::PICTURES).filter_map(|s| s.urls.first());
    let mut asked: Vec<String> =
        first.filter(|url| !sites::covers(&granted, url)).filter_map(|url| sites::picture_pattern(url)).collect();
    asked.order();
    asked.dedup();
    asked
}

/// The first of a picture's addresses that gives one; the reason is that of the first address.
async fn fetch_first(source: &PictureSource, granted: &[String]) -> GotFrom {
    let mut why = (EvidenceState::Failed, None);
    for (i, url) in source.urls.iter().take(ADDRESSES).filter(|u| u.len() <= limits::URL_BYTES).enumerate() {
        let from = urls::strip(url);
        let allowed = from.is_some() && sites::covers(granted, url);
        let got = if allowed { fetch(url).await } else { Err(EvidenceState::NotGranted) };
        match got {
            Ok(picture) => return Ok((picture, from)),
            Err(state) if i == 0 => why = (state, from),
            Err(_) => {}
        }
    }
    Err(why)
}

async fn fetch(url: &str) -> Got {
    let bytes = http::picture(url, limits::BLOB_BYTES).await?;
    let header = images::header(&bytes).ok_or(EvidenceState::NotAPicture)?;
    Ok((bytes, header))
}

/// A picture that goes, with what the sheet shows of it.
pub async fn included(bytes: Vec<u8>, header: Header) -> Picture {
    let sha256 = sha256_hex(&bytes);
    let data = if header.may_be_drawn() { small(&bytes, header).await.unwrap_or_default() } else { String::new() };
    let thumbnail = Thumbnail { sha256: sha256.clone(), data, size: (header.width, header.height) };
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let evidence =
        Evidence { pixels: header.size(), ..Evidence::blob(EvidenceKind::Picture, sha256, header.media_type, size) };
    Picture { evidence, bytes: Some(bytes), thumbnail: Some(thumbnail) }
}

/// A small JPEG as a data URL.
async fn small(bytes: &[u8], header: Header) -> Answer<String> {
    let options = ImageBitmapOptions::new();
    options.set_resize_width(SHOWN.min(header.width));
    options.set_resize_quality(ResizeQuality::Medium);
    let bitmap = drawing::bitmap(bytes, header.media_type, &options).await?;
    let (canvas, context) = drawing::canvas(bitmap.width(), bitmap.height())?;
    context.draw_image_with_image_bitmap(&bitmap, 0.0, 0.0)?;
    bitmap.close();
    let jpeg = drawing::encoded(&canvas, "image/jpeg", Some(0.7)).await?;
    Ok(format!("data:image/jpeg;base64,{}", base64(&jpeg)))
}
