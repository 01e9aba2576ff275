//! Short-lived values: two plugins that provide `dyn Cache`, of which an application lists one.
//!
//! - `memory-cache`, feature `memory`: in the memory of this process, bounded, least recently used out first.
//! - `redis-cache`, feature `redis`: on a Redis server, shared by all nodes of the service.
//!
//! Both read the section `[cache]`. Features are additive, so a build may have both crate features on; that an application
//! lists both plugins is what the build refuses, wherever a plugin injects `Arc<dyn Cache>`:
//!
//! ```compile_fail
//! # #[cfg(not(all(feature = "memory", feature = "redis")))] compile_error!("this needs both");
//! use std::sync::Arc;
//!
//! use pepperplug::prelude::*;
//!
//! #[plugin]
//! struct Auth {
//!     #[inject]
//!     cache: Arc<dyn api::Cache>,
//! }
//!
//! static PLUGINS: PluginSet = plugins![Auth, cache::MemoryCache, cache::RedisCache];
//! ```

#[cfg(feature = "memory")]
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod ttl;

#[cfg(feature = "memory")]
pub use crate::memory::{MemoryCache, MemorySettings};
#[cfg(feature = "redis")]
pub use crate::redis::{RedisCache, RedisCacheError, RedisSettings};
