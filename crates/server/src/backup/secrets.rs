//! The server's keys in a file of their own, apart from the backup: whoever has both can sign as the server and open what its
//! database keeps sealed.
//!
//! Owns: that file. It takes whatever lies in `secrets/`, so that a key of a later version is not forgotten here. The keys of cases are
//! among them, so one copy is kept, the newest: an older one beside an older backup would bring back what was erased.

use super::{BackupError, at, keep, sync};
use crate::keys;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

/// The schema's name and version.
const SCHEMA: &str = "wildlife-secrets/1";
/// Largest file of keys.
const BYTES: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Secrets {
    schema: String,
    /// What they are for, in words, for whoever finds the file.
    about: String,
    /// Names under `secrets/`, with their bytes in standard base64.
    files: BTreeMap<String, String>,
}

/// Writes the keys of `data` into the file `output`, readable for its owner alone. An older copy there is replaced, and overwritten.
/// Returns how many files they are.
///
/// # Errors
/// Where there are none, the file cannot be written, or holds something else or newer keys.
pub fn write(data: &Path, output: &Path) -> Result<usize, BackupError> {
    let root = data.join("secrets");
    let mut files = BTreeMap::new();
    gather(&root, &root, &mut files)?;
    let about = "Keys of a Wildlife Spotter endpoint. Whoever has them and a backup can sign as this endpoint and read its cases. Keep no \
                 older copy: together with an older backup it would bring back what was erased."
        .to_owned();
    let count = files.len();
    let secrets = Secrets { schema: SCHEMA.to_owned(), about, files };
    let text = serde_json::to_vec_pretty(&secrets).map_err(|e| at(output)(e.into()))?;
    if !output.exists() {
        keep(output, &text)?;
        return Ok(count);
    }
    may_replace(output, &root)?;
    let mut part = output.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    // What one that broke off left.
    if part.exists() {
        std::fs::remove_file(part).map_err(at(part))?;
    }
    keep(part, &text)?;
    let before = std::fs::OpenOptions::new().write(true).open(output).map_err(at(output))?;
    std::fs::rename(part, output).map_err(at(output))?;
    sync(output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    blank(before).map_err(at(output))?;
    Ok(count)
}

/// Whether the copy in this file is of these keys, and not newer than they are.
fn may_replace(output: &Path, root: &Path) -> Result<(), BackupError> {
    let no = |what: &str| Err(BackupError::NotOver(format!("{} {what}, so it is not written over", output.display())));
    let Ok(before) = read(output) else { return no("is no file of keys") };
    let before = |name: &str| before.iter().find(|(n, _)| n == name).map(|(_, bytes)| bytes.as_slice());
    let now = |name: &str| std::fs::read(root.join(name)).ok();
    if before("data.key") != now("data.key").as_deref() {
        return no("holds the keys of another endpoint, or those from before they were lost");
    }
    match (before("cases.keys"), now("cases.keys")) {
        (Some(before), Some(now)) if !keys::is_older(&now, before) => Ok(()),
        (None, _) => Ok(()),
        _ => no("holds newer keys than the data folder"),
    }
}

/// Overwrites a file whose name is gone, as far as a file system does that in place.
fn blank(mut file: std::fs::File) -> std::io::Result<()> {
    let mut left = file.metadata()?.len();
    while left > 0 {
        let part = left.min(1 << 16);
        file.write_all(&vec![0; part as usize])?;
        left -= part;
    }
    file.sync_all()
}

fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Result<(), BackupError> {
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.is_dir() {
            gather(root, &path, files)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            let bytes = std::fs::read(&path).map_err(at(&path))?;
            files.insert(name.to_owned(), STANDARD.encode(bytes));
        }
    }
    Ok(())
}

/// Reads such a file: names and bytes. A name that leads elsewhere is refused.
///
/// # Errors
/// Where it cannot be read or is damaged.
pub fn read(file: &Path) -> Result<Vec<(String, Vec<u8>)>, BackupError> {
    let damaged = || BackupError::Damaged(format!("{} holds no keys, or is damaged", file.display()));
    if std::fs::metadata(file).map_err(at(file))?.len() > BYTES {
        return Err(damaged());
    }
    let bytes = std::fs::read(file).map_err(at(file))?;
    let secrets: Secrets = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    if secrets.schema != SCHEMA || secrets.files.is_empty() {
        return Err(damaged());
    }
    let plain = |name: &str| {
        name.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        })
    };
    let one = |(name, text): (String, String)| {
        let bytes = STANDARD.decode(text).ok().filter(|_| plain(&name)).ok_or_else(damaged)?;
        Ok((name, bytes))
    };
    secrets.files.into_iter().map(one).collect()
}
