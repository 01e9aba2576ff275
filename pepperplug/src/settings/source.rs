//! Where settings come from, and places in it.

use core::fmt;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::place::SettingsPlace;
use super::problem::{Code, SettingsError, SettingsProblem};
use crate::location::Location;

/// As much as a file of settings may hold: nobody writes more, and what is larger is another file than the one meant.
pub(super) const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A place in a text, as editors count: from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// Something that holds settings, and what to call it.
pub(crate) struct Source {
    kind: Kind,
    /// Its place among the layers: problems are told in this order.
    pub(super) order: u32,
}

enum Kind {
    /// A file, or a text of that name.
    Text { name: String, text: String },
    /// An environment variable.
    Variable { name: String },
    /// A call in the program.
    Code(Location),
    /// No settings at all.
    Nothing,
}

impl Source {
    pub(super) fn new(name: &str, text: &str) -> Self {
        // The mark that some editors put in front is no part of what the user sees, so it must not count as a column.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let name = name.to_owned();
        Self::of(Kind::Text { name, text })
    }

    pub(super) fn variable(name: String) -> Self {
        Self::of(Kind::Variable { name })
    }

    pub(super) fn code(location: Location) -> Self {
        Self::of(Kind::Code(location))
    }

    pub(super) fn nothing() -> Self {
        Self::of(Kind::Nothing)
    }

    fn of(kind: Kind) -> Self {
        Self { kind, order: 0 }
    }

    /// As the layer of that number.
    pub(super) fn at(self, order: u32) -> Self {
        Self { order, ..self }
    }

    /// A text that must be UTF-8.
    ///
    /// # Errors
    /// The place of the first byte that is not.
    pub(super) fn of_bytes(name: &str, bytes: &[u8], order: u32) -> Result<Self, SettingsError> {
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text).at(order)),
            Err(error) => Err(not_utf8(name, bytes, error.valid_up_to(), order)),
        }
    }

    pub(super) fn text(&self) -> &str {
        match &self.kind {
            Kind::Text { text, .. } => text,
            _ => "",
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text { .. })
    }

    /// The environment variable that it is.
    pub(super) fn variable_name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Variable { name } => Some(name),
            _ => None,
        }
    }

    /// The place at `offset`, or the source as a whole.
    pub(super) fn place(&self, offset: Option<usize>) -> SettingsPlace {
        match &self.kind {
            Kind::Text { name, text } => {
                let position = offset.map(|offset| position(text, offset));
                SettingsPlace::File {
                    file: name.clone(),
                    line: position.map(|position| position.line),
                    column: position.map(|position| position.column),
                }
            }
            Kind::Variable { name } => SettingsPlace::Variable { name: name.clone() },
            Kind::Code(location) => SettingsPlace::Code {
                file: location.file().to_owned(),
                line: location.line(),
                column: location.column(),
            },
            Kind::Nothing => SettingsPlace::Nowhere,
        }
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        position(self.text(), offset)
    }

    /// A problem of the source as such, and of no setting in it.
    pub(super) fn problem(
        &self,
        offset: Option<usize>,
        code: Code,
        text: String,
    ) -> SettingsProblem {
        SettingsProblem {
            place: self.place(offset),
            order: self.order,
            section: None,
            plugin: None,
            key: None,
            code,
            text,
        }
    }

    /// As [`problem`](Self::problem), where it is the only one.
    pub(super) fn error(&self, offset: Option<usize>, code: Code, text: String) -> SettingsError {
        SettingsError::one(self.problem(offset, code, text))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the text: settings hold passwords, and what is printed for debugging ends in logs.
        let name = self.place(None).to_string();
        f.debug_tuple("Source").field(&name).finish()
    }
}

/// A part of a source.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) source: Arc<Source>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Origin {
    pub(super) fn new(source: &Arc<Source>, span: core::ops::Range<usize>) -> Self {
        Self {
            source: Arc::clone(source),
            start: span.start,
            end: span.end,
        }
    }

    /// The source as a whole.
    pub(super) fn whole(source: Source) -> Self {
        Self::new(&Arc::new(source), 0..0)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source)
            && self.start == other.start
            && self.end == other.end
    }

    pub(super) fn place(&self) -> SettingsPlace {
        self.source.place(Some(self.start))
    }
}

/// The bytes of a file.
///
/// # Errors
/// What the system says, or that there are too many.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(ReadError::System)?;
    // One more than it may hold: so the file is not read to its end, which `/dev/zero` does not have.
    let mut file = file.take(MOST_BYTES + 1);
    file.read_to_end(&mut bytes).map_err(ReadError::System)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ReadError::TooLarge);
    }
    Ok(bytes)
}

pub(super) enum ReadError {
    System(std::io::Error),
    TooLarge,
}

pub(super) fn too_large() -> String {
    format!(
        "the file is larger than {} MiB, which is the most that settings may be",
        MOST_BYTES / (1024 * 1024)
    )
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

fn not_utf8(name: &str, bytes: &[u8], valid: usize, order: u32) -> SettingsError {
    let text = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        "this is UTF-16; save the file as UTF-8".to_owned()
    } else {
        let byte = bytes.get(valid).copied().unwrap_or_default();
        format!("byte 0x{byte:02X} is not UTF-8; save the file as UTF-8")
    };
    let before = bytes.get(..valid).unwrap_or_default();
    let before = Source::new(name, &String::from_utf8_lossy(before)).at(order);
    let end = before.text().len();
    before.error(Some(end), Code::Syntax, text)
}
