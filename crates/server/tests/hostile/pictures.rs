//! Pictures that are bombs, that lie about themselves, or that are something else as well. Made here, never committed.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::ImageFormat;
use std::io::{Cursor, Write as _};

/// Mark-up that would run where a picture were taken for a page.
const PAGE: &[u8] = b"<!DOCTYPE html><html><script>fired=1</script><img src=x onerror=fired=1></html>";

fn sample(format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8, y as u8, 90])).write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn deflated(bytes: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut out = ZlibEncoder::new(vec![], Compression::best());
    bytes.for_each(|part| out.write_all(&part).unwrap());
    out.finish().unwrap()
}

fn zeros(bytes: usize) -> Vec<u8> {
    deflated((0..bytes >> 16).map(|_| vec![0; 1 << 16]))
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let mut sum = crc32fast::Hasher::new();
    sum.update(kind);
    sum.update(data);
    for part in [kind, data, &sum.finalize().to_be_bytes()] {
        out.extend_from_slice(part);
    }
}

/// A PNG of these chunks. `depth` is bits and colour type.
fn png(width: u32, height: u32, depth: [u8; 2], chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(&mut out, b"IHDR", &[&size[..], &depth, &[0, 0, 0]].concat());
    for (kind, data) in chunks {
        chunk(&mut out, kind, data);
    }
    chunk(&mut out, b"IEND", &[]);
    out
}

/// A picture of 4 x 4 with one more chunk before its pixels.
fn png_with(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let pixels = deflated((0..4).map(|_| vec![0; 1 + 4 * 4]));
    png(4, 4, [8, 6], &[(kind, data), (b"IDAT", &pixels)])
}

/// A segment behind a JPEG's first two bytes.
fn jpeg_with(marker: u8, data: &[u8]) -> Vec<u8> {
    let plain = sample(ImageFormat::Jpeg);
    let length = (data.len() as u16 + 2).to_be_bytes();
    [&plain[..2], &[0xff, marker], &length, data, &plain[2..]].concat()
}

