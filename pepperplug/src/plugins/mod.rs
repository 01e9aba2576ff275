//! Plugins that come with the library, for applications that list them.
//!
//! Unlike all others they are no part of [`PluginManager::linked`](crate::PluginManager::linked): the library is linked into
//! every program, so being linked does not mean that anybody wants them.

#[cfg(feature = "resources")]
mod resources;

#[cfg(feature = "resources")]
pub use self::resources::{ResourcePlugin, ResourcePluginConfig};
