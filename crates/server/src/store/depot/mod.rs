//! Where the sealed bytes of pictures lie: in a folder on disk, or in a bucket of an S3-type storage.
//!
//! Owns what both can do, and which of them a data folder uses; it remembers a bucket as it remembers a database's server. Never:
//! what the bytes are, which of them a row names, or who may remove them when. That is [`super::blobs`]'.
//!
//! A name is the 64 hex digits of a blob's mark. Bytes are there whole or not at all, and once [`Depot::put`] returned, for good.

pub mod address;
mod bucket;
mod credentials;
mod folder;
mod wire;

use super::StoreError;
pub use address::Address;
pub use bucket::Bucket;
pub use folder::Folder;
use spotter_model::limits::BLOB_BYTES;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;
use time::OffsetDateTime;

/// In it a data folder remembers the bucket that has its pictures.
pub const REMEMBERED: &str = "blobs.url";
/// The largest sealed blob: what is sealed is a little longer than it was.
const MOST: usize = BLOB_BYTES + 1024;
/// The first bytes of what is sealed: they say where its key is.
pub(super) const HEAD: usize = 9;

/// Where bytes lie.
#[derive(Clone)]
pub enum Depot {
    /// Below the data folder.
    Folder(Folder),
    /// On a storage that speaks S3.
    Bucket(Arc<Bucket>),
}

impl Depot {
    /// That of a data folder. `owner` is what a bucket has to know this endpoint by; it is `fresh` while no row names a picture.
    ///
    /// # Errors
    /// Where the folder cannot be had, or what it remembers is no address. Nothing is asked of a bucket yet.
    pub fn of(data: &Path, owner: &str, fresh: bool) -> Result<Self, StoreError> {
        Ok(match remembered(data)? {
            Some(address) => Self::bucket(&address, owner, fresh),
            None => Self::Folder(Folder::open(data)?),
        })
    }

    /// That of this address. Whether there is a key for it says whatever is asked of it first.
    #[must_use]
    pub fn bucket(address: &Address, owner: &str, fresh: bool) -> Self {
        Self::Bucket(Arc::new(Bucket::open(address, owner, fresh)))
    }

    /// Whether it can be used by this endpoint. A folder always can: it was opened.
    ///
    /// # Errors
    /// Where there is no key for a bucket, where it does not answer, is not there, refuses us, or belongs to another endpoint.
    pub async fn check(&self) -> std::io::Result<()> {
        match self {
            Self::Folder(_) => Ok(()),
            Self::Bucket(bucket) => bucket.check().await,
        }
    }

    /// Keeps bytes under a name; what was there before is replaced.
    ///
    /// # Errors
    /// Where they are not kept for certain.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> std::io::Result<()> {
        match self {
            Self::Folder(folder) => folder.put(name, bytes).await,
            Self::Bucket(bucket) => bucket.put(name, bytes).await,
        }
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// `NotFound` where it is not there for certain; anything else where nobody knows.
    pub async fn get(&self, name: &str) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Folder(folder) => folder.get(name).await,
            Self::Bucket(bucket) => bucket.get(name).await,
        }
    }

    /// How those of these that are there begin. What is too short to begin like that has no key.
    ///
    /// # Errors
    /// Where one of them can neither be read nor is missing for certain.
    pub async fn heads(&self, names: &[&str]) -> std::io::Result<Vec<[u8; HEAD]>> {
        match self {
            Self::Folder(folder) => folder.heads(names),
            Self::Bucket(bucket) => Bucket::heads(bucket, names).await,
        }
    }

    /// Removes what no row names any more. A bucket that does not answer keeps it until [`super::blobs::Blobs::sweep`] finds it.
    ///
    /// # Errors
    /// Where the disk fails.
    pub async fn remove(&self, names: &[&str]) -> std::io::Result<()> {
        match self {
            Self::Folder(folder) => folder.remove(names),
            Self::Bucket(bucket) => {
                Bucket::remove(bucket, names).await;
                Ok(())
            }
        }
    }

    /// Names that begin with these two digits and whose bytes came before `before`.
    ///
    /// # Errors
    /// Where they cannot be listed.
    pub async fn older(&self, two: &str, before: OffsetDateTime) -> std::io::Result<Vec<String>> {
        match self {
            Self::Folder(folder) => folder.older(two, before).await,
            Self::Bucket(bucket) => bucket.older(two, before).await,
        }
    }

    /// Whether a picture would be kept: some bytes are written for that.
    ///
    /// # Errors
    /// Where they could not be.
    pub async fn probe(&self) -> std::io::Result<()> {
        match self {
            Self::Folder(folder) => folder.probe().await,
            Self::Bucket(bucket) => bucket.probe().await,
        }
    }
}

/// The bucket that a data folder remembers.
pub(crate) fn remembered(data: &Path) -> Result<Option<Address>, StoreError> {
    match std::fs::read_to_string(data.join(REMEMBERED)) {
        Ok(text) => text.trim().parse().map(Some).map_err(|why| StoreError::Depot(format!("{REMEMBERED} {why}"))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// Lets a data folder remember its bucket. One that has pictures of its own is not changed: nothing would move them.
///
/// # Errors
/// Where it has, or cannot be written.
pub fn remember(data: &Path, address: &Address) -> Result<(), StoreError> {
    if Folder::has_any(data)? {
        return Err(StoreError::HasPictures);
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    if remembered(data).is_ok_and(|known| known.as_ref() == Some(address)) {
        return Ok(());
    }
    let part = data.join(format!("{REMEMBERED}.{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    writeln!(file, "{address}")?;
    file.sync_all()?;
    std::fs::rename(&part, data.join(REMEMBERED))?;
    Ok(std::fs::File::open(data)?.sync_all()?)
}

#[cfg(test)]
mod tests {
    use super::{Address, REMEMBERED, remember, remembered};
    use crate::store::StoreError;

    #[test]
    fn a_folder_with_pictures_takes_no_bucket() {
        let folder = tempfile::tempdir().unwrap();
        let address: Address = "s3://pictures?region=eu-central-1".parse().unwrap();
        remember(folder.path(), &address).unwrap();
        remember(folder.path(), &address).unwrap();
        assert_eq!(remembered(folder.path()).unwrap(), Some(address.clone()));
        std::fs::write(folder.path().join(REMEMBERED), "s3://x").unwrap();
        assert!(matches!(remembered(folder.path()), Err(StoreError::Depot(_))));
        // What is no address is replaced by one.
        remember(folder.path(), &address).unwrap();
        std::fs::create_dir_all(folder.path().join("blobs/ab")).unwrap();
        remember(folder.path(), &address).unwrap();
        std::fs::write(folder.path().join("blobs/ab/ab"), "").unwrap();
        assert!(matches!(remember(folder.path(), &address), Err(StoreError::HasPictures)));
    }
}