/// A JPEG whose frame says that it is this large.
fn jpeg_of(side: u16) -> Vec<u8> {
    let mut out = sample(ImageFormat::Jpeg);
    let frame = out.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    out[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
    out[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
    out
}

/// One scan of a progressive JPEG a thousand times over: each makes a decoder walk the whole picture.
fn jpeg_of_scans() -> Vec<u8> {
    let side = 8_000_u16.to_be_bytes();
    let mut out = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    out.extend_from_slice(&[1; 64]);
    out.extend_from_slice(&[0xff, 0xc2, 0, 11, 8, side[0], side[1], side[0], side[1], 1, 1, 0x11, 0]);
    // One code of one bit: "nothing changes".
    out.extend_from_slice(&[0xff, 0xc4, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for _ in 0..1_000 {
        out.extend_from_slice(&[0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0, 0]);
    }
    out.extend_from_slice(&[0xff, 0xd9]);
    out
}

fn riff(kind: &[u8; 4], data: &[u8], says: u32) -> Vec<u8> {
    [b"RIFF".as_slice(), &says.to_le_bytes(), b"WEBP", kind, &(data.len() as u32).to_le_bytes(), data].concat()
}

/// The picture of this name in `tests/hostile/payloads.json`.
pub fn make(name: &str) -> Vec<u8> {
    let behind = |format, what: &[u8]| [&sample(format)[..], what].concat();
    match name {
        "png-promises-100000" => png(100_000, 100_000, [8, 6], &[(b"IDAT", &zeros(1 << 20))]),
        "png-8192-square" => png(8_192, 8_192, [8, 6], &[(b"IDAT", &zeros((4 * 8_192 + 1) * 8_192))]),
        "png-row-of-gigabytes" => png(u32::MAX >> 1, 1, [16, 6], &[(b"IDAT", &zeros(1 << 20))]),
        "png-inflates-without-end" => png(16, 16, [8, 6], &[(b"IDAT", &zeros(1 << 28))]),
        "png-zero" => png(0, 0, [8, 6], &[(b"IDAT", &zeros(1 << 16))]),
        "png-cut-off" => sample(ImageFormat::Png)[..90].to_vec(),
        "png-wrong-checksum" => {
            let mut out = sample(ImageFormat::Png);
            out[30] ^= 0xff;
            out
        }
        "png-text-with-markup" => png_with(b"tEXt", &[b"Comment\0".as_slice(), PAGE].concat()),
        "png-ztxt-bomb" => png_with(b"zTXt", &[b"Comment\0\0".as_slice(), &zeros(1 << 28)].concat()),
        "png-iccp-bomb" => png_with(b"iCCP", &[b"profile\0\0".as_slice(), &zeros(1 << 28)].concat()),
        "png-with-page-behind" => behind(ImageFormat::Png, PAGE),
        "png-with-zip-behind" => {
            let file = spotter_model::archive::File { name: "fired.txt".into(), bytes: PAGE.to_vec() };
            behind(ImageFormat::Png, &spotter_model::archive::write(&[file]).unwrap())
        }
        "png-with-pdf-behind" => {
            behind(ImageFormat::Png, b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(fired=1)>>>>endobj")
        }
        "apng-of-frames" => {
            let pixels = deflated((0..4).map(|_| vec![0; 1 + 4 * 4]));
            let frames: Vec<Vec<u8>> = (0..5_000_u32)
                .map(|n| {
                    [
                        &n.to_be_bytes()[..],
                        &[0, 0, 0x7f, 0xff, 0, 0, 0x7f, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0],
                    ]
                    .concat()
                })
                .collect();
            let control = [5_000_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat();
            let mut chunks: Vec<(&[u8; 4], &[u8])> = vec![(b"acTL", &control), (b"IDAT", &pixels)];
            chunks.extend(frames.iter().map(|f| (b"fcTL", f.as_slice())));
            png(4, 4, [8, 6], &chunks)
        }
        "jpeg-promises-65535" => jpeg_of(65_535),
        "jpeg-comment-with-markup" => jpeg_with(0xfe, PAGE),
        "jpeg-with-page-behind" => behind(ImageFormat::Jpeg, PAGE),
        "jpeg-exif-with-markup" => jpeg_with(0xe1, &[b"Exif\0\0MM\0*\0\0\0\x08".as_slice(), PAGE].concat()),
        "jpeg-cut-off" => sample(ImageFormat::Jpeg)[..300].to_vec(),
        "jpeg-of-scans" => jpeg_of_scans(),
        "webp-promises-16383" => riff(b"VP8L", &[0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0], 22),
        "webp-with-markup" => {
            let mut out = sample(ImageFormat::WebP);
            out.extend_from_slice(&[b"XMP ".as_slice(), &(PAGE.len() as u32).to_le_bytes(), PAGE].concat());
            let says = (out.len() as u32 - 8).to_le_bytes();
            out[4..8].copy_from_slice(&says);
            out
        }
        "webp-riff-lies" => riff(b"VP8X", &[0xff; 10], u32::MAX),
        "gif-polyglot" => b"GIF89a/*\0\0\0\0\0*/=1;fired=1;".to_vec(),
        "svg-with-script" => {
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"fired=1\"><script>fired=1</script></svg>".to_vec()
        }
        "svg-as-png" => {
            [b"\x89PNG\r\n\x1a\n".as_slice(), b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"fired=1\"/>"]
                .concat()
        }
        "html-as-png" => [b"\x89PNG\r\n\x1a\n".as_slice(), PAGE].concat(),
        "bmp-header" => [b"BM".as_slice(), &[0xff; 60]].concat(),
        "tiff-header" => [b"II*\0\x08\0\0\0".as_slice(), &[0xff; 60]].concat(),
        "pdf-as-jpeg" => [b"\xff\xd8\xff%PDF-1.7\n".as_slice(), PAGE].concat(),
        "ico-with-png" => [b"\0\0\x01\0\x01\0".as_slice(), &sample(ImageFormat::Png)].concat(),
        "empty" => vec![],
        other => panic!("no such picture: {other}"),
    }
}
