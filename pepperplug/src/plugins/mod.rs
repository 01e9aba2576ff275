//! Plugins that come with the library.
//!
//! Each is part of an application only where it is listed: `plugins![…, pepperplug::plugins::ConfigPlugin]`. A manager of
//! whatever is linked has none of them, and their names are free for the plugins of others.

// Errors name the path of a plugin as it is declared, so that must be one that can be written.
#[doc(hidden)]
pub mod config;

pub use self::config::ConfigPlugin;
