//! What is wrong with the settings, all of it in one error.

use core::fmt;

use super::place::SettingsPlace;

/// Everything that is wrong with the settings of an application: of all plugins, at once.
///
/// It prints one line a problem, in the order of the layers, and in each file from top to bottom:
///
/// ```text
/// 3 problems in the settings
///   app.toml:14:1         [auth] token_tll: no such key; did you mean `token_ttl`? [PP212]
///   app.toml:22:12        [database] pool_max_size: found "ten", expected an integer [PP211]
///   APP__CACHE__CAPACITY  [cache] capacity: found "many", expected an integer, not negative [PP211]
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
    /// Puts `problems` into the order of the layers, and those of a file into that of the file; those of no place, for want
    /// of their section, come last.
    pub(super) fn new(mut problems: Vec<SettingsProblem>) -> Self {
        problems.sort_by(|a, b| a.rank().cmp(&b.rank()));
        Self { problems }
    }

    pub(super) fn one(problem: SettingsProblem) -> Self {
        Self::new(vec![problem])
    }

    pub(super) fn into_problems(self) -> Vec<SettingsProblem> {
        self.problems
    }

    /// Those of both.
    pub(crate) fn and(self, more: Self) -> Self {
        let problems = self.problems.into_iter().chain(more.problems);
        Self::new(problems.collect())
    }

    /// Those of one plugin's section, if any.
    #[cfg(feature = "loader")]
    pub(crate) fn of_plugin(self, plugin: &str) -> Option<Self> {
        let mut problems = self.problems;
        problems.retain(|problem| problem.plugin == Some(plugin));
        (!problems.is_empty()).then(|| Self::new(problems))
    }

    /// The problems, in the order of the layers and files. There is at least one; of a section with more than 100, only the first
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
        let width = |problem: &SettingsProblem| problem.place.to_string().chars().count();
        let width = self.problems.iter().map(width).max().unwrap_or(0);
        write!(f, "{} problems in the settings", self.problems.len())?;
        for problem in &self.problems {
            write!(f, "\n  {:width$}  ", problem.place.to_string())?;
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
    /// A file that cannot be read.
    Unreadable,
    /// An environment variable that can be no setting.
    Variable,
    /// A file that is too large, or of a format that this build does not read.
    Format,
    /// What no source has was asked for.
    NotSet,
    /// A value in the program that can be no setting.
    Value,
}

/// One thing that is wrong with the settings.
///
/// It prints as one line: place, section, key, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblem {
    pub(super) place: SettingsPlace,
    /// That of the layer among all.
    pub(super) order: u32,
    pub(super) section: Option<String>,
    pub(super) plugin: Option<&'static str>,
    pub(super) key: Option<String>,
    pub(super) code: Code,
    pub(super) text: String,
}

impl SettingsProblem {
    fn rank(&self) -> impl Ord + '_ {
        let position = (self.place.line(), self.place.column());
        let has_none = match &self.place {
            SettingsPlace::File { line, .. } => line.is_none() && self.section.is_some(),
            SettingsPlace::Nowhere => true,
            SettingsPlace::Variable { .. } | SettingsPlace::Code { .. } => false,
        };
        (has_none, self.order, position, self.place.variable())
    }

    /// Where it is: in a file, in an environment variable, or in the program.
    #[must_use]
    pub fn place(&self) -> &SettingsPlace {
        &self.place
    }

    /// The file, as it was named to [`Settings::file`](super::Settings::file); `<toml>` for a text that is no file; the
    /// source file for a value in the program. None for an environment variable.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.place.file()
    }

    /// The line, from 1; none for what the file does not have.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.place.line()
    }

    /// The column, from 1, in characters; none for what the file does not have.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        self.place.column()
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
            Code::Unreadable => "PP215",
            Code::Variable => "PP216",
            Code::Format => "PP217",
            Code::NotSet => "PP218",
            Code::Value => "PP219",
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
        write!(f, "{}  ", self.place)?;
        self.write_text(f)
    }
}

impl std::error::Error for SettingsProblem {}
