//! What is wrong with manifests, and all of it in one error.

use core::fmt;
use std::path::Path;

use crate::settings::{SettingsError, SettingsPlace, SettingsProblem};

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
///   help: write `auth`
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadProblem {
    place: Option<SettingsPlace>,
    plugin: Option<String>,
    code: Code,
    text: String,
    notes: Vec<String>,
}

impl LoadProblem {
    pub(super) fn new(code: Code, text: impl Into<String>) -> Self {
        Self {
            place: None,
            plugin: None,
            code,
            text: text.into(),
            notes: Vec::new(),
        }
    }

    pub(super) fn of_file(code: Code, path: &Path, text: impl Into<String>) -> Self {
        Self::new(code, text).at(SettingsPlace::File {
            file: path.display().to_string(),
            line: None,
            column: None,
        })
    }

    /// What a file that does not parse, or has wrong keys, is told of.
    pub(super) fn malformed(error: &SettingsError) -> impl Iterator<Item = Self> {
        let problem = |problem: &SettingsProblem| {
            let text = match problem.key() {
                Some(key) => format!("{key}: {}", problem.text()),
                None => problem.text().to_owned(),
            };
            Self::new(Code::Malformed, text).at(problem.place().clone())
        };
        error.problems().iter().map(problem)
    }

    pub(super) fn at(mut self, place: SettingsPlace) -> Self {
        self.place = Some(place);
        self
    }

    pub(super) fn of_plugin(mut self, name: &str) -> Self {
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

    /// Where it is: a file or folder, or where the program makes the manifest; none where the search as a whole is meant.
    #[must_use]
    pub fn place(&self) -> Option<&SettingsPlace> {
        self.place.as_ref()
    }

    /// The file or folder; `<toml>` for a text that is no file.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.place()?.file()
    }

    /// The line, from 1; none where the file as a whole is meant.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.place()?.line()
    }

    /// The column, from 1, in characters.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        self.place()?.column()
    }

    /// The plugin that the manifest names, where it could be read as far as that.
    #[must_use]
    pub fn plugin(&self) -> Option<&str> {
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

    pub(super) fn is_for_want_of_files(&self) -> bool {
        matches!(self.code, Code::NoMatch)
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
        if let Some(place) = &self.place {
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

/// Everything that is wrong with the manifests, where the loader is [strict](super::LoaderConfig::strict).
#[derive(Clone, PartialEq, Eq)]
pub struct LoadError {
    problems: Vec<LoadProblem>,
}

impl LoadError {
    pub(crate) fn new(problems: Vec<LoadProblem>) -> Self {
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
