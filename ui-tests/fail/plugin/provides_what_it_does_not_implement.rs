//! PP036

#![allow(unused)]

use pepperplug::prelude::*;

#[service("cache")]
trait Cache: Send + Sync {
    fn get(&self, key: &str) -> Option<String>;
}

#[plugin(name = "memory-cache", provides(dyn Cache))]
struct MemoryCache;

fn main() {}
