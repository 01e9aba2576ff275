//! Contents that are not there before they are whole.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;

use tokio::fs::File;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::error::ResourceError;
use super::index::Metadata;
use super::info::{ContentTag, ResourceInfo};
use super::manager::ResourceManager;
use super::sandbox::Named;
use super::store::Store;
use super::temp::Temp;

/// Contents for a resource, from [`ResourceManager::write_resource`] or [`ResourceManager::write_new_resource`].
///
/// What is written goes to a file of its own. [`commit`](Self::commit) brings it to the disk and puts it in place; whoever
/// reads sees the old contents or the new ones, and never a part. A writer that is dropped before leaves everything as it was.
///
/// The file is replaced, with its permissions: another name for the same file, a hard link, keeps the old contents. Where the
/// path is a symbolic link, the file that it leads to is replaced.
///
/// ```
/// use tokio::io::AsyncWriteExt;
/// # use pepperplug::resources::ResourceManager;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// # let resources = ResourceManager::new(folder);
/// # resources.initialize().await?;
/// let mut writer = resources.write_new_resource("notes", "2026/notes.txt", ()).await?;
/// writer.write_all(b"first").await?;
/// let notes = writer.commit().await?;
///
/// let mut writer = resources.write_resource("notes").await?;
/// writer.write_all(b"second").await?;
/// // Only if nobody else has written in the meantime.
/// writer.commit_if(notes.content_tag.expect("it has contents")).await?;
/// # assert_eq!(std::fs::read_to_string(folder.join("2026/notes.txt"))?, "second");
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing changes before `commit`"]
pub struct ResourceWriter {
    manager: ResourceManager,
    name: String,
    contents: Contents,
    file: File,
    /// Until it is dropped.
    temp: Option<Temp>,
}

/// Whose contents they are.
pub(super) enum Contents {
    /// Those of a resource, which had this revision first.
    Other { created: u64 },
    /// Those of one that is to be.
    New { path: String, metadata: Metadata },
}

impl ResourceWriter {
    pub(super) fn new(
        manager: ResourceManager,
        name: String,
        contents: Contents,
        temp: Temp,
    ) -> Result<Self, ResourceError> {
        let file = temp.file().try_clone();
        let file = file.map_err(|error| ResourceError::io(writing(&name), error))?;
        Ok(Self {
            manager,
            name,
            contents,
            file: File::from_std(file),
            temp: Some(temp),
        })
    }

    /// Puts what was written in place, for good: once this returns, it is on the disk.
    ///
    /// # Errors
    /// PP277 where the resource was deleted in the meantime, PP278 where it was created anew; of a new one, PP276 and PP282
    /// where its name or its path was taken; PP271 where the system refuses. And as each operation; see
    /// [`create_resource`](ResourceManager::create_resource).
    ///
    /// # Cancel safety
    /// Dropping its future drops the writer: the contents are in place then, wholly, or never will be.
    pub async fn commit(self) -> Result<ResourceInfo, ResourceError> {
        self.commit_with(None).await
    }

    /// As [`commit`](Self::commit), if the contents in place are still those with this tag.
    ///
    /// # Errors
    /// PP279 where there are others, or none, and as [`commit`](Self::commit).
    pub async fn commit_if(self, tag: ContentTag) -> Result<ResourceInfo, ResourceError> {
        self.commit_with(Some(tag)).await
    }

    async fn commit_with(mut self, tag: Option<ContentTag>) -> Result<ResourceInfo, ResourceError> {
        let flushed = self.file.flush().await;
        flushed.map_err(|error| ResourceError::io(writing(&self.name), error))?;
        let manager = self.manager.clone();
        // All of the writer goes along: whoever stops waiting for this cannot take the file away from it.
        let commit = move |store: &Store| match self.temp.take() {
            Some(temp) => self.put_in_place(store, &temp, tag),
            None => unreachable!("only `drop` and this take it, and this takes the writer"),
        };
        manager.access.change(commit).await
    }

    fn put_in_place(
        &self,
        store: &Store,
        temp: &Temp,
        tag: Option<ContentTag>,
    ) -> Result<ResourceInfo, ResourceError> {
        let name = self.name.as_str();
        match (&self.contents, tag) {
            (Contents::Other { created }, tag) => store.finish(name, *created, tag, temp),
            (Contents::New { path, metadata }, None) => {
                store.finish_new(Named { name, path }, metadata.clone(), temp)
            }
            (Contents::New { .. }, Some(expected)) => Err(ResourceError::ContentChanged {
                name: name.to_owned(),
                expected,
                found: None,
            }),
        }
    }
}

fn writing(name: &str) -> String {
    format!("write the contents of resource `{name}`")
}

impl Drop for ResourceWriter {
    fn drop(&mut self) {
        let Some(temp) = self.temp.take() else { return };
        // It deletes its file. A runtime that is shutting down drops it in its stead.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn_blocking(move || drop(temp));
        }
    }
}

impl AsyncWrite for ResourceWriter {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.file).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(cx)
    }

    /// Flushes it. Only [`commit`](Self::commit) puts it in place.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(cx)
    }
}

impl fmt::Debug for ResourceWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceWriter")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
