//! PP044

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {}

#[plugin(name = "memory-cache", provides(dyn Cache))]
struct MemoryCache;

impl Cache for MemoryCache {}

#[plugin(name = "redis-cache", provides(dyn Cache))]
struct RedisCache;

impl Cache for RedisCache {}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
}

static PLUGINS: PluginSet = plugins![AuthPlugin, MemoryCache, RedisCache];

fn main() {}
