//! What can be chosen.

use core::time::Duration;
use std::path::PathBuf;

use super::info::Revision;

/// How a [`ResourceManager`](super::ResourceManager) works.
///
/// ```
/// use std::time::Duration;
///
/// use pepperplug::resources::{ResourceManager, ResourceOptions};
///
/// let options = ResourceOptions::new("data").lock_timeout(Duration::from_secs(1));
/// let resources = ResourceManager::with_options(options);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResourceOptions {
    /// The directory of the resources. A relative one starts from where the program was started.
    pub dir: PathBuf,
    /// What the manager is called in logs. `resources` unless set.
    pub name: String,
    /// How long an operation may wait for another process that is at the same directory. 10 s unless set.
    pub lock_timeout: Duration,
}

impl ResourceOptions {
    /// The defaults, for a directory.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            name: "resources".to_owned(),
            lock_timeout: Duration::from_secs(10),
        }
    }

    /// Sets what the manager is called in logs.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets how long an operation may wait for another process.
    #[must_use]
    pub fn lock_timeout(mut self, limit: Duration) -> Self {
        self.lock_timeout = limit;
        self
    }
}

/// How a resource is deleted: by default its record only, whatever state it is in.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct DeleteOptions {
    /// Whether its file is deleted too. Where the path is a symbolic link, that is deleted, and not what it leads to.
    pub file: bool,
    /// The revision that it must have.
    pub revision: Option<Revision>,
}

impl DeleteOptions {
    /// With its file.
    #[must_use]
    pub fn with_file(mut self) -> Self {
        self.file = true;
        self
    }

    /// Only if it has this revision.
    #[must_use]
    pub fn only_if(mut self, revision: Revision) -> Self {
        self.revision = Some(revision);
        self
    }
}
