//! PP081, PP081, PP081

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync + Clone {
    type Item;

    fn first(&self) -> Option<Self::Item>;

    async fn get(&self, key: &str) -> Option<String>;
}

#[derive(Clone)]
#[plugin(name = "memory-cache", provides(dyn Cache))]
struct MemoryCache;

impl Cache for MemoryCache {
    type Item = u8;

    fn first(&self) -> Option<u8> {
        None
    }

    async fn get(&self, key: &str) -> Option<String> {
        None
    }
}

#[plugin(name = "auth")]
struct AuthPlugin {
    #[inject]
    cache: Arc<dyn Cache>,
}

static PLUGINS: PluginSet = plugins![MemoryCache, AuthPlugin];

fn main() {}
