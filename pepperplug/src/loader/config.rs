//! Where manifests are looked for, and how strictly.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where a [`PluginLoader`](super::PluginLoader) looks for manifests, and how strict it is.
///
/// It can be read from settings; every key has a default, and an unknown one is an error.
///
/// ```
/// use pepperplug::LoaderConfig;
///
/// let config = LoaderConfig::new()
///     .paths(["plugins", "ext/plugins"])
///     .patterns(["*.toml", "*/plugin.toml"])
///     .strict(true);
/// assert!(config.is_strict());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[must_use = "it does nothing until a loader is made with it"]
pub struct LoaderConfig {
    pub(super) paths: Vec<PathBuf>,
    pub(super) patterns: Vec<String>,
    pub(super) recursive: bool,
    pub(super) follow_links: bool,
    pub(super) validate: bool,
    pub(super) strict: bool,
}

impl Default for LoaderConfig {
    fn default() -> Self {
        Self {
            paths: vec![PathBuf::from("plugins")],
            patterns: default_patterns(),
            recursive: true,
            follow_links: false,
            validate: true,
            strict: false,
        }
    }
}

/// `*.toml` and `*/plugin.toml`, and the same of every other format that this build reads.
pub(super) fn default_patterns() -> Vec<String> {
    let of = |extension: &&str| [format!("*.{extension}"), format!("*/plugin.{extension}")];
    super::format::EXTENSIONS.iter().flat_map(of).collect()
}

impl LoaderConfig {
    /// The manifests in the folder `plugins`; what is wrong with them is reported, and the rest is loaded.
    pub fn new() -> Self {
        Self::default()
    }

    /// The folders to look into, `plugins` unless set. A relative one begins where the program was started. A path may also
    /// be that of a single file, which no pattern needs to fit.
    pub fn paths<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.paths = paths.into_iter().map(Into::into).collect();
        self
    }

    /// What manifests are called, as globs, from the folder on in which they are looked for: `*.toml` and `*/plugin.toml`,
    /// with the features `yaml` and `json` the same of these, unless set.
    ///
    /// `*` and `?` stand for what is in one name, `**` for any number of folders, `{a,b}` for either, `[a-z]` for one
    /// character. What begins with a dot is hidden, and no pattern finds it.
    pub fn patterns<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.patterns = patterns.into_iter().map(Into::into).collect();
        self
    }

    #[cfg(feature = "hot-reload")]
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        self.paths.clone()
    }

    /// Whether the patterns hold in all folders below the paths too, and not only from the paths themselves on. True unless
    /// set.
    pub fn recursive(mut self, recursive: bool) -> Self {
        self.recursive = recursive;
        self
    }

    /// Whether symbolic links are followed, out of the paths too. False unless set; then a link that could be, or could lead
    /// to, a manifest is reported. A path itself may always be a link.
    pub fn follow_links(mut self, follow_links: bool) -> Self {
        self.follow_links = follow_links;
        self
    }

    /// Whether [`load_plugins`](super::PluginLoader::load_plugins) compares the manifests with the plugins. True unless set.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = validate;
        self
    }

    /// Whether a problem with any manifest is an error that lists all problems, so that nothing is loaded. False unless set:
    /// what is wrong is reported, and the rest is loaded.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Whether any problem is an error.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strict
    }
}
