//! Places in the user's source.

use core::fmt;

use crate::wiring::text::same;

/// A place in the user's source: `file:line:column`, as the compiler prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    file: &'static str,
    line: u32,
    column: u32,
}

impl Location {
    /// The place that `file!()`, `line!()` and `column!()` name.
    #[must_use]
    pub const fn new(file: &'static str, line: u32, column: u32) -> Self {
        Self { file, line, column }
    }

    /// The place of the call: three macros fewer to expand for each place.
    #[doc(hidden)] // For generated code.
    #[must_use]
    #[track_caller]
    pub const fn here() -> Self {
        let caller = core::panic::Location::caller();
        Self::new(caller.file(), caller.line(), caller.column())
    }

    /// The file, relative to the folder that cargo ran in.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    pub(crate) const fn same(&self, other: &Self) -> bool {
        self.line == other.line && self.column == other.column && same(self.file, other.file)
    }

    /// The column, from 1.
    #[must_use]
    pub const fn column(&self) -> u32 {
        self.column
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
