//! The server's keys in a file of their own, apart from the backup: whoever has both can sign as the server and open what its
//! database keeps sealed.
//!
//! Owns: that file. It takes whatever lies in `secrets/`, so that a key of a later version is not forgotten here.

use super::{BackupError, at, keep};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The schema's name and version.
const SCHEMA: &str = "wildlife-secrets/1";
/// Largest file of keys.
const BYTES: u64 = 64 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Secrets {
    schema: String,
    /// What they are for, in words, for whoever finds the file.
    about: String,
    /// Names under `secrets/`, with their bytes in standard base64.
    files: BTreeMap<String, String>,
}

/// Writes the keys of `data` into the new file `output`, readable for its owner alone. Returns how many files they are.
///
/// # Errors
/// Where there are none, or the file cannot be written or exists.
pub fn write(data: &Path, output: &Path) -> Result<usize, BackupError> {
    let root = data.join("secrets");
    let mut files = BTreeMap::new();
    gather(&root, &root, &mut files)?;
    let about =
        "Keys of a Wildlife Spotter endpoint. Whoever has them and a backup can sign as this endpoint.".to_owned();
    let count = files.len();
    let secrets = Secrets { schema: SCHEMA.to_owned(), about, files };
    let text = serde_json::to_vec_pretty(&secrets).map_err(|e| at(output)(e.into()))?;
    keep(output, &text)?;
    Ok(count)
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
