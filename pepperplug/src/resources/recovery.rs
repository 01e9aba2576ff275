//! That an index was damaged, and what was done.

use core::fmt;
use std::path::PathBuf;

/// One of the two files of the index was damaged, and the other is used.
///
/// The file was not written to the end, or somebody or something has changed it. If it was the newer of the two, the last
/// operation is lost; all before it are there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// The damaged file.
    pub file: PathBuf,
    /// A copy of it as it was found, for people to look at.
    pub copy: PathBuf,
    /// What is wrong with it.
    pub why: &'static str,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the index `{}` was damaged ({}), a copy of it is `{}`; the one before it is used, so the last operation may be lost",
            self.file.display(),
            self.why,
            self.copy.display(),
        )
    }
}
