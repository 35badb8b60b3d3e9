//! A folder on disk: a file is written beside, synced, renamed, and its folder synced.

use super::HEAD;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use time::OffsetDateTime;

/// From this age on, a file that was not finished was left by somebody who ended.
const LEFT: Duration = Duration::from_secs(600);
/// Bytes that are written to learn whether there is room.
const PROBE: usize = 256 * 1024;

/// The folder.
#[derive(Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Opens the folder under `data`, and removes what an interrupted upload left.
    ///
    /// # Errors
    /// Where the folder cannot be had.
    pub fn open(data: &Path) -> std::io::Result<Self> {
        let root = data.join("blobs");
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&root)?;
        for part in std::fs::read_dir(&root)? {
            let part = part?;
            if !part.file_name().to_string_lossy().starts_with("part-") {
                continue;
            }
            // A command may open the store beside a server that writes right now: what is gone by now was finished.
            let remove = || {
                let old = part.metadata()?.modified()?.elapsed().is_ok_and(|age| age > LEFT);
                if old { std::fs::remove_file(part.path()) } else { Ok(()) }
            };
            match remove() {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                done => done?,
            }
        }
        std::fs::File::open(data)?.sync_all()?;
        Ok(Self { root })
    }

    /// Whether a data folder has any picture.
    pub(super) fn has_any(data: &Path) -> std::io::Result<bool> {
        let folders = match std::fs::read_dir(data.join("blobs")) {
            Ok(folders) => folders,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(e),
        };
        for folder in folders {
            let folder = folder?.path();
            if folder.is_dir() && std::fs::read_dir(folder)?.next().is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where a blob lies. A mark is 64 hex digits, so it names no other folder.
    fn path(&self, name: &str) -> PathBuf {
        debug_assert!(spotter_model::report::is_sha256(name));
        self.root.join(&name[..2]).join(name)
    }

    fn part(&self) -> PathBuf {
        self.root.join(format!("part-{}", crate::random::token()))
    }

    pub(super) async fn put(&self, name: &str, bytes: Vec<u8>) -> std::io::Result<()> {
        let (path, part, root) = (self.path(name), self.part(), self.root.clone());
        let write = move || {
            let folder = path.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
            if !folder.is_dir() {
                std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
                std::fs::File::open(&root)?.sync_all()?;
            }
            let write = || {
                let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
                file.write_all(&bytes)?;
                file.sync_all()?;
                std::fs::rename(&part, &path)?;
                std::fs::File::open(folder)?.sync_all()
            };
            write().inspect_err(|_| {
                // The first error is the one to tell; a leftover goes at the next start.
                let _ = std::fs::remove_file(&part);
            })
        };
        tokio::task::spawn_blocking(write).await.map_err(std::io::Error::other)?
    }

    pub(super) async fn get(&self, name: &str) -> std::io::Result<Vec<u8>> {
        tokio::fs::read(self.path(name)).await
    }

    pub(super) fn heads(&self, names: &[&str]) -> std::io::Result<Vec<[u8; HEAD]>> {
        let mut heads = vec![];
        for name in names {
            let mut head = [0; HEAD];
            match std::fs::File::open(self.path(name)).and_then(|mut file| file.read_exact(&mut head)) {
                Ok(()) => heads.push(head),
                Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(heads)
    }

    pub(super) fn remove(&self, names: &[&str]) -> std::io::Result<()> {
        for name in names {
            match std::fs::remove_file(self.path(name)) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) async fn older(&self, two: &str, before: OffsetDateTime) -> std::io::Result<Vec<String>> {
        let folder = self.root.join(two);
        let list = move || {
            let files = match std::fs::read_dir(folder) {
                Ok(files) => files,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
                Err(e) => return Err(e),
            };
            let mut names = vec![];
            for file in files {
                let file = file?;
                let Ok(name) = file.file_name().into_string() else { continue };
                let modified = match file.metadata() {
                    Ok(metadata) => metadata.modified()?,
                    // It went meanwhile.
                    Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                    Err(e) => return Err(e),
                };
                if spotter_model::report::is_sha256(&name) && OffsetDateTime::from(modified) < before {
                    names.push(name);
                }
            }
            Ok(names)
        };
        tokio::task::spawn_blocking(list).await.map_err(std::io::Error::other)?
    }

    pub(super) async fn probe(&self) -> std::io::Result<()> {
        let part = self.part();
        let probe = move || {
            let write = || {
                let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
                file.write_all(&vec![0; PROBE])?;
                file.sync_all()
            };
            let outcome = write();
            match std::fs::remove_file(&part) {
                Err(error) if outcome.is_ok() => Err(error),
                _ => outcome,
            }
        };
        tokio::task::spawn_blocking(probe).await.map_err(std::io::Error::other)?
    }
}
