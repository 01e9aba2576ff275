//! Which plugins the service is made of.

use pepperplug::plugins::{ConfigPlugin, ResourcePlugin};
use pepperplug::prelude::*;
use pepperplug::{HotReload, PluginManagerBuilder};

use crate::serve::Failure;
use crate::settings::Place;
use crate::welcome::WelcomePlugin;

/// All of them. What each needs of the others is proved by the build: leave one out, and see.
pub(crate) static PLUGINS: PluginSet = plugins![
    ConfigPlugin,
    #[cfg(any(feature = "memory", not(feature = "redis")))]
    cache::MemoryCache,
    #[cfg(feature = "redis")]
    cache::RedisCache,
    database::DatabasePlugin,
    auth::AccountsPlugin,
    auth::AuthPlugin,
    auth::create_first_user,
    auth::BasicPlugin,
    auth::JwtPlugin,
    auth::OAuthPlugin,
    auth::OAuthBearerPlugin,
    audit::AuditPlugin,
    #[cfg(feature = "nats")]
    bridge::BridgePlugin,
    ResourcePlugin,
    resources::ResourcesPlugin,
    inspector::InspectorPlugin,
    WelcomePlugin,
    http_server::HttpPlugin,
];

/// A manager of all plugins, with the settings of `place`.
pub(crate) fn builder(place: &Place) -> Result<PluginManagerBuilder, Failure> {
    Ok(PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(place.read()?)
        .hot_reload(HotReload::new()))
}
