//! The handle that users hold.

use core::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::access::Access;
use super::error::ResourceError;
use super::index::{self, Metadata, Record};
use super::info::{ResourceInfo, Revision};
use super::options::{DeleteOptions, ResourceOptions};
use super::path::{check_name, check_path};
use super::reader::ResourceReader;
use super::recovery::Recovery;
use super::sandbox::Named;
use super::writer::{Contents, ResourceWriter};

/// Named files in a directory that they cannot leave, with metadata. A cheap handle: clones are the same manager.
///
/// Any number of tasks may use it at once, and so may other managers, in this process and in others, on the same directory:
/// each sees what all others have done.
///
/// ```
/// use pepperplug::resources::ResourceManager;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// # std::fs::write(folder.join("config.yaml"), "a: 1")?;
/// let resources = ResourceManager::new(folder);
/// resources.initialize().await?;
///
/// let metadata = json!({"type": "yaml", "version": "1.0"});
/// let config = resources.create_resource("config", "config.yaml", metadata).await?;
/// assert_eq!(config.size, Some(4));
///
/// let config = resources.update_resource("config", json!({"version": "1.1"})).await?;
/// assert_eq!(config.metadata["type"], "yaml");
/// assert_eq!(config.metadata["version"], "1.1");
///
/// resources.delete_resource("config").await?;
/// assert_eq!(resources.get_resource("config").await?, None);
/// resources.cleanup().await;
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
/// An operation whose future is dropped is done wholly or not at all, unless its own words say more.
#[derive(Clone)]
pub struct ResourceManager {
    pub(super) access: Arc<Access>,
}

