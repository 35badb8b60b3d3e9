//! A bucket on a storage that speaks S3.
//!
//! Owns: that it is this endpoint's and nobody else's, how long anything may take, and what is done while the storage does not
//! answer. A storage has a blob once it has said so; until then nobody says that it was kept.
//!
//! Beside the blobs lie `endpoint`, which says whose they are, and `probe`.

use super::{Address, HEAD, MOST, credentials, wire};
use crate::faults::Fault;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{BackoffConfig, ObjectStore as _, ObjectStoreExt as _, PutPayload, RetryConfig};
use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How long one question may take, with all its tries and the wait for a place.
const PATIENCE: Duration = Duration::from_secs(15);
/// So often is a question asked again.
const RETRIES: usize = 2;
/// For so long nobody asks a storage again that did not answer: whoever uploads meanwhile is told at once.
const DOWN: Duration = Duration::from_secs(2);
/// For so long it is believed that it takes pictures, after it took one.
const WELL: Duration = Duration::from_secs(15);
/// What was sent and not answered may still be done by then.
const SETTLED: Duration = Duration::from_secs(15);
/// Questions at once.
const AT_ONCE: usize = 32;
const ENDPOINT: &str = "endpoint";
const PROBE: &str = "probe";

/// The bucket.
pub struct Bucket {
    /// Or why there is none: only whoever needs it minds.
    storage: Result<AmazonS3, String>,
    prefix: String,
    owner: String,
    fresh: bool,
    ours: tokio::sync::Mutex<bool>,
    places: Semaphore,
    down: Mutex<Option<Instant>>,
    well: Mutex<Option<Instant>>,
}

impl Bucket {
    pub(super) fn open(address: &Address, owner: &str, fresh: bool) -> Self {
        let prefix = if address.prefix.is_empty() { String::new() } else { format!("{}/", address.prefix) };
        Self {
            storage: Self::storage_at(address),
            prefix,
            owner: owner.to_owned(),
            fresh,
            ours: tokio::sync::Mutex::default(),
            places: Semaphore::new(AT_ONCE),
            down: Mutex::default(),
            well: Mutex::default(),
        }
    }

