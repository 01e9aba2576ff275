//! PP041

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
}

#[plugin(name = "memory-cache", requires("auth"), provides(dyn Cache))]
struct MemoryCache;

impl Cache for MemoryCache {}

static PLUGINS: PluginSet = plugins![AuthPlugin, MemoryCache];

fn main() {}
