//! A resource manager as a plugin.

use core::ops::Deref;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::plugin;
use crate::resources::{ResourceError, ResourceManager, ResourceOptions};

/// The section `[resource_manager]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ResourcePluginConfig {
    /// What it is called in logs. `resource_manager` unless set.
    pub name: String,
    /// The directory of the resources, which is made where there is none. `resources` unless set. A relative one starts from
    /// where the program was started.
    pub resource_dir: PathBuf,
}

impl Default for ResourcePluginConfig {
    fn default() -> Self {
        Self {
            name: "resource_manager".to_owned(),
            resource_dir: "resources".into(),
        }
    }
}

/// A [`ResourceManager`] that is opened and closed with the application, as the plugin `resource_manager`. It has all the
/// methods of a manager.
///
/// ```
/// use pepperplug::plugins::ResourcePlugin;
/// use pepperplug::prelude::*;
///
/// static PLUGINS: PluginSet = plugins![ResourcePlugin];
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// # std::fs::write(folder.join("config.yaml"), "a: 1")?;
/// let settings = Settings::from_toml(r#"
///     [resource_manager]
///     resource_dir = "resources"
/// "#)?;
/// # let settings = Settings::from_toml(&format!("[resource_manager]\nresource_dir = '{}'", folder.display()))?;
/// let manager = PluginManager::builder().plugins(&PLUGINS).settings(settings).build()?;
/// manager.initialize().await?;
///
/// let resources = manager.get::<ResourcePlugin>()?;
/// resources.create_resource("config", "config.yaml", ()).await?;
/// manager.shutdown().await?;
/// # Ok(())
/// # }
/// ```
///
/// Without a plugin manager, [`new`](Self::new) makes one of a configuration.
#[plugin(
    crate = crate,
    name = "resource_manager",
    description = "named files in one directory, with metadata",
    feature = "resources"
)]
#[derive(Debug)]
pub struct ResourcePlugin {
    #[inject(settings)]
    config: ResourcePluginConfig,
    /// Made of the configuration when first used.
    manager: OnceLock<ResourceManager>,
}

impl ResourcePlugin {
    /// A plugin by itself, to be initialized by hand.
    #[must_use]
    pub fn new(config: ResourcePluginConfig) -> Self {
        let manager = OnceLock::new();
        Self { config, manager }
    }
}

#[plugin(crate = crate)]
impl ResourcePlugin {
    /// Opens the directory, as [`ResourceManager::initialize`].
    ///
    /// # Errors
    /// As [`ResourceManager::initialize`].
    pub async fn initialize(&mut self) -> Result<(), ResourceError> {
        ResourceManager::initialize(self).await
    }

    /// Closes the directory, as [`ResourceManager::cleanup`].
    pub async fn cleanup(&self) {
        ResourceManager::cleanup(self).await;
    }
}

impl Deref for ResourcePlugin {
    type Target = ResourceManager;

    fn deref(&self) -> &ResourceManager {
        self.manager.get_or_init(|| {
            let options = ResourceOptions::new(&self.config.resource_dir).name(&self.config.name);
            ResourceManager::with_options(options)
        })
    }
}
