//! What is told of a resource.

use core::fmt;
use core::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

use super::index::Metadata;

/// A resource: its record, and what its file is like now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ResourceInfo {
    /// Its name, of which there is one in a directory.
    pub name: String,
    /// Where its file is in the directory of the resources, with `/` between the parts.
    pub path: String,
    /// How many bytes the file has. None where there is no file any more.
    pub size: Option<u64>,
    /// What kind of contents the path's extension stands for; `application/octet-stream` where it stands for none.
    pub media_type: String,
    /// When the file was last written. None where there is no file any more, or its file system does not know.
    #[serde(serialize_with = "rfc3339")]
    pub modified: Option<SystemTime>,
    /// What its creator and others have noted of it.
    pub metadata: Metadata,
    /// Another after each change of the record: its metadata, or a new resource of the same name.
    pub revision: Revision,
    /// Another after each change of the contents, also by others. None where there is no file any more.
    pub content_tag: Option<ContentTag>,
}

impl ResourceInfo {
    /// Whether the file has gone since the resource was created.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.size.is_none()
    }
}

fn rfc3339<S: Serializer>(time: &Option<SystemTime>, serializer: S) -> Result<S::Ok, S::Error> {
    // The first second of the year 10000; no time before 1970 or from then on has this form.
    const END: u64 = 253_402_300_800;
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    match since.filter(|since| since.as_secs() < END) {
        Some(since) => serializer.collect_str(&humantime::format_rfc3339_nanos(UNIX_EPOCH + since)),
        None => serializer.serialize_none(),
    }
}

/// Which state of a record it is.
///
/// No two states of a directory have the same, not even of two resources that had one name. As text it is a number, which
/// does for an entity tag: `ETag: "17"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Revision(pub(super) u64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Revision {
    type Err = core::num::ParseIntError;

    /// # Errors
    /// When the text is not a number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Which contents a file has: a text of letters, digits and dashes made of its size, its time and its identity. Contents
/// that are written through [`ResourceManager::write_resource`](super::ResourceManager::write_resource) always have another;
/// those that others write in place have, where the clock of the file system has moved on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ContentTag(pub(super) String);

impl fmt::Display for ContentTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for ContentTag {
    /// As a client gave it back. A text that no file has the tag of fits no contents.
    fn from(text: String) -> Self {
        Self(text)
    }
}