    fn storage_at(address: &Address) -> Result<AmazonS3, String> {
        let found = credentials::find(address.credentials.as_deref())?;
        let backoff =
            BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(1), base: 2. };
        let mut storage = AmazonS3Builder::new()
            .with_bucket_name(&address.bucket)
            .with_region(&address.region)
            .with_access_key_id(found.id)
            .with_secret_access_key(found.secret)
            .with_virtual_hosted_style_request(address.in_host)
            // Each by a request of its own: not every storage takes the other one.
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig { backoff, max_retries: RETRIES, retry_timeout: PATIENCE })
            .with_http_connector(wire::Wire::new());
        if let Some(token) = found.token {
            storage = storage.with_token(token);
        }
        if let Some(endpoint) = address.endpoint() {
            storage = storage.with_endpoint(endpoint);
        }
        storage.build().map_err(|e| e.to_string())
    }

    fn storage(&self) -> std::io::Result<&AmazonS3> {
        self.storage.as_ref().map_err(|why| Error::other(why.as_str()))
    }

    /// Whether it is there, lets us in, and is this endpoint's. One that nobody has is taken, as long as no row names a picture.
    pub(super) async fn check(&self) -> std::io::Result<()> {
        let mut ours = self.ours.lock().await;
        if *ours {
            return Ok(());
        }
        match self.fetch(ENDPOINT).await {
            Ok(owner) if owner == self.owner.as_bytes() => {}
            Ok(_) => {
                return Err(Error::other(
                    "the bucket has the pictures of another endpoint: give each a prefix of its own",
                ));
            }
            Err(e) if e.kind() == ErrorKind::NotFound && self.fresh => {
                // A list says whether there is a bucket at all, and whether we may ask for one.
                self.is_empty().await?;
                self.keep(ENDPOINT, self.owner.clone().into_bytes()).await?;
            }
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Err(Error::other(
                    "the bucket has none of this endpoint's pictures: is it the right one, and the right prefix? To move pictures \
                     there, make a backup and restore it with --blobs",
                ));
            }
            Err(e) => return Err(e),
        }
        *ours = true;
        Ok(())
    }

    /// Whether nothing lies there.
    ///
    /// # Errors
    /// Where it cannot be asked.
    pub async fn is_empty(&self) -> std::io::Result<bool> {
        let root = Path::from(self.prefix.as_str());
        let found = self.ask(self.storage()?.list_with_delimiter(Some(&root))).await?;
        Ok(found.objects.is_empty() && found.common_prefixes.is_empty())
    }

    pub(super) async fn put(&self, name: &str, bytes: Vec<u8>) -> std::io::Result<()> {
        self.check().await?;
        self.keep(&below(name), bytes).await
    }

    pub(super) async fn get(&self, name: &str) -> std::io::Result<Vec<u8>> {
        self.check().await?;
        self.fetch(&below(name)).await
    }

    pub(super) async fn heads(this: &Arc<Self>, names: &[&str]) -> std::io::Result<Vec<[u8; HEAD]>> {
        if names.is_empty() {
            return Ok(vec![]);
        }
        this.check().await?;
        let mut asked = JoinSet::new();
        for name in names {
            let (this, at) = (Arc::clone(this), this.at(&below(name)));
            asked.spawn(async move { this.ask(this.storage()?.get_range(&at, 0..HEAD as u64)).await });
        }
        let mut heads = vec![];
        let all = async {
            while let Some(answer) = asked.join_next().await {
                match answer.map_err(Error::other)? {
                    Ok(head) => heads.extend(<[u8; HEAD]>::try_from(&head[..]).ok()),
                    // It is not there, or empty.
                    Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => {}
                    Err(e) => return Err(e),
                }
            }
            Ok::<(), Error>(())
        };
        // Whoever asks keeps others from writing.
        tokio::time::timeout(PATIENCE, all).await.map_err(|_| late())??;
        Ok(heads)
    }

    /// What cannot be removed now stays for the sweep. Its key is gone.
    pub(super) async fn remove(this: &Arc<Self>, names: &[&str]) {
        let (mut asked, mut left, mut unsettled) = (JoinSet::new(), 0, false);
        for name in names {
            let (this, at) = (Arc::clone(this), this.at(&below(name)));
            asked.spawn(async move {
                this.check().await?;
                this.ask(this.storage()?.delete(&at)).await
            });
        }
        while let Some(answer) = asked.join_next().await {
            match answer.map_err(Error::other).flatten() {
                Ok(()) => {}
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    left += 1;
                    unsettled |= error.kind() == ErrorKind::TimedOut;
                    tracing::debug!(%error, "a picture was not removed from the bucket");
                }
            }
        }
        if left > 0 {
            tracing::warn!(
                left,
                "erased pictures were not removed from the bucket yet; their keys are gone, and it is tried again daily"
            );
        }
        if unsettled {
            // The same picture may come again as soon as we return, and a removal that is late would take it.
            tokio::time::sleep(SETTLED).await;
        }
    }

    pub(super) async fn older(&self, two: &str, before: OffsetDateTime) -> std::io::Result<Vec<String>> {
        self.check().await?;
        let folder = self.at(two);
        let found = self.ask(self.storage()?.list_with_delimiter(Some(&folder))).await?;
        let old = found.objects.iter().filter(|object| object.last_modified.timestamp() < before.unix_timestamp());
        let names = old.filter_map(|object| object.location.filename());
        Ok(names
            .filter(|name| spotter_model::report::is_sha256(name) && name.starts_with(two))
            .map(str::to_owned)
            .collect())
    }

    pub(super) async fn probe(&self) -> std::io::Result<()> {
        self.check().await?;
        let well = *self.well.lock().unwrap_or_else(PoisonError::into_inner);
        if well.is_some_and(|at| at.elapsed() < WELL) {
            return Ok(());
        }
        self.keep(PROBE, b"Whether pictures are taken.\n".to_vec()).await
    }

    /// Where something lies.
    fn at(&self, name: &str) -> Path {
        Path::from(format!("{}{name}", self.prefix))
    }

    async fn keep(&self, name: &str, bytes: Vec<u8>) -> std::io::Result<()> {
        let kept = self.ask(self.storage()?.put(&self.at(name), PutPayload::from(bytes))).await;
        *self.well.lock().unwrap_or_else(PoisonError::into_inner) = kept.is_ok().then(Instant::now);
        kept.map(drop)
    }

    async fn fetch(&self, name: &str) -> std::io::Result<Vec<u8>> {
        let at = self.at(name);
        let storage = self.storage()?;
        let bytes = self.ask(async { storage.get(&at).await?.bytes().await }).await?;
        if bytes.len() > MOST {
            return Err(Error::new(ErrorKind::InvalidData, wire::TooLong));
        }
        Ok(bytes.into())
    }

    /// Asks in time, unless the storage did not answer a moment ago.
    async fn ask<T>(&self, question: impl Future<Output = object_store::Result<T>>) -> std::io::Result<T> {
        let down = *self.down.lock().unwrap_or_else(PoisonError::into_inner);
        if down.is_some_and(|since| since.elapsed() < DOWN) {
            return Err(Error::new(ErrorKind::NotConnected, "the bucket's storage did not answer a moment ago"));
        }
        let asked = async {
            let _place = self.places.acquire().await.map_err(Error::other)?;
            question.await.map_err(|error| told(&error))
        };
        let answer = tokio::time::timeout(PATIENCE, asked).await.map_err(|_| late()).flatten();
        let away = answer.as_ref().is_err_and(|error| Fault::from(error) == Fault::Away);
        *self.down.lock().unwrap_or_else(PoisonError::into_inner) = away.then(Instant::now);
        answer
    }
}

/// The same folders as on disk.
fn below(name: &str) -> String {
    debug_assert!(spotter_model::report::is_sha256(name));
    format!("{}/{name}", &name[..2])
}

fn late() -> Error {
    Error::new(ErrorKind::TimedOut, "the bucket's storage did not answer in time")
}

/// What a storage's no means to us, without what it said.
fn told(error: &object_store::Error) -> Error {
    let chain = || std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |e| e.source());
    if let Some(refused) = chain().find_map(|e| e.downcast_ref::<wire::Refused>()) {
        let kind = match refused.status {
            401 | 403 => ErrorKind::PermissionDenied,
            416 => ErrorKind::InvalidData,
            507 => ErrorKind::StorageFull,
            _ => ErrorKind::Other,
        };
        return Error::new(kind, refused.to_string());
    }
    if chain().any(|e| e.is::<wire::TooLong>()) {
        return Error::new(ErrorKind::InvalidData, wire::TooLong);
    }
    if matches!(error, object_store::Error::NotFound { .. }) {
        return ErrorKind::NotFound.into();
    }
    let refused_at_once =
        chain().filter_map(|e| e.downcast_ref::<Error>()).any(|e| e.kind() == ErrorKind::ConnectionRefused);
    if refused_at_once {
        return Error::new(ErrorKind::ConnectionRefused, "the bucket's storage is not there");
    }
    // It was asked, and whether it did what it was asked nobody knows.
    Error::new(ErrorKind::TimedOut, "the bucket's storage does not answer, or not as it should")
}
