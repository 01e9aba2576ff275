//! PP045

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {}

#[plugin(name = "memory-cache", provides(dyn Cache))]
struct MemoryCache;

impl Cache for MemoryCache {}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject("redis-cache")]
    cache: Arc<dyn Cache>,
}

static PLUGINS: PluginSet = plugins![AuthPlugin, MemoryCache];

fn main() {}
