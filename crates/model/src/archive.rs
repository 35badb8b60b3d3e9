//! The zip file of an exported report: one way to write it, and a reader that takes nothing else.
//!
//! Any zip program opens it. It is stored without compression, so that nothing unpacks to more than it is, and every
//! byte of its frame follows from names and contents: a reader can say of each byte whether it is as it was written.
//! Bounds first: what is too large or names too much is refused unread.

/// Largest archive.
pub const ARCHIVE_BYTES: usize = 64 * 1024 * 1024;
/// Most files in one.
pub const ARCHIVE_FILES: usize = 64;
/// Longest name.
const NAME_BYTES: usize = 128;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Bytes of a local header before the name.
const HEAD: usize = 30;
/// 1 January 1980: zip files begin there, and no clock is read here.
const DAY: u16 = 0x0021;

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name: `a-z A-Z 0-9 . - _ /`.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFile<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
    /// The archive's own checksum of it holds.
    pub sound: bool,
}

/// Why an archive is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {what}")]
pub struct Refused {
    /// The first byte that is not as it must be.
    pub at: usize,
    /// What was expected there.
    pub what: &'static str,
}

fn is_name(name: &str) -> bool {
    (1..=NAME_BYTES).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/'))
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// CRC-32 as zip files use it.
fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut n = 0;
        while n < 256 {
            let (mut c, mut bit) = (n as u32, 0);
            while bit < 8 {
                c = if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 };
                bit += 1;
            }
            table[n] = c;
            n += 1;
        }
        table
    };
    !bytes.iter().fold(!0_u32, |c, b| TABLE[((c ^ u32::from(*b)) & 0xff) as usize] ^ (c >> 8))
}

/// What local header and directory say alike: version to extra length.
fn common(out: &mut Vec<u8>, name: &str, sum: u32, size: u32) {
    for word in [20_u16, 0, 0, 0, DAY] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    for long in [sum, size, size] {
        out.extend_from_slice(&long.to_le_bytes());
    }
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0, 0]);
}

