//! The crop of a screenshot: the listing's box of the visible page and nothing around it, as PNG within the
//! limit. The right to it comes from a gesture; without one the browser refuses and the report says so.

use super::drawing::{self, canvas};
use super::webext::{self, Answer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use spotter_model::limits;
use spotter_model::messages::Cover;
use spotter_model::report::EvidenceState;
use wasm_bindgen::prelude::*;
use web_sys::{ImageBitmap, ImageBitmapOptions, OffscreenCanvas};

/// Widest and highest crop, in pixels.
const SIDE: f64 = 1_600.0;
/// Longest data URL that is looked at.
const DATA_URL: usize = 64 * 1024 * 1024;

/// A picture as taken.
pub struct Shot(ImageBitmap);

/// Why there is no picture.
pub enum NotTaken {
    /// Chromium takes two captures a second: a moment later it would.
    TooSoon,
    /// For the report.
    Because(EvidenceState),
}

/// Takes the visible part of the window's active tab.
pub async fn take(window: i32) -> Result<Shot, NotTaken> {
    let url = webext::capture(window).await.map_err(|error| {
        let said = webext::get(&error, "message").as_string().unwrap_or_default();
        if said.contains("MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND") {
            NotTaken::TooSoon
        } else if ["permission", "activeTab", "<all_urls>"].iter().any(|w| said.contains(w)) {
            // Both browsers name the missing right; what else they say (no window, no page) is a failure.
            NotTaken::Because(EvidenceState::NotPermitted)
        } else {
            NotTaken::Because(EvidenceState::Failed)
        }
    })?;
    decode(&url).await.map(Shot).map_err(|_| NotTaken::Because(EvidenceState::Failed))
}

async fn decode(url: &str) -> Answer<ImageBitmap> {
    let data = url.strip_prefix("data:image/png;base64,").filter(|_| url.len() <= DATA_URL);
    bitmap(&data.and_then(|d| STANDARD.decode(d).ok()).ok_or(JsValue::UNDEFINED)?).await
}

/// A PNG of ours with parts of it painted over in black: what lay there is nowhere in the bytes.
pub async fn cover(png: &[u8], covered: &[Cover]) -> Answer<Vec<u8>> {
    let shot = Shot(bitmap(png).await?);
    let (canvas, context) = canvas(shot.0.width(), shot.0.height())?;
    let (width, height) = (f64::from(shot.0.width()), f64::from(shot.0.height()));
    context.draw_image_with_image_bitmap(&shot.0, 0.0, 0.0)?;
    context.set_fill_style_str("#000000");
    for part in covered.iter().take(limits::COVERS) {
        let edge = |from: u16, size: u16, whole: f64| {
            let (from, to) = (f64::from(from), f64::from(from) + f64::from(size));
            ((from * whole / 1000.0).floor(), (to * whole / 1000.0).ceil())
        };
        let ((left, right), (top, bottom)) = (edge(part.x, part.width, width), edge(part.y, part.height, height));
        context.fill_rect(left, top, right - left, bottom - top);
    }
    let painted = as_png(&canvas).await?;
    if painted.len() > limits::BLOB_BYTES {
        return Err(JsValue::UNDEFINED);
    }
    Ok(painted)
}

async fn as_png(canvas: &OffscreenCanvas) -> Answer<Vec<u8>> {
    drawing::encoded(canvas, "image/png", None).await
}

async fn bitmap(png: &[u8]) -> Answer<ImageBitmap> {
    drawing::bitmap(png, "image/png", &ImageBitmapOptions::new()).await
}

impl Shot {
    /// Cuts the box (CSS pixels of the viewport) out.
    pub async fn crop(&self, css_box: [f64; 4], pixel_ratio: f64) -> Result<Vec<u8>, EvidenceState> {
        let (w, h) = (f64::from(self.0.width()), f64::from(self.0.height()));
        let ratio = if pixel_ratio.is_finite() { pixel_ratio.clamp(0.1, 10.0) } else { 1.0 };
        let [x, y, bw, bh] = css_box.map(|v| if v.is_finite() { v * ratio } else { 0.0 });
        let (left, top) = (x.clamp(0.0, w).floor(), y.clamp(0.0, h).floor());
        let (width, height) = ((x + bw).clamp(0.0, w).ceil() - left, (y + bh).clamp(0.0, h).ceil() - top);
        if width < 8.0 || height < 8.0 {
            return Err(EvidenceState::Failed);
        }
        let mut scale = (SIDE / width).min(SIDE / height).min(1.0);
        for _ in 0..4 {
            let png = self.draw([left, top, width, height], scale).await.map_err(|_| EvidenceState::Failed)?;
            if png.len() <= limits::BLOB_BYTES {
                return Ok(png);
            }
            scale *= 0.6;
        }
        Err(EvidenceState::TooLarge)
    }

    async fn draw(&self, [x, y, w, h]: [f64; 4], scale: f64) -> Answer<Vec<u8>> {
        let (out_w, out_h) = ((w * scale).round().max(1.0), (h * scale).round().max(1.0));
        let (canvas, context) = canvas(out_w as u32, out_h as u32)?;
        context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &self.0, x, y, w, h, 0.0, 0.0, out_w, out_h,
        )?;
        as_png(&canvas).await
    }
}

impl Drop for Shot {
    fn drop(&mut self) {
        self.0.close();
    }
}
