//! What the settings of a manager are.

use super::PluginManager;
use crate::settings::SettingsDescription;

impl PluginManager {
    /// The settings in force, each with where it comes from. Secrets are not shown.
    ///
    /// ```
    /// # use pepperplug::prelude::*;
    /// #[derive(serde::Deserialize)]
    /// struct AuthSettings {
    ///     token_ttl: u32,
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
    /// let settings = Settings::builder()
    ///     .toml("auth.token_ttl = 3600")
    ///     .env_from("APP", [("APP__AUTH__TOKEN_TTL", "60")])
    ///     .build()?;
    /// let manager = PluginManager::builder().plugins(&PLUGINS).settings(settings).build()?;
    /// assert_eq!(manager.settings().to_string(), "[auth]\n  token_ttl = 60  APP__AUTH__TOKEN_TTL\n");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn settings(&self) -> SettingsDescription {
        let shared = self.shared();
        let wanted = shared.graph.with_settings().iter();
        let wanted = wanted.map(|(node, settings)| (shared.graph.meta(*node), *settings));
        crate::settings::describe(&shared.settings, wanted)
    }
}
