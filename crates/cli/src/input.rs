//! Reading: files and lines, bounded; and listings as JSON that people and other programs write.
//!
//! Never keeps more than one chunk and one unfinished line.

use crate::Failure;
use serde::{Deserialize, Deserializer, de};
use spotter_model::{Listing, ListingKind, limits};
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

/// How much is read at once. Small against the detector itself, so that what waits in queues hardly shows.
const CHUNK: usize = 32 * 1024;

/// Reads a whole file that is not larger than `most` bytes.
pub fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let say = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let file = std::fs::File::open(path).map_err(|e| say(format!("cannot be opened: {e}")))?;
    let mut bytes = vec![];
    file.take(most + 1).read_to_end(&mut bytes).map_err(|e| say(format!("cannot be read: {e}")))?;
    if bytes.len() as u64 > most {
        return Err(say(format!("is larger than {most} bytes")));
    }
    Ok(bytes)
}

/// One line of the input, or what stands for one that is too long.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// Its bytes, without the line feed.
    Text(Vec<u8>),
    /// Longer than [`limits::SCAN_LINE_BYTES`]: skipped.
    TooLong,
}

/// Lines of a stream, in batches: all lines that one read completes.
pub struct Lines<R> {
    reader: R,
    chunk: Vec<u8>,
    partial: Vec<u8>,
    /// The current line is too long: its rest is thrown away.
    skipping: bool,
    ended: bool,
    /// Number of the next line, from 1.
    next: u64,
}

/// Lines that belong together, with the number of the first.
#[derive(Debug)]
pub struct Batch {
    /// Number of the first line.
    pub first: u64,
    /// The lines.
    pub lines: Vec<Line>,
}

impl<R: Read> Lines<R> {
    /// Lines of `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, chunk: vec![0; CHUNK], partial: vec![], skipping: false, ended: false, next: 1 }
    }

    /// The lines that the next read completes; nothing at the end. A batch is never held back to wait for more
    /// input.
    pub fn batch(&mut self) -> io::Result<Option<Batch>> {
        let mut lines = vec![];
        while lines.is_empty() && !self.ended {
            let read = match self.reader.read(&mut self.chunk) {
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if read == 0 {
                self.ended = true;
                if self.skipping || !self.partial.is_empty() {
                    lines.push(self.finish());
                }
                break;
            }
            let chunk = std::mem::take(&mut self.chunk);
            let mut rest = &chunk[..read];
            while let Some(end) = memchr::memchr(b'\n', rest) {
                self.add(&rest[..end]);
                lines.push(self.finish());
                rest = &rest[end + 1..];
            }
            self.add(rest);
            self.chunk = chunk;
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let first = self.next;
        self.next += lines.len() as u64;
        Ok(Some(Batch { first, lines }))
    }

    fn add(&mut self, bytes: &[u8]) {
        if self.skipping {
            return;
        }
        if self.partial.len() + bytes.len() > limits::SCAN_LINE_BYTES {
            self.skipping = true;
            self.partial = vec![];
        } else {
            self.partial.extend_from_slice(bytes);
        }
    }

    fn finish(&mut self) -> Line {
        if std::mem::take(&mut self.skipping) {
            return Line::TooLong;
        }
        Line::Text(std::mem::take(&mut self.partial))
    }
}

/// A listing as it comes on a line: strings may also be numbers or null, unknown keys are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Loose {
    id: Text,
    kind: Option<ListingKind>,
    title: Text,
    description: Text,
    price: Text,
    category: Text,
    seller: Text,
    location: Text,
    url: Text,
    lang: Text,
    images: Text,
}

#[derive(Debug, Default)]
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number or null")
            }

            fn visit_str<E>(self, v: &str) -> Result<Text, E> {
                Ok(Text(v.to_owned()))
            }

            fn visit_string<E>(self, v: String) -> Result<Text, E> {
                Ok(Text(v))
            }

            fn visit_unit<E>(self) -> Result<Text, E> {
                Ok(Text::default())
            }

            fn visit_i64<E>(self, v: i64) -> Result<Text, E> {
                Ok(Text(v.to_string()))
            }

            fn visit_u64<E>(self, v: u64) -> Result<Text, E> {
                Ok(Text(v.to_string()))
            }

            fn visit_f64<E>(self, v: f64) -> Result<Text, E> {
                Ok(Text(v.to_string()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl From<Loose> for Listing {
    fn from(l: Loose) -> Self {
        Self {
            id: l.id.0,
            kind: l.kind.unwrap_or_default(),
            title: l.title.0,
            description: l.description.0,
            price: l.price.0,
            category: l.category.0,
            seller: l.seller.0,
            location: l.location.0,
            url: l.url.0,
            lang: l.lang.0,
            images: l.images.0,
        }
    }
}

/// The listing on a line; nothing on an empty one.
pub fn listing(line: &[u8]) -> Result<Option<Listing>, String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    serde_json::from_slice::<Loose>(line).map(|l| Some(l.into())).map_err(|e| {
        let mut what = e.to_string();
        what.truncate(what.char_indices().nth(200).map_or(what.len(), |(i, _)| i));
        // Every line is line 1 to the parser.
        what.replace("at line 1 column", "at column")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_of_every_shape() {
        let long = vec![b'x'; limits::SCAN_LINE_BYTES + 1];
        let fits = vec![b'y'; limits::SCAN_LINE_BYTES];
        let mut input = b"a\n\nb\r\n".to_vec();
        input.extend_from_slice(&long);
        input.push(b'\n');
        input.extend_from_slice(&fits);
        input.extend_from_slice(b"\nlast");
        let mut lines = Lines::new(input.as_slice());
        let mut all = vec![];
        while let Some(batch) = lines.batch().unwrap() {
            assert_eq!(batch.first, all.len() as u64 + 1);
            all.extend(batch.lines);
        }
        let text = |t: &[u8]| Line::Text(t.to_vec());
        assert_eq!(all, [text(b"a"), text(b""), text(b"b\r"), Line::TooLong, text(&fits), text(b"last")]);
    }

    #[test]
    fn loose_listings() {
        let listing = |text: &str| listing(text.as_bytes());
        let got = listing(r#"{"id": 7, "title": "x", "price": null, "kind": "post", "from": {"the": ["future"]}}"#);
        let want = Listing { id: "7".into(), title: "x".into(), kind: ListingKind::Post, ..Listing::default() };
        assert_eq!(got, Ok(Some(want)));
        assert_eq!(listing("  \r"), Ok(None));
        assert_eq!(listing("\u{feff}{}"), Ok(Some(Listing::default())));
        for bad in ["[", "7", "{\"title\": []}", "{\"title\": {}}", "{\"kind\": \"other\"}", "{} {}"] {
            assert!(listing(bad).is_err(), "{bad}");
        }
        assert!(super::listing(b"{\"title\": \"\xff\"}").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_on_a_line(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = listing(&bytes);
        }

        #[test]
        fn lines_are_split_like_the_standard_library_does(parts in prop::collection::vec("[a\n]{0,5}", 0..20)) {
            let input = parts.concat();
            let mut lines = Lines::new(input.as_bytes());
            let mut all = vec![];
            while let Some(batch) = lines.batch().unwrap() {
                all.extend(batch.lines);
            }
            let want: Vec<Line> = input.lines().map(|l| Line::Text(l.as_bytes().to_vec())).collect();
            prop_assert_eq!(all, want);
        }
    }
}
