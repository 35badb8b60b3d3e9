//! Pictures between their bytes and a canvas.
//!
//! Owns: that way, both directions. Never: decides what is drawn, or how large; who calls bounds first.

use super::webext::{Answer, object};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, ImageBitmap, ImageBitmapOptions, ImageEncodeOptions, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = createImageBitmap)]
    fn create_image_bitmap(blob: &Blob, options: &ImageBitmapOptions) -> Result<Promise, JsValue>;
}

/// A picture taken apart into pixels.
pub async fn bitmap(bytes: &[u8], media_type: &str, options: &ImageBitmapOptions) -> Answer<ImageBitmap> {
    let kind = BlobPropertyBag::new();
    kind.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind)?;
    JsFuture::from(create_image_bitmap(&blob, options)?).await?.dyn_into()
}

/// A canvas without transparency.
pub fn canvas(width: u32, height: u32) -> Answer<(OffscreenCanvas, OffscreenCanvasRenderingContext2d)> {
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = canvas
        .get_context_with_context_options("2d", &object(&[("alpha", false.into())]))?
        .ok_or(JsValue::UNDEFINED)?
        .dyn_into()?;
    Ok((canvas, context))
}

/// What was drawn, as a file of this type; `quality` from 0 to 1 where the type has one.
pub async fn encoded(canvas: &OffscreenCanvas, media_type: &str, quality: Option<f64>) -> Answer<Vec<u8>> {
    let options = ImageEncodeOptions::new();
    options.set_type(media_type);
    if let Some(quality) = quality {
        options.set_quality(quality);
    }
    let blob: Blob = JsFuture::from(canvas.convert_to_blob_with_options(&options)?).await?.dyn_into()?;
    Ok(Uint8Array::new(&JsFuture::from(blob.array_buffer()).await?).to_vec())
}
