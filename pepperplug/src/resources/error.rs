//! What can go wrong with resources.

use core::time::Duration;
use std::io;
use std::path::{Path, PathBuf};

use super::info::{ContentTag, Revision};
use crate::error::seconds;

/// Why an operation on resources did not do its work.
///
/// What the operation was asked for and cannot be done changes nothing. Where the system fails in the middle
/// ([`Io`](Self::Io)), an operation is done wholly or not at all; [`ResourceManager::get_resource`] tells which.
///
/// [`ResourceManager::get_resource`]: super::ResourceManager::get_resource
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// `initialize` has not been called, or `cleanup` has.
    #[error("[PP270] the resources in `{}` are {}", dir.display(), not_open(*closed))]
    NotOpen {
        /// The directory of the resources.
        dir: PathBuf,
        /// Whether `cleanup` has been called.
        closed: bool,
    },
    /// The system refuses.
    #[error("[PP271] cannot {what}: {source}")]
    Io {
        /// What was to be done.
        what: String,
        /// What the system says.
        source: io::Error,
    },
    /// That is no name for a resource.
    #[error("[PP272] `{}` is no name for a resource: {why}", shown(name))]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// That is no path for a resource, or leads where it may not.
    #[error("[PP273] resource `{name}` cannot have the path `{}`: {why}", shown(&path.to_string_lossy()))]
    Path {
        /// The resource.
        name: String,
        /// Its path.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// There is no file at the path.
    #[error("[PP274] resource `{name}`: there is no file `{}` in `{}`", shown(path), dir.display())]
    NoFile {
        /// The resource.
        name: String,
        /// Its path.
        path: String,
        /// The directory of the resources.
        dir: PathBuf,
    },
    /// What is at the path is not a file.
    #[error("[PP275] resource `{name}`: `{}` in `{}` is {kind}, and a resource is a file", shown(path), dir.display())]
    NotAFile {
        /// The resource.
        name: String,
        /// Its path.
        path: String,
        /// The directory of the resources.
        dir: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// There is a resource of that name already.
    #[error(
        "[PP276] there is a resource `{name}` already, with the path `{}`",
        shown(path)
    )]
    Exists {
        /// The resource.
        name: String,
        /// The path of the one that is there.
        path: String,
    },
    /// There is no resource of that name.
    #[error("[PP277] there is no resource named `{}`{}", shown(name), did_you_mean(suggestion.as_deref()))]
    Unknown {
        /// The name.
        name: String,
        /// A resource of a similar name.
        suggestion: Option<String>,
    },
    /// The resource is not the one that the caller has seen: somebody has changed it since.
    #[error("[PP278] resource `{name}` has changed: its revision is {found}, not {expected}")]
    Changed {
        /// The resource.
        name: String,
        /// What the caller has seen.
        expected: Revision,
        /// What there is.
        found: Revision,
    },
    /// The contents are not those that the caller has seen: somebody has changed them since.
    #[error("[PP279] the contents of resource `{name}` have changed: their tag is {}, not {expected}", tag(found.as_ref()))]
    ContentChanged {
        /// The resource.
        name: String,
        /// What the caller has seen.
        expected: ContentTag,
        /// What there is; none where the file is gone.
        found: Option<ContentTag>,
    },
    /// That is no metadata.
    #[error("[PP280] the metadata of resource `{name}` cannot be kept: {why}")]
    Metadata {
        /// The resource.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// The file cannot be deleted with its resource, since others have it too.
    #[error(
        "[PP281] the file `{}` of resource `{name}` is also that of {}: delete the resource without its file",
        shown(path),
        list(others)
    )]
    SharedFile {
        /// The resource.
        name: String,
        /// Its path.
        path: String,
        /// The other resources with that path.
        others: Vec<String>,
    },
    /// There is a file where the contents of a new resource were to go.
    #[error(
        "[PP282] resource `{name}`: there is a file `{}` already; `create_resource` makes a resource of a file that is there",
        shown(path)
    )]
    FileExists {
        /// The resource.
        name: String,
        /// Its path.
        path: String,
    },
    /// The index cannot be used.
    #[error("[PP283] the index of the resources in `{}` cannot be used: {why}", dir.display())]
    Index {
        /// The directory of the resources.
        dir: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody else keeps the resources locked.
    #[error(
        "[PP284] the resources in `{}` are locked by {}, and were not free within {}",
        dir.display(), holder(*pid), seconds(*waited)
    )]
    Locked {
        /// The directory of the resources.
        dir: PathBuf,
        /// The process that has locked them, where it can be told.
        pid: Option<u32>,
        /// How long this one has waited.
        waited: Duration,
    },
    /// Files are read and written on the threads of a tokio runtime, and there is none here.
    #[error(
        "[PP225] there is no tokio runtime here: call this from a `#[tokio::main]` function or inside `Runtime::block_on`"
    )]
    NoRuntime,
}

impl ResourceError {
    /// The stable code of this error; its page in [`errors`](crate::errors) says how to mend it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRuntime => "PP225",
            Self::NotOpen { .. } => "PP270",
            Self::Io { .. } => "PP271",
            Self::Name { .. } => "PP272",
            Self::Path { .. } => "PP273",
            Self::NoFile { .. } => "PP274",
            Self::NotAFile { .. } => "PP275",
            Self::Exists { .. } => "PP276",
            Self::Unknown { .. } => "PP277",
            Self::Changed { .. } => "PP278",
            Self::ContentChanged { .. } => "PP279",
            Self::Metadata { .. } => "PP280",
            Self::SharedFile { .. } => "PP281",
            Self::FileExists { .. } => "PP282",
            Self::Index { .. } => "PP283",
            Self::Locked { .. } => "PP284",
        }
    }

    pub(super) fn io(what: impl Into<String>, source: io::Error) -> Self {
        let what = what.into();
        Self::Io { what, source }
    }

    /// For `map_err`: the directory of the resources, what was to be done in it, and what the system says.
    pub(super) fn io_in(dir: &Path, what: &str) -> impl FnOnce(io::Error) -> Self {
        let what = format!("{what} in `{}`", dir.display());
        |source| Self::Io { what, source }
    }
}

/// Text of the caller's in a message of one line.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut shown = String::new();
    for letter in text.chars() {
        if letter.is_control() {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

fn not_open(closed: bool) -> &'static str {
    if closed {
        "closed: `cleanup` has been called"
    } else {
        "not open yet: call `initialize` first"
    }
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

fn tag(found: Option<&ContentTag>) -> String {
    found.map_or("none, since the file is gone".into(), ToString::to_string)
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn holder(pid: Option<u32>) -> String {
    match pid {
        Some(pid) => format!("process {pid}"),
        None => "another process".to_owned(),
    }
}
