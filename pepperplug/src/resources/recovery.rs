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
    /// Where it is now, for people to look at.
    pub aside: PathBuf,
    /// What is wrong with it.
    pub why: &'static str,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the index `{}` is damaged ({}) and was moved to `{}`; the one before it is used, so the last operation may be lost",
            self.file.display(),
            self.why,
            self.aside.display(),
        )
    }
}
