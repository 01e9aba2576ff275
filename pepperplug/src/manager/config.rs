//! A manager's manifests and its reloading in a few words.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::builder::PluginManagerBuilder;
use super::watch::HotReload;
use crate::loader::{LoaderConfig, PluginLoader};

/// Where a manager finds manifests, and whether it reloads by itself: the common case of
/// [`loader`](PluginManagerBuilder::loader) and [`hot_reload`](PluginManagerBuilder::hot_reload), which say more.
///
/// It can be read from settings; every key has a default, and an unknown one is an error.
///
/// ```
/// use pepperplug::PluginConfig;
/// use pepperplug::prelude::*;
///
/// # static PLUGINS: PluginSet = plugins![];
/// # fn main() -> Result<(), pepperplug::Error> {
/// let manager = PluginManager::builder()
///     .plugins(&PLUGINS)
///     .config(PluginConfig::new().plugin_dir("ext").hot_reload(true))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[must_use = "it does nothing until a builder is given it"]
pub struct PluginConfig {
    plugin_dir: PathBuf,
    auto_load: bool,
    hot_reload: bool,
}

impl Default for PluginConfig {
    fn default() -> Self {
        Self {
            plugin_dir: "plugins".into(),
            auto_load: true,
            hot_reload: false,
        }
    }
}

impl PluginConfig {
    /// The manifests in the folder `plugins`, where there is one; no reload but by hand.
    pub fn new() -> Self {
        Self::default()
    }

    /// The folder of the manifests, `plugins` unless set. A relative one begins where the program was started.
    pub fn plugin_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.plugin_dir = folder.as_ref().to_owned();
        self
    }

    /// Whether the manifests in the folder are loaded, if the folder is there. True unless set.
    pub fn auto_load(mut self, auto_load: bool) -> Self {
        self.auto_load = auto_load;
        self
    }

    /// Whether it reloads when a manifest, or a file of the settings, is saved. False unless set.
    pub fn hot_reload(mut self, hot_reload: bool) -> Self {
        self.hot_reload = hot_reload;
        self
    }
}

impl PluginManagerBuilder {
    /// Manifests and reloading in a few words.
    #[cfg_attr(docsrs, doc(cfg(all(feature = "hot-reload", feature = "loader"))))]
    pub fn config(mut self, config: PluginConfig) -> Self {
        if config.auto_load && config.plugin_dir.is_dir() {
            let manifests = LoaderConfig::new().paths([config.plugin_dir]);
            self = self.loader(PluginLoader::new(manifests));
        }
        if config.hot_reload {
            self = self.hot_reload(HotReload::new());
        }
        self
    }
}
