//! Objects: the ciphertext of attachments, each under the attachment's id, in a store of files of its own.
//!
//! A folder beside the databases, or a [`Bucket`] of a service that speaks S3. What is used of `object_store` is what every store of
//! its kind can do: parts, ranges, listing, deletion.

use std::fs::{self, DirBuilder};
use std::io;
use std::ops::Range;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use model::{AttachmentId, Slug};
use object_store::aws::AmazonS3Builder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig,
};

use crate::error::StoreError;

/// Bytes that are handed on at once: the least that network stores take as a part.
const PART: usize = 5 << 20;

/// Bytes that are read at once where a whole object is looked at.
const WINDOW: u64 = 1 << 20;

/// How long a call to a service is tried again that did not answer, or answered that it is not well.
const PATIENCE: Duration = Duration::from_secs(20);

/// The objects of every platform.
pub(crate) struct Objects {
    store: Arc<dyn ObjectStore>,
    /// The folder, where they lie in one.
    root: Option<PathBuf>,
}

/// A bucket of a service that speaks S3. Everything in it is ciphertext, and belongs to one installation.
#[derive(Clone)]
pub struct Bucket {
    /// Where the service is, such as `https://s3.example`; the bucket's name is the first part of every path there.
    pub endpoint: String,
    /// The region by which calls are signed.
    pub region: String,
    /// The bucket.
    pub name: String,
    /// The id of the key that signs calls.
    pub key_id: String,
    /// The key.
    pub secret: String,
    /// Who makes the calls: this room calls nobody.
    pub client: HttpClient,
}

/// Hands out the client that it was given.
#[derive(Debug)]
struct Given(HttpClient);

