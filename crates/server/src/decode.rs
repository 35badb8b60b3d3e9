//! Decoding pictures that strangers sent: only the kinds that intake takes, and within bounds on size and memory that hold before a
//! pixel is read. Blocks; callers run it beside the requests. Where a decoder's file is a bomb, nothing comes of it.

use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbImage};
use std::io::Cursor;

/// Largest side that is decoded.
const SIDE: u32 = 8192;
/// Most memory that a decoder may take.
const MEMORY: u64 = 192 * 1024 * 1024;

/// The picture in these bytes and the format that it is in; nothing, where they are none or it is too large.
#[must_use]
pub fn picture(bytes: &[u8], media_type: &str) -> Option<(ImageFormat, DynamicImage)> {
    let format = ImageFormat::from_mime_type(media_type)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    Some((format, reader.decode().ok()?))
}

/// The picture without transparency: what shines through is white.
#[must_use]
pub fn on_white(picture: &DynamicImage) -> RgbImage {
    let source = picture.to_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, a] = source.get_pixel(x, y).0;
        let mix = |c: u8| ((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a))) / 255) as u8;
        image::Rgb([mix(r), mix(g), mix(b)])
    })
}
