//! What the first bytes of a picture prove: its media type and its size in pixels. Decodes nothing, so that a
//! picture made to fill the memory is known before anyone unpacks it.

/// Most pixels of a picture that the browser is asked to draw.
pub const PIXELS: u64 = 50_000_000;

/// A picture's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Media type.
    pub media_type: &'static str,
    /// Width in pixels; 0 where the header does not say.
    pub width: u32,
    /// Height in pixels; 0 where the header does not say.
    pub height: u32,
}

impl Header {
    /// Width and height, where the header says both.
    #[must_use]
    pub fn size(self) -> Option<[u32; 2]> {
        (self.width > 0 && self.height > 0).then_some([self.width, self.height])
    }

    /// Whether it may be drawn: the size is known and bounded.
    #[must_use]
    pub fn may_be_drawn(self) -> bool {
        let pixels = u64::from(self.width) * u64::from(self.height);
        pixels > 0 && pixels <= PIXELS
    }
}

/// The header of a PNG, JPEG or WebP picture; `None` for anything else.
#[must_use]
pub fn header(bytes: &[u8]) -> Option<Header> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let (width, height) = (be32(bytes, 16).unwrap_or(0), be32(bytes, 20).unwrap_or(0));
        return Some(Header { media_type: "image/png", width, height });
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        let (width, height) = jpeg_size(bytes).unwrap_or((0, 0));
        return Some(Header { media_type: "image/jpeg", width, height });
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        let (width, height) = webp_size(bytes).unwrap_or((0, 0));
        return Some(Header { media_type: "image/webp", width, height });
    }
    None
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

/// From segment to segment up to the frame's header.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        while bytes.get(at) == Some(&0xff) && bytes.get(at + 1) == Some(&0xff) {
            at += 1;
        }
        let marker = *bytes.get(at + 1).filter(|_| bytes.get(at) == Some(&0xff))?;
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((be16(bytes, at + 7)?, be16(bytes, at + 5)?));
            }
            0x01 | 0xd0..=0xd8 => at += 2,
            // The picture's data began without a frame.
            0xd9 | 0xda => return None,
            _ => at += 2 + be16(bytes, at + 2).filter(|n| *n >= 2)? as usize,
        }
    }
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => Some((le16(bytes, 26)? & 0x3fff, le16(bytes, 28)? & 0x3fff)),
        b"VP8L" => {
            let bits = u32::from_le_bytes(bytes.get(21..25)?.try_into().ok()?);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => {
            let side = |at: usize| Some((le16(bytes, at)? | u32::from(*bytes.get(at + 2)?) << 16) + 1);
            Some((side(24)?, side(27)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(bytes: &[u8]) -> Option<(&'static str, u32, u32)> {
        header(bytes).map(|h| (h.media_type, h.width, h.height))
    }

    #[test]
    fn headers() {
        let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &800u32.to_be_bytes(), &600u32.to_be_bytes()].concat();
        assert_eq!(told(&png), Some(("image/png", 800, 600)));
        // Start, an application segment, a filler byte, a progressive frame.
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc2\x00\x0b\x08\x04\xb0\x06\x40\x03";
        assert_eq!(told(jpeg), Some(("image/jpeg", 1600, 1200)));
        let lossy = [b"RIFF....WEBPVP8 ".as_slice(), &[0; 10], &[0x20, 0x03, 0x58, 0x02]].concat();
        assert_eq!(told(&lossy), Some(("image/webp", 800, 600)));
        let lossless = [b"RIFF....WEBPVP8L....\x2f".as_slice(), &(799u32 | 599 << 14).to_le_bytes()].concat();
        assert_eq!(told(&lossless), Some(("image/webp", 800, 600)));
        let extended = [b"RIFF....WEBPVP8X".as_slice(), &[0; 8], &[0x1f, 0x03, 0, 0x57, 0x02, 0]].concat();
        assert_eq!(told(&extended), Some(("image/webp", 800, 600)));
        for none in [b"GIF89a".as_slice(), b"<svg", b"", b"RIFF....WAVE"] {
            assert_eq!(header(none), None);
        }
    }

    #[test]
    fn sizes_are_bounded_before_anything_is_drawn() {
        let of = |width, height| Header { media_type: "image/png", width, height }.may_be_drawn();
        assert!(of(7000, 7000));
        assert!(!of(7100, 7100) && !of(u32::MAX, u32::MAX) && !of(0, 600));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(start in 0usize..4, tail in proptest::collection::vec(any::<u8>(), 0..200)) {
            let magic: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF....WEBPVP8X", b"RIFF....WEBPVP8L"];
            let bytes = [magic[start], &tail].concat();
            prop_assert!(header(&bytes).is_some());
        }
    }
}
