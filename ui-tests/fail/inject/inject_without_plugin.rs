//! PP084

#![allow(unused)]

use pepperplug::prelude::*;

#[plugin(name = "cache")]
struct CachePlugin;

#[inject]
struct AuthPlugin {
    cache: Arc<CachePlugin>,
}

fn main() {}
