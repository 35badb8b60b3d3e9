//! The archives for the stores: the same files give the same bytes, on every machine.

use super::files_below;
use anyhow::Result;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// How much an archive is worth waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// What somebody downloads: minutes for the last tenth.
    Small,
    /// What is only tried here.
    Quick,
}

impl Packing {
    /// Above 9, where flate2 ends, it counts Zopfli's rounds from 10 on: more of them win next to nothing.
    fn level(self) -> i64 {
        match self {
            Self::Small => 15,
            Self::Quick => 6,
        }
    }
}

/// Bytes that are packed at a time. Zopfli cuts what it is given into a few blocks, whatever its length: small pieces
/// let the codes follow the tables (a module of 6.0 MB: 3,124 kB whole, 3,034 kB by the megabyte, 2,991 kB like this).
const PIECE: usize = 1 << 15;

/// Packs a folder, files in order of their names, all with the same time and rights. Returns the size. What was packed
/// before is taken from `kept`: both browsers' archives hold the same files, and the next build's mostly too.
pub fn write(folder: &Path, archive: &Path, kept: &Path, packing: Packing) -> Result<u64> {
    let packer = Sha256::digest(fs::read(std::env::current_exe()?)?);
    fs::create_dir_all(kept)?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, _) in files_below(folder)? {
        let name: Vec<_> = path.strip_prefix(folder)?.components().map(|c| c.as_os_str().to_string_lossy()).collect();
        let bytes = fs::read(&path)?;
        let key = format!(
            "{:x}.zip",
            Sha256::new()
                .chain_update(packer)
                .chain_update(packing.level().to_le_bytes())
                .chain_update(&bytes)
                .finalize()
        );
        let known = kept.join(key);
        if !known.is_file() {
            // Written beside and moved in whole: half a file must not be taken for a packed one.
            let half = known.with_extension("half");
            fs::write(&half, packed(&bytes, packing)?)?;
            fs::rename(&half, &known)?;
        }
        let mut one = ZipArchive::new(Cursor::new(fs::read(&known)?))?;
        zip.raw_copy_file_rename(one.by_index(0)?, name.join("/"))?;
    }
    let bytes = zip.finish()?.into_inner();
    fs::write(archive, &bytes)?;
    Ok(bytes.len() as u64)
}

/// One file of an archive that is written from memory.
pub struct Entry {
    pub name: String,
    pub bytes: Vec<u8>,
    /// Whether it may be started.
    pub program: bool,
}

/// Packs files quickly, in the order of their names: sources are many, and nobody downloads them often.
pub fn write_entries(entries: &mut [Entry], archive: &Path) -> Result<()> {
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(if entry.program { 0o755 } else { 0o644 });
        zip.start_file(&entry.name, options)?;
        zip.write_all(&entry.bytes)?;
    }
    Ok(fs::write(archive, zip.finish()?.into_inner())?)
}

/// An archive of one file.
fn packed(bytes: &[u8], packing: Packing) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(packing.level()))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("one", options)?;
    for piece in bytes.chunks(PIECE) {
        zip.write_all(piece)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::{Packing, write};
    use std::fs;
    use std::time::{Duration, SystemTime};

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let make = |name: &str, order: &[&str], age: u64| {
            let folder = dir.path().join(name);
            fs::create_dir_all(folder.join("sub")).unwrap();
            for file in order {
                let path = folder.join(file);
                fs::write(&path, file.repeat(1000)).unwrap();
                let then = SystemTime::now() - Duration::from_secs(age);
                fs::File::options().append(true).open(path).unwrap().set_modified(then).unwrap();
            }
            let archive = dir.path().join(format!("{name}.zip"));
            write(&folder, &archive, &dir.path().join(format!("{name}.kept")), Packing::Small).unwrap();
            fs::read(archive).unwrap()
        };
        let one = make("one", &["b.txt", "sub/a.txt", "a.txt"], 0);
        let two = make("two", &["a.txt", "b.txt", "sub/a.txt"], 1_000_000);
        assert_eq!(one, two);
        let other = make("other", &["a.txt", "b.txt"], 0);
        assert_ne!(one, other);
        let again = dir.path().join("again.zip");
        write(&dir.path().join("two"), &again, &dir.path().join("one.kept"), Packing::Small).unwrap();
        assert_eq!(fs::read(&again).unwrap(), one, "what was packed before is the same");
        let mut archive = zip::ZipArchive::new(fs::File::open(&again).unwrap()).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("sub/a.txt").unwrap(), &mut text).unwrap();
        assert_eq!(text, "sub/a.txt".repeat(1000));
    }
}
