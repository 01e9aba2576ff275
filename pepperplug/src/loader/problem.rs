//! What is wrong with manifests, and all of it in one error.

use core::fmt;
use std::path::Path;

use crate::settings::{SettingsError, SettingsProblem};

/// The kind of a problem, by the code that its page in the documentation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Unreadable,
    Malformed,
    NotLinked,
    Version,
    Double,
    Needed,
    NoMatch,
    BadPattern,
    Link,
}

/// One thing that is wrong with the manifests, or the search for them.
///
/// It prints as a line with the place, what is wrong and the code, and below that what else there is to know and what to
/// write:
///
/// ```text
/// plugins/auth.toml:1:8  no plugin is named `auht` [PP252]
///   help: write `name = "auth"`
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadProblem {
    file: Option<String>,
    position: Option<(u32, u32)>,
    plugin: Option<String>,
    code: Code,
    text: String,
    notes: Vec<String>,
}

impl LoadProblem {
    pub(super) fn new(code: Code, text: impl Into<String>) -> Self {
        Self {
            file: None,
            position: None,
            plugin: None,
            code,
            text: text.into(),
            notes: Vec::new(),
        }
    }

    pub(super) fn of_file(code: Code, path: &Path, text: impl Into<String>) -> Self {
        Self {
            file: Some(path.display().to_string()),
            ..Self::new(code, text)
        }
    }

    /// What a file that does not parse, or has wrong keys, is told of.
    pub(super) fn malformed(error: &SettingsError) -> impl Iterator<Item = Self> {
        let problem = |problem: &SettingsProblem| Self {
            file: Some(problem.file().to_owned()),
            position: problem.line().zip(problem.column()),
            ..Self::new(
                Code::Malformed,
                match problem.key() {
                    Some(key) => format!("{key}: {}", problem.text()),
                    None => problem.text().to_owned(),
                },
            )
        };
        error.problems().iter().map(problem)
    }

    pub(super) fn at(mut self, place: &Place) -> Self {
        self.file = Some(place.file.clone());
        self.position = place.position;
        self
    }

    pub(super) fn plugin(mut self, name: &str) -> Self {
        self.plugin = Some(name.to_owned());
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(super) fn help(self, help: impl fmt::Display) -> Self {
        self.note(format!("help: {help}"))
    }

    /// The file or folder; none where the search as a whole is meant. A text that is no file is `<toml>`, and a manifest that
    /// the program made is `<code>`.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The line, from 1; none where the file as a whole is meant.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.position.map(|(line, _)| line)
    }

    /// The column, from 1, in characters.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        self.position.map(|(_, column)| column)
    }

    /// The plugin that the manifest names, where it could be read as far as that.
    #[must_use]
    pub fn plugin_name(&self) -> Option<&str> {
        self.plugin.as_deref()
    }

    /// What is wrong, in one line, without the place.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What else there is to know, and what to do; one line each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The stable code of this problem, such as `PP252`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.code {
            Code::Unreadable => "PP250",
            Code::Malformed => "PP251",
            Code::NotLinked => "PP252",
            Code::Version => "PP253",
            Code::Double => "PP254",
            Code::Needed => "PP255",
            Code::NoMatch => "PP256",
            Code::BadPattern => "PP257",
            Code::Link => "PP258",
        }
    }
}

impl fmt::Display for LoadProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            let place = Place {
                file: file.clone(),
                position: self.position,
            };
            write!(f, "{place}  ")?;
        }
        write!(f, "{} [{}]", self.text, self.code())?;
        for note in &self.notes {
            write!(f, "\n  {note}")?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadProblem {}

/// A place in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) position: Option<(u32, u32)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        match self.position {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with the manifests, where the loader is [strict](super::LoaderConfig::strict).
#[derive(Clone, PartialEq, Eq)]
pub struct LoadError {
    problems: Vec<LoadProblem>,
}

impl LoadError {
    pub(super) fn new(problems: Vec<LoadProblem>) -> Self {
        Self { problems }
    }

    /// The problems: those of the search first, then those of single files, then those between manifests and plugins.
    /// There is at least one.
    #[must_use]
    pub fn problems(&self) -> &[LoadProblem] {
        &self.problems
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.problems.as_slice() {
            return only.fmt(f);
        }
        write!(
            f,
            "[PP259] {} problems with the manifests",
            self.problems.len()
        )?;
        for problem in &self.problems {
            write!(f, "\n  {}", problem.to_string().replace('\n', "\n  "))?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}
