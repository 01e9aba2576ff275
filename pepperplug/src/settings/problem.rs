//! What is wrong with the settings, all of it in one error.

use core::fmt;

use super::source::Position;

/// Everything that is wrong with the settings of an application: of all plugins, at once.
///
/// It prints one line a problem, in the order of the file:
///
/// ```text
/// 2 problems in the settings
///   app.toml:14:1   [auth] token_tll: no such key; did you mean `token_ttl`? [PP212]
///   app.toml:22:12  [database] pool_max_size: found "ten", expected an integer [PP211]
/// ```
///
/// # Examples
///
/// ```
/// use pepperplug::{Error, Settings};
///
/// let Err(Error::Settings(error)) = Settings::from_toml("[auth]\ntoken_ttl = yes\n") else {
///     panic!("`yes` is no TOML value");
/// };
/// assert_eq!(error.problems().len(), 1);
/// assert_eq!(
///     error.to_string(),
///     "<toml>:2:13  not valid TOML: `yes` is no value; a string must stand in quotes [PP210]",
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SettingsError {
    problems: Vec<SettingsProblem>,
}

impl SettingsError {
    /// Puts `problems` into the order of the file; those of no place, for want of their section, come last.
    pub(super) fn new(mut problems: Vec<SettingsProblem>) -> Self {
        problems.sort_by_key(|problem| (problem.position.is_none(), problem.position));
        Self { problems }
    }

    /// Those of both.
    pub(crate) fn and(self, more: Self) -> Self {
        let problems = self.problems.into_iter().chain(more.problems);
        Self::new(problems.collect())
    }

    /// The problems, in the order of the file. There is at least one; of a section with more than 100, only the first
    /// 100 that were found.
    #[must_use]
    pub fn problems(&self) -> &[SettingsProblem] {
        &self.problems
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.problems.as_slice() {
            return only.fmt(f);
        }
        let width = |problem: &SettingsProblem| problem.place().chars().count();
        let width = self.problems.iter().map(width).max().unwrap_or(0);
        write!(f, "{} problems in the settings", self.problems.len())?;
        for problem in &self.problems {
            write!(f, "\n  {:width$}  ", problem.place())?;
            problem.write_text(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}

/// The kind of a problem, by the code that its page in the documentation has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Syntax,
    WrongValue,
    UnknownKey,
    MissingKey,
    UnclaimedSection,
    #[cfg(feature = "garde")]
    Invalid,
}

/// One thing that is wrong with the settings.
///
/// It prints as one line: place, section, key, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblem {
    pub(super) file: String,
    pub(super) position: Option<Position>,
    pub(super) section: Option<String>,
    pub(super) plugin: Option<&'static str>,
    pub(super) key: Option<String>,
    pub(super) code: Code,
    pub(super) text: String,
}

impl SettingsProblem {
    /// The text as a whole cannot be read.
    pub(super) fn syntax(file: &str, position: Option<Position>, text: String) -> Self {
        Self {
            file: file.to_owned(),
            position,
            section: None,
            plugin: None,
            key: None,
            code: Code::Syntax,
            text,
        }
    }

    /// The file, as it was named to [`Settings::file`](super::Settings::file); `<toml>` for a text that is no file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1; none for what the file does not have.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.position.map(|position| position.line)
    }

    /// The column, from 1, in characters; none for what the file does not have.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        self.position.map(|position| position.column)
    }

    /// The section, without its brackets; none for what stands in no section.
    #[must_use]
    pub fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }

    /// The plugin that reads the section; none where no plugin does.
    #[must_use]
    pub fn plugin(&self) -> Option<&str> {
        self.plugin
    }

    /// The key in the section, such as `jwt.keys[2].id`; none where the section as a whole is meant.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What is wrong, without the place and the key.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The stable code of this problem, such as `PP212`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.code {
            Code::Syntax => "PP210",
            Code::WrongValue => "PP211",
            Code::UnknownKey => "PP212",
            Code::MissingKey => "PP213",
            Code::UnclaimedSection => "PP214",
            #[cfg(feature = "garde")]
            Code::Invalid => "PP205",
        }
    }

    fn place(&self) -> String {
        match self.position {
            Some(Position { line, column }) => format!("{}:{line}:{column}", self.file),
            None => self.file.clone(),
        }
    }

    /// The line without its place. The code stands at the end: in front it would part the place from the key.
    fn write_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.section, &self.key) {
            (Some(section), Some(key)) => write!(f, "[{section}] {key}: ")?,
            (Some(section), None) => write!(f, "[{section}]: ")?,
            (None, Some(key)) => write!(f, "{key}: ")?,
            (None, None) => {}
        }
        write!(f, "{} [{}]", self.text, self.code())
    }
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  ", self.place())?;
        self.write_text(f)
    }
}

impl std::error::Error for SettingsProblem {}
