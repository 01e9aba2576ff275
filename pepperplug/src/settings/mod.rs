//! Typed settings: one section a plugin, from several sources, all of them read and checked before any plugin is built.
//!
//! ```text
//! sources ──────────────────► trees with places ──► one tree ──► a section a plugin ──► the plugin's type
//! builder, layer, source      node                  merge        section                de, stand_in, variant;
//! format, environment, value                                                            collect finds all faults
//! ```

mod access;
mod again;
mod builder;
mod collect;
mod de;
mod describe;
mod environment;
mod extras;
mod fault;
mod format;
mod get;
mod hidden;
mod hooks;
mod layer;
#[cfg(feature = "loader")]
mod manifest;
mod merge;
mod node;
mod path;
mod place;
mod plugins;
mod problem;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "secrets")]
mod secret;
mod section;
mod source;
mod stand_in;
#[cfg(feature = "garde")]
mod validate;
mod value;
mod variant;
mod wording;

#[cfg(test)]
mod tests;

use core::fmt;
use std::path::Path;
use std::sync::Arc;

pub use self::builder::SettingsBuilder;
pub(crate) use self::describe::describe;
pub use self::describe::{SectionDescription, SettingDescription, SettingsDescription};
pub(crate) use self::extras::{Checked, Described};
pub(crate) use self::hooks::{HOOKS, read_hooks};
#[cfg(feature = "loader")]
pub(crate) use self::manifest::ManifestTree;
pub(crate) use self::node::Node;
pub use self::place::SettingsPlace;
pub(crate) use self::plugins::{PLUGINS, PluginSwitch, read_plugins};
pub use self::problem::{SettingsError, SettingsProblem};
#[cfg(feature = "schema")]
pub(crate) use self::schema::schema;
#[cfg(feature = "secrets")]
pub use self::secret::Secret;
pub(crate) use self::section::{ParseFn, Section, read_all};

use self::format::Format;
use self::layer::{FileError, Layer, Rank};
use self::source::Source;
use crate::error::Error;

/// The settings of an application: one table, or section, for each plugin that wants settings.
///
/// A plugin asks for its section with `#[inject(settings)]`, as a type of its own that implements
/// [`serde::Deserialize`]. The section is named after the plugin, unless the plugin declares another name; a name with a
/// dot in it, such as `auth.jwt`, is the section `[auth.jwt]`. `#[inject] settings: Settings` is all of them.
///
/// ```
/// use pepperplug::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct AuthSettings {
///     issuer: String,
///     #[serde(default = "hour")]
///     token_ttl: u32,
/// }
///
/// fn hour() -> u32 {
///     3600
/// }
///
/// #[plugin(name = "auth")]
/// struct AuthPlugin {
///     #[inject(settings)]
///     settings: AuthSettings,
/// }
///
/// static PLUGINS: PluginSet = plugins![AuthPlugin];
///
/// # fn main() -> Result<(), pepperplug::Error> {
/// let settings = Settings::from_toml("[auth]\nissuer = 'example.org'\n")?;
/// let manager = PluginManager::builder().plugins(&PLUGINS).settings(settings).build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Sources
///
/// [`Settings::builder`] puts several sources on one another: values in the program for what nothing else says, files in TOML,
/// JSON or YAML, environment variables, and values in the program that override everything. Later ones in this list override
/// earlier ones, and of files the later one the earlier. Tables are merged key by key; any other value, arrays included,
/// replaces the one below it. An empty section, `auth:` in YAML say, takes nothing away.
///
/// ```
/// use pepperplug::Settings;
///
/// let settings = Settings::builder()
///     .toml("[auth]\nissuer = 'example.org'\ntoken_ttl = 3600\n") // or `.file("app.toml")`
///     .optional_file("local.toml")
///     .env_from("APP", [("APP__AUTH__TOKEN_TTL", "60")]) // or `.env("APP")`
///     .set("auth.issuer", "example.com")
///     .build()?;
/// assert_eq!(settings.get::<u32>("auth.token_ttl")?, 60);
/// assert_eq!(settings.get::<String>("auth.issuer")?, "example.com");
/// # Ok::<(), pepperplug::Error>(())
/// ```
///
/// # What is checked
///
/// Every section is read before any plugin is built, and everything that is wrong is told at once: values of the wrong
/// type, keys that are missing, keys that the type does not have, and sections that no plugin reads. Each problem is told where
/// its own source has it: a line of a file, a variable, a line of the program.
///
/// ```
/// # use pepperplug::prelude::*;
/// # #[derive(serde::Deserialize)] struct AuthSettings { issuer: String, token_ttl: u32 }
/// # #[plugin(name = "auth")] struct AuthPlugin { #[inject(settings)] settings: AuthSettings }
/// # static PLUGINS: PluginSet = plugins![AuthPlugin];
/// # fn main() -> Result<(), pepperplug::Error> {
/// let settings = Settings::builder()
///     .toml("[auth]\nisuer = 'example.org'\n")
///     .env_from("APP", [("APP__AUTH__TOKEN_TTL", "soon")])
///     .build()?;
/// let error = PluginManager::builder().plugins(&PLUGINS).settings(settings).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "2 problems in the settings
///   <toml>:2:1            [auth] isuer: no such key; did you mean `issuer`? [PP212]
///   APP__AUTH__TOKEN_TTL  [auth] token_ttl: found \"soon\", expected an integer from 0 to 4294967295 [PP211]",
/// );
/// # Ok(())
/// # }
/// ```
///
/// - A section that no source has is read as if it were empty; as an `Option`, it is `None`.
/// - What serde's `default`, `rename`, `alias`, `try_from` and the like say of a field holds here as elsewhere. A type
///   that checks a section as a whole does so in `#[serde(try_from = "…")]`.
/// - With the feature `garde`, a type that implements `garde::Validate` (of garde 0.23, with `()` for its context) is
///   validated after it was read, and what its report says is told with everything else.
/// - The keys of a type with a `#[serde(flatten)]` field, and those of an untagged or internally tagged enum, only serde
///   knows. There an unknown key is found only if the type has `#[serde(deny_unknown_fields)]`, and an environment variable is
///   read as a number or a boolean wherever it looks like one.
/// - A TOML date can be read as a string, or as the date of any crate that reads it from a string.
/// - `null` in JSON and YAML is `None`, and nothing else.
///
/// # Sections of the library
///
/// `[hooks]` has policies for the hooks of events, and `[plugins.NAME]` says whether a plugin is `enabled`. Where a plugin's own
/// section has one of these names, it is that plugin's.
///
/// # Secrets
///
/// With the feature `secrets`, a field of the type `Secret<String>` is never shown: not by `Debug`, not in a message about a wrong
/// value, not by [`PluginManager::settings`](crate::PluginManager::settings). Only a mistake of syntax is told with the text
/// that has it, since what it would have been is not known.
#[derive(Clone, Default)]
pub struct Settings(Arc<Inner>);

