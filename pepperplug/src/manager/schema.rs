//! What settings may say, for editors and validators.

use serde_json::Value;

use super::{PluginManager, PluginManagerBuilder};
use crate::settings::schema;
use crate::wiring::{Candidate, PluginSet};

impl PluginManager {
    /// The JSON Schema, draft 2020-12, of the settings of all plugins, with the sections `hooks` and `plugins`.
    ///
    /// A plugin's section has the description of the plugin. What may stand in it is known where the type of its settings
    /// implements `schemars::JsonSchema` (of schemars 1); of another, anything may. The schema is that of all layers
    /// together: a file that leaves a key to the environment lacks it. Names that `#[serde(alias)]` gives are not in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use pepperplug::prelude::*;
    ///
    /// #[plugin(name = "greeter", description = "greets")]
    /// struct Greeter;
    ///
    /// static PLUGINS: PluginSet = plugins![Greeter];
    ///
    /// let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
    /// let schema = manager.settings_schema();
    /// assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    /// # Ok::<(), pepperplug::Error>(())
    /// ```
    #[must_use]
    #[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
    pub fn settings_schema(&self) -> Value {
        let shared = self.shared();
        let plugins = shared.listed.plugins.iter().map(|plugin| plugin.get());
        schema(
            &plugins.collect::<Vec<_>>(),
            is_open(shared.listed.candidates),
        )
    }
}

impl PluginSet {
    /// As [`PluginManager::settings_schema`]: it needs no manager, which is not built where settings are wrong.
    #[must_use]
    #[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
    pub fn settings_schema(&self) -> Value {
        let plugins = self.plugins().iter().map(|plugin| plugin.get());
        schema(&plugins.collect::<Vec<_>>(), is_open(self.candidates()))
    }
}

impl PluginManagerBuilder {
    /// As [`PluginManager::settings_schema`], before the settings are right, or the plugins fit together.
    #[must_use]
    #[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
    pub fn settings_schema(&self) -> Value {
        if let Some(set) = self.set {
            return set.settings_schema();
        }
        let linked = crate::registry::plugins();
        let plugins = linked.iter().map(|plugin| plugin.get());
        schema(&plugins.collect::<Vec<_>>(), is_open(&[]))
    }
}

/// Builds with other features read the same file, and what their plugins are called is not known to this one.
fn is_open(candidates: &[Candidate]) -> bool {
    candidates.iter().any(|candidate| !candidate.on())
}
