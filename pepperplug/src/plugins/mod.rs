//! Plugins that come with the library.
//!
//! Each is part of an application only where it is listed: `plugins![…, pepperplug::plugins::ConfigPlugin]`. A manager of
//! whatever is [linked](crate::PluginManager::linked) has none of them, since the library is linked into every program, and
//! their names are free for the plugins of others.

// Errors name the path of a plugin as it is declared, so that must be one that can be written.
#[doc(hidden)]
pub mod config;
#[cfg(feature = "resources")]
#[doc(hidden)]
pub mod resources;

pub use self::config::ConfigPlugin;
#[cfg(feature = "resources")]
pub use self::resources::{ResourcePlugin, ResourcePluginConfig};
