//! The plugin `config`.

use std::sync::{PoisonError, RwLock};

use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::plugin;
use crate::settings::Settings;

/// The plugin `config`: the settings of the whole application, by key, for those who know the key only when the program runs.
///
/// A plugin's own section is better read with `#[inject(settings)]`: its type says what there is, and all of it is checked before
/// anything starts. After a reload, this plugin has the new settings.
///
/// # Examples
///
/// ```
/// use pepperplug::plugins::ConfigPlugin;
/// use pepperplug::prelude::*;
///
/// #[plugin(name = "greeter")]
/// struct Greeter {
///     #[inject]
///     config: Arc<ConfigPlugin>,
///     #[inject(settings)]
///     settings: GreeterSettings,
/// }
///
/// #[derive(serde::Deserialize)]
/// struct GreeterSettings {
///     word: String,
/// }
///
/// static PLUGINS: PluginSet = plugins![ConfigPlugin, Greeter];
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), pepperplug::Error> {
/// let settings = Settings::from_toml("[greeter]\nword = 'hello'\n")?;
/// let manager = PluginManager::builder().plugins(&PLUGINS).settings(settings).build()?;
/// manager.initialize().await?;
/// let config = manager.get::<ConfigPlugin>()?;
/// assert_eq!(config.get::<String>("greeter.word")?, "hello");
/// assert!(!config.has("greeter.wrod"));
/// manager.shutdown().await
/// # }
/// ```
#[plugin(name = "config", crate = crate, description = "The settings of the whole application, by key")]
#[derive(Debug)]
pub struct ConfigPlugin {
    #[inject]
    settings: Settings,
    /// The settings since the last reload.
    newer: RwLock<Option<Settings>>,
}

impl ConfigPlugin {
    /// The value of a key, such as `auth.token_ttl`. A section is a value too.
    ///
    /// # Errors
    /// As [`Settings::get`].
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, Error> {
        self.settings().get(key)
    }

    /// A section, which is read as if it were empty where it is not there.
    ///
    /// # Errors
    /// As [`Settings::section`].
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        self.settings().section(name)
    }

    /// Whether any source sets the key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.settings().has(key)
    }

    /// All settings, as they are now.
    #[must_use]
    pub fn settings(&self) -> Settings {
        // Settings are put there whole, so a panic elsewhere leaves nothing half done.
        let newer = self.newer.read().unwrap_or_else(PoisonError::into_inner);
        newer.as_ref().unwrap_or(&self.settings).clone()
    }
}

#[plugin(crate = crate)]
impl ConfigPlugin {
    fn reconfigure(&self, settings: Settings) {
        *self.newer.write().unwrap_or_else(PoisonError::into_inner) = Some(settings);
    }
}
