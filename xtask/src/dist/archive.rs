//! The archives for the stores: the same files give the same bytes, on every machine.

use super::files_below;
use anyhow::Result;
use std::fs;
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs a folder, files in order of their names, all with the same time and rights. Returns the size.
pub fn write(folder: &Path, archive: &Path) -> Result<u64> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, _) in files_below(folder)? {
        let name: Vec<_> = path.strip_prefix(folder)?.components().map(|c| c.as_os_str().to_string_lossy()).collect();
        zip.start_file(name.join("/"), options)?;
        zip.write_all(&fs::read(&path)?)?;
    }
    let bytes = zip.finish()?.into_inner();
    fs::write(archive, &bytes)?;
    Ok(bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::write;
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
            write(&folder, &archive).unwrap();
            fs::read(archive).unwrap()
        };
        let one = make("one", &["b.txt", "sub/a.txt", "a.txt"], 0);
        let two = make("two", &["a.txt", "b.txt", "sub/a.txt"], 1_000_000);
        assert_eq!(one, two);
        let other = make("other", &["a.txt", "b.txt"], 0);
        assert_ne!(one, other);
    }
}
