//! Plugins that come with the library, for applications that list them.
//!
//! Unlike all others they are no part of [`PluginManager::linked`](crate::PluginManager::linked): the library is linked into
//! every program, so being linked does not mean that anybody wants them.

// Errors name the path of a plugin as it is declared, so that must be one that can be written.
#[cfg(feature = "resources")]
#[doc(hidden)]
pub mod resources;

#[cfg(feature = "resources")]
pub use self::resources::{ResourcePlugin, ResourcePluginConfig};