struct Inner {
    /// In the order in which they override each other.
    layers: Vec<Arc<Layer>>,
    /// All of them, one on another.
    root: Node,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            layers: Vec::new(),
            root: Node::empty(),
        }
    }
}

impl Settings {
    /// No settings at all: every plugin is left with the defaults of its type.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The settings in the file at `path`: `.json` is read as JSON (with the feature `json`), `.yaml` and `.yml` as YAML (with
    /// the feature `yaml`), everything else as TOML.
    ///
    /// The file is read and parsed now; the sections are read when the manager is built.
    ///
    /// # Errors
    ///
    /// [`Error::SettingsFile`] if the file cannot be read, and [`Error::Settings`] if it is not UTF-8 or not of its format,
    /// with line and column, if it is larger than 16 MiB, or of a format that this build does not read.
    ///
    /// # Examples
    ///
    /// ```
    /// use pepperplug::{Error, Settings};
    ///
    /// let error = Settings::file("missing.toml").unwrap_err();
    /// assert!(matches!(error, Error::SettingsFile { .. }));
    /// assert_eq!(error.code(), "PP215");
    /// ```
    pub fn file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        match Layer::required(path, Rank::Files.order(0)) {
            Ok(layer) => Ok(Self::of(vec![Arc::new(layer)])),
            Err(FileError::Wrong(error)) => Err(error.into()),
            Err(FileError::System(source)) => Err(Error::SettingsFile {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// The settings in a TOML text. Problems name it `<toml>`.
    ///
    /// # Errors
    ///
    /// [`Error::Settings`] if the text is not TOML, with line and column.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let tree = Format::Toml.parse(Source::new("<toml>", text))?;
        let layer = Layer::program(Rank::Files, tree);
        Ok(Self::of(vec![Arc::new(layer)]))
    }

    /// Settings of several sources, such as files, environment variables and values in the program.
    pub fn builder() -> SettingsBuilder {
        SettingsBuilder::default()
    }

    fn root(&self) -> &Node {
        &self.0.root
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The names alone: settings hold passwords, and what is printed for debugging ends in logs.
        let sections: Vec<&str> = self
            .root()
            .entries()
            .iter()
            .map(|entry| entry.key.as_str())
            .collect();
        let sources: Vec<String> = self.0.layers.iter().map(|layer| layer.name()).collect();
        f.debug_struct("Settings")
            .field("sources", &sources)
            .field("sections", &sections)
            .finish()
    }
}

/// How a plugin's settings are read: its type, erased.
#[derive(Clone, Copy, Debug)]
pub struct SettingsMeta {
    pub(crate) parse: ParseFn,
    #[cfg(feature = "schema")]
    pub(crate) schema: Option<Described>,
}

impl SettingsMeta {
    /// Settings that `parse` reads.
    #[must_use]
    pub(crate) const fn new(parse: ParseFn) -> Self {
        Self {
            parse,
            #[cfg(feature = "schema")]
            schema: None,
        }
    }
}