/// The directory and the end, from names, checksums, sizes and places.
fn directory(entries: &[(&str, u32, u32, u32)], from: u32) -> Vec<u8> {
    let mut out = vec![];
    for (name, sum, size, at) in entries {
        out.extend_from_slice(&CENTRAL.to_le_bytes());
        out.extend_from_slice(&20_u16.to_le_bytes());
        common(&mut out, name, *sum, *size);
        // No comment, first disk, no attributes.
        out.extend_from_slice(&[0; 10]);
        out.extend_from_slice(&at.to_le_bytes());
        out.extend_from_slice(name.as_bytes());
    }
    let size = out.len() as u32;
    out.extend_from_slice(&END.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    for _ in 0..2 {
        out.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    }
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&from.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

/// Writes an archive. `None` where there are too many files, too much in them, or names that do not fit.
#[must_use]
pub fn write(files: &[File]) -> Option<Vec<u8>> {
    let total: usize = files.iter().map(|f| f.bytes.len() + 256 + 2 * f.name.len()).sum();
    let twice = |n: usize| files[..n].iter().any(|f| f.name == files[n].name);
    if files.len() > ARCHIVE_FILES || total > ARCHIVE_BYTES || (0..files.len()).any(twice) {
        return None;
    }
    let (mut out, mut entries) = (Vec::with_capacity(total), vec![]);
    for file in files {
        if !is_name(&file.name) {
            return None;
        }
        let (sum, size, at) = (crc(&file.bytes), file.bytes.len() as u32, out.len() as u32);
        out.extend_from_slice(&LOCAL.to_le_bytes());
        common(&mut out, &file.name, sum, size);
        out.extend_from_slice(file.name.as_bytes());
        out.extend_from_slice(&file.bytes);
        entries.push((file.name.as_str(), sum, size, at));
    }
    let from = out.len() as u32;
    out.extend_from_slice(&directory(&entries, from));
    Some(out)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

/// Reads what [`write`] wrote. A file whose content was changed is read and marked; a changed frame is refused.
///
/// # Errors
/// Where the frame is not as it must be, by its first byte.
pub fn read(archive: &[u8]) -> Result<Vec<ReadFile<'_>>, Refused> {
    let refuse = |at, what| Err(Refused { at, what });
    if archive.len() > ARCHIVE_BYTES {
        return refuse(ARCHIVE_BYTES, "the archive is larger than 64 MiB");
    }
    let (mut files, mut entries, mut at) = (vec![], vec![], 0);
    while number(archive, at) == LOCAL {
        if files.len() == ARCHIVE_FILES {
            return refuse(at, "the archive holds more than 64 files");
        }
        let Some(head) = archive.get(at..at + HEAD) else { return refuse(at, "a file's header is cut off") };
        let (sum, size) = (number(head, 14), number(head, 18));
        let length = usize::from(head[26]) | usize::from(head[27]) << 8;
        let name = archive.get(at + HEAD..at + HEAD + length).and_then(|n| std::str::from_utf8(n).ok());
        let Some(name) = name.filter(|n| is_name(n)) else { return refuse(at + HEAD, "a file's name does not fit") };
        let mut expected = Vec::with_capacity(HEAD);
        expected.extend_from_slice(&LOCAL.to_le_bytes());
        common(&mut expected, name, sum, size);
        if let Some(n) = (0..HEAD).find(|n| head[*n] != expected[*n]) {
            return refuse(at + n, "a file's header is not as it was written");
        }
        let from = at + HEAD + length;
        let Some(bytes) = from.checked_add(size as usize).and_then(|to| archive.get(from..to)) else {
            return refuse(at + 18, "a file is larger than the archive");
        };
        if files.iter().any(|f: &ReadFile<'_>| f.name == name) {
            return refuse(at + HEAD, "a file stands twice");
        }
        files.push(ReadFile { name, bytes, sound: crc(bytes) == sum });
        entries.push((name, sum, size, at as u32));
        at = from + bytes.len();
    }
    let (expected, rest) = (directory(&entries, at as u32), &archive[at.min(archive.len())..]);
    if let Some(n) = (0..expected.len().max(rest.len())).find(|n| expected.get(*n) != rest.get(*n)) {
        return refuse(at + n, "the archive's directory is not as it was written");
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<File> {
        let file = |name: &str, bytes: &[u8]| File { name: name.into(), bytes: bytes.to_vec() };
        vec![file("a.json", b"{}"), file("evidence/b.png", b"\x89PNG"), file("empty", b"")]
    }

    #[test]
    fn the_checksum_is_the_standards() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn what_was_written_is_read() {
        let archive = write(&files()).unwrap();
        let read = read(&archive).unwrap();
        assert!(read.iter().zip(files()).all(|(r, f)| r.name == f.name && r.bytes == f.bytes && r.sound));
        assert_eq!(read.len(), 3);
        assert_eq!(super::read(&write(&[]).unwrap()).unwrap(), vec![]);
    }

    #[test]
    fn every_changed_byte_is_noticed_where_it_is() {
        let archive = write(&files()).unwrap();
        for at in 0..archive.len() {
            for flip in [1, 0x80, 0xff] {
                let mut changed = archive.clone();
                changed[at] ^= flip;
                match read(&changed) {
                    Ok(read) => assert!(read.iter().any(|f| !f.sound), "byte {at}"),
                    Err(Refused { at: said, .. }) => assert!(said <= archive.len(), "byte {at}"),
                }
            }
            assert!(read(&archive[..at]).is_err(), "cut at {at}");
        }
        assert!(read(&[archive.as_slice(), b"x"].concat()).is_err());
    }

    #[test]
    fn names_that_lead_elsewhere_are_neither_written_nor_read() {
        for name in ["", "../a", "/a", "a//b", "a/./b", "a\\b", "ä", &"a".repeat(129)] {
            assert_eq!(write(&[File { name: name.into(), bytes: vec![] }]), None, "{name}");
        }
        let archive = write(&[File { name: "ab/cd".into(), bytes: vec![] }]).unwrap();
        let text = String::from_utf8_lossy(&archive).replace("ab/cd", "../cd");
        assert_eq!(read(text.as_bytes()).unwrap_err().at, HEAD);
        let one = || File { name: "a".into(), bytes: vec![] };
        assert_eq!(write(&[one(), one()]), None);
    }
}
