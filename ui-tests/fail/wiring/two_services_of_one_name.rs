//! PP053

#![allow(unused)]

use pepperplug::prelude::*;

mod memory {
    #[pepperplug::service("cache")]
    pub trait Cache: Send + Sync {}
}

mod disk {
    #[pepperplug::service("cache")]
    pub trait FileCache: Send + Sync {}
}

#[plugin(name = "cache", provides(dyn memory::Cache, dyn disk::FileCache))]
struct CachePlugin;

impl memory::Cache for CachePlugin {}
impl disk::FileCache for CachePlugin {}

static PLUGINS: PluginSet = plugins![CachePlugin];

fn main() {}
