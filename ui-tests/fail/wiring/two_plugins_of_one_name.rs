//! PP040

#![allow(unused)]

use pepperplug::prelude::*;

mod memory {
    #[pepperplug::plugin(name = "cache")]
    pub struct MemoryCache;
}

mod redis {
    #[pepperplug::plugin(name = "cache")]
    pub struct RedisCache;
}

static PLUGINS: PluginSet = plugins![memory::MemoryCache, redis::RedisCache];

fn main() {}
