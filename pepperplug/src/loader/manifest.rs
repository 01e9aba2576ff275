//! One manifest.

use core::fmt;

use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::problem::{LoadError, LoadProblem};
use crate::error::Error;
use crate::location::Location;
use crate::settings::{ManifestTree, Node, SettingsError, SettingsPlace};
use crate::version::Version;

/// What an operator says of one plugin: whether it is enabled, for which versions this holds, and its settings.
///
/// As a file, of which only `name` has to be there:
///
/// ```toml
/// name = "auth"
/// version = ">=1.2, <2"    # any, unless given; ranges are written as in Cargo.toml
/// enabled = true           # unless given
///
/// [settings]               # what would stand in the plugin's section of the settings
/// token_ttl = 3600
/// ```
///
/// With the features `yaml` and `json` it may be a file of these formats, with the same keys.
#[derive(Clone)]
pub struct Manifest {
    name: String,
    version: Option<Range>,
    enabled: bool,
    tree: ManifestTree,
}

/// A version range as written, and what it means.
#[derive(Debug, Clone)]
pub(super) struct Range {
    text: String,
    means: semver::VersionReq,
}

#[derive(Deserialize)]
struct Raw {
    name: String,
    version: Option<Range>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default, rename = "settings")]
    _settings: Settings,
}

fn yes() -> bool {
    true
}

impl Manifest {
    /// A manifest that the program makes: for any version of the plugin `name`, which is enabled and has no settings.
    ///
    /// # Examples
    ///
    /// ```
    /// use pepperplug::Manifest;
    ///
    /// #[derive(serde::Serialize)]
    /// struct AuthSettings {
    ///     token_ttl: u32,
    /// }
    ///
    /// let manifest = Manifest::new("auth").settings(&AuthSettings { token_ttl: 60 })?;
    /// assert!(manifest.is_enabled());
    /// # Ok::<(), pepperplug::Error>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: None,
            enabled: true,
            tree: ManifestTree::of_code(Location::here()),
        }
    }

    /// The manifest in a TOML text. Problems name it `<toml>`.
    ///
    /// # Errors
    /// [`Error::Load`] if the text is not TOML or not a manifest: all of its problems, with line and column.
    ///
    /// # Examples
    ///
    /// ```
    /// use pepperplug::Manifest;
    ///
    /// let manifest = Manifest::from_toml("name = \"auth\"\nenabled = false\n")?;
    /// assert_eq!(manifest.name(), "auth");
    /// assert!(!manifest.is_enabled());
    /// # Ok::<(), pepperplug::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::of_bytes("<toml>", text.as_bytes()).map_err(|error| malformed(&error))
    }

    pub(super) fn of_bytes(file: &str, bytes: &[u8]) -> Result<Self, SettingsError> {
        let tree = ManifestTree::parse(file, bytes)?;
        let raw: Raw = tree.read()?;
        Ok(Self {
            name: raw.name,
            version: raw.version,
            enabled: raw.enabled,
            tree,
        })
    }

    /// The same, with the plugin enabled or not.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// The same, with other settings for the plugin: anything that serializes to a table.
    ///
    /// # Errors
    /// [`Error::Load`] if it does not.
    #[track_caller]
    pub fn settings(self, settings: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        match self.tree.with_settings(settings, Location::here()) {
            Ok(tree) => Ok(Self { tree, ..self }),
            Err(error) => Err(malformed(&error)),
        }
    }

    /// The plugin that it is for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The range of versions that it is for, as written; none for any version.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_ref().map(|range| range.text.as_str())
    }

    /// Whether the plugin is to run.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Where it begins: in a file, or in the program.
    #[must_use]
    pub fn place(&self) -> SettingsPlace {
        self.tree.place("")
    }

    /// Whether the version lies in the range.
    pub(super) fn takes(&self, version: &Version) -> bool {
        self.version
            .as_ref()
            .is_none_or(|range| range.takes(version))
    }

    /// Where the value of `key` stands, or where the manifest begins.
    pub(super) fn place_of(&self, key: &str) -> SettingsPlace {
        self.tree.place(key)
    }

    /// The settings that it has for its plugin.
    pub(super) fn tree(&self) -> Option<&Node> {
        self.tree.settings()
    }
}

fn malformed(error: &SettingsError) -> Error {
    LoadError::new(LoadProblem::malformed(error).collect()).into()
}

impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the settings: they hold passwords, and what is printed for debugging ends in logs.
        f.debug_struct("Manifest")
            .field("name", &self.name)
            .field("version", &self.version())
            .field("enabled", &self.enabled)
            .field("place", &self.place().to_string())
            .finish_non_exhaustive()
    }
}

impl Range {
    /// By the rules of cargo, which are those of the ranges that the build compares.
    fn takes(&self, version: &Version) -> bool {
        let pre = semver::Prerelease::new(version.pre).unwrap_or(semver::Prerelease::EMPTY);
        self.means.matches(&semver::Version {
            pre,
            ..semver::Version::new(version.major, version.minor, version.patch)
        })
    }
}

impl<'de> Deserialize<'de> for Range {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match semver::VersionReq::parse(&text) {
            Ok(means) => Ok(Self { text, means }),
            Err(error) => Err(D::Error::custom(format_args!(
                "`{text}` is no range of versions, {error}; write it as in Cargo.toml: `1.2`, `>=1.2, <2` or `=1.2.3`"
            ))),
        }
    }
}

/// That the settings are a table. What is in it, only the plugin's type knows.
#[derive(Default)]
struct Settings;

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;

        impl<'de> Visitor<'de> for Table {
            type Value = Settings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Settings)
            }
        }

        deserializer.deserialize_map(Table)
    }
}
