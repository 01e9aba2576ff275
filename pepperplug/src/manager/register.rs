//! Manifests that the program makes itself.

use serde::Serialize;

use super::PluginManager;
use super::inputs::Inputs;
use super::shared::Shared;
use crate::error::Error;
use crate::inject::Target;
use crate::lifecycle::Reload;
use crate::loader::{Manifest, PluginLoader};
use crate::meta::{MetaRef, PluginMeta};
use crate::settings::Settings;

impl PluginManager {
    /// A manifest that enables a plugin with these settings, checked: for [`register`](Self::register). `settings` is anything
    /// that serializes to a table.
    ///
    /// Code is linked and never loaded: the plugin is one that the application could have.
    ///
    /// # Errors
    /// [`Error::UnknownPlugin`] where there is no such plugin, [`Error::Load`] where the settings are no table, and
    /// [`Error::Settings`] with everything that is wrong with them.
    #[track_caller]
    pub fn create_plugin(
        &self,
        name: &str,
        settings: &(impl Serialize + ?Sized),
    ) -> Result<Manifest, Error> {
        let manifest = Manifest::new(name).settings(settings)?;
        let shared = self.shared();
        let plugins = &shared.listed.plugins;
        let Some(plugin) = plugins.iter().find(|plugin| plugin.get().name() == name) else {
            let names = plugins.iter().map(|plugin| plugin.get().name());
            return Err(Error::UnknownPlugin {
                name: name.to_owned(),
                suggestion: crate::suggest::nearest(name, names).map(str::to_owned),
            });
        };
        let inputs = shared.inputs.load().register(manifest.clone(), plugins);
        shared.check_settings(&inputs.settings, plugin.get().name())?;
        Ok(manifest)
    }

    /// Lets the application go on with one more manifest: enables, disables and sets its plugin. In place of one that was
    /// registered for the same plugin, and after those in files. As a [reload](Self::reload): all of it or nothing, and before
    /// the start it is for the start.
    ///
    /// # Errors
    /// [`Error::Load`] where the manifest is for a plugin that is not there, or another version of it; else as
    /// [`reload`](Self::reload).
    ///
    /// # Cancel safety
    /// As [`reload`](Self::reload).
    ///
    /// # Examples
    /// ```
    /// use pepperplug::prelude::*;
    /// use pepperplug::Manifest;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// #[serde(default)]
    /// struct MailSettings { from: String }
    /// # impl Default for MailSettings { fn default() -> Self { Self { from: "nobody".into() } } }
    ///
    /// #[plugin(name = "mail")]
    /// struct Mail {
    ///     #[inject(settings)]
    ///     settings: MailSettings,
    /// }
    ///
    /// static PLUGINS: PluginSet = plugins![Mail];
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), pepperplug::Error> {
    /// let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
    /// manager.initialize().await?;
    ///
    /// let plugin = manager.create_plugin("mail", &serde_json::json!({ "from": "ada" }))?;
    /// manager.register(plugin).await?;
    /// assert_eq!(manager.get::<Mail>()?.settings.from, "ada");
    ///
    /// manager.register(Manifest::new("mail").enabled(false)).await?;
    /// assert!(manager.get::<Mail>().is_err());
    /// # manager.shutdown().await
    /// # }
    /// ```
    pub async fn register(&self, manifest: Manifest) -> Result<Reload, Error> {
        let shared = &self.handle.shared;
        let set = shared.listed.set;
        PluginLoader::default()
            .for_plugins_of(set)
            .check_one(&manifest)?;
        let edit = move |inputs: &Inputs, plugins: &[MetaRef]| {
            Ok(inputs.register(manifest.clone(), plugins))
        };
        Shared::change_inputs(shared, edit).await
    }
}

impl Shared {
    /// What is wrong with the settings of one plugin, whether it is part of the application or not.
    fn check_settings(&self, settings: &Settings, plugin: &'static str) -> Result<(), Error> {
        let with_settings = |meta: &'static PluginMeta| {
            let mut injections = meta.injects.iter();
            injections.find_map(|injection| match injection.edge.target {
                Target::Settings(settings) => Some((0, meta, settings)),
                _ => None,
            })
        };
        let all = self.listed.plugins.iter().map(|plugin| plugin.get());
        let read = crate::settings::read_all(settings, all.filter_map(with_settings), |_| true);
        match read.err().and_then(|error| error.of_plugin(plugin)) {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }
}
