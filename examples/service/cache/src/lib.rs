//! Short-lived values: two plugins that provide `dyn Cache`, of which an application lists one.
//!
//! - `memory-cache`, feature `memory`: in the memory of this process, bounded, least recently used out first.
//! - `redis-cache`, feature `redis`: on a Redis server, shared by all nodes of the service.
//!
//! Both read the section `[cache]`. The features are additive, so that a build may have both; that an application lists both
//! plugins is what its build refuses, with the names of both and what to do. Of this list, either half alone would do:
//!
//! ```compile_fail
//! # use std::sync::Arc;
//! # use pepperplug::prelude::*;
//! # #[plugin] struct Auth { #[inject] cache: Arc<dyn api::Cache> }
//! static PLUGINS: PluginSet = plugins![Auth, cache::MemoryCache, cache::RedisCache];
//! ```
//!
//! ```
//! # use std::sync::Arc;
//! # use pepperplug::prelude::*;
//! # #[plugin] struct Auth { #[inject] cache: Arc<dyn api::Cache> }
//! static PLUGINS: PluginSet = plugins![
//!     Auth,
//!     #[cfg(not(feature = "redis"))]
//!     cache::MemoryCache,
//!     #[cfg(feature = "redis")]
//!     cache::RedisCache,
//! ];
//! ```

#[cfg(feature = "memory")]
mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "memory", feature = "redis"))]
mod ttl;

#[cfg(feature = "memory")]
pub use crate::memory::{MemoryCache, MemorySettings};
#[cfg(feature = "redis")]
pub use crate::redis::{RedisCache, RedisCacheError, RedisSettings};
