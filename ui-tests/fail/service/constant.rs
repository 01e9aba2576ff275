//! PP081

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {
    const SIZE: usize = 16;
}

#[plugin(name = "memory-cache", provides(dyn Cache))]
struct MemoryCache;

impl Cache for MemoryCache {}

static PLUGINS: PluginSet = plugins![MemoryCache];

fn main() {}