impl HttpConnector for Given {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

impl Objects {
    /// In a folder, made if need be. What is written is durable when its writer has finished.
    pub(crate) fn local(root: PathBuf) -> Result<Self, StoreError> {
        DirBuilder::new().recursive(true).mode(0o700).create(&root)?;
        let store = LocalFileSystem::new_with_prefix(&root)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), root: Some(root) })
    }

    /// In a bucket. What is written is durable when the service has answered.
    pub(crate) fn within(bucket: &Bucket) -> Result<Self, StoreError> {
        let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: 5, retry_timeout: PATIENCE };
        let store = AmazonS3Builder::new()
            .with_endpoint(&bucket.endpoint)
            .with_region(&bucket.region)
            .with_bucket_name(&bucket.name)
            .with_access_key_id(&bucket.key_id)
            .with_secret_access_key(&bucket.secret)
            .with_virtual_hosted_style_request(false)
            // Whether a call may go in the clear is the configuration's to say.
            .with_allow_http(true)
            .with_retry(retry)
            .with_http_connector(Given(bucket.client.clone()))
            .build()?;
        Ok(Self { store: Arc::new(store), root: None })
    }

    /// Where the objects of a platform lie whose ids begin with a byte, so that no folder holds too many.
    fn shard(platform: &Slug, first: u8) -> [String; 2] {
        [platform.to_string(), format!("{first:02x}")]
    }

    fn path(platform: &Slug, id: AttachmentId) -> Path {
        let [first, ..] = *id.as_bytes();
        Self::shard(platform, first).into_iter().chain([id.to_string()]).collect()
    }

    /// Where an object lies in the folder.
    pub(crate) fn file(platform: &Slug, id: AttachmentId) -> PathBuf {
        Self::path(platform, id).as_ref().into()
    }

    pub(crate) async fn writer(&self, platform: &Slug, id: AttachmentId) -> Result<ObjectWriter, StoreError> {
        let upload = self.store.put_multipart(&Self::path(platform, id)).await?;
        Ok(ObjectWriter { upload, held: Vec::new(), size: 0, digest: Context::new(&SHA256) })
    }

    /// `None` when there is no such object; fewer bytes where it ends before.
    pub(crate) async fn read(
        &self,
        platform: &Slug,
        id: AttachmentId,
        bytes: Range<u64>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        match self.store.get_range(&Self::path(platform, id), bytes).await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Hands a whole object on, piece by piece, and gives its SHA-256; `None` when there is no such object.
    pub(crate) async fn each(
        &self,
        platform: &Slug,
        id: AttachmentId,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<Option<[u8; 32]>, StoreError> {
        let size = match self.store.head(&Self::path(platform, id)).await {
            Ok(meta) => meta.size,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (mut digest, mut at) = (Context::new(&SHA256), 0);
        while at < size {
            let end = size.min(at.saturating_add(WINDOW));
            let Some(bytes) = self.read(platform, id, at..end).await? else { return Ok(None) };
            digest.update(&bytes);
            take(&bytes)?;
            at = end;
        }
        Ok(Some(finished(digest)))
    }

    /// Removes an object, and what an upload of it left that was cut short; fine when there is nothing.
    pub(crate) async fn remove(&self, platform: &Slug, id: AttachmentId) -> Result<(), StoreError> {
        match self.store.delete(&Self::path(platform, id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        // What a service keeps of an upload that was cut short only its own rule for the bucket takes away.
        let Some(root) = &self.root else { return Ok(()) };
        let file = root.join(Self::file(platform, id));
        tokio::task::spawn_blocking(move || cut_short(&file)).await.map_err(|_| StoreError::Stopped)??;
        Ok(())
    }

    /// Every object of a platform whose id begins with a byte.
    pub(crate) async fn listed(&self, platform: &Slug, first: u8) -> Result<Vec<AttachmentId>, StoreError> {
        let shard: Path = Self::shard(platform, first).into_iter().collect();
        let found = self.store.list_with_delimiter(Some(&shard)).await?.objects;
        Ok(found.iter().filter_map(|object| object.location.filename()?.parse().ok()).collect())
    }
}

/// Removes what a killed process left beside an object's place (`<name>#<number>`), and makes sure that it stays removed.
fn cut_short(file: &std::path::Path) -> io::Result<()> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|name| name.to_str())) else {
        return Ok(());
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str().and_then(|found| found.strip_prefix(name)).is_some_and(|end| end.starts_with('#'))
        {
            fs::remove_file(entry.path())?;
        }
    }
    fs::File::open(folder)?.sync_all()
}

pub(crate) fn finished(digest: Context) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(digest.finish().as_ref()).for_each(|(to, from)| *to = *from);
    bytes
}

/// An object on its way in. One that is dropped unfinished is loose, and goes with the next sweep.
pub struct ObjectWriter {
    upload: Box<dyn MultipartUpload>,
    held: Vec<u8>,
    size: u64,
    digest: Context,
}

/// An object, durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its length, in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub digest: [u8; 32],
}

impl ObjectWriter {
    /// Writes more. Holds a few mebibytes at most, however long the object is.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.digest.update(bytes);
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PART { self.hand_on().await } else { Ok(()) }
    }

    async fn hand_on(&mut self) -> Result<(), StoreError> {
        let part = std::mem::take(&mut self.held);
        Ok(self.upload.put_part(PutPayload::from(part)).await?)
    }

    /// Ends the object; it is durable when this returns.
    pub async fn finish(mut self) -> Result<Written, StoreError> {
        // An object of no bytes at all has a part, too; no other has an empty one at its end.
        if !self.held.is_empty() || self.size == 0 {
            self.hand_on().await?;
        }
        self.upload.complete().await?;
        Ok(Written { size: self.size, digest: finished(self.digest) })
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        // The kind alone, as for files: the full text holds a path.
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(why) = cause {
            if let Some(why) = why.downcast_ref::<io::Error>() {
                return Self::Engine(format!("the object store: {}", why.kind()));
            }
            cause = why.source();
        }
        Self::Engine("the object store does not do it".to_owned())
    }
}