impl ResourceManager {
    /// Resources in a directory. A relative path starts from where the program was started. Nothing is read before
    /// [`initialize`](Self::initialize).
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self::with_options(ResourceOptions::new(dir))
    }

    /// As [`new`](Self::new), with everything that can be chosen.
    #[must_use]
    pub fn with_options(options: ResourceOptions) -> Self {
        Self {
            access: Arc::new(Access::new(options)),
        }
    }

    /// The directory of the resources.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.access.options().dir
    }

    /// Opens the directory, which is made where there is none, and reads its index. Once it has succeeded, calling it again
    /// does nothing, until [`cleanup`](Self::cleanup).
    ///
    /// # Errors
    /// PP271 where the system refuses, PP283 where the index cannot be used, PP284 where another process keeps it locked,
    /// PP225 outside of tokio.
    pub async fn initialize(&self) -> Result<(), ResourceError> {
        Access::open(&self.access).await
    }

    /// Closes the directory: waits for the operation that is at work on it, and refuses all others. Readers go on, and
    /// writers can no longer [`commit`](ResourceWriter::commit). Before `initialize` it does nothing.
    pub async fn cleanup(&self) {
        self.access.close().await;
    }

    /// How the index was recovered since `initialize`, if it was found damaged.
    #[must_use]
    pub fn recovery(&self) -> Option<Recovery> {
        self.access.store().ok()?.recovery()
    }

    /// Notes a file as a resource. Several resources may have one file.
    ///
    /// The path is relative to the directory, and the file must be there; [`write_new_resource`](Self::write_new_resource)
    /// makes one. It is kept in its plain form: `a/b.txt` for `./a//b.txt`. The metadata is whatever serde makes an object of, such as a map, a struct or `json!({…})`, or `()` for
    /// none; a value that is null is left out.
    ///
    /// # Errors
    /// PP276 where there is a resource of that name, PP272 for a bad name, PP273 for a path that is bad or leads out of the
    /// directory, PP274 where there is no file, PP275 where there is something else, PP280 for bad metadata. Besides, as each
    /// operation: PP270 unless the directory is open, PP271 where the system refuses, PP283 where the index cannot be used,
    /// PP284 where another process keeps it locked, PP225 outside of tokio.
    pub async fn create_resource(
        &self,
        name: &str,
        path: impl AsRef<Path>,
        metadata: impl Serialize,
    ) -> Result<ResourceInfo, ResourceError> {
        self.access.check_open()?;
        check_name(name)?;
        let path = check_path(name, path.as_ref())?;
        let metadata = index::metadata(name, &metadata)?;
        let name = name.to_owned();
        self.access
            .change(move |store| store.create(&name, &path, metadata))
            .await
    }

    /// A resource, with what its file is like now. `None` where there is none of that name.
    ///
    /// # Errors
    /// As each operation; see [`create_resource`](Self::create_resource).
    pub async fn get_resource(&self, name: &str) -> Result<Option<ResourceInfo>, ResourceError> {
        let name = name.to_owned();
        self.access
            .read(move |store| {
                let index = store.index()?;
                Ok(index.get(&name).map(|record| store.sandbox.info(record)))
            })
            .await
    }

    /// All resources, in the order of their creation.
    ///
    /// # Errors
    /// As each operation; see [`create_resource`](Self::create_resource).
    pub async fn list_resources(&self) -> Result<Vec<ResourceInfo>, ResourceError> {
        self.access
            .read(|store| {
                let index = store.index()?;
                let info = |record: &Arc<Record>| store.sandbox.info(record);
                Ok(index.records().iter().map(info).collect())
            })
            .await
    }

    /// Merges metadata into that of a resource: each key of `metadata` replaces that of the resource, with all that is in
    /// it, and one whose value is null takes it away. All other keys stay.
    ///
    /// # Errors
    /// PP277 where there is no such resource, PP280 for bad metadata, and as each operation; see
    /// [`create_resource`](Self::create_resource).
    pub async fn update_resource(
        &self,
        name: &str,
        metadata: impl Serialize,
    ) -> Result<ResourceInfo, ResourceError> {
        let metadata = index::metadata(name, &metadata);
        self.update(name, None, metadata).await
    }

    /// As [`update_resource`](Self::update_resource), if the resource has this revision.
    ///
    /// # Errors
    /// PP278 where it has another, and as [`update_resource`](Self::update_resource).
    pub async fn update_if(
        &self,
        name: &str,
        revision: Revision,
        metadata: impl Serialize,
    ) -> Result<ResourceInfo, ResourceError> {
        let metadata = index::metadata(name, &metadata);
        self.update(name, Some(revision), metadata).await
    }

    async fn update(
        &self,
        name: &str,
        revision: Option<Revision>,
        metadata: Result<Metadata, ResourceError>,
    ) -> Result<ResourceInfo, ResourceError> {
        self.access.check_open()?;
        let (name, metadata) = (name.to_owned(), metadata?);
        self.access
            .change(move |store| store.update(&name, revision, metadata))
            .await
    }

    /// Forgets a resource. Its file stays.
    ///
    /// # Errors
    /// PP277 where there is no such resource, and as each operation; see [`create_resource`](Self::create_resource).
    pub async fn delete_resource(&self, name: &str) -> Result<(), ResourceError> {
        self.delete_with(name, DeleteOptions::default()).await
    }

    /// As [`delete_resource`](Self::delete_resource), if the resource has this revision.
    ///
    /// # Errors
    /// PP278 where it has another, and as [`delete_resource`](Self::delete_resource).
    pub async fn delete_if(&self, name: &str, revision: Revision) -> Result<(), ResourceError> {
        self.delete_with(name, DeleteOptions::default().only_if(revision))
            .await
    }

    /// Forgets a resource, and deletes its file where the options say so.
    ///
    /// # Errors
    /// PP281 where its file is to be deleted and others have it too, PP278 where it has another revision than the options
    /// say, and as [`delete_resource`](Self::delete_resource). Where the system fails after the file was deleted, the
    /// resource is still there, without its file: delete it again.
    pub async fn delete_with(
        &self,
        name: &str,
        options: DeleteOptions,
    ) -> Result<(), ResourceError> {
        let name = name.to_owned();
        self.access
            .change(move |store| store.delete(&name, options))
            .await
    }

    /// Reads the contents of a resource, as a stream. What is written to it meanwhile through a manager does not show:
    /// the reader goes on with the contents that it has opened.
    ///
    /// # Errors
    /// PP277 where there is no such resource, PP273 where its path now leads out of the directory, PP274 where its file is
    /// gone, PP275 where something else took its place, and as each operation; see
    /// [`create_resource`](Self::create_resource).
    pub async fn read_resource(&self, name: &str) -> Result<ResourceReader, ResourceError> {
        let name = name.to_owned();
        self.access
            .read(move |store| {
                let index = store.index()?;
                ResourceReader::open(store, index.known(&name)?)
            })
            .await
    }

    /// Writes other contents for a resource, as a stream, which take the place of the old ones at once when the writer is
    /// told to [`commit`](ResourceWriter::commit).
    ///
    /// # Errors
    /// As [`read_resource`](Self::read_resource).
    pub async fn write_resource(&self, name: &str) -> Result<ResourceWriter, ResourceError> {
        let (manager, name) = (self.clone(), name.to_owned());
        self.access
            .change(move |store| {
                let (temp, created) = store.begin(&name)?;
                ResourceWriter::new(manager, name, Contents::Other { created }, temp)
            })
            .await
    }

    /// Writes the contents of a resource that is to be, as a stream: the file, and the resource with it, are there when the
    /// writer is told to [`commit`](ResourceWriter::commit). So are the folders of the path that are not there yet.
    ///
    /// # Errors
    /// PP282 where there is such a file, PP276 where there is a resource of that name, and otherwise as
    /// [`create_resource`](Self::create_resource); all but the form of the name and the path is looked at again by the
    /// `commit`.
    pub async fn write_new_resource(
        &self,
        name: &str,
        path: impl AsRef<Path>,
        metadata: impl Serialize,
    ) -> Result<ResourceWriter, ResourceError> {
        self.access.check_open()?;
        check_name(name)?;
        let path = check_path(name, path.as_ref())?;
        let metadata = index::metadata(name, &metadata)?;
        let (manager, name) = (self.clone(), name.to_owned());
        self.access
            .change(move |store| {
                let temp = store.begin_new(Named {
                    name: &name,
                    path: &path,
                })?;
                ResourceWriter::new(manager, name, Contents::New { path, metadata }, temp)
            })
            .await
    }
}

impl fmt::Debug for ResourceManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceManager")
            .field("dir", &self.access.options().dir)
            .finish_non_exhaustive()
    }
}
