//! Pictures for reviewers: decoded within bounds and encoded anew, so that no byte of an upload reaches a browser.

use super::error_page;
use super::session::{Halt, Reviewer};
use crate::app::Shared;
use crate::decode;
use crate::faults::Fault;
use crate::store::{blobs, wellbeing};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use image::ImageFormat;
use image::codecs::jpeg::JpegEncoder;
use spotter_model::report::is_sha256;
use std::io::Cursor;

/// Largest side that is shown.
const SHOWN: u32 = 1600;

/// `GET /console/pictures/{sha256}`.
///
/// # Errors
/// The page that says why not.
pub async fn picture(
    State(app): State<Shared>,
    reviewer: Reviewer,
    hash: Result<Path<String>, PathRejection>,
) -> Result<Response, Halt> {
    let Some(hash) = hash.ok().map(|Path(h)| h).filter(|h| is_sha256(h)) else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let Some(held) = blobs::held(app.store.reader(), &hash).await? else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let bytes = match app.store.blobs.read(&hash).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "a blob cannot be read");
            let passes = Fault::from(&error) == Fault::Away;
            return Ok(error_page(if passes {
                StatusCode::SERVICE_UNAVAILABLE
            } else {
                StatusCode::INTERNAL_SERVER_ERROR
            }));
        }
    };
    let grey = wellbeing::of(app.store.read(), reviewer.session.reviewer_id).await?.grey;
    let Ok(place) = app.pictures.acquire().await else { return Ok(error_page(StatusCode::SERVICE_UNAVAILABLE)) };
    let encoded = tokio::task::spawn_blocking(move || encode_anew(&bytes, &held.media_type, grey)).await;
    drop(place);
    let Ok(Some((kind, bytes))) = encoded else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"evidence\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// The same picture in our own encoding, at most [`SHOWN`] wide and high, without colour where that is asked for. PNG stays
/// lossless: screenshots hold text.
fn encode_anew(bytes: &[u8], media_type: &str, grey: bool) -> Option<(&'static str, Vec<u8>)> {
    let (format, picture) = decode::picture(bytes, media_type)?;
    let picture = if picture.width().max(picture.height()) > SHOWN { picture.thumbnail(SHOWN, SHOWN) } else { picture };
    let picture = if grey { picture.grayscale() } else { picture };
    let mut out = Cursor::new(vec![]);
    if format == ImageFormat::Png {
        picture.to_rgba8().write_to(&mut out, ImageFormat::Png).ok()?;
        return Some(("image/png", out.into_inner()));
    }
    // It has no transparency.
    decode::on_white(&picture).write_with_encoder(JpegEncoder::new_with_quality(&mut out, 88)).ok()?;
    Some(("image/jpeg", out.into_inner()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(side: u32) -> Vec<u8> {
        let mut out = Cursor::new(vec![]);
        image::RgbaImage::from_pixel(side, side, image::Rgba([10, 20, 30, 128]))
            .write_to(&mut out, ImageFormat::Png)
            .unwrap();
        out.into_inner()
    }

    #[test]
    fn pictures_come_out_bounded_and_without_what_hid_behind_them() {
        let mut hostile = png(2000);
        hostile.extend_from_slice(b"<script>alert(1)</script>");
        let (kind, bytes) = encode_anew(&hostile, "image/png", false).unwrap();
        assert_eq!(kind, "image/png");
        assert!(!bytes.windows(7).any(|w| w == b"<script"));
        let shown = image::load_from_memory(&bytes).unwrap();
        assert_eq!((shown.width(), shown.height()), (SHOWN, SHOWN));
    }

    #[test]
    fn whoever_wants_no_colour_gets_none() {
        for (grey, same) in [(true, true), (false, false)] {
            let (_, bytes) = encode_anew(&png(4), "image/png", grey).unwrap();
            let image::Rgba([r, g, b, _]) = *image::load_from_memory(&bytes).unwrap().to_rgba8().get_pixel(0, 0);
            assert_eq!(r == g && g == b, same, "{r} {g} {b}");
        }
    }

    #[test]
    fn what_is_no_picture_or_too_big_is_refused() {
        assert!(encode_anew(b"\x89PNG\r\n\x1a\nnot really", "image/png", false).is_none());
        assert!(encode_anew(&png(4), "image/webp", false).is_none());
        // A header that promises 100,000 x 100,000 pixels.
        let mut bomb = png(4);
        bomb[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&100_000_u32.to_be_bytes());
        assert!(encode_anew(&bomb, "image/png", false).is_none());
    }
}
