//! Where a setting comes from, as users read it.

use core::fmt;

use serde::Serialize;

/// Where a setting comes from, or where something is wrong with one.
///
/// It prints as `app.toml:14:1`, `APP__AUTH__TOKEN_TTL` or `src/main.rs:20:10`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SettingsPlace {
    /// A file, or a text in the program.
    #[non_exhaustive]
    File {
        /// The file, as it was named to [`Settings`](crate::Settings); `<toml>` for a text that is no file.
        file: String,
        /// The line, from 1; none for what the file does not have.
        line: Option<u32>,
        /// The column, from 1, in characters; none for what the file does not have.
        column: Option<u32>,
    },
    /// An environment variable.
    #[non_exhaustive]
    Variable {
        /// Its name.
        name: String,
    },
    /// A call in the program, of [`set`](crate::SettingsBuilder::set) or [`defaults`](crate::SettingsBuilder::defaults).
    #[non_exhaustive]
    Code {
        /// The source file, as the compiler names it.
        file: String,
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
    },
    /// There are no settings that could have it.
    Nowhere,
}

impl SettingsPlace {
    /// The file, be it of settings or of the program.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::File { file, .. } | Self::Code { file, .. } => Some(file),
            Self::Variable { .. } | Self::Nowhere => None,
        }
    }

    /// The line in that file, from 1.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::File { line, .. } => *line,
            Self::Code { line, .. } => Some(*line),
            Self::Variable { .. } | Self::Nowhere => None,
        }
    }

    /// The column in that line, from 1, in characters.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        match self {
            Self::File { column, .. } => *column,
            Self::Code { column, .. } => Some(*column),
            Self::Variable { .. } | Self::Nowhere => None,
        }
    }

    /// The environment variable.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Variable { name } => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for SettingsPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::File { file, .. } | Self::Code { file, .. } => file,
            Self::Variable { name } => name,
            Self::Nowhere => "(no settings)",
        };
        f.write_str(name)?;
        match (self.line(), self.column()) {
            (Some(line), Some(column)) => write!(f, ":{line}:{column}"),
            _ => Ok(()),
        }
    }
}
