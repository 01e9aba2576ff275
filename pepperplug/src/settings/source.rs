//! The text that settings come from, and places in it.

use core::fmt;
use std::path::Path;

use super::problem::{SettingsError, SettingsProblem};
use crate::error::Error;

/// A place in a text, as editors count: from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A text and what to call it.
#[derive(Clone, Default)]
pub(super) struct Source {
    name: String,
    text: String,
}

impl Source {
    pub(super) fn new(name: &str, text: &str) -> Self {
        // The mark that some editors put in front is no part of what the user sees, so it must not count as a column.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Reads a file, which must be UTF-8.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|source| Error::SettingsFile {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self::of_bytes(&name, &bytes)?)
    }

    /// A text that must be UTF-8.
    pub(super) fn of_bytes(name: &str, bytes: &[u8]) -> Result<Self, SettingsError> {
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => Err(not_utf8(name, bytes, error.valid_up_to())),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        position(&self.text, offset)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the text: settings hold passwords, and what is printed for debugging ends in logs.
        f.debug_tuple("Source").field(&self.name).finish()
    }
}

fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Position {
        line: count(before.matches('\n').count() + 1),
        column: count(before[line_start..].chars().count() + 1),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn not_utf8(name: &str, bytes: &[u8], valid: usize) -> SettingsError {
    let text = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        "this is UTF-16; save the file as UTF-8".to_owned()
    } else {
        let byte = bytes.get(valid).copied().unwrap_or_default();
        format!("byte 0x{byte:02X} is not UTF-8; save the file as UTF-8")
    };
    let before = bytes.get(..valid).unwrap_or_default();
    let before = Source::new(name, &String::from_utf8_lossy(before));
    let position = before.position(before.text().len());
    SettingsError::new(vec![SettingsProblem::syntax(name, Some(position), text)])
}
