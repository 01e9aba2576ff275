//! Contents as a stream.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::io::{self, SeekFrom};

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};

use super::error::ResourceError;
use super::index::Record;
use super::info::ResourceInfo;
use super::sandbox::describe;
use super::store::Store;

/// The contents of a resource, from [`ResourceManager::read_resource`](super::ResourceManager::read_resource).
///
/// ```
/// use tokio::io::AsyncReadExt;
/// # use pepperplug::resources::ResourceManager;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// # std::fs::write(folder.join("logo.svg"), "<svg/>")?;
/// # let resources = ResourceManager::new(folder);
/// # resources.initialize().await?;
/// # resources.create_resource("logo", "logo.svg", ()).await?;
/// let mut reader = resources.read_resource("logo").await?;
/// assert_eq!(reader.info().media_type, "image/svg+xml");
///
/// let mut text = String::new();
/// reader.read_to_string(&mut text).await?;
/// # assert_eq!(text, "<svg/>");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ResourceReader {
    file: File,
    info: ResourceInfo,
}

impl ResourceReader {
    pub(super) fn open(store: &Store, record: &Record) -> Result<Self, ResourceError> {
        let (file, metadata) = store.sandbox.read(record.into())?;
        Ok(Self {
            file: File::from_std(file),
            info: describe(record, Some(&metadata)),
        })
    }

    /// The resource, with what the file is like that was opened.
    #[must_use]
    pub fn info(&self) -> &ResourceInfo {
        &self.info
    }
}

impl AsyncRead for ResourceReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_read(cx, buffer)
    }
}

impl AsyncSeek for ResourceReader {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.file).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.file).poll_complete(cx)
    }
}
